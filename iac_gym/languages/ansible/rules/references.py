"""Rules about names: roles, files, handlers and variables that something must bring."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def roles_exist(project: Project) -> Findings:
    """A role that is named is one of the answer's roles, and not one with a slip in its name.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html

    Bad::

        - hosts: web
          roles:
            - ngnix
        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.ping:

    Good::

        - hosts: web
          roles:
            - nginx
        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.ping:
    """
    return project.examine().get("roles-exist", ())


@rule(Stage.REFERENCES)
def included_files_exist(project: Project) -> Findings:
    """A file that a role imports, includes or renders is among its files.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse.html

    Bad::

        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.import_tasks: instal.yml
        # file: roles/nginx/tasks/install.yml
        - ansible.builtin.ping:

    Good::

        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.import_tasks: install.yml
        # file: roles/nginx/tasks/install.yml
        - ansible.builtin.ping:
    """
    return project.examine().get("included-files-exist", ())


@rule(Stage.REFERENCES)
def imports_make_no_circle(project: Project) -> Findings:
    """No file of tasks, playbook or role brings itself.

    Source: https://github.com/ansible/ansible/blob/v2.19.14/lib/ansible/playbook/role/__init__.py

    Bad::

        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.import_tasks: main.yml

    Good::

        # file: roles/nginx/tasks/main.yml
        - ansible.builtin.import_tasks: install.yml
        # file: roles/nginx/tasks/install.yml
        - ansible.builtin.ping:
    """
    return project.examine().get("imports-make-no-circle", ())


@rule(Stage.REFERENCES)
def handlers_exist(project: Project) -> Findings:
    """What a task notifies is the name or a topic of a handler that its play sees.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_handlers.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.command: /usr/local/bin/deploy
              notify: Restart nginx
          handlers:
            - name: Restart Nginx
              ansible.builtin.service:
                name: nginx
                state: restarted

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.command: /usr/local/bin/deploy
              notify: Restart nginx
          handlers:
            - name: Restart nginx
              ansible.builtin.service:
                name: nginx
                state: restarted
    """
    return project.examine().get("handlers-exist", ())


@rule(Stage.REFERENCES)
def variables_are_set(project: Project) -> Findings:
    """A variable is not one that nothing sets while a very similar name is set.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html

    Bad::

        - hosts: web
          vars:
            document_root: /srv/www
          tasks:
            - ansible.builtin.file:
                path: "{{ documnet_root }}"
                state: directory

    Good::

        - hosts: web
          vars:
            document_root: /srv/www
          tasks:
            - ansible.builtin.file:
                path: "{{ document_root }}"
                state: directory
    """
    return project.examine().get("variables-are-set", ())


@rule(Stage.REFERENCES)
def loop_variables_have_a_loop(project: Project) -> Findings:
    """`item` is used in tasks that have a loop over it.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_loops.html

    Bad::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ item }}"

    Good::

        - hosts: web
          tasks:
            - ansible.builtin.debug:
                msg: "{{ item }}"
              loop: [nginx, redis]
    """
    return project.examine().get("loop-variables-have-a-loop", ())
