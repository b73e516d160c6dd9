"""reflect.DeepEqual over template values, deep copies, and sets of values by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.values import Struct, go_type

_SCALARS = (str, int, float, bool, type(None))
_DEPTH = 100
_NODES = 30_000


class _Count:
    """How many values one comparison or copy may still look at."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _NODES

    def take(self, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > _DEPTH:
            raise Unbounded("the value is too large")


def deep_equal(first: Any, other: Any) -> bool:
    """Tell whether two values have the same type and the same contents."""
    if type(first) is str and type(other) is str:
        return first == other
    return _equal(first, other, _Count(), 0)


def _equal(first: Any, other: Any, count: _Count, depth: int) -> bool:
    count.take(depth)
    if type(first) is not type(other) or go_type(first) != go_type(other):
        return False
    if isinstance(first, dict):
        return len(first) == len(other) and all(
            key in other and _equal(value, other[key], count, depth + 1)
            for key, value in first.items()
        )
    if isinstance(first, list):
        return len(first) == len(other) and all(
            _equal(value, another, count, depth + 1)
            for value, another in zip(first, other, strict=True)
        )
    if isinstance(first, Struct):
        return first is other or (first.value is not None and first.value == other.value)
    return bool(first == other)


def deep_copy(value: Any) -> Any:
    """Return a copy that shares no map and no list."""
    return _copy(value, _Count(), 0)


def _copy(value: Any, count: _Count, depth: int) -> Any:
    kind = type(value)
    if kind in _SCALARS:
        return value
    count.take(depth)
    if kind is dict:
        return {key: _copy(item, count, depth + 1) for key, item in value.items()}
    if kind is list:
        return [_copy(item, count, depth + 1) for item in value]
    if isinstance(value, dict):
        items = {key: _copy(item, count, depth + 1) for key, item in value.items()}
        return value.like(items) if hasattr(value, "like") else kind(items)
    if isinstance(value, list):
        copies = [_copy(item, count, depth + 1) for item in value]
        return value.like(copies) if hasattr(value, "like") else kind(copies)
    return value


class Bag:
    """Values by DeepEqual: scalars are looked up, the rest compared one by one."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.scalars: set[tuple[type, Any]] = set()
        self.others: list[Any] = []
        self.compared = 0
        for value in values:
            self.add(value)

    def add(self, value: Any) -> bool:
        """Add a value; tell whether it is new."""
        if isinstance(value, _SCALARS):
            size = len(self.scalars)
            self.scalars.add((type(value), value))
            return len(self.scalars) > size
        if value in self:
            return False
        self.others.append(value)
        return True

    def __contains__(self, value: Any) -> bool:
        if isinstance(value, _SCALARS):
            return (type(value), value) in self.scalars
        self.compared += len(self.others)
        if self.compared > _NODES:
            raise Unbounded("the list is too long")
        return any(deep_equal(value, other) for other in self.others)
