"""What ansible-core lets run is not refused: failures that pass, plugins and handlers elsewhere."""

from __future__ import annotations

import pytest

from iac_gym.languages.ansible import LANGUAGE
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

PLAY = "- hosts: web\n  tasks:\n"


def judged(files: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the rules that refuse, and the notices."""
    found = check_files(files, dict.fromkeys(files, LANGUAGE.name)).diagnostics
    refused = [one.rule for one in found if one.stage <= Stage.SEMANTICS]
    return refused, [one.rule for one in found if one.stage == Stage.NOTICE]


def task(text: str) -> dict[str, str]:
    return {LANGUAGE.path: PLAY + "".join(f"    {line}\n" for line in text.splitlines())}


#: Every line was run with ansible-core 2.19: the first of a pair ends well, the second does not.
PAIRS = {
    "an option": (
        "- debug: {mss: a}\n  ignore_errors: true",
        "- debug: {mss: a}\n  ignore_errors: false",
    ),
    "a condition": (
        "- debug: {msg: a}\n  when: '{{ x }} == 1'\n  ignore_errors: true",
        "- debug: {msg: a}\n  when: '{{ x }} == 1'\n  failed_when: false",
    ),
    "a condition of no truth": (
        "- debug: {msg: a}\n  when: x | int\n  ignore_errors: '{{ y }}'",
        "- debug: {msg: a}\n  when: x | int",
    ),
    "a number as condition": (
        "- block:\n    - debug: {msg: a}\n      when: 5\n  rescue:\n    - debug:",
        "- block:\n    - debug: {msg: a}\n      when: 5\n  always:\n    - debug:",
    ),
    "the rescue itself": (
        "- block:\n    - debug: {mss: a}\n  rescue:\n    - debug: {msg: a}",
        "- block:\n    - debug: {msg: a}\n  rescue:\n    - debug: {mss: a}",
    ),
    "a loop": (
        "- debug: {msg: a}\n  loop: 5\n  ignore_errors: yes",
        "- debug: {msg: a}\n  loop: 5\n  when: false",
    ),
    "a value of a keyword": (
        "- debug: {msg: a}\n  diff: yes.\n  ignore_errors: true",
        "- debug: {msg: a}\n  diff: yes.",
    ),
    "a template": (
        "- debug: {msg: \"{{ 'a' b }}\"}\n  when: false",
        "- debug: {msg: a}\n  delegate_to: \"{{ 'a' b }}\"\n  when: false",
    ),
    "a task that never runs": (
        "- debug: {mss: a}\n  when: [false, x]",
        "- debug: {mss: a}\n  when: [x, false]",
    ),
    "what the module itself says": (
        "- file: {pat: /a}\n  failed_when: false",
        "- debug: {mss: a}\n  failed_when: false",
    ),
    "errors of a block": (
        "- ignore_errors: true\n  block:\n    - debug: {mss: a}",
        "- ignore_errors: true\n  block:\n    - debug: {mss: a}\n      ignore_errors: false",
    ),
    "an argument that templates give": (
        "- debug: \"{{ {'msg': 5} }}\"",
        '- debug: "a {{ b }}"\n  vars: {b: c}',
    ),
    "a handler that nobody asks for": (
        "- debug: {msg: a}\n  notify: nobody",
        "- debug: {msg: a}\n  changed_when: true\n  notify: nobody",
    ),
    "a command without changes": (
        "- command: a\n  changed_when: false\n  notify: nobody",
        "- command: a\n  ignore_errors: true\n  notify: nobody",
    ),
    "a module that is not loaded": (
        "- debug: {msg: a}",
        "- nosuchmodule: {a: b}\n  ignore_errors: true",
    ),
    "a filter in a branch": (
        "- debug: {msg: '{% if a %}{% elif b is False %}c{% endif %}'}\n  vars: {a: 1, b: 2}",
        "- debug: {msg: '{% if a is False %}c{% endif %}'}\n  vars: {a: 1}",
    ),
    "a filter in another branch": (
        "- debug: {msg: '{{ a if a else a | nosuch }}'}\n  vars: {a: 1}",
        "- debug: {msg: '{{ a | nosuch if a | nosuch else a }}'}\n  vars: {a: 1}",
    ),
    "a keyword of a task that never runs": (
        "- debug: {msg: a}\n  become: maybe\n  when: false",
        "- debug: {msg: a}\n  become: maybe",
    ),
    "a lookup in a branch": (
        "- debug: {msg: \"{{ 'x' if true else lookup('nosuch') }}\"}",
        "- debug: {msg: \"{{ lookup('nosuch') }}\"}",
    ),
    "a host from a template": ('- add_host: "{{ host }}"', "- add_host: {groups: a}"),
    "the name of a role": (
        "- include_role: {name: a.b.c}",
        "- include_role: {name: 3.5}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_passes_is_a_notice_and_the_rest_is_refused(name: str) -> None:
    passing, failing = PAIRS[name]
    assert judged(task(passing))[0] == []
    assert judged(task(failing))[0]


def test_a_forgiven_failure_is_told() -> None:
    assert "failures-are-forgiven" in judged(task(PAIRS["an option"][0]))[1]


ROLE = "roles/web/tasks/main.yml"
FILTERS = "class FilterModule:\n    def filters(self):\n        return {'shout': str.upper}\n"
PROJECTS = {
    "a handler of another role": ({ROLE: "- command: a\n  notify: restart web\n"}, []),
    "a handler with a slip": (
        {
            ROLE: "- command: a\n  notify: restart wbe\n",
            "roles/web/handlers/main.yml": "- name: restart web\n  ping:\n",
        },
        ["handlers-exist"],
    ),
    "tasks beside playbooks": (
        {
            "playbooks/rescue.yml": "- ping:\n",
            "playbooks/site.yml": PLAY + "    - include_tasks: rescue.yml\n",
        },
        [],
    ),
    "a play without hosts": (
        {"playbooks/rescue.yml": "- ping:\n"},
        ["keywords-are-known", "plays-name-hosts"],
    ),
    "tasks below playbooks": (
        {"playbooks/tasks/net/a.yml": "- ping:\n", "playbooks/a.yml": "- hosts: web\n"},
        [],
    ),
    "a file that nobody reads": (
        {"roles/web/notes.yml": "{{ a: b\n", ROLE: "- ping:\n", ".github/galaxy.yml": "on: push\n"},
        [],
    ),
    "a connection of its own": (
        {
            "connection_plugins/dummy.py": "class Connection: ...\n",
            LANGUAGE.path: "- hosts: web\n  connection: dummy\n",
        },
        [],
    ),
    "no such connection": ({LANGUAGE.path: "- hosts: web\n  connection: dummy\n"}, None),
    "a filter of its own": (
        {
            "filter_plugins/own.py": FILTERS,
            LANGUAGE.path: PLAY + "    - debug: {msg: \"{{ 'a' | shout }}\"}\n",
        },
        [],
    ),
    "another filter": (
        {
            "filter_plugins/own.py": FILTERS,
            LANGUAGE.path: PLAY + "    - debug: {msg: \"{{ 'a' | whisper }}\"}\n",
        },
        ["plugins-are-known"],
    ),
    "a short name of a collection that is not known": (
        {LANGUAGE.path: "- hosts: web\n  collections: [ibm.qradar]\n  tasks: [{qradar_rule: }]\n"},
        [],
    ),
    "a short name of a collection with a slip": (
        {LANGUAGE.path: "- hosts: web\n  collections: [ansible.posx]\n  tasks: [{mont: }]\n"},
        ["modules-exist"],
    ),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_what_another_file_may_hold(name: str) -> None:
    files, expected = PROJECTS[name]
    refused = sorted(set(judged(files)[0]))
    assert refused == expected if expected is not None else refused


@pytest.mark.parametrize(
    ("option", "defaults", "refused"),
    [
        ("{type: integer}", "", False),
        ("{type: integer, required: true}", "", True),
        ("{type: integer, default: 5}", "", True),
        ("{type: integer}", "port: 5\n", True),
        ("{type: int}", "port: 5\n", False),
    ],
)
def test_types_of_arguments_are_looked_at_when_they_are_given(
    option: str, defaults: str, refused: bool
) -> None:
    files = {
        ROLE: "- ping:\n",
        "roles/web/meta/argument_specs.yml": "argument_specs:\n  main:\n    options:\n"
        f"      port: {option}\n",
    }
    if defaults:
        files["roles/web/defaults/main.yml"] = defaults
    assert ("argument-specs-are-right" in judged(files)[0]) is refused


def test_secrets_are_looked_for_in_linear_time() -> None:
    from time import process_time

    from iac_gym.languages.ansible.secrets import names_a_secret

    start = process_time()
    assert not names_a_secret("{{ " * 20_000)
    assert names_a_secret("{{ " * 9 + "{{ db_password }}")
    assert process_time() - start < 0.2
