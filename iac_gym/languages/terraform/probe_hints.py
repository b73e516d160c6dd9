"""Guesses that no message states in full: what a message means, as the provider's answers show.

Every entry is a guess: `probe_fit` keeps it only where the provider's answers bear it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from iac_gym.languages.terraform.probe_messages import RuleData

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_REGION = r"^[a-z]{2}(?:-[a-z]+)+-\d{1,2}\Z"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ASN = [
    "any",
    ["enum", ["7224", "9059", "10124", "17493"]],
    ["format", "integer_between", 64512, 65534],
    ["format", "integer_between", 4200000000, 4294967294],
]

HINTS: Sequence[tuple[re.Pattern[str], Sequence[RuleData]]] = tuple(
    (re.compile(pattern, re.DOTALL), rules)
    for pattern, rules in (
        (r'the format of "hh24:mi-hh24:mi"|format "hh24:mi-hh24:mi"', [
            ["pattern", f"^{_CLOCK}-{_CLOCK}\\Z"], ["pattern", f"^$|^{_CLOCK}-{_CLOCK}\\Z"],
        ]),
        (r'"ddd:hh24:mi-ddd:hh24:mi"', [
            ["pattern", f"(?i)^{_DAY}:{_CLOCK}-{_DAY}:{_CLOCK}\\Z"],
            ["pattern", f"^{_DAY}:{_CLOCK}-{_DAY}:{_CLOCK}\\Z"],
        ]),
        (r"look like AWS Region|region name is malformed", [["pattern", _REGION]]),
        (r"RFC3339|iso8601 Timestamp", [["format", "rfc3339"]]),
        (r'as "2006-01-02_15:04"', [["pattern", r"^\d{4}-\d\d-\d\d_\d\d:\d\d\Z"]]),
        (r"valid CIDR|valid network|network Value|must be a valid (?:IPv4 |IPv6 )?CIDR|CIDR", [
            ["format", "cidr"], ["format", "cidr_network"],
        ]),
        (r"64-bit integer|32-bit integer", [["format", "integer"]]),
        (r"must be in the range 0 to 4294967295", [["format", "integer_between", 0, 4294967295]]),
        (r"must be 7224, 9059, 10124 or 17493", [_ASN]),
        (r"valid UUID|UUID", [
            ["pattern", f"(?i)^{_UUID}\\Z"], ["pattern", f"(?i){_UUID}"], ["pattern", f"^{_UUID}\\Z"],
        ]),
        (r"whitespace", [["no_pattern", r"[\t\n\f\r ]"], ["pattern", r"^[^\t\n\f\r ]+\Z"]]),
        (r"amazonaws\|amazon", [["pattern", r"^([0-9a-z-]+\.){1,4}(amazonaws|amazon)\.com\Z"]]),
        (r"consecutive hyphens", [["no_pattern", "--"]]),
        (r"(?:cannot|not) (?:begin|start) with a hyphen", [["no_pattern", "^-"]]),
        (r"(?:cannot|not) end (?:with|in) a hyphen", [["no_pattern", r"-\Z"]]),
        (r'cannot begin with "internal-"', [["no_pattern", "^internal-"]]),
        (r"(?:begin|start) with (?:a|an|any) (?:letter|alphabetic)|first character of .* letter", [
            ["pattern", "^[A-Za-z]"], ["pattern", "^[a-z]"],
        ]),
        (r"lowercase alphanumeric characters and hyphens", [["pattern", r"^[0-9a-z-]*\Z"],
                                                            ["pattern", r"^[0-9a-z-]+\Z"]]),
        (r"alphanumeric characters and hyphens", [["pattern", r"^[0-9A-Za-z-]*\Z"],
                                                  ["pattern", r"^[0-9A-Za-z-]+\Z"]]),
        (r"JSON|json|invalid character|unmarshal|Batch Job|container_definitions", [
            ["format", "json"], ["format", "json_object"], ["format", "iam_policy"],
        ]),
        (r"[Uu][Rr][Ll]|to have a host|schema of", [
            ["format", "url", []], ["format", "url", ["http", "https"]],
            ["format", "url", ["https"]], ["format", "url", ["s3"]],
        ]),
        (r"uppercase|lowercase", [["no_pattern", "[A-Z]"]]),
        (r"UTF-8|characters", [["pattern", r"^[\x00-\x7f]*\Z"]]),
        (r"Attribute .* value must be a valid AWS account ID|12-digit", [["format", "account_id"]]),
        (r"valid IP address|valid IPv4 address|either IP", [
            ["format", "ip"], ["format", "ipv4"], ["format", "ipv6"],
        ]),
        (r"email", [["pattern", "^[^@]+@[^@]+\\Z"], ["pattern", "@"]]),
        (r"phone", [["pattern", r"^\+[1-9]\d{1,14}\Z"]]),
        (r"ARN", [["format", "arn"]]),
        (r"duration", [["format", "duration"], ["format", "duration_positive"]]),
        (r"YAML", [["no_pattern", "^\t"]]),
    )
)  # fmt: skip

_NUM = r"\(?(-?\d+)\)?"
_BITS = re.compile(rf"network Value with between {_NUM} and {_NUM} significant bits")
_TEXT_RANGE = re.compile(rf"to be at between {_NUM} and {_NUM}")
_SIZES = tuple(
    re.compile(pattern)
    for pattern in (
        r"between (\d+)(?: and |-| to )(\d+) (?:UTF-8 )?(?:characters|alphanumeric)",
        r"from (\d+) to (\d+) ",
        r"in the range \((\d+) - (\d+)\)",
        r"less than (\d+) or longer than (\d+)",
        r"(\d+)-(\d+) valid char",
    )
)
_MOST = re.compile(
    r"(?:longer|more|greater) than (\d+)|(?:max(?:imum)? length of|up to|have up to|no more than) (\d+)"
)
_LEAST = re.compile(r"(?:less|shorter) than (\d+)|at least (\d+)|minimum length of (\d+)")
_WRITTEN = re.compile(r"\^\S.*?\$(?=[\s\"'`),;]|$)")
_LISTED = re.compile(r"(?:match|pattern:?) (\[[^ ]+\][+*]?)(?=[)\s,]|$)")
_BARRED = re.compile(r'must not be (\S+)$|"(\w+)" is not allowed')


def hints(message: str) -> Iterator[RuleData]:
    """Yield guesses for a message."""
    for pattern, rules in HINTS:
        if pattern.search(message):
            yield from rules
    for found in _WRITTEN.finditer(message):
        yield ["go", found.group()]
    for found in _LISTED.finditer(message):
        yield ["go", "^" + found.group(1).rstrip("+*") + "*$"]
    for found in _BITS.finditer(message):
        yield ["format", "cidr_bits", int(found.group(1)), int(found.group(2))]
    for found in _TEXT_RANGE.finditer(message):
        yield ["format", "integer_between", int(found.group(1)), int(found.group(2))]
    for size in _SIZES:
        for found in size.finditer(message):
            yield ["length", int(found.group(1)), int(found.group(2))]
    for found in _MOST.finditer(message):
        yield ["length", None, int(next(filter(None, found.groups())))]
    for found in _LEAST.finditer(message):
        yield ["length", int(next(filter(None, found.groups()))), None]
    for found in _BARRED.finditer(message):
        word = found.group(1) or found.group(2)
        yield ["none_of", [word]]
        yield ["no_pattern", f"(?i)^{re.escape(word)}\\Z"]
