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
_PORT = (
    r"0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
_HEALTH_CHECK = f"^(?:(?i:https?):{_PORT}(?![0-9]).{{1,1024}}|(?i:tcp|ssl):{_PORT})\\Z"
_FUNCTION = (
    r"^(?:arn:[\w-]+:lambda:)?(?:[a-z]{2}-(?:[a-z]+-){1,2}\d:)?(?:\d{12}:)?(?:function:)?"
    r"[0-9A-Za-z_-]+(?::(?:\$LATEST|[0-9A-Za-z_-]+))?\Z"
)
_KMS = [
    ["pattern", r"^(?:mrk-)?[0-9a-f-]+\Z"],
    ["pattern", f"^{_UUID}\\Z"],
    ["pattern", f"^(?:{_UUID}|mrk-[0-9a-f]{{32}})\\Z"],
    ["pattern", r"^alias/[a-zA-Z0-9/_-]+\Z"],
    ["pattern", rf"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{{12}}:key/(?:{_UUID}|mrk-[0-9a-f]{{32}})\Z"],
    ["pattern", r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:alias/[a-zA-Z0-9/_-]+\Z"],
]
_PROTOCOL = (
    r"^(?:-1|[+-]?0*(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])|all|ah|esp|icmp|tcp|udp)\Z"
)

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
        (r"RFC3339|iso8601 Timestamp", [
            ["format", "rfc3339"], ["format", "utc_time"], ["format", "date"],
        ]),
        (r'as "2006-01-02_15:04"', [["pattern", r"^\d{4}-\d\d-\d\d_\d\d:\d\d\Z"]]),
        (r"valid CIDR|valid network|network Value|must be a valid (?:IPv4 |IPv6 )?CIDR|CIDR", [
            ["format", "cidr"], ["format", "cidr_network"],
        ]),
        (r"64-bit integer|32-bit integer", [["format", "integer"]]),
        (r"must be in the range 0 to 4294967295", [["format", "integer_between", 0, 4294967295]]),
        (r"must be 7224, 9059, 10124 or 17493", [_ASN]),
        (r"valid UUID|UUID", [
            ["format", "uuid"], ["pattern", f"(?i){_UUID}"], ["pattern", f"^{_UUID}\\Z"],
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
            ["format", "policy"], ["format", "json_list"],
        ]),
        (r"begin with 'lt-'", [["pattern", r"^lt-[0-9a-z]+\Z"]]),
        (r"1-50000 for normal rule or 99999", [["any", ["range", 1, 50000], ["enum", [99999]]]]),
        (r"Valid intervals are either 5 or 60", [["enum", [5, 60]]]),
        (r"integer or 'off'", [["any", ["enum", ["off"]], ["format", "integer"]]]),
        (r"must not contain colon", [["no_pattern", ":"]]),
        (r"end with a period", [["no_pattern", r"\.\Z"]]),
        (r"single digit", [["no_pattern", r"^[0-9]\Z"]]),
        (r"begin with 'alias/'", [["pattern", r"^alias/[0-9A-Za-z_/-]+\Z"]]),
        (r"cannot begin with sg-", [["no_pattern", "^sg-"]]),
        (r"role's name not its ARN|not an? ARN", [["no_pattern", "^arn:"]]),
        (r"contains an invalid Health Check", [["pattern", _HEALTH_CHECK]]),
        (r"must be valid function name or function ARN", [["pattern", _FUNCTION]]),
        (r"full service hostname", [["pattern", r"\."]]),
        (r"duplicate JSON keys", [["format", "policy"], ["format", "iam_policy"]]),
        (r"must not be zero", [["none_of", [0]]]),
        (r"start with zero", [["no_pattern", "^0"]]),
        (r"KMS Key ID", _KMS),
        (r"unsupported NACL protocol", [["pattern", _PROTOCOL]]),
        (r"have prefix /", [["pattern", "^/"]]),
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
        r"must be (\d+) to (\d+) characters",
        r"in the range \((\d+) - (\d+)\)",
        r"less than (\d+) or longer than (\d+)",
        r"(\d+)-(\d+) valid char",
    )
)
_MOST = re.compile(
    r"(?:longer|more|greater) than (\d+)"
    r"|(?:max(?:imum)? length of|(?<!can have )up to|no more than) (\d+)"
)
_LEAST = re.compile(r"(?:less|shorter) than (\d+)|at least (\d+)|minimum length of (\d+)")
_WRITTEN = re.compile(r"\^\S.*?\$(?=[\s\"'`),;]|$)")
_LISTED = re.compile(r"(?:match|pattern:?) (\[[^ ]+\][+*]?)(?=[)\s,]|$)")
_BARRED = re.compile(r"must not be (\w+)$|[\"'](\w+)[\"'] is not allowed|cannot be '(\w+)'")


def _sized(message: str) -> Iterator[RuleData]:
    """Yield the lengths that a message speaks of."""
    for size in _SIZES:
        for found in size.finditer(message):
            yield ["length", int(found.group(1)), int(found.group(2))]
    for found in _MOST.finditer(message):
        yield ["length", None, int(next(filter(None, found.groups())))]
    for found in _LEAST.finditer(message):
        yield ["length", int(next(filter(None, found.groups()))), None]


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
    yield from _sized(message)
    for found in _BARRED.finditer(message):
        word = next(filter(None, found.groups()))
        yield ["none_of", [word]]
        yield ["no_pattern", f"(?i)^{re.escape(word)}\\Z"]
