"""Rules about names: what a service refers to exists, and dependencies form no cycle.

Services behind a profile are held to the same, as `docker compose --profile '*' config` does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from iac_gym.check import rule
from iac_gym.formats.yaml import Mark
from iac_gym.languages.compose.model import ComposeFile, Service
from iac_gym.verdict import Finding, Stage


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name[:60], list(known)[:200], n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def _undefined(
    compose: ComposeFile, section: str, what: str, uses: Iterable[tuple[str, str, Mark]]
) -> Iterator[Finding]:
    if compose.opaque:
        return
    known = compose.section(section)
    for service, name, mark in uses:
        if name not in known:
            message = f"`{service}` uses the {what} `{name}`, which `{section}` does not define"
            yield compose.finding(message, mark, _near(name, known) or f"add it under `{section}`")


@rule(Stage.REFERENCES)
def extended_services_exist(compose: ComposeFile) -> Iterator[Finding]:
    """A service extends one that exists, and not itself.

    Source: https://docs.docker.com/reference/compose-file/services/#extends

    Bad::

        services:
          web:
            image: nginx:1.27
            extends: base

    Good::

        services:
          base:
            image: nginx:1.27
          web:
            extends: base
    """
    yield from compose.problems("extends")


def _shared(service: Service) -> Iterator[tuple[str, Mark]]:
    """Yield the services whose namespaces, links or volumes a service shares."""
    for field in ("network_mode", "ipc", "pid", "uts", "cgroup"):
        value = service.tree.get(field)
        if isinstance(value, str) and value.startswith("service:"):
            yield value.removeprefix("service:"), service.place(field)
    for link in service.links:
        parts = link.split(":")
        yield (parts[0] if len(parts) == 2 else link), service.place("links")
    for source in service.volumes_from:
        if not source.startswith("container:"):
            yield source.partition(":")[0], service.place("volumes_from")


def _needs(service: Service) -> Iterator[tuple[str, bool, Mark]]:
    """Yield what a service depends on, openly or by sharing: (name, required, place)."""
    for name, one in service.depends_on.items():
        yield name, one.required, one.mark
    for name, mark in _shared(service):
        if name not in service.depends_on:
            yield name, True, mark


@rule(Stage.REFERENCES)
def dependencies_exist(compose: ComposeFile) -> Iterator[Finding]:
    """Services named in `depends_on`, `links`, `volumes_from` or `service:` exist and are enabled.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            image: nginx:1.27
            depends_on: [database]
          db:
            image: postgres:17

    Good::

        services:
          web:
            image: nginx:1.27
            depends_on: [db]
          db:
            image: postgres:17
    """
    if compose.opaque:
        return
    known = compose.services
    for service in known.values():
        for name, required, mark in _needs(service):
            if name not in known:
                message = f"`{service.name}` depends on `{name}`, which is no service"
                yield compose.finding(message, mark, _near(name, known))
            elif required and service.enabled and not known[name].enabled:
                message = f"`{service.name}` depends on `{name}`, which only runs with a profile"
                yield compose.finding(message, mark)


@rule(Stage.REFERENCES)
def dependencies_form_no_cycle(compose: ComposeFile) -> Iterator[Finding]:
    """No service depends on itself, directly or through others.

    Source: https://github.com/compose-spec/compose-go/blob/main/graph/cycle.go

    Bad::

        services:
          web:
            image: nginx:1.27
            depends_on: [api]
          api:
            image: node:22
            depends_on: [web]

    Good::

        services:
          web:
            image: nginx:1.27
            depends_on: [api]
          api:
            image: node:22
    """
    known = compose.services
    edges = {
        name: [need for need, _, _ in _needs(service) if need in known]
        for name, service in known.items()
    }
    done: set[str] = set()
    for start in edges:
        cycle = _cycle(start, edges, done)
        if cycle:
            chain = " -> ".join(f"`{name}`" for name in cycle[:20])
            yield compose.finding(f"these services depend on each other: {chain}",
                                  known[cycle[0]].mark)  # fmt: skip
            return


def _cycle(start: str, edges: dict[str, list[str]], done: set[str]) -> list[str]:
    """Search depth first without recursion; return the names of a cycle, or nothing."""
    path: list[str] = []
    on_path: set[str] = set()
    todo: list[tuple[str, bool]] = [(start, False)]
    while todo:
        name, leaving = todo.pop()
        if leaving:
            path.pop()
            on_path.discard(name)
            done.add(name)
        elif name in on_path:
            return [*path[path.index(name) :], name]
        elif name not in done:
            path.append(name)
            on_path.add(name)
            todo.append((name, True))
            todo.extend((need, False) for need in edges[name])
    return []


@rule(Stage.REFERENCES)
def networks_are_defined(compose: ComposeFile) -> Iterator[Finding]:
    """Networks that services join are defined at the top level; `default` always exists.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            image: nginx:1.27
            networks: [front]

    Good::

        services:
          web:
            image: nginx:1.27
            networks: [front]
        networks:
          front: {}
    """
    uses = (
        (service.name, use.name, use.mark)
        for service in compose.services.values()
        for use in service.networks.values()
        if use.name != "default"
    )
    yield from _undefined(compose, "networks", "network", uses)


@rule(Stage.REFERENCES)
def volumes_are_defined(compose: ComposeFile) -> Iterator[Finding]:
    """Named volumes that services mount are defined at the top level.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          db:
            image: postgres:17
            volumes: ["data:/var/lib/postgresql/data"]

    Good::

        services:
          db:
            image: postgres:17
            volumes: ["data:/var/lib/postgresql/data"]
        volumes:
          data: {}
    """
    uses = (
        (service.name, mount.source, mount.mark)
        for service in compose.services.values()
        for mount in service.volumes
        if mount.type == "volume" and mount.source
    )
    yield from _undefined(compose, "volumes", "volume", uses)


@rule(Stage.REFERENCES)
def secrets_are_defined(compose: ComposeFile) -> Iterator[Finding]:
    """Secrets that services or builds are given are defined at the top level.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          db:
            image: postgres:17
            secrets: [password]

    Good::

        services:
          db:
            image: postgres:17
            secrets: [password]
        secrets:
          password:
            file: ./password.txt
    """
    uses = (
        (service.name, use.source, use.mark)
        for service in compose.services.values()
        for use in (*service.secrets, *(service.build.secrets if service.build else ()))
    )
    yield from _undefined(compose, "secrets", "secret", uses)


@rule(Stage.REFERENCES)
def configs_are_defined(compose: ComposeFile) -> Iterator[Finding]:
    """Configs that services are given are defined at the top level.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          web:
            image: nginx:1.27
            configs: [site]

    Good::

        services:
          web:
            image: nginx:1.27
            configs: [site]
        configs:
          site:
            file: ./site.conf
    """
    uses = (
        (service.name, use.source, use.mark)
        for service in compose.services.values()
        for use in service.configs
    )
    yield from _undefined(compose, "configs", "config", uses)


@rule(Stage.REFERENCES)
def models_are_defined(compose: ComposeFile) -> Iterator[Finding]:
    """Models that services use are defined at the top level.

    Source: https://docs.docker.com/reference/compose-file/models/

    Bad::

        services:
          chat:
            image: chat:1.0
            models: [llm]

    Good::

        services:
          chat:
            image: chat:1.0
            models: [llm]
        models:
          llm:
            model: ai/smollm2
    """
    uses = (
        (service.name, str(name), service.place("models"))
        for service in compose.services.values()
        if isinstance(service.tree.get("models"), (dict, list))
        for name in service.tree["models"]
    )
    yield from _undefined(compose, "models", "model", uses)


@rule(Stage.REFERENCES)
def build_contexts_exist(compose: ComposeFile) -> Iterator[Finding]:
    """An additional build context `service:NAME` names a service that is built.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/validate.go

    Bad::

        services:
          app:
            build:
              context: .
              additional_contexts:
                base: service:base

    Good::

        services:
          base:
            build: ./base
          app:
            build:
              context: .
              additional_contexts:
                base: service:base
    """
    for service in compose.services.values():
        build = service.build
        for name, context in (build.contexts if build else {}).items():
            if not (context or "").startswith("service:"):
                continue
            other = compose.services.get((context or "").removeprefix("service:"))
            if (other is None or other.build is None) and not compose.opaque:
                message = f"the build context `{name}` of `{service.name}` is {context}, which is"
                mark = build.mark if build else service.mark
                yield compose.finding(f"{message} no service that is built", mark)


IN_ORDER = (
    extended_services_exist,
    dependencies_exist,
    dependencies_form_no_cycle,
    networks_are_defined,
    volumes_are_defined,
    secrets_are_defined,
    configs_are_defined,
    models_are_defined,
    build_contexts_exist,
)
