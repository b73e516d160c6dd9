"""The tree of a PromQL expression.

`start` and `end` of a node count tokens; `Expression.span` turns them into places of the text.
`type` is one of VECTOR, RANGE, SCALAR and STRING. `depth` is the height of the node, which is
bounded, so that walking a tree by recursion is safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias, Union

VECTOR, RANGE, SCALAR, STRING = "instant vector", "range vector", "scalar", "string"


class Matcher(NamedTuple):
    """One condition on a label: `op` is one of `=`, `!=`, `=~` and `!~`."""

    label: str
    op: str
    value: str


class Matching(NamedTuple):
    """How the series of two sides find each other.

    `on`: by these labels alone, otherwise by all but these. `group` is "", "left" or "right".
    """

    on: bool = False
    labels: tuple[str, ...] = ()
    group: str = ""
    include: tuple[str, ...] = ()


class Number:
    """A number, or a duration in seconds (`5m` is 300)."""

    __slots__ = ("duration", "end", "start", "value")
    type, depth = SCALAR, 1

    def __init__(self, value: float, duration: bool, start: int, end: int) -> None:
        self.value = value
        self.duration = duration
        self.start: int = start
        self.end: int = end


class Text:
    """A string."""

    __slots__ = ("end", "start", "value")
    type, depth = STRING, 1

    def __init__(self, value: str, start: int, end: int) -> None:
        self.value = value
        self.start: int = start
        self.end: int = end


class Selector:
    """Series by name and labels: `name` is "" where it is only in `matchers` (`__name__`).

    `window` is the range in seconds (`[5m]` is 300.0), None for an instant vector. `offset` is in
    seconds. `at` is a time in seconds, "start", "end", or None.
    """

    __slots__ = ("at", "end", "matchers", "name", "offset", "start", "window")
    depth = 1

    def __init__(self, name: str, matchers: tuple[Matcher, ...], start: int, end: int) -> None:
        self.name = name
        self.matchers = matchers
        self.window: float | None = None
        self.offset = 0.0
        self.at: float | str | None = None
        self.start: int = start
        self.end: int = end

    @property
    def type(self) -> str:
        """Return whether it gives an instant or a range vector."""
        return VECTOR if self.window is None else RANGE

    @property
    def metric(self) -> str:
        """Return the name of the metric, wherever it is written; "" where it is not certain."""
        if self.name:
            return self.name
        named = [one.value for one in self.matchers if one.label == "__name__" and one.op == "="]
        return named[0] if named else ""


class Subquery:
    """An expression over a range: `step` is None for the default."""

    __slots__ = ("at", "depth", "end", "expr", "offset", "start", "step", "window")
    type = RANGE

    def __init__(self, expr: Node, window: float, step: float | None, end: int) -> None:
        self.expr = expr
        self.window = window
        self.step = step
        self.offset = 0.0
        self.at: float | str | None = None
        self.start: int = expr.start
        self.end: int = end
        self.depth: int = expr.depth + 1


class Call:
    """A call of a function."""

    __slots__ = ("args", "depth", "end", "name", "start", "type")

    def __init__(
        self, name: str, args: tuple[Node, ...], returns: str, start: int, end: int
    ) -> None:
        self.name = name
        self.args = args
        self.type: str = returns
        self.start: int = start
        self.end: int = end
        self.depth: int = 1 + max([arg.depth for arg in args], default=0)


class Aggregation:
    """`sum by (labels) (expr)`: `labels` with `without`; `param` of topk, quantile and the like.

    `grouped` tells `sum(x)` (False) from `sum by () (x)`, which mean the same.
    """

    __slots__ = (
        "depth", "end", "expr", "grouped", "labels", "op", "param", "start", "without",
    )  # fmt: skip
    type = VECTOR

    def __init__(
        self,
        op: str,
        expr: Node,
        param: Node | None,
        grouping: tuple[bool, tuple[str, ...]] | None,
        start: int,
        end: int,
    ) -> None:
        self.op = op
        self.expr = expr
        self.param = param
        self.grouped = grouping is not None
        self.without, self.labels = grouping or (False, ())
        self.start: int = start
        self.end: int = end
        self.depth: int = 1 + max(expr.depth, param.depth if param else 0)


class Binary:
    """An operation of two sides. `matching` is None where it says nothing; `bool` gives 0 or 1."""

    __slots__ = (
        "bool", "depth", "end", "left", "matching", "op", "right", "start", "type",
    )  # fmt: skip

    def __init__(
        self, op: str, left: Node, right: Node, *, returns_bool: bool, matching: Matching | None
    ) -> None:
        self.op = op
        self.left = left
        self.right = right
        self.bool = returns_bool
        self.matching = matching
        self.type: str = SCALAR if left.type is SCALAR and right.type is SCALAR else VECTOR
        self.start: int = left.start
        self.end: int = right.end
        self.depth: int = 1 + max(left.depth, right.depth)


class Unary:
    """`-expr` or `+expr`; that of a number is the number."""

    __slots__ = ("depth", "end", "expr", "op", "start", "type")

    def __init__(self, op: str, expr: Node, start: int) -> None:
        self.op = op
        self.expr = expr
        self.type: str = expr.type
        self.start: int = start
        self.end: int = expr.end
        self.depth: int = expr.depth + 1


class Paren:
    """An expression in parentheses."""

    __slots__ = ("depth", "end", "expr", "start", "type")

    def __init__(self, expr: Node, start: int, end: int) -> None:
        self.expr = expr
        self.type: str = expr.type
        self.start: int = start
        self.end: int = end
        self.depth: int = expr.depth + 1


Node: TypeAlias = Union[  # noqa: UP007 - a string union cannot be evaluated at run time
    Number, Text, Selector, Subquery, Call, Aggregation, Binary, Unary, Paren
]


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node, from left to right."""
    kind = node.__class__
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Aggregation):
        return (node.expr,) if node.param is None else (node.param, node.expr)
    if kind is Number or kind is Text or kind is Selector:
        return ()
    return (node.expr,)  # type: ignore[union-attr]


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, from left to right, parents first."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def bare(node: Node) -> Node:
    """Return a node without its parentheses."""
    while isinstance(node, Paren):
        node = node.expr
    return node
