"""Dynamic references in texts: `{{resolve:ssm:name:version}}` and those of Secrets Manager.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iac_gym.formats.yaml import Mark
from iac_gym.languages.cloudformation.model import Resource

_REFERENCE = re.compile(r"\{\{resolve:([^{}\n]*)\}\}")
_PARAMETER = re.compile(r"[a-zA-Z0-9_.\-/]")
_DIGIT = re.compile(r"\d")
#: Type -> the property (a path) that may hold a secure string of the Systems Manager.
_SECURE: Mapping[str, tuple[str, ...]] = {
    "AWS::DirectoryService::MicrosoftAD": ("Password",),
    "AWS::DirectoryService::SimpleAD": ("Password",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::IAM::User": ("LoginProfile", "Password"),
    "AWS::KinesisFirehose::DeliveryStream": ("RedshiftDestinationConfiguration", "Password"),
    "AWS::OpsWorks::App": ("AppSource", "Password"),
    "AWS::OpsWorks::Stack": ("CustomCookbooksSource", "Password"),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
}
_SERVICES = ("ssm", "ssm-secure", "secretsmanager")


def wrong(text: str) -> str:
    """Return what is wrong with the dynamic references of a text, "" where nothing is."""
    if "{{resolve:" not in text or len(text) > 200_000:
        return ""
    for found in _REFERENCE.finditer(text):
        message = _wrong(found.group(1).split(":"))
        if message:
            return f"`{found.group()[:80]}`: {message}"
    return ""


def _wrong(parts: Sequence[str]) -> str:
    service = parts[0]
    if service not in _SERVICES:
        return f"the service must be one of {', '.join(_SERVICES)}"
    if len(parts) < 2:
        return "the name is missing"
    return _wrong_secret(parts) if service == "secretsmanager" else _wrong_parameter(parts)


def _wrong_parameter(parts: Sequence[str]) -> str:
    if len(parts) > 3:
        return "it has a name and a version, no more"
    if not _PARAMETER.search(parts[1]):
        return "this is no name of a parameter"
    if len(parts) == 3 and not _DIGIT.search(parts[2]):
        return "the version must be a number"
    return ""


def _wrong_secret(parts: Sequence[str]) -> str:
    """Check `secretsmanager:id:SecretString:key:stage:version`, whose id may be an ARN."""
    arn = parts[1] == "arn"
    rest = parts[8:] if arn else parts[2:]
    if arn and (len(parts) < 8 or parts[6] != "secret"):
        return "this is no ARN of a secret"
    if len(rest) > 4:
        return "there are too many parts"
    if rest and rest[0] not in ("SecretString", ""):
        return "after the secret comes `SecretString`"
    return ""


def secure_places(resource: Resource) -> set[Mark]:
    """Return the places in a resource where a secure string of the Systems Manager may stand."""
    path = _SECURE.get(resource.type)
    return set(_below(resource.tree, ("Properties", *path))) if path else set()


def _below(tree: Any, path: Sequence[str]) -> Iterator[Mark]:
    """Yield the places at the end of a path, through the branches of functions."""
    pending: list[tuple[Any, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        if isinstance(node, list):
            pending += [(item, depth) for item in node]
            if depth == len(path):
                yield from getattr(node, "marks", ())
        elif isinstance(node, dict) and depth == len(path):
            pending += [(item, depth) for item in node.values()]
            yield from getattr(node, "marks", {}).values()
        elif isinstance(node, dict) and path[depth] in node:
            yield getattr(node, "marks", {}).get(path[depth], (0, 0))
            pending.append((node[path[depth]], depth + 1))
        elif isinstance(node, dict) and "Fn::If" in node:
            pending.append((node["Fn::If"], depth))
