"""Helm charts, judged by what Helm 3.18 loads, lints and renders, and by what the objects are."""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.language import Language
from iac_gym.languages.helm.examine import examined
from iac_gym.languages.helm.model import Effect, HelmModel, Rendering
from iac_gym.languages.helm.parse import BUNDLE, parse
from iac_gym.languages.helm.rules import IN_ORDER, choose

__all__ = ["LANGUAGE", "Effect", "HelmModel", "Rendering"]


def _read(files: Mapping[str, str]) -> HelmModel:
    """Parse a chart and examine it at once: a rule only takes its part of what was found."""
    model = parse(files)
    examined(model)
    return model


LANGUAGE = Language(
    "helm",
    _read,
    IN_ORDER,
    tags=("helm", "yaml", "yml", "tpl", "gotmpl", "gotemplate", "json", "text", "txt"),
    path=BUNDLE,
    patterns=(
        "*.tpl",
        "Chart.yaml",
        "values.yaml",
        "values.schema.json",
        "*/templates/*.yaml",
        "*/templates/*.yml",
        "*/templates/NOTES.txt",
        BUNDLE,
    ),
    select=choose,
    tiers={"tool": "iac_gym.languages.helm.tool:ask_tool"},
)
