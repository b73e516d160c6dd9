"""Rules about values: expressions that work, and values that the provider accepts."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def expression(model: Configuration) -> Findings:
    """Every expression can be evaluated: operators, indices and functions fit what they get.

    Source: https://developer.hashicorp.com/terraform/language/expressions

    Bad::

        resource "aws_subnet" "a" {
          vpc_id     = "vpc-0123456789abcdef0"
          cidr_block = cidrsubnet("10.0.0.0", 8, 1)
        }

    Good::

        resource "aws_subnet" "a" {
          vpc_id     = "vpc-0123456789abcdef0"
          cidr_block = cidrsubnet("10.0.0.0/16", 8, 1)
        }
    """
    yield from model.faults.get("expression", ())


@rule(Stage.SEMANTICS)
def repetition(model: Configuration) -> Findings:
    """`count` is a whole number, `for_each` a map or a set of strings, and only one of them is set.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/for_each

    Bad::

        resource "aws_iam_user" "team" {
          for_each = ["ann", "bob"]
          name     = each.key
        }

    Good::

        resource "aws_iam_user" "team" {
          for_each = toset(["ann", "bob"])
          name     = each.key
        }
    """
    yield from model.faults.get("repetition", ())


@rule(Stage.SEMANTICS)
def allowed_value(model: Configuration) -> Findings:
    """Where the provider takes certain values only, the value is one of them.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs

    Bad::

        resource "aws_s3_bucket_versioning" "logs" {
          bucket = "logs-2041"
          versioning_configuration {
            status = "On"
          }
        }

    Good::

        resource "aws_s3_bucket_versioning" "logs" {
          bucket = "logs-2041"
          versioning_configuration {
            status = "Enabled"
          }
        }
    """
    yield from model.faults.get("allowed-value", ())


@rule(Stage.SEMANTICS)
def value_range(model: Configuration) -> Findings:
    """A number is within the limits that the provider checks.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs

    Bad::

        resource "aws_sqs_queue" "jobs" {
          visibility_timeout_seconds = 100000
        }

    Good::

        resource "aws_sqs_queue" "jobs" {
          visibility_timeout_seconds = 300
        }
    """
    yield from model.faults.get("value-range", ())


@rule(Stage.SEMANTICS)
def value_length(model: Configuration) -> Findings:
    """A text or list is neither shorter nor longer than the provider takes.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs

    Bad::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789"
        }

    Good::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-0123456789"
        }
    """
    yield from model.faults.get("value-length", ())


@rule(Stage.SEMANTICS)
def value_format(model: Configuration) -> Findings:
    """A text has the form that the provider checks: a CIDR block, an ARN, JSON, a name.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs

    Bad::

        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0"
        }

    Good::

        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
        }
    """
    yield from model.faults.get("value-format", ())


@rule(Stage.SEMANTICS)
def arguments_together(model: Configuration) -> Findings:
    """Arguments that exclude or need one another are set accordingly.

    Source: https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors and
    https://developer.hashicorp.com/terraform/language/resources/provisioners/remote-exec

    Bad::

        resource "terraform_data" "setup" {
          provisioner "remote-exec" {
            inline = ["make"]
            script = "setup.sh"
            connection {
              host = "10.0.0.1"
            }
          }
        }

    Good::

        resource "terraform_data" "setup" {
          provisioner "remote-exec" {
            script = "setup.sh"
            connection {
              host = "10.0.0.1"
            }
          }
        }
    """
    yield from model.faults.get("arguments-together", ())
