"""The rules that `select` leaves out find nothing, and the reward counts as if all had run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from iac_gym import load_task, sample_ids
from iac_gym.check import Findings, ParseError
from iac_gym.formats.shell import read_script
from iac_gym.hostile import HOSTILE, damaged, misspelt
from iac_gym.languages.dockerfile import LANGUAGE, parse
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.languages.dockerfile.rules import IN_ORDER
from iac_gym.languages.dockerfile.selection import NEEDS, select

TASKS = 700
#: References of Dockerfiles that the tasks must have, at least.
REFERENCES = 300
EXAMPLES = [rule.section(title) + "\n" for rule in IN_ORDER for title in ("Bad", "Good")]


def _joined() -> Iterator[str]:
    for place, first in enumerate(EXAMPLES):
        for second in EXAMPLES[place % 5 :: 5]:
            yield first + second
            yield first + second.partition("\n")[2]


@cache
def _references() -> tuple[tuple[str, str], ...]:
    found = []
    for task_id in sample_ids("IaC-Docker-v0", "train", TASKS, seed=11):
        task = load_task(task_id)
        languages = dict(task.files)
        found += [
            (task_id, text)
            for path, text in task.reference.items()
            if languages[path] == LANGUAGE.name
        ]
    return tuple(found)


def _differs(text: str) -> str:
    """Say where the selected rules and all rules disagree, "" for nowhere."""
    try:
        model = parse({"Dockerfile": text})
    except ParseError:
        return ""
    chosen = {rule.name: list(rule.check(model)) for rule in select(model)}
    for rule in IN_ORDER:
        found = list(rule.check(model))
        if chosen.get(rule.name, []) != found:
            return f"{rule.name}: {found} in {text[:400]!r}"
    return ""


def test_examples_alone_and_joined() -> None:
    for text in (*EXAMPLES, *_joined()):
        assert _differs(text) == ""


def test_damaged_references() -> None:
    references = _references()
    assert len(references) >= REFERENCES
    for task_id, text in references:
        for answer in (text, *damaged(text, task_id), *misspelt(text, task_id)):
            assert _differs(answer) == ""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    assert _differs(HOSTILE[name][: 1 << 16]) == ""


def test_every_bad_example_runs_its_rule() -> None:
    for rule in IN_ORDER:
        assert rule in select(parse({"Dockerfile": rule.section("Bad") + "\n"})), rule.name


def test_a_rule_left_out_wrongly_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = parse({"Dockerfile": "FROM alpine:3.20\nMAINTAINER ops@example.com\n"})
    assert "maintainer-label" in [rule.name for rule in select(model)]

    def without(model: DockerfileModel) -> Findings:
        return tuple(rule for rule in IN_ORDER if rule.name != "maintainer-label")

    monkeypatch.setattr(f"{__name__}.select", without)
    assert "maintainer-label" in _differs("FROM alpine:3.20\nMAINTAINER ops@example.com\n")


def test_needs_name_rules() -> None:
    assert set(NEEDS) <= {rule.name for rule in IN_ORDER}


def test_scripts_that_are_kept_are_not_changed() -> None:
    install = "apt-get install curl"
    forgiven = f"sh -c '{install}' || true"
    assert [one.certain for one in read_script(install, {}).commands] == [True]
    assert [one.certain for one in read_script(forgiven, {}).commands] == [False, False]
    kept = read_script(install, {}).commands
    assert [(one.certain, one.offset) for one in kept] == [(True, 0)]
