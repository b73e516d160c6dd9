"""Requirements about compose files: where services come from, their ports and settings."""

from __future__ import annotations

from envs.docker.requirements.compose_find import differs, running, same_path, wrong
from iac_gym.check import Findings, requirement
from iac_gym.languages.compose.model import ComposeFile, Service
from iac_gym.languages.compose.read import as_map, as_text
from iac_gym.languages.compose.values import read_duration, same_image, shell_words

# Where a service comes from ----------------------------------------------------------------------


@requirement(
    "a service `{name}` that runs the image {image}",
    "a service named `{name}` with the image {image}",
    "`{name}` as a service from the image {image}",
    language="compose",
)
def service_image(compose: ComposeFile, name: str, image: str) -> Findings:
    """The service exists, runs, and its image is pulled, not built."""
    service = yield from running(compose, name)
    if service is None:
        return
    if service.build is not None:
        yield compose.finding(f"`{name}` is built, not run from {image}", service.place("build"))
    elif not same_image(service.image, image):
        place = service.place("image")
        yield from wrong(compose, f"the image of `{name}`", service.image, image, place)


@requirement(
    "a service `{name}` that is built from the directory {context}",
    "`{name}` as a service whose image is built from {context}",
    "a service named `{name}`, built from the folder {context}",
    language="compose",
)
def service_build(compose: ComposeFile, name: str, context: str) -> Findings:
    """The service exists, runs, and is built from this context."""
    service = yield from running(compose, name)
    if service is None:
        return
    if service.build is None:
        yield compose.finding(f"`{name}` has no build", service.mark)
    elif not same_path(service.build.context, context):
        what = f"the build context of `{name}`"
        yield from wrong(compose, what, service.build.context, context, service.build.mark)


@requirement(
    "`{of}` is built with the Dockerfile {path} of its build context",
    "the build of `{of}` uses the Dockerfile {path} in its context",
    language="compose",
)
def service_dockerfile(compose: ComposeFile, of: str, path: str) -> Findings:
    """The build's Dockerfile, relative to the context."""
    service = yield from running(compose, of)
    if service is not None:
        build = service.build
        named = build.dockerfile if build and not build.inline else ""
        if not named or not same_path(named, path):
            what = f"the Dockerfile of `{of}`"
            yield from wrong(compose, what, named, path, service.place("build"))


@requirement(
    "the build of `{of}` stops at the stage `{target}`",
    "`{of}` is built up to the stage `{target}`",
    language="compose",
)
def service_build_target(compose: ComposeFile, of: str, target: str) -> Findings:
    """The build's target stage."""
    service = yield from running(compose, of)
    if service is not None:
        found = service.build.target if service.build else ""
        what = f"the build target of `{of}`"
        yield from differs(compose, what, found, target, service.place("build", "target"))


@requirement(
    "the build argument {argument} of `{of}` is {value}",
    "the build of `{of}` gets the argument {argument} with the value {value}",
    language="compose",
)
def service_build_argument(compose: ComposeFile, of: str, argument: str, value: str) -> Findings:
    """One build argument."""
    service = yield from running(compose, of)
    if service is not None:
        found = service.build.args.get(argument) if service.build else None
        what = f"the build argument {argument} of `{of}`"
        yield from differs(compose, what, found, value, service.place("build", "args"))


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


# Ports -------------------------------------------------------------------------------------------


@requirement(
    "port {container} of `{of}` is published on port {host} of the host",
    "`{of}` is reachable on port {host} of the host (container port {container})",
    "host port {host} leads to port {container} of `{of}`",
    language="compose",
)
def service_port(compose: ComposeFile, of: str, host: int, container: int) -> Findings:
    """The container port is published on exactly this port of the host."""
    service = yield from running(compose, of)
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
    service = yield from running(compose, of)
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
    service = yield from running(compose, of)
    if service is not None and (service.ports or service.network_mode == "host"):
        mark = service.ports[0].mark if service.ports else service.place("network_mode")
        yield compose.finding(f"`{of}` is reachable from the host", mark)


# Settings ----------------------------------------------------------------------------------------


@requirement(
    "the environment variable {variable} of `{of}` is {value}",
    "`{of}` has the environment variable {variable} set to {value}",
    "{variable} is {value} in the environment of `{of}`",
    language="compose",
)
def service_variable(compose: ComposeFile, of: str, variable: str, value: str) -> Findings:
    """One environment variable, from `environment`."""
    service = yield from running(compose, of)
    if service is not None:
        found = service.environment.get(variable)
        what = f"{variable} of `{of}`"
        yield from differs(compose, what, found, value, service.place("environment", variable))


@requirement(
    "`{of}` takes its environment from the file {path}",
    "the environment of `{of}` is read from the file {path}",
    language="compose",
)
def service_env_file(compose: ComposeFile, of: str, path: str) -> Findings:
    """One of the service's environment files."""
    service = yield from running(compose, of)
    if service is not None and not any(same_path(one.path, path) for one in service.env_files):
        yield compose.finding(f"`{of}` does not read {path}", service.place("env_file"))


@requirement(
    "`{of}` runs the command `{command}`",
    "the command of `{of}` is `{command}`",
    language="compose",
)
def service_command(compose: ComposeFile, of: str, command: str) -> Findings:
    """The command's words, however it is written."""
    service = yield from running(compose, of)
    if service is not None and service.command != shell_words(command):
        found = " ".join(service.command) if service.command is not None else None
        what = f"the command of `{of}`"
        yield from wrong(compose, what, found, command, service.place("command"))


@requirement(
    "`{of}` has the label {label} with the value {value}",
    "the label {label} of `{of}` is {value}",
    language="compose",
)
def service_label(compose: ComposeFile, of: str, label: str, value: str) -> Findings:
    """One label of the service's containers."""
    service = yield from running(compose, of)
    if service is not None:
        found = service.labels.get(label)
        what = f"the label {label} of `{of}`"
        yield from differs(compose, what, found, value, service.place("labels", label))


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
    service = yield from running(compose, of)
    if service is not None:
        what = f"the restart policy of `{of}`"
        yield from differs(compose, what, _restart(service), policy, service.place("restart"))


@requirement(
    "`{of}` runs in {count} replicas",
    "{count} replicas of the service `{of}`",
    language="compose",
)
def service_replicas(compose: ComposeFile, of: str, count: int) -> Findings:
    """The number of containers, from `deploy.replicas` or `scale`."""
    service = yield from running(compose, of)
    if service is not None:
        mark = service.place("deploy", "replicas")
        yield from differs(compose, f"the replicas of `{of}`", service.replicas, count, mark)


@requirement(
    "`{of}` has {period} to stop before it is killed",
    "when stopped, `{of}` gets a grace period of {period}",
    language="compose",
)
def service_grace_period(compose: ComposeFile, of: str, period: str) -> Findings:
    """The time between the stop signal and the kill."""
    service = yield from running(compose, of)
    if service is not None and service.stop_grace_period != read_duration(period):
        found = service.tree.get("stop_grace_period")
        mark = service.place("stop_grace_period")
        yield from wrong(compose, f"the grace period of `{of}`", found, period, mark)


@requirement(
    "`{of}` runs under an init process",
    "an init process runs as the first process in `{of}`",
    language="compose",
)
def service_init(compose: ComposeFile, of: str) -> Findings:
    """`init` is on."""
    service = yield from running(compose, of)
    if service is not None and not service.init:
        yield compose.finding(f"`{of}` has no init process", service.place("init"))


@requirement(
    "in `{of}`, the host name {host} stands for the address {address}",
    "`{of}` has an extra host entry that maps {host} to {address}",
    language="compose",
)
def service_extra_host(compose: ComposeFile, of: str, host: str, address: str) -> Findings:
    """One entry for /etc/hosts, the only one of its name."""
    service = yield from running(compose, of)
    if service is not None:
        found = [one for name, one in service.extra_hosts if name == host]
        if found != [address]:
            listed = ", ".join(found)
            what = f"the address of {host} in `{of}`"
            yield from wrong(compose, what, listed, address, service.place("extra_hosts"))
