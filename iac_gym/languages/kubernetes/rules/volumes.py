"""Rules about the volumes of a pod and where containers mount them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.quantity import parse_quantity
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.downward import field_problem, resource_problem
from iac_gym.languages.kubernetes.rules.views import Pod, entries, view, whole
from iac_gym.languages.kubernetes.selection import PODS, needs
from iac_gym.verdict import Finding, Stage

#: The name of the object that a source needs, where the schema does not ask for it.
_NAMES = (("secret", "secretName"), ("configMap", "name"), ("persistentVolumeClaim", "claimName"))
_MOST_MODE = 0o777


def _volumes(pod: Pod) -> list[tuple[Path, dict[Any, Any]]]:
    return entries(pod.spec.get("volumes"), (*pod.path, "volumes"))


def _claim_templates(pod: Pod) -> Iterator[str]:
    if pod.item.kind == "StatefulSet":
        for claim in as_list(pod.item.get("spec", "volumeClaimTemplates")):
            name = as_map(as_map(claim).get("metadata")).get("name")
            if isinstance(name, str):
                yield name


def _path_problem(path: str) -> str:
    """Say what is wrong with a path below a volume, '' if nothing is."""
    if path.startswith("/"):
        return f"`{path[:80]}` must be a relative path"
    if ".." in path.split("/"):
        return f"`{path[:80]}` must not contain '..'"
    return ""


@needs(PODS, "volumes")
@rule(Stage.SEMANTICS)
def volume_names(manifest: Manifest) -> Iterator[Finding]:
    """Volumes of a pod have different names, which are DNS labels.

    Source: https://kubernetes.io/docs/concepts/storage/volumes/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - {name: cache, emptyDir: {}}
            - {name: cache, emptyDir: {}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - {name: cache, emptyDir: {}}
            - {name: run, emptyDir: {}}
    """
    for pod in view(manifest).pods:
        seen: set[str] = set()
        for path, volume in _volumes(pod):
            name = volume.get("name")
            if not isinstance(name, str):
                continue
            if not forms.is_label(name):
                text = f"`{name[:80]}` is no name for a volume"
                yield pod.item.finding(text, *path, "name", hint=forms.LABEL_HINT)
            elif name in seen:
                yield pod.item.finding(f"there are two volumes `{name}`", *path, "name")
            seen.add(name)


@needs(PODS, "volumes")
@rule(Stage.SEMANTICS)
def one_volume_source(manifest: Manifest) -> Iterator[Finding]:
    """A volume has one source: emptyDir, configMap, persistentVolumeClaim, ...

    Without any it is an empty directory.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: cache, emptyDir: {}, hostPath: {path: /var/cache}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: cache, emptyDir: {}}]
    """
    for pod in view(manifest).pods:
        for path, volume in _volumes(pod):
            given = [key for key, value in volume.items() if key != "name" and value is not None]
            if len(given) > 1:
                text = f"the volume has {len(given)} sources, it must be one"
                yield pod.item.finding(text, *path)


@needs(PODS, "volumes")
@rule(Stage.SEMANTICS)
def volume_sources(manifest: Manifest) -> Iterator[Finding]:
    """Sources of volumes name the object they are taken from, and their parts are valid.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: keys, secret: {}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - {name: keys, secret: {secretName: keys}}
            - {name: scratch, emptyDir: {sizeLimit: 1Gi}}
            - {name: sockets, hostPath: {path: /run/containerd, type: Directory}}
    """
    for pod in view(manifest).pods:
        for path, volume in _volumes(pod):
            for step, message in _source_problems(volume):
                yield pod.item.finding(message, *path, *step)


def _source_problems(volume: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    for source, field in _NAMES:
        tree = volume.get(source)
        if isinstance(tree, dict) and tree.get(field) in (None, ""):
            yield (source, field), f"the {source} is not named: `{field}` is missing"
    limit = parse_quantity(as_map(volume.get("emptyDir")).get("sizeLimit"))
    if limit is not None and limit < 0:
        yield ("emptyDir", "sizeLimit"), "the size limit is negative"
    host = as_map(volume.get("hostPath"))
    path = host.get("path")
    if isinstance(path, str) and ".." in path.split("/"):
        yield ("hostPath", "path"), f"`{path[:80]}` must not contain '..'"
    exported = as_map(volume.get("nfs")).get("path")
    if isinstance(exported, str) and not exported.startswith("/"):
        yield ("nfs", "path"), f"`{exported[:80]}` must be an absolute path"
    if isinstance(volume.get("ephemeral"), dict) and not volume["ephemeral"].get(
        "volumeClaimTemplate"
    ):
        yield ("ephemeral",), "an ephemeral volume needs a `volumeClaimTemplate`"


@needs(PODS, "volumes", "defaultMode|mode")
@rule(Stage.SEMANTICS)
def file_modes(manifest: Manifest) -> Iterator[Finding]:
    """Modes of files in volumes are from 0 to 0777 (octal), which is 511.

    Decimal 644 is no mode: write 0644 in YAML, 420 in JSON.

    Source: https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: keys, secret: {secretName: keys, defaultMode: 644}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes: [{name: keys, secret: {secretName: keys, defaultMode: 0400}}]
    """
    for pod in view(manifest).pods:
        for path, volume in _volumes(pod):
            for source in ("secret", "configMap", "downwardAPI", "projected"):
                tree = volume.get(source)
                if isinstance(tree, dict):
                    for step in _bad_modes(tree):
                        text = "the mode is not between 0 and 0777 (octal)"
                        hint = "a mode is octal: write 0644, not 644"
                        yield pod.item.finding(text, *path, source, *step, hint=hint)


def _bad_modes(tree: dict[Any, Any]) -> Iterator[Path]:
    places: list[tuple[Path, Any]] = [(("defaultMode",), tree.get("defaultMode"))]
    for path, file in entries(tree.get("items"), ("items",)):
        places.append(((*path, "mode"), file.get("mode")))
    for at, source in entries(tree.get("sources"), ("sources",)):
        for kind in ("secret", "configMap", "downwardAPI"):
            items = as_map(source.get(kind)).get("items")
            for path, file in entries(items, (*at, kind, "items")):
                places.append(((*path, "mode"), file.get("mode")))
    for where, value in places:
        mode = whole(value)
        if mode is not None and not 0 <= mode <= _MOST_MODE:
            yield where


def _file_lists(volume: dict[Any, Any]) -> Iterator[tuple[Path, str, Any]]:
    """Yield (path, kind of source, files) of the lists of files in a volume."""
    for kind in ("secret", "configMap", "downwardAPI"):
        if isinstance(volume.get(kind), dict):
            yield (kind, "items"), kind, volume[kind].get("items")
    projected = as_map(volume.get("projected")).get("sources")
    for path, source in entries(projected, ("projected", "sources")):
        for kind in ("secret", "configMap", "downwardAPI"):
            if isinstance(source.get(kind), dict):
                yield (*path, kind, "items"), kind, source[kind].get("items")


@needs(PODS, "volumes", "items")
@rule(Stage.SEMANTICS)
def volume_files(manifest: Manifest) -> Iterator[Finding]:
    """Files of configMap, secret and downwardAPI volumes have keys and relative paths.

    A file of the downward API takes exactly one field or resource of the pod.

    Source: https://kubernetes.io/docs/concepts/storage/volumes/#configmap

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - name: config
              configMap:
                name: settings
                items: [{key: nginx.conf, path: /etc/nginx.conf}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - name: config
              configMap:
                name: settings
                items: [{key: nginx.conf, path: conf.d/nginx.conf}]
            - name: about
              downwardAPI:
                items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]
    """
    for pod in view(manifest).pods:
        for path, volume in _volumes(pod):
            for step, kind, files in _file_lists(volume):
                for where, file in entries(files, step):
                    for message in _file_problems(file, kind):
                        yield pod.item.finding(message, *path, *where)


def _file_problems(file: dict[Any, Any], kind: str) -> Iterator[str]:
    path = file.get("path")
    if isinstance(path, str):
        if not path:
            yield "the path of the file is empty"
        elif problem := _path_problem(path):
            yield problem
        elif path.startswith(".."):
            yield f"`{path[:80]}` must not start with '..'"
    if kind != "downwardAPI":
        if file.get("key") == "":
            yield "the key of the file is empty"
        return
    given = [f for f in ("fieldRef", "resourceFieldRef") if file.get(f) is not None]
    if len(given) != 1:
        yield "give exactly one of fieldRef, resourceFieldRef"
        return
    problem = field_problem(file.get("fieldRef"), volume=True)
    if problem := problem or resource_problem(file.get("resourceFieldRef"), volume=True):
        yield problem


@needs(PODS, "volumes", "projected")
@rule(Stage.SEMANTICS)
def projected_sources(manifest: Manifest) -> Iterator[Finding]:
    """An entry of a projected volume has one source, and a token lives at least ten minutes.

    Source: https://kubernetes.io/docs/concepts/storage/projected-volumes/

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          serviceAccountName: web
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - name: token
              projected:
                sources: [{serviceAccountToken: {path: token, expirationSeconds: 60}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          serviceAccountName: web
          containers: [{name: web, image: "nginx:1.27"}]
          volumes:
            - name: token
              projected:
                sources:
                  - serviceAccountToken: {path: token, expirationSeconds: 3600}
                  - configMap: {name: settings}
    """
    for pod in view(manifest).pods:
        for path, volume in _volumes(pod):
            projected = as_map(volume.get("projected")).get("sources")
            for where, source in entries(projected, (*path, "projected", "sources")):
                given = [key for key, value in source.items() if value is not None]
                if len(given) > 1:
                    text = f"the entry has {len(given)} sources, it must be one"
                    yield pod.item.finding(text, *where)
                token = as_map(source.get("serviceAccountToken"))
                seconds = whole(token.get("expirationSeconds"))
                if seconds is not None and not 600 <= seconds <= 2**32:
                    text = f"the token expires after {seconds} s, at least 600 are needed"
                    place = (*where, "serviceAccountToken", "expirationSeconds")
                    yield pod.item.finding(text, *place)


@needs(PODS, "volumeMounts|volumeDevices")
@rule(Stage.SEMANTICS)
def mounted_volumes_exist(manifest: Manifest) -> Iterator[Finding]:
    """Every volumeMount and volumeDevice names a volume of its pod.

    In a StatefulSet the volumeClaimTemplates are volumes, too. The API server lets a StatefulSet
    pass and refuses each of its pods instead; here it counts as refused.

    Source: https://kubernetes.io/docs/concepts/storage/volumes/#background

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              volumeMounts: [{name: content, mountPath: /usr/share/nginx/html}]
          volumes: [{name: data, emptyDir: {}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              volumeMounts: [{name: content, mountPath: /usr/share/nginx/html}]
          volumes: [{name: content, emptyDir: {}}]
    """
    for pod in view(manifest).pods:
        known: set[str] | None = None
        for path, container in pod.all_containers:
            for field in ("volumeMounts", "volumeDevices"):
                if field not in container:
                    continue
                for place, mount in entries(container.get(field), (*path, field)):
                    name = mount.get("name")
                    if known is None:
                        names = (volume.get("name") for _, volume in _volumes(pod))
                        known = {one for one in names if isinstance(one, str)}
                        known.update(_claim_templates(pod))
                    if isinstance(name, str) and name not in known:
                        listed = ", ".join(sorted(known)[:10]) or "none"
                        text = f"there is no volume `{name[:80]}` in the pod"
                        hint = f"volumes: {listed}"
                        yield pod.item.finding(text, *place, "name", hint=hint)


@needs(PODS, "volumeMounts")
@rule(Stage.SEMANTICS)
def mount_paths(manifest: Manifest) -> Iterator[Finding]:
    """A container mounts each volume at a path of its own; a subPath stays inside the volume.

    Source: https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              volumeMounts:
                - {name: data, mountPath: /data}
                - {name: cache, mountPath: /data}
          volumes:
            - {name: data, emptyDir: {}}
            - {name: cache, emptyDir: {}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              volumeMounts:
                - {name: data, mountPath: /data, subPath: web}
                - {name: data, mountPath: /logs, subPath: logs}
          volumes: [{name: data, emptyDir: {}}]
    """
    for item, path, container in view(manifest).containers:
        if "volumeMounts" not in container:
            continue
        seen: set[str] = set()
        for place, mount in entries(container.get("volumeMounts"), (*path, "volumeMounts")):
            where = mount.get("mountPath")
            if isinstance(where, str):
                if not where:
                    yield item.finding("the mountPath is empty", *place, "mountPath")
                elif where in seen:
                    text = f"two volumes are mounted at `{where[:80]}`"
                    yield item.finding(text, *place, "mountPath")
                seen.add(where)
            if mount.get("subPath") and mount.get("subPathExpr"):
                yield item.finding("subPath and subPathExpr exclude each other", *place)
            for field in ("subPath", "subPathExpr"):
                inner = mount.get(field)
                if isinstance(inner, str) and (problem := _path_problem(inner)):
                    yield item.finding(problem, *place, field)


@needs(PODS, "volumeMounts", "mountPropagation|recursiveReadOnly")
@rule(Stage.SEMANTICS)
def mount_options(manifest: Manifest) -> Iterator[Finding]:
    """Mounts are propagated in both directions only in a privileged container.

    A recursive read-only mount is read-only.

    Source: https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              volumeMounts: [{name: data, mountPath: /data, mountPropagation: Bidirectional}]
          volumes: [{name: data, emptyDir: {}}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: web
              image: nginx:1.27
              volumeMounts: [{name: data, mountPath: /data, mountPropagation: HostToContainer}]
          volumes: [{name: data, emptyDir: {}}]
    """
    for item, path, container in view(manifest).containers:
        if "volumeMounts" not in container:
            continue
        privileged = as_map(container.get("securityContext")).get("privileged") is True
        for place, mount in entries(container.get("volumeMounts"), (*path, "volumeMounts")):
            for field, message in _option_problems(mount, privileged):
                yield item.finding(message, *place, field)


def _option_problems(mount: dict[Any, Any], privileged: bool) -> Iterator[tuple[str, str]]:
    if mount.get("mountPropagation") == "Bidirectional" and not privileged:
        yield "mountPropagation", "Bidirectional needs a privileged container"
    recursive = mount.get("recursiveReadOnly")
    if recursive in ("IfPossible", "Enabled") and mount.get("readOnly") is not True:
        yield "recursiveReadOnly", "recursiveReadOnly needs `readOnly: true`"


IN_ORDER = (
    volume_names,
    one_volume_source,
    volume_sources,
    file_modes,
    volume_files,
    projected_sources,
    mounted_volumes_exist,
    mount_paths,
    mount_options,
)
