"""Requirements about IAM roles, policies, users and groups."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_databases import TABLE
from envs.terraform.requirements.aws_functions import QUEUE
from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, setting, tag
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, the
from envs.terraform.requirements.lookup import things
from envs.terraform.requirements.policies import (
    POLICY,
    ROLE,
    Statement,
    attached_names,
    granted,
    has_managed,
    is_named,
    permissions,
    statements,
    trust,
    trusted_alone,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Value
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
    "an output `{name}` with the ARN of the role `{of}`",
    "the ARN of `{of}` given out as the output `{name}`",
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
    if not trusted_alone(trust(thing), "Service", service):
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
    if not trusted_alone(trust(thing), "AWS", f"arn:aws:iam::{account}:root", account):
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


def _denied(
    config: Configuration, role: tuple[Kind, str], target: tuple[Kind, str], actions: Any,
    suffix: str = "",
) -> Findings:  # fmt: skip
    """Say which actions a role's own policies do not allow on the ARN of a thing."""
    found, problems = things(config, role, target)
    yield from problems
    if problems:
        return
    said = permissions(config, found[0])
    for action in actions:
        if not granted(said, action, found[1], target[0], suffix):
            yield config.finding(found[0].at, f"{action} is not allowed on `{target[1]}`{suffix}")


@requirement(
    "the role `{of}` allowed {actions} on the objects in the bucket `{bucket}`, with each action "
    "and the bucket named in its policy",
    "{actions}, named one by one, on all objects of just the bucket `{bucket}` permitted to the "
    "role `{of}`",
)
def role_bucket_objects(config: Configuration, of: str, actions: Any, bucket: str) -> Findings:
    """The role's policies name the actions on the bucket's ARN followed by `/*`."""
    return _denied(config, (ROLE, of), (BUCKET, bucket), actions, "/*")


@requirement(
    "the role `{of}` allowed to list just the bucket `{bucket}` (s3:ListBucket)",
    "s3:ListBucket on just the bucket `{bucket}` permitted to the role `{of}`",
)
def role_bucket_list(config: Configuration, of: str, bucket: str) -> Findings:
    """s3:ListBucket on the bucket's own ARN."""
    return _denied(config, (ROLE, of), (BUCKET, bucket), ["s3:ListBucket"])


@requirement(
    "the role `{of}` allowed {actions} on the table `{table}`, with each action and the table "
    "named in its policy",
    "{actions}, named one by one, on just the DynamoDB table `{table}` permitted to `{of}`",
)
def role_table(config: Configuration, of: str, actions: Any, table: str) -> Findings:
    """The role's policies name the actions on the table's ARN."""
    return _denied(config, (ROLE, of), (TABLE, table), actions)


@requirement(
    "the role `{of}` allowed {actions} on the queue `{queue}`, with each action and the queue "
    "named in its policy",
    "{actions}, named one by one, on just the SQS queue `{queue}` permitted to `{of}`",
)
def role_queue(config: Configuration, of: str, actions: Any, queue: str) -> Findings:
    """The role's policies name the actions on the queue's ARN."""
    return _denied(config, (ROLE, of), (QUEUE, queue), actions)


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
    "no action `*` and no resource `*` in the policies written for the role `{of}`",
    "policies of our own for `{of}` that never allow all actions or all resources (`*`)",
)
def role_no_wildcards(config: Configuration, of: str) -> Findings:
    """There are policies with permissions, and none of them is for everything."""
    thing = the(config, ROLE, of)
    if isinstance(thing, Finding):
        yield thing
        return
    granted = [one for one in permissions(config, thing) if one.effect == "Allow"]
    if not granted:
        yield config.finding(thing.at, f"`{of}` has no permissions of its own")
    for one in granted:
        if any(map(_is_everything, (*one.actions, *one.resources))) or one.inverted:
            yield config.finding(thing.at, f"a statement of `{of}` is for everything")


def _is_everything(value: Value) -> bool:
    """Whether an action or a resource is a wildcard for all: `*`, `*:*`, `arn:aws:*`."""
    if not isinstance(value, str):
        return False
    return "*" in value and not value.removeprefix("arn:aws:").strip("*?:")


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
        if is_named(attached_names(config, [one.get("policy_arn")]), policy):
            return
    yield config.finding(thing.at, f"{policy} is not attached to the group `{of}`")


policy = existence(
    "policy", POLICY, "a customer managed IAM policy called `{name}`", "the IAM policy `{name}`"
)  # fmt: skip


@requirement(
    "{actions} denied everywhere by the policy `{of}` unless the caller has used MFA",
    "the policy `{of}` that refuses {actions}, on all resources, to callers without MFA (those "
    "with access keys among them)",
)
def policy_needs_mfa(config: Configuration, of: str, actions: Any) -> Findings:
    """A Deny for the actions on all resources, under the condition that MFA is absent."""
    thing = the(config, POLICY, of)
    if isinstance(thing, Finding):
        yield thing
        return
    said = [one for one in statements(thing.get("policy")) if _refuses_without_mfa(one)]
    for action in actions:
        patterns = [pattern.lower() for one in said for pattern in one.actions]
        if not any(fnmatchcase(action.lower(), pattern) for pattern in patterns):
            yield config.finding(thing.at, f"{action} is not denied without MFA")


#: Condition operators that also hold for a caller of whom nothing is known about MFA, such as one
#: with access keys, and the value for which they hold.
_WITHOUT_MFA = {
    "boolifexists": "false", "stringnotequals": "true", "stringnotequalsifexists": "true",
    "stringnotequalsignorecase": "true", "stringequalsifexists": "false",
}  # fmt: skip


def _refuses_without_mfa(one: Statement) -> bool:
    if one.effect != "Deny" or one.inverted or "*" not in one.resources or len(one.conditions) != 1:
        return False
    test, key, value = one.conditions[0]
    absent = test.lower() in _WITHOUT_MFA and same(value, _WITHOUT_MFA[test.lower()])
    return absent and key.lower() == "aws:multifactorauthpresent"
