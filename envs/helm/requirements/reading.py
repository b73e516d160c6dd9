"""How requirements read a chart: its objects with some values, and parts of them.

A check says what must hold by raising `Unmet` where it does not; `played` makes findings of that.
Every reader takes trees of any shape: what is not there, or is something else, is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec

from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.helm.helpers import scanned
from iac_gym.languages.helm.model import RenderedObject
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map
from iac_gym.verdict import Finding

P = ParamSpec("P")

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

#: Kinds that run pods from a template.
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
#: Another release and its namespace.
RELEASE, NAMESPACE = "probe-one", "probe-space"
#: Values for another image; checks share what is rendered with them.
OTHER_IMAGE: Mapping[str, Any] = {
    "image.tag": "probe-tag",
    "image.repository": "probe.example.com/app",
}
_TEMPLATE: Path = ("spec", "template")


class Unmet(Exception):
    """A requirement is not met; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def played(check: Callable[P, None]) -> Callable[P, Iterable[Finding]]:
    """Make the check of a requirement of a function that raises `Unmet`."""

    @wraps(check)
    def run(*args: P.args, **words: P.kwargs) -> Iterable[Finding]:
        try:
            check(*args, **words)
        except Unmet as unmet:
            return (unmet.finding,)
        return ()

    return run


def missing(message: str) -> Unmet:
    """Say what is missing, where there is no place to point at."""
    return Unmet(Finding(message, ""))


def wrong(item: KubeObject, message: str, path: str = "") -> Unmet:
    """Say what is wrong at a path of a rendered object."""
    return Unmet(item.finding(message, *steps(path)))


def steps(path: str) -> tuple[str | int, ...]:
    """Split a path such as `spec.containers[0].image` into keys and indices."""
    return tuple(int(number) if number else name for name, number in _STEP.findall(path))


def at(item: KubeObject, path: str) -> Any:
    """Return the value at a path of an object, None where there is none."""
    return item.get(*steps(path))


def maps(value: Any) -> list[dict[Any, Any]]:
    """Return the mappings of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: Any) -> list[str]:
    """Return the texts of a list."""
    return [str(one) for one in as_list(value) if not isinstance(one, (dict, list))]


def below(tree: Any, *keys: str) -> dict[Any, Any]:
    """Return the mapping under keys, an empty one where there is none."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return as_map(tree)


def play(
    model: HelmModel,
    values: Mapping[str, Any] | None = None,
    chart: str = "",
    *,
    elsewhere: bool = False,
) -> Rendering:
    """Render with some values; Helm must not stop, and the cluster must take what is rendered.

    `chart` is the name of the chart that is meant; `elsewhere`: as another release in another
    namespace.
    """
    if chart and model.chart.meta.name != chart:
        raise Unmet(model.chart_finding(f"there is no chart `{chart}`", "name"))
    if elsewhere:
        found = model.render(values or {}, RELEASE, NAMESPACE)
    else:
        found = model.render(values or {})
    said = f" with {', '.join(f'{key}={one}' for key, one in values.items())}" if values else ""
    error = found.error
    if error is not None:
        message = f"Helm stops{said}: {error.message}"
        raise Unmet(Finding(message, error.file, error.line, error.column))
    if values and found.problems:
        problem = found.problems[0].finding
        message = f"what is rendered{said} would be refused: {problem.message}"
        raise Unmet(Finding(message, problem.file, problem.line, problem.column))
    return found


def users_of(model: HelmModel, helper: str) -> list[str]:
    """Return the files that render something and include a named template, by others too."""
    callers: dict[str, list[tuple[str, str]]] = {}
    for chart in model.chart.every():
        for path, text in chart.templates.items():
            for caller, called in scanned(text)[1]:
                callers.setdefault(called, []).append((caller, chart.path(path)))
    seen, files = {helper: None}, dict[str, None]()
    pending = [helper]
    for name in pending:  # grows as it is read
        for caller, file in callers.get(name, ()):
            if not caller:
                files[file] = None
            elif caller not in seen:
                seen[caller] = None
                pending.append(caller)
    texts = play(model).texts
    return [
        file for file in files if not file.endswith("NOTES.txt") and texts.get(file, "").strip()
    ]


def own(found: Rendering, *kinds: str) -> list[KubeObject]:
    """Return the objects of some kinds that the chart itself renders, not one of its subcharts."""
    items = found.manifest.of_kind(*kinds)
    below_it = found.chart.path("charts/")
    if not found.chart.children:
        return items
    return [item for item in items if not item.file.startswith(below_it)]


def only(found: Rendering, kind: str) -> KubeObject:
    """Return the only object of a kind that the chart itself renders."""
    items = own(found, kind)
    if len(items) != 1:
        raise missing(f"the chart renders {len(items) or 'no'} {kind}")
    return items[0]


def one_of(
    model: HelmModel, kind: str, values: Mapping[str, Any] | None = None, chart: str = ""
) -> KubeObject:
    """Return the only object of a kind that the chart renders with some values."""
    return only(play(model, values, chart), kind)


def workload(found: Rendering) -> KubeObject:
    """Return the only object that runs pods for good."""
    items = own(found, *WORKLOADS)
    if len(items) != 1:
        raise missing(f"the chart renders {len(items) or 'no'} objects that run pods")
    return items[0]


def pod_of(item: KubeObject) -> Path:
    """Return the path of the pod's spec."""
    return item.pod_path or (*_TEMPLATE, "spec")


def pod_labels(item: KubeObject) -> dict[Any, Any]:
    """Return the labels of the pods."""
    path = _TEMPLATE if item.template_path is None else item.template_path
    return as_map(item.get(*path, "metadata", "labels"))


def first(item: KubeObject) -> dict[Any, Any]:
    """Return the first container."""
    return as_map(item.get(*pod_of(item), "containers", 0))


def box(item: KubeObject) -> str:
    """Return the path of the first container, for findings."""
    return ".".join(str(step) for step in (*pod_of(item), "containers[0]"))


def command_of(container: Mapping[Any, Any]) -> list[str]:
    """Return the words that a container runs: `command` and `args`."""
    return [*words(container.get("command")), *words(container.get("args"))]


def runs(container: Mapping[Any, Any], line: str) -> bool:
    """Whether a container runs a command line, by itself or by a shell that runs nothing else."""
    found = command_of(container)
    if " ".join(found) == line:
        return True
    shell = found[:1] and found[0].rpartition("/")[2] in ("sh", "bash", "ash")
    if len(found) != 3 or not shell or found[1] not in ("-c", "-ec", "-lc"):
        return False
    return " ".join(found[2].split()).removeprefix("exec ") == line


def ports_of(item: KubeObject) -> list[tuple[Any, Any]]:
    """Return (name, number) of the ports that the first container declares."""
    return [(one.get("name"), one.get("containerPort")) for one in maps(first(item).get("ports"))]


def port_number(item: KubeObject, port: Any) -> Any:
    """Return the number of a port of the first container that is given by number or name."""
    for name, number in ports_of(item):
        if port is not None and port in (number, name):
            return number
    return None


def selects(selector: Any, labels: Any) -> bool:
    """Whether a selector by labels takes what has some labels."""
    if not isinstance(selector, dict) or not selector or not isinstance(labels, dict):
        return False
    return all(key in labels and labels[key] == one for key, one in selector.items())


def services_of(found: Rendering, pods: KubeObject) -> list[KubeObject]:
    """Return the Services that lead to some pods (those without an address of their own aside)."""
    return [
        item
        for item in own(found, "Service")
        if selects(item.get("spec", "selector"), pod_labels(pods))
        and item.get("spec", "clusterIP") != "None"
    ]


def serves(service: KubeObject, port: Any, by_number: bool = True) -> bool:
    """Whether a Service has a port, given by its number or name."""
    return any(
        port is not None and port in ((one.get("port"),) if by_number else (one.get("name"),))
        for one in maps(service.get("spec", "ports"))
    )


def events_of(item: KubeObject) -> tuple[str, ...]:
    """Return the events at which Helm runs an object as a hook."""
    return item.hook_events if isinstance(item, RenderedObject) else ()


def same(value: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one; a number may be written as text and vice versa."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and value.keys() == wanted.keys() and all(
            same(value[key], one) for key, one in wanted.items()
        )  # fmt: skip
    if isinstance(wanted, (list, tuple)):
        listed = isinstance(value, list) and len(value) == len(wanted)
        return listed and all(map(same, value, wanted))
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted or str(value).lower() == str(wanted).lower()
    if isinstance(value, (int, float)) and isinstance(wanted, (int, float)):
        return value == wanted
    return isinstance(value, (str, int, float)) and _text(value) == _text(wanted)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
