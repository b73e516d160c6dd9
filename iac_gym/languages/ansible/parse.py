"""Answer's files -> `Project`: what each file is, YAML and INI, plays and tasks as written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from posixpath import dirname
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import Document, Mark, YamlError, YamlList, YamlMap, load
from iac_gym.formats.yaml_scalars import ANSIBLE, ANSIBLE_REPEATS
from iac_gym.languages.ansible.configuration import read_configuration
from iac_gym.languages.ansible.inventory_files import read_ini, read_yaml
from iac_gym.languages.ansible.locating import imported, role_of
from iac_gym.languages.ansible.model import Project
from iac_gym.languages.ansible.paths import Place, holds_plays, kind_of_content, place_of
from iac_gym.languages.ansible.play import SECTIONS, Play
from iac_gym.languages.ansible.reading import Reader, kind
from iac_gym.languages.ansible.requirements import read_requirements
from iac_gym.verdict import Finding

#: Kinds of files that are not YAML.
_NO_YAML = ("template", "file", "inventory", "config")
_ROLE_KINDS = ("tasks", "handlers", "defaults", "vars", "meta", "argument_specs")
_ROOT_ROLE = re.compile(r"(?:(.*)/)?(?:tasks|handlers|defaults|meta)/main\.ya?ml")
_HEADER = "$ANSIBLE_VAULT;"


def parse(files: Mapping[str, str]) -> Project:
    """Read a project (path -> text). Raises `ParseError` where a file cannot be read at all."""
    project = Project(files)
    faults: list[Finding] = []
    for path, text in files.items():
        place = place_of(path)
        project.places[path] = place
        if place.kind in _NO_YAML or text.startswith(_HEADER):
            continue
        try:
            document = _load(project, path, text)
        except YamlError as error:
            faults.append(Finding(error.message, path, error.line, error.column, error.hint))
            continue
        project.trees[path], project.marks[path] = document.value, document.mark
    if faults:
        raise ParseError(*faults)
    _place(project)
    _read(project)
    return project


def _load(project: Project, path: str, text: str) -> Document:
    """Read YAML; equal keys are noted, for ansible-core takes the last one."""
    try:
        return load(text, ANSIBLE)
    except YamlError as error:
        if "is given twice" not in error.message:
            raise
        document = load(text, ANSIBLE_REPEATS)
        mark = (error.line, error.column)
        project.note("keys-are-given-once", error.message, path, mark, error.hint)
        return document


def _place(project: Project) -> None:
    """Settle what the content tells, and find roles that lie outside of `roles/`."""
    for path, place in project.places.items():
        _place_by_content(project, path, place)
    folders = {
        match[1] or ""
        for path in project.places
        if (match := _ROOT_ROLE.fullmatch(path)) is not None
        and project.places[path].role in (None, "")
    }
    if any(place.kind == "playbook" and "/" not in path for path, place in project.places.items()):
        folders.discard("")
    for path, place in project.places.items():
        if place.role:
            continue
        folder = next((one for one in folders if _inside(path, one)), None)
        if folder is not None and place.kind in (*_ROLE_KINDS, "template", "file"):
            project.places[path] = place._replace(role=folder)
        elif place.role == "":
            project.places[path] = place._replace(role=None)


def _place_by_content(project: Project, path: str, place: Place) -> None:
    tree = project.trees.get(path)
    if place.kind == "yaml":
        found = kind_of_content(tree, path, len(project.trees) == 1)
        project.places[path] = Place(found, None, place.name)
    elif place.kind == "playbook" and tree and not holds_plays(tree):
        if _is_included(project, path):
            project.places[path] = Place("tasks")
    elif place.kind == "inventory_yaml" and isinstance(tree, YamlList):
        project.places[path] = Place(kind_of_content(tree, path))


def _is_included(project: Project, path: str) -> bool:
    """Whether some file imports or includes this one as tasks: `playbooks/rescue.yml`."""
    name = re.escape(path.rpartition("/")[2])
    below = r"(?:\n\s+file:[^\n]{0,200})?"
    asked = re.compile(rf"(?:include|import)_tasks:[^\n]{{0,200}}{below}{name}")
    return any(asked.search(text) for one, text in project.texts.items() if one != path)


def _inside(path: str, folder: str) -> bool:
    """Whether a file lies two levels or more below the folder of a role, or one for templates."""
    return not folder or path.startswith(folder + "/")


def _read(project: Project) -> None:
    for path, place in project.places.items():
        if place.role is not None:
            role_of(project, place.role).files.append(path)
        reader = _READERS.get(place.kind)
        if reader is not None and (path in project.trees or place.kind in _NO_YAML):
            reader(project, path, place)
    for role in project.roles_by_folder.values():
        name = role.galaxy_info.get("role_name")
        if not role.folder and isinstance(name, str):
            role.name = name


# --- one reader for each kind ---------------------------------------------------------------------


def _playbook(project: Project, path: str, place: Place) -> None:
    tree, mark = project.trees[path], project.marks[path]
    if tree.__class__ is not YamlList or not tree:
        what = "is empty" if not tree else f"must be a list of plays, not {kind(tree)}"
        hint = "start with `- hosts: ...`"
        raise ParseError(Finding(f"the playbook {what}", path, mark[0], mark[1], hint))
    plays: list[Play | YamlMap] = []
    for entry, at in zip(tree, tree.marks, strict=True):
        if entry.__class__ is not YamlMap:
            message = f"an entry of a playbook must be a play, not {kind(entry)}"
            project.note("playbooks-hold-plays", message, path, at, "write `- hosts: ...`")
        elif imported(entry) is not None:
            plays.append(entry)
        else:
            plays.append(_play(project, path, entry, at))
    project.playbooks[path] = plays


def _play(project: Project, path: str, tree: YamlMap, mark: Mark) -> Play:
    play = Play(tree, path, mark, project)
    collections = _collections(tree.get("collections"))
    for section in SECTIONS:
        if section in tree:
            reader = Reader(path, project.note, None, section == "handlers", collections)
            where = f"`{section}`"
            play.written[section] = reader.entries(tree[section], tree.marks[section], where)
            _keep(project, reader)
    project.written_plays.append(play)
    return play


def _collections(value: Any) -> tuple[str, ...]:
    listed = value if value.__class__ is YamlList else [value]
    return tuple([one for one in listed if isinstance(one, str)])


def _keep(project: Project, reader: Reader) -> None:
    project.written_tasks += reader.every
    project.written_blocks += reader.blocks


def _tasks(project: Project, path: str, place: Place) -> None:
    handlers = place.kind == "handlers"
    collections: tuple[str, ...] = ()
    if place.role is not None:
        for ending in ("yml", "yaml"):
            meta = project.trees.get(f"{place.role}/meta/main.{ending}".lstrip("/"))
            if meta.__class__ is YamlMap:
                collections = _collections(meta.get("collections"))
    reader = Reader(path, project.note, place.role, handlers, collections)
    tree = project.trees[path]
    entries = reader.entries(tree, project.marks[path], "a file of tasks")
    _keep(project, reader)
    project.entries[path] = entries
    if place.role is None:
        return
    role = role_of(project, place.role)
    if handlers:
        if place.name == "main":
            role.handlers = entries
        return
    below = path.removeprefix(f"{place.role}/" if place.role else "").removeprefix("tasks/")
    role.tasks_by_file[below.rpartition(".")[0]] = entries


def _variables(project: Project, path: str, place: Place) -> None:
    tree = project.trees[path]
    if tree is None or place.role is None:
        return
    role = role_of(project, place.role)
    if tree.__class__ is YamlMap:
        main = place.name == "main" or dirname(path).endswith("/main")
        if not main:
            role.vars_files[path] = tree
        elif place.kind == "defaults":
            role.defaults.update(tree)
        else:
            role.vars.update(tree)


def _meta(project: Project, path: str, place: Place) -> None:
    tree = project.trees[path]
    if place.role is None or tree.__class__ is not YamlMap:
        return
    role = role_of(project, place.role)
    specs = tree.get("argument_specs")
    if place.kind == "meta":
        role.meta = tree
    if specs.__class__ is YamlMap and (place.kind == "argument_specs" or not role.argument_specs):
        role.argument_specs = specs


def _inventory(project: Project, path: str, place: Place) -> None:
    bad = partial(_refuse, project, path)
    if place.kind == "inventory":
        text = project.texts[path]
        if not text.startswith(("#!", _HEADER)):
            project.inventories[path] = read_ini(path, text, bad)
    else:
        tree = project.trees[path]
        project.inventories[path] = read_yaml(path, tree, project.marks[path], bad)


def _refuse(project: Project, path: str, message: str, mark: Mark) -> None:
    project.note("inventories-are-readable", message, path, mark)


def _requirements(project: Project, path: str, place: Place) -> None:
    read_requirements(project.trees[path], path, project.requirements)


_READERS = {
    "playbook": _playbook,
    "tasks": _tasks,
    "handlers": _tasks,
    "vars": _variables,
    "defaults": _variables,
    "meta": _meta,
    "argument_specs": _meta,
    "inventory": _inventory,
    "inventory_yaml": _inventory,
    "requirements": _requirements,
    "config": read_configuration,
}
