"""Rules about security on Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.known import flat, is_false, is_true, text_of, texts_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.network_rules import PROTOCOLS, in_span, is_world
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.rules.security_faults import Fault, off, on, report
from iac_gym.languages.terraform.values import Unknown, Value
from iac_gym.verdict import Finding, Stage

_EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_ADMIN_PORTS = (22, 3389)


def admits_world(thing: Instance) -> bool:
    """Whether a firewall rule lets traffic in that comes from the whole internet."""
    inbound = thing.get("direction") in (None, "", "INGRESS")
    return (
        inbound
        and not is_true(thing.get("disabled"))
        and any(map(is_world, flat([thing.get("source_ranges")])))
    )


def firewall_opens(thing: Instance, port: int) -> bool:
    """Whether a firewall rule allows TCP traffic to a port, from wherever."""
    for allow in thing.blocks("allow"):
        given = text_of(allow.get("protocol")).lower()
        protocol = PROTOCOLS.get(given, given)
        ports = allow.get("ports")
        if protocol == "-1" or (protocol == "tcp" and ports in (None, [])):
            return True
        if protocol == "tcp" and any(in_span(port, span) for span in texts_of(ports)):
            return True
    return False


def opens_admin(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Yield a fault where a firewall rule opens SSH or RDP to the world."""
    if admits_world(thing) and any(firewall_opens(thing, port) for port in _ADMIN_PORTS):
        yield thing.where("source_ranges"), "lets everybody in on SSH (22) or RDP (3389)"


@rule(Stage.SECURITY)
def google_closed_admin_ports(model: Configuration) -> Findings:
    """No firewall rule lets the whole internet in on SSH or RDP.

    Source: https://cloud.google.com/security-command-center/docs/concepts-vulnerabilities-findings#firewall-findings

    Bad::

        resource "google_compute_firewall" "ssh" {
          name          = "ssh"
          network       = "shop"
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "tcp"
            ports    = ["22"]
          }
        }

    Good::

        resource "google_compute_firewall" "ssh" {
          name          = "ssh"
          network       = "shop"
          source_ranges = ["35.235.240.0/20"]
          allow {
            protocol = "tcp"
            ports    = ["22"]
          }
        }
    """
    yield from report(model, opens_admin, "google_compute_firewall")


def _opens_everything(thing: Instance, strict: bool) -> Iterator[Fault]:
    if not admits_world(thing):
        return
    for allow in thing.blocks("allow"):
        given = text_of(allow.get("protocol")).lower()
        spans = allow.get("ports")
        whole = spans in (None, []) or "0-65535" in texts_of(spans)
        if given == "all" or (PROTOCOLS.get(given, given) in ("tcp", "udp") and whole):
            yield allow.at, "lets everybody in on every port"


@rule(Stage.SECURITY)
def google_not_all_ports_open(model: Configuration) -> Findings:
    """No firewall rule lets the whole internet in on every port of a protocol.

    Source: https://cloud.google.com/security-command-center/docs/concepts-vulnerabilities-findings#firewall-findings

    Bad::

        resource "google_compute_firewall" "all" {
          name          = "all"
          network       = "shop"
          source_ranges = ["0.0.0.0/0"]
          allow {
            protocol = "all"
          }
        }

    Good::

        resource "google_compute_firewall" "all" {
          name          = "all"
          network       = "shop"
          source_ranges = ["10.0.0.0/8"]
          allow {
            protocol = "all"
          }
        }
    """
    yield from report(model, _opens_everything, "google_compute_firewall")


#: What opens a bucket, and the attributes that name who.
_BUCKET_ACCESS = {
    "google_storage_bucket_iam_member": "member",
    "google_storage_bucket_iam_binding": "members",
    "google_storage_bucket_access_control": "entity",
    "google_storage_default_object_access_control": "entity",
}


@rule(Stage.SECURITY)
def google_private_buckets(model: Configuration) -> Findings:
    """No bucket is open to everybody.

    Source: https://cloud.google.com/storage/docs/access-control/making-data-public

    Bad::

        resource "google_storage_bucket_iam_member" "all" {
          bucket = "shop-media"
          role   = "roles/storage.objectViewer"
          member = "allUsers"
        }

    Good::

        resource "google_storage_bucket_iam_member" "all" {
          bucket = "shop-media"
          role   = "roles/storage.objectViewer"
          member = "group:shop@example.com"
        }
    """
    world = model.resolved()
    for kind, name in _BUCKET_ACCESS.items():
        for one in world.instances(kind):
            if set(texts_of(one.get(name))) & set(_EVERYBODY):
                yield model.finding(one.where(name), "the bucket is open to everybody")
    for one in world.instances("google_storage_bucket_acl"):
        if text_of(one.get("predefined_acl")).lower().startswith("public"):
            yield model.finding(one.where("predefined_acl"), "the bucket is open to everybody")


uniform_access = on("uniform_bucket_level_access", "still has ACLs for single objects")


@rule(Stage.SECURITY)
def google_uniform_access(model: Configuration) -> Findings:
    """Access to a bucket is uniform: there are no ACLs of single objects.

    Source: https://cloud.google.com/storage/docs/uniform-bucket-level-access

    Bad::

        resource "google_storage_bucket" "media" {
          name     = "shop-media"
          location = "EU"
        }

    Good::

        resource "google_storage_bucket" "media" {
          name                        = "shop-media"
          location                    = "EU"
          uniform_bucket_level_access = true
        }
    """
    yield from report(model, uniform_access, "google_storage_bucket")


def _networks(thing: Instance) -> Iterator[tuple[object, int]]:
    for settings in thing.blocks("settings"):
        for ip in settings.blocks("ip_configuration"):
            for network in ip.blocks("authorized_networks"):
                yield network.get("value"), network.where("value")


@rule(Stage.SECURITY)
def google_closed_databases(model: Configuration) -> Findings:
    """A Cloud SQL instance does not authorize the whole internet.

    Source: https://cloud.google.com/sql/docs/postgres/configure-ip

    Bad::

        resource "google_sql_database_instance" "shop" {
          database_version = "POSTGRES_16"
          settings {
            tier = "db-g1-small"
            ip_configuration {
              ssl_mode = "ENCRYPTED_ONLY"
              authorized_networks {
                value = "0.0.0.0/0"
              }
            }
          }
        }

    Good::

        resource "google_sql_database_instance" "shop" {
          database_version = "POSTGRES_16"
          settings {
            tier = "db-g1-small"
            ip_configuration {
              ssl_mode = "ENCRYPTED_ONLY"
              authorized_networks {
                value = "203.0.113.0/24"
              }
            }
          }
        }
    """
    for one in model.resolved().instances("google_sql_database_instance"):
        for value, at in _networks(one):
            if is_world(value):
                yield model.finding(at, "everybody on the internet may connect")


def _plain_sql(thing: Instance, strict: bool) -> Iterator[Fault]:
    """A public address is the default; the mode of TLS allows plain connections by default."""
    for settings in thing.blocks("settings"):
        for ip in settings.blocks("ip_configuration") or [settings]:
            mode = ip.get("ssl_mode") if ip is not settings else None
            hidden = ip is not settings and is_false(ip.get("ipv4_enabled"))
            if not hidden and mode in (None, "ALLOW_UNENCRYPTED_AND_ENCRYPTED"):
                yield ip.where("ssl_mode"), "has a public address and accepts plain connections"


@rule(Stage.SECURITY)
def google_encrypted_connections(model: Configuration) -> Findings:
    """A Cloud SQL instance with a public address accepts encrypted connections only.

    Source: https://cloud.google.com/sql/docs/postgres/configure-ssl-instance

    Bad::

        resource "google_sql_database_instance" "shop" {
          database_version = "POSTGRES_16"
          settings {
            tier = "db-g1-small"
          }
        }

    Good::

        resource "google_sql_database_instance" "shop" {
          database_version = "POSTGRES_16"
          settings {
            tier = "db-g1-small"
            ip_configuration {
              ssl_mode = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
            }
          }
        }
    """
    yield from report(model, _plain_sql, "google_sql_database_instance")


def is_default(email: Value) -> bool:
    """Whether a service account is the default one of Compute Engine."""
    if isinstance(email, Unknown):
        return email.ref is not None and email.ref.type == "google_compute_default_service_account"
    return text_of(email).endswith("-compute@developer.gserviceaccount.com")


def broad_identity(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Yield where a machine is the default service account with access to every API."""
    for account in thing.blocks("service_account"):
        email, scopes = account.get("email"), texts_of(account.get("scopes"))
        if (email is None or is_default(email)) and any(
            scope.endswith("cloud-platform") for scope in scopes
        ):
            yield account.at, "runs as the default service account with access to every API"


@rule(Stage.SECURITY)
def google_narrow_identity(model: Configuration) -> Findings:
    """A machine does not run as the default service account with access to every API.

    Source: https://cloud.google.com/compute/docs/access/service-accounts#default_service_account

    Bad::

        resource "google_compute_instance_template" "web" {
          machine_type = "e2-small"
          disk {
            source_image = "debian-cloud/debian-12"
          }
          service_account {
            scopes = ["cloud-platform"]
          }
        }

    Good::

        resource "google_compute_instance_template" "web" {
          machine_type = "e2-small"
          disk {
            source_image = "debian-cloud/debian-12"
          }
          service_account {
            email  = "web@shop-1234.iam.gserviceaccount.com"
            scopes = ["cloud-platform"]
          }
        }
    """
    yield from report(
        model, broad_identity, "google_compute_instance", "google_compute_instance_template",
        "google_compute_region_instance_template",
    )  # fmt: skip


@rule(Stage.SECURITY)
def google_no_legacy_authorization(model: Configuration) -> Findings:
    """A GKE cluster does not use legacy authorization (ABAC).

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster

    Bad::

        resource "google_container_cluster" "main" {
          name               = "main"
          location           = "europe-west1"
          initial_node_count = 1
          enable_legacy_abac = true
        }

    Good::

        resource "google_container_cluster" "main" {
          name               = "main"
          location           = "europe-west1"
          initial_node_count = 1
        }
    """
    modern = off("enable_legacy_abac", "uses legacy authorization")
    yield from report(model, modern, "google_container_cluster")


@rule(Stage.SECURITY)
def google_closed_control_plane(model: Configuration) -> Findings:
    """The authorized networks of a GKE control plane are not the whole internet.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks

    Bad::

        resource "google_container_cluster" "main" {
          name               = "main"
          location           = "europe-west1"
          initial_node_count = 1
          master_authorized_networks_config {
            cidr_blocks {
              cidr_block = "0.0.0.0/0"
            }
          }
        }

    Good::

        resource "google_container_cluster" "main" {
          name               = "main"
          location           = "europe-west1"
          initial_node_count = 1
          master_authorized_networks_config {
            cidr_blocks {
              cidr_block = "203.0.113.0/24"
            }
          }
        }
    """
    for one in model.resolved().instances("google_container_cluster"):
        for config in one.blocks("master_authorized_networks_config"):
            for network in config.blocks("cidr_blocks"):
                if is_world(network.get("cidr_block")):
                    at = network.where("cidr_block")
                    yield model.finding(at, "everybody on the internet reaches the control plane")


@rule(Stage.SECURITY)
def google_no_basic_roles(model: Configuration) -> Iterator[Finding]:
    """Nobody gets the basic roles Owner or Editor of a project.

    Source: https://cloud.google.com/iam/docs/roles-overview#basic

    Bad::

        resource "google_project_iam_member" "ci" {
          project = "shop-1234"
          role    = "roles/editor"
          member  = "serviceAccount:ci@shop-1234.iam.gserviceaccount.com"
        }

    Good::

        resource "google_project_iam_member" "ci" {
          project = "shop-1234"
          role    = "roles/run.developer"
          member  = "serviceAccount:ci@shop-1234.iam.gserviceaccount.com"
        }
    """
    for kind in ("google_project_iam_member", "google_project_iam_binding"):
        for one in model.resolved().instances(kind):
            if one.get("role") in ("roles/owner", "roles/editor"):
                yield model.finding(one.where("role"), f"`{one.get('role')}` allows far too much")
