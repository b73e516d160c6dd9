"""Rules about autoscaling, disruption budgets, priorities and runtimes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.selectors import selector_problems
from iac_gym.languages.kubernetes.rules.views import entries, of_kind, once, whole
from iac_gym.languages.kubernetes.selection import needs
from iac_gym.verdict import Finding, Stage

#: Type of a metric -> its field.
_SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
#: Which fields of a target each source can have; exactly one is given.
_TARGETS = {
    "resource": ("averageUtilization", "averageValue"),
    "containerResource": ("averageUtilization", "averageValue"),
    "pods": ("averageValue",),
    "object": ("value", "averageValue"),
    "external": ("value", "averageValue"),
}
_HIGHEST_PRIORITY = 1_000_000_000
_MOST_WINDOW, _MOST_PERIOD = 3600, 1800


@needs("HorizontalPodAutoscaler", "minReplicas|maxReplicas")
@rule(Stage.SEMANTICS)
def autoscaler_bounds(manifest: Manifest) -> Iterator[Finding]:
    """An autoscaler keeps at least one replica, and `maxReplicas` is not below `minReplicas`.

    Since Kubernetes 1.37 an Object or External metric can wake a workload that has none.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/

    Bad::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 5
          maxReplicas: 3

    Good::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 2
          maxReplicas: 10
    """
    for item in of_kind(manifest, "HorizontalPodAutoscaler"):
        least, most = whole(item.get("spec", "minReplicas")), whole(item.get("spec", "maxReplicas"))
        if least is not None and least < 1 and (least < 0 or not _can_wake(item)):
            text = f"minReplicas is {least}; without Object or External metrics it is at least 1"
            yield item.finding(text, "spec", "minReplicas")
        if most is not None and most < 1:
            yield item.finding(f"maxReplicas is {most}, at least 1", "spec", "maxReplicas")
        if least is not None and most is not None and most < least:
            text = f"maxReplicas ({most}) is below minReplicas ({least})"
            yield item.finding(text, "spec", "maxReplicas")


def _can_wake(item: KubeObject) -> bool:
    metrics = entries(item.get("spec", "metrics"), ())
    return any(metric.get("type") in ("Object", "External") for _, metric in metrics)


@needs("HorizontalPodAutoscaler", "scaleTargetRef")
@rule(Stage.SEMANTICS)
def autoscaler_target(manifest: Manifest) -> Iterator[Finding]:
    """An autoscaler names the kind and the name of what it scales.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/

    Bad::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ""}
          maxReplicas: 3

    Good::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
    """
    for item in of_kind(manifest, "HorizontalPodAutoscaler"):
        for field in ("kind", "name"):
            value = item.get("spec", "scaleTargetRef", field)
            if isinstance(value, str) and (not value or not forms.is_path_segment(value)):
                text = f"the {field} of the target is empty or contains '/'"
                yield item.finding(text, "spec", "scaleTargetRef", field)


@once
def _metrics(manifest: Manifest) -> Iterator[tuple[KubeObject, Path, dict[Any, Any]]]:
    for item in of_kind(manifest, "HorizontalPodAutoscaler"):
        if item.api_version == "autoscaling/v2":
            for path, metric in entries(item.get("spec", "metrics"), ("spec", "metrics")):
                yield item, path, metric


@needs("HorizontalPodAutoscaler", "metrics")
@rule(Stage.SEMANTICS)
def metric_sources(manifest: Manifest) -> Iterator[Finding]:
    """A metric has one source, and it is the one that its type names.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/

    Bad::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
          metrics:
            - type: Pods
              resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}

    Good::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
          metrics:
            - type: Resource
              resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
    """
    for item, path, metric in _metrics(manifest):
        kind = metric.get("type")
        if not isinstance(kind, str) or kind not in _SOURCES:
            continue
        if metric.get(_SOURCES[kind]) is None:
            text = f"a metric of type {kind} needs `{_SOURCES[kind]}`"
            yield item.finding(text, *path)
        for other in _SOURCES.values():
            if other != _SOURCES[kind] and metric.get(other) is not None:
                text = f"a metric of type {kind} has no `{other}`"
                yield item.finding(text, *path, other)


@needs("HorizontalPodAutoscaler", "metrics")
@rule(Stage.SEMANTICS)
def metric_targets(manifest: Manifest) -> Iterator[Finding]:
    """A metric's target has one positive value of the kind that its source allows.

    Resources have a utilization or an average value, pods an average value.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/

    Bad::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
          metrics:
            - type: Resource
              resource: {name: cpu, target: {type: Utilization, value: 70}}

    Good::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
          metrics:
            - type: Resource
              resource: {name: memory, target: {type: AverageValue, averageValue: 500Mi}}
    """
    for item, path, metric in _metrics(manifest):
        for source, allowed in _TARGETS.items():
            target = as_map(metric.get(source)).get("target")
            if isinstance(target, dict):
                for message in _target_problems(target, allowed):
                    yield item.finding(message, *path, source, "target")


def _target_problems(target: dict[Any, Any], allowed: tuple[str, ...]) -> Iterator[str]:
    given = [field for field in allowed if target.get(field) is not None]
    if not given:
        yield f"the target needs {' or '.join(allowed)}"
    elif len(given) > 1:
        yield f"the target has both {' and '.join(given)}"
    utilization = whole(target.get("averageUtilization"))
    if utilization is not None and utilization < 1:
        yield f"averageUtilization is {utilization}, it must be above 0"
    for field in ("value", "averageValue"):
        amount = parse_quantity(target.get(field))
        if amount is not None and amount <= 0:
            yield f"the target's {field} is not above 0"


@needs("HorizontalPodAutoscaler", "behavior")
@rule(Stage.SEMANTICS)
def scaling_behavior(manifest: Manifest) -> Iterator[Finding]:
    """Scaling policies have a positive value, and periods within their limits.

    A window is from 0 to 3600 seconds, a period from 1 to 1800.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior

    Bad::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
          behavior:
            scaleDown: {stabilizationWindowSeconds: 7200}

    Good::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 3
          behavior:
            scaleDown:
              stabilizationWindowSeconds: 600
              policies: [{type: Percent, value: 50, periodSeconds: 60}]
            scaleUp: {selectPolicy: Disabled}
    """
    for item in of_kind(manifest, "HorizontalPodAutoscaler"):
        for direction in ("scaleUp", "scaleDown"):
            rules = as_map(item.get("spec", "behavior", direction))
            for step, message in _behavior_problems(rules):
                yield item.finding(message, "spec", "behavior", direction, *step)


def _behavior_problems(rules: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    window = whole(rules.get("stabilizationWindowSeconds"))
    if window is not None and not 0 <= window <= _MOST_WINDOW:
        yield (
            ("stabilizationWindowSeconds",),
            f"the window {window} is not within 0..{_MOST_WINDOW}",
        )
    if rules.get("policies") == []:
        yield ("policies",), "there is no policy"
    for path, policy in entries(rules.get("policies"), ("policies",)):
        for field, most in (("value", None), ("periodSeconds", _MOST_PERIOD)):
            number = whole(policy.get(field))
            if number is not None and (number < 1 or (most is not None and number > most)):
                limit = f"1..{most}" if most else "1 and more"
                yield (*path, field), f"{field} {number} is not within {limit}"


@needs("PodDisruptionBudget")
@rule(Stage.SEMANTICS)
def disruption_budgets(manifest: Manifest) -> Iterator[Finding]:
    """A PodDisruptionBudget has `minAvailable` or `maxUnavailable`: a count or a percentage.

    Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/

    Bad::

        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 1
          maxUnavailable: 1
          selector: {matchLabels: {app: web}}

    Good::

        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 50%
          selector: {matchLabels: {app: web}}
    """
    for item in of_kind(manifest, "PodDisruptionBudget"):
        spec = as_map(item.get("spec"))
        low, high = spec.get("minAvailable"), spec.get("maxUnavailable")
        if low is not None and high is not None:
            text = "minAvailable and maxUnavailable exclude each other"
            yield item.finding(text, "spec", "maxUnavailable")
        for field, value in (("minAvailable", low), ("maxUnavailable", high)):
            if message := _budget_problem(value):
                yield item.finding(message, "spec", field)
        for step, message in selector_problems(spec.get("selector")):
            yield item.finding(message, "spec", "selector", *step)


def _budget_problem(value: Any) -> str:
    number = whole(value)
    if number is not None:
        return f"{number} is negative" if number < 0 else ""
    if not isinstance(value, str):
        return ""
    share = forms.percent(value)
    if share is None:
        return f"`{value[:80]}` is no percentage such as 50% (a count has no quotes)"
    return f"`{value[:80]}` is more than 100%" if share > 100 else ""


@needs("PriorityClass")
@rule(Stage.SEMANTICS)
def priority_classes(manifest: Manifest) -> Iterator[Finding]:
    """A PriorityClass of users has a value up to 1000000000, and no name with `system-`.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass

    Bad::

        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: high}
        value: 2000000000

    Good::

        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: high}
        value: 1000000
        preemptionPolicy: Never
    """
    system = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
    for item in of_kind(manifest, "PriorityClass"):
        value = whole(item.get("value"))
        if item.name.startswith("system-"):
            if system.get(item.name) != value:
                text = "names with the prefix system- are reserved"
                yield item.finding(text, "metadata", "name")
        elif value is not None and value > _HIGHEST_PRIORITY:
            yield item.finding(f"the value is above {_HIGHEST_PRIORITY}", "value")


@needs("RuntimeClass")
@rule(Stage.SEMANTICS)
def runtime_classes(manifest: Manifest) -> Iterator[Finding]:
    """A RuntimeClass names its handler, which is a DNS label.

    Source: https://kubernetes.io/docs/concepts/containers/runtime-class/

    Bad::

        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: sandbox}
        handler: gVisor/runsc

    Good::

        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: sandbox}
        handler: runsc
    """
    for item in of_kind(manifest, "RuntimeClass"):
        handler = item.get("handler")
        if isinstance(handler, str) and not forms.is_label(handler):
            text = f"`{handler[:80]}` is no handler"
            yield item.finding(text, "handler", hint=forms.LABEL_HINT)


IN_ORDER = (
    autoscaler_bounds,
    autoscaler_target,
    metric_sources,
    metric_targets,
    scaling_behavior,
    disruption_budgets,
    priority_classes,
    runtime_classes,
)
