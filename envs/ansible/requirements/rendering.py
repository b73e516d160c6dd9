"""What a template of an answer prints where its variables are known: dead branches left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.formats.jinja import Node, walk
from iac_gym.languages.ansible.evaluate import UNDEFINED, UNKNOWN, evaluate, truth
from iac_gym.languages.ansible.folding import Folder
from iac_gym.languages.ansible.model import Task, Template

_MOST_STEPS, _MOST_DEPTH, _MOST_ITEMS = 3_000, 30, 100
#: Stands for what only a run can tell.
HOLE = "\0"


class Rendering:
    """One template at one task: `text`, with holes, and `printed`, the names that reach it."""

    def __init__(self, task: Task, template: Template) -> None:
        self.task = task
        self.steps = 0
        self.printed: set[str] = set()
        parsed = template.parsed
        parts = [] if parsed is None else self._body(parsed.body, {}, 0)
        self.text = "".join(parts)

    def _lookup(self, local: dict[str, Any]) -> Folder:
        return Folder(self.task.variables.bound(local)) if local else self.task.folder

    def _body(self, node: Node | None, local: dict[str, Any], depth: int) -> Iterator[str]:
        """Yield the parts of what a node prints."""
        self.steps += 1
        if node is None or depth > _MOST_DEPTH or self.steps > _MOST_STEPS:
            return
        if node.kind == "data":
            yield str(node.value)
        elif node.kind == "output":
            for one in node.items:
                self.printed |= _names(one)
                yield self._value(one, local)
        elif node.kind == "if":
            yield from self._branches(node, local, depth)
        elif node.kind == "for":
            yield from self._loop(node, local, depth)
        elif node.kind == "set":
            self._set(node, local)
        elif node.kind == "body":
            for one in node.items:
                yield from self._body(one, local, depth + 1)
        else:
            yield from self._other(node, local, depth)

    def _value(self, node: Node, local: dict[str, Any]) -> str:
        value = evaluate(node, self._lookup(local))
        known = isinstance(value, (str, int, float)) and value.__class__.__name__ != "Unknown"
        return str(value) if known else HOLE

    def _branches(self, node: Node, local: dict[str, Any], depth: int) -> Iterator[str]:
        for one in node.items:
            if one is None:
                continue
            if one.kind != "elif":
                yield from self._body(one, local, depth + 1)
                return
            holds = truth(evaluate(one.items[0], self._lookup(local)))
            if holds is None:
                self.printed |= _names(one.items[0])
                inner = "".join(self._body(one.items[1], dict(local), depth + 1))
                yield HOLE + inner + ("" if inner.endswith("\n") else HOLE)
            elif holds:
                self.printed |= _names(one.items[0])
                yield from self._body(one.items[1], local, depth + 1)
                return

    def _loop(self, node: Node, local: dict[str, Any], depth: int) -> Iterator[str]:
        target, iterable, test, body, otherwise = node.items
        items = evaluate(iterable, self._lookup(local))
        self.printed |= _names(iterable)
        rows = _rows(target, items) if test is None else None
        if rows is None:
            bound = dict.fromkeys(_names(target), UNKNOWN)
            inner = "".join(self._body(body, {**local, **bound}, depth + 1))
            yield HOLE + inner + ("" if inner.endswith("\n") else HOLE)
            return
        if not rows:
            yield from self._body(otherwise, local, depth + 1)
        for row in rows:
            yield from self._body(body, {**local, **row}, depth + 1)

    def _set(self, node: Node, local: dict[str, Any]) -> None:
        target, value = node.items
        made = evaluate(value, self._lookup(local))
        if target.kind == "name":
            self.printed |= _names(value)
            local[target.value] = UNKNOWN if made is UNDEFINED else made

    def _other(self, node: Node, local: dict[str, Any], depth: int) -> Iterator[str]:
        """Blocks, macros and the like: what stands in them may be printed."""
        if node.kind in ("macro", "include", "import", "from", "extends", "do"):
            yield HOLE
            return
        for one in node.items:
            if one is not None and one.kind == "body":
                yield from self._body(one, local, depth + 1)


def _rows(target: Node, items: Any) -> list[dict[str, Any]] | None:
    """Return the variables of each turn of a loop, None where they are not known."""
    if not isinstance(items, list) or len(items) > _MOST_ITEMS:
        return None
    if target.kind == "name":
        return [{target.value: item} for item in items]
    names = [one.value for one in target.items if one is not None and one.kind == "name"]
    pairs = [item for item in items if isinstance(item, (list, tuple)) and len(item) == len(names)]
    if target.kind != "tuple" or len(pairs) != len(items):
        return None
    return [dict(zip(names, item, strict=True)) for item in pairs]


def _names(node: Node) -> set[str]:
    return {one.value for one in walk(node) if one.kind == "name" and isinstance(one.value, str)}
