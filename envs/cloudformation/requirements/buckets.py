"""Requirements about S3 buckets and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    output,
    retained,
    secure,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    Kind,
    at_path,
    behind_arn,
    blocks,
    is_true,
    number,
    problem,
    refers,
    same,
    same_set,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.policies import (
    Statement,
    arn_of,
    invited,
    refuses,
    resource_policies,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

BUCKET = Kind(
    "S3 bucket", "AWS::S3::Bucket", "BucketName", names=("Ref",), arns=("Arn",),
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
    "bucket-arn-output", BUCKET, ("Arn",),
    "an output `{name}` with the ARN of the bucket `{of}`",
    "the ARN of `{of}` given out as the output `{name}`", by=("arn",),
)  # fmt: skip
bucket_retained = retained(
    "bucket-retained", BUCKET,
    "the bucket `{of}` stays when the stack is deleted",
    "`{of}` not deleted along with its stack",
)  # fmt: skip
bucket_versioned = fixed(
    "bucket-versioned", BUCKET, "VersioningConfiguration.Status", "Enabled",
    "versioning switched on for `{of}`", "`{of}` keeps the versions of its objects",
    "object versions kept in the bucket `{of}`",
)  # fmt: skip
_DEFAULT = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault"
bucket_encryption = setting(
    "bucket-encryption", BUCKET, f"{_DEFAULT}.SSEAlgorithm",
    "the default encryption of `{of}` set to {value}",
    "a default encryption rule with {value} for the objects in `{of}`",
)  # fmt: skip
bucket_owned = fixed(
    "bucket-owned", BUCKET, "OwnershipControls.Rules.ObjectOwnership", "BucketOwnerEnforced",
    "ACLs switched off for `{of}` (object ownership BucketOwnerEnforced)",
    "object ownership BucketOwnerEnforced, that is no ACLs, for the bucket `{of}`",
)  # fmt: skip
bucket_events_bridge = fixed(
    "bucket-events-bridge", BUCKET,
    "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True,
    "the events of the bucket `{of}` sent to EventBridge",
    "EventBridge notifications switched on for `{of}`",
)  # fmt: skip
bucket_acceleration = fixed(
    "bucket-acceleration", BUCKET, "AccelerateConfiguration.AccelerationStatus", "Enabled",
    "transfer acceleration for `{of}`", "accelerated transfers to the bucket `{of}`",
)  # fmt: skip
bucket_logs_to = link(
    "bucket-logs-to", BUCKET, "LoggingConfiguration.DestinationBucketName", BUCKET,
    "access to `{of}` logged in the bucket `{to}`",
    "the server access logs of `{of}` go to the bucket `{to}`", by=("name",),
)  # fmt: skip

_BLOCKS = (
    "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets",
)  # fmt: skip


def _private(template: Template, bucket: Thing) -> Iterator[Finding]:
    """Each of the four switches is off where the configuration leaves it out."""
    block = bucket.value("PublicAccessBlockConfiguration")
    given = block if isinstance(block, Mapping) else {}
    for name in _BLOCKS:
        if not is_true(given.get(name)):
            path = f"PublicAccessBlockConfiguration.{name}"
            yield problem(template, bucket, f"`{name}` is not true", path)


bucket_private = secure(
    "bucket-private", BUCKET, _private,
    "all public access to `{of}` blocked", "`{of}` closed to the public in all four ways",
    "every kind of public access blocked for the bucket `{of}`",
)  # fmt: skip

# -- lifecycle -------------------------------------------------------------------------------------

_NARROWS = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def _rules(bucket: Thing) -> list[Mapping[str, Any]]:
    """Return the lifecycle rules that are on."""
    found = blocks(bucket, "LifecycleConfiguration.Rules")
    return [one for one in found if same(one.get("Status"), "Enabled")]


def _for_all(rule: Mapping[str, Any]) -> bool:
    return all(rule.get(name) in (None, "", []) for name in _NARROWS)


@requirement(
    "objects in `{of}` deleted after {value} days",
    "all objects in `{of}` kept for {value} days and then deleted",
)
def bucket_expiry(template: Template, of: str, value: int) -> Findings:
    """A lifecycle rule that is on, for all objects; none that deletes them at another age."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    rules = _rules(thing)
    found = [(one.get("ExpirationInDays"), _for_all(one)) for one in rules]
    found = [(days, whole) for days, whole in found if days is not None]
    if not any(whole and same(days, value) for days, whole in found):
        message = f"no rule deletes all objects in `{of}` after {value} days"
        yield problem(template, thing, message, "LifecycleConfiguration.Rules")
    elif not all(same(days, value) for days, _ in found):
        yield problem(template, thing, f"some objects in `{of}` are deleted at another age")


@requirement(
    "old versions of objects in `{of}` deleted after {value} days",
    "noncurrent versions in the bucket `{of}` deleted after {value} days",
)
def bucket_old_versions(template: Template, of: str, value: int) -> Findings:
    """A lifecycle rule for noncurrent versions of all objects."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    days = [
        found
        for one in _rules(thing)
        if _for_all(one)
        for found in (
            *at_path(one, "NoncurrentVersionExpiration.NoncurrentDays"),
            *at_path(one, "NoncurrentVersionExpirationInDays"),
        )
    ]
    right = days and all(same(one, value) for one in days)
    return unless(right, template, thing, f"old versions in `{of}` do not go after {value} days")


@requirement(
    "objects in `{of}` moved to {storage} after {days} days",
    "all objects in the bucket `{of}` moved to the storage class {storage} after {days} days",
)
def bucket_transition(template: Template, of: str, storage: str, days: int) -> Findings:
    """A transition of a lifecycle rule for all objects."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    found = [
        move
        for one in _rules(thing)
        if _for_all(one)
        for move in (*blocks(one, "Transitions"), *blocks(one, "Transition"))
    ]
    right = any(
        same(one.get("StorageClass"), storage) and same(one.get("TransitionInDays"), days)
        for one in found
    )
    message = f"no rule moves all objects in `{of}` to {storage} after {days} days"
    return unless(right, template, thing, message)


@requirement(
    "unfinished multipart uploads to `{of}` given up after {value} days",
    "multipart uploads to the bucket `{of}` aborted after {value} days",
)
def bucket_uploads(template: Template, of: str, value: int) -> Findings:
    """`AbortIncompleteMultipartUpload` of a rule for all objects."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    days = [
        found
        for one in _rules(thing)
        if _for_all(one)
        for found in at_path(one, "AbortIncompleteMultipartUpload.DaysAfterInitiation")
    ]
    right = days and min(number(one) or 0 for one in days) == value
    return unless(right, template, thing, f"no rule of `{of}` aborts uploads after {value} days")


# -- policy ----------------------------------------------------------------------------------------


def bucket_statements(template: Template, bucket: Thing) -> list[Statement]:
    """Return the statements of the policies of a bucket."""
    return resource_policies(template, "AWS::S3::BucketPolicy", "Bucket", bucket, BUCKET, ("name",))


def _everybody(statement: Statement) -> bool:
    return any(kind in ("*", "AWS") and same(who, "*") for kind, who in statement.principals)


def _denies_plain(statement: Statement) -> bool:
    conditions = statement.conditions
    return (
        statement.effect == "Deny"
        and not statement.inverted
        and _everybody(statement)
        and ("s3:*" in statement.actions or "*" in statement.actions)
        and len(conditions) == 1
        and conditions[0][0].lower() in ("bool", "boolifexists")
        and conditions[0][1].lower() == "aws:securetransport"
        and same(conditions[0][2], False)
    )


@requirement(
    "requests to `{of}` without TLS denied by its bucket policy",
    "a policy of the bucket `{of}` that denies every request over plain HTTP",
)
def bucket_tls_only(template: Template, of: str) -> Findings:
    """Statements that deny requests without TLS, for the bucket and for its objects."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    covered = {
        "*" if resource == "*" else behind_arn(resource, thing, BUCKET)
        for statement in bucket_statements(template, thing)
        if _denies_plain(statement)
        for resource in statement.resources
    }
    right = "*" in covered or {"", "/*"} <= covered
    return unless(right, template, thing, f"no policy of `{of}` denies requests without TLS")


@requirement(
    "the service {service} allowed {action} on the objects in `{of}` by its bucket policy",
    "a bucket policy of `{of}` that allows {service} the action {action} on all its objects",
)
def bucket_service(template: Template, of: str, service: str, action: str) -> Findings:
    """A statement that names the service, the action and the bucket's objects."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    objects = arn_of(thing, BUCKET, "/*")
    right = invited(bucket_statements(template, thing), service, action, objects)
    return unless(right, template, thing, f"{service} may not do {action} in `{of}`")


@requirement(
    "everybody allowed to read the objects in `{of}` by its bucket policy",
    "a bucket policy of `{of}` that allows s3:GetObject on all objects to everyone",
)
def bucket_public_read(template: Template, of: str) -> Findings:
    """`s3:GetObject` for `*` on the objects, without a condition, where policies may do so."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    objects = arn_of(thing, BUCKET, "/*")
    open_to_all = any(
        one.is_allow
        and one.covers("s3:GetObject")
        and _everybody(one)
        and not one.conditions
        and any(objects(value) for value in one.resources)
        for one in bucket_statements(template, thing)
    ) and not any(refuses(one, "s3:GetObject") for one in bucket_statements(template, thing))
    block = thing.value("PublicAccessBlockConfiguration")
    given = block if isinstance(block, Mapping) else {}
    # without a configuration, S3 blocks public policies of new buckets
    able = bool(given) and not any(
        is_true(given.get(name)) for name in ("BlockPublicPolicy", "RestrictPublicBuckets")
    )
    message = f"everybody cannot read `{of}`: no such statement, or public policies are blocked"
    return unless(open_to_all and able, template, thing, message)


# -- website, CORS, notifications ------------------------------------------------------------------

bucket_index = setting(
    "bucket-index", BUCKET, "WebsiteConfiguration.IndexDocument",
    "`{of}` served as a website with the index document {value}",
    "static website hosting on the bucket `{of}`, with {value} as the index document",
)  # fmt: skip
bucket_error_page = setting(
    "bucket-error-page", BUCKET, "WebsiteConfiguration.ErrorDocument",
    "the error document {value} for the website `{of}`",
    "{value} as the error page of the website in `{of}`",
)  # fmt: skip


@requirement(
    "the CORS methods {methods} allowed for {origin} on `{of}`",
    "browsers on {origin} allowed to use {methods} on the bucket `{of}` (CORS)",
)
def bucket_cors(template: Template, of: str, origin: str, methods: Any) -> Findings:
    """A CORS rule with exactly these methods for just that origin."""
    thing = the(template, BUCKET, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same_set(one.get("AllowedOrigins"), [origin])
        and same_set(one.get("AllowedMethods"), methods)
        for one in blocks(thing, "CorsConfiguration.CorsRules")
    )
    return unless(right, template, thing, f"no CORS rule allows {origin} just {methods}")


#: Where a bucket's notifications name the queue, topic or function.
_NOTIFIES = {
    "QueueConfigurations": "Queue",
    "TopicConfigurations": "Topic",
    "LambdaConfigurations": "Function",
}


def notifies(bucket: Thing, thing: Thing, kind: Kind, event: str) -> list[Mapping[str, Any]]:
    """Return the notifications of a bucket about an event that go to a thing."""
    return [
        one
        for name, key in _NOTIFIES.items()
        for one in blocks(bucket, f"NotificationConfiguration.{name}")
        if same(one.get("Event"), event) and refers(one.get(key), thing, kind, ("arn",))
    ]


def filters(notification: Mapping[str, Any]) -> dict[str, str]:
    """Return the filter of a notification: prefix and suffix."""
    rules = blocks(notification, "Filter.S3Key.Rules")
    return {str(one.get("Name")).lower(): str(text(one.get("Value"))) for one in rules}


bucket_website_output = output(
    "bucket-website-output", BUCKET, ("WebsiteURL",),
    "an output `{name}` with the website URL of the bucket `{of}`",
    "the URL of the website in `{of}` given out as the output `{name}`",
    written="http://NAME.s3-website-us-east-1.amazonaws.com",
)  # fmt: skip
