"""Tasks about templates: environments, exports and imports, nested stacks."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.families.compute import TYPES, image
from envs.cloudformation.families.serverless import add_table
from envs.cloudformation.families.storage import BUCKETS, add_bucket
from envs.cloudformation.requirements import firewall_rules, machines, messages
from envs.cloudformation.requirements import templates as ask
from envs.cloudformation.template import (
    NO_VALUE,
    Call,
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    sub,
    when,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

STAGES = ("dev", "test", "staging", "qa", "prod", "live")


class _Environments:
    """A template for several environments under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.parameter = draw.choice("parameter", ("Environment", "Stage", "EnvName"))
        self.low = draw.choice("low", STAGES[:4])
        self.high = draw.choice("high", STAGES[4:])
        self.base = draw.name("base", ("jobs", "orders", "events", "tasks"))
        self.ref = stack.parameter(
            self.parameter, Default=self.low, AllowedValues=[self.low, self.high]
        )
        self.queue = stack.add(
            "SQS::Queue", "Queue", QueueName=sub(f"{self.base}-${{{self.parameter}}}")
        )
        stack.ask(
            ask.parameter_default(name=self.parameter, value=self.low),
            ask.parameter_values(name=self.parameter, values=[self.low, self.high]),
            ask.queue_when(
                name=f"{self.base}-{self.high}", parameter=self.parameter, when=self.high
            ),
        )

    @property
    def is_high(self) -> str:
        """The condition that the upper environment is wanted."""
        name = f"Is{self.high.capitalize()}"
        self.stack.conditions[name] = Call("Equals", [self.ref, self.high])
        return name

    def _both(self, asked: Any, low: object, high: object) -> None:
        for stage, value in ((self.low, low), (self.high, high)):
            self.stack.ask(
                asked(of=f"{self.base}-{stage}", value=value, parameter=self.parameter, when=stage)
            )

    def retention(self) -> None:
        """Ask for a retention that differs, by a mapping."""
        low = 3600 * self.stack.draw.integer("low hours", 1, 24)
        high = 86400 * self.stack.draw.integer("high days", 5, 14)
        self._both(ask.queue_retention_when, low, high)
        self.stack.mappings["Settings"] = {
            self.low: {"Retention": low}, self.high: {"Retention": high},
        }  # fmt: skip
        self.queue.set(
            MessageRetentionPeriod=Call("FindInMap", ["Settings", self.ref, "Retention"])
        )

    def visibility(self) -> None:
        """Ask for a visibility timeout that differs, by a condition."""
        low = self.stack.draw.integer("low seconds", 31, 120)
        high = self.stack.draw.integer("high seconds", 300, 900, 30)
        self._both(ask.queue_visibility_when, low, high)
        self.queue.set(VisibilityTimeout=when(self.is_high, high, low))

    def topic(self) -> None:
        """Ask for a topic in the upper environment alone."""
        name = self.stack.draw.name("topic", ("alerts", "oncall", "incidents"))
        self.stack.ask(
            ask.topic_only_when(of=name, parameter=self.parameter, when=self.high)
        )  # fmt: skip
        made = self.stack.add("SNS::Topic", "Topic", TopicName=name)
        made.attributes["Condition"] = self.is_high

    def dead_letters(self) -> None:
        """Ask for a dead-letter queue in the upper environment alone."""
        name = f"{self.base}-dead"
        self.stack.ask(
            ask.queue_only_when(of=name, parameter=self.parameter, when=self.high)
        )  # fmt: skip
        made = self.stack.add("SQS::Queue", "DeadLetterQueue", QueueName=name)
        made.attributes["Condition"] = self.is_high
        policy = {"deadLetterTargetArn": made["Arn"], "maxReceiveCount": 5}
        self.queue.set(RedrivePolicy=when(self.is_high, policy, NO_VALUE))

    def table(self) -> None:
        """Ask for a table that is protected in the upper environment."""
        base = self.stack.draw.name("table", ("items", "users", "sessions"))
        made = add_table(self.stack, base, "id", "S")
        made.set(TableName=sub(f"{base}-${{{self.parameter}}}"))
        self.stack.ask(
            ask.table_when(name=f"{base}-{self.low}", parameter=self.parameter, when=self.low),
            ask.table_protected_when(
                of=f"{base}-{self.high}", value="true", parameter=self.parameter, when=self.high
            ),
            ask.table_protected_when(
                of=f"{base}-{self.low}", value="false", parameter=self.parameter, when=self.low
            ),
        )
        made.set(DeletionProtectionEnabled=when(self.is_high, True, False))

    def bucket(self) -> None:
        """Ask for a bucket whose versions are kept in the upper environment."""
        base = self.stack.draw.name("bucket", BUCKETS)
        made = add_bucket(self.stack, base, versioned=False)
        made.set(BucketName=sub(f"{base}-${{{self.parameter}}}"))
        self.stack.ask(
            ask.bucket_when(name=f"{base}-{self.low}", parameter=self.parameter, when=self.low),
            ask.bucket_versions_when(
                of=f"{base}-{self.high}", value="Enabled", parameter=self.parameter, when=self.high
            ),
            ask.bucket_versions_when(
                of=f"{base}-{self.low}", value="Suspended", parameter=self.parameter, when=self.low
            ),
        )
        made.set(VersioningConfiguration={"Status": when(self.is_high, "Enabled", "Suspended")})


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def environments(draw: Draw) -> Draft:
    """One template for several environments: parameters, mappings, conditions."""
    stack = Stack(draw, "One template for every environment")
    one = _Environments(stack)

    def described() -> None:
        text = draw.choice("description", ("Queues of the shop", "Jobs", "Event handling"))
        stack.ask(ask.template_description(value=text))
        stack.description = text

    decorate(
        stack,
        (
            Extra("topic", 1, one.topic), Extra("described", 1, described),
            Extra("visibility", 2, one.visibility), Extra("retention", 2, one.retention),
            Extra("dead letters", 1, one.dead_letters), Extra("bucket", 3, one.bucket),
            Extra("table", 3, one.table),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Write one CloudFormation template for {one.low} and {one.high}",
        f"Our stack must serve {one.low} and {one.high} from one CloudFormation template",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def stack_exports(draw: Draw) -> Draft:
    """A template whose outputs other stacks import, and that takes checked parameters."""
    stack = Stack(draw, "What other stacks import")
    name = draw.name("queue", ("jobs", "orders", "events"))
    queue = stack.add("SQS::Queue", "Queue", QueueName=name)
    out = draw.choice("output", ("QueueUrl", "JobsUrl", "InboxUrl"))
    export = f"{draw.choice('prefix', ('shop', 'core', 'shared', 'platform'))}-{name}-url"
    stack.ask(
        messages.queue(name=name), messages.queue_url_output(of=name, name=out),
        ask.output_exported(name=out, export=export),
    )  # fmt: skip
    stack.output(out, queue.ref, export=export)

    def by_stack() -> None:
        other = draw.choice("other output", ("QueueArn", "JobsArn", "InboxArn"))
        suffix = draw.choice("suffix", ("queue-arn", "arn", "jobs"))
        stack.ask(
            messages.queue_arn_output(of=name, name=other),
            ask.output_exported_by_stack(name=other, suffix=suffix),
        )
        stack.output(other, queue["Arn"], export=sub(f"${{AWS::StackName}}-{suffix}"))

    def delayed() -> None:
        low, high = draw.integer("least", 0, 30, 5), draw.integer("most", 60, 900, 60)
        parameter = draw.choice("number", ("Delay", "DelaySeconds", "Wait"))
        stack.ask(
            ask.parameter_type(name=parameter, type="Number"),
            ask.parameter_range(name=parameter, low=low, high=high),
            ask.parameter_default(name=parameter, value=str(low)),
            ask.queue_delay_follows(of=name, parameter=parameter),
        )
        given = stack.parameter(parameter, "Number", Default=low, MinValue=low, MaxValue=high)
        queue.set(DelaySeconds=given)

    def patterned() -> None:
        parameter = draw.choice("text", ("Owner", "Team", "Contact"))
        pattern = draw.choice("pattern", ("[a-z]+", "[a-z][a-z0-9-]*", "[A-Za-z ]+"))
        stack.ask(
            ask.parameter_type(name=parameter, type="String"),
            ask.parameter_pattern(name=parameter, pattern=pattern),
            ask.queue_tag_follows(of=name, key="Contact", parameter=parameter),
        )
        queue.tag("Contact", stack.parameter(parameter, AllowedPattern=pattern))

    decorate(
        stack,
        (
            Settings(stack, queue, name).tag(messages.queue_tag), Extra("by stack", 2, by_stack),
            Extra("number", 4, delayed), Extra("pattern", 3, patterned),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Write a CloudFormation template that exports the queue `{name}` to other stacks",
        f"Export the queue `{name}` to other stacks, with a CloudFormation template",
    )


@family("cloudformation", levels=(2, 3, 4, 5))
def stack_imports(draw: Draw) -> Draft:
    """A machine whose network comes from the exports of another stack."""
    stack = Stack(draw, "A machine in the shared network")
    name = draw.name("instance", ("app", "worker", "proxy", "batch"))
    size = draw.choice("type", TYPES)
    front = draw.choice("prefix", ("shared", "network", "core", "platform"))
    subnet = f"{front}-{draw.choice('subnet', ('private-subnet', 'app-subnet', 'subnet-a'))}"
    vpc = f"{front}-{draw.choice('vpc', ('vpc', 'vpc-id', 'main-vpc'))}"
    guard = f"{name}-sg"
    made = stack.add(
        "EC2::SecurityGroup", "SecurityGroup", GroupName=guard,
        GroupDescription=f"Traffic of {name}", VpcId=Call("ImportValue", vpc),
    )  # fmt: skip
    instance = stack.add(
        "EC2::Instance", "Instance", ImageId=image(stack), InstanceType=size,
        SubnetId=Call("ImportValue", subnet), SecurityGroupIds=[made["GroupId"]],
        MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}],
        Tags=[{"Key": "Name", "Value": name}],
    )  # fmt: skip
    stack.ask(
        machines.instance(name=name), machines.instance_type(of=name, value=size),
        ask.instance_imports_subnet(of=name, export=subnet),
        firewall_rules.security_group(name=guard),
        ask.group_imports_vpc(of=guard, export=vpc),
    )  # fmt: skip
    more = Settings(stack, instance, name)

    def admitted() -> None:
        port, source = (
            draw.choice("port", (443, 8080, 9090)),
            f"10.{draw.integer('net', 1, 99)}.0.0/16",
        )
        stack.ask(firewall_rules.group_admits(of=guard, port=port, source=source))
        made.append(
            "SecurityGroupIngress",
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": source},
        )

    decorate(
        stack,
        (
            Extra("admitted", 1, admitted), more.switch(machines.instance_monitoring, "Monitoring"),
            more.tag(machines.instance_tag),
            more.switch(machines.instance_protected, "DisableApiTermination"),
            more.output(machines.instance_output, instance.ref, ("InstanceId", "MachineId")),
            Settings(stack, made, guard).tag(firewall_rules.group_tag),
        ),
    )  # fmt: skip
    if draw.phrase("group", (True, False)):
        stack.ask(machines.instance_group(of=name, to=guard))
    return stack.draft(
        f"Put the machine `{name}` into the network of another stack, with CloudFormation",
        f"Write a CloudFormation template for `{name}`, which imports its network",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def nested_stacks(draw: Draw) -> Draft:
    """A parent template whose nested stacks pass values to each other."""
    stack = Stack(draw, "A stack of stacks")
    place = (
        f"https://{draw.choice('bucket', ('templates', 'artifacts', 'stacks'))}.s3.amazonaws.com"
    )
    first = draw.choice("first", ("Network", "Vpc", "Foundation", "Base"))
    chosen: list[str] = []

    def out() -> str:
        if not chosen:
            chosen.append(draw.choice("output", ("VpcId", "NetworkId", "MainVpc")))
        return chosen[0]

    def nested(id: str) -> Handle:
        url = f"{place}/{id.lower()}.yaml"
        stack.ask(ask.nested_stack(name=id, url=url))
        return stack.add("CloudFormation::Stack", id, TemplateURL=url)

    base = nested(first)

    def second() -> None:
        other = draw.choice("second", ("App", "Service", "Database", "Cluster"))
        key = draw.choice("key", ("VpcId", "Vpc", "Network"))
        made = nested(other)
        stack.ask(ask.nested_passes(name=other, key=key, source=first, output=out()))
        made.put(f"Parameters.{key}", base[f"Outputs.{out()}"])
        if draw.chance("ordered", 0.4):
            third = draw.choice("third", ("Monitoring", "Alarms", "Dns"))
            last = nested(third)
            stack.ask(ask.nested_after(name=third, after=other))
            last.attributes["DependsOn"] = other

    def set_() -> None:
        value = f"10.{draw.integer('octet', 1, 200)}.0.0/16"
        stack.ask(ask.nested_parameter(name=first, key="Cidr", value=value))
        base.put("Parameters.Cidr", value)

    def inherited() -> None:
        parameter = draw.choice("parameter", ("StackPurpose", "StackOwner", "StackTier"))
        stack.ask(
            ask.parameter_type(name=parameter, type="String"),
            ask.nested_inherits(name=first, key=parameter, parameter=parameter),
        )
        base.put(f"Parameters.{parameter}", stack.parameter(parameter))

    def timed() -> None:
        minutes = draw.integer("minutes", 10, 90, 5)
        stack.ask(ask.nested_timeout(name=first, minutes=minutes))
        base.set(TimeoutInMinutes=minutes)

    def given_out() -> None:
        name = draw.choice("given out", ("SharedVpc", "Network", "VpcOut"))
        stack.ask(ask.nested_output(name=name, source=first, output=out()))
        stack.output(name, base[f"Outputs.{out()}"])

    decorate(
        stack,
        (
            Extra("parameter", 1, set_), Extra("timeout", 1, timed), Extra("output", 1, given_out),
            Extra("inherited", 2, inherited), Extra("second", 2.8, second),
        ),
    )  # fmt: skip
    return stack.draft(
        "Write a CloudFormation parent template with nested stacks",
        "Our stacks are to be nested in one CloudFormation template",
    )
