"""The judgement of tools/bench recovery: what counts as a lie, a phantom, a recovery."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import bench_recovery  # noqa: E402

SECOND = 1_000_000
# Redis went at 100 s, was back at 102 s, its load was done at 104 s.
FAULT = {"name": "restart_empty", "cause": "flush", "begin_us": 100 * SECOND,
         "end_us": 102 * SECOND, "rebuilt_us": 104 * SECOND, "until_us": 110 * SECOND}


def search(sent, fresh, reason="", missing=False, sold=0, longest=0.0):
    return [int(sent * SECOND), int(sent * SECOND) + 1000, reason, int(fresh * SECOND), 20, missing,
            sold, int(longest * SECOND)]


def records(searches=(), holds=(), books=()):
    return {"search": list(searches), "hold": list(holds), "book": list(books)}


class Judge(unittest.TestCase):

    def judged(self, **kept):
        return bench_recovery.judge(records(**kept), FAULT)

    def test_an_answer_that_stops_its_clock_is_honest(self):
        told = self.judged(searches=[search(101, 99.99), search(103, 99.99), search(105, 105)])
        self.assertEqual(told["lies"], 0)
        self.assertAlmostEqual(told["fresh_s"], 3.001)
        self.assertAlmostEqual(told["age_max_s"], 3.011)

    def test_fresh_while_nobody_could_hear_is_a_lie(self):
        self.assertEqual(self.judged(searches=[search(101.5, 101)])["lies"], 1)

    def test_fresh_of_a_book_that_is_not_loaded_is_a_lie(self):
        self.assertEqual(self.judged(searches=[search(103, 103)])["lies"], 1)
        told = self.judged(searches=[search(103, 103), search(105, 105)])
        self.assertAlmostEqual(told["fresh_s"], 3.001)

    def test_a_label_from_the_outage_stays_a_lie_afterwards(self):
        self.assertEqual(self.judged(searches=[search(106, 101)])["lies"], 1)

    def test_what_was_not_answered_counts(self):
        told = self.judged(searches=[search(101, 0, "CODE_4"), search(101, 99)])
        self.assertEqual(told["answered"], 0.5)
        self.assertEqual(told["lies"], 0)

    def test_older_than_thirty_seconds_must_say_so(self):
        self.assertEqual(self.judged(searches=[search(105, 70)])["unlabelled"], 1)
        self.assertEqual(self.judged(searches=[search(105, 70, missing=True)])["unlabelled"], 0)

    def test_a_sold_seat_that_is_still_offered_is_a_phantom(self):
        told = self.judged(searches=[search(105, 105, sold=1, longest=0.02),
                                     search(105, 105, sold=2, longest=0.3)])
        self.assertEqual(told["phantoms"], 1)

    def test_holds_of_the_lost_book_are_no_recovery(self):
        hold = [int(103 * SECOND), int(103 * SECOND), ""]
        self.assertIsNone(self.judged(holds=[hold])["holds_s"])
        later = [int(105 * SECOND), int(105 * SECOND), ""]
        self.assertAlmostEqual(self.judged(holds=[hold, later])["holds_s"], 3)


if __name__ == "__main__":
    unittest.main()
