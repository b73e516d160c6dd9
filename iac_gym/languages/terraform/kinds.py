"""Types of values: what they are, how they are named, and what values are made of.

Lists and maps are told apart from tuples and objects by their classes, `ListValue` and `MapValue`.

Source: https://developer.hashicorp.com/terraform/language/expressions/types
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from iac_gym.languages.terraform.precise import Precise
from iac_gym.languages.terraform.values import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Ref,
    SetValue,
    Type,
    Unknown,
    Value,
)

PRIMITIVES = frozenset((STRING, NUMBER, BOOL))
NUMBER_CLASSES = frozenset((int, float, Precise))
#: A type that has parts: no plain name, but a tuple.
Compound: TypeAlias = Any
#: How many characters of a text count as one part: 1 << 8.
TEXT_SHIFT = 8
#: Deepest nesting of values.
_MOST_DEPTH = 100


class ListValue(list[Any]):
    """A list (not a tuple), with the type of its elements."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Value] = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


class TypedSet(SetValue):
    """A set, with the type of its elements."""

    __slots__ = ("element",)

    def __init__(self, items: Iterable[Value] = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


class MapValue(dict[str, Any]):
    """A map (not an object), with the type of its elements."""

    __slots__ = ("element",)

    def __init__(self, items: Any = (), element: Type = ANY) -> None:
        super().__init__(items)
        self.element = element


def list_of(element: Type) -> Type:
    """Return the type of lists of something."""
    return ("list", element)


def object_of(attributes: dict[str, Type]) -> Type:
    """Return the type of objects with these attributes, all of them required."""
    return ("object", attributes, frozenset())


def type_of(value: Value) -> Type:
    """Return the type of a value; null and wholly unknown values are `ANY`."""
    kind = value.__class__
    if kind is str:
        return STRING
    if kind is bool:
        return BOOL
    if kind in NUMBER_CLASSES:
        return NUMBER
    if value is None:
        return ANY
    return _type_of_container(value)


def _type_of_container(value: Value) -> Type:
    if isinstance(value, Unknown):
        return value.type
    if isinstance(value, ListValue):
        return ("list", value.element)
    if isinstance(value, SetValue):
        element = value.element if isinstance(value, TypedSet) else set_element(value)
        return ("set", element)
    if isinstance(value, list):
        return ("tuple", tuple([type_of(item) for item in value]))
    if isinstance(value, MapValue):
        return ("map", value.element)
    if isinstance(value, dict):
        return ("object", {key: type_of(item) for key, item in value.items()}, frozenset())
    return STRING if isinstance(value, str) else ANY


def set_element(items: list[Value]) -> Type:
    """Return the type of the elements of a set that does not know it."""
    return type_of(items[0]) if items else ANY


def has_any(kind: Type) -> bool:
    """Say whether some part of a type is not known."""
    if isinstance(kind, str):
        return kind == ANY
    if kind[0] == "object":
        return any(has_any(part) for part in kind[1].values())
    if kind[0] == "tuple":
        return any(has_any(part) for part in kind[1])
    return has_any(kind[1])


def without_optional(kind: Type) -> Type:
    """Return the type of the values that a constraint describes: nothing is optional in it."""
    if isinstance(kind, str):
        return kind
    if kind[0] == "object":
        return object_of({name: without_optional(part) for name, part in kind[1].items()})
    if kind[0] == "tuple":
        return ("tuple", tuple([without_optional(part) for part in kind[1]]))
    return (kind[0], without_optional(kind[1]))


def type_name(kind: Type) -> str:
    """Return a type as messages of the real tool word it: "list of string"."""
    if isinstance(kind, str):
        return "dynamic" if kind == ANY else kind
    if kind[0] in ("object", "tuple"):
        return str(kind[0])
    if kind[1] == ANY:
        return f"{kind[0]} of any single type"
    return f"{kind[0]} of {type_name(kind[1])}"


def refs_of(value: Value) -> tuple[Ref, ...]:
    """Return the references that a value is made of, each once."""
    if isinstance(value, Unknown):
        return value.refs
    if not isinstance(value, (list, dict)):
        return ()
    found: dict[Ref, None] = {}
    _collect_refs(value, found)
    return tuple(found)


def _collect_refs(value: Value, found: dict[Ref, None]) -> None:
    if isinstance(value, Unknown):
        found.update(dict.fromkeys(value.refs))
    elif isinstance(value, list):
        for item in value:
            _collect_refs(item, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect_refs(item, found)


def merged_refs(*values: Value) -> tuple[Ref, ...]:
    """Return the references of several values, each once."""
    found: dict[Ref, None] = {}
    for value in values:
        _collect_refs(value, found)
    return tuple(found)


def wholly_known(value: Value) -> bool:
    """Say whether nothing in a value is unknown."""
    if isinstance(value, list):
        return all(map(wholly_known, value))
    if isinstance(value, dict):
        return all(map(wholly_known, value.values()))
    return not isinstance(value, Unknown)


def weight(value: list[Value] | dict[str, Value], limit: int) -> int:
    """Count the parts of a container, up to a limit: values that share parts can be huge.

    Long texts count by their length. What is nested too deeply counts as beyond the limit.
    """
    count = 0
    level: list[Value] = [value]
    for _ in range(_MOST_DEPTH):
        inner: list[Value] = []
        for item in level:
            count += len(item)
            if count > limit:
                return count
            for part in item.values() if isinstance(item, dict) else item:
                if part.__class__ is str:
                    count += len(part) >> TEXT_SHIFT
                elif isinstance(part, (list, dict)):
                    inner.append(part)
        if not inner:
            return count
        level = inner
    return limit + 1


def bounded(value: Value, limit: int = 10_000) -> Value:
    """Return a value, or an unknown one in the place of one that is huge or nested deeply."""
    if not isinstance(value, (list, dict)) or weight(value, limit) <= limit:
        return value
    return Unknown()
