"""Rewritings of an Ansible project that mean the same to Ansible, for the contract's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import YamlError, dump, load
from iac_gym.formats.yaml_scalars import ANSIBLE
from iac_gym.languages.ansible.keywords import task_keywords
from iac_gym.languages.ansible.modules import Spec, resolve, spec
from iac_gym.languages.ansible.parse import parse

Tree = dict[str, Any]
Change = Callable[[Tree], Tree]
Rewrite = Callable[[Any], str]

#: Kinds of files that hold tasks, or other YAML.
_TASKS = ("playbook", "tasks", "handlers")
_YAML = (*_TASKS, "vars", "defaults", "meta", "group_vars", "host_vars", "requirements")
_LISTS = ("pre_tasks", "tasks", "post_tasks", "handlers")
_BLOCKS = ("block", "rescue", "always")
_BUILTIN = "ansible.builtin."
#: Modules that take a command or anything at all, so that arguments cannot be written otherwise.
_FREE = frozenset(
    "command shell raw script meta set_fact add_host debug assert include_vars import_tasks"
    " include_tasks import_role include_role import_playbook".split()
)
_SIMPLE = re.compile(r"[A-Za-z0-9_./:-]+")
_VARIABLE = "moved_to_a_variable"
_LOST = re.compile(r"!(?:vault|unsafe)\b")
_STRICT = frozenset("sbilp")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


# --- where tasks are ------------------------------------------------------------------------------


def _module(task: Tree) -> str:
    """Return the key under which a task has its module, "" for blocks and old spellings."""
    known = task_keywords()
    found = [key for key in task if key not in known and not key.startswith("with_")]
    return found[0] if len(found) == 1 and "block" not in task else ""


def _in_task(task: Tree, change: Change) -> Tree:
    for key in _BLOCKS:
        if isinstance(task.get(key), list):
            task[key] = _in_tasks(task[key], change)
    return change(task)


def _in_tasks(tasks: list[Any], change: Change) -> list[Any]:
    return [_in_task(one, change) if isinstance(one, dict) else one for one in tasks]


def _each_task(change: Change) -> Rewrite:
    """Apply a change to every task of a playbook or of a list of tasks."""

    def apply(tree: list[Any]) -> str:
        if not any(isinstance(one, dict) and "hosts" in one for one in tree):
            return dump([_in_tasks(tree, change)])
        for play in tree:
            for key in _LISTS:
                if isinstance(play.get(key), list):
                    play[key] = _in_tasks(play[key], change)
        return dump([tree])

    return apply


def _each_play(change: Change) -> Rewrite:
    def apply(tree: list[Any]) -> str:
        plays = [isinstance(one, dict) and "hosts" in one for one in tree]
        return dump([[change(one) if p else one for one, p in zip(tree, plays, strict=True)]])

    return apply


# --- changes of tasks -----------------------------------------------------------------------------


def _renamed(task: Tree, old: str, new: str) -> Tree:
    return {new if key == old else key: value for key, value in task.items()}


def _short_name(task: Tree) -> Tree:
    key = _module(task)
    return _renamed(task, key, key[len(_BUILTIN) :]) if key.startswith(_BUILTIN) else task


def _long_name(task: Tree) -> Tree:
    key = _module(task)
    whole = resolve(key) if key and "." not in key else None
    return _renamed(task, key, whole) if whole else task


def _backwards(task: Tree) -> Tree:
    key = _module(task)
    if key and isinstance(task[key], dict):
        task[key] = dict(reversed(task[key].items()))
    return dict(reversed(task.items()))


def _arguments(task: Tree) -> tuple[str, Tree]:
    """Return the key of a module that does not take anything, and its arguments."""
    key = _module(task)
    given = task.get(key)
    if not key or not isinstance(given, dict) or not given or key.rpartition(".")[2] in _FREE:
        return "", {}
    return key, given


def _as_text(task: Tree) -> Tree:
    """Write arguments as `key=value` where each is a plain word."""
    key, given = _arguments(task)
    known = spec(resolve(key) or "") if key else None
    if known is None or "args" in task:
        return task
    words = []
    for name, value in given.items():
        option = known.names.get(name)
        text = {True: "yes", False: "no"}.get(value, value) if type(value) is bool else value
        strict = option is not None and option.type in _STRICT
        if (isinstance(value, int) and not strict) or not isinstance(text, (str, int)):
            return task
        if option is None or option.type == "d" or not _SIMPLE.fullmatch(str(text)):
            return task
        words.append(f"{name}={text}")
    return {**task, key: " ".join(words)}


def _under_args(task: Tree) -> Tree:
    key, given = _arguments(task)
    if not key or "args" in task:
        return task
    return {**task, key: None, "args": given}


def _under_action(task: Tree) -> Tree:
    key, given = _arguments(task)
    if not key or "args" in task or "module" in given:
        return task
    rest = {name: value for name, value in task.items() if name != key}
    return {**rest, "action": {"module": key, **given}}


def _aliased(task: Tree) -> Tree:
    """Write options under an alias where they have one."""
    key, given = _arguments(task)
    known = spec(resolve(key) or "") if key else None
    if known is None:
        return task
    made = {_other_name(known, name, given): value for name, value in given.items()}
    return {**task, key: made}


def _other_name(known: Spec, name: str, given: Tree) -> str:
    option = known.names.get(name)
    if option is None:
        return name
    aliases = [alias for alias, own in known.aliases.items() if own == option.name]
    others = [one for one in (*aliases, option.name) if one not in given]
    return others[0] if others else name


def _listed(*keys: str) -> Change:
    def apply(task: Tree) -> Tree:
        for key in keys:
            if isinstance(task.get(key), str):
                task[key] = [task[key]]
        return task

    return apply


def _joined_when(task: Tree) -> Tree:
    given = task.get("when")
    if isinstance(given, list) and given and all(isinstance(one, str) for one in given):
        task["when"] = " and ".join(f"({one})" for one in given)
    return task


def _with_items(task: Tree) -> Tree:
    given = task.get("loop")
    if isinstance(given, list) and not any(isinstance(one, list) for one in given):
        return {**_renamed(task, "loop", "with_items")}
    return task


def _with_list(task: Tree) -> Tree:
    return _renamed(task, "loop", "with_list") if isinstance(task.get("loop"), list) else task


def _in_a_block(task: Tree) -> Tree:
    return {"block": [task]} if _module(task) else task


# --- changes of plays -----------------------------------------------------------------------------


def _long_play(play: Tree) -> Tree:
    if isinstance(play.get("hosts"), str) and _SIMPLE.fullmatch(play["hosts"]):
        play["hosts"] = [play["hosts"]]
    if isinstance(play.get("roles"), list):
        play["roles"] = [{"role": one} if isinstance(one, str) else one for one in play["roles"]]
    return play


def _turned_play(play: Tree) -> Tree:
    return dict(reversed(play.items()))


def _with_variable(play: Tree) -> Tree:
    """Move one text of an argument into a variable of the play."""
    given = play.get("vars")
    if not isinstance(play.get("tasks"), list) or not (given is None or isinstance(given, dict)):
        return play
    for task in play["tasks"]:
        key, arguments = _arguments(task) if isinstance(task, dict) else ("", {})
        for name, value in arguments.items():
            if key and isinstance(value, str) and _SIMPLE.fullmatch(value) and name != "mode":
                arguments[name] = "{{ " + _VARIABLE + " }}"
                play["vars"] = {**(given or {}), _VARIABLE: value}
                return play
    return play


_CHANGES: Mapping[str, Rewrite] = {
    "short names of modules": _each_task(_short_name),
    "whole names of modules": _each_task(_long_name),
    "keys in the opposite order": _each_task(_backwards),
    "arguments as `key=value`": _each_task(_as_text),
    "arguments under `args`": _each_task(_under_args),
    "arguments under `action`": _each_task(_under_action),
    "aliases of options": _each_task(_aliased),
    "lists instead of texts": _each_task(_listed("when", "notify", "tags")),
    "conditions joined": _each_task(_joined_when),
    "`with_items`": _each_task(_with_items),
    "`with_list`": _each_task(_with_list),
    "long forms of plays": _each_play(_long_play),
    "plays in the opposite order of keys": _each_play(_turned_play),
    "a variable": _each_play(_with_variable),
}


class _Quoted(yaml.SafeDumper):
    """Writes every text in double quotes, and short collections in flow style."""


class _Yes(yaml.SafeDumper):
    """Writes truth values as `yes` and `no`."""


_Quoted.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
_Yes.add_representer(
    bool, lambda dumper, truth: dumper.represent_scalar(
        "tag:yaml.org,2002:bool", "yes" if truth else "no"
    )
)  # fmt: skip


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    places = parse(files).places
    for path, text in files.items():
        kind = places[path].kind
        if kind in (*_YAML, "inventory_yaml"):
            yield "a comment", {**files, path: f"# written by hand\n{text}"}
        elif kind == "template" and not text.startswith("#jinja2:"):
            yield "a comment", {**files, path: f"{{# written by hand #}}\n{text}"}
    for change, rewrite in (*_WRITTEN.items(), *_CHANGES.items()):
        kinds = _YAML if change in _WRITTEN else _TASKS
        made = dict(files)
        for path, text in files.items():
            tree = _tree(text) if places[path].kind in kinds else None
            if tree is None or (kinds is _TASKS and not isinstance(tree, list)):
                continue
            made[path] = rewrite(tree)
        if made != files:
            yield change, made


_WRITTEN: Mapping[str, Rewrite] = {
    "JSON": lambda tree: json.dumps(tree, indent=2),
    "quotes and flow style": lambda tree: yaml.dump(
        tree, Dumper=_Quoted, sort_keys=False, width=1000
    ),
    "`yes` and `no`": lambda tree: yaml.dump(tree, Dumper=_Yes, sort_keys=False, width=1000),
}


def _tree(text: str) -> Any:
    """Return the plain tree of a file, None where tags or secrets would be lost."""
    if ("!" in text and _LOST.search(text)) or text.startswith("$ANSIBLE_VAULT"):
        return None
    try:
        return _plain(load(text, ANSIBLE).value)
    except YamlError:
        return None
