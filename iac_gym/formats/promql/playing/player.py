"""Walks an expression and computes it, as the engine of Prometheus does at one moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.promql.nodes import (
    Aggregation,
    Binary,
    Call,
    Matcher,
    Node,
    Number,
    Paren,
    Selector,
    Subquery,
    Text,
    Unary,
)
from iac_gym.formats.promql.playing.aggregating import aggregate
from iac_gym.formats.promql.playing.calls import SPECIAL
from iac_gym.formats.promql.playing.matching import combine
from iac_gym.formats.promql.playing.ranges import (
    CLOCK,
    PER_WINDOW,
    SINGLE,
    STEADY,
    clock,
    over_range,
)
from iac_gym.formats.promql.playing.series import (
    Line,
    NotPlayed,
    Sample,
    Series,
    distinct,
    unnamed,
)

Value: TypeAlias = "float | str | list[Sample]"
#: Most samples that one expression may touch.
MOST_STEPS = 60_000
#: So many samples are taken of a window: one every 15 seconds, within these bounds.
_STEP, _FEWEST, _MOST = 15.0, 4, 120


#: Functions that look at the first and the last two samples alone where nothing falls.
_BY_ENDS = ("rate", "irate", "increase")


class Player:
    """Computes expressions on some series."""

    def __init__(self, series: tuple[Series, ...]) -> None:
        self.series = series
        self.steps = 0

    def spend(self, count: int) -> None:
        """Count steps; raises `NotPlayed` when they are too many."""
        self.steps += count
        if self.steps > MOST_STEPS:
            raise NotPlayed("too many steps")

    def run(self, node: Node, at: float) -> Value:
        """Compute an expression at a moment: a scalar, a text or an instant vector."""
        self.spend(1)
        if isinstance(node, Paren):
            return self.run(node.expr, at)
        if isinstance(node, Number):
            return float(node.value)
        if isinstance(node, Text):
            return node.value
        if isinstance(node, Selector):
            return self._select(node, at)
        if isinstance(node, Unary):
            return self._unary(node, at)
        if isinstance(node, Aggregation):
            parameter = None if node.param is None else self.run(node.param, at)
            samples = self.vector(node.expr, at)
            self.spend(len(samples))
            return aggregate(node, samples, parameter)
        if isinstance(node, Binary):
            found = combine(node, self.run(node.left, at), self.run(node.right, at))
            self.spend(len(found) if isinstance(found, list) else 1)
            return distinct(found) if isinstance(found, list) else found
        if isinstance(node, Call):
            made = self._call(node, at)
            return distinct(made) if isinstance(made, list) else made
        raise NotPlayed("a range where a vector belongs")

    def vector(self, node: Node, at: float) -> list[Sample]:
        """Compute an expression that must be an instant vector."""
        found = self.run(node, at)
        if not isinstance(found, list):
            raise NotPlayed("a scalar where a vector belongs")
        return found

    def scalar(self, node: Node, at: float) -> float:
        """Compute an expression that must be a scalar."""
        found = self.run(node, at)
        if not isinstance(found, float):
            raise NotPlayed("a vector where a scalar belongs")
        return found

    # --- selectors -------------------------------------------------------------------------------

    def _chosen(self, node: Selector) -> list[Series]:
        if node.at is not None:
            raise NotPlayed("@")
        self.spend(len(self.series))
        return [
            one
            for one in self.series
            if (not node.name or one.name == node.name)
            and all(_fits(matcher, one) for matcher in node.matchers)
        ]

    def _select(self, node: Selector, at: float) -> list[Sample]:
        found = []
        for one in self._chosen(node):
            value = one.at(at - node.offset)
            if value is not None:
                found.append(Sample({"__name__": one.name, **one.labels}, value))
        return found

    def lines(self, node: Node, at: float) -> tuple[list[Line], float]:
        """Compute a range vector: its lines, and the width of the window."""
        while isinstance(node, Paren):
            node = node.expr
        if isinstance(node, Subquery):
            return self._subquery(node, at), node.window
        if not isinstance(node, Selector) or node.window is None:
            raise NotPlayed("no range")
        lines = []
        for one in self._chosen(node):
            points = self._points(one, at - node.offset, node.window)
            if points:
                lines.append(Line({"__name__": one.name, **one.labels}, points))
        return lines, node.window

    def _subquery(self, node: Subquery, at: float) -> list[Line]:
        if node.at is not None:
            raise NotPlayed("@")
        found: dict[tuple[tuple[str, str], ...], Line] = {}
        for when in _times(at - node.offset, node.window, node.step or 60.0):
            result = self.run(node.expr, when)
            for one in [Sample({}, result)] if isinstance(result, float) else result:
                if not isinstance(one, Sample):
                    raise NotPlayed("a text in a subquery")
                key = tuple(sorted(one.labels.items()))
                found.setdefault(key, Line(one.labels, [])).points.append((when, one.value))
        return list(found.values())

    # --- functions -------------------------------------------------------------------------------

    def _unary(self, node: Unary, at: float) -> Value:
        found = self.run(node.expr, at)
        if node.op == "+":
            return found
        if isinstance(found, float):
            return -found
        if isinstance(found, str):
            raise NotPlayed("a text with a sign")
        return distinct([Sample(unnamed(one), -one.value) for one in found])

    def _call(self, node: Call, at: float) -> Value:
        name, args = node.name, node.args
        if name in SPECIAL:
            return SPECIAL[name](self, node, at)
        if name in SINGLE:
            return self.each(args[0], at, SINGLE[name])
        if name in CLOCK:
            if not args:
                return [Sample({}, clock(name, at))]
            return self.each(args[0], at, lambda value: clock(name, value))
        if name in STEADY:
            return self._changing(name, args[0], at)
        lines, window = self.lines(args[-1], at)
        results = ((line, over_range(name, line.points, window, at)) for line in lines)
        keeps = name in ("last_over_time", "first_over_time")
        return [
            Sample(line.labels if keeps else unnamed(line), value)
            for line, value in results
            if value is not None
        ]

    def _changing(self, name: str, node: Node, at: float) -> list[Sample]:
        """Apply `rate` and the like; for a straight line no samples need to be looked at."""
        while isinstance(node, Paren):
            node = node.expr
        if not isinstance(node, Selector) or node.window is None:
            lines, window = self.lines(node, at)
            results = [(unnamed(one), over_range(name, one.points, window, at)) for one in lines]
        else:
            end, window, results = at - node.offset, node.window, []
            for one in self._chosen(node):
                if one.straight(end - window, end) and one.slope >= 0:
                    value: float | None = one.slope * (window if name in PER_WINDOW else 1.0)
                else:
                    few = one.rises and name in _BY_ENDS
                    points = self._points(one, end, window, few=few)
                    value = over_range(name, points, window, at)
                results.append((dict(one.labels), value))
        return [Sample(labels, value) for labels, value in results if value is not None]

    def _points(
        self, one: Series, end: float, window: float, *, few: bool = False
    ) -> list[tuple[float, float]]:
        times = _times(end, window, None)
        if few:
            times = [times[0], *times[-2:]]
        self.spend(len(times))
        values = ((when, one.at(when)) for when in times)
        return [(when, value) for when, value in values if value is not None]

    def each(self, node: Node, at: float, function: Callable[[float], float]) -> list[Sample]:
        """Apply a function to every value of an instant vector."""
        return [Sample(unnamed(one), function(one.value)) for one in self.vector(node, at)]


def _times(at: float, window: float, step: float | None) -> list[float]:
    """Return the moments of a window: its end is one of them, its beginning is not."""
    count = window / (step or _STEP)
    if step is None:
        count = max(count, _FEWEST)
    whole = max(1, min(int(count), _MOST))
    width = window / whole if step is None or count > _MOST else step
    return [at - width * place for place in range(whole - 1, -1, -1)]


def _fits(matcher: Matcher, series: Series) -> bool:
    value = series.name if matcher.label == "__name__" else series.labels.get(matcher.label, "")
    if matcher.op in ("=", "!="):
        return (value == matcher.value) == (matcher.op == "=")
    try:
        return go_regexp(matcher.value).fullmatch(value) == (matcher.op == "=~")
    except GoRegexpError as error:
        raise NotPlayed("an expression that Go refuses") from error
