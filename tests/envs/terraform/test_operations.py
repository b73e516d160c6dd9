"""Requirements about keys, alarms, logs, DNS, audit and backup: near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import aws_operations
from tests.envs.terraform.changes import Answer, failing, untested, wanted

KEYS = Answer(
    {
        "main.tf": """
        resource "aws_kms_key" "data" {
          description             = "Data at rest"
          enable_key_rotation     = true
          deletion_window_in_days = "10"
        }
        resource "aws_kms_key" "other" {}
        resource "aws_kms_alias" "data" {
          name          = "alias/${local.name}"
          target_key_id = aws_kms_key.data.arn
        }
        locals {
          name = "data"
        }
        resource "aws_s3_bucket" "files" {
          bucket = "files"
        }
        resource "aws_s3_bucket_server_side_encryption_configuration" "files" {
          bucket = aws_s3_bucket.files.id
          rule {
            bucket_key_enabled = true
            apply_server_side_encryption_by_default {
              sse_algorithm     = "aws:kms"
              kms_master_key_id = aws_kms_alias.data.arn
            }
          }
        }
        resource "aws_secretsmanager_secret" "token" {
          for_each                = { token = "API token" }
          name                    = each.key
          description             = each.value
          recovery_window_in_days = 14
        }
        ephemeral "random_password" "token" {
          length = 40
        }
        resource "aws_secretsmanager_secret_version" "token" {
          secret_id                = "token"
          secret_string_wo         = ephemeral.random_password.token.result
          secret_string_wo_version = 1
        }
        resource "aws_ssm_parameter" "theme" {
          name           = "/shop/theme"
          type           = "String"
          insecure_value = "dark"
          tier           = "Advanced"
        }
        """
    },
    {
        "key": {"alias": "alias/data"},
        "key-rotation": {"alias": "alias/data"},
        "key-deletion": {"alias": "alias/data", "days": 10},
        "key-description": {"alias": "alias/data", "text": "Data at rest"},
        "key-for-bucket": {"alias": "alias/data", "bucket": "files"},
        "secret": {"name": "token"},
        "secret-recovery": {"of": "token", "value": 14},
        "secret-description": {"of": "token", "value": "API token"},
        "secret-random": {"of": "token", "length": 40},
        "parameter": {"name": "/shop/theme"},
        "parameter-type": {"of": "/shop/theme", "value": "String"},
        "parameter-value": {"of": "/shop/theme", "value": "dark"},
        "parameter-tier": {"of": "/shop/theme", "value": "Advanced"},
    },
    (
        ('name = "data"', 'name = "date"',
         "key, key-rotation, key-deletion, key-description, key-for-bucket"),
        ("target_key_id = aws_kms_key.data.arn", "target_key_id = aws_kms_key.other.arn",
         "key-rotation, key-deletion, key-description"),
        ("target_key_id = aws_kms_key.data.arn", 'target_key_id = "1234"',
         "key, key-rotation, key-deletion, key-description, key-for-bucket"),
        ("enable_key_rotation     = true", "", "key-rotation"),
        ("enable_key_rotation     = true", "enable_key_rotation = true\n"
         " rotation_period_in_days = 2560", "key-rotation"),
        ("enable_key_rotation     = true", "enable_key_rotation = true\n is_enabled = false",
         "key-rotation, key-for-bucket"),
        ('"10"', '"11"', "key-deletion"),
        ('"Data at rest"', '"Data"', "key-description"),
        ("aws_kms_alias.data.arn", "aws_kms_key.other.arn", "key-for-bucket"),
        ("kms_master_key_id = aws_kms_alias.data.arn", "", "key-for-bucket"),
        ('"aws:kms"', '"AES256"', "key-for-bucket"),
        ("{ token =", "{ tokens =", "secret, secret-recovery, secret-description, secret-random"),
        ("recovery_window_in_days = 14", "", "secret-recovery"),
        ('"API token"', '"API tokens"', "secret-description"),
        ("length = 40", "length = 41", "secret-random"),
        ('secret_id                = "token"', 'secret_id = "other"', "secret-random"),
        ("ephemeral.random_password.token.result", '"hunter2"', "secret-random"),
        ('"/shop/theme"', '"/shop/themes"',
         "parameter, parameter-type, parameter-value, parameter-tier"),
        ('type           = "String"', 'type = "StringList"', "parameter-type"),
        ('"dark"', '"light"', "parameter-value"),
        ('tier           = "Advanced"', "", "parameter-tier"),
    ),
)  # fmt: skip

WATCH = Answer(
    {
        "main.tf": """
        resource "aws_sns_topic" "ops" {
          name = "ops"
        }
        resource "aws_sns_topic_subscription" "ops" {
          count     = length(local.people)
          topic_arn = aws_sns_topic.ops.arn
          protocol  = "email"
          endpoint  = local.people[count.index]
        }
        locals {
          people = ["ops@example.com"]
        }
        resource "aws_cloudwatch_metric_alarm" "errors" {
          alarm_name          = "errors"
          comparison_operator = "GreaterThanThreshold"
          threshold           = "5"
          evaluation_periods  = 3
          alarm_actions       = aws_sns_topic.ops[*].arn
          metric_query {
            id          = "errors"
            return_data = true
            metric {
              metric_name = "Errors"
              namespace   = "AWS/Lambda"
              period      = 60
              stat        = "Sum"
            }
          }
        }
        resource "aws_cloudwatch_log_group" "app" {
          name              = "/app/web"
          retention_in_days = 30
        }
        resource "aws_cloudwatch_log_group" "audit" {
          name            = "/app/audit"
          log_group_class = "INFREQUENT_ACCESS"
        }
        resource "aws_cloudwatch_log_metric_filter" "errors" {
          name           = "errors"
          log_group_name = aws_cloudwatch_log_group.app.id
          pattern        = "\\"ERROR\\""
          metric_transformation {
            name      = "ErrorCount"
            namespace = "Shop"
            value     = 1
          }
        }
        resource "aws_route53_zone" "main" {
          name = "example.com"
        }
        resource "aws_route53_zone" "other" {
          name = "example.org"
        }
        resource "aws_route53_record" "all" {
          for_each = {
            www  = { type = "A", value = "203.0.113.7" }
            shop = { type = "CNAME", value = "edge.example.com." }
          }
          zone_id = aws_route53_zone.main.id
          name    = each.key == "www" ? "www" : "${each.key}.${aws_route53_zone.main.name}"
          type    = each.value.type
          ttl     = 300
          records = [each.value.value]
        }
        """
    },
    {
        "alarm": {"name": "errors"},
        "alarm-condition": {
            "of": "errors", "metric": "Errors", "namespace": "AWS/Lambda",
            "direction": "above", "threshold": 5,
        },
        "alarm-periods": {"of": "errors", "statistic": "Sum", "period": 60, "count": 3},
        "alarm-notifies": {"of": "errors", "topic": "ops"},
        "topic-mails": {"of": "ops", "address": "ops@example.com"},
        "log-group": {"name": "/app/web"},
        "log-retention": {"of": "/app/web", "value": 30},
        "log-class": {"of": "/app/audit", "value": "INFREQUENT_ACCESS"},
        "log-metric": {
            "of": "/app/web", "pattern": "ERROR", "metric": "ErrorCount", "namespace": "Shop",
        },
        "zone": {"name": "example.com"},
        "zone-record": {
            "of": "example.com", "type": "A", "name": "www.example.com",
            "value": "203.0.113.7", "ttl": 300,
        },
        "zone-record shop": {
            "of": "example.com", "type": "CNAME", "name": "shop.example.com",
            "value": "edge.example.com", "ttl": 300,
        },
    },
    (
        ('alarm_name          = "errors"', 'alarm_name = "error"',
         "alarm, alarm-condition, alarm-periods, alarm-notifies"),
        ('"GreaterThanThreshold"', '"GreaterThanOrEqualToThreshold"', "alarm-condition"),
        ('metric_name = "Errors"', 'metric_name = "Throttles"', "alarm-condition"),
        ('threshold           = "5"', "threshold = 6", "alarm-condition"),
        ('stat        = "Sum"', 'stat = "Average"', "alarm-periods"),
        ("evaluation_periods  = 3", "evaluation_periods = 3\n datapoints_to_alarm = 1",
         "alarm-periods"),
        ("evaluation_periods  = 3", "evaluation_periods = 3\n actions_enabled = false",
         "alarm-notifies"),
        ("alarm_actions ", "ok_actions ", "alarm-notifies"),
        ("length(local.people)", "0", "topic-mails"),
        ('"email"', '"email-json"', "topic-mails"),
        ('"email"', '"email"\n filter_policy = jsonencode({ a = ["b"] })', "topic-mails"),
        ('"ops@example.com"', '"dev@example.com"', "topic-mails"),
        ('"/app/web"', '"/app/webs"', "log-group, log-retention, log-metric"),
        ("retention_in_days = 30", "", "log-retention"),
        ('log_group_class = "INFREQUENT_ACCESS"', "", "log-class"),
        ('"\\"ERROR\\""', '"ERRORS"', "log-metric"),
        ("aws_cloudwatch_log_group.app.id", "aws_cloudwatch_log_group.audit.id", "log-metric"),
        ("value     = 1", "value = 2", "log-metric"),
        ('name = "example.com"', 'name = "example.net"',
         "zone, zone-record, zone-record shop"),
        ("zone_id = aws_route53_zone.main.id", "zone_id = aws_route53_zone.other.id",
         "zone-record, zone-record shop"),
        ('"203.0.113.7"', '"203.0.113.8"', "zone-record"),
        ('? "www" :', '? "web" :', "zone-record"),
        ('type = "CNAME"', 'type = "A"', "zone-record shop"),
        ("ttl     = 300", "ttl = 60", "zone-record, zone-record shop"),
        ("[each.value.value]", '[each.value.value, "203.0.113.9"]',
         "zone-record, zone-record shop"),
    ),
)  # fmt: skip

KEPT = Answer(
    {
        "main.tf": """
        data "aws_caller_identity" "me" {}
        resource "aws_efs_file_system" "files" {
          encrypted        = true
          throughput_mode  = "elastic"
          performance_mode = "maxIO"
          tags             = merge({ Name = "files" }, { Team = "data" })
        }
        resource "aws_efs_file_system" "other" {
          tags = { Name = "other" }
        }
        resource "aws_efs_backup_policy" "files" {
          file_system_id = aws_efs_file_system.files.id
          backup_policy {
            status = "ENABLED"
          }
        }
        resource "aws_efs_access_point" "www" {
          file_system_id = aws_efs_file_system.files.id
          root_directory {
            path = "/www"
          }
          posix_user {
            uid = "1000"
            gid = 1000
          }
        }
        resource "aws_s3_bucket" "events" {
          bucket = "events"
        }
        resource "aws_s3_bucket" "other" {
          bucket = "other"
        }
        data "aws_iam_policy_document" "events" {
          statement {
            actions   = ["s3:GetBucketAcl"]
            resources = [aws_s3_bucket.events.arn]
            principals {
              type        = "Service"
              identifiers = ["cloudtrail.amazonaws.com"]
            }
          }
          statement {
            actions   = ["s3:PutObject"]
            resources = [
              "${aws_s3_bucket.events.arn}/AWSLogs/${data.aws_caller_identity.me.account_id}/*",
            ]
            principals {
              type        = "Service"
              identifiers = ["cloudtrail.amazonaws.com"]
            }
            condition {
              test     = "StringEquals"
              variable = "s3:x-amz-acl"
              values   = ["bucket-owner-full-control"]
            }
          }
        }
        resource "aws_s3_bucket_policy" "events" {
          bucket = aws_s3_bucket.events.bucket
          policy = data.aws_iam_policy_document.events.json
        }
        resource "aws_cloudtrail" "audit" {
          name                       = "audit"
          s3_bucket_name             = "events"
          is_multi_region_trail      = true
          enable_log_file_validation = true
          depends_on                 = [aws_s3_bucket_policy.events]
        }
        resource "aws_backup_vault" "nightly" {
          name = "nightly-vault"
        }
        resource "aws_backup_plan" "nightly" {
          name = "nightly"
          dynamic "rule" {
            for_each = { daily = 30, yearly = 400 }
            content {
              rule_name         = rule.key
              target_vault_name = aws_backup_vault.nightly.id
              schedule          = rule.key == "daily" ? "cron(0 3 * * ? *)" : "cron(0 4 1 1 ? *)"
              lifecycle {
                delete_after = rule.value
              }
            }
          }
        }
        resource "aws_iam_role" "backup" {
          assume_role_policy = "{}"
        }
        resource "aws_backup_selection" "tagged" {
          name         = "tagged"
          plan_id      = aws_backup_plan.nightly.id
          iam_role_arn = aws_iam_role.backup.arn
          resources    = ["*"]
          condition {
            string_equals {
              key   = "aws:ResourceTag/Backup"
              value = "yes"
            }
          }
        }
        """
    },
    {
        "file-system": {"name": "files"},
        "file-system-encrypted": {"of": "files"},
        "file-system-throughput": {"of": "files", "value": "elastic"},
        "file-system-performance": {"of": "files", "value": "maxIO"},
        "file-system-backup": {"of": "files", "value": "ENABLED"},
        "file-system-tag": {"of": "files", "key": "Team", "value": "data"},
        "files-access-point": {"of": "files", "path": "/www", "uid": 1000},
        "trail": {"name": "audit"},
        "trail-bucket": {"of": "audit", "to": "events"},
        "trail-all-regions": {"of": "audit"},
        "trail-validated": {"of": "audit"},
        "bucket-admits-trail": {"bucket": "events", "action": "s3:PutObject"},
        "vault": {"name": "nightly-vault"},
        "plan": {"name": "nightly"},
        "plan-rule": {
            "of": "nightly", "vault": "nightly-vault", "schedule": "cron(0 3 * * ? *)", "days": 30,
        },
        "plan-selection": {"of": "nightly", "key": "Backup", "value": "yes"},
    },
    (
        ('{ Name = "files" }', '{ Name = "file" }',
         "file-system, file-system-encrypted, file-system-throughput, file-system-performance,"
         "file-system-backup, file-system-tag, files-access-point"),
        ("encrypted        = true", "", "file-system-encrypted"),
        ('"elastic"', '"bursting"', "file-system-throughput"),
        ('"maxIO"', '"generalPurpose"', "file-system-performance"),
        ('"ENABLED"', '"DISABLED"', "file-system-backup"),
        ("file_system_id = aws_efs_file_system.files.id",
         "file_system_id = aws_efs_file_system.other.id", "file-system-backup"),
        ('Team = "data"', 'Team = "app"', "file-system-tag"),
        ('"/www"', '"/"', "files-access-point"),
        ('uid = "1000"', 'uid = "1001"', "files-access-point"),
        ('name                       = "audit"', 'name = "audits"',
         "trail, trail-bucket, trail-all-regions, trail-validated"),
        ('s3_bucket_name             = "events"', 's3_bucket_name = "other"', "trail-bucket"),
        ('s3_bucket_name             = "events"', 's3_bucket_name = "events"\n'
         " enable_logging = false", "trail-bucket"),
        ("is_multi_region_trail      = true", "", "trail-all-regions"),
        ("enable_log_file_validation = true", "", "trail-validated"),
        ('["s3:PutObject"]', '["s3:GetObject"]', "bucket-admits-trail"),
        ("bucket = aws_s3_bucket.events.bucket", "bucket = aws_s3_bucket.other.bucket",
         "bucket-admits-trail"),
        ("${aws_s3_bucket.events.arn}/", "${aws_s3_bucket.other.arn}/", "bucket-admits-trail"),
        ('variable = "s3:x-amz-acl"', 'variable = "aws:username"', "bucket-admits-trail"),
        ('data "aws_iam_policy_document" "events" {', 'data "aws_iam_policy_document" "events" {\n'
         ' statement {\n effect = "Deny"\n actions = ["s3:*"]\n resources = ["*"]\n }',
         "bucket-admits-trail"),
        ('resource "aws_s3_bucket_policy" "events" {', 'resource "aws_s3_bucket_policy" "more" {\n'
         ' bucket = "events"\n policy = "{}"\n }\n resource "aws_s3_bucket_policy" "events" {',
         "bucket-admits-trail"),
        ('"nightly-vault"', '"vault"', "vault, plan-rule"),
        ('name = "nightly"', 'name = "daily"', "plan, plan-rule, plan-selection"),
        ("daily = 30", "daily = 31", "plan-rule"),
        ("{ daily = 30, yearly = 400 }", "{}", "plan-rule"),
        ("aws_backup_vault.nightly.id", '"Default"', "plan-rule"),
        ("cron(0 3 * * ? *)", "cron(0 2 * * ? *)", "plan-rule"),
        ("aws:ResourceTag/Backup", "aws:ResourceTag/Backups", "plan-selection"),
        ('value = "yes"\n            }', 'value = "yes"\n            }\n string_not_equals {\n'
         ' key = "aws:ResourceTag/Stage"\n value = "prod"\n }', "plan-selection"),
        ('resources    = ["*"]', 'resources = ["*"]\n not_resources = ["arn:aws:ec2:*"]',
         "plan-selection"),
    ),
)  # fmt: skip

ANSWERS = {"keys": KEYS, "watch": WATCH, "kept": KEPT}


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
    assert untested(tuple(ANSWERS.values()), aws_operations) == set()
