"""Families of GitHub workflows for monorepos: what runs depends on what changed."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.github_graphs import cleaning
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    READ_ONLY,
    goes_on,
    parallel,
    runner,
    setting,
    starts,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, expression, permission
from envs.cicd.requirements import github_caches as caches
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_matrix as matrices
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from envs.cicd.requirements import github_upkeep as upkeep
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_monorepo_service(draw: Draw) -> Draft:
    """Checks of one service of a monorepo, only when it has changed."""
    flow = Workflow(draw, ".github/workflows/service.yml")
    folder = draw.choice("folder", choices.FOLDERS)
    branch = draw.choice("branch", choices.BRANCHES)
    paths = [f"{folder}/**"]
    if draw.chance("shared code", 0.4):
        paths.append(draw.choice("shared", ("libs/**", "shared/**", "common/**", "proto/**")))
    flow.event("push", branches=[branch], paths=paths)
    flow.ask(triggers.workflow_push_paths(branch=branch, paths=paths))
    pool = ("service", "one-service", "component", "module", "part")
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    line = draw.choice("line", ("make test", "npm test", "go test ./...", "pytest", "make check",
                                "cargo test", "make verify"))  # fmt: skip
    job.run("test", line, working_directory=folder)
    flow.ask(steps.workflow_runs_in(job=job.name, command=line, folder=folder))

    def requests(flow: Workflow) -> None:
        flow.event("pull_request", branches=[branch], paths=paths)
        flow.ask(triggers.workflow_pull_request_paths(branch=branch, paths=paths))

    def second(flow: Workflow) -> None:
        other = draw.choice("second", ("make build", "make lint", "./build.sh", "make package"))
        if draw.phrase("by cd", (True, False)):
            job.run("build", f"cd {folder}\n{other}\n")
        else:
            job.run("build", other, working_directory=folder)
        flow.ask(steps.workflow_runs_in(job=job.name, command=other, folder=folder))

    flow.grow((
        Extra("pull requests", 1, requests), Extra("second", 1, second), timeout(job),
        READ_ONLY, CANCEL_OLDER, runner(job), _named(),
        setting(job, "SERVICE_TIER", ("core", "edge", "internal")), _cached_folder(job, folder),
        cleaning(job, ("after-service", "clear", "tidy-up"), ("./ci/clear.sh", "make clear")),
    ))  # fmt: skip
    return flow.draft(
        f"Write a GitHub Actions workflow for the service in `{folder}` of our monorepo",
        f"In our monorepo, `{folder}` should be checked only when it has changed",
    )


def _cached_folder(job: Job, folder: str) -> Extra:
    def make(flow: Workflow) -> None:
        path = f"{folder}/{flow.draw.choice('cached', ('.cache', 'vendor', '.build', '.deps'))}"
        key = f"service-{expression(f'hashFiles({chr(39)}{folder}/lockfile{chr(39)})')}"
        job.use("cache", "actions/cache@v4", path=path, key=key)
        flow.ask(caches.workflow_cache(job=job.name, path=path))

    return Extra("cached folder", 1, make)


def _named() -> Extra:
    def make(flow: Workflow) -> None:
        name = flow.draw.name("workflow name")
        flow.fields["name"] = name
        flow.ask(jobs.workflow_called(name=name))

    return Extra("workflow name", 1, make)


@family("github_actions", levels=(3, 4, 5))
def github_changed_services(draw: Draw) -> Draft:
    """Jobs of a monorepo that run only for the services that changed."""
    flow = Workflow(draw, ".github/workflows/monorepo.yml")
    flow.on_pull_request(draw.choice("branch", choices.BRANCHES))
    finder = flow.job(draw.choice("finder", ("changes", "detect", "what-changed", "diff")))
    finder.checkout()
    permission(flow, finder, "contents", "read", said=False)
    permission(flow, finder, "pull-requests", "read", said=False)
    names = draw.sample("services", ("api", "web", "worker", "billing", "search", "mobile"), 2)
    filters = "".join(f"{name}:\n  - 'services/{name}/**'\n" for name in names)
    finder.step("test", id="filter", uses="dorny/paths-filter@v3", with_={"filters": filters})
    made = [_changed(flow, finder, name) for name in names]

    def gathered(flow: Workflow) -> None:
        last = flow.job(draw.choice("gate", ("all-green", "gate-keeper", "summary", "verdict")))
        last.fields["needs"] = [job.name for job in made]
        last.fields["if"] = draw.phrase("always", ("always()", "${{ always() }}"))
        last.run("report", "./ci/summary.sh")
        last.checkout()
        flow.ask(order.workflow_job_always(job=last.name, other=made[0].name))

    flow.grow((
        timeout(made[0]), Extra("gathered", 1, gathered), CANCEL_OLDER, timeout(made[1]),
        runner(made[0]), timeout(finder), setting(made[1], "DEPTH", ("quick", "full", "deep")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow for our monorepo that tests only the services that a pull "
        "request changes",
        "Our monorepo holds several services, and only those that changed should be tested",
    )


def _changed(flow: Workflow, finder: Job, name: str) -> Job:
    finder.set("outputs", name, expression(f"steps.filter.outputs.{name}"))
    paths = [f"services/{name}/**"]
    flow.ask(upkeep.workflow_finds_changes(job=finder.name, output=name, paths=paths))
    job = flow.job(f"test-{name}")
    job.checkout()
    job.fields["needs"] = flow.draw.phrase(f"needs {name}", (finder.name, [finder.name]))
    right = (f"needs.{finder.name}.outputs.{name} == 'true'",
             f"${{{{ needs.{finder.name}.outputs.{name} == 'true' }}}}")  # fmt: skip
    job.fields["if"] = flow.draw.phrase(f"if {name}", right)
    folder = f"services/{name}"
    line = flow.draw.choice(f"line {name}", ("make test", "npm test", "pytest", "go test ./..."))
    job.run("test", line, working_directory=folder)
    flow.ask(
        order.workflow_job_if_output(job=job.name, other=finder.name, output=name, value="true")
    )
    flow.ask(steps.workflow_runs_in(job=job.name, command=line, folder=folder))
    return job


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_component_matrix(draw: Draw) -> Draft:
    """One job that is repeated for each of several components."""
    flow = Workflow(draw, ".github/workflows/components.yml")
    starts(flow)
    job = flow.job(draw.choice("job", ("each-component", "per-package", "components", "fan-out")))
    pool = ("core", "auth", "billing", "catalog", "search", "gateway", "mailer", "reports")
    names = list(draw.sample("components", pool, 3))
    axis = draw.phrase("axis", ("component", "package", "name"))
    job.fields["strategy"] = {"matrix": {axis: names}}
    job.checkout()
    line = draw.choice("line", ("make test", "./test.sh", "make check", "npm test", "pytest -q"))
    place = f"{draw.phrase('place', ('components', 'packages', 'modules'))}/"
    job.run("test", line, working_directory=place + expression(f"matrix.{axis}"))
    flow.ask(matrices.workflow_job_each(job=job.name, values=names))
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def last(flow: Workflow) -> None:
        other = flow.job(draw.choice("last", ("every-one-done", "complete", "finale", "together")))
        other.checkout()
        more = draw.choice("last line", ("./ci/merge-reports.sh", "make summary", "./ci/badge.sh"))
        other.run("report", more)
        other.fields["needs"] = draw.phrase("needs", (job.name, [job.name]))
        flow.ask(steps.workflow_runs(job=other.name, command=more))
        flow.ask(order.workflow_job_after(job=other.name, other=job.name))

    flow.grow((
        goes_on(job), timeout(job), Extra("last", 2, last), parallel(job), READ_ONLY,
        runner(job), CANCEL_OLDER, setting(job, "MODE", ("quick", "full", "deep")),
        cleaning(job, ("sweep-all", "wash-up", "put-away"), ("./ci/sweep.sh", "make sweep")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that does the same for every component",
        "Our components are all tested alike: let one GitHub job do it for each of them",
    )
