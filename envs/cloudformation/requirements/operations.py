"""Requirements about backups, firewalls, DNS, CDN, builds and pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET, bucket_statements
from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    companions,
    flat,
    refers,
    same,
    same_set,
    shown,
    text,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.policies import (
    has_managed,
    may_assume,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    BALANCER,
    DISTRIBUTION,
    FIREWALL,
    LOG_GROUP,
    PIPELINE,
    PLAN,
    PROJECT,
    TABLE,
    VAULT,
    ZONE,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

# -- backups ---------------------------------------------------------------------------------------

vault = existence("vault", VAULT, "a backup vault called `{name}`", "the backup vault `{name}`")
plan = existence(
    "plan", PLAN, "a backup plan called `{name}` in AWS Backup", "the backup plan `{name}`"
)


@requirement(
    "the vault `{of}` encrypted with the key {alias}", "the key {alias} for the backup vault `{of}`"
)
def vault_encrypted(template: Template, of: str, alias: str) -> Findings:
    """`EncryptionKeyArn` of the vault."""
    return encrypted_by(template, VAULT, of, alias, ("EncryptionKeyArn",))


@requirement(
    "backups of the vault `{of}` locked for at least {days} days",
    "a vault lock on `{of}` that keeps backups {days} days or longer",
)
def vault_locked(template: Template, of: str, days: int) -> Findings:
    """`LockConfiguration.MinRetentionDays`."""
    thing = the(template, VAULT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.get("LockConfiguration.MinRetentionDays"), days)
    return unless(right, template, thing, f"`{of}` is not locked for {days} days")


#: A thing, and the parts of it that are looked at.
_Parts = tuple[Thing, list[Mapping[str, Any]]]


def _plan_rules(template: Template, of: str, vault: str) -> _Parts | Finding:
    found, problems = all_of(template, (PLAN, of), (VAULT, vault))
    if problems:
        return problems[0]
    rules = [
        one
        for one in blocks(found[0], "BackupPlan.BackupPlanRule")
        if refers(one.get("TargetBackupVault"), found[1], VAULT, ("name",))
    ]
    return found[0], rules


@requirement(
    "backups by `{of}` into the vault `{vault}` on the schedule {schedule}",
    "the schedule {schedule} for the rule of `{of}` that backs up into the vault `{vault}`",
)
def plan_schedule(template: Template, of: str, vault: str, schedule: str) -> Findings:
    """A rule of the plan for that vault with the schedule."""
    found = _plan_rules(template, of, vault)
    if isinstance(found, Finding):
        return [found]
    right = any(same(one.get("ScheduleExpression"), schedule) for one in found[1])
    return unless(right, template, found[0], f"`{of}` does not back up on {schedule}")


@requirement(
    "backups by `{of}` in the vault `{vault}` deleted after {days} days",
    "backups that `{of}` makes in `{vault}` kept for {days} days",
)
def plan_retention(template: Template, of: str, vault: str, days: int) -> Findings:
    """`Lifecycle.DeleteAfterDays` of the rules for that vault."""
    found = _plan_rules(template, of, vault)
    if isinstance(found, Finding):
        return [found]
    given = [one for rule in found[1] for one in at_path(rule, "Lifecycle.DeleteAfterDays")]
    right = given and all(same(one, days) for one in given)
    return unless(right, template, found[0], f"`{of}` does not keep backups for {days} days")


@requirement(
    "backups by `{of}` in the vault `{vault}` moved to cold storage after {days} days",
    "cold storage after {days} days for what `{of}` backs up into `{vault}`",
)
def plan_cold(template: Template, of: str, vault: str, days: int) -> Findings:
    """`Lifecycle.MoveToColdStorageAfterDays` of the rules for that vault."""
    found = _plan_rules(template, of, vault)
    if isinstance(found, Finding):
        return [found]
    path = "Lifecycle.MoveToColdStorageAfterDays"
    given = [one for rule in found[1] for one in at_path(rule, path)]
    right = given and all(same(one, days) for one in given)
    return unless(right, template, found[0], f"`{of}` does not use cold storage after {days} days")


def _selections(template: Template, plan: Thing) -> list[Mapping[str, Any]]:
    return [
        inner
        for one in companions(
            template, "AWS::Backup::BackupSelection", "BackupPlanId", plan, PLAN, ("id",)
        )
        for inner in blocks(one, "BackupSelection")
    ]


@requirement(
    "everything tagged {key} = `{value}` backed up by `{of}`",
    "`{of}` selecting the resources with the tag {key} = `{value}`",
)
def plan_selects_tag(template: Template, of: str, key: str, value: str) -> Findings:
    """A selection of the plan by that tag."""
    thing = the(template, PLAN, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        any(
            same(each.get("ConditionKey"), key)
            and same(each.get("ConditionValue"), value)
            and same(each.get("ConditionType"), "STRINGEQUALS")
            for each in blocks(one, "ListOfTags")
        )
        or any(
            same(each.get("ConditionKey"), f"aws:ResourceTag/{key}")
            and same(each.get("ConditionValue"), value)
            for each in blocks(one, "Conditions.StringEquals")
        )
        for one in _selections(template, thing)
    )
    return unless(right, template, thing, f"`{of}` does not select {key} = `{value}`")


@requirement(
    "the table `{table}` backed up by `{of}`", "`{of}` selecting the table `{table}` for backups",
)  # fmt: skip
def plan_selects_table(template: Template, of: str, table: str) -> Findings:
    """A selection of the plan with the ARN of the table."""
    found, problems = all_of(template, (PLAN, of), (TABLE, table))
    if problems:
        return problems
    right = any(
        refers(value, found[1], TABLE, ("arn",))
        for one in _selections(template, found[0])
        for value in flat(at_path(one, "Resources"))
    )
    return unless(right, template, found[0], f"`{of}` does not back up `{table}`")


@requirement(
    "selections of `{of}` under a role that AWS Backup may assume, with AWS's own policy "
    "AWSBackupServiceRolePolicyForBackup",
    "a role for the selections of `{of}` that trusts AWS Backup and has the managed policy "
    "AWSBackupServiceRolePolicyForBackup",
)
def plan_role(template: Template, of: str) -> Findings:
    """The role of every selection is of this template."""
    thing = the(template, PLAN, of)
    if isinstance(thing, Finding):
        return [thing]
    found = _selections(template, thing)
    right = found and all(
        any(
            may_assume(role, "backup.amazonaws.com")
            and has_managed(template, role, "AWSBackupServiceRolePolicyForBackup")
            for role in roles_of(template, [one.get("IamRoleArn")])
        )
        for one in found
    )
    return unless(right, template, thing, f"a selection of `{of}` has no such role")


# -- firewalls -------------------------------------------------------------------------------------

firewall = existence(
    "firewall", FIREWALL, "a WAF web ACL called `{name}`", "the web ACL `{name}` (WAFv2)"
)
firewall_scope = setting(
    "firewall-scope", FIREWALL, "Scope",
    "the scope {value} for `{of}`", "the web ACL `{of}` with the scope {value}",
)  # fmt: skip


@requirement(
    "the default action of the web ACL `{of}`: {what}", "`{of}` set to {what} what no rule matches",
)  # fmt: skip
def firewall_default(template: Template, of: str, what: str) -> Findings:
    """`DefaultAction` of the web ACL."""
    thing = the(template, FIREWALL, of)
    if isinstance(thing, Finding):
        return [thing]
    given = thing.value("DefaultAction")
    right = isinstance(given, Mapping) and list(given) == [what.capitalize()]
    return unless(right, template, thing, f"`{of}` does not {what} by default")


def _rules(template: Template, of: str) -> tuple[Thing, list[Mapping[str, Any]]] | Finding:
    thing = the(template, FIREWALL, of)
    if isinstance(thing, Finding):
        return thing
    return thing, blocks(thing, "Rules")


@requirement(
    "the managed rule group {group} of AWS in force in `{of}`",
    "`{of}` with AWS's managed rules {group}, not just counting",
)
def firewall_managed(template: Template, of: str, group: str) -> Findings:
    """A rule with the managed group, whose actions are not overridden by Count."""
    found = _rules(template, of)
    if isinstance(found, Finding):
        return [found]
    right = any(
        same(one.get("VendorName"), "AWS") and same(one.get("Name"), group) and _in_force(rule)
        for rule in found[1]
        for one in blocks(rule, "Statement.ManagedRuleGroupStatement")
    )
    return unless(right, template, found[0], f"{group} is not in force in `{of}`")


def _in_force(rule: Mapping[str, Any]) -> bool:
    override = rule.get("OverrideAction")
    return isinstance(override, Mapping) and list(override) == ["None"]


@requirement(
    "addresses that send more than {limit} requests blocked by `{of}` (rate limit per IP)",
    "`{of}` blocking an IP address beyond {limit} requests",
)
def firewall_rate(template: Template, of: str, limit: int) -> Findings:
    """A rate based rule by IP address that blocks."""
    found = _rules(template, of)
    if isinstance(found, Finding):
        return [found]
    right = any(
        same(one.get("Limit"), limit)
        and same(one.get("AggregateKeyType"), "IP")
        and not one.get("ScopeDownStatement")
        and _blocks(rule)
        for rule in found[1]
        for one in blocks(rule, "Statement.RateBasedStatement")
    )
    return unless(right, template, found[0], f"`{of}` does not block beyond {limit} requests")


def _blocks(rule: Mapping[str, Any]) -> bool:
    action = rule.get("Action")
    return isinstance(action, Mapping) and list(action) == ["Block"]


@requirement(
    "requests from {countries} blocked by `{of}`",
    "`{of}` blocking requests that come from {countries}, and from no other country",
)
def firewall_countries(template: Template, of: str, countries: Any) -> Findings:
    """A geographic rule with just these countries that blocks."""
    found = _rules(template, of)
    if isinstance(found, Finding):
        return [found]
    right = any(
        same_set(one.get("CountryCodes"), countries) and _blocks(rule)
        for rule in found[1]
        for one in blocks(rule, "Statement.GeoMatchStatement")
    )
    return unless(right, template, found[0], f"`{of}` does not block just {countries}")


@requirement(
    "the web ACL `{of}` in front of the load balancer `{balancer}`",
    "the load balancer `{balancer}` protected by the web ACL `{of}`",
)
def firewall_guards(template: Template, of: str, balancer: str) -> Findings:
    """An association of the web ACL with the load balancer."""
    found, problems = all_of(template, (FIREWALL, of), (BALANCER, balancer))
    if problems:
        return problems
    right = any(
        refers(one.value("WebACLArn"), found[0], FIREWALL, ("arn",))
        and refers(one.value("ResourceArn"), found[1], BALANCER, ("arn",))
        for one in things(template, "AWS::WAFv2::WebACLAssociation")
    )
    return unless(right, template, found[0], f"`{of}` does not guard `{balancer}`")


# -- DNS -------------------------------------------------------------------------------------------

zone = existence(
    "zone", ZONE, "a hosted zone for {name} in Route 53", "the Route 53 hosted zone {name}"
)
zone_comment = setting(
    "zone-comment", ZONE, "HostedZoneConfig.Comment",
    "`{value}` as the comment of the zone {of}", "the zone {of} described as `{value}`",
)  # fmt: skip
zone_tag = tag(
    "zone-tag", ZONE,
    "the tag {key} = `{value}` on the zone {of}", "the zone {of} tagged {key} = `{value}`",
)  # fmt: skip
zone_output = output(
    "zone-output", ZONE, ("Ref", "Id"),
    "an output `{name}` with the id of the zone {of}",
    "the id of the zone {of} given out as the output `{name}`",
)  # fmt: skip


def _records(template: Template, zone: Thing) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a zone: resources of their own, and in groups."""
    for one in companions(template, "AWS::Route53::RecordSet", "HostedZoneId", zone, ZONE):
        yield one.properties
    name = str(text(zone.value("Name"))).rstrip(".")
    for one in things(template, "AWS::Route53::RecordSet"):
        if str(text(one.value("HostedZoneName"))).rstrip(".") == name:
            yield one.properties
    for one in companions(template, "AWS::Route53::RecordSetGroup", "HostedZoneId", zone, ZONE):
        yield from blocks(one, "RecordSets")


def _is_record(record: Mapping[str, Any], kind: str, name: str) -> bool:
    given = str(text(record.get("Name"))).rstrip(".").lower()
    return same(record.get("Type"), kind) and given == name


@requirement(
    "the {kind} record {name} in the zone {of}, with {value} and a TTL of {ttl} seconds",
    "{name} in the zone {of} as a {kind} record: {value}, for {ttl} seconds",
)
def zone_record(
    template: Template, of: str, kind: str, name: str, value: str, ttl: int
) -> Findings:
    """A record of that name and type with just that value."""
    thing = the(template, ZONE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        _is_record(one, kind, name)
        and same_set(one.get("ResourceRecords"), [value])
        and same(one.get("TTL"), ttl)
        for one in _records(template, thing)
    )
    return unless(right, template, thing, f"{of} has no such {kind} record {name}")


@requirement(
    "{name} in the zone {of} as an alias of the load balancer `{balancer}`",
    "an alias record {name} in the zone {of} for the load balancer `{balancer}`",
)
def zone_alias(template: Template, of: str, name: str, balancer: str) -> Findings:
    """An A record whose alias target is the load balancer's name and zone."""
    found, problems = all_of(template, (ZONE, of), (BALANCER, balancer))
    if problems:
        return problems
    front = found[1]
    right = any(
        _is_record(one, "A", name)
        and any(
            _names(target.get("DNSName"), front)
            and front.is_source_of(target.get("HostedZoneId"), "CanonicalHostedZoneID")
            for target in blocks(one, "AliasTarget")
        )
        for one in _records(template, found[0])
    )
    return unless(right, template, found[0], f"{name} is no alias of `{balancer}`")


def _names(value: Any, balancer: Thing) -> bool:
    """Whether a value is the DNS name of a load balancer, perhaps with `dualstack.` in front."""
    parts: tuple[Any, ...] = getattr(value, "parts", (value,))
    last = parts[-1]
    return balancer.is_source_of(last, "DNSName") and parts[:-1] in ((), ("dualstack.",))


# -- CDN -------------------------------------------------------------------------------------------

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
    "the viewer protocol policy {value} for `{of}`", "viewers of `{of}` treated by {value}",
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
    """The origin of the default behaviour is the bucket, with an access control for S3."""
    found, problems = all_of(template, (DISTRIBUTION, of), (BUCKET, bucket))
    if problems:
        return problems
    origin = _default_origin(found[0])
    domain = origin.get("DomainName")
    is_bucket = any(
        found[1].is_source_of(domain, name) for name in ("RegionalDomainName", "DomainName")
    ) or str(text(domain)) in (
        f"{bucket}.s3.amazonaws.com", f"{bucket}.s3.us-east-1.amazonaws.com",
    )  # fmt: skip
    joined: tuple[Any, ...] = getattr(domain, "parts", ())
    is_bucket = is_bucket or (len(joined) == 2 and found[1].is_source_of(joined[0]))
    controlled = any(
        (one.is_source_of(origin.get("OriginAccessControlId"))
         or one.is_source_of(origin.get("OriginAccessControlId"), "Id"))
        and same(one.get("OriginAccessControlConfig.OriginAccessControlOriginType"), "s3")
        and same(one.get("OriginAccessControlConfig.SigningBehavior"), "always")
        for one in things(template, "AWS::CloudFront::OriginAccessControl")
    )  # fmt: skip
    right = is_bucket and controlled
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
    said = [one for one in bucket_statements(template, found[1]) if one.effect == "Allow"]
    right = any(
        one.allows("s3:GetObject")
        and one.trusts("Service", "cloudfront.amazonaws.com")
        and any(_is_source(key, value, found[0]) for _, key, value in one.conditions)
        for one in said
    )
    right = right and not any(one.for_everybody for one in said)
    return unless(right, template, found[1], f"`{bucket}` is not readable for just `{of}`")


def _is_source(key: str, value: Any, distribution: Thing) -> bool:
    parts: tuple[Any, ...] = getattr(value, "parts", ())
    return (
        key.lower() == "aws:sourcearn"
        and bool(parts)
        and parts[0] == "arn:aws:cloudfront::"
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


# -- builds and pipelines --------------------------------------------------------------------------

project = existence(
    "project", PROJECT, "a CodeBuild project called `{name}`", "the CodeBuild project `{name}`"
)
project_image = setting(
    "project-image", PROJECT, "Environment.Image",
    "the build image {value} for `{of}`", "`{of}` building in {value}",
)  # fmt: skip
project_size = setting(
    "project-size", PROJECT, "Environment.ComputeType",
    "the compute type {value} for `{of}`", "builds of `{of}` on {value}",
)  # fmt: skip
project_timeout = setting(
    "project-timeout", PROJECT, "TimeoutInMinutes",
    "builds of `{of}` given up after {value} minutes", "a timeout of {value} minutes for `{of}`",
)  # fmt: skip
project_privileged = fixed(
    "project-privileged", PROJECT, "Environment.PrivilegedMode", True,
    "builds of `{of}` allowed to run Docker (privileged mode)", "`{of}` in privileged mode",
)  # fmt: skip
project_logs = link(
    "project-logs", PROJECT, "LogsConfig.CloudWatchLogs.GroupName", LOG_GROUP,
    "logs of `{of}` in the log group {to}", "the log group {to} for the builds of `{of}`",
    by=("name",),
)  # fmt: skip


@requirement(
    "the source of `{of}` of the type {kind}, at {location}",
    "`{of}` building what is at {location} (source type {kind})",
)
def project_source(template: Template, of: str, kind: str, location: str) -> Findings:
    """`Source.Type` and `Source.Location`."""
    thing = the(template, PROJECT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.get("Source.Type"), kind) and same(thing.get("Source.Location"), location)
    return unless(right, template, thing, f"the source of `{of}` is another")


@requirement(
    "the environment variable {key} = `{value}` in the builds of `{of}`",
    "{key} = `{value}` in the environment of the project `{of}`",
)
def project_variable(template: Template, of: str, key: str, value: str) -> Findings:
    """A plain text variable of the build environment."""
    thing = the(template, PROJECT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("Name"), key)
        and same(one.get("Value"), value)
        and one.get("Type") in (None, "PLAINTEXT")
        for one in blocks(thing, "Environment.EnvironmentVariables")
    )
    return unless(right, template, thing, f"builds of `{of}` do not get {key} = `{value}`")


@requirement(
    "a service role for `{of}` that CodeBuild may assume",
    "`{of}` running under a role that trusts CodeBuild",
)
def project_role(template: Template, of: str) -> Findings:
    """The service role is of this template."""
    thing = the(template, PROJECT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "codebuild.amazonaws.com")
        for role in roles_of(template, [thing.value("ServiceRole")])
    )
    return unless(right, template, thing, f"`{of}` has no role that CodeBuild may assume")


pipeline = existence(
    "pipeline", PIPELINE, "a pipeline called `{name}` in CodePipeline", "the pipeline `{name}`"
)
pipeline_type = setting(
    "pipeline-type", PIPELINE, "PipelineType",
    "the pipeline type {value} for `{of}`", "`{of}` as a pipeline of the type {value}",
)  # fmt: skip


@requirement(
    "just the stages {stages}, in this order, in `{of}`",
    "`{of}` with the stages {stages}, one after the other, and no others",
)
def pipeline_stages(template: Template, of: str, stages: Any) -> Findings:
    """The names of the stages in order."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    given = [text(one.get("Name")) for one in blocks(thing, "Stages")]
    right = given == list(stages)
    return unless(right, template, thing, f"the stages of `{of}` are {shown(given)}")


@requirement(
    "artifacts of `{of}` kept in the bucket `{bucket}`",
    "the bucket `{bucket}` as the artifact store of the pipeline `{of}`",
)
def pipeline_store(template: Template, of: str, bucket: str) -> Findings:
    """`ArtifactStore` is that bucket."""
    found, problems = all_of(template, (PIPELINE, of), (BUCKET, bucket))
    if problems:
        return problems
    places = [
        *at_path(found[0], "ArtifactStore.Location"),
        *at_path(found[0], "ArtifactStores.ArtifactStore.Location"),
    ]
    right = places and all(refers(one, found[1], BUCKET, ("name",)) for one in places)
    return unless(right, template, found[0], f"`{of}` does not keep artifacts in `{bucket}`")


def _actions(pipeline: Thing, stage: str) -> list[Mapping[str, Any]]:
    return [
        action
        for one in blocks(pipeline, "Stages")
        if same(one.get("Name"), stage)
        for action in blocks(one, "Actions")
    ]


def _does(action: Mapping[str, Any], category: str, provider: str) -> bool:
    return any(
        same(kind.get("Category"), category)
        and same(kind.get("Provider"), provider)
        for kind in blocks(action, "ActionTypeId")
    )  # fmt: skip


@requirement(
    "the CodeBuild project `{project}` run in the stage {stage} of `{of}`",
    "the stage {stage} of `{of}` building with the project `{project}`",
)
def pipeline_builds(template: Template, of: str, stage: str, project: str) -> Findings:
    """An action of the stage with the provider CodeBuild and the project."""
    found, problems = all_of(template, (PIPELINE, of), (PROJECT, project))
    if problems:
        return problems
    right = any(
        (_does(one, "Build", "CodeBuild") or _does(one, "Test", "CodeBuild"))
        and any(
            refers(given.get("ProjectName"), found[1], PROJECT, ("name",))
            for given in blocks(one, "Configuration")
        )
        for one in _actions(found[0], stage)
    )
    return unless(right, template, found[0], f"{stage} of `{of}` does not run `{project}`")


@requirement(
    "a manual approval in the stage {stage} of `{of}`",
    "the stage {stage} of `{of}` waiting for somebody to approve",
)
def pipeline_approval(template: Template, of: str, stage: str) -> Findings:
    """A manual approval action in the stage."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(_does(one, "Approval", "Manual") for one in _actions(thing, stage))
    return unless(right, template, thing, f"nobody approves in {stage} of `{of}`")


@requirement(
    "the repository {repository}, branch {branch}, as the source of `{of}` (CodeStar connection)",
    "`{of}` started by the branch {branch} of {repository} through a CodeStar connection",
)
def pipeline_source(template: Template, of: str, repository: str, branch: str) -> Findings:
    """A source action with the provider CodeStarSourceConnection."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        _does(action, "Source", "CodeStarSourceConnection")
        and any(
            same(given.get("FullRepositoryId"), repository)
            and same(given.get("BranchName"), branch)
            and given.get("ConnectionArn") is not None
            for given in blocks(action, "Configuration")
        )
        for one in blocks(thing, "Stages")
        for action in blocks(one, "Actions")
    )
    return unless(right, template, thing, f"`{of}` does not start from {repository}")


@requirement(
    "a role for `{of}` that CodePipeline may assume",
    "the pipeline `{of}` running under a role that trusts CodePipeline",
)
def pipeline_role(template: Template, of: str) -> Findings:
    """The pipeline's role is of this template."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "codepipeline.amazonaws.com")
        for role in roles_of(template, [thing.value("RoleArn")])
    )
    return unless(right, template, thing, f"`{of}` has no role that CodePipeline may assume")
