"""Requirements about RDS instances and Aurora clusters."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    listed,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    companions,
    is_true,
    refers,
    same,
    targets,
    the,
    unless,
    values_of,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.services import (
    AURORA,
    DATABASE,
    DB_PARAMETERS,
    DB_SUBNETS,
    SECRET,
    SECURITY_GROUP,
    SUBNET,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.folded import Joined, Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.languages.cloudformation.resolved import resolve
from iac_gym.verdict import Finding

# -- RDS instances ---------------------------------------------------------------------------------

database = existence(
    "database", DATABASE,
    "an RDS instance called `{name}`", "the RDS instance `{name}`",
)  # fmt: skip
database_engine = setting(
    "database-engine", DATABASE, "Engine",
    "the engine {value} for `{of}`", "`{of}` running {value}",
)  # fmt: skip
database_class = setting(
    "database-class", DATABASE, "DBInstanceClass",
    "the instance class {value} for `{of}`", "`{of}` on a {value} machine",
)  # fmt: skip
database_storage = setting(
    "database-storage", DATABASE, "AllocatedStorage",
    "{value} GB of storage for `{of}`", "`{of}` with {value} GB",
)  # fmt: skip
database_most_storage = setting(
    "database-most-storage", DATABASE, "MaxAllocatedStorage",
    "the storage of `{of}` growing by itself to at most {value} GB",
    "storage autoscaling for `{of}` up to {value} GB",
)  # fmt: skip
database_encrypted = fixed(
    "database-encrypted", DATABASE, "StorageEncrypted", True,
    "the storage of `{of}` encrypted", "`{of}` with encrypted storage",
)  # fmt: skip
database_two_zones = fixed(
    "database-two-zones", DATABASE, "MultiAZ", True,
    "`{of}` in several availability zones (Multi-AZ)", "a standby of `{of}` in another zone "
    "(Multi-AZ)",
)  # fmt: skip
database_backups = setting(
    "database-backups", DATABASE, "BackupRetentionPeriod",
    "backups of `{of}` kept for {value} days", "automated backups of `{of}` for {value} days",
)  # fmt: skip
database_protected = fixed(
    "database-protected", DATABASE, "DeletionProtection", True,
    "`{of}` protected against deletion", "deletion protection for the database `{of}`",
)  # fmt: skip
database_private = fixed(
    "database-private", DATABASE, "PubliclyAccessible", False,
    "`{of}` not reachable from the internet (not publicly accessible)",
    "no public access to the database `{of}` (PubliclyAccessible off)",
)  # fmt: skip
database_window = setting(
    "database-window", DATABASE, "PreferredMaintenanceWindow",
    "the maintenance window {value} for `{of}`", "maintenance of `{of}` within {value}",
    compare=lambda value, wanted: same(str(value).lower(), wanted),
)  # fmt: skip
database_insights = fixed(
    "database-insights", DATABASE, "EnablePerformanceInsights", True,
    "Performance Insights switched on for `{of}`", "`{of}` with Performance Insights",
)  # fmt: skip
database_logs = listed(
    "database-logs", DATABASE, "EnableCloudwatchLogsExports",
    "the logs {values} of `{of}` exported to CloudWatch",
    "{values} logs of the database `{of}` in CloudWatch, and no others",
)  # fmt: skip
database_identity = fixed(
    "database-identity", DATABASE, "EnableIAMDatabaseAuthentication", True,
    "IAM authentication for `{of}`", "logins to `{of}` by IAM",
)  # fmt: skip
database_tag = tag(
    "database-tag", DATABASE,
    "the tag {key} = `{value}` on the database `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
database_subnets = link(
    "database-subnets", DATABASE, "DBSubnetGroupName", DB_SUBNETS,
    "`{of}` in the subnet group `{to}`", "the subnet group `{to}` for the database `{of}`",
    by=("name",),
)  # fmt: skip
database_group = link(
    "database-group", DATABASE, "VPCSecurityGroups", SECURITY_GROUP,
    "the database `{of}` behind the security group `{to}`",
    "`{to}` as a security group of the database `{of}`",
)  # fmt: skip
database_output = output(
    "database-output", DATABASE, ("Endpoint.Address",),
    "an output `{name}` with the endpoint address of `{of}`",
    "the address of the database `{of}` given out as the output `{name}`",
)  # fmt: skip


@requirement(
    "a last snapshot of `{of}` when the stack is deleted (DeletionPolicy)",
    "DeletionPolicy Snapshot for the database `{of}`",
)
def database_snapshot(template: Template, of: str) -> Findings:
    """`DeletionPolicy` is Snapshot."""
    return _snapshot(template, DATABASE, of)


def _snapshot(template: Template, kind: Kind, of: str) -> list[Finding]:
    thing = the(template, kind, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.policy("DeletionPolicy"), "Snapshot")
    return unless(right, template, thing, f"the DeletionPolicy of `{of}` is not Snapshot")


#: Dynamic references that show nothing to readers of the template or of the stack.
_SECRETS = ("resolve:secretsmanager:", "resolve:ssm-secure:")


def _dynamic(value: Any) -> bool:
    """Whether a value is a dynamic reference to a secret."""
    if isinstance(value, Unknown):
        return value.kind == "secret" and value.name.startswith(_SECRETS)
    front = str(value.parts[0]) if isinstance(value, Joined) else ""
    return front.startswith(tuple("{{" + one for one in _SECRETS))


def _hidden(template: Template, thing: Thing, path: str) -> bool:
    """Whether a password comes from where the template does not show it."""
    value = thing.value(path)
    if isinstance(value, Unknown) and value.kind == "parameter":
        found = resolve(template).parameters.get(value.name)
        return found is not None and found.no_echo
    return _dynamic(value)


def _password(template: Template, kind: Kind, of: str) -> list[Finding]:
    thing = the(template, kind, of)
    if isinstance(thing, Finding):
        return [thing]
    managed = is_true(thing.value("ManageMasterUserPassword"))
    password = thing.value("MasterUserPassword")
    right = (managed and password is None) or _hidden(template, thing, "MasterUserPassword")
    return unless(right, template, thing, f"the master password of `{of}` can be read")


@requirement(
    "the master password of `{of}` nowhere in plain text (managed, from a secret, or NoEcho)",
    "no readable master password of `{of}`: RDS manages it, or it is a secret or a NoEcho "
    "parameter",
)
def database_password(template: Template, of: str) -> Findings:
    """RDS keeps the password, or it is a dynamic reference or a `NoEcho` parameter."""
    return _password(template, DATABASE, of)


def _from_secret(template: Template, kind: Kind, of: str, secret: str) -> list[Finding]:
    found, problems = all_of(template, (kind, of), (SECRET, secret))
    if problems:
        return problems
    given = found[0].value("MasterUserPassword")
    return unless(
        _reads(given, found[1], secret), template, found[0],
        f"the password of `{of}` is not read from `{secret}`",
    )  # fmt: skip


def _reads(value: Any, secret: Thing, name: str) -> bool:
    """Whether a value is a dynamic reference to the secret."""
    front = "resolve:secretsmanager:"
    if isinstance(value, Unknown) and value.kind == "secret":
        return f"{value.name}:".startswith(f"{front}{name}:")
    parts = value.parts if isinstance(value, Joined) else ()
    return (
        len(parts) == 3
        and parts[0] == "{{" + front
        and refers(parts[1], secret, SECRET)
        and str(parts[2]).startswith((":SecretString", "::", "}}"))
    )


@requirement(
    "the master password of `{of}` read from the secret `{secret}` by a dynamic reference",
    "a dynamic reference to the secret `{secret}` as the master password of `{of}`",
)
def database_secret(template: Template, of: str, secret: str) -> Findings:
    """`MasterUserPassword` is `{{resolve:secretsmanager:...}}` with that secret."""
    return _from_secret(template, DATABASE, of, secret)


@requirement(
    "the secret `{secret}` attached to the database `{of}`",
    "the connection data of `{of}` added to the secret `{secret}` (SecretTargetAttachment)",
)
def secret_attached(template: Template, secret: str, of: str) -> Findings:
    """A SecretTargetAttachment of the secret with the database."""
    found, problems = all_of(template, (SECRET, secret), (DATABASE, of))
    if problems:
        return problems
    right = any(
        refers(one.value("TargetId"), found[1], DATABASE, ("name",))
        and same(one.value("TargetType"), "AWS::RDS::DBInstance")
        for one in companions(
            template, "AWS::SecretsManager::SecretTargetAttachment", "SecretId", found[0], SECRET
        )
    )
    return unless(right, template, found[1], f"`{secret}` is not attached to `{of}`")


@requirement(
    "the storage of `{of}` encrypted with the key {alias}",
    "the key {alias} for the storage of the database `{of}`",
)
def database_key(template: Template, of: str, alias: str) -> Findings:
    """`KmsKeyId` of the instance, whose storage is encrypted."""
    thing = the(template, DATABASE, of)
    if isinstance(thing, Finding):
        return [thing]
    if not is_true(thing.value("StorageEncrypted")):
        return unless(False, template, thing, f"the storage of `{of}` is not encrypted")
    return encrypted_by(template, DATABASE, of, alias, ("KmsKeyId",))


db_subnets = existence(
    "db-subnets", DB_SUBNETS,
    "a DB subnet group called `{name}`", "the DB subnet group `{name}`",
)  # fmt: skip


@requirement(
    "the subnets `{first}` and `{second}` in the subnet group `{of}`",
    "`{of}` made of the subnets `{first}` and `{second}`",
)
def db_subnets_members(template: Template, of: str, first: str, second: str) -> Findings:
    """The group names both subnets."""
    found, problems = all_of(template, (DB_SUBNETS, of), (SUBNET, first), (SUBNET, second))
    if problems:
        return problems
    values = values_of(found[0], "SubnetIds")
    right = all(any(refers(value, one, SUBNET) for value in values) for one in found[1:])
    return unless(right, template, found[0], f"`{of}` does not have both subnets")


@requirement(
    "the parameter {key} = {value} for `{of}` by a DB parameter group",
    "a DB parameter group for `{of}` that sets {key} to {value}",
)
def database_parameter(template: Template, of: str, key: str, value: Any) -> Findings:
    """The parameter group that the instance uses sets the parameter."""
    thing = the(template, DATABASE, of)
    if isinstance(thing, Finding):
        return [thing]
    groups = targets(template, DB_PARAMETERS, [thing.value("DBParameterGroupName")], ("name",))
    right = any(same(one.get("Parameters." + key), value) for one in groups)
    return unless(right, template, thing, f"no parameter group of `{of}` sets {key} to {value}")


# -- Aurora ----------------------------------------------------------------------------------------

aurora = existence(
    "aurora", AURORA, "an Aurora cluster called `{name}`", "the Aurora cluster `{name}`"
)
aurora_engine = setting(
    "aurora-engine", AURORA, "Engine",
    "the engine {value} for the cluster `{of}`", "`{of}` running {value}",
)  # fmt: skip
aurora_encrypted = fixed(
    "aurora-encrypted", AURORA, "StorageEncrypted", True,
    "the storage of the cluster `{of}` encrypted", "the cluster `{of}` with encrypted storage",
)  # fmt: skip
aurora_backups = setting(
    "aurora-backups", AURORA, "BackupRetentionPeriod",
    "backups of the cluster `{of}` kept for {value} days",
    "automated backups of the cluster `{of}` for {value} days",
)  # fmt: skip
aurora_protected = fixed(
    "aurora-protected", AURORA, "DeletionProtection", True,
    "the cluster `{of}` protected against deletion", "deletion protection for the cluster `{of}`",
)  # fmt: skip
aurora_database = setting(
    "aurora-database", AURORA, "DatabaseName",
    "a first database {value} in the cluster `{of}`", "the cluster `{of}` made with the "
    "database {value}",
)  # fmt: skip
aurora_output = output(
    "aurora-output", AURORA, ("Endpoint.Address",),
    "an output `{name}` with the writer endpoint of `{of}`",
    "the writer endpoint of the cluster `{of}` given out as the output `{name}`",
)  # fmt: skip
aurora_group = link(
    "aurora-group", AURORA, "VpcSecurityGroupIds", SECURITY_GROUP,
    "the cluster `{of}` behind the security group `{to}`",
    "`{to}` as a security group of the cluster `{of}`",
)  # fmt: skip
aurora_data_api = fixed(
    "aurora-data-api", AURORA, "EnableHttpEndpoint", True,
    "the Data API switched on for `{of}`", "the cluster `{of}` with the Data API",
)  # fmt: skip


@requirement(
    "the master password of the cluster `{of}` managed by RDS",
    "RDS managing the master password of the cluster `{of}`",
)
def aurora_managed(template: Template, of: str) -> Findings:
    """`ManageMasterUserPassword` is on, and no password is given."""
    thing = the(template, AURORA, of)
    if isinstance(thing, Finding):
        return [thing]
    right = is_true(thing.value("ManageMasterUserPassword")) and not thing.has("MasterUserPassword")
    return unless(right, template, thing, f"RDS does not manage the password of `{of}`")


@requirement(
    "`{of}` serverless, between {low} and {high} capacity units",
    "Serverless v2 scaling of `{of}` from {low} to {high} ACUs",
)
def aurora_serverless(template: Template, of: str, low: Any, high: Any) -> Findings:
    """`ServerlessV2ScalingConfiguration`."""
    thing = the(template, AURORA, of)
    if isinstance(thing, Finding):
        return [thing]
    path = "ServerlessV2ScalingConfiguration"
    right = same(thing.get(f"{path}.MinCapacity"), low) and same(
        thing.get(f"{path}.MaxCapacity"), high
    )
    return unless(right, template, thing, f"`{of}` does not scale from {low} to {high}")


@requirement(
    "{count} instances of the class {kind} in the cluster `{of}`",
    "the cluster `{of}` with {count} instances, all of the class {kind}",
)
def aurora_instances(template: Template, of: str, count: int, kind: str) -> Findings:
    """So many instances name the cluster, and all have the class and the cluster's engine."""
    thing = the(template, AURORA, of)
    if isinstance(thing, Finding):
        return [thing]
    found = companions(template, DATABASE.type, "DBClusterIdentifier", thing, AURORA, ("name",))
    right = len(found) == count and all(same(one.value("DBInstanceClass"), kind) for one in found)
    return unless(right, template, thing, f"`{of}` has {len(found)} instances, or others")
