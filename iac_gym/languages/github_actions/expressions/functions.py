"""The functions of expressions: how many arguments each takes, and what it gives.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#functions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from iac_gym.languages.github_actions.expressions.values import (
    Array,
    EvaluationError,
    Object,
    fold_case,
    is_equal,
    read_json,
    to_json,
    to_text,
)

#: No bound on the number of arguments.
ANY_NUMBER = 1 << 30

#: Functions that stand at every key: (name as written, least, most arguments).
EVERYWHERE: dict[str, tuple[str, int, int]] = {
    "case": ("case", 3, ANY_NUMBER),
    "contains": ("contains", 2, 2),
    "endswith": ("endsWith", 2, 2),
    "format": ("format", 1, 255),
    "fromjson": ("fromJSON", 1, 1),
    "join": ("join", 1, 2),
    "startswith": ("startsWith", 2, 2),
    "tojson": ("toJSON", 1, 1),
}

#: Functions that look at the state of the job; a condition without one means `success() && ...`.
STATUS = frozenset(("always", "cancelled", "failure", "success"))

#: `{0}` of a format string, an escaped brace, or a brace that is neither.
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d+)\}|[{}]")
#: A format string stands for a longer text; more than this is not written out.
_MOST_TEXT = 1 << 13


def _is_collection(value: Any) -> bool:
    return isinstance(value, (Array, Object))


def _contains(args: Sequence[Any]) -> bool:
    where, what = args
    if isinstance(where, Array):
        return any(is_equal(what, item) for item in where.items)
    if _is_collection(where) or _is_collection(what):
        return False
    return fold_case(to_text(what)) in fold_case(to_text(where))


def _starts_with(args: Sequence[Any]) -> bool:
    if any(map(_is_collection, args)):
        return False
    return fold_case(to_text(args[0])).startswith(fold_case(to_text(args[1])))


def _ends_with(args: Sequence[Any]) -> bool:
    if any(map(_is_collection, args)):
        return False
    return fold_case(to_text(args[0])).endswith(fold_case(to_text(args[1])))


def placeholders(text: str) -> list[int]:
    """Return the numbers of the placeholders of a format string. Raises `EvaluationError`."""
    found = []
    for match in _PLACEHOLDER.finditer(text):
        if match.group(1) is not None:
            found.append(_argument_number(match.group(1)))
        elif len(match.group()) == 1:
            raise EvaluationError(
                f"`{match.group()}` at character {match.start() + 1} stands alone"
            )
    return found


def _argument_number(digits: str) -> int:
    return int(digits) if len(digits) < 9 else 1 << 30


def _format(args: Sequence[Any]) -> str:
    text = to_text(args[0])
    made: list[str] = []
    size = last = 0
    for match in _PLACEHOLDER.finditer(text):
        raw, digits = match.group(), match.group(1)
        if digits is None and len(raw) == 1:
            raise EvaluationError("a brace of the format string stands alone")
        made.append(text[last : match.start()])
        made.append(raw[0] if digits is None else _argument(args, _argument_number(digits)))
        size += len(made[-1]) + len(made[-2])
        last = match.end()
        if size > _MOST_TEXT:
            raise EvaluationError("the formatted text is too long to be written out here")
    made.append(text[last:])
    return "".join(made)


def _argument(args: Sequence[Any], index: int) -> str:
    if index + 1 >= len(args):
        raise EvaluationError(f"`{{{index}}}` has no argument")
    return to_text(args[index + 1])


def _join(args: Sequence[Any]) -> str:
    if not _is_collection(args[0]):
        return to_text(args[0])
    if isinstance(args[0], Object):
        return ""
    separator = to_text(args[1]) if len(args) > 1 and not _is_collection(args[1]) else ","
    items = [to_text(item) for item in args[0].items]
    if len(separator) * len(items) + sum(map(len, items)) > _MOST_TEXT:
        raise EvaluationError("the joined text is too long to be written out here")
    return separator.join(items)


def _from_json(args: Sequence[Any]) -> Any:
    return read_json(to_text(args[0]))


def _to_json(args: Sequence[Any]) -> str:
    text = to_json(args[0])
    if len(text) > _MOST_TEXT:
        raise EvaluationError("the JSON text is too long to be written out here")
    return text


def _case(args: Sequence[Any]) -> Any:
    for index in range(0, len(args) - 1, 2):
        if not isinstance(args[index], bool):
            raise EvaluationError("a predicate of case() is neither true nor false")
        if args[index]:
            return args[index + 1]
    return args[-1]


_IMPLEMENTED: dict[str, Callable[[Sequence[Any]], Any]] = {
    "case": _case,
    "contains": _contains,
    "endswith": _ends_with,
    "format": _format,
    "fromjson": _from_json,
    "join": _join,
    "startswith": _starts_with,
    "tojson": _to_json,
}


def call(name: str, args: Sequence[Any]) -> Any:
    """Return what a function of `EVERYWHERE` gives. Raises `EvaluationError`."""
    return _IMPLEMENTED[name](args)
