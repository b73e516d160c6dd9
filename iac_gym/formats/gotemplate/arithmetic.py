"""Sprig's arithmetic: int64 with casts, decimals, ranges of numbers."""

from __future__ import annotations

import math
from decimal import Context, Decimal, DecimalException
from typing import Any

from iac_gym.formats.gotemplate.casts import MOST, real, whole, wrap64
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.values import Int64, Integers

#: shopspring/decimal divides to 16 places and is exact otherwise; no operand has more digits.
_EXACT = Context(prec=800)
_PLACES = Decimal(1).scaleb(-16)


def add(*values: Any) -> Int64:
    """`add x...`."""
    return Int64(wrap64(sum(map(whole, values))))


def sub(first: Any, other: Any) -> Int64:
    """`sub a b`."""
    return Int64(wrap64(whole(first) - whole(other)))


def mul(first: Any, *others: Any) -> Int64:
    """`mul a b...`."""
    total = whole(first)
    for other in others:
        total = wrap64(total * whole(other))
    return Int64(total)


def _divided(first: Any, other: Any) -> tuple[int, int]:
    number, by = whole(first), whole(other)
    if by == 0:
        raise FunctionError("runtime error: integer divide by zero")
    size = abs(number) // abs(by)
    quotient = size if (number < 0) == (by < 0) else -size
    return quotient, number - quotient * by


def div(first: Any, other: Any) -> Int64:
    """`div a b`, towards zero."""
    return Int64(wrap64(_divided(first, other)[0]))


def mod(first: Any, other: Any) -> Int64:
    """`mod a b`, with the sign of a."""
    return Int64(_divided(first, other)[1])


def largest(first: Any, *others: Any) -> Int64:
    """`max x...`."""
    return Int64(max(map(whole, (first, *others))))


def smallest(first: Any, *others: Any) -> Int64:
    """`min x...`."""
    return Int64(min(map(whole, (first, *others))))


def _nan(values: list[float]) -> bool:
    return any(map(math.isnan, values))


def maxf(first: Any, *others: Any) -> float:
    """`maxf x...`."""
    values = [real(value) for value in (first, *others)]
    return math.nan if _nan(values) else max(values)


def minf(first: Any, *others: Any) -> float:
    """`minf x...`."""
    values = [real(value) for value in (first, *others)]
    return math.nan if _nan(values) else min(values)


def _decimal(value: Any) -> Decimal:
    number = real(value)
    if number - number != 0:
        raise FunctionError(f"Cannot create a Decimal from {number}")
    return Decimal(repr(number))


def _folded(operation: str, first: Any, others: tuple[Any, ...]) -> float:
    total = _decimal(first)
    for other in others:
        try:
            total = _step(operation, total, _decimal(other))
        except DecimalException:
            raise Unbounded("the number is too long") from None
    return float(total) + 0.0  # a decimal has no negative zero


def _step(operation: str, total: Decimal, number: Decimal) -> Decimal:
    if operation == "add":
        return _EXACT.add(total, number)
    if operation == "sub":
        return _EXACT.subtract(total, number)
    return _EXACT.multiply(total, number) if operation == "mul" else _quotient(total, number)


def _quotient(total: Decimal, number: Decimal) -> Decimal:
    if not number:
        raise FunctionError("decimal division by 0")
    quotient = _EXACT.divide(total, number)
    return quotient.quantize(_PLACES, "ROUND_HALF_UP", _EXACT)


def ceil(value: Any) -> float:
    """`ceil x`."""
    number = real(value)
    return number if number - number != 0 else float(math.ceil(number))


def floor(value: Any) -> float:
    """`floor x`."""
    number = real(value)
    return number if number - number != 0 else float(math.floor(number))


def rounded(value: Any, places: int, *limit: float) -> float:
    """`round x places [limit]`."""
    number = real(value)
    power = math.pow(10, max(-308, min(308, places)))
    shifted = power * number
    if shifted - shifted != 0:
        return shifted / power
    fraction = math.modf(shifted)[0]
    edge = limit[0] if limit else 0.5
    return float(math.ceil(shifted) if fraction >= edge else math.floor(shifted)) / power


def until(count: int) -> Integers:
    """`until n`."""
    return until_step(0, count, -1 if count < 0 else 1)


def until_step(start: int, stop: int, step: int) -> Integers:
    """`untilStep start stop step`."""
    if (stop < start and step >= 0) or (stop >= start and step <= 0):
        return Integers()
    if abs(stop - start) // abs(step) > MOST:
        raise Unbounded("the list of numbers is too long")
    return Integers(range(start, stop, step))


def seq(*numbers: int) -> str:
    """`seq [start [step]] end`."""
    if not numbers or len(numbers) > 3:
        return ""
    start = numbers[0] if len(numbers) > 1 else 1
    end = numbers[-1]
    step = numbers[1] if len(numbers) == 3 else (-1 if end < start else 1)
    if len(numbers) == 3 and end < start and step > 0:
        return ""
    last = end + (-1 if end < start else 1)
    return " ".join(map(str, until_step(start, last, step)))


FUNCTIONS: dict[str, Function] = {
    "add1": function(lambda value: Int64(wrap64(whole(value) + 1)), "any"),
    "add": function(add, "any..."),
    "sub": function(sub, "any any"),
    "div": function(div, "any any"),
    "mod": function(mod, "any any"),
    "mul": function(mul, "any any..."),
    #: The least of the allowed numbers: as good as any other, and the same each time.
    "randInt": function(lambda low, high: low, "int int"),
    "add1f": function(lambda value: _folded("add", value, (1,)), "any"),
    "addf": function(lambda *values: _folded("add", 0.0, values), "any..."),
    "subf": function(lambda first, *rest: _folded("sub", first, rest), "any any..."),
    "divf": function(lambda first, *rest: _folded("div", first, rest), "any any..."),
    "mulf": function(lambda first, *rest: _folded("mul", first, rest), "any any..."),
    "biggest": function(largest, "any any..."),
    "max": function(largest, "any any..."),
    "min": function(smallest, "any any..."),
    "maxf": function(maxf, "any any..."),
    "minf": function(minf, "any any..."),
    "ceil": function(ceil, "any"),
    "floor": function(floor, "any"),
    "round": function(rounded, "any int float64..."),
    "until": function(until, "int"),
    "untilStep": function(until_step, "int int int"),
    "seq": function(seq, "int..."),
}
