"""Requirements about VPCs, subnets, routes and gateways."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    output,
    secure,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    companions,
    is_true,
    problem,
    refers,
    same,
    spelled,
    targets,
    text,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import may_assume, permissions, roles_of
from envs.cloudformation.requirements.services import (
    GATEWAY,
    LOG_GROUP,
    NAT,
    ROUTE_TABLE,
    SUBNET,
    VPC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

vpc = existence("vpc", VPC, "a VPC named `{name}` (Name tag)", "the VPC `{name}`, by its Name tag")
vpc_range = setting(
    "vpc-range", VPC, "CidrBlock",
    "the address range {value} for the VPC `{of}`", "`{of}` with the addresses {value}",
)  # fmt: skip


def _named_hosts(template: Template, vpc: Thing) -> Findings:
    if not is_true(vpc.value("EnableDnsHostnames")):
        yield problem(template, vpc, "there are no DNS host names", "EnableDnsHostnames")
    elif same(vpc.value("EnableDnsSupport"), False):
        yield problem(template, vpc, "DNS is switched off", "EnableDnsSupport")


vpc_names = secure(
    "vpc-names", VPC, _named_hosts,
    "DNS host names switched on in the VPC `{of}`", "machines in `{of}` given DNS host names",
)  # fmt: skip
vpc_tag = tag(
    "vpc-tag", VPC, "the tag {key} = `{value}` on the VPC `{of}`", "`{of}` tagged {key} = `{value}`"
)
vpc_output = output(
    "vpc-output", VPC, ("Ref", "VpcId"),
    "an output `{name}` with the id of the VPC `{of}`",
    "the id of the VPC `{of}` given out as the output `{name}`",
)  # fmt: skip
subnet = existence(
    "subnet", SUBNET, "a subnet named `{name}` (Name tag)", "the subnet `{name}`, by its Name tag"
)
subnet_range = setting(
    "subnet-range", SUBNET, "CidrBlock",
    "the address range {value} for the subnet `{of}`", "the subnet `{of}` with {value}",
)  # fmt: skip
subnet_vpc = link(
    "subnet-vpc", SUBNET, "VpcId", VPC,
    "the subnet `{of}` in the VPC `{to}`", "`{of}` as a subnet of `{to}`",
)  # fmt: skip
subnet_public = fixed(
    "subnet-public", SUBNET, "MapPublicIpOnLaunch", True,
    "public addresses given to what is launched in `{of}`",
    "machines in the subnet `{of}` get public addresses",
)  # fmt: skip


def _zone(subnet: Thing) -> Any:
    value = subnet.value("AvailabilityZone")
    return value if value is not None else subnet.value("AvailabilityZoneId")


def _zoned(subnet: Thing) -> bool:
    return subnet.value("AvailabilityZone") is not None


@requirement(
    "the subnets `{first}` and `{second}` in different availability zones",
    "`{first}` and `{second}` spread over two availability zones",
)
def subnets_apart(template: Template, first: str, second: str) -> Findings:
    """Both name a zone, and not the same one."""
    found, problems = all_of(template, (SUBNET, first), (SUBNET, second))
    if problems:
        return problems
    zones = [_zone(one) for one in found]
    # the name of a zone may be that of a place in the list of zones
    right = None not in zones and zones[0] != zones[1] and len({type(one) for one in zones}) == 1
    right = right and _zoned(found[0]) == _zoned(found[1])  # both by name, or both by id
    return unless(right, template, found[1], f"`{first}` and `{second}` may share a zone")


# -- routes ----------------------------------------------------------------------------------------

route_table = existence(
    "route-table", ROUTE_TABLE,
    "a route table named `{name}` (Name tag)", "the route table `{name}`, by its Name tag",
)  # fmt: skip


def tables_of(template: Template, subnet: Thing) -> list[Thing]:
    """Return the route tables that are associated with a subnet, which are of its VPC."""
    values = [
        one.value("RouteTableId")
        for one in companions(
            template, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId", subnet, SUBNET
        )
    ]
    canonical = subnet.stack.canonical
    network = spelled(canonical(subnet.value("VpcId")))
    return [
        one
        for one in targets(template, ROUTE_TABLE, values)
        if spelled(canonical(one.value("VpcId"))) == network
    ]


def routes(template: Template, table: Thing) -> list[Thing]:
    """Return the routes of a table."""
    return companions(template, "AWS::EC2::Route", "RouteTableId", table, ROUTE_TABLE)


def _everywhere(route: Thing) -> bool:
    return same(route.value("DestinationCidrBlock"), "0.0.0.0/0")


def _attached(template: Template, vpc: Thing) -> list[Thing]:
    """Return the internet gateways that are attached to a VPC."""
    values = [
        one.value("InternetGatewayId")
        for one in companions(template, "AWS::EC2::VPCGatewayAttachment", "VpcId", vpc, VPC)
    ]
    return targets(template, GATEWAY, values)


@requirement(
    "an internet gateway attached to the VPC `{of}`", "the VPC `{of}` with an internet gateway"
)
def vpc_gateway(template: Template, of: str) -> Findings:
    """An attachment of a gateway of this template to the VPC."""
    found = the(template, VPC, of)
    if isinstance(found, Finding):
        return [found]
    right = _attached(template, found)
    return unless(right, template, found, f"no internet gateway is attached to `{of}`")


@requirement(
    "internet traffic of the subnet `{of}` routed to an internet gateway",
    "a default route (0.0.0.0/0) to an internet gateway for the subnet `{of}`",
)
def subnet_to_internet(template: Template, of: str) -> Findings:
    """The subnet's route table has a default route to a gateway of this template."""
    found = the(template, SUBNET, of)
    if isinstance(found, Finding):
        return [found]
    networks = targets(template, VPC, [found.value("VpcId")])
    inside = [gate for one in networks for gate in _attached(template, one)]
    right = any(
        _everywhere(route)
        and any(
            not networks or gate in inside
            for gate in targets(template, GATEWAY, [route.value("GatewayId")])
        )
        for table in tables_of(template, found)
        for route in routes(template, table)
    )
    return unless(right, template, found, f"`{of}` has no default route to an internet gateway")


@requirement(
    "internet traffic of the subnet `{of}` sent through a NAT gateway in the subnet `{public}`",
    "a default route (0.0.0.0/0) of the subnet `{of}` to a NAT gateway that stands in `{public}`",
)
def subnet_through_nat(template: Template, of: str, public: str) -> Findings:
    """The subnet's default route leads to a NAT gateway in the other subnet, with an address."""
    found, problems = all_of(template, (SUBNET, of), (SUBNET, public))
    if problems:
        return problems
    right = any(
        _everywhere(route)
        and any(
            refers(nat.value("SubnetId"), found[1], SUBNET) and _has_address(template, nat)
            for nat in targets(template, NAT, [route.value("NatGatewayId")])
        )
        for table in tables_of(template, found[0])
        for route in routes(template, table)
    )
    message = f"`{of}` has no default route to a NAT gateway in `{public}`"
    return unless(right, template, found[0], message)


def _has_address(template: Template, nat: Thing) -> bool:
    if same(nat.value("ConnectivityType"), "private"):
        return False
    given = nat.value("AllocationId")
    return any(
        one.is_source_of(given, "AllocationId") for one in things(template, "AWS::EC2::EIP")
    ) or (isinstance(given, str) and given.startswith("eipalloc-"))


@requirement(
    "the subnet `{of}` associated with the route table `{table}`",
    "the route table `{table}` used by the subnet `{of}`",
)
def subnet_table(template: Template, of: str, table: str) -> Findings:
    """An association of the subnet with the table."""
    found, problems = all_of(template, (SUBNET, of), (ROUTE_TABLE, table))
    if problems:
        return problems
    right = any(one is found[1] for one in tables_of(template, found[0]))
    return unless(right, template, found[0], f"`{of}` is not associated with `{table}`")


@requirement(
    "a gateway endpoint for {service} in the VPC `{of}`",
    "traffic from `{of}` to {service} through a gateway endpoint",
)
def vpc_endpoint(template: Template, of: str, service: str) -> Findings:
    """A gateway endpoint of the VPC for the service, in a route table at least."""
    found = the(template, VPC, of)
    if isinstance(found, Finding):
        return [found]
    wanted = f".{service}"
    right = any(
        str(text(one.value("ServiceName"))).endswith(wanted)
        and (one.value("VpcEndpointType") or "Gateway") == "Gateway"
        and targets(template, ROUTE_TABLE, values_of(one, "RouteTableIds"))
        for one in companions(template, "AWS::EC2::VPCEndpoint", "VpcId", found, VPC)
    )
    return unless(right, template, found, f"`{of}` has no gateway endpoint for {service}")


@requirement(
    "{traffic} traffic in the VPC `{of}` logged to the log group {group}",
    "flow logs of `{of}` for {traffic} traffic, in the log group {group}",
)
def vpc_flow_logs(template: Template, of: str, traffic: str, group: str) -> Findings:
    """A flow log of the VPC to the group, by a role of the service that may write there."""
    found, problems = all_of(template, (VPC, of), (LOG_GROUP, group))
    if problems:
        return problems
    right = any(
        same(one.value("ResourceType"), "VPC")
        and same(one.value("TrafficType"), traffic)
        and _logs_to(one, found[1])
        and any(
            may_assume(role, "vpc-flow-logs.amazonaws.com")
            and any(
                said.is_allow and said.covers("logs:PutLogEvents")
                for said in permissions(template, role)
            )
            for role in roles_of(template, [one.value("DeliverLogsPermissionArn")])
        )
        for one in companions(template, "AWS::EC2::FlowLog", "ResourceId", found[0], VPC)
    )
    return unless(right, template, found[0], f"no flow log of `{of}` writes to {group}")


def _logs_to(flow: Thing, group: Thing) -> bool:
    if flow.value("LogDestinationType") not in (None, "cloud-watch-logs"):
        return False
    return refers(flow.value("LogGroupName"), group, LOG_GROUP, ("name",)) or refers(
        flow.value("LogDestination"), group, LOG_GROUP, ("arn",)
    )
