"""What in expressions and in inputs of actions certainly comes to nothing, though it is accepted.

`check_notices(repository)` gives the faults of the NOTICE rules by file, as `calls.check_calls`
does its own; `examine` puts both into the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.actions.notices import check_step
from iac_gym.languages.github_actions.expressions import functions
from iac_gym.languages.github_actions.expressions.contexts import is_collection
from iac_gym.languages.github_actions.expressions.nodes import (
    Call,
    Context,
    Index,
    Literal,
    Node,
    Reference,
    references,
    walk,
)
from iac_gym.languages.github_actions.expressions.scope import (
    BY_WORKFLOW,
    Scope,
    has_property,
)
from iac_gym.languages.github_actions.expressions.template import (
    MOST_KEPT,
    OPEN,
    read_text,
)
from iac_gym.languages.github_actions.expressions.values import EvaluationError, read_json
from iac_gym.languages.github_actions.schema import MOST_FAULTS, Fault, Faults

if TYPE_CHECKING:
    from iac_gym.languages.github_actions.model import Action, Repository, Step, Workflow

EVALUATION = "expressions-can-be-evaluated"
CONDITION = "conditions-are-expressions"


class Use(NamedTuple):
    """A text with expressions, and where it stands; `single`: only a single value fits there."""

    text: str
    mark: Mark
    condition: bool = False
    single: bool = False


class Read(NamedTuple):
    """What rules need of a text, whatever the workflow around it.

    `paths` are the context accesses (offset, path) that are not right in every workflow, `faults`
    what is wrong in all of them (offset, rule, message, hint); `collection` is the mapping that
    is the whole text.
    """

    paths: tuple[tuple[int, tuple[str, ...]], ...]
    faults: tuple[tuple[int, str, str, str], ...]
    collection: str = ""


def read_use(text: str, condition: bool) -> Read:
    """Return the context accesses of a text and what fails in it, wherever it stands."""
    return (_kept_use if len(text) <= MOST_KEPT else _read_use)(text, condition)


def _read_use(text: str, condition: bool) -> Read:
    reading = read_text(text, condition)
    paths: list[tuple[int, tuple[str, ...]]] = []
    faults: list[tuple[int, str, str, str]] = []
    trees = [(piece.offset, tree) for piece, tree, _ in reading.pieces if tree is not None]
    whole = ""
    for offset, tree in trees:
        found = references(tree)
        if reading.parts == 1 and isinstance(tree, (Context, Index)):
            whole = _collection(found)
        for one in found:
            if one.path[0] in BY_WORKFLOW or not has_property(one.path):
                paths.append((offset + one.offset, one.path))
        if "(" in text:
            faults += [(offset + where, EVALUATION, why, "") for where, why in _failures(tree)]
    if reading.parts > 1 and condition:
        message = "text around `${{ }}` makes the condition a text, which always holds"
        faults.append((0, CONDITION, message, "put the whole condition into `${{ }}`"))
    return Read(tuple(paths), tuple(faults), whole)


_kept_use = lru_cache(maxsize=8192)(_read_use)


def _collection(found: list[Reference]) -> str:
    """Return the path that an access is, where it reads a whole mapping."""
    if len(found) != 1 or not found[0].whole or "*" in found[0].path:
        return ""
    return ".".join(found[0].path) if is_collection(found[0].path) else ""


def _failures(tree: Node) -> Iterator[tuple[int, str]]:
    """Yield the calls that fail whenever they are evaluated."""
    for node in walk(tree):
        if not isinstance(node, Call) or not node.args or not isinstance(node.args[0], Literal):
            continue
        text = node.args[0].value
        if not isinstance(text, str):
            continue
        try:
            if node.name == "fromjson":
                read_json(text)
            elif node.name == "format":
                given = len(node.args) - 1
                for index in functions.placeholders(text):
                    if index >= given:
                        yield node.offset, f"`{{{index}}}` has no argument: there are {given}"
        except EvaluationError as error:
            name = functions.EVERYWHERE[node.name][0]
            yield node.offset, f"{name}() fails: {error}"


# --- the texts of a file --------------------------------------------------------------------------

#: Keys of a step or job that hold a single value.
_SINGLE = frozenset(("name", "run", "working-directory", "shell"))
#: Keys below which each value is a single one.
_SINGLES = frozenset(("env", "with", "outputs"))


def texts_in(tree: Any, mark: Mark, out: list[Use], single: bool = False) -> None:
    """Put every text with expressions in a tree into `out`."""
    if tree.__class__ is str:
        if OPEN in tree:
            out.append(Use(tree, mark, False, single))
        return
    if tree.__class__ is not YamlMap and tree.__class__ is not YamlList:
        return
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        for key, value in node.items() if node.__class__ is YamlMap else enumerate(node):
            kind = value.__class__
            if kind is str:
                if OPEN in value:
                    out.append(Use(value, node.marks[key], False, single))
            elif kind is YamlMap or kind is YamlList:
                waiting.append(value)


def texts_of(tree: YamlMap) -> list[Use]:
    """Return the texts with expressions of a job (outside of its steps) or of a step."""
    out: list[Use] = []
    for key, value in tree.items():
        kind = value.__class__
        if kind is str:
            if key == "if":
                out.append(Use(value, tree.marks[key], condition=True))
            elif OPEN in value:
                out.append(Use(value, tree.marks[key], False, key in _SINGLE))
        elif (kind is YamlMap or kind is YamlList) and key != "steps":
            texts_in(value, tree.marks[key], out, key in _SINGLES and value.__class__ is YamlMap)
    return out


# --- checking -------------------------------------------------------------------------------------


def check_notices(repository: Repository) -> dict[str, Faults]:
    """Return what comes to nothing in each file."""
    found: dict[str, Faults] = {}
    for path, workflow in repository.workflows.items():
        out: Faults = []
        _check_workflow(workflow, repository, out)
        if out:
            found[path] = out
    for path, action in repository.actions.items():
        out = []
        _check_action(action, repository, out)
        if out:
            found[path] = out
    return found


def _check_workflow(workflow: Workflow, repository: Repository, out: Faults) -> None:
    top = Scope(workflow, repository, None)
    texts: list[Use] = []
    for key, value in workflow.tree.items():
        if key != "jobs":
            texts_in(value, workflow.tree.marks[key], texts)
    _check_all(texts, top, out)
    for job in workflow.jobs.values():
        scope = Scope(workflow, repository, job)
        _check_all(texts_of(job.tree), scope, out)
        _check_steps(job.steps, scope, out)


def _check_action(action: Action, repository: Repository, out: Faults) -> None:
    scope = Scope(action, repository, None)
    texts: list[Use] = []
    for key, value in action.tree.items():
        if key != "runs":
            texts_in(value, action.tree.marks[key], texts)
    _check_all(texts, scope, out)
    _check_steps(action.steps, scope, out)


def _check_steps(steps: tuple[Step, ...], scope: Scope, out: Faults) -> None:
    for step in steps:
        if len(out) > MOST_FAULTS:
            return
        if texts := texts_of(step.tree):
            _check_all(texts, scope, out, step.index)
        if "uses" in step.tree:
            check_step(step.tree, out)


def _check_all(uses: list[Use], scope: Scope, out: Faults, before: int | None = None) -> None:
    for use in uses:
        if len(out) > MOST_FAULTS:
            return
        paths, faults, collection = read_use(use.text, use.condition)
        for offset, path in paths:
            missing = scope.missing(path, before)
            if missing is not None:
                rule, message, hint = missing
                out.append(Fault(rule, use.mark, message, hint, use.text, offset))
        for offset, rule, message, hint in faults:
            out.append(Fault(rule, use.mark, message, hint, use.text, offset))
        if collection and use.single:
            message = f"`{collection[:40]}` is a mapping: a single value is expected here"
            hint = "take one of its properties, or toJSON() of it"
            out.append(Fault(EVALUATION, use.mark, message, hint))
