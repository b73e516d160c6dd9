"""Which series an expression reads, and which labels its result has."""

from __future__ import annotations

from typing import NamedTuple

from iac_gym.formats.promql.functions import SELECTING
from iac_gym.formats.promql.nodes import (
    Aggregation,
    Binary,
    Call,
    Node,
    Selector,
    Subquery,
    Text,
    children,
)


class Use(NamedTuple):
    """A selector where it stands.

    `functions` are the calls and aggregations around it, innermost first (`("rate", "sum")`).
    `window` is the range that is looked at, in seconds: its own, or that of a subquery around it;
    `offset` adds all offsets up.
    """

    selector: Selector
    functions: tuple[str, ...]
    window: float | None
    offset: float

    @property
    def metric(self) -> str:
        """The name of the metric."""
        return self.selector.metric


def uses(node: Node) -> tuple[Use, ...]:
    """Return every selector of an expression, from left to right."""
    found: list[Use] = []
    stack: list[tuple[Node, tuple[str, ...], float | None, float]] = [(node, (), None, 0.0)]
    while stack:
        node, around, window, offset = stack.pop()
        if isinstance(node, Selector):
            own = node.window if node.window is not None else window
            found.append(Use(node, around[::-1], own, offset + node.offset))
            continue
        if isinstance(node, Call):
            around = (*around, node.name)
        elif isinstance(node, Aggregation):
            around = (*around, node.op)
        elif isinstance(node, Subquery):
            window = node.window
            offset += node.offset
        stack.extend((child, around, window, offset) for child in reversed(children(node)))
    return tuple(found)


def output_labels(node: Node) -> frozenset[str] | None:
    """Return the labels that the result of an expression may have; None where any are possible."""
    if isinstance(node, Aggregation):
        return _of_aggregation(node)
    if isinstance(node, Call):
        return _of_call(node)
    if isinstance(node, Binary):
        return _of_binary(node)
    below = children(node)
    return output_labels(below[0]) if below else None


def _of_aggregation(node: Aggregation) -> frozenset[str] | None:
    if node.op in SELECTING:
        return output_labels(node.expr)
    if node.without:
        inner = output_labels(node.expr)
        found = None if inner is None else inner - set(node.labels)
    else:
        inner = output_labels(node.expr)
        found = frozenset(node.labels) if inner is None else inner & set(node.labels)
    if node.op == "count_values" and found is not None and isinstance(node.param, Text):
        return found | {node.param.value}
    return found


def _vector_argument(node: Call) -> Node | None:
    return next((arg for arg in node.args if arg.type in ("instant vector", "range vector")), None)


def _of_call(node: Call) -> frozenset[str] | None:
    if node.name == "vector" or node.type == "scalar":
        return frozenset()
    argument = _vector_argument(node)
    if argument is None:
        return frozenset()
    if node.name in ("absent", "absent_over_time"):
        return _of_absent(argument)
    inner = output_labels(argument)
    if inner is None:
        return None
    if node.name in ("label_replace", "label_join") and isinstance(node.args[1], Text):
        return inner | {node.args[1].value}
    return inner - {"le"} if node.name == "histogram_quantile" else inner


def _of_absent(argument: Node) -> frozenset[str]:
    while not isinstance(argument, Selector):
        below = children(argument)
        if len(below) != 1 or isinstance(argument, (Aggregation, Call)):
            return frozenset()
        argument = below[0]
    equal = [one.label for one in argument.matchers if one.op == "=" and one.label != "__name__"]
    return frozenset(label for label in equal if equal.count(label) == 1)


def _of_binary(node: Binary) -> frozenset[str] | None:
    if node.left.type == "scalar" or node.right.type == "scalar":
        return output_labels(node.right if node.left.type == "scalar" else node.left)
    left, right, matching = output_labels(node.left), output_labels(node.right), node.matching
    if node.op in ("and", "unless"):
        return left
    if node.op == "or":
        return None if left is None or right is None else left | right
    if matching is None:
        return left if right is None else right if left is None else left & right
    if matching.group:
        many = left if matching.group == "left" else right
        return None if many is None else many | set(matching.include)
    if matching.on:
        named = frozenset(matching.labels)
        return named if left is None else named & left
    if left is None or right is None:
        both = left if right is None else right
        return None if both is None else both - set(matching.labels)
    return (left & right) - set(matching.labels)


def keeps_label(node: Node, label: str) -> bool:
    """Tell whether the result of an expression has a label, if the series that it reads have it."""
    if isinstance(node, Binary) and node.op == "or":
        return keeps_label(node.left, label) and keeps_label(node.right, label)
    if isinstance(node, (Binary, Aggregation, Call)):
        return _keeps(node, label)
    below = children(node)
    return not below or keeps_label(below[0], label)


def _keeps(node: Binary | Aggregation | Call, label: str) -> bool:
    if isinstance(node, Aggregation):
        if node.op in SELECTING:
            return keeps_label(node.expr, label)
        if node.op == "count_values" and isinstance(node.param, Text) and node.param.value == label:
            return True
        return (label in node.labels) is not node.without and keeps_label(node.expr, label)
    if isinstance(node, Call):
        return _call_keeps(node, label)
    return _binary_keeps(node, label)


def _call_keeps(node: Call, label: str) -> bool:
    argument = _vector_argument(node)
    if argument is None or node.type == "scalar":
        return False
    if node.name in ("absent", "absent_over_time"):
        return label in _of_absent(argument)
    if node.name in ("label_replace", "label_join"):
        target = node.args[1]
        if isinstance(target, Text) and target.value == label:
            return True
    if node.name == "histogram_quantile" and label == "le":
        return False
    return keeps_label(argument, label)


def _binary_keeps(node: Binary, label: str) -> bool:
    if node.left.type == "scalar" or node.right.type == "scalar":
        return keeps_label(node.right if node.left.type == "scalar" else node.left, label)
    left, matching = keeps_label(node.left, label), node.matching
    if node.op in ("and", "unless"):
        return left
    if matching is None:
        return left and keeps_label(node.right, label)
    if matching.group:
        side = node.left if matching.group == "left" else node.right
        return label in matching.include or keeps_label(side, label)
    return (label in matching.labels) is matching.on and left
