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
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

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
    _check_policies(item, spec.get("policies"), ("spec", "policies"), notes)
    for path, task in tasks:
        _check_policies(item, task.get("policies"), (*path, "policies"), notes)
    least = whole(spec.get("minAvailable")) or 0
    if least > total:
        message = f"`minAvailable` is {least}, but all tasks have {total} replicas"
        notes.add(rule, item, message, "spec", "minAvailable")


_EVENTS = frozenset(
    "* PodFailed PodEvicted PodPending Unknown TaskCompleted TaskFailed JobUpdated".split()
)
_ACTIONS = frozenset(
    "AbortJob RestartJob RestartTask RestartPod RestartPartition TerminateJob CompleteJob "
    "ResumeJob".split()
)


def _check_policies(item: KubeObject, policies: Any, path: Path, notes: Notes) -> None:
    """Note policies for nothing, for what is no event, and two for one event or exit code."""
    rule, seen = "volcano-tasks", set[Any]()
    for where, policy in listed(policies, path):
        events = {as_text(one) for one in (*as_list(policy.get("events")), policy.get("event"))}
        events -= {""}
        code = policy.get("exitCode")
        if bool(events) == (code is not None):
            notes.add(rule, item, "a policy has either events or an `exitCode`", *where)
            continue
        if events and not events <= _EVENTS:
            message = f"`{sorted(events - _EVENTS)[0][:40]}` is no event"
            notes.add(rule, item, message, *where, hint=f"one of {', '.join(sorted(_EVENTS))}")
        if events and as_text(policy.get("action")) not in _ACTIONS:
            hint = f"one of {', '.join(sorted(_ACTIONS))}"
            notes.add(rule, item, "the policy has no action of this kind", *where, hint=hint)
        given: set[Any] = events if events else {whole(code)}
        if code == 0 or not given.isdisjoint(seen):
            message = "0 is no failure" if code == 0 else "there is another policy for this"
            notes.add(rule, item, message, *where)
        seen |= given
    if "*" in seen and len(seen - {None}) > 1 and all(isinstance(one, str) for one in seen):
        notes.add(rule, item, "`*` stands for every event, so no other can be given", *path)


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("keda.sh", "ScaledObject"): check_scaled_object,
    ("batch.volcano.sh", "Job"): check_volcano_job,
}
