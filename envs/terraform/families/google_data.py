"""Tasks about Pub/Sub, Cloud SQL and BigQuery."""

from __future__ import annotations

import json
from typing import Any

from envs.terraform.families.google_storage import (
    LABELS,
    REGIONS,
    add_account,
    member,
    project,
    region,
    varied,
)
from envs.terraform.nested_settings import NestedSettings, put
from envs.terraform.requirements import google_access as access
from envs.terraform.requirements import google_databases as ask
from envs.terraform.requirements import google_messages as topics
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, expression, heredoc, nested

VERSIONS = (
    "POSTGRES_16", "POSTGRES_15", "POSTGRES_17", "MYSQL_8_0", "MYSQL_8_4", "POSTGRES_14",
)  # fmt: skip
TIERS = (
    "db-f1-micro", "db-g1-small", "db-custom-1-3840", "db-custom-2-7680", "db-custom-4-15360",
    "db-custom-8-30720",
)  # fmt: skip
FLAGS = {
    "POSTGRES": (
        ("max_connections", ("100", "200", "400")), ("log_connections", ("on", "off")),
        ("log_min_duration_statement", ("500", "1000")),
    ),
    "MYSQL": (
        ("max_connections", ("100", "250", "500")), ("slow_query_log", ("on", "off")),
        ("long_query_time", ("1", "2", "5")),
    ),
}  # fmt: skip
COLUMNS = (
    ("customer_id", "STRING"), ("amount", "NUMERIC"), ("quantity", "INTEGER"), ("paid", "BOOLEAN"),
    ("country", "STRING"), ("score", "FLOAT"), ("payload", "JSON"), ("source", "STRING"),
)  # fmt: skip


@family("terraform", levels=(1, 2, 3, 4, 5))
def pubsub_subscription(draw: Draw) -> Draft:
    """A topic with a subscription, dead letters and those who publish and read."""
    stack = Stack(draw, "google")
    name = draw.name("topic", ("orders", "events", "uploads", "jobs", "clicks", "mails"))
    reader = f"{name}-{draw.choice('reader', ('worker', 'billing', 'search', 'archive'))}"
    stack.ask(
        topics.topic(name=name), topics.subscription(name=reader),
        topics.subscription_topic(of=reader, to=name),
    )  # fmt: skip
    source = stack.add("google_pubsub_topic", name, name=name)
    made = stack.add("google_pubsub_subscription", reader, name=reader, topic=source["id"])
    settings = NestedSettings(stack, made, reader)

    def dead_letters() -> None:
        other, tries = f"{name}-dead", draw.integer("tries", 6, 40)
        stack.ask(
            topics.topic(name=other),
            topics.google_subscription_dead_letters(of=reader, to=other, tries=tries),
        )
        target = stack.add("google_pubsub_topic", other, name=other)
        made.nest(
            "dead_letter_policy", dead_letter_topic=target["id"], max_delivery_attempts=tries
        )  # fmt: skip

    def publisher() -> None:
        holder, other = add_account(stack)
        role = draw.choice("role", ("roles/pubsub.publisher", "roles/pubsub.editor"))
        stack.ask(topics.topic_role(of=name, account=other, role=role))
        stack.add(
            "google_pubsub_topic_iam_member", other, topic=source["name"], role=role,
            member=member(holder),
        )  # fmt: skip

    def consumer() -> None:
        account = f"{draw.choice('consumer', ('con', 'sub', 'pull'))}-reader"
        holder = stack.add("google_service_account", account, account_id=account)
        role = "roles/pubsub.subscriber"
        stack.ask(
            access.account(name=account),
            topics.subscription_role(of=reader, account=account, role=role),
        )
        stack.add(
            "google_pubsub_subscription_iam_member", account, subscription=made["name"],
            role=role, member=member(holder),
        )  # fmt: skip

    def days(count: int) -> str:
        return f"{count * 86400}s"

    def seconds(count: int) -> str:
        return f"{count}s"

    filters = (
        'attributes.kind = "paid"', 'hasPrefix(attributes.region, "eu-")', "attributes:urgent",
        'attributes.source = "web"',
    )  # fmt: skip
    decorate(
        stack,
        (
            settings.one_of(
                topics.subscription_deadline, "ack_deadline_seconds", (20, 30, 45, 60, 120, 300)
            ),
            settings.one_of(
                topics.subscription_retention, "message_retention_duration", (1, 2, 3, 5), days
            ),
            Extra("dead letters", 2, dead_letters), Extra("publisher", 2, publisher),
            settings.one_of(topics.subscription_filter, "filter", filters),
            settings.on(topics.subscription_ordered, enable_message_ordering=True),
            settings.one_of(
                topics.subscription_backoff, "retry_policy.minimum_backoff", (15, 20, 30, 60),
                seconds,
            ),
            Extra("consumer", 2, consumer),
            NestedSettings(stack, source, name).one_of(
                topics.topic_retention, "message_retention_duration", (1, 3, 7, 14, 30), days
            ),
            NestedSettings(stack, source, name).label(topics.topic_label, LABELS, "labels"),
            settings.on(topics.subscription_once, enable_exactly_once_delivery=True),
            project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the topic `{name}` on Pub/Sub and its subscription `{reader}`",
        f"Messages to `{name}` on Google Cloud are to reach the subscription `{reader}`",
    )


@family("terraform", levels=(1,))
def pubsub_push(draw: Draw) -> Draft:
    """A subscription that pushes messages to a web address."""
    stack = Stack(draw, "google")
    name = draw.name("topic", ("hooks", "alerts", "updates", "changes"))
    reader = f"{name}-push"
    host = draw.choice("host", ("hooks", "in", "api", "events"))
    uri = f"https://{host}.example.com/{draw.choice('path', ('pubsub', 'messages', 'push/v1'))}"
    stack.ask(
        topics.topic(name=name), topics.subscription_topic(of=reader, to=name),
        topics.subscription_push(of=reader, value=uri),
    )  # fmt: skip
    source = stack.add("google_pubsub_topic", name, name=name)
    stack.add(
        "google_pubsub_subscription", reader, name=reader, topic=source["name"],
        push_config=nested(push_endpoint=uri),
    )  # fmt: skip
    return stack.draft(
        f"Push the messages of the Pub/Sub topic `{name}` to a web service",
        f"Our web service is to be called for each message to `{name}`, by Pub/Sub",
    )


def _flag(stack: Stack, made: Handle, name: str, version: str) -> None:
    """Ask for a database flag."""
    options = FLAGS[version.partition("_")[0]]
    title, values = options[stack.draw.choice("flag", (0, 1, 2))]
    value = values[stack.draw.choice("flag value", (0, 1))]
    stack.ask(ask.google_sql_flag(of=name, name=title, value=value))
    made.inner("settings")["database_flags"] = nested(name=title, value=value)


@family("terraform", levels=(2, 3, 4, 5))
def cloud_sql(draw: Draw) -> Draft:
    """A Cloud SQL instance with its databases, users and safeguards."""
    stack = Stack(draw, "google")
    name = draw.name("instance", ("db", "sql", "store", "database"))
    version, tier = draw.choice("version", VERSIONS), draw.choice("tier", TIERS)
    place = draw.choice("region", REGIONS)
    stack.ask(
        ask.instance(name=name), ask.instance_version(of=name, value=version),
        ask.instance_tier(of=name, value=tier), ask.instance_region(of=name, value=place),
    )  # fmt: skip
    made = stack.add(
        "google_sql_database_instance", name, name=name, database_version=version,
        region=varied(stack, "region", place),
    )  # fmt: skip
    put(made.body, "settings.edition", "ENTERPRISE")
    put(made.body, "settings.ip_configuration.ssl_mode", "ENCRYPTED_ONLY")
    put(made.body, "settings.tier", tier)
    settings = NestedSettings(stack, made, name)

    def database() -> None:
        other = draw.choice("database", ("shop", "crm", "wiki", "billing", "accounts"))
        stack.ask(ask.database(name=other), ask.database_instance(of=other, to=name))
        stack.add("google_sql_database", other, name=other, instance=made["name"])

    def user() -> None:
        other = draw.choice("user", ("app", "reporting", "admin", "etl"))
        length = draw.integer("length", 16, 48)
        stack.ask(
            ask.user(name=other), ask.user_instance(of=other, to=name),
            ask.google_sql_password(of=other, length=length),
        )  # fmt: skip
        stack.provider("random")
        password = stack.add("random_password", other, length=length)
        stack.add(
            "google_sql_user", other, name=other, instance=made["name"],
            password=password["result"],
        )  # fmt: skip

    def admitted() -> None:
        title, last = (
            draw.choice("network", ("office", "vpn", "partner")),
            draw.integer("o", 0, 240, 16),
        )
        given = f"203.0.113.{last}/28"
        stack.ask(ask.google_sql_network(of=name, name=title, range=given))
        put(
            made.body,
            "settings.ip_configuration.authorized_networks",
            nested(name=title, value=given),
        )

    def backups() -> None:
        stack.ask(ask.instance_backups(of=name))
        put(made.body, "settings.backup_configuration.enabled", True)
        if draw.wants("recovery", 4):
            stack.ask(ask.instance_recovery(of=name))
            mysql = version.startswith("MYSQL")
            switch = "binary_log_enabled" if mysql else "point_in_time_recovery_enabled"
            put(made.body, f"settings.backup_configuration.{switch}", True)

    decorate(
        stack,
        (
            Extra("backups", 1.5, backups),
            settings.on(ask.instance_regional, settings__availability_type="REGIONAL"),
            Extra("database", 2, database),
            settings.on(ask.instance_unprotected, deletion_protection=False),
            settings.one_of(ask.instance_disk, "settings.disk_size", range(20, 500, 10)),
            Extra("user", 3, user), Extra("network", 1, admitted),
            Extra("flag", 1, lambda: _flag(stack, made, name, version)),
            settings.one_of(
                ask.instance_ssl, "settings.ip_configuration.ssl_mode",
                ("TRUSTED_CLIENT_CERTIFICATE_REQUIRED",),
            ),
            settings.on(
                ask.instance_insights, settings__insights_config__query_insights_enabled=True
            ),
            project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the Cloud SQL instance `{name}` with Terraform",
        f"We need a managed database `{name}` on Google Cloud",
    )


def _schema(stack: Stack, columns: list[dict[str, Any]]) -> Raw:
    """Write a schema: by `jsonencode`, or as JSON text."""
    if stack.draw.phrase("schema", ("encoded", "text")) == "encoded":
        return Raw(f"jsonencode({expression(columns)})")
    return heredoc(json.dumps(columns, indent=2) + "\n")


@family("terraform", levels=(2, 3, 4, 5))
def bigquery_table(draw: Draw) -> Draft:
    """A BigQuery dataset with a table: columns, partitions, clustering."""
    stack = Stack(draw, "google")
    team = draw.choice("team", ("sales", "ops", "web", "finance", "growth", "support"))
    name = f"{team}_{draw.choice('dataset', ('raw', 'mart', 'events', 'archive', 'lake'))}"
    title = draw.choice("table", ("orders", "visits", "payments", "tickets", "sessions"))
    place = draw.choice("location", ("EU", "europe-west3", "us-central1", "asia-east1"))
    stack.ask(
        ask.dataset(name=name), ask.dataset_location(of=name, value=place), ask.table(name=title),
        ask.table_dataset(of=title, to=name),
    )  # fmt: skip
    dataset = stack.add("google_bigquery_dataset", name, dataset_id=name, location=place)
    columns: list[dict[str, Any]] = [
        {"name": "created_at", "type": "TIMESTAMP", "mode": "REQUIRED"}
    ]
    table = stack.add(
        "google_bigquery_table", title, dataset_id=dataset["dataset_id"], table_id=title
    )  # fmt: skip
    settings = NestedSettings(stack, table, title)

    def column(number: int) -> None:
        first, kind = draw.choice(f"column {number}", COLUMNS[number::2])
        mode = draw.choice(f"mode {number}", ("NULLABLE", "REQUIRED"))
        stack.ask(ask.google_table_column(of=title, name=first, type=kind, mode=mode))
        columns.append({"name": first, "type": kind, "mode": mode})

    def clustered() -> None:
        chosen = list(draw.sample("clusters", ("region", "shop", "device"), 2))
        stack.ask(ask.table_clustering(of=title, value=chosen))
        columns.extend({"name": one, "type": "STRING", "mode": "NULLABLE"} for one in chosen)
        table.set(clustering=chosen)

    def partitioned() -> None:
        value = draw.choice("partition", ("DAY", "MONTH", "HOUR", "YEAR"))
        stack.ask(ask.table_partition(of=title, value=value))
        table.nest("time_partitioning", type=value, field="created_at")

    own = NestedSettings(stack, dataset, name)
    texts = ("Raw events", "Figures for the board", "Managed by Terraform", "Data of the shop")
    decorate(
        stack,
        (
            Extra("column", 1, lambda: column(0)), Extra("partition", 1, partitioned),
            settings.on(ask.table_unprotected, deletion_protection=False),
            Extra("second", 1, lambda: column(1)), own.label(ask.dataset_label, LABELS, "labels"),
            own.one_of(
                ask.dataset_expiry, "default_table_expiration_ms", (7, 14, 30, 60, 90),
                lambda days: days * 86_400_000,
            ),
            Extra("clustering", 1, clustered),
            own.one_of(ask.dataset_described, "description", texts), project(stack), region(stack),
        ),
    )  # fmt: skip
    table.set(schema=_schema(stack, columns))
    return stack.draft(
        f"Create the BigQuery table `{title}` in the dataset `{name}`",
        f"We collect data in BigQuery, in the table `{title}` of the dataset `{name}`",
    )
