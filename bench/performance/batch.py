"""`grade_batch` with two workers, against the same batch in one process."""

from __future__ import annotations

from collections.abc import Iterator

from bench.performance.timing import Measurement, median_seconds
from iac_gym import grade_batch, load_task, sample_ids

ENV = "IaC-K8s-v0"


def measure() -> Iterator[Measurement]:
    """Time a batch of 2,048 completions: 256 tasks with 8 answers each, as a trainer sends them."""
    ids = [task_id for task_id in sample_ids(ENV, "train", 256, seed=1) for _ in range(8)]
    texts = [
        load_task(task_id).reference_text + f"# {place}\n" for place, task_id in enumerate(ids)
    ]
    serial = median_seconds(lambda: grade_batch(ids, texts), at_least=15)
    pooled = median_seconds(lambda: grade_batch(ids, texts, workers=2), at_least=15)
    name = f"grade_batch, {len(ids)} texts, 2 workers"
    yield Measurement(name, pooled, "the same, serially", serial, serial / pooled, 1.6)
