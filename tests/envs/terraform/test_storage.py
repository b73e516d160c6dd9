"""Requirements about buckets and providers: other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import aws_buckets
from tests.envs.terraform.changes import Answer, failing, untested, wanted

SEPARATE = Answer(
    {
        "main.tf": """
        variable "prefix" {
          default = "shop"
        }
        locals {
          names = { media = "${var.prefix}-media", logs = format("%s-logs", var.prefix) }
          days  = 2 * 15
        }
        provider "aws" {
          region = var.prefix == "shop" ? "eu-west-1" : "us-east-1"
          default_tags {
            tags = { Team = "data", Stage = "prod" }
          }
        }
        resource "aws_s3_bucket" "these" {
          for_each      = local.names
          bucket        = each.value
          force_destroy = each.key == "media"
          tags          = each.key == "media" ? { Stage = "test" } : {}
        }
        resource "aws_s3_bucket_versioning" "these" {
          for_each = toset(["media"])
          bucket   = aws_s3_bucket.these[each.key].id
          versioning_configuration {
            status = "Enabled"
          }
        }
        resource "aws_s3_bucket_server_side_encryption_configuration" "media" {
          bucket = aws_s3_bucket.these["media"].bucket
          dynamic "rule" {
            for_each = ["aws:kms"]
            content {
              apply_server_side_encryption_by_default {
                sse_algorithm = rule.value
              }
            }
          }
        }
        resource "aws_s3_bucket_public_access_block" "media" {
          count                   = 1
          bucket                  = "shop-media"
          block_public_acls       = true
          block_public_policy     = "true"
          ignore_public_acls      = true
          restrict_public_buckets = true
        }
        resource "aws_s3_bucket_lifecycle_configuration" "media" {
          bucket = aws_s3_bucket.these["media"].id
          rule {
            id     = "all"
            status = "Enabled"
            filter {
              prefix = ""
            }
            expiration {
              days = local.days
            }
          }
          rule {
            id     = "off"
            status = "Disabled"
            expiration {
              days = 3
            }
          }
        }
        resource "aws_s3_bucket_logging" "media" {
          bucket        = aws_s3_bucket.these["media"].id
          target_bucket = one([for key, one in aws_s3_bucket.these : one.id if key == "logs"])
          target_prefix = "s3/"
        }
        output "arn" {
          value = aws_s3_bucket.these["media"].arn
        }
        """
    },
    {
        "aws-region": {"region": "eu-west-1"},
        "bucket": {"name": "shop-media"},
        "bucket-tag": {"of": "shop-media", "key": "Team", "value": "data"},
        "bucket-tag own": {"of": "shop-media", "key": "Stage", "value": "test"},
        "bucket-versioned": {"of": "shop-media"},
        "bucket-encryption": {"of": "shop-media", "value": "aws:kms"},
        "bucket-private": {"of": "shop-media"},
        "bucket-expiry": {"of": "shop-media", "value": 30},
        "bucket-force-destroy": {"of": "shop-media"},
        "bucket-logs-to": {"of": "shop-media", "to": "shop-logs"},
        "bucket-arn-output": {"of": "shop-media", "name": "arn"},
    },
    (
        ('"eu-west-1" : "us-east-1"', '"us-east-1" : "eu-west-1"', "aws-region"),
        ('provider "aws" {', 'provider "aws" {\n alias = "other"', "aws-region, bucket-tag"),
        ('tags = { Team = "data", Stage', "tags = { Stage", "bucket-tag"),
        ('{ Stage = "test" }', "{}", "bucket-tag own"),
        ('"${var.prefix}-media"', '"${var.prefix}-medium"',
         "bucket, bucket-tag, bucket-tag own, bucket-versioned, bucket-encryption, bucket-private,"
         "bucket-expiry, bucket-force-destroy, bucket-logs-to, bucket-arn-output"),
        ('toset(["media"])', 'toset(["logs"])', "bucket-versioned"),
        ('toset(["media"])', "toset([])", "bucket-versioned"),
        ('status = "Enabled"', 'status = "Suspended"', "bucket-versioned"),
        ('for_each = ["aws:kms"]', "for_each = []", "bucket-encryption"),
        ('for_each = ["aws:kms"]', 'for_each = ["AES256"]', "bucket-encryption"),
        ("count                   = 1", "count = 0", "bucket-private"),
        ('bucket                  = "shop-media"', 'bucket = "shop-logs"', "bucket-private"),
        ("ignore_public_acls      = true", "", "bucket-private"),
        ('id     = "all"\n            status = "Enabled"',
         'id     = "all"\n            status = "Disabled"', "bucket-expiry"),
        ('prefix = ""', 'prefix = "tmp/"', "bucket-expiry"),
        ('prefix = ""', 'and {\n tags = { a = "b" }\n }', "bucket-expiry"),
        ('status = "Disabled"', 'status = "Enabled"', "bucket-expiry"),
        ("2 * 15", "2 * 16", "bucket-expiry"),
        ('force_destroy = each.key == "media"', "", "bucket-force-destroy"),
        ('if key == "logs"', 'if key == "media"', "bucket-logs-to"),
        ('these["media"].arn', 'these["logs"].arn', "bucket-arn-output"),
        ('these["media"].arn', 'these["media"].id', "bucket-arn-output"),
    ),
)  # fmt: skip

INLINE = Answer(
    {
        "main.tf": """
        resource "aws_s3_bucket" "media" {
          bucket = "shop-media"
          versioning {
            enabled = true
          }
          server_side_encryption_configuration {
            rule {
              apply_server_side_encryption_by_default {
                sse_algorithm = "AES256"
              }
            }
          }
          lifecycle_rule {
            enabled = true
            expiration {
              days = 30
            }
          }
          logging {
            target_bucket = aws_s3_bucket.logs.bucket
          }
        }
        resource "aws_s3_bucket" "logs" {
          bucket = "shop-logs"
        }
        output "arn" {
          value = "arn:aws:s3:::${aws_s3_bucket.media.id}"
        }
        """
    },
    {
        "bucket-versioned": {"of": "shop-media"},
        "bucket-encryption": {"of": "shop-media", "value": "AES256"},
        "bucket-expiry": {"of": "shop-media", "value": 30},
        "bucket-logs-to": {"of": "shop-media", "to": "shop-logs"},
        "bucket-arn-output": {"of": "shop-media", "name": "arn"},
    },
    (
        ("versioning {\n            enabled = true", "versioning {\n", "bucket-versioned"),
        ('sse_algorithm = "AES256"', 'sse_algorithm = "aws:kms"', "bucket-encryption"),
        ("lifecycle_rule {\n            enabled = true", "lifecycle_rule {\n enabled = false",
         "bucket-expiry"),
        ("days = 30", "days = 30\n }\n prefix = \"a\"\n transition {", "bucket-expiry"),
        ("aws_s3_bucket.logs.bucket", "aws_s3_bucket.media.bucket", "bucket-logs-to"),
        ("${aws_s3_bucket.media.id}", "${aws_s3_bucket.logs.id}", "bucket-arn-output"),
    ),
)  # fmt: skip

ANSWERS = {"separate": SEPARATE, "inline": INLINE}


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
    assert untested(tuple(ANSWERS.values()), aws_buckets) == set()
