"""Reads CEL, the expression language of definitions, into trees of tuples.

A tree is ("lit", value), ("name", x), ("get", tree, field), ("at", tree, tree), ("call", name,
target or None, arguments), ("has", tree, field), ("macro", name, target, variable, bodies),
("not"|"neg", tree), ("if", c, a, b), ("list", trees), ("map", pairs) or (operator, left, right).
Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""

from __future__ import annotations

import re
from typing import Any

Tree = tuple[Any, ...]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.\d+(?:[eE][-+]?\d+)?|0[xX][0-9a-fA-F]+|\d+)[uU]?
  | (?P<text>[rR]?(?:\"{3}.*?\"{3}|\'{3}.*?\'{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<mark>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])
  )""",
    re.VERBOSE | re.DOTALL,
)
_MACROS = frozenset("all exists exists_one existsOne filter map".split())
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!=", "<", "<=", ">", ">=", "in"),
    ("+", "-"),
    ("*", "/", "%"),
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPED_NAME = re.compile(r"__(\w+?)__")
_SPECIAL = {"dot": ".", "dash": "-", "slash": "/", "underscores": "__"}
_WORDS = {"true": True, "false": False, "null": None}


class CelError(Exception):
    """A rule that cannot be read, or whose evaluation fails."""


def parse(text: str) -> Tree:
    """Parse an expression. Raises `CelError`."""
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise CelError(f"unknown character {text[place]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _text(raw: str) -> str:
    plain = raw[0] in "rR"
    body = raw[1:] if plain else raw
    width = 3 if body[:3] in ("'''", '"""') else 1
    body = body[width:-width]
    if plain:
        return body
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), body, flags=re.DOTALL)


def _field(name: str) -> str:
    """Undo the escaping of names that CEL reserves: `__namespace__`, `a__dash__b`."""
    return _ESCAPED_NAME.sub(lambda m: _SPECIAL.get(m[1], m[1]), name) if "__" in name else name


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.place = 0

    def whole(self) -> Tree:
        tree = self.choice()
        if self.place < len(self.tokens):
            raise CelError("text after the expression")
        return tree

    def peek(self) -> str:
        """Return the next mark or name, '' at the end or for a literal."""
        if self.place >= len(self.tokens):
            return ""
        sort, text = self.tokens[self.place]
        return text if sort in ("mark", "name") else ""

    def take(self, wanted: str) -> bool:
        if self.peek() == wanted:
            self.place += 1
            return True
        return False

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise CelError(f"{wanted} is missing")

    def choice(self) -> Tree:
        condition = self.level(0)
        if not self.take("?"):
            return condition
        first = self.level(0)
        self.need(":")
        return ("if", condition, first, self.choice())

    def level(self, depth: int) -> Tree:
        if depth == len(_LEVELS):
            return self.unary()
        left = self.level(depth + 1)
        while (mark := self.peek()) in _LEVELS[depth]:
            self.place += 1
            left = (mark, left, self.level(depth + 1))
        return left

    def unary(self) -> Tree:
        if self.take("!"):
            return ("not", self.unary())
        if self.take("-"):
            return ("neg", self.unary())
        return self.member()

    def member(self) -> Tree:
        tree = self.primary()
        while True:
            if self.take("."):
                tree = self.after_dot(tree)
            elif self.take("["):
                tree = ("at", tree, self.choice())
                self.need("]")
            else:
                return tree

    def after_dot(self, target: Tree) -> Tree:
        name = self.name()
        if not self.take("("):
            return ("get", target, _field(name))
        arguments = self.arguments(")")
        if name in _MACROS and len(arguments) > 1 and arguments[0][0] == "name":
            return ("macro", name, target, arguments[0][1], arguments[1:])
        return ("call", name, target, arguments)

    def name(self) -> str:
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "name":
            self.place += 1
            return self.tokens[self.place - 1][1]
        raise CelError("a name is missing")

    def arguments(self, end: str) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while not self.take(end):
            found.append(self.choice())
            if not self.take(","):
                self.need(end)
                break
        return tuple(found)

    def primary(self) -> Tree:
        if self.place >= len(self.tokens):
            raise CelError("the expression ends too early")
        sort, text = self.tokens[self.place]
        self.place += 1
        if sort == "number":
            return ("lit", float(text) if "." in text else int(text, 0))
        if sort == "text":
            return ("lit", _text(text))
        if sort == "name":
            return self.named(text)
        if text == "(":
            tree = self.choice()
            self.need(")")
            return tree
        if text == "[":
            return ("list", self.arguments("]"))
        if text == "{":
            return self.mapping()
        raise CelError(f"unexpected {text}")

    def named(self, text: str) -> Tree:
        if text in _WORDS:
            return ("lit", _WORDS[text])
        if not self.take("("):
            return ("name", text)
        arguments = self.arguments(")")
        if text == "has":
            if len(arguments) != 1 or arguments[0][0] != "get":
                raise CelError("has() takes a field")
            return ("has", arguments[0][1], arguments[0][2])
        return ("call", text, None, arguments)

    def mapping(self) -> Tree:
        pairs: list[tuple[Tree, Tree]] = []
        while not self.take("}"):
            key = self.choice()
            self.need(":")
            pairs.append((key, self.choice()))
            if not self.take(","):
                self.need("}")
                break
        return ("map", tuple(pairs))
