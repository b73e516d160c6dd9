"""Trees to Python closures: each node becomes one function of a frame and the cursor.

A frame is a list: the execution (`Run`), the output's append, `$`, then one slot for each variable
that the template declares (scopes are lexical, so that names are resolved once). Values are those
of `values.py`; a pipeline never gives None: nil in an interface becomes `INVALID`, as in Go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

from iac_gym.formats.gotemplate.access import Given, Reader, missing_value
from iac_gym.formats.gotemplate.arguments import invocation
from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.faults import Fault
from iac_gym.formats.gotemplate.functions import GO_NAMES, NILABLE, Function, checked
from iac_gym.formats.gotemplate.nodes import (
    Action,
    Bool,
    Branch,
    Call,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Jump,
    Nil,
    Node,
    Number,
    Pipe,
    String,
    Template,
    Term,
    Text,
    Variable,
)
from iac_gym.formats.gotemplate.printing import show
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.values import (
    INVALID,
    Int64,
    is_integer,
    sorted_keys,
)

Frame: TypeAlias = list[Any]
Expression: TypeAlias = Callable[[Frame, Any], Any]
Step: TypeAlias = Callable[[Frame, Any], None]
#: Where a frame holds the execution, the output, the template and `$`.
RUN, OUT, TEMPLATE, ROOT = 0, 1, 2, 3
#: A variable that no declaration has set yet.
_UNSET = object()
#: What is longer is counted against the output's bound at once.
_LONG = 512


class _Break(Exception):
    """`{{break}}`."""


class _Continue(Exception):
    """`{{continue}}`."""


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
        frame: Frame = [_UNSET] * self.size
        frame[TEMPLATE] = template
        frame[RUN] = run
        frame[OUT] = out
        frame[ROOT] = data
        self.root(frame, data)


class Compiler:
    """Compiles one template against a table of functions."""

    def __init__(
        self,
        template: Template,
        functions: Mapping[str, Function],
        missing: str,
        trace: bool,
        table: object = None,
    ) -> None:
        self.template = template
        self.functions = functions
        self.table = table
        self.absent = missing_value(missing)
        self.trace = trace
        self.names: list[tuple[str, int, bool]] = [("$", ROOT, False)]
        self.size = ROOT + 1
        #: Whether the cursor is an element of a list or map (its Go type is interface {} then).
        self.loose = False

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

    # Variables.

    def declare(self, name: str, loose: bool) -> int:
        """Give a variable a new slot."""
        self.names.append((name, self.size, loose))
        self.size += 1
        return self.size - 1

    def find(self, name: str) -> tuple[int, bool]:
        """Return the slot of a visible variable and whether its type is interface {}; -1: none."""
        for known, slot, loose in reversed(self.names):
            if known == name:
                return slot, loose
        return -1, False

    def slot(self, variable: Variable) -> int:
        """Return the slot of a variable that a range sets."""
        return self.find(variable.name)[0]

    # Pipelines.

    def pipeline(self, pipe: Pipe, loop: bool = False) -> Expression:
        """Compile a pipeline and the setting of its variables."""
        value = self.value(pipe)
        if not pipe.variables:
            return value
        slots = []
        for variable in pipe.variables:
            if not pipe.assign:
                slots.append(self.declare(variable.name, loop))
                continue
            slot = self.find(variable.name)[0]
            if slot < 0:
                return failing(_last(pipe), f"undefined variable: {variable.name}")
            slots.append(slot)
        if len(slots) == 1:
            slot = slots[0]

            def set_one(frame: Frame, dot: Any) -> Any:
                frame[slot] = found = value(frame, dot)
                return found

            return set_one

        def set_all(frame: Frame, dot: Any) -> Any:
            found = value(frame, dot)
            for slot in slots:
                frame[slot] = found
            return found

        return set_all

    def value(self, pipe: Pipe) -> Expression:
        """Compile the commands of a pipeline, once if they use no variables."""
        code = pipe.code
        if code is not None and code[0] is self.table and code[1] is self.loose:
            known: Expression = code[2]
            return known
        value = self.normal(self.first(pipe.commands[0]), pipe.commands[0])
        for command in pipe.commands[1:]:
            value = self.normal(self.stage(command, value), command)
        if pipe.free:
            pipe.code = (self.table, self.loose, value)
        return value

    def normal(self, value: Expression, command: Command) -> Expression:
        """Let nil become an invalid value, as behind every command."""
        first = command.args[0]
        if isinstance(first, String | Number | Bool | Pipe):
            return value

        def take(frame: Frame, dot: Any) -> Any:
            found = value(frame, dot)
            return INVALID if found is None else found

        return take

    def first(self, command: Command) -> Expression:
        """Compile the first command of a pipeline."""
        head = command.args[0]
        if isinstance(head, Identifier):
            return self.function(head, command, command.args[1:], None)
        if isinstance(head, Field | Variable | Chain):
            return self.path(head, command.args[1:], None)
        if len(command.args) > 1:
            at = command if isinstance(head, Pipe) else head
            return failing(at, f"can't give argument to non-function {head}")
        if isinstance(head, Pipe):
            return self.pipeline(head)
        if isinstance(head, Nil):
            return failing(head, "nil is not a command")
        return self.operand(head)

    def stage(self, command: Command, final: Expression) -> Expression:
        """Compile a later command, which gets the value before it as its last argument."""
        head = command.args[0]
        if isinstance(head, Identifier):
            return self.function(head, command, command.args[1:], final)
        if isinstance(head, Field | Variable | Chain):
            return self.path(head, command.args[1:], final)
        return failing(head, f"can't give argument to non-function {head}")

    def operand(self, node: Term) -> Expression:
        """Compile an operand whose type nothing prescribes; its value may be nil."""
        if isinstance(node, Dot):
            return lambda frame, dot: dot
        if isinstance(node, Identifier):
            return self.function(node, node, [], None)
        if isinstance(node, Pipe):
            return self.pipeline(node)
        if isinstance(node, Field | Variable | Chain):
            return self.path(node, [], None)
        return self.constant(node, "any")

    def path(self, node: Field | Variable | Chain, args: list[Term], final: Any) -> Expression:
        """Compile fields of the cursor, of a variable or of a computed value."""
        last = _last(node) if isinstance(node, Chain) else node
        reader = Reader(node, last, self.loose and isinstance(node, Field), self.absent)
        given = None
        if args or final is not None:
            given = Given([self.argument(arg, "value") for arg in args], final)
        if isinstance(node, Field):
            return reader.fields(None, node.path, given)
        if isinstance(node, Chain):
            if isinstance(node.node, Nil):
                return failing(node, f"indirection through explicit nil in {node}")
            return reader.fields(self.operand(node.node), node.path, given)
        slot, reader.loose = self.find(node.name)
        if slot < 0:
            return failing(node, f"undefined variable: {node.name}")
        variable = _variable(node, slot)
        if node.path:
            return reader.fields(variable, node.path, given)
        if given is not None:
            return failing(node, f"can't give argument to non-function {node}")
        return variable

    # Functions and their arguments.

    def function(
        self, node: Identifier, command: Any, args: list[Term], final: Expression | None
    ) -> Expression:
        """Compile the call of a function."""
        if node.name in ("and", "or") and node.name in self.functions:
            return self.junction(node, args, final)
        called = self.functions.get(node.name)
        if called is None:
            return failing(node, f"{quote(node.name)} is not a defined function")
        return self.invoke(called, node.name, node, command, args, final)

    def invoke(
        self,
        called: Function,
        name: str,
        node: Any,
        command: Any,
        args: list[Term],
        final: Expression | None,
    ) -> Expression:
        """Compile the call of a function or method with checked arguments."""
        fixed = len(called.parameters)
        given = len(args) + (final is not None)
        if called.variadic:
            if given < fixed:
                message = f"want at least {fixed} got {len(args)}"
                return failing(node, f"wrong number of args for {name}: {message}")
        elif given != fixed:
            message = f"want {fixed} got {given}"
            return failing(node, f"wrong number of args for {name}: {message}")
        kinds = [*called.parameters, *[called.variadic] * (given - fixed)]
        compiled = [self.argument(arg, kind) for arg, kind in zip(args, kinds, strict=False)]
        if final is not None:
            last = _last(args[-1]) if args else node
            compiled.append(self.checking(final, kinds[-1], last))

        def failed(error: FunctionError) -> NoReturn:
            inner = getattr(error, "inner", None)
            raise Fault(command, f"error calling {name}: {error}", inner) from None

        return invocation(called, compiled, final is not None, failed)

    def junction(self, node: Identifier, args: list[Term], final: Expression | None) -> Expression:
        """Compile `and` and `or`, which evaluate no more than they need."""
        if not args and final is None:
            return failing(node, f"wrong number of args for {node.name}: want at least 1 got 0")
        parts = [self.argument(arg, "value") for arg in args]
        stops = node.name == "or"

        def join(frame: Frame, dot: Any) -> Any:
            found: Any = None
            last = None if final is None else final(frame, dot)
            for part in parts:
                found = part(frame, dot)
                if bool(found) is stops:
                    return found
            return found if final is None else last

        return join

    def argument(self, node: Term, kind: str) -> Expression:
        """Compile an argument for a parameter type."""
        if isinstance(node, Nil):
            if kind in NILABLE:
                value = checked(kind, INVALID)[0]
                return lambda frame, dot: value
            return failing(node, f"cannot assign nil to {GO_NAMES[kind]}")
        if isinstance(node, Bool | Number | String):
            return self.constant(node, kind)
        return self.checking(self.operand(node), kind, _last(node))

    def checking(self, value: Expression, kind: str, node: Any) -> Expression:
        """Check a computed argument against a parameter type."""
        if kind == "any":

            def loose(frame: Frame, dot: Any) -> Any:
                found = value(frame, dot)
                return None if found is INVALID else found

            return loose
        if kind == "value":
            return value
        exact = _EXACT.get(kind)

        def strict(frame: Frame, dot: Any) -> Any:
            found = value(frame, dot)
            if type(found) is exact:
                return found
            fitting, message = checked(kind, found)
            if message:
                fail(node, message)
            return fitting

        return strict

    def constant(self, node: Term, kind: str) -> Expression:
        """Compile a constant for a parameter type."""
        value, message = _constant(node, kind)
        if message:
            return failing(node, message)
        return lambda frame, dot: value


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
    fail(_last(node.pipe), f"range can't iterate over {show(value)}")


def _counted(node: Branch, value: int, both: bool) -> list[tuple[Any, Any]]:
    """Return the numbers a range over an integer gives (Go 1.22)."""
    if both:
        fail(_last(node.pipe), f"can't use {value} to iterate over more than one variable")
    if value > 1_000_000:
        fail(_last(node.pipe), f"range over {value} is too long")
    kind = type(value)
    return [(None, kind(index)) for index in range(value)]


_EXACT: dict[str, type] = {
    "string": str,
    "int": int,
    "float64": float,
    "bool": bool,
    "map": dict,
    "list": list,
    "int64": Int64,
}
_STATEMENTS: dict[type, Callable[[Compiler, Any], Step]] = {
    Text: Compiler.text,
    Action: Compiler.action,
    Branch: Compiler.branch,
    Call: Compiler.call,
    Jump: Compiler.jump,
}


def _variable(node: Variable, slot: int) -> Expression:
    """Return the value of a variable."""

    def read(frame: Frame, dot: Any) -> Any:
        found = frame[slot]
        if found is _UNSET:
            fail(node, f"undefined variable: {node.name}")
        return found

    return read


def _constant(node: Any, kind: str) -> tuple[Any, str]:
    """Return a constant's value for a parameter type, or what Go says against it."""
    if kind in ("any", "value"):
        return _ideal(node)
    if kind == "string":
        return (node.text, "") if isinstance(node, String) else (None, _expected(node, "string"))
    if kind == "bool":
        return (node.value, "") if isinstance(node, Bool) else (None, _expected(node, "bool"))
    number = node if isinstance(node, Number) else None
    if kind in ("int", "int64"):
        if number is None or number.integer is None:
            return None, _expected(node, "integer")
        return (number.integer if kind == "int" else Int64(number.integer)), ""
    if kind == "float64":
        if number is None or number.real is None:
            return None, _expected(node, "float")
        return number.real, ""
    return None, f"can't handle {node} for arg of type {GO_NAMES[kind]}"


def _expected(node: Any, word: str) -> str:
    return f"expected {word}; found {node}"


def _ideal(node: Any) -> tuple[Any, str]:
    """Return the value of a constant by its own syntax."""
    if isinstance(node, Bool):
        return node.value, ""
    if isinstance(node, String):
        return node.text, ""
    text = node.text
    if node.imaginary is not None:
        return node.imaginary, ""
    hexadecimal = text[:2] in ("0x", "0X") and not any(letter in text for letter in "pP")
    plain = node.real is not None and not hexadecimal and text[0] != "'"
    if plain and any(letter in text for letter in ".eEpP"):
        return node.real, ""
    if node.integer is not None:
        return node.integer, ""
    return None, f"{text} overflows int"


def _last(node: Any) -> Any:
    """Return the node that Go has looked at last when an argument is evaluated."""
    while True:
        if isinstance(node, Pipe):
            command = node.commands[-1]
            node = command.args[-1]
        elif isinstance(node, Chain):
            node = node.node
        else:
            return node


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
