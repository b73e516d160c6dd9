"""`if`: whether it can hold at all, and whether it holds for an event on a branch or tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.expressions import (
    Call,
    Compare,
    Context,
    Index,
    Literal,
    Logic,
    Node,
    Not,
    read_template,
    references,
    truth,
    walk,
)
from iac_gym.languages.github_actions.values import is_scalar, text_of

Facts = Mapping[tuple[str, ...], Sequence[Any]]
#: What status functions give.
Status = tuple[tuple[str, bool], ...]

#: What the status functions give in a run where nothing fails and nobody cancels.
_ALL_WELL = {"success": True, "failure": False, "cancelled": False, "always": True}
_WELL: Status = tuple(_ALL_WELL.items())
_NO_FACTS: Facts = {}
#: Longest condition whose answers are kept for the next file that holds the same.
_MOST_KEPT = 1000


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
        return True if self.tree is None else told(self.text, facts, _WELL)


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


def read_condition(tree: YamlMap, events: frozenset[str] | None) -> Condition:
    """Return the `if` of a job or step. `events`: what `github.event_name` can be, if known."""
    value = tree.get("if")
    if value is None or not is_scalar(value):
        return _NONE
    text, mark = text_of(value), tree.marks["if"]
    if not text.strip():
        return _NONE
    read = (_kept_reading if len(text) <= _MOST_KEPT else _read)(text, events)
    if read is None:
        return Condition(text, mark=mark)
    return Condition(text, read.possible, read.well, read.status, mark, read.node)


class _Reading(NamedTuple):
    node: Node
    possible: bool
    well: bool
    status: frozenset[str]


def _read(text: str, events: frozenset[str] | None) -> _Reading | None:
    node = _expression(text)
    if node is None:  # text around `${{ }}` makes a text, which is true
        return None
    status = frozenset([n.name for n in walk(node) if isinstance(n, Call) and n.name in _ALL_WELL])
    facts: Facts = {("github", "event_name"): sorted(events)} if events else _NO_FACTS
    possible = truth(node, facts) is not False
    well = truth(_put(node, _ALL_WELL), facts) if possible else False
    return _Reading(node, possible, well is True, status)


_kept_reading = lru_cache(maxsize=1024)(_read)


def told(text: str, facts: Facts, status: Status = ()) -> bool | None:
    """Say whether a condition holds under facts, with what status functions give; None: depends.

    What comes of a text depends on those facts alone that it names: answers are kept.
    """
    if len(text) > _MOST_KEPT:
        return truth(_with_status(text, status), facts)
    given = [facts.get(path) for path in _paths(text, status)]
    known = tuple([None if values is None else tuple(values) for values in given])
    # 1.0 and True are equal keys
    kinds = tuple([value.__class__ for values in known if values for value in values])
    return _answer(text, status, known, kinds)


@lru_cache(maxsize=1024)
def _answer(
    text: str, status: Status, known: tuple[Sequence[Any] | None, ...], _kinds: tuple[type, ...]
) -> bool | None:
    named = zip(_paths(text, status), known, strict=True)
    facts = {path: values for path, values in named if values is not None}
    return truth(_with_status(text, status), facts)


def _with_status(text: str, status: Status) -> Node:
    node = _expression(text) or Literal(value=True)
    return _put(node, dict(status)) if status else node


@lru_cache(maxsize=1024)
def _paths(text: str, status: Status) -> tuple[tuple[str, ...], ...]:
    """Return the facts that the folding of a condition may look up."""
    found: dict[tuple[str, ...], None] = {}
    for node in walk(_with_status(text, status)):
        if isinstance(node, Call):
            found[f"{node.name}()",] = None
        elif isinstance(node, (Index, Context)):
            access = references(node)
            if access and access[0].whole:
                found[access[0].path] = None
    return tuple(found)


def _expression(text: str) -> Node | None:
    """Return the expression that a condition is, None where it is a text or cannot be read."""
    read = read_template(text, (), True)
    if read.kind == "literal":
        read = read_template(read.literal, (), True)
    return read.trees[0][1] if read.alone and read.trees else None


def _put(node: Node, status: Mapping[str, bool]) -> Node:
    """Put in what the status functions give."""
    if isinstance(node, Call):
        if node.name in status:
            return Literal(status[node.name], node.offset)
        return node._replace(args=tuple([_put(one, status) for one in node.args]))
    if isinstance(node, Logic):
        return node._replace(args=tuple([_put(one, status) for one in node.args]))
    if isinstance(node, Not):
        return Not(_put(node.of, status), node.offset)
    if isinstance(node, Compare):
        return node._replace(left=_put(node.left, status), right=_put(node.right, status))
    return node._replace(of=_put(node.of, status)) if isinstance(node, Index) else node


def may_hold(text: str) -> bool:
    """Whether a value such as that of `continue-on-error` may be true."""
    node = _expression(text)
    return node is None or truth(node) is not False
