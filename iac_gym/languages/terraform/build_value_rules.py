"""Build `data/value_rules.bin` from the answers of the real provider.

    python -m iac_gym.languages.terraform.probe_values PROVIDER_BINARY OBSERVATIONS.json.gz
    python -m iac_gym.languages.terraform.build_value_rules OBSERVATIONS.json.gz

The first command asks (about an hour); the second only computes: the same observations give the
same bytes. See `data/SOURCE_VALUES.md` for what is asked and what is kept.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from iac_gym.languages.terraform.probe_fit import Fit, fit
from iac_gym.languages.terraform.probe_hints import hints
from iac_gym.languages.terraform.probe_messages import RuleData
from iac_gym.languages.terraform.value_rules import DATA, FILES, write_rules

Table = dict[str, dict[str, dict[str, Any]]]


def read(path: Path) -> dict[str, Any]:
    """Read the observations."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def fits(seen: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Fit]]:
    """Yield (mode, type, path, fit) for every path that was asked about."""
    messages = seen["messages"]
    for mode, types in sorted(seen["answers"].items()):
        for name, paths in sorted(types.items()):
            for path, found in sorted(paths.items()):
                answers = {value: [messages[i] for i in said] for value, said in found["said"]}
                more = found.get("guesses", ())
                yield mode, name, path, fit(answers, found["number"], hints, more, path)


_FRAMEWORK = re.compile(
    r"^(?:Invalid Attribute |Invalid String Enum|Invalid ARN Value|Invalid RFC3339 String|"
    r"Configuration Read Error|Value Conversion Error|Unable to Convert Attribute|"
    r"Invalid JSON String|Invalid IAM Policy|Invalid Time Duration|An Amazon Resource Name:)"
)
"""What only providers built with the plugin framework say: they look at each value alone."""


def eager(seen: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (mode, type) of the types that are built with the plugin framework."""
    telling = {i for i, message in enumerate(seen["messages"]) if _FRAMEWORK.match(message)}
    for mode, types in seen["answers"].items():
        for name, paths in types.items():
            said = (i for found in paths.values() for _, all in found["said"] for i in all)
            if not telling.isdisjoint(said):
                yield mode, name


def count_rule(sizes: Mapping[int, bool]) -> RuleData | None:
    """Read the limits of a list from which numbers of items are accepted."""
    fine = sorted(size for size, accepted in sizes.items() if accepted)
    if not fine or not all(sizes[n] for n in sizes if fine[0] <= n <= fine[-1]):
        return None
    least = fine[0] if sizes.get(fine[0] - 1) is False else None
    most = fine[-1] if sizes.get(fine[-1] + 1) is False else None
    return None if least is None and most is None else ["count", least, most]


def counts(seen: Mapping[str, Any]) -> Iterator[tuple[str, str, str, RuleData]]:
    """Yield (mode, type, path, rule) for the lists whose number of items is limited."""
    for mode, types in sorted(seen.get("counts", {}).items()):
        for name, paths in sorted(types.items()):
            for path, sizes in sorted(paths.items()):
                rule = count_rule(dict(sizes))
                if rule is not None:
                    yield mode, name, path, rule


def build(seen: Mapping[str, Any]) -> tuple[Table, Counter[str]]:
    """Make the tables of rules, and count them by kind."""
    table: Table = {}
    count: Counter[str] = Counter()
    for mode, name, path, found in fits(seen):
        count["refused values that no rule refuses, paths"] += bool(found.missed)
        if found.rules:
            record = table.setdefault(mode, {}).setdefault(name, {})
            record.setdefault("v", {})[path] = found.rules
            count.update(_kind(rule) for rule in found.rules)
    for mode, name, path, rule in counts(seen):
        record = table.setdefault(mode, {}).setdefault(name, {})
        record.setdefault("v", {}).setdefault(path, []).append(rule)
        count["count"] += 1
    for mode, types in sorted(seen.get("groups", {}).items()):
        for name, groups in sorted(types.items()):
            if groups:
                table.setdefault(mode, {}).setdefault(name, {})["g"] = groups
                count.update(group[0] for group in groups)
    for mode, name in eager(seen):
        if name in table.get(mode, {}):
            table[mode][name]["e"] = 1
            count["types that look at each value alone"] += 1
    return table, count


def _kind(rule: RuleData) -> str:
    """Name a rule in the count: alternatives by their last member."""
    if rule[0] == "any":
        return _kind(rule[-1])
    return f"format {rule[1]}" if rule[0] == "format" else str(rule[0])


def main() -> None:
    """Read the observations, write the pack, print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("observations", type=Path)
    parser.add_argument("--out", type=Path, default=DATA / FILES[0])
    given = parser.parse_args()
    seen = read(given.observations)
    table, count = build(seen)
    source = f"asked of {seen['provider']} {seen['version']} (MPL-2.0); see SOURCE_VALUES.md"
    data = write_rules({seen["provider"]: table}, source)
    given.out.write_bytes(data)
    for kind, number in sorted(count.items()):
        print(f"{number:6} {kind}")
    print(f"{sum(map(len, table.values())):6} types, {len(data)} bytes")


if __name__ == "__main__":
    main()
