"""The JSON syntax of HCL: JSON text to bodies, and JSON values to blocks.

Only a schema tells blocks from attributes there, so everything is an attribute until `json_blocks`
is asked. Strings are templates, names of properties are plain.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from iac_gym.formats.hcl.bodies import Parser
from iac_gym.formats.hcl.errors import MAX_DEPTH, TOO_DEEP, HclError
from iac_gym.formats.hcl.lexicon import SURROGATE
from iac_gym.formats.hcl.literals import composed, number
from iac_gym.formats.hcl.nodes import Attribute, Block, Body, Literal, Node, Object, Tuple

_BLANKS = re.compile(r"[ \t\r\n]*+").match
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+)("?)').match
_NUMBER = re.compile(r"[-+.0-9][-+.0-9eE]*+").match
_STRICT_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_WORD = re.compile(r"[A-Za-z][A-Za-z_]*+").match
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
#: A property of this name is a comment, in a body.
_COMMENT = "//"


class JsonReader:
    """Reads a text in JSON into nodes."""

    __slots__ = ("base", "depth", "pos", "text")

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.pos = self.depth = 0

    def fail(self, message: str, hint: str = "", at: int | None = None) -> NoReturn:
        """Refuse the text, at the next token or at another offset (without base)."""
        raise HclError(self.base + (self.pos if at is None else at), message, hint)

    def next(self) -> str:
        """The character that starts the next token; empty at the end."""
        match = _BLANKS(self.text, self.pos)
        self.pos = match.end() if match else self.pos
        return self.text[self.pos : self.pos + 1]

    def file(self) -> Node:
        """The one value of the text."""
        if not self.text.isascii() and (match := SURROGATE(self.text)):
            self.fail("half of a character pair", "the text must be valid UTF-8", match.start())
        node = self.value()
        if self.next():
            self.fail("more text after the end of the JSON value", "a file holds one JSON value")
        return node

    def value(self) -> Node:
        """The next value."""
        first = self.next()
        start = self.pos
        if first == '"':
            return self.template(start, self.string())
        if first == "{":
            return self.object()
        if first == "[":
            return self.array()
        if match := _NUMBER(self.text, start):
            value = number(match[0].lstrip("-")) if _STRICT_NUMBER(match[0]) else None
            if value is None:
                self.fail(f"`{match[0]}` is no JSON number", "as in 1, -0.5 or 1e3")
            self.pos = match.end()
            return Literal(self.base + start, -value if first == "-" else value)
        if match := _WORD(self.text, start):
            if match[0] not in _WORDS:
                self.fail(f"`{match[0]}` is no JSON value", 'write true, false, null or "text"')
            self.pos = match.end()
            return Literal(self.base + start, _WORDS[match[0]])
        if not first:
            self.fail("the JSON text ends too early", "close all braces and brackets")
        self.fail(
            f"`{first}` starts no JSON value",
            'known are {...}, [...], "text", numbers, true, false and null; no comments',
        )

    def string(self) -> str:
        """The text of the string that starts here."""
        match = _STRING(self.text, self.pos)
        if match is None:  # the caller saw its quote
            self.fail("a string must stand here")
        if not match[2]:
            at = match.end()
            if self.text.startswith("\\", at):
                self.fail("this is no escape in JSON", "known are \\n \\t \\r \\b \\f \\uXXXX", at)
            self.fail("this string is never closed", "strings end on their line; \\n in them", at)
        self.pos = match.end()
        if "\\" not in match[1]:
            return match[1]
        decoded: str = json.loads(match[0])
        # Half of a pair in escapes becomes the replacement character, as in the real parser.
        return re.sub("[\ud800-\udfff]", "\ufffd", decoded)

    def template(self, start: int, value: str) -> Node:
        """A string as a template. Escapes before it shift the places of what is inside."""
        if "{" not in value and "\r" not in value:
            return Literal(self.base + start, composed(value))
        parser = Parser(value, self.base + start + 1)
        parser.depth = self.depth
        node = parser.bare()
        node.at = self.base + start
        return node

    def enter(self) -> None:
        """Count one more level of nesting."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(*TOO_DEEP)
        self.pos += 1

    def object(self) -> Object:
        """The object that starts here."""
        opening = self.pos
        self.enter()
        items: list[tuple[Node, Node]] = []
        while self.next() != "}":
            if self.next() != '"':
                self.fail("the name of a property must be a string", 'write "name": ...')
            start = self.pos
            name = self.template(start, self.string())
            if self.next() != ":":
                self.fail("`:` must follow the name of a property")
            self.pos += 1
            items.append((name, self.value()))
            self.separator("}", opening)
        self.pos += 1
        self.depth -= 1
        return Object(self.base + opening, items)

    def array(self) -> Tuple:
        """The array that starts here."""
        opening = self.pos
        self.enter()
        items: list[Node] = []
        while self.next() != "]":
            items.append(self.value())
            self.separator("]", opening)
        self.pos += 1
        self.depth -= 1
        return Tuple(self.base + opening, items)

    def separator(self, closer: str, opening: int) -> None:
        """Read the comma between two items; leave the closing bracket."""
        found = self.next()
        if found == ",":
            self.pos += 1
            if self.next() == closer:
                self.fail(f"a comma before `{closer}`", "JSON has no trailing commas")
        elif not found:
            self.fail(f"no `{closer}` closes this", "close all braces and brackets", opening)
        elif found != closer:
            self.fail(f"`,` or `{closer}` must follow, not `{found}`")


def _items(node: Node, what: str) -> list[tuple[Node, Node]]:
    """The properties of an object, or of all objects of an array; none of null."""
    if isinstance(node, Object):
        return node.items
    if isinstance(node, Literal) and node.value is None:
        return []
    if not isinstance(node, Tuple):
        raise HclError(node.at, f"an object must stand here, with {what}", "write {...}")
    items: list[tuple[Node, Node]] = []
    for item in node.items:
        if not isinstance(item, Object):
            raise HclError(item.at, f"an object must stand here, with {what}", "write {...}")
        items += item.items
    return items


def _name(key: Node) -> str:
    """The name of a property of a body or of a label."""
    if isinstance(key, Literal) and isinstance(key.value, str):
        return key.value
    raise HclError(key.at, "this name must be plain text", "no ${...} and no %{...} in names")


def _body(node: Node, end: int, *, merge: bool = False) -> Body:
    """A value as a body. With `merge` a property may occur twice: it must be of blocks then."""
    attributes: dict[str, Attribute] = {}
    for key, value in _items(node, "arguments and blocks"):
        name = _name(key)
        if name == _COMMENT:
            continue
        first = attributes.get(name)
        if first is None:
            attributes[name] = Attribute(key.at, name, value)
        elif merge:
            both = _listed(first.value) + _listed(value)
            first.value = Tuple(first.value.at, both)
        else:
            raise HclError(key.at, f"`{name}` is set twice", "name each property once")
    return Body(node.at, attributes, [], end, json=True)


def _listed(node: Node) -> list[Node]:
    return node.items if isinstance(node, Tuple) else [node]


def _unique(node: Node) -> None:
    """Refuse an object in a value that has a property twice."""
    waiting = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tuple):
            waiting += value.items
        elif isinstance(value, Object):
            seen: set[str] = set()
            for key, inner in value.items:
                waiting.append(inner)
                name = key.value if isinstance(key, Literal) else None
                if not isinstance(name, str) or name == _COMMENT:
                    continue
                if name in seen:
                    raise HclError(key.at, f"`{name}` is set twice", "name each property once")
                seen.add(name)


def parse_json(text: str, base: int = 0) -> Body:
    """The tree of a text in JSON syntax; every property of it is an attribute.

    Objects below are `Object`, arrays `Tuple`, strings what they are as templates. A property of
    the outermost object that occurs twice has all its values, as a `Tuple`. Raises HclError.
    """
    reader = JsonReader(text, base)
    try:
        node = reader.file()
    except RecursionError:
        raise HclError(base + reader.pos, "nested too deeply") from None
    if not isinstance(node, Object | Tuple):
        raise HclError(node.at, "the outermost JSON value must be an object", "write {...}")
    return _body(node, base + len(text), merge=True)


def json_blocks(
    node: Node, type: str, labels: int, problems: list[HclError] | None = None
) -> list[Block]:
    """A value of the JSON syntax as blocks of this type, which have so many labels.

    Labels are names of nested objects; the innermost value is one object, or an array of them.
    Where it is neither, raises HclError; or, where a list for `problems` is given, adds the error
    to it and returns the blocks before.
    """
    found: list[Block] = []
    try:
        _unpack(node, type, labels, [], found)
    except HclError as error:
        if problems is None:
            raise
        problems.append(error)
    return found


def _unpack(node: Node, type: str, left: int, used: list[str], found: list[Block]) -> None:
    if left:
        items = _items(node, f"the labels of `{type}` blocks")
        if not items:
            raise HclError(node.at, f"a `{type}` block needs {left} more label(s)")
        for key, value in items:
            _unpack(value, type, left - 1, [*used, _name(key)], found)
    elif isinstance(node, Tuple):
        for item in node.items:
            found.append(_block(item, type, used))
    elif isinstance(node, Object):
        found.append(_block(node, type, used))
    elif not (isinstance(node, Literal) and node.value is None):
        message = f"an object or an array of objects must stand here, with `{type}` blocks"
        raise HclError(node.at, message, "write {...}")


def _block(node: Node, type: str, labels: list[str]) -> Block:
    body = _body(node, node.at)
    for attribute in body.attributes.values():
        _unique(attribute.value)
    return Block(node.at, type, list(labels), body)
