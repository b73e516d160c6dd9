"""Rules about security: what the policies of AWS allow, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.iam_documents import Statement, statements
from iac_gym.languages.terraform.known import number_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding, Stage

#: Policies that say what their holder may do.
_IDENTITY = (
    "aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy",
)  # fmt: skip
_SERVICE_WIDE = re.compile(r"[A-Za-z0-9-]+:\*")
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_PASSWORD_LENGTH = 14


def _policies(model: Configuration, types: tuple[str, ...]) -> Iterator[tuple[Value, int]]:
    """Yield (document, offset) of the attribute `policy` of some types."""
    for kind in types:
        for one in model.resolved().instances(kind):
            yield one.get("policy"), one.where("policy")


def _permissions(model: Configuration) -> Iterator[tuple[Statement, int]]:
    """Yield (statement, offset) of all that gives permissions to users, groups and roles."""
    found = list(_policies(model, _IDENTITY))
    for role in model.resolved().instances("aws_iam_role"):
        found += [(b.get("policy"), b.where("policy")) for b in role.blocks("inline_policy")]
    for document, at in found:
        for statement in statements(document):
            yield statement, at


def opens_to_everybody(document: Value) -> bool:
    """Whether a policy allows something to everybody, under no condition."""
    return any(statement.opens for statement in statements(document))


@rule(Stage.SECURITY)
def no_full_administrator(model: Configuration) -> Findings:
    """No policy of the configuration's own allows every action on every resource.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-1

    Bad::

        resource "aws_iam_policy" "app" {
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
          })
        }

    Good::

        resource "aws_iam_policy" "app" {
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Action = "ec2:DescribeInstances", Resource = "*" }]
          })
        }
    """
    for statement, at in _permissions(model):
        every = {"*", "*:*"} & set(statement.actions)
        if statement.effect == "Allow" and every and "*" in statement.resources:
            yield model.finding(at, "the policy allows every action on every resource")


@rule(Stage.SECURITY)
def no_service_wide_actions(model: Configuration) -> Findings:
    """No policy allows all actions of a service (`s3:*`).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21

    Bad::

        resource "aws_iam_policy" "app" {
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
          })
        }

    Good::

        resource "aws_iam_policy" "app" {
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect   = "Allow"
              Action   = ["s3:GetObject", "s3:List*"]
              Resource = "arn:aws:s3:::shop-media/*"
            }]
          })
        }
    """
    for statement, at in _permissions(model):
        wide = [one for one in statement.actions if _SERVICE_WIDE.fullmatch(one)]
        if statement.effect == "Allow" and wide:
            yield model.finding(
                at, f"the policy allows every action of a service: `{wide[0][:40]}`"
            )


@rule(Stage.SECURITY)
def no_administrator_attached(model: Configuration) -> Findings:
    """The managed policy AdministratorAccess is attached to nobody.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html

    Bad::

        resource "aws_iam_role_policy_attachment" "ci" {
          role       = "ci"
          policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        }

    Good::

        resource "aws_iam_role_policy_attachment" "ci" {
          role       = "ci"
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
    """
    for holder in ("role_", "user_", "group_", ""):
        for one in model.resolved().instances(f"aws_iam_{holder}policy_attachment"):
            if one.get("policy_arn") == _ADMINISTRATOR:
                yield model.finding(one.where("policy_arn"), "full administration is handed out")


@rule(Stage.SECURITY)
def no_user_policies(model: Configuration) -> Findings:
    """Users get their permissions from groups, not by policies of their own.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-2

    Bad::

        resource "aws_iam_user_policy_attachment" "ann" {
          user       = "ann"
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }

    Good::

        resource "aws_iam_group_policy_attachment" "readers" {
          group      = "readers"
          policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        }
    """
    for kind in ("aws_iam_user_policy", "aws_iam_user_policy_attachment"):
        for one in model.resolved().instances(kind):
            yield model.finding(one.at, "a policy is attached to a user, not to a group")


@rule(Stage.SECURITY)
def no_open_roles(model: Configuration) -> Findings:
    """No role may be assumed by everybody without a condition.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

    Bad::

        resource "aws_iam_role" "app" {
          assume_role_policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Action    = "sts:AssumeRole"
              Principal = { AWS = "*" }
            }]
          })
        }

    Good::

        resource "aws_iam_role" "app" {
          assume_role_policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Action    = "sts:AssumeRole"
              Principal = { Service = "ec2.amazonaws.com" }
            }]
          })
        }
    """
    for one in model.resolved().instances("aws_iam_role"):
        if opens_to_everybody(one.get("assume_role_policy")):
            yield model.finding(one.where("assume_role_policy"), "everybody may assume the role")


@rule(Stage.SECURITY)
def no_public_bucket_policy(model: Configuration) -> Findings:
    """No bucket policy allows something to everybody without a condition.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-2

    Bad::

        resource "aws_s3_bucket_policy" "media" {
          bucket = "shop-media"
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = "*"
              Action    = "s3:GetObject"
              Resource  = "arn:aws:s3:::shop-media/*"
            }]
          })
        }

    Good::

        resource "aws_s3_bucket_policy" "media" {
          bucket = "shop-media"
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = { Service = "cloudfront.amazonaws.com" }
              Action    = "s3:GetObject"
              Resource  = "arn:aws:s3:::shop-media/*"
            }]
          })
        }
    """
    for document, at in _policies(model, ("aws_s3_bucket_policy", "aws_s3_bucket")):
        if opens_to_everybody(document):
            yield model.finding(at, "the bucket policy allows something to everybody")


@rule(Stage.SECURITY)
def no_public_messages(model: Configuration) -> Findings:
    """No policy of a topic or queue allows something to everybody without a condition.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-3

    Bad::

        resource "aws_sqs_queue_policy" "jobs" {
          queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage" }]
          })
        }

    Good::

        resource "aws_sqs_queue_policy" "jobs" {
          queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = "*"
              Action    = "sqs:SendMessage"
              Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-1a2b3c4d5e" } }
            }]
          })
        }
    """
    kinds = ("aws_sqs_queue_policy", "aws_sqs_queue", "aws_sns_topic_policy", "aws_sns_topic")
    for document, at in _policies(model, kinds):
        if opens_to_everybody(document):
            yield model.finding(at, "the policy allows something to everybody")


@rule(Stage.SECURITY)
def no_public_keys_or_secrets(model: Configuration) -> Findings:
    """No policy of a key, secret or image repository is for everybody without a condition.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-5

    Bad::

        resource "aws_kms_key" "data" {
          enable_key_rotation = true
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }]
          })
        }

    Good::

        resource "aws_kms_key" "data" {
          enable_key_rotation = true
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Principal = { AWS = "arn:aws:iam::123456789012:root" }
              Action    = "kms:*"
              Resource  = "*"
            }]
          })
        }
    """
    kinds = (
        "aws_kms_key", "aws_kms_key_policy", "aws_secretsmanager_secret",
        "aws_secretsmanager_secret_policy", "aws_ecr_repository_policy",
    )  # fmt: skip
    for document, at in _policies(model, kinds):
        if opens_to_everybody(document):
            yield model.finding(at, "the policy allows something to everybody")


@rule(Stage.SECURITY)
def no_public_functions(model: Configuration) -> Findings:
    """A permission to call a function names its caller, or the source of the call.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1

    Bad::

        resource "aws_lambda_permission" "all" {
          function_name = "shop-api"
          action        = "lambda:InvokeFunction"
          principal     = "*"
        }

    Good::

        resource "aws_lambda_permission" "all" {
          function_name = "shop-api"
          action        = "lambda:InvokeFunction"
          principal     = "s3.amazonaws.com"
          source_arn    = "arn:aws:s3:::shop-uploads"
        }
    """
    limits = ("source_arn", "source_account", "principal_org_id")
    for one in model.resolved().instances("aws_lambda_permission"):
        if one.get("principal") == "*" and all(one.get(name) is None for name in limits):
            yield model.finding(one.where("principal"), "everybody may call the function")


@rule(Stage.SECURITY)
def long_passwords(model: Configuration) -> Iterator[Finding]:
    """The account's password policy asks for 14 characters or more.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-15

    Bad::

        resource "aws_iam_account_password_policy" "this" {
          minimum_password_length = 8
        }

    Good::

        resource "aws_iam_account_password_policy" "this" {
          minimum_password_length = 14
        }
    """
    for one in model.resolved().instances("aws_iam_account_password_policy"):
        given = one.get("minimum_password_length")
        if number_of(6 if given is None else given, _PASSWORD_LENGTH) < _PASSWORD_LENGTH:
            at = one.where("minimum_password_length")
            yield model.finding(at, f"passwords may be shorter than {_PASSWORD_LENGTH} characters")
