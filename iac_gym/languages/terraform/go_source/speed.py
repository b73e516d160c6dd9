"""Tell which patterns a hostile text could make slow: those with repeats that share their text."""

from __future__ import annotations

import importlib
import re
from typing import Any

from iac_gym.languages.terraform.go_source.simplify import Rule

LONGEST = 512


def quick_pattern(rule: Rule) -> Rule | None:
    """Return a pattern's rule that is checked quickly on any text, None where there is none.

    A pattern that may need many tries is for texts of at most `LONGEST` bytes only.
    """
    items = _parsed(rule[1])
    tries = _tries(items)[0]
    if _slow(items) or tries > 1:
        return None
    anchored = rule[1].startswith(("^", "\\A", "(?i)^"))
    if tries or (not anchored and _long(items)):
        return ["any", ["length", LONGEST + 1, None], rule]
    return rule


def _tries(items: Any, open_signs: frozenset[int] = frozenset()) -> tuple[int, frozenset[int]]:
    """Count the repeats that may share text with one before them; also return the open signs."""
    count = 0
    for code, argument in items:
        name = str(code)
        if name in _REPEATS and int(argument[1]) > _MANY:
            signs = frozenset(_all_signs(argument[2]))
            count += bool(signs & open_signs)
            open_signs |= signs
        elif name == "BRANCH":
            ways = [_tries(way, open_signs) for way in argument[1]]
            count += max(way[0] for way in ways)
            open_signs = open_signs.union(*(way[1] for way in ways))
        elif name in ("LITERAL", "IN", "NOT_LITERAL") and not (_signs(name, argument) & open_signs):
            open_signs = frozenset()
        else:
            for part in _parts(name, argument):
                more, open_signs = _tries(part, open_signs)
                count += more
    return count, open_signs


def _long(items: Any) -> bool:
    """Tell whether a pattern has a repeat that may take much text."""
    return any(
        (str(code) in _REPEATS and int(argument[1]) > _MANY)
        or any(_long(part) for part in _parts(str(code), argument))
        for code, argument in items
    )


def _parsed(pattern: str) -> Any:
    parser = importlib.import_module("re._parser")
    return parser.parse(pattern, re.ASCII)


def _slow(items: Any) -> bool:
    """Tell whether a repeat within a repeat may take very long on some text.

    It cannot where each round of the outer repeat has a sign that no inner repeat may take.
    """
    for code, argument in items:
        name = str(code)
        if name in _REPEATS:
            _, most, inner = argument
            if int(most) > 1 and not _separated(inner):
                return True
        if any(_slow(part) for part in _parts(name, argument)):
            return True
    return False


_MANY = 10
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


def _parts(name: str, argument: Any) -> list[Any]:
    """Return the sequences inside an item of a pattern."""
    if name in _REPEATS:
        return [argument[2]]
    if name == "BRANCH":
        return list(argument[1])
    if name == "SUBPATTERN":
        return [argument[-1]]
    return [argument[1]] if name in ("ASSERT", "ASSERT_NOT") else []


def _separated(items: Any) -> bool:
    """Tell whether a round of a repeat over these items can be taken in one way only."""
    repeated: set[int] = set()
    for signs in _repeated_signs(items):
        repeated |= signs
    return not repeated or any(
        not (_signs(str(code), argument) & repeated) for code, argument in _flat(items)
    )


def _flat(items: Any) -> list[tuple[Any, Any]]:
    """Return the single signs that each round has, also those in groups."""
    found: list[tuple[Any, Any]] = []
    for code, argument in items:
        if str(code) == "SUBPATTERN":
            found += _flat(argument[-1])
        elif str(code) in ("LITERAL", "IN", "NOT_LITERAL"):
            found.append((code, argument))
    return found


def _repeated_signs(items: Any) -> list[set[int]]:
    """Return the signs that repeats of no fixed number may take, and those of alternatives."""
    found: list[set[int]] = []
    for code, argument in items:
        name = str(code)
        if name in _REPEATS and argument[0] != argument[1]:
            found.append(_all_signs(argument[2]))
        else:
            for part in _parts(name, argument):
                found += _repeated_signs(part)
    return found


def _all_signs(items: Any) -> set[int]:
    found: set[int] = set()
    for code, argument in items:
        found |= _signs(str(code), argument)
        for part in _parts(str(code), argument):
            found |= _all_signs(part)
    return found


_EVERY = frozenset(range(257))
_CATEGORIES = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_WORD": "0-9A-Za-z_",
    "CATEGORY_SPACE": r"\s",
}


def _signs(name: str, argument: Any) -> frozenset[int]:
    """Return the signs an item takes; 256 stands for all beyond Latin-1."""
    if name == "LITERAL":
        return frozenset({min(argument, 256)})
    if name == "NOT_LITERAL":
        return _EVERY - {argument}
    if name == "ANY":
        return _EVERY
    if name != "IN":
        return frozenset()
    found: set[int] = set()
    for code, value in argument:
        found |= _class_signs(str(code), value)
    negated = bool(argument) and str(argument[0][0]) == "NEGATE"
    return _EVERY - found if negated else frozenset(found)


def _class_signs(code: str, value: Any) -> set[int]:
    if code == "LITERAL":
        return {min(value, 256)}
    if code == "RANGE":
        return {min(sign, 256) for sign in range(value[0], min(value[1], 256) + 1)}
    if code == "CATEGORY":
        name = str(value).replace("_NOT_", "_")
        signs = {n for n in range(256) if re.match(f"[{_CATEGORIES[name]}]", chr(n), re.ASCII)}
        return set(_EVERY) - signs if "_NOT_" in str(value) else signs
    return set()
