"""JSON Schema as closures: compiled once, a schema walks trees and gives errors with paths.

The keywords that published schemas of IaC formats use are covered (drafts 4 to 2020-12): `type`,
`properties`, `patternProperties`, `additionalProperties`, `unevaluatedProperties: false`,
`propertyNames`, `required`, `dependencies`, `dependentRequired`, `items`, `uniqueItems`,
`contains`, `enum`, `const`, bounds and lengths, `pattern`, `format`, `allOf`, `anyOf`, `oneOf`,
`not`, `if`/`then`/`else` and local `$ref`. Compiling a schema with a reference elsewhere raises
`UnsupportedSchema`. Walking is total and takes time linear in the tree for schemas whose
alternatives differ by type, as nearly all do.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
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
_SAID = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "a list",
    "object": "a mapping",
}


class UnsupportedSchema(ValueError):
    """The schema uses something that the walker does not cover."""


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


def _path(place: Place) -> Path:
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))


def _add(out: Sink, place: Place, keyword: str, message: str, near: Iterable[str] = ()) -> None:
    if len(out) >= MOST_ERRORS:
        return
    hint, names = "", list(near)
    if names and len(out) < MOST_HINTS:
        word = names.pop()
        close = difflib.get_close_matches(word[:60], names, n=1, cutoff=0.6)
        hint = f"did you mean `{close[0]}`?" if close else ""
    out.append(SchemaError(_path(place), keyword, message, hint))


def _short(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return _SAID[kind_of(value)]
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _listed(words: Iterable[str]) -> str:
    names = list(dict.fromkeys(words))
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _allows(kind: str, types: frozenset[str]) -> bool:
    return kind in types or (kind == "integer" and "number" in types)


def _type_error(types: Iterable[str], value: Any) -> str:
    wanted = [_SAID[kind] for kind in KINDS if kind in set(types)]
    return f"must be {_listed(wanted)}, not {_short(value)}"


class _Compiler:
    """Compiles one root schema; `$ref` targets are compiled once and may be recursive."""

    def __init__(
        self, root: Mapping[str, Any], formats: Mapping[str, Callable[[str], bool]]
    ) -> None:
        self.root = root
        self.formats = formats
        self.done: dict[str, list[Check]] = {}

    def target(self, reference: str) -> Any:
        """Return the schema that a local reference points to."""
        if not reference.startswith("#"):
            raise UnsupportedSchema(f"reference {reference!r} leaves the schema")
        found: Any = self.root
        for step in reference[1:].split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~").replace("%24", "$")
            found = found[int(name)] if isinstance(found, list) else found.get(name)
            if found is None:
                raise UnsupportedSchema(f"reference {reference!r} points nowhere")
        return found

    def types(self, schema: Any, depth: int = 0) -> frozenset[str]:
        """Return the JSON types that a schema can accept at most."""
        every = frozenset(KINDS)
        if not isinstance(schema, Mapping) or depth > 20:
            return every
        allowed = every
        if "type" in schema:
            named = schema["type"]
            allowed = frozenset([named] if isinstance(named, str) else named)
        if "$ref" in schema:
            allowed = self._both(allowed, self.types(self.target(schema["$ref"]), depth + 1))
        for key in ("oneOf", "anyOf"):
            if key in schema:
                union = frozenset[str]().union(*(self.types(s, depth + 1) for s in schema[key]))
                allowed = self._both(allowed, union)
        for part in schema.get("allOf", ()):
            allowed = self._both(allowed, self.types(part, depth + 1))
        listed = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if listed is not None:
            allowed = self._both(allowed, frozenset(kind_of(value) for value in listed))
        return allowed

    @staticmethod
    def _both(one: frozenset[str], two: frozenset[str]) -> frozenset[str]:
        return frozenset(kind for kind in KINDS if _allows(kind, one) and _allows(kind, two))

    def compile(self, schema: Any) -> Check | None:
        """Compile a schema; None stands for "anything is right"."""
        if schema is True or schema == {}:
            return None
        if schema is False:
            return lambda value, place, out: _add(out, place, "false", "is not allowed here")
        if not isinstance(schema, Mapping):
            raise UnsupportedSchema(f"{schema!r} is no schema")
        if schema.get("unevaluatedProperties") is False:
            schema = self.flat(schema)
        checks = [check for make in _MAKERS if (check := make(self, schema))]
        by_kind = {
            kind: tuple(run for kinds, run in checks if kind in kinds) for kind in KINDS
        }  # fmt: skip
        if "type" not in schema:
            return _dispatch(by_kind) if checks else None
        named = schema["type"]
        types = frozenset([named] if isinstance(named, str) else named)
        return _typed(types, by_kind)

    def reference(self, name: str) -> Check:
        """Compile a `$ref`; a recursive one is looked up while walking."""
        if name not in self.done:
            cell: list[Check] = []
            self.done[name] = cell
            made = self.compile(self.target(name))
            cell.append(made if made else lambda value, place, out: None)
        cell = self.done[name]
        if cell:
            return cell[0]
        return lambda value, place, out: cell[0](value, place, out)

    def flat(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Merge `allOf` parts into one object schema, so that `unevaluatedProperties` is closed."""
        merged: dict[str, Any] = {"properties": {}, "patternProperties": {}, "required": []}
        self._gather(schema, merged, top=True)
        return {"type": "object", "additionalProperties": False, **merged}

    def _gather(self, schema: Mapping[str, Any], into: dict[str, Any], top: bool = False) -> None:
        plain = {"type", "properties", "patternProperties", "required", "allOf", "$ref"}
        plain |= {"title", "description", "$comment", "default", "deprecated"}
        extra = set(schema) - plain - ({"unevaluatedProperties"} if top else set())
        if extra:
            raise UnsupportedSchema(f"unevaluatedProperties beside {sorted(extra)}")
        for name in ("properties", "patternProperties"):
            for key, part in schema.get(name, {}).items():
                known = into[name].get(key)
                into[name][key] = {"allOf": [known, part]} if known and known != part else part
        into["required"] = [*into["required"], *schema.get("required", ())]
        for part in schema.get("allOf", ()):
            self._gather(part, into)
        if "$ref" in schema:
            self._gather(self.target(schema["$ref"]), into)


Made = tuple[frozenset[str], Check] | None
_ALL = frozenset(KINDS)
_TEXT = frozenset({"string"})
_NUMBERS = frozenset({"integer", "number"})
_LISTS = frozenset({"array"})
_MAPS = frozenset({"object"})


def _typed(types: frozenset[str], by_kind: Mapping[str, tuple[Check, ...]]) -> Check:
    table = {kind: by_kind[kind] for kind in KINDS if _allows(kind, types)}

    def check(value: Any, place: Place, out: Sink) -> None:
        runs = table.get(kind_of(value))
        if runs is None:
            _add(out, place, "type", _type_error(types, value))
            return
        for run in runs:
            run(value, place, out)

    return check


def _dispatch(by_kind: Mapping[str, tuple[Check, ...]]) -> Check:
    def check(value: Any, place: Place, out: Sink) -> None:
        for run in by_kind[kind_of(value)]:
            run(value, place, out)

    return check


def _ref(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    return (_ALL, compiler.reference(schema["$ref"])) if "$ref" in schema else None


def _enum(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    if "enum" not in schema and "const" not in schema:
        return None
    values = schema.get("enum", [schema.get("const")])
    allowed = {frozen(value) for value in values}
    said = _listed(f"`{value}`" for value in values[:12])
    words = [value for value in values if isinstance(value, str)]

    def check(value: Any, place: Place, out: Sink) -> None:
        if frozen(value) not in allowed:
            near = [*words, value] if isinstance(value, str) else ()
            _add(out, place, "enum", f"is {_short(value)}; allowed: {said}", near)

    return _ALL, check


def _pattern(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    if "pattern" not in schema:
        return None
    search = re.compile(python_pattern(schema["pattern"])).search

    def check(value: Any, place: Place, out: Sink) -> None:
        if isinstance(value, str) and not search(value):
            _add(out, place, "pattern", f"is {_short(value)}; must match {schema['pattern']}")

    return _TEXT, check


def _format(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    right = compiler.formats.get(schema.get("format", ""))
    if right is None:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        if isinstance(value, str) and not right(value):
            _add(out, place, "format", f"is {_short(value)}; must be a {schema['format']}")

    return _TEXT, check


def _sizes(low: str, high: str, kinds: frozenset[str], noun: str) -> Callable[..., Made]:
    def make(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
        least, most = schema.get(low, 0), schema.get(high, math.inf)
        if not least and most == math.inf:
            return None

        def check(value: Any, place: Place, out: Sink) -> None:
            if len(value) < least:
                _add(out, place, low, f"has {len(value)} {noun}, at least {least} are needed")
            elif len(value) > most:
                _add(out, place, high, f"has {len(value)} {noun}, at most {most} are allowed")

        return kinds, check

    return make


_BOUNDS: tuple[tuple[str, Callable[[Any, Any], bool], str], ...] = (
    ("minimum", lambda value, bound: value >= bound, "at least"),
    ("maximum", lambda value, bound: value <= bound, "at most"),
    ("exclusiveMinimum", lambda value, bound: value > bound, "more than"),
    ("exclusiveMaximum", lambda value, bound: value < bound, "less than"),
    ("multipleOf", lambda value, bound: value % bound == 0, "a multiple of"),
)


def _bounds(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    given = [(key, schema[key], right, said) for key, right, said in _BOUNDS if key in schema]
    given = [item for item in given if not isinstance(item[1], bool)]
    if not given:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for key, bound, right, said in given:
            if not right(value, bound):
                _add(out, place, key, f"is {_short(value)}; must be {said} {bound}")

    return _NUMBERS, check


def _items(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
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


def _unique(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    if not schema.get("uniqueItems"):
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        seen: dict[Any, int] = {}
        for index, item in enumerate(value):
            first = seen.setdefault(frozen(item), index)
            if first != index:
                message = f"repeats item {first + 1}: {_short(item)}"
                _add(out, (place, index), "uniqueItems", message)

    return _LISTS, check


def _contains(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    if "contains" not in schema:
        return None
    run = compiler.compile(schema["contains"])

    def check(value: Any, place: Place, out: Sink) -> None:
        if not any(_right(run, item) for item in value):
            _add(out, place, "contains", "has no item of the kind that it needs")

    return _LISTS, check


def _required(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    names = schema.get("required", ())
    if not names or not isinstance(names, list):
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for name in names:
            if name not in value:
                _add(out, place, "required", f"lacks `{name}`")

    return _MAPS, check


def _dependent(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
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


def _names(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    run = compiler.compile(schema.get("propertyNames", True))
    if not run:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for key in value:
            run(key, (place, key), out)

    return _MAPS, check


Patterns = list[tuple[Callable[[str], Any], Check | None]]


def _known(compiler: _Compiler, named: Mapping[str, Any], patterns: Patterns) -> dict[Any, Any]:
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
            _add(out, (place, key), "additionalProperties", "is not known here", [*said, str(key)])
        elif not fitting and other:
            other(item, (place, key), out)

    return unknown


def _fields(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
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


def _branches(compiler: _Compiler, parts: list[Any]) -> dict[str, list[Check | None]]:
    """Compile alternatives and sort them by the JSON types that they can accept."""
    made = [(compiler.types(part), compiler.compile(part)) for part in parts]
    return {kind: [run for types, run in made if _allows(kind, types)] for kind in KINDS}


def _closest(attempts: list[Sink]) -> Sink:
    """Return the errors of the alternative that came nearest: unknown fields count most."""

    def distance(errors: Sink) -> tuple[int, int]:
        unknown = sum(error.keyword in ("additionalProperties", "enum") for error in errors)
        return unknown, len(errors)

    return min(attempts, key=distance)


def _choice(keyword: str) -> Callable[..., Made]:
    def make(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
        if keyword not in schema:
            return None
        parts = schema[keyword]
        table = _branches(compiler, parts)
        types = frozenset[str]().union(*(compiler.types(part) for part in parts))

        def check(value: Any, place: Place, out: Sink) -> None:
            runs = table[kind_of(value)]
            if not runs:
                _add(out, place, "type", _type_error(types, value))
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
        _add(out, place, "oneOf", "fits several of the allowed forms, it must fit exactly one")


def _all(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    runs = [run for part in schema.get("allOf", ()) if (run := compiler.compile(part))]
    if not runs:
        return None

    def check(value: Any, place: Place, out: Sink) -> None:
        for run in runs:
            run(value, place, out)

    return _ALL, check


def _not(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
    if "not" not in schema:
        return None
    run = compiler.compile(schema["not"])

    def check(value: Any, place: Place, out: Sink) -> None:
        if _right(run, value):
            _add(out, place, "not", f"must not be {_short(value)} here")

    return _ALL, check


def _if(compiler: _Compiler, schema: Mapping[str, Any]) -> Made:
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


_MAKERS: tuple[Callable[[_Compiler, Mapping[str, Any]], Made], ...] = (
    _ref, _enum, _pattern, _format, _bounds,
    _sizes("minLength", "maxLength", _TEXT, "characters"),
    _sizes("minItems", "maxItems", _LISTS, "items"),
    _sizes("minProperties", "maxProperties", _MAPS, "keys"),
    _required, _dependent, _names, _fields, _items, _unique, _contains,
    _all, _choice("anyOf"), _choice("oneOf"), _not, _if,
)  # fmt: skip


def compile_schema(
    schema: Mapping[str, Any], formats: Mapping[str, Callable[[str], bool]] | None = None
) -> Callable[[Any], list[SchemaError]]:
    """Compile a schema into a function from a tree to its violations (at most `MOST_ERRORS`).

    `formats` maps names of `format` to predicates; other formats are annotations, as the
    standard has it.
    """
    run = _Compiler(schema, formats or {}).compile(schema)

    def validate(tree: Any) -> list[SchemaError]:
        out: Sink = []
        if run:
            run(tree, None, out)
        return out

    return validate
