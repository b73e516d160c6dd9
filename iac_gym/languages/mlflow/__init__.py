"""MLflow projects: the MLproject file and its environment files, as `mlflow run` reads them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.mlflow.model import EntryPoint, Parameter, Project
from iac_gym.languages.mlflow.parse import parse
from iac_gym.languages.mlflow.rules import IN_ORDER

__all__ = ["LANGUAGE", "EntryPoint", "Parameter", "Project"]


@lru_cache(maxsize=512)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(project: Project) -> tuple[Rule, ...]:
    """Return the rules that have found something."""
    return _chosen(frozenset(project.faults))


LANGUAGE = Language(
    "mlflow",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "mlproject", "mlflow"),
    path="MLproject",
    patterns=("MLproject", "mlproject", "MLProject"),
    select=select,
)
