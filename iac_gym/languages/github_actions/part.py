"""What all parts of a workflow or action have: a mapping, and a place in a file."""

from __future__ import annotations

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.values import text_of
from iac_gym.verdict import Finding


class Part:
    """Something in a file: its mapping, and where it stands."""

    def __init__(self, file: str, tree: YamlMap, mark: Mark) -> None:
        self.file = file
        self.tree = tree
        self.mark = mark

    def at(self, *keys: str) -> Mark:
        """Return the mark of the first of the keys that is there, else of the whole part."""
        for key in keys:
            if key in self.tree:
                return self.tree.key_marks[key]
        return self.mark

    def finding(self, message: str, *keys: str, hint: str = "") -> Finding:
        """Return a finding at the first of the keys that is there, else at the part."""
        line, column = self.at(*keys)
        return Finding(message, self.file, line, column, hint)

    def text(self, key: str) -> str:
        """Return a scalar as text, "" where it is missing."""
        return text_of(self.tree.get(key))


def both(one: bool | None, other: bool | None) -> bool | None:
    """Say whether two things hold, each of which may depend (None)."""
    if one is False or other is False:
        return False
    return True if one and other else None
