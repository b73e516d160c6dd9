"""Durations as Go programs write them: those of Prometheus (`1h30m`, `2d`) and Go's own (`1.5h`).

Sources: `model.ParseDuration` of prometheus/common, `time.ParseDuration` of Go.
"""

from __future__ import annotations

import re

#: Milliseconds of Prometheus' units, from the largest: they are written in this order.
_UNITS = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
_PROMETHEUS = re.compile("".join(rf"(?:([0-9]{{1,20}}){unit})?" for unit in _UNITS))
#: Nanoseconds of Go's units.
_GO_UNITS = {
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ns": 1,
}
_GO = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ms|us|µs|μs|ns|[hms])", re.ASCII)
_GO_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ms|us|µs|μs|ns|[hms])", re.ASCII)
#: Longest text that is read, and the largest number of nanoseconds.
MOST_TEXT = 100
MOST = (1 << 63) - 1


def prometheus_duration(text: str) -> int | None:
    """Return the milliseconds of a duration such as `1h30m`, None if it is none."""
    if text == "0":
        return 0
    found = _PROMETHEUS.fullmatch(text) if 0 < len(text) <= MOST_TEXT else None
    if found is None:
        return None
    total = 0
    for number, unit in zip(found.groups(), _UNITS.values(), strict=True):
        if number is not None:
            total += int(number) * unit
    return total if total * 1_000_000 <= MOST else None


def go_duration(text: str) -> int | None:
    """Return the nanoseconds of a duration such as `1.5h` or `-2s`, None if it is none."""
    if text in ("0", "+0", "-0"):
        return 0
    digits = text.lstrip("+-")
    if not digits or len(text) > MOST_TEXT or len(text) - len(digits) > 1:
        return None
    total, at = 0, 0
    while at < len(digits):
        if not _GO.match(digits, at) or not (part := _GO_PART.match(digits, at)):
            return None
        whole, fraction, unit = part.groups()
        size = _GO_UNITS[unit]
        total += int(whole or "0") * size
        if fraction:
            total += int(fraction) * size // 10 ** len(fraction)
        at = part.end()
    if total > MOST:
        return None
    return -total if text[0] == "-" else total
