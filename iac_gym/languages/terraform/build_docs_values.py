"""Build `data/value_rules_docs.bin`: the value rules of providers that cannot be asked.

    python -m iac_gym.languages.terraform.build_docs_values FOLDER

`FOLDER` holds the sources of the providers, one folder each, at the versions of `PROVIDERS` (see
`data/SOURCE_DOCS_VALUES.md`). The schemas are read by `go_source`; nothing is typed by hand.
Types that the providers' own documents and tests use most come first, until the pack has
`MOST_BYTES`.
Needs the package `tree-sitter-go`.
"""

from __future__ import annotations

import json
import math
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from iac_gym.languages.terraform.go_source.packages import Source
from iac_gym.languages.terraform.go_source.providers import PROVIDERS
from iac_gym.languages.terraform.go_source.schema_rules import Record
from iac_gym.languages.terraform.go_source.validators import Validators
from iac_gym.languages.terraform.go_source.values import Native, Value
from iac_gym.languages.terraform.value_rules import _HEAD as PACK_HEAD
from iac_gym.languages.terraform.value_rules import DATA, write_rules

Table = dict[str, dict[str, Record]]
MOST_BYTES = 150_000
_SDK = "github.com/hashicorp/terraform-plugin-sdk/v2/helper"
SDK_PACKAGES = (f"{_SDK}/validation", f"{_SDK}/schema")
KNOWN: dict[tuple[str, str], Value] = {
    # Where a provider may ask the cloud, `validate` looks for no more than a text.
    ("location", "EnhancedValidate"): Native(SDK_PACKAGES[0], "StringIsNotEmpty"),
    ("math", "MaxInt8"): 2**7 - 1,
    ("math", "MaxInt16"): 2**15 - 1,
    ("math", "MaxInt32"): 2**31 - 1,
    ("math", "MaxInt64"): 2**63 - 1,
    ("math", "MaxInt"): 2**63 - 1,
    ("math", "MaxUint16"): 2**16 - 1,
    ("math", "MaxUint32"): 2**32 - 1,
    ("math", "MinInt64"): -(2**63),
}
_USED = re.compile(r'^\s*resource "(\w+)"', re.M)
# A type that is used as a resource is seldom looked up as a data source.
_SHARES = {"resource": 1.0, "data": 0.2}
_FEW = 100


class Found(NamedTuple):
    """The rules of one type, and its share in what the provider's documents and tests use."""

    provider: str
    mode: str
    type: str
    record: Record
    share: float


def evaluator(name: str, sources: Path) -> Validators:
    """Return an evaluator of a provider's source."""
    provider = PROVIDERS[name]
    natives = {*SDK_PACKAGES, *(f"{provider.module}/{part}" for part in provider.validation)}
    libraries = {path: sources / path.replace("/", "_") for path in provider.libraries}
    roots = {provider.module: sources / name, "": sources / name / "vendor", **libraries}
    return Validators(Source(roots, frozenset(natives)), KNOWN)


def read_provider(name: str, sources: Path) -> tuple[Table, int]:
    """Return the records of a provider by mode and type, and how many schemas are missed."""
    table: Table = {}
    missed = 0
    run = evaluator(name, sources)
    for mode, type, record in PROVIDERS[name].records(run, PROVIDERS[name].module):
        missed += record is None
        if record:
            table.setdefault(mode, {})[type] = record
    return table, missed


def uses(folder: Path) -> Counter[str]:
    """Count how often a provider's documents and tests use each type."""
    found: Counter[str] = Counter()
    for file in sorted(folder.rglob("*")):
        if file.name.endswith(("_test.go", ".markdown", ".md")) and "vendor" not in file.parts:
            found.update(_USED.findall(file.read_text(errors="replace")))
    return found


def ranked(sources: Path) -> Iterator[Found]:
    """Yield all types that have rules."""
    for name in PROVIDERS:
        table, missed = read_provider(name, sources)
        used = uses(sources / name)
        print(name, json.dumps(counts(table)), f"{missed} schemas not understood")
        for mode, records in table.items():
            for type, record in records.items():
                share = used[type] ** 0.5 * _SHARES[mode]
                yield Found(name, mode, type, record, share if len(records) > _FEW else 1e9)


def chosen(found: list[Found], source: str) -> bytes:
    """Return the largest pack that is not too large, of the types used most for their room."""
    shares: dict[str, float] = {}
    for one in found:
        text = _text(one.record)
        shares[text] = shares.get(text, 0.0) + one.share
    ranks = {text: -share / _room(text) for text, share in shares.items()}
    found.sort(key=lambda one: (ranks[_text(one.record)], one.provider, one.mode, one.type))
    least, most = 0, len(found)
    while least < most:
        middle = (least + most + 1) // 2
        if len(packed(found[:middle], source)) <= MOST_BYTES:
            least = middle
        else:
            most = middle - 1
    print(f"{least} of {len(found)} types chosen")
    return packed(found[:least], source)


def _text(record: Record) -> str:
    return json.dumps(record, sort_keys=True)


def _room(text: str) -> float:
    """Estimate the room of a record: the larger it is, the more of it is in others, too."""
    return math.sqrt(math.sqrt(400 + len(text)))


def packed(found: list[Found], source: str) -> bytes:
    """Write a pack of some types, each record once: many types have the same."""
    first: dict[str, Found] = {}
    tables: dict[str, Table] = {}
    for one in found:
        if first.setdefault(_text(one.record), one) is one:
            tables.setdefault(one.provider, {}).setdefault(one.mode, {})[one.type] = one.record
    return _with_names(write_rules(tables, source=source), found, first)


def _with_names(data: bytes, found: list[Found], first: dict[str, Found]) -> bytes:
    """Let further types of the index of a pack point to the records that they share."""
    magic, dictionary, size, count = PACK_HEAD.unpack_from(data)
    start = PACK_HEAD.size + dictionary
    index = json.loads(zlib.decompress(data[start : start + size]))
    types = index["types"]
    for one in found:
        other = first[_text(one.record)]
        place = types[other.provider][other.mode][other.type]
        types.setdefault(one.provider, {}).setdefault(one.mode, {})[one.type] = place
    made = zlib.compress(json.dumps(index, separators=(",", ":"), sort_keys=True).encode(), 9)
    head = PACK_HEAD.pack(magic, dictionary, len(made), count)
    return b"".join((head, data[PACK_HEAD.size : start], made, data[start + size :]))


def counts(table: Table) -> dict[str, int]:
    """Count the rules of a provider by kind."""
    found: Counter[str] = Counter()
    for records in table.values():
        for record in records.values():
            found["types"] += 1
            found.update(rule[0] for rules in record.get("v", {}).values() for rule in rules)
            found.update(group[0] for group in record.get("g", ()))
    return dict(found)


def main(arguments: list[str]) -> int:
    """Write the pack, and say what is in it."""
    sys.setrecursionlimit(10_000)
    named = ", ".join(f"{name} {provider.version}" for name, provider in PROVIDERS.items())
    source = f"source of the Terraform providers {named} (MPL-2.0)"
    data = chosen(list(ranked(Path(arguments[0]))), source)
    (DATA / "value_rules_docs.bin").write_bytes(data)
    print(f"{len(data)} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
