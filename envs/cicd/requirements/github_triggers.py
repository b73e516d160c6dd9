"""Requirements about what starts a GitHub workflow: events, their filters, schedules, inputs."""

from __future__ import annotations

from collections.abc import Callable

from envs.cicd.choices import cron_daily, cron_weekly
from envs.cicd.requirements.github_find import amiss, same_cron, triggers
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Repository
from iac_gym.languages.github_actions.triggers import Input, Trigger


def _judge(
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


def _list(items: object) -> str:
    return ", ".join(sorted(items)) or "none"  # type: ignore[call-overload]


def _filter(trigger: Trigger, key: str, wanted: list[str]) -> str:
    """Say what is wrong with a filter that must hold these patterns and no others."""
    if f"{key}-ignore" in trigger.filters or key not in trigger.filters:
        return f"`{trigger.event}` is not limited to the {key} {_list(wanted)}"
    found = set(trigger.filters[key])
    return "" if found == set(wanted) else f"the {key} are {_list(found)}, not {_list(wanted)}"


def _no_paths(trigger: Trigger) -> str:
    for key in ("paths", "paths-ignore"):
        if key in trigger.filters:
            return f"`{key}` leaves changes out that should start it"
    return ""


def _usual_types(trigger: Trigger) -> str:
    lacking = {"opened", "synchronize"} - set(trigger.types)
    return f"`types` leaves {_list(lacking)} out" if lacking else ""


@requirement(
    "it starts on pushes to {branches} and to no other branch",
    "pushes to {branches}, and to no other branch, start it",
    "run it for every push to {branches}, but for no other branch",
)
def workflow_push_branches(model: Repository, branches: list[str]) -> Findings:
    """`push` with exactly these branches, whatever is changed."""

    def wrong(trigger: Trigger) -> str:
        return _filter(trigger, "branches", branches) or _no_paths(trigger)

    yield from _judge(model, "push", wrong)


@requirement(
    "it starts on pull requests against {branches} and against no other branch",
    "pull requests that target {branches}, and no other branch, start it",
    "run it for every pull request into {branches}, but into no other branch",
)
def workflow_pull_request_branches(model: Repository, branches: list[str]) -> Findings:
    """`pull_request` with exactly these branches, for the usual activities."""

    def wrong(trigger: Trigger) -> str:
        one = _filter(trigger, "branches", branches)
        return one or _no_paths(trigger) or _usual_types(trigger)

    yield from _judge(model, "pull_request", wrong)


@requirement(
    "it starts on every pull request, whatever its base branch and whatever it changes",
    "every pull request starts it, without a filter of branches or paths",
)
def workflow_every_pull_request(model: Repository) -> Findings:
    """`pull_request` without filters."""

    def wrong(trigger: Trigger) -> str:
        for key in ("branches", "branches-ignore"):
            if key in trigger.filters and set(trigger.filters[key]) != {"**"}:
                return f"`{key}` leaves pull requests out"
        return _no_paths(trigger) or _usual_types(trigger)

    yield from _judge(model, "pull_request", wrong)


@requirement(
    "it starts when a tag that matches `{pattern}` is pushed",
    "pushing a tag of the form `{pattern}` (and no other tag) starts it",
    "run it for pushed tags that match `{pattern}`",
)
def workflow_push_tags(model: Repository, pattern: str) -> Findings:
    """`push` with this tag pattern alone."""
    yield from _judge(model, "push", lambda one: _filter(one, "tags", [pattern]))


def _with_paths(trigger: Trigger, branches: list[str], paths: list[str]) -> str:
    return _filter(trigger, "branches", branches) or _filter(trigger, "paths", paths)


@requirement(
    "it starts on pushes to {branches} alone, and only if something under {paths} has changed",
    "only pushes to {branches} that change files matching {paths} start it",
)
def workflow_push_paths(model: Repository, branches: list[str], paths: list[str]) -> Findings:
    """`push` with exactly these branches and paths."""
    yield from _judge(model, "push", lambda one: _with_paths(one, branches, paths))


@requirement(
    "it starts on pull requests against {branches} alone, and only if something under {paths} has "
    "changed",
    "only pull requests into {branches} that change files matching {paths} start it",
)
def workflow_pull_request_paths(
    model: Repository, branches: list[str], paths: list[str]
) -> Findings:
    """`pull_request` with exactly these branches and paths."""

    def wrong(trigger: Trigger) -> str:
        return _with_paths(trigger, branches, paths) or _usual_types(trigger)

    yield from _judge(model, "pull_request", wrong)


def _ignores(trigger: Trigger, paths: list[str]) -> str:
    ignored = set(trigger.filters.get("paths-ignore", ()))
    chosen = list(trigger.filters.get("paths", ()))
    if chosen[:1] == ["**"] and all(one.startswith("!") for one in chosen[1:]):
        ignored = {one[1:] for one in chosen[1:]}
    if ignored == set(paths):
        return ""
    return f"`{trigger.event}` leaves {_list(ignored)} out, not {_list(paths)}"


@requirement(
    "it starts on pushes to {branches} alone, except those that change nothing but {paths}",
    "pushes to {branches} (and to no other branch) start it, unless they only change {paths}",
)
def workflow_push_ignoring(model: Repository, branches: list[str], paths: list[str]) -> Findings:
    """`push` with exactly these branches and `paths-ignore`."""

    def wrong(trigger: Trigger) -> str:
        return _filter(trigger, "branches", branches) or _ignores(trigger, paths)

    yield from _judge(model, "push", wrong)


def _scheduled(model: Repository, cron: str) -> Findings:
    def wrong(trigger: Trigger) -> str:
        crons = [one.cron for one in trigger.schedules if one.timezone in ("", "UTC", "Etc/UTC")]
        if any(same_cron(one, cron) for one in crons):
            return ""
        return f"no schedule is `{cron}`: {'; '.join(crons) or 'there is none'}"[:120]

    yield from _judge(model, "schedule", wrong, "there is no schedule")


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
    yield from _judge(model, "workflow_dispatch", lambda one: "")


def _input(
    model: Repository, event: str, name: str, wrong: Callable[[Input], str]
) -> Findings:
    def judge(trigger: Trigger) -> str:
        found = trigger.inputs.get(name)
        return wrong(found) if found else f"`{event}` has no input `{name}`"

    yield from _judge(model, event, judge)


@requirement(
    "the manual start has an input `{name}` of type {type}",
    "who starts it by hand fills in `{name}`, an input of type {type}",
)
def workflow_manual_input(model: Repository, name: str, type: str) -> Findings:
    """An input of `workflow_dispatch` and its type."""

    def wrong(found: Input) -> str:
        return "" if found.type == type else f"the type of `{name}` is {found.type}, not {type}"

    yield from _input(model, "workflow_dispatch", name, wrong)


@requirement(
    "the input `{name}` of the manual start must be given",
    "a manual start requires the input `{name}`",
)
def workflow_manual_input_required(model: Repository, name: str) -> Findings:
    """`required: true` of an input of `workflow_dispatch`."""

    def wrong(found: Input) -> str:
        return "" if found.required else f"the input `{name}` is not required"

    yield from _input(model, "workflow_dispatch", name, wrong)


def _default(found: Input, value: str) -> str:
    if found.default == value:
        return ""
    return f"the default of `{found.name}` is {found.default!r}, not `{value}`"


@requirement(
    "the input `{name}` of the manual start is `{value}` unless something else is given",
    "in a manual start the input `{name}` has the default `{value}`",
)
def workflow_manual_input_default(model: Repository, name: str, value: str) -> Findings:
    """The default of an input of `workflow_dispatch`."""
    yield from _input(model, "workflow_dispatch", name, lambda one: _default(one, value))


@requirement(
    "the manual start lets one choose {options} as `{name}`",
    "the input `{name}` of the manual start is a choice between {options}",
)
def workflow_manual_input_options(
    model: Repository, name: str, options: list[str]
) -> Findings:
    """A choice of `workflow_dispatch` with exactly these options, in any order."""

    def wrong(found: Input) -> str:
        if found.type != "choice":
            return f"the input `{name}` is no choice"
        same = set(found.options) == set(options)
        return "" if same else f"the options of `{name}` are {_list(found.options)}"

    yield from _input(model, "workflow_dispatch", name, wrong)


@requirement(
    "the input `{name}` of the manual start is described as `{text}`",
    "people who start it by hand read `{text}` beside the input `{name}`",
)
def workflow_manual_input_description(model: Repository, name: str, text: str) -> Findings:
    """The description of an input of `workflow_dispatch`."""

    def wrong(found: Input) -> str:
        same = found.description.strip(" .") == text
        return "" if same else f"the description of `{name}` is `{found.description[:60]}`"

    yield from _input(model, "workflow_dispatch", name, wrong)


@requirement(
    "other workflows can call it, with an input `{name}` of type {type}",
    "it is reusable: callers pass `{name}`, an input of type {type}",
)
def workflow_call_input(model: Repository, name: str, type: str) -> Findings:
    """An input of `workflow_call` and its type."""

    def wrong(found: Input) -> str:
        return "" if found.type == type else f"the type of `{name}` is {found.type}, not {type}"

    yield from _input(model, "workflow_call", name, wrong)


@requirement(
    "callers have to give the input `{name}`",
    "the input `{name}` of the reusable workflow is required",
)
def workflow_call_input_required(model: Repository, name: str) -> Findings:
    """`required: true` of an input of `workflow_call`."""

    def wrong(found: Input) -> str:
        return "" if found.required else f"the input `{name}` is not required"

    yield from _input(model, "workflow_call", name, wrong)


@requirement(
    "the input `{name}` is `{value}` where a caller says nothing",
    "for callers that leave `{name}` out, this input is `{value}`",
)
def workflow_call_input_default(model: Repository, name: str, value: str) -> Findings:
    """The default of an input of `workflow_call`."""
    yield from _input(model, "workflow_call", name, lambda one: _default(one, value))


@requirement(
    "callers have to pass the secret `{name}`",
    "the reusable workflow requires the secret `{name}`",
)
def workflow_call_secret(model: Repository, name: str) -> Findings:
    """A required secret of `workflow_call`."""

    def wrong(trigger: Trigger) -> str:
        return "" if trigger.secrets.get(name) else f"the secret `{name}` is not required"

    yield from _judge(model, "workflow_call", wrong)


@requirement(
    "publishing a release starts it",
    "it starts when a GitHub release is published",
)
def workflow_on_release(model: Repository) -> Findings:
    """`release` with the activity `published`, and not with each activity of a release."""

    def wrong(trigger: Trigger) -> str:
        if set(trigger.types) == {"published"}:
            return ""
        return f"`release` starts it on {_list(trigger.types)}, not on published"

    yield from _judge(model, "release", wrong)


@requirement(
    "the event `{event}` starts it, for the activities {types} and no others",
    "it starts on the event `{event}`, limited to the activities {types}",
)
def workflow_on_activity(model: Repository, event: str, types: list[str]) -> Findings:
    """An event with exactly these activities."""

    def wrong(trigger: Trigger) -> str:
        if set(trigger.types) == set(types):
            return ""
        return f"`{event}` starts it on {_list(trigger.types)}, not on {_list(types)}"

    yield from _judge(model, event, wrong)


@requirement(
    "it starts when a run of the workflow `{workflow}` has completed",
    "it follows each completed run of the workflow called `{workflow}`",
)
def workflow_after_workflow(model: Repository, workflow: str) -> Findings:
    """`workflow_run` for the completion of another workflow."""

    def wrong(trigger: Trigger) -> str:
        if workflow not in trigger.filters.get("workflows", ()):
            return f"`workflow_run` does not name `{workflow}`"
        done = set(trigger.types) == {"completed"}
        return "" if done else "`workflow_run` is not limited to `completed`"

    yield from _judge(model, "workflow_run", wrong)
