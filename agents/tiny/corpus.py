"""The embedded model's corpus: tasks of the `train` split with answers, some with a mistake.

An example is a task's instruction with its reference. Two things are varied each time it is used:
the names of its objects may be replaced by random syllables, in instruction and answer alike, so
that the model learns to copy names and not to know them; and the answer may be spoilt with one of
the mistakes of `agents.tiny.mistakes`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from agents.tiny.mistakes import spoil
from iac_gym.category import Category
from iac_gym.draw import unit
from iac_gym.grading import iter_ids
from iac_gym.registry import category_of
from iac_gym.task import Task, build_task, parse_id

ENV = "IaC-K8s-v0"
#: Difficulties that the context holds.
LEVELS = (1, 2)
#: Stands between instruction and answer; one token of the tokenizer.
SEPARATOR = "<answer>"

_NAME = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
_ONSETS = "b c d f g h k l m n p r s t v w z br ch cl dr fl gr pl sh sk st tr".split()
_ENDS = ("a", "e", "i", "o", "u", "an", "el", "in", "or", "us", "ay", "ee")


@dataclass(frozen=True, slots=True)
class Example:
    """One task of the corpus. `names` are the drawn names that may be replaced by others."""

    task_id: str
    instruction: str
    answer: str
    names: tuple[str, ...]


def prompt(task: Task) -> str:
    """Return what the embedded model is given for a task: the instruction and a separator."""
    return task.instruction + SEPARATOR


def _example(category: Category, task_id: str) -> Example:
    _, family, split, index = parse_id(task_id)
    task = build_task(category, family, split, index)
    drawn = dict.fromkeys(
        value for value in task.params.values() if isinstance(value, str) and _NAME.fullmatch(value)
    )
    names = tuple(name for name in drawn if name in task.instruction)
    return Example(task_id, task.instruction, task.reference_text.rstrip() + "\n", names)


def build_corpus(
    size: int, seed: int, env: str = ENV, families: Sequence[str] | None = None
) -> Iterator[Example]:
    """Yield `size` different tasks of the split `train`, of the difficulties `LEVELS`."""
    category = category_of(env)
    ids = iter_ids(env, "train", seed=seed, families=families, levels=LEVELS)
    for _ in range(size):
        yield _example(category, next(ids))


def digest(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of a corpus: it is the same where the same tasks were built."""
    state = hashlib.sha256()
    for example in examples:
        state.update("\x1f".join((example.task_id, example.instruction, example.answer)).encode())
    return state.hexdigest()


def _syllables(dice: Random) -> str:
    count = dice.choice((1, 2, 2, 3))
    return "".join(dice.choice(_ONSETS) + dice.choice(_ENDS) for _ in range(count))


def rename(example: Example, dice: Random) -> tuple[str, str]:
    """Return instruction and answer with every drawn name replaced by a random one."""
    prompt, answer = example.instruction, example.answer
    for name in sorted(example.names, key=len, reverse=True):
        other = "-".join(_syllables(dice) for _ in range(dice.choice((1, 2, 2, 2))))
        whole = re.compile(rf"(?<![\w-]){re.escape(name)}(?![a-z0-9])")
        prompt, answer = whole.sub(other, prompt), whole.sub(other, answer)
    return prompt, answer


def varied(
    example: Example, turn: int, seed: int, mistakes: float, new_names: float
) -> tuple[str, str]:
    """Return instruction and answer as they are taught in one epoch (`turn`).

    `mistakes` is the share of answers that carry a mistake, `new_names` that of renamed tasks.
    """
    key = ("tiny corpus", seed, turn, example.task_id)
    dice = Random(int(unit(*key) * 2**53))
    prompt, answer = example.instruction, example.answer
    if dice.random() < new_names:
        prompt, answer = rename(example, dice)
    if dice.random() < mistakes:
        answer = spoil(answer, dice)
    return prompt, answer
