"""The core of evaluation: the table of node types, references, and plain constructors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from iac_gym.formats.hcl.nodes import (
    Binary,
    GetAttr,
    Index,
    Item,
    Literal,
    Node,
    Object,
    Parens,
    Traversal,
    Tuple,
    Unary,
)
from iac_gym.languages.terraform.access import EvalError, follow, get_attribute, get_index
from iac_gym.languages.terraform.conversion import ConversionError, convert
from iac_gym.languages.terraform.kinds import TEXT_SHIFT, ListValue, MapValue, merged_refs, weight
from iac_gym.languages.terraform.operators import binary, unary
from iac_gym.languages.terraform.values import ANY, ANYTHING, BOOL, STRING, Unknown, Value

Names: TypeAlias = "Mapping[str, Value] | None"
#: What one scope may spend on loops and on walks through large values.
STEPS = 50_000
#: The name of the current item of a splat; no name of a program is like it.
ITEM = "*"


class Scope(Protocol):
    """What evaluation asks of its surroundings."""

    def resolve(self, traversal: Traversal, /) -> Value:
        """Return the value of a reference; raises `EvalError` where it has no such part."""

    def read_file(self, path: str, /) -> str | None:
        """Return the text of a file of the configuration, None where there is none."""


def evaluate(node: Node, scope: Scope, names: Names = None) -> Value:
    """Return the value of an expression, or raise `EvalError`.

    `names` are local names (of `for` expressions and dynamic blocks); they hide the scope's.
    """
    if node.__class__ is Literal:
        return node.value
    return EVALUATE[node.__class__](node, scope, names)


def spend(scope: Any, *values: Value) -> bool:
    """Pay for a walk through values; False when nothing is left to pay with."""
    cost = 0
    left: int = getattr(scope, "steps", STEPS)
    if left < 0:
        return False
    for value in values:
        if value.__class__ is str:
            cost += len(value) >> TEXT_SHIFT
        elif isinstance(value, (list, dict)):
            cost += weight(value, left)
    return not cost or pay(scope, cost)


def exhausted(scope: Any) -> bool:
    """Say whether a scope has no steps left."""
    return getattr(scope, "steps", 0) < 0


def pay(scope: Any, cost: int) -> bool:
    """Take steps from what a scope has left; False when they are used up."""
    left: int = getattr(scope, "steps", STEPS) - cost
    if scope is not CONSTANTS:  # shared by all; what it evaluates is no larger than its text
        scope.steps = left
    return left >= 0


def peek(node: Node | None, scope: Scope, names: Names) -> Value:
    """Evaluate what the real tool would not evaluate yet, to know what it is made of."""
    if node is None:
        return None
    try:
        return evaluate(node, scope, names)
    except EvalError:
        return ANYTHING


class _Constants:
    """The surroundings of expressions that must be constant: no names, no functions."""

    steps = STEPS

    def resolve(self, traversal: Traversal) -> Value:
        """Raise: nothing can be referred to."""
        raise EvalError("references are not allowed here", traversal.at)

    def read_file(self, path: str) -> str | None:
        """Return None: there are no files."""
        return None


#: For defaults of variables and of optional attributes.
CONSTANTS = _Constants()


def _literal(node: Literal, scope: Scope, names: Names) -> Value:
    return node.value


def _traversal(node: Traversal, scope: Scope, names: Names) -> Value:
    if names is not None and node.root in names:
        return follow(names[node.root], node.steps, node.at)
    return scope.resolve(node)


def _get_attr(node: GetAttr, scope: Scope, names: Names) -> Value:
    return get_attribute(evaluate(node.source, scope, names), node.name, node.at)


def _index(node: Index, scope: Scope, names: Names) -> Value:
    source = evaluate(node.source, scope, names)
    return get_index(source, evaluate(node.key, scope, names), node.at)


def _item(node: Item, scope: Scope, names: Names) -> Value:
    return ANYTHING if names is None else names.get(ITEM, ANYTHING)


def _parens(node: Parens, scope: Scope, names: Names) -> Value:
    return evaluate(node.inner, scope, names)


def _unary(node: Unary, scope: Scope, names: Names) -> Value:
    return unary(node.operator, evaluate(node.operand, scope, names), node.operand.at)


def _binary(node: Binary, scope: Scope, names: Names) -> Value:
    left, right = node.left, node.right
    one, other = evaluate(left, scope, names), evaluate(right, scope, names)
    if (one.__class__ in _CONTAINERS or other.__class__ in _CONTAINERS) and not spend(
        scope, one, other
    ):
        return Unknown(BOOL)
    return binary(node.operator, one, other, (node.at, left.at, right.at))


_CONTAINERS = frozenset((list, dict, ListValue, MapValue))


def _tuple(node: Tuple, scope: Scope, names: Names) -> Value:
    return [
        item.value if item.__class__ is Literal else EVALUATE[item.__class__](item, scope, names)
        for item in node.items
    ]


def _object(node: Object, scope: Scope, names: Names) -> Value:
    result: dict[str, Value] = {}
    unknown: list[Value] = []
    for key_node, value_node in node.items:
        key = _object_key(key_node, scope, names)
        value = evaluate(value_node, scope, names)
        if isinstance(key, Unknown):
            unknown += (key, value)
        else:
            result[key] = value
    if unknown:
        return Unknown(ANY, None, merged_refs(result, *unknown))
    return result


def _object_key(node: Node, scope: Scope, names: Names) -> Value:
    if node.__class__ is Literal and node.value.__class__ is str:
        return node.value
    if isinstance(node, Traversal):
        raise EvalError(
            "a reference as a key is ambiguous", node.at, "write it in parentheses, or in quotes"
        )
    return text_key(evaluate(node, scope, names), node.at)


def text_key(key: Value, at: int) -> Value:
    """Return a key of an object as a string."""
    if key is None:
        raise EvalError("null cannot be a key", at)
    try:
        return convert(key, STRING)
    except ConversionError as error:
        raise EvalError(f"this value cannot be a key: {error}", at) from None


EVALUATE: dict[type[Node], Callable[[Any, Scope, Names], Value]] = {
    Literal: _literal,
    Traversal: _traversal,
    GetAttr: _get_attr,
    Index: _index,
    Item: _item,
    Parens: _parens,
    Unary: _unary,
    Binary: _binary,
    Tuple: _tuple,
    Object: _object,
}
