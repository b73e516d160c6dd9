"""Kinds of things that tasks name, and how they are found in the resolved configuration.

A thing is found by its real name (the bucket's name, the tag `Name` of a VPC), never by its
Terraform label, which is the author's own. What belongs to it (its versioning, its policy) is
found by the reference to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from iac_gym.languages.terraform.known import flat as flat
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, Resolved, ValueView, View
from iac_gym.languages.terraform.values import Joined, SetValue, Unknown, Value
from iac_gym.verdict import Finding


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    `types` are its resource types (the first is the usual one); `naming` the attribute that holds
    its name, `tags.Name` for a tag; `ids` the attributes by which others refer to it; `by_name`
    says whether its plain name refers to it just as well; `noun` is what findings call it; `arn`
    is its ARN where that follows from its name, with R for the region and A for the account.
    """

    noun: str
    types: tuple[str, ...]
    naming: str
    ids: tuple[str, ...] = ("id",)
    by_name: bool = False
    mode: str = "resource"
    arn: str = ""


def world(config: Configuration) -> Resolved:
    """Return the resolved configuration, worked out once for each answer."""
    return config.resolved()


def instances(config: Configuration, kind: Kind) -> Iterator[Instance]:
    """Yield every instance of a kind."""
    for one in kind.types:
        yield from world(config).instances(one, kind.mode)


def name_of(thing: Instance, kind: Kind) -> Value:
    """Return the name of an instance (unknown or None where it has none)."""
    first, _, key = kind.naming.partition(".")
    value = thing.get(first)
    if not key:
        return value
    return value.get(key) if isinstance(value, dict) else None


def named(config: Configuration, kind: Kind, name: str) -> list[Instance]:
    """Return the instances of a kind that have a name."""
    kept = world(config).kept
    place = (kind.types, kind.naming, kind.mode)
    names: dict[str, list[Instance]] | None = kept.get(place)
    if names is None:
        names = kept[place] = {}
        for one in instances(config, kind):
            if isinstance(own := name_of(one, kind), str):
                names.setdefault(own, []).append(one)
    return names.get(name, [])


def missing(config: Configuration, kind: Kind, name: str) -> Finding:
    """Say that there is no such thing, and which names there are."""
    found = sorted(
        {str(n) for one in instances(config, kind) if isinstance(n := name_of(one, kind), str)}
    )
    there = f"there are {', '.join(found[:5])}" if found else f"there is no {kind.noun} with a name"
    return Finding(
        f"no {kind.noun} has the name `{name}`", config.sources[0].path, 1, 1,
        f"{there}; {kind.naming} of {kind.types[0]} must be {name!r}",
    )  # fmt: skip


def the(config: Configuration, kind: Kind, name: str) -> Instance | Finding:
    """Return the one thing of a name, or the finding that says why there is not exactly one."""
    found = named(config, kind, name)
    if len(found) == 1:
        return found[0]
    if not found:
        return missing(config, kind, name)
    return config.finding(found[1].at, f"the {kind.noun} `{name}` is declared {len(found)} times")


def refers(value: Value, target: Instance, kind: Kind, ids: tuple[str, ...] = ()) -> bool:
    """Whether a value is the target: a reference to one of its `ids`, or its name."""
    given = ids or kind.ids
    if isinstance(value, Unknown) and target.is_source_of(value, *given):
        return True
    if kind.arn and "arn" in given and arn_text(value, target, kind) == OWN:
        return True
    by_name = kind.by_name and (not ids or kind.naming in ids)
    return by_name and isinstance(value, str) and same(name_of(target, kind), value)


#: Stands for the ARN of a thing in `arn_text`.
OWN = "\ue100"


def arn_text(value: Value, thing: Instance, kind: Kind, ids: tuple[str, ...] = ("arn",)) -> str:
    """Write out a text; the ARN of a thing in front, however it is put together, becomes `OWN`.

    Other unknown pieces become a NUL: as the region, the account or the partition of an ARN they
    are taken as right.
    """
    text = ""
    named = [one for one in kind.ids if not one.endswith("arn")] if kind.by_name else []
    names = [one for one in named if one not in ids]
    for part in value.parts if isinstance(value, Joined) else (value,):
        if not isinstance(part, Unknown):
            text += part if isinstance(part, str) else ""
        elif thing.is_source_of(part, *ids):
            text += OWN
        elif names and thing.is_source_of(part, *names):
            text += str(name_of(thing, kind))
        else:
            text += "\0"
    if not kind.arn or not text.startswith("arn:"):
        return text
    found = _arn_pattern(kind.arn, str(name_of(thing, kind))).match(text)
    return OWN + text[found.end() :] if found else text


@cache
def _arn_parts(arn: str) -> list[str]:
    return arn.split(":", 5)


def _arn_pattern(arn: str, name: str) -> re.Pattern[str]:
    first, _, service, region, account, what = _arn_parts(arn)
    areas = "(?:\0|[a-z]{2}(?:-[a-z]+)+-[0-9])" if region == "R" else region
    owner = "\0" if account == "A" else account
    end = re.escape(what.replace("NAME", name))
    return re.compile(f"{first}:(?:aws|\0):{service}:{areas}:{owner}:{end}")


def companions(
    config: Configuration, type: str, link: str, target: Instance, kind: Kind
) -> list[Instance]:
    """Return the instances of a type whose attribute `link` refers to the target."""
    return [
        one
        for one in world(config).instances(type)
        if any(refers(value, target, kind) for value in flat(one.at_path(link)))
    ]


def same(value: Value, wanted: Any) -> bool:
    """Whether a value is the wanted one, as Terraform converts them; the unknown is none."""
    if isinstance(value, Unknown) or value is None:
        return False
    if isinstance(wanted, bool) or isinstance(value, bool):
        return bool(_text(value) == _text(wanted))
    if isinstance(wanted, (list, tuple)):
        return isinstance(value, list) and _same_items(value, list(wanted))
    if isinstance(wanted, (int, float)):
        return bool(_number(value) == wanted)
    return bool(_text(value) == wanted)


def _same_items(value: list[Value], wanted: list[Any]) -> bool:
    if len(value) != len(wanted):
        return False
    if isinstance(value, SetValue):
        return all(any(same(item, one) for item in value) for one in wanted)
    return all(same(item, one) for item, one in zip(value, wanted, strict=True))


def same_set(value: Value, wanted: Iterable[Any]) -> bool:
    """Whether a list or set holds just the wanted items, in any order."""
    if not isinstance(value, list) or any(isinstance(item, Unknown) for item in value):
        return False
    given, asked = {_text(item) for item in value}, {_text(item) for item in wanted}
    return given == asked


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, (str, int, float)) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value) if isinstance(value, (str, int, float)) else None
    except (ValueError, OverflowError):
        return None


def shown(value: Value) -> str:
    """Put a value into a finding's words."""
    if isinstance(value, Unknown):
        return "not known before apply"
    if value is None:
        return "not set"
    return f"`{str(value)[:60]}`"


def where(config: Configuration, view: View | ValueView, path: str) -> int:
    """Return the offset of a dotted path in a view, as deep as it exists."""
    *outer, name = path.split(".")
    for kind in outer:
        inner = view.block(kind)
        if inner is None:
            return view.where(kind)
        view = inner
    return view.where(name)
