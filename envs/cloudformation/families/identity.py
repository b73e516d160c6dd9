"""Tasks about IAM roles and groups."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.families.serverless import TABLES, add_table, arn
from envs.cloudformation.families.storage import BUCKETS, ROOT, add_bucket
from envs.cloudformation.requirements import buckets, messages, tables
from envs.cloudformation.requirements import identity as ask
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

SERVICES = (
    "lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "glue.amazonaws.com",
    "states.amazonaws.com", "codebuild.amazonaws.com",
)  # fmt: skip
MANAGED = (
    "ReadOnlyAccess", "AmazonS3ReadOnlyAccess", "CloudWatchAgentServerPolicy",
    "AWSXRayDaemonWriteAccess", "SecurityAudit",
)  # fmt: skip


class _Role:
    """An IAM role under construction."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.name = stack.draw.name("role", ("role", "worker", "reader", "deployer", "reporter"))
        self.made = stack.add("IAM::Role", "Role", RoleName=self.name)
        stack.ask(ask.role(name=self.name))
        if stack.draw.chance("other account", 0.3):
            self._account()
        else:
            service = stack.draw.choice("service", SERVICES)
            stack.ask(ask.role_trusts_service(of=self.name, service=service))
            self.made.set(AssumeRolePolicyDocument=trust(service))

    def _account(self) -> None:
        draw = self.stack.draw
        account = draw.choice("account", ("111122223333", "444455556666", "777788889999"))
        self.stack.ask(ask.role_trusts_account(of=self.name, account=account))
        entry = statement(
            "sts:AssumeRole",
            principal={"AWS": sub(f"arn:${{AWS::Partition}}:iam::{account}:root")},
        )
        if draw.chance("external id", 0.6):
            value = draw.choice("id", ("acme-7731", "partner-42", "audit-2041"))
            self.stack.ask(ask.role_external_id(of=self.name, value=value))
            entry["Condition"] = {"StringEquals": {"sts:ExternalId": value}}
        self.made.set(AssumeRolePolicyDocument=document(entry))

    def allow(self, title: str, *statements: dict[str, Any]) -> None:
        """Give permissions, inline or by a policy resource."""
        if self.stack.draw.phrase(f"policy {title}", (True, False)):
            self.made.append(
                "Policies", {"PolicyName": title, "PolicyDocument": document(*statements)}
            )
        else:
            self.stack.add(
                "IAM::Policy", f"{pascal(title)}Policy", PolicyName=title, Roles=[self.made.ref],
                PolicyDocument=document(*statements),
            )  # fmt: skip

    def bucket(self) -> None:
        """Ask for access to a bucket."""
        draw, name = self.stack.draw, self.stack.draw.name("bucket", BUCKETS)
        actions = draw.sample("actions", ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), 2)
        made = add_bucket(self.stack, name)
        self.stack.ask(
            buckets.bucket(name=name),
            ask.role_uses_bucket(of=self.name, actions=actions, bucket=name),
        )
        said = [statement(list(actions), sub("${Bucket.Arn}/*"))]
        if draw.chance("lists", 0.4):
            self.stack.ask(ask.role_lists_bucket(of=self.name, bucket=name))
            said.append(statement("s3:ListBucket", made["Arn"]))
        self.allow("bucket-access", *said)

    def table(self) -> None:
        """Ask for access to a table."""
        draw, name = self.stack.draw, self.stack.draw.name("table", TABLES)
        actions = draw.sample(
            "table actions", ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), 2
        )
        made = add_table(self.stack, name, "id", "S")
        self.stack.ask(
            tables.table(name=name), ask.role_uses_table(of=self.name, actions=actions, table=name)
        )
        self.allow("table-access", statement(list(actions), made["Arn"]))

    def queue(self) -> None:
        """Ask for access to a queue."""
        draw, name = self.stack.draw, self.stack.draw.name("queue", ("jobs", "orders", "tasks"))
        actions = draw.sample(
            "queue actions", ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"), 2
        )
        made = self.stack.add("SQS::Queue", "Queue", QueueName=name)
        self.stack.ask(
            messages.queue(name=name),
            ask.role_uses_queue(of=self.name, actions=actions, queue=name),
        )
        self.allow("queue-access", statement(list(actions), made["Arn"]))

    def managed(self) -> None:
        """Ask for one of AWS's own policies."""
        policy = self.stack.draw.choice("managed", MANAGED)
        self.stack.ask(ask.role_managed(of=self.name, policy=policy))
        self.made.append("ManagedPolicyArns", arn(policy))

    def bounded(self) -> None:
        """Ask for a permissions boundary."""
        policy = self.stack.draw.choice("boundary", ("PowerUserAccess", "ViewOnlyAccess"))
        self.stack.ask(ask.role_boundary(of=self.name, policy=policy))
        self.made.set(PermissionsBoundary=arn(policy))

    def profile(self) -> None:
        """Ask for an instance profile."""
        self.stack.ask(ask.role_profile(of=self.name))
        self.stack.add("IAM::InstanceProfile", "InstanceProfile", Roles=[self.made.ref])


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def iam_role(draw: Draw) -> Draft:
    """An IAM role: who may assume it, and what it may do."""
    stack = Stack(draw, "A role and what it may do")
    one = _Role(stack)
    more = Settings(stack, one.made, one.name)
    decorate(
        stack,
        (
            Extra("managed", 1, one.managed), Extra("bucket", 2.4, one.bucket),
            more.value(ask.role_session, "MaxSessionDuration", range(7200, 43201, 3600)),
            more.tag(ask.role_tag), Extra("queue", 2, one.queue), Extra("table", 2, one.table),
            more.output(ask.role_output, one.made["Arn"], ("RoleArn", "Arn")),
            more.value(ask.role_description, "Description",
                       ("For the nightly job", "Used by the app", "Read only")),
            more.value(ask.role_path, "Path", ("/service/", "/teams/", "/apps/")),
            Extra("boundary", 1, one.bounded), Extra("profile", 1, one.profile),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the IAM role `{one.name}` with CloudFormation",
        f"Write a CloudFormation template for the role `{one.name}`",
        f"We need the role `{one.name}`, as a CloudFormation stack",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def iam_group(draw: Draw) -> Draft:
    """An IAM group with members, policies and a role to assume."""
    stack = Stack(draw, "A group of people")
    name = draw.name("group", ("developers", "auditors", "operators", "analysts"))
    made = stack.add("IAM::Group", "Group", GroupName=name)
    stack.ask(ask.group(name=name))

    def member(person: str) -> None:
        stack.ask(ask.user(name=person), ask.group_member(of=name, user=person))
        stack.add("IAM::User", pascal(person), UserName=person, Groups=[made.ref])

    def managed() -> None:
        policy = draw.choice("managed", MANAGED)
        stack.ask(ask.group_managed(of=name, policy=policy))
        made.append("ManagedPolicyArns", arn(policy))

    def assumes() -> None:
        role = draw.name("role", ("admin", "deployer", "support"))
        stack.ask(ask.role(name=role), ask.group_assumes(of=name, role=role))
        one = stack.add(
            "IAM::Role", "Role", RoleName=role,
            AssumeRolePolicyDocument=document(statement("sts:AssumeRole", principal={"AWS": ROOT})),
        )  # fmt: skip
        _inline(made, "assume-role", statement("sts:AssumeRole", one["Arn"]))

    def mfa() -> None:
        stack.ask(ask.group_needs_mfa(of=name))
        _inline(
            made, "demand-mfa",
            statement(
                "*", "*", Effect="Deny",
                Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            ),
        )  # fmt: skip

    def own() -> None:
        policy = f"{name}-limits"
        action = draw.choice(
            "denied", ("iam:CreateUser", "s3:DeleteBucket", "kms:ScheduleKeyDeletion")
        )
        stack.ask(
            ask.policy(name=policy), ask.policy_denies(of=policy, action=action),
            ask.group_policy(of=name, policy=policy),
        )  # fmt: skip
        stack.add(
            "IAM::ManagedPolicy", "Limits", ManagedPolicyName=policy, Groups=[made.ref],
            PolicyDocument=document(statement(action, "*", Effect="Deny")),
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("managed", 1, managed),
            Extra("first", 2, lambda: member(draw.choice("person", ("alice", "bob", "carol")))),
            Extra("MFA", 1, mfa), Extra("role", 2, assumes), Extra("limits", 3, own),
            Extra("second", 2, lambda: member(draw.choice("other", ("dave", "erin", "frank")))),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the IAM group `{name}` with CloudFormation",
        f"Write a CloudFormation template for the group `{name}` and who belongs to it",
    )


def _inline(holder: Handle, name: str, said: dict[str, Any]) -> None:
    holder.append("Policies", {"PolicyName": name, "PolicyDocument": document(said)})
