"""Rules about amounts of resources: of containers, in quotas and in limit ranges."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.languages.kubernetes.rules.forms import is_qualified_name
from iac_gym.languages.kubernetes.rules.views import entries, of_kind, once, view
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

_OF_CONTAINERS = ("cpu", "memory", "ephemeral-storage")
_COUNTED = (
    "pods services replicationcontrollers resourcequotas secrets configmaps persistentvolumeclaims "
    "services.nodeports services.loadbalancers"
).split()
_OF_QUOTAS = frozenset(
    (
        *_OF_CONTAINERS,
        *_COUNTED,
        *(f"{side}.{name}" for side in ("requests", "limits") for name in _OF_CONTAINERS),
        "requests.storage",
    )
)


@once
def _resource_trees(manifest: Manifest) -> Iterator[tuple[KubeObject, Path, dict[Any, Any]]]:
    """Yield (object, path, tree) of the `resources` of containers and pods."""
    found = view(manifest)
    for item, path, container in found.containers:
        tree = container.get("resources")
        if isinstance(tree, dict):
            yield item, (*path, "resources"), tree
    for pod in found.pods:
        tree = pod.spec.get("resources")
        if isinstance(tree, dict):
            yield pod.item, (*pod.path, "resources"), tree


def _amounts(tree: Any) -> dict[str, Fraction]:
    """Return the amounts that can be read, by name of the resource."""
    amounts: dict[str, Fraction] = {}
    for name, value in as_map(tree).items():
        amount = parse_quantity(value)
        if isinstance(name, str) and amount is not None:
            amounts[name] = amount
    return amounts


def _is_exact(name: str) -> bool:
    """Whether requests of a resource equal its limit: huge pages and extended resources do."""
    return name.startswith("hugepages-") or _is_extended(name)


def _is_extended(name: str) -> bool:
    return "/" in name and "kubernetes.io/" not in name


@needs(PODS, "resources")
@rule(Stage.SEMANTICS)
def resource_amounts(manifest: Manifest) -> Iterator[Finding]:
    """Amounts of resources are not negative, and whole for extended resources.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {requests: {memory: -512Mi}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {requests: {cpu: 250m, memory: 0.5Gi}}
    """
    for item, path, tree in _resource_trees(manifest):
        for side in ("requests", "limits"):
            for name, value in as_map(tree.get(side)).items():
                message = _quantity_problem(name, value)
                if message:
                    yield item.finding(message, *path, side, name)


def _quantity_problem(name: Any, value: Any) -> str:
    amount = parse_quantity(value)
    if amount is None:  # the schema reports what is no quantity
        return ""
    if amount < 0:
        return f"`{str(value)[:80]}` is negative"
    if isinstance(name, str) and _is_extended(name) and amount.denominator != 1:
        return f"{name[:80]} is counted in whole numbers"
    return ""


@needs(PODS, "resources")
@rule(Stage.SEMANTICS)
def container_resource_names(manifest: Manifest) -> Iterator[Finding]:
    """Containers ask for cpu, memory, ephemeral-storage, huge pages, or `domain/resource`.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {limits: {gpu: 1}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {limits: {cpu: 1, nvidia.com/gpu: 1}}
    """
    for item, path, tree in _resource_trees(manifest):
        for side in ("requests", "limits"):
            for name in as_map(tree.get(side)):
                if not isinstance(name, str) or name in _OF_CONTAINERS:
                    continue
                known = is_qualified_name(name) and ("/" in name or name.startswith("hugepages-"))
                if not known:
                    text = f"`{name[:80]}` is no resource of containers"
                    hint = f"{', '.join(_OF_CONTAINERS)}, hugepages-<size> or domain/name"
                    yield item.finding(text, *path, side, name, hint=hint)


@needs(PODS, "resources", "requests")
@rule(Stage.SEMANTICS)
def requests_within_limits(manifest: Manifest) -> Iterator[Finding]:
    """A request is at most the limit; for huge pages and extended resources it equals it.

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {requests: {memory: 1Gi}, limits: {memory: 512Mi}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              resources: {requests: {memory: 512Mi}, limits: {memory: 0.5Gi}}
    """
    for item, path, tree in _resource_trees(manifest):
        requests, limits = _amounts(tree.get("requests")), _amounts(tree.get("limits"))
        for name, request in requests.items():
            limit = limits.get(name)
            if limit is None:
                if _is_exact(name) and name not in as_map(tree.get("limits")):
                    text = f"a request for {name[:80]} needs a limit of the same amount"
                    yield item.finding(text, *path, "requests", name)
            elif request > limit:
                text = f"the request for {name[:80]} is above its limit"
                yield item.finding(text, *path, "requests", name)
            elif request != limit and _is_exact(name):
                text = f"the request for {name[:80]} must equal its limit"
                yield item.finding(text, *path, "requests", name)


@needs(PODS, "resources")
@rule(Stage.SEMANTICS)
def huge_pages_with_cpu_or_memory(manifest: Manifest) -> Iterator[Finding]:
    """A container with huge pages also asks for cpu or memory.

    Source: https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: db}
        spec:
          containers:
            - name: db
              image: postgres:16
              resources: {limits: {hugepages-2Mi: 100Mi}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: db}
        spec:
          containers:
            - name: db
              image: postgres:16
              resources: {limits: {hugepages-2Mi: 100Mi, memory: 200Mi}}
    """
    for item, path, tree in _resource_trees(manifest):
        names = {name for side in ("requests", "limits") for name in as_map(tree.get(side))}
        huge = [n for n in names if isinstance(n, str) and n.startswith("hugepages-")]
        if huge and not names & {"cpu", "memory"}:
            yield item.finding("huge pages need a request or limit of cpu or memory", *path)


@needs("ResourceQuota", "hard")
@rule(Stage.SEMANTICS)
def resource_quotas(manifest: Manifest) -> Iterator[Finding]:
    """A ResourceQuota limits known resources to quantities that are not negative.

    Objects are counted by name (`pods`) or as `count/resource.group`.

    Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#compute-resource-quota

    Bad::

        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: team}
        spec: {hard: {deployments: 5}}

    Good::

        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: team}
        spec:
          hard: {pods: 10, requests.cpu: 4, limits.memory: 8Gi, count/deployments.apps: 5}
    """
    for item in of_kind(manifest, "ResourceQuota"):
        for name, value in as_map(item.get("spec", "hard")).items():
            message = _quota_problem(name, value)
            if message:
                yield item.finding(message, "spec", "hard", name)


def _quota_problem(name: Any, value: Any) -> str:
    if not isinstance(name, str):
        return ""
    bare = name.removeprefix("requests.")
    huge = bare.startswith("hugepages-")
    if not is_qualified_name(name) or ("/" not in name and name not in _OF_QUOTAS and not huge):
        return f"`{name[:80]}` is no resource that a quota can limit"
    message = _quantity_problem("", value)
    amount = parse_quantity(value)
    if not message and name in _COUNTED and amount is not None and amount.denominator != 1:
        return f"{name} are counted in whole numbers"
    return message


@needs("ResourceQuota", "scopes")
@rule(Stage.SEMANTICS)
def quota_scopes(manifest: Manifest) -> Iterator[Finding]:
    """Scopes of a ResourceQuota do not contradict each other.

    Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes

    Bad::

        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: team}
        spec:
          hard: {pods: 10}
          scopes: [BestEffort, NotBestEffort]

    Good::

        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: team}
        spec:
          hard: {pods: 10}
          scopes: [BestEffort]
    """
    for item in of_kind(manifest, "ResourceQuota"):
        scopes = as_list(item.get("spec", "scopes"))
        known = {scope for scope in scopes if isinstance(scope, str)}
        for index, scope in enumerate(scopes):
            if isinstance(scope, str) and f"Not{scope}" in known:
                text = f"the scopes {scope} and Not{scope} exclude each other"
                yield item.finding(text, "spec", "scopes", index)


@needs("LimitRange", "limits")
@rule(Stage.SEMANTICS)
def limit_ranges(manifest: Manifest) -> Iterator[Finding]:
    """In a LimitRange min, defaultRequest, default and max do not contradict each other.

    Defaults are for containers; a limit for claims gives a min or max of storage.

    Source: https://kubernetes.io/docs/concepts/policy/limit-range/

    Bad::

        apiVersion: v1
        kind: LimitRange
        metadata: {name: memory}
        spec:
          limits:
            - type: Container
              max: {memory: 1Gi}
              default: {memory: 2Gi}

    Good::

        apiVersion: v1
        kind: LimitRange
        metadata: {name: memory}
        spec:
          limits:
            - type: Container
              min: {memory: 64Mi}
              defaultRequest: {memory: 256Mi}
              default: {memory: 512Mi}
              max: {memory: 1Gi}
    """
    for item in of_kind(manifest, "LimitRange"):
        place = ("spec", "limits")
        for path, limit in entries(item.get(*place), place):
            for step, message in _limit_problems(limit):
                yield item.finding(message, *path, *step)


_ORDER = ("min", "defaultRequest", "default", "max")


def _limit_problems(limit: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    kind = limit.get("type")
    amounts = {side: _amounts(limit.get(side)) for side in _ORDER}
    for side in (*_ORDER, "maxLimitRequestRatio"):
        for name, value in as_map(limit.get(side)).items():
            if message := _quantity_problem("", value):
                yield (side, name), message
    if kind == "Pod":
        for side in ("default", "defaultRequest"):
            if limit.get(side):
                yield (side,), "defaults are for containers, not for pods"
    if kind == "PersistentVolumeClaim" and not (
        "storage" in as_map(limit.get("min")) or "storage" in as_map(limit.get("max"))
    ):
        yield (), "a limit for claims gives a min or max of storage"
    yield from _order_problems(amounts)


def _order_problems(amounts: dict[str, dict[str, Fraction]]) -> Iterator[tuple[Path, str]]:
    for place, low in enumerate(_ORDER):
        for high in _ORDER[place + 1 :]:
            for name, amount in amounts[low].items():
                if name in amounts[high] and amount > amounts[high][name]:
                    yield (low, name), f"{low} of {name[:80]} is above its {high}"


IN_ORDER = (
    resource_amounts,
    container_resource_names,
    requests_within_limits,
    huge_pages_with_cpu_or_memory,
    resource_quotas,
    quota_scopes,
    limit_ranges,
)
