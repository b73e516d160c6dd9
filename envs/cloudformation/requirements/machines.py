"""Requirements about EC2 instances, launch templates and Auto Scaling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    output,
    secure,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    companions,
    flat,
    is_true,
    problem,
    refers,
    same,
    shown,
    targets,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import (
    ROLE,
    has_managed,
    may_assume,
)
from envs.cloudformation.requirements.services import (
    INSTANCE,
    LAUNCH_TEMPLATE,
    SCALING_GROUP,
    SECURITY_GROUP,
    TARGET_GROUP,
)
from iac_gym.check import Findings, requirement
from iac_gym.formats.shell import read_script
from iac_gym.languages.cloudformation.folded import Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.languages.cloudformation.resolved import resolve
from iac_gym.verdict import Finding

# -- instances -------------------------------------------------------------------------------------

instance = existence(
    "instance", INSTANCE,
    "an EC2 instance named `{name}` (Name tag)", "the EC2 instance `{name}`, by its Name tag",
)  # fmt: skip
instance_type = setting(
    "instance-type", INSTANCE, "InstanceType",
    "the instance type {value} for `{of}`", "`{of}` as a machine of the type {value}",
)  # fmt: skip
instance_monitoring = fixed(
    "instance-monitoring", INSTANCE, "Monitoring", True,
    "detailed monitoring of the instance `{of}`", "`{of}` monitored in detail",
)  # fmt: skip
instance_protected = fixed(
    "instance-protected", INSTANCE, "DisableApiTermination", True,
    "`{of}` protected against termination", "termination protection for the instance `{of}`",
)  # fmt: skip
instance_key = setting(
    "instance-key", INSTANCE, "KeyName",
    "the key pair {value} for `{of}`", "`{of}` with the SSH key pair {value}",
)  # fmt: skip
instance_group = link(
    "instance-group", INSTANCE,
    ("SecurityGroupIds", "NetworkInterfaces.GroupSet"), SECURITY_GROUP,
    "the instance `{of}` behind the security group `{to}`", "`{to}` as a security group of `{of}`",
)  # fmt: skip
instance_tag = tag(
    "instance-tag", INSTANCE,
    "the tag {key} = `{value}` on the instance `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
instance_output = output(
    "instance-output", INSTANCE, ("Ref", "InstanceId"),
    "an output `{name}` with the id of the instance `{of}`",
    "the id of the instance `{of}` given out as the output `{name}`",
)  # fmt: skip


_NEWEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-"


@requirement(
    "the newest Amazon Linux 2023 image for `{of}`, by the public SSM parameter",
    "`{of}` started from Amazon Linux 2023, whose newest image a public SSM parameter tells",
)
def instance_image(template: Template, of: str) -> Findings:
    """A dynamic reference to AWS's parameter, or a template parameter that stands for it."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    value = thing.value("ImageId")
    right = value.__class__ is Unknown and (
        _newest(value.name.removeprefix("resolve:ssm:")) or _stored(template, value)
    )
    return unless(right, template, thing, f"`{of}` does not use the newest Amazon Linux 2023")


def _newest(name: str) -> bool:
    """Whether a name is that of AWS's parameter, without the number of a version."""
    return name.startswith(_NEWEST) and ":" not in name


def _stored(template: Template, value: Unknown) -> bool:
    """Whether a value is a parameter of the template that stands for AWS's parameter."""
    found = resolve(template).parameters.get(value.name) if value.kind == "parameter" else None
    return (
        found is not None
        and found.type.startswith("AWS::SSM::Parameter::Value<")
        and _newest(str(found.tree.get("Default")))
    )


def described(template: Template, thing: Thing, path: str) -> list[Any]:
    """Return what an instance says at a path; where it says nothing, its launch template."""
    own = at_path(thing, path)
    return own or [
        value
        for made in launched_from(template, thing)
        for value in at_path(made, f"LaunchTemplateData.{path}")
    ]


def launched_from(template: Template, thing: Thing) -> list[Thing]:
    """Return the launch templates that an instance or a group names, by id or by name."""
    paths = ("LaunchTemplate", "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification")
    given = [one for path in paths for one in blocks(thing, path)]
    return [
        made
        for made in things(template, LAUNCH_TEMPLATE.type)
        if any(
            refers(one.get("LaunchTemplateId"), made, LAUNCH_TEMPLATE)
            or same(one.get("LaunchTemplateName"), made.value("LaunchTemplateName"))
            for one in given
        )
    ]


def _tokens(template: Template, thing: Thing) -> Iterator[Finding]:
    found = described(template, thing, "MetadataOptions.HttpTokens")
    if not any(same(one, "required") for one in found):
        yield problem(template, thing, "IMDSv1 is not switched off", "MetadataOptions")


instance_metadata = secure(
    "instance-metadata", INSTANCE, _tokens,
    "IMDSv1 switched off on the instance `{of}`", "the instance metadata of `{of}` only by IMDSv2",
)  # fmt: skip


@requirement(
    "a root disk of {size} GB, of the type {kind}, for `{of}`",
    "`{of}` with {size} GB on a root disk of the type {kind}",
)
def instance_disk(template: Template, of: str, size: int, kind: str) -> Findings:
    """The first block device mapping of the root."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        _disk(one, size, kind)
        for one in flat(described(template, thing, "BlockDeviceMappings"))
        if isinstance(one, Mapping) and str(one.get("DeviceName")) in _ROOTS
    )
    return unless(right, template, thing, f"the root disk of `{of}` is not {size} GB of {kind}")


_ROOTS = ("/dev/xvda", "/dev/sda1")


def _disk(mapping: Mapping[str, Any], size: int, kind: str) -> bool:
    given = mapping.get("Ebs")
    return (
        isinstance(given, Mapping)
        and same(given.get("VolumeSize"), size)
        and same(given.get("VolumeType"), kind)
    )


def _volumes(template: Template, thing: Thing) -> list[Thing]:
    """Return the volumes of this template that are attached to an instance."""
    values = at_path(thing, "Volumes.VolumeId")
    for one in companions(template, "AWS::EC2::VolumeAttachment", "InstanceId", thing, INSTANCE):
        values += at_path(one, "VolumeId")
    return [
        one
        for one in things(template, "AWS::EC2::Volume")
        if any(one.is_source_of(value) or one.is_source_of(value, "VolumeId") for value in values)
    ]


@requirement(
    "every disk of the instance `{of}` encrypted", "the instance `{of}` with encrypted disks only",
)  # fmt: skip
def instance_encrypted(template: Template, of: str) -> Findings:
    """The root disk and the others are described, and all of them encrypted."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    given = flat(described(template, thing, "BlockDeviceMappings"))
    disks = [one for one in given if isinstance(one, Mapping)]
    root = any(str(one.get("DeviceName")) in _ROOTS and blocks(one, "Ebs") for one in disks)
    right = (
        root
        and all(is_true(ebs.get("Encrypted")) for one in disks for ebs in blocks(one, "Ebs"))
        and all(is_true(one.value("Encrypted")) for one in _volumes(template, thing))
    )
    return unless(right, template, thing, f"a disk of `{of}` is not encrypted")


@requirement(
    "`{of}` running under a role that EC2 may assume and that has AWS's own policy {policy}",
    "an instance profile for `{of}`, whose role trusts EC2 and has the managed policy {policy}",
)
def instance_role(template: Template, of: str, policy: str) -> Findings:
    """The instance's profile is of this template, and has such a role."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "ec2.amazonaws.com") and has_managed(template, role, policy)
        for role in _roles(template, _profiles(template, thing))
    )
    return unless(right, template, thing, f"`{of}` has no such role")


def _profiles(template: Template, thing: Thing) -> list[Any]:
    """Return what names the profile of an instance: in it, or in its launch template."""
    own = at_path(thing, "IamInstanceProfile")
    return own or [
        value
        for name in ("Arn", "Name")
        for value in described(template, thing, f"IamInstanceProfile.{name}")
    ]


def _roles(template: Template, profiles: list[Any]) -> list[Thing]:
    """Return the roles of the instance profiles that some values name."""
    found = [
        one
        for one in things(template, "AWS::IAM::InstanceProfile")
        if any(
            one.is_source_of(value) or one.is_source_of(value, "Arn")
            for value in profiles
            if value is not None
        )
    ]
    return targets(
        template, ROLE, [value for one in found for value in values_of(one, "Roles")], ("name",)
    )


@requirement(
    "{text} in the user data of `{of}`", "a start script of `{of}` with the command {text}",
)  # fmt: skip
def instance_script(template: Template, of: str, text: str) -> Findings:
    """The command certainly runs in the start script."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    script = str(thing.value("UserData"))
    right = (
        _encoded(thing.resource.properties.get("UserData"))
        and script.startswith("#!")
        and _runs(script, text)
    )
    return unless(right, template, thing, f"the user data of `{of}` does not run {text}")


def _encoded(tree: Any) -> bool:
    """Whether user data is encoded in Base64, as EC2 takes it."""
    if not isinstance(tree, Mapping):
        return False
    branches = tree.get("Fn::If")
    return "Fn::Base64" in tree or (
        isinstance(branches, list) and any(_encoded(one) for one in branches[1:3])
    )


_HOLE = re.compile(r"\$\{[A-Za-z0-9:.]*\}")
#: `exec` that only sends the output elsewhere, which starts no other program.
_REDIRECTED = re.compile(r"^[ \t]*exec[ \t]+[0-9&]*>.*$", re.MULTILINE)


def _runs(script: str, command: str) -> bool:
    """Whether a command certainly runs in a script; pieces that nobody knows are plain words."""
    wanted = tuple(command.split())
    plain = _REDIRECTED.sub("", _HOLE.sub("X", script))
    return any(one.words == wanted for one in read_script(plain, {}).certain)


@requirement(
    "an Elastic IP address for the instance `{of}`", "the instance `{of}` with an Elastic IP",
)  # fmt: skip
def instance_address(template: Template, of: str) -> Findings:
    """An address of this template is given to the instance."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    own = companions(template, "AWS::EC2::EIP", "InstanceId", thing, INSTANCE)
    given = companions(template, "AWS::EC2::EIPAssociation", "InstanceId", thing, INSTANCE)
    return unless(own or given, template, thing, f"`{of}` has no Elastic IP")


# -- launch templates and groups -------------------------------------------------------------------

launch_template = existence(
    "launch-template", LAUNCH_TEMPLATE,
    "a launch template called `{name}`", "the launch template `{name}`",
)  # fmt: skip
launch_type = setting(
    "launch-type", LAUNCH_TEMPLATE, "LaunchTemplateData.InstanceType",
    "the instance type {value} in the launch template `{of}`",
    "`{of}` launches machines of the type {value}",
)  # fmt: skip
launch_metadata = fixed(
    "launch-metadata", LAUNCH_TEMPLATE, "LaunchTemplateData.MetadataOptions.HttpTokens", "required",
    "IMDSv2 demanded by the launch template `{of}`", "`{of}` without IMDSv1",
)  # fmt: skip
launch_group = link(
    "launch-group", LAUNCH_TEMPLATE,
    ("LaunchTemplateData.SecurityGroupIds", "LaunchTemplateData.NetworkInterfaces.Groups"),
    SECURITY_GROUP,
    "machines of the launch template `{of}` behind the security group `{to}`",
    "the security group `{to}` in the launch template `{of}`",
)  # fmt: skip


@requirement(
    "a profile in the launch template `{of}` whose role EC2 may assume and has AWS's own policy "
    "{policy}",
    "machines of `{of}` running under a role that trusts EC2 and has the managed policy {policy}",
)
def launch_role(template: Template, of: str, policy: str) -> Findings:
    """The profile of the launch template is of this template, and has such a role."""
    thing = the(template, LAUNCH_TEMPLATE, of)
    if isinstance(thing, Finding):
        return [thing]
    profile = "LaunchTemplateData.IamInstanceProfile"
    values = at_path(thing, f"{profile}.Arn") + at_path(thing, f"{profile}.Name")
    right = any(
        may_assume(role, "ec2.amazonaws.com") and has_managed(template, role, policy)
        for role in _roles(template, values)
    )
    return unless(right, template, thing, f"`{of}` has no such profile")


scaling_group = existence(
    "scaling-group", SCALING_GROUP,
    "an Auto Scaling group called `{name}`", "the Auto Scaling group `{name}`",
)  # fmt: skip


@requirement(
    "between {low} and {high} machines in `{of}`", "`{of}` with at least {low} and at most {high} "
    "machines",
)  # fmt: skip
def group_sizes(template: Template, of: str, low: int, high: int) -> Findings:
    """`MinSize` and `MaxSize`."""
    thing = the(template, SCALING_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.value("MinSize"), low) and same(thing.value("MaxSize"), high)
    given = f"{shown(thing.value('MinSize'))} to {shown(thing.value('MaxSize'))}"
    return unless(right, template, thing, f"`{of}` has {given} machines")


group_desired = setting(
    "group-desired", SCALING_GROUP, "DesiredCapacity",
    "{value} machines to begin with in `{of}`", "a desired capacity of {value} for `{of}`",
)  # fmt: skip
group_health = setting(
    "group-health", SCALING_GROUP, "HealthCheckType",
    "health checks of the type {value} for `{of}`", "`{of}` with {value} health checks",
)  # fmt: skip
group_grace = setting(
    "group-grace", SCALING_GROUP, "HealthCheckGracePeriod",
    "a grace period of {value} seconds for the health checks of `{of}`",
    "machines of `{of}` given {value} seconds before health checks count",
)  # fmt: skip
group_targets = link(
    "group-targets", SCALING_GROUP, ("TargetGroupARNs", "TrafficSources.Identifier"), TARGET_GROUP,
    "machines of `{of}` registered with the target group `{to}`",
    "the target group `{to}` fed by the Auto Scaling group `{of}`", by=("arn",),
)  # fmt: skip


@requirement(
    "`{of}` launching from the newest version of the launch template `{to}`",
    "the launch template `{to}`, in its newest version, used by `{of}`",
)
def group_launches(template: Template, of: str, to: str) -> Findings:
    """The group names the launch template, and its `LatestVersionNumber`."""
    found, problems = all_of(template, (SCALING_GROUP, of), (LAUNCH_TEMPLATE, to))
    if problems:
        return problems
    given = blocks(found[0], "LaunchTemplate") + blocks(
        found[0], "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"
    )
    right = any(
        (
            refers(one.get("LaunchTemplateId"), found[1], LAUNCH_TEMPLATE)
            or same(one.get("LaunchTemplateName"), to)
        )
        and found[1].is_source_of(one.get("Version"), "LatestVersionNumber")
        for one in given
    )
    return unless(right, template, found[0], f"`{of}` does not launch the newest `{to}`")


@requirement(
    "`{of}` scaled to keep its average CPU use at {percent} percent",
    "target tracking of {percent} percent CPU for the Auto Scaling group `{of}`",
)
def group_tracks_cpu(template: Template, of: str, percent: int) -> Findings:
    """A target tracking policy of the group for its average CPU use."""
    thing = the(template, SCALING_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    metric = "PredefinedMetricSpecification.PredefinedMetricType"
    right = any(
        same(one.value("PolicyType"), "TargetTrackingScaling")
        and same(one.get("TargetTrackingConfiguration.TargetValue"), percent)
        and not is_true(one.get("TargetTrackingConfiguration.DisableScaleIn"))
        and same(one.get(f"TargetTrackingConfiguration.{metric}"), "ASGAverageCPUUtilization")
        for one in companions(
            template, "AWS::AutoScaling::ScalingPolicy", "AutoScalingGroupName", thing,
            SCALING_GROUP,
        )
    )  # fmt: skip
    return unless(right, template, thing, f"`{of}` does not keep {percent} percent CPU")


@requirement(
    "at most {batch} machines of `{of}` replaced at once, with {kept} kept in service (rolling "
    "update)",
    "a rolling update of `{of}`: batches of {batch}, and at least {kept} machines in service",
)
def group_rolls(template: Template, of: str, batch: int, kept: int) -> Findings:
    """`UpdatePolicy.AutoScalingRollingUpdate` of the group."""
    thing = the(template, SCALING_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    given = thing.policy("UpdatePolicy")
    found = given.get("AutoScalingRollingUpdate") if isinstance(given, Mapping) else None
    rolling = found if isinstance(found, Mapping) else {}
    anew = blocks(given, "AutoScalingReplacingUpdate") if isinstance(given, Mapping) else []
    right = (
        same(rolling.get("MaxBatchSize"), batch)
        and same(rolling.get("MinInstancesInService"), kept)
        and not any(is_true(one.get("WillReplace")) for one in anew)  # goes before the rolling one
    )
    return unless(right, template, thing, f"`{of}` is not updated like that")


@requirement(
    "the tag {key} = `{value}` on `{of}`, passed on to its machines",
    "`{of}` and the machines it launches tagged {key} = `{value}`",
)
def group_tag_passed(template: Template, of: str, key: str, value: str) -> Findings:
    """A tag of the group with `PropagateAtLaunch`."""
    thing = the(template, SCALING_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("Key"), key)
        and same(one.get("Value"), value)
        and is_true(one.get("PropagateAtLaunch"))
        for one in blocks(thing, "Tags")
    )
    return unless(right, template, thing, f"`{of}` does not pass on {key} = `{value}`")
