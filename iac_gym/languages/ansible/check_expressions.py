"""Conditions and templates wherever they stand: tasks, blocks, roles, plays, files of variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Untemplated, Vaulted
from iac_gym.languages.ansible.judging import (
    Judgement,
    judge_condition,
    judge_template,
    judge_variable,
)
from iac_gym.languages.ansible.reading import kind
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

#: Keywords that hold conditions.
CONDITIONS = frozenset(("when", "changed_when", "failed_when", "until"))
#: Keywords whose texts are never rendered, or in which a fault is only warned of.
_NEVER = frozenset(("name", "register", "listen", "collections", "vars"))
_MOST_DEPTH = 40


class Uses:
    """The variables that one place needs: name -> where it is first needed.

    `asked` are those that some text handles when they are missing, such as `when: a is defined`.
    """

    __slots__ = ("asked", "needed")

    def __init__(self) -> None:
        self.needed: dict[str, Mark] = {}
        self.asked: set[str] = set()

    def add(self, judged: Judgement, mark: Mark) -> None:
        """Take over what a text uses."""
        if len(judged.free) != len(judged.needed):
            self.asked |= judged.free - judged.needed
        for name in judged.needed:
            self.needed.setdefault(name, mark)


def check_task_texts(project: Project, task: Written) -> Uses:
    """Check all texts of a task; returns the variables that they use."""
    uses, tree = Uses(), task.tree
    for key, value in tree.items():
        if value.__class__ is bool or value is None or key in _NEVER:
            continue
        if key in CONDITIONS:
            conditions(project, task.path, value, tree.marks[key], uses)
        elif key == "loop_control":
            _loop_control(project, task, value, uses)
        elif value.__class__ is not str or "{" in value:
            texts(project, task.path, value, tree.marks[key], uses)
    if task.module == "ansible.builtin.assert" and "that" in task.args:
        conditions(project, task.path, task.args["that"], task.arg_mark("that"), uses)
    elif task.module == "ansible.builtin.debug":
        given = task.args.get("var")
        if isinstance(given, str) and given:
            _keep(project, task.path, judge_variable(given), task.arg_mark("var"), uses)
    return uses


def _loop_control(project: Project, task: Written, value: Any, uses: Uses) -> None:
    if value.__class__ is not YamlMap:
        return
    for key, one in value.items():
        if key == "break_when":
            conditions(project, task.path, one, value.marks[key], uses)
        elif isinstance(one, str) and "{" in one:
            text(project, task.path, one, value.marks[key], uses)


def conditions(project: Project, path: str, value: Any, mark: Mark, uses: Uses) -> None:
    """Check the value of `when` and the like."""
    listed = value if value.__class__ is YamlList else [value]
    marks = value.marks if value.__class__ is YamlList else [mark]
    for one, place in zip(listed, marks, strict=True):
        if isinstance(one, bool) or one is None:
            continue
        if not isinstance(one, str):
            message = f"a condition must be text, true or false, not {kind(one)}"
            project.note("conditions-are-readable", message, path, place)
        else:
            _keep(project, path, judge_condition(one), place, uses)


def text(project: Project, path: str, value: str, mark: Mark, uses: Uses) -> None:
    """Check one text."""
    if value.__class__ is Untemplated or value.__class__ is Vaulted:
        return
    if "{{" in value or "{%" in value or "{#" in value:
        _keep(project, path, judge_template(str(value)), mark, uses)


def texts(project: Project, path: str, value: Any, mark: Mark, uses: Uses) -> None:
    """Check a text, or the texts of a mapping or list, and all below."""
    waiting: list[tuple[Any, Mark, int]] = [(value, mark, 0)]
    while waiting:
        one, place, depth = waiting.pop()
        if isinstance(one, str):
            text(project, path, one, place, uses)
        elif depth < _MOST_DEPTH:
            waiting += [(item, at, depth + 1) for item, at in _parts(one)]


def _parts(value: Any) -> list[tuple[Any, Mark]]:
    """Return what is below a value and may hold a template: values, and keys of mappings."""
    if value.__class__ is YamlMap:
        marks, keys = value.marks, value.key_marks
        found = [(item, marks[key]) for key, item in value.items() if _may_hold(item)]
        return found + [(key, keys[key]) for key in value if key.__class__ is str and "{" in key]
    if value.__class__ is YamlList:
        pairs = zip(value, value.marks, strict=True)
        return [(item, at) for item, at in pairs if _may_hold(item)]
    return []


def _may_hold(value: Any) -> bool:
    return "{" in value if isinstance(value, str) else isinstance(value, (dict, list))


def _keep(project: Project, path: str, judged: Judgement, mark: Mark, uses: Uses) -> None:
    for rule, message in judged.faults:
        own = rule == "plugins-are-known" and project.brings_plugin(message.split("`")[1])
        project.note("plugins-are-not-seen" if own else rule, message, path, mark)
    if judged.free:
        uses.add(judged, mark)


def check_surroundings(project: Project, trees: list[tuple[str, YamlMap]]) -> None:
    """Check the conditions of blocks, roles and imports."""
    uses = Uses()
    for path, tree in trees:
        if (value := tree.get("when")) is not None:
            conditions(project, path, value, tree.marks["when"], uses)
