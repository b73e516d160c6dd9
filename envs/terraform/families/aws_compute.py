"""Tasks about EC2 instances, their disks, keys and roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from envs.terraform.choices import OCTETS, TAGS
from envs.terraform.families.aws_network import add_group, admit, plain_subnets, send_anywhere
from envs.terraform.families.aws_serverless import service_trust
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_layouts as layout
from envs.terraform.requirements import aws_networks as nets
from envs.terraform.requirements import instances as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.check import Requirement
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, heredoc

TYPES = tuple(
    f"{kind}.{size}"
    for kind in ("t3", "t3a", "m6i", "m7i", "c6i", "c7i", "r6i")
    for size in ("large", "xlarge", "2xlarge")
)
IMAGES = (
    ("amazon", "al2023-ami-2023.*-x86_64"),
    ("amazon", "amzn2-ami-kernel-5.10-hvm-*-x86_64-gp2"),
    ("099720109477", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"),
    ("099720109477", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"),
    ("136693071363", "debian-12-amd64-*"),
)
COMMANDS = (
    "systemctl enable --now docker", "mkdir -p /srv/app", "systemctl restart systemd-journald",
    "timedatectl set-timezone Europe/Berlin", "useradd --create-home deploy",
    "sysctl -w vm.max_map_count=262144", "touch /var/tmp/ready", "hostnamectl set-hostname app-1",
)  # fmt: skip
POLICIES = (
    "AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy", "AmazonS3ReadOnlyAccess",
    "AmazonEC2ContainerRegistryReadOnly", "AmazonDynamoDBReadOnlyAccess",
)  # fmt: skip
MACHINES = ("server", "worker", "node", "host", "runner", "gateway", "bastion", "builder")


def newest_image(stack: Stack) -> tuple[str, str, Raw]:
    """Look an image up; return its owner, its pattern and the expression of its id."""
    owner, pattern = stack.draw.choice("image", IMAGES)
    found = stack.data("aws_ami", "image", most_recent=True, owners=[owner])
    found.nest("filter", name="name", values=[pattern])
    return owner, pattern, found["id"]


def script(command: str) -> Raw:
    """Write a shell script that runs a command."""
    return heredoc(f"#!/bin/bash\nset -euo pipefail\n{command}\n", "EOF")


def key_pair(stack: Stack, user: Callable[..., Requirement], of: str) -> Raw:
    """Ask for a key pair of a machine, with a variable as its public key; return its name."""
    name = stack.draw.name("key", ("key", "login", "admin"))
    variable = stack.draw.choice("variable", ("public_key", "ssh_public_key", "admin_key"))
    stack.ask(user(of=of, to=name), ask.key_from_variable(of=name, variable=variable))
    stack.top(block("variable", variable, type=Raw("string"), description="Public SSH key."))
    made = stack.add(
        "aws_key_pair", "login", key_name=name, public_key=Raw(f"var.{variable}")
    )  # fmt: skip
    return made["key_name"]


def instance_role(stack: Stack, name: str, policy: str) -> Handle:
    """Add a role that EC2 may assume, with a managed policy; return its instance profile."""
    role = stack.add(
        "aws_iam_role", "machine", name=f"{name}-role",
        assume_role_policy=service_trust("ec2.amazonaws.com"),
    )  # fmt: skip
    if policy:
        stack.add(
            "aws_iam_role_policy_attachment", "machine", role=role["name"],
            policy_arn=f"arn:aws:iam::aws:policy/{policy}",
        )  # fmt: skip
    return stack.add(
        "aws_iam_instance_profile", "machine", name=f"{name}-profile", role=role["name"]
    )  # fmt: skip


class Machine:
    """An EC2 instance under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("instance", MACHINES)
        size = draw.choice("type", TYPES)
        owner, pattern, image = newest_image(stack)
        stack.ask(
            ask.instance(name=self.name), ask.instance_type(of=self.name, value=size),
            ask.instance_image(of=self.name, owner=owner, pattern=pattern),
        )  # fmt: skip
        self.made = stack.add(
            "aws_instance", self.name, ami=image, instance_type=size, tags={"Name": self.name}
        )

    def _flag(self, asked: Callable[..., Requirement], **body: object) -> None:
        self.stack.ask(asked(of=self.name))
        self.made.set(**body)

    def tokens(self) -> None:
        """Ask for IMDSv2."""
        self.stack.ask(ask.instance_tokens(of=self.name))
        self.made.nest("metadata_options", http_endpoint="enabled", http_tokens="required")

    def root(self) -> None:
        """Ask for the size of the root disk, perhaps encrypted."""
        size = self.stack.draw.integer("root size", 12, 200, 4)
        self.stack.ask(ask.instance_root_size(of=self.name, value=size))
        disk = self.made.inner("root_block_device")
        disk.update(volume_size=size, volume_type="gp3")
        if self.stack.draw.chance("root encrypted", 0.6):
            self.stack.ask(ask.instance_root_encrypted(of=self.name))
            disk["encrypted"] = True

    def key(self) -> None:
        """Ask for a key pair."""
        self.made.set(key_name=key_pair(self.stack, ask.instance_key, self.name))

    def address(self) -> None:
        """Ask for an Elastic IP."""
        self.stack.ask(ask.instance_address(of=self.name))
        if self.stack.draw.phrase("address", (True, False)):
            self.stack.add("aws_eip", "machine", domain="vpc", instance=self.made["id"])
            return
        address = self.stack.add("aws_eip", "machine", domain="vpc")
        self.stack.add(
            "aws_eip_association", "machine",
            instance_id=self.made["id"], allocation_id=address["id"],
        )  # fmt: skip

    def script(self) -> None:
        """Ask for user data."""
        command = self.stack.draw.choice("command", COMMANDS)
        self.stack.ask(ask.instance_script(of=self.name, command=command))
        self.made.set(user_data=script(command))

    def role(self) -> None:
        """Ask for a role, and a policy of it."""
        policy = self.stack.draw.choice("policy", POLICIES)
        self.stack.ask(
            ask.instance_profile(of=self.name), ask.instance_policy(of=self.name, policy=policy)
        )
        profile = instance_role(self.stack, self.name, policy)
        self.made.set(iam_instance_profile=profile["name"])

    def tag(self) -> None:
        """Ask for a tag."""
        key, values = self.stack.draw.choice("tag", TAGS)
        value = self.stack.draw.choice("tag value", values)
        self.stack.ask(ask.instance_tag(of=self.name, key=key, value=value))
        self.made.body["tags"][key] = value

    def extras(self) -> dict[str, Extra]:
        """Return what any instance may also be asked for, by name."""
        watched = partial(self._flag, ask.instance_monitoring, monitoring=True)
        protected = partial(self._flag, ask.instance_protected, disable_api_termination=True)
        found = (
            Extra("tokens", 1, self.tokens), Extra("root", 1.6, self.root),
            Extra("script", 1, self.script), Extra("key", 2, self.key),
            Extra("role", 2, self.role), Extra("address", 1, self.address),
            Extra("tag", 1, self.tag), Extra("monitoring", 1, watched),
            Extra("protection", 1, protected),
            Extra("region", 1, lambda: region(self.stack)),
        )  # fmt: skip
        return {one.name: one for one in found}


@family("terraform", levels=(1, 2, 3, 4))
def ec2_instance(draw: Draw) -> Draft:
    """An EC2 instance with its image, disk, key, role and user data."""
    stack = Stack(draw, "aws")
    machine = Machine(stack)
    decorate(stack, tuple(machine.extras().values()))
    return stack.draft(
        f"Start the EC2 instance `{machine.name}` with Terraform",
        f"We need a virtual machine `{machine.name}` on AWS",
        f"Write Terraform for one EC2 instance, `{machine.name}`",
    )


@family("terraform", levels=(3, 4, 5))
def instance_volume(draw: Draw) -> Draft:
    """An EC2 instance with data volumes of their own that are attached to it."""
    stack = Stack(draw, "aws")
    machine = Machine(stack)
    count = 2 if draw.level >= 5 else 1
    for place in range(count):
        letter = "ab"[place]
        use = draw.choice(f"use {letter}", ("data", "logs", "index", "wal", "cache", "media"))
        name = f"{machine.name}-{use}-{letter}"
        size = draw.integer(f"size {letter}", 130, 990, 10)
        device = draw.choice(f"device {letter}", (f"/dev/sd{'fh'[place]}", f"/dev/sd{'gj'[place]}"))
        stack.ask(
            ask.volume(name=name), ask.volume_size(of=name, value=size),
            ask.volume_attached(of=name, to=machine.name, device=device),
            ask.volume_beside(of=name, to=machine.name),
        )  # fmt: skip
        disk = stack.add(
            "aws_ebs_volume", f"{use}_{letter}", size=size,
            availability_zone=machine.made["availability_zone"], tags={"Name": name},
        )  # fmt: skip
        stack.add(
            "aws_volume_attachment", f"{use}_{letter}", device_name=device,
            volume_id=disk["id"], instance_id=machine.made["id"],
        )  # fmt: skip
        if draw.wants(f"encrypted {letter}", 4):
            stack.ask(ask.volume_encrypted(of=name))
            disk.set(encrypted=True)
        if draw.wants(f"kind {letter}", 4):
            kind = draw.choice(f"volume type {letter}", ("gp3", "st1", "sc1"))
            stack.ask(ask.volume_kind(of=name, value=kind))
            disk.set(type=kind)
    extras = machine.extras()
    chosen = ("tokens", "tag", "script", "monitoring", "region")
    decorate(stack, tuple(extras[one] for one in chosen))
    return stack.draft(
        f"Give the EC2 instance `{machine.name}` a disk for its data",
        f"Set up `{machine.name}` on EC2 with separate storage",
    )


def small_network(stack: Stack, count: int = 2) -> tuple[Handle, str, list[str], list[Handle]]:
    """Ask for a VPC and subnets (in different zones); return the VPC, its name, theirs and them."""
    draw = stack.draw
    net = draw.name("vpc", ("vpc", "net", "network"))
    start = f"10.{draw.phrase('octet', OCTETS)}"
    stack.ask(nets.vpc(name=net))
    vpc = stack.add("aws_vpc", net, cidr_block=f"{start}.0.0/16", tags={"Name": net})
    names = [f"{net}-{letter}" for letter in "abc"[:count]]
    subnets = plain_subnets(stack, vpc, net, start, names)
    if draw.level >= 5:
        stack.ask(layout.subnets_apart(names=names))
    return vpc, net, names, subnets


@family("terraform", levels=(4, 5))
def guarded_instance(draw: Draw) -> Draft:
    """An EC2 instance in a subnet of its own VPC, behind a security group."""
    stack = Stack(draw, "aws")
    net = draw.name("vpc", ("vpc", "net", "network"))
    start = f"10.{draw.phrase('octet', OCTETS)}"
    inner = f"{net}-{draw.choice('place', ('app', 'web', 'tools', 'build'))}"
    stack.ask(nets.vpc(name=net), layout.subnet_within(of=net, name=inner))
    vpc = stack.add("aws_vpc", net, cidr_block=f"{start}.0.0/16", tags={"Name": net})
    subnet = stack.add(
        "aws_subnet", "inner", vpc_id=vpc["id"], cidr_block=f"{start}.1.0/24", tags={"Name": inner}
    )  # fmt: skip
    machine = Machine(stack)
    port = draw.choice("port", (80, 443, 8080, 3000, 9090))
    name = f"{machine.name}-sg"
    group = add_group(stack, name, vpc, net)
    source = draw.choice("source", ("0.0.0.0/0", "10.0.0.0/8", "192.168.0.0/16"))
    stack.ask(
        nets.group_admits(of=name, port=port, source=source),
        ask.instance_in(of=machine.name, to=inner),
        ask.instance_group(of=machine.name, to=name),
    )
    admit(stack, group, port, cidr=source)
    machine.made.set(subnet_id=subnet["id"], vpc_security_group_ids=[group["id"]])

    def outward() -> None:
        stack.ask(nets.group_sends_anywhere(of=name))
        send_anywhere(stack, group)

    extras = machine.extras()
    chosen = ("tokens", "role", "script", "address", "root", "region")
    decorate(stack, (Extra("outward", 1, outward), *(extras[one] for one in chosen)))
    return stack.draft(
        f"Run the EC2 instance `{machine.name}` in the network `{net}`",
        f"Put `{machine.name}` into a subnet of the VPC `{net}`, behind a security group",
    )
