"""`if`: whether it can hold at all, and whether it holds for an event on a branch or tag."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.expressions import (
    Call,
    Compare,
    Index,
    Literal,
    Logic,
    Node,
    Not,
    read_template,
    truth,
    walk,
)
from iac_gym.languages.github_actions.values import is_scalar, text_of

Facts = Mapping[tuple[str, ...], Sequence[Any]]

#: What the status functions give in a run where nothing fails and nobody cancels.
_ALL_WELL = {"success": True, "failure": False, "cancelled": False, "always": True}
_NO_FACTS: Facts = {}


@dataclass(frozen=True)
class Condition:
    """An `if`. `text` is as written, "" where there is none.

    `possible` is False where it can never hold, whatever the events that start the workflow.
    `ordinary` is True where it certainly holds as long as all goes well. `status` are the status
    functions in it; without any, GitHub adds `success()`.
    """

    text: str = ""
    possible: bool = True
    ordinary: bool = True
    status: frozenset[str] = frozenset()
    mark: Mark = (0, 0)
    tree: Node | None = field(default=None, compare=False, repr=False)

    @property
    def ignores_needs(self) -> bool:
        """Whether the job may run although a job that it needs was skipped."""
        return bool(self.status & {"always", "failure", "cancelled"})

    def holds(self, facts: Facts) -> bool | None:
        """Say whether it holds under facts in a run where all goes well; None if it depends."""
        return True if self.tree is None else truth(_all_well(self.tree), facts)


def facts_of(event: str, branch: str = "", tag: str = "") -> dict[tuple[str, ...], Sequence[Any]]:
    """Return what the `github` context says for an event, on a branch or a tag.

    The branch of a pull request is the one that it goes into.
    """
    facts: dict[tuple[str, ...], Sequence[Any]] = {("github", "event_name"): [event]}
    if event in ("pull_request", "pull_request_target"):
        if branch:
            facts["github", "base_ref"] = [branch]
        return facts
    if branch or tag:
        kind, name = ("tag", tag) if tag else ("branch", branch)
        facts["github", "ref"] = [f"refs/{'tags' if tag else 'heads'}/{name}"]
        facts["github", "ref_name"] = [name]
        facts["github", "ref_type"] = [kind]
    return facts


_NONE = Condition()


def read_condition(tree: YamlMap, events: Collection[str] | None) -> Condition:
    """Return the `if` of a job or step. `events`: what `github.event_name` can be, if known."""
    value = tree.get("if")
    if value is None or not is_scalar(value):
        return _NONE
    text, mark = text_of(value), tree.marks["if"]
    if not text.strip():
        return _NONE
    node = _expression(text)
    if node is None:  # text around `${{ }}` makes a text, which is true
        return Condition(text, mark=mark)
    status = frozenset([n.name for n in walk(node) if isinstance(n, Call) and n.name in _ALL_WELL])
    facts: Facts = {("github", "event_name"): sorted(events)} if events else _NO_FACTS
    possible = truth(node, facts) is not False
    well = truth(_all_well(node), facts) if possible else False
    return Condition(text, possible, well is True, status, mark, node)


def _expression(text: str) -> Node | None:
    """Return the expression that a condition is, None where it is a text or cannot be read."""
    read = read_template(text, (), True)
    if read.kind == "literal":
        read = read_template(read.literal, (), True)
    return read.trees[0][1] if read.alone and read.trees else None


def _all_well(node: Node) -> Node:
    """Put in what the status functions give where all goes well."""
    if isinstance(node, Call):
        if node.name in _ALL_WELL:
            return Literal(_ALL_WELL[node.name], node.offset)
        return node._replace(args=tuple([_all_well(one) for one in node.args]))
    if isinstance(node, Logic):
        return node._replace(args=tuple([_all_well(one) for one in node.args]))
    if isinstance(node, Not):
        return Not(_all_well(node.of), node.offset)
    if isinstance(node, Compare):
        return node._replace(left=_all_well(node.left), right=_all_well(node.right))
    return node._replace(of=_all_well(node.of)) if isinstance(node, Index) else node


def may_hold(text: str) -> bool:
    """Whether a value such as that of `continue-on-error` may be true."""
    node = _expression(text)
    return node is None or truth(node) is not False
