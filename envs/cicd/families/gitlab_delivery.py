"""Families of GitLab pipelines that deliver: images, deployments, releases, sites."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.gitlab_recipe import (
    NO_SECOND_PIPELINE,
    SKIP_WORD,
    Extra,
    Job,
    Pipeline,
    afterwards,
    artifact,
    interruptible,
    more,
    retry,
    runner,
    timeout,
    variable,
)
from envs.cicd.requirements import gitlab_artifacts as kept
from envs.cicd.requirements import gitlab_deploys as deploys
from envs.cicd.requirements import gitlab_flow as flow
from envs.cicd.requirements import gitlab_scripts as scripts
from envs.cicd.requirements import gitlab_when as when
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump

_LOGIN = (
    'echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin '
    '"$CI_REGISTRY"'
)
_TAGS = ("$CI_COMMIT_SHORT_SHA", "$CI_COMMIT_SHA", "$CI_COMMIT_REF_SLUG", "$CI_PIPELINE_IID")


@family("gitlab_ci", levels=(1, 2, 3, 4, 5))
def gitlab_image(draw: Draw) -> Draft:
    """An image that is built and pushed to GitLab's registry."""
    made = Pipeline(draw)
    job = made.job(
        draw.choice("job", ("build-image", "docker", "dockerize", "container", "package"))
    )
    job.fields["image"] = draw.phrase("docker", ("docker:27", "docker:27.3", "docker:28"))
    job.fields["services"] = [draw.phrase("dind", ("docker:27-dind", "docker:28-dind"))]
    part = draw.choice("part", ("", "/api", "/web", "/worker", "/proxy"))
    image = f"$CI_REGISTRY_IMAGE{part}:{draw.choice('tag', _TAGS)}"
    job.run(_LOGIN, "login")
    build = f'docker build -t "{image}"'
    made.ask(
        deploys.gitlab_builds_image(job=job.name, image=image),
        deploys.gitlab_pushes_image(job=job.name, image=image),
        deploys.gitlab_registry_login(job=job.name),
    )
    options: list[str] = []

    def file(made: Pipeline) -> None:
        path = draw.choice("file", ("docker/Dockerfile", "build/Dockerfile.prod", "Dockerfile.ci",
                                    "deploy/app.Dockerfile"))  # fmt: skip
        options.append(f"-f {path}")
        made.ask(deploys.gitlab_build_file(job=job.name, file=path))

    def argument(made: Pipeline) -> None:
        name = draw.choice("argument", ("VERSION", "COMMIT", "BUILD_ID", "REVISION"))
        value = draw.choice("argument value", ("$CI_COMMIT_SHORT_SHA", "$CI_COMMIT_TAG",
                                               "$CI_JOB_ID", "$CI_COMMIT_REF_NAME"))  # fmt: skip
        options.append(f'--build-arg {name}="{value}"')
        made.ask(deploys.gitlab_build_argument(job=job.name, name=name, value=value))

    def latest(made: Pipeline) -> None:
        other = f"$CI_REGISTRY_IMAGE{part}:{draw.choice('second tag', ('latest', 'edge', 'main'))}"
        options.append(f'-t "{other}"')
        lines.append(f'docker push "{other}"')
        made.ask(deploys.gitlab_pushes_image(job=job.name, image=other))

    def branch(made: Pipeline) -> None:
        made.on_branch(job, draw.choice("branch", choices.BRANCHES))

    lines = [f'docker push "{image}"']
    made.grow((
        Extra("branch", 1, branch), Extra("file", 1, file), timeout(job),
        Extra("second tag", 1, latest), Extra("argument", 1, argument), runner(job), retry(job),
        variable(job, "DOCKER_DRIVER", ("overlay2", "btrfs")), interruptible(job),
        variable(job, "DOCKER_BUILDKIT", ("0", "1")),
        afterwards(job, ("docker logout $CI_REGISTRY", "docker image prune -f")), SKIP_WORD,
    ))  # fmt: skip
    job.run(" ".join([build, *options, "."]))
    for line in lines:
        job.run(line)
    return made.draft(
        "Write a `.gitlab-ci.yml` that builds our container image and pushes it",
        "Build our image on GitLab CI and push it to the project's registry",
    )


def _group(job: Job) -> Extra:
    def group(made: Pipeline) -> None:
        own = made.draw.name("group")
        job.fields["resource_group"] = own
        made.ask(flow.gitlab_resource_group(job=job.name, group=own))

    return Extra("resource group", 1, group)


def _passed_on(build: Job) -> Extra:
    def passed_on(made: Pipeline) -> None:
        path = made.draw.choice("dotenv", ("build.env", "deploy.env", "version.env"))
        build.report("dotenv", path)
        made.ask(kept.gitlab_dotenv(job=build.name, path=path))

    return Extra("dotenv", 1, passed_on)


def _takes_nothing(job: Job) -> Extra:
    def nothing(made: Pipeline) -> None:
        job.fields["dependencies"] = []
        made.ask(flow.gitlab_takes_nothing(job=job.name))

    return Extra("no artifacts", 1, nothing)


def _token(job: Job) -> Extra:
    def token(made: Pipeline) -> None:
        audience = made.draw.choice("audience", ("https://vault.example.com", "sts.amazonaws.com",
                                            "https://auth.example.com"))  # fmt: skip
        variable_name = made.draw.choice("token", ("VAULT_ID_TOKEN", "CLOUD_TOKEN", "OIDC_TOKEN"))
        job.fields["id_tokens"] = {variable_name: {"aud": audience}}
        made.ask(scripts.gitlab_id_token(job=job.name, name=variable_name, audience=audience))

    return Extra("token", 1, token)


@family("gitlab_ci", levels=(2, 3, 4, 5))
def gitlab_deployment(draw: Draw) -> Draft:
    """A deployment to an environment, by hand where it is asked for."""
    made = Pipeline(draw, "build", "deploy")
    build = made.job(draw.phrase("build", ("build", "package", "assemble", "compile")), "build")
    build.run(draw.phrase("building", ("make build", "./build.sh", "make package")))
    job = made.job(
        draw.choice("job", ("deploy", "rollout", "ship", "go-live", "release-app")), "deploy"
    )
    made.runs(job, draw.choice("deploying", (
        "./deploy.sh", "make deploy", "./scripts/rollout.sh --wait", "ansible-playbook site.yml",
        "kubectl apply -f k8s/", "helm upgrade --install app charts/app")))  # fmt: skip
    name = draw.choice("environment", choices.ENVIRONMENTS)
    environment: dict[str, Any] = {"name": name}
    job.fields["environment"] = environment
    made.ask(
        flow.gitlab_stage(job=build.name, stage="build"),
        flow.gitlab_stage(job=job.name, stage="deploy"),
    )
    made.ask(deploys.gitlab_environment(job=job.name, name=name))
    branch = draw.choice("branch", choices.BRANCHES)
    made.on_branch(job, branch)

    def url(made: Pipeline) -> None:
        environment["url"] = draw.choice("url", choices.URLS)
        made.ask(deploys.gitlab_environment_url(job=job.name, url=environment["url"]))

    def manual(made: Pipeline) -> None:
        if draw.chance("delayed", 0.3):
            minutes = draw.choice("delay", (5, 10, 15, 20, 30, 45))
            job.fields["rules"][0] |= {"when": "delayed", "start_in": f"{minutes} minutes"}
            made.ask(when.gitlab_delayed(job=job.name, minutes=minutes))
            return
        made.by_hand(job)
        blocks = draw.chance("blocks", 0.5)
        job.fields["rules"][0]["allow_failure"] = not blocks
        kind = when.gitlab_manual_blocks if blocks else when.gitlab_manual_optional
        made.ask(kind(job=job.name))

    def tier(made: Pipeline) -> None:
        environment["deployment_tier"] = draw.choice(
            "tier", ("production", "staging", "testing", "development", "other")
        )
        made.ask(deploys.gitlab_environment_tier(job=job.name, tier=environment["deployment_tier"]))

    def needs(made: Pipeline) -> None:
        job.fields["needs"] = [build.name]
        made.ask(flow.gitlab_needs(job=job.name, other=build.name))

    made.grow((
        Extra("url", 1, url), Extra("by hand", 2, manual), timeout(job),
        _group(job), Extra("needs", 1, needs), Extra("tier", 1, tier),
        more(job, "check", ("./scripts/smoke-test.sh", "make smoke", "./scripts/verify.sh")),
        _token(job), _passed_on(build), _takes_nothing(job), runner(job),
        variable(job, "REPLICAS", ("2", "3", "5", "8")),
        artifact(build, ("dist/", "build/", "target/", "out/")), retry(job), interruptible(build),
        afterwards(job, ("./scripts/notify.sh", "make cleanup")),
    ))  # fmt: skip
    return made.draft(
        "Write a GitLab pipeline that builds and deploys our application",
        "Build and deploy with GitLab CI",
    )


@family("gitlab_ci", levels=(2, 3, 4, 5), held_out=True)
def gitlab_review_apps(draw: Draw) -> Draft:
    """An environment for each merge request, and the job that removes it."""
    made = Pipeline(draw, draw.phrase("stage", ("review", "preview", "deploy")))
    stage = made.fields["stages"][0]
    job = made.job(draw.choice("job", ("review", "start-review", "preview-app")), stage)
    stop = made.job(draw.choice("stop", ("stop-review", "remove-review", "cleanup-app")), stage)
    name = (
        draw.choice("environment", ("review", "preview", "mr", "branch")) + "/$CI_COMMIT_REF_SLUG"
    )
    job.fields["environment"] = {"name": name, "on_stop": stop.name}
    stop.fields["environment"] = {"name": name, "action": "stop"}
    made.ask(
        deploys.gitlab_environment(job=job.name, name=name),
        deploys.gitlab_environment_stop(job=job.name, stop=stop.name),
    )
    made.runs(
        job, draw.choice("start", ("./review.sh up", "make review", "./scripts/preview.sh start"))
    )
    stop.run(draw.phrase("end", ("./review.sh down", "make unreview", "./scripts/preview.sh stop")))
    request = {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}
    job.fields["rules"] = [dict(request)]
    stop.fields["rules"] = [{**request, "when": "manual", "allow_failure": True}]

    made.ask(when.gitlab_requests_only(job=job.name), when.gitlab_manual(job=stop.name))

    def url(made: Pipeline) -> None:
        address = f"https://$CI_COMMIT_REF_SLUG.{draw.choice('domain', choices.DOMAINS)}"
        job.fields["environment"]["url"] = address
        made.ask(deploys.gitlab_environment_url(job=job.name, url=address))

    def days(made: Pipeline) -> None:
        count = draw.choice("days", (2, 3, 4, 5, 6, 9, 10))
        job.fields["environment"]["auto_stop_in"] = f"{count} days"
        made.ask(deploys.gitlab_environment_days(job=job.name, days=count))

    def no_checkout(made: Pipeline) -> None:
        stop.set("variables", "GIT_STRATEGY", "none")
        made.ask(scripts.gitlab_variable(job=stop.name, name="GIT_STRATEGY", value="none"))

    made.grow((
        Extra("url", 1, url),
        Extra("days", 1, days), Extra("no checkout", 1, no_checkout), timeout(job), runner(job),
        variable(job, "REPLICAS", ("1", "2", "3")), retry(job), interruptible(job),
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` with review apps",
        "Every merge request should get its own environment on GitLab",
    )


@family("gitlab_ci", levels=(2, 3, 4, 5))
def gitlab_terraform(draw: Draw) -> Draft:
    """A Terraform plan for merge requests and an apply on the main branch."""
    made = Pipeline(draw, "plan", "apply")
    folder = draw.choice("folder", choices.INFRA_FOLDERS)
    image: dict[str, Any] = {"name": "hashicorp/terraform:1.11", "entrypoint": [""]}
    plan = made.job(draw.choice("plan", ("plan", "tf-plan", "preview", "dry-run")), "plan")
    apply = made.job(draw.choice("apply", ("apply", "tf-apply", "provision", "roll-out")), "apply")
    file = draw.choice("file", ("plan.tfplan", "tfplan", "plan.cache", "out.tfplan"))
    for job in (plan, apply):
        job.fields["image"] = image
        job.run(f"cd {folder}", "install")
        job.run("terraform init", "install")
    made.ask(
        scripts.gitlab_runs_in(job=plan.name, command=f"terraform plan -out={file}", folder=folder)
    )
    plan.run(f"terraform plan -out={file}")
    apply.run(f"terraform apply {file}")
    made.ask(
        scripts.gitlab_runs_in(job=apply.name, command=f"terraform apply {file}", folder=folder),
        flow.gitlab_stages(stages=["plan", "apply"]),
    )
    plan.keep(f"{folder}/{file}")
    apply.fields["needs"] = [plan.name]
    made.ask(flow.gitlab_takes(job=apply.name, other=plan.name))

    def main_only(made: Pipeline) -> None:
        branch = draw.choice("branch", choices.BRANCHES)
        made.on_branch(apply, branch)
        plan.fields["rules"] = [
            {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
            {"if": f'$CI_COMMIT_BRANCH == "{branch}"'},
        ]

    def manual(made: Pipeline) -> None:
        made.by_hand(apply)

    def planned(made: Pipeline) -> None:
        version = draw.choice("version", ("1.7", "1.8", "1.9", "1.10", "1.12"))
        image["name"] = f"hashicorp/terraform:{version}"
        made.ask(scripts.gitlab_image(job=plan.name, image=image["name"]))

    def validated(made: Pipeline) -> None:
        plan.run("terraform validate", "install")
        made.ask(
            scripts.gitlab_runs_after(
                job=plan.name, command=f"terraform plan -out={file}", earlier="terraform validate"
            )
        )

    def group(made: Pipeline) -> None:
        own = draw.name("group")
        apply.fields["resource_group"] = own
        made.ask(flow.gitlab_resource_group(job=apply.name, group=own))

    made.grow((
        Extra("branch", 1, main_only), Extra("by hand", 1, manual), Extra("image", 1, planned),
        Extra("group", 1, group), Extra("validate", 1, validated), timeout(apply),
        variable(plan, "TF_IN_AUTOMATION", ("true", "1")), runner(apply),
        variable(apply, "TF_LOG", ("INFO", "DEBUG", "WARN")), retry(plan), interruptible(plan),
        variable(plan, "TF_INPUT", ("0", "false")),
    ))  # fmt: skip
    return made.draft(
        "Write a GitLab pipeline for Terraform",
        "Plan and apply our Terraform code with GitLab CI",
    )


@family("gitlab_ci", levels=(1, 2, 3, 4))
def gitlab_nightly(draw: Draw) -> Draft:
    """A job that only scheduled pipelines have, beside ordinary ones."""
    made = Pipeline(draw)
    job = made.job(
        draw.choice("job", ("nightly", "weekly-report", "cleanup", "long-tests", "backup"))
    )
    job.fields["rules"] = [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    made.ask(when.gitlab_scheduled_only(job=job.name))
    made.runs(job, draw.choice("command", ("./scripts/nightly.sh", "make nightly", "make backup",
                                           "./report.py", "npm run e2e:all")))  # fmt: skip

    def usual(made: Pipeline) -> None:
        other = made.job(draw.choice("other", ("tests", "quick-tests", "unit")))
        other.fields["rules"] = [{"if": '$CI_PIPELINE_SOURCE != "schedule"'}]
        made.runs(other, draw.choice("quick", ("make test", "npm test", "pytest -q")))
        made.ask(when.gitlab_not_scheduled(job=other.name))

    def image(made: Pipeline) -> None:
        made.image(job, draw.choice("image", ("python:3.12-slim", "node:22", "alpine:3.20",
                                              "debian:12-slim", "golang:1.23")))  # fmt: skip

    def report(made: Pipeline) -> None:
        other = made.job(draw.choice("alarm", ("alarm", "notify", "page-us")), ".post")
        other.fields["rules"] = [{"if": '$CI_PIPELINE_SOURCE == "schedule"', "when": "on_failure"}]
        made.runs(other, draw.choice("alarming", ("./scripts/alarm.sh", "make notify")))
        made.ask(when.gitlab_on_failure(job=other.name))

    def summary(made: Pipeline) -> None:
        other = made.job(draw.choice("summary", ("summary", "wrap-up", "collect")), ".post")
        other.fields["rules"] = [{"if": '$CI_PIPELINE_SOURCE == "schedule"', "when": "always"}]
        made.runs(other, draw.choice("summing up", ("./scripts/summary.sh", "make summary")))
        made.ask(when.gitlab_always(job=other.name))

    made.grow((
        Extra("image", 1, image), timeout(job), Extra("ordinary job", 2, usual), retry(job),
        Extra("summary", 2, summary),
        runner(job), artifact(job, ("reports/", "backup.tar.gz", "logs/", "summary.html")),
        Extra("alarm", 2, report), variable(job, "MODE", ("full", "deep", "slow")),
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` with a job for a pipeline schedule",
        "Some work should only be done by a scheduled pipeline on GitLab",
    )


@family("gitlab_ci", levels=(2, 3, 4, 5))
def gitlab_release(draw: Draw) -> Draft:
    """A release that a tag starts."""
    made = Pipeline(draw, "build", "release")
    prefix = draw.choice("prefix", ("v", "release-", "rel-", "ver", "r"))
    build = made.job(draw.choice("build", ("build", "package", "binaries", "dist")), "build")
    line = draw.choice("building", ("make dist", "./build.sh --release", "make package",
                                    "python -m build", "goreleaser build"))  # fmt: skip
    build.run(line)
    job = made.job(draw.choice("job", ("release", "publish-release", "make-release")), "release")
    job.fields["image"] = "registry.gitlab.com/gitlab-org/release-cli:v0.18.0"
    job.run("echo releasing")
    job.fields["rules"] = [{"if": f"$CI_COMMIT_TAG =~ /^{prefix}\\d/"}]
    text = draw.choice("text", ("CHANGELOG.md", "docs/release-notes.md", "RELEASE.md", "NEWS.md"))
    release: dict[str, Any] = {"tag_name": "$CI_COMMIT_TAG", "description": text}
    job.fields["release"] = release
    made.ask(
        scripts.gitlab_runs(job=build.name, command=line),
        deploys.gitlab_release(job=job.name, tag="$CI_COMMIT_TAG"),
        when.gitlab_tag_prefix(job=job.name, prefix=prefix),
        deploys.gitlab_release_text(job=job.name, text=text),
        flow.gitlab_stages(stages=["build", "release"]),
    )

    def scan(made: Pipeline) -> None:
        other = made.job(draw.choice("scan", ("scan", "licences", "sbom")), "release")
        other.fields["needs"] = []
        made.runs(other, draw.choice("scanning", ("make scan", "./scan.sh", "make licences")))
        made.ask(flow.gitlab_needs_nothing(job=other.name))

    def name(made: Pipeline) -> None:
        release["name"] = draw.choice("name", ("Release $CI_COMMIT_TAG", "App $CI_COMMIT_TAG",
                                               "Version $CI_COMMIT_TAG"))  # fmt: skip
        made.ask(deploys.gitlab_release_name(job=job.name, name=release["name"]))

    def link(made: Pipeline) -> None:
        url = f"{draw.choice('site', choices.URLS)}/downloads/$CI_COMMIT_TAG.tar.gz"
        release["assets"] = {"links": [{"name": "Download", "url": url}]}
        made.ask(deploys.gitlab_release_link(job=job.name, url=url))

    def needs(made: Pipeline) -> None:
        job.fields["needs"] = [build.name]
        made.ask(flow.gitlab_needs(job=job.name, other=build.name))

    made.grow((
        Extra("name", 1, name), Extra("needs", 1, needs), Extra("scan", 2, scan),
        timeout(build), Extra("link", 1, link), runner(build), retry(build),
        variable(build, "GOOS", ("linux", "darwin", "windows")), interruptible(build),
        artifact(build, ("checksums.txt", "sbom.json", "build.log"), "second artifact"),
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` that makes a release of each version tag",
        "Tags should make releases on GitLab",
    )


@family("gitlab_ci", levels=(1, 2, 3, 4))
def gitlab_site(draw: Draw) -> Draft:
    """A site for GitLab Pages."""
    made = Pipeline(draw)
    job = made.job("pages")
    job.run(draw.choice("building", ("mkdocs build -d public", "npm run build -- --outDir public",
                                     "hugo -d public", "make html BUILDDIR=public")))  # fmt: skip
    made.ask(scripts.gitlab_runs(job="pages", command=job.tree["script"][0]))
    job.keep("public")
    made.ask(deploys.gitlab_pages(job="pages", folder="public"))

    def image(made: Pipeline) -> None:
        made.image(job, draw.choice("image", ("python:3.12-slim", "node:22", "hugomods/hugo",
                                              "python:3.13", "node:20-alpine")))  # fmt: skip

    def branch(made: Pipeline) -> None:
        if draw.chance("default branch", 0.5):
            job.fields["rules"] = [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
            made.ask(when.gitlab_default_branch_only(job="pages"))
        else:
            made.on_branch(job, draw.choice("branch", choices.BRANCHES))

    made.grow((
        Extra("branch", 1, branch), Extra("image", 1, image), timeout(job), runner(job), retry(job),
        variable(job, "SITE_ENV", ("production", "staging", "docs")), interruptible(job),
        more(job, "check", ("make linkcheck", "npm run check-links", "htmlproofer public")),
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` that publishes our documentation with GitLab Pages",
        "Publish our site on GitLab Pages",
    )


@family("gitlab_ci", levels=(1, 2, 3, 4))
def gitlab_downstream(draw: Draw) -> Draft:
    """Child pipelines and pipelines of other projects."""
    made = Pipeline(draw, "prepare", "downstream")
    prepare = made.job(draw.phrase("prepare", ("prepare", "generate", "collect")), "prepare")
    prepare.run(draw.phrase("preparing", ("make prepare", "./prepare.sh")))
    job = made.job(
        draw.choice("job", ("start-child", "downstream-tests", "trigger", "fan-out")), "downstream"
    )
    trigger: dict[str, Any] = {}
    job.fields["trigger"] = trigger
    if draw.chance("child", 0.5):
        file = draw.choice(
            "file", ("ci/child.yml", "ci/e2e.yml", ".gitlab/deploy.yml", "ci/nightly.yml")
        )
        trigger["include"] = [{"local": file}]
        made.ask(deploys.gitlab_child(job=job.name, file=file))
    else:
        project = f"{draw.choice('organisation', choices.ORGANISATIONS)}/{draw.name('project')}"
        trigger["project"] = project
        made.ask(deploys.gitlab_triggers(job=job.name, project=project))
        if draw.chance("a branch of theirs", 0.6):
            trigger["branch"] = draw.choice("branch", choices.BRANCHES)
            made.ask(deploys.gitlab_trigger_branch(job=job.name, branch=trigger["branch"]))

    def waits(made: Pipeline) -> None:
        trigger["strategy"] = "depend"
        made.ask(deploys.gitlab_trigger_waits(job=job.name))

    def after(made: Pipeline) -> None:
        job.fields["needs"] = [prepare.name]
        made.ask(flow.gitlab_needs(job=job.name, other=prepare.name))

    def branch_only(made: Pipeline) -> None:
        made.on_branch(job, draw.choice("own branch", choices.BRANCHES))

    made.ask(
        flow.gitlab_stage(job=job.name, stage="downstream"),
        flow.gitlab_stage(job=prepare.name, stage="prepare"),
    )
    made.grow((
        Extra("waits", 1, waits), Extra("after", 1, after), Extra("branch", 1, branch_only),
        variable(job, "TARGET_ENV", ("staging", "qa", "live")), timeout(prepare),
        variable(job, "UPSTREAM_REF", ("$CI_COMMIT_REF_NAME", "$CI_COMMIT_SHA", "$CI_COMMIT_TAG")),
        runner(prepare), retry(prepare), artifact(prepare, ("config/", "generated/", "a.json")),
        NO_SECOND_PIPELINE,
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` with a job that starts another pipeline",
        "One GitLab pipeline should start another",
    )


def _broken(job: Job, kind: str) -> None:
    """Plant a mistake that GitLab refuses."""
    if kind == "stage":
        job.fields["stage"] = "deployment"
    elif kind == "when":
        job.fields["when"] = "automatic"
    elif kind == "keyword":
        job.fields["scripts"] = ["make all"]
    else:
        job.fields["needs"] = ["nobody"]


@family("gitlab_ci", levels=(2, 3, 4))
def gitlab_repair(draw: Draw) -> Draft:
    """A pipeline that GitLab refuses, to be mended and completed."""
    broken, whole = Pipeline(draw, "build", "test"), Pipeline(draw, "build", "test")
    build_name = draw.choice("build", ("compile", "assemble", "bundle", "make-it"))
    test_name = draw.choice("test", ("check", "verify", "try-it", "unit"))
    image = draw.choice("image", ("alpine:3.20", "debian:12-slim", "python:3.12", "node:22"))
    building = draw.choice("building", ("make build", "./build.sh", "npm run build", "make all"))
    testing = draw.choice("testing", ("make test", "./test.sh", "npm test", "make check"))
    kind = draw.phrase("mistake", ("stage", "when", "keyword", "needs"))
    for pipeline in (broken, whole):
        build = pipeline.job(build_name, "build", image=image)
        build.run(building)
        pipeline.job(test_name, "test", image=image).run(testing)
    _broken(broken.jobs[test_name], kind)
    whole.ask(
        flow.gitlab_stages(stages=["build", "test"]),
        scripts.gitlab_image(job=test_name, image=image),
        scripts.gitlab_runs(job=build_name, command=building),
        scripts.gitlab_runs(job=test_name, command=testing),
        flow.gitlab_after(job=test_name, other=build_name),
    )
    build, test = whole.jobs[build_name], whole.jobs[test_name]
    whole.grow((timeout(test), retry(test), runner(build), interruptible(build),
                artifact(build, ("dist/", "out/", "bin/")),
                variable(test, "LOG_LEVEL", ("debug", "info", "error"))))  # fmt: skip
    return whole.draft(
        "Mend this `.gitlab-ci.yml`, which GitLab refuses, and see that all of the following holds",
        "GitLab says that this pipeline is invalid. Repair it",
        given={".gitlab-ci.yml": dump(broken.tree)},
        mode="repair",
    )
