"""Time intervals: when a route is muted or active."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.alertmanager.values import mappings, text_of

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_UTC = frozenset(("", "UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "Zulu", "UCT"))
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)

#: First and last of an inclusive range; for `times`, minutes of the day without the last.
Span = tuple[int, int]


class IntervalError(ValueError):
    """A range that Alertmanager refuses; the message says why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One alternative of a time interval: all of its parts hold. None means "at any".

    `times` are minutes of the day (end not included), `weekdays` count from 0 for Sunday, days of
    the month below zero count from its end. `location` is the time zone, "UTC" by default.
    """

    times: tuple[Span, ...] | None
    weekdays: tuple[Span, ...] | None
    days_of_month: tuple[Span, ...] | None
    months: tuple[Span, ...] | None
    years: tuple[Span, ...] | None
    location: str
    mark: Mark

    def contains(self, moment: datetime) -> bool:
        """Whether a moment lies in it, given as the clock at the interval's location shows it."""
        minute = moment.hour * 60 + moment.minute
        return (
            (self.times is None or any(low <= minute < high for low, high in self.times))
            and self._on_day(moment)
            and _within(self.months, moment.month)
            and _within(self.weekdays, moment.isoweekday() % 7)
            and _within(self.years, moment.year)
        )

    def _on_day(self, moment: datetime) -> bool:
        if self.days_of_month is None:
            return True
        last = calendar.monthrange(moment.year, moment.month)[1]
        for low, high in self.days_of_month:
            first = last + low + 1 if low < 0 else low
            final = last + high + 1 if high < 0 else high
            if first <= last and first <= moment.day <= min(final, last):
                return True
        return False


def _within(spans: tuple[Span, ...] | None, value: int) -> bool:
    return spans is None or any(low <= value <= high for low, high in spans)


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """A named time interval: a moment is in it when one of its `parts` contains it."""

    name: str
    parts: tuple[Interval, ...]
    mark: Mark

    def contains(self, moment: datetime, location: str = "UTC") -> bool:
        """Whether a moment, as the clock at `location` shows it, lies in it.

        Parts for another location are not converted: they contain nothing.
        """
        wanted = _zone(location)
        return any(one.location == wanted and one.contains(moment) for one in self.parts)


def _zone(name: str) -> str:
    return "UTC" if name in _UTC else name


# --- reading -------------------------------------------------------------------------------------


def read_time(text: str) -> int:
    """Return the minutes of `HH:MM`. Raises `IntervalError`."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise IntervalError(f"`{text[:40]}` is no time of the day, written `HH:MM`")
    return 24 * 60 if found[1] is None else int(found[1]) * 60 + int(found[2])


def read_times(start: str, end: str) -> Span:
    """Return the minutes of a range of times. Raises `IntervalError`."""
    if not start or not end:
        raise IntervalError("both `start_time` and `end_time` are needed")
    span = read_time(start), read_time(end)
    if span[0] >= span[1]:
        raise IntervalError(f"`{start}` is not before `{end}`; split a range that spans midnight")
    return span


def _member(text: str, names: tuple[str, ...], first: int, numbers: bool) -> int:
    if text in names:
        return names.index(text) + first
    if numbers and _NUMBER.fullmatch(text):
        return int(text)
    raise IntervalError(f"`{text[:40]}` is not known here")


def _span(text: str, names: tuple[str, ...] = (), first: int = 0, numbers: bool = True) -> Span:
    parts = text.lower().split(":")
    if len(parts) > 2:
        raise IntervalError(f"`{text[:40]}` is no range, written `first:last`")
    return _member(parts[0], names, first, numbers), _member(parts[-1], names, first, numbers)


def read_weekdays(text: str) -> Span:
    """Return the days of a range such as `monday:friday`. Raises `IntervalError`."""
    span = _span(text, WEEKDAYS, numbers=False)
    if span[0] > span[1]:
        raise IntervalError(f"`{text}` runs backwards: weeks begin on Sunday")
    return span


def read_days(text: str) -> Span:
    """Return the days of the month of a range such as `1:5` or `-3:-1`. Raises `IntervalError`."""
    low, high = _span(text)
    for day in (low, high):
        if day == 0 or not -31 <= day <= 31:
            raise IntervalError(f"{day} is no day of a month")
    if low < 0 < high:
        raise IntervalError(f"`{text}` starts from the end of the month and ends from its start")
    if (28 + low if low < 0 else low) > (28 + high if high < 0 else high):
        raise IntervalError(f"`{text}` runs backwards")
    return low, high


def read_months(text: str) -> Span:
    """Return the months of a range such as `may:august`. Raises `IntervalError`."""
    span = _span(text, MONTHS, first=1)
    if span[0] > span[1]:
        raise IntervalError(f"`{text}` runs backwards")
    return span


def read_years(text: str) -> Span:
    """Return the years of a range such as `2024:2026`. Raises `IntervalError`."""
    span = _span(text)
    if span[0] > span[1]:
        raise IntervalError(f"`{text}` runs backwards")
    return span


_READERS = {
    "weekdays": read_weekdays,
    "days_of_month": read_days,
    "months": read_months,
    "years": read_years,
}


def read_intervals(tree: YamlMap) -> tuple[Interval, ...]:
    """Return the parts of a named time interval; what cannot be read contains nothing."""
    return tuple(_interval(one, mark) for one, mark in mappings(tree, "time_intervals"))


def _interval(tree: YamlMap, mark: Mark) -> Interval:
    spans: dict[str, Any] = {key: _spans(tree.get(key), reader) for key, reader in _READERS.items()}
    return Interval(
        _times(tree) if tree.get("times") is not None else None,
        location=_zone(text_of(tree.get("location"))),
        mark=mark,
        **spans,
    )


def _times(tree: YamlMap) -> tuple[Span, ...]:
    made = []
    for one, _ in mappings(tree, "times"):
        try:
            made.append(read_times(text_of(one.get("start_time")), text_of(one.get("end_time"))))
        except IntervalError:
            continue
    return _joined(made, 0)


def _spans(value: Any, read: Any) -> tuple[Span, ...] | None:
    if value is None:
        return None
    made = []
    for one in value if value.__class__ is YamlList else ():
        try:
            made.append(read(text_of(one)))
        except IntervalError:
            continue
    return _joined(made, 1)


def _joined(spans: list[Span], gap: int) -> tuple[Span, ...]:
    """Return spans in order, with those that touch made one: `monday, tuesday` is a range."""
    made: list[Span] = []
    for low, high in sorted(spans):
        if made and low <= made[-1][1] + gap and (low > 0 or made[-1][1] < 0):
            made[-1] = made[-1][0], max(made[-1][1], high)
        else:
            made.append((low, high))
    return tuple(made)
