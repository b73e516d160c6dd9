"""What the names in expressions stand for in one workflow or action: jobs, steps, matrix, inputs.

The service reads a name that does not exist as an empty text and says nothing, so what is found
here never makes a file invalid: it is reported as a notice. A requirement can ask for the same
with `Scope.missing(path, ...)`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.github_actions.actions import describe
from iac_gym.languages.github_actions.expressions.contexts import NEED, PROPERTIES, STEP

if TYPE_CHECKING:
    from iac_gym.languages.github_actions.model import Action, Job, Repository, Step, Workflow

PROPERTY = "properties-are-known"
NEEDED = "needed-outputs-are-there"
STEPS = "steps-are-there-before"
MATRIX = "matrix-keys-are-set"
INPUTS = "inputs-are-declared"


class Missing(NamedTuple):
    """A name that is not there."""

    rule: str
    message: str
    hint: str = ""


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name[:40], list(known)[:100], n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _unknown(rule: str, of: str, name: str, known: Collection[str]) -> Missing | None:
    """Say that a name is none of those that are known; `*` is every name."""
    if name == "*" or name in known:
        return None
    return Missing(rule, f"`{of}` has no `{name[:40]}`: it is empty", _near(name, known))


def has_property(path: tuple[str, ...]) -> bool:
    """Whether a path reads nothing that is missing in every workflow."""
    known = PROPERTIES.get(path[0])
    return known is None or len(path) < 2 or path[1] in known or path[1] == "*"


def _missing_property(path: tuple[str, ...]) -> Missing | None:
    if has_property(path):
        return None
    return _unknown(PROPERTY, path[0], path[1], PROPERTIES[path[0]])


class Scope:
    """The names in one job (or, without one, at the top of a workflow), or in one action."""

    def __init__(self, part: Workflow | Action, repository: Repository, job: Job | None) -> None:
        self.part = part
        self.repository = repository
        self.job = job

    def missing(self, path: tuple[str, ...], before: int | None = None) -> Missing | None:
        """Return what is missing of a path of lower-case names, None where all is there.

        `before` is the index of the step that reads it: only earlier steps count.
        """
        if len(path) < 2:
            return None
        check = _CHECKS.get(path[0])
        return check(self, path, before) if check is not None else _missing_property(path)

    # --- by context

    def _job(self, path: tuple[str, ...], before: int | None) -> Missing | None:
        if path[1] == "services" and len(path) > 2 and self.job is not None:
            names = [name.lower() for name in self.job.services]
            return _unknown(PROPERTY, "job.services", path[2], names)
        return _missing_property(path)

    def _needs(self, path: tuple[str, ...], before: int | None) -> Missing | None:
        if self.job is None:
            return None
        name = path[1]
        needs = {need.lower(): need for need in self.job.needs}
        if name != "*" and name not in needs:
            message = f"`needs` of `{self.job.id[:40]}` does not name `{name[:40]}`: it is empty"
            return Missing(NEEDED, message, _near(name, needs) or "add it to `needs`")
        if len(path) < 3 or name == "*":
            return None
        return self._result(NEEDED, "needs", path, self.job.workflow, needs[name])

    def _jobs(self, path: tuple[str, ...], before: int | None) -> Missing | None:
        jobs = getattr(self.part, "jobs", {})
        names = {name.lower(): name for name in jobs}
        if path[1] != "*" and path[1] not in names:
            return Missing(NEEDED, f"there is no job `{path[1][:40]}`", _near(path[1], names))
        if len(path) < 3 or path[1] == "*":
            return None
        return self._result(NEEDED, "jobs", path, self.part, names[path[1]])

    def _result(
        self, rule: str, of: str, path: tuple[str, ...], part: Workflow | Action, name: str
    ) -> Missing | None:
        """Look for `result` or `outputs.x` of a job."""
        if path[2] != "outputs" or len(path) < 4:
            return _unknown(rule, f"{of}.{name[:40]}", path[2], NEED)
        known = self._outputs(getattr(part, "jobs", {}).get(name))
        if known is None:
            return None
        return _unknown(rule, f"{of}.{name[:40]}.outputs", path[3], known)

    def _outputs(self, job: Job | None) -> frozenset[str] | None:
        """Return the outputs of a job, None where another workflow that is not here decides."""
        if job is None:
            return None
        if job.call is None:
            return frozenset(name.lower() for name in job.outputs)
        called = self.repository.called(job.call)
        trigger = called.triggers.get("workflow_call") if called is not None else None
        return None if trigger is None else frozenset(name.lower() for name in trigger.outputs)

    def _steps(self, path: tuple[str, ...], before: int | None) -> Missing | None:
        steps = self.steps
        name = path[1]
        if name == "*":
            return None
        step = steps.get(name)
        if step is None:
            return Missing(STEPS, f"there is no step with the id `{name[:40]}`", _near(name, steps))
        if before is not None and step.index >= before:
            message = f"the step `{name[:40]}` has not run yet: what it gives is empty"
            return Missing(STEPS, message, "put it before this step")
        if len(path) < 3:
            return None
        if path[2] != "outputs" or len(path) < 4:
            return _unknown(STEPS, f"steps.{name[:40]}", path[2], STEP)
        action = describe(step.uses)
        if action is None or action.open or not action.exact or action.using in ("", "docker"):
            return None
        return _unknown(STEPS, f"steps.{name[:40]}.outputs", path[3], action.outputs)

    @lazy
    def steps(self) -> dict[str, Step]:
        """The steps that have an id, by it in lower case."""
        owner = self.job if self.job is not None else self.part
        return {step.id.lower(): step for step in getattr(owner, "steps", ()) if step.id}

    def _matrix(self, path: tuple[str, ...], before: int | None) -> Missing | None:
        known = self.matrix_keys
        return None if known is None else _unknown(MATRIX, "matrix", path[1], known)

    @lazy
    def matrix_keys(self) -> frozenset[str] | None:
        """The keys of the matrix in lower case, None where an expression decides."""
        strategy = self.job.tree.get("strategy") if self.job is not None else None
        if self.job is None or (strategy is not None and strategy.__class__ is not YamlMap):
            return None
        matrix = strategy.get("matrix") if strategy is not None else None
        return frozenset() if matrix is None else _keys_of_matrix(matrix)

    def _inputs(self, path: tuple[str, ...], before: int | None) -> Missing | None:
        known = self.inputs
        return None if known is None else _unknown(INPUTS, "inputs", path[1], known)

    @lazy
    def inputs(self) -> frozenset[str] | None:
        """The inputs of the action, or of `workflow_call` and `workflow_dispatch` together."""
        if (declared := getattr(self.part, "inputs", None)) is not None:
            return frozenset(name.lower() for name in declared)
        triggers = getattr(self.part, "triggers", {})
        found = [triggers[one] for one in ("workflow_call", "workflow_dispatch") if one in triggers]
        return frozenset(name.lower() for trigger in found for name in trigger.inputs)


def _keys_of_matrix(matrix: Any) -> frozenset[str] | None:
    """Return the keys that combinations can have, None where they are not written out."""
    if matrix.__class__ is not YamlMap or any("${{" in str(key) for key in matrix):
        return None
    include = matrix.get("include")
    if include is None:
        entries: list[Any] = []
    elif include.__class__ is YamlList and all(one.__class__ is YamlMap for one in include):
        entries = include
    else:
        return None
    names = {*matrix, *(name for entry in entries for name in entry)}
    return frozenset(str(name).lower() for name in names)


_CHECKS: dict[str, Callable[[Scope, tuple[str, ...], int | None], Missing | None]] = {
    "job": Scope._job,
    "needs": Scope._needs,
    "jobs": Scope._jobs,
    "steps": Scope._steps,
    "matrix": Scope._matrix,
    "inputs": Scope._inputs,
}
#: Contexts whose properties differ from workflow to workflow.
BY_WORKFLOW = frozenset(_CHECKS)
