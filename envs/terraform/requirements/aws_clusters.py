"""Requirements about EKS: clusters, node groups, their roles, add-ons."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.aws_networks import SUBNET
from envs.terraform.requirements.factories import existence, fixed, link, listed, setting
from envs.terraform.requirements.kinds import Kind, companions, flat, refers, same, shown
from envs.terraform.requirements.lookup import may_assume, roles, targets, things, unless
from envs.terraform.requirements.policies import has_managed
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Finding

CLUSTER = Kind("EKS cluster", ("aws_eks_cluster",), "name", ("name", "id"), by_name=True)
NODES = Kind("node group", ("aws_eks_node_group",), "node_group_name", ("id", "arn"))
KEY = Kind("KMS key", ("aws_kms_key",), "description", ("arn",))

cluster = existence(
    "eks-cluster", CLUSTER, "an EKS cluster called `{name}`", "the EKS cluster `{name}`"
)  # fmt: skip
cluster_version = setting(
    "eks-version", CLUSTER, "version",
    "Kubernetes {value} on the cluster `{of}`", "`{of}` running Kubernetes {value}",
)  # fmt: skip
cluster_private = fixed(
    "eks-private", CLUSTER, "vpc_config.endpoint_private_access", True,
    "the API of the cluster `{of}` reachable from inside the VPC",
    "private access to the API endpoint of `{of}` enabled",
)  # fmt: skip
cluster_closed = fixed(
    "eks-closed", CLUSTER, "vpc_config.endpoint_public_access", False,
    "the public API endpoint of `{of}` switched off",
    "no public access to the API of the cluster `{of}`",
)  # fmt: skip
cluster_logs = listed(
    "eks-logs", CLUSTER, "enabled_cluster_log_types",
    "the control plane logs {values} of `{of}` switched on, and no others",
    "just these control plane logs of the cluster `{of}` enabled: {values}",
)  # fmt: skip
cluster_access = setting(
    "eks-access", CLUSTER, "access_config.authentication_mode",
    "the authentication mode {value} for the cluster `{of}`",
    "access to `{of}` granted by the mode {value}",
)  # fmt: skip


def _inside(config: Configuration, of: str, kind: Kind, path: str, subnets: Any) -> list[Finding]:
    """Return what is wrong unless the subnets at a path are just these."""
    found, problems = things(config, (kind, of), *((SUBNET, str(name)) for name in subnets))
    if problems:
        return problems
    own, *inner = found
    values = flat(own.at_path(path))
    right = len(values) == len(inner) and all(
        any(refers(value, one, SUBNET) for value in values) for one in inner
    )
    return unless(right, config, own.at, f"`{of}` is not in just these subnets")


@requirement(
    "the cluster `{of}` in the subnets {subnets}", "{subnets} as the subnets of the cluster `{of}`",
)  # fmt: skip
def eks_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """The subnets of the cluster's VPC configuration are just these."""
    return _inside(config, of, CLUSTER, "vpc_config.subnet_ids", subnets)


@requirement(
    "a role for the cluster `{of}` that EKS may assume, with AWS's policy AmazonEKSClusterPolicy",
    "`{of}` under an IAM role that trusts EKS and has the managed policy AmazonEKSClusterPolicy",
)
def eks_role(config: Configuration, of: str) -> Findings:
    """The cluster's role trusts eks.amazonaws.com and has the managed policy."""
    found, problems = things(config, (CLUSTER, of))
    if problems:
        return problems
    own = roles(config, [found[0].get("role_arn")])
    right = any(
        may_assume(one, "eks.amazonaws.com") and has_managed(config, one, "AmazonEKSClusterPolicy")
        for one in own
    )
    at = own[0].at if own else found[0].where("role_arn")
    return unless(right, config, at, f"`{of}` has no role with that trust and that policy")


@requirement(
    "Kubernetes secrets of `{of}` encrypted with a KMS key of this configuration",
    "a KMS key, declared here, for the secrets in the cluster `{of}`",
)
def eks_secrets(config: Configuration, of: str) -> Findings:
    """`encryption_config` for secrets with the ARN of an aws_kms_key."""
    found, problems = things(config, (CLUSTER, of))
    if problems:
        return problems
    right = any(
        any(same(item, "secrets") for item in flat([one.get("resources")]))
        and targets(config, KEY, one.at_path("provider.key_arn"))
        for one in found[0].blocks("encryption_config")
    )
    return unless(right, config, found[0].at, f"secrets of `{of}` have no KMS key of their own")


@requirement(
    "the add-on {addon} on the cluster `{of}`", "{addon} installed as an EKS add-on of `{of}`",
)  # fmt: skip
def eks_addon(config: Configuration, of: str, addon: str) -> Findings:
    """An aws_eks_addon of that name for the cluster."""
    found, problems = things(config, (CLUSTER, of))
    if problems:
        return problems
    own = companions(config, "aws_eks_addon", "cluster_name", found[0], CLUSTER)
    right = any(same(one.get("addon_name"), addon) for one in own)
    return unless(right, config, found[0].at, f"the add-on {addon} is not installed on `{of}`")


nodes = existence(
    "eks-nodes", NODES, "an EKS node group called `{name}`", "the managed node group `{name}`"
)  # fmt: skip
nodes_in = link(
    "eks-nodes-in", NODES, "cluster_name", CLUSTER,
    "the node group `{of}` of the cluster `{to}`", "`{of}` giving nodes to the cluster `{to}`",
)  # fmt: skip
nodes_types = listed(
    "eks-nodes-types", NODES, "instance_types",
    "nodes of `{of}` of the type {values}", "{values} as the instance type in `{of}`",
)  # fmt: skip
nodes_capacity = setting(
    "eks-nodes-capacity", NODES, "capacity_type",
    "the capacity type {value} for the nodes of `{of}`", "`{of}` made of {value} capacity",
)  # fmt: skip
nodes_disk = setting(
    "eks-nodes-disk", NODES, "disk_size",
    "disks of {value} GiB for the nodes of `{of}`", "{value} GiB of disk on each node of `{of}`",
)  # fmt: skip


@requirement(
    "{least} to {most} nodes in `{of}`, {desired} to begin with",
    "`{of}` scaling from {least} to {most} nodes, with a desired size of {desired}",
)
def eks_nodes_sizes(
    config: Configuration, of: str, least: int, most: int, desired: int
) -> Findings:  # fmt: skip
    """The three sizes of the scaling configuration."""
    found, problems = things(config, (NODES, of))
    yield from problems
    for own in found:
        for name, wanted in (("min_size", least), ("max_size", most), ("desired_size", desired)):
            given = own.at_path(f"scaling_config.{name}")
            if not given or not all(same(value, wanted) for value in given):
                said = shown(given[0] if given else None)
                yield config.finding(own.at, f"`{name}` is {said}, not {wanted}")


@requirement(
    "the nodes of `{of}` in the subnets {subnets}", "`{of}` spread over the subnets {subnets}",
)  # fmt: skip
def eks_nodes_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """The subnets of the node group are just these."""
    return _inside(config, of, NODES, "subnet_ids", subnets)


@requirement(
    "a role for the nodes of `{of}` that EC2 may assume",
    "nodes of `{of}` under an IAM role that trusts EC2",
)
def eks_nodes_role(config: Configuration, of: str) -> Findings:
    """The node role trusts ec2.amazonaws.com."""
    found, problems = things(config, (NODES, of))
    if problems:
        return problems
    own = roles(config, [found[0].get("node_role_arn")])
    right = any(may_assume(one, "ec2.amazonaws.com") for one in own)
    at = own[0].at if own else found[0].where("node_role_arn")
    return unless(right, config, at, f"`{of}` has no role that EC2 may assume")


@requirement(
    "the managed policies {policies} on the role of the nodes of `{of}`",
    "the node role of `{of}` with AWS's own policies {policies}",
)
def eks_nodes_policies(config: Configuration, of: str, policies: Any) -> Findings:
    """Each of the managed policies is attached to the node role."""
    found, problems = things(config, (NODES, of))
    if problems:
        yield problems[0]
        return
    own = roles(config, [found[0].get("node_role_arn")])
    for policy in policies:
        if not any(has_managed(config, one, str(policy)) for one in own):
            yield config.finding(found[0].at, f"{policy} is not attached to the node role")


@requirement(
    "the Kubernetes label {key} = `{value}` on the nodes of `{of}`",
    "nodes of `{of}` labelled {key} = `{value}`",
)
def eks_nodes_label(config: Configuration, of: str, key: str, value: str) -> Findings:
    """An entry of `labels`."""
    found, problems = things(config, (NODES, of))
    if problems:
        return problems
    labels = found[0].get("labels")
    given = labels.get(key) if isinstance(labels, dict) else None
    at = found[0].where("labels")
    return unless(same(given, value), config, at, f"the label {key} is {shown(given)}")


@requirement(
    "nodes of `{of}` tainted {key} = `{value}` with the effect {effect}",
    "the taint {key} = `{value}` ({effect}) on the nodes of `{of}`",
)
def eks_nodes_taint(config: Configuration, of: str, key: str, value: str, effect: str) -> Findings:
    """A `taint` block."""
    found, problems = things(config, (NODES, of))
    if problems:
        return problems
    right = any(
        same(one.get("key"), key)
        and same(one.get("value"), value)
        and same(one.get("effect"), effect)
        for one in found[0].blocks("taint")
    )
    return unless(right, config, found[0].at, f"`{of}` has no such taint {key}")
