"""Sends a record through processors: what becomes of its attributes, and whether it is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from envs.monitoring.requirements.collector_conditions import LEVELS, Unknown, holds
from envs.monitoring.requirements.collector_reading import Record, fits, items, texts
from iac_gym.languages.otel_collector.model import Component
from iac_gym.languages.otel_collector.values import resolved

#: What stands for a hashed value.
HASHED = "(hashed)"

# --- what processors do to attributes -------------------------------------------------------------

_SET = re.compile(r'set\(\s*([\w.]*attributes\["[^"]+"\])\s*,\s*"([^"]*)"\s*\)')
_DELETE = re.compile(r'delete_key\(\s*([\w.]*attributes)\s*,\s*"([^"]+)"\s*\)')
_STATEMENTS = {
    "traces": "trace_statements", "metrics": "metric_statements", "logs": "log_statements",
}  # fmt: skip


def changed(record: Record, processors: Iterable[Component], signal: str) -> Record:
    """Return a record after the processors that change attributes."""
    made = Record(dict(record.attributes), dict(record.resource), dict(record.fields))
    for one in processors:
        if one.type == "attributes" and not one.has("include") and not one.has("exclude"):
            _act(items(one.tree, "actions"), made.attributes)
        elif one.type == "resource":
            _act(items(one.tree, "attributes"), made.resource)
        elif one.type == "transform":
            _transform(one, made, signal)
    return made


def _act(actions: Iterable[Mapping[str, Any]], attributes: dict[str, Any]) -> None:
    for one in actions:
        action, key = str(one.get("action")).lower(), str(one.get("key") or "")
        value = resolved(one.get("value"))
        if one.get("from_attribute") is not None:
            value = attributes.get(str(one["from_attribute"]))
        there = key in attributes
        if value is not None and (
            action == "upsert" or (action == "insert" and not there)
            or (action == "update" and there)
        ):  # fmt: skip
            attributes[key] = value
        elif action in ("delete", "hash") and there:
            attributes[key] = HASHED
            if action == "delete":
                del attributes[key]
        elif action == "delete" and one.get("pattern"):
            for name in [name for name in attributes if fits(str(one["pattern"]), name)]:
                del attributes[name]


def _transform(one: Component, record: Record, signal: str) -> None:
    given = one.tree.get(_STATEMENTS[signal])
    for entry in given if isinstance(given, list) else ():
        if isinstance(entry, str):
            _statement(entry, "", record)
        elif isinstance(entry, Mapping):
            context = str(entry.get("context") or "")
            where = texts(entry, "conditions")
            if not where or any(_true(text, context, record) for text in where):
                for text in texts(entry, "statements"):
                    _statement(text, context, record)


def _true(text: str, context: str, record: Record) -> bool:
    try:
        return holds(text, record, context)
    except Unknown:
        return False


def _statement(text: str, context: str, record: Record) -> None:
    done, _, where = text.strip().partition(" where ")
    if where and not _true(where, context, record):
        return
    if (found := _SET.fullmatch(done.strip())) is not None:
        holder, _, key = found[1].partition('["')
        _attributes(holder, context, record)[key.removesuffix('"]')] = found[2]
    elif (found := _DELETE.fullmatch(done.strip())) is not None:
        _attributes(found[1], context, record).pop(found[2], None)


def _attributes(holder: str, context: str, record: Record) -> dict[str, Any]:
    own = holder.startswith("resource.") or (holder == "attributes" and context == "resource")
    return record.resource if own else record.attributes


# --- the filter processor -------------------------------------------------------------------------

_KINDS = {
    "traces": ("traces", "span", "trace_conditions"),
    "metrics": ("metrics", "metric", "metric_conditions"),
    "logs": ("logs", "log_record", "log_conditions"),
}


def dropped(record: Record, processors: Iterable[Component], signal: str) -> bool | None:
    """Whether a record is dropped on its way; None where a condition cannot be played."""
    passed: list[Component] = []
    for one in processors:
        if one.type == "filter":
            gone = _filtered(one, changed(record, passed, signal), signal)
            if gone is not False:
                return gone
        passed.append(one)
    return False


def _filtered(one: Component, record: Record, signal: str) -> bool | None:
    try:
        conditions = _conditions(one, signal)
        return any(holds(text, record, context) for text, context in conditions) or _listed(
            one, record, signal
        )
    except Unknown:
        return None


def _conditions(one: Component, signal: str) -> Iterator[tuple[str, str]]:
    """Yield the conditions of a filter, each with its context."""
    section, part, flat = _KINDS[signal]
    for name, context in ((part, ""), ("resource", "resource")):
        yield from ((text, context) for text in texts(one.tree, section, name))
    yield from ((text, "") for text in texts(one.tree, flat))
    for entry in items(one.tree, flat):
        context = str(entry.get("context") or "")
        yield from ((text, context) for text in texts(entry, "conditions"))


def _listed(one: Component, record: Record, signal: str) -> bool:
    """Whether the older lists of names, attributes and levels drop a record."""
    given = one.tree.get("spans" if signal == "traces" else signal)
    if not isinstance(given, Mapping):
        return False
    for key in ("include", "exclude"):
        listed = given.get(key)
        if isinstance(listed, Mapping) and _matches(listed, record) is (key == "exclude"):
            return True
    return False


def _matches(listed: Mapping[str, Any], record: Record) -> bool:
    strict = listed.get("match_type") == "strict"

    def fit(wanted: Any, value: Any) -> bool:
        return value == wanted if strict else fits(str(wanted), str(value))

    known: list[bool] = []
    for key in ("metric_names", "span_names"):
        if key in listed:
            known.append(any(fit(one, record.fields.get("name")) for one in texts(listed, key)))
    for key in ("attributes", "record_attributes"):
        for one in items(listed, key):
            known.append(
                one.get("key") in record.attributes
                and ("value" not in one or fit(one["value"], record.attributes[str(one["key"])]))
            )
    level = listed.get("severity_number")
    if isinstance(level, Mapping):
        least = LEVELS.index(str(level.get("min"))) * 4 + 1 if level.get("min") in LEVELS else 0
        known.append(float(record.fields.get("severity_number") or 0) >= least)
    if not known:
        raise Unknown
    return all(known)
