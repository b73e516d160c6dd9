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

from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.formats.json_schema_base import (
    KINDS,
    Check,
    SchemaError,
    Sink,
    allows,
    kind_of,
    python_pattern,
    report,
)
from iac_gym.formats.json_schema_keywords import MAKERS, dispatch, typed

__all__ = ["SchemaError", "UnsupportedSchema", "compile_schema", "kind_of", "python_pattern"]


class UnsupportedSchema(ValueError):
    """The schema uses something that the walker does not cover."""


class _Compiler:
    """Compiles one root schema; `$ref` targets are compiled once and may be recursive."""

    def __init__(
        self, root: Mapping[str, Any], formats: Mapping[str, Callable[[str], bool]]
    ) -> None:
        self.root = root
        self.formats = formats
        self.done: dict[str, list[Check]] = {}
        #: Drafts 4 to 7 ignore what stands beside a `$ref`, and know no unevaluatedProperties.
        self.old = isinstance(root, Mapping) and "draft-0" in str(root.get("$schema", ""))

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
        if self.old and isinstance(schema, Mapping) and "$ref" in schema:
            schema = {"$ref": schema["$ref"]}
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
        return frozenset(kind for kind in KINDS if allows(kind, one) and allows(kind, two))

    def compile(self, schema: Any) -> Check | None:
        """Compile a schema; None stands for "anything is right"."""
        if schema is True or schema == {}:
            return None
        if schema is False:
            return lambda value, place, out: report(out, place, "false", "is not allowed here")
        if not isinstance(schema, Mapping):
            raise UnsupportedSchema(f"{schema!r} is no schema")
        if self.old and "$ref" in schema:
            return self.reference(schema["$ref"])
        if schema.get("unevaluatedProperties") is False and not self.old:
            schema = self.flat(schema)
        checks = [check for make in MAKERS if (check := make(self, schema))]
        by_kind = {
            kind: tuple(run for kinds, run in checks if kind in kinds) for kind in KINDS
        }  # fmt: skip
        if "type" not in schema:
            return dispatch(by_kind) if checks else None
        named = schema["type"]
        types = frozenset([named] if isinstance(named, str) else named)
        return typed(types, by_kind)

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
