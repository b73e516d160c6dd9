"""Values of options: ansible-core's conversions from what was written to an option's type."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any

from iac_gym.languages.ansible.evaluate_values import Special, Unknown

_TRUE = frozenset(("y", "yes", "on", "1", "true", "t", 1, 1.0, True))
_FALSE = frozenset(("n", "no", "off", "0", "false", "f", 0, 0.0, False))
_SIZE = re.compile(r"([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*")
_UNITS = "YZEPTGMKB"
_UNIT_NAMES = {
    "B": "byte", "K": "kilobyte", "M": "megabyte", "G": "gigabyte", "T": "terabyte",
    "P": "petabyte", "E": "exabyte", "Z": "zettabyte", "Y": "yottabyte",
}  # fmt: skip
#: Longest text that is read as a mapping or a number.
_MOST_TEXT = 65_536
_MOST_DIGITS = 4_000


class Wrong(Exception):
    """A value cannot be converted to the type; the message says why."""


def is_open(value: Any) -> bool:
    """Say whether only a run can tell a value: a template, something secret, something unknown."""
    kind = value.__class__
    if kind is Unknown or kind is Special:
        return True
    if isinstance(value, str):
        return "{{" in value or "{%" in value or kind.__name__ == "Vaulted"
    return False


def convert(value: Any, letter: str) -> Any:
    """Return a value converted to a type; raises `Wrong`."""
    return _CONVERSIONS[letter](value)


def boolean(value: Any) -> bool:
    """Convert to true or false: `yes`, `no`, `on`, `off`, `1`, `0`, ... in any case."""
    if value is True or value is False:
        return bool(value)
    if isinstance(value, str):
        value = value.lower().strip()
    elif not isinstance(value, (int, float)):
        raise Wrong("not true or false")
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise Wrong("not true or false")


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value) if not isinstance(value, (dict, list)) else value


def _integer(value: Any) -> Any:
    if isinstance(value, int):
        return value
    if not isinstance(value, (str, float)) or (
        isinstance(value, str) and len(value) > _MOST_DIGITS
    ):
        raise Wrong("not a whole number")
    try:
        number = Decimal(value)
        if not number.is_finite() or number.adjusted() > _MOST_DIGITS or number != int(number):
            raise Wrong("not a whole number")
    except DecimalException:
        raise Wrong("not a whole number") from None
    return int(number)


def _number(value: Any) -> Any:
    if isinstance(value, float):
        return value
    if not isinstance(value, (str, int)):
        raise Wrong("not a number")
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise Wrong("not a number") from None


def _items(value: Any) -> Any:
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, (int, float)):
        return [str(value)]
    raise Wrong("not a list")


def _strict_items(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _mapping(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise Wrong("not a mapping")
    if value.startswith("{"):
        return _literal_mapping(value)
    if "=" not in value:
        raise Wrong("not a mapping")
    fields = _fields(value)
    if not all("=" in one for one in fields):
        raise Wrong("not a mapping: each part must be `key=value`")
    return dict(one.split("=", 1) for one in fields)


def _literal_mapping(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass  # a mapping of Python is taken too
    try:
        made = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise Wrong("not a mapping") from None
    if not isinstance(made, dict):
        raise Wrong("not a mapping")
    return made


def _fields(text: str) -> list[str]:
    """Part `a=b, c="d e"` at commas and blanks outside of quotes."""
    fields: list[str] = []
    part: list[str] = []
    quote = ""
    escaped = False
    for char in text.strip():
        if escaped:
            part.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif not quote and char in "'\"":
            quote = char
        elif quote and char == quote:
            quote = ""
        elif not quote and char in ", ":
            fields.append("".join(part))
            part = []
        else:
            part.append(char)
    fields.append("".join(part))
    return [one for one in fields if one]


def _json(value: Any) -> Any:
    if isinstance(value, (str, list, dict)):
        return value
    raise Wrong("not a text, a list or a mapping")


def _size(value: Any, bits: bool = False) -> Any:
    found = _SIZE.fullmatch(str(value)[:100])
    if found is None:
        raise Wrong("not a size such as `10M`")
    unit = found[2]
    if unit is None:
        return value
    key = unit[0].upper()
    if key not in _UNITS:
        raise Wrong(f"`{unit}` is no unit of size")
    if len(unit) > 1:
        name = _UNIT_NAMES[key]
        short = ("" if key == "B" else key) + ("b" if bits else "B")
        if bits:
            name = name.replace("byte", "bit")
        if unit.lower() != name and unit != short:
            raise Wrong(f"`{unit}` is no unit of size")
    return value


def _any(value: Any) -> Any:
    return value


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "s": _text, "p": _text, "b": boolean, "i": _integer, "f": _number, "l": _items,
    "d": _mapping, "r": _any, "j": _json, "J": _json, "y": _size,
    "Y": lambda value: _size(value, bits=True), "-": _any, "L": _strict_items,
}  # fmt: skip
_NAMED: Mapping[str, str] = {
    "s": "text", "p": "a path", "b": "true or false", "i": "a whole number", "f": "a number",
    "l": "a list", "d": "a mapping", "r": "anything", "j": "JSON", "J": "JSON", "y": "a size",
    "Y": "a number of bits", "-": "anything", "L": "a list",
}  # fmt: skip


def said(letter: str) -> str:
    """Put a type into words."""
    return _NAMED[letter]


def in_choices(value: Any, choices: list[Any]) -> bool:
    """Say whether a converted value is among the choices; `yes` and `no` may be read as bool."""
    if isinstance(value, list):
        return all(is_open(one) or one in choices for one in value)
    if value in choices:
        return True
    if value == "False":
        return len(_overlap(_FALSE, choices)) == 1
    if value == "True":
        return len(_overlap(_TRUE, choices)) == 1
    return False


def loosely_in_choices(value: Any, choices: list[Any]) -> bool:
    """Say the same as modules for Windows do: case and blanks do not matter, `*a*` is anything."""
    allowed = {str(one).lower() for one in choices}
    if any("*" in one or "<" in one for one in allowed):
        return True
    items = value if isinstance(value, list) else str(value).split(",")  # flags: `a, b`
    return all(is_open(one) or str(one).strip().lower() in allowed for one in items)


def _overlap(values: frozenset[Any], choices: list[Any]) -> set[Any]:
    return {one for one in choices if isinstance(one, (str, int, float)) and one in values}
