"""Requirements about Lambda functions, their roles and logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET
from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    at_path,
    blocks,
    problem,
    refers,
    same,
    shown,
    spelled,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import (
    arn_of,
    granted,
    has_managed,
    may_assume,
    permissions,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    FUNCTION,
    LOG_GROUP,
    QUEUE,
    SECURITY_GROUP,
    TABLE,
    TOPIC,
)
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

function = existence(
    "function", FUNCTION,
    "a Lambda function called `{name}`", "the Lambda function `{name}`",
)  # fmt: skip
function_memory = setting(
    "function-memory", FUNCTION, "MemorySize",
    "{value} MB of memory for `{of}`", "`{of}` gets {value} MB of memory", absent=128,
)  # fmt: skip
function_timeout = setting(
    "function-timeout", FUNCTION, "Timeout",
    "a timeout of {value} seconds for `{of}`", "`{of}` may run for at most {value} seconds",
    absent=3,
)  # fmt: skip
function_storage = setting(
    "function-storage", FUNCTION, "EphemeralStorage.Size",
    "{value} MB of ephemeral storage for `{of}`", "{value} MB in the /tmp of the function `{of}`",
    absent=512,
)  # fmt: skip
function_architecture = setting(
    "function-architecture", FUNCTION, "Architectures",
    "the architecture of `{of}` set to {value}", "{value} set as the architecture of `{of}`",
    absent=["x86_64"], compare=lambda value, wanted: same(value, [wanted]),
)  # fmt: skip
function_tracing = fixed(
    "function-tracing", FUNCTION, "TracingConfig.Mode", "Active",
    "X-Ray tracing active for `{of}`", "active tracing of `{of}` with X-Ray",
)  # fmt: skip
function_dead_letters = link(
    "function-dead-letters", FUNCTION, "DeadLetterConfig.TargetArn", QUEUE,
    "failed events of `{of}` sent to its dead-letter queue `{to}`",
    "`{to}` as the dead-letter queue of the function `{of}`", by=("arn",),
)  # fmt: skip
function_concurrency = setting(
    "function-concurrency", FUNCTION, "ReservedConcurrentExecutions",
    "{value} executions at once reserved for `{of}`",
    "a reserved concurrency of {value} for `{of}`",
)  # fmt: skip
function_tag = tag(
    "function-tag", FUNCTION,
    "the tag {key} = `{value}` on the function `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
function_arn_output = output(
    "function-arn-output", FUNCTION, ("Arn",),
    "an output `{name}` with the ARN of the function `{of}`",
    "the ARN of `{of}` given out as the output `{name}`", by=("arn",),
)  # fmt: skip
function_group = link(
    "function-group", FUNCTION, "VpcConfig.SecurityGroupIds", SECURITY_GROUP,
    "the security group `{to}` for the function `{of}`",
    "`{of}` behind the security group `{to}`",
)  # fmt: skip


@requirement(
    "the runtime {runtime} and the handler {handler} for `{of}`",
    "`{of}` runs on {runtime}, and starts at the handler {handler}",
)
def function_code(template: Template, of: str, runtime: str, handler: str) -> Findings:
    """`Runtime` and `Handler` of the function."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for name, wanted in (("Runtime", runtime), ("Handler", handler)):
        if not same(thing.value(name), wanted):
            yield problem(template, thing, f"`{name}` is {shown(thing.value(name))}", name)


@requirement(
    "the environment variable {key} = `{value}` in `{of}`",
    "`{of}` sees {key} = `{value}` in its environment",
)
def function_variable(template: Template, of: str, key: str, value: str) -> Findings:
    """A variable of the function's environment."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    given = variables(thing).get(key)
    return unless(same(given, value), template, thing, f"the variable {key} is {shown(given)}")


def variables(function: Thing) -> dict[str, Any]:
    """Return the environment of a function."""
    found = blocks(function, "Environment.Variables")
    return dict(found[0]) if found else {}


def _knows(name: str, kind: Kind, *wordings: str, by: tuple[str, ...]) -> RequirementType:
    """Make "the variable `key` of the function holds the name (or so) of the thing `to`"."""

    def check(template: Template, of: str, key: str, to: str) -> Iterator[Finding]:
        found, problems = all_of(template, (FUNCTION, of), (kind, to))
        yield from problems
        if not problems and not refers(variables(found[0]).get(key), found[1], kind, by):
            yield problem(template, found[0], f"the variable {key} does not hold `{to}`")

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


function_knows_table = _knows(
    "function-knows-table", TABLE,
    "the name of the table `{to}` in the environment variable {key} of `{of}`",
    "`{of}` finds the name of the table `{to}` in its variable {key}", by=("name",),
)  # fmt: skip
function_knows_bucket = _knows(
    "function-knows-bucket", BUCKET,
    "the name of the bucket `{to}` in the environment variable {key} of `{of}`",
    "`{of}` finds the name of the bucket `{to}` in its variable {key}", by=("name",),
)  # fmt: skip
function_knows_queue = _knows(
    "function-knows-queue", QUEUE,
    "the URL of the queue `{to}` in the environment variable {key} of `{of}`",
    "`{of}` finds the URL of the queue `{to}` in its variable {key}", by=("id",),
)  # fmt: skip
function_knows_topic = _knows(
    "function-knows-topic", TOPIC,
    "the ARN of the topic `{to}` in the environment variable {key} of `{of}`",
    "`{of}` finds the ARN of the topic `{to}` in its variable {key}", by=("arn",),
)  # fmt: skip


# -- roles -----------------------------------------------------------------------------------------


def roles(template: Template, function: Thing) -> list[Thing]:
    """Return the roles of this template under which a function runs."""
    return roles_of(template, at_path(function, "Role"))


@requirement(
    "an IAM role for `{of}` that Lambda may assume",
    "`{of}` running under a new role that trusts the Lambda service",
)
def function_role(template: Template, of: str) -> Findings:
    """The function's role is declared, and its trust policy names lambda.amazonaws.com."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    found = roles(template, thing)
    if not found:
        return [problem(template, thing, f"`{of}` uses no role of this template", "Role")]
    right = may_assume(found[0], "lambda.amazonaws.com")
    return unless(right, template, found[0], "the role does not trust lambda.amazonaws.com")


@requirement(
    "the managed policy {policy} attached to the role of `{of}`",
    "the role of `{of}` has AWS's own policy {policy}",
)
def function_managed_policy(template: Template, of: str, policy: str) -> Findings:
    """A managed policy of AWS is attached to the function's role."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(has_managed(template, role, policy) for role in roles(template, thing))
    return unless(right, template, thing, f"{policy} is not attached to the role of `{of}`")


def _allowed(
    template: Template, of: str, actions: Iterable[str], kind: Kind, to: str, suffix: str = ""
) -> Findings:
    found, problems = all_of(template, (FUNCTION, of), (kind, to))
    yield from problems
    if problems:
        return
    said = [one for role in roles(template, found[0]) for one in permissions(template, role)]
    for action in actions:
        if not granted(said, action, arn_of(found[1], kind, suffix)):
            message = f"`{of}` is not allowed {action} on {to}{suffix}"
            yield problem(template, found[0], message, "Role")


@requirement(
    "a policy of the role of `{of}` that allows {actions}, named one by one, on all objects of "
    "just the bucket `{bucket}`",
    "`{of}` allowed {actions} on just the objects in `{bucket}`, with each action and the bucket "
    "named in a policy of its role",
)
def function_uses_bucket(template: Template, of: str, actions: Any, bucket: str) -> Findings:
    """The role's policies name the actions, on the bucket's ARN followed by `/*`."""
    yield from _allowed(template, of, actions, BUCKET, bucket, "/*")


@requirement(
    "a policy of the role of `{of}` that allows {actions}, named one by one, on just the table "
    "`{table}`",
    "`{of}` allowed {actions} on the table `{table}` alone, with each action and the table named "
    "in a policy of its role",
)
def function_uses_table(template: Template, of: str, actions: Any, table: str) -> Findings:
    """The role's policies name the actions, on the table's ARN."""
    yield from _allowed(template, of, actions, TABLE, table)


@requirement(
    "`{of}` allowed sqs:SendMessage on just the queue `{queue}` by its role",
    "a policy of the role of `{of}` that allows sqs:SendMessage on the queue `{queue}` alone",
)
def function_sends(template: Template, of: str, queue: str) -> Findings:
    """The role's policies name the action, on the queue's ARN."""
    yield from _allowed(template, of, ["sqs:SendMessage"], QUEUE, queue)


@requirement(
    "`{of}` allowed sns:Publish on just the topic `{topic}` by its role",
    "a policy of the role of `{of}` that allows sns:Publish on the topic `{topic}` alone",
)
def function_publishes(template: Template, of: str, topic: str) -> Findings:
    """The role's policies name the action, on the topic's ARN."""
    yield from _allowed(template, of, ["sns:Publish"], TOPIC, topic)


# -- logs ------------------------------------------------------------------------------------------


@requirement(
    "the logs of `{of}` kept for {days} days",
    "a log group for `{of}` that keeps its entries {days} days",
)
def function_log_days(template: Template, of: str, days: int) -> Findings:
    """The log group `/aws/lambda/NAME` (or the one the function names) with its retention."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    named = values_of(thing, "LoggingConfig.LogGroup")
    for group in things(template, LOG_GROUP.type):
        if named:
            own = any(refers(value, group, LOG_GROUP) for value in named)
        else:
            own = _log_name(thing, group.value("LogGroupName")) == f"/aws/lambda/{of}"
        if own and same(group.value("RetentionInDays"), days):
            return []
    return [problem(template, thing, f"no log group of `{of}` keeps entries for {days} days")]


def _log_name(function: Thing, value: Any) -> str:
    return spelled(function.stack.canonical(value))
