"""The grammar of CronJob schedules, as the scheduler's library reads it.

Source: robfig/cron v3, `parser.go` (`ParseStandard`): five fields of lists, ranges and steps, or a
descriptor such as `@daily`. Sunday is 0 only; `?` is `*`.
"""

from __future__ import annotations

import re

from iac_gym.languages.kubernetes.quantity import parse_duration

_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()
#: (what it is, least, most, names)
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_NUMBER = re.compile(r"\+?[0-9]{1,18}")
#: Longest schedule that is read.
_MOST_CHARACTERS = 1000


def schedule_problem(schedule: str) -> str:
    """Say what is wrong with a schedule, '' if it is one."""
    if "TZ" in schedule:
        return "the time zone belongs into `timeZone`, not into the schedule"
    if schedule.startswith("@"):
        return _descriptor_problem(schedule)
    if len(schedule) > _MOST_CHARACTERS:
        return "the schedule is too long"
    fields = schedule.split()
    if len(fields) != 5:
        return f"a schedule has 5 fields, this one has {len(fields)}"
    for text, (what, least, most, names) in zip(fields, _FIELDS, strict=True):
        for part in filter(None, text.split(",")):
            if problem := _range_problem(part, least, most, names):
                return f"{what} `{part}`: {problem}"
    return ""


def _descriptor_problem(schedule: str) -> str:
    if schedule in _DESCRIPTORS:
        return ""
    if schedule.startswith("@every ") and parse_duration(schedule[7:]) is not None:
        return ""
    return f"`{schedule}` is none of {', '.join(_DESCRIPTORS)}, @every <duration>"


def _number(text: str, names: dict[str, int]) -> int | None:
    known = names.get(text.lower())
    if known is not None:
        return known
    return int(text) if _NUMBER.fullmatch(text) else None


def _range_problem(part: str, least: int, most: int, names: dict[str, int]) -> str:
    bounds, *steps = part.split("/")
    if len(steps) > 1:
        return "more than one '/'"
    low, *high = bounds.split("-")
    first: int | None = least
    last: int | None = most
    if low not in ("*", "?"):
        if len(high) > 1:
            return "more than one '-'"
        first = _number(low, names)
        last = _number(high[0], names) if high else (most if steps else first)
    if first is None or last is None:
        return "not a number"
    if first < least or last > most:
        return f"must be from {least} to {most}"
    if first > last:
        return "the range ends before it begins"
    return _step_problem(steps)


def _step_problem(steps: list[str]) -> str:
    step = _number(steps[0], {}) if steps else 1
    return "" if step else "the step must be a number above 0"
