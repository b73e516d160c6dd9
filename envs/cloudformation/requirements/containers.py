"""Requirements about ECS clusters, task definitions and services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    is_true,
    number,
    refers,
    same,
    shown,
    spelled,
    targets,
    text,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import (
    On,
    granted,
    has_managed,
    may_assume,
    permissions,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    CLUSTER,
    LOG_GROUP,
    REPOSITORY,
    SECRET,
    SECURITY_GROUP,
    SERVICE,
    TARGET_GROUP,
    TASK,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

# -- ECS -------------------------------------------------------------------------------------------

cluster = existence(
    "cluster", CLUSTER, "an ECS cluster called `{name}`", "the ECS cluster `{name}`"
)


@requirement(
    "Container Insights switched on for the cluster `{of}`", "`{of}` with Container Insights",
)  # fmt: skip
def cluster_insights(template: Template, of: str) -> Findings:
    """The cluster setting `containerInsights`."""
    thing = the(template, CLUSTER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("Name"), "containerInsights") and str(one.get("Value")) in _INSIGHTS
        for one in blocks(thing, "ClusterSettings")
    )
    return unless(right, template, thing, f"`{of}` has no Container Insights")


_INSIGHTS = ("enabled", "enhanced")

task = existence(
    "task", TASK,
    "a task definition of the family `{name}`", "the ECS task definition `{name}` (family)",
)  # fmt: skip


@requirement(
    "{cpu} CPU units and {memory} MB of memory for the tasks of `{of}`",
    "tasks of `{of}` with {cpu} CPU units and {memory} MB",
)
def task_size(template: Template, of: str, cpu: int, memory: int) -> Findings:
    """`Cpu` and `Memory` of the task definition."""
    thing = the(template, TASK, of)
    if isinstance(thing, Finding):
        return [thing]
    right = (
        _units(thing.value("Cpu"), "vcpu") == cpu and _units(thing.value("Memory"), "gb") == memory
    )
    return unless(right, template, thing, f"tasks of `{of}` have another size")


def _units(value: Any, large: str) -> float | None:
    """Return a size in units or MB, which may also be written in vCPU or GB."""
    written = str(text(value)).lower().replace(" ", "")
    if written.endswith(large):
        whole = number(written.removesuffix(large))
        return None if whole is None else whole * 1024
    return number(value)


@requirement(
    "`{of}` ready for Fargate (network mode awsvpc)",
    "the task definition `{of}` compatible with Fargate, in the network mode awsvpc",
)
def task_fargate(template: Template, of: str) -> Findings:
    """`RequiresCompatibilities` has FARGATE; the network mode is awsvpc."""
    thing = the(template, TASK, of)
    if isinstance(thing, Finding):
        return [thing]
    right = "FARGATE" in values_of(thing, "RequiresCompatibilities") and same(
        thing.value("NetworkMode"), "awsvpc"
    )
    return unless(right, template, thing, f"`{of}` is not ready for Fargate")


task_processor = setting(
    "task-processor", TASK, "RuntimePlatform.CpuArchitecture",
    "the CPU architecture {value} for the tasks of `{of}`", "tasks of `{of}` on {value} processors",
)  # fmt: skip


@requirement(
    "an execution role for `{of}` that ECS tasks may assume, with AWS's own policy "
    "AmazonECSTaskExecutionRolePolicy",
    "`{of}` with an execution role that trusts ECS tasks and has the managed policy "
    "AmazonECSTaskExecutionRolePolicy",
)
def task_execution_role(template: Template, of: str) -> Findings:
    """The execution role is of this template."""
    thing = the(template, TASK, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "ecs-tasks.amazonaws.com")
        and has_managed(template, role, "AmazonECSTaskExecutionRolePolicy")
        for role in roles_of(template, [thing.value("ExecutionRoleArn")])
    )
    return unless(right, template, thing, f"`{of}` has no such execution role")


def _container(template: Template, of: str, name: str) -> tuple[Thing, Mapping[str, Any]] | Finding:
    thing = the(template, TASK, of)
    if isinstance(thing, Finding):
        return thing
    found = [one for one in blocks(thing, "ContainerDefinitions") if same(one.get("Name"), name)]
    if len(found) != 1:
        return unless(False, template, thing, f"`{of}` has no container {name}")[0]
    return thing, found[0]


@requirement(
    "a container {name} in `{of}` from the image {image}",
    "the image {image} for the container {name} of `{of}`",
)
def task_container(template: Template, of: str, name: str, image: str) -> Findings:
    """A container definition of that name with that image."""
    found = _container(template, of, name)
    if isinstance(found, Finding):
        return [found]
    thing, one = found
    given = one.get("Image")
    return unless(same(given, image), template, thing, f"the image of {name} is {shown(given)}")


@requirement(
    "the container {name} of `{of}` from the repository `{repository}`, with the tag {label}",
    "the image tagged {label} of the ECR repository `{repository}` for the container {name} "
    "of `{of}`",
)
def task_own_image(template: Template, of: str, name: str, repository: str, label: str) -> Findings:
    """The image is the repository's URI and the tag."""
    found = _container(template, of, name)
    store = the(template, REPOSITORY, repository)
    if isinstance(found, Finding):
        return [found]
    if isinstance(store, Finding):
        return [store]
    image = store.stack.canonical(found[1].get("Image"))
    given: tuple[Any, ...] = getattr(image, "parts", ())
    uri = store.att("RepositoryUri")
    by_uri = given == (uri, f":{label}")
    written = f".dkr.ecr.us-east-1.amazonaws.com/{repository}:{label}"
    by_text = len(given) == 2 and getattr(given[0], "name", "") == "AWS::AccountId"
    by_text = by_text and given[1] == written
    return unless(by_uri or by_text, template, found[0], f"{name} has another image")


@requirement(
    "port {port} of the container {name} of `{of}` mapped",
    "a port mapping for port {port} of the container {name} in `{of}`",
)
def task_port(template: Template, of: str, name: str, port: int) -> Findings:
    """A port mapping of the container for that port."""
    found = _container(template, of, name)
    if isinstance(found, Finding):
        return [found]
    right = any(
        same(one.get("ContainerPort"), port) for one in blocks(found[1], "PortMappings")
    )  # fmt: skip
    return unless(right, template, found[0], f"port {port} of {name} is not mapped")


@requirement(
    "the environment variable {key} = `{value}` in the container {name} of `{of}`",
    "{key} = `{value}` in the environment of the container {name} of `{of}`",
)
def task_variable(template: Template, of: str, name: str, key: str, value: str) -> Findings:
    """An environment variable of the container."""
    found = _container(template, of, name)
    if isinstance(found, Finding):
        return [found]
    given = [one for one in blocks(found[1], "Environment") if same(one.get("Name"), key)]
    right = given and all(same(one.get("Value"), value) for one in given)
    return unless(right, template, found[0], f"{name} does not get {key} = `{value}`")


@requirement(
    "the secret `{secret}` given to the container {name} of `{of}` as the variable {key}",
    "{key} in the container {name} of `{of}` filled from the secret `{secret}`",
)
def task_secret(template: Template, of: str, name: str, key: str, secret: str) -> Findings:
    """`Secrets` of the container: the name, and the secret's ARN."""
    found = _container(template, of, name)
    store = the(template, SECRET, secret)
    if isinstance(found, Finding):
        return [found]
    if isinstance(store, Finding):
        return [store]
    right = any(
        same(one.get("Name"), key) and _is_secret(one.get("ValueFrom"), store)
        for one in blocks(found[1], "Secrets")
    )
    return unless(right, template, found[0], f"{key} of {name} is not filled from `{secret}`")


def _is_secret(value: Any, secret: Thing) -> bool:
    """Whether a value is a secret's ARN, perhaps followed by `:key::`."""
    parts: tuple[Any, ...] = getattr(value, "parts", (value,))
    return refers(parts[0], secret, SECRET) and (len(parts) == 1 or str(parts[1]).startswith(":"))


def _secret(secret: Thing) -> On:
    """Make the test for a secret's ARN, whose random end may be a wildcard."""
    return On(secret, SECRET, ("", "-*", "-??????", "*"))


@requirement(
    "the execution role of `{of}` allowed secretsmanager:GetSecretValue on just the secret "
    "`{secret}`",
    "a policy of the execution role of `{of}` that allows secretsmanager:GetSecretValue on the "
    "secret `{secret}` alone",
)
def task_reads_secret(template: Template, of: str, secret: str) -> Findings:
    """The execution role's policies name the action and the secret."""
    found, problems = all_of(template, (TASK, of), (SECRET, secret))
    if problems:
        return problems
    said = [
        one
        for role in roles_of(template, [found[0].value("ExecutionRoleArn")])
        for one in permissions(template, role)
    ]
    right = granted(said, "secretsmanager:GetSecretValue", _secret(found[1]))
    return unless(right, template, found[0], f"`{of}` may not read `{secret}`")


@requirement(
    "the output of the container {name} of `{of}` written to the log group {group} (awslogs)",
    "the log group {group} for the container {name} of `{of}`, by the awslogs driver",
)
def task_logs(template: Template, of: str, name: str, group: str) -> Findings:
    """The log configuration of the container."""
    found = _container(template, of, name)
    logs = the(template, LOG_GROUP, group)
    if isinstance(found, Finding):
        return [found]
    if isinstance(logs, Finding):
        return [logs]
    right = any(
        same(one.get("LogDriver"), "awslogs")
        and any(
            refers(options.get("awslogs-group"), logs, LOG_GROUP, ("name",))
            for options in blocks(one, "Options")
        )
        for one in blocks(found[1], "LogConfiguration")
    )
    return unless(right, template, found[0], f"{name} does not write to {group}")


service = existence(
    "service", SERVICE, "an ECS service called `{name}`", "the ECS service `{name}`"
)
service_cluster = link(
    "service-cluster", SERVICE, "Cluster", CLUSTER,
    "the service `{of}` in the cluster `{to}`", "`{of}` running in the ECS cluster `{to}`",
)  # fmt: skip
service_task = link(
    "service-task", SERVICE, "TaskDefinition", TASK,
    "the service `{of}` running the task definition `{to}`", "tasks of `{to}` run by `{of}`",
    by=("arn",),
)  # fmt: skip
service_count = setting(
    "service-count", SERVICE, "DesiredCount",
    "{value} tasks of the service `{of}`", "`{of}` with {value} tasks",
)  # fmt: skip
service_group = link(
    "service-group", SERVICE, "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    SECURITY_GROUP,
    "tasks of `{of}` behind the security group `{to}`",
    "the security group `{to}` for the service `{of}`",
)  # fmt: skip
service_private = fixed(
    "service-private", SERVICE, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
    "DISABLED",
    "no public addresses for the tasks of `{of}`", "tasks of the service `{of}` without public "
    "addresses",
    absent="DISABLED",
)  # fmt: skip


@requirement(
    "the service `{of}` on Fargate", "`{of}` launched on Fargate",
)  # fmt: skip
def service_fargate(template: Template, of: str) -> Findings:
    """The launch type, or the capacity providers, are Fargate."""
    thing = the(template, SERVICE, of)
    if isinstance(thing, Finding):
        return [thing]
    providers = at_path(thing, "CapacityProviderStrategy.CapacityProvider")
    right = same(thing.value("LaunchType"), "FARGATE") or (
        bool(providers) and all(one in ("FARGATE", "FARGATE_SPOT") for one in providers)
    )
    return unless(right, template, thing, f"`{of}` does not run on Fargate")


@requirement(
    "the container {name} (port {port}) of `{of}` behind the target group `{to}`",
    "port {port} of the container {name} of `{of}` registered with the target group `{to}`",
)
def service_balanced(template: Template, of: str, name: str, port: int, to: str) -> Findings:
    """`LoadBalancers` of the service."""
    found, problems = all_of(template, (SERVICE, of), (TARGET_GROUP, to))
    if problems:
        return problems
    right = any(
        same(one.get("ContainerName"), name)
        and same(one.get("ContainerPort"), port)
        and refers(one.get("TargetGroupArn"), found[1], TARGET_GROUP, ("arn",))
        for one in blocks(found[0], "LoadBalancers")
    )
    return unless(right, template, found[0], f"{name} of `{of}` is not behind `{to}`")


@requirement(
    "a failed deployment of `{of}` rolled back by the circuit breaker",
    "the deployment circuit breaker of `{of}`, with rollback",
)
def service_breaker(template: Template, of: str) -> Findings:
    """`DeploymentCircuitBreaker` is on, with rollback."""
    thing = the(template, SERVICE, of)
    if isinstance(thing, Finding):
        return [thing]
    path = "DeploymentConfiguration.DeploymentCircuitBreaker"
    right = is_true(thing.get(f"{path}.Enable")) and is_true(thing.get(f"{path}.Rollback"))
    return unless(right, template, thing, f"`{of}` is not rolled back")


@requirement(
    "the service `{of}` created only after the listener of its load balancer (DependsOn)",
    "DependsOn from the service `{of}` to the listener that forwards to its target group",
)
def service_after_listener(template: Template, of: str) -> Findings:
    """`DependsOn` names a listener (or rule) that forwards to the target group of the service."""
    thing = the(template, SERVICE, of)
    if isinstance(thing, Finding):
        return [thing]
    groups = targets(template, TARGET_GROUP, at_path(thing, "LoadBalancers.TargetGroupArn"))
    right = any(
        one.logical_id in thing.depends_on
        and any(each in groups for each in targets(
            template, TARGET_GROUP, at_path(one, f"{path}.TargetGroupArn")
            + at_path(one, f"{path}.ForwardConfig.TargetGroups.TargetGroupArn")))
        for kind, path in (("Listener", "DefaultActions"), ("ListenerRule", "Actions"))
        for one in things(template, f"AWS::ElasticLoadBalancingV2::{kind}")
    )  # fmt: skip
    return unless(groups and right, template, thing, f"`{of}` does not wait for the listener")


def _scalable(template: Template, of: str, cluster: str) -> list[Thing]:
    return [
        one
        for one in things(template, "AWS::ApplicationAutoScaling::ScalableTarget")
        if same(one.value("ServiceNamespace"), "ecs")
        and same(one.value("ScalableDimension"), "ecs:service:DesiredCount")
        and _names_service(template, one.value("ResourceId"), of, cluster)
    ]


def _names_service(template: Template, value: Any, of: str, cluster: str) -> bool:
    """Whether a value is `service/CLUSTER/SERVICE`, literally or by references."""
    where, what = the(template, CLUSTER, cluster), the(template, SERVICE, of)
    if isinstance(where, Finding) or isinstance(what, Finding):
        return False
    canonical = where.stack.canonical
    given = spelled(canonical(value))
    service = (of, spelled(canonical(what.att("Name"))))
    return any(given == f"service/{cluster}/{one}" for one in service)


@requirement(
    "between {low} and {high} tasks of `{of}` in the cluster `{cluster}`, by auto scaling",
    "auto scaling of the service `{of}` in `{cluster}` from {low} to {high} tasks",
)
def service_scales(template: Template, of: str, cluster: str, low: int, high: int) -> Findings:
    """A scalable target of the service with these limits."""
    thing = the(template, SERVICE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.value("MinCapacity"), low) and same(one.value("MaxCapacity"), high)
        for one in _scalable(template, of, cluster)
    )
    return unless(right, template, thing, f"`{of}` does not scale from {low} to {high}")


@requirement(
    "tasks of `{of}` in the cluster `{cluster}` kept at {percent} percent CPU (target tracking)",
    "target tracking of {percent} percent CPU for the service `{of}` in `{cluster}`",
)
def service_tracks(template: Template, of: str, cluster: str, percent: int) -> Findings:
    """A target tracking policy of the scalable target for the CPU use."""
    thing = the(template, SERVICE, of)
    if isinstance(thing, Finding):
        return [thing]
    scaled = _scalable(template, of, cluster)
    inner = "TargetTrackingScalingPolicyConfiguration"
    metric = f"{inner}.PredefinedMetricSpecification.PredefinedMetricType"
    right = any(
        same(one.value("PolicyType"), "TargetTrackingScaling")
        and same(one.get(f"{inner}.TargetValue"), percent)
        and same(one.get(metric), "ECSServiceAverageCPUUtilization")
        and (
            any(
                each.is_source_of(one.value("ScalingTargetId"))
                or each.is_source_of(one.value("ScalingTargetId"), "Id")
                for each in scaled
            )
            or _names_service(template, one.value("ResourceId"), of, cluster)
        )
        for one in things(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
    )
    return unless(right, template, thing, f"`{of}` is not kept at {percent} percent CPU")
