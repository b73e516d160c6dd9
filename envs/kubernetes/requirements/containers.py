"""Requirements about the containers beside the main one: init containers and sidecars."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.pods import argument_vector, runs_command, same_image
from envs.kubernetes.requirements.targets import WORKLOADS, differs, each, running_containers
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path


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
        elif field == "image" and not same_image(found[1].get("image"), asked):
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
