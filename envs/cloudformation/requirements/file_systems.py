"""Requirements about EFS file systems."""

from __future__ import annotations

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    output,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    companions,
    is_true,
    refers,
    same,
    the,
    unless,
    values_of,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.policies import statements
from envs.cloudformation.requirements.services import (
    FILES,
    SECURITY_GROUP,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding

files = existence(
    "files", FILES,
    "an EFS file system named `{name}` (Name tag)", "the EFS file system `{name}`, by its Name tag",
)  # fmt: skip
files_encrypted = fixed(
    "files-encrypted", FILES, "Encrypted", True,
    "the file system `{of}` encrypted", "encryption at rest for the file system `{of}`",
)  # fmt: skip
files_mode = setting(
    "files-mode", FILES, "ThroughputMode",
    "the throughput mode {value} for `{of}`", "`{of}` with {value} throughput",
)  # fmt: skip
files_backups = fixed(
    "files-backups", FILES, "BackupPolicy.Status", "ENABLED",
    "automatic backups of the file system `{of}`", "`{of}` backed up automatically",
)  # fmt: skip
files_cold = setting(
    "files-cold", FILES, "LifecyclePolicies.TransitionToIA",
    "files in `{of}` moved to infrequent access by the lifecycle policy {value}",
    "the lifecycle {value} for the move to infrequent access in `{of}`",
)  # fmt: skip
files_output = output(
    "files-output", FILES, ("Ref", "FileSystemId"),
    "an output `{name}` with the id of the file system `{of}`",
    "the id of the file system `{of}` given out as the output `{name}`",
)  # fmt: skip


@requirement(
    "the file system `{of}` encrypted with the key {alias}",
    "the key {alias} for the file system `{of}`",
)
def files_key(template: Template, of: str, alias: str) -> Findings:
    """`KmsKeyId` of the file system, which is encrypted."""
    thing = the(template, FILES, of)
    if isinstance(thing, Finding):
        return [thing]
    if not is_true(thing.value("Encrypted")):
        return unless(False, template, thing, f"`{of}` is not encrypted")
    return encrypted_by(template, FILES, of, alias, ("KmsKeyId",))


@requirement(
    "a mount target of `{of}` behind the security group `{group}`",
    "`{of}` mounted through a target with the security group `{group}`",
)
def files_target(template: Template, of: str, group: str) -> Findings:
    """A mount target of the file system with that group."""
    found, problems = all_of(template, (FILES, of), (SECURITY_GROUP, group))
    if problems:
        return problems
    right = any(
        any(refers(value, found[1], SECURITY_GROUP) for value in values_of(one, "SecurityGroups"))
        for one in companions(template, "AWS::EFS::MountTarget", "FileSystemId", found[0], FILES)
    )
    return unless(right, template, found[0], f"`{of}` has no such mount target")


@requirement(
    "an access point of `{of}` for {path}, as the user {uid} and group {gid}",
    "{path} of `{of}` used through an access point with the POSIX user {uid} and group {gid}",
)
def files_access_point(template: Template, of: str, path: str, uid: int, gid: int) -> Findings:
    """An access point with that root directory and user."""
    thing = the(template, FILES, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("RootDirectory.Path"), path)
        and same(one.get("PosixUser.Uid"), uid)
        and same(one.get("PosixUser.Gid"), gid)
        for one in companions(template, "AWS::EFS::AccessPoint", "FileSystemId", thing, FILES)
    )
    return unless(right, template, thing, f"`{of}` has no such access point")


@requirement(
    "clients of `{of}` made to use TLS by its file system policy",
    "a policy of the file system `{of}` that denies access without TLS",
)
def files_tls(template: Template, of: str) -> Findings:
    """A statement that denies everything where aws:SecureTransport is false."""
    thing = the(template, FILES, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        one.effect == "Deny"
        and not one.inverted
        and one.for_everybody
        and ("*" in one.actions or "elasticfilesystem:*" in one.actions)
        and len(one.conditions) == 1
        and one.conditions[0][0].lower() in ("bool", "boolifexists")
        and one.conditions[0][1].lower() == "aws:securetransport"
        and same(one.conditions[0][2], False)
        for one in statements(thing.value("FileSystemPolicy"))
    )
    return unless(right, template, thing, f"`{of}` may be used without TLS")
