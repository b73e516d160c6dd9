"""Requirements about Cognito user pools."""

from __future__ import annotations

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    listed,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    companions,
    is_true,
    same,
    the,
    unless,
)
from envs.cloudformation.requirements.services import POOL_CLIENT, USER_POOL
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding

user_pool = existence(
    "user-pool", USER_POOL, "a Cognito user pool called `{name}`", "the user pool `{name}`"
)
pool_length = setting(
    "pool-length", USER_POOL, "Policies.PasswordPolicy.MinimumLength",
    "passwords of at least {value} characters in `{of}`",
    "a minimum password length of {value} for the user pool `{of}`",
)  # fmt: skip
pool_mfa = setting(
    "pool-mfa", USER_POOL, "MfaConfiguration",
    "multi-factor authentication set to {value} in `{of}`",
    "`{of}` with multi-factor authentication {value}", absent="OFF",
)  # fmt: skip
pool_protected = fixed(
    "pool-protected", USER_POOL, "DeletionProtection", "ACTIVE",
    "the user pool `{of}` protected against deletion", "deletion protection for `{of}`",
)  # fmt: skip
pool_signs_in = listed(
    "pool-signs-in", USER_POOL, "UsernameAttributes",
    "users of `{of}` sign in with {values}", "{values} as the user name attribute of `{of}`",
)  # fmt: skip
pool_verifies = listed(
    "pool-verifies", USER_POOL, "AutoVerifiedAttributes",
    "{values} of users verified by `{of}` itself", "`{of}` verifying {values} of its users",
)  # fmt: skip


@requirement(
    "accounts in `{of}` made by administrators only", "no sign-up of users in the pool `{of}`",
)  # fmt: skip
def pool_closed(template: Template, of: str) -> Findings:
    """`AllowAdminCreateUserOnly`."""
    thing = the(template, USER_POOL, of)
    if isinstance(thing, Finding):
        return [thing]
    right = is_true(thing.get("AdminCreateUserConfig.AllowAdminCreateUserOnly"))
    return unless(right, template, thing, f"users may sign up in `{of}`")


pool_client = existence(
    "pool-client", POOL_CLIENT,
    "a user pool client called `{name}`", "the app client `{name}` of a user pool",
)  # fmt: skip
client_pool = link(
    "client-pool", POOL_CLIENT, "UserPoolId", USER_POOL,
    "the client `{of}` of the user pool `{to}`", "`{of}` as an app client of `{to}`", by=("id",),
)  # fmt: skip
client_flows = listed(
    "client-flows", POOL_CLIENT, "ExplicitAuthFlows",
    "just the flows {values} for the client `{of}`", "`{of}` signing users in by {values} alone",
)  # fmt: skip
client_no_secret = fixed(
    "client-no-secret", POOL_CLIENT, "GenerateSecret", False,
    "no secret for the client `{of}`", "the app client `{of}` without a client secret",
    absent=False,
)  # fmt: skip
client_hides = fixed(
    "client-hides", POOL_CLIENT, "PreventUserExistenceErrors", "ENABLED",
    "the client `{of}` not telling whether a user exists",
    "errors of `{of}` that do not show which users exist (PreventUserExistenceErrors)",
)  # fmt: skip


@requirement(
    "the prefix {prefix} for the hosted sign-in pages of `{of}`",
    "a domain of the user pool `{of}` with the prefix {prefix}",
)
def pool_domain(template: Template, of: str, prefix: str) -> Findings:
    """A domain resource of the pool."""
    thing = the(template, USER_POOL, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.value("Domain"), prefix) and one.value("CustomDomainConfig") is None
        for one in companions(
            template, "AWS::Cognito::UserPoolDomain", "UserPoolId", thing, USER_POOL, ("id",)
        )
    )
    return unless(right, template, thing, f"`{of}` has no domain {prefix}")
