"""Where custom resources keep pod templates, and how they are found in an object.

A place is a path of keys in which `*` stands for every item of a list or value of a mapping. At a
place stands a pod template (`metadata` and `spec`), or the pod's spec itself where the kind has it
inline (KServe's predictors).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

_RAY = "headGroupSpec.template workerGroupSpecs.*.template"
_JOB_SET = "replicatedJobs.*.template.spec.template"


def _under(prefix: str, places: str) -> str:
    return " ".join(f"{prefix}.{place}" for place in places.split())


#: Group -> kind -> places of pod templates.
_TEMPLATES: dict[str, dict[str, str]] = {
    "ray.io": {
        "RayCluster": _under("spec", _RAY),
        "RayJob": _under("spec.rayClusterSpec", _RAY) + " spec.submitterPodTemplate",
        "RayService": _under("spec.rayClusterConfig", _RAY),
        "RayCronJob": _under("spec.jobTemplate.rayClusterSpec", _RAY),
    },
    "kubeflow.org": {
        "PyTorchJob": "spec.pytorchReplicaSpecs.*.template",
        "TFJob": "spec.tfReplicaSpecs.*.template",
        "MPIJob": "spec.mpiReplicaSpecs.*.template",
        "XGBoostJob": "spec.xgbReplicaSpecs.*.template",
        "JAXJob": "spec.jaxReplicaSpecs.*.template",
        "PaddleJob": "spec.paddleReplicaSpecs.*.template",
        "Notebook": "spec.template",
    },
    "jobset.x-k8s.io": {"JobSet": _under("spec", _JOB_SET)},
    "trainer.kubeflow.org": {
        "TrainingRuntime": _under("spec.template.spec", _JOB_SET),
        "ClusterTrainingRuntime": _under("spec.template.spec", _JOB_SET),
    },
    "leaderworkerset.x-k8s.io": {
        "LeaderWorkerSet": "spec.leaderWorkerTemplate.leaderTemplate "
        "spec.leaderWorkerTemplate.workerTemplate"
    },
    "batch.volcano.sh": {
        "Job": "spec.tasks.*.template",
        "CronJob": "spec.jobTemplate.spec.tasks.*.template",
    },
    "flow.volcano.sh": {"JobTemplate": "spec.tasks.*.template"},
    "argoproj.io": {"Rollout": "spec.template"},
    "keda.sh": {"ScaledJob": "spec.jobTargetRef.template"},
    "serving.knative.dev": {"Service": "spec.template", "Configuration": "spec.template"},
    "kueue.x-k8s.io": {"Workload": "spec.podSets.*.template"},
    "machinelearning.seldon.io": {"SeldonDeployment": "spec.predictors.*.componentSpecs.*"},
}
#: Group -> kind -> places of pod specs.
_SPECS: dict[str, dict[str, str]] = {
    "serving.kserve.io": {
        "InferenceService": "spec.predictor spec.transformer spec.explainer "
        "spec.predictor.workerSpec",
        "LLMInferenceService": "spec.template spec.worker spec.prefill.template "
        "spec.prefill.worker spec.router.scheduler.template",
        "ServingRuntime": "spec spec.workerSpec",
        "ClusterServingRuntime": "spec spec.workerSpec",
    },
}


def _parsed(table: dict[str, dict[str, str]]) -> dict[tuple[str, str], tuple[Path, ...]]:
    return {
        (group, kind): tuple(tuple(place.split(".")) for place in places.split())
        for group, kinds in table.items()
        for kind, places in kinds.items()
    }


TEMPLATES = _parsed(_TEMPLATES)
SPECS = _parsed(_SPECS)

#: Groups in which some kind embeds pods.
GROUPS = frozenset(group for group, _ in (*TEMPLATES, *SPECS))


#: Kinds whose pods the operator completes: what they lack says nothing.
COMPLETED = frozenset(
    (
        ("serving.kserve.io", "LLMInferenceService"),
        ("serving.kserve.io", "LLMInferenceServiceConfig"),
        ("machinelearning.seldon.io", "SeldonDeployment"),
    )
)


def is_completed(group: str, tree: Any, path: Path, spec: dict[Any, Any]) -> bool:
    """Whether a serving runtime or ModelMesh completes a pod, so that what it lacks is no mistake.

    The workers of a predictor get the containers of its runtime; runtimes for many models get
    those of ModelMesh.
    """
    if group != "serving.kserve.io":
        return False
    if path == ("spec", "predictor", "workerSpec"):
        predictor = tree["spec"]["predictor"]
        return isinstance(predictor.get("model"), dict)
    return bool(path == ("spec",) and spec.get("multiModel") and not spec.get("containers"))


#: Group -> places of claims whose volumes the operator puts into the pods.
_CLAIMS: dict[str, tuple[Path, ...]] = {
    "jobset.x-k8s.io": (("spec", "volumeClaimPolicies", "*", "templates", "*"),),
    "trainer.kubeflow.org": (
        ("spec", "template", "spec", "volumeClaimPolicies", "*", "templates", "*"),
    ),
    "leaderworkerset.x-k8s.io": (
        ("spec", "leaderWorkerTemplate", "volumeClaimTemplates", "*"),
        ("spec", "volumeClaimTemplates", "*"),
    ),
    "batch.volcano.sh": (("spec", "volumes", "*"), ("spec", "tasks", "*", "volumes", "*")),
}
#: Volumes that Trainer makes for its jobs.
_TRAINER = ({"name": "initializer"},)


def made_volumes(group: str, tree: Any) -> list[Any]:
    """Return the volumes that an operator adds to the pods of an object."""
    found: list[Any] = []
    for pattern in _CLAIMS.get(group, ()):
        for _, claim in places(tree, pattern):
            if isinstance(claim, dict):
                found.append(claim.get("metadata") or claim)
    return [*found, *_TRAINER] if group == "trainer.kubeflow.org" else found


def places(tree: Any, pattern: Path) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) of every place in a tree that a pattern names."""
    found: list[tuple[Path, Any]] = [((), tree)]
    for step in pattern:
        found = [
            ((*path, key), inner) for path, value in found for key, inner in _steps(value, step)
        ]
    yield from found


def _steps(value: Any, step: str | int) -> Iterator[tuple[str | int, Any]]:
    if step != "*":
        if isinstance(value, dict) and step in value:
            yield step, value[step]
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def pod_specs(group: str, kind: str, tree: Any) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """Yield (path, pod spec) of every pod that an object of a kind embeds."""
    for pattern in TEMPLATES.get((group, kind), ()):
        for path, template in places(tree, pattern):
            spec = template.get("spec") if isinstance(template, dict) else None
            if isinstance(spec, dict):
                yield (*path, "spec"), spec
    for pattern in SPECS.get((group, kind), ()):
        for path, spec in places(tree, pattern):
            if isinstance(spec, dict):
                yield path, spec
