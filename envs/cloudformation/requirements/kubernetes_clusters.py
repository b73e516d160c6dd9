"""Requirements about EKS clusters and node groups."""

from __future__ import annotations

from collections.abc import Mapping

from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    link,
    listed,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    companions,
    same,
    shown,
    the,
    unless,
    values_of,
)
from envs.cloudformation.requirements.messages import encrypted_by
from envs.cloudformation.requirements.policies import (
    has_managed,
    may_assume,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    EKS_CLUSTER,
    NODES,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding

eks = existence("eks", EKS_CLUSTER, "an EKS cluster called `{name}`", "the EKS cluster `{name}`")
eks_version = setting(
    "eks-version", EKS_CLUSTER, "Version",
    "Kubernetes {value} on `{of}`", "the Kubernetes version {value} for the cluster `{of}`",
)  # fmt: skip
eks_mode = setting(
    "eks-mode", EKS_CLUSTER, "AccessConfig.AuthenticationMode",
    "the authentication mode {value} for `{of}`", "access to `{of}` by the mode {value}",
)  # fmt: skip
eks_private = fixed(
    "eks-private", EKS_CLUSTER, "ResourcesVpcConfig.EndpointPrivateAccess", True,
    "a private endpoint for the API of `{of}`", "the API of `{of}` reachable from within the VPC",
)  # fmt: skip
eks_not_public = fixed(
    "eks-not-public", EKS_CLUSTER, "ResourcesVpcConfig.EndpointPublicAccess", False,
    "no public endpoint for the API of `{of}`", "the API of `{of}` not reachable from the internet",
)  # fmt: skip
eks_logs = listed(
    "eks-logs", EKS_CLUSTER, "Logging.ClusterLogging.EnabledTypes.Type",
    "the control plane logs {values} of `{of}` switched on",
    "{values} logs of the control plane of `{of}`, and no others",
)  # fmt: skip


@requirement(
    "a role for `{of}` that EKS may assume, with AWS's own policy AmazonEKSClusterPolicy",
    "`{of}` with a role that trusts EKS and has the managed policy AmazonEKSClusterPolicy",
)
def eks_role(template: Template, of: str) -> Findings:
    """The cluster's role is of this template."""
    thing = the(template, EKS_CLUSTER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "eks.amazonaws.com")
        and has_managed(template, role, "AmazonEKSClusterPolicy")
        for role in roles_of(template, [thing.value("RoleArn")])
    )
    return unless(right, template, thing, f"`{of}` has no such role")


@requirement(
    "Kubernetes secrets in `{of}` encrypted with the key {alias}",
    "the key {alias} for the secrets in the cluster `{of}`",
)
def eks_encrypted(template: Template, of: str, alias: str) -> Findings:
    """`EncryptionConfig` for secrets names the key."""
    thing = the(template, EKS_CLUSTER, of)
    if isinstance(thing, Finding):
        return [thing]
    if "secrets" not in values_of(thing, "EncryptionConfig.Resources"):
        return unless(False, template, thing, f"secrets in `{of}` are not encrypted")
    places = ("EncryptionConfig.Provider.KeyArn",)
    return encrypted_by(template, EKS_CLUSTER, of, alias, places, ("arn",))


nodes = existence(
    "nodes", NODES, "a managed node group called `{name}`", "the EKS node group `{name}`"
)
nodes_cluster = link(
    "nodes-cluster", NODES, "ClusterName", EKS_CLUSTER,
    "the node group `{of}` of the cluster `{to}`", "`{of}` with machines for the cluster `{to}`",
    by=("name",),
)  # fmt: skip
nodes_types = listed(
    "nodes-types", NODES, "InstanceTypes",
    "the instance types {values} for the nodes of `{of}`", "nodes of `{of}` of the type {values}",
)  # fmt: skip
nodes_capacity = setting(
    "nodes-capacity", NODES, "CapacityType",
    "{value} capacity for the nodes of `{of}`", "the nodes of `{of}` bought as {value}",
    absent="ON_DEMAND",
)  # fmt: skip
nodes_disk = setting(
    "nodes-disk", NODES, "DiskSize",
    "{value} GB of disk for each node of `{of}`", "nodes of `{of}` with a disk of {value} GB",
    absent=20,
)  # fmt: skip


@requirement(
    "{low} to {high} nodes in `{of}`, {wanted} to begin with",
    "`{of}` with at least {low}, at most {high} and at first {wanted} nodes",
)
def nodes_sizes(template: Template, of: str, low: int, high: int, wanted: int) -> Findings:
    """`ScalingConfig` of the node group."""
    thing = the(template, NODES, of)
    if isinstance(thing, Finding):
        return [thing]
    names = {"MinSize": low, "MaxSize": high, "DesiredSize": wanted}
    right = all(
        same(thing.get(f"ScalingConfig.{name}"), size) for name, size in names.items()
    )  # fmt: skip
    return unless(right, template, thing, f"`{of}` has another number of nodes")


_NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy",
)  # fmt: skip


@requirement(
    "a role for the nodes of `{of}` that EC2 may assume, with AmazonEKSWorkerNodePolicy, "
    "AmazonEC2ContainerRegistryReadOnly and AmazonEKS_CNI_Policy",
    "nodes of `{of}` under a role that trusts EC2 and has the managed policies "
    "AmazonEKSWorkerNodePolicy, AmazonEC2ContainerRegistryReadOnly and AmazonEKS_CNI_Policy",
)
def nodes_role(template: Template, of: str) -> Findings:
    """The role of the nodes is of this template, and has the three policies."""
    thing = the(template, NODES, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "ec2.amazonaws.com")
        and all(has_managed(template, role, name) for name in _NODE_POLICIES)
        for role in roles_of(template, [thing.value("NodeRole")])
    )
    return unless(right, template, thing, f"nodes of `{of}` have no such role")


@requirement(
    "the Kubernetes label {key} = `{value}` on the nodes of `{of}`",
    "nodes of `{of}` labelled {key} = `{value}`",
)
def nodes_label(template: Template, of: str, key: str, value: str) -> Findings:
    """A label of the node group."""
    thing = the(template, NODES, of)
    if isinstance(thing, Finding):
        return [thing]
    labels = thing.value("Labels")
    given = labels.get(key) if isinstance(labels, Mapping) else None
    return unless(same(given, value), template, thing, f"the label {key} is {shown(given)}")


@requirement(
    "the EKS add-on {name} on the cluster `{of}`", "the cluster `{of}` with the add-on {name}",
)  # fmt: skip
def eks_addon(template: Template, of: str, name: str) -> Findings:
    """An add-on resource of the cluster."""
    thing = the(template, EKS_CLUSTER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.value("AddonName"), name)
        for one in companions(template, "AWS::EKS::Addon", "ClusterName", thing, EKS_CLUSTER)
    )
    return unless(right, template, thing, f"`{of}` does not have the add-on {name}")
