"""Functions of Go's standard library, and its operators, on constant values."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.languages.terraform.go_source.values import UNKNOWN, Func, Regex, Struct, Value

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "&&": lambda a, b: a and b,
    "||": lambda a, b: a or b,
    "<<": operator.lshift,
    "/": lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) else a / b,
}


_PLAIN = (str, int, float, bool, type(None))


def binary_value(sign: str, left: Value, right: Value) -> Value:
    """Apply an operator of Go to two constants."""
    if left is UNKNOWN or right is UNKNOWN or sign not in _OPERATORS:
        return UNKNOWN
    if sign in ("==", "!=") and (left is None or right is None):
        other = right if left is None else left
        if other is not None and not isinstance(other, (Struct, Regex, Func)):
            return UNKNOWN
        return (left is right) is (sign == "==")
    if not isinstance(left, _PLAIN) or not isinstance(right, _PLAIN):
        return UNKNOWN
    try:
        return _OPERATORS[sign](left, right)
    except (TypeError, ValueError, ZeroDivisionError):
        return UNKNOWN


def _make(empty: Value, size: Value = 0, most: Value = 0) -> Value:
    """Return an empty map, or a list of so many values that are set later."""
    return [UNKNOWN] * size if isinstance(empty, list) else empty


def _length(whole: Value) -> Value:
    if isinstance(whole, str):
        return len(whole.encode())
    return len(whole) if isinstance(whole, (list, dict)) else UNKNOWN


def _append(whole: Value, *more: Value) -> Value:
    if whole is not None and not isinstance(whole, list):
        return UNKNOWN
    return [*(whole or []), *more]


def _delete(whole: dict[Any, Value], key: Any) -> None:
    whole.pop(key, None)


def _copied(into: dict[Any, Value], other: dict[Any, Value]) -> None:
    into.update(other)


_VERB = re.compile(r"%(?:[-+# 0]*\d*(?:\.\d+)?)([sdvqtT%])")


def _printed(pattern: str, *args: Value) -> Value:
    left = list(args)

    def put(match: re.Match[str]) -> str:
        if match[1] == "%":
            return "%"
        value = left.pop(0)
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise TypeError(value)
        return f'"{value}"' if match[1] == "q" else str(value)

    return _VERB.sub(put, pattern)


BUILTINS = frozenset(
    {"append", "len", "make", "delete", "string", "new", "int", "int64", "float64"}
)


NATIVES: dict[tuple[str, str], Callable[..., Value]] = {
    ("", "append"): _append,
    ("", "len"): _length,
    ("", "make"): _make,
    ("", "delete"): _delete,
    ("", "string"): lambda value: value,
    ("", "int"): int,
    ("", "int64"): int,
    ("", "float64"): float,
    ("fmt", "Sprintf"): _printed,
    ("strings", "Join"): lambda items, sign: sign.join(items),
    ("strings", "ToLower"): str.lower,
    ("strings", "ToUpper"): str.upper,
    ("strings", "Split"): str.split,
    ("strings", "Replace"): lambda text, old, new, n: text.replace(old, new, n),
    ("strings", "ReplaceAll"): str.replace,
    ("strings", "EqualFold"): lambda a, b: a.lower() == b.lower(),
    ("strings", "Repeat"): operator.mul,
    ("strings", "TrimPrefix"): str.removeprefix,
    ("strings", "TrimSuffix"): str.removesuffix,
    ("strings", "Contains"): lambda a, b: b in a,
    ("strings", "HasPrefix"): str.startswith,
    ("strings", "HasSuffix"): str.endswith,
    ("regexp", "MustCompile"): Regex,
    ("os", "Getenv"): lambda name: "",
    ("sort", "Strings"): lambda items: items.sort(),
    ("maps", "Copy"): _copied,
    ("math", "MaxInt"): lambda: 2**63 - 1,
    ("pointer", "To"): lambda value: value,
    ("pointer", "From"): lambda value: value,
    ("utils", "String"): lambda value: value,
    ("utils", "Bool"): lambda value: value,
    ("utils", "Int"): lambda value: value,
}
