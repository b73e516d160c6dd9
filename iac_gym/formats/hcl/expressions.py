"""Expressions: operators, signs, terms."""

from __future__ import annotations

from iac_gym.formats.hcl.brackets import Brackets
from iac_gym.formats.hcl.errors import MAX_DEPTH
from iac_gym.formats.hcl.lexicon import CONSTANTS, PRECEDENCE
from iac_gym.formats.hcl.literals import composed, number
from iac_gym.formats.hcl.nodes import Binary, Conditional, Literal, Node, Traversal, Unary


class Expressions(Brackets):
    """Reads expressions into trees."""

    __slots__ = ()

    def expression(self) -> Node:
        """The expression that starts at the current token."""
        start = self.start
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.too_deep(start)
        kind = self.kind
        if kind == "name":
            node = self.named()
        else:
            node = self.signed() if kind in ("-", "!") else self.term()
        if self.kind in PRECEDENCE:
            node = self.operators(node, start)
        if self.kind == "?":
            self.advance()
            yes = self.expression()
            self.expect(":", "`:` must follow in a conditional", "write condition ? a : b")
            self.advance()
            node = Conditional(self.base + start, node, yes, self.expression())
        self.depth -= 1
        return node

    def operators(self, left: Node, start: int) -> Node:
        """The operations that begin with this operand."""
        waiting: list[tuple[Node, int, str, int]] = []
        while True:
            operator = self.kind
            rank = PRECEDENCE.get(operator, 0)
            while waiting and waiting[-1][3] >= rank:
                first, start, sign, _ = waiting.pop()
                left = self.linked(Binary(self.base + start, sign, first, left))
            if not rank:
                return left
            waiting.append((left, start, operator, rank))
            self.advance()
            start = self.start
            left = self.operand()

    def operand(self) -> Node:
        """A term with its signs and with what follows it."""
        return self.signed() if self.kind in ("-", "!") else self.term()

    def signed(self) -> Node:
        """A term behind one sign or several."""
        signs: list[tuple[int, str]] = []
        while self.kind in ("-", "!"):
            signs.append((self.start, self.kind))
            if self.depth + len(signs) > MAX_DEPTH:
                self.too_deep(self.start)
            self.advance()
        self.depth += len(signs)
        node = self.term()
        self.depth -= len(signs)
        for start, sign in reversed(signs):
            node = Unary(self.base + start, sign, node)
        return node

    def term(self) -> Node:
        """A literal, reference, call or bracket, with the steps that follow it."""
        kind, start = self.kind, self.start
        if kind == "name":
            return self.named()
        wrapped = False
        node: Node
        if kind == "string":
            node = Literal(self.base + start, composed(self.value[1:-1]))
            self.advance()
        elif kind == "number":
            node = self.number()
        elif kind == "template":
            node = self.quoted()
        elif kind == "[":
            node = self.list_items()
        elif kind == "{":
            node = self.object_items()
        elif kind == "(":
            node, wrapped = self.parentheses(), True
        elif kind == "heredoc":
            node = self.heredoc()
        else:
            self.fail(f"a value is missing: {self.found()} is none", "write an expression here")
        return self.steps(node, start, wrapped) if self.kind in (".", "[") else node

    def number(self) -> Literal:
        """The number that is the current token."""
        value = number(self.value)
        if value is None:
            self.fail(f"`{self.value}` is no number", "as in 1, 0.5 or 1e3")
        node = Literal(self.base + self.start, value)
        self.advance()
        return node

    def named(self) -> Node:
        """What begins with a name: a constant, a call or a reference."""
        start, path = self.start, self.value
        self.advance()
        kind = self.kind
        if kind in ("(", "::") and "." not in path:
            node = self.call(start, path)
            return self.steps(node, start, False) if self.kind in (".", "[") else node
        root, *names = path.split(".")
        at = self.base + start
        if root in CONSTANTS:
            node = self.chain(Literal(at, CONSTANTS[root]), [*names], at)
        else:
            node = Traversal(at, root, tuple(names))
        return self.steps(node, start, False) if kind in (".", "[") else node
