"""Requirements about roles, policies, users and groups: other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import aws_identity
from tests.envs.terraform.changes import Answer, failing, untested, wanted

ROLES = Answer(
    {
        "main.tf": """
        data "aws_partition" "here" {}
        data "aws_region" "here" {}
        data "aws_caller_identity" "me" {}
        locals {
          partition = data.aws_partition.here.partition
          account = data.aws_caller_identity.me.account_id
          prefix  = "arn:aws:sqs:${data.aws_region.here.name}:${local.account}"
          table   = ["dynamodb:GetItem", "dynamodb:Query"]
        }
        provider "aws" {
          default_tags {
            tags = { Team = "data" }
          }
        }
        resource "aws_iam_role" "app" {
          name                 = "app"
          path                 = "/apps/"
          max_session_duration = 60 * 120
          assume_role_policy = <<-EOT
            {
              "Version": "2012-10-17",
              "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": ["ec2.amazonaws.com"]},
                "Action": ["sts:AssumeRole", "sts:TagSession"]
              }
            }
          EOT
        }
        data "aws_iam_policy_document" "partner" {
          statement {
            actions = ["sts:AssumeRole"]
            principals {
              type        = "AWS"
              identifiers = ["arn:${data.aws_partition.here.partition}:iam::123456789012:root"]
            }
          }
        }
        resource "aws_iam_role" "nested" {
          name = "nested"
          assume_role_policy = <<-EOT
            {
              "Statement": [${jsonencode({
                Effect    = "Allow"
                Action    = "sts:AssumeRole"
                Principal = { AWS = "arn:${local.partition}:iam::210987654321:root" }
              })}]
            }
          EOT
        }
        resource "aws_iam_role" "partner" {
          name               = "partner"
          assume_role_policy = data.aws_iam_policy_document.partner.json
        }
        data "aws_iam_policy" "audit" {
          name = "SecurityAudit"
        }
        resource "aws_iam_role_policy_attachment" "all" {
          for_each = {
            audit = data.aws_iam_policy.audit.arn
            own   = aws_iam_policy.own.arn
          }
          role       = aws_iam_role.app.name
          policy_arn = each.value
        }
        resource "aws_iam_policy" "own" {
          name = "own"
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = concat([
              {
                Effect   = "Allow"
                Action   = local.table
                Resource = [aws_dynamodb_table.orders.arn, "${local.orders}/index/*"]
              },
              {
                Effect   = "Allow"
                Action   = "sqs:SendMessage"
                Resource = "${local.prefix}:jobs"
              },
            ], [])
          })
        }
        resource "aws_iam_role_policy" "objects" {
          role   = "app"
          policy = data.aws_iam_policy_document.objects.json
        }
        data "aws_iam_policy_document" "objects" {
          statement {
            actions   = ["s3:GetObject", "s3:ListBucket"]
            resources = ["arn:aws:s3:::media", "arn:aws:s3:::${local.bucket}/*"]
          }
        }
        locals {
          bucket = aws_s3_bucket.media.bucket
          orders = aws_dynamodb_table.orders.arn
        }
        resource "aws_s3_bucket" "media" {
          bucket = "media"
        }
        resource "aws_dynamodb_table" "orders" {
          name         = "orders"
          hash_key     = "id"
          billing_mode = "PAY_PER_REQUEST"
          attribute {
            name = "id"
            type = "S"
          }
        }
        resource "aws_sqs_queue" "jobs" {
          name = "jobs"
        }
        resource "aws_iam_instance_profile" "app" {
          name = "app-profile"
          role = aws_iam_role.app.id
        }
        output "role" {
          value = aws_iam_role.app.arn
        }
        """
    },
    {
        "role": {"name": "app"},
        "role-tag": {"of": "app", "key": "Team", "value": "data"},
        "role-session": {"of": "app", "value": 7200},
        "role-path": {"of": "app", "value": "/apps/"},
        "role-arn-output": {"of": "app", "name": "role"},
        "role-service": {"of": "app", "service": "ec2.amazonaws.com"},
        "role-account": {"of": "partner", "account": "123456789012"},
        "role-account nested": {"of": "nested", "account": "210987654321"},
        "role-managed-policy": {"of": "app", "policy": "SecurityAudit"},
        "role-bucket-objects": {"of": "app", "actions": ["s3:GetObject"], "bucket": "media"},
        "role-bucket-list": {"of": "app", "bucket": "media"},
        "role-table": {
            "of": "app", "actions": ["dynamodb:Query", "dynamodb:GetItem"], "table": "orders",
        },
        "role-queue": {"of": "app", "actions": ["sqs:SendMessage"], "queue": "jobs"},
        "role-profile": {"of": "app", "name": "app-profile"},
        "role-no-wildcards": {"of": "app"},
    },
    (
        ('name                 = "app"', 'name = "apps"',
         "role, role-tag, role-session, role-path, role-arn-output, role-service,"
         "role-managed-policy, role-bucket-objects, role-bucket-list, role-table, role-queue,"
         "role-profile, role-no-wildcards"),
        ('{ Team = "data" }', "{}", "role-tag"),
        ("60 * 120", "60 * 60", "role-session"),
        ('path                 = "/apps/"', "", "role-path"),
        ("value = aws_iam_role.app.arn", "value = aws_iam_role.partner.arn", "role-arn-output"),
        ("value = aws_iam_role.app.arn", "value = aws_iam_role.app.name", "role-arn-output"),
        # Trust: for another one as well, for anybody, or under a condition.
        ('["ec2.amazonaws.com"]', '["ec2.amazonaws.com", "ecs.amazonaws.com"]', "role-service"),
        ('{"Service": ["ec2.amazonaws.com"]}', '"*"', "role-service"),
        ('"Effect": "Allow"', '"Effect": "Deny"', "role-service"),
        ('"Effect": "Allow",', '"Effect": "Allow", "Condition": {"StringEquals": {"sts:ExternalId":'
         ' "nobody"}},', "role-service"),
        ("iam::123456789012:root", "iam::123456789012:user/me", "role-account"),
        ("iam::210987654321:root", "iam::*:root", "role-account nested"),
        ('type        = "AWS"', 'type = "Federated"', "role-account"),
        ('actions = ["sts:AssumeRole"]', 'actions = ["sts:AssumeRole"]\n condition {\n test = '
         '"Bool"\n variable = "aws:MultiFactorAuthPresent"\n values = ["true"]\n }',
         "role-account"),
        # Attachments: of another policy, to another role, by the wrong attribute.
        ('name = "SecurityAudit"', 'name = "ReadOnlyAccess"', "role-managed-policy"),
        ("data.aws_iam_policy.audit.arn", '"arn:aws:iam::123456789012:policy/SecurityAudit"',
         "role-managed-policy"),
        ("role       = aws_iam_role.app.name", "role = aws_iam_role.partner.name",
         "role-managed-policy, role-table, role-queue"),
        ("own   = aws_iam_policy.own.arn", "", "role-table, role-queue"),
        # Permissions: other actions, other things, patterns, denied again.
        ('"s3:GetObject", ', "", "role-bucket-objects"),
        ('"s3:GetObject", ', '"s3:Get*", ', "role-bucket-objects"),
        ("${local.bucket}/*", "${local.bucket}", "role-bucket-objects"),
        ('role   = "app"', 'role = "partner"', "role-bucket-objects, role-bucket-list"),
        ('"arn:aws:s3:::media", ', "", "role-bucket-list"),
        ('statement {\n            actions   = ["s3:GetObject"', 'statement {\n effect = "Deny"\n'
         ' actions = ["s3:GetObject"', "role-bucket-objects, role-bucket-list"),
        ('statement {\n            actions   = ["s3:GetObject"', 'statement {\n effect = "Deny"\n'
         ' actions = ["dynamodb:*"]\n resources = ["*"]\n }\n statement {\n'
         ' actions = ["s3:GetObject"', "role-table"),
        ('"dynamodb:GetItem", ', "", "role-table"),
        ("[aws_dynamodb_table.orders.arn, ", "[", "role-table"),
        ("Action   = local.table", "NotAction = local.table", "role-table, role-no-wildcards"),
        ("${local.prefix}:jobs", "${local.prefix}:jobs-2", "role-queue"),
        ('"sqs:SendMessage"', '"sqs:ReceiveMessage"', "role-queue"),
        ('name = "app-profile"', 'name = "profile"', "role-profile"),
        ("role = aws_iam_role.app.id", "role = aws_iam_role.partner.id", "role-profile"),
        ('"s3:ListBucket"]', '"s3:ListBucket", "*"]', "role-no-wildcards"),
        ('/index/*"]', '/index/*", "*"]', "role-no-wildcards"),
    ),
)  # fmt: skip

PEOPLE = Answer(
    {
        "main.tf": """
        resource "aws_iam_group" "team" {
          name = "team"
        }
        resource "aws_iam_user" "people" {
          for_each = toset(["alice", "bob"])
          name     = each.key
        }
        resource "aws_iam_group_membership" "team" {
          name  = "team"
          group = aws_iam_group.team.id
          users = [for one in aws_iam_user.people : one.name if one.name != "bob"]
        }
        resource "aws_iam_user_group_membership" "bob" {
          user   = "bob"
          groups = [aws_iam_group.team.name]
        }
        data "aws_iam_policy" "audit" {
          arn = "arn:aws:iam::aws:policy/SecurityAudit"
        }
        resource "aws_iam_policy_attachment" "audit" {
          name       = "audit"
          groups     = ["team"]
          policy_arn = data.aws_iam_policy.audit.arn
        }
        resource "aws_iam_policy" "guard" {
          name   = "guard"
          policy = data.aws_iam_policy_document.guard.json
        }
        data "aws_iam_policy_document" "guard" {
          statement {
            effect    = "Deny"
            actions   = ["s3:DeleteBucket", "ec2:Terminate*"]
            resources = ["*"]
            condition {
              test     = "StringNotEquals"
              variable = "aws:MultiFactorAuthPresent"
              values   = ["true"]
            }
          }
        }
        """
    },
    {
        "user": {"name": "alice"},
        "user-group": {"name": "team"},
        "user-in-group": {"of": "alice", "group": "team"},
        "user-in-group bob": {"of": "bob", "group": "team"},
        "group-managed-policy": {"of": "team", "policy": "SecurityAudit"},
        "policy": {"name": "guard"},
        "policy-needs-mfa": {
            "of": "guard", "actions": ["ec2:TerminateInstances", "s3:DeleteBucket"],
        },
    },
    (
        ('"alice", ', "", "user, user-in-group"),
        ('name = "team"', 'name = "teams"',
         "user-group, user-in-group, user-in-group bob, group-managed-policy"),
        ('if one.name != "bob"', 'if one.name == "bob"', "user-in-group"),
        ("[aws_iam_group.team.name]", "[]", "user-in-group bob"),
        ("aws:policy/SecurityAudit", "aws:policy/AdministratorAccess", "group-managed-policy"),
        ("aws:policy/SecurityAudit", "aws:policy/service-role/SecurityAudit",
         "group-managed-policy"),
        ('groups     = ["team"]', 'groups = ["other"]', "group-managed-policy"),
        ('name   = "guard"', 'name = "guards"', "policy, policy-needs-mfa"),
        ('effect    = "Deny"', 'effect = "Allow"', "policy-needs-mfa"),
        ('"s3:DeleteBucket", ', "", "policy-needs-mfa"),
        ('resources = ["*"]', 'resources = ["arn:aws:s3:::a"]', "policy-needs-mfa"),
        ('test     = "StringNotEquals"', 'test = "StringEquals"', "policy-needs-mfa"),
        ('values   = ["true"]\n            }', 'values = ["true"]\n }\n condition {\n test = "Bool"'
         '\n variable = "aws:ViaAWSService"\n values = ["true"]\n }', "policy-needs-mfa"),
    ),
)  # fmt: skip

ANSWERS = {"roles": ROLES, "people": PEOPLE}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_another_style_passes(name: str) -> None:
    assert failing(ANSWERS[name].files, ANSWERS[name].asks) == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, answer in ANSWERS.items() for change in answer.changes],
)
def test_a_change_fails_exactly_what_it_breaks(name: str, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    answer = ANSWERS[name]
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_has_a_right_and_a_wrong_answer() -> None:
    assert untested(tuple(ANSWERS.values()), aws_identity) == set()
