"""Numbers, durations and strings of PromQL, as its lexer and Go's `strconv` read them.

Sources: https://github.com/prometheus/prometheus/blob/v3.14.0/promql/parser/lex.go and
https://github.com/prometheus/prometheus/blob/v3.14.0/util/strutil/quote.go
"""

from __future__ import annotations

import re

from iac_gym.formats.go_durations import prometheus_duration

_INTEGER = re.compile(
    r"0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0_?[0-7]+(?:_[0-7]+)*|0|[1-9][0-9]*(?:_[0-9]+)*",
    re.ASCII,
)
_FLOAT = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"'])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.|$))",
    re.DOTALL | re.ASCII,
)
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
#: Digits that are read; longer numbers are refused.
_MOST_DIGITS = 400


class LiteralError(ValueError):
    """A literal that Prometheus refuses."""


def scan_number(text: str, at: int) -> tuple[int, bool]:
    """Return the end of what the lexer takes for a number, and whether it is one.

    The lexer goes its own ways: `1e` before a letter, `0xe+1` (a sum) and `0x1e+1` (an error).
    """
    begin, digits = at, "0123456789"
    if text.startswith("0", at):
        at += 1
        if text[at : at + 1] in ("x", "X"):
            at += 1
            digits = "0123456789abcdefABCDEF"
            at += text.startswith("_", at)
    at += text.startswith(".", at)
    at += at < len(text) and text[at] in digits
    seen: set[str] = set()
    while at < len(text) and text[at] in digits + "._eE":
        kind = "e" if text[at] in "eE" else text[at]
        if kind in (".", "e") and kind in seen:
            return at + 1, False
        seen.add(kind)
        at, good = _scan_part(text, at + 1, kind, digits)
        if not good:
            return at, False
    after = text[at : at + 1]
    return at, at > begin and not (after.isascii() and (after.isalnum() or after == "_"))


def _scan_part(text: str, at: int, kind: str, digits: str) -> tuple[int, bool]:
    """Pass what may follow a dot, an exponent, an underscore or a digit."""
    if kind == ".":
        return at, text[at : at + 1] not in ("_", ".") and len(digits) == 10
    if kind == "e":
        at += text[at : at + 1] in ("+", "-")
        return at, at < len(text) and text[at] not in "._eE"
    if kind == "_":
        return at, at < len(text) and text[at] not in "._eE"
    while at < len(text) and text[at] in digits:
        at += 1
    return at, True


def number(text: str) -> float:
    """Return the value of a number. Raises `LiteralError`."""
    if len(text) > _MOST_DIGITS:
        raise LiteralError("the number is too long")
    if _INTEGER.fullmatch(text):
        plain = text.replace("_", "").lower()
        base = 16 if plain.startswith("0x") else 8 if len(plain) > 1 and plain[0] == "0" else 10
        whole = int(plain, base)
        if whole < 1 << 63:
            return float(whole)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if value != float("inf"):
            return value
    raise LiteralError(f"`{text[:40]}` is not a number")


def duration(text: str) -> float:
    """Return the seconds of a duration. Raises `LiteralError`."""
    milliseconds = prometheus_duration(text)
    if milliseconds is None:
        raise LiteralError(f"`{text[:40]}` is not a duration")
    return milliseconds / 1000


def unquote(text: str) -> str:
    """Return what a quoted string stands for. Raises `LiteralError`."""
    if "\ufffd" in text:
        raise LiteralError("the string is not valid UTF-8")
    inner = text[1:-1]
    if text[0] == "`" or "\\" not in inner:
        return inner
    pieces: list[str] = []
    last = 0
    octets = bytearray()
    for found in _ESCAPE.finditer(inner):
        if found.start() > last:
            _flush(octets, pieces)
            pieces.append(inner[last : found.start()])
        last = found.end()
        simple, octal, byte, short, long, _ = found.groups()
        if simple:
            _flush(octets, pieces)
            pieces.append(_simple(simple, text[0]))
        elif octal or byte:
            octets.append(_byte(octal, byte))
        elif short or long:
            _flush(octets, pieces)
            pieces.append(_character(int(short or long, 16)))
        else:
            raise LiteralError(f"`{found[0][:10]}` is not an escape of a string")
    _flush(octets, pieces)
    return "".join(pieces) + inner[last:]


def _flush(octets: bytearray, pieces: list[str]) -> None:
    if octets:
        pieces.append(octets.decode("utf-8", "replace"))
        octets.clear()


def _simple(char: str, quote: str) -> str:
    if char in "\"'" and char != quote:
        raise LiteralError(f"`\\{char}` is not an escape in a string with {quote}")
    return _CONTROLS.get(char, char)


def _byte(octal: str | None, byte: str | None) -> int:
    value = int(octal, 8) if octal else int(byte or "", 16)
    if value > 255:
        raise LiteralError(f"`\\{octal}` is more than a byte")
    return value


def _character(code: int) -> str:
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise LiteralError(f"U+{code:04X} is not a character")
    return chr(code)
