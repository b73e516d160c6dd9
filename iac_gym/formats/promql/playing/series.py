"""Series that expressions are played on, and the samples that come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: The moment at which expressions are played: Tuesday, 14 November 2023, 22:13:20 UTC.
NOW = 1_700_000_000.0


class NotPlayed(Exception):
    """The expression uses something that is not played."""


class Sample(NamedTuple):
    """One element of an instant vector. `labels` include `__name__` where the series has one."""

    labels: Mapping[str, str]
    value: float


class Line(NamedTuple):
    """One element of a range vector: (time, value) pairs, in order."""

    labels: Mapping[str, str]
    points: list[tuple[float, float]]


def unnamed(one: Sample | Line) -> dict[str, str]:
    """Return the labels without the name of the metric."""
    return {key: value for key, value in one.labels.items() if key != "__name__"}


def distinct(samples: list[Sample]) -> list[Sample]:
    """Return the samples; raises `NotPlayed` where two have the same labels, as the engine does."""
    if len(samples) > 1 and len({frozenset(one.labels.items()) for one in samples}) < len(samples):
        raise NotPlayed("two series with the same labels")
    return samples


@dataclass(frozen=True)
class Series:
    """A series that is a straight line: `value` at `NOW`, growing by `slope` a second.

    It has samples from `since` to `until`, in seconds from `NOW`; without them always. Before the
    moment `bend` (in seconds from `NOW`) it grew by `before` a second instead, and was higher by
    `drop`: a counter that was reset.
    """

    name: str
    labels: Mapping[str, str]
    value: float
    slope: float = 0.0
    since: float = float("-inf")
    until: float = float("inf")
    bend: float = float("-inf")
    before: float = 0.0
    drop: float = 0.0

    def straight(self, first: float, last: float) -> bool:
        """Whether it has samples all the time between two moments, on one line."""
        first, last = first - NOW, last - NOW
        return self.since <= first and last <= self.until and self.bend <= first

    @property
    def rises(self) -> bool:
        """Whether it never falls."""
        return self.slope >= 0 and self.before >= 0 and not self.drop

    def at(self, moment: float) -> float | None:
        """Return the value at a moment, None where there is none."""
        age = moment - NOW
        if not self.since <= age <= self.until:
            return None
        if age >= self.bend:
            return self.value + self.slope * age
        return self.value + self.slope * self.bend + self.before * (age - self.bend) + self.drop
