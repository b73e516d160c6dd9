"""Requirements about storage accounts, key vaults and container registries on Azure."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.azure_base import IDENTITY, in_group, passworded, role, tagged
from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import Companion, existence, fixed, link, setting
from envs.terraform.requirements.kinds import Kind, companions, flat, same, same_set, the, world
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

ACCOUNT = Kind(
    "storage account", ("azurerm_storage_account",), "name", ("id", "name"), by_name=True
)
CONTAINER = Kind("container", ("azurerm_storage_container",), "name", ("id", "name"))
SHARE = Kind("file share", ("azurerm_storage_share",), "name", ("id", "name"))
QUEUE = Kind("storage queue", ("azurerm_storage_queue",), "name", ("id", "name"))
VAULT = Kind("key vault", ("azurerm_key_vault",), "name", ("id",))
SECRET = Kind("vault secret", ("azurerm_key_vault_secret",), "name", ("id",))
REGISTRY = Kind("container registry", ("azurerm_container_registry",), "name", ("id",))
#: A part of an account names it by its id, or (the older way) by its name.
_OWNER = ("storage_account_id", "storage_account_name")

account = existence(
    "azure-storage", ACCOUNT,
    "a storage account `{name}`", "the Azure storage account `{name}`",
)  # fmt: skip
account_group = in_group("azure-storage-group", ACCOUNT, "the storage account")
account_tier = setting(
    "azure-storage-tier", ACCOUNT, "account_tier",
    "the {value} tier for the storage account `{of}`", "`{of}` as a {value} storage account",
)  # fmt: skip
account_replication = setting(
    "azure-storage-replication", ACCOUNT, "account_replication_type",
    "{value} replication of the storage account `{of}`",
    "the storage account `{of}` replicated as {value}",
)  # fmt: skip
account_access_tier = setting(
    "azure-storage-access-tier", ACCOUNT, "access_tier",
    "{value} as the access tier of `{of}`", "the storage account `{of}` in the access tier {value}",
    absent="Hot",
)  # fmt: skip
account_versioned = fixed(
    "azure-storage-versioned", ACCOUNT, "blob_properties.versioning_enabled", True,
    "blob versioning in the storage account `{of}`", "versions of blobs kept by `{of}`",
)  # fmt: skip
account_soft_delete = setting(
    "azure-storage-soft-delete", ACCOUNT, "blob_properties.delete_retention_policy.days",
    "deleted blobs of `{of}` recoverable for {value} days",
    "soft delete of blobs in `{of}` for {value} days",
)  # fmt: skip
account_no_public = fixed(
    "azure-storage-no-public", ACCOUNT, "allow_nested_items_to_be_public", False,
    "no public blobs in the storage account `{of}`",
    "anonymous access to blobs of `{of}` switched off",
)  # fmt: skip
account_no_keys = fixed(
    "azure-storage-no-keys", ACCOUNT, "shared_access_key_enabled", False,
    "access to `{of}` by shared keys switched off", "no shared access keys for `{of}`",
)  # fmt: skip
account_lake = fixed(
    "azure-storage-lake", ACCOUNT, "is_hns_enabled", True,
    "the hierarchical namespace for the storage account `{of}`",
    "`{of}` as a Data Lake Storage Gen2 account (hierarchical namespace)",
)  # fmt: skip
account_closed = fixed(
    "azure-storage-closed", ACCOUNT,
    ("network_rules.default_action",
     Companion("azurerm_storage_account_network_rules", "storage_account_id", "default_action")),
    "Deny",
    "network access to the storage account `{of}` denied by default",
    "the firewall of the storage account `{of}` denying what no rule allows",
)  # fmt: skip
account_tag = tagged("azure-storage-tag", ACCOUNT, "the storage account")
account_output = output(
    "azure-storage-output", ACCOUNT, ("primary_blob_endpoint",),
    "an output `{name}` with the primary blob endpoint of `{of}`",
    "the blob endpoint of the storage account `{of}` given out as `{name}`",
)  # fmt: skip
account_role = role(
    "azure-storage-role", ACCOUNT,
    "the role {role} on the storage account `{of}` for the managed identity `{identity}`",
    "the managed identity `{identity}` given {role} on the storage account `{of}`",
)  # fmt: skip
container = existence(
    "azure-container", CONTAINER, "a blob container `{name}`", "the blob container `{name}`"
)  # fmt: skip
container_account = link(
    "azure-container-account", CONTAINER, _OWNER, ACCOUNT,
    "the container `{of}` in the storage account `{to}`",
    "`{to}` as the storage account of the container `{of}`",
)  # fmt: skip
share = existence(
    "azure-share", SHARE, "a file share `{name}`", "the Azure Files share `{name}`"
)  # fmt: skip
share_account = link(
    "azure-share-account", SHARE, _OWNER, ACCOUNT,
    "the share `{of}` in the storage account `{to}`",
    "`{to}` as the storage account of the share `{of}`",
)  # fmt: skip
share_quota = setting(
    "azure-share-quota", SHARE, "quota",
    "a quota of {value} GB for the share `{of}`", "the share `{of}` limited to {value} GB",
)  # fmt: skip
queue = existence(
    "azure-queue", QUEUE, "a storage queue `{name}`", "the queue `{name}` (Azure Storage)"
)  # fmt: skip
queue_account = link(
    "azure-queue-account", QUEUE, _OWNER, ACCOUNT,
    "the queue `{of}` in the storage account `{to}`",
    "`{to}` as the storage account of the queue `{of}`",
)  # fmt: skip


@requirement(
    "blobs in `{of}` deleted {days} days after they were last changed",
    "a lifecycle rule of the storage account `{of}` that deletes blobs after {days} days",
)
def azure_storage_expiry(config: Configuration, of: str, days: int) -> Findings:
    """An enabled rule of the account's management policy, for all blobs."""
    thing = the(config, ACCOUNT, of)
    if isinstance(thing, Finding):
        yield thing
        return
    path = "actions.base_blob.delete_after_days_since_modification_greater_than"
    policies = companions(
        config, "azurerm_storage_management_policy", "storage_account_id", thing, ACCOUNT
    )
    right = any(
        same(rule.get("enabled"), True)
        and not flat(rule.at_path("filters.prefix_match"))
        and any(same(value, days) for value in rule.at_path(path))
        for one in policies
        for rule in one.blocks("rule")
    )
    yield from unless(right, config, thing.at, f"blobs in `{of}` are not deleted after {days} days")


vault = existence("azure-vault", VAULT, "a key vault `{name}`", "the Azure Key Vault `{name}`")
vault_group = in_group("azure-vault-group", VAULT, "the key vault")
vault_sku = setting(
    "azure-vault-sku", VAULT, "sku_name",
    "the {value} SKU for the key vault `{of}`", "the key vault `{of}` of the {value} kind",
)  # fmt: skip
vault_purge = fixed(
    "azure-vault-purge", VAULT, "purge_protection_enabled", True,
    "purge protection for the key vault `{of}`", "the key vault `{of}` protected from purging",
)  # fmt: skip
vault_kept = setting(
    "azure-vault-kept", VAULT, "soft_delete_retention_days",
    "what is deleted from `{of}` recoverable for {value} days",
    "a soft delete period of {value} days for the key vault `{of}`", absent=90,
)  # fmt: skip
vault_roles = fixed(
    "azure-vault-roles", VAULT, ("enable_rbac_authorization", "rbac_authorization_enabled"), True,
    "access to the key vault `{of}` by Azure roles (RBAC)",
    "RBAC authorization for the key vault `{of}`",
)  # fmt: skip
vault_closed = fixed(
    "azure-vault-closed", VAULT, "network_acls.default_action", "Deny",
    "network access to the key vault `{of}` denied by default",
    "a firewall around the key vault `{of}` that denies by default",
)  # fmt: skip
vault_tag = tagged("azure-vault-tag", VAULT, "the key vault")
vault_role = role(
    "azure-vault-role", VAULT,
    "the role {role} on the key vault `{of}` for the managed identity `{identity}`",
    "the managed identity `{identity}` given {role} on the key vault `{of}`",
)  # fmt: skip
secret = existence(
    "azure-secret", SECRET, "a secret `{name}` in Key Vault", "the Key Vault secret `{name}`"
)  # fmt: skip
secret_vault = link(
    "azure-secret-vault", SECRET, "key_vault_id", VAULT,
    "the secret `{of}` in the key vault `{to}`", "`{to}` as the key vault of the secret `{of}`",
)  # fmt: skip
secret_random = passworded(
    "azure-secret-random", SECRET, "value",
    "a generated value of {length} characters for the secret `{of}`",
    "the secret `{of}` filled with a random password, {length} characters long",
)  # fmt: skip


def _current(config: Configuration, value: Value, attribute: str) -> bool:
    """Whether a value is about the account that Terraform runs with."""
    found = world(config).instances("azurerm_client_config", "data")
    return any(one.is_source_of(value, attribute) for one in found)


@requirement(
    "the key vault `{of}` in the tenant that Terraform runs in",
    "the tenant of the current client as that of the key vault `{of}`",
)
def azure_vault_tenant(config: Configuration, of: str) -> Findings:
    """`tenant_id` comes from the data source about the current client."""
    thing = the(config, VAULT, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = _current(config, thing.get("tenant_id"), "tenant_id")
    yield from unless(right, config, thing.where("tenant_id"), f"`{of}` is in another tenant")


def _policies(config: Configuration, vault: Instance) -> list[Instance | View | ValueView]:
    separate = companions(
        config, "azurerm_key_vault_access_policy", "key_vault_id", vault, VAULT
    )  # fmt: skip
    return [*vault.blocks("access_policy"), *separate]


@requirement(
    "an access policy that allows the managed identity `{identity}` just {permissions} on secrets "
    "in the key vault `{of}`",
    "an access policy of the key vault `{of}` with just the secret permissions {permissions} for "
    "the managed identity `{identity}`",
)
def azure_vault_policy(
    config: Configuration, of: str, identity: str, permissions: Any
) -> Findings:  # fmt: skip
    """An access policy, inline or separate, with just these permissions on secrets."""
    found, problems = things(config, (VAULT, of), (IDENTITY, identity))
    yield from problems
    if not problems:
        thing, holder = found
        right = any(
            holder.is_source_of(one.get("object_id"), "principal_id")
            and same_set(one.get("secret_permissions"), permissions)
            for one in _policies(config, thing)
        )
        message = f"`{identity}` has not just {permissions} on secrets in `{of}`"
        yield from unless(right, config, thing.at, message)


registry = existence(
    "azure-registry", REGISTRY,
    "a container registry `{name}` on Azure", "the Azure Container Registry `{name}`",
)  # fmt: skip
registry_group = in_group("azure-registry-group", REGISTRY, "the container registry")
registry_sku = setting(
    "azure-registry-sku", REGISTRY, "sku",
    "the {value} SKU for the registry `{of}`", "the registry `{of}` in the {value} tier",
)  # fmt: skip
registry_admin = fixed(
    "azure-registry-admin", REGISTRY, "admin_enabled", True,
    "the admin user of the registry `{of}` enabled",
    "an enabled admin account in the registry `{of}`",
)  # fmt: skip
registry_retention = setting(
    "azure-registry-retention", REGISTRY, "retention_policy_in_days",
    "untagged images in the registry `{of}` kept for {value} days",
    "a retention of {value} days for untagged manifests in `{of}`",
)  # fmt: skip
registry_replica = setting(
    "azure-registry-replica", REGISTRY, "georeplications.location",
    "the registry `{of}` replicated to {value}", "a replica of the registry `{of}` in {value}",
)  # fmt: skip
registry_tag = tagged("azure-registry-tag", REGISTRY, "the registry")
registry_role = role(
    "azure-registry-role", REGISTRY,
    "the role {role} on the registry `{of}` for the managed identity `{identity}`",
    "the managed identity `{identity}` given {role} on the registry `{of}`",
)  # fmt: skip
registry_output = output(
    "azure-registry-output", REGISTRY, ("login_server",),
    "an output `{name}` with the login server of the registry `{of}`",
    "the login server of the registry `{of}` given out as `{name}`",
)  # fmt: skip
