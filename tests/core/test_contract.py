"""The contract over every registered environment."""

import pytest

from iac_gym import category_of, env_ids
from iac_gym.testing import CHECKS, run_contract

#: Tasks of each family and split that every check looks at.
DEPTH = 8


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("env_id", env_ids())
def test_contract(env_id, check):
    problems = run_contract(env_id, DEPTH, [check])
    assert not problems, "\n".join(p.message for p in problems)


@pytest.mark.parametrize("env_id", env_ids())
def test_every_requirement_type_is_asked_somewhere(env_id):
    from iac_gym.testing import tasks_of

    category = category_of(env_id)
    missing = set(category.requirements)
    for depth in (10, 40, 120):  # rare ones need a longer look
        if missing:
            missing -= {r.name for task in tasks_of(category, depth) for r in task.requirements}
    assert not missing
