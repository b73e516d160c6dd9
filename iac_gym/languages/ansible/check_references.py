"""Names of roles, files and handlers: whether the answer holds what they name."""

from __future__ import annotations

import re
from difflib import get_close_matches
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.locating import (
    candidates,
    find_file,
    find_tasks,
    import_target,
    imported,
    plain,
)
from iac_gym.languages.ansible.play import Play
from iac_gym.languages.ansible.written import (
    IMPORT_TASKS,
    ROLES,
    TASK_FILES,
    Written,
    every_task,
)

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_TEMPLATE = "ansible.builtin.template"
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
    _check_handlers(project, unseen)


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
    lists = [(play.path, play.tree.get("roles")) for play in project.written_plays]
    for path, place in project.places.items():
        tree = project.trees.get(path)
        if place.kind == "meta" and tree.__class__ is YamlMap:
            lists.append((path, tree.get("dependencies")))
    for path, value in lists:
        if value.__class__ is YamlList:
            for entry, mark in zip(value, value.marks, strict=True):
                name = entry
                if entry.__class__ is YamlMap:
                    name = entry.get("role", entry.get("name"))
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
    near = get_close_matches(name, [*project.roles, *wanted], 1, 0.8)
    if near:
        hint = f"did you mean `{near[0]}`?"
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
            waiting, seen = list(needs[start]), set()
            while waiting and len(seen) < _MOST_STEPS:
                one = waiting.pop()
                if one not in seen:
                    seen.add(one)
                    waiting += needs.get(one, [])
            if start in seen:
                found.append(start)
    return found


# --- files ----------------------------------------------------------------------------------------


def _target(task: Written) -> str:
    given = task.args.get("_raw_params", task.args.get("file"))
    return given if isinstance(given, str) else ""


def _play_of(project: Project, task: Written) -> Play | None:
    return next((play for play in project.written_plays if play.path == task.path), None)


def _check_file(project: Project, task: Written) -> None:
    target = _target(task)
    text = plain(target, task.path, task.role)
    if not target or text is None:
        return
    if find_tasks(project, target, task, _play_of(project, task)) is None:
        kinds = ("handlers",) if task.handler else ("tasks",)
        places = candidates(text, task.path, task.role, kinds)
        _missing_file(project, text, task.path, task.action_mark, task.role, places)


def _missing_file(
    project: Project, text: str, path: str, mark: Mark, role: str | None, places: list[str]
) -> None:
    """Note a file that is missing: a fault where its folder is among the files, else not seen."""
    folders = {dirname(one) for one in places[:1]}
    beside = [one for one in project.texts if dirname(one) in folders]
    near = get_close_matches(normpath(places[0]), [one for one in beside if one != path], 1, 0.85)
    if near or (role is not None and beside):
        hint = f"did you mean `{near[0].rpartition('/')[2]}`?" if near else ""
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
            if isinstance(tree, YamlMap):
                target = imported(tree)
                if isinstance(target, str) and "{{" not in target and target.count(".") < 3:
                    if import_target(project, path, tree) is None:
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
        if task.module == IMPORT_TASKS and (target := _target(task)):
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


# --- handlers -------------------------------------------------------------------------------------


class _Names:
    """Names and topics of handlers."""

    def __init__(self) -> None:
        self.exact: set[str] = set()
        self.patterns: list[re.Pattern[str]] = []

    def add(self, task: Written, role: str) -> None:
        topics = task.tree.get("listen")
        listed = topics if topics.__class__ is YamlList else [topics]
        for name in (task.name, *listed):
            if isinstance(name, str) and name:
                for one in (name, f"{role} : {name}") if role else (name,):
                    self._keep(one)

    def _keep(self, name: str) -> None:
        self.exact.add(name)
        if "{{" in name:
            parts = [re.escape(part) for part in re.split(r"\{\{.*?\}\}", name)]
            self.patterns.append(re.compile(".*".join(parts)))

    def has(self, name: str) -> bool:
        return name in self.exact or any(one.fullmatch(name) for one in self.patterns)


def _check_handlers(project: Project, unseen: bool) -> None:
    notifying = [
        (path, tree)
        for path, tree in (
            *((one.path, one.tree) for one in project.written_tasks),
            *((one.path, one.tree) for one in project.written_blocks),
        )
        if tree.get("notify") is not None
    ]
    if not notifying:
        return
    shared, by_play = _handler_names(project)
    in_plays = _trees_of_plays(project)
    partial = unseen or not (project.written_plays or project.roles_by_folder)
    for path, tree in notifying:
        play = in_plays.get(id(tree))
        names = shared if play is None else by_play[id(play)]
        _notifications(project, path, tree, names, shared, partial or _brings_unseen(project, play))


def _handler_names(project: Project) -> tuple[_Names, dict[int, _Names]]:
    """Return the names of all handlers, and those that each play sees."""
    shared, of_roles = _Names(), []
    for task in project.written_tasks:
        if task.handler or (task.role is None and task.path in _brought_to_handlers(project)):
            role = "" if task.role is None else project.role_name(task.role)
            shared.add(task, role)
            if task.role is not None or task.path not in project.playbooks:
                of_roles.append((task, role))
    by_play = {}
    for play in project.written_plays:
        names = by_play[id(play)] = _Names()
        for task, role in of_roles:
            names.add(task, role)
        for task in every_task(play.written.get("handlers", [])):
            names.add(task, "")
    return shared, by_play


def _brought_to_handlers(project: Project) -> set[str]:
    kept: set[str] | None = project.__dict__.get("_handler_files")
    if kept is None:
        kept = set()
        for task in project.written_tasks:
            if task.handler and task.module in TASK_FILES:
                found = find_tasks(project, _target(task), task, _play_of(project, task))
                if found is not None:
                    kept.add(found)
        project.__dict__["_handler_files"] = kept
    return kept


def _trees_of_plays(project: Project) -> dict[int, Play]:
    found: dict[int, Play] = {}
    for play in project.written_plays:
        for entries in play.written.values():
            for task in every_task(entries):
                found[id(task.tree)] = play
    return found


def _brings_unseen(project: Project, play: Play | None) -> bool:
    """Whether handlers come from a file that the answer lacks."""
    plays = project.written_plays if play is None else [play]
    for one in plays:
        for task in every_task(one.written.get("handlers", [])):
            if task.module in TASK_FILES and not find_tasks(project, _target(task), task, one):
                return True
    return False


def _notifications(
    project: Project, path: str, tree: YamlMap, names: _Names, shared: _Names, partial: bool
) -> None:
    given = tree["notify"]
    listed = given if given.__class__ is YamlList else [given]
    for name in listed:
        if isinstance(name, (dict, list)):
            message = "`notify` must hold names of handlers"
            project.note("keyword-values-fit", message, path, tree.marks["notify"])
        elif isinstance(name, str) and "{{" not in name and not names.has(name):
            _missing_handler(project, path, name, tree.marks["notify"], names, shared, partial)


def _missing_handler(
    project: Project,
    path: str,
    name: str,
    mark: Mark,
    names: _Names,
    shared: _Names,
    partial: bool,
) -> None:
    near = get_close_matches(name, sorted(names.exact), 1, 0.8)
    message = f"there is no handler `{name[:60]}`"
    if partial and not near:
        project.note("handlers-are-not-seen", message, path, mark)
        return
    hint = f"did you mean `{near[0]}`?" if near else ""
    if not near and shared.has(name):
        hint = "it belongs to another play"
    project.note("handlers-exist", message, path, mark, hint)


