"""What services ask of two resources together: a queue and its dead letters, a service and task.

As in `services`, only what is written out is compared: a function or a condition decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iac_gym.languages.cloudformation.model import Resource, Template
from iac_gym.languages.cloudformation.walk_base import NO_VALUE

#: Path below the properties, message.
Found = tuple[tuple[Any, ...], str]


def target(value: Any) -> str:
    """Return the resource that a reference names, "" for anything else."""
    if not isinstance(value, dict) or len(value) != 1:
        return ""
    name = value.get("Ref")
    parts = value.get("Fn::GetAtt")
    if isinstance(parts, list) and parts:
        name = parts[0]
    return name if name.__class__ is str else ""


def _other(template: Template, value: Any, kind: str) -> Resource | None:
    found = template.resources.get(target(value))
    return found if found is not None and found.type == kind else None


def _said(resource: Resource, name: str, default: str = "") -> str | None:
    """Return a property as text, the default where it is missing, None where it is not written."""
    value = resource.properties.get(name)
    if value is None or value == NO_VALUE:
        return default
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if isinstance(value, (dict, list)) else str(value)


def _number(resource: Resource, name: str, default: int | None = None) -> float | None:
    text = _said(resource, name, "" if default is None else str(default))
    try:
        return float(text) if text and len(text) < 20 else None
    except ValueError:
        return None


def _dead_letters(queue: Resource, template: Template) -> Iterator[Found]:
    policy = queue.properties.get("RedrivePolicy")
    arn = policy.get("deadLetterTargetArn") if isinstance(policy, dict) else None
    letters = _other(template, arn, queue.type)
    if letters is None:
        return
    one, two = _said(queue, "FifoQueue", "false"), _said(letters, "FifoQueue", "false")
    if one is not None and two is not None and one.lower() != two.lower():
        yield (
            ("RedrivePolicy", "deadLetterTargetArn"),
            "a FIFO queue has a FIFO queue for its dead letters, a standard one a standard one",
        )


def _mapping(mapping: Resource, template: Template) -> Iterator[Found]:
    queue = _other(template, mapping.properties.get("EventSourceArn"), "AWS::SQS::Queue")
    code = _other(template, mapping.properties.get("FunctionName"), "AWS::Lambda::Function")
    if queue is None:
        return
    size = _number(mapping, "BatchSize")
    if size is not None and size > 10 and (_said(queue, "FifoQueue") or "").lower() == "true":
        yield ("BatchSize",), "a FIFO queue gives 10 messages at once at most"
    wait = _number(queue, "VisibilityTimeout", 30)
    run = _number(code, "Timeout", 3) if code is not None else None
    if wait is not None and run is not None and wait < run:
        yield (
            ("EventSourceArn",),
            f"the visibility timeout of `{queue.name}` is shorter than the function's timeout",
        )


def _stage(stage: Resource, template: Template) -> Iterator[Found]:
    given = stage.properties
    deployment = _other(template, given.get("DeploymentId"), "AWS::ApiGateway::Deployment")
    if deployment is not None and not _same_api(given, deployment):
        yield ("DeploymentId",), "the deployment belongs to another REST API"


def _method(method: Resource, template: Template) -> Iterator[Found]:
    given = method.properties
    authorizer = _other(template, given.get("AuthorizerId"), "AWS::ApiGateway::Authorizer")
    if authorizer is None:
        return
    if not _same_api(given, authorizer):
        yield ("AuthorizerId",), "the authorizer belongs to another REST API"
    kind, type_of = _said(method, "AuthorizationType"), _said(authorizer, "Type")
    allowed = _AUTHORIZERS.get(kind or "")
    if allowed and type_of and type_of not in allowed:
        yield ("AuthorizerId",), f"`{kind}` needs an authorizer of type {' or '.join(allowed)}"


_AUTHORIZERS: Mapping[str, tuple[str, ...]] = {
    "CUSTOM": ("TOKEN", "REQUEST"),
    "COGNITO_USER_POOLS": ("COGNITO_USER_POOLS",),
}


def _same_api(given: Mapping[str, Any], other: Resource) -> bool:
    one, two = given.get("RestApiId"), other.properties.get("RestApiId")
    decided = all(
        not isinstance(api, dict) or "Ref" in api or "Fn::GetAtt" in api for api in (one, two)
    )
    return one is None or two is None or not decided or one == two


def _database(instance: Resource, template: Template) -> Iterator[Found]:
    cluster = _other(
        template, instance.properties.get("DBClusterIdentifier"), "AWS::RDS::DBCluster"
    )
    if cluster is None:
        return
    for name, default in (("Engine", ""), ("StorageEncrypted", "false")):
        one, two = _said(instance, name), _said(cluster, name, default)
        if one and two and one.lower() != two.lower():
            yield (name,), f"`{name}` is not that of the cluster `{cluster.name}`"


def _group(group: Resource, template: Template) -> Iterator[Found]:
    least, most = _number(group, "MinSize"), _number(group, "MaxSize")
    if least is not None and most is not None and most < least:
        yield ("MaxSize",), "`MaxSize` is smaller than `MinSize`"


def _scaling(policy: Resource, template: Template) -> Iterator[Found]:
    kind = "AWS::AutoScaling::AutoScalingGroup"
    group = _other(template, policy.properties.get("AutoScalingGroupName"), kind)
    if group is None or _said(policy, "PolicyType") != "TargetTrackingScaling":
        return
    least, most = _number(group, "MinSize"), _number(group, "MaxSize")
    if least is not None and most is not None and most <= least:
        yield ("AutoScalingGroupName",), f"`{group.name}` cannot scale: `MaxSize` is `MinSize`"


def _rule(rule: Resource, template: Template) -> Iterator[Found]:
    actions = rule.properties.get("Actions")
    for index, action in enumerate(actions if isinstance(actions, list) else ()):
        arn = action.get("TargetGroupArn") if isinstance(action, dict) else None
        group = _other(template, arn, "AWS::ElasticLoadBalancingV2::TargetGroup")
        if group is not None and _said(group, "Protocol") == "GENEVE":
            yield ("Actions", index, "TargetGroupArn"), "a listener's rule takes no GENEVE targets"


def _service(service: Resource, template: Template) -> Iterator[Found]:
    given = service.properties
    task = _other(template, given.get("TaskDefinition"), "AWS::ECS::TaskDefinition")
    if task is None:
        return
    mode = _said(task, "NetworkMode")
    if mode == "awsvpc" and "NetworkConfiguration" not in given:
        yield (), "a task with `awsvpc` needs `NetworkConfiguration` in its service"
    if _said(service, "LaunchType") != "FARGATE" or mode is None:
        return
    kinds = task.properties.get("RequiresCompatibilities")
    if mode != "awsvpc" and (kinds is None or _lacks_fargate(kinds)):
        yield ("TaskDefinition",), f"`{task.name}` is not made for FARGATE"
    containers = task.properties.get("ContainerDefinitions")
    for container in containers if isinstance(containers, list) else ():
        log = container.get("LogConfiguration") if isinstance(container, dict) else None
        driver = log.get("LogDriver") if isinstance(log, dict) else None
        if driver.__class__ is str and driver not in ("awslogs", "splunk", "awsfirelens"):
            yield ("TaskDefinition",), f"FARGATE has no log driver `{driver[:40]}`"


def _lacks_fargate(kinds: Any) -> bool:
    if not isinstance(kinds, list) or any(isinstance(kind, dict) for kind in kinds):
        return False
    return "FARGATE" not in kinds


CHECKS: Mapping[str, Callable[[Resource, Template], Iterator[Found]]] = {
    "AWS::SQS::Queue": _dead_letters,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::ApiGateway::Stage": _stage,
    "AWS::ApiGateway::Method": _method,
    "AWS::RDS::DBInstance": _database,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::AutoScaling::ScalingPolicy": _scaling,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _rule,
    "AWS::ECS::Service": _service,
}
