"""Requirements about what passes between networks: network ACLs, VPC peering."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

from envs.terraform.requirements.aws_networks import (
    SUBNET,
    VPC,
)
from envs.terraform.requirements.factories import Companion, existence, link
from envs.terraform.requirements.kinds import Kind, companions, refers, same
from envs.terraform.requirements.lookup import (
    belonging,
    own_ref,
    things,
    unless,
)
from envs.terraform.requirements.routing import Routing
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value

ACL = Kind("network ACL", ("aws_network_acl",), "tags.Name")
PEERING = Kind("peering connection", ("aws_vpc_peering_connection",), "tags.Name")
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "all": "-1"}

acl = existence(
    "network-acl", ACL,
    "a network ACL with the Name tag `{name}`", "the network ACL `{name}` (its Name tag)",
)  # fmt: skip
acl_in = link(
    "network-acl-in", ACL, "vpc_id", VPC,
    "the network ACL `{of}` in the VPC `{to}`", "`{of}` as a network ACL of the VPC `{to}`",
)  # fmt: skip
acl_guards = link(
    "network-acl-guards", ACL,
    ("subnet_ids", Companion("aws_network_acl_association", "network_acl_id", "subnet_id")),
    SUBNET,
    "the subnet `{to}` guarded by the network ACL `{of}`",
    "the network ACL `{of}` in force for the subnet `{to}`",
)  # fmt: skip


@dataclass(frozen=True)
class AclRule:
    """One rule of a network ACL."""

    number: int
    allows: bool
    protocol: str
    first: int
    last: int
    range: IPv4Network | None
    at: int

    def decides(self, port: int, source: IPv4Network) -> bool:
        """Whether it is about TCP traffic of a port from all of a range."""
        ports = self.protocol == "-1" or (
            self.protocol == "tcp" and self.first <= port <= self.last
        )
        return ports and self.range is not None and source.subnet_of(self.range)


def _whole(value: Value) -> int:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 9 else -2


def _range(value: Value) -> IPv4Network | None:
    try:
        made = ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None
    return made if isinstance(made, IPv4Network) else None


def _acl_rule(view: View | ValueView, number: str, action: str) -> AclRule:
    given = str(view.get("protocol")).lower()
    return AclRule(
        _whole(view.get(number)), str(view.get(action)).lower() == "allow",
        _PROTOCOLS.get(given, given), _whole(view.get("from_port")), _whole(view.get("to_port")),
        _range(view.get("cidr_block")), view.at,
    )  # fmt: skip


def acl_rules(config: Configuration, own: Instance, *, egress: bool) -> list[AclRule]:
    """Return the rules of a network ACL in one direction, in the order in which they apply."""
    inline = own.blocks("egress" if egress else "ingress")
    found = [_acl_rule(view, "rule_no", "action") for view in inline]
    for rule in companions(config, "aws_network_acl_rule", "network_acl_id", own, ACL):
        if same(rule.get("egress") or False, egress):
            found.append(_acl_rule(rule, "rule_number", "rule_action"))
    return sorted(found, key=lambda rule: rule.number)


@requirement(
    "`{of}` lets {source} in on TCP port {port}, by a rule for just that port",
    "inbound TCP traffic from {source} to port {port} allowed by `{of}`, in a rule for that port "
    "alone",
)
def acl_admits(config: Configuration, of: str, port: int, source: str) -> Findings:
    """The first inbound rule about that traffic allows it, and is for exactly that port."""
    found, problems = things(config, (ACL, of))
    wanted = _range(source)
    if problems or wanted is None:
        return problems
    rules = acl_rules(config, found[0], egress=False)
    first = next((rule for rule in rules if rule.decides(port, wanted)), None)
    right = first and first.allows and first.first == first.last == port
    at = first.at if first else found[0].at
    return unless(right, config, at, f"`{of}` does not allow TCP {port} from {source} by itself")


@requirement(
    "all inbound traffic from {source} refused by `{of}`, ahead of every rule that allows",
    "a first rule in `{of}` that denies everything coming from {source}",
)
def acl_refuses(config: Configuration, of: str, source: str) -> Findings:
    """An inbound rule that denies every protocol from a range, before any that allows."""
    found, problems = things(config, (ACL, of))
    if problems:
        return problems
    for rule in acl_rules(config, found[0], egress=False):
        if rule.allows:
            break
        if rule.protocol == "-1" and rule.range == _range(source):
            return ()
    return [config.finding(found[0].at, f"`{of}` does not first deny all traffic from {source}")]


@requirement(
    "answers to clients let out by `{of}`: TCP ports {first} to {last}, to anywhere",
    "outbound TCP traffic to the ports {first} to {last} of any address allowed by `{of}`",
)
def acl_answers(config: Configuration, of: str, first: int, last: int) -> Findings:
    """An outbound rule that allows exactly that range of ports to 0.0.0.0/0."""
    found, problems = things(config, (ACL, of))
    if problems:
        return problems
    right = any(
        rule.allows
        and rule.protocol == "tcp"
        and (rule.first, rule.last) == (first, last)
        and rule.range == _range("0.0.0.0/0")
        for rule in acl_rules(config, found[0], egress=True)
    )
    return unless(
        right, config, found[0].at, f"no rule of `{of}` lets TCP {first}-{last} out to anywhere"
    )


peering = existence(
    "peering", PEERING,
    "a VPC peering connection with the Name tag `{name}`",
    "the VPC peering connection `{name}` (that is its Name tag)",
)  # fmt: skip


@requirement(
    "the VPCs {nets} joined by the peering connection `{of}`",
    "`{of}` peers the VPCs {nets} with each other",
)
def peering_joins(config: Configuration, of: str, nets: Any) -> Findings:
    """The two ends of the connection are the two VPCs, whichever asks."""
    found, problems = things(config, (PEERING, of), *((VPC, str(net)) for net in nets))
    if problems:
        return problems
    own, *sides = found
    ends = [own.get("vpc_id"), own.get("peer_vpc_id")]
    right = all(any(refers(end, net, VPC) for end in ends) for net in sides)
    return unless(right, config, own.at, f"`{of}` does not join just these VPCs")


_LINK = "vpc_peering_connection_id"


def _ends(config: Configuration, own: Instance) -> list[Instance]:
    """Return a connection and its accepters: the id of each is that of the connection."""
    apart = "aws_vpc_peering_connection_accepter"
    return [own, *companions(config, apart, _LINK, own, PEERING)]


def _said(config: Configuration, own: Instance, path: str) -> list[Value]:
    """Return what a connection, its accepters and its options say at a path."""
    ends = _ends(config, own)
    apart = ("aws_vpc_peering_connection_options",)
    options = belonging(config, apart, _LINK, [own_ref(end) for end in ends], "id")
    return [value for one in (*ends, *options) for value in one.at_path(path)]


@requirement(
    "the peering connection `{of}` accepted without anybody's help",
    "`{of}` accepted automatically",
)
def peering_accepted(config: Configuration, of: str) -> Findings:
    """`auto_accept` of the connection, or of an accepter of it."""
    found, problems = things(config, (PEERING, of))
    if problems:
        return problems
    given = _said(config, found[0], "auto_accept")
    right = any(same(value, True) for value in given)
    return unless(right, config, found[0].where("auto_accept"), f"nothing accepts `{of}`")


@requirement(
    "names resolved to private addresses over the peering connection `{of}`, from both sides",
    "remote DNS resolution allowed on both sides of the peering connection `{of}`",
)
def peering_dns(config: Configuration, of: str) -> Findings:
    """`allow_remote_vpc_dns_resolution` of the requester and the accepter."""
    found, problems = things(config, (PEERING, of))
    yield from problems
    for own in found:
        for side in ("requester", "accepter"):
            path = f"{side}.allow_remote_vpc_dns_resolution"
            given = _said(config, own, path)
            if not any(same(value, True) for value in given):
                yield config.finding(own.at, f"the {side} of `{of}` allows no remote resolution")


@requirement(
    "traffic from the subnet `{of}` to {cidr} routed over the peering connection `{to}`",
    "a route to {cidr} through `{to}` in the route table of the subnet `{of}`",
)
def peering_route(config: Configuration, of: str, cidr: str, to: str) -> Findings:
    """The subnet's route table sends just that range over the connection."""
    found, problems = things(config, (SUBNET, of), (PEERING, to))
    if problems:
        return problems
    gates = [own_ref(one) for one in _ends(config, found[1])]
    right = Routing(config).leads(found[0], cidr, _LINK, gates)
    return unless(right, config, found[0].at, f"`{of}` has no route to {cidr} through `{to}`")
