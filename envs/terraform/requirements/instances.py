"""Requirements about EC2 instances: image, key, disks, address, metadata, role, user data."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from envs.terraform.requirements.aws_networks import ADDRESS, SUBNET
from envs.terraform.requirements.factories import (
    existence,
    fixed,
    link,
    setting,
    tag,
)
from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    refers,
    same,
    same_set,
    shown,
    world,
)
from envs.terraform.requirements.lookup import may_assume, targets, things, unless
from envs.terraform.requirements.policies import ROLE, has_managed
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Unknown, Value
from iac_gym.verdict import Finding

INSTANCE = Kind("EC2 instance", ("aws_instance",), "tags.Name")
TEMPLATE = Kind(
    "launch template", ("aws_launch_template",), "name", ("id", "name", "arn"), by_name=True
)
KEY_PAIR = Kind("key pair", ("aws_key_pair",), "key_name", ("key_name", "id"), by_name=True)
VOLUME = Kind("EBS volume", ("aws_ebs_volume",), "tags.Name")
PROFILE = Kind(
    "instance profile", ("aws_iam_instance_profile",), "name", ("name", "id", "arn"), by_name=True
)

instance = existence(
    "instance", INSTANCE,
    "an EC2 instance with the Name tag `{name}`", "the EC2 instance `{name}` (its Name tag)",
    "an EC2 instance that is tagged Name = `{name}`",
)  # fmt: skip
instance_type = setting(
    "instance-type", INSTANCE, "instance_type",
    "the instance type {value} for `{of}`", "`{of}` of the instance type {value}",
)  # fmt: skip
instance_in = link(
    "instance-in", INSTANCE, "subnet_id", SUBNET,
    "the instance `{of}` in the subnet `{to}`", "`{of}` started in the subnet `{to}`",
)  # fmt: skip
instance_group = link(
    "instance-group", INSTANCE, "vpc_security_group_ids", SECURITY_GROUP,
    "the security group `{to}` on the instance `{of}`",
    "the instance `{of}` behind the security group `{to}`",
)  # fmt: skip
instance_tokens = fixed(
    "instance-tokens", INSTANCE, "metadata_options.http_tokens", "required",
    "IMDSv2 enforced on `{of}`: session tokens are required for its metadata",
    "the metadata of `{of}` readable with a session token only (IMDSv2)",
)  # fmt: skip
instance_monitoring = fixed(
    "instance-monitoring", INSTANCE, "monitoring", True,
    "detailed monitoring switched on for `{of}`", "`{of}` with detailed CloudWatch monitoring",
)  # fmt: skip
instance_protected = fixed(
    "instance-protected", INSTANCE, "disable_api_termination", True,
    "`{of}` protected against termination", "termination protection for the instance `{of}`",
)  # fmt: skip
instance_tag = tag(
    "instance-tag", INSTANCE,
    "the tag {key} = `{value}` on the instance `{of}`",
    "the instance `{of}` also tagged {key} = `{value}`",
)  # fmt: skip
instance_root_size = setting(
    "instance-root-size", INSTANCE, "root_block_device.volume_size",
    "a root volume of {value} GB for `{of}`", "{value} GB on the root disk of `{of}`",
)  # fmt: skip
instance_root_encrypted = fixed(
    "instance-root-encrypted", INSTANCE, "root_block_device.encrypted", True,
    "the root volume of `{of}` encrypted", "encryption of the root disk of `{of}`",
)  # fmt: skip
instance_key = link(
    "instance-key", INSTANCE, "key_name", KEY_PAIR,
    "the key pair `{to}`, declared here as well, for logging in to `{of}`",
    "`{of}` opened by the key pair `{to}`, which belongs to the configuration",
)  # fmt: skip


@requirement(
    "the public key of `{of}` taken from the input variable `{variable}`",
    "the variable `{variable}` as the source of the public key of `{of}`",
)
def key_from_variable(config: Configuration, of: str, variable: str) -> Findings:
    """The key pair's public key is made of a variable of the root module."""
    found, problems = things(config, (KEY_PAIR, of))
    if problems:
        return problems
    at = found[0].where("public_key")
    declared = config.root.variables.get(variable)
    given = found[0].get("public_key")
    refs = given.refs if isinstance(given, Unknown) else ()
    named = any((ref.mode, ref.name, ref.module) == ("var", variable, ()) for ref in refs)
    default = world(config).root.value(declared.default.value, {}) if (
        declared and declared.default
    ) else None  # fmt: skip
    right = declared is not None and (named or (default is not None and same(given, default)))
    return unless(right, config, at, f"the public key is not the variable `{variable}`")


def _looked_up(config: Configuration, value: Value, owner: str, pattern: str) -> bool:
    """Whether a value is the newest image of an owner whose name matches a pattern."""
    for data in world(config).instances("aws_ami", "data"):
        if not data.is_source_of(value, "id", "image_id"):
            continue
        owners = data.get("owners")
        named = any(
            same(one.get("name"), "name") and same_set(one.get("values"), [pattern])
            for one in data.blocks("filter")
        )
        newest = same(data.get("most_recent"), True)
        if newest and named and isinstance(owners, list) and same_set(owners, [owner]):
            return True
    return False


def image(name: str, kind: Kind, attribute: str, *wordings: str) -> RequirementType:
    """Make "the thing starts from the newest image of that owner and name"."""

    def check(config: Configuration, of: str, owner: str, pattern: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of))
        yield from problems
        for own in found:
            if not _looked_up(config, own.get(attribute), owner, pattern):
                yield config.finding(
                    own.where(attribute),
                    f"`{attribute}` is not the newest image of {owner} named {pattern}",
                    "look it up with the data source aws_ami",
                )

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


instance_image = image(
    "instance-image", INSTANCE, "ami",
    "the newest AMI of the owner {owner} with a name like `{pattern}`, looked up, for `{of}`",
    "`{of}` started from the latest AMI `{pattern}` of the owner {owner}, found by a lookup",
)  # fmt: skip


@requirement(
    "an Elastic IP address for the instance `{of}`", "`{of}` reachable at an Elastic IP",
)  # fmt: skip
def instance_address(config: Configuration, of: str) -> Findings:
    """An aws_eip that names the instance, or is associated with it."""
    found, problems = things(config, (INSTANCE, of))
    if problems:
        return problems
    direct = companions(config, "aws_eip", "instance", found[0], INSTANCE)
    apart = companions(config, "aws_eip_association", "instance_id", found[0], INSTANCE)
    right = direct or targets(config, ADDRESS, [one.get("allocation_id") for one in apart])
    return unless(right, config, found[0].at, f"no Elastic IP belongs to `{of}`")


volume = existence(
    "volume", VOLUME,
    "an EBS volume with the Name tag `{name}`", "the EBS volume `{name}` (its Name tag)",
)  # fmt: skip
volume_size = setting(
    "volume-size", VOLUME, "size",
    "{value} GB for the volume `{of}`", "the volume `{of}` with room for {value} GB",
)  # fmt: skip
volume_kind = setting(
    "volume-kind", VOLUME, "type",
    "the volume type {value} for `{of}`", "`{of}` as a {value} volume",
)  # fmt: skip
volume_encrypted = fixed(
    "volume-encrypted", VOLUME, "encrypted", True,
    "the volume `{of}` encrypted", "encryption switched on for the EBS volume `{of}`",
)  # fmt: skip


@requirement(
    "the volume `{of}` attached to the instance `{to}` as {device}",
    "`{of}` attached to `{to}` under the device name {device}",
)
def volume_attached(config: Configuration, of: str, to: str, device: str) -> Findings:
    """A volume attachment between the two with that device name."""
    found, problems = things(config, (VOLUME, of), (INSTANCE, to))
    if problems:
        return problems
    right = any(
        same(one.get("device_name"), device) and refers(one.get("instance_id"), found[1], INSTANCE)
        for one in companions(config, "aws_volume_attachment", "volume_id", found[0], VOLUME)
    )
    return unless(right, config, found[0].at, f"`{of}` is not attached to `{to}` as {device}")


@requirement(
    "the volume `{of}` in the same availability zone as the instance `{to}`",
    "`{of}` created in the zone of `{to}`",
)
def volume_beside(config: Configuration, of: str, to: str) -> Findings:
    """The volume's zone is the instance's attribute, its subnet's, or the same text."""
    found, problems = things(config, (VOLUME, of), (INSTANCE, to))
    if problems:
        return problems
    own, machine = found
    given = own.get("availability_zone")
    subnets = targets(config, SUBNET, [machine.get("subnet_id")])
    near = [machine, *subnets]
    right = any(one.is_source_of(given, "availability_zone") for one in near) or any(
        isinstance(given, str) and same(one.get("availability_zone"), given) for one in near
    )
    alike = [one.get("availability_zone") for one in near]
    right = right or any(
        isinstance(given, Unknown) and isinstance(zone, Unknown) and given.ref
        and given.ref == zone.ref for zone in alike
    )  # fmt: skip
    at = own.where("availability_zone")
    return unless(right, config, at, f"the zone {shown(given)} is not that of `{to}`")


def roles_of_profile(config: Configuration, value: Value) -> list[Instance]:
    """Return the roles in the instance profile that a value names."""
    profiles = targets(config, PROFILE, [value])
    return targets(config, ROLE, [one.get("role") for one in profiles])


def profile(name: str, kind: Kind, path: str, *wordings: str) -> RequirementType:
    """Make "the machines have an instance profile whose role EC2 may assume"."""

    def check(config: Configuration, of: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of))
        yield from problems
        for own in found:
            inner = [r for v in own.at_path(path)[-1:] for r in roles_of_profile(config, v)]
            if not inner:
                yield config.finding(own.at, f"`{of}` has no instance profile with a role")
            elif not may_assume(inner[0], "ec2.amazonaws.com"):
                yield config.finding(inner[0].at, "the role does not trust ec2.amazonaws.com")

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


def managed_policy(name: str, kind: Kind, path: str, *wordings: str) -> RequirementType:
    """Make "that role has a managed policy of AWS"."""

    def check(config: Configuration, of: str, policy: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of))
        yield from problems
        for own in found:
            inner = [r for v in own.at_path(path)[-1:] for r in roles_of_profile(config, v)]
            if not any(has_managed(config, role, policy) for role in inner):
                yield config.finding(own.at, f"{policy} is not attached to the role of `{of}`")

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


instance_profile = profile(
    "instance-profile", INSTANCE, "iam_instance_profile",
    "an instance profile for `{of}`, with a role that EC2 may assume",
    "`{of}` running with an IAM role (through an instance profile) that trusts EC2",
)  # fmt: skip
instance_policy = managed_policy(
    "instance-policy", INSTANCE, "iam_instance_profile",
    "the managed policy {policy} attached to the role of the instance `{of}`",
    "the role of `{of}` has AWS's own policy {policy}",
)  # fmt: skip


def script_lines(value: Value, *, encoded: bool = False) -> list[str]:
    """Return the lines of a script, plain or in base64; unknown pieces are left out."""
    if isinstance(value, Joined):
        text = "".join(part if isinstance(part, str) else "\0" for part in value.parts)
    else:
        text = value if isinstance(value, str) else ""
    if encoded or (text and "\n" not in text and " " not in text):
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8", "replace")
        except (ValueError, binascii.Error):
            text = "" if encoded else text
    return [line.strip() for line in text.splitlines()]


def _runs(lines: list[str], command: str) -> bool:
    """Whether a shell script, one that says so in its first line, has the command as a line."""
    return bool(lines) and lines[0].startswith("#!") and command in lines[1:]


def user_data(name: str, kind: Kind, places: tuple[str, ...], *wordings: str) -> RequirementType:
    """Make "the machines run a command when they start"."""

    def check(config: Configuration, of: str, command: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of))
        yield from problems
        for own in found:
            for place in places:
                encoded = place.endswith("base64") or kind is TEMPLATE
                if _runs(script_lines(own.get(place), encoded=encoded), command):
                    break
            else:
                at = own.where(places[0])
                yield config.finding(at, f"no line of a user data script is `{command}`")

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


instance_script = user_data(
    "instance-script", INSTANCE, ("user_data", "user_data_base64"),
    "a shell script as the user data of `{of}` that runs `{command}`",
    "the command `{command}` run by a script in the user data of `{of}`",
)  # fmt: skip
