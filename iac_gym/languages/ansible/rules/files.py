"""Rules about files that are no playbooks: inventories, variables, requirements, settings."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def files_hold_what_they_should(project: Project) -> Findings:
    """Files of variables and metadata hold mappings.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/role/__init__.py

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
        # file: group_vars/web.yml
        - http_port: 80

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
        # file: group_vars/web.yml
        http_port: 80
    """
    return project.examine().get("files-hold-what-they-should", ())


@rule(Stage.SCHEMA)
def inventories_are_readable(project: Project) -> Findings:
    """Inventories are what the plugins `ini` and `yaml` read.

    Source: https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html

    Bad::

        # file: inventory.ini
        [web]
        web1.example.com ansible_user

    Good::

        # file: inventory.ini
        [web]
        web1.example.com ansible_user=deploy
    """
    return project.examine().get("inventories-are-readable", ())


@rule(Stage.SCHEMA)
def requirements_are_right(project: Project) -> Findings:
    """`requirements.yml` lists roles and collections by name.

    Source: https://docs.ansible.com/ansible/latest/galaxy/user_guide.html#install-multiple-collections-with-a-requirements-file

    Bad::

        # file: requirements.yml
        collections:
          - version: 1.0.0

    Good::

        # file: requirements.yml
        collections:
          - name: community.general
            version: 1.0.0
    """
    return project.examine().get("requirements-are-right", ())


@rule(Stage.SCHEMA)
def the_configuration_is_readable(project: Project) -> Findings:
    """`ansible.cfg` holds sections of `key = value`, each once.

    Source: https://docs.ansible.com/ansible/latest/reference_appendices/config.html

    Bad::

        # file: ansible.cfg
        inventory = hosts

    Good::

        # file: ansible.cfg
        [defaults]
        inventory = hosts
    """
    return project.examine().get("the-configuration-is-readable", ())


@rule(Stage.SCHEMA)
def argument_specs_are_right(project: Project) -> Findings:
    """Argument specifications of roles are mappings of options with types that exist.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-argument-validation

    Bad::

        # file: roles/web/meta/argument_specs.yml
        argument_specs:
          main:
            options:
              http_port:
                type: integer
                required: true

    Good::

        # file: roles/web/meta/argument_specs.yml
        argument_specs:
          main:
            options:
              http_port:
                type: int
                required: true
    """
    return project.examine().get("argument-specs-are-right", ())
