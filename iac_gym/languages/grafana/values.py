"""Values of dashboards and provisioning files: texts, numbers, references to data sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlList, YamlMap

_SAID: dict[type, str] = {
    str: "text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
    YamlMap: "an object",
    YamlList: "a list",
}

MIXED, DASHBOARD, BUILT_IN = "-- Mixed --", "-- Dashboard --", "-- Grafana --"
_SPECIAL = {
    MIXED: "mixed",
    DASHBOARD: "dashboard",
    BUILT_IN: "grafana",
    "grafana": "grafana",
    "__expr__": "__expr__",
}


def kind(value: Any) -> str:
    """Say what a value is."""
    return _SAID.get(value.__class__, "something else")


def text_of(value: Any) -> str:
    """Return a text as it is, '' for anything else."""
    return value if isinstance(value, str) else ""


def is_number(value: Any) -> bool:
    """Whether a value is a number (true and false are none)."""
    return value.__class__ in (int, float)


def section(tree: Any, key: str) -> YamlMap:
    """Return the object under a key; an empty one where there is none."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    return found if found.__class__ is YamlMap else YamlMap()


def objects(tree: Any, key: str) -> Iterator[tuple[YamlMap, Mark]]:
    """Yield the objects of the list under a key, with their places."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    if found.__class__ is YamlList:
        for one, mark in zip(found, found.marks, strict=True):
            if one.__class__ is YamlMap:
                yield one, mark


def texts(tree: Any, key: str) -> tuple[str, ...]:
    """Return the texts of the list under a key."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    if found.__class__ is not YamlList:
        return ()
    return tuple(one for one in found if isinstance(one, str))


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a data source: `type` and `uid`, '' where it does not say them.

    `uid` is the name where a text refers to a data source; a variable keeps its spelling
    (`${DS_PROMETHEUS}`). Both are '' for the default data source.
    """

    type: str = ""
    uid: str = ""


NOTHING = Reference()


def read_reference(value: Any) -> Reference:
    """Return the reference that a value makes; null and what is none are the default one."""
    if isinstance(value, str):
        return NOTHING if value == "default" else Reference(_SPECIAL.get(value, ""), value)
    if value.__class__ is YamlMap:
        uid = text_of(value.get("uid"))
        return Reference(text_of(value.get("type")) or _SPECIAL.get(uid, ""), uid)
    return NOTHING
