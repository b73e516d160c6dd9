"""Requirements about resources of AWS that a playbook makes from the controller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from envs.ansible.requirements.reading import (
    Arguments,
    Done,
    certain,
    done,
    given_last,
    missing,
    same,
    standing,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

BUCKET = "amazon.aws.s3_bucket"
GROUP = "amazon.aws.ec2_security_group"
BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls",
           "restrict_public_buckets")  # fmt: skip


def _named(model: Project, module: str, name: str) -> list[Done]:
    found = done(model, (module,), once=True, elsewhere=True)
    return standing([one for one in found if same(one[1].get("name"), name)])


def _bucket(model: Project, name: str, key: str) -> Any:
    last = given_last(_named(model, BUCKET, name), key)
    return None if last is None else last[1]


@requirement("the S3 bucket `{name}` exists", "there is an S3 bucket `{name}`")
def bucket_exists(model: Project, name: str) -> Iterable[Finding]:
    """The s3_bucket module."""
    if not _named(model, BUCKET, name):
        yield from missing(f"no task makes the bucket `{name}`")


@requirement("the bucket `{name}` keeps versions of its objects", "versioning is on for `{name}`")
def bucket_versioned(model: Project, name: str) -> Iterable[Finding]:
    """`versioning`."""
    if not truth(_bucket(model, name, "versioning")):
        yield from missing(f"the bucket `{name}` keeps no versions")


@requirement(
    "the default encryption of the bucket `{name}` is `{kind}`",
    "the bucket `{name}` is encrypted with `{kind}` by default",
)
def bucket_encrypted(model: Project, name: str, kind: str) -> Iterable[Finding]:
    """`encryption`."""
    if not same(_bucket(model, name, "encryption"), kind):
        yield from missing(f"the bucket `{name}` is not encrypted with `{kind}`")


@requirement(
    "all four kinds of public access to the bucket `{name}` are blocked",
    "the bucket `{name}` blocks public access in all four ways",
)
def bucket_private(model: Project, name: str) -> Iterable[Finding]:
    """`public_access`."""
    given = _bucket(model, name, "public_access")
    if not isinstance(given, dict) or not all(truth(given.get(key)) for key in BLOCKS):
        yield from missing(f"public access to the bucket `{name}` is not blocked")


@requirement(
    "the bucket `{name}` has the tag `{key}` with the value `{value}`",
    "`{key}={value}` is a tag of the bucket `{name}`",
)
def bucket_tag(model: Project, name: str, key: str, value: str) -> Iterable[Finding]:
    """`tags`."""
    given = _bucket(model, name, "tags")
    if not isinstance(given, dict) or not same(given.get(key), value):
        yield from missing(f"the bucket `{name}` does not have the tag `{key}={value}`")


@requirement(
    "the security group `{name}` is in the VPC `{vpc}`", "`{vpc}` has the security group `{name}`"
)
def security_group(model: Project, name: str, vpc: str) -> Iterable[Finding]:
    """The ec2_security_group module with `vpc_id`."""
    last = given_last(_named(model, GROUP, name), "vpc_id")
    if last is None or not same(last[1], vpc):
        yield from missing(f"no task makes the security group `{name}` in `{vpc}`")


@requirement(
    "the security group `{name}` lets TCP port {port} in from {network}, and that port from "
    "nowhere else",
    "only {network} reaches TCP port {port} through the security group `{name}`",
)
def security_rule(model: Project, name: str, port: int, network: str) -> Iterable[Finding]:
    """One of the `rules` of the group."""
    last = given_last(_named(model, GROUP, name), "rules")
    sources: list[str] = []
    for rule in last[1] if last and isinstance(last[1], list) else []:
        if isinstance(rule, dict) and _is_about(rule, port):
            sources += words(rule.get("cidr_ip")) or ["?"]
    if set(sources) != {network}:
        yield from missing(f"port {port} of `{name}` is not open for {network} alone")


def _is_about(rule: Arguments, port: int) -> bool:
    protocol = text(rule.get("proto")) or "tcp"
    if protocol not in ("tcp", "6", "all", "-1"):
        return False
    if protocol in ("all", "-1"):
        return True
    spans = words(rule.get("ports")) or [
        f"{text(rule.get('from_port'))}-{text(rule.get('to_port'))}"
    ]
    for span in spans:
        first, _, last = span.partition("-")
        numbers = [int(one) for one in (first, last or first) if one.isdecimal() and len(one) < 6]
        if len(numbers) == 2 and numbers[0] <= port <= numbers[1]:
            return True
    return False


@requirement(
    "everything is made in the AWS region `{region}`", "the AWS region of all tasks is `{region}`"
)
def cloud_region(model: Project, region: str) -> Iterable[Finding]:
    """`region`, `module_defaults` or `AWS_REGION` of each task with a module of amazon.aws."""
    tasks = [task for task in certain(model) if task.module.startswith("amazon.aws.")]
    if not tasks:
        yield from missing("no task makes anything in AWS")
    for task in tasks:
        names = ("AWS_REGION", "AWS_DEFAULT_REGION")
        around = [task.environment.get(name) for name in names] + [*_defaults(task)]
        fallback = next((one for one in around if one is not None), None)
        if not all(same(given.get("region", fallback), region) for given in task.runs):
            yield task.finding(f"this is not done in `{region}`", "region")


def _defaults(task: Task) -> Iterator[Any]:
    """Yield the regions that `module_defaults` give the group of modules."""
    for value in (
        task.written.tree.get("module_defaults"),
        *task.scope.inherited("module_defaults"),
    ):
        for key in ("group/aws", "group/amazon.aws.aws"):
            given = value.get(key) if isinstance(value, dict) else None
            if isinstance(given, dict):
                yield task.fold(given.get("region"))
