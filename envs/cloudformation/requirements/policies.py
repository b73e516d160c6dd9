"""IAM policies, however they are written and attached: what they allow, to whom, on what.

A role's permissions may stand in it, in a policy resource that names it, or in a managed policy
that is attached from either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from envs.cloudformation.requirements.kinds import (
    Kind,
    arns_of,
    at_path,
    behind_arn,
    companions,
    each,
    flat,
    refers,
    same,
    spelled,
    targets,
    things,
)
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.policy_statements import Statement as Statement
from iac_gym.languages.cloudformation.policy_statements import document_of
from iac_gym.languages.cloudformation.policy_statements import statements as statements
from iac_gym.languages.cloudformation.resolved import Item as Thing

ROLE = Kind(
    "IAM role", "AWS::IAM::Role", "RoleName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:iam::A:role/NAME",
)  # fmt: skip
POLICY = Kind(
    "managed policy", "AWS::IAM::ManagedPolicy", "ManagedPolicyName", arns=("Ref", "PolicyArn"),
    arn="arn:aws:iam::A:policy/NAME",
)  # fmt: skip
USER = Kind(
    "IAM user", "AWS::IAM::User", "UserName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:iam::A:user/NAME",
)  # fmt: skip
GROUP = Kind(
    "IAM group", "AWS::IAM::Group", "GroupName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:iam::A:group/NAME",
)  # fmt: skip
#: Policies as resources of their own, and where they hold their document.
_SEPARATE = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
_OWN_POLICIES = {
    ROLE.type: "AWS::IAM::RolePolicy",
    USER.type: "AWS::IAM::UserPolicy",
    GROUP.type: "AWS::IAM::GroupPolicy",
}
_SIDE = {ROLE.type: "Roles", USER.type: "Users", GROUP.type: "Groups"}
_NAMED = {ROLE.type: "RoleName", USER.type: "UserName", GROUP.type: "GroupName"}


@dataclass(frozen=True)
class On:
    """Whether a resource of a statement (a value) is the wanted one: an ARN and what may follow."""

    thing: Thing
    kind: Kind
    endings: tuple[str, ...] = ("",)

    def __call__(self, value: Any) -> bool:
        """Whether a value is that ARN, followed by one of the endings."""
        return behind_arn(value, self.thing, self.kind) in self.endings

    def within(self, value: Any) -> bool:
        """Whether a value is a pattern for that ARN and for others, such as `*`."""
        pattern = spelled(self.thing.stack.canonical(value)).replace("[", "[[]")
        return (
            ("*" in pattern or "?" in pattern)
            and not self(value)
            and any(
                fnmatchcase(arn + self.endings[0], pattern)
                for arn in arns_of(self.thing, self.kind)
            )
        )


def read(document: Any) -> Any:
    """Return a document, which may be a text of JSON."""
    return document_of(document)


def trust(role: Thing) -> list[Statement]:
    """Return the statements that say who may assume a role."""
    return statements(role.value("AssumeRolePolicyDocument"))


def attached(template: Template, holder: Thing, kind: Kind) -> list[Any]:
    """Return the ARNs (values) of the policies attached to a role, user or group, from its side."""
    return flat(at_path(holder, "ManagedPolicyArns"))


def permissions(template: Template, holder: Thing, kind: Kind = ROLE) -> list[Statement]:
    """Return what the policies of a role (user, group) say: inline, its own, and attached ones."""
    documents = at_path(holder, "Policies.PolicyDocument")
    own = _OWN_POLICIES[kind.type]
    for one in companions(template, own, _NAMED[kind.type], holder, kind, ("name",)):
        documents.append(one.value("PolicyDocument"))
    arns = attached(template, holder, kind)
    for one in each(template, *_SEPARATE):
        sides = flat(at_path(one, _SIDE[kind.type]))
        linked = any(refers(side, holder, kind, ("name",)) for side in sides)
        if not linked and one.type == POLICY.type:
            linked = any(refers(arn, one, POLICY, ("arn",)) for arn in arns)
        if linked:
            documents.append(one.value("PolicyDocument"))
    found = [said for document in documents for said in statements(document)]
    for arn in arns:
        match = _MANAGED.fullmatch(spelled(arn))
        if match is not None and match[1] in _FULL:
            found.append(Statement("Allow", (_FULL[match[1]],), ("*",), (), (), inverted=False))
    return found


#: AWS's own policies that allow all of a service on everything.
_FULL = {
    "AdministratorAccess": "*", "PowerUserAccess": "*", "AmazonS3FullAccess": "s3:*",
    "AmazonSQSFullAccess": "sqs:*", "AmazonSNSFullAccess": "sns:*",
    "AmazonDynamoDBFullAccess": "dynamodb:*", "AmazonDynamoDBFullAccess_v2": "dynamodb:*",
    "AWSLambda_FullAccess": "lambda:*", "AmazonEventBridgeFullAccess": "events:*",
    "AmazonKinesisFullAccess": "kinesis:*", "AWSStepFunctionsFullAccess": "states:*",
    "SecretsManagerReadWrite": "secretsmanager:*", "AmazonSSMFullAccess": "ssm:*",
}  # fmt: skip


_MANAGED = re.compile("arn:aws:iam::aws:policy/(.+)")
#: The paths of managed policies that do not stand at the root, for those that tasks ask for.
_PATHS = {
    "AWSLambdaBasicExecutionRole": "service-role/",
    "AWSLambdaVPCAccessExecutionRole": "service-role/",
    "AmazonECSTaskExecutionRolePolicy": "service-role/",
    "AWSBackupServiceRolePolicyForBackup": "service-role/",
    "AmazonEBSCSIDriverPolicy": "service-role/",
}


def managed_arn(name: str) -> str:
    """Return the ARN of one of AWS's own policies, by its name."""
    return f"arn:aws:iam::aws:policy/{_PATHS.get(name, '')}{name}"


def has_managed(template: Template, holder: Thing, name: str, kind: Kind = ROLE) -> bool:
    """Whether one of AWS's own policies is attached to a role (user, group), by its name."""
    wanted = _PATHS.get(name, "") + name
    found = (_MANAGED.fullmatch(spelled(arn)) for arn in attached(template, holder, kind))
    return any(match is not None and match[1] == wanted for match in found)


# -- what statements allow -------------------------------------------------------------------------

_POSITIVE = frozenset("stringequals stringlike arnequals arnlike bool".split())
#: Condition keys that tell the caller's or the resource's account or source.
_ACCOUNTS = frozenset("aws:sourceaccount aws:resourceaccount aws:sourcearn".split())


def positive(test: str) -> bool:
    """Whether a condition operator asks that something is so (and not that it is not)."""
    return test.lower().rpartition(":")[2].removesuffix("ifexists") in _POSITIVE


def _guard(test: str, key: str, value: Any) -> bool:
    own = key.lower() in _ACCOUNTS and not isinstance(value, str)
    own = own or (key.lower() == "aws:sourcearn" and str(value).startswith("arn:aws:s3:"))
    tls = key.lower() == "aws:securetransport" and same(value, True)
    return positive(test) and (own or tls)


def harmless(statement: Statement) -> bool:
    """Whether the conditions of a statement only guard it: TLS, own account, or a source."""
    return all(_guard(*one) for one in statement.conditions)


def refuses(statement: Statement, action: str) -> bool:
    """Whether a statement denies an action under no condition: by its name or a pattern, or as
    one of all that `NotAction` leaves.
    """
    if statement.effect != "Deny" or statement.conditions:
        return False
    named = any(fnmatchcase(action.lower(), one.lower()) for one in statement.actions)
    return named != statement.inverted


def granted(said: Iterable[Statement], action: str, on: On) -> bool:
    """Whether statements allow an action, which they name, on a resource, and not on all others.

    None may deny it there.
    """
    found = list(said)
    allowed = any(
        one.allows(action) and harmless(one) and any(on(value) for value in one.resources)
        for one in found
    )
    return (
        allowed
        and not any(_too_wide(one, action, on) for one in found)
        and not any(
            refuses(one, action) and any(on(value) or on.within(value) for value in one.resources)
            for one in found
        )
    )


def _too_wide(statement: Statement, action: str, on: On) -> bool:
    """Whether a statement allows an action on more than a resource: `*`, or all but something."""
    if statement.effect != "Allow":
        return False
    wide = any(on.within(value) for value in statement.resources)
    return statement.inverted or (statement.covers(action) and wide)


def lets_in(statement: Statement, service: str, action: str) -> bool:
    """Whether a statement of a resource's policy lets a service do something.

    It names the service, or everybody under the condition that the source is a certain one.
    """
    if not (statement.is_allow and statement.covers(action)):
        return False
    if statement.trusts("Service", service):
        return all(_guard(*one) or _owner(*one) for one in statement.conditions)
    return statement.for_everybody and any(
        positive(test) and key.lower() == "aws:sourcearn"
        for test, key, _ in statement.conditions
    )  # fmt: skip


def _owner(test: str, key: str, value: Any) -> bool:
    """Whether a condition asks what AWS's own services do: the bucket's owner gets the objects."""
    given = key.lower() == "s3:x-amz-acl" and same(value, "bucket-owner-full-control")
    return positive(test) and given


def invited(
    said: Iterable[Statement],
    service: str,
    action: str,
    on: On,
    callers: Iterable[On] = (),
) -> bool:
    """Whether the policy of a resource lets a service do something to it; none may deny it.

    A statement for certain sources must name one of the `callers`, where there are some.
    """
    found = list(said)
    known = list(callers)
    return any(
        lets_in(one, service, action)
        and any(on(value) or on.within(value) for value in one.resources)
        and _comes_from(one, known)
        for one in found
    ) and not any(
        refuses(one, action)
        and (one.for_everybody or one.trusts("Service", service))
        and any(on(value) or on.within(value) for value in one.resources)
        for one in found
    )


def _comes_from(statement: Statement, callers: list[On]) -> bool:
    """Whether a statement is for one of some sources, or for any source."""
    sources = [
        value for _, key, value in statement.conditions if key.lower() == "aws:sourcearn"
    ]  # fmt: skip
    return (
        not sources
        or not callers
        or any(each(value) or each.within(value) for value in sources for each in callers)
    )


def arn_of(thing: Thing, kind: Kind, suffix: str = "") -> On:
    """Make the test for the ARN of a thing, followed by a text ("/*")."""

    return On(thing, kind, (suffix,))


def assumable(said: Iterable[Statement], kind: str, *names: str) -> bool:
    """Whether a trust policy lets a principal (any of its spellings) assume the role."""
    found = list(said)
    allowed = any(
        one.allows("sts:AssumeRole") and harmless(one) and _has_principal(one, kind, names)
        for one in found
    )
    return allowed and not any(refuses(one, "sts:AssumeRole") for one in found)


def _has_principal(statement: Statement, kind: str, names: tuple[str, ...]) -> bool:
    return any(who == kind and service_name(value) in names for who, value in statement.principals)


def service_name(value: Any) -> str:
    """Return the name of a principal."""
    return spelled(value)


def roles_of(template: Template, values: Iterable[Any]) -> list[Thing]:
    """Return the roles of the template whose ARNs some values are."""
    return targets(template, ROLE, values, ("arn",))


def may_assume(role: Thing, service: str) -> bool:
    """Whether a service may assume a role."""
    front = service.partition(".")[0]
    regional = (f"{front}.us-east-1.amazonaws.com",) if front in _REGIONAL else ()
    return assumable(trust(role), "Service", service, *regional)


#: The services that may also be named with their region.
_REGIONAL = ("states", "logs", "codedeploy")


def resource_policies(
    template: Template, type: str, link: str, thing: Thing, kind: Kind, by: tuple[str, ...]
) -> list[Statement]:
    """Return what the separate policies of a resource (a queue, a bucket) say."""
    found = companions(template, type, link, thing, kind, by)
    if type in _SINGLE:
        found += companions(template, *_SINGLE[type], thing, kind, by)
    return [said for one in found for said in statements(one.value("PolicyDocument"))]


#: Policies for several things, and those for a single one: their type, and what names the thing.
_SINGLE = {
    "AWS::SQS::QueuePolicy": ("AWS::SQS::QueueInlinePolicy", "Queue"),
    "AWS::SNS::TopicPolicy": ("AWS::SNS::TopicInlinePolicy", "TopicArn"),
}


def instance_profiles(template: Template, role: Thing) -> list[Thing]:
    """Return the instance profiles of a role."""
    return [
        one
        for one in things(template, "AWS::IAM::InstanceProfile")
        if any(refers(value, role, ROLE, ("name",)) for value in flat([one.value("Roles")]))
    ]
