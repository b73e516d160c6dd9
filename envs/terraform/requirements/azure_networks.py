"""Requirements about networks, network security groups, NAT, load balancers and DNS on Azure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.terraform.requirements.azure_base import GROUP, in_group, tagged
from envs.terraform.requirements.factories import Companion, existence, link, listed, setting
from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    flat,
    refers,
    same,
    same_set,
    the,
    world,
)
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

NETWORK = Kind(
    "virtual network", ("azurerm_virtual_network",), "name", ("id", "name"), by_name=True
)
SUBNET = Kind("subnet", ("azurerm_subnet",), "name", ("id",))
GUARD = Kind(
    "network security group", ("azurerm_network_security_group",), "name", ("id", "name"),
    by_name=True,
)  # fmt: skip
TABLE = Kind("route table", ("azurerm_route_table",), "name", ("id", "name"), by_name=True)
ADDRESS = Kind("public IP address", ("azurerm_public_ip",), "name", ("id",))
NAT = Kind("NAT gateway", ("azurerm_nat_gateway",), "name", ("id",))
BALANCER = Kind("load balancer", ("azurerm_lb",), "name", ("id",))
POOL = Kind("backend pool", ("azurerm_lb_backend_address_pool",), "name", ("id",))
PROBE = Kind("probe", ("azurerm_lb_probe",), "name", ("id",))
ZONE = Kind("DNS zone", ("azurerm_dns_zone",), "name", ("name",), by_name=True)
Part = Instance | View | ValueView

network = existence(
    "azure-network", NETWORK,
    "a virtual network `{name}` on Azure", "the Azure virtual network `{name}`",
)  # fmt: skip
network_group = in_group("azure-network-group", NETWORK, "the virtual network")
network_ranges = listed(
    "azure-network-ranges", NETWORK, "address_space",
    "{values} as the address space of the virtual network `{of}`",
    "the virtual network `{of}` with the address space {values}",
)  # fmt: skip
network_dns = listed(
    "azure-network-dns", NETWORK, "dns_servers",
    "{values} as the DNS servers of the virtual network `{of}`",
    "the virtual network `{of}` asking {values} for names",
)  # fmt: skip
network_tag = tagged("azure-network-tag", NETWORK, "the virtual network")


def subnets(config: Configuration, network: Instance, name: str) -> list[Part]:
    """Return the subnets of a network that have a name, inline or separate."""
    separate = companions(config, "azurerm_subnet", "virtual_network_name", network, NETWORK)
    return [one for one in [*network.blocks("subnet"), *separate] if same(one.get("name"), name)]


@requirement(
    "a subnet `{name}` of the virtual network `{of}` with the range {range}",
    "{range} as the range of the subnet `{name}` in the virtual network `{of}`",
)
def azure_subnet(config: Configuration, of: str, name: str, range: str) -> Findings:
    """A subnet of the network, inline or separate, with just this range."""
    thing = the(config, NETWORK, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = subnets(config, thing, name)
    right = len(found) == 1 and same_set(found[0].get("address_prefixes"), [range])
    yield from unless(right, config, thing.at, f"`{of}` has no subnet `{name}` with {range}")


@requirement(
    "service endpoints for just {services} in the subnet `{subnet}` of `{of}`",
    "{services}, and no more, as the service endpoints of the subnet `{subnet}` of `{of}`",
)
def azure_subnet_endpoints(
    config: Configuration, of: str, subnet: str, services: Any
) -> Findings:  # fmt: skip
    """`service_endpoints` of the subnet holds just these."""
    thing = the(config, NETWORK, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = subnets(config, thing, subnet)
    right = any(same_set(one.get("service_endpoints"), services) for one in found)
    yield from unless(right, config, thing.at, f"`{subnet}` has other service endpoints")


guard = existence(
    "azure-nsg", GUARD,
    "a network security group `{name}`", "the network security group `{name}`",
)  # fmt: skip


def _one_of(view: Part, name: str, wanted: Any) -> bool:
    """Whether `name` or its plural holds just one value: the wanted one."""
    given = flat([view.get(name), view.get(_PLURALS[name])])
    return len(given) == 1 and same(given[0], wanted)


_PLURALS = {
    "source_address_prefix": "source_address_prefixes",
    "source_port_range": "source_port_ranges",
    "destination_port_range": "destination_port_ranges",
}


def _rules(config: Configuration, guard: Instance) -> list[Part]:
    separate = companions(
        config, "azurerm_network_security_rule", "network_security_group_name", guard, GUARD
    )
    return [*guard.blocks("security_rule"), *separate]


def _ruled(
    config: Configuration, of: str, access: str, protocol: str, port: int, source: str,
    priority: int,
) -> Findings:  # fmt: skip
    thing = the(config, GUARD, of)
    if isinstance(thing, Finding):
        yield thing
        return
    wanted = {
        "direction": "Inbound", "access": access, "protocol": protocol, "priority": priority,
    }  # fmt: skip
    right = any(
        all(same(one.get(name), value) for name, value in wanted.items())
        and _one_of(one, "destination_port_range", port)
        and _one_of(one, "source_address_prefix", source)
        and _one_of(one, "source_port_range", "*")
        for one in _rules(config, thing)
    )
    message = f"`{of}` has no rule: {access} {protocol} {port} from {source}, {priority}"
    yield from unless(right, config, thing.at, message)


@requirement(
    "inbound {protocol} to port {port} from {source} allowed by `{of}`, with priority {priority}",
    "a rule of `{of}` that lets {source} in on {protocol} port {port} (priority {priority})",
)
def azure_nsg_allows(
    config: Configuration, of: str, protocol: str, port: int, source: str, priority: int
) -> Findings:
    """An `Allow` rule, inline or separate."""
    return _ruled(config, of, "Allow", protocol, port, source, priority)


@requirement(
    "inbound {protocol} to port {port} from {source} denied by `{of}`, with priority {priority}",
    "a rule of `{of}` that keeps {source} out of {protocol} port {port} (priority {priority})",
)
def azure_nsg_denies(
    config: Configuration, of: str, protocol: str, port: int, source: str, priority: int
) -> Findings:
    """A `Deny` rule, inline or separate."""
    return _ruled(config, of, "Deny", protocol, port, source, priority)


def _joined(
    config: Configuration, network: Instance, subnet: str, kind: str, attribute: str,
    target: Instance,
) -> bool:  # fmt: skip
    """Whether an association joins a subnet of the network with the target."""
    for one in world(config).instances(kind):
        if target.is_source_of(one.get(attribute), "id"):
            value = one.get("subnet_id")
            separate = [s for s in subnets(config, network, subnet) if isinstance(s, Instance)]
            if any(inner.is_source_of(value, "id") for inner in separate):
                return True
    return False


@requirement(
    "the network security group `{of}` on the subnet `{subnet}` of `{network}`",
    "the subnet `{subnet}` of `{network}` guarded by `{of}`",
)
def azure_nsg_subnet(config: Configuration, of: str, subnet: str, network: str) -> Findings:
    """An association, or `security_group` of an inline subnet."""
    found, problems = things(config, (GUARD, of), (NETWORK, network))
    yield from problems
    if not problems:
        guard, outer = found
        kind = "azurerm_subnet_network_security_group_association"
        right = _joined(config, outer, subnet, kind, "network_security_group_id", guard) or any(
            guard.is_source_of(one.get("security_group"), "id")
            for one in subnets(config, outer, subnet)
        )
        yield from unless(right, config, guard.at, f"`{of}` is not on the subnet `{subnet}`")


table = existence("azure-routes", TABLE, "a route table `{name}`", "the route table `{name}`")


@requirement(
    "traffic to {range} sent to the appliance {address} by the route table `{of}`",
    "a route of `{of}` for {range} over the virtual appliance {address}",
)
def azure_routes_appliance(config: Configuration, of: str, range: str, address: str) -> Findings:
    """A route to a virtual appliance, inline or separate."""
    thing = the(config, TABLE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    separate = companions(config, "azurerm_route", "route_table_name", thing, TABLE)
    wanted = {
        "address_prefix": range, "next_hop_type": "VirtualAppliance",
        "next_hop_in_ip_address": address,
    }  # fmt: skip
    right = any(
        all(same(one.get(name), value) for name, value in wanted.items())
        for one in [*thing.blocks("route"), *separate]
    )
    yield from unless(right, config, thing.at, f"`{of}` does not send {range} to {address}")


@requirement(
    "the route table `{of}` on the subnet `{subnet}` of `{network}`",
    "the subnet `{subnet}` of `{network}` routed by `{of}`",
)
def azure_routes_subnet(config: Configuration, of: str, subnet: str, network: str) -> Findings:
    """An association, or `route_table_id` of an inline subnet."""
    found, problems = things(config, (TABLE, of), (NETWORK, network))
    yield from problems
    if not problems:
        table, outer = found
        kind = "azurerm_subnet_route_table_association"
        right = _joined(config, outer, subnet, kind, "route_table_id", table) or any(
            table.is_source_of(one.get("route_table_id"), "id")
            for one in subnets(config, outer, subnet)
        )
        yield from unless(right, config, table.at, f"`{of}` is not on the subnet `{subnet}`")


address = existence(
    "azure-address", ADDRESS, "a public IP address `{name}`", "the public IP address `{name}`"
)  # fmt: skip
address_label = setting(
    "azure-address-label", ADDRESS, "domain_name_label",
    "the DNS label {value} for the public IP address `{of}`",
    "{value} as the DNS label of the public IP address `{of}`",
)  # fmt: skip
nat = existence("azure-nat", NAT, "a NAT gateway `{name}`", "the NAT gateway `{name}`")
nat_timeout = setting(
    "azure-nat-timeout", NAT, "idle_timeout_in_minutes",
    "idle connections of `{of}` closed after {value} minutes",
    "an idle timeout of {value} minutes for the NAT gateway `{of}`", absent=4,
)  # fmt: skip
nat_address = link(
    "azure-nat-address", NAT,
    Companion(
        "azurerm_nat_gateway_public_ip_association", "nat_gateway_id", "public_ip_address_id"
    ),
    ADDRESS,
    "the NAT gateway `{of}` using the public IP address `{to}`",
    "`{to}` as the outward address of the NAT gateway `{of}`",
)  # fmt: skip


@requirement(
    "the subnet `{subnet}` of `{network}` reaching the internet through `{of}`",
    "the NAT gateway `{of}` on the subnet `{subnet}` of `{network}`",
)
def azure_nat_subnet(config: Configuration, of: str, subnet: str, network: str) -> Findings:
    """An association of the gateway with the subnet."""
    found, problems = things(config, (NAT, of), (NETWORK, network))
    yield from problems
    if not problems:
        gate, outer = found
        kind = "azurerm_subnet_nat_gateway_association"
        right = _joined(config, outer, subnet, kind, "nat_gateway_id", gate)
        yield from unless(right, config, gate.at, f"`{of}` is not on the subnet `{subnet}`")


balancer = existence(
    "azure-lb", BALANCER, "a load balancer `{name}` on Azure", "the Azure load balancer `{name}`"
)  # fmt: skip
balancer_group = in_group("azure-lb-group", BALANCER, "the load balancer")
balancer_address = link(
    "azure-lb-address", BALANCER, "frontend_ip_configuration.public_ip_address_id", ADDRESS,
    "the load balancer `{of}` reachable at the public IP address `{to}`",
    "`{to}` as the address of the load balancer `{of}`",
)  # fmt: skip
pool = existence("azure-lb-pool", POOL, "a backend pool `{name}`", "the backend pool `{name}`")
pool_balancer = link(
    "azure-lb-pool-of", POOL, "loadbalancer_id", BALANCER,
    "the backend pool `{of}` of the load balancer `{to}`",
    "`{to}` as the load balancer of the backend pool `{of}`",
)  # fmt: skip
probe_balancer = link(
    "azure-lb-probe-of", PROBE, "loadbalancer_id", BALANCER,
    "the probe `{of}` of the load balancer `{to}`",
    "`{to}` as the load balancer of the probe `{of}`",
)  # fmt: skip
probe_interval = setting(
    "azure-lb-probe-interval", PROBE, "interval_in_seconds",
    "the probe `{of}` made every {value} seconds",
    "an interval of {value} seconds for the probe `{of}`", absent=15,
)  # fmt: skip


@requirement(
    "the probe `{of}` asking for {path} on port {port} by HTTP",
    "HTTP requests to {path} on port {port} as what the probe `{of}` makes",
)
def azure_lb_probe_http(config: Configuration, of: str, path: str, port: int) -> Findings:
    """An HTTP probe with this port and path."""
    thing = the(config, PROBE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    wanted = {"protocol": "Http", "port": port, "request_path": path}
    right = all(same(thing.get(name), value) for name, value in wanted.items())
    yield from unless(right, config, thing.at, f"`{of}` does not ask for {path} on port {port}")


@requirement(
    "{protocol} port {port} of the load balancer `{of}` sent to port {to} of the pool `{pool}`",
    "a rule of `{of}`: {protocol} {port} to port {to} of the backend pool `{pool}`",
)
def azure_lb_rule(
    config: Configuration, of: str, protocol: str, port: int, to: int, pool: str
) -> Findings:
    """A rule of the load balancer with these ports and that pool."""
    found, problems = things(config, (BALANCER, of), (POOL, pool))
    yield from problems
    if not problems:
        thing, target = found
        right = any(
            same(one.get("protocol"), protocol)
            and same(one.get("frontend_port"), port)
            and same(one.get("backend_port"), to)
            and _only(one.get("backend_address_pool_ids"), target)
            for one in _balanced(config, thing)
        )
        message = f"`{of}` does not send {protocol} {port} to port {to} of `{pool}`"
        yield from unless(right, config, thing.at, message)


@requirement(
    "the rule for port {port} of the load balancer `{of}` guided by the probe `{probe}`",
    "the probe `{probe}` behind the rule of `{of}` for port {port}",
)
def azure_lb_rule_probe(config: Configuration, of: str, port: int, probe: str) -> Findings:
    """The rule for that port refers to the probe."""
    found, problems = things(config, (BALANCER, of), (PROBE, probe))
    yield from problems
    if not problems:
        thing, target = found
        right = any(
            same(one.get("frontend_port"), port) and refers(one.get("probe_id"), target, PROBE)
            for one in _balanced(config, thing)
        )
        yield from unless(right, config, thing.at, f"port {port} of `{of}` has no probe `{probe}`")


def _balanced(config: Configuration, balancer: Instance) -> Iterator[Instance]:
    yield from companions(config, "azurerm_lb_rule", "loadbalancer_id", balancer, BALANCER)


def _only(value: Value, target: Instance) -> bool:
    given = flat([value])
    return len(given) == 1 and target.is_source_of(given[0], "id")


zone = existence(
    "azure-zone", ZONE, "an Azure DNS zone {name}", "the zone {name} in Azure DNS"
)  # fmt: skip
zone_group = link(
    "azure-zone-group", ZONE, "resource_group_name", GROUP,
    "the DNS zone {of} in the resource group `{to}`",
    "`{to}` as the resource group of the DNS zone {of}",
)  # fmt: skip
zone_tag = tagged("azure-zone-tag", ZONE, "the DNS zone")


def _records(config: Configuration, kind: str, zone: Instance, name: str, ttl: int) -> list[Part]:
    found = companions(config, f"azurerm_dns_{kind}_record", "zone_name", zone, ZONE)
    return [one for one in found if same(one.get("name"), name) and same(one.get("ttl"), ttl)]


@requirement(
    "an A record {name} in the zone {of} with the address {address} and a TTL of {ttl} seconds",
    "{name} in the zone {of} pointing at {address}, cached for {ttl} seconds",
)
def azure_zone_address(
    config: Configuration, of: str, name: str, address: str, ttl: int
) -> Findings:  # fmt: skip
    """An A record of the zone with just that address."""
    thing = the(config, ZONE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = _records(config, "a", thing, name, ttl)
    right = any(same_set(one.get("records"), [address]) for one in found)
    yield from unless(right, config, thing.at, f"{of} has no A record {name} -> {address}")


@requirement(
    "a CNAME record {name} in the zone {of} for {target} with a TTL of {ttl} seconds",
    "{name} in the zone {of} as an alias of {target}, cached for {ttl} seconds",
)
def azure_zone_alias(
    config: Configuration, of: str, name: str, target: str, ttl: int
) -> Findings:  # fmt: skip
    """A CNAME record of the zone with that target."""
    thing = the(config, ZONE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = _records(config, "cname", thing, name, ttl)
    right = any(same(one.get("record"), target) for one in found)
    yield from unless(right, config, thing.at, f"{of} has no CNAME record {name} -> {target}")


@requirement(
    "the TXT record {name} in the zone {of} with the text `{text}`",
    "`{text}` in the TXT record {name} of the zone {of}",
)
def azure_zone_text(config: Configuration, of: str, name: str, text: str) -> Findings:
    """A TXT record of the zone with that text."""
    thing = the(config, ZONE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = companions(config, "azurerm_dns_txt_record", "zone_name", thing, ZONE)
    right = any(
        same(one.get("name"), name) and any(same(v, text) for v in one.at_path("record.value"))
        for one in found
    )
    yield from unless(right, config, thing.at, f"{of} has no TXT record {name} with {text}")
