"""Rules about ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.views import of_kind
from iac_gym.languages.kubernetes.selection import needs
from iac_gym.verdict import Finding, Stage

#: Most bytes in the values of a ConfigMap or Secret.
_MOST_BYTES = 1024 * 1024
_PARTS = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}
#: Keys that each built-in type of Secret must have.
_KEYS_OF_TYPE = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_ACCOUNT = "kubernetes.io/service-account.name"


def keys_of(item: KubeObject) -> set[str]:
    """Return the keys of a ConfigMap or Secret."""
    parts = (as_map(item.get(part)) for part in _PARTS.get(item.kind, ()))
    return {key for part in parts for key in part if isinstance(key, str)}


@needs("ConfigMap|Secret")
@rule(Stage.SEMANTICS)
def data_keys(manifest: Manifest) -> Iterator[Finding]:
    """Keys of ConfigMaps and Secrets consist of letters, digits, `-`, `_` and `.`.

    All values of one object together have at most 1 MiB.

    Source: https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {"log level": debug}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {log.level: debug, LOG_FORMAT: json}
    """
    for item in of_kind(manifest, "ConfigMap", "Secret"):
        for part in _PARTS[item.kind]:
            for key in as_map(item.get(part)):
                if isinstance(key, str) and not forms.is_config_key(key):
                    yield item.finding(f"`{key[:80]}` is no valid key", part, key)
        if (size := _size(item)) > _MOST_BYTES:
            yield item.finding(f"the data has {size} bytes, at most {_MOST_BYTES} fit", "data")


@needs("ConfigMap", "binaryData")
@rule(Stage.SEMANTICS)
def distinct_data_keys(manifest: Manifest) -> Iterator[Finding]:
    """A key of a ConfigMap stands in `data` or in `binaryData`, not in both.

    Source: https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {logo: none}
        binaryData: {logo: aGVsbG8=}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {motto: none}
        binaryData: {logo: aGVsbG8=}
    """
    for item in of_kind(manifest, "ConfigMap"):
        data = as_map(item.get("data"))
        for key in as_map(item.get("binaryData")):
            if key in data:
                yield item.finding(f"`{str(key)[:80]}` is also in `data`", "binaryData", key)


def _size(item: KubeObject) -> int:
    """Return the bytes of all values, decoded."""
    size = 0
    for part in _PARTS[item.kind]:
        encoded = part == ("data" if item.kind == "Secret" else "binaryData")
        for value in as_map(item.get(part)).values():
            if isinstance(value, str):
                length = len(value.encode(errors="replace"))
                size += length * 3 // 4 if encoded else length
    return size


@needs("Secret", "type")
@rule(Stage.SEMANTICS)
def secret_types(manifest: Manifest) -> Iterator[Finding]:
    """A Secret of a built-in type has the keys of that type.

    `kubernetes.io/tls` has tls.crt and tls.key, `kubernetes.io/basic-auth` a username or password.

    Source: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types

    Bad::

        apiVersion: v1
        kind: Secret
        metadata: {name: web-tls}
        type: kubernetes.io/tls
        stringData: {tls.crt: certificate}

    Good::

        apiVersion: v1
        kind: Secret
        metadata: {name: web-tls}
        type: kubernetes.io/tls
        stringData: {tls.crt: certificate, tls.key: key}
    """
    for item in of_kind(manifest, "Secret"):
        kind = item.get("type")
        if not isinstance(kind, str):
            continue
        keys = keys_of(item)
        for key in _KEYS_OF_TYPE.get(kind, ()):
            if key not in keys:
                yield item.finding(f"a Secret of type {kind} needs the key `{key}`", "type")
        if kind == "kubernetes.io/basic-auth" and not keys & {"username", "password"}:
            text = f"a Secret of type {kind} needs the key `username` or `password`"
            yield item.finding(text, "type")
        annotations = as_map(item.get("metadata", "annotations"))
        if kind == "kubernetes.io/service-account-token" and not annotations.get(_ACCOUNT):
            text = f"a Secret of type {kind} needs the annotation {_ACCOUNT}"
            yield item.finding(text, "type")


IN_ORDER = (data_keys, distinct_data_keys, secret_types)
