"""The contract catches a weakened verifier: each test plants one weakness and names who sees it."""

import dataclasses
import itertools

import pytest

import iac_gym.answer
import iac_gym.reward
import iac_gym.task
import iac_gym.testing as contract
import iac_gym.verifier
from iac_gym import category_of, load_task
from iac_gym.languages.kubernetes.model import Manifest
from iac_gym.verdict import Finding, Verdict

K8S = "IaC-K8s-v0"


@pytest.fixture
def category(monkeypatch):
    """The Kubernetes category, with requirement types and families that a test may replace."""
    own = category_of(K8S)
    few = dict(itertools.islice(own.families.items(), 0, None, 3))
    copy = dataclasses.replace(own, requirements=dict(own.requirements), families=few)
    monkeypatch.setattr(iac_gym.verifier, "category_of", lambda _: copy)
    load_task.cache_clear()
    return copy


def weaken(category, check):
    """Replace the check of every requirement type by `check(original)`."""
    for name, kind in category.requirements.items():
        category.requirements[name] = dataclasses.replace(kind, check=check(kind.check))


def problems(category, check, depth=3):
    return list(itertools.islice(check(category, depth), 5))


def test_the_untouched_verifier_is_clean(category):
    for check in (
        contract.one_parameter_changes_its_requirements,
        contract.nothing_earns_nothing,
        contract.dead_text_does_not_count,
        contract.rejected_answers_fail,
        contract.splits_do_not_leak,
        contract.reference_solves_its_task,
    ):
        assert problems(category, check) == []


def test_requirements_that_are_never_looked_at(category):
    weaken(category, lambda check: lambda model, **args: ())
    assert problems(category, contract.one_parameter_changes_its_requirements)
    assert problems(category, contract.other_answers_earn_the_floor)


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_one_requirement_type_that_passes_always(category, place):
    asked = sorted({r.name for t in contract.tasks_of(category, 3) for r in t.requirements})
    name = asked[place % len(asked)]
    kind = category.requirements[name]
    category.requirements[name] = dataclasses.replace(kind, check=lambda model, **args: ())
    assert any(
        problems(category, check, 12)
        for check in (
            contract.one_parameter_changes_its_requirements,
            contract.other_answers_earn_the_floor,
        )
    ), name


def test_values_that_are_not_compared(category):
    """Every check sees the first value that it was ever asked for, as a check that compares a value
    with itself would.
    """

    def constant(check):
        kept = {}

        def weak(model, **args):
            kept.update({k: v for k, v in args.items() if k not in kept and isinstance(v, int)})
            return check(model, **{**args, **{k: kept[k] for k in args if k in kept}})

        return weak

    weaken(category, constant)
    assert problems(category, contract.reference_solves_its_task)


def test_requirements_that_refuse_right_answers(category):
    weaken(category, lambda check: lambda model, **args: [Finding("no")])
    assert problems(category, contract.reference_solves_its_task)


def test_requirements_that_break(category):
    weaken(category, lambda check: lambda model, **args: 1 // 0)
    assert problems(category, contract.rejected_answers_fail)
    assert problems(category, contract.nothing_earns_nothing) or problems(
        category, contract.reference_solves_its_task
    )


def test_a_hidden_requirement(category, monkeypatch):
    plain = iac_gym.task.render_instruction
    monkeypatch.setattr(
        iac_gym.task,
        "render_instruction",
        lambda draw, style, openings, texts: plain(draw, style, openings, texts[:1]),
    )
    assert problems(category, contract.what_is_checked_is_said)


def test_syntax_that_pays_by_itself(category, monkeypatch):
    def generous(verdict, weights=iac_gym.reward.DEFAULT_WEIGHTS):
        reward = iac_gym.reward.reward_of(verdict, weights)
        return (
            reward if verdict.gated else dataclasses.replace(reward, total=0.4 + 0.6 * reward.total)
        )

    monkeypatch.setattr(contract, "reward_of", generous)
    assert problems(category, contract.other_answers_earn_the_floor)
    assert problems(category, contract.reward_orders_answers)


def test_validity_that_is_ignored(category, monkeypatch):
    real = Verdict.tally
    monkeypatch.setattr(Verdict, "tally", lambda self: real(self)._replace(failed=0))
    assert problems(category, contract.reward_orders_answers)


def test_a_language_without_rules(category, monkeypatch):
    real = iac_gym.verifier.load_language

    def bare(name):
        return dataclasses.replace(real(name), rules=(), select=None)

    monkeypatch.setattr(iac_gym.verifier, "load_language", bare)
    assert problems(category, contract.misspelt_answers_are_rejected)


def test_the_first_of_two_answers(category, monkeypatch):
    real = iac_gym.answer._blocks
    monkeypatch.setattr(iac_gym.answer, "_blocks", lambda text: real(text)[:1])
    assert problems(category, contract.dead_text_does_not_count)


def test_thoughts_that_count(category, monkeypatch):
    monkeypatch.setattr(iac_gym.answer, "_after_thinking", lambda text: text)
    assert problems(category, contract.dead_text_does_not_count)


def test_a_cut_answer_that_counts(category, monkeypatch):
    real = iac_gym.answer._blocks
    monkeypatch.setattr(
        iac_gym.answer,
        "_blocks",
        lambda text: real(text if text.rstrip().endswith("```") else text + "\n```"),
    )
    assert problems(category, contract.dead_text_does_not_count)


def test_splits_by_index(category, monkeypatch):
    counter = itertools.cycle(("train", "val", "test", "test"))
    monkeypatch.setattr(iac_gym.task, "split_of", lambda family, params: next(counter))
    assert problems(category, contract.splits_do_not_leak)


def test_a_verdict_with_memory(category):
    calls = itertools.count()

    def moody(check):
        def weak(model, **args):
            return check(model, **args) if next(calls) % 50 else [Finding("tired")]

        return weak

    weaken(category, moody)
    assert problems(category, contract.grades_repeat) or problems(
        category, contract.reference_solves_its_task
    )


def test_names_that_are_not_compared(category, monkeypatch):
    """An object of the right kind will do, whatever its name."""
    monkeypatch.setattr(
        Manifest,
        "find",
        lambda self, kind, name: next((item for item in self.objects if item.kind == kind), None),
    )
    assert problems(category, contract.one_parameter_changes_its_requirements)


def test_another_definition_of_difficulty(category, monkeypatch):
    real = iac_gym.task.difficulty_of
    monkeypatch.setattr(iac_gym.task, "difficulty_of", lambda count: real(max(1, count - 1)))
    assert problems(category, contract.difficulty_is_as_defined)
