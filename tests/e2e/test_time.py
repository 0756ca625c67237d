"""Time that jumps, and time that stands still for one and not for the others."""

import datetime
import signal
import threading
import time
import unittest

from e2e import NEED, NURSE, REGION, SuiteCase, await_until, request_id
from moved_wall import MovedWall
from node_partner import Partner

HOLD_SECONDS = 10  # The shortest that is given.
# A hold that ends is free for others at once; the rest is the loop that looks.
LATE_SECONDS_MAX = 1.5
HOUR = 3600


class Holding(SuiteCase):
    """Holds of a chosen length."""

    demo = False

    def hold_for(self, slot, subject, seconds, partner=None):
        return (partner or self.partner).call(
            "SlotService/HoldSlot", {"name": slot, "need": NEED, "request_id": request_id(),
                                     "hold_duration": f"{seconds}s"}, subject=subject, **NURSE)

    def confirm(self, slot, token, subject, request, partner=None):
        body = {"parent": REGION, "appointment": self.draft(slot),
                "hold_token": token, "request_id": request}
        return (partner or self.partner).call("BookingService/CreateAppointment", body,
                                              subject=subject, **NURSE)

    def live(self, slot):
        return [each["name"] for each in self.appointments()
                if each["slot"] == slot and each["state"] != "STATE_CANCELLED"]


class ClockJumps(MovedWall, Holding):
    """The wall clock of slots and booking moves by an hour."""

    moved = ("slots", "booking")

    def tearDown(self):
        self.jump(0)

    def seconds_until_free(self, slot, subject, start):
        """Tries for the slot until it is given; when that was, in this test's own time."""
        def free():
            told = self.hold_for(slot, subject, HOLD_SECONDS)
            self.assertIn(told.get("reason", ""), ("", "NO_FREE_SEAT"), told)
            return told["ok"]
        await_until(free, f"{slot} is free again", 2 * HOLD_SECONDS)
        return time.monotonic() - start

    def held_over_a_jump(self, seconds):
        slot = self.slot()
        start = time.monotonic()
        first = self.hold_for(slot, "idel-1", HOLD_SECONDS)
        self.assertTrue(first["ok"], first)
        granted = time.monotonic()
        self.jump(seconds)
        await_until(lambda: abs(self.suite.metric("booking", "sas_booking_clock_drift_seconds")
                                - seconds) < 60, "booking sees the jump")
        lasted = self.seconds_until_free(slot, "idel-2", start)
        self.assertGreaterEqual(lasted, HOLD_SECONDS)
        self.assertLessEqual(lasted - (granted - start), HOLD_SECONDS + LATE_SECONDS_MAX)
        late = self.confirm(slot, first["hold_token"], "idel-1", request_id())
        self.assertEqual(late.get("reason"), "HOLD_LOST", late)

    def test_H38_an_hour_forward_ends_no_hold_early(self):
        self.held_over_a_jump(HOUR)

    def test_H38_an_hour_back_prolongs_no_hold(self):
        self.held_over_a_jump(-HOUR)

    def test_H38_a_hold_is_confirmed_after_a_jump_and_its_times_are_right(self):
        slot = self.slot()
        for seconds in (HOUR, -HOUR):
            with self.subTest(jump=seconds):
                slot = self.slot()
                token = self.hold_for(slot, "idel-3", HOLD_SECONDS)["hold_token"]
                self.jump(seconds)
                told = self.confirm(slot, token, "idel-3", request_id())
                self.assertTrue(told["ok"], told)
                at = datetime.datetime.fromisoformat(told["create_time"].replace("Z", "+00:00"))
                off = datetime.datetime.now(datetime.timezone.utc) - at
                self.assertLess(abs(off.total_seconds()), 60)
                self.assert_converges(slot, "STATE_BOOKED")


class Promises(MovedWall):
    """Whoever was promised a call waits at home: neither a restart nor a wrong hour may lose him."""

    demo = False
    moved = ("regulation",)
    WINDOW_SECONDS = 30
    LATE_SECONDS_MAX = 5
    CALL = ("--motif", "M03.05", "--age", "45y", "--commune", "85047", "--phone", "+33199000041",
            "--mobility", "own_transport")

    def opened(self, priority, *options):
        name = self.suite.ctl("call", "open", *self.CALL, role="arm")["name"]
        return self.suite.ctl("call", "prioritise", name, priority, "--filiere", "SNP", *options, role="arm")

    def listed(self, view):
        cases = self.suite.ctl("call", "list", "--view", view, role="supervisor").get("regulation_cases", [])
        return [each["name"] for each in cases]

    def await_drift(self, seconds):
        await_until(lambda: abs(self.suite.metric("regulation", "sas_regulation_clock_drift_seconds")
                                - seconds) < 60, "regulation sees the jump", 20)

    def test_H13_promise_survives_restart_and_clock_jump(self):
        other = self.opened("P2")["name"]
        made = time.monotonic()
        promise = self.opened("P3", "--callback-within", f"{self.WINDOW_SECONDS}s")
        name, window = promise["name"], promise["callback"]
        told = self.suite.ctl("call", "called", name, "no_answer", role="arm")
        self.assertEqual(told["callback"]["attempt_count"], 1)
        for seconds in (HOUR, -HOUR):  # Nobody falls due early, nor is forgotten for an hour.
            self.jump(seconds)
            self.await_drift(seconds)
            self.assertIn(name, self.listed("callbacks"))
        self.suite.kill("regulation")
        self.jump(0)
        self.suite.restart("regulation")
        kept = self.suite.ctl("call", "show", name, role="arm")["callback"]
        self.assertEqual(kept["window_end_time"], window["window_end_time"])
        self.assertEqual([call["result"] for call in kept["attempts"]], ["RESULT_NO_ANSWER"])
        self.assertLess(time.monotonic() - made, self.WINDOW_SECONDS, "too slow to see the promise wait")
        self.assertEqual(self.listed("waiting")[0], other)
        self.jump(-HOUR)
        self.await_drift(-HOUR)
        await_until(lambda: self.listed("waiting")[0] == name, "the promise falls due",
                    self.WINDOW_SECONDS + self.LATE_SECONDS_MAX)
        due = time.monotonic() - made
        self.assertGreater(due, self.WINDOW_SECONDS - 1)
        self.assertEqual(self.listed("callbacks"), [])


class Stopped(Holding):
    """SIGSTOP for 30 s: whoever was stopped believes that he still holds the seat."""

    STOP_SECONDS = 30
    HELD_SECONDS = 20

    def test_H38_who_was_stopped_past_his_hold_does_not_confirm(self):
        slots = {"client": self.slot(), "booking": self.slot()}
        with Partner(self.suite) as sleeper:
            held = {who: self.hold_for(slot, "idel-1", self.HELD_SECONDS, sleeper)
                    for who, slot in slots.items()}
            answers, request = {}, request_id()
            sleeper.process.send_signal(signal.SIGSTOP)
            self.suite.signal("booking", signal.SIGSTOP)
            # One confirmation is on its way to a service that does not hear it.
            asking = threading.Thread(target=lambda: answers.update(first=self.confirm(
                slots["booking"], held["booking"]["hold_token"], "idel-1", request)))
            asking.start()
            over = time.monotonic() + self.STOP_SECONDS
            others = {}
            try:
                asking.join()
                for who, slot in slots.items():
                    others[who] = await_until(
                        lambda slot=slot: (lambda told: told["ok"] and told)(
                            self.hold_for(slot, "idel-2", 2 * self.STOP_SECONDS)),
                        "the hold ends", self.STOP_SECONDS)
                while time.monotonic() < over:  # The pause is what is tested.
                    time.sleep(0.2)
            finally:
                self.suite.signal("booking", signal.SIGCONT)
                sleeper.process.send_signal(signal.SIGCONT)
            self.assertEqual(answers["first"]["code"], "DEADLINE_EXCEEDED", answers)
            late = {"client": self.confirm(slots["client"], held["client"]["hold_token"], "idel-1",
                                           request_id(), sleeper),
                    "booking": self.confirm(slots["booking"], held["booking"]["hold_token"], "idel-1",
                                            request)}
        for who, slot in slots.items():
            with self.subTest(stopped=who):
                self.assertEqual(late[who].get("reason"), "HOLD_LOST", late[who])
                told = self.confirm(slot, others[who]["hold_token"], "idel-2", request_id())
                self.assertTrue(told["ok"], told)
                self.assertEqual(self.live(slot), [told["name"]])


if __name__ == "__main__":
    unittest.main()
