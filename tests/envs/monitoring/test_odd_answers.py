"""No tree, however odd, breaks a requirement: parts of references are replaced at random."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from envs.monitoring import CATEGORY
from iac_gym.answer import Answer
from iac_gym.task import build_task
from iac_gym.verifier import verify

ODD: tuple[Any, ...] = (None, 7, -1, 0.5, True, "", "x", "{{ $labels.x }}", [], {}, [[]], [None])
ODD += ({"a": {}}, [{"name": None}], [1, "a", {}], {"name": ["x"]}, {1: 2}, "5m", "a[", "0s")
ODD += ("sum(", "up offset 1d", "vector(1)", 'm{a=~"("}', "(.+)(", ".*", "$1", "...", "a=b", "!=")
FAMILIES = [
    name
    for name, family in CATEGORY.families.items()
    if family.language in ("prometheus", "alertmanager") or name == "rule-object"
]


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
        for _ in range(20):
            files = {}
            for path, text in task.reference.items():
                tree = copy.deepcopy(yaml.safe_load(text))
                places = list(_places(tree))
                for parent, key in chance.sample(
                    places, chance.choice((1, 2, min(5, len(places))))
                ):
                    parent[key] = copy.deepcopy(chance.choice(ODD))
                files[path] = yaml.safe_dump(tree)
            verdict = verify(Answer(files), task)
            assert verdict.unscored == "", files
