"""Sprig's functions of lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from iac_gym.formats.gotemplate.builtins import same_list
from iac_gym.formats.gotemplate.casts import MOST, heavy, items, whole
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.sameness import Bag, deep_equal
from iac_gym.formats.gotemplate.values import OtherList, go_kind


def push(values: Any, value: Any) -> list[Any]:
    """`append list x`."""
    return [*items(values, "Cannot push on type"), value]


def prepend(values: Any, value: Any) -> list[Any]:
    """`prepend list x`."""
    return [value, *items(values, "Cannot prepend on type")]


def first(values: Any) -> Any:
    """`first list`: nil of an empty one."""
    found = items(values, "Cannot find first on type")
    return found[0] if found else None


def last(values: Any) -> Any:
    """`last list`."""
    found = items(values, "Cannot find last on type")
    return found[-1] if found else None


def rest(values: Any) -> list[Any]:
    """`rest list`: all but the first."""
    return list(items(values, "Cannot find rest on type")[1:])


def initial(values: Any) -> list[Any]:
    """`initial list`: all but the last."""
    return list(items(values, "Cannot find initial on type")[:-1])


def backwards(values: Any) -> list[Any]:
    """`reverse list`."""
    return list(items(values, "Cannot find reverse on type")[::-1])


def compact(values: Any) -> list[Any]:
    """`compact list`: without empty values."""
    return [value for value in items(values, "Cannot compact on type") if value]


def uniq(values: Any) -> list[Any]:
    """`uniq list`."""
    bag, found = Bag(), []
    for value in items(values, "Cannot find uniq on type"):
        if bag.add(value):
            found.append(value)
    return found


def without(values: Any, *omitted: Any) -> list[Any]:
    """`without list x...`."""
    bag = Bag(omitted)
    return [value for value in items(values, "Cannot find without on type") if value not in bag]


def has(needle: Any, values: Any) -> bool:
    """`has x list`."""
    if values is None:
        return False
    found = items(values, "Cannot find has on type")
    return any(deep_equal(needle, value) for value in found)


def slice_list(values: Any, *indices: Any) -> Any:
    """`slice list i j`."""
    found = items(values, "list should be type of slice or array but")
    if not found:
        return None
    start = whole(indices[0]) if indices else 0
    end = whole(indices[1]) if len(indices) > 1 else len(found)
    if start < 0 or start > end or end > len(found):
        raise FunctionError("reflect.Value.Slice: slice index out of bounds")
    return same_list(found, found[start:end])


def concat(*lists: Any) -> list[Any]:
    """`concat list...`."""
    joined: list[Any] = []
    for values in lists:
        if not isinstance(values, list | bytes):
            if values is None:
                items(values, "")
            raise FunctionError(f"Cannot concat type {go_kind(values)} as list")
        joined.extend(values)
        if len(joined) > MOST:
            raise Unbounded("the list is too long")
    return joined


def chunk(size: int, values: Any) -> OtherList:
    """`chunk n list`: lists of n values."""
    found = items(values, "Cannot chunk type")
    if not found:
        if size < 0:
            raise FunctionError("runtime error: makeslice: len out of range")
        return OtherList("[][]interface {}", [])
    if size <= 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    count = math.ceil(len(found) / size)
    parts = [list(found[n * size : (n + 1) * size]) for n in range(count)]
    return OtherList("[][]interface {}", parts)


def make_list(*values: Any) -> list[Any]:
    """`list x...`."""
    return list(values)


_TABLE: dict[str, tuple[Callable[..., Any], str]] = {
    "append": (push, "any any"),
    "prepend": (prepend, "any any"),
    "first": (first, "any"),
    "rest": (rest, "any"),
    "last": (last, "any"),
    "initial": (initial, "any"),
    "reverse": (backwards, "any"),
    "uniq": (uniq, "any"),
    "without": (without, "any any..."),
    "has": (has, "any any"),
    "slice": (slice_list, "any any..."),
    "chunk": (chunk, "int any"),
    "compact": (compact, "any"),
    "push": (push, "any any"),
}
FUNCTIONS: dict[str, Function] = {
    "list": function(make_list, "any..."),
    "tuple": function(make_list, "any..."),
    "concat": heavy(concat, "any..."),
    **{name: heavy(call, signature) for name, (call, signature) in _TABLE.items()},
    **{
        f"must{name[0].upper()}{name[1:]}": heavy(call, signature)
        for name, (call, signature) in _TABLE.items()
    },
}
