"""One maker per keyword of JSON Schema: from a schema to the check of its part, or None."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from iac_gym.formats.json_schema_base import (
    KINDS,
    MOST_ERRORS,
    Check,
    Place,
    Sink,
    allows,
    frozen,
    kind_of,
    listed,
    python_pattern,
    report,
    short,
    type_error,
)


class Compiler(Protocol):
    """What makers need of the compiler."""

    formats: Mapping[str, Callable[[str], bool]]

    def compile(self, schema: Any) -> Check | None:
        """Compile a part; None stands for "anything is right"."""

    def reference(self, name: str) -> Check:
        """Compile the target of a `$ref`."""

    def types(self, schema: Any) -> frozenset[str]:
        """Return the JSON types that a schema can accept at most."""


Made = tuple[frozenset[str], Check] | None
_ALL = frozenset(KINDS)
_TEXT = frozenset({"string"})
_NUMBERS = frozenset({"integer", "number"})
_LISTS = frozenset({"array"})
_MAPS = frozenset({"object"})


def typed(types: frozenset[str], by_kind: Mapping[str, tuple[Check, ...]]) -> Check:
    """Make the check of a schema that names its types."""

    table = {kind: by_kind[kind] for kind in KINDS if allows(kind, types)}

    def check(value: Any, place: Place, out: Sink) -> None:
        runs = table.get(kind_of(value))
        if runs is None:
            report(out, place, "type", type_error(types, value))
            return
        for run in runs:
            run(value, place, out)

    return check


def dispatch(by_kind: Mapping[str, tuple[Check, ...]]) -> Check:
    """Make the check of a schema that names no type."""

    def check(value: Any, place: Place, out: Sink) -> None:
        for run in by_kind[kind_of(value)]:
            run(value, place, out)

    return check


def _ref(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    return (_ALL, compiler.reference(schema["$ref"])) if "$ref" in schema else None


def _enum(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    if "enum" not in schema and "const" not in schema:
        return None
    values = schema.get("enum", [schema.get("const")])
    allowed = {frozen(value) for value in values}
    said = listed(f"`{value}`" for value in values[:12])
    words = [value for value in values if isinstance(value, str)]

    def check(value: Any, place: Place, out: Sink) -> None:
        if frozen(value) not in allowed:
            near = [*words, value] if isinstance(value, str) else ()
            report(out, place, "enum", f"is {short(value)}; allowed: {said}", near)

    return _ALL, check


def _pattern(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    if "pattern" not in schema:
        return None
    search = re.compile(python_pattern(schema["pattern"])).search

    def check(value: Any, place: Place, out: Sink) -> None:
        if isinstance(value, str) and not search(value):
            report(out, place, "pattern", f"is {short(value)}; must match {schema['pattern']}")

    return _TEXT, check


def _format(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    right = compiler.formats.get(schema.get("format", ""))
    if right is None:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        if isinstance(value, str) and not right(value):
            report(out, place, "format", f"is {short(value)}; must be a {schema['format']}")

    return _TEXT, check


def _sizes(low: str, high: str, kinds: frozenset[str], noun: str) -> Callable[..., Made]:
    def make(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
        least, most = schema.get(low, 0), schema.get(high, math.inf)
        if not least and most == math.inf:
            return None

        def check(value: Any, place: Place, out: Sink) -> None:
            if len(value) < least:
                report(out, place, low, f"has {len(value)} {noun}, at least {least} are needed")
            elif len(value) > most:
                report(out, place, high, f"has {len(value)} {noun}, at most {most} are allowed")

        return kinds, check

    return make


_BOUNDS: tuple[tuple[str, Callable[[Any, Any], bool], str], ...] = (
    ("minimum", lambda value, bound: value >= bound, "at least"),
    ("maximum", lambda value, bound: value <= bound, "at most"),
    ("exclusiveMinimum", lambda value, bound: value > bound, "more than"),
    ("exclusiveMaximum", lambda value, bound: value < bound, "less than"),
    ("multipleOf", lambda value, bound: value % bound == 0, "a multiple of"),
)


def _bounds(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    given = [(key, schema[key], right, said) for key, right, said in _BOUNDS if key in schema]
    given = [item for item in given if not isinstance(item[1], bool)]
    if not given:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for key, bound, right, said in given:
            if not right(value, bound):
                report(out, place, key, f"is {short(value)}; must be {said} {bound}")

    return _NUMBERS, check


def _items(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    items = schema.get("items", True)
    first = items if isinstance(items, list) else schema.get("prefixItems", [])
    rest = schema.get("additionalItems", True) if isinstance(items, list) else items
    heads = [compiler.compile(part) for part in first]
    each = compiler.compile(rest)
    if not heads and not each:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for index, item in enumerate(value):
            run = heads[index] if index < len(heads) else each
            if run:
                run(item, (place, index), out)

    return _LISTS, check


def _unique(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    if not schema.get("uniqueItems"):
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        seen: dict[Any, int] = {}
        for index, item in enumerate(value):
            first = seen.setdefault(frozen(item), index)
            if first != index:
                message = f"repeats item {first + 1}: {short(item)}"
                report(out, (place, index), "uniqueItems", message)

    return _LISTS, check


def _contains(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    if "contains" not in schema:
        return None
    run = compiler.compile(schema["contains"])

    def check(value: Any, place: Place, out: Sink) -> None:
        if not any(_right(run, item) for item in value):
            report(out, place, "contains", "has no item of the kind that it needs")

    return _LISTS, check


def _required(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    names = schema.get("required", ())
    if not names or not isinstance(names, list):
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for name in names:
            if name not in value:
                report(out, place, "required", f"lacks `{name}`")

    return _MAPS, check


def _dependent(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    both = {**schema.get("dependencies", {}), **schema.get("dependentRequired", {})}
    both.update(schema.get("dependentSchemas", {}))
    if not both:
        return None
    runs = {
        key: compiler.compile({"required": need} if isinstance(need, list) else need)
        for key, need in both.items()
    }

    def check(value: Any, place: Place, out: Sink) -> None:
        for key, run in runs.items():
            if run and key in value:
                run(value, place, out)

    return _MAPS, check


def _names(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    run = compiler.compile(schema.get("propertyNames", True))
    if not run:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for key in value:
            run(key, (place, key), out)

    return _MAPS, check


Patterns = list[tuple[Callable[[str], Any], Check | None]]


def _known(compiler: Compiler, named: Mapping[str, Any], patterns: Patterns) -> dict[Any, Any]:
    """Return the checks of each named field, those of the patterns it matches included."""
    table = {}
    for key, part in named.items():
        runs = [compiler.compile(part), *(run for search, run in patterns if search(key))]
        table[key] = tuple(run for run in runs if run)
    return table


def _others(patterns: Patterns, said: list[str], other: Check | None, closed: bool) -> Any:
    """Return the check of a field that has no schema under its own name."""

    def unknown(key: Any, item: Any, place: Place, out: Sink) -> None:
        fitting = [run for search, run in patterns if search(str(key))]
        for run in fitting:
            if run:
                run(item, (place, key), out)
        if not fitting and closed:
            report(
                out, (place, key), "additionalProperties", "is not known here", [*said, str(key)]
            )
        elif not fitting and other:
            other(item, (place, key), out)

    return unknown


def _fields(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    """`properties`, `patternProperties` and `additionalProperties` together."""
    named: Mapping[str, Any] = schema.get("properties", {})
    other = schema.get("additionalProperties", True)
    patterns: Patterns = [
        (re.compile(python_pattern(key)).search, compiler.compile(part))
        for key, part in schema.get("patternProperties", {}).items()
    ]
    if not named and not patterns and other is True:
        return None
    known = _known(compiler, named, patterns)
    closed = other is False
    unknown = _others(patterns, list(known), None if closed else compiler.compile(other), closed)

    def check(value: Any, place: Place, out: Sink) -> None:
        for key, item in value.items():
            runs = known.get(key)
            if runs is None:
                unknown(key, item, place, out)
            else:
                for run in runs:
                    run(item, (place, key), out)

    return _MAPS, check


def _right(run: Check | None, value: Any) -> bool:
    if run is None:
        return True
    found: Sink = []
    run(value, None, found)
    return not found


def _branches(compiler: Compiler, parts: list[Any]) -> dict[str, list[Check | None]]:
    """Compile alternatives and sort them by the JSON types that they can accept."""
    made = [(compiler.types(part), compiler.compile(part)) for part in parts]
    return {kind: [run for types, run in made if allows(kind, types)] for kind in KINDS}


def _closest(attempts: list[Sink]) -> Sink:
    """Return the errors of the alternative that came nearest: unknown fields count most."""

    def distance(errors: Sink) -> tuple[int, int]:
        unknown = sum(error.keyword in ("additionalProperties", "enum") for error in errors)
        return unknown, len(errors)

    return min(attempts, key=distance)


def _choice(keyword: str) -> Callable[..., Made]:
    def make(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
        if keyword not in schema:
            return None
        parts = schema[keyword]
        table = _branches(compiler, parts)
        types = frozenset[str]().union(*(compiler.types(part) for part in parts))

        def check(value: Any, place: Place, out: Sink) -> None:
            runs = table[kind_of(value)]
            if not runs:
                report(out, place, "type", type_error(types, value))
            elif len(runs) == 1:
                if runs[0]:
                    runs[0](value, place, out)
            else:
                _try(runs, value, place, out, keyword == "oneOf")

        return _ALL, check

    return make


def _try(runs: list[Check | None], value: Any, place: Place, out: Sink, once: bool) -> None:
    attempts: list[Sink] = []
    right = 0
    for run in runs:
        found: Sink = []
        if run:
            run(value, place, found)
        attempts.append(found)
        right += not found
        if right and not once:
            return
    if not right:
        out.extend(_closest(attempts)[: MOST_ERRORS - len(out)])
    elif right > 1:
        report(out, place, "oneOf", "fits several of the allowed forms, it must fit exactly one")


def _all(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    runs = [run for part in schema.get("allOf", ()) if (run := compiler.compile(part))]
    if not runs:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for run in runs:
            run(value, place, out)

    return _ALL, check


def _not(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    if "not" not in schema:
        return None
    run = compiler.compile(schema["not"])

    def check(value: Any, place: Place, out: Sink) -> None:
        if _right(run, value):
            report(out, place, "not", f"must not be {short(value)} here")

    return _ALL, check


def _if(compiler: Compiler, schema: Mapping[str, Any]) -> Made:
    if "if" not in schema:
        return None
    asked = compiler.compile(schema["if"])
    then = compiler.compile(schema.get("then", True))
    other = compiler.compile(schema.get("else", True))

    def check(value: Any, place: Place, out: Sink) -> None:
        run = then if _right(asked, value) else other
        if run:
            run(value, place, out)

    return _ALL, check


MAKERS: tuple[Callable[[Compiler, Mapping[str, Any]], Made], ...] = (
    _ref, _enum, _pattern, _format, _bounds,
    _sizes("minLength", "maxLength", _TEXT, "characters"),
    _sizes("minItems", "maxItems", _LISTS, "items"),
    _sizes("minProperties", "maxProperties", _MAPS, "keys"),
    _required, _dependent, _names, _fields, _items, _unique, _contains,
    _all, _choice("anyOf"), _choice("oneOf"), _not, _if,
)  # fmt: skip
