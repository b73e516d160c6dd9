"""Tasks about EC2 instances, Auto Scaling groups and load balancers."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.choices import OFFICES, TAGS
from envs.cloudformation.families.network import Guard
from envs.cloudformation.requirements import load_balancers
from envs.cloudformation.requirements import machines as ask
from envs.cloudformation.template import (
    Call,
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
TYPES = ("t3.micro", "t3.small", "t3.large", "m6i.large", "c6i.xlarge", "r6i.large")
POLICIES = ("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy", "AmazonS3ReadOnlyAccess")
COMMANDS = (
    "dnf install -y nginx", "systemctl enable --now httpd", "dnf install -y docker",
    "hostnamectl set-hostname worker",
)  # fmt: skip


def image(stack: Stack) -> Call:
    """Declare the parameter that tells the newest image."""
    return stack.parameter(
        "ImageId", "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default=IMAGE
    )


def profile(stack: Stack, policy: str) -> Handle:
    """Add a role for EC2 with a managed policy, and its profile."""
    role = stack.add(
        "IAM::Role", "InstanceRole", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"),
        ManagedPolicyArns=[sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{policy}")],
    )  # fmt: skip
    return stack.add("IAM::InstanceProfile", "InstanceProfile", Roles=[role.ref])


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def ec2_instance(draw: Draw) -> Draft:
    """An EC2 instance with its disk, role, firewall and start script."""
    stack = Stack(draw, "A machine")
    name = draw.name("instance", ("bastion", "app", "worker", "scanner", "runner", "build"))
    size = draw.choice("type", TYPES)
    subnet = stack.parameter("SubnetId", "AWS::EC2::Subnet::Id")
    root: dict[str, Any] = {"Encrypted": True, "DeleteOnTermination": True}
    made = stack.add(
        "EC2::Instance", "Instance", ImageId=image(stack), InstanceType=size, SubnetId=subnet,
        MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": root}],
        Tags=[{"Key": "Name", "Value": name}],
    )  # fmt: skip
    stack.ask(
        ask.instance(name=name), ask.instance_type(of=name, value=size),
        ask.instance_metadata(of=name),
    )  # fmt: skip
    more = Settings(stack, made, name)

    def disk() -> None:
        gigabytes, kind = (
            draw.integer("disk", 20, 400, 10),
            draw.choice("disk type", ("gp3", "gp2", "io2")),
        )
        stack.ask(ask.instance_disk(of=name, size=gigabytes, kind=kind))
        root.update(VolumeSize=gigabytes, VolumeType=kind)
        if kind == "io2":
            root["Iops"] = 3000

    def role() -> None:
        policy = draw.choice("policy", POLICIES)
        stack.ask(ask.instance_role(of=name, policy=policy))
        made.set(IamInstanceProfile=profile(stack, policy).ref)

    def guarded() -> None:
        vpc = stack.parameter("VpcId", "AWS::EC2::VPC::Id")
        guard = Guard(stack, f"{name}-sg", vpc)
        stack.ask(ask.instance_group(of=name, to=guard.name))
        guard.admit(draw.choice("port", (22, 443, 8080, 3389)), draw.choice("source", OFFICES))
        made.set(SecurityGroupIds=[guard.made["GroupId"]])

    def script() -> None:
        command = draw.choice("command", COMMANDS)
        stack.ask(ask.instance_script(of=name, text=command))
        made.set(UserData=Call("Base64", f"#!/bin/bash -xe\n{command}\n"))

    def address() -> None:
        stack.ask(ask.instance_address(of=name))
        stack.add("EC2::EIP", "Address", Domain="vpc", InstanceId=made.ref)

    decorate(
        stack,
        (
            Extra("disk", 1, disk), Extra("role", 1, role),
            more.switch(ask.instance_monitoring, "Monitoring"), more.tag(ask.instance_tag),
            Extra("guard", 3, guarded),
            more.switch(ask.instance_protected, "DisableApiTermination"),
            Extra("script", 1, script),
            more.output(ask.instance_output, made.ref, ("InstanceId", "MachineId")),
            Extra("address", 1, address),
            more.value(ask.instance_key, "KeyName", ("ops", "deploy", "admins", "team-key")),
        ),
    )  # fmt: skip
    for wish in (ask.instance_image, ask.instance_encrypted):
        if draw.phrase(wish.name, (True, False, False)):
            stack.ask(wish(of=name))
    return stack.draft(
        f"Start the EC2 instance `{name}` with CloudFormation (its subnet as a parameter)",
        f"Write a CloudFormation template for the machine `{name}` on EC2",
        f"We need `{name}` on EC2, as a CloudFormation stack",
    )


class Fleet:
    """A launch template and an Auto Scaling group under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("group", ("web", "app", "workers", "fleet", "render"))
        self.template_name = f"{self.name}-template"
        size = draw.choice("type", TYPES)
        low = draw.integer("low", 1, 4)
        high = draw.integer("high", 5, 20)
        #: How many machines it may begin with: no fewer than `low`, no more than `high`.
        self.wanted = tuple(str(one) for one in range(max(2, low), 6))
        subnets = stack.parameter("SubnetIds", "List<AWS::EC2::Subnet::Id>")
        self.data: dict[str, Any] = {
            "ImageId": image(stack),
            "InstanceType": size,
            "MetadataOptions": {"HttpTokens": "required"},
        }
        self.template = stack.add(
            "EC2::LaunchTemplate", "LaunchTemplate", LaunchTemplateName=self.template_name,
            LaunchTemplateData=self.data,
        )  # fmt: skip
        self.made = stack.add(
            "AutoScaling::AutoScalingGroup", "Group", AutoScalingGroupName=self.name,
            MinSize=str(low), MaxSize=str(high), VPCZoneIdentifier=subnets,
            LaunchTemplate={
                "LaunchTemplateId": self.template.ref,
                "Version": self.template["LatestVersionNumber"],
            },
        )  # fmt: skip
        stack.ask(
            ask.scaling_group(name=self.name), ask.group_sizes(of=self.name, low=low, high=high),
            ask.launch_template(name=self.template_name),
            ask.group_launches(of=self.name, to=self.template_name),
            ask.launch_type(of=self.template_name, value=size),
        )  # fmt: skip

    def tracked(self) -> None:
        """Ask for target tracking."""
        percent = self.stack.draw.integer("percent", 40, 85, 5)
        self.stack.ask(ask.group_tracks_cpu(of=self.name, percent=percent))
        self.stack.add(
            "AutoScaling::ScalingPolicy", "CpuPolicy", AutoScalingGroupName=self.made.ref,
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration={
                "TargetValue": percent,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ASGAverageCPUUtilization",
                },
            },
        )  # fmt: skip

    def rolling(self) -> None:
        """Ask for a rolling update."""
        batch, kept = self.stack.draw.integer("batch", 1, 3), self.stack.draw.integer("kept", 1, 4)
        self.stack.ask(ask.group_rolls(of=self.name, batch=batch, kept=kept))
        self.made.attributes["UpdatePolicy"] = {
            "AutoScalingRollingUpdate": {"MaxBatchSize": batch, "MinInstancesInService": kept}
        }

    def role(self) -> None:
        """Ask for a role."""
        policy = self.stack.draw.choice("policy", POLICIES)
        self.stack.ask(ask.launch_role(of=self.template_name, policy=policy))
        self.data["IamInstanceProfile"] = {"Arn": profile(self.stack, policy)["Arn"]}

    def tagged(self) -> None:
        """Ask for a tag that is passed on."""
        key, values = self.stack.draw.choice("tag", TAGS)
        value = self.stack.draw.choice("tag value", values)
        self.stack.ask(ask.group_tag_passed(of=self.name, key=key, value=value))
        self.made.append("Tags", {"Key": key, "Value": value, "PropagateAtLaunch": True})

    def extras(self) -> tuple[Extra, ...]:
        """Return the optional parts."""
        more = Settings(self.stack, self.made, self.name)
        return (
            Extra("tracking", 1, self.tracked), Extra("tag", 1, self.tagged),
            Extra("rolling", 1, self.rolling), Extra("role", 1, self.role),
            more.value(ask.group_desired, "DesiredCapacity", self.wanted),
            more.value(ask.group_grace, "HealthCheckGracePeriod", range(60, 601, 30)),
        )  # fmt: skip


@family("cloudformation", levels=(2, 3, 4, 5))
def scaling_group(draw: Draw) -> Draft:
    """An Auto Scaling group with its launch template and scaling policy."""
    stack = Stack(draw, "A group of machines")
    fleet = Fleet(stack)

    def guarded() -> None:
        vpc = stack.parameter("VpcId", "AWS::EC2::VPC::Id")
        guard = Guard(stack, f"{fleet.name}-sg", vpc)
        stack.ask(ask.launch_group(of=fleet.template_name, to=guard.name))
        guard.admit(draw.choice("port", (443, 8080, 8443)), draw.choice("source", OFFICES))
        fleet.data["SecurityGroupIds"] = [guard.made["GroupId"]]

    decorate(stack, (*fleet.extras(), Extra("guard", 3, guarded)))
    if draw.phrase("metadata", (True, False)):
        stack.ask(ask.launch_metadata(of=fleet.template_name))
    return stack.draft(
        f"Run the Auto Scaling group `{fleet.name}` with CloudFormation (subnets as a parameter)",
        f"Write a CloudFormation template for the Auto Scaling group `{fleet.name}`",
    )


CERTIFICATES = tuple(
    f"arn:aws:acm:us-east-1:{account}:certificate/{front}-1111-4222-8333-444455556666"
    for account in ("111122223333", "444455556666")
    for front in ("0a1b2c3d", "1f2e3d4c", "9a8b7c6d", "5e6f7a8b")
)


class Balancer:
    """A load balancer with a target group under construction."""

    def __init__(self, stack: Stack, *, kind: str = "instance") -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("balancer", ("lb", "front", "edge", "web"))
        self.group_name = f"{self.name}-targets"
        self.port = draw.choice("target port", (8080, 3000, 5000, 8000, 9000))
        self.vpc = stack.parameter("VpcId", "AWS::EC2::VPC::Id")
        subnets = stack.parameter("PublicSubnetIds", "List<AWS::EC2::Subnet::Id>")
        self.guard = Guard(stack, f"{self.name}-sg", self.vpc, "BalancerGroup")
        self.made = stack.add(
            "ElasticLoadBalancingV2::LoadBalancer", "LoadBalancer", Name=self.name,
            Type="application", Scheme="internet-facing", Subnets=subnets,
            SecurityGroups=[self.guard.made["GroupId"]],
            LoadBalancerAttributes=[
                {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}
            ],
        )  # fmt: skip
        self.targets = stack.add(
            "ElasticLoadBalancingV2::TargetGroup", "TargetGroup", Name=self.group_name,
            VpcId=self.vpc, Protocol="HTTP", Port=self.port, TargetType=kind,
        )  # fmt: skip
        stack.ask(
            load_balancers.balancer(name=self.name),
            load_balancers.balancer_group(of=self.name, to=self.guard.name),
            load_balancers.target_group(name=self.group_name),
            load_balancers.target_port(of=self.group_name, protocol="HTTP", port=self.port),
        )  # fmt: skip

    def secure(self) -> Handle:
        """Ask for an HTTPS listener."""
        arn = self.stack.draw.choice("certificate", CERTIFICATES)
        self.stack.ask(
            load_balancers.listener_forwards(
                of=self.name, protocol="HTTPS", port=443, to=self.group_name
            ),
            load_balancers.listener_certificate(of=self.name, arn=arn),
        )
        self.guard.rule(443, CidrIp="0.0.0.0/0")
        return self.stack.add(
            "ElasticLoadBalancingV2::Listener", "HttpsListener", LoadBalancerArn=self.made.ref,
            Protocol="HTTPS", Port=443, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[{"CertificateArn": arn}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.targets.ref}],
        )  # fmt: skip

    def redirected(self) -> None:
        """Ask for a redirection of HTTP."""
        code = self.stack.draw.choice("code", ("HTTP_301", "HTTP_302"))
        self.stack.ask(load_balancers.listener_redirects(of=self.name, code=code))
        self.guard.rule(80, CidrIp="0.0.0.0/0")
        redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": code}
        self.stack.add(
            "ElasticLoadBalancingV2::Listener", "HttpListener", LoadBalancerArn=self.made.ref,
            Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
        )  # fmt: skip

    def idle(self) -> None:
        """Ask for an idle timeout."""
        seconds = self.stack.draw.integer("idle", 70, 300, 10)
        self.stack.ask(load_balancers.balancer_idle(of=self.name, seconds=seconds))
        self._attribute("idle_timeout.timeout_seconds", str(seconds))

    def protected(self) -> None:
        """Ask for deletion protection."""
        self.stack.ask(load_balancers.balancer_protected(of=self.name))
        self._attribute("deletion_protection.enabled", "true")

    def _attribute(self, key: str, value: str) -> None:
        self.made.append("LoadBalancerAttributes", {"Key": key, "Value": value})

    def drained(self) -> None:
        """Ask for a deregistration delay."""
        seconds = self.stack.draw.integer("delay", 10, 240, 10)
        self.stack.ask(load_balancers.target_delay(of=self.group_name, seconds=seconds))
        self.targets.append(
            "TargetGroupAttributes",
            {"Key": "deregistration_delay.timeout_seconds", "Value": str(seconds)},
        )

    def health(self) -> tuple[Extra, ...]:
        """Return the extras about health checks."""
        more = Settings(self.stack, self.targets, self.group_name)
        return (
            more.value(
                load_balancers.target_health, "HealthCheckPath",
                ("/health", "/healthz", "/status", "/ping", "/ready"),
            ),
            more.value(
                load_balancers.target_interval, "HealthCheckIntervalSeconds", range(35, 121, 5)
            ),
            more.value(load_balancers.target_healthy, "HealthyThresholdCount", (2, 3, 4, 6)),
        )  # fmt: skip


def plain_balancer(stack: Stack) -> tuple[Handle, str]:
    """Ask for a load balancer; its subnets and security groups are parameters."""
    name = stack.draw.name("balancer", ("lb", "front", "edge", "web"))
    stack.ask(load_balancers.balancer(name=name))
    made = stack.add(
        "ElasticLoadBalancingV2::LoadBalancer", "LoadBalancer", Name=name, Type="application",
        Scheme="internet-facing",
        Subnets=stack.parameter("PublicSubnetIds", "List<AWS::EC2::Subnet::Id>"),
        SecurityGroups=stack.parameter("SecurityGroupIds", "List<AWS::EC2::SecurityGroup::Id>"),
        LoadBalancerAttributes=[
            {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}
        ],
    )  # fmt: skip
    return made, name


@family("cloudformation", levels=(3, 4, 5))
def load_balancer(draw: Draw) -> Draft:
    """An application load balancer with its target group and listeners."""
    stack = Stack(draw, "A load balancer")
    one = Balancer(stack)
    listener = one.secure()
    health = one.health()

    def routed() -> None:
        other, path = f"{one.name}-api", draw.choice("path", ("/api/*", "/admin/*", "/v2/*"))
        priority = draw.integer("priority", 5, 100, 5)
        stack.ask(
            load_balancers.target_group(name=other),
            load_balancers.listener_rule(
                of=one.name, port=443, path=path, to=other, priority=priority
            ),
        )
        group = stack.add(
            "ElasticLoadBalancingV2::TargetGroup", "ApiTargets", Name=other, VpcId=one.vpc,
            Protocol="HTTP", Port=8081,
        )  # fmt: skip
        stack.add(
            "ElasticLoadBalancingV2::ListenerRule", "ApiRule", ListenerArn=listener.ref,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": [path]}}],
            Actions=[{"Type": "forward", "TargetGroupArn": group.ref}],
        )  # fmt: skip

    more = Settings(stack, one.made, one.name)
    decorate(
        stack,
        (
            Extra("redirect", 1, one.redirected), health[0], Extra("idle", 1, one.idle),
            Extra("rule", 2, routed), health[1], Extra("protected", 1, one.protected),
            more.output(
                load_balancers.balancer_name_output, one.made["DNSName"], ("DnsName", "Url")
            ),
            Extra("drained", 1, one.drained), health[2],
        ),
    )  # fmt: skip
    if draw.phrase("headers", (True, False)):
        stack.ask(load_balancers.balancer_headers(of=one.name))
    return stack.draft(
        f"Set up the application load balancer `{one.name}` with CloudFormation",
        f"Write a CloudFormation template for the load balancer `{one.name}`",
    )
