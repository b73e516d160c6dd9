"""Tasks as data set rows in Alpaca form."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from iac_gym.grading import load_task, sample_ids


def create_rows(
    env: str,
    split: str = "train",
    size: int = 1000,
    seed: int = 0,
    *,
    families: Sequence[str] | None = None,
    levels: Sequence[int] | None = None,
) -> list[dict[str, str]]:
    """Return rows `{instruction, input, output, task_id}`, all strings.

    `input` holds the given files (empty for `create` tasks), `output` the reference. The same
    arguments give the same rows on any machine; `grade(row["task_id"], text)` scores an answer.
    """
    rows = []
    for task_id in sample_ids(env, split, size, seed, families=families, levels=levels):
        task = load_task(task_id)
        rows.append(
            {
                "instruction": task.instruction,
                "input": task.input,
                "output": task.reference_text,
                "task_id": task_id,
            }
        )
    return rows


def create_dataset(
    env: str,
    split: str = "train",
    size: int = 1000,
    seed: int = 0,
    *,
    families: Sequence[str] | None = None,
    levels: Sequence[int] | None = None,
) -> Any:
    """Return the rows of `create_rows` as a Hugging Face `Dataset`, or as the plain list of rows
    where the package `datasets` is not installed. Both are indexed and iterated the same way.
    """
    rows = create_rows(env, split, size, seed, families=families, levels=levels)
    if find_spec("datasets") is None:
        return rows
    import datasets

    return datasets.Dataset.from_list(rows)
