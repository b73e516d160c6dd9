"""Configurations of the OpenTelemetry Collector, judged as `otelcol validate` judges them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.otel_collector.model import Collector, Component, Pipeline
from iac_gym.languages.otel_collector.parse import parse
from iac_gym.languages.otel_collector.rules import IN_ORDER

__all__ = ["LANGUAGE", "Collector", "Component", "Pipeline"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(model: Collector) -> tuple[Rule, ...]:
    """Return the rules that have found something."""
    return _chosen(frozenset(model.faults)) if model.faults else ()


LANGUAGE = Language(
    "otel_collector",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "otel", "otelcol"),
    path="otel-collector.yaml",
    patterns=("*otel*collector*.y*ml", "otelcol*.y*ml", "*otel*.y*ml"),
    select=select,
)
