"""What a provider refuses in a value although its schema's type allows it: the pack of such rules.

A pack holds one small record per (provider, mode, type), read when it is first needed. In JSON:

    {"v": {path: [rule, ...]}, "g": [[kind, path, ...], ...], "e": 1}

A **path** is dotted and has no indices: `root_block_device.volume_type` stands for every instance
of the block. A list, set or map of simple values has `path` for the whole (its number of items),
`path.*` for each element and `path.#` for each key of a map. A list, set or map of objects is
written like a block: `path.attribute`.

A **rule** is `[kind, argument, ...]` (see `value_checks`); all rules of a path must hold.

A **group** is about several paths (see `check_groups`). **e** marks a type that looks at each value
alone; all others look at the values in a block only where all blocks of that type are known.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from iac_gym.languages.terraform.value_checks import Rule, check_value, rule_from

__all__ = [
    "Group",
    "Rule",
    "TypeRules",
    "ValuePack",
    "check_groups",
    "check_value",
    "rule_from",
    "rules_for",
    "write_rules",
]

MAGIC = b"TFVR"
DATA = Path(__file__).parent / "data"
FILES = ("value_rules.bin", "value_rules_docs.bin")
_HEAD = struct.Struct("<4sIII")

Record = Mapping[str, Any]
"""`{"v": {path: [rule, ...]}, "g": [[kind, path, ...], ...], "e": 1}`; each may be missing."""


class Group(NamedTuple):
    """A rule about several paths: see `check_groups` for the kinds."""

    kind: str
    paths: tuple[str, ...]


class TypeRules:
    """The rules of one resource type, data source or provider block.

    `values` holds rules by path, `groups` the rules about several paths. `under` tells whether any
    rule lies at a block or below it, so that a walk may leave out the rest. `eager` says that a
    value is looked at even where something else in its block is not known.
    """

    __slots__ = ("eager", "groups", "under", "values")

    def __init__(
        self,
        values: Mapping[str, tuple[Rule, ...]],
        groups: tuple[Group, ...],
        *,
        eager: bool = False,
    ) -> None:
        self.eager = eager
        self.values = values
        self.groups = groups
        paths = [*values, *(path for group in groups for path in group.paths)]
        self.under = frozenset(start for path in paths for start in _starts(path))


def _starts(path: str) -> Iterator[str]:
    """Yield every beginning of a path: `a`, `a.b`, `a.b.c`."""
    end = path.find(".")
    while end != -1:
        yield path[:end]
        end = path.find(".", end + 1)
    yield path


def check_groups(
    groups: Sequence[Group], state: Callable[[str], bool | None]
) -> Iterator[tuple[Group, str, str]]:
    """Yield (group, path to blame, message) for each rule about several paths that is broken.

    `state` says of a path whether it is set: True, False (absent, null, or a block that is not
    there), or None (its value is not known yet). A group belongs to the block that its first path
    is in: it must be left out where that block is not there. The kinds:

    - `conflicts` (a, b, ...): where a is set and known, none of the others may be;
    - `required_with` (a, b, ...): where a is set, all the others must be;
    - `exactly_one_of` and `at_least_one_of` (a, b, ...), `at_most_one_of` (a, b, ...).
    """
    for group in groups:
        broken = _GROUP_CHECKS[group.kind](group.paths, state)
        if broken:
            yield group, broken[0], broken[1]


_State = Callable[[str], "bool | None"]


def _named(paths: Sequence[str]) -> str:
    """List paths in a message."""
    return ", ".join(f"`{path}`" for path in paths)


def _conflicts(paths: Sequence[str], state: _State) -> tuple[str, str] | None:
    if not state(paths[0]):
        return None
    for other in paths[1:]:
        if state(other):
            return paths[0], f"conflicts with `{other}`"
    return None


def _required_with(paths: Sequence[str], state: _State) -> tuple[str, str] | None:
    if state(paths[0]) is False:
        return None
    missing = [other for other in paths[1:] if state(other) is False]
    return (paths[0], f"also needs {_named(missing)}") if missing else None


def _exactly_one_of(paths: Sequence[str], state: _State) -> tuple[str, str] | None:
    return _at_most_one_of(paths, state) or _at_least_one_of(paths, state)


def _at_most_one_of(paths: Sequence[str], state: _State) -> tuple[str, str] | None:
    given = [path for path in paths if state(path)]
    if len(given) < 2:
        return None
    return given[1], f"only one of {_named(paths)} may be set, {_named(given)} are"


def _at_least_one_of(paths: Sequence[str], state: _State) -> tuple[str, str] | None:
    if any(state(path) is not False for path in paths):
        return None
    return paths[0], f"one of {_named(paths)} must be set"


_GROUP_CHECKS = {
    "conflicts": _conflicts,
    "required_with": _required_with,
    "exactly_one_of": _exactly_one_of,
    "at_least_one_of": _at_least_one_of,
    "at_most_one_of": _at_most_one_of,
}


class ValuePack:
    """A pack in memory: `types[provider][mode]` names the types that have rules."""

    def __init__(self, data: bytes) -> None:
        magic, dictionary, index, count = _HEAD.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("this file is no pack of value rules; build it again")
        place = _HEAD.size
        self._dictionary = zlib.decompress(data[place : place + dictionary])
        place += dictionary
        head = json.loads(zlib.decompress(data[place : place + index]))
        self.source: str = head["source"]
        self.types: dict[str, dict[str, dict[str, int]]] = head["types"]
        place += index
        self._offsets = struct.unpack_from(f"<{count + 1}I", data, place)
        self._records = data[place + 4 * (count + 1) :]

    def record(self, provider: str, mode: str, type: str) -> dict[str, Any] | None:
        """Read the record of a type, None where it has no rules."""
        place = self.types.get(provider, {}).get(mode, {}).get(type)
        if place is None:
            return None
        unpack = zlib.decompressobj(-15, zdict=self._dictionary)
        raw = unpack.decompress(self._records[self._offsets[place] : self._offsets[place + 1]])
        found: dict[str, Any] = json.loads(raw)
        return found


def write_rules(tables: Mapping[str, Mapping[str, Mapping[str, Record]]], source: str) -> bytes:
    """Make a pack of `tables[provider][mode][type]`; the same tables give the same bytes.

    `mode` is "resource", "data" or "provider" (type ""). A provider may be written `aws@6` for
    rules that hold for that major version only; `rules_for` looks there first.
    """
    types: dict[str, dict[str, dict[str, int]]] = {}
    places: dict[bytes, int] = {}
    for provider in sorted(tables):
        for mode in sorted(tables[provider]):
            for name in sorted(tables[provider][mode]):
                record = tables[provider][mode][name]
                _proof(record, f"{provider} {mode} {name}")
                raw = json.dumps(record, separators=(",", ":"), sort_keys=True).encode()
                place = places.setdefault(raw, len(places))
                types.setdefault(provider, {}).setdefault(mode, {})[name] = place
    raws = list(places)
    dictionary = _common(raws)
    records = [_pressed(raw, dictionary) for raw in raws]
    offsets = [0]
    for packed in records:
        offsets.append(offsets[-1] + len(packed))
    head = json.dumps({"source": source, "types": types}, separators=(",", ":"))
    index, small = zlib.compress(head.encode(), 9), zlib.compress(dictionary, 9)
    return b"".join(
        (
            _HEAD.pack(MAGIC, len(small), len(index), len(records)),
            small,
            index,
            struct.pack(f"<{len(offsets)}I", *offsets),
            *records,
        )
    )


_PROBES: tuple[Any, ...] = ("a", 1, [])


def _proof(record: Record, place: str) -> None:
    """Refuse a record that the reader could not use."""
    unknown = set(record) - {"v", "g", "e"}
    if unknown:
        raise ValueError(f"{place}: unknown keys {sorted(unknown)}")
    for path, rules in record.get("v", {}).items():
        for rule in rules:
            try:
                for value in _PROBES:
                    check_value(rule_from(rule), value)
            except (KeyError, TypeError, ValueError, IndexError, re.error) as error:
                raise ValueError(f"{place}: {path}: bad rule {rule!r}: {error}") from error
    for group in record.get("g", ()):
        if group[0] not in _GROUP_CHECKS or len(group) < 3:
            raise ValueError(f"{place}: bad group {group!r}")


def _pressed(raw: bytes, dictionary: bytes) -> bytes:
    """Compress a record with the shared dictionary, without header and checksum."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=dictionary)
    return press.compress(raw) + press.flush()


def _common(raws: Sequence[bytes]) -> bytes:
    """Choose a dictionary: records spread over all of them, as much as zlib can look back."""
    step = max(1, len(raws) // 80)
    return b"".join(raw[:400] for raw in raws[::step])[-32_000:]


@cache
def _packs() -> tuple[ValuePack, ...]:
    """Read the packs that ship with the package, once."""
    return tuple(ValuePack((DATA / name).read_bytes()) for name in FILES if (DATA / name).is_file())


@lru_cache(maxsize=4096)
def rules_for(provider: str, mode: str, type: str, major: int | None = None) -> TypeRules | None:
    """Return the rules of a type, None where none are known.

    `provider` is its type name ("aws"), `mode` "resource", "data" or "provider" (type ""). `major`
    is the version that the configuration asks for; rules that hold for every version are used
    unless there are own ones. Paths that a version's schema lacks are simply never met.
    """
    for name in (f"{provider}@{major}", provider):
        for pack in _packs():
            record = pack.record(name, mode, type)
            if record is not None:
                return _type_rules(record)
    return None


def _type_rules(record: Mapping[str, Any]) -> TypeRules:
    """Read a record."""
    values = {
        path: tuple(rule_from(rule) for rule in rules)
        for path, rules in record.get("v", {}).items()
    }
    groups = tuple(Group(group[0], tuple(group[1:])) for group in record.get("g", ()))
    return TypeRules(values, groups, eager=bool(record.get("e")))
