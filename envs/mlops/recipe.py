"""How a task is put together: objects of the reference, and what is asked of them.

A family makes a `Stack`, adds objects and requirements side by side, and turns it into a draft.
Optional parts are functions of the draw and the thing they add to; `with_parts` picks as many of
them as the wanted difficulty needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from envs.mlops.requirements import workloads
from iac_gym.category import Draft
from iac_gym.check import RequirementType
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe, choose
from iac_gym.formats.yaml import dump

Tree = dict[str, Any]
#: The language of the answers: manifests, custom resources included.
LANGUAGE = "custom_resources"

_ORDER = "apiVersion kind metadata spec data stringData".split()
_CONTAINER = (
    "name image command args workingDir ports env envFrom resources volumeMounts startupProbe "
    "livenessProbe readinessProbe lifecycle securityContext"
).split()
_KINDS: dict[str, tuple[str, RequirementType]] = {
    "Deployment": ("apps/v1", workloads.deployment),
    "StatefulSet": ("apps/v1", workloads.stateful_set),
    "DaemonSet": ("apps/v1", workloads.daemon_set),
    "Job": ("batch/v1", workloads.job),
    "CronJob": ("batch/v1", workloads.cron_job),
}


def in_order(tree: Tree, order: Sequence[str]) -> Tree:
    """Put the keys of a mapping into the order in which a person writes them."""
    known = {key: tree[key] for key in order if key in tree}
    return {**known, **{key: value for key, value in tree.items() if key not in known}}


class Stack(Recipe):
    """A task under construction: the objects of its reference, and what is asked."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.objects: list[Tree] = []

    def add(self, version: str, kind: str, name: str, **fields: Any) -> Tree:
        """Add an object to the reference and return it."""
        tree: Tree = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **fields}
        self.objects.append(tree)
        return tree

    def with_parts(self, thing: Any, *parts: Callable[..., object] | tuple[float, Any]) -> None:
        """Add as many of some optional parts as the difficulty wants; each with its weight."""
        extras: list[Extra] = []
        for part in parts:
            weight, make = part if isinstance(part, tuple) else (1.0, part)
            name = make.__name__.strip("_").replace("_", " ")
            extras.append(Extra(name, weight, cast("Callable[..., None]", make)))
        for extra in choose(self.draw, len(self.asks), extras):
            extra.make(self.draw, thing)

    def trees(self) -> list[Tree]:
        """Return the objects of the reference."""
        return [in_order(one, _ORDER) for one in self.objects]

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        return self.make_draft(openings, partial(dump, self.trees()))


class Workload(Stack):
    """A stack around one workload: `main` is its container, `pod` the pod's spec."""

    def __init__(
        self, draw: Draw, kind: str, name: str, image: str, container: str = "server"
    ) -> None:
        super().__init__(draw)
        version, asked = _KINDS[kind]
        self.kind, self.name, self.version = kind, name, version
        self.main: Tree = {"name": container, "image": image}
        self.pod: Tree = {"containers": [self.main]}
        self.labels: dict[str, str] = {"app": name}
        self.spec: Tree = {}
        self.job: Tree = {} if kind == "CronJob" else self.spec
        self.metadata: Tree = {"name": name}
        self.ask(asked(name=name, image=image))

    def want(self, asked: RequirementType, **args: Any) -> None:
        """Ask for something of the workload (the requirement's argument `of`)."""
        self.ask(asked(of=self.name, **args))

    def limit(self, resource: str, amount: Any) -> None:
        """Set a limit of the container."""
        self.main.setdefault("resources", {}).setdefault("limits", {})[resource] = amount

    def request(self, resource: str, amount: Any) -> None:
        """Set a request of the container."""
        self.main.setdefault("resources", {}).setdefault("requests", {})[resource] = amount

    def env(self, name: str, value: str) -> None:
        """Set an environment variable."""
        self.main.setdefault("env", []).append({"name": name, "value": value})

    def env_secret(self, name: str, secret: str, key: str) -> None:
        """Take an environment variable from a Secret."""
        source = {"secretKeyRef": {"name": secret, "key": key}}
        self.main.setdefault("env", []).append({"name": name, "valueFrom": source})

    def volume(self, name: str, path: str, source: Tree, **fields: Any) -> None:
        """Give the pod a volume that the container mounts."""
        self.pod.setdefault("volumes", []).append({"name": name, **source})
        mount = {"name": name, "mountPath": path, **fields}
        self.main.setdefault("volumeMounts", []).append(mount)

    def port(self, number: int, name: str = "http") -> None:
        """Declare a container port."""
        self.main.setdefault("ports", []).append({"name": name, "containerPort": number})

    def trees(self) -> list[Tree]:
        """Return the workload and the objects beside it."""
        containers = [in_order(one, _CONTAINER) for one in self.pod["containers"]]
        pod = {**self.pod, "containers": containers}
        jobs = self.kind in ("Job", "CronJob")
        labelled = {"metadata": {"labels": self.labels}} if not jobs or len(self.labels) > 1 else {}
        self.job["template"] = {**labelled, "spec": pod}
        head: Tree = {"apiVersion": self.version, "kind": self.kind, "metadata": self.metadata}
        if not jobs:
            order = ("replicas", "serviceName", "selector", "strategy", "template")
            self.spec["selector"] = {"matchLabels": {"app": self.name}}
            self.spec = in_order(self.spec, order)
        if self.kind == "CronJob":
            self.spec["jobTemplate"] = {"spec": self.job}
        return [{**head, "spec": self.spec}, *super().trees()]
