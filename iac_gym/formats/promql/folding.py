"""Constants in expressions: what a part of an expression is worth whatever the data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from iac_gym.formats.promql.nodes import (
    SCALAR,
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Unary,
    bare,
)


def _divide(left: float, right: float) -> float:
    if right == 0:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)
    return left / right


def _power(left: float, right: float) -> float:
    try:
        value = left**right
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return value if isinstance(value, float) else math.nan


def _modulo(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": _modulo,
    "^": _power,
    "atan2": math.atan2,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    ">": lambda a, b: float(a > b),
    "<": lambda a, b: float(a < b),
    ">=": lambda a, b: float(a >= b),
    "<=": lambda a, b: float(a <= b),
}


def calculate(op: str, left: float, right: float) -> float | None:
    """Return what an operator makes of two numbers, None where it makes none."""
    operation = _OPERATIONS.get(op)
    return operation(left, right) if operation else None


def constant(node: Node) -> float | None:
    """Return the number that a scalar is whatever the data, None where it is not one."""
    kind = node.__class__
    if kind is Number:
        number: float = node.value  # type: ignore[union-attr, assignment]
        return number
    if node.type is not SCALAR:
        return None
    if isinstance(node, Paren):
        return constant(node.expr)
    if isinstance(node, Unary):
        value = constant(node.expr)
        return -value if value is not None and node.op == "-" else value
    if isinstance(node, Binary):
        left, right = constant(node.left), constant(node.right)
        return None if left is None or right is None else calculate(node.op, left, right)
    if isinstance(node, Call):
        return _call(node)
    return None


def _call(node: Call) -> float | None:
    if node.name == "pi":
        return math.pi
    return constant_vector(node.args[0]) if node.name == "scalar" else None


def constant_vector(node: Node) -> float | None:
    """Return the number of a vector that is made of one: `vector(1)`."""
    node = bare(node)
    if isinstance(node, Call) and node.name == "vector":
        return constant(node.args[0])
    return None


class Linear(NamedTuple):
    """An expression as `factor * core + shift`."""

    core: Node
    factor: float
    shift: float


def linear(node: Node) -> Linear:
    """Take the numbers that are multiplied with and added to an expression apart from it."""
    factor, shift = 1.0, 0.0
    while True:
        node = bare(node)
        if isinstance(node, Unary):
            factor = -factor if node.op == "-" else factor
            node = node.expr
            continue
        step = _step(node) if isinstance(node, Binary) else _inside(node)
        if step is None:
            return Linear(node, factor, shift)
        inner, times, plus = step
        # f * (t * inner + p) + s
        shift += factor * plus
        factor *= times
        node = inner
        if not (math.isfinite(factor) and math.isfinite(shift)) or factor == 0:
            return Linear(node, 1.0, math.nan)


def _step(node: Binary) -> tuple[Node, float, float] | None:
    """Return (inner, times, plus) of an operation with one number."""
    left, right = constant(node.left), constant(node.right)
    if right is not None and left is None:
        return {
            "*": (node.left, right, 0.0),
            "/": (node.left, _divide(1.0, right), 0.0),
            "+": (node.left, 1.0, right),
            "-": (node.left, 1.0, -right),
        }.get(node.op)
    if left is not None and right is None:
        return {
            "*": (node.right, left, 0.0),
            "+": (node.right, 1.0, left),
            "-": (node.right, -1.0, left),
        }.get(node.op)
    return _quotient(node) if node.op in "*/" else None


def _quotient(node: Binary) -> tuple[Node, float, float] | None:
    """Take numbers out of `(100 * a) / b` and `a / (2 * b)`; the core is a new quotient."""
    left, right = linear(node.left), linear(node.right)
    if left.shift or right.shift or (left.factor == 1 and right.factor == 1):
        return None
    if math.isnan(left.shift) or math.isnan(right.shift):
        return None
    times = left.factor * right.factor if node.op == "*" else left.factor / right.factor
    core = Binary(
        node.op, left.core, right.core, returns_bool=node.bool, matching=node.matching
    )  # fmt: skip
    core.start, core.end = node.start, node.end
    return core, times, 0.0


#: Aggregations and functions through which multiplying passes (and, for some, adding).
_SCALED = frozenset(("sum", "avg", "min", "max"))


def _inside(node: Node) -> tuple[Node, float, float] | None:
    """Take the numbers out of `sum(x * 100)`, which is `sum(x) * 100`."""
    if not isinstance(node, Aggregation) or node.op not in _SCALED:
        return None
    inner = linear(node.expr)
    times, plus = inner.factor, inner.shift
    if (times == 1 and not plus) or math.isnan(plus) or (node.op == "sum" and plus):
        return None
    op = node.op
    if times < 0 and op in ("min", "max"):
        op = "max" if op == "min" else "min"
    grouping = (node.without, node.labels) if node.grouped else None
    core = Aggregation(op, inner.core, node.param, grouping, node.start, node.end)
    return core, times, plus
