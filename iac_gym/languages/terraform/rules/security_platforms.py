"""Rules about security: machines, containers, images and records of what was done (AWS)."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.computed import json_of
from iac_gym.languages.terraform.known import flat, is_unknown
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.rules.security_faults import (
    Fault,
    on,
    one_of,
    report,
    said_at,
)
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Stage

_TOKENS = "metadata_options.http_tokens"


def needs_token(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Yield where the metadata of a machine can be read without a session token (IMDSv1)."""
    for endpoint, _ in said_at(thing, "metadata_options.http_endpoint"):
        if endpoint == "disabled":
            return
    said = "has metadata that can be read without a session token (IMDSv1)"
    yield from one_of(_TOKENS, ("required",), said)(thing, strict)


@rule(Stage.SECURITY)
def metadata_needs_token(model: Configuration) -> Findings:
    """The metadata of machines can be read with a session token only (IMDSv2).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-8

    Bad::

        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          metadata_options {
            http_tokens = "optional"
          }
        }

    Good::

        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          metadata_options {
            http_tokens = "required"
          }
        }
    """
    if not any(
        one.get("http_tokens") == "required"
        for one in model.resolved().instances("aws_ec2_instance_metadata_defaults")
    ):
        yield from report(
            model, needs_token, "aws_instance", "aws_launch_template", "aws_launch_configuration"
        )


@rule(Stage.SECURITY)
def images_are_scanned(model: Configuration) -> Findings:
    """An ECR repository scans its images when they are pushed, or the registry does.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-1

    Bad::

        resource "aws_ecr_repository" "shop" {
          name = "shop"
        }

    Good::

        resource "aws_ecr_repository" "shop" {
          name = "shop"
          image_scanning_configuration {
            scan_on_push = true
          }
        }
    """
    if not model.resolved().instances("aws_ecr_registry_scanning_configuration"):
        scanned = on("image_scanning_configuration.scan_on_push", "does not scan its images")
        yield from report(model, scanned, "aws_ecr_repository")


@rule(Stage.SECURITY)
def tags_are_immutable(model: Configuration) -> Findings:
    """Tags of an ECR repository cannot be moved to another image.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2

    Bad::

        resource "aws_ecr_repository" "shop" {
          name                 = "shop"
          image_tag_mutability = "MUTABLE"
        }

    Good::

        resource "aws_ecr_repository" "shop" {
          name                 = "shop"
          image_tag_mutability = "IMMUTABLE"
        }
    """
    fixed = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
    yield from report(
        model, one_of("image_tag_mutability", fixed, "has tags that can be moved"),
        "aws_ecr_repository",
    )  # fmt: skip


@rule(Stage.SECURITY)
def trails_are_validated(model: Configuration) -> Findings:
    """A CloudTrail trail validates its log files, so that changes of them show.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-4

    Bad::

        resource "aws_cloudtrail" "audit" {
          name           = "audit"
          s3_bucket_name = "shop-audit"
        }

    Good::

        resource "aws_cloudtrail" "audit" {
          name                       = "audit"
          s3_bucket_name             = "shop-audit"
          enable_log_file_validation = true
        }
    """
    validated = on("enable_log_file_validation", "does not validate its log files")
    yield from report(model, validated, "aws_cloudtrail")


def task_containers(model: Configuration) -> Iterator[tuple[dict[str, Value], Instance]]:
    """Yield the containers of task definitions, as far as known, with the definition.

    A text that several instances share is read once.
    """
    read: set[str] = set()
    for task in model.resolved().instances("aws_ecs_task_definition"):
        given = task.get("container_definitions")
        if not isinstance(given, str) or given not in read:
            found = flat([json_of(given)])
            yield from ((one, task) for one in found if isinstance(one, dict))
        if isinstance(given, str):
            read.add(given)


@rule(Stage.SECURITY)
def unprivileged_containers(model: Configuration) -> Findings:
    """No container of a task runs privileged.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4

    Bad::

        resource "aws_ecs_task_definition" "agent" {
          family = "agent"
          container_definitions = jsonencode([{
            name       = "agent"
            image      = "agent:2.1"
            privileged = true
          }])
        }

    Good::

        resource "aws_ecs_task_definition" "agent" {
          family = "agent"
          container_definitions = jsonencode([{
            name       = "agent"
            image      = "agent:2.1"
            privileged = false
          }])
        }
    """
    for container, task in task_containers(model):
        if container.get("privileged") is True:
            at = task.where("container_definitions")
            yield model.finding(at, f"`{task.address[:80]}` has a privileged container")


@rule(Stage.SECURITY)
def cluster_secrets_encrypted(model: Configuration) -> Findings:
    """An EKS cluster encrypts its secrets with a KMS key.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-3

    Bad::

        resource "aws_eks_cluster" "main" {
          name     = "main"
          role_arn = "arn:aws:iam::123456789012:role/eks"
          vpc_config {
            subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
          }
        }

    Good::

        resource "aws_eks_cluster" "main" {
          name     = "main"
          role_arn = "arn:aws:iam::123456789012:role/eks"
          vpc_config {
            subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
          }
          encryption_config {
            resources = ["secrets"]
            provider {
              key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1a2b3c4d"
            }
          }
        }
    """
    for one in model.resolved().instances("aws_eks_cluster"):
        kinds = flat(value for value, _ in said_at(one, "encryption_config.resources"))
        if "secrets" not in kinds and not any(map(is_unknown, kinds)):
            yield model.finding(one.at, f"`{one.address[:80]}` keeps its secrets unencrypted")
