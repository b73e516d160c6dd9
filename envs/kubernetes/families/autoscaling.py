"""Families about autoscaling and about staying available during disruptions."""

from __future__ import annotations

from collections.abc import Callable

from envs.kubernetes import choices, parts
from envs.kubernetes import requirements as ask
from envs.kubernetes.choices import Tree
from envs.kubernetes.parts import Workload
from iac_gym.category import Draft, family
from iac_gym.check import Requirement
from iac_gym.draw import Draw


class _Scaler:
    """A HorizontalPodAutoscaler under construction."""

    def __init__(self, draw: Draw, target: str) -> None:
        self.name = draw.name("scaler", ("hpa", "scaler", "autoscaler", "scaling"))
        self.metrics: list[Tree] = []
        reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
        self.spec: Tree = {"scaleTargetRef": reference}
        self.asks: list[Requirement] = [ask.autoscaler(name=self.name, of=target)]
        self.object: Tree = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": self.name},
            "spec": self.spec,
        }

    def bounds(self, draw: Draw, *, fewest: bool) -> None:
        if fewest:
            low = draw.integer("fewest", 2, 5)
            self.spec["minReplicas"] = low
            self.asks.append(ask.fewest_replicas(name=self.name, count=low))
        high = draw.integer("most", 6, 20)
        self.spec["maxReplicas"] = high
        self.asks.append(ask.most_replicas(name=self.name, count=high))

    def metric(self, kind: str, target: Tree) -> None:
        self.metrics.append({"type": "Resource", "resource": {"name": kind, "target": target}})
        self.spec["metrics"] = self.metrics

    def cpu(self, draw: Draw) -> None:
        percent = draw.integer("cpu target", 40, 95, 5)
        self.metric("cpu", {"type": "Utilization", "averageUtilization": percent})
        self.asks.append(ask.cpu_target(name=self.name, percent=percent))

    def memory(self, draw: Draw) -> None:
        percent = draw.integer("memory target", 45, 90, 5)
        self.metric("memory", {"type": "Utilization", "averageUtilization": percent})
        self.asks.append(ask.memory_target(name=self.name, percent=percent))

    def memory_average(self, draw: Draw) -> None:
        amount = draw.choice("memory average", choices.MEMORY_LIMITS)
        self.metric("memory", {"type": "AverageValue", "averageValue": amount})
        self.asks.append(ask.memory_average(name=self.name, amount=amount))

    def _behaviour(self, way: str) -> Tree:
        ways: Tree = self.spec.setdefault("behavior", {})
        found: Tree = ways.setdefault(way, {})
        return found

    def patience(self, draw: Draw) -> None:
        seconds = draw.choice("down window", (60, 120, 180, 450, 600, 900))
        self._behaviour("scaleDown")["stabilizationWindowSeconds"] = seconds
        self.asks.append(ask.scale_down_window(name=self.name, seconds=seconds))

    def slow_start(self, draw: Draw) -> None:
        seconds = draw.choice("up window", (15, 30, 45, 60, 120))
        self._behaviour("scaleUp")["stabilizationWindowSeconds"] = seconds
        self.asks.append(ask.scale_up_window(name=self.name, seconds=seconds))

    def small_steps(self, draw: Draw) -> None:
        count = draw.integer("step", 1, 6)
        seconds = draw.choice("step seconds", (15, 30, 60, 90, 120))
        policy = {"type": "Pods", "value": count, "periodSeconds": seconds}
        self._behaviour("scaleUp")["policies"] = [policy]
        self.asks.append(ask.scale_up_pods(name=self.name, count=count, seconds=seconds))

    def slow_shrinking(self, draw: Draw) -> None:
        percent = draw.choice("shrink", (5, 10, 20, 25, 50))
        seconds = draw.choice("shrink seconds", (30, 60, 120, 300))
        policy = {"type": "Percent", "value": percent, "periodSeconds": seconds}
        self._behaviour("scaleDown")["policies"] = [policy]
        asked = ask.scale_down_percent(name=self.name, percent=percent, seconds=seconds)
        self.asks.append(asked)

    def extras(self, draw: Draw, *parts: tuple[int, Callable[[Draw], None]]) -> None:
        for level, part in parts:
            if draw.wants(f"with {part.__name__}", level):
                part(draw)

    def join(self, work: Workload) -> None:
        work.asks.extend(self.asks)
        work.also.append(self.object)


@family("kubernetes", levels=(1, 2, 3))
def existing_scaled(draw: Draw) -> Draft:
    """An autoscaler for a Deployment that is already in the cluster."""
    scaler = _Scaler(draw, draw.name("app"))
    scaler.bounds(draw, fewest=draw.wants("with a minimum", 2))
    scaler.cpu(draw)
    scaler.extras(draw, (2, scaler.patience), (3, scaler.slow_start), (3, scaler.memory))
    openings = ("Scale a Deployment of the cluster", "Add an autoscaler to a running Deployment")
    return Draft(openings, scaler.asks, choices.reference(scaler.object))


@family("kubernetes", levels=(1, 2, 3))
def existing_scaled_by_memory(draw: Draw) -> Draft:
    """An autoscaler by memory for a Deployment that is already in the cluster."""
    scaler = _Scaler(draw, draw.name("app"))
    scaler.bounds(draw, fewest=draw.wants("with a minimum", 2))
    (scaler.memory if draw.chance("by share", 0.5) else scaler.memory_average)(draw)
    scaler.extras(draw, (2, scaler.patience), (3, scaler.small_steps), (3, scaler.slow_shrinking))
    openings = (
        "Scale a running Deployment by memory",
        "Our Deployment should grow with its memory",
    )
    return Draft(openings, scaler.asks, choices.reference(scaler.object))


@family("kubernetes", levels=(2, 3, 4))
def autoscaled_service(draw: Draw) -> Draft:
    """A Deployment with a CPU request, and the autoscaler that needs it."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    parts.cpu_request(draw, work)
    scaler = _Scaler(draw, work.name)
    scaler.bounds(draw, fewest=draw.wants("with a minimum", 3))
    scaler.cpu(draw)
    scaler.extras(draw, (4, scaler.patience), (4, scaler.small_steps))
    parts.extras(draw, work, (3, parts.port), (4, parts.memory_limit))
    scaler.join(work)
    return work.draft(
        "Deploy a service that scales with its load", "We need an elastic web service"
    )


@family("kubernetes", levels=(4, 5))
def carefully_scaled(draw: Draw) -> Draft:
    """A Deployment whose autoscaler looks at CPU and memory and moves slowly."""
    work = parts.workload(draw, choices.APP_IMAGES)
    parts.cpu_request(draw, work)
    parts.memory_request(draw, work)
    scaler = _Scaler(draw, work.name)
    scaler.bounds(draw, fewest=True)
    scaler.cpu(draw)
    scaler.memory(draw)
    scaler.extras(
        draw, (4, scaler.patience), (5, scaler.small_steps), (5, scaler.slow_shrinking),
        (5, scaler.slow_start),
    )  # fmt: skip
    parts.extras(draw, work, (5, parts.memory_limit), (5, parts.port))
    scaler.join(work)
    return work.draft(
        "Deploy a service that scales carefully",
        "Our service must follow its load without flapping",
    )


def _budget(draw: Draw, work: Workload) -> None:
    """Give a workload a disruption budget."""
    name = draw.name("budget", ("pdb", "budget", "guard", "quorum"))
    work.asks.append(ask.disruption_budget(name=name, of=work.name))
    spec: Tree = {}
    if draw.chance("by loss", 0.4):
        spec["maxUnavailable"] = draw.choice("loss", (1, 2, "10%", "20%", "25%", "50%"))
        work.asks.append(ask.budget_unavailable(name=name, count=spec["maxUnavailable"]))
    else:
        spec["minAvailable"] = draw.choice("available", (1, 2, 3, "50%", "60%", "75%", "80%"))
        work.asks.append(ask.min_available(name=name, count=spec["minAvailable"]))
    spec["selector"] = {"matchLabels": {"app": work.name}}
    head = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}}
    work.also.append({**head, "spec": spec})


@family("kubernetes", levels=(1, 2, 3))
def protected_service(draw: Draw) -> Draft:
    """A Deployment with a disruption budget."""
    work = parts.workload(draw, choices.WEB_IMAGES)
    if draw.wants("with several", 2):
        parts.replicas(draw, work, 4, 9)
    else:
        work.spec["replicas"] = 3
    parts.extras(draw, work, (2, parts.port), (3, parts.grace), (3, parts.memory_limit))
    _budget(draw, work)
    return work.draft(
        "Deploy a service that stays up while nodes are drained",
        "Protect a service against voluntary disruptions",
    )


@family("kubernetes", levels=(2, 3, 4), held_out=True)
def guarded_members(draw: Draw) -> Draft:
    """A StatefulSet with a disruption budget, spread over nodes."""
    work = parts.workload(draw, choices.DATABASE_IMAGES, "StatefulSet", "member")
    parts.replicas(draw, work, 4, 9)
    if draw.wants("with keep apart", 3):
        term = {
            "labelSelector": {"matchLabels": {"app": work.name}},
            "topologyKey": "kubernetes.io/hostname",
        }
        rules = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
        work.pod["affinity"] = {"podAntiAffinity": rules}
        work.ask(ask.apart, topology="kubernetes.io/hostname")
    parts.extras(
        draw, work, (2, parts.port), (3, parts.grace), (4, parts.memory_limit),
        (4, parts.user_id), (4, parts.cpu_request),
    )  # fmt: skip
    _budget(draw, work)
    return work.draft(
        "Run a quorum of members that survives maintenance",
        "Our cluster members must not all stop at once",
    )
