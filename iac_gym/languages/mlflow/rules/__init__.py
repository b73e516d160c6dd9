"""The rules of MLflow projects, in the order in which they run."""

from __future__ import annotations

from iac_gym.check import Rule
from iac_gym.languages.mlflow.rules import structure

IN_ORDER: tuple[Rule, ...] = tuple(
    value for value in vars(structure).values() if isinstance(value, Rule)
)
