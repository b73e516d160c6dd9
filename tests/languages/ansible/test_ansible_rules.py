"""What ansible-core refuses and what it accepts: each rule with texts of both kinds."""

from __future__ import annotations

import re
import textwrap

import pytest

from iac_gym.languages.ansible import LANGUAGE
from iac_gym.languages.ansible.slips import slip_of
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

PLAY = "- hosts: web\n  tasks:\n"


def found(text: str, notices: bool = False) -> list[str]:
    """Return `rule@line:column` of what is found; `# file: PATH` lines start other files."""
    parts = re.split(r"(?m)^# file: (\S+)\n", textwrap.dedent(text).lstrip("\n"))
    files = {LANGUAGE.path: parts[0]} if parts[0].strip() else {}
    files |= dict(zip(parts[1::2], parts[2::2], strict=True))
    verdict = check_files(files, dict.fromkeys(files, LANGUAGE.name))
    assert verdict.unscored == ""
    return [
        f"{one.rule}@{one.finding.line}:{one.finding.column}"
        for one in verdict.diagnostics
        if (one.stage is Stage.NOTICE if notices else one.stage <= Stage.SEMANTICS)
    ]


def tasks(text: str) -> str:
    """Return a play with these tasks; they start on line 3."""
    return PLAY + textwrap.indent(textwrap.dedent(text).strip("\n"), "    ") + "\n"


REFUSED_PLAYS = {
    "a mapping": ("hosts: web\ntasks: []\n", "syntax@1:1"),
    "nothing": ("---\n", "syntax@1:1"),
    "an empty list": ("[]\n", "syntax@1:1"),
    "a text among plays": ("- web\n- hosts: web\n", "playbooks-hold-plays@1:3"),
    "no hosts": ("- tasks: []\n", "plays-name-hosts@1:3"),
    "empty hosts": ("- hosts: ''\n", "plays-name-hosts@1:10"),
    "hosts of a number": ("- hosts: [web, 1]\n", "plays-name-hosts@1:16"),
    "no keyword": ("- hosts: web\n  taks: []\n", "keywords-are-known@2:3"),
    "when of a play": ("- hosts: web\n  when: true\n", "keywords-are-known@2:3"),
    "no truth value": ("- hosts: web\n  gather_facts: maybe\n", "keyword-values-fit@2:17"),
    "a list as text": ("- hosts: web\n  remote_user: [a]\n", "keyword-values-fit@2:16"),
    "no percentage": ("- hosts: web\n  max_fail_percentage: x%\n", "keyword-values-fit@2:24"),
    "no batch": ("- hosts: web\n  serial: few\n", "keyword-values-fit@2:11"),
    "no order": ("- hosts: web\n  order: random\n", "keyword-values-fit@2:10"),
    "no strategy": ("- hosts: web\n  strategy: quick\n", "plugins-are-known@2:13"),
    "empty tags": ("- hosts: web\n  tags:\n", "keyword-values-fit@2:8"),
    "vars of a list": ("- hosts: web\n  vars: [a]\n", "keyword-values-fit@2:9"),
    "a prompt": ("- hosts: web\n  vars_prompt: [{nam: a}]\n", "keyword-values-fit@2:17"),
    "tasks of a mapping": ("- hosts: web\n  tasks: {ping: }\n", "task-lists-are-lists@2:10"),
    "roles of a text": ("- hosts: web\n  roles: nginx\n", "roles-are-named@2:10"),
    "a role without name": ("- hosts: web\n  roles: [{x: 1}]\n", "roles-are-named@2:11"),
    "user twice": ("- hosts: web\n  user: a\n  remote_user: b\n", "keyword-values-fit@2:3"),
    "a variable's name": ("- hosts: web\n  vars: {a-b: 1}\n", "variables-are-named-right@2:10"),
    "module defaults": (
        "- hosts: web\n  module_defaults: {aptt: {}}\n",
        "keyword-values-fit@2:21",
    ),
}


@pytest.mark.parametrize("name", REFUSED_PLAYS)
def test_plays_that_are_refused(name: str) -> None:
    text, expected = REFUSED_PLAYS[name]
    assert expected in found(text)


REFUSED_TASKS = {
    "two modules": ("- ping:\n  setup:\n", "tasks-have-one-action@4:7"),
    "a slip in a keyword": ("- ping:\n  wen: true\n", "tasks-have-one-action@4:7"),
    "no module": ("- name: x\n", "tasks-have-one-action@3:7"),
    "no such module": ("- ansible.builtin.pingg:\n", "modules-exist@3:7"),
    "a list of arguments": ("- debug: [a]\n", "arguments-are-readable@3:14"),
    "a truth value as arguments": ("- ping: true\n", "arguments-are-readable@3:13"),
    "quotes left open": ("- shell: echo don't\n", "arguments-are-readable@3:14"),
    "args of a text": ("- command: ls\n  args: chdir=/\n", "arguments-are-readable@4:13"),
    "a text as a task": ("- ping\n", "task-lists-are-lists@3:7"),
    "rescue alone": ("- rescue: [{ping: }]\n", "blocks-are-whole@3:7"),
    "an empty block": ("- block:\n", "blocks-are-whole@3:13"),
    "a loop of a block": ("- block: [{ping: }]\n  loop: [1]\n", "keywords-are-known@4:7"),
    "listen of a task": ("- ping:\n  listen: x\n", "keywords-are-known@4:7"),
    "static": ("- import_tasks: a.yml\n  static: true\n", "keywords-are-known@4:7"),
    "no truth value": ("- ping:\n  become: maybe\n", "keyword-values-fit@4:15"),
    "no whole number": ("- ping:\n  retries: 1.5\n", "keyword-values-fit@4:16"),
    "no become method": ("- ping:\n  become_method: sodu\n", "plugins-are-known@4:22"),
    "no connection": ("- ping:\n  connection: sshh\n", "plugins-are-known@4:19"),
    "a name in register": ("- ping:\n  register: a-b\n", "variables-are-named-right@4:17"),
    "two loops": ("- ping:\n  loop: [1]\n  with_items: [2]\n", "loops-are-right@4:7"),
    "a text as loop": ("- ping:\n  loop: abc\n", "loops-are-right@4:13"),
    "no lookup": ("- ping:\n  with_itemz: [1]\n", "plugins-are-known@4:7"),
    "with nothing": ("- ping:\n  with_items:\n", "loops-are-right@4:7"),
    "loop control": (
        "- ping:\n  loop: [1]\n  loop_control: {lopp_var: x}\n",
        "keywords-are-known@5:22",
    ),
    "a loop of an import": ("- import_tasks: a.yml\n  loop: [1]\n", "loops-are-right@3:7"),
    "an include with become": (
        "- include_tasks: a.yml\n  become: true\n",
        "includes-are-right@4:7",
    ),
    "an include of nothing": ("- include_tasks:\n", "includes-are-right@3:21"),
    "an import with apply": (
        "- import_tasks: {file: a.yml, apply: {become: true}}\n",
        "includes-are-right@3:42",
    ),
    "an option of include_role": (
        "- include_role: {name: a, task_from: b}\n",
        "includes-are-right@3:42",
    ),
    "import_playbook as a task": ("- import_playbook: a.yml\n", "includes-are-right@3:24"),
    "no meta action": ("- meta: flush\n", "meta-actions-exist@3:13"),
    "end_role outside": ("- meta: end_role\n", "meta-actions-exist@3:13"),
    "no fact": ("- set_fact:\n", "actions-have-what-they-need@3:16"),
    "a fact's name": ("- set_fact: {a-b: 1}\n", "variables-are-named-right@3:23"),
    "no end of a template": ("- debug: {msg: '{{ a'}\n", "templates-are-readable@3:20"),
    "no filter": ("- debug: {msg: '{{ 1 | trimm }}'}\n", "plugins-are-known@3:20"),
    "no lookup in a template": (
        "- debug: {msg: \"{{ lookup('fil', 'a') }}\"}\n",
        "plugins-are-known@3:20",
    ),
    "one sign of equality": ("- ping:\n  when: ansible_os = 'x'\n", "conditions-are-readable@4:13"),
    "braces in a condition": (
        "- ping:\n  when: \"'a' in {{ groups }}\"\n",
        "conditions-are-readable@4:13",
    ),
    "two templates in a condition": (
        "- ping:\n  when: '{{ a }} == 1 and {{ b }}'\n",
        "conditions-are-readable@4:13",
    ),
    "an empty condition": ("- ping:\n  when: ''\n", "conditions-are-readable@4:13"),
    "a number as condition": ("- ping:\n  when: 1\n", "conditions-are-readable@4:13"),
    "a word as condition": ("- ping:\n  when: 'yes'\n", "conditions-are-readable@4:13"),
    "a length as condition": (
        "- ping:\n  when: groups | length\n",
        "conditions-give-true-or-false@4:13",
    ),
    "a search as condition": (
        "- ping:\n  failed_when: inventory_hostname | regex_search('a')\n",
        "conditions-give-true-or-false@4:20",
    ),
    "an assertion": ("- assert: {that: ['1 = 1']}\n", "conditions-are-readable@3:23"),
    "the variable of debug": ("- debug: {var: a b}\n", "templates-are-readable@3:20"),
    "item without a loop": (
        "- debug: {msg: '{{ item }}'}\n",
        "loop-variables-have-a-loop@3:20",
    ),
    "item beside another variable": (
        "- debug: {msg: '{{ item }}'}\n  loop: [1]\n  loop_control: {loop_var: one}\n",
        "loop-variables-have-a-loop@3:20",
    ),
    "a slip in a variable": (
        "- debug: {msg: '{{ packgaes }}'}\n  vars: {packages: a}\n",
        "variables-are-set@3:20",
    ),
    "no handler": ("- command: a\n  notify: restart\n", "handlers-exist@4:15"),
    "a mapping as notification": ("- ping:\n  notify: {a: b}\n", "keyword-values-fit@4:15"),
}


@pytest.mark.parametrize("name", REFUSED_TASKS)
def test_tasks_that_are_refused(name: str) -> None:
    text, expected = REFUSED_TASKS[name]
    assert expected in found(tasks(text))


ACCEPTED_TASKS = {
    "the short form": "- apt: name=nginx state=present update_cache=yes",
    "an old action": "- action: copy content=a dest=/b",
    "a templated action": "- action: \"{{ ansible_facts['pkg_mgr'] }} name=nginx\"",
    "args of a template": "- command: ls\n  args: '{{ given }}'\n  vars: {given: {chdir: /}}",
    "truth as text": "- ping:\n  become: 'Yes'\n  run_once: 'off'\n  ignore_errors: 1",
    "templates as values": "- ping:\n  become: '{{ b }}'\n  retries: '{{ r }}'\n"
    "  vars: {b: 1, r: 2}",
    "numbers as text": "- ping:\n  retries: '3'\n  delay: '1.5'\n  until: true\n  async: 3.0",
    "nothing as a value": "- ping:\n  become:\n  when:\n  notify:\n  vars:\n"
    "  environment:\n  loop:",
    "tags of all kinds": "- ping:\n  tags: [a, 1, [b, c]]",
    "truth as condition": "- ping:\n  when: [true, 'false', not false]",
    "a condition in braces": "- ping:\n  when: \"{{ inventory_hostname == 'a' }}\"",
    "a text with braces in a condition": "- ping:\n  when: inventory_hostname == '{{ a }}'",
    "a fallback": "- debug: {msg: \"{{ lost | default('x') }}\"}",
    "an unsafe text": "- debug: {msg: !unsafe '{{ not read'}",
    "braces that are none": "- debug: {msg: 'awk { print }'}",
    "a vaulted text": "- debug:\n    msg: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162",
    "an include": "- include_tasks: a.yml\n  when: false\n  loop: [1]\n  tags: a\n  vars: {a: 1}",
    "an import with keywords": "- import_role: {name: x.y.z}\n  become: true\n  notify: []",
    "a block": "- block: [{ping: }]\n  rescue: []\n  always: [{ping: }]\n  name: x\n  notify: []",
    "flush": "- meta: flush_handlers",
    "facts": "- set_fact: a=1 cacheable=true",
    "item of a block's tasks": "- debug: {msg: '{{ item }}'}\n  with_items: [1]\n  when: item > 0",
    "with in full": "- debug: {msg: '{{ item }}'}\n  with_community.general.flattened: [[1]]",
    "a variable of a result": "- ping:\n  register: out\n- debug: {msg: '{{ out.ping }}'}",
    "equal keys": "- ping:\n  name: a\n  name: b",
    "an assertion": "- assert: {that: [inventory_hostname is defined], fail_msg: '{{ 1 }}'}",
    "a debug of a path": "- debug: {var: \"hostvars[inventory_hostname]['ansible_facts']\"}",
    "base 60": "- wait_for: {timeout: 1:30}",
    "an empty entry": "- ping:\n-",
    "odd truth in a filter": "- ping:\n  when: groups['web'] | default([]) | length > 0",
    "one of two": "- ping:\n  when: lost | default(false) or ansible_check_mode",
}


@pytest.mark.parametrize("name", ACCEPTED_TASKS)
def test_tasks_that_are_accepted(name: str) -> None:
    assert found(tasks(ACCEPTED_TASKS[name])) == []


ACCEPTED_PLAYS = {
    "almost nothing": "- hosts: all\n",
    "hosts of a template": "- hosts: '{{ target | default(\"web\") }}'\n",
    "batches": "- hosts: a\n  serial: [1, '30%', '5 %', '{{ n }}']\n  vars: {n: 2}\n",
    "a number of a role": "- hosts: a\n  roles: [community.general.x, {role: a.b.c, any: 1}]\n",
    "prompts": "- hosts: a\n  vars_prompt: [{name: x, private: no}]\n",
    "user": "- hosts: a\n  user: root\n",
    "imports": "- ansible.builtin.import_playbook: other.yml\n  when: true\n  tags: x\n",
    "a collection's playbook": "- import_playbook: a.b.c\n",
    "handlers": "- hosts: a\n  tasks: [{ping: , notify: [a, t]}]\n"
    "  handlers: [{name: a, ping: , listen: t}]\n",
    "a handler with a template": "- hosts: a\n  vars: {s: x}\n  tasks: [{ping: , notify: go x}]\n"
    "  handlers: [{name: 'go {{ s }}', ping: }]\n",
    "a foreign strategy": "- hosts: a\n  strategy: mitogen_free\n",
    "defaults of modules": "- hosts: a\n"
    "  module_defaults: {group/aws: {region: x}, copy: {mode: a}}\n",
}


@pytest.mark.parametrize("name", ACCEPTED_PLAYS)
def test_plays_that_are_accepted(name: str) -> None:
    assert found(ACCEPTED_PLAYS[name]) == []


REFUSED_FILES = {
    "a list of variables": ("# file: group_vars/all.yml\n- a\n", "files-hold-what-they-should@1:1"),
    "defaults": ("# file: roles/a/defaults/main.yml\ntext\n", "files-hold-what-they-should@1:1"),
    "metadata": ("# file: roles/a/meta/main.yml\ncompany: x\n", "keywords-are-known@1:1"),
    "dependencies": (
        "# file: roles/a/meta/main.yml\ndependencies: [{x: 1}]\n",
        "roles-are-named@1:16",
    ),
    "tasks of a role": ("# file: roles/a/tasks/main.yml\na: b\n", "task-lists-are-lists@1:1"),
    "a type in a specification": (
        "# file: roles/a/meta/argument_specs.yml\nargument_specs:\n  main:\n    options:\n"
        "      x: {type: string, default: a}\n",
        "argument-specs-are-right@4:17",
    ),
    "a collection": (
        "# file: requirements.yml\ncollections:\n  - general\n",
        "requirements-are-right@2:5",
    ),
    "a key of the requirements": (
        "# file: requirements.yml\nroles: []\ncolections: []\n",
        "requirements-are-right@2:1",
    ),
    "a host": ("# file: inventory\n[web]\na b\n", "inventories-are-readable@2:1"),
    "a missing group": (
        "# file: hosts.ini\n[all:children]\nweb\n",
        "inventories-are-readable@2:1",
    ),
    "a range": ("# file: hosts\nweb[3:1]\n", "inventories-are-readable@1:1"),
    "a kind of section": ("# file: hosts\n[web:host]\n", "inventories-are-readable@1:1"),
    "hosts of a list": (
        "# file: inventory.yml\nall:\n  hosts: [a]\n",
        "inventories-are-readable@2:10",
    ),
    "a setting": (
        "# file: ansible.cfg\n[defaults]\ninventory\n",
        "the-configuration-is-readable@2:1",
    ),
    "a template": ("# file: templates/a.j2\n\n{% if a %}\n", "templates-are-readable@2:11"),
    "a missing file": (
        "# file: roles/a/tasks/main.yml\n- include_tasks: b.yml\n",
        "included-files-exist@1:18",
    ),
    "a missing template": (
        "# file: roles/a/tasks/main.yml\n- template: {src: b.j2, dest: /b}\n"
        "# file: roles/a/templates/c.j2\nx\n",
        "included-files-exist@1:19",
    ),
    "a circle": (
        "# file: roles/a/tasks/main.yml\n- import_tasks: b.yml\n"
        "# file: roles/a/tasks/b.yml\n- import_tasks: main.yml\n",
        "imports-make-no-circle@1:3",
    ),
    "roles in a circle": (
        "# file: roles/a/meta/main.yml\ndependencies: [a]\n"
        "# file: roles/a/tasks/main.yml\n- ping:\n",
        "imports-make-no-circle@1:15",
    ),
    "a slip in a role": (
        "- hosts: a\n  roles: [comon]\n# file: roles/common/tasks/main.yml\n- ping:\n",
        "roles-exist@2:11",
    ),
    "a handler of another play": (
        "- hosts: a\n  tasks: [{raw: a, notify: x}]\n- hosts: b\n  handlers: [{name: x, ping: }]\n",
        "handlers-exist@2:28",
    ),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_files_that_are_refused(name: str) -> None:
    text, expected = REFUSED_FILES[name]
    assert expected in found(text)


ACCEPTED_FILES = {
    "a role": "# file: roles/a/tasks/main.yml\n- include_tasks: '{{ os }}.yml'\n  vars: {os: b}\n"
    "- import_tasks: c.yml\n- template: {src: t.j2, dest: /t}\n  notify: go\n"
    "# file: roles/a/tasks/c.yml\n- ping:\n# file: roles/a/templates/t.j2\n{{ x }}\n"
    "# file: roles/a/handlers/main.yml\n- name: go\n  include_tasks: c.yml\n"
    "# file: roles/a/meta/main.yml\ngalaxy_info: {author: x}\ndependencies:\n  - {src: a.b}\n",
    "a role at the top": "# file: tasks/main.yml\n- ping:\n# file: meta/main.yml\n"
    "galaxy_info: {}\n",
    "an inventory": "# file: inventory\na ansible_host=1.2.3.4 # x\n[web]\nw[01:10:2].x:22\n"
    "[db:vars]\nx=[1, 2]\n[db]\n; no\n[all:children]\nweb\ndb\n",
    "an inventory in YAML": "# file: hosts.yml\nall:\n  hosts: {a: , 'w[a:c]': {x: 1}}\n"
    "  children:\n"
    "    web: {hosts: b, vars: }\n",
    "requirements": "# file: requirements.yml\nroles:\n  - geerlingguy.nginx\n"
    "  - {src: x, scm: git}\n"
    "collections:\n  - community.general\n  - {name: 'https://x/y.git', type: git}\n"
    "  - {name: a.b, version: '>=1'}\n",
    "old requirements": "# file: requirements.yml\n- src: geerlingguy.nginx\n",
    "settings": "# file: ansible.cfg\n# x\n[defaults]\ninventory = hosts\nroles_path: a\n"
    "  b\n[ssh]\n",
    "an empty file of tasks": "# file: roles/a/tasks/main.yml\n---\n",
    "an encrypted file": "# file: group_vars/all.yml\n$ANSIBLE_VAULT;1.1;AES256\n6162\n",
    "an odd name of a default": "# file: roles/a/defaults/main.yml\na-b: 1\n",
    "a handler of a role": "- hosts: a\n  roles: [a]\n  tasks: [{ping: , notify: 'a : go'}]\n"
    "# file: roles/a/handlers/main.yml\n- name: go\n  ping:\n"
    "# file: roles/a/tasks/main.yml\n- ping:\n",
}


@pytest.mark.parametrize("name", ACCEPTED_FILES)
def test_files_that_are_accepted(name: str) -> None:
    assert found(ACCEPTED_FILES[name]) == []


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("- hosts: a\n  roles: [x]\n", "roles-are-not-seen@2:11"),
        ("- hosts: a\n  tasks: [{import_tasks: x.yml}]\n", "files-are-not-seen@2:26"),
        ("- hosts: a\n  tasks: [{debug: {msg: '{{ x }}'}}]\n", "variables-come-from-outside@2:25"),
        (
            "- hosts: a\n  roles: [x]\n  tasks: [{ping: , notify: y}]\n",
            "handlers-are-not-seen@3:28",
        ),
        ("- hosts: a\n  strategy: mitogen\n", "plugins-are-not-seen@2:13"),
        ("- hosts: a\n  hosts: b\n", "keys-are-given-once@2:3"),
        ("- hosts: a\n  tasks: [{x.y.z: }]\n", "modules-are-known@2:19"),
    ],
)
def test_what_cannot_be_judged_is_said(text: str, notice: str) -> None:
    assert found(text) == []
    assert notice in found(text, notices=True)


def test_a_slip_is_named() -> None:
    files = {LANGUAGE.path: tasks("- ping:\n  wen: true\n")}
    verdict = check_files(files, {LANGUAGE.path: LANGUAGE.name})
    assert [one.finding.hint for one in verdict.diagnostics] == ["did you mean the keyword `when`?"]


@pytest.mark.parametrize(
    ("name", "other", "slip"),
    [
        ("documnet_root", "document_root", True),
        ("packges", "packages", True),
        ("http_portt_in", "http_port_in", True),
        ("Http_port", "http_port", True),
        ("users", "user", False),
        ("hosts_prod", "host_prod", False),
        ("db_a_port", "db_b_port", False),
        ("port1", "port2", False),
        ("user_name", "username", False),
    ],
)
def test_slips_are_told_from_other_names(name: str, other: str, slip: bool) -> None:
    assert bool(slip_of(name, [other])) is slip
