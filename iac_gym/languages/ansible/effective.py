"""A task as it takes effect: its arguments, its loop and whether it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.evaluate import OMIT
from iac_gym.languages.ansible.folding import Folder
from iac_gym.languages.ansible.loops import loop_items, loop_variable
from iac_gym.languages.ansible.names import canonical, full_name
from iac_gym.languages.ansible.scope import Scope
from iac_gym.languages.ansible.task_keywords import Keywords
from iac_gym.languages.ansible.written import Written
from iac_gym.verdict import Finding

if TYPE_CHECKING:
    from iac_gym.languages.ansible.play import Play


class Block:
    """A block around a task: whether it has a rescue, and its tasks as they take effect."""

    def __init__(self, tree: YamlMap, play: Play, scope: Scope | None) -> None:
        self.tree = tree
        self.play = play
        self.scope = scope
        self.name = str(tree.get("name") or "")
        self.block: list[Task] = []
        self.rescue: list[Task] = []
        self.always: list[Task] = []

    @property
    def outer(self) -> Block | None:
        """The block around this one."""
        parent = None if self.scope is None else self.scope.parent
        for scope in () if parent is None else parent.chain():
            if scope.block is not None:
                found: Block = scope.block
                return found
        return None


class Task(Keywords):
    """One task of a play, or a handler. See `model` for how it is read."""

    def __init__(self, written: Written, play: Play, scope: Scope, section: str) -> None:
        super().__init__(written, play, scope, section)
        self.ended = ""  # "maybe" or "never" where a task before ends the play for hosts
        self.pinned: str | None = None

    # --- what it is -------------------------------------------------------------------------------

    @property
    def module(self) -> str:
        """The full name of the module, '' where none is known."""
        return self.written.module

    @property
    def action(self) -> str:
        """The name of the action as it is written."""
        return self.written.action

    @property
    def path(self) -> str:
        """The file."""
        return self.written.path

    @property
    def mark(self) -> Mark:
        """The place in the file."""
        return self.written.mark

    @property
    def role(self) -> str:
        """The name of the role that it belongs to, '' outside roles."""
        folder = self.written.role
        return "" if folder is None else self.play.project.role_name(folder)

    @lazy
    def name(self) -> str:
        """The name, templates folded."""
        return str(self.fold(self.written.name))

    @property
    def handler(self) -> bool:
        """Whether it is a handler, which runs only when it is notified."""
        return self.section == "handlers"

    def finding(self, message: str, *path: str) -> Finding:
        """Make a finding at the task, or at the keyword or argument that `path` names."""
        mark = self.mark
        if path and path[0] in self.written.tree:
            mark = self.written.place(path[0])
        elif path:
            mark = self.written.arg_mark(path[-1])
        return Finding(message, self.path, mark[0], mark[1])

    # --- arguments and loops ----------------------------------------------------------------------

    @lazy
    def args(self) -> dict[str, Any]:
        """The arguments as written, `module_defaults` below them."""
        found: dict[str, Any] = {}
        for value in [*self.scope.inherited("module_defaults")][::-1]:
            found |= self._defaults(value)
        found |= self._defaults(self.written.tree.get("module_defaults"))
        return {**found, **self.written.args}

    def _defaults(self, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for tree in value if value.__class__ is YamlList else [value]:
            for key, given in tree.items() if tree.__class__ is YamlMap else ():
                if given.__class__ is YamlMap and full_name(str(key)) == self.module != "":
                    found |= given
        return found

    @property
    def looped(self) -> bool:
        """Whether it has a loop."""
        return bool(self.written.loop_kind)

    @lazy
    def items(self) -> tuple[Any, ...] | None:
        """The items of its loop, None where they are not known; one None without a loop."""
        if not self.looped:
            return (None,)
        return loop_items(self.written.loop_kind, self.folder, self.written.loop)

    @lazy
    def runs(self) -> tuple[dict[str, Any], ...]:
        """The arguments of each call, variables put in: one for every item of a known loop."""
        if not self.looped or self.items is None:
            return (self._arguments(self.folder),)
        variable, index = loop_variable(self.written.tree)
        found = []
        for place, item in enumerate(self.items):
            bound = {variable: item}
            if index:
                bound[index] = place
            found.append(self._arguments(Folder(self.variables.bound(bound))))
        return tuple(found)

    def _arguments(self, folder: Folder) -> dict[str, Any]:
        made = {key: folder.fold(value) for key, value in self.args.items()}
        if self.written.variable_args:
            given = folder.fold(self.written.variable_args)
            made = {**given, **made} if isinstance(given, dict) else made
        return canonical(self.module, {k: one for k, one in made.items() if one is not OMIT})

    # --- whether it runs --------------------------------------------------------------------------

    @lazy
    def chance(self) -> str:
        """Whether it runs on a host of the play: always, maybe or never."""
        if self.pinned is not None:
            return self.pinned
        found = self.ended or "always"
        if "never" in self.tags or self._untagged_include:
            return "never"
        for condition in self.conditions:
            holds = self._holds(condition)
            if holds is False:
                return "never"
            found = "maybe" if holds is None else found
        if self.looped and self.items is not None and not self.items:
            return "never"
        if self.handler or self.in_rescue or any(scope.opaque for scope in self.scope.chain()):
            return "maybe" if found != "never" else found
        return found

    @property
    def _untagged_include(self) -> bool:
        """Whether an include that brings it is itself tagged `never`."""
        for scope in self.scope.chain():
            if scope.kind == "include" and (tags := scope.tree.get("tags")) is not None:
                listed = tags if tags.__class__ is YamlList else str(tags).split(",")
                if "never" in [str(tag).strip() for tag in listed]:
                    return True
        return False

    def _holds(self, condition: Any) -> bool | None:
        if self.looped and self.items is not None and isinstance(condition, str):
            variable = loop_variable(self.written.tree)[0]
            if variable in condition:
                each = {
                    Folder(self.variables.bound({variable: item})).condition(condition)
                    for item in self.items
                }
                return each.pop() if len(each) == 1 else None
        return self.folder.condition(condition)

    @property
    def certain(self) -> bool:
        """Whether it runs on every host of the play, whatever the facts are."""
        return self.chance == "always"

    @property
    def can_run(self) -> bool:
        """Whether it can run at all."""
        return self.chance != "never"

    def runs_on(self, facts: Mapping[str, Any]) -> bool | None:
        """Return whether it runs on a host with these facts (and variables), None if unknown.

        Facts are named as in `ansible_facts`, with or without `ansible_`.
        """
        if self.chance == "never":
            return False
        folder = Folder(self.variables.with_facts(facts))
        known = [folder.condition(condition) for condition in self.conditions]
        if False in known:
            return False
        unsure = None in known or self.in_rescue or self.handler or bool(self.ended)
        return None if unsure else True

    def asserts(self, facts: Mapping[str, Any]) -> bool | None:
        """Return whether the conditions of `assert` hold on a host with these facts.

        None where a run must tell; False for a task that does not run there or asserts nothing.
        """
        that = self.args.get("that")
        listed = that if that.__class__ is YamlList else [] if that is None else [that]
        if self.module != "ansible.builtin.assert" or not listed or self.runs_on(facts) is False:
            return False
        folder = Folder(self.variables.with_facts(facts))
        known = [folder.condition(one) for one in listed]
        if False in known:
            return False
        return None if None in known else True

    @lazy
    def forgiven(self) -> bool:
        """Whether its failure may pass silently: `ignore_errors`, or a `failed_when` never true."""
        if self.ignore_errors is not False:
            return True
        given = self.failed_when
        return bool(given) and any(self.folder.condition(one) is False for one in given)

    # --- blocks and handlers ----------------------------------------------------------------------

    @lazy
    def block(self) -> Block | None:
        """The innermost block that it stands in."""
        for scope in self.scope.chain():
            if scope.block is not None:
                found: Block = scope.block
                return found
        return None

    @property
    def parts(self) -> list[str]:
        """The lists of blocks that it stands in (block, rescue, always), the innermost first."""
        return [scope.part for scope in self.scope.chain() if scope.part]

    @property
    def in_rescue(self) -> bool:
        """Whether it runs only after another task has failed."""
        return "rescue" in self.parts

    @property
    def in_always(self) -> bool:
        """Whether it runs after its block whatever happened."""
        return "always" in self.parts

    @property
    def rescued(self) -> bool:
        """Whether a failure of it is caught by the `rescue` of a block around it."""
        return any(
            scope.part == "block" and scope.block is not None and scope.tree.get("rescue")
            for scope in self.scope.chain()
        )

    @lazy
    def notify(self) -> tuple[str, ...]:
        """The names that it notifies, inherited ones included, templates folded."""
        values = [self.written.tree.get("notify")]
        if values[0] is None:
            values = [*self.scope.inherited("notify")][:1]
        found: list[str] = []
        for value in values:
            made = self.fold(value)
            found += map(str, made if isinstance(made, list) else [] if made is None else [made])
        return tuple(found)

    @lazy
    def notified(self) -> tuple[Task, ...]:
        """The handlers that it notifies, in the order in which they run."""
        chosen = {id(one) for name in self.notify for one in self.play.handlers_named(name)}
        return tuple([one for one in self.play.handlers if id(one) in chosen])

    @lazy
    def listen(self) -> tuple[str, ...]:
        """The topics that a handler listens to."""
        return tuple([str(one) for one in self.listed("listen")])
