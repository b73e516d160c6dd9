"""The tree of a Groovy script. Every node has the offsets `at` and `end` of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(slots=True, eq=False)
class Node:
    """A part of a script: `text[at:end]`."""

    at: int
    end: int


@dataclass(slots=True, eq=False)
class Constant(Node):
    """A text, number, `true`, `false` or `null`."""

    value: str | int | float | bool | None


@dataclass(slots=True, eq=False)
class GString(Node):
    """A text with values in it: one more text than values."""

    texts: list[str]
    values: list[Expression]


@dataclass(slots=True, eq=False)
class Name(Node):
    """A variable, `this`, `super`, or a built-in type."""

    name: str


@dataclass(slots=True, eq=False)
class Property(Node):
    """`target.name`; `operator` is `.`, `?.`, `*.` or `.&`, with `@` behind it for a field."""

    target: Expression
    name: str | Expression
    operator: str


@dataclass(slots=True, eq=False)
class Index(Node):
    """`target[items]`."""

    target: Expression
    items: list[Expression]


@dataclass(slots=True, eq=False)
class Call(Node):
    """`name(args)` where `target` is None, else `target.name(args)`.

    Named arguments are one MapLiteral in front of the others. What is called without a name is
    called as `call`.
    """

    target: Expression | None
    name: str | Expression
    args: list[Expression]
    operator: str = "."


@dataclass(slots=True, eq=False)
class Binary(Node):
    """Two operands; assignments and ranges as well."""

    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True, eq=False)
class Unary(Node):
    """A prefix (`-`, `!`, `++`, ...) or, with `postfix`, `++` and `--` behind."""

    operator: str
    operand: Expression
    postfix: bool = False


@dataclass(slots=True, eq=False)
class Ternary(Node):
    """`condition ? then : otherwise`; `then` is None for `condition ?: otherwise`."""

    condition: Expression
    then: Expression | None
    otherwise: Expression


@dataclass(slots=True, eq=False)
class ListLiteral(Node):
    """`[a, b]`."""

    items: list[Expression]


@dataclass(slots=True, eq=False)
class MapEntry(Node):
    """`key: value`; the key is None for `*: map`."""

    key: Expression | None
    value: Expression


@dataclass(slots=True, eq=False)
class MapLiteral(Node):
    """`[a: b]`, or (`named`) the named arguments of a call."""

    entries: list[MapEntry]
    named: bool = False


@dataclass(slots=True, eq=False)
class Spread(Node):
    """`*list` among arguments or items."""

    value: Expression


@dataclass(slots=True, eq=False)
class Parameter(Node):
    """A parameter of a method or closure."""

    name: str
    default: Expression | None
    type: TypeName | None = None


@dataclass(slots=True, eq=False)
class Closure(Node):
    """`{ params -> body }`; `params` is None without an arrow."""

    params: list[Parameter] | None
    body: list[Statement]


@dataclass(slots=True, eq=False)
class TypeName(Node):
    """A type: its name, its type arguments left out, with `[]` for each dimension."""

    name: str


@dataclass(slots=True, eq=False)
class Cast(Node):
    """`(type) value`, `value as type` or `value instanceof type`."""

    operator: str
    type: TypeName
    value: Expression


@dataclass(slots=True, eq=False)
class New(Node):
    """`new type(args)`; `members` are those of an anonymous class."""

    type: TypeName
    args: list[Expression]
    members: list[Statement] | None = None


@dataclass(slots=True, eq=False)
class Annotation(Node):
    """`@name(args)`."""

    name: str
    args: list[MapEntry]


@dataclass(slots=True, eq=False)
class Tuple(Node):
    """`(a, b)` on the left of an assignment."""

    names: list[Name]


@dataclass(slots=True, eq=False)
class Variable(Node):
    """A declared variable."""

    name: str
    value: Expression | None


@dataclass(slots=True, eq=False)
class Declaration(Node):
    """`def a = 1, b`; a multiple assignment has one `value` for all its variables."""

    modifiers: list[str | Annotation]
    type: TypeName | None
    variables: list[Variable]
    value: Expression | None = None


@dataclass(slots=True, eq=False)
class Method(Node):
    """A method or, with the class's name, a constructor. `body` is None where it has none."""

    modifiers: list[str | Annotation]
    name: str
    params: list[Parameter]
    body: list[Statement] | None
    type: TypeName | None = None


@dataclass(slots=True, eq=False)
class Class(Node):
    """A class, interface, trait, enum or annotation type, with its members."""

    kind: str
    name: str
    members: list[Statement]


@dataclass(slots=True, eq=False)
class Import(Node):
    """`import name`; a star and an alias are part of the name. `package` as well."""

    keyword: str
    name: str
    annotations: list[str | Annotation]


@dataclass(slots=True, eq=False)
class Block(Node):
    """`{ ... }` as a statement."""

    body: list[Statement]


@dataclass(slots=True, eq=False)
class If(Node):
    """`if (condition) then else otherwise`."""

    condition: Expression
    then: Statement
    otherwise: Statement | None


@dataclass(slots=True, eq=False)
class Loop(Node):
    """`for` and `while`: what is repeated over, and the body (None for `;`)."""

    keyword: str
    heads: list[Expression]
    body: Statement | None


@dataclass(slots=True, eq=False)
class Switch(Node):
    """`switch`: pairs of cases (None for `default`) and statements."""

    value: Expression
    groups: list[tuple[list[Expression | None], list[Statement]]]


@dataclass(slots=True, eq=False)
class Catch(Node):
    """What a `catch` names: the types and the variable."""

    types: list[TypeName]
    name: str


@dataclass(slots=True, eq=False)
class Try(Node):
    """`try`: the blocks in the order of the text; `caught` is a declaration for each handler."""

    body: list[Statement]
    handlers: list[list[Statement]]
    last: list[Statement] | None
    caught: list[Catch]


@dataclass(slots=True, eq=False)
class Jump(Node):
    """`return`, `break`, `continue`, `throw`, `assert`, with what stands behind."""

    keyword: str
    values: list[Expression]
    label: str = ""


Expression: TypeAlias = Node
Statement: TypeAlias = Node


@dataclass(slots=True, eq=False)
class Script:
    """A whole script: its text as it was read, and its statements, methods and classes.

    `words` are the kinds of its tokens: keywords and operators by their text.
    """

    text: str
    statements: list[Statement]
    words: frozenset[str]

    def source(self, node: Node) -> str:
        """Return the text of a node."""
        return self.text[node.at : node.end]
