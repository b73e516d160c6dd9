"""Rules about keywords, actions, loops and names: what ansible-core checks entry by entry."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def playbooks_hold_plays(project: Project) -> Findings:
    """Every entry of a playbook is a play or an `import_playbook`.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/__init__.py

    Bad::

        - ping
        - hosts: web
          tasks: []

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("playbooks-hold-plays", ())


@rule(Stage.SCHEMA)
def plays_name_hosts(project: Project) -> Findings:
    """Every play names its hosts as text or as a list of texts, and not none.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/play.py

    Bad::

        - name: Web servers
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("plays-name-hosts", ())


@rule(Stage.SCHEMA)
def keywords_are_known(project: Project) -> Findings:
    """Every key is a keyword of its place, or the module of a task.

    Source: https://docs.ansible.com/ansible/latest/reference_appendices/playbooks_keywords.html

    Bad::

        - hosts: web
          task:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("keywords-are-known", ())


@rule(Stage.SCHEMA)
def keyword_values_fit(project: Project) -> Findings:
    """The value of a keyword can be converted to the keyword's type.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/base.py

    Bad::

        - hosts: web
          become: maybe
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          become: "yes"
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("keyword-values-fit", ())


@rule(Stage.SCHEMA)
def task_lists_are_lists(project: Project) -> Findings:
    """Lists of tasks are lists of mappings.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/helpers.py

    Bad::

        - hosts: web
          tasks:
            ansible.builtin.ping:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("task-lists-are-lists", ())


@rule(Stage.SCHEMA)
def blocks_are_whole(project: Project) -> Findings:
    """`rescue` and `always` stand beside a `block`, and the three are lists.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_blocks.html

    Bad::

        - hosts: web
          tasks:
            - rescue:
                - ansible.builtin.ping:

    Good::

        - hosts: web
          tasks:
            - block:
                - ansible.builtin.command: /usr/local/bin/migrate
              rescue:
                - ansible.builtin.ping:
    """
    return project.examine().get("blocks-are-whole", ())


@rule(Stage.SCHEMA)
def tasks_have_one_action(project: Project) -> Findings:
    """Every task calls exactly one module.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/parsing/mod_args.py

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
              ansible.builtin.setup:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("tasks-have-one-action", ())


@rule(Stage.SCHEMA)
def arguments_are_readable(project: Project) -> Findings:
    """The arguments of a module are a mapping, or text whose quotes are closed.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/parsing/mod_args.py

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.shell: echo don't

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.shell: echo "don't"
    """
    return project.examine().get("arguments-are-readable", ())


@rule(Stage.SCHEMA)
def loops_are_right(project: Project) -> Findings:
    """A task has at most one loop, over a list; imports have none.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_loops.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ item }}"
              loop: nginx

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ item }}"
              loop: [nginx]
    """
    return project.examine().get("loops-are-right", ())


@rule(Stage.SCHEMA)
def includes_are_right(project: Project) -> Findings:
    """Imports and includes name what they bring, and have only the keywords that they take.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/task_include.py

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.include_role:
                name: nginx
              become: true

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.include_role:
                name: nginx
                apply:
                  become: true
        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.ping:
    """
    return project.examine().get("includes-are-right", ())


@rule(Stage.SCHEMA)
def variables_are_named_right(project: Project) -> Findings:
    """Names of variables hold letters, digits and `_`, and do not start with a digit.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#valid-variable-names

    Bad::

        - hosts: web
          vars:
            http-port: 80
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          vars:
            http_port: 80
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("variables-are-named-right", ())


@rule(Stage.SCHEMA)
def roles_are_named(project: Project) -> Findings:
    """Every entry of `roles` and `dependencies` names a role.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/role/definition.py

    Bad::

        - hosts: web
          roles:
            - become: true

    Good::

        - hosts: web
          roles:
            - role: community.postgresql.server
              become: true
    """
    return project.examine().get("roles-are-named", ())


@rule(Stage.SCHEMA)
def plugins_are_known(project: Project) -> Findings:
    """Filters, tests, lookups, strategies, and ways to connect and to become exist.

    Source: https://docs.ansible.com/ansible/latest/plugins/plugins.html

    Bad::

        - hosts: web
          become_method: sodu
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          become_method: sudo
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("plugins-are-known", ())


@rule(Stage.SEMANTICS)
def meta_actions_exist(project: Project) -> Findings:
    """`meta` names one of its actions, `end_role` only in a role.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/meta_module.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.meta: flush_handler

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.meta: flush_handlers
    """
    return project.examine().get("meta-actions-exist", ())


@rule(Stage.SEMANTICS)
def actions_have_what_they_need(project: Project) -> Findings:
    """`set_fact` sets a variable.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/set_fact_module.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.set_fact:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.set_fact:
                http_port: 80
    """
    return project.examine().get("actions-have-what-they-need", ())
