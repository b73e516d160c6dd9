"""What a schema says of a value beside its type, in the short form of the data pack.

A constraint is a mapping with any of these keys:

- `e` allowed values; `p` pattern; `f` format; `s`, `S` least and most characters;
- `n`, `N` least and most of a number (`nx`, `Nx`: exclusive), `d` what it is a multiple of;
- `i`, `I` least and most items; `k` keys by which the items of a list are told apart (`[]`: the
  items themselves), `kd` the defaults of these keys; `g`, `G` least and most fields of a mapping;
- `r` fields that must be there; `P` field -> constraint; `t` constraint of each item of a list,
  `m` of each value of a mapping;
- `all`, `any`, `one` lists of constraints; `not` a constraint; `x` CEL rules `[rule, message]`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

_SHORT = {
    "minLength": "s",
    "maxLength": "S",
    "minimum": "n",
    "maximum": "N",
    "multipleOf": "d",
    "minItems": "i",
    "maxItems": "I",
    "minProperties": "g",
    "maxProperties": "G",
}
#: Formats that the API server checks and that type codes do not already say.
_FORMATS = frozenset("ipv4 ipv6 cidr uri duration uuid date hostname email mac".split())
_JUNCTORS = {"allOf": "all", "anyOf": "any", "oneOf": "one"}

#: Patterns that Python takes too long to refuse are left out; the strings that try them.
_SLOWEST = 0.005
#: Short ones come first: what takes time that doubles with each character shows there.
_ATTACKS = (
    "a" * 18 + "\n",
    "1" * 18 + "\n",
    "a" * 22 + "!",
    "a" * 500 + "!",
    "1" * 500 + "!",
    "a.1-" * 120 + "!",
    "a/" * 250 + " ",
    "-" * 500,
)
#: Patterns that only Go refuses quickly -> the same for Python.
_REWRITTEN = {r"^[!-~]+([\t ]?[!-~]+)*$": r"^[!-~]+([\t ][!-~]+)*$"}


def python_pattern(pattern: str) -> str:
    """Return a pattern with its flags at the start, where Python wants them."""
    pattern = _REWRITTEN.get(pattern, pattern)
    return "(?i)" + pattern.replace("(?i)", "") if pattern.startswith("^(?i)") else pattern


def _is_fast(pattern: str) -> bool:
    """Whether Python reads a pattern and is quick to refuse a text."""
    try:
        compiled = re.compile(pattern)
    except re.error:
        return False
    for attack in _ATTACKS:
        begin = time.process_time()
        compiled.search(attack)
        if time.process_time() - begin > _SLOWEST:
            return False
    return True


def constraints_of(schema: Mapping[str, Any], *, of_object: bool) -> dict[str, Any]:
    """Return the constraints of a schema, without those of its properties and items."""
    found: dict[str, Any] = {}
    found |= _texts(schema)
    for long, short in _SHORT.items():
        if schema.get(long) is not None:
            found[short] = schema[long]
    for long, short in (("exclusiveMinimum", "nx"), ("exclusiveMaximum", "Nx")):
        if schema.get(long):
            found[short] = 1
    found |= _list_keys(schema)
    rules = [
        [rule["rule"], rule.get("message", "")]
        for rule in schema.get("x-kubernetes-validations") or ()
        if "oldSelf" not in rule["rule"]
    ]
    if rules:
        found["x"] = rules
    if not schema.get("x-kubernetes-int-or-string"):
        found |= _junctors(schema)
    return found


def _texts(schema: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if schema.get("enum") is not None:
        found["e"] = list(schema["enum"])
    pattern = python_pattern(str(schema.get("pattern") or ""))
    if pattern and not schema.get("x-kubernetes-int-or-string") and _is_fast(pattern):
        found["p"] = pattern
    if schema.get("format") in _FORMATS:
        found["f"] = schema["format"]
    return found


def _list_keys(schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = schema.get("x-kubernetes-list-type")
    if kind == "set":
        return {"k": []}
    if kind != "map":
        return {}
    found: dict[str, Any] = {"k": list(schema.get("x-kubernetes-list-map-keys", ()))}
    defaults = _defaults(schema)
    return {**found, "kd": defaults} if defaults else found


def _defaults(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = (schema.get("items") or {}).get("properties") or {}
    keys = schema.get("x-kubernetes-list-map-keys", ())
    return {k: properties[k]["default"] for k in keys if "default" in properties.get(k, {})}


def _junctors(schema: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for long, short in _JUNCTORS.items():
        if schema.get(long):
            found[short] = [value_constraint(each) for each in schema[long]]
    if schema.get("not") is not None:
        found["not"] = value_constraint(schema["not"])
    return found


def value_constraint(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraint that a schema inside `oneOf`, `not` and the like makes of a value."""
    found = constraints_of(schema, of_object=False)
    if schema.get("required"):
        found["r"] = list(schema["required"])
    inner = {k: value_constraint(v) for k, v in (schema.get("properties") or {}).items()}
    if inner:
        found["P"] = inner
    for long, short in (("items", "t"), ("additionalProperties", "m")):
        if isinstance(schema.get(long), dict) and (each := value_constraint(schema[long])):
            found[short] = each
    return found
