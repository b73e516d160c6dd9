"""Answer's files -> `CustomManifest`: read as the language `kubernetes` reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.custom_resources.pack import custom_kinds
from iac_gym.languages.kubernetes.kinds import default_version, served_kinds
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.languages.kubernetes.parse import parse as parse_manifest

_MOST_NODES = 10_000
_COLLECTIONS = (YamlMap, YamlList)


@cache
def _shared_kinds() -> frozenset[tuple[str, str]]:
    """Return the (apiVersion, kind) of the pack whose kind is built in, too."""
    built_in = {kind for _, kind in served_kinds(default_version())}
    return frozenset(found for found in custom_kinds() if found[1] in built_in)


def parse(files: Mapping[str, str], version: str = "") -> CustomManifest:
    """Read manifests (path -> text) as kubectl does. Raises `ParseError` at stage SYNTAX.

    A custom resource whose kind is built in, too, gets its group into its kind, so that it does
    not pass for the built-in one.
    """
    manifest = parse_manifest(files, version)
    shared = _shared_kinds()
    for item in manifest.objects:
        if (item.api_version, item.kind) in shared:
            item.__dict__["kind"] = f"{item.kind}.{item.api_version}"  # the kept property
    keys = manifest.keys if manifest.keys is not None else _keys(manifest.objects)
    return CustomManifest(manifest.objects, manifest.version, keys)


def _keys(objects: Iterable[KubeObject]) -> frozenset[Any] | None:
    """Return every key of some objects, None where there is too much to search.

    The rules are picked by them, twice where there are Argo's templates.
    """
    keys: set[Any] = set()
    nodes: list[Any] = [item.tree for item in objects]
    for node in nodes:  # grows as it is read
        if node.__class__ is YamlMap:
            keys.update(node)
            nodes += [item for item in node.values() if item.__class__ in _COLLECTIONS]
        else:
            nodes += [item for item in node if item.__class__ in _COLLECTIONS]
        if len(nodes) > _MOST_NODES:
            return None
    return frozenset(keys)
