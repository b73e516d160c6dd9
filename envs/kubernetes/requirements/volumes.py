"""Requirements about the volumes of pods and where containers mount them."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.configuration import holds_files
from envs.kubernetes.requirements.targets import (
    WORKLOADS,
    each,
    in_main,
    main_container,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map


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
        if found is None or not _is_empty_dir(found[1]):
            path = found[0] if found else (*(item.pod_path or ()), "volumes")
            yield item.finding(f"`{of}` has no emptyDir volume `{volume}`", *path)

    return each(manifest, of, WORKLOADS, check)


def _is_empty_dir(volume: dict[Any, Any]) -> bool:
    """Whether a volume is an emptyDir: it says so, or names no source (the API's default)."""
    sources = [key for key, value in volume.items() if key != "name" and value is not None]
    return sources in ([], ["emptyDir"])


@requirement(
    "the ConfigMap `{config}` is mounted into `{of}` at `{path}`",
    "`{of}` finds the files of the ConfigMap `{config}` under `{path}`",
)
def config_mount(manifest: Manifest, of: str, config: str, path: str) -> Findings:
    """A whole ConfigMap as a directory of the main container (a projected volume counts too)."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        volumes = as_list(item.get(*(item.pod_path or ()), "volumes"))
        names = [
            as_map(volume).get("name")
            for volume in volumes
            if holds_files(manifest, item, as_map(volume), "ConfigMap", config)
        ]
        if not any(_mounted(container, name, path, whole=True) for name in names):
            message = f"`{of}` does not mount the ConfigMap `{config}` at `{path}`"
            yield item.finding(message, *at, "volumeMounts")

    return in_main(manifest, of, check)


@requirement(
    "the host directory `{host}` is mounted into `{of}` at `{path}`",
    "`{of}` sees the node's directory `{host}` under `{path}`",
)
def host_mount(manifest: Manifest, of: str, host: str, path: str) -> Findings:
    """A hostPath volume at a place of the main container, not one of its paths alone."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        names = _host_volumes(item, host)
        if not any(_mounted(container, name, path, whole=True) for name in names):
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
