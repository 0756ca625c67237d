#!/usr/bin/env python3
"""House rules of the protos that no linter knows (proto/README.md gives the reasons).

Every element has a comment above it; every unary write has a `request_id`; every
List is paged; every enum starts with `_UNSPECIFIED`; the package is the folder.

    tools/check_proto.py               prints path:line: what is wrong
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
import proto_file  # noqa: E402
import source_tree  # noqa: E402

FOLDER = "proto/"

# A method whose name starts otherwise changes something.
READING = re.compile(r"(?:Get|List|Search|Query|Watch|Check|Count|Evaluate)(?=[A-Z]|$)")


def messages_of(protos):
    """Full name -> message, nested ones included."""
    found = {}
    for proto in protos:
        for parent, element in proto.walk():
            if element.kind == "message":
                name = f"{parent}.{element.name}" if parent else element.name
                found[f"{proto.package}.{name}"] = element
    return found


def check_rpc(proto, rpc, messages):
    """What is wrong with one method, in words."""

    def fields(name):
        message = messages.get(f"{proto.package}.{name}") or messages.get(name.lstrip("."))
        return message.field_names() if message else set()

    # A stream of changes numbers its messages instead.
    writes = not READING.match(rpc.name) and not rpc.request_streams
    if writes and "request_id" not in fields(rpc.request):
        yield f"{rpc.name} changes something: {rpc.request} needs a request_id"
    if re.match(r"List(?=[A-Z]|$)", rpc.name):
        for name in ("page_size", "page_token"):
            if name not in fields(rpc.request):
                yield f"{rpc.name} lists: {rpc.request} needs {name}"
        if "next_page_token" not in fields(rpc.response):
            yield f"{rpc.name} lists: {rpc.response} needs next_page_token"


def check_file(proto, messages):
    """Findings about one file."""
    folder = pathlib.PurePosixPath(proto.path).parent.relative_to(FOLDER.rstrip("/"))
    if proto.package != folder.as_posix().replace("/", "."):
        yield source_tree.Finding(
            proto.path, 1, f"package {proto.package or '(none)'} in folder {folder}: make them agree")
    for parent, element in proto.walk():
        messages_found = []
        if not element.documented:
            messages_found.append(f"{element.kind} {element.name} has no comment above it")
        if element.kind == "rpc":
            messages_found.extend(check_rpc(proto, element, messages))
        if element.kind == "enum":
            zero = [value for value in element.children if int(value.number, 0) == 0]
            if not zero or not zero[0].name.endswith("_UNSPECIFIED"):
                messages_found.append(f"enum {element.name}: the value 0 must end in _UNSPECIFIED")
        for message in messages_found:
            where = f"{parent}: " if parent else ""
            yield source_tree.Finding(proto.path, element.line, where + message)


def check(root):
    """Findings about proto/ of the tree `root`, and how many files were read."""
    protos = [
        proto_file.parse(path, (pathlib.Path(root) / path).read_text(encoding="utf-8"))
        for path in source_tree.files(root)
        if path.startswith(FOLDER) and path.endswith(".proto")
    ]
    messages = messages_of(protos)
    return [finding for proto in protos for finding in check_file(proto, messages)], len(protos)


def main():
    findings, checked = check(source_tree.ROOT)
    return source_tree.report("proto", findings, f"{checked} files")


if __name__ == "__main__":
    sys.exit(main())
