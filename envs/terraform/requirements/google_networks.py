"""Requirements about networks, firewalls, NAT, addresses and DNS on Google Cloud."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.factories import existence, fixed, link, listed, setting
from envs.terraform.requirements.google_storage import located
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, same_set, the
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.verdict import Finding

_IDS = ("id", "self_link", "name")
NETWORK = Kind("VPC network", ("google_compute_network",), "name", _IDS, by_name=True)
SUBNET = Kind("subnet", ("google_compute_subnetwork",), "name", _IDS, by_name=True)
FIREWALL = Kind("firewall rule", ("google_compute_firewall",), "name", _IDS)
ROUTER = Kind("Cloud Router", ("google_compute_router",), "name", ("name",), by_name=True)
NAT = Kind("NAT gateway", ("google_compute_router_nat",), "name")
ADDRESS = Kind("address", ("google_compute_address",), "name", ("self_link", "id"))
ZONE = Kind("DNS zone", ("google_dns_managed_zone",), "name", ("name", "id"), by_name=True)

network = existence(
    "google-network", NETWORK,
    "a VPC network `{name}` on Google Cloud", "the VPC network `{name}`",
)  # fmt: skip
network_custom = fixed(
    "google-network-custom", NETWORK, "auto_create_subnetworks", False,
    "no automatic subnets in the network `{of}`", "`{of}` as a custom mode network",
)  # fmt: skip
network_routing = setting(
    "google-network-routing", NETWORK, "routing_mode",
    "{value} as the routing mode of the network `{of}`",
    "the network `{of}` with {value} dynamic routing", absent="REGIONAL",
)  # fmt: skip
network_mtu = setting(
    "google-network-mtu", NETWORK, "mtu",
    "an MTU of {value} bytes in the network `{of}`", "the network `{of}` with an MTU of {value}",
)  # fmt: skip

subnet = existence("google-subnet", SUBNET, "a subnet `{name}`", "the subnet `{name}`")
subnet_network = link(
    "google-subnet-network", SUBNET, "network", NETWORK,
    "the subnet `{of}` in the network `{to}`", "`{to}` as the network of the subnet `{of}`",
)  # fmt: skip
subnet_range = setting(
    "google-subnet-range", SUBNET, "ip_cidr_range",
    "the address range {value} for the subnet `{of}`", "the subnet `{of}` with the range {value}",
)  # fmt: skip
subnet_region = located(
    "google-subnet-region", SUBNET, "region",
    "the subnet `{of}` in the region {value}", "{value} as the region of the subnet `{of}`",
)  # fmt: skip
subnet_private_access = fixed(
    "google-subnet-private-access", SUBNET, "private_ip_google_access", True,
    "Private Google Access in the subnet `{of}`",
    "Google's services reachable from `{of}` without external addresses",
)  # fmt: skip
subnet_logs = setting(
    "google-subnet-logs", SUBNET, "log_config.flow_sampling",
    "flow logs of the subnet `{of}` with a sampling rate of {value}",
    "the traffic of the subnet `{of}` logged, with {value} as the share of flows",
)  # fmt: skip


@requirement(
    "a secondary range `{name}` of {range} in the subnet `{of}`",
    "{range} as the secondary range `{name}` of the subnet `{of}`",
)
def google_subnet_secondary(config: Configuration, of: str, name: str, range: str) -> Findings:
    """A secondary range of the subnet with its name and its addresses."""
    thing = the(config, SUBNET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("range_name"), name) and same(one.get("ip_cidr_range"), range)
        for one in thing.blocks("secondary_ip_range")
    )
    yield from unless(right, config, thing.at, f"`{of}` has no secondary range `{name}` {range}")


firewall = existence(
    "google-firewall", FIREWALL, "a firewall rule `{name}`", "the firewall rule `{name}`"
)  # fmt: skip
firewall_network = link(
    "google-firewall-network", FIREWALL, "network", NETWORK,
    "the firewall rule `{of}` in the network `{to}`", "`{of}` as a firewall rule of `{to}`",
)  # fmt: skip
firewall_sources = listed(
    "google-firewall-sources", FIREWALL, "source_ranges",
    "{values} as the only source of traffic for the firewall rule `{of}`",
    "the firewall rule `{of}` for traffic from {values} only",
)  # fmt: skip
firewall_targets = listed(
    "google-firewall-targets", FIREWALL, "target_tags",
    "the firewall rule `{of}` for instances tagged {values} only",
    "{values} as the target tag of the firewall rule `{of}`",
)  # fmt: skip
firewall_priority = setting(
    "google-firewall-priority", FIREWALL, "priority",
    "the priority {value} for the firewall rule `{of}`", "`{of}` with the priority {value}",
    absent=1000,
)  # fmt: skip
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp"}


@requirement(
    "`{of}` admitting {protocol} on {ports} and nothing else",
    "inbound {protocol} traffic to {ports}, and no other, allowed by the firewall rule `{of}`",
)
def google_firewall_admits(
    config: Configuration, of: str, protocol: str, ports: Any
) -> Findings:  # fmt: skip
    """The rule is in force, inbound, and allows just these ports of one protocol."""
    thing = the(config, FIREWALL, of)
    if isinstance(thing, Finding):
        yield thing
        return
    inbound = thing.get("direction") in (None, "", "INGRESS")
    given = thing.blocks("allow")
    kinds = {str(one.get("protocol")).lower() for one in given}
    opened = flat(one.get("ports") for one in given)
    right = (
        inbound
        and not same(thing.get("disabled"), True)
        and {_PROTOCOLS.get(kind, kind) for kind in kinds} == {protocol}
        and same_set(opened, ports)
        and all(one.get("ports") for one in given)
    )
    yield from unless(right, config, thing.at, f"`{of}` does not admit just {protocol} {ports}")


router = existence("google-router", ROUTER, "a Cloud Router `{name}`", "the Cloud Router `{name}`")
router_network = link(
    "google-router-network", ROUTER, "network", NETWORK,
    "the router `{of}` in the network `{to}`", "`{to}` as the network of the router `{of}`",
)  # fmt: skip
router_region = located(
    "google-router-region", ROUTER, "region",
    "the router `{of}` in the region {value}", "{value} as the region of the router `{of}`",
)  # fmt: skip
router_asn = setting(
    "google-router-asn", ROUTER, "bgp.asn",
    "the autonomous system number {value} for the router `{of}`",
    "the router `{of}` speaking BGP as AS {value}",
)  # fmt: skip
nat = existence("google-nat", NAT, "a Cloud NAT `{name}`", "the Cloud NAT gateway `{name}`")
nat_router = link(
    "google-nat-router", NAT, "router", ROUTER,
    "the NAT `{of}` on the router `{to}`", "`{to}` as the router of the NAT `{of}`",
)  # fmt: skip
nat_everything = fixed(
    "google-nat-everything", NAT, "source_subnetwork_ip_ranges_to_nat",
    "ALL_SUBNETWORKS_ALL_IP_RANGES",
    "`{of}` translating all ranges of all subnets", "NAT by `{of}` for every range of every subnet",
)  # fmt: skip
nat_address = link(
    "google-nat-address", NAT, ("nat_ips", "initial_nat_ips"), ADDRESS,
    "the NAT `{of}` using the address `{to}`", "`{to}` as the outward address of the NAT `{of}`",
)  # fmt: skip
nat_ports = setting(
    "google-nat-ports", NAT, "min_ports_per_vm",
    "a minimum of {value} ports for each VM behind `{of}`",
    "{value} as the minimum number of ports per VM of the NAT `{of}`",
)  # fmt: skip


@requirement(
    "the NAT `{of}` for the subnet `{subnet}` alone",
    "only the subnet `{subnet}` translated by the NAT `{of}`",
)
def google_nat_subnet(config: Configuration, of: str, subnet: str) -> Findings:
    """A list of subnets to translate, which holds just that one."""
    found, problems = things(config, (NAT, of), (SUBNET, subnet))
    yield from problems
    if not problems:
        thing, target = found
        given = [one.get("name") for one in thing.blocks("subnetwork")]
        right = (
            same(thing.get("source_subnetwork_ip_ranges_to_nat"), "LIST_OF_SUBNETWORKS")
            and len(given) == 1
            and refers(given[0], target, SUBNET)
        )
        yield from unless(right, config, thing.at, f"`{of}` is not for `{subnet}` alone")


@requirement(
    "logs of the NAT `{of}` with the filter {value}", "the NAT `{of}` logging {value}",
)  # fmt: skip
def google_nat_logs(config: Configuration, of: str, value: str) -> Findings:
    """Logging is switched on, with that filter."""
    thing = the(config, NAT, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("enable"), True) and same(one.get("filter"), value)
        for one in thing.blocks("log_config")
    )
    yield from unless(right, config, thing.at, f"`{of}` does not log {value}")


address = existence(
    "google-address", ADDRESS, "a static address `{name}`", "the reserved address `{name}`"
)  # fmt: skip
address_region = located(
    "google-address-region", ADDRESS, "region",
    "the address `{of}` in the region {value}", "{value} as the region of the address `{of}`",
)  # fmt: skip

zone = existence(
    "google-zone", ZONE, "a Cloud DNS zone named `{name}`", "the managed zone `{name}` in Cloud DNS"
)  # fmt: skip
zone_domain = setting(
    "google-zone-domain", ZONE, "dns_name",
    "the zone `{of}` for the domain `{value}`", "`{value}` as the DNS name of the zone `{of}`",
)  # fmt: skip
zone_signed = fixed(
    "google-zone-signed", ZONE, "dnssec_config.state", "on",
    "DNSSEC switched on for the zone `{of}`", "the zone `{of}` signed with DNSSEC",
)  # fmt: skip
zone_described = setting(
    "google-zone-described", ZONE, "description",
    "the zone `{of}` described as `{value}`", "`{value}` as the description of the zone `{of}`",
)  # fmt: skip


@requirement(
    "the {type} record `{name}` in the zone `{of}` with the value `{value}` and a TTL of {ttl} "
    "seconds",
    "the {type} record `{name}` -> `{value}` in the zone `{of}`, cached for {ttl} seconds",
)
def google_zone_record(
    config: Configuration, of: str, type: str, name: str, value: str, ttl: int
) -> Findings:
    """A record set of the zone; names end with a dot."""
    thing = the(config, ZONE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in companions(config, "google_dns_record_set", "managed_zone", thing, ZONE):
        records = one.get("rrdatas")
        if (
            same(one.get("name"), name)
            and same(one.get("type"), type)
            and same(one.get("ttl"), ttl)
            and isinstance(records, list)
            and len(records) == 1
            and same(records[0], value)
        ):
            return
    yield config.finding(thing.at, f"the zone `{of}` has no such {type} record {name}")


@requirement(
    "the zone `{of}` private and visible in the network `{network}` only",
    "a private zone `{of}` that only the network `{network}` sees",
)
def google_zone_private(config: Configuration, of: str, network: str) -> Findings:
    """Private visibility, for just that network."""
    found, problems = things(config, (ZONE, of), (NETWORK, network))
    yield from problems
    if not problems:
        thing, target = found
        right = same(thing.get("visibility"), "private") and _sees(thing, target)
        yield from unless(right, config, thing.at, f"`{of}` is not private to `{network}`")


def _sees(zone: Instance, target: Instance) -> bool:
    given = zone.at_path("private_visibility_config.networks.network_url")
    return len(given) == 1 and refers(given[0], target, NETWORK)
