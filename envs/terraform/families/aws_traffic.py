"""Tasks about what passes between networks on AWS: network ACLs, VPC peering."""

from __future__ import annotations

from envs.terraform.families.aws_network import (
    add_subnet,
    network,
    vpc_extras,
)
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_layouts as layout
from envs.terraform.requirements import aws_networks as nets
from envs.terraform.requirements import aws_traffic as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import nested

OPEN_PORTS = (80, 443, 8080, 8443)
OWN_PORTS = (22, 3389, 5432, 3306, 6379, 9100)


class _Acl:
    """A network ACL under construction; its rules are inline or resources of their own."""

    def __init__(self, stack: Stack, name: str, vpc: Handle) -> None:
        self.stack = stack
        self.inline = stack.draw.phrase("acl style", (True, False))
        self.made = stack.add("aws_network_acl", "main", vpc_id=vpc["id"], tags={"Name": name})
        self.number = 100

    def rule(
        self, label: str, cidr: str, first: int, last: int, *,
        egress: bool = False, number: int = 0, action: str = "allow", protocol: str = "tcp",
    ) -> None:  # fmt: skip
        """Add a rule after the others, or under a number."""
        place = number or self.number
        self.number += 0 if number else 10
        ports = {"protocol": protocol, "cidr_block": cidr, "from_port": first, "to_port": last}
        if self.inline:
            way = "egress" if egress else "ingress"
            self.made.nest(way, rule_no=place, action=action, **ports)
            return
        self.stack.add(
            "aws_network_acl_rule", label, network_acl_id=self.made["id"], rule_number=place,
            egress=egress, rule_action=action, **ports,
        )  # fmt: skip


@family("terraform", levels=(3, 4, 5))
def network_acl(draw: Draw) -> Draft:
    """A network ACL for a subnet: what it admits, refuses and lets out."""
    stack = Stack(draw, "aws")
    vpc, net, start = network(stack)
    inner = f"{net}-{draw.choice('place', ('app', 'web', 'data', 'edge', 'core'))}"
    name = draw.name("acl", ("acl", "guard", "filter", "rules"))
    stack.ask(layout.subnet_within(of=net, name=inner))
    subnet = stack.add(
        "aws_subnet", "inner", vpc_id=vpc["id"], cidr_block=f"{start}.1.0/24", tags={"Name": inner}
    )  # fmt: skip
    stack.ask(ask.acl(name=name), ask.acl_in(of=name, to=net), ask.acl_guards(of=name, to=inner))
    acl = _Acl(stack, name, vpc)
    if draw.phrase("association", (True, False)):
        acl.made.set(subnet_ids=[subnet["id"]])
    else:
        stack.add(
            "aws_network_acl_association", "main",
            network_acl_id=acl.made["id"], subnet_id=subnet["id"],
        )  # fmt: skip

    port = draw.choice("port", OPEN_PORTS)
    stack.ask(ask.acl_admits(of=name, port=port, source="0.0.0.0/0"))
    acl.rule("public", "0.0.0.0/0", port, port)

    def own() -> None:
        number, source = draw.choice("own port", OWN_PORTS), f"172.{draw.integer('own', 16, 31)}"
        stack.ask(ask.acl_admits(of=name, port=number, source=f"{source}.0.0/16"))
        acl.rule("own", f"{source}.0.0/16", number, number)

    def refused() -> None:
        source = f"192.0.{draw.integer('refused', 2, 200)}.0/24"
        stack.ask(ask.acl_refuses(of=name, source=source))
        acl.rule("refused", source, 0, 0, number=50, action="deny", protocol="-1")

    def answers() -> None:
        first = draw.choice("answers", (1024, 32768, 49152))
        stack.ask(ask.acl_answers(of=name, first=first, last=65535))
        acl.rule("answers", "0.0.0.0/0", first, 65535, egress=True)

    decorate(
        stack,
        (
            Extra("answers", 1, answers), Extra("refused", 1, refused),
            Extra("own", 1, own), *vpc_extras(stack, vpc, net),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Guard the subnet `{inner}` with the network ACL `{name}`",
        f"Put a network ACL `{name}` in front of `{inner}`",
    )


@family("terraform", levels=(3, 4, 5))
def vpc_peering(draw: Draw) -> Draft:
    """Two VPCs that are peered, with routes between them."""
    stack = Stack(draw, "aws")
    first, second = draw.sample("nets", ("shop", "data", "core", "lab", "office", "build"), 2)
    octet = draw.choice("octet", range(1, 200))
    other = octet + draw.integer("step", 1, 40)
    names = [f"{first}-vpc", f"{second}-vpc"]
    made = []
    for name, number in zip(names, (octet, other), strict=True):
        cidr = f"10.{number}.0.0/16"
        stack.ask(nets.vpc(name=name), nets.vpc_cidr(of=name, value=cidr))
        made.append(stack.add("aws_vpc", name, cidr_block=cidr, tags={"Name": name}))
    link = draw.name("peering", ("peering", "link", "bridge"))
    stack.ask(
        ask.peering(name=link), ask.peering_joins(of=link, nets=names),
        ask.peering_accepted(of=link),
    )  # fmt: skip
    peering = stack.add(
        "aws_vpc_peering_connection", "link", vpc_id=made[0]["id"], peer_vpc_id=made[1]["id"],
        auto_accept=True, tags={"Name": link},
    )  # fmt: skip

    def resolved() -> None:
        stack.ask(ask.peering_dns(of=link))
        inner = nested(allow_remote_vpc_dns_resolution=True)
        if draw.phrase("options", (True, False)):
            peering.body.update(requester=[inner], accepter=[inner])
        else:
            stack.add(
                "aws_vpc_peering_connection_options", "link",
                vpc_peering_connection_id=peering["id"], requester=inner, accepter=inner,
            )  # fmt: skip

    def routed(place: int) -> None:
        name, here = f"{names[place]}-{'ab'[place]}", (octet, other)[place]
        there = (octet, other)[1 - place]
        subnet = add_subnet(stack, made[place], names[place], name, f"10.{here}.1.0/24")
        stack.ask(ask.peering_route(of=name, cidr=f"10.{there}.0.0/16", to=link))
        table = stack.add("aws_route_table", name, vpc_id=made[place]["id"])
        stack.add(
            "aws_route", name, route_table_id=table["id"],
            destination_cidr_block=f"10.{there}.0.0/16",
            vpc_peering_connection_id=peering["id"],
        )  # fmt: skip
        stack.add(
            "aws_route_table_association", name,
            subnet_id=subnet["id"], route_table_id=table["id"],
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("resolved", 1, resolved),
            Extra("route there", 4, lambda: routed(0)),
            Extra("route back", 4, lambda: routed(1)), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Peer the VPCs `{names[0]}` and `{names[1]}`",
        f"Connect the two networks `{names[0]}` and `{names[1]}` on AWS",
    )
