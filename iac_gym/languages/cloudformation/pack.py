"""The data pack of resource schemas: an index first, then groups of records, read when needed.

Layout: magic, the lengths of the compressed index and of each part, the index, the groups. The
index (JSON) holds "types" (name -> [group, start, length] in the group's text), "shared" (the same
for the schemas that several types use), "groups" (their lengths), "source", "gone"
(types of services that were shut down). A group is the JSON
text of the records of a few types, compressed together with those of the same service.

A record is a mapping of short keys, `build_data` says which:

- `s` the schema of the properties, in short keys (see `schema_codes`);
- `d` the definitions that it refers to;
- `a` attributes for `Fn::GetAtt`: name or pattern -> [types, formats...];
- `f` formats of what `Ref` gives;
- `x` further checks: [path below Properties, name of a shared schema: a rule of cfn-lint];
- `o` read-only properties, as paths; `i` properties that together identify a resource.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

MAGIC = b"CFNP"
PATH = Path(__file__).parent / "data" / "cloudformation.bin"
_HEAD = struct.Struct("<4sII")
#: Text of one group, about: what is unpacked to read one type.
GROUP = 48_000

Record = dict[str, Any]


class Pack:
    """A pack in memory: `types` are the names of the known types."""

    def __init__(self, data: bytes) -> None:
        magic, index, _ = _HEAD.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("this file is no CloudFormation data pack; build it again")
        place = _HEAD.size
        self.index: dict[str, Any] = json.loads(zlib.decompress(data[place : place + index]))
        self._data = data
        self._starts = [place + index]
        for length in self.index["groups"]:
            self._starts.append(self._starts[-1] + length)
        self.types: dict[str, list[int]] = self.index["types"]
        self.gone = frozenset(self.index["gone"])
        self._group = lru_cache(maxsize=6)(self._read_group)

    def _read_group(self, number: int) -> bytes:
        return zlib.decompress(self._data[self._starts[number] : self._starts[number + 1]])

    def record(self, name: str) -> Record | None:
        """Return what is known of a type, None for one that does not exist."""
        found: Record | None = self._read(self.types.get(name))
        return found

    def shared(self, name: str) -> Any:
        """Return a schema that several types use."""
        return self._read(self.index["shared"][name])

    def is_shut_down(self, name: str) -> bool:
        """Whether a type belongs to a service that has been shut down."""
        return name in self.gone

    def _read(self, where: Sequence[int] | None) -> Any:
        if where is None:
            return None
        group, start, length = where
        return json.loads(self._group(group)[start : start + length])


def write(
    source: str,
    types: Mapping[str, Record],
    shared: Mapping[str, Any],
    near: Mapping[str, str],
    gone: Sequence[str],
) -> bytes:
    """Make a pack; `near`: shared schema -> the type in whose group it goes. Always the same."""
    groups: list[bytearray] = [bytearray()]
    index: dict[str, Any] = {
        "source": source,
        "types": {},
        "shared": {},
        "groups": [],
        "gone": gone,
    }

    def put(place: str, name: str, record: Any) -> None:
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        index[place][name] = [len(groups) - 1, len(groups[-1]), len(text)]
        groups[-1].extend(text)

    service = ""
    for name in sorted(types):
        part = name.rpartition("::")[0]
        if len(groups[-1]) > GROUP or (part != service and len(groups[-1]) > GROUP // 2):
            groups.append(bytearray())
        service = part
        put("types", name, types[name])
        for other in sorted(other for other, first in near.items() if first == name):
            put("shared", other, shared[other])
    packed = [zlib.compress(bytes(group), 9) for group in groups]
    index["groups"] = [len(group) for group in packed]
    head = zlib.compress(json.dumps(index, separators=(",", ":")).encode(), 9)
    return b"".join((_HEAD.pack(MAGIC, len(head), len(types)), head, *packed))


@cache
def schemas() -> Pack:
    """Read the pack that ships with the package, once."""
    return Pack(PATH.read_bytes())


#: Types that are given by their prefix or suffix, and known only as such.
CUSTOM = "AWS::CloudFormation::CustomResource"


@lru_cache(maxsize=1024)
def attributes(name: str) -> dict[str, list[str]] | None:
    """Return the attributes of a type, as name or pattern -> [types in letters, formats...].

    None where nothing is known: modules, SAM, types of third parties, types that do not exist.
    """
    if name.startswith("AWS::Serverless::"):
        return None
    found = schemas().record(CUSTOM if name.startswith("Custom::") else name)
    return None if found is None else found.get("a", {})


@lru_cache(maxsize=4096)
def attribute(name: str, path: str) -> list[str] | None:
    """Return [types in letters, formats...] of an attribute; None where it is not known."""
    known = attributes(name)
    if known is None:
        return None
    if path in known:
        return known[path]
    fit = [text for text in known if any(c in text for c in "*\\") and re.fullmatch(text, path)]
    return known[max(fit, key=len)] if fit else None


@lru_cache(maxsize=1024)
def reference_formats(name: str) -> list[str] | None:
    """Return the formats of what `Ref` gives of a resource, None for a type that is not known."""
    found = schemas().record(name)
    return None if found is None else found.get("f", [])


@lru_cache(maxsize=1024)
def identifiers(name: str) -> tuple[str, ...]:
    """Return the properties that together identify a resource of a type, () where none do."""
    found = schemas().record(name)
    return () if found is None else tuple(found.get("i", ()))
