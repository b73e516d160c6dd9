"""Rules about security on Azure."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.known import flat, texts_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.network_rules import in_span, is_world
from iac_gym.languages.terraform.resolved import ValueView, View
from iac_gym.languages.terraform.rules.security_faults import none_of, off, on, report
from iac_gym.verdict import Stage

https_only = on("https_traffic_only_enabled", "accepts plain HTTP", absent=True)
modern_tls = none_of("min_tls_version", ("TLS1_0", "TLS1_1"), "accepts TLS 1.0 or 1.1")
no_public_blobs = off(
    "allow_nested_items_to_be_public", "lets its containers be made public", absent=False
)


@rule(Stage.SECURITY)
def azure_storage_uses_https(model: Configuration) -> Findings:
    """A storage account accepts HTTPS only.

    Source: https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer

    Bad::

        resource "azurerm_storage_account" "media" {
          name                       = "shopmedia"
          resource_group_name        = "shop"
          location                   = "westeurope"
          account_tier               = "Standard"
          account_replication_type   = "LRS"
          https_traffic_only_enabled = false
        }

    Good::

        resource "azurerm_storage_account" "media" {
          name                       = "shopmedia"
          resource_group_name        = "shop"
          location                   = "westeurope"
          account_tier               = "Standard"
          account_replication_type   = "LRS"
          https_traffic_only_enabled = true
        }
    """
    yield from report(model, https_only, "azurerm_storage_account")


@rule(Stage.SECURITY)
def azure_storage_uses_modern_tls(model: Configuration) -> Findings:
    """A storage account accepts TLS 1.2 and newer only, as it does by default.

    Source: https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version

    Bad::

        resource "azurerm_storage_account" "media" {
          name                     = "shopmedia"
          resource_group_name      = "shop"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
          min_tls_version          = "TLS1_0"
        }

    Good::

        resource "azurerm_storage_account" "media" {
          name                     = "shopmedia"
          resource_group_name      = "shop"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
          min_tls_version          = "TLS1_2"
        }
    """
    yield from report(model, modern_tls, "azurerm_storage_account")


@rule(Stage.SECURITY)
def azure_no_public_containers(model: Configuration) -> Findings:
    """Nothing in a storage account can be made public, which is allowed by default.

    Source: https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent

    Bad::

        resource "azurerm_storage_account" "media" {
          name                     = "shopmedia"
          resource_group_name      = "shop"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
        }

    Good::

        resource "azurerm_storage_account" "media" {
          name                            = "shopmedia"
          resource_group_name             = "shop"
          location                        = "westeurope"
          account_tier                    = "Standard"
          account_replication_type        = "LRS"
          allow_nested_items_to_be_public = false
        }
    """
    yield from report(model, no_public_blobs, "azurerm_storage_account")


@rule(Stage.SECURITY)
def azure_private_containers(model: Configuration) -> Findings:
    """A container of a storage account cannot be read without a key.

    Source: https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-configure

    Bad::

        resource "azurerm_storage_container" "media" {
          name                  = "media"
          storage_account_name  = "shopmedia"
          container_access_type = "blob"
        }

    Good::

        resource "azurerm_storage_container" "media" {
          name                  = "media"
          storage_account_name  = "shopmedia"
          container_access_type = "private"
        }
    """
    private = none_of("container_access_type", ("blob", "container"), "can be read by everybody")
    yield from report(model, private, "azurerm_storage_container")


_ADMIN_PORTS = (22, 3389)
_ANYBODY = ("*", "internet", "any")


def admits_world(one: View | ValueView, ports: tuple[int, ...]) -> bool:
    """Whether a rule of a network security group opens one of some TCP ports to the internet."""
    given = (one.get("access"), one.get("direction"), one.get("protocol"))
    access, direction, protocol = (str(value).lower() for value in given)
    if (access, direction) != ("allow", "inbound") or protocol not in ("tcp", "*"):
        return False
    sources = flat([one.get("source_address_prefix"), one.get("source_address_prefixes")])
    if not any(is_world(item) or str(item).lower() in _ANYBODY for item in sources):
        return False
    spans = texts_of([one.get("destination_port_range"), one.get("destination_port_ranges")])
    return any(in_span(port, span) for port in ports for span in spans)


@rule(Stage.SECURITY)
def azure_closed_admin_ports(model: Configuration) -> Findings:
    """No network security group lets the internet in on SSH (22) or RDP (3389).

    Source: https://learn.microsoft.com/azure/security/fundamentals/network-best-practices#disable-rdpssh-access-to-virtual-machines

    Bad::

        resource "azurerm_network_security_rule" "ssh" {
          name                        = "ssh"
          resource_group_name         = "shop"
          network_security_group_name = "shop-nsg"
          priority                    = 100
          direction                   = "Inbound"
          access                      = "Allow"
          protocol                    = "Tcp"
          source_port_range           = "*"
          source_address_prefix       = "Internet"
          destination_port_range      = "22"
          destination_address_prefix  = "*"
        }

    Good::

        resource "azurerm_network_security_rule" "ssh" {
          name                        = "ssh"
          resource_group_name         = "shop"
          network_security_group_name = "shop-nsg"
          priority                    = 100
          direction                   = "Inbound"
          access                      = "Allow"
          protocol                    = "Tcp"
          source_port_range           = "*"
          source_address_prefix       = "10.20.0.0/16"
          destination_port_range      = "22"
          destination_address_prefix  = "*"
        }
    """
    world = model.resolved()
    rules: list[View | ValueView] = [*world.instances("azurerm_network_security_rule")]
    for group in world.instances("azurerm_network_security_group"):
        rules += group.blocks("security_rule")
    for one in rules:
        if admits_world(one, _ADMIN_PORTS):
            yield model.finding(one.at, "everybody on the internet gets in on SSH or RDP")


#: Firewall rules of database servers.
_FIREWALLS = (
    "azurerm_mssql_firewall_rule",
    "azurerm_mysql_flexible_server_firewall_rule",
    "azurerm_postgresql_flexible_server_firewall_rule",
    "azurerm_postgresql_firewall_rule",
)


@rule(Stage.SECURITY)
def azure_closed_databases(model: Configuration) -> Findings:
    """No firewall rule of a database server admits every address.

    Source: https://learn.microsoft.com/azure/azure-sql/database/firewall-configure

    Bad::

        resource "azurerm_postgresql_flexible_server_firewall_rule" "all" {
          name             = "all"
          server_id        = azurerm_postgresql_flexible_server.shop.id
          start_ip_address = "0.0.0.0"
          end_ip_address   = "255.255.255.255"
        }

        resource "azurerm_postgresql_flexible_server" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
        }

    Good::

        resource "azurerm_postgresql_flexible_server_firewall_rule" "all" {
          name             = "office"
          server_id        = azurerm_postgresql_flexible_server.shop.id
          start_ip_address = "203.0.113.10"
          end_ip_address   = "203.0.113.19"
        }

        resource "azurerm_postgresql_flexible_server" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
        }
    """
    for kind in _FIREWALLS:
        for one in model.resolved().instances(kind):
            first, last = one.get("start_ip_address"), one.get("end_ip_address")
            if first in ("0.0.0.0", "0.0.0.1") and str(last).startswith("255."):
                yield model.finding(one.where("end_ip_address"), "every address may connect")


@rule(Stage.SECURITY)
def azure_vault_is_protected(model: Configuration) -> Findings:
    """A key vault is protected against purging, so that deleted keys can be recovered.

    Source: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection

    Bad::

        resource "azurerm_key_vault" "shop" {
          name                = "shop-keys"
          resource_group_name = "shop"
          location            = "westeurope"
          sku_name            = "standard"
          tenant_id           = "11111111-2222-3333-4444-555555555555"
        }

    Good::

        resource "azurerm_key_vault" "shop" {
          name                     = "shop-keys"
          resource_group_name      = "shop"
          location                 = "westeurope"
          sku_name                 = "standard"
          tenant_id                = "11111111-2222-3333-4444-555555555555"
          purge_protection_enabled = true
        }
    """
    kept = on("purge_protection_enabled", "can be purged")
    yield from report(model, kept, "azurerm_key_vault")


@rule(Stage.SECURITY)
def azure_apps_use_https(model: Configuration) -> Findings:
    """Web and function apps accept HTTPS only.

    Source: https://learn.microsoft.com/azure/app-service/configure-ssl-bindings#enforce-https

    Bad::

        resource "azurerm_linux_web_app" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          service_plan_id     = azurerm_service_plan.shop.id
          site_config {}
        }

        resource "azurerm_service_plan" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          os_type             = "Linux"
          sku_name            = "B1"
        }

    Good::

        resource "azurerm_linux_web_app" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          service_plan_id     = azurerm_service_plan.shop.id
          https_only          = true
          site_config {}
        }

        resource "azurerm_service_plan" "shop" {
          name                = "shop"
          resource_group_name = "shop"
          location            = "westeurope"
          os_type             = "Linux"
          sku_name            = "B1"
        }
    """
    https = on("https_only", "accepts plain HTTP")
    yield from report(
        model, https, "azurerm_linux_web_app", "azurerm_windows_web_app",
        "azurerm_linux_function_app", "azurerm_windows_function_app",
    )  # fmt: skip


@rule(Stage.SECURITY)
def azure_no_password_logins(model: Configuration) -> Findings:
    """A Linux machine does not accept passwords for logging in.

    Source: https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed

    Bad::

        resource "azurerm_linux_virtual_machine" "web" {
          name                            = "web"
          resource_group_name             = "shop"
          location                        = "westeurope"
          size                            = "Standard_B2s"
          admin_username                  = "ops"
          admin_password                  = var.password
          disable_password_authentication = false
          network_interface_ids           = [azurerm_network_interface.web.id]
          os_disk {
            caching              = "ReadWrite"
            storage_account_type = "Standard_LRS"
          }
          source_image_reference {
            publisher = "Canonical"
            offer     = "ubuntu-24_04-lts"
            sku       = "server"
            version   = "latest"
          }
        }

        resource "azurerm_network_interface" "web" {
          name                = "web"
          resource_group_name = "shop"
          location            = "westeurope"
          ip_configuration {
            name                          = "internal"
            private_ip_address_allocation = "Dynamic"
          }
        }

        variable "password" {
          sensitive = true
        }

    Good::

        resource "azurerm_linux_virtual_machine" "web" {
          name                  = "web"
          resource_group_name   = "shop"
          location              = "westeurope"
          size                  = "Standard_B2s"
          admin_username        = "ops"
          network_interface_ids = [azurerm_network_interface.web.id]
          admin_ssh_key {
            username   = "ops"
            public_key = var.public_key
          }
          os_disk {
            caching              = "ReadWrite"
            storage_account_type = "Standard_LRS"
          }
          source_image_reference {
            publisher = "Canonical"
            offer     = "ubuntu-24_04-lts"
            sku       = "server"
            version   = "latest"
          }
        }

        resource "azurerm_network_interface" "web" {
          name                = "web"
          resource_group_name = "shop"
          location            = "westeurope"
          ip_configuration {
            name                          = "internal"
            private_ip_address_allocation = "Dynamic"
          }
        }

        variable "public_key" {
          type = string
        }
    """
    by_key = on("disable_password_authentication", "accepts passwords", absent=True)
    yield from report(model, by_key, "azurerm_linux_virtual_machine")
