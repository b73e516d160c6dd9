"""Requirements about the course of a play: failures that are caught, hosts that are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from envs.ansible.requirements.commands import repeats, running
from envs.ansible.requirements.definedness import holds_with
from envs.ansible.requirements.reading import (
    HOSTS,
    LOOKING,
    PACKAGES,
    certain,
    done,
    known_facts,
    missing,
    passes_silently,
    runs_there,
    same,
    shown,
    text,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Play, Project, Task
from iac_gym.verdict import Finding

FAIL = "ansible.builtin.fail"
URI = "ansible.builtin.uri"
WAIT_FOR = "ansible.builtin.wait_for"
ASSERT = "ansible.builtin.assert"
_PRESENT = ("", "present", "installed", "latest")
Part = list[Task]


def _rescues(model: Project, command: str) -> Iterator[tuple[Task, Part, Part]]:
    """Yield (task, rescue, always) of each block around what runs a command."""
    for task, _ in running(model, command):
        block = task.block
        while block is not None:
            if task in block.block:
                yield task, block.rescue, block.always
            block = block.outer


def _surely(tasks: Part) -> Part:
    """Return the tasks of a rescue or `always` that run without a further condition."""
    found = []
    for task in tasks:
        if task.chance == "never" or task.check_mode is not False:
            continue
        if all(task.folder.condition(one) is True for one in task.conditions):
            found.append(task)
    return found


def _runs(task: Task, command: str, model: Project) -> bool:
    return any(True for _ in running(model, command, (task,)))


@requirement(
    "when `{command}` fails, `{remedy}` is run instead",
    "a failure of `{command}` is rescued by running `{remedy}`",
)
def failure_rescued(model: Project, command: str, remedy: str) -> Iterable[Finding]:
    """A block with a rescue that runs the remedy, before it fails itself."""
    for _, rescue, _ in _rescues(model, command):
        for task in _surely(rescue):
            if _runs(task, remedy, model):
                return
            if task.module == FAIL and not passes_silently(task):
                break
    yield from missing(f"no rescue of `{command}` runs `{remedy}`")


@requirement(
    "`{cleanup}` is run after `{command}` whether that has failed or not",
    "whatever becomes of `{command}`, `{cleanup}` is run afterwards",
)
def always_cleaned(model: Project, command: str, cleanup: str) -> Iterable[Finding]:
    """A block with an `always` that runs the clean-up."""
    for _, _, always in _rescues(model, command):
        if any(_runs(task, cleanup, model) for task in _surely(always)):
            return
    yield from missing(f"`{cleanup}` is not always run after `{command}`")


@requirement(
    "after the rescue of `{command}` the play still ends as failed, with the message `{message}`",
    "a rescued failure of `{command}` is reported at the end of the rescue: it fails with "
    "`{message}`",
)
def failure_reported(model: Project, command: str, message: str) -> Iterable[Finding]:
    """A `fail` of the rescue, with that message."""
    for _, rescue, _ in _rescues(model, command):
        for task in _surely(rescue):
            if task.module == FAIL and not passes_silently(task) and _says(task, message, "msg"):
                return
    yield from missing(f"the rescue of `{command}` does not fail with `{message}`")


def _installs(task: Task, package: str, facts: Mapping[str, Any]) -> bool:
    """Whether a task, where it runs, installs a package on a host with these facts."""
    if task.module not in PACKAGES or passes_silently(task) or task.check_mode is not False:
        return False
    if task.delegate_to or task.run_once is not False:
        return False
    return any(
        package in words(given.get("name")) and text(given.get("state")) in _PRESENT
        for given in runs_there(task, facts)
    )


@requirement(
    "hosts of the {family} family, and no others, get the package `{package}`",
    "`{package}` is installed on {family} systems only",
)
def package_on_family(model: Project, family: str, package: str) -> Iterable[Finding]:
    """The conditions are tried out with facts of each family."""
    tasks = [task for play in model.plays for task in play.tasks if task.module in PACKAGES]
    for name, systems in HOSTS.items():
        for facts in systems:
            given = known_facts(facts)
            runs = [task.runs_on(given) for task in tasks if _installs(task, package, facts)]
            if name == family and True not in runs:
                yield from missing(f"hosts of the {family} family may not get `{package}`")
                return
            if name != family and (True in runs or None in runs):
                yield from missing(f"hosts of the {name} family get `{package}` as well")
                return


@requirement(
    "the play waits until port {port} of the host answers, for at most {seconds} seconds",
    "within {seconds} seconds port {port} of the host must be open, and the play waits for it",
)
def waits_for_port(model: Project, port: int, seconds: int) -> Iterable[Finding]:
    """The wait_for module, on the host or from the controller; the default is 300 seconds."""
    for task, given in done(model, (WAIT_FOR,), elsewhere=True):
        opened = text(given.get("state")) in ("", "started", "present")
        if opened and same(given.get("port"), port) and _is_own_address(task, given.get("host")):
            if not same(given.get("timeout", 300), seconds):
                yield task.finding(f"it does not wait for {seconds} seconds", "timeout")
            return
    yield from missing(f"no task waits for port {port}")


def _is_own_address(task: Task, host: Any) -> bool:
    """Whether an address is the host's: its own loopback, or what the inventory says of it."""
    there = "".join(task.delegate_to.split())
    written = shown(host) or "127.0.0.1"
    if written in ("127.0.0.1", "localhost", "0.0.0.0", "::1"):
        return there in ("", "{{inventory_hostname}}")
    return "{{" in written


@requirement(
    "`{url}` must answer with the status {status}, asked from the host; it is asked again up to "
    "{retries} times, {delay} seconds apart",
    "each host asks `{url}` until the status is {status}, with {retries} retries at most, one "
    "every {delay} seconds",
)
def url_answers(
    model: Project, url: str, status: int, retries: int, delay: int
) -> Iterable[Finding]:
    """The uri module with `retries` and `delay`."""
    for task, given in done(model, (URI,)):
        if not same(given.get("url"), url):
            continue
        accepted = words(given.get("status_code")) or ["200"]
        demanded = any(re.search(rf"==\s*{status}\b", str(one)) for one in task.until)
        if str(status) not in accepted or (accepted != [str(status)] and not demanded):
            yield task.finding(f"not only the status {status} is accepted", "status_code")
        if not repeats(task, retries, delay):
            yield task.finding("it is not asked again like that", "retries")
        return
    yield from missing(f"no task asks `{url}`")


@requirement(
    "the play stops with the message `{message}`, before it changes anything, unless the variable "
    "`{name}` is defined",
    "without the variable `{name}` the play fails before any change, saying `{message}`",
)
def variable_demanded(model: Project, name: str, message: str) -> Iterable[Finding]:
    """An assert, or a fail that runs only then; tried out with and without the variable."""
    for play in model.plays:
        if _variable_checked(play, name, message):
            return
    yield from missing(f"nothing demands the variable `{name}`")


def _variable_checked(play: Play, name: str, message: str) -> bool:
    for task in _checks(play):
        failing = task.module == FAIL
        if not _says(task, message, "msg" if failing else "fail_msg"):
            continue
        conditions = task.conditions if failing else _that(task)
        without = holds_with(task, conditions, name, defined=False)
        given = holds_with(task, conditions, name, defined=True)
        if failing and without is True and given is not True:
            return True
        if not failing and task.certain and without is False and given is not False:
            return True
    return False


def _checks(play: Play) -> Iterator[Task]:
    """Yield the tasks that fail or assert before anything is changed."""
    for task in play.tasks:
        if task.module not in LOOKING:
            return
        silent = passes_silently(task) or task.rescued or task.check_mode is not False
        if task.module in (FAIL, ASSERT) and not silent:
            yield task


def _that(task: Task) -> Sequence[Any]:
    that = task.args.get("that")
    return that if isinstance(that, list) else [that]


def _says(task: Task, message: str, key: str) -> bool:
    return any(same(given.get(key), message) for given in task.runs)


@requirement(
    "the play stops with the message `{message}`, before it changes anything, on hosts that have "
    "less than {megabytes} MB of memory",
    "hosts with less than {megabytes} MB of memory fail with `{message}` before any change",
)
def memory_demanded(model: Project, megabytes: int, message: str) -> Iterable[Finding]:
    """An assert or a fail whose condition is tried out just below and at the limit."""
    for play in model.plays:
        for task in _checks(play):
            low, enough = _memory(megabytes - 1), _memory(megabytes)
            if not _says(task, message, "msg" if task.module == FAIL else "fail_msg"):
                continue
            passes = task.asserts if task.module == ASSERT else task.runs_on
            wanted = (False, True) if task.module == ASSERT else (True, False)
            sure = task.module == FAIL or task.runs_on(low) is True
            if sure and (passes(low), passes(enough)) == wanted:
                return
    yield from missing(f"no task demands {megabytes} MB of memory")


def _memory(megabytes: int) -> dict[str, Any]:
    return known_facts(
        {"memtotal_mb": megabytes, "memory_mb": {"real": {"total": megabytes}}},
    )


@requirement(
    "what installs the package `{package}` can be chosen by the tag `{tag}`",
    "the tag `{tag}` selects the installation of `{package}`",
)
def package_tagged(model: Project, package: str, tag: str) -> Iterable[Finding]:
    """`tags` of the task or around it."""
    found = [task for task in certain(model) if _installs(task, package, {})]
    if not found:
        yield from missing(f"no task installs `{package}`")
    for task in found:
        if tag not in task.tags:
            yield task.finding(f"the task does not have the tag `{tag}`", "tags")
