"""Requirements about AWS Backup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    companions,
    first,
    flat,
    refers,
    same,
    the,
    unless,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.policies import (
    has_managed,
    may_assume,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    PLAN,
    TABLE,
    VAULT,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

vault = existence("vault", VAULT, "a backup vault called `{name}`", "the backup vault `{name}`")
plan = existence(
    "plan", PLAN, "a backup plan called `{name}` in AWS Backup", "the backup plan `{name}`"
)


@requirement(
    "the vault `{of}` encrypted with the key {alias}", "the key {alias} for the backup vault `{of}`"
)
def vault_encrypted(template: Template, of: str, alias: str) -> Findings:
    """`EncryptionKeyArn` of the vault."""
    return encrypted_by(template, VAULT, of, alias, ("EncryptionKeyArn",), ("arn",))


@requirement(
    "backups of the vault `{of}` locked for at least {days} days",
    "a vault lock on `{of}` that keeps backups {days} days or longer",
)
def vault_locked(template: Template, of: str, days: int) -> Findings:
    """`LockConfiguration.MinRetentionDays`."""
    thing = the(template, VAULT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.get("LockConfiguration.MinRetentionDays"), days)
    return unless(right, template, thing, f"`{of}` is not locked for {days} days")


#: A thing, and the parts of it that are looked at.
_Parts = tuple[Thing, list[Mapping[str, Any]]]


def _plan_rules(template: Template, of: str, vault: str) -> _Parts | Finding:
    found, problems = all_of(template, (PLAN, of), (VAULT, vault))
    if problems:
        return problems[0]
    rules = [
        one
        for one in blocks(found[0], "BackupPlan.BackupPlanRule")
        if refers(one.get("TargetBackupVault"), found[1], VAULT, ("name",))
    ]
    return found[0], rules


@requirement(
    "backups by `{of}` into the vault `{vault}` on the schedule {schedule}",
    "the schedule {schedule} for the rule of `{of}` that backs up into the vault `{vault}`",
)
def plan_schedule(template: Template, of: str, vault: str, schedule: str) -> Findings:
    """A rule of the plan for that vault with the schedule."""
    found = _plan_rules(template, of, vault)
    if isinstance(found, Finding):
        return [found]
    right = any(same(one.get("ScheduleExpression"), schedule) for one in found[1])
    return unless(right, template, found[0], f"`{of}` does not back up on {schedule}")


@requirement(
    "backups by `{of}` in the vault `{vault}` deleted after {days} days",
    "backups that `{of}` makes in `{vault}` kept for {days} days",
)
def plan_retention(template: Template, of: str, vault: str, days: int) -> Findings:
    """`Lifecycle.DeleteAfterDays` of the rules for that vault."""
    found = _plan_rules(template, of, vault)
    if isinstance(found, Finding):
        return [found]
    given = [first(at_path(rule, "Lifecycle.DeleteAfterDays")) for rule in found[1]]
    right = given and all(same(one, days) for one in given)
    return unless(right, template, found[0], f"`{of}` does not keep backups for {days} days")


@requirement(
    "backups by `{of}` in the vault `{vault}` moved to cold storage after {days} days",
    "cold storage after {days} days for what `{of}` backs up into `{vault}`",
)
def plan_cold(template: Template, of: str, vault: str, days: int) -> Findings:
    """`Lifecycle.MoveToColdStorageAfterDays` of the rules for that vault."""
    found = _plan_rules(template, of, vault)
    if isinstance(found, Finding):
        return [found]
    path = "Lifecycle.MoveToColdStorageAfterDays"
    given = [one for rule in found[1] for one in at_path(rule, path)]
    right = given and all(same(one, days) for one in given)
    return unless(right, template, found[0], f"`{of}` does not use cold storage after {days} days")


def _selections(template: Template, plan: Thing) -> list[Mapping[str, Any]]:
    return [
        inner
        for one in companions(
            template, "AWS::Backup::BackupSelection", "BackupPlanId", plan, PLAN, ("id",)
        )
        for inner in blocks(one, "BackupSelection")
    ]


@requirement(
    "everything tagged {key} = `{value}` backed up by `{of}`",
    "`{of}` selecting the resources with the tag {key} = `{value}`",
)
def plan_selects_tag(template: Template, of: str, key: str, value: str) -> Findings:
    """A selection of the plan by that tag."""
    thing = the(template, PLAN, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        any(
            same(each.get("ConditionKey"), key)
            and same(each.get("ConditionValue"), value)
            and same(each.get("ConditionType"), "STRINGEQUALS")
            for each in blocks(one, "ListOfTags")
        )
        or any(
            same(each.get("ConditionKey"), f"aws:ResourceTag/{key}")
            and same(each.get("ConditionValue"), value)
            for each in blocks(one, "Conditions.StringEquals")
        )
        for one in _selections(template, thing)
    )
    return unless(right, template, thing, f"`{of}` does not select {key} = `{value}`")


@requirement(
    "the table `{table}` backed up by `{of}`", "`{of}` selecting the table `{table}` for backups",
)  # fmt: skip
def plan_selects_table(template: Template, of: str, table: str) -> Findings:
    """A selection of the plan with the ARN of the table."""
    found, problems = all_of(template, (PLAN, of), (TABLE, table))
    if problems:
        return problems
    right = any(
        refers(value, found[1], TABLE, ("arn",))
        for one in _selections(template, found[0])
        for value in flat(at_path(one, "Resources"))
    )
    return unless(right, template, found[0], f"`{of}` does not back up `{table}`")


@requirement(
    "selections of `{of}` under a role that AWS Backup may assume, with AWS's own policy "
    "AWSBackupServiceRolePolicyForBackup",
    "a role for the selections of `{of}` that trusts AWS Backup and has the managed policy "
    "AWSBackupServiceRolePolicyForBackup",
)
def plan_role(template: Template, of: str) -> Findings:
    """The role of every selection is of this template."""
    thing = the(template, PLAN, of)
    if isinstance(thing, Finding):
        return [thing]
    found = _selections(template, thing)
    right = found and all(
        any(
            may_assume(role, "backup.amazonaws.com")
            and has_managed(template, role, "AWSBackupServiceRolePolicyForBackup")
            for role in roles_of(template, [one.get("IamRoleArn")])
        )
        for one in found
    )
    return unless(right, template, thing, f"a selection of `{of}` has no such role")
