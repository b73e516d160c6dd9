"""What the checks of a configuration share: where findings go, and the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.alertmanager.model import Configuration

#: Most findings of one rule, and most for which the nearest known name is looked for.
MOST_FINDINGS = 30
MOST_HINTS = 5


class Checker:
    """Collects the findings of one configuration."""

    def __init__(self, model: Configuration) -> None:
        self.model = model
        self._hints = 0
        self._done: set[tuple[int, str]] = set()

    def bad(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        """Keep a finding."""
        found = self.model.faults.setdefault(rule, [])
        if len(found) < MOST_FINDINGS:
            found.append(self.model.finding(message, mark, hint))

    def near(self, word: Any, allowed: Iterable[str]) -> str:
        """Return a hint with the nearest known name."""
        self._hints += 1
        if self._hints > MOST_HINTS:
            return ""
        close = difflib.get_close_matches(str(word)[:60], sorted(allowed), n=1, cutoff=0.6)
        return f"did you mean `{close[0]}`?" if close else ""

    def first_time(self, tree: YamlMap, kind: str) -> bool:
        """Whether a mapping, that aliases may share, is met for the first time as this kind."""
        token = (id(tree), kind)
        if token in self._done:
            return False
        self._done.add(token)
        return True
