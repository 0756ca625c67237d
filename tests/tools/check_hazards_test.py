"""Tests of tools/check_hazards.py."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_hazards  # noqa: E402

TEST = "TEST(Queue, H09_NoBandInversion) {}\n"


def row(hazard, state="open", column=""):
    return f"| {hazard} | what | how | {state} |{' ' + column if column else ''} |"


class Hazards(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "tests/unit").mkdir(parents=True)

    def findings(self, rows, test=TEST):
        (self.root / "tests/unit/queue_test.cpp").write_text(test, encoding="utf-8")
        (self.root / check_hazards.TABLE).write_text("\n".join(rows) + "\n", encoding="utf-8")
        return [finding.message for finding in check_hazards.check(self.root)]

    def rows(self, **changed):
        rows = {hazard: row(hazard) for hazard in check_hazards.expected_ids()}
        rows["H-09"] = row("H-09", "built", "`Queue.H09_NoBandInversion`")
        rows.update({hazard.replace("_", "-"): line for hazard, line in changed.items()})
        return [line for line in rows.values() if line]

    def test_a_true_table_passes(self):
        self.assertEqual(self.findings(self.rows()), [])

    def test_a_control_without_test_is_found(self):
        self.assertEqual(self.findings(self.rows(H_10=row("H-10", "built"))),
                         ["H-10: built, but no test carries its id"])

    def test_an_open_hazard_that_a_test_holds_is_found(self):
        self.assertIn("H-09: Queue.H09_NoBandInversion holds some of it, but the row is open",
                      self.findings(self.rows(H_09=row("H-09", "open", "`Queue.H09_NoBandInversion`"))))

    def test_a_lagging_column_is_found_and_mended(self):
        self.assertEqual(self.findings(self.rows(H_09=row("H-09", "built"))),
                         ["H-09: the test column lags behind (run --fix)"])
        check_hazards.fix(self.root)
        self.assertEqual(check_hazards.check(self.root), [])

    def test_a_missing_hazard_is_found(self):
        self.assertIn("missing H-12", self.findings(self.rows(H_12=""))[0])

    def test_an_id_that_is_none_is_found(self):
        self.assertIn("Queue.H99_Nothing carries H-99, which is no hazard",
                      self.findings(self.rows(), TEST + "TEST(Queue, H99_Nothing) {}\n"))


if __name__ == "__main__":
    unittest.main()
