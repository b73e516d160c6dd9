"""Requirement types made from what they look at: most requirements are a setting or a link.

    memory = setting("lambda-memory", LAMBDA, "memory_size", "{value} MB of memory for `{of}`")

Each makes a `RequirementType` like one written by hand; the wordings mention every argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    flat,
    refers,
    same,
    same_set,
    shown,
    the,
    where,
    world,
)
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, View
from iac_gym.languages.terraform.values import Unknown, Value
from iac_gym.verdict import Finding

#: Compares a value of the configuration with the one that a task asks for.
Same = Callable[[Value, Any], bool]


@dataclass(frozen=True)
class Companion:
    """A separate resource that says something about a thing: its type, the attribute that refers
    to the thing, and the path of what it says.
    """

    type: str
    link: str
    path: str


Place = str | Companion


def _named(name: str, function: Callable[..., Findings]) -> Callable[..., Findings]:
    function.__name__ = name.replace("-", "_")
    return function


def _thing(config: Configuration, kind: Kind, of: str) -> tuple[Instance | None, list[Finding]]:
    found = the(config, kind, of)
    return (found, []) if isinstance(found, Instance) else (None, [found])


def values_at(
    config: Configuration, thing: Instance, kind: Kind, places: tuple[Place, ...]
) -> list[tuple[Value, int]]:
    """Return what is said about a thing in some places: (value, offset), nulls left out."""
    found: list[tuple[Value, int]] = []
    for place in places:
        if isinstance(place, Companion):
            for other in companions(config, place.type, place.link, thing, kind):
                at = where(config, other, place.path)
                found += [(value, at) for value in other.at_path(place.path) if value is not None]
        else:
            at = where(config, thing, place)
            found += [(value, at) for value in thing.at_path(place) if value is not None]
    return found


def existence(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "there is exactly one `kind` of that name"; the argument is `name`."""

    def check(config: Configuration, name: str) -> Iterator[Finding]:
        yield from _thing(config, kind, name)[1]

    return requirement(*wordings)(_named(name, check))


def setting(
    name: str,
    kind: Kind,
    places: Place | tuple[Place, ...],
    *wordings: str,
    absent: Any = None,
    ordered: bool = False,
    compare: Same = same,
) -> RequirementType:
    """Make "this setting of the thing is `value`"; the arguments are `of` and `value`.

    The setting may stand in any of the `places`; where it stands in several, all must agree.
    `absent` is the provider's default, which holds where it is not set at all.
    """
    where_to_look = (places,) if isinstance(places, (str, Companion)) else places

    def check(config: Configuration, of: str, value: Any) -> Iterator[Finding]:
        thing, problems = _thing(config, kind, of)
        yield from problems
        if thing is not None:
            found = values_at(config, thing, kind, where_to_look) or [(absent, thing.at)]
            yield from _different(config, found, value, where_to_look[0], compare)

    return requirement(*wordings, ordered=ordered)(_named(name, check))


def fixed(
    name: str,
    kind: Kind,
    places: Place | tuple[Place, ...],
    wanted: Any,
    *wordings: str,
    absent: Any = None,
    compare: Same = same,
) -> RequirementType:
    """Make "this setting of the thing has that one value"; the argument is `of`."""
    where_to_look = (places,) if isinstance(places, (str, Companion)) else places

    def check(config: Configuration, of: str) -> Iterator[Finding]:
        thing, problems = _thing(config, kind, of)
        yield from problems
        if thing is not None:
            found = values_at(config, thing, kind, where_to_look) or [(absent, thing.at)]
            yield from _different(config, found, wanted, where_to_look[0], compare)

    return requirement(*wordings)(_named(name, check))


def _different(
    config: Configuration,
    found: list[tuple[Value, int]],
    wanted: Any,
    place: Place,
    compare: Same,
) -> Iterator[Finding]:
    said = place.path if isinstance(place, Companion) else place
    for value, at in found:
        if not compare(value, wanted):
            yield config.finding(at, f"`{said}` is {shown(value)}, asked for {shown(wanted)}")
            return


def listed(
    name: str, kind: Kind, places: Place | tuple[Place, ...], *wordings: str
) -> RequirementType:
    """Make "this list of the thing holds just `values`, in any order"; also of `of`."""
    where_to_look = (places,) if isinstance(places, (str, Companion)) else places

    def check(config: Configuration, of: str, values: Any) -> Iterator[Finding]:
        thing, problems = _thing(config, kind, of)
        yield from problems
        if thing is not None:
            found = values_at(config, thing, kind, where_to_look) or [(None, thing.at)]
            yield from _different(config, found, values, where_to_look[0], same_set)

    return requirement(*wordings)(_named(name, check))


def member(
    name: str, kind: Kind, places: Place | tuple[Place, ...], *wordings: str
) -> RequirementType:
    """Make "this list of the thing has the item `value`"; also of `of`."""
    where_to_look = (places,) if isinstance(places, (str, Companion)) else places

    def check(config: Configuration, of: str, value: Any) -> Iterator[Finding]:
        thing, problems = _thing(config, kind, of)
        yield from problems
        if thing is not None:
            found = values_at(config, thing, kind, where_to_look)
            items = flat(item for item, _ in found)
            if not any(same(item, value) for item in items):
                at = found[0][1] if found else thing.at
                said = ", ".join(shown(item) for item in items[:5]) or "nothing"
                yield config.finding(at, f"{shown(value)} is not there, only {said}")

    return requirement(*wordings)(_named(name, check))


def link(
    name: str,
    kind: Kind,
    places: Place | tuple[Place, ...],
    target: Kind,
    *wordings: str,
    ids: tuple[str, ...] = (),
) -> RequirementType:
    """Make "the thing `of` uses the thing `to`": one of the places refers to it.

    `ids` are the attributes of the target that are right here (the target's own by default).
    """
    where_to_look = (places,) if isinstance(places, (str, Companion)) else places

    def check(config: Configuration, of: str, to: str) -> Iterator[Finding]:
        thing, problems = _thing(config, kind, of)
        other, more = _thing(config, target, to)
        yield from (problems + more)[:1]
        if thing is None or other is None:
            return
        found = values_at(config, thing, kind, where_to_look)
        if not any(
            refers(value, other, target, ids) for item, _ in found for value in flat([item])
        ):
            at = found[0][1] if found else thing.at
            place = where_to_look[0]
            said = place.path if isinstance(place, Companion) else place
            yield config.finding(
                at, f"`{said}` of `{of}` does not refer to the {target.noun} `{to}`",
                f"use .{(ids or target.ids)[0]} of its {target.types[0]}",
            )  # fmt: skip

    return requirement(*wordings)(_named(name, check))


#: Resource types of AWS that the provider gives no default tags.
_UNTAGGED = frozenset({"aws_autoscaling_group"})


def default_tags(config: Configuration, thing: Instance) -> dict[str, Value]:
    """Return the tags that the provider's configuration gives to a resource of AWS."""
    own = thing.resource
    found = config.root.providers.get((own.provider, own.alias))
    inside = bool(thing.module and own.alias)  # an alias of the module's own is another one
    if found is None or inside or own.type in _UNTAGGED or not own.type.startswith("aws_"):
        return {}
    view = View(found.body, world(config).root, {}, found.at)
    tags = [value for value in view.at_path("default_tags.tags") if isinstance(value, dict)]
    return tags[-1] if tags else {}


def tag(name: str, kind: Kind, *wordings: str, attribute: str = "tags") -> RequirementType:
    """Make "the thing `of` has the tag (or label) `key` with `value`"."""

    def check(config: Configuration, of: str, key: str, value: str) -> Iterator[Finding]:
        thing, problems = _thing(config, kind, of)
        yield from problems
        if thing is not None:
            given = thing.get(attribute)
            found = given.get(key) if isinstance(given, dict) else None
            if found is None and given.__class__ is not Unknown and attribute == "tags":
                found = default_tags(config, thing).get(key)
            if not same(found, value):
                at = thing.where(attribute)
                yield config.finding(at, f"the tag `{key}` is {shown(found)}, asked for `{value}`")

    return requirement(*wordings)(_named(name, check))


def unknown_pieces(value: Value) -> tuple[Unknown, ...]:
    """Return the unknown pieces of a text, () for a plain one."""
    parts = getattr(value, "parts", (value,))
    return tuple(part for part in parts if isinstance(part, Unknown))
