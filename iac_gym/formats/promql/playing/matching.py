"""Operations of two sides: arithmetic, comparisons and sets, with the matching of labels."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import TypeAlias

from iac_gym.formats.promql.nodes import Binary, Matching
from iac_gym.formats.promql.playing.series import NotPlayed, Sample, unnamed

Value: TypeAlias = "float | str | list[Sample]"
Key = tuple[tuple[str, str], ...]


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except ValueError:  # a root of a negative number, or a negative power of zero
        if left:
            return math.nan
        odd = right % 2 == 1
        return math.copysign(math.inf, left) if odd else math.inf
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf


def _remainder(left: float, right: float) -> float:
    if not right or math.isinf(left):
        return math.nan
    return math.fmod(left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _remainder,
    "^": _power,
    "atan2": math.atan2,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SETS = ("and", "or", "unless")
_PLAIN = Matching()


def combine(node: Binary, left: Value, right: Value) -> Value:
    """Apply an operation; raises `NotPlayed` where several series match one."""
    if isinstance(left, str) or isinstance(right, str):
        raise NotPlayed("an operation on texts")
    if isinstance(left, float) and isinstance(right, float):
        return _numbers(node, left, right)
    if isinstance(left, list) and isinstance(right, list):
        matching = node.matching or _PLAIN
        if node.op in _SETS:
            return _sets(node.op, left, right, matching)
        return _vectors(node, left, right, matching)
    return _with_number(node, left, right)


def _numbers(node: Binary, left: float, right: float) -> float:
    if node.op in _ARITHMETIC:
        return _ARITHMETIC[node.op](left, right)
    if node.op in _COMPARISONS:
        return float(_COMPARISONS[node.op](left, right))
    raise NotPlayed(node.op)


def _with_number(node: Binary, left: Value, right: Value) -> list[Sample]:
    found = []
    for one in left if isinstance(left, list) else right if isinstance(right, list) else ():
        first = one.value if isinstance(left, list) else float(left)
        second = one.value if isinstance(right, list) else float(right)
        kept = _apply(node, first, second, one.value)
        if kept is not None:
            changes = node.op in _ARITHMETIC or node.bool
            found.append(Sample(unnamed(one) if changes else one.labels, kept))
    return found


def _apply(node: Binary, left: float, right: float, kept: float) -> float | None:
    """Return the value of a pair; None where a comparison drops it."""
    if node.op in _ARITHMETIC:
        return _ARITHMETIC[node.op](left, right)
    if node.op not in _COMPARISONS:
        raise NotPlayed(node.op)
    holds = _COMPARISONS[node.op](left, right)
    return float(holds) if node.bool else kept if holds else None


def _key(sample: Sample, matching: Matching) -> Key:
    labels = sample.labels.items()
    if matching.on:
        return tuple(sorted(one for one in labels if one[0] in matching.labels))
    left_out = ("__name__", *matching.labels)
    return tuple(sorted(one for one in labels if one[0] not in left_out))


def _sets(op: str, left: list[Sample], right: list[Sample], matching: Matching) -> list[Sample]:
    there = {_key(one, matching) for one in right}
    if op == "or":
        have = {_key(one, matching) for one in left}
        return [*left, *(one for one in right if _key(one, matching) not in have)]
    return [one for one in left if (_key(one, matching) in there) == (op == "and")]


def _vectors(
    node: Binary, left: list[Sample], right: list[Sample], matching: Matching
) -> list[Sample]:
    if not left or not right:
        return []  # whatever stands on the other side
    many, one_side = (right, left) if matching.group == "right" else (left, right)
    ones: dict[Key, Sample] = {}
    for one in one_side:
        key = _key(one, matching)
        if key in ones:
            raise NotPlayed("several series match one")
        ones[key] = one
    found: list[Sample] = []
    seen: set[Key] = set()
    for one in many:
        key = _key(one, matching)
        if key not in ones:
            continue
        other = ones[key]
        first, second = (other, one) if matching.group == "right" else (one, other)
        value = _apply(node, first.value, second.value, first.value)
        if value is None:
            continue
        if not matching.group:
            if key in seen:
                raise NotPlayed("several series match one")
            seen.add(key)
        found.append(Sample(_labels(node, one, other, matching), value))
    return found


def _labels(node: Binary, many: Sample, one: Sample, matching: Matching) -> dict[str, str]:
    named = node.op in _COMPARISONS and not node.bool
    kept = dict(many.labels) if named else unnamed(many)
    if matching.group:
        for name in matching.include:
            kept.pop(name, None)
            if name in one.labels:
                kept[name] = one.labels[name]
    elif matching.on:
        kept = {key: value for key, value in kept.items() if key in matching.labels}
    else:
        for name in matching.labels:
            kept.pop(name, None)
    return kept
