"""The tasks of a play in the order in which they run: roles, imports and includes followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.ansible.effective import Block, Task
from iac_gym.languages.ansible.evaluate import UNKNOWN
from iac_gym.languages.ansible.folding import Folder, Unknown
from iac_gym.languages.ansible.loops import loop_variable
from iac_gym.languages.ansible.play import Play
from iac_gym.languages.ansible.scope import Scope
from iac_gym.languages.ansible.written import (
    BRINGERS,
    IMPORT_ROLE,
    IMPORT_TASKS,
    ROLES,
    Entry,
    Written,
    WrittenBlock,
)

MOST_TASKS = 2_000
_MOST_DEPTH = 25
_MOST_REPEATS = 50
_MOST_BRINGERS = 800
_ENDS = ("end_play", "end_host", "end_batch")
_EMPTY = YamlMap()


def flatten(play: Play) -> tuple[Task, ...]:
    """Return all tasks of a play."""
    return tuple(_Flow(play).run())


def flatten_handlers(play: Play) -> tuple[Task, ...]:
    """Return all handlers of a play: those of its roles, then its own."""
    _ = play.every_task  # roles that tasks include bring handlers too
    flow = _Flow(play, "handlers")
    folders = [*play.role_folders, *(f for f in play.brought if f not in play.role_folders)]
    for folder in folders:
        role = play.project.roles_by_folder.get(folder)
        if role is not None:
            scope = Scope("role", _EMPTY, play.scope, role=folder, path=play.path)
            flow.entries(role.handlers, scope)
    flow.entries(play.written.get("handlers", []), play.scope)
    return tuple(flow.found)


class _Flow:
    """Walks one play."""

    def __init__(self, play: Play, section: str = "tasks") -> None:
        self.play = play
        self.project = play.project
        self.section = section
        self.found: list[Task] = []
        self.ended = ""
        self.depth = 0
        self.ran: set[str] = set()
        self.open: list[str] = []  # folders of the roles and paths of the files that are being run

    def run(self) -> list[Task]:
        play = self.play
        self._of("pre_tasks")
        self.section = "roles"
        for _, folder, tree in self.project.role_entries(play):
            if folder is not None:
                self._role(folder, tree, play.scope)
        self._of("tasks")
        self._of("post_tasks")
        return self.found

    def _of(self, section: str) -> None:
        self.section = section
        self.entries(self.play.written.get(section, []), self.play.scope)

    def _role(self, folder: str, tree: Any, scope: Scope) -> None:
        """Run a role of the list `roles` or of dependencies: dependencies first, each once."""
        role = self.project.roles_by_folder[folder]
        keywords, params = self.project.split_role(tree)
        key = f"{folder} {sorted(params.items(), key=str)} {keywords.get('when')}"
        if (key in self.ran and not role.allow_duplicates) or folder in self.open:
            return
        self.ran.add(key)
        inner = Scope("role", keywords, scope, role=folder, path=self.play.path, bound=params)
        self.open.append(folder)
        for _, other, dependency in self.project.dependency_entries(role):
            if other is not None and len(self.open) < _MOST_DEPTH:
                self._role(other, dependency, inner)
        ended = self.ended
        self.entries(role.task_file("main"), inner)
        self.ended = ended if self.ended == "role" else self.ended
        self.open.pop()

    # --- entries ----------------------------------------------------------------------------------

    def entries(self, entries: list[Entry], scope: Scope) -> list[Task]:
        """Add the tasks of a list; returns them."""
        start = len(self.found)
        for entry in entries:
            if len(self.found) >= MOST_TASKS:
                self.play.truncated = True
                break
            if isinstance(entry, WrittenBlock):
                self._block(entry, scope)
            elif entry.module in BRINGERS:
                self._bring(entry, scope)
            else:
                self._task(entry, scope)
        return self.found[start:]

    def _block(self, entry: WrittenBlock, scope: Scope) -> None:
        block = Block(entry.tree, self.play, scope)
        for part in ("block", "rescue", "always"):
            inner = Scope("block", entry.tree, scope, part, path=entry.path, block=block)
            block.scope = inner
            setattr(block, part, self.entries(getattr(entry, part), inner))

    def _task(self, entry: Written, scope: Scope) -> Task:
        task = Task(entry, self.play, scope, self.section)
        task.position = len(self.found)
        task.ended = "" if self.ended == "role" else self.ended
        if self.ended == "role":
            task.pinned = "never"
        self.found.append(task)
        if self.section != "handlers":
            self._effects(task)
        return task

    def _effects(self, task: Task) -> None:
        """Note what later tasks feel: variables that are set, and the end of the play."""
        if task.register:
            self.play.keep_set(task.position, task.register, UNKNOWN)
        module = task.module
        if module == "ansible.builtin.set_fact":
            for name, value in _facts(task).items():
                self.play.keep_set(task.position, name, value)
        elif module == "ansible.builtin.include_vars":
            for name, value in self.project.included_variables(task).items():
                self.play.keep_set(task.position, name, value if task.certain else UNKNOWN)
        elif module == "ansible.builtin.meta":
            self._end(task, str(task.args.get("_raw_params", "")).strip())
        elif module == "ansible.builtin.fail" and task.certain and _stops(task):
            self.ended = "never"

    def _end(self, task: Task, what: str) -> None:
        if what == "end_role" and task.certain:
            self.ended = self.ended or "role"
        elif what in _ENDS and task.chance != "never":
            self.ended = "never" if task.certain else self.ended or "maybe"

    # --- imports and includes ---------------------------------------------------------------------

    def _bring(self, entry: Written, scope: Scope) -> None:
        """Follow an import or include; what cannot be followed stays as a task."""
        probe = Task(entry, self.play, scope, self.section)
        probe.position = len(self.found)
        probe.ended = "" if self.ended == "role" else self.ended
        self.play.bringers.append(probe)
        if self.depth >= _MOST_DEPTH or self.ended == "role":
            return
        if len(self.play.bringers) > _MOST_BRINGERS:
            self.play.truncated = True
            return
        self.depth += 1
        for inner in self._scopes(probe, scope):
            followed = self._role_tasks(probe, inner) or self._file_tasks(probe, inner)
            if not followed:
                self._task(entry, scope)
                break
        self.depth -= 1

    def _scopes(self, probe: Task, scope: Scope) -> Iterator[Scope]:
        """Yield the scope of what is brought, one for each item of a known loop."""
        written = probe.written
        kind = "import" if written.module in (IMPORT_TASKS, IMPORT_ROLE) else "include"
        variable, _ = loop_variable(written.tree)
        items = probe.items if probe.looped else (None,)
        if items is None or len(items) > _MOST_REPEATS:
            bound = {variable: UNKNOWN}
            yield self._scope(kind, probe, scope, bound, True)
            return
        for item in items:
            yield self._scope(kind, probe, scope, {variable: item} if probe.looped else {}, False)

    def _scope(
        self, kind: str, probe: Task, scope: Scope, bound: Mapping[str, Any], opaque: bool
    ) -> Scope:
        written = probe.written
        made = Scope(kind, written.tree, scope, path=written.path, bound=bound, opaque=opaque)
        applied = written.args.get("apply")
        if applied.__class__ is YamlMap:
            made = Scope("apply", applied, made, path=written.path)
        return made

    def _role_tasks(self, probe: Task, scope: Scope) -> bool:
        if probe.module not in ROLES:
            return False
        name = self._text(
            probe, scope, probe.written.args.get("name", probe.written.args.get("role"))
        )
        folder = self.project.folder_of_role(name)
        if folder is None or folder in self.open:
            return folder is not None
        role = self.project.roles_by_folder[folder]
        if folder not in self.play.brought:
            self.play.brought.append(folder)
        inner = Scope("role", _EMPTY, scope, role=folder, path=scope.path)
        if self.section == "handlers":
            return True
        self.open.append(folder)
        for _, other, dependency in self.project.dependency_entries(role):
            if other is not None:
                self._role(other, dependency, inner)
        file = self._text(probe, scope, probe.written.args.get("tasks_from") or "main")
        ended = self.ended
        self.entries(role.task_file(file), inner)
        self.ended = ended if self.ended == "role" else self.ended
        self.open.pop()
        return True

    def _file_tasks(self, probe: Task, scope: Scope) -> bool:
        args = probe.written.args
        target = self._text(probe, scope, args.get("_raw_params", args.get("file")))
        if probe.module in ROLES or isinstance(target, Unknown):
            return False
        path = self.project.find_tasks(target, probe.written, self.play)
        if path is None or path in self.open:
            return path is not None
        entries = self.project.entries_of(path, probe.written.role, self.section == "handlers")
        self.open.append(path)
        self.entries(entries, scope)
        self.open.pop()
        return True

    def _text(self, probe: Task, scope: Scope, value: Any) -> str:
        """Fold the name of a file or role with the loop variables of the include."""
        if not isinstance(value, str) or "{{" not in value:
            return "" if value is None else str(value)
        inner = Task(probe.written, self.play, scope, self.section)
        inner.position = probe.position
        made = inner.variables.bound(scope.bound or (scope.parent.bound if scope.parent else {}))
        folded = Folder(made).fold(value)
        return folded if isinstance(folded, str) else str(folded)


def _stops(task: Task) -> bool:
    """Whether a failure of a task ends the play for its host."""
    return not task.forgiven and not task.rescued


def _facts(task: Task) -> dict[str, Any]:
    """Return what `set_fact` sets, values that are certain and known, `UNKNOWN` for the others."""
    found: dict[str, Any] = {}
    for name, value in task.args.items():
        if name == "cacheable" or name.__class__ is not str:
            continue
        made = task.fold(value) if task.certain and not task.looped else UNKNOWN
        found[name] = UNKNOWN if isinstance(made, Unknown) else made
    return found


def listed(value: Any) -> list[Any]:
    """Return a list as it is, anything else as its only item, nothing for None."""
    if value.__class__ is YamlList:
        made: list[Any] = value
        return made
    return [] if value is None else [value]
