"""Ansible-core as the real tool: what it says of right and wrong projects, and of our pack."""

from __future__ import annotations

import json
import subprocess

import pytest

from iac_gym.languages.ansible import tool
from iac_gym.languages.ansible.equivalents import equivalents
from iac_gym.languages.ansible.modules import build_data, encode
from iac_gym.languages.ansible.modules.pack import modules
from iac_gym.verifier import check_files

PLAYBOOK = """- name: web
  hosts: web
  become: true
  vars: {port: 80}
  tasks:
    - name: nginx
      ansible.builtin.apt: {name: nginx, state: present, update_cache: true}
      when: [ansible_os_family == 'Debian', port > 10]
      notify: restart
      tags: web
    - name: dirs
      ansible.builtin.file: {path: "{{ item }}", state: directory, mode: "0755"}
      loop: [/a, /b]
    - command: uptime
      changed_when: false
  handlers:
    - name: restart
      ansible.builtin.systemd: {name: nginx, state: restarted}
"""
needs_ansible = pytest.mark.skipif(bool(tool.missing_tool()), reason=tool.missing_tool())


def test_a_missing_tool_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "python_of_ansible", lambda: "")
    opinion = tool.ask_ansible({"site.yml": PLAYBOOK})
    assert opinion.valid is None
    assert tool.VARIABLE in opinion.reason


@pytest.mark.parametrize(("name", "files"), list(equivalents({"site.yml": PLAYBOOK})))
def test_rewritings_change_the_text_and_stay_valid(name: str, files: dict[str, str]) -> None:
    assert files["site.yml"] != PLAYBOOK
    verdict = check_files(files, dict.fromkeys(files, "ansible"))
    assert verdict.valid, f"{name}: {[str(one) for one in verdict.diagnostics]}"


def test_every_rewriting_acts_on_something() -> None:
    names = [name for name, _ in equivalents({"site.yml": PLAYBOOK})]
    assert len(names) == len(set(names))
    assert {"JSON", "aliases of options", "arguments as `key=value`", "a variable"} <= set(names)


def test_secrets_are_never_rewritten() -> None:
    text = "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n"
    assert [name for name, _ in equivalents({"group_vars/all.yml": text})] == ["a comment"]


@needs_ansible
def test_rewritings_are_the_same_to_ansible() -> None:
    made = list(equivalents({"site.yml": PLAYBOOK}))
    said = tool.ask_many([files for _, files in made])
    refused = [name for (name, _), one in zip(made, said, strict=True) if one.valid is not True]
    assert not refused


@needs_ansible
def test_ansible_refuses_what_is_wrong() -> None:
    wrong = {
        "an attribute": "- hosts: a\n  taskz: []\n",
        "an option": "- hosts: a\n  tasks:\n    - apt: {nam: x}\n",
        "a choice": "- hosts: a\n  tasks:\n    - apt: {name: x, state: here}\n",
        "a template": "- hosts: a\n  tasks:\n    - debug: {msg: '{{ x'}\n",
        "a condition": "- hosts: a\n  tasks:\n    - debug: {msg: x}\n      when: a ==\n",
        "a module": "- hosts: a\n  tasks:\n    - nothing: {}\n",
        "a keyword": "- hosts: a\n  tasks:\n    - ping:\n      retries: often\n",
        "YAML": "- hosts: [\n",
    }
    said = tool.ask_many([{"site.yml": text} for text in wrong.values()])
    assert {name: one.valid for name, one in zip(wrong, said, strict=True)} == dict.fromkeys(
        wrong, False
    )


@needs_ansible
def test_what_is_missing_here_is_not_judged() -> None:
    texts = ["- hosts: a\n  roles: [b]\n", "- hosts: a\n  tasks:\n    - acme.tools.widget: {}\n"]
    said = tool.ask_many([*({"site.yml": text} for text in texts), {"a.txt": "b"}])
    assert [one.valid for one in said] == [None, None, None]


@needs_ansible
def test_the_pack_is_what_its_script_makes() -> None:
    names = ["ansible.builtin", "community.mysql"]
    command = [tool.python_of_ansible(), str(build_data.CAPTURE), *names]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in ran.stdout.splitlines():
        found = json.loads(line)
        made = json.loads(json.dumps(build_data.records(found)))
        held = {name: modules().record(found["collection"], name) for name in made}
        assert made == held


def test_the_encoding_keeps_what_is_needed() -> None:
    spec = {
        "name": {"required": True, "aliases": ["n"]},
        "state": {"default": "on", "choices": ["on", "off"]},
        "size": {"type": "int"},
        "rules": {"type": "list", "elements": "dict", "options": {"port": {"type": "int"}}},
        "odd": {"type": {"function": "check"}, "no_log": True},
    }
    found = {"spec": {"spec": spec, "required_if": [["state", "on", ["size"]]]}, "docs": {}}
    assert encode.record(found, action=False) == {
        "o": {
            "name": {"k": "s", "r": 1, "a": ["n"]},
            "odd": {"k": "-", "n": 1},
            "rules": {"k": "l", "e": "d", "o": {"port": "i"}},
            "size": "i",
            "state": {"k": "s*", "c": ["on", "off"], "d": "on"},
        },
        "i": [["state", "on", ["size"]]],
    }


def test_the_source_note_names_the_package() -> None:
    note = (build_data.PATH.parent / "SOURCE.md").read_text("utf-8")
    name, version = build_data.SOURCE.split()
    assert f"`{name}` {version}" in note
    assert modules().index["source"] == build_data.SOURCE
