"""Requirements about virtual machines, AKS, App Service, functions and container apps on Azure."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.azure_base import (
    has_role,
    holds_identity,
    in_group,
    system_identity,
    tagged,
)
from envs.terraform.requirements.azure_networks import ADDRESS, SUBNET
from envs.terraform.requirements.azure_storage import ACCOUNT, REGISTRY
from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import Companion, existence, fixed, link, setting, tag
from envs.terraform.requirements.kinds import Kind, same, the, world
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import ValueView, View
from iac_gym.verdict import Finding

MACHINE = Kind("Linux VM", ("azurerm_linux_virtual_machine",), "name", ("id",))
FACE = Kind("network interface", ("azurerm_network_interface",), "name", ("id",))
DISK = Kind("managed disk", ("azurerm_managed_disk",), "name", ("id",))
CLUSTER = Kind("AKS cluster", ("azurerm_kubernetes_cluster",), "name", ("id",))
POOL = Kind("node pool", ("azurerm_kubernetes_cluster_node_pool",), "name", ("id",))
PLAN = Kind("App Service plan", ("azurerm_service_plan",), "name", ("id",))
SITE = Kind("web app", ("azurerm_linux_web_app",), "name", ("id",))
FUNCTION = Kind("function app", ("azurerm_linux_function_app",), "name", ("id",))
INSIGHTS = Kind("Application Insights", ("azurerm_application_insights",), "name", ("id",))
WORKSPACE = Kind(
    "Log Analytics workspace", ("azurerm_log_analytics_workspace",), "name", ("id",)
)  # fmt: skip
SPACE = Kind("Container Apps environment", ("azurerm_container_app_environment",), "name", ("id",))
APP = Kind("container app", ("azurerm_container_app",), "name", ("id",))

machine = existence(
    "azure-vm", MACHINE, "a Linux virtual machine `{name}`", "the Azure Linux VM `{name}`"
)  # fmt: skip
machine_group = in_group("azure-vm-group", MACHINE, "the VM")
machine_size = setting(
    "azure-vm-size", MACHINE, "size",
    "{value} as the size of the VM `{of}`", "the VM `{of}` of the size {value}",
)  # fmt: skip
machine_disk_type = setting(
    "azure-vm-disk-type", MACHINE, "os_disk.storage_account_type",
    "{value} for the OS disk of `{of}`", "the OS disk of the VM `{of}` on {value}",
)  # fmt: skip
machine_disk_size = setting(
    "azure-vm-disk-size", MACHINE, "os_disk.disk_size_gb",
    "an OS disk of {value} GB for `{of}`", "{value} GB for the OS disk of the VM `{of}`",
)  # fmt: skip
machine_face = link(
    "azure-vm-interface", MACHINE, "network_interface_ids", FACE,
    "the VM `{of}` with the network interface `{to}`",
    "`{to}` as the network interface of the VM `{of}`",
)  # fmt: skip
machine_identity = system_identity("azure-vm-identity", MACHINE, "the VM")
machine_spot = fixed(
    "azure-vm-spot", MACHINE, "priority", "Spot",
    "the VM `{of}` as a Spot machine", "Spot priority for the VM `{of}`",
)  # fmt: skip
machine_zone = setting(
    "azure-vm-zone", MACHINE, "zone",
    "the VM `{of}` in the availability zone {value}",
    "{value} as the availability zone of the VM `{of}`",
)  # fmt: skip
machine_tag = tagged("azure-vm-tag", MACHINE, "the VM")


@requirement(
    "the VM `{of}` from the image {offer} ({sku}) by {publisher}",
    "{publisher}'s image {offer}, {sku}, for the VM `{of}`",
)
def azure_vm_image(
    config: Configuration, of: str, publisher: str, offer: str, sku: str
) -> Findings:  # fmt: skip
    """Publisher, offer and SKU of the image reference."""
    thing = the(config, MACHINE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    wanted = {"publisher": publisher, "offer": offer, "sku": sku}
    right = any(
        all(same(one.get(name), value) for name, value in wanted.items())
        for one in thing.blocks("source_image_reference")
    )
    yield from unless(right, config, thing.at, f"`{of}` is made from another image")


@requirement(
    "the user {user} on the VM `{of}`, who logs in with a generated SSH key and no password",
    "a generated SSH key for the user {user} of the VM `{of}`, password login disabled",
)
def azure_vm_key(config: Configuration, of: str, user: str) -> Findings:
    """The admin's public key is that of a `tls_private_key`; passwords are off, as by default."""
    thing = the(config, MACHINE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    keys = world(config).instances("tls_private_key")
    right = same(thing.get("admin_username"), user) and any(
        same(one.get("username"), user)
        and any(key.is_source_of(one.get("public_key"), "public_key_openssh") for key in keys)
        for one in thing.blocks("admin_ssh_key")
    )
    open_door = same(thing.get("disable_password_authentication"), False)
    message = f"{user} does not log in to `{of}` by a generated key alone"
    yield from unless(right and not open_door, config, thing.at, message)


face_subnet = link(
    "azure-interface-subnet", FACE, "ip_configuration.subnet_id", SUBNET,
    "the network interface `{of}` in the subnet `{to}`",
    "`{to}` as the subnet of the network interface `{of}`",
)  # fmt: skip
face_address = link(
    "azure-interface-address", FACE, "ip_configuration.public_ip_address_id", ADDRESS,
    "the network interface `{of}` with the public IP address `{to}`",
    "`{to}` as the public IP address of the network interface `{of}`",
)  # fmt: skip
disk = existence("azure-disk", DISK, "a managed disk `{name}`", "the managed disk `{name}`")
disk_size = setting(
    "azure-disk-size", DISK, "disk_size_gb",
    "{value} GB for the disk `{of}`", "the disk `{of}` with {value} GB",
)  # fmt: skip
machine_disk = link(
    "azure-vm-disk", MACHINE,
    Companion(
        "azurerm_virtual_machine_data_disk_attachment", "virtual_machine_id", "managed_disk_id"
    ),
    DISK,
    "the disk `{to}` attached to the VM `{of}`", "the VM `{of}` with the data disk `{to}`",
)  # fmt: skip

cluster = existence("azure-aks", CLUSTER, "an AKS cluster `{name}`", "the AKS cluster `{name}`")
cluster_group = in_group("azure-aks-group", CLUSTER, "the cluster")
cluster_size = setting(
    "azure-aks-size", CLUSTER, "default_node_pool.vm_size",
    "nodes of the size {value} in the default pool of `{of}`",
    "{value} as the node size of the cluster `{of}`",
)  # fmt: skip
cluster_count = setting(
    "azure-aks-count", CLUSTER, "default_node_pool.node_count",
    "{value} nodes in the default pool of `{of}`", "the cluster `{of}` starting with {value} nodes",
)  # fmt: skip
cluster_prefix = setting(
    "azure-aks-prefix", CLUSTER, "dns_prefix",
    "the DNS prefix {value} for the cluster `{of}`", "{value} as the DNS prefix of `{of}`",
)  # fmt: skip
cluster_identity = system_identity("azure-aks-identity", CLUSTER, "the cluster")
cluster_tier = setting(
    "azure-aks-tier", CLUSTER, "sku_tier",
    "the {value} tier for the cluster `{of}`", "`{of}` as a cluster of the {value} tier",
    absent="Free",
)  # fmt: skip
cluster_plugin = setting(
    "azure-aks-plugin", CLUSTER, "network_profile.network_plugin",
    "the network plugin {value} in the cluster `{of}`",
    "{value} as the network plugin of the cluster `{of}`",
)  # fmt: skip
cluster_upgrades = setting(
    "azure-aks-upgrades", CLUSTER, "automatic_upgrade_channel",
    "the cluster `{of}` upgraded by itself on the channel {value}",
    "{value} as the automatic upgrade channel of `{of}`",
)  # fmt: skip
cluster_subnet = link(
    "azure-aks-subnet", CLUSTER, "default_node_pool.vnet_subnet_id", SUBNET,
    "the default nodes of `{of}` in the subnet `{to}`",
    "`{to}` as the subnet of the default pool of the cluster `{of}`",
)  # fmt: skip
cluster_logs = link(
    "azure-aks-logs", CLUSTER, "oms_agent.log_analytics_workspace_id", WORKSPACE,
    "logs of the cluster `{of}` sent to the workspace `{to}`",
    "Container Insights of `{of}` in the Log Analytics workspace `{to}`",
)  # fmt: skip
cluster_workload = fixed(
    "azure-aks-workload", CLUSTER, "workload_identity_enabled", True,
    "workload identity in the cluster `{of}`", "workload identity enabled for `{of}`",
)  # fmt: skip
cluster_tag = tagged("azure-aks-tag", CLUSTER, "the cluster")
cluster_output = output(
    "azure-aks-output", CLUSTER, ("fqdn",),
    "an output `{name}` with the FQDN of the cluster `{of}`",
    "the FQDN of the cluster `{of}` given out as `{name}`",
)  # fmt: skip


@requirement(
    "the nodes of `{of}` allowed to pull images from the registry `{registry}`",
    "AcrPull on the registry `{registry}` for the kubelets of the cluster `{of}`",
)
def azure_aks_pulls(config: Configuration, of: str, registry: str) -> Findings:
    """The role AcrPull on the registry for the kubelet identity of the cluster."""
    found, problems = things(config, (CLUSTER, of), (REGISTRY, registry))
    yield from problems
    if not problems:
        thing, target = found
        right = has_role(config, target, REGISTRY, "AcrPull", thing, "kubelet_identity")
        yield from unless(right, config, thing.at, f"`{of}` may not pull from `{registry}`")


pool = existence("azure-pool", POOL, "a node pool `{name}`", "the AKS node pool `{name}`")
pool_cluster = link(
    "azure-pool-cluster", POOL, "kubernetes_cluster_id", CLUSTER,
    "the node pool `{of}` in the cluster `{to}`", "`{of}` as a node pool of the cluster `{to}`",
)  # fmt: skip
pool_size = setting(
    "azure-pool-size", POOL, "vm_size",
    "nodes of the size {value} in the pool `{of}`", "{value} as the node size of the pool `{of}`",
)  # fmt: skip


@requirement(
    "the pool `{of}` scaling between {least} and {most} nodes",
    "between {least} and {most} nodes in the pool `{of}`, by autoscaling",
)
def azure_pool_scaled(config: Configuration, of: str, least: int, most: int) -> Findings:
    """Autoscaling is on, with these limits."""
    thing = the(config, POOL, of)
    if isinstance(thing, Finding):
        yield thing
        return
    wanted = {"auto_scaling_enabled": True, "min_count": least, "max_count": most}
    right = all(same(thing.get(name), value) for name, value in wanted.items())
    yield from unless(right, config, thing.at, f"`{of}` is not scaled from {least} to {most}")


plan = existence("azure-plan", PLAN, "a service plan `{name}`", "the App Service plan `{name}`")
plan_group = in_group("azure-plan-group", PLAN, "the service plan")
plan_sku = setting(
    "azure-plan-sku", PLAN, "sku_name",
    "the SKU {value} for the plan `{of}`", "the service plan `{of}` of the size {value}",
)  # fmt: skip
plan_workers = setting(
    "azure-plan-workers", PLAN, "worker_count",
    "{value} workers for the plan `{of}`", "the service plan `{of}` with {value} workers",
)  # fmt: skip
site = existence("azure-site", SITE, "a Linux web app `{name}`", "the Linux web app `{name}`")
site_plan = link(
    "azure-site-plan", SITE, "service_plan_id", PLAN,
    "the web app `{of}` on the plan `{to}`", "`{to}` as the service plan of the web app `{of}`",
)  # fmt: skip
site_python = setting(
    "azure-site-python", SITE, "site_config.application_stack.python_version",
    "Python {value} for the web app `{of}`", "the web app `{of}` running on Python {value}",
)  # fmt: skip
site_node = setting(
    "azure-site-node", SITE, "site_config.application_stack.node_version",
    "Node.js {value} for the web app `{of}`", "the web app `{of}` running on Node.js {value}",
)  # fmt: skip
site_https = fixed(
    "azure-site-https", SITE, "https_only", True,
    "HTTPS only for the web app `{of}`", "plain HTTP to `{of}` redirected (HTTPS only)",
)  # fmt: skip
site_setting = tag(
    "azure-site-setting", SITE,
    "the app setting {key} = `{value}` for the web app `{of}`",
    "{key} set to `{value}` for the web app `{of}`", attribute="app_settings",
)  # fmt: skip
site_health = setting(
    "azure-site-health", SITE, "site_config.health_check_path",
    "{value} as the health check path of `{of}`",
    "the health of the web app `{of}` read at {value}",
)  # fmt: skip
site_identity = system_identity("azure-site-identity", SITE, "the web app")
site_tag = tagged("azure-site-tag", SITE, "the web app")
site_output = output(
    "azure-site-output", SITE, ("default_hostname",),
    "an output `{name}` with the host name of the web app `{of}`",
    "the default host name of `{of}` given out as `{name}`",
)  # fmt: skip
function = existence(
    "azure-function", FUNCTION, "a Linux function app `{name}`", "the Linux function app `{name}`"
)  # fmt: skip
function_plan = link(
    "azure-function-plan", FUNCTION, "service_plan_id", PLAN,
    "the function app `{of}` on the plan `{to}`", "`{to}` as the plan of the function app `{of}`",
)  # fmt: skip
function_storage = link(
    "azure-function-storage", FUNCTION, "storage_account_name", ACCOUNT,
    "the function app `{of}` using the storage account `{to}`",
    "`{to}` as the storage account of the function app `{of}`", ids=("name",),
)  # fmt: skip
function_python = setting(
    "azure-function-python", FUNCTION, "site_config.application_stack.python_version",
    "Python {value} for the function app `{of}`", "the functions of `{of}` on Python {value}",
)  # fmt: skip
function_setting = tag(
    "azure-function-setting", FUNCTION,
    "the app setting {key} = `{value}` for the function app `{of}`",
    "{key} set to `{value}` for the functions of `{of}`", attribute="app_settings",
)  # fmt: skip
function_https = fixed(
    "azure-function-https", FUNCTION, "https_only", True,
    "HTTPS only for the function app `{of}`", "plain HTTP to the functions of `{of}` refused",
)  # fmt: skip
function_identity = system_identity("azure-function-identity", FUNCTION, "the function app")
insights = existence(
    "azure-insights", INSIGHTS,
    "an Application Insights resource `{name}`", "Application Insights called `{name}`",
)  # fmt: skip
function_insights = link(
    "azure-function-insights", FUNCTION,
    ("site_config.application_insights_connection_string",
     "site_config.application_insights_key"), INSIGHTS,
    "the function app `{of}` reporting to the Application Insights `{to}`",
    "telemetry of the functions of `{of}` in `{to}`",
    ids=("connection_string", "instrumentation_key"),
)  # fmt: skip

space = existence(
    "azure-space", SPACE,
    "a Container Apps environment `{name}`", "the Container Apps environment `{name}`",
)  # fmt: skip
space_group = in_group("azure-space-group", SPACE, "the Container Apps environment")
space_logs = link(
    "azure-space-logs", SPACE, "log_analytics_workspace_id", WORKSPACE,
    "logs of the environment `{of}` in the workspace `{to}`",
    "`{to}` as the Log Analytics workspace of the environment `{of}`",
)  # fmt: skip
app = existence("azure-app", APP, "a container app `{name}`", "the Azure Container App `{name}`")
app_space = link(
    "azure-app-space", APP, "container_app_environment_id", SPACE,
    "the container app `{of}` in the environment `{to}`",
    "`{to}` as the environment of the container app `{of}`",
)  # fmt: skip
app_image = setting(
    "azure-app-image", APP, "template.container.image",
    "the image {value} in the app `{of}`", "the container app `{of}` running {value}",
)  # fmt: skip


@requirement(
    "{cpu} CPUs and {memory} of memory for the container of `{of}`",
    "the container of `{of}` with {cpu} vCPU and {memory}",
)
def azure_app_resources(config: Configuration, of: str, cpu: float, memory: str) -> Findings:
    """`cpu` and `memory` of the container."""
    thing = the(config, APP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = _containers(thing.blocks("template"))
    right = any(same(one.get("cpu"), cpu) and same(one.get("memory"), memory) for one in found)
    yield from unless(right, config, thing.at, f"`{of}` has not {cpu} CPUs and {memory}")


def _containers(templates: list[View | ValueView]) -> list[View | ValueView]:
    return [one for outer in templates for one in outer.blocks("container")]


@requirement(
    "the app `{of}` reachable from the internet, with the container listening on {port}",
    "external ingress to port {port} of the container app `{of}`",
)
def azure_app_public(config: Configuration, of: str, port: int) -> Findings:
    """An external ingress with that target port."""
    thing = the(config, APP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("external_enabled"), True) and same(one.get("target_port"), port)
        for one in thing.blocks("ingress")
    )
    yield from unless(right, config, thing.at, f"`{of}` has no external ingress to port {port}")


@requirement(
    "between {least} and {most} replicas of the app `{of}`",
    "the container app `{of}` scaled from {least} to {most} replicas",
)
def azure_app_scaled(config: Configuration, of: str, least: int, most: int) -> Findings:
    """The limits of the template (0 and 10 by default)."""
    thing = the(config, APP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(_or(one.get("min_replicas"), 0), least)
        and same(_or(one.get("max_replicas"), 10), most)
        for one in thing.blocks("template")
    )
    yield from unless(right, config, thing.at, f"`{of}` is not scaled from {least} to {most}")


def _or(value: Any, absent: Any) -> Any:
    return absent if value is None else value


@requirement(
    "the environment variable {key}={value} in the app `{of}`",
    "the container of `{of}` started with {key} set to `{value}`",
)
def azure_app_variable(config: Configuration, of: str, key: str, value: str) -> Findings:
    """An `env` block of the container."""
    thing = the(config, APP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(inner.get("name"), key) and same(inner.get("value"), value)
        for one in _containers(thing.blocks("template"))
        for inner in one.blocks("env")
    )
    yield from unless(right, config, thing.at, f"`{of}` is not given {key}={value}")


app_identity = holds_identity("azure-app-identity", APP, "the container app")
