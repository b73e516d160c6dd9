"""Requirements about service accounts on Google Cloud and the roles that they are granted."""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, setting
from envs.terraform.requirements.kinds import Kind, companions, flat, same, the, world
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, View
from iac_gym.languages.terraform.values import Joined, Unknown, Value
from iac_gym.verdict import Finding

ACCOUNT = Kind(
    "service account", ("google_service_account",), "account_id", ("email", "id", "name")
)
#: The text before the address of a service account where a role is granted to it.
_PREFIX = "serviceAccount:"
_EVERYBODY = "allUsers"

account = existence(
    "google-service-account", ACCOUNT,
    "a service account `{name}`", "a Google service account with the id `{name}`",
)  # fmt: skip
account_title = setting(
    "google-service-account-title", ACCOUNT, "display_name",
    "the service account `{of}` shown as `{value}`",
    "`{value}` as the display name of the service account `{of}`",
)  # fmt: skip
account_described = setting(
    "google-service-account-described", ACCOUNT, "description",
    "`{value}` as the description of the service account `{of}`",
    "the service account `{of}` described as `{value}`",
)  # fmt: skip
account_output = output(
    "google-service-account-output", ACCOUNT, ("email",),
    "an output `{name}` with the email address of the service account `{of}`",
    "the email address of the service account `{of}` given out as `{name}`",
)  # fmt: skip


def is_member(value: Value, holder: Instance) -> bool:
    """Whether the member of a grant is a service account of the configuration."""
    if isinstance(value, Joined):
        first, second = value.parts[0], value.parts[1] if len(value.parts) > 1 else None
        if first == _PREFIX and len(value.parts) == 2 and isinstance(second, Unknown):
            return holder.is_source_of(second, "email")
        value = first if isinstance(first, str) else ""
    if isinstance(value, Unknown):
        return holder.is_source_of(value, "member")
    return isinstance(value, str) and value.startswith(f"{_PREFIX}{holder.get('account_id')}@")


def _binding(view: Instance | View) -> Iterator[tuple[Value, Value]]:
    role = view.get("role")
    for member in flat([view.get("member"), view.get("members")]):
        yield role, member


def _policies(config: Configuration, found: list[Instance]) -> Iterator[tuple[Value, Value]]:
    """Yield what whole policies grant that are written as a `google_iam_policy` data source."""
    for policy in found:
        for data in world(config).instances("google_iam_policy", "data"):
            if data.is_source_of(policy.get("policy_data"), "policy_data"):
                for inner in data.blocks("binding"):
                    role = inner.get("role")
                    yield from ((role, member) for member in flat([inner.get("members")]))


def grants(
    config: Configuration, prefix: str, link: str = "", thing: Instance | None = None,
    kind: Kind | None = None,
) -> Iterator[tuple[Value, Value]]:  # fmt: skip
    """Yield the (role, member) pairs granted on a thing, or on the project where none is given."""

    def of(suffix: str) -> list[Instance]:
        if thing is None or kind is None:
            return world(config).instances(f"{prefix}_iam_{suffix}")
        return companions(config, f"{prefix}_iam_{suffix}", link, thing, kind)

    for one in of("member") + of("binding"):
        yield from _binding(one)
    yield from _policies(config, of("policy"))


def grant(name: str, kind: Kind, prefix: str, link: str, *wordings: str) -> RequirementType:
    """Make "the service account `account` has the role `role` on the thing `of`"."""

    def check(config: Configuration, of: str, account: str, role: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of), (ACCOUNT, account))
        yield from problems
        if not problems:
            thing, holder = found
            right = any(
                same(given, role) and is_member(member, holder)
                for given, member in grants(config, prefix, link, thing, kind)
            )
            message = f"{role} on `{of}` is not granted to `{account}`"
            yield from unless(right, config, thing.at, message)

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


def public(name: str, kind: Kind, prefix: str, link: str, *wordings: str) -> RequirementType:
    """Make "everybody has the role `role` on the thing `of`"."""

    def check(config: Configuration, of: str, role: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        right = any(
            same(given, role) and same(member, _EVERYBODY)
            for given, member in grants(config, prefix, link, thing, kind)
        )
        message = f"{role} on `{of}` is not granted to {_EVERYBODY}"
        yield from unless(right, config, thing.at, message)

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


@requirement(
    "the role {role} in the project for the service account `{of}`",
    "{role} granted to the service account `{of}` on the whole project",
)
def account_project_role(config: Configuration, of: str, role: str) -> Findings:
    """A grant on the project, as a member, a binding or a whole policy."""
    thing = the(config, ACCOUNT, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(given, role) and is_member(member, thing)
        for given, member in grants(config, "google_project")
    )
    yield from unless(right, config, thing.at, f"{role} is not granted to `{of}` on the project")


account_impersonated = grant(
    "google-service-account-role", ACCOUNT, "google_service_account", "service_account_id",
    "{role} on the service account `{of}` for the service account `{account}`",
    "the service account `{account}` with the role {role} on the service account `{of}`",
)  # fmt: skip
