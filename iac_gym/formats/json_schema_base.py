"""What the checks of a JSON schema are made of: types, places, errors and their words."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
#: A place in the tree as a chain (parent, step): cheap to extend, unrolled only for an error.
Place = Any
Sink = list["SchemaError"]
Check = Callable[[Any, Place, Sink], None]

#: Most errors that one walk collects, and most of them that get a nearest-match hint.
MOST_ERRORS = 100
MOST_HINTS = 10

KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")
SAID = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "a list",
    "object": "a mapping",
}


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One violation: where, of which keyword, in words that follow the name of the place."""

    path: Path
    keyword: str
    message: str
    hint: str = ""


def kind_of(value: Any) -> str:
    """Return the JSON type of a value; an integral float is an integer, as in JSON Schema."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if value is None:
        return "null"
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "string"


def frozen(value: Any) -> Any:
    """Return a hashable form in which two values are equal exactly when they are equal in JSON."""
    if isinstance(value, dict):
        return ("{", frozenset((str(key), frozen(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("[", tuple(frozen(item) for item in value))
    return (isinstance(value, bool), value)


def python_pattern(pattern: str) -> str:
    """Rewrite an ECMA-262 pattern for Python's `re`: `$` means the very end of the text there."""
    out, in_class, escaped = [], False, False
    for char in pattern:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "[":
            in_class = True
        elif char == "]":
            in_class = False
        elif char == "$" and not in_class:
            out.append(r"\Z")
            continue
        out.append(char)
    return "".join(out)


def path_of(place: Place) -> Path:
    """Unroll a place into a path."""
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))


def report(out: Sink, place: Place, keyword: str, message: str, near: Iterable[str] = ()) -> None:
    """Add an error. `near`: names among which the last is unknown, for a nearest-match hint."""
    if len(out) >= MOST_ERRORS:
        return
    hint, names = "", list(near)
    if names and len(out) < MOST_HINTS:
        word = names.pop()
        close = difflib.get_close_matches(word[:60], names, n=1, cutoff=0.6)
        hint = f"did you mean `{close[0]}`?" if close else ""
    out.append(SchemaError(path_of(place), keyword, message, hint))


def short(value: Any) -> str:
    """Show a value in at most 60 characters."""
    if isinstance(value, (dict, list)):
        return SAID[kind_of(value)]
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def listed(words: Iterable[str]) -> str:
    """Join words as `a, b or c`, each once."""
    names = list(dict.fromkeys(words))
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def allows(kind: str, types: frozenset[str]) -> bool:
    """Whether a JSON type is among those allowed; an integer is a number."""
    return kind in types or (kind == "integer" and "number" in types)


def type_error(types: Iterable[str], value: Any) -> str:
    """Say which types are allowed, and what was found."""
    wanted = [SAID[kind] for kind in KINDS if kind in set(types)]
    return f"must be {listed(wanted)}, not {short(value)}"
