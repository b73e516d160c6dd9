"""How requirements find the object a task names and the pods it runs, and compare its fields.

An object is named by its kind and name. Where several bear the name (in two namespaces) all of
them must be as asked, so that a second, different answer never helps. What runs nothing (scaled to
0, suspended) meets no requirement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iac_gym.check import Findings
from iac_gym.formats.lazy import kept
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.verdict import Finding

#: Kinds of pods that the cluster itself runs.
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")
#: The label that hands a suspended Job over to Kueue, which starts it.
QUEUE = "kueue.x-k8s.io/queue-name"
#: Kinds whose suspended objects Kueue does not start, with where they are suspended.
_HALTED: dict[str, Path] = {
    "CronJob": ("spec", "suspend"),
    "CronWorkflow": ("spec", "suspend"),
    "Workflow": ("spec", "suspend"),
}
_SUSPENDED: dict[str, Path] = {
    "Job": ("spec", "suspend"),
    "RayJob": ("spec", "suspend"),
    "RayCluster": ("spec", "suspend"),
    "TrainJob": ("spec", "suspend"),
    "PyTorchJob": ("spec", "runPolicy", "suspend"),
    "TFJob": ("spec", "runPolicy", "suspend"),
    "XGBoostJob": ("spec", "runPolicy", "suspend"),
    "MPIJob": ("spec", "runPolicy", "suspend"),
}
_NONE_RUN: dict[str, tuple[Path, ...]] = {
    "Deployment": (("spec", "replicas"),),
    "StatefulSet": (("spec", "replicas"),),
    "ReplicaSet": (("spec", "replicas"),),
    "LeaderWorkerSet": (("spec", "replicas"),),
    "Job": (("spec", "parallelism"), ("spec", "completions")),
    "CronJob": (
        ("spec", "jobTemplate", "spec", "parallelism"),
        ("spec", "jobTemplate", "spec", "completions"),
    ),
}


def _truly(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _falsely(value: object) -> bool:
    return isinstance(value, str) and value.strip().strip("{}=\"' ").lower() == "false"


def _held(value: object) -> bool:
    return value in ("Hold", "HoldAndDrain")


#: Fields by which an object is stopped, and how their values are read.
_STOPPED: dict[str, tuple[tuple[Path, Callable[[object], bool]], ...]] = {
    "Workflow": ((("spec", "shutdown"), bool),),
    "CronWorkflow": (
        (("spec", "workflowSpec", "suspend"), _truly),
        (("spec", "workflowSpec", "shutdown"), bool),
        (("spec", "when"), _falsely),
    ),
    "ClusterQueue": ((("spec", "stopPolicy"), _held),),
    "LocalQueue": ((("spec", "stopPolicy"), _held),),
    "InferenceService": ((("metadata", "annotations", "serving.kserve.io/stop"), _truly),),
}


def dotted(path: Path) -> str:
    """Write a path as people do: `spec.containers[0].image`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")


def equal(found: object, asked: object) -> bool:
    """Whether two scalars are the same; the booleans are no numbers."""
    return isinstance(found, bool) == isinstance(asked, bool) and found == asked


def same_amount(found: object, asked: object) -> bool:
    """Whether two quantities are the same amount (`1Gi` and `1024Mi`, `0.5` and `500m`)."""
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        return False
    amount = parse_quantity(found)
    return amount is not None and amount == parse_quantity(asked)


def same_image(found: object, asked: str) -> bool:
    """Whether two references name one image: a name without a registry is one of docker.io."""
    if not isinstance(found, str):
        return False
    one, other = (
        image.removeprefix("docker.io/").removeprefix("library/") for image in (found, asked)
    )
    return one == other


def same_path(left: object, right: str) -> bool:
    """Whether two paths are the same, with or without a slash at the end."""
    return isinstance(left, str) and (left.rstrip("/") or "/") == (right.rstrip("/") or "/")


def shown(value: object) -> str:
    """Say a value in a message, short and on one line."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "something else"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def differs(item: KubeObject, path: Path, found: object, asked: object) -> Finding:
    """Say that a field is not as asked."""
    message = f"`{dotted(path)}` of `{item.name}` is {shown(found)}, asked for {shown(asked)}"
    return item.finding(message, *path)


@kept
def asleep(item: KubeObject) -> Finding | None:
    """Say why an object runs nothing; None for one that runs."""
    suspended = _HALTED.get(item.kind)
    if suspended is None and not item.labels.get(QUEUE):
        suspended = _SUSPENDED.get(item.kind)
    if suspended and item.get(*suspended) is True:
        return item.finding(f"`{item.name}` runs nothing: it is suspended", *suspended)
    for path, halts in _STOPPED.get(item.kind, ()):
        if halts(item.get(*path)):
            return item.finding(f"`{item.name}` runs nothing: it is stopped", *path)
    for path in _NONE_RUN.get(item.kind, ()):
        if equal(item.get(*path), 0):
            return item.finding(f"`{item.name}` runs nothing: `{dotted(path)}` is 0", *path)
    if item.kind == "Deployment" and item.get("spec", "paused") is True:
        return item.finding(f"`{item.name}` runs nothing: it is paused", "spec", "paused")
    gates = () if item.pod_path is None else (*item.pod_path, "schedulingGates")
    if gates and item.get(*gates):
        return item.finding(f"`{item.name}` runs nothing: its pods wait behind a gate", *gates)
    return None


def idle(manifest: Manifest, item: KubeObject) -> Finding | None:
    """Say why an object runs nothing; a Deployment of no replicas runs where KEDA scales it."""
    still = asleep(item)
    if still is None or item.kind != "Deployment" or not equal(item.get("spec", "replicas"), 0):
        return still
    for one in manifest.objects:
        target = as_map(one.get("spec", "scaleTargetRef"))
        scaled = (one.kind, one.namespace) == ("ScaledObject", item.namespace)
        aim = target.get("name"), target.get("kind", "Deployment")
        if scaled and aim == (item.name, "Deployment"):
            return None
    return still


def named(manifest: Manifest, name: object, *kinds: str) -> list[KubeObject]:
    """Return the objects of some kinds (of any, without kinds) that bear a name."""
    if not isinstance(name, str):
        return []
    found = manifest.by_name.get(name, [])
    return [item for item in found if not kinds or item.kind in kinds]


def each(
    manifest: Manifest, name: str, kinds: tuple[str, ...], check: Callable[[KubeObject], Findings]
) -> Findings:
    """Check every object of some kinds that bears the name: at least one, and each one awake."""
    found = named(manifest, name, *kinds)
    if not found:
        what = kinds[0] if len(kinds) == 1 else "workload"
        known = [item.name for item in manifest.objects if item.kind in kinds][:5]
        hint = f"there is {what} " + ", ".join(f"`{one}`" for one in known) if known else ""
        return [Finding(f"there is no {what} `{name}`", hint=hint)]
    wrong: list[Finding] = []
    for item in found:
        still = idle(manifest, item)
        if still:
            wrong.append(still)
        else:
            wrong += check(item)
    return wrong


def value_is(
    manifest: Manifest,
    name: str,
    kinds: tuple[str, ...] | str,
    path: Path,
    asked: object,
    default: object = None,
) -> Findings:
    """Ask that a field has a value; `default` is what the service takes if it is absent."""

    def check(item: KubeObject) -> Findings:
        found = item.get(*path, default=default)
        if not equal(found, asked):
            yield differs(item, path, found, asked)

    return each(manifest, name, (kinds,) if isinstance(kinds, str) else kinds, check)


def amount_is(
    manifest: Manifest, name: str, kinds: tuple[str, ...] | str, path: Path, asked: object
) -> Findings:
    """Ask that a field holds a quantity equal to the asked one."""

    def check(item: KubeObject) -> Findings:
        found = item.get(*path)
        if not same_amount(found, asked):
            yield differs(item, path, found, asked)

    return each(manifest, name, (kinds,) if isinstance(kinds, str) else kinds, check)


def maps(value: Any) -> list[dict[Any, Any]]:
    """Return the mappings of a sequence, an empty list for anything else."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def texts(value: Any) -> list[str]:
    """Return the strings of a sequence, an empty list for anything else."""
    return [item for item in as_list(value) if isinstance(item, str)]


def places(item: KubeObject, *path: str | int) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """Yield (path, mapping) of the mappings of a sequence in an object."""
    for place, entry in enumerate(as_list(item.get(*path))):
        if isinstance(entry, dict):
            yield (*path, place), entry


def beside(manifest: Manifest, item: KubeObject, kind: str, name: object) -> KubeObject | None:
    """Return the object of a kind and name in the namespace of another; None if there is none."""
    found = [one for one in named(manifest, name, kind) if one.namespace == item.namespace]
    return found[0] if len(found) == 1 else None


def template_labels(item: KubeObject) -> dict[Any, Any]:
    """Return the labels of a workload's pods."""
    path = item.template_path
    return {} if path is None else as_map(item.get(*path, "metadata", "labels"))


def _expression_holds(expression: object, labels: dict[Any, Any]) -> bool:
    rule = as_map(expression)
    key, values = rule.get("key"), as_list(rule.get("values"))
    if not isinstance(key, str):
        return False
    found = labels.get(key)
    return {
        "In": key in labels and found in values,
        "NotIn": found not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }.get(as_text(rule.get("operator")), False)


def selects(selector: object, labels: dict[Any, Any]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) matches; an empty one does not.

    In Kubernetes an empty selector means all objects: ask `everything` where that may be meant.
    """
    rules = as_map(selector)
    pairs, expressions = as_map(rules.get("matchLabels")), as_list(rules.get("matchExpressions"))
    if not pairs and not expressions:
        return False
    return all(key in labels and labels[key] == value for key, value in pairs.items()) and all(
        _expression_holds(expression, labels) for expression in expressions
    )


def everything(selector: object) -> bool:
    """Whether a label selector is there and without any condition."""
    return isinstance(selector, dict) and not any(selector.values())


def port_number(containers: list[dict[Any, Any]], port: object) -> object:
    """Return the number of a port that is given by number or by name; None if it has none."""
    if not isinstance(port, str):
        return port
    if port.isdecimal():
        return int(port)
    for container in containers:
        for entry in maps(container.get("ports")):
            if entry.get("name") == port:
                return entry.get("containerPort")
    return None
