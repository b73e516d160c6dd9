"""Notifications: whether the handlers exist that tasks notify, in the play that they belong to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.locating import find_tasks
from iac_gym.languages.ansible.play import Play
from iac_gym.languages.ansible.written import TASK_FILES, Written, every_task

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project


def included(task: Written) -> str:
    """Return the file that an import or include of tasks names, '' for none."""
    given = task.args.get("_raw_params", task.args.get("file"))
    return given if isinstance(given, str) else ""


def play_of(project: Project, task: Written) -> Play | None:
    """Return the first play of the playbook in which a task stands."""
    return next((play for play in project.written_plays if play.path == task.path), None)


_MOST_PATTERNS = 50
#: Modules that never report a change, so that they notify nobody.
_UNCHANGING = frozenset(
    f"ansible.builtin.{name}"
    for name in (
        "assert", "debug", "fail", "gather_facts", "getent", "include_vars", "package_facts",
        "pause", "ping", "service_facts", "set_fact", "setup", "slurp", "stat", "wait_for",
        "wait_for_connection",
    )
)  # fmt: skip


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
        if "{{" in name and name.count("{{") < 4 and len(self.patterns) < _MOST_PATTERNS:
            parts = [re.escape(part) for part in re.split(r"\{\{.*?\}\}", name)]
            self.patterns.append(re.compile(".*".join(parts)))

    def has(self, name: str) -> bool:
        return name in self.exact or any(one.fullmatch(name) for one in self.patterns)


def check_handlers(project: Project, unseen: bool) -> None:
    """Check what tasks and blocks notify; `unseen`: some role is not among the files."""
    notifying = [
        (task.path, task.tree, _never_changes(task))
        for task in project.written_tasks
        if task.tree.get("notify") is not None
    ]
    notifying += [
        (block.path, block.tree, False)
        for block in project.written_blocks
        if block.tree.get("notify") is not None
    ]
    if not notifying:
        return
    shared, by_play = _handler_names(project)
    in_plays = _trees_of_plays(project)
    # a role by itself may notify what the playbook or another role of it brings
    partial = unseen or not project.written_plays
    open_plays = {id(play): _brings_unseen(project, [play]) for play in project.written_plays}
    some = any(open_plays.values())
    for path, tree, idle in notifying:
        play = in_plays.get(id(tree))
        names = shared if play is None else by_play[id(play)]
        unsure = partial or (some if play is None else open_plays[id(play)])
        _notifications(project, path, tree, names, shared, (unsure, idle))


def _never_changes(task: Written) -> bool:
    """Say whether a task surely reports no change."""
    if "changed_when" in task.tree:
        return task.tree["changed_when"] is False
    return task.module in _UNCHANGING


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
                found = find_tasks(project, included(task), task, play_of(project, task))
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


def _brings_unseen(project: Project, plays: list[Play]) -> bool:
    """Whether handlers come from a file that the answer lacks."""
    for one in plays:
        for task in every_task(one.written.get("handlers", [])):
            if task.module in TASK_FILES and not find_tasks(project, included(task), task, one):
                return True
    return False


def _notifications(
    project: Project,
    path: str,
    tree: YamlMap,
    names: _Names,
    shared: _Names,
    doubts: tuple[bool, bool],
) -> None:
    given = tree["notify"]
    listed = given if given.__class__ is YamlList else [given]
    for name in listed:
        if isinstance(name, (dict, list)):
            message = "`notify` must hold names of handlers"
            project.note("keyword-values-fit", message, path, tree.marks["notify"])
        elif isinstance(name, str) and "{{" not in name and not names.has(name):
            _missing(project, path, name, tree.marks["notify"], names, shared, doubts)


def _missing(
    project: Project,
    path: str,
    name: str,
    mark: Mark,
    names: _Names,
    shared: _Names,
    doubts: tuple[bool, bool],
) -> None:
    """Note a handler that is missing; `doubts`: it may be elsewhere, it is never asked for."""
    near = project.near(name, names.exact)
    message = f"there is no handler `{name[:60]}`"
    partial, idle = doubts
    if idle or (partial and not near):
        project.note("handlers-are-not-seen", message, path, mark)
        return
    hint = f"did you mean `{near}`?" if near else ""
    if not near and shared.has(name):
        hint = "it belongs to another play"
    project.note("handlers-exist", message, path, mark, hint)
