#!/usr/bin/env python3
"""Holds the table of refusals in proto/README.md against the code.

    tools/check_reasons.py          every reason in the code has its row, and no row is an orphan
    tools/check_reasons.py --fix    rewrites the table from the code

A reason is an UPPER_SNAKE literal inside a call that makes a refusal; its row shows the canonical code and
the message that goes with it, which says what happened and what to do. A reason that only a small local
function passes on has no message beside it: its row keeps what a person wrote.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import source_tree  # noqa: E402

TABLE = "proto/README.md"
BEGIN, END = "<!-- refusals -->", "<!-- end of refusals -->"
# Functions that build a refusal from a reason; small local ones that pass a reason on end alike.
MAKER = re.compile(r"\b\w*(?:Fail|FailRetryable|InvalidField|Refus\w*|Invalid|Lost|Violation|Forbidden)\w*\s*\(")
REASON = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|OVERLOADED|DRAINING|INTERNAL)"')
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
CODE = re.compile(r"StatusCode::k(\w+)")
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.*?) \| (.*?) \|$", re.M)
CALL_LENGTH_MAX = 700


def call_of(text, start):
    """The arguments of the call that opens before `start`, up to its closing parenthesis."""
    depth, at, quoted = 1, start, False
    while at < len(text) and depth and at - start < CALL_LENGTH_MAX:
        char = text[at]
        if char == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (char == "(") - (char == ")")
        at += 1
    return text[start:at - 1]


def message_of(arguments):
    """The literal text after the reason; `…` stands where the code puts a value."""
    before_metadata = re.split(r",\s*\{\{", arguments, maxsplit=1)[0]
    words = [word for word in TEXT.findall(before_metadata) if " " in word.strip()]
    pieces = re.sub(r"\s+", " ", "".join(words)).strip()
    return pieces.replace("|", "/")


def upper_snake(camel):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel).upper()


def used(text):
    """(reason, offset, code, message) of each refusal in a source."""
    for maker in MAKER.finditer(text):
        arguments = call_of(text, maker.end())
        for reason in REASON.finditer(arguments[:240]):
            code = CODE.search(arguments)
            known = upper_snake(code.group(1)) if code else (
                "INVALID_ARGUMENT" if "InvalidField" in maker.group(0) else "")
            yield (reason.group(1), maker.end() + reason.start(), known,
                   message_of(arguments[reason.end():]))


def read(root):
    """{reason: (path, line, code, message)} of the whole tree; the fullest row of each wins."""
    found, literals = {}, ""
    for name in source_tree.files(root):
        if (not name.startswith(("common/", "services/")) or not name.endswith((".cpp", ".h"))
                or name.startswith("common/testing/")):
            continue
        text = (pathlib.Path(root) / name).read_text(encoding="utf-8")
        literals += text
        for reason, offset, code, message in used(text):
            old = found.get(reason)
            if old is None or len(old[2]) + len(old[3]) < len(code) + len(message):
                found[reason] = (name, source_tree.line_of(text, offset), code, message)
    return found, literals


def table(found, rows):
    lines = ["| reason | code | what is said |", "|---|---|---|"]
    for reason in sorted(found):
        _, _, code, message = found[reason]
        old_code, old_message = rows.get(reason, ("", ""))
        lines.append(f"| `{reason}` | {code or old_code} | {message or old_message} |")
    return "\n".join(lines)


def check(root, fix=False):
    path = pathlib.Path(root) / TABLE
    readme = path.read_text(encoding="utf-8")
    rows = {reason: (code, message) for reason, code, message in ROW.findall(readme)}
    found, literals = read(root)
    for reason in rows:  # Passed on by a function that this check does not know: a person's row.
        if reason not in found and f'"{reason}"' in literals:
            found[reason] = (TABLE, 1, *rows[reason])
    if fix:
        head, rest = readme.split(BEGIN, 1)
        path.write_text(head + BEGIN + "\n" + table(found, rows) + "\n" + END + rest.split(END, 1)[1],
                        encoding="utf-8")
        return [], len(found)
    findings = [source_tree.Finding(name, line, f"{reason} is not in {TABLE}: run tools/check_reasons.py --fix")
                for reason, (name, line, _, _) in found.items() if reason not in rows]
    findings += [source_tree.Finding(TABLE, 1, f"{reason} is in the table and nowhere else")
                 for reason in rows if reason not in found]
    return findings, len(rows)


def main():
    findings, count = check(source_tree.ROOT, "--fix" in sys.argv[1:])
    return source_tree.report("reasons", findings, f"{count} reasons")


if __name__ == "__main__":
    sys.exit(main())
