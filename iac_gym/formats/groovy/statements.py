"""Statements: control flow, declarations, methods, imports."""

from __future__ import annotations

from iac_gym.formats.groovy.expressions import Expressions
from iac_gym.formats.groovy.lexicon import KEYWORDS, MODIFIERS
from iac_gym.formats.groovy.nodes import (
    Annotation,
    Binary,
    Block,
    Constant,
    Declaration,
    Expression,
    If,
    Import,
    Jump,
    Loop,
    MapEntry,
    Method,
    Node,
    Parameter,
    Statement,
    Switch,
    Try,
    Variable,
)
from iac_gym.formats.groovy.operands import BEGINS_EXPRESSION

_ACCESS = frozenset(("private", "public", "protected"))
_ENDS = frozenset(("newline", ";", "}", "end"))
_JUMPS = frozenset("return break continue throw assert".split())


class Statements(Expressions):
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
            if kind != ";" and kind != "newline":
                raise self.error(hint=self._hint())
            while kinds[self.i] in (";", "newline"):
                self.i += 1
            if kinds[self.i] != closing:
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

    # Declarations

    def annotation(self) -> Annotation:
        """Read `@Name(arguments)`."""
        start = self.starts[self.i]
        self.i += 1
        name = self.name()
        while self.kinds[self.i] == ".":
            self.i += 1
            self.newlines()
            name += "." + self.name()
        end = self.ends[self.i - 1]
        if self.behind_newline() != "(":
            return Annotation(start, end, name, [])
        self.newlines()
        self.i += 1
        args: list[MapEntry] = []
        if self.kinds[self.i] != ")":
            args = self._annotation_arguments()
        end = self.ends[self.expect(")", " behind the arguments of the annotation")]
        return Annotation(start, end, name, args)

    def _annotation_arguments(self) -> list[MapEntry]:
        if self.kinds[self.i + 1] != "=":
            value = self._annotation_value()
            key = Constant(value.at, value.at, "value")
            return [MapEntry(value.at, value.end, key, value)]
        args: list[MapEntry] = []
        while True:
            i = self.i
            if self.kinds[i] != "id" and self.kinds[i] not in KEYWORDS:
                raise self.error()
            self.i += 1
            self.expect("=")
            self.newlines()
            key = Constant(self.starts[i], self.ends[i], self.values[i])
            if any(self.values[i] == one.key.value for one in args if isinstance(one.key, Constant)):
                raise self.error(f"`{self.values[i]}` is given twice", at=self.starts[i])
            value = self._annotation_value()
            args.append(MapEntry(key.at, value.end, key, value))
            if self.kinds[self.i] != ",":
                return args
            self.i += 1
            self.newlines()

    def _annotation_value(self) -> Expression:
        return self.annotation() if self.kinds[self.i] == "@" else self.condition()

    def modifiers(self) -> list[str | Annotation]:
        """Read modifiers, `def` and annotations."""
        found: list[str | Annotation] = []
        while True:
            i = self.i
            kind = self.kinds[i]
            if kind == "@" and self.kinds[i + 1] != "interface":
                found.append(self.annotation())
            elif kind == "def" or kind in MODIFIERS:
                if kind in found:
                    raise self.error(f"`{kind}` is given twice")
                if kind in _ACCESS and _ACCESS & {one for one in found if isinstance(one, str)}:
                    raise self.error(f"`{kind}` contradicts the access that is given already")
                found.append(kind)
                self.i += 1
            else:
                return found
            self.newlines()

    def declaration(self) -> Statement:
        """Read the declaration of variables or of a method."""
        start = self.starts[self.i]
        modifiers = self.modifiers()
        kinds = self.kinds
        if kinds[self.i] == "<":
            end = self.type_arguments_end(self.i)
            if end < 0:
                raise self.error()
            self.i = end
            self.newlines()
        type_name = None
        if kinds[self.i] != "string" and (not modifiers or self._type_stands()):
            type_name = self.type_name()
        if kinds[self.i + 1] == "(" and kinds[self.i] in ("id", "string"):
            return self.method(start, modifiers)
        variables = [self._variable()]
        while kinds[self.i] == ",":
            self.i += 1
            self.newlines()
            variables.append(self._variable())
        return Declaration(start, self.ends[self.i - 1], modifiers, type_name, variables)

    def _type_stands(self) -> bool:
        """Whether a type stands in front of the name that is declared."""
        if self.kinds[self.i] != "id":
            return True
        return self.kinds[self.i + 1] in ("id", "string", "<", ".", "[")

    def _variable(self) -> Variable:
        start = self.starts[self.i]
        name = self.name()
        value = None
        if self.kinds[self.i] == "=":
            self.i += 1
            self.newlines()
            value = self.statement_expression()
        return Variable(start, self.ends[self.i - 1], name, value)

    def _multiple(self, end: int) -> Statement:
        """Read `def (a, b) = value`."""
        start = self.starts[self.i]
        modifiers = self.modifiers()
        self.i += 1
        variables: list[Variable] = []
        while True:
            if self._type_stands():
                self.type_name()
            i = self.i
            name = self.name()
            variables.append(Variable(self.starts[i], self.ends[i], name, None))
            if self.kinds[self.i] != ",":
                break
            self.i += 1
        self.expect(")")
        self.expect("=", " behind the variables")
        self.newlines()
        value = self.expression()
        return Declaration(start, value.end, modifiers, None, variables, value)

    def parameters(self) -> list[Parameter]:
        """Read the parameters of a method or closure."""
        found: list[Parameter] = []
        kinds = self.kinds
        if kinds[self.i] in (")", "->") or self.behind_newline() == "->":
            return found
        first_is_rest = False
        while True:
            start = self.starts[self.i]
            self.i = self.modifiers_end(self.i)
            if kinds[self.i] != "..." and (kinds[self.i] != "id" or self._type_stands()
                                           or kinds[self.i + 1] == "..."):  # fmt: skip
                self.type_name()
            if kinds[self.i] == "...":
                self.i += 1
                first_is_rest = first_is_rest or not found
            i = self.i
            name = self.name()
            default = None
            if kinds[self.i] == "=":
                self.i += 1
                self.newlines()
                default = self.statement_expression()
            found.append(Parameter(start, self.ends[self.i - 1], name, default))
            if kinds[self.i] != ",":
                break
            self.i += 1
            self.newlines()
        if first_is_rest and len(found) > 1:
            raise self.error(f"`...` must stand at the last parameter", at=self.starts[i])
        return found

    def method(self, start: int, modifiers: list[str | Annotation], kind: str = "") -> Statement:
        """Read a method from its name on; those of a `kind` other than "" may lack a body."""
        i = self.i
        self.i += 2
        params = self.parameters()
        self.expect(")", " behind the parameters")
        self.throws()
        body = None
        if self.behind_newline() == "{":
            body = self.compound()
        abstract = "abstract" in modifiers or kind == "interface"
        if body is None and not abstract:
            raise self.error("this method has no body", at=self.starts[i])
        if body is not None and abstract:
            raise self.error("an abstract method has no body", at=self.starts[i])
        name = self.values[i]
        return Method(start, self.ends[self.i - 1], modifiers, name, params, body)

    def throws(self) -> None:
        """Read `throws A, B`."""
        if self.behind_newline() != "throws":
            return
        self.newlines()
        self.i += 1
        self.newlines()
        self._dotted()
        while self.kinds[self.i] == ",":
            self.i += 1
            self.newlines()
            self._dotted()

    def _dotted(self) -> str:
        name = self.name()
        while self.kinds[self.i] == ".":
            if self.kinds[self.i + 1] == "*":
                break
            self.i += 1
            self.newlines()
            name += "." + self.name()
        return name

    def _package(self) -> Statement:
        start = self.starts[self.i]
        annotations = self.modifiers()
        self.i += 1
        name = self._dotted()
        return Import(start, self.ends[self.i - 1], "package", name, annotations)

    def _import(self) -> Statement:
        start = self.starts[self.i]
        annotations = self.modifiers()
        if any(isinstance(one, str) for one in annotations):
            raise self.error()
        self.i += 1
        if self.kinds[self.i] == "static":
            self.i += 1
        name = self._dotted()
        if self.kinds[self.i] == "." and self.kinds[self.i + 1] == "*":
            self.i += 2
            name += ".*"
        elif self.kinds[self.i] == "as":
            self.i += 1
            self.newlines()
            name += " as " + self.name()
        return Import(start, self.ends[self.i - 1], "import", name, annotations)

    def type_definition(self) -> Statement:
        """Read a class; the reader of classes does."""
        raise NotImplementedError

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
        while kinds[i] in (";", "newline"):
            i += 1
        if kinds[i] != "else":
            return False
        skipped = kinds[self.i : i]
        if skipped.count(";") > 1 and "newline" not in skipped and False:
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
        if declared:
            modifiers = self.modifiers()
            if not modifiers or self._type_stands():
                self.type_name()
        name = Variable(self.starts[start], self.ends[self.i], self.name(), None)
        if set(one for one in modifiers if isinstance(one, str)) - {"def", "final"}:
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
        last = None
        while self.behind_newline() == "catch":
            self.newlines()
            self.i += 1
            self.expect("(", " behind `catch`")
            self._caught()
            self.expect(")")
            handlers.append(self.compound())
        if self.behind_newline() == "finally":
            self.newlines()
            self.i += 1
            last = self.compound()
        if not handlers and last is None:
            raise self.error("`try` needs `catch` or `finally`", at=start)
        return Try(start, self.ends[self.i - 1], body, handlers, last)

    def _caught(self) -> None:
        kinds = self.kinds
        self.newlines()
        for word in ("final", "def"):
            if kinds[self.i] == word:
                self.i += 1
        if kinds[self.i + 1] != ")":
            self.type_name(brackets=False)
            while kinds[self.i] == "|":
                self.i += 1
                self.newlines()
                self.type_name(brackets=False)
        self.name()

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
        elif kind in ("break", "continue") and self.kinds[self.i] == "id":
            self.i += 1
        return Jump(start, self.ends[self.i - 1], kind, values)


_READERS = {
    "if": Statements._if,
    "for": Statements._for,
    "while": Statements._while,
    "switch": Statements._switch,
    "try": Statements._try,
    "synchronized": Statements._synchronized,
    "import": Statements._import,
}
