"""Booking platforms that are the masters of their agendas, as `sasctl partner connect` plays them."""

import json
import subprocess

from e2e import SITE, SuiteCase, await_until

LEASE_SECONDS_MAX = 80  # Forty of a worker that was killed, and a slow machine.
YES = ("--check", "yes", "--confirm", "yes")


class Platform:
    """A running `sasctl partner connect`: its lines so far."""

    def __init__(self, suite, *manner, seconds=120):
        self._process = subprocess.Popen(
            suite._sasctl(  # pylint: disable=protected-access
                "--subject", "doctoplan", "--organization", SITE, "partner", "connect", "--for",
                f"{seconds}s", *manner),
            stdout=subprocess.PIPE, text=True)
        self.log = suite.folder / f"platform-{self._process.pid}.jsonl"
        self._file = open(self.log, "w")  # pylint: disable=consider-using-with
        self._pump = subprocess.Popen(["cat"], stdin=self._process.stdout, stdout=self._file)

    def lines(self):
        whole = self.log.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def asked(self, kind=""):
        """Questions of that kind so far."""
        return [line["question"] for line in self.lines()
                if line["event"] == "question" and line["question"]["kind"].endswith(kind)]

    def bookings(self):
        """How many different bookings it has taken."""
        return max([line["bookings"] for line in self.lines() if "bookings" in line], default=0)

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._pump.wait()
        self._file.close()


class PlatformCase(SuiteCase):
    """A suite with platforms that are masters of their agendas."""

    demo = False

    def setUp(self):
        self.platforms = []
        self.addCleanup(lambda: [each.kill() for each in self.platforms])

    def streams(self, replica="slots"):
        return self.suite.metric(replica, "sas_slots_source_streams", partner="doctoplan")

    def connect(self, *manner, replica="slots"):
        """A platform that the slots have at the other end of a stream."""
        before = self.streams(replica)
        platform = Platform(self.suite, *manner)
        self.platforms.append(platform)
        await_until(lambda: self.streams(replica) > before, "the platform's stream is open")
        return platform

    def end(self, platform):
        platform.kill()
        self.platforms.remove(platform)
        await_until(lambda: not self.streams(), "the stream is gone")

    def publish(self, agenda, minutes, master="AGENDA_MASTER_SOURCE_STREAM", url=""):
        """Slots of an agenda of that master, in the order of time."""
        frame = {**self.feed_frame(agenda, 1, minutes), "master": master}
        if url:
            frame["booking_url"] = url
        ack, = self.push_feed([frame])
        self.assertEqual(ack.get("refusal_reason", ""), "")

        def offered():
            listed = self.everything("SlotService/ListSlots", "slots", {"parent": SITE}, role="osnp")
            found = sorted(each["name"] for each in listed if each["agenda"] == agenda
                           and each.get("master") == master)
            return found if len(found) == len(minutes) else None
        return await_until(offered, "the platform's slots are offered")

    def booked(self, slot, **options):
        return self.book(slot, self.open_case(), self.hold(slot), **options)

    def now(self, appointment):
        return self.partner.call("BookingService/GetAppointment", {"name": appointment["name"]},
                                 role="osnp")

    def await_state(self, appointment, state, seconds=LEASE_SECONDS_MAX):
        return await_until(lambda: (now := self.now(appointment))["state"] == state and now,
                           lambda: f"{state}: {self.now(appointment)}", seconds)
