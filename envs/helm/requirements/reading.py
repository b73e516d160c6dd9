"""How requirements read a chart: its objects with some values, and fields of them by path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

#: Kinds that run pods from a template.
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def steps(path: str) -> tuple[str | int, ...]:
    """Split a path such as `spec.containers[0].image` into keys and indices."""
    return tuple(int(number) if number else name for name, number in _STEP.findall(path))


def rendered(
    model: HelmModel, values: Mapping[str, Any] | None = None
) -> tuple[Rendering | None, list[Finding]]:
    """Render with some values; the findings where Helm stops or the cluster would refuse it."""
    found = model.render(values or {})
    if found.error is not None:
        said = _said(values)
        return None, [Finding(f"Helm stops{said}: {found.error.message}", found.error.file,
                              found.error.line, found.error.column)]  # fmt: skip
    if values and found.problems:
        problem = found.problems[0].finding
        message = f"what is rendered{_said(values)} would be refused: {problem.message}"
        return None, [Finding(message, problem.file, problem.line, problem.column)]
    return found, []


def _said(values: Mapping[str, Any] | None) -> str:
    return f" with {', '.join(f'{key}={one}' for key, one in values.items())}" if values else ""


def only(rendering: Rendering, kind: str) -> tuple[KubeObject | None, list[Finding]]:
    """Return the only object of a kind, and the findings where there is none or several."""
    found = rendering.manifest.of_kind(kind)
    if len(found) == 1:
        return found[0], []
    said = "no" if not found else f"{len(found)}"
    return None, [Finding(f"the chart renders {said} {kind}", "")]


def one_of(
    model: HelmModel, kind: str, values: Mapping[str, Any] | None = None
) -> tuple[KubeObject | None, list[Finding]]:
    """Return the only object of a kind that the chart renders with some values."""
    rendering, findings = rendered(model, values)
    return only(rendering, kind) if rendering is not None else (None, findings)


def at(item: KubeObject, path: str) -> Any:
    """Return the value at a path of an object, None where there is none."""
    return item.get(*steps(path))


def other_chart(model: HelmModel, chart: str) -> list[Finding]:
    """Return a finding where an answer is another chart than the one that is meant."""
    if model.chart.meta.name == chart:
        return []
    return [model.chart_finding(f"there is no chart `{chart}`", "name")]


def same(value: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one; a number may be written as text and the other way round."""
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


def wrong(item: KubeObject, message: str, path: str = "") -> Finding:
    """Make a finding at a path of a rendered object."""
    return item.finding(message, *steps(path))
