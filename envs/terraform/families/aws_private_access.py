"""Tasks about VPC endpoints and flow logs on AWS."""

from __future__ import annotations

from envs.terraform.families.aws_network import (
    add_group,
    admit,
    network,
    vpc_extras,
)
from envs.terraform.families.aws_serverless import policy, service_trust
from envs.terraform.requirements import aws_buckets
from envs.terraform.requirements import aws_endpoints as ask
from envs.terraform.requirements import aws_flow_logs as flow
from envs.terraform.requirements import aws_layouts as layout
from envs.terraform.requirements import aws_networks as nets
from envs.terraform.requirements import aws_operations as operations
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested, template

DAYS = (3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 400)
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


WRITES = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups",
          "logs:DescribeLogStreams")  # fmt: skip


@family("terraform", levels=(2, 3, 4))
def flow_logs(draw: Draw) -> Draft:
    """Flow logs of a VPC in a log group, under a role that may write there."""
    stack = Stack(draw, "aws")
    vpc, net, _ = network(stack)
    traffic = draw.choice("traffic", ("ALL", "REJECT", "ACCEPT"))
    stack.ask(flow.flow_log(of=net, traffic=traffic))
    log = stack.add("aws_flow_log", "main", vpc_id=vpc["id"], traffic_type=traffic)
    if draw.chance("in a bucket", 0.35):
        _into_bucket(stack, log, net)
        extras: tuple[Extra, ...] = ()
    else:
        extras = _into_group(stack, log, net)

    def interval() -> None:
        seconds = draw.choice("interval", (60, 600))
        stack.ask(flow.flow_log_interval(of=net, value=seconds))
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
    stack.ask(aws_buckets.bucket(name=name), flow.flow_log_bucket(of=net, bucket=name))
    bucket = stack.add("aws_s3_bucket", "logs", bucket=name)
    log.set(log_destination_type="s3", log_destination=bucket["arn"])


def _into_group(stack: Stack, log: Handle, net: str) -> tuple[Extra, ...]:
    draw = stack.draw
    name = f"/{draw.choice('prefix', ('vpc', 'network', 'flow'))}/{net}"
    stack.ask(operations.log_group(name=name), flow.flow_log_group(of=net, group=name))
    group = stack.add("aws_cloudwatch_log_group", "flow", name=name)
    role = stack.add(
        "aws_iam_role", "flow", name=f"{net}-flow-logs",
        assume_role_policy=service_trust("vpc-flow-logs.amazonaws.com"),
    )  # fmt: skip
    log.set(log_destination=group["arn"], iam_role_arn=role["arn"])
    stack.ask(flow.flow_log_role(of=net))

    def permitted() -> None:
        actions = list(draw.sample("actions", WRITES, 3))
        stack.ask(flow.flow_log_permits(of=net, actions=actions))
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
