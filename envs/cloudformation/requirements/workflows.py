"""Requirements about state machines of Step Functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import existence, fixed, setting
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    at_path,
    blocks,
    problem,
    refers,
    same,
    same_set,
    the,
    unless,
)
from envs.cloudformation.requirements.policies import (
    arn_of,
    granted,
    may_assume,
    permissions,
    read,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    FUNCTION,
    LOG_GROUP,
    MACHINE,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.folded import Joined, join
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

machine = existence(
    "machine", MACHINE,
    "a Step Functions state machine called `{name}`", "the state machine `{name}`",
)  # fmt: skip
machine_type = setting(
    "machine-type", MACHINE, "StateMachineType",
    "`{of}` of the type {value}", "the type {value} for the state machine `{of}`",
    absent="STANDARD",
)  # fmt: skip
machine_tracing = fixed(
    "machine-tracing", MACHINE, "TracingConfiguration.Enabled", True,
    "X-Ray tracing for the state machine `{of}`", "`{of}` traced with X-Ray",
)  # fmt: skip


def definition(thing: Thing) -> dict[str, Any]:
    """Return the definition of a state machine, with its substitutions made."""
    whole = thing.value("Definition") or thing.value("DefinitionString")
    given = read(whole)
    named = thing.value("DefinitionSubstitutions")
    made = _substituted(given, named, 0) if isinstance(named, Mapping) else given
    return made if isinstance(made, dict) else {}


def _substituted(tree: Any, named: Mapping[str, Any], depth: int) -> Any:
    if depth > 60:
        return None
    if isinstance(tree, Mapping):
        return {key: _substituted(item, named, depth + 1) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_substituted(item, named, depth + 1) for item in tree]
    if isinstance(tree, str) and "${" in tree:
        pieces = _VARIABLE.split(tree)
        return join(named.get(one, f"${{{one}}}") if at % 2 else one
                    for at, one in enumerate(pieces))  # fmt: skip
    return tree


_VARIABLE = re.compile(r"\$\{(\w+)\}")


def reached(machine: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the states of a definition that can be reached from its start, nested ones too."""
    states = machine.get("States")
    if depth > 10 or not isinstance(states, Mapping):
        return
    todo, seen = [machine.get("StartAt")], set()
    while todo:
        name = todo.pop()
        if not isinstance(name, str) or name in seen:
            continue
        state = states.get(name)
        if not isinstance(state, Mapping):
            continue
        seen.add(name)
        yield state
        if state.get("Type") in ("Fail", "Succeed") or state.get("End") is True:
            state = {key: one for key, one in state.items() if key != "Next"}
        todo += [state.get("Next"), state.get("Default")]
        for key in ("Choices", "Catch"):
            todo += [one.get("Next") for one in blocks(state, key)]
        for key in ("Branches", "Iterator", "ItemProcessor"):
            for inner in blocks(state, key):
                yield from reached(inner, depth + 1)


def _calls(state: Mapping[str, Any], function: Thing) -> bool:
    if state.get("Type") != "Task":
        return False
    resource = state.get("Resource")
    if refers(resource, function, FUNCTION, ("arn",)):
        return True
    if not str(resource).startswith("arn:aws:states:::lambda:invoke"):
        return False
    named = [*at_path(state, "Parameters.FunctionName"), *at_path(state, "Arguments.FunctionName")]
    return any(_names(one, function) for one in named)


def _names(value: Any, function: Thing) -> bool:
    whole = value
    if isinstance(value, str):
        whole = value.removesuffix(":$LATEST")
    elif value.__class__ is Joined and value.parts[-1] in (":$LATEST",):
        whole = value.parts[0] if len(value.parts) == 2 else value
    return refers(whole, function, FUNCTION)


def _steps(
    template: Template, of: str, function: str
) -> tuple[Thing, list[Mapping[str, Any]]] | Finding:
    found, problems = all_of(template, (MACHINE, of), (FUNCTION, function))
    if problems:
        return problems[0]
    return found[0], [one for one in reached(definition(found[0])) if _calls(one, found[1])]


@requirement(
    "a step of `{of}` that invokes the function `{function}`",
    "`{of}` runs the function `{function}` in one of its steps",
)
def machine_invokes(template: Template, of: str, function: str) -> Findings:
    """A task state that can be reached, with the function's ARN or `lambda:invoke`."""
    found = _steps(template, of, function)
    if isinstance(found, Finding):
        return [found]
    return unless(found[1], template, found[0], f"no step of `{of}` invokes `{function}`")


def _retried(retriers: list[Mapping[str, Any]], tries: int) -> bool:
    """Whether every error is retried so often, also where some errors have their own retrier."""
    return any(same_set(one.get("ErrorEquals"), ["States.ALL"]) for one in retriers) and all(
        same(one.get("MaxAttempts", 3), tries) for one in retriers
    )


@requirement(
    "the step of `{of}` that runs `{function}` retried {tries} times after any error",
    "{tries} retries, whatever the error, for the step of `{of}` that runs `{function}`",
)
def machine_retries(template: Template, of: str, function: str, tries: int) -> Findings:
    """`Retry` of every such step has an entry for States.ALL with that many attempts."""
    found = _steps(template, of, function)
    if isinstance(found, Finding):
        return [found]
    right = found[1] and all(_retried(blocks(state, "Retry"), tries) for state in found[1])
    return unless(right, template, found[0], f"`{function}` is not retried {tries} times")


@requirement(
    "a step of `{of}` that waits {seconds} seconds", "a wait of {seconds} seconds within `{of}`",
)  # fmt: skip
def machine_waits(template: Template, of: str, seconds: int) -> Findings:
    """A wait state that can be reached."""
    thing = the(template, MACHINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        one.get("Type") == "Wait" and same(one.get("Seconds"), seconds)
        for one in reached(definition(thing))
    )
    return unless(right, template, thing, f"no step of `{of}` waits {seconds} seconds")


@requirement(
    "a step of `{of}` that publishes to the topic `{topic}`",
    "the topic `{topic}` told by a step of `{of}`",
)
def machine_publishes(template: Template, of: str, topic: str) -> Findings:
    """A task state `sns:publish` with the ARN of the topic."""
    found, problems = all_of(template, (MACHINE, of), (TOPIC, topic))
    if problems:
        return problems
    right = any(
        one.get("Type") == "Task"
        and str(one.get("Resource")).startswith("arn:aws:states:::sns:publish")
        and any(
            refers(value, found[1], TOPIC, ("arn",))
            for key in ("Parameters", "Arguments")
            for value in at_path(one, f"{key}.TopicArn")
        )
        for one in reached(definition(found[0]))
    )
    return unless(right, template, found[0], f"no step of `{of}` publishes to `{topic}`")


def _machine_role(
    template: Template, of: str, actions: tuple[str, ...], kind: Kind, to: str
) -> Findings:
    found, problems = all_of(template, (MACHINE, of), (kind, to))
    yield from problems
    if problems:
        return
    roles = roles_of(template, at_path(found[0], "RoleArn"))
    if not roles or not may_assume(roles[0], "states.amazonaws.com"):
        yield problem(template, found[0], f"`{of}` has no role that Step Functions may assume")
    for role in roles:
        for action in actions:
            if not granted(permissions(template, role), action, arn_of(found[1], kind)):
                yield problem(template, role, f"the role does not allow {action} on `{to}`")


@requirement(
    "a role for `{of}` that Step Functions may assume and that allows lambda:InvokeFunction on "
    "just `{function}`",
    "`{of}` running under a role that trusts Step Functions and allows lambda:InvokeFunction on "
    "just the function `{function}`",
)
def machine_role(template: Template, of: str, function: str) -> Findings:
    """The role trusts states.amazonaws.com, and its policies name the function."""
    yield from _machine_role(template, of, ("lambda:InvokeFunction",), FUNCTION, function)


@requirement(
    "the role of `{of}` allowing sns:Publish on just the topic `{topic}`",
    "`{of}` allowed sns:Publish on the topic `{topic}` alone by its role",
)
def machine_may_publish(template: Template, of: str, topic: str) -> Findings:
    """The role's policies name the topic."""
    yield from _machine_role(template, of, ("sns:Publish",), TOPIC, topic)


@requirement(
    "executions of `{of}` logged at the level {level} in the log group `{group}`",
    "the log group `{group}` for the executions of `{of}`, at the level {level}",
)
def machine_logs(template: Template, of: str, level: str, group: str) -> Findings:
    """`LoggingConfiguration`: level, and the group's ARN (with `:*`)."""
    found, problems = all_of(template, (MACHINE, of), (LOG_GROUP, group))
    if problems:
        return problems
    places = blocks(found[0], "LoggingConfiguration.Destinations.CloudWatchLogsLogGroup")
    logs = found[1]
    right = same(found[0].get("LoggingConfiguration.Level"), level) and any(
        refers(one.get("LogGroupArn"), logs, LOG_GROUP, ("arn",)) for one in places
    )
    return unless(right, template, found[0], f"`{of}` does not log {level} in `{group}`")
