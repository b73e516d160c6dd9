"""Rules about modules and their options: do they exist, are they given, do they fit?"""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def modules_exist(project: Project) -> Findings:
    """Every module exists: in ansible-core, or in the collection that its name says.

    ansible-core refuses a task whose action it cannot resolve before anything runs. A short name
    stands for a module of ansible-core, or for one that was moved and is redirected.

    Source: https://docs.ansible.com/ansible/latest/collections_guide/collections_using_playbooks.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.copyy: {src: a, dest: /b}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.copy: {src: a, dest: /b}
    """
    yield from project.examine().get("modules-exist", ())


@rule(Stage.SCHEMA)
def options_are_known(project: Project) -> Findings:
    """A module has every option that a task gives it.

    `Unsupported parameters` is what the module itself says, at the first host it runs on. Names of
    options inside of mappings count too where the module describes them.

    Source: https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.file: {path: /srv, state: directory, permissions: "0755"}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.file: {path: /srv, state: directory, mode: "0755"}
    """
    yield from project.examine().get("options-are-known", ())


@rule(Stage.SCHEMA)
def required_options_are_given(project: Project) -> Findings:
    """Every option that a module needs is given, also where another option makes it necessary.

    Options that `module_defaults` may give, or the environment of the control node, are left out.

    Source: https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.lineinfile: {line: a}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.lineinfile: {path: /etc/a, line: a}
    """
    yield from project.examine().get("required-options-are-given", ())


@rule(Stage.SCHEMA)
def option_types_are_right(project: Project) -> Findings:
    """A value can be converted to its option's type, as ansible-core converts it.

    `yes` is true, `"8080"` a whole number, `a,b` a list and `k=v` a mapping, but a list is no
    whole number. What a template gives is known at run time only.

    Source: https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.wait_for: {port: http}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.wait_for: {port: "80"}
    """
    yield from project.examine().get("option-types-are-right", ())


@rule(Stage.SCHEMA)
def option_values_are_allowed(project: Project) -> Findings:
    """The value of an option that has choices is one of them.

    Source: https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.systemd: {name: nginx, state: running}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.systemd: {name: nginx, state: started}
    """
    yield from project.examine().get("option-values-are-allowed", ())


@rule(Stage.SCHEMA)
def options_fit_together(project: Project) -> Findings:
    """Options that exclude each other are not both given, and those that need each other are.

    Source: https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.copy: {src: a, content: b, dest: /c}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.copy: {content: b, dest: /c}
    """
    yield from project.examine().get("options-fit-together", ())


@rule(Stage.NOTICE)
def modules_are_known(project: Project) -> Findings:
    """A module of a collection that is not known here was not examined.

    Source: https://docs.ansible.com/ansible/latest/collections/index.html
    Bad::

        - hosts: all
          tasks:
            - acme.tools.widget: {size: 3}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.ping:
    """
    yield from project.examine().get("modules-are-known", ())
