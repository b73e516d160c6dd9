"""Requirements about commands: what is run, where, as whom, how often, with which result."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from functools import lru_cache

from envs.ansible.requirements.reading import (
    COMMANDS,
    Arguments,
    certain,
    is_on_host,
    missing,
    on_controller,
    passes_silently,
    path_of,
    same,
    text,
)
from iac_gym.check import requirement
from iac_gym.formats.shell import read_script
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

RAW = "_raw_params"
COMMAND = "ansible.builtin.command"
_HERE = ("localhost", "127.0.0.1")
#: `when` that holds on the first host of a play or group alone.
_FIRST = re.compile(
    r"inventory_hostname\s*==\s*\(?\s*(?:groups(?:\[[^\]]+\]|\.\w+)|ansible_play_hosts(?:_all)?"
    r"|play_hosts|ansible_play_batch)\s*(?:\[0\]|\|\s*first)\s*\)?"
)
#: So many commands are looked at whose conditions may name the state of a file.
_MOST_GUARDED = 10
_STAT = re.compile(r"(\w+)\.stat\.exists")


def runs_of(task: Task) -> Iterator[tuple[list[str], Arguments]]:
    """Yield (words, arguments) of each command that a task runs and whose failure counts."""
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
    return list(_words(line))


@lru_cache(maxsize=4096)
def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line))
    except ValueError:
        return ()


def running(
    model: Project, command: str, tasks: Iterable[Task] | None = None
) -> Iterator[tuple[Task, Arguments]]:
    """Yield the tasks (all certain ones where none are given) that run a command."""
    wanted = _split(command)
    for task in certain(model) if tasks is None else tasks:
        for found, given in runs_of(task):
            if found == wanted:
                yield task, given
    if tasks is None:
        yield from _guarded(model, wanted)


def _guarded(model: Project, wanted: list[str]) -> Iterator[tuple[Task, Arguments]]:
    """Yield what runs on the first host alone, or while a file is missing, by its `when`."""
    tried = 0
    for play in model.plays:
        for task in play.tasks:
            if task.module not in COMMANDS or task.certain or not task.conditions:
                continue
            if passes_silently(task) or task.check_mode is not False:
                continue
            for found, given in runs_of(task):
                tried += found == wanted
                if found != wanted or tried > _MOST_GUARDED:
                    continue
                if on_first_host(task):
                    yield task, given
                elif path := _awaited(task):
                    yield task, {**given, "creates": path}


def on_first_host(task: Task) -> bool:
    """Whether conditions let a task run on the first host and on no other."""
    known = [_FIRST.fullmatch(one) is not None for one in task.when]
    others = [one for one, first in zip(task.conditions, known, strict=True) if not first]
    return any(known) and all(task.folder.condition(one) is True for one in others)


def _awaited(task: Task) -> str:
    """Return the path whose absence a task's condition demands, by a `stat` before it."""
    for one in task.when:
        for name in _STAT.findall(one):
            found = [
                path_of(given.get("path"))
                for other in task.play.tasks
                if other.register == name and other.module == "ansible.builtin.stat"
                for given in other.runs
            ]
            there, gone = ({name: {"stat": {"exists": value}}} for value in (True, False))
            if found and task.runs_on(gone) is True and task.runs_on(there) is False:
                return found[-1]
    return ""


@requirement("the command `{command}` is run", "`{command}` runs on the hosts")
def command_runs(model: Project, command: str) -> Iterable[Finding]:
    """Through command, shell, raw or script, word for word, and not on another machine."""
    hosts = any(not on_controller(play) for play in model.plays)
    if not any(is_on_host(task, hosts) for task, _ in running(model, command)):
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
    """`creates` of the command, or a condition on a `stat` of the path."""
    holds = [path_of(given.get("creates")) == path for _, given in running(model, command)]
    yield from _each(model, command, f"does not look for `{path}`", "creates", holds)


@requirement(
    "`{command}` is run in the folder `{folder}`", "the working folder of `{command}` is `{folder}`"
)
def command_in(model: Project, command: str, folder: str) -> Iterable[Finding]:
    """`chdir` of the command."""
    holds = [path_of(given.get("chdir")) == folder for _, given in running(model, command)]
    yield from _each(model, command, f"does not run in `{folder}`", "chdir", holds)


@requirement("`{command}` is run as the user `{user}`", "the user `{user}` runs `{command}`")
def command_as(model: Project, command: str, user: str) -> Iterable[Finding]:
    """`become` with `become_user`, or the user of the connection."""
    holds = [
        (task.become_user if task.become else task.remote_user) == user
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, f"does not run as `{user}`", "become_user", holds)


@requirement(
    "`{command}` never counts as a change", "a run of `{command}` is not reported as a change"
)
def command_changes_nothing(model: Project, command: str) -> Iterable[Finding]:
    """`changed_when: false`."""
    holds = [
        any(task.folder.condition(one) is False for one in task.changed_when)
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, "may count as a change", "changed_when", holds)


@requirement(
    "`{command}` is run on one host of the play alone",
    "only one host of the play runs `{command}`",
)
def command_once(model: Project, command: str) -> Iterable[Finding]:
    """`run_once`, a condition on the first host, or a play on the controller."""
    holds = [
        task.run_once is True or on_first_host(task) or on_controller(task.play)
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, "runs on every host", "run_once", holds)


@requirement(
    "`{command}` is run on `{host}` in the place of the hosts (delegated)",
    "the host `{host}` runs `{command}` for the hosts of the play",
)
def command_delegated(model: Project, command: str, host: str) -> Iterable[Finding]:
    """`delegate_to`; for the controller also a connection or a play of its own."""
    holds = [
        task.delegate_to == host or (host in _HERE and _is_here(task))
        for task, _ in running(model, command)
    ]
    yield from _each(model, command, f"is not delegated to `{host}`", "delegate_to", holds)


def _is_here(task: Task) -> bool:
    if task.delegate_to:
        return task.delegate_to in _HERE
    return on_controller(task.play) or task.keyword("connection") == "local"


@requirement(
    "a failing `{command}` is retried up to {retries} times, {delay} seconds apart, until it "
    "succeeds",
    "`{command}` is tried again when it fails: {retries} retries at most, one every {delay} "
    "seconds",
)
def command_retried(model: Project, command: str, retries: int, delay: int) -> Iterable[Finding]:
    """`retries` and `delay`; `until` says when it has succeeded, which retries alone do too."""
    holds = [repeats(task, retries, delay) for task, _ in running(model, command)]
    yield from _each(model, command, "is not repeated like that", "retries", holds)


def repeats(task: Task, retries: int, delay: int) -> bool:
    """Whether a task is tried again like that; an `until` that always holds ends it at once."""
    known = [task.folder.condition(one) for one in task.until]
    idle = bool(known) and (all(one is True for one in known) or False in known)
    return same(task.retries, retries) and same(task.delay, delay) and not idle


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
    """In the order of the plays, sections included."""
    order = {id(task): at for at, task in enumerate(model.tasks)}
    early = [order[id(task)] for task, _ in running(model, first)]
    late = [(order[id(task)], task) for task, _ in running(model, second)]
    if not early or not late:
        yield from missing(f"no task runs `{second if early else first}`")
        return
    at, task = min(late, key=lambda one: one[0])
    if at < max(early):
        yield task.finding(f"`{second}` is run before `{first}`")
