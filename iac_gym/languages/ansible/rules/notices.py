"""What cannot be judged, or is only warned of."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def roles_are_not_seen(project: Project) -> Findings:
    """Roles that the answer does not hold cannot be judged.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html

    Bad::

        - hosts: web
          roles:
            - geerlingguy.nginx

    Good::

        - hosts: web
          roles:
            - nginx
        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.ping:
    """
    return project.examine().get("roles-are-not-seen", ())


@rule(Stage.NOTICE)
def files_are_not_seen(project: Project) -> Findings:
    """Files that the answer does not hold cannot be judged.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.import_tasks: tasks/install.yml

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("files-are-not-seen", ())


@rule(Stage.NOTICE)
def handlers_are_not_seen(project: Project) -> Findings:
    """Handlers may stand in a role or file that the answer does not hold.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_handlers.html

    Bad::

        - hosts: web
          roles:
            - geerlingguy.nginx
          tasks:
            - ansible.builtin.command: /usr/local/bin/deploy
              notify: reload nginx

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.command: /usr/local/bin/deploy
              notify: reload nginx
          handlers:
            - name: reload nginx
              ansible.builtin.service:
                name: nginx
                state: reloaded
    """
    return project.examine().get("handlers-are-not-seen", ())


@rule(Stage.NOTICE)
def variables_come_from_outside(project: Project) -> Findings:
    """Variables that nothing in the answer sets must come from outside.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ release }}"

    Good::

        - hosts: web
          vars:
            release: "1.4"
          tasks:
            - ansible.builtin.debug:
                msg: "{{ release }}"
    """
    return project.examine().get("variables-come-from-outside", ())


@rule(Stage.NOTICE)
def plugins_are_not_seen(project: Project) -> Findings:
    """Plugins of other projects cannot be judged.

    Source: https://docs.ansible.com/ansible/latest/plugins/plugins.html

    Bad::

        - hosts: web
          strategy: mitogen_linear
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("plugins-are-not-seen", ())


@rule(Stage.NOTICE)
def keys_are_given_once(project: Project) -> Findings:
    """No mapping gives a key twice: ansible-core warns and takes the last one.

    Source: https://docs.ansible.com/ansible/latest/reference_appendices/config.html#duplicate-yaml-dict-key

    Bad::

        - hosts: web
          hosts: db
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.ping:
    """
    return project.examine().get("keys-are-given-once", ())


@rule(Stage.NOTICE)
def failures_are_forgiven(project: Project) -> Findings:
    """What fails when it runs stands in no task whose errors are ignored or rescued.

    Such a task fails on every host, and the play goes on as if nothing were wrong. The same
    mistakes in a task with `when: false` are never found.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.stat:
                path2: /etc/hosts
              ignore_errors: true

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.stat:
                path: /etc/hosts
              ignore_errors: true
    """
    return project.examine().get("failures-are-forgiven", ())


@rule(Stage.NOTICE)
def types_of_arguments_exist(project: Project) -> Findings:
    """The type of an argument that nobody gives exists: ansible-core looks at it only then.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-argument-validation

    Bad::

        # file: roles/web/meta/argument_specs.yml
        argument_specs:
          main:
            options:
              http_port:
                type: integer

    Good::

        # file: roles/web/meta/argument_specs.yml
        argument_specs:
          main:
            options:
              http_port:
                type: int
    """
    return project.examine().get("types-of-arguments-exist", ())
