"""Requirement types made from what they look at: most requirements are a setting or a link.

    memory = setting("function-memory", FUNCTION, "MemorySize", "{value} MB of memory for `{of}`")

Each makes a `RequirementType` like one written by hand; the wordings mention every argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from envs.cloudformation.requirements.kinds import (
    ANY,
    Kind,
    all_of,
    at_path,
    companions,
    flat,
    is_attribute,
    problem,
    refers,
    same,
    same_set,
    shown,
    spelled,
    tags_of,
    the,
)
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.cloudformation.folded import Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.languages.cloudformation.resolved import resolve
from iac_gym.verdict import Finding

#: Compares a value of the template with the one that a task asks for.
Same = Callable[[Any, Any], bool]
#: What a thing must show beside its name: yields findings.
More = Callable[[Template, Thing], Findings]


@dataclass(frozen=True)
class Companion:
    """A separate resource that says something about a thing: its type, the property that refers to
    the thing, and the path of what it says.
    """

    type: str
    link: str
    path: str


Place = str | Companion
Places = Place | tuple[Place, ...]


def _named(name: str, function: Callable[..., Findings]) -> Callable[..., Findings]:
    function.__name__ = name.replace("-", "_")
    return function


def _many(places: Places) -> tuple[Place, ...]:
    return (places,) if isinstance(places, (str, Companion)) else places


def values_at(template: Template, thing: Thing, kind: Kind, places: tuple[Place, ...]) -> list[Any]:
    """Return what is said about a thing in some places, nulls left out."""
    found: list[Any] = []
    for place in places:
        if isinstance(place, str):
            found += at_path(thing, place)
        else:
            for other in companions(template, place.type, place.link, thing, kind):
                found += at_path(other, place.path)
    return found


def _said(places: tuple[Place, ...]) -> str:
    place = places[0]
    return place if isinstance(place, str) else place.path


def existence(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "there is exactly one `kind` of that name"; the argument is `name`."""

    def check(template: Template, name: str) -> Iterator[Finding]:
        found = the(template, kind, name)
        if isinstance(found, Finding):
            yield found

    return requirement(*wordings)(_named(name, check))


def setting(
    name: str,
    kind: Kind,
    places: Places,
    *wordings: str,
    absent: Any = None,
    compare: Same = same,
) -> RequirementType:
    """Make "this setting of the thing is `value`"; the arguments are `of` and `value`.

    It may stand in any of the `places`; where it stands in several, all must agree. `absent` is the
    default, which holds where it is not set at all.
    """
    look = _many(places)

    def check(template: Template, of: str, value: Any) -> Iterator[Finding]:
        yield from _agreed(template, kind, of, look, value, absent, compare)

    return requirement(*wordings)(_named(name, check))


def fixed(
    name: str,
    kind: Kind,
    places: Places,
    wanted: Any,
    *wordings: str,
    absent: Any = None,
    compare: Same = same,
) -> RequirementType:
    """Make "this setting of the thing has that one value"; the argument is `of`."""
    look = _many(places)

    def check(template: Template, of: str) -> Iterator[Finding]:
        yield from _agreed(template, kind, of, look, wanted, absent, compare)

    return requirement(*wordings)(_named(name, check))


def listed(name: str, kind: Kind, places: Places, *wordings: str) -> RequirementType:
    """Make "this list of the thing holds just `values`, in any order"; also of `of`."""
    look = _many(places)

    def check(template: Template, of: str, values: Any) -> Iterator[Finding]:
        thing = the(template, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        found = flat(values_at(template, thing, kind, look))
        if not same_set(found, values):
            message = f"`{_said(look)}` is {shown(found)}, asked for just {shown(values)}"
            yield problem(template, thing, message, _said(look))

    return requirement(*wordings)(_named(name, check))


def _agreed(
    template: Template,
    kind: Kind,
    of: str,
    look: tuple[Place, ...],
    wanted: Any,
    absent: Any,
    compare: Same,
) -> Iterator[Finding]:
    thing = the(template, kind, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for value in values_at(template, thing, kind, look) or [absent]:
        if not compare(value, wanted):
            message = f"`{_said(look)}` is {shown(value)}, asked for {shown(wanted)}"
            yield problem(template, thing, message, _said(look))
            return


def member(name: str, kind: Kind, places: Places, *wordings: str) -> RequirementType:
    """Make "this list of the thing has the item `value`"; also of `of`."""
    look = _many(places)

    def check(template: Template, of: str, value: Any) -> Iterator[Finding]:
        thing = the(template, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        items = flat(values_at(template, thing, kind, look))
        if not any(same(item, value) for item in items):
            said = ", ".join(shown(item) for item in items[:5]) or "nothing"
            message = f"{shown(value)} is not there, only {said}"
            yield problem(template, thing, message, _said(look))

    return requirement(*wordings)(_named(name, check))


def link(
    name: str,
    kind: Kind,
    places: Places,
    target: Kind,
    *wordings: str,
    by: tuple[str, ...] = ANY,
) -> RequirementType:
    """Make "the thing `of` uses the thing `to`": one of the places refers to it."""
    look = _many(places)

    def check(template: Template, of: str, to: str) -> Iterator[Finding]:
        found, problems = all_of(template, (kind, of), (target, to))
        yield from problems
        if problems:
            return
        values = flat(values_at(template, found[0], kind, look))
        if not any(refers(value, found[1], target, by) for value in values):
            message = f"`{_said(look)}` of `{of}` does not refer to the {target.noun} `{to}`"
            yield problem(template, found[0], message, _said(look))

    return requirement(*wordings)(_named(name, check))


def tag(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "the thing `of` has the tag `key` with `value`"."""

    def check(template: Template, of: str, key: str, value: str) -> Iterator[Finding]:
        thing = the(template, kind, of)
        if isinstance(thing, Finding):
            yield thing
        elif not same(tags_of(thing).get(key), value):
            found = shown(tags_of(thing).get(key))
            yield problem(template, thing, f"the tag `{key}` is {found}, not `{value}`", "Tags")

    return requirement(*wordings)(_named(name, check))


def output(
    name: str,
    kind: Kind,
    attributes: tuple[str, ...],
    *wordings: str,
    by: tuple[str, ...] = (),
    written: str = "",
) -> RequirementType:
    """Make "the output `name` is that attribute of the thing `of`".

    `by` says whether its name or its ARN, written out, are that attribute too. `written` is how
    others write the attribute, with NAME for the thing's name or id and ACCOUNT for the account.
    """

    def check(template: Template, of: str, name: str) -> Iterator[Finding]:
        thing = the(template, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        value = resolve(template).outputs.get(name)
        given = value.value if value is not None else None
        right = given is not None and (
            is_attribute(given, thing, attributes)
            or (bool(by) and refers(given, thing, kind, by))
            or (bool(written) and _is_written(given, thing, kind, written))
        )
        if not right:
            message = f"the output `{name}` is not {attributes[0]} of `{of}`"
            yield problem(template, thing, message)

    return requirement(*wordings)(_named(name, check))


def _is_written(value: Any, thing: Thing, kind: Kind, written: str) -> bool:
    """Whether a text comes to what is written with the name or id of a thing."""
    canonical = thing.stack.canonical
    account = spelled(Unknown("pseudo", "AWS::AccountId"))
    marks = [thing.ref, *(thing.att(one) for one in (*kind.ids, *kind.names) if one != "Ref")]
    given = spelled(canonical(value))
    return any(
        given == written.replace("NAME", spelled(canonical(mark))).replace("ACCOUNT", account)
        for mark in marks
    )


def retained(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "the thing `of` stays when its stack is deleted"."""

    def check(template: Template, of: str) -> Iterator[Finding]:
        thing = the(template, kind, of)
        if isinstance(thing, Finding):
            yield thing
        elif thing.policy("DeletionPolicy") not in _KEEPING:
            message = f"the DeletionPolicy of `{of}` does not keep it"
            yield problem(template, thing, message)

    return requirement(*wordings)(_named(name, check))


#: `RetainExceptOnCreate` deletes it only where creating the stack fails.
_KEEPING = ("Retain", "RetainExceptOnCreate")


def secure(name: str, kind: Kind, check_thing: More, *wordings: str) -> RequirementType:
    """Make a requirement about one thing alone from a function that yields findings."""

    def check(template: Template, of: str) -> Iterator[Finding]:
        thing = the(template, kind, of)
        if isinstance(thing, Finding):
            yield thing
        else:
            yield from check_thing(template, thing)

    return requirement(*wordings)(_named(name, check))
