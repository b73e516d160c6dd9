"""encoding/json over template values: Marshal, MarshalIndent and Unmarshal."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any

from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.floats import json_float
from iac_gym.formats.gotemplate.values import INVALID, Struct, go_type, is_integer, sorted_keys

_DEPTH = 100
_LONGEST = 1_000_000
_NODES = 30_000
_ESCAPED = re.compile(r'[\x00-\x1f"\\\u2028\u2029\udc80-\udcff]')
_ESCAPED_HTML = re.compile(r'[\x00-\x1f"\\\u2028\u2029<>&\udc80-\udcff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    if "\udc80" <= letter <= "\udcff":
        return "\\ufffd"
    return _SHORT.get(letter) or f"\\u{ord(letter):04x}"


class _Writer:
    """Writes one value; `indent` is None for one line."""

    def __init__(self, html: bool, indent: str | None) -> None:
        self.pattern = _ESCAPED_HTML if html else _ESCAPED
        self.indent = indent
        self.size = self.nodes = 0

    def text(self, value: str) -> str:
        return f'"{self.pattern.sub(_escape, value)}"'

    def write(self, value: Any, depth: int = 0) -> str:
        self.size += 1
        self.nodes += 1
        if depth > _DEPTH or self.size > _LONGEST or self.nodes > _NODES:
            raise Unbounded("the value is too large for JSON")
        if isinstance(value, str):
            self.size += len(value)
            return self.text(value)
        if value is None or value is INVALID:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if is_integer(value):
            return int.__repr__(value)
        if isinstance(value, float):
            if value - value != 0:
                raise FunctionError(f"json: unsupported value: {_special(value)}")
            return json_float(value)
        return self.composed(value, depth)

    def composed(self, value: Any, depth: int) -> str:
        """Write a map, a list, bytes or an object."""
        if isinstance(value, Struct):
            return self.write(value.plain(), depth + 1)
        if isinstance(value, dict):
            colon = ":" if self.indent is None else ": "
            parts = [
                f"{self.text(str(key))}{colon}{self.write(value[key], depth + 1)}"
                for key in sorted_keys(value)
            ]
            return self.joined("{", parts, "}", depth)
        if isinstance(value, bytes):
            return f'"{base64.b64encode(value).decode()}"'
        if isinstance(value, list):
            return self.joined("[", [self.write(item, depth + 1) for item in value], "]", depth)
        raise FunctionError(f"json: unsupported type: {go_type(value)}")

    def joined(self, opening: str, parts: list[str], closing: str, depth: int) -> str:
        if not parts or self.indent is None:
            return f"{opening}{','.join(parts)}{closing}"
        pad = "\n" + self.indent * (depth + 1)
        return f"{opening}{pad}{(',' + pad).join(parts)}\n{self.indent * depth}{closing}"


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def to_json(value: Any, html: bool = True, indent: str | None = None) -> str:
    """Return a value as json.Marshal writes it; raises `FunctionError` where Go cannot."""
    return _Writer(html, indent).write(value)


def _no_constant(text: str) -> Any:
    raise ValueError(f"invalid character '{text[0]}' looking for beginning of value")


def _number(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise ValueError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return value


def from_json(text: str) -> Any:
    """Return the value of a JSON text; raises `ValueError` with Go's kind of message."""
    if not text.strip(" \t\r\n"):
        raise ValueError("unexpected end of JSON input")
    if text.count("[") + text.count("{") > 5_000 and _deep(text):
        raise ValueError("exceeded max depth")
    try:
        return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip(" \t\r\n")):
            raise ValueError("unexpected end of JSON input") from None
        letter = text[error.pos]
        raise ValueError(f"invalid character {letter!r} looking for beginning of value") from None
    except RecursionError:
        raise ValueError("exceeded max depth") from None


def _deep(text: str) -> bool:
    depth = deepest = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest > 500
