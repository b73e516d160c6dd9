"""Which conditions of `when` always or never hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iac_gym.languages.jenkins.values import is_known


def may_hold(name: str, args: Mapping[str, Any], children: Sequence[bool | None]) -> bool | None:
    """Return True or False where a condition always or never holds, None where it depends."""
    if name == "allOf":
        return _all(children)
    if name == "anyOf":
        opposite = _all([None if one is None else not one for one in children])
        return None if opposite is None else not opposite
    if name == "not":
        return None if not children or children[0] is None else not children[0]
    if name == "equals":
        return _equal(args)
    if name == "expression":
        value = args.get("expression")
        return value if isinstance(value, bool) else None
    return None


def _all(children: Sequence[bool | None]) -> bool | None:
    if any(one is False for one in children):
        return False
    return True if children and all(one is True for one in children) else None


def _equal(args: Mapping[str, Any]) -> bool | None:
    if "expected" not in args or "actual" not in args:
        return None
    expected, actual = args["expected"], args["actual"]
    if not is_known(expected) or not is_known(actual):
        return None
    return type(expected) is type(actual) and bool(expected == actual)
