"""Kubeflow Pipelines v2: compiled pipeline specs, as its API server accepts and runs them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.kfp.model import Pipeline, Task
from iac_gym.languages.kfp.parse import parse
from iac_gym.languages.kfp.rules import IN_ORDER

__all__ = ["LANGUAGE", "Pipeline", "Task"]


@lru_cache(maxsize=512)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(pipeline: Pipeline) -> tuple[Rule, ...]:
    """Return the rules that have found something."""
    return _chosen(frozenset(pipeline.faults))


LANGUAGE = Language(
    "kfp",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "kfp", "kubeflow"),
    path="pipeline.yaml",
    patterns=("*pipeline*.yaml", "*pipeline*.json"),
    content=r"(?m)^\s*[\"']?pipelineInfo[\"']?\s*:",
    select=select,
)
