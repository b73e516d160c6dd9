"""Checks what a schema says of a value beside its type: see `constraints` for the short form."""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping, Sized
from typing import Any

from iac_gym.languages.custom_resources.cel import compile_rule
from iac_gym.languages.kubernetes.schema import Check, Place, Report, Sort, nearest, spell
from iac_gym.languages.kubernetes.value_types import say_value

#: Texts longer than this are not matched: some patterns take a time that grows with the square.
_LONGEST_MATCHED = 512

#: What a limit finds wrong with a value, '' for nothing.
_Complaint = Callable[[Any], str]

_UUID = re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DURATION = re.compile(r"[-+]?(?:0|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h|d|w).*)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+|/.*")


def _is_address(value: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(value[:64]).version == version
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        datetime.date.fromisoformat(value[:32])
    except ValueError:
        return False
    return True


_FORMS: dict[str, Callable[[str], bool]] = {
    "ipv4": lambda value: _is_address(value, 4),
    "ipv6": lambda value: _is_address(value, 6),
    "uuid": lambda value: _UUID.fullmatch(value) is not None,
    "duration": lambda value: _DURATION.fullmatch(value) is not None,
    "date": _is_date,
    "uri": lambda value: _URI.fullmatch(value) is not None,
}


def _any_form(value: str) -> bool:
    return True


def compile_limits(limits: Mapping[str, Any]) -> Check:
    """Compile constraints into a check that reports each that does not hold."""
    checks = [
        _reporting(_SORTS.get(key, "limit"), _MAKERS[key](limits))
        for key in limits
        if key in _MAKERS
    ]
    if "e" in limits:
        checks.append(_allowed(limits["e"]))
    if "k" in limits:
        checks.append(_unique(limits["k"], limits.get("kd", {})))
    rules = [_cel(rule, message) for rule, message in limits.get("x", ())]
    if len(checks) == 1 and not rules:
        return checks[0]

    def check(value: Any, place: Place, report: Report) -> None:
        for each in checks:
            each(value, place, report)
        if (
            rules and len(report.problems) == report.before
        ):  # the API server does not ask them before
            for each in rules:
                each(value, place, report)

    return check


_SORTS: dict[str, Sort] = {"r": "required"}


def _reporting(sort: Sort, complain: _Complaint) -> Check:
    def check(value: Any, place: Place, report: Report) -> None:
        message = complain(value)
        if message and report.has_room(sort):
            where = f"`{spell(place)}`" if place[0] is not None else "the object"
            report.add(sort, f"{where} {message}", place)

    return check


def _allowed(values: list[Any]) -> Check:
    shown = tuple(value for value in values if isinstance(value, str))

    def check(value: Any, place: Place, report: Report) -> None:
        if value not in values and report.has_room("value"):
            what = f'"{value[:60]}"' if isinstance(value, str) else say_value(value)
            hint = nearest(value, shown) if isinstance(value, str) and shown else ""
            report.add("value", f"`{spell(place)}` is {what}, which is not allowed", place, hint)

    return check


def _unique(keys: list[str], defaults: Mapping[str, Any]) -> Check:
    def identity(entry: Any) -> str:
        if not keys:
            return repr(entry)
        if not isinstance(entry, dict):
            return ""
        return repr([entry.get(key, defaults.get(key)) for key in keys])

    def check(value: Any, place: Place, report: Report) -> None:
        if not isinstance(value, list) or len(value) < 2:
            return
        seen: set[str] = set()
        for number, entry in enumerate(value):
            mark = identity(entry)
            if mark and mark in seen and report.has_room("repeated"):
                here = (place, value, number)
                what = " and ".join(f"`{key}`" for key in keys) or "value"
                report.add("repeated", f"`{spell(here)}` repeats the {what} of another item", here)
            seen.add(mark)

    return check


def _cel(rule: str, message: str) -> Check:
    kept: list[Callable[[Any], bool | None]] = []

    def check(value: Any, place: Place, report: Report) -> None:
        if not kept:
            kept.append(compile_rule(rule))
        if kept[0](value) is False and report.has_room("cel"):
            where = f"`{spell(place)}`" if place[0] is not None else "the object"
            said = message or f"breaks the rule {rule[:120]}"
            report.add("cel", f"{where}: {' '.join(said.split())}", place)

    return check


# --- complaints of single values ------------------------------------------------------------------


def _pattern(limits: Mapping[str, Any]) -> _Complaint:
    pattern = limits["p"]
    search = re.compile(pattern, re.ASCII).search

    def complain(value: Any) -> str:
        if not isinstance(value, str) or len(value) > _LONGEST_MATCHED or search(value):
            return ""
        shown = pattern if len(pattern) < 100 else pattern[:100] + "..."
        return f'is "{value[:60]}", which does not match {shown}'

    return complain


def _form(limits: Mapping[str, Any]) -> _Complaint:
    name = limits["f"]
    holds = _FORMS.get(name, _any_form)

    def complain(value: Any) -> str:
        if not isinstance(value, str) or len(value) > _LONGEST_MATCHED or holds(value):
            return ""
        return f'is "{value[:60]}", which is no {name}'

    return complain


def _size(
    key: str, least: bool, kinds: type[Sized], what: str
) -> Callable[[Mapping[str, Any]], _Complaint]:
    def make(limits: Mapping[str, Any]) -> _Complaint:
        bound = limits[key]

        def complain(value: Any) -> str:
            if not isinstance(value, kinds):
                return ""
            size = len(value)
            if size >= bound if least else size <= bound:
                return ""
            return f"has {size} {what}; at {'least' if least else 'most'} {bound} are allowed"

        return complain

    return make


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bound(key: str, least: bool) -> Callable[[Mapping[str, Any]], _Complaint]:
    def make(limits: Mapping[str, Any]) -> _Complaint:
        bound, exclusive = limits[key], key + "x" in limits

        def complain(value: Any) -> str:
            if not _number(value):
                return ""
            if (value > bound) if least else (value < bound):
                return ""
            if value == bound and not exclusive:
                return ""
            return f"is {value:.30g}; it must be {_says(least, exclusive)} {bound}"

        return complain

    return make


def _says(least: bool, exclusive: bool) -> str:
    return (
        ("more than" if exclusive else "at least")
        if least
        else ("less than" if exclusive else "at most")
    )


def _multiple(limits: Mapping[str, Any]) -> _Complaint:
    step = limits["d"]
    return lambda value: (
        f"is no multiple of {step}" if isinstance(value, int) and value % step else ""
    )


def _required(limits: Mapping[str, Any]) -> _Complaint:
    fields = limits["r"]

    def complain(value: Any) -> str:
        if not isinstance(value, dict):
            return ""
        lacking = [f"`{field}`" for field in fields if value.get(field) is None]
        return f"lacks {', '.join(lacking)}" if lacking else ""

    return complain


# --- constraints inside constraints ---------------------------------------------------------------


def _every(limits: Mapping[str, Any]) -> Callable[[Any], str]:
    """Compile a whole constraint into one complaint: the first that is not empty."""
    makers = [_MAKERS[key](limits) for key in limits if key in _MAKERS]
    if "e" in limits:
        values = limits["e"]
        makers.append(lambda value: "" if value in values else "has a value not allowed here")

    def complain(value: Any) -> str:
        for each in makers:
            if message := each(value):
                return message
        return ""

    return complain


def _fields(limits: Mapping[str, Any]) -> _Complaint:
    inner = {field: _every(each) for field, each in limits["P"].items()}

    def complain(value: Any) -> str:
        if isinstance(value, dict):
            for field, each in inner.items():
                if value.get(field) is not None and (message := each(value[field])):
                    return f"has a field `{field}` that {message}"
        return ""

    return complain


def _items(limits: Mapping[str, Any]) -> _Complaint:
    inner = _every(limits["t"])

    def complain(value: Any) -> str:
        return (
            next((f"has an item that {m}" for v in value if (m := inner(v))), "")
            if isinstance(value, list)
            else ""
        )

    return complain


def _values(limits: Mapping[str, Any]) -> _Complaint:
    inner = _every(limits["m"])

    def complain(value: Any) -> str:
        if not isinstance(value, dict):
            return ""
        return next((f"has a value that {m}" for v in value.values() if (m := inner(v))), "")

    return complain


def _all(limits: Mapping[str, Any]) -> _Complaint:
    parts = [_every(each) for each in limits["all"]]
    return lambda value: next((message for each in parts if (message := each(value))), "")


def _describe(parts: list[Mapping[str, Any]]) -> str:
    names = [" and ".join(f"`{name}`" for name in part.get("r", ())) for part in parts]
    named = [name for name in names if name]
    return " or ".join(named) if named else "the forms that its definition lists"


def _any(limits: Mapping[str, Any]) -> _Complaint:
    parts = [_every(each) for each in limits["any"]]
    message = f"must have at least one of {_describe(limits['any'])}"
    return lambda value: "" if any(not each(value) for each in parts) else message


def _one(limits: Mapping[str, Any]) -> _Complaint:
    parts = [_every(each) for each in limits["one"]]
    message = f"must have exactly one of {_describe(limits['one'])}"
    return lambda value: "" if sum(not each(value) for each in parts) == 1 else message


def _not(limits: Mapping[str, Any]) -> _Complaint:
    inner = _every(limits["not"])
    fields = " and ".join(f"`{name}`" for name in limits["not"].get("r", ()))
    message = f"must not have {fields}" if fields else "has a value that is not allowed"
    return lambda value: "" if inner(value) else message


_MAKERS: dict[str, Callable[[Mapping[str, Any]], _Complaint]] = {
    "p": _pattern,
    "f": _form,
    "s": _size("s", True, str, "characters"),
    "S": _size("S", False, str, "characters"),
    "i": _size("i", True, list, "items"),
    "I": _size("I", False, list, "items"),
    "g": _size("g", True, dict, "fields"),
    "G": _size("G", False, dict, "fields"),
    "n": _bound("n", True),
    "N": _bound("N", False),
    "d": _multiple,
    "r": _required,
    "P": _fields,
    "t": _items,
    "m": _values,
    "all": _all,
    "any": _any,
    "one": _one,
    "not": _not,
}
