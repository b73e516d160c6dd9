"""Times of `timeout`, `sleep` and others, as seconds."""

from __future__ import annotations

#: Source: java.util.concurrent.TimeUnit.
UNITS = {
    "NANOSECONDS": 1e-9,
    "MICROSECONDS": 1e-6,
    "MILLISECONDS": 1e-3,
    "SECONDS": 1.0,
    "MINUTES": 60.0,
    "HOURS": 3600.0,
    "DAYS": 86400.0,
}


def seconds(time: object, unit: object) -> float | None:
    """Return a time in seconds, None where it is not known."""
    if isinstance(time, bool) or not isinstance(time, (int, float)) or not isinstance(unit, str):
        return None
    factor = UNITS.get(unit)
    return None if factor is None else time * factor
