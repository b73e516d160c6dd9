"""Requirements about the subnets of a VPC taken together: zones, sizes, ways out."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import Any

from envs.terraform.requirements.aws_networks import (
    ANYWHERE,
    SUBNET,
    VPC,
)
from envs.terraform.requirements.factories import default_tags
from envs.terraform.requirements.kinds import companions, refers, same, shown
from envs.terraform.requirements.lookup import things, unless
from envs.terraform.requirements.routing import Routing, gates_of, internet_gates
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Unknown, Value


def _zone(config: Configuration, subnet: Instance) -> Value:
    """Return what tells the zone of a subnet apart from others; None where it has none."""
    for name in ("availability_zone", "availability_zone_id"):
        value = subnet.get(name)
        if isinstance(value, Joined):
            return tuple(part if isinstance(part, str) else part.refs for part in value.parts)
        if isinstance(value, Unknown):
            return value.ref or _picked(config, subnet, name) if value.refs else None
        if isinstance(value, str):
            return value
    return None


def _picked(config: Configuration, subnet: Instance, name: str) -> Value:
    """Tell zones apart that a function picks from a list: by the words of the expression, and by
    the instance where these mention `count` or `each`.
    """
    at = subnet.where(name)
    source = config.file(at)
    words = source.text[at - source.base :].split("\n", 1)[0].split()
    looped = any("count.index" in word or "each." in word for word in words)
    return " ".join(words), subnet.key if looped else None


def _network(value: Value) -> IPv4Network | None:
    try:
        made = ip_network(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return made if isinstance(made, IPv4Network) else None


@requirement(
    "the subnets {names} in the VPC `{of}` (those are their Name tags)",
    "subnets of the VPC `{of}` with the Name tags {names}",
)
def subnets_of(config: Configuration, of: str, names: Any) -> Findings:
    """Each of the named subnets exists and lies in the VPC."""
    found, problems = things(config, (VPC, of), *((SUBNET, str(name)) for name in names))
    if problems:
        yield problems[0]
        return
    net, *inner = found
    for name, subnet in zip(names, inner, strict=True):
        if not refers(subnet.get("vpc_id"), net, VPC):
            yield config.finding(subnet.where("vpc_id"), f"`{name}` is not in the VPC `{of}`")


@requirement(
    "a subnet with the Name tag `{name}` in the VPC `{of}`",
    "the subnet `{name}` (its Name tag) inside the VPC `{of}`",
)
def subnet_within(config: Configuration, of: str, name: str) -> Findings:
    """The named subnet exists and lies in the VPC."""
    found, problems = things(config, (VPC, of), (SUBNET, name))
    if problems:
        return problems
    right = refers(found[1].get("vpc_id"), found[0], VPC)
    at = found[1].where("vpc_id")
    return unless(right, config, at, f"the subnet `{name}` is not in the VPC `{of}`")


@requirement(
    "a different availability zone for each of the subnets {names}",
    "{names} placed in different availability zones",
)
def subnets_apart(config: Configuration, names: Any) -> Findings:
    """No two of the subnets share a zone, and each says which zone it is in."""
    found, problems = things(config, *((SUBNET, str(name)) for name in names))
    if problems:
        yield problems[0]
        return
    seen: dict[Value, str] = {}
    for name, subnet in zip(names, found, strict=True):
        zone = _zone(config, subnet)
        at = subnet.where("availability_zone")
        if zone is None:
            yield config.finding(at, f"the availability zone of `{name}` is left open")
        elif zone in seen:
            yield config.finding(at, f"`{name}` shares the zone of `{seen[zone]}`")
        else:
            seen[zone] = name


def _inner(config: Configuration, of: str) -> tuple[list[Instance], list[Any]]:
    """Return the subnets of a VPC, or the finding that there are none."""
    found, problems = things(config, (VPC, of))
    if problems:
        return [], problems
    inner = companions(config, "aws_subnet", "vpc_id", found[0], VPC)
    return inner, unless(inner, config, found[0].at, f"the VPC `{of}` has no subnets")


@requirement(
    "one subnet of `{of}` in each of the availability zones {zones}, and no other subnet",
    "the VPC `{of}` divided into one subnet for each of the zones {zones}",
    "exactly one subnet of the VPC `{of}` in every one of the zones {zones}",
)
def subnets_in_zones(config: Configuration, of: str, zones: Any) -> Findings:
    """The zones of the VPC's subnets are just the wanted ones, each once."""
    inner, problems = _inner(config, of)
    yield from problems
    given = [subnet.get("availability_zone") for subnet in inner]
    for subnet, zone in zip(inner, given, strict=True):
        if not any(same(zone, wanted) for wanted in zones):
            at = subnet.where("availability_zone")
            yield config.finding(at, f"a subnet in the zone {shown(zone)} was not asked for")
    for wanted in zones:
        count = sum(same(zone, wanted) for zone in given)
        if inner and count != 1:
            yield config.finding(inner[0].at, f"{count} subnets are in the zone {wanted}")


@requirement(
    "subnets of the size /{bits} in `{of}`, within its range and without overlap",
    "each subnet of `{of}` a /{bits} of its own, cut out of the VPC's range",
)
def subnets_of_size(config: Configuration, of: str, bits: int) -> Findings:
    """Every subnet of the VPC has that prefix length, lies in its range, and overlaps no other."""
    inner, problems = _inner(config, of)
    yield from problems
    if not inner:
        return
    whole = _network(things(config, (VPC, of))[0][0].get("cidr_block"))
    taken: set[IPv4Network] = set()  # all of one size, so they overlap only if they are equal
    for subnet in inner:
        own, at = _network(subnet.get("cidr_block")), subnet.where("cidr_block")
        if own is None or own.prefixlen != bits:
            yield config.finding(at, f"the range {shown(subnet.get('cidr_block'))} is no /{bits}")
        elif whole is None or not own.subnet_of(whole):
            yield config.finding(at, f"{own} is outside the range of `{of}`")
        elif own in taken:
            yield config.finding(at, f"{own} overlaps another subnet")
        else:
            taken.add(own)


@requirement(
    "every subnet of `{of}` routed to the internet through an internet gateway",
    "all subnets of the VPC `{of}` public: their route tables send 0.0.0.0/0 to an internet "
    "gateway",
)
def subnets_public(config: Configuration, of: str) -> Findings:
    """Each subnet of the VPC has a default route to an internet gateway of the VPC."""
    inner, problems = _inner(config, of)
    yield from problems
    routing, gates = Routing(config), internet_gates(config)
    for subnet in inner:
        if not routing.leads(subnet, ANYWHERE[0], "gateway_id", gates_of(gates, subnet)):
            yield config.finding(
                subnet.at, f"{subnet.address} has no route 0.0.0.0/0 to an internet gateway"
            )


@requirement(
    "public addresses assigned on launch in every subnet of `{of}`",
    "instances in any subnet of `{of}` get a public address when they start",
)
def subnets_public_addresses(config: Configuration, of: str) -> Findings:
    """`map_public_ip_on_launch` in each subnet of the VPC."""
    inner, problems = _inner(config, of)
    yield from problems
    for subnet in inner:
        if not same(subnet.get("map_public_ip_on_launch"), True):
            at = subnet.where("map_public_ip_on_launch")
            yield config.finding(at, f"{subnet.address} assigns no public addresses")


@requirement(
    "the tag {key} = `{value}` on every subnet of `{of}`",
    "all subnets of `{of}` tagged {key} = `{value}`",
)
def subnets_tag(config: Configuration, of: str, key: str, value: str) -> Findings:
    """A tag of each subnet of the VPC."""
    inner, problems = _inner(config, of)
    yield from problems
    for subnet in inner:
        tags = subnet.get("tags")
        own = tags.get(key) if isinstance(tags, dict) else None
        given = default_tags(config, subnet).get(key) if own is None else own
        if not same(given, value):
            yield config.finding(subnet.where("tags"), f"the tag {key} is {shown(given)}")
