"""Sprig's date functions. The clock stands still, so that a rendering is always the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from iac_gym.formats.gotemplate.casts import atoi
from iac_gym.formats.gotemplate.clock import DAYS, MONTHS, format_time, parse_duration, parse_time
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.printing import str_duration
from iac_gym.formats.gotemplate.values import Duration, Int32, Int64, Struct, is_integer

#: What `now` gives.
NOW = datetime(2025, 1, 1, 12, 0, 0, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_SECOND = 1_000_000_000
_LONGEST = 1_000


def _unix(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def _shifted(moment: datetime, nanoseconds: int) -> datetime:
    try:
        return moment + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return _LAST if nanoseconds > 0 else _FIRST


def _of(value: Any) -> datetime:
    if isinstance(value, Struct) and isinstance(value.value, datetime):
        return value.value
    raise FunctionError("wrong type for value; expected time.Time")


def _named(go_type: str, names: list[str], at: int) -> Struct:
    return Struct(go_type, {}, {"String": lambda: names[at]}, names[at], at)


def time_struct(moment: datetime) -> Struct:
    """Return the time.Time that templates see of a moment."""

    def add(size: Any) -> Struct:
        return time_struct(_shifted(moment, int(size) if is_integer(size) else 0))

    def add_date(years: int, months: int, days: int) -> Struct:
        index = moment.year * 12 + moment.month - 1 + years * 12 + months
        year = max(1, min(9998, index // 12))
        start = moment.replace(year=year, month=index % 12 + 1, day=1)
        return time_struct(_shifted(start, (moment.day - 1 + days) * 86_400 * _SECOND))

    def minus(other: Any) -> Duration:
        return Duration((moment - _of(other)) // timedelta(microseconds=1) * 1000)

    return Struct(
        "time.Time",
        {},
        {
            "Unix": function(lambda: Int64(_unix(moment))),
            "UnixNano": function(lambda: Int64(_unix(moment) * _SECOND)),
            "UnixMilli": function(lambda: Int64(_unix(moment) * 1000)),
            "Year": function(lambda: moment.year),
            "Month": function(lambda: _named("time.Month", MONTHS, moment.month - 1)),
            "Day": function(lambda: moment.day),
            "Hour": function(lambda: moment.hour),
            "Minute": function(lambda: moment.minute),
            "Second": function(lambda: moment.second),
            "Nanosecond": function(lambda: moment.microsecond * 1000),
            "YearDay": function(lambda: moment.timetuple().tm_yday),
            "Weekday": function(lambda: _named("time.Weekday", DAYS, moment.weekday())),
            "Format": function(lambda layout: format_time(layout, moment), "string"),
            "UTC": function(lambda: time_struct(moment.astimezone(UTC))),
            "Local": function(lambda: time_struct(moment.astimezone(UTC))),
            "Add": function(add, "any"),
            "AddDate": function(add_date, "int int int"),
            "Sub": function(minus, "time"),
            "Before": function(lambda other: moment < _of(other), "time"),
            "After": function(lambda other: moment > _of(other), "time"),
            "Equal": function(lambda other: moment == _of(other), "time"),
            "IsZero": function(lambda: moment == _FIRST),
            "String": function(lambda: _printed(moment)),
        },
        _printed(moment),
        moment,
    )


def _printed(moment: datetime) -> str:
    return format_time("2006-01-02 15:04:05.999999999 -0700 MST", moment)


def _moment(value: Any) -> datetime:
    """Return the moment that Sprig takes a value for."""
    if isinstance(value, Struct) and isinstance(value.value, datetime):
        return value.value
    if type(value) in (int, Int64, Int32):
        return _shifted(datetime(1970, 1, 1, tzinfo=UTC), int(value) * _SECOND)
    return NOW


def date_in_zone(layout: str, value: Any, zone: str) -> str:
    """`dateInZone layout date zone`; zones are not known here, all count as UTC."""
    if len(layout) > _LONGEST:
        raise Unbounded("the layout is too long")
    return format_time(layout, _moment(value).astimezone(UTC))


def date(layout: str, value: Any) -> str:
    """`date layout date`."""
    return date_in_zone(layout, value, "Local")


def modified(change: str, moment: Struct) -> Struct:
    """`dateModify duration date`: as it was where the duration cannot be read."""
    try:
        return time_struct(_shifted(_of(moment), parse_duration(change)))
    except ValueError:
        return moment


def must_modify(change: str, moment: Struct) -> Struct:
    """`mustDateModify duration date`."""
    try:
        return time_struct(_shifted(_of(moment), parse_duration(change)))
    except FunctionError:
        raise
    except ValueError as error:
        raise FunctionError(str(error)) from None


def ago(value: Any) -> str:
    """`ago date`."""
    return str_duration((NOW - _moment(value)) // timedelta(seconds=1) * _SECOND)


def duration(seconds: Any) -> str:
    """`duration seconds`: of a text or an int64."""
    size = 0
    if isinstance(seconds, str):
        size = atoi(seconds)
    elif type(seconds) is Int64:
        size = int(seconds)
    return str_duration(size * _SECOND)


_STEPS = (
    (365 * 24 * 3600 * _SECOND, "y"),
    (30 * 24 * 3600 * _SECOND, "mo"),
    (24 * 3600 * _SECOND, "d"),
    (3600 * _SECOND, "h"),
    (60 * _SECOND, "m"),
    (_SECOND, "s"),
)


def duration_round(value: Any) -> str:
    """`durationRound x`: to the largest unit."""
    size = 0
    if isinstance(value, str):
        try:
            size = parse_duration(value)
        except ValueError:
            size = 0
    elif type(value) is Int64:
        size = int(value)
    elif isinstance(value, Struct):
        size = (NOW - _moment(value)) // timedelta(seconds=1) * _SECOND
    for unit, name in _STEPS:
        if abs(size) > unit:
            return f"{abs(size) // unit}{name}"
    return "0s"


def to_date(layout: str, text: str) -> Struct:
    """`toDate layout text`: the zero time where the text does not fit."""
    try:
        return time_struct(parse_time(layout, text))
    except ValueError:
        return time_struct(_FIRST)


def must_to_date(layout: str, text: str) -> Struct:
    """`mustToDate layout text`."""
    try:
        return time_struct(parse_time(layout, text))
    except ValueError as error:
        raise FunctionError(str(error)) from None


FUNCTIONS: dict[str, Function] = {
    "now": function(lambda: time_struct(NOW)),
    "ago": function(ago, "any"),
    "date": function(date, "string any"),
    "date_in_zone": function(date_in_zone, "string any string"),
    "dateInZone": function(date_in_zone, "string any string"),
    "date_modify": function(modified, "string time"),
    "dateModify": function(modified, "string time"),
    "must_date_modify": function(must_modify, "string time"),
    "mustDateModify": function(must_modify, "string time"),
    "duration": function(duration, "any"),
    "durationRound": function(duration_round, "any"),
    "htmlDate": function(lambda value: date("2006-01-02", value), "any"),
    "htmlDateInZone": function(lambda value, zone: date("2006-01-02", value), "any string"),
    "toDate": function(to_date, "string string"),
    "mustToDate": function(must_to_date, "string string"),
    "unixEpoch": function(lambda moment: str(_unix(_of(moment))), "time"),
}
