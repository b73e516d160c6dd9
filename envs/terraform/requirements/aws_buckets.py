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
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

BUCKET = Kind(
    "S3 bucket", ("aws_s3_bucket",), "bucket", ("id", "bucket"), by_name=True,
    arn="arn:aws:s3:::NAME",
)  # fmt: skip

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
    "the ARN of `{of}` given out as the output `{name}`",
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
    "the default encryption of `{of}` set to {value}",
    "a default encryption rule with {value} for the objects in `{of}`",
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


#: What restricts a lifecycle rule to some objects: in its filter, or in what stands beside it.
_NARROWS = ("prefix", "tag", "tags", "object_size_greater_than", "object_size_less_than")


def _narrow(view: View | ValueView) -> bool:
    return any(view.get(name) not in (None, "", {}) or view.blocks(name) for name in _NARROWS)


def _for_all(rule: View | ValueView) -> bool:
    """Whether a lifecycle rule is for all objects."""
    filters = rule.blocks("filter")
    inner = [one for view in filters for one in view.blocks("and")]
    return not any(_narrow(view) for view in (rule, *filters, *inner))


def expiring(config: Configuration, bucket: Instance) -> list[Instance]:
    """Return what may hold lifecycle rules of a bucket: the bucket, and what is about it."""
    kind = "aws_s3_bucket_lifecycle_configuration"
    return [bucket, *companions(config, kind, "bucket", bucket, BUCKET)]


def ages(holder: Instance) -> list[tuple[Value, bool]]:
    """Return (days, whether for all objects) of the rules that delete objects and are on."""
    on = [rule for rule in holder.blocks("rule") if same(rule.get("status"), "Enabled")]
    on += [rule for rule in holder.blocks("lifecycle_rule") if same(rule.get("enabled"), True)]
    return [
        (days, _for_all(rule))
        for rule in on
        for days in rule.at_path("expiration.days")
        if days is not None
    ]


@requirement(
    "objects in `{of}` deleted after {value} days",
    "all objects in `{of}` kept for {value} days and then deleted",
)
def bucket_expiry(config: Configuration, of: str, value: int) -> Findings:
    """A lifecycle rule that is switched on, for all objects; none that deletes otherwise."""
    thing = the(config, BUCKET, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    own = expiring(config, thing)
    found = [age for one in own for age in ages(one)]
    if len(own) > 2:
        yield config.finding(own[2].at, f"the lifecycle of `{of}` is configured more than once")
    if not any(whole and same(days, value) for days, whole in found):
        yield config.finding(thing.at, f"no rule deletes all objects in `{of}` after {value} days")
    elif not all(same(days, value) for days, _ in found):
        yield config.finding(thing.at, f"some objects in `{of}` are deleted at another age")


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
bucket_logs_to = link(
    "bucket-logs-to", BUCKET,
    (Companion("aws_s3_bucket_logging", "bucket", "target_bucket"), "logging.target_bucket"),
    BUCKET,
    "access to `{of}` logged in the bucket `{to}`", "the access logs of `{of}` go to `{to}`",
)  # fmt: skip
