"""What an alert's expression asks for: alternatives of conditions, each with its threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass

from iac_gym.formats.promql.folding import constant, constant_vector, linear
from iac_gym.formats.promql.nodes import Binary, Node, bare

_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
#: Most alternatives that are told apart.
_MOST = 64


@dataclass(frozen=True)
class Condition:
    """One thing that must hold: `left op threshold`.

    Numbers stand on the right, and linear parts of the left side are solved: `100 - x * 100 > 80`
    gives `x < 0.2`, `5 < x` gives `x > 5`, `a > 0.05 * b` gives `a / b > 0.05`. Where two sides are
    compared that both depend on data, `right` is the other one and `threshold` is None. Without a
    comparison `op` is "". `negated` conditions stand behind `unless`. `returns_bool`: the
    comparison gives 0 or 1, so that alone it always gives a series.

    `node` is the expression as written; `written` its threshold before solving.
    """

    node: Node
    left: Node
    op: str = ""
    threshold: float | None = None
    right: Node | None = None
    negated: bool = False
    returns_bool: bool = False
    written: float | None = None

    @property
    def above(self) -> bool:
        """Whether it holds above a threshold (or at it)."""
        return self.op in (">", ">=")

    @property
    def below(self) -> bool:
        """Whether it holds below a threshold (or at it)."""
        return self.op in ("<", "<=")


Alternative = tuple[Condition, ...]


def conditions(node: Node) -> tuple[Alternative, ...]:
    """Return the alternatives (`or`) of an expression, each a row of conditions (`and`)."""
    node = bare(node)
    if isinstance(node, Binary):
        if node.op == "or":
            return (conditions(node.left) + conditions(node.right))[:_MOST]
        if node.op == "and":
            right = conditions(node.right)
            return tuple([a + b for a in conditions(node.left) for b in right][:_MOST])
        if node.op == "unless":
            away = tuple([_negated(one) for row in conditions(node.right) for one in row])
            return tuple([row + away for row in conditions(node.left)])
        if node.op in _FLIPPED:
            return _comparison(node)
    return ((Condition(node, node),),)


def _negated(one: Condition) -> Condition:
    return Condition(
        one.node, one.left, one.op, one.threshold, one.right, not one.negated, one.returns_bool,
        one.written,
    )  # fmt: skip


def _number(node: Node) -> float | None:
    value = constant(node)
    return constant_vector(node) if value is None else value


def _comparison(node: Binary) -> tuple[Alternative, ...]:
    """Read a comparison; those inside its left side are further conditions (`(x > 5) < 9`)."""
    left, right, op = node.left, node.right, node.op
    bound = _number(right)
    if bound is None and (other := _number(left)) is not None:
        left, right, op, bound = right, left, _FLIPPED[op], other
    inner = bare(left)
    if bound is None:
        return (_of_two(node, left, right, op),)
    kept = None if node.bool else _of_bool(inner, op, bound)
    if kept is not None:
        return kept
    further: tuple[Alternative, ...] = ((),)
    if isinstance(inner, Binary) and inner.op in _FLIPPED and not inner.bool:
        further = conditions(inner)
        while isinstance(inner, Binary) and inner.op in _FLIPPED and not inner.bool:
            inner = bare(inner.right if _number(inner.left) is not None else inner.left)
        left = inner
    one = _solved(node, left, op, bound)
    return tuple([(*row, one) for row in further])


def _of_bool(inner: Node, op: str, bound: float) -> tuple[Alternative, ...] | None:
    """Read `(x > bool 5) == 1` as `x > 5`."""
    if not isinstance(inner, Binary) or inner.op not in _FLIPPED or not inner.bool:
        return None
    true = {"==": bound == 1, "!=": bound == 0, ">": 0 <= bound < 1, ">=": 0 < bound <= 1}
    if not true.get(op):
        return None
    plain = Binary(inner.op, inner.left, inner.right, returns_bool=False, matching=inner.matching)
    return _comparison(plain)


def _solved(node: Binary, left: Node, op: str, bound: float) -> Condition:
    core, factor, shift = linear(left)
    if math.isnan(shift) or not math.isfinite(bound):
        return Condition(node, bare(left), op, bound, None, False, node.bool, bound)
    threshold = (bound - shift) / factor
    if factor < 0:
        op = _FLIPPED[op]
    rounded = float(format(threshold, ".12g"))
    return Condition(node, core, op, rounded, None, False, node.bool, bound)


def _of_two(node: Binary, left: Node, right: Node, op: str) -> Alternative:
    """Read a comparison of two sides that depend on data: as a quotient where one has a factor."""
    core, factor, shift = linear(right)
    own = linear(left)
    plain = not shift and not own.shift
    if plain and (factor != 1 or own.factor != 1) and factor * own.factor > 0:
        quotient = Binary("/", own.core, core, returns_bool=False, matching=node.matching)
        threshold = float(format(factor / own.factor, ".12g"))
        return (Condition(node, quotient, op, threshold, None, False, node.bool, threshold),)
    return (Condition(node, bare(left), op, None, bare(right), False, node.bool),)
