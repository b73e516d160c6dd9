"""Rewritings of an MLflow project that mean the same, for the contract's tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import dump, load
from iac_gym.languages.mlflow.parse import MLFLOW


def _plain(value: Any, *, backwards: bool = False) -> Any:
    if isinstance(value, dict):
        items = reversed(value.items()) if backwards else value.items()
        return {key: _plain(item, backwards=backwards) for key, item in items}
    return (
        [_plain(item, backwards=backwards) for item in value] if isinstance(value, list) else value
    )


def _long(tree: Any) -> Any:
    """Write every parameter of an MLproject file in its long form."""
    for point in (tree.get("entry_points") or {}).values() if isinstance(tree, dict) else ():
        for name, given in (point.get("parameters") or {}).items():
            if isinstance(given, str):
                point["parameters"][name] = {"type": given}
    return tree


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings that MLflow reads the same."""
    for path, text in files.items():
        tree = _plain(load(text, MLFLOW).value)
        changed = {
            "keys in the opposite order": dump([_plain(tree, backwards=True)]),
            "another emitter": yaml.safe_dump(tree, sort_keys=False, indent=4),
            "flow style": yaml.safe_dump(tree, default_flow_style=True),
            "JSON": json.dumps(tree, indent=1),
            "parameters in the long form": dump([_long(_plain(tree))]),
            "comments": f"# before\n---\n{text}# after\n",
        }
        for what, rewritten in changed.items():
            yield what, {**files, path: rewritten}
