"""Redis lost in four ways while somebody searches all the time: the answers go on, and each says truly
when its feed was last heard (hazard H-39). tools/bench recovery measures the same at the size of a region."""

import datetime
import shutil
import signal
import threading
import time
import unittest

from e2e import NEED, NURSE, REGION, SuiteCase, await_until

AWAY_SECONDS = 1.5
MARGIN = datetime.timedelta(milliseconds=100)  # A label is written a moment after the feed was heard.


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Watcher:
    """Searches again and again on a thread of its own and keeps what each answer said."""

    def __init__(self, case):
        self._case = case
        self._over = threading.Event()
        self.answers = []  # (received, fresh time, slots shown); fresh time None when refused.
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        await_until(lambda: self.answers, "the first answer")
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.is_set():
            answer = self._case.search()
            fresh = answer.get("fresh_time") if answer["ok"] else None
            self.answers.append((now(), fresh and datetime.datetime.fromisoformat(fresh),
                                 {match["slot"]["name"] for match in answer.get("matches", [])},
                                 answer.get("missing_sources", [])))


class RedisFaults(SuiteCase):

    demo = False

    def search(self):
        soon = now() + datetime.timedelta(minutes=20)
        return self.partner.call("SlotService/SearchSlots", {
            "parent": REGION, "insee_code": "85047", "need": NEED, "page_size": 50,
            "start_time": soon.isoformat(),
            "end_time": (soon + datetime.timedelta(hours=12)).isoformat()}, **NURSE)

    def rebuilds(self):
        return sum(self.suite.metric("slots", "sas_slots_rebuilds_total", cause=cause)
                   for cause in ("flush", "rewind", "epoch"))

    def fault(self, act, rebuilt=True):
        """Does it while somebody searches; gives the answers and the instants (begin, end, true again)."""
        before = self.rebuilds()
        with Watcher(self) as watcher:
            begin = now()
            act()
            end = now()
            if rebuilt:
                await_until(lambda: self.rebuilds() > before, "the book is loaded again", 30)
            true_again = now() if rebuilt else end
            await_until(lambda: any(fresh and fresh > true_again for _, fresh, *_ in watcher.answers),
                        "an answer is fresh again", 30)
        self.assertTrue(all(fresh for _, fresh, *_ in watcher.answers), "every search is answered")
        for received, fresh, *_ in watcher.answers:
            self.assertFalse(begin + MARGIN < fresh < end, "fresh while nobody could hear")
            if received < end:
                self.assertLess(fresh, begin + MARGIN)
        return watcher.answers

    def restart_empty(self):
        self.suite.kill("redis")
        time.sleep(AWAY_SECONDS)  # The fault's own length.
        self.suite.restart("redis")

    def test_H39_killed_and_started_empty(self):
        case, slot = self.open_case(), self.slot()
        self.book(slot, case, self.hold(slot))
        self.fault(self.restart_empty)
        self.assert_converges(slot, "STATE_BOOKED")
        self.assert_no_seat_sold_twice()

    def test_H39_an_old_dump_comes_back(self):
        """What was sold since the dump is neither offered as fresh nor sold again."""
        case = self.open_case()
        self.suite.redis("SAVE")
        dump = self.suite.folder / "dump.rdb"
        copy = self.suite.folder / "old.rdb"
        shutil.copy(dump, copy)
        sold = [self.slot() for _ in range(3)]
        for slot in sold:
            self.book(slot, case, self.hold(slot))
        for slot in sold:
            self.assert_converges(slot, "STATE_BOOKED")

        def come_back():
            self.suite.kill("redis")
            shutil.copy(copy, dump)
            self.suite.restart("redis")
            dump.unlink()

        answers = self.fault(come_back)
        shown = [slots & set(sold) for _, _, slots, _ in answers]
        self.assertFalse(any(shown), "a sold slot was offered")
        for slot in sold:
            self.refused("NO_FREE_SEAT", self.hold, slot, "idel-2")
        self.assert_no_seat_sold_twice()

    def test_H39_stopped_for_more_than_thirty_seconds(self):
        """Beyond 30 s every answer names what it lacks; then the same book goes on."""
        case, slot = self.open_case(), self.slot()
        self.book(slot, case, self.hold(slot))
        later = self.slot()

        def stop():
            self.suite.signal("redis", signal.SIGSTOP)
            try:
                await_until(lambda: "disponibilites" in self.search().get("missing_sources", []),
                            "answers say that they are old", 45)
            finally:
                self.suite.signal("redis", signal.SIGCONT)

        answers = self.fault(stop, rebuilt=False)
        for received, fresh, _, missing in answers:
            if received - fresh > datetime.timedelta(seconds=30.5):
                self.assertIn("disponibilites", missing)
        self.book(later, case, self.hold(later))
        self.assert_no_seat_sold_twice()


if __name__ == "__main__":
    unittest.main()
