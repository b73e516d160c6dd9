"""Requirements about IAM roles, policies, users and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_databases import TABLE
from envs.terraform.requirements.aws_functions import QUEUE
from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, setting, tag
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, the, world
from envs.terraform.requirements.policies import (
    POLICY,
    ROLE,
    Statement,
    bucket_arn,
    has_managed,
    is_arn_of,
    permissions,
    statements,
    trust,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.verdict import Finding

USER = Kind("IAM user", ("aws_iam_user",), "name", ("name", "id"), by_name=True)
GROUP = Kind("IAM group", ("aws_iam_group",), "name", ("name", "id"), by_name=True)
PROFILE = Kind(
    "instance profile", ("aws_iam_instance_profile",), "name", ("name", "id"), by_name=True
)

role = existence("role", ROLE, "an IAM role called `{name}`", "the IAM role `{name}`")
role_tag = tag(
    "role-tag", ROLE,
    "the tag {key} = `{value}` on the role `{of}`", "the role `{of}` tagged {key} = `{value}`",
)  # fmt: skip
role_session = setting(
    "role-session", ROLE, "max_session_duration",
    "sessions of `{of}` lasting at most {value} seconds",
    "a maximum session duration of {value} seconds for `{of}`",
)  # fmt: skip
role_path = setting(
    "role-path", ROLE, "path", "the role `{of}` under the path {value}",
    "{value} as the path of the role `{of}`",
)  # fmt: skip
role_arn_output = output(
    "role-arn-output", ROLE, ("arn",),
    "an output `{name}` with the ARN of the role `{of}`", "the ARN of `{of}` given out as `{name}`",
)  # fmt: skip


@requirement(
    "the role `{of}` assumable by {service} and by nobody else",
    "{service}, and nothing else, allowed to assume the role `{of}`",
)
def role_service(config: Configuration, of: str, service: str) -> Findings:
    """The trust policy allows sts:AssumeRole to that service alone."""
    thing = the(config, ROLE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = [one for one in trust(thing) if one.effect == "Allow"]
    trusted = {pair for one in found for pair in one.principals}
    right = any(one.allows("sts:AssumeRole") for one in found)
    if not right or trusted != {("Service", service)}:
        at = thing.where("assume_role_policy")
        yield config.finding(at, f"`{of}` is not assumable by {service} alone")


@requirement(
    "the role `{of}` assumable by the account {account} and by nobody else",
    "principals of the account {account} alone allowed to assume `{of}`",
)
def role_account(config: Configuration, of: str, account: str) -> Findings:
    """The trust policy names the root of that account (or its number) and nothing else."""
    thing = the(config, ROLE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = [one for one in trust(thing) if one.effect == "Allow"]
    trusted = {pair for one in found for pair in one.principals}
    wanted = ({("AWS", f"arn:aws:iam::{account}:root")}, {("AWS", account)})
    if not any(one.allows("sts:AssumeRole") for one in found) or trusted not in wanted:
        at = thing.where("assume_role_policy")
        yield config.finding(at, f"`{of}` is not assumable by the account {account} alone")


@requirement(
    "the managed policy {policy} attached to the role `{of}`",
    "AWS's own policy {policy} on the role `{of}`",
)
def role_managed_policy(config: Configuration, of: str, policy: str) -> Findings:
    """A managed policy of AWS is attached."""
    thing = the(config, ROLE, of)
    if isinstance(thing, Finding):
        yield thing
    elif not has_managed(config, thing, policy):
        yield config.finding(thing.at, f"{policy} is not attached to `{of}`")


@dataclass(frozen=True)
class _Target:
    """What statements must be about: a thing, its ARN where the name gives it, what follows it."""

    thing: Instance
    plain: str = ""
    suffix: str = ""

    def covered(self, statement: Statement) -> bool:
        return any(
            is_arn_of(value, self.thing, suffix=self.suffix, plain=self.plain)
            for value in statement.resources
        )


def _denied(config: Configuration, role: Instance, actions: Any, target: _Target) -> Findings:
    granted = permissions(config, role)
    for action in actions:
        if not any(one.allows(action) and target.covered(one) for one in granted):
            yield config.finding(role.at, f"{action} is not allowed on that resource")


@requirement(
    "the role `{of}` allowed {actions} on the objects in the bucket `{bucket}`",
    "{actions} on everything in the bucket `{bucket}` permitted to the role `{of}`",
)
def role_bucket_objects(config: Configuration, of: str, actions: Any, bucket: str) -> Findings:
    """The role's policies name the actions on the bucket's ARN followed by `/*`."""
    thing, target = the(config, ROLE, of), the(config, BUCKET, bucket)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    objects = _Target(target, bucket_arn(target, BUCKET), "/*")
    yield from _denied(config, thing, actions, objects)


@requirement(
    "the role `{of}` allowed to list the bucket `{bucket}` (s3:ListBucket)",
    "s3:ListBucket on `{bucket}` permitted to the role `{of}`",
)
def role_bucket_list(config: Configuration, of: str, bucket: str) -> Findings:
    """s3:ListBucket on the bucket's own ARN."""
    thing, target = the(config, ROLE, of), the(config, BUCKET, bucket)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    itself = _Target(target, bucket_arn(target, BUCKET))
    yield from _denied(config, thing, ["s3:ListBucket"], itself)


@requirement(
    "the role `{of}` allowed {actions} on the table `{table}`",
    "{actions} on the DynamoDB table `{table}` permitted to `{of}`",
)
def role_table(config: Configuration, of: str, actions: Any, table: str) -> Findings:
    """The role's policies name the actions on the table's ARN."""
    thing, target = the(config, ROLE, of), the(config, TABLE, table)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    yield from _denied(config, thing, actions, _Target(target))


@requirement(
    "the role `{of}` allowed {actions} on the queue `{queue}`",
    "{actions} on the SQS queue `{queue}` permitted to `{of}`",
)
def role_queue(config: Configuration, of: str, actions: Any, queue: str) -> Findings:
    """The role's policies name the actions on the queue's ARN."""
    thing, target = the(config, ROLE, of), the(config, QUEUE, queue)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    yield from _denied(config, thing, actions, _Target(target))


@requirement(
    "an instance profile `{name}` with the role `{of}`",
    "the role `{of}` in an instance profile `{name}`",
)  # fmt: skip
def role_profile(config: Configuration, of: str, name: str) -> Findings:
    """An instance profile of that name whose role it is."""
    thing, profile = the(config, ROLE, of), the(config, PROFILE, name)
    if not isinstance(thing, Instance) or not isinstance(profile, Instance):
        yield from (one for one in (thing, profile) if isinstance(one, Finding))
    elif not refers(profile.get("role"), thing, ROLE, ("name", "id")):
        yield config.finding(profile.at, f"the profile `{name}` does not hold `{of}`")


@requirement(
    "no action `*` and no resource `*` in what the role `{of}` is allowed",
    "permissions of `{of}` without any wildcard for all actions or all resources",
)
def role_no_wildcards(config: Configuration, of: str) -> Findings:
    """There are permissions, and none of them is for everything."""
    thing = the(config, ROLE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    granted = [one for one in permissions(config, thing) if one.effect == "Allow"]
    if not granted:
        yield config.finding(thing.at, f"`{of}` has no permissions of its own")
    for one in granted:
        if "*" in one.actions or "*" in one.resources or one.inverted:
            yield config.finding(thing.at, f"a statement of `{of}` is for everything")


user = existence("user", USER, "an IAM user called `{name}`", "the IAM user `{name}`")
group = existence("user-group", GROUP, "an IAM group called `{name}`", "the IAM group `{name}`")


@requirement(
    "the user `{of}` in the group `{group}`", "`{of}` as a member of the group `{group}`",
)  # fmt: skip
def user_in_group(config: Configuration, of: str, group: str) -> Findings:
    """A membership, by the user or by the group."""
    thing, target = the(config, USER, of), the(config, GROUP, group)
    if not isinstance(thing, Instance) or not isinstance(target, Instance):
        yield from (one for one in (thing, target) if isinstance(one, Finding))
        return
    for one in companions(config, "aws_iam_user_group_membership", "user", thing, USER):
        if any(refers(value, target, GROUP) for value in flat([one.get("groups")])):
            return
    for one in companions(config, "aws_iam_group_membership", "group", target, GROUP):
        if any(refers(value, thing, USER) for value in flat([one.get("users")])):
            return
    yield config.finding(thing.at, f"`{of}` is not in the group `{group}`")


@requirement(
    "the managed policy {policy} attached to the group `{of}`",
    "AWS's own policy {policy} on the group `{of}`",
)
def group_managed_policy(config: Configuration, of: str, policy: str) -> Findings:
    """A managed policy of AWS is attached to the group."""
    thing = the(config, GROUP, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = companions(config, "aws_iam_group_policy_attachment", "group", thing, GROUP)
    found += companions(config, "aws_iam_policy_attachment", "groups", thing, GROUP)
    for one in found:
        arn = one.get("policy_arn")
        if isinstance(arn, str) and arn.startswith("arn:aws:iam::aws:policy/"):
            if arn.rpartition("/")[2] == policy:
                return
        elif any(
            data.is_source_of(arn, "arn") and same(data.get("name"), policy)
            for data in world(config).instances("aws_iam_policy", "data")
        ):
            return
    yield config.finding(thing.at, f"{policy} is not attached to the group `{of}`")


policy = existence(
    "policy", POLICY, "a customer managed IAM policy called `{name}`", "the IAM policy `{name}`"
)  # fmt: skip


@requirement(
    "{actions} denied by the policy `{of}` unless the caller has used MFA",
    "the policy `{of}` that refuses {actions} without MFA",
)
def policy_needs_mfa(config: Configuration, of: str, actions: Any) -> Findings:
    """A Deny for the actions, under the condition that MFA is absent."""
    thing = the(config, POLICY, of)
    if isinstance(thing, Finding):
        yield thing
        return
    refused: set[str] = set()
    for one in statements(thing.get("policy")):
        absent = any(
            key.lower() == "aws:multifactorauthpresent" and same(value, "false")
            for test, key, value in one.conditions
            if test in ("Bool", "BoolIfExists")
        )
        if one.effect == "Deny" and absent:
            refused |= {action.lower() for action in one.actions}
    for action in actions:
        if action.lower() not in refused:
            yield config.finding(thing.at, f"{action} is not denied without MFA")
