"""Conversion of values from type to type: refused where the real tool refuses it, and only there.

Source: https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from iac_gym.languages.terraform.kinds import (
    NUMBER_CLASSES,
    Compound,
    ListValue,
    MapValue,
    TypedSet,
    has_any,
    type_name,
    type_of,
    wholly_known,
    without_optional,
)
from iac_gym.languages.terraform.precise import is_number, number_text, parse_number
from iac_gym.languages.terraform.unification import convertible, replaced, unify
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


class ConversionError(ValueError):
    """A value that cannot become a value of the wanted type."""


class Defaults:
    """The defaults of optional attributes inside a type constraint.

    `kind` is the sort of type: "object" and "tuple" have a child for each name or index,
    collections have one for all elements, at "".
    """

    __slots__ = ("children", "kind", "values")

    def __init__(
        self, kind: str, values: dict[str, Value], children: dict[str | int, Defaults]
    ) -> None:
        self.kind = kind
        self.values = values
        self.children = children

    def _child(self, key: str | int) -> Defaults | None:
        if self.kind in ("object", "tuple"):
            return self.children.get(key)
        return self.children.get("")

    def _inner(self, key: str | int, value: Value) -> Value:
        child = self._child(key)
        return value if child is None else child.apply(value)

    def apply(self, value: Value) -> Value:
        """Return a value with its missing and null attributes set to their defaults."""
        if isinstance(value, list):
            items = [self._inner(index, item) for index, item in enumerate(value)]
            return SetValue(items) if isinstance(value, SetValue) else items
        if not isinstance(value, dict):
            return value
        result = {key: self._inner(key, item) for key, item in value.items()}
        for key, default in self.values.items():
            if result.get(key) is None:
                result[key] = self._inner(key, default)
        return result


# ---------------------------------------------------------------- primitive conversions


def _string(value: Value) -> Value:
    if value is True:
        return "true"
    if value is False:
        return "false"
    if is_number(value):
        return number_text(value)
    raise ConversionError("string required")


def _number(value: Value) -> Value:
    number = parse_number(value) if isinstance(value, str) else None
    if number is None:
        raise ConversionError("a number is required")
    return number


_BOOLS = {"true": True, "1": True, "false": False, "0": False}


def _bool(value: Value) -> Value:
    if isinstance(value, str):
        if value in _BOOLS:
            return _BOOLS[value]
        if value.lower() in _BOOLS:
            raise ConversionError(f'a bool is required, written "{value.lower()}"')
    raise ConversionError("a bool is required")


_TO_PRIMITIVE: dict[str, Callable[[Value], Value]] = {
    STRING: _string,
    NUMBER: _number,
    BOOL: _bool,
}


# ---------------------------------------------------------------- conversion


def convert(value: Value, want: Type, defaults: Defaults | None = None) -> Value:
    """Convert a value to a type, or raise `ConversionError`.

    Null stays null. Of an unknown value the type alone is converted. Parts of `want` that are
    `ANY` take the type of the value; elements of one collection get one type. `defaults` are
    those of optional attributes, as `parse_type` returns them.
    """
    if defaults is not None:
        value = defaults.apply(value)
    if want == ANY or value is None:
        return value
    if isinstance(value, Unknown):
        return _convert_unknown(value, want)
    if isinstance(want, str):
        return value if _is_primitive(value, want) else _TO_PRIMITIVE[want](value)
    return _TO_CONTAINER[want[0]](value, want)


def _is_primitive(value: Value, want: str) -> bool:
    kind = value.__class__
    if want == STRING:
        return kind is str
    return kind is bool if want == BOOL else kind in NUMBER_CLASSES


def _convert_unknown(value: Unknown, want: Type) -> Unknown:
    if value.type == want:
        return value
    if not convertible(value.type, want):
        raise ConversionError(mismatch(value.type, want))
    kind = replaced(value.type, without_optional(want))
    return value if kind == value.type else Unknown(kind, value.ref, value.refs)


def mismatch(have: Type, want: Type) -> str:
    """Say that a type was wanted, and what is there instead where that helps."""
    wanted = type_name(want)
    if isinstance(want, tuple) and want[0] in ("object", "tuple"):
        given = have if isinstance(have, str) else have[0]
        return (
            f"{wanted} required, but this is {given}"
            if given != want[0]
            else _difference(have, want)
        )
    return f"{wanted} required"


def _difference(have: Compound, want: Compound) -> str:
    if want[0] == "object":
        missing = sorted(set(want[1]) - set(have[1]) - want[2])
        if missing:
            return f'attribute "{missing[0]}" is required'
    elif len(have[1]) != len(want[1]):
        return f"a tuple of {len(want[1])} elements is required"
    return f"{want[0]} with other parts required"


def _items(value: Value, want: Type) -> list[Value]:
    """Return the converted elements of a sequence, all of one type."""
    if not isinstance(value, list) or (not value and not convertible(type_of(value), want)):
        raise ConversionError(mismatch(type_of(value), want))
    element = want[1]
    if isinstance(element, str) and element != ANY:
        return [convert(item, element) for item in value]
    return _one_type([convert(item, element) for item in value], element)


def _one_type(items: list[Value], element: Type, *, lenient: bool = False) -> list[Value]:
    """Unify the types of elements where the wanted type leaves something open.

    `lenient`: elements of no known type may stand beside others, as they may in maps.
    """
    if not items or not has_any(element):
        return items
    kinds = [type_of(item) for item in items]
    common = unify(kinds)
    if common is None:
        raise ConversionError("all elements must have the same type")
    if common == ANY:
        known = [kind for kind in kinds if kind != ANY]
        if known and not (lenient and all(kind == known[0] for kind in known)):
            raise ConversionError("all elements must have the same type")
        return items
    return [convert(item, common) for item in items]


def _element_type(items: Iterable[Value], element: Type, source: Value) -> Type:
    """Return the type of the elements of a converted collection."""
    if not has_any(element):
        return without_optional(element)
    for item in items:
        kind = type_of(item)
        if kind != ANY:
            return kind
    known = getattr(source, "element", ANY)
    return known if element == ANY else without_optional(element)


def _list(value: Value, want: Type) -> Value:
    if isinstance(value, ListValue) and value.element == want[1]:
        return value
    items = _items(value, want)
    return ListValue(items, _element_type(items, want[1], value))


def _set(value: Value, want: Type) -> Value:
    if isinstance(value, TypedSet) and value.element == want[1]:
        return value
    items = _items(value, want)
    return make_set(items, _element_type(items, want[1], value))


def make_set(items: list[Value], element: Type) -> TypedSet:
    """Return the set of some values: each once, primitive ones sorted, null last."""
    classes = {item.__class__ for item in items if item is not None}
    if classes <= _STRINGS or classes <= NUMBER_CLASSES or classes <= _BOOLEANS:
        ordered: list[Value] = sorted({item for item in items if item is not None})
        return TypedSet(ordered + [None] * (None in items), element)
    found: list[Value] = []
    seen: set[str] = set()
    for item in items:
        mark = fingerprint(item)
        if mark is None:
            found.append(item)
        elif mark not in seen:
            seen.add(mark)
            found.append(item)
    return TypedSet(found, element)


def fingerprint(value: Value) -> str | None:
    """Return a text that equal known values have in common; None for unknown ones."""
    if not wholly_known(value):
        return None
    return repr(_plain(value))


def _plain(value: Value) -> Any:
    if isinstance(value, dict):
        return sorted((key, _plain(item)) for key, item in value.items())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return float(value) if value.__class__ is int and abs(value) < 1 << 53 else value


_STRINGS, _BOOLEANS = frozenset((str,)), frozenset((bool,))


def _map(value: Value, want: Type) -> Value:
    if isinstance(value, MapValue) and value.element == want[1]:
        return value
    if not isinstance(value, dict) or (not value and not convertible(type_of(value), want)):
        raise ConversionError(mismatch(type_of(value), want))
    element = want[1]
    items = [convert(item, element) for item in value.values()]
    if not isinstance(element, str) or element == ANY:
        items = _one_type(items, element, lenient=True)
    return MapValue(zip(value, items, strict=True), _element_type(items, element, value))


def _object(value: Value, want: Compound) -> Value:
    if not isinstance(value, dict):
        raise ConversionError(mismatch(type_of(value), want))
    _, attributes, optional = want
    result = {}
    for name, kind in attributes.items():
        if name in value:
            try:
                result[name] = convert(value[name], kind)
            except ConversionError as error:
                raise ConversionError(f'attribute "{name}": {error}') from None
        elif name in optional:
            result[name] = None
        else:
            raise ConversionError(f'attribute "{name}" is required')
    return result


def _tuple(value: Value, want: Type) -> Value:
    if not isinstance(value, list) or isinstance(value, (ListValue, SetValue)):
        raise ConversionError(mismatch(type_of(value), want))
    if len(value) != len(want[1]):
        raise ConversionError(f"a tuple of {len(want[1])} elements is required")
    return [convert(item, kind) for item, kind in zip(value, want[1], strict=True)]


_TO_CONTAINER: dict[str, Callable[[Value, Type], Value]] = {
    "list": _list,
    "set": _set,
    "map": _map,
    "object": _object,
    "tuple": _tuple,
}
