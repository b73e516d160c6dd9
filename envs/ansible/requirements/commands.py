"""Requirements about commands: what is run, where, as whom, how often, with which result."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from envs.ansible.requirements.reading import (
    COMMANDS,
    Arguments,
    certain,
    missing,
    same,
    text,
)
from iac_gym.check import requirement
from iac_gym.formats.shell import read_script
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

RAW = "_raw_params"
COMMAND = "ansible.builtin.command"


def runs_of(task: Task) -> Iterator[tuple[list[str], Arguments]]:
    """Yield (words, arguments) of each command that a task certainly runs."""
    if task.module not in COMMANDS:
        return
    for given in task.runs:
        if isinstance(given.get("argv"), list):
            yield [str(word) for word in given["argv"]], given
            continue
        line = text(given.get(RAW) or given.get("cmd"))
        if task.module in (COMMAND, "ansible.builtin.script"):
            yield _split(line), given
        else:
            for command in read_script(line, {}).certain:
                yield list(command.words), given


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return []


def running(
    model: Project, command: str, tasks: Iterable[Task] | None = None
) -> Iterator[tuple[Task, Arguments]]:
    """Yield the tasks (all certain ones where none are given) that run a command."""
    wanted = _split(command)
    for task in certain(model) if tasks is None else tasks:
        for found, given in runs_of(task):
            if found == wanted:
                yield task, given


@requirement("the command `{command}` is run", "`{command}` runs on the hosts")
def command_runs(model: Project, command: str) -> Iterable[Finding]:
    """Through command, shell, raw or script, word for word."""
    if not any(True for _ in running(model, command)):
        yield from missing(f"no task runs `{command}`")


def _each(
    model: Project, command: str, said: str, key: str, holds: Iterable[bool]
) -> Iterable[Finding]:
    found = list(running(model, command))
    if not found:
        yield from missing(f"no task runs `{command}`")
    for (task, _), good in zip(found, holds, strict=True):
        if not good:
            yield task.finding(f"`{command}` {said}", key)


@requirement(
    "`{command}` is skipped when `{path}` exists", "`{command}` runs only while `{path}` is missing"
)
def command_creates(model: Project, command: str, path: str) -> Iterable[Finding]:
    """`creates` of the command."""
    holds = [same(given.get("creates"), path) for _, given in running(model, command)]
    yield from _each(model, command, f"does not look for `{path}`", "creates", holds)


@requirement(
    "`{command}` is run in the folder `{folder}`", "the working folder of `{command}` is `{folder}`"
)
def command_in(model: Project, command: str, folder: str) -> Iterable[Finding]:
    """`chdir` of the command."""
    holds = [text(given.get("chdir")).rstrip("/") == folder for _, given in running(model, command)]
    yield from _each(model, command, f"does not run in `{folder}`", "chdir", holds)


@requirement("`{command}` is run as the user `{user}`", "the user `{user}` runs `{command}`")
def command_as(model: Project, command: str, user: str) -> Iterable[Finding]:
    """`become` with `become_user`."""
    holds = [bool(task.become) and task.become_user == user for task, _ in running(model, command)]
    yield from _each(model, command, f"does not run as `{user}`", "become_user", holds)


@requirement(
    "`{command}` never counts as a change", "a run of `{command}` is not reported as a change"
)
def command_changes_nothing(model: Project, command: str) -> Iterable[Finding]:
    """`changed_when: false`."""
    holds = [
        any(one is False or text(one).lower() == "false" for one in task.changed_when)
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, "may count as a change", "changed_when", holds)


@requirement(
    "`{command}` is run on one host of the play alone",
    "only one host of the play runs `{command}`",
)
def command_once(model: Project, command: str) -> Iterable[Finding]:
    """`run_once`."""
    holds = [task.run_once is True for task, _ in running(model, command)]
    yield from _each(model, command, "runs on every host", "run_once", holds)


@requirement(
    "`{command}` is run on `{host}` in the place of the hosts (delegated)",
    "the host `{host}` runs `{command}` for the hosts of the play",
)
def command_delegated(model: Project, command: str, host: str) -> Iterable[Finding]:
    """`delegate_to`."""
    here = ("localhost", "127.0.0.1")
    holds = [
        task.delegate_to == host or (host in here and task.delegate_to in here)
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, f"is not delegated to `{host}`", "delegate_to", holds)


@requirement(
    "`{command}` is tried up to {retries} times, {delay} seconds apart, until it succeeds",
    "a failing `{command}` is repeated until it works, {retries} times at most, every {delay} "
    "seconds",
)
def command_retried(model: Project, command: str, retries: int, delay: int) -> Iterable[Finding]:
    """`retries` and `delay`; `until` says when it has succeeded, which retries alone do too."""
    holds = [
        same(task.retries, retries) and same(task.delay, delay)
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, "is not repeated like that", "retries", holds)


@requirement(
    "`{command}` may take {seconds} seconds and is looked after every {poll} seconds (async)",
    "`{command}` runs asynchronously for at most {seconds} seconds, polled every {poll}",
)
def command_in_background(
    model: Project, command: str, seconds: int, poll: int
) -> Iterable[Finding]:
    """`async` and `poll`."""
    holds = [
        same(task.async_, seconds) and same(task.poll, poll) for task, _ in running(model, command)
    ]
    yield from _each(model, command, "is not run in the background like that", "async", holds)


@requirement(
    "the environment variable `{name}` is `{value}` for `{command}`",
    "`{command}` sees `{name}={value}` in its environment",
)
def command_environment(model: Project, command: str, name: str, value: str) -> Iterable[Finding]:
    """`environment` of the task or around it."""
    holds = [same(task.environment.get(name), value) for task, _ in running(model, command)]
    yield from _each(model, command, f"does not see `{name}={value}`", "environment", holds)


@requirement(
    "`{command}` can be chosen by the tag `{tag}`", "the task with `{command}` has the tag `{tag}`"
)
def command_tagged(model: Project, command: str, tag: str) -> Iterable[Finding]:
    """`tags` of the task or around it."""
    holds = [tag in task.tags for task, _ in running(model, command)]
    yield from _each(model, command, f"does not have the tag `{tag}`", "tags", holds)


@requirement(
    "the output of `{command}` is not logged", "what `{command}` prints stays out of the logs"
)
def command_not_logged(model: Project, command: str) -> Iterable[Finding]:
    """`no_log`."""
    holds = [task.no_log is True for task, _ in running(model, command)]
    yield from _each(model, command, "is logged", "no_log", holds)


@requirement(
    "the result of `{command}` is kept in the variable `{name}`",
    "the variable `{name}` holds what `{command}` gave",
)
def command_registered(model: Project, command: str, name: str) -> Iterable[Finding]:
    """`register`."""
    holds = [task.register == name for task, _ in running(model, command)]
    yield from _each(model, command, f"is not kept in `{name}`", "register", holds)


@requirement("`{first}` is run before `{second}`", "`{second}` is run only after `{first}`")
def command_before(model: Project, first: str, second: str) -> Iterable[Finding]:
    """In the order of the play, sections included."""
    order = list(certain(model))
    early = [order.index(task) for task, _ in running(model, first)]
    late = [order.index(task) for task, _ in running(model, second)]
    if not early or not late:
        yield from missing(f"no task runs `{second if early else first}`")
    elif min(late) < max(early):
        yield order[min(late)].finding(f"`{second}` is run before `{first}`")
