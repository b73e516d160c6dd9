"""The rules of charts: Helm's own, then those of Kubernetes over what the chart renders."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.languages.helm.examine import examined
from iac_gym.languages.helm.model import HelmModel
from iac_gym.languages.helm.rules import chart_file, objects, rendering, values
from iac_gym.verdict import Stage

IN_ORDER = (
    *chart_file.IN_ORDER,
    *values.IN_ORDER,
    *rendering.IN_ORDER,
    *objects.IN_ORDER,
)


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in IN_ORDER if rule.name in names)


def choose(model: HelmModel) -> tuple[Rule, ...]:
    """Return the rules that find something, and those of SECURITY that could."""
    names = set(examined(model))
    for rule in model.default.rules:
        if rule.stage is Stage.SECURITY:
            names.add(rule.name)
    return _chosen(frozenset(names))
