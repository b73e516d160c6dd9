"""Requirements about S3 buckets and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import (
    Companion,
    existence,
    fixed,
    link,
    setting,
    tag,
)
from envs.terraform.requirements.kinds import Kind, companions, same, the
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.verdict import Finding

BUCKET = Kind("S3 bucket", ("aws_s3_bucket",), "bucket", ("id", "bucket"), by_name=True)

bucket = existence(
    "bucket", BUCKET,
    "an S3 bucket called `{name}`", "the S3 bucket `{name}`",
    "a bucket with the name `{name}` in S3",
)  # fmt: skip
bucket_tag = tag(
    "bucket-tag", BUCKET,
    "the tag {key} = `{value}` on the bucket `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
bucket_arn_output = output(
    "bucket-arn-output", BUCKET, ("arn",),
    "an output `{name}` with the ARN of the bucket `{of}`",
    "the ARN of `{of}` given out as `{name}`",
)  # fmt: skip


@requirement(
    "versioning switched on for `{of}`", "`{of}` keeps the versions of its objects",
    "object versions kept in the bucket `{of}`",
)  # fmt: skip
def bucket_versioned(config: Configuration, of: str) -> Findings:
    """Versioning as a resource of its own, or as the old block inside the bucket."""
    thing = the(config, BUCKET, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    old = thing.at_path("versioning.enabled")
    own = [
        value
        for other in companions(config, "aws_s3_bucket_versioning", "bucket", thing, BUCKET)
        for value in other.at_path("versioning_configuration.status")
    ]
    right = [same(value, True) for value in old] + [same(value, "Enabled") for value in own]
    if not right or not all(right):
        yield config.finding(thing.at, f"versioning of `{of}` is not enabled")


_ENCRYPTION = "rule.apply_server_side_encryption_by_default"
_OLD_ENCRYPTION = f"server_side_encryption_configuration.{_ENCRYPTION}"
_ENCRYPTED = "aws_s3_bucket_server_side_encryption_configuration"

bucket_encryption = setting(
    "bucket-encryption", BUCKET,
    (
        Companion(_ENCRYPTED, "bucket", f"{_ENCRYPTION}.sse_algorithm"),
        f"{_OLD_ENCRYPTION}.sse_algorithm",
    ),
    "objects in `{of}` encrypted at rest with {value}",
    "{value} as the default encryption of `{of}`",
)  # fmt: skip

_BLOCKS = (
    "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets",
)  # fmt: skip


@requirement(
    "all public access to `{of}` blocked", "`{of}` closed to the public in all four ways",
    "every kind of public access blocked for the bucket `{of}`",
)  # fmt: skip
def bucket_private(config: Configuration, of: str) -> Iterator[Finding]:
    """A public access block of the bucket with all four switches on (each is off by default)."""
    thing = the(config, BUCKET, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    found = companions(config, "aws_s3_bucket_public_access_block", "bucket", thing, BUCKET)
    if not found:
        yield config.finding(thing.at, f"`{of}` has no aws_s3_bucket_public_access_block")
    for block in found:
        for name in _BLOCKS:
            if not same(block.get(name), True):
                yield config.finding(block.where(name), f"`{name}` is not true")


bucket_expiry = setting(
    "bucket-expiry", BUCKET,
    Companion("aws_s3_bucket_lifecycle_configuration", "bucket", "rule.expiration.days"),
    "objects in `{of}` deleted after {value} days", "`{of}` keeps its objects for {value} days",
)  # fmt: skip
bucket_force_destroy = fixed(
    "bucket-force-destroy", BUCKET, "force_destroy", True,
    "`{of}` can be destroyed while it still holds objects",
    "destroying the bucket `{of}` deletes the objects in it as well",
)  # fmt: skip
bucket_logs_to = link(
    "bucket-logs-to", BUCKET,
    Companion("aws_s3_bucket_logging", "bucket", "target_bucket"), BUCKET,
    "access to `{of}` logged in the bucket `{to}`", "the access logs of `{of}` go to `{to}`",
)  # fmt: skip
