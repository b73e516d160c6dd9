"""Requirements about what starts Lambda functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET, filters, notifies
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    at_path,
    companions,
    flat,
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
from envs.cloudformation.requirements.messages import subscriptions
from envs.cloudformation.requirements.policies import (
    On,
    arn_of,
    granted,
    may_assume,
    permissions,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    FUNCTION,
    QUEUE,
    RULE,
    SCHEDULE,
    TABLE,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding


def _mappings(template: Template, function: Thing, source: Thing, kind: Kind) -> list[Thing]:
    path = "StreamArn" if kind is TABLE else ""
    found = companions(
        template, "AWS::Lambda::EventSourceMapping", "FunctionName", function, FUNCTION
    )
    if path:
        return [
            one for one in found
            if source.is_source_of(one.value("EventSourceArn"), path)
        ]  # fmt: skip
    return [
        one for one in found if refers(one.value("EventSourceArn"), source, kind, ("arn",))
    ]  # fmt: skip


def _triggered(
    template: Template, of: str, kind: Kind, source: str, size: int, usual: int
) -> Findings:
    """An event source mapping that is on, without a filter, with batches of a size."""
    found, problems = all_of(template, (FUNCTION, of), (kind, source))
    yield from problems
    if problems:
        return
    right = _mappings(template, found[0], found[1], kind)
    if kind is TABLE and found[1].value("StreamSpecification") is None:
        yield problem(template, found[1], f"`{source}` has no stream")
    if not right:
        yield problem(template, found[0], f"`{source}` does not trigger `{of}`")
    for one in right:
        given = one.value("BatchSize")
        if same(one.value("Enabled"), False):
            yield problem(template, one, "the trigger is switched off", "Enabled")
        if at_path(one, "FilterCriteria.Filters.Pattern"):
            yield problem(template, one, "the trigger leaves messages out", "FilterCriteria")
        if not same(usual if given is None else given, size):
            yield problem(template, one, f"batches of {shown(given)}, not {size}", "BatchSize")


@requirement(
    "all messages of the queue `{queue}` delivered to `{of}` in batches of {size}",
    "`{of}` triggered by all messages of the queue `{queue}`, {size} at a time",
)
def function_reads_queue(template: Template, of: str, queue: str, size: int) -> Findings:
    """An event source mapping from the queue to the function (batches of 10 by default)."""
    yield from _triggered(template, of, QUEUE, queue, size, 10)


@requirement(
    "the changes of the table `{table}` delivered to `{of}` in batches of {size}",
    "`{of}` triggered by the stream of the table `{table}`, {size} records at a time",
)
def function_reads_table(template: Template, of: str, table: str, size: int) -> Findings:
    """An event source mapping from the table's stream to the function (100 by default)."""
    yield from _triggered(template, of, TABLE, table, size, 100)


@requirement(
    "`{of}` reporting the single messages of a batch from `{queue}` that failed",
    "partial batch responses (ReportBatchItemFailures) of `{of}` for the queue `{queue}`",
)
def function_partial_batches(template: Template, of: str, queue: str) -> Findings:
    """`FunctionResponseTypes` of the event source mapping."""
    found, problems = all_of(template, (FUNCTION, of), (QUEUE, queue))
    if problems:
        return problems
    maps = _mappings(template, found[0], found[1], QUEUE)
    right = maps and all(
        "ReportBatchItemFailures" in values_of(one, "FunctionResponseTypes") for one in maps
    )
    return unless(right, template, found[0], f"`{of}` does not report single failures")


@requirement(
    "at most {most} executions of `{of}` at once for the queue `{queue}`",
    "no more than {most} concurrent executions of `{of}` for messages of `{queue}`",
)
def function_queue_concurrency(template: Template, of: str, queue: str, most: int) -> Findings:
    """`ScalingConfig.MaximumConcurrency` of the event source mapping."""
    found, problems = all_of(template, (FUNCTION, of), (QUEUE, queue))
    if problems:
        return problems
    maps = _mappings(template, found[0], found[1], QUEUE)
    right = maps and all(same(one.get("ScalingConfig.MaximumConcurrency"), most) for one in maps)
    return unless(right, template, found[0], f"`{queue}` may start more or fewer than {most}")


def permitted(
    template: Template,
    function: Thing,
    service: str,
    sources: Iterable[str] = (),
    callers: Iterable[On] = (),
) -> bool:
    """Whether a permission of the function lets a service invoke it.

    One that names a source ARN must name one that begins like an ARN of the service, and one of
    the `callers` where this template has some.
    """
    known = list(callers)
    for one in companions(template, "AWS::Lambda::Permission", "FunctionName", function, FUNCTION):
        source = one.value("SourceArn")
        invokes = one.value("Action") in ("lambda:InvokeFunction", "lambda:*", "*")
        right = source is None or (
            _is_front(one, source, tuple(sources))
            and (not known or any(each(source) or each.within(source) for each in known))
        )
        if invokes and same(one.value("Principal"), service) and right:
            return True
    return False


def _is_front(thing: Thing, value: Any, fronts: tuple[str, ...]) -> bool:
    given = spelled(thing.stack.canonical(value))
    return not fronts or given.startswith((*fronts, "\ue000"))


@requirement(
    "`{of}` started on the schedule {schedule}",
    "the schedule {schedule} for the function `{of}`, by EventBridge",
)
def function_schedule(template: Template, of: str, schedule: str) -> Findings:
    """An enabled rule (or a schedule of EventBridge Scheduler) whose target is the function.

    Rules run on a schedule just on the default bus, in UTC.
    """
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    starts = [(one, at_path(one, "Targets.Arn")) for one in things(template, RULE.type)]
    starts += [(one, at_path(one, "Target.Arn")) for one in things(template, SCHEDULE.type)]
    right = any(
        same(start.value("ScheduleExpression"), schedule)
        and not same(start.value("State"), "DISABLED")
        and _all_the_time(start)
        and any(refers(value, thing, FUNCTION, ("arn",)) for value in flat(targets))
        for start, targets in starts
    )
    message = f"nothing with the schedule {schedule} has `{of}` as its target"
    return unless(right, template, thing, message)


_UTC = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Zulu")


def _all_the_time(start: Thing) -> bool:
    """Whether what starts something does so in UTC, without an end, and on the default bus."""
    bus = start.value("EventBusName")
    default = (
        bus is None
        or same(bus, "default")
        or spelled(start.stack.canonical(bus)).endswith(":event-bus/default")
    )
    zone = start.value("ScheduleExpressionTimezone")
    return default and zone in (None, *_UTC) and start.value("EndDate") is None


@requirement(
    "EventBridge permitted to invoke `{of}`", "a permission for EventBridge to call `{of}`",
)  # fmt: skip
def function_events_permission(template: Template, of: str) -> Findings:
    """A permission for events.amazonaws.com (or a role of a schedule that may invoke it)."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    rules = [
        arn_of(one, RULE)
        for one in things(template, RULE.type)
        if any(refers(value, thing, FUNCTION) for value in flat(at_path(one, "Targets.Arn")))
    ]
    right = permitted(template, thing, "events.amazonaws.com", ("arn:aws:events:",), rules)
    if not right:
        right = any(
            granted(permissions(template, role), "lambda:InvokeFunction", arn_of(thing, FUNCTION))
            and may_assume(role, "scheduler.amazonaws.com")
            for one in things(template, SCHEDULE.type)
            for role in roles_of(template, at_path(one, "Target.RoleArn"))
        )
    return unless(right, template, thing, f"EventBridge may not invoke `{of}`")


@requirement(
    "S3 permitted to invoke `{of}`", "a permission for S3 to call the function `{of}`",
)  # fmt: skip
def function_s3_permission(template: Template, of: str) -> Findings:
    """A permission for s3.amazonaws.com."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    path = "NotificationConfiguration.LambdaConfigurations.Function"
    stores = [
        arn_of(one, BUCKET)
        for one in things(template, BUCKET.type)
        if any(refers(value, thing, FUNCTION) for value in at_path(one, path))
    ]
    right = permitted(template, thing, "s3.amazonaws.com", ("arn:aws:s3:",), stores)
    return unless(right, template, thing, f"S3 may not invoke `{of}`")


@requirement(
    "the function `{of}` started by {event} in the bucket `{bucket}` for keys under {prefix}",
    "`{of}` told of {event} in `{bucket}`, just for the keys that begin with {prefix}",
)
def function_on_upload(
    template: Template, of: str, event: str, bucket: str, prefix: str
) -> Findings:
    """A Lambda configuration of the bucket with just a filter by prefix."""
    found, problems = all_of(template, (BUCKET, bucket), (FUNCTION, of))
    if problems:
        return problems
    right = any(
        filters(one) == {"prefix": prefix}
        for one in notifies(found[0], found[1], FUNCTION, event)
    )  # fmt: skip
    return unless(right, template, found[0], f"`{bucket}` does not start `{of}` like that")


@requirement(
    "all messages of the topic `{topic}` delivered to the function `{of}`",
    "the function `{of}` subscribed to the topic `{topic}`",
)
def function_subscribed(template: Template, of: str, topic: str) -> Findings:
    """A subscription with the protocol `lambda` whose endpoint is the function."""
    found, problems = all_of(template, (FUNCTION, of), (TOPIC, topic))
    if problems:
        return problems
    right = any(
        same(one.get("Protocol"), "lambda")
        and refers(one.get("Endpoint"), found[0], FUNCTION, ("arn",))
        and not one.get("FilterPolicy")
        for one in subscriptions(template, found[1])
    )
    return unless(right, template, found[0], f"`{of}` does not get the messages of `{topic}`")


@requirement(
    "SNS permitted to invoke `{of}`", "a permission for SNS to call the function `{of}`",
)  # fmt: skip
def function_sns_permission(template: Template, of: str) -> Findings:
    """A permission for sns.amazonaws.com."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    topics = [
        arn_of(topic, TOPIC)
        for topic in things(template, TOPIC.type)
        for one in subscriptions(template, topic)
        if refers(one.get("Endpoint"), thing, FUNCTION)
    ]
    right = permitted(template, thing, "sns.amazonaws.com", ("arn:aws:sns:",), topics)
    return unless(right, template, thing, f"SNS may not invoke `{of}`")


@requirement(
    "an alias {name} for a published version of `{of}`",
    "a version of `{of}` published, and the alias {name} for it",
)
def function_alias(template: Template, of: str, name: str) -> Findings:
    """An alias that points to a version resource of the function."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    versions = companions(template, "AWS::Lambda::Version", "FunctionName", thing, FUNCTION)
    aliases = companions(template, "AWS::Lambda::Alias", "FunctionName", thing, FUNCTION)
    right = any(
        same(one.value("Name"), name)
        and any(version.is_source_of(one.value("FunctionVersion"), "Version")
                for version in versions)
        for one in aliases
    )  # fmt: skip
    return unless(right, template, thing, f"no alias {name} points to a version of `{of}`")


@requirement(
    "a function URL for `{of}` that only IAM principals may call",
    "`{of}` reachable at a function URL, with the authentication AWS_IAM",
)
def function_url(template: Template, of: str) -> Findings:
    """An AWS::Lambda::Url of the function with `AuthType` AWS_IAM."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    urls = companions(template, "AWS::Lambda::Url", "TargetFunctionArn", thing, FUNCTION)
    right = urls and all(same(one.value("AuthType"), "AWS_IAM") for one in urls)
    return unless(right, template, thing, f"`{of}` has no URL with AWS_IAM")
