"""Functions of Go's libraries, called with the value under test: what their result says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iac_gym.languages.terraform.go_source.conditions import (
    Condition,
    Errors,
    LegacyId,
    NotNil,
    Subject,
    holds_unknown,
    matched,
    not_equal,
)
from iac_gym.languages.terraform.go_source.patterns import (
    elements_pattern,
    legacy_id_pattern,
    literal,
)
from iac_gym.languages.terraform.go_source.sdk import UUID
from iac_gym.languages.terraform.go_source.values import UNKNOWN, Native, Regex, Value


def _text_condition(make: Callable[[str], str]) -> Callable[..., Value]:
    """Make a function on (value under test, constant) that is the same as a pattern."""

    def condition(subject: Value, other: Value) -> Value:
        if (
            not isinstance(subject, Subject)
            or not isinstance(other, str)
            or subject.form != "value"
        ):
            return Condition([], [])
        found = make(other)
        return Condition([["pattern", found]], [["no_pattern", found]])

    return condition


def _contains(whole: Value, part: Value) -> Value:
    """Say what `strings.Contains` or `slices.Contains` means for the value under test."""
    if isinstance(whole, list) and part == Subject("value") and not holds_unknown(whole):
        return Condition([["enum", whole]], [["none_of", whole]])
    return _text_condition(literal)(whole, part)


def _same_fold(left: Value, right: Value) -> Value:
    subject, other = (left, right) if isinstance(left, Subject) else (right, left)
    if not isinstance(other, str) or subject.form not in ("value", "lower"):
        return Condition([], [])
    return Condition([["enum_nocase", [other]]], not_equal(other, "lower"))


def _length(subject: Value) -> Value:
    if isinstance(subject, Subject):
        return Subject("len") if subject.form in ("value", "lower") else UNKNOWN
    return subject if isinstance(subject, Errors) else UNKNOWN


def _lowered(subject: Value) -> Value:
    return Subject("lower") if subject == Subject("value") else UNKNOWN


def _same(subject: Value, *_: Value) -> Value:
    return subject


def _match_string(pattern: Value, subject: Value) -> Value:
    if isinstance(pattern, str) and isinstance(subject, Subject):
        return (matched(Regex(pattern), subject), None)
    return UNKNOWN


def _trimmed(subject: Value) -> Value:
    return Subject("trimmed") if subject == Subject("value") else UNKNOWN


def _format(name: str) -> Callable[..., Value]:
    """Make a function of the value under test that gives an error where it lacks a format."""

    def parse(*args: Value) -> Value:
        good = any(arg == Subject("value") for arg in args)
        return (UNKNOWN, Errors([["format", name]] if good else []))

    return parse


def _parsed_cidr(*args: Value) -> Value:
    good = bool(args) and args[0] == Subject("value")
    return (UNKNOWN, UNKNOWN, Errors([["format", "cidr"]] if good else []))


def _parsed_ip(subject: Value) -> Value:
    # `net.ParseIP` gives nil for what is no address: the same as an error, turned round.
    return NotNil([["format", "ip"]]) if subject == Subject("value") else UNKNOWN


def _legacy_id(subject: Value) -> Value:
    if subject != Subject("value"):
        return UNKNOWN
    return (LegacyId(), Errors([["pattern", legacy_id_pattern()]]))


def _parsed_uuid(subject: Value) -> Value:
    return (UNKNOWN, Errors([["pattern", UUID]] if subject == Subject("value") else []))


def _whole_number(subject: Value, *_: Value) -> Value:
    good = subject == Subject("value")
    return (UNKNOWN, Errors([["pattern", r"^[+-]?[0-9]+\Z"]] if good else []))


def _parsed_time(layout: Value, subject: Value) -> Value:
    good = isinstance(layout, Native) and layout.name == "RFC3339" and subject == Subject("value")
    return (UNKNOWN, Errors([["format", "rfc3339"]] if good else []))


def _unmarshalled(subject: Value, *_: Value) -> Value:
    return Errors([["format", "json"]] if subject == Subject("value") else [])


def _period(subject: Value, *_: Value) -> Value:
    good = subject == Subject("value")
    return (UNKNOWN, Errors([["pattern", r"^[+-]?P[-+0-9YMWDTHS.,]*\Z"]] if good else []))


def _regex_helper(subject: Value, key: Value, pattern: Value) -> Value:
    if isinstance(pattern, str) and isinstance(subject, Subject):
        return (matched(Regex(pattern), subject), UNKNOWN)
    return UNKNOWN


KNOWN_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "ParseAzureResourceID": _legacy_id,
    "RegExHelper": _regex_helper,
}


ON_SUBJECT: Mapping[str, Callable[..., Value]] = {
    "len": _length,
    "ToLower": _lowered,
    "string": _same,
    "int": _same,
    "int64": _same,
    "Contains": _contains,
    "HasPrefix": _text_condition(lambda text: "^" + literal(text)),
    "HasSuffix": _text_condition(lambda text: literal(text) + r"\Z"),
    "TrimSpace": _trimmed,
    "ParseIP": _parsed_ip,
    "ContainsAny": _text_condition(elements_pattern),
    "EqualFold": _same_fold,
    "MatchString": _match_string,
    "RuneCountInString": lambda subject: UNKNOWN,
    "ParseAzureResourceID": _legacy_id,
    "ParseCIDR": _parsed_cidr,
    "Atoi": _whole_number,
    "ParseInt": _whole_number,
    "time.Parse": _parsed_time,
    "json.Unmarshal": _unmarshalled,
    "StdEncoding.DecodeString": _format("base64"),
    "period.Parse": _period,
    "ParseUUID": _parsed_uuid,
    "ParseDuration": _format("duration"),
}
