"""Checks a tree against protobuf messages, as the JSON mapping of protobuf reads it.

Source: https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resource
from typing import Any, NamedTuple

from iac_gym.formats.yaml import Mark, YamlList, YamlMap

_DURATION = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?s")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(?:\.0+)?")
_FLOAT = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|Infinity)|NaN")
_INT64 = 2**63
#: Deepest nesting of messages that is walked.
MOST_DEPTH = 60


class Field(NamedTuple):
    """A field of a message: see `build_data` for what each part means."""

    name: str
    kind: str
    type: str
    shape: str
    group: str


@dataclass(frozen=True)
class Pack:
    """The messages by name (fields under both of their spellings) and the enums."""

    messages: Mapping[str, Mapping[str, Field]]
    enums: Mapping[str, Mapping[str, int]]


@cache
def pack() -> Pack:
    """Return the data pack."""
    place = resource("iac_gym.languages.kfp") / "data" / "pipeline-spec.bin"
    read = json.loads(zlib.decompress(place.read_bytes()))
    messages: dict[str, dict[str, Field]] = {}
    for name, fields in read["messages"].items():
        known = messages[name] = {}
        for key, parts in fields.items():
            known[key] = Field(key, *parts[1:])
            known[parts[0]] = known[key]
    return Pack(messages, read["enums"])


#: Reports (rule, message, place).
Report = Callable[[str, str, Mark], None]


def _say(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def check_message(tree: YamlMap, message: str, report: Report, depth: int = 0) -> None:
    """Report what is wrong with a mapping that stands for a message."""
    known = pack().messages[message]
    seen: set[str] = set()
    groups: dict[str, str] = {}
    for key, value in tree.items():
        field = known.get(key) if isinstance(key, str) else None
        if field is None:
            place = tree.key_marks.get(key, tree.mark)
            report("known-fields", f"{message} has no field {_say(key)}", place)
            continue
        place = tree.marks.get(key, tree.mark)
        if field.name in seen:
            report("known-fields", f"`{field.name}` is given twice", place)
        seen.add(field.name)
        if value is None and field.type != "google.protobuf.Value":
            continue
        if field.group and not field.group.startswith("_"):
            other = groups.setdefault(field.group, field.name)
            if other != field.name:
                report("one-of", f"`{field.name}` stands beside `{other}`: only one may", place)
        _check_field(field, value, place, report, depth)


def _check_field(field: Field, value: Any, place: Mark, report: Report, depth: int) -> None:
    if not field.shape:
        _check_value(field, value, place, report, depth)
    elif field.shape == "list":
        if not isinstance(value, YamlList):
            report("value-types", f"`{field.name}` is {_say(value)}, must be a list", place)
            return
        for item, mark in zip(value, value.marks, strict=True):
            _check_value(field, item, mark, report, depth)
    elif not isinstance(value, YamlMap):
        report("value-types", f"`{field.name}` is {_say(value)}, must be a mapping", place)
    else:
        for key, item in value.items():
            mark = value.marks.get(key, place)
            if not isinstance(key, str):
                report("value-types", f"the key {_say(key)} must be text", mark)
            _check_value(field, item, mark, report, depth)


def _check_value(field: Field, value: Any, place: Mark, report: Report, depth: int) -> None:
    if field.kind == "message":
        _check_inner(field, value, place, report, depth)
    elif not _FITS[field.kind](field, value):
        rule = "enum-values" if field.kind == "enum" and isinstance(value, str) else "value-types"
        allowed = ", ".join(pack().enums[field.type]) if field.kind == "enum" else field.kind
        report(rule, f"`{field.name}` is {_say(value)}, must be of: {allowed}", place)


def _check_inner(field: Field, value: Any, place: Mark, report: Report, depth: int) -> None:
    if field.type == "google.protobuf.Value":
        return
    if field.type == "google.protobuf.Duration":
        if not isinstance(value, str) or not _DURATION.fullmatch(value):
            message = f"`{field.name}` is {_say(value)}, must be seconds such as '60s'"
            report("value-types", message, place)
    elif not isinstance(value, YamlMap):
        report("value-types", f"`{field.name}` is {_say(value)}, must be a mapping", place)
    elif field.type != "google.protobuf.Struct" and depth < MOST_DEPTH:
        check_message(value, field.type, report, depth + 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _fits_int(field: Field, value: Any) -> bool:
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            return False
        value = int(value.partition(".")[0])
    if not _is_number(value) or not math.isfinite(value) or value != int(value):
        return False
    return bool(-_INT64 <= value < _INT64)


def _fits_double(field: Field, value: Any) -> bool:
    return _is_number(value) or (isinstance(value, str) and bool(_FLOAT.fullmatch(value)))


def _fits_enum(field: Field, value: Any) -> bool:
    known = pack().enums[field.type]
    return value in known if isinstance(value, str) else _is_number(value)


_FITS: Mapping[str, Callable[[Field, Any], bool]] = {
    "string": lambda field, value: isinstance(value, str),
    "bool": lambda field, value: isinstance(value, bool),
    "int": _fits_int,
    "double": _fits_double,
    "enum": _fits_enum,
}
