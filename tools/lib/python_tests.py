#!/usr/bin/env python3
"""Runs the Python tests (test_*.py, *_test.py) below some folders and closes with their count.

    tools/lib/python_tests.py FOLDER... [-k PATTERN]
"""

import argparse
import importlib.util
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("-k", dest="pattern", default="", help="only tests whose name matches")
    arguments = parser.parse_args()
    sys.dont_write_bytecode = True

    files = sorted({path for folder in arguments.folders
                    for glob in ("test_*.py", "*_test.py")
                    for path in (ROOT / folder).rglob(glob)
                    if "node_modules" not in path.parts})
    chosen = unittest.TestSuite(test for path in files for test in each(load(path))
                                if re.search(arguments.pattern, test.id()))
    result = unittest.TextTestRunner(verbosity=2).run(chosen)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    # setUpClass and module errors are no test of their own: never let them make the sum negative.
    good = max(0, result.testsRun - bad - len(result.skipped))
    print(f"{good} passed, {bad} failed, {len(result.skipped)} skipped", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
