"""How Go writes floating point numbers: strconv.FormatFloat for the verbs that fmt has."""

from __future__ import annotations

import math
from decimal import Decimal

#: The shortest form has an exponent from this one on (strconv's %g).
_EXPONENT_FROM = 6


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def _shortest(value: float) -> tuple[str, str, int]:
    """Return the sign, the shortest digits and where the point stands in them."""
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    text = text.rstrip("0")
    stripped = text.lstrip("0")
    point -= len(text) - len(stripped) if stripped else 0
    return "-" if sign else "", stripped or "0", point if stripped else 1


def _exponential(sign: str, digits: str, point: int) -> str:
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    exponent = point - 1 if digits != "0" else 0
    return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _plain(sign: str, digits: str, point: int) -> str:
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def format_g(value: float) -> str:
    """Return a number in the fewest digits, as %g does."""
    if value - value != 0:  # an infinity or not a number
        return _special(value)
    sign, digits, point = _shortest(value)
    if point - 1 < -4 or point - 1 >= _EXPONENT_FROM:
        return _exponential(sign, digits, point)
    return _plain(sign, digits, point)


def show_float(value: float) -> str:
    """Return a float64 as %v prints it."""
    if value.is_integer() and -1e6 < value < 1e6 and (value or math.copysign(1, value) > 0):
        return str(int(value))
    return format_g(value)


def json_float(value: float) -> str:
    """Return a float64 as encoding/json writes it."""
    size = abs(value)
    if size and (size < 1e-6 or size >= 1e21):
        sign, digits, point = _shortest(value)
        text = _exponential(sign, digits, point)
        return text[:-2] + text[-1] if text[-4:-1] == "e-0" else text
    sign, digits, point = _shortest(value)
    return _plain(sign, digits, point)


def format_float(value: float, verb: str, precision: int | None) -> str:
    """Return a number as %e, %f or %g with a precision writes it (None: the default)."""
    if value - value != 0:
        return _special(value)
    lower = verb.lower()
    if lower == "f":
        text = f"{value:.{6 if precision is None else precision}f}"
    elif lower == "e":
        text = f"{value:.{6 if precision is None else precision}e}"
    elif precision is None:
        text = format_g(value)
    else:
        text = _rounded_g(value, precision)
    return text.upper() if verb in "EG" else text


def _rounded_g(value: float, precision: int) -> str:
    """Return %.Ng: that many digits, an exponent from there on."""
    places = max(precision, 1)
    mantissa, _, exponent = f"{value:.{places - 1}e}".partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0") or "0"
    point = int(exponent) + 1
    threshold = len(digits) if places > len(digits) >= point else places
    if point - 1 < -4 or point - 1 >= threshold:
        return _exponential(sign, digits, point)
    return _plain(sign, digits, point)
