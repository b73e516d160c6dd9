"""Tasks about databases, caches and streams on AWS."""

from __future__ import annotations

from envs.terraform.families.aws_network import add_subnet, network
from envs.terraform.families.aws_serverless import service_trust
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_buckets, aws_networks
from envs.terraform.requirements import aws_databases as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested

ENGINES = (
    ("postgres", "16"), ("postgres", "15"), ("postgres", "17"), ("mysql", "8.0"), ("mysql", "8.4"),
    ("mariadb", "10.11"), ("mariadb", "11.4"),
)  # fmt: skip
PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306}
CLASSES = tuple(
    f"db.{kind}" for kind in ("t4g.medium", "t4g.large", "m6g.large", "m7g.large", "m7g.xlarge",
                              "r6g.large", "r7g.large", "r7g.xlarge")
)  # fmt: skip
AURORA_CLASSES = tuple(one for one in CLASSES if not one.startswith("db.m"))
CACHE_NODES = tuple(
    f"cache.{kind}" for kind in ("t4g.small", "t4g.medium", "m7g.large", "r7g.large")
)
KEYS = ("id", "user_id", "order_id", "tenant", "device", "account", "sku", "session")
SORT_KEYS = ("created_at", "version", "timestamp", "position", "kind")
TAGS = (("Team", ("search", "growth", "data")), ("Environment", ("production", "staging")))


def _table_extras(stack: Stack, made: Handle, name: str) -> tuple[Extra, ...]:
    """Return what any table may be asked for."""
    draw = stack.draw

    def flag(asked: str, argument: str) -> None:
        stack.ask(getattr(ask, asked)(of=name))
        made.nest(argument, enabled=True)

    def sorted_by() -> None:
        other, type = draw.choice("sort key", SORT_KEYS), draw.choice("sort type", ("S", "N"))
        stack.ask(ask.table_sort_key(of=name, key=other, type=type))
        made.set(range_key=other)
        made.nest("attribute", name=other, type=type)

    def protected() -> None:
        stack.ask(ask.table_protected(of=name))
        made.set(deletion_protection_enabled=True)

    def expiring() -> None:
        attribute = draw.choice("ttl", ("expires_at", "ttl", "valid_until", "gone_after"))
        stack.ask(ask.table_time_to_live(of=name, attribute=attribute))
        made.nest("ttl", attribute_name=attribute, enabled=True)

    def indexed() -> None:
        other = draw.choice("index key", ("email", "status", "customer", "region", "owner"))
        index = f"by-{other}"
        stack.ask(ask.table_index(of=name, index=index, key=other))
        made.nest("attribute", name=other, type="S")
        made.nest("global_secondary_index", name=index, hash_key=other, projection_type="ALL")
        if "read_capacity" in made.body:
            made.body["global_secondary_index"][0].body.update(read_capacity=5, write_capacity=5)

    def tagged() -> None:
        key, values = draw.choice("tag", TAGS)
        value = draw.choice("tag value", values)
        stack.ask(ask.table_tag(of=name, key=key, value=value))
        made.set(tags={key: value})

    return (
        Extra("sort key", 1, sorted_by),
        Extra("recovery", 1, lambda: flag("table_recovery", "point_in_time_recovery")),
        Extra("ttl", 1, expiring), Extra("index", 1, indexed),
        Extra("protection", 1, protected),
        Extra("encryption", 1, lambda: flag("table_encryption", "server_side_encryption")),
        Extra("tag", 1, tagged), Extra("region", 1, lambda: region(stack)),
    )  # fmt: skip


@family("terraform", levels=(1, 2, 3, 4))
def dynamodb_table(draw: Draw) -> Draft:
    """A DynamoDB table with its keys, throughput and safeguards."""
    stack = Stack(draw, "aws")
    name = draw.name("table", ("orders", "sessions", "events", "users", "carts", "devices"))
    key, kind = draw.choice("key", KEYS), draw.choice("key type", ("S", "N"))
    stack.ask(ask.table(name=name), ask.table_partition_key(of=name, key=key, type=kind))
    made = stack.add("aws_dynamodb_table", name, name=name, hash_key=key)
    made.nest("attribute", name=key, type=kind)
    if draw.chance("on demand", 0.6):
        stack.ask(ask.table_on_demand(of=name))
        made.set(billing_mode="PAY_PER_REQUEST")
    else:
        read, write = draw.integer("read", 2, 90), draw.integer("write", 2, 90)
        stack.ask(ask.table_throughput(of=name, read=read, write=write))
        made.set(billing_mode="PROVISIONED", read_capacity=read, write_capacity=write)

    decorate(stack, _table_extras(stack, made, name))
    return stack.draft(
        f"Create the DynamoDB table `{name}` with Terraform",
        f"We store items in DynamoDB, in a table `{name}`",
        f"Write Terraform for a table `{name}` in DynamoDB",
    )


def _two_subnets(stack: Stack) -> tuple[Handle, str, list[str], list[Handle]]:
    """Ask for a VPC with two subnets; return the VPC, its name, the subnets' names and handles."""
    vpc, name, start = network(stack)
    names = [f"{name}-data-{letter}" for letter in ("a", "b")]
    made = [
        add_subnet(stack, vpc, name, inner, f"{start}.{10 + place}.0/24")
        for place, inner in enumerate(names)
    ]
    for place, handle in enumerate(made):
        zones = Raw(f"data.aws_availability_zones.available.names[{place}]")
        handle.set(availability_zone=zones)
    stack.data("aws_availability_zones", "available", state="available")
    return vpc, name, names, made


def _settings(stack: Stack, made: Handle, name: str) -> tuple[Extra, ...]:
    """Return what any RDS instance may be asked for."""
    draw = stack.draw

    def flag(asked: str, argument: str) -> None:
        stack.ask(getattr(ask, asked)(of=name))
        made.set(**{argument: True})

    def amount(asked: str, argument: str, value: object) -> None:
        stack.ask(getattr(ask, asked)(of=name, value=value))
        made.set(**{argument: value})

    return (
        Extra("encrypted", 1, lambda: flag("database_encrypted", "storage_encrypted")),
        Extra(
            "backups", 1,
            lambda: amount(
                "database_backups", "backup_retention_period", draw.integer("days", 2, 35)
            ),
        ),
        Extra("two zones", 1, lambda: flag("database_two_zones", "multi_az")),
        Extra("protected", 1, lambda: flag("database_protected", "deletion_protection")),
        Extra(
            "database", 1,
            lambda: amount(
                "database_name", "db_name", draw.choice("db", ("shop", "crm", "billing", "wiki"))
            ),
        ),
        Extra("region", 1, lambda: region(stack)),
    )  # fmt: skip


def _instance(stack: Stack) -> tuple[Handle, str, str]:
    draw = stack.draw
    name = draw.name("database", ("db", "database", "store", "sql"))
    engine, version = draw.choice("engine", ENGINES)
    size, storage = draw.choice("class", CLASSES), draw.integer("storage", 20, 400, 10)
    user = draw.choice("user", ("dbadmin", "app", "owner", "master"))
    stack.ask(
        ask.database(name=name),
        ask.database_engine(of=name, engine=engine, version=version),
        ask.database_class(of=name, value=size),
        ask.database_storage(of=name, value=storage),
        ask.database_user(of=name, value=user),
    )
    made = stack.add(
        "aws_db_instance", name, identifier=name, engine=engine, engine_version=version,
        instance_class=size, allocated_storage=storage, username=user, skip_final_snapshot=True,
    )  # fmt: skip
    return made, name, engine


@family("terraform", levels=(3, 4, 5))
def relational_database(draw: Draw) -> Draft:
    """An RDS instance with a generated or managed password and its safeguards."""
    stack = Stack(draw, "aws")
    made, name, _ = _instance(stack)
    if draw.chance("managed password", 0.5):
        stack.ask(ask.database_managed_password(of=name))
        made.set(manage_master_user_password=True)
    else:
        length = draw.integer("password length", 16, 48)
        stack.ask(ask.database_random_password(of=name, length=length))
        stack.provider("random")
        password = stack.add("random_password", "master", length=length, special=False)
        made.set(password=password["result"])
    decorate(stack, _settings(stack, made, name))
    return stack.draft(
        f"Set up the RDS database `{name}` with Terraform",
        f"We need a relational database `{name}` on AWS",
    )


@family("terraform", levels=(5,))
def private_database(draw: Draw) -> Draft:
    """An RDS instance in the private subnets of its own VPC, behind a security group."""
    stack = Stack(draw, "aws")
    vpc, net, names, subnets = _two_subnets(stack)
    made, name, engine = _instance(stack)
    group = stack.add(
        "aws_db_subnet_group", name, name=f"{name}-subnets",
        subnet_ids=[one["id"] for one in subnets],
    )  # fmt: skip
    guard, port = f"{name}-sg", PORTS[engine]
    stack.ask(
        ask.database_subnets(of=name, subnets=names),
        aws_networks.group(name=guard), aws_networks.group_in(of=guard, to=net),
        ask.database_group(of=name, to=guard), ask.database_managed_password(of=name),
    )  # fmt: skip
    security = stack.add("aws_security_group", guard, name=guard, vpc_id=vpc["id"])
    made.set(
        db_subnet_group_name=group["name"], vpc_security_group_ids=[security["id"]],
        manage_master_user_password=True,
    )  # fmt: skip
    if draw.chance("admits", 0.6):
        source = draw.choice("source", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
        stack.ask(aws_networks.group_admits(of=guard, port=port, source=source))
        security.nest("ingress", from_port=port, to_port=port, protocol="tcp", cidr_blocks=[source])
    decorate(stack, _settings(stack, made, name)[:3])
    return stack.draft(
        f"Put the database `{name}` into private subnets of the VPC `{net}`",
        f"Terraform for the database `{name}` inside its own network `{net}`",
    )


@family("terraform", levels=(2, 3, 5))
def aurora_cluster(draw: Draw) -> Draft:
    """An Aurora cluster with its instances."""
    stack = Stack(draw, "aws")
    name = draw.name("cluster", ("aurora", "db", "cluster", "store"))
    engine = draw.choice("engine", ("aurora-postgresql", "aurora-mysql"))
    count, size = draw.integer("count", 2, 5), draw.choice("class", AURORA_CLASSES)
    stack.ask(
        ask.cluster(name=name), ask.cluster_engine(of=name, value=engine),
        ask.cluster_managed_password(of=name),
        ask.cluster_instances(of=name, count=count, kind=size),
    )  # fmt: skip
    made = stack.add(
        "aws_rds_cluster", name, cluster_identifier=name, engine=engine,
        master_username="dbadmin", manage_master_user_password=True, skip_final_snapshot=True,
    )  # fmt: skip
    stack.add(
        "aws_rds_cluster_instance", name, count=count, identifier=Raw(f'"{name}-${{count.index}}"'),
        cluster_identifier=made["id"], engine=made["engine"], instance_class=size,
    )  # fmt: skip

    def encrypted() -> None:
        stack.ask(ask.cluster_encrypted(of=name))
        made.set(storage_encrypted=True)

    def backups() -> None:
        days = draw.integer("days", 2, 35)
        stack.ask(ask.cluster_backups(of=name, value=days))
        made.set(backup_retention_period=days)

    def placed() -> None:
        _, _, names, subnets = _two_subnets(stack)
        stack.ask(ask.cluster_subnets(of=name, subnets=names))
        group = stack.add(
            "aws_db_subnet_group", name, name=f"{name}-subnets",
            subnet_ids=[one["id"] for one in subnets],
        )  # fmt: skip
        made.set(db_subnet_group_name=group["name"])

    decorate(
        stack,
        (
            Extra("encrypted", 1, encrypted), Extra("backups", 1, backups),
            Extra("region", 1, lambda: region(stack)), Extra("placed", 9, placed),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Aurora cluster `{name}`",
        f"We want Aurora for our data: the cluster `{name}`, in Terraform",
    )


@family("terraform", levels=(2, 3, 4, 5))
def redis_cache(draw: Draw) -> Draft:
    """An ElastiCache replication group, perhaps in subnets of its own."""
    stack = Stack(draw, "aws")
    name = draw.name("cache", ("cache", "redis", "sessions", "kv"), first=_SHORT)
    engine = draw.choice("engine", ("redis", "valkey"))
    node, count = draw.choice("node", CACHE_NODES), draw.integer("nodes", 2, 6)
    stack.ask(
        ask.cache(name=name), ask.cache_node(of=name, value=node),
        ask.cache_nodes(of=name, value=count),
    )  # fmt: skip
    made = stack.add(
        "aws_elasticache_replication_group", name, replication_group_id=name,
        description=f"Cache {name}", node_type=node, num_cache_clusters=count,
    )  # fmt: skip

    def chosen() -> None:
        stack.ask(ask.cache_engine(of=name, value=engine))
        made.set(engine=engine)

    def flag(asked: str, argument: str) -> None:
        stack.ask(getattr(ask, asked)(of=name))
        made.set(**{argument: True})

    def snapshots() -> None:
        days = draw.integer("snapshot days", 2, 35)
        stack.ask(ask.cache_snapshots(of=name, value=days))
        made.set(snapshot_retention_limit=days)

    def placed() -> None:
        _, _, names, subnets = _two_subnets(stack)
        stack.ask(ask.cache_subnets(of=name, subnets=names))
        group = stack.add(
            "aws_elasticache_subnet_group", name, name=f"{name}-subnets",
            subnet_ids=[one["id"] for one in subnets],
        )  # fmt: skip
        made.set(subnet_group_name=group["name"])

    chosen()
    decorate(
        stack,
        (
            Extra("failover", 1, lambda: flag("cache_failover", "automatic_failover_enabled")),
            Extra("transit", 1, lambda: flag("cache_transit", "transit_encryption_enabled")),
            Extra("at rest", 1, lambda: flag("cache_at_rest", "at_rest_encryption_enabled")),
            Extra("snapshots", 1, snapshots), Extra("region", 1, lambda: region(stack)),
            Extra("placed", 9, placed),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the ElastiCache cache `{name}`",
        f"Our application needs an in-memory cache, `{name}`, on ElastiCache",
    )


#: First words that leave room below the 40 characters of a replication group's id.
_SHORT = ("shop", "cart", "user", "blog", "feed", "mail", "news", "game", "chat", "tour")


@family("terraform", levels=(1, 2, 3))
def data_stream(draw: Draw) -> Draft:
    """A Kinesis stream, perhaps delivered to a bucket by Firehose."""
    stack = Stack(draw, "aws")
    name = draw.name("stream", ("clicks", "events", "metrics", "logs", "orders", "telemetry"))
    shards = draw.integer("shards", 2, 60)
    stack.ask(ask.stream(name=name), ask.stream_shards(of=name, value=shards))
    made = stack.add("aws_kinesis_stream", name, name=name, shard_count=shards)

    def kept() -> None:
        hours = draw.integer("hours", 30, 8000, 2)
        stack.ask(ask.stream_retention(of=name, value=hours))
        made.set(retention_period=hours)

    def encrypted() -> None:
        stack.ask(ask.stream_encryption(of=name))
        made.set(encryption_type="KMS", kms_key_id="alias/aws/kinesis")

    def delivered() -> None:
        bucket = f"{name}-archive"
        stack.ask(aws_buckets.bucket(name=bucket), ask.stream_to_bucket(of=name, bucket=bucket))
        store = stack.add("aws_s3_bucket", "archive", bucket=bucket)
        role = stack.add(
            "aws_iam_role", "delivery", name=f"{name}-delivery",
            assume_role_policy=service_trust("firehose.amazonaws.com"),
        )  # fmt: skip
        stack.add(
            "aws_kinesis_firehose_delivery_stream", "archive", name=f"{name}-delivery",
            destination="extended_s3",
            kinesis_source_configuration=nested(
                kinesis_stream_arn=made["arn"], role_arn=role["arn"]
            ),
            extended_s3_configuration=nested(bucket_arn=store["arn"], role_arn=role["arn"]),
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("retention", 1, kept), Extra("encryption", 1, encrypted),
            Extra("delivery", 2, delivered), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Kinesis stream `{name}`", f"We collect records in the data stream `{name}`"
    )
