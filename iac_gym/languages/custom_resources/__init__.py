"""Kubernetes manifests with the custom resources of widely used operators."""

from __future__ import annotations

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.custom_resources.parse import parse
from iac_gym.languages.custom_resources.rules import IN_ORDER
from iac_gym.languages.kubernetes.rules import IN_ORDER as BUILT_IN
from iac_gym.languages.kubernetes.rules.schema import IN_ORDER as BUILT_IN_SCHEMA
from iac_gym.languages.kubernetes.selection import chooser

RULES: tuple[Rule, ...] = (
    *BUILT_IN_SCHEMA,
    *IN_ORDER,
    *(rule for rule in BUILT_IN if rule not in BUILT_IN_SCHEMA),
)

_BUILT_IN_RULES = chooser(BUILT_IN)
_SORTS = {
    "limit": "values-in-bounds",
    "repeated": "distinct-list-keys",
    "cel": "validation-rules",
}


def _select(manifest: CustomManifest) -> tuple[Rule, ...]:
    """Pick the rules that can find anything: the built-in ones by words, the others by faults."""
    found = _BUILT_IN_RULES(manifest)
    names = set(manifest.faults)
    names.update(_SORTS.get(problem.sort, "") for problem in manifest.problems)
    own = tuple(rule for rule in IN_ORDER if rule.name in names)
    return (*own, *found) if own else found


LANGUAGE = Language(
    "custom_resources",
    parse,
    RULES,
    tags=("yaml", "yml", "json", "kubernetes", "k8s", "manifest"),
    path="manifest.yaml",
    patterns=("*.yaml", "*.yml", "*.json"),
    content=r"(?m)^apiVersion:\s*[\"']?(?:monitoring\.coreos\.com|argoproj\.io|serving\.kserve\.io)/",
    select=_select,
)
