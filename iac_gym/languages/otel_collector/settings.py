"""Decodes the settings of components strictly, as the collector does: no unknown fields.

Types: `text truth whole count number duration id headers map list any`, `list:TYPE`,
`struct:NAME` (of the pack). What the environment gives (`${env:X}`) fits every type.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.otel_collector import pack
from iac_gym.languages.otel_collector.checker import Checker
from iac_gym.languages.otel_collector.components import SCHEMAS, SHARED
from iac_gym.languages.otel_collector.values import expands, id_error, kind, milliseconds

TYPES = "values-have-their-type"
FIELDS = "fields-are-known"
_WORDS = {
    "text": "text", "truth": "true or false", "whole": "a whole number",
    "count": "a whole number from 0 on", "number": "a number", "map": "a mapping",
    "list": "a list", "id": "the id of a component", "headers": "a mapping of texts",
}  # fmt: skip


@cache
def fields(schema: str) -> tuple[Mapping[str, str], bool]:
    """Return the fields of a schema, and whether others are allowed."""
    found: dict[str, str] = {}
    more = False
    for word in schema.split():
        if word == "*":
            more = True
        elif word[0] == "+":
            name = word[1:]
            inner = fields(SHARED[name])[0] if name in SHARED else pack.struct(name)
            found |= inner
        else:
            name, _, of = word.partition(":")
            found[name] = of or "any"
    return found, more


def component(check: Checker, kind_: str, of: str, tree: YamlMap, where: str) -> bool:
    """Check the settings of a component; returns whether its type has a schema here."""
    schema = SCHEMAS.get((kind_, of))
    if schema is None:
        return False
    known, more = fields(schema)
    _struct(check, tree, known, more, where)
    return True


def _struct(
    check: Checker, tree: YamlMap, known: Mapping[str, str], more: bool, where: str
) -> None:
    for key, value in tree.items():
        of = known.get(key)
        if of is None:
            if not more:
                message = f"{where}: `{str(key)[:60]}` is not a known setting"
                check.bad(FIELDS, message, tree.key_marks[key], check.near(key, known))
        elif value is not None:
            _value(check, value, of, tree.marks[key], f"{where}: `{key}`")


def _value(check: Checker, value: Any, of: str, mark: Mark, where: str) -> None:
    if of == "any" or expands(value):
        return
    if of == "duration":
        if milliseconds(value) is None:
            hint = "write a number and a unit, as in `30s` or `1m30s`"
            check.bad("durations-are-right", f"{where} is no duration", mark, hint)
    elif of.startswith("struct:"):
        if value.__class__ is YamlMap:
            _struct(check, value, pack.struct(of[7:]), False, where)
        else:
            check.bad(TYPES, f"{where} must be a mapping, not {kind(value)}", mark)
    elif of.startswith("list:"):
        if value.__class__ is not YamlList:
            check.bad(TYPES, f"{where} must be a list, not {kind(value)}", mark)
            return
        for one, place in zip(value, value.marks, strict=True):
            _value(check, one, of[5:], place, where)
    elif not _fits(value, of):
        check.bad(TYPES, f"{where} must be {_WORDS[of]}, not {kind(value)}", mark)


def _fits(value: Any, of: str) -> bool:
    if of in ("whole", "count"):
        fits = value.__class__ is int or (value.__class__ is float and value.is_integer())
        return fits and (of == "whole" or value >= 0)
    if of == "number":
        return value.__class__ in (int, float)
    if of == "headers":
        return _headers(value)
    if of == "id":
        return value.__class__ is str and not id_error(value)
    return value.__class__ is {"text": str, "truth": bool, "map": YamlMap, "list": YamlList}[of]


def _headers(value: Any) -> bool:
    """Whether a value is a mapping of texts, or the list of names and values that it stands for."""
    if value.__class__ is YamlMap:
        return all(one is None or one.__class__ is str for one in value.values())
    return value.__class__ is YamlList and all(
        one.__class__ is YamlMap and one.keys() <= {"name", "value"} for one in value
    )
