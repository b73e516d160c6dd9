"""How requirements find alerts and records, in rule files and in PrometheusRule objects alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from iac_gym.formats.lazy import kept
from iac_gym.formats.promql import Fires, uses
from iac_gym.formats.promql.playing import Sample, Series, play
from iac_gym.languages.prometheus.groups import Alert, Group, Record
from iac_gym.verdict import Finding


@kept
def groups_of(model: Any) -> tuple[Group, ...]:
    """Return the groups of rules that are loaded."""
    if hasattr(model, "groups"):
        return tuple(group for group in model.groups if model.loads(group.file))
    rules = model.of_kind("PrometheusRule")
    return tuple(group for item in rules for group in model.rule_groups(item))


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


def played(model: Any, rule: Alert | Record, series: Iterable[Series]) -> list[Sample] | None:
    """Play the expression of a rule; series that other rules record are computed first."""
    if rule.expr is None:
        return None
    known = list(series)
    for one in reversed(_read_by(model, rule)):
        samples = play(one.expr.root, known) if one.expr else None
        for sample in samples or ():
            labels = {**sample.labels, **one.labels}
            labels.pop("__name__", None)
            known.append(Series(one.name, labels, sample.value))
    return play(rule.expr.root, known)


#: Most recording rules that are followed from one alert.
_MOST_RECORDS = 12


def _read_by(model: Any, rule: Alert | Record) -> list[Record]:
    """Return the recording rules whose series a rule reads, those that they read behind them."""
    by_name: dict[str, list[Record]] = {}
    for group in groups_of(model):
        for one in group.records:
            by_name.setdefault(one.name, []).append(one)
    found: list[Record] = []
    queue: list[Alert | Record] = [rule]
    while queue and by_name and len(found) < _MOST_RECORDS:
        root = expr.root if (expr := queue.pop(0).expr) else None
        for metric in {use.metric for use in uses(root)} if root else ():
            more = by_name.pop(metric, [])
            found += more
            queue += more
    return found


def fires_for(
    model: Any,
    alert: str,
    label: str,
    firing: Iterable[str],
    series: Sequence[Series],
    said: str,
    jobs: Sequence[str] = (),
) -> Iterable[Finding]:
    """Yield a finding unless an alert fires, in a play, for exactly these values of a label.

    An alert that chooses a job that nobody named is played with each of `jobs`: the names under
    which the exporter in question is commonly scraped.
    """
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is None:
        return
    wanted = set(firing)
    message = _misfires(alert, label, wanted, played(model, rule, series), said)
    if rule.labels.get(label) and "$" not in rule.labels[label]:
        message = f"all alerts of `{alert}` get the same `{label}`"
    elif message and jobs and _chooses_job(rule):
        for job in jobs:
            other = [replace(one, labels={**one.labels, "job": job}) for one in series]
            if not _misfires(alert, label, wanted, played(model, rule, other), said):
                message = ""
                break
    if message:
        yield wrong(rule, message)
    elif _looks_back(rule, {one.name for one in series}):
        yield wrong(rule, f"`{alert}` looks at the past (`offset`)")


def _chooses_job(rule: Alert | Record) -> bool:
    root = rule.expr.root if rule.expr else None
    return root is not None and any(
        one.label == "job" for use in uses(root) for one in use.selector.matchers
    )


def _looks_back(rule: Alert | Record, names: set[str]) -> bool:
    root = rule.expr.root if rule.expr else None
    return root is not None and any(use.offset and use.metric in names for use in uses(root))


def _misfires(
    alert: str, label: str, wanted: set[str], samples: list[Sample] | None, said: str
) -> str:
    """Say what is wrong with the samples of an alert, '' where nothing is."""
    if samples is None:
        return f"the expression of `{alert}` cannot be played through"
    values = [one.labels.get(label) for one in samples]
    if None in values:
        return f"the alerts of `{alert}` do not tell their `{label}`"
    if set(values) - wanted:
        return f"`{alert}` fires where it should not: {said}"
    if wanted - set(values):
        return f"`{alert}` does not fire where it should: {said}"
    return ""


def windows(model: Any, rule: Alert | Record, metric: str) -> set[float]:
    """Return the windows, in seconds, over which a rule and what it reads look at a metric."""
    roots = [one.expr.root for one in (rule, *_read_by(model, rule)) if one.expr]
    return {
        one.window
        for root in roots
        for one in uses(root)
        if one.metric == metric and one.window is not None
    }


def over(model: Any, rule: Alert | Record | None, metric: str, window: str) -> Iterable[Finding]:
    """Yield a finding where a rule looks at a metric over another window than the one asked for."""
    if rule is None:
        return
    if windows(model, rule, metric) != {seconds(window)}:
        yield wrong(rule, f"`{rule.name}` does not look at `{metric}` over {window}")
    elif _looks_back(rule, {metric}):
        yield wrong(rule, f"`{rule.name}` looks at the past (`offset`)")


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
