"""Aggregations of an instant vector."""

from __future__ import annotations

import math
from collections.abc import Callable

from iac_gym.formats.promql.nodes import Aggregation
from iac_gym.formats.promql.playing.ranges import quantile
from iac_gym.formats.promql.playing.series import NotPlayed, Sample

Key = tuple[tuple[str, str], ...]


def _key(node: Aggregation, sample: Sample) -> Key:
    if node.without:
        left_out = ("__name__", *node.labels)
        return tuple(sorted(one for one in sample.labels.items() if one[0] not in left_out))
    return tuple(
        sorted((name, sample.labels[name]) for name in node.labels if name in sample.labels)
    )


def _deviation(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)


_SIMPLE: dict[str, Callable[[list[float]], float]] = {
    "sum": math.fsum,
    "avg": lambda values: math.fsum(values) / len(values),
    "min": min,
    "max": max,
    "count": lambda values: float(len(values)),
    "group": lambda values: 1.0,
    "stdvar": _deviation,
    "stddev": lambda values: math.sqrt(_deviation(values)),
}


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
            one
            for group in groups.values()
            for one in sorted(group, key=lambda s: s.value, reverse=node.op == "topk")[:count]
        ]
    raise NotPlayed(node.op)
