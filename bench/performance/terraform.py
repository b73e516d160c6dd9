"""`grade` of Terraform programs of about 70 lines, against `terraform validate`.

The real tool is asked in one folder that `terraform init` has prepared, as a user would; where it
or the AWS provider is missing, the rates alone are measured.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.performance.selection import rate, tasks_of_about
from bench.performance.timing import Measurement
from iac_gym import Task

ENV = "IaC-Terraform-v0"
LINES = 70
PROGRAMS = 12
RATE = 2000
#: Milliseconds in which the index of the schemas must load.
INDEX_LIMIT = 0.010

_LOAD = """
import time
from iac_gym.languages.terraform import pack
start = time.perf_counter()
pack.provider("aws", 5)
print(time.perf_counter() - start)
"""


def _of_aws(task: Task) -> bool:
    return len(task.files) == 1 and 'resource "aws_' in task.reference_text


def _real(tasks: list[Task]) -> float | None:
    """Return the median seconds of `terraform validate` for one program; None without it."""
    from iac_gym.languages.terraform import tool

    if tool.missing_tool() or "hashicorp/aws" not in tool.installed_providers():
        return None
    found = []
    for task in tasks:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "main.tf").write_text(task.reference_text, encoding="utf-8")
            plugins = f"-plugin-dir={tool.plugin_folder()}"
            subprocess.run(
                ["terraform", "init", "-backend=false", plugins],
                cwd=folder, capture_output=True, check=True,
            )  # fmt: skip
            start = time.perf_counter()
            subprocess.run(["terraform", "validate"], cwd=folder, capture_output=True, check=True)
            found.append(time.perf_counter() - start)
    return statistics.median(found)


def _index_seconds() -> float:
    found = []
    for _ in range(5):
        run = subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, check=True)
        found.append(float(run.stdout))
    return statistics.median(found)


def measure() -> Iterator[Measurement]:
    """Time `grade`, the loading of the index, and compare with the real tool."""
    tasks = tasks_of_about(ENV, LINES, PROGRAMS, _of_aws)
    rates = rate("Terraform", "programs", tasks, RATE)
    yield rates
    alone = [task for task in tasks if "random" not in task.reference_text][:5]
    real = _real(alone)
    if real is None:
        print("terraform or its AWS provider is missing, so the comparison is left out")
    else:
        yield Measurement(
            "Terraform grade", rates.ours, "terraform validate, after init", real,
            real / rates.ours, 1000,
        )  # fmt: skip
    index = _index_seconds()
    yield Measurement(
        "Terraform: the schemas' index loaded", index, f"{INDEX_LIMIT * 1000:.0f} ms",
        INDEX_LIMIT, INDEX_LIMIT / index, 1,
    )  # fmt: skip
