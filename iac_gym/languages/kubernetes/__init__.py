"""Kubernetes manifests: what kubectl reads and the API server accepts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from iac_gym.errors import unknown
from iac_gym.language import Language
from iac_gym.languages.kubernetes.kinds import versions
from iac_gym.languages.kubernetes.parse import parse
from iac_gym.languages.kubernetes.rules import IN_ORDER
from iac_gym.languages.kubernetes.selection import chooser

RULES = IN_ORDER

LANGUAGE = Language(
    "kubernetes",
    parse,
    RULES,
    tags=("yaml", "yml", "json", "kubernetes", "k8s", "manifest"),
    path="manifest.yaml",
    patterns=("*.yaml", "*.yml", "*.json"),
    select=chooser(RULES),
)


def versioned(version: str) -> Language:
    """Return the language with the schemas of a Kubernetes version ("1.31").

    Raises `UnknownName` for one that the data pack lacks.
    """
    if version not in versions():
        raise unknown("version of Kubernetes", version, versions())
    return replace(LANGUAGE, parse=partial(parse, version=version))
