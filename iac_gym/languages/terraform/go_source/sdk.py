"""The validators of the plugin SDK as rules: what each of them accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.languages.terraform.go_source.patterns import (
    elements_pattern,
    literal,
    python_pattern,
)
from iac_gym.languages.terraform.go_source.simplify import Rules
from iac_gym.languages.terraform.go_source.values import Regex


def _enum(values: list[Any], ignore_case: bool = False) -> Rules:
    return [["enum_nocase" if ignore_case else "enum", list(dict.fromkeys(values))]]


def _none_of(values: list[Any], ignore_case: bool = False) -> Rules:
    if ignore_case:
        return [["no_pattern", rf"(?i)^(?:{'|'.join(map(literal, values))})\Z"]]
    return [["none_of", values]]


def _pattern(regex: Regex, message: str = "") -> Rules:
    found = python_pattern(regex.pattern)
    return [["pattern", found]] if found else []


def _no_pattern(regex: Regex, message: str = "") -> Rules:
    found = python_pattern(regex.pattern)
    return [["no_pattern", found]] if found else []


def _url(*schemes: str) -> Rules:
    named = "|".join(literal(scheme) for scheme in schemes)
    # Go lowers the scheme before it compares, and wants a host after `//`.
    return [["pattern", rf"^(?i:{named})://[^/?#]"]]


_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


_MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
]


UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z"


SDK: Mapping[str, Callable[..., Rules]] = {
    "StringInSlice": _enum,
    "StringNotInSlice": _none_of,
    "StringIsNotEmpty": lambda: [["length", 1, None]],
    "StringIsEmpty": lambda: [["enum", [""]]],
    "StringIsNotWhiteSpace": lambda: [["pattern", r"\S"]],
    "StringLenBetween": lambda least, most: [["length", least, most]],
    "StringMatch": _pattern,
    "StringDoesNotMatch": _no_pattern,
    "StringDoesNotContainAny": lambda signs: [["no_pattern", elements_pattern(signs)]],
    "StringStartsWithOneOf": lambda *starts: [
        ["pattern", f"^(?:{'|'.join(map(literal, starts))})"]
    ],
    "StringIsBase64": lambda: [["format", "base64"]],
    "StringIsJSON": lambda: [["any", ["enum", [""]], ["format", "json"]]],
    "IsUUID": lambda: [["pattern", UUID]],
    "IsCIDR": lambda: [["format", "cidr"]],
    "IsCIDRNetwork": lambda least, most: [["format", "cidr"]],
    "IsIPAddress": lambda: [["format", "ip"]],
    "IsIPv4Address": lambda: [["format", "ipv4"]],
    "IsIPv6Address": lambda: [["format", "ip"]],
    "IsIPv4Range": lambda: [["pattern", r"^[0-9A-Fa-f.:]+-[0-9A-Fa-f.:]+\Z"]],
    "IsRFC3339Time": lambda: [["format", "rfc3339"]],
    "IsDayOfTheWeek": lambda ignore_case: _enum(_DAYS, ignore_case),
    "IsMonth": lambda ignore_case: _enum(_MONTHS, ignore_case),
    "IsURLWithHTTPS": lambda: _url("https"),
    "IsURLWithHTTPorHTTPS": lambda: _url("http", "https"),
    "IsURLWithScheme": lambda schemes: _url(*schemes),
    "IsURLWithPath": lambda: [["length", 1, None]],
    "IsPortNumber": lambda: [["range", 1, 65535]],
    "IsPortNumberOrZero": lambda: [["range", 0, 65535]],
    "IntBetween": lambda least, most: [["range", least, most]],
    "IntAtLeast": lambda least: [["range", least, None]],
    "IntAtMost": lambda most: [["range", None, most]],
    "IntPositive": lambda: [["range", 1, None]],
    "IntInSlice": _enum,
    "IntNotInSlice": _none_of,
    "IntDivisibleBy": lambda by: [["multiple", by]],
    "FloatBetween": lambda least, most: [["range", least, most]],
    "FloatAtLeast": lambda least: [["range", least, None]],
    "FloatAtMost": lambda most: [["range", None, most]],
    "FloatInSlice": _enum,
    "NoZeroValues": lambda: [],
}
