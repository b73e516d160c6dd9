"""The forms of names, keys, ports and addresses that the API server knows, as predicates.

Source: apimachinery, `pkg/util/validation/validation.go`.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Any

#: Most short texts of each sort that are remembered: a training group sends the same often.
_MOST_KEPT = 2048

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_NAME_PART = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_PORT_NAME = re.compile(r"[-a-z0-9]+")
_HEADER = re.compile(r"[-A-Za-z0-9]+")
_ENV_NAME = re.compile(r"[ -<>-~]+")
_PERCENT = re.compile(r"([0-9]+)%")

LABEL_HINT = "lower-case letters, digits and '-', at most 63 characters"
SUBDOMAIN_HINT = "lower-case letters, digits, '-' and '.', beginning and ending with one of a-z0-9"


def is_label(text: str) -> bool:
    """Whether the text is a DNS label by RFC 1123."""
    return len(text) <= 63 and _is_label(text)


@lru_cache(maxsize=_MOST_KEPT)
def _is_label(text: str) -> bool:
    return _LABEL.fullmatch(text) is not None


def is_subdomain(text: str) -> bool:
    """Whether the text is a DNS subdomain by RFC 1123."""
    return len(text) <= 253 and _is_subdomain(text)


@lru_cache(maxsize=_MOST_KEPT)
def _is_subdomain(text: str) -> bool:
    return _SUBDOMAIN.fullmatch(text) is not None


def is_wildcard_subdomain(text: str) -> bool:
    """Whether the text is `*.` and a DNS subdomain."""
    return text.startswith("*.") and is_subdomain(text[2:]) and len(text) <= 253


def is_path_segment(text: str) -> bool:
    """Whether the text can be a segment of a URL path, as names of RBAC objects must."""
    return text not in (".", "..") and not any(sign in text for sign in "/%")


def is_qualified_name(text: str) -> bool:
    """Whether the text is the key of a label: a name, and before it perhaps `domain/`."""
    return len(text) <= 253 + 1 + 63 and _is_qualified_name(text)


@lru_cache(maxsize=_MOST_KEPT)
def _is_qualified_name(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    if slash and not is_subdomain(prefix):
        return False
    return len(name) <= 63 and _NAME_PART.fullmatch(name) is not None


def is_label_value(text: str) -> bool:
    """Whether the text is the value of a label; the empty one is."""
    return not text or (len(text) <= 63 and _is_qualified_name(text) and "/" not in text)


def is_config_key(text: str) -> bool:
    """Whether the text can be a key of a ConfigMap or Secret."""
    fits = len(text) <= 253 and _CONFIG_KEY.fullmatch(text) is not None
    return fits and text != "." and not text.startswith("..")


def is_port_name(text: str) -> bool:
    """Whether the text is a service name by IANA: at most 15 characters, one of them a letter."""
    fits = len(text) <= 15 and _PORT_NAME.fullmatch(text) is not None
    return fits and "--" not in text and text.strip("-") == text and text.upper() != text


def is_header_name(text: str) -> bool:
    """Whether the text can be the name of an HTTP header."""
    return _HEADER.fullmatch(text) is not None


def is_env_name(text: str) -> bool:
    """Whether the text can name an environment variable: printable ASCII without `=`."""
    return _ENV_NAME.fullmatch(text) is not None


def is_port(number: int) -> bool:
    """Whether the number is a port."""
    return 1 <= number <= 65535


def port_problem(port: Any) -> str:
    """Say what is wrong with a port that may be a number or a name, '' if nothing is."""
    if isinstance(port, bool):
        return ""
    if isinstance(port, int):
        return "" if is_port(port) else f"port {port} is not between 1 and 65535"
    if isinstance(port, str) and not is_port_name(port):
        hint = "; a number is written without quotes" if port.isdigit() else ""
        return f"`{port}` is not a port name (a-z, 0-9 and '-', with a letter, at most 15){hint}"
    return ""


def percent(value: Any) -> int | None:
    """Return N of the text `N%`, None for anything else."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return int(found[1][-9:]) if found else None


def is_ip(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address, without a zone and not one inside the other."""
    if ":" not in text and not text[:1].isdigit():
        return False  # at once, since to find it out the other way is slow
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text and not _is_mapped(address)


def _is_mapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None


def network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return the network of a CIDR, None if it is none.

    Since Kubernetes 1.36 the bits behind the prefix must be 0.
    """
    if not isinstance(text, str) or "/" not in text or "%" in text:
        return None
    length = text.rpartition("/")[2]
    if not length.isdecimal() or (length != "0" and length.startswith("0")):
        return None
    try:
        found = ipaddress.ip_network(text)
    except ValueError:
        return None
    return None if _is_mapped(found.network_address) else found
