"""Tasks about Kubernetes clusters on AWS (EKS)."""

from __future__ import annotations

from collections.abc import Sequence

from envs.terraform.families.aws_compute import small_network
from envs.terraform.families.aws_serverless import service_trust
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_clusters as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, nested

VERSIONS = ("1.29", "1.30", "1.31", "1.32", "1.33")
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADDONS = ("vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "eks-pod-identity-agent",
          "aws-efs-csi-driver", "metrics-server")  # fmt: skip
POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy",
            "AmazonEC2ContainerRegistryReadOnly")  # fmt: skip
TYPES = tuple(
    f"{kind}.{size}"
    for kind in ("t3", "m6i", "m7i", "c6i", "r6i")
    for size in ("large", "xlarge", "2xlarge")
)


class Cluster:
    """An EKS cluster in a small network, under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        _, _, self.names, self.subnets = small_network(stack)
        self.name = draw.name("cluster", ("cluster", "k8s", "platform", "eks"))
        stack.ask(
            ask.cluster(name=self.name), ask.eks_subnets(of=self.name, subnets=self.names),
            ask.eks_role(of=self.name),
        )  # fmt: skip
        role = stack.add(
            "aws_iam_role", "cluster", name=f"{self.name}-cluster",
            assume_role_policy=service_trust("eks.amazonaws.com"),
        )  # fmt: skip
        attached = stack.add(
            "aws_iam_role_policy_attachment", "cluster", role=role["name"],
            policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
        )  # fmt: skip
        self.made = stack.add(
            "aws_eks_cluster", self.name, name=self.name, role_arn=role["arn"],
            vpc_config=[nested(subnet_ids=[one["id"] for one in self.subnets])],
            depends_on=[Raw(f"{attached.type}.{attached.label}")],
        )  # fmt: skip

    def version(self) -> None:
        """Ask for the version of Kubernetes."""
        chosen = self.stack.draw.choice("version", VERSIONS)
        self.stack.ask(ask.cluster_version(of=self.name, value=chosen))
        self.made.set(version=chosen)

    def private(self) -> None:
        """Ask for private access to the API, perhaps as the only one."""
        self.stack.ask(ask.cluster_private(of=self.name))
        network = self.made.inner("vpc_config")
        network["endpoint_private_access"] = True
        if self.stack.draw.chance("closed", 0.5):
            self.stack.ask(ask.cluster_closed(of=self.name))
            network["endpoint_public_access"] = False

    def logs(self) -> None:
        """Ask for logs of the control plane."""
        chosen = list(self.stack.draw.sample("logs", LOGS, 2))
        self.stack.ask(ask.cluster_logs(of=self.name, values=chosen))
        self.made.set(enabled_cluster_log_types=chosen)

    def access(self) -> None:
        """Ask for the way in which access is granted."""
        mode = self.stack.draw.choice("access", ("API", "API_AND_CONFIG_MAP"))
        self.stack.ask(ask.cluster_access(of=self.name, value=mode))
        self.made.nest("access_config", authentication_mode=mode)

    def secrets(self) -> None:
        """Ask for a key for Kubernetes secrets."""
        self.stack.ask(ask.eks_secrets(of=self.name))
        key = self.stack.add(
            "aws_kms_key", "secrets", description="Kubernetes secrets", enable_key_rotation=True
        )
        self.made.nest(
            "encryption_config", resources=["secrets"], provider=nested(key_arn=key["arn"])
        )

    def addon(self, draw_name: str = "addon", options: Sequence[str] = ADDONS) -> None:
        """Ask for an add-on."""
        chosen = self.stack.draw.choice(draw_name, options)
        self.stack.ask(ask.eks_addon(of=self.name, addon=chosen))
        self.stack.add(
            "aws_eks_addon", chosen, cluster_name=self.made["name"], addon_name=chosen
        )  # fmt: skip

    def extras(self) -> tuple[Extra, ...]:
        """Return what any cluster may also be asked for."""
        return (
            Extra("version", 1, self.version), Extra("private", 1.5, self.private),
            Extra("addon", 1, self.addon), Extra("logs", 1, self.logs),
            Extra("secrets", 1, self.secrets), Extra("access", 1, self.access),
            Extra("region", 1, lambda: region(self.stack)),
        )  # fmt: skip


@family("terraform", levels=(2, 3, 4))
def eks_cluster(draw: Draw) -> Draft:
    """An EKS cluster with its role, network access, logs and add-ons."""
    stack = Stack(draw, "aws")
    made = Cluster(stack)
    decorate(stack, made.extras())
    return stack.draft(
        f"Create the EKS cluster `{made.name}` with Terraform",
        f"We need a Kubernetes cluster `{made.name}` on AWS",
        f"Set up EKS: a cluster `{made.name}` in its own VPC",
    )


def _node_role(stack: Stack, name: str, style: str) -> tuple[Handle, list[Raw]]:
    """Add the role of nodes with its policies; return it, and what the node group waits for."""
    role = stack.add(
        "aws_iam_role", "nodes", name=f"{name}-nodes",
        assume_role_policy=service_trust("ec2.amazonaws.com"),
    )  # fmt: skip
    arns = [f"arn:aws:iam::aws:policy/{one}" for one in POLICIES]
    attachment = "aws_iam_role_policy_attachment"
    if style == "loop":
        stack.add(
            attachment, "nodes", for_each=Raw(f"toset({_texts(arns)})"),
            role=role["name"], policy_arn=Raw("each.value"),
        )  # fmt: skip
        return role, [Raw(f"{attachment}.nodes")]
    labels = ("worker", "network", "registry")
    for label, arn in zip(labels, arns, strict=True):
        stack.add(attachment, label, role=role["name"], policy_arn=arn)
    return role, [Raw(f"{attachment}.{label}") for label in labels]


def _texts(items: list[str]) -> str:
    lines = "".join(f'  "{item}",\n' for item in items)
    return f"[\n{lines}]"


@family("terraform", levels=(5,))
def eks_node_group(draw: Draw) -> Draft:
    """An EKS cluster with a managed node group, its role, sizes and labels."""
    stack = Stack(draw, "aws")
    home = Cluster(stack)
    name = draw.name("nodes", ("nodes", "workers", "pool", "general"))
    least = draw.integer("least", 1, 3)
    most, desired = least + draw.integer("more", 2, 8), least + draw.integer("extra", 0, 1)
    stack.ask(
        ask.nodes(name=name), ask.nodes_in(of=name, to=home.name),
        ask.eks_nodes_sizes(of=name, least=least, most=most, desired=desired),
        ask.eks_nodes_subnets(of=name, subnets=home.names), ask.eks_nodes_role(of=name),
        ask.eks_nodes_policies(of=name, policies=list(POLICIES)),
    )  # fmt: skip
    role, waits = _node_role(stack, home.name, draw.phrase("policies", ("loop", "apart")))
    made = stack.add(
        "aws_eks_node_group", name, cluster_name=home.made["name"], node_group_name=name,
        node_role_arn=role["arn"], subnet_ids=[one["id"] for one in home.subnets],
        depends_on=waits,
        scaling_config=nested(desired_size=desired, max_size=most, min_size=least),
    )  # fmt: skip

    def types() -> None:
        chosen = draw.choice("type", TYPES)
        stack.ask(ask.nodes_types(of=name, values=[chosen]))
        made.set(instance_types=[chosen])

    def capacity() -> None:
        chosen = draw.choice("capacity", ("SPOT", "ON_DEMAND"))
        stack.ask(ask.nodes_capacity(of=name, value=chosen))
        made.set(capacity_type=chosen)

    def disk() -> None:
        size = draw.integer("disk", 30, 200, 10)
        stack.ask(ask.nodes_disk(of=name, value=size))
        made.set(disk_size=size)

    def label() -> None:
        key, value = draw.choice("label", ("tier", "pool", "team")), draw.choice(
            "label value", ("web", "batch", "general", "search")
        )  # fmt: skip
        stack.ask(ask.eks_nodes_label(of=name, key=key, value=value))
        made.set(labels={key: value})

    def taint() -> None:
        key = draw.choice("taint", ("dedicated", "workload"))
        value = draw.choice("taint value", ("batch", "gpu", "ci"))
        effect = draw.choice("effect", ("NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"))
        stack.ask(ask.eks_nodes_taint(of=name, key=key, value=value, effect=effect))
        made.nest("taint", key=key, value=value, effect=effect)

    for one, likely, make in (
        ("type", 0.6, types), ("capacity", 0.4, capacity), ("disk", 0.4, disk),
        ("label", 0.4, label), ("taint", 0.3, taint), ("version", 0.4, home.version),
        ("addon", 0.4, home.addon), ("private", 0.2, home.private),
    ):  # fmt: skip
        if draw.chance(f"with {one}", likely):
            make()
    return stack.draft(
        f"Set up the EKS cluster `{home.name}` with the node group `{name}`",
        f"A Kubernetes cluster `{home.name}` on AWS whose nodes come from `{name}`",
    )
