"""Requirements about recorded series: their values are compared in a play."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.reading import (
    over,
    played,
    record_of,
    seconds,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.formats.promql import parse
from iac_gym.formats.promql.playing import Sample, Series, play
from iac_gym.verdict import Finding

Wanted = Sequence[tuple[dict[str, str], float]]


def _gives(model: Any, record: str, series: list[Series], wanted: Wanted) -> Iterable[Finding]:
    """Yield a finding unless a record gives exactly these labels and values."""
    rule, findings = record_of(model, record)
    yield from findings
    if rule is None:
        return
    found = played(model, rule, series)
    if found is None:
        yield wrong(rule, f"the expression of `{record}` cannot be played through")
        return
    if len(found) != len(wanted):
        yield wrong(rule, f"`{record}` gives {len(found)} series where {len(wanted)} are wanted")
        return
    for labels, value in wanted:
        match = _with(found, labels)
        if match is None:
            yield wrong(rule, f"`{record}` does not have exactly the labels {', '.join(labels)}")
            return
        if not math.isclose(match.value, value, rel_tol=1e-6):
            yield wrong(rule, f"`{record}` gives {match.value:g} where {value:g} is right")
            return


def _with(found: list[Sample], labels: dict[str, str]) -> Sample | None:
    for one in found:
        left = {key: value for key, value in one.labels.items() if key != "__name__"}
        if left == labels:
            return one
    return None


def _over(model: Any, record: str, metric: str, window: str) -> Iterable[Finding]:
    yield from over(model, record_of(model, record)[0], metric, window)


@requirement(
    "the recording rule `{record}` gives the per-second rate of the counter `{metric}` over "
    "{window}, summed up by `{label}` alone",
    "`{record}` records, for each `{label}` (and no other label), the sum of the per-second rates "
    "of the counter `{metric}` over {window}",
)
def record_rate(model: Any, record: str, metric: str, label: str, window: str) -> Iterable[Finding]:
    """Two series of one, of which one was faster before, and one of another."""
    series = [
        Series(metric, {"job": "x", "zone": "1", "pod": "p1", label: "a"}, 1e6, 3.0),
        Series(metric, {"job": "x", "zone": "2", "pod": "p2", label: "a"}, 1e6, 4.5,
               bend=-seconds(window) * 0.4, before=20.0),
        Series(metric, {"job": "x", "zone": "1", "pod": "p3", label: "b"}, 1e6, 0.5),
    ]  # fmt: skip
    rates = play(parse(f"sum by ({label}) (rate({metric}[{window}]))").root, series)
    wanted = [(dict(one.labels), one.value) for one in rates or ()]
    yield from _gives(model, record, series, wanted)
    yield from _over(model, record, metric, window)


@requirement(
    "the recording rule `{record}` gives the share (0 to 1) of `{metric}` whose label `{code}` is "
    "500 to 599 over {window}, by `{label}` alone",
    "`{record}` records for each `{label}` (and no other label) which part, 0 to 1, of the rate of "
    "`{metric}` over {window} has a `{code}` from 500 to 599",
)
def record_error_share(
    model: Any, record: str, metric: str, label: str, code: str, window: str
) -> Iterable[Finding]:
    """Two with different shares, on two instances."""
    series = []
    for name, failing in (("a", 0.2), ("b", 0.05)):
        for instance in ("i1", "i2"):
            split = {"200": 0.7 - failing, "404": 0.3}
            split |= {"500": failing * 0.5, "502": failing * 0.3, "511": failing * 0.2}
            for value, weight in split.items():
                labels = {"zone": instance, code: value, label: name}
                series.append(Series(metric, labels, 1e6, 10 * weight))
    yield from _gives(model, record, series, [({label: "a"}, 0.2), ({label: "b"}, 0.05)])
    yield from _over(model, record, metric, window)


@requirement(
    "the recording rule `{record}` gives the {function} of the gauge `{metric}` by `{label}` alone",
    "`{record}` records, for each `{label}` (and no other label), the {function} of the gauge "
    "`{metric}`",
)
def record_gauge(
    model: Any, record: str, function: str, metric: str, label: str
) -> Iterable[Finding]:
    """Three series of one, one of another."""
    values = (2.0, 5.0, 11.0)
    series = [
        Series(metric, {"job": "x", "zone": f"p{place}", label: "a"}, value)
        for place, value in enumerate(values)
    ]
    series.append(Series(metric, {"job": "x", "zone": "q", label: "b"}, 4.0))
    right = {"sum": 18.0, "average": 6.0, "maximum": 11.0, "minimum": 2.0}[function]
    yield from _gives(model, record, series, [({label: "a"}, right), ({label: "b"}, 4.0)])


@requirement(
    "the recording rule `{record}` gives the {percentile}th percentile of the classic histogram "
    "`{metric}` (`{metric}_bucket`) over {window} by `{label}` alone",
    "`{record}` records, for each `{label}` (and no other label), the {percentile}th percentile of "
    "the histogram `{metric}_bucket` over {window}",
)
def record_percentile(
    model: Any, record: str, percentile: int, metric: str, label: str, window: str
) -> Iterable[Finding]:
    """Histograms with two buckets; the percentile lies in the second."""
    series = []
    for name, instances in (("a", ("i1", "i2")), ("b", ("i3",))):
        for instance in instances:
            for bound, rate in (("1", 5.0), ("2", 10.0), ("+Inf", 10.0)):
                labels = {"zone": instance, "le": bound, label: name}
                series.append(Series(f"{metric}_bucket", labels, 1e6, rate))
    share = percentile / 100
    right = 1 + (share * 10 - 5) / 5 if share > 0.5 else share * 2
    yield from _gives(model, record, series, [({label: "a"}, right), ({label: "b"}, right)])
    yield from _over(model, record, f"{metric}_bucket", window)
