"""Decodes the tree into Alertmanager's structs, strictly, as its YAML library does.

Unknown fields and values of another type are found here; what the structs themselves check when
they are decoded is in `structs.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from iac_gym.formats.go_durations import go_duration, prometheus_duration
from iac_gym.formats.go_regexp import regexp_error
from iac_gym.formats.go_urls import split_host_port, url_error, web_url_error
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Spelled
from iac_gym.languages.alertmanager import pack
from iac_gym.languages.alertmanager.checker import Checker
from iac_gym.languages.alertmanager.intervals import (
    IntervalError,
    read_days,
    read_months,
    read_weekdays,
    read_years,
)
from iac_gym.languages.alertmanager.matchers import MatcherError, parse_matchers
from iac_gym.languages.alertmanager.values import LABEL, is_scalar, kind, text_of

#: Decodes a value that is not null: (checker, value, its place, what it is in words).
Decoder = Callable[[Checker, Any, Mark, str], None]
#: Checks a decoded struct: (checker, its mapping, its place).
Hook = Callable[[Checker, YamlMap, Mark], None]

TYPES = "values-have-their-type"
HOOKS: dict[str, Hook] = {}
#: What a secret that was printed before stands as.
PRINTED = "<secret>"
TLS_VERSIONS = ("TLS10", "TLS11", "TLS12", "TLS13")


def hook(name: str) -> Callable[[Hook], Hook]:
    """Register the check of a struct."""

    def register(function: Hook) -> Hook:
        HOOKS[name] = function
        return function

    return register


def decode(check: Checker, name: str, value: Any, mark: Mark, what: str) -> None:
    """Decode a value into a struct."""
    if value.__class__ is not YamlMap:
        check.bad(TYPES, f"{what} must be a mapping, not {kind(value)}", mark)
        return
    if not check.first_time(value, name):
        return
    fields = _fields(name)
    marks = value.marks
    for key, given in value.items():
        decoder = fields.get(key)
        if decoder is None:
            message = f"`{str(key)[:60]}` is not a field of {_said(what)}"
            check.bad("fields-are-known", message, value.key_marks[key], check.near(key, fields))
        elif given is not None:
            decoder(check, given, marks[key], f"`{key}`")
    if (more := HOOKS.get(name)) is not None:
        more(check, value, mark)


def _said(what: str) -> str:
    return what if what.startswith(("`", "the ")) else f"the {what}"


@cache
def _fields(name: str) -> Mapping[str, Decoder]:
    return {key: _decoder(of) for key, of in pack.structs()[name].items()}


@cache
def _decoder(of: str) -> Decoder:
    """Return the decoder of a type of the pack."""
    head, _, rest = of.partition(":")
    if head == "struct":
        return lambda check, value, mark, what: decode(check, rest, value, mark, what)
    if head == "list":
        return _list_of(_decoder(rest), rest)
    if head == "map":
        return _map_of(_decoder(rest))
    return SCALARS[head]


def _list_of(item: Decoder, of: str) -> Decoder:
    whole = of.startswith("struct:")

    def decode_list(check: Checker, value: Any, mark: Mark, what: str) -> None:
        if value.__class__ is not YamlList:
            hint = "" if isinstance(value, dict) else "write it as `[...]` or with `- `"
            check.bad(TYPES, f"{what} must be a list, not {kind(value)}", mark, hint)
            return
        for one, place in zip(value, value.marks, strict=True):
            if one is not None:
                item(check, one, place, f"each of {what}" if whole else what)
            elif of.endswith(("Config", ":Route")):  # pointers: Alertmanager breaks off
                check.bad("lists-have-no-empty-items", f"an item of {what} is empty", place)

    return decode_list


def _map_of(item: Decoder) -> Decoder:
    def decode_map(check: Checker, value: Any, mark: Mark, what: str) -> None:
        if value.__class__ is not YamlMap:
            check.bad(TYPES, f"{what} must be a mapping, not {kind(value)}", mark)
            return
        for key, one in value.items():
            if one is not None:
                item(check, one, value.marks[key], f"{what}: `{str(key)[:60]}`")

    return decode_map


# --- scalars -------------------------------------------------------------------------------------


def _text(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if not is_scalar(value):
        check.bad(TYPES, f"{what} must be text, not {kind(value)}", mark)


def _truth(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if value.__class__ is not Spelled or value.value.__class__ is not bool:
        hint = "write it without quotes" if value in ("true", "false", "yes", "no") else ""
        check.bad(TYPES, f"{what} must be true or false, not {kind(value)}", mark, hint)


def _number_of(value: Any) -> int | float | None:
    number = value.value if value.__class__ is Spelled else None
    return number if number.__class__ in (int, float) else None


def _number(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if (number := _number_of(value)) is None:
        check.bad(TYPES, f"{what} must be a number, not {kind(value)}", mark)
    elif abs(number) >= 1 << 63:
        check.bad(TYPES, f"{what} is too large", mark)


def _count(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if (number := _number_of(value)) is None:
        check.bad(TYPES, f"{what} must be a number, not {kind(value)}", mark)
    elif not 0 <= number < 1 << 64:
        check.bad(TYPES, f"{what} must be a number from 0 on", mark)


def _anything(check: Checker, value: Any, mark: Mark, what: str) -> None:
    """Every value is right."""


def _texts_of(rule: str, problem: Callable[[str], str], said: str) -> Decoder:
    """Return the decoder of a text of which `problem` says what is wrong with it."""

    def decode_text(check: Checker, value: Any, mark: Mark, what: str) -> None:
        if not is_scalar(value):
            _text(check, value, mark, what)
        elif found := problem(text_of(value)):
            check.bad(rule, f"{what} is {said}: {found}", mark)

    return decode_text


def _secret(check: Checker, value: Any, mark: Mark, what: str) -> None:
    _text(check, value, mark, what)
    if isinstance(value, str) and value.strip() and not _STANDS_FOR.match(value):
        hint = "name a file instead, where there is a setting for it"
        check.bad("secrets-are-not-written-out", f"{what} holds a secret", mark, hint)


def _secret_url(check: Checker, value: Any, mark: Mark, what: str) -> None:
    _SECRET_ADDRESS(check, value, mark, what)
    if isinstance(value, str):
        if _HOOKS.match(value):
            hint = "name a file instead, in the setting that ends in `_file`"
            check.bad("secrets-are-not-written-out", f"{what} holds a secret", mark, hint)
        _encrypted(check, value, mark, what)


def _url(check: Checker, value: Any, mark: Mark, what: str) -> None:
    _ADDRESS(check, value, mark, what)
    if isinstance(value, str):
        _encrypted(check, value, mark, what)


def _encrypted(check: Checker, value: str, mark: Mark, what: str) -> None:
    """Report alerts that leave the local network unencrypted."""
    if value.startswith("http://") and not _LOCAL.match(value):
        check.bad("alerts-are-sent-encrypted", f"{what} is not encrypted: use https", mark)


#: Texts that only stand for a secret; addresses that are secrets; addresses nearby.
_STANDS_FOR = re.compile(r"\s*(?:<|\$|\{\{|%\(|__)")
_HOOKS = re.compile(
    r"https://(?:hooks\.slack\.com/(?:services|workflows)/\w|(?:\w+\.)?discord(?:app)?\.com/api/webhooks/"
    r"\w|[\w.-]+\.webhook\.office\.com/\w)"
)
_LOCAL = re.compile(
    r"http://(?:[^/@]*@)?(?:[\w-]+(?=[:/?]|\Z)|[\w.-]+\.(?:local|localhost|internal|svc|test)(?=[:/?]|\Z)"
    r"|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|\[)"
)


def _duration_error(text: str) -> str:
    if prometheus_duration(text) is not None:
        return ""
    return f"`{text[:40]}`; write a number and a unit, as in `30s`, `5m` or `1h30m`"


def _go_duration_error(text: str) -> str:
    if go_duration(text) is not None:
        return ""
    return f"`{text[:40]}`; write a number and a unit of Go, as in `30s` or `1.5h`"


def _secret_url_error(text: str) -> str:
    return "" if text == PRINTED else web_url_error(text)


def _address_error(text: str) -> str:
    if not text:
        return ""
    found = split_host_port(text)
    if isinstance(found, str):
        return found
    return "" if found[1] else "the port is missing"


def _tls_error(text: str) -> str:
    return "" if text in TLS_VERSIONS else f"`{text[:40]}`; it is one of {', '.join(TLS_VERSIONS)}"


def _range_error(read: Callable[[str], Any]) -> Callable[[str], str]:
    def problem(text: str) -> str:
        try:
            read(text)
        except IntervalError as error:
            return str(error)
        return ""

    return problem


def _zone_error(text: str) -> str:
    return "" if text in pack.zones() else f"`{text[:60]}` is not in the time zone database"


def _nanoseconds(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if value.__class__ is str:
        if problem := _go_duration_error(value):
            check.bad("durations-are-right", f"{what} is no duration: {problem}", mark)
    else:
        _number(check, value, mark, what)


def _matchers(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if value.__class__ is not YamlList:
        hint = 'write each matcher as an item, as in `- severity="critical"`'
        check.bad(TYPES, f"{what} must be a list, not {kind(value)}", mark, hint)
        return
    for line, place in zip(value, value.marks, strict=True):
        if not is_scalar(line):
            if line is not None:
                check.bad(TYPES, f"each of {what} must be text, not {kind(line)}", place)
            continue
        try:
            parse_matchers(text_of(line))
        except MatcherError as error:
            check.bad("matchers-are-right", str(error), place)


def _regexps(check: Checker, value: Any, mark: Mark, what: str) -> None:
    if value.__class__ is not YamlMap:
        check.bad(TYPES, f"{what} must be a mapping, not {kind(value)}", mark)
        return
    for name, given in value.items():
        label(check, name, value.key_marks[name])
        if given is None:
            message = f"{what}: `{str(name)[:60]}` has no expression"
            check.bad("matchers-are-right", message, value.marks[name])
        elif not is_scalar(given):
            _text(check, given, value.marks[name], f"{what}: `{str(name)[:60]}`")
        elif problem := regexp_error(text_of(given)):
            message = f"`{text_of(given)[:60]}` is no regular expression: {problem}"
            check.bad("matchers-are-right", message, value.marks[name])


def label(check: Checker, name: Any, mark: Mark) -> None:
    """Report a name that no label has in the older fields."""
    if not LABEL.fullmatch(text_of(name)):
        check.bad("labels-are-named-right", f"`{str(name)[:60]}` is no name of a label", mark)


_ADDRESS = _texts_of("addresses-are-right", web_url_error, "no URL")
_SECRET_ADDRESS = _texts_of("addresses-are-right", _secret_url_error, "no URL")

SCALARS: Mapping[str, Decoder] = {
    "text": _text,
    "secret": _secret,
    "truth": _truth,
    "number": _number,
    "count": _count,
    "anything": _anything,
    "nanoseconds": _nanoseconds,
    "matchers": _matchers,
    "regexps": _regexps,
    "duration": _texts_of("durations-are-right", _duration_error, "no duration"),
    "go duration": _texts_of("durations-are-right", _go_duration_error, "no duration"),
    "url": _url,
    "any url": _texts_of("addresses-are-right", url_error, "no URL"),
    "secret url": _secret_url,
    "address": _texts_of("addresses-are-right", _address_error, "no `host:port`"),
    "tls version": _texts_of(TYPES, _tls_error, "no version of TLS"),
    "weekdays": _texts_of("time-ranges-are-right", _range_error(read_weekdays), "no range of days"),
    "days": _texts_of("time-ranges-are-right", _range_error(read_days), "no range of days"),
    "months": _texts_of("time-ranges-are-right", _range_error(read_months), "no range of months"),
    "years": _texts_of("time-ranges-are-right", _range_error(read_years), "no range of years"),
    "zone": _texts_of("time-zones-are-known", _zone_error, "no time zone"),
}
