"""Read the value rules of resources written with the plugin framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iac_gym.languages.terraform.go_source.schema_rules import Record, tidy
from iac_gym.languages.terraform.go_source.sdk import SDK
from iac_gym.languages.terraform.go_source.simplify import Rules, simplified
from iac_gym.languages.terraform.go_source.validators import Validators
from iac_gym.languages.terraform.go_source.values import UNKNOWN, Native, Struct, Value

# The framework's validators in the words of the SDK's; `Size` is that of a list or set.
_VALIDATORS: Mapping[str, Callable[..., Rules]] = {
    "OneOf": lambda *values: [["enum", list(values)]],
    "OneOfCaseInsensitive": lambda *values: [["enum_nocase", list(values)]],
    "NoneOf": lambda *values: [["none_of", list(values)]],
    "LengthBetween": lambda least, most: [["length", least, most]],
    "LengthAtLeast": lambda least: [["length", least, None]],
    "LengthAtMost": lambda most: [["length", None, most]],
    "UTF8LengthBetween": lambda least, most: [["chars", least, most]],
    "UTF8LengthAtLeast": lambda least: [["chars", least, None]],
    "UTF8LengthAtMost": lambda most: [["chars", None, most]],
    "RegexMatches": SDK["StringMatch"],
    "Between": lambda least, most: [["range", least, most]],
    "AtLeast": lambda least: [["range", least, None]],
    "AtMost": lambda most: [["range", None, most]],
    "SizeBetween": lambda least, most: [["count", least, most]],
    "SizeAtLeast": lambda least: [["count", least, None]],
    "SizeAtMost": lambda most: [["count", None, most]],
}
_GROUPS = {
    "ConflictsWith": "conflicts",
    "AlsoRequires": "required_with",
    "ExactlyOneOf": "exactly_one_of",
    "AtLeastOneOf": "at_least_one_of",
}
_OF_RESOURCE = {
    "ExactlyOneOf": "exactly_one_of",
    "AtLeastOneOf": "at_least_one_of",
    "Conflicting": "at_most_one_of",
}


def framework_records(
    run: Validators, provider: Struct, prefix: str
) -> Iterator[tuple[str, str, Record]]:
    """Yield (mode, type, record) of a provider whose types start with `prefix`."""
    for mode, method in (("resource", "Resources"), ("data", "DataSources")):
        made = run.call(run.method(provider, method), [UNKNOWN])
        for make in made if isinstance(made, list) else ():
            run.restart()
            resource = run.call(make, [])
            if isinstance(resource, Struct):
                yield mode, *_record(run, resource, prefix)


def _record(run: Validators, resource: Struct, prefix: str) -> tuple[str, Record]:
    named, described = Struct("", "MetadataResponse"), Struct("", "SchemaResponse")
    asked = Struct("", "MetadataRequest", {"ProviderTypeName": prefix})
    run.call(run.method(resource, "Metadata"), [UNKNOWN, asked, named])
    run.call(run.method(resource, "Schema"), [UNKNOWN, UNKNOWN, described])
    reader = FrameworkReader()
    schema = described.get("Schema")
    if isinstance(schema, Struct):
        reader.body(schema, "")
    checks = run.call(run.method(resource, "ConfigValidators"), [UNKNOWN])
    for check in checks if isinstance(checks, list) else ():
        reader.whole(check)
    name = named.get("TypeName")
    return (name if isinstance(name, str) else ""), reader.record()


class FrameworkReader:
    """Reads the rules of one schema of the framework."""

    def __init__(self) -> None:
        self._values: dict[str, Rules] = {}
        self._groups: dict[tuple[str, ...], None] = {}

    def record(self) -> Record:
        """Return what was found, in the form of the pack."""
        made: Record = {}
        if self._values:
            made["v"] = self._values
        if self._groups:
            made["g"] = [list(group) for group in self._groups]
        return made

    def body(self, body: Struct, start: str) -> None:
        """Read the attributes and blocks of a body."""
        for field in ("Attributes", "Blocks"):
            entries = body.get(field)
            for name, entry in entries.items() if isinstance(entries, dict) else ():
                if isinstance(entry, Struct):
                    self._entry(entry, start + name)

    def _entry(self, entry: Struct, path: str) -> None:
        validators = entry.get("Validators")
        for validator in validators if isinstance(validators, list) else ():
            if isinstance(validator, Native) and validator.args is not None:
                self._validator(validator, path)
        nested = entry.get("NestedObject")
        inner = nested if isinstance(nested, Struct) else entry
        self.body(inner, path + ".")

    def _validator(self, validator: Native, path: str) -> None:
        args = validator.args or ()
        if validator.name.startswith("Value") and validator.name.endswith("Are"):
            for one in args:
                if isinstance(one, Native):
                    self._keep(f"{path}.*", _rules(one))
        elif validator.name in _GROUPS:
            others = roots(args)
            if others is not None and "." not in path:
                self._group(_GROUPS[validator.name], path, others)
        else:
            self._keep(path, _rules(validator))

    def _group(self, kind: str, path: str, others: list[str]) -> None:
        members = [path, *(other for other in others if other != path)]
        if kind in ("exactly_one_of", "at_least_one_of"):
            members.sort()
        if len(members) > 1:
            self._groups[(kind, *members)] = None

    def whole(self, check: Value) -> None:
        """Read a validator of a whole resource."""
        if isinstance(check, Native) and check.name in _OF_RESOURCE:
            members = roots(check.args or ())
            if members:
                self._groups[(_OF_RESOURCE[check.name], *sorted(members))] = None

    def _keep(self, path: str, rules: Rules) -> None:
        kept = [rule for rule in map(tidy, simplified(rules)) if rule is not None]
        if kept:
            self._values[path] = simplified([*self._values.get(path, []), *kept])


def _rules(validator: Native) -> Rules:
    find = _VALIDATORS.get(validator.name)
    args = validator.args or ()
    if find is None or any(arg is UNKNOWN for arg in args):
        return []
    try:
        return find(*args)
    except (TypeError, AttributeError):
        return []


def roots(expressions: tuple[Any, ...]) -> list[str] | None:
    """Return the top attributes that path expressions name, None where one is something else."""
    found: list[str] = []
    for expression in expressions:
        named = isinstance(expression, Native) and expression.name in ("MatchRoot", "Root")
        args = expression.args if named else None
        if not args or len(args) != 1 or not isinstance(args[0], str):
            return None
        found.append(args[0])
    return found
