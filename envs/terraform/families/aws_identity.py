"""Tasks about IAM roles, policies, users and groups."""

from __future__ import annotations

from envs.terraform.choices import TAGS
from envs.terraform.families.aws_serverless import policy, service_trust
from envs.terraform.requirements import aws_buckets, aws_databases, aws_functions
from envs.terraform.requirements import aws_identity as ask
from envs.terraform.stack import Extra, Handle, Settings, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, nested, template

SERVICES = (
    "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "glue.amazonaws.com",
    "states.amazonaws.com", "codebuild.amazonaws.com", "sagemaker.amazonaws.com",
    "backup.amazonaws.com",
)  # fmt: skip
MANAGED = (
    "AmazonS3ReadOnlyAccess", "AmazonSSMManagedInstanceCore", "CloudWatchReadOnlyAccess",
    "AmazonEC2ReadOnlyAccess", "CloudWatchAgentServerPolicy", "AmazonSQSFullAccess",
    "AmazonDynamoDBReadOnlyAccess", "SecurityAudit", "ReadOnlyAccess",
)  # fmt: skip
TABLE_ACTIONS = (
    "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
)  # fmt: skip
QUEUE_ACTIONS = (
    "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
)  # fmt: skip
OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion")
PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
ROLES = ("role", "access", "runner", "deployer", "reader", "operator")


def _attach(stack: Stack, role: Handle, arn: str) -> None:
    stack.add(
        "aws_iam_role_policy_attachment", f"managed_{len(stack.asks)}", role=role["name"],
        policy_arn=f"arn:aws:iam::aws:policy/{arn}",
    )  # fmt: skip


def _common(stack: Stack, role: Handle, name: str) -> tuple[Extra, ...]:
    settings = Settings(stack, role, name)

    def managed() -> None:
        chosen = stack.draw.choice("managed", MANAGED)
        stack.ask(ask.role_managed_policy(of=name, policy=chosen))
        _attach(stack, role, chosen)

    def output() -> None:
        out = stack.draw.choice("output", ("role_arn", "arn", "access_role"))
        stack.ask(ask.role_arn_output(of=name, name=out))
        stack.top(block("output", out, value=role["arn"]))

    return (
        Extra("managed", 1, managed),
        settings.value(ask.role_session, "max_session_duration", range(5400, 43200, 1800)),
        settings.tag(ask.role_tag, TAGS),
        settings.value(ask.role_path, "path", ("/apps/", "/service/", "/team/", "/platform/")),
        Extra("output", 1, output),
    )


@family("terraform", levels=(1, 2, 3))
def service_role(draw: Draw) -> Draft:
    """A role that one service of AWS may assume, with managed policies."""
    stack = Stack(draw, "aws")
    name, service = draw.name("role", ROLES), draw.choice("service", SERVICES)
    stack.ask(ask.role(name=name), ask.role_service(of=name, service=service))
    trust = service_trust(service)
    if draw.phrase("style", ("json", "document")) == "document":
        principal = nested(type="Service", identifiers=[service])
        document = stack.data(
            "aws_iam_policy_document", "trust",
            statement=nested(actions=["sts:AssumeRole"], principals=principal),
        )  # fmt: skip
        trust = document["json"]
    role = stack.add("aws_iam_role", name, name=name, assume_role_policy=trust)

    def profile() -> None:
        stack.ask(ask.role_profile(of=name, name=f"{name}-profile"))
        stack.add(
            "aws_iam_instance_profile", name, name=f"{name}-profile", role=role["name"]
        )  # fmt: skip

    decorate(stack, (*_common(stack, role, name), Extra("profile", 1, profile)))
    return stack.draft(
        f"Create the IAM role `{name}` with Terraform",
        f"A service of ours needs the role `{name}`",
    )


@family("terraform", levels=(1, 2, 3))
def account_role(draw: Draw) -> Draft:
    """A role that another account may assume."""
    stack = Stack(draw, "aws")
    name = draw.name("role", ROLES)
    account = f"{draw.integer('account', 100_000_000_007, 999_999_999_983, 9_100_001)}"
    stack.ask(ask.role(name=name), ask.role_account(of=name, account=account))
    trust = policy({
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
    })  # fmt: skip
    role = stack.add("aws_iam_role", name, name=name, assume_role_policy=trust)
    decorate(stack, _common(stack, role, name))
    return stack.draft(
        f"Let another account use ours through the role `{name}`",
        f"Cross-account access: the role `{name}`, in Terraform",
    )


class _Grants:
    """The permissions of a role under construction: statements, and what they are about."""

    def __init__(self, stack: Stack, role: str) -> None:
        self.stack = stack
        self.role = role
        self.statements: list[dict[str, object]] = []

    def _allow(self, actions: list[str], resource: Raw) -> None:
        self.statements.append({"Effect": "Allow", "Action": actions, "Resource": resource})

    def bucket(self) -> None:
        """Permit some actions on the objects of a new bucket."""
        draw = self.stack.draw
        name = draw.name("bucket", ("media", "exports", "uploads", "reports"))
        actions = list(draw.sample("object actions", OBJECT_ACTIONS, 2))
        made = self.stack.add("aws_s3_bucket", "objects", bucket=name)
        self.stack.ask(
            aws_buckets.bucket(name=name),
            ask.role_bucket_objects(of=self.role, actions=actions, bucket=name),
        )
        self._allow(actions, template(f"${{{made['arn']}}}/*"))
        if draw.wants("listing", 3):
            self.stack.ask(ask.role_bucket_list(of=self.role, bucket=name))
            self._allow(["s3:ListBucket"], made["arn"])

    def table(self) -> None:
        """Permit some actions on a new table."""
        draw = self.stack.draw
        name = draw.name("table", ("orders", "sessions", "users", "carts"))
        actions = list(draw.sample("table actions", TABLE_ACTIONS, 2))
        made = self.stack.add(
            "aws_dynamodb_table", "items", name=name, hash_key="id",
            billing_mode="PAY_PER_REQUEST", attribute=nested(name="id", type="S"),
        )  # fmt: skip
        self.stack.ask(
            aws_databases.table(name=name),
            ask.role_table(of=self.role, actions=actions, table=name),
        )
        self._allow(actions, made["arn"])

    def queue(self) -> None:
        """Permit some actions on a new queue."""
        draw = self.stack.draw
        name = draw.name("queue", ("jobs", "tasks", "mails", "events"))
        actions = list(draw.sample("queue actions", QUEUE_ACTIONS, 2))
        made = self.stack.add("aws_sqs_queue", "messages", name=name)
        self.stack.ask(
            aws_functions.queue(name=name),
            ask.role_queue(of=self.role, actions=actions, queue=name),
        )
        self._allow(actions, made["arn"])

    def document(self) -> Raw:
        """Return the expression of the policy's text."""
        if self.stack.draw.phrase("style", ("json", "document")) == "json":
            return policy(*self.statements)
        inner = [
            nested(effect="Allow", actions=one["Action"], resources=[one["Resource"]])
            for one in self.statements
        ]
        made = self.stack.data("aws_iam_policy_document", "permissions", statement=inner)
        return made["json"]


@family("terraform", levels=(2, 3, 4, 5))
def least_privilege(draw: Draw) -> Draft:
    """A role whose policy permits just what an application does to a bucket, table or queue."""
    stack = Stack(draw, "aws")
    name, service = draw.name("role", ROLES), draw.choice("service", SERVICES)
    stack.ask(ask.role(name=name), ask.role_service(of=name, service=service))
    role = stack.add("aws_iam_role", name, name=name, assume_role_policy=service_trust(service))
    grants = _Grants(stack, name)
    parts = [grants.table, grants.bucket, grants.queue]
    count = max(1, min(3, draw.level - 1))
    first = draw.choice("first", (0, 1, 2)) if count < 3 else 0
    chosen = [parts[(first + place) % 3] for place in range(count)]
    for part in chosen:
        part()
    text = grants.document()
    if draw.phrase("attachment", ("inline", "attached")) == "inline":
        stack.add("aws_iam_role_policy", name, name=f"{name}-access", role=role["id"], policy=text)
    else:
        own = stack.add("aws_iam_policy", name, name=f"{name}-access", policy=text)
        stack.add(
            "aws_iam_role_policy_attachment", name, role=role["name"], policy_arn=own["arn"]
        )  # fmt: skip
    if draw.level > 2:
        stack.ask(ask.role_no_wildcards(of=name))
    decorate(stack, _common(stack, role, name)[1:4])
    return stack.draft(
        f"Give the role `{name}` just the permissions that it needs",
        f"Write a least-privilege role `{name}` in Terraform",
    )


@family("terraform", levels=(1, 2, 3))
def team_access(draw: Draw) -> Draft:
    """A group with managed policies and its users."""
    stack = Stack(draw, "aws")
    name = draw.name("group", ("team", "admins", "analysts", "developers", "auditors"))
    policies = draw.sample("policies", MANAGED, 1 if draw.level == 1 else 2)
    people: tuple[str, ...] = ()
    if draw.level > 1:
        people = draw.sample("people", PEOPLE, draw.level - 1)
    stack.ask(ask.group(name=name))
    group = stack.add("aws_iam_group", name, name=name)
    for place, chosen in enumerate(policies):
        stack.ask(ask.group_managed_policy(of=name, policy=chosen))
        stack.add(
            "aws_iam_group_policy_attachment", f"{name}_{place + 1}", group=group["name"],
            policy_arn=f"arn:aws:iam::aws:policy/{chosen}",
        )  # fmt: skip
    for person in people:
        stack.ask(ask.user(name=person), ask.user_in_group(of=person, group=name))
        user = stack.add("aws_iam_user", person, name=person)
        stack.add(
            "aws_iam_user_group_membership", person, user=user["name"], groups=[group["name"]]
        )  # fmt: skip
    return stack.draft(
        f"Set up access for the group `{name}`",
        f"Terraform for our IAM group `{name}`",
    )


@family("terraform", levels=(1,))
def mfa_policy(draw: Draw) -> Draft:
    """A policy that denies dangerous actions to callers without MFA."""
    stack = Stack(draw, "aws")
    name = draw.name("policy", ("guard", "mfa", "safety", "limits"))
    actions = list(
        draw.sample(
            "actions",
            ("ec2:TerminateInstances", "rds:DeleteDBInstance", "s3:DeleteBucket",
             "dynamodb:DeleteTable", "kms:ScheduleKeyDeletion", "iam:DeleteRole"),
            2,
        )
    )  # fmt: skip
    stack.ask(ask.policy(name=name), ask.policy_needs_mfa(of=name, actions=actions))
    text = policy({
        "Effect": "Deny", "Action": actions, "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    })  # fmt: skip
    stack.add("aws_iam_policy", name, name=name, policy=text)
    return stack.draft(
        f"Write the IAM policy `{name}` that protects us from careless deletions",
        f"An IAM policy `{name}` to demand MFA for what hurts",
    )
