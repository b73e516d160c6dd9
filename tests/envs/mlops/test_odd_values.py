"""Requirements are total: places of references are replaced by anything, valid or not."""

from __future__ import annotations

import copy
import random
from itertools import islice
from typing import Any

import pytest
import yaml

from envs.mlops import CATEGORY
from iac_gym.check import ParseError
from iac_gym.language import load_language
from iac_gym.task import build_task
from tests.envs.mlops.test_odd_trees import FAMILIES, ODD, _places

MORE = (*ODD, 10**30, ["a", ["b"], None], {None: None}, {"x": [{}]}, "{{=}}", "a=b=c", "--")
MORE += ("x" * 300, "0/0 * * * *", "${x", [{"name": {}}], {"name": 5, "key": []}, False, "{{item}}")


@pytest.mark.parametrize("name", FAMILIES)
def test_every_place_may_hold_anything(name: str) -> None:
    chance = random.Random(name)
    language = load_language(CATEGORY.families[name].language)
    task = build_task(CATEGORY, name, "test", 1)
    for path, text in task.reference.items():
        whole: list[Any] = list(yaml.safe_load_all(text))
        size = sum(1 for _ in _places(whole))
        for spot in chance.sample(range(size), min(size, 40)):
            trees = copy.deepcopy(whole)
            parent, key = next(islice(_places(trees), spot, None))
            parent[key] = copy.deepcopy(chance.choice(MORE))
            try:
                model = language.parse({**task.reference, path: yaml.safe_dump_all(trees)})
            except ParseError:
                continue
            for asked in task.requirements:
                for finding in CATEGORY.requirements[asked.name].check(model, **asked.args):
                    assert finding.message
