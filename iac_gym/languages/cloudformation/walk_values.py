"""Checks of values that are no collections: types, words, patterns, lengths, ranges, formats.

CloudFormation keeps scalars as text and turns them into what a property needs, so `"5"` is a
number, `5` a text, and `"true"` a boolean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from iac_gym.languages.cloudformation.formats import FORMATS
from iac_gym.languages.cloudformation.walk_base import PSEUDO

#: Returns (keyword, its value) of what is wrong, None if nothing is.
Test = Callable[[Any], tuple[str, Any] | None]

BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
#: Longer texts are not held against patterns: time would grow with the square of the length.
_LONGEST = 1_024
_DYNAMIC = re.compile(r"\{\{\s*resolve\s*:.+\}\}", re.DOTALL)


def is_exempt(text: str) -> bool:
    """Whether a text stands for a value that is looked up later: `{{resolve:...}}`."""
    return ("{{" in text and _DYNAMIC.search(text) is not None) or text in PSEUDO


def fits(value: Any, kinds: str) -> bool:
    """Whether a value that is no collection can become one of the types."""
    if value is None:
        return True
    kind = value.__class__
    if "s" in kinds:
        return True
    if kind is bool:
        return "b" in kinds
    if kind is int or kind is float:
        return "i" in kinds or "n" in kinds
    return (
        ("b" in kinds and value in BOOLEANS)
        or ("i" in kinds and _reads(int, value))
        or ("n" in kinds and _reads(float, value))
    )


def _reads(kind: type[int] | type[float], text: str) -> bool:
    if len(text) > 300:
        return False
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _number(value: Any) -> float | int | None:
    if value.__class__ is bool or value is None:
        return None
    if value.__class__ is str:
        if len(value) > 300:
            return None
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) else None


@lru_cache(maxsize=8192)
def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern of the pack, once."""
    return re.compile(text)


def tests(schema: Mapping[str, Any]) -> list[Test]:
    """Return the tests of a schema for values that are no collections."""
    found = []
    for key, make in _MAKERS.items():
        if key in schema and (test := make(schema[key])):
            found.append(test)
    return found


_VERSION = re.compile(r"([0-9]+\.[0-9]+)\.[0-9]+")


def _enum(words: list[Any]) -> Test:
    texts = frozenset(_said(word) for word in words)
    texts |= _series(texts)
    numbers = [word for word in words if isinstance(word, (int, float))]

    def test(value: Any) -> tuple[str, Any] | None:
        if _said(value) in texts or (value.__class__ is float and value in numbers):
            return None
        return "enum", words

    return test


def _series(words: frozenset[str]) -> frozenset[str]:
    """Return the series of versions such as 8.0.36: the services take `8.0` for its newest one.

    cfn-lint refuses that; the documentation of CreateDBInstance and its command line allow it.
    """
    found = (_VERSION.fullmatch(word) for word in words)
    return frozenset(one[1] for one in found if one)


def _said(value: Any) -> str:
    """Write a value so that equal ones are the same: `True`, `true` and `"TRUE"`, 5 and "5"."""
    if value.__class__ is str:
        return str(value.lower()) if len(value) < 6 and value in BOOLEANS else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _enum_any_case(words: list[Any]) -> Test:
    texts = frozenset(str(word).lower() for word in words)

    def test(value: Any) -> tuple[str, Any] | None:
        return None if str(value).lower() in texts else ("enum", words)

    return test


def _const(word: Any) -> Test:
    if isinstance(word, (dict, list)):
        return lambda value: ("enum", [word])
    return _enum([word])


def _pattern(text: str) -> Test:
    search: list[Callable[[str], Any]] = []

    def test(value: Any) -> tuple[str, Any] | None:
        if not search:
            search.append(pattern(text).search)
        if value.__class__ is not str:
            if value is None:
                return None
            value = json.dumps(value)
        if len(value) > _LONGEST or search[0](value):
            return None
        return "pattern", text

    return test


def _shortest(least: int) -> Test:
    def test(value: Any) -> tuple[str, Any] | None:
        return ("minLength", least) if value.__class__ is str and len(value) < least else None

    return test


def _longest(most: int) -> Test:
    def test(value: Any) -> tuple[str, Any] | None:
        return ("maxLength", most) if value.__class__ is str and len(value) > most else None

    return test


def _bound(keyword: str, wrong: Callable[[float, float], bool]) -> Callable[[Any], Test]:
    def make(limit: Any) -> Test:
        def test(value: Any) -> tuple[str, Any] | None:
            number = _number(value)
            return (keyword, limit) if number is not None and wrong(number, limit) else None

        return test

    return make


def _is_no_multiple(number: float, step: float) -> bool:
    return bool(number % step) and abs(number) < 1e15


def _format(name: str) -> Test | None:
    holds = FORMATS.get(name)
    if holds is None:
        return None

    def test(value: Any) -> tuple[str, Any] | None:
        return ("format", name) if value.__class__ is str and not holds(value) else None

    return test


_MAKERS: dict[str, Callable[[Any], Test | None]] = {
    "e": _enum,
    "E": _enum_any_case,
    "c": _const,
    "x": _pattern,
    "l": _shortest,
    "L": _longest,
    "m": _bound("minimum", lambda number, limit: number < limit),
    "M": _bound("maximum", lambda number, limit: number > limit),
    "v": _bound("exclusiveMinimum", lambda number, limit: number <= limit),
    "V": _bound("exclusiveMaximum", lambda number, limit: number >= limit),
    "%": _bound("multipleOf", _is_no_multiple),
    "f": _format,
}
