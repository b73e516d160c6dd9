"""Timing of two things in the same run, and the table of ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One line of the table. `ratio` is what the target is about; higher is better.

    `ours` and `theirs` are seconds (median). `target` is the least ratio that is wanted.
    """

    name: str
    ours: float
    alternative: str
    theirs: float
    ratio: float
    target: float

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.ratio >= self.target


def median_seconds(call: Callable[[], object], *, at_least: float = 1.0, rounds: int = 5) -> float:
    """Return the median seconds of one call: `rounds` groups, together at least `at_least` s."""
    call()
    start = time.perf_counter()
    call()
    once = max(time.perf_counter() - start, 1e-7)
    number = max(1, int(at_least / rounds / once))
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(number):
            call()
        found.append((time.perf_counter() - start) / number)
    return statistics.median(found)


def compare(
    name: str,
    ours: Callable[[], object],
    alternative: str,
    theirs: Callable[[], object],
    target: float,
) -> Measurement:
    """Time both and return how many times faster ours is."""
    own, other = median_seconds(ours), median_seconds(theirs)
    return Measurement(name, own, alternative, other, other / own, target)


def show(measurements: Iterable[Measurement]) -> None:
    """Print the table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("what", "ours (ms)", "against", "theirs (ms)", "ratio", "target", "")
    for m in measurements:
        table.add_row(
            m.name,
            f"{m.ours * 1e3:.3f}",
            m.alternative,
            f"{m.theirs * 1e3:.3f}",
            f"{m.ratio:.1f}",
            f">= {m.target:g}",
            "met" if m.met else "MISSED",
        )
    Console(width=160).print(table)
