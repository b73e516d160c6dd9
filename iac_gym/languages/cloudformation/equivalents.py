"""Rewritings of a template that mean the same to CloudFormation, for the contract's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump
from iac_gym.languages.cloudformation.decode import decode
from iac_gym.languages.cloudformation.pack import schemas

Change = Callable[[Any], Any]

#: Long form -> short tag, for functions whose value the tag can carry in flow style.
_TAGS = {
    "Ref": "!Ref", "Condition": "!Condition",
    **{f"Fn::{name}": f"!{name}" for name in (
        "And", "Base64", "Cidr", "Equals", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue",
        "Join", "Not", "Or", "Select", "Split", "Sub")},
}  # fmt: skip
_SECTIONS = ("Resources", "Outputs", "Conditions", "Mappings", "Parameters")
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9:]+)\}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _deep(change: Change) -> Change:
    """Return the change of every mapping and list, from the inside out."""

    def apply(value: Any) -> Any:
        if isinstance(value, dict):
            return change({key: apply(item) for key, item in value.items()})
        return [apply(item) for item in value] if isinstance(value, list) else value

    return apply


def _function(value: Any) -> str:
    if isinstance(value, dict) and len(value) == 1:
        name = next(iter(value))
        return name if name == "Ref" or name.startswith("Fn::") else ""
    return ""


def _backwards(tree: Any) -> Any:
    """Write the keys of all mappings in the opposite order."""
    if isinstance(tree, dict):
        return {key: _backwards(item) for key, item in reversed(tree.items())}
    return [_backwards(item) for item in tree] if isinstance(tree, list) else tree


def _in_properties(change: Change) -> Change:
    """Return the change of the properties of resources alone."""

    def apply(tree: Any) -> Any:
        for body in tree.get("Resources", {}).values():
            if isinstance(body, dict) and isinstance(body.get("Properties"), dict):
                body["Properties"] = change(body["Properties"])
        return tree

    return apply


@_deep
def _joined(value: Any) -> Any:
    """Write `Fn::Sub` of a text with plain variables as `Fn::Join`."""
    text = value.get("Fn::Sub")
    if _function(value) != "Fn::Sub" or not isinstance(text, str) or "${!" in text:
        return value
    parts: list[Any] = []
    place = 0
    for found in _VARIABLE.finditer(text):
        parts += [text[place : found.start()], {"Ref": found[1]}]
        place = found.end()
    parts = [part for part in [*parts, text[place:]] if part]
    if "${" in "".join(part for part in parts if isinstance(part, str)) or not parts:
        return value
    return {"Fn::Join": ["", parts]}


@_deep
def _substituted(value: Any) -> Any:
    """Write `Fn::Join` of texts and references without a separator as `Fn::Sub`."""
    parts = value.get("Fn::Join")
    if _function(value) != "Fn::Join" or not isinstance(parts, list) or len(parts) != 2:
        return value
    if parts[0] != "" or not isinstance(parts[1], list):
        return value
    text = ""
    for part in parts[1]:
        if isinstance(part, str) and "${" not in part:
            text += part
        elif _function(part) == "Ref" and isinstance(part["Ref"], str):
            text += f"${{{part['Ref']}}}"
        else:
            return value
    return {"Fn::Sub": text} if "${" in text else value


@_deep
def _sub_for_get_att(value: Any) -> Any:
    """Write `Fn::GetAtt` of a text in `Fn::Join` as a dotted `Fn::Sub`; else leave it."""
    parts = value.get("Fn::Join")
    if _function(value) != "Fn::Join" or not isinstance(parts, list) or len(parts) != 2:
        return value
    if not isinstance(parts[1], list):
        return value
    items = [
        {"Fn::Sub": f"${{{'.'.join(item['Fn::GetAtt'])}}}"}
        if _function(item) == "Fn::GetAtt"
        and all(isinstance(part, str) for part in item["Fn::GetAtt"])
        else item
        for item in parts[1]
    ]
    return {"Fn::Join": [parts[0], items]}


def _quoted(tree: Any) -> Any:
    """Write numbers and booleans of properties as texts, where the schema turns them back."""
    for body in tree.get("Resources", {}).values():
        record = schemas().record(str(body.get("Type"))) if isinstance(body, dict) else None
        given = body.get("Properties") if isinstance(body, dict) else None
        if record is None or not isinstance(given, dict):
            continue
        for name, schema in record["s"].get("p", {}).items():
            value = given.get(name)
            kinds = schema.get("t", "") if isinstance(schema, dict) else ""
            if isinstance(value, bool) and kinds == "b":
                given[name] = "true" if value else "false"
            elif isinstance(value, int) and not isinstance(value, bool) and kinds in ("i", "n"):
                given[name] = str(value)
    return tree


def _listed(tree: Any) -> Any:
    """Write `DependsOn` of one resource as a list, and a list of one as a text."""
    for body in tree.get("Resources", {}).values():
        after = body.get("DependsOn") if isinstance(body, dict) else None
        if isinstance(after, str):
            body["DependsOn"] = [after]
        elif isinstance(after, list) and len(after) == 1:
            body["DependsOn"] = after[0]
    return tree


def _dotted(tree: Any) -> Any:
    """Write `Fn::GetAtt` as a text with a dot, as YAML allows it."""

    @_deep
    def change(value: Any) -> Any:
        parts = value.get("Fn::GetAtt")
        plain = isinstance(parts, list) and all(isinstance(part, str) for part in parts)
        return {"Fn::GetAtt": ".".join(parts)} if _function(value) and plain else value

    return change(tree)


def _with_notes(tree: Any) -> Any:
    """Add what says nothing about the resources: a description, metadata, a version."""
    notes = {"AWSTemplateFormatVersion": "2010-09-09", "Description": "written by hand"}
    return {**notes, **tree, "Metadata": {**tree.get("Metadata", {}), "Note": {"By": "hand"}}}


def _sections_backwards(tree: Any) -> Any:
    return {key: tree[key] for key in sorted(tree, key=lambda key: key not in _SECTIONS)}


_CHANGES: Mapping[str, Change] = {
    "keys in the opposite order": _backwards,
    "sections in another order": _sections_backwards,
    "Join for Sub": _in_properties(_joined),
    "Sub for Join": _in_properties(_substituted),
    "Sub for GetAtt": _in_properties(_sub_for_get_att),
    "quoted numbers": _quoted,
    "lists for texts": _listed,
    "GetAtt with a dot": _dotted,
    "notes": _with_notes,
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        try:
            whole = _plain(decode(text, path))
        except ParseError:
            continue
        for change, rewrite in _CHANGES.items():
            tree = rewrite(_plain(decode(text, path)))
            yield change, {**files, path: dump([tree])}
        yield "long forms", {**files, path: dump([whole])}
        yield "short forms", {**files, path: _short(whole)}
        yield "JSON", {**files, path: json.dumps(whole, indent=2)}
        yield "JSON with tabs", {**files, path: json.dumps(whole, indent="\t")}
        if not text.lstrip().startswith("{"):
            yield "a comment", {**files, path: f"# written by hand\n{text}\n# the end\n"}
        yield "an anchor", {**files, path: _anchored(whole)}


def _short(tree: Any) -> str:
    """Write a template with the short forms, in flow style below each top-level entry."""
    lines = []
    for section, body in tree.items():
        if section in _SECTIONS and isinstance(body, dict) and body:
            lines.append(f"{section}:")
            lines += [f"  {json.dumps(name)}: {_flow(item)}" for name, item in body.items()]
        else:
            lines.append(f"{section}: {_flow(body)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any, tagged: bool = True) -> str:
    """Write a value in flow style; a tag may not stand right inside another one."""
    if isinstance(value, dict):
        name = next(iter(value), "")
        if len(value) == 1 and name in _TAGS and tagged:
            return _tagged(name, value[name])
        return "{" + ", ".join(f"{json.dumps(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return json.dumps(value)


def _tagged(name: str, value: Any) -> str:
    is_list = name == "Fn::GetAtt" and isinstance(value, list)
    if is_list and all(isinstance(part, str) for part in value):
        return f"!GetAtt {json.dumps('.'.join(value))}"
    return f"{_TAGS[name]} {_flow(value, tagged=False)}"


def _anchored(tree: Any) -> str:
    """Name the properties of the first resource and repeat them in its metadata by an alias."""
    resources = tree.get("Resources", {})
    if not all(isinstance(body, dict) for body in resources.values()):
        return dump([tree])
    name = next((key for key, body in resources.items() if body.get("Properties")), None)
    if name is None or "Metadata" in resources[name]:
        return dump([tree])
    others = {key: item for key, item in tree.items() if key != "Resources"}
    lines = dump([others]).splitlines() if others else []
    lines.append("Resources:")
    for key, body in resources.items():
        lines.append(f"  {json.dumps(key)}:")
        for part, value in body.items():
            mark = "&kept " if key == name and part == "Properties" else ""
            lines.append(f"    {part}: {mark}{json.dumps(value)}")
        if key == name:
            lines.append("    Metadata: {Copy: *kept}")
    return "\n".join(lines) + "\n"
