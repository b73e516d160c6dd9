"""Between which values the samples of an expression lie, and whether it has any at all.

Everything here must be provable: an expression of which nothing is known has all values.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.promql.nodes import Matcher, Selector

INF = math.inf


class Bounds(NamedTuple):
    """Values from `low` to `high`. `exists`: whether there is a sample: "never", "maybe", "always".

    `vacuous` tells that a comparison was made, and that every one so far holds for all values.
    """

    low: float = -INF
    high: float = INF
    exists: str = "maybe"
    vacuous: bool | None = None


ANY = Bounds()
EMPTY = Bounds(exists="never")

_BETWEEN = {
    "absent": (1, 1), "absent_over_time": (1, 1), "acos": (0, math.pi), "acosh": (0, INF),
    "asin": (-math.pi / 2, math.pi / 2), "atan": (-math.pi / 2, math.pi / 2), "changes": (0, INF),
    "cos": (-1, 1), "cosh": (1, INF), "count_over_time": (1, INF), "day_of_month": (1, 31),
    "day_of_week": (0, 6), "day_of_year": (1, 366), "days_in_month": (28, 31), "exp": (0, INF),
    "histogram_count": (0, INF), "histogram_fraction": (0, 1), "histogram_stddev": (0, INF),
    "histogram_stdvar": (0, INF), "hour": (0, 23), "increase": (0, INF), "irate": (0, INF),
    "minute": (0, 59), "month": (1, 12), "present_over_time": (1, 1), "rate": (0, INF),
    "resets": (0, INF), "sgn": (-1, 1), "sin": (-1, 1), "sqrt": (0, INF),
    "stddev_over_time": (0, INF), "stdvar_over_time": (0, INF), "tanh": (-1, 1), "time": (0, INF),
    "timestamp": (0, INF),
}  # fmt: skip
#: Function -> the least and greatest value that it can give, whatever it is given.
BETWEEN = {name: Bounds(float(low), float(high)) for name, (low, high) in _BETWEEN.items()}
#: Functions that give values between those they are given.
KEEPING = frozenset(
    """avg_over_time first_over_time label_join label_replace last_over_time max_over_time
    min_over_time sort sort_desc""".split()
)
#: Aggregations that do the same.
AVERAGING = frozenset("avg bottomk max min topk".split())

#: Metrics with few values.
METRICS = {"up": Bounds(0.0, 1.0), "ALERTS": Bounds(1.0, 1.0, "maybe", False)}

#: A part and its whole: the quotient of the two lies between 0 and 1.
_PARTS = {
    "kubelet_volume_stats_capacity_bytes": "kubelet_volume_stats_available_bytes",
    "kubelet_volume_stats_inodes": "kubelet_volume_stats_inodes_free",
    "node_filefd_maximum": "node_filefd_allocated",
    "node_filesystem_files": "node_filesystem_files_free",
    "node_filesystem_size_bytes": "node_filesystem_avail_bytes node_filesystem_free_bytes",
    "node_memory_MemTotal_bytes": """node_memory_Buffers_bytes node_memory_Cached_bytes
        node_memory_MemAvailable_bytes node_memory_MemFree_bytes""",
    "node_memory_SwapTotal_bytes": "node_memory_SwapFree_bytes",
    "process_max_fds": "process_open_fds",
}
PARTS = frozenset((part, whole) for whole, parts in _PARTS.items() for part in parts.split())


def of_selector(node: Selector) -> Bounds:
    """Return the bounds of a metric."""
    if contradicts(node.matchers):
        return EMPTY
    return METRICS.get(node.metric, ANY)


def contradicts(matchers: tuple[Matcher, ...]) -> bool:
    """Tell whether no series can meet all matchers."""
    if len(matchers) < 2:
        return False
    equal: dict[str, str] = {}
    for one in matchers:
        if one.op == "=" and equal.setdefault(one.label, one.value) != one.value:
            return True
    return any(one.label in equal and not meets(one, equal[one.label]) for one in matchers)


def meets(matcher: Matcher, value: str) -> bool:
    """Tell whether a value of the label meets a matcher."""
    if matcher.op == "=":
        return value == matcher.value
    if matcher.op == "!=":
        return value != matcher.value
    try:
        fits = go_regexp(matcher.value).fullmatch(value)
    except GoRegexpError:
        return True
    return fits is (matcher.op == "=~")


def arithmetic(op: str, left: Bounds, right: Bounds) -> tuple[float, float]:
    """Return between which values an operation of two sides lies."""
    if op == "+":
        return _ordered(left.low + right.low, left.high + right.high)
    if op == "-":
        return _ordered(left.low - right.high, left.high - right.low)
    if op == "*":
        return _product(left, right)
    if op == "/" and right.low > 0:
        inverse = Bounds(1 / right.high if right.high else INF, 1 / right.low)
        return _product(left, inverse)
    if op == "/" and right.low >= 0 and left.low >= 0:
        return 0.0, INF
    return -INF, INF


def _ordered(low: float, high: float) -> tuple[float, float]:
    return -INF if math.isnan(low) else low, INF if math.isnan(high) else high


def _product(left: Bounds, right: Bounds) -> tuple[float, float]:
    ends = [a * b for a in left[:2] for b in right[:2]]
    if any(map(math.isnan, ends)):
        # 0 times infinity: bounded on the side of 0 alone
        return (0.0, INF) if left.low >= 0 and right.low >= 0 else (-INF, INF)
    return min(ends), max(ends)


def compare(op: str, left: Bounds, bound: float) -> tuple[str, float, float]:
    """Compare with a number: "never", "maybe" or "always", and the bounds of what passes."""
    low, high = left.low, left.high
    if math.isnan(bound):
        return ("always" if op == "!=" else "never"), low, high
    if op in (">", ">="):
        never = high < bound or (op == ">" and high <= bound)
        always = low > bound or (op == ">=" and low >= bound)
        return _verdict(never, always), max(low, bound), high
    if op in ("<", "<="):
        never = low > bound or (op == "<" and low >= bound)
        always = high < bound or (op == "<=" and high <= bound)
        return _verdict(never, always), low, min(high, bound)
    outside = bound < low or bound > high
    only = low == high == bound
    if op == "==":
        return _verdict(outside, only), bound, bound
    return _verdict(only, outside), low, high


def _verdict(never: bool, always: bool) -> str:
    return "never" if never else "always" if always else "maybe"
