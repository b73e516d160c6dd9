"""Families about where pods run and which of them go first."""

from __future__ import annotations

from envs.kubernetes import choices, parts
from envs.kubernetes import requirements as ask
from envs.kubernetes.choices import Tree
from envs.kubernetes.parts import Workload
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _affinity(work: Workload, kind: str) -> Tree:
    affinity: Tree = work.pod.setdefault("affinity", {})
    found: Tree = affinity.setdefault(kind, {})
    return found


def _own_pods(work: Workload) -> Tree:
    return {"matchLabels": {"app": work.name}}


@family("kubernetes", levels=(1, 2, 3))
def placed_service(draw: Draw) -> Draft:
    """A service on nodes of a certain kind."""
    work = parts.workload(draw, choices.APP_IMAGES)
    parts.node_label(draw, work)
    parts.extras(
        draw, work, (1, parts.replicas), (2, parts.tolerates), (2, parts.port),
        (3, parts.priority), (3, parts.memory_limit), (3, parts.setting),
    )  # fmt: skip
    return work.draft("Deploy a service on certain nodes", "We pin a service to some of our nodes")


@family("kubernetes", levels=(1, 2, 3))
def zoned_service(draw: Draw) -> Draft:
    """A service that may run on some nodes and prefers others."""
    work = parts.workload(draw, choices.APP_IMAGES)
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    values = list(draw.sample("node values", choices.NODE_LABELS[key], 2))
    rule = {"key": key, "operator": "In", "values": values}
    term = {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}
    _affinity(work, "nodeAffinity")[_REQUIRED] = term
    work.ask(ask.node_label_in, key=key, values=values)
    if draw.wants("with preference", 2):
        value = draw.choice("preferred", ("spot", "fast", "cheap", "reserved"))
        weight = draw.choice("weight", (1, 10, 20, 50, 80, 100))
        wish = {"key": "class", "operator": "In", "values": [value]}
        entry = {"weight": weight, "preference": {"matchExpressions": [wish]}}
        _affinity(work, "nodeAffinity")[_PREFERRED] = [entry]
        work.ask(ask.preferred_node, key="class", value=value, weight=weight)
    parts.extras(
        draw, work, (1, parts.replicas), (2, parts.port), (3, parts.memory_limit),
        (3, parts.tolerates), (3, parts.priority),
    )  # fmt: skip
    return work.draft("Deploy a service with node affinity", "Choose the nodes of a service")


@family("kubernetes", levels=(2, 3))
def spread_service(draw: Draw) -> Draft:
    """A service whose pods are spread over zones or nodes."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    parts.replicas(draw, work, 3, 12)
    topology = draw.choice("topology", choices.TOPOLOGIES)
    skew = draw.choice("skew", (1, 2, 3))
    action = draw.choice("action", ("DoNotSchedule", "ScheduleAnyway"))
    entry = {
        "maxSkew": skew,
        "topologyKey": topology,
        "whenUnsatisfiable": action,
        "labelSelector": _own_pods(work),
    }
    work.pod["topologySpreadConstraints"] = [entry]
    work.ask(ask.spread, topology=topology, skew=skew)
    work.ask(ask.spread_action, topology=topology, action=action)
    parts.extras(
        draw, work, (2, parts.port), (3, parts.memory_limit), (3, parts.cpu_request),
        (3, parts.pod_label),
    )  # fmt: skip
    return work.draft(
        "Deploy a service whose pods are well spread",
        "Spread the pods of a service",
    )


@family("kubernetes", levels=(1, 2, 3))
def separated_service(draw: Draw) -> Draft:
    """A service whose pods keep away from each other."""
    work = parts.workload(draw, choices.APP_IMAGES)
    topology = draw.choice("topology", choices.TOPOLOGIES)
    rules = _affinity(work, "podAntiAffinity")
    term = {"labelSelector": _own_pods(work), "topologyKey": topology}
    if draw.chance("hard", 0.6):
        rules[_REQUIRED] = [term]
        work.ask(ask.apart, topology=topology)
    else:
        weight = draw.choice("weight", (1, 10, 25, 50, 75, 100))
        rules[_PREFERRED] = [{"weight": weight, "podAffinityTerm": term}]
        work.ask(ask.preferably_apart, topology=topology, weight=weight)
    parts.extras(
        draw, work, (1, parts.replicas), (2, parts.port), (2, parts.grace), (3, parts.cpu_request),
        (3, parts.memory_limit), (3, parts.account),
    )  # fmt: skip
    return work.draft("Deploy a service with pod anti-affinity", "Keep the pods of a service apart")


@family("kubernetes", levels=(1, 2, 3))
def neighbour_app(draw: Draw) -> Draft:
    """An application that runs beside pods of another one."""
    work = parts.workload(draw, choices.APP_IMAGES)
    other = draw.name("other", ("cache", "db", "queue", "store", "redis", "search"))
    topology = draw.choice("topology", choices.TOPOLOGIES)
    term = {"labelSelector": {"matchLabels": {"app": other}}, "topologyKey": topology}
    _affinity(work, "podAffinity")[_REQUIRED] = [term]
    work.ask(ask.near, key="app", value=other, topology=topology)
    parts.extras(
        draw, work, (1, parts.replicas), (2, parts.memory_request), (2, parts.setting),
        (3, parts.port), (3, parts.priority), (3, parts.cpu_limit),
    )  # fmt: skip
    return work.draft(
        "Deploy an application close to the pods it talks to",
        "Our application should run next to its neighbour",
    )


@family("kubernetes", levels=(1, 2, 3))
def dedicated_batch(draw: Draw) -> Draft:
    """A batch Job on nodes that are reserved for such work by a taint."""
    work = parts.workload(draw, choices.TOOL_IMAGES, "Job", "main")
    parts.tolerates(draw, work)
    parts.restart(draw, work)
    parts.extras(
        draw, work, (2, parts.node_label), (2, parts.priority), (3, parts.cpu_request),
        (3, parts.memory_limit), (3, parts.setting),
    )  # fmt: skip
    return work.draft("Run a batch job on reserved nodes", "A job has to run on tainted nodes")


@family("kubernetes", levels=(1, 2))
def priority_service(draw: Draw) -> Draft:
    """A Deployment with a priority class of its own."""
    work = parts.workload(draw, choices.APP_IMAGES)
    name = draw.choice("class", ("critical", "high", "low", "batch", "interactive", "background"))
    value = draw.choice("value", (-10, 100, 1000, 5000, 10000, 50000, 100000, 1000000))
    work.pod["priorityClassName"] = name
    work.ask(ask.priority_class, name=name)
    work.asks.append(ask.priority_value(name=name, value=value))
    head = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass"}
    entry: Tree = {**head, "metadata": {"name": name}, "value": value}
    work.also.append(entry)
    if draw.wants("with never preempting", 2):
        entry["preemptionPolicy"] = "Never"
        work.asks.append(ask.never_preempts(name=name))
    parts.extras(draw, work, (2, parts.replicas))
    return work.draft("Deploy a service with a priority", "Give a service its own priority class")
