"""All checks of a project, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.ansible.check_expressions import Uses, check_surroundings, check_task_texts
from iac_gym.languages.ansible.check_files import check_files
from iac_gym.languages.ansible.check_keywords import check_blocks, check_plays
from iac_gym.languages.ansible.check_references import check_references
from iac_gym.languages.ansible.check_roles import check_roles, role_trees
from iac_gym.languages.ansible.check_tasks import check_task
from iac_gym.languages.ansible.check_variables import check_variables
from iac_gym.languages.ansible.forgiven import forgive
from iac_gym.languages.ansible.options import check_options
from iac_gym.languages.ansible.risks import check_risks
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project


def examine(project: Project) -> None:
    """Fill `project.faults`."""
    check_plays(project)
    check_blocks(project)
    used: list[tuple[Written, Uses]] = []
    for task in project.written_tasks:
        check_task(project, task)
        used.append((task, check_task_texts(project, task)))
    trees: list[tuple[str, YamlMap]] = [(one.path, one.tree) for one in project.written_blocks]
    trees += role_trees(project)
    check_surroundings(project, trees)
    check_roles(project)
    check_files(project)
    check_references(project)
    check_variables(project, used)
    check_options(project)
    forgive(project)
    check_risks(project)
