"""The references inside an expression, without the names that it binds itself.

Source: https://developer.hashicorp.com/terraform/language/expressions/references. They are what
HCL calls the variables of an expression: all of them, whether it would come to use them or not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.hcl.nodes import (
    Binary,
    Call,
    Conditional,
    For,
    GetAttr,
    Index,
    Item,
    Literal,
    Node,
    Object,
    Parens,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    Tuple,
    Unary,
)

Bound = frozenset[str]
NOTHING: Bound = frozenset()
#: Calls of functions with such names are references, too: without steps.
PROVIDER_FUNCTION = "provider::"


def references(node: Node, bound: Bound = NOTHING) -> list[Traversal]:
    """Return the references in an expression, without the names that it binds itself."""
    found: list[Traversal] = []
    collect(node, bound, found)
    return found


def collect(node: Node, bound: Bound, found: list[Traversal]) -> None:
    """Add the references in an expression; `bound` names are none."""
    kind = node.__class__
    if kind is Literal:
        return
    if kind is Traversal:
        if not bound or node.root not in bound:  # type: ignore[attr-defined]
            found.append(node)  # type: ignore[arg-type]
        return
    COLLECT[kind](node, bound, found)


def _template(node: Template, bound: Bound, found: list[Traversal]) -> None:
    for part in node.parts:
        if part.__class__ is not Literal:
            collect(part, bound, found)


def _template_if(node: TemplateIf, bound: Bound, found: list[Traversal]) -> None:
    collect(node.condition, bound, found)
    _template(node.yes, bound, found)
    if node.no is not None:
        _template(node.no, bound, found)


def _with(bound: Bound, key: str | None, value: str) -> Bound:
    return bound | {value} if key is None else bound | {key, value}


def _template_for(node: TemplateFor, bound: Bound, found: list[Traversal]) -> None:
    collect(node.source, bound, found)
    _template(node.body, _with(bound, node.key_name, node.value_name), found)


def _get_attr(node: GetAttr, bound: Bound, found: list[Traversal]) -> None:
    collect(node.source, bound, found)


def _index(node: Index, bound: Bound, found: list[Traversal]) -> None:
    source, key = node.source, node.key
    if isinstance(key, Literal) and isinstance(source, Traversal):
        # A constant that is neither a text nor a whole number is a step all the same.
        step = OddKey(str(key.value))
        source = Traversal(source.at, source.root, (*source.steps, step))
    collect(source, bound, found)
    collect(key, bound, found)


class OddKey(str):
    """A step `[null]`, `[true]` or `[0.5]`, which no instance has."""

    __slots__ = ()


def _splat(node: Splat, bound: Bound, found: list[Traversal]) -> None:
    collect(node.source, bound, found)
    collect(node.each, bound, found)


def _call(node: Call, bound: Bound, found: list[Traversal]) -> None:
    if node.name.startswith(PROVIDER_FUNCTION):
        found.append(Traversal(node.at, node.name, ()))
    for item in node.args:
        collect(item, bound, found)


def _unary(node: Unary, bound: Bound, found: list[Traversal]) -> None:
    collect(node.operand, bound, found)


def _binary(node: Binary, bound: Bound, found: list[Traversal]) -> None:
    collect(node.left, bound, found)
    collect(node.right, bound, found)


def _conditional(node: Conditional, bound: Bound, found: list[Traversal]) -> None:
    collect(node.condition, bound, found)
    collect(node.yes, bound, found)
    collect(node.no, bound, found)


def _parens(node: Parens, bound: Bound, found: list[Traversal]) -> None:
    collect(node.inner, bound, found)


def _tuple(node: Tuple, bound: Bound, found: list[Traversal]) -> None:
    for item in node.items:
        if item.__class__ is not Literal:
            collect(item, bound, found)


def _object(node: Object, bound: Bound, found: list[Traversal]) -> None:
    for key, value in node.items:
        if key.__class__ is not Literal:
            collect(key, bound, found)
        if value.__class__ is not Literal:
            collect(value, bound, found)


def _for(node: For, bound: Bound, found: list[Traversal]) -> None:
    collect(node.source, bound, found)
    bound = _with(bound, node.key_name, node.value_name)
    for part in (node.key, node.value, node.condition):
        if part is not None:
            collect(part, bound, found)


def _nothing(node: Node, bound: Bound, found: list[Traversal]) -> None:
    return


#: How to collect from each class of nodes, but for `Literal` and `Traversal`.
COLLECT: dict[type[Node], Callable[[Any, Bound, list[Traversal]], None]] = {
    Template: _template,
    TemplateIf: _template_if,
    TemplateFor: _template_for,
    GetAttr: _get_attr,
    Index: _index,
    Item: _nothing,
    Splat: _splat,
    Call: _call,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    Parens: _parens,
    Tuple: _tuple,
    Object: _object,
    For: _for,
}
