variable "subnet_ids" {
  type = set(string)
}

variable "instances" {
  type    = map(object({ class = string, promotion = optional(number, 1) }))
  default = { writer = { class = "db.r6g.large", promotion = 0 }, reader = { class = "db.r6g.large" } }
}

resource "aws_db_subnet_group" "this" {
  name_prefix = "aurora-"
  subnet_ids  = var.subnet_ids
}

resource "aws_rds_cluster" "this" {
  cluster_identifier_prefix           = "billing-"
  engine                              = "aurora-postgresql"
  engine_version                      = "16.2"
  database_name                       = "billing"
  master_username                     = "billing"
  manage_master_user_password         = true
  db_subnet_group_name                = aws_db_subnet_group.this.name
  storage_encrypted                   = true
  backup_retention_period             = 14
  preferred_backup_window             = "02:00-03:00"
  preferred_maintenance_window        = "sun:04:00-sun:05:00"
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  copy_tags_to_snapshot               = true
  deletion_protection                 = true
  skip_final_snapshot                 = false
  final_snapshot_identifier           = "billing-final"

  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 8
  }
}

resource "aws_rds_cluster_instance" "this" {
  for_each = var.instances

  identifier                   = "billing-${each.key}"
  cluster_identifier           = aws_rds_cluster.this.id
  engine                       = aws_rds_cluster.this.engine
  instance_class               = each.value.class
  promotion_tier               = each.value.promotion
  performance_insights_enabled = true
  monitoring_interval          = 60
  monitoring_role_arn          = aws_iam_role.monitoring.arn
}

resource "aws_iam_role" "monitoring" {
  name_prefix         = "rds-monitoring-"
  assume_role_policy  = data.aws_iam_policy_document.monitoring.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"]
}

data "aws_iam_policy_document" "monitoring" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

output "endpoint" {
  value = aws_rds_cluster.this.endpoint
}

output "secret" {
  value     = one(aws_rds_cluster.this.master_user_secret[*].secret_arn)
  sensitive = true
}
