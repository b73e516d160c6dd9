"""Grafana dashboards and provisioning files, judged as Grafana imports and shows them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.grafana.model import Dashboard, Grafana
from iac_gym.languages.grafana.parse import parse
from iac_gym.languages.grafana.rules import IN_ORDER

__all__ = ["LANGUAGE", "Dashboard", "Grafana"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(model: Grafana) -> tuple[Rule, ...]:
    """Return the rules that have found something."""
    return _chosen(frozenset(model.faults)) if model.faults else ()


LANGUAGE = Language(
    "grafana",
    parse,
    IN_ORDER,
    tags=("json", "yaml", "yml", "grafana"),
    path="dashboard.json",
    patterns=("*dashboard*.json", "*grafana*.json"),
    content=r'"panels"\s*:',
    select=select,
)
