"""Tasks about keys, secrets, parameters and user pools."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.families.serverless import Function
from envs.cloudformation.families.storage import BUCKETS, add_bucket, add_key
from envs.cloudformation.requirements import buckets, keys, user_pools
from envs.cloudformation.requirements import identity as ask
from envs.cloudformation.template import (
    Extra,
    Settings,
    Stack,
    decorate,
    document,
    statement,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


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
