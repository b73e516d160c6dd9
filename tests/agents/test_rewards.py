"""Rewards: one grading for all components, `None` where the verifier failed."""

from __future__ import annotations

import pytest

from agents.rewards import COMPONENTS, Scorer, text_of
from tests.agents.conftest import made_grade

pytestmark = pytest.mark.train


def call(function, ids, texts, **more):
    chats = [[{"role": "assistant", "content": text}] for text in texts]
    tokens = [[1] * len(text) for text in texts]
    return function(prompts=texts, completions=chats, completion_ids=tokens, task_id=ids, **more)


class Counting:
    """A grader that counts how often it is called."""

    def __init__(self, *totals):
        self.totals, self.calls = totals, 0

    def __call__(self, ids, texts, workers=None):
        self.calls += 1
        return [made_grade(task, total) for task, total in zip(ids, self.totals, strict=True)]


def test_a_batch_is_graded_once_for_all_components():
    grader = Counting(1.0, 0.5)
    functions = Scorer(grader=grader).functions()
    assert [function.__name__ for function in functions] == list(COMPONENTS)
    got = {f.__name__: call(f, ["a", "b"], ["x", "y"]) for f in functions}
    assert grader.calls == 1
    assert got["total"] == [1.0, 0.5]
    assert got["solved"] == [1.0, 0.0]
    call(functions[0], ["a", "b"], ["x", "z"])
    assert grader.calls == 2


def test_what_the_verifier_could_not_judge_is_none_in_every_component():
    scorer = Scorer(grader=Counting(1.0, None, None))
    logged = {}
    for function in scorer.functions():
        got = call(function, list("abc"), list("xyz"), log_metric=logged.__setitem__)
        assert got[0] is not None
        assert got[1:] == [None, None]
    assert logged == {"unscored": 2.0}


def test_batches_are_recorded_once_with_their_step():
    rows = []
    scorer = Scorer(record=lambda *row: rows.append(row), grader=Counting(1.0))
    state = type("State", (), {"global_step": 7})
    for function in scorer.functions():
        call(function, ["a"], ["xyz"], trainer_state=state)
    assert [(step, texts, lengths) for step, _, texts, lengths in rows] == [(7, ["xyz"], [3])]


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("kind: Pod", "kind: Pod"),
        ([{"role": "assistant", "content": "kind: Pod"}], "kind: Pod"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"text": "b"}]}], "ab"),
        ([{"role": "assistant", "content": None}], ""),
        ([], ""),
    ],
)
def test_the_answer_is_the_text_or_the_last_message(completion, text):
    assert text_of(completion) == text


def test_the_reward_is_that_of_grade(task):
    import iac_gym

    texts = [task.reference_text, "", "kind: Pod"]
    got = call(Scorer().functions()[0], [task.id] * 3, texts)
    assert got == [iac_gym.grade(task.id, text).reward.total for text in texts]
    assert got[0] == 1.0
