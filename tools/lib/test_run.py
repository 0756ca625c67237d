#!/usr/bin/env python3
"""Builds, then runs the checks and the tests, group by group; stops after the first group that fails.

Each step writes its log to build/logs. The last line is the sum: `N passed, N failed`.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"

TAIL_LINES = 60
# The tests start databases and servers: more at once would measure the machine, not the suite.
TESTS_PARALLEL = 2

SUMMARY = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)

SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    # Debian's libraries carry no instrumentation: what happens inside them cannot be judged.
    "TSAN_OPTIONS": "ignore_noninstrumented_modules=1:second_deadlock_stack=1",
}


@dataclasses.dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


@dataclasses.dataclass
class Step:
    """One command. `count` says where the number of tests comes from: "", "junit" or "summary"."""

    name: str
    command: list
    count: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    none_is_failure: bool = False

    @property
    def log(self):
        return LOGS / (self.name.replace(" ", "-") + ".log")

    @property
    def junit(self):
        return self.log.with_suffix(".xml")

    def counts(self):
        """What the command counted; nothing when it died before counting."""
        if self.count == "junit" and self.junit.is_file():
            suite = xml.etree.ElementTree.parse(self.junit).getroot()
            tests, failed, skipped, disabled = (
                int(suite.get(name, 0)) for name in ("tests", "failures", "skipped", "disabled"))
            return Counts(tests - failed - skipped - disabled, failed, skipped + disabled)
        if self.count == "summary":
            found = SUMMARY.findall(self.log.read_text(encoding="utf-8", errors="replace"))
            if found:
                return Counts(*(int(number or 0) for number in found[-1]))
        return Counts()

    def run(self):
        """Runs the command; returns (whether it was good, counts)."""
        started = time.monotonic()
        self.junit.unlink(missing_ok=True)
        with self.log.open("w", encoding="utf-8") as log:
            code = subprocess.run(self.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=subprocess.STDOUT,
                                  env={**os.environ, **self.environment}).returncode
        counts = self.counts()
        nothing = self.none_is_failure and counts == Counts()
        good = code == 0 and counts.failed == 0 and not nothing
        if not good and counts.failed == 0:
            counts.failed = 1  # A step that fails without counting is a failure all the same.
        shown = f"  {counts}" if self.count else ""
        print(f"  {'ok  ' if good else 'FAIL'} {time.monotonic() - started:7.1f} s  {self.name}{shown}",
              flush=True)
        if not good:
            print(f"--- end of {self.log.relative_to(ROOT)}"
                  + (f" (exit code {code})" if code else "")
                  + (" (no test ran)" if nothing else ""))
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            print("\n".join(lines[-TAIL_LINES:]), "\n---", sep="", flush=True)
        return good, counts


def checks():
    return [Step(f"check {name}", command) for name, command in (
        ("includes", ["tools/check_includes.py"]),
        ("features", ["tools/check_features.py"]),
        ("hazards", ["tools/check_hazards.py"]),
        ("proto", ["tools/check_proto.sh"]),
        ("reasons", ["tools/check_reasons.py"]),
        ("repository", ["tools/check_repo.py"]),
        ("format", ["tools/format.sh", "--check"]))]


def build(preset, targets=()):
    jobs = str(os.cpu_count() or 1)
    command = ["cmake", "--build", f"build/{preset}", "--parallel", jobs]
    if targets:
        command += ["--target", *targets]
    return [Step(f"configure {preset}", ["cmake", "--preset", preset, "-B", f"build/{preset}"]),
            Step(f"build {preset}", command)]


def ctest(preset, label, pattern, none_is_failure=True):
    step = Step(f"{label} {preset}" if preset != "dev" else label, [], "junit",
                SANITIZER_OPTIONS, none_is_failure and not pattern)
    step.command = ["ctest", "--test-dir", f"build/{preset}", "-L", f"^{label}$",
                    "-j", str(TESTS_PARALLEL), "--output-on-failure",
                    "--output-junit", str(step.junit)]
    if pattern:
        step.command += ["-R", pattern]
    return step


def python_tests(name, folder, pattern, none_is_failure=False, jobs=1):
    """The Python tests below `folder`, which may not exist."""
    command = [sys.executable, "tools/lib/python_tests.py", folder, "--jobs", str(jobs)]
    own = ROOT / folder / f"run_{name}.py"
    if own.is_file():
        command = [sys.executable, str(own.relative_to(ROOT))]
    if pattern:
        command += ["-k", pattern]
    return Step(name, command, "summary", {"SAS_BIN_DIR": str(ROOT / "build/dev/bin")},
                none_is_failure and not pattern)


def sanitized(preset, labels, pattern):
    """Groups that build and run the tests of `labels` with the sanitizers of `preset`."""
    return ([[step] for step in build(preset, [f"sas_tests_{label}" for label in labels])]
            + [[ctest(preset, label, pattern)] for label in labels])


def plan(arguments):
    """Groups of steps in order."""
    pattern = arguments.pattern
    if arguments.asan:
        return sanitized("asan", ("unit", "contract", "rpc"), pattern)
    if arguments.tsan:
        return sanitized("tsan-core", ("unit", "contract"), pattern)
    groups = [checks(), [python_tests("tools", "tests/tools", pattern, True)]]
    groups += [[step] for step in build("dev", ["sas_tests_unit"] if arguments.quick else ())]
    groups += [[ctest("dev", "unit", pattern)]]
    if arguments.quick:
        return groups
    groups += [[ctest("dev", "contract", pattern)], [ctest("dev", "rpc", pattern)]]
    groups += [[ctest("dev", "e2e", pattern, none_is_failure=False),
                python_tests("e2e", "tests/e2e", pattern, True, TESTS_PARALLEL)]]
    if (ROOT / "tests/deploy").is_dir():
        groups += [[python_tests("deploy", "tests/deploy", pattern)]]
    return groups


def main():
    parser = argparse.ArgumentParser(prog="tools/test", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="only the checks and the unit tests")
    which.add_argument("--asan", action="store_true",
                       help="unit, contract and rpc tests under AddressSanitizer and UBSan")
    which.add_argument("--tsan", action="store_true",
                       help="unit and contract tests of what links no gRPC under ThreadSanitizer")
    parser.add_argument("-k", dest="pattern", default="", metavar="PATTERN",
                        help="only tests whose name matches this regular expression")
    parser.add_argument("--no-install", action="store_true", help="install no Debian package")
    arguments = parser.parse_args()

    LOGS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    total = Counts()
    for group in plan(arguments):
        results = [step.run() for step in group]
        for _, counts in results:
            total.add(counts)
        if not all(good for good, _ in results):
            break
    if total == Counts():
        print("no test ran")
        total.failed = 1
    print(f"{time.monotonic() - started:.0f} s, logs in build/logs")
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
