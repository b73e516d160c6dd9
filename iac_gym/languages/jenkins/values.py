"""Groovy expressions as Python values, as far as they can be known without running them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from iac_gym.formats.groovy.nodes import (
    Binary,
    Call,
    Cast,
    Constant,
    Expression,
    GString,
    Index,
    ListLiteral,
    MapLiteral,
    Name,
    Property,
    Unary,
)

#: Longest text that is put together, and longest source that is kept of one that is longer.
MOST_TEXT = 64 * 1024
MOST_SOURCE = 200
#: Objects whose properties are environment variables or parameters.
_VARIABLES = frozenset(("env", "params"))
#: Methods of texts that a Jenkinsfile uses on literals.
_TEXT_METHODS: Mapping[str, Callable[[str], str]] = {
    "trim": str.strip,
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "toString": str,
}


class Text(str):
    """A text with `${...}` for values that are not known; `holes` are these, without `${}`."""

    __slots__ = ("holes",)
    holes: tuple[str, ...]

    def __new__(cls, text: str, holes: tuple[str, ...] = ()) -> Text:
        """Make a text; what is not a str is none."""
        made = super().__new__(cls, text)
        made.holes = holes
        return made


@dataclass(slots=True, eq=False)
class Unknown:
    """A value that only a run can tell: the source of its expression."""

    source: str

    def __str__(self) -> str:
        return f"${{{self.source}}}"


def is_known(value: Any) -> bool:
    """Whether a value is known wholly."""
    if isinstance(value, list):
        return all(is_known(one) for one in value)
    if isinstance(value, dict):
        return all(is_known(one) for one in value.values())
    return value is None or (
        isinstance(value, (str, int, float, bool)) and not isinstance(value, Text)
    )


class Values:
    """Works values out. `known` has the values of variables; `item` makes an Item of a call."""

    def __init__(self, text: str, item: Callable[[Call], Any]) -> None:
        self.text = text
        self.known: dict[str, Any] = {}
        self._item = item

    def source(self, node: Expression) -> str:
        """Return the text of an expression."""
        return self.text[node.at : node.end]

    def of(self, node: Expression) -> Any:
        """Return the value of an expression."""
        if isinstance(node, Constant):
            return node.value
        reader = _READERS.get(type(node))
        return reader(self, node) if reader else Unknown(self.source(node))

    def _list(self, node: ListLiteral) -> Any:
        return [self.of(item) for item in node.items]

    def _map(self, node: MapLiteral) -> Any:
        made: dict[str, Any] = {}
        for entry in node.entries:
            if entry.key is not None:
                made[str(self.of(entry.key))] = self.of(entry.value)
        return made

    def _gstring(self, node: GString) -> Any:
        parts = [node.texts[0]]
        holes: list[str] = []
        for value, text in zip(node.values, node.texts[1:], strict=True):
            found = self.of(value)
            if isinstance(found, Text):
                holes.extend(found.holes)
                parts.append(found)
            elif isinstance(found, (Unknown, list, dict)) or not is_known(found):
                hole = found.source if isinstance(found, Unknown) else self.source(value)
                holes.append(hole)
                parts.append(f"${{{hole}}}")
            else:
                parts.append(_shown(found))
            parts.append(text)
        return self._text("".join(parts), holes, node)

    def _name(self, node: Name) -> Any:
        if node.name in self.known:
            return self.known[node.name]
        return Unknown(node.name)

    def _property(self, node: Property) -> Any:
        target, name = node.target, node.name
        if isinstance(target, Name) and target.name in _VARIABLES and isinstance(name, str):
            return self._variable(name)
        return Unknown(self.source(node))

    def _index(self, node: Index) -> Any:
        if isinstance(node.target, Name) and node.target.name in _VARIABLES:
            key = self.of(node.items[0]) if len(node.items) == 1 else None
            if isinstance(key, str):
                return self._variable(key)
        return Unknown(self.source(node))

    def _variable(self, name: str) -> Any:
        known = self.known.get(name)
        return known if isinstance(known, str) else Text(f"${{{name}}}", (name,))

    def _binary(self, node: Binary) -> Any:
        terms: list[Expression] = []
        left: Expression = node
        while isinstance(left, Binary) and left.operator == "+":
            terms.append(left.right)
            left = left.left
        if not terms:
            return Unknown(self.source(node))
        values = [self.of(one) for one in (left, *reversed(terms))]
        if all(isinstance(one, list) for one in values):
            return [item for one in values for item in one]
        return self._joined(values, node)

    def _joined(self, values: list[Any], node: Expression) -> Any:
        """Return the text of a sum, where one of the first two values is a text."""
        if not any(isinstance(one, str) for one in values[:2]):
            return Unknown(self.source(node))
        holes: list[str] = []
        parts: list[str] = []
        for one in values:
            if isinstance(one, Unknown):
                holes.append(one.source)
            elif isinstance(one, Text):
                holes.extend(one.holes)
            elif isinstance(one, (list, dict)) or not is_known(one):
                return Unknown(self.source(node))
            parts.append(str(one) if isinstance(one, (str, Unknown)) else _shown(one))
        return self._text("".join(parts), holes, node)

    def _text(self, text: str, holes: list[str], node: Expression) -> Any:
        if len(text) > MOST_TEXT:
            return Unknown(self.source(node)[:MOST_SOURCE])
        return Text(text, tuple(holes)) if holes else text

    def _call(self, node: Call) -> Any:
        if node.target is None:
            return self._item(node)
        if isinstance(node.name, str) and not node.args:
            method = _TEXT_METHODS.get(node.name)
            value = self.of(node.target) if method else None
            if method and isinstance(value, Text):
                return Text(method(value), value.holes) if node.name == "trim" else value
            if method and isinstance(value, str):
                return method(value)
            if node.name in ("stripIndent", "stripMargin"):
                return self.of(node.target)
        if isinstance(node.target, Name) and node.name in ("any", "isUnix"):
            return Unknown(self.source(node))
        return Unknown(self.source(node))

    def _cast(self, node: Cast) -> Any:
        return Unknown(self.source(node)) if node.operator == "instanceof" else self.of(node.value)

    def _unary(self, node: Unary) -> Any:
        value = self.of(node.operand)
        if node.operator == "!" and isinstance(value, bool):
            return not value
        return Unknown(self.source(node))


def _shown(value: Any) -> str:
    """Return a value as Groovy writes it into a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


_READERS: dict[type, Callable[[Values, Any], Any]] = {
    ListLiteral: Values._list,
    MapLiteral: Values._map,
    GString: Values._gstring,
    Name: Values._name,
    Property: Values._property,
    Index: Values._index,
    Binary: Values._binary,
    Call: Values._call,
    Cast: Values._cast,
    Unary: Values._unary,
}
