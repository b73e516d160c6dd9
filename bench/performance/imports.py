"""`import iac_gym` in a fresh interpreter, against 0.3 seconds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from bench.performance.timing import Measurement, median_seconds

LIMIT = 0.3


def measure() -> Iterator[Measurement]:
    """Time the whole process, the start of Python included."""

    def start() -> None:
        subprocess.run([sys.executable, "-c", "import iac_gym"], check=True)

    seconds = median_seconds(start, at_least=3)
    yield Measurement("import iac_gym, whole process", seconds, "0.3 s", LIMIT, LIMIT / seconds, 1)
