"""Requirements about compose files: facts of services in their normal form.

A service counts when it runs without naming a profile, with at least one replica. Short and long
syntax, lists and mappings, and equal quantities are the same thing here.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TypeVar

from iac_gym.check import Findings, requirement
from iac_gym.formats.yaml import Mark
from iac_gym.languages.compose.model import ComposeFile, Dependency, Healthcheck, Service
from iac_gym.languages.compose.read import as_map, as_text
from iac_gym.languages.compose.values import (
    Mount,
    clean_path,
    read_duration,
    read_size,
    same_image,
    shell_words,
)
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]


def _service(compose: ComposeFile, name: str) -> Found[Service | None]:
    """Return a service that runs; yield why there is none."""
    service = compose.services.get(name)
    if service is None:
        yield compose.finding(f"there is no service `{name}`")
    elif not service.enabled:
        message = f"`{name}` only runs with a profile"
        yield compose.finding(message, service.place("profiles"))
    elif not service.runs:
        yield compose.finding(f"`{name}` has no container that runs", service.mark)
    else:
        return service
    return None


def _wrong(compose: ComposeFile, what: str, found: object, asked: object, mark: Mark) -> Findings:
    shown = "not set" if found in (None, "") else f"`{str(found)[:100]}`"
    yield compose.finding(f"{what} is {shown}, asked for `{asked}`", mark)


def _differs(compose: ComposeFile, what: str, found: object, asked: object, mark: Mark) -> Findings:
    if found != asked:
        yield from _wrong(compose, what, found, asked, mark)


def _same_path(one: str, two: str) -> bool:
    return clean_path(one) == clean_path(two)


# Where a service comes from ---------------------------------------------------------------------


@requirement(
    "a service `{name}` that runs the image {image}",
    "a service named `{name}` with the image {image}",
    "`{name}` as a service from the image {image}",
    language="compose",
)
def service_image(compose: ComposeFile, name: str, image: str) -> Findings:
    """The service exists, runs, and its image is pulled, not built."""
    service = yield from _service(compose, name)
    if service is None:
        return
    if service.build is not None:
        yield compose.finding(f"`{name}` is built, not run from {image}", service.place("build"))
    elif not same_image(service.image, image):
        place = service.place("image")
        yield from _wrong(compose, f"the image of `{name}`", service.image, image, place)


@requirement(
    "a service `{name}` that is built from the directory {context}",
    "`{name}` as a service whose image is built from {context}",
    "a service named `{name}`, built from the folder {context}",
    language="compose",
)
def service_build(compose: ComposeFile, name: str, context: str) -> Findings:
    """The service exists, runs, and is built from this context."""
    service = yield from _service(compose, name)
    if service is None:
        return
    if service.build is None:
        yield compose.finding(f"`{name}` has no build", service.mark)
    elif not _same_path(service.build.context, context):
        what = f"the build context of `{name}`"
        yield from _wrong(compose, what, service.build.context, context, service.build.mark)


@requirement(
    "`{of}` is built with the Dockerfile {path} of its build context",
    "the build of `{of}` uses the Dockerfile {path} in its context",
    language="compose",
)
def service_dockerfile(compose: ComposeFile, of: str, path: str) -> Findings:
    """The build's Dockerfile, relative to the context."""
    service = yield from _service(compose, of)
    if service is not None:
        build = service.build
        named = build.dockerfile if build and not build.inline else ""
        if not named or not _same_path(named, path):
            what = f"the Dockerfile of `{of}`"
            yield from _wrong(compose, what, named, path, service.place("build"))


@requirement(
    "the build of `{of}` stops at the stage `{target}`",
    "`{of}` is built up to the stage `{target}`",
    language="compose",
)
def service_build_target(compose: ComposeFile, of: str, target: str) -> Findings:
    """The build's target stage."""
    service = yield from _service(compose, of)
    if service is not None:
        found = service.build.target if service.build else ""
        what = f"the build target of `{of}`"
        yield from _differs(compose, what, found, target, service.place("build", "target"))


@requirement(
    "the build argument {argument} of `{of}` is {value}",
    "the build of `{of}` gets the argument {argument} with the value {value}",
    language="compose",
)
def service_build_argument(compose: ComposeFile, of: str, argument: str, value: str) -> Findings:
    """One build argument."""
    service = yield from _service(compose, of)
    if service is not None:
        found = service.build.args.get(argument) if service.build else None
        what = f"the build argument {argument} of `{of}`"
        yield from _differs(compose, what, found, value, service.place("build", "args"))


@requirement(
    "a service `{name}` from the image {image} that runs only with the profile `{profile}`",
    "the service `{name}` (image {image}) starts only when the profile `{profile}` is active",
    language="compose",
)
def service_in_profile(compose: ComposeFile, name: str, image: str, profile: str) -> Findings:
    """The service exists with the image, and this profile alone enables it."""
    service = compose.services.get(name)
    if service is None:
        yield compose.finding(f"there is no service `{name}`")
        return
    if service.replicas < 1 or service.build or not same_image(service.image, image):
        yield compose.finding(f"`{name}` does not run the image {image}", service.place("image"))
    if service.profiles != (profile,):
        listed = ", ".join(service.profiles) or "none"
        message = f"the profiles of `{name}` are {listed}; asked for `{profile}` alone"
        yield compose.finding(message, service.place("profiles"))


# Ports ------------------------------------------------------------------------------------------


@requirement(
    "port {container} of `{of}` is published on port {host} of the host",
    "`{of}` is reachable on port {host} of the host (container port {container})",
    "host port {host} leads to port {container} of `{of}`",
    language="compose",
)
def service_port(compose: ComposeFile, of: str, host: int, container: int) -> Findings:
    """The container port is published on exactly this port of the host."""
    service = yield from _service(compose, of)
    if service is None:
        return
    if not any(one.maps(host, container) and one.protocol == "tcp" for one in service.ports):
        message = f"`{of}` does not publish port {container} on port {host}"
        yield compose.finding(message, service.place("ports"))


@requirement(
    "port {container} of `{of}` is published on port {host} of 127.0.0.1 only",
    "port {container} of `{of}` is on port {host} of the host, bound to 127.0.0.1 and nothing else",
    language="compose",
)
def service_local_port(compose: ComposeFile, of: str, host: int, container: int) -> Findings:
    """The container port is published on the loopback address, and nowhere else."""
    service = yield from _service(compose, of)
    if service is None:
        return
    same = [one for one in service.ports if one.target[0] <= container <= one.target[1]]
    local = [one for one in same if one.maps(host, container) and one.ip == "127.0.0.1"]
    if not local:
        message = f"`{of}` does not publish port {container} on 127.0.0.1:{host}"
        yield compose.finding(message, service.place("ports"))
    elif len(local) < len(same):
        yield compose.finding(f"port {container} of `{of}` is open elsewhere too", same[0].mark)


@requirement(
    "`{of}` publishes no port on the host",
    "no port of `{of}` is published on the host",
    language="compose",
)
def service_without_ports(compose: ComposeFile, of: str) -> Findings:
    """The service runs and nothing of it is reachable from the host."""
    service = yield from _service(compose, of)
    if service is not None and (service.ports or service.network_mode == "host"):
        mark = service.ports[0].mark if service.ports else service.place("network_mode")
        yield compose.finding(f"`{of}` is reachable from the host", mark)


# Settings ---------------------------------------------------------------------------------------


@requirement(
    "the environment variable {variable} of `{of}` is {value}",
    "`{of}` has the environment variable {variable} set to {value}",
    "{variable} is {value} in the environment of `{of}`",
    language="compose",
)
def service_variable(compose: ComposeFile, of: str, variable: str, value: str) -> Findings:
    """One environment variable, from `environment`."""
    service = yield from _service(compose, of)
    if service is not None:
        found = service.environment.get(variable)
        what = f"{variable} of `{of}`"
        yield from _differs(compose, what, found, value, service.place("environment", variable))


@requirement(
    "`{of}` takes its environment from the file {path}",
    "the environment of `{of}` is read from the file {path}",
    language="compose",
)
def service_env_file(compose: ComposeFile, of: str, path: str) -> Findings:
    """One of the service's environment files."""
    service = yield from _service(compose, of)
    if service is not None and not any(_same_path(one.path, path) for one in service.env_files):
        yield compose.finding(f"`{of}` does not read {path}", service.place("env_file"))


@requirement(
    "`{of}` runs the command `{command}`",
    "the command of `{of}` is `{command}`",
    language="compose",
)
def service_command(compose: ComposeFile, of: str, command: str) -> Findings:
    """The command's words, however it is written."""
    service = yield from _service(compose, of)
    if service is not None and service.command != shell_words(command):
        found = " ".join(service.command) if service.command is not None else None
        what = f"the command of `{of}`"
        yield from _wrong(compose, what, found, command, service.place("command"))


@requirement(
    "`{of}` has the label {label} with the value {value}",
    "the label {label} of `{of}` is {value}",
    language="compose",
)
def service_label(compose: ComposeFile, of: str, label: str, value: str) -> Findings:
    """One label of the service's containers."""
    service = yield from _service(compose, of)
    if service is not None:
        found = service.labels.get(label)
        what = f"the label {label} of `{of}`"
        yield from _differs(compose, what, found, value, service.place("labels", label))


def _restart(service: Service) -> str:
    """Return the restart policy in the words of `restart`."""
    if service.restart:
        return service.restart
    policy = as_map(as_map(service.tree.get("deploy")).get("restart_policy"))
    condition = as_text(policy.get("condition"))
    limit = policy.get("max_attempts")
    name = {"any": "always", "none": "no"}.get(condition, condition)
    return f"{name}:{limit}" if limit is not None and name == "on-failure" else name


@requirement(
    "the restart policy of `{of}` is {policy}",
    "`{of}` has the restart policy {policy}",
    language="compose",
)
def service_restart(compose: ComposeFile, of: str, policy: str) -> Findings:
    """The restart policy, from `restart` or `deploy.restart_policy`."""
    service = yield from _service(compose, of)
    if service is not None:
        what = f"the restart policy of `{of}`"
        yield from _differs(compose, what, _restart(service), policy, service.place("restart"))


@requirement(
    "`{of}` runs in {count} replicas",
    "{count} replicas of the service `{of}`",
    language="compose",
)
def service_replicas(compose: ComposeFile, of: str, count: int) -> Findings:
    """The number of containers, from `deploy.replicas` or `scale`."""
    service = yield from _service(compose, of)
    if service is not None:
        mark = service.place("deploy", "replicas")
        yield from _differs(compose, f"the replicas of `{of}`", service.replicas, count, mark)


@requirement(
    "`{of}` has {period} to stop before it is killed",
    "when stopped, `{of}` gets a grace period of {period}",
    language="compose",
)
def service_grace_period(compose: ComposeFile, of: str, period: str) -> Findings:
    """The time between the stop signal and the kill."""
    service = yield from _service(compose, of)
    if service is not None and service.stop_grace_period != read_duration(period):
        found = service.tree.get("stop_grace_period")
        mark = service.place("stop_grace_period")
        yield from _wrong(compose, f"the grace period of `{of}`", found, period, mark)


@requirement(
    "`{of}` runs under an init process",
    "an init process runs as the first process in `{of}`",
    language="compose",
)
def service_init(compose: ComposeFile, of: str) -> Findings:
    """`init` is on."""
    service = yield from _service(compose, of)
    if service is not None and not service.init:
        yield compose.finding(f"`{of}` has no init process", service.place("init"))


@requirement(
    "in `{of}`, the host name {host} stands for the address {address}",
    "`{of}` has an extra host entry that maps {host} to {address}",
    language="compose",
)
def service_extra_host(compose: ComposeFile, of: str, host: str, address: str) -> Findings:
    """One entry for /etc/hosts, the only one of its name."""
    service = yield from _service(compose, of)
    if service is not None:
        found = [one for name, one in service.extra_hosts if name == host]
        if found != [address]:
            listed = ", ".join(found)
            what = f"the address of {host} in `{of}`"
            yield from _wrong(compose, what, listed, address, service.place("extra_hosts"))


# Order and health -------------------------------------------------------------------------------


def _dependency(compose: ComposeFile, of: str, on: str) -> Found[Dependency | None]:
    service = yield from _service(compose, of)
    if service is None:
        return None
    if on in service.depends_on and on in compose.services:
        return service.depends_on[on]
    yield compose.finding(f"`{of}` does not depend on `{on}`", service.place("depends_on"))
    return None


@requirement(
    "`{of}` starts after `{on}`",
    "`{of}` depends on `{on}`",
    "`{on}` is started before `{of}`",
    language="compose",
)
def service_starts_after(compose: ComposeFile, of: str, on: str) -> Findings:
    """A dependency of any condition."""
    yield from _dependency(compose, of, on)


@requirement(
    "`{of}` starts only once `{on}` is healthy",
    "`{of}` waits until `{on}` is healthy",
    language="compose",
)
def service_waits_for_health(compose: ComposeFile, of: str, on: str) -> Findings:
    """A dependency on health; the other's check is not switched off."""
    found = yield from _dependency(compose, of, on)
    if found is None:
        return
    if found.condition != "service_healthy":
        message = f"`{of}` waits for `{on}` with {found.condition}, not until it is healthy"
        yield compose.finding(message, found.mark)
    health = compose.services[on].healthcheck
    if health is not None and health.disabled:
        yield compose.finding(f"the health check of `{on}` is switched off", health.mark)


@requirement(
    "`{of}` starts only after `{on}` has finished without an error",
    "`{of}` waits until `{on}` has completed successfully",
    language="compose",
)
def service_waits_for_completion(compose: ComposeFile, of: str, on: str) -> Findings:
    """A dependency on a job's success."""
    found = yield from _dependency(compose, of, on)
    if found is not None and found.condition != "service_completed_successfully":
        message = f"`{of}` waits for `{on}` with {found.condition}, not for its success"
        yield compose.finding(message, found.mark)


def _health(compose: ComposeFile, of: str) -> Found[Healthcheck | None]:
    service = yield from _service(compose, of)
    if service is None:
        return None
    if service.healthcheck is not None and service.healthcheck.works:
        return service.healthcheck
    yield compose.finding(f"`{of}` has no health check", service.place("healthcheck"))
    return None


def _words(test: Sequence[str]) -> tuple[str, ...]:
    """Return the words that a health check runs, whether or not a shell is between."""
    words = tuple(test[1:])
    if test[:1] == ("CMD",) and words[:2] in (("sh", "-c"), ("/bin/sh", "-c")):
        words = words[2:3]
    elif test[:1] == ("CMD",):
        return words
    line = words[0].strip() if words else ""
    for ending in ("|| exit 1", "||exit 1"):
        line = line.removesuffix(ending).rstrip()
    try:
        split = shell_words(line)
    except ValueError:
        return ()
    return split if not set(";&|<>`$\n") & set(line) else ()


@requirement(
    "the health of `{of}` is checked with `{command}`",
    "`{of}` has a health check that runs `{command}`",
    language="compose",
)
def service_health_command(compose: ComposeFile, of: str, command: str) -> Findings:
    """The health check's command, run directly or by a shell (a final `|| exit 1` is the same)."""
    health = yield from _health(compose, of)
    if health is not None and _words(health.test) != shell_words(command):
        found = " ".join(health.test[1:])
        yield from _wrong(compose, f"the health check of `{of}`", found, command, health.mark)


@requirement(
    "the health check of `{of}` runs every {interval}",
    "`{of}` is health-checked every {interval}",
    language="compose",
)
def service_health_interval(compose: ComposeFile, of: str, interval: str) -> Findings:
    """The time between two health checks."""
    health = yield from _health(compose, of)
    if health is not None and health.interval != read_duration(interval):
        found = "not set" if health.interval is None else f"{health.interval:g}s"
        message = f"the health check of `{of}` has the interval {found}, asked for {interval}"
        yield compose.finding(message, health.mark)


@requirement(
    "a health check of `{of}` may take {timeout}",
    "the health check of `{of}` times out after {timeout}",
    language="compose",
)
def service_health_timeout(compose: ComposeFile, of: str, timeout: str) -> Findings:
    """How long one health check may take."""
    health = yield from _health(compose, of)
    if health is not None and health.timeout != read_duration(timeout):
        found = "not set" if health.timeout is None else f"{health.timeout:g}s"
        message = f"the health check of `{of}` has the timeout {found}, asked for {timeout}"
        yield compose.finding(message, health.mark)


@requirement(
    "`{of}` counts as unhealthy after {retries} failed checks",
    "the health check of `{of}` has {retries} retries",
    language="compose",
)
def service_health_retries(compose: ComposeFile, of: str, retries: int) -> Findings:
    """How many failures in a row make the container unhealthy."""
    health = yield from _health(compose, of)
    if health is not None:
        what = f"the retries of the health check of `{of}`"
        yield from _differs(compose, what, health.retries, retries, health.mark)


# Storage ----------------------------------------------------------------------------------------


def _mount(compose: ComposeFile, of: str, path: str) -> Found[Mount | None]:
    service = yield from _service(compose, of)
    if service is None:
        return None
    for mount in service.volumes:
        if _same_path(mount.target, path):
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
    if mount.type != "bind" or not _same_path(mount.source, source):
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
    service = yield from _service(compose, of)
    if service is None:
        return
    short = [entry.partition(":")[0] for entry in service.tmpfs]
    long = [mount.target for mount in service.volumes if mount.type == "tmpfs"]
    if not any(_same_path(target, path) for target in (*short, *long)):
        yield compose.finding(f"`{of}` has no tmpfs at {path}", service.place("tmpfs"))


# Networks ---------------------------------------------------------------------------------------


@requirement(
    "`{of}` is attached to the networks {networks} and to no other",
    "the networks of `{of}` are exactly {networks}",
    language="compose",
)
def service_networks(compose: ComposeFile, of: str, networks: Sequence[str]) -> Findings:
    """The set of networks that a service joins."""
    service = yield from _service(compose, of)
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
    service = yield from _service(compose, of)
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


# Secrets and configs ----------------------------------------------------------------------------


def _file_of(compose: ComposeFile, section: str, what: str, name: str, path: str) -> Findings:
    found = compose.section(section).get(name)
    if found is None:
        yield compose.finding(f"there is no {what} `{name}`")
        return
    file = as_text(found.get("file"))
    if found.external or not file or not _same_path(file, path):
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
    service = yield from _service(compose, of)
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
    service = yield from _service(compose, of)
    if service is not None and not any(
        use.source == config and _same_path(use.target, path) for use in service.configs
    ):
        message = f"`{of}` does not get the config `{config}` at {path}"
        yield compose.finding(message, service.place("configs"))


# Resources and logs -----------------------------------------------------------------------------


@requirement(
    "`{of}` may use at most {amount} of memory",
    "a memory limit of {amount} for `{of}`",
    language="compose",
)
def service_memory_limit(compose: ComposeFile, of: str, amount: str) -> Findings:
    """The memory limit, from `deploy.resources.limits` or `mem_limit`."""
    service = yield from _service(compose, of)
    if service is not None and service.limits.memory != read_size(amount):
        found = service.limits.memory
        mark = service.limits.mark if found is not None else service.mark
        yield from _wrong(compose, f"the memory limit of `{of}`", found, amount, mark)


@requirement(
    "`{of}` may use at most {amount} CPUs",
    "a CPU limit of {amount} for `{of}`",
    language="compose",
)
def service_cpu_limit(compose: ComposeFile, of: str, amount: str) -> Findings:
    """The CPU limit, from `deploy.resources.limits` or `cpus`."""
    service = yield from _service(compose, of)
    if service is not None and service.limits.cpus != float(amount):
        found = service.limits.cpus
        mark = service.limits.mark if found is not None else service.mark
        yield from _wrong(compose, f"the CPU limit of `{of}`", found, amount, mark)


@requirement(
    "{amount} of memory are reserved for `{of}`",
    "a memory reservation of {amount} for `{of}`",
    language="compose",
)
def service_memory_reserved(compose: ComposeFile, of: str, amount: str) -> Findings:
    """The memory reservation, from `deploy.resources.reservations` or `mem_reservation`."""
    service = yield from _service(compose, of)
    if service is not None and service.reservations.memory != read_size(amount):
        found = service.reservations.memory
        mark = service.reservations.mark if found is not None else service.mark
        yield from _wrong(compose, f"the memory reserved for `{of}`", found, amount, mark)


def _options(service: Service) -> Mapping[str, str]:
    return service.logging.options if service.logging else {}


@requirement(
    "`{of}` logs with the driver {driver}",
    "the logging driver of `{of}` is {driver}",
    language="compose",
)
def service_log_driver(compose: ComposeFile, of: str, driver: str) -> Findings:
    """The logging driver."""
    service = yield from _service(compose, of)
    if service is not None:
        found = service.logging.driver if service.logging else ""
        what = f"the logging driver of `{of}`"
        yield from _differs(compose, what, found, driver, service.place("logging", "driver"))


@requirement(
    "a log file of `{of}` grows to at most {size}",
    "the log files of `{of}` are rotated at {size}",
    language="compose",
)
def service_log_size(compose: ComposeFile, of: str, size: str) -> Findings:
    """The option `max-size` of the logging driver."""
    service = yield from _service(compose, of)
    if service is not None:
        found = _options(service).get("max-size", "").lower()
        mark = service.place("logging", "options", "max-size")
        yield from _differs(compose, f"the log size of `{of}`", found, size, mark)


@requirement(
    "at most {count} log files of `{of}` are kept",
    "`{of}` keeps {count} log files",
    language="compose",
)
def service_log_files(compose: ComposeFile, of: str, count: int) -> Findings:
    """The option `max-file` of the logging driver."""
    service = yield from _service(compose, of)
    if service is not None:
        found = _options(service).get("max-file", "")
        mark = service.place("logging", "options", "max-file")
        yield from _differs(compose, f"the log files of `{of}`", found, str(count), mark)


# Hardening --------------------------------------------------------------------------------------


@requirement(
    "`{of}` runs as the user {user}",
    "the process of `{of}` runs as user {user}",
    language="compose",
)
def service_user(compose: ComposeFile, of: str, user: str) -> Findings:
    """The user, as written."""
    service = yield from _service(compose, of)
    if service is not None:
        what = f"the user of `{of}`"
        yield from _differs(compose, what, service.user, user, service.place("user"))


@requirement(
    "the root file system of `{of}` is read-only",
    "`{of}` has a read-only root file system",
    language="compose",
)
def service_read_only_root(compose: ComposeFile, of: str) -> Findings:
    """`read_only` is on."""
    service = yield from _service(compose, of)
    if service is not None and not service.read_only:
        message = f"the root file system of `{of}` can be written"
        yield compose.finding(message, service.place("read_only"))


@requirement(
    "`{of}` drops all capabilities",
    "all Linux capabilities of `{of}` are dropped",
    language="compose",
)
def service_drops_capabilities(compose: ComposeFile, of: str) -> Findings:
    """`cap_drop` holds ALL and the container is not privileged."""
    service = yield from _service(compose, of)
    if service is None:
        return
    if "ALL" not in [name.upper() for name in service.cap_drop] or service.privileged:
        yield compose.finding(f"`{of}` keeps capabilities", service.place("cap_drop"))


@requirement(
    "the only capability added to `{of}` is {capability}",
    "`{of}` is given the capability {capability} and no other",
    language="compose",
)
def service_capability(compose: ComposeFile, of: str, capability: str) -> Findings:
    """The one added capability."""
    service = yield from _service(compose, of)
    if service is not None:
        added = [name.upper().removeprefix("CAP_") for name in service.cap_add]
        if added != [capability] or service.privileged:
            message = f"the capabilities added to `{of}` are {', '.join(added) or 'none'}"
            yield compose.finding(message, service.place("cap_add"))


@requirement(
    "the processes of `{of}` cannot gain new privileges",
    "`{of}` has the security option no-new-privileges",
    language="compose",
)
def service_no_new_privileges(compose: ComposeFile, of: str) -> Findings:
    """`security_opt` holds no-new-privileges."""
    service = yield from _service(compose, of)
    if service is None:
        return
    options = {option.replace("=", ":") for option in service.security_opt}
    if not options & {"no-new-privileges", "no-new-privileges:true"}:
        message = f"the processes of `{of}` may gain privileges"
        yield compose.finding(message, service.place("security_opt"))


@requirement(
    "`{of}` may open {count} files at once (soft and hard limit)",
    "the soft and hard limit of open files in `{of}` is {count}",
    language="compose",
)
def service_open_files(compose: ComposeFile, of: str, count: int) -> Findings:
    """The ulimit `nofile`."""
    service = yield from _service(compose, of)
    if service is not None:
        found = service.ulimits.get("nofile")
        if found != (count, count):
            message = f"the limit of open files in `{of}` is {found or 'not set'}"
            yield compose.finding(message, service.place("ulimits"))


@requirement(
    "the project is named `{name}`",
    "the compose project has the name `{name}`",
    language="compose",
)
def project_name(compose: ComposeFile, name: str) -> Findings:
    """The top-level `name`."""
    found = as_text(compose.tree.get("name"))
    yield from _differs(compose, "the project's name", found, name, compose.tree.mark)
