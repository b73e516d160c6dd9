"""YAML with positions, from PyYAML's C events: one loader, one scalar table per dialect.

`load_all` gives the documents of a text. Every mapping knows where its keys and values stand.
Duplicate keys, recursive aliases, complex keys and oversized input are refused with a `YamlError`;
no text raises anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml._yaml import CParser

from iac_gym.formats.yaml_dump import dump
from iac_gym.formats.yaml_errors import YamlError, explain, unreadable
from iac_gym.formats.yaml_lines import read_lines
from iac_gym.formats.yaml_scalars import (
    COMPOSE,
    CORE_TAG,
    KUBERNETES,
    YAML_12,
    Dialect,
    ScalarError,
)
from iac_gym.formats.yaml_tree import Document, Mark, YamlList, YamlMap, find

__all__ = [
    "COMPOSE",
    "KUBERNETES",
    "YAML_12",
    "Dialect",
    "Document",
    "Limits",
    "Mark",
    "YamlError",
    "YamlList",
    "YamlMap",
    "dump",
    "find",
    "load",
    "load_all",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much YAML is read: `nodes` counts what aliases stand for, `directives` lines with %."""

    characters: int = 1 << 18
    depth: int = 200
    nodes: int = 50_000
    documents: int = 1_000
    directives: int = 20


LIMITS = Limits()


def load_all(text: str, dialect: Dialect = KUBERNETES, limits: Limits = LIMITS) -> list[Document]:
    """Read every document that is not empty (or null). Raises `YamlError`."""
    if limits is LIMITS and (documents := read_lines(text, dialect)) is not None:
        return documents
    return read_events(text, dialect, limits)


def read_events(text: str, dialect: Dialect, limits: Limits) -> list[Document]:
    """Read every document from libyaml's events, the measure of `read_lines`."""
    if len(text) > limits.characters:
        raise YamlError(
            f"the text has {len(text)} characters; at most {limits.characters} are read"
        )
    if text.startswith("%") or "\n%" in text:
        _count_directives(text, limits.directives)
    try:
        return _Builder(text, dialect, limits).documents()
    except yaml.MarkedYAMLError as error:
        raise explain(error) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise unreadable(text) from None


def load(text: str, dialect: Dialect = KUBERNETES, limits: Limits = LIMITS) -> Document:
    """Read the only document of a text; an empty text gives the value None."""
    documents = load_all(text, dialect, limits)
    if len(documents) > 1:
        line, column = documents[1].mark
        raise YamlError("there is a second document; only one is allowed here", line, column)
    return documents[0] if documents else Document(None, (1, 1))


# --- building the trees --------------------------------------------------------------------------

_NO_KEY: Any = object()
_MERGE: Any = object()
#: As yq writes the key of a merge.
_MERGE_TAG = "tag:yaml.org,2002:merge"
_UNSEEN: Any = object()


class _Frame:
    """A mapping or sequence that is being filled."""

    __slots__ = (
        "anchor", "into", "key", "key_mark", "merged", "started", "tallest", "value", "whole",
    )  # fmt: skip

    def __init__(
        self, value: Any, whole: Any, into: bool, anchor: str | None, started: int
    ) -> None:
        self.value = value
        self.whole = whole  # what its parent holds: the value, or a mapping that wraps it
        self.into = into  # whether its parent merges it (`<<`) rather than holding it
        self.anchor = anchor
        self.started = started  # the node count before it, for the size of an alias to it
        self.key: Any = _NO_KEY
        self.key_mark: Mark
        self.merged: dict[Any, bool] | None = None  # keys that came from a merge alone
        self.tallest = 0  # height of its tallest child


@dataclass(slots=True)
class _Anchor:
    """What an anchor names; `nodes` is 0 while the node is still open."""

    value: Any
    nodes: int = 0
    height: int = 0


class _Builder:
    """Turns the events of one text into trees."""

    def __init__(self, text: str, dialect: Dialect, limits: Limits) -> None:
        self.events = CParser(text)
        self.dialect = dialect
        self.seen = dialect.seen
        self.limits = limits
        self.nodes = 0
        self.stack: list[_Frame] = []
        self.top: _Frame | None = None  # the last of the stack
        self.anchors: dict[str, _Anchor] = {}
        self.found: list[Document] = []
        self.root: Any = None
        self.root_mark: Mark = (1, 1)

    def documents(self) -> list[Document]:
        handlers = _HANDLERS
        next_event = self.events.get_event
        while (event := next_event()) is not None:
            if (handler := handlers[event.__class__]) is not None:
                handler(self, event)
        return self.found

    def document_start(self, event: Any) -> None:
        self.anchors = {}
        self.root = None

    def document_end(self, event: Any) -> None:
        self.count(0, self.root_mark)
        if self.root is not None:
            if len(self.found) >= self.limits.documents:
                line, column = self.root_mark
                raise YamlError(
                    f"there are more than {self.limits.documents} documents", line, column
                )
            self.found.append(Document(self.root, self.root_mark))

    def scalar(self, event: Any) -> None:
        text = event.value
        start = event.start_mark
        mark = (start.line + 1, start.column + 1)
        if event.tag is not None or event.anchor is not None:
            value = self._marked(event, mark)
        elif not event.implicit[0]:
            value = text
        elif (value := self.seen.get(text, _UNSEEN)) is _UNSEEN:
            value = self._plain(text, mark)
        self.nodes += 1
        frame = self.top
        if frame is None or value is _MERGE or frame.key is _MERGE:
            self.attach(value, mark)
            return
        into = frame.value
        if into.__class__ is YamlList:
            into.append(value)
            into.marks.append(mark)
        elif (key := frame.key) is not _NO_KEY:
            into[key] = value
            into.marks[key] = mark
            into.key_marks[key] = frame.key_mark
            frame.key = _NO_KEY
        elif value.__class__ is str and value not in into:
            frame.key = value
            frame.key_mark = mark
        else:
            self.attach(value, mark)

    def _plain(self, text: str, mark: Mark) -> Any:
        if text == "<<" and self._at_key() and self.dialect.merge != "no":
            return _MERGE
        try:
            return self.dialect.plain(text)
        except ScalarError as error:
            raise YamlError(str(error), *mark, error.hint) from None

    def _marked(self, event: Any, mark: Mark) -> Any:
        """Return the value of a scalar that has a tag, an anchor or both."""
        value = text = event.value
        if event.tag in self.dialect.wraps:
            if self._at_key():
                raise _complex_key(mark)
            value = _wrap(self.dialect.wraps[event.tag], text, mark)
            self.count(1, mark)
            self.deepen(1, mark)
        elif event.tag == _MERGE_TAG:
            value = self._plain(text, mark)
        elif event.tag is not None:
            try:
                value = text if event.tag == "!" else self.dialect.tagged(event.tag, text)
            except ScalarError as error:
                raise YamlError(str(error), *mark, error.hint) from None
        elif event.implicit[0]:
            value = self._plain(text, mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(value, 1, int(value.__class__ is YamlMap))
        return value

    def alias(self, event: Any) -> None:
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        anchor = self.anchors.get(event.anchor)
        if anchor is None:
            raise YamlError(
                f"the alias `*{event.anchor}` has no anchor before it",
                *mark,
                f"define it with `&{event.anchor}`, or quote the text if `*` is meant literally",
            )
        if not anchor.nodes:
            raise YamlError(f"`*{event.anchor}` stands inside the value it names", *mark)
        self.count(anchor.nodes, mark)
        if anchor.height:
            self.deepen(anchor.height, mark)
        if self._at_key() and isinstance(anchor.value, (YamlMap, YamlList)):
            raise _complex_key(mark)
        self.attach(anchor.value, mark)

    def open_map(self, event: Any) -> None:
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        self.open(YamlMap(mark), event, mark)

    def open_list(self, event: Any) -> None:
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        self.open(YamlList(mark), event, mark)

    def open(self, value: Any, event: Any, mark: Mark) -> None:
        wrapped = self.dialect.wraps.get(event.tag) if event.tag is not None else None
        if event.tag is not None and not (
            wrapped or self.dialect.loose_tags or event.tag == "!" or event.tag.startswith(CORE_TAG)
        ):
            raise YamlError(f"the tag `{event.tag[:60]}` is not known here", *mark)
        if self._at_key():
            raise _complex_key(mark)
        if len(self.stack) >= self.limits.depth:
            raise YamlError(f"the nesting is deeper than {self.limits.depth} levels", *mark)
        into = self.top is not None and self.top.key is _MERGE
        whole = value if wrapped is None else _wrap(wrapped, value, mark)
        frame = _Frame(value, whole, into, event.anchor, self.nodes)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(whole)
        self.count(1 if wrapped is None else 2, mark)
        if not into:
            self.attach(whole, mark)
        self.stack.append(frame)
        self.top = frame

    def close(self, event: Any) -> None:
        frame = self.stack.pop()
        self.top = self.stack[-1] if self.stack else None
        height = frame.tallest + (1 if frame.whole is frame.value else 2)
        if frame.anchor is not None:
            named = self.anchors.get(frame.anchor)
            if named is not None and named.value is frame.whole:
                named.nodes = self.nodes - frame.started
                named.height = height
        if self.stack:
            parent = self.stack[-1]
            parent.tallest = max(parent.tallest, height)
            if frame.into:
                self.attach(frame.whole, frame.whole.mark)

    def count(self, nodes: int, mark: Mark) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise YamlError(
                f"there are more than {self.limits.nodes} values, counting what aliases repeat",
                *mark,
            )

    def deepen(self, height: int, mark: Mark) -> None:
        if len(self.stack) + height > self.limits.depth:
            raise YamlError(f"the nesting is deeper than {self.limits.depth} levels", *mark)
        if self.top is not None and height > self.top.tallest:
            self.top.tallest = height

    def _at_key(self) -> bool:
        """Whether the next node is a key of a mapping."""
        frame = self.top
        return frame is not None and frame.key is _NO_KEY and frame.value.__class__ is YamlMap

    def attach(self, value: Any, mark: Mark) -> None:
        """Put a finished or opened node where it belongs: root, item, key or value."""
        frame = self.top
        if frame is None:
            self.root, self.root_mark = value, mark
            return
        into = frame.value
        if into.__class__ is YamlList:
            into.append(value)
            into.marks.append(mark)
        elif frame.key is _NO_KEY:
            if value.__class__ is not str and value is not _MERGE:
                value = self._key(value, mark)
            if value in into:
                self._again(frame, value, mark)
            frame.key = value
            frame.key_mark = mark
        elif frame.key is _MERGE:
            frame.key = _NO_KEY
            self._merge(frame, value, mark)
        else:
            key = frame.key
            into[key] = value
            into.marks[key] = mark
            into.key_marks[key] = frame.key_mark
            frame.key = _NO_KEY

    def _key(self, value: Any, mark: Mark) -> Any:
        try:
            return self.dialect.key(value)
        except ScalarError as error:
            raise YamlError(str(error), *mark, error.hint) from None

    def _again(self, frame: _Frame, key: Any, mark: Mark) -> None:
        """Refuse a key that the mapping has, unless a merge brought it or the dialect allows it."""
        if self.dialect.repeats:
            return
        if frame.merged is None or not frame.merged.pop(key, False):
            line = frame.value.key_marks[key][0]
            raise YamlError(
                f"the key `{str(key)[:60]}` is given twice",
                *mark,
                f"it is already on line {line}; keep one of them",
            )

    def _merge(self, frame: _Frame, value: Any, mark: Mark) -> None:
        sources = value if isinstance(value, YamlList) else [value]
        if not all(isinstance(source, YamlMap) for source in sources):
            raise YamlError("`<<` takes a mapping or a list of mappings", *mark)
        if frame.merged is None:
            frame.merged = {}
        into = frame.value
        last = self.dialect.merge == "last"
        for source in reversed(sources):  # the earlier mapping of a list wins
            self.count(len(source), mark)
            for key in source:
                if key in into and not last and key not in frame.merged:
                    continue
                if key not in into:
                    frame.merged[key] = True
                into[key] = source[key]
                into.marks[key] = source.marks[key]
                into.key_marks[key] = source.key_marks[key]


_HANDLERS: dict[type, Callable[[_Builder, Any], None] | None] = {
    yaml.StreamStartEvent: None,
    yaml.StreamEndEvent: None,
    yaml.DocumentStartEvent: _Builder.document_start,
    yaml.DocumentEndEvent: _Builder.document_end,
    yaml.ScalarEvent: _Builder.scalar,
    yaml.AliasEvent: _Builder.alias,
    yaml.MappingStartEvent: _Builder.open_map,
    yaml.SequenceStartEvent: _Builder.open_list,
    yaml.MappingEndEvent: _Builder.close,
    yaml.SequenceEndEvent: _Builder.close,
}


def _wrap(key: str, value: Any, mark: Mark) -> YamlMap:
    """Return the mapping that a tagged value stands for."""
    made = YamlMap(mark)
    made[key] = value
    made.marks[key] = made.key_marks[key] = mark
    return made


def _complex_key(mark: Mark) -> YamlError:
    return YamlError(
        "a mapping or list is used as a key",
        *mark,
        "quote the key; `{{ ... }}` without quotes is a mapping too",
    )


def _count_directives(text: str, most: int) -> None:
    if len(re.findall(r"^%", text, re.MULTILINE)) > most:
        raise YamlError(f"there are more than {most} directives (lines that start with %)")
