"""The functions that rules in CEL may call, by name; a method's target is the first argument."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from urllib.parse import SplitResult, urlsplit

from iac_gym.languages.kubernetes.quantity import parse_duration, parse_quantity

#: Longer texts are not matched: some patterns take a time that grows with the square.
_LONGEST = 1024


def _matches(text: str, pattern: str) -> bool:
    if not isinstance(text, str):
        raise TypeError("not a text")
    if len(text) > _LONGEST:
        return True
    return re.search(pattern, text, re.ASCII) is not None


def _duration(text: str) -> Fraction:
    found = parse_duration(text)
    if found is None:
        raise ValueError("not a duration")
    return found


def _quantity(text: Any) -> Fraction:
    found = parse_quantity(text)
    if found is None:
        raise ValueError("not a quantity")
    return found


def _url(text: str) -> SplitResult:
    found = urlsplit(text)
    if not found.scheme and not text.startswith("/"):
        raise ValueError("not a URL")
    return found


def _holds(function: Callable[[Any], Any]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        try:
            function(value)
        except (ValueError, TypeError):
            return False
        return True

    return check


def _substring(text: str, start: int, end: int | None = None) -> str:
    last = len(text) if end is None else end
    if not 0 <= start <= last <= len(text):
        raise ValueError("no such part")
    return text[start:last]


def _index(text: str, part: str) -> int:
    return text.find(part)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "size": len,
    "contains": lambda text, part: part in text,
    "startsWith": lambda text, part: text[: len(part)] == part,
    "endsWith": lambda text, part: text.endswith(part),
    "matches": _matches,
    "duration": _duration,
    "quantity": _quantity,
    "isQuantity": _holds(_quantity),
    "compareTo": lambda left, right: (left > right) - (left < right),
    "isGreaterThan": lambda left, right: left > right,
    "isLessThan": lambda left, right: left < right,
    "url": _url,
    "isURL": _holds(_url),
    "getScheme": lambda url: url.scheme,
    "getHost": lambda url: url.netloc,
    "getHostname": lambda url: url.hostname or "",
    "getPort": lambda url: str(url.port or ""),
    "getEscapedPath": lambda url: url.path,
    "isIP": _holds(lambda text: ipaddress.ip_address(text[:64])),
    "isCIDR": _holds(lambda text: ipaddress.ip_network(text[:64], strict=False)),
    "int": int,
    "double": float,
    "string": str,
    "split": lambda text, mark: text.split(mark),
    "join": lambda texts, mark="": mark.join(texts),
    "lowerAscii": lambda text: text.lower(),
    "upperAscii": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "replace": lambda text, old, new: text.replace(old, new),
    "substring": _substring,
    "indexOf": _index,
    "lastIndexOf": lambda text, part: text.rfind(part),
    "sum": sum,
    "min": min,
    "max": max,
    "isSorted": lambda items: items == sorted(items),
    "getHours": lambda duration: int(duration // 3600),
    "getMinutes": lambda duration: int(duration // 60),
    "getSeconds": lambda duration: int(duration),
}
