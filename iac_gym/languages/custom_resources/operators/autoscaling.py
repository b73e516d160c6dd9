"""KEDA's scaled objects and Volcano's jobs: counts that fit, triggers that can be read.

Source: kedacore/keda, `apis/keda/v1alpha1/scaledobject_webhook.go` and the scalers' metadata;
volcano-sh/volcano, `pkg/webhooks/admission/jobs/validate/admit_job.go`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    has_object,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, as_list, as_map, as_text

_SCALING = "keda-scaling"
#: Type of a trigger -> what its metadata must have.
_NEEDED = {
    "cron": ("timezone", "start", "end", "desiredReplicas"),
    "prometheus": ("serverAddress", "query", "threshold"),
    "kafka": ("consumerGroup",),
    "cpu": ("value",),
    "memory": ("value",),
    "aws-sqs-queue": ("queueURL", "awsRegion"),
}
_DEFAULT_MOST = 100


def check_scaled_object(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note counts of replicas that contradict each other, and triggers that lack something."""
    spec = as_map(item.get("spec"))
    least, most = whole(spec.get("minReplicaCount")), whole(spec.get("maxReplicaCount"))
    idle = whole(spec.get("idleReplicaCount"))
    if (least or 0) > (_DEFAULT_MOST if most is None else most):
        message = "`minReplicaCount` is above `maxReplicaCount`"
        notes.add(_SCALING, item, message, "spec", "minReplicaCount")
    if idle is not None and idle >= (least or 0):
        message = "`idleReplicaCount` must be below `minReplicaCount`"
        notes.add(_SCALING, item, message, "spec", "idleReplicaCount")
    _check_triggers(item, spec, objects, notes)


def _check_triggers(item: KubeObject, spec: dict[Any, Any], objects: Objects, notes: Notes) -> None:
    names: set[str] = set()
    for path, trigger in listed(spec.get("triggers"), ("spec", "triggers")):
        kind, metadata = as_text(trigger.get("type")), as_map(trigger.get("metadata"))
        reference = within(trigger, "authenticationRef")
        for field in _NEEDED.get(kind, ()) if not reference else ():
            if metadata.get(field) in (None, "") and metadata.get(f"{field}FromEnv") is None:
                message = f"the trigger {kind} needs `{field}`"
                notes.add(_SCALING, item, message, *path, "metadata")
        name = as_text(trigger.get("name"))
        if name and name in names:
            notes.add(_SCALING, item, f"the trigger `{name[:40]}` is given twice", *path, "name")
        names.add(name)
        kind = as_text(reference.get("kind")) or "TriggerAuthentication"
        wanted = as_text(reference.get("name"))
        if wanted and has_object(objects, f"{kind}.keda.sh", wanted) is False:
            message = f"the {kind[:40]} `{wanted[:60]}` is not here"
            notes.add(_SCALING, item, message, *path, "authenticationRef", "name")


def check_volcano_job(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note tasks of a Volcano job that are missing, or fewer than it waits for."""
    rule, spec = "volcano-tasks", as_map(item.get("spec"))
    tasks = list(listed(spec.get("tasks"), ("spec", "tasks")))
    if not as_list(spec.get("tasks")):
        notes.add(rule, item, "the job has no task", "spec")
        return
    names: set[str] = set()
    total = 0
    for path, task in tasks:
        name, replicas = as_text(task.get("name")), whole(task.get("replicas"))
        if name and name in names:
            notes.add(rule, item, f"the task `{name[:40]}` is given twice", *path, "name")
        names.add(name)
        count = 1 if replicas is None else replicas
        total += max(count, 0)
        if count < 0:
            notes.add(rule, item, "`replicas` must not be negative", *path, "replicas")
        if (whole(task.get("minAvailable")) or 0) > count:
            message = "`minAvailable` is above the replicas of the task"
            notes.add(rule, item, message, *path, "minAvailable")
    least = whole(spec.get("minAvailable")) or 0
    if least > total:
        message = f"`minAvailable` is {least}, but all tasks have {total} replicas"
        notes.add(rule, item, message, "spec", "minAvailable")


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("keda.sh", "ScaledObject"): check_scaled_object,
    ("batch.volcano.sh", "Job"): check_volcano_job,
}
