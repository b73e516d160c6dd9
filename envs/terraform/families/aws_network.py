"""Tasks about networks on AWS: subnets, ways to the internet, zones, security groups."""

from __future__ import annotations

from collections.abc import Sequence

from envs.terraform.choices import OCTETS, TAGS
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_layouts as layout
from envs.terraform.requirements import aws_networks as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw

PLACES = ("app", "web", "public", "edge", "front", "dmz", "core", "shared")
WEB_PORTS = (80, 443, 8080, 8443, 3000, 5000, 9000)
EVERYWHERE = ["0.0.0.0/0"]
NOBODY = Raw("null")


def chosen_region(stack: Stack) -> str:
    """Ask for the region of the AWS provider, and return it."""
    region(stack)
    return str(stack.draw.params["region"])


def network(stack: Stack, *, second: int = 0) -> tuple[Handle, str, str]:
    """Add the VPC that a task is about; return it, its name, and the start of its addresses."""
    name = stack.draw.name("vpc", ("vpc", "net", "network", "lan"))
    octet = stack.draw.choice("octet", OCTETS)
    stack.ask(ask.vpc(name=name), ask.vpc_cidr(of=name, value=f"10.{octet}.0.0/16"))
    made = stack.add("aws_vpc", name, cidr_block=f"10.{octet}.0.0/16", tags={"Name": name})
    return made, name, f"10.{octet}"


def add_subnet(stack: Stack, vpc: Handle, to: str, name: str, cidr: str) -> Handle:
    """Ask for a subnet of a VPC and add it."""
    stack.ask(
        ask.subnet(name=name), ask.subnet_in(of=name, to=to), ask.subnet_cidr(of=name, value=cidr)
    )
    return stack.add(
        "aws_subnet", name, vpc_id=vpc["id"], cidr_block=cidr, tags={"Name": name}
    )  # fmt: skip


def plain_subnets(
    stack: Stack, vpc: Handle, to: str, start: str, names: Sequence[str]
) -> list[Handle]:
    """Ask for subnets of a VPC, and add them in different zones; addresses are left open."""
    stack.ask(layout.subnets_of(of=to, names=list(names)))
    zones = stack.data("aws_availability_zones", "available", state="available")
    return [
        stack.add(
            "aws_subnet", name, vpc_id=vpc["id"], cidr_block=f"{start}.{place + 1}.0/24",
            availability_zone=Raw(f"{zones['names']}[{place}]"), tags={"Name": name},
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


def open_subnets(stack: Stack, vpc: Handle, to: str, subnets: Sequence[Handle]) -> None:
    """Ask for a way from all subnets of a VPC to the internet, and add it."""
    stack.ask(ask.internet_gateway(of=to), layout.subnets_public(of=to))
    gateway = stack.add("aws_internet_gateway", "gateway", vpc_id=vpc["id"])
    route_out(stack, vpc, "public", subnets, gateway_id=gateway["id"])


def route_out(
    stack: Stack, vpc: Handle, label: str, subnets: Sequence[Handle], **way: object
) -> Handle:
    """Add a route table with a route to everywhere, and associate subnets with it."""
    table = stack.add("aws_route_table", label, vpc_id=vpc["id"])
    if stack.draw.phrase("route style", ("inline", "apart")) == "inline":
        table.nest("route", cidr_block="0.0.0.0/0", **way)
    else:
        stack.add(
            "aws_route", label, route_table_id=table["id"],
            destination_cidr_block="0.0.0.0/0", **way,
        )  # fmt: skip
    for place, subnet in enumerate(subnets):
        name = label if len(subnets) == 1 else f"{label}_{place + 1}"
        stack.add(
            "aws_route_table_association", name,
            subnet_id=subnet["id"], route_table_id=table["id"],
        )  # fmt: skip
    return table


def add_group(stack: Stack, name: str, vpc: Handle, to: str) -> Handle:
    """Ask for a security group in a VPC and add it."""
    stack.ask(ask.group(name=name), ask.group_in(of=name, to=to))
    return stack.add("aws_security_group", name, name=name, vpc_id=vpc["id"])


def admit(stack: Stack, group: Handle, port: int, *, cidr: str = "", other: Raw = NOBODY) -> None:
    """Open a port of a group, inline or by a rule of its own, to a range or to another group."""
    if stack.draw.phrase("rule style", ("inline", "apart")) == "inline":
        inner = {"cidr_blocks": [cidr]} if cidr else {"security_groups": [other]}
        group.nest("ingress", from_port=port, to_port=port, protocol="tcp", **inner)
        return
    own = {"cidr_ipv4": cidr} if cidr else {"referenced_security_group_id": other}
    stack.add(
        "aws_vpc_security_group_ingress_rule", f"{group.label}_{port}",
        security_group_id=group["id"], ip_protocol="tcp", from_port=port, to_port=port, **own,
    )  # fmt: skip


def send_anywhere(stack: Stack, group: Handle) -> None:
    """Let the members of a group open connections to anywhere."""
    if stack.draw.phrase("rule style", ("inline", "apart")) == "inline":
        group.nest("egress", from_port=0, to_port=0, protocol="-1", cidr_blocks=EVERYWHERE)
        return
    stack.add(
        "aws_vpc_security_group_egress_rule", f"{group.label}_all",
        security_group_id=group["id"], ip_protocol="-1", cidr_ipv4="0.0.0.0/0",
    )  # fmt: skip


@family("terraform", levels=(2, 3, 4, 5))
def public_network(draw: Draw) -> Draft:
    """A VPC with a subnet that the internet reaches, and what its instances need for that."""
    stack = Stack(draw, "aws")
    vpc, name, start = network(stack)
    place = draw.choice("place", PLACES)
    within = draw.integer("third", 1, 99)
    inner = f"{name}-{place}"
    subnet = add_subnet(stack, vpc, name, inner, f"{start}.{within}.0/24")

    def reachable() -> None:
        stack.ask(ask.internet_gateway(of=name), ask.subnet_public(of=inner))
        gateway = stack.add("aws_internet_gateway", "gateway", vpc_id=vpc["id"])
        route_out(stack, vpc, "public", [subnet], gateway_id=gateway["id"])

    def addresses() -> None:
        stack.ask(ask.subnet_public_addresses(of=inner))
        subnet.set(map_public_ip_on_launch=True)

    def names() -> None:
        stack.ask(ask.vpc_dns_hostnames(of=name))
        vpc.set(enable_dns_hostnames=True)

    def zone() -> None:
        chosen = chosen_region(stack) + draw.choice("zone", ("a", "b", "c"))
        stack.ask(ask.subnet_zone(of=inner, value=chosen))
        subnet.set(availability_zone=chosen)

    def group() -> None:
        port = draw.choice("port", WEB_PORTS)
        web = draw.name("group", ("web", "front", "gate", "proxy"))
        made = add_group(stack, web, vpc, name)
        stack.ask(
            ask.group_admits(of=web, port=port, source="0.0.0.0/0"),
            ask.group_closed_but(of=web, ports=[port]),
        )  # fmt: skip
        admit(stack, made, port, cidr="0.0.0.0/0")
        if draw.chance("outward", 0.5):
            stack.ask(ask.group_sends_anywhere(of=web))
            send_anywhere(stack, made)

    decorate(
        stack,
        (
            Extra("public addresses", 1, addresses), Extra("gateway", 2, reachable),
            Extra("names", 1, names), Extra("zone", 2, zone), Extra("group", 4, group),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Lay out the network `{name}` on AWS with Terraform",
        f"We need a VPC `{name}` with a subnet in it",
        f"Write the Terraform for the AWS network `{name}`",
    )


def vpc_extras(stack: Stack, vpc: Handle, name: str) -> tuple[Extra, ...]:
    """Return what the VPC of any task may also be asked for."""
    draw = stack.draw

    def names() -> None:
        stack.ask(ask.vpc_dns_hostnames(of=name))
        vpc.set(enable_dns_hostnames=True)

    def tagged() -> None:
        key, values = draw.choice("vpc tag", TAGS)
        value = draw.choice("vpc tag value", values)
        stack.ask(ask.vpc_tag(of=name, key=key, value=value))
        vpc.body["tags"][key] = value

    return (
        Extra("names", 1, names), Extra("vpc tag", 1, tagged),
        Extra("region", 1, lambda: region(stack)),
    )  # fmt: skip


@family("terraform", levels=(3, 4, 5))
def private_network(draw: Draw) -> Draft:
    """A VPC with a public and a private subnet, and a NAT gateway between them."""
    stack = Stack(draw, "aws")
    vpc, name, start = network(stack)
    front = f"{name}-{draw.choice('front', ('public', 'edge', 'dmz', 'front'))}"
    back = f"{name}-{draw.choice('back', ('private', 'app', 'internal', 'back'))}"
    if draw.level <= 4:
        stack.ask(layout.subnets_of(of=name, names=[front, back]))
        cidrs = (f"{start}.1.0/24", f"{start}.2.0/24")
        outer, inner = (
            stack.add("aws_subnet", one, vpc_id=vpc["id"], cidr_block=cidr, tags={"Name": one})
            for one, cidr in zip((front, back), cidrs, strict=True)
        )
    else:
        first, second = draw.integer("first", 1, 99), draw.integer("second", 100, 199)
        outer = add_subnet(stack, vpc, name, front, f"{start}.{first}.0/24")
        inner = add_subnet(stack, vpc, name, back, f"{start}.{second}.0/24")
    stack.ask(
        ask.subnet_public(of=front), ask.nat_gateway_in(of=front), ask.nat_address(of=front),
        ask.subnet_behind_nat_in(of=back, to=front),
    )  # fmt: skip
    gateway = stack.add("aws_internet_gateway", "gateway", vpc_id=vpc["id"])
    route_out(stack, vpc, "public", [outer], gateway_id=gateway["id"])
    address = stack.add("aws_eip", "nat", domain="vpc")
    nat = stack.add(
        "aws_nat_gateway", "nat", allocation_id=address["id"], subnet_id=outer["id"],
        depends_on=[Raw("aws_internet_gateway.gateway")],
    )  # fmt: skip
    route_out(stack, vpc, "private", [inner], nat_gateway_id=nat["id"])

    def addresses() -> None:
        stack.ask(ask.subnet_public_addresses(of=front))
        outer.set(map_public_ip_on_launch=True)

    decorate(
        stack,
        (
            Extra("addresses", 1, addresses),
            *vpc_extras(stack, vpc, name),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Build the network `{name}` on AWS: a public side, and a private side behind NAT",
        f"Set up the VPC `{name}` so that its private subnet gets out through NAT",
    )
