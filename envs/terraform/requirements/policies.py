"""IAM policies, however they are written and attached: what they allow, to whom, on what.

A document may be JSON text, `jsonencode`, or the data source `aws_iam_policy_document`; a role's
permissions may be inline, a policy of the role, or a policy that is attached to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.kinds import Kind, companions, flat, name_of, refers, world
from iac_gym.languages.terraform.iam_documents import Statement, all_statements, statements
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Unknown, Value

ROLE = Kind("IAM role", ("aws_iam_role",), "name", ("arn", "id", "name"), by_name=True)
POLICY = Kind("IAM policy", ("aws_iam_policy",), "name", ("arn", "id"))

__all__ = [
    "POLICY", "ROLE", "Statement", "all_statements", "bucket_arn", "has_managed", "is_arn_of",
    "managed_policies", "permissions", "statements", "trust",
]  # fmt: skip


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


def managed_policies(config: Configuration, role: Instance) -> set[str]:
    """Return the ARNs of the managed policies of AWS that are attached to a role.

    A data source that looks a policy up by its name counts as the policy of that name.
    """
    found = set()
    for value in _attached(config, role):
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, Unknown) and value.ref and value.ref.mode == "data":
            for one in world(config).instances("aws_iam_policy", "data"):
                name = one.get("name")
                if one.is_source_of(value, "arn", "id") and isinstance(name, str):
                    found.add(f"arn:aws:iam::aws:policy/{name}")
    return found


def has_managed(config: Configuration, role: Instance, name: str) -> bool:
    """Whether a managed policy is attached to a role, by its name (without its path)."""
    return any(
        arn.startswith("arn:aws:iam::aws:policy/") and arn.rpartition("/")[2] == name
        for arn in managed_policies(config, role)
    )


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
