"""Requirements about what flows through Argo workflows: parameters, artifacts, conditions."""

from __future__ import annotations

import json
import re
from typing import Any

from envs.mlops.commands import container_lines, option, same_value, script_lines
from envs.mlops.reading import differs, same_path
from envs.mlops.requirements.argo import views
from envs.mlops.spots import nodes_of
from iac_gym.check import Findings, requirement
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Node, substitute
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

#: Longest text of a `withParam` that is read.
_LONGEST = 4096
_TAG = re.compile(r"\{\{=?([^{}]*)\}\}")
_PLAIN = re.compile(r"[\w.-]+")
_NAME = re.compile(r"(?:workflow|inputs)\.parameters\.[\w-]+")
_INDEX = re.compile(r"\[\s*[\"']([\w.-]+)[\"']\s*\]")


@requirement(
    "`{of}` has the parameter `{parameter}` with the default `{value}`",
    "a workflow parameter `{parameter}` of `{of}`, by default `{value}`",
)
def workflow_parameter(manifest: Manifest, of: str, parameter: str, value: str) -> Findings:
    """An argument of the workflow with a value."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        found = view.parameters.get(parameter)
        if found != value:
            path = (*view.spec_path, "arguments", "parameters")
            yield differs(item, path, found, value)

    return views(manifest, of, check)


@requirement(
    "`{step}` in `{of}` also gets the workflow parameter `{parameter}`, as an argument or an"
    " environment variable",
    "the workflow parameter `{parameter}` of `{of}` is handed on to `{step}`, as a further argument"
    " or an environment variable",
)
def parameter_used(manifest: Manifest, of: str, step: str, parameter: str) -> Findings:
    """A workflow parameter in the words (or variables) of a step, directly or by an input."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in nodes_of(manifest, item, step):
            if node.template is not None and _uses(node, parameter):
                return
        yield item.finding(f"`{step}` does not get `{parameter}`", "spec")

    return views(manifest, of, check)


def _uses(node: Node, parameter: str) -> bool:
    """Whether a tag of a node's container is a workflow parameter, through its inputs or not."""
    wanted = f"workflow.parameters.{parameter}"
    above: Node | None = node
    container = node.template.container if node.template else {}
    tags = _tags([container.get(key) for key in ("command", "args", "env", "source")])
    for _ in range(40):
        if wanted in tags or above is None:
            return wanted in tags
        passed: set[str] = set()
        inputs = above.template.inputs if above.template else {}
        root = above.parent is None
        for tag in tags:
            name = tag.removeprefix("inputs.parameters.")
            if name == tag or name not in inputs:
                continue
            if root and name == parameter:
                return True
            given = above.arguments.get(name)
            passed |= _tags(given if given is not None else inputs[name])
        tags, above = passed, above.parent
    return False


def _tags(tree: object) -> set[str]:
    found: set[str] = set()
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str) and "{{" in value:
            for tag in map(str.strip, _TAG.findall(value)):
                found.update([tag] if _PLAIN.fullmatch(tag) else _names(tag))
    return found


def _names(expression: str) -> list[str]:
    """Return the parameters in an expression: `asInt(workflow.parameters.n)`, `inputs[...]`."""
    return _NAME.findall(_dotted(expression))


def _dotted(expression: str) -> str:
    return _INDEX.sub(r".\1", expression)


@requirement(
    "`{step}` in `{of}` runs only if the output parameter `{output}` of `{other}` {relation}"
    " {value}",
    "in `{of}`, the step `{step}` has a condition: `{output}` of `{other}` {relation} {value}",
)
def step_condition(
    manifest: Manifest, of: str, step: str, other: str, output: str, relation: str, value: str
) -> Findings:
    """A `when` that compares an output parameter of another step with a value."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        nodes = nodes_of(manifest, item, step)
        names = {other, *(node.name for node in nodes_of(manifest, item, other))}
        wanted = {
            f"{scope}.{name}.outputs.parameters.{output}"
            for scope in ("tasks", "steps")
            for name in names
        }
        if not nodes or not all(_compares(node, wanted, relation, value) for node in nodes):
            message = f"`{step}` is not bound to `{output}` of `{other}` {relation} {value}"
            place = nodes[0].finding(message, "when") if nodes else item.finding(message, "spec")
            yield place

    return views(manifest, of, check)


_OPERATORS = {"is": "==", "is not": "!=", "is greater than": ">", "is at least": ">="}
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">="}


_NUMBER = re.compile(r"\b(?:asFloat|float|sprig\.(?:float64|toDecimal)|asInt|int|string)\(")
_RELATION = re.compile(r"([^=!<>|&]+)(==|!=|>=|<=|>|<)([^=!<>|&]+)")


def _compares(node: Node, wanted: set[str], relation: str, value: str) -> bool:
    """Whether the condition of a node compares one of some outputs with a value, and no more."""
    text = _dotted(node.when.strip()[:1024])
    if text.startswith("{{="):
        if relation.startswith("is ") and relation[3:4] in "ga" and not _NUMBER.search(text):
            return False  # an output is text: it must be converted for such a comparison
        text = _NUMBER.sub("(", text)
    found = _RELATION.fullmatch(re.sub(r"[\s\"'(){}]|(?<=\{)=", "", text))
    if found is None:
        return False
    left, operator, right = found.groups()
    if left not in wanted:
        left, operator, right = right, _TURNED.get(operator, ""), left
    return left in wanted and operator == _OPERATORS[relation] and same_value(right, value)


@requirement(
    "`{other}` writes `{file}` as the output parameter `{output}` (in `{of}`)",
    "in `{of}`, the output parameter `{output}` of `{other}` is the content of `{file}`",
)
def output_parameter(manifest: Manifest, of: str, other: str, output: str, file: str) -> Findings:
    """An output parameter of a step from a file."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in nodes_of(manifest, item, other):
            outputs = node.template.outputs if node.template else {}
            source = as_map(as_map(outputs.get(output)).get("valueFrom"))
            if source.get("path") == file:
                return
        yield item.finding(f"`{other}` has no output `{output}` from {file}", "spec")

    return views(manifest, of, check)


@requirement(
    "in `{of}`, the artifact `{artifact}` that `{other}` leaves at `{source}` lies at `{target}` in"
    " `{step}`",
    "`{step}` of `{of}` finds at `{target}` the artifact `{artifact}`, which `{other}` writes to"
    " `{source}`",
)
def artifact_passed(
    manifest: Manifest, of: str, other: str, artifact: str, source: str, step: str, target: str
) -> Findings:
    """An output artifact of a step that is an input artifact of another."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        makers = nodes_of(manifest, item, other)
        made = any(
            same_path(as_map(node.template.output_artifacts.get(artifact)).get("path"), source)
            for node in makers
            if node.template
        )
        if not made:
            yield item.finding(f"`{other}` has no artifact `{artifact}` at {source}", "spec")
        names = {node.name for node in makers}
        takers = [n for n in nodes_of(manifest, item, step) if n.template is not None]
        if not any(_takes(node, names, artifact, target) for node in takers):
            yield item.finding(f"`{step}` does not get `{artifact}` at {target}", "spec")

    return views(manifest, of, check)


def _takes(node: Node, makers: set[str], artifact: str, target: str) -> bool:
    inputs = node.template.input_artifacts if node.template else {}
    for name, entry in inputs.items():
        given = as_map(node.artifacts.get(name))
        text = as_text(given.get("from")) or as_text(given.get("fromExpression"))
        wanted = {
            f"{scope}.{maker}.outputs.artifacts.{artifact}"
            for scope in ("tasks", "steps")
            for maker in makers
        }
        tag = text.strip().removeprefix("{{").removesuffix("}}").strip()
        if same_path(entry.get("path"), target) and _dotted(tag) in wanted:
            return True
    return False


@requirement(
    "`{step}` in `{of}` runs once for each of the values {values}, which its command also gets as"
    " `{flag}`",
    "in `{of}`, the step `{step}` is repeated for {values}, each time with the further option"
    " `{flag}` set to one of them",
)
def step_loop(manifest: Manifest, of: str, step: str, values: list[str], flag: str) -> Findings:
    """`withItems` (or a literal `withParam`), and the item in an option of the command."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        asked = sorted(str(value) for value in values)
        for node in nodes_of(manifest, item, step):
            items = _items(node, view)
            for tag, found in _columns(items):
                if sorted(found) == asked and _gets_item(node, tag, flag):
                    return
        yield item.finding(f"`{step}` is not repeated so", "spec")

    return views(manifest, of, check)


def _items(node: Node, view: ArgoWorkflow) -> list[Any]:
    """Return what a node is repeated for, [] where this is not known."""
    loop = node.loop
    if loop is None:
        return []
    items = loop[1]
    if loop[0] == "withParam" and isinstance(items, str):
        text = node.parent.resolve(items) if node.parent else items
        text = substitute(text, view.constants)
        try:
            items = json.loads(text) if len(text) < _LONGEST else None
        except (ValueError, RecursionError):
            return []
    return items if isinstance(items, list) else []


def _columns(items: list[Any]) -> list[tuple[str, list[str]]]:
    """Return (tag, values) of a loop: `item`, or `item.region` where the items are mappings."""
    if items and all(isinstance(one, dict) for one in items):
        keys = [key for key in items[0] if isinstance(key, str)][:20]
        return [(f"item.{key}", [str(one.get(key)) for one in items]) for key in keys]
    return [("item", [str(one) for one in items])]


#: Stands for the item of a loop in the words of a command.
_ITEM = "@item@"


def _gets_item(node: Node, tag: str, flag: str) -> bool:
    """Whether an option of a command holds the item of the loop, by an input or directly."""
    wanted = {tag, f"={tag}"}
    inputs = {
        f"inputs.parameters.{name}"
        for name, text in node.arguments.items()
        if text.strip().startswith("{{") and text.strip().strip("{} ").lstrip("= ") in wanted
    }

    def put(text: str) -> str:
        return _TAG.sub(lambda m: _ITEM if _dotted(m[1].strip()) in {*inputs, tag} else m[0], text)

    container = node.template.container if node.template else {}
    entries = [one for one in as_list(container.get("env")) if isinstance(one, dict)]
    known = {
        as_text(one.get("name")): put(one["value"])
        for one in entries
        if isinstance(one.get("value"), str)
    }
    source = container.get("source")
    if isinstance(source, str):
        lines = script_lines(put(source), known)
    else:
        lines = container_lines(container, known, put)
    return any(option(line.words, flag) == _ITEM for line in lines)
