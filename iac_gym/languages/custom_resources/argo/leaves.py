"""Templates that run a container, a script, a set of containers or change a resource."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml import KUBERNETES, YamlError, load_all
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Template
from iac_gym.languages.custom_resources.argo.names import check_names, without_tags
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.kubernetes.model import Path, as_list, as_map, as_text

_ACTIONS = ("get", "create", "apply", "delete", "replace", "patch")
_RESERVED = ("wait", "supervisor")
_METRIC = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")


def check_leaf(workflow: ArgoWorkflow, template: Template, notes: Notes) -> None:
    """Note what Argo would refuse of a template without tasks or steps."""
    item, tree, path = template.item, template.tree, template.path
    for kind in ("container", "script"):
        if isinstance(tree.get(kind), dict) and not tree[kind].get("image"):
            message = f"the {kind} has no image"
            notes.add("argo-containers", item, message, *path, kind)
    _check_mounts(template, notes)
    _check_container_set(template, notes)
    for part in ("initContainers", "sidecars"):
        for place, container in enumerate(as_list(tree.get(part))):
            _check_extra(template, as_text(as_map(container).get("name")), (part, place), notes)
    if isinstance(tree.get("resource"), dict):
        _check_resource(template, tree["resource"], notes)
    if tree.get("parallelism") is not None:
        message = "`parallelism` is for templates with steps or a DAG"
        notes.add("argo-template-kinds", item, message, *path, "parallelism")
    deadline = tree.get("activeDeadlineSeconds")
    wrong = isinstance(deadline, int) and deadline < 0
    if isinstance(deadline, str):
        wrong = "{{" not in deadline and not deadline.isdecimal()
    if wrong:
        message = "`activeDeadlineSeconds` must be a number of seconds above 0"
        notes.add("argo-containers", item, message, *path, "activeDeadlineSeconds")
    _check_volumes(workflow, template, notes)
    check_metrics(template, notes)


def _check_extra(template: Template, name: str, path: Path, notes: Notes) -> None:
    where = (*template.path, *path)
    if not name and path[0] == "initContainers":
        notes.add("argo-containers", template.item, "this container has no name", *where)
    elif path[0] == "sidecars" and _is_reserved(name):
        message = f"`{name[:60]}` is a name of Argo's own containers"
        notes.add("argo-containers", template.item, message, *where, "name")


def _is_reserved(name: str) -> bool:
    return name in _RESERVED or name.startswith("artifact-plugin-")


def _check_mounts(template: Template, notes: Notes) -> None:
    """Note two volumes or artifacts of a container at one path."""
    seen: dict[str, str] = {}
    container = as_map(template.tree.get("container"))
    found: list[tuple[Path, str]] = [
        (("container", "volumeMounts", place, "mountPath"), as_text(as_map(mount).get("mountPath")))
        for place, mount in enumerate(as_list(container.get("volumeMounts")))
    ]
    if container:
        artifacts = as_list(as_map(template.tree.get("inputs")).get("artifacts"))
        found += [
            (("inputs", "artifacts", place, "path"), as_text(as_map(artifact).get("path")))
            for place, artifact in enumerate(artifacts)
        ]
    for path, where in found:
        if where and where in seen:
            message = f"`{where[:60]}` is mounted already"
            notes.add("argo-containers", template.item, message, *template.path, *path)
        seen[where] = where


def _check_container_set(template: Template, notes: Notes) -> None:
    group = template.tree.get("containerSet")
    if not isinstance(group, dict):
        return
    path = (*template.path, "containerSet", "containers")
    item, containers = template.item, as_list(group.get("containers"))
    if not containers:
        notes.add("argo-containers", item, "a container set has at least one container", *path[:-1])
    check_names(item, containers, path, notes)
    names = {as_text(as_map(container).get("name")): container for container in containers}
    for place, name in enumerate(
        as_text(as_map(container).get("name")) for container in containers
    ):
        if _is_reserved(name):
            message = f"`{name[:60]}` is a name of Argo's own containers"
            notes.add("argo-containers", item, message, *path, place, "name")
    for place, container in enumerate(containers):
        for number, name in enumerate(as_list(as_map(container).get("dependencies"))):
            if isinstance(name, str) and name not in names:
                message = f"there is no container `{name[:60]}` in the set"
                where = (*path, place, "dependencies", number)
                notes.add("argo-dependencies", item, message, *where)
    if "main" not in names and _passes_values(template):
        message = "a container must be called `main` for inputs of artifacts and for outputs"
        notes.add("argo-containers", item, message, *path)


def _passes_values(template: Template) -> bool:
    return bool(template.input_artifacts or template.outputs or template.output_artifacts)


def _check_resource(template: Template, resource: dict[Any, Any], notes: Notes) -> None:
    item, path, rule = template.item, (*template.path, "resource"), "argo-resources"
    action = as_text(resource.get("action"))
    if action not in _ACTIONS and "{{" not in action:
        hint = f"one of {', '.join(_ACTIONS)}"
        notes.add(rule, item, f'"{action[:40]}" is no action', *path, "action", hint=hint)
    if action in ("delete", "get"):
        return
    manifest, source = as_text(resource.get("manifest")), resource.get("manifestFrom")
    if not manifest and source is None:
        notes.add(rule, item, "`manifest` or `manifestFrom` is missing", *path)
    elif manifest and source is not None:
        notes.add(rule, item, "`manifest` and `manifestFrom` cannot both be given", *path)
    artifact = as_map(as_map(source).get("artifact")).get("name")
    if artifact is not None and artifact not in template.input_artifacts:
        message = f"there is no input artifact `{str(artifact)[:60]}`"
        notes.add(rule, item, message, *path, "manifestFrom", "artifact", "name")
    if manifest and not _is_yaml(without_tags(manifest)):
        notes.add(rule, item, "`manifest` is no valid YAML", *path, "manifest")


def _is_yaml(text: str) -> bool:
    try:
        load_all(text, KUBERNETES)
    except YamlError:
        return False
    return True


def _check_volumes(workflow: ArgoWorkflow, template: Template, notes: Notes) -> None:
    """Note mounts of volumes that neither the workflow nor the template has."""
    pod = workflow.pod_of(template)
    if pod is None or (workflow.spec.get("workflowTemplateRef") is not None):
        return
    names = {as_text(as_map(volume).get("name")) for volume in pod.spec["volumes"]}
    patched = template.tree.get("podSpecPatch") or workflow.spec.get("podSpecPatch")
    if patched or workflow.item.kind.endswith("Template"):
        return  # the patch, or the workflow that uses the template, may add volumes
    for path, container in pod.all_containers:
        for place, mount in enumerate(as_list(container.get("volumeMounts"))):
            name = as_text(as_map(mount).get("name"))
            if name and name not in names and "{{" not in name:
                message = f"there is no volume `{name[:60]}` in the workflow or the template"
                where = (*path, "volumeMounts", place, "name")
                notes.add("argo-containers", template.item, message, *where)


def check_metrics(template: Template, notes: Notes) -> None:
    """Note metrics without a name or a help text."""
    metrics = as_list(as_map(template.tree.get("metrics")).get("prometheus"))
    for place, metric in enumerate(metrics):
        path = (*template.path, "metrics", "prometheus", place)
        name = as_text(as_map(metric).get("name"))
        if not _METRIC.fullmatch(name):
            message = f"`{name[:60]}` is no name for a metric"
            notes.add("argo-policies", template.item, message, *path, "name")
        gauge = as_map(as_map(metric).get("gauge"))
        if gauge.get("realtime") and "resourcesDuration." in as_text(gauge.get("value")):
            message = "the duration of resources is not known in real time"
            notes.add("argo-policies", template.item, message, *path, "gauge")
        if not as_map(metric).get("help"):
            notes.add("argo-policies", template.item, "the metric has no `help` text", *path)
