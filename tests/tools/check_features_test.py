"""The feature table's check: each way in which the table can lie is found."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_features  # noqa: E402

PROOF = 'TEST(SessionPlan, S0_05_EightSlots) {}\n'


class CheckFeatures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.rows = [f"| {feature} | A capability | F | open | |"
                     for feature in check_features.expected_ids()]
        self.write("tests/features.md", "\n".join(self.rows) + "\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def set_row(self, index, row):
        self.rows[index] = row
        self.write("tests/features.md", "\n".join(self.rows) + "\n")

    def messages(self):
        return [finding.message for finding in check_features.check(self.root)]

    def assert_found(self, part):
        self.assertTrue(any(part in message for message in self.messages()), self.messages())

    def table(self):
        return (self.root / "tests/features.md").read_text(encoding="utf-8")

    def test_the_projects_table_has_158_ids(self):
        self.assertEqual(len(check_features.expected_ids()), 158)
        self.assertEqual(check_features.expected_ids()[-1], "S4-21")

    def test_an_all_open_table_without_tests_is_true(self):
        self.assertEqual(self.messages(), [])

    def test_a_missing_id_is_found(self):
        self.set_row(3, "")
        self.assert_found("missing S0-04")

    def test_a_doubled_id_is_found(self):
        self.set_row(3, self.rows[3] + "\n" + self.rows[3])
        self.assert_found("once each, in order; it has 159")

    def test_a_wrong_order_is_found(self):
        self.rows[0], self.rows[1] = self.rows[1], self.rows[0]
        self.set_row(2, self.rows[2])
        self.assert_found("in order")

    def test_a_malformed_row_is_found(self):
        self.set_row(0, "| S0-01 | A capability | open | |")
        self.assert_found("not a row")

    def test_an_unknown_kind_or_state_is_found(self):
        self.set_row(0, "| S0-01 | A capability | FF | open | |")
        self.assert_found("S0-01: kind is")
        self.set_row(0, "| S0-01 | A capability | F | nearly | |")
        self.assert_found("S0-01: state is")

    def test_done_without_a_test_is_found(self):
        self.set_row(4, "| S0-05 | A capability | F | done | |")
        self.assert_found("S0-05: done, but names no test")

    def test_done_naming_a_test_that_is_gone_is_found(self):
        self.set_row(4, "| S0-05 | A capability | F | done | `SessionPlan.S0_05_Gone` |")
        self.assert_found("no such test: SessionPlan.S0_05_Gone")

    def test_a_test_of_another_feature_does_not_count(self):
        self.write("tests/unit/slots/plan_test.cpp", PROOF)
        self.set_row(4, "| S0-05 | A capability | F | done | `SessionPlan.S0_05_EightSlots` |")
        self.set_row(5, "| S0-06 | A capability | F | done | `SessionPlan.S0_05_EightSlots` |")
        self.assert_found("SessionPlan.S0_05_EightSlots does not carry this id")

    def test_a_proven_feature_may_not_stay_open(self):
        self.write("tests/unit/slots/plan_test.cpp", PROOF)
        self.assert_found("SessionPlan.S0_05_EightSlots proves it, but the row is open")

    def test_an_id_beyond_the_table_is_found(self):
        self.write("tests/unit/slots/plan_test.cpp", "TEST(Plan, S0_22_Nothing) {}\n")
        self.assert_found("Plan.S0_22_Nothing carries S0-22, which is no feature")

    def test_supported_is_for_kind_n_only(self):
        self.set_row(0, "| S0-01 | A capability | F | supported | |")
        self.assert_found("only a line of kind N")
        self.set_row(0, "| S0-01 | A capability | R/N | supported | |")
        self.assertEqual(self.messages(), [])

    def test_fix_writes_state_and_tests_and_satisfies_the_check(self):
        self.write("tests/unit/slots/plan_test.cpp", PROOF)
        self.write("tests/rpc/slots/plan_test.cpp", "TEST_F(\n    PlanRpc, S0_05_S0_06_Both) {}\n")
        check_features.fix(self.root)
        self.assertIn("| S0-05 | A capability | F | done | "
                      "`PlanRpc.S0_05_S0_06_Both`, `SessionPlan.S0_05_EightSlots` |\n", self.table())
        self.assertIn("| S0-06 | A capability | F | done | `PlanRpc.S0_05_S0_06_Both` |\n",
                      self.table())
        self.assertEqual(self.messages(), [])

    def test_fix_reopens_a_row_whose_test_is_gone_but_keeps_supported(self):
        self.set_row(4, "| S0-05 | A capability | F | done | `SessionPlan.S0_05_Gone` |")
        self.set_row(5, "| S0-06 | A capability | N | supported | |")
        check_features.fix(self.root)
        self.assertIn("| S0-05 | A capability | F | open | |\n", self.table())
        self.assertIn("| S0-06 | A capability | N | supported | |\n", self.table())

    def test_fix_names_at_most_three_tests(self):
        self.write("tests/unit/slots/plan_test.cpp",
                   "".join(f"TEST(Plan, S0_05_Case{n}) {{}}\n" for n in range(5)))
        check_features.fix(self.root)
        self.assertIn("`Plan.S0_05_Case2` and 2 more |", self.table())
        self.assertEqual(self.messages(), [])

    def test_python_tests_and_stories_count(self):
        self.write("tests/e2e/day_test.py",
                   "class Day:\n    def test_S1_04_call(self):\n        pass\n")
        self.write("tools/story.py", "def story_S1_08_order():\n    pass\n")
        self.assertEqual(check_features.evidence(self.root),
                         {"S1-04": ["Day.test_S1_04_call"], "S1-08": ["story.story_S1_08_order"]})

    def test_disabled_skipped_and_commented_tests_prove_nothing(self):
        self.write("tests/unit/a_test.cpp",
                   "TEST(A, DISABLED_S0_01_X) {}\n// TEST(A, S0_02_X) {}\n"
                   "TEST(DISABLED_A, S0_03_X) {}\n")
        self.write("tests/e2e/b_test.py",
                   "import unittest\n\n@unittest.skip('later')\nclass B:\n"
                   "    def test_S0_04_x(self):\n        pass\n\n\nclass C:\n"
                   "    @unittest.skip('later')\n    def test_S0_05_x(self):\n        pass\n")
        self.assertEqual(check_features.evidence(self.root), {})

    def test_the_checks_own_tests_prove_nothing(self):
        self.write("tests/tools/a_test.py", "def test_S0_01_planted():\n    pass\n")
        self.assertEqual(check_features.evidence(self.root), {})


if __name__ == "__main__":
    unittest.main()
