"""Tasks about resource groups, storage, key vaults and registries on Azure."""

from __future__ import annotations

from typing import Any

from envs.terraform.choices import TAGS
from envs.terraform.families.google_storage import varied
from envs.terraform.nested_settings import NestedSettings, put
from envs.terraform.requirements import azure_base as base
from envs.terraform.requirements import azure_storage as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate, label_of
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import block, nested

LOCATIONS = (
    "westeurope", "northeurope", "eastus", "eastus2", "westus2", "centralus", "uksouth",
    "francecentral", "germanywestcentral", "swedencentral", "southeastasia", "japaneast",
)  # fmt: skip
GROUPS = ("rg", "group", "prod", "staging", "dev", "platform")


class Azure:
    """A task about Azure under construction: the stack and its resource group."""

    def __init__(
        self, draw: Draw, *providers: str, asked: bool = True, place: str = "westeurope"
    ) -> None:
        self.draw = draw
        self.stack = Stack(draw, "azurerm", *providers)
        self.stack.provider("azurerm", features=nested())
        self.name = draw.name("group", GROUPS)
        if asked and draw.level > 1:
            place = draw.choice("place", LOCATIONS)
            self.stack.ask(
                base.group(name=self.name), base.group_location(of=self.name, value=place)
            )
        self.place = place
        written = varied(self.stack, "location", place)
        self.group = self.stack.add(
            "azurerm_resource_group", "main", name=self.name, location=written
        )  # fmt: skip

    def add(self, kind: str, name: str, **body: Any) -> Handle:
        """Add a resource of the group, in its location."""
        return self.stack.add(
            kind, label_of(name), name=name, resource_group_name=self.group["name"],
            location=self.group["location"], **body,
        )  # fmt: skip

    def identity(self) -> tuple[Handle, str]:
        """Ask for a managed identity."""
        name = self.draw.name("identity", ("identity", "reader", "app", "runner", "deploy"))
        self.stack.ask(base.identity(name=name), base.identity_group(of=name, to=self.name))
        return self.add("azurerm_user_assigned_identity", name), name

    def assign(self, role: str, scope: Handle, principal: Any) -> None:
        """Add a role assignment."""
        self.stack.add(
            "azurerm_role_assignment", f"{scope.label}_{role.replace(' ', '_').lower()}",
            scope=scope["id"], role_definition_name=role, principal_id=principal,
        )  # fmt: skip

    def settings(self, made: Handle, name: str) -> NestedSettings:
        """Return the optional settings of a resource."""
        return NestedSettings(self.stack, made, name)


def compact(draw: Draw, name: str, second: tuple[str, ...]) -> str:
    """Draw a name of small letters and digits alone, as storage accounts need."""
    return draw.name(name, second).replace("-", "")


@family("terraform", levels=(1, 2, 3))
def azure_group(draw: Draw) -> Draft:
    """A resource group, with tags and those who may use it."""
    place = draw.choice("location", LOCATIONS)
    made = Azure(draw, asked=False, place=place)
    stack, name = made.stack, made.name
    stack.ask(base.group(name=name), base.group_location(of=name, value=place))
    settings = made.settings(made.group, name)

    def granted() -> None:
        holder, other = made.identity()
        role = draw.choice("role", ("Reader", "Contributor", "Owner", "Storage Blob Data Reader"))
        stack.ask(base.group_role(of=name, identity=other, role=role))
        made.assign(role, made.group, holder["principal_id"])

    def output() -> None:
        out = draw.choice("output", ("group_id", "id", "resource_group_id"))
        stack.ask(base.group_output(of=name, name=out))
        stack.top(block("output", out, value=made.group["id"]))

    decorate(
        stack,
        (
            settings.label(base.group_tag, TAGS, "tags"), Extra("output", 1, output),
            Extra("granted", 3, granted),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Azure resource group `{name}` with Terraform",
        f"We start on Azure with the resource group `{name}`",
    )


@family("terraform", levels=(1, 2, 3, 4, 5))
def azure_storage_account(draw: Draw) -> Draft:
    """A storage account with its containers, safeguards and lifecycle."""
    azure = Azure(draw)
    stack = azure.stack
    name = compact(draw, "account", ("data", "files", "logs", "media", "backup"))
    tier = draw.choice("replication", ("LRS", "ZRS", "GRS", "RAGRS", "GZRS"))
    stack.ask(
        ask.account(name=name), ask.account_group(of=name, to=azure.name),
        ask.account_replication(of=name, value=tier),
    )  # fmt: skip
    made = azure.add(
        "azurerm_storage_account", name, account_tier="Standard", account_replication_type=tier
    )  # fmt: skip
    settings = azure.settings(made, name)

    def container() -> None:
        other = draw.choice("container", ("uploads", "exports", "images", "archive", "reports"))
        stack.ask(ask.container(name=other), ask.container_account(of=other, to=name))
        stack.add(
            "azurerm_storage_container", other, name=other, storage_account_id=made["id"]
        )  # fmt: skip

    def share() -> None:
        other, quota = (
            draw.choice("share", ("home", "shared", "config")),
            draw.integer("q", 10, 500, 5),
        )
        stack.ask(
            ask.share(name=other), ask.share_account(of=other, to=name),
            ask.share_quota(of=other, value=quota),
        )  # fmt: skip
        stack.add(
            "azurerm_storage_share", other, name=other, storage_account_id=made["id"], quota=quota
        )  # fmt: skip

    def queue() -> None:
        other = draw.choice("queue", ("jobs", "tasks", "mails", "events"))
        stack.ask(ask.queue(name=other), ask.queue_account(of=other, to=name))
        stack.add("azurerm_storage_queue", other, name=other, storage_account_id=made["id"])

    def expiring() -> None:
        days = draw.integer("days", 7, 700)
        stack.ask(ask.azure_storage_expiry(of=name, days=days))
        action = nested(delete_after_days_since_modification_greater_than=days)
        stack.add(
            "azurerm_storage_management_policy", name, storage_account_id=made["id"],
            rule=nested(
                name="expire", enabled=True, filters=nested(blob_types=["blockBlob"]),
                actions=nested(base_blob=action),
            ),
        )  # fmt: skip

    def granted() -> None:
        holder, other = azure.identity()
        end = draw.choice("role", ("Reader", "Contributor", "Owner"))
        role = f"Storage Blob Data {end}"
        stack.ask(ask.account_role(of=name, identity=other, role=role))
        azure.assign(role, made, holder["principal_id"])

    def output() -> None:
        out = draw.choice("output", ("blob_endpoint", "endpoint", "storage_url"))
        stack.ask(ask.account_output(of=name, name=out))
        stack.top(block("output", out, value=made["primary_blob_endpoint"]))

    decorate(
        stack,
        (
            Extra("container", 2, container),
            settings.on(ask.account_no_public, allow_nested_items_to_be_public=False),
            Extra("expiry", 1, expiring),
            settings.on(ask.account_versioned, blob_properties__versioning_enabled=True),
            settings.one_of(
                ask.account_soft_delete, "blob_properties.delete_retention_policy.days",
                range(3, 90),
            ),
            settings.label(ask.account_tag, TAGS, "tags"), Extra("queue", 2, queue),
            settings.on(ask.account_no_keys, shared_access_key_enabled=False),
            settings.one_of(ask.account_access_tier, "access_tier", ("Cool", "Cold")),
            Extra("share", 3, share), Extra("output", 1, output), Extra("granted", 3, granted),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Azure storage account `{name}` with Terraform",
        f"We need blob storage on Azure: the storage account `{name}`",
    )


@family("terraform", levels=(3, 4))
def azure_data_lake(draw: Draw) -> Draft:
    """A storage account for analytics, closed to the network."""
    azure = Azure(draw)
    stack = azure.stack
    name = compact(draw, "account", ("lake", "analytics", "raw", "mart"))
    kind = draw.choice("tier", ("Standard", "Premium"))
    stack.ask(
        ask.account(name=name), ask.account_group(of=name, to=azure.name),
        ask.account_lake(of=name), ask.account_tier(of=name, value=kind),
        ask.account_no_public(of=name),
    )  # fmt: skip
    made = azure.add(
        "azurerm_storage_account", name, account_tier=kind, account_replication_type="LRS",
        is_hns_enabled=True, allow_nested_items_to_be_public=False,
    )  # fmt: skip
    if kind == "Premium":
        made.set(account_kind="BlockBlobStorage")
    settings = azure.settings(made, name)

    def closed() -> None:
        stack.ask(ask.account_closed(of=name))
        if draw.phrase("rules", ("inline", "separate")) == "inline":
            made.nest("network_rules", default_action="Deny", bypass=["AzureServices"])
        else:
            stack.add(
                "azurerm_storage_account_network_rules", name, storage_account_id=made["id"],
                default_action="Deny", bypass=["AzureServices"],
            )  # fmt: skip

    def granted() -> None:
        holder, other = azure.identity()
        role = "Storage Blob Data Contributor"
        stack.ask(ask.account_role(of=name, identity=other, role=role))
        azure.assign(role, made, holder["principal_id"])

    decorate(
        stack,
        (
            Extra("closed", 1, closed), Extra("granted", 3, granted),
            settings.label(ask.account_tag, TAGS, "tags"),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the data lake `{name}` on Azure",
        f"Our analysts need Data Lake storage on Azure: `{name}`",
    )


@family("terraform", levels=(2, 3, 4, 5))
def azure_key_vault(draw: Draw) -> Draft:
    """A key vault with a generated secret and those who may read it."""
    azure = Azure(draw)
    stack = azure.stack
    name = draw.name(
        "vault", ("vault", "keys", "secrets", "kv"), ("shop", "cart", "user", "blog", "feed")
    )  # fmt: skip
    stack.ask(
        ask.vault(name=name), ask.vault_group(of=name, to=azure.name),
        ask.azure_vault_tenant(of=name),
    )  # fmt: skip
    client = stack.data("azurerm_client_config", "current")
    made = azure.add(
        "azurerm_key_vault", name, tenant_id=client["tenant_id"], sku_name="standard"
    )  # fmt: skip
    settings = azure.settings(made, name)

    def secret() -> None:
        other = draw.name("secret", ("password", "token", "key"))
        length = draw.integer("length", 16, 48)
        stack.ask(
            ask.secret(name=other), ask.secret_vault(of=other, to=name),
            ask.secret_random(of=other, length=length),
        )  # fmt: skip
        stack.provider("random")
        value = stack.add("random_password", other, length=length)
        stack.add(
            "azurerm_key_vault_secret", other, name=other, key_vault_id=made["id"],
            value=value["result"],
        )  # fmt: skip

    def granted() -> None:
        holder, other = azure.identity()
        if draw.chance("roles", 0.5):
            role = f"Key Vault {draw.choice('role', ('Secrets User', 'Reader', 'Secrets Officer'))}"
            stack.ask(
                ask.vault_roles(of=name), ask.vault_role(of=name, identity=other, role=role)
            )  # fmt: skip
            put(made.body, "rbac_authorization_enabled", True)
            azure.assign(role, made, holder["principal_id"])
            return
        allowed = list(draw.sample("permissions", ("Get", "List", "Set", "Delete", "Backup"), 2))
        stack.ask(ask.azure_vault_policy(of=name, identity=other, permissions=allowed))
        body = {
            "tenant_id": client["tenant_id"], "object_id": holder["principal_id"],
            "secret_permissions": allowed,
        }  # fmt: skip
        if draw.phrase("policy", ("inline", "separate")) == "inline":
            made.nest("access_policy", **body)
        else:
            stack.add(
                "azurerm_key_vault_access_policy", other, key_vault_id=made["id"], **body
            )  # fmt: skip

    decorate(
        stack,
        (
            settings.on(ask.vault_purge, purge_protection_enabled=True),
            settings.one_of(ask.vault_kept, "soft_delete_retention_days", range(7, 89)),
            Extra("secret", 3, secret), Extra("granted", 3.5, granted),
            settings.label(ask.vault_tag, TAGS, "tags"),
            settings.on(
                ask.vault_closed, network_acls__default_action="Deny",
                network_acls__bypass="AzureServices",
            ),
            settings.one_of(ask.vault_sku, "sku_name", ("premium",)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the key vault `{name}` on Azure",
        f"Our secrets go into Azure Key Vault: set up the vault `{name}`",
    )


@family("terraform", levels=(1, 2, 3, 4))
def azure_registry(draw: Draw) -> Draft:
    """A container registry with its users."""
    azure = Azure(draw)
    stack = azure.stack
    name = compact(draw, "registry", ("images", "registry", "acr", "containers"))
    kind = draw.choice("sku", ("Basic", "Standard", "Premium"))
    stack.ask(
        ask.registry(name=name), ask.registry_group(of=name, to=azure.name),
        ask.registry_sku(of=name, value=kind),
    )  # fmt: skip
    made = azure.add("azurerm_container_registry", name, sku=kind)
    settings = azure.settings(made, name)

    def granted() -> None:
        holder, other = azure.identity()
        role = draw.choice("role", ("AcrPull", "AcrPush", "AcrDelete"))
        stack.ask(ask.registry_role(of=name, identity=other, role=role))
        azure.assign(role, made, holder["principal_id"])

    def output() -> None:
        out = draw.choice("output", ("login_server", "registry", "server"))
        stack.ask(ask.registry_output(of=name, name=out))
        stack.top(block("output", out, value=made["login_server"]))

    premium = (
        settings.one_of(ask.registry_retention, "retention_policy_in_days", range(3, 60)),
        settings.one_of(
            ask.registry_replica, "georeplications.location", ("norwayeast", "westus3")
        ),
    )
    decorate(
        stack,
        (
            settings.on(ask.registry_admin, admin_enabled=True),
            settings.label(ask.registry_tag, TAGS, "tags"),
            *(premium if kind == "Premium" else ()),
            Extra("granted", 3, granted), Extra("output", 1, output),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the container registry `{name}` on Azure",
        f"We push our images to an Azure Container Registry, `{name}`",
    )
