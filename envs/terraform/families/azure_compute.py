"""Tasks about virtual machines, AKS, App Service, functions and container apps on Azure."""

from __future__ import annotations

from envs.terraform.choices import TAGS
from envs.terraform.families.azure_network import add_guard, add_network, add_rule, add_subnet
from envs.terraform.families.azure_storage import Azure, compact
from envs.terraform.nested_settings import put
from envs.terraform.requirements import azure_compute as ask
from envs.terraform.requirements import azure_monitor as monitor
from envs.terraform.requirements import azure_networks as nets
from envs.terraform.requirements import azure_storage as store
from envs.terraform.stack import Extra, Handle, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import block, nested

SIZES = (
    "Standard_B1s", "Standard_B2s", "Standard_B2ms", "Standard_D2s_v5", "Standard_D4s_v5",
    "Standard_D8s_v5", "Standard_E2s_v5", "Standard_E4s_v5", "Standard_F2s_v2", "Standard_F4s_v2",
)  # fmt: skip
IMAGES = (
    ("Canonical", "ubuntu-24_04-lts", "server"),
    ("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2"),
    ("Debian", "debian-12", "12-gen2"), ("Debian", "debian-11", "11-gen2"),
    ("RedHat", "RHEL", "9-lvm-gen2"),
)  # fmt: skip
USERS = ("azureuser", "ops", "deploy", "operator", "cloud")
SETTINGS = (
    ("LOG_LEVEL", ("debug", "info", "warning")), ("STAGE", ("dev", "staging", "prod")),
    ("CURRENCY", ("EUR", "USD", "CHF")), ("PAGE_SIZE", ("25", "50", "100")),
)  # fmt: skip
CONTAINERS = tuple(
    f"ghcr.io/{owner}/{name}:{version}"
    for owner in ("acme", "globex")
    for name in ("web", "api", "worker")
    for version in ("1.4.2", "2.0.1", "3.1.0")
)


@family("terraform", levels=(5,))
def azure_linux_machine(draw: Draw) -> Draft:
    """A Linux VM with its network interface, key, disks and address."""
    azure = Azure(draw, "tls")
    stack = azure.stack
    network, to, octet = add_network(azure)
    inner = f"{to}-vms"
    subnet = add_subnet(azure, network, to, inner, octet)
    name, size = draw.name("machine", ("vm", "web", "runner", "jump", "app")), draw.choice(
        "size", SIZES
    )  # fmt: skip
    user, face = draw.choice("user", USERS), f"{name}-nic"
    stack.ask(
        ask.machine(name=name), ask.machine_group(of=name, to=azure.name),
        ask.machine_size(of=name, value=size),
        ask.azure_vm_key(of=name, user=user), ask.machine_face(of=name, to=face),
        ask.face_subnet(of=face, to=inner),
    )  # fmt: skip
    own = azure.add(
        "azurerm_network_interface", face,
        ip_configuration=nested(
            name="internal", subnet_id=subnet["id"], private_ip_address_allocation="Dynamic"
        ),
    )  # fmt: skip
    key = stack.add("tls_private_key", "admin", algorithm="RSA", rsa_bits=4096)
    publisher, offer, sku = draw.choice("image", IMAGES)
    made = azure.add(
        "azurerm_linux_virtual_machine", name, size=size, admin_username=user,
        network_interface_ids=[own["id"]],
        admin_ssh_key=nested(username=user, public_key=key["public_key_openssh"]),
        os_disk=[nested(caching="ReadWrite", storage_account_type="Standard_LRS")],
        source_image_reference=nested(
            publisher=publisher, offer=offer, sku=sku, version="latest"
        ),
    )  # fmt: skip
    stack.ask(ask.azure_vm_image(of=name, publisher=publisher, offer=offer, sku=sku))
    settings = azure.settings(made, name)

    disks: list[Handle] = []

    def addressed() -> None:
        other = f"{name}-ip"
        stack.ask(nets.address(name=other), ask.face_address(of=face, to=other))
        public = azure.add("azurerm_public_ip", other, allocation_method="Static", sku="Standard")
        inner_body = own.body["ip_configuration"].body
        inner_body["public_ip_address_id"] = public["id"]

    def disk() -> None:
        other, amount = f"{name}-data", draw.choice("data", (32, 64, 128, 256, 512))
        stack.ask(
            ask.disk(name=other), ask.disk_size(of=other, value=amount),
            ask.machine_disk(of=name, to=other),
        )  # fmt: skip
        disks.append(extra := azure.add(
            "azurerm_managed_disk", other, create_option="Empty", disk_size_gb=amount,
            storage_account_type="Premium_LRS",
        ))  # fmt: skip
        stack.add(
            "azurerm_virtual_machine_data_disk_attachment", other, managed_disk_id=extra["id"],
            virtual_machine_id=made["id"], lun=0, caching="ReadOnly",
        )  # fmt: skip

    def guarded() -> None:
        guard, other = add_guard(azure, to, subnet, inner)
        add_rule(azure, guard, other, 1)

    spot = settings.on(ask.machine_spot, priority="Spot", eviction_policy="Deallocate")
    decorate(
        stack,
        (
            Extra("address", 2, addressed),
            settings.one_of(
                ask.machine_disk_type, "os_disk.storage_account_type",
                ("StandardSSD_LRS", "Premium_LRS"),
            ),
            settings.on(ask.machine_identity, identity__type="SystemAssigned"),
            Extra("disk", 3, disk), Extra("guard", 3, guarded),
            settings.label(ask.machine_tag, TAGS, "tags"),
            settings.one_of(ask.machine_zone, "zone", ("1", "2", "3")),
            settings.one_of(ask.machine_disk_size, "os_disk.disk_size_gb", range(40, 300, 10)),
            *((spot,) if not size.startswith("Standard_B") else ()),
        ),
    )  # fmt: skip
    if "zone" in made.body:
        for each in disks:
            each.set(zone=made["zone"])
    return stack.draft(
        f"Create the Linux machine `{name}` on Azure with Terraform",
        f"We need the virtual machine `{name}` on Azure, in the network `{to}`",
    )


def _cluster(azure: Azure) -> tuple[Handle, str]:
    draw = azure.draw
    name, size = draw.name("cluster", ("aks", "cluster", "platform", "apps")), draw.choice(
        "size", SIZES[3:]
    )  # fmt: skip
    count = draw.integer("count", 1, 9)
    azure.stack.ask(
        ask.cluster_group(of=name, to=azure.name), ask.cluster_size(of=name, value=size),
        ask.cluster_count(of=name, value=count),
    )  # fmt: skip
    prefix = draw.choice("prefix", ("k8s", "apps", "kube", "prod")) if draw.level > 1 else name
    pool = nested(name="default", node_count=count, vm_size=size)
    made = azure.add(
        "azurerm_kubernetes_cluster", name, dns_prefix=prefix, default_node_pool=[pool],
        identity=nested(type="SystemAssigned"),
    )  # fmt: skip
    if azure.draw.level > 1:
        azure.stack.ask(
            ask.cluster(name=name), ask.cluster_prefix(of=name, value=prefix),
            ask.cluster_identity(of=name),
        )  # fmt: skip
    return made, name


@family("terraform", levels=(1, 4, 5))
def aks_cluster(draw: Draw) -> Draft:
    """An AKS cluster with node pools, a registry, logs and a network."""
    azure = Azure(draw)
    stack = azure.stack
    made, name = _cluster(azure)
    settings = azure.settings(made, name)

    def pool() -> None:
        other, size = draw.choice("pool", ("jobs", "gpu", "memory", "burst")), draw.choice(
            "pool size", SIZES[3:]
        )  # fmt: skip
        least, more = draw.integer("least", 1, 3), draw.integer("more", 1, 9)
        stack.ask(
            ask.pool(name=other),
            ask.pool_cluster(of=other, to=name),
            ask.pool_size(of=other, value=size),
            ask.azure_pool_scaled(of=other, least=least, most=least + more),
        )
        stack.add(
            "azurerm_kubernetes_cluster_node_pool", other, name=other, vm_size=size,
            kubernetes_cluster_id=made["id"], auto_scaling_enabled=True, min_count=least,
            max_count=least + more,
        )  # fmt: skip

    def pulling() -> None:
        other = compact(draw, "registry", ("images", "registry", "acr"))
        stack.ask(store.registry(name=other), ask.azure_aks_pulls(of=name, registry=other))
        own = azure.add("azurerm_container_registry", other, sku="Standard")
        stack.add(
            "azurerm_role_assignment", "pull", scope=own["id"], role_definition_name="AcrPull",
            principal_id=made["kubelet_identity[0].object_id"],
        )  # fmt: skip

    def logged() -> None:
        other = f"{name}-logs"
        stack.ask(monitor.workspace(name=other), ask.cluster_logs(of=name, to=other))
        own = azure.add("azurerm_log_analytics_workspace", other)
        put(made.body, "oms_agent.log_analytics_workspace_id", own["id"])

    def placed() -> None:
        network, to, octet = add_network(azure)
        subnet = add_subnet(azure, network, to, f"{to}-nodes", octet)
        stack.ask(ask.cluster_subnet(of=name, to=f"{to}-nodes"))
        put(made.body, "default_node_pool.vnet_subnet_id", subnet["id"])

    def output() -> None:
        out = draw.choice("output", ("fqdn", "cluster_fqdn", "api_server"))
        stack.ask(ask.cluster_output(of=name, name=out))
        stack.top(block("output", out, value=made["fqdn"]))

    decorate(
        stack,
        (
            settings.one_of(ask.cluster_tier, "sku_tier", ("Standard",)),
            Extra("registry", 2, pulling),
            settings.one_of(
                ask.cluster_upgrades, "automatic_upgrade_channel", ("patch", "stable", "rapid")
            ),
            Extra("pool", 4, pool), Extra("logs", 2, logged),
            settings.on(
                ask.cluster_workload, oidc_issuer_enabled=True, workload_identity_enabled=True
            ),
            Extra("output", 1, output), settings.label(ask.cluster_tag, TAGS, "tags"),
            Extra("place", 5, placed),
            settings.one_of(
                ask.cluster_plugin, "network_profile.network_plugin", ("azure", "kubenet")
            ),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the AKS cluster `{name}`",
        f"We want managed Kubernetes on Azure: the cluster `{name}`",
    )


def _plan(azure: Azure, name: str, sku: str) -> Handle:
    azure.stack.ask(
        ask.plan(name=name), ask.plan_group(of=name, to=azure.name),
        ask.plan_sku(of=name, value=sku),
    )  # fmt: skip
    return azure.add("azurerm_service_plan", name, os_type="Linux", sku_name=sku)


@family("terraform", levels=(4, 5))
def azure_web_app(draw: Draw) -> Draft:
    """A Linux web app on a service plan."""
    azure = Azure(draw)
    stack = azure.stack
    name = draw.name("site", ("site", "portal", "shop", "front", "web"))
    under = f"{name}-plan"
    plan = _plan(azure, under, draw.choice("sku", ("B1", "B2", "S1", "P0v3", "P1v3", "P2v3")))
    stack.ask(ask.site(name=name), ask.site_plan(of=name, to=under))
    made = azure.add(
        "azurerm_linux_web_app", name, service_plan_id=plan["id"], site_config=[nested()]
    )  # fmt: skip
    python = draw.chance("python", 0.5)
    asked, options, path = (
        (ask.site_python, ("3.10", "3.11", "3.12", "3.13"), "python_version")
        if python
        else (ask.site_node, ("18-lts", "20-lts", "22-lts"), "node_version")
    )
    version = draw.choice("version", options)
    stack.ask(asked(of=name, value=version))
    put(made.body, f"site_config.application_stack.{path}", version)
    settings = azure.settings(made, name)

    def output() -> None:
        out = draw.choice("output", ("hostname", "host", "site_host"))
        stack.ask(ask.site_output(of=name, name=out))
        stack.top(block("output", out, value=made["default_hostname"]))

    def healthy() -> None:
        path = draw.choice("health", ("/healthz", "/health", "/ready"))
        stack.ask(ask.site_health(of=name, value=path))
        put(made.body, "site_config.health_check_path", path)
        put(made.body, "site_config.health_check_eviction_time_in_min", 5)

    decorate(
        stack,
        (
            settings.on(ask.site_https, https_only=True),
            settings.label(ask.site_setting, SETTINGS, "app_settings"),
            settings.on(ask.site_identity, identity__type="SystemAssigned"),
            Extra("health", 1, healthy),
            azure.settings(plan, under).one_of(ask.plan_workers, "worker_count", (2, 3, 4, 5)),
            settings.label(ask.site_tag, TAGS, "tags"), Extra("output", 1, output),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Host the web app `{name}` on Azure App Service",
        f"Terraform for the web app `{name}` on Azure, please",
    )


@family("terraform", levels=(4, 5))
def azure_function_app(draw: Draw) -> Draft:
    """A Linux function app with its plan, storage and telemetry."""
    azure = Azure(draw)
    stack = azure.stack
    name = draw.name("function", ("functions", "fn", "jobs", "hooks", "events"))
    under = f"{name}-plan"
    plan = _plan(azure, under, draw.choice("sku", ("Y1", "EP1", "EP2", "B1")))
    held = compact(draw, "storage", ("fn", "func", "state"))
    stack.ask(
        ask.function(name=name), ask.function_plan(of=name, to=under),
        store.account(name=held), ask.function_storage(of=name, to=held),
        ask.function_https(of=name),
    )  # fmt: skip
    files = azure.add(
        "azurerm_storage_account", held, account_tier="Standard", account_replication_type="LRS",
        allow_nested_items_to_be_public=False,
    )  # fmt: skip
    made = azure.add(
        "azurerm_linux_function_app", name, service_plan_id=plan["id"],
        storage_account_name=files["name"], storage_account_access_key=files["primary_access_key"],
        https_only=True, site_config=[nested()],
    )  # fmt: skip
    settings = azure.settings(made, name)

    def observed() -> None:
        other = f"{name}-insights"
        stack.ask(ask.insights(name=other), ask.function_insights(of=name, to=other))
        own = azure.add("azurerm_application_insights", other, application_type="web")
        put(
            made.body, "site_config.application_insights_connection_string",
            own["connection_string"],
        )  # fmt: skip

    decorate(
        stack,
        (
            settings.one_of(
                ask.function_python, "site_config.application_stack.python_version",
                ("3.10", "3.11", "3.12"),
            ),
            settings.on(ask.function_identity, identity__type="SystemAssigned"),
            Extra("insights", 2, observed),
            settings.label(ask.function_setting, SETTINGS, "app_settings"),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the function app `{name}` on Azure",
        f"We write Azure Functions; set up the function app `{name}`",
    )


@family("terraform", levels=(4, 5))
def azure_container_app(draw: Draw) -> Draft:
    """A container app in its environment, with its scale, ingress and identity."""
    azure = Azure(draw)
    stack = azure.stack
    name, image = draw.name("app"), draw.choice("image", CONTAINERS)
    outer = f"{name}-env"
    cpu, memory = draw.choice("size", ((0.25, "0.5Gi"), (0.5, "1Gi"), (1.0, "2Gi"), (2.0, "4Gi")))
    stack.ask(
        ask.space(name=outer), ask.space_group(of=outer, to=azure.name), ask.app(name=name),
        ask.app_space(of=name, to=outer),
        ask.app_image(of=name, value=image),
    )  # fmt: skip
    space = azure.add("azurerm_container_app_environment", outer)
    box = nested(name=name, image=image, cpu=cpu, memory=memory)
    made = stack.add(
        "azurerm_container_app", name, name=name, resource_group_name=azure.group["name"],
        container_app_environment_id=space["id"], revision_mode="Single",
        template=[nested(container=[box])],
    )  # fmt: skip
    stack.ask(ask.azure_app_resources(of=name, cpu=cpu, memory=memory))

    def public() -> None:
        port = draw.choice("port", (80, 3000, 8000, 8080))
        stack.ask(ask.azure_app_public(of=name, port=port))
        made.nest(
            "ingress", external_enabled=True, target_port=port,
            traffic_weight=nested(latest_revision=True, percentage=100),
        )  # fmt: skip

    def scaled() -> None:
        least, more = draw.integer("least", 1, 4), draw.integer("more", 1, 20)
        stack.ask(ask.azure_app_scaled(of=name, least=least, most=least + more))
        made.inner("template").update(min_replicas=least, max_replicas=least + more)

    def variable() -> None:
        key, values = draw.choice("key", SETTINGS)
        value = draw.choice("value", values)
        stack.ask(ask.azure_app_variable(of=name, key=key, value=value))
        put(made.body, "template.container.env", [nested(name=key, value=value)])

    def logged() -> None:
        other = f"{name}-logs"
        stack.ask(monitor.workspace(name=other), ask.space_logs(of=outer, to=other))
        own = azure.add("azurerm_log_analytics_workspace", other)
        space.set(log_analytics_workspace_id=own["id"])

    def identified() -> None:
        holder, other = azure.identity()
        stack.ask(ask.app_identity(of=name, to=other))
        made.nest("identity", type="UserAssigned", identity_ids=[holder["id"]])

    decorate(
        stack,
        (
            Extra("public", 1, public), Extra("scaled", 1, scaled),
            Extra("variable", 1, variable), Extra("logs", 2, logged),
            Extra("identity", 3, identified),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the container `{name}` on Azure Container Apps",
        f"Deploy the container app `{name}` on Azure with Terraform",
    )
