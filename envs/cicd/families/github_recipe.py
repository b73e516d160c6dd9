"""How a GitHub Actions task is put together: the recipe that writes workflows and actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from envs.cicd import choices
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_triggers as triggers
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Recipe
from iac_gym.formats.yaml import dump

LANGUAGE = "github_actions"
#: The order in which a person writes the keys of a workflow and of a job.
_WORKFLOW = "name run-name on permissions env defaults concurrency jobs".split()
_JOB = (
    "name if needs runs-on timeout-minutes permissions environment concurrency outputs strategy "
    "container services env defaults steps uses with secrets"
).split()
_STEP = "name id if uses with env shell working-directory run".split()
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

    def first(self, section: str) -> dict[str, Any]:
        """Return the first step of a section."""
        return self._steps[section][0]

    def running(self, command: str) -> dict[str, Any]:
        """Return the step that runs a command."""
        every = [step for section in self._steps.values() for step in section]
        return next(step for step in every if step.get("run") == command)

    def set(self, section: str, key: str, value: Any) -> None:
        """Set a key of a mapping of the job, such as one of `env`."""
        self.fields.setdefault(section, {})[key] = value

    @property
    def tree(self) -> dict[str, Any]:
        """The job as plain data."""
        steps = [_in_order(one, _STEP) for section in self._steps.values() for one in section]
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
        self.schedules: list[dict[str, str]] = []
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

    def on_push(self, branch: str) -> None:
        """Start on pushes to a branch. One requirement."""
        self.event("push", branches=[branch])
        self.ask(triggers.workflow_push_branch(branch=branch))

    def on_pull_request(self, branch: str) -> None:
        """Start on pull requests against a branch. One requirement."""
        self.event("pull_request", branches=[branch])
        self.ask(triggers.workflow_pull_request_branch(branch=branch))

    def on_tag(self, pattern: str) -> None:
        """Start when a tag is pushed. One requirement."""
        self.event("push", tags=[pattern])
        self.ask(triggers.workflow_push_tags(pattern=pattern))

    def every_week(self, day: str, time: str) -> None:
        """Start once a week. One requirement."""
        self.event("schedule")
        self.schedules.append({"cron": choices.cron_weekly(day, time)})
        self.ask(triggers.workflow_every_week(day=day, time=time))

    def every_day(self, time: str) -> None:
        """Start once a day. One requirement."""
        self.event("schedule")
        self.schedules.append({"cron": choices.cron_daily(time)})
        self.ask(triggers.workflow_every_day(time=time))

    def by_hand(self) -> None:
        """Let people start it. One requirement."""
        self.event("workflow_dispatch")
        self.ask(triggers.workflow_by_hand())

    @property
    def tree(self) -> dict[str, Any]:
        """The workflow as plain data."""
        on: Any = dict(self.events)
        if self.schedules:
            on["schedule"] = self.schedules
        if all(value is None for value in on.values()):
            on = list(on) if len(on) > 1 else next(iter(on), "")
        made = {name: job.tree for name, job in self.jobs.items()}
        return _in_order({**self.fields, "on": on, "jobs": made}, _WORKFLOW)

    def draft(self, *openings: str, **more: Any) -> Draft:
        """Make the draft of a task of this one file."""
        reference = partial(text_of, self.tree)
        return self.make_draft(openings, reference, ((self.path, LANGUAGE),), **more)


def text_of(tree: Mapping[str, Any]) -> str:
    """Write a workflow as a person does: with a plain `on`."""
    return dump(tree).replace('"on":', "on:", 1)


def render(trees: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Write several files."""
    return {path: text_of(tree) for path, tree in trees.items()}


def several(recipe: Recipe, trees: Mapping[str, Mapping[str, Any]], *openings: str) -> Draft:
    """Make the draft of a task of several files, given by path."""
    files = tuple((path, LANGUAGE) for path in trees)
    return recipe.make_draft(openings, partial(render, dict(trees)), files)


def permission(flow: Workflow, job: Job, scope: str, level: str, *, said: bool = True) -> None:
    """Give the token of a job a permission."""
    job.set("permissions", scope, level)
    if said:
        asked = f"{scope}: {level}"
        flow.ask(jobs.workflow_job_permission(job=job.name, permission=asked))
