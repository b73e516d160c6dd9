"""Requirements about Cloud SQL and BigQuery."""

from __future__ import annotations

import json
from typing import Any

from envs.terraform.requirements.factories import existence, fixed, link, setting, tag
from envs.terraform.requirements.google_storage import located, same_upper
from envs.terraform.requirements.kinds import Kind, same, the, world
from envs.terraform.requirements.lookup import unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.values import Encoded, Value
from iac_gym.verdict import Finding

INSTANCE = Kind(
    "Cloud SQL instance", ("google_sql_database_instance",), "name", ("name", "id"), by_name=True
)
DATABASE = Kind("database", ("google_sql_database",), "name", ("name", "id"))
USER = Kind("database user", ("google_sql_user",), "name", ("name", "id"))
DATASET = Kind("dataset", ("google_bigquery_dataset",), "dataset_id", ("dataset_id",), by_name=True)
TABLE = Kind("table", ("google_bigquery_table",), "table_id", ("table_id", "id"))

instance = existence(
    "google-sql", INSTANCE,
    "a Cloud SQL instance `{name}`", "the Cloud SQL instance `{name}`",
)  # fmt: skip
instance_version = setting(
    "google-sql-version", INSTANCE, "database_version",
    "{value} as the version of the instance `{of}`", "the instance `{of}` running {value}",
)  # fmt: skip
instance_tier = setting(
    "google-sql-tier", INSTANCE, "settings.tier",
    "the tier {value} for the instance `{of}`", "`{of}` as a {value} instance",
)  # fmt: skip
instance_region = located(
    "google-sql-region", INSTANCE, "region",
    "the database instance `{of}` in the region {value}",
    "{value} as the region of the database instance `{of}`",
)  # fmt: skip
instance_disk = setting(
    "google-sql-disk", INSTANCE, "settings.disk_size",
    "{value} GB of storage for the instance `{of}`", "the instance `{of}` with {value} GB of disk",
)  # fmt: skip
instance_regional = fixed(
    "google-sql-regional", INSTANCE, "settings.availability_type", "REGIONAL",
    "the instance `{of}` highly available (REGIONAL)",
    "regional availability for the instance `{of}`",
)  # fmt: skip
instance_backups = fixed(
    "google-sql-backups", INSTANCE, "settings.backup_configuration.enabled", True,
    "automatic backups of the instance `{of}`", "daily backups for the instance `{of}`",
)  # fmt: skip
instance_recovery = fixed(
    "google-sql-recovery", INSTANCE,
    ("settings.backup_configuration.point_in_time_recovery_enabled",
     "settings.backup_configuration.binary_log_enabled"), True,
    "point-in-time recovery for the instance `{of}`",
    "the instance `{of}` recoverable to any point in time",
)  # fmt: skip
instance_ssl = setting(
    "google-sql-ssl", INSTANCE, "settings.ip_configuration.ssl_mode",
    "{value} as the SSL mode of the instance `{of}`", "connections to `{of}` under {value}",
)  # fmt: skip
instance_unprotected = fixed(
    "google-sql-unprotected", INSTANCE, "deletion_protection", False,
    "the instance `{of}` without Terraform's deletion protection",
    "no deletion protection for the instance `{of}`",
)  # fmt: skip
instance_insights = fixed(
    "google-sql-insights", INSTANCE, "settings.insights_config.query_insights_enabled", True,
    "Query Insights for the instance `{of}`", "Query Insights switched on for `{of}`",
)  # fmt: skip


@requirement(
    "the database flag {name} = {value} on the instance `{of}`",
    "{name} set to {value} among the flags of the instance `{of}`",
)
def google_sql_flag(config: Configuration, of: str, name: str, value: str) -> Findings:
    """A `database_flags` block with this name and value."""
    thing = the(config, INSTANCE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = [one for outer in thing.blocks("settings") for one in outer.blocks("database_flags")]
    right = any(same(one.get("name"), name) and same(one.get("value"), value) for one in given)
    yield from unless(right, config, thing.at, f"`{of}` has no flag {name} = {value}")


@requirement(
    "connections to the instance `{of}` allowed from {range}, called `{name}`",
    "the network `{name}` ({range}) authorized for the instance `{of}`",
)
def google_sql_network(config: Configuration, of: str, name: str, range: str) -> Findings:
    """An authorized network with this name and range."""
    thing = the(config, INSTANCE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = [
        one for outer in thing.blocks("settings") for inner in outer.blocks("ip_configuration")
        for one in inner.blocks("authorized_networks")
    ]  # fmt: skip
    right = any(same(one.get("name"), name) and same(one.get("value"), range) for one in given)
    yield from unless(right, config, thing.at, f"`{of}` does not admit {range} as `{name}`")


database = existence(
    "google-sql-database", DATABASE, "a database `{name}`", "the database `{name}`"
)  # fmt: skip
database_instance = link(
    "google-sql-database-instance", DATABASE, "instance", INSTANCE,
    "the database `{of}` on the instance `{to}`", "`{to}` as the instance of the database `{of}`",
)  # fmt: skip
user = existence("google-sql-user", USER, "a database user `{name}`", "the database user `{name}`")
user_instance = link(
    "google-sql-user-instance", USER, "instance", INSTANCE,
    "the user `{of}` on the instance `{to}`", "`{to}` as the instance of the user `{of}`",
)  # fmt: skip


@requirement(
    "a generated password of {length} characters for the database user `{of}`",
    "the user `{of}` with a random password, {length} characters long",
)
def google_sql_password(config: Configuration, of: str, length: int) -> Findings:
    """The user's password is the result of a `random_password`."""
    thing = the(config, USER, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = [thing.get("password"), thing.get("password_wo")]
    right = any(
        made.is_source_of(value, "result") and same(made.get("length"), length)
        for made in world(config).instances("random_password")
        for value in given
    )
    yield from unless(right, config, thing.at, f"`{of}` has no password of {length} random signs")


dataset = existence(
    "google-dataset", DATASET, "a BigQuery dataset `{name}`", "the dataset `{name}` in BigQuery"
)  # fmt: skip
dataset_location = setting(
    "google-dataset-location", DATASET, "location",
    "the dataset `{of}` in {value}", "{value} as the location of the dataset `{of}`",
    absent="US", compare=same_upper,
)  # fmt: skip
dataset_described = setting(
    "google-dataset-described", DATASET, "description",
    "the dataset `{of}` described as `{value}`",
    "`{value}` as the description of the dataset `{of}`",
)  # fmt: skip
dataset_label = tag(
    "google-dataset-label", DATASET,
    "the label {key} = `{value}` on the dataset `{of}`",
    "the dataset `{of}` labelled {key} = `{value}`", attribute="labels",
)  # fmt: skip


def _milliseconds(value: Value, wanted: Any) -> bool:
    """Whether a number of milliseconds is that many days."""
    return same(value, int(wanted) * 86_400_000)


dataset_expiry = setting(
    "google-dataset-expiry", DATASET, "default_table_expiration_ms",
    "tables of the dataset `{of}` that expire after {value} days by default",
    "a default table expiration of {value} days in the dataset `{of}`", compare=_milliseconds,
)  # fmt: skip
table = existence("google-table", TABLE, "a table `{name}`", "the BigQuery table `{name}`")
table_dataset = link(
    "google-table-dataset", TABLE, "dataset_id", DATASET,
    "the table `{of}` in the dataset `{to}`", "`{to}` as the dataset of the table `{of}`",
)  # fmt: skip
table_partition = setting(
    "google-table-partition", TABLE, "time_partitioning.type",
    "the table `{of}` partitioned by time, one partition for each {value}",
    "time partitioning of the table `{of}` by {value}",
)  # fmt: skip
table_clustering = setting(
    "google-table-clustering", TABLE, "clustering",
    "the table `{of}` clustered by {value}, in this order",
    "clustering of `{of}` by {value}, in this order",
)  # fmt: skip
table_unprotected = fixed(
    "google-table-unprotected", TABLE, "deletion_protection", False,
    "the table `{of}` without deletion protection", "no deletion protection for the table `{of}`",
)  # fmt: skip


#: Other names of column types.
_TYPES = {"INT64": "INTEGER", "BOOL": "BOOLEAN", "FLOAT64": "FLOAT", "STRUCT": "RECORD"}


def _columns(value: Value) -> list[dict[str, Any]]:
    """Return the columns of a table's schema, which is JSON; [] for what is none."""
    if isinstance(value, Encoded):
        given: Any = value.value
    else:
        try:
            given = json.loads(value) if isinstance(value, str) else []
        except (ValueError, RecursionError):
            given = []
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


@requirement(
    "a {mode} column `{name}` of the type {type} in the table `{of}`",
    "the column `{name}` ({type}, {mode}) in the table `{of}`",
)
def google_table_column(
    config: Configuration, of: str, name: str, type: str, mode: str
) -> Findings:  # fmt: skip
    """A column of the schema, with its type and mode (NULLABLE by default)."""
    thing = the(config, TABLE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("name"), name)
        and _TYPES.get(kind := str(one.get("type")).upper(), kind) == type
        and same_upper(one.get("mode") or "NULLABLE", mode)
        for one in _columns(thing.get("schema"))
    )
    yield from unless(
        right, config, thing.where("schema"), f"`{of}` has no column `{name}` {type} {mode}"
    )
