"""How requirements follow data through a collector: what happens to a record on its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.otel_collector.model import Component, Flow, Pipeline
from iac_gym.languages.prometheus.config import Job, read_config
from iac_gym.languages.prometheus.relabeling import relabeled
from iac_gym.verdict import Finding

LANGUAGE = "otel_collector"


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


def fits(pattern: str, text: str) -> bool:
    """Whether a regular expression occurs in a text; one that is invalid does not."""
    try:
        return go_regexp(f"(?s:.*)(?:{pattern})(?s:.*)").fullmatch(text)
    except GoRegexpError:
        return False


def jobs_of(receiver: Component) -> tuple[Job, ...]:
    """Return the jobs of a receiver `prometheus`."""
    tree = receiver.tree.get("config") if receiver.type == "prometheus" else None
    return read_config(tree, "").jobs if tree.__class__ is YamlMap else ()


def relabeled_away(receiver: Component, metric: str) -> bool:
    """Whether every job of a receiver `prometheus` drops a metric by relabeling."""
    jobs = jobs_of(receiver)
    return bool(jobs) and all(
        relabeled({"__name__": metric, "job": one.name}, one.metric_relabel) is None for one in jobs
    )
