"""Rules about security: buckets that stay private, data that is encrypted where it lies (AWS)."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.known import is_false
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.rules.security_faults import (
    Fault,
    Predicate,
    both,
    none_of,
    on,
    report,
)
from iac_gym.verdict import Stage

_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
_BLOCKS = (
    "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets",
)  # fmt: skip

private_acl = none_of("acl", _PUBLIC_ACLS, "is open to everybody by its ACL")
all_blocked = both(*(on(name, f"does not set `{name}`") for name in _BLOCKS))


@rule(Stage.SECURITY)
def no_public_bucket_acl(model: Configuration) -> Findings:
    """No bucket has an ACL for everybody.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl

    Bad::

        resource "aws_s3_bucket_acl" "media" {
          bucket = "shop-media"
          acl    = "public-read"
        }

    Good::

        resource "aws_s3_bucket_acl" "media" {
          bucket = "shop-media"
          acl    = "private"
        }
    """
    yield from report(model, private_acl, "aws_s3_bucket_acl", "aws_s3_bucket")


@rule(Stage.SECURITY)
def public_access_blocked(model: Configuration) -> Findings:
    """A public access block of a bucket or account has all four switches on.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8

    Bad::

        resource "aws_s3_bucket_public_access_block" "media" {
          bucket              = "shop-media"
          block_public_acls   = true
          block_public_policy = false
        }

    Good::

        resource "aws_s3_bucket_public_access_block" "media" {
          bucket                  = "shop-media"
          block_public_acls       = true
          block_public_policy     = true
          ignore_public_acls      = true
          restrict_public_buckets = true
        }
    """
    yield from report(
        model, all_blocked, "aws_s3_bucket_public_access_block",
        "aws_s3_account_public_access_block",
    )  # fmt: skip


encrypted_volume = on("encrypted", "is not encrypted")
encrypted_root = on("root_block_device.encrypted", "has a root volume that is not encrypted")


def encrypts_by_default(model: Configuration) -> bool:
    """Whether the account encrypts every new volume."""
    return any(
        not is_false(one.get("enabled"))
        for one in model.resolved().instances("aws_ebs_encryption_by_default")
    )


@rule(Stage.SECURITY)
def encrypted_volumes(model: Configuration) -> Findings:
    """EBS volumes are encrypted, by themselves or by the default of the account.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-3

    Bad::

        resource "aws_ebs_volume" "data" {
          availability_zone = "eu-west-1a"
          size              = 100
        }

    Good::

        resource "aws_ebs_volume" "data" {
          availability_zone = "eu-west-1a"
          size              = 100
          encrypted         = true
        }
    """
    if not encrypts_by_default(model):
        yield from report(model, encrypted_volume, "aws_ebs_volume")


def plain_disks(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Yield the disks of a machine that are described, and not encrypted."""
    disks = [*thing.blocks("root_block_device"), *thing.blocks("ebs_block_device")]
    for mapping in thing.blocks("block_device_mappings"):
        disks += mapping.blocks("ebs")
    for disk in disks:
        given, source = disk.get("encrypted"), disk.get("snapshot_id")
        if (given is None and source is None) or is_false(given):
            yield disk.where("encrypted"), "has a disk that is not encrypted"


@rule(Stage.SECURITY)
def encrypted_machine_disks(model: Configuration) -> Findings:
    """Disks that a machine or launch template describes are encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-3

    Bad::

        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          root_block_device {
            volume_size = 30
          }
        }

    Good::

        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          root_block_device {
            volume_size = 30
            encrypted   = true
          }
        }
    """
    if not encrypts_by_default(model):
        yield from report(
            model, plain_disks, "aws_instance", "aws_launch_template", "aws_launch_configuration"
        )


#: What a database takes its encryption over from.
_INHERITED = ("replicate_source_db", "replication_source_identifier", "snapshot_identifier")


def _unless_inherited(predicate: Predicate) -> Predicate:
    def faults(thing: Instance, strict: bool) -> Iterator[Fault]:
        if strict or all(thing.get(name) is None for name in _INHERITED):
            yield from predicate(thing, strict)

    return faults


encrypted_storage = _unless_inherited(on("storage_encrypted", "has storage without encryption"))


@rule(Stage.SECURITY)
def encrypted_databases(model: Configuration) -> Findings:
    """The storage of databases (RDS, Aurora, DocumentDB, Neptune) is encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3

    Bad::

        resource "aws_rds_cluster" "shop" {
          cluster_identifier = "shop"
          engine             = "aurora-postgresql"
        }

    Good::

        resource "aws_rds_cluster" "shop" {
          cluster_identifier = "shop"
          engine             = "aurora-postgresql"
          storage_encrypted  = true
        }
    """
    yield from report(
        model, encrypted_storage, "aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster",
        "aws_neptune_cluster",
    )  # fmt: skip


@rule(Stage.SECURITY)
def encrypted_warehouses(model: Configuration) -> Findings:
    """Redshift clusters do not switch encryption off.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/redshift-controls.html#redshift-10

    Bad::

        resource "aws_redshift_cluster" "sales" {
          cluster_identifier = "sales"
          node_type          = "ra3.large"
          encrypted          = false
        }

    Good::

        resource "aws_redshift_cluster" "sales" {
          cluster_identifier = "sales"
          node_type          = "ra3.large"
          encrypted          = true
        }
    """
    encrypted = on("encrypted", "is not encrypted", absent=True)
    yield from report(model, encrypted, "aws_redshift_cluster")


@rule(Stage.SECURITY)
def encrypted_file_systems(model: Configuration) -> Findings:
    """EFS file systems are encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-1

    Bad::

        resource "aws_efs_file_system" "home" {
          creation_token = "home"
        }

    Good::

        resource "aws_efs_file_system" "home" {
          creation_token = "home"
          encrypted      = true
        }
    """
    yield from report(model, encrypted_volume, "aws_efs_file_system")


@rule(Stage.SECURITY)
def encrypted_caches(model: Configuration) -> Findings:
    """Redis and Valkey replication groups are encrypted at rest (Valkey is by default).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-4

    Bad::

        resource "aws_elasticache_replication_group" "sessions" {
          replication_group_id = "sessions"
          description          = "Sessions"
        }

    Good::

        resource "aws_elasticache_replication_group" "sessions" {
          replication_group_id       = "sessions"
          description                = "Sessions"
          at_rest_encryption_enabled = true
        }
    """
    at_rest = "at_rest_encryption_enabled"
    for one in model.resolved().instances("aws_elasticache_replication_group"):
        given = one.get(at_rest)
        if is_false(given) or (given is None and one.get("engine") in (None, "redis")):
            yield model.finding(
                one.where(at_rest), f"`{one.address[:80]}` is not encrypted at rest"
            )


@rule(Stage.SECURITY)
def encrypted_streams(model: Configuration) -> Findings:
    """Kinesis streams are encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kinesis-controls.html#kinesis-1

    Bad::

        resource "aws_kinesis_stream" "clicks" {
          name        = "clicks"
          shard_count = 1
        }

    Good::

        resource "aws_kinesis_stream" "clicks" {
          name            = "clicks"
          shard_count     = 1
          encryption_type = "KMS"
          kms_key_id      = "alias/aws/kinesis"
        }
    """
    plain = none_of("encryption_type", ("NONE",), "is not encrypted", absent=False)
    yield from report(model, plain, "aws_kinesis_stream")


@rule(Stage.SECURITY)
def encrypted_queues(model: Configuration) -> Findings:
    """Queues do not switch their encryption off, unless they have a key of their own.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-1

    Bad::

        resource "aws_sqs_queue" "jobs" {
          name                    = "jobs"
          sqs_managed_sse_enabled = false
        }

    Good::

        resource "aws_sqs_queue" "jobs" {
          name                    = "jobs"
          sqs_managed_sse_enabled = true
        }
    """
    for one in model.resolved().instances("aws_sqs_queue"):
        switch = "sqs_managed_sse_enabled"
        if is_false(one.get(switch)) and one.get("kms_master_key_id") is None:
            yield model.finding(one.where(switch), f"`{one.address[:80]}` is not encrypted")


def rotated_key(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Keys that cannot be rotated (asymmetric ones, imported material) are left out."""
    usage, spec = thing.get("key_usage"), thing.get("customer_master_key_spec")
    if usage in (None, "ENCRYPT_DECRYPT") and spec in (None, "SYMMETRIC_DEFAULT"):
        yield from on("enable_key_rotation", "is never rotated")(thing, strict)


@rule(Stage.SECURITY)
def rotated_keys(model: Configuration) -> Findings:
    """Symmetric KMS keys are rotated.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-4

    Bad::

        resource "aws_kms_key" "data" {
          description = "Data"
        }

    Good::

        resource "aws_kms_key" "data" {
          description         = "Data"
          enable_key_rotation = true
        }
    """
    yield from report(model, rotated_key, "aws_kms_key")


@rule(Stage.SECURITY)
def encrypted_search(model: Configuration) -> Findings:
    """Search domains are encrypted at rest.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html#opensearch-1

    Bad::

        resource "aws_opensearch_domain" "logs" {
          domain_name = "logs"
        }

    Good::

        resource "aws_opensearch_domain" "logs" {
          domain_name = "logs"
          encrypt_at_rest {
            enabled = true
          }
        }
    """
    at_rest = on("encrypt_at_rest.enabled", "is not encrypted at rest")
    yield from report(model, at_rest, "aws_opensearch_domain", "aws_elasticsearch_domain")
