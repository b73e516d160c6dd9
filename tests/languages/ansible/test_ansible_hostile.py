"""Any text gets a verdict, the same one twice, and soon; no tree makes the model raise."""

from __future__ import annotations

import json
import random
import time

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.ansible import LANGUAGE
from iac_gym.languages.ansible.parse import parse
from iac_gym.verifier import check_files

#: Seconds for one text: many times what it takes, for a busy machine.
LIMIT = 2.0
PLAY = "- hosts: a\n  tasks:\n"


def _many(form: str, count: int) -> str:
    return "".join(form.format(at=at, next=at + 1) for at in range(count))


TEXTS = {
    "tasks": PLAY + _many("    - ping:\n", 5000),
    "plays": _many("- hosts: a\n", 5000),
    "notifications": PLAY + _many("    - {{ping: , notify: n{at}}}\n", 2000)
    + "  handlers:\n" + _many("    - {{name: h{at}, ping: }}\n", 2000),
    "templated handlers": PLAY + _many("    - {{ping: , notify: n{at}}}\n", 500)
    + "  handlers:\n" + _many("    - {{name: '{{{{a}}}}{{{{b}}}}{{{{c}}}}x{at}', ping: }}\n", 500),
    "variables in a chain": "- hosts: a\n  vars:\n" + _many("    v{at}: '{{{{ v{next} }}}}'\n", 900)
    + "  tasks:\n    - debug: {msg: '{{ v0 }}'}\n",
    "variables that double": "- hosts: a\n  vars:\n"
    + _many("    v{at}: '{{{{ v{next} }}}}{{{{ v{next} }}}}'\n", 60)
    + "    v60: xxxxxxxxxx\n  tasks:\n    - debug: {msg: '{{ v0 }}'}\n",
    "loops in loops": PLAY + "    - debug: {msg: '{{ item }}'}\n      with_nested:\n"
    + _many("        - [a, b, c, d, e, f]\n", 40),
    "a large loop": PLAY + "    - debug: {msg: '{{ item }}'}\n      loop: ["
    + "a, " * 5000 + "b]\n",
    "blocks in blocks": PLAY + "    - " + "{block: [" * 90 + "{ping: }" + "]}" * 90 + "\n",
    "a long condition": PLAY + "    - ping:\n      when: " + "a and " * 9000 + "a\n",
    "parentheses": PLAY + "    - ping:\n      when: " + "(" * 20_000 + ")" * 20_000 + "\n",
    "a power": PLAY + "    - debug: {msg: '{{ 9**9**9**9 }}'}\n",
    "a long text": PLAY + "    - debug: {msg: \"{{ 'a' * 999999999 }}\"}\n",
    "a range": PLAY + "    - debug: {msg: '{{ range(10**9) | list }}'}\n",
    "braces": PLAY + "    - shell: '" + "{{ " * 15_000 + "'\n",
    "quotes": PLAY + "    - shell: " + "\"a' " * 10_000 + "\n",
    "a bomb of aliases": "- hosts: a\n  vars:\n    a0: &a0 [x, x, x]\n"
    + _many("    a{next}: &a{next} [*a{at}, *a{at}, *a{at}, *a{at}]\n", 12),
    "depth": "- hosts: a\n  vars: {a: " + "[" * 30_000,
    "unknown keys": "- {hosts: a, " + _many("k{at}: 1, ", 4000) + "}\n",
    "unknown modules": PLAY + _many("    - modul{at}: \n", 1000),
    "unknown variables": PLAY + "    - debug: {msg: '" + _many("{{{{ abcdefg{at} }}}}", 1500)
    + "'}\n      vars: {" + _many("abcdefx{at}: 1, ", 1500) + "}\n",
}  # fmt: skip

FILES = {
    "an inventory": {"hosts": "[a]\n" + _many("h[0:99]-{at}\n", 500)},
    "a range": {"hosts": "a[0:9][0:9][0:9][0:9][0:9][0:9]\n"},
    "literals": {"hosts": "a x=" + "(" * 20_000 + "\n[a:vars]\ny=" + "[" * 20_000 + "\n"},
    "groups in a circle": {"hosts": "[a:children]\nb\n[b:children]\na\n", "p.yml": PLAY},
    "groups": {
        "hosts": _many("[g{at}:children]\ng{next}\n", 900) + "[g900]\nh\n",
        "group_vars/all.yml": "x: 1\n",
        "playbook.yml": PLAY + "    - debug: {msg: '{{ x }}'}\n",
    },
    "roles that depend": {
        f"roles/r{at}/meta/main.yml": f"dependencies: [r{at + 1}, r{at + 1}]\n"
        for at in range(60)
    }
    | {"playbook.yml": "- hosts: a\n  roles: [r0]\n"},
    "includes in a circle": {
        "playbook.yml": PLAY + "    - include_tasks: a.yml\n",
        "a.yml": "- include_tasks: a.yml\n  loop: [1, 2, 3]\n- include_tasks: a.yml\n"
        "  loop: [1, 2]\n",
    },
    "imports in a circle": {"a.yml": "- import_playbook: a.yml\n- import_playbook: a.yml\n"},
    "many files": {f"tasks/t{at}.yml": "- ping:\n" for at in range(500)}
    | {"playbook.yml": PLAY + _many("    - include_tasks: tasks/t{at}.yml\n", 500)},
    "a setting": {"ansible.cfg": "[a]\n" + "x" * 60_000},
}  # fmt: skip


def read_all(files: dict[str, str]) -> None:
    """Ask for everything that the model has."""
    try:
        project = parse(files)
    except ParseError:
        return
    for play in project.plays:
        assert play.vars is not None
        assert play.keywords is not None
        for task in (*play.every_task, *play.handlers):
            read = (task.runs, task.notified, task.tags, task.environment, task.forgiven)
            assert read is not None
            assert task.chance in ("always", "maybe", "never")
            assert task.runs_on({"os_family": "Debian"}) in (True, False, None)
    assert project.inventory.hosts is not None


@pytest.mark.parametrize("name", [*TEXTS, *FILES])
def test_a_verdict_comes_soon_and_twice_the_same(name: str) -> None:
    files = FILES.get(name) or {LANGUAGE.path: TEXTS[name]}
    start = time.process_time()
    first = check_files(files, dict.fromkeys(files, LANGUAGE.name))
    assert time.process_time() - start < LIMIT
    assert first.unscored == ""
    assert check_files(files, dict.fromkeys(files, LANGUAGE.name)) == first
    start = time.process_time()
    read_all(files)
    assert time.process_time() - start < LIMIT


_VALUES: tuple[object, ...] = (
    None, True, 5, 1.5, "", "text", "{{ x }}", "{{", [], [None], [[1]], {}, {"a": {"b": [1]}},
    ["a", {"b": "c"}], {1: 2}, "a=b c='d", "-", float("nan"),
)  # fmt: skip
_KEYS = (
    "hosts", "tasks", "roles", "handlers", "vars", "vars_files", "vars_prompt", "pre_tasks", "name",
    "block", "rescue", "always", "when", "loop", "with_items", "with_dict", "loop_control",
    "register", "notify", "tags", "environment", "module_defaults", "action", "local_action",
    "args", "debug", "shell", "set_fact", "meta", "include_tasks", "import_tasks", "include_role",
    "import_role", "include_vars", "assert", "until", "retries", "serial", "collections", "listen",
    "import_playbook", "become", "delegate_to", "apply", "port", "failed_when", "dependencies",
    "argument_specs", "galaxy_info", "allow_duplicates", "all", "children", "plugin",
)  # fmt: skip
_PATHS = (
    "playbook.yml", "roles/a/tasks/main.yml", "roles/a/meta/main.yml", "roles/a/handlers/main.yml",
    "roles/a/defaults/main.yml", "inventory.yml", "requirements.yml", "group_vars/all.yml",
    "host_vars/b.yml", "roles/a/meta/argument_specs.yml", "galaxy.yml", "more.yml", "tasks/x.yml",
)  # fmt: skip


def _tree(rnd: random.Random, depth: int) -> object:
    kind = rnd.random()
    if depth <= 0 or kind < 0.25:
        return rnd.choice(_VALUES)
    if kind < 0.5:
        return [_tree(rnd, depth - 1) for _ in range(rnd.randrange(3))]
    return {rnd.choice(_KEYS): _tree(rnd, depth - 1) for _ in range(rnd.randrange(1, 5))}


@pytest.mark.parametrize("seed", range(150))
def test_no_tree_makes_a_check_raise(seed: int) -> None:
    rnd = random.Random(seed)
    files = {path: json.dumps(_tree(rnd, 5)) for path in rnd.sample(_PATHS, 3)}
    files["site.yml"] = json.dumps([{"hosts": "all", rnd.choice(_KEYS): _tree(rnd, 5)}])
    verdict = check_files(files, dict.fromkeys(files, LANGUAGE.name))
    assert verdict.unscored == ""
    read_all(files)
