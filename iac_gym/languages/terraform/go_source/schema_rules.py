"""Read the value rules of a resource from its schema in the plugin SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from iac_gym.languages.terraform.go_source.simplify import Rule, Rules, simplified
from iac_gym.languages.terraform.go_source.speed import quick_pattern
from iac_gym.languages.terraform.go_source.validators import Validators
from iac_gym.languages.terraform.go_source.values import Func, Native, Struct, Value
from iac_gym.languages.terraform.value_checks import _CHECKS as KINDS
from iac_gym.languages.terraform.value_formats import FORMATS

Record = dict[str, Any]


class Body(NamedTuple):
    """A body of a schema: its path, and whether there is at most one of it and of those around."""

    path: str
    single: bool
    written_as_blocks: bool = False


def resource_schema(run: Validators, resource: Value) -> Value:
    """Return the schema of a resource: given, or made by a function."""
    if not isinstance(resource, Struct):
        return None
    schema = resource.get("Schema")
    made = resource.get("SchemaFunc")
    return run.call(made, []) if schema is None and isinstance(made, Func) else schema


class Reader:
    """Reads the rules of one resource type or data source from its schema."""

    def __init__(self, run: Validators, schema: Mapping[str, Value]) -> None:
        self._run = run
        self._top = schema
        self.values: dict[str, Rules] = {}
        self.groups: dict[tuple[str, ...], None] = {}
        self.simple: set[str] = set()
        self._body(schema, Body("", True))

    def record(self) -> Record:
        """Return what was found, in the form of the pack."""
        made: Record = {}
        if self.values:
            made["v"] = self.values
        if self.groups:
            made["g"] = [list(group) for group in mutual(list(self.groups), self.simple)]
        return made

    def _body(self, schema: Mapping[str, Value], body: Body) -> None:
        for name, entry in schema.items():
            if not isinstance(entry, Struct):
                continue  # nothing is known of it
            if entry.get("Required") is True or entry.get("Optional") is True:
                path = f"{body.path}.{name}" if body.path else name
                self._entry(entry, path, body)

    def _entry(self, entry: Struct, path: str, body: Body) -> None:
        kind = _kind(entry)
        if body.single:
            self._grouped(entry, path)
        if body.written_as_blocks and entry.get("Required") is True:
            # Terraform sees an object's attribute there, which it does not ask for.
            self._keep(path, [["required"]])
        if kind in ("list", "set"):
            self._many(entry, path, body)
        elif kind == "map":
            self._keep(f"{path}.#", self._map_rules(entry, "MapKey"))
            self._keep(f"{path}.*", self._map_rules(entry, "MapValue"))
        elif kind:
            self.simple.add(path)
            if kind != "bool":
                self._keep(path, self._rules(entry, kind))

    def _many(self, entry: Struct, path: str, body: Body) -> None:
        elem = entry.get("Elem")
        least, most = (_int(entry.get(name)) for name in ("MinItems", "MaxItems"))
        block = isinstance(elem, Struct) and elem.type == "Resource"
        if (most or 0) > 1 or (least or 0) > 1 or (not block and (least or most)):
            self._keep(path, [["count", least or None, most or None]])
        if not isinstance(elem, Struct):
            return
        if block:
            inner = resource_schema(self._run, elem)
            if isinstance(inner, dict):
                mode = entry.get("ConfigMode")
                as_blocks = isinstance(mode, Native) and mode.name == "SchemaConfigModeAttr"
                as_blocks = as_blocks or body.written_as_blocks
                self._body(inner, Body(path, body.single and most == 1, as_blocks))
        elif _kind(elem) in ("string", "int", "float"):
            self._keep(f"{path}.*", self._rules(elem, _kind(elem)))

    def _rules(self, entry: Struct, kind: str) -> Rules:
        given = [entry.get(name) for name in ("ValidateFunc", "ValidateDiagFunc")]
        return [rule for validator in given for rule in self._run.rules(validator, kind)]

    def _map_rules(self, entry: Struct, start: str) -> Rules:
        validator = entry.get("ValidateDiagFunc")
        if not isinstance(validator, Native) or not validator.name.startswith(start):
            return []
        args = validator.args or ()
        name = "StringLenBetween" if validator.name.endswith("LenBetween") else "StringMatch"
        return self._run.rules(Native(validator.package, name, args))

    def _keep(self, path: str, rules: Rules) -> None:
        short = simplified(rules)
        kept = [rule for rule in map(tidy, short) if rule is not None]
        if kept:
            self.values[path] = simplified([*self.values.get(path, []), *kept])

    def _grouped(self, entry: Struct, path: str) -> None:
        for field, kind in _GROUPS.items():
            given = entry.get(field)
            if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
                continue
            others = [self._known(key) for key in given]
            if any(other is None for other in others):
                continue
            named = [other for other in dict.fromkeys(others) if other and other != path]
            if kind in ("conflicts", "required_with"):
                if named:
                    self.groups[(kind, path, *named)] = None
            else:
                self._members(kind, path, named)

    def _members(self, kind: str, path: str, others: list[str]) -> None:
        """Note a group in which all members are alike, once for every block that declares it."""
        parent = path.rpartition(".")[0]
        beside = sorted(p for p in (path, *others) if p.rpartition(".")[0] == parent)
        far = sorted(p for p in others if p.rpartition(".")[0] != parent)
        if len(beside) + len(far) > 1:
            self.groups[(kind, *beside, *far)] = None

    def _known(self, key: str) -> str | None:
        """Return the path of a key such as `a.0.b`, "" where no such entry can be set.

        None where that is not known, or a block on the way may stand several times: the rule is
        about the first alone.
        """
        parts = key.split(".")
        schema: Value = self._top
        path: list[str] = []
        for place, part in enumerate(parts):
            if part.isdigit():
                continue
            entry = schema.get(part) if isinstance(schema, dict) else None
            if not isinstance(entry, Struct):
                return "" if entry is None else None
            path.append(part)
            if place == len(parts) - 1:
                break
            if place + 1 == len(parts) - 1 and parts[-1].isdigit():
                return None
            if entry.get("MaxItems") != 1:
                return None
            elem = entry.get("Elem")
            schema = resource_schema(self._run, elem) if isinstance(elem, Struct) else None
        return ".".join(path)


_GROUPS = {
    "ConflictsWith": "conflicts",
    "RequiredWith": "required_with",
    "ExactlyOneOf": "exactly_one_of",
    "AtLeastOneOf": "at_least_one_of",
}
_KINDS = {
    "TypeString": "string",
    "TypeInt": "int",
    "TypeFloat": "float",
    "TypeBool": "bool",
    "TypeList": "list",
    "TypeSet": "set",
    "TypeMap": "map",
}


def mutual(groups: list[tuple[str, ...]], simple: set[str]) -> list[tuple[str, ...]]:
    """Say conflicts that all their members declare once; `simple` are the paths of single values.

    A single value is known or not, so `at_most_one_of` says the same. Blocks may be known in part.
    """
    clashes = {group[1]: frozenset(group[1:]) for group in groups if group[0] == "conflicts"}
    made: dict[tuple[str, ...], None] = {}
    for group in groups:
        members = frozenset(group[1:])
        beside = len({path.rpartition(".")[0] for path in members}) == 1
        all_say = all(clashes.get(path) == members for path in members)
        if group[0] == "conflicts" and all_say and beside and members <= simple:
            group = ("at_most_one_of", *sorted(members))
        made[group] = None
    return list(made)


def _kind(entry: Struct) -> str:
    type = entry.get("Type")
    return _KINDS.get(type.name, "") if isinstance(type, Native) else ""


def _int(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def tidy(rule: Rule) -> Rule | None:
    """Return a rule as the pack has it, None where the reader could not check it."""
    kind = rule[0]
    if kind not in KINDS:
        return None
    if kind in ("any", "all"):
        parts = [tidy(part) for part in rule[1:]]
        if kind == "any" and None in parts:
            return None
        kept = [part for part in parts if part is not None]
        return [kind, *kept] if kept else None
    if kind == "format" and rule[1] not in FORMATS:
        return None
    if kind in ("pattern", "no_pattern"):
        return quick_pattern(rule)
    if kind in ("enum", "enum_nocase", "none_of") and not _plain_values(rule[1]):
        return None
    return rule


def _plain_values(values: Any) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(
            isinstance(value, (str, int, float)) and not isinstance(value, bool) for value in values
        )
    )
