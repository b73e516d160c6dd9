"""Numbers as Go writes them: constants in templates, strconv.ParseInt and ParseFloat."""

from __future__ import annotations

import re

from iac_gym.formats.gotemplate.nodes import Number
from iac_gym.formats.gotemplate.quoting import quote, unquote_rune

_INTEGER = re.compile(
    r"([+-]?)(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB](_?[01]+(?:_[01]+)*)"
    r"|0[oO](_?[0-7]+(?:_[0-7]+)*)|0(_?[0-7]+(?:_[0-7]+)*)|(0|[1-9][0-9]*(?:_[0-9]+)*))"
)
_BASES = (16, 2, 8, 8, 10)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
#: With a base prefix allowed underscores must stand between digits: only for constants.
_HEXADECIMAL = re.compile(
    r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+"
)
_WORDS = {"inf": float("inf"), "infinity": float("inf"), "nan": float("nan")}
LARGEST, SMALLEST = (1 << 63) - 1, -(1 << 63)
#: Longer numerals are not read: they would take time, and none fits.
_LONGEST = 400


def parse_integer(text: str) -> int | None:
    """Return the integer that strconv.ParseInt(text, 0, ...) reads, of any size, or None."""
    if len(text) > _LONGEST:
        return None
    found = _INTEGER.fullmatch(text)
    if found is None:
        return None
    for group, base in zip(found.groups()[1:], _BASES, strict=True):
        if group is not None:
            value = int(group.lstrip("_"), base)
            return -value if found[1] == "-" else value
    return None


def parse_float(text: str) -> float | None:
    """Return the number that strconv.ParseFloat(text, 64) reads, or None."""
    if _DECIMAL.fullmatch(text):
        value = float(text)
        return None if value in (float("inf"), float("-inf")) else value
    word = text.lstrip("+-").lower()
    if word in _WORDS and len(text) - len(word) <= 1:
        return -_WORDS[word] if text[0] == "-" else _WORDS[word]
    if _HEXADECIMAL.fullmatch(text):
        try:
            return float.fromhex(text)
        except OverflowError:
            return None
    return None


def _constant_float(text: str) -> float | None:
    """Read a float constant: underscores need a base prefix (ParseFloat's rule)."""
    if "_" in text:
        if not re.match(r"[+-]?0[xX]", text) or not re.fullmatch(
            r"[^_]*(?:_?[0-9a-fA-F]+)*[.0-9a-fA-FpP+-]*", text
        ):
            return None
        text = text.replace("_", "")
    return parse_float(text)


def _simplified(node: Number, value: complex) -> Number:
    node.imaginary = value
    if value.imag == 0:
        node.real = value.real
        if value.real.is_integer() and SMALLEST <= value.real <= LARGEST:
            node.integer = int(value.real)
            if value.real >= 0:
                node.unsigned = node.integer
    return node


def _character(at: int, text: str) -> Number | str:
    code = unquote_rune(text)
    if code is None:
        body = text[1:-1]
        if len(body) > 1 and body[0] not in "\\'":
            return f"malformed character constant: {text}"
        return "invalid syntax"
    return Number(at, text, code, code, float(code))


def _complex(at: int, text: str) -> Number | str:
    split = max(text.rfind("+", 0, -1), text.rfind("-", 0, -1))
    while split > 0 and text[split - 1] in "eE":
        split = max(text.rfind("+", 0, split), text.rfind("-", 0, split))
    real, imaginary = parse_float(text[:split]), parse_float(text[split:-1])
    if real is None or imaginary is None:
        return "syntax error scanning complex number"
    return _simplified(Number(at, text), complex(real, imaginary))


def constant(at: int, text: str, character: bool = False, pair: bool = False) -> Number | str:
    """Return the node of a constant, or what Go says is wrong with it."""
    if character:
        return _character(at, text)
    if pair:
        return _complex(at, text)
    node = Number(at, text)
    if text.endswith("i"):
        value = _constant_float(text[:-1])
        if value is not None:
            return _simplified(node, complex(0, value))
    whole = parse_integer(text)
    if whole is not None:
        if SMALLEST <= whole <= LARGEST:
            node.integer = whole
        if (0 <= whole < 1 << 64 and text[0] not in "+-") or whole == 0:
            node.unsigned = whole
    if node.integer is not None or node.unsigned is not None:
        node.real = float(whole or 0)
        return node
    return _real(node, text)


def _real(node: Number, text: str) -> Number | str:
    value = _constant_float(text)
    if value is None:
        return f"illegal number syntax: {quote(text)}"
    if not any(letter in text for letter in ".eEpP"):
        return f"integer overflow: {quote(text)}"
    node.real = value
    if value.is_integer():
        if SMALLEST <= value <= LARGEST:
            node.integer = int(value)
        if 0 <= value < 1 << 64:
            node.unsigned = int(value)
    return node
