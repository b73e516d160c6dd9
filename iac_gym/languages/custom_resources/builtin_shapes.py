"""Finds the built-in type that a part of a custom resource's schema repeats (PodSpec, Volume, ...).

Operators copy the schema of pods into their own definitions. Such a part is judged by the
definition of the language `kubernetes`: the pack stays small and all versions of a pod are read
the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from iac_gym.languages.kubernetes.allowed_values import ALLOWED, NOT_ENFORCED
from iac_gym.languages.kubernetes.pack import Pack

#: The part of a type's fields that a copy must have; older copies lack the newer fields.
_LEAST_SHARE = 0.6
_LEAST_FIELDS = 3
_ROOTS = (("v1", "Pod"), ("v1", "PersistentVolumeClaim"), ("v1", "Service"))
_QUANTITY = "(([0-9]+(\\.[0-9]*)?)"
_FORMS = {("string", "byte"): "y", ("string", "date-time"): "t", ("integer", "int32"): "i"}
_TYPES = {"string": "s", "boolean": "b", "integer": "l", "number": "n"}
#: Codes of the built-in pack -> codes that a copy of it may have.
_SAME = {"t": "ts", "q": "qp", "y": "ys", "i": "il", "l": "il", "p": "p", "o": "ox", "n": "nl"}
_LIMITS = (
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
)


def simple_code(schema: Mapping[str, Any]) -> str:
    """Return the code of a single value or of a mapping without known fields, '' for others."""
    if schema.get("x-kubernetes-int-or-string"):
        return "q" if _QUANTITY in str(schema.get("pattern")) else "p"
    kind = schema.get("type")
    if kind is None:
        return "x"
    if kind in _TYPES:
        form = schema.get("format")
        return _FORMS.get((kind, str(form)), _TYPES[kind])
    empty = not schema.get("properties") and not schema.get("additionalProperties")
    if kind == "object" and empty and schema.get("x-kubernetes-preserve-unknown-fields"):
        return "o"
    if kind == "object" and schema.get("additionalProperties") is True:
        return "o"
    return ""


class BuiltinShapes:
    """The built-in types of the newest version that custom resources embed."""

    def __init__(self, pack: Pack) -> None:
        last = len(pack.index["versions"]) - 1
        self.types: dict[int, tuple[str, Any, list[str]]] = {}
        self._found: dict[str, int | None] = {}
        queue = []
        for api_version, kind in _ROOTS:
            spans = pack.index["kinds"][api_version][kind]
            queue += [number for first, end, number in spans if first <= last <= end]
        while queue:
            number = queue.pop()
            if number not in self.types:
                name, fields, required = pack.record(number)
                self.types[number] = (name, fields, required)
                queue += _numbers(fields)
        self.metadata = next(n for n, t in self.types.items() if t[0].endswith(".ObjectMeta"))

    def find(self, schema: Mapping[str, Any]) -> int | None:
        """Return the number of the built-in type that a schema repeats, None if there is none."""
        properties = schema.get("properties") or {}
        if len(properties) < _LEAST_FIELDS:
            return None
        text = json.dumps(schema, sort_keys=True)
        if text not in self._found:
            fits = [n for n in self.types if self._matches(schema, n)]
            fits.sort(key=lambda n: (len(self.types[n][1]), self.types[n][0]))
            self._found[text] = fits[0] if fits else None
        return self._found[text]

    def _matches(self, schema: Mapping[str, Any], number: int) -> bool:
        name, fields, required = self.types[number]
        properties = schema.get("properties") or {}
        if not isinstance(fields, dict) or schema.get("x-kubernetes-preserve-unknown-fields"):
            return False
        if not properties.keys() <= fields.keys() or schema.get("x-kubernetes-validations"):
            return False
        if len(properties) < _LEAST_SHARE * len(fields) and not name.endswith(".ObjectMeta"):
            return False
        group, short = name.split(".")[-3], name.split(".")[-1]
        enforced = {k for k in required if (group, short, k) not in NOT_ENFORCED}
        wanted = {k for k in schema.get("required") or () if "default" not in properties.get(k, {})}
        if not wanted <= set(required) or not enforced & properties.keys() <= wanted:
            return False
        return all(
            self._same(value, fields[key], limited=(group, short, key) not in ALLOWED)
            for key, value in properties.items()
        )

    def _same(self, schema: Mapping[str, Any], node: Any, *, limited: bool) -> bool:
        limits = any(schema.get(limit) is not None for limit in _LIMITS)
        if limited and limits and not schema.get("x-kubernetes-int-or-string"):
            return False
        if isinstance(node, str):
            return simple_code(schema) in _SAME.get(node, node) and bool(simple_code(schema))
        if isinstance(node, int):
            fields = self.types[node][1]
            if not isinstance(fields, dict):
                return self._same(schema, fields, limited=limited)
            return self._matches(schema, node) if schema.get("properties") else False
        shape, inner = node
        within = schema.get("items" if shape == "a" else "additionalProperties")
        return isinstance(within, dict) and self._same(within, inner, limited=limited)


def _numbers(fields: Any) -> list[int]:
    nodes = list(fields.values()) if isinstance(fields, dict) else [fields]
    found = []
    for node in nodes:
        while isinstance(node, list):
            node = node[1]
        if isinstance(node, int):
            found.append(node)
    return found
