"""Which arguments conflict, or must be set together: asked of the provider, and proved.

In every block, the optional arguments are left out, set one by one and set all; where the answers
speak of combinations, in pairs, too. What the messages claim is then compared with the answers to
random choices of arguments: a group that would refuse what the provider accepts is dropped.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from iac_gym.languages.terraform.probe_config import Asker, Key, Leaf, Steps
from iac_gym.languages.terraform.probe_schema import Attribute, Block
from iac_gym.languages.terraform.value_rules import Group, check_groups

GroupData = tuple[str, ...]
"""A kind, then paths."""

MOST_DEPTH, MOST_PAIRED = 6, 90
_TRIES = 24

_SDK = (
    (re.compile(r'"([^"]+)": conflicts with ([\w.]+)'), "conflicts"),
    (re.compile(r'"([^"]+)": only one of `([^`]+)` can be specified'), "exactly_one_of"),
    (re.compile(r'^Invalid combination.*"([^"]+)": one of `([^`]+)` must be'), "exactly_one_of"),
    (re.compile(r'^Missing required.*"([^"]+)": one of `([^`]+)` must be'), "at_least_one_of"),
    (re.compile(r'"([^"]+)": all of `([^`]+)` must be specified'), "required_with"),
)
_ALL_OF = (
    (re.compile(r"when one \(and only one\) of \[(.*)\] is required"), "exactly_one_of"),
    (re.compile(r"Exactly one of these attributes must be configured: \[(.*)\]"), "exactly_one_of"),
    (re.compile(r"At least one attribute out of \[(.*)\] must be"), "at_least_one_of"),
    (
        re.compile(r"At least one of these attributes must be configured: \[(.*)\]"),
        "at_least_one_of",
    ),
    (re.compile(r"These attributes cannot be configured together: \[(.*)\]"), "at_most_one_of"),
    (re.compile(r"These attributes must be configured together: \[(.*)\]"), "required_with"),
)  # fmt: skip
_PAIRS = (
    (re.compile(r'Attribute "(.*?)" cannot be specified when "(.*?)" is specified'), "conflicts"),
    (re.compile(r'Attribute "(.*?)" must be specified when "(.*?)" is specified'), "needs"),
)


def _path(text: str) -> str:
    """Write a path of a message as value rules do: no indices, `<` steps up."""
    out: list[str] = []
    depth, plain = 0, []
    for char in text.strip().strip('"'):
        depth += (char == "[") - (char == "]" and depth > 0)
        if depth == 0 and char != "]":
            plain.append(char)
    for step in "".join(plain).split("."):
        if step == "<":
            del out[-1:]
        elif step and not step.isdigit():
            out.append(step)
    return ".".join(out)


def _paths(text: str) -> list[str]:
    return sorted({_path(part) for part in text.split(",") if part.strip()})


def claimed(message: str) -> Iterator[GroupData]:
    """Yield the groups that a message claims; the block of the first path owns the group."""
    for pattern, kind in _SDK:
        found = pattern.search(message)
        if found:
            owner, others = _path(found.group(1)), _paths(found.group(2))
            yield (kind, owner, *(other for other in others if other != owner))
    for pattern, kind in _ALL_OF:
        found = pattern.search(message)
        if found:
            paths = _paths(found.group(1))
            if kind == "required_with":
                yield from ((kind, path, *(p for p in paths if p != path)) for path in paths)
            else:
                yield (kind, *paths)
    for pattern, kind in _PAIRS:
        found = pattern.search(message)
        if found:
            one, other = _path(found.group(1)), _path(found.group(2))
            yield ("conflicts", one, other) if kind == "conflicts" else (
                "required_with", other, one)  # fmt: skip


class _Place(NamedTuple):
    """A block that is asked about: what must be set in it, and what may be."""

    steps: Steps
    required: tuple[str, ...]
    optional: tuple[str, ...]
    values: dict[str, Any]


class _Groups:
    """The questions about one type."""

    def __init__(self, asker: Asker, key: Key) -> None:
        self._asker = asker
        self._key = key

    def places(self) -> Iterator[_Place]:
        """List the blocks, recursive ones once."""
        yield from self._places(self._asker.builder.schemas[self._key], ())

    def _places(self, block: Block, above: Steps) -> Iterator[_Place]:
        if len(above) > MOST_DEPTH:
            return
        values: dict[str, Any] = {}
        required: list[str] = []
        optional: list[str] = []
        for name, attribute in block.attributes.items():
            if attribute.settable and name != "id":
                values[name] = self._value(attribute, (*above, name))
                (required if attribute.required else optional).append(name)
        for name, nested in block.blocks.items():
            if name != "timeouts":
                values[name] = {}
                (required if nested.least else optional).append(name)
        yield _Place(above, tuple(required), tuple(optional), values)
        for name, nested in block.blocks.items():
            if name not in above and name != "timeouts":
                yield from self._places(nested.block, (*above, name))

    def _value(self, attribute: Attribute, steps: Steps) -> Leaf:
        return Leaf(self._asker.builder.filler(self._key, attribute.type, steps))

    def ask(self, place: _Place, names: Sequence[str]) -> tuple[set[str], set[GroupData]]:
        """Set some optional arguments; return the messages and the groups they claim."""
        settings: list[tuple[Steps, Any]] = [
            ((*place.steps, name), place.values[name]) for name in (*place.required, *names)
        ]
        if place.steps and not settings:
            settings.append((place.steps, {}))
        found = self._asker.errors(self._key, settings)
        messages = {f"{d.summary}: {d.detail}" for d in found}
        return messages, {group for message in messages for group in claimed(message)}

    def learn(self, place: _Place) -> tuple[set[GroupData], int]:
        """Return the proved groups of a block, and how often the provider alone objected."""
        found = self.ask(place, ())[1] | self.ask(place, place.optional)[1]
        for name in place.optional:
            found |= self.ask(place, (name,))[1]
        if not found:
            return set(), 0
        named = {path.rpartition(".")[2] for group in found for path in group[1:]}
        asked = [name for name in place.optional if name in named]
        if len(asked) <= MOST_PAIRED and any(
            g[0] in ("conflicts", "at_most_one_of") for g in found
        ):
            needs = _needs(found)
            for pair in combinations(asked, 2):
                found |= self.ask(place, sorted({*pair, *needs(pair)} & set(place.optional)))[1]
        return self._proved(place, _merged(found), asked)

    def _proved(
        self, place: _Place, groups: set[GroupData], asked: Sequence[str]
    ) -> tuple[set[GroupData], int]:
        """Drop groups that refuse what the provider accepts in random choices."""
        start = ".".join(place.steps)
        here = {g for g in groups if g[1].rpartition(".")[0] == start}
        draw = random.Random(repr((self._key, place.steps)))
        missed = 0
        for number in range(_TRIES):
            share = (0.15, 0.3, 0.6)[number % 3]
            names = [name for name in asked if draw.random() < share]
            said = {g for g in self.ask(place, names)[1] if g[1].rpartition(".")[0] == start}
            given = {".".join((*place.steps, n)) for n in (*place.required, *names)}
            broken = {g for g in here if _broken(g, start, given)}
            if not said:
                here -= broken
            elif not broken:
                missed += 1
        return here, missed


def _needs(groups: set[GroupData]) -> Callable[[Sequence[str]], set[str]]:
    """Return what must be set beside some arguments, or else nothing more is said of them."""
    beside = {g[1].rpartition(".")[2]: g[2:] for g in groups if g[0] == "required_with"}
    return lambda names: {path.rpartition(".")[2] for n in names for path in beside.get(n, ())}


def _broken(group: GroupData, start: str, given: set[str]) -> bool:
    """Tell whether a group refuses a choice; what lies in other blocks counts as not set."""

    def state(path: str) -> bool:
        return path in given or any(name.startswith(path + ".") for name in given)

    return bool(list(check_groups([Group(group[0], group[1:])], state)))


def _merged(groups: set[GroupData]) -> set[GroupData]:
    """Join the conflicts of one argument, and write groups without an owner but once."""
    out: set[GroupData] = set()
    conflicts: dict[str, set[str]] = {}
    for kind, first, *others in groups:
        home = first.rpartition(".")[0]
        if kind == "conflicts":
            conflicts.setdefault(first, set()).update(others)
        elif not others:
            continue  # the others are of a kind that no rule can name
        elif kind.endswith("_one_of") and all(o.rpartition(".")[0] == home for o in others):
            out.add((kind, *sorted((first, *others))))
        else:
            out.add((kind, first, *others))
    return out | {("conflicts", first, *sorted(others)) for first, others in conflicts.items()}


def ask_groups(asker: Asker, key: Key) -> dict[str, Any]:
    """Learn the groups of a type: `groups`, and `missed` objections that no group explains."""
    asking = _Groups(asker, key)
    groups: set[GroupData] = set()
    missed = 0
    for place in asking.places():
        found, more = asking.learn(place)
        groups |= found
        missed += more
    return {"groups": sorted(map(list, groups)), "missed": missed}
