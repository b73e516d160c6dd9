"""Tasks about what passes a network on AWS: ACLs, VPC endpoints, peering, flow logs."""

from __future__ import annotations

from envs.terraform.families.aws_network import (
    add_group,
    add_subnet,
    admit,
    network,
    vpc_extras,
)
from envs.terraform.families.aws_serverless import policy, service_trust
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_buckets
from envs.terraform.requirements import aws_layouts as layout
from envs.terraform.requirements import aws_networks as nets
from envs.terraform.requirements import aws_operations as operations
from envs.terraform.requirements import aws_traffic as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested, template

OPEN_PORTS = (80, 443, 8080, 8443)
OWN_PORTS = (22, 3389, 5432, 3306, 6379, 9100)
DAYS = (3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 400)


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


GATEWAYS = ("s3", "dynamodb")
INTERFACES = ("ssm", "ec2", "sqs", "sns", "kms", "logs", "secretsmanager", "ecr.api", "ecr.dkr",
              "sts", "lambda", "kinesis-streams")  # fmt: skip


class _Endpoints:
    """The endpoints of a VPC under construction."""

    def __init__(self, stack: Stack, vpc: Handle, net: str) -> None:
        self.stack, self.vpc, self.net = stack, vpc, net
        self.region = stack.data("aws_region", "current")

    def add(self, service: str, **more: object) -> Handle:
        """Add an endpoint of a service in the provider's region."""
        name = template(f"com.amazonaws.${{{self.region['name']}}}.{service}")
        label = service.replace(".", "_").replace("-", "_")
        return self.stack.add(
            "aws_vpc_endpoint", label, vpc_id=self.vpc["id"], service_name=name, **more
        )  # fmt: skip


@family("terraform", levels=(2, 3, 4, 5))
def vpc_endpoints(draw: Draw) -> Draft:
    """Endpoints by which a VPC reaches services of AWS without the internet."""
    stack = Stack(draw, "aws")
    vpc, net, start = network(stack)
    inner = f"{net}-{draw.choice('place', ('app', 'private', 'data', 'core'))}"
    stack.ask(layout.subnet_within(of=net, name=inner))
    subnet = stack.add(
        "aws_subnet", "inner", vpc_id=vpc["id"], cidr_block=f"{start}.1.0/24", tags={"Name": inner}
    )  # fmt: skip
    ends = _Endpoints(stack, vpc, net)

    def gateway() -> None:
        service = draw.choice("gateway", GATEWAYS)
        stack.ask(
            ask.gateway_endpoint(of=net, service=service),
            ask.gateway_endpoint_routes(of=net, service=service, subnet=inner),
        )
        table = stack.add("aws_route_table", "inner", vpc_id=vpc["id"])
        stack.add(
            "aws_route_table_association", "inner",
            subnet_id=subnet["id"], route_table_id=table["id"],
        )  # fmt: skip
        made = ends.add(service, vpc_endpoint_type="Gateway")
        if draw.phrase("table style", (True, False)):
            made.set(route_table_ids=[table["id"]])
        else:
            stack.add(
                "aws_vpc_endpoint_route_table_association", "inner",
                route_table_id=table["id"], vpc_endpoint_id=made["id"],
            )  # fmt: skip

    def interface() -> None:
        service = draw.choice("interface", INTERFACES)
        stack.ask(
            ask.interface_endpoint(of=net, service=service),
            ask.interface_endpoint_in(of=net, service=service, subnet=inner),
        )
        made = ends.add(service, vpc_endpoint_type="Interface", subnet_ids=[subnet["id"]])
        if draw.wants("group", 4):
            name = f"{net}-endpoints"
            group = add_group(stack, name, vpc, net)
            stack.ask(
                nets.group_admits(of=name, port=443, source=f"{start}.0.0/16"),
                ask.interface_endpoint_group(of=net, service=service, group=name),
            )
            admit(stack, group, 443, cidr=f"{start}.0.0/16")
            made.set(security_group_ids=[group["id"]])
        if draw.wants("dns", 3):
            stack.ask(
                nets.vpc_dns_hostnames(of=net), ask.interface_endpoint_dns(of=net, service=service)
            )
            made.set(private_dns_enabled=True)
            vpc.set(enable_dns_hostnames=True)

    kinds = ("gateway", "interface", "both")
    kind = draw.choice("kind", kinds[:2] if draw.level == 2 else kinds)
    if kind != "interface":
        gateway()
    if kind != "gateway":
        interface()
    decorate(stack, vpc_extras(stack, vpc, net)[1:])
    return stack.draft(
        f"Give the VPC `{net}` private access to services of AWS",
        f"Let the subnet `{inner}` in `{net}` reach AWS services without the internet",
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


WRITES = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups",
          "logs:DescribeLogStreams")  # fmt: skip


@family("terraform", levels=(2, 3, 4))
def flow_logs(draw: Draw) -> Draft:
    """Flow logs of a VPC in a log group, under a role that may write there."""
    stack = Stack(draw, "aws")
    vpc, net, _ = network(stack)
    traffic = draw.choice("traffic", ("ALL", "REJECT", "ACCEPT"))
    stack.ask(ask.flow_log(of=net, traffic=traffic))
    log = stack.add("aws_flow_log", "main", vpc_id=vpc["id"], traffic_type=traffic)
    if draw.chance("in a bucket", 0.35):
        _into_bucket(stack, log, net)
        extras: tuple[Extra, ...] = ()
    else:
        extras = _into_group(stack, log, net)

    def interval() -> None:
        seconds = draw.choice("interval", (60, 600))
        stack.ask(ask.flow_log_interval(of=net, value=seconds))
        log.set(max_aggregation_interval=seconds)

    decorate(
        stack, (*extras, Extra("interval", 1, interval), *vpc_extras(stack, vpc, net))
    )  # fmt: skip
    return stack.draft(
        f"Record the network traffic of the VPC `{net}`",
        f"We need flow logs for the VPC `{net}`",
    )


def _into_bucket(stack: Stack, log: Handle, net: str) -> None:
    name = stack.draw.name("bucket", ("flow-logs", "traffic", "netlogs"))
    stack.ask(aws_buckets.bucket(name=name), ask.flow_log_bucket(of=net, bucket=name))
    bucket = stack.add("aws_s3_bucket", "logs", bucket=name)
    log.set(log_destination_type="s3", log_destination=bucket["arn"])


def _into_group(stack: Stack, log: Handle, net: str) -> tuple[Extra, ...]:
    draw = stack.draw
    name = f"/{draw.choice('prefix', ('vpc', 'network', 'flow'))}/{net}"
    stack.ask(operations.log_group(name=name), ask.flow_log_group(of=net, group=name))
    group = stack.add("aws_cloudwatch_log_group", "flow", name=name)
    role = stack.add(
        "aws_iam_role", "flow", name=f"{net}-flow-logs",
        assume_role_policy=service_trust("vpc-flow-logs.amazonaws.com"),
    )  # fmt: skip
    log.set(log_destination=group["arn"], iam_role_arn=role["arn"])
    stack.ask(ask.flow_log_role(of=net))

    def permitted() -> None:
        actions = list(draw.sample("actions", WRITES, 3))
        stack.ask(ask.flow_log_permits(of=net, actions=actions))
        grant: dict[str, object] = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        text: Raw = policy(grant)
        if draw.phrase("document", (True, False)):
            statement = nested(effect="Allow", actions=actions, resources=["*"])
            text = stack.data("aws_iam_policy_document", "flow", statement=statement)["json"]
        stack.add("aws_iam_role_policy", "flow", name="write-logs", role=role["id"], policy=text)

    def kept() -> None:
        days = draw.choice("days", DAYS)
        stack.ask(operations.log_retention(of=name, value=days))
        group.set(retention_in_days=days)

    return (Extra("kept", 1, kept), Extra("permitted", 1, permitted))
