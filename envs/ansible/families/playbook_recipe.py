"""How an Ansible task is put together: the recipe that writes plays, and roles beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from envs.ansible import choices
from envs.ansible.requirements import plays
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

__all__ = ["LANGUAGE", "PATH", "Extra", "Playbook", "Section"]

LANGUAGE = "ansible"
PATH = "playbook.yml"
_PLAY = (
    "name hosts gather_facts become become_user serial max_fail_percentage any_errors_fatal "
    "strategy force_handlers environment vars_prompt vars_files vars roles pre_tasks tasks "
    "post_tasks handlers"
).split()

Section = list[dict[str, Any]]


def step(name: str, module: str, arguments: Any = None, /, **keywords: Any) -> dict[str, Any]:
    """Return a task: its name, its module with arguments, its keywords."""
    return {"name": name, module: arguments, **keywords}


class Playbook(Recipe):
    """The asks of a task, and the play (with its tasks and handlers) that meets them.

    The hosts are drawn and asked for, unless a group is given. `files` are those that an answer
    must have beside the playbook; `others` are patterns of those that it may have, as the reference
    has those in `beside`.
    """

    def __init__(self, draw: Draw, group: str = "", **keywords: Any) -> None:
        super().__init__(draw)
        self.group = group or draw.choice("hosts", choices.GROUPS)
        if not group:
            self.ask(plays.play_targets(group=self.group))
        self.play: dict[str, Any] = {"hosts": self.group, **keywords}
        self.sections: dict[str, Section] = {}
        self.files: dict[str, Any] = {}
        self.beside: dict[str, Any] = {}
        self.others: list[str] = []

    def become(self) -> None:
        """Run the play as root. One requirement."""
        self.play["become"] = True
        self.ask(plays.play_becomes_root(group=self.group))

    def task(
        self, name: str, module: str, arguments: Any = None, /, section: str = "tasks",
        **keywords: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Add a task; `section` is `pre_tasks`, `tasks`, `post_tasks` or `handlers`."""
        made = step(name, module, arguments, **keywords)
        self.sections.setdefault(section, []).append(made)
        return made

    def handler(self, name: str, module: str, arguments: Any) -> str:
        """Add a handler, once; returns its name."""
        there = self.sections.setdefault("handlers", [])
        if all(one["name"] != name for one in there):
            there.append(step(name, module, arguments))
        return name

    def restarts(self, service: str, state: str = "restarted") -> str:
        """Add the handler that restarts or reloads a service."""
        word = {"restarted": "Restart", "reloaded": "Reload"}[state]
        arguments = {"name": service, "state": state}
        return self.handler(f"{word} {service}", "ansible.builtin.service", arguments)

    def file(self, path: str, content: Any) -> None:
        """Add a file beside the playbook: a text, or plain data to be written as YAML."""
        self.files[path] = content

    @property
    def tree(self) -> list[dict[str, Any]]:
        """The playbook as plain data."""
        whole: Mapping[str, Any] = {**self.play, **self.sections}
        known = {key: whole[key] for key in _PLAY if key in whole}
        return [{**known, **{key: one for key, one in whole.items() if key not in known}}]

    def _texts(self, path: str) -> dict[str, str]:
        whole = {path: self.tree, **self.files, **self.beside}
        return {
            name: content if isinstance(content, str) else dump([content])
            for name, content in whole.items()
        }

    def draft(self, *openings: str, path: str = PATH, **more: Any) -> Draft:
        """Make the draft of the task."""
        if not self.files:
            whole = partial(dump, [self.tree])
            return self.make_draft(openings, whole, ((path, LANGUAGE),), **more)
        names = ((name, LANGUAGE) for name in (path, *self.files, *self.others))
        return self.make_draft(openings, partial(self._texts, path), tuple(names), **more)
