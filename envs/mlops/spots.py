"""Where pods stand in an object of any kind: the part that a task names, and its main container.

A *part* is the word by which people speak of one of several sorts of pods: `head` or the name of a
worker group of a Ray cluster, `Worker` of a PyTorchJob, `predictor` of an InferenceService. The
empty part stands for what a plain workload runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from envs.mlops.reading import WORKLOADS, asleep, equal, idle, named, places
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.formats.lazy import lazy
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Node, substitute
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map
from iac_gym.verdict import Finding

_MAIN_ANNOTATION = "kubectl.kubernetes.io/default-container"
#: The replica specs of the jobs of the training operator, by kind.
REPLICAS = {
    "PyTorchJob": "pytorchReplicaSpecs",
    "TFJob": "tfReplicaSpecs",
    "XGBoostJob": "xgbReplicaSpecs",
    "MPIJob": "mpiReplicaSpecs",
}
#: Where the kinds of Ray keep the specification of their cluster.
RAY: dict[str, Path] = {
    "RayCluster": ("spec",),
    "RayJob": ("spec", "rayClusterSpec"),
    "RayService": ("spec", "rayClusterConfig"),
}
#: The kinds of Argo whose steps run containers.
ARGO = ("Workflow", "CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate")
#: The old fields of a predictor that imply a model format.
OLD_MODELS = tuple(
    "sklearn xgboost lightgbm pytorch tensorflow onnx pmml paddle huggingface".split()
)
#: The field of an InferenceService's predictor that stands for its container.
_MODELS = ("model", "triton", *OLD_MODELS)
#: The container that an operator takes for the main one, by its name.
_MAIN = {
    "InferenceService": "kserve-container",
    "ServingRuntime": "kserve-container",
    "ClusterServingRuntime": "kserve-container",
    "PyTorchJob": "pytorch",
    "TFJob": "tensorflow",
    "XGBoostJob": "xgboost",
}


@dataclass(frozen=True)
class Spot:
    """A container of an object: the path of its pod spec and its own."""

    manifest: Manifest
    item: KubeObject
    pod: Path
    at: Path
    node: Node | None = None
    workflow: ArgoWorkflow | None = None

    def resolve(self, text: str) -> str:
        """Put the known parameters of a workflow and of a step into a text of the step."""
        if self.node is None or self.workflow is None or "{{" not in text:
            return text
        return substitute(self.node.resolve(text), self.workflow.constants)

    @lazy
    def spec(self) -> dict[Any, Any]:
        """The pod spec."""
        if self.workflow is not None and self.node is not None and self.node.template is not None:
            pod = self.workflow.pod_of(self.node.template)
            return {} if pod is None else pod.spec
        return as_map(self.item.get(*self.pod))

    @lazy
    def container(self) -> dict[Any, Any]:
        """The container."""
        if self.node is not None and self.node.template is not None:
            return as_map(self.node.template.tree.get(self.at[-1]))
        return as_map(self.item.get(*self.at))

    @property
    def containers(self) -> list[dict[Any, Any]]:
        """All the containers of the pod, the init containers behind the others."""
        spec = self.spec
        found = [*as_list(spec.get("containers")), *as_list(spec.get("initContainers"))]
        return [as_map(one) for one in found] or [self.container]

    def finding(self, message: str, *path: str | int) -> Finding:
        """Make a finding at a place of the container."""
        return self.item.finding(message, *self.at, *path)

    def of_pod(self, message: str, *path: str | int) -> Finding:
        """Make a finding at a place of the pod."""
        return self.item.finding(message, *self.pod, *path)


def nodes_of(manifest: Manifest, item: KubeObject, name: str) -> list[Node]:
    """Return the steps and tasks of a workflow that can run, by their name or their template's."""
    view = view_of(manifest, item)
    if view is None:
        return []
    found = [node for node in view.live if node.name == name and node.template is not None]
    return found or [node for node in view.live if node.template_name == name]


def view_of(manifest: Manifest, item: KubeObject) -> ArgoWorkflow | None:
    """Return the Argo view of a workflow, None of anything else."""
    return manifest.workflow_of(item) if isinstance(manifest, CustomManifest) else None


def _of_steps(manifest: Manifest, item: KubeObject, part: str) -> tuple[list[Spot], list[Finding]]:
    """Find the containers of a step of a workflow."""
    found: dict[Path, Spot] = {}
    for node in nodes_of(manifest, item, part):
        template = node.template
        for field in ("container", "script"):
            if template is not None and as_map(template.tree.get(field)):
                at = (*template.path, field)
                view = view_of(manifest, item)
                found[at] = Spot(manifest, template.item, template.path, at, node, view)
    if found:
        return list(found.values()), []
    return [], [item.finding(f"`{item.name}` runs no step `{part}` with a container", "spec")]


def pods_of(item: KubeObject) -> Iterator[tuple[str, Path, object]]:
    """Yield (part, path of its pod spec, how many it runs or None) of an object."""
    if item.kind in WORKLOADS and item.pod_path is not None:
        yield "", item.pod_path, None
    elif item.kind == "Notebook":
        yield "", ("spec", "template", "spec"), None
    elif item.kind in ("ServingRuntime", "ClusterServingRuntime"):
        yield "", ("spec",), None
    elif item.kind == "InferenceService":
        yield "", ("spec", "predictor"), None
        for part in ("predictor", "transformer", "explainer"):
            yield part, ("spec", part), None
    elif item.kind in REPLICAS:
        yield from _replicas(item, ("spec", REPLICAS[item.kind]))
    elif item.kind in RAY:
        yield from _ray(item, RAY[item.kind])
    elif item.kind == "SeldonDeployment":
        yield from _seldon(item)
    elif item.kind == "LeaderWorkerSet":
        yield from _groups(item)


def _replicas(item: KubeObject, path: Path) -> Iterator[tuple[str, Path, object]]:
    for part, entry in as_map(item.get(*path)).items():
        if isinstance(part, str):
            count = as_map(entry).get("replicas")
            yield part, (*path, part, "template", "spec"), count


def _ray(item: KubeObject, path: Path) -> Iterator[tuple[str, Path, object]]:
    yield "head", (*path, "headGroupSpec", "template", "spec"), None
    for at, group in places(item, *path, "workerGroupSpecs"):
        most = group.get("maxReplicas")
        count = group.get("replicas") if equal(most, 0) or most is None else most
        yield str(group.get("groupName")), (*at, "template", "spec"), count


def _groups(item: KubeObject) -> Iterator[tuple[str, Path, object]]:
    """A leader without a template of its own has that of the workers."""
    path: Path = ("spec", "leaderWorkerTemplate")
    own = isinstance(item.get(*path, "leaderTemplate"), dict)
    yield "leader", (*path, "leaderTemplate" if own else "workerTemplate", "spec"), None
    size = item.get(*path, "size")
    yield "worker", (*path, "workerTemplate", "spec"), 0 if equal(size, 1) else None


def _seldon(item: KubeObject) -> Iterator[tuple[str, Path, object]]:
    for at, _ in places(item, "spec", "predictors"):
        for spot, component in places(item, *at, "componentSpecs"):
            for container in as_list(as_map(component.get("spec")).get("containers")):
                yield str(as_map(container).get("name")), (*spot, "spec"), None


def _main(item: KubeObject, pod: Path, part: str) -> Path | None:
    """Return the path of the container that a task means if it names none."""
    spec = as_map(item.get(*pod))
    fields = _MODELS if item.kind == "InferenceService" else ()
    model = next((field for field in fields if as_map(spec.get(field))), None)
    if model is not None:
        return (*pod, model)
    found = [place for place, one in enumerate(as_list(spec.get("containers"))) if as_map(one)]
    if not found:
        return None
    chosen = as_map(item.get(*pod[:-1], "metadata", "annotations")).get(_MAIN_ANNOTATION)
    wanted = [_MAIN.get(item.kind), chosen, part, item.name]
    containers = as_list(spec.get("containers"))
    for name in wanted if len(found) > 1 else ():
        for place in found:
            if name and containers[place].get("name") == name:
                return (*pod, "containers", place)
    return (*pod, "containers", found[0])


def spots(manifest: Manifest, of: str, part: str) -> tuple[list[Spot], list[Finding]]:
    """Find the main containers of a part of every object `of`, and say what is missing."""
    found: list[Spot] = []
    wrong: list[Finding] = []
    seen = False
    for item in named(manifest, of):
        if item.kind in ARGO and part:
            seen = True
            still = asleep(item)
            steps = ([], [still]) if still else _of_steps(manifest, item, part)
            found += steps[0]
            wrong += steps[1]
            continue
        pods = list(pods_of(item))
        if not pods:
            continue
        seen = True
        still = idle(manifest, item)
        here = [(pod, count) for name, pod, count in pods if name == part]
        if still or not here:
            known = ", ".join(f"`{name}`" for name, _, _ in pods if name)
            missing = f"`{of}` has no `{part}` pods" + (f", it has {known[:80]}" if known else "")
            wrong.append(still or item.finding(missing, "spec"))
        for pod, count in [] if still else here:
            at = _main(item, pod, part)
            if equal(count, 0):
                wrong.append(item.finding(f"`{of}` runs no `{part}` pods", *pod[:-2], "replicas"))
            elif at is None:
                wrong.append(item.finding(f"`{part or of}` has no container", *pod))
            else:
                found.append(Spot(manifest, item, pod, at))
    if not seen:
        wrong.append(Finding(f"there is nothing called `{of}` that runs pods"))
    return found, wrong


def _checked(manifest: Manifest, of: str, part: str, check: Callable[[Spot], Findings]) -> Findings:
    found, wrong = spots(manifest, of, part)
    for spot in found:
        wrong += check(spot)
    return wrong


Check = Callable[..., Findings]


def _with_parameters(check: Check, run: Check, *first: str) -> Check:
    """Let `run` bear the name and document of a check, and its parameters behind some others."""
    run.__name__, run.__doc__ = check.__name__, check.__doc__
    run.__wrapped__ = check  # type: ignore[attr-defined]
    own = list(inspect.signature(check).parameters.values())[1:]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    ahead = [inspect.Parameter(name, kind) for name in ("manifest", *first)]
    run.__signature__ = inspect.Signature(ahead + own)  # type: ignore[attr-defined]
    return run


def of_pods(*wordings: str) -> Callable[[Check], RequirementType]:
    """Make a requirement about the main container of a workload from a check of a `Spot`.

    `{who}` in a wording stands for the workload.
    """

    def decorate(check: Check) -> RequirementType:
        def run(manifest: Manifest, of: str, *values: Any, **args: Any) -> Findings:
            return _checked(manifest, of, "", lambda spot: check(spot, *values, **args))

        said = [wording.replace("{who}", "`{of}`") for wording in wordings]
        return requirement(*said)(_with_parameters(check, run, "of"))

    return decorate


def of_parts(asked: RequirementType) -> RequirementType:
    """Make the same requirement about a part: `the gpu-workers pods of the cluster`."""
    inner: Check = asked.check.__wrapped__  # type: ignore[attr-defined]

    def run(manifest: Manifest, of: str, part: str, *values: Any, **args: Any) -> Findings:
        return _checked(manifest, of, part, lambda spot: inner(spot, *values, **args))

    made = _with_parameters(inner, run, "of", "part")
    made.__name__ = f"part_{inner.__name__}"
    said = [wording.replace("`{of}`", "`{part}` in `{of}`") for wording in asked.wordings]
    return requirement(*said)(made)
