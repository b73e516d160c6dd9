"""What follows a term: attributes, indices and splats."""

from __future__ import annotations

from iac_gym.formats.hcl.errors import MAX_DEPTH
from iac_gym.formats.hcl.lexicon import CONSTANT_INDEX, FREE_TOKEN, LINE_TOKEN
from iac_gym.formats.hcl.literals import composed, number
from iac_gym.formats.hcl.nodes import (
    GetAttr,
    Index,
    Item,
    Key,
    Literal,
    Node,
    Splat,
    Step,
    Traversal,
)
from iac_gym.formats.hcl.templates import Templates

#: A tree may be deeper than the nesting of its text, as in `a + b + c`. With more such links than
#: this in an expression its depth is measured.
MANY_LINKS = 50


class Steps(Templates):
    """Reads what follows a term."""

    __slots__ = ("limit", "links", "paths_as_keys")

    def __init__(self, text: str, base: int) -> None:
        super().__init__(text, base)
        #: How often a node was put above another one without a bracket, and when to measure next.
        self.links = 0
        self.limit = MANY_LINKS
        #: Whether `{ a.b = 1 }` is allowed.
        self.paths_as_keys = False

    def steps(self, node: Node, start: int, wrapped: bool) -> Node:
        """Attributes, indices and splats after a term; `wrapped`: it is in parentheses."""
        at = self.base + start
        steps: list[Step] = []
        while True:
            if self.kind == ".":
                self.advance()
                if self.kind == "*":
                    node = self.chain(node, steps, at, wrapped)
                    node, steps = self.attribute_splat(node, at), []
                else:
                    self.attribute_step(steps)
            elif self.kind == "[":
                if constant := CONSTANT_INDEX(self.text, self.start):
                    name = constant[2]
                    steps.append(int(constant[1]) if name is None else Key(composed(name)))
                    self.pos = constant.end()
                    self.advance()
                    continue
                self.advance()
                if self.kind == "*":
                    self.advance()
                    self.expect("]", "`]` must follow the star of a splat")
                    self.advance()
                    node = self.chain(node, steps, at, wrapped)
                    return self.full_splat(node, at)
                key = self.key()
                if isinstance(key, Node):
                    node = self.linked(Index(at, self.chain(node, steps, at, wrapped), key))
                    steps = []
                else:
                    steps.append(key)
            else:
                return self.chain(node, steps, at, wrapped)

    def chain(self, node: Node, steps: list[Step], at: int, wrapped: bool = False) -> Node:
        """This node with constant steps after it."""
        if not steps:
            return node
        if isinstance(node, Traversal) and not wrapped:
            node.steps += tuple(steps)
            return node
        for step in steps:
            if type(step) is str:
                node = self.linked(GetAttr(at, node, step))
            else:
                value: str | int = str(step) if isinstance(step, str) else step
                node = self.linked(Index(at, node, Literal(at, value)))
        return node

    def linked(self, node: Node) -> Node:
        """Count a node that stands above another one without a bracket."""
        self.links += 1
        if self.links > self.limit:
            self.measure(node, self.start)
            self.limit = 2 * self.links
        return node

    def measure(self, node: Node, start: int) -> None:
        """Refuse a tree that is too deep."""
        if _depth(node) > MAX_DEPTH:
            self.too_deep(start)

    def attribute_step(self, steps: list[Step]) -> None:
        """Read the name or old-style index after a dot."""
        if self.kind == "name":
            steps += self.value.split(".")
        elif self.kind == "number":
            steps.append(self.old_index())
        else:
            self.fail(f"a name must follow the dot, not {self.found()}")
        self.advance()

    def old_index(self) -> int:
        """The index of the old form `.0`."""
        value = number(self.value)
        if "." in self.value:
            first, _, second = self.value.partition(".")
            self.fail("two indices in the old form", f"write [{first}][{second}]")
        if not isinstance(value, int):
            self.fail(f"`{self.value}` is no index", "write [0]")
        return value

    def attribute_splat(self, source: Node, at: int) -> Node:
        """Read `*` and the names after it, which belong to each item."""
        item: Node = Item(self.base + self.start)
        self.advance()
        steps: list[Step] = []
        while self.kind == ".":
            self.advance()
            if self.kind == "*":
                self.fail("a splat within a splat of the old form", "write [*]")
            self.attribute_step(steps)
        return self.linked(Splat(at, source, self.chain(item, steps, item.at), full=False))

    def full_splat(self, source: Node, at: int) -> Node:
        """What follows `[*]`: all further steps belong to each item."""
        start = self.start
        self.enter(start)
        each = self.steps(Item(self.base + start), start, False)
        self.depth -= 1
        return self.linked(Splat(at, source, each, full=True))

    def key(self) -> Step | Node:
        """Read the key of an index up to its bracket: a step if it is a constant."""
        scan = self.scan
        if scan is LINE_TOKEN:
            self.scan = FREE_TOKEN
            if self.kind == "newline":
                self.advance()
        wrapped = self.kind == "("
        node = self.expression()
        self.expect("]", "`]` must close the index")
        self.scan = scan
        self.advance()
        if type(node) is Literal and not wrapped:
            value = node.value
            if isinstance(value, str):
                return Key(value)
            if type(value) is int:
                return value
        return node


def _depth(node: Node) -> int:
    """How deep a tree is, measured without recursion."""
    deepest = 0
    waiting: list[tuple[object, int]] = [(node, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, list | tuple):
            waiting += [(item, depth) for item in value]
        elif isinstance(value, Node):
            deepest = max(deepest, depth)
            waiting += [(getattr(value, slot), depth + 1) for slot in type(value).__slots__]
    return deepest
