"""The modules of tasks and their arguments, against what the pack of modules knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.modules import (
    Spec,
    action_group,
    check,
    is_removed,
    known_collection,
    resolve,
    spec,
    split,
)
from iac_gym.languages.ansible.modules.names import BUILTIN
from iac_gym.languages.ansible.modules.pack import modules
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

MODULES_EXIST = "modules-exist"
MODULES_ARE_KNOWN = "modules-are-known"
#: Folders of a project or a role that hold modules of its own.
_OWN = ("library/", "plugins/modules/")
_GROUP = "group/"


def check_options(project: Project) -> None:
    """Note what is wrong with the modules of all tasks and with their arguments."""
    own = _own_modules(project)
    given: tuple[frozenset[str], bool] | None = None
    for task in project.written_tasks:
        if not task.action or "{{" in task.action or _bare(task.action) in own:
            continue
        known = spec(task.module) if task.module else None
        if known is None:
            _unknown(project, task)
            continue
        faults = check(known, task.args, bool(task.variable_args))
        if faults and given is None:
            given = _defaults(project)
        if faults and given is not None and (given[1] or task.module in given[0]):
            faults = check(known, task.args, lenient=True)
        for fault in faults:
            mark = _mark(task, fault.path)
            project.note(fault.rule, _said(task, fault.message), task.path, mark, fault.hint)


def _said(task: Written, message: str) -> str:
    return f"`{task.action[:80]}`: {message}"


def _bare(action: str) -> str:
    return action.rpartition(".")[2]


def _own_modules(project: Project) -> frozenset[str]:
    """Return the names of modules that the answer brings itself."""
    return frozenset(
        path.rpartition("/")[2].rpartition(".")[0]
        for path in project.texts
        if any(folder in f"/{path}" for folder in (f"/{one}" for one in _OWN))
    )


def _unknown(project: Project, task: Written) -> None:
    """Note a module that does not exist, or whose collection is not known."""
    name = task.module or task.action
    collection, module = split(name)
    if task.module and collection and not known_collection(collection):
        message = f"the collection `{collection[:60]}` is not known here: `{module[:60]}`"
        project.note(MODULES_ARE_KNOWN, message, task.path, task.action_mark or task.mark)
        return
    message = f"there is no module `{task.action[:80]}`"
    if is_removed(name):
        message = f"the module `{task.action[:80]}` was removed"
    elif collection:
        message = f"the collection `{collection}` has no module `{module[:60]}`"
    place = task.tree.key_marks.get(task.action, task.action_mark or task.mark)
    project.note(MODULES_EXIST, message, task.path, place, _near(task.action))


def _near(action: str) -> str:
    """Suggest a name: the same one in another collection, or one that is written alike."""
    collection, name = split(action)
    pack = modules()
    if not collection and "." not in action:
        for other in pack.index["modules"]:
            if name in pack.places(other):
                return f"write its whole name, `{other}.{name}`"
    elif collection and (found := resolve(name)):
        return f"did you mean `{found}`?"
    where = collection if collection and known_collection(collection) else BUILTIN
    near = get_close_matches(name, pack.places(where), 1, 0.75)
    return f"did you mean `{where}.{near[0]}`?" if near else ""


def _defaults(project: Project) -> tuple[frozenset[str], bool]:
    """Return the modules that `module_defaults` name, and whether it may be any."""
    found: set[str] = set()
    anything = False
    for tree in _trees(project):
        given = tree.get("module_defaults")
        entries = given if given.__class__ is YamlList else [given]
        for entry in entries:
            if not isinstance(entry, Mapping):
                anything = anything or entry is not None
                continue
            for name in entry:
                if not str(name).startswith(_GROUP):
                    found.add(resolve(str(name)) or str(name))
                    continue
                members = action_group(str(name).removeprefix(_GROUP))
                found.update(members)
                anything = anything or not members
    return frozenset(found), anything


def _trees(project: Project) -> Iterator[YamlMap]:
    for play in project.written_plays:
        yield play.tree
    for block in project.written_blocks:
        yield block.tree
    for task in project.written_tasks:
        yield task.tree


def _mark(task: Written, path: tuple[Any, ...]) -> Mark:
    """Return the place of a value in the arguments, or of the nearest that has one."""
    if not path:
        return task.action_mark or task.mark
    mark = task.arg_mark(str(path[0]))
    value: Any = task.args.get(path[0])
    for key in path[1:]:
        if value.__class__ not in (YamlMap, YamlList):
            break  # a mapping written as text has no places of its own
        mark, value = value.marks[key], value[key]
    return mark


def secret_options(known: Spec) -> frozenset[str]:
    """Return the options of a module whose values it hides from the log."""
    return frozenset(name for name, option in known.names.items() if option.secret)
