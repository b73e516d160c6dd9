"""Families of reusable workflows, their callers, and composite actions."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    READ_ONLY,
    command,
    runner,
    setting,
    timeout,
)
from envs.cicd.families.github_recipe import (
    SETUP,
    Workflow,
    expression,
    permission,
    secret,
    several,
)
from envs.cicd.requirements import github_inputs as fields
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_reuse as reuse
from envs.cicd.requirements import github_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe

_INPUTS = ("environment", "target", "region", "stage", "cluster", "tenant", "channel", "component")
_SECRETS = ("DEPLOY_TOKEN", "API_KEY", "SSH_KEY", "CLUSTER_TOKEN", "REGISTRY_TOKEN", "SIGN_KEY")
_TOOLS = ("./scripts/deploy.sh", "./ci/rollout.sh", "make deploy", "./bin/ship", "./tools/apply.sh")


def _second_input(call: dict[str, Any]) -> Extra:
    def make(flow: Workflow) -> None:
        kind = flow.draw.choice("second type", ("boolean", "number"))
        names = {
            "boolean": ("dry-run", "verbose", "force", "notify"),
            "number": ("replicas", "retries", "batch-size", "wait-minutes"),
        }[kind]
        other = flow.draw.choice(f"second {kind}", names)
        call["inputs"][other] = {"type": kind}
        flow.ask(fields.workflow_call_input(name=other, type=kind))

    return Extra("second input", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_reusable_workflow(draw: Draw) -> Draft:
    """A reusable workflow with inputs, secrets and outputs."""
    flow = Workflow(draw, ".github/workflows/reusable.yml")
    flow.event("workflow_call")
    call: dict[str, Any] = {"inputs": {}}
    flow.events["workflow_call"] = call
    name = draw.choice("input", _INPUTS)
    call["inputs"][name] = {"type": "string"}
    flow.ask(fields.workflow_call_input(name=name, type="string"))
    pool = ("deliver", "run-it", "shared-deploy", "common", "task", "perform")
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    line = f"{draw.choice('script', _TOOLS)} {expression(f'inputs.{name}')}"
    step = job.run("deploy", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def required(flow: Workflow) -> None:
        if draw.chance("has default", 0.4):
            value = draw.choice("default", ("staging", "eu-west", "blue", "core", "latest"))
            call["inputs"][name]["default"] = value
            flow.ask(fields.workflow_call_input_default(name=name, value=value))
        else:
            call["inputs"][name]["required"] = True
            flow.ask(fields.workflow_call_input_required(name=name))

    def secret_needed(flow: Workflow) -> None:
        own = draw.choice("secret", _SECRETS)
        call["secrets"] = {own: {"required": True}}
        flow.ask(fields.workflow_call_secret(name=own))
        step["env"] = {own: secret(own)}
        flow.ask(
            steps.workflow_command_secret(job=job.name, command=line, variable=own, secret=own)
        )

    def handed_on(flow: Workflow) -> None:
        output = draw.choice("output", ("version", "address", "digest", "revision", "ticket"))
        job.run("report", f'echo "{output}=$(cat {output}.txt)" >> "$GITHUB_OUTPUT"', id="result")
        job.set("outputs", output, expression(f"steps.result.outputs.{output}"))
        call["outputs"] = {output: {"value": expression(f"jobs.{job.name}.outputs.{output}")}}
        flow.ask(order.workflow_job_output(job=job.name, output=output))
        flow.ask(reuse.workflow_call_output(output=output, job=job.name))

    def environment(flow: Workflow) -> None:
        value = expression(f"inputs.{name}")
        job.fields["environment"] = value
        flow.ask(jobs.workflow_job_environment(job=job.name, environment=value))

    flow.grow((
        Extra("required", 1, required), Extra("secret", 2, secret_needed), timeout(job),
        _second_input(call), Extra("output", 2, handed_on), READ_ONLY,
        Extra("environment", 1, environment), runner(job), setting(job, "MODE", ("safe", "fast")),
        command(job, "checks", "test", ("make check", "./ci/check.sh", "make preflight")),
    ))  # fmt: skip
    return flow.draft(
        "Write a reusable GitHub Actions workflow",
        "Several repositories repeat the same steps: make one reusable GitHub workflow of them",
        "We want one workflow that the others call",
    )


@family("github_actions", levels=(2, 3, 4, 5))
def github_caller_and_called(draw: Draw) -> Draft:
    """A workflow that calls a reusable one of the same repository, and both files."""
    flow = Workflow(draw, ".github/workflows/main.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    called = Workflow(draw, ".github/workflows/shared.yml")
    name = draw.choice("input", _INPUTS)
    values = list(draw.sample("values", ("alpha", "beta", "eu", "us", "blue", "green", "core"), 1))
    call: dict[str, Any] = {"inputs": {name: {"type": "string", "required": True}}}
    called.events["workflow_call"] = call
    worker = called.job(draw.choice("worker", ("worker", "unit-of-work", "inner", "routine")))
    worker.checkout()
    line = f"{draw.choice('script', _TOOLS)} {expression(f'inputs.{name}')}"
    step = worker.run("deploy", line)
    pool = ("call", "use-shared", "outer", "delegate", "hand-over")
    caller = flow.job(draw.choice("caller", pool), uses="./.github/workflows/shared.yml")
    caller.fields["with"] = {name: values[0]}
    flow.ask(
        fields.workflow_call_input(name=name, type="string"),
        steps.workflow_runs(job=worker.name, command=line),
        reuse.workflow_calls(job=caller.name, workflow=".github/workflows/shared.yml"),
        reuse.workflow_call_passes(job=caller.name, input=name, value=values[0]),
    )

    def secret_passed(flow: Workflow) -> None:
        own = draw.choice("secret", _SECRETS)
        call["secrets"] = {own: {"required": True}}
        step["env"] = {own: secret(own)}
        inherited = draw.phrase("inherit", (True, False))
        caller.fields["secrets"] = "inherit" if inherited else {own: secret(own)}
        flow.ask(fields.workflow_call_secret(name=own))
        flow.ask(reuse.workflow_call_secret_passed(job=caller.name, secret=own))

    def tested(flow: Workflow) -> None:
        job = flow.job(draw.choice("first", ("precheck", "gate", "check-first", "guard")))
        job.checkout()
        check = draw.choice("check", ("make check", "./ci/check.sh", "npm run check"))
        job.run("test", check)
        caller.fields["needs"] = draw.phrase("needs", (job.name, [job.name]))
        flow.ask(steps.workflow_runs(job=job.name, command=check))
        flow.ask(order.workflow_job_after(job=caller.name, other=job.name))

    def followed(flow: Workflow) -> None:
        output = draw.choice("output", ("version", "address", "digest", "revision"))
        worker.run("report", f'echo "{output}=$(cat {output}.txt)" >> "$GITHUB_OUTPUT"', id="made")
        worker.set("outputs", output, expression(f"steps.made.outputs.{output}"))
        call["outputs"] = {output: {"value": expression(f"jobs.{worker.name}.outputs.{output}")}}
        flow.ask(reuse.workflow_call_output(output=output, job=worker.name))

    flow.grow((
        Extra("secret", 2, secret_passed), Extra("tested", 2, tested), timeout(worker),
        Extra("output", 1, followed), runner(worker), CANCEL_OLDER, READ_ONLY,
        command(worker, "more", "verify", ("make verify", "./ci/verify.sh", "make report")),
        setting(worker, "MODE", ("safe", "fast", "full")),
    ))  # fmt: skip
    trees = {flow.path: flow.tree, called.path: called.tree}
    return several(
        flow,
        trees,
        "Write a GitHub workflow `main.yml` and the reusable workflow `shared.yml` that it calls",
        "Split the work between a reusable workflow `shared.yml` and its caller `main.yml`",
    )


_VERSIONS = {
    "Python": choices.PYTHON_VERSIONS, "Node.js": choices.NODE_VERSIONS,
    "Go": choices.GO_VERSIONS, "Ruby": choices.RUBY_VERSIONS,
}  # fmt: skip


class _Action(Recipe):
    """The asks of a composite action and the action that meets them."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.steps: list[dict[str, Any]] = []
        self.tooling = ""
        self.name, self.description = "Common steps", "What several workflows share"

    @property
    def tree(self) -> dict[str, Any]:
        """The action as plain data."""
        tree: dict[str, Any] = {"name": self.name, "description": self.description}
        if self.inputs:
            tree["inputs"] = self.inputs
        if self.outputs:
            tree["outputs"] = self.outputs
        return {**tree, "runs": {"using": "composite", "steps": self.steps}}

    def tool(self) -> None:
        """Set a tool up in the version of an input. One requirement."""
        draw = self.draw
        tool = self.tooling = draw.choice("tool", tuple(_VERSIONS))
        name = draw.choice("version input", ("version", f"{tool.lower().replace('.', '')}-version"))
        action, key = SETUP[tool]
        self.inputs[name] = {"description": f"Version of {tool}", "required": True}
        self.steps.append({"uses": action, "with": {key: expression(f"inputs.{name}")}})
        self.ask(reuse.workflow_action_tool(tool=tool, input=name))

    def run(self, line: str, **more: Any) -> None:
        """Run a command."""
        self.steps.append({**more, "shell": "bash", "run": line})


_PREPARATIONS = (
    "make setup", "./scripts/setup.sh", "npm ci", "pip install -r requirements.txt",
    "bundle install", "go mod download", "make bootstrap", "./ci/prepare.sh",
)  # fmt: skip


@family("github_actions", levels=(1, 2, 3, 4))
def github_composite_action(draw: Draw) -> Draft:
    """A composite action that prepares a job."""
    action = _Action(draw)
    action.tool()
    line = draw.choice("line", _PREPARATIONS)
    action.ask(reuse.workflow_action_runs(command=line))

    def named(recipe: _Action) -> None:
        recipe.name = draw.choice("name", ("Prepare the job", "Set up the project", "Toolchain"))
        recipe.ask(reuse.workflow_action_called(name=recipe.name))

    def described(recipe: _Action) -> None:
        texts = ("Installs what every job needs", "Prepares a job for our builds",
                 "Checks out nothing, installs everything")  # fmt: skip
        recipe.description = draw.choice("description", texts)
        recipe.ask(reuse.workflow_action_described(text=recipe.description))

    def defaulted(recipe: _Action) -> None:
        name = draw.choice("option", ("flags", "profile", "mode", "flavour"))
        value = draw.choice("default", ("minimal", "full", "ci", "standard"))
        recipe.inputs[name] = {"description": "How much to install", "default": value}
        recipe.ask(reuse.workflow_action_default(name=name, value=value))

    def needed(recipe: _Action) -> None:
        name = draw.choice("needed", ("token", "project", "team", "component"))
        recipe.inputs[name] = {"description": "What it works for", "required": True}
        recipe.ask(reuse.workflow_action_needs(name=name))

    def handed_on(recipe: _Action) -> None:
        output = draw.choice("output", ("cache-hit", "revision", "folder", "fingerprint"))
        recipe.outputs[output] = {
            "description": "What was found", "value": expression(f"steps.out.outputs.{output}"),
        }  # fmt: skip
        recipe.run(f'echo "{output}=$(cat .{output})" >> "$GITHUB_OUTPUT"', id="out")
        recipe.ask(reuse.workflow_action_output(output=output))

    def placed(recipe: _Action) -> None:
        folder = draw.choice("folder input", ("folder", "working-directory", "path", "directory"))
        recipe.inputs[folder] = {"description": "Where to work", "default": "."}
        check = draw.choice("check", ("make check", "./check.sh", "make doctor", "./ci/doctor.sh"))
        recipe.run(check, **{"working-directory": expression(f"inputs.{folder}")})
        recipe.ask(reuse.workflow_action_folder(command=check, input=folder))

    action.run(line)
    action.grow((
        Extra("default", 1, defaulted), Extra("name", 1, named), Extra("output", 1, handed_on),
        Extra("description", 1, described), Extra("placed", 1, placed), Extra("needed", 1, needed),
    ))  # fmt: skip
    path = ".github/actions/prepare/action.yml"
    return several(
        action,
        {path: action.tree},
        "Write a composite action for GitHub Actions",
        "Make a composite GitHub action of the steps that all our jobs begin with",
    )


@family("github_actions", levels=(3, 4, 5))
def github_action_and_workflow(draw: Draw) -> Draft:
    """A composite action and a workflow that uses it."""
    flow = Workflow(draw, ".github/workflows/checks.yml")
    flow.on_pull_request(draw.choice("branch", choices.BRANCHES))
    action = _Action(draw)
    action.tool()
    line = draw.choice("line", _PREPARATIONS)
    action.run(line)
    name = next(iter(action.inputs))
    folder = ".github/actions/prepare"
    job = flow.job(draw.choice("job", ("own-action", "prepared", "first-job", "with-action")))
    job.checkout()
    version = draw.choice("version", _VERSIONS[action.tooling])
    job.step("setup", uses=f"./{folder}", with_={name: version})
    check = draw.choice("check", ("make test", "./ci/test.sh", "npm test", "make e2e"))
    job.run("test", check)
    flow.ask(*action.asks, reuse.workflow_action_runs(command=line))
    flow.ask(reuse.workflow_uses_own_action(job=job.name, folder=folder))
    flow.ask(steps.workflow_runs(job=job.name, command=check))

    flow.ask(
        reuse.workflow_own_action_input(job=job.name, folder=folder, input=name, value=version)
    )

    def granted(flow: Workflow) -> None:
        scope = draw.choice("scope", ("checks", "pull-requests", "statuses", "issues"))
        permission(flow, job, scope, "write")

    flow.grow((
        timeout(job), CANCEL_OLDER, runner(job), Extra("granted", 1, granted),
        command(job, "more", "verify", ("make verify", "./ci/verify.sh", "make report")),
        setting(job, "MODE", ("safe", "fast", "full")),
    ))  # fmt: skip
    trees = {flow.path: flow.tree, f"{folder}/action.yml": action.tree}
    return several(
        flow,
        trees,
        f"Write a composite action in `{folder}` and a GitHub workflow that uses it",
        f"Move the preparation of our jobs into an action in `{folder}`, and use it in a workflow",
    )
