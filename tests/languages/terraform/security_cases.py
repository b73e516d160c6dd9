"""Programs with one weakness each: the rule, the line it names, and the change that mends it."""

from __future__ import annotations

from textwrap import dedent
from typing import NamedTuple


class Case(NamedTuple):
    """A program in which `rule` finds something in `line`, and nothing once `old` is `new`."""

    rule: str
    line: int
    text: str
    old: str
    new: str

    @property
    def weak(self) -> str:
        """The program as it is."""
        return dedent(self.text).lstrip("\n")

    @property
    def mended(self) -> str:
        """The program after the change."""
        assert self.old in self.weak, f"{self.rule}: {self.old!r} is not there"
        return self.weak.replace(self.old, self.new)


NETWORK = (
    Case("closed-admin-ports", 5, """
        variable "admin" {
          default = ["10.0.0.0/8", "::/0"]
        }
        resource "aws_security_group" "web" {
          dynamic "ingress" {
            for_each = toset([20, 22])
            content {
              protocol         = "6"
              from_port        = ingress.value
              to_port          = 30
              ipv6_cidr_blocks = var.admin
            }
          }
        }
    """, '"::/0"', '"fd00::/8"'),
    Case("closed-data-ports", 3, """
        resource "aws_security_group" "db" {}

        resource "aws_vpc_security_group_ingress_rule" "db" {
          for_each          = { mysql = 3306, other = 9999 }
          security_group_id = aws_security_group.db.id
          ip_protocol       = "tcp"
          from_port         = each.value
          to_port           = each.value
          cidr_ipv4         = "0.0.0.0/0"
        }
    """, "3306", "3307"),
    Case("not-all-ports-open", 3, """
        resource "aws_security_group" "db" {}

        resource "aws_security_group_rule" "all" {
          type              = "ingress"
          security_group_id = aws_security_group.db.id
          protocol          = "all"
          from_port         = "0"
          to_port           = "0"
          cidr_blocks       = ["10.0.0.0/8", "0.0.0.0/0"]
        }
    """, ', "0.0.0.0/0"', ""),
    Case("empty-default-group", 2, """
        resource "aws_default_security_group" "this" {
          egress {
            protocol    = "-1"
            from_port   = 0
            to_port     = 0
            cidr_blocks = ["0.0.0.0/0"]
          }
        }
    """, "aws_default_security_group", "aws_security_group"),
    Case("closed-network-acl", 3, """
        resource "aws_network_acl" "this" {
          vpc_id = "vpc-0123456789abcdef0"
          ingress {
            rule_no    = 10
            protocol   = "tcp"
            action     = "allow"
            cidr_block = "0.0.0.0/0"
            from_port  = 0
            to_port    = 1023
          }
        }
    """, '"allow"', '"deny"'),
    Case("private-databases", 6, """
        locals {
          open = true
        }
        resource "aws_rds_cluster_instance" "a" {
          count               = 2
          publicly_accessible = local.open
        }
    """, "open = true", "open = false"),
    Case("closed-cluster-endpoint", 4, """
        resource "aws_eks_cluster" "main" {
          vpc_config {
            endpoint_private_access = true
            public_access_cidrs     = ["198.51.100.0/24", "0.0.0.0/0"]
          }
        }
    """, ', "0.0.0.0/0"', ""),
    Case("authenticated-function-urls", 6, """
        variable "auth" {
          type    = string
          default = "NONE"
        }
        resource "aws_lambda_function_url" "api" {
          authorization_type = var.auth
        }
    """, '"NONE"', '"AWS_IAM"'),
    Case("private-images", 3, """
        resource "aws_ami_launch_permission" "all" {
          image_id = "ami-0123456789abcdef0"
          group    = lower("ALL")
        }
    """, 'lower("ALL")', '"nobody"'),
    Case("blocked-public-images", 2, """
        resource "aws_ebs_snapshot_block_public_access" "this" {
          state = "unblocked"
        }
    """, "unblocked", "block-all-sharing"),
)  # fmt: skip

_EVERYBODY = """
        data "aws_iam_policy_document" "open" {
          statement {
            actions   = ["%s"]
            resources = ["*"]
            principals {
              type        = "AWS"
              identifiers = ["*"]
            }
          }
        }
        %s
"""
_FOR_ONE = ('type        = "AWS"', 'type        = "Federated"')

ACCESS = (
    Case("no-full-administrator", 11, """
        data "aws_iam_policy_document" "all" {
          statement {
            actions   = ["*"]
            resources = ["*"]
          }
        }
        resource "aws_iam_role_policy" "all" {
          for_each = toset(["a", "b"])
          name     = each.key
          role     = "app"
          policy   = data.aws_iam_policy_document.all.json
        }
    """, 'actions   = ["*"]', 'actions   = ["ec2:Describe*"]'),
    Case("no-service-wide-actions", 4, """
        resource "aws_iam_role" "app" {
          inline_policy {
            name   = "app"
            policy = <<-EOT
              {"Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "SQS:*"],
               "Resource": "*"}}
            EOT
          }
        }
    """, '"Allow"', '"Deny"'),
    Case("no-administrator-attached", 4, """
        resource "aws_iam_group_policy_attachment" "ci" {
          for_each   = toset(["ReadOnlyAccess", "AdministratorAccess"])
          group      = "ci"
          policy_arn = "arn:aws:iam::aws:policy/${each.value}"
        }
    """, ', "AdministratorAccess"', ""),
    Case("no-user-policies", 1, """
        resource "aws_iam_user_policy" "ann" {
          user   = "ann"
          policy = "{}"
        }
    """, "ann\" {\n", "ann\" {\n  count = 0\n"),
    Case("no-open-roles", 13, _EVERYBODY % ("sts:AssumeRole", """
        resource "aws_iam_role" "app" {
          assume_role_policy = data.aws_iam_policy_document.open.json
        }"""), *_FOR_ONE),
    Case("no-public-bucket-policy", 13, _EVERYBODY % ("s3:GetObject", """
        resource "aws_s3_bucket_policy" "media" {
          policy = data.aws_iam_policy_document.open.json
        }"""), *_FOR_ONE),
    Case("no-public-messages", 13, _EVERYBODY % ("sns:Publish", """
        resource "aws_sns_topic_policy" "news" {
          policy = data.aws_iam_policy_document.open.json
        }"""), *_FOR_ONE),
    Case("no-public-keys-or-secrets", 13, _EVERYBODY % ("secretsmanager:GetSecretValue", """
        resource "aws_secretsmanager_secret_policy" "db" {
          policy = data.aws_iam_policy_document.open.minified_json
        }"""), *_FOR_ONE),
    Case("no-public-functions", 3, """
        resource "aws_lambda_permission" "all" {
          action    = "lambda:InvokeFunction"
          principal = join("", ["*"])
        }
    """, "principal =", 'principal_org_id = "o-1a2b3c4d5e"\n  principal ='),
    Case("long-passwords", 1, """
        resource "aws_iam_account_password_policy" "this" {
        }
    """, "{\n", '{\n  minimum_password_length = "16"\n'),
)  # fmt: skip

STORAGE = (
    Case("no-public-bucket-acl", 2, """
        resource "aws_s3_bucket" "media" {
          acl = "public-read-write"
        }
    """, "public-read-write", "log-delivery-write"),
    Case("public-access-blocked", 1, """
        resource "aws_s3_account_public_access_block" "this" {
          block_public_acls   = "true"
          block_public_policy = true
          ignore_public_acls  = true
        }
    """, "{\n", "{\n  restrict_public_buckets = true\n"),
    Case("encrypted-volumes", 4, """
        resource "aws_ebs_volume" "data" {
          for_each  = { a = true, b = false }
          size      = 10
          encrypted = each.value
        }
    """, "b = false", "b = true"),
    Case("encrypted-machine-disks", 4, """
        resource "aws_launch_template" "web" {
          block_device_mappings {
            device_name = "/dev/xvda"
            ebs {
              volume_size = 20
            }
          }
        }
    """, "volume_size = 20", "encrypted = true"),
    Case("encrypted-databases", 2, """
        resource "aws_docdb_cluster" "docs" {
          storage_encrypted = null
        }
    """, "= null", "= true"),
    Case("encrypted-warehouses", 2, """
        resource "aws_redshift_cluster" "sales" {
          encrypted = "false"
        }
    """, '"false"', '"true"'),
    Case("encrypted-file-systems", 2, """
        resource "aws_efs_file_system" "home" {
          encrypted = 1 > 2
        }
    """, "1 > 2", "2 > 1"),
    Case("encrypted-caches", 3, """
        resource "aws_elasticache_replication_group" "s" {
          engine                     = "valkey"
          at_rest_encryption_enabled = false
        }
    """, "at_rest_encryption_enabled = false", "port = 6379"),
    Case("encrypted-streams", 2, """
        resource "aws_kinesis_stream" "clicks" {
          encryption_type = "NONE"
        }
    """, '"NONE"', '"KMS"'),
    Case("encrypted-queues", 3, """
        resource "aws_sqs_queue" "jobs" {
          name                    = "jobs"
          sqs_managed_sse_enabled = false
        }
    """, "sqs_managed", 'kms_master_key_id = "alias/jobs"\n  sqs_managed'),
    Case("rotated-keys", 2, """
        resource "aws_kms_key" "data" {
          enable_key_rotation = false
        }
    """, "enable_key_rotation = false", 'customer_master_key_spec = "RSA_2048"'),
    Case("encrypted-search", 3, """
        resource "aws_elasticsearch_domain" "logs" {
          encrypt_at_rest {
            enabled = false
          }
        }
    """, "false", "true"),
)  # fmt: skip

TRANSIT = (
    Case("listeners-redirect-http", 4, """
        resource "aws_lb_listener" "http" {
          protocol = upper("http")
          default_action {
            type = "forward"
          }
        }
    """, '"forward"', '"fixed-response"'),
    Case("modern-listener-policy", 1, """
        resource "aws_lb_listener" "tls" {
          protocol = "TLS"
        }
    """, '"TLS"', '"TCP"'),
    Case("distributions-use-https", 6, """
        resource "aws_cloudfront_distribution" "site" {
          default_cache_behavior {
            viewer_protocol_policy = "https-only"
          }
          ordered_cache_behavior {
            viewer_protocol_policy = "allow-all"
          }
        }
    """, "allow-all", "redirect-to-https"),
    Case("distributions-use-modern-tls", 3, """
        resource "aws_cloudfront_distribution" "site" {
          viewer_certificate {
            minimum_protocol_version = "TLSv1.1_2016"
          }
        }
    """, "TLSv1.1_2016", "TLSv1.2_2018"),
    Case("caches-encrypt-transit", 2, """
        resource "aws_elasticache_replication_group" "s" {
          transit_encryption_enabled = !true
        }
    """, "!true", "!false"),
    Case("search-uses-https", 3, """
        resource "aws_opensearch_domain" "logs" {
          domain_endpoint_options {
            enforce_https = false
          }
        }
    """, "false", "true"),
    Case("mounts-encrypt-transit", 4, """
        resource "aws_ecs_task_definition" "web" {
          volume {
            efs_volume_configuration {
              transit_encryption = "DISABLED"
            }
          }
        }
    """, "DISABLED", "ENABLED"),
)  # fmt: skip

PLATFORMS = (
    Case("metadata-needs-token", 1, """
        resource "aws_launch_template" "web" {
          image_id = "ami-0123456789abcdef0"
        }
    """, "image_id", 'metadata_options {\n    http_endpoint = "disabled"\n  }\n  image_id'),
    Case("images-are-scanned", 3, """
        resource "aws_ecr_repository" "shop" {
          image_scanning_configuration {
            scan_on_push = false
          }
        }
    """, "false", "true"),
    Case("tags-are-immutable", 1, """
        resource "aws_ecr_repository" "shop" {
          name = "shop"
        }
    """, 'name = "shop"', 'image_tag_mutability = "IMMUTABLE"'),
    Case("trails-are-validated", 2, """
        resource "aws_cloudtrail" "audit" {
          enable_log_file_validation = "false"
        }
    """, '"false"', '"true"'),
    Case("unprivileged-containers", 2, """
        resource "aws_ecs_task_definition" "agent" {
          container_definitions = jsonencode([
            { name = "side", privileged = false },
            { name = "main", image = "${aws_ecr_repository.a.repository_url}:1", privileged = true }
          ])
        }
        resource "aws_ecr_repository" "a" {}
    """, "privileged = true", "privileged = false"),
    Case("cluster-secrets-encrypted", 1, """
        resource "aws_eks_cluster" "main" {
          encryption_config {
            resources = []
          }
        }
    """, "[]", '["secrets"]'),
)  # fmt: skip

SECRETS = (
    Case("no-plain-secrets", 2, """
        resource "aws_secretsmanager_secret_version" "db" {
          secret_string = jsonencode({ user = "app", password = "hunter22" })
        }
        resource "random_password" "db" {
          length = 20
        }
    """, '"hunter22"', "random_password.db.result"),
    Case("no-secret-defaults", 3, """
        variable "github_token" {
          type    = string
          default = "ghp_16C7e42F292c6912E7"
        }
    """, "github_token", "github_token_name"),
    Case("no-provider-secrets", 3, """
        provider "azurerm" {
          features {}
          client_secret = var.secret
        }
        variable "secret" {
          default = "s3cr3t"
        }
    """, '"s3cr3t"', "null"),
    Case("no-secrets-in-scripts", 2, """
        resource "google_compute_instance" "vm" {
          metadata_startup_script = <<-EOT
            #!/bin/bash
            echo ${google_compute_network.n.id}
            export API_TOKEN="abcd1234"
          EOT
        }
        resource "google_compute_network" "n" {
          name = "n"
        }
    """, '"abcd1234"', '"$(cat /run/token)"'),
    Case("no-secrets-in-environment", 2, """
        resource "aws_ecs_task_definition" "web" {
          container_definitions = jsonencode([{
            name        = "web"
            environment = [{ name = "STRIPE_API_KEY", value = "sk_live_1" }]
          }])
        }
    """, '"STRIPE_API_KEY"', '"STRIPE_API_KEY_ID"'),
)  # fmt: skip

GOOGLE = (
    Case("google-closed-admin-ports", 2, """
        resource "google_compute_firewall" "web" {
          source_ranges = concat(["10.0.0.0/8"], ["0.0.0.0/0"])
          allow {
            protocol = "TCP"
            ports    = ["80", "3380-3400"]
          }
        }
    """, "allow {", "disabled = true\n  allow {"),
    Case("google-not-all-ports-open", 5, """
        resource "google_compute_firewall" "web" {
          for_each      = toset(["a"])
          name          = each.key
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "udp"
          }
        }
    """, 'protocol = "udp"', 'protocol = "icmp"'),
    Case("google-private-buckets", 3, """
        resource "google_storage_bucket_iam_binding" "all" {
          role    = "roles/storage.objectViewer"
          members = ["group:a@example.com", "allAuthenticatedUsers"]
        }
    """, ', "allAuthenticatedUsers"', ""),
    Case("google-uniform-access", 2, """
        resource "google_storage_bucket" "media" {
          uniform_bucket_level_access = false
        }
    """, "false", "true"),
    Case("google-closed-databases", 8, """
        resource "google_sql_database_instance" "db" {
          settings {
            ip_configuration {
              dynamic "authorized_networks" {
                for_each = { office = "203.0.113.0/24", world = "0.0.0.0/0" }
                content {
                  name  = authorized_networks.key
                  value = authorized_networks.value
                }
              }
            }
          }
        }
    """, ', world = "0.0.0.0/0"', ""),
    Case("google-encrypted-connections", 4, """
        resource "google_sql_database_instance" "db" {
          settings {
            ip_configuration {
              ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
            }
          }
        }
    """, "ip_configuration {", "ip_configuration {\n      ipv4_enabled = false"),
    Case("google-narrow-identity", 2, """
        resource "google_compute_instance" "vm" {
          service_account {
            email  = "1234-compute@developer.gserviceaccount.com"
            scopes = ["https://www.googleapis.com/auth/cloud-platform"]
          }
        }
    """, "auth/cloud-platform", "auth/logging.write"),
    Case("google-no-legacy-authorization", 2, """
        resource "google_container_cluster" "main" {
          enable_legacy_abac = "true"
        }
    """, '"true"', '"false"'),
    Case("google-closed-control-plane", 4, """
        resource "google_container_cluster" "main" {
          master_authorized_networks_config {
            cidr_blocks {
              cidr_block = "0.0.0.0/0"
            }
          }
        }
    """, "0.0.0.0/0", "203.0.113.7/32"),
    Case("google-no-basic-roles", 3, """
        resource "google_project_iam_binding" "all" {
          for_each = toset(["owner", "viewer"])
          role     = "roles/${each.key}"
        }
    """, '"owner", ', ""),
)  # fmt: skip

AZURE = (
    Case("azure-storage-uses-https", 2, """
        resource "azurerm_storage_account" "media" {
          https_traffic_only_enabled = tobool("false")
        }
    """, '"false"', '"true"'),
    Case("azure-storage-uses-modern-tls", 2, """
        resource "azurerm_storage_account" "media" {
          min_tls_version = "TLS1_1"
        }
    """, 'min_tls_version = "TLS1_1"', "account_tier = null"),
    Case("azure-no-public-containers", 2, """
        resource "azurerm_storage_account" "media" {
          allow_nested_items_to_be_public = true
        }
    """, "true", "false"),
    Case("azure-private-containers", 3, """
        resource "azurerm_storage_container" "media" {
          for_each              = { a = "private", b = "container" }
          container_access_type = each.value
        }
    """, '"container"', '"private"'),
    Case("azure-closed-admin-ports", 2, """
        resource "azurerm_network_security_group" "web" {
          security_rule {
            direction               = "Inbound"
            access                  = "Allow"
            protocol                = "*"
            source_address_prefixes = ["10.0.0.0/8", "0.0.0.0/0"]
            destination_port_ranges = ["80", "3000-3400"]
          }
        }
    """, "3000-3400", "3000-3100"),
    Case("azure-closed-databases", 3, """
        resource "azurerm_mssql_firewall_rule" "all" {
          start_ip_address = "0.0.0.0"
          end_ip_address   = "255.255.255.255"
        }
    """, "255.255.255.255", "0.0.0.0"),
    Case("azure-vault-is-protected", 2, """
        resource "azurerm_key_vault" "shop" {
          purge_protection_enabled = false
        }
    """, "false", "true"),
    Case("azure-apps-use-https", 1, """
        resource "azurerm_linux_function_app" "jobs" {
        }
    """, "{\n", "{\n  https_only = true\n"),
    Case("azure-no-password-logins", 2, """
        resource "azurerm_linux_virtual_machine" "web" {
          disable_password_authentication = false
        }
    """, "false", "true"),
)  # fmt: skip

CASES = NETWORK + ACCESS + STORAGE + TRANSIT + PLATFORMS + SECRETS + GOOGLE + AZURE
