"""FLUSHALL while the suite runs: Redis is disposable, the ledger has the last word."""

import shutil
import threading
import unittest

from e2e import NURSE, NEED_OPTIONS, Refused, SuiteCase, await_until


class Flush(SuiteCase):

    demo = False

    def rebuilds(self):
        return self.suite.metric("slots", "sas_slots_rebuilds_total", cause="flush")

    def flush(self):
        """Empties Redis and waits until the service has noticed and loaded it again."""
        before = self.rebuilds()
        self.suite.redis("FLUSHALL")
        await_until(lambda: self.rebuilds() > before, "the flush is noticed and counted")

    def test_booked_seats_stay_taken_and_lost_holds_do_not_confirm(self):
        case = self.open_case()
        booked = [self.slot() for _ in range(3)]
        for slot in booked:
            self.book(slot, case, self.hold(slot))
        held = self.slot()
        token = self.hold(held)
        self.flush()
        for slot in booked:
            self.assert_converges(slot, "STATE_BOOKED")
            self.refused("NO_FREE_SEAT", self.hold, slot, "idel-2")
        self.refused("HOLD_LOST", self.book, held, case, token)
        self.assertEqual(self.book(held, case, self.hold(held))["state"], "STATE_BOOKED")
        self.assert_no_seat_sold_twice()

    def test_seats_of_a_shared_slot_are_counted_from_the_ledger(self):
        case, slot = self.open_case(), self.slot("three")
        for number in (1, 2):
            self.book(slot, case, self.hold(slot, f"idel-{number}"), f"idel-{number}")
        self.flush()
        self.assert_free_converges(slot, 1)
        self.book(slot, case, self.hold(slot, "idel-3"), "idel-3")
        self.refused("NO_FREE_SEAT", self.hold, slot, "idel-4")
        self.assert_no_seat_sold_twice()

    def test_a_cancelled_seat_is_free_after_the_flush(self):
        case, slot = self.open_case(), self.slot()
        name = self.book(slot, case, self.hold(slot))["name"]
        self.suite.ctl("appointment", "cancel", name)
        self.flush()
        self.assert_converges(slot, "STATE_FREE")
        self.book(slot, case, self.hold(slot))
        self.assert_no_seat_sold_twice()

    def test_H22_slots_restored_from_a_copy_sells_nothing_that_was_sold_since(self):
        """Redis and the ledger of slots have forgotten the seat: the ledger of booking has not."""
        case, slot = self.open_case(), self.slot()
        copy = self.suite.folder / "copy"
        copy.mkdir()

        def files(folder):
            return list(folder.glob("slots.db*"))

        self.suite.kill("slots")
        for file in files(self.suite.folder):
            shutil.copy(file, copy)
        self.suite.restart("slots")
        first = self.book(slot, case, self.hold(slot))
        self.assert_converges(slot, "STATE_BOOKED")
        self.suite.kill("slots")
        self.suite.redis("FLUSHALL")
        for file in files(self.suite.folder):
            file.unlink()
        for file in files(copy):
            shutil.copy(file, self.suite.folder)
        self.suite.restart("slots")
        self.assert_converges(slot, "STATE_FREE")
        self.refused("SEAT_TAKEN", self.book, slot, case, self.hold(slot, "idel-2"), "idel-2")
        self.assertEqual([each["name"] for each in self.appointments() if each["slot"] == slot],
                         [first["name"]])
        # The attempt has told the slots the truth.
        self.assert_converges(slot, "STATE_BOOKED")
        self.assert_no_seat_sold_twice()

    def test_the_flush_is_told(self):
        self.flush()
        log = (self.suite.folder / "slots.log").read_text()
        self.assertRegex(log, r'"cause": ?"flush"|cause=flush', self.suite.tail("slots"))
        await_until(lambda: self.suite.status()["slots"] == "SERVING", "slots is ready again")
        self.assertEqual(self.partner.call("slots/Health/Check", {"service": "redis"})["status"],
                         "SERVING")

    def test_flushes_under_load_sell_no_seat_twice(self):
        case = self.open_case()
        slots = [self.slot() for _ in range(6)]
        over = threading.Event()
        reasons = set()

        def clerk(number):
            while not over.is_set():
                for slot in slots:
                    try:
                        token = self.suite.ctl("slots", "hold", slot, *NEED_OPTIONS, **NURSE,
                                               subject=f"idel-{number}")["hold_token"]
                        self.book(slot, case, token, f"idel-{number}")
                    except Refused as refused:
                        reasons.add(refused.reason)

        clerks = [threading.Thread(target=clerk, args=(number,)) for number in range(3)]
        for each in clerks:
            each.start()
        try:
            for _ in range(4):
                self.flush()
            await_until(lambda: set(slots) <= self.taken(), "every slot finds its patient", 30)
        finally:
            over.set()
            for each in clerks:
                each.join()
        self.assertLessEqual(reasons, {"NO_FREE_SEAT", "HOLD_LOST", "SEAT_TAKEN",
                                       "AVAILABILITY_REBUILDING", "SLOTS_UNREACHABLE", "REDIS_UNAVAILABLE",
                                       "TOO_MANY_HOLDS"})
        self.assert_no_seat_sold_twice()

    def taken(self):
        return {each["slot"] for each in self.appointments() if each["state"] == "STATE_BOOKED"}


if __name__ == "__main__":
    unittest.main()
