"""How requirements find alerts and records, in rule files and in PrometheusRule objects alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from iac_gym.formats.promql import Fires
from iac_gym.formats.promql.playing import Sample, Series, play
from iac_gym.languages.prometheus.faults import Faults
from iac_gym.languages.prometheus.groups import Alert, Group, Record, read_groups
from iac_gym.verdict import Finding

#: Fields that a group has in a PrometheusRule alone.
_OPERATOR = ("partial_response_strategy",)


def groups_of(model: Any) -> tuple[Group, ...]:
    """Return the groups of rules that are loaded."""
    if hasattr(model, "groups"):
        return tuple(group for group in model.groups if model.loads(group.file))
    found: list[Group] = []
    for item in model.of_kind("PrometheusRule"):
        tree = item.get("spec", "groups")
        found += read_groups(tree, item.file, Faults(), item.tree.mark, _OPERATOR)
    return tuple(found)


def alert_of(model: Any, name: str) -> tuple[Alert | None, list[Finding]]:
    """Return the alert of a name that can fire, and the findings where there is none."""
    named = [one for group in groups_of(model) for one in group.alerts if one.name == name]
    working = [one for one in named if one.expr and one.fires is not Fires.NEVER]
    if len(working) == 1:
        return working[0], []
    if working:
        place = working[1]
        message = f"there are {len(working)} alerts `{name}`"
        return None, [Finding(message, place.file, *place.mark)]
    if named:
        message = f"the alert `{name}` can never fire"
        return None, [Finding(message, named[0].file, *named[0].mark)]
    return None, [Finding(f"there is no alert `{name}`")]


def record_of(model: Any, name: str) -> tuple[Record | None, list[Finding]]:
    """Return the recording rule of a name, and the findings where there is none."""
    named = [one for group in groups_of(model) for one in group.records if one.name == name]
    working = [one for one in named if one.expr]
    if len(working) == 1:
        return working[0], []
    many = "more than one rule records" if working else "no rule records"
    return None, [Finding(f"{many} `{name}`")]


def wrong(rule: Alert | Record, message: str, key: str = "expr") -> Finding:
    """Make a finding at a field of a rule."""
    return Finding(message, rule.file, *rule.mark_of(key))


def played(rule: Alert | Record, series: Iterable[Series]) -> list[Sample] | None:
    """Play the expression of a rule."""
    return None if rule.expr is None else play(rule.expr.root, series)


def fires_for(
    model: Any,
    alert: str,
    label: str,
    firing: Iterable[str],
    series: Iterable[Series],
    said: str,
) -> Iterable[Finding]:
    """Yield a finding unless an alert fires, in a play, for exactly these values of a label."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is None:
        return
    samples = played(rule, series)
    if samples is None:
        yield wrong(rule, f"the expression of `{alert}` cannot be played through")
        return
    wanted = set(firing)
    for sample in samples:
        value = sample.labels.get(label)
        if value is None:
            yield wrong(rule, f"the alerts of `{alert}` do not tell their `{label}`")
            return
        if value not in wanted:
            yield wrong(rule, f"`{alert}` fires where it should not: {said}")
            return
    missing = wanted - {str(sample.labels.get(label)) for sample in samples}
    if missing:
        yield wrong(rule, f"`{alert}` does not fire where it should: {said}")


def windows(rule: Alert | Record, metric: str) -> set[float]:
    """Return the windows, in seconds, over which a rule reads a metric."""
    from iac_gym.formats.promql import uses

    root = rule.expr.root if rule.expr else None
    if root is None:
        return set()
    return {one.window for one in uses(root) if one.metric == metric and one.window is not None}


def duration(seconds: float) -> str:
    """Say a number of seconds as Prometheus writes it: `90s`, `5m`, `2h`, `1d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds)}s"


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(text: str) -> float:
    """Return the seconds of a duration that `duration` could have said."""
    return float(text[:-1]) * _UNITS[text[-1]]


def has_text(mapping: Mapping[str, str], key: str, wanted: str) -> bool:
    """Whether a mapping holds a text, blanks around it aside."""
    return mapping.get(key, "").strip() == wanted
