"""Statements, blocks and control flow."""

from __future__ import annotations

from iac_gym.formats.groovy.declarations import Declarations
from iac_gym.formats.groovy.errors import MOST_STATEMENTS
from iac_gym.formats.groovy.lexicon import KEYWORDS, MODIFIERS
from iac_gym.formats.groovy.nodes import (
    Annotation,
    Block,
    Catch,
    Declaration,
    Expression,
    If,
    Jump,
    Loop,
    Statement,
    Switch,
    Try,
    TypeName,
    Variable,
)
from iac_gym.formats.groovy.operands import BEGINS_EXPRESSION

_ACCESS = frozenset(("private", "public", "protected"))
_ENDS = frozenset(("newline", ";", "}", "end"))
_JUMPS = frozenset("return break continue throw assert".split())


class Statements(Declarations):
    """Reads statements."""

    def script(self) -> list[Statement]:
        """Read a whole script."""
        self.newlines()
        body: list[Statement] = []
        kinds = self.kinds
        end = self.modifiers_end(self.i) if kinds[self.i] == "@" else self.i
        if kinds[end] == "package":
            body.append(self._package())
        elif kinds[self.i] not in (";", "newline", "end"):
            body.append(self.statement())
        self._following(body, "end")
        return body

    def _following(self, body: list[Statement], closing: str) -> None:
        """Read `; statement ...` up to a closing token, which is left."""
        kinds = self.kinds
        while True:
            kind = kinds[self.i]
            if kind == closing:
                return
            if kind not in {";", "newline"}:
                raise self.error(hint=self._hint())
            while kinds[self.i] in (";", "newline"):
                self.i += 1
            if kinds[self.i] != closing:
                if len(body) >= MOST_STATEMENTS:
                    raise self.error(f"there are more than {MOST_STATEMENTS} statements in a block")
                body.append(self.statement())

    def _hint(self) -> str:
        kind = self.kinds[self.i]
        if kind == "end":
            return "a bracket or brace is still open"
        return "end the statement in front of it with a new line" if kind in KEYWORDS else ""

    def block_body(self) -> list[Statement]:
        """Read statements up to the closing brace, and the brace."""
        self.newlines()
        body: list[Statement] = []
        if self.kinds[self.i] not in (";", "}"):
            body.append(self.statement())
        self._following(body, "}")
        self.i += 1
        return body

    def compound(self) -> list[Statement]:
        """Read `{ statements }`, on this line or the next."""
        self.newlines()
        self.expect("{")
        return self.block_body()

    def statement(self) -> Statement:
        """Read one statement."""
        kinds = self.kinds
        kind = kinds[self.i]
        if kind == "id":
            following = kinds[self.i + 1]
            if following == ":":
                return self._labelled()
            if not self.at_declaration():
                return self.statement_expression()
            return self.declaration()
        self.enter()
        node = self._statement(kind)
        self.depth -= 1
        return node

    def _labelled(self) -> Statement:
        self.i += 2
        self.newlines()
        if self.kinds[self.i] == "{":
            if self.i in self.tokens.arrows:
                return self.closure()
            start = self.starts[self.i]
            body = self.compound()
            return Block(start, self.ends[self.i - 1], body)
        self.enter()
        node = self.statement()
        self.depth -= 1
        return node

    def _statement(self, kind: str) -> Statement:
        if kind in _READERS:
            if kind == "synchronized" and self.kinds[self.i + 1] != "(":
                return self._declared()
            return _READERS[kind](self)
        if kind in _JUMPS:
            return self._jump(kind)
        if kind in MODIFIERS or kind in ("@", "def", "class", "interface", "enum", "trait"):
            return self._declared()
        if self.at_declaration():
            return self.declaration()
        if kind == "{" and self.i not in self.tokens.arrows:
            hint = "give it parameters (`{ it -> ... }`) or a label"
            raise self.error("a block cannot stand alone", hint)
        return self.statement_expression()

    def _declared(self) -> Statement:
        """Read what begins with a modifier, an annotation or `class`."""
        kinds = self.kinds
        end = self.modifiers_end(self.i)
        if kinds[end] == "<":
            return self.declaration()
        if kinds[end] == "(" and "def" in kinds[self.i : end]:
            return self._multiple(end)
        if self.at_declaration():
            return self.declaration()
        if kinds[end] == "import":
            return self._import()
        if self.at_type_definition():
            return self.type_definition()
        self.i = end
        raise self.error()

    # Control flow

    def _if(self) -> Statement:
        start = self.starts[self.i]
        heads: list[tuple[int, Expression, Statement]] = []
        otherwise: Statement | None = None
        while True:
            at = self.starts[self.i]
            self.i += 1
            self.expect("(", " behind `if`")
            condition = self.condition()
            self.expect(")", " behind the condition")
            heads.append((at, condition, self._body()))
            if not self._else():
                break
            self.newlines()
            if self.kinds[self.i] != "if":
                otherwise = self._body()
                break
        end = self.ends[self.i - 1]
        for at, condition, then in reversed(heads):
            otherwise = If(at, end, condition, then, otherwise)
        return otherwise or Block(start, end, [])

    def _else(self) -> bool:
        i = self.i
        kinds = self.kinds
        skipped = ("newline",) if kinds[i] == ";" else (";", "newline")
        i += kinds[i] == ";"
        while kinds[i] in skipped:
            i += 1
        if kinds[i] != "else":
            return False
        self.i = i + 1
        return True

    def _body(self) -> Statement:
        """Read the body of `if`, `for` or `while`."""
        self.newlines()
        if self.kinds[self.i] == "{":
            start = self.starts[self.i]
            body = self.compound()
            return Block(start, self.ends[self.i - 1], body)
        return self.statement()

    def _while(self) -> Statement:
        start = self.starts[self.i]
        self.i += 1
        self.expect("(", " behind `while`")
        condition = self.expression()
        self.expect(")", " behind the condition")
        body = self._loop_body()
        return Loop(start, self.ends[self.i - 1], "while", [condition], body)

    def _loop_body(self) -> Statement | None:
        self.newlines()
        if self.kinds[self.i] == ";":
            self.i += 1
            return None
        return self._body()

    def _for(self) -> Statement:
        start = self.starts[self.i]
        self.i += 1
        open_place = self.expect("(", " behind `for`")
        close = self.tokens.closing.get(open_place, self.i)
        heads = self._classic_heads() if self._is_classic(close) else self._in_heads()
        self.expect(")", " behind the head of `for`")
        body = self._loop_body()
        return Loop(start, self.ends[self.i - 1], "for", heads, body)

    def _is_classic(self, close: int) -> bool:
        kinds = self.kinds
        i = self.i
        while i < close:
            if kinds[i] == ";":
                return True
            i = self.tokens.closing.get(i, i) + 1
        return False

    def _classic_heads(self) -> list[Expression]:
        heads: list[Expression] = []
        at = self.starts[self.i]
        semicolons = 0
        while True:
            if self.kinds[self.i] not in (";", ")"):
                declared = self.at_declaration()
                heads.append(self.argument_declaration() if declared else self.expression())
            if self.kinds[self.i] != ";":
                break
            self.i += 1
            semicolons += 1
        if semicolons != 2:
            raise self.error("the head of `for` has three parts", at=at)
        return heads

    def _in_heads(self) -> list[Expression]:
        start = self.i
        kinds = self.kinds
        declared = self.at_declaration()
        modifiers: list[str | Annotation] = []
        type_name = None
        if declared:
            modifiers = self.modifiers()
            if not modifiers or self._type_stands():
                type_name = self.type_name()
        at, end = self.starts[start], self.ends[self.i]
        variable = Variable(at, end, self.name(), None)
        name = Declaration(at, end, modifiers, type_name, [variable])
        if {one for one in modifiers if isinstance(one, str)} - {"def", "final"}:
            raise self.error("only `final` may stand in front of the variable of `for`")
        if kinds[self.i] == "in":
            self.i += 1
            return [name, self._operation(9, False)]
        if kinds[self.i] == ":" and declared:
            self.i += 1
            return [name, self.expression()]
        raise self.error(hint="write `for (x in list)`")

    def _switch(self) -> Statement:
        start = self.starts[self.i]
        self.i += 1
        self.expect("(", " behind `switch`")
        value = self.expression()
        self.expect(")")
        self.newlines()
        self.expect("{")
        self.newlines()
        groups: list[tuple[list[Expression | None], list[Statement]]] = []
        while self.kinds[self.i] != "}":
            groups.append(self._case_group())
        self.i += 1
        defaults = [one for one, _ in groups if None in one]
        if len(defaults) > 1:
            raise self.error("`default` occurs twice", at=start)
        return Switch(start, self.ends[self.i - 1], value, groups)

    def _case_group(self) -> tuple[list[Expression | None], list[Statement]]:
        cases: list[Expression | None] = []
        kinds = self.kinds
        while kinds[self.i] in ("case", "default"):
            kind = kinds[self.i]
            self.i += 1
            cases.append(self.expression() if kind == "case" else None)
            self.expect(":", f" behind `{kind}`")
            self.newlines()
        if not cases:
            raise self.error(hint="`case` or `default` is missing")
        body = [self.statement()]
        while kinds[self.i] in (";", "newline"):
            while kinds[self.i] in (";", "newline"):
                self.i += 1
            if kinds[self.i] in ("case", "default", "}"):
                break
            body.append(self.statement())
        return cases, body

    def _try(self) -> Statement:
        start = self.starts[self.i]
        self.i += 1
        body = self.compound()
        handlers: list[list[Statement]] = []
        caught: list[Catch] = []
        last = None
        while self.behind_newline() == "catch":
            self.newlines()
            self.i += 1
            self.expect("(", " behind `catch`")
            caught.append(self._caught())
            self.expect(")")
            handlers.append(self.compound())
        if self.behind_newline() == "finally":
            self.newlines()
            self.i += 1
            last = self.compound()
        if not handlers and last is None:
            raise self.error("`try` needs `catch` or `finally`", at=start)
        return Try(start, self.ends[self.i - 1], body, handlers, last, caught)

    def _caught(self) -> Catch:
        kinds = self.kinds
        start = self.starts[self.i]
        types: list[TypeName] = []
        self.newlines()
        for word in ("final", "def"):
            if kinds[self.i] == word:
                self.i += 1
        if kinds[self.i + 1] != ")":
            types.append(self.type_name(brackets=False))
            while kinds[self.i] == "|":
                self.i += 1
                self.newlines()
                types.append(self.type_name(brackets=False))
        name = self.name()
        return Catch(start, self.ends[self.i - 1], types, name)

    def _synchronized(self) -> Statement:
        start = self.starts[self.i]
        self.i += 1
        self.expect("(")
        self.expression()
        self.expect(")")
        body = self.compound()
        return Block(start, self.ends[self.i - 1], body)

    def _jump(self, kind: str) -> Statement:
        start = self.starts[self.i]
        self.i += 1
        values: list[Expression] = []
        if kind == "assert":
            values.append(self.condition())
            if self.kinds[self.i] in (",", ":"):
                self.i += 1
                self.newlines()
                values.append(self.expression())
        elif kind == "throw" or (kind == "return" and self.kinds[self.i] in BEGINS_EXPRESSION):
            values.append(self.expression())
        label = ""
        if kind in ("break", "continue") and self.kinds[self.i] == "id":
            label = self.name()
        return Jump(start, self.ends[self.i - 1], kind, values, label)


_READERS = {
    "if": Statements._if,
    "for": Statements._for,
    "while": Statements._while,
    "switch": Statements._switch,
    "try": Statements._try,
    "synchronized": Statements._synchronized,
    "import": Statements._import,
}
