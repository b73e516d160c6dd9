"""Requirements that say what must not be allowed any more."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.requirements.kinds import (
    spelled,
    the,
    unless,
)
from envs.cloudformation.requirements.policies import (
    ROLE,
    Statement,
    permissions,
    positive,
    resource_policies,
)
from envs.cloudformation.requirements.services import (
    QUEUE,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding


def _opens(said: list[Statement]) -> bool:
    """Whether a statement lets everybody in, under no condition that says who it may be."""
    return any(
        one.effect == "Allow"
        and (one.for_everybody or (one.inverted and bool(one.principals)))
        and not any(_says_who(*each) for each in one.conditions)
        for one in said
    )


#: The keys of conditions that tell callers, or where they come from.
_WHO = frozenset(
    f"aws:{key}"
    for key in """sourceaccount sourcearn sourceowner sourceorgid sourceip sourcevpc sourcevpce
    principalaccount principalarn principalorgid principalorgpaths userid""".split()
)


def _says_who(test: str, key: str, value: Any) -> bool:
    anybody = value in ("*", "0.0.0.0/0", "::/0")
    plain = test.lower().rpartition(":")[2]
    return (
        key.lower() in _WHO
        and not anybody
        and not plain.endswith("ifexists")
        and (positive(test) or plain == "ipaddress")
    )


@requirement(
    "the policy of the queue `{of}` kept, but without rights for everybody",
    "nothing for everybody in the queue policy of `{of}`, which still lets somebody send messages",
)
def queue_not_open(template: Template, of: str) -> Findings:
    """A policy lets somebody send messages, and none lets everybody in without a condition."""
    thing = the(template, QUEUE, of)
    if isinstance(thing, Finding):
        return [thing]
    said = resource_policies(template, "AWS::SQS::QueuePolicy", "Queues", thing, QUEUE, ("id",))
    right = not _opens(said) and any(one.is_allow and one.covers("sqs:SendMessage") for one in said)
    return unless(right, template, thing, f"the policy of `{of}` is open, or gone")


@requirement(
    "the policy of the topic `{of}` kept, but without rights for everybody",
    "nothing for everybody in the policy of the topic `{of}`, which still lets somebody publish",
)
def topic_not_open(template: Template, of: str) -> Findings:
    """A policy lets somebody publish, and none lets everybody in without a condition."""
    thing = the(template, TOPIC, of)
    if isinstance(thing, Finding):
        return [thing]
    said = resource_policies(template, "AWS::SNS::TopicPolicy", "Topics", thing, TOPIC, ("arn",))
    right = not _opens(said) and any(one.is_allow and one.covers("sns:Publish") for one in said)
    return unless(right, template, thing, f"the policy of `{of}` is open, or gone")


def _wild(statement: Statement) -> bool:
    """Whether a statement allows actions by a pattern, or something on all resources."""
    if statement.effect != "Allow":
        return False
    return (
        statement.inverted
        or any("*" in one or "?" in one for one in statement.actions)
        or any(_everything(spelled(one)) for one in statement.resources)
    )


def _everything(resource: str) -> bool:
    """Whether a resource is every one of a service: its ARN ends in `*` where its name should be.

    `table/orders/index/*` and `bucket/*` are what belongs to one thing.
    """
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return resource.startswith("*")
    whole = parts[5].replace(":", "/")
    name = whole if parts[2] == "s3" else whole.partition("/")[2] or whole
    return name.startswith("*")


@requirement(
    "no wildcard action or resource left in the policies of the role `{of}`, which still has some",
    "policies of the role `{of}` that name their actions and resources, without * for either",
)
def role_not_wild(template: Template, of: str) -> Findings:
    """The role has permissions, and none of them is for all actions or all resources."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    said = permissions(template, thing)
    right = said and not any(_wild(one) for one in said)
    return unless(right, template, thing, f"a policy of `{of}` has a wildcard, or none is left")
