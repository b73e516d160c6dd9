"""What a file of an Ansible project is, by its path or else by its content."""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import basename, dirname
from typing import Any, NamedTuple

from iac_gym.formats.yaml import YamlList, YamlMap

#: Folders of a role that hold YAML.
ROLE_FOLDERS = ("tasks", "handlers", "defaults", "vars", "meta")
_NAMED = {
    "ansible.cfg": "config",
    "requirements.yml": "requirements",
    "requirements.yaml": "requirements",
    "galaxy.yml": "galaxy",
    "galaxy.yaml": "galaxy",
}
_IN_ROLES = tuple([folder] for folder in ROLE_FOLDERS)
_YAML = (".yml", ".yaml", ".json")
_INVENTORY = re.compile(r"(?:hosts|inventory)(?:[-_.][A-Za-z0-9_-]+)?(?:\.ini)?|.*\.ini")
_INVENTORY_YAML = re.compile(r"(?:hosts|inventory)(?:[-_.][A-Za-z0-9_-]+)?\.(?:ya?ml|json)")
_PLAYBOOK = re.compile(r"(?:site|playbook|play)s?(?:[-_.].*)?\.(?:ya?ml|json)")
_PLAY_KEYS = frozenset(
    "hosts import_playbook ansible.builtin.import_playbook roles pre_tasks post_tasks".split()
)


class Place(NamedTuple):
    """Kind of a file, the folder of its role (None outside roles) and the name it stands for.

    Kinds: playbook, tasks, handlers, vars, defaults, meta, argument_specs, group_vars, host_vars,
    inventory (INI), inventory_yaml, requirements, galaxy, config, template, file, yaml (not known).
    `name` is the group or host of variables, and the file's name without ending in a role.
    """

    kind: str
    role: str | None = None
    name: str = ""


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place:
    """Tell by the path alone."""
    parts = path.strip("/").split("/")
    name = parts[-1]
    stem = name.rpartition(".")[0] or name
    if name.endswith((".j2", ".jinja2", ".jinja")) or "templates" in parts[:-1]:
        return Place("template", _role_folder(parts, ("templates",)), name)
    if "files" in parts[:-1]:
        return Place("file", _role_folder(parts, ("files",)), name)
    for kind in ("group_vars", "host_vars"):
        if kind in parts[:-1]:
            at = parts.index(kind)
            return Place(kind, None, stem if at == len(parts) - 2 else parts[at + 1])
    if any(part.startswith(".") for part in parts[:-1]):
        return Place("file")  # `.github/`, `.git/`: nothing that ansible-core reads
    if name in _NAMED and parts[-2:-1] not in _IN_ROLES:
        return Place(_NAMED[name])
    if name.endswith(_YAML):
        return _yaml_place(parts, name, stem)
    if _INVENTORY.fullmatch(name) or parts[0] in ("inventory", "inventories"):
        return Place("inventory")
    return Place("file")


def _yaml_place(parts: list[str], name: str, stem: str) -> Place:
    role = _role_folder(parts, ROLE_FOLDERS)
    if len(parts) > 1 and (role is not None or parts[-2] in ROLE_FOLDERS):
        folder = _folder(parts)
        if folder == "meta":
            kinds = {"main": "meta", "argument_specs": "argument_specs"}
            return Place(kinds.get(stem, "file"), role or "", stem)
        return Place(folder, role, stem)
    if "molecule" in parts[:-1]:
        return Place("file")
    if _INVENTORY_YAML.fullmatch(name) or parts[0] in ("inventory", "inventories"):
        return Place("inventory_yaml")
    if "playbooks" in parts[:-1] and "tasks" in parts[parts.index("playbooks") : -1]:
        return Place("tasks", None, stem)
    if parts[-3:-2] == ["roles"]:
        return Place("file")  # beside the folders of a role
    if _PLAYBOOK.fullmatch(name) or "playbooks" in parts[:-1]:
        return Place("playbook")
    return Place("yaml", None, stem)


def _folder(parts: list[str]) -> str:
    return next(part for part in reversed(parts[:-1]) if part in ROLE_FOLDERS)


def _role_folder(parts: list[str], folders: tuple[str, ...]) -> str | None:
    """Return the folder of the role that a file belongs to, None outside roles."""
    for at in range(len(parts) - 2, 0, -1):
        if parts[at] in folders and at > 1 and parts[at - 2] == "roles":
            return "/".join(parts[:at])
    return None


def holds_plays(tree: Any) -> bool:
    """Say whether an entry of a list must be a play."""
    return tree.__class__ is not YamlList or any(
        item.__class__ is YamlMap and not _PLAY_KEYS.isdisjoint(item) for item in tree
    )


def kind_of_content(tree: Any, path: str, alone: bool = True) -> str:
    """Tell what a YAML file is whose path says too little; `alone`: it is the only one."""
    if tree.__class__ is YamlList:
        maps = [item for item in tree if item.__class__ is YamlMap]
        if any(not _PLAY_KEYS.isdisjoint(item) for item in maps) or not maps:
            return "playbook"
        if basename(path).startswith(("handler", "tasks", "task")) or dirname(path):
            return "handlers" if basename(path).startswith("handler") else "tasks"
        return "playbook" if len(maps) != len(tree) or any("tasks" in m for m in maps) else "tasks"
    if tree.__class__ is YamlMap:
        if "hosts" in tree and not {"tasks", "roles"}.isdisjoint(tree):
            return "playbook"
        if tree.keys() <= {"roles", "collections"} and tree:
            return "requirements"
        groups = [group for group in tree.values() if group.__class__ is YamlMap]
        if groups and all(g.keys() <= {"hosts", "children", "vars"} and g for g in groups):
            return "inventory_yaml"
        return "vars"
    return "vars" if tree is None or alone is False else "playbook"
