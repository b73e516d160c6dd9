"""Requirements about container registries (ECR)."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import existence, fixed, tag
from envs.terraform.requirements.kinds import Kind, companions, flat, same, world
from envs.terraform.requirements.lookup import permits, things, unless
from envs.terraform.requirements.policies import statements
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.computed import json_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Unknown

REPOSITORY = Kind(
    "ECR repository", ("aws_ecr_repository",), "name", ("name", "id", "repository_url", "arn"),
    by_name=True,
)  # fmt: skip
_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")

repository = existence(
    "ecr-repository", REPOSITORY,
    "an ECR repository called `{name}`", "the ECR repository `{name}`",
    "a repository `{name}` for container images in ECR",
)  # fmt: skip
repository_immutable = fixed(
    "ecr-immutable", REPOSITORY, "image_tag_mutability", "IMMUTABLE",
    "tags in `{of}` that cannot be moved to another image (immutable tags)",
    "immutable image tags in the repository `{of}`",
)  # fmt: skip
repository_scanned = fixed(
    "ecr-scanned", REPOSITORY, "image_scanning_configuration.scan_on_push", True,
    "images in `{of}` scanned when they are pushed", "scan on push switched on for `{of}`",
)  # fmt: skip
repository_encrypted = fixed(
    "ecr-encrypted", REPOSITORY, "encryption_configuration.encryption_type", "KMS",
    "images in `{of}` encrypted with KMS", "KMS encryption for the repository `{of}`",
)  # fmt: skip
repository_tag = tag(
    "ecr-tag", REPOSITORY,
    "the tag {key} = `{value}` on the repository `{of}`", "`{of}` tagged {key} = `{value}`",
)  # fmt: skip
repository_url = output(
    "ecr-url-output", REPOSITORY, ("repository_url",),
    "an output `{name}` with the URL of the repository `{of}`",
    "the URL of `{of}` given out as `{name}`",
)  # fmt: skip


def _written(rule: Any) -> dict[str, Any]:
    """Return what a lifecycle rule of a JSON policy says, {} where it is none."""
    selection = rule.get("selection") if isinstance(rule, dict) else None
    action = rule.get("action") if isinstance(rule, dict) else None
    if not isinstance(selection, dict) or not isinstance(action, dict):
        return {}
    return {
        "status": selection.get("tagStatus"), "kind": selection.get("countType"),
        "number": selection.get("countNumber"), "unit": selection.get("countUnit"),
        "action": action.get("type"),
    }  # fmt: skip


def _blocks(rule: View | ValueView) -> dict[str, Any]:
    """Return what a rule of the data source for lifecycle policies says."""
    selection, action = rule.block("selection"), rule.block("action")
    if selection is None:
        return {}
    kind = action.get("type") if action is not None else None
    return {
        "status": selection.get("tag_status"), "kind": selection.get("count_type"),
        "number": selection.get("count_number"), "unit": selection.get("count_unit"),
        "action": kind or "expire",
    }  # fmt: skip


def _lifecycle(config: Configuration, own: Instance) -> list[dict[str, Any]]:
    """Return the rules of the lifecycle policies of a repository."""
    found: list[dict[str, Any]] = []
    for one in companions(config, "aws_ecr_lifecycle_policy", "repository", own, REPOSITORY):
        value = one.get("policy")
        document = json_of(value)
        if isinstance(document, dict):
            found += [_written(rule) for rule in flat([document.get("rules")])]
        elif isinstance(value, Unknown):
            for data in world(config).instances("aws_ecr_lifecycle_policy_document", "data"):
                if data.is_source_of(value, "json"):
                    found += [_blocks(rule) for rule in data.blocks("rule")]
    return found


def _expires(rules: list[dict[str, Any]], **wanted: Any) -> bool:
    return any(
        same(rule.get("action"), "expire")
        and all(same(rule.get(name), value) for name, value in wanted.items())
        for rule in rules
    )


@requirement(
    "only the {count} newest images kept in `{of}`, by a lifecycle policy",
    "a lifecycle policy that leaves the latest {count} images in the repository `{of}`",
)
def repository_keeps(config: Configuration, of: str, count: int) -> Findings:
    """A lifecycle rule for images of any tag that expires those beyond the count."""
    found, problems = things(config, (REPOSITORY, of))
    if problems:
        return problems
    right = _expires(
        _lifecycle(config, found[0]), status="any", kind="imageCountMoreThan", number=count
    )
    return unless(right, config, found[0].at, f"`{of}` does not keep just {count} images")


@requirement(
    "images without a tag expired in `{of}` {days} days after they were pushed",
    "a lifecycle policy that removes untagged images from `{of}` after {days} days",
)
def repository_cleans(config: Configuration, of: str, days: int) -> Findings:
    """A lifecycle rule for untagged images with that age."""
    found, problems = things(config, (REPOSITORY, of))
    if problems:
        return problems
    right = _expires(
        _lifecycle(config, found[0]),
        status="untagged", kind="sinceImagePushed", number=days, unit="days",
    )  # fmt: skip
    return unless(right, config, found[0].at, f"`{of}` keeps untagged images over {days} days")


@requirement(
    "the AWS account {account} allowed to pull images from `{of}`",
    "a policy on the repository `{of}` by which the account {account} may pull",
)
def repository_admits(config: Configuration, of: str, account: str) -> Findings:
    """The repository's policy allows the actions of a pull to that account."""
    found, problems = things(config, (REPOSITORY, of))
    if problems:
        return problems
    names = {("AWS", account), ("AWS", f"arn:aws:iam::{account}:root")}
    said = [
        one
        for own in companions(
            config, "aws_ecr_repository_policy", "repository", found[0], REPOSITORY
        )
        for one in statements(own.get("policy"))
        if not names.isdisjoint(pair for pair in one.principals if isinstance(pair[1], str))
    ]
    right = all(any(permits(one, action) for one in said) for action in _PULL)
    return unless(right, config, found[0].at, f"the account {account} may not pull from `{of}`")
