"""Trees to Python closures: each node becomes one function of a frame and the cursor.

A frame is a list: the execution (`Run`), the output's append, the template, `$`, then one slot for
each variable that the template declares (scopes are lexical, so that names are resolved once).
Values are those of `values.py`; a pipeline never gives None: nil in an interface becomes
`INVALID`, as in Go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.formats.gotemplate.constants import last_node
from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.expressions import Expressions
from iac_gym.formats.gotemplate.faults import Fault
from iac_gym.formats.gotemplate.frames import (
    OUT,
    RUN,
    TEMPLATE,
    Code,
    Expression,
    Frame,
    Step,
    fail,
)
from iac_gym.formats.gotemplate.functions import Function
from iac_gym.formats.gotemplate.nodes import Action, Branch, Call, Jump, Node, Template, Text
from iac_gym.formats.gotemplate.printing import show
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.values import INVALID, is_integer, sorted_keys

#: What is longer is counted against the output's bound at once.
_LONG = 512


class _Break(Exception):
    """`{{break}}`."""


class _Continue(Exception):
    """`{{continue}}`."""


class Compiler(Expressions):
    """Compiles one template against a table of functions."""

    def __init__(
        self,
        template: Template,
        functions: Mapping[str, Function],
        missing: str,
        trace: bool,
        table: object = None,
    ) -> None:
        super().__init__(functions, missing, table)
        self.template = template
        self.trace = trace

    def compile(self) -> Code:
        """Return the code of the whole template."""
        root = self.body(self.template.root)
        return Code(root, self.size, _cost(self.template.root), self.table)

    # Statements.

    def body(self, nodes: list[Node]) -> Step:
        """Compile a list of nodes; what they declare is forgotten behind them."""
        mark = len(self.names)
        steps = [_STATEMENTS[type(node)](self, node) for node in nodes]
        del self.names[mark:]
        if len(steps) == 1:
            return steps[0]

        def run_all(frame: Frame, dot: Any) -> None:
            for step in steps:
                step(frame, dot)

        return run_all

    def text(self, node: Text) -> Step:
        """Compile a text."""
        text, at = node.text, node.at

        def write(frame: Frame, dot: Any) -> None:
            frame[OUT](text)

        def trace(frame: Frame, dot: Any) -> None:
            frame[OUT]((text, frame[TEMPLATE], at))

        return trace if self.trace else write

    def action(self, node: Action) -> Step:
        """Compile an action: print its value, or set its variables."""
        value = self.pipeline(node.pipe)
        base = node.base
        if node.pipe.variables:
            return self.bounded(node, value)
        if self.trace:
            return self.traced(node, value)

        def write(frame: Frame, dot: Any) -> None:
            try:
                shown = value(frame, dot)
                if type(shown) is not str or len(shown) > _LONG:
                    shown = _printed(node, shown, frame[RUN])
            except Fault as fault:
                raise fault.error(frame[TEMPLATE], base) from None
            frame[OUT](shown)

        return write

    def bounded(self, node: Any, step: Step) -> Step:
        """Let what goes over the bounds name the node."""

        base = node.base

        def guarded(frame: Frame, dot: Any) -> None:
            try:
                step(frame, dot)
            except Fault as fault:
                raise fault.error(frame[TEMPLATE], base) from None
            except FunctionError as error:
                raise Fault(node, str(error)).error(frame[TEMPLATE], base) from None

        return guarded

    def traced(self, node: Action, value: Expression) -> Step:
        """Compile an action that says where its output comes from."""
        at = node.base + node.at

        def write(frame: Frame, dot: Any) -> None:
            shown = _printed(node, value(frame, dot), frame[RUN])
            frame[OUT]((shown, frame[TEMPLATE], at))

        return self.bounded(node, write)

    def branch(self, node: Branch) -> Step:
        """Compile `if`, `with` and `range`."""
        mark, loose = len(self.names), self.loose
        value = self.pipeline(node.pipe, loop=node.word == "range")
        if node.word == "range":
            step = self.loop(node, value)
        else:
            step = self.bounded(node, self.choice(node, value))
        del self.names[mark:]
        self.loose = loose
        return step

    def choice(self, node: Branch, value: Expression) -> Step:
        """Compile `if` or `with` over its compiled condition."""
        loose = self.loose
        moves = node.word == "with"
        self.loose = loose and not moves
        body = self.body(node.body)
        self.loose = loose
        otherwise = self.body(node.otherwise) if node.otherwise is not None else None

        def check(frame: Frame, dot: Any) -> None:
            if value(frame, dot):
                body(frame, dot)
            elif otherwise is not None:
                otherwise(frame, dot)

        def move(frame: Frame, dot: Any) -> None:
            found = value(frame, dot)
            if found:
                body(frame, found)
            elif otherwise is not None:
                otherwise(frame, dot)

        return move if moves else check

    def loop(self, node: Branch, value: Expression) -> Step:
        """Compile `range` over its compiled value."""
        slots = [self.slot(variable) for variable in node.pipe.variables]
        loose, self.loose = self.loose, True
        body = self.body(node.body)
        self.loose = loose
        otherwise = self.body(node.otherwise) if node.otherwise is not None else None
        first = slots[0] if slots else 0
        second = slots[1] if len(slots) > 1 else 0
        cost = _cost(node.body)

        def run_loop(frame: Frame, dot: Any) -> None:
            pairs = _pairs(node, value(frame, dot), second > 0)
            if not pairs:
                if otherwise is not None:
                    otherwise(frame, dot)
                return
            charge = frame[RUN].step
            try:
                for index, element in pairs:
                    charge(cost)
                    if second:
                        frame[first] = index
                        frame[second] = element
                    elif first:
                        frame[first] = element
                    try:
                        body(frame, element)
                    except _Continue:
                        continue
            except _Break:
                return

        return self.bounded(node, run_loop)

    def call(self, node: Call) -> Step:
        """Compile `template`."""
        value = self.pipeline(node.pipe) if node.pipe is not None else None

        def run_template(frame: Frame, dot: Any) -> None:
            run = frame[RUN]
            found = run.templates.get(node.name)
            if found is None:
                fail(node, f"template {quote(node.name)} not defined")
            data = INVALID if value is None else value(frame, dot)
            run.enter()
            run.code(found).run(run, frame[OUT], found, data)
            run.leave()

        return self.bounded(node, run_template)

    def jump(self, node: Jump) -> Step:
        """Compile `break` and `continue`."""
        kind = _Break if node.word == "break" else _Continue

        def leave(frame: Frame, dot: Any) -> None:
            raise kind

        return leave


def _printed(node: Action, value: Any, run: Any) -> str:
    """Return what is no short text as it is printed, counted against the bounds."""
    try:
        shown = show(value, run)
        run.charge(len(shown))
    except FunctionError as error:
        fail(node, str(error))
    return shown


def _pairs(node: Branch, value: Any, both: bool) -> list[tuple[Any, Any]]:
    """Return what a range goes over."""
    if isinstance(value, list | bytes):
        return list(enumerate(value))
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted_keys(value)]
    if value is INVALID:
        return []
    if is_integer(value) and not isinstance(value, bool):
        return _counted(node, value, both)
    fail(last_node(node.pipe), f"range can't iterate over {show(value)}")


def _counted(node: Branch, value: int, both: bool) -> list[tuple[Any, Any]]:
    """Return the numbers a range over an integer gives (Go 1.22)."""
    if both:
        fail(last_node(node.pipe), f"can't use {value} to iterate over more than one variable")
    if value > 1_000_000:
        fail(last_node(node.pipe), f"range over {value} is too long")
    kind = type(value)
    return [(None, kind(index)) for index in range(value)]


_STATEMENTS: dict[type, Callable[[Compiler, Any], Step]] = {
    Text: Compiler.text,
    Action: Compiler.action,
    Branch: Compiler.branch,
    Call: Compiler.call,
    Jump: Compiler.jump,
}


def _cost(nodes: list[Node] | None) -> int:
    """Return how many steps the texts of nodes are counted as."""
    total = 1
    for node in nodes or ():
        if isinstance(node, Text):
            total += len(node.text) >> 5
        elif isinstance(node, Branch):
            total += _cost(node.body) + _cost(node.otherwise)
        else:
            total += 1
    return total
