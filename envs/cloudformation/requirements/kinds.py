"""Kinds of things that tasks name, and how they are found in the resolved template.

A thing is found by its real name (the bucket's name, the tag `Name` of a VPC), never by its
logical id, which is the author's own. What belongs to it (its policy, its routes) is found by the
reference to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iac_gym.languages.cloudformation.folded import Joined, Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.languages.cloudformation.resolved import resolve
from iac_gym.verdict import Finding

#: All the ways in which one resource names another.
ANY = ("id", "name", "arn")


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    `naming` is the property that holds its name, `Tags.Name` for a tag. `names`, `arns` and `ids`
    are what gives its name, its ARN and its id: "Ref", or attributes of `Fn::GetAtt`. `arn` is its
    ARN, with R for the region and A for the account, where the language does not know it.
    """

    noun: str
    type: str
    naming: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    arns: tuple[str, ...] = ()
    arn: str = ""

    def attributes(self, by: tuple[str, ...]) -> tuple[str, ...]:
        """Return what of it stands for it, when it is named in these ways."""
        given = {"id": self.ids, "name": self.names, "arn": self.arns}
        return tuple(one for way in by for one in given[way])


def things(template: Template, type: str) -> list[Thing]:
    """Return the resources of a type that exist."""
    kept: dict[str, list[Thing]] | None = template.known.get(_KEPT)
    if kept is None:
        kept = template.known[_KEPT] = {}
        for one in resolve(template).items.values():
            kept.setdefault(one.type, []).append(one)
    return kept.get(type, [])


_KEPT = "things of tasks"


def tags_of(thing: Thing) -> dict[str, Any]:
    """Return the tags of a resource, which may be a list of pairs or a mapping."""
    for name in _TAGS:
        given = thing.value(name)
        if isinstance(given, Mapping):
            return dict(given)
        if isinstance(given, list):
            pairs = [one for one in given if isinstance(one, Mapping)]
            return {key: one.get("Value") for one in pairs if (key := text(one.get("Key")))}
    return {}


_TAGS = ("Tags", "HostedZoneTags", "FileSystemTags", "BackupVaultTags", "UserPoolTags")


def name_of(thing: Thing, kind: Kind) -> Any:
    """Return the name of a thing, None where it has none."""
    front, _, key = kind.naming.partition(".")
    if front == "Tags":
        return tags_of(thing).get(key)
    value = thing.value(front)
    if kind.type == "AWS::Route53::HostedZone" and isinstance(value, str):
        return value.removesuffix(".")  # which only says that the name is complete
    return value.get(key) if key and isinstance(value, Mapping) else value


def named(template: Template, kind: Kind, name: str) -> list[Thing]:
    """Return the things of a kind that have a name."""
    found = things(template, kind.type)
    return [one for one in found if same(name_of(one, kind), name)]


def the(template: Template, kind: Kind, name: str) -> Thing | Finding:
    """Return the one thing of a name, or the finding that says why there is not exactly one."""
    place = (kind.type, kind.naming, name)
    kept: dict[tuple[str, str, str], Thing | Finding] = template.known.setdefault(_FOUND, {})
    if place not in kept:
        kept[place] = _only(template, kind, name)
    return kept[place]


_FOUND = "things of tasks by name"


def _only(template: Template, kind: Kind, name: str) -> Thing | Finding:
    found = named(template, kind, name)
    if len(found) == 1:
        return found[0]
    if found:
        message = f"the {kind.noun} `{name}` is declared {len(found)} times"
        return problem(template, found[1], message)
    others = sorted({
        str(one)
        for thing in things(template, kind.type)
        if isinstance(one := name_of(thing, kind), str)
    })  # fmt: skip
    there = f"there are {', '.join(others[:5])}" if others else f"there is no {kind.noun} by name"
    return Finding(
        f"no {kind.noun} has the name `{name}`", template.path, 1, 1,
        f"{there}; {kind.naming} of {kind.type} must be {name!r}",
    )  # fmt: skip


def all_of(template: Template, *wanted: tuple[Kind, str]) -> tuple[list[Thing], list[Finding]]:
    """Return the things of these kinds and names, and the first finding about a missing one."""
    found = [the(template, kind, name) for kind, name in wanted]
    problems = [one for one in found if isinstance(one, Finding)]
    return [one for one in found if not isinstance(one, Finding)], problems[:1]


def problem(template: Template, thing: Thing, message: str, path: str = "") -> Finding:
    """Make a finding at a property of a thing, as deep as its path exists."""
    line, column = thing.where(path) if path else thing.mark
    return Finding(message, template.path, line, column)


def unless(right: object, template: Template, thing: Thing, message: str) -> list[Finding]:
    """Return a finding unless all is right."""
    return [] if right else [problem(template, thing, message)]


# -- values ----------------------------------------------------------------------------------------


def at_path(value: Any, path: str) -> list[Any]:
    """Return what stands at a dotted path of a thing or a mapping.

    Lists on the way are gone through, nulls left out; a list at its end stays one.
    """
    head, _, rest = path.partition(".")
    start = value.value(head) if value.__class__ is Thing else None
    if value.__class__ is not Thing:
        return _walk([value], path.split("."))
    found = [] if start is None else [start]
    return _walk(found, rest.split(".")) if rest else found


def _walk(found: list[Any], steps: list[str]) -> list[Any]:
    for name in steps:
        found = [
            one[name]
            for one in flat(found)
            if isinstance(one, Mapping) and one.get(name) is not None
        ]
    return found


def flat(values: Iterable[Any]) -> list[Any]:
    """Write out lists of lists."""
    items: list[Any] = []
    for value in values:
        if isinstance(value, list):
            items += flat(value)
        else:
            items.append(value)
    return items


def blocks(value: Any, path: str) -> list[Mapping[str, Any]]:
    """Return the mappings at a path."""
    return [one for one in flat(at_path(value, path)) if isinstance(one, Mapping)]


def text(value: Any) -> str | None:
    """Return a scalar as text, as CloudFormation converts it; None for anything else."""
    if value.__class__ is str:
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, (str, int, float)) else None


def number(value: Any) -> float | None:
    """Return a number, also one that is written as text."""
    if isinstance(value, bool):
        return None
    try:
        return float(value) if isinstance(value, (str, int, float)) else None
    except (ValueError, OverflowError):
        return None


def same(value: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one, as CloudFormation converts them; the unknown is none."""
    if value is None:
        return False
    if value.__class__ is str and wanted.__class__ is str:
        return bool(value == wanted)
    if isinstance(wanted, bool) or isinstance(value, bool):
        given = text(value)
        return given is not None and given.lower() == str(text(wanted)).lower()
    if isinstance(wanted, (list, tuple)):
        return (
            isinstance(value, list)
            and len(value) == len(wanted)
            and all(same(item, one) for item, one in zip(value, wanted, strict=True))
        )
    if isinstance(wanted, (int, float)):
        return number(value) == wanted
    return text(value) == text(wanted)


def same_set(value: Any, wanted: Iterable[Any]) -> bool:
    """Whether a list (or a single item) holds just the wanted items, in any order."""
    items = value if isinstance(value, list) else [value]
    return {text(item) for item in items} == {text(item) for item in wanted}


def is_true(value: Any) -> bool:
    """Whether a value is a true boolean, also as text."""
    return same(value, True)


def shown(value: Any) -> str:
    """Put a value into a finding's words."""
    if value is None:
        return "not set"
    if isinstance(value, (Unknown, Joined)):
        return "not known before deployment"
    return f"`{str(value)[:60]}`"


# -- references ------------------------------------------------------------------------------------


def is_attribute(value: Any, thing: Thing, attributes: tuple[str, ...]) -> bool:
    """Whether a value is one of these ("Ref", or attributes) of a thing, by a reference."""
    return (
        value.__class__ is Unknown
        and value.kind == "resource"
        and value.name == thing.logical_id
        and (value.attribute or "Ref") in attributes
    )


def refers(value: Any, thing: Thing, kind: Kind, by: tuple[str, ...] = ANY) -> bool:
    """Whether a value names a thing in one of these ways: by its id, its name, or its ARN."""
    if value.__class__ is not str and value.__class__ is not Unknown:
        return value.__class__ is Joined and _written(value, thing, kind, by)
    return is_attribute(value, thing, kind.attributes(by)) or _written(value, thing, kind, by)


def _written(value: Any, thing: Thing, kind: Kind, by: tuple[str, ...]) -> bool:
    """Whether a text (or the reference to another resource) comes to what names a thing."""
    if "name" in by and kind.names and value.__class__ is str and value == name_of(thing, kind):
        return True
    return "arn" in by and behind_arn(value, thing, kind) == ""


def spelled(value: Any) -> str:
    """Write out a text; each unknown piece becomes its name between two marks."""
    if value.__class__ is str:
        return str(value)
    parts = value.parts if value.__class__ is Joined else (value,)
    return "".join(part if part.__class__ is str else f"\ue000{part}\ue001" for part in parts)


def behind_arn(value: Any, thing: Thing, kind: Kind) -> str | None:
    """Return the text behind the ARN of a thing ("" or "/*"), None where it is not in front."""
    given = spelled(thing.stack.canonical(value))
    return next((given[len(arn) :] for arn in arns_of(thing, kind) if given.startswith(arn)), None)


def arns_of(thing: Thing, kind: Kind) -> list[str]:
    """Return the spellings of the ARN of a thing: by its attributes, and written out."""
    canonical = thing.stack.canonical
    arns = [_own(thing, one) for one in kind.arns]
    if kind.arn:
        name = spelled(canonical(name_of(thing, kind) or thing.ref))
        account = spelled(Unknown("pseudo", "AWS::AccountId"))
        arns.append(_filled(kind.arn, name, account))
    return arns


def _own(thing: Thing, attribute: str) -> str:
    whole = thing.ref if attribute == "Ref" else thing.att(attribute)
    return spelled(thing.stack.canonical(whole))


def _filled(arn: str, name: str, account: str) -> str:
    """Put the region, the account and the name into the form of an ARN."""
    head, partition, service, region, owner, what = arn.split(":", 5)
    area = "us-east-1" if region == "R" else region
    whose = account if owner == "A" else owner
    return f"{head}:{partition}:{service}:{area}:{whose}:{what.replace('NAME', name)}"


def companions(
    template: Template,
    type: str,
    path: str,
    thing: Thing,
    kind: Kind,
    by: tuple[str, ...] = ANY,
) -> list[Thing]:
    """Return the resources of a type one of whose values at a path refers to a thing."""
    return [
        one
        for one in things(template, type)
        if any(refers(value, thing, kind, by) for value in flat(at_path(one, path)))
    ]


def targets(
    template: Template, kind: Kind, values: Iterable[Any], by: tuple[str, ...] = ANY
) -> list[Thing]:
    """Return the things of a kind that some values (lists are written out) refer to."""
    items = flat(values)
    if not items:
        return []
    return [
        one
        for one in things(template, kind.type)
        if any(refers(item, one, kind, by) for item in items)
    ]


def values_of(thing: Thing, path: str) -> list[Any]:
    """Return the values at a path of a thing, lists written out."""
    return flat(at_path(thing, path))


def first(values: Iterable[Any], default: Any = None) -> Any:
    """Return the first of some values."""
    return next(iter(values), default)


def each(template: Template, *types: str) -> Iterator[Thing]:
    """Yield the resources of several types."""
    for type in types:
        yield from things(template, type)
