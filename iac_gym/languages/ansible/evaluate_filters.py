"""Filters and tests of Jinja and Ansible that the evaluation knows by heart."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from iac_gym.languages.ansible.evaluate_values import UNKNOWN

_MOST = 10_000
TRUE_WORDS = frozenset(("y", "yes", "on", "1", "true", "t", 1, True))
FALSE_WORDS = frozenset(("n", "no", "off", "0", "false", "f", 0, False))


def as_bool(value: Any) -> Any:
    """Convert as the filter `bool` does."""
    word = value.lower().strip() if isinstance(value, str) else value
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS or word is None else UNKNOWN


def _whole(value: Any, default: int = 0, base: int = 10) -> Any:
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except ValueError:
        try:
            return int(float(value))
        except (ValueError, OverflowError):
            return default


def _bounded(text: str) -> Any:
    return text if len(text) <= _MOST else UNKNOWN


def _members(value: Any) -> list[Any]:
    return list(value) if not isinstance(value, Mapping) else list(value.keys())


def _unique(value: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for one in list(value)[:500]:
        if one not in found:
            found.append(one)
    return found


def _flatten(value: Any, levels: int | None = None, depth: int = 0) -> Any:
    found: list[Any] = []
    if depth > 20:
        return UNKNOWN
    for one in value:
        if one.__class__ is not str and isinstance(one, (list, tuple)) and levels != 0:
            found += _flatten(one, None if levels is None else levels - 1, depth + 1)
        elif one is not None:
            found.append(one)
    return found


def _attribute(item: Any, path: str) -> Any:
    for step in str(path).split("."):
        item = item[int(step)] if step.isdecimal() and isinstance(item, list) else item[step]
    return item


def _map(value: Any, *names: Any, attribute: Any = None, **more: Any) -> Any:
    if attribute is not None and not names:
        return [_attribute(item, attribute) for item in value]
    run = FILTERS.get(names[0]) if names else None
    return UNKNOWN if run is None else [run(item, *names[1:], **more) for item in value]


def _select(value: Any, *names: Any, keep: bool = True) -> Any:
    run = TESTS.get(names[0]) if names else bool
    return UNKNOWN if run is None else [v for v in value if run(v, *names[1:]) is keep]


def _select_by(value: Any, attribute: str, *names: Any, keep: bool = True) -> Any:
    run = TESTS.get(names[0]) if names else bool
    if run is None:
        return UNKNOWN
    return [v for v in value if bool(run(_attribute(v, attribute), *names[1:])) is keep]


def _combine(first: Any, *others: Any, recursive: bool = False, **more: Any) -> Any:
    if recursive or more:
        return UNKNOWN
    made = dict(first)
    for other in others:
        made |= other
    return made


def _ternary(value: Any, yes: Any, no: Any, none: Any = None) -> Any:
    if value is None and none is not None:
        return none
    return yes if value else no


def _items(value: Any, key_name: str = "key", value_name: str = "value") -> Any:
    return [{key_name: key, value_name: one} for key, one in value.items()]


def _from_items(value: Any, key_name: str = "key", value_name: str = "value") -> Any:
    return {item[key_name]: item[value_name] for item in value}


def _joined(value: Any, separator: str = "", attribute: Any = None) -> Any:
    items = value if attribute is None else [_attribute(item, attribute) for item in value]
    return _bounded(str(separator).join([str(item) for item in items]))


FILTERS: dict[str, Callable[..., Any]] = {
    "lower": lambda v: str(v).lower(),
    "upper": lambda v: str(v).upper(),
    "capitalize": lambda v: str(v).capitalize(),
    "title": lambda v: str(v).title(),
    "trim": lambda v, chars=None: str(v).strip(chars),
    "string": str,
    "int": _whole,
    "float": lambda v, default=0.0: float(v),
    "bool": as_bool,
    "abs": abs,
    "round": lambda v, places=0: round(v, places),
    "length": len,
    "count": len,
    "list": _members,
    "first": lambda v: _members(v)[0],
    "last": lambda v: _members(v)[-1],
    "min": min,
    "max": max,
    "sum": sum,
    "sort": lambda v: sorted(v),
    "reverse": lambda v: list(reversed(v)) if not isinstance(v, str) else v[::-1],
    "unique": _unique,
    "flatten": _flatten,
    "union": lambda v, other: _unique([*v, *other]),
    "intersect": lambda v, other: [one for one in _unique(v) if one in other],
    "difference": lambda v, other: [one for one in _unique(v) if one not in other],
    "zip": lambda v, *other: [list(pair) for pair in zip(v, *other, strict=False)],
    "join": _joined,
    "replace": lambda v, old, new: _bounded(str(v).replace(str(old), str(new))),
    "split": lambda v, separator=None: str(v).split(separator),
    "basename": posixpath.basename,
    "dirname": posixpath.dirname,
    "ternary": _ternary,
    "combine": _combine,
    "dict2items": _items,
    "items2dict": _from_items,
    "items": lambda v: [list(pair) for pair in v.items()],
    "map": _map,
    "select": _select,
    "reject": lambda v, *names: _select(v, *names, keep=False),
    "selectattr": _select_by,
    "rejectattr": lambda v, *names: _select_by(v, *names, keep=False),
    "quote": lambda v: v if re.fullmatch(r"[\w@%+=:,./-]+", str(v)) else UNKNOWN,
}
TESTS: dict[str, Callable[..., Any]] = {
    "none": lambda v: v is None,
    "string": lambda v: isinstance(v, str),
    "number": lambda v: isinstance(v, (int, float)),
    "integer": lambda v: type(v) is int,
    "boolean": lambda v: isinstance(v, bool),
    "mapping": lambda v: isinstance(v, Mapping),
    "sequence": lambda v: isinstance(v, (str, list, tuple, Mapping)),
    "iterable": lambda v: isinstance(v, (str, list, tuple, Mapping)),
    "true": lambda v: v is True,
    "false": lambda v: v is False,
    "truthy": bool,
    "falsy": lambda v: not v,
    "even": lambda v: v % 2 == 0,
    "odd": lambda v: v % 2 == 1,
    "in": lambda v, holder: v in holder,
    "contains": lambda v, one: one in v,
    "all": all,
    "any": any,
    "match": lambda v, pattern: _found(pattern, v, "match"),
    "search": lambda v, pattern: _found(pattern, v, "search"),
    "eq": lambda v, other: v == other,
    "equalto": lambda v, other: v == other,
    "==": lambda v, other: v == other,
    "ne": lambda v, other: v != other,
    "!=": lambda v, other: v != other,
    "lt": lambda v, other: v < other,
    "le": lambda v, other: v <= other,
    "gt": lambda v, other: v > other,
    "ge": lambda v, other: v >= other,
    "version": lambda v, other, sign="==", **more: _version(v, other, sign),
}
_PLAIN_PATTERN = re.compile(r"\^?(?:[\w ./:-]|\\\.)*\$?")


def _found(pattern: Any, text: Any, how: str) -> Any:
    """Search a simple pattern; others may take for ever."""
    if not _PLAIN_PATTERN.fullmatch(str(pattern)):
        return UNKNOWN
    return getattr(re, how)(str(pattern), str(text)) is not None


def _version(left: Any, right: Any, sign: str) -> Any:
    parts = [[int(part) for part in str(one).split(".")] for one in (left, right)]
    size = max(len(part) for part in parts)
    one, other = (part + [0] * (size - len(part)) for part in parts)
    signs = {"==": one == other, "eq": one == other, "!=": one != other, "ne": one != other}
    signs |= {"<": one < other, "lt": one < other, ">": one > other, "gt": one > other}
    signs |= {"<=": one <= other, "le": one <= other, ">=": one >= other, "ge": one >= other}
    return signs.get(sign, UNKNOWN)
