"""Requirements about IAM roles, policies, users and groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET
from envs.cloudformation.requirements.factories import (
    existence,
    output,
    setting,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    companions,
    refers,
    same,
    shown,
    text,
    the,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import (
    GROUP,
    POLICY,
    ROLE,
    USER,
    Statement,
    arn_of,
    assumable,
    granted,
    harmless,
    has_managed,
    instance_profiles,
    permissions,
    refuses,
    statements,
    trust,
)
from envs.cloudformation.requirements.services import QUEUE, TABLE
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

role = existence("role", ROLE, "an IAM role called `{name}`", "the IAM role `{name}`")
role_path = setting(
    "role-path", ROLE, "Path", "the path {value} for the role `{of}`", "`{of}` under the path "
    "{value}",
)  # fmt: skip
role_session = setting(
    "role-session", ROLE, "MaxSessionDuration",
    "sessions of `{of}` of at most {value} seconds",
    "a maximum session duration of {value} seconds for the role `{of}`", absent=3600,
)  # fmt: skip
role_description = setting(
    "role-description", ROLE, "Description",
    "`{value}` as the description of the role `{of}`", "the role `{of}` described as `{value}`",
)  # fmt: skip
role_tag = tag(
    "role-tag", ROLE,
    "the tag {key} = `{value}` on the role `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
role_output = output(
    "role-output", ROLE, ("Arn",),
    "an output `{name}` with the ARN of the role `{of}`",
    "the ARN of the role `{of}` given out as the output `{name}`", by=("arn",),
)  # fmt: skip


@requirement(
    "the service {service} as the only one that may assume `{of}`",
    "`{of}` to be assumed by {service} and nobody else",
)
def role_trusts_service(template: Template, of: str, service: str) -> Findings:
    """The trust policy allows the service, and no other principal."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    said = trust(thing)
    right = assumable(said, "Service", service) and not _others(said, "Service", (service,))
    return unless(right, template, thing, f"`{of}` is not just for {service}")


@requirement(
    "the account {account} as the only one that may assume `{of}`",
    "`{of}` to be assumed from the account {account} and by nobody else",
)
def role_trusts_account(template: Template, of: str, account: str) -> Findings:
    """The trust policy allows the root of the account, and no other principal."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    names = (f"arn:aws:iam::{account}:root", account)
    said = trust(thing)
    allowed = any(
        one.allows("sts:AssumeRole")
        and all(_asked(one, *each) for each in one.conditions)
        and any(kind == "AWS" and text(who) in names for kind, who in one.principals)
        for one in said
    ) and not any(refuses(one, "sts:AssumeRole") for one in said)
    right = allowed and not _others(said, "AWS", names)
    return unless(right, template, thing, f"`{of}` is not just for the account {account}")


def _asked(statement: Statement, test: str, key: str, value: Any) -> bool:
    """Whether a condition asks those who assume a role for what they can show: an id, or MFA."""
    if key.lower() == "aws:multifactorauthpresent":
        return test.lower() == "bool" and same(value, True)
    return key.lower() == "sts:externalid" or harmless(
        replace(statement, conditions=((test, key, value),))
    )


def _others(said: list[Statement], kind: str, names: tuple[str, ...]) -> bool:
    """Whether somebody else is trusted as well."""
    return any(
        one.effect == "Allow"
        and (
            one.inverted
            or any(who != kind or text(value) not in names for who, value in one.principals)
        )
        for one in said
    )


def _demands(statement: Statement, value: str) -> bool:
    """Whether a statement holds for just that external id, which must be given."""
    given = [
        same(found, value) and test.lower() in ("stringequals", "stringlike")
        for test, key, found in statement.conditions
        if key.lower() == "sts:externalid"
    ]
    return bool(given) and all(given)


@requirement(
    "the external id {value} demanded from whoever assumes `{of}`",
    "`{of}` assumed only with the external id {value}",
)
def role_external_id(template: Template, of: str, value: str) -> Findings:
    """Every statement that lets others in has the condition."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    found = [one for one in trust(thing) if one.allows("sts:AssumeRole")]
    right = found and all(_demands(one, value) for one in found)
    return unless(right, template, thing, f"`{of}` does not demand the external id {value}")


@requirement(
    "the managed policy {policy} attached to the role `{of}`",
    "the role `{of}` with AWS's own policy {policy}",
)
def role_managed(template: Template, of: str, policy: str) -> Findings:
    """A managed policy of AWS is attached to the role."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = has_managed(template, thing, policy)
    return unless(right, template, thing, f"{policy} is not attached to `{of}`")


def _may(
    template: Template, holder: Kind, of: str, actions: Any, kind: Kind, to: str, suffix: str
) -> list[Finding]:
    found, problems = all_of(template, (holder, of), (kind, to))
    if problems:
        return problems
    said = permissions(template, found[0], holder)
    missing = [
        one for one in actions if not granted(said, one, arn_of(found[1], kind, suffix))
    ]  # fmt: skip
    message = f"`{of}` is not allowed {', '.join(missing)} on {to}{suffix}"
    return unless(not missing, template, found[0], message)


@requirement(
    "the role `{of}` allowed {actions}, named one by one, on the objects of just the bucket "
    "`{bucket}`",
    "a policy of the role `{of}` that allows {actions}, by name, on the objects of the bucket "
    "`{bucket}` alone",
)
def role_uses_bucket(template: Template, of: str, actions: Any, bucket: str) -> Findings:
    """The policies name the actions, on the bucket's ARN followed by `/*`."""
    return _may(template, ROLE, of, actions, BUCKET, bucket, "/*")


@requirement(
    "the role `{of}` allowed s3:ListBucket on just the bucket `{bucket}`",
    "a policy of the role `{of}` that allows s3:ListBucket on the bucket `{bucket}` alone",
)
def role_lists_bucket(template: Template, of: str, bucket: str) -> Findings:
    """The policies name the action, on the bucket's ARN."""
    return _may(template, ROLE, of, ["s3:ListBucket"], BUCKET, bucket, "")


@requirement(
    "the role `{of}` allowed {actions}, named one by one, on just the table `{table}`",
    "a policy of the role `{of}` that allows {actions}, by name, on the table `{table}` alone",
)
def role_uses_table(template: Template, of: str, actions: Any, table: str) -> Findings:
    """The policies name the actions, on the table's ARN."""
    return _may(template, ROLE, of, actions, TABLE, table, "")


@requirement(
    "the role `{of}` allowed {actions}, named one by one, on just the queue `{queue}`",
    "a policy of the role `{of}` that allows {actions}, by name, on the queue `{queue}` alone",
)
def role_uses_queue(template: Template, of: str, actions: Any, queue: str) -> Findings:
    """The policies name the actions, on the queue's ARN."""
    return _may(template, ROLE, of, actions, QUEUE, queue, "")


def _attached(holder: Thing, kind: Kind, policy: Thing, side: str) -> bool:
    return any(
        refers(value, policy, POLICY, ("arn",)) for value in values_of(holder, "ManagedPolicyArns")
    ) or any(refers(value, holder, kind, ("name",)) for value in values_of(policy, side))


policy = existence(
    "policy", POLICY,
    "a customer managed policy called `{name}`", "the managed policy `{name}`",
)  # fmt: skip


@requirement(
    "the managed policy `{policy}` attached to the group `{of}`",
    "the group `{of}` with the managed policy `{policy}`",
)
def group_policy(template: Template, of: str, policy: str) -> Findings:
    """The group names the policy, or the policy the group."""
    found, problems = all_of(template, (GROUP, of), (POLICY, policy))
    if problems:
        return problems
    right = _attached(found[0], GROUP, found[1], "Groups")
    return unless(right, template, found[0], f"`{policy}` is not attached to `{of}`")


@requirement(
    "`{of}` denying {action} everywhere", "an explicit denial of {action} on everything in `{of}`",
)  # fmt: skip
def policy_denies(template: Template, of: str, action: str) -> Findings:
    """A statement that denies the action on `*`, under no condition."""
    thing = the(template, POLICY, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        one.effect == "Deny"
        and not one.inverted
        and not one.conditions
        and one.names(action)
        and "*" in one.resources
        for one in statements(thing.value("PolicyDocument"))
    )
    return unless(right, template, thing, f"`{of}` does not deny {action}")


@requirement(
    "an instance profile for the role `{of}`", "the role `{of}` in an instance profile",
)  # fmt: skip
def role_profile(template: Template, of: str) -> Findings:
    """An instance profile of this template has the role."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    return unless(
        instance_profiles(template, thing), template, thing, f"no instance profile has `{of}`"
    )


@requirement(
    "`{of}` limited by the permissions boundary {policy}",
    "the managed policy {policy} as the permissions boundary of the role `{of}`",
)
def role_boundary(template: Template, of: str, policy: str) -> Findings:
    """`PermissionsBoundary` is the ARN of AWS's own policy."""
    thing = the(template, ROLE, of)
    if isinstance(thing, Finding):
        return [thing]
    given = thing.value("PermissionsBoundary")
    right = same(given, f"arn:aws:iam::aws:policy/{policy}")
    return unless(right, template, thing, f"the boundary of `{of}` is {shown(given)}")


# -- users and groups ------------------------------------------------------------------------------

group = existence("group", GROUP, "an IAM group called `{name}`", "the IAM group `{name}`")
user = existence("user", USER, "an IAM user called `{name}`", "the IAM user `{name}`")


@requirement(
    "the user `{user}` in the group `{of}`", "`{user}` as a member of the IAM group `{of}`",
)  # fmt: skip
def group_member(template: Template, of: str, user: str) -> Findings:
    """`Groups` of the user, or an addition of users to the group."""
    found, problems = all_of(template, (GROUP, of), (USER, user))
    if problems:
        return problems
    inside = any(
        refers(value, found[0], GROUP, ("name",)) for value in values_of(found[1], "Groups")
    )
    added = any(
        refers(value, found[1], USER, ("name",))
        for one in companions(
            template, "AWS::IAM::UserToGroupAddition", "GroupName", found[0], GROUP
        )
        for value in values_of(one, "Users")
    )
    return unless(inside or added, template, found[1], f"`{user}` is not in `{of}`")


@requirement(
    "the managed policy {policy} attached to the group `{of}`",
    "the group `{of}` with AWS's own policy {policy}",
)
def group_managed(template: Template, of: str, policy: str) -> Findings:
    """A managed policy of AWS is attached to the group."""
    thing = the(template, GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = has_managed(template, thing, policy, GROUP)
    return unless(right, template, thing, f"{policy} is not attached to `{of}`")


@requirement(
    "members of `{of}` allowed sts:AssumeRole on just the role `{role}`",
    "a policy of the group `{of}` that allows sts:AssumeRole on the role `{role}` alone",
)
def group_assumes(template: Template, of: str, role: str) -> Findings:
    """The group's policies name the action and the role's ARN."""
    return _may(template, GROUP, of, ["sts:AssumeRole"], ROLE, role, "")


def _leaves_sign_in(statement: Statement) -> bool:
    """Whether what a denial leaves out serves to set up MFA and to sign in with it."""
    return all(
        one.lower().startswith(("iam:", "sts:")) and one.lower() not in ("iam:*", "sts:*")
        for one in statement.actions
    )


@requirement(
    "everything denied to members of `{of}` who have not signed in with MFA",
    "a policy of the group `{of}` that denies every action without MFA",
)
def group_needs_mfa(template: Template, of: str) -> Findings:
    """A statement that denies where aws:MultiFactorAuthPresent is false, or missing: those who
    call with the keys of a user do not have it at all, so that `Bool` alone lets them in.
    """
    thing = the(template, GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        one.effect == "Deny"
        and "*" in one.resources
        and len(one.conditions) == 1
        and one.conditions[0][0].lower() == "boolifexists"
        and one.conditions[0][1].lower() == "aws:multifactorauthpresent"
        and same(one.conditions[0][2], False)
        and (_leaves_sign_in(one) if one.inverted else "*" in one.actions)
        for one in permissions(template, thing, GROUP)
    )
    return unless(right, template, thing, f"members of `{of}` may act without MFA")
