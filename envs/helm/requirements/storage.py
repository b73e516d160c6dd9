"""Requirements about what a container sees as folders: claims, folders of the node."""

from __future__ import annotations

from typing import Any

from envs.helm.requirements.reading import (
    below,
    box,
    first,
    maps,
    one_of,
    only,
    own,
    play,
    played,
    pod_of,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject


def mount_of(item: KubeObject, path: str) -> dict[Any, Any]:
    """Return the mount at a path of the first container, an empty one where there is none."""
    for one in maps(first(item).get("volumeMounts")):
        if str(one.get("mountPath")).rstrip("/") == path and "subPath" not in one:
            return one
    return {}


def volume_of(item: KubeObject, path: str) -> dict[Any, Any]:
    """Return the volume at a path of the first container, an empty one where there is none."""
    name = mount_of(item, path).get("name")
    for one in maps(item.get(*pod_of(item), "volumes")):
        if name and one.get("name") == name:
            return one
    return {}


def claimed(found: Rendering, item: KubeObject, path: str) -> str:
    """Return the size of the claim behind a path, '' where there is none."""
    if size := claimed_per_pod(item, path):
        return size
    claim = below(volume_of(item, path), "persistentVolumeClaim").get("claimName")
    for one in own(found, "PersistentVolumeClaim"):
        if one.name == claim:
            return _size(one.tree)
    return ""


def claimed_per_pod(item: KubeObject, path: str) -> str:
    """Return the size of the claim that every pod has at a path, '' where there is none."""
    name = mount_of(item, path).get("name")
    for one in maps(item.get("spec", "volumeClaimTemplates")):
        if name and below(one, "metadata").get("name") == name:
            return _size(one)
    return ""


def _size(claim: Any) -> str:
    return str(below(claim, "spec", "resources", "requests").get("storage", ""))


@requirement(
    "the {kind} keeps its data in a volume at `{path}`: with `persistence.enabled` (true by "
    "default) a claim of the size in `persistence.size` ({size} by default), without it an "
    "emptyDir",
    "`{path}` of the {kind} is a volume; `persistence.enabled` (true by default) decides between a "
    "PersistentVolumeClaim of `persistence.size` ({size} by default) and an emptyDir",
)
@played
def persists(model: HelmModel, kind: str, path: str, size: str) -> None:
    """Rendered with the default, with another size, and without persistence."""
    for values, wanted in (({}, size), ({"persistence.size": "77Gi"}, "77Gi")):
        found = play(model, values)
        item = only(found, kind)
        if claimed(found, item, path) != wanted:
            raise wrong(item, f"`{path}` is no claim of {wanted}", "spec.template.spec.volumes")
    found = play(model, {"persistence.enabled": False})
    item = only(found, kind)
    if "emptyDir" not in volume_of(item, path) or own(found, "PersistentVolumeClaim"):
        message = f"without persistence `{path}` is no emptyDir"
        raise wrong(item, message, "spec.template.spec.volumes")


@requirement(
    "every pod of the StatefulSet has a claim of its own (`volumeClaimTemplates`) at `{path}`, of "
    "the size in `persistence.size` ({size} by default)",
    "`{path}` of each pod of the StatefulSet is a claim of its own from `volumeClaimTemplates`, "
    "whose size is the value `persistence.size` ({size} by default)",
)
@played
def claim_per_pod(model: HelmModel, path: str, size: str) -> None:
    """Rendered with the default and with another size."""
    for values, wanted in (({}, size), ({"persistence.size": "77Gi"}, "77Gi")):
        item = one_of(model, "StatefulSet", values)
        if claimed_per_pod(item, path) != wanted:
            message = f"`{path}` is no claim of {wanted} for each pod"
            raise wrong(item, message, "spec.volumeClaimTemplates")


@requirement(
    "the value `persistence.storageClass` (empty by default) sets the storage class of the claims "
    "of `{chart}`; while it is empty they name none",
    "the claims of `{chart}` name no storage class unless the value `persistence.storageClass` "
    "does",
)
@played
def storage_class(model: HelmModel, chart: str) -> None:
    """Rendered without and with a class."""
    for values, wanted in (({}, None), ({"persistence.storageClass": "probe-disk"}, "probe-disk")):
        found = play(model, values, chart)
        claims = [(item, below(item.tree, "spec")) for item in own(found, "PersistentVolumeClaim")]
        claims += [
            (item, below(one, "spec"))
            for item in own(found, "StatefulSet")
            for one in maps(item.get("spec", "volumeClaimTemplates"))
        ]
        if not claims:
            raise wrong(only(found, "StatefulSet"), "there is no claim")
        for item, spec in claims:
            if spec.get("storageClassName") != wanted:
                message = "the storage class does not follow `persistence.storageClass`"
                raise wrong(item, message, "spec")


@requirement(
    "the folder `{source}` of the node is mounted read-only at `{path}` in the first container of "
    "the {kind}",
    "the first container of the {kind} sees the node's `{source}` at `{path}`, read-only",
)
@played
def host_folder(model: HelmModel, source: str, path: str, kind: str) -> None:
    """A hostPath volume and its mount."""
    item = one_of(model, kind)
    folder = str(below(volume_of(item, path), "hostPath").get("path")).rstrip("/")
    if folder != source or mount_of(item, path).get("readOnly") is not True:
        message = f"`{source}` is not at `{path}`, read-only"
        raise wrong(item, message, f"{box(item)}.volumeMounts")


@requirement(
    "the first container of the {kind} of `{chart}` has an emptyDir at `{path}`, limited to the "
    "value `scratch.size` ({size} by default)",
    "`{path}` of the first container of the {kind} of `{chart}` is an emptyDir whose `sizeLimit` "
    "is the value `scratch.size`, {size} by default",
)
@played
def scratch_folder(model: HelmModel, chart: str, kind: str, path: str, size: str) -> None:
    """Rendered with the default and with another limit."""
    for values, wanted in (({}, size), ({"scratch.size": "77Mi"}, "77Mi")):
        item = one_of(model, kind, values, chart)
        if below(volume_of(item, path), "emptyDir").get("sizeLimit") != wanted:
            message = f"`{path}` is no emptyDir of {wanted}"
            raise wrong(item, message, "spec.template.spec.volumes")
