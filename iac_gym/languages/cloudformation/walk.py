"""The schema of a resource type, compiled to closures that walk its properties through functions.

One schema gives one check `(value, place, out, state)`, which notes errors. A function is looked
at by `walk_functions`; conditions on what is present are checked in each case that can occur.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from iac_gym.languages.cloudformation.pack import Record, schemas
from iac_gym.languages.cloudformation.walk_base import Check, Place, Sink, State, function_of
from iac_gym.languages.cloudformation.walk_functions import Taker
from iac_gym.languages.cloudformation.walk_further import Further, policy, quiet
from iac_gym.languages.cloudformation.walk_groups import group_checks
from iac_gym.languages.cloudformation.walk_lists import list_check
from iac_gym.languages.cloudformation.walk_logic import logic_checks
from iac_gym.languages.cloudformation.walk_maps import map_check
from iac_gym.languages.cloudformation.walk_values import Test, fits, is_exempt, tests


class Compiler:
    """Compiles one record: its schema and definitions, with what hangs below its paths."""

    def __init__(self, record: Record, further: Further | None = None) -> None:
        self.definitions: Mapping[str, Any] = record.get("d", {})
        self.further = further or Further()
        self.done: dict[tuple[str, int], Check] = {}

    def compile(self, schema: Any, below: Further | None) -> Check | None:
        """Compile a schema; None stands for "anything is right"."""
        extra = below.checks if below else []
        if schema is True or schema == {}:
            return _all([], extra)
        if schema is False:
            return _forbidden
        checks: list[Check] = []
        if "$" in schema:
            checks.append(self.reference(schema["$"], below))
        own = self.own(schema, below)
        checks += [own] if own else []
        return _all(checks, extra)

    def reference(self, pointer: str, below: Further | None) -> Check:
        """Return the check of what a reference points to: compiled when it is first needed.

        Most definitions of a type are never met, and some refer to themselves.
        """
        inner = below.bare() if below else None
        key = (pointer, id(inner) if inner else 0)
        if key not in self.done:
            self.done[key] = self._later(pointer, inner)
        return self.done[key]

    def _later(self, pointer: str, below: Further | None) -> Check:
        cell: list[Check] = []

        def check(value: Any, place: Place, out: Sink, state: State) -> None:
            if not cell:
                cell.append(self.compile(self.definitions[pointer], below) or _anything)
            cell[0](value, place, out, state)

        return check

    def own(self, schema: Mapping[str, Any], below: Further | None) -> Check | None:
        """Compile the keywords of a schema beside its reference."""
        grouped, group_kinds = group_checks(self, schema, below)
        ruled = logic_checks(self, schema, below)
        mapped = map_check(self, schema, below)
        listed = list_check(self, schema, below)
        tested = tests(schema)
        if not (grouped or ruled or mapped or listed or tested or "t" in schema):
            return None
        if not (grouped or ruled or mapped or listed) and "o" not in (kinds := schema.get("t", "")):
            return _leaf(schema, tested, kinds, below)
        parts = _Parts(schema, below, (mapped, listed), (grouped, group_kinds), ruled)
        return _node(schema, parts)


def _all(checks: list[Check], extra: list[Check]) -> Check | None:
    """Return one check for several."""
    both = [*checks, *extra]
    if len(both) < 2:
        return both[0] if both else None
    if len(both) == 2:
        one, two = both

        def pair(value: Any, place: Place, out: Sink, state: State) -> None:
            one(value, place, out, state)
            two(value, place, out, state)

        return pair

    def several(value: Any, place: Place, out: Sink, state: State) -> None:
        for check in both:
            check(value, place, out, state)

    return several


def _anything(value: Any, place: Place, out: Sink, state: State) -> None:
    """Accept every value."""


def _forbidden(value: Any, place: Place, out: Sink, state: State) -> None:
    out.append((place, "forbidden", None, value))


def _leaf(
    schema: Mapping[str, Any], tested: list[Test], kinds: str, below: Further | None
) -> Check:
    """Return the check of a value that is no collection."""
    text = not kinds or "s" in kinds
    templated = below is not None and below.templated

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        if value.__class__ is not str and isinstance(value, (dict, list)):
            name = function_of(value) if isinstance(value, dict) else ""
            if name:
                taker.function(name, value, place, out, state)
            elif kinds and ("a" not in kinds or isinstance(value, dict)):
                out.append((place, "type", kinds, value))
            return
        if not text and not templated and not fits(value, kinds) and not _looked_up(value):
            out.append((place, "type", kinds, value))
        for test in tested:
            if (wrong := test(value)) is not None and not _looked_up(value):
                out.append((place, *wrong, value))

    taker = Taker(schema, check)
    return check


def _looked_up(value: Any) -> bool:
    return value.__class__ is str and is_exempt(value)


class _Parts:
    """The checks of a value that may be a collection, by its kind."""

    __slots__ = ("bad_list", "bad_map", "kinds", "lists", "maps", "others", "templated", "tested")

    def __init__(
        self,
        schema: Mapping[str, Any],
        below: Further | None,
        entries: tuple[Check | None, Check | None],
        groups: tuple[Check | None, str],
        ruled: list[Check],
    ) -> None:
        self.kinds: str = schema.get("t", "")
        grouped, kinds = groups
        mapped, listed = entries
        self.maps = _present(mapped, grouped if "o" in kinds else None, ruled)
        self.lists = _present(listed, grouped if "a" in kinds else None, ruled)
        self.others = _present(None, grouped if "s" in kinds else None, ruled)
        self.bad_map = bool(self.kinds) and "o" not in self.kinds
        self.bad_list = bool(self.kinds) and "a" not in self.kinds
        self.templated = below is not None and below.templated
        self.tested = tests(schema)

    def scalar(self, value: Any, place: Place, out: Sink, state: State) -> None:
        """Check a value that is no collection."""
        if _looked_up(value):
            return
        if self.kinds and not self.templated and not fits(value, self.kinds):
            out.append((place, "type", self.kinds, value))
        for test in self.tested:
            if (wrong := test(value)) is not None:
                out.append((place, *wrong, value))
        for check in self.others:
            check(value, place, out, state)


def _present(one: Check | None, two: Check | None, more: list[Check]) -> tuple[Check, ...]:
    return (*(check for check in (one, two) if check is not None), *more)


def _node(schema: Mapping[str, Any], parts: _Parts) -> Check:
    """Return the check of a value that may be a collection."""
    maps, lists, kinds = parts.maps, parts.lists, parts.kinds
    bad_map, bad_list, scalar = parts.bad_map, parts.bad_list, parts.scalar

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        if isinstance(value, dict):
            if len(value) == 1 and (name := function_of(value)):
                taker.function(name, value, place, out, state)
                return
            bad, chosen = bad_map, maps
        elif isinstance(value, list):
            bad, chosen = bad_list, lists
        else:
            scalar(value, place, out, state)
            return
        if bad:
            out.append((place, "type", kinds, value))
            return
        for one in chosen:
            one(value, place, out, state)

    taker = Taker(schema, check)
    return check


@lru_cache(maxsize=2048)
def walker(name: str) -> Check | None:
    """Return the check of the properties of a type, None for a type that is not in the pack."""
    record = schemas().record(name)
    if record is None:
        return None
    further = Further()
    for path in record.get("o", ()):
        further.add(path).checks.append(_read_only)
    for path, rule in record.get("x", ()):
        further.add(path).checks.append(shared_check(rule))
    further.mark_templated(name)
    made = Compiler(record, further).compile(record["s"], further)
    return made or _anything


def _read_only(value: Any, place: Place, out: Sink, state: State) -> None:
    if not state.composite:
        out.append((place, "readOnly", None, value))


@lru_cache(maxsize=256)
def shared_check(rule: str) -> Check:
    """Return a further check, compiled when it is first needed."""
    cell: list[Check] = []

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        if not cell:
            record = schemas().shared(rule)
            cell.append(Compiler(record).compile(record["s"], None) or _anything)
        wrapped(cell[0], value, place, out, state)

    wrapped = policy if rule in _PLAIN_RULES else quiet(rule)
    return check


#: Rules whose schema is walked like the type's own.
_PLAIN_RULES = frozenset({"E3510", "E3512", "E3512S", "E3513", "E3530", "E3024", "E3046", "E3009"})
