"""No project, however odd, breaks a requirement: parts of references are replaced at random."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from envs.ansible import CATEGORY
from iac_gym.answer import Answer
from iac_gym.languages.ansible import LANGUAGE
from iac_gym.task import build_task
from iac_gym.verifier import verify

ODD: tuple[Any, ...] = (None, 7, -1, 0.5, True, "", "x", "{{ x }}", "{{ item }}", "{% if x %}", "[")
ODD += ([], {}, [[]], [None], {"a": {}}, [{"name": None}], [1, "a", {}], {1: 2}, "a: [", "0", "-")
ODD += ("{{ [1, 2] }}", "{{ {'a': 1} }}", "{{ omit }}", 10**30, float("inf"), "9" * 40, "*/0", "1-")


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from _places(tree[key])


def _spoilt(text: str, chance: random.Random) -> str:
    tree = yaml.safe_load(text)
    places = list(_places(tree))
    for parent, key in chance.sample(places, min(len(places), chance.choice((1, 2, 4)))):
        if chance.random() < 0.2 and isinstance(parent, dict):
            parent.pop(key, None)
        else:
            parent[key] = copy.deepcopy(chance.choice(ODD))
    return str(yaml.safe_dump(tree, sort_keys=False))


@pytest.mark.parametrize("name", sorted(CATEGORY.families))
def test_odd_values_are_judged(name: str) -> None:
    chance = random.Random(name)
    for index in range(2):
        task = build_task(CATEGORY, name, "test", index)
        for _ in range(6):
            files = {
                path: _spoilt(text, chance) if path.endswith((".yml", ".yaml")) else text
                for path, text in task.reference.items()
            }
            assert verify(Answer(files), task).unscored == "", files


def test_every_requirement_judges_every_reference() -> None:
    """Requirements also meet projects that they were not drawn for, spoilt ones included."""
    chance = random.Random("all")
    asked = {}
    models = []
    for name in CATEGORY.families:
        task = build_task(CATEGORY, name, "test", 3)
        for one in task.requirements:
            asked[one.name] = one.args
        if all(path.endswith(".yml") for path in task.reference):
            files = {path: _spoilt(text, chance) for path, text in task.reference.items()}
            models.append(LANGUAGE.parse(files))
    for name, args in asked.items():
        for model in models:
            list(CATEGORY.requirements[name].check(model, **args))
