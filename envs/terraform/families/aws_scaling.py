"""Tasks about launch templates and autoscaling groups on AWS."""

from __future__ import annotations

from collections.abc import Callable

from envs.terraform.choices import TAGS
from envs.terraform.families.aws_compute import (
    COMMANDS,
    POLICIES,
    TYPES,
    instance_role,
    key_pair,
    newest_image,
    script,
    small_network,
)
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import scaling
from envs.terraform.stack import Extra, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.check import Requirement
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested


class Template:
    """A launch template under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("template", ("template", "blueprint", "launch", "fleet"))
        size = draw.choice("type", TYPES)
        owner, pattern, image = newest_image(stack)
        stack.ask(
            scaling.template(name=self.name), scaling.template_type(of=self.name, value=size),
            scaling.template_image(of=self.name, owner=owner, pattern=pattern),
        )  # fmt: skip
        self.made = stack.add(
            "aws_launch_template", self.name, name=self.name, image_id=image, instance_type=size
        )

    def tokens(self) -> None:
        """Ask for IMDSv2."""
        self.stack.ask(scaling.template_tokens(of=self.name))
        self.made.nest("metadata_options", http_endpoint="enabled", http_tokens="required")

    def key(self) -> None:
        """Ask for a key pair."""
        self.made.set(key_name=key_pair(self.stack, scaling.template_key, self.name))

    def script(self) -> None:
        """Ask for user data."""
        command = self.stack.draw.choice("command", COMMANDS)
        self.stack.ask(scaling.template_script(of=self.name, command=command))
        self.made.set(user_data=Raw(f"base64encode({script(command)}\n)"))

    def role(self) -> None:
        """Ask for a role, and a policy of it."""
        policy = self.stack.draw.choice("policy", POLICIES)
        self.stack.ask(
            scaling.template_profile(of=self.name),
            scaling.template_policy(of=self.name, policy=policy),
        )
        profile = instance_role(self.stack, self.name, policy)
        self.made.nest("iam_instance_profile", name=profile["name"])


@family("terraform", levels=(3, 4, 5))
def scaling_group(draw: Draw) -> Draft:
    """A launch template, and an autoscaling group that starts instances from it."""
    stack = Stack(draw, "aws")
    template = Template(stack)
    name = draw.name("group", ("workers", "web", "fleet", "pool", "asg", "nodes"))
    least, most = draw.integer("least", 1, 4), draw.integer("most", 5, 20)
    stack.ask(
        scaling.scaling(name=name), scaling.scaling_sizes(of=name, least=least, most=most),
        scaling.scaling_template(of=name, to=template.name),
    )  # fmt: skip
    made = stack.add("aws_autoscaling_group", name, name=name, min_size=least, max_size=most)
    made.nest("launch_template", id=template.made["id"], version="$Latest")
    if draw.level >= 4:
        _, _, names, subnets = small_network(stack)
        stack.ask(scaling.scaling_subnets(of=name, subnets=names))
        made.set(vpc_zone_identifier=[one["id"] for one in subnets])
    else:
        zones = stack.data("aws_availability_zones", "available", state="available")
        made.set(availability_zones=zones["names"])

    def tracked() -> None:
        percent = draw.integer("percent", 30, 85, 5)
        stack.ask(scaling.scaling_target(of=name, percent=percent))
        metric = nested(predefined_metric_type="ASGAverageCPUUtilization")
        stack.add(
            "aws_autoscaling_policy", "cpu", name=f"{name}-cpu",
            autoscaling_group_name=made["name"], policy_type="TargetTrackingScaling",
            target_tracking_configuration=nested(
                target_value=percent, predefined_metric_specification=metric
            ),
        )  # fmt: skip

    def amount(asked: Callable[..., Requirement], argument: str, value: object) -> None:
        stack.ask(asked(of=name, value=value))
        made.set(**{argument: value})

    def tagged() -> None:
        key, values = draw.choice("tag", TAGS)
        value = draw.choice("tag value", values)
        stack.ask(scaling.scaling_tag(of=name, key=key, value=value))
        made.nest("tag", key=key, value=value, propagate_at_launch=True)

    def refreshed() -> None:
        stack.ask(scaling.scaling_refresh(of=name))
        preferences = nested(min_healthy_percentage=50)
        made.nest("instance_refresh", strategy="Rolling", preferences=preferences)

    decorate(
        stack,
        (
            Extra("tracking", 1, tracked),
            Extra(
                "desired", 1,
                lambda: amount(scaling.scaling_desired, "desired_capacity", least + 1),
            ),
            Extra("tokens", 1, template.tokens),
            Extra("tag", 1, tagged), Extra("script", 1, template.script),
            Extra("role", 2, template.role),
            Extra(
                "grace", 1,
                lambda: amount(
                    scaling.scaling_grace, "health_check_grace_period",
                    draw.choice("grace", (60, 90, 120, 180, 240, 600)),
                ),
            ),
            Extra("refresh", 1, refreshed), Extra("key", 2, template.key),
            Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Run the machines of `{name}` in an autoscaling group",
        f"Set up autoscaling for `{name}` with a launch template",
    )
