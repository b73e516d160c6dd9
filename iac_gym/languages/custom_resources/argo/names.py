"""Names in workflows: given, well formed, and each of its own."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.kubernetes.model import KubeObject, Path

_FIELD = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")
_VALUE = re.compile(r"[-a-zA-Z0-9_]+")
_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LONGEST = 128


def without_tags(text: str) -> str:
    """Return a text in which `x` stands for each `{{tag}}`.

    What follows the last end of a tag is left out of the search, which stays linear by that.
    """
    end = text.rfind("}}") + 2
    return _TAG.sub("x", text[:end]) + text[end:] if end > 1 else text


def name_problem(name: str, *, value: bool = False) -> str:
    """Say what is wrong with the name of a template, task or step (or parameter), '' if nothing."""
    plain = without_tags(name)
    if value:
        return "" if _VALUE.fullmatch(plain) else "letters, digits, `_` and `-` only"
    if len(name) > _LONGEST:
        return f"at most {_LONGEST} characters"
    return "" if _FIELD.fullmatch(plain) else "letters, digits and `-`, and no `-` first"


def check_names(
    item: KubeObject, tree: Any, path: Path, notes: Notes, *, values: bool = False
) -> None:
    """Note names of a list that are missing, malformed or given twice."""
    seen: set[str] = set()
    for place, entry in enumerate(tree if isinstance(tree, list) else ()):
        if isinstance(entry, dict):
            check_name(item, entry.get("name"), (*path, place), seen, notes, value=values)


def check_name(
    item: KubeObject,
    name: Any,
    path: Path,
    seen: set[str],
    notes: Notes,
    *,
    value: bool = False,
) -> None:
    """Note what is wrong with one name; `seen` are those before it."""
    if name is None or name == "":
        notes.add("argo-names", item, "`name` is missing", *path)
        return
    if not isinstance(name, str):
        return
    if problem := name_problem(name, value=value):
        notes.add("argo-names", item, f"`{name[:60]}` is no valid name: {problem}", *path, "name")
    elif name in seen:
        notes.add("argo-names", item, f"the name `{name[:60]}` is given twice", *path, "name")
    seen.add(name)
