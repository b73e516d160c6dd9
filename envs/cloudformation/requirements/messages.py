"""Requirements about queues, topics and notifications of buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET, filters, notifies
from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    ANY,
    Kind,
    all_of,
    at_path,
    blocks,
    companions,
    flat,
    is_true,
    name_of,
    problem,
    refers,
    same,
    same_set,
    targets,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.policies import (
    On,
    arn_of,
    invited,
    read,
    resource_policies,
)
from envs.cloudformation.requirements.services import (
    ALIAS,
    KEY,
    QUEUE,
    RULE,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

# -- queues ----------------------------------------------------------------------------------------

queue = existence("queue", QUEUE, "an SQS queue called `{name}`", "the SQS queue `{name}`")
queue_visibility = setting(
    "queue-visibility", QUEUE, "VisibilityTimeout",
    "messages of `{of}` hidden for {value} seconds while they are handled",
    "a visibility timeout of {value} seconds for `{of}`", absent=30,
)  # fmt: skip
queue_retention = setting(
    "queue-retention", QUEUE, "MessageRetentionPeriod",
    "messages kept in `{of}` for {value} seconds", "`{of}` keeps messages {value} seconds",
    absent=345600,
)  # fmt: skip
queue_polling = setting(
    "queue-polling", QUEUE, "ReceiveMessageWaitTimeSeconds",
    "long polling of {value} seconds on `{of}`",
    "receivers of `{of}` wait up to {value} seconds for messages (long polling)",
)  # fmt: skip
queue_delay = setting(
    "queue-delay", QUEUE, "DelaySeconds",
    "every message of `{of}` delivered with a delay of {value} seconds",
    "a delivery delay of {value} seconds for the queue `{of}`",
)  # fmt: skip
queue_fifo = fixed(
    "queue-fifo", QUEUE, "FifoQueue", True,
    "`{of}` as a FIFO queue", "first-in, first-out delivery (FIFO) for the queue `{of}`",
)  # fmt: skip
queue_deduplicated = fixed(
    "queue-deduplicated", QUEUE, "ContentBasedDeduplication", True,
    "content-based deduplication for `{of}`", "messages of `{of}` deduplicated by their content",
)  # fmt: skip
queue_tag = tag(
    "queue-tag", QUEUE,
    "the tag {key} = `{value}` on the queue `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
queue_url_output = output(
    "queue-url-output", QUEUE, ("Ref", "QueueUrl"),
    "an output `{name}` with the URL of the queue `{of}`",
    "the URL of `{of}` given out as the output `{name}`",
)  # fmt: skip
queue_arn_output = output(
    "queue-arn-output", QUEUE, ("Arn",),
    "an output `{name}` with the ARN of the queue `{of}`",
    "the ARN of `{of}` given out as the output `{name}`", by=("arn",),
)  # fmt: skip


def key_of(template: Template, alias: str) -> Thing | Finding:
    """Return the KMS key that an alias stands for."""
    found = the(template, ALIAS, alias)
    if isinstance(found, Finding):
        return found
    keys = targets(template, KEY, [found.value("TargetKeyId")])
    if keys and same(keys[0].value("Enabled"), False):
        return problem(template, keys[0], f"the key `{alias}` is switched off", "Enabled")
    if keys and keys[0].value("KeyUsage") not in (None, "ENCRYPT_DECRYPT"):
        return problem(template, keys[0], f"the key `{alias}` is not for encryption", "KeyUsage")
    if keys and keys[0].value("KeySpec") not in (None, "SYMMETRIC_DEFAULT"):
        return problem(template, keys[0], f"no service encrypts with the key `{alias}`", "KeySpec")
    if keys:
        return keys[0]
    return problem(template, found, f"the alias `{alias}` stands for no key of this template")


def uses_key(template: Template, value: Any, alias: str, by: tuple[str, ...] = ANY) -> bool:
    """Whether a value is the key of an alias: by its id, its ARN, or its alias."""
    key = key_of(template, alias)
    if isinstance(key, Finding) or value is None:
        return False
    if refers(value, key, KEY, by):
        return True
    names = named_alias(template, alias) if by == ANY else []
    return any(refers(value, one, ALIAS) for one in names)


def named_alias(template: Template, alias: str) -> list[Thing]:
    """Return the aliases of a name."""
    found = the(template, ALIAS, alias)
    return [] if isinstance(found, Finding) else [found]


def encrypted_by(
    template: Template,
    kind: Kind,
    of: str,
    alias: str,
    paths: tuple[str, ...],
    by: tuple[str, ...] = ANY,
) -> list[Finding]:
    """Look for the key of an alias at one of the paths of a thing.

    Some services take just the ARN of a key: `by` is ("arn",) then.
    """
    thing, key = the(template, kind, of), key_of(template, alias)
    for one in (thing, key):
        if isinstance(one, Finding):
            return [one]
    if isinstance(thing, Finding):
        return [thing]
    values = [value for path in paths for value in flat(at_path(thing, path))]
    right = any(uses_key(template, value, alias, by) for value in values)
    return unless(right, template, thing, f"`{of}` is not encrypted with the key {alias}")


@requirement(
    "`{of}` encrypted with the key {alias}", "the key {alias} used to encrypt the queue `{of}`",
)  # fmt: skip
def queue_encrypted(template: Template, of: str, alias: str) -> Findings:
    """`KmsMasterKeyId` names the key."""
    return encrypted_by(template, QUEUE, of, alias, ("KmsMasterKeyId",))


@requirement(
    "messages of `{of}` moved to the queue `{to}` after {tries} failed receives",
    "`{to}` as the dead-letter queue of `{of}`, after {tries} receives",
)
def queue_dead_letters(template: Template, of: str, to: str, tries: int) -> Findings:
    """The redrive policy names the ARN of the other queue."""
    found, problems = all_of(template, (QUEUE, of), (QUEUE, to))
    if problems:
        return problems
    policy = read(found[0].value("RedrivePolicy"))
    given = policy if isinstance(policy, Mapping) else {}
    right = refers(given.get("deadLetterTargetArn"), found[1], QUEUE, ("arn",)) and same(
        given.get("maxReceiveCount"), tries
    )
    message = f"`{of}` does not move messages to `{to}` after {tries} receives"
    return [] if right else [problem(template, found[0], message, "RedrivePolicy")]


@requirement(
    "only `{of}` allowed to use `{queue}` as a dead-letter queue",
    "a redrive allow policy of `{queue}` that names just the queue `{of}`",
)
def queue_redrive_allowed(template: Template, of: str, queue: str) -> Findings:
    """`RedriveAllowPolicy` of the dead-letter queue, by queue."""
    found, problems = all_of(template, (QUEUE, of), (QUEUE, queue))
    if problems:
        return problems
    policy = read(found[1].value("RedriveAllowPolicy"))
    given = policy if isinstance(policy, Mapping) else {}
    sources = flat([given.get("sourceQueueArns")])
    right = (
        same(given.get("redrivePermission"), "byQueue")
        and len(sources) == 1
        and _is_queue(sources[0], found[0])
    )
    return unless(right, template, found[1], f"`{queue}` does not name just `{of}`")


def _is_queue(value: Any, queue: Thing) -> bool:
    return refers(value, queue, QUEUE, ("arn",))


def feeders(template: Template, service: str, thing: Thing, kind: Kind) -> list[On]:
    """Return the ARNs of what sends something to a queue or topic through a service."""

    def fed(one: Thing, *paths: str) -> bool:
        values = [value for path in paths for value in flat(at_path(one, path))]
        return any(refers(value, thing, kind) for value in values)

    if service == "sns.amazonaws.com":
        return [
            arn_of(topic, TOPIC)
            for topic in things(template, TOPIC.type)
            for one in subscriptions(template, topic)
            if refers(one.get("Endpoint"), thing, kind)
        ]
    if service == "s3.amazonaws.com":
        front = "NotificationConfiguration"
        places = (f"{front}.QueueConfigurations.Queue", f"{front}.TopicConfigurations.Topic")
        found = [one for one in things(template, BUCKET.type) if fed(one, *places)]
        return [arn_of(one, BUCKET) for one in found]
    if service == "events.amazonaws.com":
        rules = things(template, RULE.type)
        places = ("Targets.Arn", "Targets.DeadLetterConfig.Arn")
        return [arn_of(one, RULE) for one in rules if fed(one, *places)]
    return []


@requirement(
    "a policy of the queue `{of}` that lets {service} send messages to it",
    "{service} allowed sqs:SendMessage on the queue `{of}` by a queue policy",
)
def queue_service(template: Template, of: str, service: str) -> Findings:
    """A queue policy with a statement for the service."""
    thing = the(template, QUEUE, of)
    if isinstance(thing, Finding):
        return [thing]
    said = resource_policies(template, "AWS::SQS::QueuePolicy", "Queues", thing, QUEUE, ("id",))
    on = arn_of(thing, QUEUE)
    callers = feeders(template, service, thing, QUEUE)
    right = invited(said, service, "sqs:SendMessage", on, callers)
    return unless(right, template, thing, f"{service} may not send messages to `{of}`")


# -- topics ----------------------------------------------------------------------------------------

topic = existence("topic", TOPIC, "an SNS topic called `{name}`", "the SNS topic `{name}`")
topic_display = setting(
    "topic-display", TOPIC, "DisplayName",
    "the display name {value} for the topic `{of}`", "`{of}` displayed as {value}",
)  # fmt: skip
topic_tag = tag(
    "topic-tag", TOPIC,
    "the tag {key} = `{value}` on the topic `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
topic_arn_output = output(
    "topic-arn-output", TOPIC, ("Ref", "TopicArn"),
    "an output `{name}` with the ARN of the topic `{of}`",
    "the ARN of `{of}` given out as the output `{name}`", by=("arn",),
)  # fmt: skip


@requirement(
    "the topic `{of}` encrypted with the key {alias}",
    "the key {alias} used to encrypt the messages of the topic `{of}`",
)
def topic_encrypted(template: Template, of: str, alias: str) -> Findings:
    """`KmsMasterKeyId` names the key."""
    return encrypted_by(template, TOPIC, of, alias, ("KmsMasterKeyId",))


def subscriptions(template: Template, topic: Thing) -> list[Mapping[str, Any]]:
    """Return the subscriptions of a topic: in it, and resources of their own."""
    own = blocks(topic, "Subscription")
    others = companions(template, "AWS::SNS::Subscription", "TopicArn", topic, TOPIC, ("arn",))
    return [*own, *(one.properties for one in others)]


@requirement(
    "all messages of the topic `{of}` delivered to the queue `{queue}`",
    "the queue `{queue}` subscribed to the topic `{of}`, without a filter",
)
def topic_feeds_queue(template: Template, of: str, queue: str) -> Findings:
    """A subscription with the protocol `sqs` whose endpoint is the queue's ARN."""
    found, problems = all_of(template, (TOPIC, of), (QUEUE, queue))
    if problems:
        return problems
    right = any(
        same(one.get("Protocol"), "sqs")
        and refers(one.get("Endpoint"), found[1], QUEUE, ("arn",))
        and not one.get("FilterPolicy")
        for one in subscriptions(template, found[0])
    )
    return unless(right, template, found[0], f"`{of}` does not deliver everything to `{queue}`")


def _filters(subscription: Mapping[str, Any], key: str, values: Any) -> bool:
    policy = read(subscription.get("FilterPolicy"))
    return (
        isinstance(policy, Mapping)
        and list(policy) == [key]
        and same_set(policy[key], values)
        and subscription.get("FilterPolicyScope") in (None, "MessageAttributes")
    )


@requirement(
    "messages of `{of}` to `{queue}` only where the attribute {key} is one of {values}",
    "a filter on the subscription of `{queue}` to `{of}`: one of {values} in the attribute {key}",
)
def topic_filter(template: Template, of: str, queue: str, key: str, values: Any) -> Findings:
    """The filter policy of the subscription."""
    found, problems = all_of(template, (TOPIC, of), (QUEUE, queue))
    if problems:
        return problems
    own = [
        one
        for one in subscriptions(template, found[0])
        if same(one.get("Protocol"), "sqs")
        and refers(one.get("Endpoint"), found[1], QUEUE, ("arn",))
    ]
    right = own and all(_filters(one, key, values) for one in own)
    return unless(right, template, found[0], f"no subscription of `{queue}` filters like that")


@requirement(
    "messages of `{of}` delivered to `{queue}` raw", "raw message delivery from `{of}` to `{queue}`"
)
def topic_raw(template: Template, of: str, queue: str) -> Findings:
    """`RawMessageDelivery` of the subscription, which must be a resource of its own."""
    found, problems = all_of(template, (TOPIC, of), (QUEUE, queue))
    if problems:
        return problems
    right = any(
        refers(one.get("Endpoint"), found[1], QUEUE, ("arn",))
        and is_true(one.get("RawMessageDelivery"))
        for one in subscriptions(template, found[0])
    )
    return unless(right, template, found[0], f"`{queue}` does not get the raw messages of `{of}`")


@requirement(
    "the e-mail address {email} subscribed to `{of}`",
    "messages of the topic `{of}` sent by e-mail to {email}",
)
def topic_email(template: Template, of: str, email: str) -> Findings:
    """A subscription with the protocol `email`."""
    thing = the(template, TOPIC, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("Protocol"), "email")
        and same(one.get("Endpoint"), email)
        and not one.get("FilterPolicy")
        for one in subscriptions(template, thing)
    )
    return unless(right, template, thing, f"{email} is not subscribed to `{of}`")


@requirement(
    "a policy of the topic `{of}` that lets {service} publish to it",
    "{service} allowed sns:Publish on the topic `{of}` by a topic policy",
)
def topic_service(template: Template, of: str, service: str) -> Findings:
    """A topic policy with a statement for the service."""
    thing = the(template, TOPIC, of)
    if isinstance(thing, Finding):
        return [thing]
    said = resource_policies(template, "AWS::SNS::TopicPolicy", "Topics", thing, TOPIC, ("arn",))
    on = arn_of(thing, TOPIC)
    right = invited(said, service, "sns:Publish", on, feeders(template, service, thing, TOPIC))
    return unless(right, template, thing, f"{service} may not publish to `{of}`")


# -- notifications of buckets ----------------------------------------------------------------------


def _notified(
    template: Template, bucket: str, event: str, kind: Kind, to: str, wanted: Mapping[str, str]
) -> list[Finding]:
    found, problems = all_of(template, (BUCKET, bucket), (kind, to))
    if problems:
        return problems
    right = any(filters(one) == wanted for one in notifies(found[0], found[1], kind, event))
    message = f"`{bucket}` does not notify `{to}` of {event} like that"
    return unless(right, template, found[0], message)


@requirement(
    "the bucket `{of}` sends {event} to the queue `{queue}`, for all objects",
    "the queue `{queue}` notified of {event} in `{of}`, whatever the object",
)
def bucket_notifies_queue(template: Template, of: str, event: str, queue: str) -> Findings:
    """A queue configuration of the bucket, without a filter."""
    return _notified(template, of, event, QUEUE, queue, {})


@requirement(
    "the bucket `{of}` sends {event} of keys that end in {suffix} to the queue `{queue}`",
    "the queue `{queue}` notified of {event} in `{of}` for just the keys with the suffix {suffix}",
)
def bucket_notifies_filtered(
    template: Template, of: str, event: str, queue: str, suffix: str
) -> Findings:
    """A queue configuration of the bucket with just a filter by suffix."""
    return _notified(template, of, event, QUEUE, queue, {"suffix": suffix})


@requirement(
    "the bucket `{of}` sends {event} to the topic `{topic}`",
    "the topic `{topic}` notified of {event} in the bucket `{of}`, for all objects",
)
def bucket_notifies_topic(template: Template, of: str, event: str, topic: str) -> Findings:
    """A topic configuration of the bucket, without a filter."""
    return _notified(template, of, event, TOPIC, topic, {})


#: The resources that let the bucket in.
_POLICIES = (
    ("AWS::SQS::QueuePolicy", "Queues", QUEUE, ("id",)),
    ("AWS::SQS::QueueInlinePolicy", "Queue", QUEUE, ("id",)),
    ("AWS::SNS::TopicPolicy", "Topics", TOPIC, ("arn",)),
    ("AWS::SNS::TopicInlinePolicy", "TopicArn", TOPIC, ("arn",)),
)


@requirement(
    "`{of}` created only after the policy of `{to}` (DependsOn)",
    "the bucket `{of}` waits for the policy of `{to}` with DependsOn",
)
def bucket_after_policy(template: Template, of: str, to: str) -> Findings:
    """`DependsOn` of the bucket names the policy of the queue or topic."""
    bucket = the(template, BUCKET, of)
    if isinstance(bucket, Finding):
        return [bucket]
    wanted = {
        policy.logical_id
        for type, path, kind, by in _POLICIES
        for thing in things(template, kind.type)
        if same(name_of(thing, kind), to)
        for policy in companions(template, type, path, thing, kind, by)
    }
    right = not wanted.isdisjoint(bucket.depends_on)
    return unless(right, template, bucket, f"`{of}` does not wait for the policy of `{to}`")
