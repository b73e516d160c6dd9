"""Tasks about storage on AWS."""

from __future__ import annotations

from envs.terraform.choices import AWS_REGIONS, TAGS
from envs.terraform.requirements import aws_buckets as ask
from envs.terraform.requirements import common
from envs.terraform.stack import Extra, Handle, Stack, decorate, label_of
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import block, nested

BUCKETS = ("logs", "media", "backups", "artifacts", "exports", "uploads", "reports", "archive")


def region(stack: Stack) -> None:
    """Ask for the region of the AWS provider."""
    chosen = stack.draw.choice("region", AWS_REGIONS)
    stack.ask(common.aws_region(region=chosen))
    stack.provider("aws", region=chosen)


def _tag(stack: Stack, thing: Handle, name: str) -> None:
    key, values = stack.draw.choice("tag", TAGS)
    value = stack.draw.choice("tag value", values)
    stack.ask(ask.bucket_tag(of=name, key=key, value=value))
    thing.set(tags={key: value})


@family("terraform", levels=(1, 2, 3, 4))
def s3_bucket(draw: Draw) -> Draft:
    """An S3 bucket with versioning, encryption, access block, lifecycle and tags as asked."""
    stack = Stack(draw, "aws")
    name = draw.name("bucket", BUCKETS)
    label = label_of(name)
    made = stack.add("aws_s3_bucket", label, bucket=name)
    stack.ask(ask.bucket(name=name))

    def versioned() -> None:
        stack.ask(ask.bucket_versioned(of=name))
        stack.add(
            "aws_s3_bucket_versioning", label, bucket=made["id"],
            versioning_configuration=nested(status="Enabled"),
        )  # fmt: skip

    def encrypted() -> None:
        algorithm = draw.choice("algorithm", ("AES256", "aws:kms", "aws:kms:dsse"))
        stack.ask(ask.bucket_encryption(of=name, value=algorithm))
        default = nested(sse_algorithm=algorithm)
        stack.add(
            "aws_s3_bucket_server_side_encryption_configuration", label, bucket=made["id"],
            rule=nested(apply_server_side_encryption_by_default=default),
        )  # fmt: skip

    def private() -> None:
        stack.ask(ask.bucket_private(of=name))
        stack.add(
            "aws_s3_bucket_public_access_block", label, bucket=made["id"],
            block_public_acls=True, block_public_policy=True,
            ignore_public_acls=True, restrict_public_buckets=True,
        )  # fmt: skip

    def expiring() -> None:
        days = draw.integer("days", 7, 730)
        stack.ask(ask.bucket_expiry(of=name, value=days))
        rule = nested(id="expire", status="Enabled", filter=nested(), expiration=nested(days=days))
        stack.add(
            "aws_s3_bucket_lifecycle_configuration", label, bucket=made["id"], rule=rule
        )  # fmt: skip

    def disposable() -> None:
        stack.ask(ask.bucket_force_destroy(of=name))
        made.set(force_destroy=True)

    def output() -> None:
        out = draw.choice("output", ("bucket_arn", "arn", "storage_arn"))
        stack.ask(ask.bucket_arn_output(of=name, name=out))
        stack.top(block("output", out, value=made["arn"]))

    decorate(
        stack,
        (
            Extra("versions", 1, versioned), Extra("encryption", 1, encrypted),
            Extra("access block", 1, private), Extra("expiry", 1, expiring),
            Extra("tag", 1, lambda: _tag(stack, made, name)),
            Extra("region", 1, lambda: region(stack)),
            Extra("force destroy", 1, disposable), Extra("output", 1, output),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the S3 bucket `{name}` with Terraform",
        f"We need object storage on AWS: a bucket `{name}`",
        f"Write Terraform for an S3 bucket `{name}`",
    )
