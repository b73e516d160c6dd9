"""Tasks about relational databases, caches and file systems."""

from __future__ import annotations

from envs.cloudformation.choices import OFFICES
from envs.cloudformation.families.network import Guard
from envs.cloudformation.families.storage import add_key
from envs.cloudformation.requirements import caches, file_systems, keys
from envs.cloudformation.requirements import databases as ask
from envs.cloudformation.template import (
    Extra,
    Settings,
    Stack,
    decorate,
    document,
    statement,
    sub,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

#: Engine -> versions' family, port, a parameter, its values, and the logs that it exports.
ENGINES = {
    "postgres": ("postgres17", 5432, "log_min_duration_statement", ("250", "500", "1000"),
                 ("postgresql", "upgrade")),
    "mysql": ("mysql8.4", 3306, "max_connections", ("150", "300", "500"), ("error", "slowquery")),
    "mariadb": ("mariadb11.4", 3306, "max_connections", ("120", "240", "480"),
                ("error", "slowquery")),
}  # fmt: skip
VERSIONS = {"postgres": "17.7", "mysql": "8.4.7", "mariadb": "11.4.9"}


class Database:
    """An RDS instance under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("database", ("db", "orders", "ledger", "accounts", "catalog"))
        self.engine = draw.choice("engine", tuple(ENGINES))
        self.made = stack.add(
            "RDS::DBInstance", "Database", DBInstanceIdentifier=self.name, Engine=self.engine,
            EngineVersion=VERSIONS[self.engine], DBInstanceClass="db.m6g.large",
            AllocatedStorage="50", StorageType="gp3", StorageEncrypted=True,
            PubliclyAccessible=False, MasterUsername="dbadmin",
        )  # fmt: skip
        self.made.keep("Snapshot")
        stack.ask(
            ask.database(name=self.name), ask.database_engine(of=self.name, value=self.engine),
            ask.database_encrypted(of=self.name),
        )  # fmt: skip
        self.made.set(ManageMasterUserPassword=True)
        stack.ask(ask.database_password(of=self.name))

    def secret(self) -> None:
        """Ask for a secret of the template as the password."""
        name = f"{self.name}/master"
        made = self.stack.add(
            "SecretsManager::Secret", "MasterSecret", Name=name,
            GenerateSecretString={
                "SecretStringTemplate": '{"username": "dbadmin"}',
                "GenerateStringKey": "password", "PasswordLength": 32, "ExcludePunctuation": True,
            },
        )  # fmt: skip
        self.stack.ask(
            keys.secret(name=name), ask.database_secret(of=self.name, secret=name),
            ask.secret_attached(secret=name, of=self.name),
        )  # fmt: skip
        self.stack.add(
            "SecretsManager::SecretTargetAttachment", "SecretAttachment", SecretId=made.ref,
            TargetId=self.made.ref, TargetType="AWS::RDS::DBInstance",
        )  # fmt: skip
        self.made.properties.pop("ManageMasterUserPassword", None)
        self.made.set(
            MasterUserPassword=sub(
                f"{{{{resolve:secretsmanager:${{{made.id}}}:SecretString:password}}}}"
            )
        )

    def subnets(self) -> None:
        """Ask for a subnet group; the subnets are a parameter."""
        name = f"{self.name}-subnets"
        group = self.stack.add(
            "RDS::DBSubnetGroup", "Subnets", DBSubnetGroupName=name,
            DBSubnetGroupDescription=f"Subnets of {self.name}",
            SubnetIds=self.stack.parameter("SubnetIds", "List<AWS::EC2::Subnet::Id>"),
        )  # fmt: skip
        self.stack.ask(ask.db_subnets(name=name), ask.database_subnets(of=self.name, to=name))
        self.made.set(DBSubnetGroupName=group.ref)

    def guarded(self) -> None:
        """Ask for a security group."""
        guard = Guard(
            self.stack, f"{self.name}-sg", self.stack.parameter("VpcId", "AWS::EC2::VPC::Id")
        )
        self.stack.ask(ask.database_group(of=self.name, to=guard.name))
        guard.admit(ENGINES[self.engine][1], self.stack.draw.choice("source", OFFICES))
        self.made.set(VPCSecurityGroups=[guard.made["GroupId"]])

    def parameters(self) -> None:
        """Ask for a parameter."""
        kind, _, key, values, _ = ENGINES[self.engine]
        value = self.stack.draw.choice("parameter", values)
        self.stack.ask(ask.database_parameter(of=self.name, key=key, value=value))
        group = self.stack.add(
            "RDS::DBParameterGroup", "Parameters", Family=kind,
            Description=f"Parameters of {self.name}", Parameters={key: value},
        )  # fmt: skip
        self.made.set(DBParameterGroupName=group.ref)

    def logged(self) -> None:
        """Ask for logs in CloudWatch."""
        values = [self.stack.draw.choice("log", ENGINES[self.engine][4])]
        self.stack.ask(ask.database_logs(of=self.name, values=values))
        self.made.set(EnableCloudwatchLogsExports=values)

    def keyed(self) -> None:
        """Ask for a key."""
        alias = "alias/" + self.stack.draw.name("alias", ("database", "data", "records"))
        key = add_key(self.stack, alias)
        self.stack.ask(ask.database_key(of=self.name, alias=alias))
        self.made.set(KmsKeyId=key["Arn"])

    def extras(self) -> tuple[Extra, ...]:
        """Return the optional parts."""
        more = Settings(self.stack, self.made, self.name)
        return (
            more.value(ask.database_backups, "BackupRetentionPeriod", range(3, 36)),
            more.switch(ask.database_two_zones, "MultiAZ"),
            more.value(ask.database_class, "DBInstanceClass",
                       ("db.t4g.medium", "db.m6g.xlarge", "db.r6g.large", "db.m7g.large")),
            more.switch(ask.database_protected, "DeletionProtection"),
            Extra("subnets", 2, self.subnets), more.tag(ask.database_tag),
            more.value(ask.database_storage, "AllocatedStorage",
                       tuple(str(size) for size in range(20, 400, 20) if size != 50)),
            Extra("guard", 3, self.guarded), Extra("secret", 3, self.secret),
            Extra("parameters", 1, self.parameters),
            Extra("logs", 1, self.logged), Extra("key", 2, self.keyed),
            more.switch(ask.database_identity, "EnableIAMDatabaseAuthentication"),
            more.value(ask.database_window, "PreferredMaintenanceWindow",
                       ("sun:03:00-sun:04:00", "sat:22:30-sat:23:30", "mon:01:00-mon:02:00")),
            more.switch(ask.database_insights, "EnablePerformanceInsights"),
            more.value(ask.database_most_storage, "MaxAllocatedStorage", range(500, 2000, 100)),
            more.output(
                ask.database_output, self.made["Endpoint.Address"], ("Endpoint", "Address", "Host")
            ),
        )  # fmt: skip


@family("cloudformation", levels=(2, 3, 4, 5))
def rds_database(draw: Draw) -> Draft:
    """An RDS instance: password, storage, backups, network and parameters."""
    stack = Stack(draw, "A relational database")
    one = Database(stack)
    decorate(stack, one.extras())
    for wish in (ask.database_private, ask.database_snapshot):
        if draw.phrase(wish.name, (True, False, False)):
            stack.ask(wish(of=one.name))
    return stack.draft(
        f"Set up the database `{one.name}` on RDS with CloudFormation",
        f"Write a CloudFormation template for the RDS database `{one.name}`",
        f"We need the database `{one.name}`, run by RDS, as a CloudFormation stack",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def aurora_cluster(draw: Draw) -> Draft:
    """An Aurora cluster, serverless or with instances."""
    stack = Stack(draw, "An Aurora cluster")
    name = draw.name("cluster", ("cluster", "aurora", "orders", "ledger", "main"))
    engine = draw.choice("engine", ("aurora-postgresql", "aurora-mysql"))
    made = stack.add(
        "RDS::DBCluster", "Cluster", DBClusterIdentifier=name, Engine=engine,
        StorageEncrypted=True, ManageMasterUserPassword=True, MasterUsername="dbadmin",
    )  # fmt: skip
    made.keep("Snapshot")
    stack.ask(
        ask.aurora(name=name), ask.aurora_engine(of=name, value=engine),
        ask.aurora_encrypted(of=name), ask.aurora_managed(of=name),
    )  # fmt: skip
    count = draw.choice("count", (2, 3))
    kind = draw.choice("class", ("db.r6g.large", "db.r7g.large", "db.serverless"))
    stack.ask(ask.aurora_instances(of=name, count=count, kind=kind))
    for place in range(count):
        instance = stack.add(
            "RDS::DBInstance", f"Instance{place + 1}", DBClusterIdentifier=made.ref,
            DBInstanceClass=kind, Engine=engine, PubliclyAccessible=False,
        )  # fmt: skip
        instance.keep("Delete")
    if kind == "db.serverless":
        low, high = draw.choice("low", (0.5, 1, 2)), draw.choice("high", (8, 16, 32, 64))
        stack.ask(ask.aurora_serverless(of=name, low=low, high=high))
        made.set(ServerlessV2ScalingConfiguration={"MinCapacity": low, "MaxCapacity": high})
    more = Settings(stack, made, name)

    def guarded() -> None:
        guard = Guard(stack, f"{name}-sg", stack.parameter("VpcId", "AWS::EC2::VPC::Id"))
        stack.ask(ask.aurora_group(of=name, to=guard.name))
        guard.admit(5432, f"10.{draw.integer('octet', 1, 200)}.0.0/16")
        made.set(VpcSecurityGroupIds=[guard.made["GroupId"]])

    decorate(
        stack,
        (
            more.value(ask.aurora_backups, "BackupRetentionPeriod", range(3, 36)),
            more.switch(ask.aurora_protected, "DeletionProtection"),
            more.value(ask.aurora_database, "DatabaseName", ("app", "orders", "billing", "shop")),
            more.switch(ask.aurora_data_api, "EnableHttpEndpoint"),
            more.output(ask.aurora_output, made["Endpoint.Address"], ("Writer", "Endpoint")),
            Extra("guard", 3, guarded),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the Aurora cluster `{name}` with CloudFormation",
        f"Write a CloudFormation template for the Aurora database cluster `{name}`",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def redis_cache(draw: Draw) -> Draft:
    """An ElastiCache replication group with encryption and failover."""
    stack = Stack(draw, "A cache")
    name = draw.name("cache", ("cache", "sessions", "queue", "limits"))
    engine = draw.choice("engine", ("redis", "valkey"))
    node = draw.choice("node", ("cache.t4g.small", "cache.m6g.large", "cache.r6g.large"))
    made = stack.add(
        "ElastiCache::ReplicationGroup", "Cache", ReplicationGroupId=name, Engine=engine,
        ReplicationGroupDescription=f"Cache {name}", CacheNodeType=node,
        AtRestEncryptionEnabled=True, TransitEncryptionEnabled=True,
        AutomaticFailoverEnabled=True, NumCacheClusters=2,
    )  # fmt: skip
    stack.ask(
        caches.cache(name=name), caches.cache_engine(of=name, value=engine),
        caches.cache_type(of=name, value=node), caches.cache_at_rest(of=name),
    )  # fmt: skip
    if draw.phrase("transit", (True, False)):
        stack.ask(caches.cache_in_transit(of=name))
    more = Settings(stack, made, name)

    def subnets() -> None:
        group = f"{name}-subnets"
        one = stack.add(
            "ElastiCache::SubnetGroup", "Subnets", CacheSubnetGroupName=group,
            Description=f"Subnets of {name}",
            SubnetIds=stack.parameter("SubnetIds", "List<AWS::EC2::Subnet::Id>"),
        )  # fmt: skip
        stack.ask(caches.cache_subnet_group(name=group), caches.cache_subnets(of=name, to=group))
        made.set(CacheSubnetGroupName=one.ref)

    def guarded() -> None:
        guard = Guard(stack, f"{name}-sg", stack.parameter("VpcId", "AWS::EC2::VPC::Id"))
        stack.ask(caches.cache_group(of=name, to=guard.name))
        guard.admit(6379, f"10.{draw.integer('octet', 1, 200)}.0.0/16")
        made.set(SecurityGroupIds=[guard.made["GroupId"]])

    decorate(
        stack,
        (
            more.value(caches.cache_nodes, "NumCacheClusters", (3, 4, 5)),
            more.value(caches.cache_snapshots, "SnapshotRetentionLimit", range(1, 35)),
            more.switch(caches.cache_zones, "MultiAZEnabled"), more.tag(caches.cache_tag),
            Extra("subnets", 2, subnets), Extra("guard", 3, guarded),
            more.output(
                caches.cache_output, made["PrimaryEndPoint.Address"], ("CacheHost", "Endpoint")
            ),
        ),
    )  # fmt: skip
    if draw.phrase("failover", (True, False)):
        stack.ask(caches.cache_failover(of=name))
    return stack.draft(
        f"Set up the cache `{name}` on ElastiCache with CloudFormation",
        f"Write a CloudFormation template for the {engine} cache `{name}`",
    )


@family("cloudformation", levels=(1, 2, 3, 4), held_out=True)
def efs_file_system(draw: Draw) -> Draft:
    """An EFS file system with a mount target, an access point and a policy."""
    stack = Stack(draw, "Shared files")
    name = draw.name("files", ("files", "share", "home", "media", "assets"))
    made = stack.add(
        "EFS::FileSystem", "FileSystem", Encrypted=True,
        FileSystemTags=[{"Key": "Name", "Value": name}],
    )  # fmt: skip
    stack.ask(file_systems.files(name=name), file_systems.files_encrypted(of=name))
    more = Settings(stack, made, name)

    def mounted() -> None:
        guard = Guard(stack, f"{name}-sg", stack.parameter("VpcId", "AWS::EC2::VPC::Id"))
        guard.admit(2049, f"10.{draw.integer('octet', 1, 200)}.0.0/16")
        stack.ask(file_systems.files_target(of=name, group=guard.name))
        stack.add(
            "EFS::MountTarget", "MountTarget", FileSystemId=made.ref,
            SubnetId=stack.parameter("SubnetId", "AWS::EC2::Subnet::Id"),
            SecurityGroups=[guard.made["GroupId"]],
        )  # fmt: skip

    def entered() -> None:
        path = draw.choice("path", ("/app", "/data", "/exports", "/uploads"))
        uid = draw.integer("uid", 1000, 1009)
        stack.ask(file_systems.files_access_point(of=name, path=path, uid=uid, gid=uid))
        stack.add(
            "EFS::AccessPoint", "AccessPoint", FileSystemId=made.ref,
            PosixUser={"Uid": str(uid), "Gid": str(uid)},
            RootDirectory={
                "Path": path,
                "CreationInfo": {
                    "OwnerUid": str(uid), "OwnerGid": str(uid), "Permissions": "0750",
                },
            },
        )  # fmt: skip

    def tls() -> None:
        stack.ask(file_systems.files_tls(of=name))
        made.set(
            FileSystemPolicy=document(
                statement(
                    "*", principal={"AWS": "*"}, Effect="Deny",
                    Condition={"Bool": {"aws:SecureTransport": "false"}},
                )
            )
        )  # fmt: skip

    def keyed() -> None:
        alias = "alias/" + draw.name("alias", ("files", "storage", "share"))
        key = add_key(stack, alias)
        stack.ask(file_systems.files_key(of=name, alias=alias))
        made.set(KmsKeyId=key["Arn"])

    def cold() -> None:
        after = draw.choice("cold", ("AFTER_7_DAYS", "AFTER_30_DAYS", "AFTER_90_DAYS"))
        stack.ask(file_systems.files_cold(of=name, value=after))
        made.set(LifecyclePolicies=[{"TransitionToIA": after}])

    decorate(
        stack,
        (
            more.switch(file_systems.files_backups, "BackupPolicy.Status", "ENABLED"),
            more.value(file_systems.files_mode, "ThroughputMode", ("elastic",)),
            Extra("cold", 1, cold),
            Extra("access point", 1, entered), Extra("TLS", 1, tls), Extra("mount", 3, mounted),
            Extra("key", 2, keyed),
            more.output(file_systems.files_output, made.ref, ("FileSystemId", "FilesId")),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the EFS file system `{name}` with CloudFormation",
        f"Write a CloudFormation template for the shared file system `{name}`",
    )
