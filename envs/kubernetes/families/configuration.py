"""Tasks about ConfigMaps and Secrets."""

from __future__ import annotations

import json

from envs.kubernetes import cluster_choices as pick
from envs.kubernetes.choices import reference
from envs.kubernetes.cluster_choices import Tree
from envs.kubernetes.requirements import cluster as ask
from iac_gym.category import Draft, family
from iac_gym.check import Requirement
from iac_gym.draw import Draw

MAPS = ("config", "settings", "env", "options", "flags", "params")
KEPT = ("secret", "credentials", "keys", "auth", "login", "creds")


def _placed(draw: Draw, kind: str, of: str, asks: list[Requirement], level: int) -> Tree:
    """Perhaps ask for the namespace of an object; returns its metadata."""
    if not draw.wants("placed", level):
        return {}
    space = draw.choice("namespace", pick.SPACES)
    asks.append(ask.placed_in(kind=kind, of=of, namespace=space))
    return {"namespace": space}


@family("kubernetes", levels=(1, 2, 3))
def settings(draw: Draw) -> Draft:
    """A ConfigMap with a few settings, numbers and truth values as text."""
    name = draw.name("config", MAPS)
    count = draw.integer("how many", draw.level, draw.level + 2)
    data: dict[str, str] = {}
    asks: list[Requirement] = []
    for key, values in draw.sample("settings", pick.SETTINGS, count):
        data[key] = draw.choice(f"value of {key}", values)
        asks.append(ask.config_value(of=name, key=key, value=data[key]))
    fixed = draw.wants("immutable", 2)
    if fixed:
        asks.append(ask.config_immutable(of=name))
    metadata = _placed(draw, "ConfigMap", name, asks, 2)
    tree = pick.resource("v1", "ConfigMap", name, **metadata, data=data, immutable=fixed or None)
    openings = (
        f"Keep the settings of a program in `{name}`",
        f"Write the ConfigMap `{name}`",
        "A program reads its settings from the cluster",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def settings_file(draw: Draw) -> Draft:
    """A ConfigMap that holds a file of settings."""
    name = draw.name("config", MAPS)
    file = draw.choice("file", tuple(pick.SETTING_FILES))
    count = draw.integer("how many", 2, 3 + (draw.level > 1))
    lines: list[str] = []
    asks: list[Requirement] = []
    for key, values in draw.sample("lines", pick.SETTING_FILES[file], count):
        line = f"{key}={draw.choice(f'value of {key}', values)}"
        lines.append(line)
        asks.append(ask.config_line(of=name, file=file, line=line))
    data = {file: "\n".join(lines) + "\n"}
    if draw.wants("single", 2):
        key, values = draw.choice("setting", pick.SETTINGS)
        data[key] = draw.choice("setting value", values)
        asks.append(ask.config_value(of=name, key=key, value=data[key]))
    metadata = _placed(draw, "ConfigMap", name, asks, 2)
    tree = pick.resource("v1", "ConfigMap", name, **metadata, data=data)
    openings = (
        f"Put a configuration file into `{name}`",
        f"A program expects the file {file}; provide it as a ConfigMap",
        f"Ship {file} in the ConfigMap `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def opaque_secret(draw: Draw) -> Draft:
    """A Secret with a few passwords or keys."""
    name = draw.name("secret", KEPT)
    count = draw.integer("how many", 1, 3)
    data: dict[str, str] = {}
    asks: list[Requirement] = []
    for key in draw.sample("keys", pick.CREDENTIALS, count):
        data[key] = draw.choice(f"value of {key}", pick.SECRETS)
        asks.append(ask.secret_value(of=name, key=key, value=data[key]))
    fixed = draw.wants("immutable", 2)
    if fixed:
        asks.append(ask.secret_immutable(of=name))
    metadata = _placed(draw, "Secret", name, asks, 2)
    tree = pick.resource("v1", "Secret", name, **metadata, stringData=data, immutable=fixed or None)
    openings = (
        f"Store credentials in `{name}`",
        f"Write the Secret `{name}`",
        "An application needs credentials",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1,))
def tls_secret(draw: Draw) -> Draft:
    """A TLS Secret; the certificate and key are stand-ins."""
    name = draw.name("secret", ("tls", "cert", "certificate", "https"))
    first, second = draw.choice("certificate", pick.PEM_WORDS), draw.choice("key", pick.PEM_WORDS)
    number = draw.integer("number", 100, 999)
    data = {"tls.crt": f"cert-{first}{number}", "tls.key": f"key-{second}{number}"}
    asks = [ask.secret_type(name=name, type="kubernetes.io/tls")]
    asks += [ask.secret_value(of=name, key=key, value=value) for key, value in data.items()]
    tree = pick.resource("v1", "Secret", name, type="kubernetes.io/tls", stringData=data)
    openings = (
        f"Store a certificate as `{name}` (stand-ins for now)",
        f"Write the TLS Secret `{name}`; the real certificate follows later",
        "An Ingress needs its certificate in the cluster; use these placeholders",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1,))
def registry_secret(draw: Draw) -> Draft:
    """A Secret that logs in to a container registry."""
    name = draw.name("secret", ("registry", "pull", "regcred", "images"))
    registry = draw.choice("registry", pick.REGISTRIES)
    user, password = draw.choice("user", pick.USERS), draw.choice("password", pick.SECRETS)
    kind = "kubernetes.io/dockerconfigjson"
    asks = [
        ask.secret_type(name=name, type=kind),
        ask.registry_login(of=name, registry=registry, user=user, password=password),
    ]
    metadata = _placed(draw, "Secret", name, asks, 1)
    login = {"auths": {registry: {"username": user, "password": password}}}
    tree = pick.resource(
        "v1", "Secret", name, **metadata, type=kind,
        stringData={".dockerconfigjson": json.dumps(login)},
    )  # fmt: skip
    openings = (
        f"Nodes must pull private images with `{name}`",
        f"Store the login for our images as `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2), held_out=True)
def basic_login(draw: Draw) -> Draft:
    """A Secret of the basic-auth type."""
    name = draw.name("secret", KEPT)
    user, password = draw.choice("user", pick.USERS), draw.choice("password", pick.SECRETS)
    asks = [
        ask.secret_type(name=name, type="kubernetes.io/basic-auth"),
        ask.secret_value(of=name, key="username", value=user),
        ask.secret_value(of=name, key="password", value=password),
    ]
    fixed = draw.wants("immutable", 2)
    if fixed:
        asks.append(ask.secret_immutable(of=name))
    metadata = _placed(draw, "Secret", name, asks, 2)
    tree = pick.resource(
        "v1", "Secret", name, **metadata, type="kubernetes.io/basic-auth",
        stringData={"username": user, "password": password}, immutable=fixed or None,
    )  # fmt: skip
    openings = (
        f"Store a user and a password as `{name}`",
        f"A proxy checks logins against `{name}`",
    )
    return Draft(openings, asks, reference(tree))
