"""The text formats that providers check: ARNs, CIDR blocks, JSON, times and so on.

Each function takes the text, and says what is wrong, "" for nothing. What the functions refuse was
learnt from the real provider: see `data/SOURCE_VALUES.md`.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Mapping, Sequence

_ARN_ACCOUNT = re.compile(r"(?:aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})\Z", re.A)
_ARN_PARTITION = re.compile(r"aws(?:-[a-z]+)*\Z")
_ARN_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}\Z", re.A)
_ACCOUNT = re.compile(r"\d{12}\Z", re.A)
_INTEGER = re.compile(r"[+-]?\d+\Z", re.A)
_FLOAT = re.compile(
    r"[+-]?(?:(?:\d(?:_?\d)*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)\Z", re.A | re.I
)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:\d\d)\Z", re.A
)
_DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)\Z", re.A)

_URL = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@\x00-\x20\x7f]*@)?"
    r"[^/?#:\x00-\x20\x7f][^/?#\x00-\x20\x7f]*(?:[/?#][^\x00-\x1f\x7f]*)?\Z"
)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.A | re.I)
_BOOLEANS = frozenset("1 t T TRUE true True 0 f F FALSE false False".split())


def arn(text: str) -> str:
    """Check an ARN; the empty text is not one."""
    if not text.startswith("arn:"):
        return "is not an ARN: it must start with arn:"
    parts = text.split(":", 5)
    if len(parts) < 6:
        return "is not an ARN: it needs six parts"
    partition, region, account, resource = parts[1], parts[3], parts[4], parts[5]
    if not _ARN_PARTITION.match(partition):
        return "is not an ARN: its partition is invalid"
    if region and not _ARN_REGION.match(region):
        return "is not an ARN: its region is invalid"
    if account and not _ARN_ACCOUNT.match(account):
        return "is not an ARN: its account id is invalid"
    return "" if resource else "is not an ARN: it names no resource"


def arn_loose(text: str) -> str:
    """Check only that a text has the parts of an ARN."""
    fine = text.startswith("arn:") and text.count(":") >= 5
    return "" if fine else "is not an ARN: it needs six parts"


def account_id(text: str) -> str:
    """Check an account id."""
    return "" if _ACCOUNT.match(text) else "is not an account id of 12 digits"


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    found = float(text)
    if found in (float("inf"), float("-inf")):
        raise ValueError("the number is too large")
    return found


def _json(text: str) -> object:
    """Read JSON as Go does: no NaN, no number beyond a double. Raise ValueError for others."""
    return json.loads(text, parse_constant=_no_constant, parse_float=_finite, parse_int=_finite)


def json_text(text: str) -> str:
    """Check JSON of any kind."""
    try:
        _json(text)
    except (ValueError, RecursionError):
        return "is not valid JSON"
    return ""


def json_object(text: str) -> str:
    """Check a JSON object, whose text may begin with white space."""
    try:
        found = _json(text)
    except (ValueError, RecursionError):
        return "is not valid JSON"
    return "" if isinstance(found, dict) else "is not a JSON object"


def _once(pairs: list[tuple[str, object]]) -> object:
    """Refuse an object that says a key twice."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def iam_policy(text: str) -> str:
    """Check an IAM policy: a JSON object from the first character on, no key twice."""
    if not text.startswith("{"):
        return "is not a JSON policy: it must start with {"
    try:
        _json(text)
        json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return "is not a JSON policy: it is no valid JSON, or a key is there twice"
    return ""


def policy(text: str) -> str:
    """Check a JSON object in which no key is there twice; white space may come first."""
    return iam_policy(text.lstrip(" \t\r\n"))


def json_list(text: str) -> str:
    """Check a JSON list of objects."""
    try:
        found = _json(text)
    except (ValueError, RecursionError):
        return "is not valid JSON"
    fine = isinstance(found, list) and all(isinstance(item, dict) for item in found)
    return "" if fine else "is not a JSON list of objects"


def boolean(text: str) -> str:
    """Check a truth value written as text."""
    return "" if text in _BOOLEANS else "is not true or false"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an IP address as Go does: no zone, and ::ffff:10.0.0.1 is an IPv4 address."""
    if "%" in text:
        return None
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def ipv4(text: str) -> str:
    """Check an IPv4 address."""
    found = _address(text)
    return "" if found and found.version == 4 else "is not an IPv4 address"


def ipv6(text: str) -> str:
    """Check an IPv6 address."""
    found = _address(text)
    return "" if found and found.version == 6 else "is not an IPv6 address"


def ip(text: str) -> str:
    """Check an IP address of either kind."""
    return "" if _address(text) else "is not an IP address"


def _network(text: str) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface | None:
    """Read address/length in CIDR notation; Go lets the length begin with zeros."""
    address, _, length = text.partition("/")
    if not (length.isascii() and length.isdigit() and len(length) < 8) or "%" in address:
        return None
    try:
        found = ipaddress.ip_interface(f"{address}/{int(length)}")
    except ValueError:
        return None
    mapped = getattr(found.ip, "ipv4_mapped", None)
    if mapped is None or int(length) < 96:
        return found
    return ipaddress.IPv4Interface(f"{mapped}/{int(length) - 96}")


def cidr(text: str) -> str:
    """Check a CIDR block of either kind, host bits allowed."""
    return "" if _network(text) else "is not a CIDR block"


def ipv4_cidr(text: str) -> str:
    """Check an IPv4 CIDR block, host bits allowed."""
    found = _network(text)
    return "" if found and found.version == 4 else "is not an IPv4 CIDR block"


def ipv6_cidr(text: str) -> str:
    """Check an IPv6 CIDR block, host bits allowed."""
    found = _network(text)
    return "" if found and found.version == 6 else "is not an IPv6 CIDR block"


def cidr_network(text: str) -> str:
    """Check a CIDR block of either kind that has no host bits."""
    found = _network(text)
    if not found:
        return "is not a CIDR block"
    return _host_bits(found)


def _host_bits(found: ipaddress.IPv4Interface | ipaddress.IPv6Interface) -> str:
    if found.ip == found.network.network_address:
        return ""
    return f"has host bits set (the network is {found.network})"


def ipv4_cidr_network(text: str) -> str:
    """Check an IPv4 CIDR block that has no host bits."""
    found = _network(text)
    return _host_bits(found) if found and found.version == 4 else "is not an IPv4 CIDR block"


def ipv6_cidr_network(text: str) -> str:
    """Check an IPv6 CIDR block that has no host bits."""
    found = _network(text)
    return _host_bits(found) if found and found.version == 6 else "is not an IPv6 CIDR block"


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def rfc3339(text: str) -> str:
    """Check an RFC 3339 time such as 2026-01-31T12:00:00Z."""
    found = _TIME.match(text)
    if not found:
        return "is not an RFC 3339 time"
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fine = 1 <= month <= 12 and 1 <= day <= _days_in(year, month)
    zone = found.group(7)
    if zone != "Z":
        fine = fine and int(zone[1:3]) <= 24 and int(zone[4:6]) <= 60
    fine = fine and hour < 24 and minute < 60 and second < 60
    return "" if fine else "is not an RFC 3339 time"


def utc_time(text: str) -> str:
    """Check an RFC 3339 time that ends with Z."""
    return rfc3339(text) or ("" if text.endswith("Z") else "must end with Z")


def date(text: str) -> str:
    """Check a date such as 2026-01-31."""
    return "is not a date such as 2026-01-31" if rfc3339(text + "T00:00:00Z") else ""


def uuid(text: str) -> str:
    """Check a UUID in any case."""
    return "" if _UUID.match(text) else "is not a UUID"


def pattern(text: str) -> str:
    """Check a regular expression, as far as Python's are like Go's; long ones pass."""
    if len(text) > 2000:
        return ""
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return "is not a regular expression"
    return ""


def duration(text: str) -> str:
    """Check a Go duration such as 1h30m."""
    return "" if _DURATION.match(text) else "is not a duration such as 1h30m"


def duration_positive(text: str) -> str:
    """Check a Go duration that is not below zero."""
    return duration(text) or ("must not be below zero" if text.startswith("-") else "")


def base64_text(text: str) -> str:
    """Check padded standard base64; line breaks are skipped."""
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return "is not base64"
    return ""


def base64_loose(text: str) -> str:
    """Check base64 whose padding is right; a final line break counts as text."""
    return base64_text(text) or ("is not base64" if "\n" in text else "")


def integer(text: str) -> str:
    """Check a whole number written as text."""
    fine = _INTEGER.match(text) and len(text) < 24 and -(2**63) <= int(text) < 2**63
    return "" if fine else "is not a whole number"


def integer_between(text: str, least: int | None, most: int | None) -> str:
    """Check a whole number written as text, and its size."""
    wrong = integer(text)
    if wrong:
        return wrong
    if least is not None and int(text) < least:
        return f"must be at least {least}"
    return f"must be at most {most}" if most is not None and int(text) > most else ""


def cidr_bits(text: str, least: int, most: int) -> str:
    """Check a CIDR block without host bits whose prefix length lies in a range."""
    wrong = cidr_network(text)
    if wrong:
        return wrong
    fine = least <= int(text.rpartition("/")[2]) <= most
    return "" if fine else f"must have a prefix length from {least} to {most}"


def url(text: str, schemes: Sequence[str]) -> str:
    """Check an absolute URL with a host, of one of some schemes (of any where none is named)."""
    found = _URL.match(text)
    if not found or _BAD_ESCAPE.search(text):
        return "is not a URL with a host"
    if schemes and found.group(1).lower() not in schemes:
        return f"is not a URL that starts with {' or '.join(s + '://' for s in schemes)}"
    return ""


def number(text: str) -> str:
    """Check a number written as text."""
    return "" if _FLOAT.match(text) else "is not a number"


FORMATS: Mapping[str, Callable[..., str]] = {
    "arn": arn,
    "arn_loose": arn_loose,
    "account_id": account_id,
    "iam_policy": iam_policy,
    "policy": policy,
    "json_list": json_list,
    "date": date,
    "utc_time": utc_time,
    "uuid": uuid,
    "pattern": pattern,
    "boolean": boolean,
    "duration_positive": duration_positive,
    "base64_loose": base64_loose,
    "integer_between": integer_between,
    "cidr_bits": cidr_bits,
    "url": url,
    "json": json_text,
    "json_object": json_object,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "ip": ip,
    "cidr": cidr,
    "ipv4_cidr": ipv4_cidr,
    "ipv6_cidr": ipv6_cidr,
    "cidr_network": cidr_network,
    "ipv4_cidr_network": ipv4_cidr_network,
    "ipv6_cidr_network": ipv6_cidr_network,
    "rfc3339": rfc3339,
    "duration": duration,
    "base64": base64_text,
    "integer": integer,
    "number": number,
}
