"""Checks of how jobs hang together: stages, needs, dependencies, environments that are stopped."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.languages.gitlab_ci.checker import Checker
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Need

#: Most jobs that one job needs.
MOST_NEEDS = 50


def flow(check: Checker) -> None:
    """All jobs of the pipeline."""
    pipeline = check.pipeline
    open_stages = check.opaque and "stages" not in pipeline.tree
    for job in pipeline.jobs.values():
        if not open_stages:
            _stage(check, job)
        given = job.tree
        if "needs" in given or given.get("rules") is not None:
            _needs(check, job, open_stages)
        if job.dependencies:
            _dependencies(check, job, open_stages)
        if "environment" in given:
            _stop(check, job)
        if job.trigger and job.trigger.includes:
            _child(check, job, open_stages)
    _cycles(check, pipeline)


def _stage(check: Checker, job: Job) -> None:
    given = job.tree.get("stage")
    if given is UNSEEN or UNSEEN in (check.pipeline.tree.get("stages"),):
        return
    if job.stage and check.pipeline.stage_index(job.stage) < 0:
        known = check.pipeline.stages
        message = f"`{job.name[:60]}`: the stage `{job.stage[:60]}` is not among `stages`"
        hint = check.near(job.stage, known) or f"the stages are {', '.join(known)[:120]}"
        check.bad("stages-are-defined", message, job.place("stage"), hint)


def _later(check: Checker, job: Job, other: Job, open_stages: bool) -> bool:
    """Whether a job stands in a later stage."""
    if open_stages:
        return False
    index = check.pipeline.stage_index
    return -1 < index(job.stage) < index(other.stage)


def _find(pipeline: Pipeline, name: str) -> Job | None:
    origin = name if name in pipeline.jobs else pipeline.expanded.get(name, "")
    return pipeline.jobs.get(origin)


def _lists_of_needs(job: Job) -> Iterator[tuple[Need, ...]]:
    if job.needs is not None:
        yield job.needs
    for clause in job.rules or ():
        if clause.needs is not None:
            yield clause.needs


def _needs(check: Checker, job: Job, open_stages: bool) -> None:
    where = f"`{job.name[:60]}`"
    for listed in _lists_of_needs(job):
        seen = set()
        for need in listed:
            if not need.here:
                continue
            token = (need.job, tuple(tuple(one.items()) for one in need.matrix))
            if token in seen:
                message = f"{where} needs `{need.job[:60]}` twice"
                check.bad("needs-are-not-repeated", message, need.mark)
            seen.add(token)
            other = _find(check.pipeline, need.job)
            if other is None:
                if not (need.optional or check.opaque):
                    hint = check.near(need.job, check.pipeline.jobs)
                    message = f"{where} needs `{need.job[:60]}`, which is no job"
                    check.bad("needs-are-defined", message, need.mark, hint)
            elif _later(check, job, other, open_stages):
                message = f"{where} needs `{need.job[:60]}`, which stands in a later stage"
                check.bad("needs-come-earlier", message, need.mark)
        if sum(need.here for need in listed) > MOST_NEEDS:
            message = f"{where} needs more than {MOST_NEEDS} jobs"
            check.bad("needs-are-few", message, job.place("needs"))


def _dependencies(check: Checker, job: Job, open_stages: bool) -> None:
    where, rule = f"`{job.name[:60]}`", "dependencies-are-defined"
    named = {need.job for need in job.needs or ()}
    for index, name in enumerate(job.dependencies or ()):
        other = _find(check.pipeline, name)
        mark = job.place("dependencies", index)
        if other is None:
            if not check.opaque:
                hint = check.near(name, check.pipeline.jobs)
                check.bad(rule, f"{where} depends on `{name[:60]}`, which is no job", mark, hint)
        elif _later(check, job, other, open_stages):
            message = f"{where} depends on `{name[:60]}`, which stands in a later stage"
            check.bad(rule, message, mark)
        if job.needs and name not in named:
            message = f"{where} depends on `{name[:60]}`, which is not among its `needs`"
            check.bad(rule, message, mark)


def _child(check: Checker, job: Job, open_stages: bool) -> None:
    trees = job.tree["trigger"].get("include")
    for tree in trees if isinstance(trees, list) else [trees]:
        name = tree.get("job") if isinstance(tree, dict) else None
        if name.__class__ is not str:
            continue
        other = _find(check.pipeline, name)
        if (other is None and not check.opaque) or (
            other is not None and _later(check, job, other, open_stages)
        ):
            message = f"`{job.name[:60]}` takes a file of `{name[:60]}`, which is no earlier job"
            check.bad("dependencies-are-defined", message, job.place("trigger", "include"))


def _stop(check: Checker, job: Job) -> None:
    where, rule = f"`{job.name[:60]}`", "stop-jobs-are-right"
    here = job.environment
    if here is None or not here.on_stop:
        return
    mark = job.place("environment", "on_stop")
    other = _find(check.pipeline, here.on_stop)
    if other is None:
        if not check.opaque:
            check.bad(
                rule, f"{where}: `on_stop` names `{here.on_stop[:60]}`, which is no job", mark
            )
        return
    there = other.environment
    if there is None:
        message = f"{where}: the job `{other.name[:60]}` has no `environment`"
    elif there.name != here.name:
        message = f"{where}: the job `{other.name[:60]}` has another environment"
    elif there.action != "stop":
        message = f"{where}: the job `{other.name[:60]}` has no `action: stop`"
    else:
        return
    if other.name not in check.pipeline.partial and not check.opaque:
        check.bad(rule, message, mark)


def _cycles(check: Checker, pipeline: Pipeline) -> None:
    """Needs that lead back to where they start; each job is visited once."""
    after = {
        name: [other.name for need in job.needs or () if need.here
               and (other := _find(pipeline, need.job)) is not None]
        for name, job in pipeline.jobs.items()
        if job.tree.get("needs") is not None
    }  # fmt: skip
    waiting = {name: sum(one in after for one in others) for name, others in after.items()}
    users: dict[str, list[str]] = {}
    for name, others in after.items():
        for one in others:
            users.setdefault(one, []).append(name)
    free = [name for name, count in waiting.items() if not count]
    while free:
        for user in users.get(free.pop(), ()):
            waiting[user] -= 1
            if not waiting[user]:
                free.append(user)
    stuck = [name for name, count in waiting.items() if count > 0]
    if stuck:
        job = pipeline.jobs[stuck[0]]
        message = f"the `needs` of `{job.name[:60]}` lead back to itself"
        check.bad("needs-have-no-cycle", message, job.place("needs"))
