"""How requirements find what a playbook does: tasks that certainly run, and their arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from iac_gym.languages.ansible.folding import Unknown
from iac_gym.languages.ansible.model import Play, Project, Task
from iac_gym.verdict import Finding

Arguments = Mapping[str, Any]

#: Modules that install packages of the system, with the option that names them.
PACKAGES = frozenset(
    f"ansible.builtin.{name}" for name in ("apt", "dnf", "dnf5", "yum", "package")
) | frozenset(
    f"community.general.{name}" for name in ("apk", "pacman", "zypper", "homebrew", "portage")
)
SERVICES = frozenset(
    f"ansible.builtin.{name}" for name in ("service", "systemd", "systemd_service", "sysvinit")
)
SYSTEMD = frozenset(("ansible.builtin.systemd", "ansible.builtin.systemd_service"))
COMMANDS = frozenset(f"ansible.builtin.{name}" for name in ("command", "shell", "raw", "script"))


def certain(model: Project) -> Iterator[Task]:
    """Yield the tasks that run on every host of their play and whose failure counts."""
    for play in model.plays:
        for task in play.tasks:
            if task.certain and not task.forgiven:
                yield task


def done(model: Project, modules: Collection[str]) -> Iterator[tuple[Task, Arguments]]:
    """Yield (task, arguments) of everything that certainly happens through some modules."""
    for task in certain(model):
        if task.module in modules:
            for arguments in task.runs:
                yield task, as_documented(task.module, arguments)


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
    },
}  # fmt: skip


def as_documented(module: str, arguments: Arguments) -> Arguments:
    """Return arguments under the names by which the documentation calls the options."""
    names = _DOCUMENTED.get(module)
    return {names.get(key, key): one for key, one in arguments.items()} if names else arguments


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
    """Return the plays that run on exactly one group."""
    return [play for play in model.plays if list(play.hosts) == [group]]
