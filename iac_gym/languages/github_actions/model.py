"""Workflows and actions in one normal form, for rules and requirements.

`parse(files)` gives a `Repository`: `workflows` and `actions` by path, and `workflow`, the first
one. Whatever the spelling, the same meaning gives the same model:

- `Workflow.triggers` is {event: Trigger}; `jobs` is {id: Job}; `running` are the jobs that can run.
- `Job.needs` is a tuple of ids, `labels` the runner labels, `permissions` and `env` what is in
  force there (the workflow's where the job says nothing), `matrix` the combinations, `container`
  and `services`, `environment`, `concurrency`, `timeout` (minutes), `outputs`, `call` where the
  job calls a reusable workflow (then it has no steps), and `steps`.
- `Step.uses` is split into owner, repo, path and ref; `inputs` is `with`, by lower-case name; `run`
  the script and `commands` the simple commands in it that certainly run (`script` has all);
  `shell`, `directory` and `env` are what is in force there.
- Texts keep `${{ }}`. `Job.values(text)` gives every text that it stands for over the matrix and
  the variables of `env`, so that `${{ matrix.python }}` and a literal list can be asked alike.

What does not happen is told apart: `runs` is False for a job or step whose `if` can never hold, and
for a job that needs such a job (unless its `if` has `always()` or the like); `ordinary` is True for
what runs in every run where all goes well. `may_fail_silently` says that a failure does not fail
the run: `continue-on-error`, or (for steps) a shell that goes on. `runs_for("push", branch="main")`
(of jobs and steps) puts the trigger's filters and the `if`s together: True, False or None (it
depends). `Job.active` and `Action.active` are the steps to look at: those that can run.

Everything has a `mark` (line, column), and `at(key)` gives the mark of one of its keys. Nothing
here raises, whatever the tree looks like: what has the wrong type is left out, rules report it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.github_actions.conditions import Condition, facts_of
from iac_gym.languages.github_actions.filling import filled
from iac_gym.languages.github_actions.job import Job
from iac_gym.languages.github_actions.matrix import Matrix
from iac_gym.languages.github_actions.part import Part, both
from iac_gym.languages.github_actions.parts import (
    Concurrency,
    Container,
    Environment,
    ReusableCall,
    read_concurrency,
)
from iac_gym.languages.github_actions.permissions import Permissions, read_permissions
from iac_gym.languages.github_actions.step import Step, steps_of
from iac_gym.languages.github_actions.triggers import Input, Trigger, read_inputs, read_triggers
from iac_gym.languages.github_actions.uses import Uses
from iac_gym.languages.github_actions.values import Item, items_of, map_of, pairs_of, text_of
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
    "Part",
    "Permissions",
    "Repository",
    "ReusableCall",
    "Step",
    "Trigger",
    "Uses",
    "Workflow",
]


class Workflow(Part):
    """One workflow file."""

    def __init__(self, file: str, tree: YamlMap) -> None:
        super().__init__(file, tree, tree.mark)
        self._answers: dict[tuple[str, str, str], dict[str, bool | None]] = {}

    @property
    def name(self) -> str:
        """The name, else the path of the file, as the service shows it."""
        return self.text("name") or self.file

    @lazy
    def triggers(self) -> dict[str, Trigger]:
        """What starts the workflow, by event."""
        return read_triggers(self.tree)

    @lazy
    def events(self) -> frozenset[str] | None:
        """What `github.event_name` can be; None where a caller decides."""
        names = frozenset(self.triggers)
        return None if "workflow_call" in names or not names else names

    @lazy
    def permissions(self) -> Permissions | None:
        """The permissions at the top."""
        return read_permissions(self.tree)

    @lazy
    def env(self) -> dict[str, str]:
        """The variables at the top."""
        return pairs_of(self.tree, "env")

    @lazy
    def concurrency(self) -> Concurrency | None:
        """The concurrency group of the whole run."""
        return read_concurrency(self.tree)

    @lazy
    def jobs(self) -> dict[str, Job]:
        """Every job by id."""
        jobs = map_of(self.tree, "jobs")
        return {
            text_of(name): Job(text_of(name), tree, jobs.key_marks[name], self)
            for name, tree in jobs.items()
            if tree.__class__ is YamlMap
        }

    @lazy
    def in_order(self) -> tuple[Job, ...]:
        """The jobs, each behind those that it needs; those of a cycle are left out."""
        jobs = self.jobs
        if not any(job.needs for job in jobs.values()):
            return tuple(jobs.values())
        after: dict[str, list[str]] = {}
        left = {name: {need for need in job.needs if need in jobs} for name, job in jobs.items()}
        for name, needs in left.items():
            for need in needs:
                after.setdefault(need, []).append(name)
        order = [name for name, needs in left.items() if not needs]
        for done in order:
            for name in after.get(done, ()):
                left[name].discard(done)
                if not left[name]:
                    order.append(name)
        return tuple(jobs[name] for name in order)

    @lazy
    def possible(self) -> frozenset[str]:
        """The ids of the jobs that can run."""
        found: set[str] = set()
        for job in self.in_order:
            condition = job.condition
            if not condition.possible or job.empty:
                continue
            if condition.ignores_needs or all(need in found for need in job.needs):
                found.add(job.id)
        return frozenset(found)

    @lazy
    def ordinary(self) -> frozenset[str]:
        """The ids of the jobs that run in every run where nothing fails."""
        found: set[str] = set()
        for job in self.in_order:
            runs = job.id in self.possible and job.condition.ordinary
            if runs and all(need in found for need in job.needs if need in self.jobs):
                found.add(job.id)
        return frozenset(found)

    def answers(self, event: str, branch: str = "", tag: str = "") -> dict[str, bool | None]:
        """Say of each job whether it runs for an event, all going well (see `Job.runs_for`)."""
        key = (event, branch, tag)
        if key not in self._answers:
            facts = facts_of(event, branch, tag)
            made: dict[str, bool | None] = {}
            for job in self.in_order:
                answer = job.condition.holds(facts)
                for need in () if job.condition.ignores_needs else job.needs:
                    answer = both(answer, made.get(need, False))
                made[job.id] = answer
            self._answers[key] = made
        return self._answers[key]

    @lazy
    def running(self) -> tuple[Job, ...]:
        """The jobs that can run, in order."""
        possible = self.possible
        return tuple([job for name, job in self.jobs.items() if name in possible])

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

    @lazy
    def inputs(self) -> dict[str, Input]:
        """The inputs by name."""
        return read_inputs(self.tree)

    @lazy
    def outputs(self) -> dict[str, str]:
        """The outputs by name, with their `value` ("" where there is none)."""
        outputs = map_of(self.tree, "outputs")
        return {text_of(name): text_of(map_of(outputs, name).get("value")) for name in outputs}

    @lazy
    def steps(self) -> tuple[Step, ...]:
        """The steps of a composite action."""
        return tuple(steps_of(self.settings, self))

    def runs_for(self, event: str, *, branch: str = "", tag: str = "") -> bool | None:
        """An action runs whenever it is used."""
        return True

    @lazy
    def active(self) -> tuple[Step, ...]:
        """The steps that can run."""
        return tuple(step for step in self.steps if step.runs)

    def values(self, text: str, env: Mapping[str, str] | None = None) -> frozenset[str]:
        """Return the text with the variables of `env` filled in."""
        return filled(text, (), self.env if env is None else env)


class Repository:
    """The files of an answer, and what their reading found: `faults` by the name of the rule."""

    def __init__(self) -> None:
        self.workflows: dict[str, Workflow] = {}
        self.actions: dict[str, Action] = {}
        self.texts: dict[str, str] = {}
        self.faults: dict[str, list[Finding]] = {}
        self.examined = self.secured = False

    def examine(self) -> None:
        """Fill `faults`, once."""
        if not self.examined:
            from iac_gym.languages.github_actions.examine import examine

            self.examined = True
            examine(self)

    def found(self, rule: str) -> list[Finding]:
        """Return what belongs to a rule."""
        self.examine()
        if not self.secured and rule not in self.faults:
            from iac_gym.languages.github_actions import examine

            if rule in examine.security_rules():
                self.secured = True
                examine.examine_security(self)
        return self.faults.get(rule, [])

    @property
    def workflow(self) -> Workflow:
        """The first workflow, an empty one where there is none."""
        return next(iter(self.workflows.values()), _NO_WORKFLOW)

    def called(self, call: ReusableCall) -> Workflow | None:
        """Return the workflow that a job calls, where it is one of these files."""
        if call.uses.kind != "local":
            return None
        return self.workflows.get(call.uses.path[2:])

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
