"""Types of parameters, and the values that parameters and pseudo-parameters have.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.languages.cloudformation.folded import Folded, Unknown

#: AWS-specific types that also exist as `List<...>`.
_LISTED = """AWS::EC2::AvailabilityZone::Name AWS::EC2::Image::Id AWS::EC2::Instance::Id
    AWS::EC2::SecurityGroup::GroupName AWS::EC2::SecurityGroup::Id AWS::EC2::Subnet::Id
    AWS::EC2::Volume::Id AWS::EC2::VPC::Id AWS::Route53::HostedZone::Id""".split()
SINGLE_TYPES = frozenset(
    ["String", "Number", "AWS::EC2::KeyPair::KeyName", "AWS::SSM::Parameter::Name", *_LISTED]
)
LIST_TYPES = frozenset(
    ["CommaDelimitedList", "List<Number>", "List<String>", *(f"List<{one}>" for one in _LISTED)]
)
#: What a parameter of the Systems Manager may hold.
_STORED = frozenset(
    [
        "String",
        "List<String>",
        "CommaDelimitedList",
        "AWS::EC2::KeyPair::KeyName",
        *_LISTED,
        *(f"List<{one}>" for one in _LISTED),
    ]
)
_STORE, _STORE_END = "AWS::SSM::Parameter::Value<", ">"
STORED_TYPES = frozenset(f"{_STORE}{one}{_STORE_END}" for one in _STORED)
TYPES = SINGLE_TYPES | LIST_TYPES | STORED_TYPES

#: The pseudo-parameters, and those whose value is known (the primary region is assumed).
PSEUDO = frozenset(
    f"AWS::{name}"
    for name in (
        *("AccountId", "NotificationARNs", "NoValue", "Partition"),
        *("Region", "StackId", "StackName", "URLSuffix"),
    )
)
KNOWN_PSEUDO: Mapping[str, str] = {
    "AWS::Region": "us-east-1",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


def is_list(kind: str) -> bool:
    """Whether a parameter of this type is a list."""
    if kind.startswith(_STORE):
        kind = kind.removeprefix(_STORE).removesuffix(_STORE_END)
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def value_of(name: str, parameter: Any) -> Folded:
    """Return what `Ref` of a parameter gives when nobody sets it: its default."""
    unknown = Unknown("parameter", name)
    if not isinstance(parameter, dict):
        return unknown
    kind = parameter.get("Type")
    if not isinstance(kind, str) or kind.startswith("AWS::SSM::Parameter::Value"):
        return unknown
    given = parameter.get("Default")
    if given is None:
        allowed = parameter.get("AllowedValues")
        if not isinstance(allowed, list) or len(allowed) != 1:
            return unknown
        given = allowed[0]
    if isinstance(given, list | dict) or given is None:
        return unknown
    if not is_list(kind):
        return given
    if not isinstance(given, str):
        return [given]
    return [item.strip() for item in given.split(",")] if given else []
