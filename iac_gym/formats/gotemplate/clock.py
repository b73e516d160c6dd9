"""Go's time package as templates use it: layouts, durations, and the moments they name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

MONTHS = (
    "January February March April May June July August September October November December"
).split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
#: The pieces of a layout, longest first where one begins another.
_PIECE = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|002|__2|_2006|_2|01|02|03|04|05|06|15"
    r"|1|2|3|4|5|PM|pm|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07"
    r"|[.,]0+(?![0-9])|[.,]9+(?![0-9])"
)
_DURATION = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}


def _offset(moment: datetime, colon: bool, seconds: bool, zulu: bool, short: bool = False) -> str:
    delta = moment.utcoffset() or timedelta()
    total = int(delta.total_seconds())
    if zulu and not total:
        return "Z"
    sign, total = ("-", -total) if total < 0 else ("+", total)
    mark = ":" if colon else ""
    text = f"{sign}{total // 3600:02d}"
    if short:
        return text
    text += f"{mark}{total // 60 % 60:02d}"
    return text + (f"{mark}{total % 60:02d}" if seconds else "")


def _fraction(nanoseconds: int, piece: str) -> str:
    digits = f"{nanoseconds:09d}"[: len(piece) - 1]
    if piece[1] == "9":
        digits = digits.rstrip("0")
        return piece[0] + digits if digits else ""
    return piece[0] + digits


def _piece(piece: str, moment: datetime, nanoseconds: int) -> str:
    hour = moment.hour % 12 or 12
    simple = {
        "January": MONTHS[moment.month - 1],
        "Jan": MONTHS[moment.month - 1][:3],
        "Monday": DAYS[moment.weekday()],
        "Mon": DAYS[moment.weekday()][:3],
        "MST": moment.tzname() or "UTC",
        "2006": f"{moment.year:04d}",
        "_2006": f"_{moment.year:04d}",
        "06": f"{moment.year % 100:02d}",
        "01": f"{moment.month:02d}",
        "1": str(moment.month),
        "02": f"{moment.day:02d}",
        "_2": f"{moment.day:2d}",
        "2": str(moment.day),
        "002": f"{moment.timetuple().tm_yday:03d}",
        "__2": f"{moment.timetuple().tm_yday:3d}",
        "15": f"{moment.hour:02d}",
        "03": f"{hour:02d}",
        "3": str(hour),
        "04": f"{moment.minute:02d}",
        "4": str(moment.minute),
        "05": f"{moment.second:02d}",
        "5": str(moment.second),
        "PM": "PM" if moment.hour >= 12 else "AM",
        "pm": "pm" if moment.hour >= 12 else "am",
    }
    if piece in simple:
        return simple[piece]
    if piece[0] in ".,":
        return _fraction(nanoseconds, piece)
    digits = sum(letter.isdigit() for letter in piece)
    return _offset(moment, ":" in piece, digits == 6, piece[0] == "Z", digits == 2)


def format_time(layout: str, moment: datetime, nanoseconds: int = 0) -> str:
    """Return a moment by one of Go's layouts."""
    return _PIECE.sub(lambda found: _piece(found[0], moment, nanoseconds), layout)


_READ = {
    "January": "(?P<month_name>[A-Za-z]+)",
    "Jan": "(?P<month_short>[A-Za-z]{3})",
    "Monday": "[A-Za-z]+",
    "Mon": "[A-Za-z]{3}",
    "MST": "(?P<zone>[A-Z]{3,4})",
    "2006": "(?P<year>[0-9]{4})",
    "06": "(?P<year_short>[0-9]{2})",
    "01": "(?P<month>[0-9]{2})",
    "1": "(?P<month>[0-9]{1,2})",
    "02": "(?P<day>[0-9]{2})",
    "_2": "(?P<day> ?[0-9]{1,2})",
    "2": "(?P<day>[0-9]{1,2})",
    "002": "(?P<year_day>[0-9]{3})",
    "15": "(?P<hour>[0-9]{2})",
    "03": "(?P<hour12>[0-9]{2})",
    "3": "(?P<hour12>[0-9]{1,2})",
    "04": "(?P<minute>[0-9]{2})",
    "4": "(?P<minute>[0-9]{1,2})",
    "05": "(?P<second>[0-9]{2})(?P<fraction>[.,][0-9]+)?",
    "5": "(?P<second>[0-9]{1,2})(?P<fraction>[.,][0-9]+)?",
    "PM": "(?P<half>AM|PM)",
    "pm": "(?P<half>am|pm)",
    "-07:00": "(?P<offset>[+-][0-9]{2}:[0-9]{2})",
    "-0700": "(?P<offset>[+-][0-9]{4})",
    "-07": "(?P<offset>[+-][0-9]{2})",
    "Z07:00": "(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})",
    "Z0700": "(?P<offset>Z|[+-][0-9]{4})",
    "Z07": "(?P<offset>Z|[+-][0-9]{2})",
}


def _pattern(layout: str) -> re.Pattern[str] | None:
    parts: list[str] = []
    at = 0
    for found in _PIECE.finditer(layout):
        parts.append(re.escape(layout[at : found.start()]))
        piece = found[0]
        fraction = rf"[.,][0-9]{{{len(piece) - 1}}}" if piece[0] in ".," else ""
        parts.append(_READ.get(piece, fraction or "(?!)"))
        at = found.end()
    parts.append(re.escape(layout[at:]))
    try:
        return re.compile("".join(parts))
    except re.error:  # a layout that names a part twice
        return None


def _zone(written: str | None) -> timezone:
    if not written or written == "Z":
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if delta >= timedelta(hours=24):
        raise ValueError("time zone offset out of range")
    return timezone(-delta if written[0] == "-" else delta) if delta else UTC


def _month(parts: dict[str, str | None]) -> int:
    name = (parts.get("month_name") or parts.get("month_short") or "").lower()
    if not name:
        return int(parts.get("month") or 1)
    for number, month in enumerate(MONTHS, 1):
        known = month.lower()
        if name in (known, known[:3]):
            return number
    raise ValueError("bad month")


def parse_time(layout: str, text: str) -> datetime:
    """Return the moment that a text names by a layout; raises `ValueError`."""
    pattern = _pattern(layout) if len(layout) <= 200 else None
    found = pattern.fullmatch(text) if pattern and len(text) <= 200 else None
    if found is None:
        raise ValueError(f'parsing time "{text}" as "{layout}": cannot parse "{text}"')
    parts = found.groupdict()
    hour = int(parts.get("hour") or parts.get("hour12") or 0)
    half = (parts.get("half") or "").upper()
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    year = int(parts.get("year") or 0)
    if parts.get("year_short"):
        short = int(parts["year_short"] or 0)
        year = short + (1900 if short >= 69 else 2000)
    try:
        return datetime(
            year or 1,
            _month(parts),
            int(parts.get("day") or 1),
            hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=_zone(parts.get("offset")),
        )
    except ValueError as error:
        raise ValueError(f'parsing time "{text}": {error}') from None


def parse_duration(text: str) -> int:
    """Return the nanoseconds of a duration like 1h30m; raises `ValueError`."""
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0
    total, at = 0, 0
    while at < len(body):
        found = _DURATION.match(body, at)
        if found is None or not (found[1] or found[2]) or len(found[0]) > 30:
            raise ValueError(f'time: invalid duration "{text}"')
        unit = _UNITS[found[3]]
        total += int(found[1] or 0) * unit
        if found[2]:
            total += int(found[2]) * unit // 10 ** len(found[2])
        at = found.end()
    if not body or total > (1 << 63) - 1:
        raise ValueError(f'time: invalid duration "{text}"')
    return -total if text[0] == "-" else total
