"""Requirements about the matrix of a job: versions, runners, pairs, limits."""

from __future__ import annotations

import re
from typing import Any

from envs.cicd.requirements.github_find import (
    find_job,
)
from envs.cicd.requirements.github_setup import plain_version, setups, versions_of
from envs.cicd.requirements.github_texts import (
    compact,
)
from iac_gym.check import Findings, requirement
from iac_gym.formats.lazy import kept
from iac_gym.languages.github_actions.filling import filled
from iac_gym.languages.github_actions.model import Job, Repository
from iac_gym.languages.github_actions.values import text_of

#: Most properties of a matrix that are looked for, most of its jobs, and most setups of a tool.
_MOST_NAMES, _MOST_JOBS, _MOST_SETUPS = 50, 256, 10


@requirement(
    "the job `{job}` runs once with each of these versions of {tool}: {versions}",
    "the job `{job}` is repeated for {tool} {versions}",
    "a matrix runs the job `{job}` with {tool} {versions}",
)
def workflow_job_versions(model: Repository, job: str, tool: str, versions: list[str]) -> Findings:
    """A matrix over the versions of a tool, whatever its axis is called."""
    found = yield from find_job(model, job)
    if found is None:
        return
    shown = versions_of(found, tool)
    if shown != {plain_version(one) for one in versions} or found.matrix is None:
        listed = ", ".join(sorted(shown)) or "none"
        yield found.finding(f"`{job}` runs with these versions of {tool}: {listed}", "strategy")


@requirement(
    "the job `{job}` runs on each of {runners}",
    "a matrix runs the job `{job}` on {runners}",
    "the job `{job}` is repeated on {runners}",
)
def workflow_job_runners(model: Repository, job: str, runners: list[str]) -> Findings:
    """A matrix over the runners, whatever its axis is called."""
    found = yield from find_job(model, job)
    if found is not None and (found.runners != set(runners) or found.matrix is None):
        shown = ", ".join(sorted(found.runners)) or "none"
        yield found.finding(f"the job `{job}` runs on {shown}", "strategy", "runs-on")


def _filled(job: Job, text: str, one: Any) -> str:
    """Return a text with the values of one combination of the matrix."""
    return next(iter(filled(text, (one,), job.env)), text)


def pairs_of(job: Job, tool: str) -> list[tuple[str, str]]:
    """Return (version, runner) of each job of the matrix."""
    combinations = job.matrix.combinations[:_MOST_JOBS] if job.matrix is not None else ({},)
    steps = list(setups(job, tool))[:_MOST_SETUPS]
    made = []
    for one in combinations:
        runner = " ".join(_filled(job, label, one) for label in job.labels)
        for step, name in steps:
            version = _filled(job, step.inputs.get(name, ""), one)
            made.append((plain_version(version), runner))
    return made


@requirement(
    "the job `{job}` leaves {tool} {version} on `{runner}` out",
    "{tool} {version} is not combined with `{runner}` in the job `{job}`",
)
def workflow_job_leaves_out(
    model: Repository, job: str, tool: str, version: str, runner: str
) -> Findings:
    """A pair of version and runner that does not run, though each occurs with others."""
    found = yield from find_job(model, job)
    if found is None:
        return
    pairs = pairs_of(found, tool)
    if (plain_version(version), runner) in pairs:
        yield found.finding(f"{tool} {version} runs on {runner}", "strategy")
    elif not any(one == plain_version(version) for one, _ in pairs):
        yield found.finding(f"{tool} {version} does not run at all", "strategy")
    elif not any(other == runner for _, other in pairs):
        yield found.finding(f"nothing runs on {runner}", "strategy")


@requirement(
    "{tool} {version} runs in the job `{job}` on `{runner}` alone",
    "the job `{job}` tries {tool} {version} on `{runner}` and on no other runner",
)
def workflow_job_extra_pair(
    model: Repository, job: str, tool: str, version: str, runner: str
) -> Findings:
    """A version that runs on one runner, while others run on more."""
    found = yield from find_job(model, job)
    if found is None:
        return
    where = {other for one, other in pairs_of(found, tool) if one == plain_version(version)}
    if where != {runner} or len(found.runners) < 2:
        shown = ", ".join(sorted(where)) or "nowhere"
        yield found.finding(f"{tool} {version} runs on {shown}, asked for {runner}", "strategy")


@kept
def _values(job: Job) -> tuple[frozenset[str], ...]:
    """Return the values of each property of the matrix that the job reads."""
    matrix = job.matrix
    if matrix is None:
        return ()
    text = compact(str(dict(job.tree)))
    names = {name for one in matrix.combinations[:_MOST_JOBS] for name in one}
    return tuple([
        matrix.values(name)
        for name in sorted(names)[:_MOST_NAMES]
        if re.search(rf"\bmatrix\.{re.escape(name)}\b", text)
    ])  # fmt: skip


@requirement(
    "a matrix runs the job `{job}` once for each of {values}, and the job makes use of the value",
    "the job `{job}` is repeated for {values}, by a matrix whose value it uses",
)
def workflow_job_each(model: Repository, job: str, values: list[str]) -> Findings:
    """An axis of the matrix with these values, which the job uses."""
    found = yield from find_job(model, job)
    if found is not None and set(values) not in list(_values(found)):
        yield found.finding(f"no axis that `{job}` uses has just these values", "strategy")


@requirement(
    "the job `{job}` builds `{value}` on `{runner}`",
    "in the matrix of the job `{job}`, `{value}` belongs to the runner `{runner}`",
)
def workflow_job_combination(model: Repository, job: str, value: str, runner: str) -> Findings:
    """A combination of the matrix that holds a value and runs on a runner."""
    found = yield from find_job(model, job)
    if found is None:
        return
    where = set()
    for one in found.matrix.combinations if found.matrix is not None else ():
        if value in [text_of(item) for item in one.values()]:
            where.add(" ".join(_filled(found, label, one) for label in found.labels))
    if where != {runner} or not any(value in values for values in _values(found)):
        yield found.finding(f"`{value}` is not built on `{runner}` in `{job}`", "strategy")


@requirement(
    "in the matrix of the job `{job}` the others go on when one fails",
    "one failing combination does not stop the others of the job `{job}`",
    "fail-fast is switched off for the job `{job}`",
)
def workflow_job_goes_on(model: Repository, job: str) -> Findings:
    """`fail-fast: false` of a job with a matrix."""
    found = yield from find_job(model, job)
    if found is not None and (found.fail_fast or found.matrix is None):
        yield found.finding(f"the first failure stops the others of `{job}`", "strategy")


@requirement(
    "at most {count} jobs of the matrix of `{job}` run at a time",
    "the matrix of the job `{job}` runs {count} jobs in parallel at most",
)
def workflow_job_parallel(model: Repository, job: str, count: int) -> Findings:
    """`max-parallel` of a job with a matrix."""
    found = yield from find_job(model, job)
    if found is not None and (found.max_parallel != str(count) or found.matrix is None):
        shown = found.max_parallel or "any number"
        yield found.finding(f"{shown} of `{job}` may run at a time, not {count}", "strategy")
