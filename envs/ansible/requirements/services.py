"""Requirements about services: running, enabled, restarted when their files change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envs.ansible.requirements.files import writers
from envs.ansible.requirements.reading import (
    SERVICES,
    SYSTEMD,
    Arguments,
    done,
    missing,
    text,
    truth,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

_RUNNING = frozenset(("started", "restarted", "reloaded"))


def _of(model: Project, service: str) -> Iterator[tuple[Task, Arguments]]:
    """Yield what certainly happens to a service, in order."""
    for task, given in done(model, SERVICES):
        if _is(given, service):
            yield task, given


def _is(given: Arguments, service: str) -> bool:
    return text(given.get("name")).removesuffix(".service") == service.removesuffix(".service")


def _state(
    model: Project, service: str, key: str, wanted: frozenset[str], said: str
) -> Iterable[Finding]:
    """Yield a finding unless the last task that sets a key of a service sets a wanted value."""
    found = [(task, given) for task, given in _of(model, service) if given.get(key) is not None]
    if not found:
        yield from missing(f"no task sees to it that the service `{service}` is {said}")
        return
    task, given = found[-1]
    value = given[key]
    spelled = "yes" if truth(value) and key != "state" else text(value).lower()
    spelled = "no" if spelled in ("false", "off", "n", "0", "f") else spelled
    if spelled not in wanted:
        yield task.finding(f"the service `{service}` is not {said}", key)


@requirement("the service `{service}` is running", "`{service}` is a started service")
def service_running(model: Project, service: str) -> Iterable[Finding]:
    """The last state that is asked for is a running one."""
    yield from _state(model, service, "state", _RUNNING, "running")


@requirement(
    "the service `{service}` starts at boot", "`{service}` is enabled, so that it survives a reboot"
)
def service_enabled(model: Project, service: str) -> Iterable[Finding]:
    """`enabled` is true."""
    yield from _state(model, service, "enabled", frozenset(("yes",)), "enabled")


@requirement("the service `{service}` is stopped", "`{service}` does not run")
def service_stopped(model: Project, service: str) -> Iterable[Finding]:
    """The last state that is asked for is `stopped`."""
    yield from _state(model, service, "state", frozenset(("stopped",)), "stopped")


@requirement(
    "the service `{service}` does not start at boot", "`{service}` is disabled for the next boot"
)
def service_disabled(model: Project, service: str) -> Iterable[Finding]:
    """`enabled` is false."""
    yield from _state(model, service, "enabled", frozenset(("no",)), "disabled")


@requirement(
    "the systemd unit `{service}` is masked", "systemd masks `{service}`, so nothing can start it"
)
def service_masked(model: Project, service: str) -> Iterable[Finding]:
    """`masked` of the systemd module."""
    yield from _state(model, service, "masked", frozenset(("yes",)), "masked")


def _handled(model: Project, path: str, service: str, states: frozenset[str]) -> Iterable[Finding]:
    """Yield a finding for each task that writes a path and does not notify such a handler."""
    found = list(writers(model, path))
    if not found:
        yield from missing(f"no task writes `{path}`")
    for task, _ in found:
        for handler in task.notified:
            if handler.module in SERVICES and handler.chance != "never":
                if any(
                    _is(given, service) and text(given.get("state")) in states
                    for given in handler.runs
                ):
                    break
        else:
            yield task.finding(f"this does not notify a handler for the service `{service}`")


@requirement(
    "a change of `{path}` restarts the service `{service}` through a handler",
    "a handler restarts `{service}` whenever `{path}` has changed",
)
def change_restarts(model: Project, path: str, service: str) -> Iterable[Finding]:
    """Every task that writes the file notifies a handler that restarts the service."""
    yield from _handled(model, path, service, frozenset(("restarted",)))


@requirement(
    "a change of `{path}` reloads the service `{service}` through a handler",
    "a handler reloads `{service}` (no restart) whenever `{path}` has changed",
)
def change_reloads(model: Project, path: str, service: str) -> Iterable[Finding]:
    """Every task that writes the file notifies a handler that reloads the service."""
    yield from _handled(model, path, service, frozenset(("reloaded",)))


@requirement(
    "systemd reads its unit files again before `{service}` is started",
    "the systemd daemon is reloaded so that the unit `{service}` is known when it is started",
)
def units_reloaded(model: Project, service: str) -> Iterable[Finding]:
    """`daemon_reload` in the task that starts the service, or in one before it."""
    reloaded = False
    started = False
    for task, given in done(model, SERVICES):
        reloaded = reloaded or (task.module in SYSTEMD and truth(given.get("daemon_reload")))
        if _is(given, service) and text(given.get("state")) in _RUNNING:
            started = True
            if not reloaded:
                yield task.finding(f"systemd may not know the unit `{service}` yet")
    if not started:
        yield from missing(f"no task starts the service `{service}`")
