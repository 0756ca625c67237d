"""Which files the checks look at, and how a finding is printed. Used by every tools/check_*.py."""

import dataclasses
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Folders that hold nothing written by hand, for trees that are not a git checkout.
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache"}


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """One broken rule: where, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def files(root=ROOT):
    """Paths relative to `root` of all files of the project, tracked or not yet, sorted.

    What .gitignore excludes is left out. Outside of a git checkout (the checks' own tests) every
    file counts.
    """
    root = pathlib.Path(root)
    if (root / ".git").exists():
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout
        found = {name for name in listed.split("\0") if name and (root / name).is_file()}
    else:
        found = {
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file() and not SKIPPED_FOLDERS & set(path.relative_to(root).parts)
        }
    return sorted(found)


# Raw strings first: a quote or a // inside one must not be taken for a start.
COMMENT_OR_LITERAL = re.compile(
    r"""R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)"|//[^\n]*|/\*.*?\*/"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", re.S)


def without_comments(text):
    """C++ text with comments and literals blanked; offsets and line numbers stay as they were."""
    return COMMENT_OR_LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def line_of(text, offset):
    """Number of the line, from 1, that holds `offset`."""
    return text.count("\n", 0, offset) + 1


def report(name, findings, checked):
    """Prints the findings and returns the exit code of a check."""
    for finding in sorted(set(findings)):
        print(finding, file=sys.stderr)
    if findings:
        print(f"{name}: {len(set(findings))} findings", file=sys.stderr)
        return 1
    print(f"{name}: {checked}, nothing to report")
    return 0
