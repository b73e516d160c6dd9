"""How the cluster requirements find the object they are about, and compare its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from iac_gym.check import Findings
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.verdict import Finding

#: Most objects that a message lists.
MOST_LISTED = 5


def absent(manifest: Manifest, kind: str, name: str) -> Finding:
    """Make the finding for an object that does not exist, with the ones that do."""
    several = [item for item in manifest.by_name.get(name, ()) if item.kind == kind]
    if len(several) > 1:
        hint = "name it once, in one namespace"
        return several[1].finding(f"there are {len(several)} {kind}s `{name}`", hint=hint)
    known = [item.name for item in manifest.of_kind(kind)][:MOST_LISTED]
    hint = f"there is {kind} " + ", ".join(f"`{other}`" for other in known) if known else ""
    return Finding(f"there is no {kind} `{name}`", hint=hint)


def about(
    kind: str, argument: str = "of"
) -> Callable[[Callable[..., Findings]], Callable[..., Findings]]:
    """Let a check read one object: the one of `kind` that the argument names.

    The wrapped check gets the object in place of the manifest; where there is none, the
    requirement fails. Nothing is met by absence. The arguments come all by position or all by name.
    """

    def decorate(check: Callable[..., Findings]) -> Callable[..., Findings]:
        place = list(signature(check).parameters).index(argument) - 1

        @wraps(check)
        def run(manifest: Manifest, *values: Any, **args: Any) -> Findings:
            name = values[place] if values else args[argument]
            found = manifest.find(kind, name)
            if found is None:
                return (absent(manifest, kind, name),)
            return check(found, *values, **args)

        return run

    return decorate


def same(value: object, asked: object) -> bool:
    """Whether a scalar is the asked one: `true` is not 1, `"80"` is not 80."""
    return type(value) is type(asked) and value == asked


def differs(
    found: KubeObject, asked: object, *path: str | int, default: object = None
) -> Iterator[Finding]:
    """Yield a finding unless the field (or the API's default for it) is the asked value."""
    value = found.get(*path, default=default)
    if not same(value, asked):
        field = ".".join(str(step) for step in path)
        yield found.finding(f"`{field}` is {shown(value)}, asked for {shown(asked)}", *path)


def shown(value: object) -> str:
    """Say a value in a message, short and on one line."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def texts(value: Any) -> list[str]:
    """Return the strings of a sequence, an empty list for anything else."""
    return [item for item in as_list(value) if isinstance(item, str)]


def is_number(value: object) -> bool:
    """Whether the value is an integer and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def same_amount(value: object, asked: str) -> bool:
    """Whether two Kubernetes quantities are equal: 1Gi and 1024Mi, 0.5 and 500m."""
    return _amount(value) is not None and _amount(value) == _amount(asked)


def _amount(value: object) -> object:
    if isinstance(value, str) or is_number(value) or isinstance(value, float):
        return parse_quantity(value)
    return None


def amount_differs(found: KubeObject, asked: str, *path: str | int) -> Iterator[Finding]:
    """Yield a finding unless the field holds a quantity equal to the asked one."""
    value = found.get(*path)
    if not same_amount(value, asked):
        field = ".".join(str(step) for step in path)
        yield found.finding(f"`{field}` is {shown(value)}, asked for {asked}", *path)


def labels_differ(
    found: KubeObject, value: Any, asked: Mapping[str, str], *path: str | int
) -> Iterator[Finding]:
    """Yield a finding unless a mapping of labels is exactly the asked one."""
    if as_map(value) != dict(asked):
        field = ".".join(str(step) for step in path)
        given = ", ".join(f"{key}={item}" for key, item in as_map(value).items()) or "empty"
        wanted = ", ".join(f"{key}={item}" for key, item in asked.items())
        yield found.finding(f"`{field}` is {given[:80]}, asked for {wanted}", *path)


def listed_differ(
    found: KubeObject, asked: Iterable[str], *path: str | int, default: Iterable[str] = ()
) -> Iterator[Finding]:
    """Yield a finding unless a sequence holds the asked strings, in any order, and no other."""
    value = set(texts(found.get(*path))) or set(default)
    wanted = set(asked)
    field = ".".join(str(step) for step in path)
    if missing := sorted(wanted - value):
        yield found.finding(f"`{field}` lacks {', '.join(missing)}", *path)
    if extra := sorted(value - wanted):
        yield found.finding(f"`{field}` has {', '.join(extra)[:80]}, not asked for", *path)


def template_labels(workload: KubeObject) -> dict[Any, Any]:
    """Return the labels of a workload's pods, empty where it makes none."""
    path = workload.template_path
    return {} if path is None else as_map(workload.get(*path, "metadata", "labels"))


def runs_pods(workload: KubeObject) -> bool:
    """Whether the object is a workload that really runs pods (`replicas: 0` runs none)."""
    return workload.template_path is not None and not same(workload.get("spec", "replicas"), 0)


def selected_workloads(
    manifest: Manifest, selector: Mapping[Any, Any], namespace: str
) -> list[KubeObject]:
    """Return the workloads of the namespace whose pods an equality selector picks out."""
    if not selector:
        return []
    return [
        item
        for item in manifest
        if runs_pods(item)
        and item.namespace == namespace
        and all(same(template_labels(item).get(key), value) for key, value in selector.items())
    ]


def workload(manifest: Manifest, name: str) -> KubeObject | None:
    """Return the first workload with the name, None if there is none."""
    for item in manifest.by_name.get(name, ()):
        if item.template_path is not None:
            return item
    return None


def named_ports(workloads: Iterable[KubeObject], name: str, protocol: str) -> set[int]:
    """Return the numbers of the container ports that carry a name, over several workloads."""
    return {
        entry["containerPort"]
        for item in workloads
        for _, container in item.containers(init=True)
        for entry in map(as_map, as_list(container.get("ports")))
        if as_text(entry.get("name")) == name
        and (entry.get("protocol") or "TCP") == protocol
        and is_number(entry.get("containerPort"))
    }
