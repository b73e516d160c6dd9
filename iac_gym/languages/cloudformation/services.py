"""What single services ask of a resource beyond its schema, as cfn-lint knows it.

Each check looks at what is written out: where a function or a condition decides, it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from iac_gym.formats.json_schema_base import frozen
from iac_gym.formats.yaml import find
from iac_gym.languages.cloudformation.model import Resource, Template
from iac_gym.languages.cloudformation.pack import identifiers, schemas
from iac_gym.languages.cloudformation.services_flow import machine, pipeline, schedule
from iac_gym.languages.cloudformation.services_together import CHECKS as TOGETHER
from iac_gym.languages.cloudformation.services_together import target

RULE = "resources-make-sense"
#: Most resources that are looked at: the service takes no more.
MOST_RESOURCES = 500

#: Path below the properties, message.
_Finding = tuple[tuple[Any, ...], str]
_Check = Callable[[Resource, Template], Iterator[_Finding]]


def examine_services(template: Template) -> None:
    """Note what is wrong with the resources of services that ask for more."""
    examined = list(islice(template.resources.values(), MOST_RESOURCES))
    _note_twins(template, examined)
    for resource in examined:
        for check in CHECKS.get(resource.type, ()):
            _note(template, resource, check)
        if resource.type in TOGETHER:
            _note(template, resource, TOGETHER[resource.type])


def _note_twins(template: Template, resources: list[Resource]) -> None:
    """Note resources that would be one and the same: of one type, with the same identifiers."""
    seen: dict[Any, str] = {}
    types = [resource.type for resource in resources]
    if len(set(types)) == len(types):
        return
    for resource in resources:
        names = identifiers(resource.type)
        given = resource.properties
        if resource.condition or not names or any(given.get(name) is None for name in names):
            continue
        values = [given[name] for name in names]
        if any(_has_condition(value) and "Fn::If" in value for value in values):
            continue
        key = (resource.type, *[frozen(value) for value in values])
        if key in seen:
            message = f"`{resource.name}` and `{seen[key]}` have the same {' and '.join(names)}"
            template.fault(RULE, given.marks.get(names[0], resource.mark), message)
        seen.setdefault(key, resource.name)


def _note(template: Template, resource: Resource, check: _Check) -> None:
    for path, message in check(resource, template):
        _, mark = find(resource.properties, path)
        template.fault(RULE, mark if path else resource.mark, f"`{resource.name}`: {message}")


def _list(holder: Any, key: str) -> list[Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _has_function(node: Any, depth: int = 0) -> bool:
    """Whether something in a value is decided later."""
    if isinstance(node, dict):
        if any(key == "Ref" or str(key).startswith("Fn::") for key in node):
            return True
        return depth > 40 or any(_has_function(item, depth + 1) for item in node.values())
    return isinstance(node, list) and (
        depth > 40 or any(_has_function(item, depth + 1) for item in node)
    )


def _runtime(resource: Resource, template: Template) -> Iterator[_Finding]:
    runtime = resource.properties.get("Runtime")
    if runtime.__class__ is str and runtime in schemas().gone:
        yield ("Runtime",), f"no function can be made with the runtime `{runtime}` any more"


def _snap_start(resource: Resource, template: Template) -> Iterator[_Finding]:
    given = resource.properties
    start, runtime = given.get("SnapStart"), given.get("Runtime")
    if not isinstance(start, dict) or start.get("ApplyOn") != "PublishedVersions":
        return
    if runtime.__class__ is not str or runtime in schemas().gone:
        return
    if not runtime.startswith(("python", "java", "dotnet")) or runtime in _NO_SNAP_START:
        yield ("SnapStart", "ApplyOn"), f"the runtime `{runtime}` knows no SnapStart"


_NO_SNAP_START = frozenset(
    """dotnetcore3.1 dotnet5.0 dotnet6 dotnet7 java8 java8.al2 python3.7 python3.8 python3.9
    python3.10 python3.11""".split()
)


def _attributes(resource: Resource, template: Template) -> Iterator[_Finding]:
    given = resource.properties
    parts = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    if any(_decided_later(given.get(part)) for part in parts) or "KeySchema" not in given:
        return
    defined = {_name(item) for item in _list(given, parts[0])}
    used = {_name(item) for item in _list(given, "KeySchema")}
    for part in parts[2:]:
        for index in _list(given, part):
            used |= {_name(item) for item in _list(index, "KeySchema")}
    if None in defined:
        return
    used.discard(None)
    if defined != used:
        odd = sorted(str(name) for name in defined ^ used)
        yield (
            ("AttributeDefinitions",),
            f"the attributes that are defined and those of the keys differ: {', '.join(odd)[:200]}",
        )


def _decided_later(part: Any) -> bool:
    """Whether a list of keys or indexes is made by a function, or an item of it is."""
    if isinstance(part, dict):
        return True
    items = part if isinstance(part, list) else []
    return any(
        isinstance(item, dict)
        and (
            any(str(key).startswith("Fn::") or key == "Ref" for key in item)
            or _decided_later(item.get("KeySchema"))
        )
        for item in items
    )


def _name(item: Any) -> str | None:
    name = item.get("AttributeName") if isinstance(item, dict) else None
    return name if name.__class__ is str else None


def _image(resource: Resource, template: Template) -> Iterator[_Finding]:
    given = resource.properties
    if given.get("ImageId") or _has_condition(given.get("ImageId")):
        return
    launch = given.get("LaunchTemplate")
    if launch is None:
        yield (), "`ImageId` is required without a launch template"
    elif isinstance(launch, dict) and "ImageId" not in given:
        name = target(launch.get("LaunchTemplateId")) or target(launch.get("LaunchTemplateName"))
        other = template.resources.get(name)
        data = other.properties.get("LaunchTemplateData") if other else None
        if isinstance(data, dict) and not _has_condition(data) and "ImageId" not in data:
            yield (), f"`ImageId` is given neither here nor in the launch template `{name}`"


def _has_condition(value: Any) -> bool:
    return isinstance(value, dict) and any(str(key).startswith("Fn::") for key in value)


def _lifecycle(resource: Resource, template: Template) -> Iterator[_Finding]:
    plan = resource.properties.get("BackupPlan")
    for index, rule in enumerate(_list(plan, "BackupPlanRule")):
        holders: list[tuple[tuple[Any, ...], Any]] = [(("Lifecycle",), rule)]
        holders += [
            (("CopyActions", at, "Lifecycle"), copy)
            for at, copy in enumerate(_list(rule, "CopyActions"))
        ]
        for path, holder in holders:
            life = holder.get("Lifecycle") if isinstance(holder, dict) else None
            if not isinstance(life, dict):
                continue
            delete, move = life.get("DeleteAfterDays"), life.get("MoveToColdStorageAfterDays")
            if delete.__class__ is int and move.__class__ is int and delete - move < 90:
                yield (
                    ("BackupPlan", "BackupPlanRule", index, *path),
                    "`DeleteAfterDays` must be 90 days or more after `MoveToColdStorageAfterDays`",
                )


def _origins(resource: Resource, template: Template) -> Iterator[_Finding]:
    config = resource.properties.get("DistributionConfig")
    default = config.get("DefaultCacheBehavior") if isinstance(config, dict) else None
    wanted = default.get("TargetOriginId") if isinstance(default, dict) else None
    groups = config.get("OriginGroups") if isinstance(config, dict) else None
    origins = config.get("Origins") if isinstance(config, dict) else None
    if wanted.__class__ is not str or not isinstance(origins, list) or _has_condition(groups):
        return
    items = [*origins, *_list(groups, "Items")]
    names = [item.get("Id") if isinstance(item, dict) else None for item in items]
    if wanted not in names and all(name.__class__ is str for name in names):
        yield (
            ("DistributionConfig", "DefaultCacheBehavior", "TargetOriginId"),
            f"there is no origin `{wanted[:80]}` in this distribution",
        )


def _zone(resource: Resource, template: Template) -> Iterator[_Finding]:
    name, zone = resource.properties.get("Name"), resource.properties.get("HostedZoneName")
    if name.__class__ is not str or zone.__class__ is not str:
        return
    if not zone.endswith("."):
        yield ("HostedZoneName",), f"`{zone[:80]}` must end with a dot"
    full, end = name.rstrip(".") + ".", zone.rstrip(".") + "."
    if full != end and not full.endswith("." + end):
        yield ("Name",), f"`{name[:80]}` is not in the hosted zone `{zone[:80]}`"


def _ports(resource: Resource, template: Template) -> Iterator[_Finding]:
    if resource.properties.get("NetworkMode") != "awsvpc":
        return
    for index, container in enumerate(_list(resource.properties, "ContainerDefinitions")):
        for at, mapping in enumerate(_list(container, "PortMappings")):
            host = mapping.get("HostPort") if isinstance(mapping, dict) else None
            port = mapping.get("ContainerPort") if isinstance(mapping, dict) else None
            plain = not isinstance(host, (dict, list)) and not isinstance(port, (dict, list))
            if host is not None and port is not None and plain and str(host) != str(port):
                yield (
                    ("ContainerDefinitions", index, "PortMappings", at, "HostPort"),
                    "with `awsvpc`, the host's port and the container's port are the same",
                )


def _domains(resource: Resource, template: Template) -> Iterator[_Finding]:
    for index, option in enumerate(_list(resource.properties, "DomainValidationOptions")):
        if not isinstance(option, dict):
            continue
        name, over = option.get("DomainName"), option.get("ValidationDomain")
        if name.__class__ is not str or over.__class__ is not str:
            continue
        if name != over and not name.endswith("." + over):
            yield (
                ("DomainValidationOptions", index, "ValidationDomain"),
                f"`{over[:80]}` is not a domain above `{name[:80]}`",
            )


def _environment(resource: Resource, template: Template) -> Iterator[_Finding]:
    environment = resource.properties.get("Environment")
    variables = environment.get("Variables") if isinstance(environment, dict) else None
    if not isinstance(variables, dict):
        return
    size = sum(
        len(key.encode("utf-8", "replace")) + len(str(value).encode("utf-8", "replace"))
        for key, value in variables.items()
        if not isinstance(value, (dict, list))
    )
    if size > 4096:
        yield ("Environment", "Variables"), "the variables take more than 4,096 bytes"


def _associations(resource: Resource, template: Template) -> Iterator[_Finding]:
    subnet = resource.properties.get("SubnetId")
    if subnet is None or resource.condition or _has_condition(subnet):
        return
    for other in template.resources.values():
        if other is resource:
            return
        same = other.type == resource.type and not other.condition
        if same and other.properties.get("SubnetId") == subnet:
            yield ("SubnetId",), f"`{other.name}` gives this subnet a route table already"


CHECKS: Mapping[str, tuple[_Check, ...]] = {
    "AWS::Lambda::Function": (_runtime, _snap_start, _environment),
    "AWS::Serverless::Function": (_runtime,),
    "AWS::DynamoDB::Table": (_attributes,),
    "AWS::EC2::Instance": (_image,),
    "AWS::Backup::BackupPlan": (_lifecycle,),
    "AWS::CloudFront::Distribution": (_origins,),
    "AWS::Route53::RecordSet": (_zone,),
    "AWS::ECS::TaskDefinition": (_ports,),
    "AWS::CertificateManager::Certificate": (_domains,),
    "AWS::CodePipeline::Pipeline": (pipeline,),
    "AWS::StepFunctions::StateMachine": (machine,),
    "AWS::Events::Rule": (schedule,),
    "AWS::EC2::SubnetRouteTableAssociation": (_associations,),
}
