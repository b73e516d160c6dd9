"""Ask a real provider which values it refuses, and write down what it says.

    python -m iac_gym.languages.terraform.probe_values BINARY OBSERVATIONS.json.gz [TYPE ...]

For every settable value of every resource type, data source and the provider block, one value at a
time is put into a configuration that has what the schema requires, and the answer is compared with
that to the same configuration without the value. The rounds:

1. a few odd values (`FIRST_TEXTS`, `FIRST_NUMBERS`): where all are accepted, nothing is checked;
2. what the messages claim: members of lists in other cases, limits and their neighbours, forms;
3. where a message says less than the check does: many texts, then character by character;
4. which arguments conflict, or must be set together (`probe_groups`).

Checks that look alike (the same claims, or the same messages and answers) are asked in full a few
times, and then with a sample. Nothing is concluded here: `build_value_rules` does that.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from iac_gym.languages.terraform.probe_battery import (
    FIRST_NUMBERS,
    FIRST_TEXTS,
    FORM_TEXTS,
    LIGHT_TEXTS,
    NUMBERS,
    SAMPLE_TEXTS,
    SMALL_TEXTS,
    around,
    cases,
)
from iac_gym.languages.terraform.probe_config import Asker, Builder, Key, Steps
from iac_gym.languages.terraform.probe_fit import active, fit
from iac_gym.languages.terraform.probe_groups import ask_groups
from iac_gym.languages.terraform.probe_hints import hints
from iac_gym.languages.terraform.probe_infer import (
    exemplars,
    guesses,
    lengths,
    questions,
    samples,
)
from iac_gym.languages.terraform.probe_messages import RuleData, claims
from iac_gym.languages.terraform.probe_schema import Block, places, read_schemas
from iac_gym.languages.terraform.probe_wire import Plugin

SLOW = ("wafv2_web_acl", "wafv2_rule_group", "lexv2models_intent", "lexv2models_slot", "quicksight")
"""Types whose schema repeats itself inside: places with the same last two names are asked once."""

FULL_CLAIMS, FULL_ENUMS = 6, 2
"""How many checks with the same claims are asked in full."""


class Spot(NamedTuple):
    """A value that can be asked about: `part` is "" for all of it, "*" an element, "#" a key."""

    key: Key
    steps: Steps
    part: str
    type: Any
    required: bool

    @property
    def path(self) -> str:
        """The path as value rules write it."""
        return ".".join((*self.steps, self.part) if self.part else self.steps)

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return "number" in (self.type, self.type[1] if isinstance(self.type, tuple) else "")

    def wrapped(self, value: Any) -> Any:
        """Put a value where the spot is."""
        if self.part == "#":
            return {value: "x"}
        if self.part == "*":
            return {"zz": value} if self.type[0] == "map" else [value]
        return value


def spots(key: Key, block: Block) -> Iterator[Spot]:
    """List what is asked about a type."""
    seen: set[Steps] = set()
    slow = key[0] == "resource" and any(name in key[1] for name in SLOW)
    for place in sorted(places(block), key=lambda p: (len(p.steps) if slow else 0, p.steps)):
        if place.is_block or (key[0] == "provider" and place.steps[0] == "endpoints"):
            continue
        if slow and len(place.steps) > 1:
            if place.steps[-2:] in seen or ("quicksight" in key[1] and len(place.steps) > 3):
                continue
            seen.add(place.steps[-2:])
        if place.type in ("string", "number"):
            yield Spot(key, place.steps, "", place.type, place.required)
        elif isinstance(place.type, list) and place.type[1] in ("string", "number"):
            kind = tuple(place.type)  # a spot is looked up by what it holds
            yield Spot(key, place.steps, "*", kind, place.required)
            if place.type[0] == "map":
                yield Spot(key, place.steps, "#", kind, place.required)


class Survey:
    """The answers so far: `said[spot][value]` are the messages about a value."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.said: dict[Spot, dict[Any, list[str]]] = {}
        self.guesses: dict[Spot, list[RuleData]] = {}
        self._alike: Counter[str] = Counter()
        self._first: dict[str, Spot] = {}

    def ask(self, spot: Spot, values: Iterable[Any]) -> None:
        """Ask about values that were not asked about yet."""
        said = self.said.setdefault(spot, {})
        for value in values:
            if value not in said:
                said[value] = self.asker.refusals(spot.key, spot.steps, spot.wrapped(value))

    def examine(self, spot: Spot) -> None:
        """Ask all rounds about one spot."""
        self.ask(spot, FIRST_NUMBERS if spot.number else FIRST_TEXTS)
        if not self._messages(spot):
            return
        for _ in range(3):
            claimed = self._claims(spot)
            self.ask(spot, self._plan(spot, claimed))
            if self._claims(spot) == claimed:
                break
        if not spot.number and fit(self.said[spot], False, hints, path=spot.path).missed:
            self._infer(spot)

    def _messages(self, spot: Spot) -> set[str]:
        return {m for messages in active(self.said[spot], spot.path).values() for m in messages}

    def _claims(self, spot: Spot) -> list[RuleData]:
        found: dict[str, RuleData] = {}
        for message in sorted(self._messages(spot)):
            for claim in (*claims(message), *hints(message)):
                found.setdefault(repr(claim), claim)
        return list(found.values())

    def _plan(self, spot: Spot, claimed: Sequence[RuleData]) -> list[Any]:
        """List the values that would show a claim to be wrong."""
        if spot.number:
            limits = [e for claim in claimed for e in claim[1:] if isinstance(e, (int, float))]
            listed = [float(w) for c in claimed if c[0] == "enum_either" for w in c[1]]
            near = [x for limit in (*limits, *listed) for x in around(limit)]
            return [*NUMBERS, *(int(x) if x == int(x) else x for x in near)]
        name = repr(sorted(map(repr, claimed)))
        self._alike[name] += 1
        enum = any(claim[0] == "enum" for claim in claimed)
        full = self._alike[name] <= (FULL_ENUMS if enum else FULL_CLAIMS)
        return [value for claim in claimed for value in _texts(claim, full=full)]

    def _infer(self, spot: Spot) -> None:
        """Ask many texts, then character by character; share the guesses with checks alike."""
        alike = self._likeness(spot)
        first = self._first.get(alike)
        if first is not None:
            found = self.guesses[spot] = self.guesses[first]
            others = [v for v in self.said[first] if isinstance(v, str)]
            random.Random(repr(spot)).shuffle(others)
            self.ask(spot, [*SMALL_TEXTS[::3], *others[:70]])
            limits = [e for g in found if g[0] == "length" for e in g[1:] if e]
            self.ask(spot, ["a" * int(x) for e in limits for x in around(e)])
            return
        self._first[alike] = spot
        self.ask(spot, SMALL_TEXTS)
        made: dict[str, RuleData] = {}
        accepted = [v for v, said in active(self.said[spot], spot.path).items() if not said]
        for example in exemplars(accepted)[:2]:
            self.ask(spot, (*questions(example), *lengths(example)))
            answers = {v: not said for v, said in active(self.said[spot], spot.path).items()}
            self.ask(spot, samples(example, answers, repr(spot)))
            made.update((repr(guess), guess) for guess in guesses(example, answers))
        self.guesses[spot] = list(made.values())

    def _likeness(self, spot: Spot) -> str:
        """Name what two checks have in common that are most likely the same one."""
        said = active({v: self.said[spot][v] for v in FIRST_TEXTS}, spot.path)
        words = {re.sub(r'"[^"]*"|\S*\d\S*', "N", m[:160].replace(spot.steps[-1], "P"))[:50]
                 for m in self._messages(spot)}  # fmt: skip
        return repr(([bool(found) for found in said.values()], sorted(words)[:4]))


def _texts(claim: RuleData, *, full: bool) -> Iterator[str]:
    """Yield texts that would show a claim to be wrong; a sample where it is well known."""
    kind = claim[0]
    if kind in ("enum", "enum_either"):
        words = claim[1]
        yield from words if full else (*words[:3], words[len(words) // 2], *words[-2:])
        for word in words[:6] if full else (words[0], words[-1]):
            yield from cases(word)
        if full and len(words) <= 60:
            yield from (other for word in words for other in (word.lower(), word.upper()))
        yield from SAMPLE_TEXTS[:12]
    elif kind in ("length", "chars"):
        for limit in (int(e) for e in claim[1:] if e is not None and e <= 100_000):
            for fill in "aA1" if full else "a":
                yield from (fill * max(0, int(size)) for size in around(limit))
            if limit < 20_000:
                yield from ("é" * limit, "é" * (limit // 2), "é" * (limit // 2 + 1))
        yield from SAMPLE_TEXTS
    elif kind == "format":
        light = LIGHT_TEXTS.get(claim[1]) or FORM_TEXTS.get(claim[1], ())[::3]
        yield from FORM_TEXTS.get(claim[1], ()) if full else light
        yield from SAMPLE_TEXTS


def learn_good(survey: Survey, all_spots: Sequence[Spot]) -> dict[tuple[Key, str], Any]:
    """Choose a value that is accepted for each required spot, as far as the first round shows."""
    good: dict[tuple[Key, str], Any] = {}
    texts = ("zz-bogus", "arn:aws:iam::123456789012:role/x", "10.0.0.5/8", '{"a": 1}',
             "https://example.com/", "AWS", "default", "12345678901234567890", "-5")  # fmt: skip
    for spot in all_spots:
        if not spot.required or spot.part == "#":
            continue
        survey.ask(spot, FIRST_NUMBERS if spot.number else FIRST_TEXTS)
        said = active(survey.said[spot], spot.path)
        words = [c[1] for ms in said.values() for m in ms for c in claims(m) if c[0] == "enum"]
        tried: Sequence[Any] = (1, 3, 30, 100, 1000, 5000, 0) if spot.number else texts
        known = next(filter(None, words[0]), None) if words and not spot.number else None
        known = known or next((value for value in tried if not said.get(value, True)), None)
        if known is not None:
            good[spot.key, spot.path] = known
    return good


def observations(survey: Survey, groups: Mapping[Key, Any], version: str) -> dict[str, Any]:
    """Write down the answers: each message once."""
    numbers: dict[str, int] = {}
    answers: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
    for spot, said in survey.said.items():
        if any(said.values()):
            answers[spot.key[0]][spot.key[1]][spot.path] = {
                "number": spot.number,
                "said": [
                    [value, [numbers.setdefault(m, len(numbers)) for m in messages]]
                    for value, messages in said.items()
                ],
                "guesses": survey.guesses.get(spot, []),
            }
    found: dict[str, Any] = defaultdict(dict)
    for key, group in groups.items():
        found[key[0]][key[1]] = group
    return {
        "provider": "aws",
        "version": version,
        "messages": list(numbers),
        "answers": answers,
        "groups": found,
    }


def main() -> None:
    """Ask about all types, or about those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--version", default="5.100.0")
    given = parser.parse_args()
    with Plugin(given.binary) as plugin:
        schemas = read_schemas(plugin.schema())
        keys = sorted(key for key in schemas if not given.types or key[1] in given.types)
        builder = Builder(schemas, {})
        all_spots = [spot for key in keys for spot in spots(key, schemas[key])]
        builder.good = learn_good(Survey(Asker(plugin, builder)), all_spots)
        survey = Survey(Asker(plugin, builder))
        for spot in all_spots:
            survey.examine(spot)
        groups = {key: ask_groups(survey.asker, key)["groups"] for key in keys}
        print(f"{len(all_spots)} places, {survey.asker.calls} questions")
    seen = observations(survey, groups, given.version)
    with gzip.open(given.out, "wt", encoding="utf-8", compresslevel=6) as file:
        json.dump(seen, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
