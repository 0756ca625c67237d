"""Reads the part of the proto3 grammar that our checks need: elements, their place, their comments."""

import dataclasses
import re

TOKEN = re.compile(r"(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
                   r"|(?P<word>[A-Za-z0-9_.+-]+)|(?P<mark>[^\sA-Za-z0-9_])", re.S)


@dataclasses.dataclass
class Element:
    """A message, field, oneof, enum, value, service or rpc."""

    kind: str
    name: str
    line: int
    documented: bool
    number: str = ""
    request: str = ""
    response: str = ""
    request_streams: bool = False
    children: list = dataclasses.field(default_factory=list)

    def field_names(self):
        """Fields of a message, those of its oneofs included."""
        names = set()
        for child in self.children:
            if child.kind == "field":
                names.add(child.name)
            elif child.kind == "oneof":
                names |= child.field_names()
        return names


@dataclasses.dataclass
class ProtoFile:
    path: str
    package: str = ""
    elements: list = dataclasses.field(default_factory=list)

    def walk(self):
        """Every element with the dotted name of its parent, outermost first."""
        waiting = [("", element) for element in self.elements]
        while waiting:
            parent, element = waiting.pop(0)
            yield parent, element
            inner = f"{parent}.{element.name}" if parent else element.name
            waiting[:0] = [(inner, child) for child in element.children]


class _Reader:
    """Tokens with lines; knows whether a comment stands directly above the next token."""

    def __init__(self, text):
        self.tokens = []  # (text, line, documented)
        previous_line = 0
        comment_end = 0
        for match in TOKEN.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if match.lastgroup == "comment":
                end = line + match.group(0).count("\n")
                # A comment after code on the same line belongs to that code, not to what follows.
                if line != previous_line and re.search(r"\w", match.group(0)):
                    comment_end = end
                continue
            self.tokens.append((match.group(0), line, comment_end and line - comment_end <= 1))
            comment_end = 0
            previous_line = line
        self.at = 0

    def peek(self):
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self):
        token = self.tokens[self.at]
        self.at += 1
        return token

    def until(self, end):
        """Words up to `end`, which is taken and left out."""
        words = []
        while (word := self.take()[0]) != end:
            words.append(word)
        return words

    def skip_statement(self):
        """Leaves behind `... ;` or `... { ... }`."""
        depth = 0
        while True:
            word = self.take()[0]
            depth += (word in "{[(") - (word in "}])")
            if depth == 0 and word in (";", "}"):
                return


def _body(reader, kind):
    """Children of the block whose `{` comes next."""
    reader.until("{")
    children = []
    while reader.peek() != "}":
        if reader.peek() in ("option", "reserved", "extensions", "extend"):
            reader.skip_statement()
        elif reader.peek() == ";":
            reader.take()
        elif reader.peek() in ("message", "enum", "oneof"):
            children.append(_block(reader))
        elif kind == "service":
            children.append(_rpc(reader))
        else:
            children.append(_field(reader, "value" if kind == "enum" else "field"))
    reader.take()
    return children


def _block(reader):
    kind, line, documented = reader.take()
    name = reader.take()[0]
    return Element(kind, name, line, bool(documented), children=_body(reader, kind))


def _field(reader, kind):
    _, line, documented = reader.tokens[reader.at]
    words = reader.until(";")
    equals = words.index("=")
    return Element(kind, words[equals - 1], line, bool(documented), number=words[equals + 1])


def _rpc(reader):
    _, line, documented = reader.take()
    name = reader.take()[0]
    reader.take()
    request = reader.until(")")
    reader.until("(")
    response = reader.until(")")[-1]
    if reader.take()[0] == "{":
        reader.until("}")
    return Element("rpc", name, line, bool(documented), request=request[-1],
                   response=response, request_streams="stream" in request)


def parse(path, text):
    """The elements of one file. Expects what protoc accepts: run the compiler for real errors."""
    reader = _Reader(text)
    proto = ProtoFile(path)
    while reader.peek():
        if reader.peek() in ("message", "enum", "service"):
            proto.elements.append(_block(reader))
        elif reader.peek() == "package":
            reader.take()
            proto.package = reader.take()[0]
            reader.take()
        else:
            reader.skip_statement()
    return proto
