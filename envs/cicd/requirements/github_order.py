"""Requirements about when jobs run: after others, in any case, for some refs alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from envs.cicd.requirements.github_conditions import (
    FAILED,
    Facts,
    Scenario,
    holds,
    job_runs,
    scenarios,
)
from envs.cicd.requirements.github_find import (
    find_job,
    live_steps,
    ran_in,
)
from envs.cicd.requirements.github_shell import writes_output
from envs.cicd.requirements.github_texts import (
    compact,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository
from iac_gym.languages.github_actions.values import pairs_of


def _results(job: Job, failed: str = "") -> Facts:
    return {
        ("needs", need.lower(), "result"): ("failure" if need == failed else "success",)
        for need in job.needs
    }


def _waits(job: Job, other: str) -> bool:
    return other in job.ancestors and other in job.workflow.possible


def _runs_after_failure(job: Job, other: str) -> bool | None:
    """Say whether a job runs when another, which it needs directly, has failed."""
    return holds(job.condition, _results(job, other), FAILED)


@requirement(
    "the job `{job}` waits until `{other}` has succeeded",
    "the job `{job}` starts only after the job `{other}` went well",
    "`{other}` has to succeed before the job `{job}` starts",
)
def workflow_job_after(model: Repository, job: str, other: str) -> Findings:
    """A job that needs another, directly or through others, and does not ignore its failure."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not _waits(found, other):
        yield found.finding(f"the job `{job}` does not wait for `{other}`", "needs")
    elif _runs_after_failure(found, other) is not False:
        yield found.finding(f"the job `{job}` runs though `{other}` has failed", "if")
    elif found.workflow.jobs[other].continue_on_error:
        yield found.finding(f"a failure of `{other}` is forgiven", "needs")


@requirement(
    "the job `{job}` runs at the end, whether `{other}` succeeded or failed",
    "after `{other}` the job `{job}` runs in any case, also if `{other}` failed",
)
def workflow_job_always(model: Repository, job: str, other: str) -> Findings:
    """A job that needs another and runs whatever became of it."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not _waits(found, other):
        yield found.finding(f"the job `{job}` does not wait for `{other}`", "needs")
    elif (
        _runs_after_failure(found, other) is not True
        or holds(found.condition, _results(found)) is not True
    ):
        yield found.finding(f"the job `{job}` does not run if `{other}` has failed", "if", "needs")


@requirement(
    "the job `{job}` runs only if `{other}` has failed",
    "if the job `{other}` fails, and only then, the job `{job}` runs",
)
def workflow_job_on_failure(model: Repository, job: str, other: str) -> Findings:
    """A job that needs another and runs after its failure alone."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if other not in found.needs:
        yield found.finding(f"the job `{job}` does not need `{other}`", "needs")
    elif (
        _runs_after_failure(found, other) is not True
        or holds(found.condition, _results(found)) is not False
    ):
        yield found.finding(f"the job `{job}` does not run just after a failure", "if")
    elif any(_runs_after_failure(found, one) for one in _others(found, other)):
        yield found.finding(f"the job `{job}` also runs where another job has failed", "if")


def _others(job: Job, other: str) -> list[str]:
    """Return the jobs that are needed besides one, and that this one does not need itself."""
    needed = job.workflow.jobs[other].ancestors if other in job.workflow.jobs else ()
    return [name for name in job.needs if name != other and name not in needed]


# --- for some runs alone -------------------------------------------------------------------------


def _only(
    job: Job, main: str, wanted: Callable[[Scenario], bool], needed: Callable[[Scenario], bool]
) -> str:
    """Say what is wrong with a job that must run in some scenarios and in no others."""
    ran = False
    for scenario in scenarios(job.workflow, main):
        held = job_runs(job, scenario)
        if not wanted(scenario):
            if held is not False:
                where = scenario.branch or scenario.tag or "a pull request"
                return f"the job `{job.id}` also runs for {scenario.event} ({where})"
        elif needed(scenario):
            if held is not True:
                return f"the job `{job.id}` is not certain to run for {scenario.event}"
            ran = True
    return "" if ran else f"nothing starts the job `{job.id}` there"


@requirement(
    "the job `{job}` runs on the branch `{branch}` alone, not on others or for pull requests",
    "on anything but the branch `{branch}` (a pull request, another branch, a tag) the job `{job}` "
    "is skipped",
)
def workflow_job_only_on(model: Repository, job: str, branch: str) -> Findings:
    """A job that runs for pushes to a branch, and for no other ref."""
    found = yield from find_job(model, job)
    if found is None:
        return

    def wanted(one: Scenario) -> bool:
        return one.branch == branch and not one.event.startswith("pull_request")

    if reason := _only(found, branch, wanted, lambda one: one.event == "push"):
        yield found.finding(reason, "if")


@requirement(
    "the job `{job}` runs for pull requests alone",
    "unless it is a pull request, the job `{job}` is skipped",
)
def workflow_job_only_for_pull_requests(model: Repository, job: str) -> Findings:
    """A job that runs for pull requests, and for no other event."""
    found = yield from find_job(model, job)
    if found is None:
        return

    def wanted(one: Scenario) -> bool:
        return one.event in ("pull_request", "pull_request_target")

    if reason := _only(found, "main", wanted, wanted):
        yield found.finding(reason, "if")


@requirement(
    "the job `{job}` runs for pushed tags alone",
    "unless a tag was pushed, the job `{job}` is skipped",
)
def workflow_job_only_for_tags(model: Repository, job: str) -> Findings:
    """A job that runs for pushes of tags, and for nothing else."""
    found = yield from find_job(model, job)
    if found is None:
        return

    def wanted(one: Scenario) -> bool:
        return one.event == "push" and bool(one.tag)

    if reason := _only(found, "main", wanted, wanted):
        yield found.finding(reason, "if")


@requirement(
    "the job `{job}` runs only if the output `{output}` of `{other}` is `{value}`",
    "the job `{job}` is skipped unless the output `{output}` of the job `{other}` is `{value}`",
)
def workflow_job_if_output(
    model: Repository, job: str, other: str, output: str, value: str
) -> Findings:
    """A condition on an output of a job that is needed."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if other not in found.needs or output not in found.workflow.jobs[other].outputs:
        yield found.finding(f"`{job}` does not get the output `{output}` of `{other}`", "needs")
        return
    path = ("needs", other.lower(), "outputs", output.lower())
    facts = _results(found)
    right = holds(found.condition, {**facts, path: (value,)})
    other_value = {"true": "false", "false": "true"}.get(value, f"{value}-not")
    wrong = [holds(found.condition, {**facts, path: (text,)}) for text in (other_value, "")]
    if "fromjson" in found.condition.text.lower():
        wrong[1] = wrong[1] or False  # it stops at an empty text
    if right is not True or wrong != [False, False]:
        yield found.finding(f"`{job}` does not depend on `{output}` being `{value}`", "if")


# --- outputs -------------------------------------------------------------------------------------


def is_set(job: Job, output: str) -> bool:
    """Whether an output of a job comes from a step that can set it."""
    text = compact(job.outputs.get(output, ""))
    if "${{" not in text:
        return False
    wanted = dict(re.findall(r"\bsteps\.([\w-]+)\.outputs\.([\w-]+)", text))
    return any(
        step.uses is not None or writes_output(step, wanted[step.id])
        for step in live_steps(job)
        if step.id in wanted
    )


@requirement(
    "the job `{job}` hands the output `{output}` on, set by one of its steps",
    "`{output}` is an output of the job `{job}`, with the value that one of its steps sets",
)
def workflow_job_output(model: Repository, job: str, output: str) -> Findings:
    """An output of a job that one of its steps sets."""
    found = yield from find_job(model, job)
    if found is not None and not is_set(found, output):
        yield found.finding(f"no step of `{job}` sets the output `{output}`", "outputs")


@requirement(
    "the job `{job}` uses the output `{output}` of the job `{other}`",
    "a step of the job `{job}` reads what `{other}` hands on as `{output}`",
)
def workflow_job_reads(model: Repository, job: str, other: str, output: str) -> Findings:
    """An output of a needed job that a step, or a variable that a step reads, takes."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if other not in found.needs or not is_set(found.workflow.jobs[other], output):
        yield found.finding(f"`{job}` does not get the output `{output}` of `{other}`", "needs")
        return
    wanted = f"needs.{other}.outputs.{output}"
    read = re.compile(rf"\b{re.escape(wanted)}(?![\w-])", re.IGNORECASE)
    if not any(read.search(text) for text in _texts(found)):
        yield found.finding(f"no step of `{job}` reads `{wanted}`", "steps")


def _texts(job: Job) -> list[str]:
    """Return the texts that steps of a job work with."""
    texts = [compact(text) for text in (job.call.inputs.values() if job.call else ())]
    for step in live_steps(job):
        texts += [compact(text) for text in step.inputs.values()]
        texts += [word for ran in ran_in(step) for word in ran.words] if step.run else []
        texts += [compact(text) for text in pairs_of(step.tree, "env").values()]
        if step.uses is not None:
            texts += [compact(text) for text in step.env.values()]
    return texts
