"""Tasks about Lambda functions and what starts them."""

from __future__ import annotations

from envs.cloudformation.choices import LOG_DAYS, RUNTIMES, SCHEDULES, VARIABLES
from envs.cloudformation.families.storage import BUCKETS, add_bucket
from envs.cloudformation.requirements import buckets, messages, tables, triggers
from envs.cloudformation.requirements import functions as ask
from envs.cloudformation.requirements.policies import managed_arn
from envs.cloudformation.template import (
    ACCOUNT,
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    document,
    statement,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

WORKERS = ("worker", "handler", "resizer", "notifier", "importer", "mailer", "indexer", "cleaner")
MANAGED = (
    "AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess", "AmazonDynamoDBReadOnlyAccess",
    "AmazonS3ReadOnlyAccess",
)  # fmt: skip
BASIC = "AWSLambdaBasicExecutionRole"


def arn(name: str) -> object:
    """Write the ARN of one of AWS's own policies in any partition."""
    return sub(managed_arn(name).replace("arn:aws:", "arn:${AWS::Partition}:"))


class Function:
    """A Lambda function under construction, with its role."""

    def __init__(self, stack: Stack, name: str = "", *, longest: int = 900) -> None:
        draw = stack.draw
        self.stack = stack
        self.longest = longest
        self.name = name or draw.name("function", WORKERS)
        self.runtime, self.handler = draw.choice("runtime", RUNTIMES)
        self.role = stack.add(
            "IAM::Role", "FunctionRole",
            AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
            ManagedPolicyArns=[arn(BASIC)],
        )  # fmt: skip
        bucket = stack.parameter("CodeBucket", Description="Bucket with the code of the function")
        key = stack.parameter("CodeKey", Default="function.zip")
        self.made = stack.add(
            "Lambda::Function", "Function", FunctionName=self.name, Runtime=self.runtime,
            Handler=self.handler, Role=self.role["Arn"],
            Code={"S3Bucket": bucket, "S3Key": key},
        )  # fmt: skip
        self.settings = Settings(stack, self.made, self.name)
        stack.ask(
            ask.function(name=self.name),
            ask.function_code(of=self.name, runtime=self.runtime, handler=self.handler),
            ask.function_role(of=self.name),
        )

    def allow(self, name: str, actions: object, resource: object) -> None:
        """Add an inline policy to the role."""
        self.role.append(
            "Policies",
            {"PolicyName": name, "PolicyDocument": document(statement(actions, resource))},
        )

    def knows(self, key: str, value: object) -> None:
        """Set a variable of the environment."""
        self.made.put(f"Environment.Variables.{key}", value)

    def managed(self) -> None:
        """Ask for a managed policy of the role."""
        chosen = self.stack.draw.choice("managed", MANAGED)
        self.stack.ask(ask.function_managed_policy(of=self.name, policy=chosen))
        self.role.append("ManagedPolicyArns", arn(chosen))

    def variable(self) -> None:
        """Ask for a variable of its environment."""
        key, values = self.stack.draw.choice("variable", VARIABLES)
        value = self.stack.draw.choice("variable value", values)
        self.stack.ask(ask.function_variable(of=self.name, key=key, value=value))
        self.knows(key, value)

    def logs(self) -> None:
        """Ask for its log group."""
        days = self.stack.draw.choice("log days", LOG_DAYS)
        self.stack.ask(ask.function_log_days(of=self.name, days=days))
        self.stack.add(
            "Logs::LogGroup", "FunctionLogs", LogGroupName=sub("/aws/lambda/${Function}"),
            RetentionInDays=days,
        )  # fmt: skip

    def alias(self) -> None:
        """Ask for an alias."""
        name = self.stack.draw.choice("function alias", ("live", "stable", "current", "prod"))
        self.stack.ask(triggers.function_alias(of=self.name, name=name))
        version = self.stack.add(
            "Lambda::Version", "FunctionVersion", FunctionName=self.made.ref
        )  # fmt: skip
        self.stack.add(
            "Lambda::Alias", "FunctionAlias", Name=name, FunctionName=self.made.ref,
            FunctionVersion=version["Version"],
        )  # fmt: skip

    def url(self) -> None:
        """Ask for a URL."""
        self.stack.ask(triggers.function_url(of=self.name))
        self.stack.add(
            "Lambda::Url", "FunctionUrl", TargetFunctionArn=self.made["Arn"], AuthType="AWS_IAM"
        )

    def dead_letters(self) -> None:
        """Ask for a queue for failed events."""
        name = f"{self.name}-failed"
        self.stack.ask(
            messages.queue(name=name), ask.function_dead_letters(of=self.name, to=name)
        )  # fmt: skip
        queue = self.stack.add("SQS::Queue", "FailedEvents", QueueName=name)
        self.made.set(DeadLetterConfig={"TargetArn": queue["Arn"]})
        self.allow("failed-events", "sqs:SendMessage", queue["Arn"])

    def extras(self) -> tuple[Extra, ...]:
        """Return what any function may also be asked for."""
        more = self.settings
        return (
            more.value(ask.function_memory, "MemorySize", range(192, 3009, 64)),
            more.value(ask.function_timeout, "Timeout", range(5, self.longest + 1, 5)),
            Extra("variable", 1, self.variable), Extra("logs", 1, self.logs),
            Extra("managed policy", 1, self.managed),
            more.switch(ask.function_tracing, "TracingConfig", {"Mode": "Active"}),
            more.value(ask.function_concurrency, "ReservedConcurrentExecutions", range(2, 80)),
            more.tag(ask.function_tag),
            more.output(ask.function_arn_output, self.made["Arn"], ("FunctionArn", "WorkerArn")),
        )  # fmt: skip

    def architecture(self) -> Extra:
        """Return the extra that asks for its processors."""

        def make() -> None:
            # the other one is the default, which an answer need not name
            self.stack.ask(ask.function_architecture(of=self.name, value="arm64"))
            self.made.set(Architectures=["arm64"])

        return Extra("architecture", 1, make)


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def lambda_function(draw: Draw) -> Draft:
    """A Lambda function with its role, settings and logs."""
    stack = Stack(draw, "A Lambda function")
    made = Function(stack)
    extras = made.extras()
    decorate(
        stack,
        (
            *extras[:5], made.architecture(), Extra("dead letters", 2, made.dead_letters),
            *extras[5:], Extra("alias", 1, made.alias),
            made.settings.value(
                ask.function_storage, "EphemeralStorage.Size", range(1024, 10241, 512)
            ),
            Extra("url", 1, made.url),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Lambda function `{made.name}` with CloudFormation",
        f"Write a CloudFormation template for a function `{made.name}` on AWS Lambda",
        f"We want to run `{made.name}` on Lambda, as a CloudFormation stack",
    )


QUEUES = ("jobs", "orders", "tasks", "events", "uploads", "invoices")


@family("cloudformation", levels=(2, 3, 4, 5))
def queue_worker(draw: Draw) -> Draft:
    """A queue whose messages a Lambda function handles, perhaps with a dead-letter queue."""
    stack = Stack(draw, "A function that works through a queue")
    made = Function(stack, longest=30)  # no longer than messages are hidden by default
    name = draw.name("queue", QUEUES)
    size = draw.choice("batch", (2, 3, 4, 5, 7, 8, 9))
    queue = stack.add("SQS::Queue", "Queue", QueueName=name)
    mapping = stack.add(
        "Lambda::EventSourceMapping", "QueueTrigger", EventSourceArn=queue["Arn"],
        FunctionName=made.made.ref, BatchSize=size,
    )  # fmt: skip
    made.allow(
        "read-queue",
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        queue["Arn"],
    )
    stack.ask(
        messages.queue(name=name),
        triggers.function_reads_queue(of=made.name, queue=name, size=size),
    )

    def dead_letters() -> None:
        other, tries = f"{name}-dead", draw.integer("tries", 2, 20)
        target = stack.add("SQS::Queue", "DeadLetterQueue", QueueName=other)
        stack.ask(
            messages.queue(name=other),
            messages.queue_dead_letters(of=name, to=other, tries=tries),
        )
        queue.set(RedrivePolicy={"deadLetterTargetArn": target["Arn"], "maxReceiveCount": tries})

    def partial() -> None:
        stack.ask(triggers.function_partial_batches(of=made.name, queue=name))
        mapping.set(FunctionResponseTypes=["ReportBatchItemFailures"])

    def limited() -> None:
        most = draw.integer("most", 2, 60)
        stack.ask(triggers.function_queue_concurrency(of=made.name, queue=name, most=most))
        mapping.set(ScalingConfig={"MaximumConcurrency": most})

    extras, more = made.extras(), Settings(stack, queue, name)
    decorate(
        stack,
        (
            more.value(messages.queue_visibility, "VisibilityTimeout", range(40, 3600, 20)),
            *extras[:2], Extra("dead letters", 2, dead_letters), Extra("partial", 1, partial),
            more.value(
                messages.queue_retention, "MessageRetentionPeriod", range(360000, 1200000, 3600)
            ),
            Extra("limit", 1, limited), *extras[2:6],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Let the Lambda function `{made.name}` work through the queue `{name}`, by CloudFormation",
        f"Messages in the SQS queue `{name}` are to be handled by `{made.name}` (CloudFormation)",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def scheduled_function(draw: Draw) -> Draft:
    """A Lambda function that EventBridge starts on a schedule."""
    stack = Stack(draw, "A function on a schedule")
    made = Function(stack)
    schedule = draw.choice("schedule", SCHEDULES)
    rule = stack.add(
        "Events::Rule", "Schedule", ScheduleExpression=schedule, State="ENABLED",
        Targets=[{"Id": "function", "Arn": made.made["Arn"]}],
    )  # fmt: skip
    stack.add(
        "Lambda::Permission", "SchedulePermission", FunctionName=made.made.ref,
        Action="lambda:InvokeFunction", Principal="events.amazonaws.com", SourceArn=rule["Arn"],
    )  # fmt: skip
    stack.ask(
        triggers.function_schedule(of=made.name, schedule=schedule),
        triggers.function_events_permission(of=made.name),
    )
    extras = made.extras()
    decorate(stack, (*extras[:4], Extra("dead letters", 2, made.dead_letters), *extras[4:]))
    return stack.draft(
        f"Run the Lambda function `{made.name}` regularly, by CloudFormation",
        f"Write a CloudFormation template for a scheduled function `{made.name}`",
    )


@family("cloudformation", levels=(3, 4, 5))
def upload_function(draw: Draw) -> Draft:
    """A Lambda function that S3 starts for new objects under a prefix."""
    stack = Stack(draw, "A function for uploads")
    made = Function(stack)
    name = draw.name("bucket", BUCKETS)
    event = draw.choice("event", ("s3:ObjectCreated:*", "s3:ObjectCreated:Put",
                                  "s3:ObjectCreated:CompleteMultipartUpload"))  # fmt: skip
    prefix = draw.choice("prefix", ("incoming/", "raw/", "inbox/", "images/", "orders/"))
    bucket = add_bucket(stack, name, versioned=False)
    bucket.attributes["DependsOn"] = ["BucketPermission"]
    bucket.put("NotificationConfiguration.LambdaConfigurations", [{
        "Event": event, "Function": made.made["Arn"],
        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": prefix}]}},
    }])  # fmt: skip
    stack.add(
        "Lambda::Permission", "BucketPermission", FunctionName=made.made.ref,
        Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceAccount=ACCOUNT,
        SourceArn=sub(f"arn:${{AWS::Partition}}:s3:::{name}"),
    )  # fmt: skip
    stack.ask(
        buckets.bucket(name=name),
        triggers.function_on_upload(of=made.name, event=event, bucket=name, prefix=prefix),
        triggers.function_s3_permission(of=made.name),
    )

    def reads() -> None:
        actions = draw.sample("actions", ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), 2)
        stack.ask(ask.function_uses_bucket(of=made.name, actions=actions, bucket=name))
        made.allow("objects", list(actions), sub(f"arn:${{AWS::Partition}}:s3:::{name}/*"))

    extras = made.extras()
    decorate(
        stack,
        (Extra("objects", 1, reads), *extras[:3],
         Settings(stack, bucket, name).switch(
             buckets.bucket_versioned, "VersioningConfiguration.Status", "Enabled"),
         *extras[3:6]),
    )  # fmt: skip
    return stack.draft(
        f"Let the function `{made.name}` handle uploads to `{name}`, with CloudFormation",
        f"Write a CloudFormation template in which S3 starts `{made.name}` for new objects",
    )


def key_schema(*keys: tuple[str, str]) -> dict[str, object]:
    """Write the key of a table: the attributes and their roles."""
    kinds = ("HASH", "RANGE")
    return {
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in keys],
        "KeySchema": [
            {"AttributeName": n, "KeyType": kind} for (n, _), kind in zip(keys, kinds, strict=False)
        ],
    }


def add_table(stack: Stack, name: str, key: str, kind: str, *, recoverable: bool = True) -> Handle:
    """Add a table that is paid by request and can be recovered (unless tasks ask for that)."""
    made = stack.add(
        "DynamoDB::Table", "Table", TableName=name, BillingMode="PAY_PER_REQUEST",
        **key_schema((key, kind)),
    )  # fmt: skip
    if recoverable:
        made.put("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", True)
    return made


TABLES = ("orders", "users", "sessions", "events", "products", "ledger")


@family("cloudformation", levels=(3, 4, 5))
def table_stream_function(draw: Draw) -> Draft:
    """A DynamoDB table whose changes a Lambda function handles."""
    stack = Stack(draw, "A table and the function that follows its changes")
    made = Function(stack)
    name = draw.name("table", TABLES)
    key = draw.choice("key", ("id", "pk", "orderId", "userId", "sku"))
    view = draw.choice("view", ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"))
    size = draw.choice("batch", (5, 10, 20, 50, 75, 200))
    table = add_table(stack, name, key, "S")
    table.set(StreamSpecification={"StreamViewType": view})
    stack.ask(
        tables.table(name=name), tables.table_key(of=name, key=key, type="S"),
        tables.table_stream(of=name, value=view),
        triggers.function_reads_table(of=made.name, table=name, size=size),
    )  # fmt: skip
    stack.add(
        "Lambda::EventSourceMapping", "StreamTrigger", EventSourceArn=table["StreamArn"],
        FunctionName=made.made.ref, BatchSize=size, StartingPosition="LATEST",
    )  # fmt: skip
    made.allow(
        "read-stream",
        ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
         "dynamodb:ListStreams"],
        table["StreamArn"],
    )  # fmt: skip

    def uses() -> None:
        actions = draw.sample(
            "actions", ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
                        "dynamodb:UpdateItem"), 2,
        )  # fmt: skip
        stack.ask(ask.function_uses_table(of=made.name, actions=actions, table=name))
        made.allow("use-table", list(actions), table["Arn"])

    def knows() -> None:
        variable = draw.choice("table variable", ("TABLE_NAME", "TABLE", "DYNAMODB_TABLE"))
        stack.ask(ask.function_knows_table(of=made.name, key=variable, to=name))
        made.knows(variable, table.ref)

    extras = made.extras()
    decorate(
        stack,
        (Extra("table", 1, uses), Extra("table variable", 1, knows), *extras[:2], extras[3],
         extras[4]),
    )  # fmt: skip
    return stack.draft(
        f"Let `{made.name}` follow the changes of the table `{name}`, with CloudFormation",
        f"Write a CloudFormation template: changes in `{name}` start the function `{made.name}`",
    )


@family("cloudformation", levels=(3, 4, 5))
def topic_function(draw: Draw) -> Draft:
    """A Lambda function that a topic starts, and that may send messages on."""
    stack = Stack(draw, "A function that answers notifications")
    made = Function(stack)
    name = draw.name("topic", ("alerts", "notices", "orders", "events", "payments"))
    topic = stack.add("SNS::Topic", "Topic", TopicName=name, KmsMasterKeyId="alias/aws/sns")
    stack.add(
        "SNS::Subscription", "Subscription", Protocol="lambda", TopicArn=topic.ref,
        Endpoint=made.made["Arn"],
    )  # fmt: skip
    stack.add(
        "Lambda::Permission", "TopicPermission", FunctionName=made.made.ref,
        Action="lambda:InvokeFunction", Principal="sns.amazonaws.com", SourceArn=topic.ref,
    )  # fmt: skip
    stack.ask(
        messages.topic(name=name), triggers.function_subscribed(of=made.name, topic=name),
        triggers.function_sns_permission(of=made.name),
    )  # fmt: skip

    def passes_on() -> None:
        other = draw.name("queue", ("results", "outbox", "replies", "audit"))
        queue = stack.add("SQS::Queue", "Outbox", QueueName=other)
        stack.ask(
            messages.queue(name=other), ask.function_sends(of=made.name, queue=other),
            ask.function_knows_queue(of=made.name, key="QUEUE_URL", to=other),
        )  # fmt: skip
        made.knows("QUEUE_URL", queue.ref)
        made.allow("send-results", "sqs:SendMessage", queue["Arn"])

    extras = made.extras()
    decorate(stack, (*extras[:2], Extra("queue", 3, passes_on), *extras[2:6],
                     made.architecture()))  # fmt: skip
    return stack.draft(
        f"The function `{made.name}` is to answer the messages of `{name}`, as CloudFormation",
        f"Write a CloudFormation template in which the topic `{name}` starts `{made.name}`",
    )
