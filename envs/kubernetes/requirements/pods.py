"""Requirements about what runs in a pod: commands, environment, resources, volumes, helpers."""

from __future__ import annotations

import shlex
from typing import Any

from envs.kubernetes.requirements.targets import (
    WORKLOADS,
    differs,
    each,
    in_main,
    main_container,
    main_value_is,
    running_containers,
    same_amount,
    value_is,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text

_SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash")
#: Words that only a shell understands.
_SHELL_WORDS = frozenset({"&&", "||", "|", ";", ">", ">>", "<", "&"})


def split_command(text: str) -> list[str]:
    """Split a command line into words as a shell does; [] where its quotes do not close."""
    try:
        return shlex.split(text)
    except ValueError:
        return []


def runs_command(argv: list[Any], command: str) -> bool:
    """Whether an argument vector runs a command line, directly or through a shell's `-c`."""
    words = split_command(command)
    if not words:
        return False
    if argv == words:
        return not _SHELL_WORDS.intersection(words)
    if len(argv) == 3 and argv[0] in _SHELLS and argv[1] in ("-c", "-ec", "-lc", "-ce"):
        inner = split_command(argv[2]) if isinstance(argv[2], str) else []
        return (inner[1:] if inner[:1] == ["exec"] else inner) == words
    return False


def argument_vector(container: dict[Any, Any]) -> list[Any]:
    """Return `command` and `args` in one list; [] without a `command` (the image decides)."""
    command = as_list(container.get("command"))
    return [*command, *as_list(container.get("args"))] if command else []


@requirement(
    "the container of `{of}` runs the command `{command}`",
    "`{of}` starts with the command `{command}`",
)
def command(manifest: Manifest, of: str, command: str) -> Findings:
    """What the main container executes, by `command` and `args`."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        if not runs_command(argument_vector(container), command):
            place = (*at, "command" if "command" in container else "args")
            yield item.finding(f"`{of}` does not run the command `{command}`", *place)

    return in_main(manifest, of, check)


@requirement(
    "`{of}` gets the argument `{argument}`",
    "the container of `{of}` is started with the argument `{argument}`",
)
def argument(manifest: Manifest, of: str, argument: str) -> Findings:
    """An argument in `args` (or `command`) of the main container: `--a=b`, or `--a` then `b`."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        given = [*as_list(container.get("command")), *as_list(container.get("args"))]
        flag, _, value = argument.partition("=")
        pairs = list(zip(given, given[1:], strict=False))
        if argument not in given and not (value and (flag, value) in pairs):
            yield item.finding(f"`{of}` has no argument `{argument}`", *at, "args")

    return in_main(manifest, of, check)


def _variable(container: dict[Any, Any], name: str) -> tuple[int, dict[Any, Any]]:
    """Return the last entry of a variable: later ones win. (-1, {}) where there is none."""
    entries = [as_map(entry) for entry in as_list(container.get("env"))]
    places = [place for place, entry in enumerate(entries) if entry.get("name") == name]
    return (places[-1], entries[places[-1]]) if places else (-1, {})


@requirement(
    "`{of}` has the environment variable `{variable}` set to `{value}`",
    "environment variable `{variable}={value}` in `{of}`",
)
def env_value(manifest: Manifest, of: str, variable: str, value: str) -> Findings:
    """A literal environment variable of the main container."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        place, entry = _variable(container, variable)
        found = _text(manifest, entry) if entry else _from_config(manifest, container, variable)
        if place < 0 and found is None:
            yield item.finding(f"`{of}` has no environment variable `{variable}`", *at, "env")
        elif found != value:
            yield differs(item, (*at, "env", place, "value"), found, value)

    return in_main(manifest, of, check)


def _data(manifest: Manifest, config: object, key: object) -> Any:
    """Return a value of a ConfigMap of the answer, None where there is none."""
    found = manifest.find("ConfigMap", config) if isinstance(config, str) else None
    return as_map(found.get("data")).get(key) if found and isinstance(key, str) else None


def _text(manifest: Manifest, entry: dict[Any, Any]) -> Any:
    """Return what a variable is set to: its value, or that of the ConfigMap's key it names."""
    source = as_map(as_map(entry.get("valueFrom")).get("configMapKeyRef"))
    if source:
        return _data(manifest, source.get("name"), source.get("key"))
    return entry.get("value")


def _from_config(manifest: Manifest, container: dict[Any, Any], variable: str) -> Any:
    """Return what `envFrom` sets a variable to by a ConfigMap of the answer: the last one wins."""
    found = None
    for entry in map(as_map, as_list(container.get("envFrom"))):
        prefix = as_text(entry.get("prefix"))
        if variable.startswith(prefix):
            name = as_map(entry.get("configMapRef")).get("name")
            value = _data(manifest, name, variable.removeprefix(prefix))
            found = found if value is None else value
    return found


@requirement(
    "the environment variable `{variable}` of `{of}` holds the pod's field `{field}`",
    "`{of}` gets its own `{field}` in the environment variable `{variable}`",
)
def env_field(manifest: Manifest, of: str, variable: str, field: str) -> Findings:
    """An environment variable that is filled from a field of the pod (downward API)."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        place, _ = _variable(container, variable)
        path = (*at, "env", place, "valueFrom", "fieldRef", "fieldPath")
        if place < 0:
            yield item.finding(f"`{of}` has no environment variable `{variable}`", *at, "env")
        elif item.get(*path) != field:
            yield differs(item, path, item.get(*path), field)

    return in_main(manifest, of, check)


def _amount(manifest: Manifest, of: str, part: str, resource: str, amount: str) -> Findings:
    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        resources = as_map(container.get("resources"))
        found = as_map(resources.get(part)).get(resource)
        if found is None and part == "requests":  # a request that is absent equals the limit
            found = as_map(resources.get("limits")).get(resource)
        if not same_amount(found, amount):
            yield differs(item, (*at, "resources", part, resource), found, amount)

    return in_main(manifest, of, check)


@requirement("`{of}` requests {amount} of CPU", "a CPU request of {amount} for `{of}`")
def cpu_request(manifest: Manifest, of: str, amount: str) -> Findings:
    """The CPU request of the main container (a limit alone is also the request)."""
    return _amount(manifest, of, "requests", "cpu", amount)


@requirement("`{of}` requests {amount} of memory", "a memory request of {amount} for `{of}`")
def memory_request(manifest: Manifest, of: str, amount: str) -> Findings:
    """The memory request of the main container (a limit alone is also the request)."""
    return _amount(manifest, of, "requests", "memory", amount)


@requirement("a CPU limit of {amount} for `{of}`", "the CPU of `{of}` is limited to {amount}")
def cpu_limit(manifest: Manifest, of: str, amount: str) -> Findings:
    """The CPU limit of the main container."""
    return _amount(manifest, of, "limits", "cpu", amount)


@requirement("a memory limit of {amount} for `{of}`", "the memory of `{of}` is limited to {amount}")
def memory_limit(manifest: Manifest, of: str, amount: str) -> Findings:
    """The memory limit of the main container."""
    return _amount(manifest, of, "limits", "memory", amount)


@requirement(
    "`{of}` pulls its image with the policy `{policy}`",
    "image pull policy `{policy}` for `{of}`",
)
def pull_policy(manifest: Manifest, of: str, policy: str) -> Findings:
    """`imagePullPolicy` of the main container, which must be written out."""
    return main_value_is(manifest, of, ("imagePullPolicy",), policy)


@requirement(
    "`{of}` pulls images with the Secret `{secret}`",
    "the image pull secret `{secret}` for `{of}`",
)
def pull_secret(manifest: Manifest, of: str, secret: str) -> Findings:
    """An entry of `imagePullSecrets`."""

    def check(item: KubeObject) -> Findings:
        path = (*(item.pod_path or ()), "imagePullSecrets")
        if not any(as_map(entry).get("name") == secret for entry in as_list(item.get(*path))):
            yield item.finding(f"`{of}` has no image pull secret `{secret}`", *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "the pods of `{of}` get {seconds} seconds to shut down",
    "a termination grace period of {seconds} seconds for `{of}`",
)
def grace_period(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`terminationGracePeriodSeconds` (the API's default is 30)."""
    path = ("pod", "terminationGracePeriodSeconds")
    return value_is(manifest, of, WORKLOADS, path, seconds, 30)


@requirement(
    "a preStop hook in `{of}` that sleeps {seconds} seconds",
    "`{of}` sleeps {seconds} seconds in its preStop hook",
)
def pre_stop_sleep(manifest: Manifest, of: str, seconds: int) -> Findings:
    """A preStop hook that runs `sleep N`, or has the `sleep` action."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        path = (*at, "lifecycle", "preStop")
        argv = as_list(item.get(*path, "exec", "command"))
        plain = [word.removeprefix("/bin/") if isinstance(word, str) else word for word in argv]
        slept = item.get(*path, "sleep", "seconds")
        if slept != seconds and not any(
            runs_command(words, f"sleep {seconds}{unit}")
            for words in (argv, plain)
            for unit in ("", "s")
        ):
            yield item.finding(f"`{of}` has no preStop hook that sleeps {seconds} seconds", *path)

    return in_main(manifest, of, check)


@requirement(
    "`{of}` has the restart policy `{policy}`", "the restart policy of `{of}` is `{policy}`"
)
def restart_policy(manifest: Manifest, of: str, policy: str) -> Findings:
    """`restartPolicy` of the pods (the API's default is Always)."""
    return value_is(manifest, of, WORKLOADS, ("pod", "restartPolicy"), policy, "Always")


@requirement("the pods of `{of}` use the host's network", "`{of}` runs in the host network")
def host_network(manifest: Manifest, of: str) -> Findings:
    """`hostNetwork: true`."""
    return value_is(manifest, of, WORKLOADS, ("pod", "hostNetwork"), True)


def _container(item: KubeObject, name: str, *, init: bool) -> tuple[Path, dict[Any, Any]] | None:
    """Find a container by its name: among the init containers, or among those that run beside."""
    running = list(running_containers(item))
    ran = [pair for pair in item.containers(init=True) if pair not in running]
    return next((pair for pair in (ran if init else running) if pair[1].get("name") == name), None)


def _helper(
    manifest: Manifest, of: str, name: str, *, init: bool, field: str, asked: str
) -> Findings:
    what = "init container" if init else "container"

    def check(item: KubeObject) -> Findings:
        found = _container(item, name, init=init)
        if found is None:
            yield item.finding(f"`{of}` has no {what} `{name}`", *(item.pod_path or ()))
        elif field == "command" and not runs_command(argument_vector(found[1]), asked):
            message = f"the {what} `{name}` does not run the command `{asked}`"
            yield item.finding(message, *found[0], "command")
        elif field == "image" and found[1].get("image") != asked:
            yield differs(item, (*found[0], "image"), found[1].get("image"), asked)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "an init container `{name}` with the image `{image}` in `{of}`",
    "`{of}` starts with the init container `{name}`, image `{image}`",
)
def init_container(manifest: Manifest, of: str, name: str, image: str) -> Findings:
    """An init container that ends before the others start, by name and image."""
    return _helper(manifest, of, name, init=True, field="image", asked=image)


@requirement(
    "the init container `{name}` of `{of}` runs `{command}`",
    "`{command}` as the command of the init container `{name}` of `{of}`",
)
def init_command(manifest: Manifest, of: str, name: str, command: str) -> Findings:
    """The command of an init container."""
    return _helper(manifest, of, name, init=True, field="command", asked=command)


@requirement(
    "a container `{name}` with the image `{image}` in the pods of `{of}`",
    "the pods of `{of}` have a container `{name}` that runs `{image}`",
)
def pod_container(manifest: Manifest, of: str, name: str, image: str) -> Findings:
    """A container by name and image: an ordinary one, or a native sidecar."""
    return _helper(manifest, of, name, init=False, field="image", asked=image)


@requirement(
    "the container `{name}` of `{of}` runs the command `{command}`",
    "`{command}` as the command of the container `{name}` of `{of}`",
)
def container_command(manifest: Manifest, of: str, name: str, command: str) -> Findings:
    """The command of a container that is named."""
    return _helper(manifest, of, name, init=False, field="command", asked=command)


@requirement(
    "`{name}` is a native sidecar of `{of}` (an init container that is always restarted)",
    "the container `{name}` of `{of}` is a native sidecar (init container, restartPolicy Always)",
)
def native_sidecar(manifest: Manifest, of: str, name: str) -> Findings:
    """An init container with `restartPolicy: Always`."""

    def check(item: KubeObject) -> Findings:
        found = _container(item, name, init=False)
        if found is None or found[0][-2] != "initContainers":
            path = (*(item.pod_path or ()), "initContainers")
            yield item.finding(f"`{name}` is no native sidecar of `{of}`", *path)

    return each(manifest, of, WORKLOADS, check)


def _volumes(item: KubeObject, volume: str) -> tuple[Path, dict[Any, Any]] | None:
    path = (*(item.pod_path or ()), "volumes")
    for place, entry in enumerate(as_list(item.get(*path))):
        if as_map(entry).get("name") == volume:
            return (*path, place), as_map(entry)
    return None


def _mounts(container: dict[Any, Any]) -> list[dict[Any, Any]]:
    return [as_map(entry) for entry in as_list(container.get("volumeMounts"))]


def same_path(left: object, right: str) -> bool:
    """Whether two paths are the same, with or without a slash at the end."""
    return isinstance(left, str) and (left.rstrip("/") or "/") == (right.rstrip("/") or "/")


def _mounted(container: dict[Any, Any], volume: object, path: str, *, whole: bool = False) -> bool:
    """Whether a container mounts a volume at a path; `whole` refuses one of its paths alone."""
    return any(
        mount.get("name") == volume
        and same_path(mount.get("mountPath"), path)
        and not (whole and (mount.get("subPath") or mount.get("subPathExpr")))
        for mount in _mounts(container)
    )


@requirement(
    "the volume `{volume}` of `{of}` is mounted at `{path}`",
    "`{of}` mounts the volume `{volume}` at `{path}`",
)
def mount(manifest: Manifest, of: str, volume: str, path: str) -> Findings:
    """Where the main container mounts a volume (or a claim template) by its name."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        if not _mounted(container, volume, path):
            message = f"`{of}` does not mount the volume `{volume}` at `{path}`"
            yield item.finding(message, *at, "volumeMounts")

    return in_main(manifest, of, check)


@requirement(
    "the container `{name}` of `{of}` mounts the volume `{volume}` at `{path}`",
    "volume `{volume}` at `{path}` in the container `{name}` of `{of}`",
)
def container_mount(manifest: Manifest, of: str, name: str, volume: str, path: str) -> Findings:
    """Where a container that is named (an init container too) mounts a volume."""

    def check(item: KubeObject) -> Findings:
        named = [pair for pair in item.containers(init=True) if pair[1].get("name") == name]
        if not any(_mounted(container, volume, path) for _, container in named):
            place = named[0][0] if named else item.pod_path or ()
            yield item.finding(f"`{name}` does not mount `{volume}` at `{path}`", *place)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "an emptyDir volume `{volume}` in the pods of `{of}`",
    "the pods of `{of}` have the emptyDir volume `{volume}`",
)
def empty_dir(manifest: Manifest, of: str, volume: str) -> Findings:
    """A volume of the type emptyDir."""

    def check(item: KubeObject) -> Findings:
        found = _volumes(item, volume)
        if found is None or "emptyDir" not in found[1]:
            path = found[0] if found else (*(item.pod_path or ()), "volumes")
            yield item.finding(f"`{of}` has no emptyDir volume `{volume}`", *path)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "the emptyDir volume `{volume}` of `{of}` holds at most {size}",
    "a size limit of {size} for the emptyDir volume `{volume}` of `{of}`",
)
def empty_dir_size(manifest: Manifest, of: str, volume: str, size: str) -> Findings:
    """`sizeLimit` of an emptyDir volume."""

    def check(item: KubeObject) -> Findings:
        found = _volumes(item, volume)
        path = found[0] if found else (*(item.pod_path or ()), "volumes")
        value = item.get(*path, "emptyDir", "sizeLimit") if found else None
        if not same_amount(value, size):
            yield differs(item, (*path, "emptyDir", "sizeLimit"), value, size)

    return each(manifest, of, WORKLOADS, check)


@requirement(
    "the ConfigMap `{config}` is mounted into `{of}` at `{path}`",
    "`{of}` finds the files of the ConfigMap `{config}` under `{path}`",
)
def config_mount(manifest: Manifest, of: str, config: str, path: str) -> Findings:
    """A whole ConfigMap as a directory of the main container (a projected volume counts too)."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        volumes = as_list(item.get(*(item.pod_path or ()), "volumes"))
        names = [as_map(volume).get("name") for volume in volumes if _holds(volume, config)]
        if not any(_mounted(container, name, path, whole=True) for name in names):
            message = f"`{of}` does not mount the ConfigMap `{config}` at `{path}`"
            yield item.finding(message, *at, "volumeMounts")

    return in_main(manifest, of, check)


def _holds(volume: object, config: str) -> bool:
    entry = as_map(volume)
    sources = [as_map(source) for source in as_list(as_map(entry.get("projected")).get("sources"))]
    return any(
        as_map(source.get("configMap")).get("name") == config for source in (entry, *sources)
    )


@requirement(
    "the host directory `{host}` is mounted into `{of}` at `{path}`",
    "`{of}` sees the node's directory `{host}` under `{path}`",
)
def host_mount(manifest: Manifest, of: str, host: str, path: str) -> Findings:
    """A hostPath volume at a place of the main container."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        if not any(_mounted(container, name, path) for name in _host_volumes(item, host)):
            message = f"`{of}` does not mount the host directory `{host}` at `{path}`"
            yield item.finding(message, *at, "volumeMounts")

    return in_main(manifest, of, check)


def _host_volumes(item: KubeObject, host: str) -> list[Any]:
    volumes = [as_map(entry) for entry in as_list(item.get(*(item.pod_path or ()), "volumes"))]
    return [
        volume.get("name")
        for volume in volumes
        if same_path(as_map(volume.get("hostPath")).get("path"), host)
    ]


@requirement(
    "`{of}` cannot write to the host directory `{host}` (its mount is read-only)",
    "the mount of the host directory `{host}` in `{of}` is read-only",
)
def host_mount_read_only(manifest: Manifest, of: str, host: str) -> Findings:
    """`readOnly: true` on every mount of a hostPath volume."""

    def check(item: KubeObject) -> Findings:
        names = _host_volumes(item, host)
        mounts = [
            mount
            for _, container in item.containers(init=True)
            for mount in _mounts(container)
            if mount.get("name") in names
        ]
        if not mounts or any(mount.get("readOnly") is not True for mount in mounts):
            found = main_container(item)
            place = (*found[0], "volumeMounts") if found else ()
            yield item.finding(f"the mount of `{host}` in `{of}` is not read-only", *place)

    return each(manifest, of, WORKLOADS, check)
