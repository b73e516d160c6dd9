"""Requirements about VPCs, subnets, routes and security groups."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.factories import existence, fixed, link, setting, tag
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, the, world
from envs.terraform.requirements.lookup import own_ref, ref_of, things, unless
from envs.terraform.requirements.routing import Routing, gates_of, internet_gates
from envs.terraform.requirements.security_groups import SECURITY_GROUP, rules_of
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance

VPC = Kind("VPC", ("aws_vpc",), "tags.Name")
SUBNET = Kind("subnet", ("aws_subnet",), "tags.Name")
ROUTE_TABLE = Kind("route table", ("aws_route_table", "aws_default_route_table"), "tags.Name")
ADDRESS = Kind("Elastic IP", ("aws_eip",), "tags.Name", ("id", "allocation_id"))
ANYWHERE = ("0.0.0.0/0", "::/0")

vpc = existence(
    "vpc", VPC,
    "a VPC with the Name tag `{name}`", "the VPC `{name}` (that is its Name tag)",
    "a VPC that is tagged Name = `{name}`",
)  # fmt: skip
vpc_cidr = setting(
    "vpc-cidr", VPC, "cidr_block",
    "the address range {value} for the VPC `{of}`", "`{of}` spans {value}",
)  # fmt: skip
vpc_dns_hostnames = fixed(
    "vpc-dns-hostnames", VPC, "enable_dns_hostnames", True,
    "DNS hostnames enabled in the VPC `{of}`", "instances in `{of}` get DNS hostnames",
)  # fmt: skip
vpc_tag = tag(
    "vpc-tag", VPC,
    "the tag {key} = `{value}` on the VPC `{of}`", "`{of}` also tagged {key} = `{value}`",
)  # fmt: skip
subnet = existence(
    "subnet", SUBNET,
    "a subnet with the Name tag `{name}`", "the subnet `{name}` (its Name tag)",
)  # fmt: skip
subnet_cidr = setting(
    "subnet-cidr", SUBNET, "cidr_block",
    "the address range {value} for the subnet `{of}`", "the subnet `{of}` spans {value}",
)  # fmt: skip
subnet_zone = setting(
    "subnet-zone", SUBNET, "availability_zone",
    "the subnet `{of}` placed in the zone {value}", "{value} as the availability zone of `{of}`",
)  # fmt: skip
subnet_in = link(
    "subnet-in", SUBNET, "vpc_id", VPC,
    "`{of}` as a subnet of the VPC `{to}`", "the subnet `{of}` inside `{to}`",
)  # fmt: skip
subnet_public_addresses = fixed(
    "subnet-public-addresses", SUBNET, "map_public_ip_on_launch", True,
    "instances in the subnet `{of}` get a public address when they start",
    "public addresses assigned on launch in `{of}`",
)  # fmt: skip


@requirement(
    "traffic from the subnet `{of}` to the internet routed through an internet gateway",
    "`{of}` as a public subnet: its route table sends 0.0.0.0/0 to an internet gateway",
)
def subnet_public(config: Configuration, of: str) -> Findings:
    """The subnet's route table has a default route to an internet gateway of its VPC."""
    found, problems = things(config, (SUBNET, of))
    if problems:
        return problems
    gates = gates_of(internet_gates(config), found[0])
    right = Routing(config).leads(found[0], ANYWHERE[0], "gateway_id", gates)
    return unless(
        right, config, found[0].at, f"no route 0.0.0.0/0 of `{of}` goes to an internet gateway"
    )


@requirement(
    "traffic from the subnet `{of}` to the internet routed through the NAT gateway in `{to}`",
    "`{of}` as a private subnet whose route table sends 0.0.0.0/0 to the NAT gateway in `{to}`",
    "the subnet `{of}` reaching the internet through the NAT gateway in the subnet `{to}`",
)
def subnet_behind_nat_in(config: Configuration, of: str, to: str) -> Findings:
    """The subnet's default route leads to a NAT gateway in the other subnet."""
    found, problems = things(config, (SUBNET, of), (SUBNET, to))
    if problems:
        return problems
    inside = companions(config, "aws_nat_gateway", "subnet_id", found[1], SUBNET)
    gates = [own_ref(gate) for gate in inside]
    right = Routing(config).leads(found[0], ANYWHERE[0], "nat_gateway_id", gates)
    return unless(
        right, config, found[0].at, f"no route 0.0.0.0/0 of `{of}` goes to a NAT gateway in `{to}`"
    )


@requirement(
    "an Elastic IP address for the NAT gateway in `{of}`",
    "the NAT gateway in `{of}` behind an Elastic IP",
)
def nat_address(config: Configuration, of: str) -> Findings:
    """The NAT gateway's allocation is an aws_eip."""
    found, problems = things(config, (SUBNET, of))
    if problems:
        return problems
    gates = companions(config, "aws_nat_gateway", "subnet_id", found[0], SUBNET)
    addresses = {own_ref(one) for one in world(config).instances("aws_eip")}
    given = [ref_of(one.get("allocation_id"), *ADDRESS.ids) for one in gates]
    right = given and all(one in addresses for one in given)
    at = gates[0].where("allocation_id") if gates else found[0].at
    return unless(right, config, at, f"the NAT gateway in `{of}` has no Elastic IP")


@requirement(
    "an internet gateway attached to the VPC `{of}`", "`{of}` has an internet gateway",
)  # fmt: skip
def internet_gateway(config: Configuration, of: str) -> Findings:
    """An internet gateway that names the VPC, or is attached to it."""
    thing = the(config, VPC, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for kind in ("aws_internet_gateway", "aws_internet_gateway_attachment"):
        if companions(config, kind, "vpc_id", thing, VPC):
            return
    yield config.finding(thing.at, f"no internet gateway belongs to the VPC `{of}`")


@requirement(
    "a NAT gateway in the subnet `{of}`", "the subnet `{of}` holds a NAT gateway",
)  # fmt: skip
def nat_gateway_in(config: Configuration, of: str) -> Findings:
    """A NAT gateway whose subnet it is."""
    thing = the(config, SUBNET, of)
    if not isinstance(thing, Instance):
        yield thing
    elif not companions(config, "aws_nat_gateway", "subnet_id", thing, SUBNET):
        yield config.finding(thing.at, f"no NAT gateway is in the subnet `{of}`")


group = existence(
    "security-group", SECURITY_GROUP,
    "a security group called `{name}`", "the security group `{name}`",
)  # fmt: skip
group_in = link(
    "security-group-in", SECURITY_GROUP, "vpc_id", VPC,
    "the security group `{of}` in the VPC `{to}`", "`{of}` as a security group of `{to}`",
)  # fmt: skip


@requirement(
    "TCP port {port} of the security group `{of}` open to {source}, by a rule for that port alone",
    "`{of}` lets {source} in on TCP port {port}, by a rule for just that port",
)
def group_admits(config: Configuration, of: str, port: int, source: str) -> Findings:
    """An ingress rule for exactly that port and address range."""
    found = the(config, SECURITY_GROUP, of)
    if not isinstance(found, Instance):
        yield found
        return
    for rule in rules_of(config, found, "ingress"):
        if rule.is_for(port, "tcp") and source in rule.ranges:
            return
    yield config.finding(found.at, f"no rule of `{of}` opens just TCP {port} to {source}")


@requirement(
    "TCP port {port} of `{of}` open to the members of the security group `{to}`",
    "the security group `{of}` admits `{to}` on TCP port {port}",
)
def group_admits_group(config: Configuration, of: str, to: str, port: int) -> Findings:
    """An ingress rule for exactly that port whose source is another group."""
    found, other = the(config, SECURITY_GROUP, of), the(config, SECURITY_GROUP, to)
    if not isinstance(found, Instance):
        yield found
        return
    if not isinstance(other, Instance):
        yield other
        return
    for rule in rules_of(config, found, "ingress"):
        if rule.is_for(port, "tcp") and any(
            refers(value, other, SECURITY_GROUP) for value in flat(rule.groups)
        ):
            return
    yield config.finding(found.at, f"no rule of `{of}` opens just TCP {port} to `{to}`")


@requirement(
    "no inbound port of `{of}` open to the whole internet but {ports}",
    "nothing but {ports} of the security group `{of}` open to everybody",
)
def group_closed_but(config: Configuration, of: str, ports: Any) -> Findings:
    """Every ingress rule with an open range is for exactly one of the ports."""
    found = the(config, SECURITY_GROUP, of)
    if not isinstance(found, Instance):
        yield found
        return
    allowed = {int(port) for port in ports}
    for rule in rules_of(config, found, "ingress"):
        single = rule.first if rule.first == rule.last else None
        if set(rule.ranges) & set(ANYWHERE) and single not in allowed:
            yield config.finding(rule.at, f"`{of}` is open to everybody on {rule.said()}")


@requirement(
    "all outbound traffic allowed from the security group `{of}`",
    "the members of `{of}` may open connections to anywhere",
)
def group_sends_anywhere(config: Configuration, of: str) -> Findings:
    """An egress rule for every protocol to everywhere."""
    found = the(config, SECURITY_GROUP, of)
    if not isinstance(found, Instance):
        yield found
    elif not any(
        rule.protocol == "-1" and ANYWHERE[0] in rule.ranges
        for rule in rules_of(config, found, "egress")
    ):
        yield config.finding(found.at, f"`{of}` has no egress rule for all traffic to 0.0.0.0/0")


group_description = setting(
    "security-group-description", SECURITY_GROUP, "description",
    "the security group `{of}` described as `{value}`",
    "the description `{value}` for the security group `{of}`",
)  # fmt: skip


@requirement(
    "the members of the security group `{to}`, and nobody else, admitted to `{of}` on TCP port "
    "{port} alone",
    "TCP port {port} of `{of}` open to the security group `{to}`, and nothing else open there",
)
def group_admits_only(config: Configuration, of: str, to: str, port: int) -> Findings:
    """Every ingress rule is for exactly that port and that group, and there is one."""
    found, problems = things(config, (SECURITY_GROUP, of), (SECURITY_GROUP, to))
    if problems:
        yield problems[0]
        return
    rules = list(rules_of(config, found[0], "ingress"))
    if not rules:
        yield config.finding(found[0].at, f"`{of}` admits nobody")
    for rule in rules:
        groups = flat(rule.groups)
        if not rule.is_for(port, "tcp") or rule.ranges or not groups:
            yield config.finding(rule.at, f"`{of}` is open on {rule.said()}, not as asked")
        elif not all(refers(value, found[1], SECURITY_GROUP) for value in groups):
            yield config.finding(rule.at, f"`{of}` admits another group than `{to}`")
