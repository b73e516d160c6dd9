"""How the workload requirements find the object a task names, and compare its values.

An object is named by its kind and name. Where several objects bear the name (in two namespaces, or
as two kinds) all of them must be as asked, so that a second, different answer never helps. A
workload that runs nothing (scaled to 0, suspended) meets no requirement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iac_gym.check import Findings
from iac_gym.formats.lazy import kept
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.verdict import Finding

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")
SCALABLE = ("Deployment", "StatefulSet", "ReplicaSet")
JOBS = ("Job", "CronJob")

_MAIN_ANNOTATION = "kubectl.kubernetes.io/default-container"
#: Where a workload says that it runs nothing: kind -> (path, value).
_ASLEEP: dict[str, tuple[tuple[Path, object], ...]] = {
    "Deployment": ((("spec", "replicas"), 0), (("spec", "paused"), True)),
    "StatefulSet": ((("spec", "replicas"), 0),),
    "ReplicaSet": ((("spec", "replicas"), 0),),
    "Job": (
        (("spec", "parallelism"), 0),
        (("spec", "completions"), 0),
        (("spec", "suspend"), True),
    ),
    "CronJob": (
        (("spec", "suspend"), True),
        (("spec", "jobTemplate", "spec", "parallelism"), 0),
        (("spec", "jobTemplate", "spec", "completions"), 0),
        (("spec", "jobTemplate", "spec", "suspend"), True),
    ),
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
    amount, wanted = parse_quantity(found), parse_quantity(asked)
    return amount is not None and (amount is wanted or amount == wanted)


@kept
def asleep(item: KubeObject) -> Finding | None:
    """Say why a workload runs nothing; None for one that runs."""
    for path, value in _ASLEEP.get(item.kind, ()):
        if equal(item.get(*path), value):
            shown = str(value).lower()
            return item.finding(f"`{item.name}` runs nothing: `{dotted(path)}` is {shown}", *path)
    gates = () if item.pod_path is None else (*item.pod_path, "schedulingGates")
    if gates and item.get(*gates):
        return item.finding(f"`{item.name}` runs nothing: its pods wait behind a gate", *gates)
    return None


def named(manifest: Manifest, name: str, *kinds: str) -> list[KubeObject]:
    """Return all objects of some kinds that bear a name."""
    return [item for item in manifest.by_name.get(name, ()) if item.kind in kinds]


def each(
    manifest: Manifest, name: str, kinds: tuple[str, ...], check: Callable[[KubeObject], Findings]
) -> Findings:
    """Check every object of some kinds that bears the name: at least one, and each one awake."""
    found = named(manifest, name, *kinds)
    if not found:
        what = kinds[0] if len(kinds) == 1 else "workload"
        return [Finding(f"there is no {what} `{name}`")]
    wrong: list[Finding] = []
    for item in found:
        still = asleep(item)
        if still:
            wrong.append(still)
        else:
            wrong += check(item)
    return wrong


def value_is(
    manifest: Manifest,
    name: str,
    kinds: tuple[str, ...],
    path: Path,
    asked: object,
    default: object = None,
) -> Findings:
    """Ask that a field of an object has a value; `default` is what the API takes if it is absent.

    A path that starts with "pod" goes on in the workload's pod spec, one that starts with "job" in
    the spec of its job.
    """

    def check(item: KubeObject) -> Findings:
        place = locate(item, path)
        found = None if place is None else item.get(*place, default=default)
        if place is None or not equal(found, asked):
            return (differs(item, place or path, found, asked),)
        return ()

    return each(manifest, name, kinds, check)


def locate(item: KubeObject, path: Path) -> Path | None:
    """Make a real path of one that starts with "pod" or "job"; None where the kind has no such."""
    if path[0] == "pod":
        return None if item.pod_path is None else (*item.pod_path, *path[1:])
    if path[0] == "job":
        inner = {"Job": ("spec",), "CronJob": ("spec", "jobTemplate", "spec")}.get(item.kind)
        return None if inner is None else (*inner, *path[1:])
    return path


def differs(item: KubeObject, path: Path, found: object, asked: object) -> Finding:
    """Say that a field is not as asked."""
    shown = "not set" if found is None else str(found).lower() if found in (True, False) else found
    if isinstance(found, (dict, list)):
        shown = "something else"
    wanted = str(asked).lower() if isinstance(asked, bool) else asked
    message = f"`{dotted(path)}` of `{item.name}` is {shown}, asked for {wanted}"
    return item.finding(message, *path)


@kept
def main_container(item: KubeObject) -> tuple[Path, dict[Any, Any]] | None:
    """Return (path, container) of the container that a task means if it names none.

    The sole one; of several the one that kubectl takes by its annotation, else the one that is
    called as the workload is, else the first.
    """
    found = list(item.containers())
    template = item.template_path
    if not found or template is None:
        return None
    if len(found) == 1:
        return found[0]
    chosen = as_map(item.get(*template, "metadata", "annotations")).get(_MAIN_ANNOTATION)
    for wanted in (chosen, item.name):
        for pair in found:
            if isinstance(wanted, str) and pair[1].get("name") == wanted:
                return pair
    return found[0]


def running_containers(item: KubeObject) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """Yield (path, container) of those that run beside each other, native sidecars included."""
    for path, container in item.containers(init=True):
        if path[-2] == "containers" or container.get("restartPolicy") == "Always":
            yield path, container


def in_main(
    manifest: Manifest, of: str, check: Callable[[KubeObject, Path, dict[Any, Any]], Findings]
) -> Findings:
    """Check the main container of the workload `of`."""

    def inner(item: KubeObject) -> Findings:
        found = main_container(item)
        if found is None:
            return (item.finding(f"`{of}` has no container", *(item.pod_path or ())),)
        return check(item, *found)

    return each(manifest, of, WORKLOADS, inner)


@kept
def pod_labels(item: KubeObject) -> dict[Any, Any]:
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
    """Whether a label selector (matchLabels, matchExpressions) matches; an empty one does not."""
    rules = as_map(selector)
    pairs, expressions = as_map(rules.get("matchLabels")), as_list(rules.get("matchExpressions"))
    if not pairs and not expressions:
        return False
    return all(key in labels and labels[key] == value for key, value in pairs.items()) and all(
        _expression_holds(expression, labels) for expression in expressions
    )


def port_number(container: dict[Any, Any], port: object) -> object:
    """Return the number of a port that is given by number or by name; None if it has none."""
    if not isinstance(port, str):
        return port
    for entry in as_list(container.get("ports")):
        if as_map(entry).get("name") == port:
            return as_map(entry).get("containerPort")
    return None
