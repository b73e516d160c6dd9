"""Requirements about reusable workflows, their callers, and composite actions."""

from __future__ import annotations

from collections.abc import Iterator

from envs.cicd.requirements.github_find import (
    Found,
    amiss,
    find_job,
    live_steps,
    ran_in,
    triggers,
    using,
    value_of,
    words_of,
)
from envs.cicd.requirements.github_order import is_set
from envs.cicd.requirements.github_setup import TOOLS
from envs.cicd.requirements.github_shell import writes_output
from envs.cicd.requirements.github_texts import (
    compact,
    same_text,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Action, Job, Repository, Step
from iac_gym.languages.github_actions.triggers import Input

# --- callers -------------------------------------------------------------------------------------


def _find_call(model: Repository, job: str) -> Found[Job | None]:
    found = yield from find_job(model, job)
    if found is not None and found.call is None:
        yield found.finding(f"the job `{job}` calls no workflow")
        return None
    return found


@requirement(
    "the job `{job}` calls the reusable workflow `{workflow}`",
    "`{workflow}` is the reusable workflow that the job `{job}` calls",
)
def workflow_calls(model: Repository, job: str, workflow: str) -> Findings:
    """`uses` of a job."""
    found = yield from _find_call(model, job)
    if found is None or found.call is None:
        return
    given = found.call.uses.text
    if given.removeprefix("./") != workflow.removeprefix("./"):
        yield found.finding(f"the job `{job}` calls `{given[:80]}`", "uses")


@requirement(
    "the job `{job}` passes `{value}` as the input `{input}` of the called workflow",
    "the called workflow gets `{value}` as its input `{input}` from the job `{job}`",
)
def workflow_call_passes(model: Repository, job: str, input: str, value: str) -> Findings:
    """An input that a caller gives."""
    found = yield from _find_call(model, job)
    if found is None or found.call is None:
        return
    texts = found.values(found.call.inputs.get(input.lower(), ""))
    if {compact(text) for text in texts} != {compact(value)}:
        yield found.finding(f"`{input}` is not `{value}` in the job `{job}`", "with")


@requirement(
    "the job `{job}` passes the secret `{secret}` on to the called workflow",
    "the called workflow gets the secret `{secret}` from the job `{job}`",
)
def workflow_call_secret_passed(model: Repository, job: str, secret: str) -> Findings:
    """A secret that a caller gives under its own name, or with all it has."""
    found = yield from _find_call(model, job)
    if found is None or found.call is None:
        return
    given = compact(found.call.secrets.get(secret, ""))
    if found.call.inherits:
        passed = _takes(model, found.call.uses.text.removeprefix("./"), secret)
    else:
        passed = given.lower() == f"${{{{secrets.{secret}}}}}".lower()
    if not passed:
        yield found.finding(f"the secret `{secret}` is not passed on", "secrets")


def _takes(model: Repository, path: str, secret: str) -> bool:
    """Whether a called workflow takes a secret; one that is not there may."""
    called = model.workflows.get(path)
    if called is None:
        return True
    trigger = called.triggers.get("workflow_call")
    declared = trigger is not None and secret in trigger.secrets
    return declared or any(
        f"secrets.{secret}" in text
        for step in called.steps
        for text in (step.run, *step.env.values(), *step.inputs.values())
    )


@requirement(
    "the reusable workflow hands the output `{output}` of its job `{job}` to callers",
    "callers get the output `{output}`, which the job `{job}` of the reusable workflow sets",
)
def workflow_call_output(model: Repository, output: str, job: str) -> Findings:
    """An output of `workflow_call` from the output of the same name of a job."""
    wanted = f"${{{{jobs.{job}.outputs."
    for workflow, trigger in triggers(model, "workflow_call"):
        text = compact(trigger.outputs.get(output, ""))
        name = text.removeprefix(wanted).removesuffix("}}")
        known = job in workflow.possible and is_set(workflow.jobs[job], name)
        if text.startswith(wanted) and known:
            return
    yield amiss(model, f"callers do not get `{output}` of the job `{job}`", None, "on")


# --- composite actions ---------------------------------------------------------------------------


def _actions(model: Repository) -> list[Action]:
    return [one for one in model.actions.values() if one.kind == "composite" and one.active]


def _find_actions(model: Repository) -> Found[list[Action]]:
    found = _actions(model)
    if not found:
        yield amiss(model, "there is no composite action with a step that can run", None, "runs")
    return found


@requirement(
    "the action is called `{name}`",
    "`{name}` is the name of the action",
)
def workflow_action_called(model: Repository, name: str) -> Findings:
    """`name` of a composite action."""
    found = yield from _find_actions(model)
    if found and not any(one.name == name for one in found):
        yield found[0].finding(f"the action is called `{found[0].name[:60]}`", "name")


@requirement(
    "the action describes itself as `{text}`",
    "`{text}` is the description of the action",
)
def workflow_action_described(model: Repository, text: str) -> Findings:
    """`description` of a composite action."""
    found = yield from _find_actions(model)
    if found and not any(one.description.strip(" .\n") == text for one in found):
        yield found[0].finding("the description is another", "description")


def _inputs(model: Repository, name: str) -> Found[list[Input]]:
    found = yield from _find_actions(model)
    inputs = [one.inputs[name] for one in found if name in one.inputs]
    if found and not inputs:
        yield found[0].finding(f"the action has no input `{name}`", "inputs")
    return inputs


@requirement(
    "the action needs an input `{name}`",
    "`{name}` is a required input of the action",
)
def workflow_action_needs(model: Repository, name: str) -> Findings:
    """A required input of a composite action."""
    inputs = yield from _inputs(model, name)
    if inputs and not any(one.required for one in inputs):
        yield amiss(model, f"the input `{name}` is not required", None, "inputs")


@requirement(
    "the action has an input `{name}`, `{value}` by default",
    "the input `{name}` of the action is `{value}` unless a caller says otherwise",
)
def workflow_action_default(model: Repository, name: str, value: str) -> Findings:
    """The default of an input of a composite action."""
    inputs = yield from _inputs(model, name)
    if inputs and not any(one.default == value and not one.required for one in inputs):
        yield amiss(model, f"the default of `{name}` is not `{value}`", None, "inputs")


def _live(action: Action) -> Iterator[Step]:
    for step in action.active:
        if step.ordinary and not step.continue_on_error:
            yield step


@requirement(
    "the action runs `{command}`",
    "a step of the action runs `{command}`",
)
def workflow_action_runs(model: Repository, command: str) -> Findings:
    """A command that certainly runs in a composite action."""
    found = yield from _find_actions(model)
    wanted = words_of(command)
    for action in found:
        for step in _live(action):
            if step.run and any(ran.words == wanted for ran in ran_in(step)):
                return
    if found:
        yield found[0].finding(f"`{command}` is not certain to run", "runs")


@requirement(
    "the action runs `{command}` in the folder that its input `{input}` names",
    "in the folder given as `{input}`, the action runs `{command}`",
)
def workflow_action_folder(model: Repository, command: str, input: str) -> Findings:
    """A command of a composite action and its working directory."""
    found = yield from _find_actions(model)
    wanted, folder = words_of(command), f"${{{{inputs.{input}}}}}"
    for action in found:
        for step in _live(action):
            if any(ran.words == wanted and ran.folder == folder for ran in ran_in(step)):
                return
    if found:
        yield found[0].finding(f"`{command}` does not run in `{folder}`", "runs")


@requirement(
    "the action sets up {tool} in the version that its input `{input}` names",
    "{tool} is installed by the action, in the version given as `{input}`",
)
def workflow_action_tool(model: Repository, tool: str, input: str) -> Findings:
    """The setup of a tool in a composite action, with an input as the version."""
    found = yield from _find_actions(model)
    actions, name, _ = TOOLS[tool]
    for action in found:
        for step in using(_live(action), *actions):
            if value_of(step, name) == f"${{{{inputs.{input}}}}}":
                return
    if found:
        yield found[0].finding(f"{tool} is not set up in the version `{input}`", "runs")


@requirement(
    "the action hands the output `{output}` on, set by one of its steps",
    "`{output}` is an output of the action, with a value that one of its steps sets",
)
def workflow_action_output(model: Repository, output: str) -> Findings:
    """An output of a composite action that one of its steps sets."""
    found = yield from _find_actions(model)
    for action in found:
        text = compact(action.outputs.get(output, ""))
        for step in _live(action):
            wanted = f"${{{{steps.{step.id}.outputs."
            if step.id and text.startswith(wanted):
                name = text.removeprefix(wanted).removesuffix("}}")
                if step.uses is not None or writes_output(step, name):
                    return
    if found:
        yield found[0].finding(f"no step sets the output `{output}`", "outputs")


@requirement(
    "the job `{job}` uses the action in `{folder}` of this repository",
    "a step of the job `{job}` uses the action from the folder `{folder}`",
)
def workflow_uses_own_action(model: Repository, job: str, folder: str) -> Findings:
    """A local action, after a checkout."""
    steps = yield from _own(model, job, folder)
    owner = steps[0].owner if steps else None
    if isinstance(owner, Job):
        checkouts = list(using(live_steps(owner), "actions/checkout"))
        if not any(one.index < steps[-1].index for one in checkouts):
            yield steps[0].finding("nothing is checked out before the action is used")


def _own(model: Repository, job: str, folder: str) -> Found[list[Step]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    steps = [
        step
        for step in live_steps(found)
        if step.uses is not None
        and step.uses.kind == "local"
        and step.uses.path.removeprefix("./").rstrip("/") == folder.removeprefix("./")
    ]
    if not steps:
        yield found.finding(f"the job `{job}` does not use the action in `{folder}`", "steps")
    return steps


@requirement(
    "the job `{job}` gives the action in `{folder}` the input `{input}`: `{value}`",
    "in the job `{job}`, the action in `{folder}` gets `{value}` as its input `{input}`",
)
def workflow_own_action_input(
    model: Repository, job: str, folder: str, input: str, value: str
) -> Findings:
    """An input of a local action."""
    steps = yield from _own(model, job, folder)
    if steps and not any(same_text(value_of(step, input), value) for step in steps):
        yield steps[0].finding(f"`{input}` is not `{value}`", "with")
