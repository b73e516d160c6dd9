"""Requirements about databases, caches and streams: other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import aws_databases
from tests.envs.terraform.changes import Answer, failing, untested, wanted

TABLES = Answer(
    {
        "main.tf": """
        variable "attributes" {
          type    = map(string)
          default = { id = "S", made = "N", mail = "S" }
        }
        provider "aws" {
          default_tags {
            tags = { Team = "data" }
          }
        }
        resource "aws_dynamodb_table" "orders" {
          name                        = "orders"
          billing_mode                = "PAY_PER_REQUEST"
          hash_key                    = "id"
          range_key                   = "made"
          deletion_protection_enabled = true
          dynamic "attribute" {
            for_each = var.attributes
            content {
              name = attribute.key
              type = attribute.value
            }
          }
          global_secondary_index {
            name            = "by-mail"
            hash_key        = "mail"
            range_key       = "made"
            projection_type = "KEYS_ONLY"
          }
          ttl {
            attribute_name = "gone"
            enabled        = true
          }
          point_in_time_recovery {
            enabled = true
          }
          server_side_encryption {
            enabled = true
          }
        }
        resource "aws_dynamodb_table" "plain" {
          name           = "plain"
          hash_key       = "id"
          read_capacity  = 5
          write_capacity = "7"
          attribute {
            name = "id"
            type = "S"
          }
          tags = { Team = "app" }
        }
        """
    },
    {
        "table": {"name": "orders"},
        "table-partition-key": {"of": "orders", "key": "id", "type": "S"},
        "table-sort-key": {"of": "orders", "key": "made", "type": "N"},
        "table-on-demand": {"of": "orders"},
        "table-throughput": {"of": "plain", "read": 5, "write": 7},
        "table-recovery": {"of": "orders"},
        "table-encryption": {"of": "orders"},
        "table-protected": {"of": "orders"},
        "table-tag": {"of": "orders", "key": "Team", "value": "data"},
        "table-tag own": {"of": "plain", "key": "Team", "value": "app"},
        "table-time-to-live": {"of": "orders", "attribute": "gone"},
        "table-index": {"of": "orders", "index": "by-mail", "key": "mail"},
    },
    (
        ('name                        = "orders"', 'name = "order"',
         "table, table-partition-key, table-sort-key, table-on-demand, table-recovery,"
         "table-encryption, table-protected, table-tag, table-time-to-live, table-index"),
        ('hash_key                    = "id"', 'hash_key = "mail"', "table-partition-key"),
        ('{ id = "S"', '{ id = "N"', "table-partition-key"),
        ('made = "N"', 'made = "S"', "table-sort-key"),
        ('range_key                   = "made"', "", "table-sort-key"),
        ('billing_mode                = "PAY_PER_REQUEST"', "", "table-on-demand"),
        ("read_capacity  = 5", "read_capacity = 6", "table-throughput"),
        ("read_capacity  = 5", 'read_capacity = 5\n billing_mode = "PAY_PER_REQUEST"',
         "table-throughput"),
        ("point_in_time_recovery {\n            enabled = true",
         "point_in_time_recovery {\n            enabled = false", "table-recovery"),
        ("server_side_encryption {\n            enabled = true",
         "server_side_encryption {\n            enabled = false", "table-encryption"),
        ("deletion_protection_enabled = true", "", "table-protected"),
        ('{ Team = "data" }', '{ Team = "app" }', "table-tag"),
        ('{ Team = "app" }', "{}", "table-tag own"),
        ('attribute_name = "gone"', 'attribute_name = "ttl"', "table-time-to-live"),
        ('"gone"\n            enabled        = true', '"gone"\n            enabled = false',
         "table-time-to-live"),
        ('hash_key        = "mail"', 'hash_key = "id"', "table-index"),
        (', mail = "S"', "", "table-index"),
    ),
)  # fmt: skip

NETWORK = """
        data "aws_availability_zones" "here" {}
        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
        }
        resource "aws_subnet" "data" {
          count             = 2
          vpc_id            = aws_vpc.main.id
          cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
          availability_zone = data.aws_availability_zones.here.names[count.index]
          tags              = { Name = "data-${count.index}" }
        }
        resource "aws_subnet" "public" {
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.0.9.0/24"
          tags       = { Name = "public" }
        }
"""
DATABASES = Answer(
    {
        "main.tf": NETWORK
        + """
        resource "aws_db_subnet_group" "data" {
          name       = "data"
          subnet_ids = aws_subnet.data[*].id
        }
        resource "aws_security_group" "db" {
          name   = "db"
          vpc_id = aws_vpc.main.id
        }
        resource "random_password" "all" {
          for_each = { db = 24, other = 12 }
          length   = each.value
        }
        ephemeral "random_password" "passing" {
          length = 32
        }
        resource "aws_db_instance" "db" {
          identifier              = "db"
          engine                  = "postgres"
          engine_version          = "16.4"
          instance_class          = join(".", ["db", "t4g", "medium"])
          allocated_storage       = 50
          username                = "app"
          password                = random_password.all["db"].result
          db_name                 = "shop"
          storage_encrypted       = true
          multi_az                = true
          backup_retention_period = "7"
          deletion_protection     = true
          db_subnet_group_name    = "data"
          vpc_security_group_ids  = concat([aws_security_group.db.id], [])
          skip_final_snapshot     = true
        }
        resource "aws_db_instance" "managed" {
          identifier                  = "managed"
          engine                      = "mysql"
          instance_class              = "db.t4g.medium"
          username                    = "app"
          manage_master_user_password = true
        }
        resource "aws_db_instance" "passing" {
          identifier          = "passing"
          engine              = "mysql"
          instance_class      = "db.t4g.medium"
          username            = "app"
          password_wo         = ephemeral.random_password.passing.result
          password_wo_version = 1
        }
        resource "aws_rds_cluster" "aurora" {
          cluster_identifier          = "aurora"
          engine                      = "aurora-mysql"
          master_username             = "app"
          manage_master_user_password = true
          storage_encrypted           = true
          backup_retention_period     = 9
          db_subnet_group_name        = aws_db_subnet_group.data.id
        }
        resource "aws_rds_cluster_instance" "aurora" {
          for_each           = toset(["writer", "reader"])
          identifier         = each.key
          cluster_identifier = "aurora"
          engine             = aws_rds_cluster.aurora.engine
          instance_class     = "db.r6g.large"
        }
        """
    },
    {
        "database": {"name": "db"},
        "database-engine": {"of": "db", "engine": "postgres", "version": "16"},
        "database-class": {"of": "db", "value": "db.t4g.medium"},
        "database-storage": {"of": "db", "value": 50},
        "database-encrypted": {"of": "db"},
        "database-two-zones": {"of": "db"},
        "database-backups": {"of": "db", "value": 7},
        "database-protected": {"of": "db"},
        "database-managed-password": {"of": "managed"},
        "database-user": {"of": "db", "value": "app"},
        "database-name": {"of": "db", "value": "shop"},
        "database-group": {"of": "db", "to": "db"},
        "database-subnets": {"of": "db", "subnets": ["data-0", "data-1"]},
        "database-random-password": {"of": "db", "length": 24},
        "database-random-password passing": {"of": "passing", "length": 32},
        "aurora": {"name": "aurora"},
        "aurora-engine": {"of": "aurora", "value": "aurora-mysql"},
        "aurora-encrypted": {"of": "aurora"},
        "aurora-backups": {"of": "aurora", "value": 9},
        "aurora-managed-password": {"of": "aurora"},
        "cluster-instances": {"of": "aurora", "count": 2, "kind": "db.r6g.large"},
        "cluster-subnets": {"of": "aurora", "subnets": ["data-0", "data-1"]},
    },
    (
        ('identifier              = "db"', 'identifier = "dbx"',
         "database, database-engine, database-class, database-storage, database-encrypted,"
         "database-two-zones, database-backups, database-protected, database-user,"
         "database-name, database-group, database-subnets, database-random-password"),
        ('"16.4"', '"160"', "database-engine"),
        ('engine                  = "postgres"', 'engine = "mysql"', "database-engine"),
        ('["db", "t4g", "medium"]', '["db", "t4g", "large"]', "database-class"),
        ("allocated_storage       = 50", "allocated_storage = 51", "database-storage"),
        ("storage_encrypted       = true", "", "database-encrypted"),
        ("multi_az                = true", "multi_az = false", "database-two-zones"),
        ('backup_retention_period = "7"', "", "database-backups"),
        ("deletion_protection     = true", "", "database-protected"),
        ("manage_master_user_password = true", "", "database-managed-password"),
        ('username                = "app"', 'username = "apps"', "database-user"),
        ('db_name                 = "shop"', "", "database-name"),
        ("concat([aws_security_group.db.id], [])", "[]", "database-group"),
        ('db_subnet_group_name    = "data"', 'db_subnet_group_name = "other"', "database-subnets"),
        ("aws_subnet.data[*].id", "[aws_subnet.data[0].id]", "database-subnets, cluster-subnets"),
        ("aws_subnet.data[*].id", "concat(aws_subnet.data[*].id, [aws_subnet.public.id])",
         "database-subnets, cluster-subnets"),
        ('random_password.all["db"]', 'random_password.all["other"]', "database-random-password"),
        ('random_password.all["db"].result', '"hunter2hunter2hunter2hun"',
         "database-random-password"),
        ("length = 32", "length = 31", "database-random-password passing"),
        ('cluster_identifier          = "aurora"', 'cluster_identifier = "auroras"',
         "aurora, aurora-engine, aurora-encrypted, aurora-backups, aurora-managed-password,"
         "cluster-instances, cluster-subnets"),
        ('engine                      = "aurora-mysql"', 'engine = "aurora-postgresql"',
         "aurora-engine"),
        ("storage_encrypted           = true", "", "aurora-encrypted"),
        ("backup_retention_period     = 9", "", "aurora-backups"),
        ("manage_master_user_password = true\n          storage",
         "manage_master_user_password = false\n          storage", "aurora-managed-password"),
        ('toset(["writer", "reader"])', 'toset(["writer"])', "cluster-instances"),
        ('"db.r6g.large"', '"db.r6g.xlarge"', "cluster-instances"),
        ('cluster_identifier = "aurora"', 'cluster_identifier = "other"', "cluster-instances"),
        ("aws_db_subnet_group.data.id", "aws_db_subnet_group.data.arn", "cluster-subnets"),
    ),
)  # fmt: skip

CACHES = Answer(
    {
        "main.tf": NETWORK
        + """
        resource "aws_elasticache_subnet_group" "kv" {
          name       = "kv"
          subnet_ids = [for one in aws_subnet.data : one.id]
        }
        resource "aws_elasticache_replication_group" "kv" {
          replication_group_id       = "kv"
          description                = "Cache"
          node_type                  = "cache.t4g.small"
          num_node_groups            = 2
          replicas_per_node_group    = 1
          automatic_failover_enabled = true
          transit_encryption_enabled = true
          at_rest_encryption_enabled = "true"
          snapshot_retention_limit   = 5
          subnet_group_name          = aws_elasticache_subnet_group.kv.name
        }
        data "aws_caller_identity" "me" {}
        data "aws_region" "here" {}
        resource "aws_kinesis_stream" "clicks" {
          name             = "clicks"
          shard_count      = 3
          retention_period = 48
          encryption_type  = "KMS"
          kms_key_id       = "alias/aws/kinesis"
        }
        resource "aws_s3_bucket" "store" {
          bucket = "store"
        }
        resource "aws_iam_role" "delivery" {
          assume_role_policy = "{}"
        }
        resource "aws_kinesis_firehose_delivery_stream" "store" {
          name        = "delivery"
          destination = "extended_s3"
          kinesis_source_configuration {
            kinesis_stream_arn = aws_kinesis_stream.clicks.id
            role_arn           = aws_iam_role.delivery.arn
          }
          extended_s3_configuration {
            bucket_arn = "arn:aws:s3:::${aws_s3_bucket.store.bucket}"
            role_arn   = aws_iam_role.delivery.arn
          }
        }
        """
    },
    {
        "cache": {"name": "kv"},
        "cache-engine": {"of": "kv", "value": "redis"},
        "cache-node": {"of": "kv", "value": "cache.t4g.small"},
        "cache-nodes": {"of": "kv", "value": 4},
        "cache-failover": {"of": "kv"},
        "cache-transit": {"of": "kv"},
        "cache-at-rest": {"of": "kv"},
        "cache-snapshots": {"of": "kv", "value": 5},
        "cache-subnets": {"of": "kv", "subnets": ["data-1", "data-0"]},
        "stream": {"name": "clicks"},
        "stream-shards": {"of": "clicks", "value": 3},
        "stream-retention": {"of": "clicks", "value": 48},
        "stream-encryption": {"of": "clicks"},
        "stream-to-bucket": {"of": "clicks", "bucket": "store"},
    },
    (
        ('replication_group_id       = "kv"', 'replication_group_id = "kv2"',
         "cache, cache-engine, cache-node, cache-nodes, cache-failover, cache-transit,"
         "cache-at-rest, cache-snapshots, cache-subnets"),
        ('description                = "Cache"', 'description = "Cache"\n engine = "valkey"',
         "cache-engine"),
        ('"cache.t4g.small"', '"cache.t4g.medium"', "cache-node"),
        ("replicas_per_node_group    = 1", "", "cache-nodes"),
        ("automatic_failover_enabled = true", "", "cache-failover"),
        ("transit_encryption_enabled = true", "", "cache-transit"),
        ('at_rest_encryption_enabled = "true"', "", "cache-at-rest"),
        ("snapshot_retention_limit   = 5", "", "cache-snapshots"),
        ("for one in aws_subnet.data : one.id", "aws_subnet.data[0].id, aws_subnet.public.id",
         "cache-subnets"),
        ('name             = "clicks"', 'name = "click"',
         "stream, stream-shards, stream-retention, stream-encryption, stream-to-bucket"),
        ("shard_count      = 3", "shard_count = 4", "stream-shards"),
        ("retention_period = 48", "", "stream-retention"),
        ('encryption_type  = "KMS"', 'encryption_type = "NONE"', "stream-encryption"),
        ("arn:aws:s3:::${aws_s3_bucket.store.bucket}", "arn:aws:s3:::stores", "stream-to-bucket"),
        ("aws_kinesis_stream.clicks.id", 'join(":", ["arn:aws:kinesis", '
         "data.aws_region.here.name, data.aws_caller_identity.me.account_id, "
         '"stream/click"])', "stream-to-bucket"),
    ),
)  # fmt: skip

ANSWERS = {"tables": TABLES, "databases": DATABASES, "caches": CACHES}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_another_style_passes(name: str) -> None:
    assert failing(ANSWERS[name].files, ANSWERS[name].asks) == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, answer in ANSWERS.items() for change in answer.changes],
)
def test_a_change_fails_exactly_what_it_breaks(name: str, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    answer = ANSWERS[name]
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_has_a_right_and_a_wrong_answer() -> None:
    assert untested(tuple(ANSWERS.values()), aws_databases) == set()
