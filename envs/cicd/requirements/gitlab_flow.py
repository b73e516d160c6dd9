"""Requirements about the order of GitLab jobs: stages, needs, artifacts that travel, retries."""

from __future__ import annotations

from envs.cicd.requirements.gitlab_find import always, find_job
from envs.cicd.requirements.gitlab_scenarios import shares
from iac_gym.check import Findings, requirement
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.read import as_map


@requirement(
    "the stages are {stages}, in this order",
    "there are the stages {stages}, one after the other",
)
def gitlab_stages(model: Pipeline, stages: list[str]) -> Findings:
    """The stages of the pipeline."""
    given = list(model.stages[1:-1])
    if given != stages:
        mark = model.tree.marks.get("stages", (0, 0))
        yield model.finding(f"the stages are {', '.join(given)}", mark)


@requirement(
    "the job `{job}` is in the stage `{stage}`",
    "the stage of the job `{job}` is `{stage}`",
    "`{job}` is a job of the stage `{stage}`",
)
def gitlab_stage(model: Pipeline, job: str, stage: str) -> Findings:
    """The stage of a job."""
    found = yield from find_job(model, job)
    if found and found.stage != stage:
        yield model.finding(f"`{job}` is in the stage `{found.stage}`", found.place("stage"))


@requirement(
    "the job `{job}` starts only when `{other}` has passed",
    "the job `{job}` runs after `{other}`",
)
def gitlab_after(model: Pipeline, job: str, other: str) -> Findings:
    """A job that is over when another starts, by `needs` or by the stages."""
    found = yield from find_job(model, job)
    first = yield from find_job(model, other)
    if found is None or first is None:
        return
    if other not in model.before(job):
        yield model.finding(f"`{job}` does not wait for `{other}`", found.place("needs"))
    elif not shares(found, first)[1]:
        yield model.finding(f"`{job}` runs in pipelines without `{other}`", found.mark)
    elif found.starts_by & {"always", "on_failure"} or _forgiven(first):
        yield model.finding(f"`{job}` also starts when `{other}` has failed", found.place("when"))


def _forgiven(job: Job) -> bool:
    return job.may_fail_silently and not job.manual


@requirement(
    "the job `{job}` starts right after `{other}`, without waiting for any other job",
    "the job `{job}` waits for `{other}` alone, whatever the stages say",
)
def gitlab_needs(model: Pipeline, job: str, other: str) -> Findings:
    """The only job that a job needs."""
    found = yield from find_job(model, job)
    if found is None:
        return
    first = yield from find_job(model, other)
    if first is None:
        return
    given = {need.job for need in found.needs or () if need.here and not need.optional}
    if found.needs is None or given != {other} or len(found.needs) != 1 or _changed(found):
        yield model.finding(f"`{job}` does not need just `{other}`", found.place("needs"))
    elif not shares(found, first)[1]:
        yield model.finding(f"`{job}` is in pipelines without `{other}`", found.mark)


def _changed(job: Job) -> bool:
    """Whether `rules:needs` takes the place of the needs."""
    return any(clause.needs is not None for clause in job.chances)


@requirement(
    "the job `{job}` starts at once, without waiting for earlier stages",
    "nothing has to be done before the job `{job}` starts",
)
def gitlab_needs_nothing(model: Pipeline, job: str) -> Findings:
    """A job with an empty list of needs, or in the first stage."""
    found = yield from find_job(model, job)
    if found and (model.before(job) or found.needs):
        yield model.finding(f"`{job}` waits for other jobs", found.place("needs"))


@requirement(
    "the job `{job}` gets the artifacts of `{other}`",
    "the artifacts of `{other}` are passed to the job `{job}`",
)
def gitlab_takes(model: Pipeline, job: str, other: str) -> Findings:
    """Artifacts of another job that a job downloads."""
    found = yield from find_job(model, job)
    source = yield from find_job(model, other)
    if found is None or source is None:
        return
    if not _keeps(source):
        yield model.finding(f"`{other}` has no artifacts", source.place("artifacts"))
    if other not in _taken(model, found) or not shares(found, source)[1] or _changed(found):
        yield model.finding(f"`{job}` does not get the artifacts of `{other}`", found.mark)


def _keeps(job: Job) -> bool:
    kept = job.artifacts
    if kept is None or kept.when == "on_failure":
        return False
    return bool(kept.paths or kept.untracked or "dotenv" in kept.reports)


def _taken(model: Pipeline, job: Job) -> frozenset[str]:
    if job.needs is not None:
        taken = frozenset(
            model.expanded.get(need.job, "") for need in job.needs if need.here and need.artifacts
        )
    else:
        taken = model.before(job.name)
    if job.dependencies is not None:
        taken &= {model.expanded.get(one, "") for one in job.dependencies}
    return taken


@requirement(
    "the job `{job}` downloads no artifacts of other jobs",
    "no artifacts are passed to the job `{job}`",
)
def gitlab_takes_nothing(model: Pipeline, job: str) -> Findings:
    """A job that gets no artifacts, although jobs before it may have some."""
    found = yield from find_job(model, job)
    if found and (found.dependencies != () and _taken(model, found)):
        yield model.finding(f"`{job}` downloads artifacts", found.place("dependencies"))


@requirement(
    "the job `{job}` may take at most {minutes} minutes",
    "GitLab stops the job `{job}` after {minutes} minutes",
)
def gitlab_timeout(model: Pipeline, job: str, minutes: int) -> Findings:
    """The time limit of a job."""
    found = yield from find_job(model, job)
    if found and found.timeout != minutes * 60:
        yield model.finding(f"`{job}` is not stopped then", found.place("timeout"))


@requirement(
    "the job `{job}` is retried after a failure, at most {count} time(s)",
    "GitLab retries the job `{job}` up to {count} time(s), whatever made it fail",
)
def gitlab_retry(model: Pipeline, job: str, count: int) -> Findings:
    """How often a job is tried again, after any failure."""
    found = yield from find_job(model, job)
    if found is None:
        return
    reasons = set(found.retry.when) - {"always"}
    if found.retry.max != count or reasons or found.retry.exit_codes:
        yield model.finding(f"`{job}` is not retried {count} times", found.place("retry"))


@requirement(
    "the job `{job}` is retried up to {count} time(s), only for the reason `{reason}`",
    "for the reason `{reason}`, and no other, GitLab retries the job `{job}` up to {count} time(s)",
)
def gitlab_retry_when(model: Pipeline, job: str, count: int, reason: str) -> Findings:
    """How often a job is tried again after one kind of failure."""
    found = yield from find_job(model, job)
    if found is None:
        return
    other = set(found.retry.when) != {reason} or found.retry.exit_codes
    if found.retry.max != count or other:
        yield model.finding(f"`{job}` is not retried so", found.place("retry"))


@requirement(
    "a newer pipeline may cancel the job `{job}`",
    "the job `{job}` can be cancelled when a newer pipeline makes it redundant",
)
def gitlab_interruptible(model: Pipeline, job: str) -> Findings:
    """`interruptible`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    said = [one.interruptible for one in found.chances]
    settled = [found.interruptible if one is None else one for one in said]
    flow = as_map(model.tree.get("workflow"))
    if not all(settled) or as_map(flow.get("auto_cancel")).get("on_new_commit") == "none":
        yield model.finding(f"`{job}` cannot be cancelled", found.place("interruptible"))


@requirement(
    "the pipeline may pass even if the job `{job}` fails",
    "a failure of the job `{job}` does not fail the pipeline",
)
def gitlab_may_fail(model: Pipeline, job: str) -> Findings:
    """`allow_failure`, for every failure."""
    found = yield from find_job(model, job)
    if found is None:
        return
    forgiven = all(clause.allow_failure for clause in found.chances)
    if not forgiven or found.exit_codes:
        yield model.finding(f"a failure of `{job}` counts", found.place("allow_failure"))


@requirement(
    "only one job of the group `{group}` runs at a time, and the job `{job}` belongs to it",
    "the job `{job}` is in the resource group `{group}`",
)
def gitlab_resource_group(model: Pipeline, job: str, group: str) -> Findings:
    """`resource_group`."""
    found = yield from find_job(model, job)
    if found and not always(found, found.resource_group, group):
        yield model.finding(f"`{job}` is not in `{group}`", found.place("resource_group"))
