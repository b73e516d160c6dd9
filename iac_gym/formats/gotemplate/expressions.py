"""Expressions as closures: pipelines, paths, calls and their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from iac_gym.formats.gotemplate.access import Given, Reader, missing_value
from iac_gym.formats.gotemplate.arguments import invocation
from iac_gym.formats.gotemplate.constants import constant_value, last_node
from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.faults import Fault
from iac_gym.formats.gotemplate.frames import ROOT, UNSET, Expression, Frame, fail, failing
from iac_gym.formats.gotemplate.functions import GO_NAMES, NILABLE, Function, checked
from iac_gym.formats.gotemplate.nodes import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Nil,
    Number,
    Pipe,
    String,
    Term,
    Variable,
)
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.values import INVALID, Int64


class Expressions:
    """Compiles the expressions of one template, and knows the variables that they may use."""

    def __init__(self, functions: Mapping[str, Function], missing: str, table: object) -> None:
        self.functions = functions
        self.table = table
        self.absent = missing_value(missing)
        self.names: list[tuple[str, int, bool]] = [("$", ROOT, False)]
        self.size = ROOT + 1
        #: Whether the cursor is an element of a list or map (its Go type is interface {} then).
        self.loose = False

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
                return failing(last_node(pipe), f"undefined variable: {variable.name}")
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
        last = last_node(node) if isinstance(node, Chain) else node
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
            last = last_node(args[-1]) if args else node
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
        return self.checking(self.operand(node), kind, last_node(node))

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
        value, message = constant_value(node, kind)
        if message:
            return failing(node, message)
        return lambda frame, dot: value


_EXACT: dict[str, type] = {
    "string": str,
    "int": int,
    "float64": float,
    "bool": bool,
    "map": dict,
    "list": list,
    "int64": Int64,
}


def _variable(node: Variable, slot: int) -> Expression:
    """Return the value of a variable."""

    def read(frame: Frame, dot: Any) -> Any:
        found = frame[slot]
        if found is UNSET:
            fail(node, f"undefined variable: {node.name}")
        return found

    return read
