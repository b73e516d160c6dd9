"""Tasks about namespaces, quotas, limit ranges and priorities."""

from __future__ import annotations

from envs.kubernetes import cluster_choices as pick
from envs.kubernetes import requirements as every
from envs.kubernetes.choices import reference
from envs.kubernetes.cluster_choices import Tree
from envs.kubernetes.requirements import cluster as ask
from iac_gym.category import Draft, family
from iac_gym.check import Requirement, RequirementType
from iac_gym.draw import Draw

SPACE_WORDS = ("apps", "dev", "prod", "staging", "team", "lab", "sandbox", "jobs", "tools")


@family("kubernetes", levels=(1, 2))
def namespace(draw: Draw) -> Draft:
    """A namespace with labels, annotations and pod security."""
    name = draw.name("namespace", SPACE_WORDS)
    asks = [ask.namespace(name=name)]
    labels: dict[str, str] = {}
    if draw.wants("team", 1):
        labels["team"] = draw.choice("team name", pick.TEAMS)
        asks.append(ask.namespace_label(of=name, key="team", value=labels["team"]))
    if draw.wants("stage", 2):
        labels["stage"] = draw.choice("stage name", pick.STAGES)
        asks.append(ask.namespace_label(of=name, key="stage", value=labels["stage"]))
    for mode, level in (("enforce", 1), ("warn", 2), ("audit", 3)):
        if draw.wants(mode, level):
            standard = draw.choice(f"{mode} level", ("baseline", "restricted", "privileged"))
            labels[f"pod-security.kubernetes.io/{mode}"] = standard
            asks.append(ask.pod_security(of=name, mode=mode, level=standard))
    metadata: Tree = {"labels": labels}
    if draw.wants("owner", 2):
        owner = draw.choice("owner name", pick.GROUP_NAMES)
        metadata["annotations"] = {"owner": owner}
        asks.append(ask.namespace_annotation(of=name, key="owner", value=owner))
    tree = pick.resource("v1", "Namespace", name, **metadata)
    openings = (
        f"A team gets `{name}` for its work",
        f"Set up `{name}`",
        "We need another place for workloads",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2, 3))
def quota(draw: Draw) -> Draft:
    """A ResourceQuota for CPU, memory and numbers of objects."""
    name = draw.name("quota", ("quota", "budget", "cap", "limits", "allowance"))
    asks: list[Requirement] = []
    hard: dict[str, str] = {}
    for resource, pool, level in (
        ("requests.cpu", pick.CPU_CAPS[:4], 1),
        ("requests.memory", pick.MEMORY_CAPS[:4], 1),
        ("limits.cpu", pick.CPU_CAPS[4:], 2),
        ("limits.memory", pick.MEMORY_CAPS[4:], 3),
    ):
        if draw.wants(resource, level):
            hard[resource] = draw.choice(f"{resource} amount", pool)
            asks.append(ask.quota(of=name, resource=resource, amount=hard[resource]))
    for resource in draw.sample("counted", tuple(pick.COUNTS), draw.integer("count", 1, 2)):
        hard[resource] = draw.choice(f"{resource} count", pick.COUNTS[resource])
        asks.append(ask.quota(of=name, resource=resource, amount=hard[resource]))
    spec: Tree = {"hard": hard}
    metadata: Tree = {}
    if draw.wants("placed", 2):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="ResourceQuota", of=name, namespace=space))
    tree = pick.resource("v1", "ResourceQuota", name, **metadata, spec=spec)
    openings = (
        f"Limit what a namespace may use with `{name}`",
        f"Write the ResourceQuota `{name}`",
        "One team must not use up the cluster",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1,))
def priority_quota(draw: Draw) -> Draft:
    """A ResourceQuota for the pods of one priority class."""
    name = draw.name("quota", ("quota", "budget", "cap"))
    kind = draw.choice("priority", ("high", "low", "batch", "critical", "interactive"))
    pods = draw.choice("pods", pick.COUNTS["pods"])
    asks = [
        ask.quota(of=name, resource="pods", amount=pods),
        ask.quota_priority(of=name, name=kind),
    ]
    term = {"scopeName": "PriorityClass", "operator": "In", "values": [kind]}
    hard = {"pods": pods}
    if draw.wants("cpu", 1):
        hard["requests.cpu"] = draw.choice("cpu amount", pick.CPU_CAPS)
        asks.append(ask.quota(of=name, resource="requests.cpu", amount=hard["requests.cpu"]))
    spec = {"hard": hard, "scopeSelector": {"matchExpressions": [term]}}
    tree = pick.resource("v1", "ResourceQuota", name, spec=spec)
    openings = (
        "Limit the pods of one priority",
        f"`{name}` is a quota for some pods only",
    )
    return Draft(openings, asks, reference(tree))


#: The parts of a LimitRange for containers: (field, resource, amounts, requirement, level).
_PARTS: tuple[tuple[str, str, tuple[str, ...], RequirementType, int], ...] = (
    ("default", "cpu", pick.LIMIT_CPU, ask.default_limit, 1),
    ("default", "memory", pick.LIMIT_MEMORY, ask.default_limit, 1),
    ("defaultRequest", "cpu", pick.REQUEST_CPU, ask.default_request, 2),
    ("defaultRequest", "memory", pick.REQUEST_MEMORY, ask.default_request, 2),
    ("max", "cpu", pick.MAX_CPU, ask.container_max, 3),
    ("max", "memory", pick.MAX_MEMORY, ask.container_max, 2),
    ("min", "memory", pick.MIN_MEMORY, ask.container_min, 3),
    ("min", "cpu", pick.MIN_CPU, ask.container_min, 4),
)


@family("kubernetes", levels=(1, 2, 3))
def limit_range(draw: Draw) -> Draft:
    """A LimitRange with defaults and bounds for containers."""
    name = draw.name("limits", ("limits", "defaults", "bounds", "range"))
    asks: list[Requirement] = []
    item: Tree = {"type": "Container"}
    for field, resource, pool, asked, level in _PARTS:
        if draw.wants(f"{field} {resource}", level):
            amount = draw.choice(f"{field} {resource} amount", pool)
            item.setdefault(field, {})[resource] = amount
            asks.append(asked(of=name, resource=resource, amount=amount))
    limits = [item] if len(item) > 1 else []
    claims = draw.wants("claims", 3)
    if not asks:
        draw.others["claims"] = ()  # it must bound something, so here the draw decides nothing
    if claims or not asks:
        size = draw.choice("claim size", pick.SIZES)
        limits.append({"type": "PersistentVolumeClaim", "max": {"storage": size}})
        asks.append(ask.claim_max(of=name, amount=size))
    metadata: Tree = {}
    if draw.wants("placed", 2):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="LimitRange", of=name, namespace=space))
    tree = pick.resource("v1", "LimitRange", name, **metadata, spec={"limits": limits})
    openings = (
        f"Set bounds for single containers with `{name}`",
        f"Write the LimitRange `{name}`",
        "Containers without limits endanger their neighbours",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def priority_level(draw: Draw) -> Draft:
    """A PriorityClass."""
    name = draw.name("priority", ("high", "low", "batch", "critical", "urgent", "normal"))
    value = draw.integer("value", 1000, 900000, 1000)
    asks = [every.priority_value(name=name, value=value)]
    body: Tree = {"value": value}
    if draw.wants("default", 2):
        body["globalDefault"] = True
        asks.append(ask.priority_default(of=name))
    if draw.wants("patient", 1):
        body["preemptionPolicy"] = "Never"
        asks.append(every.never_preempts(name=name))
    if draw.wants("described", 2):
        text = draw.choice(
            "text", ("nightly jobs", "customer traffic", "internal tools", "reports", "batch work")
        )
        body["description"] = text
        asks.append(ask.priority_description(of=name, text=text))
    tree = pick.resource("scheduling.k8s.io/v1", "PriorityClass", name, **body)
    openings = (
        f"Rank some workloads with `{name}`",
        f"Define the priority `{name}`",
        "Some pods are more important than others",
    )
    return Draft(openings, asks, reference(tree))
