"""Files that are no playbooks: variables, requirements, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iac_gym.formats.jinja import JinjaError, parse_template
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.reading import kind

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_RULE = "files-hold-what-they-should"
_REQUIRED = "requirements-are-right"
_VARIABLES = ("vars", "defaults", "group_vars", "host_vars")
_TYPES = ("git", "file", "url", "galaxy", "dir", "subdirs")
_GALAXY = ("namespace", "name", "version", "readme", "authors")


def check_files(project: Project) -> None:
    """Check every file by its kind."""
    for path, place in project.places.items():
        if path in project.trees:
            tree, mark = project.trees[path], project.marks[path]
            if place.kind in _VARIABLES:
                if isinstance(tree, str) and "/" not in path and place.kind == "vars":
                    continue  # what it is, nobody knows: no folder says it
                if tree is not None and tree.__class__ is not YamlMap:
                    message = f"a file of variables must be a mapping, not {kind(tree)}"
                    project.note(_RULE, message, path, mark)
            elif place.kind == "requirements":
                _requirements(project, path, tree, mark)
            elif place.kind == "galaxy":
                _galaxy(project, path, tree, mark)
        elif place.kind == "template":
            _template(project, path)


def _template(project: Project, path: str) -> None:
    """Check the syntax of a template; only what the module `template` surely reads."""
    if not path.endswith((".j2", ".jinja2", ".jinja")) or "#jinja2:" in project.texts[path][:200]:
        return
    try:
        parse_template(project.texts[path], escape=False)
    except JinjaError as error:
        place = error.place(project.texts[path])
        project.note("templates-are-readable", error.message, path, place)


def _requirements(project: Project, path: str, tree: Any, mark: Mark) -> None:
    if tree.__class__ is YamlList:
        _roles(project, path, tree)
        return
    if tree.__class__ is not YamlMap:
        message = f"the requirements must be a mapping or a list, not {kind(tree)}"
        project.note(_REQUIRED, message, path, mark)
        return
    for key, value in tree.items():
        if key not in ("roles", "collections"):
            message = f"`{str(key)[:60]}` is neither `roles` nor `collections`"
            project.note(_REQUIRED, message, path, tree.key_marks[key])
        elif value is not None and value.__class__ is not YamlList:
            message = f"`{key}` must be a list, not {kind(value)}"
            project.note(_REQUIRED, message, path, tree.marks[key])
        elif key == "roles":
            _roles(project, path, value)
        else:
            _collections(project, path, value)


def _roles(project: Project, path: str, value: Any) -> None:
    for entry, mark in zip(value, value.marks, strict=True) if value else ():
        if entry.__class__ is YamlMap:
            if not {"src", "name", "include", "role"} & entry.keys():
                message = "an entry of `roles` needs `name` or `src`"
                project.note(_REQUIRED, message, path, mark)
        elif not isinstance(entry, str):
            message = f"an entry of `roles` must be a name or a mapping, not {kind(entry)}"
            project.note(_REQUIRED, message, path, mark)


def _collections(project: Project, path: str, value: Any) -> None:
    for entry, mark in zip(value, value.marks, strict=True) if value else ():
        if entry.__class__ is YamlMap:
            if not isinstance(entry.get("name"), str) and not isinstance(entry.get("source"), str):
                message = "an entry of `collections` needs `name`"
                project.note(_REQUIRED, message, path, mark)
            given = entry.get("type")
            if given is not None and given not in _TYPES:
                message = f"the type of a collection cannot be `{str(given)[:40]}`"
                hint = f"one of {', '.join(_TYPES)}"
                project.note(_REQUIRED, message, path, entry.marks["type"], hint)
            elif given in (None, "galaxy") and not _is_collection(entry.get("name"), entry):
                message = f"`{str(entry.get('name'))[:60]}` is no name of a collection"
                project.note(_REQUIRED, message, path, mark, "names are `namespace.name`")
        elif not isinstance(entry, str):
            message = f"an entry of `collections` must be a name or a mapping, not {kind(entry)}"
            project.note(_REQUIRED, message, path, mark)
        elif not _is_collection(entry, entry) or _has_version(entry):
            message = f"`{entry[:60]}` is no name of a collection"
            project.note(_REQUIRED, message, path, mark, "names are `namespace.name`")


def _has_version(entry: str) -> bool:
    """Whether a text is a name with a version behind it, which the command line alone takes."""
    return ":" in entry and not {"/", "@"} & set(entry)


def _is_collection(name: Any, entry: Any) -> bool:
    """Whether a name can be one of Galaxy's; paths and addresses are left to Galaxy."""
    if not isinstance(name, str) or any(sign in str(name) for sign in "/:@"):
        return True
    if name.endswith((".tar.gz", ".git")) or (isinstance(entry, dict) and "source" in entry):
        return True
    parts = name.split(".")
    return len(parts) == 2 and all(part.isidentifier() for part in parts)


def _galaxy(project: Project, path: str, tree: Any, mark: Mark) -> None:
    if tree.__class__ is not YamlMap:
        message = f"`galaxy.yml` must be a mapping, not {kind(tree)}"
        project.note(_RULE, message, path, mark)
        return
    missing = [key for key in _GALAXY if not tree.get(key)]
    if missing:
        message = f"`galaxy.yml` lacks {', '.join(f'`{key}`' for key in missing)}"
        project.note(_RULE, message, path, mark)
