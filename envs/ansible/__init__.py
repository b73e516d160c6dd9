"""The environment `IaC-Ansible-v0`: playbooks, roles, inventories and requirements of Ansible."""

from __future__ import annotations

from envs.ansible import families, requirements
from iac_gym.category import category
from iac_gym.env import IaCEnv

CATEGORY = category("IaC-Ansible-v0", "ansible", requirements.MODULES, *families.MODULES)


class AnsibleEnv(IaCEnv):
    """Playbooks, roles, inventories and requirements of Ansible.

    ## Description
    A task asks for a playbook, a role, a small project, an inventory, what Galaxy shall provide, or
    the settings of a project: packages, services, files, accounts, firewalls, databases,
    containers, rolling updates, ways back from failures, ... The answer is read as ansible-core
    reads it, and the options of every module are checked by the modules' own specifications;
    nothing is executed. What a task asks for is looked for in the tasks that certainly run, with
    their variables, loops and role defaults put in: a task with a condition that cannot hold, or
    whose failure is ignored, does not count.

    ## Action Space
    Any text: the answer of the agent, a file alone or in one fenced code block; several files in a
    fenced block each, under their paths.

    ## Observation Space
    Any text: the instruction of the task; after an answer, the report of its verification.

    ## Rewards
    `0.4 * syntax + 0.3 * correctness + 0.3 * format`, each part between 0 and 1 and proportional to
    the share of the requirements that are met. An answer that Ansible would reject
    stays below 0.5; text that does not parse earns 0.

    ## Starting State
    `reset(seed=...)` draws a task of the split `train`. The options `split`, `family`, `difficulty`
    and `task_id` narrow the choice.

    ## Episode End
    An episode ends after `max_turns` answers (1 by default), or as soon as an answer solves the
    task.

    ## Arguments
    `split`, `families`, `levels`, `max_turns`, `alpha`, `beta`, `gamma`, `render_mode`: see
    `iac_gym.env.IaCEnv`.

    ## Version History
    * v0: first version.
    """

    category = CATEGORY
