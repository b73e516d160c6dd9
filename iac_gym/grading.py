"""The one scorer: environment, trainers and benchmarks all call `grade` or `grade_batch`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from iac_gym.draw import unit
from iac_gym.errors import IaCGymError, unknown
from iac_gym.registry import category_of
from iac_gym.reward import DEFAULT_WEIGHTS, Reward, Weights, reward_of
from iac_gym.task import MOST_INDEX, SPLITS, Task, build_task, parse_id, wanted_level
from iac_gym.verdict import Outcome, Record, Stage, Verdict
from iac_gym.verifier import verify


@dataclass(frozen=True, slots=True)
class Grade(Record):
    """The result for one completion: the facts and the numbers."""

    task_id: str
    verdict: Verdict
    reward: Reward


@lru_cache(maxsize=8192)
def load_task(task_id: str) -> Task:
    """Rebuild the task of an id. Unknown environment, family or split raise with the nearest match.

    The last 8192 tasks are kept, since a training group asks for the same one many times.
    """
    env, family, split, index = parse_id(task_id)
    return build_task(category_of(env), family, split, index)


def grade(task_id: str, text: str, weights: Weights = DEFAULT_WEIGHTS) -> Grade:
    """Grade one completion. Any text gets a result; an unknown task id raises.

    The verdict holds all that the score depends on; `verify` adds the findings of SECURITY rules.
    """
    verdict = verify(text, load_task(task_id), security=False)
    return Grade(task_id, verdict, reward_of(verdict, weights))


def unscored_grade(task_id: str, reason: str) -> Grade:
    """Make the result for an item that our own machinery failed on."""
    outcome = Outcome(Stage.FORMAT, "verifier", (), reason)
    verdict = Verdict((outcome,), len(load_task(task_id).requirements))
    return Grade(task_id, verdict, reward_of(verdict))


def grade_batch(
    ids: Sequence[str],
    texts: Sequence[str],
    *,
    workers: int | None = None,
    time_limit: float = 10.0,
    weights: Weights = DEFAULT_WEIGHTS,
    progress: Callable[[int], None] | None = None,
) -> list[Grade]:
    """Grade completions in order: `ids[i]` with `texts[i]`.

    `workers`: None or 0 grades in this process; n uses a pool of n processes, kept for the next
    call, with the same results. `time_limit` (seconds for one item) holds in the pool alone: an
    item that exceeds it or kills its worker comes back unscored, and the rest is not lost.
    `progress` is called with the number of results that are new.
    """
    if len(ids) != len(texts):
        raise ValueError(
            f"{len(ids)} task ids were given with {len(texts)} texts; give one id for each text"
        )
    for task_id in dict.fromkeys(ids):
        env, family, *_ = parse_id(task_id)
        category_of(env).family(family)
    if workers and os.name == "posix":
        from iac_gym.pool import shared_pool

        return shared_pool(workers, time_limit).grade(ids, texts, weights, progress)
    results = []
    for task_id, text in zip(ids, texts, strict=True):
        results.append(grade(task_id, text, weights))
        if progress:
            progress(1)
    return results


def _eligible(
    env: str, split: str, families: Sequence[str] | None, levels: Sequence[int] | None
) -> tuple[str, ...]:
    category = category_of(env)
    if split not in SPLITS:
        raise unknown("split", split, SPLITS)
    chosen = [category.family(name) for name in dict.fromkeys(families or category.families)]
    if bad := [level for level in levels or () if level not in range(1, 6)]:
        raise unknown("difficulty", bad[0], range(1, 6))
    fitting = [
        family.name
        for family in chosen
        if (split == "test" or not family.held_out)
        and (not levels or set(levels) & set(family.levels))
    ]
    if not fitting:
        asked = f"families {list(families)}" if families else "any family"
        raise IaCGymError(
            f"{env} has no task for {asked}, split {split!r}, difficulties {list(levels or ())}. "
            "Held-out families occur in 'test' alone; `iac-gym list --families` shows the levels."
        )
    return tuple(fitting)


def iter_ids(
    env: str,
    split: str = "train",
    *,
    seed: int = 0,
    families: Sequence[str] | None = None,
    levels: Sequence[int] | None = None,
) -> Iterator[str]:
    """Yield task ids without end, all different, families equally often on average."""
    fitting = _eligible(env, split, families, levels)
    category, turn, seen = category_of(env), 0, set[str]()
    while True:
        place = ("sample", env, split, seed, turn)
        name = fitting[int(unit(*place, "family") * len(fitting))]
        index = int(unit(*place, "index") * MOST_INDEX)
        while levels and wanted_level(env, category.family(name), split, index) not in levels:
            index = (index + 1) % MOST_INDEX
        turn += 1
        task_id = f"{env}/{name}/{split}/{index}"
        if task_id not in seen:
            seen.add(task_id)
            yield task_id


def sample_ids(
    env: str,
    split: str = "train",
    size: int = 100,
    seed: int = 0,
    *,
    families: Sequence[str] | None = None,
    levels: Sequence[int] | None = None,
) -> list[str]:
    """Return `size` different task ids, the same for the same arguments on any machine."""
    source = iter_ids(env, split, seed=seed, families=families, levels=levels)
    return [next(source) for _ in range(size)]
