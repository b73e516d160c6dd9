"""Requirements about the flow logs of a VPC: what they record, where, and under which role."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.aws_functions import LOG_GROUP
from envs.terraform.requirements.aws_networks import (
    VPC,
)
from envs.terraform.requirements.factories import Companion, setting
from envs.terraform.requirements.kinds import companions, refers, same, the
from envs.terraform.requirements.lookup import (
    may_assume,
    permits,
    roles,
    things,
    unless,
)
from envs.terraform.requirements.policies import bucket_arn, is_arn_of, permissions
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined
from iac_gym.verdict import Finding


def _logs(config: Configuration, net: Instance, traffic: str = "") -> list[Instance]:
    return [
        one
        for one in companions(config, "aws_flow_log", "vpc_id", net, VPC)
        if not traffic or same(one.get("traffic_type"), traffic)
    ]


_FLOW = "aws_flow_log"


@requirement(
    "flow logs of the VPC `{of}` that record {traffic} traffic",
    "the traffic of the VPC `{of}` recorded in flow logs (traffic type {traffic})",
)
def flow_log(config: Configuration, of: str, traffic: str) -> Findings:
    """A flow log of the VPC with that traffic type."""
    found, problems = things(config, (VPC, of))
    return problems or unless(
        _logs(config, found[0], traffic), config, found[0].at,
        f"no flow log of `{of}` records {traffic} traffic",
    )  # fmt: skip


flow_log_interval = setting(
    "flow-log-interval", VPC, Companion(_FLOW, "vpc_id", "max_aggregation_interval"),
    "flow records of `{of}` collected over {value} seconds",
    "an aggregation interval of {value} seconds for the flow logs of `{of}`",
)  # fmt: skip


@requirement(
    "the flow logs of `{of}` sent to the CloudWatch log group `{group}`",
    "`{group}` as the CloudWatch log group of the flow logs of `{of}`",
)
def flow_log_group(config: Configuration, of: str, group: str) -> Findings:
    """The flow log's destination is the log group (the default kind of destination)."""
    found, problems = things(config, (VPC, of), (LOG_GROUP, group))
    if problems:
        return problems
    right = any(
        same(one.get("log_destination_type") or "cloud-watch-logs", "cloud-watch-logs")
        and (
            is_arn_of(one.get("log_destination"), found[1])
            or is_arn_of(one.get("log_destination"), found[1], suffix=":*")
            or refers(one.get("log_group_name"), found[1], LOG_GROUP)
        )
        for one in _logs(config, found[0])
    )
    return unless(right, config, found[0].at, f"no flow log of `{of}` goes to `{group}`")


def _flow_roles(config: Configuration, of: str) -> tuple[list[Instance], list[Finding]]:
    net = the(config, VPC, of)
    if isinstance(net, Finding):
        return [], [net]
    found = roles(config, [one.get("iam_role_arn") for one in _logs(config, net)])
    return found, unless(found, config, net.at, f"the flow logs of `{of}` have no IAM role")


@requirement(
    "an IAM role for the flow logs of `{of}` that the flow logs service may assume",
    "the flow logs of `{of}` written under a role that trusts the service of VPC flow logs",
)
def flow_log_role(config: Configuration, of: str) -> Findings:
    """The flow log's role trusts vpc-flow-logs.amazonaws.com."""
    found, problems = _flow_roles(config, of)
    return problems or unless(
        all(may_assume(role, "vpc-flow-logs.amazonaws.com") for role in found), config,
        found[0].at, "the role does not trust vpc-flow-logs.amazonaws.com",
    )  # fmt: skip


@requirement(
    "that role of the flow logs of `{of}` allowed the actions {actions}",
    "{actions} permitted to the role of the flow logs of `{of}`",
)
def flow_log_permits(config: Configuration, of: str, actions: Any) -> Findings:
    """The policies of the flow log's role allow the actions."""
    found, problems = _flow_roles(config, of)
    yield from problems
    granted = [one for role in found for one in permissions(config, role)]
    for action in actions:
        if found and not any(permits(one, str(action)) for one in granted):
            yield config.finding(found[0].at, f"the role is not allowed {action}")


@requirement(
    "the flow logs of `{of}` stored in the S3 bucket `{bucket}`",
    "`{bucket}` as the S3 bucket that receives the flow logs of `{of}`",
)
def flow_log_bucket(config: Configuration, of: str, bucket: str) -> Findings:
    """The flow log's destination is the bucket, or a folder in it."""
    found, problems = things(config, (VPC, of), (BUCKET, bucket))
    if problems:
        return problems
    net, store = found
    plain = bucket_arn(store, BUCKET)
    for one in _logs(config, net):
        value = one.get("log_destination")
        text = value if isinstance(value, str) else ""
        folder = isinstance(value, Joined) and is_arn_of(
            Joined(value.parts[:1]), store, plain=plain
        )
        inside = is_arn_of(value, store, plain=plain) or text.startswith(f"{plain}/") or folder
        if same(one.get("log_destination_type"), "s3") and inside:
            return ()
    return [config.finding(net.at, f"no flow log of `{of}` goes to the bucket `{bucket}`")]
