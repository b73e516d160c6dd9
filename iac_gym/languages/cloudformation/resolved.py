"""The stack that a template would make: what the requirements of tasks look at.

`resolve(template)` gives a `Stack`, the same one each time. Parameters have their defaults (one
without a default is `Unknown("parameter", name)`), mappings, conditions and functions are worked
out with region us-east-1 and no known account, and resources whose condition is false do not
exist. See `folded.py` for the values, `folding.py` for what is worked out.

    stack = resolve(template)
    for bucket in stack.resources("AWS::S3::Bucket"):
        bucket.logical_id, bucket.name             # "Logs", "my-logs" (or Unknown)
        bucket.get("VersioningConfiguration.Status")          # a folded value, None if not set
        bucket.each("BucketEncryption.ServerSideEncryptionConfiguration"
                    ".ServerSideEncryptionByDefault.SSEAlgorithm")     # through lists: all of them
        bucket.is_source_of(value)                 # value names this bucket: Ref or literal name
        bucket.is_source_of(value, "Arn")          # its ARN: GetAtt, Sub, Join or literal text
        bucket.finding("`{}` is not versioned", "VersioningConfiguration")   # with its place
    stack.by_name("AWS::SQS::Queue", "QueueName", "jobs")
    stack.target(value)                            # the resource that a value names, or None
    stack.policies_of(role), stack.policies_on(bucket)        # lists of `Statement`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark
from iac_gym.languages.cloudformation.folded import Folded, is_true, same, text_of
from iac_gym.languages.cloudformation.items import DOCUMENTS, Item, World
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.policy_statements import Statement, statements

__all__ = ["Item", "Output", "Parameter", "Stack", "Statement", "resolve", "statements"]

_KNOWN = "resolved"
_NO_MARK: Mark = (0, 0)


def resolve(template: Template) -> Stack:
    """Return the stack that a template would make."""
    stack: Stack | None = template.known.get(_KNOWN)
    if stack is None:
        stack = template.known[_KNOWN] = Stack(template)
    return stack


@dataclass(frozen=True)
class Parameter:
    """A parameter. `value` is its default, folded; `Unknown` where it has none."""

    name: str
    type: str
    value: Folded
    no_echo: bool
    tree: dict[str, Any] = field(repr=False)
    mark: Mark = _NO_MARK

    @property
    def has_default(self) -> bool:
        """Whether a stack can be made without setting it."""
        return "Default" in self.tree


@dataclass(frozen=True)
class Output:
    """An output that exists. `export` is the folded export name, None where there is none."""

    name: str
    value: Folded
    export: Folded = None
    description: str = ""
    mark: Mark = _NO_MARK


class Stack:
    """The stack of a template. See the module for what it offers."""

    def __init__(self, template: Template) -> None:
        self.world = World(template)
        self.path = template.path
        self.fold = self.world.fold
        self.condition = self.world.condition
        self.canonical = self.world.canonical
        self.statements = self.world.statements
        self.trust = self.world.trust
        self._resources = template.resources
        self._given = template.parameters
        self._outs = template.outputs
        self._parameter_marks = getattr(template.tree.get("Parameters"), "key_marks", {})
        self._output_marks = getattr(template.tree.get("Outputs"), "key_marks", {})

    @lazy
    def items(self) -> dict[str, Item]:
        """The resources that exist for certain, by logical id."""
        return {
            name: Item(self.world, one)
            for name, one in self._resources.items()
            if not one.condition or self.condition(one.condition)
        }

    @lazy
    def possible(self) -> dict[str, Item]:
        """The resources that may exist, those under a condition that is not known included."""
        return self.items | {
            name: Item(self.world, one)
            for name, one in self._resources.items()
            if one.condition and self.condition(one.condition) is None
        }

    def resources(self, *types: str) -> list[Item]:
        """Return the resources of some types (all, where none is given), as written."""
        return [one for one in self.items.values() if not types or one.type in types]

    def resource(self, logical_id: str) -> Item | None:
        """Return a resource by its logical id."""
        return self.items.get(logical_id)

    def by_name(self, kind: str, prop: str, value: Folded) -> list[Item]:
        """Return the resources of a type whose property (a dotted path) has a value."""
        return [one for one in self.resources(kind) if same(one.get(prop), value)]

    @lazy
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name."""
        marks = self._parameter_marks
        return {
            name: Parameter(
                name,
                text_of(tree.get("Type")),
                self.world.reference(name),
                is_true(tree.get("NoEcho")),
                tree,
                marks.get(name, _NO_MARK),
            )
            for name, tree in self._given.items()
            if isinstance(tree, dict)
        }

    @lazy
    def outputs(self) -> dict[str, Output]:
        """The outputs that exist, by name."""
        return {one.name: one for one in self._outputs()}

    def _outputs(self) -> Iterator[Output]:
        marks = self._output_marks
        for name, tree in self._outs.items():
            if not isinstance(tree, dict):
                continue
            condition = tree.get("Condition")
            if condition is not None and not self.condition(condition):
                continue
            export = self.fold(tree.get("Export"))
            yield Output(
                name,
                self.fold(tree.get("Value")),
                export.get("Name") if isinstance(export, dict) else None,
                text_of(tree.get("Description")),
                marks.get(name, _NO_MARK),
            )

    def target(self, value: Folded) -> Item | None:
        """Return the resource that a value names: by a reference, its name, or its ARN."""
        return self.items.get(self.world.named(value))

    # --- policies -----------------------------------------------------------------------------

    def policies_of(self, principal: Item) -> list[Statement]:
        """Return what a role, user or group is allowed: its own policies and attached ones.

        Its trust policy is `trust(role)`; managed policies of AWS are in `ManagedPolicyArns`.
        """
        found = self.statements(principal)
        attached = {
            "AWS::IAM::Role": "Roles",
            "AWS::IAM::User": "Users",
            "AWS::IAM::Group": "Groups",
        }
        prop = attached.get(principal.type, "Roles")
        single = prop.removesuffix("s") + "Name"
        own = [self.target(arn) for arn in principal.list("ManagedPolicyArns")]
        for policy in self.resources(*_ATTACHED):
            named = [*policy.list(prop), *policy.list(single)]
            if policy in own or any(principal.is_source_of(one) for one in named):
                found += self.statements(policy)
        return found

    def policies_on(self, item: Item) -> list[Statement]:
        """Return what the policies of a bucket, queue, topic, key ... say (those attached too)."""
        found = self.statements(item) if item.type in _OWN_POLICY else []
        for policy in self.resources(*_RESOURCE_POLICIES):
            for path in _RESOURCE_POLICIES[policy.type]:
                if any(self.target(one) is item for one in policy.list(path)):
                    found += self.statements(policy)
                    break
        return found


_OWN_POLICY = frozenset(DOCUMENTS) - {"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}
_ATTACHED = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
#: Type of a policy that stands for itself -> where it names what it is attached to.
_RESOURCE_POLICIES: dict[str, tuple[str, ...]] = {
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::SQS::QueueInlinePolicy": ("Queue",),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn",),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId",),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn",),
}
