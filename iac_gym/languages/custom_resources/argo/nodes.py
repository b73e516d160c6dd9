"""Follows a workflow from its entrypoint: every task and step that is reached, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.languages.custom_resources.argo.model import (
    ArgoWorkflow,
    Node,
    Template,
    never_true,
    substitute,
    text_of,
)
from iac_gym.languages.kubernetes.model import Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.rules.views import entries

#: Most nodes that are followed, and how deep they may stand in each other.
_MOST_NODES = 1000
_DEEPEST = 40


def unroll(workflow: ArgoWorkflow) -> list[Node]:
    """Return what a workflow's entrypoint and exit handler reach, each parent before its parts."""
    nodes: list[Node] = []
    for name, on_exit in ((workflow.entrypoint, False), (workflow.on_exit, True)):
        template = workflow.templates.get(name)
        if not name or template is None:
            continue
        root = Node(name, template.tree, template.item, template.path, template, on_exit=on_exit)
        arguments = {k: v for k, v in workflow.parameters.items() if v is not None}
        root.inputs = _inputs(template, arguments, workflow.constants)
        _follow(root, workflow, workflow, nodes, 0)
    return nodes


def _follow(
    node: Node, scope: ArgoWorkflow, workflow: ArgoWorkflow, nodes: list[Node], depth: int
) -> None:
    """Note a node and what its template reaches; `scope` is where its template stands."""
    nodes.append(node)
    template = node.template
    if template is None or depth >= _DEEPEST or _repeats(node):
        return
    for path, task, before, skipped in _parts(
        template, {**workflow.constants, **_tags(node.inputs)}
    ):
        if len(nodes) >= _MOST_NODES:
            return
        found, where = find_template(task, (*template.path, *path), template, scope)
        child = Node(
            as_text(task.get("name")),
            task,
            template.item,
            (*template.path, *path),
            found,
            node,
            before,
            node.on_exit,
        )
        known = {**workflow.constants, **_tags(node.inputs)}
        child.dead = node.dead or skipped or _never(task, known)
        if found is not None:
            given = {name: substitute(text, known) for name, text in child.arguments.items()}
            child.inputs = _inputs(found, given, workflow.constants)
        _follow(child, where, workflow, nodes, depth + 1)


def _repeats(node: Node) -> bool:
    """Whether a node runs a template that it is itself a part of."""
    above = node.parent
    while above is not None:
        if above.template is node.template:
            return True
        above = above.parent
    return False


def _tags(inputs: Mapping[str, str]) -> dict[str, str]:
    return {f"inputs.parameters.{name}": text for name, text in inputs.items()}


def _never(task: Mapping[Any, Any], known: Mapping[str, str]) -> bool:
    items = task.get("withItems")
    if isinstance(items, list) and not items:
        return True
    when = as_text(task.get("when"))
    return bool(when) and never_true(substitute(when, known))


def _inputs(
    template: Template, given: Mapping[str, str], constants: Mapping[str, str]
) -> dict[str, str]:
    """Return the input parameters whose text is known: given, or by default."""
    found: dict[str, str] = {}
    for name, entry in template.inputs.items():
        text = given.get(name)
        if text is None:
            text = text_of(entry.get("value"))
        if text is None:
            text = text_of(entry.get("default"))
        if text is not None:
            text = substitute(text, constants)
            if "{{" not in text:
                found[name] = text
    return found


def find_template(
    task: Mapping[Any, Any], path: Path, within: Template, scope: ArgoWorkflow
) -> tuple[Template | None, ArgoWorkflow]:
    """Return the template that a task runs and the workflow that it is of; None if not known."""
    inline = task.get("inline")
    if isinstance(inline, dict):
        return Template("", inline, within.item, (*path, "inline"), inline), scope
    reference = task.get("templateRef")
    if isinstance(reference, dict):
        kind = "ClusterWorkflowTemplate" if reference.get("clusterScope") else "WorkflowTemplate"
        other = scope.known.get((kind, as_text(reference.get("name"))))
        if other is None:
            return None, scope
        return other.templates.get(as_text(reference.get("template"))), other
    return scope.templates.get(as_text(task.get("template"))), scope


_Part = tuple[Path, dict[Any, Any], frozenset[str], bool]


def _parts(template: Template, known: Mapping[str, str]) -> Iterator[_Part]:
    """Yield (path, task or step, names before it, whether it is left out) of a template."""
    if "dag" in template.kinds:
        yield from _tasks(template, known)
    if "steps" in template.kinds:
        yield from _steps(template)


def tasks_of(template: Template) -> list[tuple[Path, dict[Any, Any]]]:
    """Return (path in the template, task) of a DAG."""
    return template.tasks


def steps_of(template: Template) -> list[list[tuple[Path, dict[Any, Any]]]]:
    """Return the groups of steps, each of (path in the template, step)."""
    groups = []
    for place, group in enumerate(as_list(template.tree.get("steps"))):
        listed = group if isinstance(group, list) else as_map(group).get("steps")
        groups.append(entries(listed, ("steps", place)))
    return groups


def _tasks(template: Template, known: Mapping[str, str]) -> Iterator[_Part]:
    tasks = tasks_of(template)
    names = {as_text(task.get("name")): task for _, task in tasks}
    before = template.before
    target = substitute(as_text(as_map(template.tree.get("dag")).get("target")), known)
    wanted = set(names)
    if target and "{{" not in target:
        aims = [name for name in target.split() if name in names]
        wanted = {other for name in aims for other in (name, *before[name])}
    for path, task in tasks:
        name = as_text(task.get("name"))
        yield path, task, before[name], name not in wanted


def _steps(template: Template) -> Iterator[_Part]:
    earlier: frozenset[str] = frozenset()
    for group in steps_of(template):
        for path, step in group:
            yield path, step, earlier, False
        earlier |= {as_text(step.get("name")) for _, step in group}
