"""Values of number literals and of escapes in strings."""

from __future__ import annotations

import re
from unicodedata import normalize

#: Numbers have 512 bits of precision in the real tool.
_BITS = 512
#: Beyond so many digits a number is a float, infinite or 0 where none holds it.
_MAX_DIGITS = 4000
#: The exponent must fit the real parser's integers.
_MAX_EXPONENT = 2**31
_FORM = re.compile(r"([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?\Z")
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def number(text: str) -> int | float | None:
    """Value of a number: an `int` if it is whole, else a `float`; None if it is no number."""
    if len(text) <= 18 and text.isdigit():
        return int(text)
    match = _FORM.match(text)
    if match is None:
        return None
    whole, fraction, power = match[1].lstrip("0"), (match[2] or "").rstrip("0"), match[3] or "0"
    negative, power = power.startswith("-"), power.lstrip("+-").lstrip("0")
    if len(power) > 10:
        return None
    exponent = -int(power or "0") if negative else int(power or "0")
    if abs(exponent) > _MAX_EXPONENT:
        return None
    return _value(whole + fraction, exponent - len(fraction))


def _value(digits: str, exponent: int) -> int | float:
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    if not stripped:
        return 0
    if exponent < 0 or len(stripped) + exponent > _MAX_DIGITS:
        return float(f"{stripped[:_MAX_DIGITS]}e{exponent + len(stripped[_MAX_DIGITS:])}")
    return _rounded(int(stripped) * 10**exponent)


def _rounded(value: int) -> int:
    """Round to the real tool's precision, half to even."""
    extra = value.bit_length() - _BITS
    if extra <= 0:
        return value
    low, half = value & ((1 << extra) - 1), 1 << (extra - 1)
    value >>= extra
    if low > half or (low == half and value & 1):
        value += 1
    return value << extra


def escape(sequence: str) -> str | None:
    r"""What an escape of a quoted string stands for; None if it is none.

    `sequence` starts with a backslash, or is `$${` or `%%{`.
    """
    if sequence[0] != "\\":
        return sequence[1:]
    selector = sequence[1]
    if selector not in "uU":
        return _SIMPLE_ESCAPES.get(selector)
    digits = sequence[2:]
    if len(digits) != (4 if selector == "u" else 8):
        return None
    code = int(digits, 16)
    return None if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def composed(value: str) -> str:
    """The form in which the real tool keeps strings: Unicode's NFC."""
    return value if value.isascii() else normalize("NFC", value)
