"""`grade` of Kubernetes manifests of about 60 lines, against kubernetes-validate alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import yaml

from bench.performance.timing import Measurement
from iac_gym import Task, category_of, grade, iter_ids, load_task

ENV = "IaC-K8s-v0"
LINES = 60
#: How many manifests are timed, each of another family.
MANIFESTS = 9
#: How often all of them are timed, ours and theirs in turn.
ROUNDS = 7
#: Grades a second on one core.
RATE = 1500


def manifests_of_about(lines: int, count: int) -> list[Task]:
    """Return the training tasks whose references are nearest to that many lines, by family."""
    ids = iter_ids(ENV, "train", seed=0, levels=(3, 4, 5))
    nearest: dict[str, Task] = {}
    drawn = [load_task(next(ids)) for _ in range(600)]
    for task in sorted(drawn, key=lambda task: (_distance(task, lines), task.id)):
        nearest.setdefault(task.family, task)
    return list(nearest.values())[:count]


def _distance(task: Task, lines: int) -> int:
    return abs(len(task.reference_text.splitlines()) - lines)


def _seconds(call: Callable[[], object], times: int) -> float:
    """Return the processor seconds of one call, which the machine's other work changes least."""
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def measure() -> Iterator[Measurement]:
    """Time `grade`, which extracts, parses, checks schema and rules, and judges requirements.

    Each manifest is timed alone, ours and theirs in turn; the medians over the rounds are added
    up. The range of the single ratios is part of the name.
    """
    tasks = manifests_of_about(LINES, MANIFESTS)
    for task in tasks:
        if not grade(task.id, task.reference_text).reward.solved:
            raise RuntimeError(
                f"{category_of(ENV).env_id}: the reference of {task.id} is not solved"
            )
    pairs = [_compared(task) for task in tasks]
    ours, theirs = (sum(pair[side] for pair in pairs) for side in (0, 1))
    ratios = sorted(other / own for own, other in pairs)
    lengths = sorted(len(task.reference_text.splitlines()) for task in tasks)
    sizes = f"{len(tasks)} manifests of {lengths[0]} to {lengths[-1]} lines"
    yield Measurement(
        f"Kubernetes grade ({sizes}; each {ratios[0]:.0f} to {ratios[-1]:.0f} times)",
        ours / len(tasks),
        "kubernetes_validate.validate, YAML already loaded",
        theirs / len(tasks),
        theirs / ours,
        100,
    )
    slowest = max(own for own, _ in pairs)
    yield Measurement(
        f"Kubernetes grades a second (slowest manifest: {1 / slowest:.0f})",
        ours / len(tasks),
        f"{RATE} a second",
        1 / RATE,
        len(tasks) / ours / RATE,
        1,
    )


def _compared(task: Task) -> tuple[float, float]:
    """Return the median seconds of ours and of theirs for one manifest."""
    import kubernetes_validate

    text = task.reference_text
    objects = list(yaml.safe_load_all(text))
    version = kubernetes_validate.latest_version()

    def theirs() -> None:
        for each in objects:
            kubernetes_validate.validate(each, version, strict=True)

    own: list[float] = []
    other: list[float] = []
    theirs()
    for _ in range(ROUNDS):
        own.append(_seconds(lambda: grade(task.id, text), 200))
        other.append(_seconds(theirs, 2))
    return statistics.median(own), statistics.median(other)
