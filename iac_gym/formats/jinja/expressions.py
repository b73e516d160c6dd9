"""The expressions of Jinja: a parser over tokens, with Jinja2's own grammar and its oddities."""

from __future__ import annotations

from typing import NoReturn

from iac_gym.formats.jinja.nodes import JinjaError, Node, Use
from iac_gym.formats.jinja.tokens import Tokens

#: Deepest nesting of brackets and operators, and longest chain of operators or attributes: where
#: Jinja2's own recursion ends in Python's limit.
MOST_DEPTH = 60
MOST_CHAIN = 250

_OR, _AND, _NOT, _COMPARE, _ADD, _CONCAT, _MUL, _POW = range(1, 9)
_COMPARES = frozenset(("==", "!=", "<", "<=", ">", ">="))
_LEVELS = {
    **dict.fromkeys(_COMPARES, _COMPARE),
    "+": _ADD, "-": _ADD, "~": _CONCAT, "*": _MUL, "/": _MUL, "//": _MUL, "%": _MUL, "**": _POW,
}  # fmt: skip
_WORD_LEVELS = {"or": _OR, "and": _AND, "in": _COMPARE}
_CONSTANTS = {
    "true": True, "True": True, "false": False, "False": False, "none": None, "None": None,
}  # fmt: skip
_POSTFIX = frozenset((".", "[", "("))
_TUPLE_ENDS = frozenset(("variable_end", "block_end", ")"))
_ARGUMENT_STARTS = frozenset(("name", "string", "integer", "float", "[", "{"))
_NO_ARGUMENT = frozenset(("else", "or", "and"))
_LITERALS = frozenset(("string", "integer", "float"))
#: What may stand alone, and what ends an expression.
_LONE = frozenset(("name", *_LITERALS))
_CLOSERS = frozenset((",", ")", "]", "}", ":", "variable_end", "block_end", "eof"))
_TILDE = frozenset("~")

_SAID = {
    "eof": "the end of the text",
    "variable_end": "`}}`",
    "block_end": "`%}`",
    "variable_begin": "`{{`",
    "block_begin": "`{%`",
    "data": "text",
    "name": "a name",
}


class ExpressionParser:
    """A recursive parser over tokens; `place` is the index of the current token."""

    __slots__ = ("at", "calls", "depth", "filters", "kinds", "names", "place", "tests", "values")

    def __init__(self, tokens: Tokens) -> None:
        self.kinds, self.values, self.at = tokens.kinds, tokens.values, tokens.at
        self.place = 0
        self.depth = 0
        self.names: list[Use] = []
        self.filters: list[Use] = []
        self.tests: list[Use] = []
        self.calls: list[Node] = []

    # what every part needs

    def fail(self, message: str, place: int | None = None) -> NoReturn:
        """Raise an error at a token; the lexer's own where it could not go on there."""
        place = self.place if place is None else place
        for near in (place, place + 1):
            if near < len(self.kinds) and self.kinds[near] == "error":
                raise JinjaError(str(self.values[near]), self.at[near])
        raise JinjaError(message, self.at[place])

    def said(self, place: int | None = None) -> str:
        """Put a token into words."""
        place = self.place if place is None else place
        kind, value = self.kinds[place], self.values[place]
        if kind in _SAID and kind != "name":
            return _SAID[kind]
        return f"`{value}`" if kind in ("name", "integer", "float") else f"`{kind}`"

    def expect(self, kind: str) -> int:
        """Go over a token of this kind and return its index."""
        place = self.place
        if self.kinds[place] != kind:
            wanted = _SAID.get(kind, f"`{kind}`")
            self.fail(f"expected {wanted}, got {self.said()}")
        self.place = place + 1
        return place

    def word(self, name: str) -> bool:
        """Say whether the current token is this name."""
        place = self.place
        return self.kinds[place] == "name" and self.values[place] == name

    def skip_word(self, name: str) -> bool:
        """Go over this name if it stands here."""
        if self.word(name):
            self.place += 1
            return True
        return False

    def deeper(self) -> None:
        """Count one level of nesting."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self.fail("the template is nested too deeply")

    # expressions

    def expression(self) -> Node:
        """Parse an expression, with `a if b else c`."""
        if self.lone(_CLOSERS):
            return self.primary()
        self.deeper()
        first = self.binary(_OR)
        chain = 0
        while self.skip_word("if"):
            chain += 1
            test = self.binary(_OR)
            other = self.expression() if self.skip_word("else") else None
            first = Node("cond", first.at, None, (test, first, other))
            if chain > MOST_CHAIN:
                self.fail("the expression is too long")
        self.depth -= 1
        return first

    def lone(self, followers: frozenset[str]) -> bool:
        """Say whether a name or a literal stands here and one of these behind it: most do."""
        place = self.place
        kinds = self.kinds
        return (
            kinds[place] in _LONE and kinds[place + 1] in followers and self.values[place] != "not"
        )

    def binary(self, least: int) -> Node:
        """Parse operators that bind at least this tightly."""
        left = self.negation() if least <= _NOT and self.word("not") else self.unary()
        kinds, values = self.kinds, self.values
        chain = 0
        while True:
            place = self.place
            kind = kinds[place]
            level = _LEVELS.get(kind, 0)
            if kind == "name":
                level = _WORD_LEVELS.get(values[place], 0)  # type: ignore[call-overload]
                if values[place] == "not" and self.kinds[place + 1] == "name":
                    level = _COMPARE if values[place + 1] == "in" else 0
            if level < least or not level:
                return left
            chain += 1
            if chain > MOST_CHAIN:
                self.fail("the expression is too long")
            left = self.operator(left, kind, level)

    def negation(self) -> Node:
        """Parse `not`, as often as it stands here, and what it negates."""
        at = []
        while self.word("not"):
            at.append(self.at[self.place])
            self.place += 1
        if len(at) > MOST_CHAIN:
            self.fail("the expression is too long")
        node = self.binary(_COMPARE)
        for one in reversed(at):
            node = Node("not", one, None, (node,))
        return node

    def operator(self, left: Node, kind: str, level: int) -> Node:
        """Parse an operator and its right side."""
        if level == _COMPARE:
            return self.comparison(left)
        if level == _CONCAT:
            return self.concatenation(left)
        name = self.values[self.place]
        self.place += 1
        if level in (_OR, _AND):
            right = self.binary(level + 1)
            return Node(str(name), left.at, None, (left, right))
        right = self.unary() if level == _POW else self.binary(level + 1)
        return Node("binary", left.at, kind, (left, right))

    def comparison(self, left: Node) -> Node:
        """Parse a chain of comparisons: `a < b <= c`, `a in b`, `a not in b`."""
        operators: list[str] = []
        operands = [left]
        while True:
            kind = self.kinds[self.place]
            if kind in _COMPARES:
                operators.append(kind)
                self.place += 1
            elif self.skip_word("in"):
                operators.append("in")
            elif (
                self.word("not")
                and self.kinds[self.place + 1] == "name"
                and self.values[self.place + 1] == "in"
            ):
                operators.append("not in")
                self.place += 2
            else:
                return Node("compare", left.at, tuple(operators), tuple(operands))
            operands.append(self.primary() if self.lone(_COMPARES) else self.binary(_ADD))

    def concatenation(self, left: Node) -> Node:
        """Parse `a ~ b ~ c`."""
        operands = [left]
        while self.kinds[self.place] == "~":
            self.place += 1
            operands.append(self.primary() if self.lone(_TILDE) else self.binary(_MUL))
        return Node("concat", left.at, None, tuple(operands))

    def unary(self, filtered: bool = True) -> Node:
        """Parse a sign, or a value with what hangs on it: attributes, calls, filters, tests."""
        kind = self.kinds[self.place]
        if kind in ("-", "+"):
            at = self.at[self.place]
            self.place += 1
            self.deeper()
            node = Node("neg" if kind == "-" else "pos", at, None, (self.unary(False),))
            self.depth -= 1
        else:
            node = self.primary()
        kinds = self.kinds
        if kinds[self.place] in _POSTFIX:
            node = self.postfix(node)
        if filtered and kinds[self.place] in ("|", "name", "("):
            node = self.filtered(node)
        return node

    def primary(self) -> Node:
        """Parse a name, a literal or something in brackets."""
        place = self.place
        kind, value, at = self.kinds[place], self.values[place], self.at[place]
        if kind == "name":
            self.place = place + 1
            if value in _CONSTANTS:
                return Node("const", at, _CONSTANTS[value])
            self.names.append(Use(str(value), at))
            return Node("name", at, value)
        if kind == "string":
            self.place = place + 1
            if self.kinds[place + 1] == "string":
                return self.strings(at, value)
            return Node("const", at, value)
        if kind in _LITERALS:
            self.place = place + 1
            return Node("const", at, value)
        if kind == "(":
            self.place = place + 1
            node = self.several(parenthesised=True)
            self.expect(")")
            return node
        if kind == "[":
            return self.listed()
        if kind == "{":
            return self.mapping()
        self.fail(f"unexpected {self.said()}")

    def strings(self, at: int, first: object) -> Node:
        """Join texts in quotes that follow each other."""
        parts = [first]
        while self.kinds[self.place] == "string":
            parts.append(self.values[self.place])
            self.place += 1
        return Node("const", at, "".join(map(str, parts)))

    def several(self, *, parenthesised: bool = False, condition: bool = True) -> Node:
        """Parse one expression, or several with commas as a tuple."""
        at = self.at[self.place]
        items: list[Node] = []
        several = False
        while True:
            if items:
                self.expect(",")
            if self.kinds[self.place] in _TUPLE_ENDS:
                break
            items.append(self.expression() if condition else self.simple())
            if self.kinds[self.place] != ",":
                break
            several = True
        if several:
            return Node("tuple", at, None, tuple(items))
        if items:
            return items[0]
        if not parenthesised:
            self.fail(f"expected an expression, got {self.said()}")
        return Node("tuple", at)

    def simple(self) -> Node:
        """Parse an expression without `a if b else c`."""
        self.deeper()
        node = self.binary(_OR)
        self.depth -= 1
        return node

    def listed(self) -> Node:
        """Parse `[a, b]`."""
        at = self.at[self.expect("[")]
        items: list[Node] = []
        while self.kinds[self.place] != "]":
            if items:
                self.expect(",")
                if self.kinds[self.place] == "]":
                    break
            items.append(self.expression())
        self.expect("]")
        return Node("list", at, None, tuple(items))

    def mapping(self) -> Node:
        """Parse `{a: b}`."""
        at = self.at[self.expect("{")]
        items: list[Node] = []
        while self.kinds[self.place] != "}":
            if items:
                self.expect(",")
                if self.kinds[self.place] == "}":
                    break
            items.append(self.expression())
            self.expect(":")
            items.append(self.expression())
        self.expect("}")
        return Node("dict", at, None, tuple(items))

    def postfix(self, node: Node) -> Node:
        """Parse attributes, items and calls behind a value."""
        chain = 0
        while True:
            kind = self.kinds[self.place]
            if kind == ".":
                node = self.attribute(node)
            elif kind == "[":
                node = self.subscript(node)
            elif kind == "(":
                node = self.call(node)
            else:
                return node
            chain += 1
            if chain > MOST_CHAIN:
                self.fail("the expression is too long")

    def attribute(self, node: Node) -> Node:
        """Parse `.name` or `.0`."""
        at = self.at[self.place]
        place = self.place = self.place + 1
        kind, value = self.kinds[place], self.values[place]
        if kind == "name":
            self.place = place + 1
            return Node("attr", at, value, (node,))
        if kind != "integer":
            self.fail("expected a name or a number behind `.`")
        self.place = place + 1
        return Node("item", at, None, (node, Node("const", self.at[place], value)))

    def subscript(self, node: Node) -> Node:
        """Parse `[a]`, `[a:b]` or `[a, b]`."""
        at = self.at[self.place]
        self.place += 1
        items: list[Node] = []
        while self.kinds[self.place] != "]":
            if items:
                self.expect(",")
            items.append(self.subscribed())
        self.expect("]")
        if len(items) > 1 and any(one.kind == "slice" for one in items):
            self.fail("a slice stands alone in its brackets")
        index = items[0] if len(items) == 1 else Node("tuple", at, None, tuple(items))
        return Node("item", at, None, (node, index))

    def subscribed(self) -> Node:
        """Parse one index or slice."""
        at = self.at[self.place]
        kinds = self.kinds
        start = None
        if kinds[self.place] != ":":
            start = self.expression()
            if kinds[self.place] != ":":
                return start
        self.place += 1
        stop = None if kinds[self.place] in (":", "]", ",") else self.expression()
        step = None
        if kinds[self.place] == ":":
            self.place += 1
            if kinds[self.place] not in ("]", ","):
                step = self.expression()
        return Node("slice", at, None, (start, stop, step))

    def call(self, node: Node) -> Node:
        """Parse the arguments of a call."""
        made = Node("call", node.at, None, (node, *self.arguments()))
        self.calls.append(made)
        return made

    def arguments(self) -> tuple[Node, ...]:
        """Parse `(a, b=c, *d, **e)`."""
        opening = self.expect("(")
        found: list[Node] = []
        highest = 0
        names: set[object] = set()
        while self.kinds[self.place] != ")":
            if found:
                self.expect(",")
                if self.kinds[self.place] == ")":
                    break
            node = self.argument()
            rank = _RANKS.get(node.kind, 0)
            if (
                rank < highest - (rank == _NAMED and highest == _STARRED)
                or rank == highest > _NAMED
            ):
                self.fail("the arguments of the call stand in a wrong order", opening)
            highest = max(rank, highest)
            if rank == _NAMED:
                if node.value in names:
                    self.fail(f"the argument `{node.value}` is given twice", opening)
                names.add(node.value)
            found.append(node)
        self.place += 1
        return tuple(found)

    def argument(self) -> Node:
        """Parse one argument."""
        place = self.place
        kind, at = self.kinds[place], self.at[place]
        if kind in ("*", "**"):
            self.place = place + 1
            return Node("star" if kind == "*" else "starstar", at, None, (self.expression(),))
        if kind == "name" and self.kinds[place + 1] == "=":
            self.place = place + 2
            return Node("keyword", at, self.values[place], (self.expression(),))
        return self.expression()

    def filtered(self, node: Node) -> Node:
        """Parse filters, tests and calls behind a value."""
        chain = 0
        while True:
            kind = self.kinds[self.place]
            if kind == "|":
                node = self.filter(node)
            elif kind == "name" and self.values[self.place] == "is":
                node = self.test(node)
            elif kind == "(":
                node = self.call(node)
            else:
                return node
            chain += 1
            if chain > MOST_CHAIN:
                self.fail("the expression is too long")

    def dotted(self) -> Use:
        """Parse the name of a filter or a test."""
        place = self.expect("name")
        name = str(self.values[place])
        while self.kinds[self.place] == ".":
            self.place += 1
            name = f"{name}.{self.values[self.expect('name')]}"
        return Use(name, self.at[place])

    def filter(self, node: Node | None, begun: bool = False) -> Node:
        """Parse `| name(arguments)`."""
        if not begun:
            self.place += 1
        use = self.dotted()
        given = self.arguments() if self.kinds[self.place] == "(" else ()
        self.filters.append(use)
        return Node("filter", use.at, use.name, (node, *given))

    def test(self, node: Node) -> Node:
        """Parse `is name`, `is not name`, with or without arguments."""
        at = self.at[self.place]
        self.place += 1
        negated = self.skip_word("not")
        use = self.dotted()
        given: tuple[Node, ...] = ()
        kind = self.kinds[self.place]
        if kind == "(":
            given = self.arguments()
        elif kind in _ARGUMENT_STARTS and not (
            kind == "name" and self.values[self.place] in _NO_ARGUMENT
        ):
            if self.word("is"):
                self.fail("tests cannot be chained with `is`")
            given = (self.postfix(self.primary()),)
        self.tests.append(use)
        made = Node("test", use.at, use.name, (node, *given))
        return Node("not", at, None, (made,)) if negated else made


#: Kinds of arguments in the order in which they must stand; names may follow `*a` too.
_NAMED, _STARRED = 1, 2
_RANKS = {"keyword": _NAMED, "star": _STARRED, "starstar": 3}
