"""What can be asked of PersistentVolumeClaims, PersistentVolumes and StorageClasses."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.reading import (
    about,
    amount_differs,
    differs,
    listed_differ,
    shown,
    texts,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, as_list, as_map


@requirement(
    "a PersistentVolumeClaim `{name}` of {size}",
    "the PersistentVolumeClaim `{name}` asks for {size}",
    "the claim `{name}` requests {size} of storage",
)
@about("PersistentVolumeClaim", "name")
def volume_claim(found: KubeObject, name: str, size: str) -> Findings:
    """`spec.resources.requests.storage`, as a quantity."""
    return amount_differs(found, size, "spec", "resources", "requests", "storage")


@requirement(
    "the claim `{of}` has the access mode {mode}",
    "access mode {mode} for the claim `{of}`",
    "`{of}` is claimed {mode}",
)
@about("PersistentVolumeClaim")
def volume_claim_mode(found: KubeObject, of: str, mode: str) -> Findings:
    """`spec.accessModes` of a claim: this one mode."""
    return listed_differ(found, [mode], "spec", "accessModes")


@requirement(
    "the claim `{of}` uses the storage class {name}",
    "storage class {name} for the claim `{of}`",
    "the storage for `{of}` comes from the class {name}",
)
@about("PersistentVolumeClaim")
def volume_claim_class(found: KubeObject, of: str, name: str) -> Findings:
    """`spec.storageClassName` of a claim."""
    return differs(found, name, "spec", "storageClassName")


@requirement(
    "the claim `{of}` is a raw block device",
    "`{of}` claims a block device, no file system",
)
@about("PersistentVolumeClaim")
def volume_claim_block(found: KubeObject, of: str) -> Findings:
    """`spec.volumeMode: Block` of a claim."""
    return differs(found, "Block", "spec", "volumeMode", default="Filesystem")


@requirement(
    "the claim `{of}` binds to the volume `{volume}`",
    "`{of}` takes the PersistentVolume `{volume}` and no other",
)
@about("PersistentVolumeClaim")
def volume_claim_volume(found: KubeObject, of: str, volume: str) -> Findings:
    """`spec.volumeName` of a claim."""
    return differs(found, volume, "spec", "volumeName")


@requirement(
    "a PersistentVolume `{name}` of {size}",
    "the PersistentVolume `{name}` offers {size}",
    "the capacity of the volume `{name}` is {size}",
)
@about("PersistentVolume", "name")
def volume(found: KubeObject, name: str, size: str) -> Findings:
    """`spec.capacity.storage`, as a quantity."""
    return amount_differs(found, size, "spec", "capacity", "storage")


@requirement(
    "the volume `{of}` has the access mode {mode}",
    "access mode {mode} for the volume `{of}`",
)
@about("PersistentVolume")
def volume_mode(found: KubeObject, of: str, mode: str) -> Findings:
    """`spec.accessModes` of a volume: this one mode."""
    return listed_differ(found, [mode], "spec", "accessModes")


@requirement(
    "the volume `{of}` belongs to the storage class {name}",
    "storage class {name} for the volume `{of}`",
)
@about("PersistentVolume")
def volume_class(found: KubeObject, of: str, name: str) -> Findings:
    """`spec.storageClassName` of a volume."""
    return differs(found, name, "spec", "storageClassName")


@requirement(
    "the reclaim policy of the volume `{of}` is {policy}",
    "reclaim policy {policy} for the volume `{of}`",
)
@about("PersistentVolume")
def volume_reclaim(found: KubeObject, of: str, policy: str) -> Findings:
    """`persistentVolumeReclaimPolicy` (the API's default for a volume made by hand is Retain)."""
    return differs(found, policy, "spec", "persistentVolumeReclaimPolicy", default="Retain")


def _path_differs(found: KubeObject, asked: str, *path: str) -> Findings:
    """Compare a directory; a slash at its end is no difference."""
    given = found.get(*path)
    if not isinstance(given, str) or (given.rstrip("/") or "/") != asked:
        yield from differs(found, asked, *path)


@requirement(
    "the volume `{of}` is the NFS export {path} of {server}",
    "behind the volume `{of}` is the directory {path} of the NFS server {server}",
    "`{of}` mounts {path} from the NFS server {server}",
)
@about("PersistentVolume")
def volume_nfs(found: KubeObject, of: str, path: str, server: str) -> Findings:
    """The NFS server and path of a volume."""
    yield from differs(found, server, "spec", "nfs", "server")
    yield from _path_differs(found, path, "spec", "nfs", "path")


@requirement(
    "the volume `{of}` is the directory {path} of the host",
    "the volume `{of}` keeps its data in the host's {path}",
)
@about("PersistentVolume")
def volume_host_path(found: KubeObject, of: str, path: str) -> Findings:
    """The host directory of a volume."""
    return _path_differs(found, path, "spec", "hostPath", "path")


@requirement(
    "the volume `{of}` is the local disk at {path}",
    "the local disk mounted at {path} is behind the volume `{of}`",
)
@about("PersistentVolume")
def volume_local(found: KubeObject, of: str, path: str) -> Findings:
    """The path of a local volume."""
    return _path_differs(found, path, "spec", "local", "path")


@requirement(
    "the volume `{of}` exists on the node {node} alone",
    "only the node {node} can use the volume `{of}`",
)
@about("PersistentVolume")
def volume_node(found: KubeObject, of: str, node: str) -> Findings:
    """A required node affinity for one host name, in every term."""
    terms = as_list(found.get("spec", "nodeAffinity", "required", "nodeSelectorTerms"))
    if not terms or not all(_names_node(as_map(term), node) for term in terms):
        yield found.finding(
            f"`{of}` is not tied to the node {node}", "spec", "nodeAffinity", "required"
        )


def _names_node(term: dict[Any, Any], node: str) -> bool:
    by_label = [
        as_map(each)
        for each in as_list(term.get("matchExpressions"))
        if as_map(each).get("key") == "kubernetes.io/hostname"
    ]
    by_field = [
        as_map(each)
        for each in as_list(term.get("matchFields"))
        if as_map(each).get("key") == "metadata.name"
    ]
    return any(
        each.get("operator") == "In" and texts(each.get("values")) == [node]
        for each in by_label + by_field
    )


@requirement(
    "mount option {option} for the volume `{of}`",
    "the volume `{of}` is mounted with the option {option}",
)
@about("PersistentVolume")
def volume_option(found: KubeObject, of: str, option: str) -> Findings:
    """One of the `mountOptions` of a volume."""
    if option not in texts(found.get("spec", "mountOptions")):
        yield found.finding(f"`{of}` lacks the mount option {option}", "spec", "mountOptions")


@requirement(
    "a StorageClass `{name}` with the provisioner {provisioner}",
    "the StorageClass `{name}`, provisioned by {provisioner}",
)
@about("StorageClass", "name")
def storage_class(found: KubeObject, name: str, provisioner: str) -> Findings:
    """The provisioner of a storage class."""
    return differs(found, provisioner, "provisioner")


@requirement(
    "volumes of the class `{of}` have the reclaim policy {policy}",
    "reclaim policy {policy} for the class `{of}`",
)
@about("StorageClass")
def class_reclaim(found: KubeObject, of: str, policy: str) -> Findings:
    """`reclaimPolicy` of a storage class (the API's default is Delete)."""
    return differs(found, policy, "reclaimPolicy", default="Delete")


@requirement(
    "the binding mode of the class `{of}` is {mode}",
    "volume binding mode {mode} for the class `{of}`",
)
@about("StorageClass")
def class_binding(found: KubeObject, of: str, mode: str) -> Findings:
    """`volumeBindingMode` of a storage class (the API's default is Immediate)."""
    return differs(found, mode, "volumeBindingMode", default="Immediate")


@requirement(
    "volumes of the class `{of}` can be expanded",
    "the class `{of}` allows volume expansion",
)
@about("StorageClass")
def class_expands(found: KubeObject, of: str) -> Findings:
    """`allowVolumeExpansion: true`."""
    return differs(found, True, "allowVolumeExpansion", default=False)


@requirement(
    "the class `{of}` has the parameter {key}={value}",
    "parameter {key}={value} for the class `{of}`",
)
@about("StorageClass")
def class_parameter(found: KubeObject, of: str, key: str, value: str) -> Findings:
    """One of the parameters that a storage class passes to its provisioner."""
    return differs(found, value, "parameters", key)


@requirement(
    "`{of}` is the default storage class of the cluster",
    "claims that name no storage class get `{of}`",
)
@about("StorageClass")
def class_default(found: KubeObject, of: str) -> Findings:
    """The annotation that makes a storage class the default one."""
    key = "storageclass.kubernetes.io/is-default-class"
    value = found.get("metadata", "annotations", key)
    older = found.get("metadata", "annotations", key.replace(".kubernetes", ".beta.kubernetes"))
    if "true" not in (value, older):
        yield found.finding(
            f"the annotation {key} of `{of}` is {shown(value)}, not 'true'",
            "metadata", "annotations", key,
        )  # fmt: skip
