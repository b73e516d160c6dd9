"""The statements of Jinja templates: `{% if %}`, `{% for %}`, `{% set %}` and the others."""

from __future__ import annotations

from collections.abc import Callable

from iac_gym.formats.jinja.expressions import MOST_CHAIN, ExpressionParser
from iac_gym.formats.jinja.nodes import Node
from iac_gym.formats.jinja.tokens import Tokens

#: Deepest nesting of loops, where Python's own limit ends a compilation.
MOST_LOOPS = 19
_EXTENSIONS = {"do": "do", "break": "loopcontrols", "continue": "loopcontrols"}


class TemplateParser(ExpressionParser):
    """A parser of whole templates. `extensions` may name `do` and `loopcontrols`."""

    __slots__ = ("blocks", "extensions", "looking", "loops", "nested")

    def __init__(self, tokens: Tokens, extensions: frozenset[str]) -> None:
        super().__init__(tokens)
        self.extensions = extensions
        self.blocks: set[str] = set()
        self.looking: list[tuple[str, ...]] = []
        self.loops = 0
        self.nested = 0

    def template(self) -> Node:
        """Parse the whole text."""
        body = self.body(())
        if self.kinds[self.place] != "eof":
            self.fail(f"unexpected {self.said()}")
        return body

    def body(self, ends: tuple[str, ...]) -> Node:
        """Parse text, `{{ }}` and statements up to one of the end tags."""
        kinds = self.kinds
        at = self.at[self.place]
        found: list[Node] = []
        self.deeper()
        self.looking.append(ends)
        while kinds[self.place] != "eof":
            place = self.place
            kind = kinds[place]
            self.place = place + 1
            if kind == "data":
                found.append(Node("data", self.at[place], self.values[place]))
            elif kind == "variable_begin":
                found.append(Node("output", self.at[place], None, (self.several(),)))
                self.expect("variable_end")
            elif kind == "block_begin":
                if kinds[place + 1] == "name" and self.values[place + 1] in ends:
                    break
                found.append(self.statement())
                self.expect("block_end")
            else:
                self.fail(f"unexpected {self.said(place)}", place)
        self.looking.pop()
        self.depth -= 1
        return Node("body", at, None, tuple(found))

    def statements(self, *ends: str, last: bool = True) -> Node:
        """Parse the body of a statement and, where it is the last, go over the end's name."""
        if self.kinds[self.place] == ":":
            self.place += 1
        self.expect("block_end")
        body = self.body(ends)
        if self.kinds[self.place] == "eof":
            names = " or ".join(f"`{{% {end} %}}`" for end in ends)
            self.fail(f"unexpected end of the template: {names} is missing")
        if last:
            self.place += 1
        return body

    def statement(self) -> Node:
        """Parse one statement; the current token is its name."""
        place = self.place
        if self.kinds[place] != "name":
            self.fail("expected the name of a tag")
        name = str(self.values[place])
        parse = _STATEMENTS.get(name)
        needed = _EXTENSIONS.get(name)
        if parse is None or (needed is not None and needed not in self.extensions):
            self.unknown(name)
        self.place = place + 1
        return parse(self, self.at[place])  # type: ignore[misc]

    def unknown(self, name: str) -> None:
        """Fail for a tag that does not exist or does not belong here."""
        wanted = self.looking[-1] if self.looking else ()
        ends = " or ".join(f"`{{% {end} %}}`" for end in wanted)
        if any(name in ends for ends in self.looking):
            self.fail(f"`{{% {name} %}}` does not belong here: {ends} comes first")
        waiting = f"; {ends} is waited for" if ends else ""
        self.fail(f"there is no tag `{name}`{waiting}")

    # targets of assignments

    def target(self, *, namespace: bool = False) -> Node:
        """Parse what is assigned to: a name, `a, b`, or `namespace.name`."""
        at = self.at[self.place]
        items: list[Node] = []
        several = False
        while True:
            if items:
                self.expect(",")
            kind = self.kinds[self.place]
            if kind in ("variable_end", "block_end", ")"):
                break
            items.append(self.target_item(namespace))
            if self.kinds[self.place] != ",":
                break
            several = True
        if not items and not several:
            self.fail(f"expected an expression, got {self.said()}")
        return Node("tuple", at, None, tuple(items)) if several else items[0]

    def target_item(self, namespace: bool) -> Node:
        """Parse one part of a target: names, and tuples of them in parentheses."""
        place = self.place
        kind, value = self.kinds[place], self.values[place]
        if namespace and kind == "name" and self.kinds[place + 1] == "." and not _fixed(value):
            self.place = place + 2
            attribute = self.values[self.expect("name")]
            return Node("nsref", self.at[place], (value, attribute))
        before = len(self.names)
        node = self.primary()
        del self.names[before:]
        if not _assignable(node):
            self.fail("this cannot be assigned to", place)
        return node

    def name(self) -> str:
        """Parse a plain name that is assigned to."""
        place = self.expect("name")
        if _fixed(self.values[place]):
            self.fail(f"cannot assign to `{self.values[place]}`", place)
        return str(self.values[place])

    # statements

    def set_(self, at: int) -> Node:
        """Parse `set a = b`, or `set a` and its block."""
        target = self.target(namespace=True)
        if self.kinds[self.place] == "=":
            self.place += 1
            return Node("set", at, None, (target, self.several()))
        made = None
        chain = 0
        while self.kinds[self.place] == "|":
            made = self.filter(made)
            chain += 1
            if chain > MOST_CHAIN:
                self.fail("the expression is too long")
        return Node("set_block", at, None, (target, made, self.statements("endset")))

    def for_(self, at: int) -> Node:
        """Parse a loop."""
        target = self.target()
        if not self.skip_word("in"):
            self.fail(f"expected `in`, got {self.said()}")
        over = self.several(condition=False)
        test = self.expression() if self.skip_word("if") else None
        recursive = self.skip_word("recursive")
        self.loops, before = self.loops + 1, self.nested
        self.nested += 1
        if self.nested > MOST_LOOPS:
            self.fail("too many loops inside each other")
        body = self.statements("endfor", "else", last=False)
        ended = self.values[self.place] == "endfor"
        self.place += 1
        self.loops -= 1
        other = None if ended else self.statements("endfor")
        self.nested = before
        if _names_loop(target, body, other):
            self.fail("the special variable `loop` cannot be assigned to in a loop")
        return Node("for", at, recursive, (target, over, test, body, other))

    def if_(self, at: int) -> Node:
        """Parse a condition with its branches."""
        branches: list[Node] = []
        while True:
            test = self.several(condition=False)
            body = self.statements("elif", "else", "endif", last=False)
            branches.append(Node("elif", test.at, None, (test, body)))
            word = self.values[self.place]
            self.place += 1
            if word != "elif":
                break
        other = self.statements("endif") if word == "else" else None
        return Node("if", at, None, (*branches, other))

    def with_(self, at: int) -> Node:
        """Parse `with a = b`."""
        items: list[Node] = []
        while self.kinds[self.place] != "block_end":
            if items:
                self.expect(",")
            items.append(self.target())
            self.expect("=")
            items.append(self.expression())
        return Node("with", at, None, (*items, self.statements("endwith")))

    def autoescape(self, at: int) -> Node:
        """Parse `autoescape`."""
        value = self.expression()
        return Node("autoescape", at, None, (value, self.statements("endautoescape")))

    def block(self, at: int) -> Node:
        """Parse a block."""
        place = self.expect("name")
        name = str(self.values[place])
        scoped = self.skip_word("scoped")
        required = self.skip_word("required")
        if name in self.blocks:
            self.fail(f"the block `{name}` is defined twice", place)
        self.blocks.add(name)
        body = self.statements("endblock")
        if required and any(one.kind != "data" or not one.value.isspace() for one in body.items):
            self.fail("a required block can only contain comments or white space", place)
        self.skip_word(name)
        return Node("block", at, (name, scoped, required), (body,))

    def extends(self, at: int) -> Node:
        """Parse `extends`."""
        if len(self.looking) > 1:
            self.fail("`extends` must stand at the top level")
        return Node("extends", at, None, (self.expression(),))

    def context(self, default: bool) -> bool:
        """Parse `with context` or `without context`."""
        place = self.place
        words = tuple(self.values[place : place + 2])
        if self.kinds[place] == "name" and words in (("with", "context"), ("without", "context")):
            self.place = place + 2
            return words[0] == "with"
        return default

    def include(self, at: int) -> Node:
        """Parse `include`."""
        template = self.expression()
        missing = False
        if self.word("ignore") and self.values[self.place + 1] == "missing":
            self.place += 2
            missing = True
        return Node("include", at, (self.context(True), missing), (template,))

    def import_(self, at: int) -> Node:
        """Parse `import a as b`."""
        template = self.expression()
        if not self.skip_word("as"):
            self.fail(f"expected `as`, got {self.said()}")
        name = self.name()
        self.context(False)
        return Node("import", at, name, (template,))

    def from_(self, at: int) -> Node:
        """Parse `from a import b as c, d`."""
        template = self.expression()
        if not self.skip_word("import"):
            self.fail(f"expected `import`, got {self.said()}")
        names: list[tuple[str, str]] = []
        while True:
            if names:
                self.expect(",")
            if self.kinds[self.place] != "name":
                self.expect("name")
            before = self.place
            self.context(False)
            if self.place != before:
                break
            name = self.name()
            if name.startswith("_"):
                self.fail("names that begin with `_` cannot be imported", before)
            names.append((name, self.name() if self.skip_word("as") else name))
            before = self.place
            self.context(False)
            if self.place != before or self.kinds[self.place] != ",":
                break
        return Node("from", at, tuple(names), (template,))

    def signature(self) -> Node:
        """Parse the parameters of a macro."""
        at = self.at[self.expect("(")]
        names: list[str] = []
        defaults: list[Node] = []
        while self.kinds[self.place] != ")":
            if names:
                self.expect(",")
            name = self.name()
            if name in names:
                self.fail(f"the parameter `{name}` is given twice")
            if self.kinds[self.place] == "=":
                self.place += 1
                defaults.append(self.expression())
            elif defaults:
                self.fail("a parameter without default follows one with a default")
            names.append(name)
        self.place += 1
        return Node("signature", at, tuple(names), tuple(defaults))

    def apart(self, *ends: str) -> Node:
        """Parse the body of a macro, in which the loops outside do not count."""
        loops, self.loops = self.loops, 0
        nested, self.nested = self.nested, 0
        body = self.statements(*ends)
        self.loops, self.nested = loops, nested
        return body

    def macro(self, at: int) -> Node:
        """Parse a macro."""
        name = self.name()
        return self.checked(Node("macro", at, name, (self.signature(), self.apart("endmacro"))))

    def call_block(self, at: int) -> Node:
        """Parse `call(a) b()` and its body."""
        place = self.place
        signature = Node("signature", at, ())
        if self.kinds[self.place] == "(":
            signature = self.signature()
        call = self.expression()
        if call.kind != "call":
            self.fail("expected a call", place)
        body = self.apart("endcall")
        return self.checked(Node("call_block", at, None, (signature, call, body)))

    def checked(self, node: Node) -> Node:
        """Refuse a parameter `caller` without default where the body uses it."""
        signature = node.items[0]
        names = signature.value
        if "caller" in names:
            from iac_gym.formats.jinja.scopes import mentions

            without = len(names) - len(signature.items)
            if names.index("caller") < without and mentions(node.items[-1], "caller"):
                self.fail("the parameter `caller` must have a default")
        return node

    def filter_block(self, at: int) -> Node:
        """Parse `filter a | b` and its body."""
        made = self.filter(None, begun=True)
        chain = 0
        while self.kinds[self.place] == "|":
            made = self.filter(made)
            chain += 1
            if chain > MOST_CHAIN:
                self.fail("the expression is too long")
        return Node("filter_block", at, None, (made, self.statements("endfilter")))

    def print(self, at: int) -> Node:
        """Parse `print a, b`."""
        items: list[Node] = []
        while self.kinds[self.place] != "block_end":
            if items:
                self.expect(",")
            items.append(self.expression())
        return Node("output", at, None, tuple(items))

    def do(self, at: int) -> Node:
        """Parse `do a`."""
        return Node("do", at, None, (self.several(),))

    def break_(self, at: int) -> Node:
        """Parse `break`."""
        if not self.loops:
            self.fail("`break` stands outside of a loop")
        return Node("break", at)

    def continue_(self, at: int) -> Node:
        """Parse `continue`."""
        if not self.loops:
            self.fail("`continue` stands outside of a loop")
        return Node("continue", at)


def _fixed(name: object) -> bool:
    return name in ("true", "false", "none", "True", "False", "None")


def _assignable(node: Node) -> bool:
    if node.kind == "tuple":
        return all(_assignable(one) for one in node.items)
    return node.kind in ("name", "nsref")


def _names_loop(target: Node, body: Node, other: Node | None) -> bool:
    """Say whether a loop, or anything in it, assigns to the name `loop`."""
    from iac_gym.formats.jinja.scopes import stores

    return (
        stores(target, "loop")
        or stores(body, "loop")
        or (other is not None and stores(other, "loop"))
    )


_STATEMENTS: dict[str, Callable[[TemplateParser, int], Node]] = {
    "for": TemplateParser.for_, "if": TemplateParser.if_, "block": TemplateParser.block,
    "extends": TemplateParser.extends, "print": TemplateParser.print,
    "macro": TemplateParser.macro, "include": TemplateParser.include,
    "from": TemplateParser.from_, "import": TemplateParser.import_, "set": TemplateParser.set_,
    "with": TemplateParser.with_, "autoescape": TemplateParser.autoescape,
    "call": TemplateParser.call_block, "filter": TemplateParser.filter_block,
    "do": TemplateParser.do, "break": TemplateParser.break_, "continue": TemplateParser.continue_,
}  # fmt: skip
