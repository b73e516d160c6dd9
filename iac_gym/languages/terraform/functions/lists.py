"""Functions that make lists."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.languages.terraform.conversion import fingerprint
from iac_gym.languages.terraform.functions.registry import (
    FunctionError,
    implements,
    strings,
    whole,
)
from iac_gym.languages.terraform.functions.shapes import Number, sort_of, unknown_of
from iac_gym.languages.terraform.operators import binary
from iac_gym.languages.terraform.types import (
    ConversionError,
    ListValue,
    convert,
    type_name,
    type_of,
    unify,
)
from iac_gym.languages.terraform.values import (
    ANY,
    NUMBER,
    SetValue,
    Type,
    Unknown,
    Value,
)


@implements("compact")
def _compact(items: list[Value]) -> ListValue:
    return strings(item for item in items if item)


def _same_kind(items: Value, *_: Value) -> Type:
    return type_of(items)


@implements("distinct", kind=_same_kind)
def _distinct(items: ListValue) -> ListValue:
    return ListValue(_each_once(items), items.element)


def _each_once(items: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    seen: set[str | None] = set()
    for item in items:
        mark = fingerprint(item)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


@implements("chunklist", takes="shallow", kind=lambda items, size: ("list", type_of(items)))
def _chunklist(items: ListValue, size: Number) -> ListValue:
    count = whole(size, 1)
    if count < 0:
        raise FunctionError("the size is negative", 1)
    kind = type_of(items)
    if not items or count == 0:
        return ListValue([items] if items else [], kind)
    chunks = [
        ListValue(items[start : start + count], items.element)
        for start in range(0, len(items), count)
    ]
    return ListValue(chunks, kind)


def _concat_kind(*lists: Value) -> Type:
    if not lists:
        raise FunctionError("at least one argument is required")
    kinds = [type_of(items) for items in lists]
    if all(sort_of(kind) == "list" for kind in kinds):
        common = unify(kinds)
        if common is not None:
            return common
    parts: list[Type] = []
    for index, (items, kind) in enumerate(zip(lists, kinds, strict=True)):
        if sort_of(kind) not in ("list", "tuple"):
            raise FunctionError(f"a list or tuple is required, not {type_name(kind)}", index)
        if isinstance(items, Unknown) and sort_of(kind) == "list":
            return ANY
        parts += [kind[1]] * len(items) if sort_of(kind) == "list" else kind[1]
    return ("tuple", tuple(parts))


@implements("concat", takes="shallow", kind=_concat_kind)
def _concat(*lists: Value) -> Value:
    if not lists:
        raise FunctionError("at least one argument is required")
    for index, items in enumerate(lists):
        if not isinstance(items, list) or isinstance(items, SetValue):
            kind = type_name(type_of(items))
            raise FunctionError(f"a list or tuple is required, not {kind}", index)
    joined = [item for items in lists for item in items]
    if all(isinstance(items, ListValue) for items in lists):
        common = unify([type_of(items) for items in lists])
        if common is not None:
            return ListValue([convert(item, common[1]) for item in joined], common[1])
    return joined


def _flatten_kind(items: Value) -> Type:
    return ANY


@implements("flatten", takes="shallow", kind=_flatten_kind)
def _flatten(items: Value) -> Value:
    if not isinstance(items, list):
        raise FunctionError("only lists, sets and tuples can be flattened", 0)
    result: list[Value] = []
    if not _flatten_into(items, result, 0):
        return unknown_of(ANY, items)
    return result


def _flatten_into(items: list[Value], result: list[Value], depth: int) -> bool:
    """Add the parts of a list; False where it is not known how many there are."""
    known = True
    for item in items:
        if isinstance(item, list):
            known = depth < 100 and _flatten_into(item, result, depth + 1) and known
        elif isinstance(item, Unknown) and sort_of(item.type) in (ANY, "list", "set", "tuple"):
            known = False
        else:
            result.append(item)
    return known


def _reverse_kind(items: Value) -> Type:
    kind = type_of(items)
    if sort_of(kind) == "tuple":
        return ("tuple", tuple(reversed(kind[1])))
    if sort_of(kind) in ("list", "set"):
        return ("list", kind[1])
    raise FunctionError(f"only a list or tuple can be reversed, not {type_name(kind)}", 0)


@implements("reverse", takes="shallow", kind=_reverse_kind)
def _reverse(items: Value) -> Value:
    kind = _reverse_kind(items)
    turned = items[::-1]
    return ListValue(turned, kind[1]) if sort_of(kind) == "list" else list(turned)


def _slice_kind(items: Value, start: Value, end: Value) -> Type:
    kind = type_of(items)
    if sort_of(kind) not in ("list", "tuple"):
        raise FunctionError("a list or tuple is required", 0)
    known = sort_of(kind) == "tuple" or not isinstance(items, Unknown)
    length = None if not known else len(kind[1]) if sort_of(kind) == "tuple" else len(items)
    limits = [_limit(limit, index, length) for index, limit in ((1, start), (2, end))]
    if None not in limits and limits[0] > limits[1]:  # type: ignore[operator]
        raise FunctionError("the start is behind the end", 1)
    if sort_of(kind) == "list":
        return kind
    return ANY if None in limits else ("tuple", kind[1][limits[0] : limits[1]])


def _limit(limit: Value, argument: int, length: int | None) -> int | None:
    if isinstance(limit, Unknown):
        return None
    place = whole(limit, argument)
    if place < 0:
        raise FunctionError("an index must not be negative", argument)
    if length is not None and place > length:
        raise FunctionError(f"there are only {length} elements", argument)
    return place


@implements("slice", takes="shallow", kind=_slice_kind)
def _slice(items: Value, start: Number, end: Number) -> Value:
    kind = _slice_kind(items, start, end)
    part = items[int(start) : int(end)]
    return ListValue(part, kind[1]) if sort_of(kind) == "list" else list(part)


@implements("sort")
def _sort(items: list[Value]) -> ListValue:
    if None in items:
        raise FunctionError("an element is null")
    return strings(sorted(items))


@implements("sum", kind=lambda *_: NUMBER)
def _sum(items: Value) -> Value:
    if not isinstance(items, (list, dict)):
        raise FunctionError("a list, set or tuple is required", 0)
    if not items:
        raise FunctionError("there is nothing to add up", 0)
    if isinstance(items, dict):
        raise FunctionError("a list, set or tuple is required", 0)
    total: Value = 0
    for item in items:
        try:
            number = convert(item, NUMBER)
        except ConversionError:
            number = None
        if number is None:
            raise FunctionError("an element is no number", 0)
        total = binary("+", total, number, (0, 0, 0))
    return total


def _matchkeys_kind(values: Value, keys: Value, wanted: Value) -> Type:
    if unify([type_of(keys), type_of(wanted)]) is None:
        raise FunctionError("keys and search set must have one type")
    return type_of(values)


@implements("matchkeys", kind=_matchkeys_kind)
def _matchkeys(values: ListValue, keys: ListValue, wanted: ListValue) -> ListValue:
    _matchkeys_kind(values, keys, wanted)
    if len(values) != len(keys):
        raise FunctionError("there must be as many keys as values")
    common = unify([type_of(keys), type_of(wanted)])
    assert common is not None
    marks = set(map(fingerprint, convert(wanted, common)))
    pairs = zip(values, convert(keys, common), strict=True)
    found = [value for value, key in pairs if fingerprint(key) in marks]
    return ListValue(found, values.element)
