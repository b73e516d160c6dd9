"""The modules of tasks and their arguments, against what the pack of modules knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
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
from iac_gym.languages.ansible.modules.arguments import CHOICE, TYPE
from iac_gym.languages.ansible.modules.names import BUILTIN
from iac_gym.languages.ansible.modules.pack import modules
from iac_gym.languages.ansible.slips import slip_of
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.effective import Task
    from iac_gym.languages.ansible.model import Project

MODULES_EXIST = "modules-exist"
MODULES_ARE_KNOWN = "modules-are-known"
#: Folders of a project or a role that hold modules of its own.
_OWN = ("library/", "plugins/modules/", "action_plugins/", "plugins/action/")
#: Actions that `check_tasks` and others look at: they are no modules.
_ELSEWHERE = frozenset(
    f"ansible.builtin.{name}"
    for name in (
        "include_tasks", "import_tasks", "include_role", "import_role", "import_playbook",
        "meta", "set_fact",
    )
)  # fmt: skip
_GROUP = "group/"
#: For so many findings something is suggested: that takes longer than to find them.
_MOST_HINTS = 20
#: So many turns of a loop are looked at, and what is looked at in them.
_MOST_RUNS = 20
_OF_VALUES = (TYPE, CHOICE)


def check_options(project: Project) -> None:
    """Note what is wrong with the modules of all tasks and with their arguments."""
    own = _own_modules(project)
    given: tuple[frozenset[str], bool] | None = None
    hints = _MOST_HINTS
    for task in project.written_tasks:
        if not task.action or "{{" in task.action or _bare(task.action) in own:
            continue
        if task.module in _ELSEWHERE:
            continue
        known = spec(task.module) if task.module else None
        if known is None:
            hints -= 1
            _unknown(project, task, hints > 0)
            continue
        faults = check(known, task.args, bool(task.variable_args))
        if faults and given is None:
            given = _defaults(project)
        if faults and given is not None and (given[1] or task.module in given[0]):
            faults = check(known, task.args, lenient=True)
        for fault in faults:
            mark = _mark(task, fault.path)
            hints -= 1
            hint = fault.hint if hints > 0 else ""
            project.note(fault.rule, _said(task, fault.message), task.path, mark, hint)
    check_folded(project)


def check_folded(project: Project) -> None:
    """Note values that are wrong once variables are put in, of tasks that surely run.

    The variables of a role without a playbook are left out: another one may give them.
    """
    suspects = {
        id(one): spec(one.module)
        for one in project.written_tasks
        if one.args and one.module not in _ELSEWHERE and _has_template(one.args)
    }
    suspects = {place: known for place, known in suspects.items() if known is not None}
    if not suspects:
        return
    for play in project.plays:
        if play.implied:
            continue
        for task in (*play.tasks, *play.handlers):
            known = suspects.get(id(task.written))
            if known is not None and task.certain and suspects.pop(id(task.written)):
                _folded(project, task, known)


def _has_template(args: Mapping[Any, Any]) -> bool:
    return any(isinstance(value, str) and "{{" in value for value in args.values())


def _folded(project: Project, task: Task, known: Spec) -> None:
    written = task.written
    for run in task.runs[:_MOST_RUNS]:
        for fault in check(known, run, lenient=True):
            name = str(fault.path[0]) if fault.path else ""
            if fault.rule in _OF_VALUES and _is_template(known, written, name):
                mark = written.arg_mark(name)
                message = _said(written, f"{fault.message} (with its variables)")
                project.note(fault.rule, message, written.path, mark)
                return


def _is_template(known: Spec, task: Written, name: str) -> bool:
    """Say whether an option is written as one template, so that its value is not checked before."""
    option = known.names.get(name)
    names = [own for own, one in known.names.items() if one is option]
    return any("{{" in str(task.args.get(own, "")) for own in names)


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


def _unknown(project: Project, task: Written, hinted: bool) -> None:
    """Note a module that does not exist, or whose collection is not known."""
    name = task.module or task.action
    collection, module = split(name)
    if task.module and collection and not known_collection(collection):
        other = _other_collection(collection)
        if other:
            message = f"there is no collection `{collection[:60]}`"
            hint = f"did you mean `{other}.{module[:60]}`?"
            project.note(MODULES_EXIST, message, task.path, task.action_mark or task.mark, hint)
            return
        message = f"the collection `{collection[:60]}` is not known here: `{module[:60]}`"
        project.note(MODULES_ARE_KNOWN, message, task.path, task.action_mark or task.mark)
        return
    if not collection and "." not in name and (other := _foreign_collection(project)):
        message = f"`{name[:60]}` may be in the collection `{other[:60]}`, not known here"
        project.note(MODULES_ARE_KNOWN, message, task.path, task.action_mark or task.mark)
        return
    message = f"there is no module `{task.action[:80]}`"
    if is_removed(name):
        message = f"the module `{task.action[:80]}` was removed"
    elif collection:
        message = f"the collection `{collection}` has no module `{module[:60]}`"
    place = task.tree.key_marks.get(task.action, task.action_mark or task.mark)
    hint = _near(task.action) if hinted else ""
    project.note(MODULES_EXIST, message, task.path, place, hint)


@lru_cache(maxsize=256)
def _other_collection(name: str) -> str:
    """Return the collection of which a name is a misspelling, "" where it may be another one."""
    index = modules().index
    sent = {target for targets in index["redirects"].values() for target in targets}
    return "" if name in sent else slip_of(name[:100], index["modules"]) or ""


def _foreign_collection(project: Project) -> str:
    """Return a collection, not known, in which short names are looked for, "" for none."""
    found: str | None = project.__dict__.get("_foreign")
    if found is None:
        metas = [role.meta for role in project.roles_by_folder.values()]
        listed = (tree.get("collections") for tree in (*_trees(project), *metas))
        given = (one for value in listed for one in _names(value))
        found = next((one for one in given if not known_collection(one)), "")
        found = "" if found and _other_collection(found) else found
        project.__dict__["_foreign"] = found
    return found


def _names(value: Any) -> list[str]:
    listed = value if value.__class__ is YamlList else [value]
    return [one for one in listed if isinstance(one, str) and one.count(".") == 1]


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
    near = get_close_matches(name[:60], pack.places(where), 1, 0.75)
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
