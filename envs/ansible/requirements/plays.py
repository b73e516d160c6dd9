"""Requirements about whole plays: their hosts and how they run on them."""

from __future__ import annotations

from collections.abc import Iterable

from envs.ansible.requirements.reading import (
    COMMANDS,
    LOOKING,
    is_on_host,
    missing,
    on_controller,
    plays_of,
    same,
    truth,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding


@requirement("the play runs on the group `{group}`", "its hosts are the group `{group}`")
def play_targets(model: Project, group: str) -> Iterable[Finding]:
    """Every play that does something runs on the group and on nothing else."""
    if not plays_of(model, group):
        yield from missing(f"no play with tasks runs on the group `{group}`")
    for play in model.plays:
        if play.tasks and not on_controller(play) and list(play.hosts) != [group]:
            yield play.finding(f"this play runs on `{', '.join(play.hosts)}`", "hosts")


@requirement(
    "the tasks on `{group}` run with root privileges (become)",
    "everything on `{group}` runs as root through privilege escalation",
)
def play_becomes_root(model: Project, group: str) -> Iterable[Finding]:
    """Every task of the group's plays that acts on the host becomes root."""
    plays = plays_of(model, group)
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        for task in (*play.tasks, *play.handlers):
            if task.module not in LOOKING and is_on_host(task) and not _as_root(task):
                yield task.finding("this task does not run as root", "become")
                break


def _as_root(task: Task) -> bool:
    """Whether a task becomes root, or the user of a program or database that needs its own."""
    if not task.become and not truth(task.folder("ansible_become")):
        return False
    own = task.module in COMMANDS or task.module in _OF_USERS
    return task.become_user in ("root", "", "0") or own or task.module.startswith(_DATABASES)


#: Modules that are often run as the user of a program.
_OF_USERS = frozenset(("ansible.builtin.git", "ansible.builtin.pip", "ansible.builtin.unarchive"))
_DATABASES = ("community.postgresql.", "community.mysql.")


@requirement(
    "the play on `{group}` works on its hosts in batches of {serial}",
    "`serial` of the play on `{group}` is {serial}",
)
def play_serial(model: Project, group: str, serial: object) -> Iterable[Finding]:
    """The play's `serial` is the number (or percentage); a list of it alone means the same."""
    plays = plays_of(model, group)
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        value = play.keywords.get("serial")
        values = value if isinstance(value, list) else [value]
        if not values or any(not same(one, serial) for one in values):
            yield play.finding(f"the play on `{group}` has no `serial: {serial}`", "serial")


@requirement(
    "the play on `{group}` stops once more than {percent} % of the hosts of a batch have failed",
    "no more than {percent} percent of the hosts of `{group}` may fail before the play is aborted",
)
def play_failure_limit(model: Project, group: str, percent: int) -> Iterable[Finding]:
    """`max_fail_percentage` of the plays on the group."""
    plays = plays_of(model, group)
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        value = str(play.keywords.get("max_fail_percentage")).strip().removesuffix("%")
        if value.removesuffix(".0") != str(percent):
            said = f"`max_fail_percentage: {percent}`"
            yield play.finding(f"the play on `{group}` does not have {said}", "max_fail_percentage")


@requirement(
    "a failure on one host of `{group}` ends the play for all of them",
    "the play on `{group}` treats any error as fatal for every host",
)
def play_all_or_nothing(model: Project, group: str) -> Iterable[Finding]:
    """`any_errors_fatal` of the plays on the group."""
    yield from _flag(model, group, "any_errors_fatal", wanted=True)


@requirement(
    "facts are not gathered on `{group}`", "the play on `{group}` skips the gathering of facts"
)
def play_without_facts(model: Project, group: str) -> Iterable[Finding]:
    """`gather_facts: false`, and no task gathers them."""
    yield from _flag(model, group, "gather_facts", wanted=False)
    for play in plays_of(model, group):
        for task in play.tasks:
            if task.module in ("ansible.builtin.setup", "ansible.builtin.gather_facts"):
                yield task.finding("this task gathers facts")


def _flag(model: Project, group: str, key: str, *, wanted: bool) -> Iterable[Finding]:
    plays = plays_of(model, group)
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        value = play.keywords.get(key)
        if value is None or truth(value) is not wanted:
            said = "true" if wanted else "false"
            yield play.finding(f"the play on `{group}` does not have `{key}: {said}`", key)


@requirement(
    "the play on `{group}` uses the strategy `{strategy}`",
    "hosts of `{group}` are run with the `{strategy}` strategy",
)
def play_strategy(model: Project, group: str, strategy: str) -> Iterable[Finding]:
    """The strategy plugin, short or with its collection."""
    plays = plays_of(model, group)
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        value = play.keywords.get("strategy")
        if value not in (strategy, f"ansible.builtin.{strategy}"):
            yield play.finding(f"the play on `{group}` does not use `{strategy}`", "strategy")


@requirement(
    "handlers on `{group}` run even when a later task fails",
    "the play on `{group}` forces its notified handlers to run after a failure",
)
def play_forces_handlers(model: Project, group: str) -> Iterable[Finding]:
    """`force_handlers` of the plays on the group."""
    yield from _flag(model, group, "force_handlers", wanted=True)


@requirement(
    "the tasks on `{group}` see the environment variable `{name}` with the value `{value}`",
    "`{name}={value}` is in the environment of every task on `{group}`",
)
def play_environment(model: Project, group: str, name: str, value: str) -> Iterable[Finding]:
    """Every task of the plays on the group that acts on a host has the variable."""
    plays = plays_of(model, group)
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        acting = [task for task in play.tasks if task.module not in LOOKING] or play.tasks
        wrong = next((one for one in acting if not same(one.environment.get(name), value)), None)
        if wrong is not None:
            yield wrong.finding(f"`{name}` is not `{value}` for this task")
