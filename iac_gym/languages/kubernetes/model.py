"""The parsed manifest that rules and requirements read: objects, with positions.

Trees hold `YamlMap`, `YamlList` and plain scalars. A rule meets trees of any shape: use `get` with
a path and the typed readers below, never unchecked indexing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import YamlList, YamlMap, find
from iac_gym.languages.kubernetes.schema import Problem, check_objects
from iac_gym.verdict import Finding

Path = tuple[str | int, ...]

#: Where each workload kind keeps its pod template; a Pod is its own template.
POD_TEMPLATES: dict[str, Path] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


def as_map(value: Any) -> dict[Any, Any]:
    """Return the value if it is a mapping, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return the value if it is a sequence, an empty one otherwise."""
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """Return the value if it is a string, '' otherwise."""
    return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class KubeObject:
    """One API object of a manifest."""

    tree: YamlMap
    file: str = ""

    def get(self, *path: str | int, default: Any = None) -> Any:
        """Return the value at a path of keys and indices; `default` where a step is missing."""
        value: Any = self.tree
        for step in path:
            if value.__class__ is YamlMap:
                value = value.get(step)
            elif value.__class__ is YamlList and isinstance(step, int) and -1 < step < len(value):
                value = value[step]
            else:
                return default
        return default if value is None else value

    def has(self, *path: str | int) -> bool:
        """Whether the path exists (even with the value null)."""
        parent, _ = find(self.tree, path[:-1])
        if isinstance(parent, list):
            return isinstance(path[-1], int) and -1 < path[-1] < len(parent)
        return isinstance(parent, dict) and path[-1] in parent

    def finding(self, message: str, *path: str | int, hint: str = "") -> Finding:
        """Make a finding at the deepest step of the path that exists."""
        _, (line, column) = find(self.tree, path)
        return Finding(message, self.file, line, column, hint)

    @lazy
    def kind(self) -> str:
        """`kind`, '' if it is no string."""
        return as_text(self.tree.get("kind"))

    @lazy
    def api_version(self) -> str:
        """`apiVersion`, '' if it is no string."""
        return as_text(self.tree.get("apiVersion"))

    @lazy
    def name(self) -> str:
        """`metadata.name`, '' if it is no string."""
        return as_text(self.get("metadata", "name"))

    @lazy
    def namespace(self) -> str:
        """`metadata.namespace`, 'default' if there is none (cluster-scoped kinds too)."""
        return as_text(self.get("metadata", "namespace")) or "default"

    @lazy
    def labels(self) -> dict[Any, Any]:
        """`metadata.labels`, empty if it is no mapping."""
        return as_map(self.get("metadata", "labels"))

    @lazy
    def template_path(self) -> Path | None:
        """Path of the pod template (`()` for a Pod), None for kinds without one."""
        return POD_TEMPLATES.get(self.kind)

    @lazy
    def pod_path(self) -> Path | None:
        """Path of the pod spec, None for kinds without one."""
        return None if self.template_path is None else (*self.template_path, "spec")

    def containers(self, *, init: bool = False) -> Iterator[tuple[Path, dict[Any, Any]]]:
        """Yield (path, container) of the pod's containers, with `init` also its init containers."""
        if self.pod_path is None:
            return
        for part in ("initContainers", "containers") if init else ("containers",):
            for place, container in enumerate(as_list(self.get(*self.pod_path, part))):
                if isinstance(container, dict):
                    yield (*self.pod_path, part, place), container


@dataclass(frozen=True)
class Manifest:
    """All objects of an answer, `List` objects already replaced by their items.

    `version` is the Kubernetes version whose schemas apply, "" for the newest; `keys` are the keys
    of all mappings, None where they were not noted.
    """

    objects: tuple[KubeObject, ...]
    version: str = ""
    keys: frozenset[Any] | None = field(default=None, compare=False, repr=False)

    def __iter__(self) -> Iterator[KubeObject]:
        """Iterate over the objects in the order of the files."""
        return iter(self.objects)

    @lazy
    def problems(self) -> tuple[Problem, ...]:
        """What the API's schemas forbid; walked once, read by the rules of `rules.schema`."""
        objects = ((item.tree, item.file) for item in self.objects)
        return tuple(check_objects(objects, self.version or None))

    def more_pods(self) -> list[Any]:
        """Return the pods (`rules.views.Pod`) of kinds beside the built-in ones: none here."""
        return []

    def of_kind(self, *kinds: str) -> list[KubeObject]:
        """Return the objects of some kinds."""
        return [item for item in self.objects if item.kind in kinds]

    @lazy
    def by_name(self) -> dict[str, list[KubeObject]]:
        """The objects by their names, in order."""
        found: dict[str, list[KubeObject]] = {}
        for item in self.objects:
            found.setdefault(item.name, []).append(item)
        return found

    def find(self, kind: str, name: str) -> KubeObject | None:
        """Return the object of a kind and name; None if there is none, or one in each of several
        namespaces: then it is not clear which is meant.
        """
        found = [item for item in self.by_name.get(name, ()) if item.kind == kind]
        return found[0] if len(found) == 1 else None
