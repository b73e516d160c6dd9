"""Requirements about the inputs and secrets of starts by hand and of reusable workflows."""

from __future__ import annotations

from collections.abc import Callable

from envs.cicd.requirements.github_triggers import judge, listed
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Repository
from iac_gym.languages.github_actions.triggers import Input, Trigger


def _input(model: Repository, event: str, name: str, wrong: Callable[[Input], str]) -> Findings:
    def told(trigger: Trigger) -> str:
        found = trigger.inputs.get(name)
        return wrong(found) if found else f"`{event}` has no input `{name}`"

    yield from judge(model, event, told)


@requirement(
    "the manual start has an input `{name}` of type {type}",
    "who starts it by hand fills in `{name}`, an input of type {type}",
)
def workflow_manual_input(model: Repository, name: str, type: str) -> Findings:
    """An input of `workflow_dispatch` and its type."""

    def wrong(found: Input) -> str:
        return "" if found.type == type else f"the type of `{name}` is {found.type}, not {type}"

    yield from _input(model, "workflow_dispatch", name, wrong)


@requirement(
    "the input `{name}` of the manual start must be given",
    "a manual start requires the input `{name}`",
)
def workflow_manual_input_required(model: Repository, name: str) -> Findings:
    """`required: true` of an input of `workflow_dispatch`."""

    def wrong(found: Input) -> str:
        return "" if found.required else f"the input `{name}` is not required"

    yield from _input(model, "workflow_dispatch", name, wrong)


def _default(found: Input, value: str) -> str:
    if found.default == value:
        return ""
    return f"the default of `{found.name}` is {found.default!r}, not `{value}`"


@requirement(
    "the input `{name}` of the manual start is `{value}` unless something else is given",
    "in a manual start the input `{name}` has the default `{value}`",
)
def workflow_manual_input_default(model: Repository, name: str, value: str) -> Findings:
    """The default of an input of `workflow_dispatch`."""
    yield from _input(model, "workflow_dispatch", name, lambda one: _default(one, value))


@requirement(
    "the manual start lets one choose {options} as `{name}`",
    "the input `{name}` of the manual start is a choice between {options}",
)
def workflow_manual_input_options(model: Repository, name: str, options: list[str]) -> Findings:
    """A choice of `workflow_dispatch` with exactly these options, in any order."""

    def wrong(found: Input) -> str:
        if found.type != "choice":
            return f"the input `{name}` is no choice"
        same = set(found.options) == set(options)
        return "" if same else f"the options of `{name}` are {listed(found.options)}"

    yield from _input(model, "workflow_dispatch", name, wrong)


@requirement(
    "the input `{name}` of the manual start is described as `{text}`",
    "people who start it by hand read `{text}` beside the input `{name}`",
)
def workflow_manual_input_description(model: Repository, name: str, text: str) -> Findings:
    """The description of an input of `workflow_dispatch`."""

    def wrong(found: Input) -> str:
        same = found.description.strip(" .") == text
        return "" if same else f"the description of `{name}` is `{found.description[:60]}`"

    yield from _input(model, "workflow_dispatch", name, wrong)


@requirement(
    "other workflows can call it, with an input `{name}` of type {type}",
    "it is reusable: callers pass `{name}`, an input of type {type}",
)
def workflow_call_input(model: Repository, name: str, type: str) -> Findings:
    """An input of `workflow_call` and its type."""

    def wrong(found: Input) -> str:
        return "" if found.type == type else f"the type of `{name}` is {found.type}, not {type}"

    yield from _input(model, "workflow_call", name, wrong)


@requirement(
    "callers have to give the input `{name}`",
    "the input `{name}` of the reusable workflow is required",
)
def workflow_call_input_required(model: Repository, name: str) -> Findings:
    """`required: true` of an input of `workflow_call`."""

    def wrong(found: Input) -> str:
        return "" if found.required else f"the input `{name}` is not required"

    yield from _input(model, "workflow_call", name, wrong)


@requirement(
    "the input `{name}` is `{value}` where a caller says nothing",
    "for callers that leave `{name}` out, this input is `{value}`",
)
def workflow_call_input_default(model: Repository, name: str, value: str) -> Findings:
    """The default of an input of `workflow_call`."""
    yield from _input(model, "workflow_call", name, lambda one: _default(one, value))


@requirement(
    "callers have to pass the secret `{name}`",
    "the reusable workflow requires the secret `{name}`",
)
def workflow_call_secret(model: Repository, name: str) -> Findings:
    """A required secret of `workflow_call`."""

    def wrong(trigger: Trigger) -> str:
        return "" if trigger.secrets.get(name) else f"the secret `{name}` is not required"

    yield from judge(model, "workflow_call", wrong)
