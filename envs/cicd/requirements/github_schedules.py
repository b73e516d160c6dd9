"""Cron lines as the times that they name."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMES: tuple[dict[str, str], ...] = (
    {}, {}, {},
    {name: str(n) for n, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
    {name: str(n) for n, name in enumerate("sun mon tue wed thu fri sat".split())},
)  # fmt: skip
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def same_cron(one: str, other: str) -> bool:
    """Whether two cron lines name the same times."""
    left, right = cron_fields(one), cron_fields(other)
    return left is not None and left == right


@lru_cache(maxsize=256)
def cron_fields(line: str) -> tuple[frozenset[int], ...] | None:
    """Return the numbers that each of the five fields chooses, None where it is no cron line."""
    fields = line.lower().split()
    if len(fields) != len(_RANGES):
        return None
    made = [_cron_field(text, place) for place, text in enumerate(fields)]
    return None if any(one is None for one in made) else tuple(one or frozenset() for one in made)


def _cron_field(text: str, place: int) -> frozenset[int] | None:
    low, high = _RANGES[place]
    chosen: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/([0-9]{1,3}))?", part)
        if not found:
            return None
        first = _number(found[1], place) if found[1] != "*" else low
        last = _number(found[2], place) if found[2] else None
        step = int(found[3] or 1)
        if first is None or step < 1 or (found[2] and last is None):
            return None
        open_end = found[1] == "*" or (found[3] and not found[2])
        end = last if last is not None else high if open_end else first
        chosen.update(range(first, end + 1, step))
    if place == len(_RANGES) - 1:
        chosen = {day % 7 for day in chosen}
    return frozenset(chosen)


def _number(text: str, place: int) -> int | None:
    text = _NAMES[place].get(text, text)
    return int(text) if text.isdecimal() and len(text) < 4 else None
