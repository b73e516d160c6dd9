"""Reading a part of a value: `.name`, `["key"]`, `[0]`.

Source: https://developer.hashicorp.com/terraform/language/expressions/types#indices-and-attributes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iac_gym.formats.hcl.nodes import Step
from iac_gym.languages.terraform.conversion import ConversionError, convert
from iac_gym.languages.terraform.kinds import (
    ListValue,
    MapValue,
    merged_refs,
    type_name,
    type_of,
)
from iac_gym.languages.terraform.values import (
    ANY,
    NUMBER,
    STRING,
    Ref,
    SetValue,
    Type,
    Unknown,
    Value,
)

#: How many names a message lists.
_MOST_NAMES = 12


class EvalError(Exception):
    """An expression that the real tool refuses. `at` is the offset of the part to blame."""

    def __init__(self, message: str, at: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint


def follow(value: Value, steps: Iterable[Step], at: int) -> Value:
    """Apply the steps of a traversal to a value."""
    for step in steps:
        if step.__class__ is str:
            value = get_attribute(value, step, at)
        else:
            value = get_index(value, str(step) if isinstance(step, str) else step, at)
    return value


class Whole(Unknown):
    """A thing as a whole whose attributes are known where `attribute` says so."""

    __slots__ = ("attribute",)

    def __init__(self, ref: Ref, attribute: Callable[[str, int], Value]) -> None:
        super().__init__(ANY, ref)
        self.attribute = attribute


def part_of(value: Unknown, step: str | int, kind: Type) -> Unknown:
    """Return a part of an unknown value; the reference that it is grows by a step."""
    ref = value.ref
    if ref is None:
        return Unknown(kind, None, value.refs)
    return Unknown(kind, ref._replace(path=(*ref.path, step)))


def get_attribute(value: Value, name: str, at: int) -> Value:
    """Return `value.name`."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        what = "map has no element" if isinstance(value, MapValue) else "object has no attribute"
        raise EvalError(f"this {what} `{name}`", at, _names(value))
    if isinstance(value, Unknown):
        if value.__class__ is Whole:
            return value.attribute(name, at)
        return _attribute_of_unknown(value, name, at)
    if value is None:
        raise EvalError(f"this value is null, so it has no attribute `{name}`", at)
    raise _no_attributes(type_of(value), name, at)


def _names(names: Iterable[str]) -> str:
    listed = sorted(names)[:_MOST_NAMES]
    return "it has " + ", ".join(f"`{name}`" for name in listed) if listed else "it is empty"


def _no_attributes(kind: Type, name: str, at: int) -> EvalError:
    hint = ""
    if isinstance(kind, tuple) and kind[0] in ("list", "set", "tuple"):
        hint = f"use `[*].{name}` for all elements, or an index for one"
    return EvalError(f"a value of type {type_name(kind)} has no attribute `{name}`", at, hint)


def _attribute_of_unknown(value: Unknown, name: str, at: int) -> Unknown:
    kind = value.type
    if kind == ANY:
        return part_of(value, name, ANY)
    if isinstance(kind, tuple):
        if kind[0] == "object":
            if name in kind[1]:
                return part_of(value, name, kind[1][name])
            raise EvalError(f"this object has no attribute `{name}`", at, _names(kind[1]))
        if kind[0] == "map":
            return part_of(value, name, kind[1])
    raise _no_attributes(kind, name, at)


def get_index(value: Value, key: Value, at: int) -> Value:
    """Return `value[key]`."""
    if value is None:
        raise EvalError("this value is null, so it has no elements", at)
    if key is None:
        raise EvalError("null cannot be an index", at)
    if isinstance(value, dict):
        return _index_dict(value, key, at)
    if isinstance(value, SetValue):
        raise EvalError("elements of a set have no index", at, "convert it with `tolist`")
    if isinstance(value, list):
        return _index_list(value, key, at)
    if isinstance(value, Unknown):
        return _index_unknown(value, key, at)
    raise EvalError(f"a value of type {type_name(type_of(value))} has no elements", at)


def _key(key: Value, kind: Type, at: int) -> Value:
    try:
        return convert(key, kind)
    except ConversionError as error:
        raise EvalError(f"this index is not usable here: {error}", at) from None


def _open(key: Value) -> bool:
    return isinstance(key, Unknown) and key.type == ANY


def _index_dict(value: dict[str, Value], key: Value, at: int) -> Value:
    if _open(key):
        return Unknown(ANY, None, merged_refs(value, key))
    key = _key(key, STRING, at)
    if isinstance(key, Unknown):
        kind = value.element if isinstance(value, MapValue) else ANY
        return Unknown(kind, None, merged_refs(value, key))
    if key in value:
        return value[key]
    raise EvalError(f'there is no element "{key}"', at, _names(value))


def _index_list(value: list[Value], key: Value, at: int) -> Value:
    if _open(key):
        return Unknown(ANY, None, merged_refs(value, key))
    key = _key(key, NUMBER, at)
    if isinstance(key, Unknown):
        kind = value.element if isinstance(value, ListValue) else ANY
        return Unknown(kind, None, merged_refs(value, key))
    _check_index(key, len(value), at)
    return value[int(key)]


def _check_index(key: int | float, length: int, at: int) -> None:
    if key != key // 1:
        raise EvalError("an index must be a whole number", at)
    if key < 0:
        raise EvalError("an index cannot be negative", at)
    if key >= length:
        count = f"{length} element{'s' * (length != 1)}"
        raise EvalError(f"index {key} is out of range: there are {count}", at)


def _index_unknown(value: Unknown, key: Value, at: int) -> Value:
    kind = value.type
    if kind == ANY or _open(key):
        return _unknown_part(value, key, ANY)
    if not isinstance(kind, tuple):
        raise EvalError(f"a value of type {type_name(kind)} has no elements", at)
    if kind[0] == "set":
        raise EvalError("elements of a set have no index", at, "convert it with `tolist`")
    if kind[0] in ("map", "object"):
        return _unknown_part(value, _key(key, STRING, at), kind[1] if kind[0] == "map" else ANY)
    key = _key(key, NUMBER, at)
    if kind[0] == "list":
        return _unknown_part(value, key, kind[1])
    if isinstance(key, Unknown):
        return _unknown_part(value, key, ANY)
    _check_index(key, len(kind[1]), at)
    return _unknown_part(value, key, kind[1][int(key)])


def _unknown_part(value: Unknown, key: Value, kind: Type) -> Unknown:
    if isinstance(key, Unknown):
        return Unknown(kind, None, merged_refs(value, key))
    return part_of(value, key, kind)
