"""The data pack of modules: an index of names first, then groups of records, read when needed.

Layout: magic, the length of the packed index, the index, the groups. The index (JSON) holds
"modules" (collection -> [names in one text, lengths of their records, lengths of packed groups]),
"redirects" (by collection and then by the collection they are sent to: names, or `name=other`),
"removed" (by collection: names that are gone), "filter", "test" and "lookup" (plugins by
collection, as one text), "routed" (by kind: plugins that are sent elsewhere), "action_groups",
"source". The records of a collection follow each other, cut into groups.

A record is what `build_data` made of one module:

- `o` options, name -> code, see `encode.option`;
- `m` `1` `t` `i` `b` mutually exclusive, one required, required together, required if, by;
- `a` 1: an action plugin stands before the module, 2: one of ansible-core;
- `*` 1: it takes any option, `+` 1: and needs at least one;
- `s` "d": known from the documentation alone.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

MAGIC = b"ANSM"
PATH = Path(__file__).parent / "data" / "modules.bin"
_HEAD = struct.Struct("<4sI")
#: Text of one group, at least: what is unpacked to read one module.
GROUP = 60_000

Record = dict[str, Any]

#: What the records begin with: it makes the first of a group smaller.
_COMMON = (
    b'"state":{"k":"s*","c":["present","absent"]}},"name":{"k":"s","r":1},'
    b'"validate_certs":"b*","url_username":"s","url_password":{"k":"s","n":1},'
    b'"access_key":{"k":"s","f":1,"a":["aws_access_key_id","aws_access_key"'
    b'"k":"l","e":"d","o":{"k":"l","e":"s"},"k":"i*"},{"k":"b*"},"m":[["1":[["t":[["i":[["state",'
)


class Place(NamedTuple):
    """Where a record stands: offset and length of the packed group, offset and length in it."""

    group: int
    packed: int
    start: int
    length: int


class Pack:
    """A pack in memory."""

    def __init__(self, data: bytes) -> None:
        magic, length = _HEAD.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("this file is no pack of Ansible modules; build it again")
        self._data = data
        place = _HEAD.size + length
        self.index: dict[str, Any] = json.loads(zlib.decompress(data[_HEAD.size : place]))
        self._starts: dict[str, int] = {}
        for collection, (_, _, groups) in self.index["modules"].items():
            self._starts[collection] = place
            place += sum(groups)
        self._group = lru_cache(maxsize=8)(self._read_group)
        self.places = cache(self._places)
        self.redirects = cache(self._redirects)

    def _read_group(self, start: int, length: int) -> bytes:
        return _unpacked(self._data[start : start + length])

    def knows(self, collection: str) -> bool:
        """Say whether the modules of a collection are known."""
        return collection in self._starts

    def _places(self, collection: str) -> Mapping[str, Place]:
        """Return where the records of a collection's modules stand."""
        if collection not in self._starts:
            return {}
        names, lengths, groups = self.index["modules"][collection]
        found = {}
        offset, start, number = self._starts[collection], 0, 0
        for name, length in zip(names.split(), lengths, strict=True):
            if start > GROUP:
                offset, start, number = offset + groups[number], 0, number + 1
            found[name] = Place(offset, groups[number], start, length)
            start += length
        return found

    def _redirects(self, collection: str) -> Mapping[str, str]:
        """Return the names of a collection that stand for others, with the whole name of these."""
        found = {}
        for target, names in self.index["redirects"].get(collection, {}).items():
            for name in names.split():
                own, _, other = name.partition("=")
                found[own] = f"{target}.{other or own}"
        return found

    def record(self, collection: str, name: str) -> Record | None:
        """Return what is known of a module, None for one that does not exist."""
        place = self.places(collection).get(name)
        if place is None:
            return None
        text = self._group(place.group, place.packed)
        found: Record = json.loads(text[place.start : place.start + place.length])
        return found

    @cache  # noqa: B019 - there is one pack, and it lives as long as the process
    def plugins(self, kind: str, collection: str) -> frozenset[str]:
        """Return the names of a collection's filters, tests or lookups."""
        return frozenset(self.index[kind].get(collection, "").split())


def write(index: dict[str, Any], records: Mapping[str, Mapping[str, Record]]) -> bytes:
    """Make a pack from collection -> name -> record. The same input gives the same bytes."""
    modules: dict[str, Any] = {}
    parts: list[bytes] = []
    for collection in sorted(records):
        names = sorted(records[collection])
        texts = [_text(records[collection][name]) for name in names]
        packed = [_packed(group) for group in _groups(texts)]
        modules[collection] = [
            " ".join(names), [len(text) for text in texts], [len(one) for one in packed]
        ]  # fmt: skip
        parts += packed
    whole = {**index, "modules": modules}
    head = zlib.compress(json.dumps(whole, separators=(",", ":")).encode(), 9)
    return b"".join((_HEAD.pack(MAGIC, len(head)), head, *parts))


def _text(record: Record) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()


def _groups(texts: list[bytes]) -> Iterator[bytes]:
    group = bytearray()
    for text in texts:
        if len(group) > GROUP:
            yield bytes(group)
            group = bytearray()
        group += text
    yield bytes(group)


def _packed(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_COMMON)
    return packer.compress(text) + packer.flush()


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj(-15, zdict=_COMMON).decompress(data)


@cache
def modules() -> Pack:
    """Read the pack that ships with the package, once."""
    return Pack(PATH.read_bytes())
