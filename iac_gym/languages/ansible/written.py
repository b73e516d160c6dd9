"""Tasks and blocks as they are written: one object per entry of a list of tasks.

`Written` is one task: its action under the full name of the module and its arguments as one mapping
whatever the spelling. `WrittenBlock` holds three lists of entries. Where a task applies, and with
what it inherits, says `effective.Task`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap

#: Full names of the actions that bring in other tasks.
IMPORT_TASKS = "ansible.builtin.import_tasks"
INCLUDE_TASKS = "ansible.builtin.include_tasks"
IMPORT_ROLE = "ansible.builtin.import_role"
INCLUDE_ROLE = "ansible.builtin.include_role"
TASK_FILES = (IMPORT_TASKS, INCLUDE_TASKS)
ROLES = (IMPORT_ROLE, INCLUDE_ROLE)
BRINGERS = frozenset((*TASK_FILES, *ROLES))

NO_ARGUMENTS: Mapping[str, Any] = {}


@dataclass(slots=True)
class Written:
    """One task (or handler) of a file.

    `action` is the name as written, `module` the full name ("" where no such module is known).
    `args` has the arguments, a command as `_raw_params`; `variable_args` is the template that gives
    them where `args: "{{ ... }}"` is written. `local` tells `local_action`. `role` is the folder of
    the role that the file belongs to, None outside roles. `loop_kind` is "" without a loop, "loop",
    or the name after `with_`.
    """

    tree: YamlMap
    path: str
    mark: Mark
    role: str | None = None
    handler: bool = False
    action: str = ""
    module: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    action_mark: Mark = (0, 0)
    variable_args: str = ""
    local: bool = False
    loop_kind: str = ""
    loop: Any = None

    @property
    def name(self) -> str:
        """The task's own name, '' without one."""
        name = self.tree.get("name")
        return "" if name is None else str(name)

    def arg_mark(self, name: str) -> Mark:
        """Return where an argument stands, or else the action."""
        for key in (self.action, "args", "action", "local_action"):
            given = self.tree.get(key)
            if given.__class__ is YamlMap and name in given:
                mark: Mark = given.marks[name]
                return mark
        return self.action_mark or self.mark

    def place(self, key: str) -> Mark:
        """Return where the value of a keyword stands, or else the task."""
        return self.tree.marks.get(key, self.mark)


@dataclass(slots=True)
class WrittenBlock:
    """A block: its three lists, and the keywords in `tree`."""

    tree: YamlMap
    path: str
    mark: Mark
    role: str | None = None
    block: list[Entry] = field(default_factory=list)
    rescue: list[Entry] = field(default_factory=list)
    always: list[Entry] = field(default_factory=list)


Entry = Written | WrittenBlock


def every_task(entries: list[Entry]) -> Iterator[Written]:
    """Yield the tasks of entries and of the blocks in them, in the order of the file."""
    waiting = list(reversed(entries))
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, Written):
            yield entry
        else:
            waiting += reversed([*entry.block, *entry.rescue, *entry.always])
