"""One text for all expressions that mean the same: `normal`, and `same` to compare two."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iac_gym.formats.promql.folding import constant
from iac_gym.formats.promql.nodes import (
    Aggregation,
    Binary,
    Call,
    Matcher,
    Matching,
    Node,
    Number,
    Paren,
    Selector,
    Subquery,
    Text,
    Unary,
)

_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
_GROUPS = {"left": "right", "right": "left", "": ""}
#: A regular expression without special characters, apart from `|` between its parts.
_WORDS = re.compile(r"[\w\-/:@ ,=%&]*(?:\|[\w\-/:@ ,=%&]*)*")


def same(left: Node, right: Node) -> bool:
    """Tell whether two expressions mean the same."""
    return normal(left) == normal(right)


def normal(node: Node) -> str:
    """Return the normal form of an expression."""
    value = constant(node)
    if value is not None:
        return _number(value)
    write = _WRITERS[node.__class__]
    return write(node)


def _subquery(node: Subquery) -> str:
    step = "" if node.step is None else _number(node.step)
    return f"{normal(node.expr)}[{_number(node.window)}:{step}]{_shift(node)}"


def _unary(node: Unary) -> str:
    inner = normal(node.expr)
    return f"(-1*{inner})" if node.op == "-" else inner


def _number(value: float) -> str:
    return format(value, ".12g")


def _shift(node: Selector | Subquery) -> str:
    offset = f" offset {_number(node.offset)}" if node.offset else ""
    return offset + ("" if node.at is None else f" @ {node.at}")


def _selector(node: Selector) -> str:
    name = node.metric
    parts = sorted({text for one in node.matchers if (text := _matcher(one, name))})
    window = "" if node.window is None else f"[{_number(node.window)}]"
    return f"{name}{{{','.join(parts)}}}{window}{_shift(node)}"


def _matcher(matcher: Matcher, name: str) -> str:
    label, op, value = canonical(matcher)
    if op == "" or (label == "__name__" and op == "=" and value == name):
        return ""
    return f"{label}{op}{value!r}"


def canonical(matcher: Matcher) -> Matcher:
    """Return a matcher in its simplest form; its `op` is "" where it always holds."""
    label, op, value = matcher
    if op[-1] != "~":
        return matcher
    negated = op == "!~"
    if value == ".*":
        return Matcher(label, "!=~" if negated else "", "")
    if value == ".+":
        return Matcher(label, "=" if negated else "!=", "")
    inner = value
    if inner.startswith("^"):
        inner = inner[1:]
    if inner.endswith("$") and not inner.endswith("\\$"):
        inner = inner[:-1]
    while inner.startswith("(") and inner.endswith(")") and _WORDS.fullmatch(inner[1:-1]):
        inner = inner[1:-1]
    if inner.startswith("(?:") and inner.endswith(")") and _WORDS.fullmatch(inner[3:-1]):
        inner = inner[3:-1]
    if not _WORDS.fullmatch(inner):
        return matcher
    words = sorted(set(inner.split("|")))
    if len(words) == 1:
        return Matcher(label, "!=" if negated else "=", words[0])
    return Matcher(label, op, "|".join(words))


def _call(node: Call) -> str:
    args = [normal(arg) for arg in node.args]
    if node.name == "round" and len(args) == 2 and args[1] == "1":
        args.pop()
    if node.name in ("sort", "sort_desc"):  # the order says nothing to an alert
        return args[0]
    return f"{node.name}({','.join(args)})"


def _aggregation(node: Aggregation) -> str:
    param = "" if node.param is None else normal(node.param) + ","
    labels = ",".join(sorted(set(node.labels)))
    grouping = f" without({labels})" if node.without else f" by({labels})" if labels else ""
    return f"{node.op}{grouping}({param}{normal(node.expr)})"


def _binary(node: Binary) -> str:
    left, right, op, matching = normal(node.left), normal(node.right), node.op, node.matching
    scalar = constant(node.left) is not None
    if op in _FLIPPED and scalar and constant(node.right) is None:
        left, right, op = right, left, _FLIPPED[op]
    elif op in "+*" and (matching is None or not matching.include):
        if left > right:
            left, right = right, left
            if matching:
                matching = matching._replace(group=_GROUPS[matching.group])
    elif op == "-" and constant(node.right) is not None:
        op, right = "+", _number(-(constant(node.right) or 0.0))
        left, right = sorted((left, right))
    flag = " bool" if node.bool else ""
    return f"({left}{op}{flag}{matching_text(matching)}{right})"


def matching_text(matching: Matching | None) -> str:
    """Return the normal form of how two sides match."""
    if matching is None or not (matching.on or matching.labels or matching.group):
        return ""
    labels = ",".join(sorted(set(matching.labels)))
    text = f" {'on' if matching.on else 'ignoring'}({labels})"
    if matching.group:
        text += f" group_{matching.group}({','.join(sorted(set(matching.include)))})"
    return text + " "


_WRITERS: dict[type, Callable[[Any], str]] = {
    Aggregation: _aggregation,
    Binary: _binary,
    Call: _call,
    Number: lambda node: _number(node.value),
    Paren: lambda node: normal(node.expr),
    Selector: _selector,
    Subquery: _subquery,
    Text: lambda node: repr(node.value),
    Unary: _unary,
}
