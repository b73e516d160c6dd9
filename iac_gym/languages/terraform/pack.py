"""The schema pack: what each provider's types may hold, read when it is first asked for.

Layout: magic; the lengths of the dictionary, the index and the table of records; these three,
deflated; then the records. The index lists the providers. A provider's list of types is a record,
read when the provider is first used; so is each type. A record is deflated with another record as
its dictionary where one is alike (the same type in another major version, say), or else with the
common dictionary.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from iac_gym.formats.lazy import lazy
from iac_gym.languages.terraform.schema_codes import decode, type_of
from iac_gym.languages.terraform.schemas import BodySchema
from iac_gym.languages.terraform.values import Type

MAGIC = b"TFS1"
PATH = Path(__file__).parent / "data" / "schemas.bin"
HEAD = struct.Struct("<4s3I")
#: The kinds of types that a provider has.
KINDS = ("resource", "data", "ephemeral")
#: In the table of records: the common dictionary, not that of another record.
COMMON = 0xFFFFFFFF
#: Deflate without a header.
RAW = -15


class Pack:
    """A pack in memory: `index` lists the providers, `raw` reads one record."""

    def __init__(self, data: bytes) -> None:
        magic, *lengths = HEAD.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("this file is no Terraform schema pack; build it again")
        parts = []
        place = HEAD.size
        for length in lengths:
            parts.append(zlib.decompress(data[place : place + length]))
            place += length
        self._dictionary = parts[0]
        self.index: list[dict[str, Any]] = json.loads(parts[1])
        table = array("I")
        table.frombytes(parts[2])
        half = len(table) // 2
        self._ends, self._bases = table[:half], table[half:]
        self._records = data[place:]

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self._ends)

    def raw(self, place: int) -> bytes:
        """Read one record, and first those that it was deflated with."""
        base = self._bases[place]
        dictionary = self._dictionary if base == COMMON else self.raw(base)
        start = self._ends[place - 1] if place else 0
        unpack = zlib.decompressobj(RAW, zdict=dictionary)
        return unpack.decompress(self._records[start : self._ends[place]])


class FunctionSchema(NamedTuple):
    """A provider's function. `rest` is the type of any further arguments, None where none go."""

    parameters: tuple[Type, ...]
    rest: Type | None
    result: Type


class ProviderSchema:
    """One version of a provider.

    `name` is the local name that it usually has ("aws"), `source` its address ("hashicorp/aws";
    that of the provider inside Terraform is "terraform.io/builtin/terraform").
    """

    def __init__(self, pack: Pack, entry: Mapping[str, Any]) -> None:
        self._pack = pack
        self._entry = entry
        self._bodies: dict[tuple[str, str], BodySchema | None] = {}
        self.name: str = entry["name"]
        self.source: str = entry["source"]
        self.version: str = entry["version"]

    def resource(self, type: str) -> BodySchema | None:
        """Return the schema of a managed resource, without Terraform's own meta-arguments."""
        return self._body("resource", type)

    def data(self, type: str) -> BodySchema | None:
        """Return the schema of a data source."""
        return self._body("data", type)

    def ephemeral(self, type: str) -> BodySchema | None:
        """Return the schema of an ephemeral resource."""
        return self._body("ephemeral", type)

    @lazy
    def config(self) -> BodySchema:
        """The schema of the `provider` block, without `alias` and `version`."""
        return decode(self._pack.raw(self._entry["config"]))

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The types of managed resources, sorted."""
        return tuple(self._places["resource"])

    @property
    def data_types(self) -> tuple[str, ...]:
        """The types of data sources, sorted."""
        return tuple(self._places["data"])

    @property
    def ephemeral_types(self) -> tuple[str, ...]:
        """The types of ephemeral resources, sorted."""
        return tuple(self._places["ephemeral"])

    @lazy
    def functions(self) -> Mapping[str, FunctionSchema]:
        """The functions that are called as `provider::<name>::<function>(...)`."""
        return {
            name: FunctionSchema(
                tuple(type_of(code) for code in codes[0].split()),
                type_of(codes[1]) if codes[1] else None,
                type_of(codes[2]),
            )
            for name, codes in self._entry.get("functions", {}).items()
        }

    @lazy
    def _places(self) -> dict[str, dict[str, int]]:
        names = json.loads(self._pack.raw(self._entry["names"]))
        return {
            kind: dict(zip(names[kind][0].split(), accumulate(names[kind][1]), strict=True))
            for kind in KINDS
        }

    def _body(self, kind: str, type: str) -> BodySchema | None:
        try:
            return self._bodies[kind, type]
        except KeyError:
            place = self._places[kind].get(type)
            body = None if place is None else decode(self._pack.raw(place))
            if body is not None:
                self._bodies[kind, type] = body
            return body


@cache
def schema_pack() -> Pack:
    """Read the pack that ships with the package, once."""
    return Pack(PATH.read_bytes())


@cache
def _versions(name: str) -> Mapping[str, ProviderSchema]:
    pack = schema_pack()
    return {e["version"]: ProviderSchema(pack, e) for e in pack.index if e["name"] == name}


def provider_names() -> tuple[str, ...]:
    """List the providers in the pack by their usual local names, sorted."""
    return tuple(sorted({entry["name"] for entry in schema_pack().index}))


def provider_versions(name: str) -> tuple[str, ...]:
    """List the versions of a provider that are in the pack, oldest first; () for an unknown one."""
    return tuple(_versions(name))


def provider(name: str, major: int | None = None) -> ProviderSchema | None:
    """Return a provider's schema by its usual local name; None where the pack has none.

    `major` picks the version; without it the newest is taken, as `terraform init` would where
    nothing constrains the version.
    """
    found = [
        schema
        for version, schema in _versions(name).items()
        if major is None or version.split(".")[0] == str(major)
    ]
    return found[-1] if found else None
