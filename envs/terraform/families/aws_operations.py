"""Tasks about keys, secrets, alarms, logs, DNS, file systems, audit and backup on AWS."""

from __future__ import annotations

from envs.terraform.choices import TAGS
from envs.terraform.families.aws_serverless import policy, service_trust
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_buckets, aws_functions
from envs.terraform.requirements import aws_operations as ask
from envs.terraform.stack import Extra, Settings, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested, template

#: (metric, namespace) of alarms, for values that are too high, and too low.
HIGH = (
    ("CPUUtilization", "AWS/EC2"), ("CPUUtilization", "AWS/RDS"), ("5XXError", "AWS/ApiGateway"),
    ("Errors", "AWS/Lambda"), ("Throttles", "AWS/Lambda"), ("CurrConnections", "AWS/ElastiCache"),
    ("UnHealthyHostCount", "AWS/ApplicationELB"), ("EngineCPUUtilization", "AWS/ElastiCache"),
    ("NumberOfMessagesSent", "AWS/SQS"), ("PercentIOLimit", "AWS/EFS"),
)  # fmt: skip
LOW = (
    ("BurstBalance", "AWS/RDS"), ("HealthyHostCount", "AWS/ApplicationELB"),
    ("CPUCreditBalance", "AWS/EC2"), ("CacheHitRate", "AWS/ElastiCache"),
)  # fmt: skip
DIRECTIONS = {
    "above": "GreaterThanThreshold", "at or above": "GreaterThanOrEqualToThreshold",
    "below": "LessThanThreshold", "at or below": "LessThanOrEqualToThreshold",
}  # fmt: skip
STATISTICS = ("Average", "Maximum", "Minimum", "Sum")
PATTERNS = ("ERROR", "FATAL", "Timeout", "OutOfMemory", "AccessDenied", "Exception")
DOMAINS = ("example.com", "example.org", "example.net", "shop.example", "lumen.example")
SCHEDULES = (
    "cron(0 3 * * ? *)", "cron(30 1 * * ? *)", "cron(0 5 ? * SUN *)", "cron(15 22 ? * MON-FRI *)",
)  # fmt: skip
PARAMETERS = (
    ("currencies", ("EUR", "USD,EUR", "GBP,EUR")), ("locales", ("de,en,fr", "en,es", "en")),
    ("themes", ("dark", "light", "dark,light")), ("page-sizes", ("25", "50", "25,50,100")),
    ("countries", ("AT,DE", "US", "ES,PT")), ("plans", ("free,team", "basic", "team")),
)  # fmt: skip
DAYS = (3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)


@family("terraform", levels=(1, 2, 3))
def encryption_key(draw: Draw) -> Draft:
    """A KMS key with an alias, perhaps used by a bucket."""
    stack = Stack(draw, "aws")
    alias = "alias/" + draw.name("alias", ("data", "logs", "backup", "app", "db"))
    stack.ask(ask.key(alias=alias))
    made = stack.add("aws_kms_key", "key")
    stack.add("aws_kms_alias", "key", name=alias, target_key_id=made["key_id"])

    def rotated() -> None:
        stack.ask(ask.key_rotation(alias=alias))
        made.set(enable_key_rotation=True)

    def delayed() -> None:
        days = draw.integer("window", 7, 29)
        stack.ask(ask.key_deletion(alias=alias, days=days))
        made.set(deletion_window_in_days=days)

    def described() -> None:
        text = draw.choice(
            "description", ("Data at rest", "Backups", "Customer files", "Audit logs", "Payments")
        )
        stack.ask(ask.key_description(alias=alias, text=text))
        made.set(description=text)

    def used() -> None:
        name = draw.name("bucket", ("files", "media", "exports"))
        stack.ask(
            aws_buckets.bucket(name=name), ask.key_for_bucket(alias=alias, bucket=name)
        )  # fmt: skip
        store = stack.add("aws_s3_bucket", "store", bucket=name)
        default = nested(sse_algorithm="aws:kms", kms_master_key_id=made["arn"])
        stack.add(
            "aws_s3_bucket_server_side_encryption_configuration", "store", bucket=store["id"],
            rule=nested(apply_server_side_encryption_by_default=default),
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("rotation", 1, rotated), Extra("window", 1, delayed), Extra("bucket", 2, used),
            Extra("description", 1, described), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the KMS key behind {alias}", "We want to encrypt with a key of our own"
    )


@family("terraform", levels=(1, 2))
def generated_secret(draw: Draw) -> Draft:
    """A secret with a generated value."""
    stack = Stack(draw, "aws", "random")
    name = draw.name("secret", ("password", "token", "credentials", "key"))
    length = draw.integer("length", 16, 64)
    stack.ask(ask.secret(name=name), ask.secret_random(of=name, length=length))
    value = stack.add("random_password", "value", length=length)
    made = stack.add("aws_secretsmanager_secret", "secret", name=name)
    stack.add(
        "aws_secretsmanager_secret_version", "secret", secret_id=made["id"],
        secret_string=value["result"],
    )  # fmt: skip
    settings = Settings(stack, made, name)
    texts = ("Database access", "API token", "Signing key", "Partner login", "Queue access")
    decorate(
        stack,
        (
            settings.value(ask.secret_recovery, "recovery_window_in_days", range(7, 30)),
            settings.value(ask.secret_description, "description", texts),
            Extra("region", 1, lambda: region(stack)),
        ),
    )
    return stack.draft(
        f"Keep the generated secret `{name}` in Secrets Manager",
        f"Terraform for a secret `{name}` that nobody has to know",
    )


@family("terraform", levels=(1, 2))
def stored_parameter(draw: Draw) -> Draft:
    """A parameter of the SSM store."""
    stack = Stack(draw, "aws")
    subject, values = draw.choice("parameter", PARAMETERS)
    name = f"/{draw.choice('space', ('shop', 'crm', 'blog', 'wiki'))}/{subject}"
    kind = draw.choice("type", ("String", "StringList"))
    value = draw.choice("value", values)
    stack.ask(
        ask.parameter(name=name), ask.parameter_type(of=name, value=kind),
        ask.parameter_value(of=name, value=value),
    )  # fmt: skip
    made = stack.add("aws_ssm_parameter", "parameter", name=name, type=kind, value=value)
    settings = Settings(stack, made, name)
    decorate(
        stack,
        (
            settings.value(ask.parameter_tier, "tier", ("Advanced", "Intelligent-Tiering")),
            Extra("region", 1, lambda: region(stack)),
        ),
    )
    return stack.draft(
        f"Put {name} into the SSM parameter store", f"Our application reads {name} from SSM"
    )


@family("terraform", levels=(1, 2, 3))
def metric_alarm(draw: Draw) -> Draft:
    """A CloudWatch alarm, perhaps reported by mail."""
    stack = Stack(draw, "aws")
    name = draw.name("alarm", ("alarm", "high-load", "errors", "warning", "watch"))
    direction = draw.choice("direction", tuple(DIRECTIONS))
    metric, space = draw.choice("metric", LOW if "below" in direction else HIGH)
    threshold = draw.integer("threshold", 2, 98)
    statistic, period = draw.choice("statistic", STATISTICS), draw.choice("period", (60, 120, 300))
    count = draw.integer("count", 2, 9)
    stack.ask(
        ask.alarm(name=name),
        ask.alarm_condition(
            of=name, metric=metric, namespace=space, direction=direction, threshold=threshold
        ),
        ask.alarm_periods(of=name, statistic=statistic, period=period, count=count),
    )
    made = stack.add(
        "aws_cloudwatch_metric_alarm", name, alarm_name=name, metric_name=metric, namespace=space,
        comparison_operator=DIRECTIONS[direction], threshold=threshold, statistic=statistic,
        period=period, evaluation_periods=count,
    )  # fmt: skip

    def notified() -> None:
        topic = f"{name}-topic"
        target = stack.add("aws_sns_topic", "topic", name=topic)
        stack.ask(
            aws_functions.topic(name=topic), ask.alarm_notifies(of=name, topic=topic)
        )  # fmt: skip
        made.set(alarm_actions=[target["arn"]])
        if draw.chance("mailed", 0.6):
            person = draw.choice("person", ("ops", "oncall", "sre", "support"))
            address = f"{person}@example.com"
            stack.ask(ask.topic_mails(of=topic, address=address))
            stack.add(
                "aws_sns_topic_subscription", "mail", topic_arn=target["arn"], protocol="email",
                endpoint=address,
            )  # fmt: skip

    decorate(
        stack, (Extra("topic", 2.6, notified), Extra("region", 1, lambda: region(stack)))
    )  # fmt: skip
    return stack.draft(
        f"Set up the CloudWatch alarm `{name}`", f"We want to be warned: the alarm `{name}`"
    )


@family("terraform", levels=(1, 2))
def application_logs(draw: Draw) -> Draft:
    """A log group, with metrics drawn from it."""
    stack = Stack(draw, "aws")
    name = "/app/" + draw.name("group", ("web", "api", "worker", "batch"))
    days = draw.choice("days", DAYS)
    stack.ask(ask.log_group(name=name), ask.log_retention(of=name, value=days))
    made = stack.add("aws_cloudwatch_log_group", "logs", name=name, retention_in_days=days)

    def counted() -> None:
        pattern = draw.choice("pattern", PATTERNS)
        metric = draw.choice("metric", ("ErrorCount", "Failures", "Refusals", "Incidents"))
        space = draw.choice("space", ("Shop", "Crm", "Billing", "Search"))
        stack.ask(
            ask.log_metric(of=name, pattern=pattern, metric=metric, namespace=space)
        )  # fmt: skip
        stack.add(
            "aws_cloudwatch_log_metric_filter", "errors", name="errors", pattern=pattern,
            log_group_name=made["name"],
            metric_transformation=nested(name=metric, namespace=space, value="1"),
        )  # fmt: skip

    def counted_or_cheap() -> None:
        # A group of the class for infrequent access can have no metric filters.
        if draw.chance("cheap", 0.4):
            stack.ask(ask.log_class(of=name, value="INFREQUENT_ACCESS"))
            made.set(log_group_class="INFREQUENT_ACCESS")
        else:
            counted()

    decorate(
        stack,
        (
            Extra("metric or class", 1, counted_or_cheap),
            Extra("region", 1, lambda: region(stack)),
        ),
    )
    return stack.draft(
        f"Create the log group {name}", f"Our application logs to {name} in CloudWatch"
    )


@family("terraform", levels=(1, 2, 3), held_out=True)
def dns_zone(draw: Draw) -> Draft:
    """A hosted zone with records."""
    stack = Stack(draw, "aws")
    zone = draw.choice("zone", DOMAINS)
    stack.ask(ask.zone(name=zone))
    made = stack.add("aws_route53_zone", "zone", name=zone)
    hosts = draw.sample(
        "hosts", ("www", "api", "mail", "shop", "cdn", "docs", "status"), draw.level * 2 - 1
    )
    for host in hosts:
        full = f"{host}.{zone}"
        ttl = draw.choice(f"ttl {host}", (60, 120, 300, 600, 1800, 3600))
        if draw.chance(f"alias {host}", 0.4):
            kind, value = "CNAME", f"{draw.choice(f'target {host}', ('edge', 'lb', 'web'))}.{zone}"
        else:
            kind, value = "A", f"203.0.113.{draw.integer(f'address {host}', 1, 254)}"
        stack.ask(ask.zone_record(of=zone, type=kind, name=full, value=value, ttl=ttl))
        stack.add(
            "aws_route53_record", host, zone_id=made["zone_id"], name=full, type=kind, ttl=ttl,
            records=[value],
        )  # fmt: skip
    return stack.draft(f"Serve DNS for {zone} from Route 53", f"Route 53 is to answer for {zone}")


@family("terraform", levels=(1, 2, 3))
def shared_files(draw: Draw) -> Draft:
    """An EFS file system with its settings and access points."""
    stack = Stack(draw, "aws")
    name = draw.name("files", ("files", "share", "home", "data"))
    stack.ask(ask.files(name=name))
    made = stack.add("aws_efs_file_system", name, tags={"Name": name})
    settings = Settings(stack, made, name)

    def backed_up() -> None:
        status = draw.choice("backup", ("ENABLED", "DISABLED"))
        stack.ask(ask.files_backup(of=name, value=status))
        stack.add(
            "aws_efs_backup_policy", name, file_system_id=made["id"],
            backup_policy=nested(status=status),
        )  # fmt: skip

    def entered() -> None:
        path = draw.choice("path", ("/export", "/www", "/jobs", "/home/app"))
        uid = draw.integer("uid", 1000, 1900)
        stack.ask(ask.files_access_point(of=name, path=path, uid=uid))
        stack.add(
            "aws_efs_access_point", name, file_system_id=made["id"],
            posix_user=nested(uid=uid, gid=uid), root_directory=nested(path=path),
        )  # fmt: skip

    def fast() -> None:
        # Elastic throughput and the performance mode maxIO exclude each other.
        if draw.chance("elastic", 0.6):
            stack.ask(ask.files_throughput(of=name, value="elastic"))
            made.set(throughput_mode="elastic")
        else:
            stack.ask(ask.files_performance(of=name, value="maxIO"))
            made.set(performance_mode="maxIO")

    decorate(
        stack,
        (
            settings.switch(ask.files_encrypted, encrypted=True), Extra("speed", 1, fast),
            Extra("backup", 1, backed_up), Extra("access point", 1, entered),
            settings.tag(ask.files_tag, TAGS), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the shared file system `{name}` on EFS", f"Several servers share files: `{name}`"
    )


@family("terraform", levels=(2, 3))
def audit_trail(draw: Draw) -> Draft:
    """A CloudTrail trail that writes to a bucket with the policy that this needs."""
    stack = Stack(draw, "aws")
    name = draw.name("trail", ("trail", "audit", "record", "journal"))
    bucket = f"{name}-events"
    stack.ask(
        ask.trail(name=name), aws_buckets.bucket(name=bucket), ask.trail_bucket(of=name, to=bucket),
        ask.bucket_admits_trail(bucket=bucket, action="s3:PutObject"),
    )  # fmt: skip
    store = stack.add("aws_s3_bucket", "events", bucket=bucket)
    service = {"Service": "cloudtrail.amazonaws.com"}
    text = policy(
        {
            "Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl",
            "Resource": store["arn"],
        },
        {
            "Effect": "Allow", "Principal": service, "Action": "s3:PutObject",
            "Resource": template(f"${{{store['arn']}}}/AWSLogs/*"),
        },
    )  # fmt: skip
    allowed = stack.add("aws_s3_bucket_policy", "events", bucket=store["id"], policy=text)
    made = stack.add("aws_cloudtrail", name, name=name, s3_bucket_name=store["id"])
    made.set(depends_on=[Raw(f"{allowed.type}.{allowed.label}")])
    settings = Settings(stack, made, name)

    def private() -> None:
        stack.ask(aws_buckets.bucket_private(of=bucket))
        stack.add(
            "aws_s3_bucket_public_access_block", "events", bucket=store["id"],
            block_public_acls=True, block_public_policy=True, ignore_public_acls=True,
            restrict_public_buckets=True,
        )  # fmt: skip

    decorate(
        stack,
        (
            settings.switch(ask.trail_all_regions, is_multi_region_trail=True),
            settings.switch(ask.trail_validated, enable_log_file_validation=True),
            Extra("private", 1, private),
            Extra("region", 1, lambda: region(stack)),
        ),
    )
    return stack.draft(
        f"Record what happens in our account with the trail `{name}`",
        f"Terraform for CloudTrail: `{name}`",
    )


@family("terraform", levels=(1, 2))
def backup_plan(draw: Draw) -> Draft:
    """A backup plan with its vault and the resources that it is for."""
    stack = Stack(draw, "aws")
    name = draw.name("plan", ("plan", "nightly", "backup"))
    place = f"{name}-vault"
    schedule, days = draw.choice("schedule", SCHEDULES), draw.integer("days", 7, 360)
    stack.ask(
        ask.vault(name=place), ask.plan(name=name),
        ask.plan_rule(of=name, vault=place, schedule=schedule, days=days),
    )  # fmt: skip
    vault = stack.add("aws_backup_vault", "vault", name=place)
    rule = nested(
        rule_name="regular", target_vault_name=vault["name"], schedule=schedule,
        lifecycle=nested(delete_after=days),
    )  # fmt: skip
    made = stack.add("aws_backup_plan", "plan", name=name, rule=rule)

    def selected() -> None:
        key, values = draw.choice("tag", TAGS)
        value = draw.choice("tag value", values)
        stack.ask(ask.plan_selection(of=name, key=key, value=value))
        role = stack.add(
            "aws_iam_role", "backup", name=f"{name}-role",
            assume_role_policy=service_trust("backup.amazonaws.com"),
        )  # fmt: skip
        stack.add(
            "aws_backup_selection", "plan", name="tagged", plan_id=made["id"],
            iam_role_arn=role["arn"],
            selection_tag=nested(type="STRINGEQUALS", key=key, value=value),
        )  # fmt: skip

    decorate(
        stack, (Extra("selection", 1, selected), Extra("region", 1, lambda: region(stack)))
    )  # fmt: skip
    return stack.draft(
        f"Back up our resources by the plan `{name}`", f"AWS Backup: the plan `{name}`"
    )
