variable "password" {
  type      = string
  sensitive = true
}

locals {
  dsn = "postgres://app:${var.password}@${aws_db_instance.this.address}:${aws_db_instance.this.port}/app"
}

resource "aws_db_instance" "this" {
  identifier        = "app"
  engine            = "postgres"
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  username          = "app"
  password          = var.password
}

resource "aws_ssm_parameter" "dsn" {
  name  = "/app/dsn"
  type  = "SecureString"
  value = local.dsn
}

output "dsn" {
  value = local.dsn
}
