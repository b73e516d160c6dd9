"""Requirements about what passes a network: ACLs, VPC endpoints, peering, flow logs."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_functions import LOG_GROUP
from envs.terraform.requirements.aws_networks import (
    SUBNET,
    VPC,
)
from envs.terraform.requirements.factories import Companion, existence, link, setting
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, the, world
from envs.terraform.requirements.lookup import (
    belonging,
    may_assume,
    own_ref,
    permits,
    ref_of,
    roles,
    things,
    unless,
)
from envs.terraform.requirements.policies import bucket_arn, is_arn_of, permissions
from envs.terraform.requirements.routing import MAIN, Routing
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Joined, Unknown, Value
from iac_gym.verdict import Finding

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


def _service(config: Configuration, one: Instance) -> str:
    """Return the short name of the service of an endpoint ("s3", "ecr.api"), "" if not known."""
    value = one.get("service_name")
    if isinstance(value, Joined):
        head, _, tail = (value.parts[0], 0, value.parts[-1])
        text = f"{head}region{tail}" if len(value.parts) == 3 else ""
    elif isinstance(value, Unknown):
        looked_up = world(config).instances("aws_vpc_endpoint_service", "data")
        names = [data.get("service") for data in looked_up if data.is_source_of(value)]
        return str(names[0]) if names else ""
    else:
        text = str(value)
    first, second, _, *rest = (*text.split("."), "", "", "")
    own = ".".join(part for part in rest if part)
    return own if (first, second) == ("com", "amazonaws") else ""


def _endpoints(config: Configuration, net: Instance, kind: str, service: str) -> list[Instance]:
    return [
        one
        for one in companions(config, "aws_vpc_endpoint", "vpc_id", net, VPC)
        if same(one.get("vpc_endpoint_type") or "Gateway", kind)
        and _service(config, one) == service
    ]


def _endpoint(
    config: Configuration, kind: str, of: str, service: str, *others: tuple[Kind, str]
) -> tuple[list[Instance], list[Instance], list[Finding]]:
    """Return the endpoints of a service in a VPC, the other things, and a first finding."""
    found, problems = things(config, (VPC, of), *others)
    if problems:
        return [], [], problems
    ends = _endpoints(config, found[0], kind, service)
    at, said = found[0].at, f"the VPC `{of}` has no {kind.lower()} endpoint for {service}"
    return ends, found[1:], unless(ends, config, at, said)


def _of_endpoints(
    config: Configuration, ends: list[Instance], what: str, listed: str, single: str
) -> list[Value]:
    """Return what endpoints list, and what separate associations add to it."""
    apart = f"aws_vpc_endpoint_{what}_association"
    refs = [own_ref(one) for one in ends]
    added = belonging(config, (apart,), "vpc_endpoint_id", refs, "id")
    return flat([one.get(listed) for one in ends] + [one.get(single) for one in added])


@requirement(
    "a gateway endpoint for the service {service} in the VPC `{of}`",
    "the VPC `{of}` reaching the service {service} through a gateway endpoint",
)
def gateway_endpoint(config: Configuration, of: str, service: str) -> Findings:
    """An endpoint of the type Gateway (the default) for a service."""
    return _endpoint(config, "Gateway", of, service)[2]


@requirement(
    "the route table of the subnet `{subnet}` used by the {service} gateway endpoint of `{of}`",
    "{service} traffic from `{subnet}` routed through the gateway endpoint of the VPC `{of}`",
)
def gateway_endpoint_routes(
    config: Configuration, of: str, service: str, subnet: str
) -> Findings:  # fmt: skip
    """The endpoint is entered in the route table that the subnet uses."""
    ends, others, problems = _endpoint(config, "Gateway", of, service, (SUBNET, subnet))
    if problems:
        return problems
    values = _of_endpoints(config, ends, "route_table", "route_table_ids", "route_table_id")
    tables = set(Routing(config).tables_of(others[0]))
    right = any(ref_of(value, "id", *MAIN) in tables for value in values)
    return unless(
        right, config, ends[0].at, f"the route table of `{subnet}` does not use the endpoint"
    )


@requirement(
    "an interface endpoint for the service {service} in the VPC `{of}`",
    "the VPC `{of}` reaching the service {service} privately, through an interface endpoint",
)
def interface_endpoint(config: Configuration, of: str, service: str) -> Findings:
    """An endpoint of the type Interface for a service."""
    return _endpoint(config, "Interface", of, service)[2]


@requirement(
    "the {service} endpoint of `{of}` placed in the subnet `{subnet}`",
    "an address in the subnet `{subnet}` for the {service} endpoint of `{of}`",
)
def interface_endpoint_in(config: Configuration, of: str, service: str, subnet: str) -> Findings:
    """The interface endpoint of a service has the subnet."""
    ends, others, problems = _endpoint(config, "Interface", of, service, (SUBNET, subnet))
    if problems:
        return problems
    values = _of_endpoints(config, ends, "subnet", "subnet_ids", "subnet_id")
    right = any(refers(value, others[0], SUBNET) for value in values)
    return unless(right, config, ends[0].at, f"the {service} endpoint is not in `{subnet}`")


@requirement(
    "the security group `{group}` on the {service} endpoint of `{of}`",
    "the {service} endpoint of the VPC `{of}` behind the security group `{group}`",
)
def interface_endpoint_group(config: Configuration, of: str, service: str, group: str) -> Findings:
    """The interface endpoint of a service has the security group."""
    ends, others, problems = _endpoint(config, "Interface", of, service, (SECURITY_GROUP, group))
    if problems:
        return problems
    values = flat(one.get("security_group_ids") for one in ends)
    right = any(refers(value, others[0], SECURITY_GROUP) for value in values)
    return unless(right, config, ends[0].at, f"the {service} endpoint does not use `{group}`")


@requirement(
    "private DNS names for the {service} endpoint of `{of}`",
    "the usual name of {service} resolved to its endpoint inside `{of}`, by private DNS",
)
def interface_endpoint_dns(config: Configuration, of: str, service: str) -> Findings:
    """`private_dns_enabled` of the interface endpoint."""
    ends, _, problems = _endpoint(config, "Interface", of, service)
    if problems:
        return problems
    right = all(same(one.get("private_dns_enabled"), True) for one in ends)
    return unless(right, config, ends[0].at, f"private DNS of the {service} endpoint is off")


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


def _logs(config: Configuration, net: Instance, traffic: str = "") -> list[Instance]:
    return [
        one
        for one in companions(config, "aws_flow_log", "vpc_id", net, VPC)
        if not traffic or same(one.get("traffic_type"), traffic)
    ]


_FLOW = "aws_flow_log"


@requirement(
    "flow logs of the VPC `{of}` that record {traffic} traffic",
    "the traffic of the VPC `{of}` recorded in flow logs (traffic type {traffic})",
)
def flow_log(config: Configuration, of: str, traffic: str) -> Findings:
    """A flow log of the VPC with that traffic type."""
    found, problems = things(config, (VPC, of))
    return problems or unless(
        _logs(config, found[0], traffic), config, found[0].at,
        f"no flow log of `{of}` records {traffic} traffic",
    )  # fmt: skip


flow_log_interval = setting(
    "flow-log-interval", VPC, Companion(_FLOW, "vpc_id", "max_aggregation_interval"),
    "flow records of `{of}` collected over {value} seconds",
    "an aggregation interval of {value} seconds for the flow logs of `{of}`",
)  # fmt: skip


@requirement(
    "the flow logs of `{of}` sent to the CloudWatch log group `{group}`",
    "`{group}` as the CloudWatch log group of the flow logs of `{of}`",
)
def flow_log_group(config: Configuration, of: str, group: str) -> Findings:
    """The flow log's destination is the log group (the default kind of destination)."""
    found, problems = things(config, (VPC, of), (LOG_GROUP, group))
    if problems:
        return problems
    right = any(
        same(one.get("log_destination_type") or "cloud-watch-logs", "cloud-watch-logs")
        and (
            refers(one.get("log_destination"), found[1], LOG_GROUP, ("arn",))
            or refers(one.get("log_group_name"), found[1], LOG_GROUP)
        )
        for one in _logs(config, found[0])
    )
    return unless(right, config, found[0].at, f"no flow log of `{of}` goes to `{group}`")


def _flow_roles(config: Configuration, of: str) -> tuple[list[Instance], list[Finding]]:
    net = the(config, VPC, of)
    if isinstance(net, Finding):
        return [], [net]
    found = roles(config, [one.get("iam_role_arn") for one in _logs(config, net)])
    return found, unless(found, config, net.at, f"the flow logs of `{of}` have no IAM role")


@requirement(
    "an IAM role for the flow logs of `{of}` that the flow logs service may assume",
    "the flow logs of `{of}` written under a role that trusts the service of VPC flow logs",
)
def flow_log_role(config: Configuration, of: str) -> Findings:
    """The flow log's role trusts vpc-flow-logs.amazonaws.com."""
    found, problems = _flow_roles(config, of)
    return problems or unless(
        all(may_assume(role, "vpc-flow-logs.amazonaws.com") for role in found), config,
        found[0].at, "the role does not trust vpc-flow-logs.amazonaws.com",
    )  # fmt: skip


@requirement(
    "that role of the flow logs of `{of}` allowed the actions {actions}",
    "{actions} permitted to the role of the flow logs of `{of}`",
)
def flow_log_permits(config: Configuration, of: str, actions: Any) -> Findings:
    """The policies of the flow log's role allow the actions."""
    found, problems = _flow_roles(config, of)
    yield from problems
    granted = [one for role in found for one in permissions(config, role)]
    for action in actions:
        if found and not any(permits(one, str(action)) for one in granted):
            yield config.finding(found[0].at, f"the role is not allowed {action}")


@requirement(
    "the flow logs of `{of}` stored in the S3 bucket `{bucket}`",
    "`{bucket}` as the S3 bucket that receives the flow logs of `{of}`",
)
def flow_log_bucket(config: Configuration, of: str, bucket: str) -> Findings:
    """The flow log's destination is the bucket, or a folder in it."""
    found, problems = things(config, (VPC, of), (BUCKET, bucket))
    if problems:
        return problems
    net, store = found
    plain = bucket_arn(store, BUCKET)
    for one in _logs(config, net):
        value = one.get("log_destination")
        text = value if isinstance(value, str) else ""
        folder = isinstance(value, Joined) and is_arn_of(
            Joined(value.parts[:1]), store, plain=plain
        )
        inside = is_arn_of(value, store, plain=plain) or text.startswith(f"{plain}/") or folder
        if same(one.get("log_destination_type"), "s3") and inside:
            return ()
    return [config.finding(net.at, f"no flow log of `{of}` goes to the bucket `{bucket}`")]
