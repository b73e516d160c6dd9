"""Tasks about databases, messages and logs on Azure."""

from __future__ import annotations

from envs.terraform.choices import TAGS
from envs.terraform.families.azure_storage import LOCATIONS, Azure
from envs.terraform.nested_settings import put
from envs.terraform.requirements import azure_data as ask
from envs.terraform.requirements import azure_monitor as monitor
from envs.terraform.requirements import azure_storage as store
from envs.terraform.stack import Extra, Handle, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import block, nested

ADMINS = ("sqladmin", "dbadmin", "dbowner", "psqladmin", "operator")


def _password(azure: Azure, label: str) -> tuple[Handle, int]:
    length = azure.draw.integer("length", 16, 60)
    return azure.stack.add("random_password", label, length=length), length


def _range(draw: Draw) -> tuple[str, str]:
    first, more = draw.integer("first", 1, 150), draw.integer("addresses", 0, 90, 5)
    return f"203.0.113.{first}", f"203.0.113.{first + more}"


@family("terraform", levels=(3, 4, 5))
def azure_sql_database(draw: Draw) -> Draft:
    """An Azure SQL server with a database and its firewall."""
    azure = Azure(draw, "random")
    stack = azure.stack
    name = draw.name("server", ("sql", "db", "server", "store"))
    user = draw.choice("user", ADMINS)
    value, length = _password(azure, "sql")
    stack.ask(
        ask.server(name=name), ask.server_group(of=name, to=azure.name),
        ask.server_admin(of=name, value=user), ask.server_password(of=name, length=length),
    )  # fmt: skip
    made = azure.add(
        "azurerm_mssql_server", name, version="12.0", administrator_login=user,
        administrator_login_password=value["result"],
    )  # fmt: skip
    settings = azure.settings(made, name)

    def database() -> None:
        other = draw.choice("database", ("shop", "crm", "wiki", "billing", "accounts"))
        size = draw.choice("sku", ("S0", "S1", "S2", "GP_S_Gen5_2", "GP_Gen5_2", "BC_Gen5_2"))
        stack.ask(
            ask.database(name=other), ask.database_server(of=other, to=name),
            ask.database_sku(of=other, value=size),
        )  # fmt: skip
        own = stack.add(
            "azurerm_mssql_database", other, name=other, server_id=made["id"], sku_name=size
        )  # fmt: skip
        if draw.wants("backups", 4):
            days = draw.integer("days", 8, 34)
            stack.ask(ask.database_backups(of=other, value=days))
            put(own.body, "short_term_retention_policy.retention_days", days)
        if draw.wants("size", 5):
            most = draw.choice("most", (2, 5, 10, 20, 50, 100))
            stack.ask(ask.database_size(of=other, value=most))
            own.set(max_size_gb=most)

    def admitting() -> None:
        if draw.chance("private", 0.3):
            stack.ask(ask.server_private(of=name))
            made.set(public_network_access_enabled=False)
            return
        first, last = _range(draw)
        stack.ask(ask.server_admits(of=name, first=first, last=last))
        stack.add(
            "azurerm_mssql_firewall_rule", "office", name="office", server_id=made["id"],
            start_ip_address=first, end_ip_address=last,
        )  # fmt: skip

    def output() -> None:
        out = draw.choice("output", ("sql_fqdn", "fqdn", "server_host"))
        stack.ask(ask.server_output(of=name, name=out))
        stack.top(block("output", out, value=made["fully_qualified_domain_name"]))

    decorate(
        stack,
        (
            Extra("database", 4, database), Extra("firewall", 1, admitting),
            settings.label(ask.server_tag, TAGS, "tags"), Extra("output", 1, output),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the Azure SQL server `{name}` with Terraform",
        f"We need SQL Server as a service on Azure: the server `{name}`",
    )


@family("terraform", levels=(3, 4, 5))
def azure_postgres(draw: Draw) -> Draft:
    """A PostgreSQL flexible server with databases, parameters and its firewall."""
    azure = Azure(draw, "random")
    stack = azure.stack
    name = draw.name("server", ("pg", "postgres", "db", "store"))
    version = draw.choice("version", ("13", "14", "15", "16"))
    size = draw.choice(
        "sku", ("B_Standard_B1ms", "B_Standard_B2s", "GP_Standard_D2s_v3", "GP_Standard_D4s_v3",
                "MO_Standard_E4s_v3"),
    )  # fmt: skip
    value, length = _password(azure, "postgres")
    stack.ask(
        ask.postgres(name=name), ask.postgres_group(of=name, to=azure.name),
        ask.postgres_version(of=name, value=version),
        ask.postgres_sku(of=name, value=size), ask.postgres_password(of=name, length=length),
    )  # fmt: skip
    made = azure.add(
        "azurerm_postgresql_flexible_server", name, version=version, sku_name=size,
        administrator_login="psqladmin", administrator_password=value["result"], zone="1",
    )  # fmt: skip
    settings = azure.settings(made, name)

    def database() -> None:
        other = draw.choice("database", ("shop", "crm", "wiki", "billing", "accounts"))
        stack.ask(ask.schema(name=other), ask.schema_server(of=other, to=name))
        stack.add(
            "azurerm_postgresql_flexible_server_database", other, name=other,
            server_id=made["id"],
        )  # fmt: skip

    def admitting() -> None:
        first, last = _range(draw)
        stack.ask(ask.postgres_admits(of=name, first=first, last=last))
        stack.add(
            "azurerm_postgresql_flexible_server_firewall_rule", "office", name="office",
            server_id=made["id"], start_ip_address=first, end_ip_address=last,
        )  # fmt: skip

    def parameter() -> None:
        title, options = draw.choice(
            "parameter",
            (("max_connections", ("100", "200")), ("log_min_duration_statement", ("500", "1000")),
             ("azure.extensions", ("PGCRYPTO", "UUID-OSSP"))),
        )  # fmt: skip
        said = draw.choice("parameter value", options)
        stack.ask(ask.azure_postgres_parameter(of=name, name=title, value=said))
        stack.add(
            "azurerm_postgresql_flexible_server_configuration", "parameter", name=title,
            server_id=made["id"], value=said,
        )  # fmt: skip

    modes = ("ZoneRedundant", "SameZone")
    decorate(
        stack,
        (
            Extra("database", 2, database), Extra("firewall", 1, admitting),
            settings.one_of(ask.postgres_backups, "backup_retention_days", range(8, 35)),
            settings.one_of(
                ask.postgres_storage, "storage_mb", (32768, 65536, 131072, 262144, 524288)
            ),
            Extra("parameter", 1, parameter),
            *((settings.one_of(ask.postgres_available, "high_availability.mode", modes),)
              if not size.startswith("B_") else ()),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the PostgreSQL server `{name}` on Azure",
        f"Terraform for a managed PostgreSQL `{name}` on Azure, please",
    )


@family("terraform", levels=(1, 2, 3, 4, 5))
def cosmos_database(draw: Draw) -> Draft:
    """A Cosmos DB account with its locations, database and containers."""
    azure = Azure(draw)
    stack = azure.stack
    name = draw.name("account", ("cosmos", "docs", "catalog", "events"))
    level = draw.choice(
        "consistency", ("Session", "Eventual", "Strong", "ConsistentPrefix")
    )  # fmt: skip
    stack.ask(
        ask.cosmos(name=name), ask.cosmos_group(of=name, to=azure.name),
        ask.cosmos_consistency(of=name, value=level),
    )  # fmt: skip
    made = azure.add(
        "azurerm_cosmosdb_account", name, offer_type="Standard",
        consistency_policy=nested(consistency_level=level),
    )  # fmt: skip
    made.nest("geo_location", location=azure.group["location"], failover_priority=0)
    settings = azure.settings(made, name)

    def database() -> None:
        data = draw.choice("database", ("shop", "catalog", "game", "telemetry"))
        stack.ask(ask.store(name=data), ask.store_account(of=data, to=name))
        own = stack.add(
            "azurerm_cosmosdb_sql_database", data, name=data, account_name=made["name"],
            resource_group_name=azure.group["name"],
        )  # fmt: skip
        if draw.wants("throughput", 4):
            units = draw.integer("units", 500, 4000, 100)
            stack.ask(ask.store_throughput(of=data, value=units))
            own.set(throughput=units)
        if draw.wants("with container", 4):
            container(own, data)

    def container(outer: Handle, data: str) -> None:
        other = draw.choice("container", ("orders", "users", "items", "scores"))
        key = draw.choice("key", ("/customerId", "/tenant", "/region", "/userId"))
        stack.ask(
            ask.items(name=other), ask.items_store(of=other, to=data),
            ask.items_key(of=other, values=[key]),
        )  # fmt: skip
        own = stack.add(
            "azurerm_cosmosdb_sql_container", other, name=other, database_name=outer["name"],
            account_name=made["name"], resource_group_name=azure.group["name"],
            partition_key_paths=[key],
        )  # fmt: skip
        if draw.wants("life", 5):
            seconds = draw.choice("seconds", (3600, 86400, 604800, 2592000))
            stack.ask(ask.items_life(of=other, value=seconds))
            own.set(default_ttl=seconds)

    def second() -> None:
        place = draw.choice("second place", [p for p in LOCATIONS if p != azure.place])
        stack.ask(ask.azure_cosmos_location(of=name, place=place, priority=1))
        made.nest("geo_location", location=place, failover_priority=1)

    decorate(
        stack,
        (
            Extra("second", 1, second),
            settings.on(ask.cosmos_failover, automatic_failover_enabled=True),
            Extra("database", 5, database),
            settings.label(ask.cosmos_tag, TAGS, "tags"),
            settings.on(ask.cosmos_free, free_tier_enabled=True),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Cosmos DB account `{name}` on Azure",
        f"We store documents in Azure Cosmos DB, in the account `{name}`",
    )


@family("terraform", levels=(1, 2, 3, 4, 5))
def service_bus(draw: Draw) -> Draft:
    """A Service Bus namespace with queues, topics and subscriptions."""
    azure = Azure(draw)
    stack = azure.stack
    name = draw.name("namespace", ("messages", "broker", "events", "queues"))
    tier = draw.choice("sku", ("Standard", "Premium"))
    stack.ask(
        ask.bus(name=name), ask.bus_group(of=name, to=azure.name), ask.bus_sku(of=name, value=tier)
    )  # fmt: skip
    made = azure.add("azurerm_servicebus_namespace", name, sku=tier)
    if tier == "Premium":
        made.set(capacity=1, premium_messaging_partitions=1)
    settings = azure.settings(made, name)

    def queue() -> None:
        other = draw.choice("queue", ("orders", "jobs", "mails", "invoices"))
        stack.ask(ask.queue(name=other), ask.queue_bus(of=other, to=name))
        own = stack.add("azurerm_servicebus_queue", other, name=other, namespace_id=made["id"])
        if draw.wants("with tries", 3):
            tries = draw.integer("queue tries", 2, 9)
            stack.ask(ask.queue_tries(of=other, value=tries))
            own.set(max_delivery_count=tries)
        if draw.wants("expired", 4):
            stack.ask(ask.queue_expired(of=other))
            own.set(dead_lettering_on_message_expiration=True)
        if draw.wants("lock", 5):
            time = draw.choice("lock time", ("PT30S", "PT2M", "PT3M", "PT5M"))
            stack.ask(ask.queue_lock(of=other, value=time))
            own.set(lock_duration=time)

    def topic() -> None:
        other = draw.choice("topic", ("updates", "news", "changes", "prices"))
        reader, tries = draw.choice("reader", ("search", "billing", "mailer")), draw.integer(
            "tries", 2, 20
        )  # fmt: skip
        stack.ask(
            ask.topic(name=other), ask.topic_bus(of=other, to=name),
            ask.azure_bus_subscription(of=other, name=reader, tries=tries),
        )  # fmt: skip
        own = stack.add("azurerm_servicebus_topic", other, name=other, namespace_id=made["id"])
        stack.add(
            "azurerm_servicebus_subscription", reader, name=reader, topic_id=own["id"],
            max_delivery_count=tries,
        )  # fmt: skip

    decorate(
        stack,
        (
            settings.label(ask.bus_tag, TAGS, "tags"), Extra("queue", 3.5, queue),
            Extra("topic", 3, topic),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the Service Bus namespace `{name}`",
        f"Our services on Azure exchange messages over the namespace `{name}`",
    )


@family("terraform", levels=(1, 2, 3))
def azure_logs(draw: Draw) -> Draft:
    """A Log Analytics workspace, and a vault that is watched."""
    azure = Azure(draw, asked=False)
    stack = azure.stack
    name = draw.name("workspace", ("logs", "monitor", "audit", "observe"))
    days = draw.choice("days", (45, 60, 90, 120, 180, 365, 730))
    stack.ask(
        monitor.workspace(name=name), monitor.workspace_group(of=name, to=azure.name),
        monitor.workspace_days(of=name, value=days),
    )  # fmt: skip
    made = azure.add("azurerm_log_analytics_workspace", name, retention_in_days=days)
    made.set(sku="PerGB2018")
    settings = azure.settings(made, name)

    def watched() -> None:
        other = draw.name("vault", ("vault", "kv"), ("shop", "cart", "user", "blog", "feed"))
        stack.ask(
            store.vault(name=other),
            monitor.vault_watched(of=other, category="AuditEvent", to=name),
        )
        client = stack.data("azurerm_client_config", "current")
        vault = azure.add(
            "azurerm_key_vault", other, sku_name="standard", tenant_id=client["tenant_id"],
            purge_protection_enabled=True,
        )  # fmt: skip
        stack.add(
            "azurerm_monitor_diagnostic_setting", other, name="to-workspace",
            target_resource_id=vault["id"], log_analytics_workspace_id=made["id"],
            enabled_log=nested(category="AuditEvent"),
        )  # fmt: skip

    decorate(
        stack,
        (
            settings.one_of(monitor.workspace_quota, "daily_quota_gb", (1, 2, 5, 10, 20)),
            Extra("watched", 2, watched), settings.label(monitor.workspace_tag, TAGS, "tags"),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Log Analytics workspace `{name}`",
        f"Logs on Azure go into the workspace `{name}`; write the Terraform",
    )
