resource "aws_elasticache_cluster" "r" {
  cluster_id           = "Redis_Cluster"
  engine               = "Redis"
  node_type            = "cache.t3.micro"
  num_cache_nodes      = 1
  parameter_group_name = "default.redis7"
  port                 = 6379
}
