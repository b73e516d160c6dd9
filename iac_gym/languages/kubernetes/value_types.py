"""The types of single values as the API server decodes them from JSON."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from iac_gym.languages.kubernetes.quantity import parse_quantity

_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?"
    r"(?:Z|[-+](?:[01][0-9]|2[0-4]):[0-5][0-9])"
)


def is_int32(value: Any) -> bool:
    """Whether the value is a whole number of 32 bits."""
    return value.__class__ is int and -(2**31) <= value < 2**31


def is_int64(value: Any) -> bool:
    """Whether the value is a whole number of 64 bits."""
    return value.__class__ is int and -(2**63) <= value < 2**63


def is_number(value: Any) -> bool:
    """Whether the value is a number (a boolean is none)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_base64(value: Any) -> bool:
    """Whether the value is text in standard base64 with padding; line ends are ignored."""
    if not isinstance(value, str):
        return False
    return _BASE64.fullmatch(value.replace("\n", "").replace("\r", "")) is not None


def is_time(value: Any) -> bool:
    """Whether the value is a time by RFC 3339, with a date that exists."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    try:
        datetime.date(*map(int, found.groups()))
    except ValueError:
        return False
    return True


#: Type code of the data pack -> (what it is called, whether a value has it).
VALUE_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "s": ("a text", lambda value: isinstance(value, str)),
    "b": ("a boolean", lambda value: isinstance(value, bool)),
    "i": ("a whole number of 32 bits", is_int32),
    "l": ("a whole number of 64 bits", is_int64),
    "n": ("a number", is_number),
    "q": ("a quantity such as 500m or 1Gi", lambda value: parse_quantity(value) is not None),
    "p": (
        "a whole number of 32 bits or a text",
        lambda value: isinstance(value, str) or is_int32(value),
    ),
    "y": ("a text in base64", is_base64),
    "t": ("a time such as 2026-01-31T12:00:00Z", is_time),
    "o": ("a mapping", lambda value: isinstance(value, dict)),
    "x": ("anything", lambda value: True),
}


def say_value(value: Any) -> str:
    """Name a value's type, and the value where it is short."""
    if isinstance(value, str):
        return f'the text "{value}"' if len(value) <= 30 else "a longer text"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int):
        return f"the number {value}" if abs(value) < 10**30 else "a number that large"
    if isinstance(value, float):
        return f"the number {value}"
    if value is None:
        return "null"
    return "a mapping" if isinstance(value, dict) else "a list"


def type_hint(wanted: str, value: Any) -> str:
    """Say how to write the value as the wanted type, where that is plain to see."""
    if wanted == "a text":
        return "put it in quotes" if isinstance(value, (bool, int, float)) else ""
    if isinstance(value, str):
        numeric = "number" in wanted and value.lstrip("+-").isdecimal()
        if numeric or (wanted == "a boolean" and value in ("true", "false")):
            return "leave out the quotes"
    if wanted == "a list":
        return "put `- ` before " + ("its first key" if isinstance(value, dict) else "each item")
    return ""
