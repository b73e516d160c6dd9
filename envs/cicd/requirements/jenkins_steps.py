"""Requirements about what a Jenkinsfile runs: commands, credentials, files, reports, messages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from envs.cicd.requirements.jenkins_find import (
    SHELLS,
    Ran,
    find_command,
    find_stage,
    find_step,
    live_steps,
    spelled,
    words_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.jenkins.model import Credentials, Item, Pipeline, Stage, Step


@requirement(
    "the stage `{stage}` runs `{command}`",
    "`{command}` runs in the stage `{stage}`",
    "a step of the stage `{stage}` runs `{command}`",
)
def jenkins_runs(model: Pipeline, stage: str, command: str) -> Findings:
    """A command that certainly runs in a stage, and whose failure fails it."""
    yield from find_command(model, stage, command)


@requirement(
    "the stage `{stage}` runs `{command}` in the folder `{folder}`",
    "in `{folder}`, the stage `{stage}` runs `{command}`",
)
def jenkins_runs_in(model: Pipeline, stage: str, command: str, folder: str) -> Findings:
    """A command and its folder, by `dir` or `cd`."""
    ran = yield from find_command(model, stage, command)
    if ran and not any(one.folder == posixpath.normpath(folder) for one in ran):
        yield model.finding(f"`{command}` runs in `{ran[0].folder}`", ran[0].step.mark)


def _around(ran: list[Ran], name: str) -> Iterator[Step]:
    for one in ran:
        step = one.step.within(name)
        while step is not None:
            yield step
            step = step.within(name)


@requirement(
    "`{command}` in the stage `{stage}` is tried up to {count} times",
    "the stage `{stage}` retries `{command}`, {count} attempts in all",
)
def jenkins_retried(model: Pipeline, stage: str, command: str, count: int) -> Findings:
    """The step `retry` around a command, or the option of its stage."""
    ran = yield from find_command(model, stage, command)
    if not ran:
        return
    counts = [step.args.get("count", step.value) for step in _around(ran, "retry")]
    found = model.stage(stage)
    option = found.option("retry") if found else None
    if option is not None:
        counts.append(option.args.get("count", option.value))
    if count not in counts:
        yield model.finding(f"`{command}` is not tried {count} times", ran[0].step.mark)


@requirement(
    "`{command}` in the stage `{stage}` gets the secret text with the ID `{credential}` as the "
    "variable `{variable}`",
    "the variable `{variable}` holds the secret text `{credential}` when `{command}` runs in "
    "`{stage}`",
)
def jenkins_secret(
    model: Pipeline, stage: str, command: str, credential: str, variable: str
) -> Findings:
    """A secret that a command sees: from `environment` or `withCredentials`."""
    ran = yield from find_command(model, stage, command)
    found = model.stage(stage)
    if not ran or found is None:
        return
    given = found.environment.get(variable)
    if given and isinstance(given.value, Credentials) and spelled(given.value.id) == credential:
        return
    for one in _bindings(ran):
        args = one.args
        pair = spelled(args.get("variable")), spelled(args.get("credentialsId"))
        if one.name == "string" and pair == (variable, credential):
            return
    yield model.finding(f"`{variable}` is not the secret `{credential}`", ran[0].step.mark)


def _bindings(ran: list[Ran]) -> Iterator[Item]:
    for step in _around(ran, "withCredentials"):
        given = step.args.get("bindings", step.value)
        if isinstance(given, list):
            yield from (one for one in given if isinstance(one, Item))


@requirement(
    "in the stage `{stage}`, the user name and password with the ID `{credential}` are in "
    "`{user}` and `{password}` when `{command}` runs",
    "`{command}` in the stage `{stage}` gets the credentials `{credential}`: the user name as "
    "`{user}`, the password as `{password}`",
)
def jenkins_login(
    model: Pipeline, stage: str, command: str, credential: str, user: str, password: str
) -> Findings:
    """A user name and password that a command sees."""
    ran = yield from find_command(model, stage, command)
    found = model.stage(stage)
    if not ran or found is None:
        return
    for one in _bindings(ran):
        args = one.args
        names = spelled(args.get("usernameVariable")), spelled(args.get("passwordVariable"))
        same = spelled(args.get("credentialsId")) == credential
        if one.name == "usernamePassword" and same and names == (user, password):
            return
    for name, given in found.environment.items():
        same = isinstance(given.value, Credentials) and spelled(given.value.id) == credential
        if same and (f"{name}_USR", f"{name}_PSW") == (user, password):
            return
    yield model.finding(f"`{command}` does not get `{credential}` so", ran[0].step.mark)


@requirement(
    "the stage `{stage}` archives `{pattern}`",
    "`{pattern}` is archived by the stage `{stage}`",
)
def jenkins_archive(model: Pipeline, stage: str, pattern: str) -> Findings:
    """`archiveArtifacts` in the steps of a stage or after them."""
    found = yield from find_stage(model, stage)
    if found and not any(pattern in _list(one.args.get("artifacts")) for one in _kept(found)):
        yield model.finding(f"`{stage}` does not archive `{pattern}`", found.mark)


def _list(value: object) -> list[str]:
    return [part.strip() for part in spelled(value).split(",")]


def _kept(stage: Stage) -> list[Step]:
    after = [*stage.post.get("always", ()), *stage.post.get("success", ())]
    steps = [*live_steps(stage), *(inner for step in after for inner in step.all_steps())]
    return [step for step in steps if step.name == "archiveArtifacts" and step.certain]


@requirement(
    "whether the stage `{stage}` passes or fails, the JUnit reports `{pattern}` are published",
    "the JUnit reports `{pattern}` of the stage `{stage}` are published in any case",
)
def jenkins_junit(model: Pipeline, stage: str, pattern: str) -> Findings:
    """`junit` in `post { always }` of a stage or of the pipeline."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    after = [*found.post.get("always", ()), *found.post.get("cleanup", ()),
             *model.post.get("always", ()), *model.post.get("cleanup", ())]  # fmt: skip
    steps = [inner for step in after for inner in step.all_steps() if inner.certain]
    reports = [one for one in steps if one.name == "junit"]
    if not any(pattern in _list(one.args.get("testResults")) for one in reports):
        yield model.finding(f"`{pattern}` is not published in any case", found.mark)


@requirement(
    "the stage `{stage}` gets the files `{pattern}` that the stage `{other}` has stashed",
    "`{pattern}` is stashed in the stage `{other}` and taken out in `{stage}`",
)
def jenkins_stash(model: Pipeline, stage: str, other: str, pattern: str) -> Findings:
    """Files that travel from one stage to another."""
    taken = yield from find_step(model, stage, "unstash", "takes nothing out of a stash")
    kept = yield from find_step(model, other, "stash", "stashes nothing")
    names = {
        spelled(one.args.get("name")) for one in kept if pattern in _list(one.args.get("includes"))
    }
    if kept and taken and not names & {spelled(one.args.get("name")) for one in taken}:
        yield model.finding(f"`{stage}` does not get `{pattern}`", taken[0].mark)


@requirement(
    "the stage `{stage}` starts the job `{job}`",
    "the job `{job}` is started by the stage `{stage}`",
)
def jenkins_starts(model: Pipeline, stage: str, job: str) -> Findings:
    """The step `build`."""
    steps = yield from find_step(model, stage, "build", "starts no other job")
    if steps and not any(spelled(one.args.get("job")).strip("/") == job for one in steps):
        yield model.finding(f"`{stage}` does not start `{job}`", steps[0].mark)


@requirement(
    "the stage `{stage}` does not wait for the job `{job}` that it starts",
    "the stage `{stage}` goes on at once after starting `{job}`",
)
def jenkins_starts_only(model: Pipeline, stage: str, job: str) -> Findings:
    """The step `build` with `wait: false`."""
    steps = yield from find_step(model, stage, "build", "starts no other job")
    mine = [one for one in steps if spelled(one.args.get("job")).strip("/") == job]
    if steps and not any(one.args.get("wait") is False for one in mine):
        yield model.finding(f"`{stage}` waits for `{job}`", steps[0].mark)


@requirement(
    "the stage `{stage}` holds the lock `{resource}` while it runs `{command}`",
    "`{command}` in the stage `{stage}` runs under the lock `{resource}`",
)
def jenkins_lock(model: Pipeline, stage: str, command: str, resource: str) -> Findings:
    """The step `lock` around a command, or the option of its stage or of the pipeline."""
    ran = yield from find_command(model, stage, command)
    if not ran:
        return
    found = model.stage(stage)
    options = [found.option("lock") if found else None, model.option("lock")]
    held = [*_around(ran, "lock"), *(one for one in options if one is not None)]
    if not any(spelled(one.args.get("resource", one.value)) == resource for one in held):
        yield model.finding(f"`{command}` runs without the lock `{resource}`", ran[0].step.mark)


# --- at the end ----------------------------------------------------------------------------------

#: Conditions of `post` that hold in every build that ends so, by what a task may ask for.
_COVERING = {
    "failure": ("failure", "unsuccessful"),
    "success": ("success",),
    "always": ("always", "cleanup"),
}


def _after(model: Pipeline, condition: str) -> list[Step]:
    """Return the steps at the end of a build, for `always`, `success` or `failure`."""
    steps = [step for name in _COVERING[condition] for step in model.post.get(name, ())]
    return [inner for step in steps for inner in step.all_steps() if inner.certain]


@requirement(
    "when the build fails, a mail goes to `{address}`",
    "`{address}` gets a mail about every failed build",
)
def jenkins_mail(model: Pipeline, address: str) -> Findings:
    """`mail` or `emailext` in `post { failure }`."""
    steps = [one for one in _after(model, "failure") if one.name in ("mail", "emailext")]
    if not any(address in _list(one.args.get("to")) for one in steps):
        yield model.finding(f"`{address}` gets no mail about failures", model.mark)


@requirement(
    "when the build fails, the Slack channel `{channel}` gets a message",
    "a failed build is told to the Slack channel `{channel}`",
)
def jenkins_slack(model: Pipeline, channel: str) -> Findings:
    """`slackSend` in `post { failure }`."""
    steps = [one for one in _after(model, "failure") if one.name == "slackSend"]
    if not any(spelled(one.args.get("channel")) == channel for one in steps):
        yield model.finding(f"`{channel}` gets no message about failures", model.mark)


@requirement(
    "the workspace is cleaned at the end of every build",
    "at its end, whatever the result, a build cleans its workspace",
)
def jenkins_cleans(model: Pipeline) -> Findings:
    """`cleanWs` or `deleteDir` in `post { always }` or `post { cleanup }`."""
    if not any(one.name in ("cleanWs", "deleteDir") for one in _after(model, "always")):
        yield model.finding("the workspace is not cleaned", model.mark)


@requirement(
    "at the end of every build, `{command}` runs",
    "`{command}` runs after each build, whether it has passed or failed",
)
def jenkins_finally(model: Pipeline, command: str) -> Findings:
    """A command in `post { always }` or `post { cleanup }`."""
    wanted = words_of(command)
    for step in _after(model, "always"):
        if step.name in SHELLS and any(
            words_of(" ".join(one.words)) == wanted for one in step.script.certain
        ):
            return
    yield model.finding(f"`{command}` does not run after every build", model.mark)
