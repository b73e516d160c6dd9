"""Functions of dates and times.

Source: https://developer.hashicorp.com/terraform/language/functions/formatdate
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import groupby

from iac_gym.languages.terraform.functions.registry import FunctionError, implements

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)
_DURATION_PART = re.compile(r"(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def timestamp(text: str, argument: int) -> datetime:
    """Return the time of a timestamp of RFC 3339, or raise."""
    match = _TIMESTAMP.fullmatch(text)
    if match is not None:
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        away = timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0))
        try:
            zone = timezone(-away if match[8] == "-" else away)
            micro = int((match[7] or ".0")[1:7].ljust(6, "0"))
            if int(match[10] or 0) < 60:
                return datetime(year, month, day, hour, minute, second, micro, zone)
        except ValueError:
            pass
    raise FunctionError(f'"{text[:80]}" is no timestamp like 2006-01-02T15:04:05Z', argument)


def duration(text: str) -> int:
    """Return a duration such as `1h30m` in nanoseconds."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    total = Fraction(0)
    at = 0
    while at < len(rest):
        match = _DURATION_PART.match(rest, at)
        if match is None or match[1] in ("", "."):
            break
        number = match[1] if match[1][-1] != "." else match[1] + "0"
        total += Fraction("0" + number) * _NANOSECONDS[match[2]]
        at = match.end()
    if not rest or at < len(rest) or total >= 1 << 63:
        raise FunctionError(f'"{text[:80]}" is no duration like 1h30m', 1)
    return int(total) * (-1 if text.startswith("-") else 1)


def _zone(time: datetime, colon: str) -> str:
    away = time.utcoffset() or timedelta()
    minutes = int(away.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{colon}{abs(minutes) % 60:02d}"


def _zone_or_z(time: datetime) -> str:
    return _zone(time, ":") if time.utcoffset() else "Z"


@implements("timeadd")
def _timeadd(text: str, added: str) -> str:
    time = timestamp(text, 0)
    try:
        time += timedelta(microseconds=duration(added) // 1000)
    except OverflowError:
        raise FunctionError("the result is no time", 1) from None
    return time.strftime(f"{time.year:04d}-%m-%dT%H:%M:%S") + _zone_or_z(time)


@implements("timecmp")
def _timecmp(one: str, other: str) -> int:
    first, second = timestamp(one, 0), timestamp(other, 1)
    return (first > second) - (first < second)


def _year(time: datetime, count: int) -> str | None:
    return {2: f"{time.year % 100:02d}", 4: f"{time.year:04d}"}.get(count)


def _month(time: datetime, count: int) -> str | None:
    name = _MONTHS[time.month - 1]
    return {1: str(time.month), 2: f"{time.month:02d}", 3: name[:3], 4: name}.get(count)


def _weekday(time: datetime, count: int) -> str | None:
    name = _DAYS[time.weekday()]
    return {3: name[:3], 4: name}.get(count)


def _digits(number: int, count: int) -> str | None:
    return {1: str(number), 2: f"{number:02d}"}.get(count)


def _zone_form(time: datetime, count: int) -> str | None:
    plain = _zone(time, "")
    utc = "UTC" if plain == "+0000" else plain
    return {1: _zone_or_z(time), 3: utc, 4: plain, 5: _zone(time, ":")}.get(count)


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "D": lambda time: time.day,
    "h": lambda time: time.hour,
    "H": lambda time: time.hour % 12 or 12,
    "m": lambda time: time.minute,
    "s": lambda time: time.second,
}


def _field(time: datetime, letter: str, count: int) -> str:
    """Return one field of a date, or raise."""
    shown: str | None = None
    if letter in _NUMBERS:
        shown = _digits(_NUMBERS[letter](time), count)
    elif letter in "Aa" and count == 2:
        half = "PM" if time.hour >= 12 else "AM"
        shown = half if letter == "A" else half.lower()
    else:
        forms = {"Y": _year, "M": _month, "E": _weekday, "Z": _zone_form}
        shown = forms[letter](time, count) if letter in forms else None
    if shown is None:
        raise FunctionError(f"`{letter * min(count, 20)}` is no part of a date", 0)
    return shown


_QUOTED = re.compile(r"'((?:[^']|'')*)'")


@implements("formatdate")
def _formatdate(pattern: str, text: str) -> str:
    time = timestamp(text, 1)
    result = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "'":
            match = _QUOTED.match(pattern, at)
            if match is None:
                raise FunctionError("a quote is not closed", 0)
            result.append(match[1].replace("''", "'") or "'")
            at = match.end()
        elif char.isascii() and char.isalpha():
            count = len(next("".join(same) for _, same in groupby(pattern[at:])))
            result.append(_field(time, char, count))
            at += count
        else:
            result.append(char)
            at += 1
    return "".join(result)
