"""Tasks about the layout of a network on AWS: zones, tiers of security groups."""

from __future__ import annotations

from envs.terraform.choices import OCTETS, TAGS
from envs.terraform.families.aws_network import (
    add_group,
    admit,
    chosen_region,
    network,
    route_out,
    send_anywhere,
    vpc_extras,
)
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_layouts as layout
from envs.terraform.requirements import aws_networks as ask
from envs.terraform.stack import Extra, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, template


def _loop(stack: Stack, style: str, zones: list[str]) -> tuple[dict[str, Raw], Raw, Raw]:
    """Write down the zones; return the loop over them, the zone, and its number in the loop."""
    if style == "count":
        stack.top(block("locals", zones=zones))
        number = Raw("count.index")
        return {"count": Raw("length(local.zones)")}, Raw("local.zones[count.index]"), number
    if style == "set":
        stack.top(block("variable", "zones", type=Raw("list(string)"), default=zones))
        number = Raw("index(var.zones, each.key)")
        return {"for_each": Raw("toset(var.zones)")}, Raw("each.key"), number
    stack.top(block("locals", zones={zone: place for place, zone in enumerate(zones)}))
    return {"for_each": Raw("local.zones")}, Raw("each.key"), Raw("each.value")


@family("terraform", levels=(2, 3, 4))
def zoned_network(draw: Draw) -> Draft:
    """A VPC with one subnet in each of several zones, all alike."""
    stack = Stack(draw, "aws")
    vpc, name, _ = network(stack)
    where = chosen_region(stack)
    letters = draw.choice("zones", ("abc", "ab", "ac", "bc"))
    zones = [where + letter for letter in letters]
    stack.ask(layout.subnets_in_zones(of=name, zones=zones))
    style = draw.phrase("loop", ("map", "count", "set"))
    loop, zone, index = _loop(stack, style, zones)
    named = template(f"{name}-${{{zone}}}")
    subnet = stack.add(
        "aws_subnet", "zone", **loop, vpc_id=vpc["id"], availability_zone=zone,
        tags={"Name": named},
    )  # fmt: skip
    bits = 24

    def sized() -> None:
        nonlocal bits
        bits = draw.choice("bits", (19, 20, 21, 22, 23, 25, 26))
        stack.ask(layout.subnets_of_size(of=name, bits=bits))

    def public() -> None:
        stack.ask(ask.internet_gateway(of=name), layout.subnets_public(of=name))
        gateway = stack.add("aws_internet_gateway", "gateway", vpc_id=vpc["id"])
        table = route_out(stack, vpc, "public", [], gateway_id=gateway["id"])
        again = loop if style == "count" else {"for_each": Raw("aws_subnet.zone")}
        one = "aws_subnet.zone[count.index].id" if style == "count" else "each.value.id"
        stack.add(
            "aws_route_table_association", "public", **again,
            subnet_id=Raw(one), route_table_id=table["id"],
        )  # fmt: skip

    def addresses() -> None:
        stack.ask(layout.subnets_public_addresses(of=name))
        subnet.set(map_public_ip_on_launch=True)

    def tagged() -> None:
        key, values = draw.choice("tag", TAGS)
        value = draw.choice("tag value", values)
        stack.ask(layout.subnets_tag(of=name, key=key, value=value))
        subnet.body["tags"][key] = value

    decorate(
        stack,
        (
            Extra("size", 1, sized), Extra("addresses", 1, addresses), Extra("public", 2, public),
            Extra("tag", 1, tagged), *vpc_extras(stack, vpc, name)[:2],
        ),
    )  # fmt: skip
    subnet.set(cidr_block=Raw(f"cidrsubnet({vpc['cidr_block']}, {bits - 16}, {index})"))
    return stack.draft(
        f"Spread the AWS network `{name}` over several availability zones",
        f"We want the VPC `{name}` with a subnet in every zone that we use",
        f"Terraform for `{name}`, a VPC across availability zones",
    )


TIERS = (("web", "app", "db"), ("front", "api", "data"), ("edge", "service", "store"))
APP_PORTS = (8080, 8000, 3000, 5000, 9000, 8081)
DATA_PORTS = (5432, 3306, 6379, 27017, 1433, 9042)


@family("terraform", levels=(4, 5))
def security_tiers(draw: Draw) -> Draft:
    """Security groups of a web, an application and a database tier that admit one another."""
    stack = Stack(draw, "aws")
    name = draw.name("vpc", ("vpc", "net", "network"))
    octet = draw.phrase("octet", OCTETS)
    stack.ask(ask.vpc(name=name))
    vpc = stack.add("aws_vpc", name, cidr_block=f"10.{octet}.0.0/16", tags={"Name": name})
    web, app, data = (f"{name}-{one}" for one in draw.choice("tiers", TIERS))
    ports = (draw.choice("app port", APP_PORTS), draw.choice("data port", DATA_PORTS))
    deep = draw.level >= 5
    names = (web, app, data) if deep else (app, data)
    groups = {one: add_group(stack, one, vpc, name) for one in names}
    if deep:
        stack.ask(ask.group_admits(of=web, port=443, source="0.0.0.0/0"))
        admit(stack, groups[web], 443, cidr="0.0.0.0/0")
        stack.ask(ask.group_admits_group(of=app, to=web, port=ports[0]))
        admit(stack, groups[app], ports[0], other=groups[web]["id"])
    else:
        stack.ask(ask.group_admits(of=app, port=ports[0], source="0.0.0.0/0"))
        admit(stack, groups[app], ports[0], cidr="0.0.0.0/0")
    stack.ask(ask.group_admits_only(of=data, to=app, port=ports[1]))
    admit(stack, groups[data], ports[1], other=groups[app]["id"])

    def shell() -> None:
        source = f"10.{draw.integer('office', 240, 254)}.0.0/16"
        stack.ask(ask.group_admits(of=app, port=22, source=source))
        admit(stack, groups[app], 22, cidr=source)

    def outward() -> None:
        stack.ask(ask.group_sends_anywhere(of=app))
        send_anywhere(stack, groups[app])

    def said() -> None:
        text = draw.choice("said", ("Database access", "Data tier", "Storage backend"))
        stack.ask(ask.group_description(of=data, value=text))
        groups[data].set(description=text)

    decorate(
        stack,
        (
            Extra("outward", 1, outward), Extra("shell", 1, shell),
            Extra("description", 1, said), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Write the security groups for the tiers of `{name}`",
        f"In the VPC `{name}`, let each tier talk to the one below it only",
    )
