"""Scalars as Go's YAML library puts them into the fields of a struct."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Spelled

#: Names of labels that Prometheus has always allowed; Alertmanager allows any text by now, save in
#: `match` and its relatives.
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_SAID: dict[type, str] = {
    str: "text",
    type(None): "null",
    YamlMap: "a mapping",
    YamlList: "a list",
}


def kind(value: Any) -> str:
    """Say what a value is."""
    if value.__class__ is Spelled:
        return "a boolean" if value.value.__class__ is bool else "a number"
    return _SAID.get(value.__class__, "something else")


def text_of(value: Any) -> str:
    """Return the text that a scalar gives to a field of text; '' for null, mappings and lists."""
    return value if isinstance(value, str) else ""


def is_scalar(value: Any) -> bool:
    """Whether a value can stand in a field of text."""
    return isinstance(value, str)


def is_true(value: Any) -> bool:
    """Whether a field of a boolean is set to true."""
    return value.__class__ is Spelled and value.value is True


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; empty if it is none."""
    if value.__class__ is not YamlList:
        return ()
    return tuple(text_of(one) for one in value if is_scalar(one))


def section(tree: Any, key: str) -> YamlMap:
    """Return the mapping under a key; an empty one where there is none."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    return found if found.__class__ is YamlMap else YamlMap()


def mappings(tree: Any, key: str) -> Iterator[tuple[YamlMap, Mark]]:
    """Yield the mappings of the list under a key, with their places."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    if found.__class__ is YamlList:
        for one, mark in zip(found, found.marks, strict=True):
            if one.__class__ is YamlMap:
                yield one, mark


def mark_of(tree: YamlMap, key: str) -> Mark:
    """Return the place of the value under a key, or of the mapping without it."""
    return tree.marks.get(key, tree.mark)
