"""`grade` of templates of about 50 lines, against cfn-lint with its rules read once.

Where cfn-lint is not installed (see `iac_gym.languages.cloudformation.tool`), the rate alone is
measured.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Iterator, Sequence

from bench.performance.selection import rate, tasks_of_about
from bench.performance.timing import Measurement
from iac_gym import Task
from iac_gym.languages.cloudformation.tool import PROGRAM, interpreter, missing_tool

ENV = "IaC-CloudFormation-v0"
LINES = 50
TEMPLATES = 10
RATE = 2000
#: Reads a JSON list of templates, lints each three times, prints the median seconds of each.
_TIMING = """
import json, statistics, sys, time
def seconds(text):
    lint("template.yaml", text)
    found = []
    for _ in range(3):
        start = time.process_time()
        lint("template.yaml", text)
        found.append(time.process_time() - start)
    return statistics.median(found)
print(json.dumps([seconds(text) for text in json.load(sys.stdin)]))
"""


def _theirs(tasks: Sequence[Task]) -> float:
    """Return the mean processor seconds of cfn-lint, in one process that has read its rules."""
    run = subprocess.run(
        [interpreter(), "-c", PROGRAM + _TIMING],
        input=json.dumps([task.reference_text for task in tasks]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds: list[float] = json.loads(run.stdout.splitlines()[-1])
    return statistics.mean(seconds)


def measure() -> Iterator[Measurement]:
    """Time `grade`, and the linter on the same templates."""
    tasks = tasks_of_about(ENV, LINES, TEMPLATES, lambda task: len(task.files) == 1)
    rates = rate("CloudFormation", "templates", tasks, RATE)
    yield rates
    if reason := missing_tool():
        print(f"the comparison is left out: {reason}")
        return
    theirs = _theirs(tasks)
    yield Measurement(
        "CloudFormation grade", rates.ours, "cfn-lint, its rules read once", theirs,
        theirs / rates.ours, 100,
    )  # fmt: skip
