"""Requirements about alerts and recording rules beside what they look at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from envs.monitoring.requirements.reading import (
    alert_of,
    duration,
    groups_of,
    has_text,
    record_of,
    seconds,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.formats.promql import keeps_label
from iac_gym.verdict import Finding


@requirement(
    "the condition of `{alert}` must hold for {time} before it fires",
    "`{alert}` fires only after its condition has held for {time}",
)
def alert_waits(model: Any, alert: str, time: str) -> Iterable[Finding]:
    """`for` of the alert."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None and rule.for_ != seconds(time):
        yield wrong(rule, f"`{alert}` waits {duration(rule.for_)}, not {time}", "for")


@requirement(
    "`{alert}` keeps firing for {time} after its condition has ended",
    "once its condition is over, `{alert}` goes on firing for {time}",
)
def alert_lasts(model: Any, alert: str, time: str) -> Iterable[Finding]:
    """`keep_firing_for` of the alert."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None and rule.keep_firing_for != seconds(time):
        yield wrong(rule, f"`{alert}` does not keep firing for {time}", "keep_firing_for")


@requirement(
    "`{alert}` has the label `{label}` with the value `{value}`",
    "alerts of `{alert}` carry the label `{label}={value}`",
)
def alert_label(model: Any, alert: str, label: str, value: str) -> Iterable[Finding]:
    """A label of the alert or of its group."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None and not has_text(rule.labels, label, value):
        yield wrong(rule, f"`{alert}` does not have the label `{label}={value}`", "labels")


@requirement(
    "the annotation `{annotation}` of `{alert}` is `{text}`",
    "`{alert}` has the annotation `{annotation}` with the text `{text}`",
)
def alert_annotation(model: Any, alert: str, annotation: str, text: str) -> Iterable[Finding]:
    """An annotation word for word."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None and not has_text(rule.annotations, annotation, text):
        yield wrong(rule, f"the annotation `{annotation}` is not `{text}`", "annotations")


@requirement(
    "the annotation `{annotation}` of `{alert}` names the `{label}` that is affected, by its "
    "template variable",
    "in its annotation `{annotation}` the alert `{alert}` tells which `{label}` is concerned "
    "(`$labels`)",
)
def alert_tells_label(model: Any, alert: str, annotation: str, label: str) -> Iterable[Finding]:
    """The template puts the label in, and the expression keeps it."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is None:
        return
    text = rule.annotations.get(annotation, "")
    labels = r"(?:\$labels|(?<![\w$.])\.Labels)"
    says = re.compile(rf"{labels}\.{label}\b|\bindex +{labels} +[\"`]{label}[\"`]")
    if not any(says.search(one) for one in _actions(text)):
        yield wrong(rule, f"`{annotation}` does not name the `{label}`", "annotations")
    elif rule.expr and not keeps_label(rule.expr.root, label) and label not in rule.labels:
        yield wrong(rule, f"the expression leaves no `{label}` to name")


@requirement(
    "the annotation `{annotation}` of `{alert}` tells the measured value, by its template variable",
    "in its annotation `{annotation}` the alert `{alert}` shows the value that was measured "
    "(`$value`)",
)
def alert_tells_value(model: Any, alert: str, annotation: str) -> Iterable[Finding]:
    """The template puts `$value` in, formatted or not."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None and not any(
        re.search(r"\$value\b|(?<![\w$])\.Value\b", one)
        for one in _actions(rule.annotations.get(annotation, ""))
    ):
        yield wrong(rule, f"`{annotation}` does not tell the value", "annotations")


def _actions(text: str) -> list[str]:
    """Return what stands between `{{` and `}}`, comments left out."""
    found = [part.partition("}}")[0].strip("- \t\n") for part in text.split("{{")[1:]]
    return [one for one in found if not one.startswith("/*")]


@requirement("`{alert}` is in the group `{group}`", "the group `{group}` holds the alert `{alert}`")
def alert_in_group(model: Any, alert: str, group: str) -> Iterable[Finding]:
    """The name of the alert's group."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None and rule.group != group:
        yield wrong(rule, f"`{alert}` is in the group `{rule.group}`", "alert")


@requirement(
    "the rules of the group `{group}` are evaluated every {time}",
    "the group `{group}` has an evaluation interval of {time}",
)
def group_interval(model: Any, group: str, time: str) -> Iterable[Finding]:
    """`interval` of the group."""
    found = [one for one in groups_of(model) if one.name == group and one.rules]
    if not found:
        yield Finding(f"there is no group `{group}` with rules")
    elif found[0].interval != seconds(time):
        place = found[0]
        yield Finding(f"`{group}` is not evaluated every {time}", place.file, *place.mark)


@requirement(
    "the recorded series `{record}` gets the label `{label}` with the value `{value}`",
    "`{record}` is recorded with the label `{label}={value}`",
)
def record_label(model: Any, record: str, label: str, value: str) -> Iterable[Finding]:
    """A label of the recording rule or of its group."""
    rule, findings = record_of(model, record)
    yield from findings
    if rule is not None and not has_text(rule.labels, label, value):
        yield wrong(rule, f"`{record}` does not get the label `{label}={value}`", "labels")
