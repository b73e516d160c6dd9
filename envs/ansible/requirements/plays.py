"""Requirements about whole plays: their hosts and how they run on them."""

from __future__ import annotations

from collections.abc import Iterable

from envs.ansible.requirements.reading import missing, plays_of, same, truth
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Play, Project
from iac_gym.verdict import Finding


def _working(model: Project) -> list[Play]:
    """Return the plays that do something on other machines than the controller."""
    return [play for play in model.plays if play.tasks and list(play.hosts) != ["localhost"]]


def _settings(model: Project, group: str, key: str, wanted: object, said: str) -> Iterable[Finding]:
    """Yield a finding for each play on a group whose keyword is not the wanted value."""
    plays = [play for play in plays_of(model, group) if play.tasks]
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        value = play.keywords.get(key)
        if not same(value, wanted):
            yield play.finding(f"the play on `{group}` does not have {said}", key)


@requirement("the play runs on the group `{group}`", "its hosts are the group `{group}`")
def play_targets(model: Project, group: str) -> Iterable[Finding]:
    """Every play that does something runs on the group and on nothing else."""
    if not any(play.tasks for play in plays_of(model, group)):
        yield from missing(f"no play with tasks runs on the group `{group}`")
    for play in _working(model):
        if list(play.hosts) != [group]:
            yield play.finding(f"this play runs on `{', '.join(play.hosts)}`", "hosts")


@requirement(
    "the tasks on `{group}` run with root privileges (become)",
    "everything on `{group}` runs as root through privilege escalation",
)
def play_becomes_root(model: Project, group: str) -> Iterable[Finding]:
    """Every task of the group's plays that acts on the host becomes root."""
    plays = [play for play in plays_of(model, group) if play.tasks]
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        for task in (*play.tasks, *play.handlers):
            if task.module in _NEED_NO_ROOT or task.delegate_to:
                continue
            if not task.become or task.become_user not in ("root", "", None):
                yield task.finding("this task does not run as root")
                break


#: Modules that change nothing on a host, or that nobody minds running as another user.
_NEED_NO_ROOT = frozenset(
    f"ansible.builtin.{name}"
    for name in (
        "assert debug fail set_fact meta include_vars import_tasks include_tasks import_role "
        "include_role pause wait_for wait_for_connection uri setup gather_facts add_host group_by "
        "command shell raw script git pip stat slurp ping set_stats"
    ).split()
)


@requirement(
    "at most {serial} hosts of `{group}` are worked on at a time",
    "the play on `{group}` goes through its hosts in batches of {serial}",
)
def play_serial(model: Project, group: str, serial: object) -> Iterable[Finding]:
    """The play's `serial` is the number (or percentage); a list of it alone means the same."""
    plays = [play for play in plays_of(model, group) if play.tasks]
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
    said = f"`max_fail_percentage: {percent}`"
    yield from _settings(model, group, "max_fail_percentage", percent, said)


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
    plays = [play for play in plays_of(model, group) if play.tasks]
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
    plays = [play for play in plays_of(model, group) if play.tasks]
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
    """Every task of the plays on the group has the variable."""
    plays = [play for play in plays_of(model, group) if play.tasks]
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        for task in play.tasks:
            if not same(task.environment.get(name), value):
                yield task.finding(f"`{name}` is not `{value}` for this task")
                break
