"""Cron expressions as GitHub reads them: five fields, names of months and days, `*/5`, `1-5/2`."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

_MONTHS = dict(
    zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True)
)
_DAYS = dict(zip("sun mon tue wed thu fri sat".split(), range(7), strict=True))
#: The shortest interval at which the service starts scheduled runs, in minutes.
SHORTEST = 5
#: Longest expression that is examined.
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: dict[str, int] = field(default_factory=dict)


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)


def cron_fault(cron: str) -> str:
    """Return what is wrong with a cron expression, "" where nothing is."""
    parts = cron.split(" ") if len(cron) <= _MOST else []
    parts = [part for part in parts if part] if cron == cron.strip(" ") else []
    if len(parts) != len(_FIELDS):
        return "a cron expression has five fields: minute hour day month weekday"
    for part, about in zip(parts, _FIELDS, strict=True):
        if not _valid(part, about):
            return f"`{part[:40]}` is no {about.name}: {about.least} to {about.most} are allowed"
    return ""


def _valid(text: str, about: _Field) -> bool:
    return all(_valid_item(item, about) for item in text.split(","))


def _valid_item(item: str, about: _Field) -> bool:
    """Whether `*`, a value or a range, with or without a step, is right."""
    start, slash, step = item.partition("/")
    if slash and not (step.isascii() and step.isdigit() and 0 < int(step) <= about.most):
        return False
    if start == "*":
        return True
    low, dash, high = start.partition("-")
    first, last = _value(low, about), _value(high, about) if dash else None
    if first is None or (dash and last is None):
        return False
    return last is None or first <= last


def _value(text: str, about: _Field) -> int | None:
    if text.lower() in about.names:
        return about.names[text.lower()]
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return None
    return int(text) if about.least <= int(text) <= about.most else None


def shortest_interval(cron: str) -> int:
    """Return the least number of minutes between two runs within an hour, 60 for one an hour."""
    minutes = sorted(_minutes(cron.split()[0])) if not cron_fault(cron) else []
    if len(minutes) < 2:
        return 60
    gaps = [later - earlier for earlier, later in pairwise([*minutes, minutes[0] + 60])]
    return min(gaps)


def _minutes(text: str) -> set[int]:
    found: set[int] = set()
    for item in text.split(","):
        start, slash, step = item.partition("/")
        low, dash, high = start.partition("-")
        first = 0 if low == "*" else int(low)
        open_end = low == "*" or bool(slash)
        last = int(high) if dash else 59 if open_end else first
        found.update(range(first, last + 1, int(step) if slash else 1))
    return found
