"""The recipe of tasks that ask for several files, or for files other than playbooks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from envs.ansible.families.playbook_recipe import LANGUAGE
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Recipe
from iac_gym.formats.yaml import dump


class Tree(Recipe):
    """The asks of a task, and files that meet them: texts, or plain data written as YAML.

    `others` are patterns of files that an answer may have besides.
    """

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.files: dict[str, Any] = {}
        self.others: list[str] = []

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        expected = tuple((path, LANGUAGE) for path in (*self.files, *self.others))
        return self.make_draft(openings, partial(_texts, self.files), expected)


def _texts(tree: Mapping[str, Any]) -> dict[str, str]:
    return {
        path: content if isinstance(content, str) else dump([content])
        for path, content in tree.items()
    }
