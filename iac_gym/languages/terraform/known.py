"""What is known of a value: rules about security speak about known values only."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.languages.terraform.values import Unknown, Value


def flat(values: Iterable[Value]) -> list[Value]:
    """Write out lists in a list of values; nulls are dropped."""
    out: list[Value] = []
    for value in values:
        if isinstance(value, list):
            out += flat(value)
        elif value is not None:
            out.append(value)
    return out


def is_true(value: Value) -> bool:
    """Whether a value is true, as Terraform converts it."""
    return value is True or value == "true"


def is_false(value: Value) -> bool:
    """Whether a value is false, as Terraform converts it."""
    return value is False or value == "false"


def is_unknown(value: Value) -> bool:
    """Whether only the apply will show what a value is."""
    return isinstance(value, Unknown)


def text_of(value: Value) -> str:
    """Return a known string, "" for anything else."""
    return value if isinstance(value, str) else ""


def texts_of(value: Value) -> list[str]:
    """Return the known strings of a string or a list (of lists)."""
    return [item for item in flat([value]) if isinstance(item, str)]


def number_of(value: Value, default: int) -> int:
    """Return a known whole number, also one written as a string; else the default."""
    if isinstance(value, bool):
        return default
    if isinstance(value, str):
        written = value.isascii() and value.removeprefix("-").isdecimal() and len(value) < 9
        return int(value) if written else default
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, float) and abs(value) < 1e9 else default
