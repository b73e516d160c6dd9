"""What compiled code runs on: frames, and the ways to stop an execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from iac_gym.formats.gotemplate.faults import Fault
from iac_gym.formats.gotemplate.nodes import Template

Frame: TypeAlias = list[Any]
Expression: TypeAlias = Callable[[Frame, Any], Any]
Step: TypeAlias = Callable[[Frame, Any], None]
#: Where a frame holds the execution, the output, the template and `$`.
RUN, OUT, TEMPLATE, ROOT = 0, 1, 2, 3
#: A variable that no declaration has set yet.
UNSET = object()


def fail(node: Any, message: str) -> NoReturn:
    """Stop the execution at a node."""
    raise Fault(node, message)


def failing(node: Any, message: str) -> Expression:
    """Return an expression that stops the execution."""

    def stop(frame: Frame, dot: Any) -> Any:
        raise Fault(node, message)

    return stop


class Code:
    """A compiled template: `run(run, out, data)` executes it."""

    __slots__ = ("cost", "root", "size", "table")

    def __init__(self, root: Step, size: int, cost: int, table: object) -> None:
        self.root = root
        self.size = size
        self.cost = cost
        self.table = table

    def run(self, run: Any, out: Callable[[Any], Any], template: Template, data: Any) -> None:
        """Execute with data as cursor and `$`."""
        frame: Frame = [UNSET] * self.size
        frame[TEMPLATE] = template
        frame[RUN] = run
        frame[OUT] = out
        frame[ROOT] = data
        self.root(frame, data)
