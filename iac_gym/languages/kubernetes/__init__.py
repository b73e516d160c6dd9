"""Kubernetes manifests: what kubectl reads and the API server accepts."""

from __future__ import annotations

from iac_gym.language import Language
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
