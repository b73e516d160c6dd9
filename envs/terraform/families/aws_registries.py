"""Tasks about repositories for container images on AWS (ECR)."""

from __future__ import annotations

from envs.terraform.choices import TAGS
from envs.terraform.families.aws_serverless import encoded, policy
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_registries as registry
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import block


def _rule(priority: int, about: str, selection: dict[str, object]) -> dict[str, object]:
    return {
        "rulePriority": priority, "description": about, "selection": selection,
        "action": {"type": "expire"},
    }  # fmt: skip


def _priority(rule: dict[str, object]) -> int:
    return int(str(rule["rulePriority"]))


def _tag(stack: Stack, made: Handle, name: str) -> None:
    key, values = stack.draw.choice("tag", TAGS)
    value = stack.draw.choice("tag value", values)
    stack.ask(registry.repository_tag(of=name, key=key, value=value))
    made.set(tags={key: value})


@family("terraform", levels=(1, 2, 3, 4))
def image_repository(draw: Draw) -> Draft:
    """An ECR repository with its safeguards, lifecycle policy and access."""
    stack = Stack(draw, "aws")
    name = draw.name("repository", ("api", "web", "worker", "images", "app", "service"))
    made = stack.add("aws_ecr_repository", name, name=name)
    stack.ask(registry.repository(name=name))
    rules: list[dict[str, object]] = []

    def immutable() -> None:
        stack.ask(registry.repository_immutable(of=name))
        made.set(image_tag_mutability="IMMUTABLE")

    def scanned() -> None:
        stack.ask(registry.repository_scanned(of=name))
        made.nest("image_scanning_configuration", scan_on_push=True)

    def encrypted() -> None:
        stack.ask(registry.repository_encrypted(of=name))
        made.nest("encryption_configuration", encryption_type="KMS")

    def cleaned() -> None:
        days = draw.integer("days", 2, 60)
        stack.ask(registry.repository_cleans(of=name, days=days))
        about = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days",
                 "countNumber": days}  # fmt: skip
        rules.append(_rule(1, "Untagged images", about))

    def kept() -> None:
        count = draw.integer("count", 3, 80)
        stack.ask(registry.repository_keeps(of=name, count=count))
        about = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
        rules.append(_rule(2, "The newest images", about))

    def admits() -> None:
        account = str(draw.integer("account", 100_000_000_123, 999_000_000_123, 7_000_001))
        stack.ask(registry.repository_admits(of=name, account=account))
        text = policy({
            "Sid": "Pull", "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
                       "ecr:BatchCheckLayerAvailability"],
        })  # fmt: skip
        stack.add("aws_ecr_repository_policy", name, repository=made["name"], policy=text)

    def output() -> None:
        out = draw.choice("output", ("repository_url", "registry_url", "image_url"))
        stack.ask(registry.repository_url(of=name, name=out))
        stack.top(block("output", out, value=made["repository_url"]))

    decorate(
        stack,
        (
            Extra("scan", 1, scanned), Extra("immutable", 1, immutable), Extra("keep", 1, kept),
            Extra("clean", 1, cleaned), Extra("encrypted", 1, encrypted),
            Extra("output", 1, output), Extra("admits", 1, admits),
            Extra("tag", 1, lambda: _tag(stack, made, name)),
            Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    if rules:
        stack.add(
            "aws_ecr_lifecycle_policy", name, repository=made["name"],
            policy=encoded({"rules": sorted(rules, key=_priority)}),
        )  # fmt: skip
    return stack.draft(
        f"Create the container image repository `{name}` on AWS",
        f"We push our images to ECR, to a repository `{name}`",
        f"Write Terraform for the ECR repository `{name}`",
    )
