"""Requirements about compose files: mounts, networks, secrets and configs."""

from __future__ import annotations

from collections.abc import Sequence

from envs.docker.requirements.compose_find import Found, running, same_path
from iac_gym.check import Findings, requirement
from iac_gym.languages.compose.model import ComposeFile
from iac_gym.languages.compose.read import as_text
from iac_gym.languages.compose.values import Mount

# Storage -----------------------------------------------------------------------------------------


def _mount(compose: ComposeFile, of: str, path: str) -> Found[Mount | None]:
    service = yield from running(compose, of)
    if service is None:
        return None
    for mount in service.volumes:
        if same_path(mount.target, path):
            return mount
    yield compose.finding(f"`{of}` mounts nothing at {path}", service.place("volumes"))
    return None


@requirement(
    "the named volume `{volume}` is mounted at {path} in `{of}`",
    "`{of}` keeps {path} in the named volume `{volume}`",
    "{path} of `{of}` is stored in the named volume `{volume}`",
    language="compose",
)
def service_volume(compose: ComposeFile, of: str, volume: str, path: str) -> Findings:
    """A defined volume, mounted so that it can be written."""
    mount = yield from _mount(compose, of, path)
    if mount is None:
        return
    if mount.type != "volume" or mount.source != volume or mount.read_only:
        message = f"{path} of `{of}` is not the writable named volume `{volume}`"
        yield compose.finding(message, mount.mark)
    elif volume not in compose.section("volumes"):
        yield compose.finding(f"the volume `{volume}` is not defined", mount.mark)


@requirement(
    "the host's {source} is mounted read-only at {path} in `{of}`",
    "`{of}` sees {source} of the host at {path}, read-only",
    language="compose",
)
def service_read_only_mount(compose: ComposeFile, of: str, source: str, path: str) -> Findings:
    """A bind mount that cannot be written."""
    mount = yield from _mount(compose, of, path)
    if mount is None:
        return
    if mount.type != "bind" or not same_path(mount.source, source):
        yield compose.finding(f"{path} of `{of}` is not {source} of the host", mount.mark)
    elif not mount.read_only:
        yield compose.finding(f"`{of}` may write to {path}", mount.mark)


@requirement(
    "{path} of `{of}` is a tmpfs",
    "`{of}` has a tmpfs at {path}",
    language="compose",
)
def service_tmpfs(compose: ComposeFile, of: str, path: str) -> Findings:
    """A file system in memory."""
    service = yield from running(compose, of)
    if service is None:
        return
    short = [entry.partition(":")[0] for entry in service.tmpfs]
    long = [mount.target for mount in service.volumes if mount.type == "tmpfs"]
    if not any(same_path(target, path) for target in (*short, *long)):
        yield compose.finding(f"`{of}` has no tmpfs at {path}", service.place("tmpfs"))


# Networks ----------------------------------------------------------------------------------------


@requirement(
    "`{of}` is attached to the networks {networks} and to no other",
    "the networks of `{of}` are exactly {networks}",
    language="compose",
)
def service_networks(compose: ComposeFile, of: str, networks: Sequence[str]) -> Findings:
    """The set of networks that a service joins."""
    service = yield from running(compose, of)
    if service is not None and set(service.networks) != set(networks):
        listed = ", ".join(service.networks) or service.network_mode or "none"
        message = f"the networks of `{of}` are {listed}"
        yield compose.finding(message, service.place("networks"))


@requirement(
    "`{of}` is attached to the network `{network}` and to no other",
    "the only network of `{of}` is `{network}`",
    language="compose",
)
def service_only_network(compose: ComposeFile, of: str, network: str) -> Findings:
    """The one network that a service joins."""
    service = yield from running(compose, of)
    if service is not None and set(service.networks) != {network}:
        listed = ", ".join(service.networks) or service.network_mode or "none"
        yield compose.finding(f"the networks of `{of}` are {listed}", service.place("networks"))


@requirement(
    "the network `{network}` is internal, without access to the outside",
    "the network `{network}` has no way out (internal)",
    language="compose",
)
def internal_network(compose: ComposeFile, network: str) -> Findings:
    """A defined network, not external, that is internal."""
    found = compose.section("networks").get(network)
    if found is None:
        yield compose.finding(f"there is no network `{network}`")
    elif found.get("internal") is not True or found.external:
        yield compose.finding(f"the network `{network}` is not internal", found.mark)


# Secrets and configs -----------------------------------------------------------------------------


def _file_of(compose: ComposeFile, section: str, what: str, name: str, path: str) -> Findings:
    found = compose.section(section).get(name)
    if found is None:
        yield compose.finding(f"there is no {what} `{name}`")
        return
    file = as_text(found.get("file"))
    if found.external or not file or not same_path(file, path):
        yield compose.finding(f"the {what} `{name}` does not come from {path}", found.mark)


@requirement(
    "the secret `{secret}` comes from the file {path}",
    "a secret `{secret}` that is read from the file {path}",
    language="compose",
)
def secret_file(compose: ComposeFile, secret: str, path: str) -> Findings:
    """A secret and its file."""
    yield from _file_of(compose, "secrets", "secret", secret, path)


@requirement(
    "`{of}` is given the secret `{secret}`",
    "the secret `{secret}` is available in `{of}`",
    language="compose",
)
def service_secret(compose: ComposeFile, of: str, secret: str) -> Findings:
    """A service's access to a secret at its usual path."""
    service = yield from running(compose, of)
    if service is not None and not any(
        use.source == secret and use.target == f"/run/secrets/{secret}" for use in service.secrets
    ):
        message = f"`{of}` is not given the secret `{secret}`"
        yield compose.finding(message, service.place("secrets"))


@requirement(
    "the config `{config}` comes from the file {path}",
    "a config `{config}` that is read from the file {path}",
    language="compose",
)
def config_file(compose: ComposeFile, config: str, path: str) -> Findings:
    """A config and its file."""
    yield from _file_of(compose, "configs", "config", config, path)


@requirement(
    "`{of}` gets the config `{config}` at {path}",
    "the config `{config}` appears at {path} in `{of}`",
    language="compose",
)
def service_config(compose: ComposeFile, of: str, config: str, path: str) -> Findings:
    """A service's config and the path where it appears."""
    service = yield from running(compose, of)
    if service is not None and not any(
        use.source == config and same_path(use.target, path) for use in service.configs
    ):
        message = f"`{of}` does not get the config `{config}` at {path}"
        yield compose.finding(message, service.place("configs"))
