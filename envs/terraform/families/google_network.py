"""Tasks about networks, NAT and DNS on Google Cloud."""

from __future__ import annotations

from envs.terraform.families.google_storage import REGIONS, project, region, varied
from envs.terraform.nested_settings import NestedSettings
from envs.terraform.requirements import google_networks as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import nested, template

#: (protocol, ports) that firewalls admit, and what the rule is called after.
SERVICES = (
    ("tcp", (22,)), ("tcp", (80, 443)), ("tcp", (443,)), ("tcp", (5432,)), ("tcp", (6379,)),
    ("tcp", (3306,)), ("tcp", (8080, 8443)), ("udp", (53,)), ("udp", (500, 4500)), ("tcp", (9090,)),
)  # fmt: skip
SOURCES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "203.0.113.0/24", "198.51.100.0/24")
TAGS = ("web", "db", "bastion", "worker", "cache", "app", "proxy")


def add_network(stack: Stack) -> tuple[Handle, str]:
    """Ask for a network without automatic subnets; return it and its name."""
    name = stack.draw.name("network", ("net", "network", "vpc", "core", "edge"))
    stack.ask(ask.network(name=name), ask.network_custom(of=name))
    made = stack.add(
        "google_compute_network", name, name=name, auto_create_subnetworks=False
    )  # fmt: skip
    return made, name


def add_subnet(
    stack: Stack, network: Handle, to: str, name: str, place: str, number: int = 0
) -> Handle:
    """Ask for a subnet of a network; return it."""
    second = stack.draw.integer(f"octet {number}", 1, 230)
    given = f"10.{second}.{16 * number}.0/{stack.draw.choice(f'bits {number}', (20, 22, 24))}"
    stack.ask(
        ask.subnet(name=name), ask.subnet_network(of=name, to=to),
        ask.subnet_range(of=name, value=given), ask.subnet_region(of=name, value=place),
    )  # fmt: skip
    return stack.add(
        "google_compute_subnetwork", name, name=name, network=network["id"],
        region=varied(stack, "region", place) if number == 0 else place,
        ip_cidr_range=given,
    )  # fmt: skip


@family("terraform", levels=(3, 4, 5))
def google_network(draw: Draw) -> Draft:
    """A VPC network with subnets and firewall rules."""
    stack = Stack(draw, "google")
    network, to = add_network(stack)
    place = draw.choice("region", REGIONS)
    inner = f"{to}-main"
    first = add_subnet(stack, network, to, inner, place)
    settings = NestedSettings(stack, first, inner)

    def admitting(name: str, number: int) -> None:
        protocol, ports = draw.choice(f"service {number}", SERVICES)
        source = draw.choice(f"source {number}", SOURCES)
        stack.ask(
            ask.firewall(name=name), ask.firewall_network(of=name, to=to),
            ask.google_firewall_admits(of=name, protocol=protocol, ports=list(ports)),
            ask.firewall_sources(of=name, values=[source]),
        )  # fmt: skip
        made = stack.add(
            "google_compute_firewall", name, name=name, network=network["name"],
            source_ranges=[source],
            allow=nested(protocol=protocol, ports=[str(port) for port in ports]),
        )  # fmt: skip
        if draw.wants(f"with priority {number}", 5):
            priority = draw.integer(f"priority {number}", 100, 900, 50)
            stack.ask(ask.firewall_priority(of=name, value=priority))
            made.set(priority=priority)
        if draw.wants(f"tagged {number}", 5):
            tag = draw.choice(f"tag {number}", TAGS)
            stack.ask(ask.firewall_targets(of=name, values=[tag]))
            made.set(target_tags=[tag])

    def ranged() -> None:
        name, second = draw.choice("range", ("pods", "services", "jobs")), draw.integer("o", 1, 99)
        given = f"172.{16 + second % 16}.{second}.0/24"
        stack.ask(ask.google_subnet_secondary(of=inner, name=name, range=given))
        first.nest("secondary_ip_range", range_name=name, ip_cidr_range=given)

    def another() -> None:
        add_subnet(stack, network, to, f"{to}-data", place, 1)

    decorate(
        stack,
        (
            settings.on(ask.subnet_private_access, private_ip_google_access=True),
            Extra("firewall", 4.4, lambda: admitting(f"{to}-allow", 1)),
            settings.one_of(ask.subnet_logs, "log_config.flow_sampling", (0.1, 0.2, 0.25, 0.75)),
            Extra("range", 1, ranged), Extra("second", 4, another), project(stack),
            NestedSettings(stack, network, to).one_of(
                ask.network_routing, "routing_mode", ("GLOBAL",)
            ),
            NestedSettings(stack, network, to).one_of(
                ask.network_mtu, "mtu", (1300, 1500, 8896)
            ),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Build the VPC network `{to}` on Google Cloud with Terraform",
        f"Our services on Google Cloud need the network `{to}`",
    )


@family("terraform", levels=(5,))
def google_nat(draw: Draw) -> Draft:
    """A private network that reaches the internet through Cloud NAT."""
    stack = Stack(draw, "google")
    network, to = add_network(stack)
    place = draw.choice("region", REGIONS)
    inner, middle, outer = f"{to}-private", f"{to}-router", f"{to}-nat"
    subnet = add_subnet(stack, network, to, inner, place)
    stack.ask(
        ask.router(name=middle), ask.router_network(of=middle, to=to),
        ask.router_region(of=middle, value=place), ask.nat(name=outer),
        ask.nat_router(of=outer, to=middle),
    )  # fmt: skip
    router = stack.add(
        "google_compute_router", middle, name=middle, network=network["id"],
        region=subnet["region"],
    )  # fmt: skip
    made = stack.add(
        "google_compute_router_nat", outer, name=outer, router=router["name"],
        region=router["region"], nat_ip_allocate_option="AUTO_ONLY",
    )  # fmt: skip
    if draw.chance("everything", 0.5):
        stack.ask(ask.nat_everything(of=outer))
        made.set(source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES")
    else:
        stack.ask(ask.google_nat_subnet(of=outer, subnet=inner))
        made.set(source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS")
        made.nest(
            "subnetwork", name=subnet["id"], source_ip_ranges_to_nat=["ALL_IP_RANGES"]
        )  # fmt: skip

    def addressed() -> None:
        name = f"{to}-address"
        stack.ask(
            ask.address(name=name), ask.address_region(of=name, value=place),
            ask.nat_address(of=outer, to=name),
        )  # fmt: skip
        own = stack.add("google_compute_address", name, name=name, region=place)
        made.set(nat_ip_allocate_option="MANUAL_ONLY", nat_ips=[own["self_link"]])

    def logged() -> None:
        value = draw.choice("logs", ("ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"))
        stack.ask(ask.google_nat_logs(of=outer, value=value))
        made.nest("log_config", enable=True, filter=value)

    decorate(
        stack,
        (
            Extra("address", 3, addressed), Extra("logs", 1, logged),
            NestedSettings(stack, router, middle).one_of(
                ask.router_asn, "bgp.asn", range(64_512, 64_900)
            ),
            NestedSettings(stack, made, outer).one_of(
                ask.nat_ports, "min_ports_per_vm", (128, 256, 512, 1024, 2048)
            ),
            project(stack), region(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Let the private network `{to}` reach the internet through Cloud NAT",
        f"Machines in `{to}` have no external addresses; give them a way out with Cloud NAT",
    )


@family("terraform", levels=(1, 2, 3), held_out=True)
def google_dns(draw: Draw) -> Draft:
    """A zone of Cloud DNS with its records, public or private."""
    stack = Stack(draw, "google")
    name = draw.name("zone", ("zone", "public", "internal", "corp"))
    domain = draw.choice(
        "domain", ("example.com.", "example.org.", "shop.example.", "corp.example.", "lumen.test.")
    )  # fmt: skip
    stack.ask(ask.zone(name=name), ask.zone_domain(of=name, value=domain))
    made = stack.add("google_dns_managed_zone", name, name=name, dns_name=domain)

    def record(number: int) -> None:
        host = draw.choice(f"host {number}", hosts[number - 1])
        full, ttl = f"{host}.{domain}", draw.choice(f"ttl {number}", (60, 300, 600, 1800, 3600))
        if draw.chance(f"alias {number}", 0.3):
            kind, value = (
                "CNAME",
                f"{draw.choice(f'target {number}', ('edge', 'lb', 'web'))}.{domain}",
            )
        else:
            kind, value = "A", f"203.0.113.{draw.integer(f'address {number}', 1, 254)}"
        stack.ask(ask.google_zone_record(of=name, type=kind, name=full, value=value, ttl=ttl))
        stack.add(
            "google_dns_record_set", host, name=template(f"{host}.${{{made['dns_name']}}}"),
            managed_zone=made["name"], type=kind, ttl=ttl, rrdatas=[value],
        )  # fmt: skip

    def private() -> None:
        network, to = add_network(stack)
        stack.ask(ask.google_zone_private(of=name, network=to))
        made.set(visibility="private")
        made.nest("private_visibility_config", networks=nested(network_url=network["id"]))

    hosts = (("www", "api", "blog"), ("mail", "shop", "status"), ("cdn", "docs", "img"))
    settings = NestedSettings(stack, made, name)
    texts = ("Our public names", "Names of the shop", "Internal services", "Managed by Terraform")
    decorate(
        stack,
        (
            Extra("first", 1, lambda: record(1)),
            Extra("second", 1, lambda: record(2)), Extra("private", 3, private),
            settings.on(ask.zone_signed, dnssec_config__state="on"),
            settings.one_of(ask.zone_described, "description", texts),
            Extra("third", 1, lambda: record(3)), project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Serve {domain[:-1]} from Cloud DNS, in the zone `{name}`",
        f"Cloud DNS is to answer for {domain[:-1]} from the zone `{name}`",
    )
