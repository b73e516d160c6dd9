"""The text form of types, attributes and bodies in the schema pack, written and read here.

A type is a text: `s` string, `n` number, `b` bool, `a` any; `L`, `S`, `M` before a type make a
list, set or map of it; `{name:T,name?T}` is an object, `?` marks the names that may be left out.

A body is a JSON list `[groups, blocks, marks]`, shortened from the right where it ends in nothing:

- groups: `{code: "name name ..."}` where a code is a mode letter (`r` required, `o` optional,
  `c` computed) and a type;
- blocks: `{name: [code, place]}`: the code is a nesting letter (`L`, `S`, `M`, `1` single),
  the least number and, after `-`, the most (none without a limit); the place is that of the
  block's body in the record, -1 is a body that was cut: anything may stand in it;
- marks: `{mark: "name name ..."}` with `w` write-only, `x` sensitive, `k` may be written as blocks.

A record is the list of its bodies, inner ones first, equal ones once; the last is the whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from iac_gym.languages.terraform.schemas import AttributeSchema, BlockSchema, BodySchema
from iac_gym.languages.terraform.values import ANY, BOOL, NUMBER, STRING, Type

_SIMPLE = {"s": STRING, "n": NUMBER, "b": BOOL, "a": ANY}
_WRAPPED = {"L": "list", "S": "set", "M": "map"}
_MODES = {"r": "required", "o": "optional", "c": "computed"}
_NESTINGS = {"L": "list", "S": "set", "M": "map", "1": "single"}
_TYPE_LETTER = {name: letter for letter, name in (_SIMPLE | _WRAPPED).items()}
_MODE_LETTER = {name: letter for letter, name in _MODES.items()}
_NESTING_LETTER = {name: letter for letter, name in _NESTINGS.items()}

#: The body of a block whose schema was cut.
OPEN = BodySchema({}, {}, open=True)


def type_code(kind: Type) -> str:
    """Write a type."""
    if isinstance(kind, str):
        return _TYPE_LETTER[kind]
    if kind[0] == "object":
        fields = (f"{n}{'?' if n in kind[2] else ':'}{type_code(t)}" for n, t in kind[1].items())
        return "{" + ",".join(fields) + "}"
    return _TYPE_LETTER[kind[0]] + type_code(kind[1])


@cache
def type_of(code: str) -> Type:
    """Read a type; the same text gives the same object."""
    return _type_at(code, 0)[0]


def _type_at(code: str, at: int) -> tuple[Type, int]:
    letter = code[at]
    if letter in _SIMPLE:
        return _SIMPLE[letter], at + 1
    if letter in _WRAPPED:
        inner, end = _type_at(code, at + 1)
        return (_WRAPPED[letter], inner), end
    fields: dict[str, Type] = {}
    optional: list[str] = []
    at += 1
    while code[at] != "}":
        end = at
        while code[end] not in ":?":
            end += 1
        name = code[at:end]
        if code[end] == "?":
            optional.append(name)
        fields[name], at = _type_at(code, end + 1)
        at += code[at] == ","
    return ("object", fields, frozenset(optional)), at + 1


@cache
def _attribute(code: str) -> AttributeSchema:
    return AttributeSchema(type_of(code[1:]), _MODES[code[0]])


@cache
def _limits(code: str) -> tuple[str, int, int]:
    least, _, most = code[1:].partition("-")
    return _NESTINGS[code[0]], int(least), int(most or 0)


def block_form(kind: Type) -> BlockSchema:
    """Give the block that may stand for an attribute which is a list or set of objects."""
    names: dict[str, Type] = dict(kind[1][1].items()) if isinstance(kind, tuple) else {}
    attributes = {name: AttributeSchema(inner, "optional") for name, inner in names.items()}
    inner = {name: block_form(t) for name, t in names.items() if is_block_like(t)}
    return BlockSchema(str(kind[0]), 0, 0, BodySchema(attributes, {}, as_blocks=inner))


def is_block_like(kind: Type) -> bool:
    """Tell whether Terraform takes blocks for an attribute of that type: see `BodySchema`."""
    return kind[0] in ("list", "set") and kind[1][0] == "object"


def encode(body: BodySchema) -> bytes:
    """Write a body and all bodies in it as one record."""
    places: dict[str, int] = {}
    _encode(body, places)
    return f"[{','.join(places)}]".encode()


def _encode(body: BodySchema, places: dict[str, int]) -> int:
    if body.open:
        return -1
    groups: dict[str, list[str]] = {}
    for name, (kind, mode) in sorted(body.attributes.items()):
        groups.setdefault(_MODE_LETTER[mode] + type_code(kind), []).append(name)
    blocks = {}
    for name, (nesting, least, most, inner) in sorted(body.blocks.items()):
        limit = f"{_NESTING_LETTER[nesting]}{least}{f'-{most}' if most else ''}"
        blocks[name] = [limit, _encode(inner, places)]
    marks = {"k": body.as_blocks, "w": body.write_only, "x": body.sensitive}
    parts: list[Any] = [
        {code: " ".join(names) for code, names in sorted(groups.items())},
        blocks,
        {mark: " ".join(sorted(names)) for mark, names in marks.items() if names},
    ]
    while parts and not parts[-1]:
        parts.pop()
    return places.setdefault(json.dumps(parts, separators=(",", ":")), len(places))


def decode(record: bytes) -> BodySchema:
    """Read a record that `encode` wrote."""
    bodies: list[BodySchema] = []
    for parts in json.loads(record):
        bodies.append(_decode(bodies, *parts))
    return bodies[-1]


def _decode(
    bodies: list[BodySchema],
    groups: Mapping[str, str] | None = None,
    blocks: Mapping[str, tuple[str, int]] | None = None,
    marks: Mapping[str, str] | None = None,
) -> BodySchema:
    attributes: dict[str, AttributeSchema] = {}
    for code, names in (groups or {}).items():
        attributes.update(dict.fromkeys(names.split(" "), _attribute(code)))
    nested = {
        name: BlockSchema(*_limits(code), bodies[place] if place >= 0 else OPEN)
        for name, (code, place) in (blocks or {}).items()
    }
    if not marks:
        return BodySchema(attributes, nested)
    named = {mark: names.split(" ") for mark, names in marks.items()}
    return BodySchema(
        attributes,
        nested,
        as_blocks={name: block_form(attributes[name].type) for name in named.get("k", ())},
        sensitive=frozenset(named.get("x", ())),
        write_only=frozenset(named.get("w", ())),
    )
