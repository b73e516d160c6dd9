"""Requirements about DynamoDB tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    output,
    retained,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    blocks,
    is_true,
    same,
    same_set,
    spelled,
    text,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.services import TABLE
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

table = existence("table", TABLE, "a DynamoDB table called `{name}`", "the DynamoDB table `{name}`")
table_billing = setting(
    "table-billing", TABLE, "BillingMode",
    "the billing mode {value} for `{of}`", "`{of}` with the billing mode {value}",
    absent="PROVISIONED",
)  # fmt: skip
table_recovery = fixed(
    "table-recovery", TABLE, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", True,
    "point-in-time recovery switched on for `{of}`", "`{of}` with point-in-time recovery",
)  # fmt: skip
table_protected = fixed(
    "table-protected", TABLE, "DeletionProtectionEnabled", True,
    "`{of}` protected against deletion", "deletion protection for the table `{of}`",
)  # fmt: skip
table_class = setting(
    "table-class", TABLE, "TableClass",
    "the table class {value} for `{of}`", "`{of}` in the table class {value}", absent="STANDARD",
)  # fmt: skip
table_stream = setting(
    "table-stream", TABLE, "StreamSpecification.StreamViewType",
    "a stream of {value} records on the table `{of}`",
    "changes of `{of}` streamed as {value}",
)  # fmt: skip
table_tag = tag(
    "table-tag", TABLE,
    "the tag {key} = `{value}` on the table `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
table_retained = retained(
    "table-retained", TABLE,
    "the table `{of}` stays when the stack is deleted",
    "`{of}` not deleted along with its stack",
)  # fmt: skip
table_arn_output = output(
    "table-arn-output", TABLE, ("Arn",),
    "an output `{name}` with the ARN of the table `{of}`",
    "the ARN of `{of}` given out as the output `{name}`", by=("arn",),
)  # fmt: skip


def _key(given: Any) -> dict[str, str]:
    """Return the attributes of a key schema by their role (HASH, RANGE)."""
    found = blocks({"x": given}, "x")
    return {str(text(one.get("KeyType"))): str(text(one.get("AttributeName"))) for one in found}


def _types(table: Thing) -> dict[str, str]:
    found = blocks(table, "AttributeDefinitions")
    return {
        str(text(one.get("AttributeName"))): str(text(one.get("AttributeType"))) for one in found
    }


@requirement(
    "the partition key {key} of the type {type} for `{of}`",
    "`{of}` with {key} (type {type}) as its partition key",
)
def table_key(template: Template, of: str, key: str, type: str) -> Findings:
    """The HASH key and the type of its attribute."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = _key(thing.value("KeySchema")).get("HASH") == key and _types(thing).get(key) == type
    return unless(right, template, thing, f"the partition key of `{of}` is not {key} ({type})")


@requirement(
    "the sort key {key} of the type {type} for `{of}`",
    "`{of}` with {key} (type {type}) as its sort key",
)
def table_sort_key(template: Template, of: str, key: str, type: str) -> Findings:
    """The RANGE key and the type of its attribute."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = _key(thing.value("KeySchema")).get("RANGE") == key and _types(thing).get(key) == type
    return unless(right, template, thing, f"the sort key of `{of}` is not {key} ({type})")


def _index(table: Thing, name: str) -> Mapping[str, Any]:
    found = blocks(table, "GlobalSecondaryIndexes")
    return next((one for one in found if same(one.get("IndexName"), name)), {})


@requirement(
    "a global secondary index {name} on `{of}` with the partition key {key}",
    "`{of}` also found by {key}, with the global secondary index {name}",
)
def table_index(template: Template, of: str, name: str, key: str) -> Findings:
    """An index of that name with just that partition key first."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = _key(_index(thing, name).get("KeySchema")).get("HASH") == key
    return unless(right, template, thing, f"`{of}` has no index {name} with the key {key}")


@requirement(
    "the index {name} of `{of}` with all attributes", "all attributes in the index {name} of `{of}`"
)
def table_index_all(template: Template, of: str, name: str) -> Findings:
    """The projection of the index is ALL."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    found = blocks(_index(thing, name), "Projection")
    right = found and same(found[0].get("ProjectionType"), "ALL")
    return unless(right, template, thing, f"the index {name} does not have all attributes")


@requirement(
    "the index {name} of `{of}` with just the attributes {values} beside its keys",
    "of the attributes, only {values} (and the keys) in the index {name} of `{of}`",
)
def table_index_some(template: Template, of: str, name: str, values: Any) -> Findings:
    """The projection of the index is INCLUDE with these attributes."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    found = blocks(_index(thing, name), "Projection")
    right = (
        found
        and same(found[0].get("ProjectionType"), "INCLUDE")
        and same_set(found[0].get("NonKeyAttributes"), values)
    )
    return unless(right, template, thing, f"the index {name} does not have just {values}")


@requirement(
    "items of `{of}` expired by the attribute {key} (TTL)",
    "time to live on `{of}`, by the attribute {key}",
)
def table_ttl(template: Template, of: str, key: str) -> Findings:
    """The time to live is on, for that attribute."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = is_true(thing.get("TimeToLiveSpecification.Enabled")) and same(
        thing.get("TimeToLiveSpecification.AttributeName"), key
    )
    return unless(right, template, thing, f"items of `{of}` do not expire by {key}")


@requirement(
    "{read} read and {write} write capacity units for `{of}`",
    "`{of}` provisioned with {read} read and {write} write capacity units",
)
def table_capacity(template: Template, of: str, read: int, write: int) -> Findings:
    """The provisioned throughput, without which a table is not provisioned."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    mode = thing.value("BillingMode")
    right = (
        (mode is None or same(mode, "PROVISIONED"))
        and same(thing.get("ProvisionedThroughput.ReadCapacityUnits"), read)
        and same(thing.get("ProvisionedThroughput.WriteCapacityUnits"), write)
    )
    return unless(right, template, thing, f"`{of}` does not have {read} and {write} units")


@requirement(
    "the table `{of}` encrypted with the key {alias}", "the key {alias} used for the table `{of}`",
)  # fmt: skip
def table_encrypted(template: Template, of: str, alias: str) -> Findings:
    """The table's encryption is on and names the key."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    if not is_true(thing.get("SSESpecification.SSEEnabled")):
        return unless(False, template, thing, f"`{of}` is not encrypted with a key of KMS")
    return encrypted_by(template, TABLE, of, alias, ("SSESpecification.KMSMasterKeyId",))


def _scalables(template: Template, table: Thing, dimension: str) -> list[Thing]:
    """Return the scalable targets of a table."""
    name = spelled(table.stack.canonical(table.ref))
    return [
        one
        for one in things(template, "AWS::ApplicationAutoScaling::ScalableTarget")
        if spelled(table.stack.canonical(one.value("ResourceId"))) == f"table/{name}"
        and same(one.value("ScalableDimension"), dimension)
        and same(one.value("ServiceNamespace"), "dynamodb")
    ]


def _suspended(target: Thing) -> bool:
    """Whether some of the scaling of a target is switched off."""
    given = target.value("SuspendedState")
    return isinstance(given, Mapping) and any(is_true(one) for one in given.values())


_DIMENSIONS = {
    "read": "dynamodb:table:ReadCapacityUnits", "write": "dynamodb:table:WriteCapacityUnits",
}  # fmt: skip


@requirement(
    "the {what} capacity of `{of}` scaled between {low} and {high} units",
    "`{of}` scaling its {what} capacity from {low} to {high} units",
)
def table_scales(template: Template, of: str, what: str, low: int, high: int) -> Findings:
    """A scalable target of the table with these limits."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.value("MinCapacity"), low)
        and same(one.value("MaxCapacity"), high)
        and not _suspended(one)
        for one in _scalables(template, thing, _DIMENSIONS[what])
    )
    return unless(right, template, thing, f"the {what} capacity of `{of}` is not scaled like that")


@requirement(
    "a target of {percent} percent for the use of the {what} capacity of `{of}`",
    "target tracking that keeps the {what} capacity of `{of}` {percent} percent used",
)
def table_target(template: Template, of: str, what: str, percent: int) -> Findings:
    """A target tracking policy of the table's scalable target."""
    thing = the(template, TABLE, of)
    if isinstance(thing, Finding):
        return [thing]
    metric = f"DynamoDB{what.capitalize()}CapacityUtilization"
    scaled = _scalables(template, thing, _DIMENSIONS[what])
    name = spelled(thing.stack.canonical(thing.ref))
    right = any(
        same(one.value("PolicyType"), "TargetTrackingScaling")
        and _is_target(one, scaled, name, _DIMENSIONS[what])
        and any(
            same(each.get("TargetValue"), percent)
            and not is_true(each.get("DisableScaleIn"))
            and any(
                same(inner.get("PredefinedMetricType"), metric)
                for inner in blocks(each, "PredefinedMetricSpecification")
            )
            for each in blocks(one, "TargetTrackingScalingPolicyConfiguration")
        )
        for one in things(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
    )
    return unless(right, template, thing, f"no policy keeps the {what} capacity {percent} % used")


def _is_target(policy: Thing, scaled: list[Thing], name: str, dimension: str) -> bool:
    given = policy.value("ScalingTargetId")
    if given is not None:
        return any(one.is_source_of(given) or one.is_source_of(given, "Id") for one in scaled)
    at = spelled(policy.stack.canonical(policy.value("ResourceId")))
    return at == f"table/{name}" and same(policy.value("ScalableDimension"), dimension)
