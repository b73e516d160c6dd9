"""Families of GitHub workflows of several jobs: order, outputs, artifacts, changed parts."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    OWN_RUNNERS,
    READ_ONLY,
    command,
    goes_on,
    parallel,
    runner,
    setting,
    starts,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, expression, secret
from envs.cicd.requirements import github_artifacts as kept
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_matrix as matrices
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from envs.cicd.requirements import github_upkeep as upkeep
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


def needs(flow: Workflow, job: Job, other: Job) -> None:
    """Let a job wait for another. One requirement."""
    given = [*job.fields.get("needs", []), other.name]
    job.fields["needs"] = given
    flow.ask(order.workflow_job_after(job=job.name, other=other.name))


def worker(flow: Workflow, key: str, names: tuple[str, ...], lines: tuple[str, ...]) -> Job:
    """Add a job that checks out and runs a command. One requirement."""
    job = flow.job(flow.draw.choice(f"{key} job", names))
    job.checkout()
    line = flow.draw.choice(f"{key} line", lines)
    job.run("test", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    return job


def warning(job: Job, names: tuple[str, ...]) -> Extra:
    """Tell people about a failed job."""

    def make(flow: Workflow) -> None:
        draw = flow.draw
        own = draw.choice("webhook", ("SLACK_WEBHOOK", "TEAMS_WEBHOOK", "ALERT_URL", "CHAT_HOOK"))
        last = flow.job(draw.choice("warning job", names))
        last.fields["needs"] = [job.name]
        result = f"always() && needs.{job.name}.result == 'failure'"
        last.fields["if"] = draw.phrase("warning if", ("failure()", "${{ failure() }}", result))
        last.run("report", 'curl -fsS -d "It failed" "$HOOK"', env={"HOOK": secret(own)})
        flow.ask(order.workflow_job_on_failure(job=last.name, other=job.name))
        flow.ask(upkeep.workflow_notifies(job=last.name, secret=own))

    return Extra("warning", 2, make)


def cleaning(job: Job, names: tuple[str, ...], lines: tuple[str, ...]) -> Extra:
    """Clean up after a job, whatever became of it."""

    def make(flow: Workflow) -> None:
        draw = flow.draw
        last = worker(flow, "cleanup", names, lines)
        last.fields["needs"] = [job.name]
        both = ("always()", "${{ always() }}", "success() || failure()", "${{ !cancelled() }}")
        last.fields["if"] = draw.phrase("cleanup if", both)
        flow.ask(order.workflow_job_always(job=last.name, other=job.name))

    return Extra("cleanup", 2, make)


@family("github_actions", levels=(2, 3, 4, 5))
def github_job_graph(draw: Draw) -> Draft:
    """Jobs that wait for each other, with a cleanup at the end."""
    flow = Workflow(draw, ".github/workflows/pipeline.yml")
    starts(flow)
    first = worker(flow, "first", ("analysis", "inspect", "review", "audit"), (
        "make analyse", "./ci/inspect.sh", "npm run audit", "make audit"))  # fmt: skip
    second = worker(flow, "second", ("construct", "produce", "build-all", "create"), (
        "make all", "./ci/build.sh", "npm run build:all", "make package"))  # fmt: skip
    needs(flow, second, first)

    def third(flow: Workflow) -> None:
        job = worker(flow, "third", ("try-out", "system-test", "e2e", "acceptance-test"), (
            "make e2e", "./ci/e2e.sh", "npx playwright test", "npx cypress run"))  # fmt: skip
        needs(flow, job, second)

    flow.grow((
        cleaning(second, ("cleanup", "tear-down", "remove", "sweep-up"), (
            "./ci/cleanup.sh", "make clean-cloud", "./ci/teardown.sh")),
        Extra("third", 2, third), timeout(second),
        warning(second, ("shout", "message", "tell-team", "report-failure")), READ_ONLY,
        runner(second), CANCEL_OLDER, timeout(first), setting(second, "STAGE", ("ci", "full")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow whose jobs build on each other",
        "Our pipeline on GitHub consists of jobs that wait for each other",
    )


@family("github_actions", levels=(2, 3, 4, 5))
def github_version_handover(draw: Draw) -> Draft:
    """A job that works out a value which another job uses."""
    flow = Workflow(draw, ".github/workflows/version.yml")
    starts(flow)
    first = flow.job(draw.choice("first job", ("version", "meta", "compute", "prepare-values")))
    second = flow.job(draw.choice("second job", ("stamp", "use-it", "consume", "tagging")))
    output = draw.choice("output", ("version", "tag", "revision", "channel", "build-id", "date"))
    first.checkout()
    source = draw.phrase("source", ("git describe --tags", "cat VERSION", "./ci/version.sh"))
    first.run("prepare", f'echo "{output}=$({source})" >> "$GITHUB_OUTPUT"', id="values")
    first.set("outputs", output, expression(f"steps.values.outputs.{output}"))
    second.checkout()
    read = expression(f"needs.{first.name}.outputs.{output}")
    script = draw.choice("script", ("./ci/stamp.sh", "make stamp", "./tools/tag.sh", "./ci/use.sh"))
    if draw.phrase("by variable", (True, False)):
        second.run("build", f'{script} "$VALUE"', env={"VALUE": read})
    else:
        second.run("build", f"{script} {read}")
    flow.ask(order.workflow_job_output(job=first.name, output=output))
    flow.ask(order.workflow_job_reads(job=second.name, other=first.name, output=output))
    needs(flow, second, first)
    flow.ask(steps.workflow_runs(job=second.name, command=f"{script} {read}"))

    def third(flow: Workflow) -> None:
        value = draw.choice("value", ("true", "yes", "stable", "1"))
        other = draw.choice("second output", ("publish", "changed", "deployable", "wanted"))
        first.run("prepare", f'echo "{other}=$(./ci/{other}.sh)" >> "$GITHUB_OUTPUT"', id=other)
        first.set("outputs", other, expression(f"steps.{other}.outputs.{other}"))
        job = worker(flow, "third", ("go-on", "follow", "perhaps", "when-wanted"), (
            "make publish", "./ci/publish.sh", "./ci/follow.sh"))  # fmt: skip
        job.fields["needs"] = [first.name]
        job.fields["if"] = f"needs.{first.name}.outputs.{other} == '{value}'"
        flow.ask(
            order.workflow_job_if_output(job=job.name, other=first.name, output=other, value=value)
        )

    def whole(flow: Workflow) -> None:
        first.checkout()["with"] = {"fetch-depth": 0}
        flow.ask(steps.workflow_full_history(job=first.name))

    flow.grow((
        timeout(second), Extra("history", 1, whole), Extra("third", 2, third), READ_ONLY,
        runner(second), CANCEL_OLDER, warning(second, ("shout-out", "inform", "mail", "page")),
        command(second, "more", "verify", ("make check-stamp", "./ci/verify-stamp.sh")),
        timeout(first),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that passes a value from one job to the next",
        "One job on GitHub works out a value that another job needs",
    )


@family("github_actions", levels=(2, 3, 4, 5))
def github_artifact_handover(draw: Draw) -> Draft:
    """A build whose result other jobs fetch as an artifact."""
    flow = Workflow(draw, ".github/workflows/build.yml")
    starts(flow)
    build = worker(flow, "build", ("build-once", "make-bundle", "pack", "generate"), (
        "make bundle", "./ci/pack.sh", "npm run build", "mvn -B package"))  # fmt: skip
    artifact = draw.choice("artifact", ("bundle", "webapp", "build-output", "app-files", "packed"))
    path = draw.choice("path", ("dist", "build", "target/release", "out", "public", "app/dist"))
    upload = build.use("report", "actions/upload-artifact@v4", name=artifact, path=path)
    flow.ask(kept.workflow_keeps(job=build.name, artifact=artifact, path=path))
    check = flow.job(draw.choice("check job", ("inspect-build", "smoke", "run-build", "try-build")))
    check.fields["needs"] = draw.phrase("needs", (build.name, [build.name]))
    fetch = check.use("setup", "actions/download-artifact@v4", name=artifact)
    check.checkout()
    check.run("test", "./ci/check-build.sh")
    flow.ask(kept.workflow_takes(job=check.name, artifact=artifact))

    def placed(flow: Workflow) -> None:
        folder = draw.choice("folder", ("fetched", "incoming", "site", "unpacked"))
        fetch["with"]["path"] = folder
        flow.ask(kept.workflow_takes_to(job=check.name, artifact=artifact, folder=folder))

    def short(flow: Workflow) -> None:
        days = draw.choice("kept days", choices.RETENTION_DAYS)
        upload["with"]["retention-days"] = days
        flow.ask(kept.workflow_kept_days(job=build.name, artifact=artifact, days=days))

    def strict(flow: Workflow) -> None:
        upload["with"]["if-no-files-found"] = "error"
        flow.ask(kept.workflow_kept_needed(job=build.name, artifact=artifact))

    def logs(flow: Workflow) -> None:
        name = draw.choice("logs", ("check-logs", "failure-logs", "traces", "dumps"))
        where = draw.phrase("log path", ("logs", "tmp/logs", "traces", "var/log"))
        step = check.use("report", "actions/upload-artifact@v4", name=name, path=where)
        step["if"] = draw.phrase("if", ("failure()", "${{ failure() }}"))
        flow.ask(kept.workflow_kept_on_failure(job=check.name, artifact=name))

    flow.grow((
        Extra("to a folder", 1, placed), Extra("kept days", 1, short),
        Extra("strict", 1, strict), timeout(check), READ_ONLY,
        Extra("logs", 1, logs), runner(check), CANCEL_OLDER,
        cleaning(check, ("wipe", "cleanup-build", "drop", "forget"), (
            "./ci/wipe.sh", "make wipe", "./ci/forget.sh")), timeout(build),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that builds once and checks the result in a second job",
        "Build once on GitHub, and let a second job work on exactly what was built",
    )


@family("github_actions", levels=(2, 3, 4, 5))
def github_matrix_with_gaps(draw: Draw) -> Draft:
    """A matrix of versions and runners with pairs that are left out or run alone."""
    flow = Workflow(draw, ".github/workflows/compatibility.yml")
    starts(flow)
    tool, versions = draw.choice("tool", (
        ("Python", choices.PYTHON_VERSIONS), ("Node.js", choices.NODE_VERSIONS),
        ("Ruby", choices.RUBY_VERSIONS), ("Go", choices.GO_VERSIONS)))  # fmt: skip
    job = flow.job(draw.choice("job", ("compatibility", "everywhere", "combinations", "grid")))
    job.checkout()
    chosen = list(draw.sample(f"{tool} versions", versions, 2))
    runners = list(draw.sample("systems", OWN_RUNNERS, 2))
    matrix: dict[str, object] = {"version": chosen, "os": runners}
    job.fields["strategy"] = {"matrix": matrix}
    job.fields["runs-on"] = expression("matrix.os")
    job.setup(tool, expression("matrix.version"))
    line = draw.choice("line", ("make test", "./ci/test.sh", "make compatibility", "./run-tests"))
    job.run("test", line)
    extra = next(one for one in versions if one not in chosen)
    said = [*chosen]
    alone = draw.chance("one alone", 0.5)
    if alone:
        matrix["include"] = [{"version": extra, "os": runners[0]}]
        said.append(extra)
    flow.ask(
        matrices.workflow_job_versions(job=job.name, tool=tool, versions=sorted(said)),
        matrices.workflow_job_runners(job=job.name, runners=runners),
        steps.workflow_runs(job=job.name, command=line),
    )
    if alone:
        flow.ask(
            matrices.workflow_job_extra_pair(
                job=job.name, tool=tool, version=extra, runner=runners[0]
            )
        )

    def gap(flow: Workflow) -> None:
        matrix["exclude"] = [{"version": chosen[0], "os": runners[1]}]
        flow.ask(
            matrices.workflow_job_leaves_out(
                job=job.name, tool=tool, version=chosen[0], runner=runners[1]
            )
        )

    def on_one(flow: Workflow) -> None:
        single = draw.choice("single", ("make coverage", "./ci/upload.sh", "make badges"))
        job.run("report", single, if_=f"matrix.os == '{runners[0]}'")
        flow.ask(steps.workflow_command_only_on(job=job.name, command=single, runner=runners[0]))

    flow.grow((
        Extra("gap", 1, gap), goes_on(job), timeout(job), Extra("on one", 1, on_one), READ_ONLY,
        parallel(job), CANCEL_OLDER, setting(job, "STRICT", ("0", "1", "full")),
        cleaning(job, ("afterwards", "wrap-up", "conclude"), ("./ci/conclude.sh", "make wrap-up")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that tests our project in many combinations",
        "On which versions and systems does our project run? Let GitHub Actions find out",
    )


@family("github_actions", levels=(1, 2, 3, 4))
def github_follow_up(draw: Draw) -> Draft:
    """A workflow that follows another one."""
    flow = Workflow(draw, ".github/workflows/follow-up.yml")
    other = draw.choice("other", ("CI", "Build", "Tests", "Nightly", "Release", "Integration"))
    flow.event("workflow_run", workflows=[other], types=["completed"])
    flow.ask(triggers.workflow_after_workflow(workflow=other))
    job = worker(flow, "only", ("follow-up", "afterwards-job", "next-step", "react"), (
        "./ci/follow-up.sh", "make summary", "./ci/metrics.sh", "make dashboard"))  # fmt: skip

    def logs(flow: Workflow) -> None:
        days = draw.choice("kept days", choices.RETENTION_DAYS)
        name = draw.choice("artifact", ("summary", "metrics", "follow-up-report", "numbers"))
        job.use("report", "actions/upload-artifact@v4", name=name, path="out", retention_days=days)
        flow.ask(kept.workflow_kept_days(job=job.name, artifact=name, days=days))

    def other_repository(flow: Workflow) -> None:
        name = f"{draw.choice('owner', choices.ORGANISATIONS)}/{draw.name('repository')}"
        path = draw.choice("path", ("shared", "tools-repo", "dashboard", "settings"))
        job.use("checkout", "actions/checkout@v4", repository=name, path=path)
        flow.ask(steps.workflow_checkout_other(job=job.name, repository=name, path=path))

    def shell(flow: Workflow) -> None:
        name = draw.choice("shell", ("bash", "sh"))
        job.fields["defaults"] = {"run": {"shell": name}}
        flow.ask(jobs.workflow_job_shell(job=job.name, shell=name))

    def container(flow: Workflow) -> None:
        image = draw.choice("container", ("node:22", "python:3.12", "golang:1.23", "debian:12"))
        job.fields["container"] = draw.phrase("as", (image, {"image": image}))
        flow.ask(jobs.workflow_job_container(job=job.name, image=image))

    flow.grow((
        timeout(job), Extra("logs", 1, logs), READ_ONLY, Extra("shell", 1, shell),
        Extra("other repository", 1, other_repository), runner(job),
        Extra("container", 1, container), setting(job, "DETAIL", ("low", "high")), CANCEL_OLDER,
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that follows another workflow",
        "Something should happen on GitHub after each run of another workflow",
    )
