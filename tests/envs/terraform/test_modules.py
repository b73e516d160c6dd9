"""Requirements about modules, variables, outputs and providers: near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import modules
from tests.envs.terraform.changes import Answer, failing, untested, wanted

CALLED = Answer(
    {
        "main.tf": """
        locals {
          purposes = toset(["logs", "media"])
        }
        module "buckets" {
          source   = "./modules/bucket"
          for_each = local.purposes
          settings = { name = "data-${each.key}" }
        }
        output "arns" {
          value = { for key, one in module.buckets : key => one.arn }
        }
        """,
        "modules/bucket/main.tf": """
        variable "settings" {
          type = object({ name = string, keep = optional(bool, true) })
        }
        variable "suffix" {
          type    = string
          default = ""
        }
        locals {
          name = join("", [var.settings.name, var.suffix])
        }
        resource "aws_s3_bucket" "this" {
          count  = var.settings.keep ? 1 : 0
          bucket = local.name
        }
        resource "aws_s3_bucket" "other" {
          bucket_prefix = "other"
        }
        output "arn" {
          value = one(aws_s3_bucket.this[*].arn)
        }
        """,
    },
    {
        "bucket-by-module": {"of": "data-logs", "folder": "modules/bucket"},
        "module-variable": {"folder": "modules/bucket", "name": "suffix", "type": "string"},
        "module-arn-output": {"folder": "modules/bucket", "name": "arn"},
        "arn-map": {"name": "arns", "keys": ["logs", "media"], "prefix": "data"},
    },
    (
        ('"./modules/bucket"', '"./modules/buckets"',
         "bucket-by-module, module-variable, module-arn-output, arn-map"),
        ("local.purposes\n", "[]\n", "bucket-by-module, module-arn-output, arn-map"),
        ('["logs", "media"]', '["media"]', "bucket-by-module, arn-map"),
        ("var.settings.keep ? 1 : 0", "0", "bucket-by-module, module-arn-output, arn-map"),
        ('type    = string\n          default = ""', "type = number\n default = 1",
         "module-variable, bucket-by-module, arn-map"),
        ("join(\"\", [var.settings.name, var.suffix])", "var.settings.name", "module-variable"),
        ("bucket = local.name", "bucket = var.settings.name", "module-variable"),
        ('output "arn" {', 'output "id" {', "module-arn-output, arn-map"),
        ("one(aws_s3_bucket.this[*].arn)", "one(aws_s3_bucket.this[*].id)",
         "module-arn-output, arn-map"),
        ("key => one.arn", 'key => module.buckets["logs"].arn', "arn-map"),
        ("key => one.arn", "upper(key) => one.arn", "arn-map"),
    ),
)  # fmt: skip

SPLIT = Answer(
    {
        "main.tf": """
        resource "aws_s3_bucket" "all" {
          for_each = { store = local.name, spare = "spare" }
          bucket   = each.value
        }
        locals {
          name = lower(var.name)
        }
        resource "aws_s3_bucket_lifecycle_configuration" "store" {
          bucket = aws_s3_bucket.all["store"].id
          rule {
            id     = "expire"
            status = "Enabled"
            expiration {
              days = var.days
            }
          }
        }
        """,
        "variables.tf": """
        variable "name" {
          type    = string
          default = "store"
        }
        variable "days" {
          type    = number
          default = "30"
        }
        """,
        "outputs.tf": """
        output "arn" {
          value = values(aws_s3_bucket.all)[1].arn
        }
        """,
    },
    {
        "variable-in": {
            "file": "variables.tf", "name": "name", "type": "string", "default": "store",
        },
        "variable-in days": {
            "file": "variables.tf", "name": "days", "type": "number", "default": 30,
        },
        "bucket-named-by": {"of": "store", "variable": "name"},
        "bucket-expires-by": {"of": "store", "variable": "days"},
        "bucket-arn-in": {"of": "store", "name": "arn", "file": "outputs.tf"},
    },
    (
        ('default = "store"', 'default = "stores"',
         "variable-in, bucket-named-by, bucket-expires-by, bucket-arn-in"),
        ("type    = string", "", "variable-in"),
        ('default = "30"', "default = 31", "variable-in days"),
        ("type    = number", "type = string", "variable-in days"),
        ("lower(var.name)", '"store"', "bucket-named-by"),
        ("lower(var.name)", 'var.name == "" ? "store" : "store"', "bucket-named-by"),
        ("lower(var.name)", 'coalesce("store", var.name)', "bucket-named-by"),
        ("days = var.days", "days = 30", "bucket-expires-by"),
        ("days = var.days", "days = var.days > 0 ? 30 : 30", "bucket-expires-by"),
        ('status = "Enabled"', 'status = "Disabled"', "bucket-expires-by"),
        ('aws_s3_bucket.all["store"].id', 'aws_s3_bucket.all["spare"].id', "bucket-expires-by"),
        ("[1].arn", "[0].arn", "bucket-arn-in"),
        ('output "arn"', 'output "id"', "bucket-arn-in"),
    ),
)  # fmt: skip

MAPPED = Answer(
    {
        "main.tf": """
        locals {
          keys = ["logs", "media"]
        }
        resource "aws_s3_bucket" "all" {
          for_each = toset(formatlist("data-%s", local.keys))
          bucket   = each.value
        }
        output "arns" {
          value = zipmap(local.keys, [for key in local.keys : aws_s3_bucket.all["data-${key}"].arn])
        }
        """
    },
    {
        "one-for-each": {"keys": ["logs", "media"], "prefix": "data"},
        "arn-map": {"name": "arns", "keys": ["media", "logs"], "prefix": "data"},
    },
    (
        ('["logs", "media"]', '["logs"]', "one-for-each, arn-map"),
        ("bucket   = each.value", 'bucket = "data-logs"', "one-for-each, arn-map"),
        ('aws_s3_bucket.all["data-${key}"].arn', 'aws_s3_bucket.all["data-${key}"].id', "arn-map"),
        ('for_each = toset(formatlist("data-%s", local.keys))\n          bucket   = each.value',
         'count = 2\n bucket = "data-${local.keys[count.index]}"', "one-for-each, arn-map"),
    ),
)  # fmt: skip

ANSWERS = {"called": CALLED, "split": SPLIT, "mapped": MAPPED}


def test_a_variable_in_another_file_is_found() -> None:
    files = dict(SPLIT.files)
    files["main.tf"] += files.pop("variables.tf") + files.pop("outputs.tf")
    assert failing(files, SPLIT.asks) == {"variable-in", "variable-in days", "bucket-arn-in"}


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
    assert untested(tuple(ANSWERS.values()), modules) == set()
