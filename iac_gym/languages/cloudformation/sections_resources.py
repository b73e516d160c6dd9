"""What a resource has beside its properties: its keys, policies, condition and dependencies.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.cloudformation import function_slots as slots
from iac_gym.languages.cloudformation.function_slots import Slot
from iac_gym.languages.cloudformation.intrinsics import Functions
from iac_gym.languages.cloudformation.model import SERVERLESS, Resource, Template
from iac_gym.languages.cloudformation.sections import entries
from iac_gym.languages.cloudformation.sections_outputs import condition

_RULE = "resource-keys"
_KEYS = (
    *("Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"),
    *("UpdatePolicy", "CreationPolicy", "Metadata", "Version", "Connectors", "IgnoreGlobals"),
)
_SERVERLESS_KEYS = ("Connectors", "IgnoreGlobals")
_DELETION = frozenset(("Delete", "Retain", "RetainExceptOnCreate"))
_REPLACE = frozenset(("Delete", "Retain"))
#: Types of which a snapshot can be kept.
_SNAPSHOT = frozenset(
    f"AWS::{kind}"
    for kind in (
        *("DocDB::DBCluster", "EC2::Volume", "ElastiCache::CacheCluster", "RDS::DBCluster"),
        *("ElastiCache::ReplicationGroup", "Neptune::DBCluster", "RDS::DBInstance"),
        "Redshift::Cluster",
    )
)

#: A mapping of known keys, the kind of a value, or the values allowed.
Shape = Any
_SIGNAL = {"ResourceSignal": {"Timeout": "string", "Count": "integer"}}
_CREATION: Mapping[str, Shape] = {
    "AWS::AppStream::Fleet": {"StartFleet": "boolean"},
    "AWS::AutoScaling::AutoScalingGroup": {
        **_SIGNAL,
        "AutoScalingCreationPolicy": {"MinSuccessfulInstancesPercent": "integer"},
    },
    "AWS::CloudFormation::WaitCondition": _SIGNAL,
    "AWS::EC2::Instance": _SIGNAL,
}
_SEARCH = {"EnableVersionUpgrade": "boolean"}
_FLEET = {"Type": "boolean"}
_UPDATE: Mapping[str, Shape] = {
    "AWS::AppStream::Fleet": {"StartAfterUpdate": _FLEET, "StopBeforeUpdate": _FLEET},
    "AWS::AutoScaling::AutoScalingGroup": {
        "AutoScalingInstanceRefresh": {
            "Strategy": frozenset(("ReplaceRootVolume", "Rolling")),
            "Preferences": {
                "AlarmSpecification": {"Alarms": "list"},
                "BakeTime": "integer",
                "CheckpointDelay": "integer",
                "CheckpointPercentages": "list",
                "InstanceWarmup": "integer",
                "MaxHealthyPercentage": "integer",
                "MinHealthyPercentage": "integer",
                "ScaleInProtectedInstances": frozenset(("Ignore", "Refresh", "Wait")),
                "SkipMatching": "boolean",
                "StandbyInstances": frozenset(("Ignore", "Terminate", "Wait")),
            },
        },
        "AutoScalingReplacingUpdate": {"WillReplace": "boolean"},
        "AutoScalingRollingUpdate": {
            "MaxBatchSize": "integer",
            "MinActiveInstancesPercent": "integer",
            "MinInstancesInService": "integer",
            "MinSuccessfulInstancesPercent": "integer",
            "PauseTime": "string",
            "SuspendProcesses": "list",
            "WaitOnResourceSignals": "boolean",
        },
        "AutoScalingScheduledAction": {"IgnoreUnmodifiedGroupSizeProperties": "boolean"},
    },
    "AWS::ElastiCache::ReplicationGroup": {"UseOnlineResharding": "boolean"},
    "AWS::Elasticsearch::Domain": _SEARCH,
    "AWS::Lambda::Alias": {
        "CodeDeployLambdaAliasUpdate": {
            "AfterAllowTrafficHook": "string",
            "ApplicationName": "string",
            "BeforeAllowTrafficHook": "string",
            "DeploymentGroupName": "string",
        }
    },
    "AWS::OpenSearchService::Domain": _SEARCH,
}
#: Functions that never give a mapping.
_TEXTS = frozenset(("Ref", "Fn::Sub", "Fn::Join", "Fn::Base64", "Fn::ImportValue", "Fn::Select",
                    *slots.GIVES_LIST))  # fmt: skip
_SLOTS = {
    "string": Slot("string", slots.VALUES),
    "integer": Slot("integer", slots.VALUES),
    "boolean": Slot("boolean", slots.VALUES),
    "list": Slot("list", slots.VALUES),
}


def examine_resources(template: Template, functions: Functions) -> None:
    """Check every resource, and walk its values."""
    for name, body, mark in entries(template, "Resources", _RULE):
        resource = template.resources.get(name)
        if resource is None:
            if body.__class__ is not YamlMap:
                template.fault(_RULE, mark, f"the resource `{name[:60]}` must be a mapping")
            continue
        _keys(template, resource)
        _attributes(template, functions, resource)


def _keys(template: Template, resource: Resource) -> None:
    tree = resource.tree
    serverless = resource.type.startswith("AWS::Serverless::")
    for key in tree:
        if key in _KEYS:
            if key in _SERVERLESS_KEYS and SERVERLESS not in template.transform:
                message = f"`{key}` needs the serverless transform"
                template.fault(_RULE, tree.key_marks[key], message)
        elif not serverless and not str(key).startswith("Fn::Transform"):
            message = f"a resource has no `{str(key)[:60]}`"
            hint = template.near(str(key), _KEYS)
            template.fault(_RULE, tree.key_marks[key], message, hint)
    if resource.type.endswith("::MODULE"):
        _module(template, resource)
    if serverless and SERVERLESS not in template.transform:
        message = f"`{resource.type[:60]}` needs the serverless transform"
        hint = f"write `Transform: {SERVERLESS}`"
        template.fault("transform", tree.marks["Type"], message, hint)
    if not resource.type and "Fn::Transform" not in tree:
        given = "no text as" if "Type" in tree else "no"
        message = f"the resource `{resource.name[:60]}` has {given} `Type`"
        template.fault(_RULE, tree.marks.get("Type", resource.mark), message)


def _module(template: Template, resource: Resource) -> None:
    """Check what a module must not have: policies, tags, and metadata of CloudFormation's own."""
    tree = resource.tree
    places: list[tuple[Any, tuple[str, ...]]] = [
        (tree, ("CreationPolicy", "UpdatePolicy")),
        (resource.properties, ("Tags",)),
        (tree.get("Metadata"), ("AWS::CloudFormation::Module",)),
    ]
    for holder, names in places:
        for name in names if holder.__class__ is YamlMap else ():
            if holder.get(name):
                template.fault(_RULE, holder.key_marks[name], f"a module must not have `{name}`")


def _attributes(template: Template, functions: Functions, resource: Resource) -> None:
    """Check what is given beside the type, and walk everything that holds functions."""
    tree = resource.tree
    name = resource.name
    for key, value in tree.items():
        if key == "Properties":
            functions.walk(value, name)
        elif key == "Metadata":
            _metadata(template, functions, resource)
        elif key == "Condition":
            condition(functions, tree, _RULE)
        elif key == "DeletionPolicy":
            _keeps(template, functions, resource, key, _DELETION)
        elif key == "UpdateReplacePolicy":
            _keeps(template, functions, resource, key, _REPLACE)
        elif key == "UpdatePolicy":
            _update_policy(template, functions, resource)
        elif key == "CreationPolicy":
            _creation_policy(template, functions, resource)
        elif key == "Version":
            _version(template, resource)


def _metadata(template: Template, functions: Functions, resource: Resource) -> None:
    value = resource.tree["Metadata"]
    if value.__class__ is not YamlMap:
        mark = resource.tree.marks["Metadata"]
        template.fault(_RULE, mark, "`Metadata` must be a mapping")
    functions.in_metadata = True
    functions.walk(value, resource.name)
    functions.in_metadata = False


def _version(template: Template, resource: Resource) -> None:
    kind = resource.type
    if not (kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"):
        mark = resource.tree.key_marks["Version"]
        template.fault(_RULE, mark, "only a custom resource has a `Version`")


def _keeps(
    template: Template,
    functions: Functions,
    resource: Resource,
    key: str,
    allowed: frozenset[str],
) -> None:
    """Check a policy that says what is kept."""
    tree = resource.tree
    if resource.type in _SNAPSHOT:
        allowed |= {"Snapshot"}
    if functions.fits(tree, key, slots.POLICY, f"`{key}`"):
        _one_of(template, tree, key, allowed, "deletion-policies")
    functions.walk(tree[key], resource.name)


def _one_of(template: Template, holder: Any, key: Any, allowed: frozenset[str], rule: str) -> None:
    """Check a literal, or the branches of an `Fn::If`."""
    pending = [(holder, key)]
    while pending:
        holder, key = pending.pop()
        value = holder[key]
        if value.__class__ is YamlMap:
            branches = value.get("Fn::If")
            if branches.__class__ is YamlList and len(branches) == 3:
                pending += [(branches, 1), (branches, 2)]
        elif value.__class__ is not YamlList and value not in allowed:
            message = f"`{str(value)[:60]}` is not allowed here"
            hint = "allowed: " + ", ".join(sorted(allowed))
            template.fault(rule, holder.marks[key], message, hint)


def _update_policy(template: Template, functions: Functions, resource: Resource) -> None:
    shape = _UPDATE.get(resource.type)
    if shape is None:
        message = f"{resource.type[:60]} has no `UpdatePolicy`"
        template.fault("update-policies", resource.tree.key_marks["UpdatePolicy"], message)
        return
    _shaped(functions, resource.tree, "UpdatePolicy", shape, "update-policies")
    value = resource.tree["UpdatePolicy"]
    if value.__class__ is YamlMap:
        both = {"AutoScalingInstanceRefresh", "AutoScalingRollingUpdate"}
        if both <= value.keys():
            message = "an instance refresh and a rolling update exclude each other"
            mark = value.key_marks["AutoScalingInstanceRefresh"]
            template.fault("update-policies", mark, message)
        refresh = value.get("AutoScalingInstanceRefresh")
        if refresh.__class__ is YamlMap and "Strategy" not in refresh and len(refresh) != 1:
            template.fault("update-policies", refresh.mark, "the instance refresh needs `Strategy`")
    functions.walk(value, resource.name)


def _creation_policy(template: Template, functions: Functions, resource: Resource) -> None:
    shape = _CREATION.get(resource.type)
    kind = resource.type
    value = resource.tree["CreationPolicy"]
    if kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource":
        mark = resource.tree.key_marks["CreationPolicy"]
        template.fault("creation-policies", mark, "a custom resource has no `CreationPolicy`")
    elif value.__class__ is not YamlMap:
        mark = resource.tree.marks["CreationPolicy"]
        template.fault("creation-policies", mark, "`CreationPolicy` must be a mapping")
    elif shape is not None:
        _shaped(functions, resource.tree, "CreationPolicy", shape, "creation-policies")
    functions.walk(value, resource.name)


def _shaped(functions: Functions, holder: Any, key: Any, shape: Shape, rule: str) -> None:
    """Check a value against a shape; functions may stand for any part of it."""
    value = holder[key]
    if isinstance(shape, str):
        functions.fits(holder, key, _SLOTS[shape], f"`{key}`")
    elif isinstance(shape, frozenset):
        if functions.fits(holder, key, _SLOTS["string"], f"`{key}`"):
            _one_of(functions.template, holder, key, shape, rule)
    elif value.__class__ is not YamlMap:
        message = f"`{key}` must be a mapping"
        functions.template.fault(rule, holder.marks[key], message)
    elif len(value) == 1 and next(iter(value)) in slots.VALUES:
        _branches(functions, value, shape, rule)
    else:
        for name in value:
            if name in shape:
                _shaped(functions, value, name, shape[name], rule)
            else:
                message = f"`{key}` has no `{str(name)[:60]}`"
                hint = functions.template.near(str(name), shape)
                functions.template.fault(rule, value.key_marks[name], message, hint)


def _branches(functions: Functions, value: YamlMap, shape: Shape, rule: str) -> None:
    name = next(iter(value))
    if name in _TEXTS and value[name] != "AWS::NoValue":
        message = f"a mapping is needed here, which `{name}` does not give"
        functions.template.fault(rule, value.key_marks[name], message)
    branches = value.get("Fn::If")
    if branches.__class__ is YamlList and len(branches) == 3:
        for at in (1, 2):
            branch = branches[at]
            if branch.__class__ is YamlMap and branch.get("Ref") != "AWS::NoValue":
                _shaped(functions, branches, at, shape, rule)
