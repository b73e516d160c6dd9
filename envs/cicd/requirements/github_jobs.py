"""Requirements about jobs: runners, limits, what a job may do, what it waits for, its outputs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envs.cicd.requirements.github_conditions import scenarios
from envs.cicd.requirements.github_find import (
    amiss,
    find_job,
    live_steps,
    live_workflows,
    ran_in,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    put_in,
    same_text,
    sole_expression,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.expressions import (
    ExpressionError,
    parse_expression,
    truth,
)
from iac_gym.languages.github_actions.model import (
    Concurrency,
    Job,
    Permissions,
    Repository,
    Workflow,
)


def _labels(job: Job) -> frozenset[str]:
    """Return the labels of the runners; that a machine is one's own goes without saying."""
    labels = job.runners
    hosted = any(label.startswith(("ubuntu-", "windows-", "macos-")) for label in labels)
    return labels if hosted or len(job.labels) < 2 else labels - {"self-hosted"}


@requirement(
    "the job `{job}` runs on `{runner}`",
    "`{runner}` is the runner of the job `{job}`",
    "give the job `{job}` a runner `{runner}`",
)
def workflow_job_runner(model: Repository, job: str, runner: str) -> Findings:
    """`runs-on`: a text, a list, or labels of a group."""
    found = yield from find_job(model, job)
    if found is not None and _labels(found) != {runner}:
        shown = ", ".join(sorted(found.runners)) or "nothing"
        yield found.finding(f"the job `{job}` runs on {shown}, not on `{runner}`", "runs-on")


@requirement(
    "the job `{job}` is stopped after {minutes} minutes",
    "a limit of {minutes} minutes for the job `{job}`",
    "the job `{job}` may take {minutes} minutes at most",
)
def workflow_job_timeout(model: Repository, job: str, minutes: int) -> Findings:
    """`timeout-minutes` of a job."""
    found = yield from find_job(model, job)
    if found is not None and found.values(found.timeout) != {str(minutes)}:
        shown = found.timeout or "360"
        yield found.finding(f"the job `{job}` may take {shown} minutes", "timeout-minutes")


@requirement(
    "the job `{job}` is shown as `{title}`",
    "`{title}` as the display name of the job `{job}`",
)
def workflow_job_title(model: Repository, job: str, title: str) -> Findings:
    """`name` of a job."""
    found = yield from find_job(model, job)
    if found is not None and not same_text(found.name, title):
        yield found.finding(f"the job `{job}` is shown as `{found.name[:60]}`", "name")


@requirement(
    "the workflow is called `{name}`",
    "`{name}` is the name of the workflow",
)
def workflow_called(model: Repository, name: str) -> Findings:
    """`name` of a workflow that has jobs."""
    if not any(same_text(one.name, name) for one in live_workflows(model)):
        yield amiss(model, f"no workflow is called `{name}`", None, "name")


# --- the token -----------------------------------------------------------------------------------


def _is_limited(found: Permissions | None, wanted: dict[str, str]) -> bool:
    if found is None or found.every != "none":
        return False
    return {scope: level for scope, level in found.scopes.items() if level != "none"} == wanted


@requirement(
    "unless a job is granted more, its token is limited to {permissions}",
    "the token may do no more than {permissions} in jobs that are granted nothing else",
    "by default the jobs get a token with the permissions {permissions} and no others",
)
def workflow_token_limited(model: Repository, permissions: list[str]) -> Findings:
    """`permissions` with exactly these, at the top or in every job that needs no others."""
    wanted = dict(line.split(": ") for line in permissions)
    for workflow in live_workflows(model):
        jobs = workflow.running
        own = [job.permissions if "permissions" in job.tree else None for job in jobs]
        if not jobs or any(one is not None and one.every == "write" for one in own):
            continue
        if _is_limited(workflow.permissions, wanted):
            return
        if all(own) and any(_is_limited(one, wanted) for one in own):
            return
    reason = f"jobs are not limited to {', '.join(permissions)}"
    yield amiss(model, reason, None, "permissions")


@requirement(
    "the token of the job `{job}` has the permission `{permission}`",
    "the job `{job}` is granted `{permission}`",
    "grant the job `{job}` the permission `{permission}`",
)
def workflow_job_permission(model: Repository, job: str, permission: str) -> Findings:
    """A scope of the token of a job and its level, from the job or from the top."""
    found = yield from find_job(model, job)
    if found is None:
        return
    scope, _, level = permission.partition(": ")
    given = found.permissions
    if given is None or given.level(scope) != level:
        shown = given.level(scope) if given else "not set"
        yield found.finding(f"in the job `{job}`, `{scope}` is {shown}", "permissions")


# --- concurrency ---------------------------------------------------------------------------------


_RUN = r"github\.(?:run_id|run_number|run_attempt|sha)\b"
_BRANCH = re.compile(r"github\.ref(_name)?\b")
_FOLLOWED = re.compile(r"github\.event\.workflow_run\.head_branch\b")
_PULL_REQUEST = re.compile(r"github\.(head_ref|event\.number|event\.pull_request\.number)\b")


def _per_ref(workflow: Workflow, group: str) -> bool:
    """Whether a group differs between refs; only pull requests have a head."""
    requests = all(event.startswith("pull_request") for event in workflow.triggers)
    text = _expressions(group)
    known = [_BRANCH, _PULL_REQUEST] if requests else [_BRANCH]
    if set(workflow.triggers) == {"workflow_run"}:
        known.append(_FOLLOWED)
    for one in known:  # what stands behind `||` is never reached
        text = re.sub(rf"({one.pattern})\|\|{_RUN}", r"\1", text)
    return any(one.search(text) for one in known) and not re.search(_RUN, text)


def _expressions(text: str) -> str:
    """Return what stands in the expressions of a text, without the texts that they quote."""
    found: list[str] = []

    def note(one: str) -> str:
        found.append(re.sub(r"'[^']*'", "''", one))
        return ""

    put_in(compact(text), note)
    return " ".join(found)


def _apart(jobs: Sequence[Job]) -> bool:
    """Whether no two jobs of one run are in the same group, and so cancel each other."""
    groups = [compact(job.concurrency.group) for job in jobs if job.concurrency is not None]
    alone = all(
        job.matrix is None or "matrix." in _expressions(job.concurrency.group)
        for job in jobs
        if job.concurrency is not None
    )
    return alone and len(set(groups)) == len(groups)


def _is_own_group(workflow: Workflow, job: Job | None, wanted: str, cancel: str) -> bool:
    found = job.concurrency if job else workflow.concurrency
    return found is not None and _cancels(found) == cancel and same_text(found.group, wanted)


def _cancels(found: Concurrency) -> str:
    text = compact(found.cancel) or "false"
    return text[3:-2] if text in ("${{true}}", "${{false}}") else text


def _always_cancels(workflow: Workflow, found: Concurrency) -> bool:
    inner = sole_expression(_cancels(found))
    if inner is None:
        return _cancels(found) == "true"
    try:
        node = parse_expression(inner)
    except ExpressionError:
        return False
    return all(truth(node, one.facts) is True for one in scenarios(workflow))


@requirement(
    "a newer run for the same branch or pull request cancels the one that is still in progress",
    "for each ref only the newest run goes on, the one before it is cancelled",
)
def workflow_newest_run_wins(model: Repository) -> Findings:
    """A concurrency group of the workflow (or of all its jobs) for each ref that cancels."""
    for workflow in live_workflows(model):
        found = workflow.concurrency
        groups = [found] if found else [job.concurrency for job in workflow.running]
        if (
            groups
            and (found or _apart(workflow.running))
            and all(
                one and _per_ref(workflow, one.group) and _always_cancels(workflow, one)
                for one in groups
            )
        ):
            return
    yield amiss(model, "a newer run of the same ref does not cancel the older", None, "concurrency")


@requirement(
    "runs of this workflow wait for each other in the concurrency group `{group}`, none is "
    "cancelled while it runs",
    "the concurrency group `{group}` lets one run of the workflow go on at a time and cancels none "
    "in progress",
)
def workflow_queue(model: Repository, group: str) -> Findings:
    """A concurrency group at the top that does not cancel."""
    for one in live_workflows(model):
        sole = one.running[0] if len(one.running) == 1 and one.concurrency is None else None
        if _is_own_group(one, sole, group, "false"):
            break
    else:
        yield amiss(model, f"runs do not wait in the group `{group}`", None, "concurrency")


@requirement(
    "the job `{job}` runs one at a time, in the concurrency group `{group}`, and a newer "
    "run cancels none in progress",
    "runs of the job `{job}` queue in the concurrency group `{group}` while the one in "
    "progress goes on",
)
def workflow_job_queue(model: Repository, job: str, group: str) -> Findings:
    """A concurrency group of a job (or of its workflow) that does not cancel."""
    found = yield from find_job(model, job)
    if found is None:
        return
    own = _is_own_group(found.workflow, found, group, "false")
    above = found.concurrency is None and _is_own_group(found.workflow, None, group, "false")
    if not own and not above:
        yield found.finding(f"the job `{job}` does not queue in `{group}`", "concurrency")


# --- environments --------------------------------------------------------------------------------


@requirement(
    "the job `{job}` belongs to the environment `{environment}`",
    "the job `{job}` deploys to the GitHub environment `{environment}`, whose reviewers approve it",
    "`{environment}` is the deployment environment of the job `{job}`",
)
def workflow_job_environment(model: Repository, job: str, environment: str) -> Findings:
    """`environment` of a job: a text, or its name."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = found.environment
    if given is None or {compact(one) for one in found.values(given.name)} != {
        compact(environment)
    }:
        shown = f"`{given.name}`" if given else "none"
        yield found.finding(f"the environment of the job `{job}` is {shown}", "environment")


@requirement(
    "the environment of the job `{job}` shows the address `{url}`",
    "deployments of the job `{job}` link to `{url}`",
)
def workflow_job_url(model: Repository, job: str, url: str) -> Findings:
    """`environment.url` of a job."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = found.environment
    urls = found.values(given.url) if given else frozenset()
    if {compact(one).rstrip("/") for one in urls} != {compact(url)}:
        yield found.finding(f"the environment of `{job}` does not link to `{url}`", "environment")


# --- variables and defaults ----------------------------------------------------------------------


@requirement(
    "every step of the job `{job}` sees the environment variable `{name}` with the value `{value}`",
    "the job `{job}` sets the environment variable `{name}` to `{value}` for all its steps",
    "in the job `{job}`, the environment variable `{name}` has the value `{value}`",
)
def workflow_job_variable(model: Repository, job: str, name: str, value: str) -> Findings:
    """A variable that every step of a job sees, wherever it is set."""
    found = yield from find_job(model, job)
    if found is None:
        return
    steps = live_steps(found)
    envs = [step.env for step in steps] or [found.env]
    wanted = {compact(value)}
    if any({compact(x) for x in found.values(env.get(name, ""))} != wanted for env in envs):
        yield found.finding(f"`{name}` is not `{value}` in all of the job `{job}`", "env")


@requirement(
    "every command of the job `{job}` runs in the folder `{folder}`",
    "`{folder}` is the working directory of all commands of the job `{job}`",
)
def workflow_job_folder(model: Repository, job: str, folder: str) -> Findings:
    """The working directory of every command of a job that has some."""
    found = yield from find_job(model, job)
    if found is None:
        return
    folders = {ran.folder for step in live_steps(found) if step.run for ran in ran_in(step)}
    if folders != {clean_path(folder)}:
        yield found.finding(f"not every command of `{job}` runs in `{folder}`", "defaults", "steps")


@requirement(
    "the commands of the job `{job}` run in the shell `{shell}`",
    "`{shell}` is the shell of the commands in the job `{job}`",
)
def workflow_job_shell(model: Repository, job: str, shell: str) -> Findings:
    """The shell of every `run` of a job that has some."""
    found = yield from find_job(model, job)
    if found is None:
        return
    shells = {step.shell for step in live_steps(found) if step.run}
    if shells != {shell}:
        yield found.finding(f"the commands of `{job}` do not all run in `{shell}`", "defaults")


@requirement(
    "the steps of the job `{job}` run inside the container image `{image}`",
    "`{image}` is the container in which the job `{job}` runs",
)
def workflow_job_container(model: Repository, job: str, image: str) -> Findings:
    """`container` of a job: a text, or its image."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = found.container
    images = found.values(given.image) if given else frozenset()
    if {one.removeprefix("docker.io/").removeprefix("library/") for one in images} != {image}:
        yield found.finding(f"the job `{job}` does not run in `{image}`", "container")
