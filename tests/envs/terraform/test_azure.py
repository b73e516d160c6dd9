"""Requirements about Azure: other styles pass, near misses fail exactly what they break."""

from __future__ import annotations

import pytest

from envs.terraform import CATEGORY
from envs.terraform.requirements import (
    azure_base,
    azure_compute,
    azure_data,
    azure_monitor,
    azure_networks,
    azure_storage,
)
from tests.envs.terraform.changes import Answer, failing, untested, wanted

#: The group by its name, places with spaces, an access policy inside the vault.
STORAGE = Answer(
    {
        "main.tf": """
        provider "azurerm" {
          features {}
        }
        variable "group" { default = "shop-rg" }
        locals {
          place = "West Europe"
          owner = azurerm_user_assigned_identity.app.principal_id
        }
        resource "azurerm_resource_group" "main" {
          name     = var.group
          location = local.place
        }
        resource "azurerm_user_assigned_identity" "app" {
          name                = "shop-app"
          resource_group_name = "shop-rg"
          location            = local.place
        }
        resource "azurerm_user_assigned_identity" "other" {
          name                = "shop-other"
          resource_group_name = "shop-rg"
          location            = local.place
        }
        resource "azurerm_storage_account" "all" {
          for_each                 = { shopdata = "ZRS", shoplogs = "LRS" }
          name                     = each.key
          resource_group_name      = var.group
          location                 = azurerm_resource_group.main.location
          account_tier             = "Standard"
          account_replication_type = each.value
        }
        resource "azurerm_storage_account_network_rules" "data" {
          storage_account_id = azurerm_storage_account.all["shopdata"].id
          default_action     = "Deny"
        }
        resource "azurerm_storage_container" "up" {
          name                 = "uploads"
          storage_account_name = azurerm_storage_account.all["shopdata"].name
        }
        resource "azurerm_storage_management_policy" "data" {
          storage_account_id = azurerm_storage_account.all["shopdata"].id
          rule {
            name    = "old"
            enabled = true
            filters { blob_types = ["blockBlob"] }
            actions {
              base_blob {
                delete_after_days_since_modification_greater_than = 10 * 9
              }
            }
          }
        }
        resource "azurerm_role_assignment" "all" {
          for_each = {
            Reader                       = azurerm_resource_group.main.id
            "Storage Blob Data Reader"   = azurerm_storage_account.all["shopdata"].id
            "Key Vault Secrets User"     = azurerm_key_vault.kv.id
            AcrPull                      = azurerm_container_registry.acr.id
          }
          role_definition_name = each.key
          scope                = each.value
          principal_id         = local.owner
        }
        data "azurerm_client_config" "me" {}
        resource "azurerm_key_vault" "kv" {
          name                = "shop-kv"
          resource_group_name = "shop-rg"
          location            = local.place
          sku_name            = "standard"
          tenant_id           = data.azurerm_client_config.me.tenant_id
          access_policy {
            tenant_id          = data.azurerm_client_config.me.tenant_id
            object_id          = local.owner
            secret_permissions = ["List", "Get"]
          }
        }
        resource "random_password" "secret" { length = 20 }
        resource "azurerm_key_vault_secret" "db" {
          name         = "db-password"
          key_vault_id = azurerm_key_vault.kv.id
          value        = random_password.secret.result
        }
        resource "azurerm_container_registry" "acr" {
          name                = "shopimages"
          resource_group_name = "shop-rg"
          location            = local.place
          sku                 = "Basic"
        }
        resource "azurerm_log_analytics_workspace" "logs" {
          name                = "shop-logs"
          resource_group_name = "shop-rg"
          location            = local.place
        }
        resource "azurerm_monitor_diagnostic_setting" "kv" {
          name                       = "kv"
          target_resource_id         = azurerm_key_vault.kv.id
          log_analytics_workspace_id = azurerm_log_analytics_workspace.logs.id
          dynamic "enabled_log" {
            for_each = ["AuditEvent", "AzurePolicyEvaluationDetails"]
            content { category = enabled_log.value }
          }
        }
        """,
    },
    {
        "azure-group": {"name": "shop-rg"},
        "azure-group-location": {"of": "shop-rg", "value": "westeurope"},
        "azure-group-role": {"of": "shop-rg", "identity": "shop-app", "role": "Reader"},
        "azure-identity-group": {"of": "shop-app", "to": "shop-rg"},
        "azure-storage-group": {"of": "shopdata", "to": "shop-rg"},
        "azure-storage-replication": {"of": "shopdata", "value": "ZRS"},
        "azure-storage-closed": {"of": "shopdata"},
        "azure-storage-expiry": {"of": "shopdata", "days": 90},
        "azure-storage-role": {
            "of": "shopdata", "identity": "shop-app", "role": "Storage Blob Data Reader",
        },
        "azure-container-account": {"of": "uploads", "to": "shopdata"},
        "azure-vault-tenant": {"of": "shop-kv"},
        "azure-vault-policy": {
            "of": "shop-kv", "identity": "shop-app", "permissions": ["Get", "List"],
        },
        "azure-vault-role": {
            "of": "shop-kv", "identity": "shop-app", "role": "Key Vault Secrets User",
        },
        "azure-secret-vault": {"of": "db-password", "to": "shop-kv"},
        "azure-secret-random": {"of": "db-password", "length": 20},
        "azure-registry-role": {"of": "shopimages", "identity": "shop-app", "role": "AcrPull"},
        "azure-vault-watched": {"of": "shop-kv", "category": "AuditEvent", "to": "shop-logs"},
    },
    (
        ('"West Europe"', '"North Europe"', "azure-group-location"),
        ('resource_group_name = "shop-rg"', 'resource_group_name = "other-rg"',
         "azure-identity-group"),
        ("resource_group_name      = var.group", 'resource_group_name      = "x"',
         "azure-storage-group"),
        ('shopdata = "ZRS"', 'shopdata = "GRS"', "azure-storage-replication"),
        ('"Deny"', '"Allow"', "azure-storage-closed"),
        ("enabled = true", "enabled = false", "azure-storage-expiry"),
        ("10 * 9", "10 * 8", "azure-storage-expiry"),
        ('filters { blob_types = ["blockBlob"] }',
         'filters {\n blob_types = ["blockBlob"]\n prefix_match = ["a"]\n }',
         "azure-storage-expiry"),
        ('storage_account_name = azurerm_storage_account.all["shopdata"].name',
         'storage_account_name = "shoplogs"', "azure-container-account"),
        ("identity.app.principal_id", "identity.other.principal_id",
         "azure-group-role, azure-storage-role, azure-vault-policy, azure-vault-role,"
         "azure-registry-role"),
        ("principal_id         = local.owner",
         "principal_id         = azurerm_user_assigned_identity.app.client_id",
         "azure-group-role, azure-storage-role, azure-vault-role, azure-registry-role"),
        ("Reader                       =", "Contributor =", "azure-group-role"),
        ("Storage Blob Data Reader", "Storage Blob Data Owner", "azure-storage-role"),
        ("= azurerm_container_registry.acr.id", "= azurerm_resource_group.main.id",
         "azure-registry-role"),
        ("Key Vault Secrets User", "Key Vault Reader", "azure-vault-role"),
        ('["List", "Get"]', '["List", "Get", "Set"]', "azure-vault-policy"),
        ("tenant_id           = data.azurerm_client_config.me.tenant_id",
         'tenant_id = "11111111-1111-1111-1111-111111111111"', "azure-vault-tenant"),
        ("key_vault_id = azurerm_key_vault.kv.id", 'key_vault_id = "other"',
         "azure-secret-vault"),
        ("length = 20", "length = 21", "azure-secret-random"),
        ("random_password.secret.result", '"hunter2"', "azure-secret-random"),
        ('"AuditEvent", ', "", "azure-vault-watched"),
        ("target_resource_id         = azurerm_key_vault.kv.id",
         "target_resource_id         = azurerm_container_registry.acr.id", "azure-vault-watched"),
    ),
)  # fmt: skip
#: Subnets inside the network with their group and table, rules inside the group.
INLINE = Answer(
    {
        "main.tf": """
        provider "azurerm" {
          features {}
        }
        resource "azurerm_resource_group" "main" {
          name     = "net-rg"
          location = "westeurope"
        }
        resource "azurerm_virtual_network" "net" {
          name                = "core"
          resource_group_name = azurerm_resource_group.main.name
          location            = "westeurope"
          address_space       = ["10.9.0.0/16"]
          subnet {
            name              = "web"
            address_prefixes  = [cidrsubnet("10.9.0.0/16", 8, 1)]
            security_group    = azurerm_network_security_group.web.id
            route_table_id    = azurerm_route_table.out.id
            service_endpoints = ["Microsoft.Sql", "Microsoft.Storage"]
          }
          subnet {
            name             = "data"
            address_prefixes = ["10.9.2.0/24"]
          }
        }
        resource "azurerm_network_security_group" "web" {
          name                = "web-nsg"
          resource_group_name = "net-rg"
          location            = "westeurope"
          dynamic "security_rule" {
            for_each = { Allow = 443, Deny = 22 }
            content {
              name                       = security_rule.key
              access                     = security_rule.key
              priority                   = security_rule.value + 100
              direction                  = "Inbound"
              protocol                   = "Tcp"
              source_port_range          = "*"
              destination_port_ranges    = [security_rule.value]
              source_address_prefixes    = ["10.0.0.0/8"]
              destination_address_prefix = "*"
            }
          }
        }
        resource "azurerm_network_security_group" "idle" {
          name                = "idle-nsg"
          resource_group_name = "net-rg"
          location            = "westeurope"
        }
        resource "azurerm_route_table" "out" {
          name                = "out"
          resource_group_name = "net-rg"
          location            = "westeurope"
        }
        resource "azurerm_route" "out" {
          name                   = "default"
          resource_group_name    = "net-rg"
          route_table_name       = "out"
          address_prefix         = "0.0.0.0/0"
          next_hop_type          = "VirtualAppliance"
          next_hop_in_ip_address = "10.9.9.4"
        }
        """,
    },
    {
        "azure-network-group": {"of": "core", "to": "net-rg"},
        "azure-network-ranges": {"of": "core", "values": ["10.9.0.0/16"]},
        "azure-subnet": {"of": "core", "name": "web", "range": "10.9.1.0/24"},
        "azure-subnet-endpoints": {
            "of": "core", "subnet": "web", "services": ["Microsoft.Storage", "Microsoft.Sql"],
        },
        "azure-nsg-allows": {
            "of": "web-nsg", "protocol": "Tcp", "port": 443, "source": "10.0.0.0/8",
            "priority": 543,
        },
        "azure-nsg-denies": {
            "of": "web-nsg", "protocol": "Tcp", "port": 22, "source": "10.0.0.0/8",
            "priority": 122,
        },
        "azure-nsg-subnet": {"of": "web-nsg", "subnet": "web", "network": "core"},
        "azure-routes-appliance": {"of": "out", "range": "0.0.0.0/0", "address": "10.9.9.4"},
        "azure-routes-subnet": {"of": "out", "subnet": "web", "network": "core"},
    },
    (
        ("8, 1)", "8, 3)", "azure-subnet"),
        ('["10.9.0.0/16"]', '["10.9.0.0/16", "10.8.0.0/16"]', "azure-network-ranges"),
        ('["Microsoft.Sql", ', "[", "azure-subnet-endpoints"),
        ("azurerm_network_security_group.web.id", "azurerm_network_security_group.idle.id",
         "azure-nsg-subnet"),
        ('name              = "web"', 'name              = "app"',
         "azure-subnet, azure-subnet-endpoints, azure-nsg-subnet, azure-routes-subnet"),
        ("Allow = 443", "Allow = 80", "azure-nsg-allows"),
        ("Deny = 22", "Deny = 23", "azure-nsg-denies"),
        ('"Inbound"', '"Outbound"', "azure-nsg-allows, azure-nsg-denies"),
        ('source_address_prefixes    = ["10.0.0.0/8"]', 'source_address_prefix = "*"',
         "azure-nsg-allows, azure-nsg-denies"),
        ("[security_rule.value]", "[security_rule.value, 8080]",
         "azure-nsg-allows, azure-nsg-denies"),
        ("route_table_id    = azurerm_route_table.out.id", "route_table_id = null",
         "azure-routes-subnet"),
        ('"VirtualAppliance"', '"Internet"', "azure-routes-appliance"),
        ('route_table_name       = "out"', 'route_table_name       = "in"',
         "azure-routes-appliance"),
    ),
)  # fmt: skip
#: Subnets of their own in a loop, joined by associations; a balancer; zones.
SEPARATE = Answer(
    {
        "main.tf": """
        provider "azurerm" {
          features {}
        }
        locals {
          common = { resource_group_name = "net-rg", location = "westeurope" }
          rule   = { front = 443, back = 8443 }
        }
        resource "azurerm_resource_group" "main" {
          name     = "net-rg"
          location = "westeurope"
        }
        resource "azurerm_virtual_network" "net" {
          name                = "core"
          resource_group_name = local.common.resource_group_name
          location            = local.common.location
          address_space       = ["10.9.0.0/16"]
        }
        resource "azurerm_subnet" "all" {
          for_each             = { web = 1, data = 2 }
          name                 = each.key
          resource_group_name  = "net-rg"
          virtual_network_name = "core"
          address_prefixes     = ["10.9.${each.value}.0/24"]
        }
        resource "azurerm_nat_gateway" "nat" {
          name                = "core-nat"
          resource_group_name = "net-rg"
          location            = "westeurope"
        }
        resource "azurerm_public_ip" "all" {
          count               = 2
          name                = "core-ip-${count.index}"
          resource_group_name = "net-rg"
          location            = "westeurope"
          allocation_method   = "Static"
        }
        resource "azurerm_nat_gateway_public_ip_association" "nat" {
          nat_gateway_id       = azurerm_nat_gateway.nat.id
          public_ip_address_id = azurerm_public_ip.all[0].id
        }
        resource "azurerm_subnet_nat_gateway_association" "nat" {
          nat_gateway_id = azurerm_nat_gateway.nat.id
          subnet_id      = azurerm_subnet.all["web"].id
        }
        resource "azurerm_lb" "lb" {
          name                = "core-lb"
          resource_group_name = "net-rg"
          location            = "westeurope"
          frontend_ip_configuration {
            name                 = "public"
            public_ip_address_id = azurerm_public_ip.all[1].id
          }
        }
        resource "azurerm_lb_backend_address_pool" "pool" {
          name            = "core-pool"
          loadbalancer_id = azurerm_lb.lb.id
        }
        resource "azurerm_lb_probe" "probe" {
          name            = "core-probe"
          loadbalancer_id = azurerm_lb.lb.id
          protocol        = "Http"
          port            = local.rule.back
          request_path    = "/ready"
        }
        resource "azurerm_lb_rule" "rule" {
          name                           = "https"
          loadbalancer_id                = azurerm_lb.lb.id
          protocol                       = "Tcp"
          frontend_port                  = local.rule.front
          backend_port                   = local.rule.back
          frontend_ip_configuration_name = "public"
          backend_address_pool_ids       = toset([azurerm_lb_backend_address_pool.pool.id])
          probe_id                       = azurerm_lb_probe.probe.id
        }
        resource "azurerm_dns_zone" "zone" {
          name                = "example.com"
          resource_group_name = "net-rg"
        }
        resource "azurerm_dns_a_record" "all" {
          for_each            = { www = "203.0.113.7", api = "203.0.113.8" }
          name                = each.key
          zone_name           = azurerm_dns_zone.zone.name
          resource_group_name = "net-rg"
          ttl                 = 300
          records             = [each.value]
        }
        resource "azurerm_dns_cname_record" "blog" {
          name                = "blog"
          zone_name           = "example.com"
          resource_group_name = "net-rg"
          ttl                 = 60
          record              = "www.${azurerm_dns_zone.zone.name}"
        }
        resource "azurerm_dns_txt_record" "root" {
          name                = "@"
          zone_name           = "example.com"
          resource_group_name = "net-rg"
          ttl                 = 60
          record { value = "v=spf1 -all" }
        }
        """,
    },
    {
        "azure-subnet": {"of": "core", "name": "web", "range": "10.9.1.0/24"},
        "azure-nat-subnet": {"of": "core-nat", "subnet": "web", "network": "core"},
        "azure-nat-address": {"of": "core-nat", "to": "core-ip-0"},
        "azure-lb-address": {"of": "core-lb", "to": "core-ip-1"},
        "azure-lb-pool-of": {"of": "core-pool", "to": "core-lb"},
        "azure-lb-probe-http": {"of": "core-probe", "path": "/ready", "port": 8443},
        "azure-lb-rule": {
            "of": "core-lb", "protocol": "Tcp", "port": 443, "to": 8443, "pool": "core-pool",
        },
        "azure-lb-rule-probe": {"of": "core-lb", "port": 443, "probe": "core-probe"},
        "azure-zone-group": {"of": "example.com", "to": "net-rg"},
        "azure-zone-address": {
            "of": "example.com", "name": "api", "address": "203.0.113.8", "ttl": 300,
        },
        "azure-zone-alias": {
            "of": "example.com", "name": "blog", "target": "www.example.com", "ttl": 60,
        },
        "azure-zone-text": {"of": "example.com", "name": "@", "text": "v=spf1 -all"},
    },
    (
        ('virtual_network_name = "core"', 'virtual_network_name = "other"',
         "azure-subnet, azure-nat-subnet"),
        ('all["web"].id', 'all["data"].id', "azure-nat-subnet"),
        ("public_ip_address_id = azurerm_public_ip.all[0].id",
         "public_ip_address_id = azurerm_public_ip.all[1].id", "azure-nat-address"),
        ("count               = 2", "count               = 1", "azure-lb-address"),
        ('"/ready"', '"/"', "azure-lb-probe-http"),
        ("front = 443", "front = 80", "azure-lb-rule, azure-lb-rule-probe"),
        ("azurerm_lb_backend_address_pool.pool.id", "", "azure-lb-rule"),
        ("azurerm_lb_probe.probe.id", "null", "azure-lb-rule-probe"),
        ('"core-pool"\n          loadbalancer_id = azurerm_lb.lb.id',
         '"core-pool"\n          loadbalancer_id = "other"', "azure-lb-pool-of"),
        ('"203.0.113.8"', '"203.0.113.9"', "azure-zone-address"),
        ("ttl                 = 300", "ttl                 = 60", "azure-zone-address"),
        ('"www.${', '"web.${', "azure-zone-alias"),
        ("v=spf1 -all", "v=spf1 ~all", "azure-zone-text"),
        ('name                = "@"', 'name                = "mail"', "azure-zone-text"),
    ),
)  # fmt: skip
#: Keys, identities and settings merged, looped and read from variables.
COMPUTE = Answer(
    {
        "main.tf": """
        provider "azurerm" {
          features {}
        }
        variable "image" {
          type    = map(string)
          default = { publisher = "Debian", offer = "debian-12", sku = "12-gen2" }
        }
        resource "azurerm_resource_group" "main" {
          name     = "app-rg"
          location = "westeurope"
        }
        resource "tls_private_key" "ops" { algorithm = "ED25519" }
        resource "azurerm_linux_virtual_machine" "vm" {
          name                  = "vm"
          resource_group_name   = "app-rg"
          location              = "westeurope"
          size                  = "Standard_B2s"
          admin_username        = "ops"
          network_interface_ids = [azurerm_network_interface.nic.id]
          admin_ssh_key {
            username   = "ops"
            public_key = tls_private_key.ops.public_key_openssh
          }
          os_disk {
            caching              = "ReadWrite"
            storage_account_type = "Standard_LRS"
          }
          source_image_reference {
            publisher = var.image.publisher
            offer     = var.image["offer"]
            sku       = var.image.sku
            version   = "latest"
          }
          identity { type = "SystemAssigned, UserAssigned" }
        }
        resource "azurerm_network_interface" "nic" {
          name                = "vm-nic"
          resource_group_name = "app-rg"
          location            = "westeurope"
          ip_configuration {
            name                          = "internal"
            private_ip_address_allocation = "Dynamic"
          }
        }
        resource "azurerm_kubernetes_cluster" "aks" {
          name                = "aks"
          resource_group_name = "app-rg"
          location            = "westeurope"
          dns_prefix          = "aks"
          default_node_pool {
            name    = "default"
            vm_size = "Standard_D2s_v5"
          }
          identity { type = "SystemAssigned" }
        }
        resource "azurerm_kubernetes_cluster_node_pool" "jobs" {
          name                  = "jobs"
          kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id
          vm_size               = "Standard_D2s_v5"
          auto_scaling_enabled  = true
          min_count             = 1
          max_count             = 5
        }
        resource "azurerm_container_registry" "acr" {
          name                = "appimages"
          resource_group_name = "app-rg"
          location            = "westeurope"
          sku                 = "Basic"
        }
        data "azurerm_role_definition" "pull" { name = "AcrPull" }
        resource "azurerm_role_assignment" "pull" {
          scope              = azurerm_container_registry.acr.id
          role_definition_id = data.azurerm_role_definition.pull.id
          principal_id       = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
        }
        resource "azurerm_service_plan" "plan" {
          name                = "plan"
          resource_group_name = "app-rg"
          location            = "westeurope"
          os_type             = "Linux"
          sku_name            = "B1"
        }
        resource "azurerm_linux_web_app" "site" {
          name                = "site"
          resource_group_name = "app-rg"
          location            = "westeurope"
          service_plan_id     = azurerm_service_plan.plan.id
          app_settings        = merge({ STAGE = "prod" }, { LOG_LEVEL = "info" })
          identity { type = "SystemAssigned" }
          site_config {}
        }
        resource "azurerm_linux_function_app" "fn" {
          name                 = "fn"
          resource_group_name  = "app-rg"
          location             = "westeurope"
          service_plan_id      = azurerm_service_plan.plan.id
          storage_account_name = "fnstate"
          identity { type = "SystemAssigned" }
          site_config {
            application_insights_key = azurerm_application_insights.ai.instrumentation_key
          }
        }
        resource "azurerm_storage_account" "fn" {
          name                     = "fnstate"
          resource_group_name      = "app-rg"
          location                 = "westeurope"
          account_tier             = "Standard"
          account_replication_type = "LRS"
        }
        resource "azurerm_application_insights" "ai" {
          name                = "fn-insights"
          resource_group_name = "app-rg"
          location            = "westeurope"
          application_type    = "web"
        }
        resource "azurerm_container_app_environment" "env" {
          name                = "apps-env"
          resource_group_name = "app-rg"
          location            = "westeurope"
        }
        resource "azurerm_container_app" "api" {
          name                         = "api"
          resource_group_name          = "app-rg"
          container_app_environment_id = azurerm_container_app_environment.env.id
          revision_mode                = "Single"
          template {
            max_replicas = 10
            container {
              name   = "api"
              image  = "example.com/api:1"
              cpu    = "0.5"
              memory = "1Gi"
              dynamic "env" {
                for_each = { STAGE = "prod" }
                content {
                  name  = env.key
                  value = env.value
                }
              }
            }
          }
          ingress {
            external_enabled = true
            target_port      = 8080
            traffic_weight {
              percentage      = 100
              latest_revision = true
            }
          }
        }
        """,
    },
    {
        "azure-vm-image": {
            "of": "vm", "publisher": "Debian", "offer": "debian-12", "sku": "12-gen2",
        },
        "azure-vm-key": {"of": "vm", "user": "ops"},
        "azure-vm-identity": {"of": "vm"},
        "azure-vm-interface": {"of": "vm", "to": "vm-nic"},
        "azure-aks-identity": {"of": "aks"},
        "azure-aks-pulls": {"of": "aks", "registry": "appimages"},
        "azure-pool-cluster": {"of": "jobs", "to": "aks"},
        "azure-pool-scaled": {"of": "jobs", "least": 1, "most": 5},
        "azure-site-plan": {"of": "site", "to": "plan"},
        "azure-site-setting": {"of": "site", "key": "STAGE", "value": "prod"},
        "azure-site-identity": {"of": "site"},
        "azure-function-identity": {"of": "fn"},
        "azure-function-storage": {"of": "fn", "to": "fnstate"},
        "azure-function-insights": {"of": "fn", "to": "fn-insights"},
        "azure-app-resources": {"of": "api", "cpu": 0.5, "memory": "1Gi"},
        "azure-app-scaled": {"of": "api", "least": 0, "most": 10},
        "azure-app-variable": {"of": "api", "key": "STAGE", "value": "prod"},
        "azure-app-public": {"of": "api", "port": 8080},
    },
    (
        ('sku = "12-gen2"', 'sku = "12"', "azure-vm-image"),
        ("tls_private_key.ops.public_key_openssh", '"ssh-ed25519 AAAA ops"', "azure-vm-key"),
        ('username   = "ops"', 'username   = "root"', "azure-vm-key"),
        ('admin_username        = "ops"',
         'admin_username        = "ops"\n disable_password_authentication = false',
         "azure-vm-key"),
        ('"SystemAssigned, UserAssigned"', '"UserAssigned"', "azure-vm-identity"),
        ("[azurerm_network_interface.nic.id]", '["other"]', "azure-vm-interface"),
        ('identity { type = "SystemAssigned" }', 'identity { type = "UserAssigned" }',
         "azure-aks-identity"),
        ('"AcrPull"', '"AcrPush"', "azure-aks-pulls"),
        ("kubelet_identity[0].object_id", "identity[0].principal_id", "azure-aks-pulls"),
        ("kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id",
         'kubernetes_cluster_id = "other"', "azure-pool-cluster"),
        ("auto_scaling_enabled  = true", "auto_scaling_enabled  = false", "azure-pool-scaled"),
        ("max_count             = 5", "max_count             = 6", "azure-pool-scaled"),
        ("service_plan_id     = azurerm_service_plan.plan.id", 'service_plan_id = "other"',
         "azure-site-plan"),
        ('merge({ STAGE = "prod" }', 'merge({ STAGE = "dev" }', "azure-site-setting"),
        ('merge({ STAGE = "prod" }, { LOG_LEVEL = "info" })\n          identity {',
         'merge({ STAGE = "prod" }, { LOG_LEVEL = "info" })\n          storage_account {',
         "azure-site-identity"),
        ('storage_account_name = "fnstate"\n          identity {',
         'storage_account_name = "fnstate"\n          backup {', "azure-function-identity"),
        ('storage_account_name = "fnstate"', 'storage_account_name = "other"',
         "azure-function-storage"),
        ("azurerm_application_insights.ai.instrumentation_key", '"abc"',
         "azure-function-insights"),
        ('cpu    = "0.5"', "cpu    = 1", "azure-app-resources"),
        ("max_replicas = 10", "max_replicas = 9", "azure-app-scaled"),
        ('for_each = { STAGE = "prod" }', 'for_each = { STAGE = "dev" }', "azure-app-variable"),
        ("external_enabled = true", "external_enabled = false", "azure-app-public"),
    ),
)  # fmt: skip
#: Databases and messages by loops and names.
DATA = Answer(
    {
        "main.tf": """
        provider "azurerm" {
          features {}
        }
        resource "random_password" "all" {
          for_each = toset(["sql", "pg"])
          length   = 24
        }
        resource "azurerm_mssql_server" "sql" {
          name                         = "shop-sql"
          resource_group_name          = "data-rg"
          location                     = "westeurope"
          version                      = "12.0"
          administrator_login          = "sqladmin"
          administrator_login_password = random_password.all["sql"].result
        }
        resource "azurerm_mssql_firewall_rule" "all" {
          for_each         = { office = ["203.0.113.1", "203.0.113.9"] }
          name             = each.key
          server_id        = azurerm_mssql_server.sql.id
          start_ip_address = each.value[0]
          end_ip_address   = each.value[1]
        }
        resource "azurerm_postgresql_flexible_server" "pg" {
          name                   = "shop-pg"
          resource_group_name    = "data-rg"
          location               = "westeurope"
          version                = 16
          sku_name               = "B_Standard_B1ms"
          administrator_login    = "psqladmin"
          administrator_password = random_password.all["pg"].result
        }
        resource "azurerm_postgresql_flexible_server_firewall_rule" "office" {
          name             = "office"
          server_id        = azurerm_postgresql_flexible_server.pg.id
          start_ip_address = "203.0.113.20"
          end_ip_address   = "203.0.113.30"
        }
        resource "azurerm_postgresql_flexible_server_configuration" "all" {
          for_each  = { max_connections = 200 }
          name      = each.key
          server_id = azurerm_postgresql_flexible_server.pg.id
          value     = each.value
        }
        resource "azurerm_cosmosdb_account" "docs" {
          name                = "shop-docs"
          resource_group_name = "data-rg"
          location            = "westeurope"
          offer_type          = "Standard"
          consistency_policy { consistency_level = "Session" }
          dynamic "geo_location" {
            for_each = ["westeurope", "North Europe"]
            content {
              location          = geo_location.value
              failover_priority = geo_location.key
            }
          }
        }
        resource "azurerm_servicebus_namespace" "bus" {
          name                = "shop-bus"
          resource_group_name = "data-rg"
          location            = "westeurope"
          sku                 = "Standard"
        }
        resource "azurerm_servicebus_topic" "all" {
          for_each     = toset(["news", "prices"])
          name         = each.key
          namespace_id = azurerm_servicebus_namespace.bus.id
        }
        resource "azurerm_servicebus_subscription" "mailer" {
          name               = "mailer"
          topic_id           = azurerm_servicebus_topic.all["news"].id
          max_delivery_count = "7"
        }
        """,
    },
    {
        "azure-sql-password": {"of": "shop-sql", "length": 24},
        "azure-sql-admits": {"of": "shop-sql", "first": "203.0.113.1", "last": "203.0.113.9"},
        "azure-postgres-version": {"of": "shop-pg", "value": "16"},
        "azure-postgres-password": {"of": "shop-pg", "length": 24},
        "azure-postgres-admits": {
            "of": "shop-pg", "first": "203.0.113.20", "last": "203.0.113.30",
        },
        "azure-postgres-parameter": {
            "of": "shop-pg", "name": "max_connections", "value": "200",
        },
        "azure-cosmos-location": {"of": "shop-docs", "place": "northeurope", "priority": 1},
        "azure-bus-topic-of": {"of": "prices", "to": "shop-bus"},
        "azure-bus-subscription": {"of": "news", "name": "mailer", "tries": 7},
    },
    (
        ('random_password.all["sql"].result', '"hunter2"', "azure-sql-password"),
        ("length   = 24", "length   = 25", "azure-sql-password, azure-postgres-password"),
        ('random_password.all["pg"].result', '"hunter2"', "azure-postgres-password"),
        ('"203.0.113.9"', '"203.0.113.10"', "azure-sql-admits"),
        ("version                = 16", "version                = 15", "azure-postgres-version"),
        ('"203.0.113.30"', '"203.0.113.31"', "azure-postgres-admits"),
        ("max_connections = 200", "max_connections = 100", "azure-postgres-parameter"),
        ('"westeurope", "North', '"North', "azure-cosmos-location"),
        ("= azurerm_servicebus_namespace.bus.id", '= "other"', "azure-bus-topic-of"),
        ('all["news"].id', 'all["prices"].id', "azure-bus-subscription"),
        ('max_delivery_count = "7"', "max_delivery_count = 8", "azure-bus-subscription"),
    ),
)  # fmt: skip
ANSWERS = (STORAGE, INLINE, SEPARATE, COMPUTE, DATA)
MODULES = (
    azure_base, azure_compute, azure_data, azure_monitor, azure_networks, azure_storage,
)  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_right_answer_meets_everything(answer: Answer) -> None:
    assert failing(answer.files, answer.asks) == set()


@pytest.mark.parametrize(
    ("answer", "change"), [(answer, change) for answer in ANSWERS for change in answer.changes]
)
def test_change_fails_exactly_what_it_breaks(answer: Answer, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_written_by_hand_is_tested() -> None:
    own = {
        name
        for name in untested(ANSWERS, *MODULES)
        if "factories" not in CATEGORY.requirements[name].check.__module__
        and "common" not in CATEGORY.requirements[name].check.__module__
    }
    assert own == set()


def test_commented_out_and_absent_resources_do_not_count() -> None:
    for answer in ANSWERS:
        text = "\n".join(f"# {line}" for line in answer.files["main.tf"].splitlines())
        assert failing({"main.tf": text}, answer.asks) == set(answer.asks)
