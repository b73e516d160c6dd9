"""Keywords of plays, blocks, roles and tasks: whether they exist, and the types of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.ansible.keywords import (
    Keyword,
    is_variable_name,
    keywords,
    plugin_is_known,
)
from iac_gym.languages.ansible.locating import imported
from iac_gym.languages.ansible.names import full_name
from iac_gym.languages.ansible.play import Play
from iac_gym.languages.ansible.reading import kind
from iac_gym.languages.ansible.values import fault_of, is_template

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_ORDERS = ("inventory", "sorted", "reverse_sorted", "reverse_inventory", "shuffle")
_DEBUGGERS = ("always", "on_failed", "on_unreachable", "on_skipped", "never")
_PROMPT_KEYS = frozenset(
    "name prompt default private confirm encrypt salt_size salt unsafe".split()
)
_FITS = "keyword-values-fit"
_IMPORTS = frozenset(
    f"{prefix}import_playbook" for prefix in ("", "ansible.builtin.", "ansible.legacy.")
)


def check_plays(project: Project) -> None:
    """Check the plays and imports of all playbooks."""
    table = keywords("play")
    for play in project.written_plays:
        unknown_keys(project, play.path, play.tree, table, ("user",), "a play")
        common(project, play.path, play.tree, table)
        _play(project, play)
    table = keywords("import_playbook")
    for path, entries in project.playbooks.items():
        for tree in entries:
            if isinstance(tree, YamlMap):
                unknown_keys(project, path, tree, table, tuple(_IMPORTS), "`import_playbook`")
                common(project, path, tree, table)
                if len(_IMPORTS & tree.keys()) > 1:
                    message = "`import_playbook` is given twice"
                    project.note("tasks-have-one-action", message, path, tree.mark)
                if not isinstance(imported(tree), str):
                    message = "`import_playbook` must name a file"
                    project.note(_FITS, message, path, tree.mark)


def check_blocks(project: Project) -> None:
    """Check the keywords of blocks."""
    table = keywords("block")
    for block in project.written_blocks:
        unknown_keys(project, block.path, block.tree, table, (), "a block")
        common(project, block.path, block.tree, table)


def unknown_keys(
    project: Project,
    path: str,
    tree: YamlMap,
    table: dict[str, Keyword],
    extra: tuple[str, ...],
    where: str,
) -> None:
    """Note the keys that are no keywords of their place."""
    for key in tree:
        if key in table or key in extra:
            continue
        text = str(key)
        near = project.near(text, table, 0.75)
        hint = f"did you mean `{near}`?" if near else ""
        message = f"`{text[:60]}` is no keyword of {where}"
        project.note("keywords-are-known", message, path, tree.key_marks[key], hint)


def common(project: Project, path: str, tree: YamlMap, table: dict[str, Keyword]) -> None:
    """Check the types of keywords, names of variables, and values that are names of plugins."""
    for key, value in tree.items():
        keyword = table.get(key)
        if keyword is None:
            continue
        if value.__class__ is not str or keyword.isa not in ("string", "list") or keyword.listof:
            fault = fault_of(keyword, value)
            if fault:
                project.note(_FITS, f"`{key}` {fault}", path, tree.marks[key])
        special = SPECIAL.get(key)
        if special is not None and value is not None:
            special(project, path, tree, key, value)


def _variables(project: Project, path: str, tree: YamlMap, key: str, value: Any) -> None:
    if value.__class__ is YamlMap:
        names_of_variables(project, path, value)


def names_of_variables(project: Project, path: str, value: YamlMap) -> None:
    """Note the names that ansible-core refuses for variables."""
    for name in value:
        if not is_variable_name(name):
            message = f"`{str(name)[:60]}` is no name of a variable"
            hint = "names hold letters, digits and `_`, and do not start with a digit"
            project.note("variables-are-named-right", message, path, value.key_marks[name], hint)


def _choice(allowed: tuple[str, ...]) -> Any:
    def run(project: Project, path: str, tree: YamlMap, key: str, value: Any) -> None:
        if isinstance(value, str) and value and not is_template(value) and value not in allowed:
            hint = f"one of {', '.join(allowed)}"
            project.note(_FITS, f"`{key}` cannot be `{value[:40]}`", path, tree.marks[key], hint)

    return run


def _plugin(kind_of: str) -> Any:
    def run(project: Project, path: str, tree: YamlMap, key: str, value: Any) -> None:
        if not isinstance(value, str) or not value or is_template(value):
            return
        if value in ("smart", "persistent") or plugin_is_known(kind_of, value) is not False:
            return
        foreign = "mitogen" in value or project.brings(kind_of)
        rule = "plugins-are-not-seen" if foreign else "plugins-are-known"
        message = f"there is no {kind_of} plugin `{value[:40]}`"
        project.note(rule, message, path, tree.marks[key])

    return run


def _module_defaults(project: Project, path: str, tree: YamlMap, key: str, value: Any) -> None:
    for entry in value if value.__class__ is YamlList else [value]:
        if entry.__class__ is not YamlMap:
            message = f"`{key}` must be a mapping of modules, not {kind(entry)}"
            project.note(_FITS, message, path, tree.marks[key])
            continue
        for name in entry:
            own = any("library/" in one for one in project.texts)
            if str(name).startswith("group/") or full_name(str(name)) or own:
                continue
            message = f"`{key}` names the module `{str(name)[:60]}`, which does not exist"
            project.note(_FITS, message, path, entry.key_marks[name])


SPECIAL: dict[str, Any] = {
    "vars": _variables,
    "module_defaults": _module_defaults,
    "order": _choice(_ORDERS),
    "debugger": _choice(_DEBUGGERS),
    "strategy": _plugin("strategy"),
    "become_method": _plugin("become"),
    "connection": _plugin("connection"),
}


# --- plays ----------------------------------------------------------------------------------------


def _play(project: Project, play: Play) -> None:
    tree, path = play.tree, play.path
    _hosts(project, play)
    if "user" in tree and "remote_user" in tree:
        message = "`user` and `remote_user` cannot both be given"
        project.note(_FITS, message, path, tree.key_marks["user"])
    for item in _listed(tree.get("serial")):
        if not _is_batch(item):
            message = "`serial` must be a number or a percentage"
            project.note(_FITS, message, path, tree.marks["serial"])
    _prompts(project, play)
    for name in _listed(tree.get("vars_files")):
        if not all(isinstance(one, str) for one in _listed(name)):
            message = f"`vars_files` must hold paths, not {kind(name)}"
            project.note(_FITS, message, path, tree.marks["vars_files"])


def _hosts(project: Project, play: Play) -> None:
    tree = play.tree
    rule = "plays-name-hosts"
    value = tree.get("hosts")
    if "hosts" not in tree:
        message = "a play must say on which `hosts` it runs"
        project.note(rule, message, play.path, play.mark)
    elif not value or (isinstance(value, str) and not value.strip()):
        project.note(rule, "`hosts` is empty", play.path, tree.marks["hosts"])
    elif value.__class__ is YamlList:
        for item, mark in zip(value, value.marks, strict=True):
            if not isinstance(item, str) or not item.strip():
                message = f"`hosts` must hold texts, not {kind(item)}"
                project.note(rule, message, play.path, mark)
    elif not isinstance(value, str):
        message = f"`hosts` must be text or a list, not {kind(value)}"
        project.note(rule, message, play.path, tree.marks["hosts"])


def _is_batch(value: Any) -> bool:
    if isinstance(value, (int, float)) or is_template(value):
        return True
    if not isinstance(value, str):
        return False
    text = value.strip()
    digits = text.removesuffix("%").strip()
    return digits.removeprefix("-").removeprefix("+").isdecimal()


def _prompts(project: Project, play: Play) -> None:
    tree = play.tree
    for prompt in _listed(tree.get("vars_prompt")):
        if prompt.__class__ is not YamlMap:
            message = f"an entry of `vars_prompt` must be a mapping, not {kind(prompt)}"
            project.note(_FITS, message, play.path, tree.marks["vars_prompt"])
            continue
        if "name" not in prompt:
            message = "an entry of `vars_prompt` needs a `name`"
            project.note(_FITS, message, play.path, prompt.mark)
        for key in prompt:
            if key not in _PROMPT_KEYS:
                message = f"`{str(key)[:60]}` is no keyword of `vars_prompt`"
                mark = prompt.key_marks[key]
                project.note("keywords-are-known", message, play.path, mark)


def _listed(value: Any) -> Any:
    return value if value.__class__ is YamlList else () if value is None else (value,)
