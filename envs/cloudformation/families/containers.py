"""Tasks about ECR, ECS and EKS."""

from __future__ import annotations

import json
from typing import Any

from envs.cloudformation.choices import LOG_DAYS, VARIABLES
from envs.cloudformation.families.compute import Balancer
from envs.cloudformation.families.network import Guard
from envs.cloudformation.families.serverless import arn
from envs.cloudformation.families.storage import add_key
from envs.cloudformation.requirements import containers as ask
from envs.cloudformation.requirements import keys, kubernetes_clusters, logs, registries
from envs.cloudformation.template import (
    REGION,
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    document,
    statement,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

IMAGES = (
    "public.ecr.aws/nginx/nginx:1.27", "public.ecr.aws/docker/library/httpd:2.4",
    "public.ecr.aws/docker/library/redis:7.2", "public.ecr.aws/docker/library/node:22",
)  # fmt: skip
SIZES = ((256, 512), (256, 1024), (512, 1024), (512, 2048), (1024, 2048), (1024, 4096))


@family("cloudformation", levels=(1, 2, 3, 4))
def ecr_repository(draw: Draw) -> Draft:
    """An ECR repository with scanning, immutable tags, lifecycle and policy."""
    stack = Stack(draw, "A container registry")
    name = draw.name("repository", ("images", "api", "web", "worker", "base", "tools"))
    made = stack.add("ECR::Repository", "Repository", RepositoryName=name)
    stack.ask(registries.repository(name=name))
    more = Settings(stack, made, name)
    rules: list[dict[str, Any]] = []

    def rule(**selection: Any) -> None:
        rules.append(
            {"rulePriority": len(rules) + 1, "selection": selection, "action": {"type": "expire"}}
        )

    def untagged() -> None:
        days = draw.integer("days", 1, 30)
        stack.ask(registries.repository_untagged(of=name, days=days))
        rule(tagStatus="untagged", countType="sinceImagePushed", countUnit="days", countNumber=days)

    def kept() -> None:
        count = draw.integer("count", 5, 100, 5)
        stack.ask(registries.repository_keeps(of=name, count=count))
        rule(tagStatus="any", countType="imageCountMoreThan", countNumber=count)

    def shared() -> None:
        account = draw.choice("account", ("111122223333", "444455556666", "777788889999"))
        stack.ask(registries.repository_pulls(of=name, account=account))
        made.set(
            RepositoryPolicyText=document(
                statement(
                    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage",
                     "ecr:GetDownloadUrlForLayer"],
                    principal={"AWS": sub(f"arn:${{AWS::Partition}}:iam::{account}:root")},
                )
            )
        )  # fmt: skip

    def keyed() -> None:
        alias = "alias/" + draw.name("alias", ("images", "registry"))
        key = add_key(stack, alias)
        stack.ask(registries.repository_encrypted(of=name, alias=alias))
        made.set(EncryptionConfiguration={"EncryptionType": "KMS", "KmsKey": key["Arn"]})

    decorate(
        stack,
        (
            more.switch(registries.repository_scans, "ImageScanningConfiguration.ScanOnPush"),
            more.switch(registries.repository_immutable, "ImageTagMutability", "IMMUTABLE"),
            Extra("untagged", 1, untagged), Extra("kept", 1, kept),
            more.tag(registries.repository_tag),
            Extra("shared", 1, shared), Extra("key", 2, keyed),
            more.kept(registries.repository_retained),
            more.output(
                registries.repository_output, made["RepositoryUri"], ("RepositoryUri", "Uri")
            ),
        ),
    )  # fmt: skip
    if rules:
        text = json.dumps({"rules": rules}, indent=2)
        made.set(LifecyclePolicy={"LifecyclePolicyText": text})
    return stack.draft(
        f"Create the ECR repository `{name}` with CloudFormation",
        f"Write a CloudFormation template for the container registry `{name}`",
        f"Our images go to the ECR repository `{name}`; describe it in CloudFormation",
    )


class Service:
    """A Fargate service under construction, with its cluster and task definition."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("service", ("web", "api", "worker", "gateway", "backend"))
        self.cluster_name = draw.name("cluster", ("cluster", "apps", "services", "platform"))
        self.family = f"{self.name}-task"
        self.port = 8080
        self.container: dict[str, Any] = {"Name": "app", "Essential": True}
        cpu, memory = draw.choice("size", SIZES)
        self.cluster = stack.add("ECS::Cluster", "Cluster", ClusterName=self.cluster_name)
        self.role = stack.add(
            "IAM::Role", "ExecutionRole", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"),
            ManagedPolicyArns=[arn("AmazonECSTaskExecutionRolePolicy")],
        )  # fmt: skip
        self.task = stack.add(
            "ECS::TaskDefinition", "Task", Family=self.family, NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"], Cpu=str(cpu), Memory=str(memory),
            ExecutionRoleArn=self.role["Arn"], ContainerDefinitions=[self.container],
        )  # fmt: skip
        self.subnets = stack.parameter("SubnetIds", "List<AWS::EC2::Subnet::Id>")
        self.network: dict[str, Any] = {"Subnets": self.subnets, "AssignPublicIp": "DISABLED"}
        self.made = stack.add(
            "ECS::Service", "Service", ServiceName=self.name, Cluster=self.cluster.ref,
            TaskDefinition=self.task.ref, LaunchType="FARGATE",
            NetworkConfiguration={"AwsvpcConfiguration": self.network},
        )  # fmt: skip
        stack.ask(
            ask.cluster(name=self.cluster_name), ask.task(name=self.family),
            ask.task_fargate(of=self.family), ask.task_size(of=self.family, cpu=cpu, memory=memory),
            ask.service(name=self.name),
            ask.service_cluster(of=self.name, to=self.cluster_name),
            ask.service_task(of=self.name, to=self.family), ask.service_fargate(of=self.name),
        )  # fmt: skip

    def image(self) -> None:
        """Ask for a public image."""
        image = self.stack.draw.choice("image", IMAGES)
        self.stack.ask(ask.task_container(of=self.family, name="app", image=image))
        self.container["Image"] = image

    def own_image(self) -> None:
        """Ask for an image of a repository of the template."""
        name, label = f"{self.name}-images", self.stack.draw.choice("label", ("v1", "1.4.2", "rc3"))
        repository = self.stack.add(
            "ECR::Repository", "Repository", RepositoryName=name,
            ImageScanningConfiguration={"ScanOnPush": True}, ImageTagMutability="IMMUTABLE",
        )  # fmt: skip
        self.stack.ask(
            registries.repository(name=name),
            ask.task_own_image(of=self.family, name="app", repository=name, label=label),
        )
        self.container["Image"] = sub(f"${{{repository.id}.RepositoryUri}}:{label}")

    def variable(self) -> None:
        """Ask for an environment variable."""
        key, values = self.stack.draw.choice("variable", VARIABLES)
        value = self.stack.draw.choice("variable value", values)
        self.stack.ask(ask.task_variable(of=self.family, name="app", key=key, value=value))
        self.container["Environment"] = [{"Name": key, "Value": value}]

    def logged(self) -> None:
        """Ask for logs."""
        group, days = f"/ecs/{self.name}", self.stack.draw.choice("log days", LOG_DAYS)
        made = self.stack.add("Logs::LogGroup", "Logs", LogGroupName=group, RetentionInDays=days)
        self.stack.ask(
            logs.log_group(name=group), logs.log_days(of=group, value=days),
            ask.task_logs(of=self.family, name="app", group=group),
        )  # fmt: skip
        self.container["LogConfiguration"] = {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": made.ref, "awslogs-region": REGION,
                "awslogs-stream-prefix": "app",
            },
        }  # fmt: skip

    def secret(self) -> None:
        """Ask for a secret in the environment."""
        name = f"{self.name}/credentials"
        key = self.stack.draw.choice("secret key", ("DB_PASSWORD", "API_TOKEN", "SESSION_KEY"))
        made = self.stack.add(
            "SecretsManager::Secret", "Secret", Name=name,
            GenerateSecretString={"PasswordLength": 32, "ExcludePunctuation": True},
        )  # fmt: skip
        self.stack.ask(
            keys.secret(name=name),
            ask.task_secret(of=self.family, name="app", key=key, secret=name),
            ask.task_reads_secret(of=self.family, secret=name),
        )
        self.container["Secrets"] = [{"Name": key, "ValueFrom": made.ref}]
        self.role.append("Policies", {
            "PolicyName": "read-secret",
            "PolicyDocument": document(statement("secretsmanager:GetSecretValue", made.ref)),
        })  # fmt: skip

    def mapped(self) -> None:
        """Ask for a port mapping."""
        self.port = self.stack.draw.choice("port", (8080, 3000, 5000, 8000, 9000))
        self.stack.ask(ask.task_port(of=self.family, name="app", port=self.port))
        self.container["PortMappings"] = [{"ContainerPort": self.port}]

    def guarded(self, vpc: object) -> None:
        """Ask for a security group."""
        guard = Guard(self.stack, f"{self.name}-sg", vpc)
        self.stack.ask(ask.service_group(of=self.name, to=guard.name))
        self.network["SecurityGroups"] = [guard.made["GroupId"]]

    def scaled(self) -> None:
        """Ask for auto scaling."""
        draw = self.stack.draw
        low, high = draw.integer("low", 1, 4), draw.integer("high", 6, 30)
        percent = draw.integer("percent", 40, 85, 5)
        where = {"of": self.name, "cluster": self.cluster_name}
        self.stack.ask(
            ask.service_scales(**where, low=low, high=high),
            ask.service_tracks(**where, percent=percent),
        )
        target = self.stack.add(
            "ApplicationAutoScaling::ScalableTarget", "ScalableTarget", MinCapacity=low,
            MaxCapacity=high, ServiceNamespace="ecs", ScalableDimension="ecs:service:DesiredCount",
            ResourceId=sub("service/${Cluster}/${Service.Name}"),
        )  # fmt: skip
        self.stack.add(
            "ApplicationAutoScaling::ScalingPolicy", "ScalingPolicy",
            PolicyName=f"{self.name}-cpu", PolicyType="TargetTrackingScaling",
            ScalingTargetId=target.ref,
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": percent,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ECSServiceAverageCPUUtilization",
                },
            },
        )  # fmt: skip

    def extras(self) -> tuple[Extra, ...]:
        """Return the optional parts."""
        more = Settings(self.stack, self.made, self.name)
        breaker = {"Enable": True, "Rollback": True}
        return (
            more.value(ask.service_count, "DesiredCount", (2, 3, 4, 5, 6)),
            Extra("variable", 1, self.variable),
            more.switch(
                ask.service_breaker, "DeploymentConfiguration.DeploymentCircuitBreaker", breaker
            ),
            Extra("logs", 3, self.logged),
            Settings(self.stack, self.task, self.family).value(
                ask.task_processor, "RuntimePlatform.CpuArchitecture", ("ARM64",)
            ),
            Settings(self.stack, self.cluster, self.cluster_name).switch(
                ask.cluster_insights, "ClusterSettings",
                [{"Name": "containerInsights", "Value": "enabled"}],
            ),
        )  # fmt: skip


@family("cloudformation", levels=(4, 5))
def fargate_service(draw: Draw) -> Draft:
    """An ECS service on Fargate with its cluster, task definition and role."""
    stack = Stack(draw, "A container service")
    one = Service(stack)
    if draw.chance("own image", 0.3):
        one.own_image()
    else:
        one.image()
    extras = one.extras()

    def guarded() -> None:
        one.guarded(stack.parameter("VpcId", "AWS::EC2::VPC::Id"))

    decorate(
        stack,
        (
            *extras[:3], Extra("port", 1, one.mapped), extras[3], Extra("guard", 2, guarded),
            Extra("secret", 3, one.secret), Extra("scaling", 2, one.scaled), *extras[4:],
        ),
    )  # fmt: skip
    for wish in (ask.service_private, ask.task_execution_role):
        if draw.phrase(wish.name, (True, False, False)):
            stack.ask(wish(of=one.name if wish is ask.service_private else one.family))
    return stack.draft(
        f"Run the container service `{one.name}` on Fargate with CloudFormation",
        f"Write a CloudFormation template for the Fargate service `{one.name}`",
    )


@family("cloudformation", levels=(5,), held_out=True)
def balanced_service(draw: Draw) -> Draft:
    """A whole stack: a Fargate service behind a load balancer."""
    stack = Stack(draw, "A web service behind a load balancer")
    one = Service(stack)
    one.image()
    balancer = Balancer(stack, kind="ip")
    one.port = balancer.port
    one.container["PortMappings"] = [{"ContainerPort": one.port}]
    listener = balancer.secure()
    one.made.attributes["DependsOn"] = listener.id
    one.made.set(
        LoadBalancers=[
            {"ContainerName": "app", "ContainerPort": one.port,
             "TargetGroupArn": balancer.targets.ref}
        ]
    )  # fmt: skip
    stack.ask(
        ask.task_port(of=one.family, name="app", port=one.port),
        ask.service_balanced(
            of=one.name, name="app", port=one.port, to=balancer.group_name
        ),
    )  # fmt: skip
    extras = one.extras()
    decorate(
        stack,
        (
            *extras[:2], Extra("redirect", 1, balancer.redirected), balancer.health()[0],
            Extra("guard", 2, lambda: one.guarded(balancer.vpc)), extras[3],
            Extra("scaling", 2, one.scaled),
        ),
    )  # fmt: skip
    if draw.phrase("order", (True, False)):
        stack.ask(ask.service_after_listener(of=one.name))
    return stack.draft(
        f"Deploy the web service `{one.name}` on Fargate behind a load balancer (CloudFormation)",
        f"Write one CloudFormation template for `{one.name}`: Fargate, load balancer and all",
    )


@family("cloudformation", levels=(1, 2, 3, 4, 5))
def eks_cluster(draw: Draw) -> Draft:
    """An EKS cluster with a managed node group."""
    stack = Stack(draw, "A Kubernetes cluster")
    name = draw.name("cluster", ("cluster", "k8s", "platform", "apps"))
    version = draw.choice("version", ("1.32", "1.33", "1.34"))
    subnets = stack.parameter("SubnetIds", "List<AWS::EC2::Subnet::Id>")
    role = stack.add(
        "IAM::Role", "ClusterRole", AssumeRolePolicyDocument=trust("eks.amazonaws.com"),
        ManagedPolicyArns=[arn("AmazonEKSClusterPolicy")],
    )  # fmt: skip
    made = stack.add(
        "EKS::Cluster", "Cluster", Name=name, Version=version, RoleArn=role["Arn"],
        ResourcesVpcConfig={"SubnetIds": subnets},
    )  # fmt: skip
    stack.ask(
        kubernetes_clusters.eks(name=name),
        kubernetes_clusters.eks_version(of=name, value=version), kubernetes_clusters.eks_role(
            of=name
        )
    )  # fmt: skip
    more = Settings(stack, made, name)

    def grouped() -> None:
        _nodes(stack, made, name, subnets)

    def logged() -> None:
        types = draw.sample("types", ("api", "audit", "authenticator", "scheduler"), 2)
        stack.ask(kubernetes_clusters.eks_logs(of=name, values=types))
        made.set(Logging={"ClusterLogging": {"EnabledTypes": [{"Type": one} for one in types]}})

    def keyed() -> None:
        alias = "alias/" + draw.name("alias", ("secrets", "cluster", "etcd"))
        key = add_key(stack, alias)
        stack.ask(kubernetes_clusters.eks_encrypted(of=name, alias=alias))
        made.set(
            EncryptionConfig=[{"Provider": {"KeyArn": key["Arn"]}, "Resources": ["secrets"]}]
        )  # fmt: skip

    def sealed() -> None:
        stack.ask(
            kubernetes_clusters.eks_private(of=name), kubernetes_clusters.eks_not_public(of=name)
        )
        made.put("ResourcesVpcConfig.EndpointPrivateAccess", True)
        made.put("ResourcesVpcConfig.EndpointPublicAccess", False)

    def addon() -> None:
        chosen = draw.choice(
            "addon", ("vpc-cni", "coredns", "kube-proxy", "eks-pod-identity-agent")
        )
        stack.ask(kubernetes_clusters.eks_addon(of=name, name=chosen))
        stack.add("EKS::Addon", "Addon", ClusterName=made.ref, AddonName=chosen)

    decorate(
        stack,
        (
            Extra("logs", 1, logged), Extra("addon", 1, addon), Extra("sealed", 2, sealed),
            more.value(
                kubernetes_clusters.eks_mode, "AccessConfig.AuthenticationMode",
                ("API", "API_AND_CONFIG_MAP")
            ),
            Extra("key", 2, keyed), Extra("nodes", 6, grouped),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Kubernetes cluster `{name}` on EKS with CloudFormation",
        f"Write a CloudFormation template for the EKS cluster `{name}`",
    )


def _nodes(stack: Stack, cluster: Handle, name: str, subnets: object) -> None:
    """Ask for a node group."""
    draw = stack.draw
    group = f"{name}-nodes"
    size = draw.choice("node type", ("t3.large", "m6i.large", "m6i.xlarge", "c6i.xlarge"))
    low, high = draw.integer("low", 1, 2), draw.integer("high", 5, 12)
    wanted = draw.integer("wanted", 2, 4)
    role = stack.add(
        "IAM::Role", "NodeRole", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"),
        ManagedPolicyArns=[
            arn("AmazonEKSWorkerNodePolicy"), arn("AmazonEC2ContainerRegistryReadOnly"),
            arn("AmazonEKS_CNI_Policy"),
        ],
    )  # fmt: skip
    made = stack.add(
        "EKS::Nodegroup", "Nodes", NodegroupName=group, ClusterName=cluster.ref,
        NodeRole=role["Arn"], Subnets=subnets, InstanceTypes=[size],
        ScalingConfig={"MinSize": low, "MaxSize": high, "DesiredSize": wanted},
    )  # fmt: skip
    stack.ask(
        kubernetes_clusters.nodes(name=group), kubernetes_clusters.nodes_cluster(of=group, to=name),
        kubernetes_clusters.nodes_types(of=group, values=[size]),
        kubernetes_clusters.nodes_role(of=group),
        kubernetes_clusters.nodes_sizes(of=group, low=low, high=high, wanted=wanted),
    )  # fmt: skip
    if draw.chance("spot", 0.3):
        stack.ask(kubernetes_clusters.nodes_capacity(of=group, value="SPOT"))
        made.set(CapacityType="SPOT")
    if draw.chance("disk", 0.3):
        disk = draw.integer("node disk", 30, 200, 10)
        stack.ask(kubernetes_clusters.nodes_disk(of=group, value=disk))
        made.set(DiskSize=disk)
    if draw.chance("label", 0.3):
        value = draw.choice("node label", ("general", "batch", "web", "system"))
        stack.ask(kubernetes_clusters.nodes_label(of=group, key="workload", value=value))
        made.set(Labels={"workload": value})
