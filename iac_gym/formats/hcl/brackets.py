"""Brackets: parentheses, calls, tuples, objects and `for`."""

from __future__ import annotations

from re import Match

from iac_gym.formats.hcl.lexicon import (
    ARGUMENT,
    CONSTANTS,
    FREE_BLANKS,
    FREE_TOKEN,
    LINE_TOKEN,
    OBJECT_ITEM,
    TUPLE_ITEM,
    Scan,
)
from iac_gym.formats.hcl.literals import composed
from iac_gym.formats.hcl.nodes import (
    Call,
    For,
    GetAttr,
    Literal,
    Node,
    Object,
    Parens,
    Traversal,
    Tuple,
)
from iac_gym.formats.hcl.steps import Steps

#: The one thing refused here that the real parser leaves to evaluation.
AMBIGUOUS_KEY = "a key of an object is a reference"


def simple_value(base: int, match: Match[str], group: int) -> Node:
    """The node of a simple value, of which the pattern's groups are string, path and number."""
    last = match.lastindex or 0
    if last == group:
        value = match[group]
        return Literal(base + match.start(group) - 1, composed(value))
    if last == group + 1:
        path = match[last]
        if path in CONSTANTS:
            return Literal(base + match.start(last), CONSTANTS[path])
        root, *steps = path.split(".")
        if root not in CONSTANTS:
            return Traversal(base + match.start(last), root, tuple(steps))
        node: Node = Literal(base + match.start(last), CONSTANTS[root])
        for step in steps:
            node = GetAttr(node.at, node, step)
        return node
    return Literal(base + match.start(last), int(match[last]))


class Brackets(Steps):
    """Reads what stands in brackets."""

    __slots__ = ()

    def parentheses(self) -> Node:
        """An expression in parentheses."""
        start, scan = self.start, self.scan
        self.free()
        node = self.expression()
        if self.kind != ")":
            self.fail(f"`)` must close the parenthesis, not {self.found()}", "", self.lost(start))
        self.scan = scan
        self.advance()
        return node

    def lost(self, start: int) -> int:
        """Where to report an unclosed bracket: at its start if the text ends."""
        return start if self.kind == "end" else self.start

    def call(self, start: int, name: str) -> Node:
        """The call of a function whose name was just read."""
        while self.kind == "::":
            self.advance()
            if self.kind != "name" or "." in self.value:
                self.fail(f"the name of a function must follow `::`, not {self.found()}")
            name += f"::{self.value}"
            self.advance()
        self.expect("(", "`(` must follow the name of a function")
        opening, scan = self.start, self.scan
        self.scan = FREE_TOKEN
        args: list[Node] = []
        expand = False
        base, text = self.base, self.text
        while True:
            match = ARGUMENT(text, self.pos)
            if match is not None:
                args.append(simple_value(base, match, 1))
                self.pos = match.end()
                continue
            self.advance()
            if self.kind == ")":
                break
            args.append(self.expression())
            if self.kind == "...":
                expand = True
                self.advance()
                self.expect(")", "`)` must follow `...`")
            if self.kind == ")":
                break
            if self.kind != ",":
                message = f"`,` or `)` must follow an argument, not {self.found()}"
                self.fail(message, "", self.lost(opening))
        self.scan = scan
        self.advance()
        return Call(base + start, name, args, expand=expand)

    def starts_for(self) -> bool:
        """Whether the current token, the first one in a bracket, is the keyword `for`."""
        return self.kind == "name" and (self.value == "for" or self.value.startswith("for."))

    def list_items(self) -> Node:
        """`[...]`: items, or a `for`."""
        opening, scan = self.start, self.scan
        self.free()
        if self.starts_for():
            return self.loop(opening, scan, "]")
        items: list[Node] = []
        base, text = self.base, self.text
        self.pos = self.start
        while True:
            match = TUPLE_ITEM(text, self.pos)
            if match is not None:
                items.append(simple_value(base, match, 1))
                self.pos = match.end()
                continue
            self.advance()
            if self.kind == "]":
                break
            items.append(self.expression())
            if self.kind == "]":
                break
            if self.kind != ",":
                message = f"`,` or `]` must follow an item, not {self.found()}"
                self.fail(message, "", self.lost(opening))
        self.scan = scan
        self.advance()
        return Tuple(base + opening, items)

    def object_items(self) -> Node:
        """`{...}`: items, or a `for`. Newlines separate items here, whatever is around."""
        opening, scan = self.start, self.scan
        after = self.pos
        self.free()
        if self.starts_for():
            return self.loop(opening, scan, "}")
        self.scan = LINE_TOKEN
        items: list[tuple[Node, Node]] = []
        base, text = self.base, self.text
        self.pos = after
        while True:
            match = OBJECT_ITEM(text, self.pos)
            if match is not None:
                name = match[1]
                if name is not None:
                    key = Literal(base + match.start(1), name)
                else:
                    key = Literal(base + match.start(2) - 1, composed(match[2]))
                items.append((key, simple_value(base, match, 3)))
                self.pos = match.end()
                continue
            if (blanks := FREE_BLANKS(text, self.pos)) and blanks.end() > self.pos:
                self.pos = blanks.end()  # past comments: what follows may be of a common form
                continue
            self.advance()
            if self.kind == "}":
                break
            items.append(self.object_item(opening))
            if self.kind == "}":
                break
            if self.kind not in (",", "newline"):
                message = f"a newline or `,` must follow an item, not {self.found()}"
                self.fail(message, "", self.lost(opening))
        self.scan = scan
        self.advance()
        return Object(base + opening, items)

    def object_item(self, opening: int) -> tuple[Node, Node]:
        """A key and its value."""
        key = self.object_key()
        if self.kind not in ("=", ":"):
            message = f"`=` must follow the key of an item, not {self.found()}"
            hint = 'a key is a name, a "string" or an (expression)'
            self.fail(message, hint, self.lost(opening))
        self.advance()
        return key, self.expression()

    def object_key(self) -> Node:
        """A bare name as the literal it means, or an expression."""
        start, kind = self.start, self.kind
        at = self.base + start
        if kind == "name" and "." not in self.value:
            name = self.value
            self.advance()
            if self.kind in ("=", ":"):
                return Literal(at, composed(name))
            self.pos = start
            self.advance()
        node = self.expression()
        if kind == "(":
            return Parens(at, node)
        if isinstance(node, Traversal) and node.steps and not self.paths_as_keys:
            self.fail(AMBIGUOUS_KEY, 'write (a.b) for its value, "a.b" for the name itself', start)
        return node

    def loop(self, opening: int, scan: Scan, closer: str) -> Node:
        """The rest of `[for ...]` or `{for ...}`, from its keyword on."""
        if self.value != "for":
            self.fail("`for` begins a loop here", "put a key or item of this name into quotes")
        self.advance()
        names = self.loop_names()
        source = self.expression()
        self.expect(":", "`:` must follow the source of `for`")
        self.advance()
        key, value = None, self.expression()
        if self.kind == "=>":
            if closer == "]":
                self.fail("a `for` in [...] makes no keys", "use {for ...}")
            self.advance()
            key, value = value, self.expression()
        elif closer == "}":
            self.fail("a `for` in {...} needs `key => value`", "use [for ...] for a list")
        group = self.kind == "..."
        if group:
            if closer == "]":
                self.fail("`...` groups only in {for ...}")
            self.advance()
        condition = None
        if self.kind == "name" and self.value == "if":
            self.advance()
            condition = self.expression()
        if self.kind != closer:
            message = f"`{closer}` must close the `for`, not {self.found()}"
            self.fail(message, "", self.lost(opening))
        self.scan = scan
        self.advance()
        at = self.base + opening
        return For(at, names, source, key, value, condition, group=group)
