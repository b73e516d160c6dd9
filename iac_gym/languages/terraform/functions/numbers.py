"""Functions of numbers."""

from __future__ import annotations

import math
import string
from decimal import Decimal

from iac_gym.languages.terraform.functions.registry import FunctionError, implements, whole
from iac_gym.languages.terraform.operators import binary
from iac_gym.languages.terraform.types import (
    ListValue,
    Precise,
    fraction_of,
    rounded,
    type_name,
    type_of,
)
from iac_gym.languages.terraform.values import NUMBER, STRING, Type, Value

Number = int | float
_MOST_VALUES = 1024
_NOWHERE = (0, 0, 0)


def _plain(number: float) -> Number:
    """Return a result of floating-point arithmetic, whose digits are the shortest ones."""
    if not number.is_integer():
        return number
    return int(number) if abs(number) < 1 << 53 else int(Decimal(repr(number)))


@implements("abs")
def _abs(number: Number) -> Number:
    return Precise.of(abs(number.exact)) if isinstance(number, Precise) else abs(number)


@implements("ceil")
def _ceil(number: Number) -> Number:
    return math.ceil(fraction_of(number)) if math.isfinite(number) else number


@implements("floor")
def _floor(number: Number) -> Number:
    return math.floor(fraction_of(number)) if math.isfinite(number) else number


@implements("max")
def _max(*numbers: Number) -> Number:
    return max(_some(numbers))


@implements("min")
def _min(*numbers: Number) -> Number:
    return min(_some(numbers))


def _some(numbers: tuple[Number, ...]) -> tuple[Number, ...]:
    if not numbers:
        raise FunctionError("at least one number is required")
    return numbers


def _float(number: Number, argument: int) -> float:
    try:
        return float(number)
    except OverflowError:
        raise FunctionError("this number is too large", argument) from None


def _logarithm(number: float) -> float:
    if number == 0:
        return -math.inf
    return math.log(number) if number > 0 else math.nan


@implements("log")
def _log(number: Number, base: Number) -> Number:
    above, below = _logarithm(_float(number, 0)), _logarithm(_float(base, 1))
    if below == 0:
        result = math.nan if above == 0 else math.copysign(math.inf, above)
    else:
        result = above / below
    if math.isnan(result):
        raise FunctionError("these numbers have no logarithm")
    return _plain(result)


@implements("pow")
def _pow(number: Number, power: Number) -> Number:
    base, exponent = _float(number, 0), _float(power, 1)
    try:
        return _plain(math.pow(base, exponent))
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        if base == 0:
            return math.inf
        raise FunctionError("this power is no real number") from None


@implements("signum")
def _signum(number: Number) -> Number:
    value = whole(number, 0)
    return (value > 0) - (value < 0)


_DIGITS = string.digits + string.ascii_lowercase + string.ascii_uppercase


def _string_only(given: Value, base: Value) -> Type:
    if type_of(given) != STRING:
        raise FunctionError(f"a string is required, not {type_name(type_of(given))}", 0)
    return NUMBER


@implements("parseint", kind=_string_only)
def _parseint(given: Value, base: Number) -> Number:
    _string_only(given, base)
    radix = whole(base, 1)
    if not 2 <= radix <= 62:
        raise FunctionError("the base must be between 2 and 62", 1)
    digits = given[1:] if given[:1] in ("+", "-") else given
    value = 0
    for digit in digits if radix > 36 else digits.lower():
        place = _DIGITS.find(digit)
        if not 0 <= place < radix or len(digits) > 2000:
            raise FunctionError(f'"{given[:80]}" is no whole number in base {radix}', 0)
        value = value * radix + place
    if not digits:
        raise FunctionError(f'"{given}" is no whole number in base {radix}', 0)
    return rounded(-value if given[0] == "-" else value)


@implements("range")
def _range(*limits: Number) -> ListValue:
    if not 1 <= len(limits) <= 3:
        raise FunctionError("one, two or three arguments are required")
    start, end = (0, limits[0]) if len(limits) == 1 else limits[:2]
    step = limits[2] if len(limits) == 3 else 1 if end >= start else -1
    if step == 0:
        raise FunctionError("the step must not be zero", 2)
    if (end - start) * step < 0:
        raise FunctionError("the step leads away from the end", 1)
    if isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        whole_values = range(start, end, step)
        if end - start > _MOST_VALUES * step > 0 or end - start < _MOST_VALUES * step < 0:
            raise FunctionError(f"more than {_MOST_VALUES} values")
        return ListValue(whole_values, NUMBER)
    values: list[Value] = []
    number: Value = start
    while number < end if step > 0 else number > end:
        if len(values) >= _MOST_VALUES:
            raise FunctionError(f"more than {_MOST_VALUES} values")
        values.append(number)
        number = binary("+", number, step, _NOWHERE)
    return ListValue(values, NUMBER)
