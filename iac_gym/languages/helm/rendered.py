"""Rendered text -> Kubernetes objects that know which line of which template wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from iac_gym.formats.yaml import Document, YamlError, YamlList, YamlMap
from iac_gym.languages.helm.metadata import scalar_text
from iac_gym.languages.helm.reading import documents_of
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding

#: Line of the rendered text -> (file of the answer, its line).
Source = Callable[[int], tuple[str, int]]

#: Most objects of one rendering.
MOST_OBJECTS = 500
_MOST_NESTED = 5

#: A document whose first line is indented: Helm cuts the indentation off that line alone.
_INDENTED = re.compile(r"(?:\A|^---[ \t]*$)\s*^[ \t]+\S", re.MULTILINE)
_INDENT = re.compile(r"(\A|^---[ \t]*\n)((?:[ \t]*\n)*)[ \t]+(?=\S)", re.MULTILINE)

HOOK = "helm.sh/hook"
HOOK_EVENTS = frozenset(
    """pre-install post-install pre-delete post-delete pre-upgrade post-upgrade pre-rollback
    post-rollback test test-success""".split()
)


@dataclass(frozen=True)
class RenderedObject(KubeObject):
    """An object of a rendering. Its findings stand where the template wrote the text.

    `file` is the template with the word "(rendered)" behind it, as its marks count the lines of
    the rendered text; `template` is the path of the template itself.
    """

    template: str = ""
    source: Source | None = None
    #: The keys of all its mappings, where the reader has noted them.
    keys: set[Any] | None = None

    def finding(self, message: str, *path: str | int, hint: str = "") -> Finding:
        """Make a finding at the template's line that wrote the deepest step of the path."""
        return placed(super().finding(message, *path, hint=hint), self.source)

    @property
    def annotations(self) -> dict[Any, Any]:
        """`metadata.annotations`, empty if it is no mapping."""
        found = self.get("metadata", "annotations")
        return found if isinstance(found, dict) else {}

    @property
    def hook_events(self) -> tuple[str, ...]:
        """When Helm runs the object as a hook; empty for one that it installs."""
        said = scalar_text(self.annotations.get(HOOK)) if HOOK in self.annotations else None
        return tuple(part.strip().lower() for part in said.split(",")) if said is not None else ()

    @property
    def is_hook(self) -> bool:
        """Whether the object is a hook: no part of the release's manifest."""
        return bool(self.hook_events)

    @property
    def is_dropped(self) -> bool:
        """Whether Helm drops the object, since it names an event that Helm does not know."""
        return any(event not in HOOK_EVENTS for event in self.hook_events)


def placed(finding: Finding, source: Source | None) -> Finding:
    """Move a finding from the rendered text to the template."""
    if source is None or not finding.line:
        return finding
    path, line = source(finding.line)
    return replace(finding, file=path, line=line, column=0)


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Document, ...] | YamlError:
    """Read the documents of a rendered text; the same text is rendered again and again."""
    if _INDENTED.search(text):
        text = _INDENT.sub(r"\1\2", text)
    try:
        return tuple(documents_of(text))
    except YamlError as error:
        return error


def objects_of(text: str, template: str, source: Source) -> Iterator[RenderedObject | Finding]:
    """Yield the objects of a rendered text, and findings where it is not what Helm can read."""
    documents = _read(text)
    if isinstance(documents, YamlError):
        finding = Finding(documents.message, template, documents.line, 0, documents.hint)
        yield placed(finding, source) if documents.line else replace(finding, line=1)
        return
    for document in documents:
        value = document.value
        wrong = _wrong_head(value)
        if wrong:
            yield placed(Finding(wrong, template, document.mark[0]), source)
        elif isinstance(value, YamlMap):
            yield from _unfolded(value, template, source, document.keys)


def _unfolded(
    tree: YamlMap, template: str, source: Source, keys: set[Any] | None, depth: int = 0
) -> Iterator[RenderedObject | Finding]:
    """Yield the object, or the items of a `List`, whose keys are not known one by one."""
    kind, items = tree.get("kind"), tree.get("items")
    if (
        isinstance(kind, str)
        and kind.endswith("List")
        and isinstance(items, YamlList)
        and depth < _MOST_NESTED
    ):
        for place, item in enumerate(items):
            if isinstance(item, YamlMap):
                yield from _unfolded(item, template, source, None, depth + 1)
            else:
                message = "an item of this list is not an object"
                yield placed(Finding(message, template, items.marks[place][0]), source)
        return
    yield RenderedObject(tree, f"{template} (rendered)", template, source, keys)


def _wrong_head(value: Any) -> str:
    """Say why Helm cannot decode the head of a document (kind, name, annotations), or ''."""
    if not isinstance(value, dict):
        found = "a list" if isinstance(value, list) else "a single value"
        return f"a rendered document is {found}, not a mapping"
    for name in ("apiVersion", "kind"):
        if scalar_text(value.get(name)) is None:
            return f"`{name}` of a rendered document is not text"
    meta = value.get("metadata")
    if meta is None:
        return ""
    if not isinstance(meta, dict):
        return "`metadata` of a rendered document is not a mapping"
    if scalar_text(meta.get("name")) is None:
        return "`metadata.name` of a rendered document is not text"
    annotations = meta.get("annotations")
    if annotations is not None and not isinstance(annotations, dict):
        return "`metadata.annotations` of a rendered document is not a mapping"
    for key, said in (annotations or {}).items():
        if scalar_text(said) is None:
            return f"the annotation `{key}` of a rendered document is not text"
    return ""
