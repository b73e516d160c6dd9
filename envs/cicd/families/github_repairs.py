"""Families that give a GitHub workflow: one with mistakes to repair, one to extend."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    READ_ONLY,
    artifact,
    command,
    goes_on,
    matrix_of,
    own_cache,
    runner,
    secret_variable,
    setting,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, text_of
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra

Tree = dict[str, Any]


def _lines(job: Tree) -> list[Tree]:
    return [step for step in job["steps"] if "run" in step]


def _unknown_need(tree: Tree, name: str) -> None:
    tree["jobs"][name]["needs"] = ["tests-that-nobody-wrote"]


def _no_runner(tree: Tree, name: str) -> None:
    tree["jobs"][name].pop("runs-on")


def _misspelt_key(tree: Tree, name: str) -> None:
    job = tree["jobs"][name]
    job["runs_on"] = job.pop("runs-on")


def _two_kinds_of_step(tree: Tree, name: str) -> None:
    _lines(tree["jobs"][name])[-1]["uses"] = "actions/checkout@v4"


def _unknown_context(tree: Tree, name: str) -> None:
    _lines(tree["jobs"][name])[-1]["if"] = "github.event_nam == pushed"


def _secret_in_condition(tree: Tree, name: str) -> None:
    tree["jobs"][name]["if"] = "secrets.DEPLOY_TOKEN != ''"


def _open_expression(tree: Tree, name: str) -> None:
    _lines(tree["jobs"][name])[-1]["env"] = {"COMMIT": "${{ github.sha }"}


def _wrong_minutes(tree: Tree, name: str) -> None:
    tree["jobs"][name]["timeout-minutes"] = "half an hour"


#: Mistakes that GitHub refuses.
_REFUSED: tuple[Callable[[Tree, str], None], ...] = (
    _unknown_need, _no_runner, _misspelt_key, _two_kinds_of_step, _unknown_context,
    _secret_in_condition, _open_expression, _wrong_minutes,
)  # fmt: skip


def _never(tree: Tree, name: str) -> None:
    _lines(tree["jobs"][name])[-1]["if"] = "${{ false }}"


def _forgiven(tree: Tree, name: str) -> None:
    step = _lines(tree["jobs"][name])[-1]
    step["run"] = f"{step['run']} || true"


def _passed_over(tree: Tree, name: str) -> None:
    _lines(tree["jobs"][name])[-1]["continue-on-error"] = True


def _only_said(tree: Tree, name: str) -> None:
    step = _lines(tree["jobs"][name])[-1]
    step["run"] = f'echo "{step["run"]}"'


def _for_another_event(tree: Tree, name: str) -> None:
    tree["jobs"][name]["if"] = "github.event_name == 'workflow_dispatch'"


def _late_checkout(tree: Tree, name: str) -> None:
    own = tree["jobs"][name]["steps"]
    own.append(own.pop(0))


#: Mistakes that GitHub accepts, though the workflow then does not do its work.
_USELESS: tuple[Callable[[Tree, str], None], ...] = (
    _never, _forgiven, _passed_over, _only_said, _for_another_event, _late_checkout,
)  # fmt: skip

_LINES = (
    "make test", "./ci/test.sh", "npm test", "pytest -q", "go test ./...", "cargo test",
    "./gradlew check", "bundle exec rake", "make verify", "tox",
)  # fmt: skip


def _base(draw: Draw, path: str, names: tuple[str, ...]) -> tuple[Workflow, Job, str]:
    """Make a workflow of one job that checks out and runs a command. Two requirements."""
    flow = Workflow(draw, path)
    flow.fields["name"] = draw.phrase("title", ("CI", "Checks", "Build", "Quality"))
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    job = flow.job(draw.choice("job", names))
    job.checkout()
    line = draw.choice("line", _LINES)
    job.run("test", line)
    return flow, job, line


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_broken_workflow(draw: Draw) -> Draft:
    """A workflow with one or two mistakes, to be repaired."""
    names = ("works", "ci-job", "mended", "all-checks", "quality")
    flow, job, line = _base(draw, ".github/workflows/broken.yml", names)
    flow.ask(steps.workflow_checkout_before(job=job.name, command=line))

    def second(flow: Workflow) -> None:
        other = flow.job(draw.choice("second job", ("finish", "second-half", "closing", "rest")))
        other.checkout()
        more = draw.choice("second line", ("make dist", "./ci/finish.sh", "make docs", "make end"))
        other.run("build", more)
        other.fields["needs"] = [job.name]
        flow.ask(steps.workflow_runs(job=other.name, command=more))
        flow.ask(order.workflow_job_after(job=other.name, other=job.name))

    flow.grow((
        Extra("second", 2, second), timeout(job), READ_ONLY, runner(job),
        setting(job, "VERBOSE", ("0", "1", "2")), CANCEL_OLDER,
        command(job, "lint", "lint", ("make lint", "./ci/lint.sh", "npm run lint")),
        secret_variable(job, line, ("API_TOKEN", "LICENCE_KEY")),
        artifact(job, ("results", "outcome"), ("results/", "out/results")),
        own_cache(job, (".cache/all", "~/.cache/all"), ("lockfile", "deps.lock")),
    ))  # fmt: skip
    tree = flow.tree
    given = _with_mistakes(draw, tree, job.name)
    return flow.draft(
        "This GitHub workflow has mistakes. Repair it",
        "Something is wrong with this GitHub workflow, correct it",
        "Mend the GitHub workflow below",
        given={flow.path: given},
        mode="repair",
    )


def _with_mistakes(draw: Draw, tree: Tree, name: str) -> str:
    broken = copy.deepcopy(tree)
    draw.phrase("useless", _USELESS)(broken, name)
    if draw.phrase("refused too", (True, True, False)):
        draw.phrase("refused", _REFUSED)(broken, name)
    return text_of(broken)


@family("github_actions", levels=(2, 3, 4, 5))
def github_extended_workflow(draw: Draw) -> Draft:
    """A workflow that works, to which something is added."""
    names = ("existing", "present", "main-job", "base-job", "current")
    flow, job, line = _base(draw, ".github/workflows/existing.yml", names)
    flow.ask(steps.workflow_checkout_before(job=job.name, command=line))
    given = text_of(copy.deepcopy(flow.tree))
    tool = draw.choice("tool", ("Python", "Node.js", "Ruby"))
    pool = {
        "Python": choices.PYTHON_VERSIONS, "Node.js": choices.NODE_VERSIONS,
        "Ruby": choices.RUBY_VERSIONS,
    }[tool]  # fmt: skip
    if draw.chance("matrix", 0.5):
        matrix_of(flow, job, tool, list(draw.sample(f"{tool} versions", pool, 2)))
        more: tuple[Extra, ...] = (goes_on(job),)
    else:
        version = draw.choice(f"{tool} version", pool)
        job.setup(tool, version)
        flow.ask(tools.workflow_tool(job=job.name, tool=tool, version=version))
        more = ()
    flow.grow((
        *more, timeout(job), command(job, "lint", "lint", (
            "make format", "./ci/format.sh", "npm run format", "make check-style")),
        CANCEL_OLDER, runner(job), READ_ONLY, setting(job, "TRACE", ("0", "1", "all")),
        own_cache(job, (".cache/deps", "~/.cache/deps"), ("lockfile", "deps.lock")),
        secret_variable(job, line, ("API_TOKEN", "LICENCE_KEY")),
        command(job, "docs", "build", ("make docs", "./ci/docs.sh", "npm run docs")),
    ))  # fmt: skip
    return flow.draft(
        "Extend the GitHub workflow below, keep what it does, so that all of this holds",
        "Our GitHub workflow does too little. Change it so that all of this is true",
        given={flow.path: given},
        mode="edit",
    )
