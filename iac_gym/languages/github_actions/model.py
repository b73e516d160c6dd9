"""Workflows and actions in one normal form, for rules and requirements.

`parse(files)` gives a `Repository`: `workflows` and `actions` by path, and `workflow`, the first
one. Whatever the spelling, the same meaning gives the same model:

- `Workflow.triggers` is {event: Trigger}; `jobs` is {id: Job}; `running` are the jobs that can run.
- `Job.needs` is a tuple of ids, `labels` the runner labels, `permissions` and `env` what is in
  force there (the workflow's where the job says nothing), `matrix` the combinations, `container`
  and `services`, `environment`, `concurrency`, `timeout` (minutes), `outputs`, `call` where the job
  calls a reusable workflow (then it has no steps), and `steps`.
- `Step.uses` is split into owner, repo, path and ref; `inputs` is `with`, by lower-case name; `run`
  the script and `commands` the simple commands in it that certainly run (`script` has all); `shell`,
  `directory` and `env` are what is in force there.
- Texts keep `${{ }}`. `Job.values(text)` gives every text that it stands for over the matrix and the
  variables of `env`, so that `${{ matrix.python }}` and a literal list can be asked alike.

What does not happen is told apart: `runs` is False for a job or step whose `if` can never hold, and
for a job that needs such a job (unless its `if` has `always()` or the like); `ordinary` is True for
what runs in every run where all goes well. `may_fail_silently` says that a failure does not fail the
run: `continue-on-error`, or (for steps) a shell that goes on. `runs_for("push", branch="main")` (of
jobs and steps) puts the trigger's filters and the `if`s together: True, False or None (it depends). `Job.active` and `Action.active` are the
steps to look at: those that can run.

Everything has a `mark` (line, column), and `at(key)` gives the mark of one of its keys. Nothing here
raises, whatever the tree looks like: what has the wrong type is left out, rules report it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from iac_gym.formats.shell import Command, Install, Script
from iac_gym.formats.shell_commands import installs_of
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.conditions import Condition, facts_of, may_hold, read_condition
from iac_gym.languages.github_actions.matrix import Matrix, read_matrix
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
from iac_gym.languages.github_actions.scripts import read_run, stops_at_failure
from iac_gym.languages.github_actions.triggers import Input, Trigger, read_inputs, read_triggers
from iac_gym.languages.github_actions.uses import Uses, read_uses
from iac_gym.languages.github_actions.values import (
    Item,
    fill,
    has_expression,
    items_of,
    map_of,
    pairs_of,
    text_of,
)
from iac_gym.verdict import Finding

__all__ = [
    "Action",
    "Concurrency",
    "Condition",
    "Container",
    "Environment",
    "Input",
    "Item",
    "Job",
    "Matrix",
    "Permissions",
    "Repository",
    "ReusableCall",
    "Step",
    "Trigger",
    "Uses",
    "Workflow",
]

#: Most texts that `Job.values` gives.
MOST_VALUES = 256


class Part:
    """Something in a file: its mapping, and where it stands."""

    def __init__(self, file: str, tree: YamlMap, mark: Mark) -> None:
        self.file = file
        self.tree = tree
        self.mark = mark

    def at(self, *keys: str) -> Mark:
        """Return the mark of the first of the keys that is there, else of the whole part."""
        for key in keys:
            if key in self.tree:
                return self.tree.key_marks[key]
        return self.mark

    def finding(self, message: str, *keys: str, hint: str = "") -> Finding:
        """Return a finding at the first of the keys that is there, else at the part."""
        line, column = self.at(*keys)
        return Finding(message, self.file, line, column, hint)

    def text(self, key: str) -> str:
        """Return a scalar as text, "" where it is missing."""
        return text_of(self.tree.get(key))


class Step(Part):
    """One step of a job or of a composite action. `index` counts from 0."""

    def __init__(self, tree: YamlMap, mark: Mark, index: int, owner: Job | Action) -> None:
        super().__init__(owner.file, tree, mark)
        self.index = index
        self.owner = owner
        self.id = self.text("id")
        self.run = self.text("run")

    @property
    def name(self) -> str:
        """The name as written, "" where there is none."""
        return self.text("name")

    @cached_property
    def uses(self) -> Uses | None:
        """The action that the step uses, None for a `run` step."""
        text = self.text("uses")
        return read_uses(text, self.tree.marks["uses"]) if text else None

    @cached_property
    def inputs(self) -> dict[str, str]:
        """`with`, by lower-case name."""
        return {name.lower(): value for name, value in pairs_of(self.tree, "with").items()}

    @cached_property
    def env(self) -> dict[str, str]:
        """The variables in force: the workflow's, the job's and the step's."""
        return {**self.owner.env, **pairs_of(self.tree, "env")}

    @cached_property
    def condition(self) -> Condition:
        """The step's `if`."""
        return read_condition(self.tree, self.owner.events)

    @property
    def runs(self) -> bool:
        """Whether the step can run at all (its job is not looked at)."""
        return self.condition.possible

    @property
    def ordinary(self) -> bool:
        """Whether the step runs whenever its job runs and nothing has failed."""
        return self.condition.ordinary

    def runs_for(self, event: str, *, branch: str = "", tag: str = "") -> bool | None:
        """Say whether the step runs for an event, all going well; None where it depends."""
        own = self.condition.holds(facts_of(event, branch, tag))
        return _both(self.owner.runs_for(event, branch=branch, tag=tag), own)

    @property
    def shell(self) -> str:
        """The shell in force, "" for the runner's own (bash; PowerShell on Windows)."""
        return self.text("shell") or self.owner.shell

    @property
    def directory(self) -> str:
        """The working directory in force, "" for the workspace."""
        return self.text("working-directory") or self.owner.directory

    @cached_property
    def script(self) -> Script:
        """The commands of `run`. Nobody changes it."""
        env = {name: text for name, text in self.env.items() if not has_expression(text)}
        return read_run(self.run, self.shell, env)

    @property
    def commands(self) -> list[Command]:
        """The commands that certainly run and whose failure fails the step."""
        return self.script.certain

    @property
    def installs(self) -> list[Install]:
        """What package managers certainly install here."""
        return installs_of(self.script)

    @cached_property
    def continue_on_error(self) -> bool:
        """Whether a failure of the step may leave the job successful."""
        return _forgiven(self.tree, self.owner)

    @property
    def may_fail_silently(self) -> bool:
        """Whether the step may fail without failing the job (`|| true`: see `commands`)."""
        return self.continue_on_error or not stops_at_failure(self.shell)

    @property
    def timeout(self) -> str:
        """`timeout-minutes` as text."""
        return self.text("timeout-minutes")


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

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The ids of the jobs that must be through before this one starts."""
        return tuple(item.text for item in items_of(self.tree, "needs"))

    @cached_property
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
        jobs = self.workflow.jobs
        return self.runs and all(
            jobs[name].condition.ordinary for name in (self.id, *self.ancestors) if name in jobs
        )

    def runs_for(self, event: str, *, branch: str = "", tag: str = "") -> bool | None:
        """Say whether the job runs for an event, all going well; None where it depends.

        A branch (the base branch of a pull request) or a tag is held against the filters of the
        trigger, and both are put into the `if` of the job and of those that it needs.
        """
        trigger = self.workflow.triggers.get(event)
        if trigger is None or not self.runs or not trigger.starts(branch, tag):
            return False
        facts = facts_of(event, branch, tag)
        answer: bool | None = True
        for name in (self.id, *self.ancestors):
            job = self.workflow.jobs[name]
            answer = _both(answer, job.condition.holds(facts))
            if job.condition.ignores_needs:
                break
        return answer

    @cached_property
    def ancestors(self) -> tuple[str, ...]:
        """The ids of all jobs that must be through before this one, near ones first."""
        found: dict[str, None] = {}
        waiting = list(self.needs)
        while waiting:
            name = waiting.pop(0)
            if name not in found and name in self.workflow.jobs:
                found[name] = None
                waiting.extend(self.workflow.jobs[name].needs)
        return tuple(found)

    @cached_property
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

    @cached_property
    def runners(self) -> frozenset[str]:
        """Every label over the matrix: `${{ matrix.os }}` gives each of its values."""
        return frozenset([text for label in self.labels for text in self.values(label)])

    @cached_property
    def permissions(self) -> Permissions | None:
        """What the token may do; None where neither job nor workflow says it."""
        return read_permissions(self.tree) or self.workflow.permissions

    @cached_property
    def env(self) -> dict[str, str]:
        """The variables in force in the job."""
        return {**self.workflow.env, **pairs_of(self.tree, "env")}

    @property
    def shell(self) -> str:
        """The default shell of the steps."""
        return _default(self.tree, "shell") or _default(self.workflow.tree, "shell")

    @property
    def directory(self) -> str:
        """The default working directory of the steps."""
        key = "working-directory"
        return _default(self.tree, key) or _default(self.workflow.tree, key)

    @cached_property
    def matrix(self) -> Matrix | None:
        """The matrix, None where there is none."""
        return read_matrix(map_of(self.tree, "strategy"))

    @property
    def fail_fast(self) -> bool:
        """Whether the first failure of the matrix stops the others."""
        return text_of(map_of(self.tree, "strategy").get("fail-fast")) != "false"

    @property
    def max_parallel(self) -> str:
        """`max-parallel` as text."""
        return text_of(map_of(self.tree, "strategy").get("max-parallel"))

    @cached_property
    def container(self) -> Container | None:
        """The container that the steps run in."""
        return read_container(self.tree, "container")

    @cached_property
    def services(self) -> dict[str, Container]:
        """The service containers by name."""
        services = map_of(self.tree, "services")
        read = {text_of(name): read_container(services, name) for name in services}
        return {name: one for name, one in read.items() if one is not None}

    @cached_property
    def environment(self) -> Environment | None:
        """The deployment environment."""
        return read_environment(self.tree)

    @cached_property
    def concurrency(self) -> Concurrency | None:
        """The job's own concurrency group."""
        return read_concurrency(self.tree)

    @property
    def timeout(self) -> str:
        """`timeout-minutes` as text, "" for the default of 360."""
        return self.text("timeout-minutes")

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs, by name."""
        return pairs_of(self.tree, "outputs")

    @cached_property
    def call(self) -> ReusableCall | None:
        """The reusable workflow that the job calls."""
        return read_call(self.tree)

    @cached_property
    def continue_on_error(self) -> bool:
        """Whether a failure of the job may leave the run successful."""
        return _forgiven(self.tree, self)

    @property
    def may_fail_silently(self) -> bool:
        """Whether the job may fail without failing the run."""
        return self.continue_on_error

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(_steps(self.tree, self))

    @cached_property
    def active(self) -> tuple[Step, ...]:
        """The steps that can run; none where the job cannot."""
        return tuple(step for step in self.steps if step.runs) if self.runs else ()

    def values(self, text: str, env: Mapping[str, str] | None = None) -> frozenset[str]:
        """Return the texts that a text stands for, over the matrix and the variables in force.

        What is not known (`${{ github.sha }}`) stays as written. `env` is a step's, else the job's.
        """
        if not has_expression(text):
            return frozenset([text])
        variables = self.env if env is None else env
        matrix = self.matrix
        combinations = matrix.combinations if matrix is not None else ()
        made = []
        for combination in islice(combinations or ({},), MOST_VALUES):

            def look(context: str, name: str, one: Mapping[str, Any] = combination) -> str | None:
                if context == "matrix":
                    return _dig(one, name)
                return variables.get(name) if context == "env" else None

            filled = fill(text, look)
            made.append(fill(filled, look) if has_expression(filled) else filled)
        return frozenset(made)


class Workflow(Part):
    """One workflow file."""

    def __init__(self, file: str, tree: YamlMap) -> None:
        super().__init__(file, tree, tree.mark)

    @property
    def name(self) -> str:
        """The name, else the path of the file, as the service shows it."""
        return self.text("name") or self.file

    @cached_property
    def triggers(self) -> dict[str, Trigger]:
        """What starts the workflow, by event."""
        return read_triggers(self.tree)

    @cached_property
    def events(self) -> frozenset[str] | None:
        """What `github.event_name` can be; None where a caller decides."""
        names = frozenset(self.triggers)
        return None if "workflow_call" in names or not names else names

    @cached_property
    def permissions(self) -> Permissions | None:
        """The permissions at the top."""
        return read_permissions(self.tree)

    @cached_property
    def env(self) -> dict[str, str]:
        """The variables at the top."""
        return pairs_of(self.tree, "env")

    @cached_property
    def concurrency(self) -> Concurrency | None:
        """The concurrency group of the whole run."""
        return read_concurrency(self.tree)

    @cached_property
    def jobs(self) -> dict[str, Job]:
        """Every job by id."""
        jobs = map_of(self.tree, "jobs")
        return {
            text_of(name): Job(text_of(name), tree, jobs.key_marks[name], self)
            for name, tree in jobs.items()
            if tree.__class__ is YamlMap
        }

    @cached_property
    def possible(self) -> frozenset[str]:
        """The ids of the jobs that can run."""
        dead = {name for name, job in self.jobs.items() if not job.condition.possible}
        grows = True
        while grows:
            more = {
                name
                for name, job in self.jobs.items()
                if name not in dead
                and not job.condition.ignores_needs
                and any(need in dead or need not in self.jobs for need in job.needs)
            }
            dead |= more
            grows = bool(more)
        return frozenset(self.jobs) - dead

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that can run, in order."""
        return tuple(job for name, job in self.jobs.items() if name in self.possible)

    @property
    def steps(self) -> Iterator[Step]:
        """The steps that can run, of all jobs."""
        for job in self.running:
            yield from job.active


class Action(Part):
    """One `action.yml`: composite (`steps`), JavaScript (`main`) or Docker (`image`)."""

    #: A step of an action knows nothing of the event.
    events: frozenset[str] | None = None
    shell = directory = ""

    def __init__(self, file: str, tree: YamlMap) -> None:
        super().__init__(file, tree, tree.mark)
        self.name = self.text("name")
        self.description = self.text("description")
        self.settings = map_of(tree, "runs")
        self.using = text_of(self.settings.get("using"))
        self.env = pairs_of(self.settings, "env")

    @property
    def kind(self) -> str:
        """Return "composite", "docker", "javascript" or "" for anything else."""
        if self.using.startswith("node"):
            return "javascript"
        return self.using if self.using in ("composite", "docker") else ""

    @property
    def main(self) -> str:
        """The script of a JavaScript action."""
        return text_of(self.settings.get("main"))

    @property
    def image(self) -> str:
        """The image of a Docker action."""
        return text_of(self.settings.get("image"))

    @property
    def args(self) -> tuple[str, ...]:
        """The arguments of a Docker action."""
        return tuple(item.text for item in items_of(self.settings, "args"))

    @cached_property
    def inputs(self) -> dict[str, Input]:
        """The inputs by name."""
        return read_inputs(self.tree)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs by name, with their `value` ("" where there is none)."""
        outputs = map_of(self.tree, "outputs")
        return {text_of(name): text_of(map_of(outputs, name).get("value")) for name in outputs}

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a composite action."""
        return tuple(_steps(self.settings, self))

    def runs_for(self, event: str, *, branch: str = "", tag: str = "") -> bool | None:
        """An action runs whenever it is used."""
        return True

    @cached_property
    def active(self) -> tuple[Step, ...]:
        """The steps that can run."""
        return tuple(step for step in self.steps if step.runs)

    def values(self, text: str, env: Mapping[str, str] | None = None) -> frozenset[str]:
        """Return the text with the variables of `env` filled in."""
        variables = env or {}
        look = {name: value for name, value in variables.items() if not has_expression(value)}
        return frozenset([fill(text, lambda c, name: look.get(name) if c == "env" else None)])


class Repository:
    """The files of an answer, and what their reading found: `faults` by the name of the rule."""

    def __init__(self) -> None:
        self.workflows: dict[str, Workflow] = {}
        self.actions: dict[str, Action] = {}
        self.faults: dict[str, list[Finding]] = {}
        self.examined = False

    @property
    def workflow(self) -> Workflow:
        """The first workflow, an empty one where there is none."""
        return next(iter(self.workflows.values()), _NO_WORKFLOW)

    @property
    def action(self) -> Action:
        """The first action, an empty one where there is none."""
        return next(iter(self.actions.values()), _NO_ACTION)

    @property
    def jobs(self) -> Iterator[Job]:
        """The jobs that can run, of all workflows."""
        for workflow in self.workflows.values():
            yield from workflow.running

    @property
    def steps(self) -> Iterator[Step]:
        """The steps that can run, of all workflows and composite actions."""
        for job in self.jobs:
            yield from job.active
        for action in self.actions.values():
            yield from action.active


_NO_WORKFLOW = Workflow("", YamlMap())
_NO_ACTION = Action("", YamlMap())


def _steps(tree: YamlMap, owner: Job | Action) -> Iterator[Step]:
    steps = tree.get("steps")
    if steps.__class__ is YamlList:
        for index, (step, mark) in enumerate(zip(steps, steps.marks, strict=True)):
            if step.__class__ is YamlMap:
                yield Step(step, mark, index, owner)


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return True if one and other else None


def _default(tree: YamlMap, key: str) -> str:
    return text_of(map_of(map_of(tree, "defaults"), "run").get(key))


def _dig(combination: Mapping[str, Any], name: str) -> str | None:
    value: Any = combination
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return None if value is None or value.__class__ in (YamlMap, YamlList) else text_of(value)


def _forgiven(tree: YamlMap, owner: Job | Action) -> bool:
    """Whether `continue-on-error` is true, or is not known to be false somewhere in the matrix."""
    text = text_of(tree.get("continue-on-error"))
    if not has_expression(text):
        return text == "true"
    return all(_holds(one) for one in owner.values(text))


def _holds(text: str) -> bool:
    """Whether an expression that is filled in may be true."""
    return text not in ("false", "") and may_hold(text)
