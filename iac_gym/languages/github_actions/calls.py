"""Calls of reusable workflows whose file is part of the answer: inputs, secrets, types."""

from __future__ import annotations

from iac_gym.languages.github_actions.model import Job, Repository, ReusableCall, Trigger
from iac_gym.languages.github_actions.schema import Fault, Faults
from iac_gym.languages.github_actions.values import has_expression, map_of

CALLS = "calls-fit-the-workflow"


def check_calls(repository: Repository) -> dict[str, Faults]:
    """Return the faults of all calls of local workflows that are there, by path."""
    found: dict[str, Faults] = {}
    for path, workflow in repository.workflows.items():
        if "uses: ./.github/" not in repository.texts[path] and len(repository.workflows) < 2:
            continue
        for job in workflow.jobs.values():
            call = job.call
            called = repository.called(call) if call is not None else None
            if call is not None and called is not None:
                out = found.setdefault(path, [])
                _check_call(job, call, called.triggers.get("workflow_call"), out)
    return found


def _check_call(job: Job, call: ReusableCall, trigger: Trigger | None, out: Faults) -> None:
    if trigger is None:
        message = f"`{call.uses.text[:80]}` cannot be called: it has no `workflow_call`"
        out.append(Fault(CALLS, call.mark, message))
        return
    given = map_of(job.tree, "with")
    known = {name.lower(): one for name, one in trigger.inputs.items()}
    for name in given:
        if str(name).lower() not in known:
            message = f"the called workflow has no input `{str(name)[:60]}`"
            out.append(Fault(CALLS, given.key_marks[name], message))
    for lower, one in known.items():
        if one.required and lower not in call.inputs:
            message = f"the input `{one.name}` of the called workflow is required"
            out.append(Fault(CALLS, call.mark, message))
        elif one.type != "string" and not _fits(call.inputs.get(lower, "${{"), one.type):
            message = f"the input `{one.name}` of the called workflow is a {one.type}"
            out.append(Fault(CALLS, job.at("with"), message))
    _check_secrets(job, call, trigger, out)


def _fits(text: str, kind: str) -> bool:
    if has_expression(text):
        return True
    if kind == "boolean":
        return text in ("true", "false")
    try:
        float(text)
    except ValueError:
        return kind != "number"
    return True


def _check_secrets(job: Job, call: ReusableCall, trigger: Trigger, out: Faults) -> None:
    if call.inherits:
        return
    given = {name.lower() for name in call.secrets}
    known = {name.lower(): needed for name, needed in trigger.secrets.items()}
    secrets = map_of(job.tree, "secrets")
    for name in secrets:
        if str(name).lower() not in known:
            message = f"the called workflow has no secret `{str(name)[:60]}`"
            out.append(Fault(CALLS, secrets.key_marks[name], message))
    for lower, needed in known.items():
        if needed and lower not in given:
            message = f"the secret `{lower}` of the called workflow is required"
            out.append(Fault(CALLS, call.mark, message))
