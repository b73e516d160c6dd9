"""Which references are timed, and how: those nearest to a length, one of each family."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from bench.performance.timing import Measurement
from iac_gym import Task, grade, iter_ids, load_task

#: How often each reference is timed.
ROUNDS = 7
#: Graded so often in a round.
TIMES = 100


def tasks_of_about(
    env: str, lines: int, count: int, fits: Callable[[Task], bool] = lambda _: True
) -> list[Task]:
    """Return the training tasks whose references are nearest to that many lines, by family."""
    ids = iter_ids(env, "train", seed=0, levels=(3, 4, 5))
    drawn = [task for task in (load_task(next(ids)) for _ in range(600)) if fits(task)]
    nearest: dict[str, Task] = {}
    for task in sorted(drawn, key=lambda task: (distance(task, lines), task.id)):
        nearest.setdefault(task.family, task)
    return list(nearest.values())[:count]


def distance(task: Task, lines: int) -> int:
    """Return by how many lines a reference differs from a length."""
    return abs(len(task.reference_text.splitlines()) - lines)


def processor_seconds(call: Callable[[], object], times: int) -> float:
    """Return the processor seconds of one call, which the machine's other work changes least."""
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def seconds_of_grade(task: Task) -> float:
    """Return the median processor seconds of a grade of a task's reference."""
    text = task.reference_text
    if not grade(task.id, text).reward.solved:
        raise RuntimeError(f"the reference of {task.id} is not solved")
    return statistics.median(
        processor_seconds(lambda: grade(task.id, text), TIMES) for _ in range(ROUNDS)
    )


def sizes(tasks: Sequence[Task], what: str) -> str:
    """Say how many references there are, and how long."""
    lengths = sorted(len(task.reference_text.splitlines()) for task in tasks)
    return f"{len(tasks)} {what} of {lengths[0]} to {lengths[-1]} lines"


def rate(name: str, what: str, tasks: Sequence[Task], wanted: int) -> Measurement:
    """Measure the grades a second on one core."""
    times = [seconds_of_grade(task) for task in tasks]
    ours = sum(times) / len(times)
    return Measurement(
        f"{name} grades a second ({sizes(tasks, what)}; slowest {1 / max(times):.0f})",
        ours, f"{wanted} a second", 1 / wanted, 1 / ours / wanted, 1,
    )  # fmt: skip
