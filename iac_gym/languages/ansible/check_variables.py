"""Variables that are used: whether anything sets them.

ansible-core fails at run time where a variable is undefined. What is plainly a slip is a finding: a
name that nothing sets beside a very similar one that is set, or a loop's `item` without a loop. Any
other unknown name may come from outside (inventory, `-e`), so it is only noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.ansible.check_expressions import Uses
from iac_gym.languages.ansible.variables import is_given
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

#: What Jinja itself gives.
_JINJA = frozenset(
    "range dict lipsum cycler joiner namespace loop self caller varargs kwargs".split()
)


def check_variables(project: Project, used: list[tuple[Written, Uses]]) -> None:
    """Check the variables of all tasks."""
    if not any(uses.needed for _, uses in used):
        return
    known = defined(project)
    for task, uses in used:
        if not uses.needed:
            continue
        local = _local(task)
        for name, mark in uses.needed.items():
            if name in known or name in local or is_given(name) or name in _JINJA:
                continue
            if name in uses.asked:
                continue
            if name == "item":
                _item(project, task, mark)
            else:
                _unknown(project, task, name, mark, known)


def _local(task: Written) -> set[str]:
    """Return the variables that a task sets for itself."""
    found: set[str] = set()
    given = task.tree.get("vars")
    if given.__class__ is YamlMap:
        found.update(given)
    if task.loop_kind:
        control = task.tree.get("loop_control")
        if control.__class__ is YamlMap:
            found.update(str(control[key]) for key in ("loop_var", "index_var") if key in control)
            if "loop_var" not in control:
                found.add("item")
        else:
            found.add("item")
    return found


def _item(project: Project, task: Written, mark: tuple[int, int]) -> None:
    """`item` outside of a loop; a file that is included may have the loop of the include."""
    if task.path not in project.playbooks and not (task.loop_kind and "loop_control" in task.tree):
        return
    control = task.tree.get("loop_control")
    hint = "add `loop`"
    if control.__class__ is YamlMap and "loop_var" in control:
        hint = f"the loop's variable is `{str(control['loop_var'])[:40]}`"
    message = "`item` is used, but the task has no loop that sets it"
    project.note("loop-variables-have-a-loop", message, task.path, mark, hint)


def _unknown(
    project: Project, task: Written, name: str, mark: tuple[int, int], known: set[str]
) -> None:
    near = project.slip(name, known)
    if near:
        message = f"nothing sets the variable `{name[:60]}`"
        hint = f"did you mean `{near}`?"
        project.note("variables-are-set", message, task.path, mark, hint)
    else:
        message = f"the variable `{name[:60]}` must come from outside"
        project.note("variables-come-from-outside", message, task.path, mark)


def defined(project: Project, specified: bool = True) -> set[str]:
    """Return every name that anything in the answer sets; `specified`: or that a role asks for."""
    found: set[str] = set()
    for path, place in project.places.items():
        tree = project.trees.get(path)
        if tree.__class__ is YamlMap and place.kind in (
            "vars",
            "defaults",
            "group_vars",
            "host_vars",
        ):
            found.update(key for key in tree if isinstance(key, str))
    for inventory in project.inventories.values():
        for variables in (*inventory.group_vars.values(), *inventory.host_vars.values()):
            found.update(str(key) for key in variables)
    trees: list[YamlMap] = [play.tree for play in project.written_plays]
    trees += [block.tree for block in project.written_blocks]
    trees += [
        one for entries in project.playbooks.values() for one in entries if isinstance(one, YamlMap)
    ]
    for role in project.roles_by_folder.values():
        for spec in role.argument_specs.values() if specified else ():
            if spec.__class__ is YamlMap and spec.get("options").__class__ is YamlMap:
                found.update(str(key) for key in spec["options"])
        _of_roles(role.meta.get("dependencies"), found)
    for tree in trees:
        _of_tree(tree, found)
    for task in project.written_tasks:
        _of_task(task, found)
    return found


def _of_tree(tree: YamlMap, found: set[str]) -> None:
    given = tree.get("vars")
    if given.__class__ is YamlMap:
        found.update(key for key in given if isinstance(key, str))
    prompts = tree.get("vars_prompt")
    for prompt in prompts if prompts.__class__ is YamlList else [prompts]:
        if prompt.__class__ is YamlMap:
            found.add(str(prompt.get("name")))
    _of_roles(tree.get("roles"), found)


def _of_roles(value: Any, found: set[str]) -> None:
    for entry in value if value.__class__ is YamlList else ():
        if entry.__class__ is YamlMap:
            found.update(str(key) for key in entry)
            given = entry.get("vars")
            if given.__class__ is YamlMap:
                found.update(str(key) for key in given)


#: Modules whose results are facts under names of their own.
_FACTS = {
    "ansible.builtin.package_facts": ("packages",),
    "ansible.builtin.service_facts": ("services",),
}


def _of_task(task: Written, found: set[str]) -> None:
    tree = task.tree
    if isinstance(tree.get("register"), str):
        found.add(tree["register"])
    given = tree.get("vars")
    if given.__class__ is YamlMap:
        found.update(key for key in given if isinstance(key, str))
    if task.module == "ansible.builtin.set_fact":
        found.update(str(key) for key in task.args)
    elif task.module in ("ansible.builtin.add_host", "ansible.builtin.include_vars"):
        found.update(str(key) for key in task.args)
        if isinstance(task.args.get("name"), str):
            found.add(task.args["name"])
    found.update(_FACTS.get(task.module, ()))
    control = tree.get("loop_control")
    if control.__class__ is YamlMap:
        found.update(str(control[key]) for key in ("loop_var", "index_var") if key in control)
