resource "aws_db_instance" "postgres" {
  identifier           = "Postgres_DB"
  allocated_storage    = 20
  storage_type         = "gp2"
  engine               = "postgres"
  instance_class       = "db.t3.micro"
  name                 = "appdb"
  username             = "admin"
  password             = var.db_password
  multi_az             = "yes"
  db_subnet_group_name = aws_db_subnet_group.main.name
}

resource "aws_db_subnet_group" "main" {
  name       = "Main Group"
  subnet_ids = ["subnet-1", "subnet-2"]
}

variable "db_password" {
  type      = string
  sensitive = true
}
