"""Requirements about Lambda functions, their roles, triggers and logs, and HTTP APIs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.factories import existence, fixed, link, setting
from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    flat,
    refers,
    same,
    shown,
    the,
    world,
)
from envs.terraform.requirements.policies import (
    ROLE,
    bucket_arn,
    has_managed,
    is_arn_of,
    permissions,
    statements,
    trust,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.computed import document_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.verdict import Finding

FUNCTION = Kind(
    "Lambda function", ("aws_lambda_function",), "function_name",
    ("arn", "function_name", "id", "qualified_arn", "invoke_arn"), by_name=True,
)  # fmt: skip
QUEUE = Kind("SQS queue", ("aws_sqs_queue",), "name", ("arn",))
TOPIC = Kind("SNS topic", ("aws_sns_topic",), "name", ("arn", "id"))
RULE = Kind(
    "EventBridge rule", ("aws_cloudwatch_event_rule",), "name", ("name", "id"), by_name=True
)
API = Kind("HTTP API", ("aws_apigatewayv2_api",), "name", ("id",))
LOG_GROUP = Kind("log group", ("aws_cloudwatch_log_group",), "name", ("name", "arn"), by_name=True)

function = existence(
    "function", FUNCTION,
    "a Lambda function called `{name}`", "the Lambda function `{name}`",
)  # fmt: skip
function_memory = setting(
    "function-memory", FUNCTION, "memory_size",
    "{value} MB of memory for `{of}`", "`{of}` gets {value} MB of memory",
)  # fmt: skip
function_timeout = setting(
    "function-timeout", FUNCTION, "timeout",
    "a timeout of {value} seconds for `{of}`", "`{of}` may run for {value} seconds",
)  # fmt: skip
function_architecture = setting(
    "function-architecture", FUNCTION, "architectures",
    "`{of}` built for the {value} architecture", "{value} processors for `{of}`",
    compare=lambda value, wanted: isinstance(value, list) and [*value] == [wanted],
)  # fmt: skip
function_tracing = fixed(
    "function-tracing", FUNCTION, "tracing_config.mode", "Active",
    "X-Ray tracing active for `{of}`", "active tracing of `{of}` with X-Ray",
)  # fmt: skip
function_dead_letters = link(
    "function-dead-letters", FUNCTION, "dead_letter_config.target_arn", QUEUE,
    "failed events of `{of}` sent to the queue `{to}`",
    "`{to}` as the dead letter queue of the function `{of}`",
)  # fmt: skip
function_concurrency = setting(
    "function-concurrency", FUNCTION, "reserved_concurrent_executions",
    "{value} executions at once reserved for `{of}`",
    "a reserved concurrency of {value} for `{of}`",
)  # fmt: skip


@requirement(
    "the runtime {runtime} and the handler {handler} for `{of}`",
    "`{of}` runs on {runtime}, and starts at the handler {handler}",
)
def function_code(config: Configuration, of: str, runtime: str, handler: str) -> Findings:
    """`runtime` and `handler` of a function that is deployed as an archive."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for name, wanted in (("runtime", runtime), ("handler", handler)):
        if not same(thing.get(name), wanted):
            at = thing.where(name)
            yield config.finding(at, f"`{name}` is {shown(thing.get(name))}, not `{wanted}`")


@requirement(
    "the environment variable {key} = `{value}` in `{of}`",
    "`{of}` sees {key} = `{value}` in its environment",
)
def function_variable(config: Configuration, of: str, key: str, value: str) -> Findings:
    """A variable of the function's environment."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    found = next((one for one in thing.at_path("environment.variables") if one is not None), None)
    given = found.get(key) if isinstance(found, dict) else None
    if not same(given, value):
        yield config.finding(thing.at, f"the variable {key} is {shown(given)}, not `{value}`")


def _roles(config: Configuration, thing: Instance, path: str) -> list[Instance]:
    values = flat(thing.at_path(path))
    return [
        role
        for role in world(config).instances("aws_iam_role")
        if any(refers(value, role, ROLE, ("arn",)) for value in values)
    ]


@requirement(
    "an IAM role for `{of}` that Lambda may assume",
    "`{of}` running under a role of its own that trusts the Lambda service",
)
def function_role(config: Configuration, of: str) -> Findings:
    """The function's role is declared, and its trust policy names lambda.amazonaws.com."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    roles = _roles(config, thing, "role")
    if not roles:
        yield config.finding(thing.where("role"), f"`{of}` uses no role of this configuration")
    elif not any(
        one.allows("sts:AssumeRole") and one.trusts("Service", "lambda.amazonaws.com")
        for one in trust(roles[0])
    ):
        yield config.finding(roles[0].at, "the role does not trust lambda.amazonaws.com")


@requirement(
    "the managed policy {policy} attached to the role of `{of}`",
    "the role of `{of}` has AWS's own policy {policy}",
)
def function_managed_policy(config: Configuration, of: str, policy: str) -> Findings:
    """A managed policy of AWS is attached to the function's role."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
    elif not any(has_managed(config, role, policy) for role in _roles(config, thing, "role")):
        yield config.finding(thing.at, f"{policy} is not attached to the role of `{of}`")


@requirement(
    "`{of}` allowed the actions {actions} on the objects of the bucket `{bucket}`",
    "the role of `{of}` permits {actions} on everything in the bucket `{bucket}`",
)
def function_uses_bucket(config: Configuration, of: str, actions: Any, bucket: str) -> Findings:
    """The role's policies name the actions, on the bucket's ARN followed by `/*`."""
    thing, store = the(config, FUNCTION, of), the(config, BUCKET, bucket)
    for one in (thing, store):
        if isinstance(one, Finding):
            yield one
            return
    if not isinstance(thing, Instance) or not isinstance(store, Instance):
        return
    granted = [s for role in _roles(config, thing, "role") for s in permissions(config, role)]
    plain = bucket_arn(store, BUCKET)
    for action in actions:
        if not any(
            one.allows(action)
            and any(is_arn_of(value, store, suffix="/*", plain=plain) for value in one.resources)
            for one in granted
        ):
            yield config.finding(thing.at, f"`{of}` is not allowed {action} on {bucket}/*")


@requirement(
    "the logs of `{of}` kept for {days} days",
    "a log group for `{of}` that keeps its entries {days} days",
)
def function_log_days(config: Configuration, of: str, days: int) -> Findings:
    """The log group `/aws/lambda/NAME` (or the one the function names) with its retention."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    named = [value for value in thing.at_path("logging_config.log_group") if value is not None]
    for group in world(config).instances("aws_cloudwatch_log_group"):
        if named:
            own = any(refers(value, group, LOG_GROUP) for value in named)
        else:
            own = same(group.get("name"), f"/aws/lambda/{of}")
        if own and same(group.get("retention_in_days"), days):
            return
    yield config.finding(thing.at, f"no log group of `{of}` keeps entries for {days} days")


@requirement(
    "messages of the queue `{queue}` delivered to `{of}` in batches of {size}",
    "`{of}` triggered by the queue `{queue}`, {size} messages at a time",
)
def function_reads_queue(config: Configuration, of: str, queue: str, size: int) -> Findings:
    """An event source mapping from the queue to the function (batches of 10 by default)."""
    thing, source = the(config, FUNCTION, of), the(config, QUEUE, queue)
    if not isinstance(thing, Instance) or not isinstance(source, Instance):
        yield from (one for one in (thing, source) if isinstance(one, Finding))
        return
    found = companions(
        config, "aws_lambda_event_source_mapping", "function_name", thing, FUNCTION
    )  # fmt: skip
    right = [one for one in found if refers(one.get("event_source_arn"), source, QUEUE)]
    if not right:
        yield config.finding(thing.at, f"the queue `{queue}` does not trigger `{of}`")
    for one in right:
        given = one.get("batch_size")
        if same(one.get("enabled"), False):
            yield config.finding(one.where("enabled"), "the trigger is switched off")
        if not same(10 if given is None else given, size):
            yield config.finding(one.where("batch_size"), f"batches of {shown(given)}, not {size}")


def _permitted(config: Configuration, thing: Instance, principal: str) -> list[Instance]:
    found = companions(config, "aws_lambda_permission", "function_name", thing, FUNCTION)
    return [
        one
        for one in found
        if same(one.get("principal"), principal)
        and same(one.get("action"), "lambda:InvokeFunction")
    ]


@requirement(
    "`{of}` started on the schedule {schedule}",
    "the schedule {schedule} for the function `{of}`, by EventBridge",
)
def function_schedule(config: Configuration, of: str, schedule: str) -> Findings:
    """An enabled rule with that schedule whose target is the function, which may be invoked."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for rule in world(config).instances("aws_cloudwatch_event_rule"):
        on = not (same(rule.get("is_enabled"), False) or same(rule.get("state"), "DISABLED"))
        targets = companions(config, "aws_cloudwatch_event_target", "rule", rule, RULE)
        if (
            on
            and same(rule.get("schedule_expression"), schedule)
            and any(refers(one.get("arn"), thing, FUNCTION, ("arn",)) for one in targets)
        ):
            return
    yield config.finding(thing.at, f"no rule with the schedule {schedule} has `{of}` as its target")


@requirement(
    "EventBridge permitted to invoke `{of}`", "a permission for EventBridge to call `{of}`",
)  # fmt: skip
def function_events_permission(config: Configuration, of: str) -> Findings:
    """A permission for events.amazonaws.com."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
    elif not _permitted(config, thing, "events.amazonaws.com"):
        yield config.finding(thing.at, f"events.amazonaws.com may not invoke `{of}`")


@requirement(
    "API Gateway permitted to invoke `{of}`", "a permission for API Gateway to call `{of}`",
)  # fmt: skip
def function_api_permission(config: Configuration, of: str) -> Findings:
    """A permission for apigateway.amazonaws.com."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
    elif not _permitted(config, thing, "apigateway.amazonaws.com"):
        yield config.finding(thing.at, f"apigateway.amazonaws.com may not invoke `{of}`")


queue = existence("queue", QUEUE, "an SQS queue called `{name}`", "the SQS queue `{name}`")
queue_visibility = setting(
    "queue-visibility", QUEUE, "visibility_timeout_seconds",
    "messages of `{of}` hidden for {value} seconds while they are handled",
    "a visibility timeout of {value} seconds for `{of}`",
)  # fmt: skip
queue_retention = setting(
    "queue-retention", QUEUE, "message_retention_seconds",
    "messages kept in `{of}` for {value} seconds", "`{of}` keeps messages {value} seconds",
)  # fmt: skip


@requirement(
    "messages of `{of}` moved to the queue `{to}` after {tries} failed receives",
    "`{to}` as the dead letter queue of `{of}`, after {tries} receives",
)
def queue_dead_letters(config: Configuration, of: str, to: str, tries: int) -> Findings:
    """The redrive policy, in the queue or as a resource of its own."""
    thing, target = the(config, QUEUE, of), the(config, QUEUE, to)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    ids = Kind("queue", QUEUE.types, QUEUE.naming, ("id", "url"))
    own = companions(config, "aws_sqs_queue_redrive_policy", "queue_url", thing, ids)
    for holder in (thing, *own):
        policy = document(holder.get("redrive_policy"))
        if refers(policy.get("deadLetterTargetArn"), target, QUEUE) and same(
            policy.get("maxReceiveCount"), tries
        ):
            return
    yield config.finding(thing.at, f"`{of}` does not move messages to `{to}` after {tries}")


def document(value: Any) -> dict[str, Any]:
    """Return the object that a JSON text stands for, {} where there is none."""
    return document_of(value) or {}


topic = existence("topic", TOPIC, "an SNS topic called `{name}`", "the SNS topic `{name}`")


@requirement(
    "the queue `{queue}` subscribed to the topic `{of}`",
    "messages of the topic `{of}` delivered to the queue `{queue}`",
)
def topic_feeds_queue(config: Configuration, of: str, queue: str) -> Findings:
    """A subscription with the protocol sqs."""
    thing, target = the(config, TOPIC, of), the(config, QUEUE, queue)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    for one in companions(config, "aws_sns_topic_subscription", "topic_arn", thing, TOPIC):
        if same(one.get("protocol"), "sqs") and refers(one.get("endpoint"), target, QUEUE):
            return
    yield config.finding(thing.at, f"`{queue}` is not subscribed to `{of}`")


@requirement(
    "the topic `{of}` allowed to send to the queue `{queue}` by the queue's policy",
    "a policy on `{queue}` that lets the topic `{of}` send messages",
)
def queue_admits_topic(config: Configuration, of: str, queue: str) -> Iterator[Finding]:
    """The queue's policy allows sqs:SendMessage to SNS, for that topic as the source."""
    thing, target = the(config, TOPIC, of), the(config, QUEUE, queue)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    ids = Kind("queue", QUEUE.types, QUEUE.naming, ("id", "url"))
    policies = [target.get("policy")]
    for one in companions(config, "aws_sqs_queue_policy", "queue_url", target, ids):
        policies.append(one.get("policy"))
    for given in policies:
        for said in statements(given):
            sources = [v for _, key, v in said.conditions if key.lower() == "aws:sourcearn"]
            if said.allows("sqs:SendMessage") and any(refers(v, thing, TOPIC) for v in sources):
                return
    yield config.finding(target.at, f"no policy lets the topic `{of}` send to `{queue}`")


api = existence("http-api", API, "an HTTP API called `{name}`", "the HTTP API `{name}`")


@requirement(
    "requests for `{route}` to the API `{of}` handled by the function `{function}`",
    "the route `{route}` of `{of}` leading to the function `{function}`",
)
def api_route(config: Configuration, of: str, route: str, function: str) -> Findings:
    """A route whose target is a proxy integration with the function."""
    thing, target = the(config, API, of), the(config, FUNCTION, function)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    behind = [
        one
        for one in companions(config, "aws_apigatewayv2_integration", "api_id", thing, API)
        if same(one.get("integration_type"), "AWS_PROXY")
        and refers(one.get("integration_uri"), target, FUNCTION, ("arn", "invoke_arn"))
    ]
    for one in companions(config, "aws_apigatewayv2_route", "api_id", thing, API):
        if same(one.get("route_key"), route) and any(
            is_route_target(one.get("target"), integration) for integration in behind
        ):
            return
    yield config.finding(thing.at, f"the route {route} does not lead to `{function}`")


def is_route_target(value: Any, integration: Instance) -> bool:
    """Whether a value is `integrations/` and the id of an integration."""
    parts: tuple[Any, ...] = getattr(value, "parts", ())
    return len(parts) == 2 and parts[0] == "integrations/" and integration.is_source_of(
        parts[1], "id"
    )  # fmt: skip


@requirement(
    "a stage `{name}` of the API `{of}` that deploys changes by itself",
    "the API `{of}` deployed automatically to the stage `{name}`",
)
def api_stage(config: Configuration, of: str, name: str) -> Findings:
    """A stage with auto_deploy."""
    thing = the(config, API, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for one in companions(config, "aws_apigatewayv2_stage", "api_id", thing, API):
        if same(one.get("name"), name) and same(one.get("auto_deploy"), True):
            return
    yield config.finding(thing.at, f"`{of}` has no stage `{name}` that deploys by itself")
