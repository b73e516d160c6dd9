"""The mistakes in trees: every one changes something, the same for the same seed."""

from __future__ import annotations

import copy
import json
import random

import pytest

from bench.agreements.tree_mutants import CHANGES, every

TREE = {
    "on": ["push"],
    "jobs": {
        "build": {"runs-on": "ubuntu-latest", "timeout-minutes": 5, "steps": [{"run": "make"}]}
    },
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_mistake_changes_the_tree_and_only_a_copy_of_it(name: str) -> None:
    kept = copy.deepcopy(TREE)
    change = every(json.loads, json.dumps)[name]
    made = [change(random.Random(seed), json.dumps(TREE)) for seed in range(8)]
    assert any(text is not None and json.loads(text) != TREE for text in made)
    assert made == [change(random.Random(seed), json.dumps(TREE)) for seed in range(8)]
    assert kept == TREE


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("tree", [None, "text", 3, {}, [], {"": ""}])
def test_odd_trees_are_no_reason_to_stop(name: str, tree: object) -> None:
    every(json.loads, json.dumps)[name](random.Random(1), json.dumps(tree))
