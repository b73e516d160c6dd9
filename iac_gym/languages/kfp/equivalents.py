"""Rewritings of a pipeline spec that mean the same to Kubeflow, for the contract's tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import COMPOSE, dump, load_all
from iac_gym.languages.kfp.model import snake

#: Mappings whose keys are names of the author, not of fields.
_NAMED = frozenset(
    """components tasks parameters artifacts executors constant defaultValue metadata platforms
    labels""".split()
)


def _plain(value: Any, *, backwards: bool = False) -> Any:
    if isinstance(value, dict):
        items = reversed(value.items()) if backwards else value.items()
        return {key: _plain(item, backwards=backwards) for key, item in items}
    return (
        [_plain(item, backwards=backwards) for item in value] if isinstance(value, list) else value
    )


def _snake(value: Any, named: bool = False) -> Any:
    """Write the names of fields as the proto does; the deployment spec keeps its own."""
    if isinstance(value, list):
        return [_snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, item in value.items():
        inner = item if key in ("constant", "defaultValue") else _snake(item, key in _NAMED)
        made[key if named else snake(key)] = inner
    return made


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings that Kubeflow reads the same."""
    for path, text in files.items():
        trees = [_plain(one.value) for one in load_all(text, COMPOSE) if one.value is not None]
        emit = [yaml.safe_dump(tree, sort_keys=False, explicit_start=True) for tree in trees]
        flow = [
            yaml.safe_dump(tree, default_flow_style=True, explicit_start=True) for tree in trees
        ]
        changed = {
            "keys in the opposite order": dump([_plain(tree, backwards=True) for tree in trees]),
            "another emitter": "".join(emit),
            "flow style": "".join(flow),
            "the proto's names of fields": dump([_snake(tree) for tree in trees]),
            "carriage returns": text.replace("\n", "\r\n"),
            "comments": f"# PIPELINE DEFINITION\n# Name: x\n{text}# end\n",
        }
        if len(trees) == 1:
            changed["JSON"] = json.dumps(trees[0], indent=1)
        for what, rewritten in changed.items():
            yield what, {**files, path: rewritten}
