"""Requirements about CloudFront distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET, bucket_statements
from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    output,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    blocks,
    same,
    spelled,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import Statement, arn_of, positive, refuses
from envs.cloudformation.requirements.services import (
    DISTRIBUTION,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

distribution = existence(
    "distribution", DISTRIBUTION,
    "a CloudFront distribution with the comment `{name}`",
    "the CloudFront distribution `{name}` (by its comment)",
)  # fmt: skip
_CONFIG = "DistributionConfig"
distribution_on = fixed(
    "distribution-on", DISTRIBUTION, f"{_CONFIG}.Enabled", True,
    "the distribution `{of}` enabled", "`{of}` switched on",
)  # fmt: skip
distribution_root = setting(
    "distribution-root", DISTRIBUTION, f"{_CONFIG}.DefaultRootObject",
    "{value} as the default root object of `{of}`", "`{of}` answering / with {value}",
)  # fmt: skip
distribution_https = setting(
    "distribution-https", DISTRIBUTION, f"{_CONFIG}.DefaultCacheBehavior.ViewerProtocolPolicy",
    "the viewer protocol policy {value} for `{of}`", "viewers of `{of}` under the policy {value}",
)  # fmt: skip
distribution_class = setting(
    "distribution-class", DISTRIBUTION, f"{_CONFIG}.PriceClass",
    "the price class {value} for `{of}`", "`{of}` in the price class {value}",
)  # fmt: skip
distribution_http = setting(
    "distribution-http", DISTRIBUTION, f"{_CONFIG}.HttpVersion",
    "the HTTP version {value} for `{of}`", "`{of}` speaking up to {value}",
    compare=lambda value, wanted: same(str(value).lower(), wanted),
)  # fmt: skip
distribution_compress = fixed(
    "distribution-compress", DISTRIBUTION, f"{_CONFIG}.DefaultCacheBehavior.Compress", True,
    "objects compressed by `{of}`", "compression switched on for the distribution `{of}`",
)  # fmt: skip
distribution_output = output(
    "distribution-output", DISTRIBUTION, ("DomainName",),
    "an output `{name}` with the domain name of `{of}`",
    "the domain name of the distribution `{of}` given out as the output `{name}`",
)  # fmt: skip


def _default_origin(distribution: Thing) -> Mapping[str, Any]:
    wanted = distribution.get(f"{_CONFIG}.DefaultCacheBehavior.TargetOriginId")
    found = blocks(distribution, f"{_CONFIG}.Origins")
    return next((one for one in found if same(one.get("Id"), wanted)), {})


@requirement(
    "the bucket `{bucket}` as the default origin of `{of}`, with an origin access control",
    "`{of}` serving the bucket `{bucket}` through an origin access control (OAC)",
)
def distribution_bucket(template: Template, of: str, bucket: str) -> Findings:
    """The origin of the default behaviour is the bucket, with an access control for S3; what is
    switched off serves nothing.
    """
    found, problems = all_of(template, (DISTRIBUTION, of), (BUCKET, bucket))
    if problems:
        return problems
    origin = _default_origin(found[0])
    domain = origin.get("DomainName")
    is_bucket = any(
        found[1].is_source_of(domain, name) for name in ("RegionalDomainName", "DomainName")
    ) or spelled(found[1].stack.canonical(domain)) in (
        f"{bucket}.s3.amazonaws.com", f"{bucket}.s3.us-east-1.amazonaws.com",
    )  # fmt: skip
    controlled = any(
        (one.is_source_of(origin.get("OriginAccessControlId"))
         or one.is_source_of(origin.get("OriginAccessControlId"), "Id"))
        and same(one.get("OriginAccessControlConfig.OriginAccessControlOriginType"), "s3")
        and same(one.get("OriginAccessControlConfig.SigningBehavior"), "always")
        for one in things(template, "AWS::CloudFront::OriginAccessControl")
    )  # fmt: skip
    right = is_bucket and controlled and not same(found[0].get(f"{_CONFIG}.Enabled"), False)
    return unless(right, template, found[0], f"`{of}` does not serve `{bucket}` with an OAC")


@requirement(
    "only `{of}` allowed to read the objects in `{bucket}` by the bucket policy",
    "a policy of the bucket `{bucket}` that allows s3:GetObject to CloudFront, for just the "
    "distribution `{of}`",
)
def bucket_for_distribution(template: Template, of: str, bucket: str) -> Findings:
    """A statement for cloudfront.amazonaws.com with the ARN of the distribution as its source."""
    found, problems = all_of(template, (DISTRIBUTION, of), (BUCKET, bucket))
    if problems:
        return problems
    said = bucket_statements(template, found[1])
    objects = arn_of(found[1], BUCKET, "/*")
    readers = [
        one
        for one in said
        if one.effect == "Allow"
        and (one.inverted or one.covers("s3:GetObject"))
        and any(objects(value) or objects.within(value) for value in one.resources)
    ]
    right = (
        readers
        and all(_reads_alone(one, found[0]) for one in readers)
        and not any(refuses(one, "s3:GetObject") for one in said)
    )
    return unless(right, template, found[1], f"`{bucket}` is not readable for just `{of}`")


def _reads_alone(statement: Statement, distribution: Thing) -> bool:
    """Whether a statement lets CloudFront in, and that for just one distribution."""
    sources = [
        positive(test) and not test.lower().endswith("ifexists") and _is_source(value, distribution)
        for test, key, value in statement.conditions
        if key.lower() == "aws:sourcearn"
    ]
    return (
        statement.is_allow
        and statement.principals == (("Service", "cloudfront.amazonaws.com"),)
        and bool(sources)
        and all(sources)
    )


def _is_source(value: Any, distribution: Thing) -> bool:
    parts: tuple[Any, ...] = getattr(value, "parts", ())
    return (
        bool(parts)
        and parts[0] == "arn:aws:cloudfront::"
        and parts[-2] == ":distribution/"
        and parts[-1] in (distribution.ref, distribution.att("Id"))
    )


@requirement(
    "status {code} of `{of}` answered with {page} and the status {answer}",
    "`{of}` showing {page} with the status {answer} instead of an error {code}",
)
def distribution_error(template: Template, of: str, code: int, page: str, answer: int) -> Findings:
    """A custom error response of the distribution."""
    thing = the(template, DISTRIBUTION, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("ErrorCode"), code)
        and same(one.get("ResponsePagePath"), page)
        and same(one.get("ResponseCode"), answer)
        for one in blocks(thing, f"{_CONFIG}.CustomErrorResponses")
    )
    return unless(right, template, thing, f"`{of}` does not show {page} for {code}")


@requirement(
    "the host name {host} for `{of}`, with the certificate {arn}",
    "`{of}` answering for {host} with the certificate {arn}",
)
def distribution_host(template: Template, of: str, host: str, arn: str) -> Findings:
    """An alias of the distribution, and its certificate with a policy of TLS 1.2 or later."""
    thing = the(template, DISTRIBUTION, of)
    if isinstance(thing, Finding):
        return [thing]
    right = host in values_of(thing, f"{_CONFIG}.Aliases") and same(
        thing.get(f"{_CONFIG}.ViewerCertificate.AcmCertificateArn"), arn
    )
    return unless(right, template, thing, f"`{of}` does not answer for {host} like that")
