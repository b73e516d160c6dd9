"""Lists of tasks -> `Written` and `WrittenBlock`, as ansible-core finds the action of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Vaulted
from iac_gym.languages.ansible.key_values import UnbalancedText, parse_key_values, split_words
from iac_gym.languages.ansible.keywords import names, task_keywords
from iac_gym.languages.ansible.names import full_name
from iac_gym.languages.ansible.written import Entry, Written, WrittenBlock

#: (rule, message, path, mark, hint)
Note = Callable[[str, str, str, Mark, str], None]
BLOCK_KEYS = ("block", "rescue", "always")
_PREFIXES = ("ansible.builtin.", "ansible.legacy.")
_RAW = {"_raw_params"}
#: Actions with raw parameters that take a template for all their arguments too.
_TEMPLATED = frozenset(("add_host", "group_by", "set_fact"))
_MOST_DEPTH = 60
#: In how many tasks of a file similar keywords are looked for.
_MOST_HINTS = 50


def kind(value: Any) -> str:
    """Name a value's kind for a message."""
    if value is None:
        return "empty"
    names_of = {YamlMap: "a mapping", YamlList: "a list", bool: "true or false", int: "a number"}
    return names_of.get(value.__class__, "a number" if isinstance(value, float) else "text")


def bare(name: str) -> str:
    """Return the name of an action of ansible-core without its collection."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def _is_whole(text: str, task: Written) -> bool:
    """Say whether a text is one template that gives all arguments of a module."""
    stripped = text.strip()
    whole = stripped[:2] == "{{" and stripped[-2:] == "}}" and stripped.count("{{") == 1
    raw = names("raw_parameters") - _TEMPLATED
    return whole and bare(task.action) not in raw


@dataclass(slots=True)
class Reader:
    """Reads the tasks of one file. `handlers`: the list holds handlers."""

    path: str
    note: Note
    role: str | None = None
    handlers: bool = False
    collections: tuple[str, ...] = ()
    depth: int = 0
    every: list[Written] = field(default_factory=list)
    blocks: list[WrittenBlock] = field(default_factory=list)

    def bad(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        """Keep a finding."""
        self.note(rule, message, self.path, mark, hint)

    def entries(self, value: Any, mark: Mark, where: str) -> list[Entry]:
        """Read a list of tasks; None is an empty one."""
        if value is None:
            return []
        if value.__class__ is not YamlList:
            self.bad("task-lists-are-lists", f"{where} must be a list, not {kind(value)}", mark)
            return []
        found: list[Entry] = []
        for item, place in zip(value, value.marks, strict=True):
            if item.__class__ is not YamlMap:
                if item is not None or where in ("`block`", "`rescue`", "`always`"):
                    message = f"an entry of {where} must be a mapping, not {kind(item)}"
                    self.bad("task-lists-are-lists", message, place, "write `- name: ...`")
            elif "block" in item or "rescue" in item or "always" in item:
                found += self._block(item, place)
            else:
                found.append(self._task(item, place))
        return found

    def _block(self, tree: YamlMap, mark: Mark) -> list[Entry]:
        if self.depth >= _MOST_DEPTH:
            self.bad("blocks-are-whole", "blocks are nested too deeply", mark)
            return []
        if self.handlers and self.depth:
            message = "a block inside of a block cannot be a handler"
            self.bad("blocks-are-whole", message, mark)
        read = WrittenBlock(tree, self.path, mark, self.role)
        self.blocks.append(read)
        self.depth += 1
        for key in BLOCK_KEYS:
            if key in tree:
                place = tree.marks[key]
                if tree[key] is None:
                    self.bad("blocks-are-whole", f"`{key}` must be a list, not empty", place)
                setattr(read, key, self.entries(tree[key], place, f"`{key}`"))
        self.depth -= 1
        for key in ("rescue", "always"):
            if tree.get(key) and not tree.get("block"):
                message = f"`{key}` cannot be used without `block`"
                self.bad("blocks-are-whole", message, tree.key_marks[key])
        return [read]

    # --- one task ---------------------------------------------------------------------------------

    def _task(self, tree: YamlMap, mark: Mark) -> Written:
        task = Written(tree, self.path, mark, self.role, self.handlers)
        self.every.append(task)
        known = task_keywords()
        found: list[str] = []
        for key in tree:
            if key in known:
                continue
            if key.__class__ is not str:
                message = f"the key `{str(key)[:40]}` of a task must be text"
                self.bad("keywords-are-known", message, tree.key_marks[key])
            elif key.startswith("with_"):
                self._looped(task, key[5:], tree[key])
            else:
                found.append(key)
        if tree.get("loop") is not None:
            self._looped(task, "loop", tree["loop"])
        self._act(task, found)
        task.module = full_name(task.action, self.collections) if task.action else ""
        return task

    def _looped(self, task: Written, name: str, value: Any) -> None:
        if task.loop_kind:
            message = "a task has one loop; here are two"
            key = name if name == "loop" else f"with_{name}"
            self.bad("loops-are-right", message, task.tree.key_marks[key])
        task.loop_kind, task.loop = name, value

    def _act(self, task: Written, found: list[str]) -> None:
        tree = task.tree
        old = [key for key in ("action", "local_action") if key in tree]
        if len(old) + len(found) > 1:
            self._conflict(task, [*old, *found])
        if old:
            task.local = old[0] == "local_action"
            task.action_mark = tree.marks[old[0]]
            self._old_style(task, tree[old[0]])
        elif found:
            task.action = found[0]
            task.action_mark = tree.marks[found[0]]
            self._new_style(task, tree[found[0]])
        else:
            message = "this task names no module"
            self.bad(
                "tasks-have-one-action", message, task.mark, "write `ansible.builtin.apt: ...`"
            )

    def _conflict(self, task: Written, found: list[str]) -> None:
        hint = "a task calls one module"
        for key in found[:4] if len(self.every) < _MOST_HINTS else ():
            near = get_close_matches(key, task_keywords(), 1, 0.75)
            if near and not full_name(key):
                hint = f"did you mean the keyword `{near[0]}`?"
        task_names = " and ".join(f"`{key[:60]}`" for key in found[:2])
        mark = task.tree.key_marks[found[1]]
        self.bad("tasks-have-one-action", f"conflicting actions {task_names}", mark, hint)

    def _old_style(self, task: Written, thing: Any) -> None:
        more: dict[str, Any] = {}
        if thing.__class__ is YamlMap:
            more = {key: value for key, value in thing.items() if key != "module"}
            thing = thing.get("module")
        words = self._words(thing, task) if isinstance(thing, str) else None
        if not words:
            if words is not None or not isinstance(thing, str):
                message = "`action` must be the name of a module and its arguments"
                self.bad("arguments-are-readable", message, task.action_mark)
            return
        task.action = words[0].strip()
        text = " ".join(words[1:])
        given = {**more, **self._split(text, task)}
        inner = given.pop("args", None)
        if isinstance(inner, str):
            inner = self._split(inner, task)
        task.args = {**self._args(task), **given, **(inner if isinstance(inner, dict) else {})}

    def _new_style(self, task: Written, thing: Any) -> None:
        given: Mapping[str, Any] = {}
        if thing.__class__ is YamlMap:
            given = thing
        elif isinstance(thing, Vaulted):
            given = {"_raw_params": thing}
        elif isinstance(thing, str):
            given = self._split(thing, task)
            if given.keys() == _RAW and _is_whole(thing, task):
                task.variable_args, given = thing, {}
        elif thing is not None:
            message = f"the arguments of `{task.action[:60]}` must be a mapping or text"
            self.bad("arguments-are-readable", f"{message}, not {kind(thing)}", task.action_mark)
        if bare(task.action) not in names("free_form"):
            self._reserved(task, given)
        task.args = {**self._args(task), **given} if "args" in task.tree else given

    def _reserved(self, task: Written, given: Mapping[str, Any]) -> None:
        for key in given:
            if key.__class__ is str and key.startswith("_ansible_"):
                message = f"the argument `{key[:60]}` is reserved"
                self.bad("arguments-are-readable", message, task.action_mark)

    def _args(self, task: Written) -> Mapping[str, Any]:
        given = task.tree.get("args")
        if given.__class__ is YamlMap:
            mapping: Mapping[str, Any] = given
            return mapping
        if isinstance(given, str) and given.strip()[:2] == "{{" and given.strip()[-2:] == "}}":
            task.variable_args = given
        elif given is not None:
            message = f"`args` must be a mapping or a template, not {kind(given)}"
            self.bad("arguments-are-readable", message, task.place("args"))
        return {}

    def _split(self, text: str, task: Written) -> dict[str, Any]:
        try:
            return dict(parse_key_values(text, bare(task.action) in names("free_form")))
        except UnbalancedText:
            self._unbalanced(task)
            return {"_raw_params": text}

    def _words(self, text: str, task: Written) -> list[str] | None:
        try:
            return split_words(text)
        except UnbalancedText:
            self._unbalanced(task)
            return None

    def _unbalanced(self, task: Written) -> None:
        message = "quotes or `{{ }}` in these arguments are not closed"
        hint = "write the arguments as a mapping, a command under `cmd`"
        self.bad("arguments-are-readable", message, task.action_mark, hint)
