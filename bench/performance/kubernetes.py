"""`grade` of a Kubernetes manifest of about 60 lines, against kubernetes-validate alone."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from bench.performance.timing import Measurement, compare, median_seconds
from iac_gym import Task, category_of, grade, iter_ids, load_task

ENV = "IaC-K8s-v0"
LINES = 60
#: Grades a second on one core.
RATE = 1500


def manifest_of_about(lines: int) -> Task:
    """Return the training task whose reference is nearest to that many lines."""
    ids = iter_ids(ENV, "train", seed=0, levels=(3, 4, 5))
    tasks = [load_task(next(ids)) for _ in range(300)]
    return min(
        tasks, key=lambda task: (abs(len(task.reference_text.splitlines()) - lines), task.id)
    )


def measure() -> Iterator[Measurement]:
    """Time `grade`, which extracts, parses, checks schema and rules, and judges requirements."""
    import kubernetes_validate

    task = manifest_of_about(LINES)
    text = task.reference_text
    objects = list(yaml.safe_load_all(text))
    version = kubernetes_validate.latest_version()
    if not grade(task.id, text).reward.solved:
        raise RuntimeError(f"{category_of(ENV).env_id}: the reference of {task.id} is not solved")

    def theirs() -> None:
        for each in objects:
            kubernetes_validate.validate(each, version, strict=True)

    size = f"{len(text.splitlines())} lines, {len(objects)} objects"
    yield compare(
        f"Kubernetes grade ({size})",
        lambda: grade(task.id, text),
        "kubernetes_validate.validate, YAML already loaded",
        theirs,
        100,
    )
    seconds = median_seconds(lambda: grade(task.id, text))
    wanted = 1 / RATE
    yield Measurement(
        "Kubernetes grades a second", seconds, f"{RATE} a second", wanted, wanted / seconds, 1
    )
