"""The short keys in which the data pack writes JSON schemas, and what is left out of them.

A schema is `true`, `false` or a mapping. Types are letters in `t`: `s` string, `b` boolean, `i`
integer, `n` number, `o` object, `a` array, `0` null. A mapping with properties and without `+`
takes no others.
"""

from __future__ import annotations

from typing import Any

TYPES = {
    "string": "s", "boolean": "b", "integer": "i", "number": "n", "object": "o", "array": "a",
    "null": "0",
}  # fmt: skip

#: Keyword -> short key, for keywords whose value stands as it is.
PLAIN = {
    "required": "r",
    "enum": "e",
    "enumCaseInsensitive": "E",
    "const": "c",
    "pattern": "x",
    "format": "f",
    "minLength": "l",
    "maxLength": "L",
    "minimum": "m",
    "maximum": "M",
    "exclusiveMinimum": "v",
    "exclusiveMaximum": "V",
    "multipleOf": "%",
    "minItems": "k",
    "maxItems": "K",
    "minProperties": "j",
    "maxProperties": "J",
    "maxUniqueItems": "q",
    "uniqueKeys": "Q",
    "dependentRequired": "D",
    "dependentExcluded": "X",
    "requiredXor": "1",
    "requiredOr": "2",
    "$ref": "$",
}
#: Keywords that hold one schema, a list of them, and a mapping of names to them.
ONE = {"items": "*", "not": "!", "if": "?", "then": "y", "else": "z", "propertyNames": "N",
       "contains": "C"}  # fmt: skip
MANY = {"oneOf": "O", "anyOf": "A", "allOf": "&", "prefixItems": "P"}
NAMED = {"properties": "p", "patternProperties": "h", "dependencies": "d"}
#: What is prose or tells of the service, not of the value.
IGNORED = frozenset(
    """description title $comment default examples insertionOrder arrayType deprecated
    relationshipRef propertyTransform typeName readOnlyProperties writeOnlyProperties
    createOnlyProperties primaryIdentifier handlers tagging taggable additionalIdentifiers
    definitions $defs $id $schema sourceUrl replacementStrategy lifecycle deprecatedProperties
    conditionalCreateOnlyProperties documentationUrl resourceLink typeConfiguration
    nonPublicProperties nonPublicDefinitions cfnLint comment message base""".split()
)


class UnknownKeyword(ValueError):
    """A schema uses a keyword that is neither checked nor known to be prose."""


def encode(schema: Any, formats: frozenset[str]) -> Any:
    """Write a schema in short keys; `formats` are those that are checked."""
    if not isinstance(schema, dict):
        return bool(schema)
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key in PLAIN:
            if key != "format" or value in formats:
                out[PLAIN[key]] = value
        elif key == "type":
            out["t"] = "".join(TYPES[one] for one in ([value] if isinstance(value, str) else value))
        elif key == "uniqueItems":
            out.update({"u": 1} if value else {})
        elif key == "additionalProperties":
            out["+"] = encode(value, formats)
        else:
            out.update(_made_of_schemas(key, value, formats))
    return _shortened(out)


def _made_of_schemas(key: str, value: Any, formats: frozenset[str]) -> dict[str, Any]:
    if key in ONE:
        return {ONE[key]: encode(value, formats)}
    if key in MANY:
        return {MANY[key]: [encode(part, formats) for part in value]}
    if key in NAMED:
        parts = {
            name: part if isinstance(part, list) else encode(part, formats)
            for name, part in value.items()
        }
        return {NAMED[key]: parts}
    if key in IGNORED:
        return {}
    raise UnknownKeyword(f"{key!r}: {str(value)[:200]}")


def _shortened(out: dict[str, Any]) -> dict[str, Any]:
    """Say "no others" by nothing, where there are properties; drop what says nothing."""
    if "p" in out or "h" in out:
        extra = out.pop("+", True)
        if extra is not False:
            out["+"] = extra
    elif out.get("+") is True:
        del out["+"]
    for key, nothing in (("l", 0), ("k", 0), ("j", 0), ("r", []), ("d", {}), ("y", {}), ("D", {})):
        if out.get(key) == nothing:
            del out[key]
    return out
