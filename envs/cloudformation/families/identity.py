"""Tasks about IAM, KMS, secrets, parameters and Cognito."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.families.serverless import TABLES, Function, add_table, arn
from envs.cloudformation.families.storage import BUCKETS, ROOT, add_bucket, add_key
from envs.cloudformation.requirements import buckets, keys, messages, tables, user_pools
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
        f"We need the role `{one.name}` with no more rights than listed, as CloudFormation",
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
        stack.ask(ask.policy(name=policy), ask.policy_denies(of=policy, action=action))
        stack.add(
            "IAM::ManagedPolicy", "Limits", ManagedPolicyName=policy, Groups=[made.ref],
            PolicyDocument=document(statement(action, "*", Effect="Deny")),
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("managed", 1, managed),
            Extra("first", 2, lambda: member(draw.choice("person", ("alice", "bob", "carol")))),
            Extra("MFA", 1, mfa), Extra("role", 2, assumes), Extra("limits", 2, own),
            Extra("second", 2, lambda: member(draw.choice("other", ("dave", "erin", "frank")))),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the IAM group `{name}` with CloudFormation",
        f"Write a CloudFormation template for the group `{name}` and who belongs to it",
    )


def _inline(holder: Handle, name: str, said: dict[str, Any]) -> None:
    holder.append("Policies", {"PolicyName": name, "PolicyDocument": document(said)})


@family("cloudformation", levels=(1, 2, 3))
def kms_key(draw: Draw) -> Draft:
    """A KMS key with its alias and policy, and what it encrypts."""
    stack = Stack(draw, "An encryption key")
    alias = "alias/" + draw.name("alias", ("data", "storage", "app", "records", "backups"))
    key = add_key(stack, alias)
    stack.ask(keys.key_rotation(alias=alias))

    def window() -> None:
        days = draw.integer("window", 7, 29)
        stack.ask(keys.key_window(alias=alias, days=days))
        key.set(PendingWindowInDays=days)

    def described() -> None:
        text = draw.choice("description", ("Key of the shop", "Customer data", "Backups"))
        stack.ask(keys.key_description(alias=alias, text=text))
        key.set(Description=text)

    def serves() -> None:
        service = draw.choice("service", ("sns.amazonaws.com", "s3.amazonaws.com",
                                          "events.amazonaws.com"))  # fmt: skip
        stack.ask(keys.key_service(alias=alias, service=service))
        said = statement(["kms:Decrypt", "kms:GenerateDataKey*"], "*", {"Service": service})
        key.properties["KeyPolicy"]["Statement"].append(said)

    def storage() -> None:
        name = draw.name("bucket", BUCKETS)
        bucket = add_bucket(stack, name)
        stack.ask(buckets.bucket(name=name), keys.key_for_bucket(of=name, alias=alias))
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
        bucket.set(
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]
            }
        )

    decorate(
        stack,
        (
            Extra("window", 1, window), Extra("described", 1, described),
            Extra("service", 1, serves), Extra("bucket", 2, storage),
        ),
    )  # fmt: skip
    if draw.phrase("root", (True, False)):
        stack.ask(keys.key_root(alias=alias))
    return stack.draft(
        f"Create the KMS key {alias} with CloudFormation",
        f"Write a CloudFormation template for the encryption key {alias}",
    )


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def stored_secret(draw: Draw) -> Draft:
    """A generated secret: key, reader and rotation."""
    stack = Stack(draw, "A secret")
    name = draw.name("secret", ("token", "credentials", "password", "login"))
    made: dict[str, Any] = {"ExcludePunctuation": True}
    secret = stack.add(
        "SecretsManager::Secret", "Secret", Name=name, GenerateSecretString=made
    )  # fmt: skip
    length = draw.integer("length", 20, 64)
    made["PasswordLength"] = length
    stack.ask(keys.secret(name=name), keys.secret_length(of=name, value=length))
    more = Settings(stack, secret, name)

    def login() -> None:
        user, key = (
            draw.choice("user", ("admin", "app", "service")),
            draw.choice("key", ("password", "pass", "secret")),
        )
        stack.ask(keys.secret_login(of=name, user=user, key=key))
        made.update(SecretStringTemplate=f'{{"username": "{user}"}}', GenerateStringKey=key)

    def keyed() -> None:
        alias = "alias/" + draw.name("alias", ("secrets", "vault", "app"))
        key = add_key(stack, alias)
        stack.ask(keys.key_for_secret(of=name, alias=alias))
        secret.set(KmsKeyId=key["Arn"])

    def rotated() -> None:
        worker = Function(stack, f"{name}-rotation")
        days = draw.integer("days", 7, 90)
        stack.ask(keys.secret_rotation(of=name, function=worker.name, days=days))
        permission = stack.add(
            "Lambda::Permission", "RotationPermission", FunctionName=worker.made.ref,
            Action="lambda:InvokeFunction", Principal="secretsmanager.amazonaws.com",
        )  # fmt: skip
        rotation = stack.add(
            "SecretsManager::RotationSchedule", "Rotation", SecretId=secret.ref,
            RotationLambdaARN=worker.made["Arn"],
            RotationRules={"AutomaticallyAfterDays": days},
        )  # fmt: skip
        rotation.attributes["DependsOn"] = permission.id
        worker.allow(
            "rotate",
            ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
             "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
            secret.ref,
        )  # fmt: skip

    def read() -> None:
        reader = draw.name("reader", ("reader", "app", "importer"))
        stack.ask(ask.role(name=reader), keys.secret_reader(of=name, role=reader))
        role = stack.add(
            "IAM::Role", "Reader", RoleName=reader,
            AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"),
        )  # fmt: skip
        said = statement("secretsmanager:GetSecretValue", "*", {"AWS": role["Arn"]})
        stack.add(
            "SecretsManager::ResourcePolicy", "SecretPolicy", SecretId=secret.ref,
            ResourcePolicy=document(said),
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("login", 1, login), more.tag(keys.secret_tag),
            more.value(keys.secret_description, "Description",
                       ("Login of the app", "Token for the partner", "Made by the stack")),
            Extra("key", 2, keyed), Extra("reader", 2, read),
            more.output(keys.secret_arn_output, secret.ref, ("SecretArn", "CredentialsArn")),
            Extra("rotation", 4, rotated),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Keep the secret `{name}` in Secrets Manager, with CloudFormation",
        f"Write a CloudFormation template for the generated secret `{name}`",
    )


SETTINGS = (
    ("log-level", ("debug", "info", "warning", "error")), ("page-size", ("10", "25", "50", "100")),
    ("currency", ("EUR", "USD", "GBP")), ("region", ("eu-west-1", "us-west-2", "ap-south-1")),
)  # fmt: skip


@family("cloudformation", levels=(1, 2, 3, 4))
def ssm_parameters(draw: Draw) -> Draft:
    """Parameters in Parameter Store: values, types, patterns, references."""
    stack = Stack(draw, "Configuration in Parameter Store")
    app = draw.name("app", ("shop", "api", "billing", "portal"))
    last, values = draw.choice("which", SETTINGS)
    name, value = f"/{app}/{last}", draw.choice("value", values)
    made = stack.add("SSM::Parameter", "Parameter", Name=name, Type="String", Value=value)
    stack.ask(keys.ssm_parameter(name=name), keys.ssm_value(of=name, value=value))
    more = Settings(stack, made, name)

    def listed() -> None:
        other = f"/{app}/" + draw.choice("list", ("hosts", "features", "zones"))
        items = draw.choice("items", ("a,b,c", "red,green", "one,two,three"))
        stack.add("SSM::Parameter", "ListParameter", Name=other, Type="StringList", Value=items)
        stack.ask(
            keys.ssm_parameter(name=other), keys.ssm_value(of=other, value=items),
            keys.ssm_type(of=other, value="StringList"),
        )  # fmt: skip

    def stored() -> None:
        bucket, other = draw.name("bucket", BUCKETS), f"/{app}/bucket"
        what = draw.choice("what", ("name", "ARN"))
        one = add_bucket(stack, bucket)
        stack.add(
            "SSM::Parameter", "BucketParameter", Name=other, Type="String",
            Value=one.ref if what == "name" else one["Arn"],
        )  # fmt: skip
        stack.ask(
            buckets.bucket(name=bucket), keys.ssm_parameter(name=other),
            keys.ssm_of_bucket(of=other, what=what, bucket=bucket),
        )  # fmt: skip

    def tagged() -> None:
        team = draw.choice("team", ("payments", "platform", "search"))
        stack.ask(keys.ssm_tag(of=name, key="Team", value=team))
        made.set(Tags={"Team": team})

    decorate(
        stack,
        (
            more.value(keys.ssm_description, "Description",
                       ("Read at start", "Set by the platform team", "Shared by all services")),
            Extra("tag", 1, tagged), more.value(keys.ssm_tier, "Tier", ("Advanced",)),
            more.value(keys.ssm_pattern, "AllowedPattern", ("[A-Za-z0-9-]+", "[^ ]+", ".+")),
            Extra("list", 3, listed), Extra("bucket", 3, stored),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Put the configuration of `{app}` into Parameter Store, with CloudFormation",
        f"Write a CloudFormation template for the SSM parameters of `{app}`",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def cognito_pool(draw: Draw) -> Draft:
    """A Cognito user pool with its policy and an app client."""
    stack = Stack(draw, "Users and how they sign in")
    name = draw.name("pool", ("users", "customers", "members", "staff"))
    length = draw.integer("length", 10, 24)
    pool = stack.add(
        "Cognito::UserPool", "UserPool", UserPoolName=name,
        Policies={
            "PasswordPolicy": {
                "MinimumLength": length, "RequireLowercase": True, "RequireNumbers": True,
                "RequireSymbols": True, "RequireUppercase": True,
            }
        },
    )  # fmt: skip
    stack.ask(user_pools.user_pool(name=name), user_pools.pool_length(of=name, value=length))
    more = Settings(stack, pool, name)

    def client() -> None:
        app = f"{name}-app"
        one = stack.add(
            "Cognito::UserPoolClient", "Client", ClientName=app, UserPoolId=pool.ref,
            PreventUserExistenceErrors="ENABLED",
        )  # fmt: skip
        values = [
            draw.choice("flow", ("ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH",
                                 "ALLOW_ADMIN_USER_PASSWORD_AUTH")),
            "ALLOW_REFRESH_TOKEN_AUTH",
        ]  # fmt: skip
        stack.ask(
            user_pools.pool_client(name=app), user_pools.client_pool(of=app, to=name),
            user_pools.client_flows(of=app, values=values), user_pools.client_hides(of=app),
        )  # fmt: skip
        one.set(ExplicitAuthFlows=values)
        if draw.phrase("secret", (True, False)):
            stack.ask(user_pools.client_no_secret(of=app))
            one.set(GenerateSecret=False)

    def mfa() -> None:
        value = draw.choice("mfa", ("ON", "OPTIONAL"))
        stack.ask(user_pools.pool_mfa(of=name, value=value))
        pool.set(MfaConfiguration=value, EnabledMfas=["SOFTWARE_TOKEN_MFA"])

    def domain() -> None:
        prefix = f"{name}-login"
        stack.ask(user_pools.pool_domain(of=name, prefix=prefix))
        stack.add("Cognito::UserPoolDomain", "Domain", Domain=prefix, UserPoolId=pool.ref)

    def mailed() -> None:
        stack.ask(
            user_pools.pool_signs_in(of=name, values=["email"]),
            user_pools.pool_verifies(of=name, values=["email"]),
        )
        pool.set(UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])

    decorate(
        stack,
        (
            Extra("MFA", 1, mfa), Extra("mail", 2, mailed),
            more.switch(user_pools.pool_closed, "AdminCreateUserConfig.AllowAdminCreateUserOnly"),
            Extra("domain", 1, domain), Extra("client", 4.5, client),
            more.switch(user_pools.pool_protected, "DeletionProtection", "ACTIVE"),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the Cognito user pool `{name}` with CloudFormation",
        f"Write a CloudFormation template for sign-in with the user pool `{name}`",
    )
