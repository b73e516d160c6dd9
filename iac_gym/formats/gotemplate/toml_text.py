"""TOML as BurntSushi/toml writes it, and read by the standard library."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.floats import format_g
from iac_gym.formats.gotemplate.values import Int64, is_integer, sorted_keys

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DEPTH = 50
_LONGEST = 200_000
_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')


class _Unwritable(ValueError):
    """TOML has no form for the value."""


def _text(value: str) -> str:
    def escape(found: re.Match[str]) -> str:
        return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"

    return f'"{_SPECIAL.sub(escape, value)}"'


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _inline(value: Any, depth: int) -> str:
    if depth > _DEPTH:
        raise Unbounded("the value is too deep for TOML")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_integer(value):
        return int.__repr__(value)
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, list):
        return f"[{', '.join([_inline(item, depth + 1) for item in value])}]"
    if isinstance(value, dict):
        parts = [f"{_key(key)} = {_inline(value[key], depth + 1)}" for key in sorted_keys(value)]
        return f"{{{', '.join(parts)}}}"
    raise _Unwritable("toml: cannot encode array with nil element")


def _real(value: float) -> str:
    if value - value != 0:
        return {"+Inf": "inf", "-Inf": "-inf", "NaN": "nan"}[format_g(value)]
    if value.is_integer() and abs(value) < 1e15:
        return f"{int(value)}.0"
    text = format_g(value)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def _tables(value: Any) -> bool:
    """Tell whether a list is written as tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []

    def table(self, value: dict[str, Any], path: tuple[str, ...], depth: int) -> None:
        """Write a table: what fits on a line first, then the tables in it."""
        if depth > _DEPTH:
            raise Unbounded("the value is too deep for TOML")
        pad = "  " * depth
        names = [name for name in sorted_keys(value) if value[name] is not None]
        nested = [name for name in names if isinstance(value[name], dict) or _tables(value[name])]
        for name in names:
            if name not in nested:
                self.parts.append(f"{pad}{_key(name)} = {_inline(value[name], depth)}\n")
        for name in nested:
            self.nested(value[name], (*path, _key(name)), depth + 1)

    def nested(self, value: Any, path: tuple[str, ...], depth: int) -> None:
        """Write a table under its header, or each of several."""
        pad = "  " * (depth - 1)
        several = isinstance(value, list)
        for item in value if several else [value]:
            if self.parts and (depth == 1 or several):
                self.parts.append("\n")
            name = ".".join(path)
            self.parts.append(f"{pad}[[{name}]]\n" if several else f"{pad}[{name}]\n")
            self.table(item, path, depth)


def to_toml(value: Any) -> str:
    """`toToml x`: what is wrong as text, as Helm gives it."""
    if not isinstance(value, dict):
        return "toml: top-level values must be Go maps or structs"
    writer = _Writer()
    try:
        writer.table(value, (), 0)
    except _Unwritable as error:
        return str(error)
    return "".join(writer.parts)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return Int64(value)
    return value if isinstance(value, str | float | bool) else str(value)


def from_toml(text: str) -> Any:
    """`fromToml text`: a map; what is wrong under `Error`."""
    if len(text) > _LONGEST or any(line.count(".") > 200 for line in text.splitlines()):
        raise Unbounded("the TOML text is too long")
    try:
        return _plain(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {"Error": f"toml: {error}"}
