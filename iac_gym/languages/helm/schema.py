"""`values.schema.json`: whether it is a schema, and whether values meet it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.regex import RegexError, compile_regex
from iac_gym.formats.json_schema import (
    SchemaError,
    UnsupportedSchema,
    compile_schema,
)
from iac_gym.formats.yaml import find
from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.instance import Instance
from iac_gym.languages.helm.reading import Faults, note
from iac_gym.languages.helm.values import Values
from iac_gym.verdict import Finding

#: A compiled schema, why there is none ("" : its references leave it), and the tree.
Compiled = tuple[Callable[[Any], list[SchemaError]] | None, str, Any]

_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf")
_ONES = (
    "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
    "additionalItems", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
_NUMBERS = ("minimum", "maximum", "multipleOf")
_COUNTS = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
_TEXTS = ("title", "description", "$schema", "$id", "$ref", "format", "pattern", "$comment")
_MOST_DEPTH = 60
#: Most values of an enum that are looked at to see whether a value is used.
_MOST_TRIED = 3
_FLAGS = ("uniqueItems", "readOnly", "writeOnly", "deprecated")
#: Keywords whose values are no schemas.
_LITERAL = frozenset(("enum", "const", "default", "examples"))


@lru_cache(maxsize=512)
def compiled(text: str) -> Compiled:
    """Compile the text of a schema: (check, "", tree) or (None, what is wrong, None)."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        return None, f"this is no JSON: {where}"[:200], None
    if not isinstance(tree, (dict, bool)):
        return None, "a schema must be an object", None
    wrong = next(_wrong(tree, "", _draft(tree), 0), "")
    if wrong:
        return None, wrong, None
    try:
        return _compile_most(tree), "", tree
    except UnsupportedSchema as error:
        nowhere = "points nowhere" in str(error)
        return None, str(error) if nowhere else "", tree
    except RecursionError:
        return None, "a reference leads back to itself", None


def _compile_most(tree: Any) -> Callable[[Any], list[SchemaError]]:
    """Compile a schema; where `unevaluatedProperties` is not understood, all that is beside it."""
    try:
        return _compile(tree)
    except UnsupportedSchema as error:
        if "unevaluatedProperties" not in str(error):
            raise
        return _compile(_open(tree))


def _open(schema: Any) -> Any:
    """Copy a schema without `unevaluatedProperties`."""
    if isinstance(schema, list):
        return [_open(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: one if key in _LITERAL else _open(one)
        for key, one in schema.items()
        if key != "unevaluatedProperties" or not isinstance(one, (bool, dict))
    }


def _compile(tree: Any) -> Callable[[Any], list[SchemaError]]:
    """Compile a schema whose patterns are Go's regular expressions, as Helm's library has it."""
    formats = dict(_FORMATS) if _draft(tree) < _NEW else {}
    made = _with_patterns(tree, formats)
    check = compile_schema(made if isinstance(made, dict) else {"not": {}}, formats)
    return check if tree is not True else compile_schema({})


def _with_patterns(schema: Any, formats: dict[str, Callable[[str], bool]]) -> Any:
    """Copy a schema with each `pattern` as a format of its own."""
    if isinstance(schema, list):
        return [_with_patterns(item, formats) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: item if key in _LITERAL else _with_patterns(item, formats)
        for key, item in schema.items()
        if key != "pattern" or not isinstance(item, str)
    }
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        name = f"text that matches {pattern}"
        formats[name] = partial(_matches, pattern)
        made["allOf"] = [*made.get("allOf", ()), {"format": name}]
    for key in schema.get("patternProperties") or ():
        if _is_pattern(key) and compile_regex(key).danger:
            raise UnsupportedSchema("a pattern of keys could run away")
    return made


def _matches(pattern: str, text: str) -> bool:
    try:
        return compile_regex(pattern).search(text) is not None
    except Unbounded:
        return True


#: The first draft in which `format` is no demand, and the first without lists of `items`.
_NEW = 2019
_LISTED_ITEMS_END = 2020


def _draft(tree: Any) -> int:
    said = str(tree.get("$schema", "")) if isinstance(tree, dict) else ""
    found = re.search(r"draft-0([4-7])", said)
    return int(found[1]) if found else 2019 if "2019-09" in said else 2020


def _wrong(schema: Any, place: str, draft: int, depth: int) -> Iterator[str]:
    """Yield what the meta schema says against a schema."""
    if isinstance(schema, bool) and draft > 4:
        return
    if not isinstance(schema, dict):
        yield f"{place or 'the schema'} must be an object"
        return
    if depth > _MOST_DEPTH:
        yield "the schema is nested too deeply"
        return
    yield from _wrong_words(schema, place, draft)
    for key, inner in _parts(schema, place, draft):
        if isinstance(inner, str):
            yield inner
        else:
            yield from _wrong(inner, key, draft, depth + 1)


def _parts(schema: Mapping[str, Any], place: str, draft: int) -> Iterator[tuple[str, Any]]:
    """Yield (place, schema) below a schema, or a place with a complaint."""
    for key in _MAPS:
        if key in schema:
            yield from _named_parts(schema[key], f"{place}/{key}")
    for key in _LISTS:
        if key in schema:
            yield from _listed_parts(schema[key], f"{place}/{key}")
    for key in _ONES:
        if key in schema:
            yield f"{place}/{key}", _no_text(schema[key], f"{place}/{key}")
    items = schema.get("items")
    if isinstance(items, list) and draft < _LISTED_ITEMS_END:
        for count, inner in enumerate(items):
            yield f"{place}/items/{count}", _no_text(inner, f"{place}/items/{count}")
    elif "items" in schema:
        yield f"{place}/items", _no_text(items, f"{place}/items")


def _named_parts(parts: Any, place: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(parts, dict):
        yield "", f"{place} must be an object"
        return
    for name, inner in parts.items():
        yield f"{place}/{name}", _no_text(inner, f"{place}/{name}")


def _listed_parts(parts: Any, place: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(parts, list) or not parts:
        yield "", f"{place} must be a list that is not empty"
        return
    for count, inner in enumerate(parts):
        yield f"{place}/{count}", _no_text(inner, f"{place}/{count}")


def _no_text(inner: Any, place: str) -> Any:
    return f"{place} must be an object" if isinstance(inner, str) else inner


def _wrong_words(schema: Mapping[str, Any], place: str, draft: int) -> Iterator[str]:
    said = schema.get("type", [])
    types = said if isinstance(said, list) else [said]
    if any(not isinstance(one, str) or one not in _TYPES for one in types) or said is None:
        yield f"{place}/type must be one of {', '.join(sorted(_TYPES))}"
    for key in _TEXTS:
        if key in schema and not isinstance(schema[key], str):
            yield f"{place}/{key} must be a string"
    for key in _NUMBERS:
        if key in schema and not _is_number(schema[key]):
            yield f"{place}/{key} must be a number"
    for key in _COUNTS:
        value = schema.get(key, 0)
        if not _is_number(value) or value < 0 or value != int(value):
            yield f"{place}/{key} must be a whole number of at least 0"
    for key in ("exclusiveMinimum", "exclusiveMaximum"):
        if key in schema and _is_number(schema[key]) != (draft > 4):
            yield f"{place}/{key} must be {'a number' if draft > 4 else 'true or false'}"
    yield from _wrong_lists(schema, place, draft)


def _wrong_lists(schema: Mapping[str, Any], place: str, draft: int) -> Iterator[str]:
    required = schema.get("required", [])
    if (
        not isinstance(required, list)
        or any(not isinstance(name, str) for name in required)
        or len(set(map(str, required))) < len(required)
        or (draft == 4 and "required" in schema and not required)
    ):
        yield f"{place}/required must be a list of different names"
    for key in ("enum", "examples"):
        if key in schema and not isinstance(schema[key], list):
            yield f"{place}/{key} must be a list"
    for key in _FLAGS:
        if key in schema and not isinstance(schema[key], bool):
            yield f"{place}/{key} must be true or false"
    named = schema.get("patternProperties")
    patterns = list(named) if isinstance(named, dict) else []
    if isinstance(schema.get("pattern"), str):
        patterns.append(schema["pattern"])
    for pattern in patterns:
        if not _is_pattern(pattern):
            yield f"{place}: {pattern[:60]!r} is no regular expression of Go"


def _is_pattern(text: str) -> bool:
    try:
        compile_regex(text)
    except (RegexError, Unbounded):
        return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                   r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?")  # fmt: skip
_IPV4 = re.compile(r"((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!\Z)|\Z)){4}")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")

#: Drafts up to 7 take `format` for a demand.
_FORMATS: dict[str, Callable[[str], bool]] = {
    "hostname": lambda text: bool(_HOST.fullmatch(text)),
    "ipv4": lambda text: bool(_IPV4.fullmatch(text)),
    "email": lambda text: bool(_MAIL.fullmatch(text)),
    "uri": lambda text: bool(_URI.fullmatch(text)),
    "date": lambda text: bool(_DATE.fullmatch(text)),
}


def allowed_values(tree: Any, path: str) -> list[Any]:
    """Return the `enum` that a schema gives for the value at a dotted path, [] without one."""
    for step in path.split("."):
        inner = tree.get("properties") if isinstance(tree, dict) else None
        tree = inner.get(step) if isinstance(inner, dict) else None
    found = tree.get("enum") if isinstance(tree, dict) else None
    return found[:_MOST_TRIED] if isinstance(found, list) else []


def note_schema(chart: Chart, faults: Faults) -> None:
    """Note what is wrong with the schemas of a chart and its subcharts."""
    for each in chart.every():
        if not each.schema:
            continue
        check, wrong, _ = compiled(each.schema)
        path = each.path("values.schema.json")
        if wrong:
            note(faults, "values-schema-is-right", wrong, path, (1, 1))
        elif check is None:
            message = "the schema refers to another one, so values are not judged by it"
            note(faults, "schema-could-not-be-read", message, path, (1, 1))


def check_values(instance: Instance, values: Values) -> tuple[list[Finding], bool]:
    """Judge the values of a chart and its subcharts: findings, and whether values only lack."""
    found: list[Finding] = []
    lacking = True
    pending: list[tuple[Instance, Any]] = [(instance, values)]
    for chart, given in pending:  # grows as it is read
        if chart.chart.schema:
            for error in _errors(chart.chart.schema, given):
                lacking = lacking and error.keyword == "required"
                found.append(_finding(chart, error))
        pending += [(child, (given or {}).get(child.name)) for child in chart.children]
    return found, lacking and bool(found)


def _errors(schema: str, values: Any) -> list[SchemaError]:
    check, _, _ = compiled(schema)
    try:
        return check(values) if check else []
    except RecursionError:
        return [SchemaError((), "$ref", "meets a schema that leads back to itself")]


def _finding(chart: Instance, error: SchemaError) -> Finding:
    """Say where the value stands: in the values file of its chart, as deep as it goes there."""
    _, (line, column) = find(chart.chart.values, error.path)
    where = ".".join(map(str, error.path)) or "values"
    file = chart.chart.path("values.yaml")
    return Finding(f"`{where}` {error.message}", file, line or 1, column or 1, error.hint)
