"""Tasks about Lambda functions, queues, topics and HTTP APIs on AWS."""

from __future__ import annotations

from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_buckets
from envs.terraform.requirements import aws_functions as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, expression, nested, template

RUNTIMES = (
    ("python3.12", "main.handler"), ("python3.11", "app.handle"), ("python3.13", "worker.run"),
    ("nodejs20.x", "index.handler"), ("nodejs22.x", "dist/index.handler"),
    ("java21", "com.example.App::handle"), ("ruby3.3", "app.handler"), ("dotnet8", "App::Fn::Run"),
)  # fmt: skip
VARIABLES = (
    ("LOG_LEVEL", ("debug", "info", "warning", "error")),
    ("STAGE", ("dev", "staging", "prod", "test")),
    ("PAGE_SIZE", ("10", "25", "50", "100")),
    ("CURRENCY", ("EUR", "USD", "GBP", "CHF")),
)
DAYS = (3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 400)
WORKERS = ("worker", "handler", "resizer", "notifier", "importer", "mailer", "indexer", "cleaner")
BASIC = "AWSLambdaBasicExecutionRole"


def encoded(value: object) -> Raw:
    """Write `jsonencode` of an object, in lines."""
    return Raw(f"jsonencode({expression(value)})")


def policy(*statements: dict[str, object]) -> Raw:
    """Write a policy document."""
    return encoded({"Version": "2012-10-17", "Statement": list(statements)})


def service_trust(service: str) -> Raw:
    """Write the trust policy for a service."""
    return policy(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    )


class Function:
    """A Lambda function under construction, with its role."""

    #: The longest timeout that tasks ask for, in seconds.
    longest = 900

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("function", WORKERS)
        runtime, handler = draw.choice("runtime", RUNTIMES)
        self.role = stack.add(
            "aws_iam_role", self.name, name=f"{self.name}-role",
            assume_role_policy=service_trust("lambda.amazonaws.com"),
        )  # fmt: skip
        self.made = stack.add(
            "aws_lambda_function", self.name, function_name=self.name, role=self.role["arn"],
            runtime=runtime, handler=handler, filename="function.zip",
        )  # fmt: skip
        stack.ask(
            ask.function(name=self.name),
            ask.function_code(of=self.name, runtime=runtime, handler=handler),
            ask.function_role(of=self.name),
        )

    def memory(self) -> None:
        """Ask for its memory."""
        size = self.stack.draw.integer("memory", 192, 3008, 64)
        self.stack.ask(ask.function_memory(of=self.name, value=size))
        self.made.set(memory_size=size)

    def timeout(self) -> None:
        """Ask for its timeout."""
        seconds = self.stack.draw.integer("timeout", 5, self.longest, 5)
        self.stack.ask(ask.function_timeout(of=self.name, value=seconds))
        self.made.set(timeout=seconds)

    def managed(self) -> None:
        """Ask for a managed policy of the role."""
        chosen = self.stack.draw.choice(
            "managed",
            (f"service-role/{BASIC}", "service-role/AWSLambdaVPCAccessExecutionRole",
             "AWSXRayDaemonWriteAccess", "AmazonDynamoDBReadOnlyAccess", "AmazonS3ReadOnlyAccess"),
        )  # fmt: skip
        self.stack.ask(ask.function_managed_policy(of=self.name, policy=chosen.rpartition("/")[2]))
        self.stack.add(
            "aws_iam_role_policy_attachment", self.name, role=self.role["name"],
            policy_arn=f"arn:aws:iam::aws:policy/{chosen}",
        )  # fmt: skip

    def variable(self) -> None:
        """Ask for a variable of its environment."""
        key, values = self.stack.draw.choice("variable", VARIABLES)
        value = self.stack.draw.choice("variable value", values)
        self.stack.ask(ask.function_variable(of=self.name, key=key, value=value))
        self.made.nest("environment", variables={key: value})

    def logs(self) -> None:
        """Ask for its log group."""
        days = self.stack.draw.choice("log days", DAYS)
        self.stack.ask(ask.function_log_days(of=self.name, days=days))
        self.stack.add(
            "aws_cloudwatch_log_group", self.name, retention_in_days=days,
            name=template(f"/aws/lambda/{self.name}"),
        )  # fmt: skip

    def architecture(self) -> None:
        """Ask for its processors."""
        chosen = self.stack.draw.choice("architecture", ("arm64", "x86_64"))
        self.stack.ask(ask.function_architecture(of=self.name, value=chosen))
        self.made.set(architectures=[chosen])

    def tracing(self) -> None:
        """Ask for tracing."""
        self.stack.ask(ask.function_tracing(of=self.name))
        self.made.nest("tracing_config", mode="Active")

    def concurrency(self) -> None:
        """Ask for a reserved concurrency."""
        most = self.stack.draw.integer("concurrency", 2, 80)
        self.stack.ask(ask.function_concurrency(of=self.name, value=most))
        self.made.set(reserved_concurrent_executions=most)

    def extras(self) -> tuple[Extra, ...]:
        """Return what any function may also be asked for."""
        return (
            Extra("memory", 1, self.memory), Extra("timeout", 1, self.timeout),
            Extra("managed policy", 1, self.managed),
            Extra("variable", 1, self.variable), Extra("logs", 1, self.logs),
            Extra("architecture", 1, self.architecture), Extra("tracing", 1, self.tracing),
            Extra("region", 1, lambda: region(self.stack)),
            Extra("concurrency", 1, self.concurrency),
        )  # fmt: skip


@family("terraform", levels=(1, 2, 3, 4))
def lambda_function(draw: Draw) -> Draft:
    """A Lambda function with its role, settings and logs."""
    stack = Stack(draw, "aws")
    made = Function(stack)
    decorate(stack, made.extras())
    return stack.draft(
        f"Create the Lambda function `{made.name}` with Terraform",
        f"Write Terraform for a function `{made.name}` on AWS Lambda",
        f"We want to run `{made.name}` on Lambda; the code is in function.zip",
    )


def _queue(stack: Stack, which: str, name: str) -> Handle:
    stack.ask(ask.queue(name=name))
    return stack.add("aws_sqs_queue", which, name=name)


@family("terraform", levels=(2, 3, 4, 5))
def queue_worker(draw: Draw) -> Draft:
    """A queue whose messages a Lambda function handles, perhaps with a dead letter queue."""
    stack = Stack(draw, "aws")
    made = Function(stack)
    name = draw.name("queue", ("jobs", "orders", "tasks", "events", "uploads", "invoices"))
    made.longest = 30  # no longer than messages are hidden by default: AWS demands it
    source = _queue(stack, "source", name)
    size = draw.choice("batch", (2, 3, 4, 5, 7, 8, 9))
    stack.ask(ask.function_reads_queue(of=made.name, queue=name, size=size))
    stack.add(
        "aws_lambda_event_source_mapping", "source", event_source_arn=source["arn"],
        function_name=made.made["arn"], batch_size=size,
    )  # fmt: skip

    def dead_letters() -> None:
        other, tries = f"{name}-dead", draw.integer("tries", 2, 20)
        target = _queue(stack, "dead", other)
        stack.ask(ask.queue_dead_letters(of=name, to=other, tries=tries))
        source.set(
            redrive_policy=encoded({"deadLetterTargetArn": target["arn"], "maxReceiveCount": tries})
        )

    def hidden() -> None:
        seconds = draw.integer("visibility", 40, 3600, 20)
        stack.ask(ask.queue_visibility(of=name, value=seconds))
        source.set(visibility_timeout_seconds=seconds)

    def kept() -> None:
        seconds = 3600 * draw.integer("retention", 100, 330)
        stack.ask(ask.queue_retention(of=name, value=seconds))
        source.set(message_retention_seconds=seconds)

    decorate(
        stack,
        (
            Extra("visibility", 1, hidden), *made.extras()[:2],
            Extra("dead letters", 2, dead_letters), Extra("retention", 1, kept),
            *made.extras()[2:],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Let the Lambda function `{made.name}` work through the queue `{name}`",
        f"Messages in the SQS queue `{name}` are to be handled by `{made.name}`",
    )


@family("terraform", levels=(2, 3, 4))
def scheduled_function(draw: Draw) -> Draft:
    """A Lambda function that EventBridge starts on a schedule."""
    stack = Stack(draw, "aws")
    made = Function(stack)
    schedule = draw.choice(
        "schedule",
        ("rate(5 minutes)", "rate(10 minutes)", "rate(1 hour)", "rate(1 day)", "rate(2 hours)",
         "cron(0 6 * * ? *)", "cron(30 22 ? * MON-FRI *)", "cron(15 3 1 * ? *)"),
    )  # fmt: skip
    stack.ask(ask.function_schedule(of=made.name, schedule=schedule))
    rule = stack.add(
        "aws_cloudwatch_event_rule", "schedule",
        name=f"{made.name}-schedule", schedule_expression=schedule,
    )  # fmt: skip
    stack.add(
        "aws_cloudwatch_event_target", "schedule", rule=rule["name"], arn=made.made["arn"]
    )  # fmt: skip

    def permitted() -> None:
        stack.ask(ask.function_events_permission(of=made.name))
        stack.add(
            "aws_lambda_permission", "schedule", action="lambda:InvokeFunction",
            function_name=made.made["function_name"], principal="events.amazonaws.com",
            source_arn=rule["arn"],
        )  # fmt: skip

    def dead_letters() -> None:
        name = f"{made.name}-failed"
        target = _queue(stack, "failed", name)
        stack.ask(ask.function_dead_letters(of=made.name, to=name))
        made.made.nest("dead_letter_config", target_arn=target["arn"])
        stack.add(
            "aws_iam_role_policy", "failed", role=made.role["id"],
            policy=policy(
                {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": target["arn"]}
            ),
        )  # fmt: skip

    extras = made.extras()
    decorate(
        stack,
        (
            Extra("permission", 1, permitted), *extras[:3],
            Extra("dead letters", 2, dead_letters), *extras[3:],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the Lambda function `{made.name}` regularly",
        f"Terraform for a scheduled function `{made.name}`, please",
    )


@family("terraform", levels=(2, 3, 4, 5))
def http_api(draw: Draw) -> Draft:
    """An HTTP API whose routes a Lambda function serves."""
    stack = Stack(draw, "aws")
    made = Function(stack)
    name = draw.name("api", ("api", "gateway", "portal", "backend", "edge"))
    api = stack.add("aws_apigatewayv2_api", "api", name=name, protocol_type="HTTP")
    stack.ask(ask.http_api(name=name))
    integration = stack.add(
        "aws_apigatewayv2_integration", "function", api_id=api["id"],
        integration_type="AWS_PROXY", integration_uri=made.made["invoke_arn"],
        payload_format_version="2.0",
    )  # fmt: skip
    routes = draw.sample(
        "routes",
        ("GET /items", "POST /orders", "GET /health", "$default", "DELETE /items/{id}",
         "PUT /users/{id}", "ANY /{proxy+}", "POST /login"),
        draw.choice("route count", (1, 1, 2)),
    )  # fmt: skip
    for place, route in enumerate(routes):
        stack.ask(ask.api_route(of=name, route=route, function=made.name))
        stack.add(
            "aws_apigatewayv2_route", f"route_{place + 1}", api_id=api["id"], route_key=route,
            target=template(f"integrations/${{{integration['id']}}}"),
        )  # fmt: skip

    def staged() -> None:
        stage = draw.choice("stage", ("$default", "live", "v1", "prod"))
        stack.ask(ask.api_stage(of=name, name=stage))
        stack.add(
            "aws_apigatewayv2_stage", "stage", api_id=api["id"], name=stage, auto_deploy=True
        )  # fmt: skip

    def permitted() -> None:
        stack.ask(ask.function_api_permission(of=made.name))
        stack.add(
            "aws_lambda_permission", "api", action="lambda:InvokeFunction",
            function_name=made.made["function_name"], principal="apigateway.amazonaws.com",
            source_arn=template(f"${{{api['execution_arn']}}}/*/*"),
        )  # fmt: skip

    decorate(
        stack, (Extra("stage", 1, staged), Extra("permission", 1, permitted), *made.extras())
    )  # fmt: skip
    return stack.draft(
        f"Serve the HTTP API `{name}` from the Lambda function `{made.name}`",
        f"An HTTP API `{name}` on API Gateway, with `{made.name}` behind it",
    )


@family("terraform", levels=(1, 2, 3), held_out=True)
def topic_fan_out(draw: Draw) -> Draft:
    """A topic whose messages arrive in several queues."""
    stack = Stack(draw, "aws")
    name = draw.name("topic", ("events", "alerts", "updates", "orders", "changes"))
    topic = stack.add("aws_sns_topic", "topic", name=name)
    stack.ask(ask.topic(name=name))
    count = 1 if draw.level == 1 else 2
    names = draw.sample("queues", ("audit", "billing", "search", "mail", "stock", "stats"), count)
    for which in names:
        full = f"{name}-{which}"
        queue = _queue(stack, which, full)
        stack.ask(ask.topic_feeds_queue(of=name, queue=full))
        stack.add(
            "aws_sns_topic_subscription", which, topic_arn=topic["arn"], protocol="sqs",
            endpoint=queue["arn"],
        )  # fmt: skip
        if draw.wants(f"policy for {which}", 3):
            stack.ask(ask.queue_admits_topic(of=name, queue=full))
            stack.add(
                "aws_sqs_queue_policy", which, queue_url=queue["id"],
                policy=policy({
                    "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue["arn"],
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Condition": {"ArnEquals": {"aws:SourceArn": topic["arn"]}},
                }),
            )  # fmt: skip
    return stack.draft(
        f"Fan out the messages of the topic `{name}`",
        f"Several services want a copy of what is published on `{name}`",
    )


@family("terraform", levels=(3, 4, 5))
def bucket_processor(draw: Draw) -> Draft:
    """A Lambda function that may read and write the objects of a bucket."""
    stack = Stack(draw, "aws")
    name = draw.name("bucket", ("uploads", "images", "scans", "reports", "exports"))
    made = Function(stack)
    bucket = stack.add("aws_s3_bucket", "bucket", bucket=name)
    stack.ask(aws_buckets.bucket(name=name))
    actions = draw.sample("actions", ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), 2)
    stack.ask(ask.function_uses_bucket(of=made.name, actions=list(actions), bucket=name))
    grant: dict[str, object] = {
        "Effect": "Allow", "Action": list(actions),
        "Resource": template(f"${{{bucket['arn']}}}/*"),
    }  # fmt: skip
    if draw.phrase("style", (True, False)):
        document = stack.data(
            "aws_iam_policy_document", "objects",
            statement=nested(actions=list(actions), resources=[grant["Resource"]]),
        )  # fmt: skip
        text = document["json"]
    else:
        text = policy(grant)
    stack.add("aws_iam_role_policy", "objects", role=made.role["id"], policy=text)

    def output() -> None:
        out = draw.choice("output", ("bucket_arn", "store_arn"))
        stack.ask(aws_buckets.bucket_arn_output(of=name, name=out))
        stack.top(block("output", out, value=bucket["arn"]))

    def private() -> None:
        stack.ask(aws_buckets.bucket_private(of=name))
        switches = dict.fromkeys(
            ("block_public_acls", "block_public_policy", "ignore_public_acls",
             "restrict_public_buckets"), True,
        )  # fmt: skip
        stack.add("aws_s3_bucket_public_access_block", "bucket", bucket=bucket["id"], **switches)

    decorate(
        stack, (Extra("private", 1, private), *made.extras()[:6], Extra("output", 1, output))
    )  # fmt: skip
    return stack.draft(
        f"Let the function `{made.name}` work on the files in the bucket `{name}`",
        f"`{made.name}` is to process what lies in the S3 bucket `{name}`",
    )
