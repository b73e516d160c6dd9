"""Alertmanager configurations, judged as `amtool check-config` judges them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.languages.alertmanager.parse import parse
from iac_gym.languages.alertmanager.rules import IN_ORDER

__all__ = ["LANGUAGE", "Configuration"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(model: Configuration) -> tuple[Rule, ...]:
    """Return the rules that have found something."""
    return _chosen(frozenset(model.faults)) if model.faults else ()


LANGUAGE = Language(
    "alertmanager",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "alertmanager"),
    path="alertmanager.yml",
    patterns=("alertmanager*.y*ml", "*alertmanager.y*ml"),
    select=select,
    tiers={"tool": "iac_gym.languages.alertmanager.tool:ask_amtool"},
)
