"""Names of roles, files and handlers: whether the answer holds what they name."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.check_handlers import check_handlers, included, play_of
from iac_gym.languages.ansible.check_roles import lists_of_roles
from iac_gym.languages.ansible.locating import (
    candidates,
    find_file,
    find_tasks,
    import_target,
    imported,
    plain,
)
from iac_gym.languages.ansible.written import (
    IMPORT_TASKS,
    ROLES,
    TASK_FILES,
    Written,
)

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_TEMPLATE = "ansible.builtin.template"
_YAML = (".yml", ".yaml", ".json")
_MOST_STEPS = 2_000


def check_references(project: Project) -> None:
    """Check all names."""
    unseen = _check_roles(project)
    for task in project.written_tasks:
        if task.module in TASK_FILES:
            _check_file(project, task)
        elif task.module == _TEMPLATE:
            _check_template(project, task)
    _check_playbooks(project)
    _check_vars_files(project)
    _check_imports(project)
    check_handlers(project, unseen)


# --- roles ----------------------------------------------------------------------------------------


def _check_roles(project: Project) -> bool:
    """Check the names of roles; returns whether some role cannot be seen."""
    unseen = False
    for path, name, mark in _named_roles(project):
        if "{{" in name or not name:
            unseen = unseen or bool(name)
        elif project.folder_of_role(name) is None:
            unseen = True
            _missing_role(project, path, name, mark)
    _check_dependencies(project)
    return unseen


def _named_roles(project: Project) -> list[tuple[str, str, Mark]]:
    found: list[tuple[str, str, Mark]] = []
    for path, value, _, _ in lists_of_roles(project):
        for entry, mark in zip(value, value.marks, strict=True) if _is_list(value) else ():
            name = entry.get("role", entry.get("name")) if entry.__class__ is YamlMap else entry
            if isinstance(name, str):
                found.append((path, name, mark))
    for task in project.written_tasks:
        if task.module in ROLES:
            name = task.args.get("name", task.args.get("role"))
            if isinstance(name, str):
                found.append((task.path, name, task.action_mark))
    return found


def _missing_role(project: Project, path: str, name: str, mark: Mark) -> None:
    wanted = {one.name for one in project.requirements.roles}
    if name in wanted or name.count(".") >= 2:
        return
    near = project.slip(name, [*project.roles, *wanted])
    if near:
        hint = f"did you mean `{near}`?"
        project.note("roles-exist", f"there is no role `{name[:60]}`", path, mark, hint)
    else:
        message = f"the role `{name[:60]}` is not among the files"
        project.note("roles-are-not-seen", message, path, mark)


def _check_dependencies(project: Project) -> None:
    """Note roles that depend on themselves, through others or not."""
    needs = {
        folder: [other for _, other, _ in project.dependency_entries(role) if other is not None]
        for folder, role in project.roles_by_folder.items()
    }
    for folder in _in_circles(needs):
        role = project.roles_by_folder[folder]
        path = next((one for one in role.files if one.startswith(f"{folder}/meta/")), "")
        mark = role.meta.marks.get("dependencies", role.meta.mark)
        message = f"the role `{role.name}` depends on itself"
        project.note("imports-make-no-circle", message, path, mark)


def _in_circles(needs: dict[str, list[str]]) -> list[str]:
    """Return the nodes that can be reached from themselves."""
    found = []
    if any(needs.values()):
        for start in list(needs)[:200]:
            waiting = list(needs[start])
            seen: set[str] = set()
            while waiting and len(seen) < _MOST_STEPS:
                one = waiting.pop()
                if one not in seen:
                    seen.add(one)
                    waiting += needs.get(one, [])
            if start in seen:
                found.append(start)
    return found


# --- files ----------------------------------------------------------------------------------------


def _check_file(project: Project, task: Written) -> None:
    target = included(task)
    text = plain(target, task.path, task.role)
    if not target or text is None:
        return
    if find_tasks(project, target, task, play_of(project, task)) is None:
        kinds = ("handlers", "tasks") if task.handler else ("tasks",)
        places = candidates(text, task.path, task.role, kinds)
        _missing_file(project, text, task.path, task.action_mark, task.role, places)


def _missing_file(
    project: Project, text: str, path: str, mark: Mark, role: str | None, places: list[str]
) -> None:
    """Note a file that is missing: a fault where its folder is among the files, else not seen."""
    folders = {dirname(one) for one in places[:1]}
    beside = [one for one in project.texts if dirname(one) in folders]
    near = project.near(normpath(places[0]), [one for one in beside if one != path], 0.85)
    if near or (role is not None and beside):
        hint = f"did you mean `{near.rpartition('/')[2]}`?" if near else ""
        message = f"the file `{text[:80]}` does not exist"
        project.note("included-files-exist", message, path, mark, hint)
    else:
        message = f"`{text[:80]}` is not among the files"
        project.note("files-are-not-seen", message, path, mark)


def _check_template(project: Project, task: Written) -> None:
    source = task.args.get("src")
    if not isinstance(source, str) or "{" in source or source.startswith(("/", "~")):
        return
    if find_file(project, task, "templates", source) is None:
        places = candidates(source, task.path, task.role, ("templates",))
        _missing_file(project, source, task.path, task.arg_mark("src"), task.role, places)


def _check_playbooks(project: Project) -> None:
    for path, entries in project.playbooks.items():
        for tree in entries:
            target = imported(tree) if isinstance(tree, YamlMap) else None
            if not isinstance(tree, YamlMap) or not isinstance(target, str) or "{{" in target:
                continue
            if target.endswith(_YAML) and import_target(project, path, tree) is None:
                place = normpath(join(dirname(path), target))
                _missing_file(project, target, path, tree.mark, None, [place])


def _check_vars_files(project: Project) -> None:
    for play in project.written_plays:
        given = play.tree.get("vars_files")
        mark = play.tree.marks.get("vars_files", play.mark)
        for entry in given if given.__class__ is YamlList else [given]:
            if isinstance(entry, str):
                text = plain(entry, play.path, None)
                if text is not None and not text.startswith(("/", "~")):
                    places = candidates(text, play.path, None, ("vars",))
                    if not any(one in project.texts for one in [*places, normpath(text)]):
                        here = [normpath(join(dirname(play.path), text))]
                        _missing_file(project, text, play.path, mark, None, here)


def _check_imports(project: Project) -> None:
    """Note files of tasks that import themselves, and playbooks that do."""
    needs: dict[str, list[str]] = {}
    marks: dict[str, Mark] = {}
    for task in project.written_tasks:
        if task.module == IMPORT_TASKS and (target := included(task)):
            found = find_tasks(project, target, task, None)
            if found is not None:
                needs.setdefault(task.path, []).append(found)
                marks.setdefault(task.path, task.mark)
    for path, entries in project.playbooks.items():
        for tree in entries:
            if isinstance(tree, YamlMap) and (one := import_target(project, path, tree)):
                needs.setdefault(path, []).append(one)
                marks.setdefault(path, tree.mark)
    for path in _in_circles(needs):
        message = f"`{path}` imports itself"
        project.note("imports-make-no-circle", message, path, marks[path])


def _is_list(value: object) -> bool:
    return value.__class__ is YamlList
