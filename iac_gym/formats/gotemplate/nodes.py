"""The tree of a template: one class for each node of text/template, printed as Go prints it.

`at` is where a node starts. In the pipelines of actions, branches and calls it counts from the
statement's `base`, so that equal pipelines can be shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias, Union

from iac_gym.formats.gotemplate.quoting import quote


@dataclass(slots=True, eq=False)
class Dot:
    """The cursor, `.`."""

    at: int

    def __str__(self) -> str:
        return "."


@dataclass(slots=True, eq=False)
class Nil:
    """The word `nil`."""

    at: int

    def __str__(self) -> str:
        return "nil"


@dataclass(slots=True, eq=False)
class Bool:
    """`true` or `false`."""

    at: int
    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(slots=True, eq=False)
class Number:
    """A constant: which of Go's kinds it can be, and its value in them."""

    at: int
    text: str
    integer: int | None = None
    unsigned: int | None = None
    real: float | None = None
    imaginary: complex | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True, eq=False)
class String:
    """A quoted or raw string: as written, and its text."""

    at: int
    quoted: str
    text: str

    def __str__(self) -> str:
        return self.quoted


@dataclass(slots=True, eq=False)
class Identifier:
    """The name of a function."""

    at: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=False)
class Field:
    """`.a.b`: a path of fields from the cursor."""

    at: int
    path: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.path)


@dataclass(slots=True, eq=False)
class Variable:
    """`$x.a`: a variable (with its `$`) and a path of fields from it."""

    at: int
    name: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.name, *self.path))


@dataclass(slots=True, eq=False)
class Chain:
    """`(pipeline).a.b` or `function.a`: fields of a computed value."""

    at: int
    node: Term
    path: tuple[str, ...]

    def __str__(self) -> str:
        inner = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return inner + "".join(f".{name}" for name in self.path)


@dataclass(slots=True, eq=False)
class Command:
    """An operand with its arguments: one stage of a pipeline."""

    at: int
    args: list[Term] = field(default_factory=list)

    def __str__(self) -> str:
        return " ".join(f"({arg})" if isinstance(arg, Pipe) else str(arg) for arg in self.args)


@dataclass(slots=True, eq=False)
class Pipe:
    """Commands joined by `|`, whose value `variables` may take (`assign`: with `=`).

    `free` says that the commands use no variable but `$`; `code` is what the compiler made of
    them then. Pipelines of the same text are one object.
    """

    at: int
    variables: list[Variable] = field(default_factory=list)
    assign: bool = False
    commands: list[Command] = field(default_factory=list)
    free: bool = False
    code: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        head = ""
        if self.variables:
            names = ", ".join(map(str, self.variables))
            head = names + (" = " if self.assign else " := ")
        return head + " | ".join(map(str, self.commands))


@dataclass(slots=True, eq=False)
class Text:
    """What stands outside of actions, after trimming."""

    at: int
    text: str


@dataclass(slots=True, eq=False)
class Action:
    """`{{pipeline}}`."""

    at: int
    pipe: Pipe
    base: int = 0

    def __str__(self) -> str:
        return "{{" + f"{self.pipe}" + "}}"


@dataclass(slots=True, eq=False)
class Branch:
    """`{{if}}`, `{{with}}` or `{{range}}` (`word`), its body and its `{{else}}`."""

    at: int
    word: str
    pipe: Pipe
    body: list[Node]
    otherwise: list[Node] | None = None
    base: int = 0

    def __str__(self) -> str:
        return "{{" + f"{self.word} {self.pipe}" + "}}..."


@dataclass(slots=True, eq=False)
class Call:
    """`{{template "name" pipeline}}`, and what a `{{block}}` leaves behind."""

    at: int
    name: str
    pipe: Pipe | None = None
    base: int = 0

    def __str__(self) -> str:
        tail = "" if self.pipe is None else f" {self.pipe}"
        return "{{" + f"template {quote(self.name)}{tail}" + "}}"


@dataclass(slots=True, eq=False)
class Jump:
    """`{{break}}` or `{{continue}}` (`word`)."""

    at: int
    word: str

    def __str__(self) -> str:
        return "{{" + self.word + "}}"


@dataclass(slots=True, eq=False)
class Template:
    """A named template: its tree, and the text (of `source`, a file's name) it stands in.

    Go lets a later definition of a name replace that of another text. `empty` says that it holds
    nothing but spaces and comments.
    """

    name: str
    source: str
    text: str
    root: list[Node]
    at: int = 0
    empty: bool = False
    #: What the compiler made of it, for the last table of functions (see `engine.py`).
    code: Any = None


Constant: TypeAlias = Dot | Nil | Bool | Number | String
Term: TypeAlias = Union[Constant, Identifier, Field, Variable, Chain, "Pipe"]
Node: TypeAlias = Text | Action | Branch | Call | Jump


def position(text: str, at: int) -> tuple[int, int]:
    """Return the line (from 1) and Go's column (in bytes from 0) of a place in a text."""
    start = text.rfind("\n", 0, at) + 1
    column = len(text[start:at].encode("utf-8", "surrogatepass"))
    if start == 0:
        return 1, column
    return text.count("\n", 0, at) + 1, column
