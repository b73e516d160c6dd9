"""Requirements about databases and messages on Azure: SQL, PostgreSQL, Cosmos DB, Service Bus."""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.azure_base import (
    in_group,
    passworded,
    same_place,
    tagged,
)
from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, fixed, link, listed, setting
from envs.terraform.requirements.kinds import Kind, companions, same, the
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Finding

SERVER = Kind("SQL server", ("azurerm_mssql_server",), "name", ("id",))
DATABASE = Kind("SQL database", ("azurerm_mssql_database",), "name", ("id",))
POSTGRES = Kind("PostgreSQL server", ("azurerm_postgresql_flexible_server",), "name", ("id",))
SCHEMA = Kind(
    "PostgreSQL database", ("azurerm_postgresql_flexible_server_database",), "name", ("id",)
)  # fmt: skip
COSMOS = Kind("Cosmos DB account", ("azurerm_cosmosdb_account",), "name", ("name",), by_name=True)
STORE = Kind(
    "Cosmos DB database", ("azurerm_cosmosdb_sql_database",), "name", ("name",), by_name=True
)  # fmt: skip
ITEMS = Kind("Cosmos DB container", ("azurerm_cosmosdb_sql_container",), "name", ("id",))
BUS = Kind("Service Bus namespace", ("azurerm_servicebus_namespace",), "name", ("id",))
QUEUE = Kind("Service Bus queue", ("azurerm_servicebus_queue",), "name", ("id",))
TOPIC = Kind("Service Bus topic", ("azurerm_servicebus_topic",), "name", ("id",))
READER = Kind("Service Bus subscription", ("azurerm_servicebus_subscription",), "name", ("id",))


def admits(name: str, kind: Kind, resource: str, link: str, noun: str) -> RequirementType:
    """Make "a firewall rule of the server `of` for addresses from `first` to `last`"."""

    def check(config: Configuration, of: str, first: str, last: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        right = any(
            same(one.get("start_ip_address"), first) and same(one.get("end_ip_address"), last)
            for one in companions(config, resource, link, thing, kind)
        )
        yield from unless(right, config, thing.at, f"`{of}` does not admit {first} to {last}")

    check.__name__ = name.replace("-", "_")
    return requirement(
        f"a firewall rule of {noun} `{{of}}` for the addresses {{first}} to {{last}}",
        f"{{first}} to {{last}} admitted by the firewall of {noun} `{{of}}`",
    )(check)


server = existence(
    "azure-sql", SERVER, "an Azure SQL server `{name}`", "the Azure SQL server `{name}`"
)  # fmt: skip
server_group = in_group("azure-sql-group", SERVER, "the SQL server")
server_admin = setting(
    "azure-sql-admin", SERVER, "administrator_login",
    "the administrator {value} on the SQL server `{of}`",
    "{value} as the administrator of the SQL server `{of}`",
)  # fmt: skip
server_password = passworded(
    "azure-sql-password", SERVER, "administrator_login_password",
    "a generated administrator password of {length} characters for `{of}`",
    "the password of the administrator of `{of}` generated, {length} characters long",
)  # fmt: skip
server_private = fixed(
    "azure-sql-private", SERVER, "public_network_access_enabled", False,
    "no public network access to the SQL server `{of}`",
    "the SQL server `{of}` closed to public networks",
)  # fmt: skip
server_tag = tagged("azure-sql-tag", SERVER, "the SQL server")
server_admits = admits(
    "azure-sql-admits", SERVER, "azurerm_mssql_firewall_rule", "server_id", "the SQL server"
)  # fmt: skip
server_output = output(
    "azure-sql-output", SERVER, ("fully_qualified_domain_name",),
    "an output `{name}` with the FQDN of the SQL server `{of}`",
    "the FQDN of the SQL server `{of}` given out as `{name}`",
)  # fmt: skip
database = existence(
    "azure-sql-database", DATABASE, "an SQL database `{name}`", "the Azure SQL database `{name}`"
)  # fmt: skip
database_server = link(
    "azure-sql-database-server", DATABASE, "server_id", SERVER,
    "the database `{of}` on the SQL server `{to}`",
    "`{to}` as the server of the SQL database `{of}`",
)  # fmt: skip
database_sku = setting(
    "azure-sql-sku", DATABASE, "sku_name",
    "the SKU {value} for the database `{of}`", "the SQL database `{of}` of the size {value}",
)  # fmt: skip
database_size = setting(
    "azure-sql-size", DATABASE, "max_size_gb",
    "{value} GB as the maximum size of the database `{of}`",
    "a maximum size of {value} GB for the SQL database `{of}`",
)  # fmt: skip
database_backups = setting(
    "azure-sql-backups", DATABASE, "short_term_retention_policy.retention_days",
    "point-in-time backups of `{of}` for {value} days",
    "the SQL database `{of}` recoverable to any point of the last {value} days",
)  # fmt: skip

postgres = existence(
    "azure-postgres", POSTGRES,
    "a PostgreSQL flexible server `{name}`", "the PostgreSQL flexible server `{name}`",
)  # fmt: skip
postgres_group = in_group("azure-postgres-group", POSTGRES, "the PostgreSQL server")
postgres_version = setting(
    "azure-postgres-version", POSTGRES, "version",
    "PostgreSQL {value} on the server `{of}`", "the server `{of}` running PostgreSQL {value}",
)  # fmt: skip
postgres_sku = setting(
    "azure-postgres-sku", POSTGRES, "sku_name",
    "the SKU {value} for the PostgreSQL server `{of}`",
    "the PostgreSQL server `{of}` of the size {value}",
)  # fmt: skip
postgres_storage = setting(
    "azure-postgres-storage", POSTGRES, "storage_mb",
    "{value} MB of storage for the PostgreSQL server `{of}`",
    "the PostgreSQL server `{of}` with {value} MB of storage",
)  # fmt: skip
postgres_password = passworded(
    "azure-postgres-password", POSTGRES, "administrator_password",
    "a generated administrator password of {length} characters for the PostgreSQL server `{of}`",
    "the administrator of the PostgreSQL server `{of}` with a random password, {length} characters",
)  # fmt: skip
postgres_backups = setting(
    "azure-postgres-backups", POSTGRES, "backup_retention_days",
    "backups of the PostgreSQL server `{of}` kept for {value} days",
    "{value} days of backups for the PostgreSQL server `{of}`", absent=7,
)  # fmt: skip
postgres_available = setting(
    "azure-postgres-available", POSTGRES, "high_availability.mode",
    "{value} high availability for the PostgreSQL server `{of}`",
    "the PostgreSQL server `{of}` highly available in the mode {value}",
)  # fmt: skip
postgres_admits = admits(
    "azure-postgres-admits", POSTGRES, "azurerm_postgresql_flexible_server_firewall_rule",
    "server_id", "the PostgreSQL server",
)  # fmt: skip
schema = existence(
    "azure-postgres-database", SCHEMA,
    "a PostgreSQL database `{name}`", "the PostgreSQL database `{name}`",
)  # fmt: skip
schema_server = link(
    "azure-postgres-database-server", SCHEMA, "server_id", POSTGRES,
    "the database `{of}` on the PostgreSQL server `{to}`",
    "`{to}` as the PostgreSQL server of the database `{of}`",
)  # fmt: skip


@requirement(
    "the server parameter {name} of `{of}` set to {value}",
    "{name} = {value} among the parameters of the PostgreSQL server `{of}`",
)
def azure_postgres_parameter(
    config: Configuration, of: str, name: str, value: str
) -> Findings:  # fmt: skip
    """A configuration of the server with this name and value."""
    thing = the(config, POSTGRES, of)
    if isinstance(thing, Finding):
        yield thing
        return
    kind = "azurerm_postgresql_flexible_server_configuration"
    right = any(
        same(one.get("name"), name) and same(one.get("value"), value)
        for one in companions(config, kind, "server_id", thing, POSTGRES)
    )
    yield from unless(right, config, thing.at, f"{name} of `{of}` is not set to {value}")


cosmos = existence(
    "azure-cosmos", COSMOS, "a Cosmos DB account `{name}`", "the Cosmos DB account `{name}`"
)  # fmt: skip
cosmos_group = in_group("azure-cosmos-group", COSMOS, "the Cosmos DB account")
cosmos_consistency = setting(
    "azure-cosmos-consistency", COSMOS, "consistency_policy.consistency_level",
    "{value} consistency for the account `{of}`",
    "`{of}` with the consistency level {value}",
)  # fmt: skip
cosmos_failover = fixed(
    "azure-cosmos-failover", COSMOS,
    ("automatic_failover_enabled", "enable_automatic_failover"), True,
    "automatic failover of the Cosmos DB account `{of}`", "`{of}` failing over by itself",
)  # fmt: skip
cosmos_free = fixed(
    "azure-cosmos-free", COSMOS, "free_tier_enabled", True,
    "the free tier for the Cosmos DB account `{of}`", "`{of}` in the free tier of Cosmos DB",
)  # fmt: skip
cosmos_tag = tagged("azure-cosmos-tag", COSMOS, "the Cosmos DB account")


@requirement(
    "data of `{of}` in {place}, with the failover priority {priority}",
    "{place} as a location of the Cosmos DB account `{of}` (failover priority {priority})",
)
def azure_cosmos_location(
    config: Configuration, of: str, place: str, priority: int
) -> Findings:  # fmt: skip
    """A `geo_location` with this place and priority."""
    thing = the(config, COSMOS, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same_place(one.get("location"), place) and same(one.get("failover_priority"), priority)
        for one in thing.blocks("geo_location")
    )
    yield from unless(right, config, thing.at, f"`{of}` is not in {place} as number {priority}")


store = existence(
    "azure-cosmos-database", STORE,
    "a Cosmos DB SQL database `{name}`", "the Cosmos DB database `{name}`",
)  # fmt: skip
store_account = link(
    "azure-cosmos-database-account", STORE, "account_name", COSMOS,
    "the database `{of}` in the Cosmos DB account `{to}`",
    "`{to}` as the Cosmos DB account of the database `{of}`",
)  # fmt: skip
store_throughput = setting(
    "azure-cosmos-throughput", STORE, "throughput",
    "{value} request units per second for the database `{of}`",
    "a throughput of {value} RU/s for the Cosmos DB database `{of}`",
)  # fmt: skip
items = existence(
    "azure-cosmos-container", ITEMS,
    "a Cosmos DB container `{name}`", "the Cosmos DB container `{name}`",
)  # fmt: skip
items_store = link(
    "azure-cosmos-container-database", ITEMS, "database_name", STORE,
    "the container `{of}` in the Cosmos DB database `{to}`",
    "`{to}` as the database of the Cosmos DB container `{of}`",
)  # fmt: skip
items_key = listed(
    "azure-cosmos-key", ITEMS, "partition_key_paths",
    "{values} as the partition key of the container `{of}`",
    "the Cosmos DB container `{of}` partitioned by {values}",
)  # fmt: skip
items_life = setting(
    "azure-cosmos-life", ITEMS, "default_ttl",
    "items of the container `{of}` removed after {value} seconds",
    "a default time to live of {value} seconds in the Cosmos DB container `{of}`",
)  # fmt: skip

bus = existence(
    "azure-bus", BUS, "a Service Bus namespace `{name}`", "the Service Bus namespace `{name}`"
)  # fmt: skip
bus_group = in_group("azure-bus-group", BUS, "the namespace")
bus_sku = setting(
    "azure-bus-sku", BUS, "sku",
    "the {value} SKU for the namespace `{of}`", "the namespace `{of}` of the {value} tier",
)  # fmt: skip
bus_tag = tagged("azure-bus-tag", BUS, "the namespace")
queue = existence(
    "azure-bus-queue", QUEUE, "a Service Bus queue `{name}`", "the Service Bus queue `{name}`"
)  # fmt: skip
queue_bus = link(
    "azure-bus-queue-of", QUEUE, "namespace_id", BUS,
    "the queue `{of}` in the namespace `{to}`", "`{to}` as the namespace of the queue `{of}`",
)  # fmt: skip
queue_tries = setting(
    "azure-bus-queue-tries", QUEUE, "max_delivery_count",
    "messages of the queue `{of}` given up after {value} deliveries",
    "a maximum delivery count of {value} for the queue `{of}`", absent=10,
)  # fmt: skip
queue_expired = fixed(
    "azure-bus-queue-expired", QUEUE, "dead_lettering_on_message_expiration", True,
    "expired messages of the queue `{of}` kept as dead letters",
    "dead lettering of expired messages in the queue `{of}`",
)  # fmt: skip
queue_lock = setting(
    "azure-bus-queue-lock", QUEUE, "lock_duration",
    "a lock duration of {value} for the queue `{of}`",
    "messages of the queue `{of}` locked for {value} (ISO 8601)", absent="PT1M",
)  # fmt: skip
topic = existence(
    "azure-bus-topic", TOPIC, "a Service Bus topic `{name}`", "the Service Bus topic `{name}`"
)  # fmt: skip
topic_bus = link(
    "azure-bus-topic-of", TOPIC, "namespace_id", BUS,
    "the topic `{of}` in the namespace `{to}`", "`{to}` as the namespace of the topic `{of}`",
)  # fmt: skip


@requirement(
    "a subscription `{name}` to the topic `{of}` that gives up after {tries} deliveries",
    "the subscription `{name}` of the topic `{of}`, with a maximum delivery count of {tries}",
)
def azure_bus_subscription(config: Configuration, of: str, name: str, tries: int) -> Findings:
    """A subscription of the topic with this name and maximum delivery count."""
    found, problems = things(config, (TOPIC, of), (READER, name))
    yield from problems
    if not problems:
        thing, reader = found
        right = thing.is_source_of(reader.get("topic_id"), "id") and same(
            reader.get("max_delivery_count"), tries
        )
        message = f"`{name}` does not read `{of}` with {tries} deliveries"
        yield from unless(right, config, reader.at, message)
