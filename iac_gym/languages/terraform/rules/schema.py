"""Rules about the form of blocks: what may stand in them, and what must."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def known_provider(model: Configuration) -> Findings:
    """Every provider exists: one without a declared source is a provider of HashiCorp.

    Source: https://developer.hashicorp.com/terraform/language/providers/requirements

    Bad::

        resource "amazon_s3_bucket" "logs" {
          bucket = "logs-2041"
        }

    Good::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
        }
    """
    yield from model.faults.get("known-provider", ())


@rule(Stage.SCHEMA)
def known_resource_type(model: Configuration) -> Findings:
    """The provider has the resource type, data source or ephemeral resource.

    Source: https://developer.hashicorp.com/terraform/language/resources/syntax

    Bad::

        resource "aws_s3_buckets" "logs" {
          bucket = "logs-2041"
        }

    Good::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
        }
    """
    yield from model.faults.get("known-resource-type", ())


@rule(Stage.SCHEMA)
def known_provisioner(model: Configuration) -> Findings:
    """A provisioner is `file`, `local-exec` or `remote-exec`.

    Source: https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax

    Bad::

        resource "terraform_data" "setup" {
          provisioner "ansible" {
            command = "ansible-playbook site.yml"
          }
        }

    Good::

        resource "terraform_data" "setup" {
          provisioner "local-exec" {
            command = "ansible-playbook site.yml"
          }
        }
    """
    yield from model.faults.get("known-provisioner", ())


@rule(Stage.SCHEMA)
def unsupported_argument(model: Configuration) -> Findings:
    """Every argument is one that its block takes, and is no block that is written with `=`.

    Source: https://developer.hashicorp.com/terraform/language/syntax/configuration

    Bad::

        resource "aws_s3_bucket" "logs" {
          bucket_name = "logs-2041"
        }

    Good::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
        }
    """
    yield from model.faults.get("unsupported-argument", ())


@rule(Stage.SCHEMA)
def unsupported_block(model: Configuration) -> Findings:
    """Every nested block is of a type that may stand there, and is no argument without `=`.

    Source: https://developer.hashicorp.com/terraform/language/syntax/configuration

    Bad::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
          tags {
            Team = "web"
          }
        }

    Good::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
          tags = {
            Team = "web"
          }
        }
    """
    yield from model.faults.get("unsupported-block", ())


@rule(Stage.SCHEMA)
def missing_argument(model: Configuration) -> Findings:
    """Every required argument is set, and not to null.

    Source: https://developer.hashicorp.com/terraform/plugin/framework/handling-data/attributes

    Bad::

        resource "aws_lb_target_group_attachment" "web" {
          target_id = "i-0123456789abcdef0"
        }

    Good::

        resource "aws_lb_target_group_attachment" "web" {
          target_group_arn = aws_lb_target_group.web.arn
          target_id        = "i-0123456789abcdef0"
        }

        resource "aws_lb_target_group" "web" {
          port     = 80
          protocol = "HTTP"
          vpc_id   = "vpc-0123456789abcdef0"
        }
    """
    yield from model.faults.get("missing-argument", ())


@rule(Stage.SCHEMA)
def computed_argument(model: Configuration) -> Findings:
    """No argument is set that the provider alone decides.

    Source: https://developer.hashicorp.com/terraform/plugin/framework/handling-data/attributes

    Bad::

        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
          arn        = "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0"
        }

    Good::

        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
        }
    """
    yield from model.faults.get("computed-argument", ())


@rule(Stage.SCHEMA)
def argument_type(model: Configuration) -> Findings:
    """Every value is of the type that its argument takes, or can be converted to it.

    Source: https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion

    Bad::

        resource "aws_instance" "web" {
          ami                    = "ami-0123456789abcdef0"
          instance_type          = "t3.micro"
          vpc_security_group_ids = "sg-0123456789abcdef0"
        }

    Good::

        resource "aws_instance" "web" {
          ami                    = "ami-0123456789abcdef0"
          instance_type          = "t3.micro"
          vpc_security_group_ids = ["sg-0123456789abcdef0"]
        }
    """
    yield from model.faults.get("argument-type", ())


@rule(Stage.SCHEMA)
def block_count(model: Configuration) -> Findings:
    """There are as many nested blocks of each type as there must be, and no more than may be.

    Source: https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors

    Bad::

        resource "aws_s3_bucket_versioning" "logs" {
          bucket = "logs-2041"
        }

    Good::

        resource "aws_s3_bucket_versioning" "logs" {
          bucket = "logs-2041"
          versioning_configuration {
            status = "Enabled"
          }
        }
    """
    yield from model.faults.get("block-count", ())


@rule(Stage.SCHEMA)
def block_labels(model: Configuration) -> Findings:
    """Every block has as many labels as its type takes, and the names in them are valid.

    Source: https://developer.hashicorp.com/terraform/language/syntax/configuration#blocks

    Bad::

        resource "terraform_data" {
          input = 1
        }

    Good::

        resource "terraform_data" "one" {
          input = 1
        }
    """
    yield from model.faults.get("block-labels", ())


@rule(Stage.SCHEMA)
def ignored_attribute(model: Configuration) -> Findings:
    """What `ignore_changes` lists are attributes of the resource.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle

    Bad::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
          lifecycle {
            ignore_changes = [tag]
          }
        }

    Good::

        resource "aws_s3_bucket" "logs" {
          bucket = "logs-2041"
          lifecycle {
            ignore_changes = [tags]
          }
        }
    """
    yield from model.faults.get("ignored-attribute", ())


@rule(Stage.SCHEMA)
def provisioner_keyword(model: Configuration) -> Findings:
    """`when` is `create` or `destroy`, `on_failure` is `continue` or `fail`.

    Source: https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax

    Bad::

        resource "terraform_data" "setup" {
          provisioner "local-exec" {
            command    = "make"
            on_failure = ignore
          }
        }

    Good::

        resource "terraform_data" "setup" {
          provisioner "local-exec" {
            command    = "make"
            on_failure = continue
          }
        }
    """
    yield from model.faults.get("provisioner-keyword", ())
