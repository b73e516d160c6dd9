"""What changes between two renderings of a chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iac_gym.languages.helm.rendered import RenderedObject

if TYPE_CHECKING:
    from iac_gym.languages.helm.model import Rendering

#: Most changes that are told.
MOST_CHANGES = 500

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A value of an object that differs; None stands for "not there" on either side."""

    object: RenderedObject
    path: Path
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Effect:
    """What another value changes. `before` and `after` are the renderings themselves."""

    before: Rendering
    after: Rendering
    changes: tuple[Change, ...]
    added: tuple[RenderedObject, ...]
    removed: tuple[RenderedObject, ...]
    notes: bool

    @property
    def changed(self) -> bool:
        """Whether any object differs; a rendering that fails shows nothing."""
        return bool(self.changes or self.added or self.removed)

    def of_kind(self, *kinds: str) -> tuple[Change, ...]:
        """Return the changes in objects of some kinds."""
        return tuple(one for one in self.changes if one.object.kind in kinds)


def compare(before: Rendering, after: Rendering) -> Effect:
    """Compare the objects of two renderings, hooks too; none where either fails."""
    notes = before.notes != after.notes
    if before is after or before.error or after.error:
        return Effect(before, after, (), (), (), notes and not (before.error or after.error))
    olds, news = _by_identity(before), _by_identity(after)
    changes: list[Change] = []
    for key, item in news.items():
        old = olds.get(key)
        if old is None or old.tree is item.tree:
            continue
        for path, one, two in _differences(old.tree, item.tree, ()):
            if len(changes) < MOST_CHANGES:
                changes.append(Change(item, path, one, two))
    added = tuple(item for key, item in news.items() if key not in olds)
    removed = tuple(item for key, item in olds.items() if key not in news)
    return Effect(before, after, tuple(changes), added, removed, notes)


def _by_identity(rendering: Rendering) -> dict[tuple[str, ...], RenderedObject]:
    found: dict[tuple[str, ...], RenderedObject] = {}
    for item in (*rendering.manifest.objects, *rendering.hooks.objects):
        if isinstance(item, RenderedObject):
            group = item.api_version.rpartition("/")[0]
            found.setdefault((group, item.kind, item.namespace, item.name), item)
    return found


def _differences(one: Any, two: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    """Yield (path, before, after) of the values that differ, as deep as both sides go."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in {**one, **two}:
            if key not in one or key not in two:
                yield (*path, key), one.get(key), two.get(key)
            else:
                yield from _differences(one[key], two[key], (*path, key))
    elif isinstance(one, list) and isinstance(two, list):
        for place in range(max(len(one), len(two))):
            if place >= len(one) or place >= len(two):
                before = one[place] if place < len(one) else None
                yield (*path, place), before, two[place] if place < len(two) else None
            else:
                yield from _differences(one[place], two[place], (*path, place))
    elif not _same(one, two):
        yield path, one, two


def _same(one: Any, two: Any) -> bool:
    return isinstance(one, bool) == isinstance(two, bool) and bool(one == two)


def other_values(value: Any) -> Iterator[Any]:
    """Yield other values that a template may well put in the same place, likely ones first."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
    elif isinstance(value, str):
        yield from _other_texts(value)
    elif isinstance(value, dict):
        yield {**value, "changed": "changed"}
    elif isinstance(value, list):
        yield [*value, *([value[-1]] if value else ["changed"])]
        yield [] if value else [{"name": "changed", "value": "changed", "key": "changed"}]
    else:
        yield from ("changed", {"changed": "changed"}, ["changed"], 7, True)


def _other_texts(text: str) -> Iterator[str]:
    """Keep what a text looks like: a number stays one."""
    if text.isdecimal() and text.isascii():
        yield str(int(text[:18]) + 1)
    else:
        yield f"{text}-changed" if text else "changed"
