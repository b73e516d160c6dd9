"""Scalars, lists and `${{ }}` texts as GitHub reads them: what all readers of a workflow share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from iac_gym.formats.yaml import Mark, YamlList, YamlMap

#: What ends an expression, or hides the end: braces inside of single quotes are text.
_QUOTED_OR_END = re.compile(r"'[^']*(?:'|\Z)|\}\}")
#: A property of a context: `matrix.os`, `env.NAME`, `matrix.config.os`.
PROPERTY = re.compile(r"\s*([A-Za-z_][\w-]*)\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\s*")


class Item(NamedTuple):
    """One text of a list, and its place."""

    text: str
    mark: Mark


def text_of(value: Any) -> str:
    """Return a scalar as the service turns it into text; "" for null and for collections."""
    if value.__class__ is str:
        return str(value)
    if value is True or value is False:
        return "true" if value else "false"
    if value.__class__ is int:
        return str(value)
    return _number(value) if value.__class__ is float else ""


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value)


def is_scalar(value: Any) -> bool:
    """Whether a value is no mapping and no sequence."""
    return value.__class__ is not YamlMap and value.__class__ is not YamlList


def items_of(tree: YamlMap, key: str) -> tuple[Item, ...]:
    """Return a list, or one text that stands for a list of one, as texts with their places."""
    value = tree.get(key)
    if value is None:
        return ()
    if value.__class__ is YamlList:
        return tuple([
            Item(text_of(item), mark)
            for item, mark in zip(value, value.marks, strict=True)
            if is_scalar(item)
        ])  # fmt: skip
    return (Item(text_of(value), tree.marks[key]),) if is_scalar(value) else ()


def pairs_of(tree: Any, key: str) -> dict[str, str]:
    """Return a mapping of scalars below a key as texts; anything else is left out."""
    value = tree.get(key) if tree.__class__ is YamlMap else None
    if value.__class__ is not YamlMap:
        return {}
    return {text_of(name): text_of(item) for name, item in value.items() if is_scalar(item)}


def map_of(tree: Any, key: str) -> YamlMap:
    """Return the mapping below a key, an empty one where there is none."""
    value = tree.get(key) if tree.__class__ is YamlMap else None
    return value if value.__class__ is YamlMap else _EMPTY


_EMPTY = YamlMap()


def maps_of(tree: Any, key: str) -> Iterator[YamlMap]:
    """Yield the mappings of the list below a key."""
    value = tree.get(key) if tree.__class__ is YamlMap else None
    if value.__class__ is YamlList:
        for item in value:
            if item.__class__ is YamlMap:
                yield item


def has_expression(text: str) -> bool:
    """Whether a text has a `${{ }}`."""
    return "${{" in text


def expressions_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each `${{ ... }}` of a text starts and ends, up to one that is not closed."""
    start = text.find("${{")
    while start >= 0:
        hits = _QUOTED_OR_END.finditer(text, start + 3)
        end = next((hit.end() for hit in hits if hit.group() == "}}"), -1)
        if end < 0:
            return
        yield start, end
        start = text.find("${{", end)


def put_in(text: str, put: Callable[[str], str]) -> str:
    """Replace each `${{ ... }}` by what a function makes of it, braces and all."""
    parts, position = [], 0
    for start, end in expressions_in(text):
        parts += [text[position:start], put(text[start:end])]
        position = end
    return "".join([*parts, text[position:]])


def sole_expression(text: str) -> str | None:
    """Return what stands in `${{ }}` where that is the whole text, else None."""
    text = text.strip()
    first = next(expressions_in(text), None)
    return text[3:-2].strip() if first == (0, len(text)) else None
