"""Functions of PromQL with rules of their own: `absent`, `label_replace` and so on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, TypeAlias

from iac_gym.formats.go_captures import Unplayable, captured, expanded
from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.promql.nodes import Call, Node, Paren, Selector
from iac_gym.formats.promql.playing.ranges import histogram_quantile, line_through, quantile
from iac_gym.formats.promql.playing.series import Line, NotPlayed, Sample, unnamed

Value: TypeAlias = "float | str | list[Sample]"
#: Longest text of a label that is made here.
_MOST_TEXT = 1_000


class Player(Protocol):
    """What computes the arguments."""

    def run(self, node: Node, at: float) -> Value:
        """Compute an expression."""

    def vector(self, node: Node, at: float) -> list[Sample]:
        """Compute an instant vector."""

    def scalar(self, node: Node, at: float) -> float:
        """Compute a scalar."""

    def lines(self, node: Node, at: float) -> tuple[list[Line], float]:
        """Compute a range vector."""

    def each(self, node: Node, at: float, function: Callable[[float], float]) -> list[Sample]:
        """Apply a function to every value of an instant vector."""


def _absent(player: Player, node: Call, at: float) -> list[Sample]:
    over_time = node.name == "absent_over_time"
    argument = node.args[0]
    there = player.lines(argument, at)[0] if over_time else player.vector(argument, at)
    if there:
        return []
    while isinstance(argument, Paren):
        argument = argument.expr
    matchers = argument.matchers if isinstance(argument, Selector) else ()
    once = [one.label for one in matchers]
    return [Sample({
        one.label: one.value for one in matchers
        if one.op == "=" and one.label != "__name__" and once.count(one.label) == 1
    }, 1.0)]  # fmt: skip


def _clamp(player: Player, node: Call, at: float) -> list[Sample]:
    low, high = -math.inf, math.inf
    bounds = [player.scalar(one, at) for one in node.args[1:]]
    if node.name == "clamp":
        low, high = bounds
        if low > high:
            return []
    elif node.name == "clamp_min":
        low = bounds[0]
    else:
        high = bounds[0]
    if math.isnan(low) or math.isnan(high):
        return player.each(node.args[0], at, lambda value: math.nan)
    return player.each(
        node.args[0], at, lambda value: value if math.isnan(value) else max(low, min(high, value))
    )


def _round(player: Player, node: Call, at: float) -> list[Sample]:
    nearest = player.scalar(node.args[1], at) if len(node.args) > 1 else 1.0
    inverse = 1.0 / nearest if nearest else math.inf

    def nearest_of(value: float) -> float:
        moved = value * inverse + 0.5
        whole = float(math.floor(moved)) if math.isfinite(moved) else moved
        return whole / inverse if inverse else math.nan

    return player.each(node.args[0], at, nearest_of)


def _scalar(player: Player, node: Call, at: float) -> float:
    found = player.vector(node.args[0], at)
    return found[0].value if len(found) == 1 else math.nan


def _timestamp(player: Player, node: Call, at: float) -> list[Sample]:
    return player.each(node.args[0], at, lambda _: at)


def _over_quantile(player: Player, node: Call, at: float) -> list[Sample]:
    share = player.scalar(node.args[0], at)
    lines, _ = player.lines(node.args[1], at)
    return [
        Sample(unnamed(line), quantile(share, [value for _, value in line.points]))
        for line in lines
    ]


def _predict(player: Player, node: Call, at: float) -> list[Sample]:
    ahead = player.scalar(node.args[1], at)
    found = []
    for line in player.lines(node.args[0], at)[0]:
        fit = line_through(line.points, at)
        if fit is not None:
            found.append(Sample(unnamed(line), fit[0] + fit[1] * ahead))
    return found


def _bound(text: str) -> float | None:
    """Return the upper bound of a bucket; buckets whose `le` is no number are left out."""
    try:
        return float(text)
    except ValueError:
        return None


def _histogram(player: Player, node: Call, at: float) -> list[Sample]:
    share = player.scalar(node.args[0], at)
    groups: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for one in player.vector(node.args[1], at):
        labels = unnamed(one)
        bound = _bound(labels.pop("le", ""))
        if bound is not None:
            key = tuple(sorted(labels.items()))
            groups.setdefault(key, []).append((bound, one.value))
    return [Sample(dict(key), histogram_quantile(share, one)) for key, one in groups.items()]


def _text(player: Player, node: Node, at: float) -> str:
    found = player.run(node, at)
    if not isinstance(found, str):
        raise NotPlayed("no text")
    return found


def _label_join(player: Player, node: Call, at: float) -> list[Sample]:
    target, separator, *sources = (_text(player, one, at) for one in node.args[1:])
    found = []
    for one in player.vector(node.args[0], at):
        value = separator.join(one.labels.get(name, "") for name in sources)
        if len(value) > _MOST_TEXT:
            raise NotPlayed("a long text")
        labels = {key: text for key, text in one.labels.items() if key != target}
        found.append(Sample({**labels, target: value} if value else labels, one.value))
    return found


def _label_replace(player: Player, node: Call, at: float) -> list[Sample]:
    target, replacement, source, pattern = (_text(player, one, at) for one in node.args[1:])
    try:
        fits = go_regexp(pattern).fullmatch
    except GoRegexpError as error:
        raise NotPlayed("an expression that Go refuses") from error
    found = []
    for one in player.vector(node.args[0], at):
        given = one.labels.get(source, "")
        if not fits(given):
            found.append(one)
            continue
        value = _expanded(replacement, pattern, given)
        labels = {key: text for key, text in one.labels.items() if key != target}
        found.append(Sample({**labels, target: value} if value else labels, one.value))
    return found


def _expanded(replacement: str, pattern: str, given: str) -> str:
    if "$" not in replacement:
        return replacement
    whole = {"0": given, "1": given}
    try:
        groups = whole if pattern == "(.*)" else captured(pattern, given)
    except Unplayable as error:
        raise NotPlayed("groups of an elaborate expression") from error
    value = expanded(replacement, groups)
    if len(value) > _MOST_TEXT:
        raise NotPlayed("a long text")
    return value


SPECIAL: dict[str, Callable[[Player, Call, float], Value]] = {
    "absent": _absent,
    "absent_over_time": _absent,
    "clamp": _clamp,
    "clamp_min": _clamp,
    "clamp_max": _clamp,
    "round": _round,
    "scalar": _scalar,
    "vector": lambda player, node, at: [Sample({}, player.scalar(node.args[0], at))],
    "time": lambda player, node, at: at,
    "pi": lambda player, node, at: math.pi,
    "timestamp": _timestamp,
    "quantile_over_time": _over_quantile,
    "predict_linear": _predict,
    "histogram_quantile": _histogram,
    "label_join": _label_join,
    "label_replace": _label_replace,
    "sort": lambda player, node, at: player.vector(node.args[0], at),
    "sort_desc": lambda player, node, at: player.vector(node.args[0], at),
}
