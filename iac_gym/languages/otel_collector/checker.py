"""What the checks of a configuration share: where findings go, and the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.languages.otel_collector.values import expands

#: Most findings of one rule, and most for which the nearest known name is looked for.
MOST_FINDINGS = 30
MOST_HINTS = 5
VALUES = "settings-are-right"


class Checker:
    """Collects the findings of one configuration."""

    def __init__(self, model: Collector) -> None:
        self.model = model
        self._hints = 0

    def bad(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        """Keep a finding."""
        found = self.model.faults.setdefault(rule, [])
        if len(found) < MOST_FINDINGS:
            found.append(self.model.finding(message, mark, hint))

    def near(self, word: Any, allowed: Collection[str]) -> str:
        """Return a hint with the nearest known name."""
        self._hints += 1
        if self._hints > MOST_HINTS:
            return ""
        close = difflib.get_close_matches(str(word)[:60], sorted(allowed), n=1, cutoff=0.6)
        return f"did you mean `{close[0]}`?" if close else ""

    def word(self, tree: YamlMap, key: str, allowed: Collection[str], where: str) -> None:
        """Report a text that is not among those allowed."""
        value = tree.get(key)
        if value.__class__ is str and not expands(value) and value not in allowed:
            named = ", ".join(one for one in sorted(allowed) if one)
            message = f"{where}: `{key}` is `{value[:60]}`, must be one of {named}"
            self.bad(VALUES, message, tree.marks[key], self.near(value, allowed))
