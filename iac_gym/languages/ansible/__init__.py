"""Ansible playbooks, roles and inventories, judged as ansible-core judges them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.ansible.model import Play, Project, Role, Task, Template
from iac_gym.languages.ansible.parse import parse
from iac_gym.languages.ansible.rules import IN_ORDER

__all__ = ["LANGUAGE", "Play", "Project", "Role", "Task", "Template"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(project: Project) -> tuple[Rule, ...]:
    """Return the rules that have found something."""
    return _chosen(frozenset(project.examine()))


LANGUAGE = Language(
    "ansible",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "ansible", "ansible-playbook", "playbook"),
    path="playbook.yml",
    patterns=(
        "playbook*.y*ml",
        "site.y*ml",
        "*roles/*/tasks/*.y*ml",
        "*roles/*/handlers/*.y*ml",
        "*roles/*/defaults/*.y*ml",
        "*roles/*/meta/*.y*ml",
        "*playbooks/*.y*ml",
        "*group_vars/*",
        "*host_vars/*",
        "ansible.cfg",
    ),
    content=r"(?m)^- (?:name: .*\n(?:  .*\n)*?  )?(?:hosts|ansible\.builtin\.import_playbook):",
    select=select,
    tiers={
        "library": "iac_gym.languages.ansible.tool:ask_ansible",
        "tool": "iac_gym.languages.ansible.tool:ask_ansible",
    },
)
