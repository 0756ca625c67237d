#!/usr/bin/env python3
"""Holds the table of error reasons in proto/README.md against the code, both ways.

A reason is an UPPER_SNAKE literal inside a call that makes a refusal. Each must stand in the table; each
row of the table must exist in the code, so that a client never waits for a reason that cannot come.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import source_tree  # noqa: E402

TABLE = "proto/README.md"
# Functions that build a refusal from a reason; small local ones that pass a reason on end alike.
MAKER = re.compile(r"\b\w*(?:Fail|FailRetryable|InvalidField|Refus\w*|Invalid|Lost|Violation)\w*\s*\(")
LITERAL = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|OVERLOADED|DRAINING|INTERNAL)"')
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \|", re.M)
CALL_LENGTH_MAX = 240  # A reason stands among the first arguments.


def used(text):
    """Reasons in a source, with the offset of each."""
    for call in MAKER.finditer(text):
        end = text.find(";", call.end())
        for literal in LITERAL.finditer(text, call.end(), min(end, call.end() + CALL_LENGTH_MAX)):
            yield literal.group(1), literal.start()


def check(root):
    table = set(ROW.findall((pathlib.Path(root) / TABLE).read_text()))
    findings, seen = [], set()
    sources = [name for name in source_tree.files(root)
               if name.startswith(("common/", "services/")) and name.endswith((".cpp", ".h"))
               and not name.startswith("common/testing/")]
    everything = ""
    for name in sources:
        text = (pathlib.Path(root) / name).read_text()
        everything += text
        for reason, offset in used(text):
            seen.add(reason)
            if reason not in table:
                findings.append(source_tree.Finding(
                    name, source_tree.line_of(text, offset),
                    f"{reason} is not in the table of {TABLE}: say when it comes and what to do"))
    for reason in sorted(table - seen):
        if f'"{reason}"' not in everything:
            findings.append(source_tree.Finding(TABLE, 1, f"{reason} is in the table and nowhere else"))
    return findings, len(table)


def main():
    findings, count = check(source_tree.ROOT)
    return source_tree.report("check_reasons", findings, f"{count} reasons")


if __name__ == "__main__":
    sys.exit(main())
