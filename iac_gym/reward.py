"""Facts become numbers here, and nowhere else.

    total = alpha * syntax + beta * correctness + gamma * format      (0.4, 0.3, 0.3; pass mark 0.6)

With r = the share of the task's requirements that are met:

| | syntax | correctness | format |
|---|---|---|---|
| FORMAT or SYNTAX failed | 0 | 0 | 0 |
| parsed, but the real tool would reject it | q * r / 2 | r / 2 | r / 2 |
| valid | r | r | r |

q is 1 / (1 + the number of validity rules, SCHEMA to SEMANTICS, that found something): a slope
towards fewer mistakes that text beside the point cannot change. Every part is multiplied by r:
well-formed text about something else earns nothing, absence never pays. A rejected answer stays
below half of the weights, so below the pass mark, whatever else it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from iac_gym.errors import UnknownName
from iac_gym.task import Task
from iac_gym.verdict import Record, Tally, Verdict

#: The pass mark of the published figures.
PASS_MARK = 0.6


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the three parts: finite, not negative, with a sum above zero."""

    alpha: float = 0.4
    beta: float = 0.3
    gamma: float = 0.3

    def __post_init__(self) -> None:
        """Refuse weights that could not order answers."""
        values = (self.alpha, self.beta, self.gamma)
        if not all(0 <= value < float("inf") for value in values) or sum(values) <= 0:
            raise UnknownName(
                f"The weights alpha, beta, gamma were {values}; each must be a finite number of "
                "at least 0, and their sum above 0. The default is (0.4, 0.3, 0.3)."
            )


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Reward(Record):
    """The numbers of one answer, 0.0 to 1.0 with the default weights. Always the same keys.

    `unscored` is true when our verifier failed: the other numbers are then 0 and mean nothing.
    """

    syntax: float
    correctness: float
    format: float
    total: float
    solved: bool
    unscored: bool = False

    @property
    def passed(self) -> bool:
        """Whether the total reaches the pass mark of 0.6."""
        return self.total >= PASS_MARK and not self.unscored

    def as_dict(self) -> dict[str, float]:
        """Return all numbers as floats, under keys that never change."""
        return {
            "syntax": self.syntax,
            "correctness": self.correctness,
            "format": self.format,
            "total": self.total,
            "passed": float(self.passed),
            "solved": float(self.solved),
            "unscored": float(self.unscored),
        }


_ZERO = Reward(0.0, 0.0, 0.0, 0.0, solved=False)
_UNSCORED = Reward(0.0, 0.0, 0.0, 0.0, solved=False, unscored=True)


def reward_of(verdict: Verdict, weights: Weights = DEFAULT_WEIGHTS) -> Reward:
    """Turn a verdict into the reward, by the table of this module."""
    facts = verdict.tally()
    if weights is DEFAULT_WEIGHTS:
        return _usual_reward(facts, verdict.asked)
    return _reward(facts, verdict.asked, weights)


@lru_cache(maxsize=1024)
def _usual_reward(facts: Tally, asked: int) -> Reward:
    return _reward(facts, asked, DEFAULT_WEIGHTS)


def _reward(facts: Tally, asked: int, weights: Weights) -> Reward:
    if facts.broken:
        return _UNSCORED
    if facts.gated or not asked:
        return _ZERO
    met = facts.met / asked
    if facts.failed:
        quality = 1 / (1 + facts.failed)
        syntax, correctness, layout = quality * met / 2, met / 2, met / 2
    else:
        syntax = correctness = layout = met
    total = weights.alpha * syntax + weights.beta * correctness + weights.gamma * layout
    solved = not facts.failed and facts.met == asked
    return Reward(syntax, correctness, layout, round(total, 12), solved)


class IaCReward:
    """The public form of the reward: `IaCReward().score(text, task=...) -> (total, details)`."""

    def __init__(self, alpha: float = 0.4, beta: float = 0.3, gamma: float = 0.3) -> None:
        self.weights = Weights(alpha, beta, gamma)

    def score(
        self, text: str, *, category: str | None = None, task: Task | str
    ) -> tuple[float | None, dict[str, float]]:
        """Score a completion for a task (or task id); the total is None where it is unscored.

        `category` may name the task's environment or category, and must then agree with the task.
        """
        from iac_gym.grading import load_task
        from iac_gym.registry import category_of
        from iac_gym.verifier import verify

        task = load_task(task) if isinstance(task, str) else task
        own = category_of(task.env)
        if category not in (None, own.name, own.env_id):
            raise UnknownName(
                f"The category {category!r} was given for a task of {own.env_id}. "
                f"Allowed: {own.name!r} or {own.env_id!r}; or leave it out."
            )
        reward = reward_of(verify(text, task), self.weights)
        return (None if reward.unscored else reward.total), reward.as_dict()
