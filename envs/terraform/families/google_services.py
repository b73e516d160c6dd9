"""Tasks about GKE, Cloud Run and Cloud Scheduler."""

from __future__ import annotations

from envs.terraform.families.google_compute import TYPES
from envs.terraform.families.google_network import add_network, add_subnet
from envs.terraform.families.google_storage import (
    LABELS,
    PROJECTS,
    REGIONS,
    add_account,
    project,
    region,
    varied,
)
from envs.terraform.nested_settings import NestedSettings, put
from envs.terraform.requirements import common, google_messages, google_storage
from envs.terraform.requirements import google_services as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, nested

CHANNELS = ("RAPID", "REGULAR", "STABLE")
CLUSTERS = ("cluster", "gke", "platform", "apps", "prod", "kube")
NODE_TYPES = TYPES[2:]
VARIABLES = (
    ("LOG_LEVEL", ("debug", "info", "warning")), ("STAGE", ("dev", "staging", "prod")),
    ("CURRENCY", ("EUR", "USD", "CHF")), ("PAGE_SIZE", ("25", "50", "100")),
)  # fmt: skip
IMAGES = tuple(
    f"europe-docker.pkg.dev/{owner}/apps/{name}:{version}"
    for owner in ("acme", "globex")
    for name in ("web", "api", "worker")
    for version in ("1.4.2", "2.0.1", "3.1.0")
)
SCHEDULES = ("0 6 * * *", "*/15 * * * *", "30 22 * * 1-5", "0 3 1 * *", "15 4 * * 0", "5 * * * *")
TIME_ZONES = ("Europe/Berlin", "Europe/Paris", "America/New_York", "Asia/Tokyo", "Europe/London")


def _cluster(stack: Stack) -> tuple[Handle, str, str]:
    draw = stack.draw
    name, place = draw.name("cluster", CLUSTERS), draw.choice("location", REGIONS)
    stack.ask(ask.cluster(name=name), ask.cluster_location(of=name, value=place))
    written = varied(stack, "location", place)
    return stack.add("google_container_cluster", name, name=name, location=written), name, place


def _cluster_extras(stack: Stack, made: Handle, name: str, place: str) -> dict[str, Extra]:
    settings = NestedSettings(stack, made, name)

    def placed() -> None:
        network, to = add_network(stack)
        inner = f"{to}-nodes"
        subnet = add_subnet(stack, network, to, inner, place)
        stack.ask(ask.cluster_network(of=name, to=to), ask.cluster_subnet(of=name, to=inner))
        made.set(network=network["id"], subnetwork=subnet["id"])

    def identified() -> None:
        given = stack.draw.choice("project", PROJECTS)
        stack.ask(
            common.google_project(project=given),
            ask.cluster_pool_id(of=name, value=f"{given}.svc.id.goog"),
        )
        stack.provider("google", project=given)
        put(made.body, "workload_identity_config.workload_pool", f"{given}.svc.id.goog")

    def output() -> None:
        out = stack.draw.choice("output", ("endpoint", "cluster_endpoint", "api_server"))
        stack.ask(ask.cluster_output(of=name, name=out))
        stack.top(block("output", out, value=made["endpoint"]))

    return {
        "channel": settings.one_of(ask.cluster_channel, "release_channel.channel", CHANNELS),
        "unprotected": settings.on(ask.cluster_unprotected, deletion_protection=False),
        "private": settings.on(
            ask.cluster_private, private_cluster_config__enable_private_nodes=True
        ),
        "identity": Extra("identity", 2, identified),
        "place": Extra("place", 8, placed),
        "output": Extra("output", 1, output),
    }


@family("terraform", levels=(1, 2, 3, 5))
def gke_autopilot(draw: Draw) -> Draft:
    """An Autopilot cluster of GKE, perhaps in a network of its own."""
    stack = Stack(draw, "google")
    made, name, place = _cluster(stack)
    stack.ask(ask.cluster_autopilot(of=name))
    made.set(enable_autopilot=True)
    extras = _cluster_extras(stack, made, name, place)
    order = ("channel", "unprotected", "private", "output", "place")
    decorate(stack, (*(extras[one] for one in order), project(stack)))
    return stack.draft(
        f"Create the GKE Autopilot cluster `{name}`",
        f"We want Kubernetes on Google Cloud without nodes to care for: the cluster `{name}`",
    )


@family("terraform", levels=(3, 4, 5))
def gke_cluster(draw: Draw) -> Draft:
    """A GKE cluster with a node pool of its own."""
    stack = Stack(draw, "google")
    made, name, place = _cluster(stack)
    pool, kind = f"{name}-{draw.choice('pool', ('pool', 'nodes', 'workers'))}", draw.choice(
        "type", NODE_TYPES
    )  # fmt: skip
    stack.ask(
        ask.cluster_no_default(of=name), ask.pool(name=pool), ask.pool_cluster(of=pool, to=name),
        ask.pool_type(of=pool, value=kind),
    )  # fmt: skip
    made.set(remove_default_node_pool=True, initial_node_count=1)
    nodes = stack.add(
        "google_container_node_pool", pool, name=pool, cluster=made["name"],
        location=made["location"],
    )  # fmt: skip
    put(nodes.body, "node_config.machine_type", kind)
    if draw.chance("scaled", 0.5):
        least, more = draw.integer("least", 1, 4), draw.integer("more", 1, 9)
        stack.ask(ask.google_pool_scaled(of=pool, least=least, most=least + more))
        nodes.nest("autoscaling", min_node_count=least, max_node_count=least + more)
    else:
        count = draw.integer("count", 1, 9)
        stack.ask(ask.pool_count(of=pool, value=count))
        nodes.set(node_count=count)
    settings = NestedSettings(stack, nodes, pool)

    def account() -> None:
        holder, other = add_account(stack)
        stack.ask(ask.pool_account(of=pool, to=other))
        put(nodes.body, "node_config.service_account", holder["email"])
        put(nodes.body, "node_config.oauth_scopes", [f"{_AUTH}/cloud-platform"])

    extras = _cluster_extras(stack, made, name, place)
    decorate(
        stack,
        (
            settings.one_of(ask.pool_disk, "node_config.disk_size_gb", range(50, 300, 10)),
            extras["channel"], Extra("account", 2, account), extras["unprotected"],
            settings.label(ask.google_pool_label, LABELS[:2], "node_config.labels"),
            settings.on(ask.pool_spot, node_config__spot=True), extras["private"],
            extras["identity"], extras["place"], extras["output"],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the GKE cluster `{name}` with the node pool `{pool}`",
        f"Terraform for a Kubernetes cluster `{name}` on Google Cloud, please",
    )


_AUTH = "https://www.googleapis.com/auth"


class _Service:
    """A Cloud Run service under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack, self.draw = stack, draw
        self.name, image = draw.name("service"), draw.choice("image", IMAGES)
        place = draw.choice("location", REGIONS)
        stack.ask(
            ask.service(name=self.name), ask.service_location(of=self.name, value=place),
            ask.service_image(of=self.name, value=image),
        )  # fmt: skip
        self.made = stack.add("google_cloud_run_v2_service", self.name, name=self.name)
        self.made.set(location=varied(stack, "location", place), deletion_protection=False)
        put(self.made.body, "template.containers.image", image)
        self.container = self.made.inner("template")["containers"][0].body

    def account(self) -> None:
        """Ask for an identity of its own."""
        holder, other = add_account(self.stack)
        self.stack.ask(ask.service_account(of=self.name, to=other))
        put(self.made.body, "template.service_account", holder["email"])

    def everybody(self) -> None:
        """Ask for everybody to be allowed to call it."""
        self.stack.ask(ask.service_public(of=self.name, role="roles/run.invoker"))
        self.stack.add(
            "google_cloud_run_v2_service_iam_member", self.name, name=self.made["name"],
            location=self.made["location"], role="roles/run.invoker", member="allUsers",
        )  # fmt: skip

    def _limit(self, kind: str, value: str) -> None:
        held = self.container.setdefault("resources", [nested(limits={})])[0].body["limits"]
        held[kind] = value

    def memory(self) -> None:
        """Ask for a memory limit."""
        value = self.draw.choice("memory", ("256Mi", "512Mi", "1Gi", "2Gi", "4Gi"))
        self.stack.ask(ask.service_memory(of=self.name, value=value))
        self._limit("memory", value)

    def cpu(self) -> None:
        """Ask for a CPU limit."""
        value = self.draw.choice("cpu", ("1", "2"))
        self.stack.ask(ask.service_cpu(of=self.name, value=value))
        self._limit("cpu", value)

    def variable(self) -> None:
        """Ask for an environment variable."""
        key, values = self.draw.choice("key", VARIABLES)
        value = self.draw.choice("value", values)
        self.stack.ask(ask.google_run_variable(of=self.name, key=key, value=value))
        self.container.setdefault("env", []).append(nested(name=key, value=value))

    def secret(self) -> None:
        """Ask for an environment variable that holds a secret."""
        other = f"{self.name}-secret"
        self.stack.ask(
            google_storage.secret(name=other), ask.service_secret(of=self.name, to=other)
        )  # fmt: skip
        held = self.stack.add(
            "google_secret_manager_secret", other, secret_id=other,
            replication=nested(auto=nested()),
        )  # fmt: skip
        source = nested(secret_key_ref=nested(secret=held["secret_id"], version="latest"))
        env = self.container.setdefault("env", [])
        env.append(nested(name="API_TOKEN", value_source=source))

    def output(self) -> None:
        """Ask for its URL to be given out."""
        out = self.draw.choice("output", ("url", "service_url", "endpoint"))
        self.stack.ask(ask.service_output(of=self.name, name=out))
        self.stack.top(block("output", out, value=self.made["uri"]))


@family("terraform", levels=(1, 2, 3, 4, 5))
def cloud_run_service(draw: Draw) -> Draft:
    """A Cloud Run service with its limits, scaling, identity and callers."""
    stack = Stack(draw, "google")
    made = _Service(stack)
    name, settings = made.name, NestedSettings(stack, made.made, made.name)
    decorate(
        stack,
        (
            Extra("memory", 1, made.memory), Extra("public", 1, made.everybody),
            settings.one_of(
                ask.service_most, "template.scaling.max_instance_count", range(4, 60)
            ),
            Extra("variable", 1, made.variable), Extra("account", 2, made.account),
            Extra("cpu", 1, made.cpu),
            settings.one_of(
                ask.service_port, "template.containers.ports.container_port",
                (3000, 5000, 8000, 8081, 9000),
            ),
            Extra("secret", 2, made.secret), Extra("output", 1, made.output),
            settings.one_of(
                ask.service_ingress, "ingress",
                ("INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
            ),
            settings.one_of(ask.service_least, "template.scaling.min_instance_count", (1, 2, 3)),
            settings.label(ask.service_label, LABELS, "labels"), project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the container `{name}` on Cloud Run",
        f"Deploy `{name}` to Cloud Run with Terraform",
        f"Terraform for the Cloud Run service `{name}`",
    )


@family("terraform", levels=(1, 2, 3))
def google_scheduled_job(draw: Draw) -> Draft:
    """A job of Cloud Scheduler that calls an address or publishes a message."""
    stack = Stack(draw, "google")
    name = draw.name("job", ("report", "cleanup", "sync", "digest", "backup", "ping"))
    when = draw.choice("schedule", SCHEDULES)
    stack.ask(ask.job(name=name), ask.job_schedule(of=name, value=when))
    made = stack.add("google_cloud_scheduler_job", name, name=name, schedule=when)
    settings = NestedSettings(stack, made, name)
    extras: tuple[Extra, ...] = ()
    if draw.chance("published", 0.35):
        topic = f"{name}-topic"
        stack.ask(google_messages.topic(name=topic), ask.job_topic(of=name, to=topic))
        target = stack.add("google_pubsub_topic", topic, name=topic)
        made.nest("pubsub_target", topic_name=target["id"], data=Raw('base64encode("run")'))
    else:
        method = draw.choice("method", ("GET", "POST", "PUT", "DELETE"))
        host = draw.choice("host", ("tasks", "jobs", "api", "internal"))
        uri = f"https://{host}.example.com/{draw.choice('path', ('run', 'start', 'v1/refresh'))}"
        stack.ask(ask.google_job_http(of=name, method=method, uri=uri))
        made.nest("http_target", http_method=method, uri=uri)

        def signed() -> None:
            holder, other = add_account(stack)
            stack.ask(ask.job_account(of=name, to=other))
            put(made.body, "http_target.oidc_token.service_account_email", holder["email"])

        extras = (Extra("signed", 2, signed),)
    decorate(
        stack,
        (
            settings.one_of(ask.job_zone, "time_zone", TIME_ZONES),
            settings.one_of(ask.job_retries, "retry_config.retry_count", (1, 2, 3, 5)),
            *extras, settings.one_of(ask.job_region, "region", REGIONS), project(stack),
            settings.on(ask.job_paused, paused=True), region(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Start `{name}` regularly with Cloud Scheduler",
        f"Terraform for the scheduled job `{name}` on Google Cloud",
    )
