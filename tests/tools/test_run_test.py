"""tools/test against stand-ins for cmake, ctest and the checks: order, sums, where it stops."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

CHECKS = ("check_includes.py", "check_features.py", "check_hazards.py", "check_proto.sh",
          "check_reasons.py", "check_repo.py", "format.sh")

# Writes what ctest writes: two tests of the label asked for, TESTS, FAILURES and CODE from files.
CTEST = '''#!/bin/sh
echo "ctest $*" >> "$CALLS"
while [ $# -gt 0 ]; do
  case $1 in
    -L) label=$(echo "$2" | tr -d '^$') ;;
    --output-junit) junit=$2 ;;
  esac
  shift
done
tests=2 failures=0 code=0
if [ "$label" = e2e ]; then tests=0; fi
if [ -f "$CALLS.$label" ]; then . "$CALLS.$label"; fi
echo "log of $label"
echo "<testsuite tests='$tests' failures='$failures' skipped='0' disabled='0'/>" > "$junit"
exit $code
'''

PYTHON_TEST = '''import unittest


class Sample(unittest.TestCase):
    def test_one(self):
        pass

    @unittest.skip("not here")
    def test_two(self):
        pass
'''


class TestRun(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "tools/lib", self.root / "tools/lib",
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "tools/test", self.root / "tools/test")
        self.calls = self.root / "calls"
        for check in CHECKS:
            self.script(f"tools/{check}", f'#!/bin/sh\necho {check} >> "$CALLS"\n')
        self.script("bin/cmake", '#!/bin/sh\necho "cmake $*" >> "$CALLS"\n')
        self.script("bin/ctest", CTEST)
        self.script("tests/tools/sample_test.py", PYTHON_TEST)
        self.script("tests/e2e/sample_test.py", PYTHON_TEST)

    def script(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def ctest_says(self, label, text):
        (self.root / f"calls.{label}").write_text(text, encoding="utf-8")

    def run_tests(self, *arguments):
        self.calls.unlink(missing_ok=True)
        run = subprocess.run(
            [self.root / "tools/test", "--no-install", *arguments], capture_output=True, text=True,
            env={**os.environ, "CALLS": str(self.calls), "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"})
        self.output = run.stdout + run.stderr
        self.closing = run.stdout.splitlines()[-1]
        return run.returncode

    def called(self):
        return self.calls.read_text(encoding="utf-8")

    def test_everything_in_order_and_summed(self):
        self.assertEqual(self.run_tests(), 0, self.output)
        # Two tests of unit, contract and rpc each, one Python test of tools and e2e each.
        self.assertEqual(self.closing, "8 passed, 0 failed, 2 skipped")
        called = self.called()
        places = [called.index(part) for part in (
            *CHECKS, "cmake --preset dev", "cmake --build build/dev", "-L ^unit$", "-L ^contract$",
            "-L ^rpc$", "-L ^e2e$")]
        self.assertEqual(places, sorted(places))
        self.assertNotIn("--target", called)
        self.assertNotIn("asan", called)

    def test_quick_builds_and_runs_the_unit_tests_only(self):
        self.assertEqual(self.run_tests("--quick"), 0, self.output)
        self.assertEqual(self.closing, "3 passed, 0 failed, 1 skipped")
        self.assertIn("--target sas_tests_unit", self.called())
        self.assertNotIn("contract", self.called())

    def test_asan_and_tsan_use_their_presets(self):
        self.assertEqual(self.run_tests("--asan"), 0, self.output)
        self.assertEqual(self.closing, "6 passed, 0 failed")
        self.assertIn("cmake --preset asan", self.called())
        self.assertIn("--test-dir build/asan -L ^rpc$", self.called())
        self.assertEqual(self.run_tests("--tsan"), 0, self.output)
        self.assertEqual(self.closing, "4 passed, 0 failed")
        self.assertIn("cmake --preset tsan-core", self.called())

    def test_a_failing_check_stops_before_the_build_but_the_other_checks_run(self):
        self.script("tools/check_includes.py", "#!/bin/sh\necho the layer is broken\nexit 1\n")
        self.assertEqual(self.run_tests(), 1)
        self.assertEqual(self.closing, "0 passed, 1 failed")
        self.assertIn("the layer is broken", self.output)
        self.assertIn("check_repo.py", self.called())
        self.assertNotIn("cmake", self.called())

    def test_a_failing_build_stops_and_shows_its_log(self):
        self.script("bin/cmake", "#!/bin/sh\necho error: no such type\nexit 2\n")
        self.assertEqual(self.run_tests(), 1)
        self.assertEqual(self.closing, "1 passed, 1 failed, 1 skipped")
        self.assertIn("error: no such type", self.output)
        self.assertNotIn("ctest", self.called())

    def test_failing_tests_are_counted_and_stop_the_groups_after(self):
        self.ctest_says("contract", "tests=5 failures=3 code=8")
        self.assertEqual(self.run_tests(), 1)
        self.assertEqual(self.closing, "5 passed, 3 failed, 1 skipped")
        self.assertIn("log of contract", self.output)
        self.assertNotIn("-L ^rpc$", self.called())

    def test_a_ctest_that_dies_without_counting_is_a_failure(self):
        self.ctest_says("unit", "exit 11")
        self.assertEqual(self.run_tests(), 1)
        self.assertEqual(self.closing, "1 passed, 1 failed, 1 skipped")

    def test_a_label_without_tests_is_a_failure_unless_a_pattern_was_given(self):
        self.ctest_says("rpc", "tests=0")
        self.assertEqual(self.run_tests(), 1)
        self.assertIn("no test ran", self.output)
        self.assertEqual(self.run_tests("-k", "one"), 0, self.output)
        self.assertIn("-R one", self.called())
        self.assertEqual(self.closing, "6 passed, 0 failed")

    def test_a_failing_python_test_is_counted(self):
        self.script("tests/e2e/sample_test.py", PYTHON_TEST.replace("pass", "self.fail()", 1))
        self.assertEqual(self.run_tests(), 1)
        self.assertEqual(self.closing, "7 passed, 1 failed, 2 skipped")

    def test_a_python_test_that_cannot_be_loaded_is_a_failure(self):
        self.script("tests/tools/sample_test.py", "import nothing_of_that_name\n")
        self.assertEqual(self.run_tests(), 1)
        self.assertEqual(self.closing, "0 passed, 1 failed")
        self.assertIn("nothing_of_that_name", self.output)

    def test_each_class_is_a_process_and_what_failed_is_shown_last(self):
        fails = PYTHON_TEST.replace("Sample", "Fails").replace("pass", "self.fail('wanted')", 1)
        dies = PYTHON_TEST.replace("Sample", "Dies").replace("pass", "__import__('os')._exit(3)", 1)
        self.script("tests/e2e/test_a.py", fails)
        self.script("tests/e2e/test_b.py", dies)
        self.assertEqual(self.run_tests(), 1)
        # A skipped test is told by the two that live; the one that died is one failure.
        self.assertEqual(self.closing, "8 passed, 2 failed, 3 skipped")
        log = (self.root / "build/logs/e2e.log").read_text()
        self.assertGreater(log.index("wanted"), log.index("Sample"))

    def test_two_classes_of_one_name_are_refused(self):
        self.script("tests/e2e/test_a.py", PYTHON_TEST)
        self.assertEqual(self.run_tests(), 1)
        self.assertIn("two classes are called Sample", self.output)

    def test_a_runner_of_its_own_replaces_the_discovery(self):
        self.script("tests/e2e/run_e2e.py", "print('41 passed, 0 failed')\n")
        self.assertEqual(self.run_tests(), 0, self.output)
        self.assertEqual(self.closing, "48 passed, 0 failed, 1 skipped")

    def test_deploy_tests_run_when_there_are_any(self):
        self.script("tests/deploy/sample_test.py", PYTHON_TEST)
        self.assertEqual(self.run_tests(), 0, self.output)
        self.assertEqual(self.closing, "9 passed, 0 failed, 3 skipped")

    def test_a_pattern_that_matches_nothing_is_a_failure(self):
        for label in ("unit", "contract", "rpc"):
            self.ctest_says(label, "tests=0")
        self.assertEqual(self.run_tests("-k", "nothing"), 1)
        self.assertEqual(self.closing, "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
