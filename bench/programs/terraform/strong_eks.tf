variable "cluster" {
  type = object({
    name    = string
    version = optional(string, "1.31")
    subnets = list(string)
    public  = optional(bool, false)
    cidrs   = optional(list(string), [])
  })
}

variable "groups" {
  type = map(object({
    types    = list(string)
    capacity = optional(string, "ON_DEMAND")
    size     = optional(object({ min = number, max = number, desired = optional(number) }), { min = 1, max = 3 })
    taints   = optional(list(object({ key = string, value = optional(string), effect = string })), [])
  }))
  default = {
    general = { types = ["m6i.large"] }
    spot = {
      types    = ["m6i.large", "m5.large"]
      capacity = "SPOT"
      taints   = [{ key = "spot", effect = "NO_SCHEDULE" }]
    }
  }
}

locals {
  policies = {
    cluster = ["AmazonEKSClusterPolicy"]
    node    = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"]
  }
  attachments = flatten([
    for role, names in local.policies : [for name in names : { role = role, name = name }]
  ])
}

data "aws_iam_policy_document" "assume" {
  for_each = { cluster = "eks", node = "ec2" }

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = local.policies
  name               = "${var.cluster.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for one in local.attachments : "${one.role}/${one.name}" => one }
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.name}"
}

resource "aws_eks_cluster" "this" {
  name                      = var.cluster.name
  version                   = var.cluster.version
  role_arn                  = aws_iam_role.this["cluster"].arn
  enabled_cluster_log_types = ["api", "audit"]

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }

  vpc_config {
    subnet_ids              = var.cluster.subnets
    endpoint_private_access = true
    endpoint_public_access  = var.cluster.public
    public_access_cidrs     = var.cluster.public ? var.cluster.cidrs : null
  }

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_kms_key" "secrets" {
  enable_key_rotation = true
}

resource "aws_eks_node_group" "this" {
  for_each = var.groups

  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "${each.key}-"
  node_role_arn          = aws_iam_role.this["node"].arn
  subnet_ids             = var.cluster.subnets
  instance_types         = each.value.types
  capacity_type          = each.value.capacity
  ami_type               = "AL2023_x86_64_STANDARD"

  scaling_config {
    min_size     = each.value.size.min
    max_size     = each.value.size.max
    desired_size = coalesce(each.value.size.desired, each.value.size.min)
  }

  update_config {
    max_unavailable_percentage = 33
  }

  dynamic "taint" {
    for_each = each.value.taints

    content {
      key    = taint.value.key
      value  = taint.value.value
      effect = taint.value.effect
    }
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size]
  }
}

resource "aws_eks_addon" "this" {
  for_each = toset(["vpc-cni", "coredns", "kube-proxy"])

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.value
  resolve_conflicts_on_update = "PRESERVE"
}

output "ca" {
  value = base64decode(aws_eks_cluster.this.certificate_authority[0].data)
}

output "oidc" {
  value = try(aws_eks_cluster.this.identity[0].oidc[0].issuer, null)
}
