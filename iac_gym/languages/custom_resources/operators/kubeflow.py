"""Training jobs of Kubeflow's training operator.

Source: kubeflow/training-operator, `pkg/webhooks/*/*_webhook.go`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    check_name,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

_RULE = "kubeflow-replicas"


class _Job(NamedTuple):
    """How a kind of job spells its replicas: an empty tuple of types allows any."""

    field: str
    types: tuple[str, ...]
    container: str
    needs_master: bool = False


_JOBS = {
    "PyTorchJob": _Job("pytorchReplicaSpecs", ("Master", "Worker"), "pytorch"),
    "TFJob": _Job("tfReplicaSpecs", (), "tensorflow"),
    "XGBoostJob": _Job("xgbReplicaSpecs", ("Master", "Worker"), "xgboost", True),
    "JAXJob": _Job("jaxReplicaSpecs", ("Worker",), "jax"),
    "PaddleJob": _Job("paddleReplicaSpecs", ("Master", "Worker"), "paddle"),
}


def check_job(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what the training operator would refuse of a job."""
    job = _JOBS[item.kind.partition(".")[0]]
    check_name(item, _RULE, notes)
    replicas = item.get("spec", job.field)
    path: Path = ("spec", job.field)
    if not isinstance(replicas, dict):
        notes.add(_RULE, item, f"`{job.field}` is missing", "spec")
        return
    for name, replica in replicas.items():
        if job.types and name not in job.types:
            message = f"`{str(name)[:40]}` is no replica of this job"
            hint = f"one of {', '.join(job.types)}"
            notes.add(_RULE, item, message, *path, name, hint=hint)
        _check_replica(item, job, str(name), as_map(replica), (*path, name), notes)
    if job.needs_master and "Master" not in replicas:
        notes.add(_RULE, item, "there is no `Master`", *path)
    if item.kind == "PyTorchJob":
        _check_elastic(item, replicas, notes)


def _check_replica(
    item: KubeObject, job: _Job, name: str, replica: dict[Any, Any], path: Path, notes: Notes
) -> None:
    containers = as_list(within(replica, "template", "spec").get("containers"))
    where = (*path, "template", "spec", "containers")
    if not containers:
        notes.add(_RULE, item, f"`{name[:40]}` has no container", *path)
    elif not any(as_map(one).get("name") == job.container for one in containers):
        message = f"one container of `{name[:40]}` must be called `{job.container}`"
        notes.add(_RULE, item, message, *where)
    count = whole(replica.get("replicas"))
    single = name == "Master" and job.container in ("pytorch", "xgboost")
    if single and count != 1:
        notes.add(_RULE, item, "`replicas` of the master must be 1", *path, "replicas")
    elif job.container == "pytorch" and count is not None and count < 1:
        notes.add(_RULE, item, "`replicas` must be at least 1", *path, "replicas")
    elif job.container == "tensorflow" and name in ("Chief", "Master") and (count or 1) > 1:
        notes.add(_RULE, item, "there can be one chief or master only", *path, "replicas")


def _check_elastic(item: KubeObject, replicas: dict[Any, Any], notes: Notes) -> None:
    policy = item.get("spec", "elasticPolicy")
    if not isinstance(policy, dict):
        return
    path = ("spec", "elasticPolicy")
    if "Worker" not in replicas:
        notes.add(_RULE, item, "an elastic policy needs a `Worker`", *path)
    if policy.get("nProcPerNode") is not None and item.get("spec", "nprocPerNode") is not None:
        message = "the number of processes is given twice: here and in `nprocPerNode`"
        notes.add(_RULE, item, message, *path, "nProcPerNode")
    least, most = whole(policy.get("minReplicas")), whole(policy.get("maxReplicas"))
    if least is not None and most is not None and least > most:
        notes.add(_RULE, item, "`minReplicas` is above `maxReplicas`", *path, "minReplicas")


def check_mpi_job(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note an MPIJob without its one launcher."""
    replicas = item.get("spec", "mpiReplicaSpecs")
    path: Path = ("spec", "mpiReplicaSpecs")
    if not isinstance(replicas, dict):
        return
    for name, replica in replicas.items():
        if name not in ("Launcher", "Worker"):
            message, hint = f"`{str(name)[:40]}` is no replica of this job", "Launcher or Worker"
            notes.add(_RULE, item, message, *path, name, hint=hint)
        elif not as_list(within(replica, "template", "spec").get("containers")):
            notes.add(_RULE, item, f"`{name}` has no container", *path, name)
    launcher = replicas.get("Launcher")
    if launcher is None:
        notes.add(_RULE, item, "there is no `Launcher`", *path)
    elif whole(as_map(launcher).get("replicas")) not in (None, 1):
        notes.add(
            _RULE, item, "`replicas` of the launcher must be 1", *path, "Launcher", "replicas"
        )


def check_train_job(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note a TrainJob that refers to a runtime which the answer's runtimes are not."""
    check_name(item, "kubeflow-runtimes", notes)
    reference = within(item.tree, "spec", "runtimeRef")
    kind = as_text(reference.get("kind")) or "ClusterTrainingRuntime"
    name = as_text(reference.get("name"))
    path = ("spec", "runtimeRef")
    if reference and kind not in ("TrainingRuntime", "ClusterTrainingRuntime"):
        notes.add("kubeflow-runtimes", item, f'"{kind[:40]}" is no kind of runtime', *path, "kind")
    elif kind == "TrainingRuntime":
        found = objects.of_kind(kind)
        if found and name not in {one.name for one in found}:
            message = f"the TrainingRuntime `{name[:60]}` is not here"
            notes.add("kubeflow-runtimes", item, message, *path, "name")


CHECKS: dict[tuple[str, str], CheckKind] = {
    **{("kubeflow.org", kind): check_job for kind in _JOBS},
    ("kubeflow.org", "MPIJob"): check_mpi_job,
    ("trainer.kubeflow.org", "TrainJob"): check_train_job,
}
