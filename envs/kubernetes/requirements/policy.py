"""What can be asked of namespaces, quotas, limit ranges, priorities, and any metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.kubernetes.requirements.reading import (
    about,
    absent,
    differs,
    same_amount,
    shown,
    texts,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map

#: Names that a quota knows under two spellings.
SAME_RESOURCE = {
    "cpu": "requests.cpu",
    "memory": "requests.memory",
    "count/services": "services",
    "count/secrets": "secrets",
    "count/configmaps": "configmaps",
    "count/persistentvolumeclaims": "persistentvolumeclaims",
}


@requirement(
    "a Namespace `{name}`",
    "the Namespace `{name}`",
    "a namespace called `{name}`",
)
@about("Namespace", "name")
def namespace(found: KubeObject, name: str) -> Findings:
    """A namespace of that name exists."""
    return ()


@requirement(
    "the Namespace `{of}` has the label {key}={value}",
    "label {key}={value} on the Namespace `{of}`",
)
@about("Namespace")
def namespace_label(found: KubeObject, of: str, key: str, value: str) -> Findings:
    """A label of a namespace."""
    return differs(found, value, "metadata", "labels", key)


@requirement(
    "the Namespace `{of}` has the annotation {key}={value}",
    "annotation {key}={value} on the Namespace `{of}`",
)
@about("Namespace")
def namespace_annotation(found: KubeObject, of: str, key: str, value: str) -> Findings:
    """An annotation of a namespace."""
    return differs(found, value, "metadata", "annotations", key)


@requirement(
    "pod security in the Namespace `{of}`: {mode} the {level} standard",
    "the Namespace `{of}` is set to {mode} the pod security standard {level}",
)
@about("Namespace")
def pod_security(found: KubeObject, of: str, mode: str, level: str) -> Findings:
    """The pod security label of a namespace for one mode (enforce, warn or audit)."""
    return differs(found, level, "metadata", "labels", f"pod-security.kubernetes.io/{mode}")


@requirement(
    "the {kind} `{of}` is in the namespace {namespace}",
    "{kind} `{of}` goes into the namespace {namespace}",
)
def placed_in(manifest: Manifest, kind: str, of: str, namespace: str) -> Findings:
    """The namespace of an object."""
    found = manifest.find(kind, of)
    if found is None:
        yield absent(manifest, kind, of)
    elif found.namespace != namespace:
        yield found.finding(
            f"{kind} `{of}` is in namespace {found.namespace}, asked for {namespace}",
            "metadata", "namespace",
        )  # fmt: skip


@requirement(
    "the {kind} `{of}` has the label {key}={value}",
    "label {key}={value} on the {kind} `{of}`",
)
def labelled(manifest: Manifest, kind: str, of: str, key: str, value: str) -> Findings:
    """A label of an object (its own, not one of its pods')."""
    found = manifest.find(kind, of)
    if found is None:
        yield absent(manifest, kind, of)
    else:
        yield from differs(found, value, "metadata", "labels", key)


@requirement(
    "the {kind} `{of}` has the annotation {key}={value}",
    "annotation {key}={value} on the {kind} `{of}`",
)
def annotated(manifest: Manifest, kind: str, of: str, key: str, value: str) -> Findings:
    """An annotation of an object."""
    found = manifest.find(kind, of)
    if found is None:
        yield absent(manifest, kind, of)
    else:
        yield from differs(found, value, "metadata", "annotations", key)


@requirement(
    "the ResourceQuota `{of}` caps {resource} at {amount}",
    "at most {amount} of {resource} by the ResourceQuota `{of}`",
    "{resource} is limited to {amount} by the ResourceQuota `{of}`",
)
@about("ResourceQuota")
def quota(found: KubeObject, of: str, resource: str, amount: str) -> Findings:
    """One entry of `spec.hard`, as a quantity; `cpu` is short for `requests.cpu`.

    A quota with a scope counts some pods only; that of a priority class is asked for by itself.
    """
    terms = map(as_map, as_list(found.get("spec", "scopeSelector", "matchExpressions")))
    scopes = {*texts(found.get("spec", "scopes")), *(str(term.get("scopeName")) for term in terms)}
    if others := sorted(scopes - {"PriorityClass"}):
        yield found.finding(f"`{of}` counts only what is {others[0]}", "spec", "scopes")
    hard = as_map(found.get("spec", "hard"))
    full = SAME_RESOURCE.get(resource, resource)
    names = [name for name in hard if SAME_RESOURCE.get(name, name) == full]
    if not names:
        yield found.finding(f"`{of}` sets no cap on {resource}", "spec", "hard")
    for name in names:
        if not same_amount(hard[name], amount):
            yield found.finding(
                f"{name} is capped at {shown(hard[name])}, asked for {amount}",
                "spec", "hard", name,
            )  # fmt: skip


@requirement(
    "the ResourceQuota `{of}` counts only pods of the priority class {name}",
    "only pods with the priority class {name} count for the ResourceQuota `{of}`",
)
@about("ResourceQuota")
def quota_priority(found: KubeObject, of: str, name: str) -> Findings:
    """A scope selector for one priority class."""
    terms = as_list(found.get("spec", "scopeSelector", "matchExpressions"))
    if not any(
        as_map(term).get("scopeName") == "PriorityClass"
        and as_map(term).get("operator") == "In"
        and texts(as_map(term).get("values")) == [name]
        for term in terms
    ):
        yield found.finding(
            f"`{of}` is not limited to the priority class {name}", "spec", "scopeSelector"
        )


def _items(found: KubeObject, kind: str) -> Iterator[tuple[int, dict[Any, Any]]]:
    for place, item in enumerate(as_list(found.get("spec", "limits"))):
        if as_map(item).get("type") == kind:
            yield place, item


def _limit(
    found: KubeObject, kind: str, fields: tuple[str, ...], resource: str, amount: str
) -> Findings:
    """Find what stands against an amount; of `fields` the first that is set counts."""
    given = [
        (place, field, as_map(item.get(field))[resource])
        for place, item in _items(found, kind)
        for field in [f for f in fields if resource in as_map(item.get(f))][:1]
    ]
    if not given:
        yield found.finding(
            f"`{found.name}` has no {fields[0]} of {resource} for type {kind}", "spec", "limits"
        )
    for place, field, value in given:
        if not same_amount(value, amount):
            yield found.finding(
                f"{field} of {resource} is {shown(value)}, asked for {amount}",
                "spec", "limits", place, field, resource,
            )  # fmt: skip


@requirement(
    "the LimitRange `{of}` gives containers a default {resource} limit of {amount}",
    "default {resource} limit {amount} for containers in the LimitRange `{of}`",
)
@about("LimitRange")
def default_limit(found: KubeObject, of: str, resource: str, amount: str) -> Findings:
    """`default` of containers (the API takes `max` where there is none)."""
    return _limit(found, "Container", ("default", "max"), resource, amount)


@requirement(
    "the LimitRange `{of}` gives containers a default {resource} request of {amount}",
    "default {resource} request {amount} for containers in the LimitRange `{of}`",
)
@about("LimitRange")
def default_request(found: KubeObject, of: str, resource: str, amount: str) -> Findings:
    """`defaultRequest` of containers (the API takes the default limit, then `min`)."""
    fields = ("defaultRequest", "default", "max", "min")
    return _limit(found, "Container", fields, resource, amount)


@requirement(
    "no container gets more than {amount} of {resource} by the LimitRange `{of}`",
    "the LimitRange `{of}` allows a container at most {amount} of {resource}",
)
@about("LimitRange")
def container_max(found: KubeObject, of: str, resource: str, amount: str) -> Findings:
    """`max` of containers."""
    return _limit(found, "Container", ("max",), resource, amount)


@requirement(
    "no container gets less than {amount} of {resource} by the LimitRange `{of}`",
    "the LimitRange `{of}` demands at least {amount} of {resource} for a container",
)
@about("LimitRange")
def container_min(found: KubeObject, of: str, resource: str, amount: str) -> Findings:
    """`min` of containers."""
    return _limit(found, "Container", ("min",), resource, amount)


@requirement(
    "the LimitRange `{of}` allows a claim at most {amount} of storage",
    "no PersistentVolumeClaim over {amount} by the LimitRange `{of}`",
)
@about("LimitRange")
def claim_max(found: KubeObject, of: str, amount: str) -> Findings:
    """`max` storage of claims."""
    return _limit(found, "PersistentVolumeClaim", ("max",), "storage", amount)


@requirement(
    "`{of}` is the default priority class of the cluster",
    "pods that name no priority class get `{of}`",
)
@about("PriorityClass")
def priority_default(found: KubeObject, of: str) -> Findings:
    """`globalDefault: true`."""
    return differs(found, True, "globalDefault", default=False)


@requirement(
    "the PriorityClass `{of}` is described as {text}",
    "description {text} for the PriorityClass `{of}`",
)
@about("PriorityClass")
def priority_description(found: KubeObject, of: str, text: str) -> Findings:
    """The description of a priority class, but for its case and final full stop."""
    given = str(found.get("description", default="")).strip().rstrip(".")
    if given.lower() != text.lower():
        yield found.finding(f"the description is {shown(given)}, asked for '{text}'", "description")
