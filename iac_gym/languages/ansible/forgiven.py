"""Tasks whose failure does not stop a play: what fails in them only when they run is but told.

A task with `ignore_errors`, one in a block with `rescue`, and one with `when: false` may hold what
ansible-core refuses when it comes to the task; the play goes on. Tests of roles are full of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.evaluate_filters import FALSE_WORDS
from iac_gym.languages.ansible.keywords import keywords
from iac_gym.languages.ansible.modules import spec
from iac_gym.languages.ansible.values import is_template
from iac_gym.languages.ansible.written import Entry, Written, WrittenBlock

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

RULE = "failures-are-forgiven"
_OPTIONS = frozenset(
    """options-are-known required-options-are-given option-types-are-right
    option-values-are-allowed options-fit-together""".split()
)
#: Rules about what is found out when a task runs, not when the playbook is loaded.
_AT_RUN = _OPTIONS | frozenset(
    """conditions-are-readable conditions-give-true-or-false templates-are-readable
    plugins-are-known variables-are-set loop-variables-have-a-loop keyword-values-fit
    loops-are-right actions-have-what-they-need""".split()
)
_CONVERTED = ("bool", "int", "float", "percent", "string")
#: Keywords that are worked out before the conditions of a task.
_BEFORE = frozenset(("loop", "delegate_to", "loop_control"))
_MOST_DEPTH = 60


@dataclass(frozen=True, slots=True)
class _Excuse:
    """Why the failure of a task passes: its errors are ignored or rescued, or it never runs."""

    ignored: bool = False
    rescued: bool = False
    never: bool = False

    def inside(self, tree: YamlMap, rescued: bool = False) -> _Excuse:
        """Return what holds in an entry with these keywords."""
        ignored = _ignores(tree.get("ignore_errors")) if "ignore_errors" in tree else self.ignored
        never = self.never or _never(tree.get("when", True))
        return _Excuse(ignored, self.rescued or rescued, never)


def forgive(project: Project) -> None:
    """Turn findings of tasks whose failure passes into notices."""
    suspects = {
        (one.file, one.line)
        for rule in _AT_RUN & project.faults.keys()
        for one in project.faults[rule]
    }
    if not suspects:
        return
    paths = {path for path, _ in suspects}
    for task, excuse in _excused(project):
        if task.path in paths:
            _forgive(project, task, excuse)


def _excused(project: Project) -> Iterator[tuple[Written, _Excuse]]:
    for play in project.written_plays:
        outer = _Excuse().inside(play.tree)
        for entries in play.written.values():
            yield from _walk(entries, outer)
    for entries in project.entries.values():
        yield from _walk(entries, _Excuse())


def _walk(entries: list[Entry], outer: _Excuse) -> Iterator[tuple[Written, _Excuse]]:
    waiting = [(entry, outer) for entry in entries]
    while waiting:
        entry, excuse = waiting.pop()
        if isinstance(entry, WrittenBlock):
            here = excuse.inside(entry.tree)
            safe = excuse.inside(entry.tree, bool(entry.rescue))
            waiting += [(one, safe) for one in entry.block]
            waiting += [(one, here) for one in (*entry.rescue, *entry.always)]
            continue
        own = excuse.inside(entry.tree)
        if own.ignored or own.rescued or own.never or "failed_when" in entry.tree:
            yield entry, own


def _ignores(value: Any) -> bool:
    """Say whether errors are ignored: also by a value that is neither true nor false."""
    if isinstance(value, str):
        return is_template(value) or value.strip().lower() not in FALSE_WORDS
    return bool(value)


def _never(value: Any) -> bool:
    """Say whether conditions are false before anything else is looked at."""
    first = value[0] if value.__class__ is YamlList and value else value
    return first is False or (isinstance(first, str) and first.strip() in ("false", "False"))


def _forgive(project: Project, task: Written, excuse: _Excuse) -> None:
    places = frozenset(_places(task.tree, 0)) | {task.mark, task.action_mark}
    late = excuse.ignored or excuse.rescued
    early: set[Mark] = set()
    for key, at in task.tree.marks.items():
        if key in _BEFORE or str(key).startswith("with_"):
            early.update((at, *_places(task.tree[key], 0)))
    for rule in sorted(_AT_RUN & project.faults.keys()):
        kept = []
        for one in project.faults[rule]:
            mark = (one.line, one.column)
            inside = one.file == task.path and mark in places
            if inside and _passes(task, rule, mark, late, excuse.never and mark not in early):
                message = f"{one.message} (this failure does not stop the play)"
                project.note(RULE, message, one.file, mark, one.hint)
            else:
                kept.append(one)
        if kept:
            project.faults[rule] = kept
        else:
            del project.faults[rule]


def _passes(task: Written, rule: str, mark: Mark, late: bool, never: bool) -> bool:
    """Say whether a failure passes: when a task runs (`late`), or since it never does."""
    if rule in _OPTIONS:
        known = spec(task.module) if task.module else None
        told = "failed_when" in task.tree and known is not None and not known.acts
        return late or never or told
    key = next((one for one, at in task.tree.marks.items() if at == mark), "")
    if rule == "keyword-values-fit":
        keyword = keywords("task").get(key)
        return (
            (late or never)
            and keyword is not None
            and keyword.isa in _CONVERTED
            and not keyword.static
        )
    if rule == "loops-are-right":
        return late and key == "loop"
    if key.__class__ is str and key.startswith("with_"):
        return False
    return late or never


def _places(value: Any, depth: int) -> Iterator[Mark]:
    """Yield the places of a value's keys and values, all below too."""
    if depth > _MOST_DEPTH:
        return
    if value.__class__ is YamlMap:
        yield from value.key_marks.values()
        yield from value.marks.values()
        for one in value.values():
            yield from _places(one, depth + 1)
    elif value.__class__ is YamlList:
        yield from value.marks
        for one in value:
            yield from _places(one, depth + 1)
