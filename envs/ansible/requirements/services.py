"""Requirements about services: running, enabled, restarted when their files change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from envs.ansible.requirements.commands import runs_of
from envs.ansible.requirements.files import COPY, TEMPLATE, place, writers
from envs.ansible.requirements.reading import (
    COMMANDS,
    SERVICES,
    SYSTEMD,
    Arguments,
    certain,
    done,
    is_on_host,
    missing,
    passes_silently,
    text,
    truth,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

_RUNNING = frozenset(("started", "restarted", "reloaded"))
META = "ansible.builtin.meta"


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
    """`enabled` is true, and nothing masks the unit."""
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


def reached(task: Task) -> list[Task]:
    """Return the handlers that a change notifies, those that handlers notify in turn included."""
    found: list[Task] = []
    waiting = [task]
    while waiting:
        one = waiting.pop()
        if any(one.folder.condition(given) is False for given in one.changed_when):
            continue
        for handler in one.notified:
            if handler not in found and handler.chance != "never":
                found.append(handler)
                waiting.append(handler)
    return [one for one in found if _works(one)]


def _works(handler: Task) -> bool:
    """Whether a handler does its work on the host, as far as conditions tell."""
    silent = passes_silently(handler) or handler.check_mode is not False
    return not silent and is_on_host(handler) and handler.run_once is False


def _handles(handler: Task, service: str, state: str) -> bool:
    """Whether a handler restarts or reloads a service, by a module or by its command."""
    if handler.module in SERVICES:
        return any(_is(one, service) and text(one.get("state")) == state for one in handler.runs)
    if handler.module not in COMMANDS:
        return False
    verb = state.removesuffix("ed")
    unit = service.removesuffix(".service")
    for words, _ in runs_of(handler):
        plain = [one.removesuffix(".service") for one in words]
        if plain in (["systemctl", verb, unit], ["service", unit, verb]):
            return True
    return False


def _handled(model: Project, path: str, service: str, state: str) -> Iterable[Finding]:
    """Yield a finding for each task that writes a path and does not notify such a handler."""
    found = writers(model, path)
    if not found:
        yield from missing(f"no task writes `{path}`")
    for task, _ in found:
        if not any(_handles(handler, service, state) for handler in reached(task)):
            yield task.finding(f"this does not notify a handler for the service `{service}`")


@requirement(
    "a change of `{path}` restarts the service `{service}` through a handler",
    "a handler restarts `{service}` whenever `{path}` has changed",
)
def change_restarts(model: Project, path: str, service: str) -> Iterable[Finding]:
    """Every task that writes the file notifies a handler that restarts the service."""
    yield from _handled(model, path, service, "restarted")


@requirement(
    "a change of `{path}` reloads the service `{service}` through a handler",
    "a handler reloads `{service}` (no restart) whenever `{path}` has changed",
)
def change_reloads(model: Project, path: str, service: str) -> Iterable[Finding]:
    """Every task that writes the file notifies a handler that reloads the service."""
    yield from _handled(model, path, service, "reloaded")


@requirement(
    "systemd reads its unit files again before `{service}` is started",
    "the systemd daemon is reloaded so that the unit `{service}` is known when it is started",
)
def units_reloaded(model: Project, service: str) -> Iterable[Finding]:
    """`daemon_reload` in the task that starts the service, or between its unit and the start."""
    read = pending = started = False
    sure = {id(task) for task in certain(model)}
    units: set[str] = set()
    for task in model.tasks:
        if id(task) not in sure:
            read = read or (_reloads(task) and _on_change(task, units))
            continue
        for given in task.runs:
            if task.module in (TEMPLATE, COPY) and _is_unit(place(task, given), service):
                read = False
                units.add(task.register)
        read = read or _reloads(task) or (pending and _flushes(task))
        pending = pending or any(_reloads(handler) for handler in reached(task))
        if task.module in SERVICES and is_on_host(task) and _starts(task, service):
            started = True
            if not read:
                yield task.finding(f"systemd may not know the unit `{service}` yet")
    if not started:
        yield from missing(f"no task starts the service `{service}`")


def _on_change(task: Task, units: set[str]) -> bool:
    """Whether a task runs as soon as one of the results that are kept here is a change."""
    found = [_CHANGED.fullmatch(one) for one in task.when]
    sound = not passes_silently(task) and task.check_mode is False
    return sound and len(found) == 1 and found[0] is not None and found[0][1] in units


_CHANGED = re.compile(r"(\w+)(?:\.changed| is changed|\['changed'\])(?: ?\| ?bool)?")


def _is_unit(path: str, service: str) -> bool:
    unit = service.removesuffix(".service")
    return path.endswith(f"/systemd/system/{unit}.service")


def _reloads(task: Task) -> bool:
    if task.module in COMMANDS:
        return any(words == ["systemctl", "daemon-reload"] for words, _ in runs_of(task))
    return task.module in SYSTEMD and any(truth(one.get("daemon_reload")) for one in task.runs)


def _flushes(task: Task) -> bool:
    raw = [text(given.get("_raw_params")).strip() for given in task.runs]
    return task.module == META and "flush_handlers" in raw


def _starts(task: Task, service: str) -> bool:
    return any(_is(given, service) and text(given.get("state")) in _RUNNING for given in task.runs)
