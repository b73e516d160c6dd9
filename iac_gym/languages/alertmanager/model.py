"""An Alertmanager configuration as requirements read it: one normal form whatever its spelling.

- `model.root`: the tree of routes (`Route`, see `routes.py`); `model.routes()` yields the routes
  that deliver alerts: those that can never match, or that leave all alerts to others, are left out.
- `model.receivers_of(labels)`: plays an alert through the tree; the routes that deliver it.
- `model.inhibits(source, target)`: whether an alert silences another one.
- `model.muted(route, moment, location)`: whether a route is silent at a time.
- `model.receivers`: name -> `Receiver` with its integrations; settings of `global` are filled in.
- `model.intervals`: name -> `TimeInterval`.
- `model.global_(key)`: a setting of `global`, with Alertmanager's default.
- `model.notifies(labels)`: (route, integration) pairs that an alert ends up with.

Everything knows its place (`mark`, `at(key)`); `model.finding(message, mark)` makes a finding.
What cannot be read is reported in `faults` and left out here: nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Spelled
from iac_gym.languages.alertmanager.intervals import TimeInterval, read_intervals
from iac_gym.languages.alertmanager.matchers import Matcher
from iac_gym.languages.alertmanager.receivers import (
    GLOBAL_DEFAULTS,
    Integration,
    Receiver,
    is_set,
    read_receivers,
)
from iac_gym.languages.alertmanager.routes import Route, find_dead, read_matchers, read_root
from iac_gym.languages.alertmanager.values import mappings, section, text_of, texts
from iac_gym.verdict import Finding

Faults = dict[str, list[Finding]]


@dataclass(frozen=True, slots=True, eq=False)
class Inhibition:
    """One rule of inhibition: an alert that fits `source` silences those that fit `target`.

    `equal` names the labels that both must share (absent is '').
    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: frozenset[str]
    tree: YamlMap
    mark: Mark

    def inhibits(self, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Whether an alert silences another; an alert that fits both sides silences no such."""
        if not (_fit(self.source, source) and _fit(self.target, target)):
            return False
        if any(source.get(name, "") != target.get(name, "") for name in self.equal):
            return False
        return not (_fit(self.source, target) and _fit(self.target, source))


def _fit(matchers: tuple[Matcher, ...], labels: Mapping[str, str]) -> bool:
    return all(one.matches(labels) for one in matchers)


@dataclass(eq=False)
class Configuration:
    """One configuration; `tree` is what is written, `faults` what is wrong with it, by rule."""

    tree: YamlMap
    path: str
    templates: Mapping[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=dict)

    def finding(self, message: str, mark: Mark = (0, 0), hint: str = "") -> Finding:
        """Make a finding at a place of the file."""
        return Finding(message, self.path, mark[0], mark[1], hint)

    @cached_property
    def given(self) -> YamlMap:
        """The section `global` as it is written."""
        return section(self.tree, "global")

    def global_(self, key: str) -> Any:
        """Return a setting of `global`, with its default; None where there is none."""
        value = self.given.get(key)
        if is_set(value):
            return (
                value.value if key == "smtp_require_tls" and isinstance(value, Spelled) else value
            )
        return "5m" if key == "resolve_timeout" else GLOBAL_DEFAULTS.get(key)

    @cached_property
    def root(self) -> Route:
        """The root of the tree of routes; an empty route where there is none."""
        root = read_root(section(self.tree, "route"))
        find_dead(root)
        return root

    @cached_property
    def receivers(self) -> dict[str, Receiver]:
        """The receivers by name."""
        return read_receivers(self.tree, self.given)

    @cached_property
    def intervals(self) -> dict[str, TimeInterval]:
        """The time intervals by name, from both fields that may hold them."""
        found: dict[str, TimeInterval] = {}
        for key in ("mute_time_intervals", "time_intervals"):
            for one, mark in mappings(self.tree, key):
                name = text_of(one.get("name"))
                found.setdefault(name, TimeInterval(name, read_intervals(one), mark))
        return found

    @cached_property
    def inhibitions(self) -> tuple[Inhibition, ...]:
        """The rules of inhibition."""
        return tuple(
            Inhibition(
                read_matchers(one, "source_"),
                read_matchers(one, "target_"),
                frozenset(texts(one.get("equal"))),
                one,
                mark,
            )
            for one, mark in mappings(self.tree, "inhibit_rules")
        )

    @property
    def template_files(self) -> tuple[str, ...]:
        """The patterns of files with templates."""
        return texts(self.tree.get("templates"))

    def routes(self) -> Iterator[Route]:
        """Yield the routes that deliver alerts, from the top down."""
        return (one for one in self.root.every() if one.delivers and not one.dead)

    def receivers_of(self, labels: Mapping[str, str]) -> list[Route]:
        """Return the routes that deliver an alert with these labels, in their order."""
        return self.root.play(labels)

    def notifies(self, labels: Mapping[str, str]) -> list[tuple[Route, Integration]]:
        """Return the integrations that an alert ends up with, each with its route."""
        return [
            (route, integration)
            for route in self.receivers_of(labels)
            if route.receiver in self.receivers
            for integration in self.receivers[route.receiver].integrations
        ]

    def inhibits(self, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Whether a firing alert silences another one."""
        return any(one.inhibits(source, target) for one in self.inhibitions)

    def muted(self, route: Route, moment: datetime, location: str = "UTC") -> bool:
        """Whether a route sends nothing at a moment, as the clock at `location` shows it.

        Intervals for another location are not converted: they contain nothing.
        """

        def within(names: tuple[str, ...]) -> bool:
            known = (self.intervals[name] for name in names if name in self.intervals)
            return any(one.contains(moment, location) for one in known)

        if within(route.mute_time_intervals):
            return True
        return bool(route.active_time_intervals) and not within(route.active_time_intervals)

    def items(self, key: str) -> YamlList:
        """Return the list under a key at the top level; an empty one where there is none."""
        found = self.tree.get(key)
        return found if found.__class__ is YamlList else YamlList()
