"""Checks of mappings: known properties, patterns of names, others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.languages.cloudformation.walk_base import NO_VALUE, Check, Place, Sink, State
from iac_gym.languages.cloudformation.walk_values import pattern

if TYPE_CHECKING:
    from iac_gym.languages.cloudformation.walk import Compiler
    from iac_gym.languages.cloudformation.walk_further import Further

#: Keys that may stand beside properties: the transforms replace them.
_MACROS = ("Fn::Transform", "Fn::ForEach::")


class _Entries:
    """What is known of the entries of a mapping."""

    def __init__(
        self, compiler: Compiler, schema: Mapping[str, Any], below: Further | None
    ) -> None:
        each = below.at("*") if below else None
        self.known: dict[str, Check | None] = {
            name: compiler.compile(part, below.at(name) if below else None)
            for name, part in schema.get("p", {}).items()
        }
        self.shaped = tuple(
            (pattern(text).search, compiler.compile(part, each))
            for text, part in schema.get("h", {}).items()
        )
        rest = schema.get("+", "p" not in schema and "h" not in schema)
        self.closed = rest is False
        self.others = None if isinstance(rest, bool) else compiler.compile(rest, each)
        self.names = compiler.compile(schema["N"], None) if "N" in schema else None
        self.allowed = tuple(self.known)

    def extra(self, key: Any, value: Any, place: Place, out: Sink, state: State) -> None:
        """Check an entry that is no known property."""
        if key.__class__ is not str:
            return
        if self.by_shape(key, value, place, out, state):
            return
        if self.closed:
            if not key.startswith(_MACROS):
                out.append(((place, key), "additional", self.allowed, key))
        elif self.others is not None:
            self.others(value, (place, key), out, state)

    def by_shape(self, key: str, value: Any, place: Place, out: Sink, state: State) -> bool:
        """Check an entry by the patterns that its name fits; say whether one does."""
        fit = False
        for search, check in self.shaped:
            if search(key[:1000]):
                fit = True
                if check is not None:
                    check(value, (place, key), out, state)
        return fit


def map_check(compiler: Compiler, schema: Mapping[str, Any], below: Further | None) -> Check | None:
    """Return the check of the entries of a mapping, None where anything may stand in it."""
    if not any(key in schema for key in "ph+N"):
        return None
    entries = _Entries(compiler, schema, below)
    check = _check_entries(entries)
    if entries.names is None and not (entries.shaped and entries.known):
        return check
    return _check_names(entries, check)


def _check_entries(entries: _Entries) -> Check:
    known, extra = entries.known, entries.extra

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        varies = state.varies
        for key, item in value.items():
            if key not in known:
                extra(key, item, place, out, state)
            elif (test := known[key]) is not None and not (varies and item == NO_VALUE):
                test(item, (place, key), out, state)

    return check


def _check_names(entries: _Entries, check: Check) -> Check:
    known, names = entries.known, entries.names

    def check_names(value: Any, place: Place, out: Sink, state: State) -> None:
        check(value, place, out, state)
        for key, item in value.items():
            if key in known:
                entries.by_shape(key, item, place, out, state)
            if names is not None:
                names(key, (place, key), out, state)

    return check_names
