"""No tree, however odd, breaks a requirement: parts of references are replaced at random."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from envs.mlops import CATEGORY
from iac_gym.answer import Answer
from iac_gym.task import build_task
from iac_gym.verifier import verify

ODD: tuple[Any, ...] = (None, 7, -1, 0.5, True, "", "x", "{{x}}", "$(A)", [], {}, [[]], [None])
ODD += ({"a": {}}, [{"name": None}], [1, "a", {}], {"name": ["x"]}, {1: 2}, "a: [", "0")
FAMILIES = [name for name, family in CATEGORY.families.items() if family.language != "terraform"]


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from _places(tree[key])


@pytest.mark.parametrize("name", FAMILIES)
def test_odd_values_are_judged(name: str) -> None:
    chance = random.Random(name)
    for index in range(3):
        task = build_task(CATEGORY, name, "test", index)
        for _ in range(25):
            files = {}
            for path, text in task.reference.items():
                trees = copy.deepcopy(list(yaml.safe_load_all(text)))
                places = list(_places(trees))
                for parent, key in chance.sample(
                    places, min(len(places), chance.choice((1, 2, 5)))
                ):
                    parent[key] = copy.deepcopy(chance.choice(ODD))
                files[path] = yaml.safe_dump_all(trees)
            verdict = verify(Answer(files), task)
            assert verdict.unscored == "", files
