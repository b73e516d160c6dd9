"""How a GitHub Actions task is put together: the recipe that writes workflows and actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from envs.cicd.pipeline import Extra, Recipe
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_triggers as triggers
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump

LANGUAGE = "github_actions"
#: The order in which a person writes the keys of a workflow and of a job.
_WORKFLOW = "name run-name on permissions env defaults concurrency jobs".split()
_JOB = (
    "name if needs runs-on timeout-minutes permissions environment concurrency outputs strategy "
    "container services env defaults steps uses with secrets"
).split()
#: The order of the steps of a job; a family may use other sections as well, which come last.
_SECTIONS = (
    "checkout setup cache install login prepare lint test build after package push deploy "
    "verify report"
).split()

CHECKOUT = "actions/checkout@v4"
SETUP = {
    "Python": ("actions/setup-python@v5", "python-version"),
    "Node.js": ("actions/setup-node@v4", "node-version"),
    "Go": ("actions/setup-go@v5", "go-version"),
    "Java": ("actions/setup-java@v4", "java-version"),
    "Ruby": ("ruby/setup-ruby@v1", "ruby-version"),
    ".NET": ("actions/setup-dotnet@v4", "dotnet-version"),
}


def secret(name: str) -> str:
    """Return the expression of a secret."""
    return f"${{{{ secrets.{name} }}}}"


def expression(text: str) -> str:
    """Return an expression in its braces."""
    return f"${{{{ {text} }}}}"


def _in_order(tree: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    known = {key: tree[key] for key in order if key in tree}
    return {**known, **{key: value for key, value in tree.items() if key not in known}}


class Job:
    """A job under construction: its fields, and its steps by section."""

    def __init__(self, name: str, fields: Mapping[str, Any]) -> None:
        self.name = name
        self.fields: dict[str, Any] = {"runs-on": "ubuntu-latest", **fields}
        self._steps: dict[str, list[dict[str, Any]]] = {section: [] for section in _SECTIONS}

    def step(self, section: str, **fields: Any) -> dict[str, Any]:
        """Add a step to a section; `with_` and `if_` stand for `with` and `if`."""
        made = {key.rstrip("_").replace("_", "-"): value for key, value in fields.items()}
        self._steps.setdefault(section, []).append(made)
        return made

    def run(self, section: str, command: str, **fields: Any) -> dict[str, Any]:
        """Add a step that runs a command."""
        return self.step(section, **fields, run=command)

    def use(self, section: str, action: str, **inputs: Any) -> dict[str, Any]:
        """Add a step that uses an action; `_` in the name of an input stands for `-`."""
        given = {key.replace("_", "-"): value for key, value in inputs.items()}
        return self.step(section, uses=action, **({"with_": given} if given else {}))

    def checkout(self) -> dict[str, Any]:
        """Check the repository out first; a second call gives the same step."""
        steps = self._steps["checkout"]
        return steps[0] if steps else self.use("checkout", CHECKOUT)

    def setup(self, tool: str, version: str, **inputs: Any) -> dict[str, Any]:
        """Install a version of a tool."""
        action, given = SETUP[tool]
        return self.use("setup", action, **{given: version}, **inputs)

    def set(self, section: str, key: str, value: Any) -> None:
        """Set a key of a mapping of the job, such as one of `env`."""
        self.fields.setdefault(section, {})[key] = value

    @property
    def tree(self) -> dict[str, Any]:
        """The job as plain data."""
        steps = [step for section in self._steps.values() for step in section]
        fields = {**self.fields, **({"steps": steps} if steps else {})}
        if "uses" in fields:
            fields.pop("runs-on", None)
        return _in_order(fields, _JOB)


class Workflow(Recipe):
    """The asks of a workflow task and the workflow that meets them."""

    def __init__(self, draw: Draw, path: str = ".github/workflows/ci.yml") -> None:
        super().__init__(draw)
        self.path = path
        self.fields: dict[str, Any] = {}
        self.events: dict[str, Any] = {}
        self.jobs: dict[str, Job] = {}

    def job(self, name: str, **fields: Any) -> Job:
        """Add a job; `_` in a field's name stands for `-`."""
        given = {key.rstrip("_").replace("_", "-"): value for key, value in fields.items()}
        self.jobs[name] = Job(name, given)
        return self.jobs[name]

    def event(self, name: str, **filters: Any) -> None:
        """Add an event, or filters to it; `_` in the name of a filter stands for `-`."""
        given = {key.replace("_", "-"): value for key, value in filters.items()}
        self.events[name] = {**(self.events.get(name) or {}), **given} or None

    def on_push(self, branches: Sequence[str]) -> None:
        """Start on pushes to branches. One requirement."""
        self.event("push", branches=list(branches))
        self.ask(triggers.workflow_push_branches(branches=list(branches)))

    def on_pull_request(self, branches: Sequence[str]) -> None:
        """Start on pull requests against branches. One requirement."""
        self.event("pull_request", branches=list(branches))
        self.ask(triggers.workflow_pull_request_branches(branches=list(branches)))

    def on_tag(self, pattern: str) -> None:
        """Start when a tag is pushed. One requirement."""
        self.event("push", tags=[pattern])
        self.ask(triggers.workflow_push_tags(pattern=pattern))

    def by_hand(self) -> None:
        """Let people start it. One requirement."""
        self.event("workflow_dispatch")
        self.ask(triggers.workflow_by_hand())

    @property
    def tree(self) -> dict[str, Any]:
        """The workflow as plain data."""
        on: Any = self.events
        if all(value is None for value in on.values()):
            on = list(on) if len(on) > 1 else next(iter(on), "")
        made = {name: job.tree for name, job in self.jobs.items()}
        return _in_order({**self.fields, "on": on, "jobs": made}, _WORKFLOW)

    def draft(self, *openings: str, **more: Any) -> Draft:
        """Make the draft of a task of this one file."""
        reference = partial(dump, self.tree)
        return self.make_draft(openings, reference, ((self.path, LANGUAGE),), **more)


def render(trees: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Write several files."""
    return {path: dump(tree) for path, tree in trees.items()}


def several(recipe: Recipe, trees: Mapping[str, Mapping[str, Any]], *openings: str) -> Draft:
    """Make the draft of a task of several files, given by path."""
    files = tuple((path, LANGUAGE) for path in trees)
    return recipe.make_draft(openings, partial(render, dict(trees)), files)


# --- optional parts of any workflow ---------------------------------------------------------------


def timeout(job: Job, minutes: Sequence[int] = tuple(range(6, 95))) -> Extra:
    """Limit the time of a job."""

    def make(flow: Workflow) -> None:
        limit = flow.draw.choice(f"{job.name} minutes", minutes)
        job.fields["timeout-minutes"] = limit
        flow.ask(jobs.workflow_job_timeout(job=job.name, minutes=limit))

    return Extra(f"timeout of {job.name}", 1, make)


RUNNERS = ("ubuntu-22.04", "ubuntu-24.04", "ubuntu-24.04-arm", "ubuntu-22.04-arm")


def runner(job: Job, runners: Sequence[str] = RUNNERS) -> Extra:
    """Choose the machine of a job."""

    def make(flow: Workflow) -> None:
        label = flow.draw.choice(f"{job.name} runner", runners)
        job.fields["runs-on"] = label
        flow.ask(jobs.workflow_job_runner(job=job.name, runner=label))

    return Extra(f"runner of {job.name}", 1, make)


def read_only(flow: Workflow) -> None:
    """Limit the token of the whole workflow to reading the contents."""
    flow.fields["permissions"] = {"contents": "read"}
    flow.ask(jobs.workflow_token_limited(permissions=["contents: read"]))


READ_ONLY = Extra("read-only token", 1, read_only)


def permission(flow: Workflow, job: Job, scope: str, level: str, *, said: bool = True) -> None:
    """Give the token of a job a permission."""
    job.set("permissions", scope, level)
    if said:
        asked = f"{scope}: {level}"
        flow.ask(jobs.workflow_job_permission(job=job.name, permission=asked))


def cancel_older(flow: Workflow) -> None:
    """Cancel an older run of the same branch or pull request."""
    group = f"${{{{ github.workflow }}}}-{expression('github.ref')}"
    flow.fields["concurrency"] = {"group": group, "cancel-in-progress": True}
    flow.ask(jobs.workflow_newest_run_wins())


CANCEL_OLDER = Extra("cancel older runs", 1, cancel_older)


def one_at_a_time(job: Job) -> Extra:
    """Let one run of a job wait for another."""

    def make(flow: Workflow) -> None:
        group = flow.draw.name(f"{job.name} group")
        job.fields["concurrency"] = {"group": group, "cancel-in-progress": False}
        flow.ask(jobs.workflow_job_queue(job=job.name, group=group))

    return Extra(f"queue of {job.name}", 1, make)


def setting(job: Job, name: str, values: Sequence[str]) -> Extra:
    """Set an environment variable for a whole job."""

    def make(flow: Workflow) -> None:
        value = flow.draw.choice(f"{job.name} {name}", values)
        job.set("env", name, value)
        flow.ask(jobs.workflow_job_variable(job=job.name, name=name, value=value))

    return Extra(f"{name} of {job.name}", 1, make)
