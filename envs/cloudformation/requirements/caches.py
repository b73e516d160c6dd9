"""Requirements about ElastiCache."""

from __future__ import annotations

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import number, shown, the, unless
from envs.cloudformation.requirements.services import (
    CACHE,
    CACHE_SUBNETS,
    SECURITY_GROUP,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding

cache = existence(
    "cache", CACHE,
    "an ElastiCache replication group called `{name}`", "the replication group `{name}`",
)  # fmt: skip
cache_engine = setting(
    "cache-engine", CACHE, "Engine",
    "the engine {value} for `{of}`", "`{of}` running {value}",
)  # fmt: skip
cache_type = setting(
    "cache-type", CACHE, "CacheNodeType",
    "the node type {value} for `{of}`", "nodes of `{of}` of the type {value}",
)  # fmt: skip
cache_at_rest = fixed(
    "cache-at-rest", CACHE, "AtRestEncryptionEnabled", True,
    "the data of `{of}` encrypted at rest", "encryption at rest for the cache `{of}`",
)  # fmt: skip
cache_in_transit = fixed(
    "cache-in-transit", CACHE, "TransitEncryptionEnabled", True,
    "connections to `{of}` encrypted (TLS)", "encryption in transit for the cache `{of}`",
)  # fmt: skip
cache_failover = fixed(
    "cache-failover", CACHE, "AutomaticFailoverEnabled", True,
    "automatic failover for `{of}`", "`{of}` failing over by itself",
)  # fmt: skip
cache_zones = fixed(
    "cache-zones", CACHE, "MultiAZEnabled", True,
    "nodes of `{of}` in several zones (Multi-AZ)", "Multi-AZ for the cache `{of}`",
)  # fmt: skip


@requirement("{value} nodes in `{of}`", "`{of}` with {value} nodes")
def cache_nodes(template: Template, of: str, value: int) -> Findings:
    """`NumCacheClusters`, or one primary and its replicas in each node group."""
    thing = the(template, CACHE, of)
    if isinstance(thing, Finding):
        return [thing]
    given = number(thing.value("NumCacheClusters"))
    replicas = number(thing.value("ReplicasPerNodeGroup"))
    groups = number(thing.value("NumNodeGroups"))
    if given is None and replicas is not None:
        given = (1 if groups is None else groups) * (1 + replicas)
    return unless(given == value, template, thing, f"`{of}` has {shown(given)} nodes")


cache_snapshots = setting(
    "cache-snapshots", CACHE, "SnapshotRetentionLimit",
    "snapshots of `{of}` kept for {value} days", "daily snapshots of `{of}`, for {value} days",
)  # fmt: skip
cache_group = link(
    "cache-group", CACHE, "SecurityGroupIds", SECURITY_GROUP,
    "the cache `{of}` behind the security group `{to}`",
    "`{to}` as a security group of the cache `{of}`",
)  # fmt: skip
cache_subnets = link(
    "cache-subnets", CACHE, "CacheSubnetGroupName", CACHE_SUBNETS,
    "the cache `{of}` in the subnet group `{to}`", "the subnet group `{to}` for the cache `{of}`",
)  # fmt: skip
cache_subnet_group = existence(
    "cache-subnet-group", CACHE_SUBNETS,
    "a cache subnet group called `{name}`", "the cache subnet group `{name}`",
)  # fmt: skip
cache_tag = tag(
    "cache-tag", CACHE,
    "the tag {key} = `{value}` on the cache `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
cache_output = output(
    "cache-output", CACHE, ("PrimaryEndPoint.Address",),
    "an output `{name}` with the primary endpoint of `{of}`",
    "the primary endpoint of the cache `{of}` given out as the output `{name}`",
)  # fmt: skip
