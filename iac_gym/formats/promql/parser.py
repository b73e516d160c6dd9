"""PromQL tokens -> tree, with the checks of types: what Prometheus 3 accepts by default.

Sources: https://github.com/prometheus/prometheus/blob/v3.14.0/promql/parser/generated_parser.y and
`checkAST` of https://github.com/prometheus/prometheus/blob/v3.14.0/promql/parser/parse.go
"""

from __future__ import annotations

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.promql.functions import (
    AGGREGATIONS,
    EXPERIMENTAL_AGGREGATIONS,
    FUNCTIONS,
    RENAMED,
)
from iac_gym.formats.promql.literals import LiteralError, duration, number, unquote
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

#: Deepest nesting of parentheses and calls, and tallest tree.
MOST_NESTING = 90
MOST_DEPTH = 300
#: The largest number of seconds of a duration (64 bits of nanoseconds).
_MOST_SECONDS = float(1 << 63) / 1e9

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
#: Words that cannot be a label in `by (...)`, which otherwise takes any.
_NO_LABEL = frozenset(("without", "inf", "nan"))
_MATCH = frozenset(("=", "!=", "=~", "!~"))
_PLACES = frozenset(("start", "end"))
_FILLS = frozenset(("fill", "fill_left", "fill_right"))
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_NAME_STARTS = _LETTERS | {":"}
_DIGITS = frozenset("0123456789.")
_QUOTES = frozenset("\"'`")


class Refused(Exception):
    """The expression is refused: what is wrong, and the tokens where it is."""

    def __init__(self, message: str, start: int, end: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end if end > start else start + 1


class Parser:
    """One parse: `at` is the index of the next token."""

    __slots__ = ("at", "nesting", "tokens")

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.nesting = 0

    def parse(self) -> Node:
        """Read the whole text. Raises `Refused`."""
        if not self.tokens[0]:
            raise Refused("there is no expression", 0)
        node = self.expression(0)
        if self.tokens[self.at]:
            raise self.unexpected("")
        return node

    def unexpected(self, wanted: str) -> Refused:
        """Say that the next token does not belong here."""
        token = self.tokens[self.at]
        what = f"`{token[:40]}`" if token else "the end of the expression"
        return Refused(f"unexpected {what}{', expected ' + wanted if wanted else ''}", self.at)

    def take(self, wanted: str) -> None:
        """Pass a token that must be there."""
        if self.tokens[self.at] != wanted:
            raise self.unexpected(f"`{wanted}`")
        self.at += 1

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
        if token and token[0] in _LETTERS:
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

    def labels(self) -> tuple[str, ...]:
        """Read `(label, label)`."""
        self.take("(")
        found: list[str] = []
        while True:
            token = self.tokens[self.at]
            if token == ")":
                self.at += 1
                return tuple(found)
            if found:
                self.take(",")
                token = self.tokens[self.at]
                if token == ")":
                    continue
            found.append(self.label(token))

    def label(self, token: str) -> str:
        """Read one label of a list."""
        if token and token[0] in _QUOTES:
            name = self.quoted()
            if not name:
                raise Refused("the name of a label is empty", self.at - 1)
            return name
        if (
            not token
            or (token[0] not in _LETTERS and token[0] != ":")
            or token.lower() in _NO_LABEL
        ):
            raise self.unexpected("a label")
        self.at += 1
        return token

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

    def enter(self) -> None:
        """Count one more level of nesting."""
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            raise Refused("the expression is nested too deeply", self.at)

    def primary(self, token: str) -> Node:
        """Read an operand without what is attached to it."""
        at = self.at
        first = token[:1]
        if first in _LETTERS or first == ":":
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
        if first and (first in _DIGITS):
            return self.number(token)
        if first in _QUOTES and token:
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
        if token == ":" and follows[:1] in _DIGITS and follows:
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

    def number(self, token: str) -> Number:
        """Read a number or a duration."""
        at = self.at
        self.at += 1
        try:
            if token[-1] in "smhdwy" and not token.startswith(("0x", "0X")):
                return Number(duration(token), True, at, self.at)
            return Number(float(token) if _plain(token) else number(token), False, at, self.at)
        except LiteralError as error:
            raise Refused(str(error), at) from None

    def quoted(self) -> str:
        """Read a string."""
        token = self.tokens[self.at]
        if len(token) < 2 or token[-1] != token[0] or token[0] not in _QUOTES:
            raise Refused("the string is not closed" if token else "expected a string", self.at)
        self.at += 1
        try:
            return unquote(token)
        except LiteralError as error:
            raise Refused(str(error), self.at - 1) from None

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

    def matcher(self) -> Matcher:
        """Read one matcher, or a quoted name of a metric."""
        at = self.at
        token = self.tokens[at]
        if token and token[0] in _QUOTES:
            label = self.quoted()
            if self.tokens[self.at] in (",", "}"):
                return Matcher("__name__", "=", label)
        elif token and token[0] in _LETTERS and ":" not in token:
            label = token
            self.at += 1
        else:
            raise self.unexpected("a label or `}`")
        op = self.tokens[self.at]
        if op not in _MATCH:
            raise self.unexpected("`=`, `!=`, `=~` or `!~`")
        self.at += 1
        value = self.quoted()
        if op[-1] == "~":
            try:
                go_regexp(value)
            except GoRegexpError as error:
                raise Refused(f"the regular expression is invalid: {error}", at, self.at) from None
        return Matcher(label, op, value)

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

    def positive(self) -> float:
        """Read a duration or a number of seconds that is more than nothing."""
        at = self.at
        value = self.seconds()
        if value <= 0:
            raise Refused("a duration must be greater than 0", at)
        if self.tokens[self.at] in _ARITHMETIC:
            message = "arithmetic on durations is experimental and not enabled"
            raise Refused(message, at, self.at)
        return value

    def seconds(self) -> float:
        """Read a duration or a number of seconds, with signs."""
        at = self.at
        factor = 1
        while self.tokens[self.at] in ("+", "-"):
            factor = -factor if self.tokens[self.at] == "-" else factor
            self.at += 1
        token = self.tokens[self.at]
        if not token or token[0] not in _DIGITS:
            if token == "(" or token.lower() in _DURATIONS:
                raise Refused("expressions for durations are experimental and not enabled", at)
            raise self.unexpected("a duration")
        value = self.number(token).value * factor
        if not -_MOST_SECONDS <= value <= _MOST_SECONDS:
            raise Refused("the duration is out of range", at, self.at)
        return value

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

    def time(self, word: str) -> float:
        """Read a time of `@`."""
        at = self.at
        sign = -1 if word == "-" else 1
        if word in ("+", "-"):
            self.at += 1
            word = self.tokens[self.at].lower()
        if word in ("inf", "nan"):
            raise Refused("this time is out of range", at)
        if not word or word[0] not in _DIGITS:
            raise self.unexpected("a time")
        value = self.number(self.tokens[self.at]).value * sign
        if abs(value) >= float(1 << 63):
            raise Refused("this time is out of range", at, self.at)
        return value


_OFFSETS = frozenset("oOsSaA")
_SUFFIXES = frozenset(("offset", "smoothed", "anchored"))
_DURATIONS = frozenset(("step", "range", "max_of", "min_of"))
_ARITHMETIC = frozenset("+-*/%^")


def _plain(token: str) -> bool:
    """Tell whether a number is written with digits alone, and not in octal."""
    return token.isdigit() and (token[0] != "0" or token == "0") and len(token) < 300


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
