"""The parsed compose file that rules and requirements read: services in one normal form.

The short and the long syntax, lists and mappings, strings and word lists give equal values here.
Everything knows its place as `mark` (line, column). Fields of a wrong type are left out: the schema
rule reports them, and nothing else has to care.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.json_schema import SchemaError
from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.compose.values import Mount, Port
from iac_gym.verdict import Finding

Note = Callable[[str, str, Mark], None]


@dataclass(frozen=True, slots=True)
class Build:
    """How a service's image is built; paths as written, defaults filled in."""

    context: str = "."
    dockerfile: str = "Dockerfile"
    inline: bool = False
    target: str = ""
    args: Mapping[str, str | None] = field(default_factory=dict)
    secrets: tuple[FileUse, ...] = ()
    platforms: tuple[str, ...] = ()
    contexts: Mapping[str, str | None] = field(default_factory=dict)
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of `depends_on`."""

    service: str
    condition: str = "service_started"
    required: bool = True
    restart: bool = False
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """One entry of `env_file`."""

    path: str
    required: bool = True
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class FileUse:
    """A secret or config that a service is given, and the path where it appears."""

    source: str
    target: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class NetworkUse:
    """A network that a service joins."""

    name: str
    aliases: tuple[str, ...] = ()
    ipv4: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """A health check. `test` starts with CMD, CMD-SHELL or NONE; durations are seconds."""

    test: tuple[str, ...] = ()
    disabled: bool = False
    interval: float | None = None
    timeout: float | None = None
    start_period: float | None = None
    retries: int | None = None
    mark: Mark = (0, 0)

    @property
    def works(self) -> bool:
        """Whether the check runs a command."""
        return not self.disabled and len(self.test) > 1 and self.test[0] != "NONE"


@dataclass(frozen=True, slots=True)
class Logging:
    """The logging driver and its options."""

    driver: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits or reservations: `cpus` as a number, `memory` in bytes."""

    cpus: float | None = None
    memory: int | None = None
    pids: int | None = None
    mark: Mark = (0, 0)


@dataclass(frozen=True)
class Service:
    """One service in normal form. `tree` is its mapping after interpolation and `extends`."""

    name: str
    tree: YamlMap
    mark: Mark = (0, 0)
    image: str = ""
    build: Build | None = None
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    ports: tuple[Port, ...] = ()
    volumes: tuple[Mount, ...] = ()
    tmpfs: tuple[str, ...] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    env_files: tuple[EnvFile, ...] = ()
    labels: Mapping[str, str | None] = field(default_factory=dict)
    depends_on: Mapping[str, Dependency] = field(default_factory=dict)
    networks: Mapping[str, NetworkUse] = field(default_factory=dict)
    network_mode: str = ""
    secrets: tuple[FileUse, ...] = ()
    configs: tuple[FileUse, ...] = ()
    healthcheck: Healthcheck | None = None
    logging: Logging | None = None
    limits: Resources = Resources()
    reservations: Resources = Resources()
    replicas: int = 1
    restart: str = ""
    profiles: tuple[str, ...] = ()
    user: str = ""
    read_only: bool = False
    privileged: bool = False
    init: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    container_name: str = ""
    hostname: str = ""
    working_dir: str = ""
    stop_grace_period: float | None = None
    expose: tuple[str, ...] = ()
    extra_hosts: tuple[tuple[str, str], ...] = ()
    ulimits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sysctls: Mapping[str, str | None] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    volumes_from: tuple[str, ...] = ()

    @property
    def enabled(self) -> bool:
        """Whether the service runs when nobody names a profile."""
        return not self.profiles

    @property
    def runs(self) -> bool:
        """Whether any container of it runs: an image or a build, and more than no replicas."""
        return self.replicas > 0 and bool(self.image or self.build or "provider" in self.tree)

    def place(self, *path: str | int) -> Mark:
        """Return the position of a field of the service, or the deepest known step towards it."""
        tree, mark = self.tree, self.mark
        for step in path:
            marks = getattr(tree, "marks", None)
            if isinstance(tree, dict) and isinstance(marks, dict) and step in tree:
                mark = marks.get(step, mark)
            elif not (isinstance(tree, list) and isinstance(step, int) and step < len(tree)):
                return mark
            tree = tree[step]
        return mark


@dataclass(frozen=True)
class Resource:
    """A top-level network, volume, secret or config."""

    name: str
    tree: YamlMap | None
    mark: Mark = (0, 0)

    def get(self, key: str, default: Any = None) -> Any:
        """Return one of its fields."""
        return self.tree.get(key, default) if self.tree is not None else default

    @property
    def external(self) -> bool:
        """Whether it exists outside the project."""
        return bool(self.get("external"))


#: Turns the tree into services and the problems met on the way; see `read.py`.
Reader = Callable[["ComposeFile"], "tuple[dict[str, Service], dict[str, list[Finding]]]"]


@dataclass(frozen=True)
class ComposeFile:
    """One compose project. `tree` is the merged document after interpolation and `extends`."""

    tree: YamlMap
    path: str
    early: Mapping[str, list[Finding]]
    reader: Reader
    validate: Callable[[Any], list[SchemaError]]

    @lazy
    def schema_errors(self) -> list[SchemaError]:
        """What the JSON schema of the Compose specification finds."""
        return self.validate(self.tree)

    @lazy
    def _read(self) -> tuple[dict[str, Service], dict[str, list[Finding]]]:
        return self.reader(self)

    @property
    def services(self) -> dict[str, Service]:
        """Every service, those behind profiles included."""
        return self._read[0]

    @lazy
    def running(self) -> dict[str, Service]:
        """The services that run when nobody names a profile."""
        return {name: one for name, one in self.services.items() if one.enabled and one.runs}

    def problems(self, kind: str) -> Iterator[Finding]:
        """Yield what the readers could not read, by kind ("interpolation", "ports", ...)."""
        yield from self.early.get(kind, ())
        yield from self._read[1].get(kind, ())

    def section(self, name: str) -> dict[str, Resource]:
        """Return a top-level section ("networks", "volumes", "secrets", "configs") by name."""
        return self._sections[name]

    @lazy
    def _sections(self) -> dict[str, dict[str, Resource]]:
        return {
            name: dict(self._resources(name))
            for name in ("networks", "volumes", "secrets", "configs", "models")
        }

    def _resources(self, name: str) -> Iterator[tuple[str, Resource]]:
        section = self.tree.get(name)
        if isinstance(section, YamlMap):
            for key, value in section.items():
                tree = value if isinstance(value, YamlMap) else None
                yield str(key), Resource(str(key), tree, section.marks.get(key, section.mark))

    @property
    def opaque(self) -> bool:
        """Whether files that cannot be seen here add to the project (`include`)."""
        return bool(self.tree.get("include"))

    def finding(self, message: str, mark: Mark = (0, 0), hint: str = "") -> Finding:
        """Make a finding in this file."""
        return Finding(message, self.path, mark[0], mark[1], hint)
