"""The operators of expressions, on values.

Source: https://developer.hashicorp.com/terraform/language/expressions/operators. Both operands are
evaluated and converted always: `||` and `&&` do not leave out the second one.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction

from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.types import (
    ConversionError,
    Precise,
    convert,
    equal,
    fraction_of,
    merged_refs,
    rounded,
    same_number,
)
from iac_gym.languages.terraform.values import BOOL, NUMBER, Unknown, Value

#: Products above this size are not computed.
_MOST_BITS = 8192

Number = int | float


def _exact(combine: Callable[[Fraction, Fraction], Fraction], one: Number, other: Number) -> Number:
    return Precise.of(combine(fraction_of(one), fraction_of(other)))


def _add(one: Number, other: Number) -> Number:
    if one.__class__ is int and other.__class__ is int:
        return one + other
    return _exact(operator.add, one, other)


def _subtract(one: Number, other: Number) -> Number:
    if one.__class__ is int and other.__class__ is int:
        return one - other
    return _exact(operator.sub, one, other)


def _multiply(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int):
        if one.bit_length() + other.bit_length() > _MOST_BITS:
            raise OverflowError
        return rounded(one * other)
    return _exact(operator.mul, one, other)


def _divide(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int) and one % other == 0:
        return one // other
    return _exact(operator.truediv, one, other)


def _modulo(one: Number, other: Number) -> Number:
    """Return the rest of a division towards zero; the dividend itself where the divisor is 0."""
    if other == 0:
        return one
    if isinstance(one, int) and isinstance(other, int):
        rest = abs(one) % abs(other)
        return rest if one >= 0 else -rest
    above, below = fraction_of(one), fraction_of(other)
    return Precise.of(above - int(above / below) * below)


_ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _modulo,
}
_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def operand(value: Value, kind: str, at: int, sign: str) -> Value:
    """Return an operand converted to what its operator takes."""
    if value.__class__ is int and kind is NUMBER:
        return value
    if value is None:
        raise EvalError(f"the operand of `{sign}` is null", at)
    try:
        return convert(value, kind)
    except ConversionError as error:
        raise EvalError(f"the operand of `{sign}` is unsuitable: {error}", at) from None


def binary(sign: str, one: Value, other: Value, places: tuple[int, int, int]) -> Value:
    """Apply an operator. `places` are the offsets of the whole and of the two operands."""
    if sign in ("==", "!="):
        same = equal(one, other)
        if same is None:
            return Unknown(BOOL, None, merged_refs(one, other))
        return same is (sign == "==")
    kind = BOOL if sign in ("&&", "||") else NUMBER
    one = operand(one, kind, places[1], sign)
    other = operand(other, kind, places[2], sign)
    result = kind if sign in _ARITHMETIC else BOOL
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return Unknown(result, None, merged_refs(one, other))
    if kind is BOOL:
        return (one and other) if sign == "&&" else (one or other)
    if sign in _COMPARISONS:
        if isinstance(one, Precise) or isinstance(other, Precise):
            return _compare_precise(sign, one, other)
        return _COMPARISONS[sign](one, other)
    return _arithmetic(sign, one, other, places[0])


def _compare_precise(sign: str, one: Number, other: Number) -> bool:
    if same_number(one, other):
        return "=" in sign
    if one != other:
        return _COMPARISONS[sign](one, other)
    return (fraction_of(one) < fraction_of(other)) == (sign[0] == "<")


def _arithmetic(sign: str, one: Number, other: Number, at: int) -> Value:
    if sign == "/" and other == 0 and one != 0:
        return math.copysign(math.inf, one)  # as the real tool has it: no error yet
    if math.inf in (abs(one), abs(other)) or (sign == "/" and other == 0):
        return _infinite(sign, one, other, at)
    try:
        return _ARITHMETIC[sign](one, other)
    except OverflowError:
        return Unknown(NUMBER)


def _infinite(sign: str, one: Number, other: Number, at: int) -> Value:
    if sign == "/" and other == 0:
        raise EvalError("zero cannot be divided by zero", at)
    plain = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
    result: float = plain.get(sign, operator.mul)(float(one), float(other))
    if math.isnan(result):
        raise EvalError(f"`{sign}` has no result for these infinite numbers", at)
    return 0 if result == 0 else result


def unary(sign: str, value: Value, at: int) -> Value:
    """Apply `-` or `!`."""
    kind = BOOL if sign == "!" else NUMBER
    value = operand(value, kind, at, sign)
    if isinstance(value, Unknown):
        return Unknown(kind, None, value.refs)
    if sign == "!":
        return not value
    return Precise.of(-value.exact) if isinstance(value, Precise) else -value
