"""Requirements about GKE, Cloud Run and Cloud Scheduler."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, fixed, link, setting, tag
from envs.terraform.requirements.google_access import ACCOUNT, public
from envs.terraform.requirements.google_messages import TOPIC_PATH
from envs.terraform.requirements.google_networks import NETWORK, SUBNET
from envs.terraform.requirements.google_storage import SECRET, located
from envs.terraform.requirements.kinds import Kind, same, the
from envs.terraform.requirements.lookup import unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

CLUSTER = Kind(
    "GKE cluster", ("google_container_cluster",), "name", ("name", "id", "self_link"), by_name=True
)
POOL = Kind("node pool", ("google_container_node_pool",), "name", ("id",))
SERVICE = Kind(
    "Cloud Run service", ("google_cloud_run_v2_service",), "name", ("name", "id"), by_name=True
)
JOB = Kind("scheduler job", ("google_cloud_scheduler_job",), "name", ("id",))

cluster = existence("google-gke", CLUSTER, "a GKE cluster `{name}`", "the GKE cluster `{name}`")
cluster_location = located(
    "google-gke-location", CLUSTER, "location",
    "the cluster `{of}` in {value}", "{value} as the location of the cluster `{of}`",
)  # fmt: skip
cluster_autopilot = fixed(
    "google-gke-autopilot", CLUSTER, "enable_autopilot", True,
    "the cluster `{of}` in Autopilot mode", "Autopilot for the cluster `{of}`",
)  # fmt: skip
cluster_network = link(
    "google-gke-network", CLUSTER, "network", NETWORK,
    "the cluster `{of}` in the network `{to}`", "`{to}` as the network of the cluster `{of}`",
)  # fmt: skip
cluster_subnet = link(
    "google-gke-subnet", CLUSTER, "subnetwork", SUBNET,
    "the cluster `{of}` in the subnet `{to}`", "`{to}` as the subnet of the cluster `{of}`",
)  # fmt: skip
cluster_channel = setting(
    "google-gke-channel", CLUSTER, "release_channel.channel",
    "the release channel {value} for the cluster `{of}`",
    "the cluster `{of}` following the {value} release channel",
)  # fmt: skip
cluster_no_default = fixed(
    "google-gke-no-default", CLUSTER, "remove_default_node_pool", True,
    "the default node pool of `{of}` removed", "the cluster `{of}` without its default node pool",
)  # fmt: skip
cluster_unprotected = fixed(
    "google-gke-unprotected", CLUSTER, "deletion_protection", False,
    "no deletion protection for the cluster `{of}`",
    "the cluster `{of}` open to `terraform destroy` (no deletion protection)",
)  # fmt: skip
cluster_private = fixed(
    "google-gke-private", CLUSTER, "private_cluster_config.enable_private_nodes", True,
    "nodes of the cluster `{of}` without public addresses", "private nodes in the cluster `{of}`",
)  # fmt: skip
cluster_pool_id = setting(
    "google-gke-identity", CLUSTER, "workload_identity_config.workload_pool",
    "Workload Identity in the cluster `{of}` with the pool {value}",
    "{value} as the workload pool of the cluster `{of}`",
)  # fmt: skip
cluster_output = output(
    "google-gke-output", CLUSTER, ("endpoint",),
    "an output `{name}` with the endpoint of the cluster `{of}`",
    "the endpoint of the cluster `{of}` given out as `{name}`",
)  # fmt: skip

pool = existence("google-pool", POOL, "a node pool `{name}`", "the node pool `{name}`")
pool_cluster = link(
    "google-pool-cluster", POOL, "cluster", CLUSTER,
    "the node pool `{of}` in the cluster `{to}`", "`{of}` as a node pool of the cluster `{to}`",
)  # fmt: skip
pool_count = setting(
    "google-pool-count", POOL, "node_count",
    "{value} nodes per zone in the pool `{of}`", "the pool `{of}` with {value} nodes in each zone",
)  # fmt: skip
pool_type = setting(
    "google-pool-type", POOL, "node_config.machine_type",
    "nodes of the type {value} in the pool `{of}`",
    "{value} as the machine type of the pool `{of}`",
)  # fmt: skip
pool_disk = setting(
    "google-pool-disk", POOL, "node_config.disk_size_gb",
    "{value} GB of disk for each node of `{of}`", "nodes of the pool `{of}` with {value} GB disks",
)  # fmt: skip
pool_spot = fixed(
    "google-pool-spot", POOL, "node_config.spot", True,
    "Spot VMs as the nodes of `{of}`", "the node pool `{of}` made of Spot VMs",
)  # fmt: skip
pool_account = link(
    "google-pool-account", POOL, "node_config.service_account", ACCOUNT,
    "nodes of `{of}` running as the service account `{to}`",
    "`{to}` as the service account of the node pool `{of}`", ids=("email",),
)  # fmt: skip


@requirement(
    "the pool `{of}` scaling between {least} and {most} nodes per zone",
    "between {least} and {most} nodes in each zone of the pool `{of}`, by autoscaling",
)
def google_pool_scaled(config: Configuration, of: str, least: int, most: int) -> Findings:
    """An autoscaling block with these limits."""
    thing = the(config, POOL, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("min_node_count"), least) and same(one.get("max_node_count"), most)
        for one in thing.blocks("autoscaling")
    )
    yield from unless(right, config, thing.at, f"`{of}` is not scaled from {least} to {most}")


@requirement(
    "the Kubernetes label {key} = `{value}` on the nodes of `{of}`",
    "nodes of the pool `{of}` labelled {key} = `{value}`",
)
def google_pool_label(config: Configuration, of: str, key: str, value: str) -> Findings:
    """`labels` of the node configuration."""
    thing = the(config, POOL, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = thing.at_path("node_config.labels")
    right = any(isinstance(one, dict) and same(one.get(key), value) for one in given)
    yield from unless(right, config, thing.at, f"nodes of `{of}` have no label {key} = {value}")


_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9, "m": 10**-3}


def _amount(text: str) -> float | None:
    """Return what a quantity of Kubernetes means ("512Mi", "1000m", "2")."""
    unit = next((one for one in _UNITS if text.endswith(one)), "")
    number = text.removesuffix(unit)
    if not number.replace(".", "", 1).isdecimal() or len(number) > 12:
        return None
    return round(float(number) * _UNITS.get(unit, 1), 3)


def same_amount(value: Value, wanted: Any) -> bool:
    """Whether two quantities are equal."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return False
    given = _amount(str(value))
    return given is not None and given == _amount(str(wanted))


service = existence(
    "google-run", SERVICE,
    "a Cloud Run service `{name}` (the v2 resource)", "the Cloud Run v2 service `{name}`",
)  # fmt: skip
service_location = located(
    "google-run-location", SERVICE, "location",
    "the Cloud Run service `{of}` in {value}", "{value} as the location of the service `{of}`",
)  # fmt: skip
service_image = setting(
    "google-run-image", SERVICE, "template.containers.image",
    "the image {value} in the service `{of}`", "the service `{of}` running the image {value}",
)  # fmt: skip
service_memory = setting(
    "google-run-memory", SERVICE, "template.containers.resources.limits.memory",
    "a memory limit of {value} for `{of}`", "{value} of memory for the service `{of}`",
    compare=same_amount,
)  # fmt: skip
service_cpu = setting(
    "google-run-cpu", SERVICE, "template.containers.resources.limits.cpu",
    "{value} CPUs for the service `{of}`", "a CPU limit of {value} for `{of}`",
    compare=same_amount,
)  # fmt: skip
service_most = setting(
    "google-run-most", SERVICE, "template.scaling.max_instance_count",
    "a maximum of {value} instances for the service `{of}`",
    "{value} as the maximum number of instances of `{of}`",
)  # fmt: skip
service_least = setting(
    "google-run-least", SERVICE,
    ("template.scaling.min_instance_count", "scaling.min_instance_count"),
    "a minimum of {value} instances for the service `{of}`",
    "{value} as the minimum number of instances of `{of}`",
)  # fmt: skip
service_port = setting(
    "google-run-port", SERVICE, "template.containers.ports.container_port",
    "the service `{of}` listening on port {value}", "{value} as the container port of `{of}`",
)  # fmt: skip
service_ingress = setting(
    "google-run-ingress", SERVICE, "ingress",
    "{value} as the ingress of the service `{of}`",
    "traffic to the service `{of}` limited to {value}",
)  # fmt: skip
service_account = link(
    "google-run-account", SERVICE, "template.service_account", ACCOUNT,
    "the service `{of}` running as the service account `{to}`",
    "`{to}` as the service account of the Cloud Run service `{of}`", ids=("email",),
)  # fmt: skip
service_public = public(
    "google-run-public", SERVICE, "google_cloud_run_v2_service", "name",
    "the service `{of}` callable by everybody ({role})",
    "{role} on the Cloud Run service `{of}` for all users, signed in or not",
)  # fmt: skip
service_output = output(
    "google-run-output", SERVICE, ("uri",),
    "an output `{name}` with the URL of the service `{of}`",
    "the URL of the service `{of}` given out as `{name}`",
)  # fmt: skip
service_label = tag(
    "google-run-label", SERVICE,
    "the label {key} = `{value}` on the service `{of}`",
    "the Cloud Run service `{of}` labelled {key} = `{value}`", attribute="labels",
)  # fmt: skip
service_secret = link(
    "google-run-secret", SERVICE, "template.containers.env.value_source.secret_key_ref.secret",
    SECRET,
    "the secret `{to}` in an environment variable of the service `{of}`",
    "an environment variable of the service `{of}` filled from the secret `{to}`",
)  # fmt: skip


@requirement(
    "the environment variable {key}={value} in the service `{of}`",
    "the service `{of}` started with {key} set to `{value}`",
)
def google_run_variable(config: Configuration, of: str, key: str, value: str) -> Findings:
    """An `env` block with this name and value."""
    thing = the(config, SERVICE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = [
        one for outer in thing.blocks("template") for inner in outer.blocks("containers")
        for one in inner.blocks("env")
    ]  # fmt: skip
    right = any(same(one.get("name"), key) and same(one.get("value"), value) for one in given)
    yield from unless(right, config, thing.at, f"`{of}` is not given {key}={value}")


job = existence(
    "google-job", JOB, "a Cloud Scheduler job `{name}`", "the job `{name}` in Cloud Scheduler"
)  # fmt: skip
job_schedule = setting(
    "google-job-schedule", JOB, "schedule",
    "`{value}` as the schedule of the job `{of}`", "the job `{of}` run on `{value}`",
)  # fmt: skip
job_zone = setting(
    "google-job-zone", JOB, "time_zone",
    "the schedule of `{of}` in the time zone {value}", "{value} as the time zone of the job `{of}`",
    absent="Etc/UTC",
)  # fmt: skip
job_region = located(
    "google-job-region", JOB, "region",
    "the job `{of}` in the region {value}", "{value} as the region of the job `{of}`",
)  # fmt: skip
job_topic = link(
    "google-job-topic", JOB, "pubsub_target.topic_name", TOPIC_PATH,
    "the job `{of}` publishing to the topic `{to}`", "a message to `{to}` each time `{of}` runs",
)  # fmt: skip
job_account = link(
    "google-job-account", JOB, "http_target.oidc_token.service_account_email", ACCOUNT,
    "requests of the job `{of}` signed as the service account `{to}` (OIDC)",
    "an OIDC token of the service account `{to}` in what `{of}` sends", ids=("email",),
)  # fmt: skip
job_retries = setting(
    "google-job-retries", JOB, "retry_config.retry_count",
    "{value} retries when the job `{of}` fails", "the job `{of}` retried up to {value} times",
)  # fmt: skip
job_paused = fixed(
    "google-job-paused", JOB, "paused", True,
    "the job `{of}` paused for now", "the job `{of}` created in the paused state",
)  # fmt: skip


@requirement(
    "the job `{of}` sending a {method} request to {uri}",
    "{method} {uri} as what the job `{of}` calls",
)
def google_job_http(config: Configuration, of: str, method: str, uri: str) -> Findings:
    """An HTTP target (POST by default)."""
    thing = the(config, JOB, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("uri"), uri) and same(one.get("http_method") or "POST", method)
        for one in thing.blocks("http_target")
    )
    yield from unless(right, config, thing.at, f"`{of}` does not call {method} {uri}")
