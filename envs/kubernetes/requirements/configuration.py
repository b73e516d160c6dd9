"""What can be asked of ConfigMaps and Secrets, and of the workloads that read them."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from envs.kubernetes.requirements.reading import about, absent, differs, shown, workload
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

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
    yield from differs(found, True, "immutable", default=False)


@requirement(
    "the Secret `{of}` cannot be changed later (immutable)",
    "`{of}` is an immutable Secret",
)
@about("Secret")
def secret_immutable(found: KubeObject, of: str) -> Findings:
    """`immutable: true` of a Secret."""
    yield from differs(found, True, "immutable", default=False)


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
    yield from differs(found, type, "type", default="Opaque")


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
        str(server): _login(as_map(entry)) for server, entry in as_map(tree.get("auths")).items()
    }


def _login(entry: dict[Any, Any]) -> tuple[str, str]:
    if "auth" in entry:  # Docker's own order: `auth` replaces the two other fields
        try:
            text = b64decode(as_text(entry["auth"]), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return "", ""
        user, _, password = text.partition(":")
        return user, password
    return as_text(entry.get("username")), as_text(entry.get("password"))


def _sources(
    app: KubeObject, field: str, name_of: str, name: str
) -> Iterator[tuple[dict[Any, Any], dict[Any, Any]]]:
    """Yield (container, source) for each `envFrom` entry that names a ConfigMap or Secret."""
    for _, container in app.containers():
        for entry in map(as_map, as_list(container.get("envFrom"))):
            if as_map(entry.get(field)).get(name_of) == name:
                yield container, entry


def _reads(app: KubeObject, variable: str, kind: str, name: str, key: str) -> bool:
    """Whether a container gets a variable from a key, one by one or with all the others."""
    single = "secretKeyRef" if kind == "Secret" else "configMapKeyRef"
    many = "secretRef" if kind == "Secret" else "configMapRef"
    for _, container in app.containers():
        named = [
            as_map(entry)
            for entry in as_list(container.get("env"))
            if as_map(entry).get("name") == variable
        ]
        if named:  # the last entry of a name counts, and comes before `envFrom`
            source = as_map(as_map(named[-1].get("valueFrom")).get(single))
            if source.get("name") == name and source.get("key") == key:
                return True
        elif any(
            (as_text(entry.get("prefix")) + key) == variable
            for box, entry in _sources(app, many, "name", name)
            if box is container
        ):
            return True
    return False


@requirement(
    "every key of the ConfigMap `{config}` is an environment variable in `{of}`",
    "`{of}` takes all keys of the ConfigMap `{config}` as environment variables",
)
def env_from_config(manifest: Manifest, of: str, config: str) -> Findings:
    """`envFrom` a ConfigMap, or one variable for each of its keys."""
    app, source = workload(manifest, of), manifest.find("ConfigMap", config)
    if app is None or source is None:
        yield absent(manifest, "ConfigMap" if app else "Deployment", config if app else of)
        return
    if any(not entry.get("prefix") for _, entry in _sources(app, "configMapRef", "name", config)):
        return
    keys = [*as_map(source.get("data"))]
    missing = [key for key in keys if not _reads(app, key, "ConfigMap", config, key)]
    if missing or not keys:
        yield app.finding(f"`{of}` does not read all keys of `{config}`", *(app.pod_path or ()))


@requirement(
    "`{of}` reads the variable {variable} from the key {key} of the Secret `{secret}`",
    "the variable {variable} of `{of}` comes from the Secret `{secret}`, key {key}",
)
def env_secret_key(manifest: Manifest, of: str, variable: str, secret: str, key: str) -> Findings:
    """An environment variable whose value is a key of a Secret."""
    app = workload(manifest, of)
    if app is None:
        yield absent(manifest, "Deployment", of)
    elif not _reads(app, variable, "Secret", secret, key):
        yield app.finding(
            f"{variable} does not come from the key {key} of `{secret}`", *(app.pod_path or ())
        )


def _mounts(app: KubeObject, path: str) -> Iterator[tuple[dict[Any, Any], dict[Any, Any]]]:
    """Yield (mount, volume) of everything that containers mount at a path."""
    volumes = {
        as_text(as_map(entry).get("name")): as_map(entry)
        for entry in as_list(app.get(*(app.pod_path or ()), "volumes"))
    }
    for _, container in app.containers():
        for mount in map(as_map, as_list(container.get("volumeMounts"))):
            if (as_text(mount.get("mountPath")).rstrip("/") or "/") == path:
                yield mount, volumes.get(as_text(mount.get("name")), {})


def _mounted(
    manifest: Manifest, of: str, path: str, what: str, *fields: tuple[str, str]
) -> Findings:
    """Find what stands against "the object `what` is mounted at a path"; `fields` point to it."""
    app = workload(manifest, of)
    if app is None:
        yield absent(manifest, "Deployment", of)
        return
    given = [*_mounts(app, path)]
    for mount, volume in given:
        sources = [volume, *map(as_map, as_list(as_map(volume.get("projected")).get("sources")))]
        if any(as_map(s.get(box)).get(name) == what for s in sources for box, name in fields):
            if mount.get("subPath"):
                yield app.finding(f"{path} holds a part of `{what}`", *(app.pod_path or ()))
            return
    problem = "something else" if given else "nothing"
    yield app.finding(
        f"{problem} is mounted at {path}, asked for `{what}`", *(app.pod_path or ()), "volumes"
    )


@requirement(
    "the Secret `{secret}` is mounted at {path} in `{of}`",
    "`{of}` finds the files of the Secret `{secret}` in {path}",
)
def secret_mounted(manifest: Manifest, of: str, secret: str, path: str) -> Findings:
    """A Secret as a directory of files in a workload."""
    yield from _mounted(manifest, of, path, secret, ("secret", "secretName"), ("secret", "name"))


@requirement(
    "the claim `{claim}` is mounted at {path} in `{of}`",
    "`{of}` keeps {path} on the claim `{claim}`",
)
def claim_mounted(manifest: Manifest, of: str, claim: str, path: str) -> Findings:
    """A PersistentVolumeClaim as a directory in a workload."""
    yield from _mounted(manifest, of, path, claim, ("persistentVolumeClaim", "claimName"))
