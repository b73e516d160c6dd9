"""The routes of a configuration: which hold for a subnet, and where they lead.

All is read once and kept by reference, so that a configuration of many subnets takes no longer
than its length.
"""

from __future__ import annotations

from collections.abc import Iterable

from envs.terraform.requirements.kinds import same, world
from envs.terraform.requirements.lookup import own_ref, ref_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Ref, Value

#: The attributes of a VPC that name its main route table.
MAIN = ("default_route_table_id", "main_route_table_id")
Routes = list[View | ValueView]


class Routing:
    """The route tables, their routes, and the subnets and VPCs that use them."""

    def __init__(self, config: Configuration) -> None:
        self._config = config
        self._associated = self._pairs("aws_route_table_association", "subnet_id")
        self._mains = self._pairs("aws_main_route_table_association", "vpc_id")
        self._routes: dict[Ref, Routes] = {}
        for table in world(config).instances("aws_route_table"):
            self._add(own_ref(table), table.blocks("route"))
        for table in world(config).instances("aws_default_route_table"):
            self._add(own_ref(table), table.blocks("route"))
            net = ref_of(table.get("default_route_table_id"), *MAIN)
            if net is not None:
                self._mains.setdefault(net, []).append(own_ref(table))
        for route in world(config).instances("aws_route"):
            value = route.get("route_table_id")
            # The main table of a VPC that no resource adopts goes by the VPC itself.
            self._add(ref_of(value, "id") or ref_of(value, *MAIN), [route])

    def _pairs(self, type: str, link: str) -> dict[Ref, list[Ref]]:
        """Return the route tables of what an association links them to."""
        found: dict[Ref, list[Ref]] = {}
        for one in world(self._config).instances(type):
            thing = ref_of(one.get(link), "id")
            table = ref_of(one.get("route_table_id"), "id")
            if thing is not None:
                found.setdefault(thing, []).extend([table] if table else [])
        return found

    def _add(self, table: Ref | None, routes: Routes) -> None:
        if table is not None:
            self._routes.setdefault(table, []).extend(routes)

    def tables_of(self, subnet: Instance) -> list[Ref]:
        """Return the tables of a subnet: those associated with it, else the main ones of its VPC
        (and the VPC itself, for routes of its main table).
        """
        named = self._associated.get(own_ref(subnet))
        if named is not None:
            return named
        net = ref_of(subnet.get("vpc_id"), "id")
        return [] if net is None else [*self._mains.get(net, []), net]

    def leads(self, subnet: Instance, cidr: str, way: str, gates: Iterable[Ref]) -> bool:
        """Whether a route of the subnet, for just that range, goes through one of the gates."""
        ways = set(gates)
        return any(
            ref_of(route.get(way), "id") in ways
            and (
                same(route.get("cidr_block"), cidr)
                or same(route.get("destination_cidr_block"), cidr)
            )
            for table in self.tables_of(subnet)
            for route in self._routes.get(table, [])
        )


def internet_gates(config: Configuration) -> dict[Ref, set[Ref]]:
    """Return the internet gateways by the VPC that they are attached to."""
    found: dict[Ref, set[Ref]] = {}

    def add(net: Value, gate: Ref | None) -> None:
        place = ref_of(net, "id")
        if place is not None and gate is not None:
            found.setdefault(place, set()).add(gate)

    for one in world(config).instances("aws_internet_gateway"):
        add(one.get("vpc_id"), own_ref(one))
    for one in world(config).instances("aws_internet_gateway_attachment"):
        add(one.get("vpc_id"), ref_of(one.get("internet_gateway_id"), "id"))
    return found


def gates_of(gates: dict[Ref, set[Ref]], subnet: Instance) -> set[Ref]:
    """Return the internet gateways of the VPC that a subnet is in."""
    net = ref_of(subnet.get("vpc_id"), "id")
    return set() if net is None else gates.get(net, set())
