"""Requirements about what pods run: commands, probes, schedules, hooks, further containers."""

from __future__ import annotations

from typing import Any

from envs.helm.requirements.reading import (
    OTHER_IMAGE,
    below,
    box,
    command_of,
    events_of,
    first,
    maps,
    missing,
    one_of,
    play,
    played,
    pod_of,
    port_number,
    runs,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel
from iac_gym.languages.kubernetes.model import KubeObject, as_list


@requirement(
    "the first container of the {kind} runs `{command}`",
    "`{command}` is what the first container of the {kind} runs",
)
@played
def runs_command(model: HelmModel, kind: str, command: str) -> None:
    """`command` and `args` together, or a shell that runs nothing else."""
    item = one_of(model, kind)
    if not runs(first(item), command):
        raise wrong(item, f"the container does not run `{command}`", f"{box(item)}.command")


@requirement(
    "liveness and readiness probes of the first container of the {kind} ask `{path}` at its port "
    "{port}",
    "the first container of the {kind} has a liveness and a readiness probe for `{path}` at port "
    "{port}",
)
@played
def probes(model: HelmModel, kind: str, path: str, port: int) -> None:
    """`httpGet` of both; the port by number or by the name of a declared one."""
    item = one_of(model, kind)
    for name in ("livenessProbe", "readinessProbe"):
        given = below(first(item), name, "httpGet")
        asked = given.get("port")
        if given.get("path") != path or port not in (asked, port_number(item, asked)):
            message = f"the {name} does not ask `{path}` at port {port}"
            raise wrong(item, message, f"{box(item)}.{name}")


@requirement(
    "a hook Job runs `{command}` before every {event} and is deleted once it has succeeded",
    "before each {event} Helm runs a Job (hook) with `{command}`, which is removed after success",
)
@played
def hook_runs(model: HelmModel, command: str, event: str) -> None:
    """A Job among the hooks with that event and delete policy."""
    for item in play(model).hooks.of_kind("Job"):
        notes = below(item.tree, "metadata", "annotations")
        policy = str(notes.get("helm.sh/hook-delete-policy", ""))
        policies = [one.strip() for one in policy.split(",")]
        alone = len(as_list(item.get(*pod_of(item), "containers"))) == 1
        if (
            f"pre-{event}" in events_of(item)
            and "hook-succeeded" in policies
            and alone
            and runs(first(item), command)
        ):
            return
    raise missing(f"no hook runs `{command}` before each {event}")


@requirement(
    "the {kind} runs at the schedule in the value `schedule`, `{schedule}` by default",
    "the value `schedule` (`{schedule}` by default) says when the {kind} runs",
)
@played
def scheduled(model: HelmModel, kind: str, schedule: str) -> None:
    """Rendered with the default and with another schedule."""
    for values, wanted in (({}, schedule), ({"schedule": "7 3 * * 2"}, "7 3 * * 2")):
        item = one_of(model, kind, values)
        if " ".join(str(item.get("spec", "schedule")).split()) != wanted:
            raise wrong(item, f"it does not run at `{wanted}`", "spec.schedule")


def _others(item: KubeObject) -> list[dict[Any, Any]]:
    return maps(item.get(*pod_of(item), "containers"))[1:]


@requirement(
    "with `sidecar.enabled: true` (false by default) the pods of the {kind} of `{chart}` have a "
    "second container with the image in `sidecar.image`, by default `{image}`; without it there "
    "is only one container",
    "the pods of the {kind} of `{chart}` have one container, and with `sidecar.enabled: true` a "
    "second one whose image is the value `sidecar.image` (`{image}` by default)",
)
@played
def sidecar(model: HelmModel, chart: str, kind: str, image: str) -> None:
    """Rendered without, with the default image and with another."""
    other = "probe.example.com/side:1"
    for values, wanted in (
        ({}, []),
        ({"sidecar.enabled": True}, [image]),
        ({"sidecar.enabled": True, "sidecar.image": other}, [other]),
    ):
        item = one_of(model, kind, values, chart)
        if [one.get("image") for one in _others(item)] != wanted:
            said = f"is not `{wanted[0]}`" if wanted else "is there by default"
            raise wrong(item, f"the second container {said}", "spec.template.spec.containers")


@requirement(
    "the sidecar and the first container of the {kind} share an emptyDir at `{path}`, which only "
    "the first one may write to",
    "both containers of the {kind} see one emptyDir at `{path}`; for the sidecar it is read-only",
)
@played
def shared_folder(model: HelmModel, kind: str, path: str) -> None:
    """The mounts of both, with the sidecar switched on."""
    item = one_of(model, kind, {"sidecar.enabled": True})
    own, other = (_mounts(one, path) for one in (first(item), *(_others(item) or [{}])[:1]))
    volumes = maps(item.get(*pod_of(item), "volumes"))
    shared = [one for one in volumes if "emptyDir" in one and own.get("name") == one.get("name")]
    if not shared or other.get("name") != own.get("name"):
        raise wrong(item, f"they do not share `{path}`", "spec.template.spec.volumes")
    if own.get("readOnly") is True or other.get("readOnly") is not True:
        message = f"`{path}` is not writable for the first and read-only for the second"
        raise wrong(item, message, "spec.template.spec.containers")


def _mounts(container: Any, path: str) -> dict[Any, Any]:
    for one in maps(container.get("volumeMounts")):
        if str(one.get("mountPath")).rstrip("/") == path:
            return one
    return {}


@requirement(
    "an init container of the {kind} runs `{command}` with the image of the first container, also "
    "where the values change that",
    "before the containers of the {kind} start, an init container runs `{command}` with the first "
    "container's image, also with another `image.repository` and `image.tag`",
)
@played
def init_runs(model: HelmModel, kind: str, command: str) -> None:
    """Rendered with the default and with another image."""
    for values in ({}, OTHER_IMAGE):
        item = one_of(model, kind, values)
        image = first(item).get("image")
        for one in maps(item.get(*pod_of(item), "initContainers")):
            if runs(one, command) and one.get("image") == image:
                break
        else:
            message = f"no init container runs `{command}` with the image"
            raise wrong(item, message, "spec.template.spec.initContainers")


@requirement(
    "every entry of the list `{value}` becomes an argument (`args`) of the first container of the "
    "{kind} of `{chart}`, in that order; by default there are none",
    "the first container of the {kind} of `{chart}` gets the entries of the list `{value}` as its "
    "`args`, by default none",
)
@played
def arguments_from_values(model: HelmModel, chart: str, kind: str, value: str) -> None:
    """Rendered with none and with two, one of them a word with a colon."""
    plain = one_of(model, kind, None, chart)
    before = command_of(first(plain))
    if first(plain).get("args"):
        raise wrong(plain, "there are arguments by default", f"{box(plain)}.args")
    given = ["--probe", "key: value"]
    item = one_of(model, kind, {value: given})
    if command_of(first(item)) != [*before, *given]:
        raise wrong(item, f"`{value}` does not become `args`", f"{box(item)}.args")
