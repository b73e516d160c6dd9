"""The tree of routes in normal form: what is inherited is filled in, and alerts can be played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.alertmanager.matchers import (
    Matcher,
    MatcherError,
    contradict,
    implies,
    matchers_at,
)
from iac_gym.languages.alertmanager.values import is_scalar, is_true, mappings, text_of, texts

#: The settings of the root where it says nothing, in milliseconds.
GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL = 30_000, 300_000, 14_400_000
#: Most comparisons of routes with routes before them.
MOST_COMPARISONS = 5_000


@dataclass(slots=True, eq=False)
class Route:
    """One route with its effective settings.

    `matchers` are its own conditions, however they are written; `conditions` those of the routes
    above it too. Durations are in milliseconds. `group_by` holds the labels in their order and is
    empty with `group_by_all` (`...`). Time intervals are not inherited. `dead` says why no alert
    ever reaches the route, '' if some can; `delivers` is False for a route that leaves every alert
    to the routes below it. `path` is the way to it: () for the root, else indices of routes.
    """

    receiver: str
    matchers: tuple[Matcher, ...]
    conditions: tuple[Matcher, ...]
    group_by: tuple[str, ...]
    group_by_all: bool
    group_wait: int
    group_interval: int
    repeat_interval: int
    mute_time_intervals: tuple[str, ...]
    active_time_intervals: tuple[str, ...]
    continues: bool
    path: tuple[int, ...]
    tree: YamlMap
    mark: Mark
    parent: Route | None = None
    routes: list[Route] = field(default_factory=list)
    dead: str = ""
    delivers: bool = True

    def at(self, key: str) -> Mark:
        """Return the place of a setting, or of the route where it is not written here."""
        return self.tree.marks.get(key, self.mark)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels fits the route's own conditions."""
        return all(one.matches(labels) for one in self.matchers)

    def play(self, labels: Mapping[str, str]) -> list[Route]:
        """Return the routes that deliver an alert, of this one and those below it, in order."""
        if not self.matches(labels):
            return []
        found: list[Route] = []
        for route in self.routes:
            below = route.play(labels)
            found += below
            if below and not route.continues:
                break
        return found or [self]

    def every(self) -> Iterator[Route]:
        """Yield this route and all below it, from the top down."""
        yield self
        for route in self.routes:
            yield from route.every()


def read_matchers(tree: YamlMap, prefix: str = "") -> tuple[Matcher, ...]:
    """Return the matchers of a route or of a side of an inhibition, from all three fields.

    What cannot be read matches nothing.
    """
    made: list[Matcher] = []
    for key, op in ((f"{prefix}match", "="), (f"{prefix}match_re", "=~")):
        given = tree.get(key)
        if given.__class__ is YamlMap:
            made += [
                Matcher(text_of(name), op, text_of(value), given.marks[name])
                for name, value in given.items()
            ]
    given = tree.get(f"{prefix}matchers")
    if given.__class__ is YamlList:
        for line, mark in zip(given, given.marks, strict=True):
            if is_scalar(line):
                made += _read_line(text_of(line), mark)
    return tuple(dict.fromkeys(made))


def _read_line(text: str, mark: Mark) -> tuple[Matcher, ...]:
    try:
        return matchers_at(text, mark)
    except MatcherError:
        return (Matcher("", "=~", "[^\\s\\S]", mark),)


def read_root(tree: YamlMap) -> Route:
    """Return the tree of routes under the root."""
    return _read(tree, tree.mark, None, ())


def _read(tree: YamlMap, mark: Mark, parent: Route | None, path: tuple[int, ...]) -> Route:
    labels = texts(tree.get("group_by"))
    named = tuple(one for one in labels if one != "...")
    group_by, group_by_all = (parent.group_by, parent.group_by_all) if parent else ((), False)
    if named:
        group_by, group_by_all = named, False
    elif labels:
        group_by, group_by_all = (), True
    own = read_matchers(tree)
    route = Route(
        receiver=text_of(tree.get("receiver")) or (parent.receiver if parent else ""),
        matchers=own,
        conditions=(*parent.conditions, *own) if parent else own,
        group_by=group_by,
        group_by_all=group_by_all,
        group_wait=_span(tree, "group_wait", parent.group_wait if parent else GROUP_WAIT),
        group_interval=_span(
            tree, "group_interval", parent.group_interval if parent else GROUP_INTERVAL
        ),
        repeat_interval=_span(
            tree, "repeat_interval", parent.repeat_interval if parent else REPEAT_INTERVAL
        ),
        mute_time_intervals=texts(tree.get("mute_time_intervals")),
        active_time_intervals=texts(tree.get("active_time_intervals")),
        continues=is_true(tree.get("continue")),
        path=path,
        tree=tree,
        mark=mark,
        parent=parent,
    )
    for index, (below, place) in enumerate(mappings(tree, "routes")):
        route.routes.append(_read(below, place, route, (*path, index)))
    return route


def _span(tree: YamlMap, key: str, inherited: int) -> int:
    value = tree.get(key)
    span = prometheus_duration(text_of(value)) if value is not None else None
    return inherited if span is None else span


# --- routes that no alert reaches ----------------------------------------------------------------


class _Budget:
    """Counts comparisons, so that thousands of routes do not take long."""

    def __init__(self) -> None:
        self.left = MOST_COMPARISONS

    def taker(self, before: list[Route], known: tuple[Matcher, ...]) -> Route | None:
        """Return the first route that surely takes the alerts that fit all of `known`."""
        for route in before:
            if self.left <= 0:
                return None
            if self.covers(known, route.matchers):
                return route
        return None

    def covers(self, known: tuple[Matcher, ...], wanted: tuple[Matcher, ...]) -> bool:
        """Whether an alert that fits all of `known` surely fits all of `wanted`."""
        self.left -= 1 + len(known) * len(wanted)
        return self.left > 0 and all(implies(known, one) for one in wanted)


def find_dead(root: Route) -> None:
    """Note in the tree which routes no alert reaches, and which deliver none."""
    budget = _Budget()
    queue = [root]
    while queue:
        route = queue.pop()
        _find_dead_below(route, budget)
        queue.extend(route.routes)


def _find_dead_below(route: Route, budget: _Budget) -> None:
    before: list[Route] = []
    for below in route.routes:
        if route.dead:
            below.dead = "the route above it is never reached"
        elif contradict(below.conditions):
            below.dead = "no alert fits all of its conditions"
        else:
            taker = budget.taker(before, below.conditions)
            if taker is not None:
                below.dead = f"the route on line {taker.mark[0]} takes all of its alerts"
        if not below.dead:
            if not below.continues:
                before.append(below)
            if budget.covers(route.conditions, below.matchers):
                route.delivers = False
