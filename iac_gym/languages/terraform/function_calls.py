"""Evaluation of function calls."""

from __future__ import annotations

from iac_gym.formats.hcl.nodes import Call, Literal, Node, Object, Tuple
from iac_gym.languages.terraform import functions
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.arguments import LAZY, expand
from iac_gym.languages.terraform.evaluator import (
    CONSTANTS,
    EVALUATE,
    Names,
    Scope,
    evaluate,
    peek,
    spend,
)
from iac_gym.languages.terraform.kinds import merged_refs, wholly_known
from iac_gym.languages.terraform.values import ANY, BOOL, Unknown, Value


def _call(node: Call, scope: Scope, names: Names) -> Value:
    name = node.name
    if scope is CONSTANTS:
        raise EvalError("functions are not allowed here", node.at)
    if "::" in name:
        if name.startswith("provider::"):
            return Unknown(ANY, None, merged_refs(*_peek_all(node.args, scope, names)))
        name = name.removeprefix("core::")
    if name in LAZY:
        return LAZY[name](node, scope, names)
    try:
        arguments = [evaluate(argument, scope, names) for argument in node.args]
        if node.expand and not expand(arguments, node):
            functions.signature(name)
            return Unknown(ANY, None, merged_refs(*arguments))
        if not spend(scope, *arguments):
            return Unknown(ANY)
        return functions.call(name, arguments, scope)
    except functions.FunctionError as error:
        raise _call_error(node, error) from None


def _peek_all(nodes: list[Node], scope: Scope, names: Names) -> list[Value]:
    return [peek(node, scope, names) for node in nodes]


def _call_error(node: Call, error: functions.FunctionError) -> EvalError:
    """Return the error of a call, at the argument that is to blame."""
    index = error.argument
    at = node.at
    if index is not None and node.args:
        at = node.args[min(index, len(node.args) - 1)].at
    return EvalError(f"{node.name}: {error}" if error.named else str(error), at, error.hint)


def _try(node: Call, scope: Scope, names: Names) -> Value:
    """`try`: the first argument that has a value. A partly unknown one may still fail later."""
    for argument in _lazy_arguments(node, scope, names):
        try:
            value = evaluate(argument, scope, names)
        except EvalError:
            continue
        if getattr(scope, "resolved", False) or wholly_known(value):
            return value
        ref = value.ref if isinstance(value, Unknown) else None
        return Unknown(ANY, ref, merged_refs(value))
    if not node.args:
        raise EvalError("try: at least one argument is required", node.at)
    raise EvalError("try: none of the arguments has a value", node.at)


def _can(node: Call, scope: Scope, names: Names) -> Value:
    if len(node.args) != 1:
        raise EvalError("can: exactly one argument is required", node.at)
    try:
        value = evaluate(node.args[0], scope, names)
    except EvalError:
        return False
    return True if wholly_known(value) else Unknown(BOOL, None, merged_refs(value))


def _lazy_arguments(node: Call, scope: Scope, names: Names) -> list[Node]:
    """Return the arguments of `try`, those of an expanded one as values."""
    if not node.expand:
        return node.args
    values = [evaluate(node.args[-1], scope, names)]
    if not expand(values, node):
        values = [Unknown(ANY, None, merged_refs(*values))]
    return [*node.args[:-1], *(_Known(node.at, value) for value in values)]


class _Known(Node):
    """A value in the place of an expression."""

    __slots__ = ("value",)

    def __init__(self, at: int, value: Value) -> None:
        self.at = at
        self.value = value


def _known(node: _Known, scope: Scope, names: Names) -> Value:
    return node.value


def _issensitive(node: Call, scope: Scope, names: Names) -> Value:
    """`issensitive`: values carry no marks, so only plain cases are known."""
    if len(node.args) != 1:
        raise EvalError("issensitive: exactly one argument is required", node.at)
    argument = node.args[0]
    value = evaluate(argument, scope, names)
    if isinstance(argument, Call) and argument.name == "sensitive":
        return True
    plain = isinstance(argument, (Literal, Tuple, Object))
    return False if plain and not merged_refs(value) else Unknown(BOOL, None, merged_refs(value))


LAZY.update({"try": _try, "can": _can, "issensitive": _issensitive})
EVALUATE[Call] = _call
EVALUATE[_Known] = _known
