resource "aws_security_group" "db" {
  name = "sg-database"

  ingress {
    from_port   = "3306"
    to_port     = "3306"
    protocol    = "TCP"
    cidr_blocks = "10.0.0.0/16"
  }
}
