"""Go's template parser: tokens to trees, refusing what text/template refuses when it parses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn

from iac_gym.formats.gotemplate.errors import TemplateError
from iac_gym.formats.gotemplate.lexer import MOST_TOKENS, Kind, Token, lex, shown
from iac_gym.formats.gotemplate.nodes import (
    Action,
    Bool,
    Branch,
    Call,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Jump,
    Nil,
    Node,
    Number,
    Pipe,
    String,
    Template,
    Term,
    Text,
    Variable,
)
from iac_gym.formats.gotemplate.numbers import constant
from iac_gym.formats.gotemplate.quoting import quote, unquote

#: Deeper nesting than this is refused: Go has no bound, and no chart comes near.
_DEPTH = 100

_OPERANDS = frozenset(
    (
        Kind.BOOL,
        Kind.CHAR_CONSTANT,
        Kind.COMPLEX,
        Kind.DOT,
        Kind.FIELD,
        Kind.IDENTIFIER,
        Kind.NUMBER,
        Kind.NIL,
        Kind.RAW_STRING,
        Kind.STRING,
        Kind.VARIABLE,
        Kind.LEFT_PAREN,
    )
)
#: What only the first command of a pipeline may start with.
_CONSTANTS = (Bool, Dot, Nil, Number, String)
_LITERALS = (Bool, String, Number, Nil, Dot)


class _End:
    """`{{end}}`."""

    def __str__(self) -> str:
        return "{{end}}"


class _Else:
    """`{{else}}`; `word` is `if` or `with` where one follows."""

    def __init__(self, word: str = "") -> None:
        self.word = word

    def __str__(self) -> str:
        return "{{else}}"


class _Scope:
    """What one template (the text's own, a define, a block) knows while it is parsed."""

    def __init__(self) -> None:
        self.variables = ["$"]
        self.known = {"$": 1}
        self.loops = 0

    def declare(self, name: str) -> None:
        """Add a variable."""
        self.variables.append(name)
        self.known[name] = self.known.get(name, 0) + 1

    def forget(self, mark: int) -> None:
        """Take back what was declared after a mark."""
        for name in self.variables[mark:]:
            self.known[name] -= 1
        del self.variables[mark:]


class Parser:
    """Parses one text; `templates` receives what it defines."""

    def __init__(self, name: str, text: str, functions: Collection[str]) -> None:
        self.name = name
        self.text = text
        self.functions = functions
        self.tokens = lex(text, functions)
        self.at = -1
        #: The last token that was looked at: where Go says that an error is.
        self.furthest = 0
        self.scope = _Scope()
        self.templates: dict[str, Template] = {}
        self.action_at = -1
        self.depth = 0
        if len(self.tokens) > MOST_TOKENS and self.tokens[-1][0] is Kind.ERROR:
            self.furthest = len(self.tokens) - 1
            self.fail(self.tokens[-1][2])

    # Tokens.

    def next(self) -> Token:
        """Return the next token, spaces too."""
        self.at += 1
        self.furthest = max(self.furthest, self.at)
        if self.at >= len(self.tokens):
            self.at = len(self.tokens) - 1
            self.furthest = self.at
        return self.tokens[self.at]

    def peek(self) -> Token:
        """Return the next token and leave it."""
        token = self.next()
        self.at -= 1
        return token

    def take(self) -> Token:
        """Return the next token that is no space."""
        token = self.next()
        while token[0] is Kind.SPACE:
            token = self.next()
        return token

    def look(self) -> Token:
        """Skip spaces; return the next token and leave it."""
        token = self.take()
        self.at -= 1
        return token

    def line(self, at: int) -> int:
        """Return the line of a place."""
        return self.text.count("\n", 0, at) + 1

    def fail(self, message: str) -> NoReturn:
        """Refuse the text at the token that was read last."""
        place = self.tokens[min(self.furthest, len(self.tokens) - 1)][1]
        raise TemplateError(message, self.name, self.line(place))

    def unexpected(self, token: Token, context: str) -> NoReturn:
        """Refuse a token."""
        if token[0] is Kind.ERROR:
            extra = ""
            started = 0 if self.action_at < 0 else self.line(self.action_at)
            if started and started != self.line(token[1]):
                extra = f" in action started at {self.name}:{started}"
                if token[2].endswith(" action"):
                    extra = extra[len(" in action") :]
            self.fail(f"{shown(token)}{extra}")
        self.fail(f"unexpected {shown(token)} in {context}")

    def expect(self, kind: Kind, context: str) -> Token:
        """Take a token that must be of a kind."""
        token = self.take()
        if token[0] is not kind:
            self.unexpected(token, context)
        return token

    # Templates and nodes.

    def parse(self) -> dict[str, Template]:
        """Parse the whole text; return the templates it defines, its own under its own name."""
        root: list[Node] = []
        while self.peek()[0] is not Kind.EOF:
            if self.peek()[0] is Kind.LEFT:
                before = self.at
                self.next()
                if self.take()[0] is Kind.DEFINE:
                    self.definition()
                    continue
                self.at = before
            node = self.text_or_action()
            if isinstance(node, _End | _Else):
                self.fail(f"unexpected {node}")
            root.append(node)
        self.add(self.name, root, 0)
        return self.templates

    def add(self, name: str, root: list[Node], at: int) -> None:
        """Keep a template unless it is empty and another has its name."""
        new = Template(name, self.name, self.text, root, at, is_empty(root))
        known = self.templates.get(name)
        if known is None or known.empty:
            self.templates[name] = new
        elif not new.empty:
            self.fail(f"template: multiple definition of template {quote(name)}")

    def definition(self) -> None:
        """Parse `{{define "name"}}...{{end}}` after its word."""
        token = self.take()
        if token[0] not in (Kind.STRING, Kind.RAW_STRING):
            self.unexpected(token, "define clause")
        name = self.literal(token)
        self.expect(Kind.RIGHT, "define clause")
        self.body(name, token[1], "define clause")

    def body(self, name: str, at: int, context: str) -> None:
        """Parse the body of a definition up to its end, and keep it."""
        outer, action_at = self.scope, self.action_at
        self.scope, self.action_at = _Scope(), -1
        root, end = self.items()
        if not isinstance(end, _End):
            self.fail(f"unexpected {end} in {context}")
        self.add(name, root, at)
        self.scope, self.action_at = outer, action_at

    def items(self) -> tuple[list[Node], _End | _Else]:
        """Parse nodes up to an `{{end}}` or `{{else}}`."""
        nodes: list[Node] = []
        self.depth += 1
        if self.depth > _DEPTH:
            self.fail(f"nesting is deeper than {_DEPTH}")
        while self.look()[0] is not Kind.EOF:
            node = self.text_or_action()
            if isinstance(node, _End | _Else):
                self.depth -= 1
                return nodes, node
            nodes.append(node)
        self.fail("unexpected EOF")

    def text_or_action(self) -> Node | _End | _Else:
        """Parse a text or an action."""
        token = self.take()
        if token[0] is Kind.TEXT:
            return Text(token[1], token[2])
        if token[0] is not Kind.LEFT:
            self.unexpected(token, "input")
        self.action_at = token[1]
        node = self.action()
        self.action_at = -1
        return node

    def action(self) -> Node | _End | _Else:
        """Parse an action after its left delimiter."""
        token = self.take()
        control = _CONTROLS.get(token[0])
        if control is not None:
            return control(self, token)
        self.at -= 1
        return Action(token[1], self.pipeline("command", Kind.RIGHT))

    def jump(self, token: Token) -> Node:
        """Parse `{{break}}` or `{{continue}}`."""
        closing = self.take()
        if closing[0] is not Kind.RIGHT:
            self.unexpected(closing, "{{" + token[2] + "}}")
        if not self.scope.loops:
            self.fail("{{" + token[2] + "}} outside {{range}}")
        return Jump(token[1], token[2])

    def end(self, _: Token) -> _End:
        """Parse `{{end}}`."""
        self.expect(Kind.RIGHT, "end")
        return _End()

    def otherwise(self, _: Token) -> _Else:
        """Parse `{{else}}`, leaving an `if` or `with` that follows."""
        following = self.look()
        if following[0] in (Kind.IF, Kind.WITH):
            return _Else(following[2])
        self.expect(Kind.RIGHT, "else")
        return _Else()

    def branch(self, token: Token) -> Branch:
        """Parse `{{if}}`, `{{with}}` or `{{range}}` with its branches."""
        word = token[2]
        mark = len(self.scope.variables)
        pipe = self.pipeline(word, Kind.RIGHT)
        self.scope.loops += word == "range"
        body, end = self.items()
        self.scope.loops -= word == "range"
        rest: list[Node] | None = None
        if isinstance(end, _Else):
            if end.word and end.word == word:
                self.depth += 1
                if self.depth > _DEPTH * 5:
                    self.fail(f"more than {_DEPTH * 5} branches")
                rest = [self.branch(self.take())]
                self.depth -= 1
            else:
                rest, end = self.items()
                if not isinstance(end, _End):
                    self.fail(f"expected end; found {end}")
        self.scope.forget(mark)
        return Branch(pipe.at, word, pipe, body, rest)

    def block(self, _: Token) -> Call:
        """Parse `{{block "name" pipeline}}...{{end}}`."""
        token = self.take()
        name = self.template_name(token, "block clause")
        pipe = self.pipeline("block clause", Kind.RIGHT)
        self.body(name, token[1], "block clause")
        return Call(token[1], name, pipe)

    def call(self, _: Token) -> Call:
        """Parse `{{template "name" pipeline}}`."""
        token = self.take()
        name = self.template_name(token, "template clause")
        pipe = None
        if self.take()[0] is not Kind.RIGHT:
            self.at -= 1
            pipe = self.pipeline("template clause", Kind.RIGHT)
        return Call(token[1], name, pipe)

    def template_name(self, token: Token, context: str) -> str:
        """Return the name that a string token gives."""
        if token[0] not in (Kind.STRING, Kind.RAW_STRING):
            self.unexpected(token, context)
        return self.literal(token)

    def literal(self, token: Token) -> str:
        """Return the text of a string token."""
        text = unquote(token[2])
        if text is None:
            self.fail("invalid syntax")
        return text

    # Pipelines.

    def pipeline(self, context: str, end: Kind) -> Pipe:
        """Parse declarations and commands up to the closing token."""
        pipe = Pipe(self.look()[1])
        self.declarations(pipe, context)
        while True:
            token = self.take()
            if token[0] is end:
                break
            if token[0] not in _OPERANDS:
                self.unexpected(token, context)
            self.at -= 1
            pipe.commands.append(self.command())
        if len(pipe.commands) > _DEPTH:
            self.fail(f"a pipeline has more than {_DEPTH} commands")
        if not pipe.commands:
            self.fail(f"missing value for {context}")
        for number, command in enumerate(pipe.commands[1:], 2):
            if isinstance(command.args[0], _CONSTANTS):
                self.fail(f"non executable command in pipeline stage {number}")
        return pipe

    def declarations(self, pipe: Pipe, context: str) -> None:
        """Parse `$x :=`, `$x =` or `$i, $x :=` where they stand first."""
        while True:
            if self.look()[0] is not Kind.VARIABLE:
                return
            before = self.at
            token = self.next()
            self.peek()
            following = self.look()
            if following[0] in (Kind.ASSIGN, Kind.DECLARE):
                pipe.assign = following[0] is Kind.ASSIGN
                self.take()
                self.declare(pipe, token)
                return
            if following[0] is not Kind.CHAR or following[2] != ",":
                self.at = before
                return
            self.take()
            self.declare(pipe, token)
            if context != "range" or len(pipe.variables) >= 2:
                self.fail(f"too many declarations in {context}")
            if self.look()[0] not in (Kind.VARIABLE, Kind.RIGHT, Kind.RIGHT_PAREN):
                self.fail("range can only initialize variables")

    def declare(self, pipe: Pipe, token: Token) -> None:
        """Add a variable to the pipeline and to the scope."""
        pipe.variables.append(Variable(token[1], token[2]))
        self.scope.declare(token[2])

    def command(self) -> Command:
        """Parse operands up to a pipe or the end of the pipeline."""
        command = Command(self.look()[1])
        while True:
            self.look()
            operand = self.operand()
            if operand is not None:
                command.args.append(operand)
            token = self.next()
            if token[0] is Kind.SPACE:
                continue
            if token[0] in (Kind.RIGHT, Kind.RIGHT_PAREN):
                self.at -= 1
            elif token[0] is not Kind.PIPE:
                self.unexpected(token, "operand")
            break
        if not command.args:
            self.fail("empty command")
        return command

    def operand(self) -> Term | None:
        """Parse a term with the fields behind it; None where none stands."""
        node = self.term()
        if node is None or self.peek()[0] is not Kind.FIELD:
            return node
        at = self.peek()[1]
        path: list[str] = []
        while self.peek()[0] is Kind.FIELD:
            path.append(self.next()[2][1:])
        if isinstance(node, Field):
            return Field(at, (*node.path, *path))
        if isinstance(node, Variable):
            return Variable(at, node.name, (*node.path, *path))
        if isinstance(node, _LITERALS):
            self.fail(f"unexpected . after term {quote(str(node))}")
        return Chain(at, node, tuple(path))

    def term(self) -> Term | None:
        """Parse a term; None where none stands."""
        token = self.take()
        term = _TERMS.get(token[0])
        if term is None:
            self.at -= 1
            return None
        found: Term = term(self, token)
        return found

    def identifier(self, token: Token) -> Term:
        """Parse the name of a function, which must be known."""
        if token[2] not in self.functions:
            self.fail(f"function {quote(token[2])} not defined")
        return Identifier(token[1], token[2])

    def variable(self, token: Token) -> Term:
        """Parse the use of a variable, which must be declared."""
        if not self.scope.known.get(token[2]):
            self.fail(f"undefined variable {quote(token[2])}")
        return Variable(token[1], token[2])

    def number(self, token: Token) -> Term:
        """Parse a constant."""
        character = token[0] is Kind.CHAR_CONSTANT
        node = constant(token[1], token[2], character, token[0] is Kind.COMPLEX)
        if isinstance(node, str):
            self.fail(node)
        return node

    def parenthesis(self, _: Token) -> Term:
        """Parse a pipeline in parentheses."""
        self.depth += 1
        if self.depth > _DEPTH:
            self.fail(f"nesting is deeper than {_DEPTH}")
        pipe = self.pipeline("parenthesized pipeline", Kind.RIGHT_PAREN)
        self.depth -= 1
        return pipe

    def string(self, token: Token) -> Term:
        """Parse a quoted or raw string."""
        return String(token[1], token[2], self.literal(token))


_CONTROLS = {
    Kind.BLOCK: Parser.block,
    Kind.BREAK: Parser.jump,
    Kind.CONTINUE: Parser.jump,
    Kind.ELSE: Parser.otherwise,
    Kind.END: Parser.end,
    Kind.IF: Parser.branch,
    Kind.RANGE: Parser.branch,
    Kind.TEMPLATE: Parser.call,
    Kind.WITH: Parser.branch,
}
_TERMS: dict[Kind, Any] = {
    Kind.IDENTIFIER: Parser.identifier,
    Kind.DOT: lambda _, token: Dot(token[1]),
    Kind.NIL: lambda _, token: Nil(token[1]),
    Kind.VARIABLE: lambda parser, token: parser.variable(token),
    Kind.FIELD: lambda _, token: Field(token[1], (token[2][1:],)),
    Kind.BOOL: lambda _, token: Bool(token[1], token[2] == "true"),
    Kind.CHAR_CONSTANT: Parser.number,
    Kind.COMPLEX: Parser.number,
    Kind.NUMBER: Parser.number,
    Kind.LEFT_PAREN: Parser.parenthesis,
    Kind.STRING: Parser.string,
    Kind.RAW_STRING: Parser.string,
}


def is_empty(root: list[Node]) -> bool:
    """Tell whether a template holds nothing but spaces (Go's IsEmptyTree)."""
    return all(isinstance(node, Text) and not node.text.strip() for node in root)


def parse_exactly(name: str, text: str, functions: Collection[str]) -> dict[str, Template]:
    """Return the templates of a text by the exact parser alone (see `reading.parse`)."""
    return Parser(name, text, functions).parse()
