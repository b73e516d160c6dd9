resource "aws_db_instance" "this" {
  identifier                   = "orders--primary"
  engine                       = "postgres"
  engine_version               = "16"
  instance_class               = "db.m6g.large"
  allocated_storage            = 100
  max_allocated_storage        = 500
  storage_type                 = "gp3"
  username                     = "orders"
  manage_master_user_password  = true
  multi_az                     = true
  backup_window                = "03:00-03:30"
  maintenance_window           = "Mon:03:00-Mon:04:00"
  monitoring_interval          = 45
  performance_insights_enabled = true
  final_snapshot_identifier    = "orders-final-"
}

resource "aws_db_parameter_group" "this" {
  name   = "Orders_params"
  family = "postgres16"

  parameter {
    name  = "log_connections"
    value = 1
  }
}
