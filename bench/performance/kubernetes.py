"""`grade` of Kubernetes manifests of about 60 lines, against kubernetes-validate alone."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import yaml

from bench.performance.selection import processor_seconds, sizes, tasks_of_about
from bench.performance.timing import Measurement
from iac_gym import Task, grade

ENV = "IaC-K8s-v0"
LINES = 60
#: How many manifests are timed, each of another family.
MANIFESTS = 9
#: How often all of them are timed, ours and theirs in turn.
ROUNDS = 7
#: Grades a second on one core.
RATE = 1500


def measure() -> Iterator[Measurement]:
    """Time `grade`, which extracts, parses, checks schema and rules, and judges requirements.

    Each manifest is timed alone, ours and theirs in turn; the medians over the rounds are added
    up. The range of the single ratios is part of the name.
    """
    tasks = tasks_of_about(ENV, LINES, MANIFESTS)
    for task in tasks:
        if not grade(task.id, task.reference_text).reward.solved:
            raise RuntimeError(f"the reference of {task.id} is not solved")
    pairs = [_compared(task) for task in tasks]
    ours, theirs = (sum(pair[side] for pair in pairs) for side in (0, 1))
    ratios = sorted(other / own for own, other in pairs)
    each = f"each {ratios[0]:.0f} to {ratios[-1]:.0f} times"
    yield Measurement(
        f"Kubernetes grade ({sizes(tasks, 'manifests')}; {each})",
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
        own.append(processor_seconds(lambda: grade(task.id, text), 200))
        other.append(processor_seconds(theirs, 2))
    return statistics.median(own), statistics.median(other)
