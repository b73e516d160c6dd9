resource "aws_eks_node_group" "spot" {
  cluster_name    = "platform"
  node_group_name = "spot"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = ["subnet-0123456789abcdef0"]
  capacity_type   = "SPOT"

  scaling_config {
    min_size     = 0
    max_size     = 5
    desired_size = 0
  }

  taint {
    key    = "spot"
    value  = "true"
    effect = "NoSchedule"
  }
}
