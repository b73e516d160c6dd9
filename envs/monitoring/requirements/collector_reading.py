"""How requirements follow data through a collector: what happens to a record on its way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.languages.otel_collector.model import Component, Flow, Pipeline
from iac_gym.languages.otel_collector.values import resolved
from iac_gym.verdict import Finding

LANGUAGE = "otel_collector"
#: What stands for a hashed value.
HASHED = "(hashed)"


@dataclass
class Record:
    """A span, a metric or a log record: its attributes, those of its resource, and other fields.

    `fields` are what conditions call it: `name`, `severity_number`, `body`, ...
    """

    attributes: dict[str, Any] = field(default_factory=dict)
    resource: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


def flows_of(model: Any, signal: str) -> tuple[list[Flow], list[Finding]]:
    """Return the ways of a signal that end in an exporter, and the findings without any."""
    found = [one for one in model.flows(signal) if one.exporter.type != "nop"]
    if found:
        return found, []
    return [], [model.finding(f"no pipeline carries {signal} from a receiver to an exporter")]


def pipelines_of(model: Any, signal: str) -> tuple[list[Pipeline], list[Finding]]:
    """Return the pipelines of a signal that begin with a receiver, and findings without any."""
    found = [one for one in model.of_signal(signal) if one.receivers and one.exporters]
    if found:
        return found, []
    return [], [model.finding(f"there is no pipeline for {signal}")]


def items(tree: Any, *keys: str) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of the list at a path."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    if isinstance(tree, list):
        yield from (one for one in tree if isinstance(one, Mapping))


def texts(tree: Any, *keys: str) -> list[str]:
    """Return the texts of the list at a path."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return [one for one in tree if isinstance(one, str)] if isinstance(tree, list) else []


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
        elif isinstance(entry, Mapping) and not entry.get("conditions"):
            for text in texts(entry, "statements"):
                _statement(text, str(entry.get("context") or ""), record)


def _statement(text: str, context: str, record: Record) -> None:
    if (found := _SET.fullmatch(text.strip())) is not None:
        holder, _, key = found[1].partition('["')
        _attributes(holder, context, record)[key.removesuffix('"]')] = found[2]
    elif (found := _DELETE.fullmatch(text.strip())) is not None:
        _attributes(found[1], context, record).pop(found[2], None)


def _attributes(holder: str, context: str, record: Record) -> dict[str, Any]:
    own = holder.startswith("resource.") or (holder == "attributes" and context == "resource")
    return record.resource if own else record.attributes


def fits(pattern: str, text: str) -> bool:
    """Whether a regular expression occurs in a text; one that is invalid does not."""
    try:
        return go_regexp(f"(?s:.*)(?:{pattern})(?s:.*)").fullmatch(text)
    except GoRegexpError:
        return False
