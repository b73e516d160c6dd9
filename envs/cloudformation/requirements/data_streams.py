"""Requirements about Kinesis and Firehose streams."""

from __future__ import annotations

from collections.abc import Iterator

from envs.cloudformation.requirements.buckets import BUCKET
from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    first,
    problem,
    shown,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.policies import (
    ROLE,
    arn_of,
    granted,
    may_assume,
    permissions,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    DELIVERY,
    STREAM,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

stream = existence(
    "stream", STREAM, "a Kinesis data stream called `{name}`", "the Kinesis data stream `{name}`"
)
stream_shards = setting(
    "stream-shards", STREAM, "ShardCount",
    "{value} shards for the stream `{of}`", "`{of}` with {value} shards",
)  # fmt: skip
stream_retention = setting(
    "stream-retention", STREAM, "RetentionPeriodHours",
    "records of `{of}` kept for {value} hours", "`{of}` keeps its records for {value} hours",
    absent=24,
)  # fmt: skip
stream_encrypted = fixed(
    "stream-encrypted", STREAM, "StreamEncryption.EncryptionType", "KMS",
    "server-side encryption with KMS for the stream `{of}`",
    "the records of `{of}` encrypted with KMS",
)  # fmt: skip
delivery = existence(
    "delivery", DELIVERY,
    "a Firehose delivery stream called `{name}`", "the Firehose delivery stream `{name}`",
)  # fmt: skip
_PLACES = (
    "ExtendedS3DestinationConfiguration", "S3DestinationConfiguration",
)  # fmt: skip
delivery_reads = link(
    "delivery-reads", DELIVERY, "KinesisStreamSourceConfiguration.KinesisStreamARN", STREAM,
    "`{of}` reads from the stream `{to}`", "the stream `{to}` as the source of `{of}`",
    by=("arn",),
)  # fmt: skip
delivery_writes = link(
    "delivery-writes", DELIVERY, tuple(f"{one}.BucketARN" for one in _PLACES), BUCKET,
    "`{of}` delivers to the bucket `{to}`", "the bucket `{to}` as the destination of `{of}`",
    by=("arn",),
)  # fmt: skip
delivery_compression = setting(
    "delivery-compression", DELIVERY, tuple(f"{one}.CompressionFormat" for one in _PLACES),
    "the records that `{of}` delivers compressed with {value}",
    "{value} as the compression of the objects that `{of}` writes",
)  # fmt: skip
delivery_seconds = setting(
    "delivery-seconds", DELIVERY,
    tuple(f"{one}.BufferingHints.IntervalInSeconds" for one in _PLACES),
    "records buffered by `{of}` for {value} seconds",
    "a buffering interval of {value} seconds for `{of}`",
)  # fmt: skip
delivery_prefix = setting(
    "delivery-prefix", DELIVERY, tuple(f"{one}.Prefix" for one in _PLACES),
    "the objects of `{of}` written under the prefix {value}",
    "{value} as the prefix of the objects that `{of}` writes",
)  # fmt: skip


def _delivery_roles(template: Template, thing: Thing) -> list[Thing]:
    values = [one for place in _PLACES for one in at_path(thing, f"{place}.RoleARN")]
    return roles_of(template, values)


@requirement(
    "a role for `{of}` that Firehose may assume and that allows s3:PutObject on just the objects "
    "in `{bucket}`",
    "`{of}` writing to `{bucket}` under a role that trusts Firehose and allows s3:PutObject on "
    "just the objects of that bucket",
)
def delivery_role(template: Template, of: str, bucket: str) -> Findings:
    """The destination's role trusts firehose.amazonaws.com and may write the objects."""
    found, problems = all_of(template, (DELIVERY, of), (BUCKET, bucket))
    yield from problems
    if problems:
        return
    roles = _delivery_roles(template, found[0])
    if not roles:
        yield problem(template, found[0], f"`{of}` writes under no role of this template")
    for role in roles:
        if not may_assume(role, "firehose.amazonaws.com"):
            yield problem(template, role, "the role does not trust firehose.amazonaws.com")
        on = arn_of(found[1], BUCKET, "/*")
        if not granted(permissions(template, role, ROLE), "s3:PutObject", on):
            yield problem(template, role, f"the role does not allow s3:PutObject on {bucket}/*")


def _delivered(thing: Thing) -> Iterator[str]:
    for place in _PLACES:
        for value in at_path(thing, f"{place}.ErrorOutputPrefix"):
            yield str(text(value))


@requirement(
    "records that `{of}` cannot process written under the prefix {prefix}",
    "{prefix} as the error prefix of the delivery stream `{of}`",
)
def delivery_errors(template: Template, of: str, prefix: str) -> Findings:
    """`ErrorOutputPrefix` of the destination."""
    thing = the(template, DELIVERY, of)
    if isinstance(thing, Finding):
        return [thing]
    found = list(_delivered(thing))
    right = bool(found) and all(one == prefix for one in found)
    return unless(right, template, thing, f"errors of `{of}` go to {shown(first(found))}")
