"""Requirements that ask for security: other styles pass, near misses fail what they break."""

from __future__ import annotations

import pytest

from envs.terraform import CATEGORY
from envs.terraform.requirements import security
from iac_gym.languages.terraform import LANGUAGE
from iac_gym.task import build_task
from iac_gym.verdict import Stage
from tests.envs.terraform.changes import Answer, failing, untested, wanted

#: The policy in two statements of a data source, the ARN of the objects from the bucket's name.
BUCKET = Answer(
    {
        "main.tf": """
        locals {
          buckets = { main = "vault" }
        }
        resource "aws_s3_bucket" "this" {
          for_each = local.buckets
          bucket   = each.value
        }
        resource "aws_s3_bucket" "other" {
          bucket = "other"
        }
        data "aws_iam_policy_document" "tls" {
          dynamic "statement" {
            for_each = [
              aws_s3_bucket.this["main"].arn,
              "arn:aws:s3:::${aws_s3_bucket.this["main"].bucket}/*",
            ]
            content {
              effect    = "Deny"
              actions   = ["s3:*"]
              resources = [statement.value]
              principals {
                type        = "AWS"
                identifiers = ["*"]
              }
              condition {
                test     = "Bool"
                variable = "aws:SecureTransport"
                values   = [false]
              }
            }
          }
        }
        resource "aws_s3_bucket_policy" "tls" {
          bucket = "vault"
          policy = data.aws_iam_policy_document.tls.json
        }
        resource "aws_s3_bucket_ownership_controls" "this" {
          bucket = aws_s3_bucket.this["main"].bucket
          rule {
            object_ownership = "BucketOwnerEnforced"
          }
        }
        """,
    },
    {
        "bucket-tls-only": {"of": "vault"},
        "bucket-no-acls": {"of": "vault"},
    },
    (
        ('"Deny"', '"Allow"', "bucket-tls-only"),
        ('["s3:*"]', '["s3:GetObject"]', "bucket-tls-only"),
        ("[false]", "[true]", "bucket-tls-only"),
        ("bucket}/*", "bucket}/logs/*", "bucket-tls-only"),
        ('aws_s3_bucket.this["main"].arn', "aws_s3_bucket.other.arn", "bucket-tls-only"),
        ('["*"]\n              }', '["arn:aws:iam::123456789012:root"]\n}', "bucket-tls-only"),
        ('bucket = "vault"', 'bucket = "other"', "bucket-tls-only"),
        ("BucketOwnerEnforced", "BucketOwnerPreferred", "bucket-no-acls"),
        ('{ main = "vault" }', "{}", "bucket-tls-only, bucket-no-acls"),
    ),
)

#: Rules as resources of their own; the subnet, not the instance, says that there is no address.
MACHINE = Answer(
    {
        "main.tf": """
        variable "encrypted" {
          type    = bool
          default = true
        }
        resource "aws_subnet" "in" {
          vpc_id                  = "vpc-0123456789abcdef0"
          cidr_block              = "10.0.1.0/24"
          map_public_ip_on_launch = false
        }
        resource "aws_security_group" "app" {
          name = "app"
        }
        resource "aws_vpc_security_group_ingress_rule" "in" {
          for_each          = { https = 443, ssh = 22 }
          security_group_id = aws_security_group.app.id
          ip_protocol       = "tcp"
          from_port         = each.value
          to_port           = each.value
          cidr_ipv4         = each.key == "ssh" ? "10.0.0.0/8" : "0.0.0.0/0"
        }
        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          subnet_id     = aws_subnet.in.id
          tags          = { Name = "app" }
          metadata_options {
            http_tokens = "required"
          }
          root_block_device {
            encrypted = var.encrypted
          }
        }
        resource "aws_ebs_volume" "data" {
          availability_zone = "eu-west-1a"
          size              = 10
          encrypted         = "true"
        }
        resource "aws_volume_attachment" "data" {
          device_name = "/dev/sdf"
          instance_id = aws_instance.app.id
          volume_id   = aws_ebs_volume.data.id
        }
        """,
    },
    {
        "instance-metadata": {"of": "app"},
        "instance-disks": {"of": "app"},
        "instance-hidden": {"of": "app"},
        "group-no-admin": {"of": "app"},
    },
    (
        ('"required"', '"optional"', "instance-metadata"),
        ('http_tokens = "required"', 'http_endpoint = "enabled"', "instance-metadata"),
        ("default = true", "default = false", "instance-disks"),
        ("default = true", "sensitive = true", "instance-disks"),
        ('"true"', '"false"', "instance-disks"),
        ("on_launch = false", "on_launch = true", "instance-hidden"),
        (
            'resource "aws_ebs_volume"',
            'resource "aws_eip" "a" {\ninstance = aws_instance.app.id\n}\n'
            'resource "aws_ebs_volume"',
            "instance-hidden",
        ),
        ('? "10.0.0.0/8"', '? "0.0.0.0/0"', "group-no-admin"),
        ("https = 443", "https = 3389", "group-no-admin"),
        ('ip_protocol       = "tcp"', 'ip_protocol       = "-1"', "group-no-admin"),
        ('name = "app"', 'name = "web"', "group-no-admin"),
        (
            'ami           = "ami-0123456789abcdef0"', "count = 0",
            "instance-metadata, instance-disks, instance-hidden",
        ),
    ),
)  # fmt: skip

DATABASE = Answer(
    {
        "main.tf": """
        variable "password" {
          type      = string
          sensitive = true
        }
        module "guard" {
          source = "./guard"
        }
        resource "aws_db_parameter_group" "tls" {
          family = "mysql8.0"
          dynamic "parameter" {
            for_each = { require_secure_transport = 1, max_connections = 100 }
            content {
              name  = parameter.key
              value = parameter.value
            }
          }
        }
        resource "aws_db_instance" "ledger" {
          identifier             = "ledger"
          engine                 = "mysql"
          instance_class         = "db.t4g.small"
          username               = "dbadmin"
          password               = var.password
          parameter_group_name   = aws_db_parameter_group.tls.id
          vpc_security_group_ids = [module.guard.id]
        }
        """,
        "guard/main.tf": """
        resource "aws_security_group" "db" {
          name = "db"
          ingress {
            protocol    = "tcp"
            from_port   = 3306
            to_port     = 3306
            cidr_blocks = ["10.0.0.0/8"]
          }
        }
        output "id" {
          value = aws_security_group.db.id
        }
        """,
    },
    {
        "database-hidden": {"of": "ledger"},
        "database-password-hidden": {"of": "ledger"},
        "database-tls": {"of": "ledger"},
    },
    (
        ('["10.0.0.0/8"]', '["10.0.0.0/8", "0.0.0.0/0"]', "database-hidden"),
        ('username  ', 'publicly_accessible = true\nusername  ', "database-hidden"),
        ("[module.guard.id]", "[]", "database-hidden"),
        ("= var.password", '= "hunter22"', "database-password-hidden"),
        ("password               = var.password", "", "database-password-hidden"),
        ("sensitive = true", 'default = "hunter22"', "database-password-hidden"),
        ("secure_transport = 1", "secure_transport = 0", "database-tls"),
        ('engine                 = "mysql"', 'engine = "postgres"', "database-tls"),
        ("aws_db_parameter_group.tls.id", '"default.mysql8.0"', "database-tls"),
        (
            'identifier             = "ledger"', 'identifier = "other"',
            "database-hidden, database-password-hidden, database-tls",
        ),
    ),
)  # fmt: skip

GOOGLE = Answer(
    {
        "main.tf": """
        locals {
          rules = {
            ssh   = { port = "22", from = ["35.235.240.0/20"] }
            https = { port = "443", from = ["0.0.0.0/0"] }
          }
        }
        resource "google_compute_network" "net" {
          name = "net"
        }
        resource "google_compute_network" "other" {
          name = "other"
        }
        resource "google_compute_firewall" "in" {
          for_each      = local.rules
          name          = each.key
          network       = google_compute_network.net.self_link
          source_ranges = each.value.from
          allow {
            protocol = "tcp"
            ports    = [each.value.port]
          }
        }
        resource "google_compute_firewall" "off" {
          name          = "off"
          network       = "net"
          disabled      = true
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "all"
          }
        }
        resource "google_service_account" "vm" {
          account_id = "vm-account"
        }
        resource "google_compute_instance" "vm" {
          name         = "vm"
          machine_type = "e2-small"
          metadata     = merge({ a = "b" }, { block-project-ssh-keys = true })
          network_interface {
            network = google_compute_network.net.id
          }
          service_account {
            email  = google_service_account.vm.email
            scopes = ["cloud-platform"]
          }
        }
        """,
    },
    {
        "google-network-no-admin": {"of": "net"},
        "google-ssh-by-proxy": {"of": "net"},
        "google-only-open-port": {"of": "net", "port": 443},
        "google-vm-hidden": {"of": "vm"},
        "google-vm-no-project-keys": {"of": "vm"},
        "google-vm-own-identity": {"of": "vm"},
    },
    (
        ('"35.235.240.0/20"', '"35.235.240.0/20", "10.0.0.0/8"', "google-ssh-by-proxy"),
        ('port = "22"', 'port = "2222"', "google-ssh-by-proxy"),
        ('port = "443"', 'port = "8443"', "google-only-open-port"),
        (
            'port = "443"', 'port = "3000-4000"',
            "google-only-open-port, google-network-no-admin",
        ),
        (
            "disabled      = true", "disabled      = false",
            "google-only-open-port, google-network-no-admin, google-ssh-by-proxy",
        ),
        (
            "google_compute_network.net.self_link", "google_compute_network.other.self_link",
            "google-only-open-port, google-ssh-by-proxy",
        ),
        ("net.id\n", "net.id\naccess_config {}\n", "google-vm-hidden"),
        ("block-project-ssh-keys = true", "enable-oslogin = true", "google-vm-no-project-keys"),
        (
            "google_service_account.vm.email", '"12-compute@developer.gserviceaccount.com"',
            "google-vm-own-identity",
        ),
        (
            'name         = "vm"', 'name = "vm"\ncount = 0',
            "google-vm-hidden, google-vm-no-project-keys, google-vm-own-identity",
        ),
    ),
)  # fmt: skip

ANSWERS = (BUCKET, MACHINE, DATABASE, GOOGLE)
CHANGES = [(answer, *change) for answer in ANSWERS for change in answer.changes]


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_pass(answer: Answer) -> None:
    assert failing(answer.files, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), CHANGES)
def test_changes_fail_what_they_break(answer: Answer, old: str, new: str, labels: str) -> None:
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_type_is_tested() -> None:
    assert untested(ANSWERS, security) == set()


def test_account_default_encrypts_all_disks() -> None:
    text = MACHINE.changed("default = true", "default = false")
    text["more.tf"] = 'resource "aws_ebs_encryption_by_default" "this" {}\n'
    assert failing(text, MACHINE.asks) == set()


@pytest.mark.parametrize(
    "family", ["hardened-bucket", "locked-down-instance", "sealed-database", "least-open-network"]
)
def test_references_are_secure(family: str) -> None:
    split = "test" if CATEGORY.family(family).held_out else "train"
    for index in range(10):
        files = build_task(CATEGORY, family, split, index).reference
        config = LANGUAGE.parse(files)
        rules = [rule for rule in LANGUAGE.rules if rule.stage is Stage.SECURITY]
        weak = {rule.name for rule in rules if list(rule.check(config))}
        assert weak == set(), (family, index)
