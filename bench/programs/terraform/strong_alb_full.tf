variable "certificate_arn" {
  type = string
}

variable "vpc" {
  type = object({
    id      = string
    subnets = list(string)
  })
}

locals {
  services = {
    api = { port = 8080, path = "/api/*", priority = 10 }
    web = { port = 3000, path = "/*", priority = 20 }
  }
}

resource "aws_lb" "this" {
  name               = "edge"
  load_balancer_type = "application"
  subnets            = var.vpc.subnets
  security_groups    = [aws_security_group.lb.id]
  idle_timeout       = 120
}

resource "aws_security_group" "lb" {
  name   = "edge-lb"
  vpc_id = var.vpc.id

  dynamic "ingress" {
    for_each = toset([80, 443])
    iterator = port

    content {
      description = "port ${port.value}"
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_lb_target_group" "this" {
  for_each = local.services

  name                 = "edge-${each.key}"
  port                 = each.value.port
  protocol             = "HTTP"
  vpc_id               = var.vpc.id
  target_type          = "ip"
  deregistration_delay = 30

  stickiness {
    type            = "lb_cookie"
    cookie_duration = 3600
    enabled         = each.key == "web"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = local.services

  listener_arn = aws_lb_listener.https.arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  condition {
    path_pattern {
      values = [each.value.path]
    }
  }
}

output "dns_name" {
  value = aws_lb.this.dns_name
}
