"""Requirements about service containers beside a job: image, ports, settings, health."""

from __future__ import annotations

import shlex
from functools import lru_cache

from envs.cicd.requirements.github_find import (
    Found,
    find_job,
)
from envs.cicd.requirements.github_texts import (
    compact,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Container, Repository
from iac_gym.verdict import Finding


def _same_image(one: str, other: str) -> bool:
    return one.removeprefix("docker.io/").removeprefix("library/") == other


def _find(model: Repository, job: str, image: str) -> Found[list[Container]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    made = [
        one
        for one in found.services.values()
        if all(_same_image(text, image) for text in found.values(one.image))
    ]
    if not made:
        yield found.finding(f"no service of the job `{job}` runs `{image}`", "services")
    return made


@requirement(
    "a service container `{image}` runs beside the job `{job}`",
    "the job `{job}` has a service container from `{image}`",
    "the job `{job}` starts `{image}` as a service",
)
def workflow_service(model: Repository, job: str, image: str) -> Findings:
    """A service by its image."""
    yield from _find(model, job, image)


@requirement(
    "in the job `{job}`, port {port} of the service `{image}` is at port {host} of the runner",
    "in the job `{job}` the service `{image}` maps its port {port} to port {host} of the runner",
)
def workflow_service_port(
    model: Repository, job: str, image: str, port: int, host: int
) -> Findings:
    """A port of a service on the runner."""
    made = yield from _find(model, job, image)
    if made and not any(f"{host}:{port}" in _ports(one) for one in made):
        yield _at(model, made[0], f"port {port} of `{image}` is not at port {host}")


def _ports(one: Container) -> list[str]:
    return [text.removesuffix("/tcp").strip() for text in one.ports]


def _at(model: Repository, one: Container, message: str) -> Finding:
    return Finding(message, model.workflow.file, *one.mark)


@requirement(
    "`{variable}` of the service `{image}` in the job `{job}` is `{value}`",
    "in the job `{job}` the service `{image}` gets `{variable}={value}`",
)
def workflow_service_variable(
    model: Repository, job: str, image: str, variable: str, value: str
) -> Findings:
    """An environment variable of a service."""
    made = yield from _find(model, job, image)
    if made and not any(compact(one.env.get(variable, "")) == compact(value) for one in made):
        yield _at(model, made[0], f"`{variable}` of `{image}` is not `{value}`")


@lru_cache(maxsize=512)
def _options(text: str) -> dict[str, str]:
    """Return the options of `docker create` by name."""
    try:
        words = shlex.split(text, comments=False)
    except ValueError:
        return {}
    options: dict[str, str] = {}
    key = ""
    for word in words:
        if key and not word.startswith("--"):
            options[key] = word
            key = ""
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            if equals:
                options[name] = value
            else:
                key = name
    return options


def _option(model: Repository, job: str, image: str, name: str, wanted: str, what: str) -> Findings:
    made = yield from _find(model, job, image)
    if made and not any(_options(one.options).get(name, "") == wanted for one in made):
        yield _at(model, made[0], what)


@requirement(
    "the health of the service `{image}` in the job `{job}` is checked with `{command}`",
    "`{command}` is the health check of the service `{image}` in the job `{job}`",
)
def workflow_service_health(model: Repository, job: str, image: str, command: str) -> Findings:
    """`--health-cmd` in the options of a service."""
    made = yield from _find(model, job, image)
    wanted = command.split()
    if made and not any(
        _options(one.options).get("--health-cmd", "").split() == wanted for one in made
    ):
        yield _at(model, made[0], f"the health of `{image}` is not checked with `{command}`")


@requirement(
    "the health check of the service `{image}` in the job `{job}` runs every `{time}`",
    "in the job `{job}` the service `{image}` has a health check interval of `{time}`",
)
def workflow_service_interval(model: Repository, job: str, image: str, time: str) -> Findings:
    """`--health-interval` in the options of a service."""
    what = f"the health of `{image}` is not checked every `{time}`"
    yield from _option(model, job, image, "--health-interval", time, what)


@requirement(
    "one health check of the service `{image}` in the job `{job}` may take `{time}`",
    "in the job `{job}` the service `{image}` has a health check timeout of `{time}`",
)
def workflow_service_timeout(model: Repository, job: str, image: str, time: str) -> Findings:
    """`--health-timeout` in the options of a service."""
    what = f"a health check of `{image}` may not take `{time}`"
    yield from _option(model, job, image, "--health-timeout", time, what)


@requirement(
    "the service `{image}` in the job `{job}` is unhealthy after {count} failed health checks",
    "in the job `{job}` the service `{image}` has {count} health check retries",
)
def workflow_service_retries(model: Repository, job: str, image: str, count: int) -> Findings:
    """`--health-retries` in the options of a service."""
    what = f"`{image}` does not get {count} health checks"
    yield from _option(model, job, image, "--health-retries", str(count), what)
