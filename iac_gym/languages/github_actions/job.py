"""One job of a workflow, in normal form (see `model`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.conditions import Condition, read_condition
from iac_gym.languages.github_actions.filling import filled
from iac_gym.languages.github_actions.matrix import Matrix, read_matrix
from iac_gym.languages.github_actions.part import Part
from iac_gym.languages.github_actions.parts import (
    Concurrency,
    Container,
    Environment,
    ReusableCall,
    read_call,
    read_concurrency,
    read_container,
    read_environment,
)
from iac_gym.languages.github_actions.permissions import Permissions, read_permissions
from iac_gym.languages.github_actions.step import Step, forgiven, steps_of
from iac_gym.languages.github_actions.values import items_of, map_of, pairs_of, text_of

if TYPE_CHECKING:
    from iac_gym.languages.github_actions.model import Workflow


class Job(Part):
    """One job of a workflow."""

    def __init__(self, name: str, tree: YamlMap, mark: Mark, workflow: Workflow) -> None:
        super().__init__(workflow.file, tree, mark)
        self.id = name
        self.workflow = workflow
        self.events = workflow.events

    @property
    def name(self) -> str:
        """The name as written, else the id."""
        return self.text("name") or self.id

    @lazy
    def needs(self) -> tuple[str, ...]:
        """The ids of the jobs that must be through before this one starts."""
        return tuple([item.text for item in items_of(self.tree, "needs")])

    @lazy
    def condition(self) -> Condition:
        """The job's `if`."""
        return read_condition(self.tree, self.events)

    @property
    def runs(self) -> bool:
        """Whether the job can run at all: itself, and the jobs that it needs."""
        return self.id in self.workflow.possible

    @property
    def ordinary(self) -> bool:
        """Whether the job runs in every run where nothing fails."""
        return self.id in self.workflow.ordinary

    def runs_for(self, event: str, *, branch: str = "", tag: str = "") -> bool | None:
        """Say whether the job runs for an event, all going well; None where it depends.

        A branch (the base branch of a pull request) or a tag is held against the filters of the
        trigger, and both are put into the `if` of the job and of those that it needs.
        """
        trigger = self.workflow.triggers.get(event)
        if trigger is None or not self.runs or not trigger.starts(branch, tag):
            return False
        return self.workflow.answers(event, branch, tag).get(self.id, False)

    @lazy
    def ancestors(self) -> tuple[str, ...]:
        """The ids of all jobs that must be through before this one, near ones first."""
        found: dict[str, None] = {}
        waiting = deque(self.needs)
        while waiting:
            name = waiting.popleft()
            if name not in found and name in self.workflow.jobs:
                found[name] = None
                waiting.extend(self.workflow.jobs[name].needs)
        return tuple(found)

    @lazy
    def labels(self) -> tuple[str, ...]:
        """The labels of the runner, as written."""
        value = self.tree.get("runs-on")
        where = value if value.__class__ is YamlMap else self.tree
        key = "labels" if value.__class__ is YamlMap else "runs-on"
        return tuple(item.text for item in items_of(where, key))

    @property
    def group(self) -> str:
        """The group of runners."""
        return text_of(map_of(self.tree, "runs-on").get("group"))

    @lazy
    def runners(self) -> frozenset[str]:
        """Every label over the matrix: `${{ matrix.os }}` gives each of its values."""
        return frozenset([text for label in self.labels for text in self.values(label)])

    @lazy
    def permissions(self) -> Permissions | None:
        """What the token may do; None where neither job nor workflow says it."""
        return read_permissions(self.tree) or self.workflow.permissions

    @lazy
    def env(self) -> dict[str, str]:
        """The variables in force in the job."""
        outer = self.workflow.env
        return {**outer, **pairs_of(self.tree, "env")} if "env" in self.tree else outer

    @lazy
    def shell(self) -> str:
        """The default shell of the steps."""
        return _default(self.tree, "shell") or _default(self.workflow.tree, "shell")

    @lazy
    def directory(self) -> str:
        """The default working directory of the steps."""
        key = "working-directory"
        return _default(self.tree, key) or _default(self.workflow.tree, key)

    @lazy
    def matrix(self) -> Matrix | None:
        """The matrix, None where there is none."""
        return read_matrix(map_of(self.tree, "strategy"))

    @property
    def empty(self) -> bool:
        """Whether `exclude` takes every combination of the matrix away."""
        matrix = self.matrix if "strategy" in self.tree else None
        return matrix is not None and matrix.empty

    @property
    def fail_fast(self) -> bool:
        """Whether the first failure of the matrix stops the others."""
        return text_of(map_of(self.tree, "strategy").get("fail-fast")) != "false"

    @property
    def max_parallel(self) -> str:
        """`max-parallel` as text."""
        return text_of(map_of(self.tree, "strategy").get("max-parallel"))

    @lazy
    def container(self) -> Container | None:
        """The container that the steps run in."""
        return read_container(self.tree, "container")

    @lazy
    def services(self) -> dict[str, Container]:
        """The service containers by name."""
        services = map_of(self.tree, "services")
        read = {text_of(name): read_container(services, name) for name in services}
        return {name: one for name, one in read.items() if one is not None}

    @lazy
    def environment(self) -> Environment | None:
        """The deployment environment."""
        return read_environment(self.tree)

    @lazy
    def concurrency(self) -> Concurrency | None:
        """The job's own concurrency group."""
        return read_concurrency(self.tree)

    @property
    def timeout(self) -> str:
        """`timeout-minutes` as text, "" for the default of 360."""
        return self.text("timeout-minutes")

    @lazy
    def outputs(self) -> dict[str, str]:
        """The outputs, by name."""
        return pairs_of(self.tree, "outputs")

    @lazy
    def call(self) -> ReusableCall | None:
        """The reusable workflow that the job calls."""
        return read_call(self.tree)

    @lazy
    def continue_on_error(self) -> bool:
        """Whether a failure of the job may leave the run successful."""
        return forgiven(self.tree, self)

    @property
    def may_fail_silently(self) -> bool:
        """Whether the job may fail without failing the run."""
        return self.continue_on_error

    @lazy
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(steps_of(self.tree, self))

    @lazy
    def active(self) -> tuple[Step, ...]:
        """The steps that can run; none where the job cannot."""
        if not self.runs:
            return ()
        return tuple([step for step in self.steps if step.condition.possible])

    def values(self, text: str, env: Mapping[str, str] | None = None) -> frozenset[str]:
        """Return the texts that a text stands for, over the matrix and the variables in force.

        Expressions over them are worked out; what is not known (`${{ github.sha }}`) stays as
        written. `env` is a step's, else the job's.
        """
        matrix = self.matrix
        combinations = matrix.combinations if matrix is not None else ()
        return filled(text, combinations, self.env if env is None else env)


def _default(tree: YamlMap, key: str) -> str:
    return text_of(map_of(map_of(tree, "defaults"), "run").get(key))
