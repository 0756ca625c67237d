#!/usr/bin/env python3
"""Keeps tests/features.md true: every seed feature once, `done` exactly where a test proves it.

A test proves a feature by carrying its id in its name with an underscore:
TEST(SessionPlan, S0_05_EightSlots), def test_S0_05_eight_slots, def story_S0_05_eight_slots.

    tools/check_features.py          refuses a table that disagrees with the tests
    tools/check_features.py --fix    rewrites the state and test columns from the tests found
"""

import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import evidence as carried  # noqa: E402
import source_tree  # noqa: E402

TABLE = "tests/features.md"
# Number of features in each of the five seed documents.
COUNTS = (21, 20, 57, 39, 21)
KINDS = set("FCRN")
ID_IN_NAME = re.compile(r"(?<![A-Za-z0-9])S([0-4])_(\d\d)(?!\d)")
ROW = re.compile(r"^\| (S\d-\d\d) \| (.+) \| ([FCRN/]+) \| (\w+) \|(.*)\|$")


def expected_ids():
    return [f"S{seed}-{number:02}" for seed, count in enumerate(COUNTS)
            for number in range(1, count + 1)]


def evidence(root):
    """Feature id -> sorted names of the tests that carry it."""
    return carried.evidence(root, ID_IN_NAME, lambda match: f"S{match[1]}-{match[2]}")


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
        column = carried.test_column(names)
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
