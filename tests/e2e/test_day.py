"""A small day through the real service at a clock that is put forward (tools/bench day), and its plan."""

import argparse
import collections
import contextlib
import csv
import datetime
import io
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

from e2e import BIN, ROOT, terrain
from node_partner import Partner

sys.path.insert(0, str(ROOT / "tools" / "lib"))
import bench_day  # noqa: E402
import day_plan  # noqa: E402

CALLS = 60
# An invented SAMU in the columns of the declared ones.
DECLARED = {"departement": "999", "name": "SAMU D'ESSAI", "app": 365_000, "apr15": 7_300, "apd": 339_450,
            "apmin": 292_000, "dr": 255_500, "drm": 204_400, "drmlib": 127_750}
PROFILES = {"samu_daily": {"weekday_factor_mon_to_sun": [1, 1, 1, 1, 1, 1.2, 1.4],
                           "month_factor_jan_to_dec": [1] * 12},
            "ed_arrivals_by_hour": {"count_0h_to_23h": list(range(1, 25))}}


class Data(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.data = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        with open(cls.data / "samu_2023.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, DECLARED)
            writer.writeheader()
            writer.writerow(DECLARED)
        (cls.data / "profiles_fr.json").write_text(json.dumps(PROFILES))

    def asked(self, **options):
        return argparse.Namespace(**{"samu": "999", "data": self.data, "weekday": "sat", "calls": CALLS,
                                     "seed": 7, "ledger": None, **options})


class TheDay(Data):

    def played(self, **options):
        folder = BIN.parent / "e2e" / "TheDay"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            told = bench_day.run(self.asked(**options), BIN, folder, Partner, terrain())
        self.assertTrue(told["ok"], out.getvalue())
        return told, out.getvalue()

    def test_the_services_figures_are_the_totals_of_the_day(self):
        told, _ = self.played()
        self.assertEqual((told["source"], told["calls"]), ("SAMU D'ESSAI", CALLS))
        self.assertEqual(told["qs60"], round(round(CALLS * 0.8) / CALLS, 4))

    def test_without_data_the_day_is_generated_and_says_so(self):
        told, text = self.played(data=self.data / "nowhere", calls=20)
        self.assertEqual((told["source"], told["calls"]), ("generated", 20))
        self.assertIn("The shared data is absent", text)


class ThePlan(Data):

    DATE = datetime.date(2027, 1, 9)  # A Saturday.

    def test_volumes_follow_what_was_declared_and_the_day_of_the_week(self):
        name, totals, hours = day_plan.read_totals(self.data, "999", self.DATE)
        self.assertEqual(name, "SAMU D'ESSAI")
        self.assertEqual(totals, day_plan.Totals(1200, 1116, 960, 24, 840, 672, 420))
        self.assertEqual(len(hours), 24)
        with self.assertRaises(day_plan.NoData):
            day_plan.read_totals(self.data, "998", self.DATE)

    def test_the_calls_are_exactly_the_totals(self):
        _, totals, hours = day_plan.read_totals(self.data, "999", self.DATE)
        calls = day_plan.plan(totals, hours, seed=3)
        self.assertEqual(calls, day_plan.plan(totals, hours, seed=3))
        self.assertNotEqual(calls, day_plan.plan(totals, hours, seed=4))
        kinds = collections.Counter(call.kind for call in calls)
        self.assertEqual(kinds, {"regulated": 672, "direct": 168, "again": 276, "lost": 84})
        answered = [call for call in calls if call.kind != "lost"]
        self.assertEqual(sum(call.wait <= 60 for call in answered), 960)
        self.assertEqual(sum(call.wait <= 15 for call in calls if call.kind == "lost"), 24)
        self.assertEqual(sum(call.generalist for call in calls), 420)
        # Hours have the share that the profile gives them: 1 to 24 of 300.
        by_hour = collections.Counter(call.arrival // 3600 for call in calls)
        self.assertEqual([by_hour[hour] for hour in range(24)], [4 * (hour + 1) for hour in range(24)])
        self.assertEqual(calls[0].kind, "regulated")
        first = calls[0].arrival + calls[0].wait
        self.assertTrue(all(call.arrival + call.wait >= first for call in answered))

    def test_a_count_is_spread_whole(self):
        self.assertEqual(day_plan.spread(10, [1, 1, 1]), [4, 3, 3])
        self.assertEqual(sum(day_plan.spread(7, [5, 0, 2, 9])), 7)

    def test_the_day_lies_ahead(self):
        today = datetime.date(2026, 11, 28)  # A Saturday itself.
        self.assertEqual(day_plan.date_of("sat", today), datetime.date(2026, 12, 5))
        self.assertEqual(day_plan.date_of("sun", today), datetime.date(2026, 11, 29))


class TheJudgement(unittest.TestCase):
    """What is looked for, on figures that are wrong."""

    KPIS = [{"id": "K01", "figures": [{"numerator": 8, "denominator": 10}]},
            {"id": "K06", "figures": [{"numerator": 100, "denominator": 4}]}]

    def test_a_count_that_is_off_by_one_shows(self):
        self.assertEqual(bench_day.compare({("K01", ""): (8, 10)}, self.KPIS), [])
        self.assertEqual(len(bench_day.compare({("K01", ""): (7, 10)}, self.KPIS)), 1)
        self.assertEqual(len(bench_day.compare({("K01", ""): (8, 11)}, self.KPIS)), 1)
        self.assertEqual(len(bench_day.compare({("K02", ""): (1, 1)}, self.KPIS)), 1)

    def test_a_mean_may_be_off_by_what_the_acts_take(self):
        self.assertEqual(bench_day.compare({("K06", ""): (97, 4)}, self.KPIS), [])
        self.assertEqual(len(bench_day.compare({("K06", ""): (95, 4)}, self.KPIS)), 1)

    def test_totals_that_the_service_does_not_tell_show(self):
        totals = day_plan.Totals(10, 10, 8, 0, 0, 0, 0)
        self.assertEqual(bench_day.check_totals(totals, self.KPIS), ["answered: 0, not 10"])


if __name__ == "__main__":
    unittest.main()
