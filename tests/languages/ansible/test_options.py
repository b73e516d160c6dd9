"""Modules and arguments of whole projects: where findings stand, and what must be left alone."""

from __future__ import annotations

import pytest

from iac_gym.languages.ansible.parse import parse

NAMES = frozenset(
    """modules-exist modules-are-known options-are-known required-options-are-given
    option-types-are-right option-values-are-allowed options-fit-together""".split()
)


FILE = "- hosts: all\n  module_defaults: {file: {path: /a}}"
AWS = "- hosts: all\n  module_defaults: {group/aws: {name: a}}"
ACME = "- hosts: all\n  collections: [acme.tools]"


def found(files: dict[str, str] | str) -> list[tuple[str, int, int]]:
    """Return rule, line and column of the findings about modules and their options."""
    given = {"site.yml": files} if isinstance(files, str) else files
    some = parse(given).examine()
    return sorted((name, one.line, one.column) for name in NAMES for one in some.get(name, ()))


def play(*lines: str, head: str = "- hosts: all") -> str:
    """Return a play with tasks."""
    return "\n".join((head, "  tasks:", *(f"    {line}" for line in lines), ""))


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        (["- ansible.builtin.copyy: {src: a}"], ("modules-exist", 3, 7)),
        (["- anible.builtin.copy: {src: a}"], ("modules-exist", 3, 28)),
        (["- docker_containr: {name: a}"], ("modules-exist", 3, 7)),
        (["- community.docker.nothing: {}"], ("modules-exist", 3, 7)),
        (["- acme.tools.widget: {}"], ("modules-are-known", 3, 26)),
        (["- apt:", "    name: a", "    stat: b"], ("options-are-known", 5, 15)),
        (["- apt: nginx"], ("options-are-known", 3, 12)),
        (["- file: {mode: '0644'}"], ("required-options-are-given", 3, 13)),
        (["- wait_for:", "    port: http"], ("option-types-are-right", 4, 15)),
        (["- apt: name=a state=here"], ("option-values-are-allowed", 3, 12)),
        (
            ["- uri:", "    url: a", "    status_code: [x]"],
            ("option-types-are-right", 5, 23),
        ),
        (["- debug: {msg: a, var: b}"], ("options-fit-together", 3, 28)),
        (["- action: apt name=a stat=b"], ("options-are-known", 3, 15)),
        (["- apt:", "  args: {name: a, stat: b}"], ("options-are-known", 4, 29)),
    ],
)
def test_findings_stand_at_their_place(lines: list[str], finding: tuple[str, int, int]) -> None:
    assert found(play(*lines)) == [finding]


@pytest.mark.parametrize(
    "text",
    [
        play("- apt: {state: present}", "  args: '{{ more }}'"),
        play("- file: {state: directory}", head=FILE),
        play("- file: {state: directory}", "  module_defaults: {ansible.builtin.file: {path: /a}}"),
        play("- amazon.aws.s3_bucket: {}", head=AWS),
        play("- apt: {name: a, state: '{{ s }}'}"),
        play("- '{{ module }}': {a: b}"),
        play("- set_fact: {a: b}"),
        play("- docker_image: {name: a, source: pull}", head=ACME),
        play("- command: ls -la", "  args: {chdir: /a}"),
        play("- shell: echo a=b c=d"),
        play("- async_status: {jid: '1'}"),
        play("- ansible.windows.win_shell: dir"),
        play("- add_host: {hostname: a, groups: b, role: c}"),
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(text: str) -> None:
    assert not found(text)


def test_modules_of_the_project_itself_are_not_judged() -> None:
    task = play("- widget: {size: 3}")
    assert found({"site.yml": task}) == [("modules-exist", 3, 7)]
    assert not found({"site.yml": task, "library/widget.py": ""})
    assert not found({"site.yml": task, "roles/a/library/widget.py": ""})


def test_values_are_judged_with_their_variables() -> None:
    head = "- hosts: all\n  vars: {wanted: presnt, right: present}"
    wrong = play("- apt: {name: a, state: '{{ wanted }}'}", head=head)
    assert found(wrong) == [("option-values-are-allowed", 4, 29)]
    assert not found(play("- apt: {name: a, state: '{{ right }}'}", head=head))
    assert not found(play("- apt: {name: a, state: '{{ other }}'}", head=head))
    guarded = play("- apt: {name: a, state: '{{ wanted }}'}", "  when: maybe", head=head)
    assert not found(guarded)


def test_the_values_of_loops_are_judged() -> None:
    text = play("- apt: {name: a, state: '{{ item }}'}", "  loop: [present, gone]")
    assert found(text) == [("option-values-are-allowed", 3, 29)]


def test_many_faults_are_found_without_a_hint_for_each() -> None:
    text = play(*(f"- apt: {{nam{number}: a}}" for number in range(100)))
    some = parse({"site.yml": text}).examine()["options-are-known"]
    assert len(some) == 100
    assert some[0].hint == "did you mean `name`?"
    assert some[-1].hint == ""
