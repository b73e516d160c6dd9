"""The schemas of a provider, as the probe needs them: every settable value with its path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from iac_gym.languages.terraform.probe_wire import fields

NESTINGS = {1: "single", 2: "list", 3: "set", 4: "map", 5: "group"}


class Attribute(NamedTuple):
    """An attribute: `type` as in the schema's JSON ("string", ["list", "string"], ...)."""

    type: Any
    required: bool
    settable: bool


class Nested(NamedTuple):
    """A nested block type."""

    nesting: str
    least: int
    most: int
    block: Block


class Block(NamedTuple):
    """The attributes and nested blocks of a body."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, Nested]


def _attribute(data: bytes) -> tuple[str, Attribute]:
    found = dict(fields(data))
    required, optional = bool(found.get(4)), bool(found.get(5))
    return found[1].decode(), Attribute(json.loads(found[2]), required, required or optional)


def _nested(data: bytes) -> tuple[str, Nested]:
    found = dict(fields(data))
    nesting = NESTINGS[found[3]]
    return found[1].decode(), Nested(nesting, found.get(4, 0), found.get(5, 0), _block(found[2]))


def _block(data: bytes) -> Block:
    pairs = list(fields(data))
    return Block(
        dict(_attribute(part) for number, part in pairs if number == 2),
        dict(_nested(part) for number, part in pairs if number == 3),
    )


def _schema(data: bytes) -> Block:
    return _block(dict(fields(data)).get(2, b""))


def read_schemas(message: bytes) -> dict[tuple[str, str], Block]:
    """Read a GetSchema response: (mode, type) -> its block."""
    found: dict[tuple[str, str], Block] = {}
    modes = {2: "resource", 3: "data"}
    for number, data in fields(message):
        if number == 1:
            found["provider", ""] = _schema(data)
        elif number in modes:
            entry = dict(fields(data))
            found[modes[number], entry[1].decode()] = _schema(entry[2])
    return found


class Place(NamedTuple):
    """A settable value: the names on the way to it, and its type."""

    steps: tuple[str, ...]
    type: Any
    required: bool
    is_block: bool = False


def places(block: Block, above: tuple[str, ...] = ()) -> Iterator[Place]:
    """Yield every settable attribute and every nested block, at any depth."""
    for name, attribute in block.attributes.items():
        if attribute.settable:
            yield Place((*above, name), attribute.type, attribute.required)
            yield from _inside(attribute.type, (*above, name))
    for name, nested in block.blocks.items():
        yield Place((*above, name), nested, nested.least > 0, is_block=True)
        yield from places(nested.block, (*above, name))


def _inside(type: Any, above: tuple[str, ...]) -> Iterator[Place]:
    """Yield the attributes of an attribute that is a list, set or map of objects."""
    if isinstance(type, list) and type[0] in ("list", "set", "map"):
        yield from _inside(type[1], above)
    elif isinstance(type, list) and type[0] == "object":
        optional = type[2] if len(type) > 2 else ()
        for name, inner in type[1].items():
            yield Place((*above, name), inner, name not in optional)
            yield from _inside(inner, (*above, name))
