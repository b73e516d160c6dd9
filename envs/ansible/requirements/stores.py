"""Requirements about databases, containers and clusters that tasks look after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from envs.ansible.requirements.reading import (
    Arguments,
    done,
    missing,
    same,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.evaluate_values import UNDEFINED, UNKNOWN
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

PG_DB = "community.postgresql.postgresql_db"
PG_USER = "community.postgresql.postgresql_user"
PG_GRANT = ("community.postgresql.postgresql_privs",)
PG_EXTENSION = "community.postgresql.postgresql_ext"
MY_DB = "community.mysql.mysql_db"
MY_USER = "community.mysql.mysql_user"
CONTAINER = "community.docker.docker_container"
NETWORK = "community.docker.docker_network"
VOLUME = "community.docker.docker_volume"
COMPOSE = "community.docker.docker_compose_v2"
K8S = "kubernetes.core.k8s"
HELM = "kubernetes.core.helm"


def _named(
    model: Project, modules: Collection[str], name: str, key: str = "name"
) -> Iterator[tuple[Task, Arguments]]:
    for task, given in done(model, modules):
        if same(given.get(key), name) and text(given.get("state")) != "absent":
            yield task, given


def _has(
    model: Project, module: str, name: str, settings: dict[str, object], said: str
) -> Iterable[Finding]:
    """Yield findings unless a thing of a name is made, with these settings."""
    found = list(_named(model, (module,), name))
    if not found:
        yield from missing(f"no task makes the {said} `{name}`")
        return
    task, given = found[-1]
    for key, wanted in settings.items():
        if not same(given.get(key), wanted):
            yield task.finding(f"`{key}` of the {said} `{name}` is not `{wanted}`", key)


@requirement("the PostgreSQL database `{name}` exists", "PostgreSQL has a database `{name}`")
def postgresql_database(model: Project, name: str) -> Iterable[Finding]:
    """The postgresql_db module."""
    yield from _has(model, PG_DB, name, {}, "PostgreSQL database")


@requirement(
    "the PostgreSQL database `{name}` has the owner `{owner}`",
    "`{owner}` owns the PostgreSQL database `{name}`",
)
def postgresql_owner(model: Project, name: str, owner: str) -> Iterable[Finding]:
    """`owner` of postgresql_db."""
    yield from _has(model, PG_DB, name, {"owner": owner}, "PostgreSQL database")


@requirement(
    "the PostgreSQL database `{name}` is encoded as {encoding}",
    "the encoding of the PostgreSQL database `{name}` is {encoding}",
)
def postgresql_encoding(model: Project, name: str, encoding: str) -> Iterable[Finding]:
    """`encoding` of postgresql_db."""
    yield from _has(model, PG_DB, name, {"encoding": encoding}, "PostgreSQL database")


@requirement("the PostgreSQL role `{name}` exists", "PostgreSQL knows the user `{name}`")
def postgresql_user(model: Project, name: str) -> Iterable[Finding]:
    """The postgresql_user module."""
    yield from _has(model, PG_USER, name, {}, "PostgreSQL user")


@requirement(
    "the extension `{extension}` is installed in the PostgreSQL database `{database}`",
    "the PostgreSQL database `{database}` has the extension `{extension}`",
)
def postgresql_extension(model: Project, extension: str, database: str) -> Iterable[Finding]:
    """The postgresql_ext module."""
    for _, given in _named(model, (PG_EXTENSION,), extension):
        if same(given.get("login_db") or given.get("db"), database):
            return
    yield from missing(f"`{database}` does not get the extension `{extension}`")


@requirement("the MySQL database `{name}` exists", "MySQL has a database `{name}`")
def mysql_database(model: Project, name: str) -> Iterable[Finding]:
    """The mysql_db module."""
    for _, given in done(model, (MY_DB,)):
        if name in words(given.get("name")) and text(given.get("state")) in ("", "present"):
            return
    yield from missing(f"no task makes the MySQL database `{name}`")


@requirement(
    "the MySQL user `{user}` has the privileges `{privileges}` and no others",
    "MySQL grants `{user}` exactly `{privileges}`",
)
def mysql_grants(model: Project, user: str, privileges: str) -> Iterable[Finding]:
    """`priv` of mysql_user, as text or as a mapping; `append_privs` would keep others."""
    found = list(_named(model, (MY_USER,), user))
    if not found:
        yield from missing(f"no task makes the MySQL user `{user}`")
        return
    task, given = found[-1]
    if _privileges(given.get("priv")) != _privileges(privileges):
        yield task.finding(f"the privileges are not `{privileges}`", "priv")
    elif truth(given.get("append_privs")):
        yield task.finding("other privileges are kept", "append_privs")


def _privileges(value: Any) -> dict[str, frozenset[str]]:
    pairs = value.items() if isinstance(value, dict) else ()
    if isinstance(value, str):
        pairs = [tuple(part.split(":", 1)) for part in value.split("/") if ":" in part]
    return {
        str(place): frozenset(one.strip().upper() for one in str(listed).split(","))
        for place, listed in pairs
    }


@requirement(
    "the MySQL user `{user}` may connect from `{host}`",
    "MySQL's `{user}` belongs to the host `{host}`",
)
def mysql_host(model: Project, user: str, host: str) -> Iterable[Finding]:
    """`host` of mysql_user; without one it is localhost."""
    found = list(_named(model, (MY_USER,), user))
    if not found:
        yield from missing(f"no task makes the MySQL user `{user}`")
    elif (text(found[-1][1].get("host")) or "localhost") != host:
        yield found[-1][0].finding(f"`{user}` does not connect from `{host}`", "host")


_SECRETS = {
    "community.postgresql.postgresql_user": "password",
    "community.mysql.mysql_user": "password",
    "ansible.builtin.user": "password",
}


@requirement(
    "the password of `{user}` comes from the variable `{variable}`, which stands nowhere in the "
    "files, and is not logged",
    "`{user}` gets its password from `{variable}`, a variable that no file sets, and the task is "
    "kept out of the logs",
)
def password_from_variable(model: Project, user: str, variable: str) -> Iterable[Finding]:
    """The argument is the variable, the variable is not written down, and `no_log` is set."""
    for task, given in done(model, _SECRETS):
        if not same(given.get("name"), user):
            continue
        written = str(task.args.get("password", ""))
        inner = written.strip().removeprefix("{{").removesuffix("}}").strip()
        if inner.partition("|")[0].strip() != variable or "{{" not in written:
            yield task.finding(f"the password is not the variable `{variable}`", "password")
        elif task.variables(variable) not in (UNKNOWN, UNDEFINED):
            yield task.finding(f"the variable `{variable}` is written down in the files")
        elif task.no_log is not True:
            yield task.finding("the password may be logged", "no_log")
        return
    yield from missing(f"no task gives `{user}` a password")


@requirement(
    "a container `{name}` runs the image `{image}`",
    "the image `{image}` runs as container `{name}`",
)
def container_runs(model: Project, name: str, image: str) -> Iterable[Finding]:
    """The docker_container module, started."""
    found = list(_named(model, (CONTAINER,), name))
    if not found:
        yield from missing(f"no task runs the container `{name}`")
        return
    task, given = found[-1]
    if not same(given.get("image"), image):
        yield task.finding(f"the image is not `{image}`", "image")
    if text(given.get("state")) not in ("", "started", "healthy"):
        yield task.finding(f"the container `{name}` is not started", "state")


@requirement(
    "port {container} of the container `{name}` is published as port {host} of the host",
    "the host's port {host} leads to port {container} of the container `{name}`",
)
def container_port(model: Project, name: str, host: int, container: int) -> Iterable[Finding]:
    """`published_ports`, on all addresses or one."""
    found = list(_named(model, (CONTAINER,), name))
    ports = words(found[-1][1].get("published_ports")) if found else []
    for port in ports:
        if port.removesuffix("/tcp").split(":")[-2:] == [str(host), str(container)]:
            return
    yield from missing(f"port {container} of `{name}` is not published as {host}")


@requirement(
    "the container `{name}` is restarted by the policy `{policy}`",
    "the restart policy of the container `{name}` is `{policy}`",
)
def container_restarts(model: Project, name: str, policy: str) -> Iterable[Finding]:
    """`restart_policy`."""
    yield from _has(model, CONTAINER, name, {"restart_policy": policy}, "container")


@requirement(
    "the container `{name}` has the environment variable `{key}` with the value `{value}`",
    "`{key}={value}` is in the environment of the container `{name}`",
)
def container_environment(model: Project, name: str, key: str, value: str) -> Iterable[Finding]:
    """`env` of the container."""
    found = list(_named(model, (CONTAINER,), name))
    given = found[-1][1].get("env") if found else None
    if not isinstance(given, dict) or not same(given.get(key), value):
        yield from missing(f"the container `{name}` does not have `{key}={value}`")


@requirement(
    "`{source}` is mounted into the container `{name}` at `{path}`",
    "the container `{name}` sees `{source}` as `{path}`",
)
def container_volume(model: Project, name: str, source: str, path: str) -> Iterable[Finding]:
    """`volumes`, with or without options behind it, or `mounts`."""
    found = list(_named(model, (CONTAINER,), name))
    given: Arguments = found[-1][1] if found else {}
    for volume in words(given.get("volumes")):
        if volume.split(":")[:2] == [source, path]:
            return
    mounts = given.get("mounts")
    for mount in mounts if isinstance(mounts, list) else []:
        if isinstance(mount, dict) and same(mount.get("target"), path):
            if same(mount.get("source"), source):
                return
    yield from missing(f"`{source}` is not mounted into `{name}` at `{path}`")


@requirement(
    "the container `{name}` is in the Docker network `{network}`, which exists before",
    "a Docker network `{network}` is made, and the container `{name}` joins it",
)
def container_network(model: Project, name: str, network: str) -> Iterable[Finding]:
    """docker_network, and `networks` of the container."""
    made = [task.position for task, _ in _named(model, (NETWORK,), network)]
    found = list(_named(model, (CONTAINER,), name))
    joined = []
    for task, given in found:
        listed = given.get("networks")
        names = [one.get("name") for one in listed or () if isinstance(one, dict)] if isinstance(
            listed, list
        ) else []  # fmt: skip
        if any(same(one, network) for one in names) or same(given.get("network_mode"), network):
            joined.append(task)
    if not made:
        yield from missing(f"no task makes the Docker network `{network}`")
    elif not joined:
        yield from missing(f"the container `{name}` is not in the network `{network}`")
    elif joined[-1].position < min(made):
        yield joined[-1].finding(f"the network `{network}` does not exist yet")


@requirement(
    "the Compose project in `{folder}` is up", "Docker Compose brings up the project in `{folder}`"
)
def compose_up(model: Project, folder: str) -> Iterable[Finding]:
    """docker_compose_v2 with `project_src`."""
    for _, given in done(model, (COMPOSE,)):
        up = text(given.get("state")) in ("", "present", "restarted")
        if up and text(given.get("project_src")).rstrip("/") == folder:
            return
    yield from missing(f"no task brings up the Compose project in `{folder}`")


@requirement(
    "the Helm release `{name}` of the chart `{chart}` is in the namespace `{namespace}`",
    "Helm installs the chart `{chart}` as `{name}` in the namespace `{namespace}`",
)
def helm_release(model: Project, name: str, chart: str, namespace: str) -> Iterable[Finding]:
    """The helm module."""
    for task, given in done(model, (HELM,)):
        if same(given.get("name"), name) and text(given.get("state")) in ("", "present"):
            if not same(given.get("chart_ref"), chart):
                yield task.finding(f"the chart is not `{chart}`", "chart_ref")
            if not same(given.get("release_namespace"), namespace):
                yield task.finding(f"the namespace is not `{namespace}`", "release_namespace")
            return
    yield from missing(f"no task installs the Helm release `{name}`")


@requirement(
    "the release `{name}` has the value `{value}` for `{key}`",
    "`{key}` of the Helm release `{name}` is `{value}`",
)
def helm_value(model: Project, name: str, key: str, value: object) -> Iterable[Finding]:
    """`values` of the helm module; a dot in the key goes one level down."""
    for _, given in done(model, (HELM,)):
        if same(given.get("name"), name):
            found = given.get("values")
            for part in key.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if same(found, value):
                return
    yield from missing(f"`{key}` of `{name}` is not `{value}`")


@requirement(
    "the Kubernetes namespace `{name}` exists", "a namespace `{name}` is made in the cluster"
)
def cluster_namespace(model: Project, name: str) -> Iterable[Finding]:
    """The k8s module, by `kind` and `name` or by a `definition`."""
    for given in _objects(model):
        if given == ("Namespace", "", name):
            return
    yield from missing(f"no task makes the namespace `{name}`")


@requirement(
    "the ConfigMap `{name}` in the namespace `{namespace}` exists",
    "the cluster has a ConfigMap `{name}` in the namespace `{namespace}`",
)
def cluster_config(model: Project, name: str, namespace: str) -> Iterable[Finding]:
    """The k8s module."""
    if ("ConfigMap", namespace, name) not in set(_objects(model)):
        yield from missing(f"no task makes the ConfigMap `{name}` in `{namespace}`")


def _objects(model: Project) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, namespace, name) of the objects that are applied."""
    for _, given in done(model, (K8S,)):
        if text(given.get("state")) not in ("", "present", "patched"):
            continue
        definition = given.get("definition")
        listed = definition if isinstance(definition, list) else [definition]
        for one in listed:
            tree = one if isinstance(one, dict) else {}
            meta = tree.get("metadata") if isinstance(tree.get("metadata"), dict) else {}
            yield (
                text(tree.get("kind") or given.get("kind")),
                text(meta.get("namespace") or given.get("namespace")),
                text(meta.get("name") or given.get("name")),
            )
