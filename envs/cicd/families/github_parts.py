"""Optional parts of GitHub workflows that several families share."""

from __future__ import annotations

from collections.abc import Sequence

from envs.cicd import choices
from envs.cicd.families.github_recipe import SETUP, Job, Workflow, expression, secret
from envs.cicd.requirements import github_artifacts as kept
from envs.cicd.requirements import github_caches as caches
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_matrix as matrices
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from iac_gym.extras import Extra


def timeout(job: Job, minutes: Sequence[int] = tuple(range(6, 95))) -> Extra:
    """Limit the time of a job."""

    def make(flow: Workflow) -> None:
        limit = flow.draw.choice(f"{job.name} minutes", minutes)
        job.fields["timeout-minutes"] = limit
        flow.ask(jobs.workflow_job_timeout(job=job.name, minutes=limit))

    return Extra(f"timeout of {job.name}", 1, make)


RUNNERS = ("ubuntu-22.04", "ubuntu-24.04", "ubuntu-24.04-arm", "ubuntu-22.04-arm")


def runner(job: Job, runners: Sequence[str] = RUNNERS) -> Extra:
    """Choose the machine of a job."""

    def make(flow: Workflow) -> None:
        label = flow.draw.choice(f"{job.name} runner", runners)
        job.fields["runs-on"] = label
        flow.ask(jobs.workflow_job_runner(job=job.name, runner=label))

    return Extra(f"runner of {job.name}", 1, make)


def read_only(flow: Workflow) -> None:
    """Limit the token of the whole workflow to reading the contents."""
    flow.fields["permissions"] = {"contents": "read"}
    flow.ask(jobs.workflow_token_limited(permissions=["contents: read"]))


READ_ONLY = Extra("read-only token", 1, read_only)


def cancel_older(flow: Workflow) -> None:
    """Cancel an older run of the same branch or pull request."""
    group = f"${{{{ github.workflow }}}}-{expression('github.ref')}"
    flow.fields["concurrency"] = {"group": group, "cancel-in-progress": True}
    flow.ask(jobs.workflow_newest_run_wins())


CANCEL_OLDER = Extra("cancel older runs", 1, cancel_older)


def one_at_a_time(job: Job) -> Extra:
    """Let one run of a job wait for another."""

    def make(flow: Workflow) -> None:
        group = flow.draw.name(f"{job.name} group")
        job.fields["concurrency"] = {"group": group, "cancel-in-progress": False}
        flow.ask(jobs.workflow_job_queue(job=job.name, group=group))

    return Extra(f"queue of {job.name}", 1, make)


def setting(job: Job, name: str, values: Sequence[str]) -> Extra:
    """Set an environment variable for a whole job."""

    def make(flow: Workflow) -> None:
        value = flow.draw.choice(f"{job.name} {name}", values)
        job.set("env", name, value)
        flow.ask(jobs.workflow_job_variable(job=job.name, name=name, value=value))

    return Extra(f"{name} of {job.name}", 1, make)


OWN_RUNNERS = (
    "ubuntu-latest",
    "ubuntu-22.04",
    "windows-2022",
    "macos-14",
    "windows-2025",
    "macos-15",
)


def starts(flow: Workflow) -> None:
    """Start on pushes or pull requests to a drawn branch. One requirement."""
    draw = flow.draw
    branch = draw.choice("branch", choices.BRANCHES)
    event = draw.choice("event", ("push", "push", "pull_request", "pull_request", "ignoring"))
    if event == "pull_request":
        flow.on_pull_request(branch)
    elif event == "push":
        flow.on_push(branch)
    else:
        paths = list(draw.sample("ignored", ("docs/**", "**.md", "LICENSE", "examples/**"), 2))
        flow.event("push", branches=[branch], paths_ignore=paths)
        flow.ask(triggers.workflow_push_ignoring(branch=branch, paths=paths))


def matrix_of(flow: Workflow, job: Job, tool: str, versions: Sequence[str]) -> None:
    """Repeat a job for versions of a tool. One requirement."""
    axis = flow.draw.phrase("axis", (SETUP[tool][1], "version", tool.lower().replace(".", "")))
    job.fields.setdefault("strategy", {})["matrix"] = {axis: list(versions)}
    job.setup(tool, expression(f"matrix.{axis}"))
    flow.ask(matrices.workflow_job_versions(job=job.name, tool=tool, versions=list(versions)))


def on_systems(job: Job) -> Extra:
    """Repeat a job on several runners, for every version."""

    def make(flow: Workflow) -> None:
        runners = list(flow.draw.sample("systems", OWN_RUNNERS, 2))
        matrix = job.fields["strategy"]["matrix"]
        matrix["os"] = runners
        job.fields["runs-on"] = expression("matrix.os")
        flow.ask(matrices.workflow_job_runners(job=job.name, runners=runners))

    return Extra("systems", 1, make)


def goes_on(job: Job) -> Extra:
    """Let the rest of a matrix go on after a failure."""

    def make(flow: Workflow) -> None:
        job.fields.setdefault("strategy", {})["fail-fast"] = False
        flow.ask(matrices.workflow_job_goes_on(job=job.name))

    return Extra("fail-fast off", 1, make)


def parallel(job: Job) -> Extra:
    """Limit how many jobs of a matrix run at a time."""

    def make(flow: Workflow) -> None:
        count = flow.draw.integer("parallel", 2, 9)
        job.fields.setdefault("strategy", {})["max-parallel"] = count
        flow.ask(matrices.workflow_job_parallel(job=job.name, count=count))

    return Extra("parallel", 1, make)


def setup_cache(job: Job, manager: str) -> Extra:
    """Cache downloads with the setup action of a job."""

    def make(flow: Workflow) -> None:
        setup = job.first("setup")
        if flow.draw.phrase("cache by setup", (True, True, False)):
            setup["with"]["cache"] = manager
        else:
            files = {"pip": "requirements.txt", "npm": "package-lock.json", "maven": "pom.xml"}
            path = {"pip": "~/.cache/pip", "npm": "~/.npm", "maven": "~/.m2/repository"}[manager]
            key = f"{expression('runner.os')}-{manager}-" + expression(
                f"hashFiles('**/{files[manager]}')"
            )
            job.use("cache", "actions/cache@v4", path=path, key=key)
        flow.ask(caches.workflow_downloads_cached(job=job.name, manager=manager))

    return Extra("cache", 1, make)


def own_cache(job: Job, paths: Sequence[str], files: Sequence[str]) -> Extra:
    """Cache a folder with `actions/cache`."""

    def make(flow: Workflow) -> None:
        draw = flow.draw
        path, file = draw.choice("cached", paths), draw.choice("hashed", files)
        key = f"{draw.phrase('key', ('deps', 'cache', 'v1'))}-"
        flow.ask(caches.workflow_cache(job=job.name, path=path))
        flow.ask(caches.workflow_cache_hash(job=job.name, path=path, file=file))
        if draw.chance("key with system", 0.4):
            key = f"{expression('runner.os')}-{key}"
            flow.ask(caches.workflow_cache_system(job=job.name, path=path))
        inputs = {"path": path, "key": key + expression(f"hashFiles('{file}')")}
        if draw.chance("older cache", 0.4):
            inputs["restore-keys"] = key
            flow.ask(caches.workflow_cache_fallback(job=job.name, path=path))
        job.use("cache", "actions/cache@v4", **inputs)

    return Extra("own cache", 2.8, make)


def command(job: Job, name: str, section: str, commands: Sequence[str]) -> Extra:
    """Run one more command."""

    def make(flow: Workflow) -> None:
        line = flow.draw.choice(name, commands)
        job.run(section, line)
        flow.ask(steps.workflow_runs(job=job.name, command=line))

    return Extra(name, 1, make)


def artifact(job: Job, names: Sequence[str], paths: Sequence[str]) -> Extra:
    """Keep a report, whatever became of the tests."""

    def make(flow: Workflow) -> None:
        draw = flow.draw
        name, path = draw.choice("artifact", names), draw.choice("kept path", paths)
        step = job.use("report", "actions/upload-artifact@v4", name=name, path=path)
        flow.ask(kept.workflow_keeps(job=job.name, artifact=name, path=path))
        if draw.chance("kept always", 0.4):
            step["if"] = draw.phrase(
                "always", ("always()", "${{ !cancelled() }}", "${{ always() }}")
            )
            flow.ask(kept.workflow_kept_always(job=job.name, artifact=name))
        if draw.chance("kept for days", 0.5):
            days = draw.choice("kept days", choices.RETENTION_DAYS)
            step["with"]["retention-days"] = days
            flow.ask(kept.workflow_kept_days(job=job.name, artifact=name, days=days))

    return Extra("report", 1.9, make)


def secret_variable(job: Job, line: str, variables: Sequence[str]) -> Extra:
    """Give a command a secret."""

    def make(flow: Workflow) -> None:
        name = flow.draw.choice("secret variable", variables)
        own = f"{flow.draw.choice('secret prefix', ('CI', 'TEST', 'QA', 'STAGING'))}_{name}"
        step = job.running(line)
        step["env"] = {**step.get("env", {}), name: secret(own)}
        flow.ask(
            steps.workflow_command_secret(job=job.name, command=line, variable=name, secret=own)
        )

    return Extra("secret", 1, make)


def last_version_only(job: Job, tool: str, versions: Sequence[str], lines: Sequence[str]) -> Extra:
    """Run a command with one version of the matrix alone."""

    def make(flow: Workflow) -> None:
        line = flow.draw.choice("single command", lines)
        axis = next(iter(job.fields["strategy"]["matrix"]))
        job.run("report", line, if_=f"matrix.{axis} == '{versions[-1]}'")
        flow.ask(
            steps.workflow_command_only_with(
                job=job.name, command=line, tool=tool, version=versions[-1]
            )
        )

    return Extra("one version alone", 1, make)


def coverage(job: Job, files: Sequence[str]) -> Extra:
    """Send a coverage report to Codecov."""

    def make(flow: Workflow) -> None:
        file, action = flow.draw.choice("coverage file", files), "codecov/codecov-action"
        token = secret("CODECOV_TOKEN")
        job.step("report", uses=f"{action}@v5", with_={"files": file, "token": token})
        flow.ask(steps.workflow_uses(job=job.name, action=action))
        flow.ask(
            steps.workflow_action_input(job=job.name, action=action, input="files", value=file)
        )

    return Extra("coverage", 2, make)


def logs(job: Job, lines: Sequence[str]) -> Extra:
    """Collect logs at the end, in any case or after a failure alone."""

    def make(flow: Workflow) -> None:
        draw = flow.draw
        line = draw.choice("log line", lines)
        if draw.chance("logs always", 0.5):
            job.run("report", line, if_=draw.phrase("logs if", ("always()", "${{ always() }}")))
            flow.ask(steps.workflow_command_always(job=job.name, command=line))
        else:
            job.run("report", line, if_=draw.phrase("logs if", ("failure()", "${{ failure() }}")))
            flow.ask(steps.workflow_command_on_failure(job=job.name, command=line))

    return Extra("logs", 1, make)


def step_timeout(job: Job, line: str) -> Extra:
    """Limit the time of the step of a command."""

    def make(flow: Workflow) -> None:
        minutes = flow.draw.integer("step minutes", 2, 59)
        job.running(line)["timeout-minutes"] = minutes
        flow.ask(steps.workflow_command_timeout(job=job.name, command=line, minutes=minutes))

    return Extra("step timeout", 1, make)


def step_shell(job: Job, line: str) -> Extra:
    """Choose the shell of a command."""

    def make(flow: Workflow) -> None:
        shell = flow.draw.choice("step shell", ("bash", "sh"))
        job.running(line)["shell"] = shell
        flow.ask(steps.workflow_command_shell(job=job.name, command=line, shell=shell))

    return Extra("step shell", 1, make)


def queue(flow: Workflow) -> None:
    """Let one run of the workflow wait for another."""
    group = flow.draw.name("workflow group")
    flow.fields["concurrency"] = flow.draw.phrase("queue as", (group, {"group": group}))
    flow.ask(jobs.workflow_queue(group=group))


QUEUE = Extra("queue", 1, queue)
