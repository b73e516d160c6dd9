"""Requirements about keys, secrets, parameters, alarms, DNS, CDN and file systems on AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_databases import is_generated
from envs.terraform.requirements.aws_functions import LOG_GROUP, TOPIC
from envs.terraform.requirements.factories import Companion, existence, fixed, setting, tag
from envs.terraform.requirements.kinds import (
    OWN,
    Kind,
    arn_text,
    companions,
    flat,
    refers,
    same,
    shown,
    the,
    world,
)
from envs.terraform.requirements.lookup import things
from envs.terraform.requirements.policies import Statement, positive, refuses, statements
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.known import text_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.verdict import Finding

ALIAS = Kind("KMS alias", ("aws_kms_alias",), "name", ("name", "arn", "target_key_arn"))
SECRET = Kind("secret", ("aws_secretsmanager_secret",), "name", ("id", "arn"), by_name=True)
PARAMETER = Kind("parameter", ("aws_ssm_parameter",), "name", ("name", "arn"))
ALARM = Kind("alarm", ("aws_cloudwatch_metric_alarm",), "alarm_name", ("arn", "id"))
ZONE = Kind("hosted zone", ("aws_route53_zone",), "name", ("zone_id", "id"))
FILES = Kind("file system", ("aws_efs_file_system",), "tags.Name", ("id",))
TRAIL = Kind("trail", ("aws_cloudtrail",), "name", ("arn", "id"))
VAULT = Kind("backup vault", ("aws_backup_vault",), "name", ("name", "id"), by_name=True)
PLAN = Kind("backup plan", ("aws_backup_plan",), "name", ("id",))


def _key_of(config: Configuration, alias: str) -> Instance | Finding:
    """Return the KMS key that an alias stands for."""
    found = the(config, ALIAS, alias)
    if isinstance(found, Finding):
        return found
    for key in world(config).instances("aws_kms_key"):
        if key.is_source_of(found.get("target_key_id"), "key_id", "id", "arn"):
            return key
    return config.finding(found.at, f"the alias `{alias}` stands for no key declared here")


def _key_setting(config: Configuration, alias: str, name: str, value: Any, absent: Any) -> Findings:
    key = _key_of(config, alias)
    if isinstance(key, Finding):
        yield key
        return
    given = key.get(name)
    if not same(absent if given is None else given, value):
        yield config.finding(key.where(name), f"`{name}` is {shown(given)}, not {shown(value)}")


@requirement(
    "a KMS key with the alias {alias}", "a KMS key that is known as {alias}",
)  # fmt: skip
def key(config: Configuration, alias: str) -> Findings:
    """An alias of that name for a key of this configuration."""
    found = _key_of(config, alias)
    if isinstance(found, Finding):
        yield found


@requirement(
    "the key {alias} rotated every year by itself", "automatic yearly rotation of the key {alias}",
)  # fmt: skip
def key_rotation(config: Configuration, alias: str) -> Findings:
    """`enable_key_rotation` (off by default), in its default period of 365 days."""
    yield from _key_setting(config, alias, "enable_key_rotation", True, False)
    yield from _key_setting(config, alias, "rotation_period_in_days", 365, 365)
    yield from _key_setting(config, alias, "is_enabled", True, True)


@requirement(
    "a waiting period of {days} days before the key {alias} is deleted",
    "the key {alias} deleted only after {days} days",
)
def key_deletion(config: Configuration, alias: str, days: int) -> Findings:
    """`deletion_window_in_days` (30 by default)."""
    return _key_setting(config, alias, "deletion_window_in_days", days, 30)


@requirement(
    "`{text}` as the description of the key {alias}", "the key {alias} described as `{text}`",
)  # fmt: skip
def key_description(config: Configuration, alias: str, text: str) -> Findings:
    """`description` of the key."""
    return _key_setting(config, alias, "description", text, None)


@requirement(
    "the objects of the bucket `{bucket}` encrypted with the key {alias}",
    "{alias} as the default encryption key of the bucket `{bucket}`",
)
def key_for_bucket(config: Configuration, alias: str, bucket: str) -> Findings:
    """The bucket's default encryption is aws:kms with that key."""
    found, store = _key_of(config, alias), the(config, BUCKET, bucket)
    if not isinstance(found, Instance) or not isinstance(store, Instance):
        yield from (one for one in (found, store) if isinstance(one, Finding))
        return
    kind = "aws_s3_bucket_server_side_encryption_configuration"
    path = "rule.apply_server_side_encryption_by_default"
    holders = [
        *companions(config, kind, "bucket", store, BUCKET),
        *store.blocks("server_side_encryption_configuration"),
    ]
    keys = [value for one in holders for value in one.at_path(f"{path}.kms_master_key_id")]
    kinds = [value for one in holders for value in one.at_path(f"{path}.sse_algorithm")]
    named = the(config, ALIAS, alias)
    if not keys or not all(
        found.is_source_of(value, "arn", "key_id", "id")
        or (isinstance(named, Instance) and (value == alias or refers(value, named, ALIAS)))
        for value in keys
    ):
        yield config.finding(store.at, f"`{bucket}` is not encrypted with {alias}")
    elif not all(one in ("aws:kms", "aws:kms:dsse") for one in kinds):
        yield config.finding(store.at, f"the encryption of `{bucket}` is not by KMS")
    elif same(found.get("is_enabled"), False):
        yield config.finding(found.where("is_enabled"), f"the key {alias} is switched off")


secret = existence(
    "secret", SECRET,
    "a secret called `{name}` in Secrets Manager", "the Secrets Manager secret `{name}`",
)  # fmt: skip
secret_recovery = setting(
    "secret-recovery", SECRET, "recovery_window_in_days",
    "the secret `{of}` recoverable for {value} days after its deletion",
    "a recovery window of {value} days for the secret `{of}`",
)  # fmt: skip
secret_description = setting(
    "secret-description", SECRET, "description",
    "`{value}` as the description of the secret `{of}`", "the secret `{of}` described as `{value}`",
)  # fmt: skip


@requirement(
    "a random password of {length} characters as the whole content of the secret `{of}`",
    "the secret `{of}` filled with just a generated password, {length} characters long",
)
def secret_random(config: Configuration, of: str, length: int) -> Findings:
    """A version of the secret whose text is the result of a `random_password`; no other version."""
    thing = the(config, SECRET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    made = companions(config, "aws_secretsmanager_secret_version", "secret_id", thing, SECRET)
    texts = [
        one.get(name)
        for one in made
        for name in ("secret_string", "secret_string_wo")
        if one.get(name) is not None
    ]
    if not texts or not all(is_generated(config, text, length) for text in texts):
        yield config.finding(thing.at, f"the content of `{of}` is no random one of {length}")


parameter = existence(
    "parameter", PARAMETER,
    "a parameter {name} in the SSM parameter store", "the SSM parameter {name}",
)  # fmt: skip
parameter_type = setting(
    "parameter-type", PARAMETER, "type",
    "the type {value} for the parameter {of}", "{of} stored as a {value}",
)  # fmt: skip
parameter_value = setting(
    "parameter-value", PARAMETER, ("value", "insecure_value"),
    "the value `{value}` in the parameter {of}", "{of} set to `{value}`",
)  # fmt: skip
parameter_tier = setting(
    "parameter-tier", PARAMETER, "tier",
    "the tier {value} for the parameter {of}", "{of} in the tier {value}", absent="Standard",
)  # fmt: skip

alarm = existence(
    "alarm", ALARM, "a CloudWatch alarm called `{name}`", "the CloudWatch alarm `{name}`"
)  # fmt: skip
_OPERATORS = {
    "above": "GreaterThanThreshold", "at or above": "GreaterThanOrEqualToThreshold",
    "below": "LessThanThreshold", "at or below": "LessThanOrEqualToThreshold",
}  # fmt: skip


@requirement(
    "`{of}` raised when {metric} ({namespace}) is {direction} {threshold}",
    "the alarm `{of}` on {metric} in {namespace}, for values {direction} {threshold}",
)
def alarm_condition(
    config: Configuration, of: str, metric: str, namespace: str, direction: str, threshold: int
) -> Findings:
    """Metric, namespace, comparison and threshold of the alarm."""
    thing = the(config, ALARM, of)
    if isinstance(thing, Finding):
        yield thing
        return
    seen = _metric_of(thing)
    wanted = {"metric_name": metric, "namespace": namespace}
    here = {"comparison_operator": _OPERATORS[direction], "threshold": threshold}
    yield from _unlike(config, seen, wanted)
    yield from _unlike(config, thing, here)


def _metric_of(thing: Instance) -> View | ValueView:
    """Return what describes the metric of an alarm: itself, or the metric of its only query."""
    inner = [one for query in thing.blocks("metric_query") for one in query.blocks("metric")]
    only = len(inner) == 1 and len(thing.blocks("metric_query")) == 1
    return inner[0] if only else thing


def _unlike(
    config: Configuration, view: View | ValueView, wanted: Mapping[str, Any]
) -> Findings:  # fmt: skip
    """Say which arguments have another value than the wanted one."""
    for name, value in wanted.items():
        if not same(view.get(name), value):
            said = shown(view.get(name))
            yield config.finding(view.where(name), f"`{name}` is {said}, asked for {value}")


@requirement(
    "`{of}` looking at the {statistic} over {period} seconds, {count} times in a row",
    "`{of}` evaluated on the {statistic} of {period} seconds, {count} periods in a row",
)
def alarm_periods(
    config: Configuration, of: str, statistic: str, period: int, count: int
) -> Findings:
    """Statistic, period and number of periods of the alarm, all of which must be bad."""
    thing = the(config, ALARM, of)
    if isinstance(thing, Finding):
        yield thing
        return
    seen = _metric_of(thing)
    yield from _unlike(
        config, seen, {"statistic" if seen is thing else "stat": statistic, "period": period}
    )
    yield from _unlike(config, thing, {"evaluation_periods": count})
    if thing.get("datapoints_to_alarm") is not None:
        yield from _unlike(config, thing, {"datapoints_to_alarm": count})


@requirement(
    "the alarm `{of}` reported to the topic `{topic}`", "`{topic}` notified when `{of}` goes off",
)  # fmt: skip
def alarm_notifies(config: Configuration, of: str, topic: str) -> Findings:
    """An alarm action is the topic."""
    thing, target = the(config, ALARM, of), the(config, TOPIC, topic)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
    elif not any(refers(v, target, TOPIC) for v in flat([thing.get("alarm_actions")])):
        yield config.finding(thing.where("alarm_actions"), f"`{of}` does not notify `{topic}`")
    elif same(thing.get("actions_enabled"), False):
        yield config.finding(thing.where("actions_enabled"), f"the actions of `{of}` are off")


@requirement(
    "mails from the topic `{of}` to {address}, without a filter",
    "{address} subscribed to all messages of the topic `{of}` by mail",
)  # fmt: skip
def topic_mails(config: Configuration, of: str, address: str) -> Findings:
    """A subscription with the protocol email that leaves no messages out."""
    thing = the(config, TOPIC, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in companions(config, "aws_sns_topic_subscription", "topic_arn", thing, TOPIC):
        whole = one.get("filter_policy") in (None, "", "{}")
        if same(one.get("protocol"), "email") and same(one.get("endpoint"), address) and whole:
            return
    yield config.finding(thing.at, f"{address} is not subscribed to `{of}`")


log_group = existence(
    "log-group", LOG_GROUP,
    "a CloudWatch log group called {name}", "the CloudWatch log group {name}",
)  # fmt: skip
log_retention = setting(
    "log-retention", LOG_GROUP, "retention_in_days",
    "log entries in {of} kept for {value} days", "{value} days of retention for the log group {of}",
)  # fmt: skip
log_class = setting(
    "log-class", LOG_GROUP, "log_group_class",
    "the log group {of} in the class {value}", "{value} as the class of the log group {of}",
    absent="STANDARD",
)  # fmt: skip


@requirement(
    "log entries in {of} that match `{pattern}` counted as the metric {metric} in {namespace}",
    "the metric {metric} ({namespace}) counting what matches `{pattern}` in {of}",
)
def log_metric(
    config: Configuration, of: str, pattern: str, metric: str, namespace: str
) -> Findings:
    """A metric filter of the group, with its pattern and its metric (value 1)."""
    thing = the(config, LOG_GROUP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in companions(
        config, "aws_cloudwatch_log_metric_filter", "log_group_name", thing, LOG_GROUP
    ):
        target = one.block("metric_transformation")
        if (
            target is not None
            and one.get("pattern") in (pattern, f'"{pattern}"')
            and same(target.get("name"), metric)
            and same(target.get("namespace"), namespace)
            and same(target.get("value"), "1")
        ):
            return
    yield config.finding(thing.at, f"no filter of {of} counts `{pattern}` as {metric}")


zone = existence(
    "zone", ZONE, "a Route 53 zone for {name}", "the hosted zone {name} in Route 53"
)  # fmt: skip


@requirement(
    "the {type} record {name} in the zone {of} with the value {value} and a TTL of {ttl} seconds",
    "the {type} record {name} -> {value} in {of}, cached for {ttl} seconds",
)
def zone_record(
    config: Configuration, of: str, type: str, name: str, value: str, ttl: int
) -> Findings:
    """A record of the zone, its name relative or in full."""
    thing = the(config, ZONE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in companions(config, "aws_route53_record", "zone_id", thing, ZONE):
        given = str(one.get("name")).rstrip(".").lower()
        relative = name.removesuffix(f".{of}")
        records = one.get("records")
        targets = [text_of(item) for item in records] if isinstance(records, list) else []
        if type == "CNAME":
            targets = [target.rstrip(".").lower() for target in targets]
        if (
            given in (name, relative)
            and same(one.get("type"), type)
            and same(one.get("ttl"), ttl)
            and targets == [value]
        ):
            return
    yield config.finding(thing.at, f"the zone {of} has no such {type} record {name}")


files = existence(
    "file-system", FILES,
    "an EFS file system with the Name tag `{name}`", "the EFS file system `{name}` (its Name tag)",
)  # fmt: skip
files_encrypted = fixed(
    "file-system-encrypted", FILES, "encrypted", True,
    "the file system `{of}` encrypted", "`{of}` encrypted at rest",
)  # fmt: skip
files_throughput = setting(
    "file-system-throughput", FILES, "throughput_mode",
    "the throughput mode {value} for `{of}`", "`{of}` in the throughput mode {value}",
    absent="bursting",
)  # fmt: skip
files_performance = setting(
    "file-system-performance", FILES, "performance_mode",
    "the performance mode {value} for `{of}`", "`{of}` in the performance mode {value}",
    absent="generalPurpose",
)  # fmt: skip
files_backup = setting(
    "file-system-backup", FILES,
    Companion("aws_efs_backup_policy", "file_system_id", "backup_policy.status"),
    "a backup policy for `{of}` with the status {value}",
    "automatic backups of `{of}` set to {value} by a backup policy",
)  # fmt: skip
files_tag = tag(
    "file-system-tag", FILES,
    "the tag {key} = `{value}` on the file system `{of}`", "`{of}` also tagged {key} = `{value}`",
)  # fmt: skip


@requirement(
    "an access point of the file system `{of}` at {path} for the user {uid}",
    "the folder {path} of `{of}` reachable by an access point, as the user {uid}",
)
def files_access_point(config: Configuration, of: str, path: str, uid: int) -> Findings:
    """An access point with that root directory and POSIX user."""
    thing = the(config, FILES, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in companions(config, "aws_efs_access_point", "file_system_id", thing, FILES):
        paths, users = one.at_path("root_directory.path"), one.at_path("posix_user.uid")
        if any(same(p, path) for p in paths) and any(same(u, uid) for u in users):
            return
    yield config.finding(thing.at, f"`{of}` has no access point at {path} for the user {uid}")


trail = existence("trail", TRAIL, "a CloudTrail trail called `{name}`", "the trail `{name}`")


@requirement(
    "the events of `{of}` written to the bucket `{to}`", "`{to}` as the bucket of the trail `{of}`",
)  # fmt: skip
def trail_bucket(config: Configuration, of: str, to: str) -> Findings:
    """The trail's bucket; the trail is not switched off."""
    found, problems = things(config, (TRAIL, of), (BUCKET, to))
    if problems:
        yield problems[0]
    elif not refers(found[0].get("s3_bucket_name"), found[1], BUCKET):
        at = found[0].where("s3_bucket_name")
        yield config.finding(at, f"`{of}` does not write to the bucket `{to}`")
    elif same(found[0].get("enable_logging"), False):
        yield config.finding(found[0].where("enable_logging"), f"`{of}` is switched off")


trail_all_regions = fixed(
    "trail-all-regions", TRAIL, "is_multi_region_trail", True,
    "`{of}` recording all regions", "the trail `{of}` for every region",
)  # fmt: skip
trail_validated = fixed(
    "trail-validated", TRAIL, "enable_log_file_validation", True,
    "validation of the log files of `{of}`", "log files of the trail `{of}` that can be validated",
)  # fmt: skip


@requirement(
    "a policy on the bucket `{bucket}` that lets CloudTrail write objects ({action})",
    "CloudTrail permitted to write objects to the bucket `{bucket}` by its policy, with {action}",
)
def bucket_admits_trail(config: Configuration, bucket: str, action: str) -> Findings:
    """A bucket policy that allows the action to cloudtrail.amazonaws.com."""
    thing = the(config, BUCKET, bucket)
    if isinstance(thing, Finding):
        yield thing
        return
    own = companions(config, "aws_s3_bucket_policy", "bucket", thing, BUCKET)
    holders = [one for one in (thing, *own) if one.get("policy") is not None]
    said = [one for holder in holders for one in statements(holder.get("policy"))]
    if len(holders) > 1:
        yield config.finding(holders[1].at, f"`{bucket}` has {len(holders)} policies; one stays")
    if not any(_admits_trail(one, thing, action) for one in said) or any(
        refuses(one, action) for one in said
    ):
        yield config.finding(thing.at, f"no policy of `{bucket}` allows {action} to CloudTrail")


#: Condition keys that AWS itself uses in the policy of a trail's bucket.
_TRAIL_KEYS = frozenset(
    {"s3:x-amz-acl", "aws:sourcearn", "aws:sourceaccount", "aws:securetransport"}
)


def _admits_trail(said: Statement, bucket: Instance, action: str) -> bool:
    """Whether a statement allows CloudTrail an action on the objects of a bucket."""
    usual = all(
        positive(test)
        and key.lower() in _TRAIL_KEYS
        and (key.lower() != "s3:x-amz-acl" or same(value, "bucket-owner-full-control"))
        for test, key, value in said.conditions
    )
    places = [arn_text(value, bucket, BUCKET) for value in said.resources]
    inside = any(one.startswith(f"{OWN}/") and one.endswith("*") for one in places)
    by_trail = said.trusts("Service", "cloudtrail.amazonaws.com")
    return said.allows(action) and by_trail and usual and inside


vault = existence(
    "vault", VAULT, "a backup vault called `{name}`", "the AWS Backup vault `{name}`"
)  # fmt: skip
plan = existence("plan", PLAN, "a backup plan called `{name}`", "the AWS Backup plan `{name}`")


@requirement(
    "backups by the plan `{of}` into the vault `{vault}` on {schedule}, deleted after {days} days",
    "the plan `{of}` storing backups in `{vault}` on {schedule}, and keeping them for {days} days",
)
def plan_rule(config: Configuration, of: str, vault: str, schedule: str, days: int) -> Findings:
    """A rule of the plan with its vault, schedule and lifetime."""
    thing, target = the(config, PLAN, of), the(config, VAULT, vault)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    for rule in thing.blocks("rule"):
        if (
            refers(rule.get("target_vault_name"), target, VAULT)
            and same(rule.get("schedule"), schedule)
            and any(same(value, days) for value in rule.at_path("lifecycle.delete_after"))
        ):
            return
    yield config.finding(thing.at, f"no rule of `{of}` does that")


@requirement(
    "resources tagged {key} = `{value}` backed up by the plan `{of}`",
    "the plan `{of}` applied to everything with the tag {key} = `{value}`",
)
def plan_selection(config: Configuration, of: str, key: str, value: str) -> Findings:
    """A selection of the plan by a tag, which nothing else restricts."""
    thing = the(config, PLAN, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in companions(config, "aws_backup_selection", "plan_id", thing, PLAN):
        if _selects(one, key, value):
            return
    yield config.finding(thing.at, f"no selection of `{of}` is for {key} = `{value}`")


def _selects(one: Instance, key: str, value: str) -> bool:
    """Whether a selection takes all resources with a tag."""
    tags = one.blocks("selection_tag")
    tests = [
        (kind, test)
        for outer in one.blocks("condition")
        for kind in _TESTS
        for test in outer.blocks(kind)
    ]
    if one.get("not_resources") not in (None, []):
        return False
    if not tests:
        return any(_is_test(test, key, value) for test in tags)
    kind, test = tests[0]
    only = len(tests) == 1 and not tags and kind == "string_equals"
    return only and _is_test(test, f"aws:ResourceTag/{key}", value)


_TESTS = ("string_equals", "string_like", "string_not_equals", "string_not_like")


def _is_test(test: View | ValueView, key: str, value: str) -> bool:
    return same(test.get("key"), key) and same(test.get("value"), value)
