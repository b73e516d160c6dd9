"""Rules about values: what Docker Compose checks after the schema, service by service."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import rule
from iac_gym.languages.compose.model import ComposeFile, Resource, Service
from iac_gym.languages.compose.read import as_map, integer, number
from iac_gym.languages.compose.values import read_size
from iac_gym.verdict import Finding, Stage


@rule(Stage.SEMANTICS)
def services_have_an_image_or_a_build(compose: ComposeFile) -> Iterator[Finding]:
    """Every service has an image, a build, or a provider.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            ports: ["8080:80"]

    Good::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:80"]
    """
    for service in compose.services.values():
        extends = as_map(service.tree.get("extends"))
        if service.image or service.build or "provider" in service.tree or "file" in extends:
            continue
        yield compose.finding(f"`{service.name}` has neither an image nor a build", service.mark)


@rule(Stage.SEMANTICS)
def ports_are_right(compose: ComposeFile) -> Iterator[Finding]:
    """Ports are `[[IP:]HOST:]CONTAINER[/PROTOCOL]` or mappings, with numbers up to 65535.

    Source: https://docs.docker.com/reference/compose-file/services/#ports

    Bad::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:http"]

    Good::

        services:
          web:
            image: nginx:1.27
            ports: ["127.0.0.1:8080:80/tcp"]
    """
    yield from compose.problems("ports")


@rule(Stage.SEMANTICS)
def mounts_are_right(compose: ComposeFile) -> Iterator[Finding]:
    """Mounts can be read, have a target, and no two things are mounted at one path.

    Source: https://github.com/compose-spec/compose-go/blob/main/format/volume.go

    Bad::

        services:
          db:
            image: postgres:17
            tmpfs: [/data]
            volumes: ["./data:/data"]

    Good::

        services:
          db:
            image: postgres:17
            tmpfs: [/tmp]
            volumes: ["./data:/data"]
    """
    yield from compose.problems("mounts")
    for service in compose.services.values():
        taken = {entry.partition(":")[0] for entry in service.tmpfs}
        for mount in service.volumes:
            if mount.target in taken:
                message = f"`{service.name}` mounts two things at `{mount.target[:100]}`"
                yield compose.finding(message, mount.mark)
            taken.add(mount.target)


@rule(Stage.SEMANTICS)
def sizes_are_right(compose: ComposeFile) -> Iterator[Finding]:
    """Sizes are a number of bytes with an optional unit (b, k, m, g, t, p), CPUs are numbers.

    Source: https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values

    Bad::

        services:
          web:
            image: nginx:1.27
            mem_limit: 512 megabytes

    Good::

        services:
          web:
            image: nginx:1.27
            mem_limit: 512m
    """
    yield from compose.problems("sizes")


@rule(Stage.SEMANTICS)
def durations_are_right(compose: ComposeFile) -> Iterator[Finding]:
    """Durations are numbers with units (us, ms, s, m, h, d, w), such as `1m30s`.

    Source: https://docs.docker.com/reference/compose-file/extension/#specifying-durations

    Bad::

        services:
          web:
            image: nginx:1.27
            stop_grace_period: "30"

    Good::

        services:
          web:
            image: nginx:1.27
            stop_grace_period: 30s
    """
    yield from compose.problems("durations")


@rule(Stage.SEMANTICS)
def commands_can_be_split(compose: ComposeFile) -> Iterator[Finding]:
    """A command written as text has its quotes closed and no bracket outside them.

    Source: https://github.com/mattn/go-shellwords

    Bad::

        services:
          web:
            image: nginx:1.27
            command: sh -c "nginx

    Good::

        services:
          web:
            image: nginx:1.27
            command: sh -c "nginx"
    """
    yield from compose.problems("commands")


@rule(Stage.SEMANTICS)
def entries_are_pairs(compose: ComposeFile) -> Iterator[Finding]:
    """Extra hosts are `host=address`, and names of variables do not end in a blank.

    Source: https://docs.docker.com/reference/compose-file/services/#extra_hosts

    Bad::

        services:
          web:
            image: nginx:1.27
            extra_hosts: [somehost]

    Good::

        services:
          web:
            image: nginx:1.27
            extra_hosts: ["somehost=10.0.0.7"]
    """
    yield from compose.problems("hosts")
    yield from compose.problems("environment")


@rule(Stage.SEMANTICS)
def network_mode_stands_alone(compose: ComposeFile) -> Iterator[Finding]:
    """A service with `network_mode` joins no networks.

    Source: https://docs.docker.com/reference/compose-file/services/#network_mode

    Bad::

        services:
          web:
            image: nginx:1.27
            network_mode: host
            networks: [front]
        networks:
          front: {}

    Good::

        services:
          web:
            image: nginx:1.27
            network_mode: host
    """
    for service in compose.services.values():
        if service.network_mode and service.tree.get("networks"):
            message = f"`{service.name}` has both `network_mode` and `networks`"
            yield compose.finding(message, service.place("network_mode"), "drop one of them")


@rule(Stage.SEMANTICS)
def health_tests_name_their_kind(compose: ComposeFile) -> Iterator[Finding]:
    """A health check's test that is a list starts with CMD, CMD-SHELL or NONE.

    Source: https://docs.docker.com/reference/compose-file/services/#healthcheck

    Bad::

        services:
          web:
            image: nginx:1.27
            healthcheck:
              test: [curl, -f, http://localhost]

    Good::

        services:
          web:
            image: nginx:1.27
            healthcheck:
              test: [CMD, curl, -f, http://localhost]
    """
    for service in compose.services.values():
        test = service.healthcheck.test if service.healthcheck else ()
        if test and test[0] not in ("CMD", "CMD-SHELL", "NONE"):
            message = f"the health check of `{service.name}` starts with `{test[0][:40]}`"
            mark = service.place("healthcheck", "test")
            yield compose.finding(message, mark, "start with CMD, CMD-SHELL or NONE")


@rule(Stage.SEMANTICS)
def container_names_are_single(compose: ComposeFile) -> Iterator[Finding]:
    """A service with a fixed container name has one replica.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            image: nginx:1.27
            container_name: web
            deploy:
              replicas: 2

    Good::

        services:
          web:
            image: nginx:1.27
            deploy:
              replicas: 2
    """
    for service in compose.services.values():
        if service.container_name and service.replicas > 1:
            message = f"`{service.name}` has a container name and {service.replicas} replicas"
            yield compose.finding(message, service.place("container_name"), "drop the name")


@rule(Stage.SEMANTICS)
def replicas_agree(compose: ComposeFile) -> Iterator[Finding]:
    """`scale` and `deploy.replicas` are not negative, and equal where both are given.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            image: nginx:1.27
            scale: 3
            deploy:
              replicas: 2

    Good::

        services:
          web:
            image: nginx:1.27
            deploy:
              replicas: 3
    """
    for service in compose.services.values():
        scale = integer(service.tree.get("scale"))
        asked = integer(as_map(service.tree.get("deploy")).get("replicas"))
        mark = service.place("scale") if scale is not None else service.place("deploy", "replicas")
        if scale is not None and asked is not None and scale != asked:
            message = f"`{service.name}` has `scale` {scale} and `deploy.replicas` {asked}"
            yield compose.finding(message, mark)
        if min(scale or 0, asked or 0) < 0:
            yield compose.finding(f"`{service.name}` has a negative number of replicas", mark)


def _limits(service: Service) -> Iterator[tuple[str, object, str, object]]:
    """Yield the older limits beside those of `deploy`: (field, value, field, value)."""
    resources = as_map(as_map(service.tree.get("deploy")).get("resources"))
    old = service.tree
    if "limits" in resources:
        limits = as_map(resources["limits"])
        yield "cpus", number(old.get("cpus")), "limits.cpus", number(limits.get("cpus"))
        own = integer(old.get("pids_limit"))
        yield "pids_limit", own, "limits.pids", integer(limits.get("pids"))
        if old.get("mem_limit"):
            yield "mem_limit", _size(old.get("mem_limit")), "limits.memory", service.limits.memory
            if "memory" not in limits:
                yield "mem_limit", 1, "limits.memory", 0
    if "reservations" in resources and old.get("mem_reservation"):
        held = service.reservations.memory if "memory" in as_map(resources["reservations"]) else 0
        own = _size(old.get("mem_reservation"))
        yield "mem_reservation", own, "reservations.memory", held


def _size(value: object) -> int | None:
    try:
        return read_size(value)
    except ValueError:
        return None


@rule(Stage.SEMANTICS)
def limits_agree(compose: ComposeFile) -> Iterator[Finding]:
    """Older limits (`cpus`, `mem_limit`, ...) equal those of `deploy.resources` if both are given.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            image: nginx:1.27
            mem_limit: 256m
            deploy:
              resources:
                limits:
                  memory: 512m

    Good::

        services:
          web:
            image: nginx:1.27
            deploy:
              resources:
                limits:
                  memory: 512m
    """
    for service in compose.services.values():
        for field, own, other, value in _limits(service):
            if own and own != (value or 0):
                message = f"`{service.name}` sets `{field}` and another value for `{other}`"
                yield compose.finding(message, service.place(field), "keep one of them")


@rule(Stage.SEMANTICS)
def builds_are_consistent(compose: ComposeFile) -> Iterator[Finding]:
    """A build has a Dockerfile or an inline one, and its platforms include the service's.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          app:
            build:
              context: .
              dockerfile: Dockerfile.dev
              dockerfile_inline: FROM alpine:3.21

    Good::

        services:
          app:
            build:
              context: .
              dockerfile: Dockerfile.dev
    """
    for service in compose.services.values():
        build = service.build
        if build is None:
            continue
        if build.inline and as_map(service.tree.get("build")).get("dockerfile"):
            message = f"the build of `{service.name}` has a Dockerfile and an inline one"
            yield compose.finding(message, build.mark, "drop one of them")
        platform = service.tree.get("platform")
        if build.platforms and isinstance(platform, str) and platform not in build.platforms:
            message = f"the build of `{service.name}` leaves out its platform `{platform[:60]}`"
            yield compose.finding(message, build.mark)


def _entries(service: Service, field: str) -> list[str]:
    value = as_map(service.tree.get("build")).get(field)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


@rule(Stage.SEMANTICS)
def build_entries_are_pairs(compose: ComposeFile) -> Iterator[Finding]:
    """Additional contexts of a build are `name=context`, and SSH keys `default` or `id=path`.

    Source: https://github.com/compose-spec/compose-go/blob/main/transform/mapping.go

    Bad::

        services:
          app:
            build:
              context: .
              additional_contexts: [../shared]

    Good::

        services:
          app:
            build:
              context: .
              additional_contexts: [shared=../shared]
    """
    for service in compose.services.values():
        contexts = _entries(service, "additional_contexts")
        keys = [item for item in _entries(service, "ssh") if item != "default"]
        for item in (*contexts, *keys):
            if "=" not in item:
                message = f"`{item[:60]}` in the build of `{service.name}` is no `name=value`"
                yield compose.finding(message, service.place("build"))


def _sources(resource: Resource, keys: tuple[str, ...]) -> list[str]:
    tree = resource.tree if resource.tree is not None else {}
    return [key for key in keys if key in tree]


@rule(Stage.SEMANTICS)
def secrets_and_configs_have_one_source(compose: ComposeFile) -> Iterator[Finding]:
    """A secret is a file, a variable, or external; a config may also have its content inline.

    Source: https://github.com/compose-spec/compose-go/blob/main/validation/validation.go

    Bad::

        services:
          db:
            image: postgres:17
            secrets: [password]
        secrets:
          password: {}

    Good::

        services:
          db:
            image: postgres:17
            secrets: [password]
        secrets:
          password:
            file: ./password.txt
    """
    keys = {"secrets": ("file", "environment"), "configs": ("file", "environment", "content")}
    for section, allowed in keys.items():
        for resource in compose.section(section).values():
            found = _sources(resource, allowed)
            name = f"`{section}.{resource.name}`"
            if resource.tree is None:
                continue
            if len(found) > 1:
                message = f"{name} has several sources: {' and '.join(found)}"
                yield compose.finding(message, resource.mark, "keep one of them")
            elif not found and not resource.external:
                if section == "configs" and ("external" in resource.tree):
                    continue
                message = f"{name} has no source"
                yield compose.finding(message, resource.mark, f"give one of {', '.join(allowed)}")


@rule(Stage.SEMANTICS)
def external_volumes_have_no_settings(compose: ComposeFile) -> Iterator[Finding]:
    """A volume that exists elsewhere has a name and nothing else.

    Source: https://github.com/compose-spec/compose-go/blob/main/validation/external.go

    Bad::

        services:
          db:
            image: postgres:17
        volumes:
          data:
            external: true
            driver: local

    Good::

        services:
          db:
            image: postgres:17
        volumes:
          data:
            external: true
    """
    for resource in compose.section("volumes").values():
        if not resource.external or resource.tree is None:
            continue
        for key in resource.tree:
            if key not in ("name", "external") and not str(key).startswith("x-"):
                message = f"the volume `{resource.name}` is external and has `{str(key)[:60]}`"
                yield compose.finding(message, resource.tree.marks.get(key, resource.mark))


@rule(Stage.SEMANTICS)
def watches_have_a_target(compose: ComposeFile) -> Iterator[Finding]:
    """What `develop.watch` syncs has a path and a target.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          app:
            build: .
            develop:
              watch:
                - path: ./src
                  action: sync

    Good::

        services:
          app:
            build: .
            develop:
              watch:
                - path: ./src
                  action: sync
                  target: /app/src
    """
    for service in compose.services.values():
        watches = as_map(service.tree.get("develop")).get("watch")
        for index, entry in enumerate(watches if isinstance(watches, list) else ()):
            tree = as_map(entry)
            mark = service.place("develop", "watch", index)
            if tree.get("path") == "":
                yield compose.finding(f"a watch of `{service.name}` has an empty path", mark)
            synced = tree.get("action") not in ("rebuild", "restart")
            if tree and synced and not tree.get("target"):
                message = f"a watch of `{service.name}` syncs and has no target"
                yield compose.finding(message, mark, "add `target`, a path in the container")


@rule(Stage.SEMANTICS)
def devices_are_counted_or_listed(compose: ComposeFile) -> Iterator[Finding]:
    """A reserved device has a count (a number or `all`) or ids, not both.

    Source: https://github.com/compose-spec/compose-go/blob/main/validation/validation.go

    Bad::

        services:
          train:
            image: trainer:1.0
            deploy:
              resources:
                reservations:
                  devices:
                    - capabilities: [gpu]
                      count: 1
                      device_ids: ["0"]

    Good::

        services:
          train:
            image: trainer:1.0
            deploy:
              resources:
                reservations:
                  devices:
                    - capabilities: [gpu]
                      count: 1
    """
    for service in compose.services.values():
        resources = as_map(as_map(service.tree.get("deploy")).get("resources"))
        reserved = as_map(resources.get("reservations")).get("devices")
        for devices in (reserved, service.tree.get("gpus")):
            for entry in devices if isinstance(devices, list) else ():
                tree = as_map(entry)
                if "count" in tree and "device_ids" in tree:
                    message = f"a device of `{service.name}` has a count and ids"
                    yield compose.finding(message, tree.mark, "keep one of them")
                count = tree.get("count")
                if isinstance(count, str) and count.lower() != "all" and integer(count) is None:
                    message = f"the count of a device of `{service.name}` is `{count[:40]}`"
                    yield compose.finding(message, tree.mark, "write a number or `all`")


IN_ORDER = (
    services_have_an_image_or_a_build,
    ports_are_right,
    mounts_are_right,
    sizes_are_right,
    durations_are_right,
    commands_can_be_split,
    entries_are_pairs,
    network_mode_stands_alone,
    health_tests_name_their_kind,
    container_names_are_single,
    replicas_agree,
    limits_agree,
    builds_are_consistent,
    build_entries_are_pairs,
    secrets_and_configs_have_one_source,
    external_volumes_have_no_settings,
    watches_have_a_target,
    devices_are_counted_or_listed,
)
