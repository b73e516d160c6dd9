"""Requirements about logins to registries of container images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from envs.cicd.requirements.github_find import (
    find_job,
    ran_in,
    using,
    value_of,
)
from envs.cicd.requirements.github_images import read_options, usual_steps
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_LOGIN = "docker/login-action"


class Login(NamedTuple):
    """A login: the registry, the user and the password, as texts."""

    registry: str
    user: str
    password: str


def _logins(job: Job) -> Iterator[Login]:
    for step in using(usual_steps(job), _LOGIN):
        registry = value_of(step, "registry", "docker.io") or "docker.io"
        yield Login(registry, value_of(step, "username"), value_of(step, "password"))
    for step in usual_steps(job):
        if step.run and "docker" in step.run:
            yield from _typed_logins(step)


def _typed_logins(step: Step) -> Iterator[Login]:
    for ran in ran_in(step):
        if ran.words[:2] == ("docker", "login"):
            options = read_options(ran.words[2:])
            user = [*options.get("-u", []), *options.get("--username", []), ""][0]
            piped = ran.fed[-1] if ran.fed[:1] in (("echo",), ("printf",)) else ""
            given = [*options.get("-p", []), *options.get("--password", []), piped][0]
            yield Login([*options.get("", []), "docker.io"][0], user, given)


@requirement(
    "the password for `{registry}` in the job `{job}` is the secret `{secret}`",
    "the job `{job}` logs in to `{registry}` with the secret `{secret}` as its password",
)
def workflow_registry_secret(model: Repository, job: str, registry: str, secret: str) -> Findings:
    """The secret that is the password of a login."""
    found = yield from find_job(model, job)
    if found is None:
        return
    wanted = {f"${{{{secrets.{secret}}}}}".lower()}
    if secret == "GITHUB_TOKEN":
        wanted.add("${{github.token}}")
    for login in _logins(found):
        same = login.registry.removeprefix("https://").rstrip("/") == registry
        if same and login.password.lower() in wanted:
            return
    yield found.finding(f"`{secret}` is not the password for `{registry}`", "steps")
