"""Requirements about artifacts that jobs keep and hand to each other."""

from __future__ import annotations

from envs.cicd.requirements.github_conditions import FAILED, WELL, step_holds
from envs.cicd.requirements.github_find import (
    Found,
    comes_early,
    comes_late,
    find_job,
    is_true,
    live_steps,
    using,
    value_of,
    values_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    fits_one,
    lines_of,
    same_text,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_UPLOAD, _DOWNLOAD = "actions/upload-artifact", "actions/download-artifact"


def _uploads(job: Job, artifact: str, *, anyhow: bool = False) -> list[Step]:
    steps = job.active if anyhow else live_steps(job)
    return [
        step
        for step in using(steps, _UPLOAD)
        if (anyhow or not comes_early(step))
        and (
            same_text(step.inputs.get("name", "artifact"), artifact)
            or values_of(step, "name", "artifact") == {compact(artifact)}
        )
    ]


def _find_upload(
    model: Repository, job: str, artifact: str, *, anyhow: bool = False
) -> Found[list[Step]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    steps = _uploads(found, artifact, anyhow=anyhow)
    if not steps:
        yield found.finding(f"the job `{job}` keeps no artifact `{artifact}`", "steps")
    return steps


@requirement(
    "the job `{job}` keeps `{path}` as the artifact `{artifact}`",
    "`{path}` is uploaded by the job `{job}` as the artifact `{artifact}`",
    "the job `{job}` uploads an artifact `{artifact}` with `{path}`",
)
def workflow_keeps(model: Repository, job: str, artifact: str, path: str) -> Findings:
    """`actions/upload-artifact` of a path under a name."""
    steps = yield from _find_upload(model, job, artifact)
    wanted = clean_path(path)
    for step in steps:
        paths = [clean_path(line) for line in lines_of(value_of(step, "path"))]
        if {f"!{wanted}", f"!{wanted}/**", f"!{wanted}/*"} & set(paths):
            continue
        if wanted in [one.removesuffix("/**").removesuffix("/*") for one in paths] + paths:
            return
    if steps:
        yield steps[0].finding(f"`{path}` is not part of the artifact `{artifact}`", "with")


@requirement(
    "the artifact `{artifact}` of the job `{job}` is deleted after {days} days",
    "the job `{job}` keeps its artifact `{artifact}` for {days} days",
)
def workflow_kept_days(model: Repository, job: str, artifact: str, days: int) -> Findings:
    """`retention-days` of an artifact."""
    steps = yield from _find_upload(model, job, artifact)
    if steps and not any(value_of(step, "retention-days") == str(days) for step in steps):
        yield steps[0].finding(f"`{artifact}` is not kept for {days} days", "with")


@requirement(
    "the job `{job}` fails if there is nothing to upload as `{artifact}`",
    "nothing to upload as `{artifact}` is an error of the job `{job}`",
)
def workflow_kept_needed(model: Repository, job: str, artifact: str) -> Findings:
    """`if-no-files-found: error` of an artifact."""
    steps = yield from _find_upload(model, job, artifact)
    if steps and not any(value_of(step, "if-no-files-found") == "error" for step in steps):
        yield steps[0].finding(f"a missing `{artifact}` is no error", "with")


@requirement(
    "the job `{job}` uploads the artifact `{artifact}` even if a step before it has failed",
    "the artifact `{artifact}` of the job `{job}` is uploaded in any case, also after a failure",
)
def workflow_kept_always(model: Repository, job: str, artifact: str) -> Findings:
    """An upload whose step runs whatever has happened before."""
    steps = yield from _find_upload(model, job, artifact, anyhow=True)
    told = [(*step_holds(step, WELL), *step_holds(step, FAILED)) for step in steps]
    if steps and not any(all(held is True for _, held in one) for one in told):
        yield steps[0].finding(f"`{artifact}` is not uploaded after a failure", "if")


@requirement(
    "the job `{job}` uploads the artifact `{artifact}` only if a step before it has failed",
    "if a step of the job `{job}` fails, and only then, the artifact `{artifact}` is uploaded",
)
def workflow_kept_on_failure(model: Repository, job: str, artifact: str) -> Findings:
    """An upload whose step runs after a failure alone."""
    steps = yield from _find_upload(model, job, artifact, anyhow=True)
    for step in steps:
        well = all(held is False for _, held in step_holds(step, WELL))
        if well and all(held is True for _, held in step_holds(step, FAILED)):
            return
    if steps:
        yield steps[0].finding(f"`{artifact}` is not uploaded just after a failure", "if")


def _downloads(job: Job, artifact: str) -> list[Step]:
    """Return the steps that fetch an artifact of this run: by name, by a pattern, or with all."""
    return [
        step
        for step in using(live_steps(job), _DOWNLOAD)
        if "run-id" not in step.inputs and _chooses(step, artifact) and not comes_late(step)
    ]


def _chooses(step: Step, artifact: str) -> bool:
    if "name" in step.inputs:
        return value_of(step, "name") == compact(artifact)
    pattern = value_of(step, "pattern", "*")
    return fits_one(artifact, [pattern])


def _find_download(model: Repository, job: str, artifact: str) -> Found[list[Step]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    jobs = found.workflow.jobs
    makers = [name for name in found.ancestors if _uploads(jobs[name], artifact)]
    steps = _downloads(found, artifact)
    if not makers:
        yield found.finding(f"no job before `{job}` uploads the artifact `{artifact}`", "needs")
    elif not steps:
        yield found.finding(f"the job `{job}` does not fetch `{artifact}`", "steps")
    return steps if makers else []


@requirement(
    "the job `{job}` fetches the artifact `{artifact}` of a job before it",
    "the artifact `{artifact}`, made by an earlier job, is downloaded in the job `{job}`",
)
def workflow_takes(model: Repository, job: str, artifact: str) -> Findings:
    """`actions/download-artifact` of what a job that is needed has uploaded."""
    yield from _find_download(model, job, artifact)


@requirement(
    "the job `{job}` unpacks the artifact `{artifact}` of a job before it into `{folder}`",
    "in the job `{job}`, the artifact `{artifact}` of an earlier job is downloaded to `{folder}`",
)
def workflow_takes_to(model: Repository, job: str, artifact: str, folder: str) -> Findings:
    """The folder of a downloaded artifact."""
    steps = yield from _find_download(model, job, artifact)
    if steps and not any(_target(step, artifact) == clean_path(folder) for step in steps):
        yield steps[0].finding(f"`{artifact}` does not go to `{folder}`", "with")


def _target(step: Step, artifact: str) -> str:
    """Return the folder of an artifact: one of several gets a folder of its own name."""
    folder = clean_path(value_of(step, "path"))
    if "name" in step.inputs or is_true(step, "merge-multiple"):
        return folder
    return clean_path(f"{folder}/{artifact}")
