"""Which size the last line of tools/bench search is of, and what it says where nobody was asked."""

import argparse
import contextlib
import io
import json
import pathlib
import sys
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import bench_search  # noqa: E402

RATE = {"per_s": 1000.0, "p50_ms": 0.1, "p99_ms": 1.0}
KERNEL = {"ranking_ns": {"p50": 1000, "p99": 5000}, "index_bytes": 0, "slots": 0}


def told(asked, slots, _folder):
    figures = {
        "free_slots": slots, "rss_bytes": 100 * slots, "rebuild_redis_s": 1.0,
        "rebuild_ledger_s": 2.0,
        "grpc": {"peak_per_s": 1000.0, "overload": {"goodput": 0.9}, bench_search.LEVEL: {
            name: RATE for name in ("search", "echo_typed", "echo_typed_queue", "echo_raw",
                                    "echo_raw_queue")}}}
    if slots <= asked.compared_max:
        figures["postgres"] = {"postgis": {"per_s": 50.0}, "box": {"per_s": 100.0}, "same_totals": 1}
        figures["redis"] = {"per_s": 20.0}
    return figures


class LastLine(unittest.TestCase):

    def run_sizes(self, slots, compared_max=1_000_000, fits=lambda slots: True):
        asked = argparse.Namespace(communes=pathlib.Path(__file__), slots=slots, sites=20_000,
                                   compared_max=compared_max)
        out = io.StringIO()
        with mock.patch.object(bench_search, "measure", told), \
                mock.patch.object(bench_search, "fits", fits), \
                mock.patch.object(bench_search, "kernels", lambda _asked, sizes: {
                    size: {**KERNEL, "index_bytes": 30 * size, "slots": size}
                    for size in {*sizes, *bench_search.KERNEL_SIZES}}), \
                contextlib.redirect_stdout(out):
            last = bench_search.run(asked)
        return last, [json.loads(line) for line in out.getvalue().splitlines()]

    def test_the_last_line_is_of_the_largest_size_that_was_compared(self):
        last, lines = self.run_sizes("10000,1000000,10000000")
        self.assertEqual((last["slots"], last["vs_postgis"], last["vs_redis"]), (1_000_000, 10, 50))
        ten = [line for line in lines if line.get("bench") and line["slots"] == 10_000_000]
        self.assertEqual([(line["vs_postgis"], line["vs_redis"], line["same_totals"])
                          for line in ten], [(None, None, None)])
        self.assertEqual((ten[0]["rebuild_ledger_s"], ten[0]["bytes_per_slot"]), (2, 30))

    def test_where_no_size_was_compared_it_is_of_the_largest(self):
        last, _ = self.run_sizes("2000000,10000000")
        self.assertEqual((last["slots"], last["vs_redis"]), (10_000_000, None))

    def test_a_size_that_does_not_fit_is_told_and_the_others_are_measured(self):
        last, lines = self.run_sizes("10000,10000000", fits=lambda slots: slots < 10_000_000)
        self.assertEqual(last["slots"], 10_000)
        self.assertIn({"slots": 10_000_000, "left_out": "more than the free memory"}, lines)


if __name__ == "__main__":
    unittest.main()
