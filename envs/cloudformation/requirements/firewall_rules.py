"""Requirements about security groups and their rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    link,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    companions,
    flat,
    number,
    refers,
    same,
    shown,
    targets,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.services import (
    SECURITY_GROUP,
    VPC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.folded import Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

security_group = existence(
    "security-group", SECURITY_GROUP,
    "a security group called `{name}`", "the security group `{name}` (GroupName)",
)  # fmt: skip
group_vpc = link(
    "group-vpc", SECURITY_GROUP, "VpcId", VPC,
    "the security group `{of}` in the VPC `{to}`", "`{of}` as a security group of `{to}`",
)  # fmt: skip
group_description = setting(
    "group-description", SECURITY_GROUP, "GroupDescription",
    "`{value}` as the description of `{of}`", "the security group `{of}` described as `{value}`",
)  # fmt: skip
group_tag = tag(
    "group-tag", SECURITY_GROUP,
    "the tag {key} = `{value}` on the security group `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
group_output = output(
    "group-output", SECURITY_GROUP, ("GroupId", "Ref", "Id"),
    "an output `{name}` with the id of the security group `{of}`",
    "the id of the security group `{of}` given out as the output `{name}`",
)  # fmt: skip
_TO = {
    "Ingress": ("AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress"),
    "Egress": ("AWS::EC2::SecurityGroupEgress", "SecurityGroupEgress"),
}


def rules_of(template: Template, group: Thing, way: str) -> list[Mapping[str, Any]]:
    """Return the rules of a security group, in it or as resources: "Ingress" or "Egress"."""
    type, name = _TO[way]
    others = companions(template, type, "GroupId", group, SECURITY_GROUP)
    return [*blocks(group, name), *(one.properties for one in others)]


def _opens(rule: Mapping[str, Any], port: int, protocol: str = "tcp") -> bool:
    """Whether a rule is for that port alone."""
    given = str(text(rule.get("IpProtocol"))).lower()
    if given not in (protocol, {"tcp": "6", "udp": "17"}[protocol]):
        return False
    return number(rule.get("FromPort")) == port and number(rule.get("ToPort")) == port


def includes(rule: Mapping[str, Any], port: int) -> bool:
    """Whether a rule opens a TCP port, among others."""
    protocol = str(text(rule.get("IpProtocol"))).lower()
    if protocol == "-1":
        return True
    low, high = number(rule.get("FromPort")), number(rule.get("ToPort"))
    if protocol not in ("tcp", "6"):
        return False
    return low in (None, -1) or (low is not None and low <= port <= (low if high is None else high))


@requirement(
    "TCP port {port} of `{of}` open to {source}",
    "`{of}` admitting {source} on TCP port {port}",
)
def group_admits(template: Template, of: str, port: int, source: str) -> Findings:
    """An ingress rule for just that port and range."""
    group = the(template, SECURITY_GROUP, of)
    if isinstance(group, Finding):
        return [group]
    right = any(
        _opens(one, port) and (same(one.get("CidrIp"), source) or same(one.get("CidrIpv6"), source))
        for one in rules_of(template, group, "Ingress")
    )
    return unless(right, template, group, f"`{of}` does not admit {source} on port {port}")


@requirement(
    "TCP port {port} of `{of}` open to members of the security group `{source}`",
    "`{of}` admitting the security group `{source}` on TCP port {port}",
)
def group_admits_group(template: Template, of: str, port: int, source: str) -> Findings:
    """An ingress rule for just that port and group."""
    found, problems = all_of(template, (SECURITY_GROUP, of), (SECURITY_GROUP, source))
    if problems:
        return problems
    right = any(
        _opens(one, port) and refers(one.get("SourceSecurityGroupId"), found[1], SECURITY_GROUP)
        for one in rules_of(template, found[0], "Ingress")
    )
    return unless(right, template, found[0], f"`{of}` does not admit `{source}` on port {port}")


#: Where rules lead that only take the place of the one for everything.
_NOWHERE = ("127.0.0.1/32", "255.255.255.255/32")


@requirement(
    "outbound traffic of `{of}` limited to TCP port {port} to {target}",
    "nothing out of the security group `{of}` but TCP port {port} to {target}",
)
def group_egress_only(template: Template, of: str, port: int, target: str) -> Findings:
    """Egress rules are given, and all are for that port and range.

    One that leads nowhere, which only takes the place of the usual one for everything, is none.
    """
    group = the(template, SECURITY_GROUP, of)
    if isinstance(group, Finding):
        return [group]
    rules = rules_of(template, group, "Egress")
    wanted = [one for one in rules if text(one.get("CidrIp")) not in _NOWHERE]
    right = wanted and all(_opens(one, port) and same(one.get("CidrIp"), target) for one in wanted)
    return unless(right, template, group, f"more leaves `{of}` than port {port} to {target}")


def _world(rule: Mapping[str, Any]) -> bool:
    """Whether a rule is for the whole internet, or for what is not known."""
    for key in ("CidrIp", "CidrIpv6"):
        value = rule.get(key)
        if value is None:
            continue
        if value.__class__ is Unknown or not isinstance(value, str):
            return True
        if _wide(value):
            return True
    return False


def _wide(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
        # halves and quarters of the internet are the internet, too
        return network.prefixlen < (8 if network.version == 4 else 16)
    except ValueError:
        return True


@requirement(
    "no inbound SSH or RDP from the internet in the security group `{of}`",
    "SSH and RDP of the security group `{of}` closed to the internet",
)
def group_no_admin(template: Template, of: str) -> Findings:
    """No ingress rule for the whole internet that opens port 22 or 3389."""
    group = the(template, SECURITY_GROUP, of)
    if isinstance(group, Finding):
        return [group]
    wrong = [
        one
        for one in rules_of(template, group, "Ingress")
        if _world(one) and (includes(one, 22) or includes(one, 3389))
    ]
    return unless(not wrong, template, group, f"`{of}` is open to the internet for SSH or RDP")


def open_ports(template: Template, group: Thing) -> Iterator[Any]:
    """Yield the first ports of the ingress rules that everybody may use."""
    for one in rules_of(template, group, "Ingress"):
        if _world(one):
            yield one.get("FromPort")


@requirement(
    "no port but {ports} of `{of}` open to everybody (0.0.0.0/0)",
    "everybody (0.0.0.0/0) admitted to `{of}` on TCP port {ports} alone",
)
def group_world_ports(template: Template, of: str, ports: int) -> Findings:
    """The rules for everybody are for that port, and there is one."""
    group = the(template, SECURITY_GROUP, of)
    if isinstance(group, Finding):
        return [group]
    found = [one for one in rules_of(template, group, "Ingress") if _world(one)]
    right = found and all(_opens(one, ports) for one in found)
    given = shown(list(open_ports(template, group)))
    return unless(right, template, group, f"`{of}` is open to everybody on {given}")


def groups_of(template: Template, thing: Thing, *paths: str) -> list[Thing]:
    """Return the security groups that a thing names at some paths."""
    values = [value for path in paths for value in flat(at_path(thing, path))]
    return targets(template, SECURITY_GROUP, values)
