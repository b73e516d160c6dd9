"""How the files of a project find each other: roles, files of tasks and of variables, templates."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.ansible.evaluate import UNKNOWN
from iac_gym.languages.ansible.folding import Unknown
from iac_gym.languages.ansible.inventory import Inventory
from iac_gym.languages.ansible.keywords import keywords
from iac_gym.languages.ansible.play import Play
from iac_gym.languages.ansible.roles import Role
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.effective import Task
    from iac_gym.languages.ansible.model import Project

_IMPORTS = ("import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook")
_MOST_PLAYS = 300
_MOST_DEPTH = 20
_NOTHING: Mapping[str, Any] = {}


def imported(tree: YamlMap) -> Any:
    """Return what an entry of a playbook imports, None where it is a play."""
    return next((tree[key] for key in _IMPORTS if key in tree), None)


def import_target(project: Project, path: str, tree: YamlMap) -> str | None:
    """Return the path of the playbook that an entry imports, None where the answer lacks it."""
    target = imported(tree)
    if not isinstance(target, str):
        return None
    found = normpath(join(dirname(path), target))
    return found if found in project.playbooks else None


def plays(project: Project) -> tuple[Play, ...]:
    """Return the plays in order, imports followed; implied ones where there is no playbook."""
    brought = set()
    for path, entries in project.playbooks.items():
        for entry in entries:
            if isinstance(entry, YamlMap):
                brought.add(import_target(project, path, entry))
    tops = [path for path in project.playbooks if path not in brought] or [*project.playbooks]
    found: list[Play] = []
    for path in tops:
        _collect(project, path, [], found, (path,))
    return tuple(found) if project.playbooks else tuple(_implied(project))


def _collect(
    project: Project, path: str, around: list[YamlMap], found: list[Play], stack: tuple[str, ...]
) -> None:
    for entry in project.playbooks[path]:
        if len(found) >= _MOST_PLAYS:
            return
        if isinstance(entry, Play):
            found.append(_surrounded(entry, around) if around else entry)
            continue
        target = import_target(project, path, entry)
        if target is not None and target not in stack and len(stack) < _MOST_DEPTH:
            _collect(project, target, [*around, entry], found, (*stack, target))


def _surrounded(play: Play, around: list[YamlMap]) -> Play:
    made = Play(play.tree, play.path, play.mark, play.project)
    made.written, made.around = play.written, around
    return made


def _implied(project: Project) -> list[Play]:
    """Return a play for each role that no other one depends on, or for the files of tasks."""
    needed = {
        folder
        for role in project.roles_by_folder.values()
        for _, folder, _ in project.dependency_entries(role)
    }
    found = []
    for folder, role in project.roles_by_folder.items():
        if folder not in needed:
            path = next(iter(role.files), "")
            play = Play(_play_tree(YamlList(), role.name), path, (1, 1), project, implied=True)
            found.append(play)
    if not found:
        for path, entries in project.entries.items():
            play = Play(_play_tree(None, ""), path, (1, 1), project, implied=True)
            play.written["tasks"] = entries
            found.append(play)
    return found


def _play_tree(roles: YamlList | None, name: str) -> YamlMap:
    tree = YamlMap((1, 1))
    given: dict[str, Any] = {"hosts": "all"}
    if roles is not None:
        roles.append(name)
        roles.marks.append((1, 1))
        given["roles"] = roles
    for key, value in given.items():
        tree[key] = value
        tree.marks[key] = tree.key_marks[key] = (1, 1)
    return tree


# --- roles ----------------------------------------------------------------------------------------


def folder_of_role(project: Project, name: str) -> str | None:
    """Return the folder of a role of the answer by name, path or name in a collection."""
    for folder, role in project.roles_by_folder.items():
        if name in (role.name, folder) or normpath(name or ".") == (folder or "?"):
            return folder
    return None


def named_roles(
    project: Project, value: Any, play: Play | None
) -> list[tuple[str, str | None, Any]]:
    """Return name, folder (None where the answer has none) and entry of a list of roles."""
    found: list[tuple[str, str | None, Any]] = []
    for entry in value if value.__class__ is YamlList else ():
        name = entry
        if entry.__class__ is YamlMap:
            name = entry.get("role", entry.get("name", entry.get("src")))
        if isinstance(name, (str, int)) and not isinstance(name, bool):
            text = str(name if play is None else play.folder.fold(name))
            found.append((text, project.folder_of_role(text), entry))
    return found


def folders_of_roles(project: Project, play: Play) -> tuple[str, ...]:
    """Return the folders of a play's roles, dependencies before those that need them."""
    found: dict[str, None] = {}

    def add(folder: str | None, depth: int) -> None:
        if folder is None or folder in found or depth > _MOST_DEPTH:
            return
        role = project.roles_by_folder[folder]
        for _, other, _ in project.dependency_entries(role):
            if other != folder:
                add(other, depth + 1)
        found[folder] = None

    for _, folder, _ in project.role_entries(play):
        add(folder, 0)
    return tuple(found)


def split_role(tree: Any) -> tuple[YamlMap, dict[str, Any]]:
    """Return the keywords of an entry of `roles`, and its parameters."""
    if tree.__class__ is not YamlMap:
        return YamlMap(), {}
    known = keywords("role")
    kept = YamlMap(tree.mark)
    params: dict[str, Any] = {}
    for key, value in tree.items():
        if key in known and key not in ("role", "name"):
            kept[key] = value
            kept.marks[key], kept.key_marks[key] = tree.marks[key], tree.key_marks[key]
        elif key not in ("role", "name"):
            params[str(key)] = value
    return kept, params


# --- files ----------------------------------------------------------------------------------------


def candidates(target: str, path: str, folder: str | None, kinds: tuple[str, ...]) -> list[str]:
    """Return the paths in which a relative name is looked for, the first first."""
    here = dirname(path)
    found = []
    if folder is not None:
        found += [join(folder, kind, target) for kind in kinds]
        found.append(join(folder, target))
    found += [join(here, kind, target) for kind in kinds]
    found.append(join(here, target))
    return [normpath(one) for one in found]


def plain(target: str, written_path: str, folder: str | None) -> str | None:
    """Replace `{{ role_path }}` and `{{ playbook_dir }}`; None where other variables remain."""
    compact = target.replace("{{role_path}}", "{{ role_path }}")
    compact = compact.replace("{{playbook_dir}}", "{{ playbook_dir }}")
    if folder is not None:
        compact = compact.replace("{{ role_path }}", folder or ".")
    compact = compact.replace("{{ playbook_dir }}", ".")
    return None if "{{" in compact else compact


def find_tasks(project: Project, target: str, written: Written, play: Play | None) -> str | None:
    """Return the path of the file of tasks that an import or include names."""
    text = plain(target, written.path, written.role)
    if text is None:
        return None
    kinds = ("handlers", "tasks") if written.handler else ("tasks",)
    options = candidates(text, written.path, written.role, kinds)
    if play is not None:
        options.append(normpath(join(dirname(play.path), text)))
    options.append(normpath(text))
    return next((path for path in options if path in project.trees), None)


def find_file(project: Project, written: Written, folder: str, name: str) -> str | None:
    """Return the path of a file that a task reads from `templates` or `files`."""
    text = plain(name, written.path, written.role)
    if text is None or text.startswith("/"):
        return None
    options = candidates(text, written.path, written.role, (folder,))
    options += [normpath(join(folder, text)), normpath(text)]
    return next((path for path in options if path in project.texts), None)


def files_of_vars(project: Project, play: Play) -> list[str]:
    """Return the `vars_files` that the answer holds; of a list of names the first that it has."""
    given = play.tree.get("vars_files")
    found = []
    for entry in given if given.__class__ is YamlList else [given]:
        names = entry if entry.__class__ is YamlList else [entry]
        for name in names:
            text = plain(name, play.path, None) if isinstance(name, str) else None
            path = None if text is None else _existing(project, text, play.path, None)
            if path is not None:
                found.append(path)
                break
    return found


def _existing(project: Project, text: str, path: str, folder: str | None) -> str | None:
    options = [*candidates(text, path, folder, ("vars",)), normpath(text)]
    return next((one for one in options if one in project.trees), None)


def included_variables(project: Project, task: Task) -> Mapping[str, Any]:
    """Return the variables of the file that `include_vars` names."""
    args = task.args
    given = args.get("file", args.get("_raw_params"))
    made = task.fold(given) if isinstance(given, str) else None
    if not isinstance(made, str) or isinstance(made, Unknown):
        return _NOTHING
    path = _existing(project, made, task.path, task.written.role)
    tree = project.trees.get(path) if path else None
    if tree.__class__ is not YamlMap:
        return _NOTHING
    name = args.get("name")
    return {str(name): tree} if isinstance(name, str) else tree


# --- inventories ----------------------------------------------------------------------------------


def merged_inventory(project: Project) -> Inventory:
    """Return all inventories as one, with the variables of `group_vars` and `host_vars`."""
    whole = Inventory("")
    for inventory in project.inventories.values():
        whole.add(inventory)
    for path, place in project.places.items():
        tree = project.trees.get(path)
        if place.kind in ("group_vars", "host_vars") and tree.__class__ is YamlMap:
            of_groups = place.kind == "group_vars"
            into = whole.group_vars if of_groups else whole.host_vars
            into.setdefault(place.name, {}).update(tree)
    return whole


def variables_of_hosts(project: Project, patterns: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the variables that all hosts of patterns share; where they differ, `UNKNOWN`."""
    whole = project.inventory
    if not whole.group_vars and not whole.host_vars:
        return _NOTHING
    found = dict(whole.group_vars.get("all", _NOTHING))
    named = [one.lstrip("&") for one in patterns if one not in ("all", "*") and one[:1] != "!"]
    above = [group for name in named for group in reversed(whole.ancestors(name))]
    for group in [*above, *named]:
        found |= whole.group_vars.get(group, _NOTHING)
    if len(named) == 1:
        found |= whole.host_vars.get(named[0], _NOTHING)
    for name in whole.others(named):
        for variables in (whole.group_vars.get(name), whole.host_vars.get(name)):
            for key, value in (variables or _NOTHING).items():
                if key not in found or found[key] != value:
                    found[key] = UNKNOWN
    return found


def role_of(project: Project, folder: str) -> Role:
    """Return the role in a folder, made where it is new."""
    if folder not in project.roles_by_folder:
        project.roles_by_folder[folder] = Role(folder.rpartition("/")[2] or "role", folder)
    return project.roles_by_folder[folder]
