#!/usr/bin/env python3
"""Keeps tests/features.md true: every seed feature once, `done` exactly where a test proves it.

A test proves a feature by carrying its id in its name with an underscore:
TEST(SessionPlan, S0_05_EightSlots), def test_S0_05_eight_slots, def story_S0_05_eight_slots.

    tools/check_features.py          refuses a table that disagrees with the tests
    tools/check_features.py --fix    rewrites the state and test columns from the tests found
"""

import argparse
import ast
import collections
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import source_tree  # noqa: E402

TABLE = "tests/features.md"
# Number of features in each of the five seed documents.
COUNTS = (21, 20, 57, 39, 21)
KINDS = set("FCRN")
# A feature may have dozens of tests; the table names the first of them.
NAMED_TESTS_MAX = 3

# The checks' own tests plant ids in made-up files: they prove nothing about the suite.
NOT_EVIDENCE = "tests/tools/"

ID_IN_NAME = re.compile(r"(?<![A-Za-z0-9])S([0-4])_(\d\d)(?!\d)")
GTEST = re.compile(r"\b(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)")
ROW = re.compile(r"^\| (S\d-\d\d) \| (.+) \| ([FCRN/]+) \| (\w+) \|(.*)\|$")


def expected_ids():
    return [f"S{seed}-{number:02}" for seed, count in enumerate(COUNTS)
            for number in range(1, count + 1)]


def gtest_names(text):
    """Names of the enabled tests of a C++ file, as ctest shows them without parameters."""
    for suite, name in GTEST.findall(source_tree.without_comments(text)):
        if not suite.startswith("DISABLED_") and not name.startswith("DISABLED_"):
            yield f"{suite}.{name}"


def is_skip(decorator):
    return "skip" in ast.unparse(decorator)


def python_names(text, stem):
    """Names of the enabled tests and stories of a Python file; `stem` owns those outside classes."""
    module = ast.parse(text)
    owners = [(stem, module)]
    owners += [(node.name, node) for node in module.body
               if isinstance(node, ast.ClassDef) and not any(map(is_skip, node.decorator_list))]
    for owner, node in owners:
        for child in node.body:
            if (isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
                    and child.name.startswith(("test", "story_"))
                    and not any(map(is_skip, child.decorator_list))):
                yield f"{owner}.{child.name}"


def evidence(root):
    """Feature id -> sorted names of the tests that carry it."""
    found = collections.defaultdict(set)
    for path in source_tree.files(root):
        if not path.startswith(("tests/", "tools/")) or path.startswith(NOT_EVIDENCE):
            continue
        suffix = pathlib.PurePosixPath(path).suffix
        if suffix not in (".cpp", ".h", ".py"):
            continue
        text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
        names = (python_names(text, pathlib.PurePosixPath(path).stem) if suffix == ".py"
                 else gtest_names(text))
        for name in names:
            for seed, number in ID_IN_NAME.findall(name):
                found[f"S{seed}-{number}"].add(name)
    return {feature: sorted(names) for feature, names in found.items()}


def test_column(names):
    shown = ", ".join(f"`{name}`" for name in names[:NAMED_TESTS_MAX])
    more = len(names) - NAMED_TESTS_MAX
    return shown + (f" and {more} more" if more > 0 else "")


def state_of(kind, state, names):
    if names:
        return "done"
    return "supported" if state == "supported" and "N" in kind.split("/") else "open"


def check(root):
    """Findings about the table of the tree `root`."""
    text = (pathlib.Path(root) / TABLE).read_text(encoding="utf-8")
    tests = evidence(root)
    everywhere = {name for names in tests.values() for name in names}
    findings = []

    def find(line, message):
        findings.append(source_tree.Finding(TABLE, line, message))

    ids = []
    for line, content in enumerate(text.splitlines(), 1):
        if not content.startswith("| S"):
            continue
        row = ROW.match(content)
        if not row:
            find(line, "not a row: | id | capability | kind | state | test |")
            continue
        feature, _, kind, state, column = row.groups()
        ids.append(feature)
        names = tests.get(feature, [])
        named = re.findall(r"`([^`]+)`", column)
        kinds = kind.split("/")
        if not set(kinds) <= KINDS or len(set(kinds)) != len(kinds):
            find(line, f"{feature}: kind is one or more of F, C, R, N, parted by /")
        if state not in ("done", "open", "supported"):
            find(line, f"{feature}: state is done, open or supported, not {state}")
        if state == "supported" and "N" not in kinds:
            find(line, f"{feature}: only a line of kind N can be supported without a test")
        if state == "done" and not set(named) & set(names):
            find(line, f"{feature}: done, but names no test that carries its id")
        for name in named:
            if name not in everywhere:
                find(line, f"{feature}: no such test: {name}")
            elif name not in names:
                find(line, f"{feature}: {name} does not carry this id")
        if names and state != "done":
            find(line, f"{feature}: {names[0]} proves it, but the row is {state} (run --fix)")
    if ids != expected_ids():
        missing = sorted(set(expected_ids()) - set(ids))
        find(1, f"the table must hold the {sum(COUNTS)} ids once each, in order; it has {len(ids)}"
             + (f"; missing {', '.join(missing)}" if missing else ""))
    for feature in sorted(set(tests) - set(expected_ids())):
        find(1, f"{tests[feature][0]} carries {feature}, which is no feature")
    return findings


def fix(root):
    """Rewrites the last two columns of every row from the tests of the tree."""
    path = pathlib.Path(root) / TABLE
    tests = evidence(root)

    def rewrite(content):
        row = ROW.match(content)
        if not row:
            return content
        feature, capability, kind, state, _ = row.groups()
        names = tests.get(feature, [])
        column = test_column(names)
        return (f"| {feature} | {capability} | {kind} | {state_of(kind, state, names)} |"
                f"{' ' + column if column else ''} |")

    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(map(rewrite, lines)) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true", help="rewrite the state and test columns")
    arguments = parser.parse_args()
    if arguments.fix:
        fix(source_tree.ROOT)
    done = sum(1 for names in evidence(source_tree.ROOT).values() if names)
    return source_tree.report("features", check(source_tree.ROOT),
                              f"{sum(COUNTS)} features, {done} proven by tests")


if __name__ == "__main__":
    sys.exit(main())
