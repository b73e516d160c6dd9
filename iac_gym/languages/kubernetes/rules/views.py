"""What many rules read of a manifest, found once: objects by kind, pod specs, containers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map

#: The API group of each built-in kind that rules read. A custom resource may have the same kind in
#: a group of its own (Knative's Service), and the API server's rules do not hold for it.
_KINDS_OF_GROUP = {
    "": "Pod PodTemplate ReplicationController Service Endpoints ConfigMap Secret Namespace "
    "ServiceAccount PersistentVolume PersistentVolumeClaim ResourceQuota LimitRange Node",
    "apps": "Deployment ReplicaSet StatefulSet DaemonSet",
    "batch": "Job CronJob",
    "autoscaling": "HorizontalPodAutoscaler",
    "networking.k8s.io": "Ingress IngressClass NetworkPolicy",
    "discovery.k8s.io": "EndpointSlice",
    "policy": "PodDisruptionBudget",
    "rbac.authorization.k8s.io": "Role ClusterRole RoleBinding ClusterRoleBinding",
    "storage.k8s.io": "StorageClass",
    "scheduling.k8s.io": "PriorityClass",
    "node.k8s.io": "RuntimeClass",
}
_GROUPS = {kind: group for group, kinds in _KINDS_OF_GROUP.items() for kind in kinds.split()}


class Pod(NamedTuple):
    """A pod spec inside an object: its path, the spec, and its containers with their paths."""

    item: KubeObject
    path: Path
    spec: dict[Any, Any]
    containers: tuple[tuple[Path, dict[Any, Any]], ...]
    init: tuple[tuple[Path, dict[Any, Any]], ...]

    @property
    def all_containers(self) -> tuple[tuple[Path, dict[Any, Any]], ...]:
        """Init containers and containers."""
        return self.init + self.containers

    def labels(self) -> dict[Any, Any]:
        """Labels of the pods that come of it."""
        return as_map(self.item.get(*self.path[:-1], "metadata", "labels"))


class View(NamedTuple):
    """A manifest, read once for all rules."""

    kinds: dict[str, list[KubeObject]]
    pods: tuple[Pod, ...]
    containers: tuple[tuple[KubeObject, Path, dict[Any, Any]], ...]


def group_of(item: KubeObject) -> str:
    """Return the API group of an object, '' for the core group."""
    return item.api_version.rpartition("/")[0]


def entries(tree: Any, path: Path) -> list[tuple[Path, dict[Any, Any]]]:
    """Return (path, entry) of the mappings in a sequence that stands at `path`."""
    if not isinstance(tree, list):
        return []
    return [((*path, place), entry) for place, entry in enumerate(tree) if isinstance(entry, dict)]


def _pod(item: KubeObject) -> Pod | None:
    path = item.pod_path
    spec = None if path is None else item.get(*path)
    if path is None or not isinstance(spec, dict):
        return None
    regular = tuple(entries(spec.get("containers"), (*path, "containers")))
    init = tuple(entries(spec.get("initContainers"), (*path, "initContainers")))
    return Pod(item, path, spec, regular, init)


def _read(manifest: Manifest) -> View:
    kinds: dict[str, list[KubeObject]] = {}
    pods: list[Pod] = []
    for item in manifest.objects:
        if _GROUPS.get(item.kind) != group_of(item):
            continue
        kinds.setdefault(item.kind, []).append(item)
        if pod := _pod(item):
            pods.append(pod)
    pods += manifest.more_pods()
    containers = tuple((pod.item, *found) for pod in pods for found in pod.all_containers)
    return View(kinds, tuple(pods), containers)


def view(manifest: Manifest) -> View:
    """Return the view of a manifest; it is made once and kept with the manifest."""
    kept = manifest.__dict__  # as functools.cached_property does, on frozen dataclasses too
    if "_view" in kept:
        found: View = kept["_view"]
        return found
    made = kept["_view"] = _read(manifest)
    return made


_Entry = TypeVar("_Entry")


def once(
    read: Callable[[Manifest], Iterable[_Entry]],
) -> Callable[[Manifest], tuple[_Entry, ...]]:
    """Let several rules share what one function reads: it runs once for each manifest."""
    place = f"{read.__module__}.{read.__name__}"

    @wraps(read)
    def reading(manifest: Manifest) -> tuple[_Entry, ...]:
        kept = manifest.__dict__
        found: tuple[_Entry, ...] | None = kept.get(place)
        if found is None:
            found = kept[place] = tuple(read(manifest))
        return found

    return reading


def of_kind(manifest: Manifest, *kinds: str) -> list[KubeObject]:
    """Return the built-in objects of some kinds, of whatever version."""
    known = view(manifest).kinds
    if len(kinds) == 1:
        return known.get(kinds[0], [])
    return [item for kind in kinds for item in known.get(kind, ())]


def whole(value: Any) -> int | None:
    """Return the value if it is a whole number (booleans are none), None otherwise."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
