"""Bodies: attributes and blocks."""

from __future__ import annotations

from iac_gym.formats.hcl.brackets import simple_value
from iac_gym.formats.hcl.expressions import Expressions
from iac_gym.formats.hcl.lexicon import (
    FREE_BLANKS,
    ITEM,
    LINE_TOKEN,
    QUOTED_TEXT,
    SINGLE,
    SURROGATE,
)
from iac_gym.formats.hcl.nodes import Attribute, Block, Body, Node
from iac_gym.formats.hcl.steps import MANY_LINKS


class Parser(Expressions):
    """Reads a whole text."""

    __slots__ = ()

    def file(self) -> Body:
        """The text as a body."""
        self.check_encoding()
        start = 1 if self.text.startswith("\ufeff") else 0
        self.pos = start
        return self.body(-1, start)

    def alone(self) -> Node:
        """The text as one expression, where newlines are blanks."""
        self.check_encoding()
        self.free()
        node = self.expression()
        self.expect("end", "nothing may follow the expression")
        if self.links > MANY_LINKS:
            self.measure(node, 0)
        return node

    def check_encoding(self) -> None:
        """Refuse what is no text in UTF-8."""
        if not self.ascii and (match := SURROGATE(self.text)):
            self.fail("half of a character pair", "the text must be valid UTF-8", match.start())

    def body(self, opening: int, start: int) -> Body:
        """Attributes and blocks from `pos` to the closing brace, or to the end of the text.

        `opening` is the offset of the brace that opens the body, -1 for that of the file. A body in
        braces is left behind the line of its closing brace.
        """
        text, base = self.text, self.base
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while True:
            match = ITEM(text, self.pos)
            if match is None:
                if self.item(opening, attributes, blocks):
                    return Body(base + start, attributes, blocks, base + self.start)
                continue
            group = match.lastindex
            if group == 7:  # a closing brace
                self.start = match.start(7)
                self.pos = match.end()
                if opening < 0:
                    self.stray(self.start)
                return Body(base + start, attributes, blocks, base + self.start)
            at = match.start(1)
            name = match[1]
            self.pos = match.end()
            if group == 5:  # labels of a block
                labels, opening_at = _labels(match[5]), match.end(5)
                if text[self.pos - 1] == "\n":
                    blocks.append(self.block(name, at, labels, opening_at))
                else:
                    blocks.append(self.opened(name, at, labels, opening_at))
                continue
            if group == 6:  # an empty block
                empty = Body(base + match.end(5), {}, [], base + match.start(6))
                blocks.append(Block(base + at, name, _labels(match[5]), empty))
                continue
            if name in attributes:
                self.twice(name, at, attributes)
            value = self.argument(name) if group == 1 else simple_value(base, match, 2)
            attributes[name] = Attribute(base + at, name, value)

    def stray(self, at: int) -> None:
        """Refuse a closing brace that closes nothing."""
        self.fail("this `}` closes nothing", "remove it, or open a block before it", at)

    def twice(self, name: str, at: int, attributes: dict[str, Attribute]) -> None:
        """Refuse an argument that is already set."""
        line = self.text.count("\n", 0, attributes[name].at - self.base) + 1
        self.fail(f"`{name}` is set twice", f"it is already set on line {line}", at)

    def block(self, type: str, at: int, labels: list[str], opening: int) -> Block:
        """A block whose opening line is read."""
        self.enter(at)
        body = self.body(opening, opening)
        self.depth -= 1
        return Block(self.base + at, type, labels, body)

    def argument(self, name: str) -> Node:
        """The value of an attribute, from `pos` to the end of its line."""
        node = self.measured(name)
        if self.kind in ("newline", "end"):
            return node
        if self.kind == ",":
            self.fail("a comma after an argument", "end arguments with a newline alone")
        self.fail(
            f"a newline must follow the value of `{name}`, not {self.found()}",
            "one argument a line",
        )

    def measured(self, name: str) -> Node:
        """The expression after an equals sign, with what only its whole shows checked."""
        if self.links:
            self.links, self.limit = 0, MANY_LINKS
        # `providers` of a module names configurations of providers; the real tool reads its keys
        # without evaluating them.
        self.paths_as_keys = name == "providers"
        self.scan = LINE_TOKEN
        self.advance()
        start = self.start
        node = self.expression()
        if self.links > MANY_LINKS:
            self.measure(node, start)
        return node

    # -- the items that are not of the commonest forms -------------------------------------------

    def item(self, opening: int, attributes: dict[str, Attribute], blocks: list[Block]) -> bool:
        """Read one item, token by token. True at the end of the body."""
        if (match := FREE_BLANKS(self.text, self.pos)) and match.end() > self.pos:
            self.pos = match.end()  # past comments: what follows may be of a common form
            return False
        self.scan = LINE_TOKEN
        self.advance()
        kind = self.kind
        if kind == "end":
            if opening >= 0:
                self.fail("this block is never closed", "end it with `}`", opening)
            return True
        if kind == "}":
            if opening < 0:
                self.stray(self.start)
            self.close_block()
            return True
        if kind in ("string", "template"):
            self.fail("the name of an argument is not quoted", "write it without quotes")
        start = self.start
        name = self.name("an argument or a block must stand here")
        if self.kind == "=":
            if name in attributes:
                self.twice(name, start, attributes)
            attributes[name] = Attribute(self.base + start, name, self.argument(name))
        else:
            blocks.append(self.header(name, start))
        return False

    def close_block(self) -> None:
        """Go past the line of the closing brace that is the current token."""
        start = self.start
        self.advance()
        if self.kind not in ("newline", "end"):
            self.fail(f"a newline must follow the `}}` of a block, not {self.found()}")
        self.start = start

    def header(self, type: str, at: int) -> Block:
        """A block from the token after its type on."""
        labels: list[str] = []
        while self.kind != "{":
            if self.kind in ("string", "template"):
                labels.append(self.label())
            elif self.kind == "name" and "." not in self.value:
                labels.append(self.value)
            else:
                self.bad_header(type, at, labels)
            self.advance()
        return self.opened(type, at, labels, self.start)

    def opened(self, type: str, at: int, labels: list[str], opening: int) -> Block:
        """A block from its opening brace on, which may be all on one line."""
        if match := SINGLE(self.text, opening):
            self.pos = match.end()
            start, name, base = match.start(1), match[1], self.base
            attribute = Attribute(base + start, name, simple_value(base, match, 2))
            end = base + self.text.rindex("}", opening, self.pos)
            return Block(base + at, type, labels, Body(base + opening, {name: attribute}, [], end))
        self.scan = LINE_TOKEN
        self.pos = after = opening + 1
        self.advance()
        if self.kind in ("newline", "end", "}"):
            self.pos = after
            return self.block(type, at, labels, opening)
        self.enter(at)
        body = self.single(opening)
        self.depth -= 1
        return Block(self.base + at, type, labels, body)

    def bad_header(self, type: str, at: int, labels: list[str]) -> None:
        """Refuse what stands where a label or an opening brace should."""
        if self.kind == "newline" and labels:
            self.fail("`{` must stand on the line of its block", "not on a line of its own")
        if self.kind == "=":
            self.fail(
                "a block has no `=`", f"write {type} {{ ... }}, or an argument without labels"
            )
        if not labels:
            hint = f"write `{type} = ...` for an argument, `{type} {{` for a block"
            self.fail(f"`{type}` is neither an argument nor a block", hint, at)
        self.fail(f"a label or `{{` must follow, not {self.found()}")

    def label(self) -> str:
        """The quoted label that is the current token."""
        if self.kind == "string":
            return self.value[1:-1]
        opening, start = self.start, self.pos
        match = QUOTED_TEXT(self.text, start)
        end = match.end() if match else start
        if self.text[end : end + 1] in ("$", "%"):
            self.fail("a label is a plain string", "no ${...} and no %{...} in labels", end)
        if not self.text.startswith('"', end):
            self.unclosed_quote(opening, end)
        self.pos = end + 1
        return self.unescaped(start, self.text[start:end])

    def single(self, opening: int) -> Body:
        """The body of a block on one line: one argument, the current token is its name."""
        start = self.start
        name = self.name("an argument must stand here")
        if self.kind != "=":
            hint = "a block on one line holds one argument and no block"
            self.fail(f"`=` must follow `{name}`, not {self.found()}", hint)
        attribute = Attribute(self.base + start, name, self.measured(name))
        if self.kind != "}":
            hint = "a block on one line holds one argument: use several lines for more"
            if self.kind == "end":
                self.fail("this block is never closed", "end it with `}`", opening)
            self.fail(f"`}}` must follow the argument, not {self.found()}", hint)
        self.close_block()
        at = self.base + opening
        return Body(at, {name: attribute}, [], self.base + self.start)


def _labels(header: str) -> list[str]:
    """The labels of a header that holds only plain strings and names."""
    if '"' not in header:
        return header.split()
    parts = header.split('"')
    if not "".join(parts[::2]).strip():
        return parts[1::2]
    labels: list[str] = []
    for index, part in enumerate(parts):
        labels += [part] if index % 2 else part.split()
    return labels
