"""Requirements about what runs in a pod: commands, environment, resources, volumes, helpers."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from envs.kubernetes.requirements.configuration import in_namespace, secret_text
from envs.kubernetes.requirements.targets import (
    WORKLOADS,
    differs,
    each,
    in_main,
    same_amount,
    value_is,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map, as_text

_SHELLS = ("sh", "bash", "ash", "dash")
_FOLDERS = ("/bin/", "/usr/bin/")
#: The option that makes a shell run a text, perhaps with others in one word: `-c`, `-ec`, `-euxc`.
_RUNS_TEXT = re.compile(r"-[a-z]{0,5}c[a-z]{0,5}")
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
    inner = split_command(shell_text(argv))
    return (inner[1:] if inner[:1] == ["exec"] else inner) == words


def shell_text(argv: list[Any]) -> str:
    """Return the text that a shell is told to run by `-c`, '' for any other argument vector."""
    if len(argv) != 3 or not all(isinstance(word, str) for word in argv):
        return ""
    runs = _plain_program(argv[0]) in _SHELLS and _RUNS_TEXT.fullmatch(argv[1])
    return str(argv[2]) if runs else ""


def _plain_program(word: object) -> str:
    """Return the name of a program without the usual folder before it."""
    name = as_text(word)
    for folder in _FOLDERS:
        name = name.removeprefix(folder)
    return name


def same_image(found: object, asked: str) -> bool:
    """Whether two references name one image: a name without a registry is one of docker.io."""
    return isinstance(found, str) and _short_image(found) == _short_image(asked)


def _short_image(image: str) -> str:
    return image.removeprefix("docker.io/").removeprefix("library/")


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
    """An argument in `args` (or `command`) of the main container: `--a=b`, or `--a` then `b`.

    The first word of `command` is the program and no argument. The same option may not be given
    once more with another value.
    """

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        given = [*as_list(container.get("command"))[1:], *as_list(container.get("args"))]
        values = _option_values(given, argument)
        if not values:
            yield item.finding(f"`{of}` has no argument `{argument}`", *at, "args")
        for other in values - {argument}:
            yield item.finding(f"`{of}` also has `{other[:80]}`", *at, "args")

    return in_main(manifest, of, check)


def _option_values(given: list[Any], argument: str) -> set[str]:
    """Return every value that the argument's option is given, as `--option=value`.

    Empty unless the asked one is among them.
    """
    if "=" not in argument:
        return {argument} if argument in given else set()
    option = argument.partition("=")[0]
    words = [word for word in given if isinstance(word, str)]
    found = {word for word in words if word.startswith(option + "=")}
    found |= {f"{option}={value}" for word, value in pairwise(words) if word == option}
    return found if argument in found else set()


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
        read = partial(_data, manifest, item.namespace)
        found = _text(read, entry) if entry else _from_all(read, container, variable)
        if place < 0 and found is None:
            yield item.finding(f"`{of}` has no environment variable `{variable}`", *at, "env")
        elif found != value:
            yield differs(item, (*at, "env", place, "value"), found, value)

    return in_main(manifest, of, check)


#: Reads a value of a ConfigMap or Secret: (kind, its name, key) -> text, None where there is none.
_Reader = Callable[[str, object, object], Any]


def _data(manifest: Manifest, space: str, kind: str, name: object, key: object) -> Any:
    """Return a value of a ConfigMap or Secret of the answer that lies in a namespace."""
    found = in_namespace(manifest, kind, name, space)
    if found is None or not isinstance(key, str):
        return None
    return secret_text(found, key) if kind == "Secret" else as_map(found.get("data")).get(key)


def _text(read: _Reader, entry: dict[Any, Any]) -> Any:
    """Return what a variable is set to: its value, or that of the key it names."""
    source = as_map(entry.get("valueFrom"))
    for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        if place := as_map(source.get(field)):
            return read(kind, place.get("name"), place.get("key"))
    return entry.get("value")


def _from_all(read: _Reader, container: dict[Any, Any], variable: str) -> Any:
    """Return what `envFrom` sets a variable to by objects of the answer: the last one wins."""
    found = None
    for entry in map(as_map, as_list(container.get("envFrom"))):
        prefix = as_text(entry.get("prefix"))
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            name = as_map(entry.get(field)).get("name")
            if name is not None and variable.startswith(prefix):
                value = read(kind, name, variable.removeprefix(prefix))
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
    """`imagePullPolicy` of the main container (the API's default depends on the image's tag)."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        found = container.get("imagePullPolicy") or _default_policy(as_text(container.get("image")))
        if found != policy:
            yield differs(item, (*at, "imagePullPolicy"), found, policy)

    return in_main(manifest, of, check)


def _default_policy(image: str) -> str:
    """Return the pull policy that the API sets: Always for the tag `latest` or none at all."""
    _, _, tag = image.rpartition("/")[2].partition(":")
    return "Always" if "@" not in image and tag in ("", "latest") else "IfNotPresent"


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
        slept = item.get(*path, "sleep", "seconds")
        if slept != seconds and not _sleeps(argv, seconds):
            yield item.finding(f"`{of}` has no preStop hook that sleeps {seconds} seconds", *path)

    return in_main(manifest, of, check)


def _sleeps(argv: list[Any], seconds: int) -> bool:
    """Whether a command sleeps so long, once; a shell may do other things before or after."""
    text = shell_text(argv)
    if text:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:
            return False
    else:
        words = argv
    commands: list[list[Any]] = [[]]
    for word in words:
        if text and word in (";", "&&"):
            commands.append([])
        else:
            commands[-1].append(word)
    sleeps = [
        command for command in commands if _plain_program(command[:1] and command[0]) == "sleep"
    ]
    return len(sleeps) == 1 and sleeps[0][1:] in ([str(seconds)], [f"{seconds}s"])


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
