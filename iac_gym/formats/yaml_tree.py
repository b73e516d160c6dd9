"""What reading YAML gives: mappings and sequences that know where everything in them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: (line, column), both from 1.
Mark = tuple[int, int]


class YamlMap(dict[Any, Any]):
    """A mapping that knows where it stands: `marks[key]` is the value's place."""

    __slots__ = ("key_marks", "mark", "marks")

    def __init__(self, mark: Mark = (0, 0)) -> None:
        self.mark = mark
        self.marks: dict[Any, Mark] = {}
        self.key_marks: dict[Any, Mark] = {}


class YamlList(list[Any]):
    """A sequence that knows where it stands: `marks[index]` is the item's place."""

    __slots__ = ("mark", "marks")

    def __init__(self, mark: Mark = (0, 0)) -> None:
        self.mark = mark
        self.marks: list[Mark] = []


def find(tree: Any, path: tuple[Any, ...]) -> tuple[Any, Mark]:
    """Follow keys and indices as far as they exist: (value or None, place of the deepest step)."""
    mark: Mark = getattr(tree, "mark", (0, 0))
    for step in path:
        if tree.__class__ is YamlMap:
            known = step in tree
        elif tree.__class__ is YamlList:
            known = isinstance(step, int) and -1 < step < len(tree)
        else:
            known = False
        if not known:
            return None, mark
        mark, tree = tree.marks[step], tree[step]
    return tree, mark


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its root value and the place where it starts.

    `keys` are the keys of all its mappings, where its reader has noted them, None elsewhere.
    """

    value: Any
    mark: Mark
    keys: set[Any] | None = field(default=None, compare=False, repr=False)
