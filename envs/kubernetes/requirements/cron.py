"""Reading cron expressions, so that two spellings of one schedule are equal (`@daily`).

The grammar is that of the CronJob controller's parser: five fields (minute, hour, day of the month,
month, day of the week), lists, ranges, steps, names of months and days, `?` for `*`, and the
descriptors.

Source: https://pkg.go.dev/github.com/robfig/cron/v3
"""

from __future__ import annotations

from functools import lru_cache

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = {
    name: place + 1
    for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())
}
_DAYS = {name: place for place, name in enumerate("sun mon tue wed thu fri sat".split())}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
#: Minutes, hours, days, months; days are None (every day) or (days of the month, of the week).
Times = tuple[frozenset[int], frozenset[int], object, frozenset[int]]


def _number(text: str, names: dict[str, int]) -> int | None:
    if text.lower() in names:
        return names[text.lower()]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _part(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int] | None:
    span, slash, step_text = text.partition("/")
    step = _number(step_text, {}) if slash else 1
    first_text, dash, last_text = span.partition("-")
    if span in ("*", "?"):
        first, last = low, high
    else:
        begin = _number(first_text, names)
        end = _number(last_text, names) if dash else (high if slash else begin)
        if begin is None or end is None:
            return None
        first, last = begin, end
    if not step or first < low or last > high or first > last:
        return None
    return frozenset(range(first, last + 1, step))


def _field(text: str, place: int) -> frozenset[int] | None:
    parts = [_part(part, *_FIELDS[place]) for part in text.split(",") if part]
    known = [part for part in parts if part is not None]
    return frozenset().union(*known) if len(known) == len(parts) else None


def _is_star(text: str) -> bool:
    return any(part in ("*", "?", "*/1", "?/1") for part in text.split(","))


def read_cron(text: object) -> Times | None:
    """Return the times at which a schedule is due, comparable by `==`; None for a wrong one."""
    return _times(text) if isinstance(text, str) and len(text) <= 200 else None


@lru_cache(maxsize=1024)
def _times(text: str) -> Times | None:
    fields = _DESCRIPTORS.get(text, text).split()
    if len(fields) != len(_FIELDS):
        return None
    sets = [_field(field, place) for place, field in enumerate(fields)]
    found = [values for values in sets if values is not None]
    if len(found) != len(_FIELDS):
        return None
    return found[0], found[1], _days(fields, found[2], found[4]), found[3]


def _days(fields: list[str], of_month: frozenset[int], of_week: frozenset[int]) -> object:
    """Say which days are meant: two restricted fields are joined by "or", a star restricts none."""
    any_month_day, any_week_day = _is_star(fields[2]), _is_star(fields[4])
    all_month, all_week = len(of_month) == 31, len(of_week) == 7
    if any_month_day or any_week_day:
        left = None if any_month_day or all_month else of_month
        right = None if any_week_day or all_week else of_week
        return (left, right) if left or right else None
    return None if all_month or all_week else ("either", of_month, of_week)
