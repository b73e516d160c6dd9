"""Families of GitHub workflows that build, push and scan container images."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    command,
    one_at_a_time,
    runner,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, expression, secret
from envs.cicd.requirements import github_images as images
from envs.cicd.requirements import github_registries as registries
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra

_BUILD, _LOGIN = "docker/build-push-action@v6", "docker/login-action@v3"
_SHA = expression("github.sha")


class _Image:
    """An image in a registry and the job that builds it."""

    def __init__(self, flow: Workflow, job: Job) -> None:
        draw = flow.draw
        self.job = job
        self.registry = draw.choice("registry", choices.REGISTRIES)
        organisation = draw.choice("organisation", choices.ORGANISATIONS)
        self.name = choices.image_of(self.registry, organisation, draw.name("image"))
        job.checkout()
        self.login = self._login()
        self.inputs: dict[str, Any] = {"push": True, "tags": f"{self.name}:{_SHA}"}
        job.step("push", uses=_BUILD, with_=self.inputs)

    def _login(self) -> dict[str, Any]:
        if self.registry == "ghcr.io":
            self.job.set("permissions", "contents", "read")
            self.job.set("permissions", "packages", "write")
            user, password = expression("github.actor"), secret("GITHUB_TOKEN")
        else:
            user, password = secret("REGISTRY_USER"), secret("REGISTRY_LOGIN")
        return self.job.use(
            "login", _LOGIN, registry=self.registry, username=user, password=password
        )

    def pushed(self, flow: Workflow) -> None:
        """Ask for the push. One requirement."""
        flow.ask(images.workflow_pushes_image(job=self.job.name, image=f"{self.name}:{_SHA}"))

    def logged_in(self) -> Extra:
        """Ask for the password of the login."""

        def make(flow: Workflow) -> None:
            names = ("REGISTRY_TOKEN", "REGISTRY_PASSWORD", "PUSH_TOKEN", "ROBOT_TOKEN", "CR_PAT")
            own = flow.draw.choice("registry secret", names)
            self.login["with"]["password"] = secret(own)
            flow.ask(
                registries.workflow_registry_secret(
                    job=self.job.name, registry=self.registry, secret=own
                )
            )

        return Extra("registry secret", 1, make)

    def also_tagged(self) -> Extra:
        """Push a second tag."""

        def make(flow: Workflow) -> None:
            tag = flow.draw.choice("tag", ("latest", "edge", "nightly", "stable", "main", "dev"))
            self.inputs["tags"] += f"\n{self.name}:{tag}"
            image = f"{self.name}:{tag}"
            flow.ask(images.workflow_pushes_image(job=self.job.name, image=image))

        return Extra("second tag", 1, make)

    def argument(self) -> Extra:
        """Pass a build argument."""

        def make(flow: Workflow) -> None:
            name = flow.draw.choice("argument", ("APP_ENV", "BUILD_MODE", "CHANNEL", "FLAVOR"))
            value = flow.draw.choice("argument value", ("production", "slim", "full", "preview"))
            self.inputs["build-args"] = f"{name}={value}"
            flow.ask(images.workflow_image_argument(job=self.job.name, name=name, value=value))

        return Extra("build argument", 1, make)

    def folder(self) -> Extra:
        """Build from a folder."""

        def make(flow: Workflow) -> None:
            folder = flow.draw.choice("context", choices.FOLDERS)
            self.inputs["context"] = folder
            flow.ask(images.workflow_image_context(job=self.job.name, folder=folder))

        return Extra("context", 1, make)

    def dockerfile(self) -> Extra:
        """Build from another Dockerfile."""

        def make(flow: Workflow) -> None:
            pool = ("docker/Dockerfile", "Dockerfile.prod", "build/Dockerfile", "Dockerfile.slim")
            file = flow.draw.choice("dockerfile", pool)
            self.inputs["file"] = file
            flow.ask(images.workflow_image_file(job=self.job.name, file=file))

        return Extra("dockerfile", 1, make)

    def target(self) -> Extra:
        """Build a stage."""

        def make(flow: Workflow) -> None:
            target = flow.draw.choice("target", ("runtime", "prod", "final", "app", "server"))
            self.inputs["target"] = target
            flow.ask(images.workflow_image_target(job=self.job.name, target=target))

        return Extra("target", 1, make)

    def cached(self) -> Extra:
        """Keep layers in the cache of GitHub."""

        def make(flow: Workflow) -> None:
            self.inputs["cache-from"] = "type=gha"
            self.inputs["cache-to"] = flow.draw.phrase("mode", ("type=gha,mode=max", "type=gha"))
            flow.ask(images.workflow_image_cache(job=self.job.name))

        return Extra("layer cache", 1, make)

    def with_buildx(self) -> Extra:
        """Set Buildx up."""

        def make(flow: Workflow) -> None:
            self.job.use("setup", "docker/setup-buildx-action@v3")
            flow.ask(images.workflow_buildx(job=self.job.name))

        return Extra("buildx", 1, make)

    def secret_mounted(self) -> Extra:
        """Give the build a secret."""

        def make(flow: Workflow) -> None:
            ids = ("npmrc", "pip_conf", "git_token", "netrc", "licence")
            name = flow.draw.choice("build secret id", ids)
            own = flow.draw.choice("build secret", ("NPM_RC", "PIP_CONF", "GIT_TOKEN", "LICENCE"))
            self.inputs["secrets"] = f"{name}={secret(own)}"
            flow.ask(images.workflow_image_secret(job=self.job.name, id=name, secret=own))

        return Extra("build secret", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_image_push(draw: Draw) -> Draft:
    """An image built and pushed for every commit of a branch."""
    flow = Workflow(draw, ".github/workflows/image.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    job = flow.job(
        draw.choice("job", ("image", "docker", "build-image", "container", "push-image"))
    )
    image = _Image(flow, job)
    image.pushed(flow)
    flow.grow((
        image.logged_in(),
        image.also_tagged(), image.folder(), image.cached(), image.argument(), timeout(job),
        image.with_buildx(), image.target(), image.dockerfile(), runner(job), one_at_a_time(job),
        command(job, "test", "test", ("make test", "./scripts/smoke-test.sh", "make lint-image")),
        image.secret_mounted(),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that builds our container image and pushes it",
        "Build and push a Docker image on GitHub Actions",
        "Every commit should end up as an image in our registry",
    )


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_multiarch_image(draw: Draw) -> Draft:
    """An image for several processors, tagged with the version of the git tag."""
    flow = Workflow(draw, ".github/workflows/images.yml")
    flow.on_tag(draw.choice("pattern", choices.VERSION_PATTERNS))
    pool = ("multiarch", "platforms", "cross-image", "images", "all-platforms")
    job = flow.job(draw.choice("job", pool))
    image = _Image(flow, job)
    platforms = list(draw.sample("platforms", choices.PLATFORMS, 2))
    image.inputs["platforms"] = ",".join(platforms)
    job.use("setup", "docker/setup-qemu-action@v3")
    job.use("setup", "docker/setup-buildx-action@v3")
    flow.ask(images.workflow_image_platforms(job=job.name, platforms=platforms))
    image.pushed(flow)

    def described(flow: Workflow) -> None:
        pattern = draw.choice("version", ("{{version}}", "{{major}}.{{minor}}", "v{{version}}"))
        lines = [f"type=semver,pattern={pattern}", "type=sha,format=long,prefix="]
        job.step("prepare", id="meta", uses="docker/metadata-action@v5", with_={
            "images": image.name, "tags": "\n".join(lines) + "\n"})  # fmt: skip
        image.inputs["tags"] = expression("steps.meta.outputs.tags")
        flow.ask(images.workflow_version_tag(job=job.name, image=image.name, pattern=pattern))

    flow.grow((
        image.logged_in(), Extra("version tag", 1, described), image.cached(), image.folder(),
        timeout(job), image.argument(), image.dockerfile(), image.target(), runner(job),
        image.secret_mounted(), one_at_a_time(job),
        command(job, "checked", "test", ("make verify", "./ci/check-version.sh", "make changelog")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that publishes our image for several processors",
        "Our releases need container images for more than one architecture",
    )


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_pull_request_image(draw: Draw) -> Draft:
    """An image that is built for pull requests and pushed for a branch."""
    flow = Workflow(draw, ".github/workflows/docker.yml")
    branch = draw.choice("branch", choices.BRANCHES)
    flow.on_push(branch)
    flow.on_pull_request(branch)
    pool = ("docker-image", "build-push", "packaging", "container-image", "oci")
    job = flow.job(draw.choice("job", pool))
    image = _Image(flow, job)
    push = ("github.event_name != 'pull_request'", "github.event_name == 'push'")
    image.inputs["push"] = expression(draw.phrase("push", push))
    if draw.phrase("login for pushes", (True, False)):
        image.login["if"] = "github.event_name != 'pull_request'"
    tagged = f"{image.name}:{_SHA}"
    flow.ask(images.workflow_image_pushed_later(job=job.name, image=tagged))
    flow.grow((
        image.also_tagged(), image.logged_in(),
        image.cached(), image.folder(), CANCEL_OLDER, image.target(), timeout(job),
        image.with_buildx(), image.argument(), runner(job), image.dockerfile(),
        command(job, "prepared", "prepare", ("make assets", "./ci/prepare.sh", "make vendor")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that proves in pull requests that our image builds, and "
        "pushes it afterwards",
        "Build our container image for pull requests too, but push it only after the merge",
    )
