"""Requirements about what flows through Argo workflows: parameters, artifacts, conditions."""

from __future__ import annotations

import json
import re

from envs.mlops.reading import differs
from envs.mlops.requirements.argo import views
from envs.mlops.spots import nodes_of
from iac_gym.check import Findings, requirement
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Node
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

_TAG = re.compile(r"\{\{=?\s*([^{}]*?)\s*\}\}")


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
    tags = _tags(node.template.container if node.template else {})
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
            found.update(_TAG.findall(value))
    return found


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
        if not nodes or not all(_compares(node, other, output, relation, value) for node in nodes):
            message = f"`{step}` is not bound to `{output}` of `{other}` {relation} {value}"
            place = nodes[0].finding(message, "when") if nodes else item.finding(message, "spec")
            yield place

    return views(manifest, of, check)


_OPERATORS = {"is": "==", "is not": "!=", "is greater than": ">", "is at least": ">="}
_TURNED = {"==": "==", "!=": "!=", ">": "<", ">=": "<="}


def _compares(node: Node, other: str, output: str, relation: str, value: str) -> bool:
    text = re.sub(r"[\s\"'()]", "", node.when)
    operator = _OPERATORS[relation]
    for scope in ("tasks", "steps"):
        tag = "{{" + f"{scope}.{other}.outputs.parameters.{output}" + "}}"
        bare = tag.strip("{}")
        wrapped = "{{=" + f"asFloat{bare}{operator}{value}" + "}}"
        right = f"{tag}{operator}{value}", f"{value}{_TURNED[operator]}{tag}", wrapped
        if text in right:
            return True
    return False


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
            as_map(node.template.output_artifacts.get(artifact)).get("path") == source
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
        if entry.get("path") == target and tag in wanted:
            return True
    return False


@requirement(
    "`{step}` in `{of}` runs once for each of the values {values} and gets it as `{flag}`",
    "in `{of}`, the step `{step}` is repeated for {values}, each time with `{flag}` set to one",
)
def step_loop(manifest: Manifest, of: str, step: str, values: list[str], flag: str) -> Findings:
    """`withItems` (or a literal `withParam`), and the item in an option of the command."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in nodes_of(manifest, item, step):
            if _items(node) == [str(value) for value in values] and _gets_item(node, flag):
                return
        yield item.finding(f"`{step}` is not repeated so", "spec")

    return views(manifest, of, check)


def _items(node: Node) -> list[str]:
    loop = node.loop
    if loop is None:
        return []
    items = loop[1]
    if loop[0] == "withParam" and isinstance(items, str) and len(items) < 4096:
        try:
            items = json.loads(items)
        except ValueError:
            return []
    return [str(one) for one in items] if isinstance(items, list) else []


def _gets_item(node: Node, flag: str) -> bool:
    """Whether the option of a command holds the item of the loop, by an input or directly."""
    inputs = {name for name, text in node.arguments.items() if "{{item}}" in text.replace(" ", "")}
    tags = {f"inputs.parameters.{name}" for name in inputs} | {"item"}
    container = node.template.container if node.template else {}
    words = [
        part
        for key in ("command", "args")
        for word in as_list(container.get(key))
        if isinstance(word, str)
        for part in re.sub(r"\{\{\s*([^{}]*?)\s*\}\}", r"{{\1}}", word).split()
    ]
    text = " ".join(words).replace("=", " ")
    return any(f"{flag} {{{{{tag}}}}}" in text for tag in tags)
