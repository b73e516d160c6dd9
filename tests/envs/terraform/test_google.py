"""Requirements about Google Cloud: other styles pass, near misses fail exactly what they break."""

from __future__ import annotations

import pytest

from envs.terraform import CATEGORY
from envs.terraform.requirements import (
    google_access,
    google_compute,
    google_databases,
    google_functions,
    google_messages,
    google_networks,
    google_services,
    google_storage,
)
from tests.envs.terraform.changes import Answer, failing, untested, wanted

#: Roles by binding, by whole policy, by the address written out; settings by locals.
STORAGE = Answer(
    {
        "main.tf": """
        locals {
          team   = "data"
          member = "serviceAccount:${google_service_account.reader.email}"
        }
        variable "days" {
          type    = number
          default = 30
        }
        provider "google" {
          project = "acme-prod"
          region  = "europe-west1"
        }
        resource "google_service_account" "reader" { account_id = "cart-reader" }
        resource "google_service_account" "other" { account_id = "cart-other" }
        resource "google_storage_bucket" "files" {
          name     = "cart-files"
          location = "eu"
          labels   = merge({ owner = "alice" }, { team = local.team })
          versioning {
            enabled = "true"
          }
          dynamic "lifecycle_rule" {
            for_each = { Delete = var.days, SetStorageClass = 10 }
            content {
              action {
                type          = lifecycle_rule.key
                storage_class = lifecycle_rule.key == "Delete" ? null : "NEARLINE"
              }
              condition { age = lifecycle_rule.value }
            }
          }
        }
        resource "google_storage_bucket" "logs" {
          name     = "cart-logs"
          location = "EU"
        }
        resource "google_storage_bucket_iam_binding" "files" {
          bucket  = "cart-files"
          role    = "roles/storage.objectViewer"
          members = ["user:a@example.com", local.member]
        }
        resource "google_storage_bucket_iam_policy" "logs" {
          bucket      = google_storage_bucket.logs.id
          policy_data = data.google_iam_policy.public.policy_data
        }
        data "google_iam_policy" "public" {
          binding {
            role    = "roles/storage.legacyObjectReader"
            members = ["allUsers"]
          }
        }
        resource "google_project_iam_binding" "reader" {
          project = "acme-prod"
          role    = "roles/viewer"
          members = ["serviceAccount:cart-reader@acme-prod.iam.gserviceaccount.com"]
        }
        resource "google_service_account_iam_member" "reader" {
          service_account_id = google_service_account.reader.name
          role               = "roles/iam.serviceAccountUser"
          member             = google_service_account.other.member
        }
        resource "google_kms_key_ring" "ring" {
          name     = "cart-ring"
          location = "europe"
        }
        resource "google_kms_crypto_key" "key" {
          name            = "cart-key"
          key_ring        = google_kms_key_ring.ring.id
          rotation_period = "${90 * 24 * 3600}s"
        }
        resource "google_kms_crypto_key_iam_binding" "key" {
          crypto_key_id = google_kms_crypto_key.key.id
          role          = "roles/cloudkms.cryptoKeyDecrypter"
          members       = [google_service_account.reader.member]
        }
        resource "google_secret_manager_secret" "all" {
          for_each  = toset(["cart-token"])
          secret_id = each.key
          replication {
            user_managed {
              dynamic "replicas" {
                for_each = ["europe-west1", "europe-west3"]
                content { location = replicas.value }
              }
            }
          }
        }
        resource "google_secret_manager_secret" "plain" {
          secret_id = "cart-plain"
          replication {
            auto {}
          }
        }
        resource "random_password" "token" { length = 24 }
        resource "google_secret_manager_secret_version" "token" {
          secret      = google_secret_manager_secret.all["cart-token"].id
          secret_data = random_password.token.result
        }
        resource "google_secret_manager_secret_iam_member" "token" {
          secret_id = "cart-token"
          role      = "roles/secretmanager.secretAccessor"
          member    = local.member
        }
        resource "google_artifact_registry_repository" "images" {
          repository_id = "cart-images"
          format        = "docker"
          location      = "europe-west1"
          cleanup_policies {
            id     = "keep"
            action = "KEEP"
            most_recent_versions { keep_count = 5 }
          }
        }
        resource "google_artifact_registry_repository_iam_member" "images" {
          repository = google_artifact_registry_repository.images.name
          location   = "europe-west1"
          role       = "roles/artifactregistry.reader"
          member     = local.member
        }
        """,
    },
    {
        "google-service-account": {"name": "cart-reader"},
        "google-bucket": {"name": "cart-files"},
        "google-bucket-location": {"of": "cart-files", "value": "EU"},
        "google-bucket-versioned": {"of": "cart-files"},
        "google-bucket-label": {"of": "cart-files", "key": "team", "value": "data"},
        "google-bucket-expiry": {"of": "cart-files", "days": 30},
        "google-bucket-transition": {"of": "cart-files", "target": "NEARLINE", "days": 10},
        "google-bucket-role": {
            "of": "cart-files", "account": "cart-reader", "role": "roles/storage.objectViewer",
        },
        "google-bucket-public": {"of": "cart-logs", "role": "roles/storage.legacyObjectReader"},
        "account-project-role": {"of": "cart-reader", "role": "roles/viewer"},
        "google-service-account-role": {
            "of": "cart-reader", "account": "cart-other", "role": "roles/iam.serviceAccountUser",
        },
        "google-key-in-ring": {"of": "cart-key", "to": "cart-ring"},
        "google-key-rotation": {"of": "cart-key", "value": 90},
        "google-key-role": {
            "of": "cart-key", "account": "cart-reader",
            "role": "roles/cloudkms.cryptoKeyDecrypter",
        },
        "google-secret": {"name": "cart-token"},
        "google-secret-automatic": {"of": "cart-plain"},
        "google-secret-replicas": {
            "of": "cart-token", "places": ["europe-west3", "europe-west1"],
        },
        "google-secret-random": {"of": "cart-token", "length": 24},
        "google-secret-role": {
            "of": "cart-token", "account": "cart-reader",
            "role": "roles/secretmanager.secretAccessor",
        },
        "google-repository-format": {"of": "cart-images", "value": "DOCKER"},
        "google-repository-location": {"of": "cart-images", "value": "europe-west1"},
        "google-repository-cleanup": {"of": "cart-images", "name": "keep", "count": 5},
        "google-repository-role": {
            "of": "cart-images", "account": "cart-reader",
            "role": "roles/artifactregistry.reader",
        },
    },
    (
        ('account_id = "cart-reader"', 'account_id = "cart-writer"',
         "google-service-account, google-bucket-role, account-project-role, google-key-role,"
         "google-service-account-role, google-secret-role, google-repository-role"),
        ('location = "eu"', 'location = "US"', "google-bucket-location"),
        ('enabled = "true"', "enabled = false", "google-bucket-versioned"),
        ('team   = "data"', 'team   = "ops"', "google-bucket-label"),
        ("default = 30", "default = 31", "google-bucket-expiry"),
        ('? null : "NEARLINE"', '? null : "ARCHIVE"', "google-bucket-transition"),
        ("condition { age = lifecycle_rule.value }",
         'condition {\n age = lifecycle_rule.value\n matches_prefix = ["tmp/"]\n }',
         "google-bucket-expiry, google-bucket-transition"),
        ('bucket  = "cart-files"', 'bucket  = "cart-logs"', "google-bucket-role"),
        ("local.member]", '"user:b@example.com"]', "google-bucket-role"),
        ('members = ["allUsers"]', 'members = ["allAuthenticatedUsers"]', "google-bucket-public"),
        ("bucket      = google_storage_bucket.logs.id", 'bucket      = "cart-files"',
         "google-bucket-public"),
        ('"roles/viewer"', '"roles/editor"', "account-project-role"),
        ("cart-reader@acme", "cart-reader-2@acme", "account-project-role"),
        ("= google_service_account.other.member", "= google_service_account.reader.member",
         "google-service-account-role"),
        ("google_kms_key_ring.ring.id", '"other-ring"', "google-key-in-ring"),
        ("90 * 24", "30 * 24", "google-key-rotation"),
        ("google_kms_crypto_key.key.id", '"other-key"', "google-key-role"),
        ("auto {}", "user_managed {\n replicas {\n location = \"europe-west1\"\n }\n }",
         "google-secret-automatic"),
        ('["europe-west1", "europe-west3"]', '["europe-west1"]', "google-secret-replicas"),
        ("length = 24", "length = 12", "google-secret-random"),
        ("random_password.token.result", '"hunter2"', "google-secret-random"),
        ('secret_id = "cart-token"', 'secret_id = "cart-plain"', "google-secret-role"),
        ('secret_id = each.key', 'secret_id = "x-${each.key}"',
         "google-secret, google-secret-replicas, google-secret-random, google-secret-role"),
        ('format        = "docker"', 'format        = "npm"', "google-repository-format"),
        ('location      = "europe-west1"', 'location      = "us"', "google-repository-location"),
        ("keep_count = 5", "keep_count = 50", "google-repository-cleanup"),
        ('"KEEP"', '"DELETE"', "google-repository-cleanup"),
        ("roles/artifactregistry.reader", "roles/artifactregistry.writer",
         "google-repository-role"),
    ),
)  # fmt: skip
#: The region comes from the provider; ports and ranges by dynamic blocks; records by for_each.
NETWORK = Answer(
    {
        "main.tf": """
        provider "google" {
          region = var.region
        }
        variable "region" { default = "us-east1" }
        resource "google_compute_network" "net" {
          name                    = "shop-net"
          auto_create_subnetworks = "false"
        }
        resource "google_compute_network" "other" { name = "other-net" }
        resource "google_compute_subnetwork" "all" {
          for_each      = { main = "10.1.0.0/20", jobs = "10.2.0.0/20" }
          name          = "shop-net-${each.key}"
          ip_cidr_range = each.value
          network       = google_compute_network.net.self_link
          dynamic "secondary_ip_range" {
            for_each = each.key == "main" ? ["172.16.0.0/20"] : []
            content {
              range_name    = "pods"
              ip_cidr_range = secondary_ip_range.value
            }
          }
        }
        resource "google_compute_firewall" "web" {
          name          = "shop-web"
          network       = "shop-net"
          source_ranges = toset(["10.0.0.0/8"])
          target_tags   = ["web"]
          dynamic "allow" {
            for_each = [80, 443]
            content {
              protocol = "6"
              ports    = [allow.value]
            }
          }
        }
        resource "google_compute_router" "router" {
          name    = "shop-router"
          network = google_compute_network.net.name
        }
        resource "google_compute_router_nat" "nat" {
          name                               = "shop-nat"
          router                             = google_compute_router.router.name
          nat_ips                            = google_compute_address.out[*].self_link
          nat_ip_allocate_option             = "MANUAL_ONLY"
          source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"
          subnetwork {
            name                    = google_compute_subnetwork.all["main"].id
            source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
          }
          log_config {
            enable = true
            filter = "ALL"
          }
        }
        resource "google_compute_address" "out" {
          count = 1
          name  = "shop-out"
        }
        resource "google_dns_managed_zone" "zone" {
          name       = "shop-zone"
          dns_name   = "example.com."
          visibility = "private"
          private_visibility_config {
            networks { network_url = google_compute_network.net.id }
          }
        }
        resource "google_dns_record_set" "hosts" {
          for_each     = { www = "203.0.113.7", api = "203.0.113.8" }
          name         = "${each.key}.${google_dns_managed_zone.zone.dns_name}"
          managed_zone = "shop-zone"
          type         = "A"
          ttl          = 300
          rrdatas      = [each.value]
        }
        """,
    },
    {
        "google-network-custom": {"of": "shop-net"},
        "google-subnet-network": {"of": "shop-net-main", "to": "shop-net"},
        "google-subnet-range": {"of": "shop-net-main", "value": "10.1.0.0/20"},
        "google-subnet-region": {"of": "shop-net-main", "value": "us-east1"},
        "google-subnet-secondary": {
            "of": "shop-net-main", "name": "pods", "range": "172.16.0.0/20",
        },
        "google-firewall-network": {"of": "shop-web", "to": "shop-net"},
        "google-firewall-admits": {"of": "shop-web", "protocol": "tcp", "ports": [443, 80]},
        "google-firewall-sources": {"of": "shop-web", "values": ["10.0.0.0/8"]},
        "google-firewall-targets": {"of": "shop-web", "values": ["web"]},
        "google-router-network": {"of": "shop-router", "to": "shop-net"},
        "google-router-region": {"of": "shop-router", "value": "us-east1"},
        "google-nat-router": {"of": "shop-nat", "to": "shop-router"},
        "google-nat-subnet": {"of": "shop-nat", "subnet": "shop-net-main"},
        "google-nat-address": {"of": "shop-nat", "to": "shop-out"},
        "google-nat-logs": {"of": "shop-nat", "value": "ALL"},
        "google-address-region": {"of": "shop-out", "value": "us-east1"},
        "google-zone-domain": {"of": "shop-zone", "value": "example.com."},
        "google-zone-private": {"of": "shop-zone", "network": "shop-net"},
        "google-zone-record": {
            "of": "shop-zone", "type": "A", "name": "api.example.com.", "value": "203.0.113.8",
            "ttl": 300,
        },
    },
    (
        ('"false"', "true", "google-network-custom"),
        ("main =", "more =",
         "google-subnet-network, google-subnet-range, google-subnet-region,"
         "google-subnet-secondary, google-nat-subnet"),
        ("= google_compute_network.net.self_link", "= google_compute_network.other.id",
         "google-subnet-network"),
        ('default = "us-east1"', 'default = "us-west1"',
         "google-subnet-region, google-router-region, google-address-region"),
        ('["172.16.0.0/20"]', "[]", "google-subnet-secondary"),
        ('network       = "shop-net"', 'network       = "other-net"', "google-firewall-network"),
        ("[80, 443]", "[80, 443, 22]", "google-firewall-admits"),
        ('protocol = "6"', 'protocol = "udp"', "google-firewall-admits"),
        ('target_tags   = ["web"]', 'target_tags   = ["web"]\n disabled = true',
         "google-firewall-admits"),
        ('target_tags   = ["web"]', 'target_tags   = ["web", "db"]', "google-firewall-targets"),
        ('toset(["10.0.0.0/8"])', '["0.0.0.0/0"]', "google-firewall-sources"),
        ("= google_compute_network.net.name", '= "other-net"', "google-router-network"),
        ("google_compute_router.router.name", '"other"', "google-nat-router"),
        ("count = 1", "count = 0", "google-nat-address, google-address-region"),
        ('all["main"].id', 'all["jobs"].id', "google-nat-subnet"),
        ("enable = true", "enable = false", "google-nat-logs"),
        ('visibility = "private"', 'visibility = "public"', "google-zone-private"),
        ("network_url = google_compute_network.net.id",
         "network_url = google_compute_network.other.id", "google-zone-private"),
        ('managed_zone = "shop-zone"', 'managed_zone = "other-zone"', "google-zone-record"),
        ('dns_name   = "example.com."', 'dns_name   = "example.org."',
         "google-zone-domain, google-zone-record"),
        ("ttl          = 300", "ttl          = 30", "google-zone-record"),
    ),
)  # fmt: skip
#: Images by data source and by path, disks by attachment, groups of one zone, services by maps.
COMPUTE = Answer(
    {
        "main.tf": """
        variable "nodes" {
          type    = object({ least = number, most = number })
          default = { least = 1, most = 5 }
        }
        data "google_compute_image" "debian" {
          family  = "debian-12"
          project = "debian-cloud"
        }
        resource "google_service_account" "vm" { account_id = "shop-vm" }
        resource "google_compute_instance" "vm" {
          name         = "shop-vm"
          machine_type = "e2-small"
          zone         = "us-east1-b"
          metadata     = { enable-oslogin = "true" }
          boot_disk {
            initialize_params { image = data.google_compute_image.debian.self_link }
          }
          network_interface { network = "default" }
          service_account {
            email  = google_service_account.vm.email
            scopes = ["cloud-platform"]
          }
        }
        resource "google_compute_disk" "data" {
          name = "shop-data"
          size = 50
        }
        resource "google_compute_attached_disk" "data" {
          disk     = google_compute_disk.data.id
          instance = google_compute_instance.vm.id
        }
        resource "google_compute_instance_template" "web" {
          name         = "web-template"
          machine_type = "e2-small"
          disk { source_image = "projects/debian-cloud/global/images/family/debian-12" }
          network_interface { network = "default" }
        }
        resource "google_compute_instance_group_manager" "web" {
          name               = "web-group"
          base_instance_name = "web"
          zone               = "us-east1-b"
          version { instance_template = google_compute_instance_template.web.self_link }
          named_port {
            name = "http"
            port = "8080"
          }
          auto_healing_policies {
            health_check      = google_compute_health_check.web.self_link
            initial_delay_sec = 60
          }
        }
        resource "google_compute_region_instance_group_manager" "wide" {
          name               = "wide-group"
          base_instance_name = "wide"
          region             = "us-east1"
          version { instance_template = google_compute_instance_template.web.id }
        }
        resource "google_compute_autoscaler" "web" {
          name   = "web-scaler"
          zone   = "us-east1-b"
          target = google_compute_instance_group_manager.web.self_link
          autoscaling_policy {
            min_replicas = var.nodes.least
            max_replicas = var.nodes.most
          }
        }
        resource "google_compute_health_check" "web" {
          name = "web-health"
          http_health_check { port = 8080 }
        }
        resource "google_container_cluster" "apps" {
          name     = "apps"
          location = "us-east1"
        }
        resource "google_container_node_pool" "apps" {
          name    = "apps-pool"
          cluster = google_container_cluster.apps.id
          autoscaling {
            min_node_count = var.nodes.least
            max_node_count = var.nodes.most
          }
          node_config {
            labels = { tier = "web" }
          }
        }
        resource "google_cloud_run_v2_service" "api" {
          name     = "api"
          location = "us-east1"
          template {
            service_account = google_service_account.vm.email
            containers {
              image = "example.com/api:1"
              resources { limits = { memory = "1024Mi", cpu = "1000m" } }
              dynamic "env" {
                for_each = { STAGE = "prod", CURRENCY = "EUR" }
                content {
                  name  = env.key
                  value = env.value
                }
              }
            }
          }
        }
        resource "google_cloud_run_v2_service_iam_binding" "api" {
          name     = google_cloud_run_v2_service.api.name
          location = "us-east1"
          role     = "roles/run.invoker"
          members  = ["allUsers"]
        }
        resource "google_cloud_scheduler_job" "ping" {
          name     = "ping"
          region   = "us-east1"
          schedule = "0 6 * * *"
          http_target {
            uri = "https://api.example.com/ping"
          }
        }
        """,
    },
    {
        "google-vm-image": {"of": "shop-vm", "value": "debian-cloud/debian-12"},
        "google-vm-zone": {"of": "shop-vm", "value": "us-east1-b"},
        "google-vm-metadata": {"of": "shop-vm", "value": "TRUE"},
        "google-vm-account": {"of": "shop-vm", "to": "shop-vm"},
        "google-vm-disk": {"of": "shop-vm", "to": "shop-data"},
        "google-template-image": {"of": "web-template", "value": "debian-cloud/debian-12"},
        "google-group-template": {"of": "web-group", "to": "web-template"},
        "google-group-region": {"of": "wide-group", "value": "us-east1"},
        "google-group-port": {"of": "web-group", "name": "http", "port": 8080},
        "google-group-scaled": {"of": "web-group", "least": 1, "most": 5},
        "google-group-health": {"of": "web-group", "to": "web-health"},
        "google-health-http": {"of": "web-health", "path": "/", "port": 8080},
        "google-gke-location": {"of": "apps", "value": "us-east1"},
        "google-pool-cluster": {"of": "apps-pool", "to": "apps"},
        "google-pool-scaled": {"of": "apps-pool", "least": 1, "most": 5},
        "google-pool-label": {"of": "apps-pool", "key": "tier", "value": "web"},
        "google-run-location": {"of": "api", "value": "us-east1"},
        "google-run-account": {"of": "api", "to": "shop-vm"},
        "google-run-memory": {"of": "api", "value": "1Gi"},
        "google-run-cpu": {"of": "api", "value": "1"},
        "google-run-variable": {"of": "api", "key": "STAGE", "value": "prod"},
        "google-run-public": {"of": "api", "role": "roles/run.invoker"},
        "google-job-region": {"of": "ping", "value": "us-east1"},
        "google-job-http": {"of": "ping", "method": "POST", "uri": "https://api.example.com/ping"},
    },
    (
        ('family  = "debian-12"', 'family  = "debian-11"', "google-vm-image"),
        ('zone         = "us-east1-b"', 'zone         = "us-east1-c"', "google-vm-zone"),
        ('enable-oslogin = "true"', 'enable-oslogin = "false"', "google-vm-metadata"),
        ("email  = google_service_account.vm.email", 'email  = "other@example.com"',
         "google-vm-account"),
        ("instance = google_compute_instance.vm.id", 'instance = "other"', "google-vm-disk"),
        ("family/debian-12", "family/debian-11", "google-template-image"),
        ("google_compute_instance_template.web.self_link", '"other"', "google-group-template"),
        ('region             = "us-east1"', 'region             = "us-west1"',
         "google-group-region"),
        ('port = "8080"', "port = 80", "google-group-port"),
        ("most = 5 }", "most = 6 }", "google-group-scaled, google-pool-scaled"),
        ("target = google_compute_instance_group_manager.web.self_link",
         "target = google_compute_region_instance_group_manager.wide.id", "google-group-scaled"),
        ("google_compute_health_check.web.self_link", '"other"', "google-group-health"),
        ("{ port = 8080 }", '{\n port = 8080\n request_path = "/health"\n }',
         "google-health-http"),
        ('location = "us-east1"', 'location = "us-west1"', "google-gke-location"),
        ("google_container_cluster.apps.id", '"other"', "google-pool-cluster"),
        ('tier = "web"', 'tier = "db"', "google-pool-label"),
        ("service_account = google_service_account.vm.email", 'service_account = "other"',
         "google-run-account"),
        ('name     = "api"\n          location = "us-east1"',
         'name     = "api"\n          location = "us-west1"', "google-run-location"),
        ('memory = "1024Mi"', 'memory = "1000Mi"', "google-run-memory"),
        ('cpu = "1000m"', 'cpu = "500m"', "google-run-cpu"),
        ('STAGE = "prod"', 'STAGE = "dev"', "google-run-variable"),
        ('members  = ["allUsers"]', 'members  = ["allAuthenticatedUsers"]', "google-run-public"),
        ('role     = "roles/run.invoker"', 'role     = "roles/run.viewer"', "google-run-public"),
        ('region   = "us-east1"', 'region   = "us-west1"', "google-job-region"),
        ("http_target {", 'http_target {\n http_method = "GET"', "google-job-http"),
    ),
)  # fmt: skip
#: Schemas as JSON text, seconds written otherwise, names instead of references.
DATA = Answer(
    {
        "main.tf": """
        resource "google_pubsub_topic" "topics" {
          for_each = toset(["orders", "orders-dead"])
          name     = each.value
        }
        resource "google_pubsub_subscription" "worker" {
          name                       = "orders-worker"
          topic                      = "orders"
          message_retention_duration = "172800s"
          dead_letter_policy {
            dead_letter_topic     = google_pubsub_topic.topics["orders-dead"].id
            max_delivery_attempts = 8
          }
        }
        resource "google_service_account" "app" { account_id = "shop-app" }
        resource "google_pubsub_topic_iam_member" "app" {
          topic  = google_pubsub_topic.topics["orders"].name
          role   = "roles/pubsub.publisher"
          member = google_service_account.app.member
        }
        resource "google_pubsub_subscription_iam_binding" "app" {
          subscription = google_pubsub_subscription.worker.id
          role         = "roles/pubsub.subscriber"
          members      = [google_service_account.app.member]
        }
        resource "google_sql_database_instance" "db" {
          name             = "shop-db"
          database_version = "POSTGRES_16"
          region           = "us-east1"
          settings {
            tier = "db-f1-micro"
            dynamic "database_flags" {
              for_each = { max_connections = 200, log_connections = "on" }
              content {
                name  = database_flags.key
                value = database_flags.value
              }
            }
            ip_configuration {
              authorized_networks {
                name  = "office"
                value = "203.0.113.0/28"
              }
            }
          }
        }
        resource "random_password" "app" { length = 20 }
        resource "google_sql_user" "app" {
          name     = "app"
          instance = "shop-db"
          password = random_password.app.result
        }
        resource "google_bigquery_dataset" "raw" {
          dataset_id = "sales_raw"
        }
        resource "google_bigquery_table" "orders" {
          dataset_id = "sales_raw"
          table_id   = "orders"
          clustering = ["region", "shop"]
          schema     = <<-EOT
            [
              {"name": "amount", "type": "INT64", "mode": "REQUIRED"},
              {"name": "region", "type": "STRING"}
            ]
          EOT
        }
        """,
    },
    {
        "google-subscription-topic": {"of": "orders-worker", "to": "orders"},
        "google-subscription-retention": {"of": "orders-worker", "value": 2},
        "google-subscription-dead-letters": {
            "of": "orders-worker", "to": "orders-dead", "tries": 8,
        },
        "google-topic-role": {
            "of": "orders", "account": "shop-app", "role": "roles/pubsub.publisher",
        },
        "google-subscription-role": {
            "of": "orders-worker", "account": "shop-app", "role": "roles/pubsub.subscriber",
        },
        "google-sql-region": {"of": "shop-db", "value": "us-east1"},
        "google-sql-flag": {"of": "shop-db", "name": "max_connections", "value": "200"},
        "google-sql-network": {"of": "shop-db", "name": "office", "range": "203.0.113.0/28"},
        "google-sql-user-instance": {"of": "app", "to": "shop-db"},
        "google-sql-password": {"of": "app", "length": 20},
        "google-dataset-location": {"of": "sales_raw", "value": "US"},
        "google-table-dataset": {"of": "orders", "to": "sales_raw"},
        "google-table-clustering": {"of": "orders", "value": ["region", "shop"]},
        "google-table-column": {
            "of": "orders", "name": "amount", "type": "INTEGER", "mode": "REQUIRED",
        },
        "google-table-column b": {
            "of": "orders", "name": "region", "type": "STRING", "mode": "NULLABLE",
        },
    },
    (
        ('topic                      = "orders"', 'topic                      = "orders-dead"',
         "google-subscription-topic"),
        ('"172800s"', '"86400s"', "google-subscription-retention"),
        ('= google_pubsub_topic.topics["orders-dead"].id', '= "orders-dead"',
         "google-subscription-dead-letters"),
        ("max_delivery_attempts = 8", "max_delivery_attempts = 9",
         "google-subscription-dead-letters"),
        ('topic  = google_pubsub_topic.topics["orders"].name', 'topic  = "orders-dead"',
         "google-topic-role"),
        ("roles/pubsub.subscriber", "roles/pubsub.viewer", "google-subscription-role"),
        ('region           = "us-east1"', 'region           = "us-west1"', "google-sql-region"),
        ("max_connections = 200", "max_connections = 100", "google-sql-flag"),
        ('name  = "office"', 'name  = "home"', "google-sql-network"),
        ('instance = "shop-db"', 'instance = "other-db"', "google-sql-user-instance"),
        ("random_password.app.result", '"hunter2"', "google-sql-password"),
        ("length = 20", "length = 21", "google-sql-password"),
        ('"raw" {', '"raw" {\n location = "EU"', "google-dataset-location"),
        ('"INT64"', '"STRING"', "google-table-column"),
        ('"mode": "REQUIRED"', '"mode": "NULLABLE"', "google-table-column"),
        ('["region", "shop"]', '["shop", "region"]', "google-table-clustering"),
        ('{"name": "amount"', '{"name: "amount"', "google-table-column, google-table-column b"),
    ),
)  # fmt: skip
#: Paths of the module, literal destinations, grants by binding.
EVENTS = Answer(
    {
        "main.tf": """
        locals {
          settings = { STAGE = "prod", PAGE_SIZE = 50 }
        }
        resource "google_storage_bucket" "all" {
          for_each = toset(["fn-source", "sink-logs"])
          name     = each.key
          location = "EU"
        }
        resource "google_storage_bucket_object" "code" {
          bucket = google_storage_bucket.all["fn-source"].id
          name   = "code.zip"
          source = "${path.module}/code.zip"
        }
        resource "google_pubsub_topic" "events" { name = "fn-events" }
        resource "google_service_account" "fn" { account_id = "fn-runner" }
        resource "google_cloudfunctions2_function" "fn" {
          name     = "fn"
          location = "europe-west1"
          build_config {
            runtime = "python312"
            source {
              storage_source {
                bucket = "fn-source"
                object = google_storage_bucket_object.code.name
              }
            }
          }
          service_config {
            available_memory      = "1024Mi"
            environment_variables = local.settings
            service_account_email = google_service_account.fn.email
          }
          event_trigger {
            event_type   = "google.cloud.pubsub.topic.v1.messagePublished"
            pubsub_topic = google_pubsub_topic.events.id
          }
        }
        resource "google_logging_project_sink" "sink" {
          name        = "sink"
          destination = "storage.googleapis.com/sink-logs"
        }
        resource "google_storage_bucket_iam_binding" "sink" {
          bucket  = "sink-logs"
          role    = "roles/storage.objectCreator"
          members = [google_logging_project_sink.sink.writer_identity]
        }
        """,
    },
    {
        "google-function-location": {"of": "fn", "value": "europe-west1"},
        "google-function-source": {"of": "fn", "to": "fn-source"},
        "google-function-memory": {"of": "fn", "value": "1Gi"},
        "google-function-variable": {"of": "fn", "key": "PAGE_SIZE", "value": "50"},
        "google-function-account": {"of": "fn", "to": "fn-runner"},
        "google-function-topic": {"of": "fn", "to": "fn-events"},
        "google-bucket-object": {"of": "fn-source", "name": "code.zip", "archive": "code.zip"},
        "google-sink-bucket": {"of": "sink", "to": "sink-logs"},
        "google-sink-writes": {
            "of": "sink", "to": "sink-logs", "role": "roles/storage.objectCreator",
        },
    },
    (
        ('location = "europe-west1"', 'location = "us-east1"', "google-function-location"),
        ('bucket = "fn-source"', 'bucket = "sink-logs"', "google-function-source"),
        ('"1024Mi"', '"1G"', "google-function-memory"),
        ("PAGE_SIZE = 50", "PAGE_SIZE = 25", "google-function-variable"),
        ("google_service_account.fn.email", '"x@example.com"', "google-function-account"),
        ("google_pubsub_topic.events.id", '"fn-events"', "google-function-topic"),
        ('all["fn-source"].id', 'all["sink-logs"].id', "google-bucket-object"),
        ("/code.zip", "/other.zip", "google-bucket-object"),
        ("storage.googleapis.com/sink-logs", "storage.googleapis.com/fn-source",
         "google-sink-bucket"),
        ("sink.writer_identity", "sink.id", "google-sink-writes"),
        ("objectCreator", "objectViewer", "google-sink-writes"),
        ('bucket  = "sink-logs"', 'bucket  = "fn-source"', "google-sink-writes"),
    ),
)  # fmt: skip
ANSWERS = (STORAGE, NETWORK, COMPUTE, DATA, EVENTS)
MODULES = (
    google_access, google_compute, google_databases, google_functions, google_messages,
    google_networks, google_services, google_storage,
)  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_right_answer_meets_everything(answer: Answer) -> None:
    assert failing(answer.files, answer.asks) == set()


@pytest.mark.parametrize(
    ("answer", "change"), [(answer, change) for answer in ANSWERS for change in answer.changes]
)
def test_change_fails_exactly_what_it_breaks(answer: Answer, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_written_by_hand_is_tested() -> None:
    own = {
        name
        for name in untested(ANSWERS, *MODULES)
        if "factories" not in CATEGORY.requirements[name].check.__module__
        and "common" not in CATEGORY.requirements[name].check.__module__
    }
    assert own == set()


def test_commented_out_and_absent_resources_do_not_count() -> None:
    for answer in ANSWERS:
        text = "\n".join(f"# {line}" for line in answer.files["main.tf"].splitlines())
        assert failing({"main.tf": text}, answer.asks) == set(answer.asks)
