"""Tokens -> tree, by the service's grammar, precedence and limit of depth."""

from __future__ import annotations

import re

from iac_gym.languages.github_actions.expressions.lexer import (
    MOST_DEPTH,
    WORDS,
    ExpressionError,
    Token,
    tokens,
)
from iac_gym.languages.github_actions.expressions.nodes import (
    Call,
    Compare,
    Context,
    Index,
    Literal,
    Logic,
    Node,
    Not,
    Star,
    children,
)

__all__ = ["ExpressionError", "parse_expression"]

_EQUALITIES = frozenset(("==", "!="))
_ORDERINGS = frozenset(("<", "<=", ">", ">="))


#: What most expressions are: a context and a few properties.
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*){0,9}", re.ASCII)


def parse_expression(text: str) -> Node:
    """Read one expression. Raises `ExpressionError`, whose `offset` counts in `text`."""
    if _PATH.fullmatch(text) is not None and text not in WORDS:
        return _path(text)
    found = tokens(text)
    parser = _Parser(found)
    if parser.kind == "end":
        raise ExpressionError("an expression is expected", 0)
    tree = parser.expression()
    if parser.kind != "end":
        raise parser.unexpected()
    if len(found) > MOST_DEPTH:
        _check_depth(tree)
    return tree


def _check_depth(tree: Node) -> None:
    """Refuse a tree that is too deep: `a == b == c` has a level for each operator."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise _too_deep(node.offset)
        waiting.extend([(child, depth + 1) for child in children(node)])


def _too_deep(offset: int) -> ExpressionError:
    return ExpressionError(f"the expression is nested deeper than {MOST_DEPTH} levels", offset)


def _path(text: str) -> Node:
    """Return the tree of `github.event.action`, without tokens."""
    first, *names = text.split(".")
    if first in WORDS:
        raise ExpressionError("`.` is not expected here", len(first))
    node: Node = Context(first.lower(), 0)
    offset = len(first)
    for name in names:
        node = Index(node, Literal(name, offset + 1), offset)
        offset += len(name) + 1
    return node


class _Parser:
    """A cursor over tokens; `kind` is the kind of the token it stands at."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.position = 0
        self.depth = 0
        self.token = found[0]
        self.kind = found[0][0]

    def next(self) -> Token:
        """Step over the token at the cursor and return it."""
        token = self.token
        self.position += 1
        self.token = self.tokens[self.position]
        self.kind = self.token[0]
        return token

    def unexpected(self) -> ExpressionError:
        """Say that the token at the cursor does not fit."""
        _, value, offset = self.token
        if self.kind == "end":
            return ExpressionError("the expression ends too early", offset)
        shown = self.kind if self.kind not in ("name", "value") else _shown(value)
        return ExpressionError(f"`{shown}` is not expected here", offset)

    def deepen(self) -> None:
        """Count a level of nesting."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _too_deep(self.token[2])

    def expression(self) -> Node:
        self.deepen()
        tree = self.either()
        self.depth -= 1
        return tree

    def either(self) -> Node:
        first = self.both()
        if self.kind != "||":
            return first
        offset = self.token[2]
        args = [first]
        self.deepen()
        while self.kind == "||":
            self.next()
            args.append(self.both())
        self.depth -= 1
        return Logic("||", tuple(args), offset)

    def both(self) -> Node:
        first = self.compared()
        if self.kind != "&&":
            return first
        offset = self.token[2]
        args = [first]
        self.deepen()
        while self.kind == "&&":
            self.next()
            args.append(self.compared())
        self.depth -= 1
        return Logic("&&", tuple(args), offset)

    def compared(self) -> Node:
        left = self.ordered()
        while self.kind in _EQUALITIES:
            operator = self.next()
            left = Compare(operator[0], left, self.ordered(), operator[2])
        return left

    def ordered(self) -> Node:
        left = self.unary()
        while self.kind in _ORDERINGS:
            operator = self.next()
            left = Compare(operator[0], left, self.unary(), operator[2])
        return left

    def unary(self) -> Node:
        bangs = []
        while self.kind == "!":
            bangs.append(self.next()[2])
            self.deepen()
        node = self.accessed()
        self.depth -= len(bangs)
        for offset in reversed(bangs):
            node = Not(node, offset)
        return node

    def accessed(self) -> Node:
        if self.kind == "value":
            token = self.next()
            return Literal(token[1], token[2])
        node = self.operand()
        deeper = 0
        while self.kind in (".", "["):
            node = self.property(node) if self.kind == "." else self.element(node)
            deeper += 1
        self.depth -= deeper
        return node

    def property(self, of: Node) -> Node:
        offset = self.next()[2]
        self.deepen()
        if self.kind == "*":
            return Index(of, Star(self.next()[2]), offset)
        if self.kind != "name":
            raise self.unexpected()
        name = self.next()
        return Index(of, Literal(name[1], name[2]), offset)

    def element(self, of: Node) -> Node:
        offset = self.next()[2]
        key: Node = Star(self.next()[2]) if self.kind == "*" else self.expression()
        self.close("]")
        self.deepen()
        return Index(of, key, offset)

    def close(self, bracket: str) -> None:
        if self.kind != bracket:
            raise self.unexpected()
        self.next()

    def operand(self) -> Node:
        if self.kind == "(":
            self.next()
            node = self.expression()
            self.close(")")
            return node
        if self.kind != "name":
            raise self.unexpected()
        name = self.next()
        if self.kind != "(":
            return Context(name[1].lower(), name[2])
        return Call(name[1].lower(), self.arguments(), name[2])

    def arguments(self) -> tuple[Node, ...]:
        self.next()
        if self.kind == ")":
            self.next()
            return ()
        found = [self.expression()]
        while self.kind == ",":
            self.next()
            found.append(self.expression())
        self.close(")")
        return tuple(found)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value[:40]
    return {None: "null", True: "true", False: "false"}.get(value, str(value))  # type: ignore[call-overload, no-any-return]
