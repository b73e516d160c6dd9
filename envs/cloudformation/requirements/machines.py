"""Requirements about EC2 instances, launch templates, Auto Scaling and load balancers."""

from __future__ import annotations

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
    BALANCER,
    INSTANCE,
    LAUNCH_TEMPLATE,
    SCALING_GROUP,
    SECURITY_GROUP,
    TARGET_GROUP,
)
from iac_gym.check import Findings, requirement
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
        value.name.startswith(f"resolve:ssm:{_NEWEST}") or _stored(template, value)
    )
    return unless(right, template, thing, f"`{of}` does not use the newest Amazon Linux 2023")


def _stored(template: Template, value: Unknown) -> bool:
    """Whether a value is a parameter of the template that stands for AWS's parameter."""
    found = resolve(template).parameters.get(value.name) if value.kind == "parameter" else None
    return (
        found is not None
        and found.type.startswith("AWS::SSM::Parameter::Value<")
        and str(found.tree.get("Default")).startswith(_NEWEST)
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
    root = any(str(one.get("DeviceName")) in _ROOTS for one in disks)
    right = root and all(
        is_true(ebs.get("Encrypted")) for one in disks for ebs in blocks(one, "Ebs")
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
    """A line of the start script (not a comment) is the command."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    lines = [line.strip() for line in str(thing.value("UserData")).splitlines()]
    right = lines and lines[0].startswith("#!") and text in lines[1:]
    return unless(right, template, thing, f"the user data of `{of}` does not run {text}")


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
    "group-targets", SCALING_GROUP, "TargetGroupARNs", TARGET_GROUP,
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
    right = same(rolling.get("MaxBatchSize"), batch) and same(
        rolling.get("MinInstancesInService"), kept
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


# -- load balancers --------------------------------------------------------------------------------

balancer = existence(
    "balancer", BALANCER,
    "a load balancer called `{name}`", "the load balancer `{name}`",
)  # fmt: skip
balancer_group = link(
    "balancer-group", BALANCER, "SecurityGroups", SECURITY_GROUP,
    "the load balancer `{of}` behind the security group `{to}`",
    "`{to}` as a security group of the load balancer `{of}`",
)  # fmt: skip
balancer_name_output = output(
    "balancer-name-output", BALANCER, ("DNSName",),
    "an output `{name}` with the DNS name of `{of}`",
    "the DNS name of the load balancer `{of}` given out as the output `{name}`",
)  # fmt: skip


def attribute(thing: Thing, name: str, path: str) -> Any:
    """Return an attribute of a load balancer or a target group, None where it is not set."""
    found = [one for one in blocks(thing, path) if same(one.get("Key"), name)]
    return found[-1].get("Value") if found else None


def _attribute(
    template: Template, of: str, name: str, value: Any, usual: Any = None
) -> list[Finding]:
    thing = the(template, BALANCER, of)
    if isinstance(thing, Finding):
        return [thing]
    given = attribute(thing, name, "LoadBalancerAttributes")
    right = same(usual if given is None else given, value)
    return unless(right, template, thing, f"`{name}` of `{of}` is {shown(given)}")


@requirement(
    "`{of}` closing connections that idle for {seconds} seconds",
    "an idle timeout of {seconds} seconds for the load balancer `{of}`",
)
def balancer_idle(template: Template, of: str, seconds: int) -> Findings:
    """The attribute `idle_timeout.timeout_seconds`."""
    return _attribute(template, of, "idle_timeout.timeout_seconds", seconds, 60)


@requirement(
    "the load balancer `{of}` protected against deletion",
    "deletion protection for the load balancer `{of}`",
)
def balancer_protected(template: Template, of: str) -> Findings:
    """The attribute `deletion_protection.enabled`."""
    return _attribute(template, of, "deletion_protection.enabled", True)


@requirement(
    "invalid header fields dropped by `{of}`",
    "the load balancer `{of}` drops invalid header fields",
)
def balancer_headers(template: Template, of: str) -> Findings:
    """The attribute `routing.http.drop_invalid_header_fields.enabled`."""
    return _attribute(template, of, "routing.http.drop_invalid_header_fields.enabled", True)


target_group = existence(
    "target-group", TARGET_GROUP, "a target group called `{name}`", "the target group `{name}`"
)
target_health = setting(
    "target-health", TARGET_GROUP, "HealthCheckPath",
    "health checks of `{of}` on the path {value}", "the health check path {value} for `{of}`",
)  # fmt: skip
target_interval = setting(
    "target-interval", TARGET_GROUP, "HealthCheckIntervalSeconds",
    "health checks of `{of}` every {value} seconds",
    "{value} seconds between the health checks of `{of}`",
)  # fmt: skip
target_healthy = setting(
    "target-healthy", TARGET_GROUP, "HealthyThresholdCount",
    "targets of `{of}` healthy after {value} good checks", "a healthy threshold of {value} "
    "for `{of}`",
)  # fmt: skip


@requirement(
    "{protocol} on port {port} for the targets of `{of}`",
    "`{of}` talking {protocol} to port {port} of its targets",
)
def target_port(template: Template, of: str, protocol: str, port: int) -> Findings:
    """`Protocol` and `Port` of the target group."""
    thing = the(template, TARGET_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.value("Protocol"), protocol) and same(thing.value("Port"), port)
    return unless(right, template, thing, f"`{of}` is not for {protocol} on port {port}")


@requirement(
    "targets of `{of}` drained for {seconds} seconds before they are taken out",
    "a deregistration delay of {seconds} seconds for `{of}`",
)
def target_delay(template: Template, of: str, seconds: int) -> Findings:
    """The attribute `deregistration_delay.timeout_seconds`."""
    thing = the(template, TARGET_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    given = attribute(thing, "deregistration_delay.timeout_seconds", "TargetGroupAttributes")
    right = same(300 if given is None else given, seconds)
    return unless(right, template, thing, f"targets of `{of}` are drained for {shown(given)}")


def listeners(template: Template, balancer: Thing, port: int) -> list[Thing]:
    """Return the listeners of a load balancer on a port."""
    return [
        one
        for one in companions(
            template, "AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", balancer,
            BALANCER, ("arn",),
        )
        if same(one.value("Port"), port)
    ]  # fmt: skip


def _forwards(action: Mapping[str, Any], group: Thing) -> bool:
    inner = [*at_path(action, "ForwardConfig.TargetGroups.TargetGroupArn")]
    return same(action.get("Type"), "forward") and any(
        refers(value, group, TARGET_GROUP, ("arn",))
        for value in flat([action.get("TargetGroupArn"), *inner])
    )


@requirement(
    "{protocol} on port {port} of `{of}` forwarded to the target group `{to}`",
    "a listener of `{of}` for {protocol} on port {port} that forwards to `{to}`",
)
def listener_forwards(template: Template, of: str, protocol: str, port: int, to: str) -> Findings:
    """The default action of a listener on that port forwards to the target group."""
    found, problems = all_of(template, (BALANCER, of), (TARGET_GROUP, to))
    if problems:
        return problems
    right = any(
        same(one.value("Protocol"), protocol)
        and any(_forwards(each, found[1]) for each in blocks(one, "DefaultActions"))
        for one in listeners(template, found[0], port)
    )
    return unless(right, template, found[0], f"port {port} of `{of}` is not forwarded to `{to}`")


@requirement(
    "HTTP on port 80 of `{of}` redirected to HTTPS with the status {code}",
    "a listener of `{of}` on port 80 that redirects to HTTPS ({code})",
)
def listener_redirects(template: Template, of: str, code: str) -> Findings:
    """The default action of the listener on port 80 redirects."""
    thing = the(template, BALANCER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(each.get("Type"), "redirect")
        and any(
            same(to.get("Protocol"), "HTTPS") and same(to.get("StatusCode"), code)
            for to in blocks(each, "RedirectConfig")
        )
        for one in listeners(template, thing, 80)
        if same(one.value("Protocol"), "HTTP")
        for each in blocks(one, "DefaultActions")
    )
    return unless(right, template, thing, f"`{of}` does not redirect HTTP to HTTPS")


@requirement(
    "the certificate {arn} on the HTTPS listener (443) of `{of}`",
    "HTTPS on port 443 of `{of}` with the certificate {arn}",
)
def listener_certificate(template: Template, of: str, arn: str) -> Findings:
    """The listener on port 443 speaks HTTPS with that certificate."""
    thing = the(template, BALANCER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.value("Protocol"), "HTTPS")
        and any(same(value, arn) for value in at_path(one, "Certificates.CertificateArn"))
        for one in listeners(template, thing, 443)
    )
    return unless(right, template, thing, f"port 443 of `{of}` does not have that certificate")


@requirement(
    "requests for {path} on port {port} of `{of}` forwarded to `{to}` (priority {priority})",
    "a rule of the listener on port {port} of `{of}`: {path} goes to `{to}` (priority {priority})",
)
def listener_rule(
    template: Template, of: str, port: int, path: str, to: str, priority: int
) -> Findings:
    """A listener rule with that path pattern, priority and target group."""
    found, problems = all_of(template, (BALANCER, of), (TARGET_GROUP, to))
    if problems:
        return problems
    own = listeners(template, found[0], port)
    right = any(
        same(one.value("Priority"), priority)
        and any(each.is_source_of(one.value("ListenerArn")) or
                each.is_source_of(one.value("ListenerArn"), "ListenerArn") for each in own)
        and _for_path(one, path)
        and any(_forwards(each, found[1]) for each in blocks(one, "Actions"))
        for one in things(template, "AWS::ElasticLoadBalancingV2::ListenerRule")
    )  # fmt: skip
    return unless(right, template, found[0], f"{path} of `{of}` does not go to `{to}` like that")


def _for_path(rule: Thing, path: str) -> bool:
    found = blocks(rule, "Conditions")
    values = [
        *at_path(rule, "Conditions.Values"), *at_path(rule, "Conditions.PathPatternConfig.Values"),
    ]  # fmt: skip
    return (
        len(found) == 1
        and same(found[0].get("Field"), "path-pattern")
        and [str(value) for value in flat(values)] == [path]
    )
