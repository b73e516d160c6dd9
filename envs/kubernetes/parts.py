"""Workloads under construction: each part draws its parameters, asks for them and builds them.

A family makes a `Workload`, adds parts, and turns it into a draft. A part is a function of the
draw and the workload; `wants` in the family decides whether it is added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from envs.kubernetes import choices
from envs.kubernetes import requirements as ask
from envs.kubernetes.choices import Tree
from iac_gym.category import Draft
from iac_gym.check import Requirement, RequirementType
from iac_gym.draw import Draw

_KINDS: Mapping[str, tuple[str, RequirementType]] = {
    "Deployment": ("apps/v1", ask.deployment),
    "StatefulSet": ("apps/v1", ask.stateful_set),
    "DaemonSet": ("apps/v1", ask.daemon_set),
    "Pod": ("v1", ask.pod),
    "Job": ("batch/v1", ask.job),
    "CronJob": ("batch/v1", ask.cron_job),
}


class Workload:
    """A workload object and what is asked of it.

    `main` is its container, `pod` the pod's spec, `job` the spec of the Job (of a CronJob too),
    `spec` the object's own; `also` are further objects of the reference.
    """

    def __init__(self, kind: str, name: str, image: str, container: str = "app") -> None:
        version, asked = _KINDS[kind]
        self.kind = kind
        self.name = name
        self.main: Tree = choices.container(image, container)
        self.pod: Tree = {"containers": [self.main]}
        self.labels: dict[str, str] = {"app": name}
        self.annotations: dict[str, str] = {}
        self.spec: Tree = {}
        self.job: Tree = {} if kind == "CronJob" else self.spec
        self.metadata: Tree = {"name": name}
        self.version = version
        self.asks: list[Requirement] = [asked(name=name, image=image)]
        self.also: list[Tree] = []

    def ask(self, asked: RequirementType, **args: Any) -> None:
        """Add a requirement about this workload (its argument `of`)."""
        self.asks.append(asked(of=self.name, **args))

    def object(self) -> Tree:
        """Build the object."""
        head: Tree = {"apiVersion": self.version, "kind": self.kind, "metadata": self.metadata}
        if self.kind == "Pod":
            return {**head, "spec": self.pod}
        jobs = self.kind in ("Job", "CronJob")
        inner: Tree = {} if jobs else {"metadata": {"labels": self.labels}}
        if jobs and (set(self.labels) - {"app"} or self.annotations):
            inner = {"metadata": {"labels": self.labels}}
        if self.annotations:
            inner["metadata"]["annotations"] = self.annotations
        self.job["template"] = {**inner, "spec": self.pod}
        if not jobs:
            self.spec["selector"] = {"matchLabels": {"app": self.name}}
        if self.kind == "CronJob":
            self.spec["jobTemplate"] = {"spec": self.job}
        return {**head, "spec": self.spec}

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        return Draft(openings, self.asks, choices.reference(self.object(), *self.also))

    def security(self) -> Tree:
        """Return the container's security context."""
        found: Tree = self.main.setdefault("securityContext", {})
        return found

    def volume(self, name: str, path: str, source: Tree, **fields: Any) -> None:
        """Give the pod a volume that the container mounts."""
        self.pod.setdefault("volumes", []).append({"name": name, **source})
        mount = {"name": name, "mountPath": path, **fields}
        self.main.setdefault("volumeMounts", []).append(mount)


Part = Callable[[Draw, Workload], object]


def workload(
    draw: Draw, images: tuple[str, ...], kind: str = "Deployment", container: str = "app"
) -> Workload:
    """A workload of a drawn name and image."""
    return Workload(kind, draw.name("app"), draw.choice("image", images), container)


def extras(draw: Draw, work: Workload, *parts: tuple[int, Part]) -> None:
    """Add each part that is wanted; the number is the level from which it is likely."""
    for level, part in parts:
        if draw.wants(f"with {part.__name__}", level):
            part(draw, work)


def replicas(draw: Draw, work: Workload, low: int = 2, high: int = 9) -> None:
    """A number of replicas."""
    count = draw.integer("replicas", low, high)
    work.spec["replicas"] = count
    work.ask(ask.replicas, count=count)


def port(draw: Draw, work: Workload) -> int:
    """A container port."""
    number = draw.choice("port", choices.PORTS)
    work.main.setdefault("ports", []).append({"containerPort": number})
    work.ask(ask.container_port, port=number)
    return number


def namespace(draw: Draw, work: Workload) -> None:
    """A namespace other than the default one."""
    name = draw.choice("namespace", choices.NAMESPACES)
    work.metadata["namespace"] = name
    work.ask(ask.workload_namespace, namespace=name)


def pod_label(draw: Draw, work: Workload) -> None:
    """One more label on the pods."""
    key = draw.choice("label", tuple(choices.POD_LABELS))
    value = draw.choice("label value", choices.POD_LABELS[key])
    work.labels[key] = value
    work.ask(ask.pod_label, key=key, value=value)


def _setting(draw: Draw, work: Workload, pool: Mapping[str, tuple[str, ...]], what: str) -> None:
    variable = draw.choice(what, tuple(pool))
    value = draw.choice(f"{what} value", pool[variable])
    work.main.setdefault("env", []).append({"name": variable, "value": value})
    work.ask(ask.env_value, variable=variable, value=value)


def setting(draw: Draw, work: Workload) -> None:
    """An environment variable that holds a word."""
    _setting(draw, work, choices.SETTINGS, "variable")


def number_setting(draw: Draw, work: Workload) -> None:
    """An environment variable that holds a number, which must be quoted in YAML."""
    _setting(draw, work, choices.NUMBERS, "number variable")


def own_field(draw: Draw, work: Workload) -> None:
    """An environment variable from the downward API."""
    fields = {"POD_NAME": "metadata.name", "POD_IP": "status.podIP", "NODE_NAME": "spec.nodeName"}
    variable = draw.choice("field variable", tuple(fields))
    source = {"fieldRef": {"fieldPath": fields[variable]}}
    work.main.setdefault("env", []).append({"name": variable, "valueFrom": source})
    work.ask(ask.env_field, variable=variable, field=fields[variable])


def _amount(work: Workload, asked: RequirementType, part: str, kind: str, amount: str) -> None:
    work.main.setdefault("resources", {}).setdefault(part, {})[kind] = amount
    work.ask(asked, amount=amount)


def cpu_request(draw: Draw, work: Workload) -> None:
    """A CPU request."""
    _amount(work, ask.cpu_request, "requests", "cpu", draw.choice("cpu", choices.CPU))


def memory_request(draw: Draw, work: Workload) -> None:
    """A memory request."""
    amount = draw.choice("memory", choices.MEMORY)
    _amount(work, ask.memory_request, "requests", "memory", amount)


def cpu_limit(draw: Draw, work: Workload) -> None:
    """A CPU limit."""
    _amount(work, ask.cpu_limit, "limits", "cpu", draw.choice("cpu limit", choices.CPU_LIMITS))


def memory_limit(draw: Draw, work: Workload) -> None:
    """A memory limit."""
    amount = draw.choice("memory limit", choices.MEMORY_LIMITS)
    _amount(work, ask.memory_limit, "limits", "memory", amount)


def command(draw: Draw, work: Workload, commands: tuple[str, ...] = ()) -> None:
    """A command line for the container, one that its image could run."""
    line = draw.choice("command", commands or choices.commands_for(work.main["image"]))
    work.main["command"] = line.split()
    work.ask(ask.command, command=line)


def argument(draw: Draw, work: Workload) -> None:
    """An argument for the image's own entry point."""
    word = draw.choice("argument", choices.ARGUMENTS)
    work.main["args"] = [word]
    work.ask(ask.argument, argument=word)


def account(draw: Draw, work: Workload) -> None:
    """A service account that exists in the cluster."""
    name = draw.choice("account", ("deployer", "reader", "runner", "worker", "app-runner", "ci"))
    work.pod["serviceAccountName"] = name
    work.ask(ask.runs_as_account, account=name)


def pull_secret(draw: Draw, work: Workload) -> None:
    """A registry Secret that exists in the cluster."""
    name = draw.choice("pull secret", ("regcred", "registry-login", "ghcr-token", "pull-key"))
    work.pod["imagePullSecrets"] = [{"name": name}]
    work.ask(ask.pull_secret, secret=name)


def pull_policy(draw: Draw, work: Workload) -> None:
    """An image pull policy other than the default."""
    policy = draw.choice("pull policy", ("Always", "Never"))
    work.main["imagePullPolicy"] = policy
    work.ask(ask.pull_policy, policy=policy)


def grace(draw: Draw, work: Workload) -> None:
    """A termination grace period."""
    seconds = draw.choice("grace", (45, 60, 75, 90, 120, 180, 300))
    work.pod["terminationGracePeriodSeconds"] = seconds
    work.ask(ask.grace_period, seconds=seconds)


def http_probe(draw: Draw, work: Workload, probe: str, number: int) -> None:
    """A probe by HTTP on a port."""
    path = draw.choice(f"{probe} path", choices.HEALTH_PATHS)
    work.main[f"{probe}Probe"] = {"httpGet": {"path": path, "port": number}}
    work.ask(ask.http_probe, probe=probe, path=path, port=number)


def tcp_probe(work: Workload, probe: str, number: int) -> None:
    """A probe that opens a TCP port."""
    work.main[f"{probe}Probe"] = {"tcpSocket": {"port": number}}
    work.ask(ask.tcp_probe, probe=probe, port=number)


def exec_probe(draw: Draw, work: Workload, probe: str) -> None:
    """A probe that runs a command."""
    line = draw.choice(f"{probe} command", choices.PROBE_COMMANDS)
    work.main[f"{probe}Probe"] = {"exec": {"command": line.split()}}
    work.ask(ask.exec_probe, probe=probe, command=line)


def _probe_field(
    work: Workload, asked: RequirementType, probe: str, field: str, **value: int
) -> None:
    work.main[f"{probe}Probe"][field] = next(iter(value.values()))
    work.ask(asked, probe=probe, **value)


def probe_period(draw: Draw, work: Workload, probe: str) -> None:
    """How often a probe runs."""
    seconds = draw.choice(f"{probe} period", (3, 5, 7, 15, 20, 30))
    _probe_field(work, ask.probe_period, probe, "periodSeconds", seconds=seconds)


def probe_delay(draw: Draw, work: Workload, probe: str) -> None:
    """When a probe starts."""
    seconds = draw.choice(f"{probe} delay", (3, 5, 10, 15, 20, 30, 60))
    _probe_field(work, ask.probe_delay, probe, "initialDelaySeconds", seconds=seconds)


def probe_failures(draw: Draw, work: Workload, probe: str) -> None:
    """How many failures a probe allows."""
    count = draw.choice(f"{probe} failures", (2, 4, 5, 6, 8, 10))
    _probe_field(work, ask.probe_failures, probe, "failureThreshold", count=count)


def probe_timeout(draw: Draw, work: Workload, probe: str) -> None:
    """How long a probe may take."""
    seconds = draw.choice(f"{probe} timeout", (2, 3, 4, 5))
    _probe_field(work, ask.probe_timeout, probe, "timeoutSeconds", seconds=seconds)


def non_root(draw: Draw, work: Workload) -> None:
    """No container may run as root."""
    work.security()["runAsNonRoot"] = True
    work.ask(ask.non_root)


def user_id(draw: Draw, work: Workload) -> None:
    """A numeric user."""
    uid = draw.choice("uid", (1000, 1001, 2000, 5000, 10001, 65532))
    work.security()["runAsUser"] = uid
    work.ask(ask.user_id, uid=uid)


def volume_group(draw: Draw, work: Workload) -> None:
    """A group that owns the volumes."""
    gid = draw.choice("gid", (999, 1000, 2000, 3000, 10001))
    work.pod["securityContext"] = {"fsGroup": gid}
    work.ask(ask.volume_group, gid=gid)


def read_only_root(draw: Draw, work: Workload) -> None:
    """A root file system that cannot be written."""
    work.security()["readOnlyRootFilesystem"] = True
    work.ask(ask.read_only_root)


def no_escalation(draw: Draw, work: Workload) -> None:
    """No process gains privileges."""
    work.security()["allowPrivilegeEscalation"] = False
    work.ask(ask.no_escalation)


def drop_all(draw: Draw, work: Workload) -> None:
    """No Linux capabilities."""
    work.security().setdefault("capabilities", {})["drop"] = ["ALL"]
    work.ask(ask.drop_all)


def seccomp(draw: Draw, work: Workload) -> None:
    """The default seccomp profile."""
    work.security()["seccompProfile"] = {"type": "RuntimeDefault"}
    work.ask(ask.seccomp)


def no_token(draw: Draw, work: Workload) -> None:
    """No service account token in the pods."""
    work.pod["automountServiceAccountToken"] = False
    work.ask(ask.no_token)


def node_label(draw: Draw, work: Workload) -> None:
    """Nodes with a label."""
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    work.pod.setdefault("nodeSelector", {})[key] = value
    work.ask(ask.node_label, key=key, value=value)


def tolerates(draw: Draw, work: Workload) -> None:
    """A taint with a value that the pods tolerate."""
    key = draw.choice("taint", choices.TAINTS)
    value = draw.choice("taint value", choices.TAINT_VALUES)
    effect = draw.choice("taint effect", choices.EFFECTS)
    entry = {"key": key, "operator": "Equal", "value": value, "effect": effect}
    work.pod.setdefault("tolerations", []).append(entry)
    work.ask(ask.tolerates, key=key, value=value, effect=effect)


def priority(draw: Draw, work: Workload) -> None:
    """A priority class that every cluster or this one has."""
    name = draw.choice("priority", ("high", "low-priority", "batch", "business-critical", "web"))
    work.pod["priorityClassName"] = name
    work.ask(ask.priority_class, name=name)


def restart(draw: Draw, work: Workload) -> None:
    """A restart policy for the pods of a Job."""
    policy = draw.choice("restart", ("Never", "OnFailure"))
    work.pod["restartPolicy"] = policy
    work.ask(ask.restart_policy, policy=policy)
