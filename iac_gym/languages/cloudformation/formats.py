"""The formats of texts in resource schemas, as predicates: identifiers of AWS, networks, times."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

_ARN = r"arn:aws[a-zA-Z-]*:"
_HEX = r"(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})"
_KEY = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TIME = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)"
    r"(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)

#: Format -> pattern that a text begins with.
_PATTERNS = {
    "AWS::ACM::Certificate.Arn": rf"{_ARN}acm:[a-z0-9-]+:\d{{12}}:certificate/.+$",
    "AWS::EC2::Image.Id": r"ami-(?:[0-9a-z]{8}|[0-9a-z]{17})$|resolve:ssm",
    "AWS::EC2::SecurityGroup.Id": rf"sg-{_HEX}$",
    "AWS::EC2::SecurityGroup.Name": r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+$",
    "AWS::EC2::Subnet.Id": rf"subnet-{_HEX}$",
    "AWS::EC2::VPC.Id": rf"vpc-{_HEX}$",
    "AWS::IAM::Role.Arn": rf"{_ARN}iam::\d{{12}}:role/.+$",
    "AWS::KMS::Alias.AliasName": r"alias/[a-zA-Z0-9:/_-]+$",
    "AWS::KMS::Key.Arn": rf"{_ARN}kms:[a-z0-9-]+:\d{{12}}:(?:key|alias)/.+$",
    "AWS::KMS::Key.Id": rf"(?:{_KEY}|mrk-[0-9a-f]{{32}}|alias/[a-zA-Z0-9/_-]+)$",
    "AWS::Lambda::Function.Arn": rf"{_ARN}lambda:[a-z0-9-]+:\d{{12}}:function:.+$",
    "AWS::Logs::LogGroup.Name": r"[.\-_/#A-Za-z0-9]{1,512}\Z",
    "AWS::S3::Bucket.Name": r"(?![.-])(?!.*\.\.)(?!.*-\.)(?!.*\.-)[a-z0-9.-]{3,63}(?<![.-])$|\Z",
    "AWS::SNS::Topic.Arn": rf"{_ARN}sns:[a-z0-9-]+:\d{{12}}:.+$",
}


def _network(
    kind: type[ipaddress.IPv4Network] | type[ipaddress.IPv6Network],
) -> Callable[..., bool]:
    def holds(text: str) -> bool:
        try:
            kind(text[:100])
        except ValueError:
            return False
        return True

    return holds


def _like(pattern: str) -> Callable[[str], bool]:
    match = re.compile(pattern).match
    return lambda text: match(text) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {
    **{name: _like(pattern) for name, pattern in _PATTERNS.items()},
    "date-time": lambda text: _TIME.fullmatch(text) is not None,
    "ipv4-network": _network(ipaddress.IPv4Network),
    "ipv6-network": _network(ipaddress.IPv6Network),
}
