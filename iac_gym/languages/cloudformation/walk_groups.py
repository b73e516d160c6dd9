"""Checks of what is present together: required, exclusive, counted, unique, `if` and `then`.

They look at what is there in each case: a property that is `AWS::NoValue` is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from iac_gym.formats.json_schema_base import frozen
from iac_gym.languages.cloudformation.walk_base import (
    UNKNOWN,
    Check,
    Place,
    Sink,
    State,
    judge,
)
from iac_gym.languages.cloudformation.walk_presence import cases

if TYPE_CHECKING:
    from iac_gym.languages.cloudformation.walk import Compiler
    from iac_gym.languages.cloudformation.walk_further import Further

#: Most items that are compared with each other.
_MOST_COMPARED = 5_000


def group_checks(
    compiler: Compiler, schema: Mapping[str, Any], below: Further | None
) -> tuple[Check | None, str]:
    """Return one check for all that is present together, and the kinds it is for: `o`, `a`, `s`."""
    maps = [make(schema[key]) for key, make in _FOR_MAPS.items() if key in schema]
    lists = [make(schema[key]) for key, make in _FOR_LISTS.items() if key in schema]
    if "d" in schema:
        maps.append(_dependencies(compiler, schema["d"]))
    either = _condition(compiler, schema, below) if "?" in schema else None
    kinds = "".join(
        kind for kind, found in (("o", maps), ("a", lists), ("s", [])) if found or either
    )
    if not kinds:
        return None, ""
    for_others = (either,) if either else ()
    for_maps = (*maps, *for_others)
    for_lists = (*lists, *for_others)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        is_map, is_list = isinstance(value, dict), isinstance(value, list)
        chosen = for_maps if is_map else for_lists if is_list else for_others
        if not (state.varies and (is_map or is_list)):
            for test in chosen:
                test(value, place, out, state)
            return
        found: Sink = []
        for there, case in cases(value, state):
            for test in chosen:
                test(there, place, found, case)
            if found:
                out.extend(found)
                return

    return check, kinds


def _required(names: Sequence[str]) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        for name in names:
            if value.get(name) is None:
                out.append((place, "required", name, value))

    return check


def _required_xor(names: Sequence[str]) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        given = [name for name in names if name in value]
        if not given:
            out.append((place, "requiredOr", names, value))
        elif len(given) > 1:
            out.append(((place, given[1]), "exclusive", given, value))

    return check


def _required_or(names: Sequence[str]) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        if not any(name in value for name in names):
            out.append((place, "requiredOr", names, value))

    return check


def _dependent_required(rules: Mapping[str, Sequence[str]]) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        for name, others in rules.items():
            if name in value:
                for other in others:
                    if other not in value:
                        out.append((place, "dependent", (name, other), value))

    return check


def _dependent_excluded(rules: Mapping[str, Sequence[str]]) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        for name, others in rules.items():
            if name in value:
                for other in others:
                    if other in value:
                        out.append(((place, other), "exclusive", [name, other], value))

    return check


def _dependencies(compiler: Compiler, rules: Mapping[str, Any]) -> Check:
    lists = _dependent_required({k: v for k, v in rules.items() if isinstance(v, list)})
    made = {k: compiler.compile(v, None) for k, v in rules.items() if not isinstance(v, list)}

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        lists(value, place, out, state)
        for name, test in made.items():
            if name in value and test is not None:
                test(value, place, out, state)

    return check


def _condition(compiler: Compiler, schema: Mapping[str, Any], below: Further | None) -> Check:
    test = compiler.compile(schema["?"], None)
    then = compiler.compile(schema.get("y", True), None)
    other = compiler.compile(schema.get("z", True), None)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        answer = test is None or judge(test, value, place, state)
        if answer is None:
            out.append(UNKNOWN)
        elif (follows := then if answer else other) is not None:
            follows(value, place, out, state)

    return check


def _count(keyword: str, wrong: Callable[[int, int], bool]) -> Callable[[Any], Check]:
    def make(limit: int) -> Check:
        def check(value: Any, place: Place, out: Sink, state: State) -> None:
            if wrong(len(value), limit):
                out.append((place, keyword, limit, value))

        return check

    return make


def _unique(said: Any) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        seen: set[Any] = set()
        for index, item in enumerate(value[:_MOST_COMPARED]):
            key = frozen(item) if isinstance(item, (dict, list)) else str(item)
            if key in seen:
                out.append(((place, index), "unique", None, item))
                return
            seen.add(key)

    return check


def _most_unique(limit: int) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        if len({frozen(item) for item in value[:_MOST_COMPARED]}) > limit:
            out.append((place, "maxItems", limit, value))

    return check


def _unique_keys(names: Sequence[str]) -> Check:
    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        seen: set[Any] = set()
        for index, item in enumerate(value[:_MOST_COMPARED]):
            if not isinstance(item, dict) or any(name not in item for name in names):
                continue
            key = tuple(
                frozen(item[name]) if isinstance(item[name], (dict, list)) else str(item[name])
                for name in names
            )
            if key in seen:
                out.append(((place, index), "uniqueKeys", names, item))
                return
            seen.add(key)

    return check


_FOR_MAPS: dict[str, Callable[[Any], Check]] = {
    "r": _required,
    "1": _required_xor,
    "2": _required_or,
    "D": _dependent_required,
    "X": _dependent_excluded,
    "j": _count("minProperties", lambda count, least: count < least),
    "J": _count("maxProperties", lambda count, most: count > most),
}
_FOR_LISTS: dict[str, Callable[[Any], Check]] = {
    "k": _count("minItems", lambda count, least: count < least),
    "K": _count("maxItems", lambda count, most: count > most),
    "u": _unique,
    "q": _most_unique,
    "Q": _unique_keys,
}
