"""Functions that look into collections, and those that choose one of several values."""

from __future__ import annotations

from iac_gym.languages.terraform.functions.registry import (
    FunctionError,
    implements,
    whole,
)
from iac_gym.languages.terraform.functions.shapes import Number, sort_of, unknown_of
from iac_gym.languages.terraform.functions.strings import clusters
from iac_gym.languages.terraform.types import (
    ConversionError,
    ListValue,
    convert,
    equal,
    type_name,
    type_of,
    unify,
    wholly_known,
)
from iac_gym.languages.terraform.values import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    SetValue,
    Type,
    Unknown,
    Value,
)


@implements("length", takes="all")
def _length(value: Value) -> Value:
    kind = type_of(value)
    if isinstance(value, Unknown):
        if sort_of(kind) in ("tuple", "object"):
            return len(kind[1])
        if kind in (ANY, STRING) or isinstance(kind, tuple):
            return unknown_of(NUMBER, value)
    elif isinstance(value, str):
        return len(clusters(value))
    elif isinstance(value, SetValue) and len(value) > 1 and not wholly_known(value):
        return unknown_of(NUMBER, value)
    elif isinstance(value, (list, dict)):
        return len(value)
    raise FunctionError(f"a string or a collection is required, not {type_name(kind)}", 0)


@implements("alltrue", takes="shallow")
def _alltrue(items: list[Value]) -> Value:
    for item in items:
        if isinstance(item, Unknown):
            return unknown_of(BOOL, *items)
        if not item:
            return False
    return True


@implements("anytrue", takes="shallow")
def _anytrue(items: list[Value]) -> Value:
    if any(item is True for item in items):
        return True
    return False if wholly_known(items) else unknown_of(BOOL, *items)


def _sequence(value: Value, *rest: Value) -> Type:
    if sort_of(type_of(value)) not in ("list", "tuple", "set"):
        raise FunctionError("a list, tuple or set is required", 0)
    return BOOL


@implements("contains", takes="shallow", kind=lambda *_: BOOL)
def _contains(items: list[Value], value: Value) -> Value:
    _sequence(items)
    unknown = False
    for item in items:
        same = equal(value, item)
        if same:
            return True
        unknown = unknown or same is None
    return unknown_of(BOOL, items, value) if unknown else False


@implements("index", takes="shallow", kind=lambda *_: NUMBER)
def _index(items: list[Value], value: Value) -> Value:
    if sort_of(type_of(items)) not in ("list", "tuple"):
        raise FunctionError("a list or tuple is required", 0)
    if not items:
        raise FunctionError("an empty list has no such element")
    for place, item in enumerate(items):
        same = equal(item, value)
        if same is None:
            return unknown_of(NUMBER, items, value)
        if same:
            return place
    raise FunctionError("there is no such element")


@implements("coalesce", takes="all")
def _coalesce(*values: Value) -> Value:
    kind = unify([type_of(value) for value in values])
    if kind is None:
        raise FunctionError("all arguments must have one type")
    for value in values:
        try:
            value = convert(value, kind)
        except ConversionError as error:
            raise FunctionError(str(error)) from None
        if isinstance(value, Unknown):
            return unknown_of(kind, *values)
        if value is not None and value != "":
            return value
    raise FunctionError("every argument is null or empty")


@implements("coalescelist", takes="all")
def _coalescelist(*lists: Value) -> Value:
    if not lists:
        raise FunctionError("at least one argument is required")
    for items in lists:
        if isinstance(items, Unknown):
            return unknown_of(ANY, *lists)
        if items is None or sort_of(type_of(items)) not in ("list", "tuple"):
            raise FunctionError("the arguments must be lists or tuples")
    for items in lists:
        if items:
            return items
    raise FunctionError("every list is empty")


def _element_kind(items: Value, place: Value) -> Type:
    kind = type_of(items)
    sort = sort_of(kind)
    if sort == "list":
        return kind[1]
    if sort != "tuple":
        raise FunctionError(f"elements of {type_name(kind)} cannot be read", 0)
    if isinstance(place, Unknown):
        return ANY
    if not kind[1]:
        raise FunctionError("an empty list has no element", 0)
    found: Type = kind[1][_place(place, len(kind[1]), tuple_=True)]
    return found


def _place(place: Number, length: int, *, tuple_: bool) -> int:
    """Return the index that a place stands for; of a tuple, the real tool takes none before 0."""
    index = whole(place, 1)
    if tuple_ and index < 0 and index % length:
        raise FunctionError("the index is negative", 1)
    return index % length


@implements("element", takes="shallow", kind=_element_kind)
def _element(items: list[Value], place: Number) -> Value:
    if sort_of(type_of(items)) not in ("list", "tuple"):
        raise FunctionError(f"elements of {type_name(type_of(items))} cannot be read", 0)
    whole(place, 1)
    if not items:
        raise FunctionError("an empty list has no element", 0)
    return items[_place(place, len(items), tuple_=not isinstance(items, ListValue))]


def _one_kind(items: Value) -> Type:
    kind = type_of(items)
    if sort_of(kind) in ("list", "set"):
        return kind[1]
    if sort_of(kind) == "tuple" and len(kind[1]) < 2:
        return kind[1][0] if kind[1] else ANY
    raise FunctionError("a list, set or tuple of no or one element is required", 0)


@implements("one", takes="shallow", kind=_one_kind)
def _one(items: list[Value]) -> Value:
    kind = _one_kind(items)
    if len(items) > 1:
        if isinstance(items, SetValue) and not wholly_known(items):
            return unknown_of(kind, items)
        raise FunctionError("a list, set or tuple of no or one element is required", 0)
    return items[0] if items else None
