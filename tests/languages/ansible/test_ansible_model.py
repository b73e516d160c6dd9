"""What requirements read: plays and tasks in one normal form, whatever the spelling."""

from __future__ import annotations

import pytest

from iac_gym.languages.ansible.effective import Task
from iac_gym.languages.ansible.evaluate_values import Unknown
from iac_gym.languages.ansible.parse import parse
from iac_gym.languages.ansible.play import Play

HEAD = "- hosts: web\n"


def play_of(text: str, **files: str) -> Play:
    """Return the first play; names of other files are given with `__` for `/`."""
    others = {name.replace("__", "/") + ".yml": content for name, content in files.items()}
    return parse({"playbook.yml": text, **others}).plays[0]


def task_of(text: str, **files: str) -> Task:
    """Return the first task of a play with these tasks (a YAML list)."""
    lines = "".join(f"    {line}\n" for line in text.strip("\n").split("\n"))
    return play_of(f"{HEAD}  tasks:\n{lines}", **files).every_task[0]


@pytest.mark.parametrize(
    "text",
    [
        "- ansible.builtin.copy: {src: a, dest: /b}",
        "- copy: src=a dest=/b",
        "- action: copy src=a dest=/b",
        "- action: {module: copy, src: a, dest: /b}",
        "- copy: src=a\n  args: {dest: /b}",
        "- ansible.legacy.copy:\n    src: a\n  args:\n    dest: /b\n    src: ignored",
        "- copy: {dest: '{{ place }}', src: a}\n  vars: {place: /b}",
        "- copy: {dest: /b}\n  module_defaults: {ansible.builtin.copy: {src: a}}",
    ],
)
def test_spellings_of_arguments_are_one(text: str) -> None:
    task = task_of(text)
    assert task.module == "ansible.builtin.copy"
    assert task.runs == ({"src": "a", "dest": "/b"},)


def test_a_command_is_raw_and_its_options_are_parted() -> None:
    task = task_of('- shell: echo "a b" > /tmp/x creates=/tmp/x n=1')
    assert task.module == "ansible.builtin.shell"
    assert task.runs[0]["creates"] == "/tmp/x"
    assert task.runs[0]["_raw_params"] == 'echo "a b" > /tmp/x n=1'


def test_local_action_delegates() -> None:
    task = task_of("- local_action: command uptime")
    assert (task.module, task.delegate_to) == ("ansible.builtin.command", "localhost")


def test_unknown_parts_of_a_value_stay_visible() -> None:
    task = task_of("- debug: {msg: '{{ inventory_hostname }}:{{port}}'}\n  vars: {port: 80}")
    message = task.runs[0]["msg"]
    assert isinstance(message, Unknown)
    assert message == "{{ inventory_hostname }}:80"


def test_omit_leaves_an_option_out() -> None:
    task = task_of("- file: {path: /a, mode: '{{ mode | default(omit) }}', owner: root}")
    assert task.runs == ({"path": "/a", "owner": "root"},)


@pytest.mark.parametrize(
    ("loop", "names"),
    [
        ("loop: [a, b]", ["a", "b"]),
        ("with_items: [a, [b, c]]", ["a", "b", "c"]),
        ("with_list: [a]", ["a"]),
        ("loop: '{{ wanted }}'\n  vars: {wanted: [a, b]}", ["a", "b"]),
        ('loop: \'{{ ["a"] + ["b"] }}\'', ["a", "b"]),
    ],
)
def test_each_item_of_a_known_loop_is_a_run(loop: str, names: list[str]) -> None:
    task = task_of(f"- debug: {{msg: '{{{{ item }}}}'}}\n  {loop}")
    assert [run["msg"] for run in task.runs] == names


def test_pairs_of_a_mapping_and_an_index() -> None:
    task = task_of("- debug: {msg: '{{ item.key }}={{ item.value }}'}\n  with_dict: {a: 1, b: 2}")
    assert [run["msg"] for run in task.runs] == ["a=1", "b=2"]
    task = task_of(
        "- debug: {msg: '{{ number }} {{ one }}'}\n  loop: [x, y]\n"
        "  loop_control: {loop_var: one, index_var: number}"
    )
    assert [run["msg"] for run in task.runs] == ["0 x", "1 y"]


def test_a_loop_that_is_not_known_gives_one_run() -> None:
    task = task_of("- debug: {msg: '{{ item }}'}\n  loop: \"{{ groups['web'] }}\"")
    assert task.items is None
    assert task.runs == ({"msg": Unknown("{{ item }}")},)
    assert task.chance == "always"


@pytest.mark.parametrize(
    ("extra", "chance"),
    [
        ("", "always"),
        ("when: true", "always"),
        ("when: false", "never"),
        ("when: 1 == 2", "never"),
        ("when: [true, 'port == 80']\n  vars: {port: 81}", "never"),
        ("when: ansible_facts['os_family'] == 'Debian'", "maybe"),
        ("when: switch | default(false)", "never"),
        ("loop: []", "never"),
        ("tags: [never, debug]", "never"),
        ("tags: [debug]", "always"),
        ("when: [ansible_check_mode, false]", "never"),
    ],
)
def test_chance(extra: str, chance: str) -> None:
    task = task_of(f"- debug: {{msg: hi}}\n  {extra}")
    assert task.chance == chance
    assert (task in task.play.tasks) == (chance != "never")


def test_conditions_are_played_through_with_facts() -> None:
    task = task_of(
        "- debug: {msg: hi}\n  when:\n    - ansible_facts['os_family'] == 'Debian'\n"
        "    - ansible_distribution_major_version | int >= 12"
    )
    assert task.runs_on({"os_family": "Debian", "distribution_major_version": "12"}) is True
    assert (
        task.runs_on({"ansible_os_family": "Debian", "distribution_major_version": "11"}) is False
    )
    assert task.runs_on({"os_family": "RedHat"}) is False
    assert task.runs_on({"os_family": "Debian"}) is None


def test_assertions_are_played_through() -> None:
    task = task_of("- assert: {that: ['ansible_memtotal_mb >= 2048', 'port | int > 0']}")
    assert task.asserts({"memtotal_mb": 4096, "port": 1}) is True
    assert task.asserts({"memtotal_mb": 1024}) is False
    assert task.asserts({"memtotal_mb": 4096}) is None


def test_blocks_give_their_keywords() -> None:
    play = play_of(
        """
- hosts: web
  become: true
  tags: play
  environment: {A: play, B: play}
  tasks:
    - when: ansible_os_family == "Debian"
      become_user: app
      tags: [outer]
      block:
        - command: /bin/a
          tags: inner
          environment: {A: task}
      rescue:
        - command: /bin/b
      always:
        - command: /bin/c
          become: false
"""
    )
    first, rescue, always = play.every_task
    assert (first.become, first.become_user) == (True, "app")
    assert first.tags == {"play", "outer", "inner"}
    assert first.environment == {"A": "task", "B": "play"}
    assert first.when == ('ansible_os_family == "Debian"',)
    assert first.rescued
    assert first.block is not None
    assert first.block.rescue == [rescue]
    assert rescue.in_rescue
    assert (always.in_always, always.become, always.rescued) == (True, False, False)


def test_failures_that_are_passed_over() -> None:
    for extra, forgiven in (
        ("ignore_errors: true", True),
        ("failed_when: false", True),
        ("failed_when: result.rc != 0", False),
        ("ignore_errors: '{{ lax }}'", True),
        ("ignore_errors: 'no'", False),
    ):
        assert task_of(f"- command: /bin/a\n  {extra}").forgiven is forgiven


def test_the_end_of_a_play_is_felt() -> None:
    text = "- ping:\n- meta: end_play\n  when: {}\n- debug: {{msg: hi}}"
    for condition, chance in (("true", "never"), ("done.changed", "maybe"), ("false", "always")):
        lines = text.format(condition).split("\n")
        body = "".join(f"    {line}\n" for line in lines)
        assert play_of(f"{HEAD}  tasks:\n{body}").every_task[-1].chance == chance


# --- roles, imports and includes ------------------------------------------------------------------


def test_order_of_a_play() -> None:
    play = play_of(
        """
- hosts: web
  post_tasks: [{debug: {msg: post}}]
  tasks: [{debug: {msg: task}}]
  roles: [app]
  pre_tasks: [{debug: {msg: pre}}]
""",
        roles__app__tasks__main="- debug: {msg: app}\n",
        roles__app__meta__main="dependencies: [base]\n",
        roles__base__tasks__main="- debug: {msg: base}\n",
    )
    assert [task.runs[0]["msg"] for task in play.tasks] == ["pre", "base", "app", "task", "post"]
    assert [task.section for task in play.tasks] == [
        "pre_tasks", "roles", "roles", "tasks", "post_tasks",
    ]  # fmt: skip
    assert play.roles == ("app",)
    assert play.tasks[1].role == "base"


def test_precedence_of_variables() -> None:
    files = {
        "roles__app__tasks__main": "- debug: {msg: '{{ size }}'}\n",
        "roles__app__defaults__main": "size: 1\n",
    }
    play = play_of("- hosts: web\n  roles: [app]\n", **files)
    assert play.tasks[0].runs == ({"msg": 1},)
    files["group_vars__web"] = "size: 2\n"
    assert play_of("- hosts: web\n  roles: [app]\n", **files).tasks[0].runs == ({"msg": 2},)
    text = "- hosts: web\n  vars: {size: 3}\n  roles: [app]\n"
    assert play_of(text, **files).tasks[0].runs == ({"msg": 3},)
    files["roles__app__vars__main"] = "size: 4\n"
    assert play_of(text, **files).tasks[0].runs == ({"msg": 4},)
    text = "- hosts: web\n  roles: [{role: app, size: 5}]\n"
    assert play_of(text, **files).tasks[0].runs == ({"msg": 5},)


def test_variables_that_differ_between_hosts_are_not_known() -> None:
    play = play_of(
        "- hosts: all\n  tasks: [{debug: {msg: '{{ port }}'}}]\n",
        group_vars__all="port: 1\n",
        group_vars__web="port: 2\n",
    )
    assert play.tasks[0].runs == ({"msg": Unknown("{{ port }}")},)


def test_facts_that_tasks_set() -> None:
    play = play_of(
        """
- hosts: web
  tasks:
    - debug: {msg: "{{ port | default(1) }}"}
    - set_fact: {port: 2}
    - debug: {msg: "{{ port }}"}
    - set_fact: {port: 3}
      when: ansible_os_family == 'Debian'
    - debug: {msg: "{{ port }}"}
"""
    )
    shown = [t.runs[0]["msg"] for t in play.tasks if t.module == "ansible.builtin.debug"]
    assert shown[:2] == [1, 2]
    assert isinstance(shown[2], Unknown)


def test_files_of_variables() -> None:
    play = play_of(
        """
- hosts: web
  vars_files: [vars/main.yml]
  tasks:
    - include_vars: vars/more.yml
    - debug: {msg: "{{ a }}{{ b }}"}
""",
        vars__main="a: x\nb: y\n",
        vars__more="b: z\n",
    )
    assert play.tasks[-1].runs == ({"msg": "xz"},)
    assert play.vars == {"a": "x", "b": "y"}


def test_imports_inherit_and_includes_do_not() -> None:
    play = play_of(
        """
- hosts: web
  tasks:
    - import_tasks: more.yml
      become: true
      when: ansible_os_family == 'Debian'
    - include_tasks: {file: more.yml, apply: {become: true}}
      tags: once
    - include_tasks: more.yml
      loop: [a, b]
      when: false
""",
        more="- debug: {msg: '{{ item | default(0) }}'}\n",
    )
    imported, included, *others = play.every_task
    assert (imported.become, imported.chance) == (True, "maybe")
    assert (included.become, included.tags, included.chance) == (True, frozenset(), "always")
    assert [task.chance for task in others] == ["never", "never"]
    assert [task.runs[0]["msg"] for task in others] == ["a", "b"]


def test_roles_that_are_included() -> None:
    play = play_of(
        """
- hosts: web
  tasks:
    - include_role: {name: app, tasks_from: extra}
      vars: {port: 8080}
      loop: [x, y]
      loop_control: {loop_var: one}
""",
        roles__app__tasks__extra="- debug: {msg: '{{ one }}{{ port }}'}\n  notify: restart\n",
        roles__app__handlers__main="- name: restart\n  debug: {msg: again}\n",
    )
    assert [task.runs[0]["msg"] for task in play.tasks] == ["x8080", "y8080"]
    assert [task.name for task in play.tasks[0].notified] == ["restart"]
    assert [task.action for task in play.bringers] == ["include_role"]


def test_what_cannot_be_followed_stays_a_task() -> None:
    task = task_of("- include_role: {name: community.general.thing}")
    assert task.module == "ansible.builtin.include_role"


def test_a_role_runs_once() -> None:
    files = {"roles__app__tasks__main": "- debug: {msg: '{{ n | default(0) }}'}\n"}
    assert len(play_of("- hosts: web\n  roles: [app, app]\n", **files).tasks) == 1
    text = "- hosts: web\n  roles: [{role: app, n: 1}, {role: app, n: 2}]\n"
    assert [t.runs[0]["msg"] for t in play_of(text, **files).tasks] == [1, 2]


def test_a_role_alone_is_a_play() -> None:
    project = parse(
        {
            "roles/app/tasks/main.yml": "- debug: {msg: '{{ port }}'}\n",
            "roles/app/defaults/main.yml": "port: 80\n",
        }
    )
    (play,) = project.plays
    assert (play.implied, play.hosts, play.roles) == (True, ("all",), ("app",))
    assert play.tasks[0].runs == ({"msg": 80},)
    assert project.roles["app"].defaults == {"port": 80}


def test_handlers_by_name_and_topic() -> None:
    play = play_of(
        """
- hosts: web
  tasks:
    - command: /bin/a
      notify: [web changed, "restart {{ unit }}"]
      vars: {unit: app}
  handlers:
    - name: second
      listen: web changed
      debug: {msg: 2}
    - name: restart app
      debug: {msg: 3}
    - name: never asked
      debug: {msg: 4}
"""
    )
    assert [task.name for task in play.tasks[0].notified] == ["second", "restart app"]
    assert play.handlers[0].chance == "maybe"


def test_plays_of_imported_playbooks() -> None:
    project = parse(
        {
            "site.yml": "- import_playbook: web.yml\n  when: ansible_os_family == 'Debian'\n"
            "  vars: {port: 1}\n- hosts: db\n  tasks: [{ping: }]\n",
            "web.yml": "- hosts: web\n  tasks: [{debug: {msg: '{{ port }}'}}]\n",
        }
    )
    assert [play.hosts for play in project.plays] == [("web",), ("db",)]
    first = project.plays[0].tasks[0]
    assert (first.chance, first.runs) == ("maybe", ({"msg": 1},))


def test_keywords_of_a_play() -> None:
    play = play_of(
        "- hosts: [web, 'db:!old']\n  gather_facts: no\n  serial: '{{ batch }}'\n"
        "  user: deploy\n  vars: {batch: 2}\n"
    )
    assert play.hosts == ("web", "db", "!old")
    assert play.keywords == {"gather_facts": False, "serial": [2], "remote_user": "deploy"}


def test_templates_and_their_variables() -> None:
    project = parse(
        {
            "playbook.yml": "- hosts: web\n  tasks:\n    - template: {src: a.j2, dest: /a}\n",
            "templates/a.j2": "{# a note #}port {{ port }}\n"
            "{% for u in users %}{{ u }}{% endfor %}",
        }
    )
    template = project.template_of(project.tasks[0], "a.j2")
    assert template is not None
    assert template.names == {"port", "users"}
    assert "a note" not in template.literal


def test_a_circle_of_roles_ends() -> None:
    project = parse(
        {
            "roles/a/meta/main.yml": "dependencies: [b]\n",
            "roles/a/tasks/main.yml": "- ping:\n",
            "roles/b/meta/main.yml": "dependencies: [a]\n",
            "roles/b/tasks/main.yml": "- include_role: {name: a}\n",
            "site.yml": "- hosts: web\n  roles: [a]\n",
        }
    )
    assert [task.module for task in project.plays[0].tasks] == ["ansible.builtin.ping"]
