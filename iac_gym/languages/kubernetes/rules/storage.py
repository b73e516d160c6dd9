"""Rules about claims, volumes and classes of storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.selectors import selector_problems
from iac_gym.languages.kubernetes.rules.views import entries, of_kind, once, view
from iac_gym.languages.kubernetes.selection import needs
from iac_gym.verdict import Finding, Stage

#: Fields of a PersistentVolume's spec that are no source.
_SETTINGS = frozenset(
    "accessModes capacity claimRef mountOptions nodeAffinity persistentVolumeReclaimPolicy "
    "storageClassName volumeAttributesClassName volumeMode".split()
)


@once
def _claims(manifest: Manifest) -> Iterator[tuple[KubeObject, Path, dict[Any, Any]]]:
    """Yield (object, path, spec) of claims, of claim templates and of ephemeral volumes."""
    for item in of_kind(manifest, "PersistentVolumeClaim"):
        yield item, ("spec",), as_map(item.get("spec"))
    field = ("spec", "volumeClaimTemplates")
    for item in of_kind(manifest, "StatefulSet"):
        for path, claim in entries(item.get(*field), field):
            yield item, (*path, "spec"), as_map(claim.get("spec"))
    for pod in view(manifest).pods:
        for path, volume in entries(pod.spec.get("volumes"), (*pod.path, "volumes")):
            claim = as_map(as_map(volume.get("ephemeral")).get("volumeClaimTemplate"))
            if "spec" in claim:
                place = (*path, "ephemeral", "volumeClaimTemplate", "spec")
                yield pod.item, place, as_map(claim.get("spec"))


def _mode_problems(spec: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    modes = as_list(spec.get("accessModes"))
    if not spec.get("accessModes"):
        yield ("accessModes",), "there is no access mode"
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield ("accessModes",), "ReadWriteOncePod excludes other access modes"


@needs("PersistentVolumeClaim|volumeClaimTemplates|volumeClaimTemplate")
@rule(Stage.SEMANTICS)
def claim_access_modes(manifest: Manifest) -> Iterator[Finding]:
    """A claim has at least one access mode; ReadWriteOncePod stands alone.

    This holds for a StatefulSet's claim templates and for ephemeral volumes, too.

    Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes

    Bad::

        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOncePod, ReadOnlyMany]
          resources: {requests: {storage: 1Gi}}

    Good::

        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce, ReadOnlyMany]
          resources: {requests: {storage: 1Gi}}
    """
    for item, path, spec in _claims(manifest):
        for step, message in _mode_problems(spec):
            yield item.finding(message, *path, *step)


@needs("PersistentVolumeClaim|volumeClaimTemplates|volumeClaimTemplate")
@rule(Stage.SEMANTICS)
def claim_storage(manifest: Manifest) -> Iterator[Finding]:
    """A claim requests a positive amount of storage.

    Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#resources

    Bad::

        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 0}}

    Good::

        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 10Gi}}
    """
    for item, path, spec in _claims(manifest):
        requests = as_map(as_map(spec.get("resources")).get("requests"))
        place = (*path, "resources", "requests", "storage")
        if requests.get("storage") is None:
            yield item.finding("the claim does not say how much storage it needs", *place)
        elif message := _amount_problem(requests["storage"]):
            yield item.finding(message, *place)
        limits = as_map(as_map(spec.get("resources")).get("limits")).get("storage")
        most, amount = parse_quantity(limits), parse_quantity(requests.get("storage"))
        if most is not None and amount is not None and amount > most:
            yield item.finding("the request for storage is above its limit", *place)


def _amount_problem(value: Any) -> str:
    amount = parse_quantity(value)
    return "" if amount is None or amount > 0 else f"`{str(value)[:80]}` is not above 0"


@needs(
    "PersistentVolumeClaim|volumeClaimTemplates|volumeClaimTemplate", "storageClassName|selector"
)
@rule(Stage.SEMANTICS)
def claim_details(manifest: Manifest) -> Iterator[Finding]:
    """A claim's storage class is a name (or empty), and its selector is well formed.

    Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1

    Bad::

        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          storageClassName: Fast SSD
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}

    Good::

        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec:
          storageClassName: ""
          selector: {matchLabels: {tier: fast}}
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
    """
    for item, path, spec in _claims(manifest):
        name = spec.get("storageClassName")
        if isinstance(name, str) and name and not forms.is_subdomain(name):
            text = f"`{name[:80]}` is no name of a storage class"
            yield item.finding(text, *path, "storageClassName")
        for step, message in selector_problems(spec.get("selector")):
            yield item.finding(message, *path, "selector", *step)


@needs("PersistentVolume")
@rule(Stage.SEMANTICS)
def persistent_volumes(manifest: Manifest) -> Iterator[Finding]:
    """A PersistentVolume has a positive capacity and access modes.

    Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistent-volumes

    Bad::

        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 0Gi}
          hostPath: {path: /data}

    Good::

        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          persistentVolumeReclaimPolicy: Retain
          capacity: {storage: 10Gi}
          hostPath: {path: /data}
    """
    for item in of_kind(manifest, "PersistentVolume"):
        spec = as_map(item.get("spec"))
        for step, message in _mode_problems(spec):
            yield item.finding(message, "spec", *step)
        capacity = as_map(spec.get("capacity"))
        if capacity.get("storage") is None:
            yield item.finding("the volume has no capacity.storage", "spec", "capacity")
        elif message := _amount_problem(capacity["storage"]):
            yield item.finding(message, "spec", "capacity", "storage")


@needs("PersistentVolume")
@rule(Stage.SEMANTICS)
def one_persistent_source(manifest: Manifest) -> Iterator[Finding]:
    """A PersistentVolume has exactly one source, and a local one says on which node.

    Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes

    Bad::

        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 10Gi}
          local: {path: /mnt/disks/ssd1}

    Good::

        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: data}
        spec:
          accessModes: [ReadWriteOnce]
          capacity: {storage: 10Gi}
          local: {path: /mnt/disks/ssd1}
          nodeAffinity:
            required:
              nodeSelectorTerms:
                - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]
    """
    for item in of_kind(manifest, "PersistentVolume"):
        spec = as_map(item.get("spec"))
        given = [key for key, value in spec.items() if key not in _SETTINGS and value is not None]
        if len(given) != 1:
            text = f"the volume has {len(given) or 'no'} source{'s' * (len(given) > 1)}"
            yield item.finding(f"{text}, it must be one", "spec")
        if given == ["local"] and not as_map(spec.get("nodeAffinity")).get("required"):
            yield item.finding("a local volume needs a nodeAffinity", "spec", "local")
        path = as_map(spec.get("hostPath")).get("path")
        if isinstance(path, str) and ".." in path.split("/"):
            yield item.finding("the path must not contain '..'", "spec", "hostPath", "path")


@needs("StorageClass")
@rule(Stage.SEMANTICS)
def storage_provisioner(manifest: Manifest) -> Iterator[Finding]:
    """A StorageClass's provisioner is a qualified name.

    Source: https://kubernetes.io/docs/concepts/storage/storage-classes/

    Bad::

        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast}
        provisioner: the storage of the cloud

    Good::

        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast}
        provisioner: ebs.csi.aws.com
        reclaimPolicy: Retain
        volumeBindingMode: WaitForFirstConsumer
    """
    for item in of_kind(manifest, "StorageClass"):
        provisioner = item.get("provisioner")
        if isinstance(provisioner, str) and not forms.is_qualified_name(provisioner.lower()):
            text = f"`{provisioner[:80]}` is no provisioner such as ebs.csi.aws.com"
            yield item.finding(text, "provisioner")


IN_ORDER = (
    claim_access_modes,
    claim_storage,
    claim_details,
    persistent_volumes,
    one_persistent_source,
    storage_provisioner,
)
