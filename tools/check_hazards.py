#!/usr/bin/env python3
"""Keeps tests/hazards.md true: every clinical hazard once, with its control and the tests that hold it.

A test holds a control by carrying the hazard's id in its name: TEST(Queue, H09_NoBandInversion),
def test_H43_redis_down_still_serves.

    tools/check_hazards.py          refuses a table that disagrees with the tests
    tools/check_hazards.py --fix    rewrites the test column from the tests found
"""

import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import evidence as carried  # noqa: E402
import source_tree  # noqa: E402

TABLE = "tests/hazards.md"
COUNT = 55
# `built`: the whole control is there. `partly`: some of it. `open`: nothing. `people`: what software
# cannot control, an inspection or a training.
STATES = ("built", "partly", "open", "people")
ID_IN_NAME = re.compile(r"(?<![A-Za-z0-9])H(\d\d)(?!\d)")
ROW = re.compile(r"^\| (H-\d\d) \| ([^|]+) \| ([^|]+) \| (\w+) \|(.*)\|$")


def expected_ids():
    return [f"H-{number:02}" for number in range(1, COUNT + 1)]


def evidence(root):
    """Hazard id -> sorted names of the tests that carry it."""
    return carried.evidence(root, ID_IN_NAME, lambda match: f"H-{match[1]}")


def check(root):
    """Findings about the table of the tree `root`."""
    tests = evidence(root)
    findings = []

    def find(line, message):
        findings.append(source_tree.Finding(TABLE, line, message))

    ids = []
    text = (pathlib.Path(root) / TABLE).read_text(encoding="utf-8")
    for line, content in enumerate(text.splitlines(), 1):
        if not content.startswith("| H-"):
            continue
        row = ROW.match(content)
        if not row:
            find(line, "not a row: | id | hazard | control | state | test |")
            continue
        hazard, _, _, state, column = row.groups()
        ids.append(hazard)
        names = tests.get(hazard, [])
        if state not in STATES:
            find(line, f"{hazard}: state is one of {', '.join(STATES)}, not {state}")
        if state in ("built", "partly") and not names:
            find(line, f"{hazard}: {state}, but no test carries its id")
        if state == "open" and names:
            find(line, f"{hazard}: {names[0]} holds some of it, but the row is open")
        if column.strip() != carried.test_column(names):
            find(line, f"{hazard}: the test column lags behind (run --fix)")
    if ids != expected_ids():
        missing = sorted(set(expected_ids()) - set(ids))
        find(1, f"the table must hold the {COUNT} ids once each, in order; it has {len(ids)}"
             + (f"; missing {', '.join(missing)}" if missing else ""))
    for hazard in sorted(set(tests) - set(expected_ids())):
        find(1, f"{tests[hazard][0]} carries {hazard}, which is no hazard")
    return findings


def fix(root):
    """Rewrites the test column of every row."""
    path = pathlib.Path(root) / TABLE
    tests = evidence(root)

    def rewrite(content):
        row = ROW.match(content)
        if not row:
            return content
        hazard, title, control, state, _ = row.groups()
        column = carried.test_column(tests.get(hazard, []))
        return f"| {hazard} | {title} | {control} | {state} |{' ' + column if column else ''} |"

    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(map(rewrite, lines)) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true", help="rewrite the test column")
    if parser.parse_args().fix:
        fix(source_tree.ROOT)
    held = sum(1 for names in evidence(source_tree.ROOT).values() if names)
    return source_tree.report("hazards", check(source_tree.ROOT),
                              f"{COUNT} hazards, {held} held by tests")


if __name__ == "__main__":
    sys.exit(main())
