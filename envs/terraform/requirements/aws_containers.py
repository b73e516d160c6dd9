"""Requirements about ECS: clusters, task definitions, services, their roles and scaling."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.aws_functions import LOG_GROUP
from envs.terraform.requirements.aws_networks import SUBNET
from envs.terraform.requirements.balancers import TARGETS
from envs.terraform.requirements.factories import existence, fixed, link, setting
from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    flat,
    refers,
    same,
    same_set,
    shown,
    the,
    world,
)
from envs.terraform.requirements.lookup import may_assume, own_ref, ref_of, roles, things, unless
from envs.terraform.requirements.policies import has_managed
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.computed import json_of
from iac_gym.languages.terraform.known import text_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Unknown, Value
from iac_gym.verdict import Finding

CLUSTER = Kind("ECS cluster", ("aws_ecs_cluster",), "name", ("arn", "id", "name"), by_name=True)
TASK = Kind(
    "task definition", ("aws_ecs_task_definition",), "family",
    ("arn", "id", "family", "arn_without_revision"), by_name=True,
)  # fmt: skip
SERVICE = Kind("ECS service", ("aws_ecs_service",), "name", ("id", "name"), by_name=True)

cluster = existence("ecs-cluster", CLUSTER, "an ECS cluster called `{name}`",
                    "the ECS cluster `{name}`")  # fmt: skip


@requirement(
    "Container Insights switched on for the cluster `{of}`", "`{of}` with Container Insights",
)  # fmt: skip
def ecs_insights(config: Configuration, of: str) -> Findings:
    """The cluster's setting containerInsights is enabled (or enhanced)."""
    found, problems = things(config, (CLUSTER, of))
    if problems:
        return problems
    right = any(
        same(one.get("name"), "containerInsights")
        and (same(one.get("value"), "enabled") or same(one.get("value"), "enhanced"))
        for one in found[0].blocks("setting")
    )
    return unless(right, config, found[0].at, f"Container Insights of `{of}` is off")


@requirement(
    "{providers} as the capacity providers of the cluster `{of}`",
    "the cluster `{of}` with the capacity providers {providers}",
)
def ecs_capacity(config: Configuration, of: str, providers: Any) -> Findings:
    """The capacity providers that are tied to the cluster are just these."""
    found, problems = things(config, (CLUSTER, of))
    if problems:
        return problems
    given = companions(
        config, "aws_ecs_cluster_capacity_providers", "cluster_name", found[0], CLUSTER
    )
    right = any(same_set(one.get("capacity_providers"), providers) for one in given)
    return unless(right, config, found[0].at, f"`{of}` does not have just these providers")


task = existence(
    "task-definition", TASK,
    "a task definition of the family `{name}`", "the ECS task definition `{name}` (its family)",
)  # fmt: skip


@requirement(
    "tasks of `{of}` made for Fargate, with {cpu} CPU units and {memory} MiB of memory",
    "`{of}` as a Fargate task of {cpu} CPU units and {memory} MiB",
)
def task_size(config: Configuration, of: str, cpu: int, memory: int) -> Findings:
    """FARGATE among the compatibilities, the network mode awsvpc, and the size."""
    found, problems = things(config, (TASK, of))
    yield from problems
    for own in found:
        for name, wanted in (("cpu", cpu), ("memory", memory), ("network_mode", "awsvpc")):
            if not same(own.get(name), wanted):
                at = own.where(name)
                yield config.finding(at, f"`{name}` is {shown(own.get(name))}, not {wanted}")
        if not any(same(one, "FARGATE") for one in flat([own.get("requires_compatibilities")])):
            at = own.where("requires_compatibilities")
            yield config.finding(at, f"`{of}` does not require FARGATE")


def containers_of(own: Instance) -> list[dict[str, Value]]:
    """Return the container definitions of a task definition."""
    found = json_of(own.get("container_definitions"))
    return [one for one in flat([found]) if isinstance(one, dict)]


def _container(
    config: Configuration, of: str, container: str
) -> tuple[dict[str, Value], int, list[Finding]]:
    """Return the definition of a container of a task, its place, and a first finding."""
    own = the(config, TASK, of)
    if isinstance(own, Finding):
        return {}, 0, [own]
    at = own.where("container_definitions")
    found = [one for one in containers_of(own) if same(one.get("name"), container)]
    problems = unless(found, config, at, f"`{of}` defines no container `{container}`")
    return (found[0] if found else {}), at, problems


@requirement(
    "the container `{container}` from the image `{image}` in the task `{of}`",
    "a container `{container}` in `{of}` that runs the image `{image}`",
)
def task_container(config: Configuration, of: str, container: str, image: str) -> Findings:
    """A container definition of that name with that image."""
    found, at, problems = _container(config, of, container)
    given = shown(found.get("image"))
    return problems or unless(
        same(found.get("image"), image), config, at, f"the image is {given}, not {image}"
    )


@requirement(
    "port {port} of the container `{container}` in `{of}` open",
    "the container `{container}` of the task `{of}` listening on port {port}",
)
def task_port(config: Configuration, of: str, container: str, port: int) -> Findings:
    """A port mapping of the container."""
    found, at, problems = _container(config, of, container)
    ports = flat([found.get("portMappings")])
    right = any(isinstance(one, dict) and same(one.get("containerPort"), port) for one in ports)
    return problems or unless(right, config, at, f"`{container}` does not map port {port}")


@requirement(
    "the environment variable {key} = `{value}` in the container `{container}` of `{of}`",
    "{key} = `{value}` in the environment of the container `{container}` of the task `{of}`",
)
def task_variable(
    config: Configuration, of: str, container: str, key: str, value: str
) -> Findings:  # fmt: skip
    """An entry of the container's environment."""
    found, at, problems = _container(config, of, container)
    given = [one for one in flat([found.get("environment")]) if isinstance(one, dict)]
    right = any(same(one.get("name"), key) and same(one.get("value"), value) for one in given)
    return problems or unless(right, config, at, f"{key} of `{container}` is not `{value}`")


@requirement(
    "the output of the container `{container}` of `{of}` sent to the log group `{group}`",
    "the container `{container}` of the task `{of}` logging to the group `{group}` in CloudWatch",
)
def task_logs(config: Configuration, of: str, container: str, group: str) -> Findings:
    """The awslogs driver with that group, which the configuration declares."""
    found, at, problems = _container(config, of, container)
    others, missing = things(config, (LOG_GROUP, group))
    if problems or missing:
        return problems or missing
    given = found.get("logConfiguration")
    settings = given if isinstance(given, dict) else {}
    options = settings.get("options")
    named = options.get("awslogs-group") if isinstance(options, dict) else None
    right = same(settings.get("logDriver"), "awslogs") and refers(named, others[0], LOG_GROUP)
    return unless(right, config, at, f"`{container}` does not log to `{group}`")


@requirement(
    "an execution role for `{of}` that ECS tasks may assume, with AWS's policy "
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonECSTaskExecutionRolePolicy on the execution role of `{of}`, which trusts ECS tasks",
)
def task_execution_role(config: Configuration, of: str) -> Findings:
    """The execution role trusts ecs-tasks.amazonaws.com and has the managed policy."""
    found, problems = things(config, (TASK, of))
    if problems:
        return problems
    at = found[0].where("execution_role_arn")
    own = roles(config, [found[0].get("execution_role_arn")])
    if not own:
        return [config.finding(at, f"`{of}` has no execution role")]
    trusted = may_assume(own[0], "ecs-tasks.amazonaws.com")
    right = trusted and has_managed(config, own[0], "AmazonECSTaskExecutionRolePolicy")
    return unless(right, config, own[0].at, "the execution role lacks its trust or its policy")


@requirement(
    "the managed policy {policy} for the code of `{of}`, through a task role",
    "a task role for `{of}` that ECS tasks may assume, with AWS's policy {policy}",
)
def task_role(config: Configuration, of: str, policy: str) -> Findings:
    """The task role trusts ecs-tasks.amazonaws.com and has the managed policy."""
    found, problems = things(config, (TASK, of))
    if problems:
        return problems
    own = roles(config, [found[0].get("task_role_arn")])
    right = any(
        may_assume(role, "ecs-tasks.amazonaws.com") and has_managed(config, role, policy)
        for role in own
    )
    at = found[0].where("task_role_arn")
    return unless(right, config, at, f"`{of}` has no task role with {policy}")


service = existence("ecs-service", SERVICE, "an ECS service called `{name}`",
                    "the ECS service `{name}`")  # fmt: skip
service_in = link(
    "ecs-service-in", SERVICE, "cluster", CLUSTER,
    "the service `{of}` in the cluster `{to}`", "`{of}` run by the ECS cluster `{to}`",
)  # fmt: skip
service_count = setting(
    "ecs-service-count", SERVICE, "desired_count",
    "{value} tasks of the service `{of}`", "`{of}` with a desired count of {value}",
)  # fmt: skip
service_fargate = fixed(
    "ecs-service-fargate", SERVICE, "launch_type", "FARGATE",
    "the launch type Fargate for the service `{of}`", "`{of}` launched on Fargate",
)  # fmt: skip
service_group = link(
    "ecs-service-group", SERVICE, "network_configuration.security_groups", SECURITY_GROUP,
    "tasks of `{of}` behind the security group `{to}`",
    "the security group `{to}` on the tasks of the service `{of}`",
)  # fmt: skip
service_public = fixed(
    "ecs-service-public", SERVICE, "network_configuration.assign_public_ip", True,
    "a public address for each task of `{of}`", "public addresses assigned to the tasks of `{of}`",
)  # fmt: skip


def _is_task(value: Value, own: Instance, name: str) -> bool:
    """Whether a value is a task definition: its ARN, its family, or family and revision."""
    if isinstance(value, Joined):
        *family, last = value.parts
        first = family[0] if family else ""
        named = family == [f"{name}:"] or (
            family[1:] == [":"] and isinstance(first, Unknown) and own.is_source_of(first, "family")
        )
        return named and isinstance(last, Unknown) and own.is_source_of(last, "revision")
    return refers(value, own, TASK)


@requirement(
    "the service `{of}` running the task definition `{to}`", "tasks of `{of}` made from `{to}`",
)  # fmt: skip
def service_runs(config: Configuration, of: str, to: str) -> Findings:
    """`task_definition` of the service."""
    found, problems = things(config, (SERVICE, of), (TASK, to))
    if problems:
        return problems
    at = found[0].where("task_definition")
    right = _is_task(found[0].get("task_definition"), found[1], to)
    return unless(right, config, at, f"`{of}` does not run the task definition `{to}`")


@requirement(
    "tasks of the service `{of}` in the subnets {subnets}",
    "the service `{of}` placed in the subnets {subnets}",
)
def service_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """The subnets of the network configuration are just these."""
    found, problems = things(config, (SERVICE, of), *((SUBNET, str(name)) for name in subnets))
    if problems:
        return problems
    own, *inner = found
    values = flat(own.at_path("network_configuration.subnets"))
    right = len(values) == len(inner) and all(
        any(refers(value, one, SUBNET) for value in values) for one in inner
    )
    return unless(right, config, own.at, f"`{of}` is not in just these subnets")


@requirement(
    "port {port} of the container `{container}` of `{of}` registered in the target group `{to}`",
    "the target group `{to}` filled by `{of}`, with port {port} of its container `{container}`",
)
def service_balanced(
    config: Configuration, of: str, to: str, container: str, port: int
) -> Findings:  # fmt: skip
    """A load balancer block with the target group, the container and its port."""
    found, problems = things(config, (SERVICE, of), (TARGETS, to))
    if problems:
        return problems
    right = any(
        refers(one.get("target_group_arn"), found[1], TARGETS)
        and same(one.get("container_name"), container)
        and same(one.get("container_port"), port)
        for one in found[0].blocks("load_balancer")
    )
    return unless(right, config, found[0].at, f"`{of}` does not register in `{to}` as asked")


@requirement(
    "failed deployments of `{of}` rolled back by the deployment circuit breaker",
    "the deployment circuit breaker of `{of}` switched on, with rollback",
)
def service_breaker(config: Configuration, of: str) -> Findings:
    """`deployment_circuit_breaker` with both switches on."""
    found, problems = things(config, (SERVICE, of))
    if problems:
        return problems
    right = any(
        same(one.get("enable"), True) and same(one.get("rollback"), True)
        for one in found[0].blocks("deployment_circuit_breaker")
    )
    return unless(right, config, found[0].at, f"`{of}` has no circuit breaker with rollback")


_COUNT = "ecs:service:DesiredCount"


def _scaled(config: Configuration, own: Instance, name: str) -> list[Instance]:
    """Return the scalable targets of a service."""
    cluster = own.get("cluster")
    names = {
        f"service/{where}/{name}"
        for one in world(config).instances("aws_ecs_cluster")
        if refers(cluster, one, CLUSTER) and isinstance(where := one.get("name"), str)
    }
    return [
        one
        for one in world(config).instances("aws_appautoscaling_target")
        if same(one.get("scalable_dimension"), _COUNT)
        and same(one.get("service_namespace"), "ecs")
        and text_of(one.get("resource_id")) in names
    ]


@requirement(
    "between {least} and {most} tasks of `{of}`, by application autoscaling",
    "the number of tasks of the service `{of}` scaling from {least} to {most}",
)
def service_scales(config: Configuration, of: str, least: int, most: int) -> Findings:
    """A scalable target for the service's desired count with these limits."""
    found, problems = things(config, (SERVICE, of))
    if problems:
        return problems
    right = any(
        same(one.get("min_capacity"), least) and same(one.get("max_capacity"), most)
        for one in _scaled(config, found[0], of)
    )
    return unless(right, config, found[0].at, f"`{of}` does not scale from {least} to {most}")


@requirement(
    "the average CPU of the service `{of}` held at {percent} percent by target tracking",
    "a target tracking policy for `{of}`: {percent} percent average CPU utilization",
)
def service_target(config: Configuration, of: str, percent: int) -> Findings:
    """A target tracking policy of the service with the predefined CPU metric."""
    found, problems = things(config, (SERVICE, of))
    if problems:
        return problems
    tracking = "target_tracking_scaling_policy_configuration"
    metric = f"{tracking}.predefined_metric_specification.predefined_metric_type"
    own = _scaled(config, found[0], of)
    names, refs = {text_of(one.get("resource_id")) for one in own}, {own_ref(one) for one in own}
    right = any(
        same(one.get("policy_type"), "TargetTrackingScaling")
        and (text_of(target := one.get("resource_id")) in names or ref_of(target, "id") in refs)
        and any(same(v, "ECSServiceAverageCPUUtilization") for v in one.at_path(metric))
        and any(same(v, percent) for v in one.at_path(f"{tracking}.target_value"))
        for one in world(config).instances("aws_appautoscaling_policy")
    )
    return unless(right, config, found[0].at, f"no policy holds `{of}` at {percent} percent")
