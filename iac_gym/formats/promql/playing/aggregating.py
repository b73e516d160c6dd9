"""Aggregations of an instant vector."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from iac_gym.formats.promql.nodes import Aggregation
from iac_gym.formats.promql.playing.ranges import quantile
from iac_gym.formats.promql.playing.series import NotPlayed, Sample

Key = tuple[tuple[str, str], ...]


def _key(node: Aggregation, sample: Sample, made: str = "") -> Key:
    """Return the group of a sample; `made` is a label that the aggregation makes."""
    labels = sample.labels
    if node.without:
        left_out = ("__name__", *node.labels)
        return tuple(sorted(one for one in labels.items() if one[0] not in left_out))
    names = {*node.labels, made}
    return tuple(sorted((name, labels[name]) for name in names if name in labels))


def _deviation(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)


def total(values: list[float]) -> float:
    """Return the sum; infinite ones of both signs give NaN."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return sum(values)


def _extreme(choose: Callable[[list[float]], float]) -> Callable[[list[float]], float]:
    """Leave NaN out, unless there is nothing else."""
    return lambda values: choose([one for one in values if not math.isnan(one)] or values)


def written(value: float) -> str:
    """Write a number as `count_values` does: without an exponent."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _counted(
    label: str, groups: dict[Key, list[Sample]], by: Callable[[Sample], Key]
) -> list[Sample]:
    """Count the series of each value; a label of that name that was there is written over."""
    counts: dict[Key, int] = {}
    for group in groups.values():
        for one in group:
            key = by(Sample({**one.labels, label: written(one.value)}, one.value))
            counts[key] = counts.get(key, 0) + 1
    return [Sample(dict(key), float(count)) for key, count in counts.items()]


_SIMPLE: dict[str, Callable[[list[float]], float]] = {
    "sum": total,
    "avg": lambda values: total(values) / len(values),
    "min": _extreme(min),
    "max": _extreme(max),
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
    "stdvar": _deviation,
    "stddev": lambda values: math.sqrt(_deviation(values)),
}


def _rank(op: str) -> Callable[[Sample], tuple[bool, float]]:
    """Order samples for `topk` or `bottomk`: NaN comes last."""
    sign = -1.0 if op == "topk" else 1.0
    return lambda one: (math.isnan(one.value), 0.0 if math.isnan(one.value) else sign * one.value)


def aggregate(
    node: Aggregation, samples: list[Sample], parameter: float | str | list[Sample] | None
) -> list[Sample]:
    """Aggregate an instant vector; raises `NotPlayed` for what is experimental."""
    groups: dict[Key, list[Sample]] = {}
    for one in samples:
        groups.setdefault(_key(node, one), []).append(one)
    if node.op in _SIMPLE:
        simple = _SIMPLE[node.op]
        return [
            Sample(dict(key), simple([one.value for one in group])) for key, group in groups.items()
        ]
    if node.op == "count_values" and isinstance(parameter, str):
        return _counted(parameter, groups, lambda one: _key(node, one, parameter))
    if not isinstance(parameter, float):
        raise NotPlayed(node.op)
    if node.op == "quantile":
        return [
            Sample(dict(key), quantile(parameter, [one.value for one in group]))
            for key, group in groups.items()
        ]
    if node.op in ("topk", "bottomk"):
        count = max(0, int(parameter)) if math.isfinite(parameter) else 0
        return [
            one for group in groups.values() for one in sorted(group, key=_rank(node.op))[:count]
        ]
    raise NotPlayed(node.op)
