"""Functions over ranges of samples, and functions of single values."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

from iac_gym.formats.promql.playing.series import NotPlayed

Points = list[tuple[float, float]]


def _growth(points: Points) -> float | None:
    """Return the increase of a counter between the first and last sample, resets added."""
    if len(points) < 2:
        return None
    total = points[-1][1] - points[0][1]
    for (_, before), (_, after) in pairwise(points):
        if after < before:
            total += before
    return total


def _per_second(points: Points) -> float | None:
    growth = _growth(points)
    return None if growth is None else growth / (points[-1][0] - points[0][0])


def _slope(points: Points) -> float:
    return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])


def _last_two(points: Points, *, counter: bool, rate: bool) -> float | None:
    if len(points) < 2:
        return None
    (first, before), (last, after) = points[-2:]
    change = after if counter and after < before else after - before
    return change / (last - first) if rate else change


def line_through(points: Points, at: float) -> tuple[float, float] | None:
    """Return (value at a time, slope) of the straight line through samples, None for too few."""
    if len(points) < 2:
        return None
    count = len(points)
    middle = sum(when - at for when, _ in points) / count
    mean = sum(value for _, value in points) / count
    spread = sum((when - at - middle) ** 2 for when, _ in points)
    both = sum((when - at - middle) * (value - mean) for when, value in points)
    slope = both / spread if spread else 0.0
    return mean - slope * middle, slope


def quantile(share: float, values: list[float]) -> float:
    """Return the quantile as Prometheus interpolates it."""
    if not values:
        return math.nan
    if share < 0:
        return -math.inf
    if share > 1:
        return math.inf
    if math.isnan(share):
        return math.nan
    values = sorted(values, key=lambda value: (not math.isnan(value), value))
    rank = share * (len(values) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(values) - 1)
    return values[low] * (1 - (rank - low)) + values[high] * (rank - low)


def _variance(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / len(values)


def _changes(points: Points) -> float:
    pairs = pairwise(points)
    return float(sum(before != after for (_, before), (_, after) in pairs))


def _resets(points: Points) -> float:
    pairs = pairwise(points)
    return float(sum(after < before for (_, before), (_, after) in pairs))


#: Functions over values alone; there is at least one.
_OF_VALUES: dict[str, Callable[[list[float]], float]] = {
    "avg_over_time": lambda values: sum(values) / len(values),
    "sum_over_time": sum,
    "min_over_time": min,
    "max_over_time": max,
    "count_over_time": lambda values: float(len(values)),
    "last_over_time": lambda values: values[-1],
    "first_over_time": lambda values: values[0],
    "present_over_time": lambda values: 1.0,
    "stddev_over_time": lambda values: math.sqrt(_variance(values)),
    "stdvar_over_time": _variance,
}
_OF_POINTS: dict[str, Callable[[Points], float | None]] = {
    "rate": _per_second,
    "irate": lambda points: _last_two(points, counter=True, rate=True),
    "idelta": lambda points: _last_two(points, counter=False, rate=False),
    "changes": _changes,
    "resets": _resets,
}


#: Functions that give the slope of a rising line, and those of them that give it for the window.
STEADY = frozenset(("rate", "irate", "increase", "delta", "deriv"))
PER_WINDOW = frozenset(("increase", "delta"))


def over_range(name: str, points: Points, window: float, at: float) -> float | None:
    """Apply a function of one range vector; None where it gives nothing. May raise `NotPlayed`."""
    if name in _OF_VALUES:
        return _OF_VALUES[name]([value for _, value in points]) if points else None
    if name in _OF_POINTS:
        return _OF_POINTS[name](points)
    if name == "increase":
        rate = _per_second(points)
        return None if rate is None else rate * window
    if name == "delta":
        return None if len(points) < 2 else _slope(points) * window
    if name == "deriv":
        line = line_through(points, at)
        return None if line is None else line[1]
    raise NotPlayed(name)


def _sign(value: float) -> float:
    return value if math.isnan(value) or value == 0 else math.copysign(1.0, value)


def _logarithm(base: Callable[[float], float]) -> Callable[[float], float]:
    def apply(value: float) -> float:
        if value > 0:
            return base(value)
        return -math.inf if value == 0 else math.nan

    return apply


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda value: float(function(value)) if math.isfinite(value) else value


def _exp(value: float) -> float:
    return math.exp(value) if value < 709.7 else math.inf if value > 0 else value


def _cosh(value: float) -> float:
    return math.inf if abs(value) > 710 else math.cosh(value)


def _sinh(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) > 710 else math.sinh(value)


def _atanh(value: float) -> float:
    if abs(value) < 1:
        return math.atanh(value)
    return math.copysign(math.inf, value) if abs(value) == 1 else math.nan


def _within(
    function: Callable[[float], float], low: float, high: float
) -> Callable[[float], float]:
    return lambda value: function(value) if low <= value <= high else math.nan


def _finite(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: function(value) if math.isfinite(value) else math.nan


#: Functions of single values.
SINGLE: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "exp": _exp,
    "acos": _within(math.acos, -1.0, 1.0),
    "acosh": _within(math.acosh, 1.0, math.inf),
    "asin": _within(math.asin, -1.0, 1.0),
    "asinh": math.asinh,
    "atan": math.atan,
    "atanh": _atanh,
    "cos": _finite(math.cos),
    "cosh": _cosh,
    "sin": _finite(math.sin),
    "sinh": _sinh,
    "tan": _finite(math.tan),
    "tanh": math.tanh,
    "ln": _logarithm(math.log),
    "log2": _logarithm(math.log2),
    "log10": _logarithm(math.log10),
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else math.nan,
    "sgn": _sign,
    "deg": math.degrees,
    "rad": math.radians,
}


def _days_in_month(moment: datetime) -> int:
    following = (moment.replace(day=28).toordinal() + 4) - moment.replace(day=1).toordinal()
    return following - datetime.fromordinal(moment.replace(day=28).toordinal() + 4).day + 1


#: Parts of the time that a value (seconds since 1970) stands for.
CLOCK: dict[str, Callable[[datetime], int]] = {
    "minute": lambda moment: moment.minute,
    "hour": lambda moment: moment.hour,
    "day_of_month": lambda moment: moment.day,
    "day_of_week": lambda moment: moment.isoweekday() % 7,
    "day_of_year": lambda moment: moment.timetuple().tm_yday,
    "days_in_month": _days_in_month,
    "month": lambda moment: moment.month,
    "year": lambda moment: moment.year,
}


def clock(name: str, value: float) -> float:
    """Return a part of the time that a value stands for."""
    if not -6e10 < value < 2.5e11:
        raise NotPlayed("a time that no calendar has")
    return float(CLOCK[name](datetime.fromtimestamp(value, UTC)))


def _rising(buckets: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the buckets in order, those of one bound together, counts that fall lifted."""
    together: dict[float, float] = {}
    for bound, count in buckets:
        together[bound] = together.get(bound, 0.0) + (0.0 if math.isnan(count) else count)
    found, most = [], -math.inf
    for bound, count in sorted(together.items()):
        most = max(most, count)
        found.append((bound, most))
    return found


def histogram_quantile(share: float, buckets: list[tuple[float, float]]) -> float:
    """Return the quantile of a classic histogram: (upper bound, cumulative count) pairs."""
    if math.isnan(share):
        return math.nan
    if share < 0 or share > 1:
        return -math.inf if share < 0 else math.inf
    buckets = _rising([one for one in buckets if not math.isnan(one[0])])
    if len(buckets) < 2 or buckets[-1][0] != math.inf or not buckets[-1][1] > 0:
        return math.nan
    rank = share * buckets[-1][1]
    place = next((at for at, (_, count) in enumerate(buckets) if count >= rank), len(buckets) - 1)
    if place == len(buckets) - 1:
        return buckets[-2][0]
    if place == 0 and buckets[0][0] <= 0:
        return buckets[0][0]
    low, before = buckets[place - 1] if place else (0.0, 0.0)
    high, count = buckets[place]
    inside = count - before
    if not inside or math.isinf(inside):
        return high if not inside else math.nan
    return low + (high - low) * ((rank - before) / inside)
