"""How requirements find what a playbook does: tasks that certainly run, and their arguments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from iac_gym.formats.lazy import kept
from iac_gym.languages.ansible.folding import Folder, Unknown
from iac_gym.languages.ansible.model import Play, Project, Task
from iac_gym.verdict import Finding

Arguments = Mapping[str, Any]
Done = tuple[Task, Arguments]


def _modules(collection: str, names: str) -> frozenset[str]:
    return frozenset(f"{collection}.{name}" for name in names.split())


#: Modules that install packages of the system.
PACKAGES = _modules("ansible.builtin", "apt dnf dnf5 yum package") | _modules(
    "community.general", "apk pacman zypper homebrew portage"
)
SERVICES = _modules("ansible.builtin", "service systemd systemd_service sysvinit")
SYSTEMD = _modules("ansible.builtin", "systemd systemd_service")
COMMANDS = _modules("ansible.builtin", "command shell raw script")
#: Modules that change nothing on a host.
LOOKING = _modules(
    "ansible.builtin",
    "assert debug fail set_fact meta include_vars import_tasks include_tasks import_role "
    "include_role pause wait_for wait_for_connection uri setup gather_facts add_host group_by "
    "stat slurp ping set_stats find getent package_facts service_facts validate_argument_spec "
    "async_status",
)
#: Modules that work on one family of systems alone.
_OF_FAMILY = {
    "Debian": _modules(
        "ansible.builtin", "apt apt_key apt_repository deb822_repository debconf dpkg_selections"
    )
    | {"community.general.ufw"},
    "RedHat": _modules("ansible.builtin", "dnf dnf5 yum yum_repository rpm_key"),
}
#: Facts of two hosts of each family, by which conditions are tried out.
HOSTS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "Debian": (
        {"os_family": "Debian", "distribution": "Debian", "pkg_mgr": "apt"},
        {"os_family": "Debian", "distribution": "Ubuntu", "pkg_mgr": "apt"},
    ),
    "RedHat": (
        {"os_family": "RedHat", "distribution": "Rocky", "pkg_mgr": "dnf"},
        {"os_family": "RedHat", "distribution": "RedHat", "pkg_mgr": "dnf"},
    ),
    "Suse": ({"os_family": "Suse", "distribution": "SLES", "pkg_mgr": "zypper"},),
}
_RUN = {"check_mode": False, "service_mgr": "systemd"}
_HERE = ("localhost", "127.0.0.1", "::1")


def known_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with those of every run: it is no dry run, and systemd manages services."""
    return {**_RUN, **facts}


def on_controller(play: Play) -> bool:
    """Whether a play runs on the controller alone."""
    return bool(play.hosts) and all(host in _HERE for host in play.hosts)


@kept
def certain(model: Project) -> tuple[Task, ...]:
    """Return the tasks that run on every host of their play and whose failure counts.

    A condition on the system of the host is nothing against a task where the whole answer is for
    that system alone: then it holds everywhere.
    """
    found: list[Task] = []
    platform: list[Mapping[str, Any]] | None = None
    for play in model.plays:
        for task in play.tasks:
            if passes_silently(task) or task.check_mode is not False:
                continue
            if task.certain:
                found.append(task)
            elif task.conditions and not task.handler:
                platform = _platform(model) if platform is None else platform
                if holds_on(task, platform):
                    found.append(task)
    return tuple(found)


def passes_silently(task: Task) -> bool:
    """Whether a failure of a task is ignored; in a dry run alone it may be."""
    if not task.forgiven:
        return False
    given = str(task.keyword("ignore_errors"))
    return "".join(given.split()) != "{{ansible_check_mode}}" or bool(task.failed_when)


def holds_on(task: Task, platform: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a task certainly runs on one of these hosts."""
    if any(scope.opaque for scope in task.scope.chain()):
        return False
    return any(task.runs_on(known_facts(facts)) is True for facts in platform)


def _platform(model: Project) -> list[Mapping[str, Any]]:
    """Return facts of hosts of the only family that the answer has modules for."""
    used = {task.module for play in model.plays for task in play.tasks}
    families = [name for name, modules in _OF_FAMILY.items() if used & modules]
    return [{}, *HOSTS[families[0]]] if len(families) == 1 else [{}]


def done(
    model: Project, modules: Collection[str], *, once: bool = False, elsewhere: bool = False
) -> Iterator[Done]:
    """Yield (task, arguments) of everything that certainly happens through some modules.

    It happens on every host of the play: `once` allows the first one alone, `elsewhere` other
    machines too.
    """
    hosts = any(not on_controller(play) for play in model.plays)
    for task in certain(model):
        if task.module not in modules:
            continue
        if (task.run_once is not False and not once) or (
            not elsewhere and not is_on_host(task, hosts)
        ):
            continue
        for arguments in task.runs:
            yield task, as_documented(task.module, arguments)


def is_on_host(task: Task, hosts: bool = True) -> bool:
    """Whether a task works on the host itself; `hosts`: there are plays on other machines."""
    there = task.delegate_to
    if there and "".join(there.split()) != "{{inventory_hostname}}":
        return False
    if not on_controller(task.play):
        return task.keyword("connection") not in ("local", "ansible.builtin.local")
    return not hosts


#: Options whose own name in the module is another one than in its documentation.
_DOCUMENTED: Mapping[str, Mapping[str, str]] = {
    "ansible.builtin.apt": {"package": "name"},
    "community.general.ufw": {"to_port": "port"},
    "community.postgresql.postgresql_db": {"db": "name"},
    "community.postgresql.postgresql_user": {"user": "name"},
    "community.postgresql.postgresql_ext": {"ext": "name"},
    "kubernetes.core.k8s": {"resource_definition": "definition"},
    "kubernetes.core.helm": {
        "release_name": "name", "release_values": "values", "release_state": "state",
        "namespace": "release_namespace",
    },
}  # fmt: skip


def as_documented(module: str, arguments: Arguments) -> Arguments:
    """Return arguments under the names by which the documentation calls the options."""
    names = _DOCUMENTED.get(module)
    return {names.get(key, key): one for key, one in arguments.items()} if names else arguments


def runs_there(task: Task, facts: Mapping[str, Any]) -> Iterator[Arguments]:
    """Yield the arguments of a task on a host with these facts."""
    if task.looped:
        yield from task.runs
        return
    folder = Folder(task.variables.with_facts(known_facts(facts)))
    for given in task.runs:
        unknown = any(isinstance(value, Unknown) for value in given.values())
        made = {k: folder.fold(v) if isinstance(v, Unknown) else v for k, v in given.items()}
        yield as_documented(task.module, made if unknown else given)


def standing(found: Sequence[Done], absent: Collection[str] = ("absent",)) -> list[Done]:
    """Return what is done to one thing, in order; nothing where the last task removes it."""
    if not found or text(found[-1][1].get("state")) in absent:
        return []
    return [one for one in found if text(one[1].get("state")) not in absent]


def given_last(found: Sequence[Done], key: str) -> tuple[Task, Any] | None:
    """Return the last task that gives an option, and what it gives."""
    for task, given in reversed(found):
        if given.get(key) is not None:
            return task, given[key]
    return None


def words(value: Any) -> list[str]:
    """Return the texts of a list, of a comma separated text or of one text."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, (list, tuple)):
        return [str(word) for word in value if isinstance(word, (str, int, float))]
    return [str(value)] if isinstance(value, (int, float)) else []


def text(value: Any) -> str:
    """Return a known value as text, '' for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    known = isinstance(value, (str, int, float)) and not isinstance(value, Unknown)
    return str(value) if known else ""


def shown(value: Any) -> str:
    """Return a value as text, in which unknown parts stay as `{{ ... }}`."""
    return str(value) if isinstance(value, str) else text(value)


def source_of(task: Task, value: Any) -> str:
    """Return a text that is not known, followed through variables that only name another one."""
    written = shown(value)
    for _ in range(_MOST_STEPS):
        found = _VARIABLE.fullmatch(written.strip())
        inner = task.variables(found[1]) if found else None
        if not isinstance(inner, str) or "{{" not in inner:
            break
        written = str(inner)
    return written


_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MOST_STEPS = 5


def path_of(value: Any) -> str:
    """Return a known path without slashes at its end."""
    path = text(value)
    return path.rstrip("/") if len(path) > 1 else path


def truth(value: Any) -> bool:
    """Whether a value is one of the spellings of yes."""
    return value is True or text(value).lower() in ("yes", "true", "on", "y", "t", "1")


def same(value: Any, wanted: object) -> bool:
    """Whether a known value is the wanted one, whatever its type (`8080` is `"8080"`)."""
    return text(value) != "" and text(value) == text(wanted)


def missing(message: str, hint: str = "") -> list[Finding]:
    """Make the finding that something is nowhere in the answer."""
    return [Finding(message, hint=hint)]


def plays_of(model: Project, group: str) -> list[Play]:
    """Return the plays that run on exactly one group and do something there."""
    plays = [play for play in model.plays if list(play.hosts) == [group] and play.tasks]
    acting = [play for play in plays if any(task.module not in LOOKING for task in play.tasks)]
    return acting or plays
