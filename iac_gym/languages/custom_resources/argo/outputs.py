"""Outputs of templates and the places of artifacts."""

from __future__ import annotations

from iac_gym.languages.custom_resources.argo.model import Template
from iac_gym.languages.custom_resources.argo.names import check_names, name_problem
from iac_gym.languages.custom_resources.argo.scope import LEAVES
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

_SOURCES = ("path", "jqFilter", "jsonPath", "parameter", "expression", "supplied")
_NEEDED = {
    "container": ("path",),
    "containerSet": ("path",),
    "script": ("path",),
    "resource": ("jqFilter", "jsonPath"),
    "dag": ("parameter", "expression"),
    "steps": ("parameter", "expression"),
}


def check_outputs(template: Template, notes: Notes) -> None:
    """Note outputs that have no source, or one that the kind of template cannot have."""
    outputs = as_map(template.tree.get("outputs"))
    path = (*template.path, "outputs")
    for part in ("parameters", "artifacts"):
        check_names(template.item, outputs.get(part), (*path, part), notes, values=True)
        for place, entry in enumerate(as_list(outputs.get(part))):
            _check_global_name(template.item, as_map(entry), (*path, part, place), notes)
    for place, entry in enumerate(as_list(outputs.get("artifacts"))):
        _check_artifact(template, as_map(entry), (*path, "artifacts", place), notes)
    for place, entry in enumerate(as_list(outputs.get("parameters"))):
        _check_parameter(template, as_map(entry), (*path, "parameters", place), notes)


def _check_global_name(
    item: KubeObject, entry: dict[object, object], path: Path, notes: Notes
) -> None:
    name = as_text(entry.get("globalName"))
    if name and "{{" not in name and (problem := name_problem(name, value=True)):
        message = f"`{name[:60]}` is no valid name: {problem}"
        notes.add("argo-names", item, message, *path, "globalName")


def _check_artifact(
    template: Template, entry: dict[object, object], path: Path, notes: Notes
) -> None:
    name = as_text(entry.get("name"))
    if template.kind in LEAVES and not entry.get("path"):
        message = f"the output artifact `{name[:60]}` has no `path`"
        notes.add("argo-artifacts", template.item, message, *path)
    elif template.kind not in LEAVES and entry.get("path"):
        message = f"`path` of the artifact `{name[:60]}` is for templates that run a pod"
        notes.add("argo-artifacts", template.item, message, *path, "path")
    check_artifact_location(template.item, entry, path, notes)


def _check_parameter(
    template: Template, entry: dict[object, object], path: Path, notes: Notes
) -> None:
    name, source = as_text(entry.get("name"))[:60], entry.get("valueFrom")
    item, rule = template.item, "argo-outputs"
    if source is None:
        if entry.get("value") is None:
            notes.add(rule, item, f"the output `{name}` has neither value nor valueFrom", *path)
        return
    if entry.get("value") is not None:
        notes.add(rule, item, f"the output `{name}` has both value and valueFrom", *path)
        return
    given = [key for key in _SOURCES if as_map(source).get(key) not in (None, "")]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        message = f"`valueFrom` of `{name}` must have exactly one source; it has {found}"
        notes.add(rule, item, message, *path, "valueFrom")
        return
    needed = _NEEDED.get(template.kind)
    if needed and given[0] not in needed:
        message = f"an output of a {template.kind} template comes from `{'` or `'.join(needed)}`"
        notes.add(rule, item, message, *path, "valueFrom")


def check_artifact_location(
    item: KubeObject, entry: dict[object, object], path: Path, notes: Notes
) -> None:
    """Note a location that lacks what it needs."""
    git = entry.get("git")
    if isinstance(git, dict) and not git.get("repo"):
        notes.add("argo-artifacts", item, "`git.repo` is required", *path, "git")
