"""What GitLab does before it looks at jobs: `extends`, then `!reference`.

Both may name what an `include` brings; such a part is `UNSEEN` here, and nobody judges it. What the
two repeat is counted, so that a small text cannot stand for a huge configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap

#: Deepest chain of `extends` that GitLab follows.
MOST_EXTENDS = 10
#: Deepest chain of references, and most values that both repeat, that are followed here.
MOST_REFERENCES = 40
MOST_REPEATED = 30_000
TAG = "!reference"

Note = Callable[[str, str, Mark], None]


class _Unseen:
    """A value that stands in another file."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSEEN"


UNSEEN: Any = _Unseen()


def is_reference(value: Any) -> bool:
    """Whether a value was written with the tag `!reference`."""
    return value.__class__ is YamlMap and len(value) == 1 and TAG in value


def extends_of(job: Any) -> list[str]:
    """Return the names in `extends`, as text."""
    named = job.get("extends") if isinstance(job, dict) else None
    if named is None:
        return []
    return [str(name) for name in named] if isinstance(named, list) else [str(named)]


def merge(base: YamlMap, over: YamlMap) -> YamlMap:
    """Lay a mapping over another: mappings are merged, everything else is replaced."""
    made = YamlMap(over.mark)
    made.update(base)
    made.marks.update(base.marks)
    made.key_marks.update(base.key_marks)
    for key, value in over.items():
        known = made.get(key)
        if known.__class__ is YamlMap and value.__class__ is YamlMap and not is_reference(value):
            value = value if is_reference(known) else merge(known, value)
        made[key] = value
        made.marks[key] = over.marks[key]
        made.key_marks[key] = over.key_marks[key]
    return made


class Budget:
    """How many values may still be repeated. `spend` says whether there were enough."""

    def __init__(self, most: int = MOST_REPEATED) -> None:
        self.left = most
        self._sizes: dict[int, int] = {}
        self._kept: list[Any] = []

    def spend(self, value: Any) -> bool:
        """Count a value that is repeated."""
        self.left -= self.size(value)
        return self.left >= 0

    def size(self, value: Any) -> int:
        """Return how many values a tree holds."""
        if not isinstance(value, (dict, list)):
            return 1
        known = self._sizes.get(id(value))
        if known is None:
            items = value.values() if isinstance(value, dict) else value
            known = 1 + sum(map(self.size, items))
            self._sizes[id(value)] = known
            self._kept.append(value)
        return known


class Extender:
    """Resolves `extends` of all top-level mappings."""

    def __init__(self, tree: YamlMap, open_ended: bool, note: Note, budget: Budget) -> None:
        self.tree = tree
        self.open_ended = open_ended
        self.note = note
        self.budget = budget
        self.done: dict[Any, Any] = {}
        self.busy: set[Any] = set()
        #: How many entries that extend others follow each other from here on.
        self.heights: dict[Any, int] = {}
        #: Names of entries that extend something in another file.
        self.partial: set[Any] = set()

    def run(self) -> YamlMap:
        """Return the tree with every entry merged over what it extends."""
        made = YamlMap(self.tree.mark)
        made.marks, made.key_marks = self.tree.marks, self.tree.key_marks
        for key in self.tree:
            made[key] = self.entry(key, 0)
        return made

    def entry(self, key: Any, depth: int) -> Any:
        """Return an entry merged over what it extends; `depth` counts the entries above it."""
        if key in self.done:
            if depth + self.heights.get(key, 0) > MOST_EXTENDS + 1:
                self._too_deep(key)
            return self.done[key]
        value = self.tree[key]
        if value.__class__ is not YamlMap or value.get("extends") is None:
            self.done[key] = value
            return value
        if key in self.busy:
            message = f"`{key}`: `extends` leads back to itself"
            self.note("extends", message, value.marks["extends"])
            return value
        if depth > MOST_EXTENDS:
            self._too_deep(key)
            return value
        self.busy.add(key)
        self.done[key] = self._merged(key, value, value.marks["extends"], depth)
        self.busy.discard(key)
        below = [self.heights.get(name, 0) for name in extends_of(value)]
        self.heights[key] = 1 + max(below, default=0)
        return self.done[key]

    def _too_deep(self, key: Any) -> None:
        mark = self.tree[key].marks["extends"]
        message = f"`{key}`: `extends` is deeper than {MOST_EXTENDS} levels"
        self.note("extends", message, mark)

    def _merged(self, key: Any, value: YamlMap, mark: Mark, depth: int) -> YamlMap:
        made = YamlMap(value.mark)
        for name in extends_of(value):
            if name not in self.tree:
                if self.open_ended:
                    self.partial.add(key)
                else:
                    message = f"`{key}` extends `{name[:100]}`, which is not defined"
                    self.note("extends", message, mark)
                continue
            base = self.entry(name, depth + 1)
            if base.__class__ is not YamlMap:
                self.note("extends", f"`{key}` extends `{name}`, which is no mapping", mark)
                continue
            if name in self.partial:
                self.partial.add(key)
            if not self.budget.spend(base):
                self.note("size", "`extends` repeats more than can be examined", mark)
                return value
            made = merge(made, base)
        return merge(made, value)


class Resolver:
    """Replaces `!reference [job, key]` by the value that stands there."""

    def __init__(self, tree: YamlMap, open_ended: bool, note: Note, budget: Budget) -> None:
        self.tree = tree
        self.open_ended = open_ended
        self.note = note
        self.budget = budget
        self.done: dict[int, Any] = {}
        self.busy: set[int] = set()
        self.plain: dict[int, Any] = {}

    def run(self) -> YamlMap:
        """Return the tree without references."""
        found: YamlMap = self.value(self.tree, 0)
        return found

    def value(self, value: Any, depth: int) -> Any:
        """Return a value without references."""
        kind = value.__class__
        if kind is YamlMap:
            if len(value) == 1 and TAG in value:
                return self.reference(value, depth)
        elif kind is not YamlList:
            return value
        known = self.plain.get(id(value))
        if known is None:
            known = self._map(value, depth) if kind is YamlMap else self._list(value, depth)
            self.plain[id(value)] = known
        return known

    def _map(self, value: YamlMap, depth: int) -> YamlMap:
        made: YamlMap | None = None
        for key, item in value.items():
            if item.__class__ is YamlMap or item.__class__ is YamlList:
                new = self.value(item, depth)
                if new is not item:
                    if made is None:
                        made = YamlMap(value.mark)
                        made.update(value)
                        made.marks, made.key_marks = value.marks, value.key_marks
                    made[key] = new
        return value if made is None else made

    def _list(self, value: YamlList, depth: int) -> YamlList:
        items = [self.value(item, depth) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        made = YamlList(value.mark)
        made.extend(items)
        made.marks = value.marks
        return made

    def reference(self, tag: YamlMap, depth: int) -> Any:
        """Return what a reference stands for."""
        if id(tag) in self.done:
            return self.done[id(tag)]
        steps, mark = tag[TAG], tag.mark
        if not (isinstance(steps, list) and steps and all(isinstance(s, str) for s in steps)):
            self.note("reference", "`!reference` takes a list of names: [job, keyword]", mark)
            return UNSEEN
        said = ", ".join(steps)[:100]
        if id(tag) in self.busy or depth > MOST_REFERENCES:
            self.note("reference", f"`!reference [{said}]` is part of a circle", mark)
            return UNSEEN
        self.busy.add(id(tag))
        self.done[id(tag)] = found = self._found(steps, said, mark, depth)
        self.busy.discard(id(tag))
        return found

    def _found(self, steps: list[str], said: str, mark: Mark, depth: int) -> Any:
        value: Any = self.tree
        for step in steps:
            if value.__class__ is not YamlMap or is_reference(value) or step not in value:
                value = None
                break
            value = value[step]
        if value is None or value is False:
            if not (self.open_ended or value is False):
                self.note("reference", f"`!reference [{said}]` is not found", mark)
            return UNSEEN
        found = self.value(value, depth + 1)
        if not self.budget.spend(found):
            self.note("size", "`!reference` repeats more than can be examined", mark)
            return UNSEEN
        return found
