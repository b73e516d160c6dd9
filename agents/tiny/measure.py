"""Measure the embedded model while it is made: the rate of solved tasks of a split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.sampler import sample
from agents.tiny.corpus import prompt
from agents.tiny.model import CONTEXT
from iac_gym.grading import Grade, grade_batch, load_task

#: Longest answer in tokens when measuring.
LONGEST = 192


@dataclass(frozen=True)
class Measured:
    """Rates of one measurement, between 0 and 1, and the solved rate of each family."""

    count: int
    solved: float
    valid: float
    reward: float
    families: dict[str, float]


def measure(
    model: Any, tokenizer: Any, ids: Sequence[str], temperature: float, seed: int = 0
) -> Measured:
    """Let the model answer each task once; `temperature` 0 is greedy."""
    prompts = tokenizer([prompt(load_task(task_id)) for task_id in ids])
    rows = [row[-(CONTEXT - 1) :] for row in prompts["input_ids"]]
    answers = sample(
        model, rows, max_new_tokens=LONGEST, temperature=temperature, seed=seed,
        eos_id=tokenizer.eos_token_id,
    )  # fmt: skip
    grades = grade_batch(ids, tokenizer.batch_decode(answers, skip_special_tokens=True))
    return summary(grades)


def summary(grades: Sequence[Grade]) -> Measured:
    """Average the grades; a task that our verifier failed on counts as not solved."""
    by_family: dict[str, list[bool]] = defaultdict(list)
    for grade in grades:
        by_family[grade.task_id.split("/")[1]].append(grade.reward.solved)
    count = max(1, len(grades))
    return Measured(
        count=len(grades),
        solved=sum(grade.reward.solved for grade in grades) / count,
        valid=sum(grade.verdict.valid for grade in grades) / count,
        reward=sum(grade.reward.total for grade in grades) / count,
        families={name: sum(won) / len(won) for name, won in sorted(by_family.items())},
    )
