"""What a provider's messages claim: the rules that a message names, as guesses to be proved.

The messages are those of the SDK's `helper/validation`, of the framework's validators and of the
AWS provider's own checks, as seen in its answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

RuleData = list[Any]

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def _words(listed: str) -> list[str]:
    """Read `"a" "b"` or `a b`."""
    if '"' in listed:
        return [word.replace('\\"', '"').replace("\\\\", "\\") for word in _QUOTED.findall(listed)]
    return listed.split(" ")


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _enum(found: re.Match[str]) -> RuleData:
    listed = found.group(1)
    if re.fullmatch(r"-?[\d.]+( -?[\d.]+)*", listed) and 'got: "' not in found.string:
        return ["enum_either", listed.split(" ")]
    return ["enum", _words(listed)]


def _between(kind: str) -> Callable[[re.Match[str]], RuleData]:
    return lambda found: [kind, _number(found.group(1)), _number(found.group(2))]


def _least(kind: str) -> Callable[[re.Match[str]], RuleData]:
    return lambda found: [kind, _number(found.group(1)), None]


def _most(kind: str) -> Callable[[re.Match[str]], RuleData]:
    return lambda found: [kind, None, _number(found.group(1))]


def _format(name: str) -> Callable[[re.Match[str]], RuleData]:
    return lambda found: ["format", name]


def _plain(*rule: Any) -> Callable[[re.Match[str]], RuleData]:
    return lambda found: list(rule)


_NUM = r"(-?[\d.]+)"

CLAIMS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], RuleData]]] = tuple(
    (re.compile(pattern.replace("<n>", _NUM), re.DOTALL), make)
    for pattern, make in (
        (r"^expected .* to be one of \[(.*?)\], got", _enum),
        (r"value must be one of: \[(.*?)\], got", _enum),
        (r"Valid Values: \[(.*)\]$", _enum),
        (
            r"^expected length of .* to be in the range \(<n> - <n>\)",
            _between("length"),
        ),
        (r"string length must be between <n> and <n>, got", _between("length")),
        (r"string length must be at least <n>, got", _least("length")),
        (r"string length must be at most <n>, got", _most("length")),
        (r"UTF-8 character count must be between <n> and <n>, got", _between("chars")),
        (r"UTF-8 character count must be at least <n>, got", _least("chars")),
        (r"UTF-8 character count must be at most <n>, got", _most("chars")),
        (r"to be in the range \(<n> - <n>\), got", _between("range")),
        (r"value must be between <n> and <n>, got", _between("range")),
        (r"to be at least \(<n>\), got", _least("range")),
        (r"value must be at least <n>, got", _least("range")),
        (r"to be at most \(<n>\), got", _most("range")),
        (r"value must be at most <n>, got", _most("range")),
        (r"to be greater than \(<n>\), got", lambda f: ["above", _number(f.group(1))]),
        (r"to be divisible by <n>", lambda f: ["multiple", _number(f.group(1))]),
        (r"to be a valid port number, got", _plain("range", 1, 65535)),
        (r"to be a valid port number or 0, got", _plain("range", 0, 65535)),
        (r"must be a whole number", _plain("multiple", 1)),
        (r"^(?:Configuration Read|Value Conversion) Error", _plain("multiple", 1)),
        (r"^Unable to Convert Attribute Path", _plain("multiple", 1)),
        (r"cannot be (?:longer|greater) than <n> char", _most("length")),
        (r"cannot be shorter than <n> char", _least("length")),
        (r"to not be an empty string, got|must not be empty, got", _plain("length", 1, None)),
        (r"to not be an empty string or whitespace", _plain("pattern", r"[^\s\x0b\x85\xa0]")),
        (r"^Invalid or unknown key", _plain("never")),
        (r"supports <n> item maximum", _most("count")),
        (r"requires <n> item minimum", _least("count")),
        (r"must contain at least <n> elements", _least("count")),
        (r"must contain at most <n> elements", _most("count")),
        (
            r"(?:list|set|map) must contain at least <n> elements and at most <n>",
            _between("count"),
        ),
        (r"is an invalid ARN: |cannot be parsed as an ARN", _format("arn")),
        (r"doesn't look like \S+ Account ID", _format("account_id")),
        (r"contains an invalid JSON: |contains an invalid JSON policy", _format("json")),
        (r"to be a valid RFC3339 date|not valid RFC3339 string", _format("rfc3339")),
        (r"expected .* to contain a valid IPv4 address", _format("ipv4")),
        (r"expected .* to contain a valid IPv6 address", _format("ipv6")),
        (r"expected .* to contain a valid IP, got", _format("ip")),
        (r"is not a valid CIDR block", _format("cidr_network")),
        (r"is not a valid IPv4 CIDR block", _format("ipv4_cidr_network")),
        (r"is not a valid IPv6 CIDR block", _format("ipv6_cidr_network")),
        (r"must be a valid IPv4 CIDR that represents a network", _format("ipv4_cidr_network")),
        (r"must be a valid IPv6 CIDR that represents a network", _format("ipv6_cidr_network")),
        (r"to be a valid CIDR Value, got", _format("cidr")),
        (r"as float: strconv\.ParseFloat", _format("number")),
        (r"as int: strconv\.ParseInt", _format("integer")),
        (r"as boolean: strconv\.ParseBool", _format("boolean")),
        (r"must be base64-encoded|to be a base64 string", _format("base64")),
        (
            r"string containing a sequence of decimal numbers|parsed as a duration",
            _format("duration"),
        ),
        (r"expected .* to match regular expression \"(.*)\", got", lambda f: ["go", f.group(1)]),
        (r"must match (\^.*\$)\)", lambda f: ["go", f.group(1)]),
    )
)


def claims(message: str) -> list[RuleData]:
    """Return the rules that a message claims, none where it is not understood."""
    found = []
    for pattern, make in CLAIMS:
        match = pattern.search(message)
        if match:
            found.append(make(match))
    return found
