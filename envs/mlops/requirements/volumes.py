"""Requirements about storage: claims, caches, shared memory, files from ConfigMaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from envs.mlops.reading import (
    amount_is,
    beside,
    differs,
    each,
    maps,
    named,
    same_amount,
    same_path,
    value_is,
)
from envs.mlops.spots import Spot, of_parts, of_pods, spots
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map

_CLAIM = "PersistentVolumeClaim"


def mounted(spot: Spot, path: str, fits: Callable[[dict[Any, Any]], bool]) -> dict[Any, Any] | None:
    """Return the mount of a fitting volume at a path of the main container, None without one."""
    names = [one.get("name") for one in maps(spot.spec.get("volumes")) if fits(one)]
    for mount in maps(spot.container.get("volumeMounts")):
        at = same_path(mount.get("mountPath"), path)
        if at and mount.get("name") in names and not mount.get("subPathExpr"):
            return mount
    return None


def _of_claim(claim: str) -> Callable[[dict[Any, Any]], bool]:
    return lambda one: as_map(one.get("persistentVolumeClaim")).get("claimName") == claim


@requirement(
    "a PersistentVolumeClaim `{name}` of {size}",
    "the PersistentVolumeClaim `{name}` requests {size}",
)
def claim(manifest: Manifest, name: str, size: str) -> Findings:
    """A claim and the storage that it requests."""
    path = ("spec", "resources", "requests", "storage")
    return amount_is(manifest, name, _CLAIM, path, size)


@requirement(
    "the claim `{name}` has the access mode {mode} and no other",
    "access mode {mode} alone for the claim `{name}`",
)
def claim_mode(manifest: Manifest, name: str, mode: str) -> Findings:
    """`accessModes` of a claim."""

    def check(item: KubeObject) -> Findings:
        found = as_list(item.get("spec", "accessModes"))
        if found != [mode]:
            listed = ", ".join(map(str, found)) or "missing"
            yield item.finding(f"the access modes are {listed}, not {mode}", "spec", "accessModes")

    return each(manifest, name, (_CLAIM,), check)


@requirement(
    "the claim `{name}` uses the storage class `{storage_class}`",
    "storage class `{storage_class}` for the claim `{name}`",
)
def claim_class(manifest: Manifest, name: str, storage_class: str) -> Findings:
    """`storageClassName` of a claim."""
    return value_is(manifest, name, _CLAIM, ("spec", "storageClassName"), storage_class)


@of_pods(
    "{who} mounts the claim `{claim}` at `{path}`",
    "the claim `{claim}` is mounted at `{path}` in {who}",
)
def claim_mounted(spot: Spot, claim: str, path: str) -> Findings:
    """A volume of a claim, declared and mounted."""
    claims = [one.namespace for one in named(spot.manifest, claim, _CLAIM)]
    if claims and spot.item.namespace not in claims:
        message = f"the claim `{claim}` is in another namespace than `{spot.item.name}`"
        yield spot.finding(message, "volumeMounts")
    elif mounted(spot, path, _of_claim(claim)) is None:
        message = f"`{spot.item.name}` does not mount the claim `{claim}` at `{path}`"
        yield spot.finding(message, "volumeMounts")


part_claim_mounted = of_parts(claim_mounted)


@of_pods(
    "{who} cannot write to the claim `{claim}` (read-only)",
    "the claim `{claim}` is read-only for {who}",
)
def claim_read_only(spot: Spot, claim: str) -> Findings:
    """Every mount of a claim is read-only, or its volume is."""
    volumes = [one for one in maps(spot.spec.get("volumes")) if _of_claim(claim)(one)]
    locked = {
        one.get("name")
        for one in volumes
        if as_map(one.get("persistentVolumeClaim")).get("readOnly") is True
    }
    names = [one.get("name") for one in volumes]
    mounts = [m for m in maps(spot.container.get("volumeMounts")) if m.get("name") in names]
    if not mounts or any(
        one.get("readOnly") is not True and one.get("name") not in locked for one in mounts
    ):
        message = f"the claim `{claim}` is not mounted read-only in `{spot.item.name}`"
        yield spot.finding(message, "volumeMounts")


@of_pods(
    "{who} has shared memory: an in-memory emptyDir at `/dev/shm` of at most {size}",
    "`/dev/shm` of {who} is an emptyDir in memory, limited to {size}",
)
def shared_memory(spot: Spot, size: str) -> Findings:
    """An emptyDir with the medium Memory and a size limit, mounted at /dev/shm."""

    def fits(volume: dict[Any, Any]) -> bool:
        source = as_map(volume.get("emptyDir"))
        return source.get("medium") == "Memory" and same_amount(source.get("sizeLimit"), size)

    if mounted(spot, "/dev/shm", fits) is None:
        message = f"`{spot.item.name}` has no in-memory emptyDir of {size} at /dev/shm"
        yield spot.finding(message, "volumeMounts")


part_shared_memory = of_parts(shared_memory)


def _config_file(spot: Spot, config: str, key: str, path: str) -> bool:
    """Whether a key of a ConfigMap stands as a file at a path of the main container."""
    for volume in maps(spot.spec.get("volumes")):
        projected = maps(as_map(volume.get("projected")).get("sources"))
        for source in [volume, *projected]:
            place = as_map(source.get("configMap"))
            if config not in (place.get("name"),):
                continue
            items = maps(place.get("items"))
            files = [i.get("path") for i in items if i.get("key") == key] if items else [key]
            for mount in maps(spot.container.get("volumeMounts")):
                if mount.get("name") == volume.get("name") and any(
                    _file_at(mount, file, path) for file in files
                ):
                    return True
    return False


def _file_at(mount: dict[Any, Any], file: object, path: str) -> bool:
    base = mount.get("mountPath")
    if not isinstance(base, str) or not isinstance(file, str):
        return False
    if mount.get("subPath"):
        return mount.get("subPath") == file and same_path(base, path)
    return same_path(f"{base.rstrip('/')}/{file}", path)


@of_pods(
    "{who} finds the key `{key}` of the ConfigMap `{config}` as the file `{path}`",
    "the key `{key}` of the ConfigMap `{config}` is mounted into {who} as `{path}`",
)
def config_file(spot: Spot, config: str, key: str, path: str) -> Findings:
    """A file of the main container that is a key of a ConfigMap."""
    held = beside(spot.manifest, spot.item, "ConfigMap", config)
    if held is None or key not in as_map(held.get("data")):
        message = f"there is no ConfigMap `{config}` with the key `{key}` beside it"
        yield spot.finding(message, "volumeMounts")
    elif not _config_file(spot, config, key, path):
        message = f"`{spot.item.name}` has no file `{path}` from `{config}`"
        yield spot.finding(message, "volumeMounts")


@requirement(
    "each pod of `{of}` has its own volume `{claim}` of {size} (volumeClaimTemplates)",
    "a volume claim template `{claim}` of {size} in `{of}`",
)
def claim_template(manifest: Manifest, of: str, claim: str, size: str) -> Findings:
    """The storage that a volume claim template of a StatefulSet requests."""

    def check(item: KubeObject) -> Findings:
        for entry in maps(item.get("spec", "volumeClaimTemplates")):
            if as_map(entry.get("metadata")).get("name") == claim:
                wanted = as_map(as_map(as_map(entry.get("spec")).get("resources")).get("requests"))
                if not same_amount(wanted.get("storage"), size):
                    path = ("spec", "volumeClaimTemplates")
                    yield differs(item, path, wanted.get("storage"), size)
                return
        yield item.finding(f"`{of}` has no volume claim template `{claim}`", "spec")

    return each(manifest, of, ("StatefulSet",), check)


@requirement(
    "`{of}` mounts its own volume `{claim}` at `{path}`",
    "the volume `{claim}` of each pod of `{of}` is mounted at `{path}`",
)
def template_mounted(manifest: Manifest, of: str, claim: str, path: str) -> Findings:
    """Where a StatefulSet mounts a volume claim template."""

    def check(item: KubeObject) -> Findings:
        held = [as_map(e.get("metadata")) for e in maps(item.get("spec", "volumeClaimTemplates"))]
        if not any(one.get("name") == claim for one in held):
            yield item.finding(f"`{of}` has no volume claim template `{claim}`", "spec")
            return
        found, wrong = spots(Manifest((item,)), of, "")
        yield from wrong
        for spot in found:
            mounts = maps(spot.container.get("volumeMounts"))
            if not any(
                one.get("name") == claim and same_path(one.get("mountPath"), path) for one in mounts
            ):
                yield spot.finding(f"`{of}` does not mount `{claim}` at `{path}`", "volumeMounts")

    return each(manifest, of, ("StatefulSet",), check)


@requirement(
    "the StatefulSet `{of}` is governed by the Service `{service}`",
    "`{service}` is the governing Service (serviceName) of `{of}`",
)
def governing_service(manifest: Manifest, of: str, service: str) -> Findings:
    """`spec.serviceName` of a StatefulSet."""
    return value_is(manifest, of, "StatefulSet", ("spec", "serviceName"), service)
