"""Requirements about how many pods there are: autoscalers and disruption budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.helm.requirements.reading import (
    below,
    maps,
    missing,
    one_of,
    only,
    own,
    play,
    played,
    pod_labels,
    same,
    selects,
    workload,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject


def scaler_of(found: Rendering, target: KubeObject) -> KubeObject:
    """Return the only autoscaler, which must be for a workload."""
    scaler = only(found, "HorizontalPodAutoscaler")
    reference = below(scaler.tree, "spec", "scaleTargetRef")
    if (reference.get("name"), reference.get("kind")) != (target.name, target.kind):
        raise wrong(scaler, f"it does not scale the {target.kind}", "spec.scaleTargetRef")
    return scaler


@requirement(
    "with `autoscaling.enabled: true` (false by default) a HorizontalPodAutoscaler keeps the "
    "{kind} of `{chart}` between `autoscaling.minReplicas` ({low} by default) and "
    "`autoscaling.maxReplicas` ({high} by default) replicas, and the {kind} sets no `replicas`",
    "`autoscaling.enabled: true` (false by default) adds a HorizontalPodAutoscaler for the {kind} "
    "of `{chart}` (from `autoscaling.minReplicas`, {low} by default, to "
    "`autoscaling.maxReplicas`, {high} by default) and takes `replicas` out of the {kind}",
)
@played
def autoscales(model: HelmModel, chart: str, kind: str, low: int, high: int) -> None:
    """Rendered without, with the defaults and with other bounds."""
    if own(play(model, None, chart), "HorizontalPodAutoscaler"):
        raise missing("the autoscaler is there by default")
    cases: tuple[tuple[Mapping[str, Any], int, int], ...] = (
        ({}, low, high),
        ({"autoscaling.minReplicas": 4, "autoscaling.maxReplicas": 44}, 4, 44),
    )
    for values, least, most in cases:
        found = play(model, {"autoscaling.enabled": True, **values})
        target = only(found, kind)
        scaler = scaler_of(found, target)
        if (scaler.get("spec", "minReplicas"), scaler.get("spec", "maxReplicas")) != (least, most):
            raise wrong(scaler, f"it does not stay between {least} and {most}", "spec")
        if target.get("spec", "replicas") is not None:
            raise wrong(target, "`replicas` stands against the autoscaler", "spec.replicas")


@requirement(
    "the autoscaler aims at the CPU use in `autoscaling.targetCPU` ({percent} % by default)",
    "`autoscaling.targetCPU` ({percent} by default) is the average CPU utilization that the "
    "autoscaler aims at",
)
@played
def autoscaler_target(model: HelmModel, percent: int) -> None:
    """Rendered with the default and with another target."""
    for values, wanted in (({}, percent), ({"autoscaling.targetCPU": 37}, 37)):
        given = {"autoscaling.enabled": True, **values}
        item = one_of(model, "HorizontalPodAutoscaler", given)
        metrics = maps(item.get("spec", "metrics"))
        found = [
            below(one, "resource", "target").get("averageUtilization")
            for one in metrics
            if below(one, "resource").get("name") == "cpu"
        ]
        if not metrics:  # autoscaling/v1
            found = [item.get("spec", "targetCPUUtilizationPercentage")]
        if found != [wanted]:
            raise wrong(item, f"it does not aim at {wanted} % of the CPU", "spec.metrics")


@requirement(
    "the PodDisruptionBudget, rendered only with `podDisruptionBudget.enabled: true`, covers the "
    "pods and keeps `podDisruptionBudget.minAvailable` ({count} by default) of them",
    "with `podDisruptionBudget.enabled: true` (false by default) a PodDisruptionBudget for the "
    "pods demands `podDisruptionBudget.minAvailable` ({count} by default)",
)
@played
def disruption_budget(model: HelmModel, count: int) -> None:
    """Rendered without, with the default and with another number."""
    if own(play(model), "PodDisruptionBudget"):
        raise missing("the PodDisruptionBudget is there by default")
    for values, wanted in (({}, count), ({"podDisruptionBudget.minAvailable": 9}, 9)):
        found = play(model, {"podDisruptionBudget.enabled": True, **values})
        item, pods = only(found, "PodDisruptionBudget"), workload(found)
        if not selects(item.get("spec", "selector", "matchLabels"), pod_labels(pods)):
            raise wrong(item, "it does not cover the pods", "spec.selector")
        if not same(item.get("spec", "minAvailable"), wanted):
            raise wrong(item, f"it does not keep {wanted} pods", "spec.minAvailable")
