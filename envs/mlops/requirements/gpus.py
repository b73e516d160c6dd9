"""Requirements about GPUs and other resources of containers, and about the nodes they run on."""

from __future__ import annotations

from typing import Any

from envs.mlops.reading import maps, same_amount, selects, shown, template_labels
from envs.mlops.spots import Spot, of_parts, of_pods
from iac_gym.check import Findings
from iac_gym.languages.kubernetes.model import as_list, as_map

GPU = "nvidia.com/gpu"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _extended(spot: Spot, resource: str, count: int) -> Findings:
    """A device is asked for by its limit; a request, where there is one, must be the same."""
    resources = as_map(spot.container.get("resources"))
    limit = as_map(resources.get("limits")).get(resource)
    request = as_map(resources.get("requests")).get(resource, limit)
    if not same_amount(limit, count) or not same_amount(request, count):
        given = shown(limit if not same_amount(limit, count) else request)
        message = f"`{resource}` of `{spot.item.name}` is {given}, asked for {count}"
        yield spot.finding(message, "resources", "limits", resource)


@of_pods(
    "{who} gets {count} NVIDIA GPU(s) (`nvidia.com/gpu`)",
    "each pod of {who} has {count} GPU(s) of the resource `nvidia.com/gpu`",
    "`nvidia.com/gpu: {count}` for the container of {who}",
)
def gpus(spot: Spot, count: int) -> Findings:
    """The GPU limit of the main container, and an equal request."""
    return _extended(spot, GPU, count)


part_gpus = of_parts(gpus)


@of_pods(
    "{who} uses {count} MIG slice(s) of the type `{slice}`",
    "{count} of the MIG resource `nvidia.com/{slice}` for {who}",
)
def mig_slices(spot: Spot, count: int, slice: str) -> Findings:
    """A limit of a MIG resource such as `nvidia.com/mig-1g.5gb`, and no whole GPU beside it."""
    yield from _extended(spot, f"nvidia.com/{slice}", count)
    if GPU in as_map(as_map(spot.container.get("resources")).get("limits")):
        message = f"`{spot.item.name}` takes a whole GPU beside its slice"
        yield spot.finding(message, "resources", "limits", GPU)


def _amount(spot: Spot, part: str, resource: str, amount: str) -> Findings:
    resources = as_map(spot.container.get("resources"))
    found = as_map(resources.get(part)).get(resource)
    if found is None and part == "requests":
        found = as_map(resources.get("limits")).get(resource)
    if not same_amount(found, amount):
        message = f"the {resource} {part} of `{spot.item.name}` are {shown(found)}, not {amount}"
        yield spot.finding(message, "resources", part, resource)


@of_pods("{who} requests {amount} of CPU", "a CPU request of {amount} for {who}")
def cpu_request(spot: Spot, amount: str) -> Findings:
    """The CPU request of the main container (a limit alone is also the request)."""
    return _amount(spot, "requests", "cpu", amount)


@of_pods("{who} requests {amount} of memory", "a memory request of {amount} for {who}")
def memory_request(spot: Spot, amount: str) -> Findings:
    """The memory request of the main container (a limit alone is also the request)."""
    return _amount(spot, "requests", "memory", amount)


@of_pods("a memory limit of {amount} for {who}", "{who} is limited to {amount} of memory")
def memory_limit(spot: Spot, amount: str) -> Findings:
    """The memory limit of the main container."""
    return _amount(spot, "limits", "memory", amount)


part_memory_request = of_parts(memory_request)
part_cpu_request = of_parts(cpu_request)


def _required_terms(spec: dict[Any, Any]) -> list[list[dict[Any, Any]]]:
    node = as_map(as_map(spec.get("affinity")).get("nodeAffinity"))
    terms = as_list(as_map(node.get(_REQUIRED)).get("nodeSelectorTerms"))
    return [maps(as_map(term).get("matchExpressions")) for term in terms]


def only_on(spec: dict[Any, Any], key: str, value: str) -> bool:
    """Whether a pod spec binds its pods to nodes with a label, by selector or affinity."""
    if as_map(spec.get("nodeSelector")).get(key) == value:
        return True
    terms = _required_terms(spec)
    return bool(terms) and all(
        any(
            rule.get("key") == key
            and rule.get("operator") == "In"
            and list(as_list(rule.get("values"))) == [value]
            for rule in term
        )
        for term in terms
    )


@of_pods(
    "{who} runs only on nodes labelled `{key}={value}`",
    "the pods of {who} go to nodes with the label `{key}={value}`",
)
def node_label(spot: Spot, key: str, value: str) -> Findings:
    """A node selector, or a required node affinity that comes to the same."""
    if not only_on(spot.spec, key, value):
        message = f"`{spot.item.name}` is not bound to nodes with `{key}={value}`"
        yield spot.of_pod(message, "nodeSelector")


part_node_label = of_parts(node_label)


def tolerated(entries: list[dict[Any, Any]], key: str, effect: str, value: str) -> bool:
    """Whether tolerations cover a taint ('' = whatever its value)."""
    for entry in entries:
        operator = entry.get("operator") or "Equal"
        fits = entry.get("key") == key or (not entry.get("key") and operator == "Exists")
        if entry.get("tolerationSeconds") is not None and effect == "NoExecute":
            continue
        named_value = operator == "Exists" or (value and (entry.get("value") or "") == value)
        if fits and named_value and (entry.get("effect") or effect) == effect:
            return True
    return False


@of_pods(
    "{who} tolerates the taint `{key}:{effect}` of the GPU nodes, whatever its value",
    "the pods of {who} tolerate the taint `{key}` with the effect {effect}, whatever its value",
)
def tolerates(spot: Spot, key: str, effect: str) -> Findings:
    """A toleration with the operator Exists."""
    if not tolerated(maps(spot.spec.get("tolerations")), key, effect, ""):
        message = f"`{spot.item.name}` does not tolerate `{key}:{effect}`"
        yield spot.of_pod(message, "tolerations")


@of_pods(
    "{who} tolerates the taint `{key}={value}:{effect}`",
    "a toleration for the taint `{key}={value}:{effect}` on {who}",
)
def tolerates_value(spot: Spot, key: str, value: str, effect: str) -> Findings:
    """A toleration for a taint with a value (Exists covers every value)."""
    if not tolerated(maps(spot.spec.get("tolerations")), key, effect, value):
        message = f"`{spot.item.name}` does not tolerate `{key}={value}:{effect}`"
        yield spot.of_pod(message, "tolerations")


part_tolerates = of_parts(tolerates)


def _pod_field(spot: Spot, field: str, asked: str) -> Findings:
    found = spot.spec.get(field)
    if found != asked:
        message = f"`{field}` of `{spot.item.name}` is {shown(found)}, asked for {asked}"
        yield spot.of_pod(message, field)


@of_pods(
    "the pods of {who} have the priority class `{name}`",
    "{who} uses the PriorityClass `{name}`",
)
def pod_priority(spot: Spot, name: str) -> Findings:
    """`priorityClassName` of the pods."""
    return _pod_field(spot, "priorityClassName", name)


@of_pods(
    "the pods of {who} use the runtime class `{name}`",
    "{who} runs with the RuntimeClass `{name}`",
)
def runtime_class(spot: Spot, name: str) -> Findings:
    """`runtimeClassName` of the pods."""
    return _pod_field(spot, "runtimeClassName", name)


@of_pods(
    "no two pods of {who} share a node (required pod anti-affinity by `kubernetes.io/hostname`)",
    "the pods of {who} must run on different nodes (required anti-affinity, host name)",
)
def one_per_node(spot: Spot) -> Findings:
    """A required pod anti-affinity against the workload's own pods, by host name."""
    rules = as_map(as_map(spot.spec.get("affinity")).get("podAntiAffinity"))
    for term in maps(rules.get(_REQUIRED)):
        own = selects(term.get("labelSelector"), template_labels(spot.item))
        apart = term.get("mismatchLabelKeys") or term.get("namespaces")
        if own and term.get("topologyKey") == "kubernetes.io/hostname" and not apart:
            return
    message = f"the pods of `{spot.item.name}` may share a node"
    yield spot.of_pod(message, "affinity", "podAntiAffinity")
