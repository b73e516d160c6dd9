"""Hostile texts of up to 1 MB, each against a limit of 100 ms; and the memory that they take."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Iterator

from bench.performance.timing import Measurement
from iac_gym import Task, env_ids, load_task, sample_ids
from iac_gym.hostile import HOSTILE
from iac_gym.verifier import verify

LIMIT = 0.1
#: Most memory that one verdict may take, in bytes.
MEMORY = 64 << 20


def _seconds(text: str, task: Task) -> float:
    """Return the median seconds of three verdicts: a single one may meet a pause of the collector
    of garbage, which walks through all that the process has loaded.
    """
    found = []
    for _ in range(3):
        start = time.perf_counter()
        verify(text, task)
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def _tasks(env_id: str) -> list[Task]:
    """Return tasks of an environment: one for each set of languages, and at least three."""
    drawn = [load_task(task_id) for task_id in sample_ids(env_id, "test", 40, seed=4)]
    chosen: dict[frozenset[str], Task] = {}
    for task in drawn:
        chosen.setdefault(frozenset(language for _, language in task.files), task)
    others = [task for task in drawn if task not in chosen.values()]
    return [*chosen.values(), *others[: max(0, 3 - len(chosen))]]


def measure() -> Iterator[Measurement]:
    """Time every hostile text for tasks of every environment and language; report the slowest."""
    for env_id in env_ids():
        tasks = _tasks(env_id)
        for task in tasks:
            verify(task.reference_text, task)
        slowest, name, most, heaviest = 0.0, "", 0, ""
        for what, text in HOSTILE.items():
            for task in tasks:
                seconds = _seconds(text, task)
                if seconds > slowest:
                    slowest, name = seconds, what
            tracemalloc.start()
            verify(text, tasks[0])
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            if peak > most:
                most, heaviest = peak, what
        yield Measurement(
            f"{env_id}: slowest of {len(HOSTILE)} hostile texts ({name})",
            slowest, "100 ms", LIMIT, LIMIT / slowest, 1,
        )  # fmt: skip
        yield Measurement(
            f"{env_id}: most memory, MiB shown as ms ({heaviest})",
            most / (1 << 20) / 1e3, "64 MiB", MEMORY / (1 << 20) / 1e3, MEMORY / most, 1,
        )  # fmt: skip
