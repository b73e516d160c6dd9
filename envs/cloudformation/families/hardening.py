"""Tasks that start from a template: insecure ones to harden, broken ones to repair."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from envs.cloudformation.choices import OFFICES
from envs.cloudformation.families.compute import TYPES, image
from envs.cloudformation.families.serverless import TABLES, add_table
from envs.cloudformation.families.storage import BUCKETS, PRIVATE, ROOT, tls_statement
from envs.cloudformation.rendering import Call, render
from envs.cloudformation.requirements import (
    buckets,
    databases,
    firewall_rules,
    identity,
    keys,
    machines,
    messages,
    tables,
)
from envs.cloudformation.requirements import hardening as ask
from envs.cloudformation.template import (
    ACCOUNT,
    Extra,
    Handle,
    Stack,
    decorate,
    document,
    statement,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _own(action: str, resource: object, service: str) -> dict[str, Any]:
    """Write the statement that lets a service act for the own account."""
    return statement(
        action, resource, {"Service": service},
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )  # fmt: skip


class _Pair:
    """The template that is given and the one that is wanted, side by side."""

    def __init__(self, draw: Draw, description: str) -> None:
        self.draw = draw
        self.given = Stack(draw, description)
        self.wanted = Stack(draw, description)
        self.ask = self.wanted.ask

    def add(self, type: str, id: str, **properties: Any) -> tuple[Handle, Handle]:
        """Add a resource to both; return the insecure and the secure one."""
        before = self.given.add(type, id, **copy.deepcopy(properties))
        return before, self.wanted.add(type, id, **copy.deepcopy(properties))

    def parameter(self, name: str, type: str = "String", **settings: Any) -> Call:
        """Declare a parameter in both."""
        self.given.parameter(name, type, **settings)
        return self.wanted.parameter(name, type, **settings)

    # -- what may be wrong -------------------------------------------------------------------------

    def bucket(self) -> None:
        """A bucket that is open to the public."""
        name = self.draw.name("bucket", BUCKETS)
        before, after = self.add("S3::Bucket", "Bucket", BucketName=name)
        before.set(PublicAccessBlockConfiguration=dict.fromkeys(PRIVATE, False))
        after.set(PublicAccessBlockConfiguration=dict(PRIVATE))
        self.ask(buckets.bucket_private(of=name))
        if self.draw.chance("TLS", 0.5):
            self.ask(buckets.bucket_tls_only(of=name))
            self.wanted.add(
                "S3::BucketPolicy", "BucketPolicy", Bucket=after.ref,
                PolicyDocument=document(tls_statement(after)),
            )  # fmt: skip
        if self.draw.chance("versions", 0.4):
            self.ask(buckets.bucket_versioned(of=name))
            after.set(VersioningConfiguration={"Status": "Enabled"})

    def group(self) -> None:
        """A security group that is open for SSH."""
        name, port = self.draw.name("group", ("app-sg", "admin-sg", "web-sg")), 22
        source = self.draw.choice("office", OFFICES)
        vpc = self.parameter("VpcId", "AWS::EC2::VPC::Id")
        before, after = self.add(
            "EC2::SecurityGroup", "SecurityGroup", GroupName=name,
            GroupDescription=f"Traffic of {name}", VpcId=vpc,
        )  # fmt: skip
        for one, cidr in ((before, "0.0.0.0/0"), (after, source)):
            one.set(
                SecurityGroupIngress=[
                    {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": cidr}
                ]
            )
        self.ask(
            firewall_rules.group_no_admin(of=name),
            firewall_rules.group_admits(of=name, port=port, source=source),
        )

    def database(self) -> None:
        """A database that is public, not encrypted, with its password in plain text."""
        name = self.draw.name("database", ("db", "orders", "ledger"))
        before, after = self.add(
            "RDS::DBInstance", "Database", DBInstanceIdentifier=name, Engine="postgres",
            DBInstanceClass="db.m6g.large", AllocatedStorage="50", MasterUsername="dbadmin",
        )  # fmt: skip
        before.keep("Delete")
        after.keep("Snapshot")
        before.set(
            PubliclyAccessible=True, StorageEncrypted=False, MasterUserPassword="Summer-2024!"
        )
        after.set(PubliclyAccessible=False, StorageEncrypted=True, ManageMasterUserPassword=True)
        self.ask(
            databases.database_private(of=name), databases.database_encrypted(of=name),
            databases.database_password(of=name),
        )  # fmt: skip

    def instance(self) -> None:
        """A machine with IMDSv1 and plain disks."""
        name = self.draw.name("instance", ("app", "worker", "bastion"))
        image(self.given)
        before, after = self.add(
            "EC2::Instance", "Instance", ImageId=image(self.wanted),
            InstanceType=self.draw.phrase("type", TYPES),
            Tags=[{"Key": "Name", "Value": name}],
        )  # fmt: skip
        for one, secure in ((before, False), (after, True)):
            one.set(
                MetadataOptions={"HttpTokens": "required" if secure else "optional"},
                BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": secure}}],
            )
        self.ask(machines.instance_metadata(of=name), machines.instance_encrypted(of=name))

    def queue(self) -> None:
        """A queue that everybody may send to."""
        name = self.draw.name("queue", ("jobs", "events", "inbox"))
        before, after = self.add("SQS::Queue", "Queue", QueueName=name)
        service = "sns.amazonaws.com"
        action = "sqs:SendMessage"
        for stack, one, said in (
            (self.given, before, statement(action, before["Arn"], "*")),
            (self.wanted, after, _own(action, after["Arn"], service)),
        ):
            stack.add(
                "SQS::QueuePolicy", "QueuePolicy", Queues=[one.ref], PolicyDocument=document(said)
            )
        self.ask(ask.queue_not_open(of=name), messages.queue_service(of=name, service=service))

    def role(self) -> None:
        """A role that may do anything."""
        name = self.draw.name("role", ("worker-role", "app-role", "reader-role"))
        table = self.draw.name("table", TABLES)
        actions = self.draw.sample(
            "actions", ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), 2
        )
        add_table(self.given, table, "id", "S", recoverable=False)
        store = add_table(self.wanted, table, "id", "S", recoverable=False)
        before, after = self.add(
            "IAM::Role", "Role", RoleName=name,
            AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
        )  # fmt: skip
        for one, said in ((before, statement("*", "*")),
                          (after, statement(list(actions), store["Arn"]))):  # fmt: skip
            one.set(Policies=[{"PolicyName": "work", "PolicyDocument": document(said)}])
        self.ask(
            identity.role_uses_table(of=name, actions=actions, table=table),
            ask.role_not_wild(of=name),
        )
        if self.draw.chance("recovery", 0.4):
            self.ask(tables.table_recovery(of=table))
            store.put("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", True)

    def key(self) -> None:
        """A key that is never rotated."""
        alias = "alias/" + self.draw.name("alias", ("data", "app", "records"))
        before, after = self.add(
            "KMS::Key", "Key",
            KeyPolicy=document(statement("kms:*", "*", {"AWS": ROOT}, Sid="Administration")),
        )  # fmt: skip
        after.set(EnableKeyRotation=True)
        for stack, one in ((self.given, before), (self.wanted, after)):
            one.keep()
            stack.add("KMS::Alias", "KeyAlias", AliasName=alias, TargetKeyId=one.ref)
        self.ask(keys.key_rotation(alias=alias))

    def topic(self) -> None:
        """A topic that everybody may publish to."""
        name = self.draw.name("topic", ("alerts", "notices", "updates"))
        before, after = self.add("SNS::Topic", "Topic", TopicName=name)
        service = self.draw.choice("publisher", ("events.amazonaws.com", "s3.amazonaws.com"))
        action = "sns:Publish"
        for stack, one, said in (
            (self.given, before, statement(action, before.ref, "*")),
            (self.wanted, after, _own(action, after.ref, service)),
        ):
            stack.add(
                "SNS::TopicPolicy", "TopicPolicy", Topics=[one.ref], PolicyDocument=document(said)
            )
        self.ask(ask.topic_not_open(of=name), messages.topic_service(of=name, service=service))


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def harden_template(draw: Draw) -> Draft:
    """A template that is given and insecure: what the review found must be mended."""
    pair = _Pair(draw, "What the review looked at")
    pair.bucket()
    decorate(
        pair.wanted,
        (
            Extra("key", 1, pair.key), Extra("group", 2, pair.group),
            Extra("instance", 2, pair.instance), Extra("queue", 2, pair.queue),
            Extra("role", 2.4, pair.role), Extra("database", 3, pair.database),
            Extra("topic", 2, pair.topic),
        ),
    )  # fmt: skip
    return pair.wanted.draft(
        "The security review rejects this CloudFormation template. Change what it asks for",
        "Harden the given CloudFormation template",
        "Mend what the auditors found in our CloudFormation template",
        given=render(pair.given.body()),
        mode="edit",
    )


#: What breaks a template: each changes its plain data, which has a queue and a dead-letter queue.
_Damage = Callable[[dict[str, Any]], None]


def _misspelt(body: dict[str, Any]) -> None:
    properties = body["Resources"]["Queue"]["Properties"]
    properties["QueName"] = properties.pop("QueueName")


def _undefined(body: dict[str, Any]) -> None:
    body["Resources"]["Queue"]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"] = Call(
        "GetAtt", "DeadQueue.Arn"
    )


def _wrong_attribute(body: dict[str, Any]) -> None:
    body["Resources"]["Queue"]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"] = Call(
        "GetAtt", "DeadLetterQueue.QueueArn"
    )


def _untyped(body: dict[str, Any]) -> None:
    body["Resources"]["DeadLetterQueue"].pop("Type")


def _wrong_type(body: dict[str, Any]) -> None:
    body["Resources"]["Queue"]["Properties"]["VisibilityTimeout"] = "two minutes"


def _unknown_type(body: dict[str, Any]) -> None:
    body["Resources"]["DeadLetterQueue"]["Type"] = "AWS::SQS::DeadLetterQueue"


def _circle(body: dict[str, Any]) -> None:
    body["Resources"]["DeadLetterQueue"]["DependsOn"] = "Queue"


def _flat_output(body: dict[str, Any]) -> None:
    body["Outputs"] = {"QueueUrl": {"Description": "Where messages go"}}


_DAMAGES: tuple[_Damage, ...] = (
    _misspelt, _undefined, _wrong_attribute, _untyped, _wrong_type, _unknown_type, _circle,
    _flat_output,
)  # fmt: skip


@family("cloudformation", levels=(2, 3, 4))
def repair_template(draw: Draw) -> Draft:
    """A template that CloudFormation rejects: it must be mended, and do what it was meant to."""
    stack = Stack(draw, "Queues and who is told")
    name = draw.name("queue", ("jobs", "orders", "tasks", "events"))
    other, tries = f"{name}-dead", draw.integer("tries", 2, 20)
    dead = stack.add("SQS::Queue", "DeadLetterQueue", QueueName=other)
    hidden = draw.integer("visibility", 40, 900, 20)
    queue = stack.add(
        "SQS::Queue", "Queue", QueueName=name, VisibilityTimeout=hidden,
        RedrivePolicy={"deadLetterTargetArn": dead["Arn"], "maxReceiveCount": tries},
    )  # fmt: skip
    stack.ask(
        messages.queue(name=name), messages.queue(name=other),
        messages.queue_dead_letters(of=name, to=other, tries=tries),
        messages.queue_visibility(of=name, value=hidden),
    )  # fmt: skip

    def told() -> None:
        topic = draw.name("topic", ("alerts", "notices"))
        made = stack.add("SNS::Topic", "Topic", TopicName=topic)
        stack.add(
            "SNS::Subscription", "Subscription", TopicArn=made.ref, Protocol="sqs",
            Endpoint=queue["Arn"],
        )  # fmt: skip
        stack.add(
            "SQS::QueuePolicy", "QueuePolicy", Queues=[queue.ref],
            PolicyDocument=document(
                statement("sqs:SendMessage", queue["Arn"], {"Service": "sns.amazonaws.com"},
                          Condition={"ArnEquals": {"aws:SourceArn": made.ref}})
            ),
        )  # fmt: skip
        stack.ask(messages.topic(name=topic), messages.topic_feeds_queue(of=topic, queue=name))

    def kept() -> None:
        seconds = 3600 * draw.integer("hours", 100, 330)
        stack.ask(messages.queue_retention(of=other, value=seconds))
        dead.set(MessageRetentionPeriod=seconds)

    def stored() -> None:
        table = draw.name("table", TABLES)
        add_table(stack, table, "id", "S")
        stack.ask(tables.table(name=table), tables.table_key(of=table, key="id", type="S"))

    decorate(
        stack, (Extra("kept", 1, kept), Extra("topic", 2, told), Extra("table", 2, stored))
    )  # fmt: skip
    broken = copy.deepcopy(stack.body())
    first = draw.phrase("damage", range(len(_DAMAGES)))
    chosen = [first]
    if draw.level > 2:
        chosen.append((first + draw.phrase("more", range(1, len(_DAMAGES)))) % len(_DAMAGES))
    for place in sorted(chosen):
        _DAMAGES[place](broken)
    return stack.draft(
        "CloudFormation rejects the given template; repair it",
        "Repair the given CloudFormation template, which does not validate",
        given=render(broken),
        mode="repair",
    )
