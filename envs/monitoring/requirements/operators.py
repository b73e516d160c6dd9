"""Requirements about objects of the Prometheus operator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iac_gym.check import requirement
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding

_LANGUAGE = "custom_resources"


def object_of(model: Any, kind: str, name: str) -> tuple[KubeObject | None, list[Finding]]:
    """Return the object of a kind and name, and the findings where there is none."""
    found = model.find(kind, name)
    return found, [] if found else [Finding(f"there is no {kind} `{name}`")]


@requirement(
    "the PrometheusRule is called `{name}` and lies in the namespace `{namespace}`",
    "its name is `{name}`, its namespace `{namespace}`",
    language=_LANGUAGE,
)
def rule_object(model: Any, name: str, namespace: str) -> Iterable[Finding]:
    """The only PrometheusRule."""
    found, findings = object_of(model, "PrometheusRule", name)
    yield from findings
    if found is not None and found.get("metadata", "namespace") != namespace:
        yield found.finding(f"it is not in `{namespace}`", "metadata", "namespace")
    if len(model.of_kind("PrometheusRule")) > 1:
        yield Finding("there is more than one PrometheusRule")


@requirement(
    "the PrometheusRule `{name}` has the label `{label}: {value}`, by which Prometheus selects it",
    "Prometheus finds the PrometheusRule `{name}` by its label `{label}: {value}`",
    language=_LANGUAGE,
)
def rule_object_label(model: Any, name: str, label: str, value: str) -> Iterable[Finding]:
    """A label of the object."""
    found, findings = object_of(model, "PrometheusRule", name)
    yield from findings
    if found is not None and found.labels.get(label) != value:
        yield found.finding(f"it does not have the label `{label}: {value}`", "metadata", "labels")
