"""Tasks as they are written: their keywords, actions, loops, includes and what they set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.ansible.check_keywords import SPECIAL
from iac_gym.languages.ansible.keywords import (
    is_variable_name,
    keywords,
    names,
    plugin_is_known,
    task_keywords,
)
from iac_gym.languages.ansible.reading import kind
from iac_gym.languages.ansible.values import fault_of, is_template
from iac_gym.languages.ansible.written import (
    IMPORT_ROLE,
    IMPORT_TASKS,
    INCLUDE_ROLE,
    INCLUDE_TASKS,
    Written,
)

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_METAS = frozenset(
    """noop flush_handlers refresh_inventory clear_facts clear_host_errors end_batch end_play
    end_host role_complete end_role reset_connection""".split()
)
_NAMES = ("loop_var", "index_var")
_FITS = "keyword-values-fit"


def check_task(project: Project, task: Written) -> None:
    """Check one task."""
    tree, path = task.tree, task.path
    table = keywords("handler" if task.handler else "task")
    known = task_keywords()
    for key, value in tree.items():
        keyword = table.get(key)
        if keyword is None:
            if key in known or (key.__class__ is str and key.startswith("with_")):
                _odd_key(project, task, key)
            continue
        if key in ("action", "args"):
            continue
        if value.__class__ is not str or keyword.isa not in ("string", "list") or keyword.listof:
            fault = fault_of(keyword, value)
            if fault:
                project.note(_FITS, f"`{key}` {fault}", path, tree.marks[key])
        special = SPECIAL.get(key)
        if special is not None and value is not None:
            special(project, path, tree, key, value)
    if tree.get("register") is not None and not is_variable_name(tree["register"]):
        message = f"`register` needs the name of a variable, not `{str(tree['register'])[:60]}`"
        project.note("variables-are-named-right", message, path, tree.marks["register"])
    if task.loop_kind or "loop_control" in tree:
        _loop(project, task)
    _action(project, task)


def _odd_key(project: Project, task: Written, key: str) -> None:
    mark = task.tree.key_marks[key]
    if not key.startswith("with_"):
        if key != "local_action":
            where = "a handler" if task.handler else "a task"
            message = f"`{key}` is no keyword of {where}"
            project.note("keywords-are-known", message, task.path, mark)
        return
    if plugin_is_known("lookup", key[5:]) is False:
        message = f"there is no lookup plugin `{key[5:][:60]}`"
        project.note("plugins-are-known", message, task.path, mark)
    elif task.tree[key] is None:
        message = f"`{key}` needs a value"
        project.note("loops-are-right", message, task.path, mark)


def _loop(project: Project, task: Written) -> None:
    tree, rule = task.tree, "loops-are-right"
    if task.module in (IMPORT_TASKS, IMPORT_ROLE) and task.loop_kind:
        hint = f"use `{task.action.replace('import', 'include')}`"
        project.note(rule, f"`{task.action}` cannot have a loop", task.path, task.mark, hint)
    loop = task.loop
    if task.loop_kind == "loop" and not isinstance(loop, list) and not is_template(loop):
        message = f"`loop` needs a list, not {kind(loop)}"
        project.note(rule, message, task.path, tree.marks["loop"])
    control = tree.get("loop_control")
    if control.__class__ is not YamlMap:
        return
    table = keywords("loop_control")
    for key, value in control.items():
        keyword = table.get(key)
        if keyword is None:
            message = f"`{str(key)[:60]}` is no keyword of `loop_control`"
            project.note("keywords-are-known", message, task.path, control.key_marks[key])
        elif fault := fault_of(keyword, value):
            project.note(_FITS, f"`{key}` {fault}", task.path, control.marks[key])
        elif key in _NAMES and not (value is None or is_template(value) or is_variable_name(value)):
            message = f"`{key}` needs the name of a variable, not `{str(value)[:60]}`"
            project.note("variables-are-named-right", message, task.path, control.marks[key])


# --- actions --------------------------------------------------------------------------------------


def _action(project: Project, task: Written) -> None:
    if not task.action:
        return
    run = _BY_MODULE.get(task.module)
    if run is not None:
        run(project, task)


def _file(project: Project, task: Written) -> None:
    args, rule = task.args, "includes-are-right"
    for key in args:
        if key not in names("include_tasks_arguments"):
            message = f"`{task.action}` takes no `{str(key)[:60]}`"
            project.note(rule, message, task.path, task.arg_mark(key))
    if not args.get("_raw_params") and not args.get("file") and not task.variable_args:
        message = f"`{task.action}` names no file"
        project.note(rule, message, task.path, task.action_mark)
    _applied(project, task)


def _role(project: Project, task: Written) -> None:
    args, rule = task.args, "includes-are-right"
    for key in args:
        if key not in names("include_role_arguments"):
            message = f"`{task.action}` takes no `{str(key)[:60]}`"
            project.note(rule, message, task.path, task.arg_mark(key))
    name = args.get("name") or args.get("role")
    if not name:
        project.note(rule, f"`{task.action}` needs `name`", task.path, task.action_mark)
    elif not isinstance(name, str):
        message = f"the name of a role must be text, not {kind(name)}"
        project.note(rule, message, task.path, task.arg_mark("name"))
    for key in ("tasks_from", "vars_from", "defaults_from", "handlers_from"):
        if key in args and not isinstance(args[key], str):
            message = f"`{key}` must be text, not {kind(args[key])}"
            project.note(rule, message, task.path, task.arg_mark(key))
    if task.handler:
        message = f"`{task.action}` cannot be a handler"
        project.note(rule, message, task.path, task.action_mark)
    _applied(project, task)


def _applied(project: Project, task: Written) -> None:
    rule, applied = "includes-are-right", task.args.get("apply")
    if task.module in (IMPORT_TASKS, IMPORT_ROLE):
        if applied:
            message = f"`{task.action}` takes no `apply`"
            project.note(rule, message, task.path, task.arg_mark("apply"))
        return
    if applied is not None and applied.__class__ is not YamlMap:
        message = f"`apply` must be a mapping, not {kind(applied)}"
        project.note(rule, message, task.path, task.arg_mark("apply"))
    elif applied is not None:
        for key in applied:
            if key not in keywords("block"):
                message = f"`{str(key)[:60]}` is no keyword of a block"
                project.note("keywords-are-known", message, task.path, applied.key_marks[key])
    allowed = names("with_include")
    for key in task.tree:
        if key == "listen" and task.handler:
            continue
        if key in task_keywords() and key not in allowed and key != "local_action":
            hint = f"put it under `apply`, or use `{task.action.replace('include', 'import')}`"
            message = f"`{key}` is no keyword of `{task.action}`"
            project.note(rule, message, task.path, task.tree.key_marks[key], hint)


def _meta(project: Project, task: Written) -> None:
    what = task.args.get("_raw_params")
    rule = "meta-actions-exist"
    text = what.strip() if isinstance(what, str) else str(what)
    if text not in _METAS:
        message = f"`meta` has no action `{text[:60]}`"
        project.note(rule, message, task.path, task.action_mark)
    elif text == "end_role" and (task.role is None or task.handler):
        message = "`end_role` belongs into the tasks of a role"
        project.note(rule, message, task.path, task.action_mark)


def _set_fact(project: Project, task: Written) -> None:
    given = [key for key in task.args if key != "cacheable"]
    if not given and not task.variable_args:
        message = "`set_fact` sets no variable"
        project.note("actions-have-what-they-need", message, task.path, task.action_mark)
    for key in given:
        if not is_variable_name(key) and not is_template(key) and key != "_raw_params":
            message = f"`{str(key)[:60]}` is no name of a variable"
            mark = task.arg_mark(key)
            project.note("variables-are-named-right", message, task.path, mark)


def _playbook(project: Project, task: Written) -> None:
    message = "`import_playbook` is no task: it stands beside the plays"
    project.note("includes-are-right", message, task.path, task.action_mark)


_BY_MODULE: dict[str, Any] = {
    IMPORT_TASKS: _file,
    INCLUDE_TASKS: _file,
    IMPORT_ROLE: _role,
    INCLUDE_ROLE: _role,
    "ansible.builtin.meta": _meta,
    "ansible.builtin.set_fact": _set_fact,
    "ansible.builtin.import_playbook": _playbook,
}
