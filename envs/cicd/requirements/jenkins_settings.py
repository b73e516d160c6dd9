"""Requirements about the settings of a Jenkinsfile: options, parameters, triggers, tools."""

from __future__ import annotations

from collections.abc import Iterator

from envs.cicd.requirements.jenkins_find import (
    find_stage,
    leaves,
    outwards,
    shells,
    spelled,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.jenkins.model import Item, Pipeline, Stage, Step, Variable
from iac_gym.languages.jenkins.values import Unknown


@requirement(
    "`{stage}` is a stage of a declarative pipeline",
    "the stage `{stage}` belongs to a declarative pipeline",
)
def jenkins_declarative(model: Pipeline, stage: str) -> Findings:
    """A stage in `pipeline { ... }`, not in a script."""
    yield from find_stage(model, stage)
    if not model.declarative:
        yield model.finding("this is a scripted pipeline", model.mark)


def _value(stage: Stage, step: Step | None, name: str) -> str | None:
    """Return the value of a variable for a step of a stage, for the stage where there is none."""
    around = step.within("withEnv") if step else None
    while around is not None:
        pairs = around.args.get("overrides", around.value)
        for one in reversed(pairs) if isinstance(pairs, list) else ():
            key, equals, value = spelled(one).partition("=")
            if equals and key == name:
                return value
        around = around.within("withEnv")
    if step is not None and name in step.env:
        return spelled(step.env[name])
    given: Variable | None = stage.environment.get(name)
    return spelled(given.value) if given is not None else None


def _values(stage: Stage, name: str) -> Iterator[str | None]:
    """Yield the values that a variable has for the scripts of a stage."""
    for leaf in leaves(stage):
        steps = shells(leaf)
        yield from [_value(leaf, one, name) for one in steps] or [_value(leaf, None, name)]


@requirement(
    "the environment variable `{name}` is `{value}` in every stage",
    "all stages run with the environment variable `{name}` set to `{value}`",
)
def jenkins_variable(model: Pipeline, name: str, value: str) -> Findings:
    """A variable in force in all stages that can run."""
    stages = [stage for stage in model.live_stages() if stage.kind == "steps"]
    if not stages:
        yield model.finding("no stage runs", model.mark)
    for stage in stages:
        if set(_values(stage, name)) != {value}:
            yield model.finding(f"`{name}` is not `{value}` in `{stage.name}`", stage.mark)


@requirement(
    "the stage `{stage}` runs with the environment variable `{name}` set to `{value}`",
    "the environment variable `{name}` is `{value}` in the stage `{stage}`",
)
def jenkins_stage_variable(model: Pipeline, stage: str, name: str, value: str) -> Findings:
    """A variable in force in a stage."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    if set(_values(found, name)) != {value}:
        yield model.finding(f"`{name}` is not `{value}` in `{stage}`", found.mark)


@requirement(
    "the whole build may take {minutes} minutes",
    "Jenkins stops the build after {minutes} minutes",
)
def jenkins_timeout(model: Pipeline, minutes: int) -> Findings:
    """The option `timeout` of the pipeline."""
    if not any(_stops(one, minutes) for one in model.options):
        yield model.finding(f"the build is not stopped after {minutes} minutes", model.mark)


@requirement(
    "the stage `{stage}` may take {minutes} minutes",
    "Jenkins stops the stage `{stage}` after {minutes} minutes",
)
def jenkins_stage_timeout(model: Pipeline, stage: str, minutes: int) -> Findings:
    """The option `timeout` of a stage, or the step around all of its steps."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    limits: list[Item] = [*found.options]
    steps = found.steps
    while len(steps) == 1 and steps[0].name in _WRAPPING:
        limits.append(steps[0])
        steps = steps[0].steps
    if not any(_stops(one, minutes) for one in limits):
        yield model.finding(f"`{stage}` is not stopped after {minutes} minutes", found.mark)


#: Steps around all the others of a stage, inside of which a `timeout` covers the stage.
_WRAPPING = frozenset(
    "script timeout timestamps withEnv withCredentials lock ansiColor dir".split()
)


def _stops(one: Item, minutes: int) -> bool:
    """Whether it ends what it is about then; `activity` counts from the last line of the log."""
    idle = one.args.get("activity") is True
    return one.name == "timeout" and not idle and one.seconds == minutes * 60


@requirement(
    "Jenkins keeps the last {builds} builds",
    "only the last {builds} builds are kept",
)
def jenkins_keeps(model: Pipeline, builds: int) -> Findings:
    """The option `buildDiscarder` with a number of builds."""
    if _kept(model) != [("", str(builds))]:
        yield model.finding(f"not the last {builds} builds are kept", model.mark)


@requirement(
    "Jenkins keeps builds for {days} days",
    "builds older than {days} days are deleted",
)
def jenkins_keeps_days(model: Pipeline, days: int) -> Findings:
    """The option `buildDiscarder` with a number of days."""
    if _kept(model) != [(str(days), "")]:
        yield model.finding(f"builds are not kept for {days} days", model.mark)


def _kept(model: Pipeline) -> list[tuple[str, str]]:
    """Return how many days and how many builds are kept, "" for no limit."""
    option = model.option("buildDiscarder")
    if option is None:
        return []
    given = option.args.get("strategy", option.value)
    args = given.args if isinstance(given, Item) and given.name == "logRotator" else None
    if args is None and "LogRotator" in spelled(option.args.get("$class")):
        args = option.args
    if args is None:
        return []
    limits = [spelled(args.get(key)) for key in ("daysToKeepStr", "numToKeepStr")]
    days, builds = ["" if one == "-1" else one for one in limits]
    return [(days, builds)]


@requirement(
    "two builds never run at the same time",
    "no build runs beside another one of this job",
)
def jenkins_one_at_a_time(model: Pipeline) -> Findings:
    """The option `disableConcurrentBuilds`."""
    if model.option("disableConcurrentBuilds") is None:
        yield model.finding("builds may run at the same time", model.mark)


@requirement(
    "no stage checks the code out by itself",
    "the checkout that Jenkins does by itself is switched off",
)
def jenkins_no_checkout(model: Pipeline) -> Findings:
    """The option `skipDefaultCheckout`."""
    option = model.option("skipDefaultCheckout")
    if option is None or option.args.get("skipDefaultCheckout", option.value) is False:
        yield model.finding("the code is checked out by itself", model.mark)


@requirement(
    "every line of the log has its time",
    "the log shows timestamps",
)
def jenkins_timestamps(model: Pipeline) -> Findings:
    """The option `timestamps`."""
    if model.option("timestamps") is None:
        yield model.finding("the log has no timestamps", model.mark)


@requirement(
    "the build is scheduled with the cron line `{line}`",
    "Jenkins starts the build by the schedule `{line}`",
)
def jenkins_cron(model: Pipeline, line: str) -> Findings:
    """The trigger `cron`."""
    trigger = model.trigger("cron")
    given = trigger.args.get("spec", trigger.value) if trigger else None
    lines = spelled(given).splitlines()
    if [" ".join(one.split()) for one in lines if one.strip()] != [line]:
        yield model.finding(f"the build is not started by `{line}`", model.mark)


@requirement(
    "Jenkins looks for changes by the schedule `{line}`",
    "the repository is polled with the cron line `{line}`",
)
def jenkins_poll(model: Pipeline, line: str) -> Findings:
    """The trigger `pollSCM`."""
    trigger = model.trigger("pollSCM")
    given = trigger.args.get("scmpoll_spec", trigger.value) if trigger else None
    if " ".join(spelled(given).split()) != line:
        yield model.finding(f"the repository is not polled by `{line}`", model.mark)


@requirement(
    "a successful build of the job `{job}` starts this one",
    "the build starts after the job `{job}`",
)
def jenkins_upstream(model: Pipeline, job: str) -> Findings:
    """The trigger `upstream`."""
    trigger = model.trigger("upstream")
    jobs = spelled(trigger.args.get("upstreamProjects", trigger.value)) if trigger else ""
    threshold = trigger.args.get("threshold") if trigger else None
    source = threshold.source if isinstance(threshold, Unknown) else spelled(threshold)
    failed = source.rpartition(".")[2] not in ("", "SUCCESS")
    if failed or job not in [one.strip().strip("/") for one in jobs.split(",")]:
        yield model.finding(f"`{job}` does not start the build", model.mark)


@requirement(
    "the build has the parameter `{name}` with the choices {choices}",
    "whoever starts the build chooses `{name}` among {choices}, in this order",
)
def jenkins_choice(model: Pipeline, name: str, choices: list[str]) -> Findings:
    """A parameter of the kind `choice`."""
    found = model.parameter(name)
    given = found.args.get("choices") if found and found.name == "choice" else None
    lines = given.splitlines() if isinstance(given, str) else given
    texts = [spelled(one) for one in lines] if isinstance(lines, list) else []
    if texts != choices:
        yield model.finding(f"`{name}` has not these choices", found.mark if found else model.mark)


@requirement(
    "the build has the text parameter `{name}` with the default `{default}`",
    "`{name}` is a string parameter of the build, `{default}` if nobody says otherwise",
)
def jenkins_text(model: Pipeline, name: str, default: str) -> Findings:
    """A parameter of the kind `string`."""
    found = model.parameter(name)
    given = found.args.get("defaultValue") if found and found.name == "string" else None
    if found is None or not isinstance(given, str) or spelled(given) != default:
        yield model.finding(f"`{name}` is no text with this default", model.mark)


@requirement(
    "the build has the switch `{name}`, which is {default} by default",
    "`{name}` is a boolean parameter of the build with the default {default}",
)
def jenkins_switch(model: Pipeline, name: str, default: str) -> Findings:
    """A parameter of the kind `booleanParam`."""
    found = model.parameter(name)
    kind = found.name if found else ""
    given = found.args.get("defaultValue", False) if found else None
    if kind != "booleanParam" or spelled(given) != default:
        yield model.finding(f"`{name}` is no switch with this default", model.mark)


@requirement(
    "the stage `{stage}` uses the {kind} installation `{name}`",
    "Jenkins provides the {kind} installation `{name}` for the stage `{stage}`",
)
def jenkins_tool(model: Pipeline, stage: str, kind: str, name: str) -> Findings:
    """`tools` of a stage or of the pipeline."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    key = kind.lower()
    given = next((one.tools[key] for one in outwards(found) if key in one.tools), None)
    wrapped = [one.within("withMaven") for one in shells(found)]
    maven = bool(wrapped) and all(
        one is not None and spelled(one.args.get(key)) == name for one in wrapped
    )
    if spelled(model.tools.get(key) if given is None else given) != name and not maven:
        yield model.finding(f"`{stage}` does not use `{name}`", found.mark)


@requirement(
    "the shared library `{library}` is loaded",
    "the Jenkinsfile loads the shared library `{library}`",
)
def jenkins_library(model: Pipeline, library: str) -> Findings:
    """A library from `@Library` or `libraries`."""
    if library not in [spelled(one) for one in model.libraries]:
        yield model.finding(f"the library `{library}` is not loaded", model.mark)
