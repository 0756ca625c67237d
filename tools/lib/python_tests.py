#!/usr/bin/env python3
"""Runs the Python tests (test_*.py, *_test.py) below some folders and closes with their count.

    tools/lib/python_tests.py FOLDER... [-k PATTERN] [--jobs N]

With --jobs each class is a process of its own, N at a time, the longest first: what waits for a clock or a
server leaves the machine to others. How long each takes is known from the last run (build/logs/classes.json), or
from its own `seconds`, about what it took on two cores: a machine that is new starts them in good order, too.
"""

import argparse
import collections
import concurrent.futures
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMES = ROOT / "build" / "logs" / "classes.json"
COUNT = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)


def load(path):
    """The tests of one file. The file's own folder is importable for what its tests share."""
    name = path.relative_to(ROOT).as_posix().removesuffix(".py").replace("/", ".")
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def each(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def files_below(places):
    """Test files of folders; a file stands for itself."""
    found = set()
    for place in (ROOT / place for place in places):
        found |= {place} if place.is_file() else {
            path for glob in ("test_*.py", "*_test.py") for path in place.rglob(glob)
            if "node_modules" not in path.parts}
    return sorted(found)


def run_here(tests):
    """Returns (passed, failed, skipped)."""
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(tests))
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    # setUpClass and module errors are no test of their own: never let them make the sum negative.
    return max(0, result.testsRun - bad - len(result.skipped)), bad, len(result.skipped)


def run_class(path, name, pattern):
    """One class in its own process. Returns (counts, seconds, output)."""
    started = time.monotonic()
    told = subprocess.run([sys.executable, __file__, str(path.relative_to(ROOT)), f"--class={name}", "-k", pattern],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    counts = COUNT.findall(told.stdout)
    passed, failed, skipped = map(int, counts[-1]) if counts else (0, 0, 0)
    # A process that dies before it counts is a failure all the same.
    failed = failed or int(told.returncode != 0)
    seconds = time.monotonic() - started
    return (passed, failed, skipped), seconds, f"{told.stdout.rstrip()}\n{seconds:.1f} s  {name}\n"


def run_apart(tests, jobs, pattern):
    """As run_here, with a process for each class. What failed is shown at the end."""
    classes = list(dict.fromkeys((pathlib.Path(sys.modules[type(test).__module__].__file__), type(test).__name__)
                                 for test in tests))
    for name, times in collections.Counter(name for _, name in classes).items():
        if times > 1:  # They would share the folder of their logs and ledgers.
            raise SystemExit(f"two classes are called {name}")
    known = {type(test).__name__: getattr(test, "seconds", 0) for test in tests}
    known.update(json.loads(TIMES.read_text()) if TIMES.is_file() else {})
    classes.sort(key=lambda one: -known[one[1]])
    total, failures = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(run_class, path, name, pattern): name for path, name in classes}
        for done in concurrent.futures.as_completed(running):
            counts, known[running[done]], output = done.result()
            total.update(dict(zip(("passed", "failed", "skipped"), counts)))
            if counts[1]:
                failures.append(output)
                output = f"FAILED, shown at the end: {running[done]}\n"
            print(output, flush=True)
    print(*failures, sep="\n", end="", flush=True)
    TIMES.parent.mkdir(parents=True, exist_ok=True)
    TIMES.write_text(json.dumps({name: round(seconds, 1) for name, seconds in known.items()}))
    return total["passed"], total["failed"], total["skipped"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("-k", dest="pattern", default="", help="only tests whose name matches")
    parser.add_argument("--class", dest="only", default="", help="only the tests of this class")
    parser.add_argument("--jobs", type=int, default=1, help="classes that run at the same time")
    arguments = parser.parse_args()
    sys.dont_write_bytecode = True

    tests = [test for path in files_below(arguments.folders) for test in each(load(path))
             if re.search(arguments.pattern, test.id()) and arguments.only in ("", type(test).__name__)]
    if arguments.jobs > 1:
        passed, failed, skipped = run_apart(tests, arguments.jobs, arguments.pattern)
    else:
        passed, failed, skipped = run_here(tests)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
