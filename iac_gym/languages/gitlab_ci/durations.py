"""Durations as GitLab reads them (`ChronicDuration`): `30 minutes`, `1h 30m`, `2 weeks`, `1:30`."""

from __future__ import annotations

import re
from functools import lru_cache

NEVER = float("inf")
#: Longest text that is read.
_MOST = 200

_UNITS = {
    name: seconds
    for names, seconds in (
        ("seconds second secs sec s", 1),
        ("minutes minute mins min m", 60),
        ("hours hour hrs hr h", 3600),
        ("days day dy d", 86400),
        ("weeks week wks wk w", 604800),
        ("months month mos mo mth mths", 2592000),
        ("years year yrs yr y", 31557600),
    )
    for name in names.split()
}
_FILLERS = frozenset(("and", "with", "plus"))
_NUMBERS = {
    name: value
    for value, name in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty""".split()
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_CLOCK = re.compile(r"\d+(?::\d+){1,5}(?:\.\d+)?")
_CLOCK_UNITS = (1, 60, 3600, 86400, 2592000, 31557600)
_TOKEN = re.compile(r"(\d+(?:\.\d+)?)|([a-z]+)|([\s,]+)")


@lru_cache(maxsize=2048)
def seconds(text: str) -> float | None:
    """Return a duration in seconds, None if it is none. A bare number counts seconds."""
    plain = text.strip().lower()
    if len(plain) > _MOST:
        return None
    if _CLOCK.fullmatch(plain):
        parts = plain.split(":")[::-1]
        return sum(float(part) * unit for part, unit in zip(parts, _CLOCK_UNITS, strict=False))
    return _words(plain) or None


def _words(plain: str) -> float | None:
    total, number, at = 0.0, None, 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if not found:
            return None
        at = found.end()
        figure, word, _ = found.groups()
        if figure:
            if number is not None:
                return None
            number = float(figure)
        elif word in _UNITS:
            total += (1.0 if number is None else number) * _UNITS[word]
            number = None
        elif word in _NUMBERS:
            number = (number or 0) + _NUMBERS[word]
        elif word and word not in _FILLERS:
            return None
    return total if number is None else total + number


def expiry(text: str) -> float | None:
    """Return a duration that may also be `never`: seconds, infinity, or None if it is neither."""
    return NEVER if text.strip().lower() == "never" else seconds(text)
