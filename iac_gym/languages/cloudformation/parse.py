"""Answer's files -> `Template`: reading, sections, then the examinations that note faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.cloudformation.decode import MOST_BYTES, decode
from iac_gym.languages.cloudformation.examine import examine
from iac_gym.languages.cloudformation.foreach import expand
from iac_gym.languages.cloudformation.model import KNOWN_TRANSFORMS, Resource, Template
from iac_gym.languages.cloudformation.properties import examine_properties
from iac_gym.languages.cloudformation.services import examine_services
from iac_gym.verdict import Finding

_LOOP = "Fn::ForEach"


def parse(files: Mapping[str, str]) -> Template:
    """Read a template (path -> text; the first file is the template). Raises `ParseError`."""
    if len(files) != 1:
        path = list(files)[1] if files else ""
        raise ParseError(Finding("a template is exactly one file", path))
    path, text = next(iter(files.items()))
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        message = f"the template is larger than {MOST_BYTES} bytes, the most that the service takes"
        raise ParseError(Finding(message, path))
    return build(expand(decode(text, path)), path, "AWS::NoValue" in text)


def build(tree: YamlMap, path: str, varies: bool = True) -> Template:
    """Make the model of a tree and examine it. `varies`: `AWS::NoValue` may occur in it."""
    template = Template(tree, path)
    template.transform = _transforms(tree.get("Transform"))
    template.opaque = any(name not in KNOWN_TRANSFORMS for name in template.transform)
    template.parameters = _section(template, "Parameters")
    template.mappings = _section(template, "Mappings")
    template.conditions = _section(template, "Conditions")
    template.outputs = _section(template, "Outputs")
    template.rules = _section(template, "Rules")
    resources = _section(template, "Resources")
    if resources:
        marks = tree["Resources"].key_marks
        for name, body in resources.items():
            if body.__class__ is YamlMap:
                template.resources[name] = _resource(name, body, marks[name])
    examine_properties(template, varies)
    examine_services(template)
    examine(template)
    return template


def _transforms(given: Any) -> tuple[str, ...]:
    items = given if isinstance(given, list) else [given]
    names = []
    for item in items:
        name = item.get("Name") if isinstance(item, dict) else item
        if isinstance(name, str):
            names.append(name)
    return tuple(names)


def _section(template: Template, name: str) -> dict[str, Any]:
    """Return a section without its loops, which are kept apart."""
    found = template.tree.get(name)
    if found.__class__ is not YamlMap:
        return {}
    section: dict[str, Any] = found
    loops = {key: body for key, body in section.items() if key.startswith(_LOOP)}
    if loops:
        template.loops[name] = loops
        section = {key: body for key, body in section.items() if key not in loops}
    return section


def _resource(name: str, body: YamlMap, mark: tuple[int, int]) -> Resource:
    kind, condition = body.get("Type"), body.get("Condition")
    properties, after = body.get("Properties"), body.get("DependsOn")
    names = after if isinstance(after, list) else [after]
    return Resource(
        name,
        kind if kind.__class__ is str else "",
        body,
        mark,
        properties if isinstance(properties, YamlMap) else YamlMap(mark),
        condition if condition.__class__ is str else "",
        tuple([one for one in names if one.__class__ is str]),
    )
