"""Answer's files -> `CustomManifest`: read as the language `kubernetes` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.custom_resources.pack import custom_kinds
from iac_gym.languages.kubernetes.kinds import default_version, served_kinds
from iac_gym.languages.kubernetes.parse import parse as parse_manifest


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
    return CustomManifest(manifest.objects, manifest.version, manifest.keys)
