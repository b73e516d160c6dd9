"""Requirements about when GitLab jobs and pipelines run: branches, tags, requests, schedules."""

from __future__ import annotations

from collections.abc import Sequence

from envs.cicd.requirements.gitlab_find import find_job
from envs.cicd.requirements.gitlab_scenarios import (
    FEATURE,
    OTHER_DEFAULT,
    Scenario,
    Start,
    by_hand,
    creates,
    everywhere,
    merge_request,
    push,
    schedule,
    shares,
    start_of,
    tag,
    words,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.verdict import Finding

#: Pipelines of branches and tags that no task names.
_OTHERS = (push(FEATURE), push("v0-line"), tag("nightly-81"))


def _like(branch: str) -> list[Scenario]:
    """Return pushes to branches whose names hold another's."""
    return [push(f"{branch}-2"), push(f"x-{branch}"), push(f"{branch}/x")]


def _told(
    model: Pipeline, job: Job, inside: Sequence[Scenario], outside: Sequence[Scenario], where: str
) -> Findings:
    """Find that a job is missing in one pipeline, or that it is in another."""
    place = job.place("rules") if job.rules is not None else job.place("only")
    refs = {one.ref for one in inside}
    others = [push(name) for name in words(job) if name not in refs]
    if not all(_ordinary(start_of(job, one)) for one in inside):
        yield model.finding(f"`{job.name}` does not run {where}", place)
    elif any(start_of(job, one) for one in (*outside, *others)):
        yield model.finding(f"`{job.name}` also runs elsewhere than {where}", place)


def _ordinary(start: Start | None) -> bool:
    """Whether a job is there where nothing has failed."""
    return start is not None and start.when != "on_failure"


@requirement(
    "the job `{job}` runs for pushes to the branch `{branch}` and for no other branch or tag",
    "only the branch `{branch}` gets the job `{job}`",
    "the job `{job}` is for the branch `{branch}` alone",
)
def gitlab_branch_only(model: Pipeline, job: str, branch: str) -> Findings:
    """A job of one branch."""
    found = yield from find_job(model, job)
    if found:
        outside = (*_OTHERS, *_like(branch), push(OTHER_DEFAULT), merge_request(),
                   merge_request(branch), tag("v1.4.0"))  # fmt: skip
        yield from _told(model, found, [push(branch)], outside, f"on `{branch}`")


@requirement(
    "the job `{job}` runs on the default branch and on no other branch or tag",
    "only the project's default branch gets the job `{job}`",
)
def gitlab_default_branch_only(model: Pipeline, job: str) -> Findings:
    """A job of the default branch, whatever that is."""
    found = yield from find_job(model, job)
    if found:
        inside = [push("quince", default="quince"), push("stem", default="stem")]
        outside = [*_OTHERS, push("quince", default="stem"), merge_request(), tag("v1.4.0")]
        yield from _told(model, found, inside, outside, "on the default branch")


@requirement(
    "the job `{job}` runs in merge request pipelines and in no others",
    "the job `{job}` is there for merge requests alone",
)
def gitlab_requests_only(model: Pipeline, job: str) -> Findings:
    """A job of merge request pipelines."""
    found = yield from find_job(model, job)
    if found:
        inside = [merge_request(), merge_request("another-target")]
        outside = (*_OTHERS, push(OTHER_DEFAULT, OTHER_DEFAULT), push(FEATURE, reviewed=True),
                   schedule(), by_hand(), tag("v1.4.0"))  # fmt: skip
        yield from _told(model, found, inside, outside, "for merge requests")


@requirement(
    "the job `{job}` runs for merge requests and for pushes to the branch `{branch}`, "
    "not for other branches",
    "merge requests and the branch `{branch}` get the job `{job}`, other branches do not",
)
def gitlab_requests_and_branch(model: Pipeline, job: str, branch: str) -> Findings:
    """A job of merge requests and of one branch."""
    found = yield from find_job(model, job)
    if found:
        inside = [merge_request(), merge_request(target=branch), push(branch)]
        outside = (*_OTHERS[:2], *_like(branch), push(FEATURE, reviewed=True))
        yield from _told(model, found, inside, outside, f"for requests and on `{branch}`")


@requirement(
    "the job `{job}` runs for tags and for no branch",
    "only tags get the job `{job}`",
)
def gitlab_tags_only(model: Pipeline, job: str) -> Findings:
    """A job of tags, whatever their names."""
    found = yield from find_job(model, job)
    if found:
        inside = [tag("v1.2.3"), tag("nightly-81"), tag("2031.4")]
        outside = [push(FEATURE), push(OTHER_DEFAULT, OTHER_DEFAULT), merge_request(), schedule(),
                   by_hand(), push("v1.2.3")]  # fmt: skip
        yield from _told(model, found, inside, outside, "for every tag")


@requirement(
    "the job `{job}` runs for tags that start with `{prefix}` and a digit, and for nothing else",
    "only tags made of `{prefix}` and a number, such as `{prefix}1.4.0`, get the job `{job}`",
)
def gitlab_tag_prefix(model: Pipeline, job: str, prefix: str) -> Findings:
    """A job of tags with a prefix."""
    found = yield from find_job(model, job)
    if found:
        inside = [tag(f"{prefix}1.4.0"), tag(f"{prefix}12.0.7")]
        outside = [tag("x-1.4.0"), tag("nightly"), push(f"{prefix}1.4.0"), push(FEATURE),
                   tag(f"{prefix}next"), tag(f"my-{prefix}1.4.0"), merge_request(), schedule(),
                   push(OTHER_DEFAULT, OTHER_DEFAULT)]  # fmt: skip
        yield from _told(model, found, inside, outside, f"for tags such as `{prefix}1.4.0`")


@requirement(
    "the job `{job}` runs in scheduled pipelines and in no others",
    "only a schedule starts the job `{job}`",
)
def gitlab_scheduled_only(model: Pipeline, job: str) -> Findings:
    """A job of scheduled pipelines."""
    found = yield from find_job(model, job)
    if found:
        outside = [*_OTHERS, push(OTHER_DEFAULT, OTHER_DEFAULT), merge_request(), by_hand()]
        yield from _told(model, found, [schedule()], outside, "in scheduled pipelines")


@requirement(
    "scheduled pipelines leave the job `{job}` out, pushes to any branch get it",
    "the job `{job}` runs for pushes but not in scheduled pipelines",
)
def gitlab_not_scheduled(model: Pipeline, job: str) -> Findings:
    """A job that scheduled pipelines do not have."""
    found = yield from find_job(model, job)
    if found:
        inside = [push(FEATURE), push(OTHER_DEFAULT, OTHER_DEFAULT)]
        yield from _told(model, found, inside, [schedule()], "for pushes")


@requirement(
    "the job `{job}` runs only when a file below `{folder}` has changed",
    "changes in the folder `{folder}` start the job `{job}`, changes elsewhere do not",
)
def gitlab_changes(model: Pipeline, job: str, folder: str) -> Findings:
    """A job that changed files start."""
    found = yield from find_job(model, job)
    if found is None:
        return
    within, deeper = (f"{folder}/q.txt",), (f"{folder}/a/b/q.txt",)
    without = ("README.md", f"other/{folder}/q.txt", f"{folder}-more/q.txt")
    kinds = (push_of_main, request_of, push_of_feature)
    for make in kinds:
        if start_of(found, make(within)) is None:
            continue
        outside = [other(without) for other in kinds]
        place = found.place("rules") if found.rules is not None else found.place("only")
        if not all(_ordinary(start_of(found, make(one))) for one in (within, deeper)):
            yield model.finding(f"`{job}` does not run for all changes in `{folder}`", place)
        elif any(start_of(found, one) for one in outside):
            yield model.finding(f"`{job}` also runs without changes in `{folder}`", place)
        return
    yield model.finding(f"`{job}` does not run for changes in `{folder}`", found.place("rules"))


def push_of_main(changed: tuple[str, ...]) -> Scenario:
    """Return a push to the default branch that changes files."""
    return push(OTHER_DEFAULT, OTHER_DEFAULT, changed)


def push_of_feature(changed: tuple[str, ...]) -> Scenario:
    """Return a push to another branch that changes files."""
    return push(FEATURE, OTHER_DEFAULT, changed)


def request_of(changed: tuple[str, ...]) -> Scenario:
    """Return a merge request that changes files."""
    return merge_request(OTHER_DEFAULT, OTHER_DEFAULT, changed)


def _starts(job: Job) -> list[Start]:
    """Return how a job starts, in every kind of pipeline that has it."""
    return [start for one in everywhere(job) if (start := start_of(job, one)) is not None]


@requirement(
    "somebody has to start the job `{job}` by hand",
    "the job `{job}` waits until it is started by hand",
    "the job `{job}` is a manual job",
)
def gitlab_manual(model: Pipeline, job: str) -> Findings:
    """A job that is never started automatically."""
    found = yield from find_job(model, job)
    if found and not (found.manual and all(one.when == "manual" for one in _starts(found))):
        yield model.finding(f"`{job}` may start by itself", found.place("when"))


@requirement(
    "the pipeline waits for the manual job `{job}`: later stages start only after it",
    "the manual job `{job}` blocks the pipeline until it has passed",
)
def gitlab_manual_blocks(model: Pipeline, job: str) -> Findings:
    """A manual job without `allow_failure`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not found.manual or found.may_fail_silently:
        yield model.finding(f"the pipeline does not wait for `{job}`", found.place("allow_failure"))


@requirement(
    "the pipeline does not wait for the manual job `{job}`: it passes without it",
    "nobody has to start the manual job `{job}` for the pipeline to pass",
)
def gitlab_manual_optional(model: Pipeline, job: str) -> Findings:
    """A manual job with `allow_failure`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not found.manual or not all(clause.allow_failure for clause in found.chances):
        yield model.finding(f"the pipeline waits for `{job}`", found.place("allow_failure"))


@requirement(
    "the job `{job}` starts only after an earlier job has failed",
    "the job `{job}` runs on failure alone",
)
def gitlab_on_failure(model: Pipeline, job: str) -> Findings:
    """`when: on_failure`."""
    found = yield from find_job(model, job)
    if found and found.starts_by != {"on_failure"}:
        yield model.finding(f"`{job}` does not wait for a failure", found.place("when"))
    elif found and not any(shares(found, model.jobs[one])[0] for one in model.before(job)):
        yield model.finding(f"no job comes before `{job}` that could fail", found.place("stage"))


@requirement(
    "the job `{job}` runs at the end, whether the jobs before it pass or fail",
    "at the end of the pipeline the job `{job}` runs always, even after a failed job",
)
def gitlab_always(model: Pipeline, job: str) -> Findings:
    """`when: always`."""
    found = yield from find_job(model, job)
    if found and found.starts_by != {"always"}:
        yield model.finding(f"`{job}` does not run in any case", found.place("when"))
    elif found and (not model.before(job) or _is_followed(model, found)):
        yield model.finding(f"`{job}` is not at the end", found.place("stage"))


def _is_followed(model: Pipeline, job: Job) -> bool:
    """Whether another job starts after this one."""
    place = model.stage_index(job.stage)
    return any(
        (other.needs is None and model.stage_index(other.stage) > place)
        or any(need.here and need.job == job.name for need in other.needs or ())
        for other in model.running.values()
    )


@requirement(
    "the job `{job}` starts by itself {minutes} minutes after the jobs before it",
    "GitLab delays the job `{job}` by {minutes} minutes",
)
def gitlab_delayed(model: Pipeline, job: str, minutes: int) -> Findings:
    """`when: delayed`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    spans = {clause.start_in for clause in found.chances}
    if found.starts_by != {"delayed"} or spans != {minutes * 60.0}:
        yield model.finding(f"`{job}` is not delayed so", found.place("start_in"))


#: Most names of branches that are tried.
_MOST_NAMES = 20

# --- the pipeline --------------------------------------------------------------------------------


def _pipelines(
    model: Pipeline, there: Sequence[Scenario], absent: Sequence[Scenario]
) -> Finding | None:
    mark = model.tree.marks.get("workflow", (0, 0))
    if not all(_is_there(model, one) for one in there):
        return model.finding("a pipeline that is asked for is not created", mark)
    if any(_is_there(model, one) for one in absent):
        return model.finding("more pipelines are created than asked for", mark)
    return None


def _is_there(model: Pipeline, scenario: Scenario) -> bool:
    """Whether a pipeline comes about: one without any job does not."""
    if not creates(model, scenario):
        return False
    return model.opaque or any(start_of(job, scenario) for job in model.jobs.values())


@requirement(
    "pipelines are created for merge requests and for the branch `{branch}`, for no other branch",
    "other branches than `{branch}` get no pipeline, merge requests do",
)
def gitlab_pipelines_for(model: Pipeline, branch: str) -> Findings:
    """`workflow:rules` for merge requests and one branch."""
    there = [merge_request(), push(branch)]
    absent = [push(FEATURE), push("v0-line"), *_like(branch)]
    if found := _pipelines(model, there, absent):
        yield found


@requirement(
    "a branch with an open merge request gets no second pipeline: only that of the merge request",
    "pushes to a branch create no branch pipeline while it has an open merge request; the merge "
    "request's pipeline runs instead",
)
def gitlab_no_second_pipeline(model: Pipeline) -> Findings:
    """`workflow:rules`, or those of all jobs, that avoid two pipelines for one push."""
    names = {name for job in model.jobs.values() for name in words(job)}
    plain = [push(FEATURE), push(OTHER_DEFAULT, OTHER_DEFAULT),
             *map(push, sorted(names)[:_MOST_NAMES])]  # fmt: skip
    there = [merge_request(), next((one for one in plain if _is_there(model, one)), plain[0])]
    absent = [push(name, reviewed=True) for name in (FEATURE, *sorted(names)[:_MOST_NAMES])]
    absent.append(push(OTHER_DEFAULT, OTHER_DEFAULT, reviewed=True))
    if found := _pipelines(model, there, absent):
        yield found


@requirement(
    "commits whose title holds `{word}` create no pipeline",
    "no pipeline is created when the title of the commit contains `{word}`",
)
def gitlab_skip_word(model: Pipeline, word: str) -> Findings:
    """`workflow:rules` that look at the title or the message of the commit."""
    names = {name for job in model.jobs.values() for name in words(job)}
    plain = [push(OTHER_DEFAULT, OTHER_DEFAULT), push(FEATURE), merge_request(), tag("v1.4.0"),
             *map(push, sorted(names)[:_MOST_NAMES])]  # fmt: skip
    texts = {"CI_COMMIT_TITLE": f"Fix {word} now", "CI_COMMIT_MESSAGE": f"Fix {word} now\n"}
    usual = [one for one in plain if _is_there(model, one)]
    skipped = [Scenario(one.kind, {**one.variables, **texts}) for one in usual]
    if found := _pipelines(model, usual or plain[:1], skipped):
        yield found
