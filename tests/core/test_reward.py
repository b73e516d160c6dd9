"""The reward's table, its public form, and its refusal of useless weights."""

import pytest

import iac_gym
from iac_gym import IaCReward
from iac_gym.errors import IaCGymError
from iac_gym.reward import PASS_MARK, Weights, reward_of
from iac_gym.verdict import Finding, Outcome, Stage, Verdict

WRONG = (Finding("wrong"),)


def verdict(*, met, asked, broken=0, clean=10, stage=Stage.SCHEMA):
    outcomes = [Outcome(stage, f"clean-{i}") for i in range(clean)]
    outcomes += [Outcome(stage, f"broken-{i}", WRONG) for i in range(broken)]
    outcomes += [
        Outcome(Stage.REQUIREMENTS, f"r{i}", () if i < met else WRONG, "", i) for i in range(asked)
    ]
    return Verdict(tuple(outcomes), asked)


def test_a_valid_answer_earns_the_share_of_requirements_met():
    reward = reward_of(verdict(met=3, asked=4))
    assert (reward.syntax, reward.correctness, reward.format) == (0.75, 0.75, 0.75)
    assert reward.total == pytest.approx(0.75)
    assert reward.passed
    assert not reward.solved


def test_a_rejected_answer_is_below_the_pass_mark_and_fewer_mistakes_are_better():
    one = reward_of(verdict(met=4, asked=4, broken=1))
    two = reward_of(verdict(met=4, asked=4, broken=2))
    assert 0 < two.total < one.total < PASS_MARK
    assert not one.solved


def test_a_closed_gate_earns_nothing():
    gated = Verdict((Outcome(Stage.SYNTAX, "syntax", WRONG),), 4)
    assert reward_of(gated).total == 0.0


def test_validity_alone_earns_nothing():
    assert reward_of(verdict(met=0, asked=4)).total == 0.0


def test_security_findings_alone_do_not_count():
    outcomes = (*verdict(met=2, asked=2).outcomes, Outcome(Stage.SECURITY, "latest", WRONG))
    assert reward_of(Verdict(outcomes, 2)).total == 1.0


def test_a_broken_check_is_unscored_not_wrong(task, changed):
    kind = iac_gym.category_of(task.env).requirements[task.requirements[0].name]
    changed(kind, check=lambda *_, **__: 1 / 0)
    found = iac_gym.verify(task.reference_text, task)
    assert "ZeroDivisionError" in found.unscored
    assert reward_of(found).unscored
    assert not reward_of(found).passed
    total, details = IaCReward().score(task.reference_text, task=task)
    assert total is None
    assert details["unscored"] == 1.0


def test_the_keys_never_change(task):
    texts = ["", "a: [", task.reference_text, "kind: Pod"]
    keys = {tuple(IaCReward().score(text, task=task.id)[1]) for text in texts}
    assert len(keys) == 1


def test_the_public_form_weighs(task):
    total, details = IaCReward(alpha=1, beta=0, gamma=0).score(task.reference_text, task=task)
    assert (total, details["solved"]) == (1.0, 1.0)
    with pytest.raises(IaCGymError, match="category 'docker'"):
        IaCReward().score("", category="docker", task=task)
    assert IaCReward().score("", category="kubernetes", task=task)[0] == 0.0


@pytest.mark.parametrize(
    "weights", [(0, 0, 0), (-1, 1, 1), (float("nan"), 1, 1), (float("inf"), 0, 0)]
)
def test_useless_weights_are_refused(weights):
    with pytest.raises(IaCGymError, match="weights alpha, beta, gamma"):
        Weights(*weights)
