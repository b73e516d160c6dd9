"""Reads services into their normal form, and notes what cannot be read.

Total: a field of a wrong type is left out here, because the schema rule reports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.compose.model import (
    Build,
    ComposeFile,
    Dependency,
    EnvFile,
    FileUse,
    Healthcheck,
    Logging,
    NetworkUse,
    Note,
    Resources,
    Service,
)
from iac_gym.languages.compose.values import (
    Mount,
    Port,
    check_ip,
    clean_path,
    read_duration,
    read_mount,
    read_port,
    read_range,
    read_size,
    shell_words,
    text_of,
    whole_float,
    whole_int,
)
from iac_gym.verdict import Finding

_SIZES = ("mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "shm_size")
_DEPLOY_DURATIONS = (
    ("update_config", "delay"), ("update_config", "monitor"), ("rollback_config", "delay"),
    ("rollback_config", "monitor"), ("restart_policy", "delay"), ("restart_policy", "window"),
)  # fmt: skip


_EMPTY = YamlMap()


def as_map(value: Any) -> YamlMap:
    """Return the value if it is a mapping, an empty one, which nobody changes, otherwise."""
    return value if isinstance(value, YamlMap) else _EMPTY


def as_text(value: Any) -> str:
    """Return the value if it is a string, '' otherwise."""
    return value if isinstance(value, str) else ""


def items(value: Any) -> Iterator[tuple[Any, Mark]]:
    """Yield the items of a list with their places; nothing for anything else."""
    if isinstance(value, YamlList):
        yield from zip(value, value.marks, strict=False)


def texts(value: Any) -> tuple[str, ...]:
    """Return the strings of a string or a list."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    return tuple(item for item, _ in items(value) if isinstance(item, str))


def number(value: Any) -> float | None:
    """Return a number written as a number or as text."""
    try:
        if isinstance(value, str):
            return whole_float(value)
    except ValueError:
        return None
    return float(value) if isinstance(value, (int, float)) and abs(value) < 1e300 else None


def integer(value: Any) -> int | None:
    """Return an integer written as a number or as text."""
    try:
        if isinstance(value, str):
            return whole_int(value)
    except ValueError:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class _Reader:
    """Reads one service. `note` takes (kind, message, mark) of what cannot be read."""

    def __init__(self, name: str, tree: YamlMap, mark: Mark, note: Note) -> None:
        self.name = name
        self.tree = tree
        self.mark = mark
        self.note = note

    def at(self, tree: YamlMap, key: str) -> Mark:
        """Return the place of a field."""
        return tree.marks.get(key, tree.mark)

    def complain(self, kind: str, field: str, error: object, mark: Mark) -> None:
        """Note a problem with a field of this service."""
        self.note(kind, f"`services.{self.name}.{field}`: {error}", mark)

    def pairs(self, value: Any, field: str = "") -> dict[str, str | None]:
        """Read a mapping or a list of `KEY=value`; a key without value is None."""
        if isinstance(value, YamlMap):
            return {
                str(key): None if item is None else text_of(item)
                for key, item in value.items()
                if not isinstance(item, (dict, list))
            }
        made: dict[str, str | None] = {}
        for item, mark in items(value):
            if isinstance(item, str):
                key, equals, text = item.partition("=")
                made[key] = text if equals else None
                if key[-1:].isspace() and field:
                    error = f"the name {key!r} ends in a blank"
                    self.complain("environment", field, error, mark)
        return made

    def words(self, key: str) -> tuple[str, ...] | None:
        """Read a command: a string is split into words, a list stays."""
        value = self.tree.get(key)
        if isinstance(value, str):
            try:
                return shell_words(value)
            except ValueError as error:
                self.complain("commands", key, error, self.at(self.tree, key))
                return ()
        return texts(value) if isinstance(value, list) else None

    def size(self, tree: YamlMap, key: str, field: str) -> int | None:
        """Read a number of bytes."""
        value = tree.get(key)
        if value is None or isinstance(value, (bool, float, dict, list)):
            return None
        try:
            return read_size(value)
        except ValueError as error:
            self.complain("sizes", field, error, self.at(tree, key))
            return None

    def duration(self, tree: YamlMap, key: str, field: str) -> float | None:
        """Read a duration in seconds."""
        value = tree.get(key)
        if not isinstance(value, str):
            return None
        try:
            return read_duration(value)
        except ValueError as error:
            self.complain("durations", field, error, self.at(tree, key))
            return None

    def ports(self) -> Iterator[Port]:
        """Read `ports` in both syntaxes."""
        for index, (item, mark) in enumerate(items(self.tree.get("ports"))):
            try:
                if isinstance(item, YamlMap):
                    port = long_port(item, mark)
                    if port:
                        yield port
                elif isinstance(item, (str, int)) and not isinstance(item, bool):
                    yield read_port(text_of(item), mark)
            except ValueError as error:
                self.complain("ports", f"ports[{index}]", error, mark)

    def mounts(self) -> Iterator[Mount]:
        """Read `volumes` in both syntaxes."""
        for index, (item, mark) in enumerate(items(self.tree.get("volumes"))):
            if isinstance(item, YamlMap):
                kind = as_text(item.get("type")) or "volume"
                target = as_text(item.get("target"))
                if not target:
                    self.complain("mounts", f"volumes[{index}]", "it has no target", mark)
                    continue
                source = as_text(item.get("source"))
                if kind == "bind" and not source:
                    self.complain("mounts", f"volumes[{index}]", "a bind has no source", mark)
                yield Mount(kind, source, clean_path(target), item.get("read_only") is True, mark)
                self.size(as_map(item.get("tmpfs")), "size", f"volumes[{index}].tmpfs.size")
            elif isinstance(item, str):
                try:
                    yield read_mount(item, mark)
                except ValueError as error:
                    self.complain("mounts", f"volumes[{index}]", error, mark)

    def uses(self, tree: YamlMap, key: str, folder: str) -> Iterator[FileUse]:
        """Read `secrets` or `configs` in both syntaxes."""
        for item, mark in items(tree.get(key)):
            if isinstance(item, str):
                yield FileUse(item, folder + item, mark)
            elif isinstance(item, YamlMap):
                source, target = as_text(item.get("source")), as_text(item.get("target"))
                path = target if target.startswith("/") else folder + (target or source)
                yield FileUse(source, path, mark)

    def depends_on(self) -> Iterator[Dependency]:
        """Read `depends_on` in both syntaxes."""
        value = self.tree.get("depends_on")
        for item, mark in items(value):
            if isinstance(item, str):
                yield Dependency(item, mark=mark)
        for key, item in as_map(value).items():
            entry = as_map(item)
            condition = as_text(entry.get("condition")) or "service_started"
            required = entry.get("required", True) is not False
            mark = self.at(as_map(value), key)
            restart = entry.get("restart") is True
            yield Dependency(str(key), condition, required, restart, mark)

    def networks(self) -> Iterator[NetworkUse]:
        """Read `networks`; without any, and without a network mode, it is the default network."""
        value = self.tree.get("networks")
        for item, mark in items(value):
            if isinstance(item, str):
                yield NetworkUse(item, mark=mark)
        for key, item in as_map(value).items():
            entry = as_map(item)
            aliases, ipv4 = texts(entry.get("aliases")), as_text(entry.get("ipv4_address"))
            yield NetworkUse(str(key), aliases, ipv4, self.at(as_map(value), key))
        if not value and not self.tree.get("network_mode") and "provider" not in self.tree:
            yield NetworkUse("default", mark=self.mark)

    def env_files(self) -> Iterator[EnvFile]:
        """Read `env_file`: one path, several, or mappings."""
        value = self.tree.get("env_file")
        if isinstance(value, str):
            yield EnvFile(value, mark=self.at(self.tree, "env_file"))
        for item, mark in items(value):
            if isinstance(item, str):
                yield EnvFile(item, mark=mark)
            elif isinstance(item, YamlMap):
                required = item.get("required", True) not in (False, "false")
                yield EnvFile(as_text(item.get("path")), required, mark)

    def build(self) -> Build | None:
        """Read `build`: a context or a mapping."""
        value = self.tree.get("build")
        mark = self.at(self.tree, "build")
        if isinstance(value, str):
            return Build(value, mark=mark)
        if not isinstance(value, YamlMap):
            return None
        self.size(value, "shm_size", "build.shm_size")
        return Build(
            as_text(value.get("context")) or ".",
            as_text(value.get("dockerfile")) or "Dockerfile",
            bool(value.get("dockerfile_inline")),
            as_text(value.get("target")),
            self.pairs(value.get("args")),
            tuple(self.uses(value, "secrets", "/run/secrets/")),
            texts(value.get("platforms")),
            self.pairs(value.get("additional_contexts")),
            mark,
        )

    def healthcheck(self) -> Healthcheck | None:
        """Read `healthcheck`; a string is run by the shell."""
        tree = self.tree.get("healthcheck")
        if not isinstance(tree, YamlMap):
            return None
        test = tree.get("test")
        words = ("CMD-SHELL", test) if isinstance(test, str) else texts(test)
        times = {
            key: self.duration(tree, key, f"healthcheck.{key}")
            for key in ("interval", "timeout", "start_period", "start_interval")
        }
        disabled = tree.get("disable") is True or words[:1] == ("NONE",)
        return Healthcheck(
            words, disabled, times["interval"], times["timeout"], times["start_period"],
            integer(tree.get("retries")), self.at(self.tree, "healthcheck"),
        )  # fmt: skip

    def logging(self) -> Logging | None:
        """Read `logging`."""
        tree = self.tree.get("logging")
        if not isinstance(tree, YamlMap):
            return None
        pairs = self.pairs(tree.get("options"))
        options = {key: value or "" for key, value in pairs.items()}
        return Logging(as_text(tree.get("driver")), options, self.at(self.tree, "logging"))

    def resources(self, part: str, cpus: str, memory: str, pids: str) -> Resources:
        """Read limits or reservations, from `deploy.resources` or the older fields."""
        deploy = as_map(as_map(self.tree.get("deploy")).get("resources"))
        tree = as_map(deploy.get(part))
        field = f"deploy.resources.{part}.memory"
        size = self.size(tree, "memory", field)
        older = self.size(self.tree, memory, memory)
        cpu = tree.get("cpus")
        if cpu is not None and number(cpu) is None and isinstance(cpu, str):
            error = f"{cpu[:40]!r} is no number"
            self.complain("sizes", f"deploy.resources.{part}.cpus", error, self.at(tree, "cpus"))
        own_cpus = number(self.tree.get(cpus)) if cpus else None
        own_pids = integer(self.tree.get(pids)) if pids else None
        in_deploy = number(cpu)
        counted = integer(tree.get("pids"))
        return Resources(
            own_cpus if in_deploy is None else in_deploy,
            older if size is None else size,
            own_pids if counted is None else counted,
            tree.mark if tree else self.at(self.tree, memory),
        )

    def replicas(self) -> int:
        """Return the number of containers: `scale`, `deploy.replicas`, or 1."""
        scale = integer(self.tree.get("scale"))
        asked = integer(as_map(self.tree.get("deploy")).get("replicas"))
        wanted = scale if scale is not None else asked
        return 1 if wanted is None else wanted

    def ulimits(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Read `ulimits`: one number is both the soft and the hard limit."""
        for key, value in as_map(self.tree.get("ulimits")).items():
            soft = hard = integer(value)
            if isinstance(value, YamlMap):
                soft, hard = integer(value.get("soft")), integer(value.get("hard"))
            if soft is not None and hard is not None:
                yield str(key), (soft, hard)

    def extra_hosts(self) -> Iterator[tuple[str, str]]:
        """Read `extra_hosts`: (host, address) pairs."""
        value = self.tree.get("extra_hosts")
        for key, item in as_map(value).items():
            for address in texts(item):
                yield str(key), address.strip("[]")
        for item, mark in items(value):
            if isinstance(item, str):
                separator = "=" if "=" in item else ":"
                host, found, address = item.partition(separator)
                if not found or not host:
                    error = f"{item[:40]!r} is no `host=address`"
                    self.complain("hosts", "extra_hosts", error, mark)
                yield host, address.strip("[]")

    def devices(self) -> None:
        """Check `devices`: at most three parts, or a mapping with a target."""
        for index, (item, mark) in enumerate(items(self.tree.get("devices"))):
            if isinstance(item, str) and item.count(":") > 2:
                self.complain("mounts", f"devices[{index}]", "it has too many colons", mark)
            elif isinstance(item, YamlMap) and not isinstance(item.get("target"), str):
                self.complain("mounts", f"devices[{index}]", "it has no target", mark)

    def times(self) -> None:
        """Check the durations and sizes that no one else reads."""
        deploy = as_map(self.tree.get("deploy"))
        for part, key in _DEPLOY_DURATIONS if deploy else ():
            self.duration(as_map(deploy.get(part)), key, f"deploy.{part}.{key}")
        for key in _SIZES[2:]:
            self.size(self.tree, key, key)

    def read(self) -> Service:
        """Read the whole service."""
        tree = self.tree
        self.times()
        self.devices()
        return Service(
            name=self.name,
            tree=tree,
            mark=self.mark,
            image=as_text(tree.get("image")),
            build=self.build(),
            command=self.words("command"),
            entrypoint=self.words("entrypoint"),
            ports=tuple(self.ports()),
            volumes=tuple(self.mounts()),
            tmpfs=texts(tree.get("tmpfs")),
            environment=self.pairs(tree.get("environment"), "environment"),
            env_files=tuple(self.env_files()),
            labels=self.pairs(tree.get("labels")),
            depends_on={one.service: one for one in self.depends_on()},
            networks={one.name: one for one in self.networks()},
            network_mode=as_text(tree.get("network_mode")),
            secrets=tuple(self.uses(tree, "secrets", "/run/secrets/")),
            configs=tuple(self.uses(tree, "configs", "/")),
            healthcheck=self.healthcheck(),
            logging=self.logging(),
            limits=self.resources("limits", "cpus", "mem_limit", "pids_limit"),
            reservations=self.resources("reservations", "", "mem_reservation", ""),
            replicas=self.replicas(),
            restart=as_text(tree.get("restart")),
            profiles=texts(tree.get("profiles")),
            user=as_text(tree.get("user")),
            read_only=tree.get("read_only") is True,
            privileged=tree.get("privileged") is True,
            init=tree.get("init") is True,
            cap_add=texts(tree.get("cap_add")),
            cap_drop=texts(tree.get("cap_drop")),
            security_opt=texts(tree.get("security_opt")),
            container_name=as_text(tree.get("container_name")),
            hostname=as_text(tree.get("hostname")),
            working_dir=as_text(tree.get("working_dir")),
            stop_grace_period=self.duration(tree, "stop_grace_period", "stop_grace_period"),
            expose=tuple(text_of(item) for item, _ in items(tree.get("expose"))),
            extra_hosts=tuple(self.extra_hosts()),
            ulimits=dict(self.ulimits()),
            sysctls=self.pairs(tree.get("sysctls")),
            links=texts(tree.get("links")),
            volumes_from=texts(tree.get("volumes_from")),
        )


def _ends(value: Any) -> tuple[int, int] | None:
    """Read `published` of the long syntax, which Compose hands on as it is, right or wrong."""
    try:
        return read_range(text_of(value))
    except ValueError:
        return None


def long_port(tree: YamlMap, mark: Mark) -> Port | None:
    """Read one port in the long syntax; None where the schema rule has more to say."""
    if "target" not in tree:
        raise ValueError("it has no target port")
    ip = as_text(tree.get("host_ip"))
    if "host_ip" in tree and isinstance(tree["host_ip"], str):
        check_ip(ip)
    target = tree["target"]
    if not isinstance(target, int) or isinstance(target, bool):
        return None
    if not 0 <= target < 1 << 32:
        raise ValueError(f"the target port {target} is out of range")
    protocol = as_text(tree.get("protocol")) or "tcp"
    return Port((target, target), _ends(tree.get("published")), ip, protocol.lower(), mark)


def read_services(compose: ComposeFile) -> tuple[dict[str, Service], dict[str, list[Finding]]]:
    """Read every service of a file, and the problems met, by kind."""
    problems: dict[str, list[Finding]] = {}

    def note(kind: str, message: str, mark: Mark) -> None:
        problems.setdefault(kind, []).append(compose.finding(message, mark))

    services: dict[str, Service] = {}
    tree: Mapping[Any, Any] = as_map(compose.tree.get("services"))
    for name, value in tree.items():
        if isinstance(value, YamlMap):
            mark = as_map(compose.tree.get("services")).key_marks.get(name, value.mark)
            services[str(name)] = _Reader(str(name), value, mark, note).read()
    return services, problems
