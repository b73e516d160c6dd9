"""The values of expressions and how the service coerces, compares and writes them.

Values are None, bool, float, str, `Array` and `Object`. Source:
https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from iac_gym.languages.github_actions.expressions.lexer import number


class EvaluationError(Exception):
    """The expression fails when it is evaluated: a bad format string, text that is no JSON."""


class Array:
    """A list of values; equal to itself only. `filtered` marks the result of `.*`."""

    __slots__ = ("filtered", "items")

    def __init__(self, items: Iterable[Any] = (), filtered: bool = False) -> None:
        self.items = list(items)
        self.filtered = filtered


class Object:
    """A mapping whose keys ignore case; the first of two keys wins. Equal to itself only."""

    __slots__ = ("_by_lower", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        self._by_lower: dict[str, Any] = {}
        self.pairs: list[tuple[str, Any]] = []
        for key, value in pairs:
            if key.lower() not in self._by_lower:
                self._by_lower[key.lower()] = value
                self.pairs.append((key, value))

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return key.lower() in self._by_lower

    def get(self, key: str) -> Any:
        """Return the value of a key, None where there is none."""
        return self._by_lower.get(key.lower())


def is_truthy(value: Any) -> bool:
    """Whether a value counts as true: not null, false, 0, NaN or ''."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return isinstance(value, (Array, Object)) or bool(value)


def to_number(value: Any) -> float:
    """Coerce to a number; NaN for collections."""
    if value is None:
        return 0.0
    if isinstance(value, (bool, float)):
        return float(value)
    return number(value) if isinstance(value, str) else math.nan


def to_text(value: Any) -> str:
    """Coerce to text: null is '', a number has at most 15 digits, collections their kind."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, str):
        return value
    return "Array" if isinstance(value, Array) else "Object"


def _number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "0" if value == 0 else format(value, ".15G")


#: The service leaves this letter alone: its upper case would be that of `i`.
_DOTLESS_I = "\N{LATIN SMALL LETTER DOTLESS I}"


def fold_case(text: str) -> str:
    """Return text in upper case, letter by letter, as comparisons that ignore case do."""
    if text.isascii():
        return text.upper()
    uppers = [(letter, letter.upper()) for letter in text]
    kept = _DOTLESS_I
    return "".join([u if len(u) == 1 and letter != kept else letter for letter, u in uppers])


def _coerced(left: Any, right: Any) -> tuple[Any, Any]:
    """Bring two values to one kind where that is defined."""
    if _kind(left) == _kind(right):
        return left, right
    simple = (None.__class__, bool)
    if isinstance(left, simple) or (isinstance(left, str) and isinstance(right, float)):
        return _coerced(to_number(left), right)
    if isinstance(right, simple) or (isinstance(right, str) and isinstance(left, float)):
        return _coerced(left, to_number(right))
    return left, right


def _kind(value: object) -> type:
    return value.__class__


def is_equal(left: Any, right: Any) -> bool:
    """Compare as `==` does: text without case, other kinds as numbers."""
    left, right = _coerced(left, right)
    if _kind(left) is not _kind(right):
        return False
    if isinstance(left, str):
        return fold_case(left) == fold_case(right)
    if isinstance(left, (Array, Object)):
        return left is right
    return bool(left == right)


def is_less(left: Any, right: Any) -> bool:
    """Compare as `<` does; false for collections, null and kinds that do not match."""
    left, right = _coerced(left, right)
    if _kind(left) is not _kind(right) or left is None or isinstance(left, (Array, Object)):
        return False
    if isinstance(left, str):
        return fold_case(left) < fold_case(right)
    return bool(left < right)


def compare(operator: str, left: Any, right: Any) -> bool:
    """Apply a comparison operator to two values."""
    if operator == "==":
        return is_equal(left, right)
    if operator == "!=":
        return not is_equal(left, right)
    if operator[0] == ">":
        left, right = right, left
    return is_less(left, right) or (len(operator) == 2 and is_equal(left, right))


# --- JSON ----------------------------------------------------------------------------------------

#: How deep JSON may be nested that is read here.
_MOST_NESTING = 100


def _refuse(constant: str) -> Any:
    raise EvaluationError(f"{constant} is no JSON")


def read_json(text: str) -> Any:
    """Return the value of a JSON text. Raises `EvaluationError`."""
    try:
        return _lift(json.loads(text, parse_constant=_refuse, parse_int=float), 0)
    except (ValueError, RecursionError):
        raise EvaluationError("the text is no JSON") from None


def _lift(value: Any, depth: int) -> Any:
    if depth > _MOST_NESTING:
        raise EvaluationError("the JSON text is nested too deep to be read here")
    if isinstance(value, list):
        return Array([_lift(item, depth + 1) for item in value])
    if isinstance(value, dict):
        return Object([(key, _lift(item, depth + 1)) for key, item in value.items()])
    return value


def to_json(value: Any) -> str:
    """Return the JSON text of a value, indented by two blanks. Raises `EvaluationError`."""
    return json.dumps(_plain(value, 0), indent=2, ensure_ascii=False)


def _plain(value: Any, depth: int) -> Any:
    if depth > _MOST_NESTING:
        raise EvaluationError("the value is nested too deep")
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    if isinstance(value, Array):
        return [_plain(item, depth + 1) for item in value.items]
    if isinstance(value, Object):
        return {key: _plain(item, depth + 1) for key, item in value.pairs}
    return value
