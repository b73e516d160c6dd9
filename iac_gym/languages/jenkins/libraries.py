"""The shared libraries that a Jenkinsfile loads in front of its pipeline.

`@Library('name@version') _` (also with a list, or on an import) and the step `library`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from iac_gym.formats.groovy.nodes import (
    Annotation,
    Call,
    Declaration,
    Expression,
    Import,
    ListLiteral,
    MapEntry,
    MapLiteral,
    Statement,
)


def loaded(statements: Sequence[Statement], value: Callable[[Expression], Any]) -> list[Any]:
    """Return the libraries that statements at the top load; `value` reads an expression."""
    return [value(one) for node in statements for one in _named(node)]


def _named(node: Statement) -> Iterator[Expression]:
    if isinstance(node, Call):
        if node.target is None and node.name == "library" and len(node.args) == 1:
            yield from _argument(node.args[0])
        return
    annotations: Sequence[Any] = ()
    if isinstance(node, Declaration):
        annotations = node.modifiers
    elif isinstance(node, Import):
        annotations = node.annotations
    for one in annotations:
        if isinstance(one, Annotation) and one.name == "Library":
            yield from _entries(one.args, "value")


def _argument(node: Expression) -> Iterator[Expression]:
    if isinstance(node, MapLiteral):
        yield from _entries(node.entries, "identifier")
    else:
        yield node


def _entries(entries: Sequence[MapEntry], wanted: str) -> Iterator[Expression]:
    for entry in entries:
        if getattr(entry.key, "value", None) == wanted:
            value = entry.value
            yield from value.items if isinstance(value, ListLiteral) else (value,)
