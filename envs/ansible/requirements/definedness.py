"""Conditions tried out with a variable that is defined, and with one that is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iac_gym.formats.jinja import JinjaError, Node, parse_expression
from iac_gym.languages.ansible.evaluate import UNDEFINED, UNKNOWN, evaluate, truth
from iac_gym.languages.ansible.folding import Folder
from iac_gym.languages.ansible.model import Task

_MOST_DEPTH = 40


def holds_with(task: Task, conditions: Sequence[Any], name: str, *, defined: bool) -> bool | None:
    """Whether all conditions hold where a variable is (not) defined; None where a run must tell.

    Without any condition nothing holds.
    """
    folder = Folder(task.variables.bound({name: UNKNOWN if defined else UNDEFINED}))
    known = [_holds(one, folder, name, defined) for one in conditions]
    if False in known or not known:
        return False
    return None if None in known else True


def _holds(condition: Any, folder: Folder, name: str, defined: bool) -> bool | None:
    if not isinstance(condition, str):
        return folder.condition(condition)
    written = condition.strip()
    if written.startswith("{{") and written.endswith("}}"):
        written = written[2:-2]
    try:
        tree = parse_expression(written).body
    except JinjaError:
        return None
    return truth(evaluate(_replaced(tree, name, defined, 0), folder))


def _replaced(node: Node, name: str, defined: bool, depth: int) -> Node:
    """Return a tree in which the questions whether the variable is defined are answered."""
    if depth > _MOST_DEPTH:
        return node
    if node.kind == "test" and _is(node.items[0], name):
        word = str(node.value).rpartition(".")[2]
        if word in ("defined", "undefined"):
            return Node("const", node.at, (word == "defined") is defined)
    if node.kind == "compare" and [one.value for one in node.items] == [name, "vars"]:
        return Node("const", node.at, (node.value == ("in",)) is defined)
    items = [one and _replaced(one, name, defined, depth + 1) for one in node.items]
    return Node(node.kind, node.at, node.value, tuple(items))


def _is(node: Node | None, name: str) -> bool:
    """Whether a node is the variable: by its name, or as a member of `vars`."""
    if node is None or node.kind == "name":
        return node is not None and bool(node.value == name)
    if node.kind == "attr":
        return bool(node.value == name) and node.items[0].value == "vars"
    if node.kind != "item" or node.items[0].kind != "name" or node.items[0].value != "vars":
        return False
    return bool(node.items[1].value == name)
