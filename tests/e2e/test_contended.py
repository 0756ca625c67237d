"""A short run of `tools/bench race`: the long one has a million attempts.

That doubles are found when there are some is proven by the Checker of test_chaos.py.
"""

import json
import unittest

from e2e import BIN, SuiteCase, await_until, load_territory

import bench_race
import run_bench

ATTEMPTS = 6000
FLUSH_SECONDS = 0.3


class RaceCase(SuiteCase):

    demo = False
    SEED = 20261129

    def setUp(self):
        load_territory(self.suite, bench_race.territory(run_bench.bench_territory))
        await_until(lambda: run_bench.shown(self.suite), "the bench site in the projection")

    def tearDown(self):
        for service in ("slots", "booking"):
            if service not in self.suite.processes:
                self.suite.restart(service)

    def race(self, attempts):
        told = bench_race.run(self.suite, BIN / "sas-bench", attempts, self.SEED, FLUSH_SECONDS)
        print(json.dumps(told), flush=True)
        return told


class Contended(RaceCase):

    def test_H22_no_seat_is_won_by_two_while_redis_forgets(self):
        told = self.race(ATTEMPTS)
        self.assertEqual((told["doubles"], told["acked_missing"], told["unasked"]), (0, 0, 0))
        self.assertGreaterEqual(told["attempts"], ATTEMPTS)
        self.assertGreater(told["won"], 0)
        self.assertGreater(told["flushes"], 0)


if __name__ == "__main__":
    unittest.main()
