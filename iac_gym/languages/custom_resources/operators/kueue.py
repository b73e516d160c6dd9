"""Kueue's queues: what a ClusterQueue covers, and what the queues refer to.

Source: kubernetes-sigs/kueue, `pkg/webhooks/clusterqueue_webhook.go`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    has_object,
    listed,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.quantity import parse_quantity

_QUOTAS = "kueue-quotas"
_REFERENCES = "kueue-references"


def check_cluster_queue(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what Kueue would refuse of a ClusterQueue, and flavors that the answer lacks."""
    spec = as_map(item.get("spec"))
    resources: set[str] = set()
    flavors: set[str] = set()
    for path, group in listed(spec.get("resourceGroups"), ("spec", "resourceGroups")):
        covered = [as_text(name) for name in as_list(group.get("coveredResources"))]
        for place, name in enumerate(covered):
            if name in resources:
                message = f"`{name[:60]}` is covered twice"
                notes.add(_QUOTAS, item, message, *path, "coveredResources", place)
            resources.add(name)
        for where, flavor in listed(group.get("flavors"), (*path, "flavors")):
            name = as_text(flavor.get("name"))
            if name in flavors:
                notes.add(_QUOTAS, item, f"the flavor `{name[:60]}` is given twice", *where)
            flavors.add(name)
            _check_flavor(item, covered, flavor, where, notes, bool(_cohort(spec)))
            if has_object(objects, "ResourceFlavor.kueue.x-k8s.io", name) is False:
                message = f"the ResourceFlavor `{name[:60]}` is not here"
                notes.add(_REFERENCES, item, message, *where, "name")
    _check_preemption(item, spec, notes)


def _cohort(spec: dict[Any, Any]) -> str:
    return as_text(spec.get("cohort")) or as_text(spec.get("cohortName"))


def _check_flavor(
    item: KubeObject,
    covered: list[str],
    flavor: dict[Any, Any],
    path: Path,
    notes: Notes,
    shared: bool,
) -> None:
    quotas = list(listed(flavor.get("resources"), (*path, "resources")))
    names = [as_text(quota.get("name")) for _, quota in quotas]
    if names != covered:
        message = (
            f"the resources of a flavor are those of `coveredResources`, in their order: "
            f"{', '.join(covered)[:80]}"
        )
        notes.add(_QUOTAS, item, message, *path, "resources")
    for where, quota in quotas:
        nominal = parse_quantity(quota.get("nominalQuota"))
        for field in ("borrowingLimit", "lendingLimit"):
            limit = parse_quantity(quota.get(field))
            if limit is None:
                continue
            if limit < 0:
                notes.add(_QUOTAS, item, f"`{field}` must not be negative", *where, field)
            elif not shared:
                message = f"`{field}` is for queues of a cohort"
                notes.add(_QUOTAS, item, message, *where, field)
            elif field == "lendingLimit" and nominal is not None and limit > nominal:
                message = "`lendingLimit` is above `nominalQuota`"
                notes.add(_QUOTAS, item, message, *where, field)
        if nominal is not None and nominal < 0:
            notes.add(_QUOTAS, item, "`nominalQuota` must not be negative", *where, "nominalQuota")


def _check_preemption(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    preemption = within(spec, "preemption")
    borrow = within(preemption, "borrowWithinCohort")
    never = as_text(preemption.get("reclaimWithinCohort")) in ("", "Never")
    if borrow and never and as_text(borrow.get("policy")) not in ("", "Never"):
        message = "borrowing within the cohort needs `reclaimWithinCohort`"
        notes.add(_QUOTAS, item, message, "spec", "preemption")


def check_local_queue(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note a LocalQueue of a ClusterQueue that the answer's ones are not."""
    name = as_text(item.get("spec", "clusterQueue"))
    if name and has_object(objects, "ClusterQueue.kueue.x-k8s.io", name) is False:
        message = f"the ClusterQueue `{name[:60]}` is not here"
        notes.add(_REFERENCES, item, message, "spec", "clusterQueue")


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("kueue.x-k8s.io", "ClusterQueue"): check_cluster_queue,
    ("kueue.x-k8s.io", "LocalQueue"): check_local_queue,
}
