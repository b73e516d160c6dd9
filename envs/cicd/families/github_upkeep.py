"""Families of GitHub workflows for upkeep: schedules, starts by hand, stale issues, labels."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    QUEUE,
    READ_ONLY,
    artifact,
    command,
    logs,
    one_at_a_time,
    own_cache,
    runner,
    secret_variable,
    setting,
    step_shell,
    step_timeout,
    timeout,
)
from envs.cicd.families.github_recipe import SETUP, Job, Workflow, expression, permission, secret
from envs.cicd.requirements import github_inputs as fields
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from envs.cicd.requirements import github_upkeep as upkeep
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


def _tool(job: Job) -> Extra:
    """Set one tool up."""

    def make(flow: Workflow) -> None:
        tool, versions = flow.draw.choice("tool", (
            ("Python", choices.PYTHON_VERSIONS), ("Node.js", choices.NODE_VERSIONS),
            ("Go", choices.GO_VERSIONS)))  # fmt: skip
        version = flow.draw.choice(f"{tool} version", versions)
        job.step("setup", uses=SETUP[tool][0], with_={SETUP[tool][1]: version})
        flow.ask(tools.workflow_tool(job=job.name, tool=tool, version=version))

    return Extra("tool", 1, make)


def _by_hand() -> Extra:
    return Extra("by hand", 1, lambda flow: flow.by_hand())


_CHORES = tuple(f"./{folder}/{name}.sh" for folder in ("scripts", "jobs", "cron", "tools")
                for name in ("backup", "cleanup", "report", "sync", "export"))  # fmt: skip


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_scheduled_job(draw: Draw) -> Draft:
    """A script that runs on a schedule."""
    flow = Workflow(draw, ".github/workflows/nightly.yml")
    kind = draw.choice("kind", ("daily", "weekly", "cron"))
    if kind == "daily":
        flow.every_day(draw.choice("time", choices.TIMES))
    elif kind == "weekly":
        flow.every_week(draw.choice("day", choices.WEEKDAYS), draw.choice("time", choices.TIMES))
    else:
        minute, hours = draw.integer("minute", 3, 57, 6), draw.choice("hours", (2, 3, 4, 6, 8, 12))
        cron = f"{minute} */{hours} * * {draw.choice('days', ('*', '1-5', '6,0'))}"
        flow.event("schedule")
        flow.schedules.append({"cron": cron})
        flow.ask(triggers.workflow_schedule(cron=cron))
    job = flow.job(draw.choice("job", ("nightly", "chore", "cron", "housekeeping", "timed")))
    job.checkout()
    line = draw.choice("chore", _CHORES)
    job.run("test", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def warned(flow: Workflow) -> None:
        own = draw.choice("webhook", ("SLACK_WEBHOOK", "TEAMS_WEBHOOK", "ALERT_URL", "CHAT_HOOK"))
        last = flow.job(draw.choice("warning job", ("warn", "notify", "alert", "tell-us")))
        last.fields["needs"] = draw.phrase("needs", (job.name, [job.name]))
        last.fields["if"] = draw.phrase("if", ("failure()", "${{ failure() }}"))
        last.run("report", 'curl -fsS -d "The job failed" "$HOOK"', env={"HOOK": secret(own)})
        flow.ask(order.workflow_job_on_failure(job=last.name, other=job.name))
        flow.ask(upkeep.workflow_notifies(job=last.name, secret=own))

    flow.grow((
        _by_hand(), timeout(job), Extra("warned", 2, warned), _tool(job), READ_ONLY,
        secret_variable(job, line, ("BACKUP_KEY", "DATABASE_URL", "S3_KEY")), runner(job),
        QUEUE, logs(job, ("./tools/collect-logs.sh", "make logs", "./ci/dump-state.sh")),
        step_timeout(job, line), artifact(job, ("chore-log", "backup", "weekly-report"),
                                     ("chore.log", "backup/", "report.html")),
        setting(job, "DRY_RUN", ("0", "1", "no", "yes")), _ref(job),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that runs a script on a schedule",
        "A chore of our repository should run by itself on GitHub",
    )


def _ref(job: Job) -> Extra:
    """Check out another branch."""

    def make(flow: Workflow) -> None:
        ref = flow.draw.choice("ref", ("develop", "maintenance", "stable", "data", "production"))
        job.checkout()["with"] = {"ref": ref}
        flow.ask(steps.workflow_checkout_ref(job=job.name, ref=ref))

    return Extra("ref", 1, make)


_QUESTIONS = (
    ("environment", ("staging", "production", "qa", "demo")),
    ("log-level", ("debug", "info", "warning", "error")),
    ("region", ("eu-west-1", "us-east-1", "ap-south-1")),
    ("size", ("small", "medium", "large")),
)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_manual_operation(draw: Draw) -> Draft:
    """An operation that people start by hand, with typed inputs."""
    flow = Workflow(draw, ".github/workflows/operate.yml")
    inputs: dict[str, Any] = {}
    flow.by_hand()
    flow.events["workflow_dispatch"] = {"inputs": inputs}
    name, options = draw.choice("question", _QUESTIONS)
    chosen = list(draw.sample(f"{name} options", options, min(3, len(options) - 1)))
    inputs[name] = {"type": "choice", "options": chosen}
    flow.ask(fields.workflow_manual_input_options(name=name, options=chosen))
    job = flow.job(draw.choice("job", ("operate", "manual", "on-demand", "operation", "maintain")))
    job.checkout()
    script = draw.choice("script", tuple(
        f"./{folder}/{name}.sh" for folder in ("ops", "manual", "runbook", "admin")
        for name in ("restart", "migrate", "scale", "drain", "restore", "reindex")))  # fmt: skip
    line = f"{script} {expression(f'inputs.{name}')}"
    job.run("deploy", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def default(flow: Workflow) -> None:
        value = draw.choice("default", tuple(sorted(chosen)))
        inputs[name]["default"] = value
        flow.ask(fields.workflow_manual_input_default(name=name, value=value))

    def required(flow: Workflow) -> None:
        inputs[name]["required"] = True
        flow.ask(fields.workflow_manual_input_required(name=name))

    def described(flow: Workflow) -> None:
        text = draw.choice(
            "text",
            ("What to work on", "Choose with care", "Where it happens", "Ask the team if in doubt"),
        )
        inputs[name]["description"] = text
        flow.ask(fields.workflow_manual_input_description(name=name, text=text))

    def second(flow: Workflow) -> None:
        kind = draw.choice("second type", ("boolean", "string", "number", "environment"))
        other = draw.choice("second input", ("reason", "ticket", "confirm", "target", "amount"))
        inputs[other] = {"type": kind}
        flow.ask(fields.workflow_manual_input(name=other, type=kind))

    def named(flow: Workflow) -> None:
        title = draw.choice("name", ("Operate", "By hand", "Runbook", "Maintenance", "On demand"))
        flow.fields["name"] = title
        flow.ask(jobs.workflow_called(name=title))

    flow.grow((
        Extra("default", 1, default), Extra("second", 1, second), timeout(job),
        Extra("required", 1, required), Extra("described", 1, described), READ_ONLY,
        one_at_a_time(job), runner(job), Extra("name", 1, named), _tool(job),
        secret_variable(job, line, ("ADMIN_TOKEN", "CLUSTER_KEY", "OPS_KEY")),
        step_shell(job, line), step_timeout(job, line),
        setting(job, "AUDIT", ("on", "off", "full")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that people start by hand",
        "We need a button on GitHub for an operation that now runs on somebody's laptop",
        "Make a manual GitHub workflow",
    )


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_stale_issues(draw: Draw) -> Draft:
    """Issues and pull requests that become stale and are closed."""
    flow = Workflow(draw, ".github/workflows/stale.yml")
    flow.every_day(draw.choice("time", choices.TIMES))
    job = flow.job(draw.choice("job", ("stale", "sweep", "tidy", "mark-stale", "inactive")))
    inputs: dict[str, Any] = {"days-before-pr-stale": -1, "days-before-issue-close": 91}
    job.step("test", uses="actions/stale@v9", with_=inputs)
    permission(flow, job, "issues", "write", said=False)
    permission(flow, job, "pull-requests", "write", said=False)
    days = draw.integer("days", 14, 88, 2)
    inputs["days-before-issue-stale"] = days
    flow.ask(upkeep.workflow_stale_after(job=job.name, kind="issues", days=days))

    def closed(flow: Workflow) -> None:
        if draw.chance("never", 0.3):
            inputs["days-before-issue-close"] = -1
            flow.ask(upkeep.workflow_stale_kept(job=job.name, kind="issues"))
            return
        count = draw.integer("close days", 5, 35, 3)
        inputs["days-before-issue-close"] = count
        flow.ask(upkeep.workflow_stale_closed(job=job.name, kind="issues", days=count))

    def requests(flow: Workflow) -> None:
        count = draw.integer("pull request days", 10, 61, 3)
        inputs["days-before-pr-stale"] = count
        flow.ask(upkeep.workflow_stale_after(job=job.name, kind="pull requests", days=count))

    def label(flow: Workflow) -> None:
        name = draw.choice("label", ("stale", "inactive", "no-activity", "dormant", "old"))
        inputs["stale-issue-label"] = name
        flow.ask(upkeep.workflow_stale_label(job=job.name, kind="issues", label=name))

    def exempt(flow: Workflow) -> None:
        pool = ("pinned", "security", "bug", "roadmap", "keep", "help wanted")
        labels = list(draw.sample("exempt", pool, 2))
        inputs["exempt-issue-labels"] = ",".join(labels)
        flow.ask(upkeep.workflow_stale_exempt(job=job.name, kind="issues", labels=labels))

    def comment(flow: Workflow) -> None:
        text = draw.choice("comment", (
            "Nothing has happened here for a while", "Is this still a problem",
            "This issue will be closed soon", "Please comment to keep this open"))  # fmt: skip
        inputs["stale-issue-message"] = f"{text}."
        flow.ask(upkeep.workflow_stale_comment(job=job.name, kind="issues", text=text))

    def operations(flow: Workflow) -> None:
        count = draw.integer("operations", 50, 450, 25)
        inputs["operations-per-run"] = count
        flow.ask(upkeep.workflow_stale_operations(job=job.name, count=count))

    flow.grow((
        Extra("closed", 1, closed), Extra("label", 1, label), Extra("exempt", 1, exempt),
        Extra("requests", 1, requests), _by_hand(), Extra("comment", 1, comment), timeout(job),
        Extra("operations", 1, operations), runner(job), one_at_a_time(job),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that takes care of issues nobody works on",
        "Old issues pile up in our repository: let GitHub Actions sweep them",
    )


@family("github_actions", levels=(1, 2, 3, 4))
def github_pull_request_labels(draw: Draw) -> Draft:
    """Labels for pull requests by the paths that they change."""
    flow = Workflow(draw, ".github/workflows/labels.yml")
    types = list(draw.sample("types", ("opened", "synchronize", "reopened", "edited"), 2))
    flow.event("pull_request_target", types=types)
    flow.ask(triggers.workflow_on_activity(event="pull_request_target", types=types))
    job = flow.job(draw.choice("job", ("label", "labels", "triage", "labeler", "mark")))
    permission(flow, job, "contents", "read", said=False)
    permission(flow, job, "pull-requests", "write", said=False)
    pool = (".github/labels.yml", ".github/pr-labels.yml", "config/labels.yml", ".github/areas.yml")
    file = draw.choice("file", pool)
    inputs: dict[str, Any] = {"configuration-path": file}
    job.step("test", uses="actions/labeler@v5", with_=inputs)
    flow.ask(upkeep.workflow_labels(job=job.name, file=file))

    def synced(flow: Workflow) -> None:
        inputs["sync-labels"] = draw.phrase("as", (True, "true"))
        flow.ask(upkeep.workflow_labels_synced(job=job.name))

    def optional(flow: Workflow) -> None:
        other = flow.job(draw.choice("other job", ("size", "count-lines", "measure", "weigh")))
        line = draw.choice("line", ("./ci/size.sh", "./tools/size-label.sh", "make pr-size"))
        other.run("test", line)
        other.checkout()
        flow.ask(steps.workflow_runs(job=other.name, command=line))
        flow.ask(order.workflow_job_after(job=other.name, other=job.name))
        other.fields["needs"] = [job.name]

    def named(flow: Workflow) -> None:
        title = draw.choice("name", ("Labels", "Triage", "Areas", "Label pull requests"))
        flow.fields["name"] = title
        flow.ask(jobs.workflow_called(name=title))

    flow.grow((
        Extra("synced", 1, synced), timeout(job), Extra("other", 2, optional),
        runner(job), Extra("name", 1, named), one_at_a_time(job),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that labels pull requests",
        "Pull requests should get labels on GitHub without anybody's help",
    )


@family("github_actions", levels=(2, 3, 4, 5))
def github_update_proposal(draw: Draw) -> Draft:
    """A scheduled update that is proposed as a pull request."""
    flow = Workflow(draw, ".github/workflows/update.yml")
    flow.every_week(draw.choice("day", choices.WEEKDAYS), draw.choice("time", choices.TIMES))
    job = flow.job(draw.choice("job", ("update", "refresh", "bump", "upgrade-deps", "regenerate")))
    job.checkout()
    line = draw.choice("line", (
        "make update", "npm update", "go get -u ./...", "cargo update", "poetry update",
        "./scripts/update.sh", "pip-compile --upgrade", "bundle update"))  # fmt: skip
    job.run("build", line)
    branch = draw.choice("branch", ("bot/update", "automation/update", "deps/weekly", "chore/bump"))
    inputs: dict[str, Any] = {"branch": branch}
    job.step("push", uses="peter-evans/create-pull-request@v7", with_=inputs)
    permission(flow, job, "contents", "write", said=False)
    permission(flow, job, "pull-requests", "write", said=False)
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.ask(upkeep.workflow_proposes(job=job.name, branch=branch))

    def title(flow: Workflow) -> None:
        text = draw.choice(
            "title",
            ("Update dependencies", "Weekly update", "Bump everything", "Refresh the lock files"),
        )
        inputs["title"] = text
        flow.ask(upkeep.workflow_proposal_title(job=job.name, title=text))

    def labels(flow: Workflow) -> None:
        pool = ("dependencies", "automated", "bot", "chore", "maintenance")
        chosen = list(draw.sample("labels", pool, 2))
        inputs["labels"] = draw.phrase("as", (",".join(chosen), "\n".join(chosen) + "\n"))
        flow.ask(upkeep.workflow_proposal_labels(job=job.name, labels=chosen))

    flow.grow((
        Extra("title", 1, title), _tool(job), Extra("labels", 1, labels), _by_hand(), timeout(job),
        command(job, "tests", "test", ("make test", "./ci/test.sh", "make check")), runner(job),
        one_at_a_time(job), setting(job, "UPDATE_KIND", ("minor", "patch", "all")), _ref(job),
        own_cache(job, ("~/.cache/updates", ".update-cache"), ("package-lock.json", "go.sum")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that updates our dependencies and opens a pull request",
        "Each week GitHub should propose the updates of our dependencies",
    )
