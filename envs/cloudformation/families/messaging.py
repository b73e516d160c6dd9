"""Tasks about queues, topics, event rules and streams."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.choices import SCHEDULES
from envs.cloudformation.families.storage import BUCKETS, add_bucket, add_key
from envs.cloudformation.requirements import buckets, data_streams, event_rules
from envs.cloudformation.requirements import messages as ask
from envs.cloudformation.template import (
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    document,
    pascal,
    statement,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

QUEUES = ("jobs", "orders", "tasks", "events", "uploads", "invoices", "emails", "payments")
TOPICS = ("alerts", "notices", "orders", "events", "payments", "releases")


def add_policy(stack: Stack, queue: Handle, service: str, source: object, id: str = "") -> None:
    """Let a service send messages to a queue."""
    stack.add(
        "SQS::QueuePolicy", f"{id or queue.id}Policy", Queues=[queue.ref],
        PolicyDocument=document(
            statement("sqs:SendMessage", queue["Arn"], {"Service": service},
                      Condition={"ArnEquals": {"aws:SourceArn": source}})
        ),
    )  # fmt: skip


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def sqs_queue(draw: Draw) -> Draft:
    """An SQS queue with its settings, a dead-letter queue and a key."""
    stack = Stack(draw, "A message queue")
    fifo = draw.chance("fifo", 0.3)
    end = ".fifo" if fifo else ""
    base = draw.name("queue", QUEUES)
    name = base + end
    queue = stack.add("SQS::Queue", "Queue", QueueName=name)
    stack.ask(ask.queue(name=name))
    more = Settings(stack, queue, name)

    def dead_letters() -> None:
        other, tries = f"{base}-dead{end}", draw.integer("tries", 2, 20)
        target = stack.add("SQS::Queue", "DeadLetterQueue", QueueName=other)
        if fifo:
            target.set(FifoQueue=True)
        stack.ask(ask.queue(name=other), ask.queue_dead_letters(of=name, to=other, tries=tries))
        queue.set(RedrivePolicy={"deadLetterTargetArn": target["Arn"], "maxReceiveCount": tries})
        if draw.chance("redrive", 0.4):
            stack.ask(ask.queue_redrive_allowed(of=name, queue=other))
            arn = sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + name)
            target.set(
                RedriveAllowPolicy={"redrivePermission": "byQueue", "sourceQueueArns": [arn]}
            )

    def encrypted() -> None:
        alias = "alias/" + draw.name("alias", ("queues", "messages", "events"))
        key = add_key(stack, alias)
        stack.ask(ask.queue_encrypted(of=name, alias=alias))
        queue.set(KmsMasterKeyId=key.ref)

    def admits() -> None:
        service = draw.choice("service", ("s3.amazonaws.com", "sns.amazonaws.com"))
        stack.ask(ask.queue_service(of=name, service=service))
        source = sub(
            f"arn:${{AWS::Partition}}:{service.split('.')[0]}:::*"
            if service.startswith("s3")
            else "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:*"
        )
        stack.add(
            "SQS::QueuePolicy", "QueuePolicy", Queues=[queue.ref],
            PolicyDocument=document(
                statement("sqs:SendMessage", queue["Arn"], {"Service": service},
                          Condition={"ArnLike": {"aws:SourceArn": source}})
            ),
        )  # fmt: skip

    if fifo:
        stack.ask(ask.queue_fifo(of=name))
        queue.set(FifoQueue=True)
    decorate(
        stack,
        (
            more.value(ask.queue_visibility, "VisibilityTimeout", range(40, 3600, 20)),
            Extra("dead letters", 2.4, dead_letters),
            more.value(ask.queue_retention, "MessageRetentionPeriod", range(360000, 1200000, 3600)),
            more.value(ask.queue_polling, "ReceiveMessageWaitTimeSeconds", range(2, 21)),
            Extra("key", 2, encrypted), more.tag(ask.queue_tag), Extra("service", 1, admits),
            more.output(ask.queue_url_output, queue.ref, ("QueueUrl", "JobsUrl")),
            more.value(ask.queue_delay, "DelaySeconds", range(5, 900, 5)),
            more.output(ask.queue_arn_output, queue["Arn"], ("QueueArn", "JobsArn")),
        ),
    )  # fmt: skip
    if fifo and draw.chance("deduplicated", 0.5):
        stack.ask(ask.queue_deduplicated(of=name))
        queue.set(ContentBasedDeduplication=True)
    return stack.draft(
        f"Create the SQS queue `{name}` with CloudFormation",
        f"Write a CloudFormation template for the message queue `{name}`",
        f"We need a queue `{name}` on SQS; deploy it as a CloudFormation stack",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def topic_fan_out(draw: Draw) -> Draft:
    """A topic that delivers to several queues."""
    stack = Stack(draw, "A topic and its subscribers")
    name = draw.name("topic", TOPICS)
    topic = stack.add("SNS::Topic", "Topic", TopicName=name, KmsMasterKeyId="alias/aws/sns")
    stack.ask(ask.topic(name=name))
    chosen = draw.choice("queue", ("billing", "search", "audit", "stock"))
    more = Settings(stack, topic, name)

    def subscribe(purpose: str) -> Handle:
        queue = f"{name}-{purpose}"
        made = stack.add("SQS::Queue", f"{pascal(purpose)}Queue", QueueName=queue)
        add_policy(stack, made, "sns.amazonaws.com", topic.ref)
        stack.ask(ask.queue(name=queue))
        return stack.add(
            "SNS::Subscription", f"{pascal(purpose)}Subscription", TopicArn=topic.ref,
            Protocol="sqs", Endpoint=made["Arn"],
        )  # fmt: skip

    first = f"{name}-{chosen}"
    subscription = subscribe(chosen)
    stack.ask(
        ask.topic_feeds_queue(of=name, queue=first),
        ask.queue_service(of=first, service="sns.amazonaws.com"),
    )

    def raw() -> None:
        stack.ask(ask.topic_raw(of=name, queue=first))
        subscription.set(RawMessageDelivery=True)

    def filtered() -> None:
        purpose = draw.choice("other queue", ("metrics", "export", "backup", "mirror"))
        other, second = subscribe(purpose), f"{name}-{purpose}"
        key = draw.choice("attribute", ("type", "region", "priority", "tenant"))
        values = draw.sample("values", ("created", "updated", "deleted", "failed"), 2)
        stack.ask(ask.topic_filter(of=name, queue=second, key=key, values=values))
        other.set(FilterPolicy={key: list(values)})

    def mailed() -> None:
        email = f"{draw.choice('mail', ('ops', 'team', 'oncall', 'alerts'))}@example.com"
        stack.ask(ask.topic_email(of=name, email=email))
        stack.add(
            "SNS::Subscription", "EmailSubscription", TopicArn=topic.ref, Protocol="email",
            Endpoint=email,
        )  # fmt: skip

    def encrypted() -> None:
        alias = "alias/" + draw.name("alias", ("topics", "messages", "events"))
        key = add_key(stack, alias)
        stack.ask(ask.topic_encrypted(of=name, alias=alias))
        topic.set(KmsMasterKeyId=key.ref)

    decorate(
        stack,
        (
            Extra("raw", 1, raw), Extra("mail", 1, mailed), more.tag(ask.topic_tag),
            Extra("filter", 2, filtered), Extra("key", 2, encrypted),
            more.value(ask.topic_display, "DisplayName", ("Alerts", "Orders", "Updates", "News")),
            more.output(ask.topic_arn_output, topic.ref, ("TopicArn", "EventsTopicArn")),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Deliver the messages of the topic `{name}` to SQS, with CloudFormation",
        f"Write a CloudFormation template for the topic `{name}` and its subscribers",
    )


EVENTS = (
    ("aws.ec2", "EC2 Instance State-change Notification"),
    ("aws.codebuild", "CodeBuild Build State Change"),
    ("aws.ecs", "ECS Task State Change"),
    ("aws.rds", "RDS DB Instance Event"),
    ("aws.guardduty", "GuardDuty Finding"),
    ("aws.health", "AWS Health Event"),
    ("com.example.shop", "OrderPlaced"),
    ("com.example.billing", "InvoicePaid"),
)


class _Rule:
    """An EventBridge rule under construction, with its only target."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("rule", ("watch", "events", "findings", "changes", "notify", "audit"))
        self.made = stack.add("Events::Rule", "Rule", Name=self.name, State="ENABLED")
        stack.ask(event_rules.event_rule(name=self.name))
        self.scheduled = draw.chance("scheduled", 0.3)
        #: Whether the events are the company's own, which may have a bus of their own.
        self.own = False
        if self.scheduled:
            schedule = draw.choice("schedule", SCHEDULES)
            stack.ask(event_rules.rule_schedule(of=self.name, schedule=schedule))
            self.made.set(ScheduleExpression=schedule)
        else:
            source, kind = draw.choice("event", EVENTS)
            self.own = not source.startswith("aws.")
            stack.ask(event_rules.rule_pattern(of=self.name, source=source, kind=kind))
            self.made.set(EventPattern={"source": [source], "detail-type": [kind]})
        self.target = self._target(draw.name("target", ("alerts", "inbox", "events", "stream")))
        self.made.set(Targets=[self.target])

    def _target(self, to: str) -> dict[str, object]:
        """Ask for a topic or a queue as the target, and for its policy."""
        stack = self.stack
        if stack.draw.chance("topic", 0.4):
            topic = stack.add("SNS::Topic", "Topic", TopicName=to)
            _admit_rule(stack, topic)
            stack.ask(
                ask.topic(name=to), event_rules.rule_to_topic(of=self.name, to=to),
                ask.topic_service(of=to, service="events.amazonaws.com"),
            )  # fmt: skip
            return {"Id": "topic", "Arn": topic.ref}
        queue = stack.add("SQS::Queue", "Queue", QueueName=to)
        add_policy(stack, queue, "events.amazonaws.com", self.made["Arn"])
        stack.ask(
            ask.queue(name=to), event_rules.rule_to_queue(of=self.name, to=to),
            ask.queue_service(of=to, service="events.amazonaws.com"),
        )  # fmt: skip
        return {"Id": "queue", "Arn": queue["Arn"]}

    def retried(self) -> None:
        """Ask for the number of retries."""
        tries = self.stack.draw.integer("tries", 1, 100)
        self.stack.ask(event_rules.rule_retries(of=self.name, tries=tries))
        self.target["RetryPolicy"] = {"MaximumRetryAttempts": tries}

    def lost(self) -> None:
        """Ask for a queue for lost events."""
        other = f"{self.name}-lost"
        made = self.stack.add("SQS::Queue", "LostEvents", QueueName=other)
        add_policy(self.stack, made, "events.amazonaws.com", self.made["Arn"])
        self.stack.ask(
            ask.queue(name=other), event_rules.rule_dead_letters(of=self.name, queue=other)
        )
        self.target["DeadLetterConfig"] = {"Arn": made["Arn"]}

    def own_bus(self) -> None:
        """Ask for a bus of its own."""
        bus = self.stack.draw.name("bus", ("bus", "events", "domain"))
        made = self.stack.add("Events::EventBus", "Bus", Name=bus)
        self.stack.ask(
            event_rules.event_bus(name=bus), event_rules.rule_on_bus(of=self.name, to=bus)
        )
        self.made.set(EventBusName=made.ref)

    def described(self) -> None:
        """Ask for a description."""
        text = self.stack.draw.choice(
            "description", ("Tells the team", "Feeds the audit", "Starts the follow-up work")
        )
        self.stack.ask(event_rules.rule_description(of=self.name, value=text))
        self.made.set(Description=text)


@family("cloudformation", levels=(2, 3, 4, 5))
def event_rule(draw: Draw) -> Draft:
    """An EventBridge rule for a pattern or a schedule, with its target."""
    stack = Stack(draw, "Events and where they go")
    rule = _Rule(stack)
    parts = [Extra("retries", 1, rule.retried), Extra("lost", 2, rule.lost)]
    if rule.own:
        parts.append(Extra("bus", 2, rule.own_bus))
    decorate(stack, (*parts, Extra("described", 1, rule.described)))
    return stack.draft(
        f"Set up the EventBridge rule `{rule.name}` with CloudFormation",
        f"Write a CloudFormation template for the rule `{rule.name}` and its target",
    )


def _admit_rule(stack: Stack, topic: Handle) -> None:
    stack.add(
        "SNS::TopicPolicy", "TopicPolicy", Topics=[topic.ref],
        PolicyDocument=document(
            statement("sns:Publish", topic.ref, {"Service": "events.amazonaws.com"})
        ),
    )  # fmt: skip


@family("cloudformation", levels=(2, 3, 4, 5))
def delivery_stream(draw: Draw) -> Draft:
    """A Firehose delivery stream into a bucket, perhaps fed by a Kinesis stream."""
    stack = Stack(draw, "Records into storage")
    name = draw.name("delivery", ("delivery", "feed", "clicks", "logs", "metrics"))
    store = draw.name("bucket", BUCKETS)
    bucket = add_bucket(stack, store)
    role = stack.add(
        "IAM::Role", "DeliveryRole", AssumeRolePolicyDocument=trust("firehose.amazonaws.com"),
        Policies=[{
            "PolicyName": "write-objects",
            "PolicyDocument": document(
                statement(
                    ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                    bucket["Arn"],
                ),
                statement(
                    ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
                    sub("${Bucket.Arn}/*"),
                ),
            ),
        }],
    )  # fmt: skip
    place: dict[str, Any] = {"BucketARN": bucket["Arn"], "RoleARN": role["Arn"]}
    made = stack.add(
        "KinesisFirehose::DeliveryStream", "Delivery", DeliveryStreamName=name,
        DeliveryStreamType="DirectPut", ExtendedS3DestinationConfiguration=place,
    )  # fmt: skip
    stack.ask(
        buckets.bucket(name=store), data_streams.delivery(name=name),
        data_streams.delivery_writes(of=name, to=store),
        data_streams.delivery_role(of=name, bucket=store),
    )  # fmt: skip
    more = Settings(stack, made, name)
    inner = "ExtendedS3DestinationConfiguration"

    def fed() -> None:
        source, shards = draw.name("stream", ("stream", "input", "source")), draw.integer("n", 1, 9)
        stream = stack.add(
            "Kinesis::Stream", "Stream", Name=source, ShardCount=shards,
            StreamEncryption={"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
        )  # fmt: skip
        stack.ask(
            data_streams.stream(name=source), data_streams.stream_shards(of=source, value=shards),
            data_streams.stream_encrypted(of=source),
            data_streams.delivery_reads(of=name, to=source),
        )  # fmt: skip
        hours = draw.integer("hours", 48, 240, 12)
        stack.ask(data_streams.stream_retention(of=source, value=hours))
        stream.set(RetentionPeriodHours=hours)
        made.set(
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={
                "KinesisStreamARN": stream["Arn"], "RoleARN": role["Arn"],
            },
        )  # fmt: skip
        role.append("Policies", {
            "PolicyName": "read-stream",
            "PolicyDocument": document(
                statement(
                    ["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords"],
                    stream["Arn"],
                )
            ),
        })  # fmt: skip

    seconds = more.value(
        data_streams.delivery_seconds,
        f"{inner}.BufferingHints.IntervalInSeconds",
        range(60, 900, 30),
    )

    def buffered() -> None:
        seconds.make()
        made.put(f"{inner}.BufferingHints.SizeInMBs", 5)

    decorate(
        stack,
        (
            more.value(
                data_streams.delivery_compression, f"{inner}.CompressionFormat",
                ("GZIP", "ZIP", "Snappy"),
            ),
            Extra("buffering", 1, buffered),
            more.value(
                data_streams.delivery_prefix, f"{inner}.Prefix", ("raw/", "events/", "clicks/")
            ),
            Extra("stream", 5, fed),
        ),
    )  # fmt: skip
    if "Prefix" in place and draw.chance("errors", 0.6):
        prefix = draw.choice("error prefix", ("errors/", "failed/", "rejected/"))
        stack.ask(data_streams.delivery_errors(of=name, prefix=prefix))
        place["ErrorOutputPrefix"] = prefix
    return stack.draft(
        f"Collect records in S3 with the Firehose stream `{name}`, by CloudFormation",
        f"Write a CloudFormation template for the delivery stream `{name}`",
    )
