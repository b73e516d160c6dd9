"""Rules about conditions and templates."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def templates_are_readable(project: Project) -> Findings:
    """Texts with `{{ }}` and `{% %}`, and templates, are what Jinja reads.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_templating.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ inventory_hostname"

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ inventory_hostname }}"
    """
    return project.examine().get("templates-are-readable", ())


@rule(Stage.SEMANTICS)
def conditions_are_readable(project: Project) -> Findings:
    """Conditions are expressions that Jinja reads, and not empty.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_conditionals.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
              when: inventory_hostname = "web1"

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
              when: inventory_hostname == "web1"
    """
    return project.examine().get("conditions-are-readable", ())


@rule(Stage.SEMANTICS)
def conditions_give_true_or_false(project: Project) -> Findings:
    """Conditions give true or false: ansible-core 2.19 refuses numbers, texts and lists.

    Source: https://docs.ansible.com/ansible/latest/porting_guides/porting_guide_core_2.19.html#broken-conditionals

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
              when: groups['web'] | length

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
              when: groups['web'] | length > 0
    """
    return project.examine().get("conditions-give-true-or-false", ())
