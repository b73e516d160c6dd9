"""Requirements about what starts a GitHub workflow: events, their filters, schedules, inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from envs.cicd.choices import cron_daily, cron_weekly
from envs.cicd.requirements.github_find import (
    amiss,
    triggers,
)
from envs.cicd.requirements.github_schedules import same_cron
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Repository
from iac_gym.languages.github_actions.triggers import Trigger


def judge(
    model: Repository, event: str, wrong: Callable[[Trigger], str], missing: str = ""
) -> Findings:
    """Yield nothing where the event of one workflow has nothing wrong with it."""
    reason = missing or f"nothing starts on `{event}`"
    place = None
    for workflow, trigger in triggers(model, event):
        reason, place = wrong(trigger), workflow
        if not reason:
            return
    yield amiss(model, reason, place, "on")


def listed(items: Iterable[str]) -> str:
    """Write a list for a finding."""
    return ", ".join(sorted(items)) or "none"


def _filter(trigger: Trigger, key: str, wanted: list[str]) -> str:
    """Say what is wrong with a filter that must hold these patterns and no others."""
    if f"{key}-ignore" in trigger.filters or key not in trigger.filters:
        return f"`{trigger.event}` is not limited to the {key} {listed(wanted)}"
    found = set(trigger.filters[key])
    return "" if found == set(wanted) else f"the {key} are {listed(found)}, not {listed(wanted)}"


def _no_paths(trigger: Trigger) -> str:
    for key in ("paths", "paths-ignore"):
        if key in trigger.filters:
            return f"`{key}` leaves changes out that should start it"
    return ""


def _no_filters(trigger: Trigger) -> str:
    for key in ("branches", "branches-ignore"):
        if key in trigger.filters and set(trigger.filters[key]) != {"**"}:
            return f"`{key}` of `{trigger.event}` leaves some out"
    return _no_paths(trigger)


def _usual_types(trigger: Trigger) -> str:
    lacking = {"opened", "synchronize"} - set(trigger.types)
    return f"`types` leaves {listed(lacking)} out" if lacking else ""


@requirement(
    "it starts on pushes to `{branch}` and to no other branch",
    "pushes to `{branch}`, and to no other branch, start it",
    "run it for every push to `{branch}`, but for no other branch",
)
def workflow_push_branch(model: Repository, branch: str) -> Findings:
    """`push` with exactly this branch, whatever is changed."""

    def wrong(trigger: Trigger) -> str:
        return _filter(trigger, "branches", [branch]) or _no_paths(trigger)

    yield from judge(model, "push", wrong)


@requirement(
    "it starts on pull requests against `{branch}` and against no other branch",
    "pull requests that target `{branch}`, and no other branch, start it",
    "run it for every pull request into `{branch}`, but into no other branch",
)
def workflow_pull_request_branch(model: Repository, branch: str) -> Findings:
    """`pull_request` with exactly this branch, for the usual activities."""

    def wrong(trigger: Trigger) -> str:
        one = _filter(trigger, "branches", [branch])
        return one or _no_paths(trigger) or _usual_types(trigger)

    yield from judge(model, "pull_request", wrong)


@requirement(
    "it starts on every pull request, whatever its base branch and whatever it changes",
    "every pull request starts it, without a filter of branches or paths",
)
def workflow_every_pull_request(model: Repository) -> Findings:
    """`pull_request` without filters."""

    def wrong(trigger: Trigger) -> str:
        return _no_filters(trigger) or _usual_types(trigger)

    yield from judge(model, "pull_request", wrong)


@requirement(
    "it starts when a tag that matches `{pattern}` is pushed",
    "pushing a tag of the form `{pattern}` (and no other tag) starts it",
    "run it for pushed tags that match `{pattern}`",
)
def workflow_push_tags(model: Repository, pattern: str) -> Findings:
    """`push` with this tag pattern alone."""
    yield from judge(model, "push", lambda one: _filter(one, "tags", [pattern]))


def _with_paths(trigger: Trigger, branch: str, paths: list[str]) -> str:
    return _filter(trigger, "branches", [branch]) or _filter(trigger, "paths", paths)


@requirement(
    "it starts on pushes to `{branch}` alone, and only if something under {paths} has changed",
    "only pushes to `{branch}` that change files matching {paths} start it",
)
def workflow_push_paths(model: Repository, branch: str, paths: list[str]) -> Findings:
    """`push` with exactly this branch and paths."""
    yield from judge(model, "push", lambda one: _with_paths(one, branch, paths))


@requirement(
    "it starts on pull requests against `{branch}` alone, and only if something under {paths} has "
    "changed",
    "only pull requests into `{branch}` that change files matching {paths} start it",
)
def workflow_pull_request_paths(model: Repository, branch: str, paths: list[str]) -> Findings:
    """`pull_request` with exactly this branch and paths."""

    def wrong(trigger: Trigger) -> str:
        return _with_paths(trigger, branch, paths) or _usual_types(trigger)

    yield from judge(model, "pull_request", wrong)


def _ignores(trigger: Trigger, paths: list[str]) -> str:
    ignored = set(trigger.filters.get("paths-ignore", ()))
    chosen = list(trigger.filters.get("paths", ()))
    if chosen[:1] == ["**"] and all(one.startswith("!") for one in chosen[1:]):
        ignored = {one[1:] for one in chosen[1:]}
    if ignored == set(paths):
        return ""
    return f"`{trigger.event}` leaves {listed(ignored)} out, not {listed(paths)}"


@requirement(
    "it starts on pushes to `{branch}` alone, except those that change nothing but {paths}",
    "pushes to `{branch}` (and to no other branch) start it, unless they only change {paths}",
)
def workflow_push_ignoring(model: Repository, branch: str, paths: list[str]) -> Findings:
    """`push` with exactly this branch and `paths-ignore`."""

    def wrong(trigger: Trigger) -> str:
        return _filter(trigger, "branches", [branch]) or _ignores(trigger, paths)

    yield from judge(model, "push", wrong)


def _scheduled(model: Repository, cron: str) -> Findings:
    def wrong(trigger: Trigger) -> str:
        crons = [one.cron for one in trigger.schedules if one.timezone in ("", "UTC", "Etc/UTC")]
        if any(same_cron(one, cron) for one in crons):
            return ""
        return f"no schedule is `{cron}`: {'; '.join(crons) or 'there is none'}"[:120]

    yield from judge(model, "schedule", wrong, "there is no schedule")


@requirement(
    "it runs on the schedule `{cron}`",
    "a schedule with the cron expression `{cron}` starts it",
)
def workflow_schedule(model: Repository, cron: str) -> Findings:
    """`schedule` with a cron line that means the same."""
    yield from _scheduled(model, cron)


@requirement(
    "it runs every day at {time} UTC",
    "a schedule starts it daily at {time} (UTC)",
)
def workflow_every_day(model: Repository, time: str) -> Findings:
    """`schedule` once a day."""
    yield from _scheduled(model, cron_daily(time))


@requirement(
    "it runs every {day} at {time} UTC",
    "a schedule starts it each {day} at {time} (UTC)",
    "once a week, on {day} at {time} UTC, it starts by itself",
)
def workflow_every_week(model: Repository, day: str, time: str) -> Findings:
    """`schedule` once a week."""
    yield from _scheduled(model, cron_weekly(day, time))


@requirement(
    "people can start it by hand",
    "it can also be started manually",
    "it has a manual trigger",
)
def workflow_by_hand(model: Repository) -> Findings:
    """`workflow_dispatch`."""
    yield from judge(model, "workflow_dispatch", lambda one: "")


@requirement(
    "publishing a release starts it",
    "it starts when a GitHub release is published",
)
def workflow_on_release(model: Repository) -> Findings:
    """`release` with the activity `published`, and not with each activity of a release."""

    def wrong(trigger: Trigger) -> str:
        if set(trigger.types) == {"published"}:
            return ""
        return f"`release` starts it on {listed(trigger.types)}, not on published"

    yield from judge(model, "release", wrong)


@requirement(
    "the event `{event}` starts it, for the activities {types} and no others",
    "it starts on the event `{event}`, limited to the activities {types}",
)
def workflow_on_activity(model: Repository, event: str, types: list[str]) -> Findings:
    """An event with exactly these activities."""

    def wrong(trigger: Trigger) -> str:
        if set(trigger.types) == set(types):
            return _no_filters(trigger)
        return f"`{event}` starts it on {listed(trigger.types)}, not on {listed(types)}"

    yield from judge(model, event, wrong)


@requirement(
    "it starts when a run of the workflow `{workflow}` has completed",
    "it follows each completed run of the workflow called `{workflow}`",
)
def workflow_after_workflow(model: Repository, workflow: str) -> Findings:
    """`workflow_run` for the completion of another workflow."""

    def wrong(trigger: Trigger) -> str:
        if workflow not in trigger.filters.get("workflows", ()):
            return f"`workflow_run` does not name `{workflow}`"
        if set(trigger.types) != {"completed"}:
            return "`workflow_run` is not limited to `completed`"
        return _no_filters(trigger)

    yield from judge(model, "workflow_run", wrong)
