"""The values of Groovy's numbers."""

from __future__ import annotations

#: Most digits of a number that is read.
_MOST_DIGITS = 400


def read_number(text: str) -> int | float | None:
    """Return the value of a number; None where it is too long to be read."""
    plain = text.replace("_", "").lower()
    base, digits = 10, plain
    if plain[:2] in ("0x", "0b"):
        base, digits = (16 if plain[1] == "x" else 2), plain[2:]
    elif plain[0] == "0" and plain.rstrip("lig").isdigit() and len(plain) > 1:
        base = 8
    suffix = digits[-1:] if digits[-1:] in "lig" else ""
    digits = digits[: len(digits) - len(suffix)]
    if base == 10 and not digits.isdigit():
        return _decimal(digits)
    if len(digits) > _MOST_DIGITS or (base == 8 and any(digit in "89" for digit in digits)):
        return None
    return int(digits, base)


def _decimal(digits: str) -> float | None:
    try:
        return float(digits.rstrip("fdg"))
    except ValueError:
        return None
