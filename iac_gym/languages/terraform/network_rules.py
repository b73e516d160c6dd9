"""Who may reach which ports: address ranges, spans of ports, the rules of AWS security groups.

A security group's rules may be inline or resources of their own (in two kinds).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iac_gym.languages.terraform.known import flat, number_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.values import Unknown, Value

if TYPE_CHECKING:
    from iac_gym.languages.terraform.resolved import Instance, ValueView, View

#: Protocols by number and other spellings.
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "all": "-1"}
#: The widest prefixes: everything, and its halves, which together are everything.
_WIDEST = ("/0", "/1")


def is_world(range: Value) -> bool:
    """Whether an address range is the whole internet, or half of it."""
    return isinstance(range, str) and range.endswith(_WIDEST)


def in_span(port: int, span: str) -> bool:
    """Whether a port is in a span that is written `22`, `20-25` or `*`."""
    first, _, last = span.partition("-")
    if first == "*":
        return True
    return number_of(first, -2) <= port <= number_of(last or first, -2)


@dataclass(frozen=True)
class PortRule:
    """One rule: ports `first` to `last`, its address ranges and the groups it names."""

    protocol: str
    first: int
    last: int
    ranges: tuple[str, ...]
    groups: tuple[Value, ...]
    at: int

    def is_for(self, port: int, protocol: str) -> bool:
        """Whether it is for exactly one port."""
        return self.first == self.last == port and self.protocol == protocol

    def opens(self, port: int, protocol: str = "tcp") -> bool:
        """Whether it admits traffic to a port."""
        if self.protocol == "-1":
            return True
        return self.protocol == protocol and self.first <= port <= self.last

    @property
    def for_everybody(self) -> bool:
        """Whether it is for the whole internet."""
        return any(map(is_world, self.ranges))

    def said(self) -> str:
        """Say which ports it opens."""
        if self.protocol == "-1":
            return "every port"
        return f"{self.protocol} {self.first}" + (
            f"-{self.last}" if self.last != self.first else ""
        )


def _rule(view: View | ValueView, ranges: list[Value], groups: list[Value], name: str) -> PortRule:
    given = str(view.get(name)).lower()
    protocol = PROTOCOLS.get(given, given)
    first = number_of(view.get("from_port"), -2)
    texts = tuple(item for item in ranges if isinstance(item, str))
    last = number_of(view.get("to_port"), first)
    return PortRule(protocol, first, last, texts, tuple(groups), view.at)


def _inline(group: Instance, direction: str) -> Iterator[PortRule]:
    for inline in group.blocks(direction):
        ranges = flat([inline.get("cidr_blocks"), inline.get("ipv6_cidr_blocks")])
        yield _rule(inline, ranges, flat([inline.get("security_groups")]), "protocol")


def _old(one: Instance) -> PortRule:
    ranges = flat([one.get("cidr_blocks"), one.get("ipv6_cidr_blocks")])
    return _rule(one, ranges, flat([one.get("source_security_group_id")]), "protocol")


def _own(one: Instance) -> PortRule:
    ranges = flat([one.get("cidr_ipv4"), one.get("cidr_ipv6")])
    return _rule(one, ranges, flat([one.get("referenced_security_group_id")]), "ip_protocol")


def _apart(config: Configuration, direction: str) -> Iterator[tuple[Instance, PortRule]]:
    """Yield the rules that are resources of their own, with those resources."""
    world = config.resolved()
    for old in world.instances("aws_security_group_rule"):
        if old.get("type") == direction:
            yield old, _old(old)
    for own in world.instances(f"aws_vpc_security_group_{direction}_rule"):
        yield own, _own(own)


def rules_of(config: Configuration, group: Instance, direction: str) -> Iterator[PortRule]:
    """Yield the rules of a security group in one direction ("ingress" or "egress")."""
    yield from _inline(group, direction)
    for one, rule in _apart(config, direction):
        to = one.get("security_group_id")
        if isinstance(to, Unknown) and group.is_source_of(to, "id"):
            yield rule


def all_rules(config: Configuration, direction: str) -> Iterator[PortRule]:
    """Yield the rules of all security groups in one direction."""
    for kind in ("aws_security_group", "aws_default_security_group"):
        for group in config.resolved().instances(kind):
            yield from _inline(group, direction)
    for _, rule in _apart(config, direction):
        yield rule
