"""Tasks about S3 buckets and file systems."""

from __future__ import annotations

from envs.cloudformation.requirements import buckets as ask
from envs.cloudformation.requirements import keys, messages
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
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

BUCKETS = ("logs", "media", "backups", "artifacts", "exports", "uploads", "reports", "archive")
ROOT = sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def add_bucket(stack: Stack, name: str, id: str = "Bucket", *, versioned: bool = True) -> Handle:
    """Add a bucket that is closed to the public and keeps versions (unless tasks ask for that)."""
    made = stack.add(
        "S3::Bucket", id, BucketName=name, PublicAccessBlockConfiguration=dict(PRIVATE)
    )
    if versioned:
        made.set(VersioningConfiguration={"Status": "Enabled"})
    return made


def tls_statement(bucket: Handle) -> dict[str, object]:
    """Write the statement that denies requests without TLS."""
    return statement(
        "s3:*", [bucket["Arn"], sub(f"${{{bucket.id}.Arn}}/*")], "*", Effect="Deny",
        Sid="DenyInsecureTransport", Condition={"Bool": {"aws:SecureTransport": "false"}},
    )  # fmt: skip


def encrypt(bucket: Handle, algorithm: str, key: object = None) -> None:
    """Set the default encryption of a bucket."""
    rule: dict[str, object] = {"SSEAlgorithm": algorithm}
    if key is not None:
        rule["KMSMasterKeyID"] = key
    bucket.put(
        "BucketEncryption.ServerSideEncryptionConfiguration",
        [{"ServerSideEncryptionByDefault": rule}],
    )


def add_key(stack: Stack, alias: str, id: str = "Key") -> Handle:
    """Ask for a KMS key with an alias, and add both."""
    stack.ask(keys.key(alias=alias))
    key = stack.add(
        "KMS::Key", id, Description=f"Key of {alias}", EnableKeyRotation=True,
        KeyPolicy=document(statement("kms:*", "*", {"AWS": ROOT}, Sid="Administration")),
    )  # fmt: skip
    key.keep()
    stack.add("KMS::Alias", f"{id}Alias", AliasName=alias, TargetKeyId=key.ref)
    return key


class Bucket:
    """A bucket under construction."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.name = stack.draw.name("bucket", BUCKETS)
        self.made = add_bucket(stack, self.name, versioned=False)
        self.statements: list[dict[str, object]] = []
        stack.ask(ask.bucket(name=self.name), ask.bucket_private(of=self.name))

    def _rule(self, id: str, **rule: object) -> None:
        self.made.append("LifecycleConfiguration.Rules", {"Id": id, "Status": "Enabled", **rule})

    def encrypted(self) -> None:
        """Ask for an encryption algorithm."""
        value = self.stack.draw.choice("algorithm", ("aws:kms", "aws:kms:dsse"))
        self.stack.ask(ask.bucket_encryption(of=self.name, value=value))
        encrypt(self.made, value)

    def keyed(self) -> None:
        """Ask for encryption with a key of the template."""
        alias = "alias/" + self.stack.draw.name("alias", ("storage", "files", "data", "vault"))
        key = add_key(self.stack, alias, "StorageKey")
        self.stack.ask(keys.key_for_bucket(of=self.name, alias=alias))
        encrypt(self.made, "aws:kms", key["Arn"])

    def expiring(self) -> None:
        """Ask for an expiry."""
        days = self.stack.draw.integer("days", 200, 730)
        self.stack.ask(ask.bucket_expiry(of=self.name, value=days))
        self._rule("expire", ExpirationInDays=days)

    def moving(self) -> None:
        """Ask for a transition."""
        days = self.stack.draw.integer("cold days", 30, 180, 5)
        storage = self.stack.draw.choice("storage", ("STANDARD_IA", "GLACIER", "DEEP_ARCHIVE"))
        self.stack.ask(ask.bucket_transition(of=self.name, storage=storage, days=days))
        move = {"StorageClass": storage, "TransitionInDays": days}
        self._rule("archive", Transitions=[move])

    def tidy(self) -> None:
        """Ask to abort uploads."""
        days = self.stack.draw.integer("upload days", 1, 14)
        self.stack.ask(ask.bucket_uploads(of=self.name, value=days))
        self._rule("uploads", AbortIncompleteMultipartUpload={"DaysAfterInitiation": days})

    def forgetting(self) -> None:
        """Ask to delete old versions."""
        days = self.stack.draw.integer("version days", 10, 120)
        self.stack.ask(ask.bucket_old_versions(of=self.name, value=days))
        self._rule("versions", NoncurrentVersionExpiration={"NoncurrentDays": days})

    def tls(self) -> None:
        """Ask for TLS only."""
        self.stack.ask(ask.bucket_tls_only(of=self.name))
        self.statements.append(tls_statement(self.made))

    def shared(self) -> None:
        """Ask for a service that may write."""
        service = self.stack.draw.choice(
            "service", ("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com",
                        "delivery.logs.amazonaws.com", "ses.amazonaws.com"),
        )  # fmt: skip
        self.stack.ask(ask.bucket_service(of=self.name, service=service, action="s3:PutObject"))
        self.statements.append(
            statement(
                "s3:PutObject", sub(f"${{{self.made.id}.Arn}}/*"), {"Service": service},
                Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            )
        )  # fmt: skip

    def cors(self) -> None:
        """Ask for a CORS rule."""
        draw = self.stack.draw
        origin = f"https://{draw.choice('origin', ('app', 'www', 'admin', 'shop'))}.example.com"
        methods = draw.sample("methods", ("GET", "PUT", "POST", "HEAD"), 2)
        self.stack.ask(ask.bucket_cors(of=self.name, origin=origin, methods=methods))
        rule = {
            "AllowedOrigins": [origin], "AllowedMethods": list(methods), "AllowedHeaders": ["*"],
            "MaxAge": 3000,
        }  # fmt: skip
        self.made.append("CorsConfiguration.CorsRules", rule)

    def logged(self) -> None:
        """Ask for access logs in another bucket."""
        other = f"{self.name}-access-logs"
        self.stack.ask(ask.bucket(name=other), ask.bucket_logs_to(of=self.name, to=other))
        logs = add_bucket(self.stack, other, "AccessLogs")
        self.made.set(
            LoggingConfiguration={"DestinationBucketName": logs.ref, "LogFilePrefix": "access/"}
        )
        target = sub(f"${{{logs.id}.Arn}}/access/*")
        self.stack.add(
            "S3::BucketPolicy", "AccessLogsPolicy", Bucket=logs.ref,
            PolicyDocument=document(
                statement("s3:PutObject", target, {"Service": "logging.s3.amazonaws.com"})
            ),
        )  # fmt: skip

    def finish(self) -> None:
        """Add the policy of the bucket."""
        if self.statements:
            self.stack.add(
                "S3::BucketPolicy", "BucketPolicy", Bucket=self.made.ref,
                PolicyDocument=document(*self.statements),
            )  # fmt: skip


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def s3_bucket(draw: Draw) -> Draft:
    """An S3 bucket with versions, encryption, lifecycle, policy and tags as asked."""
    stack = Stack(draw, "Object storage")
    one = Bucket(stack)
    more = Settings(stack, one.made, one.name)
    versions = more.switch(ask.bucket_versioned, "VersioningConfiguration.Status", "Enabled")
    decorate(
        stack,
        (
            versions, Extra("encryption", 1, one.encrypted), Extra("expiry", 1, one.expiring),
            Extra("TLS", 1, one.tls), more.tag(ask.bucket_tag),
            more.kept(ask.bucket_retained), Extra("transition", 1, one.moving),
            more.output(ask.bucket_arn_output, one.made["Arn"], ("BucketArn", "StorageArn", "Arn")),
            Extra("service", 1, one.shared), Extra("uploads", 1, one.tidy),
            Extra("CORS", 1, one.cors),
            more.switch(ask.bucket_acceleration, "AccelerateConfiguration.AccelerationStatus",
                        "Enabled"),
            more.switch(
                ask.bucket_events_bridge,
                "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
            ),
            more.switch(
                ask.bucket_owned, "OwnershipControls.Rules",
                [{"ObjectOwnership": "BucketOwnerEnforced"}],
            ),
        ),
    )  # fmt: skip
    one.finish()
    return stack.draft(
        f"Write a CloudFormation template for the S3 bucket `{one.name}`",
        f"We need object storage on AWS: a bucket `{one.name}`, as a CloudFormation stack",
        f"Create the S3 bucket `{one.name}` with CloudFormation",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def archive_bucket(draw: Draw) -> Draft:
    """A bucket for records: its own key, versions, lifecycle, access logs, kept with the stack."""
    stack = Stack(draw, "Storage for records")
    one = Bucket(stack)
    one.keyed()
    more = Settings(stack, one.made, one.name)
    decorate(
        stack,
        (
            more.switch(ask.bucket_versioned, "VersioningConfiguration.Status", "Enabled"),
            more.kept(ask.bucket_retained), Extra("old versions", 1, one.forgetting),
            Extra("TLS", 1, one.tls), Extra("transition", 1, one.moving),
            Extra("logs", 2, one.logged), more.tag(ask.bucket_tag),
            Extra("uploads", 1, one.tidy),
        ),
    )  # fmt: skip
    one.finish()
    return stack.draft(
        f"Write a CloudFormation template for the bucket `{one.name}`, an archive of records",
        f"Set up the archive bucket `{one.name}` with CloudFormation",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def static_website(draw: Draw) -> Draft:
    """A public website in an S3 bucket."""
    stack = Stack(draw, "Static website")
    name = draw.name("bucket", ("site", "www", "docs", "blog", "landing", "help"))
    index = draw.choice("index", ("index.html", "home.html", "main.html", "start.html"))
    made = stack.add(
        "S3::Bucket", "Website", BucketName=name,
        PublicAccessBlockConfiguration={
            **PRIVATE, "BlockPublicPolicy": False, "RestrictPublicBuckets": False,
        },
        WebsiteConfiguration={"IndexDocument": index},
    )  # fmt: skip
    stack.ask(
        ask.bucket(name=name), ask.bucket_index(of=name, value=index),
        ask.bucket_public_read(of=name),
    )  # fmt: skip
    stack.add(
        "S3::BucketPolicy", "WebsitePolicy", Bucket=made.ref,
        PolicyDocument=document(
            statement("s3:GetObject", sub(f"${{{made.id}.Arn}}/*"), "*", Sid="PublicRead")
        ),
    )  # fmt: skip
    more = Settings(stack, made, name)

    def cors() -> None:
        origin = f"https://{draw.choice('origin', ('app', 'shop', 'admin', 'beta'))}.example.com"
        methods = draw.sample("methods", ("GET", "HEAD", "POST"), 2)
        stack.ask(ask.bucket_cors(of=name, origin=origin, methods=methods))
        rule = {"AllowedOrigins": [origin], "AllowedMethods": list(methods)}
        made.put("CorsConfiguration.CorsRules", [rule])

    def uploads() -> None:
        days = draw.integer("upload days", 1, 14)
        stack.ask(ask.bucket_uploads(of=name, value=days))
        rule = {
            "Id": "uploads", "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days},
        }  # fmt: skip
        made.put("LifecycleConfiguration.Rules", [rule])

    decorate(
        stack,
        (
            more.value(
                ask.bucket_error_page, "WebsiteConfiguration.ErrorDocument",
                ("error.html", "404.html", "oops.html"),
            ),
            more.switch(ask.bucket_versioned, "VersioningConfiguration.Status", "Enabled"),
            more.tag(ask.bucket_tag), Extra("CORS", 1, cors),
            more.output(ask.bucket_website_output, made["WebsiteURL"], ("SiteUrl", "Website")),
            Extra("uploads", 1, uploads),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Host a public static website in the S3 bucket `{name}` with CloudFormation",
        f"Write a CloudFormation template for `{name}`, a website served from S3",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def bucket_events(draw: Draw) -> Draft:
    """A bucket that tells a queue (and a topic) what happens in it."""
    stack = Stack(draw, "Bucket notifications")
    name = draw.name("bucket", BUCKETS)
    to = draw.name("queue", ("uploads", "imports", "files", "scans", "thumbnails"))
    event = draw.choice(
        "event", ("s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectRemoved:*",
                  "s3:ObjectRestore:Completed"),
    )  # fmt: skip
    bucket = add_bucket(stack, name, versioned=False)
    queue = stack.add("SQS::Queue", "Queue", QueueName=to, SqsManagedSseEnabled=True)
    arn = sub(f"arn:${{AWS::Partition}}:s3:::{name}")
    stack.add(
        "SQS::QueuePolicy", "QueuePolicy", Queues=[queue.ref],
        PolicyDocument=document(
            statement("sqs:SendMessage", queue["Arn"], {"Service": "s3.amazonaws.com"},
                      Condition={"ArnLike": {"aws:SourceArn": arn}})
        ),
    )  # fmt: skip
    bucket.attributes["DependsOn"] = ["QueuePolicy"]
    told = {"Event": event, "Queue": queue["Arn"]}
    bucket.put("NotificationConfiguration.QueueConfigurations", [told])
    stack.ask(ask.bucket(name=name), messages.queue(name=to))
    if draw.chance("filtered", 0.5):
        suffix = draw.choice("suffix", (".jpg", ".csv", ".json", ".pdf", ".zip"))
        stack.ask(messages.bucket_notifies_filtered(of=name, event=event, queue=to, suffix=suffix))
        told["Filter"] = {"S3Key": {"Rules": [{"Name": "suffix", "Value": suffix}]}}
    else:
        stack.ask(messages.bucket_notifies_queue(of=name, event=event, queue=to))
    stack.ask(messages.queue_service(of=to, service="s3.amazonaws.com"))
    more, other = Settings(stack, bucket, name), Settings(stack, queue, to)

    def waiting() -> None:
        stack.ask(messages.bucket_after_policy(of=name, to=to))

    def announced() -> None:
        topic = draw.name("topic", ("notices", "changes", "alerts"))
        also = draw.choice("topic event", ("s3:ReducedRedundancyLostObject", "s3:ObjectTagging:*"))
        stack.ask(
            messages.topic(name=topic),
            messages.bucket_notifies_topic(of=name, event=also, topic=topic),
            messages.topic_service(of=topic, service="s3.amazonaws.com"),
        )
        made = stack.add("SNS::Topic", "Topic", TopicName=topic)
        stack.add(
            "SNS::TopicPolicy", "TopicPolicy", Topics=[made.ref],
            PolicyDocument=document(
                statement("sns:Publish", made.ref, {"Service": "s3.amazonaws.com"},
                          Condition={"ArnLike": {"aws:SourceArn": arn}})
            ),
        )  # fmt: skip
        bucket.attributes["DependsOn"].append("TopicPolicy")
        bucket.put("NotificationConfiguration.TopicConfigurations", [
            {"Event": also, "Topic": made.ref}
        ])  # fmt: skip

    decorate(
        stack,
        (
            other.value(messages.queue_visibility, "VisibilityTimeout", range(60, 3600, 60)),
            Extra("topic", 3, announced),
            more.switch(ask.bucket_versioned, "VersioningConfiguration.Status", "Enabled"),
            more.tag(ask.bucket_tag),
            other.value(messages.queue_polling, "ReceiveMessageWaitTimeSeconds", range(5, 21)),
            more.kept(ask.bucket_retained),
            other.output(messages.queue_url_output, queue.ref, ("QueueUrl", "EventsQueueUrl")),
        ),
    )  # fmt: skip
    if draw.phrase("wait", (True, False)):
        waiting()
    return stack.draft(
        f"Write a CloudFormation template that tells the queue `{to}` of events in `{name}`",
        f"Connect the S3 bucket `{name}` to the queue `{to}` with CloudFormation",
    )
