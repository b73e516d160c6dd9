"""IAM policies, however they are written and attached: what they allow, to whom, on what.

A document may be JSON text, `jsonencode`, or the data source `aws_iam_policy_document`; a role's
permissions may be inline, a policy of the role, or a policy that is attached to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from envs.terraform.requirements.kinds import (
    OWN,
    Kind,
    arn_text,
    companions,
    flat,
    name_of,
    refers,
    same,
    world,
)
from iac_gym.languages.terraform.iam_documents import Statement, all_statements, statements
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Unknown, Value

ROLE = Kind(
    "IAM role", ("aws_iam_role",), "name", ("name", "id"), by_name=True,
    arn="arn:aws:iam::A:role/NAME",
)  # fmt: skip
POLICY = Kind(
    "IAM policy", ("aws_iam_policy",), "name", ("arn", "id"), arn="arn:aws:iam::A:policy/NAME"
)

__all__ = [
    "POLICY", "ROLE", "Statement", "all_statements", "assumable", "attached_names", "bucket_arn",
    "granted", "has_managed", "is_arn_of", "managed_policies", "permissions", "positive",
    "refuses", "statements", "trust", "trusted_alone",
]  # fmt: skip

#: The paths of managed policies that do not stand at the root, for those that tasks ask for.
_PATHS = {
    "AWSLambdaBasicExecutionRole": "service-role/",
    "AWSLambdaVPCAccessExecutionRole": "service-role/",
    "AmazonECSTaskExecutionRolePolicy": "service-role/",
    "AWSBackupServiceRolePolicyForBackup": "service-role/",
    "AmazonEBSCSIDriverPolicy": "service-role/",
}
_MANAGED = re.compile("arn:(?:aws|\0):iam::aws:policy/(.+)")


def _attached(config: Configuration, role: Instance) -> Iterator[Value]:
    """Yield the ARNs (values) of the policies that are attached to a role."""
    yield from flat([role.get("managed_policy_arns")])
    for one in companions(config, "aws_iam_role_policy_attachment", "role", role, ROLE):
        yield one.get("policy_arn")
    for one in companions(config, "aws_iam_policy_attachment", "roles", role, ROLE):
        yield one.get("policy_arn")
    for one in companions(
        config, "aws_iam_role_policy_attachments_exclusive", "role_name", role, ROLE
    ):
        yield from flat([one.get("policy_arns")])


def _spelled(value: Value) -> str:
    """Write out a text; its unknown pieces become NULs."""
    parts = value.parts if isinstance(value, Joined) else (value,)
    return "".join(part if isinstance(part, str) else "\0" for part in parts)


def attached_names(config: Configuration, arns: Iterable[Value]) -> set[str]:
    """Return the names, with their paths, of AWS's own policies among some ARNs (values).

    A data source that looks a policy up by its name counts as the policy of that name.
    """
    found = set()
    for value in arns:
        if match := _MANAGED.fullmatch(_spelled(value)):
            found.add(match[1])
        elif isinstance(value, Unknown) and value.ref and value.ref.mode == "data":
            for one in world(config).instances("aws_iam_policy", "data"):
                name = one.get("name")
                if one.is_source_of(value, "arn", "id") and isinstance(name, str):
                    found.add(_PATHS.get(name, "") + name)
    return found


def managed_policies(config: Configuration, role: Instance) -> set[str]:
    """Return the names, with their paths, of AWS's own policies that are attached to a role."""
    return attached_names(config, _attached(config, role))


def is_named(found: set[str], name: str) -> bool:
    """Whether one of AWS's policies has a name, and the path that belongs to it."""
    return _PATHS.get(name, "") + name in found


def has_managed(config: Configuration, role: Instance, name: str) -> bool:
    """Whether a managed policy is attached to a role, by its name (without its path)."""
    return is_named(managed_policies(config, role), name)


def permissions(config: Configuration, role: Instance) -> list[Statement]:
    """Return what the role's own policies say: inline, of the role, and attached ones."""
    values = [inner.get("policy") for inner in role.blocks("inline_policy")]
    for one in companions(config, "aws_iam_role_policy", "role", role, ROLE):
        values.append(one.get("policy"))
    arns = list(_attached(config, role))
    for policy in world(config).instances("aws_iam_policy"):
        if any(refers(arn, policy, POLICY) for arn in arns):
            values.append(policy.get("policy"))
    return all_statements(values)


def trust(role: Instance) -> list[Statement]:
    """Return the statements that say who may assume a role."""
    return statements(role.get("assume_role_policy"))


# -- what statements allow -------------------------------------------------------------------------

_POSITIVE = frozenset("stringequals stringlike arnequals arnlike bool".split())
#: Condition keys that tell the caller's or the resource's account; only the account is known.
_ACCOUNTS = frozenset("aws:sourceaccount aws:resourceaccount aws:sourcearn".split())


def positive(test: str) -> bool:
    """Whether a condition operator asks that something is so (and not that it is not)."""
    return test.lower().rpartition(":")[2].removesuffix("ifexists") in _POSITIVE


def harmless(statement: Statement) -> bool:
    """Whether the conditions of a statement only guard it: TLS, or the own account by reference."""
    for test, key, value in statement.conditions:
        guarded = key.lower() in _ACCOUNTS and isinstance(value, Unknown)
        secure = key.lower() == "aws:securetransport" and same(value, True)
        if not positive(test) or not (guarded or secure):
            return False
    return True


def refuses(statement: Statement, action: str) -> bool:
    """Whether a statement denies an action under no condition, by its name or a pattern."""
    plain = statement.effect == "Deny" and not statement.conditions and not statement.inverted
    return plain and any(fnmatchcase(action.lower(), one.lower()) for one in statement.actions)


def granted(
    said: list[Statement], action: str, thing: Instance, kind: Kind, suffix: str = ""
) -> bool:
    """Whether statements allow an action, which they name, on the ARN of a thing and a suffix.

    No other statement may deny it there.
    """
    allowed = any(
        one.allows(action)
        and harmless(one)
        and any(arn_text(value, thing, kind) == OWN + suffix for value in one.resources)
        for one in said
    )
    denied = any(
        refuses(one, action)
        and any(fnmatchcase(OWN + suffix, arn_text(v, thing, kind)) for v in one.resources)
        for one in said
    )
    return allowed and not denied


def assumable(said: list[Statement], kind: str, *names: str) -> bool:
    """Whether a trust policy lets a principal (any of its spellings) assume the role."""
    allowed = any(
        one.allows("sts:AssumeRole")
        and harmless(one)
        and any(who == kind and _spelled(value).replace("\0", "aws") in names
                for who, value in one.principals)
        for one in said
    )  # fmt: skip
    return allowed and not any(refuses(one, "sts:AssumeRole") for one in said)


def trusted_alone(said: list[Statement], kind: str, *names: str) -> bool:
    """Whether a trust policy lets that principal assume the role, and trusts nobody else."""
    others = [
        pair
        for one in said
        if one.effect == "Allow"
        for pair in one.principals
        if pair[0] != kind or _spelled(pair[1]).replace("\0", "aws") not in names
    ]
    inverted = any(one.effect == "Allow" and one.inverted for one in said)
    return assumable(said, kind, *names) and not others and not inverted


def is_arn_of(
    value: Value,
    thing: Instance,
    *,
    suffix: str = "",
    plain: str = "",
    ids: tuple[str, ...] = ("arn",),
) -> bool:
    """Whether a value is the ARN of a thing, followed by `suffix` ("/*").

    `plain` is the ARN as a text, where it follows from the thing's name alone.
    """
    if isinstance(value, str):
        return bool(plain) and value == plain + suffix
    if isinstance(value, Joined):
        first, *rest = value.parts
        text = "".join(part if isinstance(part, str) else "\0" for part in rest)
        return isinstance(first, Unknown) and thing.is_source_of(first, *ids) and text == suffix
    return not suffix and thing.is_source_of(value, *ids)


def bucket_arn(bucket: Instance, kind: Kind) -> str:
    """Return the ARN of an S3 bucket, which follows from its name; "" where that is unknown."""
    name = name_of(bucket, kind)
    return f"arn:aws:s3:::{name}" if isinstance(name, str) else ""
