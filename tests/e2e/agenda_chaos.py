"""The kill test where others decide: platforms that are the masters of their agendas, and practices that
take back what is booked.

Beside the clerks of chaos.py some book at a platform that answers over its stream, some on a platform's
page whose bookings it reports, and a planner takes the slot of a booked patient back and gives it again
(partner/agendas.mjs). What a service does of itself is judged like an act from the moment at which somebody
has seen it: it is there in the end, and it was done once. Both sides of a booking must say the same.
"""

import collections
import contextlib
import datetime
import json

import chaos
from e2e import SITE, await_until, feed_frame
from node_partner import Partner
from platforms import Platform, YES

PLATFORM = {"sub": "doctoplan", "organization": SITE}
STREAM, PAGE = "flux", "page"
SLOTS = 8  # Of each of the two agendas.
# They start when the run is over long ago, and not at one time: a doctor has one patient then.
FIRST_MINUTE = {STREAM: 12 * 60, PAGE: 16 * 60}
SEEN = ("displaced", "settled")
ASKED = ("report", "withdraw", "reopen")
REPORTED = {1: "STATE_BOOKED", 2: "STATE_CANCELLED"}  # By version, as agendas.mjs reports.
RUN_SECONDS_MAX = 3 * 3600


def publish(suite, agenda, master, **more):
    """Slots of an agenda of a platform, in the order of time."""
    start = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    minutes = [FIRST_MINUTE[agenda] + 15 * number for number in range(SLOTS)]
    file = suite.folder / f"{agenda}.jsonl"
    frame = {**feed_frame(start, agenda, 1, minutes), "master": master, **more}
    file.write_text(json.dumps(frame) + "\n")
    ack, = suite.ctl("partner", "push", str(file), subject=PLATFORM["sub"], organization=SITE)["acks"]
    if ack.get("refusal_reason") or ack.get("refused"):
        raise AssertionError(f"{agenda} is not taken: {ack}")
    with Partner(suite) as partner:
        def offered():
            listed = partner.call("SlotService/ListSlots", {"parent": SITE, "page_size": 500},
                                  role="osnp").get("slots", [])
            found = sorted(each["name"] for each in listed
                           if each["agenda"] == agenda and each.get("master") == master)
            return found if len(found) == SLOTS else None
        return await_until(offered, f"the slots of {agenda} are offered", 30)


def last_id(name):
    return name.rpartition("/")[2]


class AgendaChaos(chaos.Chaos):
    """Takes the first slot for the planner: nobody else books it."""

    def __init__(self, suite, slots, seed, clerks=8):
        super().__init__(suite, slots[1:], seed, clerks)
        self.withdrawn = slots[:1]
        self.streams = publish(suite, STREAM, "AGENDA_MASTER_SOURCE_STREAM")
        self.pages = publish(suite, PAGE, "AGENDA_MASTER_SOURCE_REDIRECT",
                             booking_url="https://rdv.example/agenda?dr=7")
        self.questions = []

    def work(self):
        return {**super().work(), "agendas": {
            "streams": self.streams, "pages": self.pages, "withdrawn": self.withdrawn,
            "platform": PLATFORM}}

    def every_slot(self):
        return [*self.slots, *self.withdrawn, *self.streams, *self.pages]

    @contextlib.contextmanager
    def _load(self):
        platform = Platform(self.suite, *YES, seconds=RUN_SECONDS_MAX)
        try:
            await_until(lambda: self.suite.metric("slots", "sas_slots_source_streams",
                                                  partner=PLATFORM["sub"]) > 0,
                        "the platform's stream is open")
            with super()._load():
                yield
            self.questions = platform.asked()
        finally:
            platform.kill()

    # --- what is left ------------------------------------------------------------------------

    def verify(self):
        found = super().verify()  # The services have ended.
        self.check_asked(found)
        self.check_numbers(self.suite.rows(
            "booking", "SELECT external_id, document FROM source_bookings"), found)
        self.check_displaced(self.suite.rows(
            "booking", "SELECT type, subject FROM outbox WHERE type IN "
            "('appointment.displaced', 'appointment.settled')"), found)
        self.check_platform(self.questions, found)
        found["work_left"] += self.suite.rows("booking", "SELECT appointment, task FROM source_work")
        found["displaced_left"] += self.suite.rows(
            "booking", "SELECT appointment, kept FROM displaced_appointments")
        return found

    def _of(self, slots, act):
        """What was told of appointments there."""
        return [line for line in self.journal.told(act) if line["ok"] and line["slot"] in slots]

    def check_asked(self, found):
        """Nothing of this is refused, and what services do of themselves is done."""
        found["unknown_unresolved"] += [line for act in (*ASKED, *SEEN)
                                        for line in self.journal.told(act) if line.get("unresolved")]
        found["refused"] += [
            line for act in ASKED for line in self.journal.told(act)
            if not line.get("unresolved") and (not line["ok"] or line.get("refused"))]

    def check_numbers(self, rows, found):
        """The platform's number of each booking that it has confirmed, once, as it was last told."""
        reported = collections.defaultdict(int)
        for line in self.journal.told("report"):
            if line["ok"]:
                reported[line["number"]] = max(reported[line["number"]], int(line["version"]))
        wanted = {f"RDV-{last_id(line['name'])}": line["name"]
                  for line in self._of([*self.streams, *self.pages], "confirm")}
        kept = {number: json.loads(document) for number, document in rows}
        found["numbers_differ"] += sorted(
            {(number, row.get("appointment", "")) for number, row in kept.items()} ^ set(wanted.items()))
        found["reports_missing"] += [
            [number, version, kept.get(number)] for number, version in reported.items()
            if kept.get(number, {}).get("state") != REPORTED[version]]

    def check_displaced(self, events, found):
        """Each withdrawal that was seen is one entry, and each slot that came back ends it once."""
        told = collections.Counter((kind.rpartition(".")[2], name) for kind, name in events)
        seen = collections.Counter((act, line["name"]) for act in SEEN
                                   for line in self.journal.told(act) if line["ok"])
        found["displaced_differs"] += [[each, told[each], seen[each]]
                                       for each in sorted(told.keys() | seen.keys())
                                       if told[each] != seen[each]]

    def check_platform(self, questions, found):
        """The platform has what we say that it has: nothing more, nothing less."""
        here = {line["name"] for line in self._of(self.streams, "confirm")} \
            - {line["name"] for line in self._of(self.streams, "told")}
        there = set()
        for question in questions:
            if question["kind"].endswith("CONFIRM"):
                there.add(question["appointment"])
            elif question["kind"].endswith("CANCEL"):
                there.discard(question["appointment"])
        found["platform_differs"] += sorted(here ^ there)

    def report(self, found):
        report = super().report(found)
        report["summary"].update({done: sum(line["ok"] for line in self.journal.told(act))
                                  for act, done in (("confirm", "confirmed"), ("report", "reported"),
                                                    ("displaced", "displaced"), ("settled", "settled"))})
        return report
