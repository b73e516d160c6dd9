"""Rewritings of a manifest that mean the same to the API server, for the contract's tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import KUBERNETES, dump, load_all


def _plain(value: Any, *, backwards: bool = False) -> Any:
    """Copy a tree into plain dicts and lists, with the keys in the same or the opposite order."""
    if isinstance(value, dict):
        items = reversed(value.items()) if backwards else value.items()
        return {key: _plain(item, backwards=backwards) for key, item in items}
    if isinstance(value, list):
        return [_plain(item, backwards=backwards) for item in value]
    return value


def _shared(value: Any, seen: dict[str, Any]) -> Any:
    """Let equal mappings and sequences be one object, so that the emitter writes aliases."""
    if isinstance(value, dict):
        value = {key: _shared(item, seen) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_shared(item, seen) for item in value]
    else:
        return value
    return seen.setdefault(json.dumps(value, sort_keys=True), value)


def _emitted(objects: list[Any], **options: Any) -> str:
    return str(yaml.safe_dump_all(objects, sort_keys=False, explicit_start=True, **options))


def _anchored(objects: list[Any]) -> str:
    # Aliases are local to a document.
    return _emitted([_shared(each, {}) for each in objects])


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings that the API server reads the same."""
    for path, text in files.items():
        objects = [_plain(document.value) for document in load_all(text, KUBERNETES)]
        listed = {"apiVersion": "v1", "kind": "List", "items": objects}
        changed = {
            "keys in the opposite order": dump([_plain(each, backwards=True) for each in objects]),
            "objects in the opposite order": dump(objects[::-1]),
            "flow style": _emitted(objects, default_flow_style=True, width=10_000),
            "another emitter": _emitted(objects, indent=4, width=60),
            "anchors and aliases": _anchored(objects),
            "escaped text": _emitted(objects, allow_unicode=False, canonical=False),
            "a List": dump([listed]),
            "JSON": json.dumps(listed if len(objects) > 1 else objects[0], indent=1),
            "carriage returns": text.replace("\n", "\r\n"),
            "comments around it": f"# before\n---\n# first\n{text}# after\n---\n",
            "document end markers": "".join(f"---\n{dump([each])}...\n" for each in objects),
        }
        for what, rewritten in changed.items():
            yield what, {**files, path: rewritten}
