"""The values of Go, as the evaluator has them, and the nodes of its syntax trees.

Go values become Python ones: string, int/float, bool, None (nil), list, dict; and `Struct`, `Func`,
`Native`. Pointers are their targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from iac_gym.languages.terraform.go_source.packages import File

Value: TypeAlias = Any
Node: TypeAlias = Any


class _UnknownValue:
    """What the evaluator does not know; see `UNKNOWN`."""

    def __repr__(self) -> str:
        """Show it in messages."""
        return "UNKNOWN"


UNKNOWN = _UnknownValue()


class Struct:
    """A struct value: the name of its type, where that is declared, and its fields."""

    __slots__ = ("fields", "package", "type")

    def __init__(self, package: str, type: str, fields: dict[str, Value] | None = None) -> None:
        self.package = package
        self.type = type
        self.fields = {} if fields is None else fields

    def get(self, field: str) -> Value:
        """Return a field, None where it is not set."""
        return self.fields.get(field)


class Func(NamedTuple):
    """A function of the source: its declaration, its file, and what it closes over."""

    file: File
    node: Node
    scope: Scope | None = None
    receiver: Value = None

    @property
    def name(self) -> str:
        """Its name, "" for a function literal."""
        name = self.node.child_by_field_name("name")
        return name.text.decode() if name else ""


class Native(NamedTuple):
    """A function whose meaning the reader of the values knows, or a call of it (`args` set)."""

    package: str
    name: str
    args: tuple[Value, ...] | None = None


class Module(NamedTuple):
    """An imported package, as a value."""

    path: str


class TypeName(NamedTuple):
    """A type, as a value (in conversions)."""

    package: str
    name: str


class Regex(NamedTuple):
    """A compiled regular expression of Go."""

    pattern: str


class NotUnderstood(Exception):
    """A statement that the evaluator cannot run."""


class Returned(Exception):
    """A return statement was run."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Scope:
    """The variables of a block, and of those around it."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent

    def find(self, name: str) -> dict[str, Value] | None:
        """Return the variables that `name` is among."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.parent
        return None


def source_text(node: Node) -> str:
    """Return the source of a node."""
    return str(node.text.decode())


def children(node: Node) -> list[Node]:
    """Return the nodes below a node that are no mere signs or comments."""
    return [child for child in node.children if child.is_named and child.type != "comment"]
