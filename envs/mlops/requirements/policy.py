"""Requirements about the rules of a namespace: quotas, default limits, priority classes."""

from __future__ import annotations

from envs.mlops.reading import differs, each, maps, same_amount, value_is
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map


@requirement(
    "a Namespace `{name}` with the label `{key}: {value}`",
    "the Namespace `{name}` is labelled `{key}: {value}`",
)
def namespace_label(manifest: Manifest, name: str, key: str, value: str) -> Findings:
    """A Namespace and one of its labels."""
    path = ("metadata", "labels", key)
    return value_is(manifest, name, "Namespace", path, value)


@requirement(
    "a ResourceQuota `{name}` in the namespace `{namespace}` that allows at most {amount} of"
    " `{resource}`",
    "the ResourceQuota `{name}` of the namespace `{namespace}` limits `{resource}` to {amount}",
)
def quota(manifest: Manifest, name: str, namespace: str, resource: str, amount: str) -> Findings:
    """A hard limit of a quota. Quotas count CPU and memory as requests where nothing is said."""

    def check(item: KubeObject) -> Findings:
        hard = as_map(item.get("spec", "hard"))
        found = hard.get(resource)
        if found is None and resource in ("requests.cpu", "requests.memory"):
            found = hard.get(resource.removeprefix("requests."))
        if not same_amount(found, amount):
            yield differs(item, ("spec", "hard", resource), found, amount)
        if item.namespace != namespace:
            yield differs(item, ("metadata", "namespace"), item.namespace, namespace)

    return each(manifest, name, ("ResourceQuota",), check)


@requirement(
    "the quota `{name}` counts only pods of the priority class `{priority}`",
    "only pods with the priority class `{priority}` fall under the quota `{name}`",
)
def quota_priority(manifest: Manifest, name: str, priority: str) -> Findings:
    """A scope selector of a quota for one priority class."""

    def check(item: KubeObject) -> Findings:
        rules = maps(item.get("spec", "scopeSelector", "matchExpressions"))
        if not any(
            rule.get("scopeName") == "PriorityClass"
            and rule.get("operator") == "In"
            and rule.get("values") == [priority]
            for rule in rules
        ):
            path = ("spec", "scopeSelector")
            yield item.finding(f"`{name}` is not for the class `{priority}`", *path)

    return each(manifest, name, ("ResourceQuota",), check)


def _limit(manifest: Manifest, name: str, field: str, resource: str, amount: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        found = [
            as_map(entry.get(field)).get(resource)
            for entry in maps(item.get("spec", "limits"))
            if entry.get("type") == "Container"
        ]
        if not any(same_amount(value, amount) for value in found):
            message = f"`{name}` has no {field} of {amount} {resource} for containers"
            yield item.finding(message, "spec", "limits")

    return each(manifest, name, ("LimitRange",), check)


@requirement(
    "by the LimitRange `{name}`, a container without a limit gets a {resource} limit of {amount}",
    "the LimitRange `{name}` sets a default {resource} limit of {amount} for containers",
)
def default_limit(manifest: Manifest, name: str, resource: str, amount: str) -> Findings:
    """`default` of the limits for containers."""
    return _limit(manifest, name, "default", resource, amount)


@requirement(
    "by the LimitRange `{name}`, a container that says nothing requests {amount} of {resource}",
    "the LimitRange `{name}` sets a default {resource} request of {amount} for containers",
)
def default_request(manifest: Manifest, name: str, resource: str, amount: str) -> Findings:
    """`defaultRequest` of the limits for containers."""
    return _limit(manifest, name, "defaultRequest", resource, amount)


@requirement(
    "by the LimitRange `{name}`, no container may have more than {amount} of {resource}",
    "the LimitRange `{name}` allows a container at most {amount} of {resource}",
)
def most_per_container(manifest: Manifest, name: str, resource: str, amount: str) -> Findings:
    """`max` of the limits for containers."""
    return _limit(manifest, name, "max", resource, amount)


@requirement(
    "a PriorityClass `{name}` with the value {value}",
    "the PriorityClass `{name}` has the value {value}",
)
def priority_value(manifest: Manifest, name: str, value: int) -> Findings:
    """A PriorityClass object with its value."""
    return value_is(manifest, name, "PriorityClass", ("value",), value)


@requirement(
    "pods of the PriorityClass `{name}` never preempt others",
    "the PriorityClass `{name}` has the preemption policy Never",
)
def never_preempts(manifest: Manifest, name: str) -> Findings:
    """`preemptionPolicy: Never` of a PriorityClass."""
    return value_is(manifest, name, "PriorityClass", ("preemptionPolicy",), "Never")
