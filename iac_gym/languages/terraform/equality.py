"""When values are equal: in type and in content.

Source: https://developer.hashicorp.com/terraform/language/expressions/operators#equality-operators
"""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.languages.terraform.kinds import has_any, type_of
from iac_gym.languages.terraform.precise import Precise, is_number, same_number
from iac_gym.languages.terraform.unification import convertible
from iac_gym.languages.terraform.values import Encoded, Joined, Unknown, Value


def equal(one: Value, other: Value) -> bool | None:
    """Say whether two values are equal in type and content; None where that is not known."""
    if one is None or other is None:
        return _equal_null(one, other)
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _equal_unknown(one, other)
    if not isinstance(one, (list, dict)):
        if isinstance(other, (list, dict)):
            return False
        if isinstance(one, Precise) or isinstance(other, Precise):
            return is_number(one) and is_number(other) and same_number(one, other)
        return type_of(one) == type_of(other) and bool(one == other)
    mine, theirs = type_of(one), type_of(other)
    if mine != theirs:
        open_types = has_any(mine) or has_any(theirs)
        if not open_types or not (convertible(mine, theirs) and convertible(theirs, mine)):
            return False
    return _equal_parts(one, other)


def _equal_null(one: Value, other: Value) -> bool | None:
    value = other if one is None else one
    if isinstance(value, Unknown):
        return False if isinstance(value, (Joined, Encoded)) else None
    return value is None


def _equal_unknown(one: Value, other: Value) -> bool | None:
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return None
    known, unknown = (other, one) if isinstance(one, Unknown) else (one, other)
    if has_any(unknown.type):
        return None
    if type_of(known) != unknown.type:
        return False
    prefix = unknown.parts[0] if isinstance(unknown, Joined) else ""
    if prefix and isinstance(prefix, str) and not known.startswith(prefix[:-1]):
        return False
    return None


def _equal_parts(one: Value, other: Value) -> bool | None:
    if len(one) != len(other) or isinstance(one, dict) != isinstance(other, dict):
        return False
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return False
        pairs: Iterable[tuple[Value, Value]] = [(one[key], other[key]) for key in one]
    else:
        pairs = zip(one, other, strict=True)
    for mine, theirs in pairs:
        same = equal(mine, theirs)
        if same is not True:
            return same
    return True
