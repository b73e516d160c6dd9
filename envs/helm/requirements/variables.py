"""How requirements read the environment of a container, and the Secrets that it comes from."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

from envs.helm.requirements.reading import below, first, maps
from iac_gym.languages.helm import Rendering
from iac_gym.languages.kubernetes.model import KubeObject, as_text


def secret_text(item: KubeObject, key: str) -> str | None:
    """Return what a Secret holds under a key, None where it is not there."""
    plain = below(item.tree, "stringData").get(key)
    if isinstance(plain, str):
        return plain
    coded = below(item.tree, "data").get(key)
    try:
        return b64decode(as_text(coded)).decode() if isinstance(coded, str) else None
    except (binascii.Error, ValueError):
        return None


def environment(found: Rendering, item: KubeObject) -> dict[str, Any]:
    """Return the variables of the first container, those of ConfigMaps and Secrets filled in."""
    made: dict[str, Any] = {}
    container = first(item)
    for source in maps(container.get("envFrom")):
        for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            held = _held(found, kind, below(source, key).get("name"))
            made |= {f"{as_text(source.get('prefix'))}{name}": one for name, one in held.items()}
    for one in maps(container.get("env")):
        source = below(one, "valueFrom", "configMapKeyRef")
        held = _held(found, "ConfigMap", source.get("name")) if source else {}
        name = str(one.get("name"))
        made[name] = held.get(str(source.get("key"))) if source else one.get("value")
    return made


def _held(found: Rendering, kind: str, name: Any) -> dict[str, Any]:
    for item in found.manifest.of_kind(kind):
        if name and item.name == name:
            keys = [str(key) for part in ("data", "stringData") for key in below(item.tree, part)]
            if kind == "Secret":
                return {key: secret_text(item, key) for key in keys}
            return {key: item.get("data", key) for key in keys}
    return {}


def secret_key(item: KubeObject, variable: str) -> tuple[Any, Any]:
    """Return (Secret, key) from which a variable of the first container comes."""
    found = [one for one in maps(first(item).get("env")) if one.get("name") == variable]
    source = below(found[-1], "valueFrom", "secretKeyRef") if found else {}
    return source.get("name"), source.get("key")
