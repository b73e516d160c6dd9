"""Requirements about commands and the course of plays."""

from __future__ import annotations

import pytest

from tests.envs.ansible.answers import Case, judge

CMD = {"command": "/opt/a/bin/setup --init"}
RUN = "- command: /opt/a/bin/setup --init\n"
ON_FIRST = "  when: inventory_hostname == %s\n"
RESCUE = """
- block:
    - command: up --to 2
  rescue:
    %s
"""
CASES = (
    Case("command-runs", CMD, (
        RUN, "- shell: /opt/a/bin/setup  --init && echo done", "- ansible.builtin.command:\n"
        "    argv: [/opt/a/bin/setup, --init]",
        "- command:\n    cmd: /opt/a/bin/setup --init\n    creates: /x",
        "- command: '{{ tool }} --init'\n  vars: {tool: /opt/a/bin/setup}",
        "- raw: /opt/a/bin/setup --init",
        "- stat: {path: /x}\n  register: mark\n" + RUN + "  when: not mark.stat.exists",
        "- hosts: web\n  tasks:\n    - block:\n        - command: /opt/a/bin/setup --init\n"
        "      rescue:\n        - debug: msg=x",
    ), (
        "- shell: /opt/a/bin/setup --init || true", "- shell: '# /opt/a/bin/setup --init'",
        "- command: echo /opt/a/bin/setup --init", "- command: /opt/a/bin/setup --init --dry-run",
        RUN + "  delegate_to: localhost", "- local_action: command /opt/a/bin/setup --init",
        "- shell: false && /opt/a/bin/setup --init", "- debug: msg='/opt/a/bin/setup --init'",
        "- hosts: localhost\n  tasks:\n    - command: /opt/a/bin/setup --init\n"
        "- hosts: web\n  tasks:\n    - ping:",
        "- block:\n    - debug: msg=x\n  rescue:\n    - command: /opt/a/bin/setup --init",
        "- fail: msg=stop\n" + RUN,
        "- meta: end_play\n" + RUN,
    )),
    Case("command-creates", CMD | {"path": "/x"}, (
        "- command: /opt/a/bin/setup --init creates=/x", RUN + "  args: {creates: /x}",
        "- stat: {path: /x}\n  register: mark\n" + RUN + "  when: not mark.stat.exists | bool",
        "- stat: path=/x\n  register: m\n" + RUN + "  when: m.stat.exists == false",
    ), (RUN, RUN + "  args: {creates: /y}", RUN + "  args: {removes: /x}",
        "- stat: {path: /y}\n  register: mark\n" + RUN + "  when: not mark.stat.exists",
        "- stat: {path: /x}\n  register: mark\n" + RUN + "  when: mark.stat.exists")),
    Case("command-in", CMD | {"folder": "/srv/a"}, (
        RUN + "  args:\n    chdir: /srv/a/", "- shell: /opt/a/bin/setup --init chdir=/srv/a",
    ), (RUN, RUN + "  args: {chdir: /srv}")),
    Case("command-as", CMD | {"user": "app"}, (
        RUN + "  become: true\n  become_user: app",
        "- hosts: web\n  become: true\n  tasks:\n    - command: /opt/a/bin/setup --init\n"
        "      become_user: app",
        "- block:\n    - command: /opt/a/bin/setup --init\n  become: yes\n  become_user: app",
        RUN + "  remote_user: app",
    ), (RUN + "  become_user: app", RUN + "  become: true",
        RUN + "  become: false\n  become_user: app", RUN + "  remote_user: app\n  become: true")),
    Case("command-changes-nothing", CMD,
         (RUN + "  changed_when: false", RUN + "  changed_when: 'false'",
          RUN + "  changed_when: no"),
         (RUN, RUN + "  changed_when: true", RUN + "  changed_when: r.rc == 0\n  register: r")),
    Case("command-once", CMD, (
        RUN + "  run_once: true", RUN + ON_FIRST % "groups['web'][0]",
        RUN + ON_FIRST % "ansible_play_hosts_all | first", RUN + ON_FIRST % "ansible_play_hosts[0]",
    ), (RUN, RUN + "  run_once: false", RUN + ON_FIRST % "'web01'")),
    Case("command-delegated", CMD | {"host": "lb01"},
         (RUN + "  delegate_to: lb01", RUN + "  delegate_to: '{{ lb }}'\n  vars: {lb: lb01}"),
         (RUN, RUN + "  delegate_to: lb02", RUN + "  delegate_to: localhost")),
    Case("command-delegated", CMD | {"host": "localhost"}, (
        RUN + "  delegate_to: localhost", RUN + "  delegate_to: 127.0.0.1", RUN
        + "  connection: local",
        "- local_action: command /opt/a/bin/setup --init",
        "- hosts: localhost\n  tasks:\n    - command: /opt/a/bin/setup --init",
    ), (RUN, RUN + "  delegate_to: lb02")),
    Case("command-retried", CMD | {"retries": 5, "delay": 10}, (
        RUN + "  register: r\n  until: r is succeeded\n  retries: 5\n  delay: 10",
        RUN + "  register: r\n  until: r.rc == 0\n  retries: '{{ n }}'\n  delay: 10\n"
        "  vars: {n: 5}", RUN + "  retries: 5\n  delay: 10",
    ), (RUN, RUN + "  until: true\n  retries: 5\n  delay: 10", RUN + "  retries: 5",
        RUN + "  register: r\n  until: r is succeeded\n  retries: 3\n  delay: 10")),
    Case("command-in-background", CMD | {"seconds": 900, "poll": 10},
         (RUN + "  async: 900\n  poll: 10",), (RUN + "  async: 900",
                                               RUN + "  async: 900\n  poll: 0",
                                              RUN + "  poll: 10")),
    Case("command-environment", CMD | {"name": "A", "value": "b"}, (
        RUN + "  environment: {A: b}", RUN + "  environment: {A: '{{ v }}'}\n  vars: {v: b}",
        "- hosts: web\n  environment: {A: b}\n  tasks:\n    - command: /opt/a/bin/setup --init",
    ), (RUN, RUN + "  environment: {A: c}", RUN + "  vars: {A: b}")),
    Case("command-tagged", CMD | {"tag": "t"}, (
        RUN + "  tags: t", RUN + "  tags: [s, t]",
        "- block:\n    - command: /opt/a/bin/setup --init\n  tags: t",
    ), (RUN, RUN + "  tags: tt", RUN + "  tags: [never, t]")),
    Case("command-not-logged", CMD, (RUN + "  no_log: true",), (RUN, RUN + "  no_log: false")),
    Case("command-registered", CMD | {"name": "out"}, (RUN + "  register: out",),
         (RUN, RUN + "  register: other")),
    Case("command-before", {"first": "a on", "second": "b off"}, (
        "- command: a on\n- command: b off", "- shell: a on\n- shell: b off",
        "- hosts: web\n  post_tasks:\n    - command: b off\n  pre_tasks:\n    - command: a on",
        "- hosts: web\n  tasks:\n    - command: a on\n- hosts: web\n  tasks:\n    - command: b off",
    ), ("- command: b off\n- command: a on", "- command: a on",
        "- hosts: web\n  pre_tasks:\n    - command: b off\n  tasks:\n    - command: a on")),
    Case("failure-rescued", {"command": "up --to 2", "remedy": "up --back"}, (
        RESCUE % "- command: up --back", RESCUE % "- shell: up --back\n    - fail: msg=x",
        "- block:\n    - block:\n        - command: up --to 2\n  rescue:\n    - command: up --back",
        RESCUE % "- debug: msg=x\n    - command: up --back\n      become: true",
    ), (
        RESCUE % "- command: up --back\n      when: false",
        RESCUE % "- command: up --back\n      when: ansible_os_family == 'Debian'",
        RESCUE % "- fail: msg=x\n    - command: up --back",
        RESCUE % "- debug: msg='up --back'",
        "- block:\n    - command: up --back\n  rescue:\n    - command: up --to 2",
        "- block:\n    - command: up --to 2\n  always:\n    - command: up --back",
        "- command: up --to 2\n- command: up --back",
        "- block:\n    - command: up --to 2\n      ignore_errors: true\n  rescue:\n"
        "    - command: up --back",
    )),
    Case("always-cleaned", {"command": "up --to 2", "cleanup": "down"}, (
        "- block:\n    - command: up --to 2\n  always:\n    - command: down",
        "- block:\n    - command: up --to 2\n  rescue:\n    - debug: msg=x\n  always:\n"
        "    - shell: down",
    ), ("- command: up --to 2\n- command: down",
        "- block:\n    - command: up --to 2\n  rescue:\n    - command: down",
        "- block:\n    - command: up --to 2\n  always:\n    - command: down\n"
        "      when: x is defined")),
    Case("failure-reported", {"command": "up --to 2", "message": "no luck"}, (
        RESCUE % "- command: up --back\n    - fail: {msg: no luck}",
        RESCUE % "- ansible.builtin.fail: msg='no luck'",
    ), (
        RESCUE % "- debug: {msg: no luck}", RESCUE % "- fail: {msg: other}",
        RESCUE % "- fail: {msg: no luck}\n      ignore_errors: true",
        RESCUE % "- fail: {msg: no luck}\n      when: false",
        "- command: up --to 2\n- fail: {msg: no luck}",
    )),
    Case("waits-for-port", {"port": 8080, "seconds": 60}, (
        "- wait_for: {port: 8080, timeout: 60}", "- wait_for: port=8080 timeout=60 state=started",
        "- wait_for: {host: '{{ inventory_hostname }}', port: 8080, timeout: 60}\n"
        "  delegate_to: localhost",
    ), (
        "- wait_for: {port: 8080}", "- wait_for: {port: 8081, timeout: 60}",
        "- wait_for: {port: 8080, timeout: 60, state: absent}",
        "- wait_for: {port: 8080, timeout: 60}\n  delegate_to: localhost",
        "- wait_for: {host: db.example.com, port: 8080, timeout: 60}",
    )),
    Case("url-answers",
         {"url": "http://localhost:80/h", "status": 204, "retries": 5, "delay": 3}, (
        "- uri: {url: 'http://localhost:80/h', status_code: 204}\n  register: r\n"
        "  until: r.status == 204\n  retries: 5\n  delay: 3",
        "- uri: {url: 'http://localhost:80/h', status_code: [204]}\n  register: r\n"
        "  until: r is succeeded\n  retries: 5\n  delay: 3",
        "- uri: url=http://localhost:80/h status_code=200,204\n  register: r\n"
        "  until: r.status == 204\n  retries: 5\n  delay: 3",
    ), (
        "- uri: {url: 'http://localhost:80/h'}\n  register: r\n  until: r.status == 204\n"
        "  retries: 5\n  delay: 3",
        "- uri: {url: 'http://localhost:80/h', status_code: 204}",
        "- uri: {url: 'http://localhost:80/h', status_code: [200, 204]}\n  register: r\n"
        "  until: r is succeeded\n  retries: 5\n  delay: 3",
        "- uri: {url: 'http://localhost:80/h', status_code: 204}\n  register: r\n"
        "  until: r.status == 204\n  retries: 5\n  delay: 3\n  delegate_to: localhost",
    )),
    Case("variable-demanded", {"name": "v", "message": "v is missing"}, (
        "- assert: {that: v is defined, fail_msg: v is missing}",
        "- assert:\n    that: [v is defined, v | length > 0]\n    msg: v is missing",
        "- assert: {that: [v is defined and v != ''], fail_msg: v is missing, quiet: true}",
        "- fail: {msg: v is missing}\n  when: v is not defined",
        "- fail: msg='v is missing'\n  when: v is undefined or v | length == 0",
        "- fail: {msg: v is missing}\n  when: v | default('') | length == 0",
        "- fail: {msg: v is missing}\n  when: \"'v' not in vars\"",
        "- assert: {that: \"vars['v'] is defined\", fail_msg: v is missing}",
        "- assert: {that: v is defined, fail_msg: v is missing}\n  run_once: true",
    ), (
        "- assert: {that: w is defined, fail_msg: v is missing}",
        "- assert: {that: v is defined or true, fail_msg: v is missing}",
        "- assert: {that: v is not defined, fail_msg: v is missing}",
        "- fail: {msg: v is missing}\n  when: v is defined", "- fail: {msg: v is missing}",
        "- assert: {that: v is defined, fail_msg: other}",
        "- debug: {msg: v is missing}\n  when: v is not defined",
        "- fail: {msg: v is missing}\n  when: v is not defined\n  ignore_errors: true",
        "- apt: {name: htop}\n- assert: {that: v is defined, fail_msg: v is missing}",
        "- block:\n    - assert: {that: v is defined, fail_msg: v is missing}\n  rescue:\n"
        "    - debug: msg=x",
    )),
    Case("memory-demanded", {"megabytes": 2048, "message": "too small"}, (
        "- assert: {that: ansible_memtotal_mb >= 2048, fail_msg: too small}",
        "- assert: {that: \"ansible_facts['memtotal_mb'] | int >= 2048\", fail_msg: too small}",
        "- fail: {msg: too small}\n  when: ansible_facts.memtotal_mb < 2048",
        "- assert: {that: ansible_memory_mb.real.total >= 2048, msg: too small}",
        "- assert: {that: ansible_memtotal_mb >= minimum, fail_msg: too small}\n"
        "  vars: {minimum: 2048}",
    ), (
        "- assert: {that: ansible_memtotal_mb > 2048, fail_msg: too small}",
        "- assert: {that: ansible_memtotal_mb >= 1024, fail_msg: too small}",
        "- fail: {msg: too small}\n  when: ansible_memtotal_mb >= 2048",
        "- debug: {msg: too small}\n  when: ansible_memtotal_mb < 2048",
    )),
    Case("package-on-family", {"family": "Debian", "package": "cron"}, (
        "- apt: {name: cron}\n  when: ansible_facts['os_family'] == 'Debian'",
        "- apt: name=cron\n  when: ansible_os_family == \"Debian\"",
        "- package: {name: cron}\n  when: ansible_distribution in ['Debian', 'Ubuntu']",
        "- package: {name: \"{{ 'cron' if ansible_os_family == 'Debian' else 'cronie' }}\"}",
        "- package: {name: \"{{ names[ansible_facts['os_family']] }}\"}\n"
        "  vars: {names: {Debian: cron, RedHat: cronie, Suse: cronie}}",
        "- block:\n    - apt: {name: cron}\n  when: ansible_pkg_mgr == 'apt'",
    ), (
        "- apt: {name: cron}", "- apt: {name: cron}\n  when: ansible_distribution == 'Ubuntu'",
        "- apt: {name: cron}\n  when: ansible_os_family == 'RedHat'",
        "- apt: {name: cron}\n  when: ansible_os_family != 'RedHat'",
        "- package: {name: cron}\n  when: ansible_os_family in ['Debian', 'Suse']",
        "- apt: {name: cron, state: absent}\n  when: ansible_os_family == 'Debian'",
    )),
    Case("package-tagged", {"package": "htop", "tag": "t"}, (
        "- apt: {name: htop}\n  tags: [t]",
        "- hosts: web\n  tags: t\n  tasks:\n    - apt: name=htop",
        "- apt: {name: [git, htop]}\n  tags: a,t",
    ), ("- apt: {name: htop}", "- apt: {name: htop}\n  tags: u", "- apt: {name: git}\n  tags: t")),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_commands(case: Case) -> None:
    judge(case)
