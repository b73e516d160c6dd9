"""Requirements that hold for all of Azure: resource groups, identities, roles, tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, link, setting, tag
from envs.terraform.requirements.kinds import Kind, companions, same, the, world
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

GROUP = Kind("resource group", ("azurerm_resource_group",), "name", ("name",), by_name=True)
IDENTITY = Kind("managed identity", ("azurerm_user_assigned_identity",), "name", ("id",))


def same_place(value: Value, wanted: Any) -> bool:
    """Whether two locations are the same: "West Europe" is "westeurope"."""
    given = value.replace(" ", "").lower() if isinstance(value, str) else None
    return given == str(wanted).replace(" ", "").lower()


def in_group(name: str, kind: Kind, noun: str) -> RequirementType:
    """Make "the thing `of` is in the resource group `to`"; `noun` is "the storage account"."""
    return link(
        name, kind, "resource_group_name", GROUP,
        f"{noun} `{{of}}` in the resource group `{{to}}`",
        f"`{{to}}` as the resource group of {noun} `{{of}}`",
    )  # fmt: skip


def tagged(name: str, kind: Kind, noun: str) -> RequirementType:
    """Make "the thing `of` has the tag `key` with `value`"."""
    return tag(
        name, kind,
        f"the tag {{key}} = `{{value}}` on {noun} `{{of}}`",
        f"{noun} `{{of}}` tagged {{key}} = `{{value}}`",
    )  # fmt: skip


group = existence(
    "azure-group", GROUP,
    "a resource group `{name}`", "the Azure resource group `{name}`",
)  # fmt: skip
group_location = setting(
    "azure-group-location", GROUP, "location",
    "the resource group `{of}` in {value}", "{value} as the location of the resource group `{of}`",
    compare=same_place,
)  # fmt: skip
group_tag = tagged("azure-group-tag", GROUP, "the resource group")
group_output = output(
    "azure-group-output", GROUP, ("id",),
    "an output `{name}` with the id of the resource group `{of}`",
    "the id of the resource group `{of}` given out as `{name}`",
)  # fmt: skip
identity = existence(
    "azure-identity", IDENTITY,
    "a user-assigned managed identity `{name}`", "the managed identity `{name}`",
)  # fmt: skip
identity_group = in_group("azure-identity-group", IDENTITY, "the managed identity")


def _is_role(config: Configuration, assignment: Instance, role: str) -> bool:
    """Whether an assignment is of a role, by its name or by a data source about it."""
    if same(assignment.get("role_definition_name"), role):
        return True
    given = assignment.get("role_definition_id")
    return any(
        one.is_source_of(given, "id", "role_definition_id") and same(one.get("name"), role)
        for one in world(config).instances("azurerm_role_definition", "data")
    )


def has_role(
    config: Configuration, scope: Instance, kind: Kind, role: str, principal: Instance, *ids: str
) -> bool:
    """Whether a role on a thing is assigned to what an attribute of `principal` names."""
    return any(
        _is_role(config, one, role) and principal.is_source_of(one.get("principal_id"), *ids)
        for one in companions(config, "azurerm_role_assignment", "scope", scope, kind)
    )


def role(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "the managed identity `identity` has the role `role` on the thing `of`"."""
    target = Kind(kind.noun, kind.types, kind.naming, ("id",))

    def check(config: Configuration, of: str, identity: str, role: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of), (IDENTITY, identity))
        yield from problems
        if not problems:
            thing, holder = found
            right = has_role(config, thing, target, role, holder, "principal_id")
            message = f"`{role}` on `{of}` is not assigned to `{identity}`"
            yield from unless(right, config, thing.at, message)

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


group_role = role(
    "azure-group-role", GROUP,
    "the role {role} on the resource group `{of}` for the managed identity `{identity}`",
    "the managed identity `{identity}` given {role} on the resource group `{of}`",
)  # fmt: skip


def holds_identity(name: str, kind: Kind, noun: str) -> RequirementType:
    """Make "the thing `of` runs with the user-assigned identity `to`"."""
    return link(
        name, kind, "identity.identity_ids", IDENTITY,
        f"{noun} `{{of}}` running with the managed identity `{{to}}`",
        f"the managed identity `{{to}}` assigned to {noun} `{{of}}`", ids=("id",),
    )  # fmt: skip


def system_identity(name: str, kind: Kind, noun: str) -> RequirementType:
    """Make "the thing `of` has an identity of its own, made by the system"."""

    def check(config: Configuration, of: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        given = [str(one) for one in thing.at_path("identity.type") if isinstance(one, str)]
        right = any("SystemAssigned" in one for one in given)
        yield from unless(right, config, thing.at, f"`{of}` has no system-assigned identity")

    check.__name__ = name.replace("-", "_")
    return requirement(
        f"a system-assigned identity for {noun} `{{of}}`",
        f"{noun} `{{of}}` with a system-assigned managed identity",
    )(check)


def passworded(name: str, kind: Kind, attribute: str, *wordings: str) -> RequirementType:
    """Make "that attribute of `of` is a generated password of `length` characters"."""

    def check(config: Configuration, of: str, length: int) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        given = [thing.get(attribute), thing.get(f"{attribute}_wo")]
        right = any(
            made.is_source_of(value, "result") and same(made.get("length"), length)
            for made in world(config).instances("random_password")
            for value in given
        )
        message = f"`{attribute}` of `{of}` is no generated text of {length} characters"
        yield from unless(right, config, thing.where(attribute), message)

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)
