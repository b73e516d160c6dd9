"""Requirements about plays, roles, inventories, Galaxy and settings."""

from __future__ import annotations

import pytest

from tests.envs.ansible.answers import Case, judge

PLAY = "- hosts: web\n  %s\n  tasks:\n    - copy: {content: x, dest: /x}\n"
TASKS = "roles/r/tasks/main.yml"
ROLE = {
    TASKS: "- template: {src: a.j2, dest: /etc/a}\n",
    "roles/r/defaults/main.yml": "r_port: 80\n",
}
SITE = {"site.yml": "- hosts: web\n  roles: [r]\n"}


def play(keyword: str) -> str:
    """Return a play on `web` with a keyword."""
    return PLAY % keyword


def role(template: str, defaults: str = "r_port: 80\n", **more: str) -> dict[str, str]:
    """Return a role with a template."""
    return ROLE | {"roles/r/templates/a.j2": template, "roles/r/defaults/main.yml": defaults} | more


def specs(options: str) -> dict[str, str]:
    """Return a role with an argument specification."""
    text = f"argument_specs:\n  main:\n    options:\n      {options}\n"
    return {TASKS: "- debug: msg=x\n", "roles/r/meta/argument_specs.yml": text}


def meta(text: str) -> dict[str, str]:
    """Return a role with metadata."""
    return {TASKS: "- debug: msg=x\n", "roles/r/meta/main.yml": text}


def group_of(**more: str) -> dict[str, str]:
    """Return a site with the role and further files."""
    return role("port {{ r_port }}\n") | SITE | {k.replace("__", "/"): v for k, v in more.items()}


INI = "[web]\nweb01 ansible_host=10.0.0.1 rack=r1\nweb02\n[db]\ndb[01:02]\n[all:vars]\nz=1\n"
YML = "all:\n  vars: {z: 1}\n  children:\n    web: {hosts: {web01: {ansible_host: 10.0.0.1, " \
      "rack: r1}, web02: }}\n    db: {hosts: {'db[01:02]': }}\n"  # fmt: skip
NESTED = "dc:\n  children:\n    web:\n      hosts:\n        web[01:02]:\n    db:\n" \
         "      hosts: {db01: }\n      vars: {p: 5}\n"  # fmt: skip
GROUPS = "[web]\nweb01\nweb02\n[db]\ndb01\n[db:vars]\np=5\n[dc:children]\nweb\ndb\n"
GIT = "https://git.example.com/ansible/r.git"
REQ = "requirements.yml"
CASES = (
    Case("play-targets", {"group": "web"}, (
        play("gather_facts: true"), "- hosts: [web]\n  tasks:\n    - debug: msg=x",
        "- hosts: '{{ g }}'\n  vars: {g: web}\n  tasks:\n    - debug: msg=x",
        "- hosts: localhost\n  tasks:\n    - debug: msg=x\n- hosts: web\n  tasks:\n    - ping:",
    ), ("- hosts: all\n  tasks:\n    - ping:", "- hosts: web,db\n  tasks:\n    - ping:",
        "- hosts: web[0]\n  tasks:\n    - ping:", "- hosts: web:!db\n  tasks:\n    - ping:",
        "- hosts: web\n  tasks:\n    - ping:\n- hosts: db\n  tasks:\n    - ping:",
        "- hosts: web\n- hosts: all\n  tasks:\n    - ping:"), plain=True),
    Case("play-becomes-root", {"group": "web"}, (
        play("become: true"), play("become: yes\n  become_user: root\n  become_method: sudo"),
        "- hosts: web\n  tasks:\n    - apt: name=git\n      become: true\n    - debug: msg=x",
        "- hosts: web\n  become: true\n  tasks:\n    - command: x\n      become_user: app\n"
        "    - uri: url=http://x\n      become: false\n      delegate_to: localhost",
        "- hosts: web\n  become: true\n  tasks:\n    - postgresql_db: name=a\n"
        "      become_user: postgres",
    ), (play("become: false"), play("become_user: root"), play("become: true\n  become_user: app"),
        "- hosts: web\n  become: true\n  tasks:\n    - apt: name=git\n      become: false",
        "- hosts: web\n  tasks:\n    - apt: name=git\n      become: true\n    - command: x",
        "- hosts: web\n  tasks:\n    - command: x"), plain=True),
    Case("play-serial", {"group": "web", "serial": "25%"},
         (play("serial: '25%'"), play("serial: ['25%']"), play("serial: '{{ s }}'\n"
                                                              "  vars: {s: 25%}")),
         (play("serial: 25"), play("serial: [1, '25%']"), play("strategy: free")), plain=True),
    Case("play-serial", {"group": "web", "serial": 2}, (play("serial: 2"), play("serial: '2'")),
         (play("serial: 1"), play("serial: [1, 2]")), plain=True),
    Case("play-failure-limit", {"group": "web", "percent": 20},
         (play("max_fail_percentage: 20"), play("max_fail_percentage: '20'")),
         (play("max_fail_percentage: 2"), play("any_errors_fatal: true")), plain=True),
    Case("play-all-or-nothing", {"group": "web"}, (play("any_errors_fatal: true"),),
         (play("any_errors_fatal: false"), play("serial: 1")), plain=True),
    Case("play-without-facts", {"group": "web"}, (play("gather_facts: false"),
                                                 play("gather_facts: no")),
         (play("serial: 1"), "- hosts: web\n  gather_facts: no\n  tasks:\n    - setup:"),
         plain=True),
    Case("play-strategy", {"group": "web", "strategy": "free"},
         (play("strategy: free"), play("strategy: ansible.builtin.free")),
         (play("strategy: linear"), play("serial: 1")), plain=True),
    Case("play-forces-handlers", {"group": "web"}, (play("force_handlers: true"),),
         (play("force_handlers: false"),), plain=True),
    Case("play-environment", {"group": "web", "name": "A", "value": "b"}, (
        play("environment: {A: b}"),
        "- hosts: web\n  tasks:\n    - copy: {content: x, dest: /x}\n      environment: {A: b}\n"
        "    - debug: msg=x",
        play("environment: {A: '{{ v }}'}\n  vars: {v: b}"),
    ), (play("vars: {A: b}"), play("environment: {A: c}"),
        "- hosts: web\n  environment: {A: b}\n  tasks:\n    - apt: name=git\n"
        "      environment: {A: c}"), plain=True),
    Case("role-default", {"name": "r_port", "value": 80}, (ROLE,),
         ({TASKS: "- debug: msg=x\n", "roles/r/vars/main.yml": "r_port: 80\n"},
          ROLE | {"roles/r/vars/main.yml": "r_port: 81\n"},
          ROLE | {"roles/r/defaults/main.yml": "r_port: 81\n"}), plain=True),
    Case("role-applied", {"group": "web", "role": "r"}, (
        ROLE | SITE, ROLE | {"site.yml": "- hosts: web\n  roles:\n    - role: r\n      tags: x\n"},
        ROLE | {"site.yml": "- hosts: web\n  tasks:\n    - import_role: {name: r}\n"},
        ROLE | {"site.yml": "- hosts: web\n  tasks:\n    - include_role: name={{ item }}\n"
                            "      loop: [r]\n"},
    ), (ROLE | {"site.yml": "- hosts: db\n  roles: [r]\n"},
        ROLE | {"site.yml": "- hosts: web\n  roles:\n    - {role: r, when: false}\n"},
        ROLE | {"site.yml": "- hosts: web\n  roles:\n    - {role: r, tags: never}\n"}, ROLE),
       plain=True),
    Case("role-given", {"group": "web", "name": "r_port", "value": 90}, (
        group_of(**{"group_vars__web.yml": "r_port: 90\n"}),
        group_of(**{"group_vars__web__main.yml": "r_port: 90\n"}),
        group_of(**{"site.yml": "- hosts: web\n  vars: {r_port: 90}\n  roles: [r]\n"}),
        group_of(**{"site.yml": "- hosts: web\n  roles:\n    - {role: r, r_port: 90}\n"}),
        group_of(**{"site.yml": "- hosts: web\n  tasks:\n    - include_role: {name: r}\n"
                                "      vars: {r_port: 90}\n"}),
    ), (group_of(), group_of(**{"group_vars__db.yml": "r_port: 90\n"}),
        group_of(**{"group_vars__web.yml": "r_port: 90\n",
                    "roles__r__vars__main.yml": "r_port: 1\n"}),
        group_of(**{"group_vars__web.yml": "r_port: 90\n",
                    "site.yml": "- hosts: web\n  vars: {r_port: 1}\n  roles: [r]\n"})), plain=True),
    Case("argument-type", {"name": "p", "kind": "int"},
         (specs("p: {type: int}"), specs("p:\n        type: int\n        required: true")),
         (specs("p: {type: str}"), specs("p: {}"), specs("q: {type: int}")), plain=True),
    Case("argument-required", {"name": "p"}, (specs("p: {type: int, required: true}"),),
         (specs("p: {type: int}"),
          specs("p: {type: int, required: true}") | {"roles/r/defaults/main.yml": "p: 1\n"}),
         plain=True),
    Case("argument-choices", {"name": "p", "values": ["a", "b"]}, (specs("p: {choices: [b, a]}"),),
         (specs("p: {choices: [a]}"), specs("p: {choices: [a, b, c]}"), specs("p: {}")),
         plain=True),
    Case("template-uses", {"path": "/etc/a", "name": "r_port"}, (
        role("port {{ r_port }}\n"), role("{% if r_port == 80 %}plain{% endif %}\n"),
        role("{% for n in range(r_port) %}{{ n }}{% endfor %}\n"),
        role("{% set p = r_port %}\n{{ p }}\n"),
    ), (role("port 80\n"), role("{# {{ r_port }} #}\n"),
    role("{% if false %}{{ r_port }}{% endif %}"),
        role("{% raw %}{{ r_port }}{% endraw %}"), ROLE,
        role("{% for x in [] %}{{ r_port }}{% endfor %}")), plain=True),
    Case("template-renders", {"path": "/etc/a", "line": "port 80"}, (
        role("port {{ r_port }}\n"), role("a\n  port   {{ r_port | int }}\nb\n"),
        role("{% if r_tls %}\nport 443\n{% else %}\nport {{ r_port }}\n{% endif %}\n",
             "r_port: 80\nr_tls: false\n"),
        role("{% for key, value in r_all.items() %}\n{{ key }} {{ value }}\n{% endfor %}\n"
             "port {{ r_port }}\n", "r_port: 80\nr_all: {a: 1}\n"),
        role("{% for one in r_ports %}\nport {{ one }}\n{% endfor %}\n", "r_ports: [80]\n"),
    ), (role("port {{ r_port }}1\n"), role("# port {{ r_port }}\n"),
        role("{% if false %}\nport {{ r_port }}\n{% endif %}\n"), role("port {{ other }}\n"),
        role("{#\nport 80\n#}\n"), role("port {{ r_port }}\n", "r_port: 81\n"),
        role("port {{ r_port }}\n")
        | {TASKS: "- template: {src: a.j2, dest: /etc/a}\n  when: false\n"}),
       plain=True),
    Case("group-hosts", {"group": "web", "hosts": ["web01", "web02"]}, (
        {"inventory.ini": INI}, {"inventory.yml": YML}, {"inventory.ini": "[web]\nweb[01:02]\n"},
        {"inventory.yml": NESTED},
    ), ({"inventory.ini": "[web]\nweb01\n"}, {"inventory.ini": "[web]\nweb[01:03]\n"},
        {"inventory.ini": "[other]\nweb01\nweb02\n"}, {"inventory.ini": "# [web]\nweb01\nweb02\n"}),
       plain=True),
    Case("group-children", {"group": "dc", "children": ["web", "db"]},
         ({"inventory.ini": GROUPS}, {"inventory.yml": NESTED}),
         ({"inventory.ini": "[web]\na\n[db]\nb\n[dc:children]\nweb\n"},
          {"inventory.ini": "[web]\na\n[db]\nb\n[dc]\nc\n[dc:children]\nweb\ndb\n"}), plain=True),
    Case("host-address", {"host": "web01", "address": "10.0.0.1"},
         ({"inventory.ini": INI}, {"inventory.yml": YML},
          {"inventory.ini": "[web]\nweb01\n", "host_vars/web01.yml": "ansible_host: 10.0.0.1\n"}),
         ({"inventory.ini": "[web]\nweb01 ansible_host=10.0.0.2\n"},), plain=True),
    Case("host-variable", {"host": "web01", "name": "rack", "value": "r1"},
         ({"inventory.ini": INI}, {"inventory.yml": YML}),
         ({"inventory.ini": INI.replace("rack=r1", "rack=r2")},), plain=True),
    Case("group-variable", {"group": "db", "name": "p", "value": 5},
         ({"inventory.ini": GROUPS}, {"inventory.yml": NESTED},
          {"inventory.ini": "[db]\na p=5\nb p=5\n"},
          {"inventory.ini": "[db]\na\n", "group_vars/db.yml": "p: 5\n"}),
         ({"inventory.ini": "[db]\na p=5\nb\n"},
          {"inventory.ini": "[db]\na p=4\n[db:vars]\np=5\n"}),
         plain=True),
    Case("everywhere-variable", {"name": "z", "value": 1},
         ({"inventory.ini": INI}, {"inventory.yml": YML}),
         ({"inventory.ini": INI.replace("z=1", "z=2")},
          {"inventory.ini": INI + "[db:vars]\nz=3\n"}), plain=True),
    Case("configured", {"section": "defaults", "option": "host_key_checking", "value": "False"},
         ({"ansible.cfg": "[defaults]\nhost_key_checking = False\n"},
          {"ansible.cfg": "[defaults]\nhost_key_checking=no\n"},
          {"ansible.cfg": "[defaults]\nhost_key_checking: false\n"}),
         ({"ansible.cfg": "[defaults]\nhost_key_checking = True\n"},
          {"ansible.cfg": "[defaults]\n# host_key_checking = False\n"},
          {"ansible.cfg": "[ssh_connection]\nhost_key_checking = False\n"}), plain=True),
    Case("collection-required", {"name": "a.b", "version": ">=1.0.0,<2.0.0"},
         ({REQ: "collections:\n  - {name: a.b, version: '>=1.0.0,<2.0.0'}\n"},
          {REQ: "collections:\n  - {name: a.b, version: '<2.0.0, >=1.0.0'}\n"}),
         ({REQ: "collections:\n  - {name: a.b, version: '>=1.0.0'}\n"},
          {REQ: "collections: [a.b]\n"}, {REQ: "roles:\n  - {name: a.b, version: 1.0.0}\n"}),
         plain=True),
    Case("collection-from-git", {"name": "a.b", "url": GIT, "version": "v1"},
         ({REQ: f"collections:\n  - {{name: '{GIT}', type: git, version: v1}}\n"},
          {REQ: f"collections:\n  - {{name: 'git+{GIT}', version: v1}}\n"},
          {REQ: f"collections:\n  - {{name: a.b, source: '{GIT}', type: git, version: v1}}\n"}),
         ({REQ: f"collections:\n  - {{name: '{GIT}', type: git, version: v2}}\n"},
          {REQ: f"collections:\n  - {{name: '{GIT}', type: url, version: v1}}\n"}), plain=True),
    Case("collection-source", {"name": "a.b", "source": "https://g.example.com"},
         ({REQ: "collections:\n  - {name: a.b, source: 'https://g.example.com/'}\n"},),
         ({REQ: "collections: [a.b]\n"},), plain=True),
    Case("role-required", {"name": "a.b", "version": "1.2.0"},
         ({REQ: "roles:\n  - {name: a.b, version: 1.2.0}\n"},
          {REQ: "- src: a.b\n  version: 1.2.0\n"}),
         ({REQ: "roles:\n  - {name: a.b, version: 1.3.0}\n"}, {REQ: "roles: [a.b]\n"},
          {REQ: "collections:\n  - {name: a.b, version: 1.2.0}\n"}), plain=True),
    Case("role-from-git", {"name": "r", "url": GIT, "version": "v1"},
         ({REQ: f"roles:\n  - {{name: r, src: '{GIT}', scm: git, version: v1}}\n"},
          {REQ: f"- {{src: 'git+{GIT}', version: v1}}\n"},
          {REQ: f"- {{src: '{GIT}', name: r, version: v1}}\n"}),
         ({REQ: f"roles:\n  - {{name: r, src: '{GIT}', scm: git}}\n"},
          {REQ: f"roles:\n  - {{name: r, src: '{GIT}', scm: git, version: v2}}\n"}), plain=True),
    Case("role-depends", {"role": "r", "other": "o.p"},
         (meta("dependencies: [o.p]\n"), meta("dependencies:\n  - {role: o.p, x: 1}\n"),
          meta("dependencies:\n  - {src: o.p, version: 1.0.0}\n")),
         (meta("dependencies: []\n"), meta("galaxy_info: {}\n")), plain=True),
    Case("role-tells", {"role": "r", "key": "license", "value": "MIT"},
         (meta("galaxy_info: {license: MIT}\n"),), (meta("galaxy_info: {license: BSD}\n"),
                                                   meta("license: MIT\n")), plain=True),
    Case("role-platform", {"role": "r", "platform": "EL"},
         (meta("galaxy_info:\n  platforms:\n    - {name: EL, versions: ['9']}\n"),),
         (meta("galaxy_info:\n  platforms:\n    - {name: Debian}\n"), meta("galaxy_info: {}\n")),
         plain=True),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_projects(case: Case) -> None:
    judge(case)
