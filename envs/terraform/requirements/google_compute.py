"""Requirements about virtual machines and groups of them on Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.factories import (
    Companion,
    existence,
    fixed,
    link,
    listed,
    setting,
    tag,
)
from envs.terraform.requirements.google_access import ACCOUNT
from envs.terraform.requirements.google_networks import ADDRESS, NETWORK, SUBNET
from envs.terraform.requirements.google_storage import located, same_upper
from envs.terraform.requirements.kinds import Kind, companions, same, shown, the, world
from envs.terraform.requirements.lookup import unless
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Unknown, Value
from iac_gym.verdict import Finding

_IDS = ("id", "self_link", "name")
MACHINE = Kind("VM instance", ("google_compute_instance",), "name", _IDS)
DISK = Kind("disk", ("google_compute_disk",), "name", _IDS, by_name=True)
TEMPLATE = Kind(
    "instance template",
    ("google_compute_instance_template", "google_compute_region_instance_template"),
    "name", ("id", "self_link", "self_link_unique"),
)  # fmt: skip
GROUP = Kind(
    "managed instance group",
    ("google_compute_region_instance_group_manager", "google_compute_instance_group_manager"),
    "name", ("id", "self_link"),
)  # fmt: skip
HEALTH = Kind(
    "health check", ("google_compute_health_check", "google_compute_region_health_check"), "name",
    ("id", "self_link"),
)  # fmt: skip
#: Both kinds of autoscaler, with what says which group they are for.
_SCALERS = ("google_compute_region_autoscaler", "google_compute_autoscaler")


def _image(name: str, kind: Kind, path: str, *wordings: str) -> RequirementType:
    """Make "the boot image of `of` is `value`" ("project/family"), written in any way."""

    def check(config: Configuration, of: str, value: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        given = [one for one in thing.at_path(path) if one is not None]
        right = bool(given) and _is_image(config, given[0], value)
        said = shown(given[0] if given else None)
        yield from unless(right, config, thing.at, f"the boot image of `{of}` is {said}")

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


def _is_image(config: Configuration, value: Value, wanted: str) -> bool:
    project, _, family = wanted.partition("/")
    if isinstance(value, str):
        short = value.partition("/projects/")[2] or value.removeprefix("projects/")
        return short in (wanted, family, f"{project}/global/images/family/{family}")
    if not isinstance(value, Unknown):
        return False
    return any(
        one.is_source_of(value, "self_link", "id", "name")
        and same(one.get("family"), family)
        and same(one.get("project"), project)
        for one in world(config).instances("google_compute_image", "data")
    )


machine = existence(
    "google-vm", MACHINE,
    "a Compute Engine instance `{name}`", "the Compute Engine VM `{name}`",
)  # fmt: skip
machine_type = setting(
    "google-vm-type", MACHINE, "machine_type",
    "{value} as the machine type of `{of}`", "the VM `{of}` of the type {value}",
)  # fmt: skip
machine_zone = located(
    "google-vm-zone", MACHINE, "zone",
    "the VM `{of}` in the zone {value}", "{value} as the zone of the VM `{of}`",
)  # fmt: skip
machine_image = _image(
    "google-vm-image", MACHINE, "boot_disk.initialize_params.image",
    "the VM `{of}` booted from {value}", "{value} as the image of the boot disk of `{of}`",
)  # fmt: skip
machine_disk_size = setting(
    "google-vm-disk-size", MACHINE, "boot_disk.initialize_params.size",
    "a boot disk of {value} GB for `{of}`", "{value} GB for the boot disk of the VM `{of}`",
)  # fmt: skip
machine_disk_type = setting(
    "google-vm-disk-type", MACHINE, "boot_disk.initialize_params.type",
    "{value} as the type of the boot disk of `{of}`", "the boot disk of `{of}` of the type {value}",
)  # fmt: skip
machine_tags = listed(
    "google-vm-tags", MACHINE, "tags",
    "just the network tags {values} on the VM `{of}`",
    "the VM `{of}` tagged {values} for the firewall, and nothing else",
)  # fmt: skip
machine_label = tag(
    "google-vm-label", MACHINE,
    "the label {key} = `{value}` on the VM `{of}`", "the VM `{of}` labelled {key} = `{value}`",
    attribute="labels",
)  # fmt: skip
machine_subnet = link(
    "google-vm-subnet", MACHINE, "network_interface.subnetwork", SUBNET,
    "the VM `{of}` in the subnet `{to}`", "`{to}` as the subnet of the VM `{of}`",
)  # fmt: skip
machine_account = link(
    "google-vm-account", MACHINE, "service_account.email", ACCOUNT,
    "the VM `{of}` running as the service account `{to}`",
    "`{to}` as the service account of the VM `{of}`", ids=("email",),
)  # fmt: skip
machine_address = link(
    "google-vm-address", MACHINE, "network_interface.access_config.nat_ip", ADDRESS,
    "the VM `{of}` with the static address `{to}`",
    "`{to}` as the external address of the VM `{of}`", ids=("address",),
)  # fmt: skip
machine_disk = link(
    "google-vm-disk", MACHINE,
    ("attached_disk.source", Companion("google_compute_attached_disk", "instance", "disk")), DISK,
    "the disk `{to}` attached to the VM `{of}`", "the VM `{of}` with the extra disk `{to}`",
)  # fmt: skip
machine_os_login = setting(
    "google-vm-metadata", MACHINE, "metadata.enable-oslogin",
    "enable-oslogin = {value} in the metadata of `{of}`",
    "the metadata entry enable-oslogin of the VM `{of}` set to {value}", compare=same_upper,
)  # fmt: skip
machine_spot = fixed(
    "google-vm-spot", MACHINE, "scheduling.provisioning_model", "SPOT",
    "the VM `{of}` as a Spot VM", "Spot capacity for the VM `{of}`",
)  # fmt: skip
machine_spot_end = setting(
    "google-vm-spot-end", MACHINE, "scheduling.instance_termination_action",
    "{value} as what happens to the Spot VM `{of}` when its capacity is taken back",
    "the termination action {value} for the VM `{of}`",
)  # fmt: skip
machine_secure = fixed(
    "google-vm-secure", MACHINE, "shielded_instance_config.enable_secure_boot", True,
    "secure boot for the VM `{of}`", "the VM `{of}` shielded with secure boot",
)  # fmt: skip
machine_protected = fixed(
    "google-vm-protected", MACHINE, "deletion_protection", True,
    "the VM `{of}` protected from deletion", "deletion protection for the VM `{of}`",
)  # fmt: skip

disk = existence("google-disk", DISK, "a persistent disk `{name}`", "the disk `{name}`")
disk_size = setting(
    "google-disk-size", DISK, "size",
    "{value} GB for the disk `{of}`", "the disk `{of}` with {value} GB",
)  # fmt: skip
disk_type = setting(
    "google-disk-type", DISK, "type",
    "{value} as the type of the disk `{of}`", "the disk `{of}` of the type {value}",
)  # fmt: skip

template = existence(
    "google-template", TEMPLATE,
    "an instance template named `{name}`", "the instance template `{name}`",
)  # fmt: skip
template_type = setting(
    "google-template-type", TEMPLATE, "machine_type",
    "{value} as the machine type of the template `{of}`",
    "machines of the type {value} in the template `{of}`",
)  # fmt: skip
template_image = _image(
    "google-template-image", TEMPLATE, "disk.source_image",
    "{value} as the image of the template `{of}`", "the template `{of}` booting {value}",
)  # fmt: skip
template_network = link(
    "google-template-network", TEMPLATE, "network_interface.network", NETWORK,
    "machines of the template `{of}` in the network `{to}`",
    "`{to}` as the network of the template `{of}`",
)  # fmt: skip
template_account = link(
    "google-template-account", TEMPLATE, "service_account.email", ACCOUNT,
    "machines of the template `{of}` running as the service account `{to}`",
    "`{to}` as the service account of the template `{of}`", ids=("email",),
)  # fmt: skip
group = existence(
    "google-group", GROUP,
    "a managed instance group `{name}`", "the managed instance group `{name}`",
)  # fmt: skip
group_region = located(
    "google-group-region", GROUP, "region",
    "the instance group `{of}` spread over the region {value}",
    "{value} as the region of the instance group `{of}`",
)  # fmt: skip
group_size = setting(
    "google-group-size", GROUP, "target_size",
    "{value} machines in the instance group `{of}`", "the group `{of}` holding {value} instances",
)  # fmt: skip
group_template = link(
    "google-group-template", GROUP, "version.instance_template", TEMPLATE,
    "the instance group `{of}` made from the template `{to}`",
    "`{to}` as the template of the instance group `{of}`",
)  # fmt: skip
group_health = link(
    "google-group-health", GROUP, "auto_healing_policies.health_check", HEALTH,
    "machines of `{of}` replaced when the health check `{to}` fails",
    "auto-healing of the group `{of}` by the health check `{to}`",
)  # fmt: skip
group_delay = setting(
    "google-group-delay", GROUP, "auto_healing_policies.initial_delay_sec",
    "{value} seconds before machines of `{of}` are first checked for healing",
    "an initial delay of {value} seconds for the auto-healing of `{of}`",
)  # fmt: skip


@requirement(
    "a named port `{name}` = {port} of the instance group `{of}`",
    "the port {port} of the instance group `{of}` named `{name}`",
)
def google_group_port(config: Configuration, of: str, name: str, port: int) -> Findings:
    """A `named_port` block with both."""
    thing = the(config, GROUP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = thing.blocks("named_port")
    right = any(same(one.get("name"), name) and same(one.get("port"), port) for one in given)
    yield from unless(right, config, thing.at, f"`{of}` does not call the port {port} `{name}`")


def _scalers(config: Configuration, group: Instance) -> list[Instance]:
    return [one for kind in _SCALERS for one in companions(config, kind, "target", group, GROUP)]


@requirement(
    "the instance group `{of}` autoscaled between {least} and {most} machines",
    "an autoscaler that keeps `{of}` between {least} and {most} instances",
)
def google_group_scaled(config: Configuration, of: str, least: int, most: int) -> Findings:
    """An autoscaler whose target is the group, with these limits."""
    thing = the(config, GROUP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(policy.get("min_replicas"), least) and same(policy.get("max_replicas"), most)
        for one in _scalers(config, thing)
        for policy in one.blocks("autoscaling_policy")
    )
    message = f"`{of}` is not scaled between {least} and {most}"
    yield from unless(right, config, thing.at, message)


group_cpu = setting(
    "google-group-cpu", GROUP,
    tuple(Companion(one, "target", "autoscaling_policy.cpu_utilization.target")
          for one in _SCALERS),
    "the group `{of}` scaled for a CPU utilization of {value}",
    "{value} as the target CPU utilization of the autoscaler of `{of}`",
)  # fmt: skip
group_cooldown = setting(
    "google-group-cooldown", GROUP,
    tuple(Companion(one, "target", "autoscaling_policy.cooldown_period") for one in _SCALERS),
    "a cool-down period of {value} seconds for the autoscaler of `{of}`",
    "{value} seconds for new machines of `{of}` to start before they are measured",
)  # fmt: skip

health = existence(
    "google-health", HEALTH, "a health check `{name}`", "the health check `{name}`"
)  # fmt: skip
health_interval = setting(
    "google-health-interval", HEALTH, "check_interval_sec",
    "the health check `{of}` made every {value} seconds",
    "an interval of {value} seconds for the health check `{of}`", absent=5,
)  # fmt: skip
health_failures = setting(
    "google-health-failures", HEALTH, "unhealthy_threshold",
    "{value} failures of `{of}` in a row before a machine counts as unhealthy",
    "an unhealthy threshold of {value} for the health check `{of}`", absent=2,
)  # fmt: skip


@requirement(
    "`{of}` asking for {path} on port {port} by HTTP",
    "HTTP requests to {path} on port {port} as what the health check `{of}` makes",
)
def google_health_http(config: Configuration, of: str, path: str, port: int) -> Findings:
    """An HTTP check with this port and path (`/` by default)."""
    thing = the(config, HEALTH, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("port"), port) and same(one.get("request_path") or "/", path)
        for one in thing.blocks("http_health_check")
    )
    yield from unless(right, config, thing.at, f"`{of}` does not ask for {path} on port {port}")
