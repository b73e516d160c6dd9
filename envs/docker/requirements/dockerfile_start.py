"""Requirements about what containers start: command, entrypoint, health check."""

from __future__ import annotations

import shlex

from envs.docker.requirements.dockerfile_find import missing, place_of, words_of
from iac_gym.check import Findings, requirement
from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.model import DockerfileModel, Line


def _line_problem(given: Line | None, what: str, line: str) -> str:
    if given is None or not given.words:
        return f"there is no {what}"
    if given.shell:
        return f"the {what} is in shell form, asked for the exec form of `{line}`"
    if given.words != words_of(line):
        return f"the {what} is `{shlex.join(given.words)[:80]}`, asked for `{line}`"
    return ""


@requirement(
    "`{line}` as the default command, in exec form",
    "an exec-form CMD that is `{line}`",
)
def default_command(model: DockerfileModel, line: str) -> Findings:
    """The last CMD that has an effect in the final image."""
    final = model.final
    problem = _line_problem(final.config.cmd if final else None, "CMD", line)
    if problem:
        return (place_of(final, "cmd").finding(problem) if final else missing(model, problem),)
    return ()


@requirement(
    "`{line}` as the entrypoint, in exec form",
    "an exec-form ENTRYPOINT that is `{line}`",
)
def entrypoint(model: DockerfileModel, line: str) -> Findings:
    """The last ENTRYPOINT of the final image."""
    final = model.final
    problem = _line_problem(final.config.entrypoint if final else None, "ENTRYPOINT", line)
    if problem:
        return (
            place_of(final, "entrypoint").finding(problem) if final else missing(model, problem),
        )
    return ()


def _health_problem(model: DockerfileModel, line: str) -> str:
    """Say what is wrong with the command of the health check, "" where it is the asked one."""
    final = model.final
    health = final.config.health if final else None
    if health is None or not health.test:
        return "there is no health check"
    if words_of(line) not in health.commands:
        return f"the health check runs `{' '.join(health.test)[:80]}`, asked for `{line}`"
    return ""


@requirement(
    "a health check that runs `{line}`",
    "`{line}` as the health check",
)
def health_command(model: DockerfileModel, line: str) -> Findings:
    """The command of HEALTHCHECK, in exec or shell form; `|| exit 1` may follow."""
    if problem := _health_problem(model, line):
        final = model.final
        at = place_of(final, "healthcheck") if final else None
        return (at.finding(problem) if at else missing(model, problem),)
    return ()


def _health_number(
    model: DockerfileModel, line: str, field: str, what: str, asked: float, default: float
) -> Findings:
    """Compare one number of the health check that runs `line`."""
    if problem := _health_problem(model, line):
        return (missing(model, problem),)
    final = model.final
    given = (getattr(final.config.health, field) if final else 0) or default
    if given != asked and final:
        at = place_of(final, "healthcheck")
        return (at.finding(f"the health check's {what} is {given:g}, asked for {asked:g}"),)
    return ()


@requirement(
    "an interval of {interval} for the health check `{line}`",
    "the health check `{line}` repeated every {interval}",
)
def health_interval(model: DockerfileModel, line: str, interval: str) -> Findings:
    """--interval of HEALTHCHECK (30s by default)."""
    asked = values.seconds(interval)
    return _health_number(model, line, "interval", "interval in seconds", asked, 30.0)


@requirement(
    "a timeout of {timeout} for the health check `{line}`",
    "the health check `{line}` given up after {timeout}",
)
def health_timeout(model: DockerfileModel, line: str, timeout: str) -> Findings:
    """--timeout of HEALTHCHECK (30s by default)."""
    asked = values.seconds(timeout)
    return _health_number(model, line, "timeout", "timeout in seconds", asked, 30.0)


@requirement(
    "a start period of {period} for the health check `{line}`",
    "the health check `{line}` with {period} of start period",
)
def health_start(model: DockerfileModel, line: str, period: str) -> Findings:
    """--start-period of HEALTHCHECK (0s by default)."""
    asked = values.seconds(period)
    return _health_number(model, line, "start_period", "start period in seconds", asked, 0.0)


@requirement(
    "{count} retries for the health check `{line}`",
    "the container unhealthy after the health check `{line}` failed {count} times",
)
def health_retries(model: DockerfileModel, line: str, count: int) -> Findings:
    """--retries of HEALTHCHECK (3 by default)."""
    return _health_number(model, line, "retries", "number of retries", count, 3)
