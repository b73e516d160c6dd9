"""Requirements about Lambda functions, their roles, triggers and logs, and HTTP APIs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.factories import existence, fixed, link, setting
from envs.terraform.requirements.kinds import (
    OWN,
    Kind,
    arn_text,
    companions,
    flat,
    instances,
    refers,
    same,
    shown,
    the,
    world,
)
from envs.terraform.requirements.policies import (
    ROLE,
    Statement,
    assumable,
    granted,
    has_managed,
    permissions,
    positive,
    refuses,
    statements,
    trust,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.computed import document_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Value
from iac_gym.verdict import Finding

FUNCTION = Kind(
    "Lambda function", ("aws_lambda_function",), "function_name",
    ("arn", "function_name", "id", "qualified_arn"), by_name=True,
    arn="arn:aws:lambda:R:A:function:NAME",
)  # fmt: skip
QUEUE = Kind("SQS queue", ("aws_sqs_queue",), "name", ("arn",), arn="arn:aws:sqs:R:A:NAME")
#: A queue by its URL, as its policy and its redrive policy name it.
QUEUE_URL = Kind("SQS queue", ("aws_sqs_queue",), "name", ("id", "url"))
TOPIC = Kind("SNS topic", ("aws_sns_topic",), "name", ("arn", "id"), arn="arn:aws:sns:R:A:NAME")
RULE = Kind(
    "EventBridge rule", ("aws_cloudwatch_event_rule",), "name", ("name", "id"), by_name=True
)
API = Kind("HTTP API", ("aws_apigatewayv2_api",), "name", ("id",))
LOG_GROUP = Kind(
    "log group", ("aws_cloudwatch_log_group",), "name", ("name", "id"), by_name=True,
    arn="arn:aws:logs:R:A:log-group:NAME",
)  # fmt: skip

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
    "a timeout of {value} seconds for `{of}`", "`{of}` may run for at most {value} seconds",
)  # fmt: skip
function_architecture = setting(
    "function-architecture", FUNCTION, "architectures",
    "the architecture of `{of}` set to {value}", "{value} set as the architecture of `{of}`",
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
    "`{of}` running under a new role that trusts the Lambda service",
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
    elif not assumable(trust(roles[0]), "Service", "lambda.amazonaws.com"):
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
    "a policy of the role of `{of}` that allows {actions}, named one by one, on all objects of "
    "just the bucket `{bucket}`",
    "`{of}` allowed {actions} on the objects in `{bucket}`, with each action and the bucket named "
    "in a policy of its role",
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
    said = [s for role in _roles(config, thing, "role") for s in permissions(config, role)]
    for action in actions:
        if not granted(said, action, store, BUCKET, "/*"):
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
            own = arn_text(group.get("name"), thing, FUNCTION) == f"/aws/lambda/{of}"
        if own and same(group.get("retention_in_days"), days):
            return
    yield config.finding(thing.at, f"no log group of `{of}` keeps entries for {days} days")


@requirement(
    "all messages of the queue `{queue}` delivered to `{of}` in batches of {size}",
    "`{of}` triggered by all messages of the queue `{queue}`, {size} at a time",
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
        if one.at_path("filter_criteria.filter.pattern"):
            yield config.finding(one.at, "the trigger leaves messages out")
        if not same(10 if given is None else given, size):
            yield config.finding(one.where("batch_size"), f"batches of {shown(given)}, not {size}")


def _permitted(
    config: Configuration, of: str, service: str, kind: Kind, attribute: str
) -> Findings:
    """A permission of the function for a service; one that names a source names a right one.

    That is an ARN of the service, or one that begins with this attribute of a thing of this kind.
    """
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for one in companions(config, "aws_lambda_permission", "function_name", thing, FUNCTION):
        invokes = one.get("action") in ("lambda:InvokeFunction", "lambda:*")
        source = one.get("source_arn")
        right = source is None or _is_front(source, _FRONTS[service]) or any(
            arn_text(source, each, kind, (attribute,)).startswith(OWN)
            for each in instances(config, kind)
        )  # fmt: skip
        if invokes and same(one.get("principal"), service) and right:
            return
    yield config.finding(thing.at, f"{service} may not invoke `{of}`")


#: How the ARNs of a service's things begin, where they are put together by hand.
_FRONTS = {
    "events.amazonaws.com": "arn:aws:events:",
    "apigateway.amazonaws.com": "arn:aws:execute-api:",
}


def _is_front(value: Value, front: str) -> bool:
    first = value.parts[0] if isinstance(value, Joined) else value
    return isinstance(first, str) and first.startswith(front)


SCHEDULE = Kind("schedule", ("aws_scheduler_schedule",), "name", ("arn",))


@requirement(
    "`{of}` started on the schedule {schedule}",
    "the schedule {schedule} for the function `{of}`, by EventBridge",
)
def function_schedule(config: Configuration, of: str, schedule: str) -> Findings:
    """An enabled rule (or a schedule of EventBridge Scheduler) whose target is the function."""
    thing = the(config, FUNCTION, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    starts = [
        (rule, [one.get("arn") for one in companions(
            config, "aws_cloudwatch_event_target", "rule", rule, RULE)])
        for rule in instances(config, RULE)
    ] + [(one, one.at_path("target.arn")) for one in instances(config, SCHEDULE)]  # fmt: skip
    for start, targets in starts:
        off = same(start.get("is_enabled"), False) or same(start.get("state"), "DISABLED")
        if (
            not off
            and same(start.get("schedule_expression"), schedule)
            and any(refers(target, thing, FUNCTION, _ARNS) for target in targets)
        ):
            return
    yield config.finding(thing.at, f"nothing with the schedule {schedule} has `{of}` as its target")


#: The ARNs of a function.
_ARNS = ("arn", "qualified_arn")


@requirement(
    "EventBridge permitted to invoke `{of}`", "a permission for EventBridge to call `{of}`",
)  # fmt: skip
def function_events_permission(config: Configuration, of: str) -> Findings:
    """A permission for events.amazonaws.com."""
    return _permitted(config, of, "events.amazonaws.com", RULE, "arn")


@requirement(
    "API Gateway permitted to invoke `{of}`", "a permission for API Gateway to call `{of}`",
)  # fmt: skip
def function_api_permission(config: Configuration, of: str) -> Findings:
    """A permission for apigateway.amazonaws.com."""
    return _permitted(config, of, "apigateway.amazonaws.com", API, "execution_arn")


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
    own = companions(config, "aws_sqs_queue_redrive_policy", "queue_url", thing, QUEUE_URL)
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
    "the queue `{queue}` subscribed to the topic `{of}`, without a filter",
    "all messages of the topic `{of}` delivered to the queue `{queue}`",
)
def topic_feeds_queue(config: Configuration, of: str, queue: str) -> Findings:
    """A subscription with the protocol sqs that leaves no messages out."""
    thing, target = the(config, TOPIC, of), the(config, QUEUE, queue)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    for one in companions(config, "aws_sns_topic_subscription", "topic_arn", thing, TOPIC):
        whole = one.get("filter_policy") in (None, "", "{}")
        to_queue = same(one.get("protocol"), "sqs") and refers(one.get("endpoint"), target, QUEUE)
        if to_queue and whole:
            return
    yield config.finding(thing.at, f"`{queue}` does not get all messages of `{of}`")


@requirement(
    "the topic `{of}` (named as the source) allowed to send to the queue `{queue}` by the "
    "queue's policy",
    "a policy on `{queue}` that lets SNS send messages when their source is the topic `{of}`",
)
def queue_admits_topic(config: Configuration, of: str, queue: str) -> Iterator[Finding]:
    """The queue's policy allows sqs:SendMessage to SNS, for that topic as the source."""
    thing, target = the(config, TOPIC, of), the(config, QUEUE, queue)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    own = companions(config, "aws_sqs_queue_policy", "queue_url", target, QUEUE_URL)
    holders = [one for one in (target, *own) if one.get("policy") is not None]
    said = [one for holder in holders for one in statements(holder.get("policy"))]
    if len(holders) > 1:
        yield config.finding(holders[1].at, f"`{queue}` has {len(holders)} policies; one stays")
    if not any(_lets_send(one, thing, target) for one in said) or any(
        refuses(one, "sqs:SendMessage") for one in said
    ):
        yield config.finding(target.at, f"no policy lets the topic `{of}` send to `{queue}`")


def _lets_send(said: Statement, topic: Instance, queue: Instance) -> bool:
    """Whether a statement lets SNS, or everybody, send messages that come from a topic."""
    sources = [
        positive(test) and refers(value, topic, TOPIC)
        for test, key, value in said.conditions
        if key.lower() == "aws:sourcearn"
    ]
    others = [key for _, key, _ in said.conditions if key.lower() not in _GUARDS]
    there = any(v == "*" or arn_text(v, queue, QUEUE) == OWN for v in said.resources)
    by_sns = said.for_everybody or said.trusts("Service", "sns.amazonaws.com")
    return said.allows("sqs:SendMessage") and by_sns and there and any(sources) and not others


#: Condition keys that a queue's policy for a topic may have.
_GUARDS = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:securetransport"})


@requirement("an HTTP API called `{name}`", "the HTTP API `{name}`")
def http_api(config: Configuration, name: str) -> Findings:
    """An API of that name with the protocol HTTP."""
    thing = the(config, API, name)
    if not isinstance(thing, Instance):
        yield thing
    elif not same(thing.get("protocol_type"), "HTTP"):
        yield config.finding(thing.where("protocol_type"), f"`{name}` is no HTTP API")


@requirement(
    "requests for `{route}` to the API `{of}` handled by the function `{function}`",
    "the route `{route}` of `{of}` leading to the function `{function}`",
)
def api_route(config: Configuration, of: str, route: str, function: str) -> Findings:
    """A route whose target is a proxy integration with the function, or the API's own target."""
    thing, target = the(config, API, of), the(config, FUNCTION, function)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    behind = [
        one
        for one in companions(config, "aws_apigatewayv2_integration", "api_id", thing, API)
        if same(one.get("integration_type"), "AWS_PROXY")
        and refers(one.get("integration_uri"), target, FUNCTION, (*_ARNS, "invoke_arn"))
    ]
    if refers(thing.get("target"), target, FUNCTION, (*_ARNS, "invoke_arn")):
        given = thing.get("route_key")
        if same("$default" if given is None else given, route):
            return
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
    """A stage with auto_deploy; an API with a target of its own has one called `$default`."""
    thing = the(config, API, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    if name == "$default" and thing.get("target") is not None:
        return
    for one in companions(config, "aws_apigatewayv2_stage", "api_id", thing, API):
        if same(one.get("name"), name) and same(one.get("auto_deploy"), True):
            return
    yield config.finding(thing.at, f"`{of}` has no stage `{name}` that deploys by itself")
