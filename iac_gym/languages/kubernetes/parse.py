"""Answer's files -> `Manifest`: YAML and JSON, several documents, `List` objects unfolded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import KUBERNETES, Document, YamlError, YamlList, YamlMap, load_all
from iac_gym.languages.kubernetes.kinds import custom_kinds, default_version, served_kinds
from iac_gym.languages.kubernetes.model import KubeObject, Manifest
from iac_gym.verdict import Finding

#: Most objects of one answer, and how deep lists may stand in lists.
MOST_OBJECTS = 500
_MOST_NESTED = 5

_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def parse(files: Mapping[str, str], version: str = "") -> Manifest:
    """Read manifests (path -> text) as kubectl does. Raises `ParseError` at stage SYNTAX.

    `version` is the Kubernetes version by whose schemas they will be judged, "" for the newest.
    """
    objects: list[KubeObject] = []
    keys: set[Any] | None = set() if len(files) == 1 else None
    for path, text in files.items():
        for document in _documents(path, text):
            found = list(_unfold(document.value, path, 0))
            objects += found
            as_written = found and found[0].tree is document.value
            if keys is not None and as_written and document.keys is not None:
                keys |= document.keys
            else:
                keys = None
            if len(objects) > MOST_OBJECTS:
                raise ParseError(Finding(f"there are more than {MOST_OBJECTS} objects", path))
    if not objects:
        raise ParseError(
            Finding("there is no Kubernetes object", next(iter(files), ""), hint="write a manifest")
        )
    _set_apart(objects)
    return Manifest(tuple(objects), version, None if keys is None else frozenset(keys))


def _set_apart(objects: list[KubeObject]) -> None:
    """Let no object of a CustomResourceDefinition of the answer pass for a built-in kind.

    A group of one's own may well have a kind called Deployment, but it runs no pods: such objects
    get the name of their group into their kind.
    """
    own = custom_kinds(item.tree for item in objects)
    if not own:
        return
    built_in = {kind for _, kind in served_kinds(default_version())}
    for item in objects:
        if (item.api_version, item.kind) in own and item.kind in built_in:
            item.__dict__["kind"] = f"{item.kind}.{item.api_version}"  # the kept property


def _documents(path: str, text: str) -> Iterator[Document]:
    """Yield every document that is not empty: each is a mapping."""
    if text.lstrip("\ufeff \t\r\n")[:1] == "{":
        text = _as_yaml(text)
    try:
        documents = load_all(text, KUBERNETES)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    for document in documents:
        if not isinstance(document.value, YamlMap):
            found = "a list" if isinstance(document.value, YamlList) else "a single value"
            raise ParseError(
                Finding(
                    f"this document is {found}, not a mapping",
                    path,
                    *document.mark,
                    "an object starts with `apiVersion:` and `kind:`",
                )
            )
        yield document


def _unfold(tree: YamlMap, path: str, depth: int) -> Iterator[KubeObject]:
    """Yield the object, or the items of a `List` (a typed one too: `DeploymentList`)."""
    kind, items = tree.get("kind"), tree.get("items")
    if not (isinstance(kind, str) and kind.endswith("List") and isinstance(items, YamlList)):
        yield KubeObject(tree, path)
        return
    if depth >= _MOST_NESTED:
        raise ParseError(Finding("lists stand in lists too deeply", path, *tree.mark))
    for place, item in enumerate(items):
        if not isinstance(item, YamlMap):
            raise ParseError(
                Finding("an item of this list is not an object", path, *items.marks[place])
            )
        if kind != "List":
            _complete(item, tree, kind)
        yield from _unfold(item, path, depth + 1)


def _complete(item: YamlMap, parent: YamlMap, kind: str) -> None:
    """Give an item of a typed list the kind and version that the list implies."""
    implied: dict[str, Any] = {"apiVersion": parent.get("apiVersion"), "kind": kind[: -len("List")]}
    for key, value in implied.items():
        if key not in item and value is not None:
            item[key] = value
            item.marks[key] = item.key_marks[key] = item.mark


def _as_yaml(text: str) -> str:
    """Make a stream of JSON objects readable as YAML; lines stay what they are where possible."""
    text = _PAIR.sub(_join_pair, text)
    starts, depth = [], 0
    for found in _JSON_PART.finditer(text):
        mark = found[0]
        if mark in "{[":
            if depth == 0:
                starts.append(found.start())
            depth += 1
        elif mark in "}]":
            depth -= 1
    if len(starts) < 2:
        return text
    parts = [text[a:b] for a, b in zip([0, *starts[1:]], [*starts[1:], None], strict=True)]
    return "".join(_separated(part) for part in parts[:-1]) + parts[-1]


def _separated(part: str) -> str:
    """End a JSON document with `---` where the next begins, on its line if it has one."""
    body = part.rstrip(" \t\r\n")
    gap = part[len(body) :]
    if body.endswith("\n---") or body == "---":
        return part
    return f"{body}{gap[: gap.rfind(chr(10)) + 1] or chr(10)}--- "


def _join_pair(found: re.Match[str]) -> str:
    high, low = int(found[0][2:6], 16), int(found[0][8:12], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
