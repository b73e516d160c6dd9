"""Requirements about alert rules that Grafana evaluates: their steps are played."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from envs.monitoring.requirements.dashboard_reading import LANGUAGE
from iac_gym.check import requirement
from iac_gym.formats.promql.playing import Series, play
from iac_gym.languages.grafana.provisioning import AlertRule, Step, duration
from iac_gym.languages.grafana.values import objects, section, text_of
from iac_gym.verdict import Finding

#: Values of series, by their labels.
Values = dict[tuple[tuple[str, str], ...], float]
_MARGIN = 0.03
_MATH = re.compile(r"\s*\$(?:\{(\w+)\}|(\w+))\s*(>=|<=|==|!=|>|<)\s*(-?[0-9]+(?:\.[0-9]+)?)\s*")
_MOST_STEPS = 8


def _rule(model: Any, name: str) -> tuple[AlertRule | None, list[Finding]]:
    found = [one for one in model.alert_rules if one.title == name]
    if len(found) == 1:
        return found[0], []
    many = "more than one alert rule" if found else "no alert rule that runs is"
    return None, [Finding(f"{many} `{name}`")]


def _wrong(model: Any, rule: AlertRule, message: str) -> Finding:
    for part in model.parts:
        for group, _ in objects(part.tree, "groups"):
            if any(tree is rule.tree for tree, _ in objects(group, "rules")):
                found: Finding = model.finding(message, part, rule.mark)
                return found
    return Finding(message)


def _value(rule: AlertRule, ref: str, series: list[Series], depth: int = 0) -> Values | None:
    """Return what a step gives; None where it cannot be played."""
    step = rule.step(ref.strip("${}"))
    if step is None or depth > _MOST_STEPS:
        return None
    if not step.kind:
        read = step.promql
        samples = play(read.expression.root, series) if read and read.expression else None
        if samples is None:
            return None
        return {
            tuple(sorted((k, v) for k, v in one.labels.items() if k != "__name__")): one.value
            for one in samples
        }
    if step.kind == "math":
        return _calculated(rule, step, series, depth)
    if step.kind == "classic_conditions":
        return _classic(rule, step, series, depth)
    below = _value(rule, step.expression, series, depth + 1)
    if below is None or step.kind in ("reduce", "resample"):
        return below
    return {key: float(_beyond(step.model, value)) for key, value in below.items()}


def _calculated(rule: AlertRule, step: Step, series: list[Series], depth: int) -> Values | None:
    found = _MATH.fullmatch(step.expression)
    below = _value(rule, found[1] or found[2], series, depth + 1) if found else None
    if found is None or below is None:
        return None
    return {key: float(_holds(found[3], value, float(found[4]))) for key, value in below.items()}


def _classic(rule: AlertRule, step: Step, series: list[Series], depth: int) -> Values | None:
    """Play a classic condition, which has one result for all series."""
    fired = False
    for one, _ in objects(step.model, "conditions"):
        params = section(one, "query").get("params")
        ref = params[0] if isinstance(params, list) and params else ""
        below = _value(rule, text_of(ref), series, depth + 1)
        if below is None:
            return None
        fired = fired or any(_against(section(one, "evaluator"), value) for value in below.values())
    return {(): float(fired)}


def _beyond(tree: Mapping[str, Any], value: float) -> bool:
    return any(_against(section(one, "evaluator"), value) for one, _ in objects(tree, "conditions"))


_NAMES = {"gt": ">", "lt": "<", "gte": ">=", "lte": "<=", "eq": "==", "ne": "!="}


def _against(evaluator: Mapping[str, Any], value: float) -> bool:
    params = evaluator.get("params")
    limit = params[0] if isinstance(params, list) and params else None
    op = _NAMES.get(text_of(evaluator.get("type")), "")
    return isinstance(limit, (int, float)) and _holds(op, value, float(limit))


def _holds(op: str, value: float, limit: float) -> bool:
    return {
        ">": value > limit, "<": value < limit, ">=": value >= limit, "<=": value <= limit,
        "==": value == limit, "!=": value != limit,
    }.get(op, False)  # fmt: skip


@requirement(
    "the Grafana alert rule `{alert}` fires for each `{label}` whose `{metric}` is above "
    "{threshold}",
    "Grafana's alert rule `{alert}` fires per `{label}` with `{metric}` greater than {threshold}",
    language=LANGUAGE,
)
def grafana_alert_above(
    model: Any, alert: str, label: str, metric: str, threshold: float
) -> Iterable[Finding]:
    """A gauge above the threshold and one below it, through all steps of the rule."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is None:
        return
    step = abs(threshold) * _MARGIN
    series = [
        Series(metric, {"job": "x", label: "high"}, threshold + step),
        Series(metric, {"job": "x", label: "low"}, threshold - step),
    ]
    values = _value(found, found.condition, series)
    if values is None:
        yield _wrong(model, found, f"the steps of `{alert}` cannot be played through")
        return
    firing = [dict(key).get(label) for key, value in values.items() if value != 0]
    if firing != ["high"]:
        yield _wrong(model, found, f"`{alert}` does not fire just above {threshold} by `{label}`")


@requirement(
    "the alert rule `{alert}` is in the folder `{folder}` and the group `{group}`",
    "Grafana keeps the alert rule `{alert}` in the group `{group}` of the folder `{folder}`",
    language=LANGUAGE,
)
def grafana_alert_place(model: Any, alert: str, folder: str, group: str) -> Iterable[Finding]:
    """`folder` and `name` of its group."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is not None and (found.folder, found.group) != (folder, group):
        yield _wrong(model, found, f"`{alert}` is in `{found.group}` of `{found.folder}`")


@requirement(
    "the group of the alert rule `{alert}` is evaluated every {time}",
    "Grafana evaluates the group with `{alert}` every {time}",
    language=LANGUAGE,
)
def grafana_alert_interval(model: Any, alert: str, time: str) -> Iterable[Finding]:
    """`interval` of the group."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is not None and found.interval != duration(time):
        yield _wrong(model, found, f"`{alert}` is not evaluated every {time}")


@requirement(
    "the condition of Grafana's alert rule `{alert}` must hold for {time} before it fires",
    "Grafana's `{alert}` fires after its condition has held for {time}",
    language=LANGUAGE,
)
def grafana_alert_waits(model: Any, alert: str, time: str) -> Iterable[Finding]:
    """`for`."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is not None and found.pending != duration(time):
        yield _wrong(model, found, f"`{alert}` does not wait {time}")


@requirement(
    "Grafana's alert rule `{alert}` has the label `{label}` with the value `{value}`",
    "instances of Grafana's `{alert}` carry the label `{label}={value}`",
    language=LANGUAGE,
)
def grafana_alert_label(model: Any, alert: str, label: str, value: str) -> Iterable[Finding]:
    """`labels`."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is not None and found.labels.get(label) != value:
        yield _wrong(model, found, f"`{alert}` does not have the label `{label}={value}`")


@requirement(
    "without data the alert rule `{alert}` takes the state `{state}`",
    "where there are no data, `{state}` is the state of the alert rule `{alert}`",
    language=LANGUAGE,
)
def grafana_alert_no_data(model: Any, alert: str, state: str) -> Iterable[Finding]:
    """`noDataState`."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is not None and found.no_data.casefold() != state.casefold():
        yield _wrong(model, found, f"without data `{alert}` is `{found.no_data}`")


@requirement(
    "the query of the alert rule `{alert}` goes to the data source with the uid `{uid}`",
    "the alert rule `{alert}` asks the data source with the uid `{uid}`",
    language=LANGUAGE,
)
def grafana_alert_source(model: Any, alert: str, uid: str) -> Iterable[Finding]:
    """`datasourceUid` of its queries."""
    found, findings = _rule(model, alert)
    yield from findings
    if found is not None:
        asked = [one for one in found.steps if one.datasource not in ("__expr__", "-100")]
        if not asked or any(one.datasource != uid for one in asked):
            yield _wrong(model, found, f"`{alert}` does not ask `{uid}`")
