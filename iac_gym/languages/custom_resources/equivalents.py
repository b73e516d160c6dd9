"""Rewritings of a manifest that mean the same, for the contract's tests.

Those of the language `kubernetes` hold for custom resources, too; Argo's templates and DAG tasks
may stand in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.formats.yaml import KUBERNETES, dump, load_all
from iac_gym.languages.kubernetes.equivalents import equivalents as of_manifests

#: Lists whose order says nothing to Argo: (holder, key).
_UNORDERED = (("spec", "templates"), ("workflowSpec", "templates"), ("dag", "tasks"))


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings that mean the same to the API server."""
    yield from of_manifests(files)
    for path, text in files.items():
        objects = [_reordered(document.value, "") for document in load_all(text, KUBERNETES)]
        yield "templates and tasks in the opposite order", {**files, path: dump(objects)}


def _reordered(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return [_reordered(item, key) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _reordered(item, str(name)) for name, item in value.items()}
    for holder, name in _UNORDERED:
        if key == holder and isinstance(found.get(name), list) and _of_argo(found):
            found[name] = found[name][::-1]
    return found


def _of_argo(holder: dict[Any, Any]) -> bool:
    return "entrypoint" in holder or "tasks" in holder
