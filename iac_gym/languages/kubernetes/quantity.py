"""Kubernetes quantities (`500m`, `1.5Gi`, `2e3`) as exact numbers, and Go durations.

Source: apimachinery, `pkg/api/resource/quantity.go` (`ParseQuantity`) and Go's
`time.ParseDuration`.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

_QUANTITY = re.compile(
    r"([+-]?)([0-9]*)(?:\.([0-9]*))?"
    r"(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?[0-9]+))"
)
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_NANO = 10**9
_LARGEST = 2**63 - 1
#: Longest text that is read, and largest exponent: far beyond any real amount.
_MOST_CHARACTERS = 200
_MOST_EXPONENT = 400

_DURATION = re.compile(r"[+-]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_PART = re.compile(r"([0-9]*\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}


def parse_quantity(value: object) -> Fraction | None:
    """Return the exact amount of a quantity, None if it is none.

    Takes the text, or the number that YAML made of it. As in the API server, an amount is rounded
    up to whole billionths and a binary one is capped at 2**63 - 1. Booleans are no quantities.
    """
    if isinstance(value, str):
        return _parse(value) if len(value) <= _MOST_CHARACTERS else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float) and math.isfinite(value):
        return _parse(repr(value))
    return None


@lru_cache(maxsize=4096)
def _parse(text: str) -> Fraction | None:
    text = text.strip(" \t\n\r")
    found = _QUANTITY.fullmatch(text)
    if not text or found is None:
        return None
    sign, whole, part, binary, suffix, exponent = found.groups()
    digits = (whole or "") + (part or "")  # none at all reads as 0, in the API server too
    amount = Fraction(int(digits or "0"), 10 ** len(part or ""))
    if binary:
        amount *= 1 << _BINARY[binary]
    else:
        power = _DECIMAL[suffix] if exponent is None else _power(exponent)
        if power is None:
            return None
        amount *= Fraction(10) ** power
    amount = Fraction(math.ceil(amount * _NANO), _NANO)
    if binary:
        amount = min(amount, Fraction(_LARGEST))
    return -amount if sign == "-" else amount


def _power(text: str) -> int | None:
    power = int(text)
    return power if abs(power) <= _MOST_EXPONENT else None


def parse_duration(text: object) -> Fraction | None:
    """Return a Go duration (`1h30m`, `250ms`, `0`) in seconds, None if it is none."""
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or not _DURATION.fullmatch(text):
        return None
    amount = sum((Fraction(n) * _SECONDS[unit] for n, unit in _PART.findall(text)), Fraction(0))
    return -amount if text.startswith("-") else amount
