"""Tasks about whole stacks: several services that refer to one another."""

from __future__ import annotations

from envs.cloudformation.families.compute import Balancer, Fleet
from envs.cloudformation.families.databases import ENGINES, Database
from envs.cloudformation.families.network import Guard, Network
from envs.cloudformation.families.serverless import Function, arn
from envs.cloudformation.families.storage import BUCKETS, add_bucket
from envs.cloudformation.requirements import (
    buckets,
    databases,
    firewall_rules,
    functions,
    machines,
    messages,
    networks,
)
from envs.cloudformation.template import Extra, Settings, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("cloudformation", levels=(5,))
def private_database(draw: Draw) -> Draft:
    """A database in the private subnets of a network of its own."""
    stack = Stack(draw, "A database in private subnets")
    net = Network(stack)
    first, first_name = net.subnet("data-a", draw.integer("first place", 10, 100), 0)
    second, second_name = net.subnet("data-b", draw.integer("second place", 110, 200), 1)
    one = Database(stack)
    group_name = f"{one.name}-subnets"
    group = stack.add(
        "RDS::DBSubnetGroup", "Subnets", DBSubnetGroupName=group_name,
        DBSubnetGroupDescription=f"Subnets of {one.name}", SubnetIds=[first.ref, second.ref],
    )  # fmt: skip
    one.made.set(DBSubnetGroupName=group.ref)
    stack.ask(
        networks.subnets_apart(first=first_name, second=second_name),
        databases.db_subnets(name=group_name),
        databases.db_subnets_members(of=group_name, first=first_name, second=second_name),
        databases.database_subnets(of=one.name, to=group_name),
    )

    def guarded() -> None:
        guard = Guard(stack, f"{one.name}-sg", net.made.ref)
        stack.ask(
            firewall_rules.group_vpc(of=guard.name, to=net.name),
            databases.database_group(of=one.name, to=guard.name),
        )
        guard.admit(ENGINES[one.engine][1], net.range)
        one.made.set(VPCSecurityGroups=[guard.made["GroupId"]])

    one.made.set(DeletionProtection=True)
    extras = [extra for extra in one.extras() if extra.name != "database-protected"]
    decorate(stack, (Extra("guard", 4, guarded), *extras[:3]))
    return stack.draft(
        f"Put the database `{one.name}` into a network `{net.name}` of its own (CloudFormation)",
        f"Write a CloudFormation template for the database `{one.name}` in its VPC `{net.name}`",
    )


@family("cloudformation", levels=(5,))
def web_tier(draw: Draw) -> Draft:
    """An Auto Scaling group behind a load balancer."""
    stack = Stack(draw, "Machines behind a load balancer")
    front, fleet = Balancer(stack), Fleet(stack)
    front.secure()
    fleet.made.set(TargetGroupARNs=[front.targets.ref])
    stack.ask(machines.group_targets(of=fleet.name, to=front.group_name))
    guard = Guard(stack, f"{fleet.name}-sg", front.vpc, "FleetGroup")
    fleet.data["SecurityGroupIds"] = [guard.made["GroupId"]]
    guard.rule(front.port, SourceSecurityGroupId=front.guard.made["GroupId"])
    stack.ask(
        machines.launch_group(of=fleet.template_name, to=guard.name),
        firewall_rules.group_admits_group(of=guard.name, port=front.port, source=front.guard.name),
    )
    more = Settings(stack, fleet.made, fleet.name)
    extras = fleet.extras()
    decorate(
        stack,
        (
            more.value(machines.group_health, "HealthCheckType", ("ELB",)),
            Extra("redirect", 1, front.redirected), *extras[:3], front.health()[0],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the machines of `{fleet.name}` behind the load balancer `{front.name}`, by "
        "CloudFormation",
        f"Write a CloudFormation template for a web tier, with `{front.name}` in front of "
        f"`{fleet.name}`",
    )


@family("cloudformation", levels=(3, 4, 5))
def vpc_function(draw: Draw) -> Draft:
    """A Lambda function within a network, with what it writes to."""
    stack = Stack(draw, "A function within a network")
    made = Function(stack)
    made.role.append("ManagedPolicyArns", arn("AWSLambdaVPCAccessExecutionRole"))
    guard_name = f"{made.name}-sg"
    subnets = stack.parameter("SubnetIds", "List<AWS::EC2::Subnet::Id>")
    guard = Guard(stack, guard_name, stack.parameter("VpcId", "AWS::EC2::VPC::Id"))
    made.made.set(VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [guard.made["GroupId"]]})
    stack.ask(
        functions.function_group(of=made.name, to=guard_name),
        functions.function_managed_policy(of=made.name, policy="AWSLambdaVPCAccessExecutionRole"),
    )

    def topic() -> None:
        name = draw.name("topic", ("results", "alerts", "done"))
        one = stack.add("SNS::Topic", "Topic", TopicName=name, KmsMasterKeyId="alias/aws/sns")
        stack.ask(
            messages.topic(name=name), functions.function_publishes(of=made.name, topic=name),
            functions.function_knows_topic(of=made.name, key="TOPIC_ARN", to=name),
        )  # fmt: skip
        made.knows("TOPIC_ARN", one.ref)
        made.allow("publish", "sns:Publish", one.ref)

    def bucket() -> None:
        name = draw.name("bucket", BUCKETS)
        one = add_bucket(stack, name)
        stack.ask(
            buckets.bucket(name=name),
            functions.function_knows_bucket(of=made.name, key="BUCKET", to=name),
        )
        made.knows("BUCKET", one.ref)

    def limited() -> None:
        port = draw.choice("out", (443, 5432, 6379))
        stack.ask(firewall_rules.group_egress_only(of=guard_name, port=port, target="10.0.0.0/8"))
        guard.made.append(
            "SecurityGroupEgress",
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8"},
        )

    extras = made.extras()
    decorate(
        stack,
        (
            *extras[:2], Extra("egress", 1, limited), Extra("topic", 3, topic),
            Extra("bucket", 2, bucket), extras[3],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the Lambda function `{made.name}` within our VPC, by CloudFormation",
        f"Write a CloudFormation template for `{made.name}`, a function within a VPC",
    )
