"""How the rules of this language find: the chart is examined once, each rule takes its part."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.languages.helm.examine import examined
from iac_gym.languages.helm.model import HelmModel
from iac_gym.verdict import Finding


def found(model: HelmModel, rule: str) -> Iterable[Finding]:
    """Return the findings of a rule."""
    return examined(model).get(rule, ())
