"""Which `{{tags}}` a text may hold, and those that it does hold.

Source: argo-workflows, `workflow/validate/validate.go` (`resolveAllVariables`) and
`docs/variables.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Template
from iac_gym.languages.kubernetes.model import Path, as_list, as_map, as_text

#: Tags that begin otherwise are left for other programs.
_KNOWN = ("item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks.")
#: What may always follow, since only the running workflow knows it.
_LATER = (
    "outputs.",
    "workflow.creationTimestamp",
    "workflow.scheduledTime",
    "workflow.duration",
    "tasks.name",
    "steps.name",
    "node.name",
)
LEAVES = frozenset("container containerSet script resource data http plugin".split())
POD_KINDS = frozenset("container containerSet script resource data".split())
_WITH_RESULT = ("container", "script", "data", "http", "plugin")
_MOST_TEXTS = 20_000


class Scope:
    """The tags that are known at a place: names, beginnings of names, and those of `outer`."""

    __slots__ = ("names", "outer", "prefixes")

    def __init__(self, names: set[str], outer: Scope | None = None) -> None:
        self.names = names
        self.outer = outer
        self.prefixes: tuple[str, ...] = ()

    def inner(self) -> Scope:
        """Return a scope inside this one: what it learns is known there only."""
        return Scope(set(), self)

    def add(self, *names: str) -> None:
        """Make names known."""
        self.names.update(names)

    def allow(self, prefix: str) -> None:
        """Make everything known that begins so."""
        self.prefixes = (*self.prefixes, prefix)

    def knows(self, tag: str) -> bool:
        """Whether a tag resolves here."""
        if tag in self.names or tag.startswith(self.prefixes):
            return True
        return self.outer is not None and self.outer.knows(tag)


def texts(
    tree: Any, path: Path = (), skip: frozenset[str] = frozenset()
) -> Iterator[tuple[Path, str]]:
    """Yield (path, text) of every text with a tag in a tree; keys in `skip` are left out."""
    stack: list[tuple[Path, Any]] = [(path, tree)]
    left = _MOST_TEXTS
    while stack and left:
        where, value = stack.pop()
        left -= 1
        if isinstance(value, str):
            if "{{" in value:
                yield where, value
        elif isinstance(value, dict):
            stack += [((*where, key), inner) for key, inner in value.items() if key not in skip]
        elif isinstance(value, list):
            stack += [((*where, place), inner) for place, inner in enumerate(value)]


def tags(text: str) -> Iterator[str]:
    """Yield the tags of a text that must resolve: no expressions, none of other programs."""
    place = text.find("{{")
    while place >= 0:
        end = text.find("}}", place + 2)
        tag = text[place + 2 : end] if end >= 0 else text[place + 2 :]
        if not tag.startswith("=") and tag.strip().startswith(_KNOWN):
            yield tag.strip()
        place = text.find("{{", end + 2) if end >= 0 else -1


def unresolved(text: str, scope: Scope) -> str:
    """Return the first tag of a text that does not resolve, '' if all do."""
    for tag in tags(text):
        if not scope.knows(tag) and not tag.startswith(_LATER):
            return tag
    return ""


def global_scope(workflow: ArgoWorkflow) -> Scope:
    """Return what every template of a workflow may refer to."""
    names = {
        f"workflow.{name}"
        for name in "name namespace mainEntrypoint serviceAccountName uid status annotations "
        "annotations.json labels labels.json".split()
    }
    if workflow.parameters:
        names |= {"workflow.parameters", "workflow.parameters.json"}
        names |= {f"workflow.parameters.{name}" for name in workflow.parameters}
    if workflow.spec.get("priority") is not None:
        names.add("workflow.priority")
    if workflow.on_exit or workflow.spec.get("hooks"):
        names.add("workflow.failures")
    scope = Scope(names)
    _add_metadata(workflow, scope)
    if workflow.item.kind.endswith("Template"):
        for part in ("parameters", "labels", "annotations"):
            scope.allow(f"workflow.{part}")
    if workflow.spec.get("workflowTemplateRef") is not None and workflow.base is None:
        scope.allow("workflow.")
    for template in _all_templates(workflow):
        _add_global_names(template, scope)
    return scope


def _all_templates(workflow: ArgoWorkflow) -> Iterator[Template]:
    """Yield the templates that may run: the workflow's own and those of the answer's others."""
    yield from workflow.templates.values()
    for other in workflow.known.values():
        if other.item is not workflow.item:
            yield from other.templates.values()


def _add_metadata(workflow: ArgoWorkflow, scope: Scope) -> None:
    holders = [workflow.item.tree.get("metadata")] if workflow.spec_path == ("spec",) else []
    for spec in (workflow.spec, workflow.base.spec if workflow.base else {}):
        holders.append(as_map(spec.get("workflowMetadata")))
    if workflow.spec_path != ("spec",):
        holders.append(as_map(workflow.item.get("spec", "workflowMetadata")))
    for holder in map(as_map, holders):
        for part, field in (("labels",) * 2, ("labels", "labelsFrom"), ("annotations",) * 2):
            scope.add(*(f"workflow.{part}.{key}" for key in as_map(holder.get(field))))


def _add_global_names(template: Template, scope: Scope) -> None:
    for part, outputs in (
        ("parameters", template.outputs),
        ("artifacts", template.output_artifacts),
    ):
        for entry in outputs.values():
            name = as_text(entry.get("globalName"))
            if "{{" in name:
                scope.allow(f"workflow.outputs.{part}.")
            elif name:
                scope.add(f"workflow.outputs.{part}.{name}")


def template_scope(template: Template, base: Scope) -> Scope:
    """Return what the texts of one template may refer to, without its tasks and steps."""
    scope = base.inner()
    leaf = template.kind in LEAVES
    scope.add("inputs.parameters", *(f"inputs.parameters.{name}" for name in template.inputs))
    for name in template.input_artifacts:
        scope.add(f"inputs.artifacts.{name}")
        if leaf:
            scope.add(f"inputs.artifacts.{name}.path")
    if template.kind in POD_KINDS:
        scope.add("pod.name")
    if template.tree.get("retryStrategy") is not None:
        scope.add(
            "retries", *(f"lastRetry.{x}" for x in "exitCode status duration message".split())
        )
    return scope


def add_outputs(
    scope: Scope, prefix: str, name: str, template: Template | None, *, looped: bool = False
) -> None:
    """Make known what others may refer to of a task or step."""
    start = f"{prefix}.{name}."
    if template is None:  # not in the answer
        scope.allow(start)
        return
    scope.add(*(start + field for field in ("id", "startedAt", "finishedAt", "hostNodeName")))
    if template.tree.get("daemon"):
        scope.add(start + "ip")
    if any(template.tree.get(kind) is not None for kind in _WITH_RESULT) or _has_main(template):
        scope.add(start + "outputs.result", start + "exitCode")
    scope.add(*(f"{start}outputs.parameters.{each}" for each in template.outputs))
    scope.add(*(f"{start}outputs.artifacts.{each}" for each in template.output_artifacts))
    if looped:
        scope.add(start + "outputs.parameters")
        if template.kind in ("script", "containerSet"):
            scope.add(start + "outputs.result", start + "exitCode")


def _has_main(template: Template) -> bool:
    containers = as_list(as_map(template.tree.get("containerSet")).get("containers"))
    return any(as_map(one).get("name") == "main" for one in containers)


def add_items(scope: Scope, task: dict[Any, Any]) -> None:
    """Make known what a loop's items have."""
    if task.get("withParam"):
        scope.allow("item.")
    for item in as_list(task.get("withItems"))[:1000]:
        if isinstance(item, dict):
            scope.add(*(f"item.{key}" for key in item))
        elif isinstance(item, list):
            scope.add(*(f"item.[{place}]" for place in range(len(item))))
    if isinstance(task.get("withItems"), str):
        scope.allow("item.")
