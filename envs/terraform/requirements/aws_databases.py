"""Requirements about databases, caches and streams on AWS."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_networks import SUBNET
from envs.terraform.requirements.factories import existence, fixed, link, setting, tag
from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    flat,
    refers,
    same,
    shown,
    the,
    world,
)
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.known import number_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

TABLE = Kind(
    "DynamoDB table", ("aws_dynamodb_table",), "name", ("name", "id", "arn"), by_name=True,
    arn="arn:aws:dynamodb:R:A:table/NAME",
)  # fmt: skip
DATABASE = Kind("RDS instance", ("aws_db_instance",), "identifier", ("identifier", "id", "arn"))
SUBNETS = Kind("DB subnet group", ("aws_db_subnet_group",), "name", ("name", "id"), by_name=True)
CACHE = Kind(
    "cache", ("aws_elasticache_replication_group",), "replication_group_id", ("id",), by_name=True
)
CACHE_SUBNETS = Kind(
    "cache subnet group", ("aws_elasticache_subnet_group",), "name", ("name", "id"), by_name=True
)
STREAM = Kind(
    "Kinesis stream", ("aws_kinesis_stream",), "name", ("arn", "id"),
    arn="arn:aws:kinesis:R:A:stream/NAME",
)  # fmt: skip
CLUSTER = Kind(
    "Aurora cluster", ("aws_rds_cluster",), "cluster_identifier", ("id", "cluster_identifier"),
    by_name=True,
)  # fmt: skip

table = existence(
    "table", TABLE, "a DynamoDB table called `{name}`", "the DynamoDB table `{name}`"
)  # fmt: skip


def _key_type(thing: Instance, name: str) -> str | None:
    for one in thing.blocks("attribute"):
        if same(one.get("name"), name):
            given = one.get("type")
            return given if isinstance(given, str) else None
    return None


def _key(config: Configuration, of: str, path: str, key: str, type: str) -> Findings:
    thing = the(config, TABLE, of)
    if not isinstance(thing, Instance):
        yield thing
    elif not same(thing.get(path), key):
        yield config.finding(thing.where(path), f"`{path}` is {shown(thing.get(path))}, not {key}")
    elif _key_type(thing, key) != type:
        yield config.finding(
            thing.at, f"the attribute `{key}` is not declared with the type {type}"
        )


@requirement(
    "the partition key `{key}` (type {type}) in the table `{of}`",
    "`{of}` partitioned by `{key}`, an attribute of the type {type}",
)
def table_partition_key(config: Configuration, of: str, key: str, type: str) -> Findings:
    """`hash_key` and its attribute definition."""
    return _key(config, of, "hash_key", key, type)


@requirement(
    "the sort key `{key}` (type {type}) in the table `{of}`",
    "items of `{of}` sorted by `{key}`, an attribute of the type {type}",
)
def table_sort_key(config: Configuration, of: str, key: str, type: str) -> Findings:
    """`range_key` and its attribute definition."""
    return _key(config, of, "range_key", key, type)


@requirement(
    "on-demand billing for the table `{of}`", "the table `{of}` billed by request",
)  # fmt: skip
def table_on_demand(config: Configuration, of: str) -> Findings:
    """`billing_mode` is PAY_PER_REQUEST (PROVISIONED is the default)."""
    thing = the(config, TABLE, of)
    if not isinstance(thing, Instance):
        yield thing
    elif not same(thing.get("billing_mode"), "PAY_PER_REQUEST"):
        yield config.finding(thing.where("billing_mode"), f"`{of}` is not billed by request")


@requirement(
    "{read} read and {write} write units provisioned for the table `{of}`",
    "a provisioned throughput of {read} reads and {write} writes for `{of}`",
)
def table_throughput(config: Configuration, of: str, read: int, write: int) -> Findings:
    """Read and write capacity, in the mode that uses them."""
    thing = the(config, TABLE, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    if same(thing.get("billing_mode"), "PAY_PER_REQUEST"):
        yield config.finding(thing.where("billing_mode"), f"`{of}` is billed by request")
    for name, wanted in (("read_capacity", read), ("write_capacity", write)):
        if not same(thing.get(name), wanted):
            said = shown(thing.get(name))
            yield config.finding(thing.where(name), f"`{name}` is {said}, not {wanted}")


table_recovery = fixed(
    "table-recovery", TABLE, "point_in_time_recovery.enabled", True,
    "point-in-time recovery switched on for `{of}`", "`{of}` can be restored to any point in time",
)  # fmt: skip
table_encryption = fixed(
    "table-encryption", TABLE, "server_side_encryption.enabled", True,
    "`{of}` encrypted with a KMS key instead of the key that DynamoDB owns",
    "server-side encryption by KMS switched on for `{of}`",
)  # fmt: skip
table_protected = fixed(
    "table-protected", TABLE, "deletion_protection_enabled", True,
    "the table `{of}` protected against deletion", "deletion protection for the table `{of}`",
)  # fmt: skip
table_tag = tag(
    "table-tag", TABLE,
    "the tag {key} = `{value}` on the table `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip


@requirement(
    "items of `{of}` expiring by the attribute `{attribute}`",
    "`{attribute}` as the time-to-live attribute of `{of}`",
)
def table_time_to_live(config: Configuration, of: str, attribute: str) -> Findings:
    """An enabled `ttl` block with that attribute."""
    thing = the(config, TABLE, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for one in thing.blocks("ttl"):
        if same(one.get("attribute_name"), attribute) and same(one.get("enabled"), True):
            return
    yield config.finding(thing.at, f"`{of}` does not expire items by `{attribute}`")


@requirement(
    "a global secondary index `{index}` on `{key}` in the table `{of}`",
    "the table `{of}` also indexed by `{key}`, in the global index `{index}`",
)
def table_index(config: Configuration, of: str, index: str, key: str) -> Findings:
    """A global secondary index whose partition key is declared as an attribute."""
    thing = the(config, TABLE, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    for one in thing.blocks("global_secondary_index"):
        if same(one.get("name"), index) and _index_key(one, key) and _key_type(thing, key):
            return
    yield config.finding(thing.at, f"`{of}` has no global index `{index}` on `{key}`")


def _index_key(view: View | ValueView, key: str) -> bool:
    if same(view.get("hash_key"), key):
        return True
    return any(
        same(one.get("attribute_name"), key) and same(one.get("key_type"), "HASH")
        for one in view.blocks("key_schema")
    )


database = existence(
    "database", DATABASE,
    "an RDS instance with the identifier `{name}`", "the RDS database instance `{name}`",
)  # fmt: skip


@requirement(
    "{engine} {version} as the engine of `{of}`",
    "`{of}` running {engine}, version {version}",
)
def database_engine(config: Configuration, of: str, engine: str, version: str) -> Findings:
    """`engine` and `engine_version`; a more precise number of the same release counts."""
    thing = the(config, DATABASE, of)
    if not isinstance(thing, Instance):
        yield thing
        return
    given = thing.get("engine_version")
    if not same(thing.get("engine"), engine):
        yield config.finding(thing.where("engine"), f"the engine is {shown(thing.get('engine'))}")
    if not same(given, version) and not str(given).startswith(f"{version}."):
        yield config.finding(thing.where("engine_version"), f"the version is {shown(given)}")


database_class = setting(
    "database-class", DATABASE, "instance_class",
    "the instance class {value} for the database `{of}`", "`{of}` on a {value}",
)  # fmt: skip
database_storage = setting(
    "database-storage", DATABASE, "allocated_storage",
    "{value} GB of storage for the database `{of}`", "`{of}` starts with {value} GB of storage",
)  # fmt: skip
database_encrypted = fixed(
    "database-encrypted", DATABASE, "storage_encrypted", True,
    "the storage of the database `{of}` encrypted", "`{of}` encrypted at rest",
)  # fmt: skip
database_two_zones = fixed(
    "database-two-zones", DATABASE, "multi_az", True,
    "a standby of `{of}` in another availability zone", "the database `{of}` set up as Multi-AZ",
)  # fmt: skip
database_backups = setting(
    "database-backups", DATABASE, "backup_retention_period",
    "backups of `{of}` kept for {value} days", "{value} days of automatic backups for `{of}`",
)  # fmt: skip
database_protected = fixed(
    "database-protected", DATABASE, "deletion_protection", True,
    "the database `{of}` protected against deletion", "deletion protection for `{of}`",
)  # fmt: skip
database_managed_password = fixed(
    "database-managed-password", DATABASE, "manage_master_user_password", True,
    "the master password of `{of}` managed by RDS in Secrets Manager",
    "RDS itself keeps the master password of `{of}` as a secret",
)  # fmt: skip
database_user = setting(
    "database-user", DATABASE, "username",
    "the master user `{value}` of the database `{of}`", "`{of}` with the master user `{value}`",
)  # fmt: skip
database_name = setting(
    "database-name", DATABASE, "db_name",
    "an initial database `{value}` on the instance `{of}`", "`{of}` holds the database `{value}`",
)  # fmt: skip
database_group = link(
    "database-group", DATABASE, "vpc_security_group_ids", SECURITY_GROUP,
    "the security group `{to}` on the database `{of}`", "`{of}` guarded by the group `{to}`",
)  # fmt: skip


def _in_subnets(
    config: Configuration, thing: Instance, kind: Kind, path: str, names: Any
) -> Findings:
    groups = [
        group
        for group in world(config).instances(kind.types[0])
        if refers(thing.get(path), group, kind)
    ]
    if not groups:
        yield config.finding(thing.where(path), f"`{path}` names no {kind.noun} declared here")
        return
    others = flat([groups[0].get("subnet_ids")])
    for name in names:
        target = the(config, SUBNET, name)
        if not isinstance(target, Instance):
            yield target
            continue
        left = [value for value in others if not refers(value, target, SUBNET)]
        if len(left) == len(others):
            yield config.finding(groups[0].at, f"the subnet `{name}` is not in the {kind.noun}")
        others = left
    if others:
        yield config.finding(groups[0].at, f"the {kind.noun} has other subnets as well")


@requirement(
    "the database `{of}` placed in just the subnets {subnets}, by a subnet group",
    "a DB subnet group of {subnets} (and no others) for the database `{of}`",
)
def database_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """The instance's DB subnet group holds the subnets."""
    thing = the(config, DATABASE, of)
    if isinstance(thing, Finding):
        yield thing
    else:
        yield from _in_subnets(config, thing, SUBNETS, "db_subnet_group_name", subnets)


def is_generated(config: Configuration, value: Value, length: int) -> bool:
    """Whether a value is a random password of a length, kept in the state or ephemeral."""
    made = [
        one
        for mode in ("resource", "ephemeral")
        for one in world(config).instances("random_password", mode)
    ]
    return any(
        one.is_source_of(value, "result") and same(one.get("length"), length) for one in made
    )


@requirement(
    "a random password of {length} characters for the master user of `{of}`",
    "the master password of `{of}` generated, {length} characters long",
)
def database_random_password(config: Configuration, of: str, length: int) -> Findings:
    """The password is the result of a `random_password` of that length."""
    thing = the(config, DATABASE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = [(name, thing.get(name)) for name in ("password", "password_wo")]
    found = [(name, value) for name, value in given if value is not None]
    if not found:
        yield config.finding(thing.at, f"`{of}` has no master password")
    for name, value in found:
        if not is_generated(config, value, length):
            said = f"`{name}` is not a random password of {length} characters"
            yield config.finding(thing.where(name), said)


cache = existence(
    "cache", CACHE,
    "an ElastiCache replication group `{name}`", "the ElastiCache replication group `{name}`",
)  # fmt: skip
cache_engine = setting(
    "cache-engine", CACHE, "engine", "{value} as the engine of the cache `{of}`",
    "the cache `{of}` running {value}", absent="redis",
)  # fmt: skip
cache_node = setting(
    "cache-node", CACHE, "node_type",
    "nodes of the type {value} in the cache `{of}`", "the cache `{of}` on {value} nodes",
)  # fmt: skip


@requirement(
    "{value} nodes in the cache `{of}`", "the cache `{of}` made of {value} nodes",
)  # fmt: skip
def cache_nodes(config: Configuration, of: str, value: int) -> Findings:
    """The number of nodes, or that of node groups and of replicas in each of them."""
    thing = the(config, CACHE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given: Value = thing.get("num_cache_clusters")
    groups, replicas = thing.get("num_node_groups"), thing.get("replicas_per_node_group")
    if given is None and (groups is not None or replicas is not None):
        given = number_of(groups, 1) * (1 + number_of(replicas, 0))
    if not same(given, value):
        at = thing.where("num_cache_clusters")
        yield config.finding(at, f"the cache `{of}` has {shown(given)} nodes, asked for {value}")


cache_failover = fixed(
    "cache-failover", CACHE, "automatic_failover_enabled", True,
    "automatic failover for the cache `{of}`", "the cache `{of}` fails over by itself",
)  # fmt: skip
cache_transit = fixed(
    "cache-transit", CACHE, "transit_encryption_enabled", True,
    "connections to the cache `{of}` encrypted", "TLS in transit for the cache `{of}`",
)  # fmt: skip
cache_at_rest = fixed(
    "cache-at-rest", CACHE, "at_rest_encryption_enabled", True,
    "the data of the cache `{of}` encrypted at rest", "encryption at rest for the cache `{of}`",
)  # fmt: skip
cache_snapshots = setting(
    "cache-snapshots", CACHE, "snapshot_retention_limit",
    "snapshots of the cache `{of}` kept for {value} days", "{value} days of snapshots of `{of}`",
)  # fmt: skip


@requirement(
    "the cache `{of}` placed in just the subnets {subnets}, by a subnet group",
    "a cache subnet group of {subnets} (and no others) for `{of}`",
)
def cache_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """The replication group's subnet group holds the subnets."""
    thing = the(config, CACHE, of)
    if isinstance(thing, Finding):
        yield thing
    else:
        yield from _in_subnets(config, thing, CACHE_SUBNETS, "subnet_group_name", subnets)


stream = existence(
    "stream", STREAM, "a Kinesis data stream called `{name}`", "the Kinesis stream `{name}`"
)  # fmt: skip
stream_shards = setting(
    "stream-shards", STREAM, "shard_count",
    "{value} shards for the stream `{of}`", "the stream `{of}` with {value} shards",
)  # fmt: skip
stream_retention = setting(
    "stream-retention", STREAM, "retention_period",
    "records of `{of}` kept for {value} hours", "`{of}` retains its records {value} hours",
)  # fmt: skip
stream_encryption = fixed(
    "stream-encryption", STREAM, "encryption_type", "KMS",
    "the records of `{of}` encrypted with KMS", "KMS encryption for the stream `{of}`",
)  # fmt: skip


@requirement(
    "the records of the stream `{of}` delivered to the bucket `{bucket}` by Firehose",
    "a Firehose delivery stream from `{of}` to the S3 bucket `{bucket}`",
)
def stream_to_bucket(config: Configuration, of: str, bucket: str) -> Findings:
    """A delivery stream that reads the Kinesis stream and writes to the bucket."""
    thing, target = the(config, STREAM, of), the(config, BUCKET, bucket)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    source = "kinesis_source_configuration.kinesis_stream_arn"
    for one in companions(config, "aws_kinesis_firehose_delivery_stream", source, thing, STREAM):
        arns = one.at_path("extended_s3_configuration.bucket_arn")
        if any(refers(arn, target, BUCKET, ("arn",)) for arn in arns):
            return
    yield config.finding(thing.at, f"no delivery stream leads from `{of}` to `{bucket}`")


cluster = existence(
    "aurora", CLUSTER, "an Aurora cluster called `{name}`", "the Aurora cluster `{name}`"
)  # fmt: skip
cluster_engine = setting(
    "aurora-engine", CLUSTER, "engine",
    "the engine {value} for the cluster `{of}`", "`{of}` running {value}",
)  # fmt: skip
cluster_encrypted = fixed(
    "aurora-encrypted", CLUSTER, "storage_encrypted", True,
    "the storage of the Aurora cluster `{of}` encrypted", "`{of}` encrypted at rest",
)  # fmt: skip
cluster_backups = setting(
    "aurora-backups", CLUSTER, "backup_retention_period",
    "backups of the cluster `{of}` kept for {value} days", "{value} days of backups for `{of}`",
)  # fmt: skip
cluster_managed_password = fixed(
    "aurora-managed-password", CLUSTER, "manage_master_user_password", True,
    "the master password of the cluster `{of}` managed by RDS in Secrets Manager",
    "RDS itself keeps the master password of `{of}` as a secret",
)  # fmt: skip


@requirement(
    "{count} instances of the class {kind} in the cluster `{of}`",
    "the cluster `{of}` made of {count} instances, each a {kind}",
)
def cluster_instances(config: Configuration, of: str, count: int, kind: str) -> Findings:
    """So many cluster instances, all of that class."""
    thing = the(config, CLUSTER, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = companions(config, "aws_rds_cluster_instance", "cluster_identifier", thing, CLUSTER)
    if len(found) != count:
        yield config.finding(thing.at, f"`{of}` has {len(found)} instances, asked for {count}")
    for one in found:
        if not same(one.get("instance_class"), kind):
            said = shown(one.get("instance_class"))
            yield config.finding(one.where("instance_class"), f"the class is {said}, not {kind}")


@requirement(
    "the Aurora cluster `{of}` placed in just the subnets {subnets}, by a subnet group",
    "a DB subnet group of {subnets} (and no others) for the cluster `{of}`",
)
def cluster_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """The cluster's DB subnet group holds the subnets."""
    thing = the(config, CLUSTER, of)
    if isinstance(thing, Finding):
        yield thing
    else:
        yield from _in_subnets(config, thing, SUBNETS, "db_subnet_group_name", subnets)
