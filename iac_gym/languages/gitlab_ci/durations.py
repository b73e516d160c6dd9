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
        ("months month mos mo", 2592000),
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
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_FIGURE = r"[0-9]*\.?[0-9]+"
_NUMBER = re.compile(_FIGURE)
_CLOCK = re.compile(rf"{_FIGURE}(?::{_FIGURE})+")
_CLOCK_UNITS = (1, 60, 3600, 86400, 2592000, 31557600)
_WORD = re.compile(rf"{_FIGURE}|[^\s0-9.]+|\.")


@lru_cache(maxsize=2048)
def seconds(text: str) -> float | None:
    """Return a duration in seconds, None if it is none. A bare number counts seconds."""
    plain = text.lower()
    if len(plain) > _MOST:
        return None
    joined = "".join(plain.split())
    if _CLOCK.search(joined):
        return _clock(joined) or None
    return _words(_WORD.findall(plain)) or None


def _clock(text: str) -> float | None:
    parts = text.split(":")[::-1]
    if len(parts) > len(_CLOCK_UNITS) or not all(map(_NUMBER.fullmatch, parts)):
        return None
    return sum(float(part) * unit for part, unit in zip(parts, _CLOCK_UNITS, strict=False))


def _words(words: list[str]) -> float | None:
    """Weigh each number with the unit behind it; one before another number counts nothing."""
    kept: list[float | str] = []
    for word in words:
        bare = word.strip(",")
        if _NUMBER.fullmatch(word):
            kept.append(float(word))
        elif bare in _NUMBERS:
            kept.append(float(_NUMBERS[bare]))
        elif bare in _UNITS:
            kept.append(bare)
        elif bare not in _FILLERS:
            return None
    if kept and isinstance(kept[0], str):
        kept.insert(0, 1.0)
    total = 0.0
    for place, one in enumerate(kept):
        if isinstance(one, float):
            unit = kept[place + 1] if place + 1 < len(kept) else "seconds"
            total += one * _UNITS[unit] if isinstance(unit, str) else 0
    return total


def expiry(text: str) -> float | None:
    """Return a duration that may also be `never`: seconds, infinity, or None if it is neither."""
    return NEVER if text.lower() == "never" else seconds(text)
