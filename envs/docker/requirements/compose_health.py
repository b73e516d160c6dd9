"""Requirements about compose files: the order in which services start, and their health."""

from __future__ import annotations

from collections.abc import Sequence

from envs.docker.requirements.compose_find import Found, differs, running, wrong
from iac_gym.check import Findings, requirement
from iac_gym.languages.compose.model import ComposeFile, Dependency, Healthcheck
from iac_gym.languages.compose.values import read_duration, shell_words

# Order and health --------------------------------------------------------------------------------


def _dependency(compose: ComposeFile, of: str, on: str) -> Found[Dependency | None]:
    service = yield from running(compose, of)
    if service is None:
        return None
    if on in service.depends_on and on in compose.services:
        return service.depends_on[on]
    yield compose.finding(f"`{of}` does not depend on `{on}`", service.place("depends_on"))
    return None


@requirement(
    "`{of}` starts after `{on}`",
    "`{of}` depends on `{on}`",
    "`{on}` is started before `{of}`",
    language="compose",
)
def service_starts_after(compose: ComposeFile, of: str, on: str) -> Findings:
    """A dependency of any condition."""
    yield from _dependency(compose, of, on)


@requirement(
    "`{of}` starts only once `{on}` is healthy",
    "`{of}` waits until `{on}` is healthy",
    language="compose",
)
def service_waits_for_health(compose: ComposeFile, of: str, on: str) -> Findings:
    """A dependency on health; the other's check is not switched off."""
    found = yield from _dependency(compose, of, on)
    if found is None:
        return
    if found.condition != "service_healthy":
        message = f"`{of}` waits for `{on}` with {found.condition}, not until it is healthy"
        yield compose.finding(message, found.mark)
    health = compose.services[on].healthcheck
    if health is not None and health.disabled:
        yield compose.finding(f"the health check of `{on}` is switched off", health.mark)


@requirement(
    "`{of}` starts only after `{on}` has finished without an error",
    "`{of}` waits until `{on}` has completed successfully",
    language="compose",
)
def service_waits_for_completion(compose: ComposeFile, of: str, on: str) -> Findings:
    """A dependency on a job's success."""
    found = yield from _dependency(compose, of, on)
    if found is not None and found.condition != "service_completed_successfully":
        message = f"`{of}` waits for `{on}` with {found.condition}, not for its success"
        yield compose.finding(message, found.mark)


def _health(compose: ComposeFile, of: str) -> Found[Healthcheck | None]:
    service = yield from running(compose, of)
    if service is None:
        return None
    if service.healthcheck is not None and service.healthcheck.works:
        return service.healthcheck
    yield compose.finding(f"`{of}` has no health check", service.place("healthcheck"))
    return None


def _words(test: Sequence[str]) -> tuple[str, ...]:
    """Return the words that a health check runs, whether or not a shell is between."""
    words = tuple(test[1:])
    if test[:1] == ("CMD",) and words[:2] in (("sh", "-c"), ("/bin/sh", "-c")):
        words = words[2:3]
    elif test[:1] == ("CMD",):
        return words
    line = words[0].strip() if words else ""
    for ending in ("|| exit 1", "||exit 1"):
        line = line.removesuffix(ending).rstrip()
    try:
        split = shell_words(line)
    except ValueError:
        return ()
    return split if not set(";&|<>`$\n") & set(line) else ()


@requirement(
    "the health of `{of}` is checked with `{command}`",
    "`{of}` has a health check that runs `{command}`",
    language="compose",
)
def service_health_command(compose: ComposeFile, of: str, command: str) -> Findings:
    """The health check's command, run directly or by a shell (a final `|| exit 1` is the same)."""
    health = yield from _health(compose, of)
    if health is not None and _words(health.test) != shell_words(command):
        found = " ".join(health.test[1:])
        yield from wrong(compose, f"the health check of `{of}`", found, command, health.mark)


@requirement(
    "the health check of `{of}` runs every {interval}",
    "`{of}` is health-checked every {interval}",
    language="compose",
)
def service_health_interval(compose: ComposeFile, of: str, interval: str) -> Findings:
    """The time between two health checks."""
    health = yield from _health(compose, of)
    if health is not None and health.interval != read_duration(interval):
        found = "not set" if health.interval is None else f"{health.interval:g}s"
        message = f"the health check of `{of}` has the interval {found}, asked for {interval}"
        yield compose.finding(message, health.mark)


@requirement(
    "a health check of `{of}` may take {timeout}",
    "the health check of `{of}` times out after {timeout}",
    language="compose",
)
def service_health_timeout(compose: ComposeFile, of: str, timeout: str) -> Findings:
    """How long one health check may take."""
    health = yield from _health(compose, of)
    if health is not None and health.timeout != read_duration(timeout):
        found = "not set" if health.timeout is None else f"{health.timeout:g}s"
        message = f"the health check of `{of}` has the timeout {found}, asked for {timeout}"
        yield compose.finding(message, health.mark)


@requirement(
    "`{of}` counts as unhealthy after {retries} failed checks",
    "the health check of `{of}` has {retries} retries",
    language="compose",
)
def service_health_retries(compose: ComposeFile, of: str, retries: int) -> Findings:
    """How many failures in a row make the container unhealthy."""
    health = yield from _health(compose, of)
    if health is not None:
        what = f"the retries of the health check of `{of}`"
        yield from differs(compose, what, health.retries, retries, health.mark)
