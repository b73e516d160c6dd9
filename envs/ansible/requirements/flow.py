"""Requirements about the course of a play: failures that are caught, hosts that are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from envs.ansible.requirements.commands import running
from envs.ansible.requirements.reading import (
    PACKAGES,
    as_documented,
    certain,
    done,
    missing,
    same,
    text,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.folding import Folder
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

FAIL = "ansible.builtin.fail"
URI = "ansible.builtin.uri"
WAIT_FOR = "ansible.builtin.wait_for"
ASSERT = "ansible.builtin.assert"
#: Facts of a host of each family, by which conditions are tried out.
HOSTS = {
    "Debian": {"os_family": "Debian", "distribution": "Ubuntu", "pkg_mgr": "apt"},
    "RedHat": {"os_family": "RedHat", "distribution": "Rocky", "pkg_mgr": "dnf"},
    "Suse": {"os_family": "Suse", "distribution": "SLES", "pkg_mgr": "zypper"},
}


def _rescues(model: Project, command: str) -> Iterator[tuple[Task, list[Task], list[Task]]]:
    """Yield (task, rescue, always) of the blocks around what runs a command."""
    for task, _ in running(model, command):
        block = task.block
        if block is not None and task in block.block:
            yield task, block.rescue, block.always


def _runs(task: Task, command: str, model: Project) -> bool:
    return any(True for _ in running(model, command, (task,)))


@requirement(
    "when `{command}` fails, `{remedy}` is run instead",
    "a failure of `{command}` is rescued by running `{remedy}`",
)
def failure_rescued(model: Project, command: str, remedy: str) -> Iterable[Finding]:
    """A block with a rescue that runs the remedy."""
    for _, rescue, _ in _rescues(model, command):
        if any(_runs(task, remedy, model) for task in rescue):
            return
    yield from missing(f"no rescue of `{command}` runs `{remedy}`")


@requirement(
    "`{cleanup}` is run after `{command}` whether that has failed or not",
    "whatever becomes of `{command}`, `{cleanup}` is run afterwards",
)
def always_cleaned(model: Project, command: str, cleanup: str) -> Iterable[Finding]:
    """A block with an `always` that runs the clean-up."""
    for _, _, always in _rescues(model, command):
        if any(_runs(task, cleanup, model) for task in always):
            return
    yield from missing(f"`{cleanup}` is not always run after `{command}`")


@requirement(
    "after the rescue of `{command}` the play still ends as failed, with the message `{message}`",
    "a rescued failure of `{command}` is reported at the end of the rescue: it fails with "
    "`{message}`",
)
def failure_reported(model: Project, command: str, message: str) -> Iterable[Finding]:
    """The last task of the rescue is `fail` with that message."""
    for _, rescue, _ in _rescues(model, command):
        if rescue and rescue[-1].module == FAIL and not rescue[-1].forgiven:
            if any(same(given.get("msg"), message) for given in rescue[-1].runs):
                return
    yield from missing(f"the rescue of `{command}` does not fail with `{message}`")


def _installs(task: Task, package: str) -> bool:
    if task.module not in PACKAGES or task.forgiven:
        return False
    return any(
        package in words(as_documented(task.module, given).get("name"))
        and text(given.get("state")) in ("", "present", "installed", "latest")
        for given in task.runs
    )


@requirement(
    "hosts of the {family} family, and no others, get the package `{package}`",
    "`{package}` is installed on {family} systems only",
)
def package_on_family(model: Project, family: str, package: str) -> Iterable[Finding]:
    """The conditions are tried out with facts of each family."""
    tasks = [task for play in model.plays for task in play.tasks if _installs(task, package)]
    for name, facts in HOSTS.items():
        runs = [task.runs_on(facts) for task in tasks]
        if name == family and True not in runs:
            yield from missing(f"hosts of the {family} family do not get `{package}` for certain")
        if name != family and (True in runs or None in runs):
            task = tasks[next(i for i, one in enumerate(runs) if one is not False)]
            yield task.finding(f"hosts of the {name} family get `{package}` as well", "when")


@requirement(
    "the play waits until port {port} of the host answers, for at most {seconds} seconds",
    "within {seconds} seconds port {port} of the host must be open, and the play waits for it",
)
def waits_for_port(model: Project, port: int, seconds: int) -> Iterable[Finding]:
    """The wait_for module."""
    for task, given in done(model, (WAIT_FOR,)):
        opened = text(given.get("state")) in ("", "started", "present")
        if opened and same(given.get("port"), port):
            if not same(given.get("timeout"), seconds):
                yield task.finding(f"it does not wait for {seconds} seconds", "timeout")
            return
    yield from missing(f"no task waits for port {port}")


@requirement(
    "`{url}` must answer with the status {status}; it is asked up to {retries} times, {delay} "
    "seconds apart",
    "the play asks `{url}` every {delay} seconds, {retries} times at most, until the status is "
    "{status}",
)
def url_answers(
    model: Project, url: str, status: int, retries: int, delay: int
) -> Iterable[Finding]:
    """The uri module with `retries` and `delay`."""
    for task, given in done(model, (URI,)):
        if not same(given.get("url"), url):
            continue
        accepted = words(given.get("status_code")) or ["200"]
        if accepted != [str(status)]:
            yield task.finding(f"not only the status {status} is accepted", "status_code")
        if not (same(task.retries, retries) and same(task.delay, delay)):
            yield task.finding("it is not asked again like that", "retries")
        return
    yield from missing(f"no task asks `{url}`")


@requirement(
    "the play stops with the message `{message}` unless the variable `{name}` is defined",
    "without the variable `{name}` the play fails at once, saying `{message}`",
)
def variable_demanded(model: Project, name: str, message: str) -> Iterable[Finding]:
    """An assert, or a fail that runs only then; tried out with and without the variable."""
    for play in model.plays:
        for task in play.tasks:
            if task.module == ASSERT and not task.forgiven and task.certain:
                if _asserts(task, name) and _says(task, message, "fail_msg"):
                    return
            if task.module == FAIL and not task.forgiven and _says(task, message, "msg"):
                if _only_without(task, name):
                    return
    yield from missing(f"nothing demands the variable `{name}`")


def _says(task: Task, message: str, key: str) -> bool:
    return any(same(given.get(key), message) for given in task.runs)


def _asserts(task: Task, name: str) -> bool:
    """Whether one of the asserted conditions is that the variable is defined."""
    conditions = task.args.get("that")
    listed = conditions if isinstance(conditions, list) else [conditions]
    first = [part for one in listed for part in str(one).split(" and ")]
    return any(part.split() == [name, "is", "defined"] for part in first)


def _only_without(task: Task, name: str) -> bool:
    conditions = [one.split() for one in task.when]
    return [name, "is", "not", "defined"] in conditions or [name, "is", "undefined"] in conditions


@requirement(
    "the play stops with the message `{message}` on hosts that have less than {megabytes} MB of "
    "memory",
    "hosts with less than {megabytes} MB of memory fail with `{message}`",
)
def memory_demanded(model: Project, megabytes: int, message: str) -> Iterable[Finding]:
    """An assert or a fail whose condition is tried out just below and at the limit."""
    for play in model.plays:
        for task in play.tasks:
            if task.forgiven:
                continue
            if task.module == FAIL and _says(task, message, "msg"):
                if (
                    task.runs_on(_memory(megabytes - 1))
                    and task.runs_on(_memory(megabytes)) is False
                ):
                    return
            if task.module == ASSERT and task.certain and _says(task, message, "fail_msg"):
                if _memory_asserted(task, megabytes):
                    return
    yield from missing(f"no task demands {megabytes} MB of memory")


def _memory(megabytes: int) -> dict[str, int]:
    return {"memtotal_mb": megabytes}


def _memory_asserted(task: Task, megabytes: int) -> bool:
    """Whether an assert holds at the limit and fails below it."""
    return (
        _holds(task, _memory(megabytes)) is True and _holds(task, _memory(megabytes - 1)) is False
    )


def _holds(task: Task, facts: Mapping[str, object]) -> bool | None:
    """Whether all asserted conditions hold on a host with these facts, None if unknown."""
    conditions = task.args.get("that")
    folder = Folder(task.variables.with_facts(facts))
    listed = conditions if isinstance(conditions, list) else [conditions]
    known = [folder.condition(one) for one in listed]
    return False if False in known else None if None in known else True


@requirement(
    "what installs the package `{package}` can be chosen by the tag `{tag}`",
    "the tag `{tag}` selects the installation of `{package}`",
)
def package_tagged(model: Project, package: str, tag: str) -> Iterable[Finding]:
    """`tags` of the task or around it."""
    found = [task for task in certain(model) if _installs(task, package)]
    if not found:
        yield from missing(f"no task installs `{package}`")
    for task in found:
        if tag not in task.tags:
            yield task.finding(f"the task does not have the tag `{tag}`", "tags")
