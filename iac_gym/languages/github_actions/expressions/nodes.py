"""The tree of an expression: literals, contexts, calls, accesses and operators."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Star(NamedTuple):
    """The filter `.*` or `[*]`, which stands where a key would."""

    offset: int = 0


STAR: Final = Star()


class Literal(NamedTuple):
    """A value that is written out: None, a bool, a float or a str."""

    value: Any
    offset: int = 0


class Context(NamedTuple):
    """A context by name, in lower case: `github`, `env`, `needs`."""

    name: str
    offset: int = 0


class Call(NamedTuple):
    """A function call; the name is in lower case."""

    name: str
    args: tuple[Node, ...]
    offset: int = 0


class Index(NamedTuple):
    """`of.name`, `of[key]`, `of.*`: the key is a node, a Literal for `.name`."""

    of: Node
    key: Node
    offset: int = 0


class Not(NamedTuple):
    """`!of`."""

    of: Node
    offset: int = 0


class Compare(NamedTuple):
    """`left op right`, `op` one of == != < <= > >=."""

    op: str
    left: Node
    right: Node
    offset: int = 0


class Logic(NamedTuple):
    """`a && b && c` (or `||`) in one node, as the service flattens it."""

    op: str
    args: tuple[Node, ...]
    offset: int = 0


Node = Star | Literal | Context | Call | Index | Not | Compare | Logic


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes right below a node, from left to right."""
    kind = node.__class__
    if kind is Index:
        return (node.of, node.key)  # type: ignore[union-attr]
    if kind is Compare:
        return (node.left, node.right)  # type: ignore[union-attr]
    if kind is Call or kind is Logic:
        return node.args  # type: ignore[union-attr]
    if kind is Not:
        return (node.of,)  # type: ignore[union-attr]
    return ()


def walk(node: Node) -> list[Node]:
    """Return a node and all below it, from left to right."""
    found: list[Node] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        kind = one.__class__
        if kind is Index:
            waiting.append(one.key)  # type: ignore[union-attr]
            waiting.append(one.of)  # type: ignore[union-attr]
        elif kind is not Literal and kind is not Context:
            waiting.extend(reversed(children(one)))
    return found


class Reference(NamedTuple):
    """A context with the keys read from it, as far as they are written out.

    `path` starts with the context's name; names are in lower case, `*` is the filter. `whole` says
    that no computed key (`matrix[inputs.x]`) follows the path; `names` keeps the names as written.
    """

    path: tuple[str, ...]
    names: tuple[str, ...]
    whole: bool
    offset: int


def _reference(node: Node) -> Reference | None:
    """Return the reference that an access is, None for an access to something computed."""
    keys: list[str] = []
    whole = True
    while isinstance(node, Index):
        key = node.key
        if isinstance(key, Literal) and isinstance(key.value, str):
            keys.append(key.value)
        elif isinstance(key, Star):
            keys.append("*")
        else:
            keys.clear()
            whole = False
        node = node.of
    if not isinstance(node, Context):
        return None
    keys.append(node.name)
    names = tuple(reversed(keys))
    return Reference(tuple([name.lower() for name in names]), names, whole, node.offset)


def references(node: Node) -> list[Reference]:
    """Return the context accesses in an expression, the longest path of each."""
    found: list[Reference] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (Index, Context)) and (reference := _reference(one)) is not None:
            found.append(reference)
            while isinstance(one, Index):  # computed keys hold references of their own
                if not isinstance(one.key, (Literal, Star)):
                    waiting.append(one.key)
                one = one.of
        else:
            waiting.extend(reversed(children(one)))
    return found
