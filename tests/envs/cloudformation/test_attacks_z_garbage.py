"""A verdict leaves nothing behind that only the garbage collector could free."""

from __future__ import annotations

import gc

import pytest

from envs.cloudformation import CATEGORY
from iac_gym.task import build_task
from iac_gym.verifier import verify


@pytest.mark.parametrize("family", sorted(CATEGORY.families))
def test_no_cycles_are_left(family: str) -> None:
    """Trees, stacks and findings of a right and of a wrong answer refer to nothing in a circle."""
    task = build_task(CATEGORY, family, "test", 5)
    wrong = task.reference_text.replace("Type: AWS::", "Type: AWS:: ", 1)
    answers = [f"```yaml\n{text}\n```" for text in (task.reference_text, wrong)]
    for answer in answers:  # what is loaded and kept at first use
        verify(answer, task)
    gc.collect()
    gc.disable()
    try:
        for answer in answers:
            verify(answer, task)
        assert gc.collect() == 0
    finally:
        gc.enable()
