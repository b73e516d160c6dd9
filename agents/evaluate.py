"""Measure a model: the rate of solved tasks, sampled and greedy, by family and difficulty.

    python -m agents.evaluate --env IaC-K8s-v0 --model runs/NAME/model

The same tasks and seeds give the same answers of the same model. Intervals are 95 % bootstrap
intervals over tasks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from agents.models import Loaded, Tasks
from iac_gym.grading import grade_batch, load_task
from iac_gym.registry import category_of

RESAMPLES = 1000


@dataclass(frozen=True)
class Outcome:
    """What became of one task."""

    task_id: str
    family: str
    level: int
    held_out: bool
    solved: bool
    passed: bool
    total: float
    unscored: bool
    tokens: int


@dataclass(frozen=True)
class EvalResult:
    """One measurement: `temperature` 0 is greedy."""

    temperature: float
    seed: int
    outcomes: tuple[Outcome, ...]

    @property
    def scored(self) -> tuple[Outcome, ...]:
        """The tasks that the verifier could judge."""
        return tuple(outcome for outcome in self.outcomes if not outcome.unscored)

    @property
    def solved(self) -> float:
        """Rate of solved tasks among the scored ones, 0.0 to 1.0."""
        return rate(outcome.solved for outcome in self.scored)

    @property
    def total(self) -> float:
        """Mean reward of the scored tasks."""
        return rate(outcome.total for outcome in self.scored)

    def to_json(self) -> dict[str, Any]:
        """Return the measurement as plain data."""
        return {
            "temperature": self.temperature,
            "seed": self.seed,
            "solved": self.solved,
            "total": self.total,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> EvalResult:
        """Rebuild a measurement from `to_json`."""
        outcomes = tuple(Outcome(**row) for row in data["outcomes"])
        return EvalResult(data["temperature"], data["seed"], outcomes)


def rate(values: Iterable[float]) -> float:
    """Return the mean; 0.0 of nothing."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean."""
    if not values:
        return (0.0, 0.0)
    source = random.Random(f"bootstrap {seed}")
    count = len(values)
    means = sorted(sum(source.choices(values, k=count)) / count for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def evaluate(
    loaded: Loaded,
    tasks: Tasks,
    *,
    temperature: float,
    seed: int,
    max_new_tokens: int,
    batch: int = 64,
    workers: int = 0,
    progress: Callable[[int], None] | None = None,
) -> EvalResult:
    """Let the model answer every task once and grade the answers.

    Under `accelerate launch` each process answers its share, and all get the whole result.
    """
    from accelerate import PartialState
    from accelerate.utils import gather_object

    state: Any = PartialState()
    mine = range(state.process_index, len(tasks.ids), state.num_processes)
    ids = [tasks.ids[place] for place in mine]
    rows = _answers(
        loaded, [tasks.prompts[place] for place in mine], temperature, seed + state.process_index,
        max_new_tokens, batch, progress,
    )  # fmt: skip
    texts = loaded.tokenizer.batch_decode(rows, skip_special_tokens=True)
    grades = grade_batch(ids, texts, workers=workers or None)
    outcomes = [
        _outcome(task_id, grade.reward.as_dict(), len(row))
        for task_id, grade, row in zip(ids, grades, rows, strict=True)
    ]
    if state.num_processes > 1:
        outcomes = gather_object(outcomes)
        order = {task_id: place for place, task_id in enumerate(tasks.ids)}
        outcomes.sort(key=lambda outcome: order[outcome.task_id])
    return EvalResult(temperature, seed, tuple(outcomes))


def _answers(
    loaded: Loaded,
    prompts: Sequence[Any],
    temperature: float,
    seed: int,
    max_new_tokens: int,
    batch: int,
    progress: Callable[[int], None] | None,
) -> list[list[int]]:
    from agents.models import prompt_ids
    from agents.sampler import sample

    ids = prompt_ids(prompts, loaded.tokenizer)
    rows: list[list[int]] = []
    with _plain_sampling(loaded):
        for start in range(0, len(ids), batch):
            part = ids[start : start + batch]
            rows += sample(
                loaded.model, part, max_new_tokens=max_new_tokens, temperature=temperature,
                eos_id=loaded.end_ids, seed=seed + start,
            )  # fmt: skip
            if progress:
                progress(len(part))
    return rows


@contextmanager
def _plain_sampling(loaded: Loaded) -> Iterator[None]:
    """Put the model's own sampling habits aside (repetition penalties and the like).

    Rollouts are sampled without them, so measurements are too.
    """
    from transformers import GenerationConfig

    model = loaded.model.get_base_model() if hasattr(loaded.model, "peft_config") else loaded.model
    kind: Any = GenerationConfig
    kept, plain = model.generation_config, kind()
    for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
        setattr(plain, name, getattr(kept, name))
    model.generation_config = plain
    try:
        yield
    finally:
        model.generation_config = kept


def _outcome(task_id: str, reward: dict[str, float], tokens: int) -> Outcome:
    task = load_task(task_id)
    return Outcome(
        task_id=task_id,
        family=task.family,
        level=task.difficulty,
        held_out=category_of(task.env).family(task.family).held_out,
        solved=bool(reward["solved"]),
        passed=bool(reward["passed"]),
        total=reward["total"],
        unscored=bool(reward["unscored"]),
        tokens=tokens,
    )


@dataclass(frozen=True)
class Measurement:
    """A model measured in both ways on the same tasks."""

    sampled: EvalResult
    greedy: EvalResult

    def to_json(self) -> dict[str, Any]:
        """Return the measurement as plain data."""
        return {"sampled": self.sampled.to_json(), "greedy": self.greedy.to_json()}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Measurement:
        """Rebuild a measurement from `to_json`."""
        return Measurement(
            EvalResult.from_json(data["sampled"]), EvalResult.from_json(data["greedy"])
        )


def measure(loaded: Loaded, tasks: Tasks, *, seed: int, **options: Any) -> Measurement:
    """Measure at temperature 1 and greedily."""
    return Measurement(
        evaluate(loaded, tasks, temperature=1.0, seed=seed, **options),
        evaluate(loaded, tasks, temperature=0.0, seed=seed, **options),
    )


def parts(result: EvalResult, *, families: bool = False) -> dict[str, tuple[Outcome, ...]]:
    """Divide the scored tasks: all, seen and held-out families, levels, and single families."""
    scored = result.scored
    found = {
        "all tasks": scored,
        "families seen in training": tuple(o for o in scored if not o.held_out),
        "held-out families": tuple(o for o in scored if o.held_out),
    }
    for level in sorted({outcome.level for outcome in scored}):
        found[f"difficulty {level}"] = tuple(o for o in scored if o.level == level)
    if families:
        for name in sorted({outcome.family for outcome in scored}):
            found[name] = tuple(o for o in scored if o.family == name)
    return {name: part for name, part in found.items() if part}


def table(
    before: Measurement | None, after: Measurement | None, *, families: bool = False
) -> list[list[str]]:
    """Return the rows of the table, its head first: solved rates in per cent with intervals."""
    named = [("before", before), ("after", after)]
    columns = [
        (f"{way}, {when}", parts(getattr(made, way), families=families))
        for way in ("sampled", "greedy")
        for when, made in named
        if made is not None
    ]
    rows = [["solved", "tasks", *(title for title, _ in columns)]]
    names = list(dict.fromkeys(name for _, found in columns for name in found))
    for name in names:
        counts = sorted({len(found.get(name, ())) for _, found in columns})
        row = [name, "/".join(map(str, counts))]
        for _, found in columns:
            values = [float(outcome.solved) for outcome in found.get(name, ())]
            low, high = interval(values)
            row.append(f"{rate(values):.1%} [{low:.1%}, {high:.1%}]")
        rows.append(row)
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run `python -m agents.evaluate`; returns the exit code."""
    from agents.common import command
    from agents.config import BaseConfig

    return command("evaluate", BaseConfig, __doc__ or "", argv)


if __name__ == "__main__":
    raise SystemExit(main())
