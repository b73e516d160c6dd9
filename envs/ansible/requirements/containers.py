"""Requirements about containers and Compose projects on the hosts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from envs.ansible.requirements.commands import runs_of
from envs.ansible.requirements.reading import (
    COMMANDS,
    Done,
    done,
    given_last,
    missing,
    path_of,
    same,
    standing,
    text,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

CONTAINER = "community.docker.docker_container"
NETWORK = "community.docker.docker_network"
COMPOSE = "community.docker.docker_compose_v2"


def _named(model: Project, module: str, name: str) -> list[Done]:
    return standing([one for one in done(model, (module,)) if same(one[1].get("name"), name)])


def _option(model: Project, name: str, key: str) -> Any:
    """Return what the last task that gives an option of a container gives."""
    last = given_last(_named(model, CONTAINER, name), key)
    return None if last is None else last[1]


@requirement(
    "a container `{name}` runs the image `{image}`",
    "the image `{image}` runs as container `{name}`",
)
def container_runs(model: Project, name: str, image: str) -> Iterable[Finding]:
    """The docker_container module, started."""
    found = _named(model, CONTAINER, name)
    if not found:
        yield from missing(f"no task runs the container `{name}`")
        return
    task, given = found[-1]
    if not same(_option(model, name, "image"), image):
        yield task.finding(f"the image is not `{image}`", "image")
    if text(given.get("state")) not in ("", "started", "healthy"):
        yield task.finding(f"the container `{name}` is not started", "state")


@requirement(
    "port {container} of the container `{name}` is published as port {host} of the host",
    "the host's port {host} leads to port {container} of the container `{name}`",
)
def container_port(model: Project, name: str, host: int, container: int) -> Iterable[Finding]:
    """`published_ports`, on all addresses or one, as ranges too."""
    for port in words(_option(model, name, "published_ports")):
        *_, outer, inner = ["", "", *port.removesuffix("/tcp").split(":")]
        starts = [_span(outer), _span(inner)]
        inside = host in starts[0] and container in starts[1]
        if inside and host - starts[0].start == container - starts[1].start:
            return
    yield from missing(f"port {container} of `{name}` is not published as {host}")


def _span(written: str) -> range:
    """Return the ports of `80` or `8000-8010`."""
    first, _, last = written.partition("-")
    numbers = [int(one) for one in (first, last or first) if one.isdecimal() and len(one) < 6]
    return range(numbers[0], numbers[1] + 1) if len(numbers) == 2 else range(0)


@requirement(
    "the container `{name}` is restarted by the policy `{policy}`",
    "the restart policy of the container `{name}` is `{policy}`",
)
def container_restarts(model: Project, name: str, policy: str) -> Iterable[Finding]:
    """`restart_policy`."""
    if not same(_option(model, name, "restart_policy"), policy):
        yield from missing(f"the container `{name}` is not restarted by `{policy}`")


@requirement(
    "the container `{name}` has the environment variable `{key}` with the value `{value}`",
    "`{key}={value}` is in the environment of the container `{name}`",
)
def container_environment(model: Project, name: str, key: str, value: str) -> Iterable[Finding]:
    """`env` of the container."""
    given = _option(model, name, "env")
    if not isinstance(given, dict) or not same(given.get(key), value):
        yield from missing(f"the container `{name}` does not have `{key}={value}`")


@requirement(
    "the folder `{source}` of the host is mounted into the container `{name}` at `{path}`",
    "the container `{name}` sees the host's folder `{source}` as `{path}`",
)
def container_volume(model: Project, name: str, source: str, path: str) -> Iterable[Finding]:
    """`volumes`, with or without options behind it, or a bind among the `mounts`."""
    for volume in words(_option(model, name, "volumes")):
        if [path_of(one) for one in volume.split(":")[:2]] == [source, path]:
            return
    mounts = _option(model, name, "mounts")
    for mount in mounts if isinstance(mounts, list) else []:
        given = mount if isinstance(mount, dict) and same(mount.get("type"), "bind") else {}
        if [path_of(given.get(key)) for key in ("source", "target")] == [source, path]:
            return
    yield from missing(f"`{source}` is not mounted into `{name}` at `{path}`")


@requirement(
    "the container `{name}` is in the Docker network `{network}`, which exists before",
    "a Docker network `{network}` is made, and the container `{name}` joins it",
)
def container_network(model: Project, name: str, network: str) -> Iterable[Finding]:
    """docker_network, and `networks` of the container."""
    order = {id(task): at for at, task in enumerate(model.tasks)}
    made = [order[id(task)] for task, _ in _named(model, NETWORK, network)]
    joined = []
    for task, given in _named(model, CONTAINER, name):
        listed = given.get("networks")
        names = [one.get("name") if isinstance(one, dict) else one for one in _list(listed)]
        if any(same(one, network) for one in names) or same(given.get("network_mode"), network):
            joined.append(task)
    if not made:
        yield from missing(f"no task makes the Docker network `{network}`")
    elif not joined:
        yield from missing(f"the container `{name}` is not in the network `{network}`")
    elif order[id(joined[-1])] < min(made):
        yield joined[-1].finding(f"the network `{network}` does not exist yet")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@requirement(
    "the Compose project in `{folder}` is up", "Docker Compose brings up the project in `{folder}`"
)
def compose_up(model: Project, folder: str) -> Iterable[Finding]:
    """docker_compose_v2 with `project_src`, or `docker compose up -d` in the folder."""
    up = False
    for task, given in done(model, (COMPOSE, *COMMANDS)):
        if task.module == COMPOSE:
            if path_of(given.get("project_src")) == folder:
                up = text(given.get("state")) in ("", "present", "restarted")
            continue
        for line, options in runs_of(task):
            starts = line[:2] == ["docker", "compose"] and "up" in line
            if starts and {"-d", "--detach"} & set(line):
                up = up or path_of(options.get("chdir")) == folder
    if not up:
        yield from missing(f"no task brings up the Compose project in `{folder}`")
