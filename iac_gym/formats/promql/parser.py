"""PromQL tokens -> tree, with the checks of types: what Prometheus 3 accepts by default.

Sources: https://github.com/prometheus/prometheus/blob/v3.14.0/promql/parser/generated_parser.y and
`checkAST` of https://github.com/prometheus/prometheus/blob/v3.14.0/promql/parser/parse.go
"""

from __future__ import annotations

from iac_gym.formats.go_regexp import go_regexp
from iac_gym.formats.promql.cursor import DIGITS, LETTERS, QUOTES, Cursor, Refused
from iac_gym.formats.promql.functions import (
    AGGREGATIONS,
    EXPERIMENTAL_AGGREGATIONS,
    FUNCTIONS,
    RENAMED,
)
from iac_gym.formats.promql.nodes import (
    SCALAR,
    VECTOR,
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

#: Tallest tree.
MOST_DEPTH = 300

#: Binary operator -> how strongly it binds.
_STRENGTH = {
    "or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, "<=": 3, "<": 3, ">=": 3, ">": 3, "</": 3,
    ">/": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6,
}  # fmt: skip
COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
SETS = frozenset(("and", "or", "unless"))
#: Operators and modifiers, which are words in any mixture of upper and lower case.
_WORDS = frozenset(
    """and or unless atan2 offset by without on ignoring group_left group_right bool smoothed
    anchored inf nan""".split()
)
#: Words that cannot be the name of a metric.
_NO_METRIC = frozenset("atan2 bool group_left group_right ignoring inf nan on".split())
_PLACES = frozenset(("start", "end"))
_FILLS = frozenset(("fill", "fill_left", "fill_right"))


class Parser(Cursor):
    """One parse of a text."""

    __slots__ = ()

    def parse(self) -> Node:
        """Read the whole text. Raises `Refused`."""
        if not self.tokens[0]:
            raise Refused("there is no expression", 0)
        node = self.expression(0)
        if self.tokens[self.at]:
            raise self.unexpected("")
        return node

    # --- operators -------------------------------------------------------------------------------

    def expression(self, least: int) -> Node:
        """Read operands and the operators between them that bind at least so strongly."""
        left = self.operand()
        while True:
            word = self.tokens[self.at]
            strength = _STRENGTH.get(word)
            if strength is None:
                word = word.lower()
                strength = _STRENGTH.get(word, 0)
            if strength <= least:
                return left
            left = self.operation(left, word, strength)

    def operation(self, left: Node, op: str, strength: int) -> Node:
        """Read what follows a left side: an operator, its modifiers, and a right side."""
        at = self.at
        self.at += 1
        token = self.tokens[self.at]
        returns_bool, matching = False, None
        if token and token[0] in LETTERS:
            returns_bool, matching = self.modifiers(token.lower())
        right = self.expression(strength - 1 if op == "^" else strength)
        if left.type is not VECTOR or right.type is not VECTOR:
            self.check_scalar_sides(left, op, right, at, returns_bool, matching)
        if returns_bool and op not in COMPARISONS:
            raise Refused(f"`bool` is for comparisons, not for `{op}`", at)
        if matching is not None:
            _check_matching(op, matching, at)
        node = Binary(op, left, right, returns_bool=returns_bool, matching=matching)
        if node.depth > MOST_DEPTH:
            raise Refused("the expression is nested too deeply", at)
        return node

    def check_scalar_sides(
        self, left: Node, op: str, right: Node, at: int, returns_bool: bool,
        matching: Matching | None,
    ) -> None:  # fmt: skip
        """Check an operation of which one side is no instant vector."""
        for side in (left, right):
            if side.type is not SCALAR and side.type is not VECTOR:
                message = f"`{op}` takes instant vectors and numbers, not a {side.type}"
                raise Refused(message, side.start, side.end)
        if op in SETS:
            raise Refused(f"`{op}` takes instant vectors on both sides, not a number", at)
        if op in COMPARISONS and not returns_bool and left.type is right.type:
            raise Refused("a comparison of two numbers needs `bool`", at)
        if matching is not None and matching.labels:
            raise Refused("labels are matched between instant vectors only", at)

    def modifiers(self, word: str) -> tuple[bool, Matching | None]:
        """Read `bool`, `on (...)`, `ignoring (...)`, `group_left (...)`, `group_right (...)`."""
        returns_bool = word == "bool"
        if returns_bool:
            self.at += 1
            word = self.tokens[self.at].lower()
        matching = None
        if word in ("on", "ignoring"):
            self.at += 1
            on, labels = word == "on", self.labels()
            group = ""
            include: tuple[str, ...] = ()
            word = self.tokens[self.at].lower()
            if word in ("group_left", "group_right"):
                self.at += 1
                group = word[6:]
                include = self.labels() if self.tokens[self.at] == "(" else ()
                word = self.tokens[self.at].lower()
            matching = Matching(on, labels, group, include)
        if word in _FILLS and self.tokens[self.at + 1] == "(":
            raise Refused(f"`{word}` is experimental and not enabled", self.at)
        return returns_bool, matching

    # --- operands --------------------------------------------------------------------------------

    def operand(self) -> Node:
        """Read an operand, its sign, and what is attached to it: ranges, `offset`, `@`."""
        token = self.tokens[self.at]
        if token in ("+", "-"):
            return self.signed(token)
        node = self.primary(token)
        while True:
            token = self.tokens[self.at]
            if token == "[":
                node = self.window(node)
            elif token == "@":
                self.set_time(node)
            elif token[:1] in _OFFSETS and (word := token.lower()) in _SUFFIXES:
                if word != "offset":
                    raise Refused(f"`{word}` is experimental and not enabled", self.at)
                self.set_offset(node)
            else:
                return node

    def signed(self, sign: str) -> Node:
        """Read a sign, which binds as strongly as `*`, and what it belongs to."""
        at = self.at
        self.at += 1
        self.enter()
        node = self.expression(5)
        self.nesting -= 1
        if isinstance(node, Number):
            node.value = -node.value if sign == "-" else node.value
            node.start = at
            return node
        if node.type is not SCALAR and node.type is not VECTOR:
            raise Refused(f"a {node.type} cannot have a sign", at, node.end)
        return Unary(sign, node, at)

    def primary(self, token: str) -> Node:
        """Read an operand without what is attached to it."""
        at = self.at
        first = token[:1]
        if first in LETTERS or first == ":":
            return self.word(token, at)
        if first == "{":
            return self.selector("", at)
        if first == "(":
            self.at += 1
            self.enter()
            inner = self.expression(0)
            self.nesting -= 1
            self.take(")")
            return Paren(inner, at, self.at)
        if first and (first in DIGITS):
            return self.number(token)
        if first in QUOTES and token:
            return Text(self.quoted(), at, at + 1)
        raise self.unexpected("an expression")

    def word(self, token: str, at: int) -> Node:
        """Read what begins with a word: a call, an aggregation, a metric, a number."""
        self.at += 1
        follows = self.tokens[self.at]
        if follows == "(":
            function = FUNCTIONS.get(token)
            if function is not None and token.lower() not in _WORDS:
                return self.call(token, at)
        if token == ":" and follows[:1] in DIGITS and follows:
            token += follows  # the lexer takes the colon for that of a subquery
            self.at += 1
            follows = self.tokens[self.at]
        lower = token.lower()
        if lower in AGGREGATIONS and (follows == "(" or follows.lower() in ("by", "without")):
            return self.aggregation(lower, at)
        if lower in ("inf", "nan"):
            return Number(float(lower), False, at, self.at)
        if lower in _NO_METRIC:
            self.at = at
            raise self.unexpected("an expression")
        if follows == "(":
            self.at = at
            if lower in _WORDS or ":" in token:
                raise self.unexpected("an expression")
            raise Refused(_unknown(token), at)
        if follows == "{":
            return self.selector(token, at)
        return Selector(token, (), at, self.at)

    # --- calls and aggregations ------------------------------------------------------------------

    def arguments(self) -> tuple[Node, ...]:
        """Read `(expr, expr)`."""
        self.take("(")
        if self.tokens[self.at] == ")":
            self.at += 1
            return ()
        self.enter()
        found = [self.expression(0)]
        while self.tokens[self.at] == ",":
            self.at += 1
            if self.tokens[self.at] == ")":
                raise Refused("a comma before `)` is not allowed here", self.at - 1)
            found.append(self.expression(0))
        self.nesting -= 1
        self.take(")")
        return tuple(found)

    def call(self, name: str, at: int) -> Node:
        """Read the arguments of a function and check their number and types."""
        function = FUNCTIONS[name]
        if function.experimental:
            message = f"`{name}` is experimental: it needs --enable-feature"
            raise Refused(message + "=promql-experimental-functions", at)
        args = self.arguments()
        takes = function.takes
        if len(args) < function.least or (function.most is not None and len(args) > function.most):
            raise Refused(_count(name, len(args)), at, self.at)
        for index, arg in enumerate(args):
            wanted = takes[index] if index < len(takes) else takes[-1]
            if arg.type is not wanted:
                message = f"`{name}` takes a {wanted} here, not a {arg.type}"
                raise Refused(message, arg.start, arg.end)
        return Call(name, args, function.returns, at, self.at)

    def aggregation(self, op: str, at: int) -> Node:
        """Read `by (...) (...)` or `(...) by (...)` and check it."""
        grouping = self.grouping()
        args = self.arguments()
        if grouping is None:
            grouping = self.grouping()
        if op in EXPERIMENTAL_AGGREGATIONS:
            message = f"`{op}` is experimental: it needs --enable-feature"
            raise Refused(message + "=promql-experimental-functions", at)
        wanted = AGGREGATIONS[op]
        if len(args) != (2 if wanted else 1):
            message = f"`{op}` takes {2 if wanted else 1} argument(s), not {len(args)}"
            raise Refused(message, at, self.at)
        if args[-1].type is not VECTOR:
            message = f"`{op}` aggregates an instant vector, not a {args[-1].type}"
            raise Refused(message, args[-1].start, args[-1].end)
        if wanted and args[0].type is not wanted:
            message = f"`{op}` takes a {wanted} here, not a {args[0].type}"
            raise Refused(message, args[0].start, args[0].end)
        param = args[0] if wanted else None
        return Aggregation(op, args[-1], param, grouping, at, self.at)

    def grouping(self) -> tuple[bool, tuple[str, ...]] | None:
        """Read `by (...)` or `without (...)` if it is there."""
        word = self.tokens[self.at].lower()
        if word not in ("by", "without"):
            return None
        self.at += 1
        return word == "without", self.labels()

    # --- selectors -------------------------------------------------------------------------------

    def selector(self, name: str, at: int) -> Node:
        """Read `{label="value", ...}` behind a name or without one."""
        self.take("{")
        matchers: list[Matcher] = []
        while self.tokens[self.at] != "}":
            if matchers:
                self.take(",")
                if self.tokens[self.at] == "}":
                    break
            matchers.append(self.matcher())
        self.at += 1
        if name:
            for one in matchers:
                if one.label == "__name__":
                    message = f"the metric has two names: `{name}` and `{one.value[:80]}`"
                    raise Refused(message, at, self.at)
        elif not any(map(_selects, matchers)):
            message = "a selector needs a name or a matcher that an empty value does not meet"
            raise Refused(message, at, self.at)
        return Selector(name, tuple(matchers), at, self.at)

    # --- what is attached to an operand ----------------------------------------------------------

    def window(self, node: Node) -> Node:
        """Read `[5m]`, `[5m:]` or `[5m:1m]`."""
        at = self.at
        self.at += 1
        length = self.positive()
        if self.tokens[self.at] == "]":
            self.at += 1
            if not isinstance(node, Selector) or node.window is not None:
                raise Refused("a range needs a selector before it", at, self.at)
            # `@ start()` before a range is taken by 3.14.0, unlike `@ 5`
            if node.offset or isinstance(node.at, float):
                raise Refused("`offset` and `@` come behind the range", node.start, self.at)
            node.window = length
            node.end = self.at
            return node
        if self.tokens[self.at] != ":":
            raise self.unexpected("`]` or `:`")
        self.at += 1
        step = None if self.tokens[self.at] == "]" else self.positive()
        self.take("]")
        if node.type is not VECTOR:
            message = f"a subquery is made of an instant vector, not of a {node.type}"
            raise Refused(message, node.start, self.at)
        return Subquery(node, length, step, self.at)

    def set_offset(self, node: Node) -> None:
        """Read `offset 5m`."""
        at = self.at
        self.at += 1
        value = self.seconds()
        if not isinstance(node, (Selector, Subquery)):
            raise Refused("`offset` belongs to a selector or a subquery", at, self.at)
        if node.offset:
            raise Refused("`offset` may be set only once", at, self.at)
        node.offset = value
        node.end = self.at

    def set_time(self, node: Node) -> None:
        """Read `@ 1609746000`, `@ start()` or `@ end()`."""
        at = self.at
        self.at += 1
        word = self.tokens[self.at].lower()
        time: float | str = word
        if word in _PLACES:
            self.at += 1
            self.take("(")
            self.take(")")
        else:
            time = self.time(word)
        if not isinstance(node, (Selector, Subquery)):
            raise Refused("`@` belongs to a selector or a subquery", at, self.at)
        if node.at is not None:
            raise Refused("`@` may be set only once", at, self.at)
        node.at = time
        node.end = self.at


_OFFSETS = frozenset("oOsSaA")
_SUFFIXES = frozenset(("offset", "smoothed", "anchored"))


def _selects(matcher: Matcher) -> bool:
    """Tell whether a series without the label is left out by a matcher."""
    _, op, value = matcher
    if op == "=":
        return value != ""
    if op == "!=":
        return value == ""
    return go_regexp(value).fullmatch("") is (op == "!~")


def _check_matching(op: str, matching: Matching, at: int) -> None:
    if matching.group and op in SETS:
        raise Refused(f"`group_{matching.group}` is not for `{op}`", at)
    twice = matching.on and set(matching.labels) & set(matching.include)
    if twice:
        raise Refused(f"the label `{min(twice)}` is in `on` and in `group_{matching.group}`", at)


def _unknown(name: str) -> str:
    if name in RENAMED:
        return f"`{name}` is now called {RENAMED[name]}"
    return f"there is no function `{name[:60]}`"


def _count(name: str, given: int) -> str:
    function = FUNCTIONS[name]
    least, most = function.least, function.most
    if most is None:
        wanted = f"at least {least}"
    else:
        wanted = str(least) if least == most else f"{least} to {most}"
    return f"`{name}` takes {wanted} argument(s), not {given}"
