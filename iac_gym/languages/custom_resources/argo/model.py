"""The Argo view: a workflow's templates, and what its entrypoint really runs.

`ArgoWorkflow` stands for a Workflow, CronWorkflow, WorkflowTemplate or ClusterWorkflowTemplate:

- `templates`: name -> `Template` (`kind` is "container", "script", "dag", "steps", ...; `tree`,
  `item` and `path` say where it stands). Those of a `workflowTemplateRef` are there, too, where
  the answer has the referred object.
- `entrypoint`, `on_exit`: names of templates, '' if there are none; `parameters`: the workflow's
  arguments, name -> text (None without a value).
- `nodes`: every task and step that the entrypoint and then `onExit` reach, through nested DAGs and
  steps, `template`, `templateRef` and `inline`; the first is the entrypoint itself. What a DAG's
  `target` leaves out, an empty `withItems` and a `when` that is never true is marked `dead`, and so
  is all below it.
- `pods`: the pods of the templates that live nodes run (of every template, where there is no
  entrypoint): a container or script as one container, with sidecars and the workflow's volumes.
- `node(name)`: the live node of a task or step name, None if there are none or several.

`Node` is one task or step: see its fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.languages.custom_resources.argo.template import KINDS, Template, named, text_of
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.rules.views import Pod, entries
from iac_gym.verdict import Finding

__all__ = ["KINDS", "ArgoWorkflow", "Node", "Template", "named", "text_of"]

_TAG = re.compile(r"\{\{([^{}]*)\}\}")
#: A longer condition is not read.
_MOST_CONDITION = 1000
_COMPARISON = re.compile(r"""\s*(["']?)([^"'=!<>|&]*?)\1\s*(==|!=)\s*(["']?)([^"'=!<>|&]*?)\4\s*""")


@dataclass(eq=False)
class Node:
    """One task or step that is reached: `tree` stands at `path` of `item`."""

    name: str  # of the task or step; of the template where it is the entrypoint or `onExit`
    tree: dict[Any, Any] = field(repr=False)
    item: KubeObject = field(repr=False)
    path: Path
    template: Template | None  # what it runs, None where that is not in the answer
    parent: Node | None = field(default=None, repr=False)
    siblings_before: frozenset[str] = frozenset()  # names that come before it in its DAG or steps
    on_exit: bool = False  # whether it belongs to the exit handler
    dead: bool = False  # whether it can never run
    inputs: dict[str, str] = field(default_factory=dict)  # input parameter -> text, as far as known

    @property
    def template_name(self) -> str:
        """The name of the template that it runs, '' if it has none."""
        if self.template is not None:
            return self.template.name
        reference = as_map(self.tree.get("templateRef"))
        return as_text(self.tree.get("template")) or as_text(reference.get("template"))

    @property
    def when(self) -> str:
        """The condition as it is written, '' if there is none."""
        return as_text(self.tree.get("when"))

    @property
    def arguments(self) -> dict[str, str]:
        """The parameters that the task or step passes: name -> text, tags as they are written."""
        given = named(as_map(self.tree.get("arguments")).get("parameters"))
        found = {name: text_of(entry.get("value")) for name, entry in given.items()}
        return {name: text for name, text in found.items() if text is not None}

    @property
    def artifacts(self) -> dict[str, dict[Any, Any]]:
        """The artifacts that the task or step passes: name -> the argument (`from`, `s3`, ...)."""
        return named(as_map(self.tree.get("arguments")).get("artifacts"))

    @property
    def loop(self) -> tuple[str, Any] | None:
        """What it is repeated over: ("withItems", items), ("withParam", text), ..., or None."""
        for key in ("withItems", "withParam", "withSequence"):
            if self.tree.get(key) is not None:
                return key, self.tree[key]
        return None

    @property
    def retry(self) -> dict[Any, Any]:
        """The retry strategy of its template, empty if there is none."""
        return as_map(self.template.tree.get("retryStrategy")) if self.template else {}

    def before(self, other: Node) -> bool:
        """Whether this node always comes before another: by DAG dependencies or earlier steps."""
        if other.on_exit != self.on_exit:
            return other.on_exit
        mine, theirs = self._chain(), other._chain()
        for one in mine:
            for two in theirs:
                if one.parent is two.parent and one is not two:
                    return one.parent is not None and one.name in two.siblings_before
        return False

    def _chain(self) -> list[Node]:
        chain: list[Node] = [self]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        return chain

    def resolve(self, text: str) -> str:
        """Put in what is known of a text inside its template: inputs with their values."""
        return substitute(text, {f"inputs.parameters.{k}": v for k, v in self.inputs.items()})

    def finding(self, message: str, *path: str | int, hint: str = "") -> Finding:
        """Make a finding at a place inside the task or step."""
        return self.item.finding(message, *self.path, *path, hint=hint)


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Replace `{{tag}}` by its value where there is one."""
    if "{{" not in text:
        return text
    return _TAG.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def never_true(condition: str) -> bool:
    """Whether a `when` is false whatever happens: `false`, or two texts that are not equal."""
    text = condition.strip()
    if text.strip("\"'") == "false":
        return True
    known = "{{" not in text and len(text) <= _MOST_CONDITION
    found = _COMPARISON.fullmatch(text) if known else None
    if found is None:
        return False
    equal = found[2].strip() == found[5].strip()
    return equal if found[3] == "!=" else not equal


@dataclass(frozen=True)
class ArgoWorkflow:
    """One workflow or template object; `spec` stands at `spec_path` of `item`."""

    item: KubeObject
    spec_path: Path
    spec: dict[Any, Any] = field(repr=False)
    #: What the specification runs with: its own and, by `workflowTemplateRef`, another object's.
    templates: dict[str, Template] = field(repr=False)
    base: ArgoWorkflow | None = field(default=None, repr=False)
    #: All workflows of the answer, for `templateRef`.
    known: Mapping[tuple[str, str], ArgoWorkflow] = field(default_factory=dict, repr=False)

    def _own_or_base(self, key: str) -> str:
        own = as_text(self.spec.get(key))
        return own or (as_text(self.base.spec.get(key)) if self.base else "")

    @property
    def entrypoint(self) -> str:
        """The name of the template where it begins, '' if there is none."""
        return self._own_or_base("entrypoint")

    @property
    def on_exit(self) -> str:
        """The name of the template that runs at the end, '' if there is none."""
        return self._own_or_base("onExit")

    @lazy
    def parameters(self) -> dict[str, str | None]:
        """The workflow's arguments: name -> text, None without a value."""
        found: dict[str, str | None] = {}
        for spec in (self.base.spec if self.base else {}, self.spec):
            given = named(as_map(spec.get("arguments")).get("parameters"))
            for name, entry in given.items():
                text = text_of(entry.get("value"))
                if text is not None or name not in found:
                    found[name] = text
        return found

    @property
    def schedules(self) -> list[str]:
        """The schedules of a CronWorkflow: `schedules`, and `schedule` of earlier releases."""
        spec = as_map(self.item.get("spec")) if self.spec_path != ("spec",) else {}
        found = [spec.get("schedule"), *as_list(spec.get("schedules"))]
        return [schedule for schedule in found if isinstance(schedule, str) and schedule]

    @lazy
    def constants(self) -> dict[str, str]:
        """What `{{workflow.parameters.x}}` stands for, where it has a value."""
        return {f"workflow.parameters.{k}": v for k, v in self.parameters.items() if v is not None}

    @lazy
    def nodes(self) -> list[Node]:
        """What the entrypoint and then `onExit` reach."""
        from iac_gym.languages.custom_resources.argo.nodes import unroll

        return unroll(self)

    @lazy
    def live(self) -> list[Node]:
        """The nodes that can run."""
        return [node for node in self.nodes if not node.dead]

    def node(self, name: str) -> Node | None:
        """Return the live task or step of a name; None if there is none, or several."""
        found = [node for node in self.live if node.name == name]
        return found[0] if len(found) == 1 else None

    def finding(self, message: str, *path: str | int, hint: str = "") -> Finding:
        """Make a finding at a place inside the workflow's specification."""
        return self.item.finding(message, *self.spec_path, *path, hint=hint)

    @lazy
    def pods(self) -> list[Pod]:
        """The pods of the templates that run; of every template where there is no entrypoint."""
        used: list[Template] = list(self.templates.values())
        if self.entrypoint:
            used = list({id(n.template): n.template for n in self.live if n.template}.values())
        found = (self.pod_of(template) for template in used)
        return [pod for pod in found if pod is not None]

    def pod_of(self, template: Template) -> Pod | None:
        """Return the pod of a template, None for a kind that makes none."""
        tree, path = template.tree, template.path
        containers = [
            ((*path, key), as_map(tree[key])) for key in ("container", "script") if tree.get(key)
        ]
        inner = as_map(tree.get("containerSet")).get("containers")
        containers += entries(inner, (*path, "containerSet", "containers"))
        if not containers:
            return None
        containers += entries(tree.get("sidecars"), (*path, "sidecars"))
        init = tuple(entries(tree.get("initContainers"), (*path, "initContainers")))
        spec = {**self.spec, **tree, "volumes": self.volumes(template)}
        return Pod(template.item, path, spec, tuple(containers), init)

    def volumes(self, template: Template) -> list[Any]:
        """Return the volumes that a template's containers may mount."""
        found: list[Any] = []
        for spec in (self.spec, self.base.spec if self.base else {}, template.tree):
            found += as_list(spec.get("volumes"))
            for claim in as_list(spec.get("volumeClaimTemplates")):
                found.append(as_map(as_map(claim).get("metadata")))
        return found


_SPECS: dict[str, Path] = {
    "Workflow": ("spec",),
    "CronWorkflow": ("spec", "workflowSpec"),
    "WorkflowTemplate": ("spec",),
    "ClusterWorkflowTemplate": ("spec",),
}


def read_workflows(objects: tuple[KubeObject, ...]) -> list[ArgoWorkflow]:
    """Return the workflows among objects, with what they refer to."""
    known: dict[tuple[str, str], ArgoWorkflow] = {}
    plain: list[ArgoWorkflow] = []
    for item in objects:
        path = _SPECS.get(item.kind)
        if path is None or not item.api_version.startswith("argoproj.io/"):
            continue
        workflow = _read(item, path, known)
        plain.append(workflow)
        if item.kind.endswith("Template"):
            known.setdefault((item.kind, item.name), workflow)
    return [_with_base(workflow, known) for workflow in plain]


def _read(
    item: KubeObject, path: Path, known: Mapping[tuple[str, str], ArgoWorkflow]
) -> ArgoWorkflow:
    spec = as_map(item.get(*path))
    templates: dict[str, Template] = {}
    defaults = as_map(spec.get("templateDefaults"))
    for where, tree in entries(spec.get("templates"), (*path, "templates")):
        name = as_text(tree.get("name"))
        whole = _filled(tree, defaults) if defaults else tree
        templates.setdefault(name, Template(name, whole, item, where, tree))
    return ArgoWorkflow(item, path, spec, templates, None, known)


def _filled(tree: dict[Any, Any], defaults: dict[Any, Any]) -> dict[Any, Any]:
    """Return a template with the defaults of all templates, which cannot change its kind."""
    kinds = [kind for kind in KINDS if tree.get(kind) is not None]
    whole = {k: v for k, v in defaults.items() if not kinds or k not in KINDS or k in kinds}
    for key, value in tree.items():
        given = whole.get(key)
        whole[key] = value
        if isinstance(value, dict) and isinstance(given, dict):
            whole[key] = {**given, **value}
    return whole


def _with_base(
    workflow: ArgoWorkflow, known: Mapping[tuple[str, str], ArgoWorkflow]
) -> ArgoWorkflow:
    reference = as_map(workflow.spec.get("workflowTemplateRef"))
    if not reference:
        return workflow
    kind = "ClusterWorkflowTemplate" if reference.get("clusterScope") else "WorkflowTemplate"
    base = known.get((kind, as_text(reference.get("name"))))
    if base is None or base.item is workflow.item:
        return workflow
    templates = {**base.templates, **workflow.templates}
    return ArgoWorkflow(workflow.item, workflow.spec_path, workflow.spec, templates, base, known)
