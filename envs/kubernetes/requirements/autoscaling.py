"""Requirements about HorizontalPodAutoscalers and PodDisruptionBudgets."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.targets import (
    WORKLOADS,
    asleep,
    differs,
    each,
    equal,
    named,
    pod_labels,
    same_amount,
    selects,
    value_is,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text

_HPA = ("HorizontalPodAutoscaler",)
_PDB = ("PodDisruptionBudget",)


@requirement(
    "a HorizontalPodAutoscaler `{name}` for the Deployment `{of}`",
    "the HorizontalPodAutoscaler `{name}` scales the Deployment `{of}`",
)
def autoscaler(manifest: Manifest, name: str, of: str) -> Findings:
    """An autoscaler whose target is a Deployment; where the answer has it, it must run.

    The controller looks for the target in the API group of `apiVersion`, whatever the version, and
    in the namespace of the autoscaler.
    """

    def check(item: KubeObject) -> Findings:
        target = as_map(item.get("spec", "scaleTargetRef"))
        if target.get("name") != of:
            yield differs(item, ("spec", "scaleTargetRef", "name"), target.get("name"), of)
        if target.get("kind") != "Deployment":
            path = ("spec", "scaleTargetRef", "kind")
            yield differs(item, path, target.get("kind"), "Deployment")
        if as_text(target.get("apiVersion")).partition("/")[0] != "apps":
            path = ("spec", "scaleTargetRef", "apiVersion")
            yield differs(item, path, target.get("apiVersion"), "apps/v1")
        owners = named(manifest, of, "Deployment")
        if owners and all(owner.namespace != item.namespace for owner in owners):
            yield item.finding(f"`{of}` is in another namespace", "metadata", "namespace")
        yield from filter(None, map(asleep, owners))

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` keeps at least {count} replicas", "the minimum of `{name}` is {count} replicas"
)
def fewest_replicas(manifest: Manifest, name: str, count: int) -> Findings:
    """`minReplicas` of an autoscaler (the API's default is 1)."""
    return value_is(manifest, name, _HPA, ("spec", "minReplicas"), count, 1)


@requirement("`{name}` goes up to {count} replicas", "the maximum of `{name}` is {count} replicas")
def most_replicas(manifest: Manifest, name: str, count: int) -> Findings:
    """`maxReplicas` of an autoscaler."""
    return value_is(manifest, name, _HPA, ("spec", "maxReplicas"), count)


def _targets(item: KubeObject, resource: str, kind: str, field: str) -> list[Any]:
    """Return what an autoscaler aims at for a resource: one value for each metric of the kind."""
    found = []
    for entry in map(as_map, as_list(item.get("spec", "metrics"))):
        metric = as_map(entry.get("resource"))
        target = as_map(metric.get("target"))
        if (entry.get("type"), metric.get("name")) == ("Resource", resource):
            found += [target.get(field)] if target.get("type") == kind else []
    return found


#: The CPU utilization that an autoscaler without any metric aims at.
_DEFAULT_CPU = 80


def _utilizations(item: KubeObject, resource: str) -> list[Any]:
    if resource == "cpu" and item.api_version == "autoscaling/v1":
        return [item.get("spec", "targetCPUUtilizationPercentage")]
    if resource == "cpu" and not as_list(item.get("spec", "metrics")):
        return [_DEFAULT_CPU]
    return _targets(item, resource, "Utilization", "averageUtilization")


def _utilization(manifest: Manifest, name: str, resource: str, percent: int) -> Findings:
    def check(item: KubeObject) -> Findings:
        for found in _utilizations(item, resource) or [None]:
            if not equal(found, percent):
                shown = f"is {found}" if isinstance(found, int) else "is not set"
                message = f"the {resource} utilization of `{name}` {shown}, asked for {percent}"
                yield item.finding(message, "spec", "metrics")

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` aims at {percent}% CPU utilization",
    "a CPU target of {percent}% for `{name}`",
)
def cpu_target(manifest: Manifest, name: str, percent: int) -> Findings:
    """The average CPU utilization that an autoscaler aims at (autoscaling/v2 or v1)."""
    return _utilization(manifest, name, "cpu", percent)


@requirement(
    "`{name}` aims at {percent}% memory utilization",
    "a memory target of {percent}% for `{name}`",
)
def memory_target(manifest: Manifest, name: str, percent: int) -> Findings:
    """The average memory utilization that an autoscaler aims at."""
    return _utilization(manifest, name, "memory", percent)


@requirement(
    "`{name}` aims at an average of {amount} of memory per pod",
    "an average memory of {amount} per pod as the target of `{name}`",
)
def memory_average(manifest: Manifest, name: str, amount: str) -> Findings:
    """The average memory of a pod that an autoscaler aims at."""

    def check(item: KubeObject) -> Findings:
        found = _targets(item, "memory", "AverageValue", "averageValue") or [None]
        if not all(same_amount(value, amount) for value in found):
            yield item.finding(f"the memory target of `{name}` is not {amount}", "spec", "metrics")

    return each(manifest, name, _HPA, check)


def _window(manifest: Manifest, name: str, way: str, seconds: int, default: int) -> Findings:
    def check(item: KubeObject) -> Findings:
        path: Path = ("spec", "behavior", way)
        found = item.get(*path, "stabilizationWindowSeconds", default=default)
        if item.get(*path, "selectPolicy") == "Disabled":
            yield item.finding(f"`{name}` has {way} disabled", *path, "selectPolicy")
        elif not equal(found, seconds):
            yield differs(item, (*path, "stabilizationWindowSeconds"), found, seconds)

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` waits {seconds} seconds before it scales down (stabilization window)",
    "a scale-down stabilization window of {seconds} seconds for `{name}`",
)
def scale_down_window(manifest: Manifest, name: str, seconds: int) -> Findings:
    """The stabilization window for scaling down (the API's default is 300)."""
    return _window(manifest, name, "scaleDown", seconds, 300)


@requirement(
    "`{name}` waits {seconds} seconds before it scales up (stabilization window)",
    "a scale-up stabilization window of {seconds} seconds for `{name}`",
)
def scale_up_window(manifest: Manifest, name: str, seconds: int) -> Findings:
    """The stabilization window for scaling up (the API's default is 0)."""
    return _window(manifest, name, "scaleUp", seconds, 0)


def _policy(
    manifest: Manifest, name: str, way: str, kind: str, value: int, seconds: int
) -> Findings:
    def check(item: KubeObject) -> Findings:
        path: Path = ("spec", "behavior", way, "policies")
        entries = [as_map(entry) for entry in as_list(item.get(*path))]
        fitting = [
            entry.get("type") == kind
            and equal(entry.get("value"), value)
            and equal(entry.get("periodSeconds"), seconds)
            for entry in entries
        ]
        selected = item.get("spec", "behavior", way, "selectPolicy", default="Max")
        unit = "pods" if kind == "Pods" else "percent"
        if selected == "Disabled" or not any(fitting):
            message = f"`{name}` has no {way} policy of {value} {unit} in {seconds} seconds"
            yield item.finding(message, *path)
        elif selected == "Max" and not all(fitting):
            message = f"another {way} policy of `{name}` permits more than {value} {unit}"
            yield item.finding(message, *path)

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` adds at most {count} pods in {seconds} seconds",
    "a scale-up policy of {count} pods per {seconds} seconds for `{name}`",
)
def scale_up_pods(manifest: Manifest, name: str, count: int, seconds: int) -> Findings:
    """A scale-up policy of the type Pods."""
    return _policy(manifest, name, "scaleUp", "Pods", count, seconds)


@requirement(
    "`{name}` removes at most {percent}% of the pods in {seconds} seconds",
    "a scale-down policy of {percent} percent per {seconds} seconds for `{name}`",
)
def scale_down_percent(manifest: Manifest, name: str, percent: int, seconds: int) -> Findings:
    """A scale-down policy of the type Percent."""
    return _policy(manifest, name, "scaleDown", "Percent", percent, seconds)


@requirement(
    "a PodDisruptionBudget `{name}` for the pods of `{of}`",
    "the PodDisruptionBudget `{name}` protects the pods of `{of}`",
)
def disruption_budget(manifest: Manifest, name: str, of: str) -> Findings:
    """A disruption budget whose selector matches the pods of the workload `of`.

    One that also matches pods without any label is for every pod, not for those.
    """

    def check(item: KubeObject) -> Findings:
        selector = item.get("spec", "selector")
        owners = [
            owner
            for owner in named(manifest, of, *WORKLOADS)
            if owner.namespace == item.namespace and not asleep(owner)
        ]
        if selects(selector, {}) or not any(selects(selector, pod_labels(o)) for o in owners):
            yield item.finding(f"`{name}` does not select the pods of `{of}`", "spec", "selector")

    return each(manifest, name, _PDB, check)


def _budget(manifest: Manifest, name: str, field: str, asked: int | str) -> Findings:
    return value_is(manifest, name, _PDB, ("spec", field), asked)


@requirement(
    "`{name}` keeps at least {count} of the pods available", "minAvailable of `{name}` is {count}"
)
def min_available(manifest: Manifest, name: str, count: int | str) -> Findings:
    """`minAvailable` of a disruption budget: a number or a percentage."""
    return _budget(manifest, name, "minAvailable", count)


@requirement(
    "`{name}` lets at most {count} of the pods be unavailable",
    "maxUnavailable of `{name}` is {count}",
)
def budget_unavailable(manifest: Manifest, name: str, count: int | str) -> Findings:
    """`maxUnavailable` of a disruption budget: a number or a percentage."""
    return _budget(manifest, name, "maxUnavailable", count)
