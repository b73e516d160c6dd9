"""Expressions: operators by their precedence, assignments, calls without parentheses."""

from __future__ import annotations

from iac_gym.formats.groovy.lexicon import BUILT_IN_TYPES, KEYWORDS
from iac_gym.formats.groovy.nodes import (
    Binary,
    Call,
    Cast,
    Constant,
    Declaration,
    Expression,
    Index,
    Name,
    Property,
    Ternary,
    Tuple,
    Unary,
    Variable,
)
from iac_gym.formats.groovy.operands import BEGINS_EXPRESSION, BEGINS_OPERAND, Operands

_LEVELS = (
    "||", "&&", "|", "^", "&", "=~ ==~", "== != === !== <=>", "< > <= >= in instanceof as",
    "<< >> >>> .. ..<", "+ -", "* / %",
)  # fmt: skip
#: How tightly each binary operator binds.
STRENGTH = {word: level for level, words in enumerate(_LEVELS, 1) for word in words.split()}
_RELATION = STRENGTH["<"]
_SUM = STRENGTH["+"]
_PRODUCT = STRENGTH["*"]
ASSIGNMENTS = frozenset("= += -= *= /= %= >>= >>>= <<= &= ^= |= **=".split())
#: What binds to the operand in front of it.
_BEHIND = frozenset(("++", "--", "**"))
#: What stands behind an operand that is a whole expression.
_CLOSES = frozenset((",", ")", "]", "}", ";"))
_CASTABLE = BEGINS_OPERAND | frozenset(["~", "!"])


class Expressions(Operands):
    """Reads expressions."""

    def expression(self, statement: bool = False) -> Expression:
        """Read an expression, with its assignment."""
        if self.kinds[self.i + 1] in _CLOSES and self.kinds[self.i] in ("string", "id"):
            node = self.last_path = self.primary()
            self.last_is_call = False
            return node
        self.enter()
        names = self._tuple() if self.kinds[self.i] == "(" else None
        if names is not None:
            self.i += 1
            self.newlines()
            right = self.single_assignment(statement)
            node = Binary(names.at, right.end, "=", names, right)
        else:
            node = self.single_assignment(statement)
        self.depth -= 1
        return node

    def single_assignment(self, statement: bool = False) -> Expression:
        """Read an expression, with an assignment to one variable."""
        node = self.condition(statement)
        operator = self.kinds[self.i]
        return self._assignment(node, operator) if operator in ASSIGNMENTS else node

    def _tuple(self) -> Expression | None:
        """Read the `(a, b)` of `(a, b) = ...`; None where it is something else."""
        kinds = self.kinds
        i = self.i
        close = self.tokens.closing.get(i, -1)
        if close < 0 or kinds[close + 1] != "=":
            return None
        expected = ["id", ","] * ((close - i) // 2)
        if (close - i) % 2 or kinds[i + 1 : close] != expected[:-1]:
            return None
        names = [
            Name(self.starts[place], self.ends[place], self.values[place])
            for place in range(i + 1, close, 2)
        ]
        self.i = close + 1
        return Tuple(self.starts[i], self.ends[close], names)

    def _assignment(self, left: Expression, operator: str) -> Expression:
        place = self.i
        if not _assignable(left):
            hint = "compare with `==`" if operator == "=" else ""
            raise self.error("nothing can be assigned to what stands here", hint, left.at)
        self.i = place + 1
        self.newlines()
        right = self.statement_expression()
        return Binary(left.at, right.end, operator, left, right)

    def statement_expression(self) -> Expression:
        """Read an expression that may be a call without parentheses."""
        node = self.expression(True)
        if node is self.last_path and self.kinds[self.i] != "else":
            return self._commands(node)
        return node

    def _commands(self, node: Expression) -> Expression:
        """Read the arguments of `a b, c` and what may follow, as in `a b c d`."""
        kinds = self.kinds
        if not self.last_is_call and self._begins_argument():
            node = self._command(node)
        while kinds[self.i] in BEGINS_OPERAND:
            name = self.primary()
            node = self._chained(node, name)
            kind = kinds[self.i]
            if kind in ("(", "[", "{") or self._dot_follows():
                node = self._chain_path(node)
            elif self._begins_argument():
                node = self._command(node)
        return node

    def _dot_follows(self) -> bool:
        return self.behind_newline() in (".", "?.", "*.", ".&")

    def _chained(self, node: Expression, name: Expression) -> Expression:
        if isinstance(name, Name):
            return Property(node.at, name.end, node, name.name, ".")
        if isinstance(name, Constant) and isinstance(name.value, str):
            return Property(node.at, name.end, node, name.value, ".")
        return Property(node.at, name.end, node, name, ".")

    def _chain_path(self, node: Expression) -> Expression:
        self.pending = node
        found = self.path(True)
        return found

    pending: Expression | None = None

    def primary(self) -> Expression:
        """Read an operand alone, or take the one that was read already."""
        node = self.pending
        if node is not None:
            self.pending = None
            return node
        return super().primary()

    def _begins_argument(self) -> bool:
        kind = self.kinds[self.i]
        return kind in BEGINS_EXPRESSION or (kind in KEYWORDS and self.kinds[self.i + 1] == ":")

    def _command(self, callee: Expression) -> Expression:
        place = self.i
        args = [self._command_argument()]
        while self.kinds[self.i] == ",":
            self.i += 1
            self.newlines()
            args.append(self._command_argument())
        end = self.ends[self.i - 1]
        return self.make_call(callee, self.named(args, place), end)

    def _command_argument(self) -> Expression:
        return self.entry() if self.at_label() else self.expression()

    def condition(self, statement: bool = False) -> Expression:
        """Read an expression without assignment: `a ? b : c`, `a ?: b`, or an operation."""
        node = self._operation(1, statement)
        kinds = self.kinds
        kind = kinds[self.i]
        if kind == "newline":
            kind = kinds[self.i + 1]
            if kind not in ("?", "?:"):
                return node
            self.i += 1
        elif kind not in ("?", "?:"):
            return node
        self.i += 1
        self.newlines()
        self.enter()
        then = None
        if kind == "?":
            then = self.expression()
            self.newlines()
            self.expect(":", " between the two values of `?`")
            self.newlines()
        otherwise = self.condition()
        self.depth -= 1
        return Ternary(node.at, otherwise.end, node, then, otherwise)

    def _operation(self, weakest: int, statement: bool) -> Expression:
        """Read operands joined by operators that bind at least as tightly as `weakest`."""
        node = self._signed(statement)
        kinds = self.kinds
        tightest = _PRODUCT
        while True:
            operator = kinds[self.i]
            strength = STRENGTH.get(operator)
            if strength is None or strength < weakest or strength > tightest:
                return node
            self.i += 1
            self.newlines()
            if operator in {"as", "instanceof"}:
                type_name = self.type_name()
                node = Cast(node.at, type_name.end, operator, type_name, node)
            else:
                self.enter()
                right = (
                    self._power(self._unary(False))
                    if strength == _PRODUCT
                    else self._operation(strength + 1, False)
                )
                self.depth -= 1
                node = Binary(node.at, right.end, operator, node, right)
            tightest = strength - 1 if strength == _RELATION else strength

    def _signed(self, statement: bool) -> Expression:
        kind = self.kinds[self.i]
        if kind in ("id", "string"):
            node = self.path(statement)
            if self.kinds[self.i] not in _BEHIND:
                return node
            return self._power(self._postfixed(node))
        if kind in ("-", "+", "++", "--"):
            start = self.starts[self.i]
            self.i += 1
            self.newlines()
            return _sign(start, kind, self._power(self._plain(False)))
        return self._power(self._plain(statement))

    def _power(self, node: Expression) -> Expression:
        while self.kinds[self.i] == "**":
            self.i += 1
            self.newlines()
            right = self._unary(False)
            node = Binary(node.at, right.end, "**", node, right)
        return node

    def _unary(self, statement: bool) -> Expression:
        kind = self.kinds[self.i]
        if kind in ("-", "+", "++", "--"):
            start = self.starts[self.i]
            self.i += 1
            self.newlines()
            self.enter()
            operand = self._unary(False)
            self.depth -= 1
            return _sign(start, kind, operand)
        return self._plain(statement)

    def _plain(self, statement: bool) -> Expression:
        """Read `!a`, `~a`, a cast, or an operand with `++` or `--` behind."""
        i = self.i
        kind = self.kinds[i]
        if kind in {"!", "~"}:
            self.i += 1
            self.newlines()
            self.enter()
            operand = self._unary(False)
            self.depth -= 1
            return Unary(self.starts[i], operand.end, kind, operand)
        if kind == "(" and self._at_cast():
            return self._cast()
        return self._postfixed(self.path(statement))

    def _postfixed(self, node: Expression) -> Expression:
        kind = self.kinds[self.i]
        if kind in {"++", "--"}:
            self.i += 1
            return Unary(node.at, self.ends[self.i - 1], kind, node, True)
        return node

    def _at_cast(self) -> bool:
        i = self.i + 1
        kinds = self.kinds
        first = kinds[i]
        if first in BUILT_IN_TYPES:
            i += 1
        elif first == "id":
            i = self._class_end(i)
        else:
            return False
        while kinds[i] == "[" and kinds[i + 1] == "]":
            i += 2
        if kinds[i] != ")":
            return False
        following = kinds[i + 1]
        if following == "(" and not self._single(i + 1):
            return False
        return following in (BEGINS_EXPRESSION if first in BUILT_IN_TYPES else _CASTABLE)

    def _single(self, i: int) -> bool:
        """Whether the parentheses at `i` hold one expression, not the arguments of a call."""
        kinds = self.kinds
        close = self.tokens.closing.get(i, i)
        i += 1
        if i >= close:
            return False
        asked = 0
        while i < close:
            kind = kinds[i]
            asked += (kind == "?") - (kind == ":")
            if kind == "," or asked < 0:
                return False
            i = self.tokens.closing.get(i, i) + 1
        return True

    def _class_end(self, i: int) -> int:
        kinds = self.kinds
        while True:
            i += 1
            if kinds[i] == "<":
                end = self.type_arguments_end(i)
                if end < 0:
                    return i
                i = end
            if kinds[i] != "." or kinds[i + 1] != "id":
                return i
            i += 1

    def _cast(self) -> Expression:
        start = self.starts[self.i]
        self.i += 1
        built_in = self.kinds[self.i] in BUILT_IN_TYPES
        type_name = self.type_name()
        self.expect(")")
        self.enter()
        value = self._unary(False) if built_in else self._plain(False)
        self.depth -= 1
        return Cast(start, value.end, "cast", type_name, value)

    def argument_declaration(self) -> Expression:
        """Read `Type name = value` where an argument stands."""
        start = self.i
        self.i = self.modifiers_end(start)
        type_name = None
        if self.kinds[self.i + 1] not in ("=", ",", ")", "]"):
            type_name = self.type_name()
        at = self.starts[self.i]
        name = self.name()
        value = None
        if self.kinds[self.i] == "=":
            self.i += 1
            self.newlines()
            value = self.statement_expression()
        end = self.ends[self.i - 1]
        variable = Variable(at, end, name, value)
        return Declaration(self.starts[start], end, [], type_name, [variable])


def _sign(start: int, sign: str, operand: Expression) -> Expression:
    if isinstance(operand, Constant) and isinstance(operand.value, (int, float)):
        if sign == "-" and not isinstance(operand.value, bool):
            return Constant(start, operand.end, -operand.value)
        if sign == "+":
            return operand
    return Unary(start, operand.end, sign, operand)


def _assignable(node: Expression) -> bool:
    if isinstance(node, Property):
        return "&" not in node.operator
    if isinstance(node, Binary):
        return node.operator in ASSIGNMENTS
    if isinstance(node, Name):
        return True
    return isinstance(node, (Index, Tuple, Declaration)) and not isinstance(node, Call)
