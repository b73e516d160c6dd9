"""Requirements about Log Analytics and diagnostic settings on Azure."""

from __future__ import annotations

from collections.abc import Iterator

from envs.terraform.requirements.azure_base import in_group, tagged
from envs.terraform.requirements.azure_compute import WORKSPACE
from envs.terraform.requirements.azure_storage import VAULT
from envs.terraform.requirements.factories import existence, setting
from envs.terraform.requirements.kinds import Kind, companions, refers, same
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Finding

workspace = existence(
    "azure-workspace", WORKSPACE,
    "a Log Analytics workspace `{name}`", "the Log Analytics workspace `{name}`",
)  # fmt: skip
workspace_group = in_group("azure-workspace-group", WORKSPACE, "the workspace")
workspace_days = setting(
    "azure-workspace-days", WORKSPACE, "retention_in_days",
    "data in the workspace `{of}` kept for {value} days",
    "{value} days of retention for the workspace `{of}`", absent=30,
)  # fmt: skip
workspace_quota = setting(
    "azure-workspace-quota", WORKSPACE, "daily_quota_gb",
    "a limit of {value} GB a day on what the workspace `{of}` takes in",
    "a daily quota of {value} GB for the workspace `{of}`",
)  # fmt: skip
workspace_tag = tagged("azure-workspace-tag", WORKSPACE, "the workspace")


def watched(name: str, kind: Kind, noun: str) -> RequirementType:
    """Make "the logs `category` of the thing `of` go to the workspace `to`"."""
    target = Kind(kind.noun, kind.types, kind.naming, ("id",))

    def check(config: Configuration, of: str, category: str, to: str) -> Iterator[Finding]:
        found, problems = things(config, (kind, of), (WORKSPACE, to))
        yield from problems
        if not problems:
            thing, space = found
            own = companions(
                config, "azurerm_monitor_diagnostic_setting", "target_resource_id", thing, target
            )
            right = any(
                refers(one.get("log_analytics_workspace_id"), space, WORKSPACE)
                and any(same(value, category) for value in one.at_path("enabled_log.category"))
                for one in own
            )
            yield from unless(right, config, thing.at, f"{category} of `{of}` is not in `{to}`")

    check.__name__ = name.replace("-", "_")
    return requirement(
        f"the {{category}} logs of {noun} `{{of}}` sent to the workspace `{{to}}`",
        f"a diagnostic setting that sends {{category}} of {noun} `{{of}}` to `{{to}}`",
    )(check)


vault_watched = watched("azure-vault-watched", VAULT, "the key vault")
