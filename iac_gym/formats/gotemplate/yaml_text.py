"""YAML as sigs.k8s.io/yaml writes it (go-yaml v2), and as go-yaml v3 does for toYamlPretty.

Values go through JSON first, as there: numbers are those that JSON's text reads back as.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import cmp_to_key, lru_cache
from typing import Any

from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.floats import format_g
from iac_gym.formats.gotemplate.numbers import LARGEST, SMALLEST, parse_integer
from iac_gym.formats.gotemplate.values import INVALID, Struct, decode, is_integer

_WORDS = frozenset(
    "y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null "
    "Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF <<".split()
) | {""}
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_HEX_FLOAT = re.compile(r"[-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][-+]?[0-9]+")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
    r"| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?"
)
#: Texts that stand plain beyond doubt (unless they are one of the words).
_SAFE = re.compile(r"[A-Za-z_/(][A-Za-z0-9_/.()$;=+~^-]*(?: [A-Za-z0-9_/.()$;=+~^-]+)*")
#: What go-yaml v2 takes for unprintable: all beyond the basic plane, too.
_SPECIAL = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_BREAKS = "\n\r\x85\u2028\u2029"
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WIDTH = 80
_DEPTH = 100
_LONGEST = 1_000_000
_NODES = 30_000
#: A key that is longer, or has several lines, needs the `? ` form.
_LONGEST_KEY = 128


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(found[group]) for group in (1, 2, 3))
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1] + leap:
        return False
    clock = found.groups()[3:6] if found[4] else found.groups()[6:9]
    if clock[0] is None:
        return True
    hour, minute, second = (int(part) for part in clock)
    return hour < 24 and minute < 60 and second < 60


def resolves(text: str) -> bool:
    """Tell whether go-yaml reads a plain text as something else than a text."""
    if text in _WORDS:
        return True
    first = text[0]
    if first == ".":
        return _FLOAT.fullmatch(text) is not None
    if first not in "+-0123456789":
        return False
    if _is_date(text):
        return True
    plain = text.replace("_", "")
    whole = parse_integer(plain)
    if whole is not None and SMALLEST <= whole < 1 << 64:
        return True
    if _FLOAT.fullmatch(plain):
        return True
    return bool(re.fullmatch(r"-?0b[+-]?[01]+", plain))


class Analysis:
    """What libyaml's emitter finds out about a text."""

    __slots__ = ("block", "multiline", "plain", "single")

    def __init__(self, text: str) -> None:
        self.multiline = any(letter in text for letter in _BREAKS)
        special = _SPECIAL.search(text) is not None
        breaks_then_space = re.search(f"[{_BREAKS}] ", text) is not None
        space_then_break = re.search(f" [{_BREAKS}]", text) is not None
        edges = text[:1] in f" {_BREAKS}" or text[-1:] in f" {_BREAKS}"
        self.plain = not (edges or breaks_then_space or space_then_break or special)
        self.plain = self.plain and not self.multiline and not _indicates(text)
        self.single = not (breaks_then_space or space_then_break or special)
        self.block = not (text.endswith(" ") or space_then_break or special)


def _indicates(text: str) -> bool:
    """Tell whether indicators forbid a plain text in block context."""
    if text.startswith(("---", "...")) or text[0] in "#,[]{}&*!|>'\"%@`":
        return True
    if text[0] in "?:-" and (len(text) == 1 or text[1] in f" \t{_BREAKS}"):
        return True
    return re.search(r":(?:[ \t]|$)|[ \t]#", text) is not None


_ESCAPES = {
    0: "0",
    7: "a",
    8: "b",
    9: "t",
    10: "n",
    11: "v",
    12: "f",
    13: "r",
    0x1B: "e",
    0x22: '"',
    0x5C: "\\",
    0x85: "N",
    0xA0: "_",
    0x2028: "L",
    0x2029: "P",
}
_MUST_ESCAPE = re.compile('[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\\\\u2028\u2029]')


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


@lru_cache(maxsize=8192)
def _style(text: str) -> tuple[str, str]:
    """Return how a text stands (plain, single, double, literal) and its form on one line."""
    if _SAFE.fullmatch(text) and text not in _WORDS:
        return "plain", text
    if not text:
        return "double", '""'
    found = Analysis(text)
    if "\n" in text:
        if found.block:
            return "literal", ""
    elif not resolves(text) and not _base_60(text):
        if found.plain:
            return "plain", text
        if found.single:
            return "single", "'" + text.replace("'", "''") + "'"
    return "double", '"' + _MUST_ESCAPE.sub(_escaped, text) + '"'


def _base_60(text: str) -> bool:
    return ":" in text and text[0] in "+-0123456789" and _BASE_60.fullmatch(text) is not None


def _less(first: str, other: str) -> bool:
    """Tell whether go-yaml writes one key before another: letters last, numbers by value."""
    for at, (mine, yours) in enumerate(zip(first, other, strict=False)):
        if mine == yours:
            continue
        mine_letter, your_letter = mine.isalpha(), yours.isalpha()
        if mine_letter and your_letter:
            return mine < yours
        if mine_letter or your_letter:
            return your_letter
        return _number_less(first, other, at)
    return len(first) < len(other)


def _number_less(first: str, other: str, at: int) -> bool:
    base = 0
    if first[at] == "0" or other[at] == "0":
        before = at - 1
        while before >= 0 and first[before].isdecimal():
            if first[before] != "0":
                base = 1
                break
            before -= 1
    mine, my_end = _digits(first, at, base)
    yours, your_end = _digits(other, at, base)
    if mine != yours:
        return mine < yours
    if my_end != your_end:
        return my_end < your_end
    return first[at] < other[at]


def _digits(text: str, at: int, value: int) -> tuple[int, int]:
    while at < len(text) and text[at].isdecimal():
        value = (value * 10 + ord(text[at]) - 48 + (1 << 63)) % (1 << 64) - (1 << 63)
        at += 1
    return value, at


def _compare(first: str, other: str) -> int:
    if _less(first, other):
        return -1
    return 1 if _less(other, first) else 0


_KEY: Callable[[str], Any] = cmp_to_key(_compare)
_LETTERS = re.compile(r"[A-Za-z]*")


def ordered(names: list[str]) -> list[str]:
    """Return keys in go-yaml's order."""
    if all(map(_LETTERS.fullmatch, names)):
        return sorted(names)
    return sorted(names, key=_KEY)


class _Writer:
    """Writes one value. `step` is how far lists in maps are indented (v2: not at all)."""

    def __init__(self, pretty: bool) -> None:
        self.pretty = pretty
        self.width = 1 << 30 if pretty else _WIDTH
        self.lines: list[str] = []
        self.size = self.nodes = 0

    def write(self, value: Any) -> str:
        """Return the whole text, with its last newline."""
        value = self.plain(value, 0)
        if isinstance(value, dict) and value:
            self.mapping(value, 0, "")
        elif isinstance(value, list) and value:
            self.sequence(value, 0, "")
        else:
            self.lines.append(self.scalar(value, 0, 0, root=True))
        return "\n".join(self.lines) + "\n"

    def plain(self, value: Any, depth: int) -> Any:
        """Return what JSON would make of a value."""
        self.size += 1
        self.nodes += 1
        if self.size > _LONGEST or self.nodes > _NODES or depth > _DEPTH:
            raise Unbounded("the value is too large for YAML")
        if isinstance(value, str):
            self.size += len(value)
            return value
        if value is None or value is INVALID:
            return None
        if isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            if value - value != 0 and not self.pretty:
                raise FunctionError("json: unsupported value")
            return value
        return self.composed(value, depth)

    def composed(self, value: Any, depth: int) -> Any:
        """Return a map, list or object as plain values."""
        if isinstance(value, dict):
            return {
                key if isinstance(key, str) else str(key): self.plain(item, depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.plain(item, depth + 1) for item in value]
        if isinstance(value, Struct):
            return self.plain(value.plain(), depth + 1)
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        raise FunctionError("json: unsupported type")

    def mapping(self, value: dict[str, Any], indent: int, lead: str) -> None:
        """Write the entries of a map; `lead` stands before the first (`- `)."""
        pad = " " * indent
        for key in ordered(list(value)):
            head = lead or pad
            lead = ""
            self.entry(head, key, value[key], indent)

    def entry(self, head: str, key: str, item: Any, indent: int) -> None:
        """Write one entry of a map."""
        style, shown = _style(key)
        if style == "literal" or (self.pretty and style == "plain" and not shown):
            shown = '"' + _MUST_ESCAPE.sub(_escaped, key) + '"'
        if len(key.encode("utf-8", "surrogateescape")) > _LONGEST_KEY or "\n" in key:
            self.lines.append(f"{head}? {self.long_key(key, indent)}")
            head = " " * indent + ":"
        else:
            head = f"{head}{shown}:"
        if isinstance(item, dict) and item:
            self.lines.append(head)
            self.mapping(item, indent + 2, "")
        elif isinstance(item, list) and item:
            self.lines.append(head)
            self.sequence(item, indent + (2 if self.pretty else 0), "")
        else:
            self.lines.append(f"{head} {self.scalar(item, indent + 2, len(head) + 1)}")

    def long_key(self, key: str, indent: int) -> str:
        """Return a key in the `? ` form."""
        return self.scalar(key, indent + 2, indent + 2)

    def sequence(self, value: list[Any], indent: int, lead: str) -> None:
        """Write the items of a list."""
        pad = " " * indent
        for item in value:
            head = (lead or pad) + "- "
            lead = ""
            if isinstance(item, dict) and item:
                self.mapping(item, indent + 2, head)
            elif isinstance(item, list) and item:
                self.sequence(item, indent + 2, head)
            else:
                self.lines.append(head + self.scalar(item, indent + 2, len(head)))

    def scalar(self, value: Any, indent: int, column: int, root: bool = False) -> str:
        """Return a value without parts; a long text is folded."""
        if isinstance(value, str):
            return self.text(value, indent, column, root)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if is_integer(value):
            return int.__repr__(value)
        if isinstance(value, float):
            return self.real(value)
        return "{}" if isinstance(value, dict) else "[]"

    def real(self, value: float) -> str:
        """Return a number as it comes back from JSON."""
        if self.pretty:
            shown = format_g(value)
            return {"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}.get(shown, shown)
        if value.is_integer() and SMALLEST <= value <= 1 << 64:
            whole = int(value)
            if SMALLEST <= whole <= LARGEST or whole < 1 << 64:
                return str(whole)
        return format_g(value)

    def text(self, value: str, indent: int, column: int, root: bool) -> str:
        """Return a text in its style."""
        if not value.isascii() and any("\udc80" <= c <= "\udcff" for c in value):
            value = decode(value.encode("utf-8", "surrogateescape")).translate(_NO_BYTES)
        style, shown = _style(value)
        if style == "literal":
            return _literal(value, 2 if root else indent)
        if len(shown) + column <= self.width or " " not in shown:
            return shown
        if style == "double":
            return _folded_double(value, indent, column, self.width)
        return _folded(shown, indent, column, self.width, style == "single")


_NO_BYTES = dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd")


def _literal(text: str, indent: int) -> str:
    """Return a text as a literal block."""
    hint = "2" if text[0] in " \n\r\x85\u2028\u2029" else ""
    if not text.endswith(tuple(_BREAKS)):
        hint += "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        hint += "+"
    pad = " " * indent
    lines = text.removesuffix("\n").split("\n")
    return f"|{hint}\n" + "\n".join([pad + line if line else "" for line in lines])


def _folded(shown: str, indent: int, column: int, width: int, single: bool) -> str:
    """Break a plain or single-quoted text at spaces beyond the width."""
    parts: list[str] = []
    start, size = 0, len(shown)
    spaces = False
    for at, letter in enumerate(shown):
        if letter != " ":
            spaces = False
            column += 1
            continue
        inside = not single or 1 < at < size - 2
        if not spaces and column > width and inside and shown[at + 1 : at + 2] != " ":
            parts.append(shown[start:at])
            start, column = at + 1, indent
        else:
            column += 1
        spaces = True
    parts.append(shown[start:])
    return ("\n" + " " * indent).join(parts)


def _folded_double(text: str, indent: int, column: int, width: int) -> str:
    """Break a double-quoted text at spaces beyond the width."""
    parts = ['"']
    column += 1
    spaces = False
    for at, letter in enumerate(text):
        if letter != " ":
            shown = _MUST_ESCAPE.sub(_escaped, letter)
            parts.append(shown)
            column += len(shown)
            spaces = False
            continue
        if not spaces and column > width and 0 < at < len(text) - 1:
            parts.append("\n" + " " * indent)
            column = indent
            if text[at + 1] == " ":
                parts.append("\\")
                column += 1
        else:
            parts.append(" ")
            column += 1
        spaces = True
    parts.append('"')
    return "".join(parts)


def to_yaml(value: Any, pretty: bool = False) -> str:
    """Return a value as YAML; raises `FunctionError` for what JSON cannot hold."""
    return _Writer(pretty).write(value)
