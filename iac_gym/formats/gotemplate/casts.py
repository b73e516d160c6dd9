"""How Sprig makes texts and numbers of anything: strval, and the casts of its arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.numbers import LARGEST, SMALLEST, parse_float, parse_integer
from iac_gym.formats.gotemplate.printing import show
from iac_gym.formats.gotemplate.values import Int64, Strings, decode, go_kind, is_integer

#: The longest text and list that one function makes.
LONGEST = 1_000_000
MOST = 100_000
#: What is shorter is not counted.
_SMALL = 256


def heavy(call: Callable[..., Any], signature: str) -> Function:
    """Make a function whose arguments and result count against the bounds of the execution."""

    def counted(run: Any, *args: Any) -> Any:
        result = call(*args)
        size = _size(result)
        for arg in args:
            size += _size(arg)
        if size > _SMALL:
            run.charge(size)
        return result

    return function(counted, signature, run=True)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | list | dict | bytes) else 0


def bounded(text: str) -> str:
    """Return a text that is not too long."""
    if len(text) > LONGEST:
        raise Unbounded("the text is too long")
    return text


def strval(value: Any) -> str:
    """Return Sprig's text of a value."""
    if type(value) is str:
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bytes):
        return decode(value)
    return show(value)


def wrap64(value: int) -> int:
    """Return an integer as int64 holds it."""
    if SMALLEST <= value <= LARGEST:
        return value
    return ((value - SMALLEST) & ((1 << 64) - 1)) + SMALLEST


def truncated(value: float) -> int:
    """Return a float as Go converts it to int64 on amd64."""
    if value - value != 0:
        return SMALLEST
    whole = math.trunc(value)
    return whole if SMALLEST <= whole <= LARGEST else SMALLEST


def _without_zeros(text: str) -> str:
    """Return a numeral without a fraction that is zero (cast's trimZeroDecimal)."""
    head, point, tail = text.rpartition(".")
    return head if point and tail and not tail.strip("0") else text


def whole(value: Any) -> int:
    """Return cast.ToInt64: zero for what is no number."""
    if is_integer(value):
        return wrap64(int(value))
    if isinstance(value, float):
        return truncated(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        found = parse_integer(_without_zeros(value))
        return found if found is not None and SMALLEST <= found <= LARGEST else 0
    return 0


def real(value: Any) -> float:
    """Return cast.ToFloat64: zero for what is no number."""
    if isinstance(value, bool | int):
        return float(value)
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return parse_float(value) or 0.0
    return 0.0


def to_int(value: Any) -> int:
    """`int x`."""
    return whole(value)


def to_int64(value: Any) -> Int64:
    """`int64 x`."""
    return Int64(whole(value))


def atoi(text: str) -> int:
    """`atoi x`: strconv.Atoi, zero where it fails."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > 400:
        return 0
    value = int(text)
    return max(SMALLEST, min(LARGEST, value))


def to_decimal(value: Any) -> Int64:
    """`toDecimal x`: an octal numeral as a number."""
    text = strval(value)
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits or len(digits) > 400 or digits.strip("01234567"):
        return Int64(0)
    found = int(text, 8)
    return Int64(found if SMALLEST <= found <= LARGEST else 0)


def string_list(value: Any) -> Strings:
    """Return Sprig's strslice: the texts of a list's values that are not nil."""
    if isinstance(value, list | bytes):
        return Strings([strval(item) for item in value if item is not None])
    return Strings() if value is None else Strings([strval(value)])


def items(value: Any, doing: str) -> Any:
    """Return a list's values; Sprig's error names what it was `doing`."""
    if isinstance(value, list | bytes):
        return value
    if value is None:
        raise FunctionError("runtime error: invalid memory address or nil pointer dereference")
    raise FunctionError(f"{doing} {go_kind(value)}")


FUNCTIONS: dict[str, Function] = {
    "atoi": function(atoi, "string"),
    "int": function(to_int, "any"),
    "int64": function(to_int64, "any"),
    "float64": function(real, "any"),
    "toDecimal": function(to_decimal, "any"),
    "toString": heavy(strval, "any"),
    "toStrings": heavy(string_list, "any"),
}
