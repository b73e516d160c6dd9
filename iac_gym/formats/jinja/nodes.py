"""The tree of a Jinja template: nodes, errors, and what a parse gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from iac_gym.formats.lazy import lazy


class JinjaError(Exception):
    """The text is no Jinja template: what is wrong, and the offset in the text."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at

    def place(self, text: str) -> tuple[int, int]:
        """Return line and column in the text, both from 1."""
        before = text[: self.at]
        return before.count("\n") + 1, self.at - (before.rfind("\n") + 1) + 1


class Node(NamedTuple):
    """One node: its kind, its offset, its own value, and the nodes below it.

    Expressions, as `kind: value, items`::

        const: the value, ()              name: the name, ()
        attr: the name, (object,)         item: None, (object, index)
        slice: None, (start, stop, step), each a node or None
        call: None, (function, *arguments)
        filter: the name, (object or None, *arguments)
        test: the name, (object, *arguments)
        keyword: the name, (value,)       star, starstar: None, (value,)
        not, neg, pos: None, (operand,)   and, or: None, (left, right)
        binary: the operator, (left, right)
        compare: the operators, (first, second, ...)
        concat: None, operands            cond: None, (test, yes, no or None)
        tuple, list: None, items          dict: None, (key, value, key, value, ...)
        nsref: (namespace, attribute), ()

    Statements::

        data: the text, ()                output: None, expressions
        if: None, (branch, ..., else body or None); each branch is an `elif`: (test, body)
        for: recursive, (target, iterable, test or None, body, else body or None)
        set: None, (target, value)        set_block: None, (target, filter or None, body)
        macro: the name, (signature, body)
        call_block: None, (signature, call, body)
        filter_block: None, (filter, body)
        with: None, (target, value, ..., body)
        autoescape: None, (value, body)
        block: (name, scoped, required), (body,)
        include: with context, (template,)
        import: the name, (template,)     from: the names as (name, alias), (template,)
        extends: None, (template,)        do: None, (value,)
        break, continue: None, ()
        body: None, statements            signature: the names, defaults
    """

    kind: str
    at: int
    value: Any = None
    items: tuple[Any, ...] = ()


class Use(NamedTuple):
    """A name that is used at an offset: of a variable, a filter, a test."""

    name: str
    at: int


def walk(root: Node) -> Iterator[Node]:
    """Yield a node and all below it, in no promised order, without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend([one for one in node.items if one is not None])


class Parsed:
    """A template or an expression: its tree and what it uses.

    `body` is the tree: a node `body` of a template, the expression's own node otherwise. `names`
    holds every name that is read or called, `filters` and `tests` what is applied, `calls` the
    nodes of all calls. `free` are the variables that must be given from outside; those of Jinja
    itself (`range`, `dict`, `namespace`, ...) are among them where they are used.
    """

    __slots__ = ("__dict__", "body", "calls", "filters", "flat", "names", "template", "tests")

    def __init__(
        self,
        body: Node,
        uses: tuple[list[Use], list[Use], list[Use], list[Node]],
        template: bool,
        flat: bool,
    ) -> None:
        self.body = body
        self.names, self.filters, self.tests, self.calls = uses
        self.template = template
        #: Whether there are no statements: then each name is free.
        self.flat = flat

    @lazy
    def free(self) -> frozenset[str]:
        """The variables that are looked up from outside, as `find_undeclared_variables` tells."""
        if self.flat:
            return frozenset([use.name for use in self.names]) - {"self"}
        from iac_gym.formats.jinja.scopes import undeclared

        return undeclared(self.body)

    @property
    def literal(self) -> bool:
        """Whether there is nothing but text: no expression, no statement."""
        body = self.body
        return body.kind == "body" and all(one.kind == "data" for one in body.items)

    @property
    def single(self) -> Node | None:
        """The expression, where the whole text is one: an expression, or `{{ it }}` alone."""
        body = self.body
        if not self.template:
            return body
        if len(body.items) == 1 and body.items[0].kind == "output":
            only: Node = body.items[0].items[0]
            return only if len(body.items[0].items) == 1 else None
        return None

    @lazy
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """What is read as a path: `("item", "name")` for `item.name` or `item['name']`."""
        found = []
        inside: set[int] = set()
        for node in walk(self.body):
            if node.kind in ("attr", "item") and id(node) not in inside:
                path = _path(node, inside)
                if path:
                    found.append(path)
            elif node.kind == "name" and id(node) not in inside:
                found.append((node.value,))
        return tuple(found)


def _path(node: Node, inside: set[int]) -> tuple[str, ...]:
    """Return the longest path that a chain of attributes makes, and mark its nodes as seen."""
    names: list[str] = []
    while node.kind in ("attr", "item"):
        inside.add(id(node))
        name = node.value if node.kind == "attr" else _constant(node.items[1])
        names = [*names, name] if name is not None else []
        node = node.items[0]
    if node.kind != "name":
        return ()
    inside.add(id(node))
    return (node.value, *reversed(names))


def _constant(node: Node) -> str | None:
    return str(node.value) if node.kind == "const" else None
