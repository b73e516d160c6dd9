"""Requirements about ECR repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    output,
    retained,
    tag,
)
from envs.cloudformation.requirements.kinds import (
    blocks,
    same,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.policies import (
    harmless,
    read,
    refuses,
    statements,
)
from envs.cloudformation.requirements.services import (
    REPOSITORY,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

repository = existence(
    "repository", REPOSITORY,
    "an ECR repository called `{name}`", "the ECR repository `{name}`",
)  # fmt: skip
repository_scans = fixed(
    "repository-scans", REPOSITORY, "ImageScanningConfiguration.ScanOnPush", True,
    "images scanned when they are pushed to `{of}`", "`{of}` scans images on push",
)  # fmt: skip
repository_immutable = fixed(
    "repository-immutable", REPOSITORY, "ImageTagMutability", "IMMUTABLE",
    "immutable tags in `{of}`", "tags in the repository `{of}` that cannot be moved",
)  # fmt: skip
repository_tag = tag(
    "repository-tag", REPOSITORY,
    "the tag {key} = `{value}` on the repository `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
repository_output = output(
    "repository-output", REPOSITORY, ("RepositoryUri",),
    "an output `{name}` with the URI of the repository `{of}`",
    "the URI of `{of}` given out as the output `{name}`",
    written="ACCOUNT.dkr.ecr.us-east-1.amazonaws.com/NAME",
)  # fmt: skip
repository_retained = retained(
    "repository-retained", REPOSITORY,
    "the repository `{of}` stays when the stack is deleted",
    "`{of}` not deleted along with its stack",
)  # fmt: skip


def _rules(repository: Thing) -> list[Mapping[str, Any]]:
    found = read(repository.get("LifecyclePolicy.LifecyclePolicyText"))
    return blocks(found, "rules") if isinstance(found, Mapping) else []


@requirement(
    "only the newest {count} images kept in `{of}`",
    "all but the newest {count} images in `{of}` expired",
)
def repository_keeps(template: Template, of: str, count: int) -> Findings:
    """A lifecycle rule for any image, by count."""
    thing = the(template, REPOSITORY, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(each.get("countType"), "imageCountMoreThan")
        and same(each.get("countNumber"), count)
        and same(each.get("tagStatus"), "any")
        and any(same(do.get("type"), "expire") for do in blocks(one, "action"))
        for one in _rules(thing)
        for each in blocks(one, "selection")
    )
    return unless(right, template, thing, f"`{of}` does not keep just {count} images")


@requirement(
    "untagged images in `{of}` expired after {days} days",
    "images without a tag deleted from `{of}` {days} days after their push",
)
def repository_untagged(template: Template, of: str, days: int) -> Findings:
    """A lifecycle rule for untagged images, by age."""
    thing = the(template, REPOSITORY, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(each.get("countType"), "sinceImagePushed")
        and same(each.get("countNumber"), days)
        and same(each.get("countUnit"), "days")
        and same(each.get("tagStatus"), "untagged")
        and any(same(do.get("type"), "expire") for do in blocks(one, "action"))
        for one in _rules(thing)
        for each in blocks(one, "selection")
    )
    return unless(right, template, thing, f"untagged images in `{of}` stay")


@requirement(
    "images in `{of}` encrypted with the key {alias}",
    "the key {alias} used to encrypt the repository `{of}`",
)
def repository_encrypted(template: Template, of: str, alias: str) -> Findings:
    """KMS encryption with the key."""
    thing = the(template, REPOSITORY, of)
    if isinstance(thing, Finding):
        return [thing]
    if thing.get("EncryptionConfiguration.EncryptionType") not in ("KMS", "KMS_DSSE"):
        return unless(False, template, thing, f"`{of}` is not encrypted with KMS")
    return encrypted_by(template, REPOSITORY, of, alias, ("EncryptionConfiguration.KmsKey",))


@requirement(
    "the account {account} allowed to pull images from `{of}`",
    "a policy of the repository `{of}` that lets the account {account} pull images",
)
def repository_pulls(template: Template, of: str, account: str) -> Findings:
    """The repository's policy names the account and the actions to pull."""
    thing = the(template, REPOSITORY, of)
    if isinstance(thing, Finding):
        return [thing]
    names = (account, f"arn:aws:iam::{account}:root")
    whole = statements(thing.value("RepositoryPolicyText"))
    said = [
        one
        for one in whole
        if any(kind == "AWS" and text(who) in names for kind, who in one.principals)
    ]
    denied = [*said, *(one for one in whole if one.for_everybody)]
    right = all(
        any(one.is_allow and one.covers(f"ecr:{action}") and harmless(one) for one in said)
        and not any(refuses(one, f"ecr:{action}") for one in denied)
        for action in ("BatchGetImage", "GetDownloadUrlForLayer")
    )
    return unless(right, template, thing, f"{account} may not pull from `{of}`")
