"""Requirements about workloads: which kind and image, how many, what they run, their settings."""

from __future__ import annotations

from envs.mlops.commands import Line, lines_of, same_value, variables
from envs.mlops.reading import (
    beside,
    differs,
    each,
    equal,
    maps,
    same_image,
    value_is,
)
from envs.mlops.spots import Spot, of_pods, spots
from iac_gym.check import Findings, requirement
from iac_gym.formats.shell import read_script
from iac_gym.languages.custom_resources.pack import cluster_scoped
from iac_gym.languages.kubernetes.kinds import CLUSTER_SCOPED
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map

_SCALABLE = ("Deployment", "StatefulSet", "ReplicaSet")


def _runs(manifest: Manifest, kind: str, name: str, image: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        found, wrong = spots(manifest, name, "")
        yield from wrong
        for spot in found:
            if spot.item is item and not same_image(spot.container.get("image"), image):
                yield differs(item, (*spot.at, "image"), spot.container.get("image"), image)

    return each(manifest, name, (kind,), check)


@requirement(
    "a Deployment `{name}` with the image `{image}`",
    "the Deployment `{name}` runs `{image}`",
    "Deployment `{name}`, image `{image}`",
)
def deployment(manifest: Manifest, name: str, image: str) -> Findings:
    """A Deployment of this name whose main container runs the image."""
    return _runs(manifest, "Deployment", name, image)


@requirement(
    "a StatefulSet `{name}` with the image `{image}`",
    "the StatefulSet `{name}` runs `{image}`",
    "StatefulSet `{name}`, image `{image}`",
)
def stateful_set(manifest: Manifest, name: str, image: str) -> Findings:
    """A StatefulSet of this name whose main container runs the image."""
    return _runs(manifest, "StatefulSet", name, image)


@requirement(
    "a DaemonSet `{name}` with the image `{image}`",
    "the DaemonSet `{name}` runs `{image}`",
)
def daemon_set(manifest: Manifest, name: str, image: str) -> Findings:
    """A DaemonSet of this name whose main container runs the image."""
    return _runs(manifest, "DaemonSet", name, image)


@requirement(
    "a Job `{name}` with the image `{image}`",
    "the Job `{name}` runs `{image}`",
    "Job `{name}`, image `{image}`",
)
def job(manifest: Manifest, name: str, image: str) -> Findings:
    """A Job of this name whose main container runs the image."""
    return _runs(manifest, "Job", name, image)


@requirement(
    "a CronJob `{name}` with the image `{image}`",
    "the CronJob `{name}` runs `{image}`",
)
def cron_job(manifest: Manifest, name: str, image: str) -> Findings:
    """A CronJob of this name whose main container runs the image."""
    return _runs(manifest, "CronJob", name, image)


@requirement(
    "{count} replicas of `{of}`", "`{of}` runs {count} replicas", "`{of}` has {count} pods"
)
def replicas(manifest: Manifest, of: str, count: int) -> Findings:
    """`spec.replicas` of a Deployment or StatefulSet (the API's default is 1)."""
    return value_is(manifest, of, _SCALABLE, ("spec", "replicas"), count, 1)


def _cluster_wide(item: KubeObject) -> bool:
    kind = item.kind.partition(".")[0]
    return item.kind in CLUSTER_SCOPED or (item.api_version, kind) in cluster_scoped()


@requirement(
    "`{of}` lives in the namespace `{namespace}`",
    "namespace `{namespace}` for `{of}`",
)
def in_namespace(manifest: Manifest, of: str, namespace: str) -> Findings:
    """`metadata.namespace` of every object of this name that is neither cluster-wide nor such."""
    found = [item for item in manifest.by_name.get(of, ()) if not _cluster_wide(item)]
    if not found:
        return [next(iter(manifest)).finding(f"there is no object `{of}`")]
    return [
        differs(item, ("metadata", "namespace"), item.namespace, namespace)
        for item in found
        if item.namespace != namespace
    ]


@of_pods(
    "{who} listens on container port {port}",
    "container port {port} on {who}",
)
def container_port(spot: Spot, port: int) -> Findings:
    """A TCP port that the main container declares."""
    entries = maps(spot.container.get("ports"))
    tcp = [one.get("containerPort") for one in entries if one.get("protocol", "TCP") == "TCP"]
    if not any(equal(number, port) for number in tcp):
        listed = ", ".join(map(str, tcp)) or "no TCP port"
        yield spot.finding(f"`{spot.item.name}` declares {listed}, asked for {port}", "ports")


def runs_line(lines: list[Line], line: str) -> bool:
    """Whether one of some commands is the one that a line says; each of its words counts."""
    wanted = [one.words for one in read_script(line, {}).commands]
    return len(wanted) == 1 and any(one.words == wanted[0] for one in lines)


@of_pods(
    "{who} runs the command `{command}`",
    "{who} executes `{command}`",
)
def runs_command(spot: Spot, command: str) -> Findings:
    """A command that the main container certainly runs, directly or through a shell."""
    if not runs_line(lines_of(spot), command):
        message = f"`{spot.item.name}` does not run `{command}`"
        yield spot.finding(message, "command" if "command" in spot.container else "args")


@of_pods(
    "{who} has the environment variable `{variable}` set to `{value}`",
    "environment variable `{variable}={value}` in {who}",
)
def env_value(spot: Spot, variable: str, value: str) -> Findings:
    """A literal environment variable of the main container, or one from a ConfigMap."""
    found = variables(spot).get(variable)
    if found != value and not (found is not None and same_value(found, value)):
        given = "not set" if found is None else repr(found)
        message = f"`{variable}` of `{spot.item.name}` is {given}, asked for {value!r}"
        yield spot.finding(message, "env")


@of_pods(
    "{who} takes the environment variable `{variable}` from the key `{key}` of the Secret"
    " `{secret}`",
    "`{variable}` in {who} comes from the Secret `{secret}`, key `{key}`",
)
def env_secret(spot: Spot, variable: str, secret: str, key: str) -> Findings:
    """An environment variable from a Secret: by its key, or with all keys where they agree."""
    entries = [one for one in maps(spot.container.get("env")) if one.get("name") == variable]
    if entries:
        place = as_map(as_map(entries[-1].get("valueFrom")).get("secretKeyRef"))
        if (place.get("name"), place.get("key")) == (secret, key):
            return
    elif variable == key and any(
        as_map(one.get("secretRef")).get("name") == secret and not one.get("prefix")
        for one in maps(spot.container.get("envFrom"))
    ):
        held = beside(spot.manifest, spot.item, "Secret", secret)
        if held is None or key in {**as_map(held.get("data")), **as_map(held.get("stringData"))}:
            return
    message = f"`{spot.item.name}` does not take `{variable}` from `{secret}`, key `{key}`"
    yield spot.finding(message, "env")


@requirement(
    "the pods of `{of}` use the service account `{account}`",
    "`{of}` runs under the service account `{account}`",
)
def runs_as_account(manifest: Manifest, of: str, account: str) -> Findings:
    """`serviceAccountName` of the pods of a workload or of a workflow."""
    found, wrong = spots(manifest, of, "")
    for spot in found:
        value = spot.spec.get("serviceAccountName") or spot.spec.get("serviceAccount")
        if value != account:
            path = (*spot.pod, "serviceAccountName")
            wrong.append(differs(spot.item, path, value, account))
    return wrong


@of_pods(
    "before {who} starts, an init container with the image `{image}` runs `{command}`",
    "{who} waits for an init container (`{image}`) that runs `{command}`",
)
def init_command(spot: Spot, image: str, command: str) -> Findings:
    """An init container that runs a command and ends (no native sidecar)."""
    for place, one in enumerate(as_list(spot.spec.get("initContainers"))):
        inner = Spot(spot.manifest, spot.item, spot.pod, (*spot.pod, "initContainers", place))
        if as_map(one).get("restartPolicy") == "Always":
            continue
        if same_image(as_map(one).get("image"), image) and runs_line(lines_of(inner), command):
            return
    message = f"`{spot.item.name}` has no init container `{image}` that runs `{command}`"
    yield spot.of_pod(message, "initContainers")
