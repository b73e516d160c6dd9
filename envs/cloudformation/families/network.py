"""Tasks about VPCs, subnets, routes and security groups."""

from __future__ import annotations

from envs.cloudformation.choices import LOG_DAYS, OCTETS, OFFICES
from envs.cloudformation.requirements import firewall_rules, logs
from envs.cloudformation.requirements import networks as ask
from envs.cloudformation.template import (
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    document,
    statement,
    sub,
    trust,
    zone,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

NETWORKS = ("net", "network", "vpc", "lan", "cloud")


def name_tag(name: str) -> list[dict[str, str]]:
    """Write the Name tag."""
    return [{"Key": "Name", "Value": name}]


class Network:
    """A VPC under construction, with its subnets and routes."""

    def __init__(self, stack: Stack, *, asked: bool = True) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("vpc", NETWORKS)
        self.octet = draw.choice("octet", OCTETS)
        self.range = f"10.{self.octet}.0.0/16"
        self.made = stack.add(
            "EC2::VPC", "Vpc", CidrBlock=self.range, EnableDnsSupport=True,
            EnableDnsHostnames=asked is False, Tags=name_tag(self.name),
        )  # fmt: skip
        if asked:
            self.made.properties.pop("EnableDnsHostnames")
        stack.ask(ask.vpc(name=self.name), ask.vpc_range(of=self.name, value=self.range))
        self.settings = Settings(stack, self.made, self.name)
        self.gateway: Handle | None = None
        self.public_table: Handle | None = None

    def subnet(self, purpose: str, place: int, zone_place: int) -> tuple[Handle, str]:
        """Ask for a subnet; the third octet is `place`."""
        name, cidr = f"{self.name}-{purpose}", f"10.{self.octet}.{place}.0/24"
        made = self.stack.add(
            "EC2::Subnet", "".join(part.capitalize() for part in f"{purpose}-subnet".split("-")),
            VpcId=self.made.ref, CidrBlock=cidr, AvailabilityZone=zone(zone_place),
            Tags=name_tag(name),
        )  # fmt: skip
        self.stack.ask(
            ask.subnet(name=name), ask.subnet_range(of=name, value=cidr),
            ask.subnet_vpc(of=name, to=self.name),
        )  # fmt: skip
        return made, name

    def associate(self, subnet: Handle, table: Handle) -> None:
        """Associate a subnet with a route table."""
        self.stack.add(
            "EC2::SubnetRouteTableAssociation", f"{subnet.id}Routes", SubnetId=subnet.ref,
            RouteTableId=table.ref,
        )  # fmt: skip

    def online(self) -> Handle:
        """Ask for an internet gateway, once; return the route table that leads to it."""
        if self.public_table is None:
            stack = self.stack
            stack.ask(ask.vpc_gateway(of=self.name))
            self.gateway = stack.add("EC2::InternetGateway", "Gateway", Tags=name_tag(self.name))
            attachment = stack.add(
                "EC2::VPCGatewayAttachment", "GatewayAttachment", VpcId=self.made.ref,
                InternetGatewayId=self.gateway.ref,
            )  # fmt: skip
            self.public_table = stack.add(
                "EC2::RouteTable", "PublicRoutes", VpcId=self.made.ref,
                Tags=name_tag(f"{self.name}-public"),
            )  # fmt: skip
            route = stack.add(
                "EC2::Route", "InternetRoute", RouteTableId=self.public_table.ref,
                DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway.ref,
            )  # fmt: skip
            route.attributes["DependsOn"] = attachment.id
        return self.public_table

    def flow_logs(self) -> None:
        """Ask for flow logs."""
        stack, group = self.stack, f"/vpc/{self.name}"
        traffic = stack.draw.choice("traffic", ("ALL", "REJECT", "ACCEPT"))
        days = stack.draw.choice("log days", LOG_DAYS)
        stack.ask(
            logs.log_group(name=group), logs.log_days(of=group, value=days),
            ask.vpc_flow_logs(of=self.name, traffic=traffic, group=group),
        )  # fmt: skip
        made = stack.add("Logs::LogGroup", "FlowLogs", LogGroupName=group, RetentionInDays=days)
        role = stack.add(
            "IAM::Role", "FlowLogsRole",
            AssumeRolePolicyDocument=trust("vpc-flow-logs.amazonaws.com"),
            Policies=[{
                "PolicyName": "write-logs",
                "PolicyDocument": document(
                    statement(
                        ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                        made["Arn"],
                    )
                ),
            }],
        )  # fmt: skip
        stack.add(
            "EC2::FlowLog", "FlowLog", ResourceType="VPC", ResourceId=self.made.ref,
            TrafficType=traffic, LogGroupName=made.ref, DeliverLogsPermissionArn=role["Arn"],
        )  # fmt: skip


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def vpc_network(draw: Draw) -> Draft:
    """A VPC with public subnets in two zones, flow logs and an endpoint."""
    stack = Stack(draw, "A network")
    net = Network(stack)
    first: list[tuple[Handle, str]] = []

    def public() -> None:
        subnet, name = net.subnet("public-a", draw.integer("first place", 0, 60), 0)
        first.append((subnet, name))
        table = net.online()
        net.associate(subnet, table)
        stack.ask(ask.subnet_to_internet(of=name))
        if draw.chance("addresses", 0.6):
            stack.ask(ask.subnet_public(of=name))
            subnet.set(MapPublicIpOnLaunch=True)

    def second() -> None:
        subnet, name = net.subnet("public-b", draw.integer("second place", 70, 120), 1)
        net.associate(subnet, net.online())
        if first:
            stack.ask(ask.subnets_apart(first=first[0][1], second=name))

    def endpoint() -> None:
        service = draw.choice("service", ("s3", "dynamodb"))
        stack.ask(ask.vpc_endpoint(of=net.name, service=service))
        stack.add(
            "EC2::VPCEndpoint", "Endpoint", VpcId=net.made.ref, VpcEndpointType="Gateway",
            ServiceName=sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
            RouteTableIds=[net.online().ref],
        )  # fmt: skip

    decorate(
        stack,
        (
            net.settings.switch(ask.vpc_names, "EnableDnsHostnames"),
            net.settings.tag(ask.vpc_tag), Extra("endpoint", 2, endpoint),
            net.settings.output(ask.vpc_output, net.made.ref, ("VpcId", "NetworkId")),
            Extra("flow logs", 3, net.flow_logs), Extra("public", 5.5, public),
            Extra("second", 4, second),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the network `{net.name}` with CloudFormation",
        f"Write a CloudFormation template for the VPC `{net.name}`",
    )


@family("cloudformation", levels=(5,))
def nat_network(draw: Draw) -> Draft:
    """A VPC with a public and a private subnet, which reaches the internet through NAT."""
    stack = Stack(draw, "A network with a private subnet")
    net = Network(stack)
    public, public_name = net.subnet("public", draw.integer("public place", 0, 60), 0)
    net.associate(public, net.online())
    private, private_name = net.subnet("private", draw.integer("private place", 100, 200), 0)
    address = stack.add("EC2::EIP", "NatAddress", Domain="vpc")
    address.attributes["DependsOn"] = "GatewayAttachment"
    nat = stack.add(
        "EC2::NatGateway", "Nat", SubnetId=public.ref, AllocationId=address["AllocationId"],
        Tags=name_tag(net.name),
    )  # fmt: skip
    table_name = f"{net.name}-private"
    table = stack.add(
        "EC2::RouteTable", "PrivateRoutes", VpcId=net.made.ref, Tags=name_tag(table_name)
    )
    stack.add(
        "EC2::Route", "NatRoute", RouteTableId=table.ref, DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=nat.ref,
    )  # fmt: skip
    net.associate(private, table)
    stack.ask(
        ask.subnet_to_internet(of=public_name),
        ask.subnet_through_nat(of=private_name, public=public_name),
    )

    def tabled() -> None:
        stack.ask(
            ask.route_table(name=table_name), ask.subnet_table(of=private_name, table=table_name)
        )

    decorate(
        stack,
        (
            net.settings.switch(ask.vpc_names, "EnableDnsHostnames"),
            net.settings.tag(ask.vpc_tag), Extra("flow logs", 3, net.flow_logs),
            net.settings.output(ask.vpc_output, net.made.ref, ("VpcId", "NetworkId")),
        ),
    )  # fmt: skip
    if draw.phrase("tables", (True, False)):
        tabled()
    return stack.draft(
        f"Build the network `{net.name}` with a private subnet behind NAT, with CloudFormation",
        f"Write a CloudFormation template for `{net.name}`, a VPC with public and private subnets",
    )


class Guard:
    """A security group under construction."""

    def __init__(self, stack: Stack, name: str, vpc: object, id: str = "SecurityGroup") -> None:
        self.stack = stack
        self.name = name
        self.made = stack.add(
            "EC2::SecurityGroup", id, GroupName=name, VpcId=vpc,
            GroupDescription=f"Traffic of {name}",
        )  # fmt: skip
        stack.ask(firewall_rules.security_group(name=name))

    def rule(self, port: int, **source: object) -> None:
        """Add an ingress rule, in the group or as a resource of its own."""
        given = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
        if self.stack.draw.phrase(f"rule {port}", (True, True, False)):
            self.made.append("SecurityGroupIngress", given)
        else:
            self.stack.add(
                "EC2::SecurityGroupIngress", f"{self.made.id}Port{port}",
                GroupId=self.made["GroupId"], **given,
            )  # fmt: skip

    def admit(self, port: int, source: str) -> None:
        """Ask for a range that is admitted."""
        self.stack.ask(firewall_rules.group_admits(of=self.name, port=port, source=source))
        self.rule(port, CidrIp=source)


GROUPS = ("web-sg", "app-sg", "db-sg", "cache-sg", "admin-sg", "batch-sg")


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def security_groups(draw: Draw) -> Draft:
    """A security group whose rules name ranges and other groups."""
    stack = Stack(draw, "Security groups")
    vpc = stack.parameter("VpcId", "AWS::EC2::VPC::Id", Description="The VPC of the groups")
    guard = Guard(stack, draw.name("group", GROUPS), vpc)
    name = guard.name
    port = draw.choice("port", (443, 8080, 8443, 9000, 3000))
    guard.admit(port, draw.choice("source", OFFICES))
    more = Settings(stack, guard.made, name)

    def closed() -> None:
        stack.ask(firewall_rules.group_no_admin(of=name))

    def again() -> None:
        guard.admit(draw.choice("other port", (5432, 3306, 6379, 9200)),
                    f"10.{draw.integer('octet', 1, 200)}.0.0/16")  # fmt: skip

    def inner() -> None:
        other = draw.name("other group", ("lb-sg", "front-sg", "edge-sg"))
        front = Guard(stack, other, vpc, "FrontGroup")
        on = draw.choice("inner port", (8000, 8001, 8002, 8003))
        stack.ask(firewall_rules.group_admits_group(of=name, port=on, source=other))
        guard.rule(on, SourceSecurityGroupId=front.made["GroupId"])
        if draw.chance("front", 0.5):
            stack.ask(firewall_rules.group_world_ports(of=other, ports=443))
            front.rule(443, CidrIp="0.0.0.0/0")

    def limited() -> None:
        on, target = draw.choice("out", (443, 5432, 6379)), "10.0.0.0/8"
        stack.ask(firewall_rules.group_egress_only(of=name, port=on, target=target))
        guard.made.append(
            "SecurityGroupEgress",
            {"IpProtocol": "tcp", "FromPort": on, "ToPort": on, "CidrIp": target},
        )

    decorate(
        stack,
        (
            Extra("another range", 1, again), more.tag(firewall_rules.group_tag),
            Extra("egress", 1, limited),
            more.value(
                firewall_rules.group_description, "GroupDescription",
                ("Traffic of the shop", "Managed by the platform team", "Only what is needed"),
            ),
            Extra("inner", 2.5, inner),
            more.output(
                firewall_rules.group_output, guard.made["GroupId"], ("GroupId", "SecurityGroupId")
            ),
        ),
    )  # fmt: skip
    if draw.phrase("admin", (True, False)):
        closed()
    return stack.draft(
        f"Write a CloudFormation template for the security group `{name}`",
        f"Set up the firewall rules of `{name}` with CloudFormation (the VPC as a parameter)",
    )
