"""Values for given charts: every value of an answer matters, and its path and type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from envs.helm import CATEGORY
from iac_gym.answer import Answer
from iac_gym.formats.yaml import dump, load
from iac_gym.task import Task, build_task
from iac_gym.verifier import verify

FAMILIES = ("web-values", "scaled-values", "stored-values", "environments-values")


def _tasks() -> Iterator[Task]:
    for name in FAMILIES:
        for index in (1, 4, 9):
            yield build_task(CATEGORY, name, "test", index)


def _trees(task: Task) -> dict[str, Any]:
    return {path: json.loads(json.dumps(load(text).value)) for path, text in task.reference.items()}


def _leaves(tree: Any, *above: str) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, *above, key)
        else:
            yield (*above, key)


def _without(tree: Any, path: tuple[str, ...]) -> Any:
    key, *rest = path
    if not rest:
        return {name: one for name, one in tree.items() if name != key}
    return {**tree, key: _without(tree[key], tuple(rest))}


def _solves(task: Task, trees: dict[str, Any]) -> bool:
    return verify(Answer({path: dump(tree) for path, tree in trees.items()}), task).solved


@pytest.mark.parametrize("task", _tasks(), ids=lambda task: task.id)
def test_every_value_is_needed(task: Task) -> None:
    trees = _trees(task)
    assert _solves(task, trees)
    for file, tree in trees.items():
        for path in _leaves(tree):
            assert not _solves(task, {**trees, file: _without(tree, path)}), f"{file}: {path}"


@pytest.mark.parametrize("task", _tasks(), ids=lambda task: task.id)
def test_values_under_another_key_do_not_count(task: Task) -> None:
    trees = {path: {"app": tree} for path, tree in _trees(task).items()}
    assert not _solves(task, trees)
    verdict = verify(Answer({path: dump(tree) for path, tree in trees.items()}), task)
    met = sum(one.passed for one in verdict.outcomes if one.requirement >= 0)
    assert met <= 1


def test_more_values_do_no_harm() -> None:
    for task in _tasks():
        trees = {path: {**tree, "podLabels": {"team": "x"}} for path, tree in _trees(task).items()}
        assert _solves(task, trees)
