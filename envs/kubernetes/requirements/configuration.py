"""What can be asked of ConfigMaps and Secrets, and of the workloads that read them."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from typing import Any

from envs.kubernetes.requirements.reading import about, absent, differs, shown
from envs.kubernetes.requirements.targets import in_main
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text

#: Longest registry login that is read as JSON.
MOST_JSON = 20_000


@requirement(
    "the ConfigMap `{of}` sets {key} to {value}",
    "{key} is {value} in the ConfigMap `{of}`",
    "key {key} with the value {value} in the ConfigMap `{of}`",
)
@about("ConfigMap")
def config_value(found: KubeObject, of: str, key: str, value: str) -> Findings:
    """One key of a ConfigMap; a final newline, as block scalars have one, is no difference."""
    given = found.get("data", key)
    if not isinstance(given, str) or given.removesuffix("\n") != value:
        yield found.finding(f"{key} is {shown(given)}, asked for {shown(value)}", "data", key)


@requirement(
    "the file {file} in the ConfigMap `{of}` has the line {line}",
    "a line {line} in the file {file} of the ConfigMap `{of}`",
)
@about("ConfigMap")
def config_line(found: KubeObject, of: str, file: str, line: str) -> Findings:
    """A line of a file-like key; the same setting may not be made twice with different values."""
    lines = [given.strip() for given in as_text(found.get("data", file)).splitlines()]
    if line not in lines:
        yield found.finding(f"the file {file} of `{of}` has no line `{line}`", "data", file)
    setting = line.partition("=")[0] + "="
    for other in lines:
        if "=" in line and other.startswith(setting) and other != line:
            yield found.finding(f"{file} also says `{other[:60]}`", "data", file)


@requirement(
    "the ConfigMap `{of}` cannot be changed later (immutable)",
    "`{of}` is an immutable ConfigMap",
)
@about("ConfigMap")
def config_immutable(found: KubeObject, of: str) -> Findings:
    """`immutable: true` of a ConfigMap."""
    return differs(found, True, "immutable", default=False)


@requirement(
    "the Secret `{of}` cannot be changed later (immutable)",
    "`{of}` is an immutable Secret",
)
@about("Secret")
def secret_immutable(found: KubeObject, of: str) -> Findings:
    """`immutable: true` of a Secret."""
    return differs(found, True, "immutable", default=False)


def secret_text(found: KubeObject, key: str) -> str | None:
    """Return the value of a Secret's key: `stringData` wins over the base64 text in `data`."""
    plain = found.get("stringData", key)
    if isinstance(plain, str):
        return plain
    coded = found.get("data", key)
    if not isinstance(coded, str):
        return None
    try:
        return b64decode("".join(coded.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


@requirement(
    "the Secret `{of}` holds {key} with the value {value}",
    "{key} is {value} in the Secret `{of}`",
    "the Secret `{of}` has {value} under the key {key}",
)
@about("Secret")
def secret_value(found: KubeObject, of: str, key: str, value: str) -> Findings:
    """One key of a Secret, given as text in `stringData` or as base64 in `data`."""
    given = secret_text(found, key)
    if given != value:
        field = "stringData" if found.has("stringData", key) else "data"
        yield found.finding(f"{key} is {shown(given)}, asked for {shown(value)}", field, key)


@requirement(
    "a Secret `{name}` of type {type}",
    "the Secret `{name}` has the type {type}",
)
@about("Secret", "name")
def secret_type(found: KubeObject, name: str, type: str) -> Findings:
    """`type` of a Secret (the API's default is Opaque)."""
    return differs(found, type, "type", default="Opaque")


@requirement(
    "the Secret `{of}` logs in to the registry {registry} as {user} with the password {password}",
    "registry login in the Secret `{of}`: server {registry}, user {user}, password {password}",
)
@about("Secret")
def registry_login(found: KubeObject, of: str, registry: str, user: str, password: str) -> Findings:
    """A login of a `kubernetes.io/dockerconfigjson` Secret."""
    key = ".dockerconfigjson"
    yield from differs(found, "kubernetes.io/dockerconfigjson", "type")
    login = _logins(secret_text(found, key) or "").get(registry)
    field = "stringData" if found.has("stringData", key) else "data"
    if login is None:
        yield found.finding(f"{key} of `{of}` has no login for {registry}", field, key)
    elif login != (user, password):
        yield found.finding(f"the login for {registry} has another user or password", field, key)


def _logins(text: str) -> dict[str, tuple[str, str]]:
    """Read the logins of a Docker configuration: registry -> (user, password)."""
    try:
        tree = as_map(json.loads(text)) if len(text) <= MOST_JSON else {}
    except (ValueError, RecursionError):
        return {}
    return {
        _registry(str(server)): _login(as_map(entry))
        for server, entry in as_map(tree.get("auths")).items()
    }


def _registry(server: str) -> str:
    """Return the host of a registry, as the kubelet compares it: `https://host/v2/` is `host`."""
    host = server.removeprefix("https://").removeprefix("http://")
    for end in ("/", "/v1", "/v2"):
        host = host.removesuffix(end)
    return host


def _login(entry: dict[Any, Any]) -> tuple[str, str]:
    if entry.get("auth"):  # Docker's own order: `auth` replaces the two other fields
        try:
            text = b64decode(as_text(entry["auth"]), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return "", ""
        user, _, password = text.partition(":")
        return user, password
    return as_text(entry.get("username")), as_text(entry.get("password"))


def in_namespace(manifest: Manifest, kind: str, name: object, space: str) -> KubeObject | None:
    """Return the object of a kind and name in a namespace, None if there is none."""
    for item in _bearing(manifest, kind, name):
        if item.namespace == space:
            return item
    return None


def _bearing(manifest: Manifest, kind: str, name: object) -> list[KubeObject]:
    known = manifest.by_name.get(name, ()) if isinstance(name, str) else ()
    return [item for item in known if item.kind == kind]


def elsewhere(manifest: Manifest, kind: str, name: object, space: str) -> bool:
    """Whether the answer has the object, but only in namespaces from which it cannot be used."""
    spaces = [item.namespace for item in _bearing(manifest, kind, name)]
    return bool(spaces) and space not in spaces


_SOURCES = {
    "ConfigMap": ("configMapKeyRef", "configMapRef"),
    "Secret": ("secretKeyRef", "secretRef"),
}


def _keys(found: KubeObject) -> set[Any]:
    fields = ("data", "stringData") if found.kind == "Secret" else ("data", "binaryData")
    return {key for field in fields for key in as_map(found.get(field))}


def _all_from(container: dict[Any, Any], kind: str, name: str) -> list[str]:
    """Return the prefix of each `envFrom` entry that names a ConfigMap or Secret."""
    return [
        as_text(entry.get("prefix"))
        for entry in map(as_map, as_list(container.get("envFrom")))
        if as_map(entry.get(_SOURCES[kind][1])).get("name") == name
    ]


def _reads(container: dict[Any, Any], variable: str, kind: str, name: str, key: str) -> bool:
    """Whether a container gets a variable from a key, one by one or with all the others."""
    named = [
        as_map(entry)
        for entry in as_list(container.get("env"))
        if as_map(entry).get("name") == variable
    ]
    if named:  # the last entry of a name counts, and comes before `envFrom`
        source = as_map(as_map(named[-1].get("valueFrom")).get(_SOURCES[kind][0]))
        return source.get("name") == name and source.get("key") == key
    return any(prefix + key == variable for prefix in _all_from(container, kind, name))


@requirement(
    "every key of the ConfigMap `{config}` is an environment variable in `{of}`",
    "`{of}` takes all keys of the ConfigMap `{config}` as environment variables",
)
def env_from_config(manifest: Manifest, of: str, config: str) -> Findings:
    """`envFrom` a ConfigMap, or one variable for each of its keys, in the main container."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        source = in_namespace(manifest, "ConfigMap", config, item.namespace)
        if source is None:
            yield absent(manifest, "ConfigMap", config)
            return
        keys = [str(key) for key in as_map(source.get("data"))]
        missing = [key for key in keys if not _reads(container, key, "ConfigMap", config, key)]
        if missing or not (keys or "" in _all_from(container, "ConfigMap", config)):
            yield item.finding(f"`{of}` does not read all keys of `{config}`", *at)

    return in_main(manifest, of, check)


@requirement(
    "`{of}` reads the variable {variable} from the key {key} of the Secret `{secret}`",
    "the variable {variable} of `{of}` comes from the Secret `{secret}`, key {key}",
)
def env_secret_key(manifest: Manifest, of: str, variable: str, secret: str, key: str) -> Findings:
    """An environment variable of the main container whose value is a key of a Secret.

    Where the answer has the Secret, it must hold the key.
    """

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        source = in_namespace(manifest, "Secret", secret, item.namespace)
        lost = elsewhere(manifest, "Secret", secret, item.namespace)
        if lost or not _reads(container, variable, "Secret", secret, key):
            yield item.finding(f"{variable} does not come from the key {key} of `{secret}`", *at)
        elif source is not None and key not in _keys(source):
            yield source.finding(f"the Secret `{secret}` has no key {key}", "data")

    return in_main(manifest, of, check)


_VOLUMES = {"ConfigMap": ("configMap", "name"), "Secret": ("secret", "secretName")}


def holds_files(
    manifest: Manifest, item: KubeObject, volume: dict[Any, Any], kind: str, name: str
) -> bool:
    """Whether a volume holds all files of a ConfigMap or Secret, each under the name of its key."""
    if elsewhere(manifest, kind, name, item.namespace):
        return False
    box, field = _VOLUMES[kind]
    projected = map(as_map, as_list(as_map(volume.get("projected")).get("sources")))
    sources = [(as_map(volume.get(box)), field), *((as_map(s.get(box)), "name") for s in projected)]
    return any(
        source.get(key) == name and _whole(manifest, item, source, kind, name)
        for source, key in sources
    )


def _whole(
    manifest: Manifest, item: KubeObject, source: dict[Any, Any], kind: str, name: str
) -> bool:
    entries = [as_map(entry) for entry in as_list(source.get("items"))]
    if not entries:
        return True
    found = in_namespace(manifest, kind, name, item.namespace)
    kept = {as_text(entry.get("key")) for entry in entries if entry.get("key") == entry.get("path")}
    return found is not None and _keys(found) <= kept


def _mounted(
    item: KubeObject, container: dict[Any, Any], path: str, *, whole: bool
) -> list[dict[Any, Any]]:
    """Return the volumes that a container mounts at a path; `whole` leaves out parts of them."""
    names = [
        mount.get("name")
        for mount in map(as_map, as_list(container.get("volumeMounts")))
        if (as_text(mount.get("mountPath")).rstrip("/") or "/") == path
        and not (whole and (mount.get("subPath") or mount.get("subPathExpr")))
    ]
    volumes = map(as_map, as_list(item.get(*(item.pod_path or ()), "volumes")))
    return [volume for volume in volumes if volume.get("name") in names]


@requirement(
    "the claim `{claim}` is mounted at {path} in `{of}`",
    "`{of}` keeps {path} on the claim `{claim}`",
)
def claim_mounted(manifest: Manifest, of: str, claim: str, path: str) -> Findings:
    """A PersistentVolumeClaim (or a directory of it) at a path of the main container."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        lost = elsewhere(manifest, "PersistentVolumeClaim", claim, item.namespace)
        if lost or not any(
            as_map(volume.get("persistentVolumeClaim")).get("claimName") == claim
            for volume in _mounted(item, container, path, whole=False)
        ):
            yield item.finding(f"the claim `{claim}` is not mounted at {path}", *at, "volumeMounts")

    return in_main(manifest, of, check)
