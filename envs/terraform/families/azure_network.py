"""Tasks about networks, load balancers and DNS on Azure."""

from __future__ import annotations

from envs.terraform.choices import TAGS
from envs.terraform.families.azure_storage import Azure
from envs.terraform.requirements import azure_networks as ask
from envs.terraform.stack import Extra, Handle, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import nested

PORTS = (22, 443, 8080, 5432, 1433, 3389, 6379, 9090)
SOURCES = ("10.0.0.0/8", "192.168.0.0/16", "203.0.113.0/24", "198.51.100.0/24", "VirtualNetwork")
SERVICES = ("Microsoft.Storage", "Microsoft.Sql", "Microsoft.KeyVault", "Microsoft.ServiceBus")


def add_network(azure: Azure) -> tuple[Handle, str, int]:
    """Ask for a virtual network; return it, its name and its second octet."""
    name = azure.draw.name("network", ("vnet", "net", "network", "core", "spoke"))
    octet = azure.draw.integer("octet", 1, 230)
    azure.stack.ask(
        ask.network(name=name), ask.network_group(of=name, to=azure.name),
        ask.network_ranges(of=name, values=[f"10.{octet}.0.0/16"]),
    )  # fmt: skip
    made = azure.add("azurerm_virtual_network", name, address_space=[f"10.{octet}.0.0/16"])
    return made, name, octet


def add_subnet(
    azure: Azure, network: Handle, to: str, name: str, octet: int, number: int = 1
) -> Handle:
    """Ask for a subnet of a virtual network; return it."""
    given = f"10.{octet}.{number}.0/24"
    azure.stack.ask(ask.azure_subnet(of=to, name=name, range=given))
    return azure.stack.add(
        "azurerm_subnet", name, name=name, resource_group_name=azure.group["name"],
        virtual_network_name=network["name"], address_prefixes=[given],
    )  # fmt: skip


def add_rule(azure: Azure, guard: Handle, of: str, number: int) -> None:
    """Ask for a rule of a network security group."""
    draw = azure.draw
    port, source = draw.choice(f"port {number}", PORTS), draw.choice(f"source {number}", SOURCES)
    priority = draw.integer(f"priority {number}", 100 * number, 100 * number + 90, 10)
    denied = draw.chance(f"denied {number}", 0.2)
    asked = ask.azure_nsg_denies if denied else ask.azure_nsg_allows
    azure.stack.ask(asked(of=of, protocol="Tcp", port=port, source=source, priority=priority))
    body = {
        "name": f"rule-{number}", "priority": priority, "direction": "Inbound",
        "access": "Deny" if denied else "Allow", "protocol": "Tcp", "source_port_range": "*",
        "destination_port_range": str(port), "source_address_prefix": source,
        "destination_address_prefix": "*",
    }  # fmt: skip
    if draw.phrase(f"rule {number}", ("inline", "separate")) == "inline":
        guard.nest("security_rule", **body)
    else:
        azure.stack.add(
            "azurerm_network_security_rule", f"rule_{number}",
            resource_group_name=azure.group["name"], network_security_group_name=guard["name"],
            **body,
        )  # fmt: skip


def add_guard(azure: Azure, network: str, subnet: Handle, inner: str) -> tuple[Handle, str]:
    """Ask for a network security group on a subnet; return it and its name."""
    name = f"{inner}-nsg"
    azure.stack.ask(
        ask.guard(name=name), ask.azure_nsg_subnet(of=name, subnet=inner, network=network)
    )  # fmt: skip
    guard = azure.add("azurerm_network_security_group", name)
    azure.stack.add(
        "azurerm_subnet_network_security_group_association", inner, subnet_id=subnet["id"],
        network_security_group_id=guard["id"],
    )  # fmt: skip
    return guard, name


@family("terraform", levels=(1, 3, 4, 5))
def azure_network(draw: Draw) -> Draft:
    """A virtual network with subnets, network security groups and routes."""
    azure = Azure(draw)
    stack = azure.stack
    network, to, octet = add_network(azure)
    settings = azure.settings(network, to)

    def endpoints() -> None:
        chosen = list(draw.sample("services", SERVICES, 2))
        stack.ask(ask.azure_subnet_endpoints(of=to, subnet=inner, services=chosen))
        subnet.set(service_endpoints=chosen)

    def guarded() -> None:
        guard, name = add_guard(azure, to, subnet, inner)
        add_rule(azure, guard, name, 1)
        if draw.wants("second rule", 4):
            add_rule(azure, guard, name, 2)

    def routed() -> None:
        name, last = f"{to}-routes", draw.integer("appliance", 4, 250)
        address = f"10.{octet}.200.{last}"
        stack.ask(
            ask.table(name=name),
            ask.azure_routes_appliance(of=name, range="0.0.0.0/0", address=address),
            ask.azure_routes_subnet(of=name, subnet=inner, network=to),
        )
        own = azure.add("azurerm_route_table", name)
        own.nest(
            "route", name="default", address_prefix="0.0.0.0/0",
            next_hop_type="VirtualAppliance", next_hop_in_ip_address=address,
        )  # fmt: skip
        stack.add(
            "azurerm_subnet_route_table_association", inner, subnet_id=subnet["id"],
            route_table_id=own["id"],
        )  # fmt: skip

    def named() -> None:
        server = f"10.{octet}.0.{draw.integer('dns', 4, 250)}"
        stack.ask(ask.network_dns(of=to, values=[server]))
        network.set(dns_servers=[server])

    def more() -> None:
        add_subnet(azure, network, to, f"{to}-more", octet, 2)

    extras: tuple[Extra, ...] = (
        Extra("dns", 1, named),
        settings.label(ask.network_tag, TAGS, "tags"),
    )
    if draw.level > 1:
        inner = f"{to}-{draw.choice('subnet', ('web', 'app', 'data', 'internal'))}"
        subnet = add_subnet(azure, network, to, inner, octet)
        extras = (
            Extra("guard", 3.4, guarded), Extra("endpoints", 1, endpoints), *extras,
            Extra("routes", 3, routed),
            Extra("second", 1, more),
        )  # fmt: skip
    decorate(stack, extras if draw.level > 1 else ())
    return stack.draft(
        f"Build the virtual network `{to}` on Azure",
        f"Our workloads on Azure need the network `{to}`; write it in Terraform",
    )


@family("terraform", levels=(4, 5))
def azure_nat_gateway(draw: Draw) -> Draft:
    """A private subnet that reaches the internet through a NAT gateway."""
    azure = Azure(draw)
    stack = azure.stack
    network, to, octet = add_network(azure)
    inner, outer, public = f"{to}-private", f"{to}-nat", f"{to}-ip"
    subnet = add_subnet(azure, network, to, inner, octet)
    stack.ask(
        ask.nat(name=outer), ask.azure_nat_subnet(of=outer, subnet=inner, network=to),
        ask.address(name=public), ask.nat_address(of=outer, to=public),
    )  # fmt: skip
    own = azure.add("azurerm_public_ip", public, allocation_method="Static", sku="Standard")
    gate = azure.add("azurerm_nat_gateway", outer)
    stack.add(
        "azurerm_nat_gateway_public_ip_association", outer, nat_gateway_id=gate["id"],
        public_ip_address_id=own["id"],
    )  # fmt: skip
    stack.add(
        "azurerm_subnet_nat_gateway_association", outer, subnet_id=subnet["id"],
        nat_gateway_id=gate["id"],
    )  # fmt: skip

    def guarded() -> None:
        guard, name = add_guard(azure, to, subnet, inner)
        add_rule(azure, guard, name, 1)

    decorate(
        stack,
        (
            azure.settings(gate, outer).one_of(
                ask.nat_timeout, "idle_timeout_in_minutes", range(5, 31)
            ),
            Extra("guard", 3, guarded), azure.settings(network, to).label(
                ask.network_tag, TAGS, "tags"
            ),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Let the subnet `{inner}` on Azure reach the internet through a NAT gateway",
        f"Machines in `{inner}` (Azure) have no public addresses and need a way out",
    )


@family("terraform", levels=(4, 5))
def azure_load_balancer(draw: Draw) -> Draft:
    """A load balancer with a public address, a backend pool, a rule and a probe."""
    azure = Azure(draw)
    stack = azure.stack
    name = draw.name("balancer", ("lb", "balancer", "front", "entry"))
    public, pool, probe = f"{name}-ip", f"{name}-pool", f"{name}-probe"
    port, inside = draw.choice("port", (80, 443)), draw.choice("inside", (3000, 8080, 8443, 9000))
    stack.ask(
        ask.balancer(name=name), ask.balancer_group(of=name, to=azure.name),
        ask.address(name=public), ask.balancer_address(of=name, to=public), ask.pool(name=pool),
        ask.pool_balancer(of=pool, to=name),
        ask.azure_lb_rule(of=name, protocol="Tcp", port=port, to=inside, pool=pool),
    )  # fmt: skip
    own = azure.add("azurerm_public_ip", public, allocation_method="Static", sku="Standard")
    front = nested(name="public", public_ip_address_id=own["id"])
    made = azure.add("azurerm_lb", name, sku="Standard", frontend_ip_configuration=front)
    back = stack.add("azurerm_lb_backend_address_pool", pool, name=pool, loadbalancer_id=made["id"])
    rule = stack.add(
        "azurerm_lb_rule", name, name=f"{name}-rule", loadbalancer_id=made["id"], protocol="Tcp",
        frontend_port=port, backend_port=inside, frontend_ip_configuration_name="public",
        backend_address_pool_ids=[back["id"]],
    )  # fmt: skip

    def probed() -> None:
        path, every = draw.choice("path", ("/healthz", "/ready", "/ping")), draw.choice(
            "interval", (5, 10, 20, 30)
        )  # fmt: skip
        stack.ask(
            ask.probe_balancer(of=probe, to=name),
            ask.azure_lb_probe_http(of=probe, path=path, port=inside),
            ask.azure_lb_rule_probe(of=name, port=port, probe=probe),
            ask.probe_interval(of=probe, value=every),
        )  # fmt: skip
        check = stack.add(
            "azurerm_lb_probe", probe, name=probe, loadbalancer_id=made["id"], protocol="Http",
            port=inside, request_path=path, interval_in_seconds=every,
        )  # fmt: skip
        rule.set(probe_id=check["id"])

    settings = azure.settings(own, public)
    decorate(
        stack,
        (
            settings.one_of(
                ask.address_label, "domain_name_label",
                ("shop-front", "portal-entry", "api-front", "web-entry"),
            ),
            Extra("probe", 5, probed),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the load balancer `{name}` on Azure",
        f"Traffic from the internet to our machines on Azure goes through `{name}`",
    )


@family("terraform", levels=(1, 2, 3), held_out=True)
def azure_dns(draw: Draw) -> Draft:
    """A zone of Azure DNS with its records."""
    azure = Azure(draw, asked=False)
    stack = azure.stack
    zone = draw.choice(
        "zone", ("example.com", "example.org", "shop.example", "lumen.example", "nordic.example")
    )  # fmt: skip
    stack.ask(ask.zone(name=zone), ask.zone_group(of=zone, to=azure.name))
    made = stack.add(
        "azurerm_dns_zone", "zone", name=zone, resource_group_name=azure.group["name"]
    )  # fmt: skip
    hosts = (("www", "api", "blog"), ("mail", "shop", "status"), ("cdn", "docs", "img"))

    def record(number: int) -> None:
        host = draw.choice(f"host {number}", hosts[number - 1])
        ttl = draw.choice(f"ttl {number}", (60, 300, 600, 1800, 3600))
        if draw.chance(f"alias {number}", 0.35):
            target = f"{draw.choice(f'target {number}', ('edge', 'lb', 'origin'))}.{zone}"
            stack.ask(ask.azure_zone_alias(of=zone, name=host, target=target, ttl=ttl))
            kind, body = "azurerm_dns_cname_record", dict[str, object](record=target)
        else:
            address = f"203.0.113.{draw.integer(f'address {number}', 1, 254)}"
            stack.ask(ask.azure_zone_address(of=zone, name=host, address=address, ttl=ttl))
            kind, body = "azurerm_dns_a_record", dict[str, object](records=[address])
        stack.add(
            kind, host, name=host, zone_name=made["name"],
            resource_group_name=azure.group["name"], ttl=ttl, **body,
        )  # fmt: skip

    def text() -> None:
        said = draw.choice("text", ("v=spf1 -all", "v=spf1 mx -all", "owner=platform"))
        stack.ask(ask.azure_zone_text(of=zone, name="@", text=said))
        stack.add(
            "azurerm_dns_txt_record", "root", name="@", zone_name=made["name"],
            resource_group_name=azure.group["name"], ttl=3600, record=nested(value=said),
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("first", 1, lambda: record(1)), Extra("second", 1, lambda: record(2)),
            Extra("text", 1, text), Extra("third", 1, lambda: record(3)),
            azure.settings(made, zone).label(ask.zone_tag, TAGS, "tags"),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Serve DNS for {zone} from Azure", f"Azure DNS is to answer for the zone {zone}"
    )
