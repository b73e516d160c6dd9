"""Requirements about hosted zones and records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    blocks,
    companions,
    refers,
    same,
    same_set,
    text,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.services import (
    BALANCER,
    ZONE,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

zone = existence(
    "zone", ZONE, "a hosted zone for {name} in Route 53", "the Route 53 hosted zone {name}"
)
zone_comment = setting(
    "zone-comment", ZONE, "HostedZoneConfig.Comment",
    "`{value}` as the comment of the zone {of}", "the zone {of} described as `{value}`",
)  # fmt: skip
zone_tag = tag(
    "zone-tag", ZONE,
    "the tag {key} = `{value}` on the zone {of}", "the zone {of} tagged {key} = `{value}`",
)  # fmt: skip
zone_output = output(
    "zone-output", ZONE, ("Ref", "Id"),
    "an output `{name}` with the id of the zone {of}",
    "the id of the zone {of} given out as the output `{name}`",
)  # fmt: skip


def _records(template: Template, zone: Thing) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a zone: resources of their own, and in groups."""
    for one in companions(template, "AWS::Route53::RecordSet", "HostedZoneId", zone, ZONE):
        yield one.properties
    name = str(text(zone.value("Name"))).rstrip(".")
    for one in things(template, "AWS::Route53::RecordSet"):
        if str(text(one.value("HostedZoneName"))).rstrip(".") == name:
            yield one.properties
    for one in things(template, "AWS::Route53::RecordSetGroup"):
        named = str(text(one.value("HostedZoneName"))).rstrip(".") == name
        whole = named or refers(one.value("HostedZoneId"), zone, ZONE)
        for record in blocks(one, "RecordSets"):
            if whole or refers(record.get("HostedZoneId"), zone, ZONE):
                yield record


def _is_record(record: Mapping[str, Any], kind: str, name: str) -> bool:
    """Whether a record is of that type and name, and not one of several to choose from."""
    given = str(text(record.get("Name"))).rstrip(".").lower()
    alone = record.get("SetIdentifier") is None
    return alone and same(record.get("Type"), kind) and given == name


@requirement(
    "the {kind} record {name} in the zone {of}, with {value} and a TTL of {ttl} seconds",
    "{name} in the zone {of}: record type {kind}, value {value}, TTL {ttl} seconds",
)
def zone_record(
    template: Template, of: str, kind: str, name: str, value: str, ttl: int
) -> Findings:
    """A record of that name and type with just that value."""
    thing = the(template, ZONE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        _is_record(one, kind, name)
        and same_set(one.get("ResourceRecords"), [value])
        and same(one.get("TTL"), ttl)
        for one in _records(template, thing)
    )
    return unless(right, template, thing, f"{of} has no such {kind} record {name}")


@requirement(
    "{name} in the zone {of} as an alias of the load balancer `{balancer}`",
    "an alias record {name} in the zone {of} for the load balancer `{balancer}`",
)
def zone_alias(template: Template, of: str, name: str, balancer: str) -> Findings:
    """An A record whose alias target is the load balancer's name and zone."""
    found, problems = all_of(template, (ZONE, of), (BALANCER, balancer))
    if problems:
        return problems
    front = found[1]
    right = any(
        _is_record(one, "A", name)
        and any(
            _names(target.get("DNSName"), front)
            and front.is_source_of(target.get("HostedZoneId"), "CanonicalHostedZoneID")
            for target in blocks(one, "AliasTarget")
        )
        for one in _records(template, found[0])
    )
    return unless(right, template, found[0], f"{name} is no alias of `{balancer}`")


def _names(value: Any, balancer: Thing) -> bool:
    """Whether a value is the DNS name of a load balancer, perhaps with `dualstack.` in front."""
    parts: tuple[Any, ...] = getattr(value, "parts", (value,))
    last = parts[-1]
    return balancer.is_source_of(last, "DNSName") and parts[:-1] in ((), ("dualstack.",))
