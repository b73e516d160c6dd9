"""Requirements about containers on AWS: other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import aws_clusters, aws_containers, aws_registries
from tests.envs.terraform.changes import Answer, failing, untested, wanted

#: Several repositories by for_each; lifecycle rules from the data source and as a text.
IMAGES = Answer(
    {
        "main.tf": """
        resource "aws_ecr_repository" "image" {
          for_each             = toset(["api", "web"])
          name                 = "shop/${each.key}"
          image_tag_mutability = "IMMUTABLE"
          force_delete         = each.key == "api"
          tags                 = { Team = "data" }
          image_scanning_configuration {
            scan_on_push = true
          }
          dynamic "encryption_configuration" {
            for_each = ["KMS"]
            content {
              encryption_type = encryption_configuration.value
            }
          }
        }
        data "aws_ecr_lifecycle_policy_document" "keep" {
          rule {
            priority = 9
            selection {
              tag_status   = "any"
              count_type   = "imageCountMoreThan"
              count_number = 20
            }
          }
        }
        resource "aws_ecr_lifecycle_policy" "api" {
          repository = aws_ecr_repository.image["api"].name
          policy     = data.aws_ecr_lifecycle_policy_document.keep.json
        }
        resource "aws_ecr_lifecycle_policy" "web" {
          repository = "shop/web"
          policy     = <<-EOT
            {"rules": [{"rulePriority": 1, "action": {"type": "expire"}, "selection":
             {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days",
              "countNumber": 14}}]}
          EOT
        }
        data "aws_iam_policy_document" "pull" {
          statement {
            actions = ["ecr:BatchGetImage", "ecr:Get*"]
            principals {
              type        = "AWS"
              identifiers = ["123456789012"]
            }
          }
        }
        resource "aws_ecr_repository_policy" "api" {
          repository = aws_ecr_repository.image["api"].id
          policy     = data.aws_iam_policy_document.pull.json
        }
        output "url" {
          value = { for key, one in aws_ecr_repository.image : key => one.repository_url }["api"]
        }
        """
    },
    {
        "ecr-repository": {"name": "shop/api"},
        "ecr-immutable": {"of": "shop/api"},
        "ecr-tag": {"of": "shop/api", "key": "Team", "value": "data"},
        "ecr-scanned": {"of": "shop/api"},
        "ecr-encrypted": {"of": "shop/api"},
        "ecr-url-output": {"of": "shop/api", "name": "url"},
        "repository-keeps": {"of": "shop/api", "count": 20},
        "repository-cleans": {"of": "shop/web", "days": 14},
        "repository-admits": {"of": "shop/api", "account": "123456789012"},
    },
    (
        ('toset(["api", "web"])', 'toset(["apis", "web"])',
         "ecr-repository, ecr-immutable, ecr-tag, ecr-scanned, ecr-encrypted,"
         "ecr-url-output, repository-keeps, repository-admits"),
        ('"IMMUTABLE"', '"MUTABLE"', "ecr-immutable"),
        ('Team = "data"', 'Team = "web"', "ecr-tag"),
        ("scan_on_push = true", "scan_on_push = false", "ecr-scanned"),
        ('["KMS"]', '["AES256"]', "ecr-encrypted"),
        ('["api"]\n        }', '["web"]\n        }', "ecr-url-output"),
        ("count_number = 20", "count_number = 21", "repository-keeps"),
        ('tag_status   = "any"', 'tag_status   = "untagged"', "repository-keeps"),
        ("data.aws_ecr_lifecycle_policy_document.keep.json", '"{}"', "repository-keeps"),
        ('"countNumber": 14', '"countNumber": 15', "repository-cleans"),
        ('"countUnit": "days",', "", "repository-cleans"),
        ('repository = "shop/web"', 'repository = "shop/api"', "repository-cleans"),
        ('["123456789012"]', '["123456789013"]', "repository-admits"),
        ('"ecr:Get*"', '"ecr:Describe*"', "repository-admits"),
        ('actions = ["ecr:BatchGetImage"', 'effect = "Deny"\n actions = ["ecr:BatchGetImage"',
         "repository-admits"),
    ),
)  # fmt: skip

#: The container as a heredoc with a reference in it, the revision named, the cluster by its name.
TASKS = Answer(
    {
        "main.tf": """
        variable "image" {
          default = "nginx:1.27"
        }
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
        }
        resource "aws_subnet" "zone" {
          count      = 3
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.3.${count.index}.0/24"
          tags       = { Name = "zone-${count.index}" }
        }
        resource "aws_security_group" "web" {
          name = "web"
        }
        data "aws_region" "here" {}
        resource "aws_cloudwatch_log_group" "web" {
          name = "/ecs/web"
        }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRole"]
            principals {
              type        = "Service"
              identifiers = ["ecs-tasks.amazonaws.com"]
            }
          }
        }
        resource "aws_iam_role" "task" {
          for_each           = toset(["start", "code"])
          name               = each.key
          assume_role_policy = data.aws_iam_policy_document.trust.json
        }
        locals {
          attached = {
            start = "service-role/AmazonECSTaskExecutionRolePolicy"
            code  = "AmazonS3ReadOnlyAccess"
          }
        }
        resource "aws_iam_role_policy_attachment" "task" {
          for_each   = local.attached
          role       = aws_iam_role.task[each.key].name
          policy_arn = "arn:aws:iam::aws:policy/${each.value}"
        }
        locals {
          task = aws_ecs_task_definition.web
        }
        resource "aws_ecs_task_definition" "web" {
          family                   = "web"
          cpu                      = "256"
          memory                   = "512"
          network_mode             = "awsvpc"
          requires_compatibilities = ["EC2", "FARGATE"]
          execution_role_arn       = aws_iam_role.task["start"].arn
          task_role_arn            = aws_iam_role.task["code"].arn
          container_definitions    = <<-EOT
            [
              {"name": "sidecar", "image": "busybox:1.36"},
              {
                "name": "app",
                "image": "${var.image}",
                "portMappings": [{"containerPort": 8080, "hostPort": 8080}],
                "environment": [{"name": "STAGE", "value": "prod"}],
                "logConfiguration": {
                  "logDriver": "awslogs",
                  "options": {
                    "awslogs-group": "${aws_cloudwatch_log_group.web.name}",
                    "awslogs-region": "${data.aws_region.here.name}"
                  }
                }
              }
            ]
          EOT
        }
        resource "aws_ecs_cluster" "main" {
          name = "main"
          dynamic "setting" {
            for_each = { containerInsights = "enhanced" }
            content {
              name  = setting.key
              value = setting.value
            }
          }
        }
        resource "aws_ecs_cluster_capacity_providers" "main" {
          cluster_name       = "main"
          capacity_providers = ["FARGATE_SPOT", "FARGATE"]
        }
        resource "aws_lb_target_group" "web" {
          name     = "web"
          port     = 8080
          protocol = "HTTP"
          vpc_id   = aws_vpc.main.id
        }
        resource "aws_ecs_service" "web" {
          name            = "web"
          cluster         = "main"
          desired_count   = 3
          launch_type     = "FARGATE"
          task_definition = "${local.task.family}:${local.task.revision}"
          network_configuration {
            subnets          = slice(aws_subnet.zone[*].id, 0, 2)
            security_groups  = toset([aws_security_group.web.id])
            assign_public_ip = true
          }
          load_balancer {
            target_group_arn = aws_lb_target_group.web.id
            container_name   = "app"
            container_port   = "8080"
          }
          deployment_circuit_breaker {
            enable   = true
            rollback = true
          }
        }
        resource "aws_appautoscaling_target" "web" {
          service_namespace  = "ecs"
          scalable_dimension = "ecs:service:DesiredCount"
          resource_id        = join("/", ["service", "main", aws_ecs_service.web.name])
          min_capacity       = 2
          max_capacity       = 8
        }
        resource "aws_appautoscaling_policy" "web" {
          name               = "cpu"
          policy_type        = "TargetTrackingScaling"
          service_namespace  = "ecs"
          scalable_dimension = "ecs:service:DesiredCount"
          resource_id        = "service/main/web"
          target_tracking_scaling_policy_configuration {
            target_value = 60.0
            predefined_metric_specification {
              predefined_metric_type = "ECSServiceAverageCPUUtilization"
            }
          }
        }
        """
    },
    {
        "ecs-cluster": {"name": "main"},
        "ecs-insights": {"of": "main"},
        "ecs-capacity": {"of": "main", "providers": ["FARGATE", "FARGATE_SPOT"]},
        "task-definition": {"name": "web"},
        "task-size": {"of": "web", "cpu": 256, "memory": 512},
        "task-container": {"of": "web", "container": "app", "image": "nginx:1.27"},
        "task-port": {"of": "web", "container": "app", "port": 8080},
        "task-variable": {"of": "web", "container": "app", "key": "STAGE", "value": "prod"},
        "task-logs": {"of": "web", "container": "app", "group": "/ecs/web"},
        "task-execution-role": {"of": "web"},
        "task-role": {"of": "web", "policy": "AmazonS3ReadOnlyAccess"},
        "ecs-service": {"name": "web"},
        "ecs-service-in": {"of": "web", "to": "main"},
        "service-runs": {"of": "web", "to": "web"},
        "ecs-service-count": {"of": "web", "value": 3},
        "ecs-service-fargate": {"of": "web"},
        "ecs-service-group": {"of": "web", "to": "web"},
        "ecs-service-public": {"of": "web"},
        "service-subnets": {"of": "web", "subnets": ["zone-0", "zone-1"]},
        "service-balanced": {"of": "web", "to": "web", "container": "app", "port": 8080},
        "service-breaker": {"of": "web"},
        "service-scales": {"of": "web", "least": 2, "most": 8},
        "service-target": {"of": "web", "percent": 60},
    },
    (
        ('resource "aws_ecs_cluster" "main" {', 'resource "aws_ecs_cluster" "main" {\n count = 0',
         "ecs-cluster, ecs-insights, ecs-capacity, ecs-service-in, service-scales,"
         "service-target"),
        ('containerInsights = "enhanced"', 'containerInsights = "disabled"', "ecs-insights"),
        ('["FARGATE_SPOT", "FARGATE"]', '["FARGATE"]', "ecs-capacity"),
        ('family                   = "web"', 'family                   = "site"',
         "task-definition, task-size, task-container, task-port, task-variable, task-logs,"
         "task-execution-role, task-role, service-runs"),
        ('"256"', '"512"', "task-size"),
        ('network_mode             = "awsvpc"', "", "task-size"),
        ('["EC2", "FARGATE"]', '["EC2"]', "task-size"),
        ('default = "nginx:1.27"', 'default = "nginx:1.26"', "task-container"),
        ('"name": "app"', '"name": "main"',
         "task-container, task-port, task-variable, task-logs"),
        ('"containerPort": 8080', '"containerPort": 80', "task-port"),
        ('"value": "prod"', '"value": "dev"', "task-variable"),
        ('"logDriver": "awslogs"', '"logDriver": "splunk"', "task-logs"),
        ("${aws_cloudwatch_log_group.web.name}", "/ecs/other", "task-logs"),
        ('name = "/ecs/web"', 'name = "/ecs/site"', "task-logs"),
        ('["ecs-tasks.amazonaws.com"]', '["ecs.amazonaws.com"]', "task-execution-role, task-role"),
        ("service-role/AmazonECSTaskExecutionRolePolicy", "AmazonEC2FullAccess",
         "task-execution-role"),
        ('aws_iam_role.task["start"].arn', '"arn:aws:iam::1:role/start"', "task-execution-role"),
        ('code  = "AmazonS3ReadOnlyAccess"', 'code  = "AmazonS3FullAccess"', "task-role"),
        ('aws_iam_role.task["code"].arn', 'aws_iam_role.task["start"].arn', "task-role"),
        ('name            = "web"', 'name            = "site"',
         "ecs-service, ecs-service-in, service-runs, ecs-service-count, ecs-service-fargate,"
         "ecs-service-group, ecs-service-public, service-subnets, service-balanced,"
         "service-breaker, service-scales, service-target"),
        ('cluster         = "main"', 'cluster         = "default"',
         "ecs-service-in, service-scales, service-target"),
        ("desired_count   = 3", "desired_count   = 2", "ecs-service-count"),
        ('launch_type     = "FARGATE"', 'launch_type     = "EC2"', "ecs-service-fargate"),
        (":${local.task.revision}", ":${aws_ecs_cluster.main.id}",
         "service-runs"),
        ("slice(aws_subnet.zone[*].id, 0, 2)", "aws_subnet.zone[*].id", "service-subnets"),
        ("slice(aws_subnet.zone[*].id, 0, 2)", "slice(aws_subnet.zone[*].id, 1, 3)",
         "service-subnets"),
        ("toset([aws_security_group.web.id])", "[]", "ecs-service-group"),
        ("assign_public_ip = true", "", "ecs-service-public"),
        ("target_group_arn = aws_lb_target_group.web.id", 'target_group_arn = "arn:aws:x"',
         "service-balanced"),
        ('container_port   = "8080"', "container_port   = 80", "service-balanced"),
        ("rollback = true", "rollback = false", "service-breaker"),
        ("max_capacity       = 8", "max_capacity       = 9", "service-scales"),
        ('["service", "main", aws', '["service", "other", aws', "service-scales, service-target"),
        ("ecs:service:DesiredCount", "ecs:service:Count", "service-scales, service-target"),
        ('resource_id        = "service/main/web"', 'resource_id = "service/main/site"',
         "service-target"),
        ("60.0", "61.0", "service-target"),
        ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization",
         "service-target"),
    ),
)  # fmt: skip

#: Roles with inline lists of policies, an add-on loop, taints and labels from locals.
KUBERNETES = Answer(
    {
        "main.tf": """
        locals {
          name    = "grid"
          logs    = ["audit", "api"]
          aws     = "arn:aws:iam::aws:policy"
          labels  = { tier = "web" }
          trusted = { cluster = "eks.amazonaws.com", nodes = "ec2.amazonaws.com" }
        }
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
        }
        resource "aws_subnet" "zone" {
          for_each   = { a = 0, b = 1, c = 2 }
          vpc_id     = aws_vpc.main.id
          cidr_block = cidrsubnet("10.3.0.0/16", 8, each.value)
          tags       = { Name = "zone-${each.key}" }
        }
        resource "aws_iam_role" "eks" {
          for_each            = local.trusted
          name                = each.key
          managed_policy_arns = each.key == "cluster" ? ["${local.aws}/AmazonEKSClusterPolicy"] : []
          assume_role_policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Action    = ["sts:AssumeRole", "sts:TagSession"]
              Principal = { Service = each.value }
            }]
          })
        }
        resource "aws_iam_policy_attachment" "nodes" {
          for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"])
          name       = each.key
          roles      = [aws_iam_role.eks["nodes"].name]
          policy_arn = "${local.aws}/${each.key}"
        }
        resource "aws_kms_key" "secrets" {}
        resource "aws_eks_cluster" "main" {
          name                      = local.name
          version                   = 1.31
          role_arn                  = aws_iam_role.eks["cluster"].arn
          enabled_cluster_log_types = local.logs
          access_config {
            authentication_mode = "API"
          }
          vpc_config {
            subnet_ids              = [for key, one in aws_subnet.zone : one.id if key != "c"]
            endpoint_private_access = true
            endpoint_public_access  = false
          }
          encryption_config {
            resources = ["secrets"]
            provider {
              key_arn = aws_kms_key.secrets.arn
            }
          }
        }
        resource "aws_eks_addon" "all" {
          for_each     = toset(["coredns", "kube-proxy"])
          cluster_name = aws_eks_cluster.main.id
          addon_name   = each.value
        }
        resource "aws_eks_node_group" "pool" {
          cluster_name    = "grid"
          node_group_name = "pool"
          node_role_arn   = aws_iam_role.eks["nodes"].arn
          subnet_ids      = values(aws_subnet.zone)[*].id
          instance_types  = ["m6i.large"]
          capacity_type   = "SPOT"
          disk_size       = 50
          labels          = local.labels
          scaling_config {
            min_size     = 1
            max_size     = 4
            desired_size = 2
          }
          dynamic "taint" {
            for_each = [{ key = "dedicated", value = "ci" }]
            content {
              key    = taint.value.key
              value  = taint.value.value
              effect = "NO_SCHEDULE"
            }
          }
        }
        """
    },
    {
        "eks-cluster": {"name": "grid"},
        "eks-version": {"of": "grid", "value": "1.31"},
        "eks-role": {"of": "grid"},
        "eks-subnets": {"of": "grid", "subnets": ["zone-a", "zone-b"]},
        "eks-private": {"of": "grid"},
        "eks-closed": {"of": "grid"},
        "eks-logs": {"of": "grid", "values": ["api", "audit"]},
        "eks-access": {"of": "grid", "value": "API"},
        "eks-secrets": {"of": "grid"},
        "eks-addon": {"of": "grid", "addon": "kube-proxy"},
        "eks-nodes": {"name": "pool"},
        "eks-nodes-in": {"of": "pool", "to": "grid"},
        "eks-nodes-types": {"of": "pool", "values": ["m6i.large"]},
        "eks-nodes-capacity": {"of": "pool", "value": "SPOT"},
        "eks-nodes-disk": {"of": "pool", "value": 50},
        "eks-nodes-sizes": {"of": "pool", "least": 1, "most": 4, "desired": 2},
        "eks-nodes-subnets": {"of": "pool", "subnets": ["zone-a", "zone-b", "zone-c"]},
        "eks-nodes-role": {"of": "pool"},
        "eks-nodes-policies": {
            "of": "pool", "policies": ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"],
        },
        "eks-nodes-label": {"of": "pool", "key": "tier", "value": "web"},
        "eks-nodes-taint": {
            "of": "pool", "key": "dedicated", "value": "ci", "effect": "NO_SCHEDULE",
        },
    },
    (
        ('name    = "grid"', 'name    = "mesh"',
         "eks-cluster, eks-version, eks-role, eks-subnets, eks-private, eks-closed, eks-logs,"
         "eks-access, eks-secrets, eks-addon, eks-nodes-in"),
        ("1.31", "1.30", "eks-version"),
        ('cluster = "eks.amazonaws.com"', 'cluster = "ecs.amazonaws.com"', "eks-role"),
        ("/AmazonEKSClusterPolicy", "/AmazonEKSServicePolicy", "eks-role"),
        ('key != "c"', "true", "eks-subnets"),
        ("endpoint_private_access = true", "", "eks-private"),
        ("endpoint_public_access  = false", "", "eks-closed"),
        ('["audit", "api"]', '["audit", "api", "scheduler"]', "eks-logs"),
        ('"API"', '"CONFIG_MAP"', "eks-access"),
        ("aws_kms_key.secrets.arn", '"arn:aws:kms:eu-west-1:1:key/a"', "eks-secrets"),
        ('["coredns", "kube-proxy"]', '["coredns"]', "eks-addon"),
        ("cluster_name = aws_eks_cluster.main.id", 'cluster_name = "other"', "eks-addon"),
        ('node_group_name = "pool"', 'node_group_name = "pools"',
         "eks-nodes, eks-nodes-in, eks-nodes-types, eks-nodes-capacity, eks-nodes-disk,"
         "eks-nodes-sizes, eks-nodes-subnets, eks-nodes-role, eks-nodes-policies,"
         "eks-nodes-label, eks-nodes-taint"),
        ('cluster_name    = "grid"', 'cluster_name    = "mesh"', "eks-nodes-in"),
        ('["m6i.large"]', '["m6i.large", "m5.large"]', "eks-nodes-types"),
        ('"SPOT"', '"ON_DEMAND"', "eks-nodes-capacity"),
        ("= 50", "= 20", "eks-nodes-disk"),
        ("desired_size = 2", "desired_size = 3", "eks-nodes-sizes"),
        ("values(aws_subnet.zone)[*].id", '[aws_subnet.zone["a"].id]', "eks-nodes-subnets"),
        ('nodes = "ec2.amazonaws.com"', 'nodes = "eks.amazonaws.com"', "eks-nodes-role"),
        ('"AmazonEKSWorkerNodePolicy", ', "", "eks-nodes-policies"),
        ('roles      = [aws_iam_role.eks["nodes"].name]', 'roles      = ["other"]',
         "eks-nodes-policies"),
        ('tier = "web"', 'tier = "app"', "eks-nodes-label"),
        ('value = "ci"', 'value = "gpu"', "eks-nodes-taint"),
        ('"NO_SCHEDULE"', '"NO_EXECUTE"', "eks-nodes-taint"),
    ),
)  # fmt: skip

ANSWERS = {"images": IMAGES, "tasks": TASKS, "kubernetes": KUBERNETES}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_another_style_passes(name: str) -> None:
    assert failing(ANSWERS[name].files, ANSWERS[name].asks) == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, answer in ANSWERS.items() for change in answer.changes],
)
def test_a_change_fails_exactly_what_it_breaks(name: str, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    answer = ANSWERS[name]
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_has_a_right_and_a_wrong_answer() -> None:
    assert untested(tuple(ANSWERS.values()), aws_registries, aws_containers, aws_clusters) == set()
