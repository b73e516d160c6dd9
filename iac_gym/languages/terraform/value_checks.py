"""The kinds of value rules, and the check of one value against one rule.

In a pack a rule is a list `[kind, argument, ...]`:

| kind | arguments | holds for |
|---|---|---|
| `enum`, `enum_nocase` | list of values | one of them; `enum_nocase`: in any case |
| `none_of` | list of values | none of them |
| `range` | least or null, most or null | a number between them, ends included |
| `above` | n | a number greater than n |
| `multiple` | n | a number divisible by n |
| `length`, `chars` | least or null, most or null | length in bytes of UTF-8, in characters |
| `count` | least or null, most or null | number of items of a list, set or map |
| `never` | | nothing: the attribute must not be set |
| `required` | | any value but null; told to whoever walks the tree, never broken by a value |
| `unique` | | a list without equal items |
| `pattern`, `no_pattern` | regular expression[, message] | text in which it is (not) found |
| `format` | name of a format of `value_formats`[, arguments] | text of that format |
| `any` | rules | one of the rules holds |
| `all` | rules | all of the rules hold (inside `any`) |

Patterns are searched as Go's `MatchString` does, so they carry `^` and `\\Z` where they need them;
classes such as `\\d` are ASCII only. A rule says nothing about a value of another type, about null
and about a value that is not known: those checks are others'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.languages.terraform.value_formats import FORMATS
from iac_gym.languages.terraform.values import Value


class Rule(NamedTuple):
    """One rule: its kind, and the arguments as the check of that kind wants them."""

    kind: str
    args: tuple[Any, ...]


def rule_from(data: Sequence[Any]) -> Rule:
    """Read a rule from a pack."""
    kind, *args = data
    return Rule(kind, _READERS.get(kind, tuple)(args))


def check_value(rule: Rule, value: Value) -> str:
    """Say what is wrong with a value, "" where nothing is. Any value may be given."""
    return _CHECKS[rule.kind](value, rule.args)


def _read_enum(args: Sequence[Any]) -> tuple[Any, ...]:
    return (tuple(args[0]), frozenset(args[0]))


def _read_enum_nocase(args: Sequence[Any]) -> tuple[Any, ...]:
    return (tuple(args[0]), frozenset(value.casefold() for value in args[0]))


def _read_rules(args: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(rule_from(rule) for rule in args)


def _read_pattern(args: Sequence[Any]) -> tuple[Any, ...]:
    return (args[0], args[1] if len(args) > 1 else "")


_READERS: Mapping[str, Callable[[Sequence[Any]], tuple[Any, ...]]] = {
    "enum": _read_enum,
    "none_of": _read_enum,
    "enum_nocase": _read_enum_nocase,
    "any": _read_rules,
    "all": _read_rules,
    "pattern": _read_pattern,
    "no_pattern": _read_pattern,
}


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed."""
    return re.compile(pattern, re.ASCII)


def _shown(value: str) -> str:
    """Quote a value for a message, cut where it is long."""
    return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'


def _listed(values: Sequence[Any]) -> str:
    """List allowed values for a message, cut where there are many."""
    shown = ", ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in values[:12])
    return shown if len(values) <= 12 else f"{shown} and {len(values) - 12} more"


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_plain(value: Value) -> bool:
    return isinstance(value, str) or _is_number(value)


def _enum(value: Value, args: tuple[Any, ...]) -> str:
    if not _is_plain(value) or value in args[1]:
        return ""
    return f"must be one of {_listed(args[0])}, not {_quoted(value)}"


def _quoted(value: Value) -> str:
    return _shown(value) if isinstance(value, str) else str(value)


def _enum_nocase(value: Value, args: tuple[Any, ...]) -> str:
    if not isinstance(value, str) or value.casefold() in args[1]:
        return ""
    return f"must be one of {_listed(args[0])}, not {_shown(value)}"


def _none_of(value: Value, args: tuple[Any, ...]) -> str:
    if not _is_plain(value) or value not in args[1]:
        return ""
    return f"must not be {_quoted(value)}"


def _outside(figure: float, args: tuple[Any, ...]) -> str:
    """Say which limit a figure breaks."""
    least, most = args
    if least is not None and figure < least:
        return f"at least {least}"
    if most is not None and figure > most:
        return f"at most {most}"
    return ""


def _range(value: Value, args: tuple[Any, ...]) -> str:
    broken = _outside(value, args) if _is_number(value) else ""
    return f"must be {broken}, not {value}" if broken else ""


def _above(value: Value, args: tuple[Any, ...]) -> str:
    if not _is_number(value) or value > args[0]:
        return ""
    return f"must be greater than {args[0]}, not {value}"


def _multiple(value: Value, args: tuple[Any, ...]) -> str:
    if not _is_number(value) or value % args[0] == 0:
        return ""
    return f"must be divisible by {args[0]}, not {value}"


def _length(value: Value, args: tuple[Any, ...]) -> str:
    if not isinstance(value, str):
        return ""
    size = len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
    broken = _outside(size, args)
    return f"must have a length of {broken}, not {size}" if broken else ""


def _chars(value: Value, args: tuple[Any, ...]) -> str:
    broken = _outside(len(value), args) if isinstance(value, str) else ""
    return f"must have {broken} characters, not {len(value)}" if broken else ""


def _count(value: Value, args: tuple[Any, ...]) -> str:
    broken = _outside(len(value), args) if isinstance(value, (list, tuple, dict)) else ""
    return f"must have {broken} items, not {len(value)}" if broken else ""


def _never(value: Value, args: tuple[Any, ...]) -> str:
    return "" if value is None else "must not be set"


def _required(value: Value, args: tuple[Any, ...]) -> str:
    return ""  # that something is missing shows in no value: the walk over the tree looks at it


def _unique(value: Value, args: tuple[Any, ...]) -> str:
    if not isinstance(value, (list, tuple)):
        return ""
    seen: set[Any] = set()
    for item in value:
        if _is_plain(item):
            if item in seen:
                return f"must not hold {_quoted(item)} twice"
            seen.add(item)
    return ""


LONGEST = 2_048
"""Texts longer than this pass patterns: no name is so long, and no pattern shall take long."""


def _pattern(value: Value, args: tuple[Any, ...]) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or _compiled(args[0]).search(value):
        return ""
    return f"{args[1] or 'must match ' + args[0]}, not {_shown(value)}"


def _no_pattern(value: Value, args: tuple[Any, ...]) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or not _compiled(args[0]).search(value):
        return ""
    return f"{args[1] or 'must not match ' + args[0]}, not {_shown(value)}"


def _format(value: Value, args: tuple[Any, ...]) -> str:
    if not isinstance(value, str):
        return ""
    wrong = FORMATS[args[0]](value, *args[1:])
    return f"{wrong}: {_shown(value)}" if wrong else ""


def _any(value: Value, args: tuple[Any, ...]) -> str:
    wrongs = []
    for rule in args:
        wrong = check_value(rule, value)
        if not wrong:
            return ""
        wrongs.append(wrong)
    return ", or ".join(wrongs)


def _all(value: Value, args: tuple[Any, ...]) -> str:
    return next(filter(None, (check_value(rule, value) for rule in args)), "")


_CHECKS: Mapping[str, Callable[[Value, tuple[Any, ...]], str]] = {
    "enum": _enum,
    "enum_nocase": _enum_nocase,
    "none_of": _none_of,
    "range": _range,
    "above": _above,
    "multiple": _multiple,
    "length": _length,
    "chars": _chars,
    "count": _count,
    "never": _never,
    "required": _required,
    "unique": _unique,
    "pattern": _pattern,
    "no_pattern": _no_pattern,
    "format": _format,
    "any": _any,
    "all": _all,
}
