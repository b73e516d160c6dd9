"""Text of an expression -> tokens, as the service's lexical analyzer cuts it."""

from __future__ import annotations

import math
import re
from typing import Any

#: The longest expression that the service reads, and how deep it may be nested.
MOST_CHARACTERS = 21_000
MOST_DEPTH = 50


class ExpressionError(Exception):
    """The text is no expression: what is wrong, and at which offset of the text."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


#: One token: its kind (the symbol itself, or one of name, value and end), its value, its offset.
Token = tuple[str, Any, int]

#: What ends a name; a number ends there too, but for a dot.
_BOUNDARY = r"\s()\[\],.!<>=&|"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<name>[A-Za-z_][A-Za-z0-9_-]*)(?=[{_BOUNDARY}]|\Z)
    | (?P<string>'[^']*(?:''[^']*)*')
    | (?P<symbol>[=!<>]=|&&|\|\||[()\[\],*!<>])
    | (?P<dot>\.)
    | (?P<number>[-+0-9][^\s()\[\],!<>=&|]*)
    | (?P<other>.[^{_BOUNDARY}]*)
    | \Z)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"[-+.0-9][^\s()\[\],!<>=&|]*")
_DECIMAL = re.compile(r"[-+]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)", re.ASCII)
_OTHER_BASE = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_BASES = {"x": 16, "o": 8, "b": 2}

#: Words that are values, except behind a dot.
WORDS = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": math.nan,
    "Infinity": math.inf,
}
#: What the brackets do to the depth; the parser counts more than these.
_DEEPER = {"(": 1, "[": 1, ")": -1, "]": -1}
#: Behind these a dot reads a property; elsewhere it starts a number.
_HAS_PROPERTIES = frozenset(("name", ")", "]", "*"))


def number(text: str) -> float:
    """Read a number as the service coerces text: '' is 0, `0x1f` is 31, anything else is NaN."""
    text = text.strip()
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text.replace("Infinity", "inf"))
    if _OTHER_BASE.fullmatch(text):
        try:
            return float(int(text[2:], _BASES[text[1].lower()]))
        except OverflowError:
            return math.inf
    return math.nan


def _number_token(text: str, offset: int) -> Token:
    value = number(text)
    if math.isnan(value):
        raise ExpressionError(f"`{text[:40]}` is no number", offset)
    return "value", value, offset


def _end_of_number(text: str, start: int) -> int:
    match = _NUMBER.match(text, start)
    return match.end() if match else start + 1


def _unexpected(text: str, offset: int) -> ExpressionError:
    if text.startswith("'"):
        return ExpressionError("the string is not closed", offset, "close it with `'`")
    if text.startswith('"'):
        hint = "strings of expressions stand in single quotes"
    elif text[0] in "=&|":
        hint = f"write `{text[0] * 2}`"
    else:
        hint = ""
    return ExpressionError(f"`{text[:40]}` is not expected here", offset, hint)


def tokens(text: str) -> list[Token]:
    """Cut an expression into tokens, the last of kind "end". Raises `ExpressionError`."""
    if len(text) > MOST_CHARACTERS:
        message = f"the expression has {len(text)} characters; at most {MOST_CHARACTERS} are read"
        raise ExpressionError(message, 0)
    found: list[Token] = []
    last, position, depth = "", 0, 0
    match_at = _TOKEN.match
    while (match := match_at(text, position)) is not None and match.lastgroup is not None:
        kind = match.lastgroup
        start, position = match.span(kind)
        token = _token(kind, text[start:position], last, start)
        if token is None:
            position = _end_of_number(text, start)
            token = _number_token(text[start:position], start)
        found.append(token)
        last = token[0]
        if last in _DEEPER:
            depth += _DEEPER[last]
            if depth > MOST_DEPTH:
                message = f"the expression is nested deeper than {MOST_DEPTH} levels"
                raise ExpressionError(message, start)
    found.append(("end", None, len(text)))
    return found


def _token(kind: str, raw: str, last: str, start: int) -> Token | None:
    """Make a token; None for a dot that starts a number."""
    if kind == "name":
        if raw in WORDS and last != ".":
            return "value", WORDS[raw], start
        return "name", raw, start
    if kind == "symbol":
        return raw, raw, start
    if kind == "dot":
        return (".", raw, start) if last in _HAS_PROPERTIES else None
    if kind == "string":
        return "value", raw[1:-1].replace("''", "'"), start
    if kind == "number":
        return _number_token(raw, start)
    raise _unexpected(raw, start)
