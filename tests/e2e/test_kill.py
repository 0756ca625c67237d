"""kill -9 of each service and of Redis: in the middle of the SNP story, and under load."""

import threading
import unittest

from e2e import Refused, SuiteCase, await_until, request_id, stories

VICTIMS = ("regulation", "slots", "booking", "redis")
# Before these steps: 1 priority, 4 order, 6 treating doctor, 8 hold, 9 confirmation, 10 patient told.
STEPS = (1, 4, 6, 8, 9, 10)


class KilledInTheStory(SuiteCase):

    def await_redis(self):
        """People go on when the screen no longer says that availability is away."""
        await_until(lambda: self.suite.metric("slots", "sas_slots_up", part="redis") == 1,
                    "redis is up")

    def loads(self):
        return self.suite.metric("slots", "sas_slots_rebuilds_total")

    def survive(self, victim):
        before = self.kept()
        kills = []

        def between(step):
            if step in STEPS:
                kills.append(step)
                loads = self.loads()
                self.suite.kill(victim)
                self.suite.restart(victim)
                if victim == "redis":  # Until the slots have noticed, the metric says what was.
                    await_until(lambda: self.loads() > loads, "Redis' loss is made good")
                self.await_redis()

        told = stories.branch_3_order(stories.Desk(self.suite, between=between))
        self.assertEqual(kills[:len(STEPS)], list(STEPS))
        self.assertEqual(told.state, "BOOKED")
        after = self.kept()
        self.assert_nothing_lost(before, after)
        self.assertEqual(len(after["cases"] - before["cases"]), 1)
        self.assertEqual(len(after["orders"] - before["orders"]), 1)
        self.assertEqual(after["appointments"] - before["appointments"], {told.appointment})
        self.assert_no_seat_sold_twice()
        self.assert_availability_is_the_ledger()

    def test_regulation_is_killed(self):
        self.survive("regulation")

    def test_slots_is_killed(self):
        self.survive("slots")

    def test_booking_is_killed(self):
        self.survive("booking")

    def test_redis_is_killed(self):
        """Holds die with it: between hold and confirmation the operator has to search again."""
        self.survive("redis")

    def test_everything_is_killed_at_once(self):
        stories.branch_3_order(stories.Desk(self.suite))
        before = self.kept()
        for victim in VICTIMS:
            self.suite.kill(victim)
        self.suite.restart("redis")
        for victim in VICTIMS[:3]:
            self.suite.spawn(victim)
        for victim in VICTIMS[:3]:
            self.suite.wait_ready(victim)
        self.assertEqual(self.kept(), before)
        self.assert_availability_is_the_ledger()


class KilledUnderLoad(SuiteCase):
    """Clerks open dossiers and book while a service is killed again and again."""

    demo = False
    CLERKS = 3
    KILLS = 3
    ACTS_BETWEEN_KILLS = 6

    def setUp(self):
        self.lock = threading.Lock()
        self.acknowledged = {}  # (kind, arguments, request id) -> name
        self.unsure = []
        self.over = threading.Event()

    def act(self, kind, do, *arguments):
        """One act with a request_id; an answer is remembered, a broken call too."""
        key = (kind, arguments, request_id())
        try:
            name = do(*arguments, request_id=key[2])["name"]
        except Refused:
            with self.lock:
                self.unsure.append(key)
            return ""
        with self.lock:
            self.acknowledged[key] = name
        return name

    def open_one(self, subject, request_id):
        return {"name": self.open_case(subject=subject, request_id=request_id)}

    def book_one(self, slot, case, token, subject, request_id):
        return self.book(slot, case, token, subject, request_id=request_id)

    def clerk(self, number):
        subject = f"idel-{number}"
        while not self.over.is_set():
            case = self.act("open", self.open_one, subject)
            if not case:
                continue
            try:
                with self.lock:
                    slot = self.slot()
                token = self.hold(slot, subject)
            except Refused:
                continue
            self.act("book", self.book_one, slot, case, token, subject)

    def endure(self, victim):
        clerks = [threading.Thread(target=self.clerk, args=(number,))
                  for number in range(self.CLERKS)]
        self.slot()  # The list of slots is read before the first kill.
        for clerk in clerks:
            clerk.start()
        try:
            for _ in range(self.KILLS):
                wanted = len(self.acknowledged) + self.ACTS_BETWEEN_KILLS
                await_until(lambda: len(self.acknowledged) >= wanted, "work goes on", 30)
                self.suite.kill(victim)
                self.suite.restart(victim)
            wanted = len(self.acknowledged) + self.ACTS_BETWEEN_KILLS
            await_until(lambda: len(self.acknowledged) >= wanted, "work goes on at the end", 30)
        finally:
            self.over.set()
            for clerk in clerks:
                clerk.join()
        self.check()

    def check(self):
        kept = self.kept()
        names = {kind: [name for (each, _, _), name in self.acknowledged.items() if each == kind]
                 for kind in ("open", "book")}
        self.assertLessEqual(set(names["open"]), kept["cases"])
        self.assertLessEqual(set(names["book"]), kept["appointments"])
        self.assertEqual(len(names["open"]), len(set(names["open"])))
        self.assert_no_seat_sold_twice()
        # A broken call may or may not have been done; its repeat tells, and does it once at most.
        acts = {"open": self.open_one, "book": self.book_one}
        for kind, arguments, key in self.unsure:
            try:
                first = acts[kind](*arguments, request_id=key)["name"]
                again = acts[kind](*arguments, request_id=key)["name"]
                self.assertEqual(first, again)
            except Refused as refused:
                self.assertEqual((kind, refused.reason), ("book", "HOLD_LOST"), refused)
        for (kind, arguments, key), name in list(self.acknowledged.items())[-4:]:
            self.assertEqual(acts[kind](*arguments, request_id=key)["name"], name)
        self.assert_no_seat_sold_twice()
        # Availability follows the ledger again.
        self.assert_availability_is_the_ledger()

    def test_regulation_is_killed(self):
        self.endure("regulation")

    def test_slots_is_killed(self):
        self.endure("slots")

    def test_booking_is_killed(self):
        self.endure("booking")

    def test_redis_is_killed(self):
        self.endure("redis")


if __name__ == "__main__":
    unittest.main()
