"""Rules about security: who may do what, and secrets that stand in the template."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.folded import Folded
from iac_gym.languages.cloudformation.resolved import Item, Stack
from iac_gym.languages.cloudformation.rules.security_checks import secure, secure_stack
from iac_gym.verdict import Finding

_GIVING = (
    "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)  # fmt: skip
_SECRET_NAME = re.compile(
    r"(?:^|[^a-z])(?:password|passwd|secret|token|private_?key|api_?key|access_?key|credentials?)"
    r"(?:[^a-z]*|_?string|_?value)$"
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-.\s]+")
#: Names that end like a secret and say where it is.
_NO_SECRET = re.compile(r"(?:arn|name|id|path|ref|url|length|policy|expiration|ttl)$")
_ACCESS_KEY = re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])")
#: Actions that are all actions.
_EVERYTHING = ("*", "*:*")


def is_secret_name(name: str) -> bool:
    """Whether something of that name (`DbPassword`, `API_KEY`) is a secret."""
    if len(name) > 200:
        return False
    plain = _WORDS.sub("_", name).lower()
    return _NO_SECRET.search(plain) is None and _SECRET_NAME.search(plain) is not None


def is_plain_secret(value: Folded) -> bool:
    """Whether a value is a known text that gives a secret away."""
    return isinstance(value, str) and value != "" and not value.startswith("arn:")


@secure(*_GIVING)
def no_full_administrator(item: Item) -> Iterator[Finding]:
    """No policy of the template's own allows every action on every resource.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1

    Bad::

        Resources:
          All:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - {Effect: Allow, Action: "*", Resource: "*"}

    Good::

        Resources:
          Read:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::media/*"}
    """
    for one in item.stack.statements(item):
        everywhere = one.is_allow and not one.conditions and "*" in one.resources
        if everywhere and any(action in _EVERYTHING for action in one.actions):
            yield item.finding("`{}` allows every action on every resource", _where(item))
            return


@secure(*_GIVING)
def no_service_wide_actions(item: Item) -> Iterator[Finding]:
    """No policy allows all actions of a service (`s3:*`) on every resource.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21

    Bad::

        Resources:
          Files:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - {Effect: Allow, Action: "s3:*", Resource: "*"}

    Good::

        Resources:
          Files:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - {Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::media/*"}
    """
    for one in item.stack.statements(item):
        wide = [action for action in one.actions if action.endswith(":*") and action != "*:*"]
        if one.is_allow and not one.conditions and "*" in one.resources and wide:
            message = f"`{{}}` allows {wide[0][:40]} on every resource"
            yield item.finding(message, _where(item), "name the actions, or the resources")
            return


def _where(item: Item) -> str:
    return "Policies" if item.has("Policies") else "PolicyDocument"


@secure("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
def no_administrator_attached(item: Item) -> Iterator[Finding]:
    """The managed policy AdministratorAccess is attached to nobody.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html

    Bad::

        Resources:
          Ops:
            Type: AWS::IAM::Group
            Properties:
              ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]

    Good::

        Resources:
          Ops:
            Type: AWS::IAM::Group
            Properties:
              ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    """
    for arn in item.list("ManagedPolicyArns"):
        if isinstance(arn, str) and arn.endswith(":policy/AdministratorAccess"):
            yield item.finding("`{}` gives full administration", "ManagedPolicyArns")


@secure("AWS::IAM::Role")
def no_open_roles(item: Item) -> Iterator[Finding]:
    """No role may be assumed by everybody without a condition.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

    Bad::

        Resources:
          Open:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - {Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: "*"}}

    Good::

        Resources:
          Run:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Action: sts:AssumeRole
                    Principal: {Service: lambda.amazonaws.com}
    """
    if any(one.opens for one in item.stack.trust(item)):
        yield item.finding("everybody may assume the role `{}`", "AssumeRolePolicyDocument")


@secure(
    "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::KMS::Key",
    "AWS::SecretsManager::ResourcePolicy", "AWS::ECR::Repository", "AWS::EFS::FileSystem",
)  # fmt: skip
def no_public_resource_policy(item: Item) -> Iterator[Finding]:
    """No policy of a bucket, queue, topic, key, secret or repository is for everybody.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-2

    Bad::

        Resources:
          Media:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: media
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Action: s3:GetObject
                    Principal: "*"
                    Resource: arn:aws:s3:::media/*

    Good::

        Resources:
          Media:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: media
              PolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Action: s3:GetObject
                    Principal: {AWS: "arn:aws:iam::123456789012:root"}
                    Resource: arn:aws:s3:::media/*
    """
    if any(one.opens for one in item.stack.statements(item)):
        yield item.finding("the policy of `{}` is for everybody", "PolicyDocument")


@secure("AWS::Lambda::Permission")
def no_public_functions(item: Item) -> Iterator[Finding]:
    """A permission to call a function names its caller, or the source of the call.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1

    Bad::

        Resources:
          Call:
            Type: AWS::Lambda::Permission
            Properties:
              Action: lambda:InvokeFunction
              FunctionName: resize
              Principal: "*"

    Good::

        Resources:
          Call:
            Type: AWS::Lambda::Permission
            Properties:
              Action: lambda:InvokeFunction
              FunctionName: resize
              Principal: s3.amazonaws.com
              SourceAccount: "123456789012"
    """
    limits = ("SourceArn", "SourceAccount", "PrincipalOrgID")
    if item.get("Principal") == "*" and not any(item.has(one) for one in limits):
        yield item.finding("anybody may call the function by `{}`", "Principal")


@secure("AWS::Lambda::Function", "AWS::Serverless::Function")
def no_secrets_in_environment(item: Item) -> Iterator[Finding]:
    """Environment variables of functions hold no secret in plain text.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html

    Bad::

        Resources:
          Resize:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: python3.13
              Handler: app.run
              Role: arn:aws:iam::123456789012:role/resize
              Code: {S3Bucket: code, S3Key: resize.zip}
              Environment:
                Variables: {DB_PASSWORD: hunter2}

    Good::

        Resources:
          Resize:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: python3.13
              Handler: app.run
              Role: arn:aws:iam::123456789012:role/resize
              Code: {S3Bucket: code, S3Key: resize.zip}
              Environment:
                Variables: {DB_SECRET_NAME: orders/db}
    """
    path = "Environment.Variables"
    variables = item.get(path)
    for name, value in variables.items() if isinstance(variables, dict) else ():
        if _gives_away(str(name), value):
            message = f"the variable {str(name)[:40]} of `{{}}` holds a secret"
            yield item.finding(message, f"{path}.{name}", "read it from Secrets Manager")


@secure("AWS::ECS::TaskDefinition")
def no_secrets_in_containers(item: Item) -> Iterator[Finding]:
    """Environment variables of containers hold no secret in plain text.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8

    Bad::

        Resources:
          Web:
            Type: AWS::ECS::TaskDefinition
            Properties:
              ContainerDefinitions:
                - Name: web
                  Image: nginx:1.27
                  Environment: [{Name: API_TOKEN, Value: abc123}]

    Good::

        Resources:
          Web:
            Type: AWS::ECS::TaskDefinition
            Properties:
              ContainerDefinitions:
                - Name: web
                  Image: nginx:1.27
                  Environment: [{Name: STAGE, Value: test}]
    """
    for one in item.each("ContainerDefinitions.Environment"):
        if isinstance(one, dict) and _gives_away(str(one.get("Name")), one.get("Value")):
            message = f"the variable {str(one.get('Name'))[:40]} of `{{}}` holds a secret"
            yield item.finding(message, "ContainerDefinitions", "use `Secrets`")


@secure("AWS::ECS::TaskDefinition")
def unprivileged_containers(item: Item) -> Iterator[Finding]:
    """No container of a task runs privileged.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4

    Bad::

        Resources:
          Web:
            Type: AWS::ECS::TaskDefinition
            Properties:
              ContainerDefinitions:
                - {Name: web, Image: "nginx:1.27", Privileged: true}

    Good::

        Resources:
          Web:
            Type: AWS::ECS::TaskDefinition
            Properties:
              ContainerDefinitions:
                - {Name: web, Image: "nginx:1.27"}
    """
    if any(one in (True, "true") for one in item.each("ContainerDefinitions.Privileged")):
        yield item.finding("a container of `{}` runs privileged", "ContainerDefinitions")


def _gives_away(name: str, value: Folded) -> bool:
    if not is_plain_secret(value):
        return False
    return is_secret_name(name) or _ACCESS_KEY.search(value) is not None


#: Type -> properties that hold a secret.
_PASSWORDS: dict[str, tuple[str, ...]] = {
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::DocDB::DBCluster": ("MasterUserPassword",),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::IAM::User": ("LoginProfile.Password",),
    "AWS::SecretsManager::Secret": ("SecretString",),
    "AWS::DirectoryService::SimpleAD": ("Password",),
    "AWS::DirectoryService::MicrosoftAD": ("Password",),
    "AWS::AmazonMQ::Broker": ("Users.Password",),
}


@secure(*_PASSWORDS)
def no_plain_secrets(item: Item) -> Iterator[Finding]:
    """Passwords, tokens and the contents of secrets do not stand in the template.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html

    Bad::

        Resources:
          Key:
            Type: AWS::SecretsManager::Secret
            Properties:
              SecretString: hunter2

    Good::

        Resources:
          Key:
            Type: AWS::SecretsManager::Secret
            Properties:
              GenerateSecretString: {PasswordLength: 32}
    """
    for path in _PASSWORDS[item.type]:
        if any(is_plain_secret(one) for one in item.each(path)):
            message = f"{path} of `{{}}` stands in the template"
            yield item.finding(message, path, "use a dynamic reference or a generated secret")


@secure_stack
def secret_parameters_are_hidden(stack: Stack) -> Iterator[Finding]:
    """A parameter for a secret has `NoEcho`, and no default that gives it away.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html

    Bad::

        Parameters:
          DbPassword:
            Type: String
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Parameters:
          DbPassword:
            Type: String
            NoEcho: true
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    for name, one in stack.parameters.items():
        if one.type.startswith("AWS::") or not is_secret_name(name):
            continue
        line, column = one.mark
        if not one.no_echo:
            message = f"the parameter `{name[:60]}` is shown in plain text"
            yield Finding(message, stack.path, line, column, "add `NoEcho: true`")
        elif one.has_default and is_plain_secret(one.value):
            message = f"the default of `{name[:60]}` gives the secret away"
            yield Finding(message, stack.path, line, column, "leave the default out")


IN_ORDER: tuple[Rule, ...] = (
    no_full_administrator, no_service_wide_actions, no_administrator_attached, no_open_roles,
    no_public_resource_policy, no_public_functions, no_secrets_in_environment,
    no_secrets_in_containers, unprivileged_containers, no_plain_secrets,
    secret_parameters_are_hidden,
)  # fmt: skip
