"""Cron schedules as sets of times, so that two spellings of one schedule are equal."""

from __future__ import annotations

_WORDS = {"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0"}
_MONTHS = {
    name: at + 1
    for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())
}
_DAYS = {name: at for at, name in enumerate("sun mon tue wed thu fri sat".split())}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 7, _DAYS),
)
Times = tuple[frozenset[int], ...]


def _number(text: str, names: dict[str, int]) -> int | None:
    if text.lower() in names:
        return names[text.lower()]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _part(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int] | None:
    span, slash, step_text = text.partition("/")
    step = _number(step_text, {}) if slash else 1
    left, dash, right = span.partition("-")
    if span in ("*", "?"):
        first, last = low, high
    else:
        begin = _number(left, names)
        end = _number(right, names) if dash else (high if slash else begin)
        if begin is None or end is None:
            return None
        first, last = begin, end
    if not step or first < low or last > high or first > last:
        return None
    return frozenset(range(first, last + 1, step))


def read_cron(text: object) -> Times | None:
    """Return the minutes, hours, days, months and weekdays of a schedule; None for a wrong one."""
    if not isinstance(text, str) or len(text) > 200:
        return None
    fields = _WORDS.get(text, text).split()
    if len(fields) != len(_FIELDS):
        return None
    found: list[frozenset[int]] = []
    for place, (field, (low, high, names)) in enumerate(zip(fields, _FIELDS, strict=True)):
        parts = [_part(part, low, high, names) for part in field.split(",")]
        if any(part is None for part in parts):
            return None
        values = frozenset().union(*(part for part in parts if part is not None))
        found.append(
            frozenset(value % 7 for value in values) if place == len(_FIELDS) - 1 else values
        )
    return tuple(found)
