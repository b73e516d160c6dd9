"""Requirements about Kueue: flavors, queues, quotas, and the jobs that wait in a queue."""

from __future__ import annotations

from typing import Any

from envs.mlops.reading import (
    QUEUE,
    differs,
    each,
    equal,
    everything,
    maps,
    named,
    same_amount,
    shown,
    value_is,
)
from envs.mlops.requirements.gpus import tolerated
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list


@requirement(
    "a ResourceFlavor `{name}` for nodes labelled `{key}={value}`",
    "the ResourceFlavor `{name}` stands for the nodes with `{key}={value}`",
)
def flavor(manifest: Manifest, name: str, key: str, value: str) -> Findings:
    """A label of `nodeLabels` of a flavor."""
    return value_is(manifest, name, "ResourceFlavor", ("spec", "nodeLabels", key), value)


@requirement(
    "workloads of the flavor `{name}` tolerate the taint `{key}:{effect}`, whatever its value",
    "the flavor `{name}` adds a toleration for `{key}:{effect}` with any value",
)
def flavor_tolerates(manifest: Manifest, name: str, key: str, effect: str) -> Findings:
    """A toleration of a flavor with the operator Exists."""

    def check(item: KubeObject) -> Findings:
        if not tolerated(maps(item.get("spec", "tolerations")), key, effect, ""):
            yield item.finding(f"`{name}` does not tolerate `{key}:{effect}`", "spec")

    return each(manifest, name, ("ResourceFlavor",), check)


def _quotas(item: KubeObject, flavor: str, resource: str) -> list[dict[Any, Any]]:
    found = []
    for group in maps(item.get("spec", "resourceGroups")):
        if resource not in as_list(group.get("coveredResources")):
            continue
        for one in maps(group.get("flavors")):
            if one.get("name") == flavor:
                found += [r for r in maps(one.get("resources")) if r.get("name") == resource]
    return found


@requirement(
    "the ClusterQueue `{name}` has a quota of {amount} of `{resource}` in the flavor `{flavor}`",
    "{amount} of `{resource}` (flavor `{flavor}`) is the nominal quota of the ClusterQueue"
    " `{name}`",
)
def cluster_quota(
    manifest: Manifest, name: str, flavor: str, resource: str, amount: str
) -> Findings:
    """A nominal quota of a ClusterQueue whose flavor exists."""

    def check(item: KubeObject) -> Findings:
        found = [one.get("nominalQuota") for one in _quotas(item, flavor, resource)]
        if len(found) != 1 or not same_amount(found[0], amount):
            given = shown(found[0] if found else None)
            message = f"the quota of {resource} in `{flavor}` is {given}, asked for {amount}"
            yield item.finding(message, "spec", "resourceGroups")
        if not named(manifest, flavor, "ResourceFlavor"):
            yield item.finding(f"there is no ResourceFlavor `{flavor}`", "spec", "resourceGroups")

    return each(manifest, name, ("ClusterQueue",), check)


@requirement(
    "`{name}` may borrow up to {amount} of `{resource}` in the flavor `{flavor}` from its cohort",
    "the borrowing limit of `{name}` is {amount} of `{resource}` (flavor `{flavor}`)",
)
def borrowing(manifest: Manifest, name: str, flavor: str, resource: str, amount: str) -> Findings:
    """The borrowing limit of a quota."""

    def check(item: KubeObject) -> Findings:
        found = [one.get("borrowingLimit") for one in _quotas(item, flavor, resource)]
        if not any(same_amount(one, amount) for one in found):
            message = f"`{name}` may not borrow {amount} of {resource}"
            yield item.finding(message, "spec", "resourceGroups")

    return each(manifest, name, ("ClusterQueue",), check)


@requirement(
    "`{name}` belongs to the cohort `{cohort}`", "cohort `{cohort}` for the ClusterQueue `{name}`"
)
def cohort(manifest: Manifest, name: str, cohort: str) -> Findings:
    """`cohort` of a ClusterQueue (`cohortName` in v1beta2)."""

    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "cohort") or item.get("spec", "cohortName")
        if found != cohort:
            yield differs(item, ("spec", "cohort"), found, cohort)

    return each(manifest, name, ("ClusterQueue",), check)


@requirement(
    "queues of every namespace may use `{name}`",
    "the ClusterQueue `{name}` is open to all namespaces",
)
def open_queue(manifest: Manifest, name: str) -> Findings:
    """An empty namespace selector: an absent one admits nobody."""

    def check(item: KubeObject) -> Findings:
        if not everything(item.get("spec", "namespaceSelector")):
            yield item.finding(f"`{name}` is not open to all", "spec", "namespaceSelector")

    return each(manifest, name, ("ClusterQueue",), check)


@requirement(
    "within `{name}`, a waiting workload may preempt one of lower priority",
    "the ClusterQueue `{name}` preempts workloads of lower priority for waiting ones",
)
def preemption(manifest: Manifest, name: str) -> Findings:
    """`preemption.withinClusterQueue: LowerPriority` (its default is Never)."""
    path = ("spec", "preemption", "withinClusterQueue")
    return value_is(manifest, name, "ClusterQueue", path, "LowerPriority", "Never")


@requirement(
    "a LocalQueue `{name}` in the namespace `{namespace}` that feeds the ClusterQueue `{cluster}`",
    "the LocalQueue `{name}` of the namespace `{namespace}` points to the ClusterQueue `{cluster}`",
)
def local_queue(manifest: Manifest, name: str, namespace: str, cluster: str) -> Findings:
    """A LocalQueue: its namespace and its ClusterQueue."""

    def check(item: KubeObject) -> Findings:
        if item.get("spec", "clusterQueue") != cluster:
            path = ("spec", "clusterQueue")
            yield differs(item, path, item.get(*path), cluster)
        if item.namespace != namespace:
            yield differs(item, ("metadata", "namespace"), item.namespace, namespace)

    return each(manifest, name, ("LocalQueue",), check)


def _jobs(manifest: Manifest, of: str) -> list[KubeObject]:
    return [item for item in named(manifest, of) if item.kind.endswith(("Job", "Cluster"))]


@requirement(
    "`{of}` waits in the LocalQueue `{queue}`, in its namespace `{namespace}`",
    "`{of}` (namespace `{namespace}`) is submitted to the LocalQueue `{queue}`",
)
def queued(manifest: Manifest, of: str, queue: str, namespace: str) -> Findings:
    """The label of the queue on an object that runs something."""
    found = _jobs(manifest, of)
    if not found:
        return [next(iter(manifest)).finding(f"there is no job `{of}`")]
    wrong = []
    for item in found:
        if item.labels.get(QUEUE) != queue:
            path = ("metadata", "labels", QUEUE)
            wrong.append(differs(item, path, item.labels.get(QUEUE), queue))
        if item.namespace != namespace:
            wrong.append(differs(item, ("metadata", "namespace"), item.namespace, namespace))
    return wrong


@requirement(
    "a WorkloadPriorityClass `{name}` of value {value}, which `{of}` uses",
    "`{of}` has the WorkloadPriorityClass `{name}`, whose value is {value}",
)
def workload_priority(manifest: Manifest, name: str, value: int, of: str) -> Findings:
    """A priority class of Kueue and the label of an object that uses it."""

    def check(item: KubeObject) -> Findings:
        if not equal(item.get("value"), value):
            yield differs(item, ("value",), item.get("value"), value)
        label = "kueue.x-k8s.io/priority-class"
        if not any(one.labels.get(label) == name for one in _jobs(manifest, of)):
            yield item.finding(f"`{of}` does not use the class `{name}`")

    return each(manifest, name, ("WorkloadPriorityClass",), check)
