resource "aws_lb" "web" {
  name               = "web-load-balancer-for-production-env"
  type               = "application"
  subnets            = [aws_subnet.a.id]
  security_groups    = []
  load_balancer_type = "application"
}

resource "aws_subnet" "a" {
  vpc_id     = "vpc-1"
  cidr_block = "10.0.0.0/24"
}
