"""Tasks about virtual machines on Google Cloud, alone and in groups."""

from __future__ import annotations

from envs.terraform.families.google_network import TAGS, add_network, add_subnet
from envs.terraform.families.google_storage import LABELS, REGIONS, add_account, project
from envs.terraform.nested_settings import NestedSettings, put
from envs.terraform.requirements import google_compute as ask
from envs.terraform.requirements import google_networks as nets
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested

TYPES = (
    "e2-micro", "e2-small", "e2-medium", "e2-standard-2", "e2-standard-4", "n2-standard-2",
    "n2-standard-8", "n1-standard-2", "n2d-standard-4", "e2-highmem-2",
)  # fmt: skip
IMAGES = (
    "debian-cloud/debian-12", "debian-cloud/debian-11", "ubuntu-os-cloud/ubuntu-2404-lts-amd64",
    "ubuntu-os-cloud/ubuntu-2204-lts", "rocky-linux-cloud/rocky-linux-9", "cos-cloud/cos-stable",
)  # fmt: skip
MACHINES = ("vm", "web", "runner", "bastion", "worker", "jump", "build", "app")


def _image(stack: Stack, image: str) -> str:
    """Write an image, by its name or by a data source."""
    if stack.draw.phrase("image style", ("name", "name", "data")) == "name":
        return image
    owner, _, kind = image.partition("/")
    return stack.data("google_compute_image", "boot", family=kind, project=owner)["self_link"]


def _machine(stack: Stack) -> tuple[Handle, str, str]:
    """Ask for a machine; return it, its name and its region."""
    draw = stack.draw
    name, kind = draw.name("machine", MACHINES), draw.choice("type", TYPES)
    place = draw.choice("region", REGIONS)
    zone, image = f"{place}-{draw.choice('zone', 'bc')}", draw.choice("image", IMAGES)
    stack.ask(
        ask.machine(name=name), ask.machine_type(of=name, value=kind),
        ask.machine_zone(of=name, value=zone), ask.machine_image(of=name, value=image),
    )  # fmt: skip
    made = stack.add("google_compute_instance", name, name=name, machine_type=kind, zone=zone)
    put(made.body, "boot_disk.initialize_params.image", _image(stack, image))
    return made, name, place


@family("terraform", levels=(2, 3, 4, 5))
def google_instance(draw: Draw) -> Draft:
    """A VM with its disks, address, network and identity."""
    stack = Stack(draw, "google")
    made, name, place = _machine(stack)
    made.nest("network_interface", network="default")
    face = made.inner("network_interface")
    settings = NestedSettings(stack, made, name)

    def account() -> None:
        holder, other = add_account(stack)
        stack.ask(ask.machine_account(of=name, to=other))
        made.nest("service_account", email=holder["email"], scopes=["cloud-platform"])

    def addressed() -> None:
        other = f"{name}-ip"
        stack.ask(
            nets.address(name=other), nets.address_region(of=other, value=place),
            ask.machine_address(of=name, to=other),
        )  # fmt: skip
        own = stack.add("google_compute_address", other, name=other, region=place)
        face["access_config"] = [nested(nat_ip=own["address"])]

    def disk() -> None:
        other, size = f"{name}-data", draw.integer("data size", 20, 900, 10)
        stack.ask(
            ask.disk(name=other), ask.disk_size(of=other, value=size),
            ask.machine_disk(of=name, to=other),
        )  # fmt: skip
        own = stack.add(
            "google_compute_disk", other, name=other, size=size, zone=made.body["zone"]
        )  # fmt: skip
        if draw.phrase("attachment", ("inline", "separate")) == "inline":
            made.nest("attached_disk", source=own["id"])
        else:
            stack.add(
                "google_compute_attached_disk", other, disk=own["id"], instance=made["id"]
            )  # fmt: skip
            made.nest("lifecycle", ignore_changes=[Raw("attached_disk")])
        if draw.wants("data type", 5):
            kind = draw.choice("data kind", ("pd-balanced", "pd-ssd", "pd-standard"))
            stack.ask(ask.disk_type(of=other, value=kind))
            own.set(type=kind)

    def placed() -> None:
        network, to = add_network(stack)
        inner = f"{to}-machines"
        subnet = add_subnet(stack, network, to, inner, place)
        stack.ask(ask.machine_subnet(of=name, to=inner))
        face.pop("network")
        face["subnetwork"] = subnet["id"]

    def tagged() -> None:
        tags = list(draw.sample("tags", TAGS, 2))
        stack.ask(ask.machine_tags(of=name, values=tags))
        made.set(tags=tags)

    decorate(
        stack,
        (
            settings.one_of(
                ask.machine_disk_size, "boot_disk.initialize_params.size", range(20, 300, 10)
            ),
            Extra("account", 2, account), Extra("address", 3, addressed),
            Extra("tags", 1, tagged), settings.label(ask.machine_label, LABELS, "labels"),
            Extra("disk", 3.4, disk), Extra("place", 7, placed),
            settings.one_of(
                ask.machine_os_login, "metadata", ("TRUE", "FALSE"),
                lambda value: {"enable-oslogin": value},
            ),
            settings.one_of(
                ask.machine_disk_type, "boot_disk.initialize_params.type",
                ("pd-balanced", "pd-ssd", "pd-standard"),
            ),
            settings.on(ask.machine_secure, shielded_instance_config__enable_secure_boot=True),
            settings.on(ask.machine_protected, deletion_protection=True), project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the VM `{name}` on Compute Engine with Terraform",
        f"We need a virtual machine `{name}` on Google Cloud",
    )


@family("terraform", levels=(2, 3))
def google_spot_machine(draw: Draw) -> Draft:
    """A Spot VM for work that may be interrupted."""
    stack = Stack(draw, "google")
    name = draw.name("machine", ("batch", "render", "train", "ci"))
    kind, image = draw.choice("type", TYPES), draw.choice("image", IMAGES)
    stack.ask(
        ask.machine(name=name), ask.machine_type(of=name, value=kind),
        ask.machine_spot(of=name), ask.machine_image(of=name, value=image),
    )  # fmt: skip
    made = stack.add("google_compute_instance", name, name=name, machine_type=kind)
    made.nest(
        "scheduling", provisioning_model="SPOT", preemptible=True, automatic_restart=False
    )  # fmt: skip
    made.nest("network_interface", network="default")
    put(made.body, "boot_disk.initialize_params.image", _image(stack, image))
    zone = f"{draw.choice('region', REGIONS)}-b"
    stack.ask(ask.machine_zone(of=name, value=zone))
    made.set(zone=zone)
    settings = NestedSettings(stack, made, name)
    decorate(
        stack,
        (
            settings.one_of(
                ask.machine_disk_size, "boot_disk.initialize_params.size", range(20, 300, 10)
            ),
            settings.one_of(
                ask.machine_spot_end, "scheduling.instance_termination_action", ("STOP", "DELETE")
            ),
            project(stack), settings.label(ask.machine_label, LABELS, "labels"),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run interruptible work on the Spot VM `{name}` on Google Cloud",
        f"Terraform for a cheap, interruptible machine `{name}` on Compute Engine",
    )


def _health(stack: Stack, name: str) -> Handle:
    draw = stack.draw
    path, port = draw.choice("path", ("/healthz", "/health", "/ping")), draw.choice(
        "port", (80, 8000, 8080, 9000)
    )  # fmt: skip
    stack.ask(ask.health(name=name), ask.google_health_http(of=name, path=path, port=port))
    made = stack.add(
        "google_compute_health_check", name, name=name,
        http_health_check=nested(port=port, request_path=path),
    )  # fmt: skip
    settings = NestedSettings(stack, made, name)
    every = settings.one_of(ask.health_interval, "check_interval_sec", (10, 15, 20, 30))
    failures = settings.one_of(ask.health_failures, "unhealthy_threshold", (3, 4, 5, 6))
    for extra in (every, failures):
        if draw.wants(f"with {extra.name}", 5):
            extra.make()
    return made


@family("terraform", levels=(4, 5))
def google_instance_group(draw: Draw) -> Draft:
    """A regional group of machines made from a template, healed and scaled."""
    stack = Stack(draw, "google")
    name = draw.name("group", ("web", "app", "workers", "frontend", "fleet"))
    plan, kind, image = f"{name}-template", draw.choice("type", TYPES), draw.choice("image", IMAGES)
    place = draw.choice("region", REGIONS)
    stack.ask(
        ask.template(name=plan), ask.template_type(of=plan, value=kind),
        ask.template_image(of=plan, value=image), ask.group(name=name),
        ask.group_region(of=name, value=place), ask.group_template(of=name, to=plan),
    )  # fmt: skip
    template = stack.add(
        "google_compute_instance_template", plan, name=plan, machine_type=kind,
        disk=nested(source_image=_image(stack, image), auto_delete=True, boot=True),
    )  # fmt: skip
    template.nest("network_interface", network="default")
    made = stack.add(
        "google_compute_region_instance_group_manager", name, name=name, region=place,
        base_instance_name=name, version=nested(instance_template=template["self_link_unique"]),
    )  # fmt: skip
    extras: tuple[Extra, ...] = ()
    if draw.chance("scaled", 0.6):
        least, more = draw.integer("least", 1, 5), draw.integer("more", 1, 12)
        stack.ask(ask.google_group_scaled(of=name, least=least, most=least + more))
        policy = {"min_replicas": least, "max_replicas": least + more}
        scaler = stack.add(
            "google_compute_region_autoscaler", name, name=f"{name}-scaler", region=place,
            target=made["id"], autoscaling_policy=[nested(**policy)],
        )  # fmt: skip
        scaling = NestedSettings(stack, scaler, name)
        extras = (
            scaling.one_of(
                ask.group_cpu, "autoscaling_policy.cpu_utilization.target", (0.5, 0.65, 0.7, 0.8)
            ),
            scaling.one_of(
                ask.group_cooldown, "autoscaling_policy.cooldown_period", (45, 90, 120, 180)
            ),
        )
    else:
        stack.ask(ask.group_size(of=name, value=(size := draw.integer("size", 2, 12))))
        made.set(target_size=size)

    def healed() -> None:
        check, delay = f"{name}-health", draw.choice("delay", (60, 120, 180, 300))
        own = _health(stack, check)
        stack.ask(ask.group_health(of=name, to=check), ask.group_delay(of=name, value=delay))
        made.nest("auto_healing_policies", health_check=own["id"], initial_delay_sec=delay)

    def port() -> None:
        title, number = draw.choice("named port", (("http", 80), ("app", 8080), ("grpc", 50051)))
        stack.ask(ask.google_group_port(of=name, name=title, port=number))
        made.nest("named_port", name=title, port=number)

    def placed() -> None:
        network, to = add_network(stack)
        subnet = add_subnet(stack, network, to, f"{to}-group", place)
        stack.ask(ask.template_network(of=plan, to=to))
        template.body["network_interface"] = [
            nested(network=network["id"], subnetwork=subnet["id"])
        ]

    def account() -> None:
        holder, other = add_account(stack)
        stack.ask(ask.template_account(of=plan, to=other))
        template.nest("service_account", email=holder["email"], scopes=["cloud-platform"])

    decorate(
        stack,
        (
            *extras, Extra("port", 1, port), Extra("healing", 5, healed),
            Extra("account", 2, account), project(stack), Extra("network", 7, placed),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the instance group `{name}` on Google Cloud",
        f"The machines of `{name}` on Compute Engine are to be managed as a group",
    )
