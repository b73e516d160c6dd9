"""Requirements about logins to registries of container images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from envs.cicd.requirements.github_docker import read_options
from envs.cicd.requirements.github_find import (
    find_job,
    ran_in,
    using,
    value_of,
)
from envs.cicd.requirements.github_images import images_of, usual_steps
from envs.cicd.requirements.github_texts import compact
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_LOGIN = "docker/login-action"


class Login(NamedTuple):
    """A login: its step, and the registry, the user and the password as texts."""

    step: Step
    registry: str
    user: str
    password: str


def _logins(job: Job) -> Iterator[Login]:
    for step in using(usual_steps(job), _LOGIN):
        registry = value_of(step, "registry", "docker.io") or "docker.io"
        yield Login(step, registry, value_of(step, "username"), value_of(step, "password"))
    for step in usual_steps(job):
        if step.run and "docker" in step.run:
            yield from _typed_logins(step)


def _typed_logins(step: Step) -> Iterator[Login]:
    for ran in ran_in(step):
        if ran.words[:2] == ("docker", "login"):
            options = read_options(ran.words[2:])
            user = [*options.get("-u", []), *options.get("--username", []), ""][0]
            piped = ran.fed[-1] if ran.fed[:1] in (("echo",), ("printf",)) else ""
            piped = piped or _here(step)
            given = [*options.get("-p", []), *options.get("--password", []), piped][0]
            yield Login(step, [*options.get("", []), "docker.io"][0], user, given)


_HERE = re.compile(r"--password-stdin[^\n<]{0,99}<<<\s*[\"']?([^\"'\n]+)")


def _here(step: Step) -> str:
    """Return the text that a here string feeds to a login."""
    found = _HERE.search(step.run)
    text = found[1].strip() if found else ""
    name = text.removeprefix("$").strip("{}") if text[:1] == "$" and text[:3] != "${{" else ""
    return compact(step.env.get(name, "") if name else text)


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
        if _comes_too_late(found, login.step):
            continue
        same = login.registry.removeprefix("https://").rstrip("/") == registry
        if same and login.password.lower() in wanted:
            return
    yield found.finding(f"`{secret}` is not the password for `{registry}`", "steps")


def _comes_too_late(job: Job, login: Step) -> bool:
    """Whether a login comes after all pushes of its job."""
    pushes = [step.index for one in images_of(job) for _, step, _ in one.sends]
    return bool(pushes) and max(pushes) < login.index
