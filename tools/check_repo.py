#!/usr/bin/env python3
"""What must hold for the repository as a whole, whatever the language.

Licence text, folders that the README names, file sizes, no real person's phone number or e-mail,
clean white space, scripts that at least parse.

    tools/check_repo.py                prints path:line: what is wrong
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import source_tree  # noqa: E402

# The full text of Apache 2.0, as published and as in /usr/share/common-licenses.
LICENSE_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"

FILE_BYTES_MAX = 1_000_000

# Written by tools; their digests and numbers mean nothing to the rules about people.
GENERATED = {"package-lock.json"}

SOURCE_SUFFIXES = {".h", ".cpp", ".py", ".sh", ".cmake", ".proto", ".lua", ".sql", ".ts", ".css",
                   ".html", ".md", ".txt", ".yaml", ".yml", ".json", ".conf", ".service"}
SOURCE_NAMES = {".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", "Dockerfile"}

# A French number in national or international form.
PHONE = re.compile(r"(?<![\w.+-])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)([1-9](?:[ .-]?\d\d){4})(?![\w-]|\.\d)")
# Not a number that somebody dials, but the list of digits of every parser.
DIGITS = "0123456789"
# Ranges that the regulator ARCEP keeps for works of fiction.
PHONE_FICTION = re.compile(r"(?:19900|26191|35301|46571|53649|63998)\d{4}")

EMAIL = re.compile(r"(?<![\\\w])[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b")
# Reserved for examples (RFC 2606, RFC 6761), and the names of a cluster's own services.
# Secure mailboxes are of one domain only; none is below its essai.
EMAIL_EXAMPLE = re.compile(r"(?:.+\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local|essai\.mssante\.fr)"
                           r"|.+\.(?:service|timer|socket|svc)")

README_FOLDER = re.compile(r"`([\w.][\w./-]*/)`")
README_TREE = re.compile(r"^(\s*)([\w.][\w./-]*/)(?:\s|$)")


def readme_folders(text):
    """(line, folder) for each folder in backticks or at the start of a line of a fenced tree."""
    parents = []
    fenced = False
    for line, content in enumerate(text.splitlines(), 1):
        if content.startswith("```"):
            fenced = not fenced
            parents = []
        elif fenced:
            branch = README_TREE.match(content)
            if branch:
                indent = len(branch.group(1))
                parents = [(depth, name) for depth, name in parents if depth < indent]
                parents.append((indent, branch.group(2)))
                yield line, "".join(name for _, name in parents)
        else:
            for folder in README_FOLDER.findall(content):
                yield line, folder


def first_line(data):
    return data.split(b"\n", 1)[0].decode("utf-8", "replace")


def check_people(path, text):
    """Numbers and addresses that may belong to somebody."""
    for match in PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group(1))
        if match.group(0) != DIGITS and not PHONE_FICTION.fullmatch(digits):
            yield source_tree.Finding(
                path, source_tree.line_of(text, match.start()),
                "may be somebody's phone number: use a range kept for fiction, such as 01 99 00 xx xx")
    for match in EMAIL.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        in_url = re.search(r"://[^\s]*$", text[start:match.start()])
        if not in_url and not EMAIL_EXAMPLE.fullmatch(match.group(1)):
            yield source_tree.Finding(
                path, source_tree.line_of(text, match.start()),
                "may be somebody's e-mail: use a domain under .example")


def check_white_space(path, text):
    for line, content in enumerate(text.split("\n"), 1):
        if content != content.rstrip():
            yield source_tree.Finding(path, line, "white space at the end of the line")
        elif "\t" in content:
            yield source_tree.Finding(path, line, "tab: use spaces, or \\t in a literal")
    if text and not text.endswith("\n"):
        yield source_tree.Finding(path, text.count("\n") + 1, "no newline at the end of the file")


def check_python(path, text):
    try:
        compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        yield source_tree.Finding(path, error.lineno or 1, f"does not compile: {error.msg}")


def check_shell(root, paths):
    """One run of shellcheck over all scripts; nothing when it is not installed."""
    if not paths or not shutil.which("shellcheck"):
        return
    run = subprocess.run(["shellcheck", "--external-sources", "--format=gcc", *paths], cwd=root,
                         capture_output=True, text=True)
    for content in run.stdout.splitlines():
        path, line, _, message = content.split(":", 3)
        yield source_tree.Finding(path, int(line), message.strip())
    if run.returncode > 1:
        yield source_tree.Finding(paths[0], 1, f"shellcheck: {run.stderr.strip()}")


def check_root(root, paths):
    """Licence and README."""
    if "LICENSE" not in paths:
        yield source_tree.Finding("LICENSE", 1, "missing: the full text of Apache 2.0")
    elif hashlib.sha256((root / "LICENSE").read_bytes()).hexdigest() != LICENSE_SHA256:
        yield source_tree.Finding("LICENSE", 1, "is not the full text of Apache 2.0")
    if "README.md" not in paths:
        yield source_tree.Finding("README.md", 1, "missing: what it is, quick start, map of folders")
        return
    for line, folder in readme_folders((root / "README.md").read_text(encoding="utf-8")):
        # Build products come and go.
        if not folder.startswith("build/") and not any(path.startswith(folder) for path in paths):
            yield source_tree.Finding("README.md", line, f"names {folder}, which does not exist")


def check(root):
    """Findings about the tree `root`, and how many files were read."""
    root = pathlib.Path(root)
    paths = source_tree.files(root)
    findings = list(check_root(root, paths))
    scripts = []
    for path in paths:
        data = (root / path).read_bytes()
        name, suffix = pathlib.PurePosixPath(path).name, pathlib.PurePosixPath(path).suffix
        if len(data) > FILE_BYTES_MAX:
            findings.append(source_tree.Finding(
                path, 1, f"{len(data)} bytes, at most {FILE_BYTES_MAX}: generate it or keep it elsewhere"))
            continue
        interpreter = first_line(data) if data.startswith(b"#!") else ""
        is_python = suffix == ".py" or "python" in interpreter
        is_shell = suffix == ".sh" or interpreter.endswith(("sh", "bash"))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if suffix in SOURCE_SUFFIXES or is_python or is_shell:
                findings.append(source_tree.Finding(path, 1, "is not UTF-8"))
            continue
        if "\0" in text:
            continue
        if name not in GENERATED and path != "LICENSE":
            findings.extend(check_people(path, text))
        if is_python or is_shell or suffix in SOURCE_SUFFIXES or name in SOURCE_NAMES:
            findings.extend(check_white_space(path, text))
        if is_python:
            findings.extend(check_python(path, text))
        if is_shell:
            scripts.append(path)
        if interpreter and not (root / path).stat().st_mode & 0o111:
            findings.append(source_tree.Finding(path, 1, "starts with #! but is not executable"))
    findings.extend(check_shell(root, scripts))
    return findings, len(paths)


def main():
    findings, checked = check(source_tree.ROOT)
    return source_tree.report("repository", findings, f"{checked} files")


if __name__ == "__main__":
    sys.exit(main())
