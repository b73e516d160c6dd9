"""Numbers with the 512 binary digits that they have in the real tool."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypeGuard

from iac_gym.languages.terraform.values import Value

_NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
#: What the real tool reads as an infinite number.
_INFINITE = {sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in ("Inf", "inf")}
_MANTISSA = 512
#: Largest exponent, and longest text of a number.
_LARGEST_EXPONENT = 2000


class Precise(float):
    """A number that a `float` does not hold: `exact` has the 512 binary digits of the real tool."""

    __slots__ = ("exact",)
    exact: Fraction

    @staticmethod
    def of(number: Fraction) -> int | float:
        """Return a number as an `int` where it is whole, as a `float` where one holds it."""
        number = binary_rounded(number)
        if number.denominator == 1:
            return number.numerator
        plain = float(number)
        if binary_rounded(Fraction(repr(plain))) == number:
            return plain
        result = Precise(plain)
        result.exact = number
        return result


_NUMBERS = frozenset((int, float, Precise))


def is_number(value: Value) -> TypeGuard[int | float]:
    """Tell numbers from bools, which are integers to Python."""
    return value.__class__ in _NUMBERS


def binary_rounded(number: Fraction) -> Fraction:
    """Round a number to 512 binary digits."""
    above, below = number.numerator, number.denominator
    if above.bit_length() <= _MANTISSA and below & (below - 1) == 0:
        return number
    shift = _MANTISSA - (above.bit_length() - below.bit_length())
    scaled = number * Fraction(2) ** shift
    if abs(scaled) >= 1 << _MANTISSA:
        scaled, shift = scaled / 2, shift - 1
    return Fraction(round(scaled)) / Fraction(2) ** shift


def fraction_of(number: int | float) -> Fraction:
    """Return a finite number as the real tool holds it."""
    if isinstance(number, Precise):
        return number.exact
    if number.__class__ is int:
        return Fraction(number)
    return binary_rounded(Fraction(repr(number)))


def number_text(number: int | float) -> str:
    """Return a number as text: never with an exponent, as many digits as it has."""
    if number.__class__ is int:
        return str(number)
    if number in (float("inf"), float("-inf")):
        return "+Inf" if number > 0 else "-Inf"
    digits = _shortest(number.exact) if isinstance(number, Precise) else Decimal(repr(number))
    text = format(digits, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shortest(number: Fraction) -> Decimal:
    """Return the shortest decimal that stands for a number of 512 binary digits."""
    low, high = 1, 160
    while low < high:
        middle = (low + high) // 2
        with localcontext() as context:
            context.prec = middle
            digits = Decimal(number.numerator) / Decimal(number.denominator)
        if binary_rounded(Fraction(digits)) == number:
            high = middle
        else:
            low = middle + 1
    with localcontext() as context:
        context.prec = low
        return Decimal(number.numerator) / Decimal(number.denominator)


def rounded(number: int) -> int:
    """Round an integer to the precision that numbers have in the real tool."""
    surplus = number.bit_length() - _MANTISSA
    if surplus <= 0:
        return number
    half = 1 << (surplus - 1)
    quotient, rest = divmod(abs(number), 1 << surplus)
    quotient += rest > half or (rest == half and quotient & 1)
    return (quotient << surplus) * (1 if number > 0 else -1)


def parse_number(text: str) -> int | float | None:
    """Return the number that a string stands for, None where it stands for none."""
    match = _NUMBER_TEXT.fullmatch(text)
    if match is None:
        return _INFINITE.get(text)
    if abs(int((match[1] or "0")[:8])) > _LARGEST_EXPONENT:
        return None
    if len(text) > _LARGEST_EXPONENT:
        return None
    return Precise.of(Fraction(text)) if not text.isdigit() else rounded(int(text))


def same_number(one: int | float, other: int | float) -> bool:
    """Compare numbers by all their digits."""
    if one != other or float("inf") in (abs(one), abs(other)):
        return one == other
    return fraction_of(one) == fraction_of(other)
