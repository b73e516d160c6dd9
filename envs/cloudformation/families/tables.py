"""Tasks about DynamoDB tables."""

from __future__ import annotations

from envs.cloudformation.families.serverless import TABLES, add_table
from envs.cloudformation.families.storage import add_key
from envs.cloudformation.requirements import tables as ask
from envs.cloudformation.template import Extra, Handle, Settings, Stack, decorate, sub
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

INDEXES = (("by-email", "email"), ("by-status", "status"), ("by-date", "createdAt"),
           ("by-owner", "ownerId"))  # fmt: skip


def _keyed(stack: Stack, table: Handle, name: str) -> None:
    draw = stack.draw
    alias = "alias/" + draw.name("alias", ("tables", "data", "records"))
    key = add_key(stack, alias)
    stack.ask(ask.table_encrypted(of=name, alias=alias))
    table.set(SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key["Arn"]})


def _start(stack: Stack) -> tuple[Handle, str]:
    """Ask for a table with its key."""
    draw = stack.draw
    name = draw.name("table", TABLES)
    key = draw.choice("key", ("id", "pk", "orderId", "userId", "sku", "deviceId"))
    kind = draw.choice("type", ("S", "N"))
    table = add_table(stack, name, key, kind, recoverable=False)
    stack.ask(ask.table(name=name), ask.table_key(of=name, key=key, type=kind))
    return table, name


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def dynamodb_table(draw: Draw) -> Draft:
    """A DynamoDB table with keys, indexes, expiry, recovery and encryption as asked."""
    stack = Stack(draw, "A table")
    table, name = _start(stack)
    more = Settings(stack, table, name)

    def sorted_by() -> None:
        key, kind = draw.choice("sort key", (("sk", "S"), ("timestamp", "N"), ("version", "N")))
        stack.ask(ask.table_sort_key(of=name, key=key, type=kind))
        table.append("AttributeDefinitions", {"AttributeName": key, "AttributeType": kind})
        table.append("KeySchema", {"AttributeName": key, "KeyType": "RANGE"})

    def indexed() -> None:
        index, key = draw.choice("index", INDEXES)
        stack.ask(ask.table_index(of=name, name=index, key=key))
        made: dict[str, object] = {
            "IndexName": index,
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        }
        if draw.chance("whole", 0.5):
            stack.ask(ask.table_index_all(of=name, name=index))
            made["Projection"] = {"ProjectionType": "ALL"}
        else:
            values = draw.sample("attributes", ("total", "title", "country", "phone"), 2)
            stack.ask(ask.table_index_some(of=name, name=index, values=values))
            made["Projection"] = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(values)}
        table.append("AttributeDefinitions", {"AttributeName": key, "AttributeType": "S"})
        table.append("GlobalSecondaryIndexes", made)

    def expiring() -> None:
        key = draw.choice("ttl", ("expiresAt", "ttl", "deleteAfter"))
        stack.ask(ask.table_ttl(of=name, key=key))
        table.set(TimeToLiveSpecification={"AttributeName": key, "Enabled": True})

    decorate(
        stack,
        (
            Extra("sort key", 1, sorted_by),
            more.switch(
                ask.table_recovery, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
            ),
            Extra("expiry", 1, expiring), Extra("index", 2, indexed),
            more.switch(ask.table_protected, "DeletionProtectionEnabled"),
            more.value(
                ask.table_stream, "StreamSpecification.StreamViewType",
                ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
            ),
            Extra("key", 2, lambda: _keyed(stack, table, name)),
            more.kept(ask.table_retained), more.tag(ask.table_tag),
            more.value(ask.table_class, "TableClass", ("STANDARD_INFREQUENT_ACCESS",)),
            more.output(ask.table_arn_output, table["Arn"], ("TableArn", "DataArn")),
        ),
    )  # fmt: skip
    stack.ask(ask.table_billing(of=name, value="PAY_PER_REQUEST"))
    return stack.draft(
        f"Create the DynamoDB table `{name}` with CloudFormation",
        f"Write a CloudFormation template for the table `{name}` in DynamoDB",
        f"We store data in the DynamoDB table `{name}`; describe it in CloudFormation",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def scaled_table(draw: Draw) -> Draft:
    """A provisioned DynamoDB table whose capacity scales with its use."""
    stack = Stack(draw, "A table that scales")
    table, name = _start(stack)
    more = Settings(stack, table, name)
    read, write = draw.integer("read", 5, 60, 5), draw.integer("write", 5, 40, 5)
    table.set(
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": read, "WriteCapacityUnits": write},
    )
    stack.ask(ask.table_capacity(of=name, read=read, write=write))

    def scaled(what: str) -> None:
        low, high = draw.integer(f"{what} low", 2, 10), draw.integer(f"{what} high", 100, 900, 50)
        percent = draw.integer(f"{what} percent", 50, 90, 5)
        word = what.capitalize()
        dimension = f"dynamodb:table:{word}CapacityUnits"
        stack.ask(
            ask.table_scales(of=name, what=what, low=low, high=high),
            ask.table_target(of=name, what=what, percent=percent),
        )
        target = stack.add(
            "ApplicationAutoScaling::ScalableTarget", f"{word}Target", MinCapacity=low,
            MaxCapacity=high, ResourceId=sub("table/${Table}"), ServiceNamespace="dynamodb",
            ScalableDimension=dimension,
        )  # fmt: skip
        stack.add(
            "ApplicationAutoScaling::ScalingPolicy", f"{word}Policy",
            PolicyName=f"{name}-{what}", PolicyType="TargetTrackingScaling",
            ScalingTargetId=target.ref,
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": percent,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": f"DynamoDB{word}CapacityUtilization",
                },
            },
        )  # fmt: skip

    decorate(
        stack,
        (
            Extra("reading", 2, lambda: scaled("read")),
            Extra("writing", 2, lambda: scaled("write")),
            more.switch(
                ask.table_recovery, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
            ),
            more.switch(ask.table_protected, "DeletionProtectionEnabled"),
            more.tag(ask.table_tag),
            more.kept(ask.table_retained),
            Extra("key", 2, lambda: _keyed(stack, table, name)),
        ),
    )
    return stack.draft(
        f"The table `{name}` in DynamoDB is to scale with its load, by CloudFormation",
        f"Write a CloudFormation template for the provisioned DynamoDB table `{name}`",
    )
