"""Requirements about KMS keys, secrets and parameters."""

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
    at_path,
    companions,
    is_true,
    problem,
    refers,
    same,
    shown,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.messages import encrypted_by, key_of
from envs.cloudformation.requirements.policies import (
    ROLE,
    Statement,
    harmless,
    read,
    refuses,
    statements,
)
from envs.cloudformation.requirements.services import FUNCTION, LOG_GROUP, PARAMETER, SECRET
from envs.cloudformation.requirements.triggers import permitted
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.folded import Joined, Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding


@requirement("a KMS key with the alias {alias}", "a KMS key that is known as {alias}")
def key(template: Template, alias: str) -> Findings:
    """An alias of that name for a key of this template."""
    found = key_of(template, alias)
    return [found] if isinstance(found, Finding) else []


@requirement(
    "the key {alias} rotated every year by itself", "automatic yearly rotation of the key {alias}",
)  # fmt: skip
def key_rotation(template: Template, alias: str) -> Findings:
    """Rotation is on, with the usual period."""
    found = key_of(template, alias)
    if isinstance(found, Finding):
        return [found]
    period = found.value("RotationPeriodInDays")
    right = is_true(found.value("EnableKeyRotation")) and (period is None or same(period, 365))
    return unless(right, template, found, f"the key {alias} is not rotated every year")


@requirement(
    "the key {alias} deleted {days} days after its deletion was ordered",
    "a pending window of {days} days for the deletion of the key {alias}",
)
def key_window(template: Template, alias: str, days: int) -> Findings:
    """`PendingWindowInDays` of the key."""
    found = key_of(template, alias)
    if isinstance(found, Finding):
        return [found]
    given = found.value("PendingWindowInDays")
    right = same(30 if given is None else given, days)
    return unless(right, template, found, f"the window is {shown(given)}, asked for {days}")


@requirement(
    "the key {alias} described as `{text}`", "`{text}` as the description of the key {alias}",
)  # fmt: skip
def key_description(template: Template, alias: str, text: str) -> Findings:
    """`Description` of the key."""
    found = key_of(template, alias)
    if isinstance(found, Finding):
        return [found]
    right = same(found.value("Description"), text)
    return unless(right, template, found, f"the key {alias} is described otherwise")


def _may_use(statement: Statement, actions: tuple[str, ...]) -> bool:
    guards = [one for one in statement.conditions if not one[1].lower().startswith("kms:")]
    return (
        harmless(replace(statement, conditions=tuple(guards)))
        and statement.is_allow
        and "*" in statement.resources  # it means this key
        and any(statement.covers(action) for action in actions)
    )


@requirement(
    "the service {service} allowed to use the key {alias} (kms:Decrypt and kms:GenerateDataKey*)",
    "a statement in the policy of the key {alias} that allows {service} kms:Decrypt and "
    "kms:GenerateDataKey*",
)
def key_service(template: Template, alias: str, service: str) -> Findings:
    """The key's policy names the service and both actions."""
    found = key_of(template, alias)
    if isinstance(found, Finding):
        return [found]
    whole = statements(found.value("KeyPolicy"))
    said = [one for one in whole if one.trusts("Service", service)]
    denied = [*said, *(one for one in whole if one.for_everybody)]
    refused = any(
        refuses(one, action) for one in denied for action in ("kms:Decrypt", "kms:GenerateDataKey")
    )
    right = (
        not refused
        and any(_may_use(one, ("kms:Decrypt",)) for one in said)
        and any(_may_use(one, ("kms:GenerateDataKey*", "kms:GenerateDataKey")) for one in said)
    )
    return unless(right, template, found, f"{service} may not use the key {alias}")


@requirement(
    "the account itself in control of the key {alias} (kms:* for its root)",
    "full control of the key {alias} for the account's root principal in the key policy",
)
def key_root(template: Template, alias: str) -> Findings:
    """A statement that allows `kms:*` to the root of the account."""
    found = key_of(template, alias)
    if isinstance(found, Finding):
        return [found]
    said = statements(found.value("KeyPolicy"))
    right = any(
        one.is_allow
        and not {"kms:*", "*"}.isdisjoint(one.actions)
        and not one.conditions
        and "*" in one.resources
        and any(_is_root(who) for kind, who in one.principals if kind == "AWS")
        for one in said
    ) and not any(
        refuses(one, "kms:PutKeyPolicy")
        and (one.for_everybody or any(_is_root(who) for _, who in one.principals))
        for one in said
    )
    return unless(right, template, found, f"the account does not control the key {alias}")


def _is_root(value: Any) -> bool:
    account = Unknown("pseudo", "AWS::AccountId")
    return value in (account, Joined(("arn:aws:iam::", account, ":root")))


@requirement(
    "the objects in `{of}` encrypted with the key {alias}",
    "the key {alias} as the default encryption key of the bucket `{of}`",
)
def key_for_bucket(template: Template, of: str, alias: str) -> Findings:
    """The default encryption of the bucket names the key, and asks for KMS."""
    default = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault"
    bucket = the(template, BUCKET, of)
    if isinstance(bucket, Finding):
        return [bucket]
    wrong = encrypted_by(template, BUCKET, of, alias, (f"{default}.KMSMasterKeyID",))
    algorithms = at_path(bucket, f"{default}.SSEAlgorithm")
    if not wrong and not all(str(text(one)).startswith("aws:kms") for one in algorithms):
        return [problem(template, bucket, f"`{of}` is not encrypted with KMS")]
    return wrong


@requirement(
    "the logs in `{of}` encrypted with the key {alias}",
    "the key {alias} used to encrypt the log group `{of}`",
)
def key_for_logs(template: Template, of: str, alias: str) -> Findings:
    """`KmsKeyId` of the log group, which takes the ARN of the key alone."""
    found = key_of(template, alias)
    group = the(template, LOG_GROUP, of)
    for one in (found, group):
        if isinstance(one, Finding):
            return [one]
    return encrypted_by(template, LOG_GROUP, of, alias, ("KmsKeyId",), ("arn",))


# -- secrets ---------------------------------------------------------------------------------------

secret = existence(
    "secret", SECRET,
    "a secret called `{name}` in Secrets Manager", "the secret `{name}` in Secrets Manager",
)  # fmt: skip
secret_description = setting(
    "secret-description", SECRET, "Description",
    "`{value}` as the description of the secret `{of}`", "`{of}` described as `{value}`",
)  # fmt: skip
secret_length = setting(
    "secret-length", SECRET, "GenerateSecretString.PasswordLength",
    "a generated value of {value} characters in the secret `{of}`",
    "Secrets Manager generates {value} characters for `{of}`",
)  # fmt: skip
secret_tag = tag(
    "secret-tag", SECRET,
    "the tag {key} = `{value}` on the secret `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
secret_arn_output = output(
    "secret-arn-output", SECRET, ("Ref", "Id"),
    "an output `{name}` with the ARN of the secret `{of}`",
    "the ARN of the secret `{of}` given out as the output `{name}`",
)  # fmt: skip


@requirement(
    "the secret `{of}` holding a JSON object with username = `{user}` and a generated password "
    "under the key {key}",
    "in `{of}` a JSON object with the username `{user}` and, under {key}, a generated password",
)
def secret_login(template: Template, of: str, user: str, key: str) -> Findings:
    """`SecretStringTemplate` with the name, and `GenerateStringKey`."""
    thing = the(template, SECRET, of)
    if isinstance(thing, Finding):
        return [thing]
    made = thing.value("GenerateSecretString")
    given = made if isinstance(made, dict) else {}
    whole = read(given.get("SecretStringTemplate"))
    right = (
        isinstance(whole, dict)
        and same(whole.get("username"), user)
        and same(given.get("GenerateStringKey"), key)
    )
    return unless(right, template, thing, f"`{of}` does not hold such an object")


@requirement(
    "the secret `{of}` encrypted with the key {alias}",
    "the key {alias} used for the secret `{of}`",
)  # fmt: skip
def key_for_secret(template: Template, of: str, alias: str) -> Findings:
    """`KmsKeyId` of the secret."""
    return encrypted_by(template, SECRET, of, alias, ("KmsKeyId",))


@requirement(
    "the secret `{of}` rotated every {days} days by the function `{function}`",
    "`{function}` rotates the secret `{of}` every {days} days",
)
def secret_rotation(template: Template, of: str, function: str, days: int) -> Findings:
    """A rotation schedule of the secret with the function, which the service may invoke."""
    thing, worker = the(template, SECRET, of), the(template, FUNCTION, function)
    if isinstance(thing, Finding):
        return [thing]
    if isinstance(worker, Finding):
        return [worker]
    rules = companions(template, "AWS::SecretsManager::RotationSchedule", "SecretId", thing, SECRET)
    right = any(
        refers(one.value("RotationLambdaARN"), worker, FUNCTION, ("arn",))
        and (
            any(same(each, days) for each in at_path(one, "RotationRules.AutomaticallyAfterDays"))
            or same(one.get("RotationRules.ScheduleExpression"), f"rate({days} days)")
        )
        for one in rules
    )
    if right and not permitted(template, worker, "secretsmanager.amazonaws.com"):
        return [problem(template, worker, f"Secrets Manager may not invoke `{function}`")]
    return unless(right, template, thing, f"`{function}` does not rotate `{of}` every {days} days")


@requirement(
    "a resource policy of the secret `{of}` that lets the role `{role}` read it "
    "(secretsmanager:GetSecretValue)",
    "the role `{role}` allowed secretsmanager:GetSecretValue by a resource policy of `{of}`",
)
def secret_reader(template: Template, of: str, role: str) -> Findings:
    """A resource policy that names the role and the action."""
    thing, reader = the(template, SECRET, of), the(template, ROLE, role)
    if isinstance(thing, Finding):
        return [thing]
    if isinstance(reader, Finding):
        return [reader]
    policies = companions(
        template, "AWS::SecretsManager::ResourcePolicy", "SecretId", thing, SECRET
    )
    refused = any(
        refuses(said, "secretsmanager:GetSecretValue")
        and (said.for_everybody or any(refers(who, reader, ROLE) for _, who in said.principals))
        for one in policies
        for said in statements(one.value("ResourcePolicy"))
    )
    right = not refused and any(
        said.allows("secretsmanager:GetSecretValue")
        and harmless(said)
        and any(value == "*" or refers(value, thing, SECRET) for value in said.resources)
        and any(kind == "AWS" and refers(who, reader, ROLE, ("arn",))
                for kind, who in said.principals)
        for one in policies
        for said in statements(one.value("ResourcePolicy"))
    )  # fmt: skip
    return unless(right, template, thing, f"no policy of `{of}` lets `{role}` read it")


# -- parameters ------------------------------------------------------------------------------------

ssm_parameter = existence(
    "ssm-parameter", PARAMETER,
    "an SSM parameter called {name}", "the parameter {name} in Parameter Store",
)  # fmt: skip
ssm_value = setting(
    "ssm-value", PARAMETER, "Value",
    "the value `{value}` in the parameter {of}", "{of} set to `{value}`",
)  # fmt: skip
ssm_type = setting(
    "ssm-type", PARAMETER, "Type",
    "the parameter {of} of the type {value}", "{value} as the type of the parameter {of}",
)  # fmt: skip
ssm_tier = setting(
    "ssm-tier", PARAMETER, "Tier",
    "the tier {value} for the parameter {of}", "{of} in the tier {value} of Parameter Store",
    absent="Standard",
)  # fmt: skip
ssm_description = setting(
    "ssm-description", PARAMETER, "Description",
    "`{value}` as the description of {of}", "the parameter {of} described as `{value}`",
)  # fmt: skip
ssm_pattern = setting(
    "ssm-pattern", PARAMETER, "AllowedPattern",
    "only values that match {value} allowed in {of}", "the pattern {value} for the values of {of}",
)  # fmt: skip
ssm_tag = tag(
    "ssm-tag", PARAMETER,
    "the tag {key} = `{value}` on the parameter {of}", "{of} tagged {key} = `{value}`",
)  # fmt: skip


@requirement(
    "the {what} of the bucket `{bucket}` stored in the parameter {of}",
    "in the parameter {of} the {what} of the bucket `{bucket}`, by reference",
)
def ssm_of_bucket(template: Template, of: str, what: str, bucket: str) -> Findings:
    """The parameter's value is the name or the ARN of the bucket."""
    thing, store = the(template, PARAMETER, of), the(template, BUCKET, bucket)
    if isinstance(thing, Finding):
        return [thing]
    if isinstance(store, Finding):
        return [store]
    right = refers(thing.value("Value"), store, BUCKET, ("name" if what == "name" else "arn",))
    return unless(right, template, thing, f"{of} does not hold the {what} of `{bucket}`")
