"""Collects what the operators' own validation finds, by the names of the rules that report it."""

from __future__ import annotations

from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding

#: Most findings that are kept for one rule.
_MOST = 20


class Notes:
    """Findings by rule name; a rule that has enough takes no more."""

    def __init__(self) -> None:
        self.faults: dict[str, list[Finding]] = {}

    def add(
        self, rule: str, item: KubeObject, message: str, *path: str | int, hint: str = ""
    ) -> None:
        """Keep a finding at a place in an object."""
        found = self.faults.setdefault(rule, [])
        if len(found) < _MOST:
            found.append(item.finding(message, *path, hint=hint))
