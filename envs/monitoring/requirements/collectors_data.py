"""Requirements about what a collector does to data: records are sent through its processors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.collector_conditions import SEVERITIES
from envs.monitoring.requirements.collector_processors import changed, dropped
from envs.monitoring.requirements.collector_reading import (
    LANGUAGE,
    Record,
    flows_of,
    items,
    relabeled_away,
    texts,
)
from iac_gym.check import requirement
from iac_gym.languages.otel_collector.model import Component, Flow
from iac_gym.verdict import Finding


def on_every_way(
    model: Any, signal: str, message: str, right: Callable[[Flow], bool]
) -> Iterable[Finding]:
    """Yield a finding unless something holds on every way of a signal."""
    flows, findings = flows_of(model, signal)
    yield from findings
    for flow in flows:
        if not right(flow):
            yield model.finding(message, flow.pipelines[0].mark)
            return


@requirement(
    "all {signal} leave with the resource attribute `{key}` set to `{value}`, whatever it was "
    "before",
    "the resource attribute `{key}` of all {signal} becomes `{value}`, also where there was "
    "another",
    language=LANGUAGE,
)
def resource_set(model: Any, signal: str, key: str, value: str) -> Iterable[Finding]:
    """Played on a resource with another value and on one without any."""

    def right(flow: Flow) -> bool:
        return all(
            changed(Record(resource=dict(given)), flow.processors, signal).resource.get(key)
            == value
            for given in ({}, {key: "other"})
        )

    yield from on_every_way(model, signal, f"not all {signal} get `{key}={value}`", right)


@requirement(
    "{signal} without the resource attribute `{key}` get it with the value `{value}`; those that "
    "have it keep theirs",
    "the resource attribute `{key}` is `{value}` for those {signal} that come without it, and "
    "stays "
    "as it is for others",
    language=LANGUAGE,
)
def resource_default(model: Any, signal: str, key: str, value: str) -> Iterable[Finding]:
    """Played on a resource with another value and on one without any."""

    def right(flow: Flow) -> bool:
        plain = changed(Record(), flow.processors, signal).resource.get(key)
        kept = changed(Record(resource={key: "own"}), flow.processors, signal).resource.get(key)
        return (plain, kept) == (value, "own")

    yield from on_every_way(model, signal, f"`{key}={value}` is not just the default", right)


@requirement(
    "the attribute `{key}` is removed from all {signal}",
    "no {signal} leave the collector with the attribute `{key}`",
    language=LANGUAGE,
)
def attribute_removed(model: Any, signal: str, key: str) -> Iterable[Finding]:
    """Played on a record with that attribute and another, which stays."""

    def right(flow: Flow) -> bool:
        before = {key: "x", "kept.attribute": "y"}
        after = changed(Record(dict(before)), flow.processors, signal).attributes
        return key not in after and after.get("kept.attribute") == "y"

    yield from on_every_way(model, signal, f"`{key}` is not removed from all {signal}", right)


@requirement(
    "the attribute `{key}` of all {signal} is replaced by its hash",
    "all {signal} leave with a hash in the place of the attribute `{key}`",
    language=LANGUAGE,
)
def attribute_hashed(model: Any, signal: str, key: str) -> Iterable[Finding]:
    """The action `hash`, or a hash function of `transform`."""

    def right(flow: Flow) -> bool:
        return any(_hashes(one, key) for one in flow.processors)

    yield from on_every_way(model, signal, f"`{key}` is not hashed in all {signal}", right)


def _hashes(one: Component, key: str) -> bool:
    if one.type == "attributes":
        plain = not one.has("include") and not one.has("exclude")
        return plain and any(
            action.get("key") == key and str(action.get("action")).lower() == "hash"
            for action in items(one.tree, "actions")
        )
    if one.type != "transform":
        return False
    every = [
        text for name in one.tree for entry in items(one.tree, name)
        for text in texts(entry, "statements")
    ]  # fmt: skip
    return any(
        text.replace(" ", "").startswith(f'set(attributes["{key}"],{name}(attributes["{key}"])')
        for text in every
        for name in ("SHA256", "SHA1", "SHA512", "MD5", "FNV")
    )


def _drops(
    model: Any, signal: str, cases: Sequence[tuple[Record, bool]], message: str
) -> Iterable[Finding]:
    """Yield a finding unless just those records are dropped on every way."""
    yield from on_every_way(
        model, signal, message,
        lambda flow: all(dropped(one, flow.processors, signal) is gone for one, gone in cases),
    )  # fmt: skip


@requirement(
    "spans whose attribute `{key}` is `{value}` are dropped, all others are kept",
    "the collector drops the spans with `{key}` equal to `{value}` and no others",
    language=LANGUAGE,
)
def spans_dropped(model: Any, key: str, value: str) -> Iterable[Finding]:
    """Spans with that value, a longer one, and without the attribute."""
    attributes: list[tuple[dict[str, Any], bool]] = [
        ({key: value}, True), ({key: value, "other": "x"}, True), ({key: f"{value}x"}, False),
        ({key: f"/y{value}"}, False), ({"other": value}, False), ({}, False),
    ]  # fmt: skip
    cases = [
        (Record(given, {}, {"name": "GET /", "kind": kind, "status.code": code}), gone)
        for given, gone in attributes
        for kind, code in ((2.0, 0.0), (3.0, 2.0))
    ]
    yield from _drops(model, "traces", cases, f"not just spans with `{key}={value}` are dropped")


@requirement(
    "metrics whose name begins with `{prefix}` are dropped, all others are kept",
    "the collector drops the metrics with names that begin with `{prefix}`, and no others",
    language=LANGUAGE,
)
def metrics_dropped(model: Any, prefix: str) -> Iterable[Finding]:
    """Names with the prefix, with it in the middle, and without it."""
    names = (
        (f"{prefix}x", True), (f"{prefix}y.z", True), (f"my.{prefix}x", False), ("up", False),
        (f"{prefix[:-1]}x", False),
    )  # fmt: skip

    def right(flow: Flow) -> bool:
        return all(
            (dropped(Record({}, {}, {"name": name}), flow.processors, "metrics") is True
             or relabeled_away(flow.receiver, name)) is gone
            for name, gone in names
        )  # fmt: skip

    yield from on_every_way(model, "metrics", f"not just metrics of `{prefix}` are dropped", right)


@requirement(
    "log records of a severity below {level} are dropped, all others are kept",
    "only log records from the severity {level} on are kept",
    language=LANGUAGE,
)
def logs_dropped(model: Any, level: str) -> Iterable[Finding]:
    """One record of every severity."""
    least = SEVERITIES[f"SEVERITY_NUMBER_{level}"]
    cases = []
    for number in (1, 5, 9, 13, 17, 21):
        name = next(key for key, value in SEVERITIES.items() if value == number)
        fields = {"severity_number": float(number), "severity_text": name.rpartition("_")[2],
                  "body": "text"}  # fmt: skip
        cases.append((Record({}, {}, fields), number < least))
    yield from _drops(model, "logs", cases, f"not just log records below {level} are dropped")


@requirement(
    "all {signal} get the Kubernetes attributes {names} of the pod that they come from",
    "the processor `k8sattributes` adds {names} to all {signal}",
    language=LANGUAGE,
)
def pod_attributes(model: Any, signal: str, names: Sequence[str]) -> Iterable[Finding]:
    """`extract.metadata` of `k8sattributes`."""

    def right(flow: Flow) -> bool:
        found = [texts(one.tree, "extract", "metadata") for one in flow.processors
                 if one.type == "k8sattributes"]  # fmt: skip
        return any(set(names) <= set(one) for one in found)

    yield from on_every_way(model, signal, f"not all {signal} get these attributes of pods", right)


@requirement(
    "what the detectors {names} find out about the machine is added to the resource of all "
    "{signal}",
    "the resource of all {signal} is completed by the detectors {names}",
    language=LANGUAGE,
)
def resource_detected(model: Any, signal: str, names: Sequence[str]) -> Iterable[Finding]:
    """`detectors` of `resourcedetection`, in that order."""

    def right(flow: Flow) -> bool:
        return any(
            one.type == "resourcedetection" and texts(one.tree, "detectors") == list(names)
            for one in flow.processors
        )

    yield from on_every_way(model, signal, f"these detectors do not work on all {signal}", right)
