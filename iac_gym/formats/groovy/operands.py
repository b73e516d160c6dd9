"""Operands: literals, names, closures, lists and maps, calls and what hangs on a dot."""

from __future__ import annotations

from iac_gym.formats.groovy.arguments import Arguments
from iac_gym.formats.groovy.lexicon import BUILT_IN_TYPES, KEYWORDS
from iac_gym.formats.groovy.nodes import (
    Call,
    Closure,
    Constant,
    Expression,
    GString,
    Index,
    ListLiteral,
    MapEntry,
    MapLiteral,
    Name,
    New,
    Parameter,
    Property,
    TypeName,
)
from iac_gym.formats.groovy.numbers import read_number

_DOTS = frozenset((".", "?.", "*.", ".&"))
_WORDS = {"true": True, "false": False, "null": None}
#: Kinds that can begin an operand.
BEGINS_OPERAND = (
    frozenset(["id", "string", "gs(", "number", "(", "[", "{", "new", "this", "super"])
    | frozenset(_WORDS)
    | BUILT_IN_TYPES
)
BEGINS_EXPRESSION = BEGINS_OPERAND | frozenset(["+", "-", "++", "--", "!", "~"])


class Operands(Arguments):
    """Reads operands."""

    #: The last operand that was read with all that hangs on it.
    last_path: Expression | None = None

    # Operands with what hangs on them

    def path(self, statement: bool) -> Expression:
        """Read an operand with calls, properties, indices and blocks behind it."""
        is_call = False
        kinds = self.kinds
        node = self.primary()
        while True:
            kind = kinds[self.i]
            if kind == "newline":
                following = kinds[self.i + 1]
                if following not in _DOTS and not (statement and following == "{"):
                    break
                self.i += 1
                kind = following
            if kind == "(":
                node = self._call(node)
                is_call = True
            elif kind == "{":
                node = self._with_block(node, is_call)
                is_call = True
            elif kind == "[" and kinds[self.i + 1] != ":":
                node = self._index(node)
                is_call = False
            elif kind in _DOTS:
                node = self._property(node, kind)
                is_call = False
            else:
                break
        self.last_path = node
        self.last_is_call = is_call
        return node

    last_is_call = False

    def _call(self, callee: Expression) -> Expression:
        place = self.i
        self.i += 1
        args = self.arguments(")")
        self.expect(")", " behind the arguments")
        return self.make_call(callee, self.named(args, place), self.ends[self.i - 1])

    def _with_block(self, callee: Expression, is_call: bool) -> Expression:
        closure = self.closure()
        if is_call and isinstance(callee, Call):
            return Call(
                callee.at, closure.end, callee.target, callee.name, [*callee.args, closure],
                callee.operator,
            )  # fmt: skip
        return self.make_call(callee, [closure], closure.end)

    def make_call(self, callee: Expression, args: list[Expression], end: int) -> Expression:
        """Make the call of what was read as `callee`."""
        if isinstance(callee, Name):
            name = callee.name
            if name in ("this", "super"):
                hint = "it must be the first statement of a constructor"
                raise self.error(f"`{name}(...)` cannot stand here", hint, callee.at)
            if name in BUILT_IN_TYPES:
                raise self.error(f"the type `{name}` is no name of a method", "", callee.at)
            return Call(callee.at, end, None, name, args)
        if isinstance(callee, Property) and callee.operator in (".", "?.", "*."):
            if callee.name in ("this", "super"):
                raise self.error(f"`{callee.name}(...)` cannot stand here", "", callee.at)
            return Call(callee.at, end, callee.target, callee.name, args, callee.operator)
        if isinstance(callee, Constant) and isinstance(callee.value, str):
            return Call(callee.at, end, None, callee.value, args)
        if isinstance(callee, GString):
            return Call(callee.at, end, None, callee, args)
        return Call(callee.at, end, callee, "call", args)

    def _index(self, target: Expression) -> Expression:
        self.i += 1
        items = self.arguments("]")
        end = self.ends[self.expect("]", " behind the index")]
        return Index(target.at, end, target, items)

    def _property(self, target: Expression, operator: str) -> Expression:
        kinds = self.kinds
        self.i += 1
        self.newlines()
        if kinds[self.i] == "<":
            end = self.type_arguments_end(self.i)
            if end < 0:
                raise self.error()
            self.i = end
        if kinds[self.i] == "@":
            operator += "@"
            self.i += 1
        name = self._member_name()
        return Property(target.at, self.ends[self.i - 1], target, name, operator)

    def _member_name(self) -> str | Expression:
        i = self.i
        kind = self.kinds[i]
        if kind in {"id", "string"}:
            self.i = i + 1
            return self.values[i]
        if kind in KEYWORDS and kind != "package":
            self.i = i + 1
            return kind
        if kind == "gs(":
            return self.gstring()
        if kind == "(":
            return self.parenthesized()
        if kind == "{":
            return self.open_block()
        raise self.error(f"{self.error().message}: a name is missing behind the dot")

    def open_block(self) -> Closure:
        """Read `{ statements }` without parameters."""
        start = self.starts[self.i]
        self.i += 1
        body = self.block_body()
        return Closure(start, self.ends[self.i - 1], None, body)

    # Primaries

    def primary(self) -> Expression:
        """Read an operand alone."""
        i = self.i
        kind = self.kinds[i]
        if kind in {"id", "this", "super"} or kind in BUILT_IN_TYPES:
            self.i = i + 1
            return Name(self.starts[i], self.ends[i], self.values[i])
        if kind == "string":
            self.i = i + 1
            return Constant(self.starts[i], self.ends[i], self.values[i])
        if kind == "gs(":
            return self.gstring()
        if kind == "{":
            return self.closure()
        if kind == "[":
            return self._list_or_map()
        if kind == "(":
            return self.parenthesized()
        return self._rare_primary(i, kind)

    def _rare_primary(self, i: int, kind: str) -> Expression:
        if kind == "number":
            self.i = i + 1
            value = read_number(self.values[i])
            if value is None:
                raise self.error("this number is too large for its type", at=self.starts[i])
            return Constant(self.starts[i], self.ends[i], value)
        if kind in _WORDS:
            self.i = i + 1
            return Constant(self.starts[i], self.ends[i], _WORDS[kind])
        if kind == "new":
            return self._new()
        raise self.error()

    def parenthesized(self) -> Expression:
        """Read `( expression )`."""
        self.i += 1
        self.enter()
        node = self.annotation() if self.kinds[self.i] == "@" else self.expression()
        self.expect(")")
        self.depth -= 1
        return node

    def closure(self) -> Closure:
        """Read `{ parameters -> statements }`."""
        place = self.i
        start = self.starts[place]
        self.i += 1
        params: list[Parameter] | None = None
        if place in self.tokens.arrows:
            self.newlines()
            params = self.parameters()
            self.newlines()
            self.expect("->")
        body = self.block_body()
        return Closure(start, self.ends[self.i - 1], params, body)

    def _list_or_map(self) -> Expression:
        start = self.starts[self.i]
        self.i += 1
        if self.kinds[self.i] == ":" and self.kinds[self.i + 1] == "]":
            self.i += 2
            return MapLiteral(start, self.ends[self.i - 1], [])
        self.enter()
        items = self.arguments("]")
        self.depth -= 1
        end = self.ends[self.expect("]", " behind the items")]
        entries = [one for one in items if isinstance(one, MapEntry)]
        if not entries:
            return ListLiteral(start, end, items)
        if len(entries) < len(items):
            raise self.error("a list cannot hold keys, nor a map items without a key", at=start)
        return MapLiteral(start, end, entries)

    def gstring(self) -> Expression:
        """Read a text with values."""
        i = self.i
        start = self.starts[i]
        texts = [self.values[i]]
        values: list[Expression] = []
        kinds = self.kinds
        self.enter()
        while True:
            self.i += 1
            values.append(self._gstring_value())
            kind = kinds[self.i]
            if kind not in ("gs,", "gs)"):
                raise self.error()
            texts.append(self.values[self.i])
            if kind == "gs)":
                break
        self.i += 1
        self.depth -= 1
        return GString(start, self.ends[self.i - 1], texts, values)

    def _gstring_value(self) -> Expression:
        i = self.i
        kind = self.kinds[i]
        if kind == "{":
            closure = self.closure()
            if closure.params is None and len(closure.body) == 1:
                return closure.body[0]
            return closure
        if kind in ("this", "super"):
            self.i += 1
            return Name(self.starts[i], self.ends[i], kind)
        node: Expression = Name(self.starts[i], self.ends[i], self.name())
        while self.kinds[self.i] == ".":
            self.i += 1
            name = self.name()
            node = Property(node.at, self.ends[self.i - 1], node, name, ".")
        return node

    def _new(self) -> Expression:
        start = self.starts[self.i]
        self.i += 1
        self.newlines()
        type_name = self.type_name(brackets=False)
        if self.kinds[self.i] == "[":
            return self._new_array(start, type_name.name)
        self.newlines()
        place = self.expect("(", " behind the class")
        args = self.named(self.arguments(")"), place)
        self.expect(")", " behind the arguments")
        members = None
        if self.kinds[self.i] == "{":
            members = self.class_body("", "class")
        return New(start, self.ends[self.i - 1], type_name, args, members)

    def _new_array(self, start: int, name: str) -> Expression:
        if self.kinds[self.i + 1] == "]":
            raise self.error("the length of the array is missing")
        sizes: list[Expression] = []
        first = self.i
        while self.kinds[self.i] == "[":
            self.i += 1
            if self.kinds[self.i] != "]":
                sizes.append(self.expression())
            self.expect("]")
            name += "[]"
        type_name = TypeName(start, self.ends[first - 1], name)
        return New(start, self.ends[self.i - 1], type_name, sizes)
