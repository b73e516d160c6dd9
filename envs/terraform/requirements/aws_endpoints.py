"""Requirements about VPC endpoints: services of AWS reached without the internet."""

from __future__ import annotations

from envs.terraform.requirements.aws_networks import (
    SUBNET,
    VPC,
)
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, world
from envs.terraform.requirements.lookup import (
    belonging,
    own_ref,
    ref_of,
    things,
    unless,
)
from envs.terraform.requirements.routing import MAIN, Routing
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, View
from iac_gym.languages.terraform.values import Joined, Unknown, Value
from iac_gym.verdict import Finding


def _service(config: Configuration, one: Instance) -> str:
    """Return the short name of the service of an endpoint ("s3", "ecr.api"), "" if not known."""
    value = one.get("service_name")
    if isinstance(value, Joined):
        text = f"{value.parts[0]}region{value.parts[-1]}" if len(value.parts) == 3 else ""
    elif isinstance(value, Unknown):
        looked_up = world(config).instances("aws_vpc_endpoint_service", "data")
        names = [data.get("service") for data in looked_up if data.is_source_of(value)]
        return str(names[0]) if names else ""
    else:
        text = str(value)
    first, second, place, *rest = (*text.split("."), "", "", "")
    own = ".".join(part for part in rest if part)
    right = (first, second) == ("com", "amazonaws") and place in ("region", _region(config, place))
    return own if right else ""


def _region(config: Configuration, otherwise: str) -> str:
    """Return the region of the only AWS provider, where it is known."""
    found = [one for (name, _), one in config.root.providers.items() if name == "aws"]
    if len(found) != 1:
        return otherwise
    value = View(found[0].body, world(config).root, {}, found[0].at).get("region")
    return value if isinstance(value, str) else otherwise


def _endpoints(config: Configuration, net: Instance, kind: str, service: str) -> list[Instance]:
    return [
        one
        for one in companions(config, "aws_vpc_endpoint", "vpc_id", net, VPC)
        if same(one.get("vpc_endpoint_type") or "Gateway", kind)
        and _service(config, one) == service
    ]


def _endpoint(
    config: Configuration, kind: str, of: str, service: str, *others: tuple[Kind, str]
) -> tuple[list[Instance], list[Instance], list[Finding]]:
    """Return the endpoints of a service in a VPC, the other things, and a first finding."""
    found, problems = things(config, (VPC, of), *others)
    if problems:
        return [], [], problems
    ends = _endpoints(config, found[0], kind, service)
    at, said = found[0].at, f"the VPC `{of}` has no {kind.lower()} endpoint for {service}"
    return ends, found[1:], unless(ends, config, at, said)


def _of_endpoints(
    config: Configuration, ends: list[Instance], what: str, listed: str, single: str
) -> list[Value]:
    """Return what endpoints list, and what separate associations add to it."""
    apart = f"aws_vpc_endpoint_{what}_association"
    refs = [own_ref(one) for one in ends]
    added = belonging(config, (apart,), "vpc_endpoint_id", refs, "id")
    return flat([one.get(listed) for one in ends] + [one.get(single) for one in added])


@requirement(
    "a gateway endpoint for the service {service} in the VPC `{of}`",
    "the VPC `{of}` reaching the service {service} through a gateway endpoint",
)
def gateway_endpoint(config: Configuration, of: str, service: str) -> Findings:
    """An endpoint of the type Gateway (the default) for a service."""
    return _endpoint(config, "Gateway", of, service)[2]


@requirement(
    "the route table of the subnet `{subnet}` used by the {service} gateway endpoint of `{of}`",
    "{service} traffic from `{subnet}` routed through the gateway endpoint of the VPC `{of}`",
)
def gateway_endpoint_routes(
    config: Configuration, of: str, service: str, subnet: str
) -> Findings:  # fmt: skip
    """The endpoint is entered in the route table that the subnet uses."""
    ends, others, problems = _endpoint(config, "Gateway", of, service, (SUBNET, subnet))
    if problems:
        return problems
    values = _of_endpoints(config, ends, "route_table", "route_table_ids", "route_table_id")
    tables = set(Routing(config).tables_of(others[0]))
    right = any(ref_of(value, "id", *MAIN) in tables for value in values)
    return unless(
        right, config, ends[0].at, f"the route table of `{subnet}` does not use the endpoint"
    )


@requirement(
    "an interface endpoint for the service {service} in the VPC `{of}`",
    "the VPC `{of}` reaching the service {service} privately, through an interface endpoint",
)
def interface_endpoint(config: Configuration, of: str, service: str) -> Findings:
    """An endpoint of the type Interface for a service."""
    return _endpoint(config, "Interface", of, service)[2]


@requirement(
    "the {service} endpoint of `{of}` placed in the subnet `{subnet}`",
    "an address in the subnet `{subnet}` for the {service} endpoint of `{of}`",
)
def interface_endpoint_in(config: Configuration, of: str, service: str, subnet: str) -> Findings:
    """The interface endpoint of a service has the subnet."""
    ends, others, problems = _endpoint(config, "Interface", of, service, (SUBNET, subnet))
    if problems:
        return problems
    values = _of_endpoints(config, ends, "subnet", "subnet_ids", "subnet_id")
    right = any(refers(value, others[0], SUBNET) for value in values)
    return unless(right, config, ends[0].at, f"the {service} endpoint is not in `{subnet}`")


@requirement(
    "the security group `{group}` on the {service} endpoint of `{of}`",
    "the {service} endpoint of the VPC `{of}` behind the security group `{group}`",
)
def interface_endpoint_group(config: Configuration, of: str, service: str, group: str) -> Findings:
    """The interface endpoint of a service has the security group."""
    ends, others, problems = _endpoint(config, "Interface", of, service, (SECURITY_GROUP, group))
    if problems:
        return problems
    values = flat(one.get("security_group_ids") for one in ends)
    right = any(refers(value, others[0], SECURITY_GROUP) for value in values)
    return unless(right, config, ends[0].at, f"the {service} endpoint does not use `{group}`")


@requirement(
    "private DNS names for the {service} endpoint of `{of}`",
    "the usual name of {service} resolved to its endpoint inside `{of}`, by private DNS",
)
def interface_endpoint_dns(config: Configuration, of: str, service: str) -> Findings:
    """`private_dns_enabled` of the interface endpoint."""
    ends, _, problems = _endpoint(config, "Interface", of, service)
    if problems:
        return problems
    right = all(same(one.get("private_dns_enabled"), True) for one in ends)
    return unless(right, config, ends[0].at, f"private DNS of the {service} endpoint is off")
