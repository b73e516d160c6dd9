"""The examination of resource types and their properties: errors of the walk become findings."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any

from iac_gym.formats.yaml import find
from iac_gym.languages.cloudformation.model import SERVERLESS, Resource, Template
from iac_gym.languages.cloudformation.pack import CUSTOM, schemas
from iac_gym.languages.cloudformation.walk import shared_check, walker
from iac_gym.languages.cloudformation.walk_base import (
    UNKNOWN,
    Error,
    Sink,
    State,
    function_of,
    path_of,
)

#: Most resources of a template that the service takes, and most of their types that are examined.
MOST_RESOURCES = 500
MOST_TYPES = 80
#: Most errors of one resource that become findings.
_MOST_ERRORS = 20
_INIT = "AWS::CloudFormation::Init"
_KINDS = {
    "s": "a text", "b": "a boolean", "i": "an integer", "n": "a number", "o": "a mapping",
    "a": "a list", "0": "null",
}  # fmt: skip
#: Keyword of the schema -> rule that tells it.
_RULES = {
    "type": "values-have-the-right-type",
    "additional": "properties-are-known",
    "forbidden": "properties-fit-together",
    "required": "required-properties-are-there",
    "requiredOr": "required-properties-are-there",
    "dependent": "required-properties-are-there",
    "enum": "values-are-allowed",
    "pattern": "values-match-their-pattern",
    "format": "values-match-their-pattern",
    "readOnly": "read-only-properties-are-not-set",
    "function": "functions-give-what-fits",
    "gives": "functions-give-what-fits",
}
_SIZES = frozenset(
    """minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems
    maxItems minProperties maxProperties""".split()
)
_TOGETHER = frozenset({"exclusive", "oneOf", "anyOf", "not", "contains"})


def examine_properties(template: Template, varies: bool) -> None:
    """Note what is wrong with the types of all resources and with their properties."""
    types: set[str] = set()
    for resource in islice(template.resources.values(), MOST_RESOURCES):
        types.add(resource.type)
        if len(types) > MOST_TYPES:
            message = f"only the first {MOST_TYPES} resource types are examined"
            template.fault("not-judged", resource.mark, message)
            return
        if resource.type:
            _examine(template, resource, varies)
        metadata = resource.tree.get("Metadata")
        if isinstance(metadata, dict) and _INIT in metadata:
            _examine_init(template, resource, metadata[_INIT], varies)


def _examine(template: Template, resource: Resource, varies: bool) -> None:
    kind = resource.type
    walk = walker(CUSTOM if kind.startswith("Custom::") else kind)
    if walk is None:
        _unknown_type(template, resource)
        return
    mark = resource.tree.marks.get("Type", resource.mark)
    if kind.startswith("AWS::Serverless::") and SERVERLESS not in template.transform:
        message = f"`{kind}` needs the transform `{SERVERLESS}`"
        hint = f"write `Transform: {SERVERLESS}` at the top level"
        template.fault("resource-types-exist", mark, message, hint)
    if schemas().is_shut_down(kind):
        message = f"`{kind}` belongs to a service that has been shut down"
        template.fault("resource-types-exist", mark, message)
    given = resource.tree.get("Properties", resource.properties)
    if given is None and kind.startswith("AWS::Serverless::"):
        given = resource.properties  # the transform takes it for an empty mapping
    if not isinstance(given, dict) or function_of(given) == "Ref":
        mark = resource.tree.marks.get("Properties", resource.mark)
        template.fault("values-have-the-right-type", mark, "`Properties` must be a mapping")
        return
    facts = {resource.condition: True} if resource.condition else {}
    out: Sink = []
    walk(given, None, out, State(template, facts, False, varies))
    if out:
        for error in [one for one in out if one is not UNKNOWN][:_MOST_ERRORS]:
            _tell(template, resource, error)


def _examine_init(template: Template, resource: Resource, given: Any, varies: bool) -> None:
    """Note what is wrong with the metadata that cfn-init reads on a machine."""
    out: Sink = []
    shared_check("E3009")(given, None, out, State(template, {}, False, varies))
    for error in [one for one in out if one is not UNKNOWN][:_MOST_ERRORS]:
        _tell(template, resource, error, ("Metadata", _INIT))


def _unknown_type(template: Template, resource: Resource) -> None:
    kind = resource.type
    mark = resource.tree.marks.get("Type", resource.mark)
    if kind.endswith("::MODULE") or not kind.lower().startswith(("aws::", "alexa::")):
        if kind.count("::") < 2:
            message = f"`{kind}` is no resource type"
            hint = "types look like `AWS::S3::Bucket`, `Custom::Name` or `Vendor::Service::Kind`"
            template.fault("resource-types-exist", mark, message, hint)
        else:
            template.fault("not-judged", mark, f"the properties of `{kind}` are not known here")
    else:
        near = template.near(kind, _of_service(kind)) if template.suggests else ""
        template.fault("resource-types-exist", mark, f"there is no resource type `{kind}`", near)


@cache
def _services() -> tuple[str, ...]:
    """Return the names of the services: `AWS::S3` and so on."""
    return tuple(dict.fromkeys(name.rpartition("::")[0] for name in schemas().types))


def _of_service(kind: str) -> list[str]:
    """Return the types that may be meant: those of the service, or of the one that is nearest."""
    service = kind.rpartition("::")[0]
    if service not in _services():
        service = next(iter(get_close_matches(service[:60], _services(), n=1, cutoff=0.7)), "?")
    return [name for name in schemas().types if name.startswith(service + "::")]


def _tell(
    template: Template, resource: Resource, error: Error, root: tuple[str, ...] = ("Properties",)
) -> None:
    place, keyword, wanted, value = error
    path = (*root, *path_of(place))
    _, mark = find(resource.tree, path)
    if keyword in ("additional", "readOnly", "exclusive", "forbidden") and len(path) > 1:
        holder, _ = find(resource.tree, path[:-1])
        mark = getattr(holder, "key_marks", {}).get(path[-1], mark)
    if len(path) == 1 and "Properties" not in resource.tree:
        mark = resource.mark
    message, hint = _say(template, keyword, wanted, value)
    rule = _rule(keyword, path, resource.type)
    template.fault(rule, mark, f"`{resource.name}` {_dotted(path[1:])}{message}", hint)


def _rule(keyword: str, path: tuple[Any, ...], kind: str) -> str:
    if keyword in _SIZES:
        return "values-are-in-range"
    if keyword in _TOGETHER:
        return "properties-fit-together"
    return _RULES.get(keyword, "items-are-unique")


def _dotted(path: tuple[Any, ...]) -> str:
    """Write a path as people do: `Tags[0].Key: `; steps through `Fn::If` are left out."""
    text = ""
    skip = False
    for step in path:
        if skip:
            skip = False
        elif step == "Fn::If":
            skip = True
        else:
            text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return f"({text.lstrip('.')[:200]}): " if text else ": "


def _say(template: Template, keyword: str, wanted: Any, value: Any) -> tuple[str, str]:
    if keyword == "additional":
        return f"`{str(value)[:80]}` is no property here", template.near(str(value), wanted)
    if keyword == "enum":
        words = [str(word) for word in wanted]
        listed = ", ".join(words[:12]) + (f", ... ({len(words)} in all)" if len(words) > 12 else "")
        return f"{_short(value)} is not one of {listed}", template.near(str(value), words)
    return _SAID.get(keyword, _said_plainly(keyword))(wanted, value), ""


def _kinds(letters: str) -> str:
    return " or ".join(_KINDS[letter] for letter in letters)


def _said_plainly(keyword: str) -> Callable[[Any, Any], str]:
    return lambda wanted, value: f"{_short(value)} breaks `{keyword}: {_short(wanted)}`"


_SAID: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda wanted, value: f"must be {_kinds(wanted)}, not {_short(value)}",
    "forbidden": lambda wanted, value: "is not allowed beside the others",
    "required": lambda wanted, value: f"the required property `{wanted}` is missing",
    "requiredOr": lambda wanted, value: f"one of {', '.join(wanted)} is required",
    "dependent": lambda wanted, value: f"`{wanted[0]}` needs `{wanted[1]}` beside it",
    "pattern": lambda wanted, value: f"{_short(value)} does not match the pattern {wanted[:120]}",
    "format": lambda wanted, value: f"{_short(value)} is no {wanted}",
    "readOnly": lambda wanted, value: "is read-only: what is written here has no effect",
    "function": lambda wanted, value: f"takes {_kinds(wanted)}, which `{value}` does not give",
    "gives": lambda wanted, value: f"takes {wanted}, which `{value[0]}` is not",
    "exclusive": lambda wanted, value: f"{' and '.join(wanted)} exclude each other",
    "oneOf": lambda wanted, value: (
        "fits more than one of the forms that exclude each other"
        if wanted[1]
        else "fits none of the forms that are allowed"
    ),
    "anyOf": lambda wanted, value: "fits none of the forms that are allowed",
    "not": lambda wanted, value: f"{_short(value)} is not allowed here",
    "unique": lambda wanted, value: f"{_short(value)} is given twice",
    "uniqueKeys": lambda wanted, value: f"an item with the same {', '.join(wanted)} stands before",
}


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
