"""Checks are total: whatever stands where a value is expected, they find something or nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from envs.cloudformation import CATEGORY
from iac_gym.draw import unit
from iac_gym.languages.cloudformation.parse import parse
from iac_gym.task import Task, build_task
from iac_gym.verifier import verify

#: What may stand anywhere.
ODD = (
    None, True, 0, -1.5, "", "x", "${Queue.Arn}", [], [None], [[["x"]]], {}, {"Ref": "Queue"},
    {"Ref": ["x"]}, {"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::If": ["Nope", 1, 2]},
    {"Fn::Sub": ["${a}", {"a": {"Ref": "AWS::Region"}}]}, {"a": {"b": [{"c": None}]}},
)  # fmt: skip


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items: list[tuple[Any, Any]] = []
    if isinstance(tree, dict):
        items = list(tree.items())
    elif isinstance(tree, list):
        items = list(enumerate(tree))
    for key, item in items:
        yield (*path, key)
        yield from _places(item, (*path, key))


def _changed(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(tree)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


def _plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _plain(item) for key, item in tree.items()}
    return [_plain(item) for item in tree] if isinstance(tree, list) else tree


def _task(family: str) -> Task:
    return build_task(CATEGORY, family, "test", 3)


@pytest.mark.parametrize("family", sorted(CATEGORY.families))
def test_no_check_breaks(family: str) -> None:
    """One value of a reference at a time is something else: every check still gives a verdict."""
    task = _task(family)
    tree = _plain(parse({"template.yaml": task.reference_text}).tree)
    places = [path for path in _places(tree["Resources"]) if len(path) > 1]
    for turn in range(25):
        place = places[int(unit(family, turn) * len(places))]
        odd = ODD[int(unit(turn, family) * len(ODD))]
        text = json.dumps({**tree, "Resources": _changed(tree["Resources"], place, odd)})
        verdict = verify(f"```json\n{text}\n```", task)
        assert not verdict.unscored, (place, odd)
