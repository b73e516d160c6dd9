"""The manifest that rules and requirements read: built-in and custom objects, with positions.

`CustomManifest` is the `Manifest` of the language `kubernetes`, with the same objects and readers,
and knows the custom resources of the data pack beside the built-in kinds:

- `of_kind("RayCluster")` gives objects by kind. A kind may be written with its group, and must be
  where several groups have it: `of_kind("Service.serving.knative.dev")`,
  `of_kind("Gateway.networking.istio.io")`; any version counts, `Kind.group/version` names one.
  A custom kind that a built-in kind has too (Knative's Service, Volcano's Job) never passes for
  it: `item.kind` of such an object is `Service.serving.knative.dev/v1`.
- `find(kind, name)` takes the same spellings.
- `pods_of(item)` gives every pod of an object, built-in or custom: `Pod.spec`, `Pod.containers`
  ((path, container) pairs), `Pod.init`, `Pod.path` (of the spec), `Pod.labels()`, and `Pod.item`.
  Pods of an Argo template have its containers, script, sidecars and init containers, and the
  volumes of the whole workflow.
- `rule_groups(item)` gives the alerts and recorded series of a PrometheusRule.
- `workflows` gives the Argo view of Workflow, CronWorkflow, WorkflowTemplate and
  ClusterWorkflowTemplate objects: see `argo.model.ArgoWorkflow`.
- `item.get("spec", "replicas")`, `item.finding(message, *path)` work as in `kubernetes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, read_workflows
from iac_gym.languages.custom_resources.embedded import (
    COMPLETED,
    GROUPS,
    is_completed,
    made_volumes,
    pod_specs,
)
from iac_gym.languages.custom_resources.operators.prometheus import groups_of
from iac_gym.languages.custom_resources.pack import describe_unserved
from iac_gym.languages.custom_resources.schema import check_of
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path
from iac_gym.languages.kubernetes.rules.views import Pod, View, entries, group_of, view
from iac_gym.languages.kubernetes.schema import Problem, check_objects
from iac_gym.languages.prometheus.groups import Group
from iac_gym.verdict import Finding

__all__ = ["ArgoWorkflow", "CustomManifest", "Pod", "plain_kind"]


def plain_kind(item: KubeObject) -> str:
    """Return the kind that an object states, without the group that sets it apart."""
    return item.kind.partition(".")[0]


def pod_at(item: KubeObject, path: Path, spec: dict[Any, Any]) -> Pod:
    """Make the pod of a spec that stands at a path of an object."""
    regular = tuple(entries(spec.get("containers"), (*path, "containers")))
    init = tuple(entries(spec.get("initContainers"), (*path, "initContainers")))
    return Pod(item, path, spec, regular, init)


@dataclass(frozen=True)
class CustomManifest(Manifest):
    """All objects of an answer, `List` objects already replaced by their items."""

    @lazy
    def problems(self) -> tuple[Problem, ...]:
        """What the API's schemas and the definitions forbid; walked once."""
        objects = ((item.tree, item.file) for item in self.objects)
        return tuple(check_objects(objects, self.version or None, check_of, describe_unserved))

    @lazy
    def faults(self) -> dict[str, list[Finding]]:
        """What the operators' own validation finds, by the names of the rules that report it."""
        from iac_gym.languages.custom_resources.rules.examine import examine

        return examine(self)

    def more_pods(self) -> list[Any]:
        """Return the pods that custom resources embed."""
        return [
            pod
            for item in self.objects
            if (group_of(item), plain_kind(item)) not in COMPLETED
            for pod in self._embedded(item)
            if not is_completed(group_of(item), item.tree, pod.path, pod.spec)
        ]

    def _embedded(self, item: KubeObject) -> list[Pod]:
        group = group_of(item)
        if group not in GROUPS:
            return []
        made = made_volumes(group, item.tree)
        pods = []
        for path, spec in pod_specs(group, plain_kind(item), item.tree):
            volumes = spec.get("volumes")
            if made:
                whole = [*volumes, *made] if isinstance(volumes, list) else made
                spec = {**spec, "volumes": whole}
            pods.append(pod_at(item, path, spec))
        return pods

    def pods_of(self, item: KubeObject) -> list[Pod]:
        """Return the pods that an object makes, whether its kind is built in or not."""
        if (group_of(item), plain_kind(item)) in COMPLETED:
            return self._embedded(item)
        pods = [pod for pod in view(self).pods if pod.item is item]
        workflow = self.workflow_of(item)
        return [*pods, *workflow.pods] if workflow is not None else pods

    def rule_groups(self, item: KubeObject) -> tuple[Group, ...]:
        """Return the groups of a PrometheusRule, as the language `prometheus` reads rule files."""
        return groups_of(item)

    @lazy
    def for_security(self) -> CustomManifest:
        """The same manifest, in which the pods of Argo's templates are among the others.

        They are kept out of the rules about validity: their values may be `{{tags}}`, and Argo
        completes them.
        """
        pods = [pod for workflow in self.workflows for pod in workflow.pods]
        if not pods:
            return self
        seen = view(self)
        made = CustomManifest(self.objects, self.version, self.keys)
        containers = tuple((pod.item, *found) for pod in pods for found in pod.all_containers)
        made.__dict__["_view"] = View(
            seen.kinds, (*seen.pods, *pods), (*seen.containers, *containers)
        )
        return made

    @lazy
    def workflows(self) -> list[ArgoWorkflow]:
        """The Argo workflows and templates of the answer, in its order."""
        return read_workflows(self.objects)

    def workflow_of(self, item: KubeObject) -> ArgoWorkflow | None:
        """Return the Argo view of an object, None if it is no workflow."""
        return next((each for each in self.workflows if each.item is item), None)

    def of_kind(self, *kinds: str) -> list[KubeObject]:
        """Return the objects of some kinds: `Kind`, `Kind.group` or `Kind.group/version`."""
        return [item for item in self.objects if any(_is_kind(item, kind) for kind in kinds)]

    def find(self, kind: str, name: str) -> KubeObject | None:
        """Return the object of a kind and name; None if there is none, or several."""
        found = [item for item in self.by_name.get(name, ()) if _is_kind(item, kind)]
        return found[0] if len(found) == 1 else None


def _is_kind(item: KubeObject, kind: str) -> bool:
    if item.kind == kind:
        return True
    short, dot, group = kind.partition(".")
    if not dot or plain_kind(item) != short:
        return False
    return group in (item.api_version, group_of(item))
