"""Security and good practice: reported, and scored only where a task asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iac_gym.check import rule
from iac_gym.languages.compose.model import ComposeFile
from iac_gym.languages.compose.values import Port, split_image
from iac_gym.verdict import Finding, Stage

#: Directories of the host whose mount gives the container power over the host.
SENSITIVE = ("/", "/etc", "/root", "/proc", "/sys", "/dev", "/boot", "/usr", "/var", "/lib",
             "/bin", "/sbin", "/home", "/var/run", "/run", "/var/lib/docker")  # fmt: skip
SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock")
#: Capabilities that amount to control over the host.
POWERFUL = frozenset(
    """ALL SYS_ADMIN SYS_MODULE SYS_PTRACE SYS_RAWIO SYS_BOOT SYS_TIME NET_ADMIN DAC_READ_SEARCH
    MAC_ADMIN MAC_OVERRIDE BPF PERFMON SYSLOG""".split()
)
#: Ports of databases, queues and caches.
DATABASE_PORTS = frozenset({1433, 1521, 3306, 5432, 5672, 6379, 9042, 9200, 11211, 27017})

_SECRET = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|CREDENTIALS?)"
    r"(?:_ID)?$",
    re.IGNORECASE,
)


@rule(Stage.SECURITY)
def images_are_pinned(compose: ComposeFile) -> Iterator[Finding]:
    """An image that is pulled has a tag other than `latest`, or a digest.

    Source: https://docs.docker.com/build/building/best-practices/#pin-base-image-versions

    Bad::

        services:
          web:
            image: nginx

    Good::

        services:
          web:
            image: nginx:1.27
    """
    for service in compose.services.values():
        _, tag, digest = split_image(service.image)
        if service.image and not service.build and not digest and tag in ("", "latest"):
            message = f"the image of `{service.name}` is not pinned to a version"
            yield compose.finding(message, service.place("image"), "add a tag")


@rule(Stage.SECURITY)
def containers_are_not_privileged(compose: ComposeFile) -> Iterator[Finding]:
    """No container is privileged.

    Source: https://docs.docker.com/reference/compose-file/services/#privileged

    Bad::

        services:
          web:
            image: nginx:1.27
            privileged: true

    Good::

        services:
          web:
            image: nginx:1.27
    """
    for service in compose.services.values():
        if service.privileged:
            yield compose.finding(f"`{service.name}` is privileged", service.place("privileged"))


@rule(Stage.SECURITY)
def engine_sockets_are_not_mounted(compose: ComposeFile) -> Iterator[Finding]:
    """No container gets the socket of the container engine.

    Source: https://docs.docker.com/engine/security/#docker-daemon-attack-surface

    Bad::

        services:
          ci:
            image: runner:1.0
            volumes: ["/var/run/docker.sock:/var/run/docker.sock"]

    Good::

        services:
          ci:
            image: runner:1.0
    """
    for service in compose.services.values():
        for mount in service.volumes:
            if mount.source.rstrip("/") in SOCKETS:
                yield compose.finding(f"`{service.name}` mounts the engine's socket", mount.mark)


@rule(Stage.SECURITY)
def system_paths_are_not_mounted(compose: ComposeFile) -> Iterator[Finding]:
    """No container gets a system directory of the host, such as `/` or `/etc`.

    Source: https://docs.docker.com/engine/storage/bind-mounts/#considerations-and-constraints

    Bad::

        services:
          backup:
            image: backup:1.0
            volumes: ["/etc:/host/etc"]

    Good::

        services:
          backup:
            image: backup:1.0
            volumes: ["./settings:/settings:ro"]
    """
    for service in compose.services.values():
        for mount in service.volumes:
            if (mount.source.rstrip("/") or mount.source[:1]) in SENSITIVE:
                message = f"`{service.name}` mounts `{mount.source}` of the host"
                yield compose.finding(message, mount.mark)


@rule(Stage.SECURITY)
def host_namespaces_are_not_shared(compose: ComposeFile) -> Iterator[Finding]:
    """No container shares the host's network, processes, IPC, UTS or user namespace.

    Source: https://docs.docker.com/reference/compose-file/services/#pid

    Bad::

        services:
          web:
            image: nginx:1.27
            network_mode: host

    Good::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:80"]
    """
    for service in compose.services.values():
        for field in ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup"):
            if service.tree.get(field) == "host":
                message = f"`{service.name}` shares the host's namespace: `{field}: host`"
                yield compose.finding(message, service.place(field))


@rule(Stage.SECURITY)
def powerful_capabilities_are_not_added(compose: ComposeFile) -> Iterator[Finding]:
    """No container is given a capability that amounts to control over the host.

    Source: https://docs.docker.com/engine/security/#linux-kernel-capabilities

    Bad::

        services:
          web:
            image: nginx:1.27
            cap_add: [SYS_ADMIN]

    Good::

        services:
          web:
            image: nginx:1.27
            cap_add: [NET_BIND_SERVICE]
    """
    for service in compose.services.values():
        for name in service.cap_add:
            if name.upper().removeprefix("CAP_") in POWERFUL:
                message = f"`{service.name}` is given the capability {name}"
                yield compose.finding(message, service.place("cap_add"))


@rule(Stage.SECURITY)
def capabilities_are_dropped(compose: ComposeFile) -> Iterator[Finding]:
    """Every container drops all capabilities and adds back what it needs.

    Source: https://docs.docker.com/engine/security/#linux-kernel-capabilities

    Bad::

        services:
          web:
            image: nginx:1.27

    Good::

        services:
          web:
            image: nginx:1.27
            cap_drop: [ALL]
    """
    for service in compose.services.values():
        if "ALL" not in [name.upper() for name in service.cap_drop]:
            yield compose.finding(f"`{service.name}` keeps capabilities", service.mark)


@rule(Stage.SECURITY)
def secrets_are_not_in_the_environment(compose: ComposeFile) -> Iterator[Finding]:
    """No password, token or key stands as plain text in `environment` or in build arguments.

    Source: https://docs.docker.com/compose/how-tos/use-secrets/

    Bad::

        services:
          db:
            image: postgres:17
            environment:
              POSTGRES_PASSWORD: hunter2

    Good::

        services:
          db:
            image: postgres:17
            environment:
              POSTGRES_PASSWORD_FILE: /run/secrets/password
    """
    for service in compose.services.values():
        args = service.build.args if service.build else {}
        for name, value in (*service.environment.items(), *args.items()):
            if value and _SECRET.search(name[:200]):
                message = f"`{service.name}` has the secret `{name[:60]}` as plain text"
                yield compose.finding(message, service.place("environment", name), "use `secrets`")


def _open(port: Port) -> bool:
    low, high = port.target
    return port.everywhere and any(low <= number <= high for number in DATABASE_PORTS)


@rule(Stage.SECURITY)
def databases_are_not_public(compose: ComposeFile) -> Iterator[Finding]:
    """No port of a database or queue is published on every address of the host.

    Source: https://docs.docker.com/engine/network/port-publishing/

    Bad::

        services:
          db:
            image: postgres:17
            ports: ["5432:5432"]

    Good::

        services:
          db:
            image: postgres:17
            ports: ["127.0.0.1:5432:5432"]
    """
    for service in compose.services.values():
        for port in filter(_open, service.ports):
            message = f"`{service.name}` publishes a database port on every address of the host"
            yield compose.finding(message, port.mark, "write `127.0.0.1:` before it")


@rule(Stage.SECURITY)
def privileges_cannot_grow(compose: ComposeFile) -> Iterator[Finding]:
    """Every container has the security option `no-new-privileges`.

    Source: https://docs.docker.com/reference/cli/docker/container/run/#security-opt

    Bad::

        services:
          web:
            image: nginx:1.27

    Good::

        services:
          web:
            image: nginx:1.27
            security_opt: ["no-new-privileges:true"]
    """
    allowed = {"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"}
    for service in compose.services.values():
        if not allowed & set(service.security_opt):
            message = f"`{service.name}` may gain privileges"
            yield compose.finding(message, service.mark, "set no-new-privileges:true")


@rule(Stage.SECURITY)
def users_are_not_root(compose: ComposeFile) -> Iterator[Finding]:
    """No service asks to run as root.

    Source: https://docs.docker.com/build/building/best-practices/#user

    Bad::

        services:
          web:
            image: nginx:1.27
            user: root

    Good::

        services:
          web:
            image: nginx:1.27
            user: "1000:1000"
    """
    for service in compose.services.values():
        if service.user.partition(":")[0] in ("root", "0"):
            yield compose.finding(f"`{service.name}` runs as root", service.place("user"))


@rule(Stage.SECURITY)
def confinement_is_on(compose: ComposeFile) -> Iterator[Finding]:
    """No container switches off seccomp, AppArmor or SELinux labels.

    Source: https://docs.docker.com/engine/security/seccomp/

    Bad::

        services:
          web:
            image: nginx:1.27
            security_opt: ["seccomp:unconfined"]

    Good::

        services:
          web:
            image: nginx:1.27
    """
    for service in compose.services.values():
        for option in service.security_opt:
            if option.replace("=", ":") in (
                "seccomp:unconfined", "apparmor:unconfined", "label:disable",
                "systempaths:unconfined",
            ):  # fmt: skip
                message = f"`{service.name}` switches off confinement: `{option}`"
                yield compose.finding(message, service.place("security_opt"))


@rule(Stage.SECURITY)
def memory_is_limited(compose: ComposeFile) -> Iterator[Finding]:
    """Every service has a memory limit.

    Source: https://docs.docker.com/engine/containers/resource_constraints/

    Bad::

        services:
          web:
            image: nginx:1.27

    Good::

        services:
          web:
            image: nginx:1.27
            mem_limit: 256m
    """
    for service in compose.services.values():
        if not service.limits.memory:
            yield compose.finding(f"`{service.name}` has no memory limit", service.mark)


@rule(Stage.SECURITY)
def root_filesystems_are_read_only(compose: ComposeFile) -> Iterator[Finding]:
    """Every container's root file system is read-only.

    Source: https://docs.docker.com/reference/compose-file/services/#read_only

    Bad::

        services:
          web:
            image: nginx:1.27

    Good::

        services:
          web:
            image: nginx:1.27
            read_only: true
    """
    for service in compose.services.values():
        if not service.read_only:
            message = f"the root file system of `{service.name}` can be written"
            yield compose.finding(message, service.mark)


@rule(Stage.SECURITY)
def published_ports_differ(compose: ComposeFile) -> Iterator[Finding]:
    """No two services that run publish the same port of the host (only `up` would notice).

    Source: https://docs.docker.com/engine/network/port-publishing/

    Bad::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:80"]
          api:
            image: node:22
            ports: ["8080:3000"]

    Good::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:80"]
          api:
            image: node:22
            ports: ["8081:3000"]
    """
    taken: dict[tuple[str, int], str] = {}
    for service in compose.running.values():
        for port in service.ports:
            if not port.published or port.published[0] != port.published[1]:
                continue
            key = (port.protocol, port.published[0])
            if key in taken:
                message = f"`{service.name}` and `{taken[key]}` both publish port {key[1]}"
                yield compose.finding(message, port.mark)
            taken.setdefault(key, service.name)


IN_ORDER = (
    images_are_pinned,
    containers_are_not_privileged,
    engine_sockets_are_not_mounted,
    system_paths_are_not_mounted,
    host_namespaces_are_not_shared,
    powerful_capabilities_are_not_added,
    capabilities_are_dropped,
    secrets_are_not_in_the_environment,
    databases_are_not_public,
    privileges_cannot_grow,
    users_are_not_root,
    confinement_is_on,
    memory_is_limited,
    root_filesystems_are_read_only,
    published_ports_differ,
)
