"""Requirements about launch templates and autoscaling groups."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.aws_networks import SUBNET
from envs.terraform.requirements.factories import existence, fixed, link, setting
from envs.terraform.requirements.instances import (
    KEY_PAIR,
    TEMPLATE,
    image,
    managed_policy,
    profile,
    user_data,
)
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, shown
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration

GROUP = Kind(
    "autoscaling group", ("aws_autoscaling_group",), "name", ("name", "id"), by_name=True
)  # fmt: skip

template = existence(
    "launch-template", TEMPLATE,
    "a launch template called `{name}`", "the launch template `{name}`",
)  # fmt: skip
template_type = setting(
    "launch-template-type", TEMPLATE, "instance_type",
    "the instance type {value} in the launch template `{of}`",
    "instances from `{of}` of the type {value}",
)  # fmt: skip
template_image = image(
    "launch-template-image", TEMPLATE, "image_id",
    "the newest AMI of the owner {owner} with a name like `{pattern}`, looked up, in `{of}`",
    "the template `{of}` on the latest AMI `{pattern}` of the owner {owner}, found by a lookup",
)  # fmt: skip
template_tokens = fixed(
    "launch-template-tokens", TEMPLATE, "metadata_options.http_tokens", "required",
    "IMDSv2 enforced by the launch template `{of}` (metadata only with a session token)",
    "instances from `{of}` that give out metadata for session tokens alone (IMDSv2)",
)  # fmt: skip
template_key = link(
    "launch-template-key", TEMPLATE, "key_name", KEY_PAIR,
    "the key pair `{to}` of this configuration in the launch template `{of}`",
    "instances from `{of}` opened by the key pair `{to}`, declared here too",
)  # fmt: skip
template_profile = profile(
    "launch-template-profile", TEMPLATE, "iam_instance_profile.name",
    "an instance profile in the launch template `{of}`, with a role that EC2 may assume",
    "instances from `{of}` under an IAM role that trusts EC2, through an instance profile",
)  # fmt: skip
template_policy = managed_policy(
    "launch-template-policy", TEMPLATE, "iam_instance_profile.name",
    "the managed policy {policy} attached to the role of the template `{of}`",
    "the role of the instances from `{of}` with AWS's own policy {policy}",
)  # fmt: skip
template_script = user_data(
    "launch-template-script", TEMPLATE, ("user_data",),
    "a shell script in base64 as the user data of `{of}` that runs `{command}`",
    "the command `{command}` in the base64 encoded user data script of the template `{of}`",
)  # fmt: skip

scaling = existence(
    "autoscaling-group", GROUP,
    "an autoscaling group called `{name}`", "the autoscaling group `{name}`",
)  # fmt: skip


@requirement(
    "from {least} to {most} instances in the autoscaling group `{of}`",
    "`{of}` scaling between {least} and {most} instances",
)
def scaling_sizes(config: Configuration, of: str, least: int, most: int) -> Findings:
    """`min_size` and `max_size`."""
    found, problems = things(config, (GROUP, of))
    yield from problems
    for own in found:
        for name, wanted in (("min_size", least), ("max_size", most)):
            if not same(own.get(name), wanted):
                said = shown(own.get(name))
                yield config.finding(own.where(name), f"`{name}` is {said}, not {wanted}")


scaling_desired = setting(
    "autoscaling-desired", GROUP, "desired_capacity",
    "{value} instances to begin with in `{of}`", "a desired capacity of {value} for `{of}`",
)  # fmt: skip
_TEMPLATE = "launch_template_specification"
_MIXED = f"mixed_instances_policy.launch_template.{_TEMPLATE}"
scaling_template = link(
    "autoscaling-template", GROUP,
    ("launch_template.id", "launch_template.name", f"{_MIXED}.launch_template_id",
     f"{_MIXED}.launch_template_name"), TEMPLATE,
    "instances of `{of}` started from the launch template `{to}`",
    "the autoscaling group `{of}` using the launch template `{to}`",
    ids=("id", "name"),
)  # fmt: skip


@requirement(
    "the autoscaling group `{of}` spread over the subnets {subnets}",
    "instances of `{of}` in the subnets {subnets}",
)
def scaling_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """`vpc_zone_identifier` holds just these subnets."""
    found, problems = things(config, (GROUP, of), *((SUBNET, str(name)) for name in subnets))
    if problems:
        return problems
    own, *inner = found
    values = flat([own.get("vpc_zone_identifier")])
    right = len(values) == len(inner) and all(
        any(refers(value, one, SUBNET) for value in values) for one in inner
    )
    at = own.where("vpc_zone_identifier")
    return unless(right, config, at, f"`{of}` is not in just these subnets")


scaling_grace = setting(
    "autoscaling-grace", GROUP, "health_check_grace_period",
    "{value} seconds before the first health check of an instance of `{of}`",
    "a health check grace period of {value} seconds for `{of}`",
)  # fmt: skip


@requirement(
    "a target tracking policy that keeps the average CPU of `{of}` at {percent} percent",
    "`{of}` scaled by target tracking to an average CPU utilization of {percent} percent",
)
def scaling_target(config: Configuration, of: str, percent: int) -> Findings:
    """A policy of the group with the predefined CPU metric and that target."""
    found, problems = things(config, (GROUP, of))
    if problems:
        return problems
    tracking = "target_tracking_configuration"
    metric = f"{tracking}.predefined_metric_specification.predefined_metric_type"
    right = any(
        same(one.get("policy_type"), "TargetTrackingScaling")
        and any(same(value, "ASGAverageCPUUtilization") for value in one.at_path(metric))
        and any(same(value, percent) for value in one.at_path(f"{tracking}.target_value"))
        for one in companions(
            config, "aws_autoscaling_policy", "autoscaling_group_name", found[0], GROUP
        )
    )
    at = found[0].at
    return unless(right, config, at, f"no policy keeps the CPU of `{of}` at {percent} percent")


@requirement(
    "the tag {key} = `{value}` on `{of}`, passed on to its instances",
    "instances of the autoscaling group `{of}` tagged {key} = `{value}` by it",
)
def scaling_tag(config: Configuration, of: str, key: str, value: str) -> Findings:
    """A tag of the group that propagates at launch."""
    found, problems = things(config, (GROUP, of))
    if problems:
        return problems
    apart = companions(
        config, "aws_autoscaling_group_tag", "autoscaling_group_name", found[0], GROUP
    )
    tags = [view for one in (found[0], *apart) for view in one.blocks("tag")]
    right = any(
        same(one.get("key"), key)
        and same(one.get("value"), value)
        and same(one.get("propagate_at_launch"), True)
        for one in tags
    )
    return unless(right, config, found[0].at, f"`{of}` does not pass on the tag {key}")


scaling_refresh = fixed(
    "autoscaling-refresh", GROUP, "instance_refresh.strategy", "Rolling",
    "a rolling instance refresh for `{of}`", "instances of `{of}` replaced by rolling refresh",
)  # fmt: skip
