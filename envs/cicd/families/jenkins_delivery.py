"""Families of Jenkinsfiles that deliver: images, deployments, infrastructure, jobs on demand."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.jenkins_recipe import (
    AGENT,
    ALONE,
    CLEANS,
    FINALLY,
    KEEPS,
    NO_CHECKOUT,
    TELLS,
    TIMESTAMPS,
    Extra,
    Jenkinsfile,
    Stage,
    block,
    call,
    label,
    quote,
    stage_timeout,
    timeout,
    variable,
    wrapped,
)
from envs.cicd.requirements import jenkins_settings as settings
from envs.cicd.requirements import jenkins_stages as stages
from envs.cicd.requirements import jenkins_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _asks(stage: Stage) -> Extra:
    """Let somebody confirm a stage."""

    def make(made: Jenkinsfile) -> None:
        message = made.draw.choice("question", (
            "Deploy?", "Go ahead?", "Roll this out?", "Apply the plan?", "Really?"))  # fmt: skip
        stage.put("input", call("message", message))
        made.ask(stages.jenkins_input(stage=stage.name, message=message))
        if made.draw.chance("with submitter", 0.5):
            who = made.draw.choice(
                "submitter", ("ops", "release-managers", "admins", "sre", "leads")
            )
            stage.put("input", call("submitter", who))
            made.ask(stages.jenkins_submitter(stage=stage.name, who=who))

    return Extra("confirmation", 1.5, make)


def _locked(stage: Stage, line: str) -> Extra:
    def head(draw: Draw) -> tuple[str, Any]:
        name = draw.name("lock")
        asked = steps.jenkins_lock(stage=stage.name, command=line, resource=name)
        return f"lock(resource: {quote(name)})", asked

    return wrapped("lock", stage, line, head)


def _secret(stage: Stage, line: str, names: tuple[str, ...]) -> Extra:
    def head(draw: Draw) -> tuple[str, Any]:
        name = draw.choice("secret variable", names)
        key = draw.choice(
            "secret", ("deploy-token", "api-key", "cloud-token", "prod-key", "ci-token")
        )
        kind = draw.choice("kind of secret", ("text", "file"))
        make = steps.jenkins_secret if kind == "text" else steps.jenkins_secret_file
        asked = make(stage=stage.name, command=line, credential=key, variable=name)
        symbol = "string" if kind == "text" else "file"
        binding = f"{symbol}(credentialsId: {quote(key)}, variable: {quote(name)})"
        return f"withCredentials([{binding}])", asked

    return wrapped("secret", stage, line, head)


@family("jenkins", levels=(1, 2, 3, 4, 5))
def jenkins_image_push(draw: Draw) -> Draft:
    """An image that is built and pushed."""
    made = Jenkinsfile(draw)
    registry = draw.choice("registry", choices.REGISTRIES)
    name = f"{registry}/{draw.choice('organisation', choices.ORGANISATIONS)}/{draw.name('image')}"
    tag = draw.choice("tag", ("${BUILD_NUMBER}", "${GIT_COMMIT}", "${BRANCH_NAME}"))
    image = f"{name}:{tag}"
    build = made.stage(draw.choice("build", ("Image", "Build image", "Docker build")))
    made.runs(build, f"docker build -t {image} .")
    push = made.stage(draw.choice("push", ("Push", "Publish", "Upload")))
    line = f"docker push {image}"
    user, password = draw.phrase(
        "variables", (("REG_USER", "REG_PASS"), ("DOCKER_USER", "DOCKER_PW"))
    )

    def login(made: Jenkinsfile) -> None:
        key = draw.choice("credential", ("registry", "docker-hub", "harbor", "quay-robot", "ghcr"))
        binding = (
            f"usernamePassword(credentialsId: {quote(key)}, usernameVariable: {quote(user)}, "
            f"passwordVariable: {quote(password)})"
        )
        push.wrap(line, f"withCredentials([{binding}])")
        made.ask(
            steps.jenkins_login(
                stage=push.name, command=line, credential=key, user=user, password=password
            )
        )

    made.runs(push, line)

    def branch(made: Jenkinsfile) -> None:
        made.on_branch(push, draw.choice("branch", choices.BRANCHES))

    made.grow((
        Extra("branch", 1, branch), Extra("login", 1, login), timeout(), KEEPS, label(build), TELLS,
        variable("DOCKER_BUILDKIT", ("0", "1")), stage_timeout(push), ALONE, TIMESTAMPS, CLEANS,
        _locked(push, line), FINALLY, AGENT,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile that builds and pushes our container image",
        "Jenkins should build our image and push it",
    )


@family("jenkins", levels=(1, 2, 3, 4, 5))
def jenkins_deployment(draw: Draw) -> Draft:
    """A deployment that somebody confirms."""
    made = Jenkinsfile(draw)
    test = made.stage(draw.choice("test", ("Test", "Verify", "Check")))
    made.runs(test, draw.choice("tests", ("make test", "npm test", "./test.sh", "mvn -B verify")))
    deploy = made.stage(draw.choice("deploy", ("Deploy", "Rollout", "Ship", "Go live")))
    line = made.runs(deploy, draw.choice("deploying", (
        "./deploy.sh", "make deploy", "ansible-playbook site.yml", "kubectl apply -f k8s/",
        "helm upgrade --install app charts/app")))  # fmt: skip

    def condition(made: Jenkinsfile) -> None:
        if draw.chance("by tag", 0.3):
            prefix = draw.choice("prefix", ("v", "release-", "rel-"))
            deploy.put("when", call("tag", pattern=f"{prefix}[0-9].*", comparator="REGEXP"))
            made.ask(stages.jenkins_tags_only(stage=deploy.name, prefix=prefix))
        else:
            made.on_branch(deploy, draw.choice("branch", choices.BRANCHES))

    def target(made: Jenkinsfile) -> None:
        value = draw.choice("target", choices.ENVIRONMENTS)
        deploy.put("environment", f"TARGET = {quote(value)}")
        made.ask(settings.jenkins_stage_variable(stage=deploy.name, name="TARGET", value=value))

    def smoke(made: Jenkinsfile) -> None:
        after = made.stage(draw.choice("smoke", ("Smoke test", "Try it", "Health check")))
        made.runs(after, draw.choice("smoking", ("./smoke.sh", "make smoke", "./health.sh")))
        made.ask(stages.jenkins_after(stage=after.name, other=test.name))

    made.grow((
        Extra("condition", 1, condition), _asks(deploy), Extra("target", 1, target), timeout(),
        _secret(deploy, line, ("DEPLOY_TOKEN", "KUBE_TOKEN", "API_TOKEN")), KEEPS,
        _locked(deploy, line), Extra("smoke test", 2, smoke), TELLS, ALONE, label(deploy),
        stage_timeout(deploy), TIMESTAMPS, CLEANS, FINALLY, NO_CHECKOUT,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile that tests and deploys our service",
        "Jenkins should test and deploy",
    )


@family("jenkins", levels=(2, 3, 4, 5))
def jenkins_terraform(draw: Draw) -> Draft:
    """A Terraform plan that is kept, confirmed and applied."""
    made = Jenkinsfile(draw)
    folder = draw.choice("folder", choices.INFRA_FOLDERS)
    file = draw.choice("file", ("tfplan", "plan.out", "plan.tfplan"))
    plan = made.stage(draw.choice("plan", ("Plan", "Dry run", "Preview")))
    apply = made.stage(draw.choice("apply", ("Apply", "Provision", "Change it")))
    planning, applying = f"terraform plan -out={file}", f"terraform apply {file}"
    around = f"dir({quote(folder)})"
    plan.run("terraform init", around)
    plan.run(planning, around)
    apply.run("terraform init", around)
    apply.run(applying, around)
    pattern = f"{folder}/{file}"
    plan.step(call("stash", name="plan", includes=pattern))
    apply.put("before", call("unstash", "plan"))
    made.ask(
        steps.jenkins_runs_in(stage=plan.name, command=planning, folder=folder),
        steps.jenkins_runs_in(stage=apply.name, command=applying, folder=folder),
        steps.jenkins_stash(stage=apply.name, other=plan.name, pattern=pattern),
        stages.jenkins_stages(stages=[plan.name, apply.name]),
    )

    def branch(made: Jenkinsfile) -> None:
        made.on_branch(apply, draw.choice("branch", choices.BRANCHES))

    made.grow((
        _asks(apply), Extra("branch", 1, branch), timeout(), ALONE,
        _secret(apply, applying, ("TF_TOKEN", "CLOUD_TOKEN", "AWS_SESSION_TOKEN")), KEEPS,
        variable("TF_IN_AUTOMATION", ("true", "1")), _locked(apply, applying), TELLS, TIMESTAMPS,
        label(apply), CLEANS,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile that plans and applies our Terraform code",
        "Terraform should run on Jenkins: a plan, then an apply",
    )


def _follow(stage: Stage) -> Extra:
    """Start another job."""

    def make(made: Jenkinsfile) -> None:
        job = f"{made.draw.choice('team of job', choices.TEAMS)}/{made.draw.name('job')}"
        waits = made.draw.chance("waits", 0.5)
        options = "" if waits else ", wait: false"
        passed = made.draw.chance("passes a parameter", 0.5)
        if passed:
            own, given = (
                made.draw.choice("passed", ("VERSION", "REASON", "SOURCE")),
                made.draw.name("value"),
            )
            options += f", parameters: [string(name: {quote(own)}, value: {quote(given)})]"
        stage.step(call("build", job=job) + options)
        made.ask(steps.jenkins_starts(stage=stage.name, job=job))
        if passed:
            made.ask(steps.jenkins_starts_with(stage=stage.name, job=job, name=own, value=given))
        if not waits:
            made.ask(steps.jenkins_starts_only(stage=stage.name, job=job))

    return Extra("other job", 1.5, make)


@family("jenkins", levels=(1, 2, 3, 4, 5), held_out=True)
def jenkins_on_demand(draw: Draw) -> Draft:
    """A job that people start with parameters."""
    made = Jenkinsfile(draw)
    targets = list(draw.sample("targets", choices.ENVIRONMENTS, 3))
    name = draw.choice("choice", ("TARGET", "ENVIRONMENT", "STAGE_NAME_TO_USE", "CLUSTER"))
    made.put("parameters", call("choice", name=name, choices=targets).replace(" ", "(", 1) + ")")
    made.ask(settings.jenkins_choice(name=name, choices=targets))
    stage = made.stage(draw.choice("stage", ("Restart", "Migrate", "Restore", "Scale")))
    line = made.runs(stage, draw.choice("command", (
        "./restart.sh", "make migrate", "./restore.sh --latest", "./scale.sh")))  # fmt: skip

    def text(made: Jenkinsfile) -> None:
        own = draw.choice("text", ("VERSION", "TAG", "REVISION", "SNAPSHOT"))
        default = draw.choice("default", ("latest", "stable", "1.0.0", "main"))
        written = call("string", name=own, defaultValue=default)
        made.put("parameters", written.replace(" ", "(", 1) + ")")
        made.ask(settings.jenkins_text(name=own, default=default))

    def switch(made: Jenkinsfile) -> None:
        own = draw.choice("switch", ("NOTIFY", "DRY_RUN", "FORCE", "CLEAN"))
        default = draw.chance("switch is on", 0.5)
        written = call("booleanParam", name=own, defaultValue=default)
        made.put("parameters", written.replace(" ", "(", 1) + ")")
        made.ask(settings.jenkins_switch(name=own, default="true" if default else "false"))
        other = made.stage(draw.choice("second stage", ("Extra work", "Clean up", "Announce")))
        other.put("when", block("expression", f"params.{own}"))
        made.runs(
            other, draw.choice("second command", ("./announce.sh", "make clean", "./extra.sh"))
        )
        made.ask(stages.jenkins_if_parameter(stage=other.name, parameter=own))

    def library(made: Jenkinsfile) -> None:
        own = f"{draw.choice('library', ('shared', 'pipeline-utils', 'acme'))}@{draw.choice('version', ('v1', 'main', '2.x'))}"  # noqa: E501
        made.head = [f"@Library({quote(own)}) _", ""]
        made.ask(settings.jenkins_library(library=own))

    made.grow((
        Extra("text", 1, text), timeout(), Extra("switch", 3, switch), ALONE, _asks(stage), KEEPS,
        _follow(stage), TELLS, label(stage), Extra("library", 1, library),
        _locked(stage, line), TIMESTAMPS, CLEANS,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile for a job that people start with parameters",
        "We need a Jenkins job with parameters",
    )
